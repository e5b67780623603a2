"""Whether two expressions are one function on a box, decided exactly.

Both are read as quotients of polynomials over common generators (see `generators`): logarithms and
powers of products fall apart into those of irreducible factors, exponentials of sums into products,
hyperbolic functions into exponentials, Phi and erfc into erf. Then their difference is zero or it is
not seen to be. What is found equal is equal wherever both sides have values, on a dense set and so, as
both are continuous there, everywhere; `sign` and Max are only equal to themselves.
Checked by: expressions that differ by little, on a spike or on the far side of a root, are not equal.
"""

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import sympy

from ..language.expression import Phi
from .boxes import Box
from .deadline import limited
from .generators import Beyond, Generators, Quotient, Restart, powers_of_primes

if TYPE_CHECKING:
    from .domain import Piece

__all__ = ["identical", "vanishes"]

SIZES = (16, 48)
"""How many generators are tried."""
RESTARTS = 12
LONGEST = 20_000
"""Powers of numbers beyond this are not written out."""
TURNS = 12
"""Nor multiples of an angle beyond this."""
SECONDS = 3.0

Items: TypeAlias = "tuple[tuple[sympy.Symbol, Piece], ...]"


def identical(left: Any, right: Any, box: Box) -> bool:
    """Whether two expressions are the same function on a box; False when that is not shown."""
    return left == right or vanishes(left - right, box)


def vanishes(expr: Any, box: Box) -> bool:
    """Whether an expression is zero on a box; False when that is not shown."""
    if expr.is_Rational:
        return expr == 0
    used = expr.free_symbols
    items = tuple((s, piece) for s, piece in box.items() if s in used)
    return bool(limited(SECONDS, lambda: _decide(expr, items)))


@lru_cache(maxsize=8192)
def _decide(expr: Any, items: Items) -> bool:
    box = dict(items)
    for size in SIZES:
        orders: dict[Any, int] = {}
        for _ in range(RESTARTS):
            generators = Generators(size, orders, box)
            try:
                return _Reader(generators).read(expr).top == 0
            except Restart:
                continue
            except Beyond:
                break
    return False


