"""Complexity class by class: by definition, the bounds against random losses, and the known witnesses."""

from itertools import product

import numpy as np
import pytest
from counterpoise.theory.concentration import (
    balanced_complexity,
    class_complexities,
    contraction_bounds,
    norm_ball_regularity,
    rademacher_complexity,
    regularity,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

settings.register_profile("contraction", deadline=None)
settings.load_profile("contraction")


@st.composite
def samples(draw, outputs=()):
    """Values of a small class of functions, labels with every class present, and constants."""
    K, n, m = draw(st.integers(1, 3)), draw(st.integers(3, 6)), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    target = rng.permutation(np.concatenate([np.arange(K), rng.integers(0, K, n - K)]))
    return rng.normal(size=(m, n, *outputs)), target, rng.exponential(size=K), rng


@settings(max_examples=40)
@given(samples())
def test_class_and_balanced_complexities_follow_their_definitions(sample):
    values, target, _, _ = sample
    counts = np.bincount(target)
    signs = np.array(list(product((1, -1), repeat=target.size)))
    weights = 1 / (counts.size * counts[target])
    expected = (signs @ (values * weights).T).max(axis=1).mean()
    assert balanced_complexity(values, target) == pytest.approx(expected, rel=1e-12)
    for y, complexity in enumerate(class_complexities(values, target)):
        part = signs @ (values * (target == y)).T
        assert complexity == pytest.approx(part.max(axis=1).mean() / counts[y], rel=1e-12)


def test_balanced_complexity_of_equal_classes_is_the_complexity():
    values = np.random.default_rng(0).normal(size=(3, 6))
    assert balanced_complexity(values, [0, 1, 2, 2, 1, 0]) == pytest.approx(
        rademacher_complexity(values), rel=1e-12
    )


def _worst_is_bounded(values, target, mu, loss):
    bounds = contraction_bounds(values, target, mu)
    complexity = rademacher_complexity(loss)
    assert complexity <= min(bounds) * (1 + 1e-12)
    assert bounds.partition <= min(bounds.always, bounds.data_dependent) * (1 + 1e-12)
    assert bounds.largest <= bounds.always * (1 + 1e-12)


@settings(max_examples=60)
@given(samples())
def test_every_bound_holds_for_random_piecewise_linear_losses(sample):
    values, target, mu, rng = sample
    kinks = rng.normal(size=target.size)
    slopes = mu[target] * rng.choice([-1.0, 1.0], size=target.size)
    _worst_is_bounded(values, target, mu, slopes * np.abs(values - kinks))


@settings(max_examples=40)
@given(samples(outputs=(2,)))
def test_every_bound_holds_for_losses_of_two_outputs(sample):
    values, target, mu, rng = sample
    centres = rng.normal(size=values.shape[1:])
    _worst_is_bounded(values, target, mu, mu[target] * np.linalg.norm(values - centres, axis=-1))


@settings(max_examples=60)
@given(samples())
def test_the_regularity_constant_lies_in_its_range(sample):
    values, target, _, _ = sample
    shares = np.bincount(target) / target.size
    kappa = regularity(values, target)
    assert 1 / np.sqrt(shares).sum() <= kappa * (1 + 1e-12)
    assert kappa <= (1 + 1e-12) / np.sqrt(shares.min())


def test_capacity_on_the_tail_breaks_the_unconditional_bound():
    values = np.array([[0, 0, 0, 1.0], [0, 0, 0, -1.0]])
    target = [0, 0, 0, 1]
    assert rademacher_complexity(values) == 0.25
    assert regularity(values, target) == pytest.approx(2.0)
    bounds = contraction_bounds(values, target, [0.0, 1.0])
    assert bounds.data_dependent / 2 == pytest.approx(1 / 8)  # with kappa = 1: below the truth, 1/4
    assert bounds.partition == pytest.approx(1 / 4)


def test_equal_points_in_two_balanced_classes():
    values = np.array([[1.0] * 4, [-1.0] * 4])  # the ball |w| <= 1 at x = 1
    target = [0, 0, 1, 1]
    assert rademacher_complexity(values) == pytest.approx(3 / 8)
    assert regularity(values, target) == pytest.approx(0.942809, abs=1e-6)
    assert contraction_bounds(values, target, [1.0, 0.0]).partition == pytest.approx(1 / 4)


@settings(max_examples=40)
@given(samples())
def test_the_norm_balls_constant_bounds_that_of_its_extreme_functions(sample):
    _, target, _, rng = sample
    feature = rng.normal(size=target.size)
    values = np.stack([feature, -feature])
    bound = norm_ball_regularity(np.abs(feature), target)
    assert regularity(values, target) <= bound * (1 + 1e-12)
    assert bound >= np.sqrt(2) * (1 - 1e-12)


def test_functions_that_do_not_differ_have_no_regularity_constant():
    assert np.isnan(regularity([[1.0, 2.0]], [0, 1]))
    assert contraction_bounds([[1.0, 2.0]], [0, 1], [1.0, 1.0]) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: class_complexities([[1.0, 2.0]], [0, 2]), "class 1"),
        (lambda: class_complexities([[1.0, 2.0]], [0]), "target"),
        (lambda: class_complexities([[1.0, 2.0]], [0, 0.5]), "target"),
        (lambda: class_complexities([1.0], [0]), "values"),
        (lambda: contraction_bounds([[1.0, 2.0]], [0, 1], [1.0]), "lipschitz"),
        (lambda: norm_ball_regularity([0.0, 0.0], [0, 1]), "zero"),
        (lambda: norm_ball_regularity([[1.0]], [0]), "target|norms"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
