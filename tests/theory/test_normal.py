"""The normal distribution function against 40 digits, small arrays and large."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.foundation.normal import LARGE, TAIL, normal_cdf
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr


def relative_error(value, x):
    with mpmath.workdps(40):
        exact = mpmath.ncdf(mpmath.mpf(float(x)))
        return abs(float((mpmath.mpf(float(value)) - exact) / exact))


@given(st.floats(-37.5, 40))
def test_every_digit(x):
    assert relative_error(normal_cdf(x), x) <= (1e-15 if x < TAIL else 5e-15)


def test_a_large_array_is_many_small_ones():
    x = np.random.default_rng(0).uniform(-37.5, 12, (3, LARGE // 3 + 1))
    value = normal_cdf(x)
    assert value.shape == x.shape
    np.testing.assert_array_equal(value, [normal_cdf(row) for row in x])
    some = np.random.default_rng(1).choice(x.size, 300, replace=False)
    assert max(map(relative_error, value.flat[some], x.flat[some])) <= 5e-15


def test_the_tail_is_where_the_library_slips():
    x = np.linspace(-37, -20, 200)
    assert max(map(relative_error, ndtr(x), x)) > 2e-14  # what the correction is for


@pytest.mark.parametrize("size", [1, LARGE])
def test_ends_and_gaps(size):
    x = np.resize([np.inf, -np.inf, np.nan, -0.0, 5e-324, -1e300, 1e300], size if size > 1 else 7)
    x.flags.writeable = False
    np.testing.assert_array_equal(normal_cdf(x)[:7], [1, 0, np.nan, 0.5, 0.5, 0, 1])


def test_a_number_gives_a_number():
    assert np.ndim(normal_cdf(1)) == 0
    assert normal_cdf([[0.0]]).tolist() == [[0.5]]
