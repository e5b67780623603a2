"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import numpy as np
import pytest
from counterpoise.theory.consistency import focal_minimiser, pairwise_threshold
from fifty_digits import agree, exactly, mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_draws import normalised
from numeric_tables import table_beside

FORMULAS = table_beside(__file__, "formulas")

weights = powers(-6, 6)


def threshold(weight_positive, weight_negative, margin_positive, margin_negative, gamma):
    w, v, d, e, g = exactly(
        (weight_positive, weight_negative, margin_positive, margin_negative, gamma)
    )
    negative = v / (1 + mp.exp(-g * e))
    return negative / (w / (1 + mp.exp(-g * d)) + negative)


@given(w=weights, v=weights, d=st.floats(-50, 50), e=st.floats(-50, 50), g=powers(-2, 1))
def test_pairwise_threshold(w, v, d, e, g):
    agree(pairwise_threshold(w, v, d, e, g), threshold(w, v, d, e, g))


@pytest.mark.parametrize(("d", "e"), [(-800.0, -800.0), (-800.0, -801.0), (-1e4, -1e4)])
def test_pairwise_threshold_at_margins_whose_sigmoids_underflow(d, e):
    agree(pairwise_threshold(1.0, 2.0, d, e), threshold(1.0, 2.0, d, e, 1.0))


@settings(max_examples=30)
@given(parts_=st.lists(powers(-15, 0), min_size=2, max_size=4), gamma=st.floats(0, 20))
def test_focal_scores_next_to_certainty(parts_, gamma):
    """Newton's method for the logarithms of all scores but the largest, which is one minus them."""
    posterior = normalised(parts_)
    found_scores = focal_minimiser(posterior, gamma)
    most, g = int(np.argmax(posterior)), mp.mpf(gamma)
    rare = [i for i in range(len(posterior)) if i != most]

    def log_h(v):
        return mp.log(v) - mp.log(FORMULAS.focal_slope(v, g))

    def system(*logs):
        scores = [mp.exp(x) for x in logs]
        log_m = log_h(1 - mp.fsum(scores)) - mp.log(posterior[most])
        gaps = [log_h(v) - log_m - mp.log(posterior[i]) for i, v in zip(rare, scores, strict=True)]
        return gaps[0] if len(gaps) == 1 else gaps

    start = [mp.log(mp.mpf(float(found_scores[i]))) for i in rare]
    root = mp.findroot(system, start[0] if len(start) == 1 else start, tol=1e-35)
    truth = [mp.exp(x) for x in (root if len(start) > 1 else [root])]
    agree([found_scores[i] for i in rare], truth)
    agree(found_scores[most], 1 - mp.fsum(truth))
