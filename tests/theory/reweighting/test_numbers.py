"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import numpy as np
from counterpoise.theory.reweighting import (
    class_density_ratio,
    difficulty_threshold,
    effective_number,
    effective_number_weights,
)
from fifty_digits import agree, counts_to_1e12, mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numeric_draws import DELTA, ETA, TOLERANCE, UNDERFLOW, phi
from numeric_examples import CIFAR10_LT_100

betas = st.one_of(
    st.floats(0, 1, exclude_max=True, allow_subnormal=False), powers(-12, -1).map(lambda e: 1 - e)
)


@given(counts=counts_to_1e12, beta=betas)
def test_effective_number(counts, beta):
    b = mp.mpf(beta)
    # of 50 digits, 1 - b**n loses at most 16
    agree(effective_number(counts, beta), [(1 - b**n) / (1 - b) for n in counts])


@given(counts=counts_to_1e12, beta=betas)
def test_effective_number_weights(counts, beta):
    b = mp.mpf(beta)
    inverse = [(1 - b) / (1 - b**n) for n in counts]
    truth = [len(counts) * w / sum(inverse) for w in inverse]
    agree(effective_number_weights(counts, beta), truth)


@settings(max_examples=40)
@given(data=st.data(), b=st.integers(1, 5), Z=st.integers(1, 4), ridge=powers(-2, 6))
def test_class_density_ratio_to_the_condition_of_its_system(data, b, Z, ridge):
    """The Gram matrix plus its ridge has condition number at most ``1 + b / ridge``."""
    numbers = st.floats(0.015625, 10, width=32)
    features = data.draw(hnp.arrays(np.float64, (b, Z), elements=numbers), label="features")
    prototype = data.draw(hnp.arrays(np.float64, Z, elements=numbers), label="prototype")
    phi, F = mp.matrix(features.tolist()), mp.matrix(prototype.tolist())
    gram = phi * phi.T
    penalty = mp.mpf(ridge) * sum(gram[i, i] for i in range(b)) / b
    mean = mp.matrix([sum(phi[i, k] for i in range(b)) / b for k in range(Z)])
    solution = mp.lu_solve(gram + penalty * mp.eye(b), phi * (F - mean))
    truth = [1 + b * solution[i] for i in range(b)]
    size = (
        1 + max(abs(t - 1) for t in truth) + b / ridge * float(np.ptp([*prototype, *features.flat]))
    )
    agree(class_density_ratio(features, prototype, ridge), truth, 0, 1e-13 * (1 + b / ridge) * size)


@settings(max_examples=40)
@given(
    eta=st.one_of(ETA, powers(-12, -1).map(lambda e: 1 + e)),
    Delta=DELTA,
    tau=st.just(0.0) | powers(-3, 6),
)
def test_where_difficulty_weights_rest(eta, Delta, tau):
    t = mp.mpf(float(difficulty_threshold(eta, Delta, tau)))
    D, k = mp.mpf(Delta), mp.mpf(tau)
    with mp.workdps(60 + int(min(t * t, 2000))):
        wrong, other = phi(-D / 2 - t), phi(-D / 2 + t)
        excess = D * t - mp.log(mp.mpf(eta)) - k * mp.log(wrong / other)
        slope = D + k * (mp.npdf(D / 2 + t) / wrong + mp.npdf(D / 2 - t) / other)
        assert abs(excess / slope) <= TOLERANCE * t + UNDERFLOW


def test_golden_vector_of_cifar_10_lt():
    expected = (
        *(0.050611, 0.0769, 0.121134, 0.195037, 0.318805),
        *(0.52459, 0.868349, 1.442627, 2.409223, 3.992724),
    )
    weights = effective_number_weights(CIFAR10_LT_100, 0.9999)
    np.testing.assert_allclose(weights, expected, rtol=0, atol=6e-7)


def test_golden_vector_of_three_classes():
    expected = (0.11589562, 0.57716699, 2.30693739)
    weights = effective_number_weights((100, 20, 5), 0.9999)
    np.testing.assert_allclose(weights, expected, rtol=0, atol=5.1e-8)
