"""Enclosures: mpmath's intervals of the values of an expression over a box, or at a point.

Rounding is outward throughout, so what an interval excludes does not happen.
"""

import ast
import contextlib
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeGuard

import mpmath
from mpmath import mp
from mpmath.libmp.libmpf import ComplexResult, finf, fninf

from .second_opinion import LARGEST, NotReal, Term, calculated, is_phi, parse

__all__ = [
    "INTERVAL_FUNCTIONS",
    "at_digits",
    "enclosed",
    "ends_of",
    "interval_of",
    "interval_power",
    "iv",
    "span",
    "surely_undefined",
    "times",
]

iv: Any = mpmath.iv  # mpmath's interval context has no usable type hints
iv.prec = 220


def interval_of(term: Term, box: Mapping[str, Any]) -> Any:
    """mpmath's interval of the values over a box of mpmath intervals.

    Raises
    ------
    NotReal
        If some part may be undefined on the box.
    """
    try:
        return _interval(term, box)
    except (ComplexResult, NotImplementedError, ZeroDivisionError, ValueError, OverflowError):
        raise NotReal(ast.unparse(term)) from None


def ends_of(x: Any) -> tuple[Any, Any]:
    """The ends of an interval as they are: a conversion would round them, not always outward."""
    low, high = x._mpi_
    return mp.make_mpf(low), mp.make_mpf(high)


def _monotone(function: Callable[[Any], Any], low: Any, high: Any) -> Callable[[Any], Any]:
    """An increasing function's interval from mpmath's values at the ends, widened a little.

    ``low`` and ``high`` bound the function, so that rounding never leads beyond them.
    """

    def apply(x: Any) -> Any:
        with mp.workprec(iv.prec + 40):
            a, b = ends_of(x)
            bottom = low if a == mp.ninf else function(a)
            top = high if b == mp.inf else function(b)
            slack = mp.mpf(2) ** (20 - iv.prec)
            return iv.mpf([max(_nudge(bottom, -slack), low), min(_nudge(top, slack), high)])

    return apply


def _nudge(value: Any, slack: Any) -> Any:
    if isinstance(value, mp.mpc):
        raise ComplexResult("a function outside its domain")
    value = mp.mpf(value)
    return value if mp.isinf(value) or value == 0 else value + abs(value) * slack


def _iv_extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *xs: iv.mpf([choose(x.a for x in xs), choose(x.b for x in xs)])


def _iv_abs(x: Any) -> Any:
    return abs(x)


def _iv_exp(x: Any) -> Any:
    """exp, bounded by its values at +-LARGEST beyond them, which take long to work out."""
    low, high = ends_of(x)
    bottom = iv.mpf(0) if low < -LARGEST else iv.exp(iv.mpf(min(low, LARGEST)))
    top = iv.mpf(mp.inf) if high > LARGEST else iv.exp(iv.mpf(max(high, -LARGEST)))
    return iv.mpf([bottom.a, top.b])


def _iv_sinh(x: Any) -> Any:
    return (_iv_exp(x) - _iv_exp(-x)) / 2 if _is_far(x) else _monotone(mp.sinh, mp.ninf, mp.inf)(x)


def _iv_cosh(x: Any) -> Any:
    if _is_far(x):
        return (_iv_exp(x) + _iv_exp(-x)) / 2
    return _monotone(mp.cosh, 1, mp.inf)(abs(x))


def _is_far(x: Any) -> bool:
    return any(LARGEST < abs(end) < mp.inf for end in ends_of(x))


def _iv_wave(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: function(x) if max(abs(x.a), abs(x.b)) < LARGEST else iv.mpf([-1, 1])


def _iv_erfc(x: Any) -> Any:
    inner = _monotone(lambda v: -mp.erfc(v), -2, 0)(x)
    return -inner


INTERVAL_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "Abs": _iv_abs, "Max": _iv_extreme(max), "Min": _iv_extreme(min),
    "Phi": _monotone(mp.ncdf, 0, 1), "acosh": _monotone(mp.acosh, 0, mp.inf),
    "asinh": _monotone(mp.asinh, mp.ninf, mp.inf), "atan": _monotone(mp.atan, -2, 2),
    "atanh": _monotone(mp.atanh, mp.ninf, mp.inf), "cos": _iv_wave(iv.cos), "cosh": _iv_cosh,
    "erf": _monotone(mp.erf, -1, 1), "erfc": _iv_erfc, "exp": _iv_exp, "log": iv.log,
    "sign": _monotone(mp.sign, -1, 1), "sin": _iv_wave(iv.sin), "sinh": _iv_sinh,
    "sqrt": iv.sqrt, "tanh": _monotone(mp.tanh, -1, 1),
}  # fmt: skip


def _interval(term: Any, box: Mapping[str, Any]) -> Any:
    match term:
        case ast.Constant(value=int() as value):
            return iv.mpf(value)
        case ast.Name(id="pi"):
            return +iv.pi
        case ast.Name(id="E"):
            return +iv.e
        case ast.Name(id=name):
            return box[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_interval(operand, box)
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=right) if is_phi(right):
            return INTERVAL_FUNCTIONS["Phi"](-_interval(right.args[0], box))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return times(_interval(left, box), _interval(right, box))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _iv_over(_interval(left, box), _interval(right, box))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _iv_power(_interval(left, box), right, box)
        case ast.BinOp(left=left, op=operator, right=right):
            return calculated(operator, _interval(left, box), _interval(right, box))
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in INTERVAL_FUNCTIONS:
            return INTERVAL_FUNCTIONS[name](*[_interval(a, box) for a in arguments])
        case _:
            raise ValueError(f"cannot evaluate {ast.dump(term)[:80]}")


