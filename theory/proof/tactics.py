"""How an inequality over a box is proved: a tree of small steps, each of which can be checked alone.

A goal is ``expr >= 0`` (or ``> 0``) for every point of a box. A tactic either closes it or reduces it
to simpler goals: by evaluating its range, factoring, sliding a variable to the end that makes it
smallest, minimising over a variable, substituting, splitting the box, or asking z3. Sharp inequalities,
which touch zero, fall to the sliding and minimising tactics; the rest to ranges and splitting.
What `proved` means here: every leaf is rigorous interval arithmetic, a decided polynomial problem or
an exact number; derivatives, identities and limits are SymPy's, and `recheck` tests them again.
"""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import sympy

from ..domain import Domain, Piece
from ..expression import write
from .deadline import limited
from .ranges import Range, Undefined, compile_range, range_of_number
from .sampling import numeric, sample_box
from .smt import Fact, is_polynomial, negation_smtlib, solve

__all__ = ["Goal", "Search", "box_ranges", "prove"]

Node = dict[str, Any]
Box = Mapping[sympy.Symbol, Piece]


class Goal(NamedTuple):
    """``expr >= 0``, or ``expr > 0`` when strict, at every point of the box where ``given`` holds."""

    expr: sympy.Expr
    strict: bool
    box: Box
    given: tuple[Fact, ...] = ()


@dataclass
class Search:
    """What one proof attempt may spend, and where it leaves its engine names."""

    deadline: float
    depth: int = 4
    boxes: int = 400
    engines: set[str] = field(default_factory=set)
    failed: set[Any] = field(default_factory=set)
    active: set[Any] = field(default_factory=set)

    @property
    def over(self) -> bool:
        """The time is up."""
        return time.monotonic() > self.deadline


def prove(goal: Goal, search: Search, depth: int | None = None) -> Node | None:
    """A proof tree of the goal, or None if none was found within the search's limits."""
    depth = search.depth if depth is None else depth
    goal = _trim(goal)
    if not goal.box:
        return _number(goal, search)
    key = (goal.expr, goal.strict, tuple(sorted(goal.box.items(), key=str)), goal.given)
    if search.over or key in search.active or (key, depth) in search.failed or not _plausible(goal):
        return None
    search.active.add(key)
    try:
        node = _attempt(goal, search, depth)
    finally:
        search.active.discard(key)
    if node is None:
        search.failed.add((key, depth))
    return node


def _attempt(goal: Goal, search: Search, depth: int) -> Node | None:
    for tactic in (_range, _product, _polynomial):
        if node := tactic(goal, search, depth):
            return node
    if depth > 0:
        for tactic in (_substitute, _slide, _minimum, _logarithm, _split):
            if search.over:
                return None
            if node := tactic(goal, search, depth - 1):
                return node
    return None


def box_ranges(box: Box) -> list[Range]:
    """The range of each variable of a box, irrational ends rounded outward."""
    return [_piece_range(piece) for piece in box.values()]


def _piece_range(piece: Piece) -> Range:
    low, high = range_of_number(piece.low), range_of_number(piece.high)
    return Range(low.low, high.high, piece.low_open, piece.high_open)


def _trim(goal: Goal) -> Goal:
    """Drop variables that the goal no longer mentions."""
    used = set(goal.expr.free_symbols).union(*(fact.free_symbols for fact, _ in goal.given))
    box = {symbol: piece for symbol, piece in goal.box.items() if symbol in used}
    return goal._replace(box=box)


def _signed(interval: Range, strict: bool) -> bool:
    return interval.positive if strict else interval.nonnegative


def _plausible(goal: Goal) -> bool:
    """Whether the goal survives a few hundred sampled points; saves the effort on false goals."""
    if goal.given:
        return True
    symbols = tuple(goal.box)
    where = {symbol: Domain((piece,)) for symbol, piece in goal.box.items()}
    points = sample_box(where, 300, np.random.default_rng(0))
    values = numeric(goal.expr, symbols)(*points.values())
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return True
    slack = 1e-7 * max(1.0, float(np.median(np.abs(finite))))
    return bool(finite.min() >= -slack)


