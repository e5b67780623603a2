"""A polynomial as a sum of squares of one or two monomials each, found by linear programming.

Such a sum proves itself: its range is non-negative wherever its variables are, so no solver needs to be
believed. It is the form of the Cauchy-Schwarz and of many mean inequalities.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import sympy
from scipy.optimize import linprog

from ...numbers.deadline import limited
from ..instruments.smt import is_polynomial
from .goals import Goal, Node, Search, rewrite

__all__ = ["squares"]

MOST = 60
"""Monomials whose squares are combined, at most."""


def squares(goal: Goal, search: Search, depth: int) -> Node | None:
    """A polynomial in three or more variables as a sum of squares."""
    smooth = not goal.expr.has(sympy.Max, sympy.Min, sympy.Abs)
    if goal.strict or len(goal.box) < 3 or not (smooth and is_polynomial(goal.expr)):
        return None
    form = limited(2.0, lambda: _sum_of_squares(goal.expr))
    if form is None:
        return None
    search.engines.add("interval")
    return rewrite(form, {"rule": "range"})


def _sum_of_squares(expr: Any) -> sympy.Expr | None:
    form = sympy.Poly(expr)
    monomials = _half_monomials(form)
    if not 0 < len(monomials) <= MOST:
        return None
    terms: list[Any] = [sympy.Mul(*map(sympy.Pow, form.gens, m)) for m in monomials]
    candidates = [((i, 1),) for i in range(len(terms))]
    candidates += [
        ((i, 1), (j, sign)) for i, j in combinations(range(len(terms)), 2) for sign in (1, -1)
    ]
    columns = [_coefficients(combination, monomials) for combination in candidates]
    wanted: Any = {key: Fraction(int(c.p), int(c.q)) for key, c in form.terms()}
    shares = _solve(columns, wanted)
    if shares is None:
        return None
    parts = [
        sympy.Rational(share) * sympy.Add(*[sign * terms[i] for i, sign in combination]) ** 2
        for combination, share in zip(candidates, shares, strict=True)
        if share
    ]
    total = sympy.Add(*parts)
    return total if sympy.expand(total - expr) == 0 else None


def _half_monomials(form: sympy.Poly) -> list[tuple[int, ...]]:
    """Halves of the even monomials of the polynomial: a sum of squares needs these at least."""
    keys = [key for key, _ in form.terms()]
    even = {tuple(e // 2 for e in key) for key in keys if all(e % 2 == 0 for e in key)}
    return sorted(even)


def _coefficients(
    square: tuple[tuple[int, int], ...], monomials: list[tuple[int, ...]]
) -> dict[tuple[int, ...], int]:
    found: dict[tuple[int, ...], int] = {}
    for i, a in square:
        for j, b in square:
            key = tuple(x + y for x, y in zip(monomials[i], monomials[j], strict=True))
            found[key] = found.get(key, 0) + a * b
    return found


def _solve(
    columns: list[dict[tuple[int, ...], int]], wanted: Mapping[tuple[int, ...], Fraction]
) -> list[Fraction] | None:
    """Shares >= 0 of the squares that add up to the polynomial, as short rationals."""
    keys = sorted({key for column in columns for key in column} | set(wanted))
    matrix = np.array([[column.get(key, 0) for column in columns] for key in keys], dtype=float)
    target = np.array([float(wanted.get(key, 0)) for key in keys])
    result = linprog(np.ones(len(columns)), A_eq=matrix, b_eq=target, bounds=(0, None))
    if not result.success:
        return None
    return [Fraction(float(share)).limit_denominator(10_000) for share in result.x]
