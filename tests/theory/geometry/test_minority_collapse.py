"""Thresholds, margins and metrics of ridge-regularised free features."""

from fractions import Fraction

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.geometry import (
    collapse_imbalance,
    collapse_ridge,
    cross_polytope_cost,
    gram_distance,
    mse_scale,
    relu_margins,
    ridge_margin,
    seli_grams,
    within_class_variability,
    zero_logits_ridge,
)
from counterpoise.theory.geometry.checks.minority_collapse import World, solve
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from scipy.optimize import minimize

positive = st.floats(1e-6, 1e12)


def _logits(world):
    """Class logits of the ridge solution, shape (K, K), from the four gaps."""
    inside1, between1, inside2, between2 = map(float, solve(world, False))
    size = world.classes
    logits = np.zeros((size, size))
    group = np.repeat([0, 1], [world.first, world.second])
    for y in range(size):
        group_size = (world.first, world.second)[group[y]]
        inside, between = ((inside1, between1), (inside2, between2))[group[y]]
        logits[:, y] = np.where(group == group[y], 0.0, inside / group_size - between)
        logits[y, y] = inside
    return logits - logits.mean(axis=0)


@given(size=positive, ridge=st.floats(1e-12, 1e12), classes=st.integers(2, 1000))
def test_the_margin_has_twelve_digits(size, ridge, classes):
    with mp.workdps(50):
        value = mp.mpf(size)
        inside = classes * value / mp.mpf(ridge) - classes + 1
        expected = float(mp.log(inside)) if ridge < size else 0.0
    assert ridge_margin(ridge, size, classes) == pytest.approx(expected, rel=1e-12, abs=1e-300)


@given(counts=st.lists(st.integers(1, 10**9), min_size=2, max_size=5), ridge=st.floats(1e-12, 1))
def test_relu_and_squared_loss_have_twelve_digits(counts, ridge):
    with mp.workdps(50):
        n, k = mp.mpf(sum(counts)), len(counts)
        inside = [mp.sqrt(c * k * (k - 1)) / (n * mp.mpf(ridge)) - k + 1 for c in counts]
        margins = [float(mp.log(max(v, 1))) for v in inside]
        scales = [float(max(1 - n * mp.mpf(ridge) / mp.sqrt(c), 0)) for c in counts]
    # Next to a threshold the difference of two rounded numbers is the result.
    np.testing.assert_allclose(relu_margins(counts, ridge), margins, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(mse_scale(counts, ridge), scales, rtol=1e-12, atol=1e-15)


def test_published_collapse_thresholds():
    assert collapse_ridge(100, 5 * 500 + 5 * 100) == pytest.approx(0.00333, abs=5e-6)
    assert collapse_ridge(100, 3 * 500 + 7 * 100) == pytest.approx(0.00455, abs=5e-6)
    assert 100 * collapse_imbalance(0.005, 100, 5, 5) == pytest.approx(300)
    assert 100 * collapse_imbalance(0.005, 100, 3, 7) == pytest.approx(433, abs=0.5)
    assert collapse_ridge(9) == 3.0


def test_zero_logits_start_at_root_ninety():
    assert 9.4 < zero_logits_ridge([90, 90, 9, 9]) < 9.5
    assert zero_logits_ridge([12, 4]) == pytest.approx(np.sqrt(8), rel=1e-14)


@pytest.mark.parametrize(
    ("exponent", "distance"),
    [(1, 0.143), (2, 0.0993), (3, 0.0766), (4, 0.0624), (6, 0.0455), (8, 0.0358)],
)
def test_known_distances_to_seli(exponent, distance):
    world = World(2, 2, 10, 1, Fraction(1, 10**exponent))
    roots = np.sqrt(np.array([10, 10, 1, 1.0]))
    reference = (np.eye(4) - 0.25) * roots
    assert gram_distance(_logits(world) * roots, reference) == pytest.approx(distance, rel=2e-3)


def test_probabilities_at_a_small_ridge_are_those_of_the_embeddings():
    logits = _logits(World(2, 2, 10, 1, Fraction(1, 10**6)))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=0)
    ratios = probabilities / (1e-6 * np.abs(seli_grams([10, 10, 1, 1]).embeddings))
    off = ratios[~np.eye(4, dtype=bool)]
    assert off.min() > 0.89
    assert off.max() < 1.11


def test_gradient_descent_on_features_finds_the_enclosed_solution():
    world = World(2, 2, 20, 4, Fraction(1, 2))
    labels = np.repeat(np.arange(4), [20, 20, 4, 4])
    rng = np.random.default_rng(0)

    def cost(flat):
        w, h = flat[:16].reshape(4, 4), flat[16:].reshape(4, 48)
        z = w.T @ h
        z = z - z.max(axis=0)
        p = np.exp(z) / np.exp(z).sum(axis=0)
        loss = -np.log(p[labels, np.arange(48)]).sum() + 0.25 * (flat @ flat)
        residual = p.copy()
        residual[labels, np.arange(48)] -= 1
        grad = np.concatenate([(h @ residual.T).ravel(), (w @ residual).ravel()])
        return loss, grad + 0.5 * flat

    found = minimize(cost, rng.normal(size=16 + 192), jac=True, method="L-BFGS-B",
                     options={"maxiter": 5000, "ftol": 1e-14, "gtol": 1e-9}).x  # fmt: skip
    z = found[:16].reshape(4, 4).T @ found[16:].reshape(4, 48)
    means = np.stack([z[:, labels == y].mean(axis=1) for y in range(4)], axis=1)
    np.testing.assert_allclose(means - means.mean(axis=0), _logits(world), atol=1e-4)


def test_metrics():
    gram = seli_grams([100, 10, 1]).classifiers
    assert gram_distance(gram, 7 * gram) == pytest.approx(0, abs=1e-15)
    assert gram_distance(gram, np.eye(3)) > 0.3
    with pytest.raises(InputError, match="zero"):
        gram_distance(np.zeros((2, 2)), np.eye(2))
    labels = np.repeat([0, 1, 2], 50)
    means = 3 * np.eye(3, 4)
    collapsed = means[labels]
    assert within_class_variability(collapsed, labels) == pytest.approx(0, abs=1e-15)
    spread = collapsed + 0.1 * np.random.default_rng(0).normal(size=collapsed.shape)
    assert within_class_variability(spread, labels) == pytest.approx(
        within_class_variability(5 * spread, labels), rel=1e-12
    )
    with pytest.raises(InputError, match="two classes"):
        within_class_variability(spread, np.zeros(150))


def test_depth_prefers_low_rank_from_three_layers_at_four_classes_and_two_at_six():
    cheaper = {
        (classes, layers): cross_polytope_cost(classes, layers)
        for classes in range(3, 12)
        for layers in range(1, 6)
    }
    for (classes, layers), cost in cheaper.items():
        expected = (classes >= 4 and layers >= 3) or (classes >= 6 and layers == 2)
        assert (cost.cross_polytope < cost.simplex) == expected, (classes, layers)


def test_slips_are_named():
    with pytest.raises(InputError, match="ridge"):
        ridge_margin(0.0, 1.0, 3)
    with pytest.raises(InputError, match="minority_classes"):
        collapse_imbalance(0.1, 10, 2, 1)
    with pytest.raises(InputError, match="two classes"):
        relu_margins([3], 0.1)
