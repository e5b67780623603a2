"""Derivatives of expressions, by the plain rules, as expressions: what a slope must be equal to.

``sign`` has no derivative here: it jumps, so that nothing could be inferred from one that is zero.
"""

import ast
from collections.abc import Callable, Mapping

from .second_opinion import Term, parse, replaced

__all__ = ["NoDerivative", "derivative"]


class NoDerivative(ArithmeticError):
    """An expression whose derivative the rules do not give."""


_RULES: Mapping[str, str] = {
    "exp": "exp(_u)", "log": "1/_u", "sqrt": "1/(2*sqrt(_u))", "sin": "cos(_u)", "cos": "-sin(_u)",
    "sinh": "cosh(_u)", "cosh": "sinh(_u)", "tanh": "1 - tanh(_u)**2", "atan": "1/(1 + _u**2)",
    "asinh": "1/sqrt(1 + _u**2)", "acosh": "1/sqrt(_u**2 - 1)", "atanh": "1/(1 - _u**2)",
    "erf": "2*exp(-_u**2)/sqrt(pi)", "erfc": "-2*exp(-_u**2)/sqrt(pi)",
    "Phi": "exp(-_u**2/2)/sqrt(2*pi)", "Abs": "sign(_u)",
}  # fmt: skip
"""The derivative of each function at its argument; of Abs, where that is not zero."""


def derivative(term: Term, by: str, order: int = 1) -> Term:
    """The derivative of an expression in a variable.

    Raises
    ------
    NoDerivative
        If a part has none that the rules give.
    """
    for _ in range(order):
        term = _derivative(term, by)
    return term


def _derivative(term: Term, by: str) -> Term:
    if not _has(term, by):
        return ast.Constant(0)
    match term:
        case ast.Name():
            return ast.Constant(1)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _minus(_derivative(operand, by))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _plus(_derivative(left, by), _derivative(right, by))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _plus(_derivative(left, by), _minus(_derivative(right, by)))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _plus(_times(_derivative(left, by), right), _times(left, _derivative(right, by)))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            first = _over(_derivative(left, by), right)
            return _plus(first, _minus(_over(_times(left, _derivative(right, by)), _square(right))))
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            return _of_power(base, exponent, by)
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _RULES:
            outer = replaced(parse(_RULES[name]), "_u", inner)
            return _times(outer, _derivative(inner, by))
        case ast.Call(func=ast.Name(id="Max" | "Min" as name), args=[first, *others]):
            return _derivative(_by_sizes(first, others, ast.Add if name == "Max" else ast.Sub), by)
        case _:
            raise NoDerivative(ast.unparse(term))


def _of_power(base: Term, exponent: Term, by: str) -> Term:
    total: Term = ast.Constant(0)
    if _has(base, by):
        less = ast.BinOp(exponent, ast.Sub(), ast.Constant(1))
        power = ast.BinOp(base, ast.Pow(), less)
        total = _times(_times(exponent, power), _derivative(base, by))
    if _has(exponent, by):
        log = ast.Call(func=ast.Name("log"), args=[base], keywords=[])
        power = ast.BinOp(base, ast.Pow(), exponent)
        total = _plus(total, _times(_times(power, log), _derivative(exponent, by)))
    return total


def _by_sizes(first: Term, others: list[Term], sign: Callable[[], ast.operator]) -> Term:
    """Max(a, b) = (a + b + |a - b|)/2, and Min with the other sign."""
    for other in others:
        gap = ast.BinOp(first, ast.Sub(), other)
        size = ast.Call(func=ast.Name("Abs"), args=[gap], keywords=[])
        both = ast.BinOp(ast.BinOp(first, ast.Add(), other), sign(), size)
        first = ast.BinOp(both, ast.Div(), ast.Constant(2))
    return first


def _has(term: Term, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(term))


def _is(term: Term, number: int) -> bool:
    return isinstance(term, ast.Constant) and term.value == number


def _plus(a: Term, b: Term) -> Term:
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    return ast.BinOp(a, ast.Add(), b)


def _minus(a: Term) -> Term:
    return a if _is(a, 0) else ast.UnaryOp(ast.USub(), a)


def _times(a: Term, b: Term) -> Term:
    if _is(a, 0) or _is(b, 0):
        return ast.Constant(0)
    if _is(a, 1) or _is(b, 1):
        return b if _is(a, 1) else a
    return ast.BinOp(a, ast.Mult(), b)


def _over(a: Term, b: Term) -> Term:
    return a if _is(a, 0) else ast.BinOp(a, ast.Div(), b)


def _square(a: Term) -> Term:
    return ast.BinOp(a, ast.Pow(), ast.Constant(2))
