"""The points that the search for a counterexample tries first: the shortest to write."""

import math
from fractions import Fraction

import numpy as np
from counterpoise.theory.proof.refuter.falsify import _short, _shortest
from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.builds(
    lambda p, q: p / q, st.integers(-(10**9), 10**9), st.integers(1, 10**9)
)


@given(NUMBERS, st.sampled_from([1, 2, 7, 1000, 10**6]))
def test_a_short_fraction_is_that_of_the_standard_library(value, limit):
    own = Fraction(value).limit_denominator(limit)
    assert _short(value, limit) == (own.numerator, own.denominator)


def length(point):
    """As it was first written, without a bound."""
    total = 0.0
    for value in map(float, point):
        short = Fraction(value).limit_denominator(10**6)
        if abs(float(short) - value) > 1e-6 * abs(value):
            return math.inf
        total += math.log1p(abs(short.numerator)) + math.log(short.denominator)
    return total


SOME = st.sampled_from([0.0, 1.0, -1.0, 0.5, 1 / 3, math.pi, 1e-9, 2.5e17, 0.1234567890123])


ROWS = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.tuples(*[SOME | st.floats(-5, 5)] * n), min_size=1, max_size=30)
)


@settings(max_examples=50)
@given(ROWS)
def test_the_shortest_points_are_those_of_a_whole_sort(rows):
    points = np.array(rows)
    order = np.argsort([length(point) for point in points], kind="stable")[:5]
    assert _shortest(points, 5).tolist() == points[order].tolist()


def test_of_no_points_none_is_the_shortest():
    assert _shortest(np.empty((0, 2)), 5).shape == (0, 2)
