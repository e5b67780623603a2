"""Polynomial inequalities over the reals, decided by z3: `unsat` of the negation is a proof.

The question is written as SMT-LIB text first and z3 reads that text, so the certificate holds exactly
what was decided, and cvc5 can decide it again (`recheck`). Trusted: z3, and the translation below.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from ...foundation.working_time import work_clock
from ...numbers.domain import Piece

__all__ = ["is_polynomial", "negation_smtlib", "solve"]

Fact = tuple[sympy.Expr, str]
"""A hypothesis ``expr REL 0`` with REL one of '>=', '>', '=='."""

BUSIEST = 8.0
"""How many times its time on an idle machine z3 is given on the wall, at most."""


def is_polynomial(expr: Any) -> bool:
    """Polynomial with rational coefficients, up to Max, Min and Abs."""
    if expr.is_Rational or expr.is_Symbol:
        return True
    if expr.is_Pow:
        return expr.exp.is_Integer and 0 < int(expr.exp) <= 40 and is_polynomial(expr.base)
    if expr.is_Add or expr.is_Mul or isinstance(expr, sympy.Max | sympy.Min | sympy.Abs):
        return all(is_polynomial(argument) for argument in expr.args)
    return False


def negation_smtlib(
    expr: sympy.Expr, relation: str, box: Mapping[sympy.Symbol, Piece], given: Sequence[Fact] = ()
) -> str:
    """SMT-LIB text that is satisfiable iff ``expr relation 0`` fails somewhere in the box under ``given``.

    Integer variables are relaxed to reals, which can only make the claim harder to prove.
    """
    lines = ["(set-logic QF_NRA)"]
    for symbol, piece in sorted(box.items(), key=lambda item: item[0].name):
        lines.append(f"(declare-const v_{symbol.name} Real)")
        for end, is_open, side in (
            (piece.low, piece.low_open, ">"),
            (piece.high, piece.high_open, "<"),
        ):
            if end.is_Rational:
                lines.append(
                    f"(assert ({side}{'' if is_open else '='} v_{symbol.name} {_term(end)}))"
                )
    for fact, kind in given:
        lines.append(f"(assert ({_RELATIONS[kind]} {_term(fact)} 0.0))")
    lines.append(f"(assert (not ({_RELATIONS[relation]} {_term(expr)} 0.0)))")
    lines.append("(check-sat)")
    return "\n".join(lines) + "\n"


def solve(text: str, milliseconds: int) -> tuple[str, dict[str, sympy.Expr]]:
    """z3's answer ('sat', 'unsat' or 'unknown') and, when sat, a model of rationals where it has one.

    Its limit is on the wall: where a busy machine left it too little of the time, it is asked once more.
    """
    wall, work = time.monotonic(), work_clock()
    answer, model = _solved(text, milliseconds)
    wall, work = 1000 * (time.monotonic() - wall), 1000 * (work_clock() - work)
    if answer == "unknown" and wall > 0.9 * milliseconds and work < 0.7 * milliseconds:
        return _solved(text, int(milliseconds * min(wall / max(work, 1.0), BUSIEST)))
    return answer, model


def _solved(text: str, milliseconds: int) -> tuple[str, dict[str, sympy.Expr]]:
    import z3

    solver = z3.SolverFor("QF_NRA")
    solver.set("timeout", milliseconds)
    solver.set("ctrl_c", False)  # z3 would take an interrupt for itself, and nobody else see it
    solver.from_string(text)
    answer = str(solver.check())
    model: dict[str, sympy.Expr] = {}
    if answer == "sat":
        found = solver.model()
        for declaration in found.decls():
            value: Any = found[declaration]
            if z3.is_algebraic_value(value):
                value = value.approx(20)
            if z3.is_rational_value(value):
                number = sympy.Rational(value.numerator_as_long(), value.denominator_as_long())
                model[declaration.name().removeprefix("v_")] = number
    return answer, model


_RELATIONS = {">=": ">=", ">": ">", "==": "="}


def _term(expr: Any) -> str:
    if expr.is_Rational:
        p, q = int(expr.p), int(expr.q)
        size = f"{abs(p)}.0" if q == 1 else f"(/ {abs(p)}.0 {q}.0)"
        return f"(- {size})" if p < 0 else size
    if expr.is_Symbol:
        return f"v_{expr.name}"
    if expr.is_Pow:
        return (
            f"(* {' '.join([_term(expr.base)] * int(expr.exp))})"
            if expr.exp != 1
            else _term(expr.base)
        )
    if expr.is_Add or expr.is_Mul:
        operator = "+" if expr.is_Add else "*"
        return f"({operator} {' '.join(_term(argument) for argument in expr.args)})"
    if isinstance(expr, sympy.Abs):
        inner = _term(expr.args[0])
        return f"(ite (>= {inner} 0.0) {inner} (- {inner}))"
    left, *rest = expr.args
    comparison = ">=" if isinstance(expr, sympy.Max) else "<="
    term = _term(left)
    for argument in rest:
        other = _term(argument)
        term = f"(ite ({comparison} {term} {other}) {term} {other})"
    return term
