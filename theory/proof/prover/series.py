"""Goals in one variable that vanish to high order, or nearly, at an end: below them lies a polynomial.

``f(x) >= a_0 + a_1 (x - c) + ... + b (x - c)**m`` from an end c of the interval on, where the a_k are
not above Taylor's coefficients and b is not above the m-th anywhere on the interval (Lagrange's remainder).
Slopes take a step for every order of a zero, ranges never reach it, the polynomial shows it as a factor.
Source: B. Malesevic and M. Makragic, J. Math. Inequal. 10 (2016) 849-876, of mixed trigonometric polynomials.
Checked by: the second engine finds the coefficients anew, by jets of its own, and compares them as rationals.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from flint import arb, fmpq

from ...language.expression import Phi, write
from ...numbers.domain import Domain, Piece
from ...numbers.ranges import range_of_number, to_fraction
from ..instruments.jets import NoJet, jet, lower
from ..instruments.sampling import numeric, sample_box
from .goals import Goal, Node, Search, lies_between

__all__ = ["taylor"]

ORDERS = (6, 12, 24)
SHARES = (Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(1, 16), Fraction(1, 64))
"""How much of the interval one polynomial is tried on."""
REACH = 4
"""How far it is tried on an endless one."""
DIGITS = 8
"""Of the polynomial's coefficients."""
_CURVED = (
    sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh, sympy.atan,
    sympy.asinh, sympy.atanh, sympy.erf, sympy.erfc, Phi,
)  # fmt: skip


def taylor(goal: Goal, search: Search, depth: int) -> Node | None:
    """A polynomial below the goal, from one end of its interval on; the rest of the interval by itself."""
    if goal.given or len(goal.box) != 1 or not goal.expr.has(*_CURVED):
        return None
    [(symbol, piece)] = goal.box.items()
    size = _size(goal, symbol)
    for side in (1, -1):
        end = piece.low if side > 0 else piece.high
        if search.over or not (end.is_Rational and _nearly_vanishes(goal, symbol, end, size)):
            continue
        for part in _parts(piece, side):
            node = _below(goal, symbol, part, side, search, depth)
            if node is None:
                continue
            if part == piece:
                return node
            cut = part.high if side > 0 else part.low
            rest = (
                Piece(cut, piece.high, False, piece.high_open)
                if side > 0
                else Piece(piece.low, cut, piece.low_open, False)
            )
            other = search.prove(goal._replace(box={symbol: rest}), depth)
            if other is None:
                break
            nodes = [node, other] if side > 0 else [other, node]
            return {"rule": "split", "variable": symbol.name, "at": write(cut), "nodes": nodes}
    return None


def _parts(piece: Piece, side: int) -> Iterator[Piece]:
    """Parts of an interval from one of its ends on, the longest first."""
    if piece.low.is_finite and piece.high.is_finite:
        yield piece
    for share in (
        SHARES[1:] if piece.low.is_finite and piece.high.is_finite else (REACH * s for s in SHARES)
    ):
        end = piece.low if side > 0 else piece.high
        if piece.low.is_finite and piece.high.is_finite:
            room = range_of_number(piece.high - piece.low).low
            step = Fraction(room * share).limit_denominator(1000)
        else:
            step = share
        cut = end + side * sympy.Rational(step.numerator, step.denominator)
        if step > 0 and lies_between(piece, cut):
            yield (
                Piece(piece.low, cut, piece.low_open, False)
                if side > 0
                else Piece(cut, piece.high, False, piece.high_open)
            )


