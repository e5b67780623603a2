"""Numeric functions over their whole domain, tails included, against formulas at 50 digits.

A row of a chapter's ``formulas.py`` names a function, how to draw its arguments and an independent formula.
Functions that are the root of an equation, or an integral, have tests in ``test_numbers.py`` beside.
"""

import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numeric_draws import agree, exact
from numeric_tables import collected, function

ROWS = collected("formulas", "ROWS")
CALLS = collected("formulas", "CALLS")


@pytest.mark.parametrize("name", ROWS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_fifty_digits(name, data):
    drawn, formula = ROWS[name]
    given_ = data.draw(drawn)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = CALLS.get(name, function(name))(*given_)
    agree(result, formula(*[exact(argument) for argument in given_]))
