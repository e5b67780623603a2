"""What leads a function of an expression, far out and near a number."""

import ast
from fractions import Fraction

from ...second.reading import combine
from ...second.second_opinion import Term, parse
from ..terms import fraction_of
from .coefficients import called, divide, number, power
from .facts import Facts, Led, NoWay
from .orders import LN, LN_LN

__all__ = ["function", "raised"]

_CONTINUOUS = ("Phi", "atan", "sinh", "cosh")
_FAR = {"Phi": ("1", "0"), "atan": ("pi/2", "-pi/2")}
"""Functions with a limit at infinity, and at minus infinity."""


def function(facts: Facts, text: str, name: str, inner: Term) -> Led:
    """What leads a function's value."""
    found = facts.led(inner)
    match name:
        case "exp":
            return _exponential(facts, text, inner, found)
        case "log":
            return _logarithm(facts, text, found)
        case "sqrt":
            order = facts.scale.total({}, found.order, number(Fraction(1, 2)))
            return facts.by(
                text, order, called("sqrt", found.value), f"led_sqrt _ _ _ {found.name}"
            )
    if name not in _CONTINUOUS:
        raise NoWay(f"no lemma leads {name}")
    if name in _FAR and facts.scale.direction(found.order) > 0:
        return _far(facts, text, name, found)
    return _through(facts, text, name, found, f"continuous_{name} _")


def _through(facts: Facts, text: str, name: str, found: Led, continuous: str) -> Led:
    """A continuous function of what has a limit."""
    found = facts.settled(found)
    function = {"log": "ln"}.get(name, name)
    lemma = f"led_through {function} _ _ {found.name} ({continuous})"
    return facts.by(text, {}, called(name, found.value), lemma)


def _far(facts: Facts, text: str, name: str, found: Led) -> Led:
    """A function with a limit far out, of what goes there."""
    grown, sign = facts.grows(found)
    value, end = (_FAR[name][0], "far") if sign > 0 else (_FAR[name][1], "far_down")
    lemma = f"led_far {name} _ _ _ ({grown}) {name}_{end}"
    proof = f"refine ({lemma}); [{facts.scale.growth(found.order)} | limit_sign]"
    return facts.step(text, {}, parse(value), proof)


def _exponential(facts: Facts, text: str, inner: Term, found: Led) -> Led:
    if facts.scale.direction(found.order) <= 0:
        return _through(facts, text, "exp", found, "continuous_exp _")
    parts = facts.scale.split(inner)
    if parts is None:
        raise NoWay(f"{text[:60]} has an exponent that is no sum of powers")
    order, rest = parts
    small = facts.settled(facts.led(rest))
    lemma = f"led_exp _ {facts.scale.text(order)} _ _ _ {small.name}"
    proof = f"refine (led_as _ _ _ _ _ ({lemma}) _ _); [near_end {facts.until()} | limit_side | limit_side]"
    return facts.step(text, order, called("exp", small.value), proof)


def _logarithm(facts: Facts, text: str, found: Led) -> Led:
    if not found.order:
        return _through(facts, text, "log", found, "continuous_ln _ _")
    if list(found.order) != [LN]:
        raise NoWay(f"no lemma leads {text[:60]}")
    share, big = found.order[LN], facts.scale.big
    order = facts.scale.function(f"{facts.translator.within(share, 3)} * ln {big}")
    shaped = f"led_as _ _ {order} _ _ {found.name} _ eq_refl"
    lemma = f"led_ln _ _ _ _ ({shaped}) _ {facts.scale.up}"
    return facts.by(text, {LN_LN: number(1)}, share, lemma)


def raised(facts: Facts, text: str, base: Term, exponent: Term) -> Led:
    """What leads a power."""
    size = fraction_of(exponent)
    if size is None or size.denominator not in (1, 2, 4):
        return _real_power(facts, text, base, exponent)
    root = base
    for _ in range({1: 0, 2: 1, 4: 2}[size.denominator]):
        root = ast.Call(ast.Name("sqrt"), [root], [])
    found = facts.led(root)
    if abs(size.numerator) != 1 or root is base:
        found = _whole_power(facts, root, found, abs(size.numerator))
    return _inverse(facts, text, found) if size < 0 else found


def _whole_power(facts: Facts, base: Term, found: Led, size: int) -> Led:
    order = facts.scale.total({}, found.order, number(size))
    text = f"{facts.translator.within(base, 4)} ^ {size}"
    lemma = f"led_pow {size} _ _ _ {found.name}"
    return facts.by(text, order, power(found.value, size), lemma)


def _inverse(facts: Facts, text: str, found: Led) -> Led:
    order = facts.scale.total({}, found.order, number(-1))
    lemma = f"led_inv _ _ _ {found.name} _"
    return facts.by(text, order, divide(number(1), found.value), lemma)


def _real_power(facts: Facts, text: str, base: Term, exponent: Term) -> Led:
    if not text.startswith("Rpower"):
        raise NoWay(f"{text[:60]} may be a power of zero")
    found = facts.led(base)
    if not facts.moves(exponent):
        order = facts.scale.total({}, found.order, exponent)
        share = facts.translator.within(exponent, 5)
        lemma = f"led_Rpower {share} _ _ _ {found.name} _"
        return facts.by(text, order, _power(found.value, exponent), lemma)
    found, above = facts.settled(found), facts.settled(facts.led(exponent))
    lemma = f"led_power _ _ _ _ {found.name} {above.name} _"
    return facts.by(text, {}, _power(found.value, above.value), lemma)


def _power(base: Term, exponent: Term) -> Term:
    one = fraction_of(base) == 1 or fraction_of(exponent) == 0
    return number(1) if one else combine(base, ast.Pow(), exponent)
