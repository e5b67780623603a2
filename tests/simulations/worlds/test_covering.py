"""Random covering: two hundred (N, n) at once, and formulas that are a little off."""

import numpy as np
import pytest
from counterpoise.simulations.worlds.covering import covering_agreement, covering_rows
from counterpoise.theory.reweighting import expected_distinct_cells
from scipy.stats import binom


@pytest.fixture(scope="module")
def rows():
    return covering_rows(pairs=200, sets=400, seed=1)


def test_means_are_the_effective_number_and_misses_are_those_of_chance(rows):
    found = covering_agreement(rows)
    assert len(rows) == 200
    assert found.largest < 4
    assert found.p_value > 1e-3
    low, high = binom.interval(0.999, 200, 0.0455)
    assert low <= 200 * found.beyond_two <= high


@pytest.mark.parametrize("factor", [1.02, 0.98])
def test_a_formula_that_is_two_per_cent_off_is_found_out(rows, factor):
    found = covering_agreement([row._replace(stated=factor * row.stated) for row in rows])
    assert found.p_value < 1e-12
    assert found.largest > 10


def test_the_exponent_n_minus_one_is_found_out(rows):
    wrong = [
        row._replace(stated=float(expected_distinct_cells(np.full(row.cells, 1 / row.cells), row.draws - 1)))
        for row in rows
    ]  # fmt: skip
    assert covering_agreement(wrong).p_value < 1e-12
    right = [
        float(expected_distinct_cells(np.full(row.cells, 1 / row.cells), row.draws)) for row in rows
    ]
    assert [row.stated for row in rows] == pytest.approx(right, rel=1e-10)
