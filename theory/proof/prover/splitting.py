"""Splitting the box: where the expression nearly vanishes, else in halves until ranges decide."""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from ...language.expression import write
from ...numbers.boxes import box_ranges
from ...numbers.deadline import limited
from ...numbers.domain import Domain, Piece, ordered
from ...numbers.normal_form import identical
from ...numbers.ranges import Range, Undefined, compile_range, range_of_number
from ..instruments.sampling import numeric, sample_box
from .extremes import stationary_points
from .goals import Goal, Node, Search, lies_between, opened_at, signed, tidy, usable, without

__all__ = ["bisect", "clear", "endpoint", "halves", "short", "split"]


def split(goal: Goal, search: Search, depth: int) -> Node | None:
    """Cut the box where the expression nearly vanishes, else in halves until ranges decide."""
    if len(goal.box) == 1:
        [symbol] = goal.box
        cuts = _touching_points(goal, symbol)
        for cut in cuts:
            node = _cut(goal, symbol, cut, search, depth)
            if node:
                return node
        touches = any(goal.expr.subs(symbol, cut) == 0 for cut in cuts)
        if touches:  # no range decides a box around a zero
            return None
        node = _by_profile(goal, symbol, search, depth)
        if node:
            return node
    elif not goal.given:
        for symbol, cut in _level_cuts(goal):
            node = _cut(goal, symbol, cut, search, depth)
            if node:
                return node
    budget = [search.boxes]
    return bisect(goal, search, depth, budget)


def clear(goal: Goal, search: Search, depth: int) -> Node | None:
    """A goal that stays well above zero on a bounded box: halves of it, before anything dearer."""
    if goal.given or len(goal.box) > 2 or not all(map(_bounded, goal.box.values())):
        return None
    where = {symbol: Domain((piece,)) for symbol, piece in goal.box.items()}
    points = sample_box(where, 200, np.random.default_rng(6)).values()
    values = np.asarray(numeric(goal.expr, tuple(goal.box))(*points))
    if not np.all(np.isfinite(values)) or np.min(values) < 0.02 * np.max(np.abs(values)):
        return None
    return bisect(goal, search, depth, [40])


def endpoint(goal: Goal, search: Search, depth: int) -> Node | None:
    """An attained end where a sign jumps, alone; then the rest of the interval."""
    for part in goal.expr.atoms(sympy.sign):
        variables: Any = part.free_symbols & set(goal.box)
        for symbol in sorted(variables, key=str):
            piece = goal.box[symbol]
            for end, other in ((piece.low, piece.high), (piece.high, piece.low)):
                if end.is_infinite or piece == opened_at(piece, end) or end == other:
                    continue
                value = goal.expr.subs(symbol, end)
                if part.args[0].subs(symbol, end) != 0 or not usable(value):
                    continue
                rest = {**goal.box, symbol: opened_at(piece, end)}
                nodes = [
                    search.prove(goal._replace(expr=value, box=without(goal.box, symbol)), depth)
                    if not goal.given
                    else None,
                    search.prove(goal._replace(box=rest), depth + 1),
                ]
                if None not in nodes:
                    side = "low" if end == piece.low else "high"
                    return {
                        "rule": "endpoint",
                        "variable": symbol.name,
                        "end": side,
                        "nodes": nodes,
                    }
    return None


def _cut(goal: Goal, symbol: sympy.Symbol, cut: Any, search: Search, depth: int) -> Node | None:
    nodes = []
    for half in halves(goal.box[symbol], cut):
        node = search.prove(goal._replace(box={**goal.box, symbol: half}), depth)
        if node is None:
            return None
        nodes.append(node)
    return {"rule": "split", "variable": symbol.name, "at": write(cut), "nodes": nodes}


def halves(piece: Piece, cut: Any) -> tuple[Piece, Piece]:
    """The two parts of an interval, both with the cut."""
    return (
        Piece(piece.low, cut, piece.low_open, False),
        Piece(cut, piece.high, False, piece.high_open),
    )


def _touching_points(goal: Goal, symbol: sympy.Symbol) -> list[Any]:
    """Interior points where the expression or its slope may vanish, as exact numbers."""
    piece = goal.box[symbol]
    slope = limited(2.0, lambda: sympy.diff(goal.expr, symbol))
    found = [] if slope is None else stationary_points(slope, symbol, goal.box)
    simple = [sympy.Rational(n, d) for d in (1, 2, 3) for n in (0, 1, -1, 2, -2)]
    function = numeric(goal.expr, (symbol,))
    candidates = [*found, *simple]
    inside = [c for c in candidates if c.is_real and lies_between(piece, c)]
    values = {c: abs(float(function(np.array([float(c)]))[0])) for c in dict.fromkeys(inside)}
    return [c for c in sorted(values, key=lambda c: values[c]) if values[c] < 1e-9 or c in found][
        :3
    ]


