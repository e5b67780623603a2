"""Limits at the end of a variable's interval: decided by continuity or by an expansion, else followed.

A limit that no expansion shows is followed to the end at points, also where the other variables are
near ends of theirs. Every value on the way is enclosed by intervals at a precision that fits the distance:
what cancellation leaves of ``(1 - u**q)/q`` near q = 0, or of ``log(1 + exp(x)) - x`` far out, is not taken
for a value. What was followed was sampled.
"""

import ast
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from mpmath import mp

from .agreement import Answer, Judge
from .defined import is_defined
from .expansions import Limit, Unclear, limit_at
from .intervals import enclosed
from .openness import sign_on
from .reading import Box, Piece, Rejected, Undecided, points_of
from .second_opinion import (
    DIGITS,
    NotReal,
    Term,
    end_value,
    parse,
    random_point,
    replaced,
    value_of,
)

__all__ = ["check_face", "check_onto", "is_continuous_at"]

FOLLOWED = 4
"""Random points at which a limit is followed."""
CLOSE = mp.mpf(10) ** -25
"""Values so near to each other, relative to their size, are not told apart far out."""


def check_face(
    judge: Judge,
    goal: Term,
    face: Term | None,
    name: str,
    piece: Piece,
    direction: int,
    others: Box,
) -> None:
    """The value (or limit) of the goal at an end of a variable; None: it grows without end.

    Raises
    ------
    Rejected
        If it is another one.
    Undecided
        If it cannot be seen.
    """
    end = piece.low if direction > 0 else piece.high
    if face is not None and end not in ("oo", "-oo"):
        at_end = replaced(goal, name, parse(end))
        if is_continuous_at(goal, name, end, others) and _is_same(
            judge, at_end, face, others, f"the value at the end of {name}"
        ):
            return
    try:
        limit = limit_at(goal, name, end, direction, others, judge.forms(others))
    except Unclear:
        limit = None
    if limit is not None and _is_limit(judge, limit, face, others, name):
        return
    followed = 0
    for point in _params(judge, others):
        with contextlib.suppress(NotReal):  # far out, values may be too large to write
            _follow(goal, face, name, end_value(end), direction, point)
            followed += 1
    if not followed:
        raise Undecided(f"the expression cannot be followed to the end of {name}")
    judge.looked_at(followed)
    what = "a limit" if face is None else f"a limit, {ast.unparse(face)}"
    judge.note(f"{what}, of {ast.unparse(goal)[:60]} in {name}")


def is_continuous_at(goal: Term, name: str, end: str, others: Box) -> bool:
    """Whether an expression has a value at an end, and goes there: it is made of continuous functions.

    ``x**y`` is not continuous where both vanish, and ``sign`` jumps.
    """
    at_end = replaced(goal, name, parse(end))
    for part in ast.walk(goal):
        match part:
            case ast.Name(id="sign"):
                return False
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent) if not _is_number(exponent):
                sides = (replaced(side, name, parse(end)) for side in (base, exponent))
                if not any(sign_on(side, others) == (1, True) for side in sides):
                    return False
            case _:
                pass
    return is_defined(at_end, others)


def _is_number(term: Term) -> bool:
    return not any(isinstance(part, ast.Name | ast.Call) for part in ast.walk(term))


def _is_same(judge: Judge, left: Term, right: Term, others: Box, what: str) -> bool:
    """Whether two expressions are the same for certain; what differs is rejected."""
    answer = judge.compare(left, right, others)
    if answer is Answer.DIFFERENT:
        raise Rejected(f"{what} is not what the certificate says")
    return answer is Answer.EQUAL


def _is_limit(judge: Judge, limit: Limit, face: Term | None, others: Box, name: str) -> bool:
    """Whether a limit that was found is the one claimed."""
    if face is None or limit.infinite:
        if face is None and limit.infinite > 0:
            return True
        raise Rejected(f"a limit in {name} is another one")
    found = judge.forms(others).term_of(limit.value)
    return _is_same(judge, found, face, others, f"a limit in {name}")


# ------------------------------------------------------------------------------------ following


def _params(judge: Judge, others: Box) -> Iterator[Mapping[str, Any]]:
    """Points of the other variables: random ones, and such as are near the ends of their intervals."""
    ends = {name: piece.ends for name, piece in others.items()}
    yield from points_of(others, judge.rng, FOLLOWED)
    corners = {name: _near_ends(piece) for name, piece in others.items()}
    for side in (0, -1):
        yield {name: corner[side] for name, corner in corners.items()}
    for name, corner in corners.items():
        for value in corner:
            yield {**random_point(ends, judge.rng), name: value}


def _near_ends(piece: Piece) -> list[Any]:
    """Numbers at and close to the ends of an interval, or far out where it has none."""
    low, high = end_value(piece.low), end_value(piece.high)
    if low == high:
        return [low]
    with mp.workdps(DIGITS):
        room = high - low
        unit = room if mp.isfinite(room) else mp.mpf(1)
        near = [unit * mp.mpf(10) ** -power for power in (25, 9)]
        far = [mp.mpf(10) ** power for power in (6, 2)]
        first = (
            [low + step for step in near]
            if mp.isfinite(low)
            else [(high if mp.isfinite(high) else 0) - step for step in far]
        )
        last = (
            [high - step for step in near]
            if mp.isfinite(high)
            else [(low if mp.isfinite(low) else 0) + step for step in far]
        )
    first = first if piece.low_open else [low, *first]
    last = last if piece.high_open else [high, *last]
    if piece.integer:
        return [*map(mp.ceil, first), *map(mp.floor, last[::-1])]
    return [*first, *last[::-1]]


