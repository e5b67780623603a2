"""The search for a counterexample: sampling and descent propose a point, exact arithmetic decides.

A point counts only when it lies in the domain exactly, every hypothesis holds there, and rigorous
arithmetic (Arb) shows the relation false, or one side not a real number. Coordinates are rational and
as short as the violation allows, so that a reader can check them by hand; where equalities leave no
rational point they may be short numbers such as sqrt(2), which Arb encloses.
"""

import math
from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from scipy.optimize import minimize
from sympy.core.relational import Relational

from ...foundation.working_time import work_clock
from ...language.expression import Condition, gap, write, write_relation
from ...numbers.deadline import limited
from ...numbers.domain import Domain
from ...numbers.enclosures import enclosure
from ...numbers.exact_signs import sign_of_number
from ...numbers.ranges import Undefined, point_value
from ..instruments.definedness import first_failure, in_signs
from ..instruments.sampling import numeric, sample_box
from ..problem import Problem
from .charts import Chart, charts
from .lines import along_lines, lies_in

__all__ = [
    "Point",
    "feasible_point",
    "find_counterexample",
    "find_on_lines",
    "holds_at",
    "is_feasible",
    "violation_at",
]

Point = dict[sympy.Symbol, sympy.Rational]


def find_counterexample(
    problem: Problem,
    *,
    seed: int = 0,
    size: int = 4000,
    deadline: float = math.inf,
    effort: int = 5,
) -> dict[str, Any] | None:
    """A confirmed counterexample to the conjunction of the relations, or None if none was found.

    ``effort``: local descents from the sample; four times as many of its worst points are tried.
    """
    if not problem.domains:
        return violation_at(problem, {})
    targets = [*problem.relations, *_as_relations(problem.conditions)]
    for chart in charts(problem.given, problem.domains):
        grid = _grid(problem, chart, seed, size)
        for relation in targets:
            for row in _proposals(relation, grid, problem, chart, effort):
                if work_clock() > deadline:
                    return None
                if found := _confirm(problem, row, chart):
                    return found
    return None


def find_on_lines(problem: Problem, *, deadline: float) -> dict[str, Any] | None:
    """A confirmed counterexample at or between the places where the claim may change, or None.

    Slower than a sample, so for claims that neither a sample refuted nor the engines proved.
    """
    targets = [gap(relation) for relation in problem.relations]
    conditions = [relation.lhs for relation in _as_relations(problem.conditions)]
    parts = [*map(gap, problem.given), *conditions]
    for chart in charts(problem.given, problem.domains):
        for point in along_lines(chart, problem.domains, targets, parts, deadline):
            if work_clock() > deadline:
                return None
            if all(map(_is_exact, point.values())) and (found := violation_at(problem, point)):
                return found
    return None


def feasible_point(problem: Problem, *, seed: int = 0, size: int = 4000) -> Point | None:
    """A point of the domain where the hypotheses certainly hold, or None if none was found."""
    for chart in charts(problem.given, problem.domains):
        for row in _grid(problem, chart, seed, size)[:200]:
            for candidate in _roundings(problem, row, chart):
                if is_feasible(problem, candidate):
                    return candidate
    return None


def is_feasible(problem: Problem, point: Point) -> bool:
    """Whether a point lies in the domain and every hypothesis certainly holds there."""
    inside = all(lies_in(value, problem.domains[symbol]) for symbol, value in point.items())
    return inside and all(holds_at(fact, point) is True for fact in problem.given)


def _grid(problem: Problem, chart: Chart, seed: int, size: int) -> np.ndarray:
    """Sampled values of a chart's free symbols, a row each, whose points lie in the domain and satisfy
    the hypotheses as far as floats can tell."""
    symbols = tuple(problem.domains)
    points = sample_box(chart.free, size, np.random.default_rng(seed))
    grid = np.column_stack([points[symbol] for symbol in chart.free] or [np.empty((1, 0))])
    if chart.bound:
        rows = chart.rows(grid, symbols)
        inside = [_within(problem.domains[s], rows[:, symbols.index(s)]) for s in chart.bound]
        grid = grid[np.all(inside, axis=0)]
    for fact in problem.given:
        margins = numeric(gap(fact), symbols)(*chart.rows(grid, symbols).T)
        grid = grid[_truth(fact.rel_op, np.broadcast_to(margins, len(grid)))]
    return grid


def _within(where: Domain, values: np.ndarray) -> np.ndarray:
    """Which numbers may lie in a domain; exact arithmetic decides later."""
    pieces = [(values >= float(p.low)) & (values <= float(p.high)) for p in where.pieces]
    return np.any(pieces, axis=0)


def _as_relations(conditions: Sequence[Condition]) -> list[Relational]:
    """Conditions as targets: where one comes near to failing, the claim may be undefined."""
    parts = []
    for subject, kind in map(in_signs, conditions):
        part = subject[0] if kind == "power" else sympy.Abs(subject) if kind == "!=" else subject
        parts += [part] if part.free_symbols else []
    return [sympy.Gt(part, 0, evaluate=False) for part in dict.fromkeys(parts)]


