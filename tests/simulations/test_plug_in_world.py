"""The plug-in rule's regret: under its bound in every draw, and vanishing at the rates of theory."""

import numpy as np
import pytest
import xarray as xr
from counterpoise.simulations.plug_in_world import (
    HARDNESS,
    _gaussian_regret,
    _logistic_fit,
    log_slope,
    plug_in_sweep,
)
from counterpoise.theory.decision import prior_estimate_cost
from counterpoise.theory.foundation.validation import InputError
from scipy.special import logit, ndtr
from sklearn.linear_model import LogisticRegression

SIZES = [500, 1000, 2000, 4000, 8000]


@pytest.fixture(scope="module")
def dataset():
    return plug_in_sweep(SIZES, draws=300, seed=1)


def slope(dataset, world, name):
    cells = dataset.sel(world=world)
    return log_slope(cells.examples, cells[name], cells[f"{name}_se"])


def test_no_draw_exceeds_the_bound(dataset):
    assert float(dataset.largest_ratio.max()) <= 1
    assert (
        float(dataset.sel(world="hard").largest_ratio.max()) > 0.8
    )  # the bound is nearly attained


@pytest.mark.parametrize(
    ("world", "name", "expected"),
    [
        ("gaussian", "bound", -0.5),
        ("hard", "bound", -0.5),
        ("hard", "regret", -0.5),
        ("gaussian", "regret", -1.0),
    ],
)
def test_regret_and_bound_fall_at_their_rates(dataset, world, name, expected):
    measured = slope(dataset, world, name)
    print(
        f"{world} {name}: slope {measured.slope:.3f}, standard error {measured.standard_error:.3f}"
    )
    assert abs(measured.slope - expected) < 4 * measured.standard_error + 0.02
    assert measured.standard_error < 0.04


def test_the_threshold_one_half_keeps_its_regret(dataset):
    Delta, prior = dataset.Delta, dataset.prior
    cut = -logit(prior) / Delta
    limit = ndtr(Delta / 2) - 0.5 * (1 + ndtr(Delta / 2 - cut) - ndtr(-Delta / 2 - cut))
    at_half = dataset.at_half.sel(world="gaussian")
    np.testing.assert_allclose(at_half, limit, rtol=0.04)


def test_the_hard_worlds_regret_is_that_of_the_normal_limit(dataset):
    cells = dataset.sel(world="hard")
    limit = HARDNESS * ndtr(-HARDNESS) * prior_estimate_cost(dataset.prior, cells.examples)
    np.testing.assert_allclose(cells.regret, limit, rtol=0.12)


def test_the_fit_is_scikit_learns():
    rng = np.random.default_rng(0)
    positive = rng.random((3, 400)) < 0.2
    feature = rng.normal(size=positive.shape) + positive
    intercept, weight = _logistic_fit(feature, positive)
    for row in range(3):
        fit = LogisticRegression(C=np.inf, tol=1e-10).fit(feature[row, :, None], positive[row])
        np.testing.assert_allclose(
            [intercept[row], weight[row]], [fit.intercept_[0], fit.coef_[0, 0]], rtol=1e-4
        )


def test_the_closed_regret_is_that_of_a_sampled_rule():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 200_000)
    x = rng.normal(size=y.size) + (y - 0.5) * 1.5
    for intercept, weight in ((0.5, 1.3), (-1.0, 0.7), (0.3, -1.0)):
        predicted = intercept + weight * x > 0
        accuracy = 0.5 * (predicted[y == 1].mean() + 1 - predicted[y == 0].mean())
        regret = _gaussian_regret(np.array([intercept]), np.array([weight]), 1.5)[0]
        assert regret == pytest.approx(ndtr(0.75) - accuracy, abs=0.004)


def test_a_slope_worked_out_by_hand():
    x = np.array([1.0, 10.0, 100.0])
    fitted = log_slope(x, 3 * x**-0.5, 0.01 * x**-0.5)
    assert fitted.slope == pytest.approx(-0.5)
    assert fitted.standard_error == pytest.approx((0.01 / 3) / (np.log(10) * np.sqrt(2)))


def test_the_sweep_is_labelled_and_repeatable(tmp_path):
    one = plug_in_sweep([200, 400], draws=5, checkpoint=tmp_path / "sweep")
    two = plug_in_sweep([200, 400], draws=5, checkpoint=tmp_path / "sweep")
    xr.testing.assert_identical(one, two)
    assert one.regret.dims == ("world", "examples")
    assert all(one[name].attrs["long_name"] for name in ("regret", "bound", "at_half"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plug_in_sweep([10]), "examples = 10"),
        (lambda: plug_in_sweep([200], prior=1.0), "prior = 1"),
        (lambda: plug_in_sweep([200], Delta=0.0), "Delta = 0"),
        (lambda: plug_in_sweep([200], draws=1), "draws = 1"),
        (lambda: plug_in_sweep([200], prior=1e-4), "one class only"),
        (lambda: plug_in_sweep([200], Delta=30.0), "separable"),
        (lambda: log_slope([1.0], [1.0], [1.0]), "n >= 2"),
    ],
)
def test_bad_input_is_refused_with_its_mend(call, message):
    with pytest.raises(InputError, match=message):
        call()
