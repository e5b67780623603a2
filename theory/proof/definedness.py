"""Where an expression is a real number at all: what must hold for its logs, roots and quotients.

A claim is about the points of its domain; if one of its sides is not a real number somewhere there,
the claim is not true there. So definedness is proved first, like any other inequality.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from sympy.core.relational import Relational

from ..expression import write
from .ranges import Undefined, point_value

__all__ = ["obligations", "undefined_part"]

Obligation = tuple[Any, tuple[tuple[Any, str], ...]]
"""A part, and conditions (expr, '>' | '>=' | '!=' against 0) that make it a real number."""


def obligations(expr: sympy.Basic) -> Iterator[Obligation]:
    """The conditions under which every part of an expression is a real number, innermost first."""
    for part in sympy.postorder_traversal(expr):
        conditions = tuple(_conditions(part))
        if conditions:
            yield part, conditions


def _conditions(part: Any) -> Iterator[tuple[Any, str]]:
    argument: Any = part.args[0] if part.args else None
    if isinstance(part, sympy.log):
        yield argument, ">"
    elif isinstance(part, sympy.atanh):
        yield 1 - argument**2, ">"
    elif isinstance(part, sympy.acosh):
        yield argument - 1, ">="
    elif part.is_Pow and not part.is_number:
        base, exponent = part.args
        if exponent.is_Integer:
            if exponent < 0:
                yield base, "!="
        elif exponent.is_number:
            yield base, ">" if exponent.is_negative else ">="
        elif base.is_positive is not True:
            if base.is_nonnegative and exponent.is_positive:
                return
            yield base, ">"


def undefined_part(
    relation: Relational, point: Mapping[sympy.Symbol, sympy.Rational]
) -> str | None:
    """The part of a relation that is certainly not a real number at a rational point, or None."""
    values = dict(point)
    for side in (relation.lhs, relation.rhs):
        for part, conditions in obligations(sympy.sympify(side)):
            for expr, kind in conditions:
                if _fails(expr, kind, values):
                    return write(part)
    return None


def _fails(expr: sympy.Expr, kind: str, values: dict[sympy.Symbol, sympy.Rational]) -> bool:
    try:
        interval = point_value(expr, values)
    except (Undefined, NotImplementedError):
        return False
    zero = interval.low == interval.high == 0
    if kind == "!=":
        return zero
    return interval.high < 0 or (kind == ">" and zero)
