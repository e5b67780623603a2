"""Numbers as exact fractions, and values of functions rounded outward to fractions.

Checked by: an end of an interval is exact wherever it can be, so that a least value of exactly zero is
told from one below zero by less than any precision shows.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import isqrt
from typing import Any

from mpmath import mp

__all__ = ["Bound", "bound_of", "exact_power", "fraction_of", "shortened"]

Bound = tuple[Fraction, bool]
"""A bound of a number, and whether it is exact."""

BITS = 300
LONGEST = 2000
"""Bits of a fraction beyond which it is rounded."""
FARTHEST = 20_000
"""Beyond this an exponential is bounded by one of its values there."""

_AT_ZERO: Mapping[str, Fraction] = {
    "exp": Fraction(1), "erf": Fraction(0), "erfc": Fraction(1), "Phi": Fraction(1, 2),
    "tanh": Fraction(0), "sinh": Fraction(0), "cosh": Fraction(1), "asinh": Fraction(0),
    "atan": Fraction(0), "atanh": Fraction(0),
}  # fmt: skip
_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "exp": mp.exp, "log": mp.log, "erf": mp.erf, "erfc": mp.erfc, "Phi": mp.ncdf, "tanh": mp.tanh,
    "sinh": mp.sinh, "cosh": mp.cosh, "asinh": mp.asinh, "acosh": mp.acosh, "atan": mp.atan,
    "atanh": mp.atanh, "sqrt": mp.sqrt,
}  # fmt: skip


def fraction_of(value: Any) -> Fraction:
    """A number of mpmath as the fraction that it is."""
    sign, mantissa, exponent, _ = mp.mpf(value)._mpf_
    size = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -size if sign else size


def _outward(value: Fraction, way: int) -> Fraction:
    """A fraction a little lower (``way`` = -1) or higher, with few bits."""
    if value == 0:
        return value
    size = value.numerator.bit_length() - value.denominator.bit_length() - BITS
    unit = Fraction(2) ** size
    steps = value / unit
    whole = steps.numerator // steps.denominator
    return (whole + (way > 0)) * unit


def shortened(bound: Bound, way: int) -> Bound:
    """The bound itself, or one with fewer bits that lies outward."""
    value, exact = bound
    if value.numerator.bit_length() + value.denominator.bit_length() <= LONGEST:
        return bound
    shorter = _outward(value, way)
    return shorter, exact and shorter == value


@lru_cache(maxsize=16384)
def bound_of(name: str, at: Fraction, way: int) -> Bound:
    """A function's value, from below (``way`` = -1) or above: exact, or off by one part in 2**200."""
    if at == 0 and name in _AT_ZERO:
        return _AT_ZERO[name], True
    if (name, at) in (("log", 1), ("acosh", 1)):
        return Fraction(0), True
    if name == "sqrt" and (root := exact_power(at, Fraction(1, 2))) is not None:
        return root, True
    with mp.workprec(BITS):
        argument = mp.mpf(at.numerator) / at.denominator
        error = abs(argument) * mp.mpf(2) ** -(BITS - 4)
        value = mp.mpf(_FUNCTIONS[name](argument + way * error * (1 if name != "erfc" else -1)))
        near = abs(value) * mp.mpf(2) ** -200
        return fraction_of(value + way * near), False


def exact_power(base: Fraction, power: Fraction) -> Fraction | None:
    """A rational power of a fraction that is not negative, if it is a fraction."""
    if power.denominator == 1:
        return base**power.numerator
    roots = [_root(part, power.denominator) for part in (base.numerator, base.denominator)]
    if None in roots:
        return None
    return Fraction(roots[0] or 0, roots[1] or 1) ** power.numerator


def _root(value: int, degree: int) -> int | None:
    if degree == 2:
        guess = isqrt(value)
    elif value < 2 or value.bit_length() > 900:
        guess = value if value < 2 else 0
    else:
        guess = round(value ** (1 / degree))
    return guess if guess**degree == value else None
