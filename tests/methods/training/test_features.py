"""Stored features: those of each image, whole after an interruption, and trained on by name."""

import numpy as np
import pytest
import torch
from counterpoise.methods.data import load
from counterpoise.methods.models import backbones
from counterpoise.methods.models.backbones import Backbone, features_of, load_backbone
from counterpoise.methods.training import features as storing
from counterpoise.methods.training.features import store_features
from counterpoise.theory.foundation.files import write_atomically
from counterpoise.theory.foundation.validation import InputError
from torch import nn

HALF = (0.5, 0.5, 0.5)


class Means(nn.Module):
    """Mean and largest pixel of each channel."""

    calls = 0

    def forward(self, pixels):
        Means.calls += 1
        return torch.cat([pixels.mean(dim=(2, 3)), pixels.amax(dim=(2, 3))], dim=1)


@pytest.fixture
def images(tmp_path, monkeypatch):
    """An image set of two classes, and a body to see it with."""
    monkeypatch.setitem(backbones.BACKBONES, "means", lambda: Backbone(Means(), 6, 8, HALF, HALF))
    monkeypatch.setattr(storing, "SHARD", 10)
    pixels = np.random.default_rng(0).integers(0, 256, (24, 6, 6, 3), dtype=np.uint8)
    labels = np.repeat([0, 1], 12)
    path = tmp_path / "images.npz"
    np.savez(path, X=pixels, y=labels, X_test=pixels[::4], y_test=labels[::4])
    return path


def test_features_are_those_of_each_image_in_order(images, tmp_path):
    out = store_features(str(images), "means", tmp_path / "f.npz")
    with np.load(images) as given, np.load(out) as stored:
        pixels = torch.from_numpy(given["X"]).permute(0, 3, 1, 2)
        one_by_one = torch.cat([features_of(load_backbone("means"), x[None]) for x in pixels])
        np.testing.assert_allclose(stored["X"], one_by_one, atol=2e-2)
        assert stored["y"].tolist() == given["y"].tolist()
        assert stored["X_test"].shape == (6, 6)
    assert not list(tmp_path.glob("*.parts"))


def test_an_extraction_goes_on_where_it_stopped(images, tmp_path):
    class StoppedError(Exception):
        pass

    def stop(done, total):
        if done >= 20:
            raise StoppedError

    with pytest.raises(StoppedError):
        store_features(str(images), "means", tmp_path / "f.npz", progress=stop)
    Means.calls = 0
    told = []
    out = store_features(
        str(images), "means", tmp_path / "f.npz", progress=lambda done, total: told.append(done)
    )
    assert told == [10, 20, 24, 30]
    assert Means.calls == 2
    again = store_features(str(images), "means", tmp_path / "g.npz")
    with np.load(out) as one, np.load(again) as other:
        assert all(np.array_equal(one[key], other[key]) for key in other.files)


def test_features_are_a_data_set_to_train_on(images, tmp_path):
    out = store_features(str(images), "means", tmp_path / "f.npz")
    data = load(str(out), imbalance_factor=4, profile="exponential")
    assert data.image_shape == (6,)
    assert data.class_counts.tolist() == [12, 3]
    assert data.test_labels.tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("size", [(1, 5, 5), (3, 9, 7)])
def test_images_of_any_size_and_colour_are_seen(size, images):
    pixels = torch.randint(0, 256, (2, *size), dtype=torch.uint8)
    assert features_of(load_backbone("means"), pixels).shape == (2, 6)


def test_what_is_missing_is_said(images, tmp_path, monkeypatch):
    with pytest.raises(InputError, match="unknown backbone"):
        load_backbone("resnet5")
    monkeypatch.setitem(__import__("sys").modules, "efficientnet_lite_pytorch", None)
    with pytest.raises(InputError, match="pretrained"):
        load_backbone("efficientnet-lite0")
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(InputError, match="are not in"):
        load_backbone("resnet18")
    np.savez(tmp_path / "rows.npz", X=np.ones((8, 3)), y=[0, 1] * 4)
    with pytest.raises(InputError, match="images of shape"):
        store_features(str(tmp_path / "rows.npz"), "means", tmp_path / "f.npz")


def test_a_full_disk_leaves_the_parts_that_are_finished(images, tmp_path, monkeypatch):
    def full(path, content):
        if len(list(path.parent.iterdir())) == 2:
            raise InputError(f"cannot write {path}: No space left on device")
        write_atomically(path, content)

    monkeypatch.setattr(storing, "write_atomically", full)
    with pytest.raises(InputError, match="No space left"):
        store_features(str(images), "means", tmp_path / "f.npz")
    parts = list((tmp_path / "f.parts").iterdir())
    assert len(parts) == 2
    parts[0].write_bytes(parts[0].read_bytes()[:30])
    monkeypatch.setattr(storing, "write_atomically", write_atomically)
    with pytest.raises(InputError, match=f"{parts[0].name} is damaged"):
        store_features(str(images), "means", tmp_path / "f.npz")
