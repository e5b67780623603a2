"""Where the values of an expression lie, rigorously: interval arithmetic with Arb (python-flint).

A range is an interval with rational or infinite ends that may be open, so that `1 - b**n > 0` for
b in (0, 1) is seen without looking at any limit. Ends are exact where they can be, else rounded
outward. `Undefined` is raised when an operation is not provably defined on the whole range.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import flint
import sympy
from flint import arb, fmpq

from ..language.expression import Phi

__all__ = [
    "Range",
    "Undefined",
    "compile_range",
    "evaluable",
    "point_value",
    "range_of_number",
    "to_fraction",
]

BITS = 160
"""Working precision; ends that are not exact are rounded outward to about this many bits."""

_INF = float("inf")
End = Any
"""An exact rational (Fraction) or a float infinity."""


class Undefined(ArithmeticError):
    """The expression is not provably a real number on the whole range."""


@dataclass(frozen=True)
class Range:
    """All values lie between ``low`` and ``high``; an open end is not attained."""

    low: End
    high: End
    low_open: bool
    high_open: bool

    @property
    def positive(self) -> bool:
        """Every value is > 0."""
        return self.low > 0 or (self.low == 0 and self.low_open)

    @property
    def nonnegative(self) -> bool:
        """Every value is >= 0."""
        return self.low >= 0

    @property
    def finite(self) -> bool:
        """Both ends are finite."""
        return not (isinstance(self.low, float) or isinstance(self.high, float))

    def __neg__(self) -> "Range":
        return Range(-self.high, -self.low, self.high_open, self.low_open)

    def __add__(self, other: "Range") -> "Range":
        return _outward(
            _plus(self.low, other.low),
            _plus(self.high, other.high),
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def __mul__(self, other: "Range") -> "Range":
        corners = [
            (_times(x, y), _product_open(x, x_open, y, y_open))
            for x, x_open in ((self.low, self.low_open), (self.high, self.high_open))
            for y, y_open in ((other.low, other.low_open), (other.high, other.high_open))
        ]
        return _hull(corners)

    def reciprocal(self) -> "Range":
        """``1/x``; undefined when 0 may be attained."""
        if self.positive:
            low = Fraction(0) if self.high == _INF else 1 / self.high
            high = _INF if self.low == 0 else 1 / self.low
            return _outward(low, high, self.high_open, self.low_open)
        if (-self).positive:
            return -(-self).reciprocal()
        raise Undefined("division by a range that holds 0")

    def integer_power(self, n: int) -> "Range":
        """``x**n`` for an integer n."""
        if n < 0:
            return self.integer_power(-n).reciprocal()
        if n == 0:
            return point(Fraction(1))
        if n % 2 == 1 or self.nonnegative:
            low, high = _end_power(self.low, n, 0), _end_power(self.high, n, 1)
            return _outward(low, high, self.low_open, self.high_open)
        if (-self).nonnegative:
            return (-self).integer_power(n)
        low, high = _end_power(-self.low, n, 1), _end_power(self.high, n, 1)
        high_open = {True: self.low_open, False: self.high_open}[low > high]
        if low == high:
            high_open = self.low_open and self.high_open
        return _outward(Fraction(0), max(low, high), False, high_open)


def point(value: Fraction) -> Range:
    """The range of one rational number."""
    return Range(value, value, False, False)


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _plus(x: End, y: End) -> End:
    if isinstance(x, float):
        return x
    return y if isinstance(y, float) else x + y


def _times(x: End, y: End) -> End:
    if x == 0 or y == 0:  # an infinite end is never attained, so 0 * inf stands for 0
        return Fraction(0)
    if isinstance(x, float) or isinstance(y, float):
        return _INF if (x > 0) == (y > 0) else -_INF
    return x * y


def _product_open(x: End, x_open: bool, y: End, y_open: bool) -> bool:
    if (x == 0 and not x_open) or (y == 0 and not y_open):
        return False
    return x_open or y_open


def _hull(corners: Sequence[tuple[End, bool]]) -> Range:
    low = min(value for value, _ in corners)
    high = max(value for value, _ in corners)
    low_open = all(is_open for value, is_open in corners if value == low)
    high_open = all(is_open for value, is_open in corners if value == high)
    return _outward(low, high, low_open, high_open)


def _outward(low: End, high: End, low_open: bool, high_open: bool) -> Range:
    """The same range with ends of bounded size."""
    limit = 6 * flint.ctx.prec
    if not isinstance(low, float) and _bits(low) > limit:
        low = _dyadic(_ball(low).lower(), -1)
    if not isinstance(high, float) and _bits(high) > limit:
        high = _dyadic(_ball(high).upper(), +1)
    return Range(low, high, low_open or low == -_INF, high_open or high == _INF)


def _end_power(end: End, n: int, side: int) -> End:
    """``end**n``, rounded down (side 0) or up (side 1) when the exact power is long."""
    if isinstance(end, float):
        return _INF if end > 0 or n % 2 == 0 else -_INF
    if _bits(end) * n > 16 * BITS:
        return _bounds(_ball(end) ** n)[side]
    return end**n


def _dyadic(value: arb, direction: int) -> End:
    """An exact Arb number as a rational, an infinity, or `Undefined` for NaN."""
    if value.is_finite():
        mantissa, exponent = map(int, value.man_exp())
        if abs(exponent) > 20_000:  # beyond what exact fractions should carry
            if mantissa == 0:
                return Fraction(0)
            tiny = Fraction(1, 2**4096)
            if exponent < 0:  # round outward from a number too small to write
                outward = (mantissa > 0) == (direction > 0)
                return (tiny if mantissa > 0 else -tiny) if outward else Fraction(0)
            return (
                (_INF if mantissa > 0 else -_INF)
                if (mantissa > 0) == (direction > 0)
                else _cap(mantissa)
            )
        return Fraction(mantissa) * (2**exponent if exponent >= 0 else Fraction(1, 2**-exponent))
    if value.is_nan():
        raise Undefined("not a number")
    return _INF if value > 0 else -_INF


def _cap(mantissa: Any) -> Fraction:
    cap = Fraction(2**4096)
    return cap if mantissa > 0 else -cap


def _bounds(value: arb) -> tuple[End, End]:
    if value.is_nan():
        raise Undefined("not a number")
    return _dyadic(value.lower(), -1), _dyadic(value.upper(), +1)


def _increasing(
    function: Callable[[arb], arb], at_minus_inf: End, at_inf: End
) -> Callable[[Range], Range]:
    """The range of an increasing function, from its values at the two ends.

    What it tends to far out it never reaches: exp(-exp(50)), too small to write, is still above 0.
    """

    def apply(x: Range) -> Range:
        low = at_minus_inf if x.low == -_INF else _bounds(function(_ball(x.low)))[0]
        high = at_inf if x.high == _INF else _bounds(function(_ball(x.high)))[1]
        low, high = max(low, at_minus_inf), min(high, at_inf)
        low_open, high_open = x.low_open or low == at_minus_inf, x.high_open or high == at_inf
        return _outward(low, high, low_open, high_open)

    return apply


def _log(x: Range) -> Range:
    if not x.positive:
        raise Undefined("log of a range that reaches 0")
    low = -_INF if x.low == 0 else _bounds(_ball(x.low).log())[0]
    high = _INF if x.high == _INF else _bounds(_ball(x.high).log())[1]
    return _outward(low, high, x.low_open, x.high_open)


def _root(x: Range, p: int, q: int) -> Range:
    """``x**(p/q)`` for x >= 0, p > 0."""
    if not x.nonnegative:
        raise Undefined("root of a range that reaches below 0")

    def end(value: End, side: int) -> End:
        if isinstance(value, float) or value == 0:
            return value
        exact = _exact_root(value, q)
        if exact is not None:
            return _end_power(exact, p, side)
        return _bounds(_ball(value) ** (arb(p) / q))[side]

    return _outward(end(x.low, 0), end(x.high, 1), x.low_open, x.high_open)


def _exact_root(value: Fraction, q: int) -> Fraction | None:
    roots = []
    for part in (value.numerator, value.denominator):
        root, exact = sympy.integer_nthroot(part, q)
        if not exact:
            return None
        roots.append(root)
    return Fraction(roots[0], roots[1])


def _power(x: Range, y: Range) -> Range:
    """``x**y`` for x > 0 (or x >= 0 < y): monotone in each argument, so extremes are at corners.

    One whole exponent suits every base.
    """
    if y.low == y.high and isinstance(y.low, Fraction) and y.low.denominator == 1:
        return x.integer_power(int(y.low))
    if not x.positive and not (x.nonnegative and y.positive):
        raise Undefined("a variable power of a range that reaches 0")
    corners: list[tuple[End, bool]] = []
    for base, base_open in ((x.low, x.low_open), (x.high, x.high_open)):
        for exponent, exponent_open in ((y.low, y.low_open), (y.high, y.high_open)):
            is_open = (base_open and exponent != 0) or (exponent_open and base not in (0, 1))
            corners += [(value, is_open) for value in _corner_power(base, exponent)]
    hull = _hull(corners)
    return Range(
        hull.low, hull.high, hull.low_open or (hull.low == 0 and x.positive), hull.high_open
    )


def _corner_power(base: End, exponent: End) -> tuple[End, ...]:
    if base == 1 or exponent == 0:
        if base == 0:
            return Fraction(0), Fraction(1)
        return (Fraction(1), _INF) if base == _INF else (Fraction(1),)
    if base == 0 or base == _INF or isinstance(exponent, float):
        grows = (base > 1) == (exponent > 0)
        return (_INF,) if grows else (Fraction(0),)
    return _bounds((_ball(base).log() * _ball(exponent)).exp())


def _abs(x: Range) -> Range:
    if x.nonnegative:
        return x
    if (-x).nonnegative:
        return -x
    corners = [(-x.low, x.low_open), (x.high, x.high_open)]
    return Range(Fraction(0), _hull(corners).high, False, _hull(corners).high_open)


def _extreme(choose: Callable[..., Any]) -> Callable[..., Range]:
    def apply(*ranges: Range) -> Range:
        low = choose(r.low for r in ranges)
        high = choose(r.high for r in ranges)
        # conservative: an end counts as attained unless every range that reaches it is open there
        low_open = all(r.low_open for r in ranges if r.low == low)
        high_open = all(r.high_open for r in ranges if r.high == high)
        return Range(low, high, low_open, high_open)

    return apply


def _enclosed(function: Callable[[arb], arb], low: int, high: int) -> Callable[[Range], Range]:
    """A bounded function without a monotone rule: Arb's own enclosure over the ball."""

    def apply(x: Range) -> Range:
        if not x.finite:
            return Range(Fraction(low), Fraction(high), False, False)
        bounds = _bounds(function(_ball(x.low).union(_ball(x.high))))
        return Range(max(bounds[0], Fraction(low)), min(bounds[1], Fraction(high)), False, False)

    return apply


