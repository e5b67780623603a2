"""Balanced meta-softmax's sampler: the chain behind its rates by hand, what it draws, training by name."""

import copy

import numpy as np
import pytest
import torch
from counterpoise.methods.protocols import Ahead
from counterpoise.methods.registry import method_of
from counterpoise.methods.sampling import class_balanced_sampler
from counterpoise.methods.training import Recipe, run
from counterpoise.methods.training import finishing as finishing_module
from counterpoise.methods.training.loop import train
from counterpoise.methods.training.many import are_heads
from counterpoise.methods.training.member import build_member
from counterpoise.methods.weights import MetaSampler, straight_through
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from lightning_fabric import Fabric
from scipy.stats import chisquare
from torch.nn.functional import cross_entropy

FABRIC = Fabric(accelerator="cpu", devices=1)
SHORT = Recipe(
    methods=("balanced-softmax", "meta-softmax"), seeds=1, epochs=2, batch_size=64, validation=4,
    curve_points=1,
)  # fmt: skip
COUNTS = [60, 25, 6]
LABELS = torch.tensor([y for y, n in enumerate(COUNTS) for _ in range(n)])


class StoppedError(Exception):
    """Raised in place of being killed."""


class World:
    """A linear network in double precision on drawn rows: balanced softmax, and its plain cross-entropy."""

    def __init__(self, seed, lr):
        generator = torch.Generator().manual_seed(seed)
        self.rows = torch.randn(len(LABELS), 4, generator=generator, dtype=torch.float64)
        self.held_labels = torch.arange(12) % 3
        self.held = torch.randn(12, 4, generator=generator, dtype=torch.float64)
        self.weight = torch.randn(3, 4, generator=generator, dtype=torch.float64)
        self.offset, self.lr = torch.tensor(COUNTS, dtype=torch.float64).log(), lr

    def losses(self, weight, index):
        return cross_entropy(
            self.rows[index] @ weight.T + self.offset, LABELS[index], reduction="none"
        )

    def held_losses(self, weight, index):
        return cross_entropy(self.held[index] @ weight.T, self.held_labels[index], reduction="none")

    def ahead(self, index):
        return Ahead(
            {"w": self.weight},
            lambda own: self.losses(own["w"], index),
            torch.ones(len(index), dtype=torch.float64),
            self.lr,
            lambda own, which: self.held_losses(own["w"], which),
            self.held_labels,
        )

    def gradients(self, index):
        """Of the losses one by one, as matrices (B, 12)."""
        own = self.weight.clone().requires_grad_()
        rows = [
            torch.autograd.grad(one, own, retain_graph=True)[0] for one in self.losses(own, index)
        ]
        return torch.stack(rows).flatten(1)


def looked(world, size, seed, power):
    """A sampler that has looked at one batch; its gradient, and rates, noise and batch as they were."""
    sampler = MetaSampler(COUNTS, seed=seed, power=power, meta_batch=12)
    index = sampler.draw(LABELS, size)
    raw, (_, noise, _) = sampler.raw.detach().clone(), sampler._scores
    sampler.look_ahead(world.ahead(index))
    return sampler.raw.grad, raw, noise, index


WORLDS = {
    "seed": st.integers(0, 999),
    "size": st.integers(1, 9),
    "lr": st.floats(0, 2),
    "power": st.sampled_from([0.0, 0.3, 1.0]),
}


@settings(deadline=None, max_examples=25)
@given(**WORLDS)
def test_the_gradient_by_a_rate_is_the_chain_by_hand(seed, size, lr, power):
    """Two gradients' product, times a softmax's entry, times delta - share of the class, times 1 - rho."""
    world = World(seed, lr)
    found, raw, noise, index = looked(world, size, seed, power)
    gradients = world.gradients(index)
    ahead = (world.weight - lr * gradients.mean(0).view(3, 4)).requires_grad_()
    (meta,) = torch.autograd.grad(world.held_losses(ahead, torch.arange(12)).mean(), ahead)
    by_entry = -lr / size * gradients @ meta.flatten()
    rates = 1 / (1 + np.exp(-raw.numpy()))
    tilted = rates[LABELS.numpy()] * np.exp(noise.numpy())  # (B, N)
    shares = tilted / tilted.sum(1, keepdims=True)
    assert np.array_equal(shares.argmax(1), index.numpy())
    expected = np.zeros(3)
    for b, i in enumerate(index.tolist()):
        for c in range(3):
            of_class = shares[b, LABELS.numpy() == c].sum()
            slope = shares[b, i] * ((LABELS[i] == c).item() - of_class) * (1 - rates[c])
            expected[c] += by_entry[b].item() * slope
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-8, atol=1e-12)
    if lr == 0:
        assert not found.any()