def _level_cuts(goal: Goal) -> list[tuple[sympy.Symbol, Any]]:
    """Simple places where the slope in a variable vanishes, whatever the other variables are."""
    where = {symbol: Domain((piece,)) for symbol, piece in goal.box.items()}
    points = sample_box(where, 40, np.random.default_rng(2))
    cuts = []
    for symbol, piece in goal.box.items():
        slope = _slope(goal.expr, symbol)
        if slope is None:
            continue
        function = numeric(slope, tuple(goal.box))
        sizes = np.abs(function(*points.values()))
        if not np.any(np.isfinite(sizes)):
            continue
        scale = np.median(sizes[np.isfinite(sizes)])
        for place in (sympy.Integer(0), sympy.Rational(1, 2), sympy.Integer(1)):
            if lies_between(piece, place):
                there = function(*{**points, symbol: np.full(40, float(place))}.values())
                if np.all(np.abs(there) <= 1e-12 * scale):
                    cuts.append((symbol, place))
    return cuts[:1]


def _by_profile(goal: Goal, symbol: sympy.Symbol, search: Search, depth: int) -> Node | None:
    """Both ends of an interval cut off where slope and bend have one sign; the middle by ranges."""
    low, high = _one_sided(goal, symbol)
    piece = goal.box[symbol]
    if low is None and high is None:
        return None
    middle = Piece(
        piece.low if low is None else low,
        piece.high if high is None else high,
        piece.low_open and low is None,
        piece.high_open and high is None,
    )
    if not _bounded(middle) or ordered(middle.low, middle.high) <= 0:
        return None
    parts = [] if low is None else [Piece(piece.low, low, piece.low_open, False)]
    parts += [] if high is None else [Piece(high, piece.high, False, piece.high_open)]
    nodes = []
    for part in parts:
        nodes.append(search.prove(goal._replace(box={symbol: part}), depth + 1))
        if nodes[-1] is None:
            return None
    node = bisect(goal._replace(box={symbol: middle}), search, depth, [4 * search.boxes])
    if node is None:
        return None
    if high is not None:
        above = nodes.pop()
        node = {"rule": "split", "variable": symbol.name, "at": write(high), "nodes": [node, above]}
    if low is not None:
        below = nodes.pop()
        node = {"rule": "split", "variable": symbol.name, "at": write(low), "nodes": [below, node]}
    return node


def _one_sided(goal: Goal, symbol: sympy.Symbol) -> tuple[Any, Any]:
    """How far slope and bend keep their signs from either end, where the expression gets near zero."""
    piece = goal.box[symbol]
    slope = _slope(goal.expr, symbol)
    bend = None if slope is None else _slope(slope, symbol)
    if slope is None or bend is None:
        return None, None
    where = {symbol: Domain((piece,))}
    points = np.unique(sample_box(where, 600, np.random.default_rng(3))[symbol])
    inside = (points > float(piece.low)) & (points < float(piece.high)) & (np.abs(points) < 50)
    points = points[inside]
    signs = [np.sign(numeric(e, (symbol,))(points)) for e in (slope, bend)]
    if not all(np.all(np.isfinite(sign)) for sign in signs):
        return None, None
    seen = (signs[0] != 0) & (signs[1] != 0)  # far out floats vanish
    points, signs = points[seen], [sign[seen] for sign in signs]
    if not len(points):
        return None, None
    same = [np.flatnonzero(sign != sign[0]) for sign in signs]
    first = min((int(sign[0]) for sign in same if len(sign)), default=len(points))
    same = [np.flatnonzero(sign != sign[-1]) for sign in signs]
    last = max((int(sign[-1]) for sign in same if len(sign)), default=-1)
    value = numeric(goal.expr, (symbol,))(points)
    size = float(np.median(np.abs(value)))
    low = high = None
    if first < len(points) and (value[0] < 1e-2 * size or not piece.low.is_finite):
        low = short(points[0], points[first - 1], piece)
    if last >= 0 and (value[-1] < 1e-2 * size or not piece.high.is_finite):
        high = short(points[-1], points[last + 1], piece)
    return low, high


def short(end: float, edge: float, piece: Piece) -> Any:
    """A short rational most of the way from near an end to the edge of its region."""
    place = end + 0.8 * (edge - end)
    for digits in (1, 10, 100, 10**4, 10**7):
        cut = sympy.Rational(Fraction(place).limit_denominator(digits))
        near = abs(float(cut) - place) <= 0.15 * abs(edge - end)
        if near and lies_between(piece, cut):
            return cut
    return None


