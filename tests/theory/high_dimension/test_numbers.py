"""The chapter's numbers against mpmath at 50 digits, and published tables.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import numpy as np
import pytest
from counterpoise.theory.high_dimension import (
    class_loads,
    direction_lost,
    half_recall_log_imbalance,
    max_margin,
    plug_in_rates,
    published_log_boundary,
    recall_level_log_imbalance,
    regime,
    sharp_constant,
)
from fifty_digits import agree, exactly, mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_draws import DELTA, EPS, ETA, TOLERANCE, phi

etas = powers(0, 12)

kappas = powers(-4, 6)

Deltas = st.one_of(powers(-6, 1.6), st.floats(1e-6, 40))

taus = st.floats(-1, 2)


def loads(eta, kappa):
    e, k = exactly((eta, kappa))
    return (1 + e) / k, (1 + e) / (e * k)


@given(eta=etas, kappa=kappas)
def test_class_loads(eta, kappa):
    agree(class_loads(eta, kappa), list(loads(eta, kappa)))


def probits(eta, kappa, Delta, tau=0.0):
    g1, g0 = loads(eta, kappa)
    half, against = mp.mpf(Delta) ** 2 / 2, (g1 - g0) / 2 + (1 - mp.mpf(tau)) * mp.log(mp.mpf(eta))
    spread = mp.sqrt(mp.mpf(Delta) ** 2 + g1 + g0)
    return (half - against) / spread, (half + against) / spread


@given(eta=etas, kappa=kappas, Delta=Deltas, tau=taus)
def test_plug_in_rates_down_to_underflow(eta, kappa, Delta, tau):
    truth = [mp.ncdf(z) for z in probits(eta, kappa, Delta, tau)]
    agree(plug_in_rates(eta, kappa, Delta, tau), truth)


def brackets_half_recall(kappa, Delta, slack):
    """Whether the root is within ``slack`` of the answer: the left side increases in l."""
    k, half = mp.mpf(kappa), mp.mpf(Delta) ** 2 / 2
    answer = mp.mpf(float(half_recall_log_imbalance(kappa, Delta)))
    below, above = answer - slack(answer), answer + slack(answer)
    return below + mp.sinh(below) / k < half < above + mp.sinh(above) / k


@given(kappa=kappas, Delta=Deltas)
def test_half_recall_log_imbalance_to_fourteen_decimals(kappa, Delta):
    """The eta it stands for, exp(l), is therefore relatively accurate everywhere."""
    assert brackets_half_recall(kappa, Delta, lambda l: 1e-14 + TOLERANCE * l * (l > 0.01))


@pytest.mark.parametrize(("kappa", "Delta"), [(0.017871, 1.103e-6), (0.016681, 1.2564e-6)])
def test_half_recall_log_imbalance_is_relatively_accurate_near_balance(kappa, Delta):
    assert brackets_half_recall(kappa, Delta, lambda l: TOLERANCE * l)


@given(kappa=kappas, Delta=Deltas)
def test_published_log_boundary(kappa, Delta):
    agree(published_log_boundary(kappa, Delta), mp.mpf(Delta) * mp.sqrt(mp.mpf(kappa)))


def test_the_sharp_constant_is_the_maximum_of_asinh_of_half_a_square_over_x():
    x = mp.findroot(lambda x: x**2 / mp.sqrt(1 + x**4 / 4) - mp.asinh(x**2 / 2), 2.57675)
    agree(sharp_constant(), mp.asinh(x**2 / 2) / x)
    assert sharp_constant() == pytest.approx(0.743186684, abs=5e-10)


@given(eta=etas, kappa=kappas, Delta=Deltas)
def test_regime_away_from_its_cut_points(eta, kappa, Delta):
    recall = mp.ncdf(probits(eta, kappa, Delta)[0])
    cuts = (mp.mpf("0.05"), mp.mpf("0.5"), mp.mpf("0.9") * mp.ncdf(probits(1, kappa, Delta)[0]))
    if min(abs(recall / cut - 1) for cut in cuts) < TOLERANCE:
        return
    expected = 3 if recall < cuts[0] else 2 if recall < cuts[1] else 1 if recall < cuts[2] else 0
    assert regime(eta, kappa, Delta) == expected


@given(eta=etas, kappa=kappas, Delta=Deltas)
def test_direction_lost_away_from_its_cut_point(eta, kappa, Delta):
    squared_cosine = 1 / (1 + sum(loads(eta, kappa)) / mp.mpf(Delta) ** 2)
    if abs(squared_cosine - 0.5) > TOLERANCE:
        assert direction_lost(eta, kappa, Delta) == (squared_cosine < 0.5)


@pytest.mark.parametrize(
    ("Delta", "kappa", "known", "published", "recall"),
    [
        (2, 0.1, 1.20, 1.88, 0.219),
        (2, 1, 2.53, 7.39, 0.162),
        (2, 5, 4.71, 87.5, 0.008),
        (3, 0.5, 3.52, 8.34, 0.143),
        (3, 2, 9.22, 69.6, 0.005),
        (3, 10, 25.4, 1.3e4, 0),
        (4, 2, 20.1, 286, 0),
    ],
)
def test_golden_half_recall_of_the_plug_in_rule(Delta, kappa, known, published, recall):
    boundary = np.exp(published_log_boundary(kappa, Delta))
    assert np.exp(half_recall_log_imbalance(kappa, Delta)) == pytest.approx(known, rel=5e-3)
    assert boundary == pytest.approx(published, rel=5e-3 if published < 1e4 else 5e-2)
    assert plug_in_rates(boundary, kappa, Delta).recall == pytest.approx(recall, abs=5.1e-4)


@settings(max_examples=30)
@given(recall=st.floats(0.0024, 0.99), kappa=powers(-3, 9), Delta=st.floats(1e-3, 40))
def test_the_imbalance_of_a_recall_level(recall, kappa, Delta):
    probit, k, D = mp.sqrt(2) * mp.erfinv(2 * mp.mpf(recall) - 1), mp.mpf(kappa), mp.mpf(Delta)

    def excess(l):
        spread = mp.sqrt(D**2 + 4 * mp.cosh(l / 2) ** 2 / k)
        return D**2 / 2 - l - mp.sinh(l) / k - probit * spread

    if excess(0) <= 1e-9 * (D + 1):
        return
    l = mp.mpf(recall_level_log_imbalance(recall, kappa, Delta))
    size = D**2 / 2 + l + mp.sinh(l) / k + abs(probit) * (D + 2 * mp.cosh(l / 2) / mp.sqrt(k))
    slope = abs(excess(l + mp.mpf("1e-12")) - excess(l)) * mp.mpf(10) ** 12
    assert abs(excess(l)) <= slope * TOLERANCE * l + 16 * EPS * size


@settings(max_examples=20)
@given(eta=ETA, kappa=powers(-6, 0.2), Delta=DELTA)
def test_the_max_margin_solution(eta, kappa, Delta):
    solution = max_margin(eta, kappa, Delta)
    m, p, k = mp.mpf(Delta) / 2, 1 / (1 + mp.mpf(eta)), mp.mpf(kappa)

    def system(log_rho, one, other):
        rho = mp.exp(log_rho)
        push = rho / (2 * m * k)
        mean = [t * phi(t) + mp.npdf(t) for t in (one, other)]
        square = [(t * t + 1) * phi(t) + t * mp.npdf(t) for t in (one, other)]
        energy = k * (p * square[0] + (1 - p) * square[1])
        first, second = mp.log(p * mean[0] / push), mp.log((1 - p) * mean[1] / push)
        return [first, second, mp.log(energy) - mp.log(1 - rho**2)]

    rho, b, margin = (mp.mpf(value) for value in solution[:3])
    start = mp.log(rho), margin - rho * m - b, margin - rho * m + b
    log_rho, one, other = mp.findroot(system, start, tol=1e-25)
    rho, b = mp.exp(log_rho), (other - one) / 2
    agree(solution[0:3:2], [rho, (one + other) / 2 + rho * m])
    agree(solution[1], b, absolute=16 * EPS * (1 + abs(one) + abs(other)))  # their difference
    for value, z in zip(solution[4:], (rho * m + b, rho * m - b), strict=True):
        # a probability's condition in its quantile
        agree(value, phi(z), TOLERANCE * (1 + z * z))
