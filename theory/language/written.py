"""A relation as its author wrote it: text to LaTeX or MathML without rearranging anything.

SymPy sorts and simplifies what it prints; a reader wants the formula of the paper. The text's syntax
tree is walked once, and a notation says how each part looks. Names become symbols by SymPy's rules
(Greek letters, subscripts).
"""

import ast
from typing import NamedTuple, Protocol
from xml.sax.saxutils import escape

import sympy
from sympy.printing.mathml import mathml

from .expression import parse
from .spelling import spelled, spelled_expression

__all__ = ["LATEX", "MATHML", "Notation", "Written", "shown"]


class Notation(Protocol):
    """How the parts of a formula look; every method takes and returns finished text."""

    def name(self, name: str) -> str:
        """A symbol."""
        ...

    def number(self, digits: str) -> str:
        """A number."""
        ...

    def operator(self, sign: str) -> str:
        """A sign between two parts, or before one."""
        ...

    def row(self, *parts: str) -> str:
        """Parts side by side."""
        ...

    def fraction(self, above: str, below: str) -> str:
        """A quotient."""
        ...

    def power(self, base: str, exponent: str) -> str:
        """A power."""
        ...

    def root(self, inner: str) -> str:
        """A square root."""
        ...

    def fenced(self, left: str, inner: str, right: str) -> str:
        """Brackets or bars that grow with what they hold."""
        ...

    def function(self, name: str) -> str:
        """A function's name."""
        ...

    def limit(self, where: str) -> str:
        """The limit sign with what goes where under it."""
        ...


_SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=", ast.NotEq: "!=",
}  # fmt: skip
_CAPITAL = {"Phi": "Φ", "phi": "φ"}


_LATEX_OPERATORS = {
    "<=": r"\le", ">=": r"\ge", "!=": r"\ne", "*": r"\,", "·": r"\cdot", "→": r"\to",
}  # fmt: skip
_LATEX_FUNCTIONS = ("log", "ln", "max", "min", "sin", "cos", "sinh", "cosh", "tanh", "Phi", "phi")
_MATHML_OPERATORS = {
    "<=": "≤", ">=": "≥", "!=": "≠", "-": "−", "*": "\u2062", "<": "&lt;", ">": "&gt;",
}  # fmt: skip


class _Latex:
    def name(self, name: str) -> str:
        return sympy.latex(sympy.Symbol(name))

    def number(self, digits: str) -> str:
        return digits.replace("∞", r"\infty")

    def operator(self, sign: str) -> str:
        return f" {_LATEX_OPERATORS.get(sign, sign)} "

    def row(self, *parts: str) -> str:
        return "".join(parts)

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    def root(self, inner: str) -> str:
        return rf"\sqrt{{{inner}}}"

    def fenced(self, left: str, inner: str, right: str) -> str:
        return rf"\left{left}{inner}\right{right}"

    def function(self, name: str) -> str:
        command = name.lower() if name in ("Max", "Min") else name
        return f"\\{command}" if command in _LATEX_FUNCTIONS else rf"\operatorname{{{command}}}"

    def limit(self, where: str) -> str:
        return rf"\lim_{{{where}}} "


class _MathML:
    def name(self, name: str) -> str:
        return mathml(sympy.Symbol(name), printer="presentation")

    def number(self, digits: str) -> str:
        return f"<mn>{digits}</mn>"

    def operator(self, sign: str) -> str:
        return f"<mo>{_MATHML_OPERATORS.get(sign, sign)}</mo>"

    def row(self, *parts: str) -> str:
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}{exponent}</msup>"

    def root(self, inner: str) -> str:
        return f"<msqrt>{inner}</msqrt>"

    def fenced(self, left: str, inner: str, right: str) -> str:
        return f"<mrow><mo>{left}</mo>{inner}<mo>{right}</mo></mrow>"

    def function(self, name: str) -> str:
        glyph = name.lower() if name in ("Max", "Min") else _CAPITAL.get(name, name)
        return f"<mi>{escape(glyph)}</mi>"

    def limit(self, where: str) -> str:
        return f"<munder><mo>lim</mo>{where}</munder>"


LATEX: Notation = _Latex()
MATHML: Notation = _MathML()


class _Part(NamedTuple):
    """Finished text and how tightly it binds: 1 a sum, 2 a product with a sign before it, 3 a product,
    4 a power or quotient, 5 anything else."""

    text: str
    binds: int


def shown(text: str, notation: Notation) -> str:
    """The relation or expression that ``text`` spells, in order, in a notation.

    Raises
    ------
    InputError
        If it cannot be read as mathematics.
    """
    return _shown(parse(text), notation).text


