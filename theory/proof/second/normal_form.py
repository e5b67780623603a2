"""Whether two expressions are the same function on a box, decided in exact arithmetic.

An expression becomes a polynomial over the fractions in *atoms*: variables, roots, and functions of
arguments that are in normal form themselves. Laws that hold for real numbers wherever both sides are
defined bring it there: exp(a + b) = exp(a) exp(b), log(ab) = log(a) + log(b) for factors that the box
keeps from being negative, roots and powers of such factors, cosh, sinh and tanh through exp, Phi and erfc
through erf, Max and Min through Abs. Then two expressions are equal if their difference, denominators
cleared, has no term left. That no term is left proves equality; a term left proves nothing.

Why a chain of equal expressions may pass through one that has no value somewhere: the atoms are treated
as independent, so the normal forms are fractions over a ring without zero divisors, and equality of them
is an equivalence; where it takes a denominator that this may not be true of, the form is refused.
"""

import ast
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from mpmath import mp
from mpmath.libmp.libmpf import ComplexResult

from .intervals import INTERVAL_FUNCTIONS, ends_of, interval_power, iv, span, times
from .openness import sign_on
from .polynomials import (
    ONE,
    Monomial,
    Number,
    Poly,
    TooLong,
    added,
    constant,
    content,
    divided,
    key_of,
    monomial,
    multiplied,
    powered,
    raised,
    scaled,
    whole,
    with_rest,
)
from .reading import Box
from .second_opinion import Term, parse

__all__ = ["Forms", "NoForm"]


class NoForm(Exception):
    """An expression that the normal form does not know how to hold."""


class MayVanish(NoForm):
    """A denominator that the normal form must know not to vanish."""


class _Atom(NamedTuple):
    """``kind`` and what it is a function of: a name, a prime, a monomial or a polynomial."""

    kind: str
    of: Any


class _Factors(NamedTuple):
    """A number and powers of atoms, whose product an expression is."""

    number: Number
    powers: Mapping[int, Number]


_NO_RANGE = (
    ArithmeticError,
    ComplexResult,
    ValueError,
    NotImplementedError,
    TypeError,
    AttributeError,
)
"""What an interval raises where there is none."""
_ODD = frozenset({"erf", "atan", "sin", "asinh"})
_LARGEST_POWER = 6
"""Powers of sums beyond this are kept as they are, in the hope that they cancel."""
_LARGEST_PRIME = 10_000
_HALF = Fraction(1, 2)


