"""Rates, precision, F1 and areas of two Gaussian classes against mpmath at 50 digits and golden values."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.gaussian import (
    average_precision,
    bayes_balanced_error,
    bayes_error,
    bayes_rates,
    best_f1,
    cost_threshold,
    f1_optimal_threshold,
    f1_score,
    geometric_mean,
    lowest_average_precision,
    mills_ratio,
    negative_predictive_value,
    precision,
    recall_level_log_imbalance,
    recall_slope,
    roc_area,
    simplex_accuracies,
    threshold_rates,
    undersampled_posterior,
    unsampled_posterior,
    youden_index,
)
from hypothesis import given, settings
from hypothesis import strategies as st

mp = mpmath.MPContext()
mp.dps = 50
settings.register_profile("curves", deadline=None, max_examples=60)
settings.load_profile("curves")

TOLERANCE = 1e-12
UNDERFLOW = 1e-300


def powers(low, high):
    return st.floats(low, high).map(lambda exponent: float(10.0**exponent))


etas = powers(0, 12)
Deltas = st.one_of(powers(-6, 1.6), st.floats(1e-6, 40))
thresholds = st.floats(-30, 30)
taus = st.sampled_from([0.0, 0.5, 1.0, 1.5])


def agree(value, exact, tolerance=TOLERANCE, absolute=UNDERFLOW):
    assert abs(mp.mpf(float(value)) - exact) <= absolute + tolerance * abs(exact), (value, exact)


def tails(t, Delta):
    """TPR and FPR."""
    half = mp.mpf(Delta) / 2
    return mp.ncdf(half - t), mp.ncdf(-half - t)


# ---------------------------------------------------------------------------- rates


@given(t=thresholds, Delta=Deltas)
def test_threshold_rates(t, Delta):
    rates = threshold_rates(t, Delta)
    agree(rates.recall, mp.ncdf(mp.mpf(Delta) / 2 - mp.mpf(t)))
    agree(rates.specificity, mp.ncdf(mp.mpf(t) + mp.mpf(Delta) / 2))


@given(eta=etas, Delta=Deltas, tau=taus)
def test_balanced_error_keeps_its_digits(eta, Delta, tau):
    t = (1 - mp.mpf(tau)) * mp.log(mp.mpf(eta)) / mp.mpf(Delta)
    half = mp.mpf(Delta) / 2
    agree(bayes_balanced_error(eta, Delta, tau), (mp.ncdf(t - half) + mp.ncdf(-t - half)) / 2)


@given(eta=etas, Delta=Deltas)
def test_bayes_error(eta, Delta):
    t, half, e = mp.log(mp.mpf(eta)) / mp.mpf(Delta), mp.mpf(Delta) / 2, mp.mpf(eta)
    agree(bayes_error(eta, Delta), (mp.ncdf(t - half) + e * mp.ncdf(-t - half)) / (1 + e))
    assert bayes_error(eta, Delta) <= 1 / (1 + eta) * (1 + 1e-15)


@given(eta=etas, Delta=Deltas)
def test_recall_slope(eta, Delta):
    D = mp.mpf(Delta)
    agree(recall_slope(eta, Delta), -mp.npdf(D / 2 - mp.log(mp.mpf(eta)) / D) / D)


@given(recall=st.floats(1e-6, 1 - 1e-6), Delta=st.floats(1e-3, 20))
def test_recall_at_its_level_set(recall, Delta):
    l = float(recall_level_log_imbalance(recall, Delta))
    reached = mp.ncdf(mp.mpf(Delta) / 2 - mp.mpf(l) / mp.mpf(Delta))
    agree(recall, reached, absolute=1e-12)


# ---------------------------------------------------------------------------- precision


@given(x=st.floats(-37, 1e8))
def test_mills_ratio(x):
    agree(mills_ratio(x), mp.exp(mp.mpf(x) ** 2 / 2) * mp.ncdf(-mp.mpf(x)) * mp.sqrt(2 * mp.pi))


@given(eta=etas, Delta=Deltas, tau=taus, seen=st.none() | powers(-6, 12))
def test_precision_of_both_classes(eta, Delta, tau, seen):
    t = (1 - mp.mpf(tau)) * mp.log(mp.mpf(eta)) / mp.mpf(Delta)
    if abs(t) > 1e5:
        return  # the 50 digits of the tails' ratio would be gone
    true, false = tails(t, Delta)
    v = mp.mpf(eta if seen is None else seen)
    agree(precision(eta, Delta, tau, evaluation_eta=seen), true / (true + v * false))
    missed, kept = mp.ncdf(t - mp.mpf(Delta) / 2), mp.ncdf(t + mp.mpf(Delta) / 2)
    value = negative_predictive_value(eta, Delta, tau, evaluation_eta=seen)
    agree(value, v * kept / (v * kept + missed))


@pytest.mark.parametrize(
    ("eta", "matched", "balanced"),
    [(1, 0.8413, 0.8413), (10, 0.7366, 0.9655), (100, 0.6680, 0.9951), (1000, 0.6263, 0.9994)],
)
def test_golden_precision(eta, matched, balanced):
    assert precision(eta, 2.0) == pytest.approx(matched, abs=5e-5)
    assert precision(eta, 2.0, evaluation_eta=1.0) == pytest.approx(balanced, abs=5e-5)


@pytest.mark.parametrize("Delta", [1e-3, 0.5, 2.0, 8.0, 30.0])
def test_matched_precision_falls_to_one_half_and_majority_precision_rises(Delta):
    grid = np.logspace(0, 12, 60)
    assert (np.diff(precision(grid, Delta)) < 1e-15).all()
    assert (precision(grid, Delta) >= 0.5).all()
    assert (np.diff(negative_predictive_value(grid, Delta)) > -1e-15).all()


# ---------------------------------------------------------------------------- F1


@given(t=thresholds, Delta=Deltas, eta=etas, beta=powers(-2, 2))
def test_f1_score(t, Delta, eta, beta):
    true, false = tails(mp.mpf(t), Delta)
    q = mp.mpf(beta) ** 2
    agree(f1_score(t, Delta, eta, beta), (1 + q) * true / (q + true + mp.mpf(eta) * false))


@given(eta=etas, Delta=Deltas, beta=st.sampled_from([0.5, 1.0, 2.0]))
def test_the_f1_optimal_threshold_is_between_values_of_opposite_slope(eta, Delta, beta):
    t = mp.mpf(float(f1_optimal_threshold(eta, Delta, beta)))
    slack = mp.mpf(10) ** -12 * (1 + abs(t)) + mp.mpf(10) ** -13 / mp.mpf(Delta)

    def slope(at):
        true, false = tails(at, Delta)
        return mp.exp(-mp.mpf(Delta) * at) * true - false - mp.mpf(beta) ** 2 / mp.mpf(eta)

    assert slope(t - slack) > 0 > slope(t + slack)


@given(eta=etas, Delta=st.floats(0.1, 40))
def test_the_posterior_at_the_optimum_is_half_of_it(eta, Delta):
    t = f1_optimal_threshold(eta, Delta)
    posterior = 1.0 / (1.0 + eta * np.exp(-Delta * t))
    assert posterior == pytest.approx(0.5 * best_f1(eta, Delta), rel=1e-11)
    assert best_f1(eta, Delta) >= f1_score(t + 0.01, Delta, eta) * (1 - 1e-14)
    assert best_f1(eta, Delta) >= f1_score(t - 0.01, Delta, eta) * (1 - 1e-14)


def test_golden_f1():
    assert f1_score(np.log(10.0) / 2, 2.0, 10.0) == pytest.approx(0.5508, abs=5e-5)
    assert best_f1(10.0, 2.0) == pytest.approx(0.5991, abs=5e-5)
    t = f1_optimal_threshold(10.0, 2.0)
    assert 1 / (1 + 10 * np.exp(-2 * t)) == pytest.approx(0.29953, abs=5e-6)


# ---------------------------------------------------------------------------- areas


@given(Delta=Deltas)
def test_roc_area(Delta):
    agree(roc_area(Delta), mp.ncdf(mp.mpf(Delta) / mp.sqrt(2)))


@pytest.mark.parametrize(
    ("eta", "Delta"),
    [
        (1, 0.01),
        (10, 0.5),
        (1e3, 2),
        (1e6, 4),
        (1e12, 1),
        (1e12, 7),
        (1e9, 12),
        (50, 25),
        (1e12, 40),
    ],
)
def test_average_precision(eta, Delta):
    context = mpmath.MPContext()
    context.dps = 25
    D, e = context.mpf(Delta), context.mpf(eta)

    def integrand(u):
        return context.npdf(u) / (1 + e * context.ncdf(-u - D) / context.ncdf(-u))

    edges = [-12 + k * (D + 24) / 24 for k in range(25)]
    agree(average_precision(eta, Delta), mp.mpf(str(context.quad(integrand, edges))))


@given(eta=etas)
def test_a_useless_score_has_the_share_of_the_minority(eta):
    assert average_precision(eta, 1e-6) == pytest.approx(1 / (1 + eta), rel=1e-4)


def test_golden_average_precision():
    values = average_precision([1, 2, 5, 10, 100], 2.0)
    assert values == pytest.approx([0.9218, 0.8661, 0.7558, 0.6481, 0.2676], abs=5e-5)


@given(prior=st.one_of(powers(-12, -0.01), st.floats(1e-3, 0.999)))
def test_the_floor_of_average_precision(prior):
    with mp.workdps(80):
        p = mp.mpf(prior)
        agree(lowest_average_precision(prior), 1 + (1 - p) / p * mp.log(1 - p))


# ---------------------------------------------------------------------------- decisions


@given(t=thresholds, Delta=Deltas)
def test_youden_and_the_geometric_mean(t, Delta):
    true, false = tails(abs(mp.mpf(t)), Delta)  # both are even in t
    agree(youden_index(t, Delta), true - false, absolute=1e-250)
    agree(geometric_mean(t, Delta), mp.sqrt(true * (1 - false)))


def test_the_geometric_mean_of_a_rate_that_underflows():
    for t, Delta in ((-40.0, 1e-6), (40.0, 1e-6), (52.0, 0.1), (45.0, 80.0), (-60.0, 40.0)):
        true, false = tails(abs(mp.mpf(t)), Delta)  # even in t
        agree(geometric_mean(t, Delta), mp.sqrt(true * (1 - false)), absolute=0)
    assert geometric_mean(-40.0, 1e-6) == pytest.approx(1.912e-175, rel=1e-3)


@given(p=st.floats(0, 1), kept=powers(-6, 0))
def test_undersampling_is_undone(p, kept):
    b = mp.mpf(kept)
    agree(undersampled_posterior(p, kept), mp.mpf(p) / (mp.mpf(p) + b * (1 - mp.mpf(p))))
    agree(unsampled_posterior(p, kept), b * mp.mpf(p) / (b * mp.mpf(p) + 1 - mp.mpf(p)))


def test_costs_equal_to_the_imbalance_balance_the_rule():
    assert cost_threshold(50.0, 2.0, false_negative=50.0) == pytest.approx(0.0, abs=1e-15)
    assert cost_threshold(50.0, 2.0) == pytest.approx(np.log(50) / 2)


# ---------------------------------------------------------------------------- simplex


@given(eta=etas, Delta=st.one_of(powers(-3, 1.6), st.floats(0.5, 40)))
def test_two_simplex_classes_are_the_binary_rule(eta, Delta):
    rates = bayes_rates(eta, Delta)
    minority, majority = simplex_accuracies([1.0, eta], Delta)
    assert minority == pytest.approx(float(rates.recall), rel=1e-10, abs=1e-290)
    assert majority == pytest.approx(float(rates.specificity), rel=1e-12)


def test_simplex_accuracies_against_sampled_scores():
    counts, Delta = np.array([1000.0, 200.0, 50.0, 10.0]), 3.0
    rng = np.random.default_rng(0)
    for tau in (0.0, 1.0):
        exact = simplex_accuracies(counts, Delta, tau)
        offset = np.sqrt(2) * (1 - tau) * np.log(counts) / Delta
        for k in range(4):
            scores = rng.standard_normal((40_000, 4)) + offset
            scores[:, k] += Delta / np.sqrt(2)
            share = (scores.argmax(axis=1) == k).mean()
            error = np.sqrt(exact[k] * (1 - exact[k]) / 40_000)
            assert abs(share - exact[k]) < 5 * error


@pytest.mark.parametrize("K", [2, 3, 10, 1000])
def test_balanced_or_adjusted_classes_are_equally_accurate_and_chance_without_signal(K):
    adjusted = simplex_accuracies(np.arange(1, K + 1) if K < 100 else np.ones(K), 2.0, 1.0)
    assert np.ptp(adjusted) < 1e-14
    assert simplex_accuracies(np.ones(K), 1e-9)[0] == pytest.approx(1 / K, rel=1e-8)


# ---------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("function", "arguments", "words"),
    [
        (precision, (0.5, 1.0), "eta = 0.5"),
        (f1_optimal_threshold, (10.0, 0.0), "Delta = 0"),
        (f1_score, (0.0, 1.0, -1.0), "eta = -1"),
        (average_precision, (10.0, 1000.0), "Delta = 1000"),
        (lowest_average_precision, (1.0,), "prior = 1"),
        (simplex_accuracies, ([5.0], 1.0), "at least two classes"),
        (recall_level_log_imbalance, (1.0, 1.0), "recall = 1"),
    ],
)
def test_a_bad_value_is_named(function, arguments, words):
    with pytest.raises(InputError, match=words):
        function(*arguments)
