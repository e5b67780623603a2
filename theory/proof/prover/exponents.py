"""Exponentials beside each other, bounded waves and periods: steps that leave goals for ranges.

A sum of exponentials divided by one of them has differences of exponents, whose squares are completed:
``cosh(t*x) <= exp((t**2 + x**2)/2)`` is a sum of two exponentials of minus squares. Sines and cosines far
out are numbers from -1 to 1, and where all else is bounded one period of them is enough.
"""

import math
from typing import Any

import sympy

from ...language.expression import write
from ...numbers.deadline import limited
from ...numbers.domain import Piece
from ...numbers.normal_form import identical
from ..instruments.smt import is_polynomial
from .goals import Goal, Node, Search, exponential, fresh, rewrite

__all__ = ["exponents", "period", "waves"]


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
    """Sines and cosines as numbers from -1 to 1, where what is left is a polynomial.

    Those of multiples and sums of angles are also written out: ``|sin(2*x)| <= 2*|sin(x)|``.
    """
    if goal.given or not goal.expr.has(sympy.sin, sympy.cos):
        return None
    if node := _waves(goal, search, depth):
        return node
    written: Any = limited(2.0, lambda: sympy.expand_trig(goal.expr))
    if written is None or written == goal.expr:
        return None
    node = _waves(goal._replace(expr=written), search, depth)
    return rewrite(written, node) if node and identical(goal.expr, written, goal.box) else None


def _waves(goal: Goal, search: Search, depth: int) -> Node | None:
    found = sorted(goal.expr.atoms(sympy.sin, sympy.cos), key=str)
    if not 0 < len(found) < 5:
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


def period(goal: Goal, search: Search, depth: int) -> Node | None:
    """A variable that stands in sines and cosines only, on one period: the shortest that all have."""
    if goal.given:
        return None
    for symbol, piece in goal.box.items():
        length = _period(goal.expr, symbol)
        if length is None or _is_within(piece, length):
            continue
        one = Piece(sympy.Integer(0), length, False, False)
        if node := search.prove(goal._replace(box={**goal.box, symbol: one}), depth):
            return {
                "rule": "period",
                "variable": symbol.name,
                "period": write(length),
                "node": node,
            }
    return None


def _period(expr: Any, symbol: sympy.Symbol) -> Any:
    """How far the variable goes until all angles have made whole turns; None where it has no period."""
    waves = [wave for wave in expr.atoms(sympy.sin, sympy.cos) if wave.has(symbol)]
    angles = [wave for wave in waves if not wave.args[0].has(sympy.sin, sympy.cos)]
    rates = [sympy.diff(wave.args[0], symbol) for wave in angles]
    if not rates or expr.xreplace({wave: sympy.Dummy() for wave in angles}).has(symbol):
        return None
    for unit in (sympy.Integer(1), sympy.pi):
        shares = [rate / unit for rate in rates]
        if all(share.is_Rational and share != 0 for share in shares):
            common = math.lcm(*[int(share.q) for share in shares])
            turns = math.gcd(*[int(common * share) for share in shares])
            return 2 * sympy.pi / unit * sympy.Rational(common, turns)
    return None


def _is_within(piece: Piece, length: Any) -> bool:
    return bool(piece.low.is_finite and piece.high.is_finite and piece.high - piece.low <= length)
