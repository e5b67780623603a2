"""A second reader of certificates: expressions as text, evaluated by mpmath and by nothing else.

Shares no code with the provers: the text is read by Python's own parser, point values come from
mpmath at 60 digits, ranges from mpmath's interval context, polynomial problems go to cvc5.
"""

import ast
import contextlib
import math
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from itertools import combinations
from typing import Any, TypeGuard

import mpmath
from mpmath import mp
from mpmath.libmp.libhyper import NoConvergence
from mpmath.libmp.libmpf import ComplexResult, finf, fninf

from .cvc5_process import ask_cvc5

__all__ = [
    "DIGITS",
    "Interval",
    "NotReal",
    "Term",
    "TooLarge",
    "at_digits",
    "cvc5_answers",
    "distinguishable",
    "enclosed",
    "end_value",
    "equal_at",
    "equal_deeply",
    "interval_of",
    "is_plain_smtlib",
    "is_polynomial",
    "iv",
    "kinks",
    "parse",
    "random_point",
    "replaced",
    "surely_undefined",
    "time_is_up",
    "to_smtlib",
    "until",
    "value_of",
]

DIGITS = 60
iv: Any = mpmath.iv  # mpmath's interval context has no usable type hints
iv.prec = 220

Term = ast.expr
"""A parsed expression."""

Interval = tuple[str, str]
"""Ends of an interval as text, closed."""


@lru_cache(maxsize=8192)
def parse(text: str) -> Term:
    """Python's syntax tree of an expression; nothing is evaluated."""
    return ast.parse(text.strip(), mode="eval").body


class NotReal(ArithmeticError):
    """The expression has no real value there."""


class TooLarge(NotReal):
    """The expression has a value there that is too large to write."""


BITS = 200
"""Random points have so many."""

LARGEST = mp.mpf(10) ** 40
"""Arguments of the exponential beyond this are not worked with."""


# ---------------------------------------------------------------------------------------- points


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


def surely_undefined(term: Term, point: Mapping[str, Any]) -> bool:
    """Whether some part is no real number at a point for certain: rounding alone makes none so."""
    box = {name: iv.mpf(value) for name, value in point.items()}
    for part in _partial(term):
        try:
            if _forbidden(part, box):
                return True
        except (NotReal, ValueError):
            continue  # a part of it says more
    return False


@lru_cache(maxsize=8192)
def _partial(term: Term) -> tuple[Term, ...]:
    """The parts with a partial function: a quotient by no literal, a power by no literal, a logarithm..."""
    return tuple(part for part in ast.walk(term) if _is_partial(part))


def _is_partial(part: ast.AST) -> TypeGuard[Term]:
    match part:
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=int() as below)):
            return below == 0
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=int() as power)):
            return power < 0
        case ast.BinOp(op=ast.Div() | ast.Pow()):
            return True
        case ast.Call(func=ast.Name(id="log" | "sqrt" | "acosh" | "atanh")):
            return True
        case _:
            return False


def _forbidden(part: ast.expr, box: Mapping[str, Any]) -> bool:
    match part:
        case ast.BinOp(op=ast.Div(), right=below):
            value = interval_of(below, box)
            return bool(value.a == 0 == value.b)
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            low, power = interval_of(base, box), interval_of(exponent, box)
            whole = power.a == power.b == int(power.a)
            return bool(low.b < 0 and not whole) or bool(low.a == 0 == low.b and power.b < 0)
        case ast.Call(func=ast.Name(id="log" | "sqrt" | "acosh" | "atanh" as name), args=[inner]):
            value = interval_of(inner, box)
            return {
                "log": bool(value.b <= 0),
                "sqrt": bool(value.b < 0),
                "acosh": bool(value.b < 1),
                "atanh": bool(value.b <= -1 or value.a >= 1),
            }[name]
        case _:
            return False


def equal_at(left: Term, right: Term, point: Mapping[str, Any]) -> bool:
    """Whether two expressions agree at a point to 40 digits, at a precision that cancellation allows.

    Raises
    ------
    NotReal
        If one of them is not a real number there.
    """
    return _agree(left, right, point, (DIGITS, 600, 2000), mp.mpf(10) ** -40)


