"""Balanced regret and plug-in bounds against brute force on random finite worlds."""

import numpy as np
import pytest
from counterpoise.theory.decision import (
    MODULI,
    balanced_regret,
    balanced_scores,
    plug_in_regret_bound,
    prior_estimate_cost,
    transfer_bound,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given
from hypothesis import strategies as st


def _world(seed, points, classes):
    rng = np.random.default_rng(seed)
    mass = rng.dirichlet(np.ones(points))
    posterior = rng.dirichlet(np.full(classes, 0.7), size=points)
    return mass, posterior, mass @ posterior


def _balanced_error(mass, posterior, prior, rule):
    hits = [(mass * posterior[:, y])[rule == y].sum() / prior[y] for y in range(len(prior))]
    return 1 - np.mean(hits)


@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(2, 5))
def test_the_regret_identity_on_random_worlds(seed, points, classes):
    mass, posterior, prior = _world(seed, points, classes)
    rule = np.random.default_rng(seed + 1).integers(classes, size=points)
    best = balanced_scores(posterior, prior).argmax(axis=1)
    expected = _balanced_error(mass, posterior, prior, rule) - _balanced_error(
        mass, posterior, prior, best
    )
    assert balanced_regret(posterior, rule, prior, mass) == pytest.approx(expected, abs=1e-12)


@given(st.integers(0, 10_000), st.floats(0, 0.4), st.floats(-0.3, 0.3))
def test_no_plug_in_rule_loses_more_than_the_bound(seed, noise, shift):
    mass, posterior, prior = _world(seed, 6, 2)
    rng = np.random.default_rng(seed + 2)
    estimate = np.clip(posterior[:, 0] + noise * rng.standard_normal(6), 0, 1)
    rule = np.where(estimate > prior[0] + shift, 0, 1)
    bound = plug_in_regret_bound(mass @ np.abs(estimate - posterior[:, 0]), abs(shift), prior[0])
    assert balanced_regret(posterior, rule, prior, mass) <= bound + 1e-12


@given(st.integers(0, 10_000), st.sampled_from(sorted(MODULI)))
def test_no_rule_loses_more_than_its_surrogate_regret_allows(seed, loss):
    mass, posterior, prior = _world(seed, 5, 2)
    eta = np.clip(posterior[:, 0], 1e-9, 1 - 1e-9)
    v = np.random.default_rng(seed + 3).uniform(0.01, 0.99, size=5)

    def length(q):
        return np.hypot(q, 1 - q)

    regret = {
        "log": eta * np.log(eta / v) + (1 - eta) * np.log((1 - eta) / (1 - v)),
        "exponential": eta * np.sqrt((1 - v) / v)
        + (1 - eta) * np.sqrt(v / (1 - v))
        - 2 * np.sqrt(eta * (1 - eta)),
        "squared": (eta - v) ** 2,
        "margin_squared": 4 * (eta - v) ** 2,
        "spherical": length(eta) - (eta * v + (1 - eta) * (1 - v)) / length(v),
    }[loss]
    rule = np.where(v > prior[0], 0, 1)
    bound = transfer_bound(max(0.0, float(mass @ regret)), prior[0], loss)
    assert balanced_regret(posterior, rule, prior, mass) <= bound + 1e-9


def test_regression_numbers():
    # two halves, posteriors 3/10 and 1/10, prior 1/5, never positive: 21/32 - 1/2 = 5/32
    posterior = [[0.3, 0.7], [0.1, 0.9]]
    assert balanced_regret(posterior, [1, 1], [0.2, 0.8], [0.5, 0.5]) == pytest.approx(5 / 32)
    assert prior_estimate_cost(0.1, 1e12) == pytest.approx(0.5 / np.sqrt(9e10))


def test_bad_input_is_named():
    with pytest.raises(InputError, match="posterior has shape"):
        balanced_scores([[0.5, 0.5]], [0.2, 0.3, 0.5])
    with pytest.raises(InputError, match="loss"):
        transfer_bound(0.1, 0.5, "hinge")
    with pytest.raises(InputError, match="prior"):
        plug_in_regret_bound(0.1, 0.1, 0.0)
