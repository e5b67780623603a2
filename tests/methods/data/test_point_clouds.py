"""Trees as a data set, and the shared training over labels of points."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from counterpoise.methods.data import load, load_trees
from counterpoise.methods.data import point_clouds as own
from counterpoise.methods.training import Recipe, run
from counterpoise.theory.foundation.validation import InputError


@pytest.fixture(autouse=True)
def few(monkeypatch):
    for name, value in {
        "TRAINED": 3,
        "TESTED": 2,
        "POINTS": 800,
        "CLOUD": 64,
        "CENTRES": 16,
    }.items():
        monkeypatch.setattr(own, name, value)
    own.draw_forest.cache_clear()
    yield
    own.draw_forest.cache_clear()


def test_labels_are_of_points_and_nothing_is_shared():
    data = load("trees", imbalance_factor=9, seed=2, validation=1)
    assert data.image_shape == (6, 64)
    assert data.train_labels.shape == data.train_images[:, 0].shape
    assert data.class_counts.tolist() == torch.bincount(data.train_labels.flatten()).tolist()
    leaf, wood = data.class_counts.tolist()
    assert 5 < leaf / wood < 16
    parts = [data.train_images, data.test_images, data.validation.images]
    rows = np.concatenate(
        [np.unique(part.transpose(1, 2).reshape(-1, 6), axis=0) for part in parts]
    )
    assert len(np.unique(rows, axis=0)) == len(rows)
    again, other = (load_trees(9, seed) for seed in (2, 3))
    assert torch.equal(again.train_images, data.train_images)
    assert not torch.equal(other.test_images[0], data.test_images[0])


def test_wrong_labels_come_at_their_rate_and_a_profile_is_refused():
    noisy, clean = load_trees(4, 0, label_noise=0.3), load_trees(4, 0)
    rate = (noisy.train_labels != clean.train_labels).double().mean()
    assert rate == pytest.approx(0.3, abs=0.05)
    assert torch.equal(noisy.test_labels, clean.test_labels)
    assert len(clean.train_labels) == len(replace(clean).with_validation().train_labels)
    with pytest.raises(InputError, match="the trees are cut to 'exponential' only"):
        load("trees", profile="step")


def test_methods_train_over_points(tmp_path):
    recipe = Recipe(
        data="trees", imbalance_factor=9, methods=("ce", "soul", "inverse-frequency", "ce+la"),
        optimizer="adamw", lr=3e-3, batch_size=4, epochs=2, warmup=0, seeds=1, curve_points=1,
    )  # fmt: skip
    found = {member.method: member for member in run(recipe, tmp_path / "a").members}
    points = load_trees(9, 0).test_labels.numel()
    assert all(np.sum(member.confusion) == points for member in found.values())
    assert found["ce+la"].class_accuracy[1] >= found["ce"].class_accuracy[1]  # a threshold moved
    again = run(recipe, tmp_path / "b")
    assert {m.method: m.class_accuracy for m in again.members} == {
        name: member.class_accuracy for name, member in found.items()
    }


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("class-balanced-sampling", "cannot be drawn by class"),
        ("mixup", "are not mixed in pairs"),
        ("meta-weight-net", "not drawn by class"),
        ("ce@joint=0.5", "are no images"),
    ],
)
def test_clouds_of_several_classes_are_not_drawn_or_mixed_by_class(method, said):
    with pytest.raises(InputError, match=f"method = '{method}': clouds of trees .*{said}"):
        Recipe(data="trees", methods=("ce", method))


def test_clouds_train_in_one_process(tmp_path, monkeypatch):
    class Two:
        world_size, is_global_zero = 2, True

        def broadcast(self, own):
            return own

    monkeypatch.setattr(sys.modules[run.__module__], "launched", lambda *options: Two())
    with pytest.raises(InputError, match="data = 'trees': clouds train in one process"):
        run(Recipe(data="trees", methods=("ce",)), tmp_path / "run")
    assert not (tmp_path / "run").exists()
