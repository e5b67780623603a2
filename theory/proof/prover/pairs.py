"""Goals in two variables of one interval: by their mixed derivative, and as goals in a mean of the two.

What vanishes with its slope where the variables are equal, and whose mixed derivative is nowhere positive,
is nowhere negative: its slope grows from 0 on either side of the diagonal. So are divergences,
``KL(p, q) >= 2*(p - q)**2`` among them, and Jensen's gaps, whose mixed derivative is that of the curve at the
mean of the two variables, times minus the product of the shares.
Source: the second step is the definition of convexity; the first integrates twice (D. M. Topkis,
Supermodularity and Complementarity, 1998, section 2.6, of the sign of mixed derivatives).
Checked by: forged steps (a slope that does not vanish, other intervals, a share beyond 1) are refused.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy

from ...language.expression import write
from ...numbers.boxes import Box
from ...numbers.deadline import limited
from ...numbers.domain import Domain, Piece, ordered
from ...numbers.normal_form import identical, vanishes
from ..instruments.sampling import numeric, sample_box
from .continuity import smooth
from .goals import Goal, Node, Search, fresh, plausible, tidy, usable, without

__all__ = ["diagonal", "mean"]

PLACES = 24
"""Points at which a mean is looked for."""


def diagonal(goal: Goal, search: Search, depth: int) -> Node | None:
    """A goal that is least where two variables are equal."""
    if goal.given:
        return None
    for x, y in _pairs(goal.box):
        slope = limited(2.0, lambda x=x: sympy.diff(goal.expr, x))
        if slope is None or not usable(slope):
            continue
        where = without(goal.box, x)
        if not _seems_zero(slope.subs(x, y), where):
            continue
        mixed = limited(2.0, lambda slope=slope, y=y: tidy(-sympy.diff(slope, y)))
        if mixed is None or not usable(mixed) or not mixed.free_symbols & {x, y}:
            continue
        falling = Goal(mixed, False, goal.box)
        face = tidy(goal.expr.subs(x, y))
        if not plausible(falling) or not usable(face):
            continue
        below = search.prove(Goal(face, goal.strict, where), depth)
        node = below and (mean(falling, search, depth) or search.prove(falling, depth))
        if (
            node
            and smooth(goal.expr, goal.box, search)
            and identical(goal.expr.subs(x, y), face, where)
            and identical(-sympy.diff(slope, y), mixed, goal.box)
            and limited(3.0, lambda slope=slope, x=x, y=y: vanishes(slope.subs(x, y), goal.box))
        ):
            return {
                "rule": "diagonal",
                "variables": [x.name, y.name],
                "slope": write(slope),
                "mixed": write(mixed),
                "face": write(face),
                "nodes": [node, below],
            }
    return None


def _pairs(box: Box) -> Iterator[tuple[sympy.Symbol, sympy.Symbol]]:
    """Variables of the same open interval, each pair once: the condition is the same for both."""
    symbols = sorted(box, key=str)
    for i, x in enumerate(symbols):
        for y in symbols[i + 1 :]:
            if box[x] == box[y] and box[x].low_open and box[x].high_open:
                yield x, y


def _seems_zero(expr: Any, box: Box) -> bool:
    """Whether floats see nothing but zero, beside the sizes of the terms."""
    if not usable(expr) or expr.has(sympy.zoo, sympy.oo):
        return False
    points = _sample(box)
    values = np.abs(numeric(expr, tuple(points))(*points.values()))
    sizes = sum(
        np.abs(numeric(term, tuple(points))(*points.values())) for term in sympy.Add.make_args(expr)
    )
    seen = np.isfinite(values) & np.isfinite(sizes)
    return bool(np.any(seen) and np.all((values <= 1e-9 * (1e-3 + sizes))[seen]))


def _sample(box: Box) -> dict[sympy.Symbol, Any]:
    where = {symbol: Domain((piece,)) for symbol, piece in box.items()}
    return sample_box(where, PLACES, np.random.default_rng(9))


def mean(goal: Goal, search: Search, depth: int) -> Node | None:
    """A goal that depends on two variables of one interval by a mean of them alone."""
    if goal.given:
        return None
    for x, y in _pairs(goal.box):
        if not goal.expr.has(x) or not goal.expr.has(y):
            continue
        others = without(without(goal.box, x), y)
        new = sympy.Symbol(fresh(f"{x.name}_m", goal, search), real=True)
        to = goal.expr.subs({x: new, y: new})
        for share in _shares(others):
            by = share * x + (1 - share) * y
            if not usable(to) or not _seems_zero(goal.expr - to.subs(new, by), goal.box):
                continue
            inner = {**others, new: goal.box[x]}
            short = tidy(to)
            ends = [search.prove(Goal(end, False, others), 1) for end in (share, 1 - share)]
            if None in ends or not identical(goal.expr, short.subs(new, by), goal.box):
                continue
            if node := search.prove(Goal(short, goal.strict, inner), depth + 1):  # one less
                return {
                    "rule": "mean",
                    "variables": [x.name, y.name],
                    "new": new.name,
                    "share": write(share),
                    "to": write(short),
                    "nodes": [node, *ends],
                }
    return None


def _shares(others: Box) -> Iterator[Any]:
    yield sympy.Rational(1, 2)
    for other, piece in others.items():
        if _within_one(piece):
            yield from (other, 1 - other)
    for bottom in (3, 4, 5):
        yield from (sympy.Rational(top, bottom) for top in range(1, bottom) if top * 2 != bottom)


def _within_one(piece: Piece) -> bool:
    if not (piece.low.is_finite and piece.high.is_finite):
        return False
    return ordered(sympy.S.Zero, piece.low) >= 0 and ordered(piece.high, sympy.S.One) >= 0
