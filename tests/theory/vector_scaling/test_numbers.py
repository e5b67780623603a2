"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.vector_scaling import logit_adjustment_offset, vs_gradient_bound, vs_scale
from fifty_digits import agree, counts_to_1e12, exactly, mp, powers
from hypothesis import given
from hypothesis import strategies as st
from numeric_examples import CIFAR10_LT_100

unit = st.floats(0, 1, allow_subnormal=False)


@given(counts=counts_to_1e12, tau=st.floats(-3, 3, allow_subnormal=False))
def test_the_logit_adjustment_offset_to_rounding_of_the_prior(counts, tau):
    """Absolute: the log of a prior near one is only as good as the rounding of that prior."""
    truth = [mp.mpf(tau) * mp.log(mp.mpf(n) / sum(counts)) for n in counts]
    agree(logit_adjustment_offset(counts, tau), truth, absolute=3e-15)


@given(counts=counts_to_1e12, gamma=st.floats(-2, 5, allow_subnormal=False))
def test_vs_scale(counts, gamma):
    truth = [(mp.mpf(n) / max(counts)) ** mp.mpf(gamma) for n in counts]
    agree(vs_scale(counts, gamma), truth)


@given(scale=st.lists(powers(-6, 6), min_size=2, max_size=6), p=unit, weight=powers(-6, 6))
def test_vs_gradient_bound(scale, p, weight):
    for target in range(len(scale)):
        b = exactly(scale)
        most = max(b[:target] + b[target + 1 :])
        truth = mp.mpf(weight) * (1 - mp.mpf(p)) * mp.sqrt(b[target] ** 2 + most**2)
        agree(vs_gradient_bound(scale, target, p, weight), truth)


@pytest.mark.parametrize("target", [-1, 2, 100])
def test_a_target_outside_the_scale_is_refused(target):
    with pytest.raises(InputError, match=r"^target = "):
        vs_gradient_bound([1.0, 2.0], target, 0.5)


@pytest.mark.parametrize(
    ("function", "printed"),
    [
        (
            lambda n: logit_adjustment_offset(n),
            "-0.908742 -1.420568 -1.932618 -2.444001 -2.956685 "
            "-3.467511 -3.979198 -4.491462 -5.007095 -5.513913",
        ),
        (
            lambda n: 1 / vs_scale(n),
            "1 1.165964 1.359562 1.584989 1.848515 2.154655 2.512144 2.929453 3.419539 3.981072",
        ),
    ],
    ids=["log prior", "inverse VS scale"],
)
def test_golden_vectors_of_cifar_10_lt(function, printed):
    expected = [float(x) for x in printed.split()]
    np.testing.assert_allclose(function(CIFAR10_LT_100), expected, rtol=0, atol=6e-7)


def test_golden_vector_of_three_classes():
    expected = (1, 1.6206566, 2.45645605)
    np.testing.assert_allclose(1 / vs_scale((100, 20, 5)), expected, rtol=0, atol=5.1e-8)
