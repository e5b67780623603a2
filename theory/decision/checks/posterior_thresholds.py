"""Checks on thresholds of the posterior: every classifier of small populations, tried in fractions."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, product

import numpy as np

from ...proof.computation import Finding, check
from ...proof.exact.worlds import agree
from ..posterior_thresholds import LinearFractional, optimal_metric


def _metrics(prior: Fraction) -> dict[str, tuple[Fraction, ...]]:
    """a0, a1, a2, b0, b1, b2 of four metrics; true positives and predicted positives are their data."""
    zero, one = Fraction(0), Fraction(1)
    accuracy = (1 - prior, Fraction(2), -one, one, zero, zero)
    return {
        "F1": (zero, Fraction(2), zero, prior, zero, one),
        "F2": (zero, Fraction(5), zero, 4 * prior, zero, one),
        "Jaccard": (zero, one, zero, prior, -one, one),
        "accuracy": accuracy,
    }


def _best_classifier(
    metric: tuple[Fraction, ...], eta: Sequence[Fraction]
) -> tuple[Fraction, set[tuple[bool, ...]]]:
    """By trying all: the best value over points of equal mass, and the classifiers that attain it."""
    a0, a1, a2, b0, b1, b2 = metric
    values: dict[tuple[bool, ...], Fraction] = {}
    for chosen in product((False, True), repeat=len(eta)):
        hits = sum((h for h, c in zip(eta, chosen, strict=True) if c), Fraction(0)) / len(eta)
        size = Fraction(sum(chosen), len(eta))
        values[chosen] = (a0 + a1 * hits + a2 * size) / (b0 + b1 * hits + b2 * size)
    best = max(values.values())
    return best, {chosen for chosen, value in values.items() if value == best}


def _metric_again(finding: Finding, *, points: int, denominator: int) -> str:
    """The threshold, found by Dinkelbach's iteration in floating point, against all classifiers."""
    populations = 0
    for counts in _populations(points, denominator):
        populations += 1
        eta = [Fraction(c, denominator) for c in counts]
        for name, metric in _metrics(sum(eta, Fraction(0)) / points).items():
            measure = LinearFractional(*map(float, metric))
            best, _ = optimal_metric(measure, np.array(eta, float), np.full(points, 1 / points))
            if abs(best - float(_best_classifier(metric, eta)[0])) > 1e-12:
                return agree(finding, f"posteriors {counts}, {name}: {best}")
    return agree(finding, "", populations=populations)


def _populations(points: int, denominator: int) -> Iterator[tuple[int, ...]]:
    return (
        counts
        for counts in combinations_with_replacement(range(denominator + 1), points)
        if 0 < sum(counts) < points * denominator
    )


@check(
    "enumerate",
    "For every population of {points} equally likely points with posteriors of denominator {denominator} and "
    "F1, F2, Jaccard and accuracy, the threshold (L b2 - a2)/(a1 - L b1) attains the best value L of all "
    "classifiers",
    again=_metric_again,
)
def linear_fractional(*, points: int, denominator: int) -> Finding:
    """All classifiers of every population, in fractions."""
    populations = 0
    for counts in _populations(points, denominator):
        populations += 1
        eta = [Fraction(c, denominator) for c in counts]
        for name, metric in _metrics(sum(eta, Fraction(0)) / points).items():
            best, attained = _best_classifier(metric, eta)
            _, a1, a2, _, b1, b2 = metric
            threshold = (best * b2 - a2) / (a1 - best * b1)
            if tuple(h > threshold for h in eta) not in attained:
                where = f"posteriors {counts}/{denominator}, {name}: threshold {threshold}"
                return Finding(False, {"populations": populations}, counterexample=where)
    return Finding(True, {"populations": populations}, f"{populations} populations, four metrics")
