"""The max-margin limit against published numbers, mpmath and the optimisation problem it solves."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import (
    balancing_margin_ratio,
    half_recall_imbalance,
    half_recall_log_imbalance,
    max_margin,
    rectified_mean,
    rectified_square,
    separability_threshold,
    with_margin_ratio,
)
from hypothesis import given, settings
from hypothesis import strategies as st

mp = mpmath.MPContext()
mp.dps = 60
settings.register_profile("max_margin", deadline=None, max_examples=40)
settings.load_profile("max_margin")


@given(t=st.one_of(st.floats(-36, 36), st.floats(-1e6, 1e6).map(abs)))
def test_rectified_moments(t):
    x, density = mp.mpf(t), mp.npdf(mp.mpf(t))
    mean, square = x * mp.ncdf(x) + density, (x * x + 1) * mp.ncdf(x) + x * density
    for value, exact in ((rectified_mean(t), mean), (rectified_square(t), square)):
        assert abs(mp.mpf(float(value)) - exact) <= mp.mpf("1e-12") * exact


@pytest.mark.parametrize(
    ("m", "p", "kappa", "rho", "b", "margin"),
    [
        (1.75, 0.15, 2.5, 0.7235, -0.5960, 0.9447),
        (1.5, 0.2, 0.5, 0.5596, -0.862, 1.830),
        (1.0, 0.3, 1.0, 0.5164, -0.393, 0.847),
    ],
)
def test_golden_solutions(m, p, kappa, rho, b, margin):
    solution = max_margin((1 - p) / p, kappa, 2 * m)
    assert (solution.alignment, solution.intercept, solution.margin) == pytest.approx(
        (rho, b, margin), abs=5.5e-4
    )


def test_golden_balancing_ratios():
    assert balancing_margin_ratio(max_margin(0.85 / 0.15, 2.5, 3.5)) == pytest.approx(
        4.419, abs=2e-3
    )
    assert balancing_margin_ratio(max_margin(49, 0.5, 3.0)) == pytest.approx(-70.2, abs=0.2)


@given(
    eta=st.floats(0, 12).map(lambda e: 10.0**e),
    kappa=st.floats(-6, 0.2).map(lambda e: 10.0**e),
    Delta=st.floats(-6, 1.6).map(lambda e: 10.0**e),
)
def test_solutions_satisfy_the_system(eta, kappa, Delta):
    solution = max_margin(eta, kappa, Delta)
    m, p = mp.mpf(Delta) / 2, 1 / (1 + mp.mpf(eta))
    rho, b, K = (mp.mpf(v) for v in (solution.alignment, solution.intercept, solution.margin))
    first, other = K - rho * m - b, K - rho * m + b

    def mean(t):
        return t * mp.ncdf(t) + mp.npdf(t)

    def square(t):
        return (t * t + 1) * mp.ncdf(t) + t * mp.npdf(t)

    push = rho / (2 * m * mp.mpf(kappa))
    size = 1 + abs(b) + K
    assert abs(p * mean(first) / push - 1) < 1e-9 * size**2
    assert abs((1 - p) * mean(other) / push - 1) < 1e-9 * size**2
    energy = mp.mpf(kappa) * (p * square(first) + (1 - p) * square(other))
    assert abs(energy / (1 - rho**2) - 1) < 1e-9 * size**2


def test_a_balanced_problem_has_no_intercept():
    solution = max_margin(1.0, 1.0, 2.0)
    assert solution.intercept == pytest.approx(0, abs=1e-10)
    assert solution.recall == pytest.approx(solution.specificity, rel=1e-10)


def test_the_balancing_ratio_balances_and_leaves_the_direction():
    solution = max_margin(0.85 / 0.15, 2.5, 3.5)
    balanced = with_margin_ratio(solution, balancing_margin_ratio(solution), 3.5)
    assert balanced.recall == pytest.approx(balanced.specificity, rel=1e-12)
    assert balanced.alignment == solution.alignment
    assert balanced.margin * balanced.margin_ratio > solution.margin > balanced.margin
    with pytest.raises(InputError, match="ratio 1"):
        with_margin_ratio(balanced, 2.0, 3.5)


@pytest.mark.parametrize(
    ("eta", "Delta", "kappa"),
    [(1, 0, 2.0), (0.85 / 0.15, 0, 3.098), (1, 2, 3.700), (0.85 / 0.15, 3.5, 18.01)],
)
def test_golden_separability_thresholds(eta, Delta, kappa):
    assert separability_threshold(eta, Delta) == pytest.approx(kappa, rel=5e-4)


@pytest.mark.parametrize(("eta", "Delta"), [(1.0, 2.0), (10.0, 1.0), (100.0, 4.0)])
def test_the_margin_vanishes_at_the_threshold(eta, Delta):
    threshold = separability_threshold(eta, Delta)
    assert 0 < max_margin(eta, threshold * (1 - 1e-6), Delta).margin < 1e-4
    with pytest.raises(InputError, match="not separable"):
        max_margin(eta, threshold * (1 + 1e-6), Delta)


@pytest.mark.parametrize(
    ("Delta", "kappa", "svm", "lda"),
    [(3, 0.3, 2.79, 2.54), (3, 1, 6.23, 5.70), (4, 1, 11.5, 11.2), (2, 2, 4.12, 3.40)],
)
def test_golden_half_recall_beside_plug_in_lda(Delta, kappa, svm, lda):
    assert half_recall_imbalance(kappa, Delta) == pytest.approx(svm, rel=5e-3)
    assert np.exp(half_recall_log_imbalance(kappa, Delta)) == pytest.approx(lda, rel=5e-3)


def test_lda_predicts_the_half_recall_imbalance_to_22_percent():
    for Delta in (2, 3, 4):
        for kappa in (0.1, 0.3, 0.5, 1, 2):
            ratio = half_recall_imbalance(kappa, Delta) / np.exp(
                half_recall_log_imbalance(kappa, Delta)
            )
            assert 1 / 1.22 < ratio < 1.22


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: max_margin(0.5, 1.0, 1.0), r"eta = 0\.5"),
        (lambda: max_margin(1.0, 0.0, 1.0), "kappa = 0"),
        (lambda: max_margin(1.0, 5.0, 1.0), "kappa = 5: must be below"),
        (lambda: separability_threshold(1.0, -1.0), "Delta = -1"),
    ],
)
def test_a_bad_value_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