@settings(deadline=None, max_examples=15)
@given(**{**WORLDS, "lr": st.floats(0.05, 2)})
def test_the_gradient_is_the_slope_of_the_meta_loss_with_the_noise_held_fixed(
    seed, size, lr, power
):
    world = World(seed, lr)
    found, raw, noise, index = looked(world, size, seed, power)
    gradients = world.gradients(index)

    def entries(own):
        return (own.sigmoid().log()[LABELS] + noise).softmax(-1).gather(1, index[:, None])[:, 0]

    def relaxed(own):
        """The meta loss after a step whose weights move from one as the softmax moves."""
        weights = (1 + entries(own) - entries(raw)) / size
        ahead = world.weight - lr * (weights @ gradients).view(3, 4)
        return world.held_losses(ahead, torch.arange(12)).mean().item()

    by = 1e-5
    for c in range(3):
        way = by * torch.eye(3, dtype=torch.float64)[c]
        slope = (relaxed(raw + way) - relaxed(raw - way)) / (2 * by)
        assert found[c].item() == pytest.approx(slope, rel=1e-4, abs=1e-8)


@given(seed=st.integers(0, 999), rows=st.integers(1, 5), size=st.integers(1, 7))
def test_a_straight_through_vector_is_one_hot_and_has_the_slopes_of_the_softmax(seed, rows, size):
    generator = torch.Generator().manual_seed(seed)
    scores, weight = torch.randn(2, rows, size, generator=generator, dtype=torch.float64)
    scores.requires_grad_()
    found = straight_through(scores)
    assert torch.equal(found.detach(), torch.eye(size).double()[scores.argmax(-1)])
    (slopes,) = torch.autograd.grad((weight * found).sum(), scores)
    (soft,) = torch.autograd.grad((weight * scores.softmax(-1)).sum(), scores)
    torch.testing.assert_close(slopes, soft)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_classes_are_drawn_by_their_rates_and_in_a_class_all_alike(power):
    sampler, counts = MetaSampler(COUNTS, seed=3, power=power), np.array(COUNTS)
    drawn = np.bincount(sampler.draw(LABELS, 20_000), minlength=len(LABELS))
    chances = counts ** (1.0 - power)
    of_class = chances / chances.sum()
    np.testing.assert_allclose(
        sampler.rates[-1] / sampler.rates[0], (COUNTS[0] / COUNTS[-1]) ** power, rtol=1e-12
    )
    each = (of_class / counts)[LABELS.numpy()]
    assert chisquare(drawn, 20_000 * each).pvalue > 1e-3
    if power == 1.0:  # of each class as many: as the class-balanced sampler's
        theirs = class_balanced_sampler(LABELS.numpy(), seed=0).weights
        np.testing.assert_allclose(each, theirs)
    if power == 0.0:
        np.testing.assert_allclose(each, 1 / len(LABELS))


def test_a_class_whose_examples_help_comes_to_be_drawn_more():
    """Of three classes only the rare one teaches: examples of the others have no slope."""
    sampler = MetaSampler(COUNTS, seed=0, lr=0.05)

    def losses(own):
        return torch.where(LABELS[index] == 2, (own["w"] - 1) ** 2, 0.0 * own["w"])

    def held_losses(own, which):
        return ((own["w"] - 1) ** 2).expand(len(which))

    parameters = {"w": torch.zeros((), dtype=torch.float64)}
    for _ in range(100):
        index = sampler.draw(LABELS, 32)
        shares = torch.ones(32, dtype=torch.float64)
        sampler.look_ahead(Ahead(parameters, losses, shares, 0.1, held_losses, torch.arange(3)))
    common, middle, rare = sampler.rates.tolist()
    assert rare > 0.8
    assert max(common, middle) < 0.5


def test_the_seed_draws_and_a_restored_sampler_continues_to_the_bit():
    world, batches = World(0, 0.5), []
    for seed in (0, 0, 1):
        sampler = MetaSampler(COUNTS, seed=seed)
        batches.append([])
        for _ in range(3):
            batches[-1].append(sampler.draw(LABELS, 8).tolist())
            sampler.look_ahead(world.ahead(torch.tensor(batches[-1][-1])))
    assert batches[0] == batches[1] != batches[2]
    state, other = sampler.state_dict(), MetaSampler(COUNTS, seed=7)
    other.load_state_dict(state)
    for own in (sampler, other):
        index = own.draw(LABELS, 8)
        own.look_ahead(world.ahead(index))
    assert torch.equal(sampler.raw, other.raw)
    assert torch.equal(sampler.draw(LABELS, 8), other.draw(LABELS, 8))
    third = MetaSampler(COUNTS, seed=9)
    third.load_state_dict(state)  # which neither of the steps has changed
    third.look_ahead(world.ahead(third.draw(LABELS, 8)))
    assert not torch.equal(third.raw, MetaSampler(COUNTS).raw)


