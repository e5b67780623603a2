"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.imbalance import class_prior, exponential_profile, imbalance_factor
from fifty_digits import agree, counts_to_1e12, mp
from hypothesis import given
from hypothesis import strategies as st
from numeric_draws import TOLERANCE

unit = st.floats(0, 1, allow_subnormal=False)

CIFAR10 = {
    10: "5000 3871 2997 2320 1796 1391 1077 834 645 500",
    20: "5000 3584 2569 1842 1320 946 678 486 348 250",
    50: "5000 3237 2096 1357 878 568 368 238 154 100",
    100: "5000 2997 1796 1077 645 387 232 139 83 50",
    200: "5000 2775 1540 854 474 263 146 81 45 25",
}

CIFAR100 = {
    10: (19573, 50, (69, 31, 0)),
    20: (15907, 25, (53, 47, 0)),
    50: (12608, 10, (41, 41, 18)),
    100: (10847, 5, (35, 35, 30)),
    200: (9502, 2, (30, 31, 39)),
}


@given(counts=counts_to_1e12)
def test_class_prior(counts):
    agree(class_prior(counts), [mp.mpf(n) / sum(counts) for n in counts])


@given(counts=counts_to_1e12)
def test_imbalance_factor(counts):
    agree(imbalance_factor(counts), mp.mpf(max(counts)) / min(counts))


@given(n=st.integers(10, 10**9), K=st.integers(2, 200), share=unit)
def test_the_exponential_profile_is_the_truncated_power(n, K, share):
    factor = float(n) ** (0.99 * share)
    profile = exponential_profile(n, K, factor)
    for i, count in enumerate(profile):
        exact = n * mp.mpf(factor) ** (-mp.mpf(i) / (K - 1))
        assert mp.floor(exact * (1 - TOLERANCE)) <= int(count) <= mp.floor(exact * (1 + TOLERANCE))


@pytest.mark.parametrize(("ratio", "rarest"), [(49, 1), (249, 10), (491, 10)])
def test_the_exponential_profile_reaches_a_whole_smallest_count(ratio, rarest):
    assert exponential_profile(ratio * rarest, 5, ratio)[-1] == rarest


@pytest.mark.parametrize("factor", CIFAR10)
def test_cifar_10_lt_has_the_published_counts(factor):
    assert exponential_profile(5000, 10, factor).tolist() == [*map(int, CIFAR10[factor].split())]


@pytest.mark.parametrize("factor", CIFAR100)
def test_cifar_100_lt_has_the_published_total_minimum_and_groups(factor):
    counts = exponential_profile(500, 100, factor)
    groups = (counts > 100).sum(), ((counts >= 20) & (counts <= 100)).sum(), (counts < 20).sum()
    assert (counts.sum(), counts.min(), groups) == CIFAR100[factor]


@pytest.mark.parametrize("K", [1, 0, -2])
def test_a_profile_of_fewer_than_two_classes_is_refused(K):
    with pytest.raises(InputError, match=r"^num_classes = "):
        exponential_profile(100, K, 10)
