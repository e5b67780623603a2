"""Checks on surrogates for the balanced loss: finite worlds counted exactly, grids, verified optima.

Rational data stay fractions; where a logarithm or a root comes in, python-flint's balls enclose it, and
a comparison counts only when the balls are apart.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, product

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from ...proof.computation import Finding, check
from ...proof.exact.worlds import Table, agree, compositions, joint_tables
from ..comp_sum import comp_sum_loss, conditional_minimum
from ..regret_transform import transform


def _ball(value: Fraction | int) -> arb:
    value = Fraction(value)
    return arb(fmpq(value.numerator, value.denominator))


# --------------------------------------------------------------------- regret against its transform


@cache
def _risk(order: Fraction, b: tuple[Fraction, ...], s: tuple[Fraction, ...]) -> arb:
    if order == 0:
        return sum((-_ball(p) * _ball(u).log() for p, u in zip(b, s, strict=True) if p), arb(0))
    power = _ball(order)
    return sum(
        (_ball(p) * (1 - _ball(u) ** power) / power for p, u in zip(b, s, strict=True) if p), arb(0)
    )


@cache
def _least_risk(order: Fraction, b: tuple[Fraction, ...]) -> arb:
    if order == 0:
        return sum((-_ball(p) * _ball(p).log() for p in b if p), arb(0))
    if order == 1:
        return _ball(1 - max(b))
    m = _ball(1 / (1 - order))
    total = sum((_ball(p) ** m for p in b if p), arb(0))
    return (1 - total ** (1 / m)) / _ball(order)


@cache
def _transform(order: Fraction, t: Fraction, classes: int) -> arb:
    high, low = _ball(1 + t), _ball(1 - t)
    if order == 1:
        return _ball(t / classes)
    if order == 0:
        return (high * high.log() + (low * low.log() if t < 1 else arb(0))) / 2
    m = _ball(1 / (1 - order))
    mean = (high**m + (low**m if t < 1 else arb(0))) / 2
    base = arb(classes if order > 0 else 2)
    return base ** (-_ball(order)) * (mean ** (1 / m) - 1) / _ball(order)


_ORDERS = (Fraction(-1), Fraction(0), Fraction(1, 2), Fraction(1))


def _wrong_predictions(classes: int, parts: int) -> Iterator[tuple[tuple, tuple, Fraction]]:
    """Posteriors, positive predictions and the zero-one regret of a predicted class, where positive."""
    for b in compositions(parts, classes, 0):
        for s in compositions(parts, classes, 1):
            t = max(b) - min(p for p, u in zip(b, s, strict=True) if u == max(s))
            if t:
                yield b, s, Fraction(t, parts)


def _transform_again(finding: Finding, *, classes: int, parts: int) -> str:
    """The numeric functions in floating point: no pair may fall below by more than rounding."""
    count = 0
    for b, s, t in _wrong_predictions(classes, parts):
        count += 1
        posterior, model = np.array(b) / parts, np.array(s) / parts
        for order in map(float, _ORDERS):
            risk = float(posterior @ comp_sum_loss(model, order))
            have = risk - float(conditional_minimum(posterior, order))
            if have < _need(t, order, classes) - 1e-12:
                return agree(finding, f"posterior {b}, prediction {s}, q = {order}")
    return agree(finding, "", pairs=count)


@cache
def _need(t: Fraction, order: float, classes: int) -> float:
    return float(transform(float(t), order, classes))


@check(
    "enumerate",
    "For every posterior with denominator {parts}, every positive prediction with denominator {parts} over "
    "{classes} classes, and q in -1, 0, 1/2, 1, the surrogate regret is at least T_q(zero-one regret)",
    again=_transform_again,
)
def regret_dominates_transform(*, classes: int, parts: int) -> Finding:
    """Balls of 53 bits; at q = 1, where equality occurs, fractions."""
    pairs, smallest = 0, float("inf")
    for b, s, t in _wrong_predictions(classes, parts):
        pairs += 1
        posterior = tuple(Fraction(p, parts) for p in b)
        model = tuple(Fraction(u, parts) for u in s)
        linear = max(posterior) - sum(p * u for p, u in zip(posterior, model, strict=True))
        held = linear >= t / classes
        for order in _ORDERS[:3]:
            slack = _risk(order, posterior, model) - _least_risk(order, posterior)
            slack -= _transform(order, t, classes)
            held = held and bool(slack > 0)
            smallest = min(smallest, float(slack.mid()))
        if not held:
            return Finding(False, {"pairs": pairs}, counterexample=f"posterior {b}, prediction {s}")
    return Finding(True, {"pairs": pairs}, f"{pairs} pairs, smallest slack {smallest:.2g}")


# ------------------------------------------------------------------------------------ GLA and GCA


def _fractions(texts: Sequence[str]) -> tuple[Fraction, ...]:
    return tuple(Fraction(text) for text in texts)


def _posterior_of(
    prior: Sequence[Fraction], model: Sequence[Fraction], multipliers: Sequence[Fraction]
) -> list[Fraction]:
    """The posterior for which ``model`` is stationary: p s/sum(p s) + s sum(l) - l."""
    scale = sum(p * s for p, s in zip(prior, model, strict=True))
    total = sum(multipliers)
    return [
        p * s / scale + total * s - m for p, s, m in zip(prior, model, multipliers, strict=True)
    ]


def _bounded_again(
    finding: Finding, *, prior: list[str], least: str, model: list[str], multipliers: list[str]
) -> str:
    """The risk in balls at every other model of the set on a grid of step 1/50."""
    p, s, active = _fractions(prior), _fractions(model), _fractions(multipliers)
    posterior = _fractions(finding.evidence["posterior"])
    # Stationarity in each score, posterior - p s/sum(p s) - s sum(l) + l = 0, from the evidence.
    scale = sum(a * b for a, b in zip(p, s, strict=True))
    for h, a, v, m in zip(posterior, p, s, active, strict=True):
        if h - a * v / scale - v * sum(active) + m != 0:
            return "the posterior is not that of the multipliers"

    def risk(values: Sequence[Fraction]) -> arb:
        scale = _ball(sum(a * b for a, b in zip(p, values, strict=True)))
        return sum(
            (_ball(h) * (scale / _ball(v)).log() for h, v in zip(posterior, values, strict=True)),
            arb(0),
        )

    best = risk(s)
    for counts in compositions(50, len(s), 1):
        other = tuple(Fraction(c, 50) for c in counts)
        if min(other) >= Fraction(least) and other != s and not risk(other) > best:
            return agree(finding, f"{counts} over 50 has no larger risk")
    ratios = [h / a for h, a in zip(posterior, p, strict=True)]
    kept = s.index(max(s)) == ratios.index(max(ratios))
    return agree(finding, "the order is kept" if kept else "")


@check(
    "convex",
    "With priors {prior} and softmax(h) >= {least}, GLA (q = 0) is least at softmax(h) = {model} for the "
    "posterior of the multipliers {multipliers}, and its prediction is not the balanced Bayes rule's",
    again=_bounded_again,
)
def gla_bounded_set(
    *, prior: list[str], least: str, model: list[str], multipliers: list[str]
) -> Finding:
    """The KKT conditions of a convex program in the scores, in fractions."""
    p, s, duals = _fractions(prior), _fractions(model), _fractions(multipliers)
    posterior = _posterior_of(p, s, duals)
    ratios = [h / a for h, a in zip(posterior, p, strict=True)]
    regret = max(ratios) - ratios[s.index(max(s))]
    conditions = {
        "the model is a distribution of the set": sum(s) == 1 and min(s) >= Fraction(least),
        "multipliers are not negative": min(duals) >= 0,
        "multipliers act on active bounds": all(
            m == 0 or v == Fraction(least) for m, v in zip(duals, s, strict=True)
        ),
        "the posterior is one": sum(posterior) == 1 and min(posterior) >= 0,
        "the balanced regret is positive": regret > 0,
    }
    broken = [words for words, held in conditions.items() if not held]
    evidence = {"posterior": [str(h) for h in posterior], "regret": str(regret)}
    detail = (
        f"posterior {', '.join(f'{float(h):.5f}' for h in posterior)}, regret {float(regret):.4f}"
    )
    return Finding(not broken, evidence, detail, f"fails: {'; '.join(broken)} ({detail})")


def _worlds(classes: int, largest: int, parts: int) -> Iterator[tuple[Table, tuple]]:
    """Two points with joint counts, and a model on a grid at each."""
    models = list(compositions(parts, classes, 1))
    for table in joint_tables(2, classes, largest, 1):
        for chosen in product(models, repeat=2):
            yield table, chosen


@cache
def _relative(order: Fraction, b: tuple[Fraction, ...], s: tuple[Fraction, ...]) -> arb:
    return _risk(order, b, s) - _least_risk(order, b)


def _regrets(
    table: Table, chosen: tuple, order: Fraction, balanced: bool
) -> tuple[Fraction, arb, tuple]:
    """Balanced regret, surrogate regret (GCA if ``balanced``, else GLA) and the priors of a world.

    A GLA model is softmax(h + log p), so it predicts the largest s/p; ties count against it.
    """
    total = sum(map(sum, table))
    prior = tuple(Fraction(sum(column), total) for column in zip(*table, strict=True))
    lost, surrogate = Fraction(0), arb(0)
    for row, counts in zip(table, chosen, strict=True):
        mass, parts = sum(row), sum(counts)
        posterior = tuple(Fraction(n, mass) for n in row)
        ratios = tuple(h / p for h, p in zip(posterior, prior, strict=True))
        model = tuple(Fraction(c, parts) for c in counts)
        scores = model if balanced else tuple(s / p for s, p in zip(model, prior, strict=True))
        worst = min(a for a, u in zip(ratios, scores, strict=True) if u == max(scores))
        lost += Fraction(mass, total) * (max(ratios) - worst)
        target = tuple(a / sum(ratios) for a in ratios) if balanced else posterior
        weight = sum(ratios) if balanced else 1
        surrogate += _ball(Fraction(mass, total) * weight) * _relative(order, target, model)
    return lost, surrogate, prior


Bound = Callable[[float, NDArray[np.float64]], float]


def _float_ratio(table: Table, chosen: tuple, balanced: bool, bound: Bound) -> float:
    """Regret over its bound in floating point, with entropies from logarithms of ratios (q = 0)."""
    joint = np.array(table, float) / sum(map(sum, table))
    prior, mass = joint.sum(0), joint.sum(1)
    ratios = joint / mass[:, None] / prior
    model = np.array(chosen, float) / np.sum(chosen[0])
    scores = model if balanced else model / prior
    tied = scores >= scores.max(1, keepdims=True) * (1 - 1e-12)
    worst = np.where(tied, ratios, np.inf).min(1)
    lost = float(mass @ (ratios.max(1) - worst))
    target = ratios * prior if not balanced else ratios / ratios.sum(1, keepdims=True)
    weight = ratios.sum(1) if balanced else 1.0
    surrogate = float(np.sum((mass * weight)[:, None] * target * np.log(target / model)))
    return lost / bound(max(surrogate, 0.0), prior) if lost else 0.0


def _average_again(finding: Finding, *, classes: int, largest: int, parts: int) -> str:
    """Once more in floating point."""

    def bound(regret: float, prior: NDArray[np.float64]) -> float:
        return (2 * (1 / prior).sum() * regret) ** 0.5 + 2 * regret / prior.min()

    worlds = worst = 0
    for table, chosen in _worlds(classes, largest, parts):
        worlds += 1
        worst = max(worst, _float_ratio(table, chosen, False, bound))
    return agree(finding, f"largest ratio {worst}" if worst > 1 else "", worlds=worlds)


@check(
    "enumerate",
    "For every world of two points with joint counts 1..{largest} over {classes} classes and models with "
    "denominator {parts}, the balanced regret is at most sqrt(2 S R) + 2 R/p_min, R being GLA's (q = 0)",
    again=_average_again,
)
def gla_average_bound(*, classes: int, largest: int, parts: int) -> Finding:
    """In balls of 53 bits; worlds without balanced regret need no comparison."""
    worlds, worst = 0, 0.0
    for table, chosen in _worlds(classes, largest, parts):
        worlds += 1
        lost, surrogate, prior = _regrets(table, chosen, Fraction(0), False)
        if not lost:
            continue
        bound = (2 * _ball(sum(1 / p for p in prior)) * surrogate).sqrt() + 2 * surrogate / _ball(
            min(prior)
        )
        if not bound > _ball(lost):
            return Finding(
                False, {"worlds": worlds}, counterexample=f"counts {table}, models {chosen}"
            )
        worst = max(worst, float(lost) / float(bound.mid()))
    return Finding(True, {"worlds": worlds}, f"{worlds} worlds, largest ratio {worst:.3f}")


def _gca_again(finding: Finding, *, classes: int, largest: int, parts: int) -> str:
    """Once more in floating point."""

    def bound(regret: float, prior: NDArray[np.float64]) -> float:
        return (2 * prior.size * regret) ** 0.5

    worlds = worst = 0
    for table, chosen in _worlds(classes, largest, parts):
        worlds += 1
        worst = max(worst, _float_ratio(table, chosen, True, bound))
    return agree(finding, f"largest ratio {worst}" if worst > 1 else "", worlds=worlds)


@check(
    "enumerate",
    "For every world of two points with joint counts 1..{largest} over {classes} classes and models with "
    "denominator {parts}, the balanced regret is at most sqrt(2 K R), R being GCA's (q = 0)",
    again=_gca_again,
)
def gca_average_bound(*, classes: int, largest: int, parts: int) -> Finding:
    """In balls of 53 bits; worlds without balanced regret need no comparison."""
    worlds, worst = 0, 0.0
    for table, chosen in _worlds(classes, largest, parts):
        worlds += 1
        lost, surrogate, _ = _regrets(table, chosen, Fraction(0), True)
        if not lost:
            continue
        bound = (2 * classes * surrogate).sqrt()
        if not bound > _ball(lost):
            return Finding(
                False, {"worlds": worlds}, counterexample=f"counts {table}, models {chosen}"
            )
        worst = max(worst, float(lost) / float(bound.mid()))
    return Finding(True, {"worlds": worlds}, f"{worlds} worlds, largest ratio {worst:.3f}")


# --------------------------------------------------------------------------------- unequal margins


def _chain(roots: Sequence[int], slow: Sequence[int]) -> list[list[Fraction]]:
    """Row y: softmax(h/rho_y) at h = 2 log(root), rho_y in {1, 2}; all entries are rational."""
    rows = []
    for flag in slow:
        powers = [root if flag else root**2 for root in roots]
        rows.append([Fraction(power, sum(powers)) for power in powers])
    return rows


def _stationary(rows: list[list[Fraction]]) -> list[Fraction]:
    """The positive vector with v = v S, by cofactors of I - S (Markov chain tree theorem)."""
    size = len(rows)
    matrix = [[(i == j) - rows[i][j] for j in range(size)] for i in range(size)]
    return [
        _determinant(
            [[row[j] for j in range(size) if j != k] for i, row in enumerate(matrix) if i != k]
        )
        for k in range(size)
    ]


def _determinant(matrix: list[list[Fraction]]) -> Fraction:
    if not matrix:
        return Fraction(1)
    return sum(
        (
            (-1) ** j * entry * _determinant([row[:j] + row[j + 1 :] for row in matrix[1:]])
            for j, entry in enumerate(matrix[0])
        ),
        Fraction(0),
    )


def _order_again(finding: Finding, *, classes: int, largest: int) -> str:
    """The slope of the risk at those scores, in floating point, and the order of its weights."""
    cases = 0
    for roots in product(range(1, largest + 1), repeat=classes):
        for slow in product((0, 1), repeat=classes):
            cases += 1
            shares = np.array(_chain(roots, slow), float)
            weights, *_ = np.linalg.lstsq(
                np.vstack([shares.T - np.eye(classes), np.ones(classes)]),
                np.eye(classes + 1)[-1],
                None,
            )
            if np.abs(weights @ shares - weights).max() > 1e-9:
                return agree(finding, f"{roots}, {slow}: the slope does not vanish")
            gaps = np.subtract.outer(np.array(roots), np.array(roots))
            orders = np.subtract.outer(weights, weights)
            if ((gaps > 0) & (orders < 1e-9)).any() or np.abs(orders[gaps == 0]).max() > 1e-9:
                return agree(finding, f"{roots}, {slow}: another order")
    return agree(finding, "", cases=cases)


@check(
    "enumerate",
    "For {classes} classes, scores 2 log 1..2 log {largest} and margins 1 or 2, the weighted posteriors for "
    "which these scores are optimal are ordered, divided by the margin, as the scores",
    again=_order_again,
)
def margin_order(*, classes: int, largest: int) -> Finding:
    """a/rho is the stationary distribution of the chain of softmax rows; all in fractions."""
    cases = disagree = 0
    for roots in product(range(1, largest + 1), repeat=classes):
        for slow in product((0, 1), repeat=classes):
            cases += 1
            ratios = _stationary(_chain(roots, slow))
            pairs = combinations(range(classes), 2)
            if any((roots[i] > roots[j]) != (ratios[i] > ratios[j]) for i, j in pairs):
                where = f"scores 2 log {roots}, slow classes {slow}"
                return Finding(False, {"cases": cases}, counterexample=where)
            weights = [ratio * (1 + flag) for ratio, flag in zip(ratios, slow, strict=True)]
            disagree += roots.index(max(roots)) not in [
                k for k, a in enumerate(weights) if a == max(weights)
            ]
    detail = f"{cases} cases; in {disagree} the largest weight itself is another class's"
    return Finding(True, {"cases": cases}, detail)
