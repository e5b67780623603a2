"""An expression of a certificate in Coq's words, and what must hold for it to be a number.

Coq's functions are total: ``1 / 0``, ``ln (-1)`` and ``sqrt (-1)`` are numbers there. So every part
that has no value somewhere leaves a condition behind, and a theorem states the conditions beside the
relation. Nothing is simplified: the text is walked once, part by part.

Checked by: `faithful`, which reads the Coq text back by a reader of its own, and by tests that claims
with a hole in their domain are not accepted.
"""

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from fractions import Fraction

from ..second.second_opinion import Term

__all__ = ["NotTranslated", "Translator", "coq_name", "fraction_of"]


class NotTranslated(Exception):
    """What has no counterpart in Coq here; the reason in words."""


_KEYWORDS = frozenset({
    "as", "at", "cofix", "else", "end", "exists", "exists2", "fix", "for", "forall", "fun", "if",
    "in", "let", "match", "mod", "return", "then", "using", "where", "with", "IF", "Prop",
    "SProp", "Set", "Type", "R", "Z", "N", "Q", "PI", "IZR", "INR", "Rpower", "Phi", "exp", "ln",
    "sqrt", "pow", "sinh", "cosh", "tanh", "atan", "arcsinh", "sign", "Rabs", "Rmax", "Rmin",
    "powerRZ", "is_derive", "filterlim", "locally", "true", "false", "I", "O", "S",
    "power_at_zero", "at_right", "at_left", "Rbar_locally", "p_infty", "m_infty",
})  # fmt: skip
"""Words that are no names of variables."""

_FUNCTIONS = {
    "exp": "exp", "log": "ln", "sqrt": "sqrt", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "atan": "atan", "asinh": "arcsinh", "Abs": "Rabs", "sign": "sign", "Phi": "Phi", "sin": "sin",
    "cos": "cos",
}  # fmt: skip
_SEVERAL = {"Max": "Rmax", "Min": "Rmin"}

_SUM, _PRODUCT, _SIGN, _POWER, _APPLIED, _ATOM = range(6)
"""How tightly a text binds."""

LARGEST_POWER = 200


def coq_name(name: str) -> str:
    """A variable's name in Coq: its own, or with a prime where that is a word of Coq's."""
    return f"{name}'" if name in _KEYWORDS else name


