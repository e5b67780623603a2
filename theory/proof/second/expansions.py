"""Limits at an end of a variable, by expansions in the distance from it: decided, not followed.

With t > 0 the distance (or one over the variable, at an infinite end), an expression is a sum of terms
c*exp(a/t**q + ...)*t**p*log(1/t)**k, the greatest first, and a rest smaller than the last of them. The
coefficients are normal forms in the other variables. Which of two terms is greater must be the same
everywhere on the box of those variables, strictly; where it is not, there is no expansion.
"""

import ast
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .forms.normal_form import Forms, NoForm
from .forms.polynomials import ONE, Number, Poly, added, constant, key_of, multiplied, scaled
from .reading import Box
from .second_opinion import Term, parse
from .slopes import NoDerivative, derivative

__all__ = ["Limit", "Unclear", "limit_at"]

LENGTHS = (4, 9)
"""Terms that are kept, at first and where that was not enough."""


class Unclear(Exception):
    """No expansion shows the limit."""


class _TooShort(Unclear):
    """More terms may show it."""


class Limit(NamedTuple):
    """A normal form, or one of the infinities by its sign (then 1 or -1)."""

    value: Poly
    infinite: int = 0


class _Scale(NamedTuple):
    """exp(sum of rate/t**q) * t**power * log(1/t)**log * log(log(1/t))**deep."""

    rates: frozenset[tuple[Fraction, frozenset[Any]]] = frozenset()
    power: frozenset[Any] = frozenset()
    log: Number = 0
    deep: Number = 0


_UNIT = _Scale()
_VANISHING = _Scale(rates=frozenset({(Fraction(0), frozenset())}))
"""Of what goes to zero, and no more is known: a bound of rests, where terms cannot be told apart."""


class _Series(NamedTuple):
    """Terms by size, the greatest first, and the scale that bounds the rest (None: no rest)."""

    terms: tuple[tuple[_Scale, Poly], ...]
    rest: _Scale | None = None


_ZERO = _Series(())


def limit_at(term: Term, name: str, end: str, direction: int, others: Box, forms: Forms) -> Limit:
    """The limit of an expression at an end of a variable; ``direction`` = 1 for a low end.

    Raises
    ------
    Unclear
        If no expansion shows it.
    """
    for length in LENGTHS:
        try:
            return _Expansion(forms, others, length, name, end, direction).limit(term)
        except _TooShort:
            continue
        except (NoForm, NoDerivative, ArithmeticError, RecursionError) as error:
            raise Unclear(str(error)) from None
    raise Unclear("an expansion that cancels for long")


