"""De-biased prototypes: ends of their ranges, variances, the least of all assignments that are allowed."""

from itertools import product

import numpy as np
import pytest
from counterpoise.methods.sampling import (
    Clusters,
    calibrated_features,
    calibration_strength,
    constrained_kmeans,
    debiased_centres,
)
from counterpoise.methods.sampling.prototypes import _assigned
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

SEEDS = st.integers(0, 2**31)


def drawn(seed, examples=40, classes=3, dimensions=4):
    """Features, classes each of which occurs, and clusters of nothing."""
    random = np.random.default_rng(seed)
    target = np.r_[np.arange(classes), random.integers(0, classes, examples - classes)]
    clusters = Clusters(random.integers(0, 5, examples), random.normal(size=(5, dimensions)))
    return random.normal(size=(examples, dimensions)), target, clusters


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_the_ends_of_alpha_are_the_features_and_the_centres(seed):
    features, target, clusters = drawn(seed)
    centres = debiased_centres(target, clusters)
    assert np.array_equal(calibrated_features(features, target, centres, 1.0), features)
    assert np.array_equal(calibrated_features(features, target, centres, 0.0), centres[target])


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.floats(0, 1))
def test_variances_within_a_class_shrink_by_the_square_of_alpha(seed, alpha):
    features, target, clusters = drawn(seed)
    shares = np.array([1.0, alpha, alpha / 2])
    centres = debiased_centres(target, clusters)
    found = calibrated_features(features, target, centres, shares)
    for label, share in enumerate(shares):
        before, after = (np.cov(x[target == label].T) for x in (features, found))
        if (target == label).sum() > 1:
            np.testing.assert_allclose(after, share**2 * before, atol=1e-12)


def test_the_alpha_of_the_released_code_is_the_other_share():
    """x' = (1 - a) x + a centre with a = .3 is ours at .7."""
    features, target, clusters = drawn(0)
    centres = debiased_centres(target, clusters)
    theirs = 0.7 * features + 0.3 * centres[target]
    np.testing.assert_allclose(calibrated_features(features, target, centres, 1 - 0.3), theirs)


def test_centres_of_one_cluster_and_of_a_cluster_an_example():
    features, target, _ = drawn(1)
    one = constrained_kmeans(features, n_clusters=1, min_size=1)
    np.testing.assert_allclose(
        debiased_centres(target, one), np.tile(features.mean(axis=0), (3, 1)), atol=1e-12
    )
    each = Clusters(np.arange(len(features)), features)
    means = [features[target == label].mean(axis=0) for label in range(3)]
    np.testing.assert_allclose(debiased_centres(target, each), means, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_a_centre_is_the_sum_over_clusters_of_the_paper(seed):
    _, target, clusters = drawn(seed)
    found = debiased_centres(target, clusters)
    for label in range(3):
        of_class = clusters.assignment[target == label]
        terms = [(of_class == k).sum() / len(of_class) * clusters.centres[k] for k in range(5)]
        np.testing.assert_allclose(found[label], sum(terms), atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 2))
def test_no_allowed_assignment_costs_less(seed, least):
    squares = np.random.default_rng(seed).uniform(size=(6, 3))
    squares[:, 0] /= 4  # so that the nearest are often not allowed
    allowed = [
        way for way in product(range(3), repeat=6) if np.bincount(way, minlength=3).min() >= least
    ]
    best = min(squares[np.arange(6), list(way)].sum() for way in allowed)
    found = _assigned(squares, least)
    assert np.bincount(found, minlength=3).min() >= least
    assert squares[np.arange(6), found].sum() == pytest.approx(best)


def test_clusters_have_their_least_size_and_centres_are_their_means():
    random = np.random.default_rng(0)
    features = np.r_[random.normal(size=(60, 3)), random.normal(size=(3, 3)) + 50]
    found = constrained_kmeans(features, n_clusters=4, min_size=10)
    assert np.bincount(found.assignment).min() >= 10
    for label, centre in enumerate(found.centres):
        np.testing.assert_allclose(centre, features[found.assignment == label].mean(axis=0))
    again = constrained_kmeans(features, n_clusters=4, min_size=10)
    assert np.array_equal(found.assignment, again.assignment)


def test_where_sizes_allow_it_the_clusters_are_those_of_scikit_learn():
    from sklearn.cluster import KMeans

    features = drawn(2, examples=200)[0]
    found = constrained_kmeans(features, n_clusters=3, min_size=2, seed=5)
    theirs = KMeans(3, n_init=1, random_state=5).fit(features)
    assert np.array_equal(found.assignment, theirs.labels_)
    np.testing.assert_array_equal(found.centres, theirs.cluster_centers_)


def test_the_rarer_a_class_the_less_it_keeps():
    kept = calibration_strength([1000, 500, 100, 50, 10])
    np.testing.assert_allclose(kept, [1, 1, 1, 0.5, 0.1])
    assert (np.diff(calibration_strength([1000, 500, 100, 50, 10], threshold=2.0)) <= 0).all()


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="4 clusters of 2 need 8"):
        constrained_kmeans(np.zeros((7, 2)), n_clusters=4, min_size=2)
    clusters = Clusters(np.array([0, 1]), np.eye(2))
    with pytest.raises(InputError, match="no example of class 1"):
        debiased_centres([0, 2], clusters)
    with pytest.raises(InputError, match="target has 3 labels"):
        debiased_centres([0, 1, 1], clusters)
    with pytest.raises(InputError, match="alpha has shape"):
        calibrated_features(np.eye(2), [0, 1], np.eye(2), [0.5, 0.5, 0.5])
    with pytest.raises(InputError, match="must be of 2 classes or more, in 2 dimensions"):
        calibrated_features(np.eye(2), [0, 1], np.eye(2)[:1], 0.5)
