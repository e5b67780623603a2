"""Exhaustive check of what a wrong prior costs: every small world, every prior used instead.

All in fractions, so that ties are ties; a second time in floats, all worlds at once.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from ...proof.computation import Finding, check
from ...proof.exact.worlds import argmaxes


def _worlds(classes: int, points: int, grid: int) -> Iterator[list[tuple[int, ...]]]:
    """Joint masses P(X, Y) in 1/total: whole numbers below ``grid``, all classes and points present."""
    for flat in product(range(grid), repeat=classes * points):
        rows = [flat[i * classes : (i + 1) * classes] for i in range(points)]
        if all(map(any, rows)) and all(map(any, zip(*rows, strict=True))):
            yield rows


def _used_priors(classes: int, levels: int) -> list[tuple[int, ...]]:
    """Vectors b of whole numbers up to ``levels``, up to a common factor."""
    every = product(range(1, levels + 1), repeat=classes)
    return list({tuple(Fraction(b, prior[0]) for b in prior): prior for prior in every}.values())


def _accuracies(rows: Sequence[Sequence[int]], used: Sequence[int]) -> tuple[Fraction, Fraction]:
    """K times the balanced accuracy of Bayes and, ties broken the worst way, of argmax P(x, y)/b_y."""
    counts = [sum(column) for column in zip(*rows, strict=True)]
    best = rule = Fraction(0)
    for row in rows:
        recall = [Fraction(mass, n) for mass, n in zip(row, counts, strict=True)]
        tied = argmaxes([Fraction(mass, b) for mass, b in zip(row, used, strict=True)])
        best += max(recall)
        rule += min(recall[y] for y in tied)
    return best, rule


def _wrong_prior_bound(
    rows: Sequence[Sequence[int]], used: Sequence[int], best: Fraction, bound: str
) -> Fraction:
    """K times the bound on the regret."""
    classes = len(used)
    mismatch = [
        Fraction(sum(column), b) for column, b in zip(zip(*rows, strict=True), used, strict=True)
    ]
    share = 1 - min(mismatch) / max(mismatch)
    mean = classes - sum(mismatch) / max(mismatch)
    return {
        "accuracy": best * share,
        "error": (classes - best) * share,
        "mean": mean,
        "half": mean / 2,
    }[bound]


def _wrong_prior_again(
    finding: Finding, *, classes: int, points: int, grid: int, levels: int, bound: str
) -> str:
    """In floats by numpy, from the joint masses of all worlds at once; ties by a margin."""
    worlds = np.array(list(_worlds(classes, points, grid)), dtype=float)
    prior = worlds.sum(axis=1)
    recall = worlds / prior[:, None, :]
    best = recall.max(axis=2).sum(axis=1)
    worst = -np.inf
    for used in _used_priors(classes, levels):
        score = worlds / np.array(used)
        tied = score >= score.max(axis=2, keepdims=True) * (1 - 1e-9)
        rule = np.where(tied, recall, np.inf).min(axis=2).sum(axis=1)
        mismatch = prior / np.array(used)
        share = 1 - mismatch.min(axis=1) / mismatch.max(axis=1)
        mean = classes - mismatch.sum(axis=1) / mismatch.max(axis=1)
        limit = {
            "accuracy": best * share,
            "error": (classes - best) * share,
            "mean": mean,
            "half": mean / 2,
        }[bound]
        worst = max(worst, float((best - rule - limit).max()))
    if (worst < 1e-9) != finding.holds:
        return f"the regret exceeds the bound by {worst / classes}"
    return ""


@check(
    "enumerate",
    """In every world of {points} points and {classes} classes with masses in 0..{grid}-1 (up to scale), for
    every b in {{1..{levels}}}^{classes} and ties broken the worst way, argmax P(y | x)/b_y loses at most
    the bound '{bound}' (accuracy: (1 - BER*)(1 - 1/rho); error: BER* (1 - 1/rho); mean:
    1 - mean(c)/max(c); half: half of that)""",
    again=_wrong_prior_again,
)
def wrong_prior_regret(*, classes: int, points: int, grid: int, levels: int, bound: str) -> Finding:
    """All worlds and all b, in fractions."""
    priors = _used_priors(classes, levels)
    cases, largest = 0, Fraction(0)
    for rows in _worlds(classes, points, grid):
        for used in priors:
            best, rule = _accuracies(rows, used)
            limit = _wrong_prior_bound(rows, used, best, bound)
            if best - rule > limit:
                text = f"masses {rows}, b = {used}: regret {(best - rule) / classes}"
                return Finding(False, {}, counterexample=f"{text} > {limit / classes}")
            if limit:
                largest = max(largest, (best - rule) / limit)
            cases += 1
    return Finding(
        True,
        {"cases": cases, "largest": str(largest)},
        f"{cases} cases, largest ratio {float(largest):.3f}",
    )
