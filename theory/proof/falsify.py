"""The search for a counterexample: sampling and descent propose a point, exact arithmetic decides.

A point counts only when it lies in the domain exactly, every hypothesis holds there, and rigorous
arithmetic (Arb) shows the relation false, or one side not a real number. Coordinates are rational and
as short as the violation allows, so that a reader can check them by hand.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from scipy.optimize import minimize
from sympy.core.relational import Relational

from ..domain import Domain
from ..expression import gap, write_relation
from .deadline import limited
from .definedness import undefined_part
from .ranges import Undefined, point_value
from .sampling import numeric, sample_box

__all__ = ["find_counterexample", "holds_at", "violation_at"]

Point = dict[sympy.Symbol, sympy.Rational]


def find_counterexample(
    relations: Sequence[Relational],
    domains: Mapping[sympy.Symbol, Domain],
    given: Sequence[Relational] = (),
    *,
    seed: int = 0,
    size: int = 4000,
) -> dict[str, Any] | None:
    """A confirmed counterexample to the conjunction of ``relations``, or None if none was found."""
    symbols = tuple(domains)
    if not symbols:
        return violation_at(relations, {}, domains, given)
    rng = np.random.default_rng(seed)
    points = sample_box(domains, size, rng)
    bound = _solved(given)
    for symbol, value in bound.items():
        free = tuple(s for s in symbols if s not in bound)
        points[symbol] = numeric(value, free)(*(points[s] for s in free))
    for relation in relations:
        for point in _proposals(relation, symbols, points, domains, given):
            if found := _confirm(relations, point, domains, given, bound):
                return found
    return None


def _solved(given: Sequence[Relational]) -> dict[sympy.Symbol, sympy.Expr]:
    """Equalities among the hypotheses, solved for a symbol each that occurs in them linearly."""
    bound: dict[sympy.Symbol, sympy.Expr] = {}
    for fact in given:
        if fact.rel_op != "==":
            continue
        difference = sympy.expand(gap(fact).subs(bound))
        for symbol in sorted(difference.free_symbols, key=str):
            slope = difference.coeff(symbol, 1)
            rest = difference - slope * symbol
            if slope.is_Rational and slope != 0 and not rest.has(symbol):
                own = {symbol: sympy.expand(-rest / slope)}
                bound = {key: value.subs(own) for key, value in bound.items()} | own
                break
    return bound


def violation_at(
    relations: Sequence[Relational],
    point: Point,
    domains: Mapping[sympy.Symbol, Domain],
    given: Sequence[Relational] = (),
) -> dict[str, Any] | None:
    """The counterexample as data if some relation is certainly false at the point, else None."""
    if any(value not in domains[symbol] for symbol, value in point.items()):
        return None
    if not all(holds_at(fact, point) is True for fact in given):
        return None
    values = {symbol.name: str(value) for symbol, value in point.items()}
    place = ", ".join(f"{name} = {value}" for name, value in values.items())
    for relation in relations:
        part = undefined_part(relation, point)
        if part is not None:
            why = f"{part} is not a real number"
            return {"values": values, "relation": write_relation(relation), "undefined": part,
                    "text": f"{place}: {why}" if place else why}  # fmt: skip
        strict = relation.rel_op in ("<", ">", "!=")
        if holds_at(relation, point, decide_zero=strict) is False:
            left, right = (_decimal(side, point) for side in (relation.lhs, relation.rhs))
            sides = f"left side {left}, right side {right}"
            return {"values": values, "relation": write_relation(relation), "left": left,
                    "right": right, "text": f"{place}: {sides}" if place else sides}  # fmt: skip
    return None


def holds_at(relation: Relational, point: Point, *, decide_zero: bool = True) -> bool | None:
    """Whether a relation holds at a rational point; None if precision or definedness leaves it open.

    Whether a difference that looks like zero is zero takes computer algebra; ``decide_zero=False``
    spares it where only a clear violation matters.
    """
    difference = gap(relation)
    for bits in (160, 640, 2560):
        try:
            interval = point_value(difference, point, bits)
        except (Undefined, NotImplementedError):
            return None
        if interval.low > 0 or interval.high < 0:
            return _compare(relation.rel_op, 1 if interval.low > 0 else -1)
        if interval.low == interval.high == 0:
            return _compare(relation.rel_op, 0)
    if not decide_zero or any(abs(value) > 64 for value in point.values()):
        return None  # sharp claims touch at simple points; elsewhere exact zeros cost too much to decide
    exact = limited(2.0, lambda: sympy.simplify(difference.subs(point)))
    if exact is not None and exact.is_zero:
        return _compare(relation.rel_op, 0)
    return None


def _compare(operator: str, sign: int) -> bool:
    return {
        ">": sign > 0, ">=": sign >= 0, "<": sign < 0, "<=": sign <= 0, "==": sign == 0, "!=": sign != 0
    }[operator]  # fmt: skip


def _decimal(side: Any, point: Point) -> str:
    interval = point_value(sympy.sympify(side), point, 320)
    low, high = interval.low, interval.high
    middle = (low + high) / 2
    if low == high and middle.denominator <= 1000:
        return str(middle)
    text = str(sympy.Rational(middle.numerator, middle.denominator).evalf(12))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _proposals(
    relation: Relational,
    symbols: tuple[sympy.Symbol, ...],
    points: Mapping[sympy.Symbol, np.ndarray],
    domains: Mapping[sympy.Symbol, Domain],
    given: Sequence[Relational],
) -> Iterator[np.ndarray]:
    """Points of large violation first: the worst of the sample, then local descent from them."""
    score = _score(relation, symbols)
    grid = np.column_stack([points[symbol] for symbol in symbols])
    allowed = np.ones(len(grid), dtype=bool)
    for fact in given:
        margin = numeric(gap(fact), symbols)(*grid.T)
        allowed &= _truth(fact.rel_op, margin)
    grid = grid[allowed]
    if not len(grid):
        return
    values = score(grid)
    undefined = grid[np.isnan(values)][:5]
    values = np.where(np.isnan(values), -np.inf, values)
    order = np.argsort(-values, kind="stable")
    worst = grid[order[:40]]
    worst = worst[values[order[:40]] > -1e-6]  # the others hold by far
    clear = grid[values > 1e-6]
    if relation.rel_op == "==" and not len(clear):
        worst = worst[:3]  # it agrees everywhere to float precision: an identity, or very nearly
    yield from clear[np.argsort([_length(point) for point in clear], kind="stable")][:5]
    yield from undefined
    yield from worst[:20]
    if relation.rel_op in ("==", "!="):
        return
    moving = [i for i, s in enumerate(symbols) if not domains[s].integer]
    if moving:
        for start in grid[order[:40:8]]:
            yield _descend(score, start, moving, symbols, domains)


def _length(point: np.ndarray) -> float:
    """How long the point is to write: short counterexamples are the ones people check."""
    exact = [Fraction(float(value)).limit_denominator(10**6) for value in point]
    return sum(math.log1p(abs(x.numerator)) + math.log(x.denominator) for x in exact)


def _score(relation: Relational, symbols: tuple[sympy.Symbol, ...]) -> Any:
    """How far the relation is from holding; positive is a violation, scaled by the sides' size."""
    left, right = (numeric(sympy.sympify(side), symbols) for side in (relation.lhs, relation.rhs))
    operator = relation.rel_op

    def score(grid: np.ndarray) -> np.ndarray:
        a, b = left(*grid.T), right(*grid.T)
        with np.errstate(all="ignore"):
            difference = (a - b) / (1e-300 + np.abs(a) + np.abs(b))
        difference = np.where((a == b), 0.0, difference)
        if operator in ("==", "!="):
            return np.abs(difference) if operator == "==" else -np.abs(difference)
        return difference if operator in ("<", "<=") else -difference

    return score


