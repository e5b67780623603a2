"""Taylor coefficients with certain bounds: of an expression in one variable, at a point or on an interval.

A jet holds the first coefficients of an expression as it moves away from a point; arithmetic on jets is
arithmetic on power series. Coefficients are rational where they are exact, so that a zero of high order is
seen to be one, else Arb's balls; on an interval the last coefficient bounds Lagrange's remainder.
Source: R. Moore, *Methods and Applications of Interval Analysis* (1979), section 3.4.
Checked by: SymPy's series agree, and the second engine has jets of its own.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import sympy
from flint import arb, fmpq

from ...language.expression import Phi

__all__ = ["NoJet", "jet", "lower"]

BITS = 256
Jet = list[Any]
"""Coefficients, each a Fraction or an arb."""


class NoJet(ArithmeticError):
    """An expression without a jet there, or of a function whose jets are not known."""


def jet(expr: Any, symbol: sympy.Symbol, start: Any, order: int) -> Jet:
    """The Taylor coefficients 0..order of an expression, where the variable is at ``start``.

    ``start``: a Fraction, or an arb that holds an interval.

    Raises
    ------
    NoJet
        If a part has none there.
    """
    flint.ctx.prec = BITS
    moving: Jet = [start, Fraction(1), *([Fraction(0)] * order)][: order + 1]
    seen: dict[Any, Jet] = {symbol: moving}
    found = _jet(sympy.sympify(expr), seen, order)
    if any(isinstance(c, arb) and not c.is_finite() for c in found):
        raise NoJet(str(expr))
    return found


def _jet(expr: Any, seen: dict[Any, Jet], order: int) -> Jet:
    if expr not in seen:
        seen[expr] = _made(expr, seen, order)
    return seen[expr]


def _made(expr: Any, seen: dict[Any, Jet], order: int) -> Jet:
    zeros = [Fraction(0)] * order
    if expr.is_Rational:
        return [Fraction(int(expr.p), int(expr.q)), *zeros]
    if expr is sympy.pi or expr is sympy.E:
        return [arb.pi() if expr is sympy.pi else arb.const_e(), *zeros]
    if expr.is_Add or expr.is_Mul:
        total, *others = [_jet(part, seen, order) for part in expr.args]
        for other in others:
            total = _plus(total, other) if expr.is_Add else _times(total, other)
        return total
    if expr.is_Pow:
        base = _jet(expr.base, seen, order)
        if expr.exp.is_Integer and 0 <= expr.exp <= 64:
            return _whole_power(base, int(expr.exp))
        if expr.exp.is_Rational:
            return _power(base, Fraction(int(expr.exp.p), int(expr.exp.q)))
        exponent = _jet(expr.exp, seen, order)
        return _exp(_times(exponent, _log(base)))
    if expr.func in _FUNCTIONS:
        return _FUNCTIONS[expr.func](_jet(expr.args[0], seen, order))
    raise NoJet(str(expr.func))


# -------------------------------------------------------------------------------------- arithmetic


def _ball(x: Any) -> arb:
    return x if isinstance(x, arb) else arb(fmpq(x.numerator, x.denominator))


def _add(x: Any, y: Any) -> Any:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x + y
    return _ball(x) + _ball(y)


def _mul(x: Any, y: Any) -> Any:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x * y
    if x == 0 or y == 0:  # exactly
        return Fraction(0)
    return _ball(x) * _ball(y)


def _divided(x: Any, y: Any) -> Any:
    if isinstance(y, Fraction):
        if y == 0:
            raise NoJet("a division by zero")
        return _mul(x, 1 / y)
    if y.contains(0):
        raise NoJet("a division by what may be zero")
    return Fraction(0) if x == 0 and isinstance(x, Fraction) else _ball(x) / y


def _sum(terms: Any) -> Any:
    total: Any = Fraction(0)
    for term in terms:
        total = _add(total, term)
    return total


def _plus(a: Jet, b: Jet) -> Jet:
    return [_add(x, y) for x, y in zip(a, b, strict=True)]


def _scaled(a: Jet, by: Any) -> Jet:
    return [_mul(x, by) for x in a]


def _times(a: Jet, b: Jet) -> Jet:
    return [_sum(_mul(a[j], b[k - j]) for j in range(k + 1)) for k in range(len(a))]


def _over(a: Jet, b: Jet) -> Jet:
    found: Jet = []
    for k in range(len(a)):
        known = _sum(_mul(found[j], b[k - j]) for j in range(k))
        found.append(_divided(_add(a[k], _mul(known, Fraction(-1))), b[0]))
    return found


def _whole_power(a: Jet, n: int) -> Jet:
    total: Jet = [Fraction(1), *([Fraction(0)] * (len(a) - 1))]
    for _ in range(n):
        total = _times(total, a)
    return total


def _grown(start: Any, slope_of: Callable[[Jet, int], Any], size: int) -> Jet:
    """A jet from its first coefficient and its slopes: coefficient k is slope k - 1 over k."""
    found: Jet = [start]
    for k in range(1, size):
        found.append(_mul(slope_of(found, k - 1), Fraction(1, k)))
    return found


def _product_at(a: Jet, b: Jet, k: int) -> Any:
    return _sum(_mul(a[j], b[k - j]) for j in range(k + 1))


def _slopes(a: Jet) -> Jet:
    return [_mul(a[k], Fraction(k)) for k in range(1, len(a))]


# --------------------------------------------------------------------------------------- functions


def _start(x: Any, at: dict[int, int], function: Callable[[arb], arb]) -> Any:
    """A function's first coefficient: exact where it is known to be whole."""
    if isinstance(x, Fraction) and x.denominator == 1 and int(x) in at:
        return Fraction(at[int(x)])
    value = function(_ball(x))
    if not value.is_finite():
        raise NoJet("a function outside its domain")
    return value


