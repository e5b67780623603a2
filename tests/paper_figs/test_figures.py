"""Each figure draws from small data and says what it shows."""

import re
from dataclasses import replace

import numpy as np
import pytest
from changed_results import change_members, keep_members
from counterpoise.paper_figs import (
    Evidence,
    balanced_accuracy,
    bound_comparison,
    bound_coverage,
    class_accuracy,
    class_weights,
    draw_all,
    regime_map,
    simulation_agreement,
)
from counterpoise.simulations import regime_sweep
from counterpoise.simulations.coverage import coverage_sweep
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import REGIMES, plug_in_rates, regime
from markupsafe import escape


def test_all_figures_are_drawn_where_the_data_allow(results, dataset):
    training = {"balanced_accuracy", "class_accuracy", "class_weights"}
    simulation = {"regime_map", "simulation_agreement"}
    assert set(draw_all(Evidence(training=results, simulation=dataset))) == training | simulation
    assert set(draw_all(Evidence(training=results))) == training
    assert set(draw_all(Evidence(simulation=dataset))) == simulation
    assert draw_all(Evidence()) == {}


def test_every_figure_holds_its_labels(figures):
    expected = {
        "regime_map": ["Δ = 1", "Δ = 3", "imbalance η", "0.743 Δ√κ, sharp", "Δ√κ, published"],
        "simulation_agreement": ["minority recall", "κ = 0.1", "κ = 100", "residuals"],
        "balanced_accuracy": ["CE", "LA", "LDAM-DRW", "balanced accuracy, %", "95 % interval"],
        "class_accuracy": ["LA, CE in grey", "VS", "training examples of the class"],
        "class_weights": ["CE-DRW", "density ratio", "n = 5", "n = 500", "epoch"],
    }
    for name, figure in figures.items():
        svg = figure.svg()
        for label in expected[name]:
            assert label in svg, f"{name} lacks {label}"


def test_the_regime_map_names_every_regime(dataset):
    svg = regime_map.draw(dataset).svg()
    for name in REGIMES:
        assert f">{name}</text>" in svg


