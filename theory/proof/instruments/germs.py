"""How expressions behave as t falls to 0: coefficients times products of powers of scales.

The scales are t, 1/log(1/t), 1/log(log(1/t)) and so on, and exp(-1/t**r); every power of a faster one is
smaller than every power of a slower one. Exponents and coefficients may hold parameters; a germ is a few
such terms and bounds of what is left out. Which of two terms is larger, and whether a coefficient is
positive, is decided for all parameters of a box at once, or not at all (`Unclear`): so what is found
holds at each of them.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import sympy

from ...numbers.boxes import Box, box_ranges
from ...numbers.exact_signs import sign_of_number
from ...numbers.normal_form import identical, vanishes
from ...numbers.ranges import Undefined, compile_range
from .forms import forms

__all__ = [
    "ONE",
    "POWER",
    "SLOWEST",
    "Algebra",
    "Germ",
    "Monomial",
    "Signs",
    "Unclear",
    "over",
    "power",
    "times",
]

Monomial = Mapping[Fraction, Any]
"""Exponents of scales by their speed: 0 for t, -1, -2 ... for one over its logarithm, the logarithm of
that ..., and r > 0 for exp(-1/t**r)."""

POWER, SLOWEST = Fraction(0), Fraction(-3)

ONE: Monomial = {}


class Unclear(Exception):
    """The parameters leave it open, or the terms do not suffice."""


class Germ(NamedTuple):
    """Terms, and monomials that bound what is left out; in no order, as that may be unclear."""

    terms: tuple[tuple[Any, Monomial], ...]
    rest: tuple[Monomial, ...] = ()

    @property
    def monomials(self) -> tuple[Monomial, ...]:
        """What the germ is at most a sum of multiples of; none for zero."""
        return (*(monomial for _, monomial in self.terms), *self.rest)


class Signs:
    """Signs of expressions in the parameters, on their whole box."""

    def __init__(self, box: Box, prove: Callable[[Any], bool] | None = None) -> None:
        self.box = box
        self.prove = prove
        self._known: dict[Any, int | None] = {}

    def of(self, expr: Any) -> int | None:
        """1, -1 or 0 where an expression is positive, negative or zero on the whole box, else None."""
        expr = sympy.sympify(expr)
        if expr not in self._known:
            self._known[expr] = self._find(expr)
        return self._known[expr]

    def _find(self, expr: Any) -> int | None:
        if not expr.free_symbols:
            return sign_of_number(expr)
        box = {symbol: piece for symbol, piece in self.box.items() if symbol in expr.free_symbols}
        for form in forms(expr):
            try:
                interval = compile_range(form, tuple(box))(box_ranges(box))
            except (Undefined, NotImplementedError):
                continue
            if (interval.positive or (-interval).positive) and identical(expr, form, box):
                return 1 if interval.positive else -1
        if vanishes(expr, box):
            return 0
        if self.prove is not None:
            for sign in (1, -1):
                if self.prove(sign * expr):
                    return sign
        return None


class Algebra:
    """Arithmetic of germs over one box of parameters, with at most so many terms."""

    def __init__(self, signs: Signs, size: int) -> None:
        self.signs = signs
        self.size = size

    # ------------------------------------------------------------------------------- monomials

    def smallness(self, monomial: Monomial) -> int:
        """1 if it goes to 0, -1 if to infinity, 0 if it is one.

        Raises
        ------
        Unclear
            If that depends on the parameters.
        """
        for scale in sorted(monomial, reverse=True):
            sign = self.signs.of(monomial[scale])
            if sign is None:
                raise Unclear(f"the sign of {monomial[scale]}")
            if sign:
                return sign
        return 0

    def compare(self, a: Monomial, b: Monomial) -> int | None:
        """1 if a is the smaller one, -1 if the larger, 0 if they are the same, None if it depends."""
        try:
            return self.smallness(over(a, b))
        except Unclear:
            return None

    def small(self, monomials: Iterable[Monomial]) -> bool:
        """Whether all go to 0."""
        return all(self.smallness(monomial) > 0 for monomial in monomials)

    # -------------------------------------------------------------------------------- algebra

    def made(self, terms: Iterable[tuple[Any, Monomial]], rest: Iterable[Monomial]) -> Germ:
        """A germ of any terms: like ones added up, those beyond the bounds or too many left out."""
        bounds: list[Monomial] = []
        for monomial in rest:
            if not any(self.compare(monomial, other) in (0, 1) for other in bounds):
                bounds = [other for other in bounds if self.compare(other, monomial) != 1]
                bounds.append(monomial)
        kept: list[tuple[Any, Monomial]] = []
        for coefficient, monomial in terms:
            if coefficient == 0 or any(self.compare(monomial, bound) in (0, 1) for bound in bounds):
                continue
            for place, (other, against) in enumerate(kept):
                if self.compare(monomial, against) == 0:
                    kept[place] = (other + coefficient, against)
                    break
            else:
                kept.append((coefficient, monomial))
        kept = [term for term in kept if not vanishes(term[0], self.signs.box)]
        while len(kept) > self.size:
            bounds.append(kept.pop(self._smallest(kept))[1])
        return Germ(tuple(kept), tuple(bounds))

    def _smallest(self, terms: list[tuple[Any, Monomial]]) -> int:
        """The place of a term than which none is known to be smaller."""
        least = len(terms) - 1
        for place in range(len(terms) - 2, -1, -1):
            if self.compare(terms[place][1], terms[least][1]) == 1:
                least = place
        return least

    def add(self, a: Germ, b: Germ) -> Germ:
        """The sum."""
        return self.made((*a.terms, *b.terms), (*a.rest, *b.rest))

    def multiply(self, a: Germ, b: Germ) -> Germ:
        """The product."""
        terms = [(c * d, times(m, n)) for c, m in a.terms for d, n in b.terms]
        rest = [times(m, n) for m in a.rest for n in b.monomials]
        rest += [times(m, n) for m in b.rest for n in a.monomials]
        return self.made(terms, rest)

    def scale(self, a: Germ, coefficient: Any, monomial: Monomial = ONE) -> Germ:
        """A multiple."""
        terms = tuple((coefficient * c, times(monomial, m)) for c, m in a.terms)
        return Germ(terms, tuple(times(monomial, left_out) for left_out in a.rest))

    def lead(self, a: Germ) -> tuple[Any, Monomial, int]:
        """The leading coefficient, which is not zero, its monomial, and its sign."""
        for coefficient, monomial in a.terms:
            others = [other for other in a.monomials if other is not monomial]
            if all(self.compare(monomial, other) == -1 for other in others):
                sign = self.signs.of(coefficient)
                if not sign:
                    raise Unclear(f"the sign of {coefficient}")
                return coefficient, monomial, sign
        raise Unclear("no leading term")

    def parts(self, a: Germ) -> tuple[Any, Monomial, int, Germ]:
        """Leading coefficient, monomial and sign, and ``a/lead - 1``, which goes to 0."""
        coefficient, monomial, sign = self.lead(a)
        left = Germ(tuple(term for term in a.terms if term[1] is not monomial), a.rest)
        return coefficient, monomial, sign, self.scale(left, 1 / coefficient, power(monomial, -1))

    def series(self, small: Germ, coefficients: Callable[[int], Any]) -> Germ:
        """``sum c(k)*small**k`` for a germ that goes to 0."""
        total, step = Germ(((coefficients(0), ONE),)), Germ(((sympy.S.One, ONE),))
        if not small.monomials:
            return total
        if not self.small(small.monomials):
            raise Unclear("a series in what does not go to 0")
        for k in range(1, self.size + 1):
            step = self.multiply(step, small)
            total = self.add(total, self.scale(step, coefficients(k)))
        left_out = tuple(power(monomial, self.size + 1) for monomial in small.monomials)
        return self.add(total, Germ((), left_out))


def times(a: Monomial, b: Monomial) -> Monomial:
    """The product of two monomials."""
    total = {scale: a.get(scale, 0) + b.get(scale, 0) for scale in {*a, *b}}
    return {scale: exponent for scale, exponent in total.items() if exponent != 0}


def power(a: Monomial, exponent: Any) -> Monomial:
    """A power of a monomial."""
    return {scale: share * exponent for scale, share in a.items() if exponent != 0}


def over(a: Monomial, b: Monomial) -> Monomial:
    """The quotient of two monomials."""
    return times(a, power(b, -1))
