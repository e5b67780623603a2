"""A search for a point where two expressions differ, by intervals that exclude each other.

Points say little at a spike, where two functions share a limit, and on lattices; so they are also taken
where the expressions themselves point to, nearer to zero, and with 200 bits where they are random.
"""

import ast
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count, islice
from typing import Any

from mpmath import mp

from .holes import crossing
from .intervals import at_digits, ends_of, interval_of, iv, span
from .reading import Box, inside
from .second_opinion import DIGITS, NotReal, Term, kinks, value_of
from .slopes import NoDerivative, derivative
from .terms import names

__all__ = [
    "agree",
    "apart",
    "differ_at",
    "free_variables",
    "is_inside_box",
    "nearer",
    "part_ways",
    "telling",
]

SHRINKINGS = (1, 2, 4, 8, 12)
BOXES = 150
"""Small boxes on which intervals look for a difference."""
PLACES = 24
"""Parts of two expressions whose zeros are looked at."""
ELSEWHERE = 6
"""Points from which the other variables are taken then."""
LONG = 400
"""Parts of an expression beyond which its zeros are not looked for."""
OFFSETS = (2, 4, 6, 9)
"""Powers of ten: how near to such a zero."""


def agree(
    left: Term, right: Term, places: Sequence[Mapping[str, Any]], where: Term | None = None
) -> int | None:
    """At how many of the places two expressions agree, the first time to 240 digits.

    0 if they differ at one; None where they have no values.
    """
    seen = 0
    for point in places:
        try:
            if where is not None and value_of(where, point) < 0:
                continue
            if differ_at(left, right, point, deep=not seen):
                return 0
            seen += 1
        except NotReal:
            continue
    return seen or None


def differ_at(
    left: Term, right: Term, point: Mapping[str, Any], *, deep: bool = False, quick: bool = False
) -> bool:
    """Whether intervals keep two values at a point apart, at some precision.

    The precision grows while the values look different, relative to their size, or have no interval yet.
    ``deep``: they are looked at with 240 digits, and as many more as the numbers in the expressions have;
    ``quick``: values that look equal are taken to be values.

    Raises
    ------
    NotReal
        If one of them is not a real number there, or not surely one.
    """
    first = 300 + min(_digits_written(left) + _digits_written(right), 3000) if deep else DIGITS
    seen = False
    for digits in (first, 4 * first, 12 * first):
        a, b = value_of(left, point, digits), value_of(right, point, digits)
        with mp.workdps(digits):
            close = abs(a - b) <= mp.mpf(10) ** (20 - digits) * max(abs(a), abs(b))
        if close and quick:
            return False
        gap = _gap_at(left, right, point, digits)
        if gap is not None:
            seen = True
            if close or gap.a > 0 or gap.b < 0:
                return bool(gap.a > 0 or gap.b < 0)
    if not seen:
        raise NotReal("a value that rounding may have made")
    return False


def _gap_at(left: Term, right: Term, point: Mapping[str, Any], digits: int) -> Any:
    """The interval of a difference at a point, or None where a part of it may have no value."""
    with at_digits(digits):
        where = {name: iv.mpf(value) for name, value in point.items()}
        try:
            return interval_of(left, where) - interval_of(right, where)
        except NotReal:
            return None


def part_ways(left: Term, right: Term, box: Box, places: Sequence[Mapping[str, Any]]) -> bool:
    """Whether smooth expressions differ nearer to zero, beyond the box: far out they share a limit."""
    if kinks(left) or kinks(right):
        return False
    return agree(left, right, list(nearer(places, free_variables(box)))) == 0


def free_variables(box: Box) -> list[str]:
    """The variables that move continuously."""
    return [name for name, piece in box.items() if not piece.integer and piece.low != piece.high]


def is_inside_box(point: Mapping[str, Any], box: Box) -> bool:
    """Whether a point lies in a box."""
    return all(inside(point[name], piece) for name, piece in box.items())