# ------------------------------------------------------------------------------------------ leaves


def _number(goal: Goal, search: Search) -> Node | None:
    """An exact number: its sign, with zero decided symbolically."""
    try:
        evaluate = compile_range(goal.expr, ())
        for bits in (160, 640, 2560):
            interval = evaluate((), bits)
            if _signed(interval, goal.strict):
                search.engines.add("interval")
                return {"rule": "range"}
            if interval.high < 0:
                return None
    except (Undefined, NotImplementedError):
        return None
    if not goal.strict and limited(2.0, lambda: sympy.simplify(goal.expr) == 0):
        search.engines.add("symbolic")
        return {"rule": "zero"}
    return None


def _range(goal: Goal, search: Search, depth: int) -> Node | None:
    """Interval arithmetic over the whole box, on the expression as it stands or rearranged."""
    for form in _forms(goal.expr):
        try:
            interval = compile_range(form, tuple(goal.box))(box_ranges(goal.box))
        except (Undefined, NotImplementedError):
            continue
        if _signed(interval, goal.strict):
            search.engines.add("interval")
            leaf: Node = {"rule": "range"}
            return leaf if form == goal.expr else _rewrite(form, leaf)
    return None


def _rewrite(form: sympy.Expr, node: Node) -> Node:
    return {"rule": "rewrite", "to": write(form), "node": node}


@lru_cache(maxsize=4096)
def _forms(expr: sympy.Expr) -> tuple[sympy.Expr, ...]:
    """A few equal expressions: as it stands, over one denominator, factored, expanded."""
    forms: list[Any] = [expr]

    def attempt() -> None:
        combined = sympy.together(expr)
        forms.append(combined)
        if expr.count_ops() < 250:
            forms.append(sympy.factor(combined))
            forms.append(sympy.expand(expr))

    limited(2.0, attempt)
    return tuple(dict.fromkeys(forms))


def _product(goal: Goal, search: Search, depth: int) -> Node | None:
    """A product or quotient: the sign of every factor."""
    for form in _forms(goal.expr)[:3]:
        coefficient, factors = _factors(form)
        if sum(power != 0 for _, power in factors) < 2 and coefficient == 1:
            continue
        node = _product_of(goal, coefficient, factors, search, depth)
        if node:
            return node if form == goal.expr else _rewrite(form, node)
    return None


def _factors(form: sympy.Expr) -> tuple[sympy.Expr, list[tuple[sympy.Expr, int]]]:
    coefficient, rest = form.as_coeff_Mul()
    factors = []
    for argument in sympy.Mul.make_args(rest):
        base, power = argument.as_base_exp()
        factors.append((base, int(power)) if power.is_Integer else (argument, 1))
    return coefficient, [(base, power) for base, power in factors if base != 1]


def _product_of(
    goal: Goal, coefficient: Any, factors: list[tuple[Any, int]], search: Search, depth: int
) -> Node | None:
    sign = 1 if coefficient > 0 else -1
    parts = []
    hardest_last = sorted(factors, key=lambda f: f[0].count_ops())
    for base, power in hardest_last:
        even = power % 2 == 0
        if even and power > 0 and not goal.strict:
            parts.append({"factor": write(base), "power": power, "sign": 1, "node": None})
            continue
        strict = goal.strict or power < 0
        for direction in (1, -1):
            child = Goal(direction * base, strict, goal.box, goal.given)
            node = _reduced(child, goal, search, depth)
            if node:
                break
        else:
            return None
        sign *= direction if not even else 1
        parts.append({"factor": write(base), "power": power, "sign": direction, "node": node})
    if sign < 0:
        return None
    return {"rule": "product", "coefficient": write(coefficient), "parts": parts}


def _reduced(child: Goal, parent: Goal, search: Search, depth: int) -> Node | None:
    """Prove a child goal that is simpler than its parent; anything else would loop."""
    if child.expr.count_ops() >= parent.expr.count_ops() + 3:
        return None
    return prove(child, search, depth)


