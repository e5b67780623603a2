"""Sums of polynomials times exponentials, by derivatives that end.

``sum of p_k(x) exp(k x)``: divided by its slowest exponential it has a polynomial alone among its terms,
whose degree every derivative lowers. Where all of them are right at one end of the interval, so is the sum on
the whole of it. A zero of any order at the end costs nothing, and hyperbolic functions are such sums.
Source: classical (the proof of Descartes' rule for exponential sums; G. Polya and G. Szego, Problems and
Theorems in Analysis II, part V, 75).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import sympy

from ...language.expression import write
from ...numbers.boxes import Box
from ...numbers.deadline import limited
from ...numbers.domain import Piece
from ...numbers.normal_form import identical
from .goals import (
    Goal,
    Node,
    Search,
    exponential,
    opened,
    plausible,
    rewrite,
    trim,
    usable,
    without,
)

__all__ = ["descend"]

MOST = 40
"""Derivatives that a sum may take."""

Sum = Mapping[Any, Any]
"""The polynomials in a variable, by the rate of the exponential that each is multiplied with."""


class _Way(NamedTuple):
    """From which end of which variable; ``others``: the box without it."""

    symbol: sympy.Symbol
    piece: Piece
    direction: int
    others: Box

    @property
    def end(self) -> Any:
        return self.piece.low if self.direction > 0 else self.piece.high

    @property
    def end_open(self) -> bool:
        return self.piece.low_open if self.direction > 0 else self.piece.high_open


def descend(goal: Goal, search: Search, depth: int) -> Node | None:
    """A sum of polynomials times exponentials of a variable, from one of its ends on."""
    if goal.given or not goal.expr.has(sympy.exp, sympy.sinh, sympy.cosh):
        return None
    for symbol, piece in goal.box.items():
        terms = limited(2.0, lambda s=symbol: _terms(goal.expr, s))
        if terms is None or all(rate == 0 for rate in terms) or _steps(terms, symbol) > MOST:
            continue
        form = _whole(terms, symbol)
        for direction, end in ((1, piece.low), (-1, piece.high)):
            if not end.is_finite:
                continue
            way = _Way(symbol, piece, direction, without(goal.box, symbol))
            node = _down(terms, goal.strict, way, search, depth)
            if node and identical(goal.expr, form, goal.box):
                return rewrite(form, node)
    return None


def _terms(expr: sympy.Expr, symbol: sympy.Symbol) -> Sum | None:
    """The polynomials by their rates; None if it is no such sum."""
    found: dict[Any, Any] = {}
    for term in sympy.Add.make_args(sympy.expand(exponential(expr))):
        rate: Any = sympy.Integer(0)
        rest: list[Any] = []
        for part in sympy.Mul.make_args(term):
            if part.func is sympy.exp and part.has(symbol):
                own = sympy.diff(part.args[0], symbol)
                if not own.is_Rational:
                    return None
                rate += own
                rest.append(sympy.exp(part.args[0] - own * symbol))
            elif part.has(symbol) and not part.is_polynomial(symbol):
                return None
            else:
                rest.append(part)
        found[rate] = found.get(rate, 0) + sympy.Mul(*rest)
    return _tidied(found)


def _tidied(terms: Mapping[Any, Any]) -> Sum:
    expanded = {rate: sympy.expand(term) for rate, term in sorted(terms.items())}
    return {rate: term for rate, term in expanded.items() if term != 0}


def _steps(terms: Sum, symbol: Any) -> int:
    return sum(int(sympy.degree(term, symbol)) + 1 for term in terms.values())


def _whole(terms: Sum, symbol: sympy.Symbol) -> Any:
    return sympy.Add(*[term * sympy.exp(rate * symbol) for rate, term in terms.items()])


def _down(terms: Sum, strict: bool, way: _Way, search: Search, depth: int) -> Node | None:
    """A proof of a sum from those of its value at the end and of its derivative."""
    form = _whole(terms, way.symbol)
    goal = trim(Goal(form, strict, {**way.others, way.symbol: way.piece}))
    if search.over or not usable(form) or not plausible(goal):
        return None
    if not form.has(way.symbol) or (form.is_polynomial() and not way.others):
        return search.prove(goal, depth)
    if _none_is_negative(terms, way) and (node := search.prove(goal, 0)):
        return node
    rate = min(terms) if way.direction > 0 else max(terms)
    if rate == 0:
        return _slide(terms, strict, way, search, depth)
    divided = {other - rate: term for other, term in terms.items()}
    node = _down(divided, strict, way, search, depth)
    return node and {
        "rule": "divide",
        "factor": write(sympy.exp(rate * way.symbol)),
        "sign": 1,
        "rest": write(_whole(divided, way.symbol)),
        "nodes": [{"rule": "range"}, node],
    }


def _none_is_negative(terms: Sum, way: _Way) -> bool:
    """Whether no coefficient of a sum in one variable is negative, nor the variable."""
    if way.others or not way.piece.low.is_nonnegative:
        return False
    return all(
        coefficient.is_nonnegative
        for term in terms.values()
        for coefficient in sympy.Poly(term, way.symbol).coeffs()
    )


def _slide(terms: Sum, strict: bool, way: _Way, search: Search, depth: int) -> Node | None:
    face: Any = sympy.expand(_whole(terms, way.symbol).subs(way.symbol, way.end))
    slopes: Any = _tidied(
        {
            rate: way.direction * (sympy.diff(term, way.symbol) + rate * term)
            for rate, term in terms.items()
        }
    )
    if not usable(face):
        return None
    at_end = trim(Goal(face, strict, way.others))
    # above a face that is zero where the end is not attained and the slope never vanishes
    strict_slope = strict and way.end_open and (face.is_zero or not plausible(at_end))
    at_end = at_end._replace(strict=strict and not strict_slope)
    if not plausible(at_end):
        return None
    inside = way._replace(piece=opened(way.piece))
    node = (
        _down(slopes, strict_slope, inside, search, depth)
        if slopes
        else None
        if strict_slope
        else {"rule": "range"}
    )
    below = node and search.prove(at_end, depth)
    return below and {
        "rule": "slide",
        "variable": way.symbol.name,
        "direction": way.direction,
        "slope": write(_whole(slopes, way.symbol)),
        "strict": strict_slope,
        "face": write(face),
        "nodes": [node, below],
    }
