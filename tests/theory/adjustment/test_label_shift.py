"""New class priors from predictions, against worlds where they are known."""

import numpy as np
import pytest
from counterpoise.theory.adjustment import bbse_weights, mlls_prior
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_bbse_finds_the_weights(seed, classes):
    rng = np.random.default_rng(seed)
    rates = rng.dirichlet(np.ones(classes), size=classes).T + 2 * np.eye(classes)
    rates /= rates.sum(axis=0)
    prior, target = rng.dirichlet(np.ones(classes), size=2)
    weights = bbse_weights(rates * prior, rates @ target)
    assert weights * prior == pytest.approx(target, rel=1e-8, abs=1e-12)


@given(st.integers(0, 10_000))
def test_mlls_maximises_the_likelihood(seed):
    rng = np.random.default_rng(seed)
    posterior = rng.uniform(0.05, 0.95, size=30)
    prior = np.array([0.2, 0.8])
    estimate = mlls_prior(np.column_stack([posterior, 1 - posterior]), prior)

    def loss(w):
        return -np.log(w * posterior / 0.2 + (1 - w) * (1 - posterior) / 0.8).mean()

    best = minimize_scalar(loss, bounds=(1e-9, 1 - 1e-9), method="bounded")
    assert loss(estimate[0]) <= best.fun + 1e-7
    assert estimate.sum() == pytest.approx(1)


def test_a_useless_classifier_is_refused():
    with pytest.raises(InputError, match="singular"):
        bbse_weights([[0.25, 0.25], [0.25, 0.25]], [0.5, 0.5])
    with pytest.raises(InputError, match="confusion has shape"):
        bbse_weights([[0.5, 0.5]], [0.5, 0.5])
    with pytest.raises(InputError, match="posterior has shape"):
        mlls_prior([[0.5, 0.5]], [0.2, 0.3, 0.5])
