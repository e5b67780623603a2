"""One form for expressions with roots, powers, exponentials and logarithms.

Logarithms become sums of logarithms of factors, exponentials and real powers products of few
exponentials and roots, so that two sides of an identity become rational functions of the same atoms.
Nothing here is trusted: `forms` makes equations of it, which Coq proves or does not.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, lcm

from ..second.second_opinion import Term, parse
from .laurent import Monomial, Poly, atom, constant, content, plus, power, primes, text, times
from .terms import fraction_of

__all__ = ["HYPERBOLIC", "Canon", "NoForm"]

MOST = 40
"""A sum of more terms is left alone."""

HYPERBOLIC = ("sinh", "cosh", "tanh")


class NoForm(ArithmeticError):
    """An expression that has no form here."""


@dataclass
class Canon:
    """Forms; ``sign`` tells the sign of an expression, as far as is known."""

    sign: Callable[[Term], int]
    sums: dict[str, Poly] = field(default_factory=dict)
    exponents: dict[str, Poly] = field(default_factory=dict)
    roots: dict[str, tuple[str, int]] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    shares: dict[Monomial, int] = field(default_factory=dict)
    known: dict[str, Poly] = field(default_factory=dict)

    def poly(self, term: Term) -> Poly:
        """An expression's form."""
        key = ast.unparse(term)
        if key not in self.known:
            self.known[key] = self._lower(self._poly(term))
            if len(self.known[key]) > MOST:
                raise NoForm(key)
        return self.known[key]

    def _poly(self, term: Term) -> Poly:
        match term:
            case ast.Constant(value=int() as value):
                return constant(value)
            case ast.Name(id="E"):
                return self.exp_of(constant(1))
            case ast.Name(id=name):
                return atom(name)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return plus({}, self.poly(inner), -1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return plus(self.poly(left), self.poly(right))
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return plus(self.poly(left), self.poly(right), -1)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return times(self.poly(left), self.poly(right))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return times(self.poly(left), self.raised(self.poly(right), -1))
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                number = fraction_of(exponent)
                if number is not None and number.denominator == 1:
                    return self.raised(self.poly(base), int(number))
                return self.exp_of(times(self.poly(exponent), self.log_of(self.poly(base))))
            case ast.Call(func=ast.Name(id=name), args=[inner]):
                return self._call(name, inner)
            case ast.Call(func=ast.Name(id=name), args=several):
                return atom(f"{name}({', '.join(text(self.poly(a)) for a in several)})")
        raise NoForm(ast.unparse(term))

    def _lower(self, form: Poly) -> Poly:
        """Powers of roots that are powers of their bases, as such."""
        found: Poly = {}
        for monomial, value in form.items():
            part = constant(value)
            for name, raised in monomial:
                base, degree = self.roots.get(name, (name, 1))
                whole, left = divmod(raised, degree) if degree > 1 else (0, raised)
                part = times(part, atom(name, left))
                if whole and base.isdigit():
                    part = times(part, constant(Fraction(int(base)) ** whole))
                elif whole:
                    part = times(part, atom(base, whole))
            found = plus(found, part)
        return found

    def _call(self, name: str, inner: Term) -> Poly:
        form = self.poly(inner)
        if name == "exp":
            return self.exp_of(form)
        if name == "log":
            return self.log_of(form)
        if name == "sqrt":
            return self.exp_of(times(constant(Fraction(1, 2)), self.log_of(form)))
        if name in HYPERBOLIC:
            up, down = self.exp_of(form), self.exp_of(plus({}, form, -1))
            half = constant(Fraction(1, 2))
            sinh, cosh = times(half, plus(up, down, -1)), times(half, plus(up, down))
            if name == "tanh":
                return times(sinh, self.raised(cosh, -1))
            return sinh if name == "sinh" else cosh
        if name == "Phi" and form and _falls(form):
            return plus(constant(1), atom(f"Phi({text(plus({}, form, -1))})"), -1)
        return atom(f"{name}({text(form)})")

    def raised(self, form: Poly, exponent: int) -> Poly:
        """A whole power; a sum to a negative power becomes an atom."""
        if exponent >= 0 and (len(form) == 1 or len(form) ** exponent <= MOST):
            return power(form, exponent)
        number, factors = self.factors(form)
        found = constant(number**exponent)
        for name, count in factors:
            found = times(found, atom(name, count * exponent))
        return found

    def factors(self, form: Poly) -> tuple[Fraction, list[tuple[str, int]]]:
        """A number, and atoms with powers, sums among them."""
        if not form:
            raise NoForm("zero")
        below: dict[str, int] = {}
        for monomial in form:
            for name, raised in monomial:
                if name in self.sums and raised < below.get(name, 0):
                    below[name] = raised
        cleared: Poly = {}
        for monomial, value in form.items():
            part = constant(value)
            for name, raised in monomial:
                left = raised - below.get(name, 0)
                part = times(
                    part, power(self.sums[name], left) if name in self.sums else atom(name, raised)
                )
            for name, raised in below.items():
                if name not in dict(monomial):
                    part = times(part, power(self.sums[name], -raised))
            cleared = plus(cleared, part)
        if not cleared or len(cleared) > MOST:
            raise NoForm("zero, or too long")
        number, common = content(cleared)
        rest = times(cleared, {tuple((name, -raised) for name, raised in common): 1 / number})
        found = dict(below)
        for name, raised in common:
            found[name] = found.get(name, 0) + raised
        if len(rest) == 1:
            ((_, value),) = rest.items()
            number *= value
        else:
            if self.sign(parse(text(rest))) < 0:
                number, rest = -number, plus({}, rest, -1)
            name = text(rest)
            self.sums[name] = rest
            found[name] = found.get(name, 0) + 1
        return number, [(name, raised) for name, raised in found.items() if raised]

    def log_of(self, form: Poly) -> Poly:
        """The logarithm of a form that is positive."""
        number, factors = self.factors(form)
        if number <= 0:
            raise NoForm("the logarithm of what is not positive")
        found: Poly = {}
        for name, raised in factors:
            if name in self.exponents:
                found = plus(found, self.exponents[name], raised)
            elif name in self.roots:
                base, degree = self.roots[name]
                found = plus(found, self._log_atom(base), Fraction(raised, degree))
            else:
                found = plus(found, self._log_atom(name), raised)
        for value, sign in ((number.numerator, 1), (number.denominator, -1)):
            for prime, raised in primes(value):
                found = plus(found, self._log_atom(str(prime)), sign * raised)
        return found

    def _log_atom(self, name: str) -> Poly:
        key = f"log({name})"
        self.logs[key] = name
        return atom(key)

    def exp_of(self, form: Poly) -> Poly:
        """The exponential of a form: a product of powers, roots and few exponentials."""
        found = constant(1)
        for monomial, value in form.items():
            whole = monomial[0][0] if len(monomial) == 1 and monomial[0][1] == 1 else ""
            self.shares[monomial] = share = lcm(self.shares.get(monomial, 1), value.denominator)
            if whole in self.logs:
                found = times(found, self._power_of(self.logs[whole], value, share))
                continue
            exponent = {monomial: Fraction(1, share)}
            name = f"exp({text(exponent)})"
            self.exponents[name] = exponent
            found = times(found, atom(name, int(value * share)))
        return found

    def _power_of(self, base: str, value: Fraction, share: int) -> Poly:
        whole = floor(value)
        plain = constant(Fraction(int(base)) ** whole) if base.isdigit() else atom(base, whole)
        if value == whole:
            return plain
        name = f"sqrt({base})" if share == 2 else f"exp(log({base})/{share})"
        self.roots[name] = (base, share)
        return times(plain, atom(name, int((value - whole) * share)))


def _falls(form: Poly) -> bool:
    """Whether a sum's first term is negative: of an expression and its negative one is chosen."""
    return min(form.items())[1] < 0
