"""Steps to simpler goals by calculus: a variable is gone at its end, or at the bottom of its valley.

Checked by: the second engine, which takes slopes, faces and bottoms apart again.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from ...language.expression import write
from ...numbers.boxes import Box
from ...numbers.deadline import limited
from ...numbers.domain import Domain, Piece
from ...numbers.normal_form import identical, vanishes
from ...numbers.ranges import evaluable
from ..instruments.rates import paced
from ..instruments.sampling import numeric, sample_box
from ..instruments.tending import limit_at
from .continuity import continuous, nowhere_at, smooth
from .goals import (
    Goal,
    Node,
    Search,
    closed_at,
    opened,
    opened_at,
    plausible,
    tidy,
    trim,
    usable,
    without,
)

__all__ = ["easiest_first", "face_at", "minimum", "roots", "slide", "stationary_points"]


def slide(goal: Goal, search: Search, depth: int) -> Node | None:
    """If the expression is monotone in a variable, its worst case is one end of that variable."""
    for symbol in easiest_first(goal):
        slope = limited(2.0, lambda s=symbol: sympy.diff(goal.expr, s))
        if slope is None or goal.given or not usable(slope):
            continue
        piece = goal.box[symbol]
        inside = {**goal.box, symbol: opened(piece)}
        for direction, end, end_open in (
            (1, piece.low, piece.low_open),
            (-1, piece.high, piece.high_open),
        ):
            rising = Goal(tidy(direction * slope), False, inside)
            if not plausible(trim(rising)):
                continue
            face = face_at(goal, symbol, end, search)
            if face is None:
                continue
            # f > f(end) where the end is not attained and the slope never vanishes
            for strict_slope in (True, False) if goal.strict and end_open else (False,):
                strict_face = goal.strict and not strict_slope
                below = search.prove(Goal(face, strict_face, without(goal.box, symbol)), depth)
                if below is None:
                    continue
                sloping = rising._replace(strict=strict_slope)
                node = search.prove(sloping, depth)
                if node is None or not _rises(
                    goal, symbol, direction, direction * slope, sloping, search
                ):
                    continue
                return {
                    "rule": "slide",
                    "variable": symbol.name,
                    "direction": direction,
                    "slope": write(rising.expr),
                    "strict": strict_slope,
                    "face": write(face),
                    "nodes": [node, below],
                }
    return None


def _rises(
    goal: Goal, symbol: sympy.Symbol, direction: int, slope: Any, rising: Goal, search: Search
) -> bool:
    """Whether a slope shows that the expression is monotone: it is the slope, and nothing jumps.

    Where a root vanishes the slope has no value; its sign elsewhere suffices unless it must be strict.
    At the other end the expression may have no value, and then nothing is to be shown there.
    """
    piece = goal.box[symbol]
    far, far_open = (piece.high, piece.high_open) if direction > 0 else (piece.low, piece.low_open)
    where = goal.box
    if not far_open and nowhere_at(goal.expr, symbol, far, without(goal.box, symbol)):
        where = {**where, symbol: opened_at(piece, far)}
    return (
        continuous(goal.expr, where, search)
        and (not rising.strict or smooth(goal.expr, rising.box, search))
        and identical(slope, rising.expr, rising.box)
    )


def easiest_first(goal: Goal) -> list[sympy.Symbol]:
    """Variables in the order of how much is gained by removing them."""
    return sorted(goal.box, key=lambda s: (goal.expr.count(s), s.name), reverse=True)


def face_at(goal: Goal, symbol: sympy.Symbol, end: Any, search: Search) -> sympy.Expr | None:
    """The expression at an end of a variable, for every value of the others: its value where it is
    continuous up to there, else its limit where that is finite and found for all of them at once."""
    others = without(goal.box, symbol)
    piece = goal.box[symbol]
    if end.is_finite:
        up_to = {**goal.box, symbol: closed_at(piece, end)}
        value = _value_at(goal.expr, symbol, end)
        if value is not None and continuous(goal.expr, up_to, search):
            return _tidied(value, others)
    direction = 1 if end == piece.low else -1
    value = limit_at(goal.expr, symbol, end, direction, others, _prover(others, search))
    if value is None or not usable(value) or value.has(sympy.oo, sympy.zoo):
        return None
    return _tidied(value, others)


def _prover(box: Box, search: Search) -> Callable[[Any], bool]:
    """Whether an expression is shown to be positive on a box."""
    return lambda expr: search.prove(Goal(expr, True, box), 0) is not None


def _value_at(expr: sympy.Expr, symbol: sympy.Symbol, end: Any) -> sympy.Expr | None:
    value: Any = limited(1.0, lambda: expr.subs(symbol, end))
    if value is None or not usable(value) or value.has(sympy.zoo, sympy.oo, sympy.I):
        return None
    return value


def _tidied(value: sympy.Expr, box: Box) -> sympy.Expr:
    """A shorter form of an expression, if it is shown to be the same."""
    short = tidy(value) if value.free_symbols else value
    return short if identical(value, short, box) else value


def minimum(goal: Goal, search: Search, depth: int) -> Node | None:
    """If the expression is convex in a variable, its worst case is the stationary point."""
    for symbol in easiest_first(goal):
        if goal.given:
            return None
        slope = limited(2.0, lambda s=symbol: sympy.diff(goal.expr, s))
        if slope is None or not usable(slope):
            continue
        for place in stationary_points(slope, symbol, goal.box):
            node = _minimum_at(goal, symbol, slope, place, search, depth)
            if node:
                return node
    return None


def stationary_points(slope: sympy.Expr, symbol: sympy.Symbol, box: Box) -> list[sympy.Expr]:
    """Up to two places in the box where the slope in a variable vanishes, the shortest first."""
    others = without(box, symbol)
    where = {s: Domain((piece,)) for s, piece in others.items()}
    points = sample_box(where, 50, np.random.default_rng(1))
    piece = box[symbol]
    places = []
    for place in (*roots(slope, symbol), *_guesses(slope, symbol, others, points)):
        if place.free_symbols - set(others) or not evaluable(place):
            continue
        values = numeric(place, tuple(others))(*points.values())
        if np.all((values >= float(piece.low)) & (values <= float(piece.high))):
            places.append(place)
    return sorted(dict.fromkeys(places), key=lambda place: place.count_ops())[:2]


def _guesses(
    slope: sympy.Expr, symbol: sympy.Symbol, others: Box, points: Mapping[sympy.Symbol, Any]
) -> Iterator[sympy.Expr]:
    """Short places where the slope nearly vanishes at points, whatever the other variables are: zeros
    that SymPy does not find, since they lie along a curve."""
    if not usable(slope):
        return
    places: list[Any] = [*map(sympy.Integer, (0, 1, -1)), sympy.Rational(1, 2)]
    for other in others:
        places += [other, -other, 1 - other, 1 / other, 2 * other, other / 2]
    columns = [points[other][:20] for other in others]
    function = numeric(slope, (symbol, *others))
    for place in places:
        at = (
            np.broadcast_to(numeric(place, tuple(others))(*columns), 20) if others else float(place)
        )
        values = np.abs(function(np.asarray(at), *columns))
        aside = np.abs(function(np.asarray(at) * 1.01 + 0.013, *columns))
        seen = np.isfinite(values) & np.isfinite(aside)
        if np.any(seen) and np.all(values[seen] <= 1e-9 * (1e-6 + aside[seen])):
            yield sympy.sympify(place)


@lru_cache(maxsize=4096)
def roots(slope: sympy.Expr, symbol: sympy.Symbol) -> tuple[sympy.Expr, ...]:
    """Real solutions of slope = 0, as far as SymPy finds them in a moment."""

    def attempt() -> tuple[sympy.Expr, ...]:
        at_pace = paced(slope, symbol)
        if at_pace is None:
            return ()
        numerator = sympy.numer(sympy.together(at_pace[0]))
        if not numerator.has(symbol) or _mixed(numerator, symbol):
            return ()
        found = [at_pace[1] * root for root in sympy.solve(numerator, symbol)]
        return tuple(
            s for s in found if s.is_real is not False and not s.has(sympy.I) and evaluable(s)
        )

    return limited(1.5, attempt) or ()


def _mixed(numerator: sympy.Expr, symbol: sympy.Symbol) -> bool:
    """Whether a variable stands beside its exponentials in an equation of several variables: what solves
    that is Lambert's W, which no engine knows, and it takes seconds."""
    if len(numerator.free_symbols) < 2:
        return False
    powers = {e: sympy.Dummy() for e in numerator.atoms(sympy.exp) if e.has(symbol)}
    return bool(powers) and numerator.xreplace(powers).has(symbol)


