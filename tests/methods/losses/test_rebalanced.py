"""The rebalanced loss: its subsets and weights, its mean over all subsets, and batches without a class."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
import torch
from counterpoise.methods import RebalancedLoss
from counterpoise.methods.predicting import rule_of
from counterpoise.theory.foundation.validation import InputTypeError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_expit

COUNTS = (1000, 50)


def problem(seed, leaf, wood):
    generator = torch.Generator().manual_seed(seed)
    target = (torch.randperm(leaf + wood, generator=generator) < wood).long()
    logits = 2 * torch.randn(leaf + wood, 2, generator=generator, dtype=torch.float64)
    return logits.requires_grad_(), target


def bce(logits, target):
    """Of two channels, by NumPy."""
    agree = np.where(np.eye(2)[target.numpy()] > 0, 1, -1) * logits.detach().numpy()
    return -log_expit(agree).mean(axis=1)


def drawn(logits, target, seed):
    """The points that a draw takes, and the loss."""
    loss = RebalancedLoss(COUNTS, torch.Generator().manual_seed(seed))(logits, target)
    (slope,) = torch.autograd.grad(loss, logits)
    return frozenset(torch.nonzero(slope.abs().sum(dim=1)).flatten().tolist()), loss, slope


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12))
def test_all_wood_and_as_many_leaves_weigh_one_half_each(seed, leaf, wood):
    logits, target = problem(seed, leaf, wood)
    taken, loss, slope = drawn(logits, target, seed)
    wooden = set(torch.nonzero(target).flatten().tolist())
    assert wooden <= taken
    subset = sorted(taken - wooden)
    assert len(subset) == min(leaf, wood)
    own = bce(logits, target)
    expected = 0.5 * own[sorted(wooden)].mean() + 0.5 * own[subset].mean()
    assert float(loss.detach()) == pytest.approx(expected, rel=1e-12)
    # what one point adds is w (sigma(z) - e)/2: with its weight, gradients of all others are zero
    weight = np.where(target, 0.5 / wood, 0.5 / len(subset)) * np.isin(
        np.arange(len(target)), sorted(taken)
    )
    parts = (expit(logits.detach().numpy()) - np.eye(2)[target.numpy()]) / 2
    np.testing.assert_allclose(slope.numpy(), weight[:, None] * parts, atol=1e-14)
    assert weight.sum() == pytest.approx(1.0)


def test_the_mean_over_all_subsets_is_the_balanced_loss_and_that_of_evaluation():
    logits, target = problem(3, leaf=6, wood=2)
    own, wooden = bce(logits, target), target.numpy() == 1
    leaves = np.flatnonzero(~wooden)
    every = [0.5 * own[wooden].mean() + 0.5 * own[list(s)].mean() for s in combinations(leaves, 2)]
    evaluated = RebalancedLoss(COUNTS).eval()(logits, target)
    balanced = 0.5 * own[wooden].mean() + 0.5 * own[~wooden].mean()
    assert np.mean(every) == pytest.approx(balanced, rel=1e-12)
    assert float(evaluated.detach()) == pytest.approx(balanced, rel=1e-12)
    seen = [drawn(logits, target, seed)[0] for seed in range(150)]
    assert len(set(seen)) == comb(6, 2)  # each of them is drawn
    counted = np.array([[at in own for at in leaves] for own in seen]).mean(axis=0)
    np.testing.assert_allclose(counted, 1 / 3, atol=0.15)


@pytest.mark.parametrize("only", [0, 1])
@pytest.mark.parametrize("training", [True, False])
def test_a_batch_of_one_class_has_no_loss_and_no_gradient(only, training):
    logits, _ = problem(0, 4, 1)
    loss = RebalancedLoss(COUNTS).train(training)(logits, torch.full((5,), only))
    loss.backward()
    assert loss == 0
    assert not logits.grad.any()


def test_where_wood_is_more_all_is_kept_and_no_draw_matters():
    logits, target = problem(1, leaf=2, wood=5)
    loss = RebalancedLoss(COUNTS)
    assert loss(logits, target) == loss.eval()(logits, target)


def test_dense_targets_ignored_ones_and_classes_that_are_absent():
    logits, target = problem(2, 5, 3)
    spread = logits.detach().T.reshape(1, 2, 4, 2)
    loss = RebalancedLoss(COUNTS, reduction="none").eval()
    assert torch.equal(loss(spread, target.view(1, 4, 2)).flatten(), loss(logits, target))
    marked = torch.cat([target, torch.tensor([-100, -100])])
    more = torch.cat([logits, torch.ones(2, 2, dtype=torch.float64)])
    found = RebalancedLoss(COUNTS).eval()(more, marked)
    torch.testing.assert_close(found, RebalancedLoss(COUNTS).eval()(logits, target))
    of_three = RebalancedLoss((50, 9, 3)).eval()(
        torch.zeros(4, 3, dtype=torch.float64), torch.tensor([0, 0, 0, 2])
    )
    assert of_three.item() == pytest.approx(np.log(2))


def test_smoothed_labels_mix_the_classes():
    logits, target = problem(4, 3, 2)
    other = RebalancedLoss(COUNTS, reduction="none").eval()
    own, swapped = bce(logits, target), bce(logits, 1 - target)
    factor = other(logits, target).detach().numpy() / own
    smooth = RebalancedLoss(COUNTS, reduction="none", label_smoothing=0.2).eval()(logits, target)
    expected = factor * (0.9 * own + 0.1 * swapped)
    np.testing.assert_allclose(smooth.detach(), expected, rtol=1e-12)


def test_soft_targets_are_refused_and_the_optimum_is_the_balanced_rule():
    with pytest.raises(InputTypeError, match="subsets are drawn by class"):
        RebalancedLoss(COUNTS)(torch.zeros(2, 2), torch.full((2, 2), 0.5))
    rule = rule_of("soul", COUNTS)
    assert rule.recall_weights == (0.5, 0.5)
    assert "binary_link.link" in rule.statements
    # two points with posterior odds on both sides of the prior's: the optimum parts them there
    counts = torch.tensor([[60, 2], [40, 8]])
    place, label = torch.nonzero(torch.ones(2, 2)).T
    at, target = (part.repeat_interleave(counts.flatten()) for part in (place, label))
    free = torch.zeros(2, 2, dtype=torch.float64, requires_grad=True)
    loss = RebalancedLoss(counts.sum(dim=0).tolist()).eval()
    optimizer = torch.optim.LBFGS([free], max_iter=200, tolerance_grad=1e-12, tolerance_change=0)

    def closure():
        optimizer.zero_grad()
        value = loss(free[at], target)
        value.backward()
        return value

    optimizer.step(closure)
    share = counts / counts.sum(dim=0)
    expected = (share[:, 1] / share[:, 0]).log().double()
    torch.testing.assert_close(free.detach()[:, 1], expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(free.detach()[:, 0], -expected, rtol=1e-5, atol=1e-6)
