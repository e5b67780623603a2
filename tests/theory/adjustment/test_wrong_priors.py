"""Wrong priors, estimated priors and cost matrices: bounds to 50 digits and on random worlds."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.adjustment import (
    prior_mismatch,
    prior_mismatch_bound,
    regret_bound_wrong_exponent,
    regret_bound_wrong_prior,
    sharp_regret_bound_wrong_prior,
)
from counterpoise.theory.decision import (
    balanced_regret,
    balanced_scores,
    cost_sensitive_prediction,
    expected_costs,
    moving_scores,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

mp = mpmath.MPContext()
mp.dps = 50
a_few = settings(deadline=None, max_examples=80)

COUNTS = st.integers(1, 10**12)


@a_few
@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=2, max_size=6), st.floats(0, 1))
def test_bounds_for_wrong_priors_to_50_digits(entries, error):
    prior, used = (np.array(side, dtype=float) for side in zip(*entries, strict=True))
    ratio = [mp.mpf(p) / mp.mpf(b) for p, b in zip(prior, used, strict=True)]
    rho = max(ratio) / min(ratio)
    assert mp.almosteq(mp.mpf(float(prior_mismatch(prior, used))), rho, 1e-12)
    bound = mp.mpf(float(regret_bound_wrong_prior(prior, used, error)))
    assert abs(bound - (1 - mp.mpf(error)) * (1 - 1 / rho)) <= 1e-14
    sharp = mp.mpf(float(sharp_regret_bound_wrong_prior(prior, used)))
    assert abs(sharp - (1 - mp.fsum(ratio) / len(ratio) / max(ratio))) <= 1e-14


@a_few
@given(st.floats(0, 12).map(lambda x: 10**x), st.floats(-1, 3), st.floats(0, 1))
def test_the_bound_for_a_wrong_exponent_to_50_digits(factor, exponent, error):
    value = mp.mpf(float(regret_bound_wrong_exponent(factor, exponent, error)))
    gap = abs(1 - mp.mpf(exponent))
    exact = (1 - mp.mpf(error)) * (1 - mp.mpf(factor) ** -gap)
    assert mp.almosteq(value, exact, 1e-12, 1e-15)


def test_published_imbalance_and_exponents():
    values = regret_bound_wrong_exponent(100, [1.15, 1.1, 1.05, 0, 1])
    np.testing.assert_allclose(values, [0.4988, 0.3690, 0.2057, 0.99, 0], atol=6e-5)


def test_regrets_of_random_worlds_stay_below_both_bounds():
    rng = np.random.default_rng(0)
    for _ in range(300):
        classes, points = rng.integers(2, 6), rng.integers(2, 6)
        joint = rng.dirichlet(np.full(classes * points, 0.4)).reshape(points, classes) + 1e-9
        joint /= joint.sum()
        mass, prior = joint.sum(axis=1), joint.sum(axis=0)
        posterior = np.minimum(joint / mass[:, None], 1)
        used = prior * rng.uniform(0.2, 3, classes)
        regret = balanced_regret(posterior, (posterior / used).argmax(axis=1), prior, mass)
        scores = balanced_scores(posterior, prior)
        bayes_error = 1 - float(mass @ scores.max(axis=1)) / classes
        assert regret <= regret_bound_wrong_prior(prior, used, max(bayes_error, 0.0)) + 1e-12
        assert regret <= sharp_regret_bound_wrong_prior(prior, used) + 1e-12


@pytest.mark.parametrize("mismatch", [[1.0, 0.25], [1.0, 0.5, 0.3, 0.1], [1.0, 0.5, 0.5]])
def test_the_sharp_bound_is_attained(mismatch):
    k = np.array(mismatch)
    prior = np.arange(1.0, k.size + 1)
    prior /= prior.sum()
    masses, posteriors = [], []
    for y in range(1, k.size):
        mass = prior[y] + prior[0] * k[y]
        posterior = np.zeros(k.size)
        posterior[[0, y]] = prior[0] * k[y] / mass, prior[y] / mass
        masses.append(mass)
        posteriors.append(posterior)
    masses.append(prior[0] * (1 - k[1:].sum()))
    posteriors.append(np.eye(k.size)[0])
    assert sum(masses) == pytest.approx(1)
    always_the_first = np.zeros(len(masses), dtype=int)  # argmax eta/b with b = pi/k, ties to 0
    regret = balanced_regret(posteriors, always_the_first, prior, np.maximum(masses, 0))
    assert regret == pytest.approx(float(sharp_regret_bound_wrong_prior(prior, prior / k)))


def test_estimated_priors_stay_within_the_bound():
    rng = np.random.default_rng(1)
    prior, examples, failure = np.array([0.6, 0.3, 0.1]), 3000, 0.1
    bound = prior_mismatch_bound(examples, prior.min(), 3, failure)
    counts = rng.multinomial(examples, prior, size=2000)
    misses = int((prior_mismatch(prior, counts) > bound).sum())
    # 2000 draws that each fail with probability 0.1 fail more than 270 times with p < 1e-6
    assert misses <= 270


@a_few
@given(st.floats(3, 12).map(lambda x: 10**x), st.floats(0.001, 0.5), st.integers(2, 1000))
def test_the_bound_for_estimated_priors_to_50_digits(examples, smallest, classes):
    value = float(prior_mismatch_bound(examples, smallest, classes, 0.05))
    e = mp.sqrt(3 * mp.log(2 * classes / mp.mpf(0.05)) / (mp.mpf(examples) * mp.mpf(smallest)))
    if abs(e - 1) < 1e-3:
        return  # the pole
    if e > 1:
        assert value == np.inf
    else:
        assert mp.almosteq(mp.mpf(value), (1 + e) / (1 - e), 1e-12)


# ----------------------------------------------------------------------------- cost matrices


def test_moving_is_not_cost_sensitive_for_three_classes():
    cost, p = [[0, 10, 0], [1, 0, 1], [1, 1, 0]], [0.4, 0.3, 0.3]
    np.testing.assert_allclose(expected_costs(p, cost), [0.6, 4.3, 0.3])
    np.testing.assert_allclose(moving_scores(p, cost), [4, 0.6, 0.6])
    assert cost_sensitive_prediction(p, cost) == 2


def test_disagreement_of_random_cost_matrices():
    rng = np.random.default_rng(2)
    disagree = {"any": 0, "one cost per class": 0, "two classes": 0}
    for _ in range(1000):
        p3, p2 = rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(2))
        free = rng.uniform(size=(3, 3)) * (1 - np.eye(3))
        even = rng.uniform(size=(3, 1)) * (1 - np.eye(3))
        two = rng.uniform(size=(2, 2)) * (1 - np.eye(2))
        for name, p, cost in zip(disagree, (p3, p3, p2), (free, even, two), strict=True):
            disagree[name] += cost_sensitive_prediction(p, cost) != moving_scores(p, cost).argmax()
    assert disagree["one cost per class"] == disagree["two classes"] == 0
    assert 200 < disagree["any"] < 360


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: prior_mismatch([1, 0], [1, 1]), "class_prior = 0"),
        (lambda: regret_bound_wrong_prior([1, 2], [1, 2, 3]), "last axis"),
        (lambda: regret_bound_wrong_exponent(0.5, 1), "imbalance_factor = 0.5"),
        (lambda: prior_mismatch_bound(100, 0.1, 0), "classes"),
        (lambda: expected_costs([0.5, 0.5], np.ones((2, 2))), "diagonal"),
        (lambda: expected_costs([0.5, 0.5], np.zeros((3, 3))), "cost has shape"),
        (lambda: moving_scores([0.5, 0.5], [[0, -1], [1, 0]]), "cost = -1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
