"""Steps to simpler goals: a change of variable, the end or the bottom of a variable, logarithms."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from ...language.expression import Phi, write
from ...numbers.boxes import Box
from ...numbers.deadline import limited
from ...numbers.domain import Domain, Piece, ordered
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
    exponential,
    fresh,
    opened,
    opened_at,
    plausible,
    tidy,
    trim,
    usable,
    without,
)

_HYPERBOLIC = (sympy.sinh, sympy.cosh, sympy.tanh)
_NOT_SIMPLE = (sympy.exp, sympy.log, *_HYPERBOLIC, Phi, sympy.erf, sympy.erfc)

__all__ = [
    "by_logarithms",
    "easiest_first",
    "exponent",
    "face_at",
    "logarithm",
    "minimum",
    "roots",
    "slide",
    "stationary_points",
    "substitute",
    "two_sides",
]


def substitute(goal: Goal, search: Search, depth: int) -> Node | None:
    """x = t^q when x occurs only in fractional powers; x = log(t) when only in exponentials."""
    for symbol in goal.box:
        for new, by, piece in _changes_of_variable(goal, symbol, search):
            if any(symbol in fact.free_symbols for fact, _ in goal.given):
                continue
            expr: Any = sympy.powdenest(
                sympy.expand_power_exp(exponential(goal.expr).subs(symbol, by)), force=False
            )
            if by.has(sympy.exp) or (by.is_rational_function(new) and not by.is_polynomial(new)):
                expr = _in_one_fraction(expr)
            expr = sympy.powsimp(sympy.expand_log(expr), deep=True)
            if expr.has(symbol):
                continue
            child = Goal(expr, goal.strict, {**without(goal.box, symbol), new: piece}, goal.given)
            # it only simplifies, so it costs no depth; hyperbolic functions are simpler as they are
            share = 0.2 if goal.expr.has(*_HYPERBOLIC) else 1.0
            node = search.briefly(child, depth + 1, share)
            if node and identical(goal.expr.subs(symbol, by), expr, child.box):
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


def _in_one_fraction(expr: sympy.Expr) -> sympy.Expr:
    """Arguments of functions, bases of powers, and the whole, each over one denominator."""
    inner: Any = expr.replace(
        lambda e: e.is_Function or (e.is_Pow and not e.exp.is_Integer),
        lambda e: e.func(*[sympy.factor(argument) for argument in e.args]),
    )
    merged: Any = sympy.powdenest(sympy.expand_power_base(inner))
    return merged


def _changes_of_variable(
    goal: Goal, symbol: sympy.Symbol, search: Search
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    piece = goal.box[symbol]
    expr = exponential(goal.expr)
    powers = [p.exp for p in expr.atoms(sympy.Pow) if p.base == symbol and p.exp.is_Rational]
    q = math.lcm(*[int(p.q) for p in powers])
    t = sympy.Symbol(fresh(f"{symbol.name}_t", goal, search), positive=True)
    yield from _odds(expr, symbol, piece, t)
    if q > 1 and ordered(sympy.Integer(0), piece.low) >= 0:
        inverse = all(power < 0 for power in powers) and piece.low_open
        found = _root_piece(piece, q, inverse=inverse)
        if found is not None:
            closed = not found.low_open and found.low == 0
            new = sympy.Symbol(t.name, nonnegative=True) if closed else t
            yield new, new ** (-q if inverse else q), found
    yield from _inverse(expr, symbol, piece, t)
    yield from _log_odds(expr, symbol, piece, t)
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


def _odds(
    expr: sympy.Expr, symbol: sympy.Symbol, piece: Piece, t: sympy.Symbol
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    """A share p = t**2/(1 + t**2): sqrt(p) and sqrt(1 - p) then have one root between them."""
    zero, one = sympy.Integer(0), sympy.Integer(1)
    halves = [p.base for p in expr.atoms(sympy.Pow) if p.exp.is_Rational and p.exp.q == 2]
    rational = [base for base in halves if base.has(symbol) and base.is_rational_function()]
    ends = [any(base.subs(symbol, end) == 0 for base in rational) for end in (zero, one)]
    if all(ends) and piece == Piece(zero, one, True, True):
        yield t, t**2 / (1 + t**2), Piece(zero, sympy.oo, True, True)


def _log_odds(
    expr: sympy.Expr, symbol: sympy.Symbol, piece: Piece, t: sympy.Symbol
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    """A share p = 1/(1 + exp(t)) up to a half, where its log-odds stand beside exponentials: they are -t."""
    logs = {sympy.log(symbol), sympy.log(1 - symbol)}
    half = Piece(sympy.Integer(0), sympy.Rational(1, 2), True, True)
    if piece == half and expr.has(sympy.exp) and logs <= expr.atoms(sympy.log):
        yield t, 1 / (1 + sympy.exp(t)), Piece(sympy.Integer(0), sympy.oo, True, True)


def _inverse(
    expr: sympy.Expr, symbol: sympy.Symbol, piece: Piece, t: sympy.Symbol
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    """x = 1/t far out, where functions are taken of what goes to 0."""
    several = [f for f in expr.atoms(*_FLAT) if f.has(symbol)]
    low = piece.low
    if piece.high != sympy.oo or not low.is_Rational or low <= 0 or not several:
        return
    rest = expr.xreplace({f: sympy.Dummy() for f in several})
    vanish = all(_vanishes_far_out(f.args[0], symbol) for f in several)
    if vanish and rest.is_rational_function():
        yield t, 1 / t, Piece(sympy.Integer(0), 1 / low, True, piece.low_open)


_FLAT = (sympy.sin, sympy.cos, sympy.tanh, sympy.atan)


def _vanishes_far_out(inner: Any, symbol: Any) -> bool:
    top, bottom = sympy.fraction(sympy.together(inner))
    if not (top.is_polynomial(symbol) and bottom.is_polynomial(symbol)):
        return False
    return bool(sympy.degree(top, symbol) < sympy.degree(bottom, symbol))


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


def two_sides(expr: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """P and Q with ``P - Q`` the expression: either order of two terms, one term against a sum, or
    what a logarithm makes simple, a power or an exponential, against all else."""
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
    for term in sorted(filter(_is_power, terms), key=lambda t: t.count_ops(), reverse=True)[:2]:
        if term.as_coeff_Mul()[0] > 0:
            yield term, term - expr
        else:
            yield expr - term, -term


def _is_power(term: sympy.Expr) -> bool:
    """Whether a term is a product with an exponential, or a power, of what is not constant."""
    return any(
        part.func is sympy.exp or (part.is_Pow and not part.exp.is_Rational)
        for part in sympy.Mul.make_args(term)
        if part.free_symbols
    )


def _logarithm_of(side: sympy.Expr, box: Box, search: Search) -> sympy.Expr:
    """Products as sums and powers as factors, where what is left under a logarithm is positive."""
    quick = _common(side)
    if quick != 0:
        rest: Any = sympy.Add(*[sympy.powsimp(term * sympy.exp(-quick)) for term in side.args])
        return quick + _logarithm_of(rest, box, search)
    careful = sympy.expand_log(sympy.log(side), deep=True)
    bold = sympy.expand_log(careful, force=True)
    logs = [part.args[0] for part in bold.atoms(sympy.log) - careful.atoms(sympy.log)]
    if all(search.prove(Goal(argument, True, box), 1) for argument in logs):
        return bold
    return careful


def _common(side: sympy.Expr) -> Any:
    """The exponent that a sum is rid of where each of its terms has one: that of its first term."""
    several: list[Any] = []
    terms: tuple[Any, ...] = side.args if side.is_Add else ()
    for term in terms:
        exponents = [part.args[0] for part in sympy.Mul.make_args(term) if part.func is sympy.exp]
        if len(exponents) != 1:
            return sympy.S.Zero
        several += exponents
    return several[0] if several else sympy.S.Zero


def logarithm(goal: Goal, search: Search, depth: int) -> Node | None:
    """``P - Q >= 0`` for positive P and Q is ``log P - log Q >= 0``: products become sums."""
    if goal.given or not goal.expr.has(sympy.exp, sympy.cosh, sympy.Pow):
        return None
    return by_logarithms(goal, two_sides(goal.expr), search, depth)


def exponent(goal: Goal, search: Search, depth: int) -> Node | None:
    """`logarithm`, where it leaves no exponential: one exponential against another, or what has none."""
    if goal.given:
        return None
    terms = sympy.Add.make_args(goal.expr)
    two = len(terms) == 2 and all(sympy.exp in (term.func, (-term).func) for term in terms)
    alone = [sides for sides in two_sides(goal.expr) if sides[0].func is sympy.exp] if two else []
    for term in terms:
        if _is_power(term) and not (goal.expr - term).has(*_NOT_SIMPLE):
            rest = goal.expr - term
            alone.append((term, -rest) if term.as_coeff_Mul()[0] > 0 else (rest, -term))
    if any(part.has(sympy.log) for power in goal.expr.atoms(sympy.exp) for part in power.args):
        alone += list(two_sides(goal.expr))[:1]
    return by_logarithms(goal, alone[:1], search, depth + 1, 0.9)  # it costs an exponential


def by_logarithms(
    goal: Goal,
    several: Iterable[tuple[sympy.Expr, sympy.Expr]],
    search: Search,
    depth: int,
    share: float = 0.5,
) -> Node | None:
    """The first of several pairs of sides whose logarithms show the goal."""
    for large, small in several:
        sides = [search.prove(Goal(side, True, goal.box), 1) for side in (large, small)]
        if None in sides:
            continue
        logs = [_logarithm_of(side, goal.box, search) for side in (large, small)]
        child = Goal(logs[0] - logs[1], goal.strict, goal.box)
        node = search.briefly(child, depth, share)
        if node and identical(sympy.log(large) - sympy.log(small), child.expr, goal.box):
            return {
                "rule": "logarithm",
                "large": write(large),
                "small": write(small),
                "to": write(child.expr),
                "nodes": [node, *sides],
            }
    return None
