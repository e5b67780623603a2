"""Where an expression is a real number at all: what must hold for its logs, roots and quotients.

A claim is about the points of its domain; if one of its sides is not a real number somewhere there,
the claim is not true there. So definedness is proved first, like any other inequality. Convention:
``x**0`` is 1, also at x = 0.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.relational import Relational

from ...language.expression import Condition, write
from ...numbers.deadline import limited
from ...numbers.exact_signs import sign_of_number
from ...numbers.ranges import Range, Undefined, point_value

__all__ = [
    "alternatives",
    "condition_text",
    "first_failure",
    "holds_there",
    "in_signs",
    "needs",
    "obligations",
]

Point = Mapping[sympy.Symbol, sympy.Rational]

TINY = Fraction(1, 10**30)
"""A range as narrow as this about zero: zero itself, or what looks like it."""
LARGEST = 64
"""Exponents up to this are worked out exactly."""


def obligations(relation: Relational) -> Iterator[Condition]:
    """The conditions under which every part of a SymPy relation is a real number."""
    for side in relation.args:
        yield from needs(side)


def needs(expr: Any) -> Iterator[Condition]:
    """The conditions under which every part of a SymPy expression is a real number."""
    for part in sympy.postorder_traversal(sympy.sympify(expr)):
        yield from _conditions(part)


def _conditions(part: Any) -> Iterator[Condition]:
    argument: Any = part.args[0] if part.args else None
    if isinstance(part, sympy.log):
        yield argument, ">"
    elif isinstance(part, sympy.atanh):
        yield argument, "atanh"
    elif isinstance(part, sympy.acosh):
        yield argument, "acosh"
    elif part.is_Pow:
        base, exponent = part.args
        if not (exponent.is_Integer and exponent >= 0):
            yield (base, exponent), "power"


def in_signs(condition: Condition) -> Condition:
    """A condition on the argument of acosh or atanh as one on the sign of an expression."""
    subject, kind = condition
    if kind == "acosh":
        return subject - 1, ">="
    return (1 - subject**2, ">") if kind == "atanh" else condition


def alternatives(condition: Condition) -> list[list[Relational]]:
    """Sets of relations, each of which gives the condition; any one of them suffices."""
    subject, kind = in_signs(condition)
    if kind != "power":
        return [[_RELATION[kind](subject, 0)]]
    base, exponent = subject
    if exponent.is_Integer:
        return [[_RELATION["!="](base, 0)]]
    if exponent.is_number:
        strict = exponent.is_negative is not False
        return [[_RELATION[">" if strict else ">="](base, 0)]]
    choices = [[_RELATION[">"](base, 0)], [_RELATION[">="](base, 0), _RELATION[">"](exponent, 0)]]
    if exponent.is_integer:
        choices += [[_RELATION["!="](base, 0)], [_RELATION[">="](exponent, 0)]]
    return choices


def _relation(kind: Any) -> Any:
    return lambda left, right: kind(left, sympy.Integer(right), evaluate=False)


_RELATION = {
    ">": _relation(sympy.StrictGreaterThan),
    ">=": _relation(sympy.GreaterThan),
    "!=": _relation(sympy.Unequality),
}


def first_failure(conditions: Iterable[Condition], point: Point) -> str | None:
    """The part that is certainly not a real number at a rational point, or None."""
    for subject, kind in conditions:
        if _verdict(subject, kind, point) is False:
            return condition_text(subject, kind)
    return None


def holds_there(conditions: Iterable[Condition], point: Point) -> bool:
    """Whether every condition certainly holds at a rational point."""
    return all(_verdict(subject, kind, point) is True for subject, kind in conditions)


def _verdict(subject: Any, kind: str, point: Point) -> bool | None:
    subject, kind = in_signs((subject, kind))
    try:
        if kind == "power":
            return _power_is_real(_exactly(subject[0], point), _at(subject[1], point))
        return _compare(_exactly(subject, point), kind)
    except (Undefined, NotImplementedError):
        return None


def _at(expr: sympy.Expr, point: Point) -> Range:
    used = {symbol: value for symbol, value in point.items() if symbol in expr.free_symbols}
    return point_value(expr, used)


def _exactly(expr: sympy.Expr, point: Point) -> Range:
    """The range of an expression at a point; zero itself where exact algebra finds it to be zero."""
    value = _at(expr, point)
    if value.low <= 0 <= value.high and 0 < value.high - value.low < TINY and _cancels(expr, point):
        values: Any = dict(point)
        if limited(0.5, lambda: sign_of_number(expr.subs(values))) == 0:
            return Range(Fraction(0), Fraction(0), False, False)
    return value


def _cancels(expr: sympy.Expr, point: Point) -> bool:
    """Whether parts may cancel, as without a sum they cannot, and exact numbers can be held."""
    exponents = (_at(power.exp, point) for power in expr.atoms(sympy.Pow))
    return expr.has(sympy.Add) and all(e.low >= -LARGEST and e.high <= LARGEST for e in exponents)


def _compare(value: Range, kind: str) -> bool | None:
    if value.low > 0 or (kind == ">=" and value.low == 0):
        return True
    if value.high < 0:
        return kind == "!="
    if value.low == value.high == 0:
        return kind == ">="
    return None


def _power_is_real(base: Range, exponent: Range) -> bool | None:
    if base.low > 0:
        return True
    whole = exponent.low == exponent.high and exponent.low.denominator == 1
    fraction = exponent.low == exponent.high and exponent.low.denominator > 1
    if base.high < 0:
        return True if whole else False if fraction else None
    if base.low == base.high == 0:
        return True if exponent.low >= 0 else False if exponent.high < 0 else None
    return None


def condition_text(subject: Any, kind: str) -> str:
    """The part that a condition keeps real."""
    if kind == "power":
        base, exponent = subject
        return f"({write(base)})**({write(exponent)})"
    name = {">": "log", ">=": "sqrt", "!=": "1/"}.get(kind, kind)
    return f"{name}({write(subject)})"
