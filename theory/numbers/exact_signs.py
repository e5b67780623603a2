"""Signs of exact numbers, zero among them: never by how small a number looks.

A sign comes from an enclosure that excludes zero. Zero comes from a normal form, or, for numbers made
of rationals, roots and cosines of rational angles, from a bound below which no such number but zero
lies (Burnikel, Funke, Mehlhorn, Schirra and Schmitt, 2001): the number is a quotient of two algebraic
integers whose conjugates are bounded, and their product is at least 1.
Checked by: numbers that differ in the hundredth digit have a sign, and nested roots that agree have none.
"""

import math
from functools import lru_cache
from typing import Any

import sympy
from flint import arb

from .enclosures import enclosure
from .normal_form import vanishes
from .ranges import Undefined

__all__ = ["compare", "sign_of_number"]

BITS = (64, 256, 1024, 4096, 16_384)
LONGEST = 200_000
"""Bits that a separation bound may take."""


def compare(a: Any, b: Any) -> int | None:
    """-1, 0 or 1 as a is below, equal to or above b; None if that cannot be decided."""
    if a == b:
        return 0
    for first, second, sign in ((a, b, 1), (b, a, -1)):
        if first is sympy.oo or second is -sympy.oo:
            return sign
    return sign_of_number(a - b)


@lru_cache(maxsize=8192)
def sign_of_number(number: Any) -> int | None:
    """The sign of a real number without variables, 0 for zero; None if that cannot be decided."""
    if number.is_Rational:
        return int(number.p > 0) - int(number.p < 0)
    try:
        for bits in BITS[:3]:
            if sign := _shown(number, bits):
                return sign
        if vanishes(number, {}) or _is_algebraic_zero(number):
            return 0
        for bits in BITS[3:]:
            if sign := _shown(number, bits):
                return sign
    except (Undefined, NotImplementedError):
        pass
    return None


def _shown(number: Any, bits: int) -> int:
    value = enclosure(number, {}, bits)
    return 1 if value > 0 else -1 if value < 0 else 0


# ---------------------------------------------------------------------------------- separation bounds


class _NotAlgebraic(Exception):
    """A part is not known to be an algebraic number."""


def _is_algebraic_zero(number: Any) -> bool:
    """Whether a number, algebraic up to independent factors, is smaller than any that is not zero."""
    for factor in sympy.Mul.make_args(sympy.factor_terms(number)):
        if _is_small_algebraic(factor):
            return True
    return _is_small_algebraic(number)


def _is_small_algebraic(number: Any) -> bool:
    degrees: dict[Any, int] = {}
    try:
        top, bottom = _bounds(number, degrees)
    except _NotAlgebraic:
        return False
    needed = math.ceil((math.prod(degrees.values()) - 1) * top + bottom) + 2
    if needed > LONGEST:
        return False
    value = enclosure(number, {}, needed + 64 + 8 * number.count_ops())
    return bool(abs(value) < arb(2) ** -needed)


def _bounds(number: Any, degrees: dict[Any, int]) -> tuple[float, float]:
    """Binary logarithms of bounds of the conjugates of numerator and denominator, rounded up."""
    if number.is_Rational:
        return _log2(abs(int(number.p))), _log2(int(number.q))
    if number.is_Add:
        top, bottom = _bounds(number.args[0], degrees)
        for part in number.args[1:]:
            other_top, other_bottom = _bounds(part, degrees)
            top = max(top + other_bottom, other_top + bottom) + 1
            bottom += other_bottom
        return top, bottom
    if number.is_Mul:
        several = [_bounds(part, degrees) for part in number.args]
        return sum(top for top, _ in several), sum(bottom for _, bottom in several)
    if number.is_Pow and number.exp.is_Rational:
        return _root_bounds(number, degrees)
    if isinstance(number, sympy.cos | sympy.sin):
        turns = number.args[0] / sympy.pi
        if (
            turns.is_Rational
        ):  # 2*cos of it is an algebraic integer with conjugates of the same kind
            degrees[number] = 4 * int(turns.q)
            return 1.0, 1.0
    raise _NotAlgebraic


def _root_bounds(number: Any, degrees: dict[Any, int]) -> tuple[float, float]:
    top, bottom = _bounds(number.base, degrees)
    order, power = int(number.exp.q), int(number.exp.p)
    if order > 1:
        degrees[(number.base, order)] = order
        if top >= bottom:
            top = (top + (order - 1) * bottom) / order + 1e-6
        else:
            bottom = ((order - 1) * top + bottom) / order + 1e-6
    if power < 0:
        top, bottom = bottom, top
    return abs(power) * top, abs(power) * bottom


def _log2(value: int) -> float:
    return 0.0 if value <= 1 else math.log2(value) + 1e-6
