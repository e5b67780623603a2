"""Polynomials of positive variables, by their order: ``x = y + d`` where x is larger, until no minus is left.

A form such as Schur's, or a cyclic sum with its denominators cleared, vanishes where variables are equal,
which ranges never reach; in the differences of ordered variables it often has no negative coefficient, or
none that squares do not outweigh. Solvers agree on few of these with four variables.
Source: successive difference substitution (L. Yang, J. Guangzhou Univ. 5(2), 2006, 1-7).
Checked by: each step is a case and a solved hypothesis, which the second engine tests as such.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import sympy

from ...foundation.working_time import work_clock
from ...language.expression import write
from ...numbers.domain import Piece
from ..instruments.smt import is_polynomial
from .goals import Goal, Node, Search, fresh

__all__ = ["ordered_variables"]

LEVELS = 5
"""Comparisons that follow each other, at most."""
MOST_TERMS = 120
HIGHEST = 8
SECONDS = 2.0


def ordered_variables(goal: Goal, search: Search, depth: int) -> Node | None:
    """A polynomial of three or four variables on the positive numbers: solvers tend to disagree on it."""
    key = ("ordered", goal.expr, goal.strict, tuple(sorted(goal.box.items(), key=str)))
    if goal.given or not 3 <= len(goal.box) <= 4 or key in search.failed:
        return None
    if not is_polynomial(goal.expr):
        return None
    node = _ordered(goal, search)
    if node is None and not search.over:
        search.failed.add(key)
    return node


def _ordered(goal: Goal, search: Search) -> Node | None:
    if goal.expr.has(sympy.Abs, sympy.Max, sympy.Min):
        return None
    if any(piece.low != 0 or piece.high != sympy.oo for piece in goal.box.values()):
        return None
    whole = sympy.Poly(goal.expr, *sorted(goal.box, key=str))
    if whole.total_degree() > HIGHEST or len(whole.terms()) > MOST_TERMS or not _negative(whole):
        return None
    if any(number < 0 for number in _leading(whole)):
        return None  # negative far out
    until = min(work_clock() + SECONDS, search.deadline)
    return _compared(goal, whole, LEVELS, until, search)


def _leading(whole: sympy.Poly) -> list[Any]:
    """The coefficients of the highest power of each variable alone."""
    found: dict[int, tuple[int, Any]] = {}
    for powers, number in whole.terms():
        held = [i for i, power in enumerate(powers) if power]
        if len(held) == 1:
            found[held[0]] = max(found.get(held[0], (0, 0)), (powers[held[0]], number))
    return [number for _, number in found.values()]


def _negative(whole: sympy.Poly) -> int:
    return sum(1 for number in whole.coeffs() if number < 0)


def _as_squares(whole: sympy.Poly) -> Any:
    """Without negative terms, but for those of squares: ``u**2 - u*v + v**2`` holds one of ``u - v``."""
    left = {powers: number for powers, number in whole.terms() if number > 0}
    squares = sympy.S.Zero
    for powers, number in whole.terms():
        if number > 0:
            continue
        pair = next(_around(powers, -number / 2, left), None)
        if pair is None:
            return None
        for end in pair:
            left[end] += number / 2
        steps = [(a - b) // 2 for a, b in zip(*pair, strict=True)]
        up, down = (_monomial(whole, [max(way * step, 0) for step in steps]) for way in (1, -1))
        rest = _monomial(whole, [m - abs(s) for m, s in zip(powers, steps, strict=True)])
        squares += -number / 2 * rest * (up - down) ** 2
    return squares + sympy.Add(*[number * _monomial(whole, p) for p, number in left.items()])


def _around(middle: Any, share: Any, left: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """Two terms that are large enough, and whose product is the square of a term between them."""
    for one in left:
        other = tuple(2 * m - a for m, a in zip(middle, one, strict=True))
        if one < other and left[one] >= share and left.get(other, 0) >= share:
            yield one, other


def _monomial(whole: sympy.Poly, powers: Any) -> Any:
    return sympy.Mul(*[s**n for s, n in zip(whole.gens, powers, strict=True)])


def _compared(
    goal: Goal, whole: sympy.Poly, levels: int, until: float, search: Search
) -> Node | None:
    """Both cases of the comparison that leaves the fewest negative coefficients."""
    written = _as_squares(whole)
    if written is not None:
        node = search.prove(goal._replace(expr=written, given=()), 0)
        return node and {"rule": "rewrite", "to": write(written), "node": node}
    if not levels or work_clock() > until:
        return None
    new = sympy.Symbol(fresh("step", goal, search), nonnegative=True)
    tried = []
    for one, other in combinations(whole.gens, 2):
        cases = [_moved(whole, large, small, new) for large, small in ((one, other), (other, one))]
        tried.append((sum(map(_negative, cases)), str((one, other)), one, other, cases))
    left, _, one, other, cases = min(tried, key=lambda t: t[:2])
    if left >= 2 * _negative(whole):
        return None
    nodes = []
    for large, small, moved in ((one, other, cases[0]), (other, one, cases[1])):
        box = {s: piece for s, piece in goal.box.items() if s != large}
        box[new] = Piece(sympy.Integer(0), sympy.oo, False, True)
        node = _compared(Goal(moved.as_expr(), goal.strict, box), moved, levels - 1, until, search)
        if node is None:
            return None
        nodes.append(_solved(large, small, new, moved, node))
    text = write(goal.expr)
    return {"rule": "cases", "on": write(one - other), "to": [text, text], "nodes": nodes}


def _moved(whole: sympy.Poly, large: Any, small: Any, new: Any) -> sympy.Poly:
    gens = [new if symbol == large else symbol for symbol in whole.gens]
    return sympy.Poly(whole.as_expr().subs(large, small + new), *gens)


def _solved(large: Any, small: Any, new: Any, moved: sympy.Poly, node: Node) -> Node:
    return {
        "rule": "solve",
        "variable": large.name,
        "fact": write(large - small),
        "factor": "1",
        "sign": 1,
        "end": write(small),
        "how": "slack",
        "new": new.name,
        "to": write(moved.as_expr()),
        "nodes": [{"rule": "range"}, node],
    }
