"""The look ahead of Meta-Weight-Net: its gradient three ways, what it draws, and weights that learn."""

import numpy as np
import pytest
import torch
from counterpoise.methods.models.named import build_model
from counterpoise.methods.protocols import Ahead
from counterpoise.methods.weights import MetaWeights, meta_gradient
from counterpoise.methods.weights.meta import balanced_draw
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.func import functional_call, grad
from torch.nn.functional import cross_entropy

CLASSES = 3


@st.composite
def worlds(draw):
    """A network in double precision, a batch and held-out examples, drawn by one seed."""
    seed, size, held = draw(st.integers(0, 999)), draw(st.integers(1, 7)), draw(st.integers(1, 9))
    width, deep = draw(st.integers(1, 5)), draw(st.booleans())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        hidden = [nn.Linear(width, 4), nn.Tanh(), nn.Linear(4, CLASSES)]
        network = nn.Sequential(*hidden) if deep else nn.Linear(width, CLASSES)
        parts = [torch.randn(n, width).double() for n in (size, held)]
        labels = [torch.randint(CLASSES, (n,)) for n in (size, held)]
    return network.double(), *zip(parts, labels, strict=True)


def functions(network, batch, held):
    """Losses of the batch and the meta loss, by parameters; and the parameters."""

    def losses(own):
        return cross_entropy(functional_call(network, own, (batch[0],)), batch[1], reduction="none")

    def meta_loss(own):
        return cross_entropy(functional_call(network, own, (held[0],)), held[1])

    return losses, meta_loss, {name: p.detach() for name, p in network.named_parameters()}


def flat_gradient(loss, parameters):
    """By plain backward, as one vector."""
    own = {name: p.clone().requires_grad_() for name, p in parameters.items()}
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss(own), list(own.values()))])


def stepped(parameters, step):
    """The parameters after a step along one vector."""
    sizes = [p.numel() for p in parameters.values()]
    parts = zip(parameters.items(), step.split(sizes), strict=True)
    return {name: p - own.reshape(p.shape) for (name, p), own in parts}


@settings(deadline=None, max_examples=25)
@given(world=worlds(), lr=st.floats(0, 2))
def test_the_gradient_by_a_weight_is_a_product_of_two_gradients(world, lr):
    network, batch, held = world
    losses, meta_loss, parameters = functions(network, batch, held)
    size = len(batch[1])
    weights = torch.linspace(0.2, 1, size, dtype=torch.float64)
    found, seen = meta_gradient(lambda v, _: v / size, weights, losses, meta_loss, parameters, lr)
    one_by_one = torch.stack(
        [flat_gradient(lambda own, i=i: losses(own)[i], parameters) for i in range(size)]
    )
    ahead = stepped(parameters, lr * (weights / size) @ one_by_one)
    expected = -lr / size * one_by_one @ flat_gradient(meta_loss, ahead)
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(seen, losses(parameters))
    if lr == 0:
        assert not found.any()


@settings(deadline=None, max_examples=15)
@given(world=worlds(), lr=st.floats(0.01, 2), seed=st.integers(0, 99))
def test_what_the_source_learns_by_is_the_gradient_of_the_loss_after_the_step(world, lr, seed):
    network, batch, held = world
    losses, meta_loss, parameters = functions(network, batch, held)
    source = MetaWeights(seed, hidden=5)
    own = source._parameters()

    def weigh(phi, values):
        raw = source._of(phi, values)
        return raw / raw.sum()

    def after(phi):
        fixed = weigh(phi, losses(parameters).detach())
        step = grad(lambda theta: (fixed * losses(theta)).sum())(parameters)
        return meta_loss({name: p - lr * step[name] for name, p in parameters.items()})

    found, _ = meta_gradient(weigh, own, losses, meta_loss, parameters, lr)
    nested = grad(after)(own)
    for name, gradient in found.items():
        torch.testing.assert_close(gradient, nested[name], rtol=1e-9, atol=1e-12)
    # and by differences along one direction, which no rule of differentiation enters
    generator = torch.Generator().manual_seed(seed)
    way = {n: torch.randn(p.shape, generator=generator, dtype=p.dtype) for n, p in own.items()}
    by = 1e-5
    ends = [after({n: p + sign * by * way[n] for n, p in own.items()}) for sign in (1, -1)]
    slope = sum((found[name] * way[name]).sum() for name in own)
    assert float((ends[0] - ends[1]) / (2 * by)) == pytest.approx(float(slope), rel=1e-4, abs=1e-7)


def ahead_of(network, batch, held, lr=0.5):
    losses, _, parameters = functions(network, batch, held)

    def held_losses(own, index):
        logits = functional_call(network, own, (held[0][index],))
        return cross_entropy(logits, held[1][index], reduction="none")

    shares = torch.ones(len(batch[1]), dtype=torch.float64)
    return Ahead(parameters, losses, shares, lr, held_losses, held[1])


def noisy_world(seed=0, size=200):
    """Three clusters, of which two in five training labels are wrong, and a clean held-out set."""
    generator = torch.Generator().manual_seed(seed)
    centres = 3 * torch.eye(CLASSES, dtype=torch.float64)
    clean, held = (torch.arange(n) % CLASSES for n in (size, 30))
    rows, others = (
        centres[y] + torch.randn(len(y), 3, generator=generator, dtype=torch.float64)
        for y in (clean, held)
    )
    wrong = torch.rand(size, generator=generator) < 0.4
    return (rows, torch.where(wrong, (clean + 1) % CLASSES, clean)), (others, held), wrong


