"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import numpy as np
from counterpoise.theory.margins import ldam_margins, margin_tradeoff, optimal_margins
from fifty_digits import agree, counts_to_1e12, exactly, mp, powers
from hypothesis import given
from hypothesis import strategies as st
from numeric_examples import CIFAR10_LT_100


@given(counts=counts_to_1e12, margin=st.floats(0, 10, allow_subnormal=False))
def test_ldam_margins(counts, margin):
    truth = [mp.mpf(margin) * (mp.mpf(min(counts)) / n) ** (mp.mpf(1) / 4) for n in counts]
    agree(ldam_margins(counts, margin), truth)


@given(counts=counts_to_1e12, total=powers(-6, 6))
def test_optimal_margins(counts, total):
    shape = [mp.mpf(n) ** (-mp.mpf(1) / 4) for n in counts]
    agree(optimal_margins(counts, total), [mp.mpf(total) * s / sum(shape) for s in shape])


@given(counts=counts_to_1e12, data=st.data())
def test_margin_tradeoff(counts, data):
    margins = data.draw(
        st.lists(powers(-6, 6), min_size=len(counts), max_size=len(counts)), label="margins"
    )
    pairs = zip(exactly(margins), counts, strict=True)
    agree(margin_tradeoff(margins, counts), sum(1 / (g * mp.sqrt(n)) for g, n in pairs))


def test_golden_vector_of_cifar_10_lt():
    expected = (
        *(0.158114, 0.179697, 0.204238, 0.232091, 0.263829),
        *(0.299768, 0.340675, 0.387221, 0.440497, 0.5),
    )
    np.testing.assert_allclose(ldam_margins(CIFAR10_LT_100), expected, rtol=0, atol=6e-7)


def test_golden_vector_of_three_classes():
    expected = (0.2364354, 0.35355339, 0.5)
    np.testing.assert_allclose(ldam_margins((100, 20, 5)), expected, rtol=0, atol=5.1e-8)
