"""What fast recipes add: averaged weights, mirror images at test time, windows, points of the curve."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from counterpoise.methods.data import Dataset
from counterpoise.methods.data.augment import augment
from counterpoise.methods.training import Recipe, run
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.measure import predict
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.predictor import Mirrored
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from lightning_fabric import Fabric

QUICK = Recipe(
    methods=("ce",),
    seeds=1,
    epochs=12,
    batch_size=128,
    average=0.8,
    flip_test=True,
    augmentation="crop-flip",
    optimizer="muon",
    curve_points=3,
)


class InterruptionError(Exception):
    """Raised where a test stops a run."""


def images_of(shape=(3, 16, 16), size=60):
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(size) % 3
    images = torch.randint(0, 256, (size, *shape), generator=generator, dtype=torch.uint8)
    return Dataset(
        "mine",
        ("a", "b", "c"),
        torch.bincount(labels),
        images,
        labels,
        images,
        labels,
        mean=(0.5,) * shape[0],
        std=(0.25,) * shape[0],
        augmentation="crop-flip",
    )


def test_an_interrupted_run_with_averaged_weights_resumes_to_the_same_bytes(tmp_path):
    def stop(progress):
        if progress.epoch == 11:  # the checkpoint is of the tenth
            raise InterruptionError

    whole = run(QUICK, tmp_path / "whole")
    with pytest.raises(InterruptionError):
        run(QUICK, tmp_path / "stopped", progress=stop)
    run(QUICK, tmp_path / "stopped", resume=True)
    one, other = (tmp_path / name / "results.json" for name in ("whole", "stopped"))
    assert one.read_bytes() == other.read_bytes()
    assert whole.members[0].history.epoch == (4, 8, 12)


def test_the_average_follows_its_recursion_and_takes_the_networks_place():
    data, fabric = images_of(), Fabric(accelerator="cpu", devices=1)
    recipe = Recipe(
        data="cifar10", model="whitened", methods=("ce",), epochs=3, batch_size=60, lr=0.05,
        average=0.75, curve_points=1,
    )  # fmt: skip
    member, plain = (
        build_member("ce", 0, data, r, fabric)
        for r in (recipe, Recipe.from_dict({**recipe.to_dict(), "average": 0.0}))
    )
    states = []
    train(plain, data, recipe, fabric, lambda m: states.append(_copy(m.model)))
    train(member, data, recipe, fabric, lambda m: None)
    expected = states[0]
    for state in states[1:]:  # one step an epoch
        expected = {k: 0.75 * expected[k] + 0.25 * state[k] for k in expected}
    for name, value in _copy(member.model).items():
        torch.testing.assert_close(value, expected[name], msg=name)


def _copy(model):
    return {k: v.clone() for k, v in model.state_dict().items() if v.is_floating_point()}


def test_a_mirrored_prediction_is_that_of_the_mirrored_image_and_the_mean_of_both():
    data, fabric = images_of(), Fabric(accelerator="cpu", devices=1)
    recipe = Recipe(data="cifar10", model="resnet8", methods=("ce",), flip_test=True)
    member = build_member("ce", 0, data, recipe, fabric)
    assert isinstance(member.predictor, Mirrored)
    images = data.test_images
    both = predict(member.predictor, images, prepare=data.prepared)
    flipped = predict(member.predictor, images.flip(-1), prepare=data.prepared)
    torch.testing.assert_close(both, flipped)
    parts = [predict(member.model, x, prepare=data.prepared) for x in (images, images.flip(-1))]
    torch.testing.assert_close(both, (parts[0] + parts[1]) / 2)
    assert not torch.allclose(*parts)


@pytest.mark.parametrize("size", [24, 17])
def test_a_window_is_a_part_of_what_is_seen_whole(size):
    images = torch.randint(0, 256, (40, 3, 32, 32), dtype=torch.uint8)
    whole, window = (
        augment(images, "crop-flip", torch.Generator().manual_seed(5), w) for w in (None, size)
    )
    inside = whole.unfold(2, size, 1).unfold(3, size, 1)
    for image, options in zip(window, inside, strict=True):
        found = (options == image[:, None, None]).all(dim=-1).all(dim=-1).all(dim=0)
        places = torch.nonzero(found)
        assert len(places) == 1
        assert (places - (32 - size) / 2).abs().max() <= 0.5


def test_windows_are_seen_in_the_first_epochs_only(monkeypatch):
    seen, data, fabric = [], images_of(), Fabric(accelerator="cpu", devices=1)
    recipe = Recipe(
        data="cifar10", model="resnet8", methods=("ce",), epochs=4, batch_size=60, window=12,
        window_until=0.5, curve_points=1,
    )  # fmt: skip
    member = build_member("ce", 0, data, recipe, fabric)
    hook = lambda module, inputs: seen.append(tuple(inputs[0].shape[-2:]))  # noqa: E731
    member.model.register_forward_pre_hook(hook)
    train(member, data, recipe, fabric, lambda m: None)
    assert seen[:4] == [(12, 12), (12, 12), (16, 16), (16, 16)]


def test_a_whitening_layer_is_learnt_from_the_training_images_and_not_trained():
    data, fabric = images_of(), Fabric(accelerator="cpu", devices=1)
    recipe = Recipe(data="cifar10", model="whitened", methods=("ce",), epochs=1, optimizer="muon")
    member = build_member("ce", 0, data, recipe, fabric)
    layer = member.model.body[0]
    before = layer.weight.clone()
    components = layer(data.prepared(data.train_images)).permute(1, 0, 2, 3).flatten(1)[:12]
    moments = components @ components.T / components.shape[1]
    torch.testing.assert_close(moments, torch.eye(12), atol=0.01, rtol=0)
    train(member, data, recipe, fabric, lambda m: None)
    assert torch.equal(layer.weight, before)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"augmentation": "crop-flop"}, "unknown augmentation 'crop-flop'; did you mean crop-flip"),
        ({"average": 1.0}, "average = 1"),
        ({"average": -0.1}, "average"),
        ({"window": 7}, "window = 7"),
        ({"window_until": 1.5}, "window_until = 1.5"),
        ({"curve_points": 0}, "curve_points = 0"),
    ],
)
def test_fields_out_of_range_are_named(fields, said):
    with pytest.raises(InputError, match=said):
        Recipe(**fields)


def test_a_switch_is_true_or_false():
    with pytest.raises(InputTypeError, match="flip_test = 1"):
        Recipe(flip_test=1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"window": 9}, "window = 9: images of digits have shape"),
        ({"data": "rows.npz", "flip_test": True}, "flip_test = True: rows.npz has no images"),
        (
            {"data": "rows.npz", "augmentation": "crop"},
            "augmentation = 'crop': rows.npz has no images",
        ),
        ({"data": "rows.npz", "window": 8}, "window = 8: rows.npz has no images"),
    ],
)
def test_what_cannot_be_done_to_the_data_leaves_no_folder(fields, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("rows.npz", X=np.random.default_rng(0).normal(size=(60, 4)), y=[0, 1, 2] * 20)
    with pytest.raises(InputError, match=said):
        run(Recipe(methods=("ce",), seeds=1, **fields), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_head_over_rows_is_averaged_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("rows.npz", X=np.random.default_rng(0).normal(size=(60, 4)), y=[0, 1, 2] * 20)
    recipe = Recipe(data="rows.npz", methods=("ce",), seeds=1, epochs=3, model="linear", lr=0.1)
    plain = run(recipe, "plain").members[0]
    averaged = run(replace(recipe, average=0.9), "averaged").members[0]
    assert averaged.history.train_loss == pytest.approx(plain.history.train_loss)
    assert averaged.mean_margin != plain.mean_margin
