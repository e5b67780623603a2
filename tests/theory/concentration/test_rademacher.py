"""Rademacher complexity: against one sign vector at a time, against known values, and bad input."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from counterpoise.theory.concentration import (
    exact_rademacher_complexity,
    massart_bound,
    norm_ball_bound,
    norm_ball_complexity,
    rademacher_complexity,
    rademacher_estimate,
    sign_sums,
)
from counterpoise.theory.foundation import threads
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

settings.register_profile("rademacher", deadline=None)
settings.load_profile("rademacher")

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
shapes = st.one_of(
    st.tuples(st.integers(1, 5), st.integers(1, 7)),
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)),
)


def by_definition(values):
    """The average over sign vectors, in fractions."""
    array = np.vectorize(Fraction, otypes=[object])(np.asarray(values))
    rows = array.reshape(len(array), -1)
    signs = list(product((1, -1), repeat=rows.shape[1]))
    total = sum(max(sum(a * b for a, b in zip(s, row, strict=True)) for row in rows) for s in signs)
    return Fraction(total, array.shape[1] * len(signs))


@settings(max_examples=60)
@given(hnp.arrays(np.float64, shapes, elements=numbers))
def test_complexity_is_the_average_over_sign_vectors(values):
    exact = by_definition(values)
    assert rademacher_complexity(values) == pytest.approx(float(exact), rel=1e-12, abs=0)
    assert rademacher_complexity(values) >= 0


@settings(max_examples=60)
@given(hnp.arrays(np.int64, shapes, elements=st.integers(-9, 9)), st.integers(1, 12))
def test_exact_complexity_is_the_fraction(values, denominator):
    exact = by_definition(values) / denominator
    fractions = np.vectorize(lambda v: Fraction(int(v), denominator), otypes=[object])(values)
    assert exact_rademacher_complexity(fractions) == exact


def test_exact_complexity_survives_numbers_beyond_64_bits():
    assert exact_rademacher_complexity([[0, 0], [10**30, 1]]) == Fraction(10**30, 4)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_complexity_scales_with_the_class_at_both_ends_of_the_float_range(scale):
    values = np.array([[1.0, -2.0, 0.5], [0.0, 1.0, 1.0], [3.0, 0.25, -1.0]])
    expected = rademacher_complexity(values) * scale
    assert rademacher_complexity(values * scale) == pytest.approx(expected, rel=1e-12)


def test_what_all_functions_share_does_not_count():
    rng = np.random.default_rng(0)
    values, shared = rng.normal(size=(4, 6)), 2.0 ** np.arange(6)
    assert rademacher_complexity(np.round(values, 3) + shared) == pytest.approx(
        rademacher_complexity(np.round(values, 3)), rel=1e-12
    )


def test_many_points_where_nothing_varies_cost_nothing():
    values = np.zeros((3, 1000))
    values[:, :3] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert rademacher_complexity(values) == pytest.approx(
        3 / 1000 * rademacher_complexity(values[:, :3]), rel=1e-12
    )


@pytest.mark.parametrize("n", [1, 2, 9, 24, 40])
def test_two_constant_functions_give_the_mean_distance_of_a_random_walk(n):
    """{1, -1} on n points: E|S_n|/n, and E|S_2k| = 2k C(2k, k)/4^k."""
    k = (n + 1) // 2
    walk = Fraction(2 * k * comb(2 * k, k), 4**k)  # E|S_(2k-1)| = E|S_2k|
    values = np.stack([np.ones(n), -np.ones(n)])
    assert rademacher_complexity(values) == pytest.approx(float(walk / n), rel=1e-12)
    if n <= 24:
        assert exact_rademacher_complexity(values.astype(int)) == walk / n


@pytest.mark.parametrize("many", [1, 24])
def test_halves_of_both_enumerations_meet_across_the_table_size(monkeypatch, many):
    """18 points: split, among the cores in parts of four, by the compiled loop and by NumPy."""
    monkeypatch.setattr(sign_sums, "PART", 4)
    monkeypatch.setattr(sign_sums, "MANY", many)
    rng = np.random.default_rng(1)
    values = rng.integers(-4, 5, (4, 18))
    sums = np.zeros((4, 1), dtype=int)
    for column in values.T[:, :, None]:
        sums = np.concatenate([sums + column, sums - column], axis=1)
    total = int(sums.max(axis=0).sum())
    floats = set()
    for cores in (1, 3):
        monkeypatch.setattr(threads, "cpu_count", lambda cores=cores: cores)
        assert exact_rademacher_complexity(values) == Fraction(total, 18 * 2**18)
        floats.add(rademacher_complexity(values / 3))
    assert len(floats) == 1
    assert floats.pop() == pytest.approx(total / 3 / (18 * 2**18), rel=1e-13)


def test_the_estimate_covers_the_exact_value():
    rng = np.random.default_rng(2)
    values = rng.normal(size=(5, 12))
    exact = rademacher_complexity(values)
    hits = 0
    for seed in range(40):
        estimate = rademacher_estimate(values, draws=500, seed=seed, level=0.9)
        low, high = estimate.interval
        hits += low <= exact <= high
    assert hits >= 28  # 40 times 0.9 less five standard errors of a count
    close = rademacher_estimate(values, draws=100_000)
    assert close.mean == pytest.approx(exact, rel=0.01)


def test_the_estimate_of_one_function_is_zero():
    assert rademacher_estimate([[1.0, 2.0]]).mean == 0.0


@settings(max_examples=60)
@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=numbers))
def test_massart_bounds_the_complexity(values):
    assert rademacher_complexity(values) <= massart_bound(values) * (1 + 1e-12) + 1e-300


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_norm_ball_complexity_is_the_mean_length_of_signed_sums(outputs):
    rng = np.random.default_rng(outputs)
    features = rng.normal(size=(4, 3))
    lengths = [
        np.linalg.norm(features.T @ np.reshape(s, (4, outputs)))
        for s in product((1, -1), repeat=4 * outputs)
    ]
    exact = norm_ball_complexity(features, 2.5, outputs)
    assert exact == pytest.approx(2.5 * np.mean(lengths) / 4, rel=1e-12)
    bound = norm_ball_bound(np.linalg.norm(features, axis=1), 2.5, outputs)
    assert bound / np.sqrt(2) <= exact <= bound


def test_norm_ball_of_four_equal_points():
    assert norm_ball_complexity(np.ones((4, 1)), 1.0) == pytest.approx(3 / 8, rel=1e-14)
    assert norm_ball_bound(np.ones(4), 1.0) == pytest.approx(1 / 2, rel=1e-14)


def test_norm_ball_with_many_points_uses_several_blocks():
    value = norm_ball_complexity(np.ones((17, 2)) / np.sqrt(2), 1.0)
    walk = Fraction(18 * comb(18, 9), 4**9)
    assert value == pytest.approx(float(walk / 17), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rademacher_complexity([1.0, 2.0]), "shape"),
        (lambda: rademacher_complexity(np.zeros((0, 3))), "shape"),
        (lambda: rademacher_complexity([[np.nan]]), "values"),
        (lambda: rademacher_complexity(np.random.default_rng(0).normal(size=(3, 33))), "estimate"),
        (lambda: rademacher_complexity(np.stack([np.ones(45), np.zeros(45)])), "at most 44"),
        (lambda: norm_ball_complexity(np.ones((24, 1)), 1.0), "norm_ball_bound"),
        (lambda: norm_ball_complexity(np.ones((13, 1)), 1.0, 2), "24 free signs"),
        (lambda: norm_ball_bound(np.ones((2, 2)), 1.0), "shape"),
        (lambda: exact_rademacher_complexity([[1, 2], [3]]), "shape"),
        (lambda: rademacher_estimate([[1.0]], draws=1), "draws"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_floats_have_no_exact_complexity():
    with pytest.raises(InputTypeError, match="fractions"):
        exact_rademacher_complexity([[0.5, 1.0]])
