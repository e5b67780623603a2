"""Whether every logarithm, root and quotient of a claim is shown to have a value on the whole domain.

A claim is about the points of its domain; where a part of it is no real number it says nothing true. The
evidence holds a case ``u > 0`` for each ``log(u)``, ``u != 0`` for each quotient by u, and so on: read off
the text again here, and looked for there. Convention: ``x**0`` is 1, also at x = 0.
"""

import ast
import contextlib
import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from mpmath import mp

from .agreement import same
from .reading import Box, Rejected, read_relation
from .second_opinion import NotReal, Term, interval_of, parse, random_point, value_of

__all__ = ["Shown", "require_defined"]


class Shown(NamedTuple):
    """What a case of the evidence shows on a box: ``term sign 0``."""

    term: Term
    sign: str
    box: Box


_Condition = tuple[Term, str]


def require_defined(
    relation: str,
    boxes: Sequence[Box],
    shown: Sequence[Shown],
    rng: random.Random,
    *,
    by_factors: bool,
) -> None:
    """Reject a relation if for some part, on some box, no case shows that it is a real number.

    ``by_factors``: cases for the factors of a denominator will do, since SymPy writes quotients so.
    """
    left, _, right = read_relation(relation)
    for part in {ast.unparse(part): part for side in (left, right) for part in ast.walk(side)
                 if isinstance(part, ast.expr)}.values():  # fmt: skip
        for box in boxes:
            integers = {name for name, piece in box.items() if piece.integer}
            choices = list(_choices(part, integers, by_factors))
            if (
                choices
                and not any(
                    all(_is_shown(condition, box, shown, rng) for condition in choice)
                    for choice in choices
                )
                and not _is_power_of_zero(part, box, rng)
            ):
                raise Rejected(f"no case shows that {ast.unparse(part)} is a real number")


def _choices(part: Term, integers: set[str], by_factors: bool) -> Iterator[Sequence[_Condition]]:
    """Sets of conditions, each of which makes a part a real number if its own parts are."""
    match part:
        case ast.BinOp(op=ast.Div(), right=below):
            yield [(below, "!=")]
            if by_factors or not _names(below):
                yield [*_of_nonzero(below)]
        case ast.Call(func=ast.Name(id="log"), args=[inner]):
            yield [(inner, ">")]
        case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
            yield [(inner, ">=")]
        case ast.Call(func=ast.Name(id="acosh"), args=[inner]):
            yield [(_minus(inner, 1), ">=")]
        case ast.Call(func=ast.Name(id="atanh"), args=[inner]):
            square = ast.BinOp(inner, ast.Pow(), ast.Constant(2))
            yield [(ast.BinOp(ast.Constant(1), ast.Sub(), square), ">")]
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            yield from _of_power(base, exponent, integers)
        case _:
            pass


def _is_power_of_zero(part: Term, box: Box, rng: random.Random) -> bool:
    """Whether a part is 1, whatever its base: its exponent vanishes."""
    return (
        isinstance(part, ast.BinOp)
        and isinstance(part.op, ast.Pow)
        and same(part.right, ast.Constant(0), box, rng)
    )


def _of_nonzero(term: Term) -> Iterator[_Condition]:
    """Conditions on the factors, bases and arguments of an expression under which it is not zero."""
    match term:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            yield from _of_nonzero(left)
            yield from _of_nonzero(right)
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant()):
            yield from _of_nonzero(base)
        case ast.BinOp(left=base, op=ast.Pow()) | ast.Call(func=ast.Name(id="sqrt"), args=[base]):
            yield base, ">"
        case ast.Call(func=ast.Name(id="exp")):
            pass
        case ast.UnaryOp(operand=operand):
            yield from _of_nonzero(operand)
        case _:
            yield term, "!="


def _minus(term: Term, number: int) -> Term:
    return ast.BinOp(term, ast.Sub(), ast.Constant(number))


def _of_power(base: Term, exponent: Term, integers: set[str]) -> Iterator[Sequence[_Condition]]:
    if _names(exponent):
        yield [(base, ">")]
        yield [(base, ">="), (exponent, ">")]
        if _is_whole(exponent, integers):
            yield [(base, "!=")]
            yield [(exponent, ">=")]
        return
    number = value_of(exponent, {})
    if number != int(number):
        yield [(base, ">=" if number > 0 else ">")]
    elif number < 0:
        yield [(base, "!=")]


def _is_whole(term: Term, integers: set[str]) -> bool:
    """Whether an expression is an integer because its variables are."""
    match term:
        case ast.Constant(value=int()):
            return True
        case ast.Name(id=name):
            return name in integers
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _is_whole(inner, integers)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult(), right=right):
            return _is_whole(left, integers) and _is_whole(right, integers)
        case _:
            return False


def _is_shown(condition: _Condition, box: Box, shown: Sequence[Shown], rng: random.Random) -> bool:
    term, sign = condition
    if not _names(term):
        return _holds(term, sign)
    found = _look(term, box, rng)
    if found is None:
        return False
    point, value = found
    return any(
        own.sign in (sign, ">" if sign == ">=" else sign)
        and own.box == box
        and _is_near(own.term, point, value)
        and same(own.term, term, box, rng, 3)
        for own in shown
    ) or _is_constant(term, sign, value, box, rng)


def _look(term: Term, box: Box, rng: random.Random) -> tuple[Mapping[str, Any], Any] | None:
    """A point of the box where the expression has a value that can be written, and the value."""
    ends = {name: piece.ends for name, piece in box.items()}
    for _ in range(8):
        point = random_point(ends, rng)
        with contextlib.suppress(NotReal):
            return point, value_of(term, point)
    return None


def _is_constant(term: Term, sign: str, value: Any, box: Box, rng: random.Random) -> bool:
    """Whether the variables cancel and leave a number of the right sign: SymPy asks no more of it."""
    if not 1e-6 < abs(value) < 1e6:
        return False
    number = Fraction(str(mp.nstr(value, 30))).limit_denominator(10**6)
    if abs(mp.mpf(number.numerator) / number.denominator - value) > 1e-12 * abs(value) or (
        number < 0 and sign != "!="
    ):
        return False
    return same(parse(f"({number.numerator})/{number.denominator}"), term, box, rng)


def _names(term: Term) -> bool:
    """Whether there are variables in an expression."""
    called = {id(part.func) for part in ast.walk(term) if isinstance(part, ast.Call)}
    names = {n.id for n in ast.walk(term) if isinstance(n, ast.Name) and id(n) not in called}
    return bool(names - {"pi", "E", "oo"})


def _holds(term: Term, sign: str) -> bool:
    value = interval_of(term, {})
    if sign == "!=":
        return bool(value.a > 0 or value.b < 0)
    return bool(value.a > 0 or (sign == ">=" and value.a >= 0))


def _is_near(term: Term, point: Mapping[str, Any], value: Any) -> bool:
    """A first look, so that few pairs are looked at closely."""
    try:
        return abs(value_of(term, point) - value) <= 1e-12 * abs(value)
    except NotReal:
        return False