def nearer(
    points: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """The first few points, with those of their numbers nearer to zero by powers of ten."""
    for power, point in zip(SHRINKINGS, points, strict=False):
        yield {**point, **{name: point[name] / mp.mpf(10) ** power for name in names}}


# ------------------------------------------------------------------- where expressions point to


def telling(
    left: Term, right: Term, places: Sequence[Mapping[str, Any]], box: Box
) -> Iterator[Mapping[str, Any]]:
    """Zeros, and stationary points, of what only one of the sides has; and points close to them."""
    for part in islice(_one_sided(left, right), PLACES):
        for curve in _curves(part, box) if _length(part) < LONG else ():
            place = crossing(curve, places)
            if place is None:
                continue
            here = {name: value for name, value in place.items() if name in names(curve)}
            elsewhere = [{**other, **here} for other in places[:ELSEWHERE]]
            for near in (*_around(place, box), *elsewhere):
                if is_inside_box(near, box):
                    yield near


def _one_sided(left: Term, right: Term) -> Iterator[Term]:
    sides = [
        {ast.dump(part): part for part in ast.walk(side) if isinstance(part, ast.expr)}
        for side in (left, right)
    ]
    for text in sorted(sides[0].keys() ^ sides[1].keys(), key=len):
        part = sides[0].get(text) or sides[1][text]
        if not isinstance(part, ast.Name | ast.Constant):
            yield part


def _curves(part: Term, box: Box) -> Iterator[Term]:
    yield part
    for name in box:
        with contextlib.suppress(NoDerivative):
            slope = derivative(part, name)
            if not isinstance(slope, ast.Constant) and _length(slope) < LONG:
                yield slope


def _length(term: Term) -> int:
    return sum(1 for _ in ast.walk(term))


def _around(place: Mapping[str, Any], box: Box) -> Iterator[Mapping[str, Any]]:
    yield place
    for name, piece in box.items():
        if not piece.integer and piece.low != piece.high:
            for power in OFFSETS:
                step = mp.mpf(10) ** -power * (abs(place[name]) or 1)
                yield from ({**place, name: place[name] + sign * step} for sign in (1, -1))


def apart(left: Term, right: Term, box: Box) -> bool:
    """Whether intervals keep the two apart on some small box, the most different looked at first."""
    free = free_variables(box)
    order = count()
    queue: list[Any] = [(0, next(order), {name: span(piece.ends) for name, piece in box.items()})]
    for _ in range(BOXES):
        if not queue or not free:
            return False
        _, _, spans = heappop(queue)
        for half in _halves(spans, free):
            size: Any = mp.inf
            with contextlib.suppress(NotReal):
                gap = interval_of(left, half) - interval_of(right, half)
                if gap.a > 0 or gap.b < 0:
                    return True
                size = mp.mpf(gap.delta)
            heappush(queue, (-size, next(order), half))
    return False


def _halves(spans: Mapping[str, Any], names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """A box cut in two where it is widest; an endless interval at a power of ten."""
    widths = {name: mp.mpf(spans[name].delta) for name in names}
    name = max(names, key=lambda width: widths[width])
    low, high = ends_of(spans[name])
    if mp.isinf(low) and mp.isinf(high):
        middle = mp.mpf(0)
    elif mp.isinf(high):
        middle = max(2 * low, mp.mpf(1))
    elif mp.isinf(low):
        middle = min(2 * high, mp.mpf(-1))
    else:
        middle = (low + high) / 2
    yield {**spans, name: iv.mpf([low, middle])}
    yield {**spans, name: iv.mpf([middle, high])}


def _digits_written(term: Term) -> int:
    """How many digits the numbers in an expression have, powers such as 10**40 included."""
    total = 0
    for part in ast.walk(term):
        match part:
            case ast.BinOp(
                left=ast.Constant(value=int() as base), op=ast.Pow(), right=exponent
            ) if isinstance(number := _literal(exponent), int):
                total += abs(number) * len(str(base))
            case ast.Constant(value=int() as value):
                total += len(str(value))
            case _:
                pass
    return total


def _literal(term: Term) -> int | None:
    match term:
        case ast.Constant(value=int() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case _:
            return None