def bisect(goal: Goal, search: Search, depth: int, budget: list[int]) -> Node | None:
    """Halve the widest variable until interval arithmetic decides every box."""
    budget[0] -= 1
    if budget[0] < 0 or search.over:
        return None
    leaf = _range_leaf(goal)
    if leaf:
        search.engines.add("interval")
        return leaf
    symbol = _widest(goal)
    if symbol is None:
        return None
    if not _bounded(goal.box[symbol]):
        return _tail(goal, symbol, search, depth, budget)
    cut = _middle(goal.box[symbol])
    nodes = []
    for half in halves(goal.box[symbol], cut):
        node = bisect(goal._replace(box={**goal.box, symbol: half}), search, depth, budget)
        if node is None:
            return None
        nodes.append(node)
    return {"rule": "split", "variable": symbol.name, "at": write(cut), "nodes": nodes}


def _range_leaf(goal: Goal) -> Node | None:
    """The range of the expression, sharpened by sliding the variables in which it is monotone."""
    symbols = tuple(goal.box)
    ranges = box_ranges(goal.box)
    try:
        if signed(compile_range(goal.expr, symbols)(ranges), goal.strict):
            return {"rule": "range"}
        faces: dict[str, str] = {}
        slopes: dict[sympy.Symbol, sympy.Expr] = {}
        collapsed = list(ranges)
        for i, (symbol, interval) in enumerate(zip(symbols, ranges, strict=True)):
            slope = _slope(goal.expr, symbol)
            if slope is None or not interval.finite:
                continue
            side = _side(slope, symbols, ranges)
            if side:
                end = interval.low if side == "low" else interval.high
                collapsed[i] = Range(end, end, False, False)
                faces[symbol.name] = side
                slopes[symbol] = slope
        right = faces and signed(compile_range(goal.expr, symbols)(collapsed), goal.strict)
        if right and _are_slopes(goal, slopes):
            texts = {symbol.name: write(slope) for symbol, slope in slopes.items()}
            return {"rule": "faces", "faces": faces, "slopes": texts}
    except (Undefined, NotImplementedError):
        pass
    return None


@lru_cache(maxsize=4096)
def _slope(expr: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr | None:
    slope = limited(2.0, lambda: tidy(sympy.diff(expr, symbol)))
    return slope if slope is not None and usable(slope) else None


def _are_slopes(goal: Goal, slopes: Mapping[sympy.Symbol, sympy.Expr]) -> bool:
    """Whether the short forms are the derivatives; the expression itself has a range on the box."""
    kinked = goal.expr.has(sympy.sign)
    return not kinked and all(
        identical(sympy.diff(goal.expr, symbol), slope, goal.box)
        for symbol, slope in slopes.items()
    )


def _side(slope: sympy.Expr, symbols: tuple[sympy.Symbol, ...], ranges: list[Range]) -> str | None:
    try:
        interval = compile_range(slope, symbols)(ranges)
    except (Undefined, NotImplementedError):
        return None
    if interval.nonnegative:
        return "low"
    return "high" if (-interval).nonnegative else None


def _bounded(piece: Piece) -> bool:
    return bool(piece.low.is_finite and piece.high.is_finite)


def _widest(goal: Goal) -> sympy.Symbol | None:
    def width(symbol: sympy.Symbol) -> float:
        piece = goal.box[symbol]
        return float(piece.high - piece.low)

    symbol = max(goal.box, key=width)
    return symbol if width(symbol) > 1e-12 else None


def _middle(piece: Piece) -> sympy.Expr:
    low, high = range_of_number(piece.low).high, range_of_number(piece.high).low
    middle = (low + high) / 2
    return sympy.Rational(middle.numerator, middle.denominator)


def _tail(
    goal: Goal, symbol: sympy.Symbol, search: Search, depth: int, budget: list[int]
) -> Node | None:
    """Cut an unbounded variable into a bounded part and a tail, which the other tactics must close."""
    piece = goal.box[symbol]
    if not piece.low.is_finite and not piece.high.is_finite:
        cuts = [sympy.Integer(0)]
    elif piece.high.is_finite:
        cuts = [sympy.floor(piece.high) - 2**k for k in (0, 2, 4)]
    else:
        cuts = [sympy.ceiling(piece.low) + 2**k for k in (0, 2, 4)]
    for cut in cuts:
        nodes: list[Node | None] = []
        for half in halves(piece, cut):
            child = goal._replace(box={**goal.box, symbol: half})
            if _bounded(half):
                nodes.append(search.prove(child, depth - 1) if depth > 0 else None)
                if nodes[-1] is None:
                    nodes[-1] = bisect(child, search, depth, budget)
            else:
                nodes.append(search.prove(child, depth - 1) if depth > 0 else None)
            if nodes[-1] is None:
                break
        if None not in nodes:
            return {"rule": "split", "variable": symbol.name, "at": write(cut), "nodes": nodes}
    return None
