"""Tail bounds and deviations: mpmath at 50 digits, each other's inverse, exact tails, known numbers."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from counterpoise.theory.concentration import (
    bernstein_deviation,
    bernstein_tail,
    binary_kl,
    binomial_tail,
    chernoff_deviation,
    chernoff_tail,
    clopper_pearson,
    exact_binomial_tail,
    hoeffding_deviation,
    hoeffding_tail,
    mcdiarmid_deviation,
    mcdiarmid_tail,
    mean_interval,
    stratified_hoeffding_deviation,
    stratified_hoeffding_tail,
    uniform_deviation,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

mp = mpmath.MPContext()
mp.dps = 50
settings.register_profile("concentration", deadline=None)
settings.load_profile("concentration")


def powers(low, high):
    return st.floats(low, high).map(lambda exponent: float(10.0**exponent))


failures = st.one_of(powers(-300, 0), st.floats(0.01, 1))
sizes = st.integers(1, 10**12)


def close(value, exact):
    return float(value) == pytest.approx(float(exact), rel=1e-12, abs=1e-290)


@given(failures, sizes, powers(-6, 6))
def test_hoeffding_deviation_and_its_tail(failure, n, width):
    d, w = mp.mpf(failure), mp.mpf(width)
    exact = w * mp.sqrt(mp.log(1 / d) / (2 * n))
    deviation = hoeffding_deviation(n, failure, width)
    assert close(deviation, exact)
    t = mp.mpf(float(deviation))
    assert close(hoeffding_tail(deviation, n, width), mp.exp(-2 * n * (t / w) ** 2))


@given(failures, sizes, powers(-12, 6), powers(-6, 6))
def test_bernstein_deviation_solves_for_the_failure_probability(failure, n, variance, excess):
    d, v, b = map(mp.mpf, (failure, variance, excess))
    level = mp.log(1 / d)
    exact = (level * b / 3 + mp.sqrt((level * b / 3) ** 2 + 2 * n * level * v)) / n
    assert mp.almosteq(n * exact**2, 2 * level * (v + b * exact / 3), rel_eps=mp.mpf(10) ** -30)
    deviation = bernstein_deviation(n, failure, variance, excess)
    assert close(deviation, exact)
    t = mp.mpf(float(deviation))
    assert close(
        bernstein_tail(deviation, n, variance, excess),
        mp.exp(-n * t**2 / (2 * (v + b * t / 3))),
    )


@given(st.lists(powers(-6, 6), min_size=1, max_size=6), failures)
def test_mcdiarmid_deviation_and_its_tail(differences, failure):
    squares = sum(mp.mpf(c) ** 2 for c in differences)
    deviation = mcdiarmid_deviation(differences, failure)
    assert close(deviation, mp.sqrt(mp.log(1 / mp.mpf(failure)) * squares / 2))
    t = mp.mpf(float(deviation))
    assert close(mcdiarmid_tail(deviation, differences), mp.exp(-2 * t**2 / squares))


@given(st.lists(sizes, min_size=1, max_size=6), failures)
def test_stratified_deviation_is_mcdiarmids_with_the_points_weights(counts, failure):
    K, inverse = len(counts), sum(1 / mp.mpf(n) for n in counts)
    deviation = stratified_hoeffding_deviation(counts, failure)
    assert close(deviation, mp.sqrt(mp.log(1 / mp.mpf(failure)) * inverse / 2) / K)
    t = mp.mpf(float(deviation))
    tail = stratified_hoeffding_tail(deviation, counts)
    assert close(tail, mp.exp(-2 * t**2 * K**2 / inverse))


def test_one_class_or_equal_classes_recover_hoeffding():
    assert stratified_hoeffding_tail(0.1, [50]) == pytest.approx(hoeffding_tail(0.1, 50))
    assert stratified_hoeffding_tail(0.1, [50, 50]) == pytest.approx(hoeffding_tail(0.1, 100))


@given(st.floats(0, 1), sizes, powers(-12, 0))
def test_chernoff_tail(e, n, p):
    assert close(chernoff_tail(e, n, p), 2 * mp.exp(-n * mp.mpf(p) * mp.mpf(e) ** 2 / 3))


def test_chernoff_deviation_inverts_the_tail_and_says_when_it_cannot():
    e = chernoff_deviation(10_000, 0.1, 0.05)
    assert chernoff_tail(e, 10_000, 0.1) == pytest.approx(0.05, rel=1e-12)
    assert np.isnan(chernoff_deviation(10, 0.1, 0.05))


@given(failures, sizes, powers(-6, 3), powers(-3, 3))
def test_uniform_deviation(failure, n, complexity, bound):
    exact = 2 * mp.mpf(complexity) + 3 * mp.mpf(bound) * mp.sqrt(
        mp.log(2 / mp.mpf(failure)) / (2 * n)
    )
    assert close(uniform_deviation(n, failure, complexity, bound), exact)


probabilities = st.one_of(
    st.floats(0.001, 0.999), powers(-12, -1), powers(-12, -1).map(lambda e: 1 - e)
)


@settings(max_examples=300)
@given(st.one_of(st.just(0.0), st.just(1.0), probabilities), probabilities, st.floats(-12, 0))
def test_binary_kl_keeps_its_digits_where_p_is_close_to_q(far, q, exponent):
    for p in (far, min(1.0, q * (1 + 10**exponent)), q * (1 - 10**exponent / 2)):
        a, b = mp.mpf(p), mp.mpf(q)
        exact = (a * mp.log(a / b) if p > 0 else 0) + (
            (1 - a) * mp.log((1 - a) / (1 - b)) if p < 1 else 0
        )
        assert close(binary_kl(p, q), exact)
        assert binary_kl(p, q) >= 2 * (p - q) ** 2 * (1 - 1e-12)


@given(st.integers(1, 60), st.integers(0, 61), st.integers(0, 40))
def test_binomial_tail_is_the_exact_one(n, k, share):
    p = Fraction(share, 40)
    exact = exact_binomial_tail(k, n, Fraction(float(p)))
    assert binomial_tail(k, n, float(p)) == pytest.approx(float(exact), rel=1e-12, abs=0)


def test_known_tails():
    assert binomial_tail([-1, 0, 3, 2.5, 11], 10, 0.3) == pytest.approx(
        [1, 1, 0.6172172136, 0.6172172136, 0]
    )
    # pooled counts are wrong: the stratified witness of 40 and 2 points
    assert hoeffding_tail(0.25, 42) == pytest.approx(0.0052, abs=1e-4)
    assert stratified_hoeffding_tail(0.25, [40, 2]) > 0.1442
    assert bernstein_tail(0.0, 10, 0.0, 1.0) == 1.0


def test_deviations_of_long_tailed_samples():
    """K = 10, imbalance 100, 5000 in the head class: three stratified deviations at 0.05/2 make .0908."""
    counts = [int(5000 * 100 ** (-i / 9)) for i in range(10)]
    assert 3 * stratified_hoeffding_deviation(counts, 0.025) == pytest.approx(0.0908, abs=1e-4)


@given(st.integers(1, 200), st.data(), st.floats(0.5, 0.999))
def test_clopper_pearson_ends_are_where_the_tails_are(trials, data, level):
    successes = data.draw(st.integers(0, trials))
    low, high = clopper_pearson(successes, trials, level)
    tail = (1 - level) / 2
    assert 0 <= low <= successes / trials <= high <= 1
    if successes:
        assert binomial_tail(successes, trials, low) == pytest.approx(tail, rel=1e-9)
    if successes < trials:
        assert 1 - binomial_tail(successes + 1, trials, high) == pytest.approx(tail, rel=1e-9)


def test_clopper_pearson_known_interval():
    assert clopper_pearson(3, 10) == pytest.approx((0.06673951, 0.65245285), abs=1e-8)
    assert clopper_pearson(0, 10) == pytest.approx((0.0, 1 - 0.025**0.1), rel=1e-12)
    assert clopper_pearson(5, 10**12)[1] == pytest.approx(1.16683321e-11, rel=1e-7)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: hoeffding_tail(-1.0, 10), "deviation"),
        (lambda: hoeffding_deviation(10, 0.0), "failure"),
        (lambda: bernstein_tail(0.1, 10, 1.0, 0.0), "excess"),
        (lambda: mcdiarmid_tail(0.1, [0.0, 0.0]), "differences"),
        (lambda: mcdiarmid_tail(0.1, 1.0), "differences"),
        (lambda: chernoff_tail(1.5, 10, 0.5), "relative_deviation"),
        (lambda: stratified_hoeffding_tail(0.1, [10, 2], [1.0, 1.0, 1.0]), "widths"),
        (lambda: binary_kl(0.5, 1.0), "q"),
        (lambda: exact_binomial_tail(1, 2, Fraction(3, 2)), "p = 3/2"),
        (lambda: clopper_pearson(3, 2), "successes"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_equal_numbers_have_an_interval_of_no_width():
    mean, ends = mean_interval([5461.579394782775] * 3, 0.99999999)
    assert ends == (mean, mean)
    assert mean == pytest.approx(5461.579394782775, rel=1e-15)
