"""The place of collapse on curves whose place is known, its interval's coverage, and the boundaries."""

import numpy as np
import pytest
from counterpoise.simulations.models import BOUNDARIES, collapse, collapse_boundaries
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import half_recall_log_imbalance, plug_in_rates
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binom

ETA = np.exp(np.linspace(0, np.log(100), 9))


@given(st.floats(0.3, 4.2), st.floats(0.05, 0.5))
def test_a_straight_line_in_log_eta_is_located_exactly(place, slope):
    recall = np.clip(0.5 - slope * (np.log(ETA) - place), 0, 1)
    between = (recall > 0) & (recall < 1)
    line = between | np.roll(between, 1) | np.roll(between, -1)
    if not line[np.searchsorted(np.log(ETA), place) - 1 :][:2].all():
        return
    found = collapse(ETA, np.stack([recall - 0.02, recall + 0.02], axis=1).clip(0, 1), draws=5)
    if recall[0] <= 0.98 and recall[-1] >= 0.02:
        assert found.eta == pytest.approx(np.exp(place), rel=1e-9)
        assert found.low <= found.eta <= found.high


@given(st.floats(1.2, 10), st.floats(1.5, 4))
def test_the_limit_law_of_lda_falls_where_its_boundary_says(kappa, Delta):
    boundary = float(np.exp(half_recall_log_imbalance(kappa, Delta, covariance="estimated")))
    eta = np.geomspace(1, 2 * boundary, 200)
    recall = plug_in_rates(eta, kappa, Delta, covariance="estimated").recall
    found = collapse(eta, np.stack([recall, recall], axis=1), draws=2)
    assert found.eta == pytest.approx(boundary, rel=1e-3)
    assert found.low == found.high == found.eta
    assert collapse_boundaries(kappa, Delta)["exact"] == pytest.approx(boundary)
    wrong = collapse_boundaries(kappa, 1.02 * Delta)["exact"]
    assert abs(wrong / found.eta - 1) > 0.005, "a distance off by 2 % is noticed"


def test_the_interval_covers():
    rng, trials = np.random.default_rng(0), 100
    truth = expit(2.0 * (np.log(12.0) - np.log(ETA)))
    exact = collapse(ETA, np.stack([truth, truth], axis=1), draws=1).eta
    inside = 0
    for trial in range(trials):
        recall = (truth[:, None] + rng.normal(0, 0.1, (len(ETA), 15))).clip(0, 1)
        found = collapse(ETA, recall, draws=100, seed=trial)
        inside += found.low <= exact <= found.high
    # a percentile interval of 15 replicates is somewhat narrow
    assert binom.cdf(inside, trials, 0.90) > 1e-3
    assert inside < trials


def test_noise_that_rises_again_does_not_move_the_place():
    recall = np.array([0.9, 0.7, 0.45, 0.75, 0.3, 0.1, 0.2, 0.1, 0.0])
    twice = np.stack([recall, recall], axis=1)
    found = collapse(ETA, twice, draws=2)
    levelled = twice.copy()
    levelled[2:4] = 0.6
    assert found.eta == collapse(ETA, levelled, draws=2).eta
    assert ETA[3] < found.eta < ETA[4]


def test_places_outside_what_was_measured_are_said_to_be():
    high, low = np.full((9, 3), 0.7), np.full((9, 3), 0.2)
    assert collapse(ETA, high)[:3] == (np.inf, np.inf, np.inf)
    assert collapse(ETA, low)[:3] == (0, 0, 0)
    mixed = np.concatenate([high[:8], np.array([[0.9, 0.3, 0.2]])])
    found = collapse(ETA, mixed)
    assert ETA[7] < found.eta < ETA[8]
    assert found.high == np.inf


def test_what_could_not_be_fitted_ends_the_curve():
    recall = np.linspace(0.9, 0.1, 9)[:, None].repeat(3, axis=1)
    recall[3, 1] = np.nan
    found = collapse(ETA, recall)
    assert found.eta == np.inf
    assert found.last == pytest.approx(ETA[2])


def test_the_same_seed_gives_the_same_interval():
    recall = np.random.default_rng(1).uniform(0, 1, (9, 6))
    recall.sort(axis=0)
    first, again, other = (collapse(ETA, recall[::-1], draws=50, seed=s) for s in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"eta": ETA[::-1]}, "must rise"),
        ({"eta": ETA[:4]}, "must be .E,. and .E, R."),
        ({"recall": np.full((9, 1), 0.5)}, "R >= 2"),
        ({"recall": np.full((9, 3), 1.5)}, "recall"),
        ({"recall": np.full((9, 3), np.nan)}, "two imbalances or more"),
        ({"level": 1.0}, "level"),
        ({"confidence": 95}, "confidence"),
        ({"draws": 0}, "draws"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_is_refused(change, said):
    given = {"eta": ETA, "recall": np.full((9, 3), 0.6)} | change
    with pytest.raises(InputError, match=said):
        collapse(**given)


def test_boundaries_are_those_of_the_catalogue():
    found = collapse_boundaries(5.0, 2.0)
    assert tuple(found) == BOUNDARIES
    assert found["published"] == pytest.approx(87.5, rel=1e-2)
    assert found["half published"] ** 2 == pytest.approx(found["published"])
    assert found["exact"] == pytest.approx(5.93, rel=1e-3)
    few = collapse_boundaries(0.5, 4.0)["exact"]
    covariance = "pseudo_inverse"
    assert few == pytest.approx(np.exp(half_recall_log_imbalance(0.5, 4.0, covariance=covariance)))