def _exp(a: Jet) -> Jet:
    rise = _slopes(a)
    start = _start(a[0], {0: 1}, lambda x: x.exp())
    return _grown(start, lambda found, k: _product_at(rise, found, k), len(a))


def _log(a: Jet) -> Jet:
    if not _ball(a[0]) > 0:
        raise NoJet("a logarithm of what may not be positive")
    return _integral(_start(a[0], {1: 0}, lambda x: x.log()), _over(_slopes(a), a[:-1] or [a[0]]))


def _integral(start: Any, slopes: Jet) -> Jet:
    return [start, *(_mul(s, Fraction(1, k)) for k, s in enumerate(slopes, 1))]


def _power(a: Jet, power: Fraction) -> Jet:
    if power.denominator == 1:
        one: Jet = [Fraction(1), *([Fraction(0)] * (len(a) - 1))]
        return _over(one, _whole_power(a, -int(power)))
    if not _ball(a[0]) > 0:
        raise NoJet("a root of what may not be positive")
    start: Any = None
    if isinstance(a[0], Fraction):
        roots = [
            sympy.integer_nthroot(n, power.denominator) for n in (a[0].numerator, a[0].denominator)
        ]
        if all(exact for _, exact in roots):
            start = Fraction(int(roots[0][0]), int(roots[1][0])) ** power.numerator
    if start is None:
        start = _ball(a[0]) ** arb(fmpq(power.numerator, power.denominator))
    found: Jet = [start]
    for k in range(1, len(a)):
        terms = (_mul(_mul(power * j - (k - j), a[j]), found[k - j]) for j in range(1, k + 1))
        found.append(_divided(_sum(terms), _mul(Fraction(k), a[0])))
    return found


