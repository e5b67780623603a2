"""Heads that train together are those that train alone, whatever their loss, weights, plan and head."""

import pytest
import torch
from counterpoise.methods.data import Part, Source, assemble
from counterpoise.methods.losses import GLALoss, LogitAdjustedLoss
from counterpoise.methods.models.heads import ONE_LAYER
from counterpoise.methods.training import METHODS, Recipe
from counterpoise.methods.training.head_losses import Held, head_losses, is_by_example
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.many import are_heads, train_together
from counterpoise.methods.training.member import build_member
from counterpoise.theory.foundation.validation import InputError
from lightning_fabric import Fabric

CLASSES, SIZE = 4, 6
SEVERAL = (3, 0, 5)


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


def data(seed=0, validation=0, **drawn):
    source = Source("rows", tuple("abcd"), rows(60, 2 * seed), rows(20, 2 * seed + 1))
    return assemble(source, "rows", imbalance_factor=20, validation=validation, seed=seed, **drawn)


def recipe(methods, **fields):
    usual = {"epochs": 4, "batch_size": 16, "lr": 0.1, "model": "linear", "validation": 0}
    return Recipe(methods=tuple(methods), **{**usual, **fields})


def splits(seeds=SEVERAL, **drawn):
    """Data by seed: all differ, and the examples are as many."""
    return {seed: data(seed, **drawn) for seed in seeds}


def built(methods, split, **fields):
    """Members by seed and method, their recipe, and where they train."""
    made, fabric = recipe(methods, **fields), Fabric(accelerator="cpu", precision="64-true")
    members = [build_member(m, seed, split[seed], made, fabric) for seed in split for m in methods]
    return members, made, fabric


def both(methods, split, **fields):
    """The members trained alone and together."""
    alone, made, fabric = built(methods, split, **fields)
    together, *_ = built(methods, split, **fields)
    for member in alone:
        train(member, split[member.seed], made, fabric, lambda member: None)
    assert train_together(together, split, made, fabric) == {}
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


OF_ONE_LAYER = [key for key, row in METHODS.items() if row.head in ONE_LAYER]
PLAIN = [k for k in OF_ONE_LAYER if not (METHODS[k].needs_validation or METHODS[k].mixup)]


@pytest.mark.parametrize("seeds", [(3,), SEVERAL])
def test_every_method_trains_together_as_alone(seeds):
    assert len(PLAIN) >= 15
    assert_same(*both(PLAIN, splits(seeds)))


def test_heads_of_several_parts_do_not_train_together():
    assert are_heads(Recipe(model="linear", methods=("ce", "la")))
    assert not are_heads(Recipe(model="linear", methods=("ce", "balpoe")))
    assert not are_heads(Recipe(model="linear", methods=("ce", "la"), head="experts"))


def test_settings_of_the_loss_make_members_of_their_own():
    methods = ["ce", *(f"la@tau={tau}" for tau in (0.5, 1, 1.5)), "vs@gamma=0.2,tau=0.5"]
    alone, together = both(methods, splits())
    assert_same(alone, together)
    biases = {tuple(m.model.head.bias.tolist()) for m in together}
    assert len(biases) == len(together) == len(methods) * len(SEVERAL)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("head", ["linear", "cosine"])
def test_heads_and_optimisers(optimizer, head):
    methods = ["ce", "drs", "la", "drw", "density-ratio", "influence-balanced", "focal"]
    assert_same(*both(methods, splits(), optimizer=optimizer, head=head, rate="one-cycle"))


def test_weights_that_learn_from_a_validation_split():
    methods = ["ce", "cdb", "cdb@mean=weights", "class-balanced@weights=cdb", "la"]
    assert_same(*both(methods, splits(validation=4), validation=4))


def test_examples_drawn_by_seed():
    assert_same(*both(["seesaw", "progressive-sampling", "la"], splits(subset="seeded")))


def test_seeds_of_unlike_class_counts_train_one_after_the_other():
    split = splits(label_noise=0.2)
    assert len({tuple(own.class_counts.tolist()) for own in split.values()}) == len(SEVERAL)
    assert_same(*both(["ce", "focal", "la"], split))


def test_one_that_drew_otherwise_under_one_seed_has_batches_of_its_own():
    alone, made, fabric = built(["ce", "la", "drw"], splits())
    together, *_ = built(["ce", "la", "drw"], splits())
    for members in (alone, together):
        members[1].batch_order.manual_seed(11)
    for member in alone:
        train(member, data(member.seed), made, fabric, lambda member: None)
    train_together(together, splits(), made, fabric)
    assert_same(alone, together)


