"""Exhaustive checks of consistency: tilted rules, settings of exponents, wrong priors, cost matrices.

All in integers and fractions, so that ties are ties.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np

from ..proof.computation import Finding, check

# --------------------------------------------------------------------------- weights and offsets


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Tuples of positive integers of the given sum."""
    if parts == 1:
        yield (total,)
        return
    for first in range(1, total - parts + 2):
        yield from ((first, *rest) for rest in _compositions(total - first, parts - 1))


def _argmaxes(values: Sequence[Any]) -> set[int]:
    largest = max(values)
    return {i for i, value in enumerate(values) if value == largest}


def _grid_disagreement(tilt: Sequence[int], resolution: int) -> tuple[int, ...] | None:
    """Scores on the grid whose tilted argmax is no balanced Bayes prediction."""
    for score in _compositions(resolution, len(tilt)):
        tilted = _argmaxes([w * r for w, r in zip(tilt, score, strict=True)])
        if not tilted <= _argmaxes(score):
            return score
    return None


def _witness(tilt: Sequence[int]) -> list[int]:
    """Squares of the scores that a rule with these tilts gets wrong, times 4."""
    low, high = tilt.index(min(tilt)), tilt.index(max(tilt))
    squares = [tilt[low]] * len(tilt)
    squares[low], squares[high] = 4 * tilt[high], 4 * tilt[low]
    return squares


def _is_wrong(tilt: Sequence[int], squares: Sequence[int]) -> bool:
    """Whether argmax w r and argmax r are disjoint, decided on squares: no roots are needed."""
    tilted = _argmaxes([w * w * square for w, square in zip(tilt, squares, strict=True)])
    return not tilted & _argmaxes(squares)


def _tilted_rules_again(finding: Finding, *, classes: int, levels: int, resolution: int) -> str:
    """Another witness: a ratio of scores halfway between 1 and the ratio of the tilts."""
    wrong = 0
    for tilt in product(range(1, levels + 1), repeat=classes):
        ratio = Fraction(max(tilt), min(tilt))
        if ratio == 1:
            continue
        middle = (1 + ratio) / 2
        low, high = tilt.index(min(tilt)), tilt.index(max(tilt))
        score = [Fraction(1, 2)] * classes
        score[low], score[high] = middle, Fraction(1)
        tilted = [w * r for w, r in zip(tilt, score, strict=True)]
        wrong += not _argmaxes(tilted) & _argmaxes(score)
    if wrong != finding.evidence.get("wrong") or not finding.holds:
        return f"{wrong} tilts have a misclassified point, not {finding.evidence.get('wrong')}"
    return ""


@check(
    "enumerate",
    """For every tilt w in {{1..{levels}}}^{classes}, not all equal, the balanced scores sqrt(w_max),
    sqrt(w_min), sqrt(w_min)/2 are misclassified by argmax w r; equal tilts misclassify no score on the
    grid of {resolution}ths""",
    again=_tilted_rules_again,
    latex=r"\operatorname{argmax}_y w_y r_y = \operatorname{argmax}_y r_y \;\forall r"
    r"\iff w_1 = \dots = w_K",
)
def tilted_rules(*, classes: int, levels: int, resolution: int) -> Finding:
    """The formula's witness for unequal tilts, a grid for equal ones."""
    wrong = 0
    for tilt in product(range(1, levels + 1), repeat=classes):
        if len(set(tilt)) > 1:
            if not _is_wrong(tilt, _witness(tilt)):
                return Finding(
                    False, {}, counterexample=f"w = {tilt}: the witness is classified well"
                )
            wrong += 1
        elif score := _grid_disagreement(tilt, resolution):
            return Finding(False, {}, counterexample=f"w = {tilt}: r = {score} is misclassified")
    return Finding(True, {"wrong": wrong}, f"{wrong} unequal tilts, {levels} equal ones")


def _settings_again(finding: Finding, *, settings: list[list[int]], expected: int) -> str:
    """Prior (9/10, 1/10): a setting is wrong iff some posterior on a fine grid is misclassified.

    The score of class y is eta_y / pi_y^s, s in hundredths: its 100th power is rational.
    """
    good = 0
    for nu, tau in settings:
        exponent = nu + tau
        wrong = any(
            (h**100 > (1000 - h) ** 100 * 9**exponent) != (h > 900)
            for h in range(880, 921)
            if h != 900
        )
        good += not wrong
    return "" if (good == expected) == finding.holds else f"{good} settings classify the grid well"


@check(
    "enumerate",
    "Of the settings (nu, tau), in hundredths, {settings}, exactly {expected} have nu + tau = 1",
    again=_settings_again,
)
def exponent_settings(*, settings: list[list[int]], expected: int) -> Finding:
    """Sums of the pairs, in hundredths."""
    sums = [nu + tau for nu, tau in settings]
    good = sum(total == 100 for total in sums)
    return Finding(
        good == expected,
        {"sums": sums},
        f"{good} of {len(sums)}",
        counterexample=f"{good} of {len(sums)} have sum 1: {[s / 100 for s in sums]}",
    )


# ------------------------------------------------------------------------------- wrong priors


def _worlds(classes: int, points: int, grid: int) -> Iterator[list[tuple[int, ...]]]:
    """Joint masses P(X, Y) in 1/total: whole numbers below ``grid``, all classes and points present."""
    for flat in product(range(grid), repeat=classes * points):
        rows = [flat[i * classes : (i + 1) * classes] for i in range(points)]
        if all(map(any, rows)) and all(map(any, zip(*rows, strict=True))):
            yield rows


