"""Balls around class accuracies hold fifty digits of them, and regimes are said only where they decide."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import (
    Ball,
    enclose_max_margin,
    enclose_plug_in,
    enclosed_regime,
    half_recall_log_imbalance,
    max_margin,
    plug_in_rates,
    regime,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ETA, KAPPA, DELTA = st.floats(1, 1e4), st.floats(0.01, 100), st.floats(0.1, 8)


@given(ETA, KAPPA, DELTA, st.floats(-1, 2))
def test_plug_in_balls_hold_fifty_digits_and_the_float(eta, kappa, Delta, tau):
    with mpmath.workdps(400):
        e, k, D, t = map(mpmath.mpf, (eta, kappa, Delta, tau))
        against = (e * e - 1) / (2 * e * k) + (1 - t) * mpmath.log(e)
        V = mpmath.sqrt(D * D + (1 + e) ** 2 / (e * k))
        exact = mpmath.ncdf((D * D / 2 - against) / V), mpmath.ncdf((D * D / 2 + against) / V)
        for ball, value in zip(enclose_plug_in(eta, kappa, Delta, tau), exact, strict=True):
            assert abs(value - mpmath.mpf(ball.mid)) <= mpmath.mpf(ball.radius)
            assert ball.radius <= 1e-15 * ball.mid + 5e-324
    for ball, value in zip(
        enclose_plug_in(eta, kappa, Delta, tau), plug_in_rates(eta, kappa, Delta, tau), strict=True
    ):
        assert ball.mid == pytest.approx(float(value), rel=1e-10, abs=1e-300)


@settings(max_examples=15)
@given(st.floats(1, 300), st.floats(0.05, 0.9), st.floats(0.5, 5))
def test_max_margin_balls_hold_the_float_solution(eta, kappa, Delta):
    ball, solution = enclose_max_margin(eta, kappa, Delta), max_margin(eta, kappa, Delta)
    assert abs(ball.recall.mid - solution.recall) <= ball.recall.radius + 1e-10
    assert abs(ball.specificity.mid - solution.specificity) <= ball.specificity.radius + 1e-10
    assert ball.recall.radius < 1e-5


@given(ETA, KAPPA, DELTA)
def test_a_decided_regime_is_that_of_the_floats(eta, kappa, Delta):
    decided = enclosed_regime(
        enclose_plug_in(eta, kappa, Delta).recall, enclose_plug_in(1.0, kappa, Delta).recall
    )
    assert decided in (-1, int(regime(eta, kappa, Delta)))


def test_what_lies_across_an_edge_is_left_open():
    sure = Ball(0.8, 0.0)
    for recall, told in ((0.8, 0), (0.6, 1), (0.3, 2), (0.01, 3)):
        assert enclosed_regime(Ball(recall, 1e-12), sure) == told
    for edge in (0.05, 0.5, 0.72):
        assert enclosed_regime(Ball(edge, 1e-15), sure) == -1
        assert enclosed_regime(Ball(edge - 1e-9, 1e-15), sure) != -1
    assert enclosed_regime(Ball(0.72, 0.0), Ball(0.8, 1e-6)) == -1, "balance is in doubt, too"
    # a point where recall is one half to the last digits
    eta = float(np.exp(half_recall_log_imbalance(2.0, 3.0)))
    recall = enclose_plug_in(eta, 2.0, 3.0).recall
    wide = Ball(recall.mid, max(recall.radius, abs(recall.mid - 0.5) + 1e-17))
    assert enclosed_regime(wide, enclose_plug_in(1.0, 2.0, 3.0).recall) == -1


def test_the_ball_is_of_the_exact_floats():
    recall = enclose_plug_in(3.0, 0.1, 1.0).recall
    assert not recall.holds(float(Fraction(recall.mid) + Fraction(1, 10**12)))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: enclose_plug_in(0.5, 1.0, 1.0), "eta"),
        (lambda: enclose_plug_in(2.0, 0.0, 1.0), "kappa"),
        (lambda: enclose_plug_in(2.0, 1.0, -1.0), "Delta"),
        (lambda: enclose_plug_in(2.0, 1.0, 1.0, np.inf), "tau"),
        (lambda: enclose_max_margin(1.0, 50.0, 1.0), "separable"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(InputError, match=name):
        call()
