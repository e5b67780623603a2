"""Focal scores and posteriors: against mpmath, against each other, against the published numbers."""

import numpy as np
import pytest
from counterpoise.theory.consistency import focal_minimiser, focal_posterior, focal_slope
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from scipy.optimize import minimize_scalar

GAMMAS = st.sampled_from([0.0, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0])


def _phi(v, gamma):
    v, gamma = mpf(v), mpf(gamma)
    return (1 - v) ** gamma - gamma * (1 - v) ** (gamma - 1) * v * mp.log(v)


@given(st.floats(1e-12, 1 - 1e-9), GAMMAS)
def test_the_slope_to_twelve_digits(v, gamma):
    with mp.workdps(50):
        assert float(focal_slope(v, gamma)) == pytest.approx(float(_phi(v, gamma)), rel=1e-12)


@given(st.floats(1e-9, 0.5), GAMMAS)
def test_the_posterior_to_twelve_digits(v, gamma):
    scores = np.array([1 - v, v])
    with mp.workdps(50):
        h = [mpf(s) / _phi(s, gamma) for s in scores]
        expected = [float(value / sum(h)) for value in h]
    assert focal_posterior(scores, gamma) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=6), GAMMAS)
def test_the_minimiser_gives_its_posterior_back(weights, gamma):
    posterior = np.array(weights) / sum(weights)
    scores = focal_minimiser(posterior, gamma)
    assert scores.sum() == pytest.approx(1, abs=1e-9)
    assert focal_posterior(scores, gamma) == pytest.approx(posterior, rel=1e-8)
    apart = posterior[:, None] > posterior * (1 + 1e-9)  # of nearer ones rounding decides
    assert (scores[:, None] > scores)[apart].all()


@pytest.mark.parametrize(
    ("gamma", "score"), [(0.5, 0.7346), (1, 0.6858), (2, 0.6266), (3, 0.5945), (5, 0.5619)]
)
def test_published_scores_at_posterior_four_fifths(gamma, score):
    assert focal_minimiser([0.8, 0.2], gamma)[0] == pytest.approx(score, abs=6e-5)
    found = minimize_scalar(
        lambda v: -0.8 * (1 - v) ** gamma * np.log(v) - 0.2 * v**gamma * np.log(1 - v),
        bounds=(0.01, 0.99),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert focal_minimiser([0.8, 0.2], gamma)[0] == pytest.approx(found.x, abs=1e-6)


def test_certain_scores_stay_certain_and_bad_ones_are_named():
    assert focal_posterior([1.0, 0.0], 2.0).tolist() == [1.0, 0.0]
    with pytest.raises(InputError, match="scores must sum to 1"):
        focal_posterior([0.5, 0.6], 2.0)
    with pytest.raises(InputError, match="posterior"):
        focal_minimiser([0.5, 0.6], 2.0)
    with pytest.raises(InputError, match="gamma"):
        focal_slope(0.5, -1.0)