def test_a_step_that_was_not_drawn_is_refused():
    world, sampler = World(0, 0.5), MetaSampler(COUNTS)
    with pytest.raises(InputError, match=r"shape \(2,\): must be of the examples that draw gave"):
        sampler.look_ahead(world.ahead(torch.arange(2)))
    sampler.draw(LABELS, 3)
    with pytest.raises(InputError, match=r"shape \(2,\): must be of the examples that draw gave"):
        sampler.look_ahead(world.ahead(torch.arange(2)))


def member_of(method):
    data = SHORT.dataset(0)
    return build_member(method, 0, data, SHORT, FABRIC), data


def test_training_draws_what_the_sampler_says_and_moves_the_rates():
    member, data = member_of("meta-softmax")
    drawn, draw = [], member.source.draw

    def heard(labels, size):
        drawn.append(draw(labels, size))
        return drawn[-1]

    member.source.draw = heard
    train(member, data, SHORT, FABRIC, lambda member: None)
    assert not torch.equal(member.source.rates, torch.full((10,), 0.5).double())
    last = torch.cat(drawn[len(drawn) // 2 :])
    assert len(last) == len(data.train_labels)
    per_example = data.train_labels[last].bincount(minlength=10) / data.class_counts
    recorded = torch.tensor(member.history["class_weights"][-1])
    torch.testing.assert_close(recorded, per_example / per_example.mean(), rtol=1e-5, atol=1e-6)
    frozen, _ = member_of("meta-softmax@lr=0")
    train(frozen, data, SHORT, FABRIC, lambda member: None)
    assert torch.equal(frozen.source.rates, torch.full((10,), 0.5).double())


def test_training_goes_on_to_the_bit_where_it_stopped(tmp_path, monkeypatch):
    whole = run(SHORT, tmp_path / "whole")
    monkeypatch.setattr(finishing_module, "CHECKPOINT_EVERY", 1)

    def stop(progress):
        if (progress.method, progress.epoch) == ("meta-softmax", 1):
            raise StoppedError

    with pytest.raises(StoppedError):
        run(SHORT, tmp_path / "half", progress=stop)
    assert (tmp_path / "half/members/meta-softmax-seed0.ckpt").exists()
    run(SHORT, tmp_path / "half", resume=True)
    found = [(tmp_path / name / "results.json").read_bytes() for name in ("whole", "half")]
    assert found[0] == found[1]
    assert [member.method for member in whole.members] == list(SHORT.methods)


def test_its_state_is_kept_with_a_member():
    member, data = member_of("meta-softmax")
    train(member, data, SHORT, FABRIC, lambda member: None)
    other, _ = member_of("meta-softmax")
    other.load_state_dict(copy.deepcopy(member.state_dict()))
    assert torch.equal(other.source.rates, member.source.rates)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"methods": ("drs@weights=meta-softmax",)}, "its plan draws examples by class"),
        (
            {"methods": ("class-balanced-sampling@weights=meta-softmax",)},
            "draw them by rates that they learn: choose one",
        ),
        ({"methods": ("meta-softmax",), "validation": 0}, "learns from a validation split"),
        ({"methods": ("meta-softmax",), "data": "trees"}, "are not drawn by class"),
        ({"methods": ("meta-softmax@mixup=1.0",)}, "unknown setting of meta-softmax 'mixup'"),
        ({"methods": ("mixup@weights=meta-softmax",)}, "weights are of examples, not of mixed"),
        ({"methods": ("meta-softmax@validation=true",)}, "unknown setting of meta-softmax"),
    ],
)
def test_pairs_that_do_not_go_together_are_refused(fields, said):
    with pytest.raises(InputError, match=said):
        Recipe(**fields)


def test_other_losses_may_be_drawn_for_and_heads_train_one_by_one():
    row = method_of("focal@weights=meta-softmax")
    assert row.draws
    assert row.looks_ahead
    assert not method_of("meta-weight-net").draws
    assert not are_heads(Recipe(model="linear", methods=("meta-softmax",)))
