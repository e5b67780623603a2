"""Whether two expressions are the same function on a box, decided in exact arithmetic.

An expression becomes a polynomial over the fractions in *atoms*: variables, roots, and functions of
arguments that are in normal form themselves. Laws that hold for real numbers wherever both sides are
defined bring it there: exp(a + b) = exp(a) exp(b), log(ab) = log(a) + log(b) for factors that the box
keeps from being negative, roots and powers of such factors, cosh, sinh and tanh through exp, Phi and erfc
through erf, Max and Min through Abs, sines and cosines of sums by the addition theorem. Then two
expressions are equal if their difference, denominators cleared, has no term left. That no term is left
proves equality; a term left proves nothing.

Why a chain of equal expressions may pass through one that has no value somewhere: the atoms are treated
as independent, so the normal forms are fractions over a ring without zero divisors, and equality of them
is an equivalence; where it takes a denominator that this may not be true of, the form is refused.
"""

import ast
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..openness import sign_on
from ..reading import Box
from ..second_opinion import Term, parse
from .factoring import Factored, Factors, MayVanish, NoForm
from .polynomials import (
    ONE,
    Monomial,
    Number,
    Poly,
    TooLong,
    added,
    constant,
    direction,
    key_of,
    monomial,
    multiplied,
    powered,
    scaled,
    whole,
)

__all__ = ["Forms", "NoForm"]

_ODD = frozenset({"erf", "atan", "sin", "asinh"})
_LARGEST_PRIME = 10_000
_MOST_TURNS = 8
"""Multiples of an angle beyond this, and sums of more angles than this, stay as they are."""
_HALF = Fraction(1, 2)


