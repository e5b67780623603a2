"""Models over imbalance: LDA against its limit law, measures by hand, counts, and what is refused."""

import numpy as np
import pytest
import xarray as xr
from counterpoise.simulations.models import (
    MODELS,
    GaussianSource,
    TableSource,
    means_and_intervals,
    models_over_imbalance,
    over_imbalance,
    thinned,
    training_counts,
    with_rates,
)
from counterpoise.simulations.models.estimators import Fitted, fit
from counterpoise.theory.concentration import mean_interval
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import plug_in_rates
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import savemat
from sklearn.metrics import average_precision_score, f1_score, precision_score, roc_auc_score

SMALL = GaussianSource(dimension=4, total=60, Delta=2.5, test_count=200)


@pytest.fixture(
    scope="module",
    params=[(60, 240, 3.0), pytest.param((100, 300, 2.5), marks=pytest.mark.whole)],
)
def sampled(request):
    """LDA's recall and specificity over replicates at eta = 1 and 3, their standard errors, and the world."""
    dimension, total, Delta = request.param
    source = GaussianSource(dimension, total, Delta, test_count=600)
    found = models_over_imbalance(source, [1, 3], models=["lda"], replicates=60, seed=5)
    numbers = [found[name].sel(model="lda").to_numpy() for name in ("recall", "specificity")]
    means = np.array([n.mean(axis=1) for n in numbers])
    errors = np.array([n.std(axis=1, ddof=1) / np.sqrt(60) for n in numbers])
    eta = (found.n0 / found.n1).to_numpy()
    return means, errors, (eta, total / dimension, Delta)


def law(world, **settings):
    return np.array(plug_in_rates(*world, **settings))


def test_lda_follows_its_limit_law(sampled):
    means, errors, world = sampled
    assert (abs(means - law(world, covariance="estimated")) < 4 * errors).all()


def test_a_law_that_is_off_is_noticed(sampled):
    means, errors, (eta, kappa, Delta) = sampled
    right = law((eta, kappa, Delta), covariance="estimated")
    for wrong in (
        1.02 * right,
        0.98 * right,
        law((eta, 1 / kappa, Delta)),
        law((eta, kappa, Delta)),  # the covariance known
    ):
        assert (abs(means - wrong) > 4 * errors).any()


def test_models_rank_and_call_well_separated_classes():
    found = models_over_imbalance(
        GaussianSource(dimension=2, total=50, Delta=8.0, test_count=100), [1, 4], replicates=2
    )
    assert found.model.values.tolist() == list(MODELS)
    assert (found.roc_auc > 0.95).all()
    assert (found.balanced_error < 0.1).all()
    assert (found.average_precision_matched <= found.average_precision_balanced + 1e-12).all()


def test_seeds_decide_all_numbers_and_models_do_not_see_one_another(tmp_path):
    both, again, other = (
        models_over_imbalance(
            SMALL, [1, 5], models=["lda", "gradient-boosting"], replicates=2, seed=s
        )
        for s in (3, 3, 4)
    )
    xr.testing.assert_identical(both, again)
    assert (both.recall != other.recall).any()
    alone = models_over_imbalance(SMALL, [1, 5], models=["gradient-boosting"], replicates=2, seed=3)
    xr.testing.assert_equal(alone.recall, both.recall.sel(model=["gradient-boosting"]))
    more = models_over_imbalance(SMALL, [1, 5], models=["lda"], replicates=3, seed=3)
    xr.testing.assert_equal(more.recall.isel(replicate=[0, 1]), both.recall.sel(model=["lda"]))
    kept = tmp_path / "cells"
    first = models_over_imbalance(SMALL, [5], models=["lda"], replicates=2, checkpoint=kept)
    xr.testing.assert_identical(
        first, models_over_imbalance(SMALL, [5], models=["lda"], replicates=2, checkpoint=kept)
    )
    with pytest.raises(InputError, match="another settings"):
        models_over_imbalance(SMALL, [6], models=["lda"], replicates=2, checkpoint=kept)


