"""Products and mixtures of experts: test priors by brute force, and the witnesses of the statements."""

import numpy as np
import pytest
from counterpoise.theory.adjustment import served_prior
from counterpoise.theory.consistency import optimal_logits
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(0, 9999), st.integers(2, 5), st.integers(1, 4))
def test_the_weighted_mean_of_experts_is_the_rule_of_the_served_prior(seed, classes, experts):
    rng = np.random.default_rng(seed)
    prior, posterior = rng.dirichlet(np.ones(classes), size=2)
    offset, weight = rng.normal(0, 2, (experts, classes)), rng.dirichlet(np.ones(experts))
    mean = weight @ np.array([optimal_logits(posterior, offset=own) for own in offset])
    under = np.log(posterior * served_prior(prior, offset, weight) / prior)
    np.testing.assert_allclose(mean - mean.mean(), under - under.mean(), atol=1e-9)


@given(st.lists(st.floats(-2, 3), min_size=1, max_size=5), st.integers(0, 99))
def test_strengths_of_mean_m_serve_the_power_one_minus_m(taus, seed):
    counts = np.random.default_rng(seed).integers(1, 10**6, 4)
    log_prior = np.log(counts / counts.sum())
    served = served_prior(counts, np.outer(taus, log_prior))
    power = np.exp((1 - np.mean(taus)) * log_prior)
    np.testing.assert_allclose(served, power / power.sum(), rtol=1e-9)


def test_the_mean_of_probabilities_is_another_rule_than_the_mean_of_logits():
    prior = np.array([8, 2, 1]) / 11
    posterior = prior * [3, 4, 3] / (prior @ [3, 4, 3])
    logits = np.array([optimal_logits(posterior, offset=tau * np.log(prior)) for tau in (0, 1, 2)])
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert logits.mean(axis=0).argmax() == 1
    assert shares.mean(axis=0).argmax() == 0


def test_shapes_are_told():
    with pytest.raises(InputError, match=r"must be \(K,\) and \(E, K\)"):
        served_prior([1, 2], [0.0, 1.0])
    with pytest.raises(InputError, match="one an expert"):
        served_prior([1, 2], [[0.0, 1.0]], [0.5, 0.5])
    with pytest.raises(InputError, match="add up to 2"):
        served_prior([1, 2], [[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0])
