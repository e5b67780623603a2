"""Values at exact points as Arb's balls, at a precision of choice: nothing is rounded or capped.

`ranges` bounds whole boxes with rationals; here a value as small as exp(-exp(12)) stays told from zero.
"""

from collections.abc import Mapping
from typing import Any

import flint
import sympy
from flint import arb, fmpq

from ..language.expression import Phi
from .ranges import Undefined

__all__ = ["enclosure", "parts_of"]


def enclosure(expr: Any, point: Mapping[Any, Any], bits: int) -> arb:
    """A ball that holds the value of an expression at a point of exact numbers.

    Raises
    ------
    Undefined
        If it is not shown to have a value there.
    NotImplementedError
        If the expression uses a function outside `counterpoise.theory.expression.FUNCTIONS`.
    """
    return parts_of(expr, point, bits)[expr]


def parts_of(expr: Any, point: Mapping[Any, Any], bits: int) -> dict[Any, arb]:
    """The enclosure of an expression and of each of its parts."""
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        seen: dict[Any, arb] = {}
        for symbol, value in point.items():
            seen[symbol] = _value(sympy.sympify(value), seen)
        _value(expr, seen)
        return seen
    finally:
        flint.ctx.prec = before


def _value(expr: Any, seen: dict[Any, arb]) -> arb:
    if expr not in seen:
        value = _compute(expr, seen)
        if value.is_nan():
            raise Undefined(f"{expr.func.__name__} has no value")
        seen[expr] = value
    return seen[expr]


def _compute(expr: Any, seen: dict[Any, arb]) -> arb:
    if expr.is_Rational:
        return arb(fmpq(int(expr.p), int(expr.q)))
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]()
    values = [_value(part, seen) for part in expr.args]
    if expr.is_Add or expr.is_Mul:
        total = values[0]
        for value in values[1:]:
            total = total + value if expr.is_Add else total * value
        return total
    if expr.is_Pow:
        return _power(values[0], values[1], expr.exp)
    if expr.func not in _FUNCTIONS:
        raise NotImplementedError(f"no engine can evaluate {expr.func.__name__}")
    return _FUNCTIONS[expr.func](*values)


def _power(base: arb, power: arb, exponent: Any) -> arb:
    if exponent.is_Integer:
        size = _whole_power(base, abs(int(exponent)))
        return size if exponent >= 0 else 1 / size
    if exponent.is_Rational and base >= 0:
        root = base.root(int(exponent.q))
        size = _whole_power(root, abs(int(exponent.p)))
        return size if exponent > 0 else 1 / size
    if base > 0:
        return (power * base.log()).exp()
    if base == 0 and power > 0:
        return arb(0)
    raise Undefined("a power of what is not shown to be positive")


def _whole_power(base: arb, exponent: int) -> arb:
    """By squaring: Arb's own power goes through a logarithm, which a ball around 0 has not."""
    total = arb(1)
    while exponent:
        if exponent & 1:
            total *= base
        exponent >>= 1
        base = base * base if exponent else base
    return total


def _acosh(value: arb) -> arb:
    if not value >= 1:
        raise Undefined("acosh of what is not shown to be at least 1")
    return value.acosh()


def _log(value: arb) -> arb:
    if not value > 0:
        raise Undefined("log of what is not shown to be positive")
    return value.log()


def _sign(value: arb) -> arb:
    if value > 0 or value < 0:
        return arb(1 if value > 0 else -1)
    return arb(0) if value == 0 else arb(0, 1)


def _most(*values: arb) -> arb:
    most = values[0]
    for value in values[1:]:
        most = most.max(value)
    return most


_CONSTANTS: dict[Any, Any] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
}

_FUNCTIONS: dict[Any, Any] = {
    sympy.exp: arb.exp,
    sympy.log: _log,
    sympy.sinh: arb.sinh,
    sympy.cosh: arb.cosh,
    sympy.tanh: arb.tanh,
    sympy.asinh: arb.asinh,
    sympy.acosh: _acosh,
    sympy.atanh: arb.atanh,
    sympy.atan: arb.atan,
    sympy.sin: arb.sin,
    sympy.cos: arb.cos,
    sympy.erf: arb.erf,
    sympy.erfc: arb.erfc,
    Phi: lambda value: (-value / arb(2).sqrt()).erfc() / 2,
    sympy.Abs: abs,
    sympy.sign: _sign,
    sympy.Max: _most,
    sympy.Min: lambda *values: -_most(*[-value for value in values]),
}
