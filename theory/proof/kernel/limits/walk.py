"""Proofs of limits: every part of an expression, inner ones first, with what leads it and its coefficient.

A part is ``exp(order)*g``, g tending to a coefficient (``led`` in Limits.v): sums keep the parts of the
largest order, products add orders, and what comes out tends to the coefficient where the order is nothing,
to zero or infinity where it falls or rises. A quotient of two that vanish goes by their slopes.

Checked by: Coq, of every limit.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from mpmath import mp

from ...second.reading import Box, combine, inner_point
from ...second.second_opinion import NotReal, Term, parse, value_of
from ...second.slopes import NoDerivative, derivative
from ...second.terms import variables
from ..scripts import parts
from ..terms import Translator, coq_name, fraction_of
from ..trees import Tree
from .claims import INFINITE, LimitClaim
from .forms import one_fraction, one_term
from .orders import (
    LN, LN_LN, Order, Scale, add, divide, expanded, multiply, negate, number, power
)  # fmt: skip

__all__ = ["limit_script"]

_CONTINUOUS = ("exp", "Phi", "atan", "sinh", "cosh")
_FAR = {"Phi": ("1", "0"), "atan": ("pi/2", "-pi/2")}
"""Functions with a limit at infinity, and at minus infinity."""


class _NoWay(Exception):
    """No lemma leads on; the reason in words."""


@dataclass(frozen=True)
class _Led:
    """A part of an expression: its Coq text, order and coefficient, and the name of what says so."""

    text: str
    order: Order
    value: Term
    name: str


def limit_script(claim: LimitClaim) -> str:
    """Coq's text between ``Proof.`` and ``Qed.``."""
    value, of, _ = claim.parts
    tactics = ["relation"] * len(value) + ["defined"] * bool(of)
    try:
        tactics.append(_Walk.of(claim).proof())
    except (_NoWay, NotReal, NoDerivative) as error:
        tactics.append(f"fail \"{error}\"")
    return f"prepare; {parts(tactics)}."


