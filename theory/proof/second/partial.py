"""Whether every logarithm, root and quotient of a claim is shown to have a value on the whole domain.

A claim is about the points of its domain; where a part of it is no real number it says nothing true. The
evidence holds a case ``u > 0`` for each ``log(u)``, ``u != 0`` for each quotient by u, and so on: read off
the text again here, and looked for there. Convention: ``x**0`` is 1, also at x = 0.
"""

import ast
import contextlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .agreement import POINTS, Answer, Judge
from .defined import is_defined
from .differences import differ_at
from .forms.normal_form import NoForm
from .intervals import interval_of
from .jets import rational_of
from .reading import Box, Rejected, points_of, read_relation
from .second_opinion import NotReal, Term, value_of

__all__ = ["Shown", "not_shown", "require_defined"]


class Shown(NamedTuple):
    """What a case of the evidence shows on a box: ``term sign 0``."""

    term: Term
    sign: str
    box: Box


_Condition = tuple[Term, str]


def require_defined(
    relation: str, boxes: Sequence[Box], shown: Sequence[Shown], judge: Judge, *, by_factors: bool
) -> None:
    """Reject a relation if for some part, on some box, no case shows that it is a real number.

    ``by_factors``: cases for the factors of a denominator will do, since SymPy writes quotients so.
    """
    left, _, right = read_relation(relation)
    for box in boxes:
        for side in (left, right):
            part = not_shown(side, box, shown, judge, by_factors=by_factors, only_cases=True)
            if part is not None:
                raise Rejected(f"no case shows that {part} is a real number")


def not_shown(
    term: Term,
    box: Box,
    shown: Sequence[Shown],
    judge: Judge,
    *,
    by_factors: bool,
    only_cases: bool = False,
) -> str | None:
    """A part of an expression that no case (nor a range, unless ``only_cases``) shows to be real."""
    integers = {name for name, piece in box.items() if piece.integer}
    parts = {ast.unparse(p): p for p in ast.walk(term) if isinstance(p, ast.expr)}
    for text, part in parts.items():
        choices = list(_choices(part, integers, by_factors))
        if (
            choices
            and not any(
                all(_is_shown(condition, box, shown, judge) for condition in choice)
                for choice in choices
            )
            and not _is_power_of_zero(part, box, judge)
            and (only_cases or not is_defined(part, box))
        ):
            return text
    return None


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


def _is_power_of_zero(part: Term, box: Box, judge: Judge) -> bool:
    """Whether a part is 1, whatever its base: its exponent vanishes."""
    return (
        isinstance(part, ast.BinOp)
        and isinstance(part.op, ast.Pow)
        and judge.decides(part.right, ast.Constant(0), box)
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
    number = rational_of(exponent)
    if number is None or number.denominator > 1:  # 2 + exp(-1000) is not 2, however it rounds
        yield [(base, ">=" if value_of(exponent, {}) > 0 else ">")]
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


def _is_shown(condition: _Condition, box: Box, shown: Sequence[Shown], judge: Judge) -> bool:
    term, sign = condition
    if not _names(term):
        return _holds(term, sign)
    cases = [
        case
        for case in shown
        if case.sign in (sign, ">" if sign == ">=" else sign) and case.box == box
    ]
    if any(judge.decides(case.term, term, box) for case in cases) or _is_constant(
        term, sign, box, judge
    ):
        return True
    place = next(points_of(box, judge.rng, 1))
    for case in cases:
        with contextlib.suppress(NotReal):
            if differ_at(case.term, term, place):
                continue
        if judge.compare(case.term, term, box, POINTS) is Answer.SAMPLED:
            judge.accept(Answer.SAMPLED, case.term, term, "a case")
            return True
    return False


def _is_constant(term: Term, sign: str, box: Box, judge: Judge) -> bool:
    """Whether the variables cancel and leave a number of the right sign: SymPy asks no more of it."""
    try:
        number = judge.forms(box).number(term)
    except NoForm:
        return False
    return number is not None and (number > 0 or (number < 0 and sign == "!="))


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
