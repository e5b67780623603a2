"""How fast parts of an expression grow: exponents ``c X^n + ... + c ln X + c ln (ln X)``, X going to infinity.

X is the variable, its opposite, or the inverse of either. Coefficients are expressions in the parameters;
their signs are guessed at points, and what is guessed wrongly Coq does not prove.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...second.reading import combine
from ...second.second_opinion import Term
from ...second.terms import variables
from ..terms import Translator, fraction_of

__all__ = [
    "LN", "LN_LN", "Order", "Scale", "Sign", "add", "divide", "expanded", "multiply", "negate", "number",
    "power",
]  # fmt: skip

Order = Mapping[int, Term]
"""Coefficients: of X^n by n, of its logarithms by `LN` and `LN_LN`."""

LN, LN_LN = 0, -1

Sign = Callable[[Term], int]


def number(value: Fraction | int) -> Term:
    """A number as an expression."""
    value = Fraction(value)
    above: Term = ast.Constant(abs(value.numerator))
    if value < 0:
        above = ast.UnaryOp(ast.USub(), above)
    if value.denominator == 1:
        return above
    return combine(above, ast.Div(), ast.Constant(value.denominator))


def _is(term: Term, value: int) -> bool:
    return fraction_of(term) == value


def _plain(term: Term) -> Term:
    value = fraction_of(term)
    return term if value is None else number(value)


def negate(a: Term) -> Term:
    """``-a``, numbers worked out as in all that follows."""
    match a:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner
    return _plain(ast.UnaryOp(ast.USub(), a))


def add(a: Term, b: Term) -> Term:
    """``a + b``."""
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    return _plain(combine(a, ast.Add(), b))


def multiply(a: Term, b: Term) -> Term:
    """``a*b``."""
    if _is(a, 0) or _is(b, 0):
        return ast.Constant(0)
    if _is(a, 1) or _is(b, 1):
        return b if _is(a, 1) else a
    if _is(a, -1) or _is(b, -1):
        return negate(b if _is(a, -1) else a)
    return _plain(combine(a, ast.Mult(), b))


def divide(a: Term, b: Term) -> Term:
    """``a/b``."""
    return ast.Constant(0) if _is(a, 0) else a if _is(b, 1) else _plain(combine(a, ast.Div(), b))


def power(a: Term, n: int) -> Term:
    """``a**n``."""
    if n == 0:
        return number(1)
    return a if n == 1 else _plain(combine(a, ast.Pow(), number(n)))


@dataclass(frozen=True)
class Scale:
    """Writes orders and proofs about them: ``big`` is X in Coq, ``up`` the lemma that it grows."""

    variable: str
    big: str
    up: str
    sign: Sign

    def kept(self, order: Order) -> Order:
        """What counts of it, the fastest first."""
        return {n: order[n] for n in sorted(order, reverse=True) if self.sign(order[n])}

    def total(self, a: Order, b: Order, share: Term) -> Order:
        """``a + share b``."""
        found = {n: add(a.get(n, number(0)), multiply(share, b.get(n, number(0)))) for n in {**a, **b}}
        return self.kept(found)

    def times(self, share: Term, order: Order) -> Order:
        """``share order``."""
        return self.total({}, order, share)

    def function(self, text: str) -> str:
        """A Coq text as a function of the variable."""
        return f"(fun {self.variable} : R => {text})"

    def text(self, order: Order) -> str:
        """An order in Coq."""
        rest = "0"
        for place, share in reversed(order.items()):
            rest = f"({Translator().text(share)}) * {self._part(place)} + ({rest})"
        return rest

    def _part(self, place: int) -> str:
        if place > 0:
            return f"{self.big} ^ {place}"
        return f"ln {self.big}" if place == LN else f"ln (ln {self.big})"

    def growth(self, order: Order) -> str:
        """What proves that an order goes to infinity, or to minus infinity."""
        place = next(iter(order))
        rest = [n for n in order if n != place]
        lemma = "rises_by" if self.sign(order[place]) > 0 else "falls_by"
        grown = {LN: "ln_up _ U", LN_LN: "ln_up _ (ln_up _ U)"}.get(place, f"power_up {place - 1} _ U")
        small = "".join(f"small_more _ _ _ _ ({self._small(n, place)}) (" for n in rest)
        faded = f"{small}small_none _{')' * len(rest)}"
        told = f"refine ({lemma} _ _ _ _ ({grown}) ({faded})); limit_sign"
        return told.replace("U)", f"{self.up})")

    def _small(self, place: int, beside: int) -> str:
        if place > 0:
            return f"small_power {place} {beside - place - 1} _ U"
        if place == LN:
            return f"small_ln_power {beside - 1} _ U"
        return "small_ln_ln _ U" if beside == LN else f"small_ln_ln_power {beside - 1} _ U"


def expanded(term: Term, by: str) -> dict[int, Term] | None:
    """Coefficients of an expression's powers of a variable; None if it is no sum of those."""
    if by not in variables(term):
        return {0: term}
    match term:
        case ast.Name():
            return {1: number(1)}
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            found = expanded(inner, by)
            return found and {n: negate(a) for n, a in found.items()}
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, raised = expanded(left, by), fraction_of(right)
            if base is None or raised is None or raised.denominator > 1:
                return None
            return _raised(base, int(raised))
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = expanded(left, by), expanded(right, by)
            return None if a is None or b is None else _joined(a, operator, b)
    return None


def _joined(a: dict[int, Term], operator: ast.operator, b: dict[int, Term]) -> dict[int, Term] | None:
    match operator:
        case ast.Add() | ast.Sub():
            if isinstance(operator, ast.Sub):
                b = {n: negate(share) for n, share in b.items()}
            return {n: add(a.get(n, number(0)), b.get(n, number(0))) for n in {**a, **b}}
        case ast.Mult():
            found: dict[int, Term] = {}
            for n, share in a.items():
                for m, other in b.items():
                    found[n + m] = add(found.get(n + m, number(0)), multiply(share, other))
            return found
        case ast.Div() if (inverse := _raised(b, -1)) is not None:
            return _joined(a, ast.Mult(), inverse)
    return None


def _raised(base: dict[int, Term], raised: int) -> dict[int, Term] | None:
    """A whole power, a negative one only of a single term."""
    if raised < 0 and len(base) > 1:
        return None
    if raised < 0:
        ((n, share),) = base.items()
        return {n * raised: divide(number(1), power(share, -raised))}
    found: dict[int, Term] | None = {0: number(1)}
    for _ in range(raised):
        found = found and _joined(found, ast.Mult(), base)
    return found