def test_measures_by_hand(monkeypatch):
    rng = np.random.default_rng(0)
    truth = np.arange(90) < 40
    score = rng.normal(size=90) + truth
    judged = Fitted(score > 0.8, score)
    monkeypatch.setattr(over_imbalance, "fit", lambda *arguments: judged)
    minority = np.arange(120) < 30  # eta = 3
    found = over_imbalance._measured("lda", np.zeros((120, 2)), minority, np.zeros(0), truth, 0)
    # five of a minority row and four of a majority row balance 40 against 50; times 3 is as trained
    for odds, prior in ((4, "balanced"), (12, "matched")):
        repeated = np.where(truth, 5, odds).repeat(1)
        rows = np.repeat(np.arange(90), repeated)
        area = average_precision_score(truth[rows], score[rows])
        assert found[f"average_precision_{prior}"] == pytest.approx(area)
        cells = {name: (("model", "eta", "replicate"), [[[v]]]) for name, v in found.items()}
        dataset = with_rates(xr.Dataset({**cells, "n1": ("eta", [30]), "n0": ("eta", [90])}))
        for name, metric in (("precision", precision_score), ("f1", f1_score)):
            expected = metric(truth[rows], judged.predicted[rows])
            assert float(dataset[f"{name}_{prior}"].item()) == pytest.approx(expected)
    assert found["roc_auc"] == pytest.approx(roc_auc_score(truth, score))
    assert found["recall"] == pytest.approx((score > 0.8)[truth].mean())
    assert found["specificity"] == pytest.approx((score <= 0.8)[~truth].mean())


def test_nothing_called_the_minority_counts_as_no_precision():
    cells = {name: (("model", "eta", "replicate"), [[[0.0]]]) for name in over_imbalance.MEASURED}
    cells["specificity"] = (("model", "eta", "replicate"), [[[1.0]]])
    found = with_rates(xr.Dataset({**cells, "n1": ("eta", [3]), "n0": ("eta", [9])}))
    assert float(found.precision_matched.item()) == float(found.f1_balanced.item()) == 0.0
    assert float(found.balanced_error.item()) == 0.5


def test_a_model_that_cannot_be_fitted_has_no_number():
    found = models_over_imbalance(SMALL, [1, 9, 14], models=["qda", "lda"], replicates=2)
    assert found.n1.values.tolist() == [30, 6, 4]
    fitted = np.isfinite(found.recall.sel(model="qda")).all("replicate").values
    assert fitted.tolist() == [True, True, False]
    assert np.isfinite(found.sel(model="lda").to_array()).all()
    told = means_and_intervals(found)
    assert np.isnan(told.recall_low.sel(model="qda", eta=14))
    expected = mean_interval(found.f1_matched.sel(model="lda", eta=9).values)
    here = told.sel(model="lda", eta=9)
    assert float(here.f1_matched) == expected.mean
    assert (float(here.f1_matched_low), float(here.f1_matched_high)) == expected.interval


def test_a_covariance_that_is_singular_to_the_tolerance_gives_no_number(monkeypatch):
    def singular(name, *arguments):
        if name == "qda":
            raise np.linalg.LinAlgError("not full rank")
        return fit(name, *arguments)

    monkeypatch.setattr(over_imbalance, "fit", singular)
    found = models_over_imbalance(SMALL, [2], models=["qda", "lda"], replicates=2)
    assert np.isnan(found.recall.sel(model="qda")).all()
    assert np.isfinite(found.recall.sel(model="lda")).all()


def test_the_units_of_features_do_not_matter_to_qda():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(80, 3)) + (np.arange(80) < 30)[:, None]
    fits = [fit("qda", unit * rows, np.arange(80) < 30, unit * rows, 0) for unit in (1.0, 1e-3)]
    np.testing.assert_allclose(fits[0].score, fits[1].score, rtol=1e-6)


@given(st.floats(1, 500), st.integers(2, 2000))
def test_counts_add_up_and_the_minority_is_no_larger(eta, total):
    if total / (1 + eta) < 0.5:
        with pytest.raises(InputError, match="no minority example"):
            training_counts(eta, total)
        return
    n1, n0 = training_counts(eta, total)
    assert n1 + n0 == total
    assert 1 <= n1 <= n0
    assert abs(n1 - total / (1 + eta)) <= 0.5 + 1e-9


def test_training_sets_are_nested_and_keep_the_total():
    pool = SMALL.pool(np.random.SeedSequence(2))
    few, many = thinned(pool, 9, 60), thinned(pool, 2, 60)
    for rows, minority in (few, many):
        assert rows.shape == (60, 4)
        assert len(minority) == 60
    assert few[1].sum() == 6
    assert many[1].sum() == 20
    np.testing.assert_array_equal(few[0][:6], many[0][:6])
    np.testing.assert_array_equal(few[0][6:46], many[0][20:])