def _approach(end: Any, towards: int) -> list[Any]:
    """Points that go to an end from inside; ``towards`` = 1 for a low end."""
    with mp.workdps(DIGITS):
        if mp.isinf(end):
            far = (1, 2, 3, 8, 12, 30, 300, 10**9, 10**12, 10**24, 10**27)
            return [-towards * mp.mpf(10) ** k for k in far]
        near = (3, 8, 20, 60, 150, 1000, 10**9, 10**12, 10**24, 10**27)
        steps = near if end == 0 else (3, 8, 12, 16, 28)
        return [end + towards * mp.mpf(10) ** -k for k in steps]


def _steps(end: Any, towards: int) -> list[tuple[Any, int]]:
    """Points that go to an end, each with the digits that x**3 cancelled there would take."""
    places = _approach(end, towards)
    return [(x, 100 + 4 * _size(x - end if mp.isfinite(end) else x)) for x in places]


def _size(x: Any) -> int:
    """How many digits a distance leaves out, or exp(x) has; the rest is not worth its time."""
    with mp.workdps(DIGITS):
        return int(min(abs(mp.log10(abs(x))), 1000)) if abs(x) < 1 else int(min(abs(x), 100))


def _follow(
    goal: Term, face: Term | None, name: str, end: Any, direction: int, point: Mapping[str, Any]
) -> None:
    """Values on the way to an end come ever nearer to a limit, or grow ever more."""
    trail: list[Any] = []
    for place, digits in _steps(end, direction):
        with contextlib.suppress(NotReal):
            value = enclosed(goal, {**point, name: place}, digits)
            trail += [] if value is None else [value]
    if len(trail) < 2:
        raise Undecided(f"the expression cannot be followed to the end of {name}")
    if face is None:
        _check_endless([low for low, _ in trail], name)
    else:
        _check_arrival(trail, value_of(face, point), name)


def _check_arrival(trail: Sequence[tuple[Any, Any]], target: Any, name: str) -> None:
    """The values come ever nearer to the target; one whose enclosure holds it has arrived."""
    gaps = [max(low - target, target - high, mp.mpf(0)) for low, high in trail]
    last, before = trail[-1][0], trail[-2][0]
    if gaps[-1] <= CLOSE * (abs(last) + abs(target)):
        return
    if gaps[-1] > 100 * abs(last - before):
        raise Rejected(f"a limit in {name} is another one")
    if gaps[-1] >= gaps[-2] or gaps[-1] >= gaps[0]:
        raise Rejected(f"a limit in {name} is not what the certificate says")
    if gaps[-1] > gaps[-2] * 9 / 10:
        raise Undecided(f"a limit in {name} is approached too slowly to be seen")


def _check_endless(trail: Sequence[Any], name: str) -> None:
    """The values grow, and not ever more slowly, as far as they were followed."""
    if _is_slowing(trail) or not (trail[-1] > trail[0] and trail[-1] > 1):
        raise Rejected(f"a limit said to be infinite in {name} is not")


def _is_slowing(trail: Sequence[Any]) -> bool:
    growth = [b - a for a, b in pairwise(trail)]
    return len(growth) > 1 and growth[-1] < growth[-2] / 10


# --------------------------------------------------------------------------------- substitutions


def check_onto(judge: Judge, by: Term, new: str, piece: Piece, old: Piece) -> None:
    """The values of a continuous substitution on the new interval cover the old one.

    It is enough that it goes to the old interval's ends, or beyond, at the new one's ends; an end that
    belongs to the old interval must be a value.

    Raises
    ------
    Rejected
        If it does not, or that is not seen.
    """
    sides = [
        _Side.of(judge, by, new, piece.low, piece.low_open, 1),
        _Side.of(judge, by, new, piece.high, piece.high_open, -1),
    ]
    for low, high in (sides, sides[::-1]):
        if low.reaches(judge, old.low, old.low_open, -1) and high.reaches(
            judge, old.high, old.high_open, 1
        ):
            return
    raise Rejected("a substitution does not cover the domain")


class _Side:
    """Where a substitution goes at one end of its interval, and whether it gets there."""

    def __init__(self, limit: Limit, term: Term, *, attained: bool) -> None:
        self.limit = limit
        self.term = term
        self.attained = attained

    @classmethod
    def of(
        cls, judge: Judge, by: Term, new: str, end: str, is_open: bool, direction: int
    ) -> "_Side":
        """The limit at an end."""
        forms = judge.forms({})
        attained = not is_open and end not in ("oo", "-oo") and is_continuous_at(by, new, end, {})
        try:
            limit = limit_at(by, new, end, direction, {}, forms)
        except Unclear as error:
            raise Undecided(f"a substitution cannot be followed to its ends: {error}") from None
        return cls(limit, forms.term_of(limit.value), attained=attained)

    def reaches(self, judge: Judge, goal: str, goal_open: bool, way: int) -> bool:
        """Whether the limit is an end of the old interval, or beyond it on that side (``way``)."""
        if self.limit.infinite or goal in ("oo", "-oo"):
            return self.limit.infinite == way
        gap = ast.BinOp(self.term, ast.Sub(), parse(goal))
        if sign_on(gap, {}) == (way, True):
            return True
        return (self.attained or goal_open) and judge.decides(self.term, parse(goal), {})
