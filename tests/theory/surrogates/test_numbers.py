"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

from counterpoise.theory.surrogates import transform_inverse
from fifty_digits import mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_draws import EPS, ORDERS, SHARE, TOLERANCE, K, exact
from numeric_tables import table_beside

FORMULAS = table_beside(__file__, "formulas")


@settings(max_examples=40)
@given(t=st.one_of(powers(-30, -1), SHARE), q=ORDERS, classes=K)
def test_the_inverse_transform_is_between_neighbours_that_miss(t, q, classes):
    value = float(FORMULAS.transform(exact(t), exact(q), classes))
    inverse = mp.mpf(float(transform_inverse(value, q, classes)))
    below, above = inverse * (1 - TOLERANCE), min(inverse * (1 + TOLERANCE), mp.mpf(1))
    assert FORMULAS.transform(below, exact(q), classes) <= value * (1 + 4 * EPS)
    assert FORMULAS.transform(above, exact(q), classes) >= value * (1 - 4 * EPS)
