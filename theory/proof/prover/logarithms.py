"""Steps to simpler goals by logarithms: products become sums, an exponential its exponent.

Checked by: the second engine, which asks whether both sides are positive and their logarithms what is said.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import sympy

from ...language.expression import Phi, write
from ...numbers.boxes import Box
from ...numbers.normal_form import identical
from .goals import Goal, Node, Search

__all__ = ["by_logarithms", "exponent", "logarithm", "two_sides"]

_NOT_SIMPLE = (sympy.exp, sympy.log, sympy.sinh, sympy.cosh, sympy.tanh, Phi, sympy.erf, sympy.erfc)


def two_sides(expr: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """P and Q with ``P - Q`` the expression: either order of two terms, one term against a sum, or
    what a logarithm makes simple, a power or an exponential, against all else."""
    terms = sympy.Add.make_args(expr)
    if len(terms) == 2:
        yield terms[0], -terms[1]
        yield terms[1], -terms[0]
        return
    positive = [term for term in terms if term.as_coeff_Mul()[0] > 0]
    exponential = all(term.has(sympy.exp) for term in terms)
    if len(terms) < 5 and exponential and 1 in (len(positive), len(terms) - len(positive)):
        large = sympy.Add(*positive)
        yield large, large - expr
    for term in sorted(filter(_is_power, terms), key=lambda t: t.count_ops(), reverse=True)[:2]:
        if term.as_coeff_Mul()[0] > 0:
            yield term, term - expr
        else:
            yield expr - term, -term


def _is_power(term: sympy.Expr) -> bool:
    """Whether a term is a product with an exponential, or a power, of what is not constant."""
    return any(
        part.func is sympy.exp or (part.is_Pow and not part.exp.is_Rational)
        for part in sympy.Mul.make_args(term)
        if part.free_symbols
    )


def _logarithm_of(side: sympy.Expr, box: Box, search: Search) -> sympy.Expr:
    """Products as sums and powers as factors, where what is left under a logarithm is positive."""
    quick = _common(side)
    if quick != 0:
        rest: Any = sympy.Add(*[sympy.powsimp(term * sympy.exp(-quick)) for term in side.args])
        return quick + _logarithm_of(rest, box, search)
    careful = sympy.expand_log(sympy.log(side), deep=True)
    bold = sympy.expand_log(careful, force=True)
    logs = [part.args[0] for part in bold.atoms(sympy.log) - careful.atoms(sympy.log)]
    if all(search.prove(Goal(argument, True, box), 1) for argument in logs):
        return bold
    return careful


def _common(side: sympy.Expr) -> Any:
    """The exponent that a sum is rid of where each of its terms has one: that of its first term."""
    several: list[Any] = []
    terms: tuple[Any, ...] = side.args if side.is_Add else ()
    for term in terms:
        exponents = [part.args[0] for part in sympy.Mul.make_args(term) if part.func is sympy.exp]
        if len(exponents) != 1:
            return sympy.S.Zero
        several += exponents
    return several[0] if several else sympy.S.Zero


def logarithm(goal: Goal, search: Search, depth: int) -> Node | None:
    """``P - Q >= 0`` for positive P and Q is ``log P - log Q >= 0``: products become sums."""
    if goal.given or not goal.expr.has(sympy.exp, sympy.cosh, sympy.Pow):
        return None
    return by_logarithms(goal, two_sides(goal.expr), search, depth)


def exponent(goal: Goal, search: Search, depth: int) -> Node | None:
    """`logarithm`, where it leaves no exponential: one exponential against another, or what has none."""
    if goal.given:
        return None
    terms = sympy.Add.make_args(goal.expr)
    two = len(terms) == 2 and all(sympy.exp in (term.func, (-term).func) for term in terms)
    alone = [sides for sides in two_sides(goal.expr) if sides[0].func is sympy.exp] if two else []
    for term in terms:
        if _is_power(term) and not (goal.expr - term).has(*_NOT_SIMPLE):
            rest = goal.expr - term
            alone.append((term, -rest) if term.as_coeff_Mul()[0] > 0 else (rest, -term))
    if any(part.has(sympy.log) for power in goal.expr.atoms(sympy.exp) for part in power.args):
        alone += list(two_sides(goal.expr))[:1]
    return by_logarithms(goal, alone[:1], search, depth + 1, 0.9)  # it costs an exponential


def by_logarithms(
    goal: Goal,
    several: Iterable[tuple[sympy.Expr, sympy.Expr]],
    search: Search,
    depth: int,
    share: float = 0.5,
) -> Node | None:
    """The first of several pairs of sides whose logarithms show the goal."""
    for large, small in several:
        sides = [search.prove(Goal(side, True, goal.box), 1) for side in (large, small)]
        if None in sides:
            continue
        logs = [_logarithm_of(side, goal.box, search) for side in (large, small)]
        child = Goal(logs[0] - logs[1], goal.strict, goal.box)
        node = search.briefly(child, depth, share)
        if node and identical(sympy.log(large) - sympy.log(small), child.expr, goal.box):
            return {
                "rule": "logarithm",
                "large": write(large),
                "small": write(small),
                "to": write(child.expr),
                "nodes": [node, *sides],
            }
    return None
