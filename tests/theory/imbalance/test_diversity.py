"""Diversity indices against 50 digits, their other definitions, and printed values."""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.imbalance import (
    geometric_gini,
    gini_coefficient,
    gini_impurity,
    normalised_entropy,
)
from fifty_digits import agree, counts_to_1e12, mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st

settings.register_profile("diversity", deadline=None)
settings.load_profile("diversity")

INDICES = (gini_coefficient, gini_impurity, normalised_entropy)
near_equal = st.lists(st.floats(1, 1 + 1e-9), min_size=2, max_size=8)
counts = st.one_of(counts_to_1e12, near_equal, st.lists(powers(-9, 9), min_size=2, max_size=8))


@given(counts=counts)
def test_the_indices(counts):
    exact = [mp.mpf(n) for n in counts]
    total, size = sum(exact), len(exact)
    pairs = sum(abs(a - b) for a in exact for b in exact)
    agree(gini_coefficient(counts), pairs / (2 * size * total))
    agree(gini_impurity(counts), 1 - sum((n / total) ** 2 for n in exact))
    entropy = -sum(n / total * mp.log(n / total) for n in exact)
    agree(normalised_entropy(counts), entropy / mp.log(size))


@given(counts=counts_to_1e12, factor=powers(-6, 6))
@pytest.mark.parametrize("index", INDICES)
def test_the_scale_of_the_counts_does_not_matter(index, counts, factor):
    scaled = index(np.array(counts) * factor)
    assert scaled == pytest.approx(index(counts), rel=1e-11, abs=1e-15)


@given(counts=counts_to_1e12)
def test_the_indices_stay_in_their_ranges(counts):
    size = len(counts)
    assert 0 <= gini_coefficient(counts) <= 1 - 1 / size
    assert 0 < gini_impurity(counts) <= (1 - 1 / size) * (1 + 1e-14)
    assert 0 < normalised_entropy(counts) <= 1 + 1e-14


@given(
    factor=st.one_of(powers(0, 12), powers(-12, 0).map(lambda e: 1 + e)),
    classes=st.integers(2, 1000),
)
def test_the_geometric_profile_in_closed_form(factor, classes):
    if factor == 1:
        assert geometric_gini(factor, classes) == 0
        return
    with mp.workdps(120):  # near a factor of 1 the two quotients cancel to twice their digits
        r = mp.mpf(factor) ** (-mp.mpf(1) / (classes - 1))
        truth = (1 + r**classes) / (1 - r**classes) - (1 + r) / (1 - r) / classes
        agree(geometric_gini(factor, classes), truth)


@given(factor=powers(0, 6), classes=st.integers(2, 40))
def test_the_closed_form_is_the_coefficient_of_the_profile(factor, classes):
    profile = factor ** (-np.arange(classes) / (classes - 1))
    closed_form = float(geometric_gini(factor, classes))
    assert closed_form == pytest.approx(gini_coefficient(profile), rel=1e-9, abs=1e-13)


def test_printed_values():
    assert gini_coefficient([1, 2, 3, 4]) == pytest.approx(1 / 4, rel=1e-15)
    assert geometric_gini(100, 10) == pytest.approx(0.612706, abs=1e-6)
    assert gini_coefficient([1, 1, 10]) == pytest.approx(1 / 2)
    assert gini_impurity([1, 10, 10]) == pytest.approx(80 / 147)
    assert geometric_gini([1, 10, 100], 5).shape == (3,)


def test_one_class_has_no_diversity():
    assert gini_coefficient([7]) == 0
    assert gini_impurity([7]) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: normalised_entropy([7]), "at least two classes"),
        (lambda: gini_coefficient([3, 0]), r"class_counts\[1\] = 0"),
        (lambda: geometric_gini(0.5, 3), "factor = 0.5"),
        (lambda: geometric_gini(2, 1), "classes"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
