"""DisAlign and MiSLAS's second stage: their special cases, and controls without class-aware sampling."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    AlignmentRule,
    DistributionAlignment,
    FirstStage,
    SmoothedScalingRule,
    adjust_logits,
    power_weights,
    retrain_classifier,
)
from counterpoise.methods.posthoc.heads import train_head
from counterpoise.methods.posthoc.rules import WeightScalingRule
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import cross_entropy

COUNTS = (60, 20, 10)


class Normalised(nn.Module):
    """Features by batch normalisation alone, and a head."""

    def __init__(self):
        super().__init__()
        self.body = nn.BatchNorm1d(2, affine=False)
        self.head = nn.Linear(2, 3)

    def forward(self, images):
        features = self.body(images)
        return self.head(features), features


def stage(seed=0, **changes):
    """Three Gaussian classes as a network with one layer of normalisation finds them."""
    generator = torch.Generator().manual_seed(seed)
    target = torch.repeat_interleave(torch.arange(3), torch.tensor(COUNTS))
    centres = torch.tensor([[2.0, 0.0], [0.0, 2.0], [-2.0, -2.0]])
    images = centres[target] + torch.randn(len(target), 2, generator=generator)
    network = Normalised()
    with torch.no_grad():
        for own in network.parameters():
            own.copy_(torch.randn(own.shape, generator=generator))
        network(images)
        network.eval()
        logits, features = network(images)
    made = FirstStage(
        network, logits, features, target, COUNTS, lr=0.1, batch_size=16, images=images.__getitem__
    )
    return made._replace(**changes)


@st.composite
def aligned(draw):
    """A layer with any parameters, and a batch."""
    seed = draw(st.integers(0, 2**31))
    layer = DistributionAlignment(3, 4, draw(st.sampled_from(["paper", "official"]))).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for own in layer.parameters():
            own.copy_(torch.randn(own.shape, generator=generator))
    return layer, *torch.randn(2, 5, 4, generator=generator, dtype=torch.float64)


@given(case=aligned())
@torch.no_grad()
def test_it_is_its_formula(case):
    layer, wide, h = case
    z = wide[:, :3]
    a, b = layer.scale.numpy(), layer.offset.numpy()
    score = h.numpy() @ layer.confidence_weight.numpy() + layer.confidence_bias.item()
    s = 1 / (1 + np.exp(-score))[:, None]
    moved = s * (a * z.numpy() + b)
    wanted = moved + (1 - s) * z.numpy() if layer.form == "paper" else z.numpy() + moved
    np.testing.assert_allclose(layer(z, h), wanted, rtol=1e-12, atol=1e-12)


@given(case=aligned())
@torch.no_grad()
def test_scale_one_and_offset_zero_change_nothing_whatever_the_confidence(case):
    layer, wide, h = case
    z = wide[:, :3]
    layer.scale.fill_(1.0 if layer.form == "paper" else 0.0)
    layer.offset.zero_()
    torch.testing.assert_close(layer(z, h), z)


@torch.no_grad()
def test_where_it_is_sure_it_is_vector_scaling_and_with_log_prior_post_hoc_adjustment():
    layer = DistributionAlignment(3, 4).double()
    z, h = torch.randn(5, 3).double(), torch.randn(5, 4).double()
    layer.confidence_bias.fill_(60.0)
    layer.scale.copy_(torch.tensor([0.5, 1.0, 2.0]))
    layer.offset.copy_(torch.tensor([0.1, 0.0, -3.0]))
    torch.testing.assert_close(layer(z, h), layer.scale * z + layer.offset)
    layer.scale.fill_(1.0)
    layer.offset.copy_(-0.7 * torch.tensor(COUNTS).div(sum(COUNTS)).log())
    torch.testing.assert_close(layer(z, h), adjust_logits(z, COUNTS, 0.7))


def test_it_begins_as_the_forms_say():
    z, h = torch.randn(5, 3), torch.rand(5, 4)
    torch.testing.assert_close(DistributionAlignment(3, 4)(z, h), z)
    factor = 1 + torch.sigmoid(0.1 * h.sum(dim=1, keepdim=True))
    torch.testing.assert_close(DistributionAlignment(3, 4, "official")(z, h), factor * z)


@pytest.mark.parametrize("rho", [0.0, 1.0, 1.2])
def test_it_is_trained_by_weighted_cross_entropy_on_data_as_they_come(rho):
    """One step of a full batch: rho = 0 is cross-entropy, 1 inverse frequency."""
    first = stage(batch_size=100, momentum=0.0, weight_decay=0.0)
    found = AlignmentRule(rho=rho, epochs=1)(first)
    layer = DistributionAlignment(3, 2)
    weight = power_weights(COUNTS, rho).float()
    if rho == 0:
        torch.testing.assert_close(weight, torch.ones(3))
    losses = cross_entropy(
        layer(first.logits, first.features), first.target, weight=weight, reduction="none"
    )
    losses.mean().backward()
    for own, theirs in zip(layer.parameters(), found.parameters(), strict=True):
        torch.testing.assert_close(theirs, own - 0.1 * own.grad, rtol=1e-4, atol=1e-6)


def test_aligning_the_right_posterior_with_rho_one_is_logit_adjustment():
    """Balanced features tell nothing: logits are the log prior, and their best offset takes it away."""
    logits = torch.tensor(COUNTS).div(sum(COUNTS)).log().expand(90, 3)
    first = stage()._replace(logits=logits, features=torch.zeros(90, 2), weight_decay=0.0, lr=0.5)
    found = AlignmentRule(rho=1.0, epochs=40)(first)(logits, first.features)
    assert float(found.detach().std(dim=1).max()) < 0.05
    assert float(logits.std(dim=1).max()) > 0.9


def test_at_no_rate_the_scaled_head_answers_as_the_network_scale_and_all():
    first = stage(scale=3.0)
    first = first._replace(logits=3.0 * first.logits)
    second = SmoothedScalingRule(lr=1e-30, epochs=1)(first._replace(weight_decay=0.0))
    torch.testing.assert_close(second(first.logits, first.features), first.logits)


def test_the_head_moves_by_its_share_of_the_rate_and_the_network_not_at_all():
    first = stage(batch_size=1000, momentum=0.0, weight_decay=0.0)
    before = {name: value.clone() for name, value in first.network.state_dict().items()}
    slow, fast, none = (
        SmoothedScalingRule(head_rate=rate, epochs=1)(first).layer for rate in (0.1, 0.2, 0.0)
    )
    begun = first.network.head.weight
    torch.testing.assert_close(2 * (slow.head.weight - begun), fast.head.weight - begun)
    assert torch.equal(none.head.weight, begun)
    torch.testing.assert_close(slow.factor, fast.factor)
    assert not torch.equal(slow.factor, torch.ones(3))
    assert all(torch.equal(before[name], v) for name, v in first.network.state_dict().items())


@pytest.mark.parametrize(("head", "tail"), [(0.3, 0.0), (0.4, 0.1)])
def test_the_scaled_head_is_trained_against_labels_smoothed_most_for_the_most_frequent(head, tail):
    """One step of a full batch, in which each class counts a third, against the paper's loss by hand."""
    first = stage(batch_size=1000, momentum=0.0, weight_decay=0.0)
    found = SmoothedScalingRule(head=head, tail=tail, head_rate=0.5, epochs=1)(first).layer
    linear, factor = Normalised().head, torch.ones(3, requires_grad=True)
    linear.load_state_dict(first.network.head.state_dict())
    rise = np.sin(np.pi * (np.array(COUNTS) - 10) / (2 * (60 - 10)))
    smoothed = torch.tensor(tail + (head - tail) * rise, dtype=torch.float32)[first.target]
    log_p = (factor * linear(first.features)).log_softmax(dim=1)
    own = log_p[torch.arange(90), first.target]
    losses = -(1 - smoothed) * own - smoothed * (log_p.sum(dim=1) - own) / 2
    sum(losses[first.target == c].mean() / 3 for c in range(3)).backward()
    torch.testing.assert_close(found.factor, factor - 0.1 * factor.grad, rtol=1e-4, atol=1e-6)
    for ours, theirs in zip(linear.parameters(), found.head.parameters(), strict=True):
        torch.testing.assert_close(theirs, ours - 0.05 * ours.grad, rtol=1e-4, atol=1e-6)


