"""What is proved of an expression's parts on the way to its limit: each a step of the script.

A part is ``exp(order)*g``, g tending to a coefficient (``led`` in Limits.v).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from ...second.second_opinion import Term, parse
from ...second.terms import variables
from ..terms import Translator
from .claims import INFINITE, LimitClaim
from .coefficients import add, number
from .orders import Order, Scale

__all__ = ["Facts", "Led", "NoWay", "Rule"]


class NoWay(Exception):
    """No lemma leads on; the reason in words."""


@dataclass(frozen=True)
class Led:
    """A part of an expression: its Coq text, order and coefficient, and the name of what says so."""

    text: str
    order: Order
    value: Term
    name: str


Rule = Callable[["Facts", Term, str], Led]


@dataclass(frozen=True)
class Facts:
    """The facts of one limit; ``rule``: what leads a part, given its text."""

    claim: LimitClaim
    scale: Scale
    rule: Rule
    steps: list[str] = field(default_factory=list)
    known: dict[str, Led] = field(default_factory=dict)

    @property
    def translator(self) -> Translator:
        """What writes expressions in Coq."""
        return self.scale.translator

    @property
    def at(self) -> Term | None:
        """Where the variable goes, if that is a number."""
        return None if self.claim.place in INFINITE else parse(self.claim.place)

    def until(self) -> str:
        """Up to where equations near the end are proved: the domain's other end; far out, from zero on."""
        if self.at is None:
            return "0"
        low = self.claim.end == "low"
        other = self.claim.piece.high if low else self.claim.piece.low
        if other not in INFINITE:
            return self.translator.within(parse(other), 5)
        return self.translator.within(add(self.at, number(1 if low else -1)), 5)

    def moves(self, term: Term) -> bool:
        """Whether an expression speaks of the variable."""
        return self.claim.by in variables(term)

    def led(self, term: Term) -> Led:
        """What leads an expression."""
        text = self.translator.text(term)
        if text not in self.known:
            self.known[text] = self.rule(self, term, text)
        return self.known[text]

    def step(self, text: str, order: Order, value: Term, proof: str) -> Led:
        """A new fact, with what proves it."""
        name = f"Led_{len(self.steps) + 1}"
        told = f"{self.scale.function(text)} {self.scale.text(order)}"
        goal = f"led {self.claim.filter} {told} {self.translator.within(value, 5)}"
        self.steps.append(f"assert ({name} : {goal}) by ({proof})")
        return Led(text, order, value, name)

    def by(self, text: str, order: Order, value: Term, lemma: str) -> Led:
        """The same, where a lemma says it but for the shape of order and coefficient."""
        return self.step(text, order, value, f"refine (led_as _ _ _ _ _ ({lemma}) _ _); limit_side")

    def faded(self, found: Led, order: Order) -> Led:
        """What grows more slowly than an order has the coefficient zero there."""
        gap = self.scale.total(found.order, order, number(-1))
        shown = f"led_fades _ _ _ {self.scale.text(gap)} _ {found.name} _ _"
        proof = f"refine ({shown}); [limit_side | {self.scale.growth(gap)}]"
        return self.step(found.text, order, number(0), proof)

    def settled(self, found: Led) -> Led:
        """The same with no order: what has a limit."""
        if self.scale.direction(found.order) > 0:
            raise NoWay(f"no limit is seen of {found.text[:60]}")
        return self.faded(found, {}) if found.order else found

    def grows(self, found: Led) -> tuple[str, int]:
        """A proof term that a part goes to infinity, or to minus infinity, two sides of it left; the sign."""
        sign = self.scale.sign(found.value)
        if self.scale.direction(found.order) <= 0 or not sign:
            raise NoWay(f"it is not seen that {found.text[:60]} grows")
        return f"led_{'up' if sign > 0 else 'down'} _ _ _ {found.name} _ _", sign
