"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import numpy as np
from counterpoise.theory.concentration import binomial_tail, clopper_pearson
from fifty_digits import powers
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_draws import EPS, SHARE, TOLERANCE


def beta_tail(x, a, b):
    """The regularised incomplete beta function, as a ball of 300 bits, and its slope."""
    from flint import arb, ctx

    ctx.prec = 300
    x, a, b = arb(x), arb(a), arb(b)
    log_slope = (a - 1) * x.log() + (b - 1) * (1 - x).log() + (a + b).lgamma()
    return x.beta_lower(a, b, regularized=True), (log_slope - a.lgamma() - b.lgamma()).exp()


@settings(max_examples=60)
@given(n=powers(0, 12).map(int), share=SHARE, z=st.floats(-12, 12))
def test_binomial_tails_of_many_trials_to_the_rounding_of_the_share(n, share, z):
    k = int(np.clip(round(n * share + z * np.sqrt(n * share * (1 - share))), 1, n))
    truth, slope = beta_tail(share, k, n - k + 1)
    tail = float(binomial_tail(k, n, share))
    if truth.rel_accuracy_bits() < 60 or truth < 1e-290:
        return
    magnified = float(slope / truth) * share / (1 - share)
    assert abs(float(tail / truth - 1)) <= TOLERANCE + EPS * magnified


@settings(max_examples=40)
@given(
    trials=powers(0, 12).map(int),
    successes=powers(0, 12).map(int),
    level=st.one_of(st.floats(0.01, 0.99), powers(-12, -2).map(lambda gap: 1 - gap)),
)
def test_clopper_pearson_ends_at_any_size(trials, successes, level):
    from flint import arb

    successes = min(successes, trials)
    low, high = clopper_pearson(successes, trials, level)
    tail = (1 - arb(level)) / 2
    mass, slope = beta_tail(low, successes, trials - successes + 1)
    assert abs(float((mass - tail) / slope / low)) <= TOLERANCE
    if successes < trials:
        mass, slope = beta_tail(high, successes + 1, trials - successes)
        assert abs(float((1 - mass - tail) / slope / high)) <= TOLERANCE
