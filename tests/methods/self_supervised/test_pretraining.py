"""Pre-training that is interrupted, seeded and stopped; and the probe of what was learnt."""

from dataclasses import replace

import pytest
import torch
from counterpoise.methods.data import Split, load
from counterpoise.methods.models import Body, SmallNet
from counterpoise.methods.self_supervised import (
    SDCLR,
    Boosted,
    Encoder,
    Harmonised,
    Pretraining,
    SimCLR,
    linear_probe,
    pretrain,
)
from counterpoise.methods.training.devices import alone
from counterpoise.methods.training.divergence import Diverged
from counterpoise.theory.foundation.validation import InputError
from torch import nn

SHORT = Pretraining(epochs=3, batch_size=20, lr=0.1, warmup=1, least_area=0.5)


@pytest.fixture(scope="module")
def data():
    whole = load("digits", validation=5)
    return replace(
        whole, train_images=whole.train_images[:50], train_labels=whole.train_labels[:50]
    )


def build(name):
    """A method with every kind of memory there is, begun the same each time."""
    generator = torch.Generator().manual_seed(0)
    encoder = Encoder(SmallNet(2, generator=generator), 8, generator)
    return {
        "bcl-d": lambda: Boosted(SDCLR(encoder), 50, operations=2, least=5, drawn=True),
        "gh": lambda: Harmonised(
            SDCLR(encoder),
            50,
            start=1,
            ramp=1,
            clusters=4,
            width=8,
            iterations=5,
            generator=generator,
        ),
        "simclr": lambda: SimCLR(encoder),
    }[name]()


class Stop(Exception):
    pass


def stop_after(epochs):
    def after_epoch(done, loss):
        if done == epochs:
            raise Stop

    return after_epoch


@pytest.mark.parametrize("name", ["bcl-d", "gh"])
def test_an_interrupted_pretraining_ends_as_one_that_was_not(name, data, tmp_path):
    fabric, whole = alone("cpu", None), build(name)
    losses = pretrain(whole, data, SHORT, fabric, seed=3)
    with pytest.raises(Stop):
        pretrain(build(name), data, SHORT, fabric, 3, tmp_path / "a.pt", stop_after(2))
    resumed = build(name)
    assert pretrain(resumed, data, SHORT, fabric, 3, tmp_path / "a.pt") == losses
    for key, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[key]), key
    with pytest.raises(InputError, match="is of another pre-training"):
        pretrain(resumed, data, SHORT, fabric, 4, tmp_path / "a.pt")
    with pytest.raises(InputError, match=r"\(method\)"):
        pretrain(build("simclr"), data, SHORT, fabric, 3, tmp_path / "a.pt")


def test_another_seed_sees_other_views(data):
    fabric = alone("cpu", None)
    once, again, other = (
        pretrain(build("simclr"), data, replace(SHORT, epochs=1), fabric, seed)
        for seed in (0, 0, 1)
    )
    assert once == again != other


def test_labels_are_not_looked_at(data):
    fabric = alone("cpu", None)
    blind = replace(data, train_labels=torch.full((50,), 7))
    once = [pretrain(build("gh"), own, SHORT, fabric) for own in (data, blind)]
    assert once[0] == once[1]


def test_a_pretraining_that_diverges_stops(data):
    with pytest.raises(Diverged, match="its loss is nan"):
        pretrain(build("simclr"), data, replace(SHORT, lr=1e30, warmup=0), alone("cpu", None))


def test_one_image_is_no_contrast(data):
    single = replace(data, train_images=data.train_images[:1])
    with pytest.raises(InputError, match="at least 2 images"):
        pretrain(build("simclr"), single, SHORT, alone("cpu", None))


def test_a_probe_reads_what_features_tell_and_nothing_else():
    labels = torch.arange(4).repeat(50)
    told = torch.eye(4)[labels] + 0.01
    data = replace(
        load("digits"), mean=(), std=(), test_images=told, test_labels=labels,
        class_counts=torch.tensor([500, 50, 5, 5]),
    )  # fmt: skip
    network = Body(nn.Identity(), 4, 2)
    network.head = nn.Identity()
    assert linear_probe(network, data, Split(told, labels)) == (1.0, 1.0, 1.0, 1.0)
    half = told.clone()
    half[:, 2:] = 0  # classes 2 and 3 look alike: one of them is right
    found = linear_probe(network, replace(data, test_images=half), Split(half, labels))
    assert found == pytest.approx((0.75, 1.0, 1.0, 0.5))
    with pytest.raises(InputError, match="at least two classes"):
        linear_probe(network, data, Split(told[:1], labels[:1]))
