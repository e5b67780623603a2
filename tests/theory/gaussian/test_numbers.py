"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

from collections import Counter

import numpy as np
import pytest
from counterpoise.theory.gaussian import (
    average_precision,
    bayes_rates,
    boundary_shift,
    f1_optimal_threshold,
    half_recall_imbalance,
    simplex_accuracies,
)
from fifty_digits import agree, mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_draws import DELTA, ETA, TOLERANCE, phi

Deltas = st.one_of(powers(-6, 1.6), st.floats(1e-6, 40))

etas = powers(0, 12)

taus = st.floats(-1, 2)


@given(eta=etas, Delta=Deltas)
def test_boundary_shift(eta, Delta):
    agree(boundary_shift(eta, Delta), mp.log(mp.mpf(eta)) / mp.mpf(Delta))


@given(eta=etas, Delta=Deltas, tau=taus)
def test_bayes_rates_down_to_underflow(eta, Delta, tau):
    half, shift = mp.mpf(Delta) / 2, (1 - mp.mpf(tau)) * mp.log(mp.mpf(eta)) / mp.mpf(Delta)
    rates = bayes_rates(eta, Delta, tau)
    agree(rates.recall, mp.ncdf(half - shift))
    agree(rates.specificity, mp.ncdf(half + shift))


@given(eta=etas, Delta=Deltas, tau=taus)
def test_the_balanced_error_of_rates_to_rounding_of_the_rates(eta, Delta, tau):
    """Absolute: errors below 1e-16 come out as zero."""
    half, shift = mp.mpf(Delta) / 2, (1 - mp.mpf(tau)) * mp.log(mp.mpf(eta)) / mp.mpf(Delta)
    truth = (mp.ncdf(shift - half) + mp.ncdf(-half - shift)) / 2
    agree(bayes_rates(eta, Delta, tau).balanced_error, truth, absolute=1e-15)


@given(Delta=st.floats(1e-6, 37.6))
def test_half_recall_imbalance(Delta):
    agree(half_recall_imbalance(Delta), mp.exp(mp.mpf(Delta) ** 2 / 2))


def test_half_recall_imbalance_overflows_to_infinity():
    assert half_recall_imbalance(38.0) == np.inf


@pytest.mark.parametrize(("Delta", "eta"), [(1, 1.65), (2, 7.39), (3, 90.0), (4, 2981)])
def test_golden_half_recall_of_the_bayes_rule(Delta, eta):
    assert half_recall_imbalance(Delta) == pytest.approx(eta, rel=3e-3)
    assert bayes_rates(half_recall_imbalance(Delta), Delta).recall == pytest.approx(0.5, abs=1e-14)


@settings(max_examples=40)
@given(eta=ETA, Delta=DELTA, beta=powers(-3, 3))
def test_the_f1_optimal_threshold_at_any_beta(eta, Delta, beta):
    t = mp.mpf(float(f1_optimal_threshold(eta, Delta, beta)))
    D, level = mp.mpf(Delta), mp.mpf(beta) ** 2 / mp.mpf(eta)
    with mp.workdps(80 + int(min(t * t, 1600))):
        excess = mp.exp(-D * t) * phi(D / 2 - t) - phi(-D / 2 - t) - level
        slope = D * mp.exp(-D * t) * phi(D / 2 - t)
        assert abs(excess / slope) <= TOLERANCE * max(1, abs(t))


@pytest.mark.parametrize(
    ("eta", "Delta"),
    [(1, 40), pytest.param(1e12, 40, marks=pytest.mark.whole), (1e12, 1e-6), (1e-6, 5), (1e5, 0.3)],
)
def test_average_precision_at_the_ends_of_its_domain(eta, Delta):
    with mp.workdps(25):
        D, e = mp.mpf(Delta), mp.mpf(eta)
        low, high = -13, 13 + (min(D, 40) if eta > 1 else 0)
        panels = int((high - low) / min(0.5, 4 / max(D, 1))) + 1
        edges = [low + (high - low) * mp.mpf(i) / panels for i in range(panels + 1)]
        truth = mp.quad(lambda u: mp.npdf(u) / (1 + e * phi(-u - D) / phi(-u)), edges, maxdegree=4)
    agree(average_precision(eta, Delta), truth)


@pytest.mark.parametrize(
    ("counts", "Delta"),
    [
        pytest.param([1e8, 1e4, 1.0], 0.5, marks=pytest.mark.whole),
        ([1e12, 1e12 - 1, 1e12 + 1], 1e-4),
        ([1.0] + [1000.0] * 300, 2.0),
    ],
)
def test_simplex_accuracies_of_many_classes(counts, Delta):
    accuracies = simplex_accuracies(counts, Delta)
    with mp.workdps(25):
        D, first = mp.mpf(Delta), mp.mpf(counts[0])
        ahead = Counter(
            D / mp.sqrt(2) + mp.sqrt(2) * mp.log(first / mp.mpf(n)) / D for n in counts[1:]
        )

        def integrand(u):
            return mp.npdf(u) * mp.fprod(phi(u + a) ** many for a, many in ahead.items())

        truth = mp.quad(integrand, [-14 + mp.mpf(i) / 4 for i in range(4 * 30)], maxdegree=4)
    agree(accuracies[0], truth)
