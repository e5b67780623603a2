"""A search for points where a part of a claim has no value, though random points show none.

Between two points where a denominator has different signs there is one where it vanishes, and sharp
points (0, 1/2, 1) are where logarithms and quotients tend to end.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mpmath import mp

from .intervals import surely_undefined
from .second_opinion import DIGITS, NotReal, Term, value_of

__all__ = ["Point", "crossing", "hole", "must_not_vanish"]

SIMPLE = ("0", "1", "-1", "1/2", "1/3", "2", "1/4", "2/3", "-1/2", "3")
HALVINGS = 220

Point = Mapping[str, Any]


def hole(
    sides: Sequence[Term], points: Sequence[Point], feasible: Callable[[Point], bool]
) -> str | None:
    """A feasible point where a part of the sides vanishes that must not, in words, or None."""
    for point in _simple_points(points):
        if feasible(point) and any(surely_undefined(side, point) for side in sides):
            return _words(point)
    for part in (part for side in sides for part in must_not_vanish(side)):
        place = crossing(part, points)
        if place is not None and feasible(place):
            return _words(place)
    return None


def _simple_points(points: Sequence[Point]) -> Iterator[Point]:
    """A few of the points, with one variable, or all, at a simple number."""
    with mp.workdps(DIGITS):
        numbers = [
            mp.mpf(text.partition("/")[0]) / int(text.partition("/")[2] or 1) for text in SIMPLE
        ]
    for point in points[:2]:
        for number in numbers:
            yield dict.fromkeys(point, number)
            yield from ({**point, name: number} for name in point)


def must_not_vanish(term: Term) -> Iterator[Term]:
    """Denominators and arguments of logarithms, down to the bases of their powers."""
    for part in ast.walk(term):
        match part:
            case ast.BinOp(op=ast.Div(), right=below):
                yield from _bases(below)
            case ast.Call(func=ast.Name(id="log"), args=[argument]):
                yield from _bases(argument)
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
                yield from _bases(base)
            case _:
                pass


def _bases(term: Term) -> Iterator[Term]:
    match term:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield from _bases(left)
            yield from _bases(right)
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant()):
            yield from _bases(base)
        case ast.Call(func=ast.Name(id="Abs" | "sqrt"), args=[argument]):
            yield from _bases(argument)
        case _:
            yield term


def crossing(part: Term, points: Sequence[Point]) -> Point | None:
    """A point where a continuous expression vanishes, between two where its signs differ."""
    values = []
    for point in points:
        try:
            values.append((value_of(part, point), point))
        except NotReal:
            continue
    above = next((point for value, point in values if value > 0), None)
    below = next((point for value, point in values if value < 0), None)
    if above is None or below is None:
        return None
    middle = above
    size = min(abs(value) for value, _ in values if value)
    with mp.workdps(DIGITS):
        for _ in range(HALVINGS):
            middle = {name: (above[name] + below[name]) / 2 for name in above}
            try:
                value = value_of(part, middle)
            except NotReal:
                return None
            if value == 0:
                return middle
            above, below = (middle, below) if value > 0 else (above, middle)
        left = abs(value_of(part, middle))
        return middle if left < size * mp.mpf(10) ** (30 - DIGITS) else None  # a jump is no zero


def _words(point: Point) -> str:
    return ", ".join(f"{name} = {mp.nstr(value, 8)}" for name, value in point.items())
