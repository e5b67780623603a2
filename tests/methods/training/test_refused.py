"""Pairs of options: each trains a step, or is refused when the recipe is read."""

from dataclasses import replace
from itertools import product

import pytest
import torch
from counterpoise.methods.data import load
from counterpoise.methods.data.augment import AUGMENTATIONS
from counterpoise.methods.losses.proco import log_moment
from counterpoise.methods.models.heads import HEADS
from counterpoise.methods.optim import OPTIMIZERS
from counterpoise.methods.registry import METHODS
from counterpoise.methods.training import Recipe
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.member import build_member
from counterpoise.theory.foundation.validation import InputError
from lightning_fabric import Fabric

FABRIC = Fabric(accelerator="cpu", devices=1)
PAIRS = list(product(OPTIMIZERS, (None, *HEADS)))
EXTRA = (
    "", "@mixup=1.0", "@weights=meta-weight-net", "@joint=0.5", "@weights=density-ratio", "@validation=true",
)  # fmt: skip


@pytest.fixture(scope="module")
def few():
    """A batch of the digits, some of each class, and a few images to validate on."""
    data = load("digits", validation=4)
    order = data.train_labels.argsort(descending=True)[:25]  # the rarest classes whole
    first = [int((data.train_labels == label).nonzero()[0]) for label in range(10)]
    chosen = torch.cat([order, torch.tensor(first)]).unique()
    labels = data.train_labels[chosen]
    return replace(
        data,
        train_images=data.train_images[chosen],
        train_labels=labels,
        class_counts=labels.bincount(minlength=10),
    )


def step(data, fields):
    """Whether the recipe trains; refused are recipes, not steps."""
    try:
        recipe = Recipe(**fields, seeds=1, epochs=1, batch_size=64, warmup=0, curve_points=1)
    except InputError:
        return False
    data = replace(data, augmentation=recipe.augmentation or "none")
    member = build_member(recipe.methods[0], 0, data, recipe, FABRIC)
    train(member, data, recipe, FABRIC, lambda member: None)
    assert all(parameter.isfinite().all() for parameter in member.model.parameters())
    return True


def test_every_pair_trains_or_is_refused_when_it_is_read(few):
    """Each method with some optimisers, heads, settings and crops, by turns; all pairs of these occur."""
    done = []
    for number, method in enumerate(METHODS):
        for turn in range(3):
            place = 3 * number + turn
            optimizer, head = PAIRS[place % len(PAIRS)]
            extra = EXTRA[place % len(EXTRA)] if place % 5 else ""
            if METHODS[method].source != METHODS["ce"].source and "weights" in extra:
                extra = ""
            done.append(step(few, {
                "methods": (method + extra,), "optimizer": optimizer, "head": head,
                "augmentation": list(AUGMENTATIONS)[place % len(AUGMENTATIONS)],
            }))  # fmt: skip
    assert 0.5 < sum(done) / len(done) < 1


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("method", ["mixup", "ride", "proco@weights=meta-weight-net"])
def test_what_was_found_to_crash_trains_or_is_refused(few, method, optimizer):
    by_class = optimizer in ("imbsam", "sam-a", "cc-sam")
    refused = optimizer == "cc-sam" or (method == "mixup" and by_class)
    assert step(few, {"methods": (method,), "optimizer": optimizer}) is not refused


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"methods": ("la@mixup=1",), "optimizer": "imbsam"}, "weighs examples by class"),
        ({"methods": ("mixup",), "optimizer": "sam-a"}, "weighs examples by class"),
        ({"methods": ("ce", "paco"), "optimizer": "cc-sam"}, "paco has the head 'embedded'"),
        (
            {"methods": ("ce",), "optimizer": "cc-sam", "head": "experts"},
            "ce has the head 'experts'",
        ),
        ({"methods": ("paco",), "head": "cosine"}, "paco reads 'embedding'"),
        ({"methods": ("balanced-contrastive",), "head": "embedded"}, "reads 'prototypes'"),
        ({"methods": ("sade",), "head": "linear", "model": "resnet20"}, "sade reads 'experts'"),
        ({"methods": ("paco+tau-norm",)}, r"\+tau-norm reads the weight of a last layer"),
    ],
)
def test_a_pair_that_cannot_train_is_named(fields, said):
    with pytest.raises(InputError, match=said):
        Recipe(**fields)
    own = {"model": "somebody:network"} if "reads" in said else {}
    if own:
        Recipe(**{**fields, **own})  # which may answer more than its head


def test_moments_of_a_network_s_embeddings_have_slopes_along_a_direction():
    """As meta-learnt weights ask for: forward and backward are of one derivative, that of differences."""
    generator = torch.Generator().manual_seed(0)
    mean, at, way = (torch.randn(3, 4, generator=generator, dtype=torch.float64) for _ in range(3))

    def moments(own):
        return log_moment(own, mean / 5)

    _, slopes = torch.func.jvp(moments, (at,), (way,))
    near = (moments(at + 1e-6 * way) - moments(at - 1e-6 * way)) / 2e-6
    torch.testing.assert_close(slopes, near, rtol=1e-6, atol=1e-8)
    found, back = torch.func.vjp(moments, at)
    (gradient,) = back(torch.ones_like(found))
    torch.testing.assert_close((gradient * way).sum(), slopes.sum())
