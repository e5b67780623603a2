"""Whether the least value that intervals give is attained: the second opinion's own account of open ends.

``x*(1 - y) > 0`` for x in (0, 1] and y in [0, 1) touches zero only where nothing is attained, and
``(x - 1/3)**2 > 0`` inside (0, 1). An end counts as attained unless every way to reach it is open.
"""

import ast
from collections.abc import Mapping
from typing import Any

from mpmath import mp

from .second_opinion import Term, interval_of, iv

__all__ = ["least_is_open"]

Opens = tuple[bool, bool]
"""Whether the low and the high end are open."""

TINY = mp.mpf(2) ** -180
_RISING = frozenset(
    {"exp", "log", "sqrt", "sinh", "tanh", "asinh", "acosh", "atanh", "atan", "erf", "Phi"}
)


def least_is_open(term: Term, box: Mapping[str, Any], opens: Mapping[str, Opens]) -> bool:
    """Whether the low end of the interval of an expression is never attained on the box."""
    return _opens(term, box, opens)[0]


def _opens(term: Any, box: Mapping[str, Any], opens: Mapping[str, Opens]) -> Opens:
    """Both ends; an infinite one is never attained."""
    low, high = _by_form(term, box, opens)
    if low and high:
        return low, high
    value = interval_of(term, box)
    return low or value.a == mp.ninf, high or value.b == mp.inf


def _by_form(term: Any, box: Mapping[str, Any], opens: Mapping[str, Opens]) -> Opens:
    def of(part: Any) -> Opens:
        return _opens(part, box, opens)

    match term:
        case ast.Name(id=name) if name in opens:
            return opens[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _turned(of(operand))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _either(of(left), of(right))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _either(of(left), _turned(of(right)))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            x, y = interval_of(left, box), interval_of(right, box)
            return _product(x, of(left), y, of(right))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            x, y = interval_of(left, box), iv.mpf(1) / interval_of(right, box)
            return _product(x, of(left), y, _turned(of(right)))
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            x, y = interval_of(base, box), interval_of(exponent, box)
            constant = y.a == y.b
            return _power(x, of(base), y) if constant else _any_power(x, of(base), y, of(exponent))
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in _RISING:
            return of(argument)
        case ast.Call(func=ast.Name(id="erfc"), args=[argument]):
            return _turned(of(argument))
        case ast.Call(func=ast.Name(id="Abs" | "cosh"), args=[argument]):
            return _even(interval_of(argument, box), of(argument))
        case ast.Call(func=ast.Name(id="Max" | "Min" as name), args=arguments):
            return _extreme(
                name, [interval_of(a, box) for a in arguments], list(map(of, arguments))
            )
        case _:
            return False, False


def _turned(opens: Opens) -> Opens:
    return opens[1], opens[0]


def _either(a: Opens, b: Opens) -> Opens:
    return a[0] or b[0], a[1] or b[1]


def _even(x: Any, opens: Opens) -> Opens:
    """The size of a number: its least is 0, attained, where the interval goes around 0."""
    if x.a >= 0:
        return opens
    return _turned(opens) if x.b <= 0 else (False, False)


def _power(base: Any, opens: Opens, exponent: Any) -> Opens:
    n = exponent.a
    if n == int(n) and int(n) % 2 == 0:
        opens = _even(base, opens)
    elif base.a < 0 and n < 0 < base.b:
        return False, False
    return opens if n > 0 else _turned(opens)


def _any_power(x: Any, x_opens: Opens, y: Any, y_opens: Opens) -> Opens:
    """A power of a positive base is monotone in base and exponent: its ends are at corners."""
    positive = x.a > 0 or (x.a >= 0 and x_opens[0])
    corners = []
    for a, a_open in zip((x.a, x.b), x_opens, strict=True):
        for b, b_open in zip((y.a, y.b), y_opens, strict=True):
            a, b = mp.mpf(a), mp.mpf(b)
            is_open = (a_open and b != 0) or (b_open and a not in (0, 1))
            corners.append((_corner(a, b), is_open))
    low, high = _ends(corners)
    low = low or min(value for value, _ in corners) == 0  # a power of a positive number is positive
    return positive and low, positive and high


def _corner(base: Any, exponent: Any) -> Any:
    if base == 1 or exponent == 0:
        return mp.mpf(1)
    if base == 0 or mp.isinf(base) or mp.isinf(exponent):
        return mp.inf if (base > 1) == (exponent > 0) else mp.mpf(0)
    return base**exponent


def _product(x: Any, x_opens: Opens, y: Any, y_opens: Opens) -> Opens:
    corners = []
    for a, a_open in zip((x.a, x.b), x_opens, strict=True):
        for b, b_open in zip((y.a, y.b), y_opens, strict=True):
            a, b = mp.mpf(a), mp.mpf(b)
            nought = [abs(a) <= TINY, abs(b) <= TINY]
            attained_zero = (nought[0] and not a_open) or (nought[1] and not b_open)
            value = mp.mpf(0) if any(nought) else a * b
            corners.append((value, (a_open or b_open) and not attained_zero))
    return _ends(corners)


def _ends(corners: list[tuple[Any, bool]]) -> Opens:
    """Whether every corner that reaches the least value is open, and the greatest."""
    values = [value for value, _ in corners]
    low, high = (end(values) for end in (min, max))
    return (
        all(is_open for value, is_open in corners if value <= low + TINY),
        all(is_open for value, is_open in corners if value >= high - TINY),
    )


def _extreme(name: str, intervals: list[Any], opens: list[Opens]) -> Opens:
    choose = max if name == "Max" else min
    low, high = choose(x.a for x in intervals), choose(x.b for x in intervals)
    pairs = list(zip(intervals, opens, strict=True))
    return (
        all(own[0] for x, own in pairs if x.a == low),
        all(own[1] for x, own in pairs if x.b == high),
    )
