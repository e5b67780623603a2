"""Every number of findings and captions is that of the data it names, computed here another way."""

import re

import numpy as np
import pytest
from changed_results import change_members
from counterpoise.paper_figs import Evidence, bound_coverage, draw_all, findings, plug_in_regret
from counterpoise.simulations.coverage import coverage_sweep
from counterpoise.simulations.plug_in_world import plug_in_sweep
from counterpoise.theory.high_dimension import plug_in_rates
from scipy.optimize import brentq
from scipy.stats import ttest_rel


def said(evidence, start):
    (line,) = [line for line in findings(evidence) if line.startswith(start)]
    return line


def numbers(text):
    return [float(number.replace(",", "")) for number in re.findall(r"-?\d[\d,]*\.?\d*", text)]


@pytest.fixture(scope="module")
def coverage():
    return coverage_sweep([110.0, 330.0], sets=30, seed=3)


def test_each_bound_is_checked_on_the_same_training_sets(coverage):
    coverage = coverage.copy(deep=True)
    coverage.violations.loc[{"cut": 1.0}] = np.arange(8).reshape(4, 2)
    line = said(Evidence(coverage=coverage), "Bounds")
    sets = 30 + 30  # drawn for n = 110, and for n = 330
    assert f"4 bounds, each on the same {sets} training sets" in line
    assert f"violated in {sum(range(8))} of {4 * sets} checks" in line
    ratios = [
        float(coverage.value.sel(bound=name, n=330)) / float(coverage.truth.sel(bound=name, n=330))
        for name in coverage.bound.values
    ]
    for ratio in (min(ratios), max(ratios)):
        assert f"{ratio:.1f} times" in line
    assert f"28 of 240 checks fail (4 bounds, each on the same {sets} training sets)" in (
        bound_coverage.draw(coverage).caption
    )


def test_residuals_are_counted_once_and_the_saturated_ones_not_at_all(dataset):
    pairs = [
        (float(mean), float(closed), float(error))
        for name in ("recall", "specificity")
        for mean, closed, error in zip(
            dataset[f"{name}_mc"].values.ravel(),
            dataset[name].values.ravel(),
            dataset[f"{name}_se"].values.ravel(),
            strict=True,
        )
        if error > 1e-12
    ]
    worst = max(abs(mean - closed) / error for mean, closed, error in pairs)
    evidence = Evidence(simulation=dataset)
    count = f"{len(pairs)} rates"
    assert len(pairs) < 2 * dataset.recall.size, "some are saturated"
    line = said(evidence, "Simulation")
    assert count in line
    assert f"({2 * dataset.recall.size - len(pairs)} saturated ones left out)" in line
    assert f"{worst:.2f} standard errors" in line
    figure = draw_all(evidence)["simulation_agreement"]
    assert count in figure.finding
    assert f"{worst:.2f} standard errors" in figure.finding
    assert f"{len(pairs)} residuals, largest |z| = {worst:.2f}" in figure.svg()


def test_the_boundary_is_where_recall_is_one_half(dataset):
    line = said(Evidence(simulation=dataset), "Boundary")
    Delta, kappa, exact, published, factor, late = numbers(line)
    root = brentq(
        lambda l: float(plug_in_rates(np.exp(l), kappa, Delta).recall) - 0.5, 0.0, 20.0, xtol=1e-12
    )
    assert exact == pytest.approx(root, abs=5e-4)
    assert published == pytest.approx(Delta * np.sqrt(kappa), abs=5e-4)
    assert factor == pytest.approx(published / exact, rel=0.01)
    grid = np.geomspace(1e-3, 1e3, 200_000)
    assert late <= 1 / (np.arcsinh(grid**2 / 2) / grid).max() < late + 1e-3


def test_training_is_told_from_the_members_not_from_the_stored_summary(results):
    shifted = change_members(
        results, lambda m: {"balanced_accuracy": 0.3 + 0.01 * m.seed}, lambda m: m.method == "vs"
    )
    line = said(Evidence(training=shifted), "Training")
    by_method = {
        name: [m.balanced_accuracy for m in shifted.members if m.method == name]
        for name in {m.method for m in shifted.members}
    }
    for name, label in (("vs", "VS"), ("la", "LA"), ("ldam-drw", "LDAM-DRW")):
        test = ttest_rel(by_method[name], by_method["ce"])
        low, high = test.confidence_interval(0.95)
        mean = np.mean(by_method[name]) - np.mean(by_method["ce"])
        assert f"{label} {100 * mean:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]" in line
    assert "3 seeds" in line


def test_members_are_paired_by_seed_whatever_their_order(results):
    turned = type(results)(
        recipe=results.recipe,
        class_counts=results.class_counts,
        class_names=results.class_names,
        members=tuple(sorted(results.members, key=lambda m: -m.seed if m.method == "la" else 0)),
        summary=results.summary,
    )
    assert (
        said(Evidence(training=turned), "Training").split("LA ")[1][:20]
        == (said(Evidence(training=results), "Training").split("LA ")[1][:20])
    )


def test_the_plug_in_caption_has_the_largest_ratio_of_the_draws():
    dataset = plug_in_sweep([200, 400, 800], draws=5)
    dataset.largest_ratio[0, 1] = 0.987654
    assert "at most 0.99 times the bound" in plug_in_regret.draw(dataset).finding


def test_the_ledger_is_counted_as_it_stands(dataset, results):
    line = said(Evidence(simulation=dataset, training=results), "Ledger")
    held, predicted, beside = numbers(line)
    assert (held, predicted, beside) == (5, 5, 6)
    off = dataset.copy(deep=True)
    off.z_recall[1, 3, 1] = 9.0
    line = said(Evidence(simulation=off, training=results), "Ledger")
    assert "4 of 5 predictions" in line
    assert "fails: closed-form recall" in line
