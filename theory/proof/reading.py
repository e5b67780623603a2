"""How a certificate's text is read by the second opinion: relations, domains, points.

Nothing here knows SymPy or the provers; a certificate may come from a stranger.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mpmath import mp

from .second_opinion import DIGITS, Term, parse, value_of

__all__ = [
    "NAME",
    "RESERVED",
    "Box",
    "Piece",
    "Rejected",
    "Undecided",
    "all_pieces",
    "attained_ends",
    "combine",
    "end_value",
    "inside",
    "read_piece",
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


RESERVED = frozenset({"pi", "E", "oo", "inf", "Phi", "Max", "Min", "Abs", "exp", "log", "sqrt"})


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


def end_value(text: str) -> Any:
    """An end of an interval as a number."""
    with mp.workdps(DIGITS + 15):
        if text in ("oo", "-oo"):
            return mp.inf if text == "oo" else mp.ninf
        return value_of(parse(text), {})


def inside(value: Any, piece: Piece) -> bool:
    """Whether a number lies in a piece."""
    if piece.integer and value != mp.floor(value):
        return False
    low, high = end_value(piece.low), end_value(piece.high)
    return (value > low if piece.low_open else value >= low) and (
        value < high if piece.high_open else value <= high
    )


def true_at(relation: str, point: Mapping[str, Any]) -> bool:
    """Whether a relation holds at a point, to 48 digits."""
    left, operator, right = read_relation(relation)
    with mp.workdps(DIGITS):
        a, b = value_of(left, point), value_of(right, point)
        close = abs(a - b) <= mp.mpf(10) ** (12 - DIGITS) * (abs(a) + abs(b))
    if operator in ("==", "<=", ">=") and close:
        return True
    if operator in ("!=", "<", ">") and close:
        return False
    return {"<": a < b, "<=": a < b, ">": a > b, ">=": a > b, "==": False, "!=": True}[operator]


def attained_ends(piece: Piece) -> list[Any]:
    """The ends of a piece that belong to it."""
    ends = ((piece.low, piece.low_open), (piece.high, piece.high_open))
    return [end_value(end) for end, is_open in ends if not is_open]


def combine(a: Term, operator: ast.operator, b: Term) -> Term:
    """``a operator b`` as an expression."""
    return ast.BinOp(left=a, op=operator, right=b)
