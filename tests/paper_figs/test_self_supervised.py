"""The page of self-supervision: a small run from images to page, effects by hand, and the stored ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from counterpoise.methods.data.source import Part, Source
from counterpoise.paper_figs.effects import effects_text
from counterpoise.paper_figs.self_supervised import page, runs
from counterpoise.paper_figs.self_supervised.foretold import FORETOLD
from counterpoise.paper_figs.stored import FOLDER

SMALL = runs.PLAN._replace(
    settings=replace(runs.PLAN.settings, epochs=1, batch_size=64),
    largest=100, shots=4, tested=5, seeds=1, clusters=3, width=8,
)  # fmt: skip


def source():
    """Random images of four classes."""
    labels = torch.arange(4).repeat(150)
    images = torch.randint(256, (600, 1, 16, 16), generator=torch.Generator().manual_seed(0))
    part = Part(labels, images.to(torch.uint8).__getitem__)
    return Source("random", ("a", "b", "c", "d"), part, part)


def test_the_two_sets_have_one_size_and_the_probe_sees_images_of_neither():
    sets, shots, counts = runs.prepared_data(source(), 3, SMALL)
    tail, even = sets["long-tailed"], sets["balanced"]
    assert sorted(counts.tolist(), reverse=True) == [100, 21, 4, 1]
    for data, wanted in ((tail, counts), (even, [32, 32, 31, 31])):
        assert torch.bincount(data.train_labels).tolist() == list(wanted)
        assert data.train_images.shape == (126, 1, 8, 8)
    rows = {tuple(image.flatten().tolist()) for image in shots.images}
    assert len(rows) == 16
    for data in sets.values():
        assert not rows & {tuple(image.flatten().tolist()) for image in data.train_images}
    assert runs.prepared_data(source(), 4, SMALL)[2].tolist() != counts.tolist()


def test_a_run_is_measured_once_and_told(tmp_path):
    begun = runs.measure(tmp_path, SMALL, runs.RUNS[:2], source())
    assert len(begun) == 2
    whole = runs.measure(tmp_path, SMALL, runs.RUNS, source())
    assert len(whole) == len(runs.RUNS)
    pd.testing.assert_frame_equal(whole.iloc[:2], begun)
    untrained = whole[whole["method"] == "untrained"]
    assert untrained["loss"].isna().all()
    assert whole.drop(untrained.index)["loss"].notna().all()
    halved = whole.assign(
        seed=3, balanced_accuracy=whole["balanced_accuracy"] / 2, few=whole["few"] / 2
    )
    whole = pd.concat([whole, halved])
    whole.to_csv(tmp_path / runs.RESULTS)
    said = page.self_supervised_page(tmp_path)
    assert "| long-tailed | `sdclr-unpruned` |" in said
    drawn = page.draw(whole)
    assert len(drawn.figure.axes) == 2
    assert f"Of {len(FORETOLD)} signs foretold, hold:" in drawn.finding


def test_effects_are_paired_differences_in_points():
    generator = np.random.default_rng(0)
    rows = [
        {"seed": seed, "images": images, "method": method, "balanced_accuracy": generator.random(),
         "many": 0.5, "medium": 0.5, "few": generator.random(), "loss": 1.0, "seconds": 1.0}
        for images, method in runs.RUNS for seed in (2, 0, 1)
    ]  # fmt: skip
    table = pd.DataFrame(page.effects(pd.DataFrame(rows)))
    wide = pd.DataFrame(rows).pivot(index="seed", columns=["images", "method"])
    first = wide["few"]["long-tailed"]["simclr"] - wide["few"]["balanced"]["simclr"]
    assert table["estimate"][1] == pytest.approx(100 * first.mean())
    all_ = wide["balanced_accuracy"]
    gains = [
        all_[images]["sdclr"] - all_[images]["simclr"] for images in ("long-tailed", "balanced")
    ]
    (beyond,) = np.flatnonzero([one.beyond and one.system == "SDCLR" for one in FORETOLD])
    assert table["estimate"][beyond] == pytest.approx(100 * (gains[0] - gains[1]).mean())
    assert set(table["held"]) <= {"holds", "fails", "open"}
    assert (table["low"] < table["estimate"]).all()


def test_all_that_was_foretold_is_of_a_run():
    for one in FORETOLD:
        assert {one.run, one.against} <= set(runs.RUNS)
        assert one.measure in page.MEASURES
        assert one.system in page.SYSTEMS


def test_the_stored_page_is_what_the_stored_runs_give():
    assert (FOLDER / "self_supervised.md").read_text(
        encoding="utf-8"
    ) == page.self_supervised_page()
    again = page.effects(pd.read_csv(FOLDER / runs.RESULTS))
    assert (FOLDER / "self_supervised_effects.csv").read_text() == effects_text(again)
