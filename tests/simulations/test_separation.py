"""Estimated distances of class means: coverage, invariance, bias, and what is refused."""

import numpy as np
import pytest
from counterpoise.simulations import estimate_separation
from counterpoise.theory.foundation.validation import InputError
from scipy.stats import binom


def drawn(rng, counts, means):
    target = np.repeat(np.arange(len(counts)), counts)
    return rng.normal(size=(len(target), means.shape[1])) + means[target], target


MEANS = np.array([[0, 0, 0, 0], [2, 0, 0, 0], [0, 0.5, 0, 0]], dtype=float)
APART = np.linalg.norm(MEANS[:, None] - MEANS, axis=-1)


def test_intervals_cover_and_the_square_is_unbiased():
    rng, draws = np.random.default_rng(0), 400
    counts = [200, 20, 12]
    found = [estimate_separation(*drawn(rng, counts, MEANS), confidence=0.9) for _ in range(draws)]
    for pair in ((0, 1), (0, 2), (1, 2)):
        inside = sum(s.low[pair] <= APART[pair] <= s.high[pair] for s in found)
        assert binom.cdf(inside, draws, 0.9) > 1e-4
        assert binom.sf(inside - 1, draws, 0.9) > 1e-4
    squares = np.array([s.Delta[0, 1] ** 2 for s in found])
    assert abs(squares.mean() - 4) < 4 * squares.std() / np.sqrt(draws)


def test_linear_maps_and_the_order_of_examples_change_nothing():
    rng = np.random.default_rng(1)
    features, target = drawn(rng, [60, 30, 15], MEANS)
    before = estimate_separation(features, target)
    order = rng.permutation(len(target))
    after = estimate_separation((features @ rng.normal(size=(4, 4)) + 7)[order], target[order])
    for one, other in zip(before[:3], after[:3], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)
    assert (before.low <= before.Delta).all()
    assert (before.Delta <= before.high).all()


def test_two_classes_of_one_feature_by_hand():
    features, target = np.array([0.0, 2, 4, 9, 11, 10]), np.array([0, 0, 0, 1, 1, 1])
    variance = (4 + 4 + 0 + 1 + 1 + 0) / 4
    squared = (10 - 2) ** 2 / variance * (4 - 2) / 4 - (1 / 3 + 1 / 3)
    found = estimate_separation(features[:, None], target)
    assert found.Delta[0, 1] == pytest.approx(np.sqrt(squared))
    assert found.class_counts.tolist() == [3, 3]
    assert found.num_features == 1


@pytest.mark.parametrize(
    ("features", "target", "said"),
    [
        (np.ones((5, 2)), [0, 0, 1], "must be .N, d. and .N,."),
        (np.eye(6), [0, 0, 0, 1, 1, 1], "at least 10 examples"),
        (np.ones((9, 2)), [0] * 5 + [1] * 4, "constant or a combination"),
        (np.random.default_rng(0).normal(size=(9, 2)) @ [[1, 2], [2, 4]], [0] * 5 + [1] * 4, "combination"),
        (np.zeros((9, 2)), [0] * 5 + [2] * 4, "two or more classes"),
        (np.zeros((9, 2)), [0.5] * 5 + [1] * 4, "two or more classes"),
        (np.zeros((9, 2)), [0] * 9, "two or more classes"),
        (np.full((9, 2), np.nan), [0] * 5 + [1] * 4, "features"),
    ],
)  # fmt: skip
def test_what_is_refused(features, target, said):
    with pytest.raises(InputError, match=said):
        estimate_separation(features, target)


def test_confidence_is_a_share():
    with pytest.raises(InputError, match="confidence"):
        estimate_separation(np.zeros((9, 2)), [0] * 5 + [1] * 4, confidence=95)