@pytest.mark.parametrize("wild", ["influence-balanced@alpha=1e300", "la", "seesaw"])
def test_one_that_diverges_leaves_the_others_as_they_are(wild):
    methods = list(
        dict.fromkeys(["ce", "influence-balanced", "focal", "lade", "seesaw", wild, "la"])
    )
    alone, made, fabric = built(methods, splits())
    together, *_ = built(methods, splits())
    broken = next(m for m in together if (m.seed, m.method) == (SEVERAL[1], wild))
    with torch.no_grad():
        broken.model.head.weight.fill_(
            torch.nan
        )  # under one seed, whatever becomes of it elsewhere
    found = train_together(together, splits(), made, fabric)
    assert (broken.seed, wild) in found
    assert broken.epoch == 0
    assert {method for _, method in found} == {wild}
    for member in alone:
        if (member.seed, member.method) not in found:
            train(member, data(member.seed), made, fabric, lambda member: None)
    well = [at for at, m in enumerate(alone) if (m.seed, m.method) not in found]
    assert len(well) >= len(alone) - len(SEVERAL)
    assert_same([alone[at] for at in well], [together[at] for at in well])


ONE_BY_ONE = {
    "lade": "an estimate of the batch as a whole",
    "seesaw": "classes that it has seen",
    "equalization": "draws",
    "soul": "subsets of the batch as a whole",
}


@pytest.mark.parametrize("key", OF_ONE_LAYER)
def test_losses_of_joined_batches_are_those_of_separate_calls(key):
    """Of every method; those whose losses do not say that they see examples singly are listed."""
    generator = torch.Generator().manual_seed(1)
    logits = 3 * torch.randn(3, 1, 8, CLASSES, generator=generator)
    features = torch.randn(3, 8, SIZE, generator=generator)
    target = torch.randint(CLASSES, (3, 8), generator=generator)
    row, counts = METHODS[key], (40, 12, 5, 2)

    def held(epoch):
        """The loss of each seed, as an epoch begins."""
        losses = [row.build_loss(counts, torch.Generator().manual_seed(s)) for s in range(3)]
        stage = row.build_schedule(counts, start=2, epochs=4).stage(epoch)
        return [Held(own, stage.constants(own)) for own in losses]

    assert is_by_example(held(0)[0].criterion) == (key not in ONE_BY_ONE)
    for epoch in (0, 3):
        ((size, call),) = head_losses([[own] for own in held(epoch)], torch.ones(CLASSES))
        found = call(logits, features, target)
        assert (size, found.shape) == (1, (3, 1, 8))
        singly = [
            own(z[0], x, y)
            for own, z, x, y in zip(held(epoch), logits, features, target, strict=True)
        ]
        torch.testing.assert_close(found[:, 0], torch.stack(singly), rtol=1e-12, atol=1e-12)


def test_losses_of_unlike_constants_are_not_joined_nor_are_those_of_users():
    class Doubled(LogitAdjustedLoss):
        def forward(self, logits, target):
            return 2 * super().forward(logits, target)

    assert is_by_example(LogitAdjustedLoss((3, 1)))
    assert not is_by_example(Doubled((3, 1)))
    assert not is_by_example(torch.nn.CrossEntropyLoss())
    unlike = [GLALoss(counts, q=0.5, reduction="none") for counts in ((9, 3, 2, 1), (1, 2, 3, 9))]
    logits, target = torch.randn(2, 1, 5, CLASSES), torch.randint(CLASSES, (2, 5))
    ((_, call),) = head_losses([[Held(own, {})] for own in unlike], torch.ones(CLASSES))
    found = call(logits, torch.empty(2, 5, 0), target)
    for own, losses, z, y in zip(unlike, found, logits, target, strict=True):
        torch.testing.assert_close(losses[0], own(z[0], y), rtol=1e-12, atol=1e-12)


def test_what_is_no_head_or_begun_is_refused():
    assert not are_heads(Recipe(model="mlp", data="digits"))
    begun, made, fabric = built(["ce"], splits())
    assert are_heads(made)
    begun[1].epoch = 1
    with pytest.raises(InputError, match="not yet begun"):
        train_together(begun, splits(), made, fabric)
    others, *_ = built(["ce", "la"], splits())
    with pytest.raises(InputError, match="same methods for every seed"):
        train_together(others[:-1], splits(), made, fabric)
