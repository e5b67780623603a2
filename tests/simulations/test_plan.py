"""The plan: closed forms joined rightly, counts tried one by one, the sampled world, and its picture."""

import numpy as np
import pytest
from counterpoise.paper_figs.plans.bars import draw
from counterpoise.simulations import (
    LOSSES,
    estimate_separation,
    loss_map,
    loss_remedies,
    loss_table,
    plan,
    plan_table,
)
from counterpoise.simulations.gaussian import sample_plug_in
from counterpoise.simulations.separation import Separation
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import REGIMES, plug_in_rates, regime
from hypothesis import given
from hypothesis import strategies as st

COUNTS = st.lists(st.integers(1, 5000), min_size=2, max_size=5)


@given(COUNTS, st.integers(1, 300), st.floats(0.3, 6))
def test_parts_sum_to_the_error_and_no_remedy_beats_the_best_threshold(counts, size, Delta):
    plans = plan(counts, size, Delta)
    assert len(plans) == len(counts) - 1
    for p in plans:
        assert p.class_count <= p.rival_count
        assert p.label != p.rival
        whole = p.threshold_part + p.direction_part + p.bayes_part
        assert whole == pytest.approx(p.remedies[0].balanced_error, abs=1e-9)
        corrected = p.remedies[-1].balanced_error
        assert corrected == pytest.approx(p.direction_part + p.bayes_part, abs=1e-9)
        assert all(corrected <= r.balanced_error + 1e-12 for r in p.remedies)
        assert p.regimes == (REGIMES[int(regime(p.eta, p.kappa, Delta))],)


@given(st.integers(1, 60), st.integers(60, 400), st.integers(5, 200), st.floats(0.5, 5))
def test_the_next_regime_is_where_counts_one_by_one_reach_it(own, other, size, Delta):
    (p,) = plan([other, own], size, Delta) if own < other else plan([other + 1, own], size, Delta)
    other = p.rival_count
    n = np.arange(own, other + 1)
    index = regime(other / n, (n + other) / size, Delta)
    if p.next_regime is None:
        assert index[-1] >= index[0]
    else:
        reached = p.next_regime.class_count - own
        assert index[reached] < index[0] <= index[reached - 1]
        assert p.next_regime.regime == REGIMES[index[reached]]


def test_the_rival_is_the_larger_class_that_hurts_most():
    apart = np.array([[0, 4, 2, 5], [4, 0, 3, 1], [2, 3, 0, 4], [5, 1, 4, 0]], dtype=float)
    counts = [900, 500, 300, 40]
    for p in plan(counts, 20, apart):
        larger = [r for r in range(4) if counts[r] >= counts[p.label] and r != p.label]
        pairs = {
            r: (counts[r] / counts[p.label], (counts[r] + counts[p.label]) / 20) for r in larger
        }
        recalls = {r: plug_in_rates(*pairs[r], apart[p.label, r]).recall for r in larger}
        assert p.rival == min(recalls, key=recalls.__getitem__)
        assert p.remedies[0].recall == pytest.approx(recalls[p.rival])


def test_sampled_rules_err_as_planned():
    (p,) = plan([2000, 100], 400, 2.5)
    sampled = ((0, (100, 2000)), (1, (100, 2000)), (0, (100, 100)))
    for remedy, (tau, counts) in zip(p.remedies, sampled, strict=False):
        rates = sample_plug_in(*counts, 400, 2.5, tau=tau, draws=4000, seed=3)
        assert remedy.recall == pytest.approx(rates.recall.mean(), abs=0.01)
        assert remedy.balanced_error == pytest.approx(rates.balanced_error.mean(), abs=0.005)


def test_some_of_the_plans_are_shown_alone():
    last = plan([100, 50, 20], 5, 2.0)[-1:]
    assert plan_table(last).splitlines()[1].startswith("2 ")
    assert draw(last).figure.axes[0].get_yticklabels()[0].get_text() == "2 (20)"


def test_an_interval_gives_all_regimes_in_it():
    low, high = np.array([[0, 0.5], [0.5, 0]]), np.array([[0, 5.0], [5, 0]])
    found = Separation(0.5 * (low + high), low, high, np.array([1000, 30]), 10)
    (p,) = plan([1000, 30], 10, found)
    assert p.regimes == REGIMES
    assert "normal to catastrophic" in plan_table([p])
    none = Separation(np.zeros((2, 2)), np.zeros((2, 2)), high, np.array([1000, 30]), 10)
    (p,) = plan([1000, 30], 10, none)  # the estimate is 0, the interval is not
    assert p.Delta == 2.5
    assert p.regimes[-1] == "catastrophic"


