"""Metrics of four losses in the limit: drawn scores, training on samples, and how the parts add up."""

import numpy as np
import pytest
import xarray as xr
from counterpoise.simulations import (
    LOSSES,
    limit_metrics,
    loss_map,
    loss_settings,
    sample_ridge_logistic,
)
from counterpoise.simulations.sweep import OtherSweep
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.gaussian import bayes_balanced_error, best_f1, roc_area
from counterpoise.theory.high_dimension import enclose_ridge_logistic, ridge_logistic
from sklearn.metrics import average_precision_score, f1_score, precision_score, roc_auc_score


@pytest.fixture(scope="module")
def world():
    return loss_map([1.0, 20.0], [1.0, 6.0], [2.5], ridge=0.05)


def test_metrics_are_those_of_drawn_scores():
    """Each loss at one cell: 60,000 scores of the limit's law, counted by scikit-learn."""
    rng = np.random.default_rng(0)
    eta, Delta = 8.0, 2.5
    minority = rng.random(60_000) < 1 / (1 + eta)
    noise = rng.standard_normal(minority.size)
    for loss in LOSSES:
        limit = ridge_logistic(eta, 3.0, Delta, 0.1, **loss_settings(loss, eta))
        side = np.where(minority, 0.5, -0.5)
        score = limit.norm * (noise + side * limit.alignment * Delta) + limit.intercept
        found, said = limit_metrics(limit, Delta, eta), score > 0
        counted = {
            "recall": np.mean(said[minority]),
            "specificity": np.mean(~said[~minority]),
            "precision": precision_score(minority, said),
            "f1": f1_score(minority, said),
            "roc_auc": roc_auc_score(minority, score),
            "average_precision": average_precision_score(minority, score),
        }
        for name, value in counted.items():
            assert found[name] == pytest.approx(value, abs=0.02), (loss, name)
        cuts = np.linspace(found["f1_threshold"] - 1, found["f1_threshold"] + 1, 9)
        reached = [f1_score(minority, score > cut) for cut in cuts]
        best = found["f1"] + found["f1_threshold_part"]
        assert reached[4] == pytest.approx(best, abs=0.015)
        assert reached[4] > max(reached) - 0.01
        assert reached[4] > max(reached[0], reached[-1])


def test_metrics_are_those_of_training_on_samples():
    eta, kappa, Delta, ridge = 5.0, 4.0, 2.5, 0.1
    trained = sample_ridge_logistic(
        80, 400, 120, Delta, ridge, draws=12, seed=0, **loss_settings("vs", eta)
    )
    limit = ridge_logistic(eta, kappa, Delta, ridge, **loss_settings("vs", eta))
    areas = roc_area(trained.alignment * Delta)
    error = areas.std(ddof=1) / np.sqrt(areas.size)
    found = limit_metrics(limit, Delta, eta)
    assert abs(areas.mean() - found["roc_auc"]) < 4 * error + 1 / 120


def test_parts_add_up_to_what_the_bayes_rule_reaches(world):
    whole = world.balanced_error_threshold_part + world.balanced_error_direction_part
    bayes = world.balanced_error_bayes_part
    assert np.allclose(world.balanced_error, whole + bayes, atol=1e-12)
    assert np.allclose(bayes, bayes_balanced_error(1.0, 2.5), atol=1e-12)
    reached = world.f1 + world.f1_threshold_part + world.f1_direction_part
    eta = xr.broadcast(world.eta, world.f1)[0].transpose(*world.f1.dims)
    assert np.allclose(reached, best_f1(eta.to_numpy(), 2.5), atol=1e-10)
    for name in world.data_vars:
        if str(name).endswith("_part"):
            assert float(world[name].min()) > -1e-12, name


def test_logit_adjustment_moves_only_the_threshold(world):
    """The intercept is not penalised, so that an offset of the training score is absorbed by it."""
    plain, adjusted = world.sel(loss=0), world.sel(loss=2)
    for name in ("alignment", "roc_auc", "average_precision", "balanced_error_direction_part"):
        assert np.allclose(plain[name], adjusted[name], atol=1e-10), name
    assert float((adjusted.recall - plain.recall).sel(eta=20.0).min()) > 0.2


def test_weights_and_scales_do_nothing_to_balanced_classes(world):
    balanced = world.sel(eta=1.0)
    for name in balanced.data_vars:
        values = balanced[name].astype(float)
        assert np.allclose(values, values.sel(loss=0), atol=1e-10), name
    assert (balanced.regime == 0).all()


def test_evaluation_ratio_is_that_of_the_evaluation_alone():
    judged = loss_map([20.0], [6.0], [2.5], ridge=0.05, evaluation_eta=1.0)
    matched = loss_map([20.0], [6.0], [2.5], ridge=0.05)
    for name in ("recall", "balanced_error", "geometric_mean", "roc_auc"):
        assert np.array_equal(judged[name], matched[name]), name
    assert (judged.precision > matched.precision).all()
    # a balanced evaluation is what balancing losses state probabilities for
    assert (judged.calibration_error < matched.calibration_error).sel(loss=[2]).all()
    assert (judged.calibration_error > matched.calibration_error).sel(loss=[0]).all()


def test_a_sweep_goes_on_where_it_stopped(tmp_path):
    cells, seen = tmp_path / "cells", []

    def stop(done, total):
        seen.append(done)
        if done == 3:
            raise KeyboardInterrupt

    grid = ([1.0, 4.0], [2.0], [2.0])
    with pytest.raises(KeyboardInterrupt):
        loss_map(*grid, ridge=1.0, checkpoint=cells, progress=stop)
    again = []
    whole = loss_map(
        *grid, ridge=1.0, checkpoint=cells, progress=lambda done, total: again.append(done)
    )
    assert again[0] == 3
    assert whole.equals(loss_map(*grid, ridge=1.0))
    with pytest.raises(OtherSweep):
        loss_map(*grid, ridge=2.0, checkpoint=cells)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ridge": 0.0}, "ridge"),
        ({"evaluation_eta": 0.5}, "evaluation_eta"),
        ({"eta": [0.5]}, "eta"),
        ({"Delta": [100.0]}, "Delta"),
    ],
)
def test_bad_input_is_named(change, message):
    given = {"eta": [2.0], "kappa": [1.0], "Delta": [1.0], "ridge": 1.0} | change
    with pytest.raises(InputError, match=message):
        loss_map(**given)


def test_unknown_loss_is_named():
    with pytest.raises(InputError, match="plain"):
        loss_settings("plane", 2.0)


def test_rates_under_a_great_ridge_are_within_the_room_that_regimes_have():
    world = (21612.53906284734, 188.23044267473372, 0.06678957415327702, 121521.8568810778)
    found = ridge_logistic(*world, tau=1.0)
    off = abs(found.recall - enclose_ridge_logistic(*world, tau=1.0).recall.mid)
    assert 1e-10 < off < 100 * np.finfo(float).eps / found.norm
