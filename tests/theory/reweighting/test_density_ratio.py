"""Moment matching and uLSIF against direct solves and against fits without a pair."""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.reweighting import (
    class_density_ratio,
    expected_mean_ratio,
    ulsif_leave_one_out,
)
from hypothesis import given
from hypothesis import strategies as st


def _brute_force_score(training, target, ridge):
    n, scores = len(training), []
    for i in range(n):
        rest, other = np.delete(training, i, axis=0), np.delete(target, i, axis=0)
        gram = rest.T @ rest / (n - 1) + ridge * np.eye(training.shape[1])
        theta = np.linalg.solve(gram, other.mean(axis=0))
        scores.append((training[i] @ theta) ** 2 / 2 - target[i] @ theta)
    return np.mean(scores)


@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 6), st.floats(0.01, 10.0))
def test_leave_one_out_is_the_fit_without_the_pair(seed, n, t, ridge):
    rng = np.random.default_rng(seed)
    training, target = rng.standard_normal((n, t)), rng.standard_normal((n, t))
    expected = _brute_force_score(training, target, ridge)
    assert ulsif_leave_one_out(training, target, ridge) == pytest.approx(
        expected, rel=1e-9, abs=1e-12
    )


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(6, 12))
def test_a_tiny_ridge_is_the_minimum_norm_solution_of_the_paper(seed, b, dimension):
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((b, dimension))
    prototype = rng.standard_normal(dimension)
    paper = b * np.linalg.pinv(features.T) @ prototype
    assert class_density_ratio(features, prototype, 1e-10) == pytest.approx(
        paper, rel=1e-4, abs=1e-4
    )


def test_the_mean_ratio_without_anything_to_correct():
    # measured 0.505, 0.893 and 0.985 at b = 1, 8, 120 with 64 dimensions and tau^2 = 1
    assert expected_mean_ratio([1, 8, 120], 1.0, 64) == pytest.approx([1 / 2, 8 / 9, 64 / 65])
    assert expected_mean_ratio(4, 0.0, 64) == 1.0


def test_bad_input_is_named():
    with pytest.raises(InputError, match="training has shape"):
        ulsif_leave_one_out(np.ones((3, 2)), np.ones((2, 2)), 0.1)
    with pytest.raises(InputError, match="ridge"):
        ulsif_leave_one_out(np.ones((3, 2)), np.ones((3, 2)), 0.0)