def _polynomial(goal: Goal, search: Search, depth: int) -> Node | None:
    """A polynomial in at most seven variables: z3 decides it."""
    expr = goal.expr
    if not all(is_polynomial(e) for e in (expr, *(f for f, _ in goal.given))):
        return None
    expanded = limited(2.0, lambda: sympy.expand(expr))
    if expanded is not None and expanded.free_symbols < expr.free_symbols:
        node = _polynomial(_trim(goal._replace(expr=expanded)), search, depth)
        return None if node is None else _rewrite(expanded, node)
    if len(goal.box) > 7:
        return None
    if any(
        end.is_finite and not end.is_Rational for p in goal.box.values() for end in (p.low, p.high)
    ):
        return None
    text = negation_smtlib(expr, ">" if goal.strict else ">=", goal.box, goal.given)
    left = max(0.1, search.deadline - time.monotonic())
    answer, _ = solve(text, int(1000 * min(left, 3.0)))
    if answer != "unsat":
        return None
    search.engines.add("smt")
    return {"rule": "smt", "smtlib": text}


# -------------------------------------------------------------------------------------- reductions


def _substitute(goal: Goal, search: Search, depth: int) -> Node | None:
    """x = t^q when x occurs only in fractional powers; x = log(t) when only in exponentials."""
    for symbol in goal.box:
        for new, by, piece in _changes_of_variable(goal, symbol):
            if any(symbol in fact.free_symbols for fact, _ in goal.given):
                continue
            expr = sympy.powdenest(
                sympy.expand_power_exp(_exponential(goal.expr).subs(symbol, by)), force=False
            )
            expr = sympy.powsimp(sympy.expand_log(expr), deep=True)
            if expr.has(symbol):
                continue
            child = Goal(expr, goal.strict, {**_without(goal.box, symbol), new: piece}, goal.given)
            node = prove(child, search, depth + 1)  # it only simplifies: it costs no depth
            if node:
                return {
                    "rule": "substitute",
                    "variable": symbol.name,
                    "new": new.name,
                    "domain": str(piece),
                    "by": write(by),
                    "to": write(expr),
                    "node": node,
                }
    return None


def _exponential(expr: sympy.Expr) -> sympy.Expr:
    return expr.rewrite(sympy.exp) if expr.has(sympy.sinh, sympy.cosh, sympy.tanh) else expr