def test_no_distance_is_the_limit_of_small_ones():
    low, high = np.zeros((2, 2)), np.array([[0, 3.0], [3, 0]])
    for counts in ([200, 200], [200, 199], [200, 150], [200, 20]):
        (p,) = plan(counts, 10, Separation(0.5 * high, low, high, np.array(counts), 10))
        assert p.regimes[-1] == REGIMES[int(regime(p.eta, p.kappa, 1e-9))]
        assert (p.regimes == ("normal",)) == (p.eta == 1)


def test_a_pair_that_nothing_tells_apart_leaves_the_others_their_plan():
    rng = np.random.default_rng(0)
    target = np.repeat([0, 1, 2, 3], [300, 300, 30, 20])
    rows = rng.normal(size=(650, 6)) + 3.0 * (target == 2)[:, None]
    rows[target == 3] += rows[target == 0].mean(axis=0) - rows[target == 3].mean(axis=0)
    found = estimate_separation(rows, target)
    assert found.high[0, 3] == 0
    plans = plan(found.class_counts, 6, found)
    rare, same = plans[1:]
    assert rare.Delta == pytest.approx(found.Delta[2, rare.rival])
    assert (same.rival, same.Delta, same.next_regime) == (0, 0, None)
    (near,) = plan([300, 20], 6, 1e-9)
    assert same.regimes == near.regimes
    for one, other in zip(same.remedies, near.remedies, strict=True):
        assert one[1:] == pytest.approx(other[1:], abs=1e-8)
    assert plan_table(plans, list("abcd")).endswith(
        "\nd: nothing in these features tells it from a."
    )
    draw(plans)


def test_losses_are_those_of_the_map_in_the_cell_of_the_pair():
    plans = plan([2000, 400, 100], 250, 2.5)
    for p in plans:
        cell = loss_map([p.eta], [p.kappa], [p.Delta], ridge=0.1)
        losses = loss_remedies(p, 0.1)
        assert [loss.name for loss in losses] == list(LOSSES)
        for which, loss in enumerate(losses):
            assert loss.recall == pytest.approx(cell.recall.values[which].item())
            assert loss.balanced_error == pytest.approx(cell.balanced_error.values[which].item())
    first, _, *lines = loss_table(plans, 0.1, ["a", "b", "c"]).splitlines()
    assert "another learner" in first
    plain, weighted = loss_remedies(plans[0], 0.1)[:2]
    assert lines[0].startswith(f"b      a        {plain.recall:.2f}, {plain.balanced_error:.3f}")
    assert plain.balanced_error > weighted.balanced_error
    for ridge in (0.0, -1.0):
        with pytest.raises(InputError, match="ridge"):
            loss_remedies(plans[0], ridge)


def test_losses_that_floats_do_not_solve_are_left_open():
    low, high = np.zeros((2, 2)), np.zeros((2, 2))
    (none,) = plan([50, 5], 10, Separation(low, low, high, np.array([50, 5]), 10))
    assert all(np.isnan(loss.recall) for loss in loss_remedies(none, 0.1))


def test_the_picture_says_what_the_plan_says():
    plans = plan([5000, 500, 50], 64, 3.0)
    figure = draw(plans, ["a", "b", "c"])
    (axes,) = figure.figure.axes
    widths = np.array([[bar.get_width() for bar in bars] for bars in axes.containers])
    np.testing.assert_allclose(widths.sum(axis=0), [p.remedies[0].balanced_error for p in plans])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b (500)", "c (50)"]
    assert "1 of 2 classes" in figure.finding
    with pytest.raises(InputError, match="empty"):
        draw([])


@pytest.mark.parametrize(
    ("counts", "size", "apart", "said"),
    [
        ([10, 0], 3, 1.0, "class"),
        ([10, 5], 0, 1.0, "num_features"),
        ([10, 5], 3, 0.0, "separation = 0: must be above 0"),
        ([10, 5], 3, -1.0, "separation"),
        ([10, 5], 3, [[0, 1, 2]], "must be one number or .2, 2."),
        ([10], 3, 1.0, "class"),
        ([10, 0.5], 3, 1.0, "whole numbers"),
    ],
)
def test_what_is_refused(counts, size, apart, said):
    with pytest.raises(InputError, match=said):
        plan(counts, size, apart)
