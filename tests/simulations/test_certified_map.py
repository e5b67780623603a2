"""A map of balls: what the float solvers say lies in them, and what is not decided says so."""

import pytest
import xarray as xr
from counterpoise.simulations import certified_map, loss_settings
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import (
    half_recall_imbalance,
    max_margin,
    plug_in_rates,
    regime,
    ridge_logistic,
)


def test_plug_in_map_is_the_float_map_with_radii():
    world = certified_map([1.0, 3.0, 30.0, 300.0], [0.3, 3.0], [2.0, 4.0])
    eta, kappa, Delta = xr.broadcast(world.eta, world.kappa, world.Delta)
    assert world.enclosed.all()
    rates = plug_in_rates(eta, kappa, Delta)
    assert (abs(world.recall - rates.recall) < 1e-13).all()
    assert (abs(world.specificity - rates.specificity) < 1e-13).all()
    assert (world.regime == regime(eta, kappa, Delta)).all()
    assert float(world.recall_radius.max()) < 1e-15


def test_a_cell_on_an_edge_is_not_decided():
    eta = half_recall_imbalance(0.4, 2.0)
    near = certified_map([eta, eta * 1.001], [0.4], [2.0], rule="max-margin")
    assert near.regime.values.ravel().tolist() == [-1, 2]
    assert near.enclosed.all()


def test_max_margin_map_says_where_classes_do_not_separate():
    world = certified_map([1.0, 20.0], [0.4, 40.0], [2.0], rule="max-margin")
    assert world.enclosed.sel(kappa=0.4).all()
    assert not world.enclosed.sel(kappa=40.0, eta=1.0).any()
    assert (world.regime.sel(kappa=40.0, eta=1.0) == -1).all()
    cell = world.sel(eta=20.0, kappa=0.4, Delta=2.0)
    assert abs(float(cell.recall) - max_margin(20.0, 0.4, 2.0).recall) <= float(cell.recall_radius)


def test_a_cell_whose_balanced_twin_has_no_solution_keeps_its_bound():
    world = certified_map([100.0], [3.0], [1.0], rule="max-margin")
    assert world.enclosed.item()
    assert world.regime.item() == -1
    assert abs(world.recall.item() - max_margin(100.0, 3.0, 1.0).recall) < 1e-8


@pytest.mark.parametrize(
    ("rule", "settings", "all_settings"),
    [
        ("plug-in", {}, {"tau": 0.0}),
        ("max-margin", {}, {}),
        ("ridge-logistic", {"ridge": 1}, {"ridge": 1.0, "loss": "plain"}),
    ],
)
def test_a_map_names_all_settings_of_its_rule(rule, settings, all_settings):
    attributes = certified_map([2.0], [0.4], [3.0], rule=rule, **settings).attrs
    assert {n: v for n, v in attributes.items() if n not in ("seed", "regimes")} == {
        "rule": rule, **all_settings,
    }  # fmt: skip


def test_ridge_logistic_map_takes_its_settings():
    settings = {"ridge": 0.5, "loss": "adjusted"}
    world = certified_map([10.0], [2.0], [3.0], rule="ridge-logistic", **settings)
    recall = ridge_logistic(10.0, 2.0, 3.0, 0.5, tau=1.0).recall
    assert world.recall.item() == pytest.approx(recall, abs=1e-10)
    assert 0 < world.recall_radius.item() < 1e-10


def test_losses_that_depend_on_the_imbalance_are_those_of_each_cell():
    world = certified_map([1.0, 12.0], [3.0], [2.0], rule="ridge-logistic", ridge=1.0, loss="vs")
    limit = ridge_logistic(12.0, 3.0, 2.0, 1.0, **loss_settings("vs", 12.0))
    cell = world.sel(eta=12.0, kappa=3.0, Delta=2.0)
    assert cell.specificity.item() == pytest.approx(limit.specificity, abs=1e-10)
    assert world.attrs["loss"] == "vs"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rule": "plugin"}, "plug-in"),
        ({"rule": "ridge-logistic"}, "ridge"),
        ({"rule": "ridge-logistic", "ridge": -1.0}, "ridge = -1"),
        ({"rule": "ridge-logistic", "ridge": 1.0, "loss": "focal"}, "loss"),
        ({"temperature": 1.0}, "temperature"),
        ({"eta": [0.5]}, "eta"),
        ({"tau": float("nan")}, "tau"),
    ],
)
def test_bad_input_is_named(change, message):
    given = {"eta": [2.0], "kappa": [1.0], "Delta": [1.0]} | change
    with pytest.raises(InputError, match=message):
        certified_map(**given)