def _sign(x: Range) -> Range:
    low = Fraction(1) if x.positive else Fraction(0) if x.nonnegative else Fraction(-1)
    high = Fraction(-1) if (-x).positive else Fraction(0) if (-x).nonnegative else Fraction(1)
    return Range(low, high, False, False)


def _cosh(x: Range) -> Range:
    size = _abs(x)
    return _increasing(lambda v: v.cosh(), -_INF, _INF)(size)


def _inverse(function: Callable[[arb], arb], low: int, high: float) -> Callable[[Range], Range]:
    def apply(x: Range) -> Range:
        if not (x.low >= low and x.high <= high):
            raise Undefined("outside the inverse function's domain")
        bottom = -_INF if low == -1 and x.low == -1 else _bounds(function(_ball(x.low)))[0]
        top = _INF if x.high in (high, _INF) else _bounds(function(_ball(x.high)))[1]
        if (low == -1 and x.low == -1 and not x.low_open) or (x.high == high and not x.high_open):
            raise Undefined("a pole of the inverse function")
        return _outward(bottom, top, x.low_open, x.high_open)

    return apply


def _half_erfc_of_minus(v: arb) -> arb:
    return (-v / arb(2).sqrt()).erfc() / 2


_HALF_PI = _bounds(arb.pi() / 2)[1]

