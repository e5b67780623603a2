"""Distinct cells: means and variances against 50 digits, exact distributions and a simulation."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.reweighting import (
    distinct_cells_variance,
    effective_number,
    expected_distinct_cells,
)
from fifty_digits import agree, mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st

settings.register_profile("cells", deadline=None)
settings.load_profile("cells")

wholes = powers(0, 12).map(int)


@given(
    parts=st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any), draws=powers(-3, 12)
)
def test_expected_distinct_cells(parts, draws):
    chances = np.array(parts) / sum(parts)
    truth = sum(1 - (1 - mp.mpf(float(p))) ** mp.mpf(draws) for p in chances)
    agree(expected_distinct_cells(chances, draws), truth)


@given(cells=st.integers(1, 300), draws=wholes)
def test_uniform_cells_give_the_effective_number(cells, draws):
    # 1 - 1/N is rounded, which moves its power by up to n/N rounding errors
    uniform = expected_distinct_cells(np.full(cells, 1 / cells), draws)
    assert uniform == pytest.approx(effective_number([draws], 1 - 1 / cells)[0], rel=1e-10)


@given(parts=st.lists(st.integers(0, 100), min_size=1, max_size=8).filter(any), draws=powers(0, 6))
def test_uneven_cells_are_hit_less(parts, draws):
    size = len(parts)
    uneven = expected_distinct_cells(np.array(parts) / sum(parts), draws)
    assert uneven <= expected_distinct_cells(np.full(size, 1 / size), draws) * (1 + 1e-12)


@given(cells=wholes, draws=wholes)
def test_the_variance(cells, draws):
    variance = distinct_cells_variance(cells, draws)
    with mp.workdps(150):  # the terms are up to 10^24 and cancel to 10^-12
        number = mp.mpf(cells)
        once, twice = (1 - 1 / number) ** draws, (1 - 2 / number) ** draws
        pairs = number * (number - 1) * twice
        agree(variance, number * once + pairs - (number * once) ** 2, absolute=1e-100)
    assert variance == 0 if 1 in (cells, draws) else variance >= 0


@pytest.mark.parametrize("cells", [1, 2, 3, 4])
@pytest.mark.parametrize("draws", [1, 2, 4, 5])
def test_the_variance_from_every_sequence(cells, draws):
    counted = [len(set(s)) for s in product(range(cells), repeat=draws)]
    mean = Fraction(sum(counted), len(counted))
    variance = Fraction(sum(k * k for k in counted), len(counted)) - mean**2
    assert distinct_cells_variance(cells, draws) == pytest.approx(float(variance), rel=1e-12, abs=0)
    assert effective_number([draws], 1 - 1 / cells)[0] == pytest.approx(float(mean), rel=1e-12)


def test_a_simulation_has_that_mean_and_variance():
    rng = np.random.default_rng(0)
    seen = np.array([np.unique(row).size for row in rng.integers(0, 50, size=(20_000, 80))])
    variance = float(distinct_cells_variance(50, 80))
    assert abs(seen.mean() - effective_number([80], 0.98)[0]) < 5 * (variance / 20_000) ** 0.5
    assert seen.var() == pytest.approx(variance, rel=0.05)


def test_arguments_broadcast():
    assert distinct_cells_variance([[2], [3]], [1, 2, 3]).shape == (2, 3)
    assert expected_distinct_cells([0.5, 0.5], [[1, 2, 3]]).shape == (1, 3)
    assert expected_distinct_cells([1.0, 0.0], 0) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: expected_distinct_cells([0.5, 0.4], 3), "must be a vector of sum 1"),
        (lambda: expected_distinct_cells([0.5, 0.5], -1), "draws = -1"),
        (lambda: distinct_cells_variance(2.5, 3), "cells = 2.5"),
        (lambda: distinct_cells_variance(2, 0), "draws = 0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
