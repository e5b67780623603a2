"""The methods of self-supervision held against loops, limits, and each other."""

import math

import pytest
import torch
from counterpoise.methods.models import Body
from counterpoise.methods.self_supervised import (
    SDCLR,
    Boosted,
    Encoder,
    Harmonised,
    SimCLR,
    boosts,
    magnitude_masks,
    nt_xent,
    simplex_targets,
    sinkhorn,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from torch import nn

SIZE = 6


def draws(seed):
    return torch.Generator().manual_seed(seed)


def encoder(seed=0, width=4):
    """A small network with batch normalisation, and a projector."""
    body = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(),
        nn.Conv2d(4, 5, 3), nn.BatchNorm2d(5), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )  # fmt: skip
    generator = draws(seed)
    return Encoder(Body(body, 5, 2, generator=generator), width, generator)


def views(seed=1, size=SIZE):
    return torch.rand(2, size, 1, 8, 8, generator=draws(seed))


def stepped(method, steps=3):
    """The network after some steps, and the losses of each."""
    optimizer = torch.optim.SGD(method.parameters(), 0.1, momentum=0.9)
    losses = []
    for step in range(steps):
        method.begin_epoch(step)
        losses.append(method(*views(step), torch.arange(SIZE)))
        optimizer.zero_grad()
        losses[-1].mean().backward()
        optimizer.step()
    return method.encoder.state_dict(), torch.stack(losses)


# NT-Xent


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 999), size=st.integers(2, 6), width=st.integers(1, 5), T=st.floats(0.05, 3)
)
def test_the_contrast_is_the_sum_written_out(seed, size, width, T):
    first, second = torch.randn(2, size, width, generator=draws(seed), dtype=torch.float64)
    every = [*first, *second]

    def cosine(u, w):
        return float(u @ w / u.norm() / w.norm())

    expected = [0.0] * size
    for i, u in enumerate(every):
        total = sum(math.exp(cosine(u, w) / T) for j, w in enumerate(every) if j != i)
        other = every[(i + size) % (2 * size)]
        expected[i % size] += (math.log(total) - cosine(u, other) / T) / 2
    assert nt_xent(first, second, T).tolist() == pytest.approx(expected, abs=1e-10)


def test_the_contrast_is_least_where_views_agree_and_images_are_opposite():
    first = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    least = math.log(1 + 2 * math.exp(-2 / 0.2))
    assert nt_xent(first, first).tolist() == pytest.approx([least] * 2, rel=1e-9)
    crossed = nt_xent(first, first.flip(0))
    assert crossed.tolist() == pytest.approx([math.log(2 + math.exp(2 / 0.2))] * 2, rel=1e-9)


@pytest.mark.parametrize("shapes", [((1, 3), (1, 3)), ((2, 3), (3, 3)), ((4,), (4,))])
def test_views_that_are_no_pairs_are_refused(shapes):
    with pytest.raises(InputError, match=r"must both be \(B, d\)"):
        nt_xent(*(torch.ones(shape) for shape in shapes))


def test_the_contrast_is_in_full_precision_where_the_network_is_not():
    projected = torch.randn(2, SIZE, 4, generator=draws(2))
    with torch.autocast("cpu", torch.bfloat16):
        found = SimCLR(encoder()).contrast(*projected)
    assert torch.equal(found, nt_xent(*projected))


# SDCLR


def test_nothing_pruned_and_statistics_shared_is_simclr():
    plain, plain_losses = stepped(SimCLR(encoder()))
    pruned, losses = stepped(SDCLR(encoder(), share=0.0, separate=False))
    assert torch.equal(losses, plain_losses)
    assert all(torch.equal(value, pruned[name]) for name, value in plain.items())


def test_a_branch_has_its_own_statistics_unless_they_are_shared():
    method = SDCLR(encoder(), share=0.5)
    method.begin_epoch(0)
    method(*views(), torch.arange(SIZE))
    counts = [v.item() for k, v in method.state_dict().items() if k.endswith("num_batches_tracked")]
    assert counts == [1] * 8  # of four norms in each branch
    means = {k.split(".")[-2:][0]: v for k, v in method.norms.state_dict().items() if "mean" in k}
    assert all((mean != 0).any() for mean in means.values())
    assert method.encoder.state_dict().keys() == encoder().state_dict().keys()


@settings(deadline=None, max_examples=20)
@given(share=st.floats(0, 0.99), seed=st.integers(0, 99))
def test_what_is_pruned_are_the_smallest_of_all_together(share, seed):
    network = encoder(seed)
    masks = magnitude_masks(network, share)
    weights = {name: own for name, own in network.named_parameters() if own.ndim == 4}
    assert masks.keys() == weights.keys()
    kept = torch.cat([weights[name][mask].abs() for name, mask in masks.items()])
    left = torch.cat([weights[name][~mask].abs() for name, mask in masks.items()])
    assert len(left) == int(share * (len(kept) + len(left)))
    assert len(left) == 0 or left.max() < kept.min()


