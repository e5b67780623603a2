"""The page of experts and contrasts: a small run from prediction to page, and the stored ones."""

import pandas as pd
import pytest
from counterpoise.methods.training import Recipe
from counterpoise.paper_figs.effects import effects_text
from counterpoise.paper_figs.experiments import parts
from counterpoise.paper_figs.experiments.parts import Place
from counterpoise.paper_figs.experts import page, runs
from counterpoise.paper_figs.experts.foretold import FORETOLD, SINGLE
from counterpoise.paper_figs.stored import FOLDER

SMALL = {
    "digits-experts": Recipe(
        methods=("ce", "la", "balpoe", "sade"), imbalance_factor=20, seeds=2, epochs=1, batch_size=128,
        curve_points=1,
    ),
    "digits-experts-single": Recipe(
        methods=("la",), head="experts", imbalance_factor=20, seeds=2, epochs=1, batch_size=128,
        curve_points=1,
    ),
    "digits-experts-proco": Recipe(
        methods=("proco",), imbalance_factor=20, seeds=2, epochs=1, batch_size=128, curve_points=1,
    ),
    "digits-experts-queue": Recipe(
        methods=("kcl@queue=64",), imbalance_factor=20, seeds=2, epochs=1, batch_size=128, curve_points=1,
    ),
}  # fmt: skip
TOLD = [
    one
    for one in FORETOLD
    if one.test
    or {one.method, one.rival} <= {"ce", "la", "balpoe", "proco", "kcl@queue=64", f"{SINGLE}la"}
]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Two small runs, foretold, trained, stored and measured."""
    folder = tmp_path_factory.mktemp("experts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "recipe_of", SMALL.__getitem__)
        patch.setattr(runs, "DRAWS", 2)
        for name in SMALL:
            page.EXPERIMENT.measure(name, Place(folder / "out", folder / "stored"))
    return folder / "stored"


def test_a_run_is_measured_on_test_sets_of_three_priors(stored):
    shifted = pd.read_csv(stored / runs.SHIFTED)
    assert list(zip(shifted["seed"], shifted["test"], strict=True)) == [
        (seed, prior) for seed in range(2) for prior in runs.PRIORS
    ]
    assert shifted.drop(columns=["seed", "test"]).stack().between(0, 1).all()
    weights = shifted[["weight1", "weight2", "weight3"]].sum(axis=1)
    assert weights.to_numpy() == pytest.approx(1, abs=1e-5)
    uniform = shifted[shifted["test"] == "uniform"]
    members = {(m.method, m.seed): m for m in page._read(stored)[0]["digits-experts"].members}
    for row in uniform.itertuples():  # balanced test images: accuracy is balanced accuracy
        assert row.la == pytest.approx(members["la", row.seed].balanced_accuracy, abs=1e-5)
        assert row.equal == pytest.approx(members["sade", row.seed].balanced_accuracy, abs=1e-5)


def test_page_figure_and_effects_say_what_was_found(stored, monkeypatch):
    monkeypatch.setattr(page, "FORETOLD", TOLD)
    read = page._read(stored)
    said = page.experts_page(stored)
    assert "| balanced accuracy, `balpoe` minus `digits-experts-single:la` | > 0 |" in said
    table = pd.DataFrame(page.effects(*read))
    assert len(table) == len(TOLD)
    by_seed = {
        method: [
            m.balanced_accuracy for m in read[0]["digits-experts"].members if m.method == method
        ]
        for method in ("balpoe", "ce")
    }
    gap = sum(by_seed["balpoe"]) / 2 - sum(by_seed["ce"]) / 2
    assert float(table["estimate"][0]) == pytest.approx(100 * gap, rel=1e-9)
    assert set(table["held"]) <= {"holds", "fails", "open"}
    drawn = page.draw(*read)
    assert len(drawn.figure.axes[0].get_yticks()) == len(TOLD)


def test_the_stored_page_and_effects_are_what_the_stored_runs_give():
    assert (FOLDER / "experts.md").read_text(encoding="utf-8") == page.experts_page()
    table = effects_text(page.effects(*page._read(FOLDER)))
    assert (FOLDER / "experts_effects.csv").read_text(encoding="utf-8") == table
    assert len(table.splitlines()) == 1 + len(FORETOLD)