class _Reader:
    """Expressions as quotients over the generators."""

    def __init__(self, generators: Generators) -> None:
        self.generators = generators
        self.seen: dict[Any, Quotient] = {}

    def read(self, expr: Any) -> Quotient:
        """The quotient of an expression."""
        if expr not in self.seen:
            self.seen[expr] = self._read(expr)
        return self.seen[expr]

    def _read(self, expr: Any) -> Quotient:
        generators = self.generators
        if expr.is_Rational:
            return generators.number(expr)
        if expr is sympy.E:
            return self.exponential(generators.number(sympy.Integer(1)))
        if expr.is_Symbol or expr in (sympy.pi, sympy.EulerGamma):
            return self.single(("name", expr), expr)
        if expr.is_Add or expr.is_Mul:
            combine = generators.add if expr.is_Add else generators.multiply
            total = self.read(expr.args[0])
            for part in expr.args[1:]:
                total = combine(total, self.read(part))
            return total
        if expr.is_Pow:
            return self.power(expr, *expr.args)
        read = _FUNCTIONS.get(expr.func)
        if read is None:
            raise Beyond(f"no normal form of {expr.func}")
        return read(self, expr)

    def single(self, key: Any, expr: Any, power: int = 0, becomes: Any = None) -> Quotient:
        """One generator as a quotient."""
        generators = self.generators
        found = generators.known(key)
        if found is None:
            found = generators.new(key, expr, power, becomes)
        return Quotient(found, generators.number(sympy.Integer(1)).top)

    # ------------------------------------------------------------------------ powers and roots

    def power(self, expr: Any, base: Any, exponent: Any) -> Quotient:
        """``base**exponent``; a variable exponent needs a base that is >= 0, or stays as it is."""
        generators = self.generators
        inner = self.read(base)
        if exponent.is_Integer:
            return generators.power(inner, int(exponent))
        if exponent.is_Rational:
            return self.root(inner, Fraction(int(exponent.p), int(exponent.q)))
        if (base.is_Symbol and base.is_nonnegative) or self.ordered(inner) == 1:
            return self.exponential(generators.multiply(self.read(exponent), self.logarithm(inner)))
        whole, rest = sympy.expand(exponent).as_coeff_Add()
        if not whole.is_Integer:
            whole, rest = sympy.Integer(0), exponent
        key = ("power", inner.key, self.read(rest).key)
        return generators.multiply(
            self.single(key, base**rest), generators.power(inner, int(whole))
        )

    def root(self, inner: Quotient, exponent: Fraction) -> Quotient:
        """A rational power of what is >= 0: factor by factor, each without its sign."""
        generators = self.generators
        if inner.top == 0:
            raise Beyond("a root of zero")
        content, parts = generators.factors(inner)
        total = generators.number(sympy.Integer(1))
        for prime, power in powers_of_primes(abs(content)).items():
            total = generators.multiply(total, self.root_of_prime(prime, exponent * power))
        for part, power in parts:
            total = generators.multiply(total, self.root_of_size(part, exponent * power))
        return total

    def root_of_prime(self, prime: int, exponent: Fraction) -> Quotient:
        """A rational power of a whole number."""
        generators = self.generators
        order = generators.order(("prime", prime), exponent.denominator)
        steps = int(exponent * order)
        if abs(steps) > LONGEST:
            raise Beyond("a long number")
        if order == 1:
            return generators.power(generators.number(sympy.Integer(prime)), steps)
        becomes = generators.number(sympy.Integer(prime)).top
        expr = sympy.Integer(prime) ** sympy.Rational(1, order)
        root = self.single(("prime", prime), expr, order, becomes)
        generators.note_root(root.top, generators.number(sympy.Integer(prime)), order)
        return generators.power(root, steps)

    def root_of_size(self, part: Any, exponent: Fraction) -> Quotient:
        """``|part|**exponent`` for an irreducible polynomial."""
        generators = self.generators
        place = generators.place_of(part)
        if place in generators.roots:
            base, order = generators.roots[place]
            return self.root(base, exponent / order)
        if place in generators.logarithms:  # an exponential
            rate = generators.number(sympy.Rational(exponent.numerator, exponent.denominator))
            return self.exponential(generators.multiply(rate, generators.logarithms[place]))
        size = self.size(part)
        key = ("root", str(part))
        order = generators.order(key, exponent.denominator)
        if order == 1:
            return generators.power(size, int(exponent))
        expr = sympy.Abs(generators.expression(part)) ** sympy.Rational(1, order)
        root = self.single(key, expr, order, size.top)
        generators.note_root(
            root.top, Quotient(part, generators.number(sympy.Integer(1)).top), order
        )
        return generators.power(root, int(exponent * order))

    def size(self, part: Any) -> Quotient:
        """``|part|``: with a sign if it has one, else a generator whose square is that of the part."""
        generators = self.generators
        one = generators.number(sympy.Integer(1))
        sign = generators.sign(part)
        if sign:
            return Quotient(sign * part, one.top)
        return self.single(("size", str(part)), sympy.Abs(generators.expression(part)), 2, part**2)

    # -------------------------------------------------------------- logarithms and exponentials

    def logarithm(self, inner: Quotient) -> Quotient:
        """The logarithm of the size of a quotient: the sum over its factors."""
        generators = self.generators
        if inner.top == 0:
            raise Beyond("log of zero")
        content, parts = generators.factors(inner)
        total = generators.number(sympy.Integer(0))
        for prime, power in powers_of_primes(abs(content)).items():
            log = self.single(("log", prime), sympy.log(prime))
            total = generators.add(
                total, generators.multiply(generators.number(sympy.Integer(power)), log)
            )
        for part, power in parts:
            log = self.log_of_size(part)
            total = generators.add(
                total, generators.multiply(generators.number(sympy.Integer(power)), log)
            )
        return total

    def log_of_size(self, part: Any) -> Quotient:
        """``log|part|`` for an irreducible polynomial."""
        generators = self.generators
        place = generators.place_of(part)
        if place in generators.logarithms:
            return generators.logarithms[place]
        if place in generators.roots:
            base, order = generators.roots[place]
            return generators.multiply(
                generators.number(sympy.Rational(1, order)), self.logarithm(base)
            )
        return self.single(("log", str(part)), sympy.log(sympy.Abs(generators.expression(part))))

    def exponential(self, inner: Quotient) -> Quotient:
        """The exponential of a quotient: the product over the terms of its top."""
        generators = self.generators
        total = generators.number(sympy.Integer(1))
        whole, rest = divmod(inner.top, inner.bottom)
        if whole != 0 and rest != 0:  # x/(1 + x) is 1 - 1/(1 + x)
            one = total.top
            parts = (Quotient(whole, one), generators.quotient(rest, inner.bottom))
            return generators.multiply(*map(self.exponential, parts))
        for exponents, coefficient in inner.top.to_dict().items():
            rate = Fraction(int(coefficient.p), int(coefficient.q))
            term = generators.quotient(generators.context.from_dict({exponents: 1}), inner.bottom)
            lead = term.top.leading_coefficient()
            rate *= Fraction(int(lead.p), int(lead.q))
            term = Quotient(term.top / lead, term.bottom)
            total = generators.multiply(total, self.exponential_of(term, rate))
        return total

    def exponential_of(self, term: Quotient, rate: Fraction) -> Quotient:
        """``exp(rate*term)``; that of a logarithm of something is a power of it."""
        generators = self.generators
        place = generators.place_of(term.top) if term.bottom == 1 else None
        argument = None if place is None else generators.expressions[place]
        if isinstance(argument, sympy.log):
            inner = argument.args[0]
            return self.root(
                self.read(inner.args[0] if isinstance(inner, sympy.Abs) else inner), rate
            )
        key = ("exp", term.key)
        order = generators.order(key, rate.denominator, LONGEST)
        share = sympy.Rational(1, order)
        found = generators.known(key)
        if found is None:
            expr = sympy.exp(
                generators.expression(term.top) / generators.expression(term.bottom) * share
            )
            found = generators.new(key, expr)
            place = generators.place_of(found)
            assert place is not None
            generators.logarithms[place] = generators.multiply(generators.number(share), term)
        return generators.power(
            Quotient(found, generators.number(sympy.Integer(1)).top), int(rate * order)
        )

    # --------------------------------------------------------------------------- other functions

    def odd(self, expr: Any) -> Quotient:
        """An odd function, of an argument with a positive leading coefficient."""
        generators = self.generators
        inner, sign = self.oriented(expr.args[0])
        found = self.single((expr.func.__name__, inner.key), expr.func(sign * expr.args[0]))
        return generators.multiply(generators.number(sympy.Integer(sign)), found)

    def oriented(self, argument: Any) -> tuple[Quotient, int]:
        """An argument or its negative, whichever comes first, and the sign that tells."""
        generators = self.generators
        inner = self.read(argument)
        if inner.top == 0 or inner.top.leading_coefficient() > 0:
            return inner, 1
        return generators.multiply(generators.number(sympy.Integer(-1)), inner), -1

    def plain(self, expr: Any) -> Quotient:
        """A function of which nothing else is known."""
        keys = sorted(self.read(argument).key for argument in expr.args)
        return self.single((expr.func.__name__, *keys), expr)

    def extreme(self, expr: Any) -> Quotient:
        """Max or Min, of those arguments that no other is sure to beat."""
        generators = self.generators
        side = 1 if expr.func is sympy.Max else -1
        minus = generators.number(sympy.Integer(-1))
        kept: list[tuple[Any, Quotient]] = []
        for argument in expr.args:
            inner = self.read(argument)
            ahead = [self.ordered(generators.add(inner, generators.multiply(minus, other))) * side
                     for _, other in kept]  # fmt: skip
            if -1 in ahead or any(inner == other for _, other in kept):
                continue
            kept = [pair for pair, sign in zip(kept, ahead, strict=True) if sign != 1]
            kept.append((argument, inner))
        if len(kept) == 1:
            return kept[0][1]
        keys = sorted(inner.key for _, inner in kept)
        return self.single((expr.func.__name__, *keys), expr.func(*[part for part, _ in kept]))

    def ordered(self, difference: Quotient) -> int:
        """The sign of a quotient on the whole box, 0 where ranges do not show it."""
        generators = self.generators
        return generators.sign(difference.top) * generators.sign(difference.bottom)

    def wave(self, expr: Any) -> Quotient:
        """Sine or cosine, by the addition theorem from those of the terms of the argument."""
        generators = self.generators
        cosine, sine = generators.number(sympy.Integer(1)), generators.number(sympy.Integer(0))
        inner = self.read(expr.args[0])
        for exponents, coefficient in inner.top.to_dict().items():
            term = generators.quotient(generators.context.from_dict({exponents: 1}), inner.bottom)
            lead = term.top.leading_coefficient() * coefficient
            rate = Fraction(int(lead.p), int(lead.q))
            term = Quotient(term.top / term.top.leading_coefficient(), term.bottom)
            order = generators.order(("angle", term.key), rate.denominator)
            cosine, sine = self.turned(cosine, sine, term, order, int(rate * order))
        return cosine if expr.func is sympy.cos else sine

    def turned(
        self, cosine: Quotient, sine: Quotient, term: Quotient, order: int, times: int
    ) -> tuple[Quotient, Quotient]:
        """Cosine and sine of an angle with a small one added so many times."""
        generators = self.generators
        if abs(times) > TURNS:
            raise Beyond("a large multiple of an angle")
        angle = generators.expression(term.top) / generators.expression(term.bottom) / order
        one = generators.number(sympy.Integer(1)).top
        step_cosine = self.single(("cos", term.key), sympy.cos(angle, evaluate=False))
        becomes = one - step_cosine.top**2
        step_sine = self.single(("sin", term.key), sympy.sin(angle, evaluate=False), 2, becomes)
        minus = generators.number(sympy.Integer(-1))
        if times < 0:
            step_sine = generators.multiply(minus, step_sine)
        for _ in range(abs(times)):
            across = generators.multiply(minus, generators.multiply(sine, step_sine))
            up = generators.multiply(cosine, step_sine)
            cosine = generators.add(generators.multiply(cosine, step_cosine), across)
            sine = generators.add(generators.multiply(sine, step_cosine), up)
        return cosine, sine

    def half_log(self, expr: Any) -> Quotient:
        """The inverse of the hyperbolic tangent."""
        generators = self.generators
        inner = self.read(expr.args[0])
        one, minus = generators.number(sympy.Integer(1)), generators.number(sympy.Integer(-1))
        up = self.logarithm(generators.add(one, inner))
        down = self.logarithm(generators.add(one, generators.multiply(minus, inner)))
        half = generators.number(sympy.Rational(1, 2))
        return generators.multiply(half, generators.add(up, generators.multiply(minus, down)))

    def modulus(self, expr: Any) -> Quotient:
        """Factor by factor."""
        return self.sizes(self.read(expr.args[0]))

    def sizes(self, inner: Quotient) -> Quotient:
        generators = self.generators
        if inner.top == 0:
            return inner
        content, parts = generators.factors(inner)
        total = generators.number(sympy.Rational(abs(content).numerator, abs(content).denominator))
        for part, power in parts:
            total = generators.multiply(total, generators.power(self.size(part), power))
        return total

    def in_exponentials(self, expr: Any) -> Quotient:
        """A hyperbolic function."""
        generators = self.generators
        up = self.exponential(self.read(expr.args[0]))
        down = generators.power(up, -1)
        half, minus = generators.number(sympy.Rational(1, 2)), generators.number(sympy.Integer(-1))
        cosh = generators.multiply(half, generators.add(up, down))
        sinh = generators.multiply(half, generators.add(up, generators.multiply(minus, down)))
        if expr.func is sympy.tanh:
            return generators.multiply(sinh, generators.power(cosh, -1))
        return sinh if expr.func is sympy.sinh else cosh

    def in_erf(self, expr: Any) -> Quotient:
        """Phi or erfc."""
        [argument] = expr.args
        if expr.func is Phi:
            return self.read((1 + sympy.erf(argument / sympy.sqrt(2), evaluate=False)) / 2)
        return self.read(1 - sympy.erf(argument, evaluate=False))


_FUNCTIONS: dict[Any, Any] = {
    sympy.exp: lambda self, e: self.exponential(self.read(e.args[0])),
    sympy.log: lambda self, e: self.logarithm(self.read(e.args[0])),
    sympy.sinh: _Reader.in_exponentials,
    sympy.cosh: _Reader.in_exponentials,
    sympy.tanh: _Reader.in_exponentials,
    sympy.sin: _Reader.wave,
    sympy.cos: _Reader.wave,
    sympy.erf: _Reader.odd,
    sympy.erfc: _Reader.in_erf,
    Phi: _Reader.in_erf,
    sympy.atan: _Reader.odd,
    sympy.asinh: _Reader.odd,
    sympy.atanh: _Reader.half_log,
    sympy.acosh: _Reader.plain,
    sympy.sign: _Reader.odd,
    sympy.Abs: _Reader.modulus,
    sympy.Max: _Reader.extreme,
    sympy.Min: _Reader.extreme,
}
