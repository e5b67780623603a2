"""How fast parts of an expression grow: exponents ``c X^n + ... + c ln X + c ln (ln X)``, X growing for ever.

X is the variable, its opposite, or the inverse of either.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from ...second.second_opinion import Term
from ..terms import Translator, coq_name
from .claims import INFINITE, LimitClaim
from .coefficients import Sign, add, expanded, multiply, negate, number, power

__all__ = ["LN", "LN_LN", "Order", "Scale", "scale_of"]

Order = Mapping[int, Term]
"""Coefficients, the fastest first: of X^n by n, of its logarithms by `LN` and `LN_LN`."""

LN, LN_LN = 0, -1


@dataclass(frozen=True)
class Scale:
    """Writes orders and proofs about them: ``big`` is X in Coq, ``up`` the lemma that it grows; ``raised``
    and ``mirrored``: X is the variable to that power, or its opposite."""

    translator: Translator
    name: str
    big: str
    up: str
    raised: int
    mirrored: bool
    sign: Sign

    def total(self, a: Order, b: Order, share: Term) -> Order:
        """``a + share b``, what counts of it."""
        zero = number(0)
        found = {n: add(a.get(n, zero), multiply(share, b.get(n, zero))) for n in {**a, **b}}
        return {n: found[n] for n in sorted(found, reverse=True) if self.sign(found[n])}

    def direction(self, order: Order) -> int:
        """1 where it goes to infinity, -1 where to minus infinity, 0 where it is nothing."""
        return self.sign(next(iter(order.values()))) if order else 0

    def split(self, term: Term) -> tuple[Order, Term] | None:
        """A sum of powers of the variable as an order and what stays finite; None if it is no such sum."""
        powers = expanded(term, self.name)
        if powers is None:
            return None
        grown = {
            n * self.raised: negate(share) if self.mirrored and n % 2 else share
            for n, share in powers.items()
            if n * self.raised > 0
        }
        rest = number(0)
        for n, share in powers.items():
            if n * self.raised <= 0:
                rest = add(rest, multiply(share, power(ast.Name(self.name), n)))
        return self.total(grown, {}, number(1)), rest

    def function(self, text: str) -> str:
        """A Coq text as a function of the variable."""
        return f"(fun {coq_name(self.name)} : R => {text})"

    def text(self, order: Order) -> str:
        """An order in Coq, as a function of the variable."""
        told = "0"
        for place, share in reversed(list(order.items())):
            rest = f"({told})" if told != "0" else told
            told = f"{self.translator.within(share, 3)} * {self._part(place)} + {rest}"
        return self.function(told)

    def _part(self, place: int) -> str:
        if place > 0:
            return f"{self.big} ^ {place}"
        return f"ln {self.big}" if place == LN else f"ln (ln {self.big})"

    def growth(self, order: Order) -> str:
        """What proves that an order goes to infinity, or to minus infinity."""
        first, *others = order
        lemma = "rises_by" if self.direction(order) > 0 else "falls_by"
        logs = {LN: f"ln_up _ {self.up}", LN_LN: f"ln_up _ (ln_up _ {self.up})"}
        grown = logs.get(first, f"power_up {first - 1} _ {self.up}")
        small = "".join(f"small_more _ _ _ _ ({self._small(n, first)} {self.up}) (" for n in others)
        faded = f"{small}small_none _{')' * len(others)}"
        return f"refine ({lemma} _ _ _ _ ({grown}) ({faded})); limit_sign"

    def _small(self, place: int, beside: int) -> str:
        """The lemma that one part is small beside another."""
        if place > 0:
            return f"small_power {place} {beside - place - 1} _"
        if place == LN:
            return f"small_ln_power {beside - 1} _"
        return "small_ln_ln _" if beside == LN else f"small_ln_ln_power {beside - 1} _"


def scale_of(claim: LimitClaim, sign: Sign) -> Scale:
    """The scale of the end that a claim's variable goes to; near a number that is not zero nothing grows."""
    x, far, high = coq_name(claim.by), claim.place in INFINITE, claim.end == "high"
    if far:
        big, up = (x, "up_at_up") if high else (f"(- {x})", "up_at_down")
    else:
        big, up = (f"(/ - {x})", "up_at_left") if high else (f"(/ {x})", "up_at_right")
    return Scale(claim.translator(), claim.by, big, up, 1 if far else -1, far != high, sign)