@dataclass
class _Walk:
    claim: LimitClaim
    scale: Scale
    translator: Translator
    at: Term | None
    steps: list[str] = field(default_factory=list)
    known: dict[str, _Led] = field(default_factory=dict)

    @classmethod
    def of(cls, claim: LimitClaim) -> "_Walk":
        x = coq_name(claim.by)
        at = None if claim.place in INFINITE else parse(claim.place)
        far = claim.place in INFINITE
        big, up = (x, "up_at_up") if claim.place == "oo" else (f"(- {x})", "up_at_down")
        if not far:
            big, up = (f"(/ {x})", "up_at_right") if claim.end == "low" else (f"(/ - {x})", "up_at_left")
        return cls(claim, Scale(x, big, up, _Signs(claim).sign), claim.translator(), at)

    # ------------------------------------------------------------------------------- the whole

    def proof(self) -> str:
        """What proves that the expression has the limit."""
        found = self.led(self.claim.of)
        if self.claim.value in INFINITE:
            lemma = "led_up" if self.claim.value == "oo" else "led_down"
            growth = self.scale.growth(found.order)
            last = f"refine ({lemma} _ _ _ {found.name} _ _); [{growth} | limit_sign]"
        else:
            found = self.settled(found)
            last = f"refine (limit_as _ _ _ (limit_led _ _ {found.name}) _); limit_value"
        return ";\n  ".join([*self.steps, last])

    def text(self, term: Term) -> str:
        """An expression in Coq."""
        return self.translator.text(term)

    def sign(self, term: Term) -> int:
        """The sign of a coefficient, a guess."""
        return self.scale.sign(term)

    def step(self, text: str, order: Order, value: Term, proof: str) -> _Led:
        """A new fact, with what proves it."""
        name = f"Led_{len(self.steps) + 1}"
        led = f"led {self.claim.filter} {self.scale.function(text)}"
        told = f"{led} {self.scale.function(self.scale.text(order))} ({self.text(value)})"
        self.steps.append(f"assert ({name} : {told}) by ({proof})")
        return _Led(text, order, value, name)

    def by(self, text: str, order: Order, value: Term, lemma: str) -> _Led:
        """The same, where a lemma says it but for the shape of order and coefficient."""
        return self.step(text, order, value, f"refine (led_as _ _ _ _ _ ({lemma}) _ _); limit_side")

    # ------------------------------------------------------------------------------- the parts

    def led(self, term: Term) -> _Led:
        """What leads an expression."""
        text = self.text(term)
        if text not in self.known:
            self.known[text] = self.part(term, text)
        return self.known[text]

    def part(self, term: Term, text: str) -> _Led:
        if self.claim.by not in variables(term):
            return self.step(text, {}, term, f"exact (led_const {self.translator.within(term, 5)})")
        match term:
            case ast.Name():
                return self.variable(text)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                found = self.led(inner)
                return self.by(text, found.order, negate(found.value), f"led_opp _ _ _ {found.name}")
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
                return self.sum(text, self.led(left), isinstance(operator, ast.Add), self.led(right))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                a, b = self.led(left), self.led(right)
                order = self.scale.total(a.order, b.order, number(1))
                lemma = f"led_mult _ _ _ _ _ _ {a.name} {b.name}"
                return self.by(text, order, multiply(a.value, b.value), lemma)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self.quotient(text, left, right)
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                return self.power(text, base, exponent)
            case ast.Call(func=ast.Name(id=name), args=[inner]):
                return self.call(text, name, inner)
        raise _NoWay(f"no lemma leads {ast.unparse(term)[:40]}")

    def variable(self, text: str) -> _Led:
        low = self.claim.end == "low"
        if self.at is not None and fraction_of(self.at) != 0:
            lemma = "led_near_right" if low else "led_near_left"
            return self.step(text, {}, self.at, f"exact ({lemma} _)")
        lemma = self.scale.up.replace("up_at", "led_at")
        share = number(1 if self.at is None else -1)
        value = number(1 if lemma in ("led_at_up", "led_at_right") else -1)
        return self.by(text, {LN: share}, value, lemma)

    def sum(self, text: str, a: _Led, plus: bool, b: _Led) -> _Led:
        gap = self.scale.total(a.order, b.order, number(-1))
        if gap:
            higher = self.sign(next(iter(gap.values()))) > 0
            a, b = (a, self.faded(b, a.order)) if higher else (self.faded(a, b.order), b)
        elif a.order != b.order:
            b = self.by(b.text, a.order, b.value, b.name)
        value = add(a.value, b.value if plus else negate(b.value))
        if a.order:
            value = one_term(value)
        lemma = f"led_{'plus' if plus else 'minus'} _ _ _ _ _ {a.name} {b.name}"
        return self.by(text, a.order, value, lemma)

    def faded(self, found: _Led, order: Order) -> _Led:
        """What grows more slowly than an order has the coefficient zero there."""
        gap = self.scale.total(found.order, order, number(-1))
        shown = f"led_fades _ _ _ {self.scale.function(self.scale.text(gap))} _ {found.name} _ _"
        proof = f"refine ({shown}); [limit_side | {self.scale.growth(gap)}]"
        return self.step(found.text, order, number(0), proof)

    def settled(self, found: _Led) -> _Led:
        """The same with no order: what has a limit."""
        if not found.order:
            return found
        if self.sign(next(iter(found.order.values()))) > 0:
            raise _NoWay(f"no limit is seen of {found.text[:40]}")
        return self.faded(found, {})

    def inverse(self, text: str, found: _Led) -> _Led:
        order = self.scale.times(number(-1), found.order)
        lemma = f"led_inv _ _ _ {found.name} _"
        return self.by(text, order, divide(number(1), found.value), lemma)

    def quotient(self, text: str, left: Term, right: Term) -> _Led:
        a, b = self.led(left), self.led(right)
        if not self.sign(b.value):
            return self.together(text, left, right)
        order = self.scale.total(a.order, b.order, number(-1))
        lemma = f"led_div _ _ _ _ _ _ {a.name} {b.name} _"
        return self.by(text, order, divide(a.value, b.value), lemma)

    def power(self, text: str, base: Term, exponent: Term) -> _Led:
        raised = fraction_of(exponent)
        if raised is None or raised.denominator not in (1, 2, 4):
            return self.real_power(text, base, exponent)
        root = base
        for _ in range({1: 0, 2: 1, 4: 2}[raised.denominator]):
            root = ast.Call(ast.Name("sqrt"), [root], [])
        found, size = self.led(root), abs(raised.numerator)
        if size != 1 or root is base:
            order = self.scale.times(number(size), found.order)
            shown = f"{self.translator.within(root, 4)} ^ {size}"
            lemma = f"led_pow {size} _ _ _ {found.name}"
            found = self.by(shown, order, power(found.value, size), lemma)
        return self.inverse(text, found) if raised < 0 else found

    def real_power(self, text: str, base: Term, exponent: Term) -> _Led:
        if not text.startswith("Rpower"):
            raise _NoWay(f"{text[:40]} may be a power of zero")
        found = self.led(base)
        value = combine(found.value, ast.Pow(), exponent)
        if self.claim.by not in variables(exponent):
            order = self.scale.times(exponent, found.order)
            share = self.translator.within(exponent, 5)
            value = number(1) if fraction_of(found.value) == 1 else value
            return self.by(text, order, value, f"led_Rpower {share} _ _ _ {found.name} _")
        base_led, above = self.settled(found), self.settled(self.led(exponent))
        value = combine(base_led.value, ast.Pow(), above.value)
        return self.by(text, {}, value, f"led_power _ _ _ _ {base_led.name} {above.name} _")

    def call(self, text: str, name: str, inner: Term) -> _Led:
        if name == "exp":
            return self.exponential(text, inner)
        found = self.led(inner)
        if name == "sqrt":
            order = self.scale.times(number(Fraction(1, 2)), found.order)
            return self.by(text, order, _call("sqrt", found.value), f"led_sqrt _ _ _ {found.name}")
        if name == "log":
            return self.logarithm(text, found)
        if name not in _CONTINUOUS:
            raise _NoWay(f"no lemma leads {name}")
        if found.order and self.sign(next(iter(found.order.values()))) > 0:
            return self.far(text, name, found)
        found = self.settled(found)
        lemma = f"led_through {name} _ _ {found.name} (continuous_{name} _)"
        return self.by(text, {}, _call(name, found.value), lemma)

    def far(self, text: str, name: str, found: _Led) -> _Led:
        """A function of what goes to infinity."""
        if name not in _FAR:
            raise _NoWay(f"{name} is not led at infinity")
        up = self.sign(found.value) > 0
        lemma = "led_up" if up else "led_down"
        grown = f"{lemma} _ _ _ {found.name} _ _"
        value = parse(_FAR[name][0 if up else 1])
        proof = (
            f"refine (led_far {name} _ _ _ ({grown}) {name}_far{'' if up else '_down'}); "
            f"[{self.scale.growth(found.order)} | limit_sign]"
        )
        return self.step(text, {}, value, proof)

    def exponential(self, text: str, inner: Term) -> _Led:
        found = self.led(inner)
        if not found.order or self.sign(next(iter(found.order.values()))) < 0:
            found = self.settled(found)
            lemma = f"led_through exp _ _ {found.name} (continuous_exp _)"
            return self.by(text, {}, _call("exp", found.value), lemma)
        powers = expanded(inner, self.claim.by)
        if powers is None:
            raise _NoWay(f"{text[:40]} has an exponent that is no sum of powers")
        mirrored = self.scale.up in ("up_at_down", "up_at_left")
        outward = 1 if self.at is None else -1
        order = self.scale.kept({
            n * outward: negate(share) if mirrored and n % 2 else share
            for n, share in powers.items() if n * outward > 0
        })
        rest = number(0)
        for n, share in powers.items():
            if n * outward <= 0:
                rest = add(rest, multiply(share, power(ast.Name(self.claim.by), n)) if n else share)
        small = self.settled(self.led(rest))
        ended = f"near_end ({self.text(self.until())})"
        proof = f"refine (led_exp _ _ _ _ _ {small.name}); {ended}"
        value = number(1) if fraction_of(small.value) == 0 else _call("exp", small.value)
        if fraction_of(small.value) != 0:
            return self.step(text, order, value, proof)
        led = f"refine (led_as _ _ _ _ _ (led_exp _ {self.scale.function(self.scale.text(order))} _ _ _ {small.name}) _ _)"
        return self.step(text, order, value, f"{led}; [{ended} | limit_side ..]")

    def logarithm(self, text: str, found: _Led) -> _Led:
        if not found.order:
            value = number(0) if fraction_of(found.value) == 1 else _call("log", found.value)
            return self.by(text, {}, value, f"led_through ln _ _ {found.name} (continuous_ln _ _)")
        if list(found.order) != [LN]:
            raise _NoWay(f"no lemma leads {text[:40]}")
        share = found.order[LN]
        led = f"led_as _ _ {self.scale.function(f'({self.text(share)}) * ln {self.scale.big}')} _ _ {found.name} _ eq_refl"
        lemma = f"led_ln _ _ _ _ ({led}) _ {self.scale.up}"
        return self.by(text, {LN_LN: number(1)}, share, lemma)

    # ------------------------------------------------------------------------- by the slopes

    def together(self, text: str, left: Term, right: Term) -> _Led:
        """A quotient of two that vanish, over one denominator."""
        whole = combine(left, ast.Div(), right)
        if not any(isinstance(part, ast.Div) for part in ast.walk(left)):
            return self.by_slopes(text, left, right)
        above, below = one_fraction(whole)
        shown = combine(above, ast.Div(), below)
        found = self.by_slopes(self.text(shown), above, below)
        ended = f"refine (led_ext _ _ _ _ _ {found.name}); near_end ({self.text(self.until())})"
        return self.step(text, {}, found.value, ended)

    def until(self) -> Term:
        """The other end of the domain, or a number on the way there; far out, zero."""
        if self.at is None:
            return number(0)
        low = self.claim.end == "low"
        other = self.claim.piece.high if low else self.claim.piece.low
        if other not in INFINITE:
            return parse(other)
        return combine(self.at, ast.Add() if low else ast.Sub(), number(1))

    def by_slopes(self, text: str, left: Term, right: Term) -> _Led:
        """A quotient of two that vanish."""
        claim, x = self.claim, coq_name(self.claim.by)
        if self.at is None:
            raise _NoWay("a quotient of two that vanish far out")
        above, below = (self.vanishing(self.led(part)) for part in (left, right))
        slopes = [derivative(part, claim.by) for part in (left, right)]
        found = self.settled(self.led(combine(slopes[0], ast.Div(), slopes[1])))
        box = {name: parts[0] for name, parts in claim.pieces.items()}
        tree = Tree({}, self.translator.is_positive, box)
        functions = " ".join(self.scale.function(self.text(part)) for part in (left, right, *slopes))
        lemma = "slopes_right" if claim.end == "low" else "slopes_left"
        inside = f"intros {x} ?"
        sloped = [
            f"{inside}; {tree.slope(part, claim.by, slope)}"
            for part, slope in zip((left, right), slopes, strict=True)
        ]
        proof = (
            f"refine ({lemma} {functions} _ ({self.text(self.until())}) _ _ _ _ _ _ "
            f"{above.name} {below.name} {found.name}); "
            f"[lra | {sloped[0]} | {sloped[1]} | {inside}; cbv beta; relation | {inside}; cbv beta; relation]"
        )
        return self.step(text, {}, found.value, proof)

    def vanishing(self, found: _Led) -> _Led:
        if found.order or self.sign(found.value):
            raise _NoWay("a quotient whose slopes do not lead it")
        return found if fraction_of(found.value) == 0 else self.by(found.text, {}, number(0), found.name)


def _call(name: str, inner: Term) -> Term:
    return ast.Call(ast.Name(name), [inner], [])


class _Signs:
    """Signs of coefficients at two points of the parameters' domains."""

    def __init__(self, claim: LimitClaim) -> None:
        box: Box = {name: pieces[0] for name, pieces in claim.pieces.items()}
        self.points: list[Mapping[str, object]] = [
            {
                name: inner_point(piece, Fraction(shift + index, 2 * shift + 3 + index))
                for index, (name, piece) in enumerate(box.items())
            }
            for shift in (3, 8)
        ]

    def sign(self, term: Term) -> int:
        """1, -1, or 0 where an expression is zero at both."""
        with mp.workdps(30):
            values = [value_of(term, point, 30) for point in self.points]
            signs = [0 if abs(value) < mp.mpf(10) ** -20 else int(mp.sign(value)) for value in values]
        return signs[0] or signs[1]
