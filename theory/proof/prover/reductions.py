"""Steps to simpler goals: a change of variable, the end or the bottom of a variable, logarithms."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from ...language.domain import Domain, Piece
from ...language.expression import write
from ..instruments.deadline import limited
from ..instruments.ranges import Undefined, compile_range, evaluable
from ..instruments.sampling import numeric, sample_box
from .goals import (
    Box,
    Goal,
    Node,
    Search,
    box_ranges,
    exponential,
    fresh,
    opened,
    plausible,
    tidy,
    trim,
    usable,
    without,
)

__all__ = [
    "easiest_first",
    "face_at",
    "logarithm",
    "minimum",
    "roots",
    "slide",
    "stationary_points",
    "substitute",
]


def substitute(goal: Goal, search: Search, depth: int) -> Node | None:
    """x = t^q when x occurs only in fractional powers; x = log(t) when only in exponentials."""
    for symbol in goal.box:
        for new, by, piece in _changes_of_variable(goal, symbol):
            if any(symbol in fact.free_symbols for fact, _ in goal.given):
                continue
            expr = sympy.powdenest(
                sympy.expand_power_exp(exponential(goal.expr).subs(symbol, by)), force=False
            )
            expr = sympy.powsimp(sympy.expand_log(expr), deep=True)
            if expr.has(symbol):
                continue
            child = Goal(expr, goal.strict, {**without(goal.box, symbol), new: piece}, goal.given)
            node = search.prove(child, depth + 1)  # it only simplifies: it costs no depth
            if node:
                return {
                    "rule": "substitute",
                    "variable": symbol.name,
                    "new": new.name,
                    "domain": str(piece),
                    "by": write(by),
                    "to": write(expr),
                    "node": node,
                }
    return None


def _changes_of_variable(
    goal: Goal, symbol: sympy.Symbol
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    piece = goal.box[symbol]
    expr = exponential(goal.expr)
    powers = [p.exp for p in expr.atoms(sympy.Pow) if p.base == symbol and p.exp.is_Rational]
    q = math.lcm(*[int(p.q) for p in powers])
    t = sympy.Symbol(fresh(f"{symbol.name}_t", goal), positive=True)
    if q > 1 and piece.low >= 0:
        inverse = all(power < 0 for power in powers) and piece.low_open
        found = _root_piece(piece, q, inverse=inverse)
        if found is not None:
            closed = not found.low_open and found.low == 0
            new = sympy.Symbol(t.name, nonnegative=True) if closed else t
            yield new, new ** (-q if inverse else q), found
    rates = [sympy.diff(e.args[0], symbol) for e in expr.atoms(sympy.exp) if e.has(symbol)]
    if rates and all(rate.is_Rational for rate in rates):
        stripped = expr.replace(lambda e: isinstance(e, sympy.exp), lambda e: sympy.Dummy())
        ends = {-sympy.oo: sympy.Integer(0), sympy.Integer(0): sympy.Integer(1), sympy.oo: sympy.oo}
        if not stripped.has(symbol) and piece.low in ends and piece.high in ends:
            q = math.lcm(*[int(rate.q) for rate in rates])
            yield (
                t,
                q * sympy.log(t),
                Piece(ends[piece.low], ends[piece.high], piece.low_open, piece.high_open),
            )


def _root_piece(piece: Piece, q: int, *, inverse: bool) -> Piece | None:
    """Where x^(1/q) lives, or x^(-1/q), if its ends are rational."""
    low, high = (_exact_root(end, q) for end in (piece.low, piece.high))
    if low is None or high is None:
        return None
    if not inverse:
        return Piece(low, high, piece.low_open, piece.high_open)
    zero, infinity = sympy.Integer(0), sympy.oo
    return Piece(
        zero if high == infinity else 1 / high,
        infinity if low == 0 else 1 / low,
        piece.high_open,
        piece.low_open,
    )


def _exact_root(value: Any, q: int) -> Any:
    if not value.is_finite:
        return value
    root = sympy.root(value, q)
    return root if root.is_Rational else None


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
            face = face_at(goal, symbol, end, end_open, direction)
            if face is None:
                continue
            # f > f(end) where the end is not attained and the slope never vanishes
            for strict_slope in (True, False) if goal.strict and end_open else (False,):
                below = None
                if face is not sympy.oo:
                    strict_face = goal.strict and not strict_slope
                    below = search.prove(Goal(face, strict_face, without(goal.box, symbol)), depth)
                    if below is None:
                        continue
                node = search.prove(rising._replace(strict=strict_slope), depth)
                if node is None:
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


def easiest_first(goal: Goal) -> list[sympy.Symbol]:
    """Variables in the order of how much is gained by removing them."""
    return sorted(goal.box, key=lambda s: (goal.expr.count(s), s.name), reverse=True)


def face_at(goal: Goal, symbol: sympy.Symbol, end: Any, end_open: bool, direction: int) -> Any:
    """The expression at an end of a variable: its value, or its limit where it has none."""
    if end.is_finite:
        try:
            value = goal.expr.subs(symbol, end)
            others = without(goal.box, symbol)
            compile_range(value, tuple(others))(box_ranges(others))
            if usable(value) and not value.has(sympy.zoo, sympy.oo):
                return tidy(value) if value.free_symbols else value
        except (Undefined, NotImplementedError, ValueError):
            pass
    side = "+" if direction > 0 else "-"
    value = _limit(goal.expr, symbol, end, side)
    if value is None or value.has(sympy.oo):
        return sympy.oo if value is sympy.oo else None
    return tidy(value)


@lru_cache(maxsize=4096)
def _limit(expr: sympy.Expr, symbol: sympy.Symbol, end: Any, side: str) -> Any:
    """The limit, if SymPy finds it in a moment: of each term, which is quick, or of the whole."""
    total: Any = sympy.Integer(0)
    for term in sympy.Add.make_args(sympy.expand(expr)):
        value = limited(0.5, lambda term=term: sympy.limit(term, symbol, end, side))
        if value is None or value.has(*_NO_LIMIT, sympy.oo, symbol):
            break
        total += value
    else:
        return total
    whole = limited(1.0, lambda: sympy.limit(expr, symbol, end, side))
    return None if whole is None or whole.has(*_NO_LIMIT, symbol) else whole


_NO_LIMIT = (sympy.Limit, sympy.AccumBounds, sympy.zoo, sympy.nan)


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
    for place in roots(slope, symbol):
        if place.free_symbols - set(others) or not evaluable(place):
            continue
        values = numeric(place, tuple(others))(*points.values())
        if np.all((values >= float(piece.low)) & (values <= float(piece.high))):
            places.append(place)
    return sorted(places, key=lambda place: place.count_ops())[:2]


@lru_cache(maxsize=4096)
def roots(slope: sympy.Expr, symbol: sympy.Symbol) -> tuple[sympy.Expr, ...]:
    """Real solutions of slope = 0, as far as SymPy finds them in a moment."""

    def attempt() -> tuple[sympy.Expr, ...]:
        numerator = sympy.numer(sympy.together(slope))
        if not numerator.has(symbol):
            return ()
        found = sympy.solve(numerator, symbol)
        return tuple(
            s for s in found if s.is_real is not False and not s.has(sympy.I) and evaluable(s)
        )

    return limited(1.5, attempt) or ()


def _minimum_at(
    goal: Goal, symbol: sympy.Symbol, slope: Any, place: Any, search: Search, depth: int
) -> Node | None:
    others = without(goal.box, symbol)
    piece = goal.box[symbol]
    value = tidy(goal.expr.subs(symbol, place))
    if value.has(sympy.nan, sympy.zoo):
        return None
    bottom = search.prove(Goal(value, goal.strict, others), depth)
    if bottom is None:
        return None
    inside = []
    for gap, end in ((place - piece.low, piece.low), (piece.high - place, piece.high)):
        node = search.prove(Goal(gap, False, others), depth) if end.is_finite else {"rule": "none"}
        if node is None:
            return None
        inside.append(node)
    within = {**goal.box, symbol: opened(piece)}
    bend = limited(2.0, lambda: sympy.diff(slope, symbol))
    stationary = limited(3.0, lambda: sympy.simplify(slope.subs(symbol, place)) == 0)
    if (
        stationary
        and bend is not None
        and (curved := search.prove(Goal(tidy(bend), False, within), depth))
    ):
        how: Node = {"kind": "convex", "factor": write(tidy(bend)), "slope_node": curved}
    else:
        factor = limited(2.0, lambda: sympy.factor(sympy.cancel(slope / (symbol - place))))
        if factor is None or not (node := search.prove(Goal(factor, False, within), depth)):
            return None
        how = {"kind": "crossing", "factor": write(factor), "slope_node": node}
    return {
        "rule": "minimum",
        "variable": symbol.name,
        "place": write(place),
        "value": write(value),
        "nodes": [bottom, *inside],
        **how,
    }


def _two_sides(expr: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """P and Q with ``P - Q`` the expression: either order of two terms, or one term against a sum."""
    terms = sympy.Add.make_args(expr)
    if len(terms) == 2:
        yield terms[0], -terms[1]
        yield terms[1], -terms[0]
        return
    positive = [term for term in terms if term.as_coeff_Mul()[0] > 0]
    exponential = all(term.has(sympy.exp) for term in terms)
    if len(terms) < 5 and exponential and 1 in (len(positive), len(terms) - len(positive)):
        large = sympy.Add(*positive)
        yield large, large - expr


def _logarithm_of(side: sympy.Expr, box: Box, search: Search) -> sympy.Expr:
    """Products as sums and powers as factors, where what is left under a logarithm is positive."""
    careful = sympy.expand_log(sympy.log(side), deep=True)
    bold = sympy.expand_log(careful, force=True)
    logs = [part.args[0] for part in bold.atoms(sympy.log) - careful.atoms(sympy.log)]
    if all(search.prove(Goal(argument, True, box), 1) for argument in logs):
        return bold
    return careful


def logarithm(goal: Goal, search: Search, depth: int) -> Node | None:
    """``P - Q >= 0`` for positive P and Q is ``log P - log Q >= 0``: products become sums."""
    if goal.given or not goal.expr.has(sympy.exp, sympy.cosh, sympy.Pow):
        return None
    for large, small in _two_sides(goal.expr):
        sides = [search.prove(Goal(side, True, goal.box), 1) for side in (large, small)]
        if None in sides:
            continue
        logs = [_logarithm_of(side, goal.box, search) for side in (large, small)]
        child = Goal(logs[0] - logs[1], goal.strict, goal.box)
        node = search.prove(child, depth)
        if node:
            return {
                "rule": "logarithm",
                "large": write(large),
                "small": write(small),
                "to": write(child.expr),
                "nodes": [node, *sides],
            }
    return None
