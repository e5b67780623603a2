"""Exponentials of quick rates: their roots and forms are those of the same at a little rate."""

import sympy
from counterpoise.theory.proof.instruments.forms import forms
from counterpoise.theory.proof.instruments.rates import QUICKEST, hidden, paced
from counterpoise.theory.proof.prover.extremes import roots
from hypothesis import given, settings
from hypothesis import strategies as st

X = sympy.Symbol("x", real=True)
QUICK = st.builds(
    sympy.Rational, st.integers(10**6, 10**11), st.integers(1, 10**10).filter(lambda q: q % 2)
).filter(lambda rate: rate.p > QUICKEST)


@settings(max_examples=20)
@given(QUICK, st.integers(1, 5), st.integers(2, 30))
def test_roots_are_the_slow_ones_in_another_unit(rate, power, level):
    [root] = roots(sympy.exp(power * rate * X) - level, X)
    assert abs(sympy.N(power * rate * root - sympy.log(level), 40)) < 1e-30


@settings(max_examples=20)
@given(QUICK, st.integers(2, 9))
def test_forms_are_factored_beside_the_exponential(rate, c):
    fast = sympy.exp(rate * X)
    expr = c * X * fast + X
    assert X * (c * fast + 1) in forms(expr)
    shown, names = hidden(expr)
    assert not shown.has(sympy.exp)
    assert shown.xreplace(names) == expr


def test_rates_without_a_common_pace_have_no_roots_that_are_looked_for():
    one, other = sympy.Rational(10**9 + 7, 10**9), sympy.Rational(10**9 + 9, 10**9)
    assert paced(sympy.exp(one * X) - sympy.exp(other * X) - 2, X) is None
    assert roots(sympy.exp(one * X) - sympy.exp(other * X) - 2, X) == ()
