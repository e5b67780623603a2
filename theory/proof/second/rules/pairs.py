"""Rules on two variables of one interval: least where they are equal, or a function of their mean."""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..reading import Piece, Rejected, combine
from ..second_opinion import Term, parse, replaced
from ..terms import mentioned, signed, variables
from .leaves import is_real

if TYPE_CHECKING:
    from ..reading import Box
    from ..walk import Walk

__all__ = ["PAIR_RULES"]


def diagonal(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """Right where two variables are equal, of slope 0 there, of a mixed derivative that is never positive."""
    x, y, _ = _pair(box, node)
    slope, mixed, face = (parse(node[key]) for key in ("slope", "mixed", "face"))
    walk.smooth(goal, x, slope, box)
    walk.smooth(slope, y, signed(mixed, -1), box)
    where = {n: p for n, p in box.items() if n != x}
    walk.judge.require_same(replaced(slope, x, parse(y)), ast.Constant(0), where, "a slope of zero")
    walk.judge.require_same(replaced(goal, x, parse(y)), face, where, "the diagonal")
    falling, below = node["nodes"]
    walk.check(mixed, False, box, falling)
    walk.check(face, strict, mentioned(face, where), below)


def mean(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """A function of a mean of two variables, which lies where they do."""
    x, y, piece = _pair(box, node)
    share, to, new = parse(node["share"]), parse(node["to"]), node["new"]
    walk.require_new(new, box)
    others = {n: p for n, p in box.items() if n not in (x, y)}
    if not variables(share) <= set(others) or not variables(to) <= {*others, new}:
        raise Rejected("a share or a goal that still has the two variables")
    is_real(walk, share, others)
    rest = combine(parse("1"), ast.Sub(), share)
    by = combine(
        combine(share, ast.Mult(), parse(x)), ast.Add(), combine(rest, ast.Mult(), parse(y))
    )
    walk.judge.require_same(goal, replaced(to, new, by), box, "a mean")
    child, *ends = node["nodes"]
    for end, tree in zip((share, rest), ends, strict=True):
        walk.check(end, False, mentioned(end, others), tree)
    walk.check(to, strict, mentioned(to, {**others, new: piece}), child)


def _pair(box: "Box", node: Any) -> tuple[str, str, Piece]:
    """Two variables that are real numbers of the same open interval."""
    x, y = node["variables"]
    piece = box[x]
    if x == y or piece != box[y] or piece.integer or not (piece.low_open and piece.high_open):
        raise Rejected("a step for two variables of one open interval, which these are not")
    return x, y, piece


PAIR_RULES: Mapping[str, Callable[..., None]] = {"diagonal": diagonal, "mean": mean}
