"""The cases of a proof: every relation of a claim on every box of its domain, and that all has a value."""

import ast
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from ..certificate import Certificate
from .agreement import POINTS, Answer, Judge
from .defined import is_defined
from .differences import agree
from .faithful import as_written
from .holes import hole
from .intervals import surely_undefined
from .partial import Shown, require_defined
from .reading import (
    Box,
    Piece,
    Rejected,
    all_pieces,
    combine,
    inside,
    points_near,
    points_of,
    read_reals,
    read_relation,
    true_at,
)
from .second_opinion import Term, end_value, parse
from .walk import Walk

__all__ = ["boxes_of", "check_cases", "check_defined", "check_identity"]

Values = Mapping[str, str] | None
"""The witness of the hypotheses, if there are any."""


def boxes_of(certificate: Certificate) -> list[Box]:
    """Every combination of the domains' pieces."""
    pieces = all_pieces(certificate.domain)
    return [dict(zip(pieces, chosen, strict=True)) for chosen in product(*pieces.values())]


def check_cases(certificate: Certificate, judge: Judge) -> None:
    """Every relation has its cases, on every box; every part is shown to have a value."""
    boxes = boxes_of(certificate)
    facts = [_fact(text) for text in certificate.given]
    pending = {(relation, index) for relation in certificate.claim for index in range(len(boxes))}
    shown: list[Shown] = []
    for case in certificate.evidence["cases"]:
        relation = case["relation"]
        if case["tree"]["rule"] == "identity":
            check_identity(relation, boxes, judge)
            pending -= {(relation, index) for index in range(len(boxes))}
            continue
        box = {name: read_reals(text) for name, text in case["box"].items()}
        index = next((i for i, part in enumerate(boxes) if _same_box(part, box)), None)
        if index is None:
            raise Rejected(f"the box {case['box']} is not part of the domain")
        integers = {name for name, piece in boxes[index].items() if piece.integer}
        near = certificate.evidence["witness"]
        _check_relation(relation, box, integers, facts, case["tree"], near, judge)
        pending.discard((relation, index))
        left, sign, right = read_relation(relation)
        if ast.unparse(right) == "0":
            shown.append(Shown(left, sign, boxes[index]))
    if pending:
        raise Rejected(f"{len(pending)} part(s) of the claim have no proof: {min(pending)[0]}")
    for relation in (*certificate.claim, *certificate.given):
        text = as_written(certificate, relation)
        plain = bool(certificate.written) and text in certificate.written
        require_defined(text, boxes, shown, judge, by_factors=not plain)
        if text != relation:
            _check_also_defined(relation, boxes, shown, certificate.given, judge)


def _check_also_defined(
    relation: str,
    boxes: Sequence[Box],
    shown: list[Shown],
    given: Sequence[str],
    judge: Judge,
) -> None:
    """SymPy's own form of a relation, whose parts need not be those that were written."""
    try:
        require_defined(relation, boxes, shown, judge, by_factors=True)
    except Rejected:
        for box in boxes:
            check_defined(relation, box, given, judge)


def check_defined(relation: str, box: Box, given: Sequence[str], judge: Judge) -> None:
    """Both sides are real numbers on the box, by ranges, or at points all over it."""
    left, _, right = read_relation(relation)
    if is_defined(left, box) and is_defined(right, box):
        return
    seen: list[Mapping[str, Any]] = []
    for point in points_of(box, judge.rng, 40):
        if not _feasible(point, box, given):
            continue
        for side in (left, right):
            if surely_undefined(side, point):
                raise Rejected(f"{ast.unparse(side)} is not a real number at some point")
        seen.append(point)
    where = hole([left, right], seen, lambda point: _feasible(point, box, given))
    if where is not None:
        raise Rejected(f"{relation}: a part has no value at {where}")
    judge.note(f"that every part has a value: {relation}")


def _feasible(point: Mapping[str, Any], box: Box, given: Sequence[str]) -> bool:
    inside_box = all(inside(point[name], piece) for name, piece in box.items())
    return inside_box and all(true_at(fact, point) for fact in given)


def _same_box(a: Box, b: Box) -> bool:
    return all(a[n].ends == b[n].ends and _not_looser(b[n], a[n]) for n in a) and len(a) == len(b)


def _not_looser(proved: Piece, domain: Piece) -> bool:
    """The proved piece may be larger than the domain's (integers relaxed), never smaller."""
    return proved.low_open <= domain.low_open and proved.high_open <= domain.high_open


