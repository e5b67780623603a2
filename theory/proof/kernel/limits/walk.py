"""Proofs of limits: every part of an expression, inner ones first, with what leads it and its coefficient.

Sums keep the parts of the largest order, products add orders; what comes out tends to its coefficient where
the order is nothing, to zero or infinity where it falls or rises.

Checked by: Coq, of every limit.
"""

import ast

from ...second.second_opinion import NotReal, Term
from ...second.slopes import NoDerivative
from ..scripts import parts
from ..terms import fraction_of
from .claims import INFINITE, LimitClaim
from .coefficients import add, divide, guessed_on, multiply, negate, number
from .facts import Facts, Led, NoWay
from .forms import one_term
from .functions import function, raised
from .orders import LN, scale_of
from .slopes import vanishing_quotient

__all__ = ["limit_script"]

SECONDS = 25
"""What a limit may take, all its steps together."""


def limit_script(claim: LimitClaim) -> str:
    """Coq's text between ``Proof.`` and ``Qed.``."""
    value, of, _ = claim.parts
    tactics = ["relation"] * len(value) + ["defined"] * bool(of)
    try:
        tactics.append(_proof(claim))
    except (NoWay, NotReal, NoDerivative) as error:
        tactics.append(f'fail "{error}"')
    return f"prepare; {parts(tactics, SECONDS)}."


def _proof(claim: LimitClaim) -> str:
    """What proves that the expression has the limit."""
    scale = scale_of(claim, guessed_on({name: parts[0] for name, parts in claim.pieces.items()}))
    facts = Facts(claim, scale, _part)
    found = facts.led(claim.of)
    if claim.value in INFINITE:
        grown, _ = facts.grows(found)
        last = f"refine ({grown}); [{scale.growth(found.order)} | limit_sign]"
    else:
        found = facts.settled(found)
        last = f"refine (limit_as _ _ _ (limit_led _ _ {found.name}) _); limit_value"
    return ";\n  ".join([*facts.steps, last])


def _part(facts: Facts, term: Term, text: str) -> Led:
    """What leads an expression, by what leads its parts."""
    if not facts.moves(term):
        proof = f"exact (led_const {facts.translator.within(term, 5)})"
        return facts.step(text, {}, term, proof)
    match term:
        case ast.Name():
            return _variable(facts, text)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            found = facts.led(inner)
            lemma = f"led_opp _ _ _ {found.name}"
            return facts.by(text, found.order, negate(found.value), lemma)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
            return _sum(facts, text, left, operator, right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            a, b = facts.led(left), facts.led(right)
            order = facts.scale.total(a.order, b.order, number(1))
            lemma = f"led_mult _ _ _ _ _ _ {a.name} {b.name}"
            return facts.by(text, order, multiply(a.value, b.value), lemma)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _quotient(facts, text, left, right)
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            return raised(facts, text, base, exponent)
        case ast.Call(func=ast.Name(id=name), args=[inner]):
            return function(facts, text, name, inner)
    raise NoWay(f"no lemma leads {text[:60]}")


def _variable(facts: Facts, text: str) -> Led:
    if facts.at is not None and fraction_of(facts.at) != 0:
        side = "right" if facts.claim.end == "low" else "left"
        return facts.step(text, {}, facts.at, f"exact (led_near_{side} _)")
    value = number(-1 if facts.scale.mirrored else 1)
    lemma = facts.scale.up.replace("up_at", "led_at")
    return facts.by(text, {LN: number(facts.scale.raised)}, value, lemma)


def _sum(facts: Facts, text: str, left: Term, operator: ast.operator, right: Term) -> Led:
    a, b = facts.led(left), facts.led(right)
    gap = facts.scale.total(a.order, b.order, number(-1))
    if facts.scale.direction(gap) > 0:
        b = facts.faded(b, a.order)
    elif gap:
        a = facts.faded(a, b.order)
    elif a.order != b.order:  # one order in other words
        b = facts.by(b.text, a.order, b.value, b.name)
    is_sum = isinstance(operator, ast.Add)
    value = add(a.value, b.value if is_sum else negate(b.value))
    lemma = f"led_{'plus' if is_sum else 'minus'} _ _ _ _ _ {a.name} {b.name}"
    return facts.by(text, a.order, one_term(value) if a.order else value, lemma)


def _quotient(facts: Facts, text: str, left: Term, right: Term) -> Led:
    b = facts.led(right)
    if not facts.scale.sign(b.value):
        return vanishing_quotient(facts, text, left, right)
    a = facts.led(left)
    order = facts.scale.total(a.order, b.order, number(-1))
    lemma = f"led_div _ _ _ _ _ _ {a.name} {b.name} _"
    return facts.by(text, order, divide(a.value, b.value), lemma)