def _changes_of_variable(
    goal: Goal, symbol: sympy.Symbol
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    piece = goal.box[symbol]
    expr = _exponential(goal.expr)
    powers = [p.exp for p in expr.atoms(sympy.Pow) if p.base == symbol and p.exp.is_Rational]
    q = math.lcm(*[int(p.q) for p in powers])
    t = sympy.Symbol(_fresh(f"{symbol.name}_t", goal), positive=True)
    if q > 1 and piece.low >= 0:
        inverse = all(power < 0 for power in powers) and piece.low_open
        found = _root_piece(piece, q, inverse=inverse)
        if found is not None:
            closed = not found.low_open and found.low == 0
            new = sympy.Symbol(t.name, nonnegative=True) if closed else t
            yield new, new ** (-q if inverse else q), found
    rates = [sympy.diff(e.args[0], symbol) for e in expr.atoms(sympy.exp) if e.has(symbol)]
    if rates and all(rate.is_Rational for rate in rates):
        stripped = expr.replace(lambda e: isinstance(e, sympy.exp), lambda e: sympy.Dummy())
        ends = {-sympy.oo: sympy.Integer(0), sympy.Integer(0): sympy.Integer(1), sympy.oo: sympy.oo}
        if not stripped.has(symbol) and piece.low in ends and piece.high in ends:
            q = math.lcm(*[int(rate.q) for rate in rates])
            yield (
                t,
                q * sympy.log(t),
                Piece(ends[piece.low], ends[piece.high], piece.low_open, piece.high_open),
            )


def _fresh(name: str, goal: Goal) -> str:
    """A name that no variable of the goal has."""
    used = {s.name for s in (*goal.box, *goal.expr.free_symbols)}
    used |= {s.name for fact, _ in goal.given for s in fact.free_symbols}
    while name in used:
        name += "_"
    return name


def _root_piece(piece: Piece, q: int, *, inverse: bool) -> Piece | None:
    """Where x^(1/q) lives, or x^(-1/q), if its ends are rational."""
    low, high = (_exact_root(end, q) for end in (piece.low, piece.high))
    if low is None or high is None:
        return None
    if not inverse:
        return Piece(low, high, piece.low_open, piece.high_open)
    zero, infinity = sympy.Integer(0), sympy.oo
    return Piece(
        zero if high == infinity else 1 / high,
        infinity if low == 0 else 1 / low,
        piece.high_open,
        piece.low_open,
    )


def _exact_root(value: Any, q: int) -> Any:
    if not value.is_finite:
        return value
    root = sympy.root(value, q)
    return root if root.is_Rational else None


def _without(box: Box, symbol: sympy.Symbol) -> dict[sympy.Symbol, Piece]:
    return {other: piece for other, piece in box.items() if other != symbol}


def _slide(goal: Goal, search: Search, depth: int) -> Node | None:
    """If the expression is monotone in a variable, its worst case is one end of that variable."""
    for symbol in _easiest_first(goal):
        slope = limited(2.0, lambda s=symbol: sympy.diff(goal.expr, s))
        if slope is None or goal.given or not _usable(slope):
            continue
        piece = goal.box[symbol]
        inside = {**goal.box, symbol: _opened(piece)}
        for direction, end, end_open in (
            (1, piece.low, piece.low_open),
            (-1, piece.high, piece.high_open),
        ):
            rising = Goal(_tidy(direction * slope), False, inside)
            if not _plausible(_trim(rising)):
                continue
            face = _face(goal, symbol, end, end_open, direction)
            if face is None:
                continue
            # f > f(end) where the end is not attained and the slope never vanishes
            for strict_slope in (True, False) if goal.strict and end_open else (False,):
                below = None
                if face is not sympy.oo:
                    strict_face = goal.strict and not strict_slope
                    below = prove(
                        Goal(face, strict_face, _without(goal.box, symbol)), search, depth
                    )
                    if below is None:
                        continue
                node = prove(rising._replace(strict=strict_slope), search, depth)
                if node is None:
                    continue
                return {
                    "rule": "slide",
                    "variable": symbol.name,
                    "direction": direction,
                    "slope": write(rising.expr),
                    "strict": strict_slope,
                    "face": write(face),
                    "nodes": [node, below],
                }
    return None


def _easiest_first(goal: Goal) -> list[sympy.Symbol]:
    """Variables in the order of how much is gained by removing them."""
    return sorted(goal.box, key=lambda s: (goal.expr.count(s), s.name), reverse=True)


def _opened(piece: Piece) -> Piece:
    return Piece(piece.low, piece.high, True, True)


def _usable(expr: sympy.Basic) -> bool:
    return not expr.has(
        sympy.Derivative, sympy.Heaviside, sympy.DiracDelta, sympy.Piecewise, sympy.nan
    )


@lru_cache(maxsize=4096)
def _tidy(expr: sympy.Expr) -> sympy.Expr:
    """The shortest of a few equal forms."""
    return min(_forms(expr), key=lambda e: e.count_ops())


def _face(goal: Goal, symbol: sympy.Symbol, end: Any, end_open: bool, direction: int) -> Any:
    """The expression at an end of a variable: its value, or its limit where it has none."""
    if end.is_finite:
        try:
            value = goal.expr.subs(symbol, end)
            others = _without(goal.box, symbol)
            compile_range(value, tuple(others))(box_ranges(others))
            if _usable(value) and not value.has(sympy.zoo, sympy.oo):
                return _tidy(value)
        except (Undefined, NotImplementedError, ValueError):
            pass
    side = "+" if direction > 0 else "-"
    value = limited(3.0, lambda: sympy.limit(goal.expr, symbol, end, side))
    if value is None or value.has(sympy.Limit, sympy.AccumBounds, sympy.zoo, sympy.nan, symbol):
        return None
    if value.has(sympy.oo):
        return sympy.oo if value is sympy.oo else None
    return _tidy(value)


def _minimum(goal: Goal, search: Search, depth: int) -> Node | None:
    """If the expression is convex in a variable, its worst case is the stationary point."""
    for symbol in _easiest_first(goal):
        if goal.given:
            return None
        slope = limited(2.0, lambda s=symbol: sympy.diff(goal.expr, s))
        if slope is None or not _usable(slope):
            continue
        for place in _stationary_points(slope, symbol, goal.box):
            node = _minimum_at(goal, symbol, slope, place, search, depth)
            if node:
                return node
    return None


def _stationary_points(slope: sympy.Expr, symbol: sympy.Symbol, box: Box) -> list[sympy.Expr]:
    others = _without(box, symbol)
    where = {s: Domain((piece,)) for s, piece in others.items()}
    points = sample_box(where, 50, np.random.default_rng(1))
    piece = box[symbol]
    places = []
    for place in _roots(slope, symbol):
        if place.free_symbols - set(others) or not _evaluable(place):
            continue
        values = numeric(place, tuple(others))(*points.values())
        if np.all((values >= float(piece.low)) & (values <= float(piece.high))):
            places.append(place)
    return sorted(places, key=lambda place: place.count_ops())[:2]


@lru_cache(maxsize=4096)
def _roots(slope: sympy.Expr, symbol: sympy.Symbol) -> tuple[sympy.Expr, ...]:
    """Real solutions of slope = 0, as far as SymPy finds them in a moment."""

    def attempt() -> tuple[sympy.Expr, ...]:
        numerator = sympy.numer(sympy.together(slope))
        if not numerator.has(symbol):
            return ()
        return tuple(s for s in sympy.solve(numerator, symbol) if s.is_real is not False)

    return limited(1.5, attempt) or ()


def _evaluable(expr: sympy.Expr) -> bool:
    """Whether every function in the expression is one the range engine knows."""
    try:
        compile_range(expr, tuple(expr.free_symbols))
    except NotImplementedError:
        return False
    return True


def _minimum_at(
    goal: Goal, symbol: sympy.Symbol, slope: Any, place: Any, search: Search, depth: int
) -> Node | None:
    others = _without(goal.box, symbol)
    piece = goal.box[symbol]
    value = _tidy(goal.expr.subs(symbol, place))
    if value.has(sympy.nan, sympy.zoo):
        return None
    bottom = prove(Goal(value, goal.strict, others), search, depth)
    if bottom is None:
        return None
    inside = []
    for gap, end in ((place - piece.low, piece.low), (piece.high - place, piece.high)):
        node = prove(Goal(gap, False, others), search, depth) if end.is_finite else {"rule": "none"}
        if node is None:
            return None
        inside.append(node)
    within = {**goal.box, symbol: _opened(piece)}
    bend = limited(2.0, lambda: sympy.diff(slope, symbol))
    stationary = limited(3.0, lambda: sympy.simplify(slope.subs(symbol, place)) == 0)
    if (
        stationary
        and bend is not None
        and (curved := prove(Goal(_tidy(bend), False, within), search, depth))
    ):
        how: Node = {"kind": "convex", "factor": write(_tidy(bend)), "slope_node": curved}
    else:
        factor = limited(2.0, lambda: sympy.factor(sympy.cancel(slope / (symbol - place))))
        if factor is None or not (node := prove(Goal(factor, False, within), search, depth)):
            return None
        how = {"kind": "crossing", "factor": write(factor), "slope_node": node}
    return {
        "rule": "minimum",
        "variable": symbol.name,
        "place": write(place),
        "value": write(value),
        "nodes": [bottom, *inside],
        **how,
    }


def _logarithm(goal: Goal, search: Search, depth: int) -> Node | None:
    """``P - Q >= 0`` for positive P and Q is ``log P - log Q >= 0``: products become sums."""
    terms = sympy.Add.make_args(goal.expr)
    if goal.given or len(terms) != 2 or not goal.expr.has(sympy.exp, sympy.cosh, sympy.Pow):
        return None
    for large, minus_small in (terms, terms[::-1]):
        small = -minus_small
        sides = [prove(Goal(side, True, goal.box), search, 1) for side in (large, small)]
        if None in sides:
            continue
        logs = [sympy.expand_log(sympy.log(side), deep=True) for side in (large, small)]
        child = Goal(logs[0] - logs[1], goal.strict, goal.box)
        node = prove(child, search, depth)
        if node:
            return {
                "rule": "logarithm",
                "large": write(large),
                "small": write(small),
                "to": write(child.expr),
                "nodes": [node, *sides],
            }
    return None


# ------------------------------------------------------------------------------------------- split


def _split(goal: Goal, search: Search, depth: int) -> Node | None:
    """Cut the box where the expression nearly vanishes, else in halves until ranges decide."""
    if len(goal.box) == 1:
        [symbol] = goal.box
        for cut in _touching_points(goal, symbol):
            node = _cut(goal, symbol, cut, search, depth)
            if node:
                return node
    budget = [search.boxes]
    return _bisect(goal, search, depth, budget)


def _cut(goal: Goal, symbol: sympy.Symbol, cut: Any, search: Search, depth: int) -> Node | None:
    nodes = []
    for half in _halves(goal.box[symbol], cut):
        node = prove(goal._replace(box={**goal.box, symbol: half}), search, depth)
        if node is None:
            return None
        nodes.append(node)
    return {"rule": "split", "variable": symbol.name, "at": write(cut), "nodes": nodes}


def _halves(piece: Piece, cut: Any) -> tuple[Piece, Piece]:
    return (
        Piece(piece.low, cut, piece.low_open, False),
        Piece(cut, piece.high, False, piece.high_open),
    )


def _touching_points(goal: Goal, symbol: sympy.Symbol) -> list[Any]:
    """Interior points where the expression or its slope may vanish, as exact numbers."""
    piece = goal.box[symbol]
    slope = limited(2.0, lambda: sympy.diff(goal.expr, symbol))
    found = [] if slope is None else _stationary_points(slope, symbol, goal.box)
    simple = [sympy.Rational(n, d) for d in (1, 2, 3) for n in (0, 1, -1, 2, -2)]
    function = numeric(goal.expr, (symbol,))
    candidates = [*found, *simple]
    inside = [c for c in candidates if c.is_real and piece.low < c and c < piece.high]
    values = {c: abs(float(function(np.array([float(c)]))[0])) for c in dict.fromkeys(inside)}
    return [c for c in sorted(values, key=lambda c: values[c]) if values[c] < 1e-9 or c in found][
        :3
    ]


def _bisect(goal: Goal, search: Search, depth: int, budget: list[int]) -> Node | None:
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
    for half in _halves(goal.box[symbol], cut):
        node = _bisect(goal._replace(box={**goal.box, symbol: half}), search, depth, budget)
        if node is None:
            return None
        nodes.append(node)
    return {"rule": "split", "variable": symbol.name, "at": write(cut), "nodes": nodes}


def _range_leaf(goal: Goal) -> Node | None:
    """The range of the expression, sharpened by sliding the variables in which it is monotone."""
    symbols = tuple(goal.box)
    ranges = box_ranges(goal.box)
    try:
        if _signed(compile_range(goal.expr, symbols)(ranges), goal.strict):
            return {"rule": "range"}
        faces: dict[str, str] = {}
        slopes: dict[str, str] = {}
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
                slopes[symbol.name] = write(slope)
        if faces and _signed(compile_range(goal.expr, symbols)(collapsed), goal.strict):
            return {"rule": "faces", "faces": faces, "slopes": slopes}
    except (Undefined, NotImplementedError):
        pass
    return None


@lru_cache(maxsize=4096)
def _slope(expr: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr | None:
    slope = limited(2.0, lambda: _tidy(sympy.diff(expr, symbol)))
    return slope if slope is not None and _usable(slope) else None


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
        for half in _halves(piece, cut):
            child = goal._replace(box={**goal.box, symbol: half})
            if _bounded(half):
                nodes.append(prove(child, search, depth - 1) if depth > 0 else None)
                if nodes[-1] is None:
                    nodes[-1] = _bisect(child, search, depth, budget)
            else:
                nodes.append(prove(child, search, depth - 1) if depth > 0 else None)
            if nodes[-1] is None:
                break
        if None not in nodes:
            return {"rule": "split", "variable": symbol.name, "at": write(cut), "nodes": nodes}
    return None
