"""Polynomials with fractions for coefficients, in atoms that may have negative and fractional powers.

Plain dictionaries, added and multiplied term by term: small enough to be read, exact, and shared with
no algebra system. What an atom stands for, `normal_form` knows.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm

__all__ = [
    "ONE",
    "Monomial",
    "Number",
    "Poly",
    "TooLong",
    "added",
    "constant",
    "content",
    "direction",
    "divided",
    "key_of",
    "monomial",
    "multiplied",
    "powered",
    "raised",
    "scaled",
    "split_off",
    "whole",
    "with_rest",
]

Number = int | Fraction
Monomial = tuple[tuple[int, Number], ...]
"""Atoms by number, the last first, with their exponents: compared as tuples they are in an order that
products keep."""
Poly = Mapping[Monomial, Number]
"""Coefficients by monomial; none of them is zero."""

ONE: Poly = {(): 1}
LIMIT = 4000
"""Terms of a product beyond which it is not multiplied out."""
BITS = 40_000
"""Bits of a number beyond which it is not worked out."""


class TooLong(Exception):
    """A product has more terms than are worth their time."""


def whole(number: Number) -> Number:
    """The same number, as an integer if it is one: integers are faster."""
    return number.numerator if number.denominator == 1 else number


def constant(number: Number) -> Poly:
    """A number as a polynomial."""
    return {(): whole(number)} if number else {}


def monomial(powers: Iterable[tuple[int, Number]]) -> Monomial:
    """The product of powers of different atoms."""
    return tuple(sorted(((atom, whole(power)) for atom, power in powers if power), reverse=True))


def _times(a: Monomial, b: Monomial) -> Monomial:
    if not a or not b:
        return a or b
    powers = dict(a)
    for atom, power in b:
        powers[atom] = powers.get(atom, 0) + power
    return monomial(powers.items())


def raised(number: Number, power: int) -> Number:
    """A whole power of a number, if it can be written.

    Raises
    ------
    TooLong
        If it has too many digits.
    """
    number = Fraction(number)
    bits = number.numerator.bit_length() + number.denominator.bit_length()
    if bits * abs(power) > BITS and number not in (1, -1):
        raise TooLong(f"the power {power}")
    return whole(number**power)


def added(a: Poly, b: Poly, factor: Number = 1) -> Poly:
    """``a + factor*b``."""
    total = dict(a)
    for product, number in b.items():
        if value := total.get(product, 0) + factor * number:
            total[product] = whole(value)
        else:
            del total[product]
    return total


def scaled(a: Poly, number: Number, by: Monomial = ()) -> Poly:
    """A polynomial times a number and a monomial."""
    return (
        {_times(product, by): whole(value * number) for product, value in a.items()}
        if number
        else {}
    )


def multiplied(a: Poly, b: Poly) -> Poly:
    """``a*b``, multiplied out.

    Raises
    ------
    TooLong
        If that has too many terms.
    """
    if len(a) * len(b) > LIMIT:
        raise TooLong(f"{len(a)} times {len(b)} terms")
    if len(a) > len(b):
        a, b = b, a
    total: dict[Monomial, Number] = {}
    for left, x in a.items():
        for right, y in b.items():
            product = _times(left, right)
            total[product] = total.get(product, 0) + x * y
    return {product: whole(value) for product, value in total.items() if value}


def powered(a: Poly, power: int) -> Poly:
    """A power that is not negative, multiplied out."""
    if len(a) == 1:
        ((product, number),) = a.items()
        return {monomial((atom, e * power) for atom, e in product): raised(number, power)}
    result, square = ONE, a
    while power:
        if power & 1:
            result = multiplied(result, square)
        power >>= 1
        if power:
            square = multiplied(square, square)
    return result


def content(a: Poly) -> tuple[Number, Monomial]:
    """The positive number and the monomial that all terms have in common."""
    numbers = [Fraction(value) for value in a.values()]
    number = Fraction(gcd(*(n.numerator for n in numbers)), lcm(*(n.denominator for n in numbers)))
    least: dict[int, Number] = {}
    for product in a:
        for atom, _ in product:
            least.setdefault(atom, min(dict(other).get(atom, 0) for other in a))
    return whole(number), monomial(least.items())


def split_off(a: Poly) -> tuple[Number, Monomial, Poly]:
    """A number, a monomial and a sum without common factors whose first term is positive: their product."""
    number, product = content(a)
    if a[max(a)] < 0:
        number = -number
    return (
        number,
        product,
        scaled(a, Fraction(1) / number, tuple((atom, -e) for atom, e in product)),
    )


def direction(a: Poly) -> Poly:
    """A polynomial up to a positive factor."""
    return scaled(a, Fraction(1) / content(a)[0]) if a else a


def with_rest(a: Poly, by: Poly) -> tuple[Poly, Poly]:
    """Quotient and rest of long division; neither polynomial may have negative powers."""
    lead = max(by)
    left, rest, result = dict(a), {}, {}
    for _ in range(LIMIT):
        if not left:
            return result, rest
        top = max(left)
        powers = _times(top, tuple((atom, -power) for atom, power in lead))
        if any(power < 0 for _, power in powers):
            rest[top] = left.pop(top)
            continue
        share = whole(Fraction(left[top]) / Fraction(by[lead]))
        result[powers] = share
        left = dict(added(left, scaled(by, share, powers), -1))
    raise TooLong("a long division")


def divided(a: Poly, by: Poly) -> Poly | None:
    """``a/by`` if it leaves no rest; neither polynomial may have negative powers."""
    top, lead = dict(max(a)), max(by)
    if any(top.get(atom, 0) < power for atom, power in lead):
        return None
    result, rest = with_rest(a, by)
    return None if rest else result


def key_of(a: Poly) -> frozenset[tuple[Monomial, Number]]:
    """What two polynomials have in common exactly if they are equal."""
    return frozenset(a.items())
