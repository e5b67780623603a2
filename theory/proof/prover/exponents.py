"""Exponentials beside each other, and bounded waves: steps that leave goals for ranges.

A sum of exponentials divided by one of them has differences of exponents, whose squares are completed:
``cosh(t*x) <= exp((t**2 + x**2)/2)`` is a sum of two exponentials of minus squares. Sines and cosines far
out are numbers from -1 to 1.
"""

from typing import Any

import sympy

from ...language.expression import write
from ...numbers.deadline import limited
from ...numbers.domain import Piece
from ...numbers.normal_form import identical
from ..instruments.smt import is_polynomial
from .goals import Goal, Node, Search, exponential, fresh

__all__ = ["exponents", "waves"]


def exponents(goal: Goal, search: Search, depth: int) -> Node | None:
    """The goal divided by one of its exponentials, all exponents as squares or products."""
    if goal.given or len(goal.box) < 2 or not goal.expr.has(sympy.exp):
        return None
    for factor, rest in limited(2.0, lambda: _divided(goal.expr)) or ():
        positive = search.prove(Goal(factor, True, goal.box), 0)
        node = positive and search.prove(Goal(rest, goal.strict, goal.box), 0)
        if node and identical(goal.expr, factor * rest, goal.box):
            return {
                "rule": "divide",
                "factor": write(factor),
                "sign": 1,
                "rest": write(rest),
                "nodes": [positive, node],
            }
    return None


def _divided(expr: Any) -> list[tuple[sympy.Expr, sympy.Expr]]:
    terms: tuple[Any, ...] = sympy.Add.make_args(sympy.expand(exponential(expr)))
    found = []
    for term in terms:
        parts: list[Any] = [part for part in sympy.Mul.make_args(term) if part.func is sympy.exp]
        if term.as_coeff_Mul()[0] <= 0 or not parts:
            continue
        factor = sympy.exp(sympy.Add(*[part.args[0] for part in parts]))
        found.append((factor, sympy.Add(*[_merged(other / factor) for other in terms])))
    return found


def _merged(term: Any) -> sympy.Expr:
    """A product with one exponential, its exponent factored."""
    parts: tuple[Any, ...] = sympy.Mul.make_args(sympy.powsimp(term))
    inner = sympy.Add(*[part.args[0] for part in parts if part.func is sympy.exp])
    rest = [part for part in parts if part.func is not sympy.exp]
    return sympy.Mul(*rest, sympy.exp(sympy.factor(inner)))


def waves(goal: Goal, search: Search, depth: int) -> Node | None:
    """Sines and cosines as numbers from -1 to 1, where what is left is a polynomial."""
    found = sorted(goal.expr.atoms(sympy.sin, sympy.cos), key=str)
    if goal.given or not 0 < len(found) < 4:
        return None
    names: dict[str, Any] = {}
    values: dict[Any, Any] = {}
    box = dict(goal.box)
    for wave in found:
        name = fresh(f"wave_{len(names)}", goal, search)
        names[name] = wave
        values[wave] = sympy.Symbol(name, real=True)
        box[values[wave]] = Piece(sympy.Integer(-1), sympy.Integer(1), False, False)
    to: Any = goal.expr.xreplace(values)
    if not is_polynomial(to):
        return None
    node = search.prove(Goal(to, goal.strict, box), min(depth, 1))
    return node and {
        "rule": "waves",
        "waves": {name: write(wave) for name, wave in names.items()},
        "to": write(to),
        "node": node,
    }
