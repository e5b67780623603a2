"""Polynomial problems as SMT-LIB, built from the text of a claim alone, and cvc5's answers to them."""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .clock import seconds_left
from .cvc5_process import ask_cvc5
from .second_opinion import Term, parse

__all__ = ["cvc5_answers", "is_plain_smtlib", "is_polynomial", "to_smtlib"]


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


def cvc5_answers(text: str) -> str:
    """cvc5's answer to SMT-LIB text; remembered, except where only time was lacking."""
    seconds = min(30.0, seconds_left())
    if text not in _ANSWERS and seconds > 0:
        answer = ask_cvc5(text, seconds)
        if answer == "unknown" and seconds < 30:
            return answer
        _ANSWERS[text] = answer
    return _ANSWERS.get(text, "unknown")
