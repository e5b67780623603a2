"""Ranges with ends that are exact, and that are known to be attained or not.

``x*(1 - y) > 0`` for x in (0, 1] and y in [0, 1) touches zero only where nothing is attained, and
``(x - 1/3)**2 > 0`` inside (0, 1) touches it where it is attained. Where a part may have no value on the
box there is no range, so that a range also shows that an expression is defined.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .reading import Box, Piece
from .rounding import FARTHEST, Bound, bound_of, exact_power, shortened
from .second_opinion import NotReal, Term, parse

__all__ = ["Range", "range_of", "ranges_of", "sign_on"]


class Range(NamedTuple):
    """An interval: its ends (None where there is none), and whether they are open."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False


def sign_on(term: Term, box: Box) -> tuple[int, bool]:
    """1 and whether strictly so where an expression is nowhere negative on a box, -1 nowhere positive."""
    try:
        value = range_of(term, ranges_of(box))
    except NotReal:
        return 0, False
    if value.low is not None and value.low >= 0:
        return 1, value.low > 0 or value.low_open
    if value.high is not None and value.high <= 0:
        return -1, value.high < 0 or value.high_open
    return 0, False


def ranges_of(box: Box) -> dict[str, Range]:
    """The ranges of the variables."""
    return {name: _piece(piece) for name, piece in box.items()}


def _piece(piece: Piece) -> Range:
    low, high = (None if end in ("oo", "-oo") else range_of(parse(end), {}) for end in piece.ends)
    return Range(
        None if low is None else low.low,
        None if high is None else high.high,
        low is None or piece.low_open,
        high is None or piece.high_open,
    )


def range_of(term: Term, box: Mapping[str, Range]) -> Range:
    """The range of an expression over the ranges of its variables.

    Raises
    ------
    NotReal
        If a part may have no value.
    """
    try:
        return _shortened(_range(term, box))
    except (ArithmeticError, ValueError, TypeError, RecursionError):
        raise NotReal(ast.unparse(term)) from None


def _range(term: Any, box: Mapping[str, Range]) -> Range:
    match term:
        case ast.Constant(value=int() as value):
            return Range(Fraction(value), Fraction(value))
        case ast.Name(id="pi" | "E" as name):
            return _constant(name)
        case ast.Name(id=name) if name in box:
            return box[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _minus(range_of(operand, box))
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.Call(
            func=ast.Name(id="Phi"), args=[inner])):  # fmt: skip
            return _rising("Phi", _minus(range_of(inner, box)))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _plus(range_of(left, box), range_of(right, box))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _plus(range_of(left, box), _minus(range_of(right, box)))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _times(range_of(left, box), range_of(right, box))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _times(range_of(left, box), _inverse(range_of(right, box)))
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            return _power(range_of(base, box), range_of(exponent, box))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _function(name, [range_of(argument, box) for argument in arguments])
        case _:
            raise NotReal(ast.unparse(term))


def _constant(name: str) -> Range:
    if name == "E":
        return _rising("exp", Range(Fraction(1), Fraction(1)))
    quarter = _rising("atan", Range(Fraction(1), Fraction(1)))
    return _times(Range(Fraction(4), Fraction(4)), quarter)


def _shortened(interval: Range) -> Range:
    low, high = interval.low, interval.high
    low_open, high_open = interval.low_open, interval.high_open
    if low is not None:
        low, same = shortened((low, True), -1)
        low_open = low_open or not same
    if high is not None:
        high, same = shortened((high, True), 1)
        high_open = high_open or not same
    return Range(low, high, low_open, high_open)


# ------------------------------------------------------------------------------------- arithmetic


def _minus(a: Range) -> Range:
    return Range(
        None if a.high is None else -a.high,
        None if a.low is None else -a.low,
        a.high_open,
        a.low_open,
    )


def _plus(a: Range, b: Range) -> Range:
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Range(low, high, a.low_open or b.low_open, a.high_open or b.high_open)


_End = tuple[Fraction | None, int, bool]
"""A number, or None with the sign of its infinity; and whether it is open."""


def _ends(a: Range) -> tuple[_End, _End]:
    return (a.low, -1, a.low_open), (a.high, 1, a.high_open)


def _times(a: Range, b: Range) -> Range:
    corners = [_corner(x, y) for x in _ends(a) for y in _ends(b)]
    return _hull(corners)


