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
        own = self.generators
        if expr.is_Rational:
            return own.number(expr)
        if expr is sympy.E:
            return self.exponential(own.number(sympy.Integer(1)))
        if expr.is_Symbol or expr in (sympy.pi, sympy.EulerGamma):
            return self.single(("name", expr), expr)
        if expr.is_Add or expr.is_Mul:
            combine = own.add if expr.is_Add else own.multiply
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
        own = self.generators
        found = own.known(key)
        if found is None:
            found = own.new(key, expr, power, becomes)
        return Quotient(found, own.number(sympy.Integer(1)).top)

    # ------------------------------------------------------------------------ powers and roots

    def power(self, expr: Any, base: Any, exponent: Any) -> Quotient:
        """``base**exponent``; a variable exponent needs a base that is >= 0, or stays as it is."""
        own = self.generators
        inner = self.read(base)
        if exponent.is_Integer:
            return own.power(inner, int(exponent))
        if exponent.is_Rational:
            return self.root(inner, Fraction(int(exponent.p), int(exponent.q)))
        if (base.is_Symbol and base.is_nonnegative) or self.ordered(inner) == 1:
            return self.exponential(own.multiply(self.read(exponent), self.logarithm(inner)))
        whole, rest = sympy.expand(exponent).as_coeff_Add()
        if not whole.is_Integer:
            whole, rest = sympy.Integer(0), exponent
        key = ("power", inner.key, self.read(rest).key)
        return own.multiply(self.single(key, base**rest), own.power(inner, int(whole)))

    def root(self, inner: Quotient, exponent: Fraction) -> Quotient:
        """A rational power of what is >= 0: factor by factor, each without its sign."""
        own = self.generators
        if inner.top == 0:
            raise Beyond("a root of zero")
        content, parts = own.factors(inner)
        total = own.number(sympy.Integer(1))
        for prime, power in powers_of_primes(abs(content)).items():
            total = own.multiply(total, self.root_of_prime(prime, exponent * power))
        for part, power in parts:
            total = own.multiply(total, self.root_of_size(part, exponent * power))
        return total

    def root_of_prime(self, prime: int, exponent: Fraction) -> Quotient:
        """A rational power of a whole number."""
        own = self.generators
        order = own.order(("prime", prime), exponent.denominator)
        steps = int(exponent * order)
        if abs(steps) > LONGEST:
            raise Beyond("a long number")
        if order == 1:
            return own.power(own.number(sympy.Integer(prime)), steps)
        becomes = own.number(sympy.Integer(prime)).top
        expr = sympy.Integer(prime) ** sympy.Rational(1, order)
        root = self.single(("prime", prime), expr, order, becomes)
        own.note_root(root.top, own.number(sympy.Integer(prime)), order)
        return own.power(root, steps)

    def root_of_size(self, part: Any, exponent: Fraction) -> Quotient:
        """``|part|**exponent`` for an irreducible polynomial."""
        own = self.generators
        place = own.place_of(part)
        if place in own.roots:
            base, order = own.roots[place]
            return self.root(base, exponent / order)
        if place in own.logarithms:  # an exponential
            rate = own.number(sympy.Rational(exponent.numerator, exponent.denominator))
            return self.exponential(own.multiply(rate, own.logarithms[place]))
        size = self.size(part)
        key = ("root", str(part))
        order = own.order(key, exponent.denominator)
        if order == 1:
            return own.power(size, int(exponent))
        expr = sympy.Abs(own.expression(part)) ** sympy.Rational(1, order)
        root = self.single(key, expr, order, size.top)
        own.note_root(root.top, Quotient(part, own.number(sympy.Integer(1)).top), order)
        return own.power(root, int(exponent * order))

    def size(self, part: Any) -> Quotient:
        """``|part|``: with a sign if it has one, else a generator whose square is that of the part."""
        own = self.generators
        one = own.number(sympy.Integer(1))
        sign = own.sign(part)
        if sign:
            return Quotient(sign * part, one.top)
        return self.single(("size", str(part)), sympy.Abs(own.expression(part)), 2, part**2)

    # -------------------------------------------------------------- logarithms and exponentials

    def logarithm(self, inner: Quotient) -> Quotient:
        """The logarithm of the size of a quotient: the sum over its factors."""
        own = self.generators
        if inner.top == 0:
            raise Beyond("log of zero")
        content, parts = own.factors(inner)
        total = own.number(sympy.Integer(0))
        for prime, power in powers_of_primes(abs(content)).items():
            log = self.single(("log", prime), sympy.log(prime))
            total = own.add(total, own.multiply(own.number(sympy.Integer(power)), log))
        for part, power in parts:
            log = self.log_of_size(part)
            total = own.add(total, own.multiply(own.number(sympy.Integer(power)), log))
        return total

    def log_of_size(self, part: Any) -> Quotient:
        """``log|part|`` for an irreducible polynomial."""
        own = self.generators
        place = own.place_of(part)
        if place in own.logarithms:
            return own.logarithms[place]
        if place in own.roots:
            base, order = own.roots[place]
            return own.multiply(own.number(sympy.Rational(1, order)), self.logarithm(base))
        return self.single(("log", str(part)), sympy.log(sympy.Abs(own.expression(part))))

    def exponential(self, inner: Quotient) -> Quotient:
        """The exponential of a quotient: the product over the terms of its top."""
        own = self.generators
        total = own.number(sympy.Integer(1))
        whole, rest = divmod(inner.top, inner.bottom)
        if whole != 0 and rest != 0:  # x/(1 + x) is 1 - 1/(1 + x)
            one = total.top
            parts = (Quotient(whole, one), own.quotient(rest, inner.bottom))
            return own.multiply(*map(self.exponential, parts))
        for exponents, coefficient in inner.top.to_dict().items():
            rate = Fraction(int(coefficient.p), int(coefficient.q))
            term = own.quotient(own.context.from_dict({exponents: 1}), inner.bottom)
            lead = term.top.leading_coefficient()
            rate *= Fraction(int(lead.p), int(lead.q))
            term = Quotient(term.top / lead, term.bottom)
            total = own.multiply(total, self.exponential_of(term, rate))
        return total

    def exponential_of(self, term: Quotient, rate: Fraction) -> Quotient:
        """``exp(rate*term)``; that of a logarithm of something is a power of it."""
        own = self.generators
        place = own.place_of(term.top) if term.bottom == 1 else None
        argument = None if place is None else own.expressions[place]
        if isinstance(argument, sympy.log):
            inner = argument.args[0]
            return self.root(
                self.read(inner.args[0] if isinstance(inner, sympy.Abs) else inner), rate
            )
        key = ("exp", term.key)
        order = own.order(key, rate.denominator, LONGEST)
        share = sympy.Rational(1, order)
        found = own.known(key)
        if found is None:
            expr = sympy.exp(own.expression(term.top) / own.expression(term.bottom) * share)
            found = own.new(key, expr)
            place = own.place_of(found)
            assert place is not None
            own.logarithms[place] = own.multiply(own.number(share), term)
        return own.power(Quotient(found, own.number(sympy.Integer(1)).top), int(rate * order))

    # --------------------------------------------------------------------------- other functions

    def odd(self, expr: Any) -> Quotient:
        """An odd function, of an argument with a positive leading coefficient."""
        own = self.generators
        inner, sign = self.oriented(expr.args[0])
        found = self.single((expr.func.__name__, inner.key), expr.func(sign * expr.args[0]))
        return own.multiply(own.number(sympy.Integer(sign)), found)

    def oriented(self, argument: Any) -> tuple[Quotient, int]:
        """An argument or its negative, whichever comes first, and the sign that tells."""
        own = self.generators
        inner = self.read(argument)
        if inner.top == 0 or inner.top.leading_coefficient() > 0:
            return inner, 1
        return own.multiply(own.number(sympy.Integer(-1)), inner), -1

    def plain(self, expr: Any) -> Quotient:
        """A function of which nothing else is known."""
        keys = sorted(self.read(argument).key for argument in expr.args)
        return self.single((expr.func.__name__, *keys), expr)

    def extreme(self, expr: Any) -> Quotient:
        """Max or Min, of those arguments that no other is sure to beat."""
        own = self.generators
        side = 1 if expr.func is sympy.Max else -1
        minus = own.number(sympy.Integer(-1))
        kept: list[tuple[Any, Quotient]] = []
        for argument in expr.args:
            inner = self.read(argument)
            ahead = [self.ordered(own.add(inner, own.multiply(minus, other))) * side
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
        own = self.generators
        return own.sign(difference.top) * own.sign(difference.bottom)

    def wave(self, expr: Any) -> Quotient:
        """Sine or cosine, by the addition theorem from those of the terms of the argument."""
        own = self.generators
        cosine, sine = own.number(sympy.Integer(1)), own.number(sympy.Integer(0))
        inner = self.read(expr.args[0])
        for exponents, coefficient in inner.top.to_dict().items():
            term = own.quotient(own.context.from_dict({exponents: 1}), inner.bottom)
            lead = term.top.leading_coefficient() * coefficient
            rate = Fraction(int(lead.p), int(lead.q))
            term = Quotient(term.top / term.top.leading_coefficient(), term.bottom)
            order = own.order(("angle", term.key), rate.denominator)
            cosine, sine = self.turned(cosine, sine, term, order, int(rate * order))
        return cosine if expr.func is sympy.cos else sine

    def turned(
        self, cosine: Quotient, sine: Quotient, term: Quotient, order: int, times: int
    ) -> tuple[Quotient, Quotient]:
        """Cosine and sine of an angle with a small one added so many times."""
        own = self.generators
        if abs(times) > TURNS:
            raise Beyond("a large multiple of an angle")
        angle = own.expression(term.top) / own.expression(term.bottom) / order
        one = own.number(sympy.Integer(1)).top
        step_cosine = self.single(("cos", term.key), sympy.cos(angle, evaluate=False))
        becomes = one - step_cosine.top**2
        step_sine = self.single(("sin", term.key), sympy.sin(angle, evaluate=False), 2, becomes)
        minus = own.number(sympy.Integer(-1))
        if times < 0:
            step_sine = own.multiply(minus, step_sine)
        for _ in range(abs(times)):
            across = own.multiply(minus, own.multiply(sine, step_sine))
            up = own.multiply(cosine, step_sine)
            cosine = own.add(own.multiply(cosine, step_cosine), across)
            sine = own.add(own.multiply(sine, step_cosine), up)
        return cosine, sine

    def half_log(self, expr: Any) -> Quotient:
        """The inverse of the hyperbolic tangent."""
        own = self.generators
        inner = self.read(expr.args[0])
        one, minus = own.number(sympy.Integer(1)), own.number(sympy.Integer(-1))
        up = self.logarithm(own.add(one, inner))
        down = self.logarithm(own.add(one, own.multiply(minus, inner)))
        half = own.number(sympy.Rational(1, 2))
        return own.multiply(half, own.add(up, own.multiply(minus, down)))

    def modulus(self, expr: Any) -> Quotient:
        """Factor by factor."""
        return self.sizes(self.read(expr.args[0]))

    def sizes(self, inner: Quotient) -> Quotient:
        own = self.generators
        if inner.top == 0:
            return inner
        content, parts = own.factors(inner)
        total = own.number(sympy.Rational(abs(content).numerator, abs(content).denominator))
        for part, power in parts:
            total = own.multiply(total, own.power(self.size(part), power))
        return total

    def in_exponentials(self, expr: Any) -> Quotient:
        """A hyperbolic function."""
        own = self.generators
        up = self.exponential(self.read(expr.args[0]))
        down = own.power(up, -1)
        half, minus = own.number(sympy.Rational(1, 2)), own.number(sympy.Integer(-1))
        cosh = own.multiply(half, own.add(up, down))
        sinh = own.multiply(half, own.add(up, own.multiply(minus, down)))
        if expr.func is sympy.tanh:
            return own.multiply(sinh, own.power(cosh, -1))
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