def test_wrong_labels_come_to_weigh_less():
    batch, held, wrong = noisy_world()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = nn.Linear(3, CLASSES).double()
    source, optimizer = MetaWeights(0), torch.optim.SGD(network.parameters(), 0.5)
    for _ in range(80):
        source.look_ahead(ahead_of(network, batch, held))
        weights = source.weights(0, batch[0], batch[1])
        loss = (weights * cross_entropy(network(batch[0]), batch[1], reduction="none")).sum()
        optimizer.zero_grad()
        (loss / weights.sum()).backward()
        optimizer.step()
    assert weights[wrong].mean() < 0.3 * weights[~wrong].mean()
    low, high = source.curve(torch.tensor([0.05, 2.0]))
    assert high < low


def test_held_out_examples_are_drawn_balanced_and_each_class_counts_alike():
    labels = torch.tensor([0] * 40 + [1] * 5 + [3] * 20)  # no class 2
    generator = torch.Generator().manual_seed(0)
    seen = set()
    for _ in range(20):
        index, share = balanced_draw(labels, 30, generator)
        assert len(index.unique()) == len(index)
        assert labels[index].bincount().tolist() == [10, 5, 0, 10]
        by_class = torch.zeros(4).double().index_add_(0, labels[index], share)
        torch.testing.assert_close(by_class, torch.tensor([1 / 3, 1 / 3, 0, 1 / 3]).double())
        seen |= set(index.tolist())
    assert len(seen) == len(labels)
    index, _ = balanced_draw(labels, 1000, generator)
    assert index.sort().values.tolist() == list(range(len(labels)))


def test_a_restored_source_continues_to_the_bit_and_its_state_is_a_copy():
    batch, held, _ = noisy_world(size=20)
    network = nn.Linear(3, CLASSES).double()
    source, other = MetaWeights(0, meta_batch=6), MetaWeights(1, meta_batch=6)
    step = ahead_of(network, batch, held)
    for _ in range(3):
        source.look_ahead(step)
    state = source.state_dict()
    other.load_state_dict(state)
    source.look_ahead(step)
    other.look_ahead(step)
    one, two = (own.weights(0, *batch) for own in (source, other))
    assert torch.equal(one, two)
    assert not one.requires_grad
    third = MetaWeights(2, meta_batch=6)
    third.load_state_dict(state)  # which neither of the steps has changed
    third.look_ahead(step)
    assert torch.equal(third.weights(0, *batch), one)


def test_the_seed_draws_the_first_weights_and_leaves_torchs_generator_alone():
    before = torch.get_rng_state()
    losses = torch.linspace(0, 5, 9)
    curves = [MetaWeights(seed).curve(losses) for seed in (0, 0, 1)]
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(curves[0], curves[1])
    assert not torch.equal(curves[0], curves[2])
    assert all(((curve > 0) & (curve < 1)).all() for curve in curves)


def test_the_learnt_function_is_a_hidden_layer_and_a_sigmoid():
    source = MetaWeights(3, hidden=7)
    inner, outer = source.network[0], source.network[2]
    losses = np.linspace(0, 4, 6)
    hidden = np.maximum(
        losses[:, None] * inner.weight.detach().numpy().T + inner.bias.detach().numpy(), 0
    )
    logit = hidden @ outer.weight.detach().numpy().T + outer.bias.detach().numpy()
    expected = 1 / (1 + np.exp(-logit[:, 0]))
    np.testing.assert_allclose(source.curve(torch.from_numpy(losses)), expected, rtol=1e-12)


def test_a_batch_that_was_not_looked_at_is_refused():
    with pytest.raises(InputError, match=r"target has shape \(2,\): .* look_ahead saw"):
        MetaWeights().weights(0, torch.zeros(2, 1), torch.tensor([0, 1]))


@pytest.mark.parametrize("lr", [-1.0, float("nan")])
def test_a_rate_that_is_none_is_refused(lr):
    with pytest.raises(InputError, match="lr = "):
        meta_gradient(lambda v, _: v, torch.ones(1), sum, sum, {}, lr)


def test_networks_with_running_means_are_looked_through():
    """Normalised over the batch, as in training; only copies of its means move."""
    network = build_model("resnet8", (3, 8, 8), CLASSES, "linear", torch.Generator().manual_seed(0))
    network.double().train()
    generator = torch.Generator().manual_seed(1)
    images = torch.rand(6, 3, 8, 8, generator=generator, dtype=torch.float64)
    target, buffers = torch.arange(6) % CLASSES, dict(network.named_buffers())

    def losses(own):
        copies = {name: buffer.clone() for name, buffer in buffers.items()}
        logits = functional_call(network, {**own, **copies}, (images,))[0]
        return cross_entropy(logits, target, reduction="none")

    def meta_loss(own):
        return losses(own)[:2].mean()

    parameters = {name: p.detach() for name, p in network.named_parameters()}
    before = {name: buffer.clone() for name, buffer in buffers.items()}
    found, _ = meta_gradient(
        lambda v, _: v / 6, torch.ones(6).double(), losses, meta_loss, parameters, 0.1
    )
    assert all(torch.equal(buffers[name], old) for name, old in before.items())
    one_by_one = torch.stack(
        [flat_gradient(lambda p, i=i: losses(p)[i], parameters) for i in range(6)]
    )
    ahead = stepped(parameters, 0.1 * one_by_one.mean(0))
    expected = -0.1 / 6 * one_by_one @ flat_gradient(meta_loss, ahead)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-12)
