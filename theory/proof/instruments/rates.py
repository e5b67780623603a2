"""Exponentials of quick rates, at another pace: SymPy writes exp(p*x/q) as the p-th power of exp(x/q).

A polynomial of degree p is then written out with all its p + 1 coefficients, which for a rate of ten digits
takes seconds and gigabytes. In the variable ``y = x/q * (common divisor of the p)`` the degrees are little.
Checked by: roots and forms of exponentials whose rates have ten digits, beside those of whole rates.
"""

import math
from collections.abc import Iterator
from typing import Any

import sympy

__all__ = ["QUICKEST", "hidden", "paced"]

QUICKEST = 1000
"""The largest degree that is written out."""
HIGHEST = 40
"""The largest power of a common root."""
_GROWING = (sympy.exp, sympy.sinh, sympy.cosh, sympy.tanh)


def _rates(expr: sympy.Expr, symbol: sympy.Symbol) -> set[sympy.Rational]:
    """The rational coefficients of a variable in the exponents."""
    terms = [t for e in expr.atoms(*_GROWING) for t in sympy.Add.make_args(sympy.expand(e.args[0]))]
    rates = (term.coeff(symbol) for term in terms)
    return {rate for rate in rates if isinstance(rate, sympy.Rational) and rate != 0}


def paced(expr: Any, symbol: sympy.Symbol) -> tuple[Any, Any] | None:
    """An expression in another unit of a variable, in which degrees are little, and that unit; None if
    there is no such unit.

    >>> x = sympy.Symbol("x")
    >>> paced(sympy.exp(sympy.Rational(3715933419, 5 * 10**9) * x) - 2, x)
    (exp(x) - 2, 5000000000/3715933419)
    """
    rates = _rates(expr, symbol)
    unit: Any = sympy.Integer(1)
    if any(abs(rate.p) > QUICKEST for rate in rates):
        common = sympy.gcd(list(rates))
        if any(abs(rate / common) > QUICKEST for rate in rates):
            return None
        unit = 1 / common
    return expr.xreplace({symbol: unit * symbol}) if unit != 1 else expr, unit


def hidden(expr: Any) -> tuple[Any, dict[Any, Any]]:
    """An expression with a name for every exponential of too quick a rate, and for the root that exponentials
    of several fractions of one exponent are powers of, which SymPy does not see; and what they stand for.

    >>> x, E = sympy.symbols("x E")
    >>> hidden(sympy.exp(2 * x))
    (exp(2*x), {})
    >>> shown, names = hidden(sympy.exp(-(x**2)) + sympy.exp(-(x**2) / 2))
    >>> list(names.values()), shown.subs(next(iter(names)), E)
    ([exp(x**2/2)], 1/E + E**(-2))
    """
    quick = {
        e
        for e in expr.atoms(*_GROWING)
        if any(abs(rate.p) > QUICKEST for s in e.free_symbols for rate in _rates(e, s))
    }
    shown: dict[Any, Any] = {}
    stands: dict[Any, Any] = {}
    for e in sorted(quick, key=str):
        name: Any = sympy.Dummy("e", positive=True) if e.func is sympy.exp else sympy.Dummy("h")
        shown[e], stands[name] = name, e
    for root, powers in _roots(expr.atoms(sympy.exp) - quick):
        name = sympy.Dummy("r", positive=True)
        stands[name] = root
        shown |= {e: name**power for e, power in powers.items()}
    return expr.xreplace(shown), stands


def _roots(exponentials: set[Any]) -> Iterator[tuple[Any, dict[Any, int]]]:
    """Exponentials of several fractions of one exponent: that of the common fraction, and its powers."""
    alike: dict[Any, dict[Any, Any]] = {}
    for e in sorted(exponentials, key=str):
        share, rest = e.args[0].as_coeff_Mul(rational=True)
        if rest.free_symbols:
            alike.setdefault(rest, {})[e] = share
    for rest, shares in alike.items():
        common = math.lcm(*[int(share.q) for share in shares.values()])
        powers = {e: int(share * common) for e, share in shares.items()}
        several = len({share.q for share in shares.values()}) > 1
        if several and max(map(abs, powers.values())) <= HIGHEST:
            yield sympy.exp(rest / common), powers
