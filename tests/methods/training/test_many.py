"""Heads that train together are those that train alone, whatever their loss, weights, plan and head."""

import pytest
import torch
from counterpoise.methods.data import Part, Source, assemble
from counterpoise.methods.training import METHODS, Recipe
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.many import are_heads, train_together
from counterpoise.methods.training.member import build_member
from counterpoise.theory.foundation.validation import InputError
from lightning_fabric import Fabric

CLASSES, SIZE = 4, 6


@pytest.fixture(autouse=True)
def double_precision():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def rows(per_class, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(CLASSES).repeat_interleave(per_class)
    centres = torch.randn(CLASSES, SIZE, generator=torch.Generator().manual_seed(9))
    found = centres[labels] + torch.randn(len(labels), SIZE, generator=generator)
    return Part(labels, found.__getitem__)


def data(validation=0):
    source = Source("rows", tuple("abcd"), rows(60, 0), rows(20, 1))
    return assemble(source, "rows", imbalance_factor=20, validation=validation)


def recipe(methods, **fields):
    usual = {"epochs": 4, "batch_size": 16, "lr": 0.1, "model": "linear", "validation": 0}
    return Recipe(methods=tuple(methods), **{**usual, **fields})


def both(methods, split, **fields):
    """The members trained alone and together."""
    made, fabric = recipe(methods, **fields), Fabric(accelerator="cpu", precision="64-true")
    alone, together = (
        [build_member(method, 3, split, made, fabric) for method in methods] for _ in range(2)
    )
    for member in alone:
        train(member, split, made, fabric, lambda member: None)
    train_together(together, split, made, fabric)
    return alone, together


def assert_same(alone, together):
    for one, other in zip(alone, together, strict=True):
        for name, parameter in one.model.state_dict().items():
            torch.testing.assert_close(
                other.model.state_dict()[name], parameter, rtol=1e-10, atol=1e-10, msg=one.method
            )
        assert other.epoch == one.epoch
        assert other.history["epoch"] == one.history["epoch"]
        assert other.history["balanced_accuracy"] == one.history["balanced_accuracy"]
        for column in ("train_loss", "class_weights"):
            torch.testing.assert_close(
                torch.tensor(other.history[column], dtype=torch.float64),
                torch.tensor(one.history[column], dtype=torch.float64),
                rtol=1e-6,
                atol=1e-6,
            )


PLAIN = [key for key, row in METHODS.items() if not row.needs_validation]


def test_every_method_trains_together_as_alone():
    assert len(PLAIN) >= 15
    assert_same(*both(PLAIN, data()))


def test_settings_of_the_loss_make_members_of_their_own():
    methods = ["ce", *(f"la@tau={tau}" for tau in (0.5, 1, 1.5)), "vs@gamma=0.2,tau=0.5"]
    alone, together = both(methods, data())
    assert_same(alone, together)
    biases = {tuple(m.model.head.bias.tolist()) for m in together}
    assert len(biases) == len(methods)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("head", ["linear", "cosine"])
def test_heads_and_optimisers(optimizer, head):
    assert_same(
        *both(["ce", "la", "drw"], data(), optimizer=optimizer, head=head, rate="one-cycle")
    )


def test_weights_that_learn_from_a_validation_split():
    assert_same(*both(["ce", "cdb", "la"], data(validation=4), validation=4))


def test_what_is_no_head_or_begun_is_refused():
    assert not are_heads(Recipe(model="mlp", data="digits"))
    made, fabric = recipe(["ce"]), Fabric(accelerator="cpu", precision="64-true")
    assert are_heads(made)
    begun = build_member("ce", 0, data(), made, fabric)
    begun.epoch = 1
    with pytest.raises(InputError, match="one seed"):
        train_together([begun], data(), made, fabric)
    others = [build_member("ce", seed, data(), made, fabric) for seed in (0, 1)]
    with pytest.raises(InputError, match="one seed"):
        train_together(others, data(), made, fabric)
