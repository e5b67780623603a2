"""Whether two expressions are the same function on a box, by their values at points of it.

Points say little where a formula changes its form, where two functions share a limit, and on lattices;
so kinks are looked for, points nearer to zero are tried, and random points have 200 bits.
"""

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mpmath import mp

from .holes import crossing
from .reading import Box, points_of
from .second_opinion import (
    NotReal,
    Term,
    distinguishable,
    equal_at,
    equal_deeply,
    kinks,
    value_of,
)

__all__ = ["POINTS", "agree", "compare", "same"]

POINTS = 12
SHRINKINGS = (1, 2, 4, 8, 12)


def same(
    left: Term,
    right: Term,
    box: Box,
    rng: random.Random,
    points: int = 8,
    where: Term | None = None,
) -> bool:
    """Whether two expressions agree at points of a box (where one is >= 0), and have values there."""
    answer = compare(left, right, box, rng, points, where)
    if answer is None:  # values may be rare
        answer = compare(left, right, box, rng, 8 * points, where)
    return answer is True


def compare(
    left: Term,
    right: Term,
    box: Box,
    rng: random.Random,
    points: int = 8,
    where: Term | None = None,
) -> bool | None:
    """`same`, but None where neither has a value at any of the points.

    Where they change their form, that place is one of the points. Without such places they are analytic,
    and must agree nearer to zero as well: far out, all that tends to a limit looks like it.
    """
    if ast.dump(left) == ast.dump(right):
        return True
    bends = list({ast.dump(own): own for own in (*kinks(left), *kinks(right))}.values())
    if bends or where is not None:
        points *= 4  # a formula that changes form somewhere takes many points
    places = list(points_of(box, rng, points))
    real = [name for name, piece in box.items() if not piece.integer and piece.low != piece.high]
    analytic = where is None and not bends
    if analytic and any(_differ(left, right, own) for own in _nearer(places, real)):
        return False
    crossings = [place for bend in bends if (place := crossing(bend, places)) is not None]
    return agree(left, right, [*crossings, *places], where)


def agree(
    left: Term, right: Term, places: Sequence[Mapping[str, Any]], where: Term | None = None
) -> bool | None:
    """Whether two expressions agree at the places, to 40 digits, and at the first of them to 240."""
    seen = real = False
    for point in places:
        try:
            if where is not None and value_of(where, point) < 0:
                continue
            if equal_at(left, right, point) and (seen or equal_deeply(left, right, point)):
                seen = True
            elif distinguishable(left, right, point):
                return False
            real = True
        except NotReal:
            continue
    return seen if real else None


def _differ(left: Term, right: Term, point: Mapping[str, Any]) -> bool:
    try:
        return not equal_at(left, right, point) and distinguishable(left, right, point)
    except NotReal:
        return False


def _nearer(
    points: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """The first few points, with those of their numbers nearer to zero by powers of ten."""
    for power, point in zip(SHRINKINGS, points, strict=False):
        yield {**point, **{name: point[name] / mp.mpf(10) ** power for name in names}}
