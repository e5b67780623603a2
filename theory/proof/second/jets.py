"""Taylor coefficients of the second opinion: of an expression in one variable, at a number or an interval.

Power series arithmetic on the text's own tree; a coefficient is a Fraction where it is exact, else one of
mpmath's intervals, rounded outward. A part whose jet is not known, or that may have no value on the
interval, has none.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from mpmath import mp

from .intervals import INTERVAL_FUNCTIONS, ends_of, iv
from .rounding import fraction_of
from .second_opinion import NotReal, Term

__all__ = ["bounds_of", "jet", "polynomial_at", "rational_of"]

Coefficient = Any
"""A Fraction, or an interval."""
Jet = Sequence[Coefficient]
MOST = 64
"""Whole powers beyond this have no jet."""


def jet(term: Term, name: str, start: Coefficient, order: int) -> list[Coefficient]:
    """Coefficients 0..order where the variable is at ``start``, a Fraction or an interval.

    Raises
    ------
    NotReal
        If a part has no jet there.
    """
    return _Jets(name, start, order + 1).of(term)


def bounds_of(value: Coefficient) -> tuple[Fraction, Fraction]:
    """The ends of a coefficient as they are.

    Raises
    ------
    NotReal
        If it has none.
    """
    if isinstance(value, Fraction):
        return value, value
    low, high = ends_of(value)
    if not (mp.isfinite(low) and mp.isfinite(high)):
        raise NotReal("a coefficient without bounds")
    return fraction_of(low), fraction_of(high)


def rational_of(term: Term) -> Fraction | None:
    """The number that an expression of whole numbers is, if it is one."""
    match term:
        case ast.Constant(value=int() as value):
            return Fraction(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = rational_of(inner)
            return None if value is None else -value
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = rational_of(left), rational_of(right)
            if a is None or b is None:
                return None
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div() if b != 0:
                    return a / b
                case ast.Pow() if b.denominator == 1 and 0 <= b <= MOST:
                    return a ** int(b)
    return None


def polynomial_at(term: Term, name: str, at: Fraction, side: int) -> list[Fraction]:
    """The coefficients of a polynomial in the distance d, where the variable is ``at + side*d``.

    Raises
    ------
    NotReal
        If the expression is no polynomial of rational coefficients.
    """
    match term:
        case ast.Name(id=own) if own == name:
            return [at, Fraction(side)]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return [-c for c in polynomial_at(inner, name, at, side)]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
            a, b = polynomial_at(left, name, at, side), polynomial_at(right, name, at, side)
            sign = 1 if isinstance(operator, ast.Add) else -1
            size = max(len(a), len(b))
            a, b = ([*c, *([Fraction(0)] * (size - len(c)))] for c in (a, b))
            return [x + sign * y for x, y in zip(a, b, strict=True)]
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(
                polynomial_at(left, name, at, side), polynomial_at(right, name, at, side)
            )
        case ast.BinOp(left=left, op=ast.Div(), right=right) if by := rational_of(right):
            return [c / by for c in polynomial_at(left, name, at, side)]
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() as power)) if (
            0 <= power <= MOST
        ):
            total = [Fraction(1)]
            factor = polynomial_at(base, name, at, side)
            for _ in range(power):
                total = _product(total, factor)
            return total
    number = rational_of(term)
    if number is None:
        raise NotReal(ast.unparse(term))
    return [number]


def _product(a: Sequence[Fraction], b: Sequence[Fraction]) -> list[Fraction]:
    total = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            total[i + j] += x * y
    return total


# ------------------------------------------------------------------------------------ coefficients


def _interval(x: Coefficient) -> Any:
    return iv.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def _plus(x: Coefficient, y: Coefficient) -> Coefficient:
    exact = isinstance(x, Fraction) and isinstance(y, Fraction)
    return x + y if exact else _interval(x) + _interval(y)


def _times(x: Coefficient, y: Coefficient) -> Coefficient:
    for one, other in ((x, y), (y, x)):
        if isinstance(one, Fraction) and (one == 0 or isinstance(other, Fraction)):
            return one * other if one else Fraction(0)
    return _interval(x) * _interval(y)


def _over(x: Coefficient, y: Coefficient) -> Coefficient:
    low, high = bounds_of(y)
    if low <= 0 <= high:
        raise NotReal("a division by what may be zero")
    if isinstance(y, Fraction):
        return _times(x, 1 / y)
    return _interval(x) / y


def _sum(terms: Sequence[Coefficient]) -> Coefficient:
    total: Coefficient = Fraction(0)
    for term in terms:
        total = _plus(total, term)
    return total


def _convolved(a: Jet, b: Jet, k: int) -> Coefficient:
    return _sum([_times(a[j], b[k - j]) for j in range(k + 1)])


def _require_positive(x: Coefficient) -> None:
    if bounds_of(x)[0] <= 0:
        raise NotReal("a root or logarithm of what may not be positive")


# -------------------------------------------------------------------------------------------- jets


class _Jets:
    """Jets of the parts of one expression."""

    def __init__(self, name: str, start: Coefficient, size: int) -> None:
        self.size = size
        self.name = name
        self.moving = self.padded([start, Fraction(1)][:size])
        self.seen: dict[str, list[Coefficient]] = {}

    def padded(self, short: list[Coefficient]) -> list[Coefficient]:
        return [*short, *([Fraction(0)] * (self.size - len(short)))]

    def of(self, term: Term) -> list[Coefficient]:
        key = ast.dump(term)
        if key not in self.seen:
            self.seen[key] = self._of(term)
        return self.seen[key]

    def _of(self, term: Term) -> list[Coefficient]:
        match term:
            case ast.Constant(value=int() as value):
                return self.padded([Fraction(value)])
            case ast.Name(id="pi" | "E" as constant):
                return self.padded([+iv.pi if constant == "pi" else +iv.e])
            case ast.Name(id=name) if name == self.name:
                return self.moving
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.scaled(self.of(inner), Fraction(-1))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.sum(self.of(left), self.of(right))
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return self.sum(self.of(left), self.scaled(self.of(right), Fraction(-1)))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self.product(self.of(left), self.of(right))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self.quotient(self.of(left), self.of(right))
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                return self.power(self.of(base), exponent)
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, self.of(inner))
            case _:
                raise NotReal(ast.unparse(term))

    def sum(self, a: Jet, b: Jet) -> list[Coefficient]:
        return [_plus(x, y) for x, y in zip(a, b, strict=True)]

    def scaled(self, a: Jet, by: Coefficient) -> list[Coefficient]:
        return [_times(x, by) for x in a]

    def product(self, a: Jet, b: Jet) -> list[Coefficient]:
        return [_convolved(a, b, k) for k in range(self.size)]

    def quotient(self, a: Jet, b: Jet) -> list[Coefficient]:
        found: list[Coefficient] = []
        for k in range(self.size):
            known = _sum([_times(found[j], b[k - j]) for j in range(k)])
            found.append(_over(_plus(a[k], _times(known, Fraction(-1))), b[0]))
        return found

    def power(self, a: Jet, exponent: Term) -> list[Coefficient]:
        number = rational_of(exponent)
        if number is None:
            return self.exp(self.product(self.of(exponent), self.log(a)))
        if number.denominator > 1:
            return self.root(a, number)
        if abs(number) > MOST:
            raise NotReal("a high power")
        total: list[Coefficient] = self.padded([Fraction(1)])
        for _ in range(abs(int(number))):
            total = self.product(total, a)
        return total if number >= 0 else self.quotient(self.padded([Fraction(1)]), total)

    def root(self, a: Jet, power: Fraction) -> list[Coefficient]:
        """u**r through u p' = r u' p."""
        _require_positive(a[0])
        start = iv.exp(_interval(power) * iv.log(_interval(a[0])))
        found: list[Coefficient] = [Fraction(1) if a[0] == 1 else start]
        for k in range(1, self.size):
            terms = [
                _times(_times(power * j - (k - j), a[j]), found[k - j]) for j in range(1, k + 1)
            ]
            found.append(_over(_sum(terms), _times(Fraction(k), a[0])))
        return found

    def integral(self, start: Coefficient, slopes: Jet) -> list[Coefficient]:
        rest = [_times(slope, Fraction(1, k)) for k, slope in enumerate(slopes[: self.size - 1], 1)]
        return [start, *rest]

    def slopes(self, a: Jet) -> list[Coefficient]:
        return [*(_times(a[k], Fraction(k)) for k in range(1, self.size)), Fraction(0)]

    def first(self, name: str, x: Coefficient, at: int, value: int) -> Coefficient:
        """A function's value, exact where it is known to be whole."""
        if isinstance(x, Fraction) and x == at:
            return Fraction(value)
        return INTERVAL_FUNCTIONS[name](_interval(x))

    def exp(self, a: Jet) -> list[Coefficient]:
        rise = self.slopes(a)
        found: list[Coefficient] = [self.first("exp", a[0], 0, 1)]
        for k in range(1, self.size):
            found.append(_times(_convolved(rise, found, k - 1), Fraction(1, k)))
        return found

    def log(self, a: Jet) -> list[Coefficient]:
        _require_positive(a[0])
        return self.integral(self.first("log", a[0], 1, 0), self.quotient(self.slopes(a), a))

    def pair(self, a: Jet, even: str, odd: str, sign: int) -> tuple[list[Any], list[Any]]:
        """cos and sin, or cosh and sinh, each through the other's slope."""
        rise = self.slopes(a)
        evens: list[Coefficient] = [self.first(even, a[0], 0, 1)]
        odds: list[Coefficient] = [self.first(odd, a[0], 0, 0)]
        for k in range(1, self.size):
            up = _times(_convolved(rise, odds, k - 1), Fraction(sign, k))
            odds.append(_times(_convolved(rise, evens, k - 1), Fraction(1, k)))
            evens.append(up)
        return evens, odds

    def tanh(self, a: Jet) -> list[Coefficient]:
        evens, odds = self.pair(a, "cosh", "sinh", 1)
        return self.quotient(odds, evens)

    def through(self, name: str, a: Jet, slope: list[Coefficient]) -> list[Coefficient]:
        """A function that vanishes at 0, by its slope at the argument."""
        return self.integral(self.first(name, a[0], 0, 0), self.product(self.slopes(a), slope))

    def one_and_square(self, a: Jet, sign: int) -> list[Coefficient]:
        return self.sum(self.padded([Fraction(1)]), self.scaled(self.product(a, a), Fraction(sign)))

    def over_one(self, a: Jet) -> list[Coefficient]:
        return self.quotient(self.padded([Fraction(1)]), a)

    def bell(self, a: Jet, rate: Fraction, front: Any) -> list[Coefficient]:
        return self.scaled(self.exp(self.scaled(self.product(a, a), -rate)), front)

    def erf(self, a: Jet) -> list[Coefficient]:
        return self.through("erf", a, self.bell(a, Fraction(1), 2 / iv.sqrt(iv.pi)))

    def phi(self, a: Jet) -> list[Coefficient]:
        start: Coefficient = Fraction(1, 2)
        if not (isinstance(a[0], Fraction) and a[0] == 0):
            start = INTERVAL_FUNCTIONS["Phi"](_interval(a[0]))
        slope = self.bell(a, Fraction(1, 2), 1 / iv.sqrt(2 * iv.pi))
        return self.integral(start, self.product(self.slopes(a), slope))

    def atanh(self, a: Jet) -> list[Coefficient]:
        low, high = bounds_of(a[0])
        if low <= -1 or high >= 1:
            raise NotReal("atanh of what may be too large")
        return self.through("atanh", a, self.over_one(self.one_and_square(a, -1)))


_FUNCTIONS: Mapping[str, Callable[[_Jets, Jet], list[Coefficient]]] = {
    "exp": _Jets.exp,
    "log": _Jets.log,
    "sqrt": lambda self, a: self.root(a, Fraction(1, 2)),
    "cos": lambda self, a: self.pair(a, "cos", "sin", -1)[0],
    "sin": lambda self, a: self.pair(a, "cos", "sin", -1)[1],
    "cosh": lambda self, a: self.pair(a, "cosh", "sinh", 1)[0],
    "sinh": lambda self, a: self.pair(a, "cosh", "sinh", 1)[1],
    "tanh": _Jets.tanh,
    "atan": lambda self, a: self.through("atan", a, self.over_one(self.one_and_square(a, 1))),
    "asinh": lambda self, a: self.through(
        "asinh", a, self.root(self.one_and_square(a, 1), Fraction(-1, 2))
    ),
    "atanh": _Jets.atanh,
    "erf": _Jets.erf,
    "erfc": lambda self, a: self.sum(
        self.padded([Fraction(1)]), self.scaled(self.erf(a), Fraction(-1))
    ),
    "Phi": _Jets.phi,
}