_INFINITE = frozenset((finf, fninf))


def times(a: Any, b: Any) -> Any:
    """The product of two intervals, either of which may be endless."""
    if not _INFINITE.intersection((*a._mpi_, *b._mpi_)):
        return a * b
    ends = [*ends_of(a), *ends_of(b)]
    # an infinite end is never attained, so 0 times it stands for 0
    corners = [
        iv.mpf(0) if 0 in (x, y) else iv.mpf(x) * iv.mpf(y) for x in ends[:2] for y in ends[2:]
    ]
    return iv.mpf([min(c.a for c in corners), max(c.b for c in corners)])


def _iv_over(a: Any, b: Any) -> Any:
    if b.a < 0 < b.b:
        raise NotReal("division by an interval around 0")
    return times(a, 1 / b)


def _whole(exponent: Term, power: Any) -> int | None:
    """The integer that an exponent is, if it is one."""
    if isinstance(exponent, ast.Constant) and isinstance(exponent.value, int):
        return exponent.value
    return int(power.a) if power.a == power.b and power.a == int(power.a) else None


def _iv_power(base: Any, exponent: Any, box: Mapping[str, Any]) -> Any:
    n = _whole(exponent, power := _interval(exponent, box))
    return _real_power(base, power) if n is None else _whole_power(base, n)


def _whole_power(base: Any, n: int) -> Any:
    return base**n if n >= 0 else _iv_over(iv.mpf(1), base**-n)


def _real_power(base: Any, power: Any) -> Any:
    if base.a < 0:
        raise NotReal("a fractional power of an interval below 0")
    return _iv_exp(times(power, iv.log(base)))


def interval_power(base: Any, power: int | Fraction) -> Any:
    """A rational power of an interval."""
    if isinstance(power, int):
        return _whole_power(base, power)
    return _real_power(base, iv.mpf(power.numerator) / power.denominator)


@lru_cache(maxsize=4096)
def _end(text: str, precision: int) -> Any:
    """The end of an interval, enclosed; ``precision`` is iv's, by which what is remembered is told apart."""
    del precision
    return interval_of(parse(text), {})


def span(ends: tuple[str, str]) -> Any:
    """An interval of text as one of mpmath, ends rounded outward."""
    infinite = {"oo": iv.mpf("inf"), "-oo": iv.mpf("-inf")}
    low, high = (infinite[end] if end in infinite else _end(end, iv.prec) for end in ends)
    return iv.mpf([low.a, high.b])


def surely_undefined(term: Term, point: Mapping[str, Any]) -> bool:
    """Whether some part is no real number at a point for certain: rounding alone makes none so."""
    box = {name: iv.mpf(value) for name, value in point.items()}
    for part in _partial(term):
        try:
            if _forbidden(part, box):
                return True
        except (NotReal, ValueError):
            continue  # a part of it says more
    return False


@lru_cache(maxsize=8192)
def _partial(term: Term) -> tuple[Term, ...]:
    """The parts with a partial function: a quotient by no literal, a power by no literal, a logarithm..."""
    return tuple(part for part in ast.walk(term) if _is_partial(part))


def _is_partial(part: ast.AST) -> TypeGuard[Term]:
    match part:
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=int() as below)):
            return below == 0
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=int() as power)):
            return power < 0
        case ast.BinOp(op=ast.Div() | ast.Pow()):
            return True
        case ast.Call(func=ast.Name(id="log" | "sqrt" | "acosh" | "atanh")):
            return True
        case _:
            return False


def _forbidden(part: ast.expr, box: Mapping[str, Any]) -> bool:
    match part:
        case ast.BinOp(op=ast.Div(), right=below):
            value = interval_of(below, box)
            return bool(value.a == 0 == value.b)
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            low, power = interval_of(base, box), interval_of(exponent, box)
            whole = power.a == power.b == int(power.a)
            return bool(low.b < 0 and not whole) or bool(low.a == 0 == low.b and power.b < 0)
        case ast.Call(func=ast.Name(id="log" | "sqrt" | "acosh" | "atanh" as name), args=[inner]):
            value = interval_of(inner, box)
            return {
                "log": bool(value.b <= 0),
                "sqrt": bool(value.b < 0),
                "acosh": bool(value.b < 1),
                "atanh": bool(value.b <= -1 or value.a >= 1),
            }[name]
        case _:
            return False


@contextlib.contextmanager
def at_digits(digits: int) -> Iterator[None]:
    """Numbers and intervals of so many digits."""
    before, iv.prec = iv.prec, int(3.33 * digits)
    try:
        with mp.workprec(iv.prec + 40):
            yield
    finally:
        iv.prec = before


def enclosed(term: Term, point: Mapping[str, Any], digits: int) -> tuple[Any, Any] | None:
    """Ends of an interval that holds the value at a point, if it pins it down, else None: what
    cancellation leaves of log(1 + exp(x)) - x far out is no value.

    Raises
    ------
    NotReal
        If some part may be undefined there.
    """
    with at_digits(digits):
        value = interval_of(
            term, {name: iv.mpf(value_of_name) for name, value_of_name in point.items()}
        )
        low, high = ends_of(value)
        if not mp.isfinite(high - low):
            return None
        return (low, high) if high - low <= mp.mpf(10) ** -(digits // 4) * (1 + abs(low)) else None