def test_without_smoothing_and_without_the_head_it_is_learned_weight_scaling():
    first = stage()
    ours = SmoothedScalingRule(head=0.0, tail=0.0, head_rate=0.0, epochs=5)
    theirs = WeightScalingRule(epochs=5)(first)(first.logits, first.features)
    found = ours(first._replace(weight_decay=0.0))(first.logits, first.features)
    plain = WeightScalingRule(epochs=5)(first._replace(weight_decay=0.0))(
        first.logits, first.features
    )
    torch.testing.assert_close(found, plain, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(found, theirs)  # which decays


def test_shifted_means_are_those_of_images_drawn_by_class():
    first = stage(batch_size=8)
    shifted = SmoothedScalingRule().body(first)
    by_class = torch.stack(
        [first.images(torch.nonzero(first.target == c).flatten()).mean(dim=0) for c in range(3)]
    )
    np.testing.assert_allclose(shifted.body.running_mean, by_class.mean(dim=0), atol=0.35)
    assert not torch.allclose(shifted.body.running_mean, first.network.body.running_mean, atol=0.1)
    assert not shifted.training
    assert SmoothedScalingRule(shift=False).body(first) is first.network


@pytest.mark.parametrize("balanced", [True, False])
def test_a_control_draws_every_example_once_an_epoch(balanced):
    seen = []

    class Head(nn.Linear):
        def forward(self, rows):
            seen.extend(rows[:, 0].tolist())
            return super().forward(rows)

    rows = torch.stack([torch.arange(12.0), torch.ones(12)], dim=1)
    target = torch.tensor([0] * 10 + [1] * 2)
    train_head(Head(2, 2), rows, target, epochs=1, batch_size=5, balanced=balanced)
    assert (sorted(seen) == list(range(12))) is not balanced
    if balanced:
        assert sum(row >= 10 for row in seen) >= 4


def test_a_classifier_trained_on_data_as_they_come_prefers_the_large_class():
    first = stage()
    heads = [
        retrain_classifier(
            torch.zeros(90, 2), first.target, epochs=200, balanced=balanced, weight_decay=0.0,
            generator=torch.Generator().manual_seed(0),
        )(torch.zeros(1, 2)).log_softmax(1).exp()
        for balanced in (True, False)
    ]  # fmt: skip
    np.testing.assert_allclose(heads[0].detach()[0], [1 / 3] * 3, atol=0.05)
    np.testing.assert_allclose(heads[1].detach()[0], np.divide(COUNTS, 90), atol=0.05)


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (lambda: AlignmentRule(form="offical"), InputError),
        (lambda: AlignmentRule(epochs=0), InputError),
        (lambda: AlignmentRule(rho=float("nan")), InputError),
        (lambda: replace(SmoothedScalingRule(), head=1.0), InputError),
        (lambda: SmoothedScalingRule(head_rate=-1), InputError),
        (lambda: SmoothedScalingRule(shift=1), InputTypeError),
        (lambda: DistributionAlignment(3, 0), InputError),
    ],
)
def test_settings_out_of_range_are_refused(rule, error):
    with pytest.raises(error):
        rule()
