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


def test_units_change_nothing():
    features, target = drawn(np.random.default_rng(2), [60, 30, 15], MEANS)
    before = estimate_separation(features, target)
    for units in ([1e8, 1, 1, 1e-8], [1e200, 1e-200, 1, 1]):
        after = estimate_separation(features * units, target)
        assert after.left_out == ()
        for one, other in zip(before[:3], after[:3], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)


def test_columns_that_add_nothing_are_left_out_and_named():
    rng = np.random.default_rng(3)
    features, target = drawn(rng, [60, 30, 15], MEANS)
    colours = np.eye(3)[
        rng.integers(0, 3, len(target))
    ]  # one of three is a combination of the others
    plain = estimate_separation(np.hstack([features, colours[:, 1:]]), target)
    more = np.column_stack(
        [np.full(len(target), 0.1), features, colours, 3 * features[:, 2], 1e9 * target]
    )
    found = estimate_separation(more, target)
    assert found.num_features == plain.num_features == 6
    assert {0, 9} < set(found.left_out)
    assert len(found.left_out) == 4
    assert set(found.left_out) - {0, 9} < {3, 5, 6, 7, 8}
    for one, other in zip(found[:3], plain[:3], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)


def test_copies_of_columns_do_not_count_as_features_that_ask_for_examples():
    features, target = drawn(np.random.default_rng(4), [6, 5], MEANS[:2])
    copies = estimate_separation(np.hstack([features] * 20), target)
    np.testing.assert_allclose(copies.Delta, estimate_separation(features, target).Delta, rtol=1e-9)


@pytest.mark.parametrize(
    ("features", "target", "said"),
    [
        (np.ones((5, 2)), [0, 0, 1], "must be .N, d. and .N,."),
        (np.eye(6), [0, 0, 0, 1, 1, 1], "at least 10 examples"),
        (np.ones((9, 2)), [0] * 5 + [1] * 4, "none of the 2 columns varies"),
        (np.repeat([[0.1, 7], [0.3, 8]], [5, 4], axis=0), [0] * 5 + [1] * 4, "none of the 2 columns varies"),
        (np.zeros((2, 3)), [0, 1], "none of the 3 columns varies"),
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