def _corner(x: _End, y: _End) -> _End:
    """A product of ends; an endless factor is finite wherever it is taken, so 0 times it is 0."""
    zeros = [end for end in (x, y) if end[0] == 0]
    if zeros:
        return Fraction(0), 0, all(is_open for _, _, is_open in zeros)
    if x[0] is None or y[0] is None:
        signs = [sign if value is None else (1 if value > 0 else -1) for value, sign, _ in (x, y)]
        return None, signs[0] * signs[1], True
    return x[0] * y[0], 0, x[2] or y[2]


def _hull(corners: Sequence[_End]) -> Range:
    """The range between the least and the greatest corner; an end is open if all that reach it are."""
    low = high = None
    finite = [(value, is_open) for value, _, is_open in corners if value is not None]
    infinite = {sign for value, sign, _ in corners if value is None}
    low_open = high_open = True
    if -1 not in infinite:
        low = min(value for value, _ in finite)
        low_open = all(is_open for value, is_open in finite if value == low)
    if 1 not in infinite:
        high = max(value for value, _ in finite)
        high_open = all(is_open for value, is_open in finite if value == high)
    return Range(low, high, low_open, high_open)


def _inverse(a: Range) -> Range:
    if a.low is not None and (a.low > 0 or (a.low == 0 and a.low_open)):
        low = Fraction(0) if a.high is None else 1 / a.high
        high = None if a.low == 0 else 1 / a.low
        return Range(low, high, a.high is None or a.high_open, high is None or a.low_open)
    if a.high is not None and (a.high < 0 or (a.high == 0 and a.high_open)):
        return _minus(_inverse(_minus(a)))
    raise NotReal("a division by what may be zero")


def _size(a: Range) -> Range:
    if a.low is not None and a.low >= 0:
        return a
    if a.high is not None and a.high <= 0:
        return _minus(a)
    negative, positive = _minus(a), a
    high, high_open = None, True
    if a.low is not None and a.high is not None:
        high = max(-a.low, a.high)
        tops = [(negative.high, negative.high_open), (positive.high, positive.high_open)]
        high_open = all(is_open for value, is_open in tops if value == high)
    return Range(Fraction(0), high, False, high_open)


# ------------------------------------------------------------------------------ powers, functions


def _power(base: Range, exponent: Range) -> Range:
    if exponent.low is not None and exponent.low == exponent.high:
        return _fixed_power(base, exponent.low)
    if base.low is None or base.low < 0:
        raise NotReal("a power of what may be negative")
    positive = base.low > 0 or base.low_open
    if not positive and (exponent.low is None or exponent.low < 0):
        raise NotReal("a negative power of what may be zero")
    return _open_power(base, exponent, positive)


def _open_power(base: Range, exponent: Range, positive: bool) -> Range:
    """By exp and log; where the base may be zero, the power lies between zero and that of the rest."""
    if positive:
        return _rising("exp", _times(exponent, _rising("log", base)))
    if base.high is None or (base.high > 1 and exponent.high is None):
        return Range(Fraction(0), None, False, True)
    top = max(base.high, Fraction(1))
    point = Range(top, top)
    high = _rising("exp", _times(exponent, _rising("log", point))).high
    return Range(Fraction(0), high)


def _fixed_power(base: Range, power: Fraction) -> Range:
    if power < 0:
        return _inverse(_fixed_power(base, -power))
    if power == 0:
        return Range(Fraction(1), Fraction(1))
    if power.denominator == 1:
        n = power.numerator
        if n > FARTHEST:
            raise OverflowError("a large power")
        return _monotone(lambda x, _: (x**n, True), _size(base) if n % 2 == 0 else base)
    if base.low is None or base.low < 0:
        raise NotReal("a fractional power of what may be negative")
    return _monotone(lambda x, way: _bound_of_power(x, power, way), base, Fraction(0))


def _bound_of_power(base: Fraction, power: Fraction, way: int) -> Bound:
    exact = exact_power(base, power)
    if exact is not None:
        return exact, True
    log, _ = bound_of("log", base, way)
    return bound_of("exp", log * power, way)[0], False


def _monotone(
    bound: Callable[[Fraction, int], tuple[Fraction | None, bool]],
    x: Range,
    least: Fraction | None = None,
    most: Fraction | None = None,
) -> Range:
    """The range of an increasing function, by bounds of its values at the ends.

    ``least`` and ``most``: what it never goes beyond, and does not reach but at infinity.
    """
    low, low_open = least, True
    if x.low is not None:
        value, exact = bound(x.low, -1)
        low, low_open = value, x.low_open or not exact
        if low is None or (least is not None and low < least):
            low, low_open = least, True
    high, high_open = most, True
    if x.high is not None:
        value, exact = bound(x.high, 1)
        high, high_open = value, x.high_open or not exact
        if high is None or (most is not None and high > most):
            high, high_open = most, True
    return Range(low, high, low_open, high_open)