class Forms:
    """Normal forms of expressions on one box, and what is known there of their signs."""

    def __init__(self, box: Box, known: Sequence[Term] = ()) -> None:
        self.box = box
        self.spans = {name: span(piece.ends) for name, piece in box.items()}
        self.atoms: list[_Atom] = []
        self.numbers: dict[tuple[str, Any], int] = {}
        self.sums: list[int] = []
        self.shaky: set[int] = set()
        self.nonzero: set[int] = set()
        self._signs: dict[Any, int] = {}
        self._values: Mapping[str, Poly] = {}
        self._known: dict[str | None, Poly] = {}
        self._ranges: dict[int, Any] = {}
        self.known = [_direction(self._canonical(self.of(term))) for term in known]

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
        if key in self._known:
            return self._known[key]
        try:
            form = self._of(term)
        except (TooLong, RecursionError, OverflowError, MemoryError) as error:
            raise NoForm(str(error)) from None
        except ZeroDivisionError:
            raise NoForm("a division by zero") from None
        if key is not None:
            self._known[key] = form
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

    def _atom(self, kind: str, of: Any) -> int:
        key = (kind, key_of(of) if isinstance(of, dict) else of)
        if key not in self.numbers:
            self.numbers[key] = len(self.atoms)
            self.atoms.append(_Atom(kind, of))
            if kind == "sum":
                self.sums.append(self.numbers[key])
        return self.numbers[key]

    def _power_of(self, atom: int, power: Number = 1) -> Poly:
        return {((atom, whole(power)),): 1} if power else ONE

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
            own: number
            for own, number in first.items()
            if all(form.get(own) == number for form in others)
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

    def _is_integer(self, form: Poly) -> bool:
        """Whether a form is an integer because its variables are."""
        return all(
            isinstance(number, int)
            and all(
                isinstance(power, int) and power > 0 and self._counts(atom) for atom, power in own
            )
            for own, number in form.items()
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
            if len(form) == 1:
                return self._monomial_power(form, power)
            if 0 < power <= _LARGEST_POWER:
                return powered(form, power)
            if form := self._cleared_form(form):
                factors = self._factors(form)
                if power < 0:
                    self._require_no_zero_divisor(factors.powers)
                return self._product(raised(factors.number, power), factors.powers, power)
            raise NoForm("a division by zero")
        return self._root(self._cleared_form(form), power)

    def _monomial_power(self, form: Poly, power: int) -> Poly:
        if power < 0:
            ((own, _),) = form.items()
            self._require_no_zero_divisor(dict(own))
        return powered(form, power)

    def _require_no_zero_divisor(self, powers: Mapping[int, Number]) -> None:
        """A denominator with a part whose square is known may vanish on part of the box."""
        for atom in powers:
            kind, inside = self.atoms[atom]
            if kind in ("sum", "root") and atom not in self.nonzero and self._is_shaky(inside):
                value = self._range(atom)
                if value is None or value.a <= 0 <= value.b:
                    raise MayVanish("a denominator may vanish on part of the box")

    def _is_shaky(self, form: Poly) -> bool:
        for own in form:
            for atom, power in own:
                kind, inside = self.atoms[atom]
                if kind in ("abs", "sign") or (atom in self.shaky and not isinstance(power, int)):
                    return True
                if kind in ("sum", "root") and self._is_shaky(inside):
                    return True
        return False

    def _product(self, number: Number, powers: Mapping[int, Number], power: Number) -> Poly:
        return {monomial((atom, own * power) for atom, own in powers.items()): whole(number)}

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

    def _signed_factors(self, factors: _Factors) -> tuple[Number, dict[int, Number]]:
        """Factors that are not negative wherever their product is positive.

        A factor that the box does not keep from being negative stays with the others of its kind; one
        alone among factors that are not negative has the sign of the whole.
        """
        number, powers, doubtful = factors.number, {}, {}
        for atom, power in factors.powers.items():
            even = isinstance(power, int) and power % 2 == 0
            sign = self._sign_of_atom(atom)
            if sign > 0 or not isinstance(power, int):
                powers[atom] = power
            elif sign < 0:
                powers[self._opposite(atom)] = power
                number = number if even else -number
            elif even:
                powers[self._absolute(atom)] = power
            else:
                doubtful[atom] = power
        if not doubtful:
            return number, powers
        if len(doubtful) == 1 and number > 0:
            self.shaky.update(doubtful)
            return number, powers | doubtful
        rest = scaled({monomial(doubtful.items()): 1}, 1 if number > 0 else -1)
        root = self._atom("root", dict(self._cleared_form(rest)))
        self.shaky.add(root)
        return abs(number), powers | {root: 1}

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
        own = [
            (self._atom("prime", prime), turns * power) for prime, turns in _primes(number).items()
        ]
        return self._tidied({monomial(own): 1})

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
        for own, number in form.items():
            atom = self._logged(own)
            if atom is None:
                atom = self._atom("exp", own)
            powers[atom] = powers.get(atom, 0) + number
        return self._tidied({monomial(powers.items()): 1})

    def _logged(self, own: Monomial) -> int | None:
        """The atom whose logarithm a monomial is."""
        if len(own) == 1 and own[0][1] == 1:
            kind, inside = self.atoms[own[0][0]]
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

    # ------------------------------------------------------------------------------------ factors

    def _split(self, form: Poly) -> tuple[Number, Monomial, Poly]:
        """A number, a monomial and a sum without common factors, with a positive first term."""
        number, own = content(form)
        if form[max(form)] < 0:
            number = -number
        return number, own, scaled(form, Fraction(1) / number, tuple((a, -e) for a, e in own))

    def _cleared_form(self, form: Poly) -> Poly:
        """The same form with powers of sums collected: a polynomial times powers of sums."""
        cleared, powers = self._cleared(form)
        return scaled(cleared, 1, monomial((atom, -power) for atom, power in powers.items()))

    def _factors(self, form: Poly) -> _Factors:
        """The factors of a form, whose sums are divided by the sums already known."""
        number, own, rest = self._split(form)
        powers = dict(own)
        if len(rest) == 1:
            return _Factors(number, powers)
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
            factor, more, rest = self._split(rest)
            number = number * factor
            for atom, power in more:
                powers[atom] = powers.get(atom, 0) + power
            if len(rest) > 1:
                powers[self._atom("sum", dict(rest))] = 1
        return _Factors(whole(number), {atom: e for atom, e in powers.items() if e})

    # ------------------------------------------------------------------------------------ signs

    def sign_of(self, form: Poly) -> int:
        """1 where a form is nowhere negative on the box, -1 where it is nowhere positive, else 0."""
        key = key_of(form)
        if key not in self._signs:
            self._signs[key] = self._find_sign(form)
        return self._signs[key]

    def _find_sign(self, form: Poly) -> int:
        if not form:
            return 1
        signs = {
            self._sign_of_monomial(own) * (1 if number > 0 else -1) for own, number in form.items()
        }
        if signs in ({1}, {-1}):
            return signs.pop()
        value = self._range_of(form)
        if value is not None and (value.a >= 0 or value.b <= 0):
            return 1 if value.a >= 0 else -1
        number, own, rest = self._split(form)
        if len(form) > 1 and own:
            sign = self._sign_of_monomial(own) * self.sign_of(rest)
            if sign:
                return sign if number > 0 else -sign
        for sign in (1, -1):
            if _direction(scaled(form, sign)) in self.known:
                return sign
        return 0

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
            own = _strict(sign_on(self._term_of_atom(atom), self.box))
            if not own:
                return 0
            sign *= own if isinstance(power, int) and power % 2 else 1
        return sign

    def term_of(self, form: Poly) -> Term:
        """A form as an expression."""
        total: Term | None = None
        for own, number in form.items():
            part: Term = parse(f"({number})")
            for atom, power in own:
                base = self._term_of_atom(atom)
                if power != 1:
                    base = ast.BinOp(base, ast.Pow(), parse(f"({power})"))
                part = ast.BinOp(part, ast.Mult(), base)
            total = part if total is None else ast.BinOp(total, ast.Add(), part)
        return ast.Constant(0) if total is None else total

    def _term_of_atom(self, atom: int) -> Term:
        kind, inside = self.atoms[atom]
        match kind:
            case "variable":
                return ast.Name(inside)
            case "pi":
                return ast.Name("pi")
            case "prime":
                return ast.Constant(inside)
            case "sum" | "root":
                return self.term_of(inside)
            case "exp":
                argument = self.term_of({inside: 1})
            case "log":
                argument = self._term_of_atom(inside)
            case "power":
                base, exponent = (self.term_of(dict(form)) for form in inside)
                return ast.BinOp(base, ast.Pow(), exponent)
            case _:
                argument = self.term_of(inside)
        name = "Abs" if kind == "abs" else kind
        return ast.Call(func=ast.Name(name), args=[argument], keywords=[])

    def _sign_of_monomial(self, own: Monomial) -> int:
        sign = 1
        for atom, power in own:
            if isinstance(power, int) and power % 2 == 0:
                continue
            sign *= self._sign_of_atom(atom) if isinstance(power, int) else 1
        return sign

    def _sign_of_atom(self, atom: int) -> int:
        kind, inside = self.atoms[atom]
        if kind in ("exp", "abs", "prime", "pi", "root", "acosh"):
            return 1
        if kind == "sum":
            return self.sign_of(inside)
        value = self._range(atom)
        if value is None:
            return 0
        return 1 if value.a >= 0 else -1 if value.b <= 0 else 0

    def _range(self, atom: int) -> Any:
        """The interval of an atom's values, or None where there may be none."""
        if atom not in self._ranges:
            try:
                self._ranges[atom] = self._find_range(atom)
            except _NO_RANGE:
                self._ranges[atom] = None
        return self._ranges[atom]

    def _find_range(self, atom: int) -> Any:
        kind, inside = self.atoms[atom]
        match kind:
            case "variable":
                return self.spans[inside]
            case "prime":
                return iv.mpf(inside)
            case "pi":
                return +iv.pi
            case "exp":
                return INTERVAL_FUNCTIONS["exp"](self._range_of({inside: 1}))
            case "log":
                return iv.log(self._range(inside))
            case "sum" | "root":
                return self._range_of(inside)
            case "abs":
                return abs(self._range_of(inside))
            case "power":
                raise ValueError("a power that is no function of a range")
            case _:
                return INTERVAL_FUNCTIONS[kind](self._range_of(inside))

    def _range_of(self, form: Poly) -> Any:
        try:
            total = iv.mpf(0)
            for own, number in form.items():
                value = iv.mpf(number.numerator) / number.denominator
                for atom, power in own:
                    value = times(value, interval_power(self._range(atom), power))
                total += value
        except _NO_RANGE:
            return None
        return None if any(map(mp.isnan, ends_of(total))) else total

    # --------------------------------------------------------------------------------- clearing

    def _canonical(self, form: Poly) -> Poly:
        """A form as the argument of a function: one denominator, nothing left to cancel in it."""
        form = self._tidied(form)
        if not any(self.atoms[a].kind in ("sum", "root") for own in form for a, _ in own):
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
        for own, number in form.items():
            factor: Poly = {(): number}
            rest = []
            for atom, power in own:
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
            return self.to_power(self.to_power(inside, 2), even // 2), power % 2
        if kind == "cos" and isinstance(power, int) and power > 1:
            sine = self._opaque("sin", inside)
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
            exponents = [dict(own).get(atom, 0) for own in form]
            least = min((e.numerator // e.denominator for e in exponents), default=0)
            if least < 0:
                powers[atom] = -least
            if all(0 <= e < 1 for e in exponents):
                continue
            total: Poly = {}
            for own, number in form.items():
                exponent = dict(own).get(atom, 0) - min(least, 0)
                turns = exponent.numerator // exponent.denominator
                left = scaled({(): number}, 1, _without(own, atom, exponent - turns))
                total = added(total, multiplied(left, powered(inside, turns)))
            form = self._tidied(total)
        return form, powers


def _strict(sign: tuple[int, bool]) -> int:
    return sign[0] if sign[1] else 0


def _direction(form: Poly) -> Poly:
    """A form up to a positive factor."""
    return scaled(form, Fraction(1) / content(form)[0]) if form else form


def _without(own: Monomial, atom: int, power: Number) -> Monomial:
    return monomial([(a, e) for a, e in own if a != atom] + [(atom, power)])


def _quotient_of(form: Poly, by: Poly) -> Poly | None:
    """A quotient that leaves no rest, where long division can find it."""
    if any(power < 0 for own in (*form, *by) for _, power in own):
        return None
    return divided(form, by)


def _with_rest(form: Poly, by: Poly) -> tuple[Poly, Poly]:
    """Quotient and rest, as far as long division can tell them."""
    if any(power < 0 for own in (*form, *by) for _, power in own):
        return {}, form
    return with_rest(form, by)


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
