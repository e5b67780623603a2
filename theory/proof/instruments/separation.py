"""Whether two sides that look equal are told apart at exact points, however deep the difference lies.

``tanh(1000)`` agrees with 1 to 868 digits. So the precision follows the sizes of all parts at the point:
what exponentials, saturated functions and small numbers can hide there would show. Arb's enclosures
decide: one that excludes zero refutes, one that needs more digits than are worked with says nothing.
Checked by: sides that differ by exp(-2000), by a saturated function, or by a double exponential do not
agree; identities do.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import flint
import numpy as np
import sympy

from ...language.expression import Phi
from ...numbers.deadline import limited
from ...numbers.domain import Domain
from ...numbers.enclosures import enclosure, parts_of
from ...numbers.ranges import Undefined
from .sampling import sample_box

__all__ = ["Answer", "ask"]

POINTS = 8
FEWEST = 3
"""Points that are looked at, and of how many the two sides must have an enclosure."""
DEEPEST = 60_000
"""Bits that are worked with; where more would be needed nothing is said."""
SHOWN = (200, 7_900)
"""Bits within which a difference refutes: the second opinion follows 2400 digits."""
SECONDS = 6.0

_HIDING: dict[Any, Any] = {
    sympy.tanh: lambda u: 3 * u,
    sympy.erf: lambda u: 2 * u * u,
    sympy.erfc: lambda u: 2 * u * u,
    Phi: lambda u: u * u,
    sympy.exp: lambda u: 2 * u,
    sympy.sinh: lambda u: 3 * u,
    sympy.cosh: lambda u: 3 * u,
}
"""Bits between a function of an argument of size u and its limit, about."""

Point = dict[Any, Any]


class Answer(NamedTuple):
    """``agree``: at every point, as deep as anything can hide; ``point``: one where they differ."""

    agree: bool
    point: Point | None = None


def ask(difference: Any, domains: Mapping[Any, Domain], seed: int = 0) -> Answer:
    """Whether a difference is zero at points of the domain, as far as enclosures of the needed depth tell.

    Integer variables take real values too, where an identity has to hold as well.
    """
    return limited(SECONDS, lambda: _ask(difference, domains, seed)) or Answer(False)


def _ask(difference: Any, domains: Mapping[Any, Domain], seed: int) -> Answer:
    seen = 0
    for point in _points(domains, seed):
        try:
            apart = not all(_is_zero(difference, point, bits) for bits in SHOWN)
            if apart:
                is_inside = all(value in domains[symbol] for symbol, value in point.items())
                return Answer(False, point if is_inside else None)
            needed = _depth(difference, point)
            if needed > DEEPEST or not _is_zero(difference, point, needed):
                return Answer(False)
        except (Undefined, NotImplementedError):
            continue
        seen += 1
        if seen == POINTS:
            break
    return Answer(seen >= FEWEST or (seen == 1 and not domains))


def _points(domains: Mapping[Any, Domain], seed: int) -> Iterator[Point]:
    """Short rational points of the domain's hull, the smallest numbers first."""
    if not domains:
        yield {}
        return
    hulls = {symbol: Domain((_real(where),)) for symbol, where in domains.items()}
    samples = sample_box(hulls, 200, np.random.default_rng(seed))
    rows = np.column_stack(list(samples.values()))
    rows = rows[np.all(np.isfinite(rows), axis=1)]
    order = np.argsort(np.abs(np.log(1e-3 + np.abs(rows))).max(axis=1), kind="stable")
    for row in rows[order]:
        point = {
            symbol: sympy.Rational(Fraction(float(value)).limit_denominator(997))
            for symbol, value in zip(domains, row, strict=True)
        }
        if all(value in hulls[symbol] for symbol, value in point.items()):
            yield point


def _real(where: Domain) -> Any:
    hull = where.hull()
    return type(hull)(hull.low, hull.high, hull.low_open, hull.high_open)


def _depth(difference: Any, point: Point) -> int:
    """Bits below which no combination of the parts' sizes reaches."""
    total = 0.0
    for part, value in parts_of(difference, point, 128).items():
        total += 32 + _size(value)
        if part.is_Rational:  # 1 + 10**-3000 is of ordinary size
            total += int(part.p).bit_length() + int(part.q).bit_length()
        if part.func in _HIDING:
            inner = float(abs(enclosure(part.args[0], point, 64)).upper())
            total += _HIDING[part.func](inner)
        if not total < DEEPEST:
            return DEEPEST + 1
    return 512 + 2 * math.ceil(total)


def _size(value: Any) -> float:
    """How many binary digits a number is away from 1."""
    if value == 0 or not value.is_finite():
        return 0.0 if value == 0 else math.inf
    middle = abs(value.mid())
    if middle == 0:
        return 0.0
    before, flint.ctx.prec = flint.ctx.prec, 64
    try:
        return abs(float(middle.log())) * 1.45
    finally:
        flint.ctx.prec = before


def _is_zero(difference: Any, point: Point, bits: int) -> bool:
    return bool(enclosure(difference, point, bits).contains(0))
