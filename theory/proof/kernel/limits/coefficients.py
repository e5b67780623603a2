"""Coefficients of a limit's parts: expressions in the parameters, numbers among them worked out.

Signs are guessed at points; what is guessed wrongly Coq does not prove.
"""

import ast
from collections.abc import Callable
from fractions import Fraction

from mpmath import mp

from ...second.reading import Box, combine, inner_point
from ...second.second_opinion import Term, value_of
from ...second.terms import variables
from ..terms import fraction_of

__all__ = [
    "Sign", "add", "called", "divide", "expanded", "guessed_on", "multiply", "negate", "number", "power",
]  # fmt: skip

Sign = Callable[[Term], int]


def number(value: Fraction | int) -> Term:
    """A number as an expression."""
    value = Fraction(value)
    above: Term = ast.Constant(abs(value.numerator))
    if value < 0:
        above = ast.UnaryOp(ast.USub(), above)
    if value.denominator == 1:
        return above
    return combine(above, ast.Div(), ast.Constant(value.denominator))


def _is(term: Term, value: int) -> bool:
    return fraction_of(term) == value


def _plain(term: Term) -> Term:
    value = fraction_of(term)
    return term if value is None else number(value)


def negate(a: Term) -> Term:
    """``-a``, numbers worked out as in all that follows."""
    match a:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner
    return _plain(ast.UnaryOp(ast.USub(), a))


def add(a: Term, b: Term) -> Term:
    """``a + b``."""
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    return _plain(combine(a, ast.Add(), b))


def multiply(a: Term, b: Term) -> Term:
    """``a*b``."""
    if _is(a, 0) or _is(b, 0):
        return ast.Constant(0)
    if _is(a, 1) or _is(b, 1):
        return b if _is(a, 1) else a
    if _is(a, -1) or _is(b, -1):
        return negate(b if _is(a, -1) else a)
    return _plain(combine(a, ast.Mult(), b))


def divide(a: Term, b: Term) -> Term:
    """``a/b``."""
    return ast.Constant(0) if _is(a, 0) else a if _is(b, 1) else _plain(combine(a, ast.Div(), b))


def power(a: Term, n: int) -> Term:
    """``a**n``."""
    if n == 0:
        return number(1)
    return a if n == 1 else _plain(combine(a, ast.Pow(), number(n)))


_VALUES = {
    ("exp", 0): 1, ("log", 1): 0, ("sqrt", 0): 0, ("sqrt", 1): 1, ("atan", 0): 0, ("sinh", 0): 0,
}  # fmt: skip


def called(name: str, inner: Term) -> Term:
    """A function's value, where that is a number its number."""
    argument = fraction_of(inner)
    if argument is not None and (name, argument) in _VALUES:
        return number(_VALUES[name, int(argument)])
    return ast.Call(ast.Name(name), [inner], [])


def guessed_on(box: Box) -> Sign:
    """The sign of a coefficient at two points of a box; 0 where it is zero at both."""
    points = [
        {
            name: inner_point(piece, Fraction(shift + index, 2 * shift + 3 + index))
            for index, (name, piece) in enumerate(box.items())
        }
        for shift in (3, 8)
    ]

    def sign(term: Term) -> int:
        with mp.workdps(30):
            values = [value_of(term, point, 30) for point in points]
            signs = [0 if abs(v) < mp.mpf(10) ** -20 else int(mp.sign(v)) for v in values]
        return signs[0] or signs[1]

    return sign


def expanded(term: Term, by: str) -> dict[int, Term] | None:
    """Coefficients of an expression's powers of a variable; None if it is no sum of those."""
    if by not in variables(term):
        return {0: term}
    match term:
        case ast.Name():
            return {1: number(1)}
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            found = expanded(inner, by)
            return found and {n: negate(a) for n, a in found.items()}
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, raised = expanded(left, by), fraction_of(right)
            if base is None or raised is None or raised.denominator > 1:
                return None
            return _raised(base, int(raised))
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = expanded(left, by), expanded(right, by)
            return None if a is None or b is None else _joined(a, operator, b)
    return None


def _joined(
    a: dict[int, Term], operator: ast.operator, b: dict[int, Term]
) -> dict[int, Term] | None:
    match operator:
        case ast.Add() | ast.Sub():
            if isinstance(operator, ast.Sub):
                b = {n: negate(share) for n, share in b.items()}
            return {n: add(a.get(n, number(0)), b.get(n, number(0))) for n in {**a, **b}}
        case ast.Mult():
            found: dict[int, Term] = {}
            for n, share in a.items():
                for m, other in b.items():
                    found[n + m] = add(found.get(n + m, number(0)), multiply(share, other))
            return found
        case ast.Div() if (inverse := _raised(b, -1)) is not None:
            return _joined(a, ast.Mult(), inverse)
    return None


def _raised(base: dict[int, Term], raised: int) -> dict[int, Term] | None:
    """A whole power, a negative one only of a single term."""
    if raised < 0 and len(base) > 1:
        return None
    if raised < 0:
        ((n, share),) = base.items()
        return {n * raised: divide(number(1), power(share, -raised))}
    found: dict[int, Term] | None = {0: number(1)}
    for _ in range(raised):
        found = found and _joined(found, ast.Mult(), base)
    return found