def _fact(text: str) -> tuple[Term, str]:
    left, operator, right = read_relation(text)
    minus = (
        combine(right, ast.Sub(), left)
        if operator in ("<", "<=")
        else combine(left, ast.Sub(), right)
    )
    if operator == "!=":  # the engine uses it as an inequality
        return combine(minus, ast.Mult(), minus), ">"
    return minus, operator.replace("<", ">")


def check_identity(relation: str, boxes: Sequence[Box], judge: Judge) -> None:
    """Both sides of an equation are the same function."""
    left, operator, right = read_relation(relation)
    if operator != "==":
        raise Rejected(f"{relation} is no identity")
    for box in boxes:
        judge.require_same(left, right, box, "identity")


def _check_relation(
    relation: str,
    box: Box,
    integers: set[str],
    facts: Sequence[tuple[Term, str]],
    tree: Any,
    near: Values,
    judge: Judge,
) -> None:
    if tree["rule"] == "integers":
        _check_integers(relation, box, integers, facts, tree, near, judge)
        return
    if tree["rule"] != "all":
        raise Rejected(f"unknown top rule {tree['rule']!r}")
    _, operator, _ = read_relation(relation)
    goals = [(parse(goal["goal"]), goal["strict"]) for goal in tree["nodes"]]
    strict = operator in ("<", ">", "!=")
    if any(goal_strict < strict for _, goal_strict in goals):
        raise Rejected(f"{relation} is strict, its proof is not")
    _check_goals(relation, goals, box, near, judge)
    free = {name: piece for name, piece in box.items() if piece.low != piece.high}
    fixed = {name: piece.low for name, piece in box.items() if piece.low == piece.high}
    for goal in tree["nodes"]:
        walk = Walk(judge, facts, fixed)
        walk.check(parse(goal["goal"]), goal["strict"], free, goal["node"])


def _check_goals(
    relation: str, goals: Sequence[tuple[Term, bool]], box: Box, near: Values, judge: Judge
) -> None:
    """The least of the goals is the gap of the relation, with one sign throughout."""
    left, operator, right = read_relation(relation)
    gap, minus = combine(left, ast.Sub(), right), combine(right, ast.Sub(), left)
    size = ast.Call(func=ast.Name("Abs"), args=[gap], keywords=[])
    wanted = {
        "<": [minus], "<=": [minus], ">": [gap], ">=": [gap],
        "==": [ast.UnaryOp(op=ast.USub(), operand=size)], "!=": [gap, minus],
    }[operator]  # fmt: skip
    least = goals[0][0]
    if len(goals) > 1:
        least = ast.Call(func=ast.Name("Min"), args=[goal for goal, _ in goals], keywords=[])
    if any(judge.decides(least, term, box) for term in wanted):
        return
    answers = [judge.compare(least, term, box, POINTS) for term in wanted]
    if Answer.EQUAL in answers:
        return
    seen = Answer.SAMPLED in answers
    if near and all(answer is Answer.UNSEEN for answer in answers):  # hypotheses leave little
        places = list(points_near(near, box, judge.rng))
        points = max(agree(least, term, places) or 0 for term in wanted)
        judge.looked_at(points)
        seen = points > 0
    if not seen:
        raise Rejected(f"the goals proved are not those of {relation}")
    judge.note(f"goals: those of {relation}")


def _check_integers(
    relation: str,
    box: Box,
    integers: set[str],
    facts: Sequence[tuple[Term, str]],
    tree: Any,
    near: Values,
    judge: Judge,
) -> None:
    if tree["variable"] not in integers:
        raise Rejected(f"{tree['variable']} is not an integer: it has no cases")
    piece = box[tree["variable"]]
    low, count = int(end_value(piece.low)), len(tree["nodes"])
    endless = piece.high == "oo" and count > 1  # the last case is then the rest, as reals
    if tree["low"] != low or not (endless or low + count - 1 == end_value(piece.high)):
        raise Rejected(f"not every value of {tree['variable']} is covered")
    cases = [Piece(str(low + i), str(low + i), False, False) for i in range(count)]
    if endless:
        cases[-1] = Piece(cases[-1].low, "oo", False, True)
    for case, node in zip(cases, tree["nodes"], strict=True):
        inner = {**box, tree["variable"]: case}
        _check_relation(relation, inner, integers, facts, node, near, judge)
