"""Quotients of two that vanish at a number: by their slopes, over one denominator first."""

import ast

from ...second.reading import combine
from ...second.second_opinion import Term
from ...second.slopes import derivative
from ..terms import coq_name, fraction_of
from ..trees import Tree
from .coefficients import number
from .facts import Facts, Led, NoWay
from .forms import evaluated, one_fraction

__all__ = ["vanishing_quotient"]


def vanishing_quotient(facts: Facts, text: str, left: Term, right: Term) -> Led:
    """What a quotient tends to whose parts both tend to zero."""
    if not any(isinstance(part, ast.Div) for part in ast.walk(left)):
        return _by_slopes(facts, text, left, right)
    above, below = one_fraction(combine(left, ast.Div(), right))
    shown = facts.translator.text(combine(above, ast.Div(), below))
    found = _by_slopes(facts, shown, above, below)
    proof = f"refine (led_ext _ _ _ _ _ {found.name}); near_end {facts.until()}"
    return facts.step(text, {}, found.value, proof)


def _by_slopes(facts: Facts, text: str, left: Term, right: Term) -> Led:
    claim, function = facts.claim, facts.scale.function
    if facts.at is None:
        raise NoWay("a quotient of two that vanish far out")
    vanish = [_vanishing(facts, facts.led(part)) for part in (left, right)]
    slopes = [evaluated(derivative(part, claim.by)) for part in (left, right)]
    found = facts.settled(facts.led(combine(slopes[0], ast.Div(), slopes[1])))
    box = {name: pieces[0] for name, pieces in claim.pieces.items()}
    tree = Tree({}, facts.translator.is_positive, box)
    inside = f"intros {coq_name(claim.by)} ?; cbv beta"
    proofs = [
        f"{inside}; {tree.slope(part, claim.by, slope)}"
        for part, slope in zip((left, right), slopes, strict=True)
    ]
    functions = " ".join(function(facts.translator.text(part)) for part in (left, right, *slopes))
    known = " ".join(part.name for part in (*vanish, found))
    lemma = "slopes_right" if claim.end == "low" else "slopes_left"
    proof = (
        f"refine ({lemma} {functions} _ {facts.until()} _ _ _ _ _ _ {known}); "
        f"[lra | {proofs[0]} | {proofs[1]} | {inside}; relation | {inside}; relation]"
    )
    return facts.step(text, {}, found.value, proof)


def _vanishing(facts: Facts, found: Led) -> Led:
    if found.order or facts.scale.sign(found.value):
        raise NoWay("a quotient whose slopes do not lead it")
    if fraction_of(found.value) == 0:
        return found
    return facts.by(found.text, {}, number(0), found.name)
