"""A second reader of certificates: expressions as text, evaluated by mpmath and by nothing else.

Shares no code with the provers: the text is read by Python's own parser, and values come from mpmath at
60 digits or more. `intervals` encloses ranges, `normal_form` decides equality, `smtlib` asks cvc5.
"""

import ast
import random
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any

from mpmath import mp
from mpmath.libmp.libhyper import NoConvergence
from mpmath.libmp.libmpf import ComplexResult

__all__ = [
    "DIGITS",
    "LARGEST",
    "Interval",
    "NotReal",
    "Term",
    "TooLarge",
    "calculated",
    "end_value",
    "is_phi",
    "kinks",
    "parse",
    "random_point",
    "replaced",
    "value_of",
]

DIGITS = 60

Term = ast.expr
"""A parsed expression."""

Interval = tuple[str, str]
"""Ends of an interval as text, closed."""


_FOREIGN = re.compile(r"[^A-Za-z0-9_+\-*/(), ]|\b(?:True|False|None)\b")
"""What no expression of ours has: Python would skip a comment, and read other letters as ours."""


@lru_cache(maxsize=8192)
def parse(text: str) -> Term:
    """Python's syntax tree of an expression; nothing is evaluated.

    Raises
    ------
    ValueError
        If there is more in the text than an expression of ours.
    """
    if found := _FOREIGN.search(text):
        raise ValueError(f"{found[0]!r} in {text[:80]!r}")
    return ast.parse(text.strip(), mode="eval").body


class NotReal(ArithmeticError):
    """The expression has no real value there."""


class TooLarge(NotReal):
    """The expression has a value there that is too large to write."""


BITS = 200
"""Random points have so many."""

LARGEST = mp.mpf(10) ** 40
"""Arguments of the exponential beyond this are not worked with."""


def value_of(term: Term, point: Mapping[str, Any], digits: int = DIGITS) -> Any:
    """The value at a point as a real of about ``digits`` digits.

    Raises
    ------
    NotReal
        If the value is complex, infinite or undefined.
    """
    with mp.workdps(digits + 15):
        try:
            value = _point(term, point)
        except (OverflowError, MemoryError):
            raise TooLarge(ast.unparse(term)) from None
        except (ZeroDivisionError, ValueError, ComplexResult, NoConvergence):
            raise NotReal(ast.unparse(term)) from None
        if isinstance(value, mp.mpc):
            if abs(value.imag) > mp.mpf(10) ** -digits * (1 + abs(value.real)):
                raise NotReal(ast.unparse(term))
            value = value.real
        if mp.isnan(value) or mp.isinf(value):
            raise NotReal(ast.unparse(term))
        return value


def replaced(term: Term, name: str, by: Term) -> Term:
    """The expression with a variable replaced by an expression."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return by if node.id == name else node

        def visit_Call(self, node: ast.Call) -> ast.AST:  # its name is a function's
            return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])

    return Replace().visit(ast.parse(ast.unparse(term), mode="eval").body)


def kinks(term: Term) -> list[Term]:
    """What changes its sign where an expression changes its form: random points say little there."""
    found: list[Term] = []
    for part in ast.walk(term):
        match part:
            case ast.Call(func=ast.Name(id="Abs" | "sign"), args=[inner]):
                found.append(inner)
            case ast.Call(func=ast.Name(id="Max" | "Min"), args=several):
                found += [ast.BinOp(a, ast.Sub(), b) for a, b in combinations(several, 2)]
            case _:
                pass
    return found


_POINT_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "Abs": abs, "Max": max, "Min": min, "Phi": mp.ncdf, "acosh": mp.acosh, "asinh": mp.asinh,
    "atan": mp.atan, "atanh": mp.atanh, "cos": mp.cos, "cosh": mp.cosh, "erf": mp.erf,
    "erfc": mp.erfc, "exp": mp.exp, "log": mp.log, "sign": mp.sign, "sin": mp.sin,
    "sinh": mp.sinh, "sqrt": mp.sqrt, "tanh": mp.tanh,
}  # fmt: skip


FUNCTIONS = frozenset(_POINT_FUNCTIONS)
"""The functions of the language."""


def _point(term: Any, point: Mapping[str, Any]) -> Any:
    match term:
        case ast.Constant(value=int() as value):
            return mp.mpf(value)
        case ast.Name(id="pi"):
            return +mp.pi
        case ast.Name(id="E"):
            return +mp.e
        case ast.Name(id="oo"):
            return mp.inf
        case ast.Name(id=name):
            return point[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_point(operand, point)
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=right) if is_phi(right):
            return mp.ncdf(-_point(right.args[0], point))  # 1 - Phi(x) without cancellation
        case ast.BinOp(left=left, op=operator, right=right):
            return calculated(operator, _point(left, point), _point(right, point))
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in _POINT_FUNCTIONS:
            return _real_function(name, [_point(a, point) for a in arguments])
        case _:
            raise ValueError(f"cannot evaluate {ast.dump(term)[:80]}")


def _real_function(name: str, arguments: list[Any]) -> Any:
    """A function's value, real and finite: no part of a claim may be otherwise, cancel as it may."""
    if name in ("exp", "sinh", "cosh") and LARGEST < abs(arguments[0]) < mp.inf:
        if name == "exp" and arguments[0] < 0:
            return mp.mpf(2) ** -(10**9)
        raise OverflowError(name)
    if name in ("sin", "cos") and abs(arguments[0]) > LARGEST:
        raise OverflowError(name)
    value = _POINT_FUNCTIONS[name](*arguments)
    if isinstance(value, mp.mpc) or (mp.isinf(value) and not any(map(mp.isinf, arguments))):
        raise ComplexResult(name)
    return value


def is_phi(term: Any) -> bool:
    """Whether an expression is a value of Phi."""
    return isinstance(term, ast.Call) and isinstance(term.func, ast.Name) and term.func.id == "Phi"


def calculated(operator: ast.operator, a: Any, b: Any) -> Any:
    """``a operator b`` for numbers or intervals."""
    match operator:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
        case ast.Div():
            return a / b
        case ast.Pow():
            power = a**b
            if isinstance(power, mp.mpc):
                raise ComplexResult("a fractional power of a negative number")
            return power
        case _:
            raise ValueError(f"unknown operator {operator}")


@lru_cache(maxsize=1024)
def end_value(text: str) -> Any:
    """An end of an interval as a number."""
    with mp.workdps(DIGITS + 15):
        if text in ("oo", "-oo"):
            return mp.inf if text == "oo" else mp.ninf
        return value_of(parse(text), {})


def random_point(
    box: Mapping[str, Interval], rng: random.Random, *, wide: bool = False
) -> dict[str, Any]:
    """A random interior rational of every interval; ``wide`` goes out to 1e12 where there is room."""
    point = {}
    with mp.workdps(DIGITS + 15):
        for name, (low_text, high_text) in box.items():
            low, high = end_value(low_text), end_value(high_text)
            share = (
                mp.mpf(rng.getrandbits(BITS) | 1) / 2**BITS
            )  # on no lattice that a text can name
            size = mp.mpf(10) ** rng.randint(*((-12, 12) if wide else (-2, 2))) * (1 + share)
            if low == high:
                point[name] = low
            elif mp.isinf(low) and mp.isinf(high):
                point[name] = size * rng.choice((-1, 1))
            elif mp.isinf(high):
                point[name] = low + size
            elif mp.isinf(low):
                point[name] = high - size
            else:
                point[name] = low + share * (high - low)
    return point
