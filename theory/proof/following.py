"""Following an expression to an end of a variable's interval, for limits and substitutions.

Every value on the way is enclosed by intervals at a precision that fits the distance: what cancellation
leaves of ``(1 - u**q)/q`` near q = 0, or of ``log(1 + exp(x)) - x`` far out, is not taken for a value.
"""

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from mpmath import mp

from .reading import Box, Piece, Rejected, Undecided, end_value
from .second_opinion import (
    DIGITS,
    NotReal,
    Term,
    enclosed,
    equal_at,
    parse,
    random_point,
    replaced,
    value_of,
)

__all__ = ["check_face", "check_limit", "check_onto"]


def check_onto(by: Term, new: str, piece: Piece, old: Piece) -> None:
    """The substitution carries the ends of the new interval to those of the old, in some order."""
    low, high = ([value_of(by, {new: t}) for t in _approach(end_value(end), towards)]
                 for end, towards in ((piece.low, 1), (piece.high, -1)))  # fmt: skip
    if low[-1] > high[-1]:
        low, high = high, low
    for trail, old_end in ((low, old.low), (high, old.high)):
        goal = end_value(old_end)
        if mp.isinf(goal):
            if not (abs(trail[-1]) > abs(trail[0]) and mp.sign(trail[-1]) == mp.sign(goal)):
                raise Rejected("a substitution does not cover the domain")
        elif abs(trail[-1] - goal) > mp.mpf(10) ** -3 * (1 + abs(goal)):
            raise Rejected("a substitution does not cover the domain")


def _approach(end: Any, towards: int) -> list[Any]:
    """Points that go to an end from inside; ``towards`` = 1 for a low end."""
    with mp.workdps(DIGITS):
        if mp.isinf(end):
            return [-towards * mp.mpf(10) ** k for k in (1, 2, 3, 8, 30)]
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
    growth = [b - a for a, b in pairwise(trail)]
    slowing = len(growth) > 1 and growth[-1] < growth[-2] / 10
    if slowing or not (trail[-1] > trail[0] and trail[-1] > 1):
        raise Rejected(f"a limit said to be infinite in {name} is not")


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
