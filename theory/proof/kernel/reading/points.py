"""Coq terms and claims at exact rational points: who is in a domain, what holds, which values agree."""

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy
from mpmath import mp

from ....foundation.validation import InputError
from ....language.expression import Phi, read_expression, read_relations
from ....numbers.domain import Domain
from .conditions import plain
from .coq_reader import Tree

__all__ = [
    "DIGITS", "NO_VALUE", "Point", "agree", "function_of", "holds", "numbers", "points_of", "same",
    "sides_of", "told", "value_of",
]  # fmt: skip

POINTS = 12
DIGITS = 50
MANY_DIGITS = 2000
"""Where sides differ, in case that they are differences of huge numbers."""
_SIGNS = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

NO_VALUE = (ZeroDivisionError, ValueError, OverflowError, TypeError, ArithmeticError)
"""What is raised where an expression has no value."""

Point = Mapping[str, Fraction]


def told(point: Point) -> str:
    """A point in words."""
    return ", ".join(f"{name} = {value}" for name, value in point.items())


def points_of(domains: Mapping[str, Domain], rng: random.Random) -> Iterator[Point]:
    """Points inside all domains; and of every variable in turn the ends, and what lies beyond them."""
    for _ in range(POINTS):
        yield {name: _inside(where, rng) for name, where in domains.items()}
    for name, where in domains.items():
        for value in _edges(where):
            yield {n: _inside(other, rng) for n, other in domains.items()} | {name: value}


def _edges(where: Domain) -> Iterator[Fraction]:
    step = Fraction(1) if where.integer else Fraction(1, 7)
    ends = {end for piece in where.pieces for end in (piece.low, piece.high) if end.is_finite}
    for end in ends:
        near = _near(end)
        if end.is_Rational:
            yield near
        yield from (near - step, near + step)
    yield from (Fraction(-1000), Fraction(1000))


def _near(end: Any) -> Fraction:
    return Fraction(int(end.p), int(end.q)) if end.is_Rational else Fraction(str(sympy.N(end, 12)))


def _inside(where: Domain, rng: random.Random) -> Fraction:
    """A rational inside a domain."""
    piece = rng.choice(where.pieces)
    share = Fraction(rng.randint(1, 96), 97)
    low = _near(piece.low) if piece.low.is_finite else None
    high = _near(piece.high) if piece.high.is_finite else None
    if low is None:
        value = rng.choice((-2, 2)) * share if high is None else high - 3 * share
    else:
        value = low + 3 * share if high is None else low + share * (high - low)
    return Fraction(round(value)) if where.integer else value


def sides_of(text: str, symbols: Mapping[str, sympy.Symbol]) -> tuple[str, Callable[..., Any], Any]:
    """The sign of a relation and a function of the symbols with its two sides."""
    relations, _ = read_relations(text, symbols)  # type: ignore[arg-type]
    del relations
    for sign in ("<=", ">=", "==", "!=", "<", ">"):
        left, found, right = text.partition(f" {sign} ")
        if found:
            return sign, function_of(left, symbols), function_of(right, symbols)
    raise InputError(f"{text} is no relation")


def function_of(text: str, symbols: Mapping[str, sympy.Symbol]) -> Callable[..., Any]:
    """The function of the symbols that an expression spells, for mpmath."""
    side = read_expression(text, symbols)  # type: ignore[arg-type]
    return sympy.lambdify(list(symbols.values()), _computable(side), "mpmath")


def _computable(side: Any) -> Any:
    return sympy.sympify(side).replace(Phi, lambda x: sympy.erfc(-x / sympy.sqrt(2)) / 2)


def agree(tree: Tree, sides: Any, point: Point, symbols: Mapping[str, Any]) -> bool | None:
    """Whether both sides have the same values at a point; None where one has none."""
    soon = _agree_to(DIGITS, tree, sides, point, symbols)
    return _agree_to(MANY_DIGITS, tree, sides, point, symbols) if soon is False else soon


def _agree_to(
    digits: int, tree: Tree, sides: Any, point: Point, symbols: Mapping[str, Any]
) -> bool | None:
    sign, left, right = sides
    with mp.workdps(digits + 15):
        values = numbers(point, symbols)
        try:
            theirs = [left(*values), right(*values)]
            ours, own_sign = _own_sides(tree, point, digits)
        except NO_VALUE:
            return None
        if own_sign != sign:
            return False
        agreed = [same(a, b) for a, b in zip(ours, theirs, strict=True)]
        return False if False in agreed else None if None in agreed else True


def numbers(point: Point, symbols: Mapping[str, Any]) -> list[Any]:
    """A point's coordinates for mpmath, in the order of the symbols."""
    return [mp.mpf(point[name].numerator) / point[name].denominator for name in symbols]


def same(a: Any, b: Any) -> bool | None:
    """Whether two numbers are one; None where one of them is not real and finite."""
    if any(isinstance(value, mp.mpc) or not mp.isfinite(value) for value in (a, b)):
        return None
    return abs(a - b) <= mp.mpf(10) ** -30 * (abs(a) + abs(b) + mp.mpf(10) ** -10)


def _shown(tree: Tree) -> str:
    return str(tree)[:80]


def _own_sides(tree: Tree, point: Point, digits: int) -> tuple[list[Any], str]:
    match tree:
        case ("call", "is_derive", ("fun", name, body), place, slope):
            at = dict(point)

            def along(x: Any) -> Any:
                return value_of(body, at | {plain(name): x})

            where = value_of(place, point)
            with mp.workdps(2 * digits + 30):
                found = mp.diff(along, where)
            return [found, value_of(slope, point)], "=="
        case (sign, left, right) if sign in _SIGNS:
            return [value_of(left, point), value_of(right, point)], _SIGNS[sign]
    raise InputError(f"{_shown(tree)} is no relation")


def holds(tree: Tree, point: Point) -> bool:
    """Whether a condition holds at a point."""
    match tree:
        case ("and", left, right):
            return holds(left, point) and holds(right, point)
        case ("or", left, right):
            return holds(left, point) or holds(right, point)
        case (sign, left, right) if sign in _SIGNS:
            with mp.workdps(DIGITS):
                a, b = value_of(left, point), value_of(right, point)
            return {
                "=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b
            }[sign]  # fmt: skip
    raise InputError(f"{_shown(tree)} is no relation")


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "exp": mp.exp, "ln": mp.log, "sqrt": mp.sqrt, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh,
    "atan": mp.atan, "arcsinh": mp.asinh, "sin": mp.sin, "cos": mp.cos, "Rabs": abs, "sign": mp.sign,
    "Phi": mp.ncdf, "IZR": lambda x: x, "Rmax": max, "Rmin": min, "Rpower": mp.power,
    "powerRZ": mp.power, "power_at_zero": mp.power,
}  # fmt: skip


def value_of(tree: Tree, point: Mapping[str, Any]) -> Any:
    """The value of a term at a point."""
    match tree:
        case ("number", value):
            return mp.mpf(value)
        case ("name", "PI"):
            return +mp.pi
        case ("name", name):
            value = point[plain(name)]
            return (
                mp.mpf(value.numerator) / value.denominator
                if isinstance(value, Fraction)
                else value
            )
        case ("negative", inner):
            return -value_of(inner, point)
        case ("^", base, ("number", power)):
            return value_of(base, point) ** power
        case ("call", name, *arguments):
            return _FUNCTIONS[name](*(value_of(argument, point) for argument in arguments))
        case (("+" | "-" | "*" | "/") as sign, left, right):
            a, b = value_of(left, point), value_of(right, point)
            return {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}[sign](b)
    raise InputError(f"{_shown(tree)} has no value")
