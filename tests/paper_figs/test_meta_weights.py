"""The page and figure of what looks ahead: small runs from prediction to page, and the stored ones."""

import numpy as np
import pandas as pd
import pytest
from counterpoise.methods.training import Recipe
from counterpoise.paper_figs.effects import verdict
from counterpoise.paper_figs.experiments import parts
from counterpoise.paper_figs.experiments.parts import Place
from counterpoise.paper_figs.meta_weights import page, runs
from counterpoise.paper_figs.meta_weights.foretold import FORETOLD
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.theory.concentration import MeanInterval
from counterpoise.theory.foundation.validation import InputError

SMALL = {
    "digits-meta-imbalance": Recipe(
        methods=("ce", "meta-weight-net"),
        imbalance_factor=20,
        seeds=2,
        epochs=1,
        batch_size=128,
        validation=5,
        curve_points=1,
    ),
    "digits-meta-noise": Recipe(
        methods=("ce", "meta-weight-net"),
        imbalance_factor=1,
        label_noise=0.4,
        seeds=2,
        epochs=1,
        batch_size=512,
        validation=5,
        curve_points=1,
    ),
    "digits-meta-sampler": Recipe(
        methods=("ce", "meta-softmax"),
        imbalance_factor=20,
        seeds=2,
        epochs=1,
        batch_size=128,
        validation=5,
        curve_points=1,
    ),
}
NETS = list(SMALL)[:2]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Small runs, foretold, trained, stored and measured."""
    folder = tmp_path_factory.mktemp("meta")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "recipe_of", SMALL.__getitem__)
        place = Place(folder / "out", folder / "stored")
        for name in SMALL:
            page.EXPERIMENT.measure(name, place)
        tables = [folder / "stored" / name for name in (runs.CURVES, runs.RATES)]
        before = [table.read_bytes() for table in tables]
        for name in SMALL:  # nothing is left to do
            page.EXPERIMENT.measure(name, place)
        assert [table.read_bytes() for table in tables] == before
    return folder


def test_a_run_is_measured_as_its_columns_say(stored):
    members = pd.read_csv(stored / "stored" / runs.MEMBERS)
    assert members["run"].tolist() == [name for name in NETS for _ in range(2)]
    by_run = members.groupby("run")
    assert by_run["wrong"].count().to_dict() == {"digits-meta-imbalance": 0, "digits-meta-noise": 2}
    assert by_run["rare"].count().to_dict() == {"digits-meta-imbalance": 2, "digits-meta-noise": 0}
    assert (members["low"] < members["high"]).all()
    curves = pd.read_csv(stored / "stored" / runs.CURVES)
    for (name, seed), one in curves.groupby(["run", "seed"]):
        assert len(one) == runs.POINTS
        assert one["loss"].iloc[0] == 0
        told = members[(members["run"] == name) & (members["seed"] == seed)].iloc[0]
        ends = np.interp([told["low"], told["high"]], one["loss"], one["weight"])
        assert np.log(ends[1] / ends[0]) == pytest.approx(told["rise"], abs=0.02)


def test_rates_are_those_of_the_kept_samplers(stored):
    rates = pd.read_csv(stored / "stored" / runs.RATES)
    assert rates["run"].unique().tolist() == ["digits-meta-sampler"]
    recipe = SMALL["digits-meta-sampler"]
    for seed, one in rates.groupby("seed"):
        assert one["class"].tolist() == list(range(10))
        assert one["count"].tolist() == recipe.dataset(seed).class_counts.tolist()
        assert one["rate"].between(0, 1).all()
        assert one["rate"].nunique() > 1
    (_, one), (_, other) = rates.groupby("seed")
    assert one["rate"].tolist() != other["rate"].tolist()
    logs = [
        np.log(own.nsmallest(5, "count")["rate"].mean() / own.nlargest(5, "count")["rate"].mean())
        for own in (one, other)
    ]
    found = {e.effect: e for e in page.meta_effects(stored / "stored") if "rate" in e.effect}
    (effect,) = found.values()
    assert effect.estimate == pytest.approx(np.mean(logs), rel=1e-4)
    assert effect.system == "Balanced meta-softmax"


def test_the_page_says_what_was_foretold_and_what_was_found(stored):
    said = page.meta_page(stored / "stored")
    assert "## digits-meta-imbalance: imbalance, 2 seeds" in said
    assert "| `meta-weight-net` minus `la`, points | < 0 |" in said
    assert "## digits-meta-sampler: sampling, 2 seeds" in said
    assert "| `meta-softmax` minus `ce`, points | > 0 |" in said
    assert said.count("not trained") == 6  # of rivals that the small runs do without
    tables = [pd.read_csv(stored / "stored" / name) for name in (runs.CURVES, runs.MEMBERS)]
    drawn = page.draw(*tables)
    assert len(drawn.figure.axes) == 2
    assert len(drawn.figure.axes[0].lines) == 3
    members = tables[1]
    rise = members.loc[members["run"] == "digits-meta-noise", "rise"].mean()
    assert f"{'rises' if rise > 0 else 'falls'} with the loss in digits-meta-noise" in drawn.finding


def test_without_a_curve_nothing_is_drawn(stored):
    curves, members = (
        pd.read_csv(stored / "stored" / name) for name in (runs.CURVES, runs.MEMBERS)
    )
    with pytest.raises(InputError, match="measure a run first"):
        page.draw(curves.iloc[:0], members)


@pytest.mark.parametrize(
    ("interval", "sign", "said"),
    [((0.1, 0.3), 1, "holds"), ((0.1, 0.3), -1, "fails"), ((-0.3, -0.1), -1, "holds"),
     ((-0.1, 0.3), 1, "open"), (None, 1, "open")],
)  # fmt: skip
def test_a_verdict_needs_an_interval_that_keeps_clear_of_nothing(interval, sign, said):
    mean = 0.2 if interval is None else sum(interval) / 2
    assert verdict(MeanInterval(mean, interval), sign) == said


def test_all_that_was_foretold_is_of_a_run_or_a_measure():
    for one in FORETOLD:
        assert one.setting in runs.RUNS.values()
        assert abs(one.sign) == 1


def test_the_stored_page_is_what_the_stored_runs_give():
    assert (FOLDER / "meta_weights.md").read_text(encoding="utf-8") == page.meta_page()
