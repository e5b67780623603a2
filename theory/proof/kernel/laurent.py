"""Sums of products of powers of atoms, with fractions for coefficients: enough algebra to guide a proof.

A polynomial is a mapping from products to coefficients; a product is a sorted tuple of (atom, power), an
atom a text. Powers may be negative. Nothing here is trusted: Coq proves what comes of it.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

__all__ = [
    "ONE", "Monomial", "Poly", "atom", "constant", "content", "plus", "power", "primes", "text", "times",
]  # fmt: skip

Monomial = tuple[tuple[str, int], ...]
Poly = Mapping[Monomial, Fraction]

ONE: Monomial = ()


def constant(value: Fraction | int) -> Poly:
    """A number."""
    return {ONE: Fraction(value)} if value else {}


def atom(name: str, raised: int = 1) -> Poly:
    """A power of an atom."""
    return {((name, raised),): Fraction(1)} if raised else constant(1)


def plus(a: Poly, b: Poly, share: Fraction | int = 1) -> Poly:
    """``a + share b``."""
    found = dict(a)
    for monomial, value in b.items():
        found[monomial] = found.get(monomial, Fraction(0)) + share * value
    return {monomial: value for monomial, value in found.items() if value}


def times(a: Poly, b: Poly) -> Poly:
    """The product."""
    found: dict[Monomial, Fraction] = {}
    for m, c in a.items():
        for n, d in b.items():
            both = _joined(m, n)
            found[both] = found.get(both, Fraction(0)) + c * d
    return {monomial: value for monomial, value in found.items() if value}


def _joined(a: Monomial, b: Monomial) -> Monomial:
    powers = dict(a)
    for name, raised in b:
        powers[name] = powers.get(name, 0) + raised
    return tuple(sorted((name, raised) for name, raised in powers.items() if raised))


def power(a: Poly, raised: int) -> Poly:
    """A whole power; a negative one only of a single product."""
    if raised < 0:
        ((monomial, value),) = a.items()
        inverse = {tuple((name, -r) for name, r in monomial): 1 / value}
        return power(inverse, -raised)
    return reduce(times, [a] * raised, constant(1))


def content(a: Poly) -> tuple[Fraction, Monomial]:
    """The largest positive number and product that divide every term with whole coefficients."""
    values = list(a.values())
    number = Fraction(
        reduce(gcd, (abs(v.numerator) for v in values)),
        reduce(lcm, (v.denominator for v in values)),
    )
    names = {name for monomial in a for name, _ in monomial}
    least = {name: min(dict(monomial).get(name, 0) for monomial in a) for name in names}
    return number, tuple(sorted((name, raised) for name, raised in least.items() if raised))


def primes(number: int) -> Iterable[tuple[int, int]]:
    """A positive integer's prime factors with their powers; what is large and has no small one, whole."""
    left, p = number, 2
    while p * p <= left and p < 1000:
        raised = 0
        while left % p == 0:
            left, raised = left // p, raised + 1
        if raised:
            yield p, raised
        p += 1
    if left > 1:
        yield left, 1


def text(a: Poly) -> str:
    """The sum as Python writes it, terms in a fixed order."""
    if not a:
        return "0"
    ordered = sorted(a.items(), key=lambda item: (-sum(r for _, r in item[0]), item[0]))
    return " + ".join(_term(monomial, value) for monomial, value in ordered)


def _term(monomial: Monomial, value: Fraction) -> str:
    above = [_raised(name, r) for name, r in monomial if r > 0]
    below = [_raised(name, -r) for name, r in monomial if r < 0]
    if abs(value.numerator) != 1 or not above:
        above.insert(0, str(abs(value.numerator)))
    if value.denominator != 1:
        below.insert(0, str(value.denominator))
    shown = "*".join(above)
    if below:
        shown += f"/({'*'.join(below)})"
    return shown if value > 0 else f"(-({shown}))"


def _raised(name: str, raised: int) -> str:
    shown = name if name.isidentifier() or name.isdigit() else f"({name})"
    return shown if raised == 1 else f"{shown}**{raised}"
