"""Mathematical expressions as text: how a claim is read from a string, and written into a certificate.

The reader walks Python's syntax tree and knows only arithmetic, comparisons and a fixed list of
functions: it evaluates nothing, so a certificate from a stranger is safe to open. Numbers are exact:
``0.1`` is one tenth, ``1/3`` one third.
"""

import ast
import importlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.printing.str import StrPrinter

from ..foundation.validation import InputError, InputTypeError, shown

__all__ = [
    "ALIASES",
    "CONSTANTS",
    "FUNCTIONS",
    "SHORTHANDS",
    "Condition",
    "Phi",
    "as_functions",
    "excerpt",
    "free_names",
    "gap",
    "known_functions",
    "parse",
    "read_expression",
    "read_relations",
    "source",
    "write",
    "write_relation",
]


class Phi(sympy.Function):
    """The standard normal distribution function."""

    nargs = 1

    @classmethod
    def eval(cls, *args: Any) -> Any:
        """Exact values at 0 and at infinity."""
        (x,) = args
        if x.is_zero:
            return sympy.Rational(1, 2)
        if x is sympy.oo:
            return sympy.Integer(1)
        if x is -sympy.oo:
            return sympy.Integer(0)
        return None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """The standard normal density."""
        x: Any = self.args[0]
        return sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)

    def _eval_rewrite_as_erfc(self, x: Any, **_: Any) -> Any:
        return sympy.erfc(-x / sympy.sqrt(2)) / 2

    def _eval_evalf(self, prec: int) -> Any:
        return self.rewrite(sympy.erfc)._eval_evalf(prec)

    def _eval_is_positive(self) -> Any:
        return self.args[0].is_extended_real

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = rf"\Phi\left({printer._print(self.args[0])}\right)"
        return body if exp is None else rf"{body}^{{{exp}}}"


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "Abs": sympy.Abs,
    "Max": sympy.Max,
    "Min": sympy.Min,
    "Phi": Phi,
    "abs": sympy.Abs,
    "acosh": sympy.acosh,
    "asinh": sympy.asinh,
    "atan": sympy.atan,
    "atanh": sympy.atanh,
    "cos": sympy.cos,
    "cosh": sympy.cosh,
    "erf": sympy.erf,
    "erfc": sympy.erfc,
    "exp": sympy.exp,
    "ln": sympy.log,
    "log": sympy.log,
    "log1p": lambda x: sympy.log(1 + x),
    "max": sympy.Max,
    "min": sympy.Min,
    "sign": sympy.sign,
    "sin": sympy.sin,
    "sinh": sympy.sinh,
    "sqrt": sympy.sqrt,
    "tanh": sympy.tanh,
}
"""Every function that a claim may use, by the name it has in text."""

ALIASES: Mapping[str, str] = {
    "arccosh": "acosh", "arcsinh": "asinh", "arctan": "atan", "arctanh": "atanh", "norm_cdf": "Phi",
}  # fmt: skip
"""Other names of a function."""

SHORTHANDS: Mapping[str, tuple[str, str]] = {
    "binary_entropy": ("p", "-p*log(p) - (1 - p)*log(1 - p)"),
    "expit": ("x", "1/(1 + exp(-x))"),
    "expm1": ("x", "exp(x) - 1"),
    "hinge": ("x", "Max(0, 1 - x)"),
    "log10": ("x", "log(x)/log(10)"),
    "log2": ("x", "log(x)/log(2)"),
    "logit": ("p", "log(p/(1 - p))"),
    "norm_pdf": ("x", "exp(-x**2/2)/sqrt(2*pi)"),
    "phi": ("x", "exp(-x**2/2)/sqrt(2*pi)"),
    "relu": ("x", "Max(0, x)"),
    "sig": ("x", "1/(1 + exp(-x))"),
    "sigmoid": ("x", "1/(1 + exp(-x))"),
    "softplus": ("x", "log(1 + exp(x))"),
}
"""The field's functions, spelled out in those above while reading; as variables the names are free."""

_SIGNS: Mapping[str, str] = {
    "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "·": "*", "⋅": "*", "×": "*", "∙": "*",
    "−": "-", "–": "-", "÷": "/", "²": "**2", "³": "**3", "√": "sqrt", "∞": "oo", "π": "pi",
    "Φ": "Phi", "φ": "phi", "ϕ": "phi", "∧": " and ", "^": "**",
}  # fmt: skip
"""Signs of print and of other languages, and how Python writes them."""