def _size(goal: Goal, symbol: sympy.Symbol) -> float:
    """How large the goal is on its interval; 0 where that is little beside the sizes of its terms.

    Of an endless interval that is where a polynomial is tried: far out, what grows outgrows any value.
    """
    piece = goal.box[symbol]
    if piece.low.is_finite and not piece.high.is_finite:
        piece = Piece(piece.low, piece.low + REACH, piece.low_open, False)
    elif piece.high.is_finite and not piece.low.is_finite:
        piece = Piece(piece.high - REACH, piece.high, False, piece.high_open)
    points = sample_box({symbol: Domain((piece,))}, 60, np.random.default_rng(5))[symbol]
    value = np.abs(numeric(goal.expr, (symbol,))(points))
    terms = [np.abs(numeric(term, (symbol,))(points)) for term in sympy.Add.make_args(goal.expr)]
    most = np.max(np.where(np.isfinite(value), value, 0.0))
    whole = np.where(np.isfinite(value), sum(terms), 0.0)
    return 0.0 if most < 1e-5 * np.max(whole) else float(most)


def _nearly_vanishes(goal: Goal, symbol: sympy.Symbol, end: Any, size: float) -> bool:
    """Whether the goal has a value at an end that is little, on the scale of its values, and not negative."""
    try:
        [first] = jet(goal.expr, symbol, to_fraction(end), 0)
    except (NoJet, ArithmeticError, ValueError):
        return False
    value = float(first)
    return (
        value == 0
        if isinstance(first, Fraction) and first == 0
        else value > 0 and (size == 0 or value < 1e-3 * size)
    )


def _below(
    goal: Goal, symbol: sympy.Symbol, piece: Piece, side: int, search: Search, depth: int
) -> Node | None:
    """A polynomial below the goal on an interval, with its proof."""
    end: Any = piece.low if side > 0 else piece.high
    for order in ORDERS:
        try:
            near = jet(goal.expr, symbol, to_fraction(end), order - 1)
            if _first(near, side) < 0:
                return None
            whole = jet(goal.expr, symbol, _ball_of(piece), order)
        except (NoJet, ArithmeticError, ValueError):
            return None
        own = [*near, whole[order]]
        numbers = [lower(-c if side < 0 and k % 2 else c, DIGITS) for k, c in enumerate(own)]
        if not _hopeful(numbers, piece, goal.strict):
            continue
        to = _polynomial(numbers, symbol, end, side)
        node = search.prove(Goal(to, goal.strict, {symbol: piece}), min(depth, 1))
        if node:
            search.engines.add("interval")
            return {
                "rule": "taylor",
                "variable": symbol.name,
                "side": side,
                "order": order,
                "to": write(to),
                "node": node,
            }
    return None


def _first(near: list[Any], side: int) -> float:
    """The sign of a series: that of its first coefficient that is not exactly zero."""
    for power, value in enumerate(near):
        if not (isinstance(value, Fraction) and value == 0):
            return float(value) * (side if power % 2 else 1)
    return 0.0


def _ball_of(piece: Piece) -> arb:
    low, high = range_of_number(piece.low).low, range_of_number(piece.high).high
    return arb(fmpq(low.numerator, low.denominator)).union(
        arb(fmpq(high.numerator, high.denominator))
    )


def _hopeful(numbers: list[Fraction], piece: Piece, strict: bool) -> bool:
    """Whether the polynomial looks positive on the interval."""
    first = next((number for number in numbers if number), None)
    if first is None or first < 0:
        return first is None and not strict
    length = float(piece.high - piece.low)
    places = length * np.concatenate([np.linspace(0, 1, 65)[1:], 10.0 ** -np.arange(1, 12)])
    values = np.polynomial.polynomial.polyval(places, [float(number) for number in numbers])
    lead = next(k for k, number in enumerate(numbers) if number)
    return bool(
        np.all(values >= 1e-3 * float(first) * places**lead * (values > 0)) and np.all(values > 0)
    )


def _polynomial(numbers: list[Fraction], symbol: sympy.Symbol, end: Any, side: int) -> sympy.Expr:
    """The polynomial in the distance from the end, with the power that it vanishes to as a factor."""
    distance = side * (symbol - end)
    lead = next((k for k, number in enumerate(numbers) if number), 0)
    rest: Any = sympy.Integer(0)
    for number in reversed(numbers[lead:]):
        rest = rest * distance + sympy.Rational(number.numerator, number.denominator)
    return sympy.Mul(distance**lead, rest)