def test_the_regime_map_has_at_most_three_panels(dataset):
    many = dataset.sel(Delta=[1.0, 3.0] * 3).assign_coords(Delta=[1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
    assert len(regime_map.draw(many).figure.axes) == 3


def test_the_regime_map_draws_a_single_cell(dataset):
    assert "of 1 cells" in regime_map.draw(dataset.isel(eta=[1], kappa=[1], Delta=[0])).caption


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
    plain = keep_members(results, lambda member: member.method == "ce")
    assert "class_weights" not in draw_all(Evidence(training=plain))
    with pytest.raises(InputError, match="no method whose class weights differ"):
        class_weights.draw(plain)


def test_results_with_empty_groups_and_a_dollar_in_a_name_are_drawn(results):
    last = results.members[-1]
    strange = replace(last, method="a$x_{$b", few=None)
    results = replace(results, members=(*results.members[:-1], strange))
    assert "a$x_{$b" in draw_all(Evidence(training=results))["balanced_accuracy"].svg()


def test_every_figure_says_its_name_its_title_and_numbers(figures):
    for name, figure in figures.items():
        assert figure.name == name
        assert f"<title>{figure.title}</title>" in figure.svg()
        assert re.search(r"\d", figure.finding), f"{name} gives no number"


def test_a_saved_figure_carries_its_caption(figures, tmp_path):
    figure = figures["simulation_agreement"]
    figure.save(tmp_path / "figure.svg")
    assert figure.caption in (tmp_path / "figure.svg").read_text(encoding="utf-8")


def test_the_regime_map_counts_what_lies_between_the_lines(dataset):
    assert "98 of 98 cells" in regime_map.draw(dataset).caption
    turned = dataset.assign(recall_mc=1 - dataset.recall_mc)
    caption = regime_map.draw(turned).caption
    assert "0 of 98 cells" in caption
    assert re.search(r"of the \d+ between the two lines 0 have", caption)


def test_the_agreement_caption_has_spread_and_largest_residual(dataset):
    z = simulation_agreement.residuals(dataset)
    caption = simulation_agreement.draw(dataset).caption
    assert f"by at most {abs(z).max():.2f} standard errors" in caption
    assert f"standard deviation of these residuals is {z.std():.2f}" in caption


def test_the_accuracy_captions_name_the_best_method(results):
    caption = balanced_accuracy.draw(results).caption
    gain = max(row.difference_to_ce or 0 for row in results.summary)
    assert f"VS, +{100 * gain:.1f} points" in caption
    assert "for 5 of 5 methods" in caption
    unsure = change_members(
        results, lambda m: {"balanced_accuracy": 0.2 + 0.3 * m.seed}, lambda m: m.method == "vs"
    )
    assert "for 4 of 5 methods" in balanced_accuracy.draw(unsure).caption
    lost = change_members(
        results, lambda m: {"class_accuracy": (0.5,) * 9 + (0.123,)}, lambda m: m.method == "ce"
    )
    assert "n = 5, CE reaches 12.3 %, VS, the best there" in class_accuracy.draw(lost).caption


def test_a_run_of_ce_alone_has_captions_without_a_comparison(results):
    plain = keep_members(results, lambda member: member.method == "ce")
    best = 100 * np.mean([member.balanced_accuracy for member in plain.members])
    assert f"mean balanced accuracy is {best:.1f} %" in balanced_accuracy.draw(plain).finding
    assert "the best there" not in class_accuracy.draw(plain).caption


def test_the_weights_caption_has_the_last_ratio_of_rarest_to_most_frequent(results):
    assert "is 10 under CE-DRW" in class_weights.draw(results).caption  # (500/5)^(1/2)


def test_the_bound_captions_count_violations_and_compare(results):
    coverage = coverage_sweep([110.0], sets=20, seed=1)
    coverage.violations.loc[{"bound": "union", "cut": 1.0}] = 3
    caption = bound_coverage.draw(coverage).caption
    assert "3 of 80 checks fail (4 bounds, each on the same 20 training sets)" in caption
    shares = [float(x) for x in re.findall(r"\d\.\d\d", bound_comparison.draw().caption)]
    assert len(shares) == 4
    assert max(shares) < 1


def test_the_caption_of_the_regime_map_defines_every_regime_as_the_theory_does(dataset):
    reading = regime_map.draw(dataset).reading
    rng = np.random.default_rng(2)
    eta, kappa = np.exp(rng.uniform(0, 6, 300)), np.exp(rng.uniform(-2, 4, 300))
    Delta = rng.uniform(0.3, 4, 300)
    R = plug_in_rates(eta, kappa, Delta).recall
    R0 = plug_in_rates(1.0, kappa, Delta).recall
    defined = {
        "normal, R ≥ ½ and R ≥ 0.9 R₀": (R >= 0.5) & (R >= 0.9 * R0),
        "mild, ½ ≤ R < 0.9 R₀": (R >= 0.5) & (R < 0.9 * R0),
        "extreme, 0.05 ≤ R < ½": (R >= 0.05) & (R < 0.5),
        "catastrophic, R < 0.05": R < 0.05,
    }
    found = regime(eta, kappa, Delta)
    for index, (definition, inside) in enumerate(defined.items()):
        assert definition.startswith(REGIMES[index])
        assert definition in reading
        assert ((found == index) == inside).all()


@pytest.mark.parametrize("Delta", [0.4, 1.0, 2.0, 3.0, 4.0])
def test_every_area_of_the_regime_map_that_can_be_seen_has_its_name(dataset, Delta):
    world = regime_sweep([1, 5, 100], [0.3, 3, 30], [Delta], draws=2, dimension=10**4)
    (axes,) = regime_map.draw(world).figure.axes
    named = {text.get_text() for text in axes.texts}
    eta, kappa = np.meshgrid(np.geomspace(1, 100, 60), np.geomspace(0.3, 30, 60))
    seen = np.bincount(regime(eta, kappa, Delta).ravel(), minlength=len(REGIMES)) > 40
    assert {name for name, area in zip(REGIMES, seen, strict=True) if area} <= named


def test_class_weights_are_drawn_as_steps(results):
    (axes, *_) = class_weights.draw(results).figure.axes
    member = next(m for m in results.members if m.method == "drw")
    for line in axes.lines:
        assert line.get_drawstyle() == "steps-pre"
        assert set(line.get_ydata()) <= {w for row in member.history.class_weights for w in row}


def test_a_finding_stands_first_in_the_alternative_text(figures):
    for figure in figures.values():
        assert figure.alternative == f"{figure.title}. {figure.finding}"
        assert f'aria-label="{escape(figure.alternative)}"' in figure.svg()