def equal_deeply(left: Term, right: Term, point: Mapping[str, Any]) -> bool:
    """`equal_at` to 240 digits, and to as many more as the numbers in the expressions have."""
    digits = 300 + min(_digits_written(left) + _digits_written(right), 3000)
    return _agree(left, right, point, (digits, 3 * digits), mp.mpf(10) ** (60 - digits))


def _agree(
    left: Term, right: Term, point: Mapping[str, Any], precisions: Sequence[int], tolerance: Any
) -> bool:
    before = None
    for digits in precisions:
        a, b = value_of(left, point, digits), value_of(right, point, digits)
        with mp.workdps(digits):
            gap = abs(a - b)
            if gap <= tolerance * (abs(a) + abs(b)) or gap <= mp.mpf(10) ** (20 - digits):
                return True
            # rounding alone shrinks with the precision; a real difference stays
            if before is not None and gap <= before * mp.mpf(10) ** -400:
                return True
            before = gap
    return False


def _digits_written(term: Term) -> int:
    """How many digits the numbers in an expression have, powers such as 10**40 included."""
    total = 0
    for part in ast.walk(term):
        match part:
            case ast.BinOp(
                left=ast.Constant(value=int() as base), op=ast.Pow(), right=exponent
            ) if isinstance(number := _literal(exponent), int):
                total += abs(number) * len(str(base))
            case ast.Constant(value=int() as value):
                total += len(str(value))
            case _:
                pass
    return total