_BOUNDS: Mapping[str, tuple[Fraction | None, Fraction | None]] = {
    "exp": (Fraction(0), None), "log": (None, None), "sqrt": (Fraction(0), None),
    "sinh": (None, None), "asinh": (None, None), "acosh": (Fraction(0), None),
    "tanh": (Fraction(-1), Fraction(1)), "erf": (Fraction(-1), Fraction(1)),
    "Phi": (Fraction(0), Fraction(1)), "atan": (Fraction(-2), Fraction(2)), "atanh": (None, None),
    "cosh": (Fraction(1), None),
}  # fmt: skip
"""What the increasing functions never go beyond (cosh, of numbers that are not negative)."""


def _rising(name: str, x: Range) -> Range:
    least, most = _BOUNDS[name]
    if name == "log":
        if x.low is None or x.low < 0 or (x.low == 0 and not x.low_open):
            raise NotReal("a logarithm of what may not be positive")
        if x.low == 0:
            x = x._replace(low=None)
    if name in ("sqrt", "acosh") and (x.low is None or x.low < (name == "acosh")):
        raise NotReal(f"{name} of what may be too small")
    if name == "atanh":
        return _inverse_tangent(x)
    return _monotone(lambda at, way: _held(name, at, way), x, least, most)


def _held(name: str, at: Fraction, way: int) -> tuple[Fraction | None, bool]:
    """`bound_of`, but not farther out than numbers can be written; None: no bound."""
    if abs(at) <= FARTHEST or name not in ("exp", "sinh", "cosh", "tanh", "erf", "Phi"):
        return bound_of(name, at, way)
    nearer = Fraction(FARTHEST) if at > 0 else Fraction(-FARTHEST)
    if (at > 0) == (way < 0):  # a weaker bound
        return bound_of(name, nearer, way)[0], False
    return _BOUNDS[name][0 if way < 0 else 1], False


def _inverse_tangent(x: Range) -> Range:
    one = Fraction(1)
    if x.low is None or x.high is None or x.low < -1 or x.high > 1:
        raise NotReal("atanh of what may be too large")
    if (x.low == -1 and not x.low_open) or (x.high == 1 and not x.high_open):
        raise NotReal("atanh of what may be too large")
    inner = Range(
        None if x.low == -one else x.low,
        None if x.high == one else x.high,
        x.low_open,
        x.high_open,
    )
    return _monotone(lambda at, way: bound_of("atanh", at, way), inner)


def _function(name: str, arguments: Sequence[Range]) -> Range:
    if name in ("Max", "Min"):
        return _extreme(arguments, name == "Max")
    (x,) = arguments
    match name:
        case "Abs":
            return _size(x)
        case "cosh":
            return _rising("cosh", _size(x))
        case "erfc":
            return _plus(Range(Fraction(1), Fraction(1)), _minus(_rising("erf", x)))
        case "sin" | "cos":
            return Range(Fraction(-1), Fraction(1))
        case "sign":
            return Range(_sign(x.low, x.low_open, -1), _sign(x.high, x.high_open, 1))
        case _ if name in _BOUNDS:
            return _rising(name, x)
        case _:
            raise NotReal(name)


def _sign(end: Fraction | None, is_open: bool, way: int) -> Fraction:
    if end is None:
        return Fraction(way)
    if end == 0:
        return Fraction(-way if is_open else 0)
    return Fraction(1 if end > 0 else -1)


def _extreme(arguments: Sequence[Range], greatest: bool) -> Range:
    if not greatest:
        return _minus(_extreme([_minus(x) for x in arguments], True))
    lows = [(x.low, x.low_open) for x in arguments if x.low is not None]
    low = max((value for value, _ in lows), default=None)
    low_open = low is None or any(is_open for value, is_open in lows if value == low)
    if any(x.high is None for x in arguments):
        return Range(low, None, low_open, True)
    highs = [(x.high, x.high_open) for x in arguments if x.high is not None]
    high = max(value for value, _ in highs)
    return Range(low, high, low_open, all(is_open for value, is_open in highs if value == high))
