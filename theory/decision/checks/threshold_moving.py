"""Exhaustive check of threshold moving: every small cost matrix, a posterior for every uneven one.

All in integers and fractions, so that ties are ties.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations, product

import numpy as np

from ...proof.computation import Finding, check
from ...proof.exact.worlds import argmaxes


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
    return not argmaxes(scores) & cheapest


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