_FUNCTIONS: dict[Any, Callable[..., Range]] = {
    sympy.exp: _increasing(lambda v: v.exp(), Fraction(0), _INF),
    sympy.log: _log,
    sympy.sinh: _increasing(lambda v: v.sinh(), -_INF, _INF),
    sympy.tanh: _increasing(lambda v: v.tanh(), Fraction(-1), Fraction(1)),
    sympy.asinh: _increasing(lambda v: v.asinh(), -_INF, _INF),
    sympy.acosh: _inverse(lambda v: v.acosh(), 1, _INF),
    sympy.atanh: _inverse(lambda v: v.atanh(), -1, 1),
    sympy.atan: _increasing(lambda v: v.atan(), -_HALF_PI, _HALF_PI),
    sympy.erf: _increasing(lambda v: v.erf(), Fraction(-1), Fraction(1)),
    sympy.erfc: lambda x: -_increasing(lambda v: -(v.erfc()), Fraction(-2), Fraction(0))(x),
    Phi: _increasing(_half_erfc_of_minus, Fraction(0), Fraction(1)),
    sympy.cosh: _cosh,
    sympy.Abs: _abs,
    sympy.sign: _sign,
    sympy.sin: _enclosed(lambda v: v.sin(), -1, 1),
    sympy.cos: _enclosed(lambda v: v.cos(), -1, 1),
    sympy.Max: _extreme(max),
    sympy.Min: _extreme(min),
}