def _minimum_at(
    goal: Goal, symbol: sympy.Symbol, slope: Any, place: Any, search: Search, depth: int
) -> Node | None:
    others = without(goal.box, symbol)
    piece = goal.box[symbol]
    value = tidy(goal.expr.subs(symbol, place))
    if value.has(sympy.nan, sympy.zoo):
        return None
    bottom = search.prove(Goal(value, goal.strict, others), depth)
    if bottom is None or not identical(goal.expr.subs(symbol, place), value, others):
        return None
    if any(_may_reach(gap, end, is_open, goal, others, search) for gap, end, is_open in (
        (place - piece.low, piece.low, piece.low_open), (piece.high - place, piece.high, piece.high_open)
    )):  # fmt: skip
        return _inside(goal, search, depth)
    inside, reach = [], opened(piece)
    for gap, end in ((place - piece.low, piece.low), (piece.high - place, piece.high)):
        node = search.prove(Goal(gap, False, others), depth) if end.is_finite else {"rule": "none"}
        if node is None:
            return None
        inside.append(node)
        if end.is_finite and not search.prove(Goal(gap, True, others), 1):
            reach = closed_at(reach, end)  # the place may be that end
    if not continuous(place, others, search):
        return None
    how = _bottoms(goal, symbol, slope, place, reach, search, depth)
    if how is None:
        return None
    return {
        "rule": "minimum",
        "variable": symbol.name,
        "place": write(place),
        "value": write(value),
        "nodes": [bottom, *inside],
        **how,
    }


