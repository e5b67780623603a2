"""Where an expression is continuous, or smooth: what reasoning by slopes and ends rests on.

A slope that is >= 0 wherever it has a value makes a function increase only if the function has no gap
and no jump; a second derivative bends it only if it has no kink. So before a step compares different
points of a box, every part of the expression is shown to be a real number there: roots of what is >= 0
are continuous, and smooth where that is positive; a variable power is neither at 0**0.
Checked by: a root of a square, whose slope jumps, is neither concave nor smooth.
"""

from collections.abc import Iterator
from typing import Any

import sympy

from ...numbers.boxes import Box, box_ranges
from ...numbers.normal_form import identical, vanishes
from ...numbers.ranges import Undefined, compile_range
from ..instruments.forms import forms
from ..instruments.smt import Fact
from .goals import Goal, Search, signed, trim

__all__ = ["continuous", "nowhere_at", "smooth"]

KINKED = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign)

Condition = tuple[Any, bool]
"""An expression that must be >= 0, or > 0."""


def continuous(expr: Any, box: Box, search: Search, given: tuple[Fact, ...] = ()) -> bool:
    """Whether every part of an expression is shown to be real and continuous on a box, where
    ``given`` holds."""
    return _holds(expr, Goal(expr, False, box, given), search, smoothly=False)


def smooth(expr: Any, box: Box, search: Search) -> bool:
    """Whether every part is shown to be real and analytic on a box."""
    return _holds(expr, Goal(expr, False, box), search, smoothly=True)


def nowhere_at(expr: Any, symbol: sympy.Symbol, end: Any, box: Box) -> bool:
    """Whether some part has no value where a variable is at an end, whatever the others are."""
    for part in sympy.preorder_traversal(expr):
        inner = part.args[0] if isinstance(part, sympy.log) else None
        if part.is_Pow and part.exp.is_negative:
            inner = part.base
        if inner is not None and vanishes(inner.subs(symbol, end), box):
            return True
    return False


def _holds(expr: Any, where: Goal, search: Search, *, smoothly: bool) -> bool:
    for part in sympy.postorder_traversal(sympy.sympify(expr)):
        choices = list(_choices(part, smoothly))
        if choices and not any(
            all(_shown(condition, where, search) for condition in choice) for choice in choices
        ):
            return False
    return True


def _choices(part: Any, smoothly: bool) -> Iterator[list[Condition]]:
    """Sets of conditions, each of which makes a part well-behaved; none for one that always is."""
    inner: Any = part.args[0] if part.args else None
    if isinstance(part, sympy.log):
        yield [(inner, True)]
    elif isinstance(part, sympy.atanh):
        yield [(1 - inner, True), (1 + inner, True)]
    elif isinstance(part, sympy.acosh):
        yield [(inner - 1, smoothly)]
    elif isinstance(part, sympy.sign) or (smoothly and isinstance(part, sympy.Abs)):
        yield [(inner, True)]
        yield [(-inner, True)]
    elif smoothly and isinstance(part, sympy.Max | sympy.Min):
        yield [(sympy.S.Zero, True)]
    elif part.is_Pow:
        yield from _power(part.base, part.exp, smoothly)


def _power(base: Any, exponent: Any, smoothly: bool) -> Iterator[list[Condition]]:
    if exponent.is_Integer:
        if exponent < 0:
            yield [(base, True)]
            yield [(-base, True)]
            yield [(base**2, True)]
        return
    yield [(base, True)]
    if smoothly or base.has(*KINKED):
        return
    if exponent.is_number:
        if exponent.is_positive:
            yield [(base, False)]
    else:
        yield [(base, False), (exponent, True)]


def _shown(condition: Condition, where: Goal, search: Search) -> bool:
    expr, strict = condition
    if expr.is_Rational:
        return bool(expr > 0 or (expr == 0 and not strict))
    if condition in search.known or (expr, True) in search.known:
        return True
    goal = trim(where._replace(expr=expr, strict=strict))
    for form in forms(expr):
        try:
            interval = compile_range(form, tuple(goal.box))(box_ranges(goal.box))
        except (Undefined, NotImplementedError):
            continue
        if signed(interval, strict) and identical(expr, form, goal.box):
            return True
    return search.prove(goal, 1) is not None
