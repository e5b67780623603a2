"""A polynomial below a goal: its coefficients against Taylor's, the last against Lagrange's remainder."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mpmath.libmp.libmpf import ComplexResult

from ..intervals import span
from ..jets import bounds_of, jet, polynomial_at, rational_of
from ..reading import Rejected, Undecided
from ..second_opinion import NotReal, Term, parse
from ..terms import variables

if TYPE_CHECKING:
    from ..reading import Box
    from ..walk import Walk

__all__ = ["SERIES_RULES"]

MOST = 40
"""Orders beyond this are not looked at."""


def taylor(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """Nowhere below a polynomial: with c an end of the interval and d the distance from it, the goal is
    the sum of a_k d**k for k < m, and a_m(z) d**m for some z in the interval."""
    name, side, order = node["variable"], node["side"], node["order"]
    if side not in (1, -1) or type(order) is not int or not 0 < order <= MOST:
        raise Rejected("a series has no proper side or order")
    if variables(goal) != {name} or name not in box:
        raise Rejected("a series in more than one variable")
    piece, to = box[name], parse(node["to"])
    centre = rational_of(parse(piece.low if side > 0 else piece.high))
    if centre is None or "oo" in piece.low + piece.high:
        raise Rejected("a series from an end that is no fraction, or without end")
    try:
        near = jet(goal, name, centre, order - 1)
        last = jet(goal, name, span(piece.ends), order)[order]
        below = polynomial_at(to, name, centre, side)
        _require_below(below, [*near, last], side)
    except (NotReal, ComplexResult, ZeroDivisionError, OverflowError) as error:
        raise Undecided(f"a series has no bounds: {error}") from None
    walk.check(to, strict, box, node["node"])


def _require_below(below: list[Fraction], own: list[Any], side: int) -> None:
    if any(below[len(own) :]):
        raise Rejected("a polynomial of higher order than its series")
    below = [*below, *([Fraction(0)] * (len(own) - len(below)))]
    for power, (given, value) in enumerate(zip(below, own, strict=False)):
        low, high = bounds_of(value)
        if side < 0 and power % 2:
            low, high = -high, -low
        if given > high:
            raise Rejected("a coefficient lies above Taylor's")
        if given > low:
            raise Undecided("a coefficient is not seen to be below Taylor's")


SERIES_RULES: Mapping[str, Callable[..., None]] = {"taylor": taylor}
