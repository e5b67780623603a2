"""Plug-in LDA's law, its boundaries and remedies against mpmath, samples and golden values."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.gaussian import average_precision, bayes_rates, roc_area
from counterpoise.theory.high_dimension import (
    LOWEST_CROSSED_ONCE,
    balanced_error_parts,
    centre_correction,
    corrected_error,
    direction_cosine_squared,
    direction_lost,
    effective_parameters,
    half_recall_log_imbalance,
    inverse_wishart_moments,
    phase,
    plug_in_probits,
    plug_in_rates,
    published_score,
    recall_level_log_imbalance,
    recall_slope_at_balance,
    regime,
    sharp_constant,
    signal_to_noise,
    undersampled_rate,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

mp = mpmath.MPContext()
mp.dps = 50
settings.register_profile("regimes", deadline=None, max_examples=60)
settings.load_profile("regimes")


def powers(low, high):
    return st.floats(low, high).map(lambda exponent: float(10.0**exponent))


etas = powers(0, 12)
kappas = powers(-6, 9)
Deltas = st.one_of(powers(-6, 1.6), st.floats(1e-6, 40))
kinds = st.sampled_from(["known", "estimated", "pseudo_inverse"])


def agree(value, exact, tolerance=1e-12, absolute=1e-300):
    assert abs(mp.mpf(float(value)) - exact) <= absolute + tolerance * abs(exact), (value, exact)


def factors(kappa, covariance):
    k = mp.mpf(kappa)
    if covariance == "known":
        return mp.mpf(1), mp.mpf(1)
    if k > 1:
        return mp.sqrt((k - 1) / k), (k - 1) / k
    return mp.sqrt(k * (1 - k)), (1 - k) / k**2


def law(eta, kappa, Delta, tau, covariance):
    e, k, D = mp.mpf(eta), mp.mpf(kappa), mp.mpf(Delta)
    g1, g0 = (1 + e) / k, (1 + e) / (e * k)
    f, c = factors(kappa, covariance)
    return f, D**2 / 2, (g1 - g0) / 2 + c * (1 - mp.mpf(tau)) * mp.log(e), mp.sqrt(D**2 + g1 + g0)


# ---------------------------------------------------------------------------- the law


@given(eta=etas, kappa=kappas, Delta=Deltas, tau=st.sampled_from([0.0, 0.5, 1.0]), kind=kinds)
def test_rates_and_effective_parameters(eta, kappa, Delta, tau, kind):
    if kind == "estimated":
        kappa = 1.0 + kappa
    f, half, against, spread = law(eta, kappa, Delta, tau, kind)
    rates = plug_in_rates(eta, kappa, Delta, tau, covariance=kind)
    size = abs(half) + abs(against)
    probit = f * (half - against) / spread
    probits = plug_in_probits(eta, kappa, Delta, tau, covariance=kind)
    agree(probits.recall, probit, 0, 1e-14 * f * size / spread)
    agree(probits.specificity, f * (half + against) / spread)
    if abs(probit) < 30:
        agree(rates.recall, mp.ncdf(probit), 1e-12 * (1 + float(f * size / spread)))
    effective = effective_parameters(eta, kappa, Delta, tau, covariance=kind)
    agree(effective.Delta, 2 * f * half / spread)
    agree(effective.threshold, f * against / spread)
    cosine = direction_cosine_squared(eta, kappa, Delta, covariance=kind)
    agree(cosine, (f * mp.mpf(Delta) / spread) ** 2)
    agree(corrected_error(eta, kappa, Delta, covariance=kind), mp.ncdf(-f * half / spread))


@pytest.mark.parametrize(
    ("kind", "eta", "y", "Delta", "recall", "specificity", "area"),
    [
        ("known", 5, 0.5, 2, 0.3836, 0.9596, 0.8474),
        ("known", 10, 0.2, 3, 0.6398, 0.9894, 0.9702),
        ("known", 3, 2, 3, 0.5658, 0.9688, 0.9244),
        ("known", 10, 1, 4, 0.5510, 0.9980, 0.9834),
        ("estimated", 5, 0.5, 3, 0.6904, 0.9025, 0.8976),
        ("estimated", 10, 0.2, 3, 0.6700, 0.9739, 0.9539),
        ("estimated", 5, 0.8, 4, 0.7104, 0.8366, 0.8612),
    ],
)
def test_golden_rates_at_whole_class_sizes(kind, eta, y, Delta, recall, specificity, area):
    n = round((400 if kind == "known" else 300) / y)
    minority = round(n / (1 + eta))
    eta = (n - minority) / minority
    rates = plug_in_rates(eta, 1 / y, Delta, covariance=kind)
    effective = effective_parameters(eta, 1 / y, Delta, covariance=kind)
    computed = (float(rates.recall), float(rates.specificity), float(roc_area(effective.Delta)))
    assert computed == pytest.approx((recall, specificity, area), abs=2e-3)


@pytest.mark.parametrize(
    ("kind", "eta", "y", "Delta", "expected"),
    [
        ("known", 9.96, 0.5, 3.5, (0.6250, 0.9203, 0.7444, 0.8786, 0.1902, 0.0392)),
        ("estimated", 10.02, 0.3, 3.5, (0.7372, 0.7360, 0.7366, 0.8176, 0.1446, 0.0479)),
    ],
)
def test_six_metrics_follow_from_the_effective_parameters(kind, eta, y, Delta, expected):
    effective = effective_parameters(eta, 1 / y, Delta, covariance=kind)
    half = 0.5 * effective.Delta
    true, false = ndtr(half - effective.threshold), ndtr(-half - effective.threshold)
    precision = true / (true + eta * false)
    f1 = 2 * true / (1 + true + eta * false)
    error = ((1 - true) + eta * false) / (1 + eta)
    metrics = (
        true,
        precision,
        f1,
        average_precision(eta, float(effective.Delta)),
        (1 - true + false) / 2,
        error,
    )
    assert [float(value) for value in metrics] == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize(
    ("kappa", "slope"), [(0.5, -0.292), (1, -0.220), (5, -0.144), (1e9, -0.121)]
)
def test_golden_slopes_at_balance(kappa, slope):
    assert recall_slope_at_balance(kappa, 2.0) == pytest.approx(slope, abs=5e-4)


@pytest.mark.parametrize("kind", ["known", "estimated", "pseudo_inverse"])
def test_the_slope_at_balance_is_the_difference_quotient(kind):
    for kappa in (1.5, 4.0, 30.0):
        step = 1e-5
        up, here = (
            float(plug_in_rates(np.exp(l), kappa, 2.0, covariance=kind).recall) for l in (step, 0.0)
        )
        slope = recall_slope_at_balance(kappa, 2.0, covariance=kind)
        assert (up - here) / step == pytest.approx(float(slope), rel=1e-4)


def test_inverse_wishart_moments():
    first, second = inverse_wishart_moments(5, 20)
    assert (first, second) == pytest.approx((1 / 14, 19 / 2520))
    with pytest.raises(InputError, match="N = 8"):
        inverse_wishart_moments(5, 8)


def test_more_data_hurts_the_pseudo_inverse_just_below_one_example_per_dimension():
    error = corrected_error(
        1.0, [0.5, 0.7, 0.9, 0.999, 1.001, 1.5], 4.0, covariance="pseudo_inverse"
    )
    assert (np.diff(error)[:3] > 0).all()
    assert (np.diff(error)[4:] < 0).all()
    assert corrected_error(1.0, 1.0, 4.0, covariance="pseudo_inverse") == 0.5


# ---------------------------------------------------------------------------- boundaries


@given(kappa=kappas, Delta=Deltas, tau=st.sampled_from([0.0, 0.5, 1.0]), kind=kinds)
def test_the_half_recall_boundary_is_a_root(kappa, Delta, tau, kind):
    if kind == "estimated":
        kappa = 1.0 + kappa
    l = mp.mpf(float(half_recall_log_imbalance(kappa, Delta, tau, covariance=kind)))
    kept, half = factors(kappa, kind)[1] * (1 - mp.mpf(tau)), mp.mpf(Delta) ** 2 / 2
    slack = mp.mpf(10) ** -14 + mp.mpf(10) ** -12 * l
    below, above = l - slack, l + slack
    assert kept * below + mp.sinh(below) / kappa < half < kept * above + mp.sinh(above) / kappa


@pytest.mark.parametrize(
    ("Delta", "kappa", "known", "estimated", "published"),
    [
        (2, 0.1, 1.20, None, 0.219),
        (2, 1, 2.53, None, 0.162),
        (2, 5, 4.71, 5.93, 0.008),
        (3, 0.5, 3.52, None, 0.143),
        (3, 2, 9.22, 13.0, 0.005),
        (4, 2, 20.1, 25.6, 0.0),
    ],
)
def test_golden_boundaries(Delta, kappa, known, estimated, published):
    assert np.exp(half_recall_log_imbalance(kappa, Delta)) == pytest.approx(known, rel=3e-3)
    if estimated:
        l = half_recall_log_imbalance(kappa, Delta, covariance="estimated")
        assert np.exp(l) == pytest.approx(estimated, rel=4e-3)
    recall = plug_in_rates(np.exp(Delta * np.sqrt(kappa)), kappa, Delta).recall
    assert recall == pytest.approx(published, abs=5e-4)


def test_full_adjustment_has_its_closed_form():
    k, D = 3.0, 2.0
    q = k * D**2 / 2
    assert np.exp(half_recall_log_imbalance(k, D, 1.0)) == pytest.approx(q + np.sqrt(1 + q**2))


def test_no_point_of_a_grid_is_later_than_the_sharp_constant():
    Delta, kappa = np.meshgrid(np.exp(np.linspace(-3, 3, 60)), np.exp(np.linspace(-8, 6, 60)))
    ratio = half_recall_log_imbalance(kappa, Delta) / (Delta * np.sqrt(kappa))
    assert 0.72 < ratio.max() < sharp_constant()


@given(recall=st.floats(0.003, 0.9), kappa=powers(-2, 4), Delta=st.floats(0.5, 8))
def test_a_recall_level_is_reached_at_its_imbalance(recall, kappa, Delta):
    if recall >= plug_in_rates(1.0, kappa, Delta).recall:
        with pytest.raises(InputError, match="at balance it is only"):
            recall_level_log_imbalance(recall, kappa, Delta)
        return
    eta = np.exp(recall_level_log_imbalance(recall, kappa, Delta))
    assert plug_in_rates(max(eta, 1.0), kappa, Delta).recall == pytest.approx(recall, rel=1e-9)


def test_recall_can_rise_with_imbalance_below_the_lowest_level():
    low, high = (plug_in_probits(np.exp(l), 1e6, 0.1).recall for l in (8.0, 14.0))
    assert low < high < -2 * np.sqrt(2)
    assert pytest.approx(0.00234, abs=5e-6) == LOWEST_CROSSED_ONCE


@given(eta=etas, kappa=kappas, Delta=Deltas)
def test_beyond_the_published_score_recall_is_below_one_half(eta, kappa, Delta):
    if published_score(eta, kappa, Delta) > sharp_constant() * (1 + 1e-12):
        assert plug_in_probits(eta, kappa, Delta).recall <= 0
        assert regime(eta, kappa, Delta) >= 2 or plug_in_rates(eta, kappa, Delta).recall == 0.5


@given(eta=etas, kappa=kappas, Delta=Deltas)
def test_the_direction_is_lost_where_noise_exceeds_signal(eta, kappa, Delta):
    ratio = signal_to_noise(eta, kappa, Delta)
    agree(ratio, mp.mpf(Delta) * mp.sqrt(mp.mpf(kappa)) / (2 * mp.cosh(mp.log(mp.mpf(eta)) / 2)))
    if abs(ratio - 1) > 1e-12:
        assert direction_lost(eta, kappa, Delta) == (ratio < 1)


# ---------------------------------------------------------------------------- remedies


@pytest.mark.parametrize(
    ("eta", "y", "adjusted", "undersampled", "corrected"),
    [(5, 0.5, 0.8234, 0.8772, 0.8975), (10, 0.3, 0.8016, 0.8726, 0.8972)],
)
def test_golden_ordering_of_remedies(eta, y, adjusted, undersampled, corrected):
    kappa, Delta = 1 / y, 3.0
    assert plug_in_rates(eta, kappa, Delta, 1.0).recall == pytest.approx(adjusted, abs=2e-3)
    assert undersampled_rate(eta, kappa, Delta) == pytest.approx(undersampled, abs=2e-3)
    assert 1 - corrected_error(eta, kappa, Delta) == pytest.approx(corrected, abs=2e-3)


@given(eta=powers(0.01, 6), kappa=powers(-3, 6), Delta=st.floats(0.1, 10))
def test_the_ordering_of_remedies(eta, kappa, Delta):
    adjusted = plug_in_rates(eta, kappa, Delta, 1.0).recall
    assert adjusted <= undersampled_rate(eta, kappa, Delta) * (1 + 1e-13)
    assert undersampled_rate(eta, kappa, Delta) <= (1 - corrected_error(eta, kappa, Delta)) * (
        1 + 1e-13
    )


@pytest.mark.parametrize("kind", ["known", "estimated"])
def test_the_correction_equalises_the_class_errors(kind):
    eta, kappa, Delta = 10.0, 5.0, 3.0
    effective = effective_parameters(eta, kappa, Delta, 1.0, covariance=kind)
    scale = effective.threshold / centre_correction(eta, kappa, covariance=kind)
    assert effective.threshold - scale * centre_correction(
        eta, kappa, covariance=kind
    ) == pytest.approx(0)
    spread = np.sqrt(Delta**2 + 11 / 5 + 11 / 50)
    exponent = (
        1.5 if kind == "estimated" else 0.0
    )  # of 1 - y in the standard deviation of the score
    assert scale == pytest.approx((1 - 1 / kappa) ** exponent / spread)


@given(eta=etas, kappa=powers(0.01, 9), Delta=Deltas, tau=st.sampled_from([0.0, 1.0]))
def test_parts_of_the_balanced_error_add_up(eta, kappa, Delta, tau):
    for kind in ("known", "estimated"):
        parts = balanced_error_parts(eta, kappa, Delta, tau, covariance=kind)
        probits = plug_in_probits(eta, kappa, Delta, tau, covariance=kind)
        error = 0.5 * (ndtr(-probits.recall) + ndtr(-probits.specificity))
        assert sum(parts) == pytest.approx(error, rel=1e-12, abs=1e-15)
        assert min(float(part) for part in parts) >= 0


@pytest.mark.parametrize(
    ("imbalance", "expected"), [(0.2, "high_signal"), (0.6, "moderate_signal"), (1.1, "low_signal")]
)
def test_phases_at_two_dimensions(imbalance, expected):
    signal = 0.4
    assert phase(imbalance, signal, 0.0) == expected
    probits = []
    for d in (1e8, 1e16):
        eta, Delta = d**imbalance - 1, 2 * d ** (signal / 2)
        uncorrected = float(plug_in_probits(max(eta, 1.0), 1.0, Delta).recall)
        corrected = float(0.5 * effective_parameters(max(eta, 1.0), 1.0, Delta).Delta)
        probits.append((uncorrected, corrected))
    (u0, c0), (u1, c1) = probits
    assert (u1 > u0 > 0) == (expected == "high_signal")
    assert (c1 > c0) == (expected != "low_signal")


def test_the_population_is_the_limit_of_many_examples():
    for eta in (1.0, 10.0, 1e6):
        limit, bayes = plug_in_rates(eta, 1e15, 2.0), bayes_rates(eta, 2.0)
        assert limit.recall == pytest.approx(bayes.recall, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plug_in_rates(1.0, 0.5, 1.0, covariance="estimated"), r"kappa = 0\.5"),
        (lambda: plug_in_rates(1.0, 0.5, 1.0, covariance="guessed"), "guessed"),
        (lambda: half_recall_log_imbalance(1.0, 1.0, 2.0), "tau = 2"),
        (lambda: recall_level_log_imbalance(0.001, 1.0, 1.0), r"recall = 0\.001"),
        (lambda: phase(0.5, 0.0, 0.0), "signal = 0"),
    ],
)
def test_a_bad_value_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


@pytest.mark.parametrize(
    "corner",
    [
        (1e300, 1e-300, 1e-300),
        (1, 1e-300, 1e-300),
        (10, 1, 1e200),
        (1e300, 1e-300, 1e308),
        (1e5, 1e-305, 3e155),
        (1e300, 1e300, 1e-300),
    ],
)
def test_where_squares_overflow_the_probits_do_not(corner):
    with mp.workdps(700):
        eta, kappa, Delta = map(mp.mpf, corner)
        load, shift = (1 + eta) / kappa, (eta - 1 / eta) / (2 * kappa) + mp.log(eta)
        spread = mp.sqrt(Delta**2 + load + load / eta)
        expected = [float((Delta**2 / 2 + sign * shift) / spread) for sign in (-1, 1)]
    assert plug_in_probits(*corner) == pytest.approx(expected, rel=1e-14, abs=1e-300)
    assert ((np.array(plug_in_rates(*corner)) >= 0.5) == (np.array(expected) >= 0)).all()
    cells = plug_in_probits([corner[0], 10], [corner[1], 2.0], [corner[2], 3.0])
    assert [part[0] for part in cells] == list(plug_in_probits(*corner))
    assert [part[1] for part in cells] == list(plug_in_probits(10, 2.0, 3.0))


def test_the_pseudo_inverse_rule_is_a_coin_at_one_example_per_dimension_and_has_limits_near_none():
    coin = plug_in_rates(
        [1, 10], 1.0, [[2.0], [30.0]], [[[0.0]], [[1.0]]], covariance="pseudo_inverse"
    )
    assert (np.array(coin) == 0.5).all()
    assert plug_in_rates(1e300, 1e-300, 1e-300, covariance="pseudo_inverse") == (0.0, 1.0)


FAR = st.floats(-680, 680).map(np.exp)


@given(st.floats(0, 680).map(np.exp), FAR, FAR, st.floats(-2, 3))
@example(8.91, 2.65, 2.96e200, 0.5)
@example(2.49, 8.76e-134, 4.3e159, 0.0)
@settings(deadline=None)
def test_what_follows_from_the_probits_does_not_overflow_either(eta, kappa, Delta, tau):
    with mp.workdps(700):  # as many digits as there are between the largest and the smallest
        e, k, D = map(mp.mpf, (eta, kappa, Delta))
        g1, g0 = (1 + e) / k, (1 + e) / (e * k)
        spread = mp.sqrt(D**2 + g1 + g0)
        distance = float(D**2 / spread)
        threshold = float(((g1 - g0) / 2 + (1 - mp.mpf(tau)) * mp.log(e)) / spread)
        balanced = float(D**2 / 2 / mp.sqrt(D**2 + 2 * g1))
    found = effective_parameters(eta, kappa, Delta, tau)
    assert found.Delta == pytest.approx(distance, rel=1e-13, abs=1e-290)
    assert found.threshold == pytest.approx(threshold, rel=1e-9, abs=1e-13)
    assert corrected_error(eta, kappa, Delta) == pytest.approx(ndtr(-distance / 2), rel=1e-11)
    assert undersampled_rate(eta, kappa, Delta) == pytest.approx(ndtr(balanced), rel=1e-13)
    parts = balanced_error_parts(eta, kappa, Delta, tau)
    rates = plug_in_rates(eta, kappa, Delta, tau)
    assert min(parts) >= 0
    assert sum(parts) == pytest.approx(1 - sum(rates) / 2, abs=1e-14)


def test_the_root_of_recall_one_half_says_how_far_it_is_found():
    assert half_recall_log_imbalance(1.0, 1e150) > 690
    with pytest.raises(InputError, match="Delta"):
        half_recall_log_imbalance(1.0, 1e200)
