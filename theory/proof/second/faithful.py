"""Whether the claim that the engines worked on is the one its author wrote.

SymPy reads a text before any engine does, and cancels and evaluates on the way. Here the text is read
again, by Python's own grammar, and both readings must be the same function on the domain; SymPy's
derivatives are compared with those that the plain rules give.
"""

import ast
from collections.abc import Mapping, Sequence

from ..certificate import FAILS, Certificate
from .agreement import Answer, Judge
from .differences import agree
from .reading import Box, Rejected, Undecided, points_near, read_relation
from .second_opinion import Term
from .walk import Walk

__all__ = ["as_written", "check_written"]

POINTS = 8


def check_written(certificate: Certificate, boxes: Sequence[Box], judge: Judge) -> None:
    """Every relation and hypothesis has the same two sides and the same sign as the one written."""
    if not certificate.written:
        return
    near = certificate.evidence.get("witness")
    read = [*_relations(certificate), *certificate.given]
    if len(read) != len(certificate.written):
        raise Rejected("what was written has another number of relations")
    for text, reading in zip(certificate.written, read, strict=True):
        (left, sign, right), (own_left, own_sign, own_right) = map(read_relation, (text, reading))
        if sign != own_sign:
            raise Rejected(f"{text} was read with {own_sign}")
        for one, other in ((left, own_left), (right, own_right)):
            answer = _compared(one, other, boxes, near, judge)
            if answer is Answer.DIFFERENT:
                raise Rejected(f"{text} was read as something else")
            if answer is Answer.UNSEEN:
                raise Undecided(f"no point shows that {text} was read as it was written")
            judge.accept(answer, one, other, "what was written")


def as_written(certificate: Certificate, relation: str) -> str:
    """A relation of the claim, or a hypothesis, before anything was cancelled, if that is known."""
    read = [*_relations(certificate), *certificate.given]
    if len(read) != len(certificate.written):
        return relation
    text = certificate.written[read.index(relation)]
    return relation if text.startswith("Derivative(") else text


def _relations(certificate: Certificate) -> Sequence[str]:
    if certificate.claim[0].startswith(FAILS):
        return certificate.claim[0].removeprefix(FAILS).split(" and ")
    return certificate.claim


def _compared(
    written: Term,
    read: Term,
    boxes: Sequence[Box],
    near: Mapping[str, str] | None,
    judge: Judge,
) -> Answer:
    """What is known of both readings on all boxes and around a point, where nothing else is a number."""
    match written:
        case ast.Call(func=ast.Name(id="Derivative"), args=[of, ast.Name(id=by)]):
            for box in boxes:
                Walk(judge, (), {}).derivative(of, by, read, box)
            return Answer.EQUAL
    answers = [judge.compare(written, read, box, POINTS) for box in boxes]
    if near is not None and not all(answer is Answer.EQUAL for answer in answers):
        places = [point for box in boxes for point in points_near(near, box, judge.rng)]
        seen = agree(written, read, places)
        if seen is not None:
            answers.append(Answer.SAMPLED if seen else Answer.DIFFERENT)
            judge.looked_at(seen)
    if Answer.DIFFERENT in answers or all(answer is Answer.EQUAL for answer in answers):
        return Answer.DIFFERENT if Answer.DIFFERENT in answers else Answer.EQUAL
    seen = Answer.SAMPLED in answers or Answer.EQUAL in answers
    return Answer.SAMPLED if seen else Answer.UNSEEN
