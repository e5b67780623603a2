"""Whether a range that is a little below zero is so by rounding alone.

Checked by: a goal that is truly negative, by less than any precision shows, is not taken for rounding.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mpmath import mp

from .reading import Box, Piece
from .second_opinion import Term, interval_of, iv, parse

__all__ = ["is_rounding", "span"]


def span(piece: Piece) -> Any:
    """A piece as an interval of mpmath."""
    ends = []
    for text in piece.ends:
        if text in ("oo", "-oo"):
            ends.append(iv.mpf("inf" if text == "oo" else "-inf"))
        else:
            ends.append(interval_of(parse(text), {}))
    return iv.mpf([ends[0].a, ends[1].b])


def is_rounding(goal: Term, box: Box, low: Any) -> bool:
    """Whether a negative number too small to tell from 0 shrinks as the precision grows."""
    before, iv.prec = iv.prec, 4 * iv.prec
    try:
        with mp.workprec(iv.prec):
            spans = {name: span(piece) for name, piece in box.items()}
            least = low * mp.mpf(2) ** -before
            return mp.mpf(interval_of(goal, spans).a) >= least and all(
                mp.mpf(interval_of(far, {**spans, TAIL: tail}).a) >= least
                for far, tail in _tails(goal, spans)
            )
    finally:
        iv.prec = before


TAIL = "<tail>"  # no name that a claim can have
TAILS: Mapping[str, tuple[int, Sequence[str], Sequence[str]]] = {
    "exp": (500, ("0", "1/1000"), ()),
    "tanh": (250, ("-1", "-999/1000"), ("999/1000", "1")),
    "erf": (22, ("-1", "-999/1000"), ("999/1000", "1")),
    "erfc": (22, ("1999/1000", "2"), ("0", "1/1000")),
    "Phi": (31, ("0", "1/1000"), ("999/1000", "1")),
}
"""How far out a function is so near to its limit that no precision tells; and values that are near it,
by so much that what they leave of a goal can be told from 0."""


def _tails(goal: Term, spans: Mapping[str, Any]) -> Iterator[tuple[Term, Any]]:
    """The goal with a function that goes far out on the box as a variable, and its values there."""
    for part in ast.walk(goal):
        match part:
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in TAILS:
                value = interval_of(inner, spans)
                far, low, high = TAILS[name]
                for end in ([low] * bool(value.a < -far)) + ([high] * bool(value.b > far)):
                    if end:
                        ends = [interval_of(parse(text), {}) for text in end]
                        yield _with(goal, part, TAIL), iv.mpf([ends[0].a, ends[1].b])
            case _:
                pass


def _with(term: Term, part: Term, name: str) -> Any:
    """The expression with a part, wherever it occurs, replaced by a variable."""
    text = ast.dump(part)

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return ast.Name(name) if ast.dump(node) == text else super().visit(node)

    return Replace().visit(ast.parse(ast.unparse(term), mode="eval").body)