def test_the_gradient_is_that_of_two_halves():
    method = SDCLR(encoder(), share=0.6, separate=False)
    method.begin_epoch(0)
    first, second = method.project(*views())
    parameters = [p for p in method.parameters() if p.requires_grad]
    whole = torch.autograd.grad(nt_xent(first, second).mean(), parameters, retain_graph=True)
    halves = [
        torch.autograd.grad(loss.mean(), parameters, retain_graph=True, allow_unused=True)
        for loss in (nt_xent(first, second.detach()), nt_xent(first.detach(), second))
    ]
    for one, *parts in zip(whole, *halves, strict=True):
        assert torch.allclose(one, sum(p for p in parts if p is not None), atol=1e-6)
    masked = method.encoder.network.body[0].weight
    mask = method.masks["network.body.0.weight"]
    (by_pruned,) = torch.autograd.grad(second.sum(), [masked])
    assert (by_pruned[~mask] == 0).all()


# boosted


@settings(deadline=None, max_examples=50)
@given(
    losses=st.lists(st.floats(-5, 5).map(lambda x: round(x, 3)), min_size=1, max_size=20),
    scale=st.floats(0.1, 10),
    shift=st.floats(-10, 10),
)
def test_boosts_lie_in_the_unit_interval_reach_an_end_and_know_no_units(losses, scale, shift):
    given_losses = torch.tensor(losses, dtype=torch.float64)
    found = boosts(given_losses)
    assert ((found >= 0) & (found <= 1)).all()
    if len(set(losses)) == 1:
        assert (found == 0.5).all()
    else:
        assert bool((found == 0).any() | (found == 1).any())
        assert torch.allclose(boosts(scale * given_losses + shift), found, atol=1e-6)
        assert torch.allclose(boosts(-given_losses), 1 - found, atol=1e-12)


@pytest.mark.parametrize("losses", [torch.tensor([]), torch.tensor([1.0, torch.nan])])
def test_boosts_of_no_losses_are_refused(losses):
    with pytest.raises(InputError, match="must be finite numbers"):
        boosts(losses)


def test_a_loss_is_remembered_by_its_image():
    method = Boosted(SimCLR(encoder()), 2 * SIZE, momentum=0.75)
    first, second = (method(*views(seed), torch.arange(SIZE)).detach() for seed in (1, 2))
    assert torch.allclose(method.remembered[:SIZE], 0.75 * first + 0.25 * second)
    assert method.remembered[SIZE:].isnan().all()
    before = method.remembered.clone()
    method.eval()(*views(), torch.arange(SIZE))
    assert torch.equal(before[:SIZE], method.remembered[:SIZE])


def test_views_are_plain_in_the_first_epoch_and_boosted_by_rank_after():
    method = Boosted(SimCLR(encoder()), SIZE)
    method.begin_epoch(0)
    plain, index = views()[0], torch.arange(SIZE)
    assert torch.equal(method.augment(plain, index, draws(0)), plain)
    losses = method(*views(), index)
    method.begin_epoch(1)
    assert torch.equal(method.strength.argsort(), losses.argsort())
    found = []
    for seed, epoch in ((0, 1), (0, 1), (0, 2), (1, 1)):
        control = Boosted(SimCLR(encoder()), SIZE, shuffled=True, seed=seed)
        control.remembered.copy_(losses.detach())
        control.begin_epoch(epoch)
        found.append(control.strength.tolist())
        assert sorted(found[-1]) == pytest.approx(sorted(method.strength.tolist()))
        assert found[-1] != method.strength.tolist()
    assert found[0] == found[1]
    assert found[0] != found[2] != found[3] != found[0]  # an order a seed and an epoch


# harmonised


@pytest.mark.parametrize(("clusters", "width"), [(2, 1), (3, 2), (10, 9), (10, 64), (100, 128)])
def test_targets_are_a_simplex(clusters, width):
    targets = simplex_targets(clusters, width, draws(clusters)).double()
    expected = (clusters * torch.eye(clusters) - 1) / (clusters - 1)
    assert torch.allclose(targets @ targets.T, expected.double(), atol=1e-6)


def test_a_simplex_needs_room():
    with pytest.raises(InputError, match="width = 8: must be at least clusters - 1 = 9"):
        simplex_targets(10, 8)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 999), size=st.integers(1, 8), clusters=st.integers(1, 5))
def test_surrogate_labels_have_both_marginals(seed, size, clusters):
    scores = 2 * torch.rand(size, clusters, generator=draws(seed), dtype=torch.float64) - 1
    prior = torch.rand(clusters, generator=draws(seed + 1), dtype=torch.float64) + 0.05
    prior /= prior.sum()
    found = sinkhorn(scores, prior, epsilon=0.5)
    assert torch.allclose(found.sum(dim=1), torch.ones(size).double(), atol=1e-9)
    assert torch.allclose(found.mean(dim=0), prior, atol=1e-6)
    assert torch.allclose(sinkhorn(scores + 7, prior, 0.5), found, atol=1e-9)


