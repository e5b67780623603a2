"""Mixup in the loop, and the influence-balanced loss from an epoch on: what is minimised, and when."""

import numpy as np
import pytest
import torch
from counterpoise.methods import InfluenceBalancedLoss, mixed_pairs
from counterpoise.methods.registry import method_of
from counterpoise.methods.training import Recipe, run
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.many import are_heads, train_together
from counterpoise.methods.training.member import build_member
from counterpoise.methods.training.step import Batch, Mixed, batch_loss
from counterpoise.methods.weights import inverse_frequency_weights
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given
from hypothesis import strategies as st
from lightning_fabric import Fabric
from torch.nn.functional import cross_entropy, one_hot

FABRIC = Fabric(accelerator="cpu", devices=1)
SHORT = Recipe(methods=("ce",), seeds=1, epochs=2, batch_size=64, curve_points=1)


def trained(method, recipe=SHORT):
    data = recipe.dataset(0)
    member = build_member(method, 0, data, recipe, FABRIC)
    train(member, data, recipe, FABRIC, lambda member: None)
    return member


def ones(features, target):
    return torch.ones(len(target))


@given(
    size=st.integers(1, 9),
    alpha=st.floats(0.05, 20),
    seed=st.integers(0, 2**31),
)
def test_a_mixed_batch_keeps_its_mean_and_pairs_images_with_their_classes(size, alpha, seed):
    target = torch.arange(size)
    images = target[:, None] ** torch.arange(1, 3).double()
    mixed, partner, share = mixed_pairs(images, target, alpha, torch.Generator().manual_seed(seed))
    assert partner.sort().values.tolist() == target.tolist()
    assert 0 <= share <= 1
    torch.testing.assert_close(mixed.mean(dim=0), images.mean(dim=0))
    torch.testing.assert_close(mixed, share * images + (1 - share) * images[partner])


@pytest.mark.parametrize("alpha", [0, -1, float("nan"), float("inf")])
def test_a_law_that_is_none_is_refused(alpha):
    with pytest.raises(InputError, match="alpha = "):
        mixed_pairs(torch.zeros(2, 1), torch.arange(2), alpha, torch.Generator())


def test_shares_have_the_beta_law():
    generator = torch.Generator().manual_seed(0)
    image, label = torch.zeros(1, 1), torch.zeros(1, dtype=torch.long)
    shares = [mixed_pairs(image, label, 0.2, generator)[2] for _ in range(2000)]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.04)
    assert np.var(shares) == pytest.approx(0.25 / 1.4, rel=0.05)  # of Beta(a, a): 1 / (4 (2 a + 1))


def test_the_loss_of_mixed_images_is_cross_entropy_of_their_soft_labels():
    data = SHORT.dataset(0)
    member = build_member("ce", 0, data, SHORT, FABRIC)
    images, target, partner = (
        data.train_images[:12],
        data.train_labels[:12],
        data.train_labels[-12:],
    )
    batch = Batch(images, target, Mixed(partner, 0.3))
    found = batch_loss(member.model, member.criterion, batch, {}, ones).loss
    soft = 0.3 * one_hot(target, 10) + 0.7 * one_hot(partner, 10)
    torch.testing.assert_close(found, cross_entropy(member.model(images)[0], soft))
    weight = {"weight": torch.arange(1.0, 11.0)}
    found = batch_loss(member.model, member.criterion, batch, weight, ones).loss
    own = cross_entropy(member.model(images)[0], soft, weight=weight["weight"], reduction="sum")
    torch.testing.assert_close(found, own / (soft @ weight["weight"]).sum())


def test_mixing_is_a_setting_of_every_method_and_of_another_law_another_training():
    """A share that is almost always 0 or 1 mixes nothing: batches are cross-entropy's, permuted."""
    row = method_of("la@mixup=0.2")
    assert (row.mixup, method_of("mixup").mixup, method_of("ce").mixup) == (0.2, 1.0, 0.0)
    assert row.title == "Logit adjustment (mixup = 0.2)"
    plain, mixed, same, hardly = (
        torch.cat([p.detach().flatten() for p in trained(method).model.parameters()])
        for method in ("ce", "mixup", "ce@mixup=1.0", "ce@mixup=0.00001")
    )
    assert torch.equal(mixed, same)
    torch.testing.assert_close(hardly, plain, rtol=1e-3, atol=1e-4)
    assert (mixed - plain).abs().max() > 10 * (hardly - plain).abs().max()


@pytest.mark.parametrize(
    ("name", "said"),
    [("ce@mixup=-1", "mixup = -1"), ("density-ratio@mixup=1", "unknown setting of density-ratio 'mixup'"),
     ("ce@weights=density-ratio,mixup=1", "not of mixed ones")],
)  # fmt: skip
def test_what_cannot_be_mixed_is_refused(name, said):
    with pytest.raises(InputError, match=said):
        method_of(name)


def test_what_watches_single_images_refuses_mixed_ones(tmp_path):
    with pytest.raises(InputError, match="mixup trains on mixed images"):
        run(Recipe(methods=("mixup",), seeds=1, epochs=1), tmp_path / "run", watch="bound")


def test_heads_of_mixed_rows_do_not_train_together():
    rows = Recipe(data="cifar10-features", model="linear", methods=("ce", "mixup"))
    assert not are_heads(rows)
    data = SHORT.dataset(0)
    with pytest.raises(InputError, match="mixup"):
        train_together([build_member("mixup", 0, data, SHORT, FABRIC)], {0: data}, SHORT, FABRIC)


def test_an_influence_that_never_begins_is_cross_entropy():
    """Start = E; with the same classes weighing the same, as before the start."""
    never = trained("influence-deferred", Recipe(**{**SHORT.to_dict(), "defer": 1.0}))
    for ours, theirs in zip(
        never.model.parameters(), trained("ce").model.parameters(), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_influence_that_has_begun_is_the_loss_with_inverse_frequency():
    at_once = trained("influence-deferred@alpha=1", Recipe(**{**SHORT.to_dict(), "defer": 0.0}))
    loss = trained("influence-balanced@alpha=1")
    for ours, theirs in zip(at_once.model.parameters(), loss.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@given(seed=st.integers(0, 2**31))
def test_a_stage_turns_the_factors_on_and_off(seed):
    counts = (50, 10, 5)
    plan, generator = method_of("influence-deferred").build_schedule(counts, 3), torch.Generator()
    z, h = torch.randn(2, 7, 3, generator=generator.manual_seed(seed), dtype=torch.float64)
    y = torch.arange(7) % 3
    loss = InfluenceBalancedLoss(alpha=2.0, reduction="none")
    before = torch.func.functional_call(loss, plan.stage(2).constants(loss), (z, y, h))
    torch.testing.assert_close(before, cross_entropy(z, y, reduction="none"))
    after = torch.func.functional_call(loss, plan.stage(3).constants(loss), (z, y, h))
    torch.testing.assert_close(after, loss(z, y, h) * inverse_frequency_weights(counts)[y])
