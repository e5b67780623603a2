"""Following an expression to an end of a variable's interval, for limits and substitutions.

Every value on the way is enclosed by intervals at a precision that fits the distance: what cancellation
leaves of ``(1 - u**q)/q`` near q = 0, or of ``log(1 + exp(x)) - x`` far out, is not taken for a value.
"""

import contextlib
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from mpmath import mp

from .reading import Box, Piece, Rejected, Undecided
from .second_opinion import (
    DIGITS,
    NotReal,
    Term,
    enclosed,
    end_value,
    equal_at,
    parse,
    random_point,
    replaced,
    value_of,
)

__all__ = ["check_face", "check_limit", "check_onto"]


def check_onto(by: Term, new: str, piece: Piece, old: Piece) -> None:
    """The substitution carries the ends of the new interval to those of the old, in some order."""
    ends = ((piece.low, 1), (piece.high, -1))
    trails = [_values(by, new, _approach(end_value(end), way)) for end, way in ends]
    goals = [old.low, old.high]
    if trails[0][-1] > trails[1][-1]:
        goals.reverse()
    for (end, _), trail, goal in zip(ends, trails, goals, strict=True):
        if not _reaches(trail, replaced(by, new, parse(end)), goal):
            raise Rejected("a substitution does not cover the domain")


def _values(by: Term, new: str, places: Sequence[Any]) -> list[Any]:
    """The values on the way to an end, as far as they can be written."""
    found = []
    for place in places:
        with contextlib.suppress(NotReal):
            found.append(value_of(by, {new: place}))
    if len(found) < 3:
        raise Undecided("a substitution cannot be followed to its ends")
    return found


def _reaches(trail: Sequence[Any], at_end: Term, goal: str) -> bool:
    """Whether values go to an end: all the way there, or beyond every number."""
    target = end_value(goal)
    if mp.isinf(target):
        grown = [mp.sign(target) * value for value in trail]
        return grown[-1] > grown[0] and not _is_slowing(grown)
    try:
        return equal_at(at_end, parse(goal), {})
    except NotReal:  # no value at the end itself
        gaps = [abs(value - target) for value in trail]
        return all(b == 0 or b < a / 2 for a, b in pairwise(gaps))


def _approach(end: Any, towards: int) -> list[Any]:
    """Points that go to an end from inside; ``towards`` = 1 for a low end."""
    with mp.workdps(DIGITS):
        if mp.isinf(end):
            return [-towards * mp.mpf(10) ** k for k in (1, 2, 3, 8, 30, 300)]
        steps = (3, 20, 60, 150, 1000) if end == 0 else (3, 8, 16, 28)
        return [end + towards * mp.mpf(10) ** -k for k in steps]


def _steps(end: Any, towards: int) -> list[tuple[Any, int]]:
    """Points that go to an end, each with the digits that x**3 cancelled there would take."""
    places = _approach(end, towards)
    return [(x, 100 + 4 * _size(x - end if mp.isfinite(end) else x)) for x in places]


def _size(x: Any) -> int:
    """How many digits a distance leaves out, or exp(x) has; the rest is not worth its time."""
    with mp.workdps(DIGITS):
        return int(abs(mp.log10(abs(x)))) if abs(x) < 1 else int(min(abs(x), 100))


def _arrived(value: Any, target: Any) -> bool:
    return abs(value - target) <= mp.mpf(10) ** -6 * (1 + abs(target))


def _check_endless(trail: Sequence[Any], name: str) -> None:
    """The values grow, and not ever more slowly, as far as they were followed."""
    if _is_slowing(trail) or not (trail[-1] > trail[0] and trail[-1] > 1):
        raise Rejected(f"a limit said to be infinite in {name} is not")


def _is_slowing(trail: Sequence[Any]) -> bool:
    growth = [b - a for a, b in pairwise(trail)]
    return len(growth) > 1 and growth[-1] < growth[-2] / 10


def check_face(
    goal: Term,
    face: Term | None,
    name: str,
    piece: Piece,
    direction: int,
    others: Box,
    rng: random.Random,
) -> None:
    """The value (or limit) of the goal at an end of a variable, followed to the end numerically."""
    end = end_value(piece.low if direction > 0 else piece.high)
    for _ in range(4):
        point = random_point({n: p.ends for n, p in others.items()}, rng)
        if face is not None and mp.isfinite(end):
            at_end = replaced(goal, name, parse(piece.low if direction > 0 else piece.high))
            try:
                if equal_at(at_end, face, point):
                    continue
                raise Rejected(f"the value at the end of {name} is not what the certificate says")
            except NotReal:
                pass  # no value there: it is a limit
        _follow(goal, face, name, end, direction, point)


def check_limit(
    goal: Term, value: Term, name: str, end: Any, direction: int, others: Box, rng: random.Random
) -> None:
    """The goal goes to a value at a finite end of a variable."""
    for _ in range(4):
        point = random_point({n: p.ends for n, p in others.items()}, rng)
        _follow(goal, value, name, end, direction, point)


def _follow(
    goal: Term, face: Term | None, name: str, end: Any, direction: int, point: Mapping[str, Any]
) -> None:
    target = None if face is None else value_of(face, point)
    trail: list[Any] = []
    for place, digits in _steps(end, direction):
        try:
            value = enclosed(goal, {**point, name: place}, digits)
        except NotReal:
            continue
        trail += [] if value is None else [value]
        if target is not None and len(trail) > 2 and _arrived(trail[-1], target):
            return
    if len(trail) < 2:
        raise Undecided(f"the expression cannot be followed to the end of {name}")
    if target is None:
        _check_endless(trail, name)
        return
    if _arrived(trail[-1], target):
        return
    gaps = [abs(value - target) for value in trail]
    if gaps[-1] > 100 * abs(trail[-1] - trail[-2]):
        raise Rejected(f"a limit in {name} is another one")
    if gaps[-1] >= gaps[-2] or gaps[-1] >= gaps[0]:
        raise Rejected(f"a limit in {name} is not what the certificate says")
    raise Undecided(f"a limit in {name} is approached too slowly to be seen")
