"""Fixed offsets: the condition on cycles against a linear program, and scores of unequal scales."""

from itertools import permutations

import numpy as np
import pytest
from counterpoise.theory.margins import reachable
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog


def demands(scores, best):
    """L[j, l]: the gap that contexts with j on top demand over l."""
    gaps = np.full((scores.shape[1],) * 2, -np.inf)
    for s, j in zip(scores, best, strict=True):
        gaps[j] = np.maximum(gaps[j], s - s[j])
    return gaps


def largest_cycle(gaps):
    classes = range(len(gaps))
    return max(
        np.mean([gaps[a, b] for a, b in zip(cycle, (*cycle[1:], cycle[0]), strict=True)])
        for m in range(2, len(gaps) + 1)
        for cycle in permutations(classes, m)
    )


def program(scores, best):
    """The largest common lead of the wanted classes over all offsets."""
    classes = scores.shape[1]
    rows, limits = [], []
    for s, j in zip(scores, best, strict=True):
        for k in set(range(classes)) - {j}:
            row = np.zeros(classes + 1)
            row[j], row[k], row[-1] = -1, 1, 1
            rows.append(row)
            limits.append(s[j] - s[k])
    bounds = [(-1e3, 1e3)] * classes + [(None, 1e3)]
    return linprog(np.r_[np.zeros(classes), -1], A_ub=rows, b_ub=limits, bounds=bounds).x[-1]


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 4), st.integers(2, 5), st.integers(0, 10**6))
def test_offsets_exist_iff_no_cycle_demands_a_gap(classes, contexts, seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(contexts, classes))
    best = rng.integers(classes, size=contexts)
    assert (program(scores, best) > 0) == (largest_cycle(demands(scores, best)) < 0)


def test_a_cycle_defeats_offsets_while_pairs_are_compatible():
    scores, best = np.array([[0.0, 1, -5], [-5, 0, 1], [1, -5, 0]]), [0, 1, 2]
    gaps = demands(scores, best)
    assert np.all(gaps + gaps.T <= np.where(np.eye(3), 0, -4))
    assert program(scores, best) < 0
    assert set(reachable(-gaps, [1e-9] * 3).cycle) == {0, 1, 2}


@pytest.mark.parametrize(
    ("scale", "holds"), [((1, 1, 1), True), ((3, 3, 3), True), ((1, 0.5, 0.5), False)]
)
def test_only_equal_multipliers_can_be_repaired(scale, holds):
    prior = np.array([0.5, 0.25, 0.25])
    level, lead = np.meshgrid(np.linspace(1.05, 1.3, 6), [0.99, 1.01])
    first, second = (level * lead).ravel() / 2, level.ravel() / 4
    posterior = np.stack([first, second, 1 - first - second], axis=1)
    assert np.all(posterior > 0)
    scores = np.log(posterior) / np.array(scale)
    assert (program(scores, (posterior / prior).argmax(axis=1)) > 0) == holds
