"""The regime data set: labelled, reproducible, and in agreement with the closed form."""

import numpy as np
import pytest
import xarray as xr
from counterpoise.simulations import regime_sweep
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import REGIMES, plug_in_rates

ETA = [1.0, 5.0, 30.0, 100.0]
KAPPA = [0.2, 1.0, 20.0]
DELTA = [1.0, 3.0]


@pytest.fixture(scope="module")
def dataset():
    return regime_sweep(ETA, KAPPA, DELTA, seed=11)


def test_closed_form_and_monte_carlo_agree_in_every_cell(dataset):
    assert abs(dataset.z_recall).max() < 4
    assert abs(dataset.z_specificity).max() < 4


def test_every_variable_says_what_it_is_and_in_which_unit(dataset):
    for name, variable in dataset.variables.items():
        assert variable.attrs["long_name"], name
        assert variable.attrs["units"], name


def test_attributes_hold_what_is_needed_to_repeat_it(dataset):
    assert dataset.attrs["seed"] == 11
    assert {"draws", "dimension"} <= set(dataset.attrs)
    assert dataset.attrs["regimes"].split() == list(REGIMES)


def test_closed_form_is_taken_at_the_realised_counts():
    small = regime_sweep([7.3], [0.37], [2.0], dimension=500)
    n1, n0 = small.n1.item(), small.n0.item()
    eta, kappa = n0 / n1, (n0 + n1) / 500
    assert (eta, kappa) != (7.3, 0.37)
    assert small.recall.item() == plug_in_rates(eta, kappa, 2.0).recall


def test_regimes_worsen_with_imbalance(dataset):
    assert (dataset.regime.diff("eta") >= 0).all()
    assert dataset.regime.sel(eta=1.0).max() == 0
    assert dataset.regime.max() == 3


def test_result_does_not_depend_on_the_number_of_workers(dataset):
    xr.testing.assert_identical(dataset, regime_sweep(ETA, KAPPA, DELTA, seed=11, n_jobs=2))


def test_saturated_rates_do_not_look_like_disagreement():
    saturated = regime_sweep([1e5], [1000.0], [8.0, 20.0])
    assert np.isfinite(saturated.z_specificity).all()
    assert abs(saturated.z_specificity).max() < 4


def test_a_bad_grid_value_is_named():
    with pytest.raises(InputError, match=r"eta = 0\.5"):
        regime_sweep([0.5], KAPPA, DELTA)
