"""Forms as fractions: one denominator, the factors of a sum, whole powers.

A sum in a denominator is an atom with a negative power, and so is a root of a sum, with a fractional one;
clearing them leaves a polynomial, which is empty exactly if the form is zero.

Atoms that depend on each other (roots and logarithms of 1 - x**2, 1 - x and 1 + x), and sizes, make zero
divisors: what is not empty may vanish identically, and a form divided by it would be equal to anything. So
what holds such atoms may be a denominator only if it is not zero at some point, and with a size, or with the
root of what may be negative, only if it is nowhere zero.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from ..intervals import interval_of, iv
from ..openness import sign_on
from ..reading import Box, inner_point
from ..second_opinion import NotReal
from .atoms import Atoms
from .polynomials import (
    ONE,
    Monomial,
    Number,
    Poly,
    added,
    constant,
    divided,
    monomial,
    multiplied,
    powered,
    raised,
    scaled,
    split_off,
    whole,
    with_rest,
)

__all__ = ["Factored", "Factors", "MayVanish", "NoForm"]


class NoForm(Exception):
    """An expression that the normal form does not know how to hold."""


class MayVanish(NoForm):
    """A denominator that the normal form must know not to vanish."""


class Factors(NamedTuple):
    """A number and powers of atoms, whose product an expression is."""

    number: Number
    powers: Mapping[int, Number]


_LARGEST_POWER = 6
"""Powers of sums beyond this are kept as they are, in the hope that they cancel."""
_SHARES = (Fraction(1234567, 3141592), Fraction(2718281, 3456789))
"""Where inside a box its forms are looked at: at no simple number."""


class Factored(Atoms):
    """Forms with their denominators, factors and whole powers."""

    def __init__(self, box: Box) -> None:
        super().__init__(box)
        self.shaky: set[int] = set()
        self.nonzero: set[int] = set()

    def _cleared_form(self, form: Poly) -> Poly:
        """The same form with powers of sums collected: a polynomial times powers of sums."""
        cleared, powers = self._cleared(form)
        return scaled(cleared, 1, monomial((atom, -power) for atom, power in powers.items()))

    def _factors(self, form: Poly) -> Factors:
        """The factors of a form, whose sums are divided by the sums already known."""
        number, product, rest = split_off(form)
        powers = dict(product)
        if len(rest) == 1:
            return Factors(number, powers)
        for atom in self.sums:
            inside = self.atoms[atom].of
            while len(inside) <= len(rest) * 4 and (less := _quotient_of(rest, inside)) is not None:
                powers[atom] = powers.get(atom, 0) + 1
                rest = less
                if len(rest) == 1:
                    break
            if len(rest) == 1:
                break
        if rest != ONE:
            factor, more, rest = split_off(rest)
            number = number * factor
            for atom, power in more:
                powers[atom] = powers.get(atom, 0) + power
            if len(rest) > 1:
                powers[self._atom("sum", dict(rest))] = 1
        return Factors(whole(number), {atom: e for atom, e in powers.items() if e})

    def _canonical(self, form: Poly) -> Poly:
        """A form as the argument of a function: one denominator, nothing left to cancel in it."""
        form = self._tidied(form)
        if not any(self.atoms[a].kind in ("sum", "root") for product in form for a, _ in product):
            return form
        cleared, powers = self._cleared(form)
        for atom in powers:
            inside = self.atoms[atom].of
            while powers[atom] > 0 and (less := _quotient_of(cleared, inside)) is not None:
                cleared, powers[atom] = less, powers[atom] - 1
        powers = {atom: power for atom, power in powers.items() if power}
        if len(powers) == 1:
            ((atom, power),) = powers.items()
            return self._in_fractions(cleared, atom, power)
        return scaled(cleared, 1, monomial((atom, -power) for atom, power in powers.items()))

    def _in_fractions(self, form: Poly, atom: int, power: int) -> Poly:
        """A polynomial over a power of a sum as partial fractions: x/(1 + x) = 1 - 1/(1 + x)."""
        total: Poly = {}
        for left in range(power, -1, -1):
            form, rest = _with_rest(form, self.atoms[atom].of) if left else ({}, form)
            total = added(total, scaled(rest, 1, monomial([(atom, -left)])))
        return total

    def _tidied(self, form: Poly) -> Poly:
        """Whole powers of primes as numbers, squares of sizes and cosines as what they are."""
        total: Poly = {}
        changed = False
        for product, number in form.items():
            factor: Poly = {(): number}
            rest = []
            for atom, power in product:
                done, left = self._whole_part(atom, power)
                changed = changed or done is not None
                factor = factor if done is None else multiplied(factor, done)
                rest.append((atom, left))
            total = added(total, scaled(factor, 1, monomial(rest)))
        return self._tidied(total) if changed else form

    def _whole_part(self, atom: int, power: Number) -> tuple[Poly | None, Number]:
        """What a power of an atom is by its laws, and the power that is left of the atom."""
        kind, inside = self.atoms[atom]
        if kind == "prime":
            turns = power.numerator // power.denominator
            return (constant(raised(inside, turns)) if turns else None), power - turns
        if kind == "abs" and isinstance(power, int) and power not in (0, 1):
            even = power - power % 2
            square = self._cleared_form(powered(inside, 2))
            return self._whole_power(square, even // 2), power % 2
        if kind == "cos" and isinstance(power, int) and power > 1:
            sine = self._power_of(self._atom("sin", inside))
            return powered(added(ONE, multiplied(sine, sine), -1), power // 2), power % 2
        return None, power

    def _cleared(self, form: Poly) -> tuple[Poly, dict[int, int]]:
        """A form times powers of sums, so that no sum has a power but fractions below one; those powers."""
        powers: dict[int, int] = {}
        form = self._tidied(form)
        for atom in range(len(self.atoms) - 1, -1, -1):
            kind, inside = self.atoms[atom]
            if kind not in ("sum", "root"):
                continue
            exponents = [dict(product).get(atom, 0) for product in form]
            least = min((e.numerator // e.denominator for e in exponents), default=0)
            if least < 0:
                powers[atom] = -least
            if all(0 <= e < 1 for e in exponents):
                continue
            total: Poly = {}
            for product, number in form.items():
                exponent = dict(product).get(atom, 0) - min(least, 0)
                turns = exponent.numerator // exponent.denominator
                left = scaled({(): number}, 1, _without(product, atom, exponent - turns))
                total = added(total, multiplied(left, powered(inside, turns)))
            form = self._tidied(total)
        return form, powers

    def strict_sign(self, form: Poly) -> int:
        """1 where a form is positive on the whole box, -1 where it is negative, else 0."""
        form = self._cleared_form(self._tidied(form))
        if not form:
            return 0
        if sign := _strict(sign_on(self.term_of(form), self.box)):
            return sign
        number, powers = self._factors(form)
        sign = 1 if number > 0 else -1
        for atom, power in powers.items():
            atom_sign = _strict(sign_on(self._term_of_atom(atom), self.box))
            if not atom_sign:
                return 0
            sign *= atom_sign if isinstance(power, int) and power % 2 else 1
        return sign

    def _whole_power(self, form: Poly, power: int) -> Poly:
        """A whole power, of a form that is not empty."""
        if len(form) == 1:
            return self._monomial_power(form, power)
        if 0 < power <= _LARGEST_POWER:
            return powered(form, power)
        form = self._cleared_form(form)
        if not form:
            raise NoForm("a division by zero")
        factors = self._factors(form)
        if power < 0:
            self._require_no_zero_divisor(factors.powers)
        return self._product(raised(factors.number, power), factors.powers, power)

    def _monomial_power(self, form: Poly, power: int) -> Poly:
        if power < 0:
            ((product, _),) = form.items()
            self._require_no_zero_divisor(dict(product))
        return powered(form, power)

    def _require_no_zero_divisor(self, powers: Mapping[int, Number]) -> None:
        """No factor of a denominator vanishes identically, though its form is not empty."""
        for atom in powers:
            if atom in self.nonzero:
                continue
            inside = self._inside(atom)
            if any(map(self._depends, inside)):
                sure = (
                    self._excludes_zero(atom)
                    if any(map(self._is_shaky, inside))
                    else self._is_somewhere(self._power_of(atom))
                )
                if not sure:
                    raise MayVanish("a denominator may vanish on part of the box")
            self.nonzero.add(atom)

    def _inside(self, atom: int) -> list[Poly]:
        """The forms that an atom is a function of, if it is one that can be zero."""
        kind, inside = self.atoms[atom]
        match kind:
            case "variable" | "prime" | "pi" | "exp":
                return []
            case "log":
                return [self._power_of(inside)]
            case "power":
                return [dict(form) for form in inside]
            case _:
                return [inside]

    def _excludes_zero(self, atom: int) -> bool:
        value = self._range(atom)
        return value is not None and not (value.a <= 0 <= value.b)

    def _is_somewhere(self, form: Poly) -> bool:
        """Whether a form is surely not zero at some point of the box."""
        for share in _SHARES:
            point = {name: iv.mpf(inner_point(piece, share)) for name, piece in self.box.items()}
            try:
                value = interval_of(self.term_of(form), point)
            except NotReal:
                continue
            if not (value.a <= 0 <= value.b):
                return True
        return False

    def _depends(self, form: Poly) -> bool:
        """Whether a form holds atoms that may depend on each other: all but variables, whole powers of them,
        sums of these, and exponentials of their products."""
        for product in form:
            for atom, power in product:
                kind, inside = self.atoms[atom]
                if not isinstance(power, int):
                    return True
                if kind in ("variable", "prime", "pi"):
                    continue
                if kind == "exp" and not self._depends({inside: 1}):
                    continue
                if kind != "sum" or self._depends(inside):
                    return True
        return False

    def _is_shaky(self, form: Poly) -> bool:
        for product in form:
            for atom, power in product:
                kind, inside = self.atoms[atom]
                if kind in ("abs", "sign", "power") or (
                    atom in self.shaky and not isinstance(power, int)
                ):
                    return True
                if kind in ("sum", "root") and self._is_shaky(inside):
                    return True
        return False

    def _product(self, number: Number, powers: Mapping[int, Number], power: Number) -> Poly:
        return {
            monomial((atom, exponent * power) for atom, exponent in powers.items()): whole(number)
        }


def _strict(sign: tuple[int, bool]) -> int:
    return sign[0] if sign[1] else 0


def _without(product: Monomial, atom: int, power: Number) -> Monomial:
    return monomial([(a, e) for a, e in product if a != atom] + [(atom, power)])


def _quotient_of(form: Poly, by: Poly) -> Poly | None:
    """A quotient that leaves no rest, where long division can find it."""
    if any(power < 0 for product in (*form, *by) for _, power in product):
        return None
    return divided(form, by)


def _with_rest(form: Poly, by: Poly) -> tuple[Poly, Poly]:
    """Quotient and rest, as far as long division can tell them."""
    if any(power < 0 for product in (*form, *by) for _, power in product):
        return {}, form
    return with_rest(form, by)
