"""How far stated probabilities are from posteriors: by a fine sum, by counting, and where it is 0."""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.gaussian import calibration_error
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import norm


@settings(max_examples=20, deadline=None)
@given(st.floats(0.05, 30.0), st.floats(-8.0, 8.0), st.floats(0.05, 6.0), st.floats(1 / 50, 200.0))
def test_agrees_with_a_fine_sum(scale, shift, Delta, eta):
    t = np.linspace(-Delta / 2 - 10, Delta / 2 + 10, 400_001)
    density = np.exp(-0.5 * (t - Delta / 2) ** 2) + eta * np.exp(-0.5 * (t + Delta / 2) ** 2)
    gap = abs(expit(scale * t + shift) - expit(Delta * t - np.log(eta)))
    value = np.sum(density * gap) * (t[1] - t[0]) / np.sqrt(2 * np.pi) / (1 + eta)
    assert calibration_error(scale, shift, Delta, eta) == pytest.approx(value, abs=1e-8)


def test_counts_as_a_sample_does():
    rng = np.random.default_rng(0)
    minority = rng.random(400_000) < 1 / 11
    t = rng.standard_normal(minority.size) + np.where(minority, 1.0, -1.0)
    stated = expit(3 * t - 1)
    order = np.argsort(stated)
    bins = np.array_split(order, 400)  # the stated probability hardly moves within one
    gaps = [abs(stated[rows].mean() - minority[rows].mean()) for rows in bins]
    assert calibration_error(3.0, -1.0, 2.0, 10.0) == pytest.approx(np.mean(gaps), abs=0.01)


def test_the_posterior_itself_is_calibrated():
    assert calibration_error(2.0, -np.log(10), 2.0, 10.0) < 1e-15
    assert calibration_error(2.0, -np.log(10), 2.0, 1.0) > 0.1


def test_a_step_at_the_middle_errs_where_it_is_sure():
    """A score without bound states 0 and 1: the error is then that of the posterior's smaller side."""
    t = np.linspace(-12, 12, 200_001)
    posterior = expit(2 * t)
    density = 0.5 * (norm.pdf(t - 1) + norm.pdf(t + 1))
    smaller = np.sum(density * np.minimum(posterior, 1 - posterior)) * (t[1] - t[0])
    assert calibration_error(1e6, 0.0, 2.0, 1.0) == pytest.approx(smaller, abs=1e-6)


@pytest.mark.parametrize("given", [(0, 1, 1, 1), (1, np.nan, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0)])
def test_bad_input_is_refused(given):
    with pytest.raises(InputError):
        calibration_error(*given)