def fraction_of(term: Term) -> Fraction | None:
    """The rational number that an expression spells, or None."""
    match term:
        case ast.Constant(value=int() as value):
            return Fraction(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = fraction_of(inner)
            return None if value is None else -value
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = fraction_of(left), fraction_of(right)
            if a is None or b is None:
                return None
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div() if b:
                    return a / b
                case ast.Pow() if b.denominator == 1 and abs(b) <= LARGEST_POWER and (a or b >= 0):
                    return a ** int(b)
    return None


@dataclass
class Translator:
    """Turns expressions into Coq text; ``conditions`` collects what they need, inner parts first.

    ``integers``: variables that stand for integers; ``is_positive`` says whether an expression is seen
    to be positive on the domain, which decides how a power is written, never what it means.
    """

    integers: Collection[str] = ()
    is_positive: Callable[[Term], bool] = lambda term: False
    conditions: list[str] = field(default_factory=list)

    def text(self, term: Term) -> str:
        """The expression in Coq, real-valued."""
        return self._real(term)[0]

    def _need(self, condition: str) -> None:
        if condition not in self.conditions:
            self.conditions.append(condition)

    def within(self, term: Term, least: int) -> str:
        """The expression, in brackets if it binds less tightly than ``least``."""
        text, binds = self._real(term)
        return text if binds >= least else f"({text})"

    def _real(self, term: Term) -> tuple[str, int]:
        match term:
            case ast.Constant(value=int() as value):
                return str(value), _ATOM
            case ast.Name(id="pi"):
                return "PI", _ATOM
            case ast.Name(id="E"):
                return "exp 1", _APPLIED
            case ast.Name(id="oo"):
                raise NotTranslated("infinity is no real number")
            case ast.Name(id=name):
                if name in self.integers:
                    return f"IZR {coq_name(name)}", _APPLIED
                return coq_name(name), _ATOM
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return f"- {self.within(inner, _POWER)}", _SIGN
            case ast.BinOp(op=ast.Pow()):
                return self._power(term.left, term.right)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._binary(left, operator, right)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, arguments)
        raise NotTranslated(f"{ast.unparse(term)[:60]} has no counterpart")

    def _binary(self, left: Term, operator: ast.operator, right: Term) -> tuple[str, int]:
        match operator:
            case ast.Add() | ast.Sub():
                sign = "+" if isinstance(operator, ast.Add) else "-"
                return f"{self.within(left, _SUM)} {sign} {self.within(right, _PRODUCT)}", _SUM
            case ast.Mult():
                return f"{self.within(left, _PRODUCT)} * {self.within(right, _SIGN)}", _PRODUCT
            case ast.Div():
                above, below = self.within(left, _PRODUCT), self.within(right, _POWER)
                number = fraction_of(right)
                if number == 0:
                    raise NotTranslated("it divides by zero")
                if number is None:
                    self._need(f"{self.stated(right)} <> 0")
                return f"{above} / {below}", _PRODUCT
        raise NotTranslated(f"the operator {type(operator).__name__} has no counterpart")

    def stated(self, term: Term) -> str:
        """The expression as a side of a condition; its own conditions are there already."""
        return Translator(self.integers, self.is_positive).text(term)

    def _power(self, base: Term, exponent: Term) -> tuple[str, int]:
        number = fraction_of(exponent)
        if number is None:
            return self._open_power(base, exponent)
        if number.denominator == 1:
            return self._whole_power(base, int(number), zero=fraction_of(base) == 0)
        if fraction_of(base) == 0:
            raise NotTranslated("a fractional power of zero")
        roots = {2: "sqrt", 4: "sqrt (sqrt"}.get(number.denominator)
        self._need(f"0 {'<' if number < 0 else '<='} {self.stated(base)}")
        if roots is None:
            return self._real_power(base, exponent)
        inner = self.text(base)
        root = f"{roots} {_argument(inner)}{')' if number.denominator == 4 else ''}"
        size = abs(number.numerator)
        power, binds = (root, _APPLIED) if size == 1 else (f"{root} ^ {size}", _POWER)
        if number < 0:
            return f"/ {power}", _SIGN
        return power, binds

    def _whole_power(self, base: Term, power: int, zero: bool) -> tuple[str, int]:
        if abs(power) > LARGEST_POWER:
            raise NotTranslated(f"a power of {power}")
        if power < 0:
            if zero:
                raise NotTranslated("it divides by zero")
            if fraction_of(base) is None:
                self._need(f"{self.stated(base)} <> 0")
            return f"/ {self.within(base, _APPLIED)} ^ {-power}", _SIGN
        return f"{self.within(base, _APPLIED)} ^ {power}", _POWER

    def _open_power(self, base: Term, exponent: Term) -> tuple[str, int]:
        """A power whose exponent is no number: of an integer variable, or real."""
        whole = self._integer(exponent)
        if whole is not None:
            text = self.within(base, _ATOM)
            sign = fraction_of(base)
            if sign is None and not self.is_positive(base):
                self._need(f"{self.stated(base)} <> 0 \\/ (0 <= {whole})%Z")
            elif sign is None:
                self._need(f"0 < {self.stated(base)}")
            elif sign == 0:
                raise NotTranslated("a power of zero")
            exponent_text = whole if whole.replace("'", "").isidentifier() else f"({whole})%Z"
            return f"powerRZ {text} {exponent_text}", _APPLIED
        number = fraction_of(base)
        if number is not None and number <= 0:
            raise NotTranslated("a real power of a number that is not positive")
        return self._real_power(base, exponent)

    def _real_power(self, base: Term, exponent: Term) -> tuple[str, int]:
        number, stated = fraction_of(exponent), self.stated(base)
        function = "Rpower"
        if fraction_of(base) is None:
            if self.is_positive(base) or (number is not None and number < 0):
                self._need(f"0 < {stated}")
            elif number is not None:
                function = "power_at_zero"
            else:
                function = "power_at_zero"
                above = self.stated(exponent)
                self._need(f"0 < {stated} \\/ 0 <= {stated} /\\ 0 < {above}")
        return f"{function} {self.within(base, _ATOM)} {self.within(exponent, _ATOM)}", _APPLIED

    def _integer(self, term: Term) -> str | None:
        """An expression of integer variables in Z, or None if it is not one."""
        match term:
            case ast.Constant(value=int() as value):
                return str(value)
            case ast.Name(id=name):
                return coq_name(name) if name in self.integers else None
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                text = self._integer(inner)
                return None if text is None else f"- {_argument(text)}"
            case ast.BinOp(
                left=left, op=ast.Add() | ast.Sub() | ast.Mult() as operator, right=right
            ):
                a, b = self._integer(left), self._integer(right)
                if a is None or b is None:
                    return None
                sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}[type(operator)]
                return f"{_argument(a)} {sign} {_argument(b)}"
        return None

    def _call(self, name: str, arguments: list[ast.expr]) -> tuple[str, int]:
        if name in _SEVERAL and arguments:
            text = self.within(arguments[-1], _ATOM)
            for argument in reversed(arguments[:-1]):
                text = f"({_SEVERAL[name]} {self.within(argument, _ATOM)} {text})"
            return (text[1:-1], _APPLIED) if len(arguments) > 1 else (text, _ATOM)
        if name not in _FUNCTIONS or len(arguments) != 1:
            raise NotTranslated(f"the function {name} has no counterpart")
        (inner,) = arguments
        text = self.within(inner, _ATOM)
        number = fraction_of(inner)
        if name == "log" and (number is None or number <= 0):
            self._need(f"0 < {self.stated(inner)}")
        elif name == "sqrt" and (number is None or number < 0):
            self._need(f"0 <= {self.stated(inner)}")
        return f"{_FUNCTIONS[name]} {text}", _APPLIED


def _argument(text: str) -> str:
    return text if text.replace("'", "").isidentifier() or text.isdigit() else f"({text})"
