"""Goals that are the same on both sides of a place that the other variables give.

``log((exp(s) + exp(t))/(1 + exp(s))) - t/(1 + exp(s))`` beside a multiple of t**2 is symmetric about t = s.
So one side is enough, and counted from there Kearns and Saul's inequality is Jaakkola and Jordan's.
Source: D. Berend and A. Kontorovich, Electron. Commun. Probab. 18 (2013) 3, of the inequality.
Checked by: forged shifts (another place, a goal that is not symmetric, a variable with an end) are refused.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy

from ...language.expression import write
from ...numbers.domain import Domain, Piece
from ...numbers.normal_form import identical
from ..instruments.sampling import numeric, sample_box
from .goals import Goal, Node, Search, fresh, without

__all__ = ["shift"]

PLACES = 24
"""Points at which a symmetry is looked at."""


def shift(goal: Goal, search: Search, depth: int) -> Node | None:
    """A variable on the whole line, from the place on about which the goal is symmetric."""
    if goal.given or len(goal.box) < 2:
        return None
    for symbol, piece in goal.box.items():
        if piece.low.is_finite or piece.high.is_finite:
            continue
        others = without(goal.box, symbol)
        for start in _starts(others):
            if not _is_symmetric(goal, symbol, start):
                continue
            new = sympy.Symbol(fresh(f"{symbol.name}_s", goal, search), real=True)
            moved = goal.expr.subs(symbol, start + new)
            to = _apart(moved)
            whole = {**others, new: piece}
            half = {**others, new: Piece(sympy.Integer(0), piece.high, False, True)}
            mirrored = to.xreplace({new: -new})
            node = search.prove(Goal(to, goal.strict, half), depth + 1)  # it only simplifies
            if node and identical(moved, to, whole) and identical(mirrored, to, whole):
                return {
                    "rule": "shift",
                    "variable": symbol.name,
                    "new": new.name,
                    "from": write(start),
                    "to": write(to),
                    "node": node,
                }
    return None


def _starts(others: Any) -> Iterator[Any]:
    for other in others:
        yield from (other, -other, other / 2, -other / 2, 2 * other, -2 * other)


def _is_symmetric(goal: Goal, symbol: sympy.Symbol, start: Any) -> bool:
    """Whether floats see the same on both sides of a place, and not the same everywhere."""
    where = {s: Domain((piece,)) for s, piece in goal.box.items()}
    points = sample_box(where, 4 * PLACES, np.random.default_rng(8))
    calm = np.all([(np.abs(v) > 0.05) & (np.abs(v) < 6) for v in points.values()], axis=0)
    points = {s: values[calm][:PLACES] for s, values in points.items()}
    if len(points[symbol]) < 4:
        return False
    places = numeric(start, tuple(points))(*points.values())
    function = numeric(goal.expr, tuple(points))
    step = np.linspace(0.2, 2.2, len(places))
    right, left, far = (
        function(*{**points, symbol: places + d}.values()) for d in (step, -step, 1.4 * step)
    )
    size = np.abs(right) + np.abs(far)
    seen = np.isfinite(size) & np.isfinite(left)
    return bool(
        seen.sum() > 3
        and np.all(np.abs(right - left)[seen] <= 1e-9 * (1e-3 + size[seen]))
        and np.any(np.abs(right - far)[seen] > 1e-6 * (1e-3 + size[seen]))
    )


def _apart(expr: Any) -> sympy.Expr:
    """Logarithms of products as sums."""
    inner: Any = sympy.expand_power_exp(expr).replace(
        lambda e: isinstance(e, sympy.log), lambda e: sympy.log(sympy.factor(e.args[0]))
    )
    return sympy.expand_log(inner)
