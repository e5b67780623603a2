"""Tuning's page: a small grid from training to page, and the stored one."""

import numpy as np
import pandas as pd
import pytest
from counterpoise.methods import build_model
from counterpoise.paper_figs.effects import effects_text
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.paper_figs.tuning import page, runs
from counterpoise.paper_figs.tuning.foretold import FORETOLD, Foretold

WIDE = "counterpoise.paper_figs.tuning.networks:wide"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two knobs and one special loss, two seeds, two epochs."""
    folder = tmp_path_factory.mktemp("tuning")
    knobs = {
        "batch size": {"batch=64": {"batch_size": 64, "lr": 0.08}},
        "optimiser": {"adamw": {"optimizer": "adamw", "lr": 0.002}},
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "KNOBS", knobs)
        patch.setattr(runs, "JOINT", {"self-supervision": {"joint=0.5": {"settings": "joint=0.5"}}})
        patch.setattr(runs, "SPECIAL", {"la": {"methods": ("la",)}})
        patch.setattr(runs, "BASE", {**runs.BASE, "seeds": 2, "epochs": 2})
        runs.write_members(folder / "out", folder=folder)
        found = pd.read_csv(folder / runs.MEMBERS)
        chosen = runs.best_of(found[found["factor"] == 100], knobs)
    return found, chosen


def test_every_cell_is_trained_at_both_factors_for_every_seed(trained):
    found, _ = trained
    cells = {"base", "la", "batch=64", "adamw", "joint=0.5", "tuned", "tuned-la", "tuned-joint"}
    assert set(found["cell"]) == cells
    assert len(found) == 2 * 2 * len(cells)
    np.testing.assert_allclose(found["balanced"], (found["large"] + found["rare"]) / 2, atol=1e-4)
    assert found["validation"].between(0, 1).all()


def test_the_best_option_is_chosen_on_validation_images(trained):
    found, chosen = trained
    level = found[found["factor"] == 100].groupby("cell")["validation"].mean()
    assert chosen["optimiser"] == ("adamw" if level["adamw"] > level["base"] else "base")
    assert chosen["batch size"] == ("batch=64" if level["batch=64"] > level["base"] else "base")


def members(**cells):
    """A table in which cells have these recalls of the rare and the large half, by factor."""
    rows = []
    for cell, by_factor in cells.items():
        for factor, (rare, large) in zip((10, 100), by_factor, strict=True):
            rows += [
                (factor, cell, seed, rare + shift, large, (rare + shift + large) / 2)
                for seed, shift in enumerate((-0.01, 0.01))
            ]
    return pd.DataFrame(rows, columns=["factor", "cell", "seed", "rare", "large", "balanced"])


def test_gaps_are_paired_and_taken_off_as_they_say():
    table = members(a=((0.8, 0.9), (0.6, 0.9)), b=((0.7, 0.9), (0.4, 0.8)))
    plain = Foretold("a", "b", "balanced", 1, 0, "none", "")
    assert page.gap(table, plain, 100).mean == pytest.approx(15)
    assert page.gap(table, plain, 10).mean == pytest.approx(5)
    assert page.gap(table, plain._replace(beyond="factor"), 100).mean == pytest.approx(10)
    beyond = plain._replace(measure="rare", beyond="large")
    assert page.gap(table, beyond, 100).mean == pytest.approx(10)


def test_all_that_was_foretold_is_of_cells_that_are_trained():
    known = {"base", "tuned", "tuned-la", "tuned-joint", *runs.SPECIAL}
    for options in (runs.KNOBS | runs.JOINT).values():
        known |= set(options)
    for one in FORETOLD:
        assert {one.cell, one.against} <= known


def test_of_two_rates_the_batch_s_scales_the_optimiser_s():
    names = ["base", *(cell for options in runs.KNOBS.values() for cell in options)]
    best = {"batch=8": 1.0, "sam-a": 1.0, "adamw": 2.0}
    table = pd.DataFrame({"cell": names, "validation": [best.get(name, 0.0) for name in names]})
    fields = runs._tuned(table, runs.KNOBS)
    assert fields["batch_size"] == 8
    assert fields["lr"] == pytest.approx(0.001)
    assert "augmentation" not in fields


def test_the_stored_page_is_what_the_stored_table_gives():
    stored = pd.read_csv(FOLDER / runs.MEMBERS)
    assert (FOLDER / "tuning.md").read_text(encoding="utf-8") == page.tuning_page()
    assert (FOLDER / "tuning_effects.csv").read_text(encoding="utf-8") == effects_text(
        page.effects(stored)
    )
    assert "logit adjustment adds" in page.draw(stored).finding


def test_the_wide_network_has_the_small_one_s_layers():
    small, big = (build_model(name, (1, 8, 8), 10) for name in ("small", WIDE))
    for (name, one), (same, other) in zip(
        small.named_parameters(), big.named_parameters(), strict=True
    ):
        assert name == same
        assert other.numel() in (4 * one.numel(), 16 * one.numel(), one.numel())
