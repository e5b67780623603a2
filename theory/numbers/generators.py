"""Exact algebra for `normal_form`: quotients of polynomials over generators that obey power rules.

A generator stands for what polynomials cannot say: a symbol, log|f|, exp of a monomial, a root of |f|,
a sine. Some powers reduce: ``sqrt(f)**2`` is f, ``sin(x)**2`` is ``1 - cos(x)**2``. A polynomial that
reduces to zero vanishes wherever its generators have values.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

import flint
import sympy

from .boxes import Box, box_ranges
from .ranges import Undefined, compile_range

__all__ = ["Beyond", "Generators", "Quotient", "Restart"]

TERMS = 4000
"""Polynomials of more terms are not worked with."""
FACTORED = 300
"""Nor are those of more terms than this factored."""
POWER = 60
"""Nor are higher powers."""


class Beyond(Exception):
    """The algebra cannot hold an expression."""


class Restart(Exception):
    """A root or an exponential of another order was met: all are read again with it."""


class Quotient(NamedTuple):
    """``top/bottom``, two polynomials without a common factor."""

    top: Any
    bottom: Any

    @property
    def key(self) -> str:
        """The same text for the same quotient."""
        return f"({self.top})/({self.bottom})"


class Generators:
    """The generators met so far, with their rules, over one box."""

    def __init__(self, size: int, orders: dict[Any, int], box: Box) -> None:
        names = [f"g{i}" for i in range(size)]
        self.context = flint.fmpq_mpoly_ctx.get(names, flint.Ordering.lex)
        self.polynomials = self.context.gens()
        self.orders = orders
        self.expressions: list[Any] = []
        self.logarithms: dict[int, Quotient] = {}
        """Of the exponentials among the generators."""
        self.roots: dict[int, tuple[Quotient, int]] = {}
        """What the roots among them are roots of, and their orders."""
        self._index: dict[Any, int] = {}
        self._rules: dict[int, tuple[int, Any]] = {}
        self._signs: dict[Any, int] = {}
        self._box = box
        self._ranges = box_ranges(box)

    # ------------------------------------------------------------------------------- generators

    def known(self, key: Any) -> Any:
        """The generator of a key, or None."""
        return self.polynomials[self._index[key]] if key in self._index else None

    def new(self, key: Any, expression: Any, power: int = 0, becomes: Any = None) -> Any:
        """A generator that stands for an expression; its ``power`` becomes another polynomial."""
        place = len(self.expressions)
        if place >= len(self.polynomials):
            raise Beyond("too many generators")
        self._index[key] = place
        self.expressions.append(expression)
        if power:
            self._rules[place] = (power, becomes)
        return self.polynomials[place]

    def order(self, key: Any, needed: int, most: int = POWER) -> int:
        """The order of a root or exponential, which all its powers share."""
        order = self.orders.get(key, 1)
        if order % needed:
            self.orders[key] = lcm(order, needed)
            if self.orders[key] > most:
                raise Beyond("a root of high order")
            raise Restart
        return order

    def place_of(self, polynomial: Any) -> int | None:
        """Which generator a polynomial is, if it is one."""
        for place in range(len(self.expressions)):
            if polynomial == self.polynomials[place]:
                return place
        return None

    def note_root(self, polynomial: Any, base: Quotient, order: int) -> None:
        """A generator is a root of the size of something."""
        place = self.place_of(polynomial)
        if place is not None:
            self.roots[place] = base, order

    # ---------------------------------------------------------------------------------- algebra

    def number(self, value: Any) -> Quotient:
        """A rational number."""
        one = self.context.from_dict({(0,) * len(self.polynomials): 1})
        return Quotient(one * flint.fmpq(int(value.p), int(value.q)), one)

    def quotient(self, top: Any, bottom: Any) -> Quotient:
        """A quotient in lowest terms, its powers reduced."""
        top, bottom = self.reduced(top), self.reduced(bottom)
        if bottom == 0:
            raise Beyond("division by zero")
        common = top.gcd(bottom)
        if common != 1 and common != 0:
            top, bottom = top / common, bottom / common
        lead = bottom.leading_coefficient()
        return Quotient(top / lead, bottom / lead)

    def add(self, a: Quotient, b: Quotient) -> Quotient:
        """The sum."""
        if a.bottom == b.bottom:
            return self.quotient(a.top + b.top, a.bottom)
        return self.quotient(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom)

    def multiply(self, a: Quotient, b: Quotient) -> Quotient:
        """The product."""
        return self.quotient(a.top * b.top, a.bottom * b.bottom)

    def power(self, a: Quotient, exponent: int) -> Quotient:
        """A whole power."""
        if abs(exponent) > POWER and not (a.top.is_constant() or self._is_monomial(a)):
            raise Beyond("a high power")
        if exponent < 0:
            return self.quotient(a.bottom**-exponent, a.top**-exponent)
        return self.quotient(a.top**exponent, a.bottom**exponent)

    @staticmethod
    def _is_monomial(a: Quotient) -> bool:
        return len(a.top) == len(a.bottom) == 1

    def reduced(self, polynomial: Any) -> Any:
        """The same function with every power rule used."""
        again = True
        while again:
            if len(polynomial) > TERMS:
                raise Beyond("too many terms")
            again = False
            degrees = polynomial.degrees()
            for place, (power, becomes) in self._rules.items():
                if degrees[place] >= power:
                    polynomial = self._use(polynomial, place, power, becomes)
                    again = True
                    break
        return polynomial

    def _use(self, polynomial: Any, place: int, power: int, becomes: Any) -> Any:
        parts: dict[int, dict[tuple[int, ...], Any]] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            whole, rest = divmod(exponents[place], power)
            left = (*exponents[:place], rest, *exponents[place + 1 :])
            parts.setdefault(whole, {})[left] = coefficient
        total = self.context.from_dict({})
        for whole, part in parts.items():
            total += self.context.from_dict(part) * becomes**whole
        return total

    # ------------------------------------------------------------------------------------ signs

    def expression(self, polynomial: Any) -> Any:
        """A polynomial as a SymPy expression."""
        terms = []
        for exponents, coefficient in polynomial.to_dict().items():
            number = sympy.Rational(int(coefficient.p), int(coefficient.q))
            factors = [
                self.expressions[i] ** exponent for i, exponent in enumerate(exponents) if exponent
            ]
            terms.append(sympy.Mul(number, *factors))
        return sympy.Add(*terms)

    def sign(self, polynomial: Any) -> int:
        """1 where a polynomial is >= 0 on the whole box, -1 where <= 0, 0 where ranges do not show it."""
        key = str(polynomial)
        if key not in self._signs:
            self._signs[key] = self._find_sign(self.expression(polynomial)) or self._of_factors(
                polynomial
            )
        return self._signs[key]

    def _of_factors(self, polynomial: Any) -> int:
        """The sign of a product from those of its factors: ``4*p - 4*p**2`` is ``4*p*(1 - p)``."""
        if not 1 < len(polynomial) <= FACTORED:
            return 0
        number, parts = polynomial.factor()
        if len(parts) == 1 and parts[0][1] == 1:
            return 0
        total = 1 if number > 0 else -1
        for part, power in parts:
            if int(power) % 2:
                total *= self.sign(part)
        return total

    def _find_sign(self, expression: Any) -> int:
        try:
            interval = compile_range(expression, tuple(self._box))(self._ranges)
        except (Undefined, NotImplementedError):
            return 0
        return 1 if interval.nonnegative else -1 if (-interval).nonnegative else 0

    def factors(self, a: Quotient) -> tuple[Any, list[tuple[Any, int]]]:
        """A rational number and irreducible polynomials with their powers."""
        content = Fraction(1)
        found: list[tuple[Any, int]] = []
        for polynomial, sign in ((a.top, 1), (a.bottom, -1)):
            if len(polynomial) > FACTORED:
                raise Beyond("a long factor")
            number, parts = polynomial.factor()
            content *= Fraction(int(number.p), int(number.q)) ** sign
            for part, power in parts:
                lead = part.leading_coefficient()
                content *= Fraction(int(lead.p), int(lead.q)) ** (sign * int(power))
                found.append((part / lead, sign * int(power)))
        return content, found


def powers_of_primes(value: Fraction) -> Mapping[int, int]:
    """A positive rational as a product of primes (or of what is left after the small ones)."""
    powers: dict[int, int] = {}
    for whole, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, power in sympy.factorint(whole, limit=10_000).items():
            powers[int(prime)] = powers.get(int(prime), 0) + sign * int(power)
    return {prime: power for prime, power in powers.items() if prime != 1 and power}