def violation_at(problem: Problem, point: Point, *, deep: bool = False) -> dict[str, Any] | None:
    """The counterexample as data if some relation is certainly false at the point, else None.

    ``deep``: also by a difference in the thousandth digit.
    """
    if not is_feasible(problem, point):
        return None
    values = {symbol.name: write(value) for symbol, value in point.items()}
    place = ", ".join(f"{name} = {value}" for name, value in values.items())
    part = first_failure(problem.conditions, point)
    if part is not None:
        relation = write_relation(problem.relations[0])
        why = f"{part} is not a real number"
        return {"values": values, "relation": relation, "undefined": part,
                "text": f"{place}: {why}" if place else why}  # fmt: skip
    for relation in problem.relations:
        strict = relation.rel_op in ("<", ">", "!=")
        if holds_at(relation, point, decide_zero=strict, deep=deep) is False:
            left, right = _decimals(relation, point)
            sides = f"left side {left}, right side {right}"
            sides += _difference(relation, point) if left == right else ""
            return {"values": values, "relation": write_relation(relation), "left": left,
                    "right": right, "text": f"{place}: {sides}" if place else sides}  # fmt: skip
    return None


def holds_at(
    relation: Relational, point: Point, *, decide_zero: bool = True, deep: bool = False
) -> bool | None:
    """Whether a relation holds at a rational point; None if precision or definedness leaves it open.

    Whether a difference that looks like zero is zero takes exact algebra; ``decide_zero=False``
    spares it where only a clear violation matters.
    """
    difference = gap(relation)
    for bits in (160, 640, 2560, *([7900] if deep else [])):
        try:
            if deep and (sign := _deep_sign(difference, point, bits)):
                return _compare(relation.rel_op, sign)
            interval = point_value(difference, point, bits)
        except (Undefined, NotImplementedError):
            return None
        if interval.low > 0 or interval.high < 0:
            return _compare(relation.rel_op, 1 if interval.low > 0 else -1)
        if interval.low == interval.high == 0:
            return _compare(relation.rel_op, 0)
    if not decide_zero or any(abs(value) > 64 for value in point.values()):
        return None  # sharp claims touch at simple points; elsewhere exact zeros cost too much to decide
    sign = limited(0.5, lambda: sign_of_number(difference.subs(point)))
    return None if sign is None else _compare(relation.rel_op, sign)


def _deep_sign(difference: Any, point: Point, bits: int) -> int:
    """The sign of a difference that may be smaller than ranges can hold; 0 where it is not seen."""
    value = enclosure(difference, point, bits)
    return 1 if value > 0 else -1 if value < 0 else 0


def _difference(relation: Relational, point: Point) -> str:
    """How far apart two sides are that agree in every digit shown."""
    for bits in (7_900, 20_000):
        value = enclosure(gap(relation), point, bits)
        if not value.contains(0):
            return f", they differ by {value.str(3, radius=False)}"
    return ", which are equal"


def _compare(operator: str, sign: int) -> bool:
    return {
        ">": sign > 0, ">=": sign >= 0, "<": sign < 0, "<=": sign <= 0, "==": sign == 0, "!=": sign != 0
    }[operator]  # fmt: skip


def _decimals(relation: Relational, point: Point) -> tuple[str, str]:
    """Both sides, to as many digits as it takes to tell them apart."""
    for digits in (12, 25, 50, 90):
        left, right = (_decimal(side, point, digits) for side in (relation.lhs, relation.rhs))
        if left != right:
            return left, right
    return _decimal(relation.lhs, point), _decimal(relation.rhs, point)  # they are equal


def _decimal(side: Any, point: Point, digits: int = 12) -> str:
    interval = point_value(sympy.sympify(side), point, 320)
    low, high = interval.low, interval.high
    if not (isinstance(low, Fraction) and isinstance(high, Fraction)):
        return "beyond any number" if high > 0 else "below any number"
    if low <= 0 <= high and low != high:
        return "0"  # an enclosure of 96 digits that does not tell it from 0
    middle = (low + high) / 2
    if low == high and middle.denominator <= 1000:
        return str(middle)
    text = str(sympy.Rational(middle.numerator, middle.denominator).evalf(digits))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _proposals(
    relation: Relational, grid: np.ndarray, problem: Problem, chart: Chart, effort: int
) -> Iterator[np.ndarray]:
    """Points of large violation first: the worst of the sample, then local descent from them."""
    if not len(grid):
        return
    score = _score(relation, tuple(problem.domains), chart)
    values = score(grid)
    undefined = grid[np.isnan(values)][:5]
    values = np.where(np.isnan(values), -np.inf, values)
    order = np.argsort(-values, kind="stable")
    worst = grid[order[:40]]
    worst = worst[values[order[:40]] > -1e-6]  # the others hold by far
    clear = grid[values > 1e-6]
    if relation.rel_op == "==" and not len(clear):
        worst = worst[:3]  # it agrees everywhere to float precision: an identity, or very nearly
    yield from _shortest(clear, 5)
    yield from undefined
    yield from worst[: 4 * effort]
    if relation.rel_op in ("==", "!="):
        return
    moving = [i for i, where in enumerate(chart.free.values()) if not where.integer]
    if moving:
        for start in grid[order[: 8 * effort : 8]]:
            yield _descend(score, start, moving, problem.domains, chart)