def test_the_gaussian_source_has_its_distance_spread_over_all_features():
    pool = GaussianSource(9, 20000, 3.0).pool(np.random.SeedSequence(0))
    gap = pool.minority.mean(axis=0) - pool.majority.mean(axis=0)
    np.testing.assert_allclose(gap, 1.0, atol=0.05)
    np.testing.assert_allclose(np.cov(pool.majority.T), np.eye(9), atol=0.05)


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    rows, labels = rng.poisson(2.0, (50, 6)), np.repeat([1, 2], [28, 22])
    savemat(tmp_path / "rows.mat", {"X": rows.astype(np.uint8), "Y": labels[:, None]})
    return tmp_path / "rows.mat", rows, labels


def distances(rows):
    return np.sort(np.linalg.norm(rows[:, None] - rows, axis=-1), axis=None)


def test_a_table_is_split_and_all_its_rows_are_used_once(table):
    path, rows, labels = table
    pool = TableSource(path, total=12, dimension=6, test_count=8).pool(np.random.SeedSequence(0))
    assert [len(part) for part in pool] == [14, 20, 8, 8]
    # as many components as columns only turn the rows
    whole = np.concatenate([pool.minority, pool.test_minority])
    np.testing.assert_allclose(distances(whole), distances(rows[labels == 2]), atol=1e-5)
    other = TableSource(path, total=12, dimension=6, test_count=8).pool(np.random.SeedSequence(1))
    assert not np.allclose(distances(other.test_minority), distances(pool.test_minority))


def test_counts_can_be_told_as_logs_of_unit_length(table):
    path, rows, labels = table
    pool = TableSource(path, 12, 6, 8, "log").pool(np.random.SeedSequence(0))
    told = np.log1p(rows)
    told /= np.linalg.norm(told, axis=1, keepdims=True)
    whole = np.concatenate([pool.majority, pool.test_majority])
    np.testing.assert_allclose(distances(whole), distances(told[labels == 1]), atol=1e-5)


def test_models_are_fitted_to_a_table(table):
    found = models_over_imbalance(
        TableSource(table[0], 20, 3, 6), [1, 4], models=["lda", "knn"], replicates=2
    )
    assert found.n1.values.tolist() == [10, 4]
    assert found.attrs["kappa"] == pytest.approx(20 / 3)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"total": 60}, "lower total"),
        ({"dimension": 7}, "has 6 columns"),
        ({"test_count": 22}, "0 rows of a class"),
        ({"row_scale": "sqrt"}, "row_scale"),
        ({"total": 0}, "total"),
    ],
)
def test_a_table_that_is_too_small_is_refused(table, settings, said):
    given = {"path": table[0], "total": 12, "dimension": 3, "test_count": 5} | settings
    with pytest.raises(InputError, match=said):
        models_over_imbalance(TableSource(**given), [1, 3], models=["lda"], replicates=2)


def test_a_table_of_other_classes_or_of_negative_counts_is_refused(tmp_path):
    np.savez(tmp_path / "three.npz", X=np.eye(9), y=[0, 1, 2] * 3)
    with pytest.raises(InputError, match="has 3 classes"):
        TableSource(tmp_path / "three.npz", 4, 2, 1).pool(np.random.SeedSequence(0))
    np.savez(tmp_path / "below.npz", X=-np.eye(8), y=[0, 1] * 4)
    with pytest.raises(InputError, match="counts must not be negative"):
        TableSource(tmp_path / "below.npz", 4, 2, 1, "log").pool(np.random.SeedSequence(0))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"models": ["ldaa"]}, "lda"),
        ({"models": []}, "must be names, each once"),
        ({"models": ["lda", "lda"]}, "each once"),
        ({"eta": [0.5]}, "eta"),
        ({"eta": [3, 1]}, "must rise"),
        ({"eta": [20, 21]}, "fewer of the minority each time"),
        ({"eta": []}, "must rise"),
        ({"eta": [500]}, "no minority example"),
        ({"replicates": 1}, "replicates"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_is_refused(change, said):
    given = {"eta": [1, 3], "models": ["lda"], "replicates": 2} | change
    with pytest.raises(InputError, match=said):
        models_over_imbalance(SMALL, **given)


@pytest.mark.parametrize(
    "settings", [{"dimension": 0}, {"total": 1}, {"Delta": 0.0}, {"test_count": 0}]
)
def test_a_gaussian_world_out_of_range_is_refused(settings):
    with pytest.raises(InputError, match=next(iter(settings))):
        GaussianSource(**({"dimension": 3, "total": 20, "Delta": 1.0} | settings))


def test_scores_of_naive_bayes_do_not_round_to_ties():
    rows = np.random.default_rng(0).normal(size=(60, 40)) + 3 * (np.arange(60) < 30)[:, None]
    judged = fit("naive-bayes", rows, np.arange(60) < 30, rows, seed=0)
    assert len(np.unique(judged.score)) == 60