def _literal(term: Term) -> int | None:
    match term:
        case ast.Constant(value=int() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case _:
            return None


def distinguishable(left: Term, right: Term, point: Mapping[str, Any]) -> bool:
    """Whether intervals keep two values apart; where cancellation eats every digit they do not."""
    box = {name: iv.mpf(value) for name, value in point.items()}
    try:
        gap = interval_of(left, box) - interval_of(right, box)
    except NotReal:
        return True
    return not (gap.a <= 0 <= gap.b)


def replaced(term: Term, name: str, by: Term) -> Term:
    """The expression with a variable replaced by an expression."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return by if node.id == name else node

    return Replace().visit(ast.parse(ast.unparse(term), mode="eval").body)


@contextlib.contextmanager
def at_digits(digits: int) -> Iterator[None]:
    """Numbers and intervals of so many digits."""
    before, iv.prec = iv.prec, int(3.33 * digits)
    try:
        with mp.workdps(digits):
            yield
    finally:
        iv.prec = before


def enclosed(term: Term, point: Mapping[str, Any], digits: int) -> Any:
    """The value at a point where intervals of so many digits pin it down, else None: what cancellation
    leaves of log(1 + exp(x)) - x far out is no value.

    Raises
    ------
    NotReal
        If some part may be undefined there.
    """
    with at_digits(digits):
        value = interval_of(term, {name: iv.mpf(own) for name, own in point.items()})
        low, high = mp.mpf(value.a), mp.mpf(value.b)
        sure = mp.isfinite(high - low) and high - low <= mp.mpf(10) ** -20 * (1 + abs(low))
        return (low + high) / 2 if sure else None


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
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=right) if _is_phi(right):
            return mp.ncdf(-_point(right.args[0], point))  # 1 - Phi(x) without cancellation
        case ast.BinOp(left=left, op=operator, right=right):
            return _binary(operator, _point(left, point), _point(right, point))
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
    value = _POINT_FUNCTIONS[name](*arguments)
    if isinstance(value, mp.mpc) or (mp.isinf(value) and not any(map(mp.isinf, arguments))):
        raise ComplexResult(name)
    return value


def _is_phi(term: Any) -> bool:
    return isinstance(term, ast.Call) and isinstance(term.func, ast.Name) and term.func.id == "Phi"


def _binary(operator: ast.operator, a: Any, b: Any) -> Any:
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


# ---------------------------------------------------------------------------------------- ranges


def interval_of(term: Term, box: Mapping[str, Any]) -> Any:
    """mpmath's interval of the values over a box of mpmath intervals.

    Raises
    ------
    NotReal
        If some part may be undefined on the box.
    """
    try:
        return _interval(term, box)
    except (ComplexResult, ZeroDivisionError, ValueError, OverflowError):
        raise NotReal(ast.unparse(term)) from None


def _monotone(function: Callable[[Any], Any], low: Any, high: Any) -> Callable[[Any], Any]:
    """An increasing function's interval from mpmath's values at the ends, widened a little.

    ``low`` and ``high`` bound the function, so that rounding never leads beyond them.
    """

    def apply(x: Any) -> Any:
        with mp.workprec(iv.prec + 40):
            a, b = mp.mpf(x.a), mp.mpf(x.b)
            bottom = low if a == mp.ninf else function(a)
            top = high if b == mp.inf else function(b)
            slack = mp.mpf(2) ** (20 - iv.prec)
            return iv.mpf([max(_nudge(bottom, -slack), low), min(_nudge(top, slack), high)])

    return apply


def _nudge(value: Any, slack: Any) -> Any:
    value = mp.mpf(value)
    return value if mp.isinf(value) or value == 0 else value + abs(value) * slack


def _iv_extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *xs: iv.mpf([choose(x.a for x in xs), choose(x.b for x in xs)])


def _iv_abs(x: Any) -> Any:
    return abs(x)


def _iv_cosh(x: Any) -> Any:
    return _monotone(mp.cosh, 1, mp.inf)(abs(x))


def _iv_erfc(x: Any) -> Any:
    inner = _monotone(lambda v: -mp.erfc(v), -2, 0)(x)
    return -inner


_INTERVAL_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "Abs": _iv_abs, "Max": _iv_extreme(max), "Min": _iv_extreme(min),
    "Phi": _monotone(mp.ncdf, 0, 1), "acosh": _monotone(mp.acosh, 0, mp.inf),
    "asinh": _monotone(mp.asinh, mp.ninf, mp.inf), "atan": _monotone(mp.atan, -2, 2),
    "atanh": _monotone(mp.atanh, mp.ninf, mp.inf), "cos": iv.cos, "cosh": _iv_cosh,
    "erf": _monotone(mp.erf, -1, 1), "erfc": _iv_erfc, "exp": iv.exp, "log": iv.log,
    "sign": _monotone(mp.sign, -1, 1), "sin": iv.sin, "sinh": _monotone(mp.sinh, mp.ninf, mp.inf),
    "sqrt": iv.sqrt, "tanh": _monotone(mp.tanh, -1, 1),
}  # fmt: skip


def _interval(term: Any, box: Mapping[str, Any]) -> Any:
    match term:
        case ast.Constant(value=int() as value):
            return iv.mpf(value)
        case ast.Name(id="pi"):
            return +iv.pi
        case ast.Name(id="E"):
            return +iv.e
        case ast.Name(id=name):
            return box[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_interval(operand, box)
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=right) if _is_phi(right):
            return _INTERVAL_FUNCTIONS["Phi"](-_interval(right.args[0], box))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _iv_times(_interval(left, box), _interval(right, box))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _iv_over(_interval(left, box), _interval(right, box))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _iv_power(_interval(left, box), right, box)
        case ast.BinOp(left=left, op=operator, right=right):
            return _binary(operator, _interval(left, box), _interval(right, box))
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in _INTERVAL_FUNCTIONS:
            return _INTERVAL_FUNCTIONS[name](*[_interval(a, box) for a in arguments])
        case _:
            raise ValueError(f"cannot evaluate {ast.dump(term)[:80]}")


_INFINITE = frozenset((finf, fninf))


def _iv_times(a: Any, b: Any) -> Any:
    if not _INFINITE.intersection((*a._mpi_, *b._mpi_)):
        return a * b
    ends = [mp.mpf(end) for end in (a.a, a.b, b.a, b.b)]
    # an infinite end is never attained, so 0 times it stands for 0
    corners = [
        iv.mpf(0) if 0 in (x, y) else iv.mpf(x) * iv.mpf(y) for x in ends[:2] for y in ends[2:]
    ]
    return iv.mpf([min(c.a for c in corners), max(c.b for c in corners)])


def _iv_over(a: Any, b: Any) -> Any:
    if b.a < 0 < b.b:
        raise NotReal("division by an interval around 0")
    return _iv_times(a, 1 / b)


def _whole(exponent: Term, power: Any) -> int | None:
    """The integer that an exponent is, if it is one."""
    if isinstance(exponent, ast.Constant) and isinstance(exponent.value, int):
        return exponent.value
    return int(power.a) if power.a == power.b and power.a == int(power.a) else None


def _iv_power(base: Any, exponent: Any, box: Mapping[str, Any]) -> Any:
    n = _whole(exponent, power := _interval(exponent, box))
    if n is not None:
        return base**n if n >= 0 else _iv_over(iv.mpf(1), base**-n)
    if base.a < 0:
        raise NotReal("a fractional power of an interval below 0")
    return iv.exp(_iv_times(power, iv.log(base)))


# ------------------------------------------------------------------------------------------ cvc5


def to_smtlib(
    goal: Term,
    strict: bool,
    box: Mapping[str, tuple[str, str, bool, bool]],
    given: Sequence[tuple[Term, str]],
) -> str:
    """The negated goal as SMT-LIB, built from the text of the claim alone."""
    lines = ["(set-logic QF_NRA)"]
    for name, (low, high, low_open, high_open) in box.items():
        lines.append(f"(declare-const v_{name} Real)")
        if low != "-oo":
            lines.append(f"(assert ({'<' if low_open else '<='} {_smt(parse(low))} v_{name}))")
        if high != "oo":
            lines.append(f"(assert ({'>' if high_open else '>='} {_smt(parse(high))} v_{name}))")
    lines += [f"(assert ({'=' if kind == '==' else kind} {_smt(fact)} 0))" for fact, kind in given]
    lines.append(f"(assert ({'<=' if strict else '<'} {_smt(goal)} 0))")
    return "\n".join([*lines, "(check-sat)"]) + "\n"


def is_polynomial(term: Term) -> bool:
    """Whether SMT-LIB can spell the expression."""
    try:
        return bool(_smt(term))
    except (ValueError, KeyError):
        return False


def _smt(term: Any) -> str:
    match term:
        case ast.Constant(value=int() as value):
            return f"{value}.0"
        case ast.Name(id=name):
            return f"v_{name}"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(- {_smt(operand)})"
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as n)) if n > 0:
            return f"(* 1.0 {' '.join([_smt(left)] * n)})"
        case ast.BinOp(left=left, op=operator, right=right):
            sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[type(operator)]
            return f"({sign} {_smt(left)} {_smt(right)})"
        case ast.Call(func=ast.Name(id="Abs"), args=[inner]):
            return f"(ite (<= 0.0 {_smt(inner)}) {_smt(inner)} (- {_smt(inner)}))"
        case ast.Call(func=ast.Name(id=name), args=[left, *rest]) if name in ("Max", "Min"):
            text = _smt(left)
            for other in map(_smt, rest):
                sign = "<" if name == "Max" else ">"
                text = f"(ite ({sign} {text} {other}) {other} {text})"
            return text
        case _:
            raise ValueError(f"not a polynomial: {ast.unparse(term)}")


_PLAIN_SMT = re.compile(
    r"\(set-logic QF_NRA\)\n"
    r"(\((declare-const v_\w+ Real|assert [\w\s().<>=+*/-]+)\)\n)*"
    r"\(check-sat\)\n"
)


def is_plain_smtlib(text: str) -> bool:
    """Whether stored SMT-LIB is only declarations and assertions: nothing that commands a solver."""
    return bool(_PLAIN_SMT.fullmatch(text)) and not re.search(r"\b(exit|reset|echo|get)\b", text)


_ANSWERS: dict[str, str] = {}
_DEADLINE: ContextVar[float] = ContextVar("deadline", default=math.inf)


@contextlib.contextmanager
def until(deadline: float) -> Iterator[None]:
    """A time (of `time.monotonic`) after which the second opinion gives up: undecided."""
    token = _DEADLINE.set(deadline)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def time_is_up() -> bool:
    """Whether the second opinion should give up."""
    return time.monotonic() > _DEADLINE.get()


def cvc5_answers(text: str) -> str:
    """cvc5's answer to SMT-LIB text; remembered, except where only time was lacking."""
    seconds = min(30.0, _DEADLINE.get() - time.monotonic())
    if text not in _ANSWERS and seconds > 0:
        answer = ask_cvc5(text, seconds)
        if answer == "unknown" and seconds < 30:
            return answer
        _ANSWERS[text] = answer
    return _ANSWERS.get(text, "unknown")