def test_the_limits_of_epsilon_are_the_prior_and_an_assignment():
    scores = torch.rand(6, 6, generator=draws(0), dtype=torch.float64)
    even = torch.full((6,), 1 / 6, dtype=torch.float64)
    assert torch.allclose(sinkhorn(scores, even, epsilon=1e6), even.expand(6, 6), atol=1e-6)
    skewed = torch.tensor([0.5, 0.3, 0.2, 0.0, 0.0, 0.0], dtype=torch.float64)
    assert torch.allclose(sinkhorn(scores, skewed, epsilon=1e6), skewed.expand(6, 6), atol=1e-6)
    rows, columns = linear_sum_assignment(scores.numpy(), maximize=True)
    sharp = sinkhorn(scores, even, epsilon=2e-3, iterations=2000)
    assert (sharp[rows, columns] > 0.99).all()
    assert torch.isfinite(sinkhorn(scores, even, epsilon=1e-6)).all()  # where exponentials overflow


def test_like_images_get_the_prior_whatever_it_is():
    prior = torch.tensor([0.7, 0.2, 0.1])
    found = sinkhorn(torch.tensor([[0.3, -0.2, 0.9]]).expand(4, 3), prior)
    assert torch.allclose(found, prior.expand(4, 3), atol=1e-6)


def test_before_its_start_the_harmonised_loss_is_the_base_and_then_adds_the_swapped_one():
    plain, plain_losses = stepped(SimCLR(encoder()))
    method = Harmonised(SimCLR(encoder()), SIZE, start=2, ramp=2, clusters=3, width=4)
    harmonised, losses = stepped(method)
    assert torch.equal(losses[:2], plain_losses[:2])
    assert method.share == 0.5
    assert (losses[2] > plain_losses[2]).all()  # a cross-entropy is positive
    assert any((value != harmonised[name]).any() for name, value in plain.items())


def test_the_swapped_loss_is_that_of_the_paper():
    method = Harmonised(SimCLR(encoder()), SIZE, start=1, ramp=1, clusters=3, width=4)
    method.begin_epoch(0)
    method(*views(3), torch.arange(SIZE))
    method.begin_epoch(1)
    assert torch.equal(
        method.prior, torch.bincount(method.scores.argmax(dim=1), minlength=3) / SIZE
    )
    projected = method.base.project(*views())
    scores = [nn.functional.normalize(one @ method.targets.T, dim=1) for one in projected]
    labels = [sinkhorn(one.detach(), method.prior) for one in scores]
    swapped = sum(
        nn.functional.cross_entropy(one / 0.1, label, reduction="none")
        for one, label in zip(scores, reversed(labels), strict=True)
    )
    losses = method(*views(), torch.arange(SIZE))
    assert torch.allclose(losses, nt_xent(*projected) + swapped, atol=1e-5)


def test_the_prior_is_estimated_at_the_start_and_every_so_many_epochs_after():
    """What is remembered meanwhile does not count until its time has come."""
    method = Harmonised(SimCLR(encoder()), SIZE, start=4, clusters=3, width=4, refresh=3)
    largest = {  # in the remembered scores of each image, from the end of an epoch on
        0: [0, 0, 0, 1, 1, 2],
        4: [1] * 6,  # of the epoch of the start: too late for it, and gone before the next time
        6: [2, 2, 2, 2, 0, 1],
        7: [0] * 6,
    }
    found = []
    for epoch in range(11):
        method.begin_epoch(epoch)
        found.append((6 * method.prior).round().int().tolist())
        if epoch in largest:
            method.scores.copy_(torch.eye(3)[largest[epoch]])
    assert found == [[2, 2, 2]] * 4 + [[3, 2, 1]] * 3 + [[1, 1, 4]] * 3 + [[6, 0, 0]]


def test_scores_of_the_first_views_are_remembered_with_one_momentum_before_the_start_and_one_after():
    """The first epoch's are taken as they are; images that are not seen keep what they had."""
    method = Harmonised(
        SimCLR(encoder()), SIZE + 1, start=2, clusters=3, width=4, momentum=(0.9, 0.6)
    )
    wanted = torch.zeros(SIZE, 3)
    for epoch, kept in enumerate((0.0, 0.9, 0.6, 0.6)):
        method.begin_epoch(epoch)
        given_views = views(epoch)
        projected = method.base.project(*given_views)[0].detach()
        seen = nn.functional.normalize(projected @ method.targets.T, dim=1)
        wanted = kept * wanted + (1 - kept) * seen
        method(*given_views, torch.arange(SIZE))
        assert torch.allclose(method.scores[:SIZE], wanted, atol=1e-6)
    assert not method.scores[SIZE].any()
    before = method.scores.clone()
    method.eval()(*views(), torch.arange(SIZE))
    assert torch.equal(method.scores, before)


def test_scores_do_not_know_the_length_of_a_projection():
    """The authors' code does not normalise before it projects on the targets: that changes nothing."""
    targets, one = simplex_targets(5, 8, draws(0)), torch.randn(3, 8, generator=draws(1))
    scores = [nn.functional.normalize(own @ targets.T, dim=1) for own in (one, 9 * one)]
    assert torch.allclose(*scores, atol=1e-6)
