"""The page on leaf and wood: a small run from prediction to page and picture, and the stored ones."""

import numpy as np
import pandas as pd
import pytest
from counterpoise.methods.data import point_clouds as own
from counterpoise.methods.training import Recipe, load_results, recipe_of
from counterpoise.paper_figs.effects import effects_text
from counterpoise.paper_figs.experiments import parts
from counterpoise.paper_figs.experiments.parts import Place
from counterpoise.paper_figs.point_clouds import page, runs
from counterpoise.paper_figs.point_clouds.foretold import FORETOLD, METHOD, verdict
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.theory.concentration import MeanInterval

SMALL = Recipe(
    data="trees", imbalance_factor=9, methods=("ce", "soul", "focal", "inverse-frequency", "ce+la"),
    optimizer="adamw", batch_size=8, epochs=1, warmup=0, seeds=2, curve_points=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A small run on small trees, foretold, trained, stored and measured."""
    folder = tmp_path_factory.mktemp("trees")
    sizes = {"TRAINED": 2, "TESTED": 2, "POINTS": 400, "CLOUD": 32, "CENTRES": 8}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sizes.items():
            patch.setattr(own, name, value)
        patch.setattr(runs, "TESTED", sizes["TESTED"])
        patch.setattr(parts, "recipe_of", {runs.RUN: SMALL}.__getitem__)
        own.draw_forest.cache_clear()
        page.EXPERIMENT.measure(runs.RUN, Place(folder / "out", folder / "stored"))
    own.draw_forest.cache_clear()
    return folder / "stored"


def test_members_are_measured_as_their_columns_say(stored):
    members = pd.read_csv(stored / runs.MEMBERS)
    assert list(members.columns) == ["method", "seed", *runs.MEASURES]
    assert len(members) == 5 * 2
    results = {(m.method, m.seed): m for m in load_results(stored / runs.RUN).members}
    for row in members.itertuples():
        member = results[row.method, row.seed]
        assert (row.sensitivity, row.specificity) == pytest.approx(member.class_accuracy, abs=1e-4)
        assert row.balanced_accuracy == pytest.approx(
            (row.sensitivity + row.specificity) / 2, abs=1e-4
        )
        assert row.g_mean**2 == pytest.approx(row.sensitivity * row.specificity, abs=1e-3)
        assert 0 < row.auroc < 1
    area = members.pivot(index="seed", columns="method", values="auroc")
    assert (area["ce"] == area["ce+la"]).all()


def test_the_tree_is_drawn_with_the_truth_and_two_predictions(stored):
    tree = pd.read_csv(stored / runs.TREE)
    assert set(tree[["wood", "ce", METHOD]].to_numpy().flat) <= {0, 1}
    assert not tree.duplicated(["x", "y", "z"]).any()
    drawn = page.draw(tree)
    assert [axes.get_title(loc="left") for axes in drawn.figure.axes] == ["truth", "CE", "SOUL"]
    shown = [sum(len(c.get_offsets()) for c in axes.collections) for axes in drawn.figure.axes]
    assert shown == [len(tree)] * 3


def test_the_page_and_its_effects_say_what_was_foretold_and_found(stored):
    said, table = page.point_clouds_page(stored), page.effects(stored)
    assert "## What was measured, 2 seeds" in said
    assert len(table) == len(FORETOLD)
    members = pd.read_csv(stored / runs.MEMBERS).set_index(["method", "seed"])
    for one, row in zip(FORETOLD, table, strict=True):
        gap = members.loc[METHOD, one.measure] - members.loc[one.rival, one.measure]
        assert row.estimate == pytest.approx(100 * gap.mean(), rel=1e-9)
        assert row.low <= row.estimate <= row.high
        assert row.held in ("holds", "fails", "open")
        assert f"`{METHOD}` minus `{one.rival}` | {one.range} |" in said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-1, 1, "holds"), (2.5, 4, "fails"), (1, 3, "open"), (-4, -2.5, "fails")],
)
def test_an_equality_holds_within_its_margin(low, high, said):
    one = FORETOLD[-1]
    assert (one.low, one.high) == (-2, 2)
    assert verdict(MeanInterval((low + high) / 2, (low, high)), one) == said
    assert verdict(MeanInterval(0.0, None), one) == "open"


def test_what_was_foretold_is_of_measures_and_methods_that_are_trained():
    for one in FORETOLD:
        assert one.measure in runs.MEASURES
        assert {METHOD, one.rival} <= set(recipe_of(runs.RUN).methods)
        assert np.isfinite([one.low, one.high]).any()


def test_the_stored_page_and_effects_are_what_the_stored_run_gives():
    assert (FOLDER / "point_clouds.md").read_text(encoding="utf-8") == page.point_clouds_page()
    assert (FOLDER / "point_clouds_effects.csv").read_text() == effects_text(page.effects())
