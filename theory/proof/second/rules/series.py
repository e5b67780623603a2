"""A polynomial below a goal: its coefficients against Taylor's, the last against Lagrange's remainder."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mpmath.libmp.libmpf import ComplexResult

from ..intervals import ends_of, iv, span
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
PARTS = (1, 4, 16)
"""Into how many parts an interval is cut where the remainder on the whole of it is too wide."""


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
        below = polynomial_at(to, name, centre, side)
        _require_below(below[:order], near, side)
        _require_last_below(below, goal, name, span(piece.ends), order, side)
    except (NotReal, ComplexResult, ZeroDivisionError, OverflowError) as error:
        raise Undecided(f"a series has no bounds: {error}") from None
    walk.check(to, strict, box, node["node"])


def _require_below(given: list[Fraction], own: list[Any], side: int, first: int = 0) -> None:
    """Coefficients, those of powers from ``first`` on, against Taylor's."""
    given = [*given, *([Fraction(0)] * (len(own) - len(given)))]
    for power, (coefficient, value) in enumerate(zip(given, own, strict=True), start=first):
        low, high = bounds_of(value)
        if side < 0 and power % 2:
            low, high = -high, -low
        if coefficient > high:
            raise Rejected("a coefficient lies above Taylor's")
        if coefficient > low:
            raise Undecided("a coefficient is not seen to be below Taylor's")


def _require_last_below(
    below: list[Fraction], goal: Term, name: str, interval: Any, order: int, side: int
) -> None:
    """The last coefficient against Lagrange's remainder: on the interval, or on every one of its parts."""
    if any(below[order + 1 :]):
        raise Rejected("a polynomial of higher order than its series")
    for parts in PARTS:
        cuts = [interval.a + (interval.b - interval.a) * part / parts for part in range(parts)]
        ends = [*cuts, interval.b]
        try:
            for low, high in pairwise(ends):
                part = iv.mpf([ends_of(low)[0], ends_of(high)[1]])
                last = jet(goal, name, part, order)[order]
                _require_below(below[order : order + 1], [last], side, order)
            return
        except Undecided:
            if parts == PARTS[-1]:
                raise


SERIES_RULES: Mapping[str, Callable[..., None]] = {"taylor": taylor}
