"""Whether a claim is false at a point, decided by mpmath and fractions alone: no engine is believed.

A claim that a test calls false must be false. Where no engine finds a counterexample, the test gives one,
and it is looked at here: inside the domains, within the hypotheses, and the relation fails there.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath

__all__ = ["is_counterexample", "refuted_or_at_a_point", "true_at"]

DIGITS = (60, 400, 4000, 20_000, 40_000)
NAMED = {
    "real": "(-oo, oo)", "positive": "(0, oo)", "negative": "(-oo, 0)", "nonnegative": "[0, oo)",
    "nonpositive": "(-oo, 0]", "nonzero": "(-oo, 0) u (0, oo)",
}  # fmt: skip

Values = Mapping[str, str]


def is_counterexample(
    relation: str, given: str | Sequence[str], domains: Mapping[str, str], values: Values
) -> bool:
    """Whether the point, of the domains and the hypotheses, makes the relation false or undefined."""
    facts = (given,) if isinstance(given, str) else given
    assert set(values) == set(domains), "a witness gives every variable a value"
    for name, where in domains.items():
        assert _inside(values[name], where), f"{name} = {values[name]} lies outside {where}"
    for fact in facts:
        assert true_at(fact, values) is True, f"{fact} does not hold at the witness"
    return true_at(relation, values) is not True


def refuted_or_at_a_point(
    relation: str, given: str | Sequence[str], domains: Mapping[str, str], values: Values | None
) -> tuple[str, ...]:
    """The verdicts that are right of a claim called false: `refuted`, or `unknown` if it fails at a point."""
    if values is None:
        return ("refuted",)
    assert is_counterexample(relation, given, domains, values), "the claim is true at its witness"
    return ("refuted", "unknown")


def true_at(relation: str, values: Values) -> bool | None:
    """Whether a relation (or several, chained or joined by ``and``) holds; None where it has no value."""
    tree = ast.parse(relation.replace("^", "**"), mode="eval").body
    try:
        return _holds(tree, relation, values)
    except (_NoValue, ZeroDivisionError):
        return None


class _NoValue(Exception):
    """A part is no real number."""


class _Inexact(Exception):
    """Fractions do not reach it."""


def _holds(tree: Any, text: str, values: Values) -> bool:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        parts = [_holds(part, text, values) for part in tree.values]  # none without a value
        return all(parts)
    assert isinstance(tree, ast.Compare), text
    sides = [tree.left, *tree.comparators]
    signs = [_sign(left, right, values) for left, right in pairwise(sides)]
    return all(
        _COMPARED[type(sign)](distance, 0) for sign, distance in zip(tree.ops, signs, strict=True)
    )


_COMPARED: Mapping[Any, Callable[[int, int], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip


def _sign(left: ast.expr, right: ast.expr, values: Values) -> int:
    """The sign of left - right: by fractions, else where two precisions agree on its leading digits."""
    gap = ast.BinOp(left, ast.Sub(), right)
    try:
        exact = _value(gap, values, _EXACT)
        return (exact > 0) - (exact < 0)
    except _Inexact:
        pass
    before = None
    for digits in DIGITS:
        with mpmath.workdps(digits):
            now = _value(gap, values, _ROUNDED)
            if isinstance(now, mpmath.mpc) or mpmath.isnan(now):
                raise _NoValue
            if before and abs(now - before) <= abs(now) * mpmath.mpf(10) ** -8:
                return 1 if now > 0 else -1
            before = now
    raise AssertionError("40000 digits do not tell the sides apart: fractions would have to")


def _inside(value: str, where: str) -> bool:
    if counted := re.fullmatch(r"integer(?: (-?\d*)\.\.(-?\d*))?", where):
        low, high = (end or None for end in (counted[1], counted[2]))
        number = Fraction(value)
        return (
            number.denominator == 1
            and (low is None or int(low) <= number)
            and (high is None or number <= int(high))
        )
    return any(_in_piece(value, piece) for piece in NAMED.get(where, where).split(" u "))


def _in_piece(value: str, piece: str) -> bool:
    if piece.startswith("{"):
        return any(true_at(f"{value} == {one}", {}) for one in piece[1:-1].split(","))
    low, high = map(str.strip, piece[1:-1].rsplit(",", 1))
    above = low == "-oo" or true_at(f"{value} {'>' if piece[0] == '(' else '>='} {low}", {})
    below = high == "oo" or true_at(f"{value} {'<' if piece[-1] == ')' else '<='} {high}", {})
    return bool(above and below)


# ------------------------------------------------------------------------------------------ numbers


def _value(tree: Any, values: Values, kind: Mapping[str, Any]) -> Any:
    match tree:
        case ast.Constant(value=number):
            return kind["number"](repr(number))
        case ast.Name(id=name) if name in values:
            return _value(ast.parse(values[name], mode="eval").body, {}, kind)
        case ast.Name(id=name):
            return kind["constant"](name)
        case ast.UnaryOp(op=ast.USub(), operand=part):
            return -_value(part, values, kind)
        case ast.BinOp(left=left, op=op, right=right):
            first, second = _value(left, values, kind), _value(right, values, kind)
            return (
                kind["power"](first, second)
                if isinstance(op, ast.Pow)
                else _STEPS[type(op)](first, second)
            )
        case ast.Call(func=ast.Name(id=name), args=parts):
            return kind["function"](name, [_value(part, values, kind) for part in parts])
        case _:
            raise AssertionError(f"cannot read {ast.unparse(tree)}")


_STEPS: Mapping[Any, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_KINKED: Mapping[str, Callable[..., Any]] = {
    "abs": abs, "Abs": abs, "Max": max, "Min": min, "sign": lambda x: (x > 0) - (x < 0),
}  # fmt: skip
_AT_ZERO = {
    "sin": 0, "cos": 1, "exp": 1, "sinh": 0, "cosh": 1, "tanh": 0, "atan": 0, "erf": 0, "sqrt": 0,
    "asinh": 0, "log1p": 0, "expm1": 0,
}  # fmt: skip


def _exact_constant(name: str) -> Any:
    raise _Inexact(name)


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction:
    if base == 0 and exponent > 0:
        return base
    if exponent.denominator != 1 or abs(exponent) > 10_000:
        raise _Inexact
    return base ** int(exponent)


def _exact_function(name: str, parts: list[Fraction]) -> Fraction:
    if name in _KINKED:
        return Fraction(_KINKED[name](*parts))
    if parts == [0] and name in _AT_ZERO:
        return Fraction(_AT_ZERO[name])
    if parts == [1] and name in ("log", "sqrt"):
        return Fraction(name == "sqrt")
    raise _Inexact


def _rounded_function(name: str, parts: list[Any]) -> Any:
    if name in _KINKED:
        return _KINKED[name](*parts)
    try:
        value = (_ROUNDED_FUNCTIONS.get(name) or getattr(mpmath, name))(*parts)
    except ValueError as error:  # log(0)
        raise _NoValue from error
    if isinstance(value, mpmath.mpc) and value.imag != 0:
        raise _NoValue
    return value.real if isinstance(value, mpmath.mpc) else value


def _rounded_power(base: Any, exponent: Any) -> Any:
    if base < 0 and exponent != mpmath.nint(exponent):
        raise _NoValue
    return base**exponent


_ROUNDED_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "Phi": mpmath.ncdf,
    "phi": mpmath.npdf,
    "binary_entropy": lambda p: -p * mpmath.log(p) - (1 - p) * mpmath.log(1 - p),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "logit": lambda p: mpmath.log(p / (1 - p)),
}
_EXACT: Mapping[str, Any] = {
    "number": Fraction, "constant": _exact_constant, "power": _exact_power, "function": _exact_function,
}  # fmt: skip
_ROUNDED: Mapping[str, Any] = {
    "number": mpmath.mpf,
    "constant": lambda name: {"pi": mpmath.mp.pi, "E": mpmath.mp.e}[name] + 0,
    "power": _rounded_power,
    "function": _rounded_function,
}