def _used_priors(classes: int, levels: int) -> list[tuple[int, ...]]:
    """Vectors b of whole numbers up to ``levels``, up to a common factor."""
    every = product(range(1, levels + 1), repeat=classes)
    return list({tuple(Fraction(b, own[0]) for b in own): own for own in every}.values())


def _accuracies(rows: Sequence[Sequence[int]], used: Sequence[int]) -> tuple[Fraction, Fraction]:
    """K times the balanced accuracy of Bayes and, ties broken the worst way, of argmax P(x, y)/b_y."""
    counts = [sum(column) for column in zip(*rows, strict=True)]
    best = rule = Fraction(0)
    for row in rows:
        recall = [Fraction(mass, n) for mass, n in zip(row, counts, strict=True)]
        tied = _argmaxes([Fraction(mass, b) for mass, b in zip(row, used, strict=True)])
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


# ------------------------------------------------------------------------------- cost matrices


def _three_class_costs(highest: int) -> Iterator[tuple[int, ...]]:
    """Off-diagonal entries (12, 13, 21, 23, 31, 32), every row with some cost."""
    for costs in product(range(highest + 1), repeat=6):
        if all(costs[2 * k] + costs[2 * k + 1] for k in range(3)):
            yield costs


def _matrix(costs: Sequence[int]) -> list[list[int]]:
    a, b, c, d, e, f = costs
    return [[0, a, b], [c, 0, d], [e, f, 0]]


def _moving_is_wrong(matrix: Sequence[Sequence[int]], p: Sequence[Fraction]) -> bool:
    """Whether every class of largest moving score is dearer than another."""
    costs = [sum(p[k] * matrix[k][j] for k in range(3)) for j in range(3)]
    scores = [p[k] * sum(matrix[k]) for k in range(3)]
    cheapest = {j for j in range(3) if costs[j] == min(costs)}
    return not _argmaxes(scores) & cheapest


def _moving_witness(matrix: Sequence[Sequence[int]]) -> list[Fraction] | None:
    """Unnormalised posterior at which moving errs, from unequal shares of the rows; None if even."""
    rows = [sum(row) for row in matrix]
    share = [[Fraction(x, total) for x in row] for row, total in zip(matrix, rows, strict=True)]
    for a, b in permutations(range(3), 2):
        if share[b][a] > share[a][b]:
            low = (1 + share[a][b] / share[b][a]) / 2
            return _posterior({a: Fraction(1), b: low}, rows)
    for a, b, c in permutations(range(3)):
        if share[a][c] > share[b][c]:
            low = (1 + share[a][b] / (share[a][b] + share[a][c] - share[b][c])) / 2
            return _posterior({a: Fraction(1), b: low, c: low}, rows)
    return None


def _posterior(scores: dict[int, Fraction], rows: Sequence[int]) -> list[Fraction]:
    return [scores.get(k, Fraction(0)) / rows[k] for k in range(3)]


def _cost_matrices_again(finding: Finding, *, highest: int, resolution: int) -> str:
    """Posteriors on a grid, in integers, for all matrices: an error is seen iff a row is uneven."""
    total = 2 * resolution
    grid = np.array([(i, j, total - i - j) for i in range(total + 1) for j in range(total + 1 - i)])
    for costs in _three_class_costs(highest):
        matrix = np.array(_matrix(costs))
        expected = grid @ matrix
        scores = grid * matrix.sum(axis=1)
        best = scores == scores.max(axis=1, keepdims=True)
        cheap = expected == expected.min(axis=1, keepdims=True)
        wrong = bool((~(best & cheap).any(axis=1)).any())
        if wrong != any(costs[2 * k] != costs[2 * k + 1] for k in range(3)):
            return f"costs {costs}: {'an' if wrong else 'no'} error on the grid"
    return "" if finding.holds else "the grid agrees with the claim"


@check(
    "enumerate",
    """For every 3 x 3 cost matrix with zero diagonal, entries in 0..{highest} and no zero row: some
    posterior is misclassified by threshold moving iff some row's two costs differ (for equal ones, all
    posteriors in {resolution}ths are classified well)""",
    again=_cost_matrices_again,
)
def cost_matrices(*, highest: int, resolution: int) -> Finding:
    """The constructed posterior for uneven rows, a grid for even ones."""
    uneven = even = 0
    grid = [
        [Fraction(i), Fraction(j), Fraction(resolution - i - j)]
        for i in range(resolution + 1)
        for j in range(resolution + 1 - i)
    ]
    for costs in _three_class_costs(highest):
        matrix = _matrix(costs)
        point = _moving_witness(matrix)
        if (point is None) != all(costs[2 * k] == costs[2 * k + 1] for k in range(3)):
            return Finding(False, {}, counterexample=f"costs {costs}: shares and rows disagree")
        if point is not None and not _moving_is_wrong(matrix, point):
            return Finding(False, {}, counterexample=f"costs {costs}: {point} is classified well")
        if point is None and any(_moving_is_wrong(matrix, p) for p in grid):
            return Finding(False, {}, counterexample=f"costs {costs}: moving errs on the grid")
        uneven, even = uneven + (point is not None), even + (point is None)
    return Finding(True, {"uneven": uneven, "even": even}, f"{uneven} uneven matrices, {even} even")