def to_fraction(value: sympy.Rational) -> Fraction:
    """A SymPy rational as a Python one."""
    return Fraction(int(value.p), int(value.q))


@lru_cache(maxsize=4096)
def range_of_number(value: sympy.Expr) -> Range:
    """The tightest range of a real constant such as pi or sqrt(2)."""
    if value.is_Rational:
        return point(to_fraction(value))  # type: ignore[arg-type]
    if value == sympy.oo:
        return Range(_INF, _INF, True, True)
    if value == -sympy.oo:
        return Range(-_INF, -_INF, True, True)
    return compile_range(value, ())(())


Evaluator = Callable[..., Range]


@lru_cache(maxsize=4096)
def compile_range(expr: sympy.Expr, symbols: tuple[sympy.Symbol, ...]) -> Evaluator:
    """A function ``(ranges, bits=BITS)``, one range per symbol, to a range of all values of ``expr``.

    Raises
    ------
    NotImplementedError
        If the expression uses a function outside `counterpoise.theory.expression.FUNCTIONS`.
    """
    program: list[tuple[Callable[..., Range], tuple[int, ...]]] = []
    index: dict[sympy.Basic, int] = {symbol: i for i, symbol in enumerate(symbols)}

    def emit(node: sympy.Basic) -> int:
        if node not in index:
            operation, arguments = _operation(node)
            positions = tuple(emit(argument) for argument in arguments)
            program.append((operation, positions))
            index[node] = len(symbols) + len(program) - 1
        return index[node]

    root = emit(expr)

    def evaluate(ranges: Sequence[Range], bits: int = BITS) -> Range:
        flint.ctx.prec = bits
        values = list(ranges)
        for operation, positions in program:
            values.append(operation(*[values[i] for i in positions]))
        return values[root]

    return evaluate


def _operation(node: Any) -> tuple[Callable[..., Range], tuple[sympy.Basic, ...]]:
    if node.is_Rational:
        constant = point(to_fraction(node))
        return (lambda: constant), ()
    if node in _CONSTANTS:
        return _constant(_CONSTANTS[node]), ()
    if node.is_Add:
        return _sum, node.args
    if node.is_Mul:
        return _product, node.args
    if node.is_Pow:
        base, exponent = node.args
        if exponent.is_Integer:
            return (lambda x: x.integer_power(int(exponent))), (base,)
        if exponent.is_Rational:
            return _rational_power(int(exponent.p), int(exponent.q)), (base,)
        return _power, (base, exponent)
    if node.func in _FUNCTIONS:
        return _FUNCTIONS[node.func], node.args
    raise NotImplementedError(f"no engine can evaluate {node.func.__name__}")


def _sum(*terms: Range) -> Range:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _product(*factors: Range) -> Range:
    total = factors[0]
    for factor in factors[1:]:
        total = total * factor
    return total


def _rational_power(p: int, q: int) -> Callable[[Range], Range]:
    if p > 0:
        return lambda x: _root(x, p, q)
    return lambda x: _root(x, -p, q).reciprocal()


def _constant(function: Callable[[], arb]) -> Callable[[], Range]:
    def apply() -> Range:
        low, high = _bounds(function())
        return Range(low, high, False, False)

    return apply


_CONSTANTS: dict[Any, Callable[[], arb]] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
}


def point_value(
    expr: sympy.Expr, values: dict[sympy.Symbol, sympy.Rational], bits: int = BITS
) -> Range:
    """The range of an expression at one rational (or algebraic) point, at a precision of choice."""
    ranges = [
        point(to_fraction(value)) if value.is_Rational else compile_range(value, ())((), bits)
        for value in values.values()
    ]
    return compile_range(expr, tuple(values))(ranges, bits)


def evaluable(expr: sympy.Expr) -> bool:
    """Whether every function in the expression is one that ranges are known of."""
    try:
        compile_range(expr, tuple(expr.free_symbols))
    except NotImplementedError:
        return False
    return True
