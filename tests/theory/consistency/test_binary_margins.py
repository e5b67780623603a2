"""Two classes: thresholds, population scores and the hinge, to 50 digits and by root finding."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.consistency import (
    implied_threshold,
    optimal_score,
    pairwise_threshold,
    weighted_hinge_risk,
    weighted_hinge_score,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit

mp = mpmath.MPContext()
mp.dps = 50
a_few = settings(deadline=None, max_examples=80)

WEIGHTS = st.floats(-6, 6).map(lambda x: 10**x)
MARGINS = st.one_of(st.floats(-5, 5), st.floats(-1e3, 1e3))
POSTERIORS = st.one_of(
    st.floats(1e-300, 1, exclude_max=True), st.floats(-12, -1).map(lambda x: 1 - 10**x)
)


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


@a_few
@given(WEIGHTS, WEIGHTS, MARGINS, MARGINS, WEIGHTS, WEIGHTS)
def test_the_implied_threshold_to_50_digits(w, v, d, e, b, c):
    positive = mp.mpf(w) * mp.mpf(b) * sigmoid(mp.mpf(d))
    negative = mp.mpf(v) * mp.mpf(c) * sigmoid(mp.mpf(e))
    exact = negative / (positive + negative)
    value = mp.mpf(float(implied_threshold(w, v, d, e, b, c)))
    scale = max(1, abs(d), abs(e))  # the exponent of the answer is rounded once
    assert abs(value - exact) <= 1e-300 + max(1e-12, 1e-15 * scale) * exact


def test_the_pairwise_loss_is_the_scalar_vs_loss():
    gamma = 3.0
    assert implied_threshold(2 / gamma, 0.7 / gamma, gamma * 0.4, -gamma * 0.2, gamma, gamma) == (
        pytest.approx(pairwise_threshold(2, 0.7, 0.4, -0.2, gamma), rel=1e-14)
    )


def test_ldam_thresholds():
    prior = np.array([0.2, 0.8])
    assert implied_threshold(1, 1, *prior**-0.25) == pytest.approx(0.4760, abs=5e-5)
    margins = np.linspace(0, 30, 60)
    thresholds = implied_threshold(1, 1, margins[:, None], margins[None, :])
    assert np.all((thresholds > 1 / 3) & (thresholds < 2 / 3))


@a_few
@given(POSTERIORS, WEIGHTS, WEIGHTS, MARGINS, MARGINS, st.floats(-3, 2).map(lambda x: 10**x))
def test_the_population_score_to_50_digits(p, w, v, d, e, g):
    d, e = d / g, e / g
    p_, w_, v_, d_, e_, g_ = (mp.mpf(x) for x in (p, w, v, d, e, g))
    with mp.workdps(50 + int(g * (abs(d) + abs(e)))):  # the printed root cancels
        q = (1 - p_) / p_
        a, b, c = (w_ / v_) * mp.exp(g_ * (d_ - e_)), mp.exp(g_ * e_), mp.exp(g_ * d_)
        middle = a * b / q - c
        if middle > 0:
            root = (middle + mp.sqrt(middle**2 + 4 * a / q)) / 2
        else:
            root = 2 * (a / q) / (mp.sqrt(middle**2 + 4 * a / q) - middle)
        exact = mp.log(root) / g_
    value = mp.mpf(float(optimal_score(p, w, v, d, e, g)))
    terms = max(abs(d_), abs(e_), abs(mp.log(w_ / v_) + mp.log(p_ / (1 - p_))) / g_)
    spread = (abs(mp.log(w_)) + abs(mp.log(v_)) + 1) / g_  # the log ratio of weights is rounded
    assert abs(value - exact) <= 1e-14 * (terms + spread)


@pytest.mark.parametrize("posterior", [1e-9, 0.02, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("margins", [(0.4, -0.2), (2.0, 1.0), (-1.0, -0.5)])
def test_the_population_score_is_the_root_of_the_slope(posterior, margins):
    w, v, g = 2.0, 0.7, 3.0
    d, e = margins

    def slope(f):
        return -posterior * w * expit(g * (d - f)) + (1 - posterior) * v * expit(g * (e + f))

    root = brentq(slope, -60, 60, xtol=1e-13)
    assert optimal_score(posterior, w, v, d, e, g) == pytest.approx(root, abs=1e-9)


def test_published_example_with_log_two_inside():
    assert optimal_score(0.3, 2, 0.7, 0.4, -0.2, 3) == pytest.approx(0.37925, abs=5e-6)


@pytest.mark.parametrize(
    ("weights", "margins", "score"),
    [
        ((5, 1.25), (0.7, 0.7), 0),
        ((1, 1), (np.log(4), -np.log(4)), 0),
        ((5, 1.25), (np.log(4), -np.log(4)), 1.386),
        ((1, 1), (0.8, 0.2), -1.43),
        ((1, 1), (0.2**-0.25, 0.8**-0.25), -2.19),
    ],
)
def test_scores_at_the_prior_of_one_fifth(weights, margins, score):
    assert optimal_score(0.2, *weights, *margins) == pytest.approx(score, abs=5e-3)


def test_extreme_products_neither_overflow_nor_underflow():
    # g (d + e)/2 = -400 and log-odds of 820: the product of the two exponentials is moderate
    value = optimal_score(0.5, 1e178, 1e-178, -400.0, -400.0)
    rho = 356 * np.log(10)
    assert value == pytest.approx(rho / 2 + np.arcsinh(np.exp(rho / 2 - 400) / 2), rel=1e-12)
    assert np.isfinite(optimal_score(0.5, 2.0, 1.0, 1e4, 1e4, 100.0))
    assert optimal_score(0.5) == 0


@a_few
@given(st.floats(0, 1), WEIGHTS, WEIGHTS, st.floats(0.01, 10), st.floats(0.01, 10))
def test_the_hinge_score_minimises_the_risk(eta, w, v, d, e):
    def risk(f):
        return eta * w * np.maximum(0, d - f) + (1 - eta) * v * np.maximum(0, e + f)

    grid = np.linspace(-e - 3, d + 3, 301)
    best = risk(weighted_hinge_score(eta, w, v, d, e))
    assert best == pytest.approx(weighted_hinge_risk(eta, w, v, d, e), rel=1e-12)
    assert best <= risk(grid).min() * (1 + 1e-12)


def test_the_hinge_ignores_margins():
    assert weighted_hinge_score(0.3, 4, 1, 0.1, 5) == 0.1
    assert weighted_hinge_score(0.19, 4, 1, 0.1, 5) == -5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: implied_threshold(0), "weight_positive = 0"),
        (lambda: implied_threshold(multiplier_negative=-1), "multiplier_negative = -1"),
        (lambda: optimal_score(1.0), "posterior = 1"),
        (lambda: optimal_score(0.5, gamma=0), "gamma = 0"),
        (lambda: weighted_hinge_score(0.5, 1, 1, -1, 1), "margin_positive . margin_negative"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