Condition = tuple[Any, str]
"""What must hold for a part to be a real number: (expr, '>' | '>=' | '!=' against 0),
((base, exponent), 'power'), or (argument, 'acosh' | 'atanh')."""

CONSTANTS = {"pi": sympy.pi, "E": sympy.E, "oo": sympy.oo, "inf": sympy.oo}

_COMPARISONS: Mapping[type, type[Relational]] = {
    ast.Lt: sympy.StrictLessThan,
    ast.LtE: sympy.LessThan,
    ast.Gt: sympy.StrictGreaterThan,
    ast.GtE: sympy.GreaterThan,
    ast.Eq: sympy.Equality,
    ast.NotEq: sympy.Unequality,
}

_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def read_expression(text: str, symbols: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    """The SymPy expression that ``text`` spells in the given symbols.

    Raises
    ------
    InputError
        If it is not arithmetic in the symbols, numbers and `FUNCTIONS`.
    """
    node = parse(text)
    return _Reader(text, symbols).expression(node)


def known_functions() -> str:
    """Every function that text may call, for messages."""
    return ", ".join(sorted({*FUNCTIONS, *ALIASES, *SHORTHANDS, "binomial", "logsumexp"}))


def read_relations(
    text: str, symbols: Mapping[str, sympy.Symbol]
) -> tuple[list[Relational], list[Condition]]:
    """The comparisons that ``text`` spells, and the conditions for its parts to be real numbers.

    A chain ``a <= b <= c`` gives two comparisons. The conditions are noted while reading, before SymPy
    can cancel a part that is undefined somewhere (as in ``x/x``).
    """
    node = parse(text)
    match node:
        case ast.BoolOp(op=ast.And(), values=nodes) | ast.Tuple(elts=nodes):
            pass
        case _:
            nodes = [node]
    reader = _Reader(text, symbols)
    relations = [relation for part in nodes for relation in reader.comparisons(part)]
    return relations, reader.conditions


def free_names(text: str) -> set[str]:
    """Names in ``text`` that are neither functions nor constants."""
    calls = {n.func.id for n in ast.walk(parse(text)) if _is_call(n)}  # type: ignore[attr-defined]
    names = {n.id for n in ast.walk(parse(text)) if isinstance(n, ast.Name)}
    return names - calls - set(CONSTANTS)


def as_functions(expr: Any, symbols: tuple[sympy.Symbol, ...], module: str) -> Callable[..., Any]:
    """A function of the symbols that computes ``expr`` with NumPy, SciPy, mpmath or torch."""
    plain = sympy.sympify(expr).replace(Phi, lambda x: sympy.erfc(-x / sympy.sqrt(2)) / 2)
    if module == "torch":  # torch's functions take no bare numbers such as sqrt(2)
        plain = plain.replace(
            lambda part: part.is_number and not part.is_Rational, lambda part: part.evalf(17)
        )
    modules: list[Any] = ["scipy", "numpy"] if module == "numpy" else [module]
    if module == "torch":
        modules = [_torch_functions()]
    return sympy.lambdify(symbols, plain, modules, cse=True)


def _torch_functions() -> dict[str, Any]:
    """torch's functions by SymPy's names; whoever asks for them has torch, the theory needs none."""
    torch = importlib.import_module("torch")
    names = {"Abs": "abs", "Max": "maximum", "Min": "minimum"}
    known = {cls.__name__ for cls in FUNCTIONS.values() if isinstance(cls, type)} - {"Phi"}
    return {name: getattr(torch, names.get(name, name)) for name in known} | {"sqrt": torch.sqrt}


def write(expr: sympy.Basic) -> str:
    """Text that `read_expression` reads back to an equal expression."""
    return _Writer({"order": "none"}).doprint(expr)


def gap(relation: Relational) -> Any:
    """Left side minus right side."""
    left: Any
    right: Any
    left, right = map(sympy.sympify, relation.args)
    return left - right


def write_relation(relation: Relational) -> str:
    """Text such as ``x**2 >= 0``."""
    return f"{write(relation.lhs)} {relation.rel_op} {write(relation.rhs)}"


class _Writer(StrPrinter):
    """SymPy's plain text, with every rational spelled as an exact quotient."""

    def _print_Float(self, expr: Any) -> str:
        return str(sympy.Rational(str(expr)))


MAX_DIGITS = 5000
"""Numbers longer than this many digits, and texts nested deeper than `MAX_DEPTH`, are refused."""
MAX_DEPTH = 80


def _plain(text: str) -> str:
    """The text in Python's signs; a single = is an equality."""
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    return re.sub(r"(?<![<>=!:])=(?![=<>])", "==", text).strip()


_HINTS: tuple[tuple[str, str], ...] = (
    (
        r"=>|-->|⇒|\bimplies\b",
        "write <= and >=; what is assumed goes into given: claim('x**2 >= 1', given='x >= 1', ...)",
    ),
    (r"=<", "write <= and >="),
    (r"\|", "a size is written Abs(x)"),
    (
        r"\b(lambda|is|in|if|for|as|from|pass|class|def|with)\b",
        "a word of Python cannot be a variable",
    ),
    (r"[\d)]\s*[A-Za-z(]", "a product is written with *"),
)
"""What people write instead, and what would be right."""


def excerpt(text: str) -> str:
    """A text as messages quote it: in one line, and not too long."""
    return repr(text if len(text) <= 100 else text[:60] + "...")


def parse(text: Any) -> ast.expr:
    """The syntax tree of a formula, its signs made plain; InputError if it is none."""
    if not isinstance(text, str):
        raise InputTypeError(f"{shown(text)}: must be text such as 'x**2'")
    if not text.strip():
        raise InputError(f"{shown(text)} is empty: write text such as 'x**2 >= 0'")
    try:
        node = ast.parse(_plain(text), mode="eval").body
    except (RecursionError, MemoryError):
        raise InputError(f"{excerpt(text)} is nested too deeply to work with") from None
    except (SyntaxError, ValueError):
        hint = next((f"; {advice}" for pattern, advice in _HINTS if re.search(pattern, text)), "")
        raise InputError(f"cannot read {excerpt(text)} as mathematics{hint}") from None
    if _depth(node) > MAX_DEPTH:
        raise InputError(f"{excerpt(text)} is nested too deeply to work with")
    return node


def source(node: ast.AST, text: str) -> str:
    """The piece of a text that a node of its tree was read from."""
    return ast.get_source_segment(_plain(text), node) or ""


def _depth(node: ast.AST) -> int:
    """Nesting of a syntax tree, found without recursion."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    return deepest


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def _is_inside(name: str, argument: Any) -> bool:
    """Whether an argument is a number that acosh or atanh has a value at."""
    if not argument.is_Rational:
        return False
    return bool(argument > 1 if name == "acosh" else abs(argument) < 1)


class _Reader:
    def __init__(self, text: str, symbols: Mapping[str, sympy.Symbol]) -> None:
        self.text = text
        self.symbols = symbols
        self.conditions: list[Condition] = []

    def comparisons(self, node: ast.expr) -> list[Relational]:
        if not isinstance(node, ast.Compare):
            raise InputError(
                f"{excerpt(self.text)} is not a relation: write one with <=, <, >=, >, == or !=, or several "
                "with 'and'"
            )
        sides = [self.expression(side) for side in (node.left, *node.comparators)]
        relations = []
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            kind = _COMPARISONS.get(type(operator))
            if kind is None:
                raise InputError(
                    f"{excerpt(self.text)} compares with something else than <=, <, >=, >, =="
                )
            relations.append(kind(left, right, evaluate=False))
        return relations

    def expression(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool()):
                raise InputError(f"{excerpt(self.text)} holds a truth value where a number belongs")
            case ast.Constant(value=int() as value):
                return sympy.Integer(value)
            case ast.Constant(value=float()):
                return self._decimal(source(node, self.text))
            case ast.Name(id=name) if name in self.symbols:
                return self.symbols[name]
            case ast.Name(id=name) if name in CONSTANTS:
                return CONSTANTS[name]
            case ast.Name(id=name) if name in known_functions().split(", "):
                raise InputError(f"{name} in {excerpt(self.text)} is a function: write {name}(...)")
            case ast.Name(id=name):
                raise InputError(
                    f"{shown(name)} in {excerpt(self.text)} has no domain: give one, {name}='real'"
                )
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.expression(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.expression(operand)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return self._combine(operator, self.expression(left), self.expression(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                values = [self.expression(argument) for argument in arguments]
                return self._call(ALIASES.get(name, name), values)
            case _:
                raise InputError(
                    f"cannot read {excerpt(source(node, self.text))} in {excerpt(self.text)} as mathematics"
                )

    def _decimal(self, literal: str) -> Any:
        _, _, exponent = literal.lower().partition("e")
        if exponent and abs(int(exponent.replace("_", ""))) > MAX_DIGITS:
            raise InputError(
                f"{literal} in {excerpt(self.text)} is too large or too small to work with"
            )
        return sympy.Rational(literal.replace("_", ""))

    def _combine(self, operator: ast.operator, left: Any, right: Any) -> Any:
        if isinstance(operator, ast.Div) and not (right.is_Rational and right != 0):
            self.conditions.append((right, "!="))
        if isinstance(operator, ast.Pow):
            self._note_power(left, right)
        return self._finite(self._made(_OPERATORS[type(operator)], left, right))

    def _note_sign(self, value: Any, sign: str) -> None:
        if not (value.is_Rational and value > 0):
            self.conditions.append((value, sign))

    def _note_power(self, base: Any, exponent: Any) -> None:
        if exponent.is_Rational:
            size = max(abs(int(base.p)), int(base.q)).bit_length() if base.is_Rational else 1
            if abs(exponent) * size > 4 * MAX_DIGITS:
                raise InputError(f"a power in {excerpt(self.text)} is too large to work with")
        if not (exponent.is_Integer and exponent >= 0):
            self.conditions.append(((base, exponent), "power"))

    def _call(self, name: str, arguments: list[Any]) -> Any:
        if name in FUNCTIONS:
            return self._apply(name, arguments)
        if name in SHORTHANDS and len(arguments) == 1:
            variable, text = SHORTHANDS[name]
            return self._spelled_out(text, {variable: arguments[0]})
        if name == "logsumexp" and arguments:
            names = {f"x{i}": value for i, value in enumerate(arguments)}
            return self._spelled_out(f"log({' + '.join(f'exp({x})' for x in names)})", names)
        if name == "binomial" and len(arguments) == 2:
            return self._binomial(*arguments)
        if name in known_functions().split(", "):
            raise InputError(f"{name} in {excerpt(self.text)} has the wrong number of arguments")
        if name in self.symbols:
            raise InputError(
                f"{excerpt(self.text)} calls the variable {name}; a product is written with *"
            )
        raise InputError(
            f"{excerpt(self.text)} calls {shown(name)}; known functions: {known_functions()}"
        )

    def _spelled_out(self, text: str, values: Mapping[str, Any]) -> Any:
        """The value of a shorthand, and what it needs to be a real number."""
        inner = _Reader(text, values)
        value = inner.expression(parse(text))
        self.conditions += inner.conditions
        return self._finite(value)

    def _binomial(self, n: Any, k: Any) -> Any:
        if not (k.is_Integer and 0 <= k <= MAX_DEPTH):
            raise InputError(
                f"binomial in {excerpt(self.text)} takes a number 0..{MAX_DEPTH} below"
            )
        return sympy.Mul(*[n - i for i in range(int(k))]) / sympy.factorial(k)

    def _apply(self, name: str, arguments: list[Any]) -> Any:
        if len(arguments) != 1 and (name.lower() not in ("max", "min") or not arguments):
            raise InputError(f"{name} in {excerpt(self.text)} has the wrong number of arguments")
        argument = arguments[0]
        if name in ("log", "ln"):
            self._note_sign(argument, ">")
        elif name == "log1p":
            self._note_sign(1 + argument, ">")
        elif name == "sqrt":
            self._note_sign(argument, ">=")
        elif name in ("acosh", "atanh") and not _is_inside(name, argument):
            self.conditions.append((argument, name))
        return self._finite(self._made(FUNCTIONS[name], *arguments))

    def _made(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The function's value, where SymPy can work with the arguments."""
        try:
            return function(*arguments)
        except (ValueError, TypeError, ArithmeticError, RecursionError):  # Max(sqrt(-1), 1)
            raise InputError(f"{excerpt(self.text)} is not a real expression") from None

    def _finite(self, value: Any) -> Any:
        if value.has(sympy.nan, sympy.zoo):
            raise InputError(f"{excerpt(self.text)} divides by zero or is otherwise undefined")
        return value
