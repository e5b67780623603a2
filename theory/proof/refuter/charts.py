"""Points that satisfy equalities exactly: a chart expresses some symbols by the others, or by new ones.

``p + q == 1`` gives ``q = 1 - p``, ``r*b == (1 - r)*c`` gives ``r = c/(b + c)``; a quadric such as
``s**2 + c**2 == 1`` is parametrised by the lines through one of its rational points. So rational numbers
for the free symbols give rational points, which exact arithmetic can judge.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import sympy
from sympy.core.relational import Relational

from ...language.expression import gap
from ...numbers.deadline import limited
from ...numbers.domain import Domain, domain
from ...numbers.ranges import evaluable
from ..instruments.sampling import numeric

__all__ = ["Chart", "charts"]

MOST = 4
"""Charts that are looked at."""
TRIED = 600
"""Points at which a rational point of a quadric is looked for."""

_SIMPLE = tuple(map(sympy.Rational, ("0", "1", "-1", "1/2", "2", "-1/2", "3/5", "1/3", "-2", "3")))


class Chart(NamedTuple):
    """The free symbols with their domains, and the others by them."""

    free: Mapping[sympy.Symbol, Domain]
    bound: Mapping[sympy.Symbol, sympy.Expr]

    def solved(self, solution: dict[Any, Any], new: Sequence[Any] = ()) -> "Chart":
        """The same chart with more symbols expressed by the others, or by new ones."""
        bound = {symbol: value.subs(solution) for symbol, value in self.bound.items()} | {
            symbol: value for symbol, value in solution.items() if not symbol.is_Dummy
        }  # a parameter of an earlier quadric is solved for and gone
        free = {symbol: where for symbol, where in self.free.items() if symbol not in solution}
        return Chart(free | {symbol: domain("real") for symbol in new}, bound)

    def rows(self, values: np.ndarray, symbols: Sequence[sympy.Symbol]) -> np.ndarray:
        """Values of the free symbols, a row each, as points in all symbols."""
        free = tuple(self.free)
        columns = dict(zip(free, values.T, strict=True))
        columns |= {s: numeric(value, free)(*values.T) for s, value in self.bound.items()}
        return np.column_stack([np.broadcast_to(columns[s], len(values)) for s in symbols])

    def point(self, values: dict[Any, Any], symbols: Sequence[Any]) -> dict[Any, Any]:
        """Exact values of the free symbols as a point in all symbols."""
        return {s: self.bound[s].subs(values) if s in self.bound else values[s] for s in symbols}


def charts(given: Sequence[Relational], domains: Mapping[sympy.Symbol, Domain]) -> list[Chart]:
    """Up to `MOST` charts of the points where the equalities among the hypotheses hold."""
    found = [Chart(dict(domains), {})]
    for fact in given:
        if fact.rel_op == "==":
            several = [list(_solutions(gap(fact).subs(chart.bound), chart)) for chart in found]
            found = [candidate for some in several for candidate in some][:MOST] or found
    return found


def _solutions(difference: Any, chart: Chart) -> Iterator[Chart]:
    """The chart with an equality built in; the chart itself where nobody can solve it."""
    difference = sympy.expand(difference)
    symbols = sorted(difference.free_symbols & set(chart.free), key=str)
    linear = [solution for symbol in symbols if (solution := _linear(difference, symbol))]
    if linear:
        yield chart.solved(
            min(linear, key=lambda solution: sum(v.count_ops() for v in solution.values()))
        )
        return
    quadric = limited(3.0, lambda: _quadric(difference, symbols))
    if quadric:
        yield chart.solved(*quadric)
    for symbol in symbols:
        for value in limited(1.5, lambda s=symbol: sympy.solve(difference, s)) or ():
            if value.is_real is not False and evaluable(value) and not value.has(symbol):
                yield chart.solved({symbol: value})
    yield chart


def _linear(difference: Any, symbol: sympy.Symbol) -> dict[sympy.Symbol, sympy.Expr] | None:
    slope = sympy.diff(difference, symbol)
    if slope == 0 or slope.has(symbol):
        return None
    rest = sympy.expand(difference - slope * symbol)
    return None if rest.has(symbol) else {symbol: sympy.cancel(-rest / slope)}


def _quadric(
    difference: Any, symbols: Sequence[sympy.Symbol]
) -> tuple[dict[sympy.Symbol, sympy.Expr], list[sympy.Symbol]] | None:
    """A quadric by the lines through a rational point of it: each meets it once more."""
    if len(symbols) < 2 or not difference.is_polynomial(*symbols):
        return None
    if sympy.Poly(difference, *symbols).total_degree() != 2:
        return None
    place = _rational_point(difference, symbols)
    if place is None:
        return None
    directions: list[Any] = [sympy.Dummy(f"m{i}", real=True) for i in range(1, len(symbols))]
    step = sympy.Dummy("u")
    line = [
        value + step * direction
        for value, direction in zip(place, (sympy.Integer(1), *directions), strict=True)
    ]
    on_line = sympy.Poly(difference.subs(dict(zip(symbols, line, strict=True))), step)
    curvature, slope = on_line.coeff_monomial(step**2), on_line.coeff_monomial(step)
    if slope == 0 or curvature == 0:  # a corner of a cone, or a plane
        return None
    second = sympy.cancel(-slope / curvature)
    parametrised = {
        s: sympy.cancel(v.subs(step, second)) for s, v in zip(symbols, line, strict=True)
    }
    return parametrised, directions


def _rational_point(difference: Any, symbols: Sequence[Any]) -> tuple[Any, ...] | None:
    """A rational point of a quadric that is no corner of it."""
    *others, last = symbols
    for values in itertools.islice(itertools.product(_SIMPLE, repeat=len(others)), TRIED):
        here = dict(zip(others, values, strict=True))
        form = sympy.Poly(difference.subs(here), last)
        for root in sympy.roots(form) if form.degree() > 0 else ():
            slopes = [sympy.diff(difference, s).subs({**here, last: root}) for s in symbols]
            if root.is_Rational and any(slopes):
                return (*values, root)
    return None