class _Expansion:
    """Series of expressions in the distance to an end."""

    def __init__(
        self, forms: Forms, others: Box, length: int, name: str, end: str, direction: int
    ) -> None:
        self.forms = forms
        self.box = others
        self.length = length
        self.name = name
        self.variable = self._start(end, direction)

    def _start(self, end: str, direction: int) -> _Series:
        if end in ("oo", "-oo"):
            sign = constant(1 if end == "oo" else -1)
            return _Series(((_powers_of_t(-1), sign),))
        near: _Series = _Series(((_powers_of_t(1), constant(direction)),))
        return self.add(self.fixed(self.forms.of(parse(end))), near)

    def limit(self, term: Term) -> Limit:
        """The limit of an expression."""
        series = self.of(term)
        if series.rest is not None and self.compare(series.rest, _UNIT) >= 0:
            raise _TooShort("no term is left")
        for scale, number in series.terms:
            order = self.compare(scale, _UNIT)
            if order > 0:
                return Limit({}, self.sign(number))
            return Limit(number if order == 0 else {})
        return Limit({})

    # --------------------------------------------------------------------------------- expressions

    def of(self, term: Any) -> _Series:
        """The series of an expression."""
        if not _has(term, self.name):
            return self.fixed(self.forms.of(term))
        match term:
            case ast.Name():
                return self.variable
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.scale(self.of(operand), constant(-1))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.add(self.of(left), self.of(right))
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return self.add(self.of(left), self.scale(self.of(right), constant(-1)))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self.multiply(self.of(left), self.of(right))
            case ast.BinOp(
                left=left, op=ast.Div(), right=ast.BinOp(left=one, op=ast.Mult(), right=other)
            ):  # the signs of factors are easier to see than that of their product
                first = ast.BinOp(left, ast.Div(), one)
                return self.of(ast.BinOp(first, ast.Div(), other))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self.multiply(self.of(left), self.power(self.of(right), -1))
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                return self.general_power(self.of(base), exponent)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.function(name, [self.of(argument) for argument in arguments])
            case _:
                raise Unclear(ast.unparse(term))

    def general_power(self, base: _Series, exponent: Term) -> _Series:
        """A power, by exp and log where the exponent is no number."""
        number = None if _has(exponent, self.name) else self.forms.number(exponent)
        if number is not None:
            return self.power(base, number)
        return self.exponential(self.multiply(self.of(exponent), self.logarithm(base)))

    def function(self, name: str, series: Sequence[_Series]) -> _Series:
        """A function of series."""
        if name in ("Max", "Min"):
            return self._extreme(series, 1 if name == "Max" else -1)
        (inner,) = series
        match name:
            case "exp":
                return self.exponential(inner)
            case "log":
                return self.logarithm(inner)
            case "sqrt":
                return self.power(inner, Fraction(1, 2))
            case "Abs":
                return self.scale(inner, constant(self.sign(self.lead(inner)[1])))
            case "sinh" | "cosh":
                up, down = (
                    self.exponential(inner),
                    self.exponential(self.scale(inner, constant(-1))),
                )
                sign = constant(1 if name == "cosh" else -1)
                return self.scale(self.add(up, self.scale(down, sign)), constant(Fraction(1, 2)))
            case "tanh":
                double = self.exponential(self.scale(inner, constant(2)))
                share = self.power(self.add(double, self.fixed(ONE)), -1)
                return self.add(self.fixed(ONE), self.scale(share, constant(-2)))
            case "erfc":
                return self.add(self.fixed(ONE), self.scale(self._error(inner), constant(-1)))
            case "Phi":
                root = self.forms.of(parse("1/sqrt(2)"))
                both = self.add(self.fixed(ONE), self._error(self.scale(inner, root)))
                return self.scale(both, constant(Fraction(1, 2)))
            case "erf":
                return self._error(inner)
            case "atan":
                return self._arc(inner)
            case "asinh" | "sin" | "cos":
                return self.smooth(name, inner)
            case _:
                raise Unclear(name)

    def _extreme(self, series: Sequence[_Series], sign: int) -> _Series:
        total = series[0]
        for other in series[1:]:
            gap = self.add(other, self.scale(total, constant(-1)))
            if gap != _ZERO and self.sign(self.lead(gap)[1]) == sign:
                total = other
        return total

    def _error(self, series: _Series) -> _Series:
        """erf; far out 1 - exp(-z**2)/(z*sqrt(pi))*(1 - 1/(2*z**2) + ...)."""
        sign = self._far(series)
        if sign == 0:
            return self.smooth("erf", series)
        z = self.scale(series, constant(sign))
        square = self.multiply(z, z)
        over = self.scale(self.power(square, -1), constant(Fraction(-1, 2)))
        total, part = self.fixed(ONE), self.fixed(ONE)
        for index in range(1, self.length):
            part = self.scale(self.multiply(part, over), constant(2 * index - 1))
            total = self.add(total, part)
        total = self.limited(total, self.lead(self.multiply(part, over))[0])
        tail = self.exponential(self.scale(square, constant(-1)))
        tail = self.multiply(self.multiply(tail, self.power(z, -1)), total)
        tail = self.scale(tail, self.forms.of(parse("-1/sqrt(pi)")))
        return self.scale(self.add(self.fixed(ONE), tail), constant(sign))

    def _arc(self, series: _Series) -> _Series:
        """atan; far out pi/2 - atan(1/z)."""
        sign = self._far(series)
        if sign == 0:
            return self.smooth("atan", series)
        rest = self.smooth("atan", self.power(self.scale(series, constant(sign)), -1))
        half = self.fixed(self.forms.of(parse("pi/2")))
        whole = self.add(half, self.scale(rest, constant(-1)))
        return self.scale(whole, constant(sign))

    def _far(self, series: _Series) -> int:
        """The sign of the infinity that a series goes to, or 0."""
        scale, number = self.lead(series) if series != _ZERO else (_UNIT, ONE)
        return self.sign(number) if self.compare(scale, _UNIT) > 0 else 0

    def smooth(self, name: str, series: _Series) -> _Series:
        """A function by its derivatives at a finite limit."""
        start, small = self.parted(series)
        if start.terms and self.compare(start.terms[0][0], _UNIT) > 0:
            raise Unclear(f"{name} far out")
        at = dict(start.terms).get(_UNIT, {})
        function = ast.Call(func=ast.Name(name), args=[ast.Name("_u")], keywords=[])
        numbers, factorial = [], 1
        for index in range(self.length):
            factorial *= max(index, 1)
            slope = derivative(function, "_u", index)
            numbers.append(scaled(self.forms.of_at(slope, {"_u": at}), Fraction(1, factorial)))
        return self.compose(numbers, small)

    # -------------------------------------------------------------------------------- arithmetic

    def fixed(self, form: Poly) -> _Series:
        """What does not depend on the distance."""
        return _ZERO if self.forms.is_zero(form) else _Series(((_UNIT, form),))

    def scale(self, series: _Series, number: Poly) -> _Series:
        """A series times a form."""
        if not number:
            return _ZERO
        return series._replace(terms=tuple((s, multiplied(c, number)) for s, c in series.terms))

    def limited(self, series: _Series, rest: _Scale | None) -> _Series:
        """A series with a rest, and without the terms that are no greater."""
        if rest is None:
            return series
        if series.rest is not None and self.compare(series.rest, rest) > 0:
            rest = series.rest
        terms = series.terms
        while terms and self.compare(terms[-1][0], rest) <= 0:
            terms = terms[:-1]
        return _Series(terms, rest)

    def add(self, a: _Series, b: _Series) -> _Series:
        """The sum, terms of one scale together."""
        terms, left, right = [], list(a.terms), list(b.terms)
        rest = None
        while left or right:
            order = self._order(left, right)
            if order is None:
                rest = _VANISHING
                break
            if order > 0:
                terms.append(left.pop(0))
            elif order < 0:
                terms.append(right.pop(0))
            else:
                (scale, x), (_, y) = left.pop(0), right.pop(0)
                if not self.forms.is_zero(both := added(x, y)):
                    terms.append((scale, both))
        series = _Series(tuple(terms))
        for bound in (rest, a.rest, b.rest):
            series = self.limited(series, bound)
        return series

    def _order(self, left: Sequence[Any], right: Sequence[Any]) -> int | None:
        """Which of two first terms is greater; None if that is not clear, but both go to zero."""
        if not left or not right:
            return 1 if left else -1
        try:
            return self.compare(left[0][0], right[0][0])
        except Unclear:
            if all(self.compare(terms[0][0], _UNIT) < 0 for terms in (left, right)):
                return None
            raise

    def multiply(self, a: _Series, b: _Series) -> _Series:
        """The product, cut after so many terms."""
        total = _ZERO
        for scale, x in a.terms:
            row = tuple((self.product(scale, other), multiplied(x, y)) for other, y in b.terms)
            total = self.add(total, _Series(row))
        for one, other in ((a, b), (b, a)):
            if one.rest is not None:
                top = other.terms[0][0] if other.terms else other.rest
                if top is not None:
                    total = self.limited(total, self.product(one.rest, top))
        return self.cut(total)

    def cut(self, series: _Series) -> _Series:
        """The first terms; the next becomes the rest."""
        if len(series.terms) <= self.length:
            return series
        return _Series(series.terms[: self.length], series.terms[self.length][0])

    def lead(self, series: _Series) -> tuple[_Scale, Poly]:
        """The greatest term."""
        if not series.terms:
            if series.rest is None:
                raise Unclear("a division by zero")
            raise _TooShort("no term is left")
        return series.terms[0]

    def small(self, series: _Series) -> tuple[_Scale, Poly, _Series]:
        """The greatest term c*s, and e with c*s*(1 + e) = the series."""
        scale, number = self.lead(series)
        self.sign(number)
        inverse = self.forms.to_power(number, -1)
        factor = _Series(((self.powered(scale, -1), inverse),))
        rest = self.multiply(_Series(series.terms[1:], series.rest), factor)
        return scale, number, rest

    def parted(self, series: _Series) -> tuple[_Series, _Series]:
        """What does not go to zero, and the rest."""
        if series.rest is not None and self.compare(series.rest, _UNIT) >= 0:
            raise _TooShort("no term is left")
        large = tuple(term for term in series.terms if self.compare(term[0], _UNIT) >= 0)
        return _Series(large), _Series(series.terms[len(large) :], series.rest)

    def compose(self, numbers: Sequence[Poly], small: _Series) -> _Series:
        """sum of numbers[j]*small**j, as far as the numbers go."""
        total, power = self.fixed(numbers[0]), self.fixed(ONE)
        for number in numbers[1:]:
            power = self.multiply(power, small)
            total = self.add(total, self.scale(power, number))
        if small != _ZERO:
            top = small.terms[0][0] if small.terms else small.rest
            total = self.limited(total, None if top is None else self.powered(top, len(numbers)))
        return self.cut(total)

    def power(self, series: _Series, power: Number) -> _Series:
        """A rational power."""
        if series == _ZERO:
            if power <= 0:
                raise Unclear("a power of zero")
            return _ZERO
        if isinstance(power, int) and 0 <= power <= 4:
            total = self.fixed(ONE)
            for _ in range(power):
                total = self.multiply(total, series)
            return total
        scale, number, small = self.small(series)
        if not isinstance(power, int) and self.sign(number) < 0:
            raise Unclear("a root of a negative number")
        numbers, binomial = [], Fraction(1)
        for index in range(self.length + 1):
            numbers.append(constant(binomial))
            binomial *= Fraction(power - index) / (index + 1)
        front = _Series(((self.powered(scale, power), self.forms.to_power(number, power)),))
        return self.multiply(self.compose(numbers, small), front)

    def logarithm(self, series: _Series) -> _Series:
        """The logarithm: of the greatest term, and of what is left."""
        scale, number, small = self.small(series)
        if self.sign(number) < 0 or scale.deep:
            raise Unclear("a logarithm of a negative number, or three of them in one another")
        numbers = [constant(0)] + [
            constant(Fraction((-1) ** (j + 1), j)) for j in range(1, self.length + 1)
        ]
        total = self.add(self.fixed(self.forms.logarithm(number)), self.compose(numbers, small))
        for rate, form in scale.rates:
            total = self.add(total, _Series(((_powers_of_t(-rate), dict(form)),)))
        power = scaled(dict(scale.power), -1)
        total = self.add(total, _Series(((_Scale(log=1), power),)) if power else _ZERO)
        turns = constant(scale.log)
        return self.add(total, _Series(((_Scale(deep=1), turns),)) if turns else _ZERO)

    def exponential(self, series: _Series) -> _Series:
        """exp: what grows makes a scale, what goes to zero a series."""
        large, small = self.parted(series)
        scale, front = _UNIT, ONE
        for part, number in large.terms:
            if part == _UNIT:
                front = self.forms.exponential(number)
            else:
                scale = self.product(scale, _growing(part, number))
        numbers, factorial = [], 1
        for index in range(self.length + 1):
            factorial *= max(index, 1)
            numbers.append(constant(Fraction(1, factorial)))
        return self.multiply(self.compose(numbers, small), _Series(((scale, front),)))

    # --------------------------------------------------------------------------------------- signs

    def sign(self, form: Poly) -> int:
        """The sign of a form that is nowhere zero on the box."""
        sign = self.forms.strict_sign(form)
        if sign == 0:
            raise Unclear("a coefficient whose sign depends on the other variables")
        return sign

    def product(self, a: _Scale, b: _Scale) -> _Scale:
        """The scale of a product."""
        if _VANISHING in (a, b):
            if any(scale != _VANISHING and self.compare(scale, _UNIT) > 0 for scale in (a, b)):
                raise Unclear("something small times something large")
            return _VANISHING
        rates: dict[Fraction, Poly] = {q: dict(form) for q, form in a.rates}
        for q, form in b.rates:
            rates[q] = added(rates.get(q, {}), dict(form))
        power = key_of(added(dict(a.power), dict(b.power)))
        return _Scale(_frozen(rates), power, Fraction(a.log + b.log), Fraction(a.deep + b.deep))

    def powered(self, a: _Scale, power: Number) -> _Scale:
        """The scale of a power."""
        if a == _VANISHING:
            return a
        rates = {q: scaled(dict(form), power) for q, form in a.rates}
        form = key_of(scaled(dict(a.power), power))
        return _Scale(_frozen(rates), form, Fraction(a.log * power), Fraction(a.deep * power))

    def compare(self, a: _Scale, b: _Scale) -> int:
        """1 if a is greater near the end, -1 if b is."""
        if a == b:
            return 0
        if _VANISHING in (a, b):
            other, sign = (b, 1) if a == _VANISHING else (a, -1)
            return sign if self.compare(other, _UNIT) < 0 else -sign
        rates: dict[Fraction, Poly] = {q: dict(form) for q, form in a.rates}
        for q, form in b.rates:
            rates[q] = added(rates.get(q, {}), dict(form), -1)
        for q in sorted(rates, reverse=True):
            if not self.forms.is_zero(rates[q]):
                return self.sign(rates[q])
        power = added(dict(b.power), dict(a.power), -1)
        if not self.forms.is_zero(power):
            return self.sign(power)
        one, other = (a.log, a.deep), (b.log, b.deep)
        return (one > other) - (one < other)


def _growing(part: _Scale, number: Poly) -> _Scale:
    """exp(number*part) as a scale, for powers of 1/t and for log(1/t)."""
    power = dict(part.power)
    if part == _Scale(log=1):
        return _Scale(power=key_of(scaled(number, -1)))
    if part == _Scale(deep=1) and set(number) == {()}:
        return _Scale(log=number[()])
    if part.rates or part.log or part.deep or set(power) != {()}:
        raise Unclear("an exponential that grows too fast")
    return _Scale(rates=frozenset({(-Fraction(power[()]), key_of(number))}))


def _powers_of_t(power: Number) -> _Scale:
    return _Scale(power=key_of(constant(power)))


def _frozen(rates: Mapping[Fraction, Poly]) -> frozenset[tuple[Fraction, frozenset[Any]]]:
    return frozenset((q, key_of(form)) for q, form in rates.items() if form)


def _has(term: Term, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(term))