def _truth(operator: str, margin: np.ndarray) -> np.ndarray:
    return {
        ">": margin > 0, ">=": margin >= 0, "<": margin < 0, "<=": margin <= 0,
        "==": np.ones(margin.shape, dtype=bool),  # exact at the end, see _solved and violation_at
        "!=": margin != 0,
    }[operator]  # fmt: skip


def _descend(
    score: Any,
    start: np.ndarray,
    moving: list[int],
    symbols: tuple[sympy.Symbol, ...],
    domains: Mapping[sympy.Symbol, Domain],
) -> np.ndarray:
    def place(free: np.ndarray) -> np.ndarray:
        point = start.copy()
        point[moving] = free
        return point

    def objective(free: np.ndarray) -> float:
        point = place(free)
        if not all(_inside(domains[symbols[i]], point[i]) for i in moving):
            return 1e3
        value = score(point[None, :])[0]
        return 1e3 if np.isnan(value) else -value

    result = minimize(objective, start[moving], method="Nelder-Mead", options={"maxfev": 400})
    return place(result.x)


def _inside(domain: Domain, value: float) -> bool:
    return any(float(p.low) <= value <= float(p.high) for p in domain.pieces)


def _confirm(
    relations: Sequence[Relational],
    point: np.ndarray,
    domains: Mapping[sympy.Symbol, Domain],
    given: Sequence[Relational],
    bound: Mapping[sympy.Symbol, sympy.Expr],
) -> dict[str, Any] | None:
    if not np.all(np.isfinite(point)):
        return None
    for limit in (1, 2, 5, 10, 100, 10**4, 10**8, None):
        candidate: Any = {}
        for symbol, value in zip(domains, point, strict=True):
            exact = sympy.Rational(float(value))
            candidate[symbol] = exact if limit is None else exact.limit_denominator(limit)
        for symbol, value in bound.items():
            candidate[symbol] = value.subs(candidate)
            if not candidate[symbol].is_Rational:
                return None
        if found := violation_at(relations, candidate, domains, given):
            return found
    return None
