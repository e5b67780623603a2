"""Losses of several experts: known losses as special cases, the authors' sums by hand, what is refused."""

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    BalPoELoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    RIDELoss,
    SADELoss,
)
from counterpoise.methods.predicting import rule_of
from counterpoise.theory.adjustment import served_prior
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given, settings
from hypothesis import strategies as st
from loss_checks import same
from torch.nn.functional import cross_entropy, kl_div, log_softmax, softmax

a_few = settings(deadline=None, max_examples=25)


@st.composite
def batches(draw, classes=None):
    """Counts (K,), experts (N, 3, K) in float64 and classes (N,), drawn by one seed."""
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    size, classes = draw(st.integers(1, 6)), classes or draw(st.integers(2, 5))
    experts = torch.from_numpy(rng.normal(0, 3, (size, 3, classes)))
    return rng.integers(1, 500, classes), experts, torch.from_numpy(rng.integers(0, classes, size))


def called(loss, experts, target):
    return loss(experts.mean(dim=1), target, experts)


@a_few
@given(batches(), st.floats(-1, 2), st.floats(0, 2))
def test_balpoe_is_the_mean_of_adjusted_losses(batch, tau, spread):
    counts, experts, target = batch
    log_prior = torch.from_numpy(np.log(counts / counts.sum()))
    taus = (tau - spread, tau, tau + spread)
    by_hand = [cross_entropy(experts[:, e] + t * log_prior, target) for e, t in enumerate(taus)]
    same(called(BalPoELoss(counts, tau, spread), experts, target), sum(by_hand) / 3)
    one = BalPoELoss(counts, tau, spread, experts=1)
    same(called(one, experts[:, :1], target), LogitAdjustedLoss(counts, tau)(experts[:, 0], target))


@a_few
@given(batches(), st.floats(0, 3))
def test_sade_is_three_softmax_losses_of_which_all_are_plain_for_a_uniform_prior(batch, tau):
    counts, experts, target = batch
    prior = counts / counts.sum()
    if len(set(counts)) == len(counts):  # their places are then one order
        backward = np.sort(prior)[len(prior) - 1 - prior.argsort().argsort()]
        log_prior, log_backward = (torch.from_numpy(np.log(own)) for own in (prior, backward))
        z = experts.unbind(1)
        by_hand = (
            cross_entropy(z[0], target)
            + cross_entropy(z[1] + log_prior, target)
            + cross_entropy(z[2] + log_prior - tau * log_backward, target)
        )
        same(called(SADELoss(counts, tau), experts, target), by_hand)
    plain = sum(MarginSoftmaxLoss()(own, target) for own in experts.unbind(1))
    same(called(SADELoss([7] * len(counts), tau), experts, target), plain)


@a_few
@given(batches(), st.floats(-1, 1), st.floats(0.5, 3))
def test_ride_is_ldam_of_each_and_a_divergence_from_the_mean(batch, diversity, temperature):
    counts, experts, target = batch
    experts = experts / 10
    own = sum(LDAMLoss(counts)(z, target) for z in experts.unbind(1))
    same(called(RIDELoss(counts, diversity=0.0), experts, target), own)
    mean = softmax(30 * experts.mean(dim=1) / temperature, dim=1)
    apart = sum(
        kl_div(log_softmax(30 * z / temperature, dim=1), mean, reduction="batchmean")
        for z in experts.unbind(1)
    )
    found = called(RIDELoss(counts, diversity, temperature), experts, target)
    same(found, own + diversity * temperature**2 * apart)


@a_few
@given(batches())
def test_experts_that_agree_are_not_driven_apart(batch):
    counts, experts, _ = batch
    alike = experts[:, :1].repeat(1, 3, 1).requires_grad_()
    loss = RIDELoss(counts, diversity=-5.0)
    divergence = loss.divergence(alike)
    same(divergence, torch.zeros_like(divergence))
    (gradient,) = torch.autograd.grad(divergence.sum(), alike)
    same(gradient, torch.zeros_like(gradient))
    assert (loss.divergence(experts) >= -1e-12).all()


def test_the_mean_of_the_experts_passes_no_gradient():
    experts = torch.randn(4, 3, 5, dtype=torch.float64, requires_grad=True)
    loss = RIDELoss((9, 5, 3, 2, 1), temperature=30.0)
    (gradient,) = torch.autograd.grad(loss.divergence(experts).sum(), experts)
    p, mean = softmax(experts, dim=2), softmax(experts.mean(dim=1, keepdim=True), dim=2)
    same(gradient, (p - mean).detach())  # of -sum_j mean_j log p_j with the mean held


@pytest.mark.parametrize("loss", [BalPoELoss, SADELoss, RIDELoss])
def test_weights_ignored_targets_and_shapes(loss):
    experts = torch.randn(5, 3, 4, dtype=torch.float64) / 10
    target, counts, weight = torch.tensor([0, 1, 2, 3, 1]), (40, 12, 5, 2), (1.0, 2.0, 3.0, 4.0)
    each = called(loss(counts, reduction="none"), experts, target)
    w = torch.tensor(weight, dtype=torch.float64)[target]
    same(called(loss(counts, weight=weight), experts, target), (w * each).sum() / w.sum())
    half = called(loss(counts), experts, torch.where(torch.arange(5) < 3, target, -100))
    same(half, each[:3].mean())
    with pytest.raises(InputError, match="must be \\(N, E, K\\)"):
        loss(counts)(experts.mean(dim=1), target, experts[:, :, :3])
    with pytest.raises(InputError, match="the loss is for 3"):
        called(loss(counts), experts[:, :2], target)


def test_equal_counts_share_their_places_in_the_reversed_prior():
    first, second = (SADELoss(counts).each[2].offset for counts in ((8, 1, 1), (1, 8, 1)))
    same(first[[1, 0, 2]], second)
    same(first[1], first[2])


@pytest.mark.parametrize(
    ("method", "power"), [("balpoe", 1.0), ("balpoe@tau=0.25", 0.25), ("sade", 4 / 3), ("sade@tau=1", 1.0)]
)  # fmt: skip
def test_what_the_mean_logit_predicts_is_the_power_of_the_mean_strength(method, power):
    counts = np.array([1000, 100, 10])  # an exponential profile
    tilt = np.array(rule_of(method, counts).log_tilt)
    expected = -power * np.log(counts)
    np.testing.assert_allclose(tilt, expected - expected.mean(), atol=1e-5)
    served = served_prior(counts, [power * np.log(counts / counts.sum())])
    np.testing.assert_allclose(
        served, (counts ** (1 - power)) / (counts ** (1 - power)).sum(), rtol=1e-12
    )


@pytest.mark.parametrize("loss", [BalPoELoss([5, 3, 2]), SADELoss([5, 3, 2]), RIDELoss([5, 3, 2])])
def test_soft_targets_are_refused(loss):
    experts = torch.randn(3, 3, 3)
    with pytest.raises(InputTypeError, match="class indices"):
        loss(experts.mean(dim=1), torch.eye(3), experts)
