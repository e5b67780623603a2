"""Each figure draws from small data and says what it shows."""

import pytest
from counterpoise.paper_figs import (
    class_weights,
    draw_all,
    regime_map,
    simulation_agreement,
    to_svg,
)
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import REGIMES


def test_all_figures_are_drawn_where_the_data_allow(results, dataset):
    training = {"balanced_accuracy", "class_accuracy", "class_weights"}
    simulation = {"regime_map", "simulation_agreement"}
    assert set(draw_all(results, dataset)) == training | simulation
    assert set(draw_all(results, None)) == training
    assert set(draw_all(None, dataset)) == simulation
    assert draw_all(None, None) == {}


def test_every_figure_holds_its_labels(figures):
    expected = {
        "regime_map": ["Δ = 1", "Δ = 3", "imbalance η", "0.743 Δ√κ, sharp", "Δ√κ, published"],
        "simulation_agreement": ["minority recall", "κ = 0.1", "κ = 100", "residuals"],
        "balanced_accuracy": ["CE", "LA", "LDAM-DRW", "balanced accuracy, %", "95 % interval"],
        "class_accuracy": ["LA, CE in grey", "VS", "training examples of the class"],
        "class_weights": ["CE-DRW", "density ratio", "n = 5", "n = 500", "epoch"],
    }
    for name, figure in figures.items():
        svg = to_svg(figure)
        for label in expected[name]:
            assert label in svg, f"{name} lacks {label}"


def test_the_regime_map_names_every_regime(dataset):
    svg = to_svg(regime_map.draw(dataset))
    for name in REGIMES:
        assert f">{name}</text>" in svg


def test_the_regime_map_has_at_most_three_panels(dataset):
    many = dataset.sel(Delta=[1.0, 3.0] * 3).assign_coords(Delta=[1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
    assert len(regime_map.draw(many).axes) == 3


def test_the_regime_map_draws_a_single_cell(dataset):
    to_svg(regime_map.draw(dataset.isel(eta=[1], kappa=[1], Delta=[0])))


def test_saturated_cells_are_left_out_of_the_residuals(dataset):
    z = simulation_agreement.residuals(dataset)
    assert 0 < z.size < 2 * dataset.recall.size
    assert abs(z).max() < 4


@pytest.mark.parametrize("draw", [regime_map.draw, simulation_agreement.draw])
def test_a_data_set_without_monte_carlo_is_refused(draw, dataset):
    with pytest.raises(InputError, match="give a regime_sweep"):
        draw(dataset.drop_vars("recall_mc"))


def test_weights_are_shown_only_where_classes_are_weighed(results):
    assert class_weights.weighted_methods(results) == ["drw", "density-ratio"]
    results["members"] = [m for m in results["members"] if m["method"] == "ce"]
    assert "class_weights" not in draw_all(results, None)
    with pytest.raises(InputError, match="no method whose class weights differ"):
        class_weights.draw(results)


def test_results_with_empty_groups_and_a_dollar_in_a_name_are_drawn(results):
    results["members"][-1] |= {"method": "a$x_{$b", "few": None}
    svg = to_svg(draw_all(results, None)["balanced_accuracy"])
    assert "a$x_{$b" in svg


@pytest.mark.parametrize("missing", ["class_counts", "members", "summary"])
def test_results_that_lack_a_part_are_refused(results, missing):
    del results[missing]
    with pytest.raises(InputError, match=missing):
        draw_all(results, None)
