"""Limits, for all parameters of a box at once: by composing germs, with no indeterminate form left.

SymPy's limits are right for the generic parameter and wrong for others, ``log(x + x**a)/log(x)`` for
a > 1 among them; here a limit is found only where every comparison behind it is decided on the box.
Checked by: limits that depend on which of two parameters is larger are not found, and those found agree
with mpmath far out.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from ...language.expression import Phi
from ...numbers.boxes import Box
from ...numbers.deadline import limited
from .germs import ONE, POWER, SLOWEST, Algebra, Germ, Monomial, Signs, Unclear, power

__all__ = ["limit_at"]

SIZES = (4, 9)
"""How many terms of an expansion are tried."""
FAR = 12
"""A power that bounds what is smaller than all of them."""


def limit_at(
    expr: Any,
    symbol: sympy.Symbol,
    end: Any,
    direction: int,
    box: Box,
    prove: Callable[[Any], bool] | None = None,
    seconds: float = 1.5,
) -> Any:
    """The limit as a variable goes to an end (``direction`` 1: to a low end, from above), or None.

    It holds for every value of the other variables in their box; it may be an infinity.
    """
    signs = Signs(box, prove)

    def attempt() -> Any:
        for size in SIZES:
            try:
                return _Reader(symbol, end, direction, Algebra(signs, size)).limit(expr)
            except Unclear:
                continue
        return None

    return limited(seconds, attempt)


class _Reader:
    """Germs of expressions in one variable on its way to an end."""

    def __init__(self, symbol: Any, end: Any, direction: int, algebra: Algebra) -> None:
        self.symbol = symbol
        self.algebra = algebra
        self.seen: dict[Any, Germ] = {}
        if end.is_finite:
            germ = Germ(((sympy.Integer(direction), {POWER: sympy.S.One}),))
            self.seen[symbol] = algebra.add(Germ(((end, ONE),)), germ)
        else:
            self.seen[symbol] = Germ(((sympy.Integer(-direction), {POWER: -sympy.S.One}),))

    def limit(self, expr: Any) -> Any:
        """The limit of an expression."""
        algebra = self.algebra
        germ = self.read(expr)
        if any(algebra.smallness(monomial) < 0 for monomial in germ.monomials):
            _, _, sign = algebra.lead(germ)
            return sympy.oo * sign
        if not algebra.small(germ.rest):
            raise Unclear("the terms do not reach the limit")
        return sympy.Add(*[c for c, monomial in germ.terms if algebra.smallness(monomial) == 0])

    def read(self, expr: Any) -> Germ:
        """The germ of an expression."""
        if expr not in self.seen:
            self.seen[expr] = self._read(expr)
        return self.seen[expr]

    def _read(self, expr: Any) -> Germ:
        algebra = self.algebra
        if not expr.has(self.symbol):
            return Germ(() if expr == 0 else ((expr, ONE),))
        if expr.is_Add or expr.is_Mul:
            combine = algebra.add if expr.is_Add else algebra.multiply
            total = self.read(expr.args[0])
            for part in expr.args[1:]:
                total = combine(total, self.read(part))
            return total
        if expr.is_Pow:
            return self.power(*expr.args)
        function = _FUNCTIONS.get(expr.func)
        if function is None:
            raise Unclear(f"{expr.func}")
        return function(self, *[self.read(argument) for argument in expr.args])

    # ---------------------------------------------------------------- powers, exp and log

    def power(self, base: Any, exponent: Any) -> Germ:
        """``base**exponent``; a variable exponent through the logarithm."""
        inner = self.read(base)
        if exponent.has(self.symbol):
            return self.exp(self.algebra.multiply(self.read(exponent), self.log(inner)))
        return self.constant_power(inner, exponent)

    def constant_power(self, inner: Germ, exponent: Any) -> Germ:
        """A power whose exponent does not move."""
        algebra = self.algebra
        if exponent.is_Integer and 0 <= exponent <= FAR:
            total = Germ(((sympy.S.One, ONE),))
            for _ in range(int(exponent)):
                total = algebra.multiply(total, inner)
            return total
        coefficient, monomial, sign, small = algebra.parts(inner)
        if sign < 0 and not exponent.is_Integer:
            raise Unclear("a power of what is negative")
        rise = algebra.series(small, lambda k: sympy.ff(exponent, k) / sympy.factorial(k))
        return algebra.scale(rise, coefficient**exponent, power(monomial, exponent))

    def exp(self, inner: Germ) -> Germ:
        """Infinite terms become powers of scales, the constant a coefficient, the rest a series."""
        algebra = self.algebra
        if not algebra.small(inner.rest):
            return self.vanishing(inner)
        coefficient: Any = sympy.S.One
        scales: dict[Fraction, Any] = {}
        for number, monomial in inner.terms:
            order = algebra.smallness(monomial)
            if order == 0:
                coefficient *= sympy.exp(number)
            elif order < 0:
                scale = _scale_of(monomial)
                if scale is None:
                    return self.vanishing(inner)
                scales[scale] = -number
        small = [term for term in inner.terms if algebra.smallness(term[1]) > 0]
        rise = algebra.series(Germ(tuple(small), inner.rest), lambda k: 1 / sympy.factorial(k))
        return algebra.scale(rise, coefficient, scales)

    def vanishing(self, inner: Germ) -> Germ:
        """The exponential of what goes to minus infinity, below every power of it."""
        algebra = self.algebra
        _, monomial, sign = algebra.lead(inner)
        if sign > 0 or algebra.smallness(monomial) >= 0:
            raise Unclear("an exponential of no known size")
        return Germ((), (power(monomial, -FAR),))

    def log(self, inner: Germ) -> Germ:
        """The logarithm of the leading term, and a series."""
        algebra = self.algebra
        coefficient, monomial, sign, small = algebra.parts(inner)
        if sign < 0:
            raise Unclear("a logarithm of what is negative")
        total = Germ(((sympy.log(coefficient), ONE),)) if coefficient != 1 else Germ(())
        for scale, exponent in monomial.items():
            if scale == SLOWEST:
                raise Unclear("too many logarithms of logarithms")
            falling = {scale - 1: -sympy.S.One}  # log of 1/t is one over the next slower scale
            large: Monomial = falling if scale <= POWER else {POWER: -_number(scale)}
            total = algebra.add(total, Germ(((-exponent, large),)))
        rise = algebra.series(
            small, lambda k: sympy.Rational((-1) ** (k + 1), k) if k else sympy.S.Zero
        )
        return algebra.add(total, rise)

    # ------------------------------------------------------------------------ other functions

    def constant_of(self, inner: Germ) -> tuple[Any, Germ] | None:
        """The limit and what goes to 0, or None where it goes to infinity."""
        algebra = self.algebra
        if any(algebra.smallness(monomial) < 0 for monomial in inner.monomials):
            algebra.lead(inner)
            return None
        if not algebra.small(inner.rest):
            raise Unclear("the terms do not reach the limit")
        level = [algebra.smallness(monomial) == 0 for _, monomial in inner.terms]
        constant = [term[0] for term, flat in zip(inner.terms, level, strict=True) if flat]
        small = [term for term, flat in zip(inner.terms, level, strict=True) if not flat]
        return sympy.Add(*constant), Germ(tuple(small), inner.rest)

    def smooth(self, function: Any, inner: Germ) -> Germ | None:
        """A function that is analytic on the whole line, by its Taylor series; None at infinity."""
        found = self.constant_of(inner)
        if found is None:
            return None
        centre, small = found
        symbol = sympy.Dummy(real=True)
        slopes = [function(symbol)]
        for _ in range(self.algebra.size):
            slopes.append(sympy.diff(slopes[-1], symbol))
        return self.algebra.series(
            small, lambda k: slopes[k].subs(symbol, centre) / sympy.factorial(k)
        )

    def negative(self, inner: Germ) -> Germ:
        return self.algebra.scale(inner, sympy.Integer(-1))

    def constant(self, value: Any) -> Germ:
        return Germ(((sympy.sympify(value), ONE),))

    def hyperbolic(self, sign: int, inner: Germ) -> Germ:
        """cosh (sign 1) or sinh (sign -1)."""
        algebra = self.algebra
        down = algebra.scale(self.exp(self.negative(inner)), sympy.Integer(sign))
        return algebra.scale(algebra.add(self.exp(inner), down), sympy.Rational(1, 2))

    def tanh(self, inner: Germ) -> Germ:
        algebra = self.algebra
        if self.constant_of(inner) is None and algebra.lead(inner)[2] < 0:
            return self.negative(self.tanh(self.negative(inner)))
        fall = self.exp(algebra.scale(inner, sympy.Integer(-2)))
        below = self.constant_power(algebra.add(self.constant(1), fall), sympy.Integer(-1))
        return algebra.multiply(algebra.add(self.constant(1), self.negative(fall)), below)

    def erfc(self, inner: Germ) -> Germ:
        """By its Taylor series, or, far out, by its asymptotic one, whose error is the next term."""
        algebra = self.algebra
        near = self.smooth(sympy.erfc, inner)
        if near is not None:
            return near
        if algebra.lead(inner)[2] < 0:
            return algebra.add(self.constant(2), self.negative(self.erfc(self.negative(inner))))
        fall = self.exp(self.negative(algebra.multiply(inner, inner)))
        inverse = self.constant_power(inner, sympy.Integer(-1))
        square = algebra.multiply(inverse, inverse)
        rise = algebra.series(
            square, lambda k: sympy.Rational(-1, 2) ** k * sympy.factorial2(2 * k - 1)
        )
        front = algebra.scale(algebra.multiply(fall, inverse), 1 / sympy.sqrt(sympy.pi))
        return algebra.multiply(front, rise)

    def erf(self, inner: Germ) -> Germ:
        return self.algebra.add(self.constant(1), self.negative(self.erfc(inner)))

    def normal(self, inner: Germ) -> Germ:
        algebra = self.algebra
        return algebra.scale(
            self.erfc(algebra.scale(inner, -1 / sympy.sqrt(2))), sympy.Rational(1, 2)
        )

    def atan(self, inner: Germ) -> Germ:
        algebra = self.algebra
        near = self.smooth(sympy.atan, inner)
        if near is not None:
            return near
        sign = algebra.lead(inner)[2]
        inverse = self.atan(self.constant_power(inner, sympy.Integer(-1)))
        return algebra.add(self.constant(sign * sympy.pi / 2), self.negative(inverse))

    def asinh(self, inner: Germ) -> Germ:
        algebra = self.algebra
        near = self.smooth(sympy.asinh, inner)
        if near is not None:
            return near
        if algebra.lead(inner)[2] < 0:
            return self.negative(self.asinh(self.negative(inner)))
        return self.log(algebra.add(inner, self.hypotenuse(inner, 1)))

    def acosh(self, inner: Germ) -> Germ:
        return self.log(self.algebra.add(inner, self.hypotenuse(inner, -1)))

    def hypotenuse(self, inner: Germ, sign: int) -> Germ:
        algebra = self.algebra
        whole = algebra.add(algebra.multiply(inner, inner), self.constant(sign))
        return self.constant_power(whole, sympy.Rational(1, 2))

    def atanh(self, inner: Germ) -> Germ:
        algebra = self.algebra
        up, down = (
            algebra.add(self.constant(1), algebra.scale(inner, s)) for s in (1, sympy.Integer(-1))
        )
        both = algebra.add(self.log(up), self.negative(self.log(down)))
        return algebra.scale(both, sympy.Rational(1, 2))

    def wave(self, function: Any, inner: Germ) -> Germ:
        """Sine or cosine, which stays bounded far out."""
        try:
            near = self.smooth(function, inner)
        except Unclear:
            near = None
        return Germ((), (ONE,)) if near is None else near

    def size(self, inner: Germ) -> Germ:
        if not inner.monomials:
            return inner
        return self.algebra.scale(inner, sympy.Integer(self.algebra.lead(inner)[2]))

    def sign(self, inner: Germ) -> Germ:
        if not inner.monomials:
            return inner
        return self.constant(self.algebra.lead(inner)[2])

    def most(self, side: int, *several: Germ) -> Germ:
        """The largest (side 1) or the smallest of several, from some point on."""
        most = several[0]
        for other in several[1:]:
            ahead = self.algebra.add(other, self.negative(most))
            if ahead.monomials and self.algebra.lead(ahead)[2] == side:
                most = other
        return most


def _number(value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


def _scale_of(monomial: Monomial) -> Fraction | None:
    """The scale that exp of a multiple of a large monomial is a power of, if it is one."""
    if len(monomial) != 1:
        return None
    [(scale, exponent)] = monomial.items()
    if scale < POWER and exponent == -1:
        return scale + 1
    if scale == POWER and exponent.is_Rational and exponent < 0:
        return Fraction(int(-exponent.p), int(exponent.q))
    return None


_FUNCTIONS: dict[Any, Any] = {
    sympy.exp: _Reader.exp,
    sympy.log: _Reader.log,
    sympy.sinh: lambda self, inner: self.hyperbolic(-1, inner),
    sympy.cosh: lambda self, inner: self.hyperbolic(1, inner),
    sympy.tanh: _Reader.tanh,
    sympy.erf: _Reader.erf,
    sympy.erfc: _Reader.erfc,
    Phi: _Reader.normal,
    sympy.atan: _Reader.atan,
    sympy.asinh: _Reader.asinh,
    sympy.acosh: _Reader.acosh,
    sympy.atanh: _Reader.atanh,
    sympy.sin: lambda self, inner: self.wave(sympy.sin, inner),
    sympy.cos: lambda self, inner: self.wave(sympy.cos, inner),
    sympy.Abs: _Reader.size,
    sympy.sign: _Reader.sign,
    sympy.Max: lambda self, *several: self.most(1, *several),
    sympy.Min: lambda self, *several: self.most(-1, *several),
}
