"""The normal distribution function against 40 digits, small arrays and large."""

import signal
import subprocess
import sys
import time

import mpmath
import numpy as np
import pytest
from counterpoise.theory.foundation.grids import LARGE
from counterpoise.theory.foundation.normal import normal_cdf, normal_cdfs
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr


def relative_error(value, x):
    with mpmath.workdps(40):
        exact = mpmath.ncdf(mpmath.mpf(float(x)))
        return abs(float((mpmath.mpf(float(value)) - exact) / exact))


@given(st.one_of(st.floats(-37.5, 90), st.floats(-37.5, 1e300)))
def test_every_digit(x):
    assert relative_error(normal_cdf(x), x) <= (3e-15 if x >= -20 else 6e-15)


@pytest.mark.parametrize(
    ("low", "high", "most"), [(-20, 20, 3e-15), (-1, 1, 1e-15), (-21, -19, 3e-15)]
)
def test_dense_samples(low, high, most):
    x = np.random.default_rng(0).uniform(low, high, 1000)
    assert max(map(relative_error, normal_cdf(x), x)) <= most


def test_between_the_entries_of_the_table():
    """Nowhere within a cell, its ends and its middle among them, is the error another."""
    x = np.concatenate(
        [start + np.linspace(0, 2 / 4096, 101) for start in (-37, -20, -8, -1, 0, 3)]
    )
    x = np.concatenate([x, np.nextafter(x, 1), np.nextafter(x, -40)])
    assert max(map(relative_error, normal_cdf(x), x)) <= 6e-15


def test_a_large_array_is_many_small_ones():
    x = np.random.default_rng(0).uniform(-37.5, 12, (3, LARGE // 3 + 1))
    value = normal_cdf(x)
    assert value.shape == x.shape
    np.testing.assert_array_equal(value, [normal_cdf(row) for row in x])
    for entry in [0, 1, 17, x.size // 2, x.size - 1]:
        assert normal_cdf(x.flat[entry]) == value.flat[entry]


def scaled(middle, shift, scale, *unused):
    return (middle - shift) * scale, np.sqrt(middle + shift) / scale


@pytest.mark.parametrize("shape", [(70, 30, 100), (400_000, 1), (3, 150_000), (200_000,)])
def test_many_pairs_are_those_of_their_arguments(shape):
    rng = np.random.default_rng(0)
    middle, scale = rng.normal(0, 9, shape[-1]), rng.uniform(0, 3, shape)
    shift = rng.normal(0, 9, (*shape[:-1], 1))
    scale.flat[[0, 1, 2]] = np.nan, np.inf, 0
    values = normal_cdfs(scaled, middle, shift, scale)
    with np.errstate(invalid="ignore", divide="ignore"):
        arguments = scaled(middle, shift, scale)
    for value, argument in zip(values, arguments, strict=True):
        assert value.shape == shape
        np.testing.assert_array_equal(value, normal_cdf(argument))
    for i in (1, 2, 7, np.prod(shape) - 1):
        at = np.unravel_index(i, shape)
        with np.errstate(divide="ignore"):
            few = normal_cdfs(scaled, middle[at[-1]], shift[(*at[:-1], 0)], scale[at])
        np.testing.assert_array_equal(few, [value[at] for value in values])


def test_the_tail_is_where_the_library_slips():
    x = np.linspace(-37, -20, 200)
    assert max(map(relative_error, ndtr(x), x)) > 2e-14  # what the table is for, besides speed


@pytest.mark.parametrize("size", [1, LARGE])
def test_ends_and_gaps(size):
    x = np.resize(
        [np.inf, -np.inf, np.nan, -0.0, 5e-324, -1e300, 1e300, 39.9, 40.1, 50],
        size if size > 1 else 10,
    )
    x.flags.writeable = False
    expected = [1, 0, np.nan, 0.5, 0.5, 0, 1, 1, 1, 1]
    np.testing.assert_array_equal(normal_cdf(x)[:10], expected)
    assert normal_cdf(x[::-1]).shape == x.shape


@pytest.mark.parametrize("x", [39.9999, 40.1, 45.0, 79.9, 80.1, 1e4, 1e15, 1e19, np.inf])
def test_far_beyond_the_table(x):
    assert normal_cdf(x) == 1
    assert normal_cdf(-x) == 0
    np.testing.assert_array_equal(normal_cdf([x, -x, np.nan]), [1, 0, np.nan])
    np.testing.assert_array_equal(normal_cdf([-x, 0.0]), [0, 0.5])


def test_it_never_falls_by_more_than_rounding():
    x = np.linspace(-37.5, 9, 200_001)
    value = normal_cdf(x)
    assert (np.diff(value) >= -2e-14 * value[1:]).all()
    assert ((value >= 0) & (value <= 1)).all()


def test_a_number_gives_a_number():
    assert np.ndim(normal_cdf(1)) == 0
    assert normal_cdf([[0.0]]).tolist() == [[0.5]]
    assert normal_cdf(np.empty((0, 3))).shape == (0, 3)


def test_a_signal_that_asks_for_values_leaves_those_that_are_made():
    x, y = np.linspace(-3, 3, 2**15), np.linspace(-9, 9, 2**15)
    expected, end = normal_cdf(x), time.monotonic() + 0.5

    def asks(*_):
        normal_cdf(y)
        signal.setitimer(signal.ITIMER_REAL, 1e-3)

    before = signal.signal(signal.SIGALRM, asks)
    signal.setitimer(signal.ITIMER_REAL, 1e-3)
    try:
        while time.monotonic() < end:
            np.testing.assert_array_equal(normal_cdf(x), expected)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "code",
    [
        "with np.errstate(all='raise'): print(normal_cdf(0.0))",
        "threading.Thread(target=lambda: (time.sleep(0.3), print(normal_cdf(np.zeros(200000))[0]))).start()",
    ],
)
def test_in_a_process_of_its_own(code):
    """Before the table is made, and after the main thread has ended."""
    head = "import threading, time\nimport numpy as np\n"
    head += "from counterpoise.theory.foundation.normal import normal_cdf\n"
    done = subprocess.run([sys.executable, "-c", head + code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("0.5", "")