def _shortest(points: np.ndarray, count: int) -> np.ndarray:
    """The points that are shortest to write, the shortest first; of equals, those that stand before.

    Short counterexamples are the ones that people check.
    """
    best: list[tuple[float, int]] = []
    for index, point in enumerate(points):
        longest = best[-1][0] if len(best) == count else math.inf
        length = _length(point, longest)
        if len(best) < count or length < longest:
            insort(best, (length, index))
            del best[count:]
    return points[[index for _, index in best]]


def _length(point: np.ndarray, longest: float) -> float:
    """How long a point is to write; infinite where it is as long as ``longest``, or no short one is near."""
    total = 0.0
    for value in map(float, point):
        numerator, denominator = _short(value, 10**6)
        if abs(numerator / denominator - value) > 1e-6 * abs(value):
            return math.inf
        total += math.log1p(abs(numerator)) + math.log(denominator)
        if total >= longest:
            return math.inf
    return total


def _short(value: float, limit: int) -> tuple[int, int]:
    """What `Fraction.limit_denominator` finds, several times as fast: it is asked for thousands of points."""
    whole, parts = n, d = value.as_integer_ratio()
    if d <= limit:
        return n, d
    p0, q0, p1, q1 = 0, 1, 1, 0
    while True:
        a = n // d
        if q0 + a * q1 > limit:
            break
        p0, q0, p1, q1 = p1, q1, p0 + a * p1, q0 + a * q1
        n, d = d, n - a * d
    k = (limit - q0) // q1
    p2, q2 = p0 + k * p1, q0 + k * q1
    nearer = abs(p1 * parts - whole * q1) * q2 <= abs(p2 * parts - whole * q2) * q1
    return (p1, q1) if nearer else (p2, q2)


def _score(relation: Relational, symbols: tuple[sympy.Symbol, ...], chart: Chart) -> Any:
    """How far the relation is from holding; positive is a violation, scaled by the sides' size."""
    left, right = (numeric(sympy.sympify(side), symbols) for side in (relation.lhs, relation.rhs))
    operator = relation.rel_op

    def score(grid: np.ndarray) -> np.ndarray:
        points = chart.rows(grid, symbols).T
        a, b = left(*points), right(*points)
        with np.errstate(all="ignore"):
            difference = (a - b) / (1e-300 + np.abs(a) + np.abs(b))
        difference = np.broadcast_to(np.where((a == b), 0.0, difference), len(grid))
        if operator in ("==", "!="):
            return np.abs(difference) if operator == "==" else -np.abs(difference)
        return difference if operator in ("<", "<=") else -difference

    return score


def _truth(operator: str, margin: np.ndarray) -> np.ndarray:
    return {
        ">": margin > 0, ">=": margin >= 0, "<": margin < 0, "<=": margin <= 0,
        "==": np.ones(margin.shape, dtype=bool),  # exact at the end, see charts and violation_at
        "!=": margin != 0,
    }[operator]  # fmt: skip


def _descend(
    score: Any,
    start: np.ndarray,
    moving: list[int],
    domains: Mapping[sympy.Symbol, Domain],
    chart: Chart,
) -> np.ndarray:
    symbols = tuple(domains)

    def place(free: np.ndarray) -> np.ndarray:
        point = start.copy()
        point[moving] = free
        return point

    def objective(free: np.ndarray) -> float:
        point = place(free)[None, :]
        row = chart.rows(point, symbols)[0]
        if not all(_within(where, v) for where, v in zip(domains.values(), row, strict=True)):
            return 1e3
        value = score(point)[0]
        return 1e3 if np.isnan(value) else -value

    result = minimize(objective, start[moving], method="Nelder-Mead", options={"maxfev": 400})
    return place(result.x)


def _confirm(problem: Problem, row: np.ndarray, chart: Chart) -> dict[str, Any] | None:
    for candidate in _roundings(problem, row, chart):
        if found := violation_at(problem, candidate):
            return found
    return None


def _roundings(problem: Problem, row: np.ndarray, chart: Chart) -> Iterator[Point]:
    """Exact points near a float point, the shortest first; solved symbols follow the free ones."""
    if not np.all(np.isfinite(row)):
        return
    seen = set()
    for limit in (1, 2, 5, 10, 100, 10**4, 10**8, None):
        free: Any = {}
        for symbol, value in zip(chart.free, row, strict=True):
            exact = sympy.Rational(float(value))
            free[symbol] = exact if limit is None else exact.limit_denominator(limit)
        candidate = chart.point(free, tuple(problem.domains))
        key = tuple(candidate.values())
        if key not in seen and all(map(_is_exact, key)):
            seen.add(key)
            yield candidate


def _is_exact(value: Any) -> bool:
    """A rational, or a short real number such as sqrt(2)/2 or exp(-1)."""
    return value.is_Rational or bool(value.is_number and value.is_real and value.count_ops() < 8)
