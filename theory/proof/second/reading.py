"""How a certificate's text is read by the second opinion: relations, domains, points.

Nothing here knows SymPy or the provers; a certificate may come from a stranger.
"""

import ast
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from typing import Any

from mpmath import mp

from .second_opinion import (
    DIGITS,
    FUNCTIONS,
    Term,
    end_value,
    parse,
    random_point,
    value_of,
)

__all__ = [
    "NAME",
    "RESERVED",
    "Box",
    "Piece",
    "Rejected",
    "Undecided",
    "all_pieces",
    "combine",
    "corners_of",
    "holds",
    "inner_point",
    "inside",
    "points_near",
    "points_of",
    "read_piece",
    "read_reals",
    "read_relation",
    "true_at",
]


class Rejected(Exception):
    """A step of the certificate is false."""


class Undecided(Exception):
    """The second engine cannot decide a step."""


@dataclass(frozen=True)
class Piece:
    """An interval as text, with its kind of ends."""

    low: str
    high: str
    low_open: bool
    high_open: bool
    integer: bool = False

    @property
    def ends(self) -> tuple[str, str]:
        """The two ends."""
        return self.low, self.high

    def opened(self) -> "Piece":
        """The interior."""
        return Piece(self.low, self.high, True, True)


Box = Mapping[str, Piece]


NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


RESERVED = frozenset({"pi", "E", "oo", "inf", *FUNCTIONS})


_RELATION = re.compile(r"^(.*?) (<=|>=|==|!=|<|>) (.*)$", re.DOTALL)


def read_relation(text: str) -> tuple[Term, str, Term]:
    """Left side, operator and right side of a relation's text."""
    found = _RELATION.match(text)
    if not found:
        raise Rejected(f"{text!r} is not a relation")
    return parse(found[1]), found[2], parse(found[3])


_INTERVAL = re.compile(r"^([\[(])(.+), (.+)([\])])$")


def read_piece(text: str) -> Piece:
    """An interval, point or range of integers from its text."""
    piece = _read_piece(text)
    low, high = map(end_value, piece.ends)
    if low > high or (low == high and (piece.low_open or piece.high_open)):
        raise Rejected(f"domain {text!r} is empty")
    return piece


def read_reals(text: str) -> Piece:
    """A piece that evidence names, as real numbers: that a variable is whole only the claim can say.

    What a proof shows it shows of the reals; on integers alone ``sin(pi*x)`` would be 0, and so would slopes.
    """
    return replace(read_piece(text), integer=False)


def _read_piece(text: str) -> Piece:
    if found := re.match(r"^\{(.+)\}$", text):
        return Piece(found[1], found[1], False, False)
    if found := re.match(r"^integer (\S*)\.\.(\S*)$", text):
        low, high = found[1] or "-oo", found[2] or "oo"
        return Piece(low, high, low == "-oo", high == "oo", integer=True)
    if found := _INTERVAL.match(text):
        return Piece(found[2], found[3], found[1] == "(", found[4] == ")")
    raise Rejected(f"domain {text!r} cannot be read")


def all_pieces(domains: Mapping[str, str]) -> dict[str, list[Piece]]:
    """Every variable's pieces."""
    return {name: [read_piece(p) for p in text.split(" u ")] for name, text in domains.items()}


def inside(value: Any, piece: Piece) -> bool:
    """Whether a number lies in a piece."""
    if piece.integer and value != mp.floor(value):
        return False
    low, high = end_value(piece.low), end_value(piece.high)
    return (value > low if piece.low_open else value >= low) and (
        value < high if piece.high_open else value <= high
    )


def true_at(relation: str, point: Mapping[str, Any]) -> bool:
    """Whether a relation holds at a point, to 2388 digits if need be."""
    left, operator, right = read_relation(relation)
    for digits in (DIGITS, 600, 2400):
        a, b = value_of(left, point, digits), value_of(right, point, digits)
        with mp.workdps(digits):
            close = abs(a - b) <= mp.mpf(10) ** (12 - digits) * (abs(a) + abs(b))
        if not close:
            break
    return holds(operator, 0 if close else int(mp.sign(a - b)))


def holds(operator: str, sign: int) -> bool:
    """Whether a relation holds between two numbers whose difference has a sign."""
    return {
        "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0, "==": sign == 0,
        "!=": sign != 0,
    }[operator]  # fmt: skip


def _attained_ends(piece: Piece) -> list[Any]:
    """The ends of a piece that belong to it."""
    ends = ((piece.low, piece.low_open), (piece.high, piece.high_open))
    return [end_value(end) for end, is_open in ends if not is_open]


def inner_point(piece: Piece, share: Fraction) -> Any:
    """A number inside an interval: so far between its ends, or so far from one."""
    low, high = end_value(piece.low), end_value(piece.high)
    part = mp.mpf(share.numerator) / share.denominator
    if mp.isinf(low) and mp.isinf(high):
        value = part
    elif mp.isinf(high):
        value = low + 3 * part
    else:
        value = high - 3 * part if mp.isinf(low) else low + part * (high - low)
    return mp.floor(value) if piece.integer else value


def corners_of(box: Box) -> Iterator[Mapping[str, Any]]:
    """The corners that belong to a box, a few of them; none where an end of it is open."""
    ends = [_attained_ends(piece) for piece in box.values()]
    for corner in islice(product(*ends), 64):
        yield dict(zip(box, corner, strict=True))


def combine(a: Term, operator: ast.operator, b: Term) -> Term:
    """``a operator b`` as an expression."""
    return ast.BinOp(left=a, op=operator, right=b)


def points_of(box: Box, rng: random.Random, count: int) -> Iterator[Mapping[str, Any]]:
    """Random points of a box, near and far out, some at ends that belong to it."""
    ends = {name: piece.ends for name, piece in box.items()}
    corners = [_attained_ends(piece) for piece in box.values()]
    for index in range(count):
        point = random_point(ends, rng, wide=index % 2 == 1)
        for name, corner in zip(box, corners, strict=True):
            if corner and rng.random() < 0.3:
                point[name] = rng.choice(corner)
            elif box[name].integer:
                point[name] = mp.floor(point[name])
        yield point


def points_near(
    values: Mapping[str, str], box: Box, rng: random.Random
) -> Iterator[Mapping[str, Any]]:
    """A point of the box, if it is one, and others close to it: hypotheses may leave little else."""
    point = {name: end_value(text) for name, text in values.items()}
    if not all(inside(point[name], piece) for name, piece in box.items()):
        return
    yield point
    moving = [name for name, piece in box.items() if not piece.integer and piece.low != piece.high]
    for power in (2, 4, 6, 9):
        step = mp.mpf(10) ** -power
        moved = {name: point[name] * (1 + step * rng.choice((-1, 1))) for name in moving}
        yield {**point, **moved}