def _may_reach(gap: Any, end: Any, is_open: bool, goal: Goal, others: Box, search: Search) -> bool:
    """Whether a place may be an end of its interval that is not attained, at an end of another one."""
    closed = any(not (p.low_open and p.high_open) for p in others.values())
    return (
        closed
        and is_open
        and end.is_finite
        and not goal.strict
        and search.prove(Goal(gap, True, others), 1) is None
        and search.prove(Goal(gap, False, others), 1) is not None
    )


def _inside(goal: Goal, search: Search, depth: int) -> Node | None:
    """The goal inside its box, which settles it at the attained ends if it is continuous there."""
    inside = {symbol: opened(piece) for symbol, piece in goal.box.items()}
    node = search.prove(goal._replace(box=inside), depth + 1)
    if node is None or not continuous(goal.expr, goal.box, search):
        return None
    return {"rule": "interior", "node": node}


def _bottoms(
    goal: Goal,
    symbol: sympy.Symbol,
    slope: Any,
    place: Any,
    reach: Piece,
    search: Search,
    depth: int,
) -> Node | None:
    """Proof that the expression falls before a place and rises after it; ``reach`` holds the place."""
    piece = goal.box[symbol]
    inside = {**goal.box, symbol: opened(piece)}
    whole = Piece(
        piece.low,
        piece.high,
        piece.low_open and reach.low_open,
        piece.high_open and reach.high_open,
    )
    if not continuous(goal.expr, {**goal.box, symbol: whole}, search):
        return None
    bend = limited(2.0, lambda: sympy.diff(slope, symbol))
    stationary = limited(3.0, lambda: vanishes(slope.subs(symbol, place), goal.box))
    around = {**goal.box, symbol: reach}
    if stationary and bend is not None and smooth(goal.expr, around, search):
        short = _tidied(bend, inside)
        if curved := search.prove(Goal(short, False, inside), depth):
            return {"kind": "convex", "factor": write(short), "slope_node": curved}
    factor: Any = limited(2.0, lambda: sympy.factor(sympy.cancel(slope / (symbol - place))))
    if factor is None or not (node := search.prove(Goal(factor, False, inside), depth)):
        return None
    if not identical(slope, (symbol - place) * factor, inside):
        return None
    return {"kind": "crossing", "factor": write(factor), "slope_node": node}