class Written(NamedTuple):
    """What the author of a claim wrote: relations; or an expression, its derivative and the variable."""

    texts: tuple[str, ...]
    derivative_in: str = ""

    def relations(self) -> tuple[str, ...]:
        """Each relation as a certificate holds it, nothing evaluated; a derivative as Derivative(f, x)."""
        if not self.derivative_in:
            return tuple(relation for text in self.texts for relation in spelled(text))
        expression, derivative = map(spelled_expression, self.texts)
        return (f"Derivative({expression}, {self.derivative_in}) == {derivative}",)

    def parts(self, notation: Notation) -> list[str]:
        """Each relation in a notation; a derivative as d/dx (expression) = derivative."""
        if not self.derivative_in:
            return [shown(text, notation) for text in self.texts]
        expression, derivative = (shown(text, notation) for text in self.texts)
        d, variable = notation.name("d"), notation.name(self.derivative_in)
        slope = notation.fraction(d, notation.row(d, variable))
        inner = notation.fenced("(", expression, ")")
        return [notation.row(slope, inner, notation.operator("="), derivative)]


def _shown(node: ast.AST, to: Notation) -> _Part:
    if isinstance(node, ast.Compare):
        sides = [_shown(side, to).text for side in (node.left, *node.comparators)]
        parts = [sides[0]]
        for sign, side in zip(node.ops, sides[1:], strict=True):
            parts += [to.operator(_SIGNS[type(sign)]), side]
        return _Part(to.row(*parts), 0)
    if isinstance(node, ast.BoolOp):
        return _Part(to.row(*_separated([_shown(part, to).text for part in node.values], to)), 0)
    if isinstance(node, ast.BinOp):
        return _binary(node, to)
    if isinstance(node, ast.UnaryOp):
        return _signed(node.op, _within(node.operand, 3, to), to)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _call(node.func.id, node.args, to)
    if isinstance(node, ast.Name):
        return _Part(to.number("∞") if node.id == "oo" else to.name(node.id), 5)
    assert isinstance(node, ast.Constant), "the reader lets nothing else through"
    return _Part(to.number(str(node.value)), 5)


def _signed(sign: ast.unaryop, text: str, to: Notation) -> _Part:
    shown = to.operator("-" if isinstance(sign, ast.USub) else "+").strip()
    return _Part(to.row(shown, text), 2)


def _separated(parts: list[str], to: Notation) -> list[str]:
    separated = parts[:1]
    for part in parts[1:]:
        separated += [to.operator(","), part]
    return separated


def _within(node: ast.AST, least: int, to: Notation) -> str:
    """A part inside another: in brackets if it binds less tightly than ``least``."""
    part = _shown(node, to)
    return part.text if part.binds >= least else to.fenced("(", part.text, ")")


def _binary(node: ast.BinOp, to: Notation) -> _Part:
    if isinstance(node.op, ast.Add | ast.Sub):
        sign = "+" if isinstance(node.op, ast.Add) else "-"
        right = _within(node.right, 3, to)
        return _Part(to.row(_shown(node.left, to).text, to.operator(sign), right), 1)
    if isinstance(node.op, ast.Div):
        below = _shown(node.right, to).text
        if isinstance(node.left, ast.UnaryOp):  # the sign goes before the fraction
            above = _shown(node.left.operand, to).text
            return _signed(node.left.op, to.fraction(above, below), to)
        return _Part(to.fraction(_shown(node.left, to).text, below), 4)
    if isinstance(node.op, ast.Pow):
        return _Part(to.power(_within(node.left, 5, to), _shown(node.right, to).text), 4)
    left = _shown(node.left, to)
    text = left.text if left.binds >= 2 else to.fenced("(", left.text, ")")
    sign = to.operator("·" if _starts_with_digit(node.right) else "*")
    whole = to.row(text, sign, _within(node.right, 3, to))
    return _Part(whole, 2 if left.binds == 2 else 3)


def _starts_with_digit(node: ast.AST) -> bool:
    """Whether a product's right side would read as part of a number on its left."""
    while isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Div):
        node = node.left
    return isinstance(node, ast.Constant)


def _call(name: str, arguments: list[ast.expr], to: Notation) -> _Part:
    inner = [_shown(argument, to).text for argument in arguments]
    if name == "exp":
        return _Part(to.power(to.name("e"), inner[0]), 4)
    if name == "sqrt":
        return _Part(to.root(inner[0]), 5)
    if name in ("Abs", "abs"):
        return _Part(to.fenced("|", inner[0], "|"), 5)
    body = to.fenced("(", to.row(*_separated(inner, to)), ")")
    return _Part(to.row(to.function(name), body), 5)