class Forms(Factored):
    """Normal forms of expressions on one box, and what is known there of their signs."""

    def __init__(self, box: Box, known: Sequence[Term] = ()) -> None:
        super().__init__(box)
        self._values: Mapping[str, Poly] = {}
        self._read: dict[str | None, Poly] = {}
        self.known = [direction(self._canonical(self.of(term))) for term in known]

    # ------------------------------------------------------------------------------- the answer

    def equal(self, left: Term, right: Term) -> bool:
        """Whether two expressions are the same function, wherever both are defined.

        Raises
        ------
        NoForm
            If one of them cannot be brought into normal form.
        """
        return self.is_zero(added(self.of(left), self.of(right), -1))

    def is_zero(self, form: Poly) -> bool:
        """Whether nothing is left of a form when its denominators are cleared."""
        try:
            return not self._cleared(form)[0]
        except TooLong as error:
            raise NoForm(str(error)) from None

    def know(self, term: Term) -> None:
        """Have the factors of an expression at hand for the factors of others.

        Raises
        ------
        NoForm
            If it cannot be brought into normal form.
        """
        try:
            if form := self._cleared_form(self.of(term)):
                self._factors(form)
        except TooLong as error:
            raise NoForm(str(error)) from None

    def gap(self, left: Term, right: Term) -> Term:
        """The difference of two expressions with all that is common cancelled, denominators too.

        It vanishes where both are defined and equal, and nowhere else that both are defined.

        Raises
        ------
        NoForm
            If one of them cannot be brought into normal form.
        """
        try:
            form = self._cleared(added(self.of(left), self.of(right), -1))[0]
        except TooLong as error:
            raise NoForm(str(error)) from None
        return self.term_of(form)

    def number(self, term: Term) -> Number | None:
        """The rational number that an expression is, if the variables cancel and leave one."""
        try:
            return self._ratio(*self._cleared(self.of(term)))
        except TooLong as error:
            raise NoForm(str(error)) from None

    def _ratio(self, cleared: Poly, powers: Mapping[int, int]) -> Number | None:
        """The number that a fraction is, if its parts are proportional."""
        if not cleared:
            return 0
        below = ONE
        for atom, power in powers.items():
            below = multiplied(below, powered(self.atoms[atom].of, power))
        below = self._cleared(below)[0]
        lead = max(below)
        share = Fraction(cleared.get(lead, 0)) / Fraction(below[lead])
        return whole(share) if share and not added(cleared, below, -share) else None

    def of(self, term: Term) -> Poly:
        """The normal form of an expression."""
        key = None if self._values else ast.dump(term)
        if key in self._read:
            return self._read[key]
        try:
            form = self._of(term)
        except (TooLong, RecursionError, OverflowError, MemoryError) as error:
            raise NoForm(str(error)) from None
        except ZeroDivisionError:
            raise NoForm("a division by zero") from None
        if key is not None:
            self._read[key] = form
        return form

    def of_at(self, term: Term, values: Mapping[str, Poly]) -> Poly:
        """The normal form of an expression with forms in the place of some names."""
        before, self._values = self._values, values
        try:
            return self.of(term)
        finally:
            self._values = before

    # ------------------------------------------------------------------------------ expressions

    def _of(self, term: Any) -> Poly:
        match term:
            case ast.Constant(value=int() as value) if not isinstance(value, bool):
                return constant(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return scaled(self._of(operand), -1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return added(self._of(left), self._of(right))
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return added(self._of(left), self._of(right), -1)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return multiplied(self._of(left), self._of(right))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return multiplied(self._of(left), self._inverse(right))
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                power = self._of(exponent)
                if power == constant(-1):
                    return self._inverse(base)
                return self.general_power(self._of(base), power)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.function(name, [self._of(argument) for argument in arguments])
            case _:
                raise NoForm(ast.unparse(term))

    def _inverse(self, term: Term) -> Poly:
        form = self._of(term)
        try:
            return self.to_power(form, -1)
        except MayVanish:
            if not sign_on(term, self.box)[1]:
                raise
        self.nonzero.update(self._factors(self._cleared_form(form)).powers)
        return self.to_power(form, -1)

    def _name(self, name: str) -> Poly:
        if name == "pi":
            return self._power_of(self._atom("pi", None))
        if name == "E":
            return self.exponential(ONE)
        if name in self._values:
            return self._values[name]
        piece = self.box.get(name)
        if piece is None or name == "oo":
            raise NoForm(f"{name} is no variable here")
        if piece.low == piece.high:
            return self._of(parse(piece.low))
        return self._power_of(self._atom("variable", name))

    def function(self, name: str, forms: Sequence[Poly]) -> Poly:
        """A function of forms."""
        if name in ("Max", "Min"):
            return self._extreme(forms, 1 if name == "Max" else -1)
        (form,) = forms
        match name:
            case "exp":
                return self.exponential(form)
            case "log":
                return self.logarithm(form)
            case "sqrt":
                return self.to_power(form, _HALF)
            case "Abs":
                return self._size(form)
            case "sign":
                return self._direction(form)
            case "cosh" | "sinh" | "tanh":
                return self._hyperbolic(name, form)
            case "erfc" | "Phi":
                return self._normal(name, form)
            case "atanh":
                above, below = added(ONE, form), added(ONE, form, -1)
                return scaled(added(self.logarithm(above), self.logarithm(below), -1), _HALF)
            case "erf" | "atan" | "asinh" | "acosh" | "sin" | "cos":
                return self._opaque(name, form)
            case _:
                raise NoForm(name)

    def _extreme(self, forms: Sequence[Poly], sign: int) -> Poly:
        """Max(a, b) = (a + b + |a - b|)/2 one by one, what all have in common taken out; Min by Max."""
        if sign < 0:
            return scaled(self._extreme([scaled(form, -1) for form in forms], 1), -1)
        first, *others = forms
        common = {
            product: number
            for product, number in first.items()
            if all(form.get(product) == number for form in others)
        }
        rest = [added(form, common, -1) for form in forms]
        total, *others = sorted(rest, key=lambda form: sorted(form.items()))
        for other in others:
            size = self._size(added(total, other, -1))
            total = scaled(added(added(total, other), size), _HALF)
        return added(total, common)

    def _hyperbolic(self, name: str, form: Poly) -> Poly:
        up, down = self.exponential(form), self.exponential(scaled(form, -1))
        if name == "cosh":
            return scaled(added(up, down), _HALF)
        if name == "sinh":
            return scaled(added(up, down, -1), _HALF)
        return multiplied(added(up, down, -1), self.to_power(added(up, down), -1))

    def _normal(self, name: str, form: Poly) -> Poly:
        """erfc(x) = 1 - erf(x), Phi(x) = (1 + erf(x/sqrt(2)))/2."""
        if name == "erfc":
            return added(ONE, self._opaque("erf", form), -1)
        two = self._power_of(self._atom("prime", 2), -_HALF)
        return scaled(added(ONE, self._opaque("erf", multiplied(form, two))), _HALF)

    def _opaque(self, name: str, form: Poly) -> Poly:
        """A function with no law but that it is odd or even."""
        form = self._canonical(form)
        if name in ("sin", "cos"):
            special = self._circular(name, form)
            if special is None and self._is_sum_of_angles(form):
                special = self._turned(form)[name == "sin"]
            if special is not None:
                return special
        if not form:
            return {} if name in _ODD else ONE if name == "cos" else self._function(name, form)
        if name in _ODD and form[max(form)] < 0:
            return scaled(self._function(name, scaled(form, -1)), -1)
        if name == "cos" and form[max(form)] < 0:
            form = scaled(form, -1)
        return self._function(name, form)

    def _function(self, name: str, form: Poly) -> Poly:
        return self._power_of(self._atom(name, dict(form)))

    def _circular(self, name: str, form: Poly) -> Poly | None:
        """Sine and cosine of the multiples of pi/2, and of pi times an integer variable."""
        turns = scaled(form, 1, ((self._atom("pi", None), -1),))
        if set(turns) <= {()}:
            quarter = Fraction(turns.get((), 0)) * 2 - (name == "sin")
            if quarter.denominator == 1:  # cos(pi*q/2)
                return constant((1, 0, -1, 0)[int(quarter) % 4])
        return {} if name == "sin" and self._is_integer(turns) else None

    def _is_sum_of_angles(self, form: Poly) -> bool:
        turns = [abs(Fraction(number).numerator) for number in form.values()]
        return 1 < sum(turns) <= _MOST_TURNS

    def _turned(self, form: Poly) -> tuple[Poly, Poly]:
        """Cosine and sine of a sum of multiples of angles, by the addition theorem."""
        cosine, sine = ONE, {}
        for product, number in sorted(form.items()):
            turns = Fraction(number).numerator
            angle = {product: whole(Fraction(number) / abs(turns))}
            step = (self._opaque("cos", angle), self._opaque("sin", angle))
            for _ in range(abs(turns)):
                across = multiplied(sine, step[1])
                sine = added(multiplied(sine, step[0]), multiplied(cosine, step[1]))
                cosine = added(multiplied(cosine, step[0]), across, -1)
        return self._tidied(cosine), self._tidied(sine)

    def _is_integer(self, form: Poly) -> bool:
        """Whether a form is an integer because its variables are."""
        return all(
            isinstance(number, int)
            and all(
                isinstance(power, int) and power > 0 and self._counts(atom)
                for atom, power in product
            )
            for product, number in form.items()
        )

    def _counts(self, atom: int) -> bool:
        kind, name = self.atoms[atom]
        return kind == "variable" and self.box[name].integer

    # ------------------------------------------------------------------- powers, logs, exponentials

    def general_power(self, base: Poly, exponent: Poly) -> Poly:
        """``base**exponent``, by the exponential function where the exponent is no number."""
        exponent = self._canonical(exponent)
        if set(exponent) <= {()}:
            return self.to_power(base, exponent.get((), 0))
        if base == constant(-1) and self._is_integer(exponent):
            if all(number % 2 == 0 for number in exponent.values()):
                return ONE
            raise NoForm("an alternating sign")
        if self.sign_of(base) <= 0:
            return self._unknown_power(base, exponent)
        return self.exponential(multiplied(exponent, self.logarithm(base)))

    def _unknown_power(self, base: Poly, exponent: Poly) -> Poly:
        """A power of what may be negative, or not real: no law holds, but that it is a function."""
        return self._power_of(
            self._atom("power", (key_of(self._canonical(base)), key_of(exponent)))
        )

    def to_power(self, form: Poly, power: Number) -> Poly:
        """A rational power: of every factor alone, but for factors that may be negative."""
        power = whole(power)
        if power == 0:
            return ONE
        if not form:
            if power < 0:
                raise NoForm("a division by zero")
            return {}
        if isinstance(power, int):
            return self._whole_power(form, power)
        return self._root(self._cleared_form(form), power)

    def _root(self, form: Poly, power: Number) -> Poly:
        """A fractional power, which is real only where its base is not negative (or zero)."""
        if not form:
            if power < 0:
                raise NoForm("a division by zero")
            return {}
        number, powers = self._signed_factors(self._factors(form))
        if number < 0:
            raise NoForm("a root of a negative number")
        if power < 0:
            self._require_no_zero_divisor(powers)
        root = self._number_power(number, power)
        return multiplied(root, self._product(1, powers, power))

    def _signed_factors(self, factors: Factors) -> tuple[Number, dict[int, Number]]:
        """Factors that are not negative wherever their product is positive.

        A factor that the box does not keep from being negative stays with the others of its kind; one
        alone among factors that are not negative has the sign of the whole.
        """
        number, doubtful = factors.number, {}
        powers: dict[int, Number] = {}
        for atom, power in factors.powers.items():
            even = isinstance(power, int) and power % 2 == 0
            sign = self._sign_of_atom(atom)
            same = atom
            if sign < 0 and isinstance(power, int):
                same = self._opposite(atom)
                number = number if even else -number
            elif even and sign == 0:
                same = self._absolute(atom)
            elif sign == 0 and isinstance(power, int):
                doubtful[atom] = power
                continue
            powers[same] = powers.get(same, 0) + power
        if not doubtful:
            return number, powers
        if len(doubtful) == 1 and number > 0:
            self.shaky.update(doubtful)
            return number, powers | doubtful
        rest = scaled({monomial(doubtful.items()): 1}, 1 if number > 0 else -1)
        root = self._atom("root", dict(self._cleared_form(rest)))
        self.shaky.add(root)
        powers[root] = powers.get(root, 0) + 1
        return abs(number), powers

    def _opposite(self, atom: int) -> int:
        """``-u`` as an atom, for an atom u that is not positive."""
        kind, inside = self.atoms[atom]
        form = scaled(inside if kind == "sum" else self._power_of(atom), -1)
        return self._atom("root", dict(form))

    def _absolute(self, atom: int) -> int:
        kind, inside = self.atoms[atom]
        return self._atom("abs", dict(inside if kind == "sum" else self._power_of(atom)))

    def _number_power(self, number: Number, power: Number) -> Poly:
        """A fractional power of a positive number: of its primes."""
        powers = [
            (self._atom("prime", prime), turns * power) for prime, turns in _primes(number).items()
        ]
        return self._tidied({monomial(powers): 1})

    def logarithm(self, form: Poly) -> Poly:
        """The logarithm of every factor alone, but for those that may be negative."""
        form = self._cleared_form(form)
        if not form:
            raise NoForm("a logarithm of zero")
        number, powers = self._signed_factors(self._factors(form))
        if number < 0:
            raise NoForm("a logarithm of a negative number")
        total: Poly = {}
        for prime, power in _primes(number).items():
            total = added(total, self._log_of_atom(self._atom("prime", prime)), power)
        for atom, power in powers.items():
            total = added(total, self._log_of_atom(atom), power)
        return total

    def _log_of_atom(self, atom: int) -> Poly:
        kind, inside = self.atoms[atom]
        if kind == "exp":
            return {inside: 1}
        return self._power_of(self._atom("log", atom))

    def exponential(self, form: Poly) -> Poly:
        """exp of a sum as a product; exp of a number times a logarithm as a power."""
        form = self._canonical(form)
        powers: dict[int, Number] = {}
        for product, number in form.items():
            atom = self._logged(product)
            if atom is None:
                atom = self._atom("exp", product)
            powers[atom] = powers.get(atom, 0) + number
        self._require_no_zero_divisor({a: power for a, power in powers.items() if power < 0})
        return self._tidied({monomial(powers.items()): 1})

    def _logged(self, product: Monomial) -> int | None:
        """The atom whose logarithm a monomial is."""
        if len(product) == 1 and product[0][1] == 1:
            kind, inside = self.atoms[product[0][0]]
            return inside if kind == "log" else None
        return None

    def _size(self, form: Poly) -> Poly:
        """The absolute value, of every factor alone."""
        form = self._cleared_form(form)
        if not form:
            return {}
        sign = self.sign_of(form)
        if sign:
            return scaled(form, sign)
        number, powers = self._factors(form)
        total: dict[int, Number] = {}
        number = abs(number)
        for atom, power in powers.items():
            own_sign = self._sign_of_atom(atom)
            even = isinstance(power, int) and power % 2 == 0
            if own_sign > 0 or even or not isinstance(power, int):
                total[atom] = total.get(atom, 0) + power
            elif own_sign < 0:
                total[atom] = total.get(atom, 0) + power
                number = -number
            else:
                size = self._absolute(atom)
                total[size] = total.get(size, 0) + power
        return {monomial(total.items()): number}

    def _direction(self, form: Poly) -> Poly:
        """The sign; 1 where it is surely positive."""
        form = self._canonical(form)
        if not form:
            return {}
        value = self._range_of(form)
        if value is not None and (value.a > 0 or value.b < 0):
            return constant(1 if value.a > 0 else -1)
        sign = 1 if form[max(form)] > 0 else -1
        return scaled(self._function("sign", scaled(form, sign)), sign)


def _primes(number: Number) -> dict[int, int]:
    """The prime factors of a positive number with their powers; a large factor stays whole."""
    number = Fraction(number)
    found: dict[int, int] = {}
    for value, sign in ((number.numerator, 1), (number.denominator, -1)):
        prime = 2
        while prime * prime <= value and prime < _LARGEST_PRIME:
            while value % prime == 0:
                found[prime] = found.get(prime, 0) + sign
                value //= prime
            prime += 1
        if value > 1:
            found[value] = found.get(value, 0) + sign
    return {prime: times for prime, times in found.items() if times}