def _pair(a: Jet, cosine: Any, sine: Any, sign: int) -> tuple[Jet, Jet]:
    """cos and sin (sign -1), or cosh and sinh (sign 1), at once."""
    rise = _slopes(a)
    even, odd = [cosine], [sine]
    for k in range(1, len(a)):
        even.append(_mul(_product_at(rise, odd, k - 1), Fraction(sign, k)))
        odd.append(_mul(_product_at(rise, even[:k], k - 1), Fraction(1, k)))
    return even, odd


def _wave(a: Jet) -> tuple[Jet, Jet]:
    return _pair(
        a, _start(a[0], {0: 1}, lambda x: x.cos()), _start(a[0], {0: 0}, lambda x: x.sin()), -1
    )


def _hyperbolic(a: Jet) -> tuple[Jet, Jet]:
    return _pair(
        a, _start(a[0], {0: 1}, lambda x: x.cosh()), _start(a[0], {0: 0}, lambda x: x.sinh()), 1
    )


def _by_slope(a: Jet, function: Callable[[arb], arb], slope: Callable[[Jet], Jet]) -> Jet:
    """A function that vanishes at 0, by its first value and its derivative."""
    start = _start(a[0], {0: 0}, function)
    short = a[:-1]
    return _integral(start, _times(_slopes(a), slope(short))) if short else [start]


def _one(a: Jet) -> Jet:
    return [Fraction(1), *([Fraction(0)] * (len(a) - 1))]


def _bell(rate: Fraction) -> Callable[[Jet], Jet]:
    return lambda a: _exp(_scaled(_times(a, a), -rate))


def _erf(a: Jet) -> Jet:
    front = 2 / arb.pi().sqrt()
    return _by_slope(a, lambda x: x.erf(), lambda s: _scaled(_bell(Fraction(1))(s), front))


def _phi(a: Jet) -> Jet:
    front = 1 / (2 * arb.pi()).sqrt()
    short = a[:-1]
    start: Any = Fraction(1, 2)
    if a[0] != 0 or not isinstance(a[0], Fraction):
        start = (-_ball(a[0]) / arb(2).sqrt()).erfc() / 2
    if not short:
        return [start]
    return _integral(start, _times(_slopes(a), _scaled(_bell(Fraction(1, 2))(short), front)))


def _square_and(a: Jet, sign: int) -> Jet:
    return _plus(_one(a), _scaled(_times(a, a), Fraction(sign)))


_FUNCTIONS: dict[Any, Callable[[Jet], Jet]] = {
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.sin: lambda a: _wave(a)[1],
    sympy.cos: lambda a: _wave(a)[0],
    sympy.sinh: lambda a: _hyperbolic(a)[1],
    sympy.cosh: lambda a: _hyperbolic(a)[0],
    sympy.tanh: lambda a: _over(_hyperbolic(a)[1], _hyperbolic(a)[0]),
    sympy.atan: lambda a: _by_slope(
        a, lambda x: x.atan(), lambda s: _over(_one(s), _square_and(s, 1))
    ),
    sympy.asinh: lambda a: _by_slope(
        a, lambda x: x.asinh(), lambda s: _power(_square_and(s, 1), Fraction(-1, 2))
    ),
    sympy.atanh: lambda a: _by_slope(
        a, lambda x: x.atanh(), lambda s: _over(_one(s), _square_and(s, -1))
    ),
    sympy.erf: _erf,
    sympy.erfc: lambda a: _plus(_one(a), _scaled(_erf(a), Fraction(-1))),
    Phi: _phi,
}


def lower(x: Any, digits: int) -> Fraction:
    """A short rational below a coefficient (or equal to it, where that is short)."""
    if isinstance(x, Fraction) and x.denominator < 10**digits:
        return x
    low = _ball(x).lower()
    mantissa, exponent = map(int, low.man_exp())
    exact = Fraction(mantissa) * Fraction(2) ** exponent
    if exact == 0:
        return exact
    scale = Fraction(10) ** (digits - math.floor(math.log10(abs(float(exact)) or 1e-300)))
    return Fraction(math.floor(exact * scale)) / scale
