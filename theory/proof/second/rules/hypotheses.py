"""Rules that use hypotheses, or drop them: cuts, cases, solved hypotheses."""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..agreement import POINTS, Answer
from ..intervals import surely_undefined
from ..partial import Shown, not_shown
from ..reading import Box, Piece, Rejected, combine, read_reals
from ..second_opinion import Term, end_value, parse, random_point, replaced
from ..terms import halves, mentioned, names, rest_of, signed, variables
from .leaves import is_real

if TYPE_CHECKING:
    from ..walk import Walk

__all__ = ["HYPOTHESIS_RULES"]


def rewrite(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """The goal in another form."""
    form = parse(node["to"])
    walk.judge.require_same(goal, form, box, "rewrite")
    walk.check(form, strict, box, node["node"])


def split(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """Both halves of a box."""
    piece = box[node["variable"]]
    parts = halves(piece, node["at"])
    if not (end_value(piece.low) <= end_value(node["at"]) <= end_value(piece.high)):
        raise Rejected("a box is cut outside itself")
    if len(node["nodes"]) != 2:
        raise Rejected("a half of a box is missing")
    for half, child in zip(parts, node["nodes"], strict=True):
        walk.check(goal, strict, {**box, node["variable"]: half}, child)


def endpoint(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """An attained end of an interval, and the rest of it."""
    name, side = node["variable"], node["end"]
    piece, (at_end, rest) = box[name], node["nodes"]
    if side not in ("low", "high") or (piece.low_open if side == "low" else piece.high_open):
        raise Rejected("an end is not attained")
    end = piece.low if side == "low" else piece.high
    opens = (True, piece.high_open) if side == "low" else (piece.low_open, True)
    others = {n: p for n, p in box.items() if n != name}
    facts = [(replaced(fact, name, parse(end)), kind) for fact, kind in walk.facts]
    walk.assuming(facts).check(replaced(goal, name, parse(end)), strict, others, at_end)
    walk.check(goal, strict, {**box, name: Piece(*piece.ends, *opens)}, rest)


def fact_of(walk: "Walk", node: Any, box: Box) -> tuple[Term, str]:
    """The hypothesis that a node uses, in the node's words."""
    stated = parse(node["fact"])
    near: list[tuple[Term, str]] = []
    for fact, kind in walk.facts:
        if variables(fact) <= set(box):
            answer = walk.judge.compare(fact, stated, box)
            if answer is Answer.EQUAL:
                return stated, kind
            near += [(fact, kind)] if answer is Answer.SAMPLED else []
    for fact, kind in near:
        walk.judge.accept(Answer.SAMPLED, fact, stated, "a hypothesis")
        return stated, kind
    raise Rejected(f"{node['fact']} is no hypothesis here")


def forget(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """The goal without its hypotheses: a real number on the whole box, and right there."""
    without = walk.assuming(())
    shown: list[Shown] = []
    for part in node["defined"]:
        term = parse(part["goal"])
        without.check(term, part["strict"], mentioned(term, box), part["node"])
        shown.append(Shown(term, ">" if part["strict"] else ">=", box))
        if part["strict"]:
            shown += [Shown(term, "!=", box), Shown(signed(term, -1), "!=", box)]
    missing = not_shown(goal, box, shown, walk.judge, by_factors=True)
    if missing is not None:
        ends = {name: piece.ends for name, piece in box.items()}
        for index in range(POINTS):
            if surely_undefined(goal, random_point(ends, walk.judge.rng, wide=index % 2 == 1)):
                raise Rejected("hypotheses are forgotten that the expression needs")
        walk.judge.note(f"forget: that {missing} is a real number without the hypotheses")
    without.check(goal, strict, mentioned(goal, box), node["node"])


def void(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """No point of the box satisfies a hypothesis."""
    del goal, strict
    fact, kind = fact_of(walk, node, box)
    walk.assuming(()).check(signed(fact, -1), kind != ">", mentioned(fact, box), node["node"])


def narrow(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """An end of an interval is cut off, where a hypothesis fails."""
    old, kept = box[node["variable"]], read_reals(node["domain"])
    excluded = rest_of(old, kept)
    nothing, child = node["nodes"]
    outside = {**box, node["variable"]: excluded}
    void(walk, goal, strict, outside, {"fact": node["fact"], "node": nothing})
    walk.check(goal, strict, {**box, node["variable"]: kept}, child)


def solve(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """A hypothesis is solved for a variable, with a new one for what it leaves open."""
    name, new, sign = node["variable"], node["new"], node["sign"]
    fact, kind = fact_of(walk, node, box)
    factor, end, to = (parse(node[key]) for key in ("factor", "end", "to"))
    sign_node, child = node["nodes"]
    if sign not in (1, -1) or name in names(end) | names(factor):
        raise Rejected("a hypothesis is not solved for its variable")
    linear = combine(factor, ast.Mult(), combine(parse(name), ast.Sub(), end))
    walk.judge.require_same(fact, linear, box, "a solved hypothesis")
    walk.check(signed(factor, sign), True, box, sign_node)
    inner = {n: p for n, p in box.items() if n != name}
    by, piece, left = _solved(box[name], kind, end, sign, node["how"], new)
    if piece is not None:
        walk.require_new(new, box)
        inner[new] = piece
    others = [(replaced(other, name, by), k) for other, k in walk.facts]
    under = walk.assuming([*others, *left])
    under.judge.require_same(replaced(goal, name, by), to, inner, "a solved hypothesis")
    under.check(to, strict, inner, child)


def cases(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """Two cases, by the sign of an expression."""
    for term, to, child in zip(
        (parse(node["on"]), signed(parse(node["on"]), -1)),
        map(parse, node["to"]),
        node["nodes"],
        strict=True,
    ):
        is_real(walk, term, box)
        walk.judge.require_same(goal, to, box, "cases", where=term)
        walk.assuming([*walk.facts, (term, ">=")]).check(to, strict, box, child)


def resolve(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """A Max, Min or Abs whose case is settled."""
    to, (sign_node, child) = parse(node["to"]), node["nodes"]
    on = parse(node["on"])
    walk.check(on, False, box, sign_node)
    walk.judge.require_same(goal, to, box, "resolve", where=on)
    walk.check(to, strict, box, child)


def _solved(
    piece: Piece, kind: str, end: Term, sign: int, how: str, new: str | None
) -> tuple[Term, Piece | None, list[tuple[Term, str]]]:
    """The variable by the others and a new one, where that lives, and what is left to assume.

    A variable >= ``end`` (sign 1) or <= ``end`` (sign -1) is ``end`` plus or minus something that is
    not negative, or, where its own interval bounds it on the other side, some share of the way there.
    """
    strict = kind == ">"
    bounds = {1: (piece.high, piece.high_open), -1: (piece.low, piece.low_open)}
    far, far_open = bounds[sign]
    low, high = (end, parse(far)) if sign > 0 else (parse(far), end)
    if how == "equal" and kind == "==" and new is None:
        return end, None, _inside(end, piece, (1, -1))
    if how == "slack" and kind != "==" and new is not None and far in ("oo", "-oo"):
        by = combine(end, ast.Add() if sign > 0 else ast.Sub(), parse(new))
        return by, Piece("0", "oo", strict, True), _inside(by, piece, (-sign,))
    if how == "between" and kind != "==" and new is not None and far not in ("oo", "-oo"):
        room = combine(high, ast.Sub(), low)
        by = combine(low, ast.Add(), combine(room, ast.Mult(), parse(new)))
        opens = (strict, far_open) if sign > 0 else (far_open, strict)
        left = [(room, ">" if any(opens) else ">="), *_inside(by, piece, (-sign,))]
        return by, Piece("0", "1", *opens), left
    raise Rejected("a hypothesis is not solved as its kind allows")


def _inside(by: Term, piece: Piece, sides: Sequence[int]) -> list[tuple[Term, str]]:
    """That an expression keeps to an interval, below its high end (1) or above its low end (-1)."""
    facts = []
    if 1 in sides and piece.high != "oo":
        facts.append((combine(parse(piece.high), ast.Sub(), by), ">" if piece.high_open else ">="))
    if -1 in sides and piece.low != "-oo":
        facts.append((combine(by, ast.Sub(), parse(piece.low)), ">" if piece.low_open else ">="))
    return facts


HYPOTHESIS_RULES: Mapping[str, Callable[..., None]] = {
    "rewrite": rewrite, "split": split, "endpoint": endpoint, "forget": forget, "void": void,
    "narrow": narrow, "solve": solve, "cases": cases, "resolve": resolve,
}  # fmt: skip
