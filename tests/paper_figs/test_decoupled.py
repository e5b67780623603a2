"""Difficulty, influence and second stages: a small run from prediction to page, and the stored ones."""

import numpy as np
import pandas as pd
import pytest
from counterpoise.methods.registry import method_of
from counterpoise.methods.training import Recipe, recipe_of
from counterpoise.paper_figs.decoupled import page
from counterpoise.paper_figs.decoupled.foretold import FORETOLD, RUNS, SECOND, TOPS, Foretold
from counterpoise.paper_figs.effects import effects_text
from counterpoise.paper_figs.experiments import parts
from counterpoise.paper_figs.experiments.parts import Place
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.theory.concentration import mean_interval
from counterpoise.theory.foundation.validation import InputError

SMALL = Recipe(
    methods=("ce", "la", "ce+crt", "ce+crt@balanced=false,epochs=40"), imbalance_factor=20, seeds=3, epochs=1,
    batch_size=64, curve_points=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """One small run, foretold, trained and stored, and again with nothing left to do."""
    folder = tmp_path_factory.mktemp("decoupled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "recipe_of", {SECOND: SMALL}.__getitem__)
        for _ in range(2):
            page.EXPERIMENT.measure(SECOND, Place(folder / "out", folder / "stored"))
    return page.stored_runs(folder / "stored")


def test_what_was_foretold_is_of_methods_that_are_trained():
    assert len(set(FORETOLD)) == len(FORETOLD)
    for one in FORETOLD:
        for name in filter(None, (one.run, one.base)):
            assert {one.method, one.rival} <= set(recipe_of(name).methods), one
        assert abs(one.sign) == 1
        assert method_of(one.method).key
    assert {one.run for one in FORETOLD} == set(RUNS)


def test_a_gap_is_paired_by_seed(stored):
    one = Foretold("cRT", SECOND, "ce+crt", "ce", 1, "")
    own, other = (
        np.array([m.balanced_accuracy for m in stored[SECOND].members if m.method == method])
        for method in ("ce+crt", "ce")
    )
    assert page.gap(stored, one) == mean_interval(own - other)
    assert page.gap(stored, one._replace(run=TOPS[0])) is None
    assert page.gap(stored, one._replace(base=TOPS[0])) is None
    assert page.gap(stored, one._replace(rival="mixup")) is None
    assert page.gap(stored, one._replace(base=SECOND)).mean == 0
    ece = page.gap(stored, one._replace(measure="expected_calibration_error"))
    assert ece.mean != pytest.approx((own - other).mean())


def test_the_page_and_the_effects_say_what_was_trained_and_what_was_not(stored):
    said = page.decoupled_page(stored)
    assert f"## {SECOND}: " in said
    assert "3 seeds" in said
    assert said.count("not trained") == sum(one.run == SECOND for one in FORETOLD) - 3
    table = pd.DataFrame(page.effects(stored))
    assert table["effect"].tolist() == [
        f"balanced accuracy, ce+crt minus {rival}"
        for rival in ("ce", "ce+crt@balanced=false,epochs=40", "la")
    ]
    assert set(table["module"]) == {"methods.posthoc.heads"}
    assert table["statement"].tolist() == ["vs_consistency.two_exponents", "none", "none"]
    assert (table["low"] <= table["estimate"]).all()
    found = page.gap(stored, Foretold("cRT", SECOND, "ce+crt", "ce", 1, ""))
    assert table["estimate"][0] == pytest.approx(100 * found.mean)


def test_without_a_run_nothing_is_drawn(stored):
    with pytest.raises(InputError, match=f"no '{TOPS[0]}'"):
        page.draw(stored)


def test_the_stored_page_and_effects_are_what_the_stored_runs_give():
    found = page.stored_runs()
    assert set(found) == set(RUNS)
    assert (FOLDER / "decoupled.md").read_text(encoding="utf-8") == page.decoupled_page(found)
    assert (FOLDER / "decoupled_effects.csv").read_text() == effects_text(page.effects(found))
    drawn = page.draw(found)
    assert "CDB minus cross-entropy is" in drawn.finding
    assert len(drawn.figure.axes) == 2
