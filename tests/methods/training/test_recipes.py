"""The recipes of systems: members that can be built and take a step, and their authors' moments."""

import pytest
import torch
from counterpoise.methods.data import Dataset, Split
from counterpoise.methods.optim import RATES
from counterpoise.methods.registry import method_of
from counterpoise.methods.training import recipe_of
from counterpoise.methods.training.ahead import look_ahead
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.recipes.systems import SYSTEMS
from counterpoise.methods.training.step import Batch, take_step
from lightning_fabric import Fabric

FABRIC = Fabric(accelerator="cpu", devices=1)


def images_of(recipe):
    """Eleven to two images of ten classes; they are validation images as well, if the recipe has any."""
    counts = torch.arange(11, 1, -1)
    labels = torch.arange(10).repeat_interleave(counts)
    images = torch.randint(0, 256, (len(labels), 3, 32, 32), dtype=torch.uint8)
    return Dataset(
        "mine", tuple("abcdefghij"), counts, images, labels, images, labels,
        validation=Split(images, labels) if recipe.validation else None,
        mean=(0.5,) * 3, std=(0.25,) * 3, augmentation="crop-flip",
    )  # fmt: skip


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_member_of_a_system_is_built_and_the_systems_own_takes_a_step(name):
    recipe = recipe_of(name)
    data = images_of(recipe)
    members = [build_member(method, 0, data, recipe, FABRIC) for method in recipe.methods]
    last = members[-1]
    epoch = recipe.epochs - 1
    stage = method_of(recipe.methods[-1]).build_schedule(
        data.class_counts.numpy(), recipe.defer_epoch, recipe.epochs
    ).stage(epoch)  # fmt: skip
    constants = stage.constants(last.criterion)
    batch = Batch(data.prepared(data.train_images[-12:]), data.train_labels[-12:])
    look_ahead(last, batch, constants, data)
    assert take_step(last, epoch, batch, constants, FABRIC).loss.isfinite()


@pytest.mark.parametrize(
    ("name", "rates"),
    [  # of the last epoch, counted from 1, at a share of the rate
        ("cifar10-lt-meta-weight-net", {80: 1, 90: 0.1, 100: 0.01}),
        ("cifar100-lt-cdb", {192: 1, 216: 0.01, 240: 1e-4}),
        ("cifar10-lt-mislas", {1: 0.2, 160: 1, 180: 0.1, 200: 0.01}),
        ("cifar100-lt-experts", {1: 0.2, 160: 1, 180: 0.1, 200: 0.01}),
        ("cifar100-lt-ride", {1: 0.2, 160: 1, 180: 0.01, 200: 1e-4}),
        ("cifar100-lt-paco", {1: 0.1, 320: 1, 360: 0.1, 400: 0.01}),
    ],
)
def test_rates_fall_when_the_titles_and_the_authors_say(name, rates):
    recipe = recipe_of(name)
    assert recipe.epochs == max(rates)
    for epoch, share in rates.items():
        found = RATES[recipe.rate](recipe.lr, epoch - 1, recipe.epochs, recipe.warmup)
        assert found == pytest.approx(share * recipe.lr)


@pytest.mark.parametrize("name", ["cifar10-lt-influence", "cifar100-lt-influence"])
def test_influence_begins_half_way_and_moves_the_network_as_the_authors_rates_do(name):
    """Their alpha is 1000 and their rate a hundredth, or a hundredth of that, from epoch 101 on."""
    recipe = recipe_of(name)
    plan = method_of(recipe.methods[-1]).build_schedule((90, 10), recipe.defer_epoch, recipe.epochs)
    assert [float(plan.stage(epoch).influence) for epoch in (99, 100)] == [0.0, 1.0]
    alpha = method_of(recipe.methods[-1]).build_loss((90, 10)).alpha
    for epoch, theirs in ((101, 1e-2), (160, 1e-2), (161, 1e-4), (180, 1e-4), (181, 1e-6)):
        ours = RATES[recipe.rate](recipe.lr, epoch - 1, recipe.epochs, recipe.warmup)
        assert alpha * ours == pytest.approx(1000 * theirs * 0.1)
