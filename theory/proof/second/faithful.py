"""Whether the claim that the engines worked on is the one its author wrote.

SymPy reads a text before any engine does, and cancels and evaluates on the way. Here the text is read
again, by Python's own grammar, and both readings must agree to 40 digits at points all over the domain,
its attained ends among them; SymPy's derivatives are compared with 60-digit differences.
"""

import ast
import random
from collections.abc import Mapping, Sequence

from ..certificate import FAILS, Certificate
from .agreement import agree, compare
from .reading import Box, Rejected, Undecided, points_near, read_relation
from .second_opinion import Term
from .walk import Walk

__all__ = ["as_written", "check_written"]

POINTS = 8


def check_written(certificate: Certificate, boxes: Sequence[Box], rng: random.Random) -> None:
    """Every relation and hypothesis has the same two sides and the same sign as the one written."""
    if not certificate.written:
        return
    near = certificate.evidence.get("witness")
    read = [*_relations(certificate), *certificate.given]
    if len(read) != len(certificate.written):
        raise Rejected("what was written has another number of relations")
    for text, own in zip(certificate.written, read, strict=True):
        (left, sign, right), (own_left, own_sign, own_right) = map(read_relation, (text, own))
        if sign != own_sign:
            raise Rejected(f"{text} was read with {own_sign}")
        for one, other in ((left, own_left), (right, own_right)):
            answer = _compared(one, other, boxes, near, rng)
            if answer is False:
                raise Rejected(f"{text} was read as something else")
            if answer is None:
                raise Undecided(f"no point shows that {text} was read as it was written")


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
    rng: random.Random,
) -> bool | None:
    """Whether both readings agree on all boxes and around a point; None where nothing is a number."""
    match written:
        case ast.Call(func=ast.Name(id="Derivative"), args=[of, ast.Name(id=by)]):
            for box in boxes:
                Walk(rng, (), {}).derivative(of, by, read, box)
            return True
    answers = [compare(written, read, box, rng, POINTS) for box in boxes]
    if near is not None:
        places = [point for box in boxes for point in points_near(near, box, rng)]
        answers.append(agree(written, read, places))
    if False in answers:
        return False
    return True if True in answers else None
