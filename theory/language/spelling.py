"""A relation as its author wrote it, in the words that a certificate may use, with nothing evaluated.

SymPy cancels and evaluates while it reads: both sides of an identity may become the same number before
any engine sees them. A certificate therefore also holds the text itself, shorthands spelled out, and
the second engine checks that SymPy's reading agrees with it.
"""

import ast
from collections.abc import Mapping
from fractions import Fraction

import sympy

from .expression import ALIASES, SHORTHANDS, free_names, parse, read_expression, source

__all__ = ["spelled", "spelled_expression"]

_NAMES = {"abs": "Abs", "ln": "log", "max": "Max", "min": "Min", **ALIASES}
_SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


def spelled(text: str) -> tuple[str, ...]:
    """Every comparison of a text that the reader accepts; a chain ``a <= b <= c`` gives two."""
    node = parse(text)
    several = [node]
    if isinstance(node, ast.BoolOp):
        several = node.values
    elif isinstance(node, ast.Tuple):
        several = node.elts
    comparisons = []
    for part in several:
        assert isinstance(part, ast.Compare), "the reader lets nothing else through"
        sides = [_text(side, text) for side in (part.left, *part.comparators)]
        for left, sign, right in zip(sides, part.ops, sides[1:], strict=False):
            comparisons.append(f"{left} {_SIGNS[type(sign)]} {right}")
    return tuple(comparisons)


def spelled_expression(text: str) -> str:
    """An expression that the reader accepts."""
    return _text(parse(text), text)


def _text(node: ast.expr, whole: str) -> str:
    return ast.unparse(ast.fix_missing_locations(_Spell(whole).visit(node)))


class _Spell(ast.NodeTransformer):
    def __init__(self, whole: str) -> None:
        self.whole = whole

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float):
            exact = Fraction(source(node, self.whole).replace("_", ""))
            return _parsed(f"{exact.numerator}/{exact.denominator}")
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        operand = self.visit(node.operand)
        return operand if isinstance(node.op, ast.UAdd) else ast.UnaryOp(node.op, operand)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name("oo") if node.id == "inf" else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name), "the reader lets nothing else through"
        arguments = [self.visit(argument) for argument in node.args]
        name = _NAMES.get(node.func.id, node.func.id)
        if name in SHORTHANDS:
            variable, text = SHORTHANDS[name]
            return _filled(text, {variable: arguments[0]})
        if name == "log1p":
            return _filled("log(1 + x)", {"x": arguments[0]})
        if name == "logsumexp":
            names = {f"x{i}": argument for i, argument in enumerate(arguments)}
            return _filled(f"log({' + '.join(f'exp({x})' for x in names)})", names)
        if name == "binomial":
            text = ast.unparse(node.args[1])
            symbols = {free: sympy.Symbol(free) for free in free_names(text)}
            below = int(read_expression(text, symbols))  # type: ignore[arg-type]
            factors = " * ".join(f"(n - {i})/{i + 1}" for i in range(below))
            return _filled(factors or "1", {"n": arguments[0]})
        return ast.Call(ast.Name(name), arguments, [])


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _filled(text: str, values: Mapping[str, ast.expr]) -> ast.expr:
    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return values.get(node.id, node)

    return Fill().visit(_parsed(text))
