"""Density-ratio weights against plain loops written from the equations, and as a part of a user's loop."""

import itertools

import numpy as np
import pytest
import torch
from counterpoise.methods import DensityRatioWeights, LogitAdjustedLoss, MarginSoftmaxLoss
from counterpoise.methods.optim import SAM
from counterpoise.methods.ratios.moments import MomentMatching
from counterpoise.methods.registry import method_of
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

COUNTS = np.array([100.0, 20.0, 5.0, 2.0])
CLASSES = len(COUNTS)
SETTINGS = ("sample", "class"), ("dataset", "batch"), ("batch", "class", "expected")
PRESETS = ("", "paper", "official", "figure7", "stable")


def batch(seed, size, length, dtype=torch.float64):
    """Features above 0 of a random batch in which a class may have no sample, one, or more than Z."""
    generator = torch.Generator().manual_seed(seed)
    target = torch.multinomial(torch.tensor([8.0, 4, 1, 1]), size, True, generator=generator)
    features = torch.rand(size, length, generator=generator, dtype=torch.float64) + target[:, None]
    return features.to(dtype), target


def ratio_by_loop(phi, prototype, ridge, prior):
    """r of the b samples of a class: b (G + p I)^-1 Phi'F, or 1 + b (G + p I)^-1 Phi'(F - mean)."""
    b = len(phi)
    gram = phi @ phi.T
    if ridge == 0:
        inverse = np.linalg.pinv(phi.T) @ np.linalg.pinv(phi)
    else:
        inverse = np.linalg.inv(gram + ridge * np.trace(gram) / b * np.eye(b))
    if prior == 0:
        return b * inverse @ (phi @ prototype)
    return 1 + b * inverse @ (phi @ (prototype - phi.mean(axis=0)))


class Loop:
    """Algorithm 1, class by class and sample by sample."""

    def __init__(
        self, length, momentum=0.9, ridge=1e-2, prior=1, granularity="sample", count="dataset",
        floor=1e-9, gamma=1.0, normalisation="batch", first="mean",
    ):  # fmt: skip
        self.__dict__.update({k: v for k, v in locals().items() if k != "self"})
        zero = np.zeros(length) if first == "zero" else None
        self.prototypes = [zero] * CLASSES

    def weights(self, features, target):
        n, b = COUNTS.sum(), len(target)
        raw, batch_counts = np.zeros(b), np.bincount(target, minlength=CLASSES)
        for label in set(target.tolist()):
            members = np.flatnonzero(target == label)
            s = np.ones(len(members))
            if self.prototypes[label] is not None:
                s = ratio_by_loop(features[members], self.prototypes[label], self.ridge, self.prior)
            if self.granularity == "class":
                s = np.full(len(members), s.mean())
            if self.floor is not None:
                s = np.maximum(s, self.floor)
            inverse = n / COUNTS[label] if self.count == "dataset" else b / batch_counts[label]
            raw[members] = (s * inverse) ** self.gamma
        if self.normalisation == "batch":
            level = raw.mean()
        elif self.normalisation == "expected" and self.count == "dataset":
            level = sum(m / n * (n / m) ** self.gamma for m in COUNTS)
        elif self.normalisation == "expected":
            level = sum(m / b * (b / m) ** self.gamma for m in batch_counts if m)
        else:
            means = [raw[target == label].mean() for label in range(CLASSES) if batch_counts[label]]
            if self.count == "dataset":
                absent = COUNTS[batch_counts == 0]
                means += [(n / m) ** self.gamma for m in absent]
            level = np.mean(means)
        return raw / level

    def update(self, features, target):
        for label in set(target.tolist()):
            mean = features[target == label].mean(axis=0)
            old = self.prototypes[label]
            if old is not None:
                mean = self.momentum * old + (1 - self.momentum) * mean
            self.prototypes[label] = mean


AS_SAID = {
    "": {},
    "paper": {"ridge": 0, "prior": 0, "count": "batch", "floor": None, "first": "zero"},
    "official": {"ridge": 0, "prior": 0, "floor": 1e-9},
    "figure7": {"granularity": "class", "gamma": 0.5, "normalisation": "class"},
    "stable": {"ridge": 1e-2, "prior": 1, "normalisation": "expected"},
}


def compare(loop, rdr, length, sizes, seed, dtype=torch.float64, **tolerance):
    for step, size in enumerate(sizes):
        features, target = batch(seed + step, size, length, dtype)
        plain = features.double().numpy(), target.numpy()
        if step:  # at first nothing has been seen
            weights = rdr(features, target)
            assert weights.dtype == dtype
            np.testing.assert_allclose(weights, loop.weights(*plain), **tolerance)
        rdr.update(features, target)
        loop.update(*plain)
    for label, prototype in enumerate(loop.prototypes):
        if prototype is not None:
            np.testing.assert_allclose(rdr.prototypes[label], prototype, rtol=1e-12)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**31), size=st.integers(1, 40), length=st.sampled_from([1, 3, 7, 20, 50])
)
def test_with_a_ridge_the_weights_are_those_of_a_plain_loop(seed, size, length):
    """In sample space, and in feature space where the classes have fewer features than the batch samples."""
    for chosen in ({}, {"prior": 0}):
        compare(
            Loop(length, **chosen),
            DensityRatioWeights(COUNTS, length, **chosen),
            length, (size, size, 40), seed, rtol=1e-10, atol=1e-10,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("prior", "granularity", "count", "normalisation", "gamma"),
    list(itertools.product((0, 1), *SETTINGS, (1, 0.5))),
)
def test_every_setting_is_the_loops(prior, granularity, count, normalisation, gamma):
    settings = {
        "prior": prior, "granularity": granularity, "count": count, "gamma": gamma,
        "normalisation": normalisation, "momentum": 0.7, "floor": 0.01,
    }  # fmt: skip
    rdr = DensityRatioWeights(COUNTS, 5, **settings)
    compare(Loop(5, **settings), rdr, 5, (30, 3, 12, 30), 0, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("length", [2, 6, 40])
def test_every_preset_is_the_loop_with_its_settings(preset, length):
    """Classes of fewer samples than features, as many, and more: without a ridge by the pseudo-inverse."""
    rdr = DensityRatioWeights(COUNTS, length, preset=preset)
    compare(Loop(length, **AS_SAID[preset]), rdr, length, (12, 25, 12), 3, rtol=1e-8, atol=1e-8)


def test_as_many_samples_as_features_need_no_ridge():
    length, target = 6, torch.zeros(6, dtype=torch.long)
    rdr, loop = (
        DensityRatioWeights(COUNTS, length, preset="official"),
        Loop(length, ridge=0, prior=0),
    )
    features = torch.eye(length, dtype=torch.float64) + batch(0, 6, length)[0] / 10
    rdr.update(features + 0.1, target)
    loop.update(features.numpy() + 0.1, target.numpy())
    np.testing.assert_allclose(
        rdr(features, target), loop.weights(features.numpy(), target.numpy()), rtol=1e-10
    )


@pytest.mark.parametrize("size", [12, 63, 64, 65])
def test_the_pseudo_inverse_is_that_of_the_features_not_of_their_squares(size):
    """About as many samples as features are ill-conditioned, and a Gram matrix squares that."""
    estimator, rng = MomentMatching(2, 64, ridge=0.0), np.random.default_rng(size)
    estimator.observe(torch.from_numpy(rng.normal(size=(9, 64))), torch.zeros(9, dtype=torch.long))
    for _ in range(20):
        features = np.maximum(rng.normal(size=(size + 3, 64)), 0)
        target = torch.tensor([0] * size + [1] * 3)
        found = estimator.ratio(torch.from_numpy(features), target).numpy()
        own = features[:size]
        shift = estimator.prototypes[0].numpy() - own.mean(axis=0)
        expected = 1 + size * np.linalg.pinv(own.T, rcond=1e-13) @ shift
        np.testing.assert_allclose(found[:size], expected, atol=1e-10 * np.abs(expected).max())
        np.testing.assert_array_equal(found[size:], 1.0)


@pytest.mark.parametrize(("classes", "length"), [(2, 8), (4, 16), (8, 32)])
@pytest.mark.parametrize("more", [0, 1, 4])
def test_the_pseudo_inverse_in_feature_space_is_that_of_the_features(classes, length, more):
    """Batches of at least K Z samples, with as many of a class as there are features."""
    size, rng = length + more, np.random.default_rng(length)
    estimator = MomentMatching(classes, length, ridge=0.0, prior=0)
    target = torch.arange(classes).repeat_interleave(size)
    for _ in range(20):
        before, features = np.maximum(rng.normal(size=(2, len(target), length)), 0)
        estimator.observe(torch.from_numpy(before), target)
        found = estimator.ratio(torch.from_numpy(features), target).numpy()
        for label in range(classes):
            own = features[target == label]
            expected = size * np.linalg.lstsq(own.T, estimator.prototypes[label].numpy())[0]
            atol = 1e-10 * np.abs(expected).max()
            np.testing.assert_allclose(found[target == label], expected, rtol=0, atol=atol)


@pytest.mark.parametrize("normalisation", ["batch", "class", "expected"])
def test_where_all_ratios_are_clamped_to_nothing_so_are_the_weights(normalisation):
    rdr = DensityRatioWeights([5, 5], 1, preset="official", floor=0.0, normalisation=normalisation)
    target = torch.tensor([0, 1])
    rdr.update(-torch.ones(2, 1), target)
    assert rdr(torch.ones(2, 1), target).tolist() == [0, 0]


@pytest.mark.parametrize("estimator", ["moment", "rulsif"])
def test_a_network_of_halves_leaves_the_weights_in_full(estimator):
    def twin():
        return DensityRatioWeights([10**6, 20, 10, 5], 3, estimator=estimator)

    network, alone = torch.nn.ModuleList([torch.nn.Linear(3, 2), twin()]), twin()
    network.half()
    for seed in range(3):
        features, target = batch(seed, 20, 3, torch.float16)
        torch.testing.assert_close(
            network[1](features, target), alone(features, target), rtol=0, atol=0
        )
        network[1].update(features, target)
        alone.update(features, target)
    assert network[0].weight.dtype == torch.float16
    assert {buffer.dtype for buffer in network[1].buffers()} >= {torch.float64}
    assert torch.float16 not in {buffer.dtype for buffer in network[1].buffers()}


@pytest.mark.parametrize("preset", PRESETS)
def test_an_empty_batch_has_no_weights(preset):
    rdr = DensityRatioWeights(COUNTS, 3, preset=preset)
    empty = torch.zeros(0, 3), torch.zeros(0, dtype=torch.long)
    assert rdr(*empty).shape == (0,)
    rdr.update(*empty)
    assert not rdr.prototypes.any()


def test_more_samples_than_features_match_the_prototype_exactly():
    rdr = DensityRatioWeights(COUNTS, 3, preset="official")
    features, target = batch(0, 9, 3)
    target = torch.zeros_like(target)
    rdr.update(batch(1, 9, 3)[0], target)
    ratio = rdr.ratio(features, target)
    torch.testing.assert_close(ratio @ features / 9, rdr.prototypes[0], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("length", [1, 6, 40])
def test_single_precision_with_a_ridge(length):
    rdr, loop = DensityRatioWeights(COUNTS, length), Loop(length)
    compare(loop, rdr, length, (32, 32, 9), 5, torch.float32, rtol=1e-4, atol=1e-4)


def test_the_scripts_weights_worked_out_by_hand():
    """raw_j = b_i [(Phi'Phi)^-1 Phi'F]_j n/n_i, kept above 1e-9, then of sum b; one dimension."""
    rdr = DensityRatioWeights([30, 10], 1, preset="official")
    rdr.update(torch.tensor([[2.0], [4.0]]), torch.tensor([0, 1]))
    features, target = torch.tensor([[1.0], [8.0]]), torch.tensor([0, 1])
    raw = np.array([2 / 1 * 40 / 30, 4 / 8 * 40 / 10])
    np.testing.assert_allclose(rdr(features, target), 2 * raw / raw.sum(), rtol=1e-6)


def test_a_negative_ratio_is_clamped_by_the_script_and_kept_by_the_paper():
    fed = torch.eye(2) - 2 * torch.eye(2)[:, [1, 0]], torch.zeros(2, dtype=torch.long)
    features = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    script, paper = (DensityRatioWeights([5, 5], 2, preset=p) for p in ("official", "paper"))
    for rdr in (script, paper):
        rdr.update(torch.tensor([[3.0, -1.0]]), torch.tensor([0]))
    assert script(features, fed[1]).min() == pytest.approx(0, abs=1e-8)
    assert paper(features, fed[1]).tolist() == pytest.approx([3, -1])


def test_what_is_given_counts_more_than_the_preset():
    rdr = DensityRatioWeights(COUNTS, 3, 0.5, preset="official", ridge=0.1, granularity="class")
    assert (rdr.momentum, rdr.ridge, rdr.prior, rdr.granularity) == (0.5, 0.1, 0, "class")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"preset": "offical"}, "did you mean official"),
        ({"prior": 2}, "prior = 2"),
        ({"granularity": "batch"}, "granularity"),
        ({"count": "classes"}, "count"),
        ({"floor": -1.0}, "floor = -1"),
        ({"floor": None, "gamma": 0.5}, "give a floor"),
        ({"normalisation": "none"}, "normalisation"),
        ({"first": "random"}, "first"),
    ],
)
def test_settings_outside_their_domain_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        DensityRatioWeights(COUNTS, 3, **settings)


def test_a_recipe_names_a_preset_as_a_setting():
    row = method_of("density-ratio@preset=official,gamma=0.5")
    source = row.build_source(COUNTS, 3, 7)
    assert (source.preset, source.ridge, source.gamma, source.start) == ("official", 0, 0.5, 7)


def test_mixed_precision_does_not_reach_the_weights():
    rdr, (features, target) = DensityRatioWeights(COUNTS, 30), batch(0, 20, 30, torch.float32)
    rdr.update(features + 0.1, target)
    usual = rdr(features, target)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(rdr(features, target), usual)
    assert rdr(features.bfloat16(), target).dtype == torch.bfloat16


def test_a_later_start_needs_the_epoch():
    rdr = DensityRatioWeights(COUNTS, 3, start=2)
    features, target = batch(0, 5, 3)
    with pytest.raises(InputError, match=r"rdr\(features, target, epoch\)"):
        rdr(features, target)
    assert rdr(features, target, 1).tolist() == [1] * 5
    assert torch.equal(rdr(features, target, 2), DensityRatioWeights(COUNTS, 3)(features, target))


# ------------------------------------------------------------------------- in a loop of one's own


@pytest.mark.parametrize(("preset", "length"), [("", 2), ("official", 30), ("figure7", 30)])
def test_a_step_is_one_graph(preset, length):
    """No value decides what is computed: the compiler would break the graph, and a device would wait."""
    torch.compiler.reset()
    rdr, other = (DensityRatioWeights(COUNTS, length, preset=preset) for _ in range(2))
    step = torch.compile(
        lambda f, y: (rdr(f, y), rdr.update(f, y))[0], fullgraph=True, backend="eager"
    )
    for seed in range(3):
        features, target = batch(seed, 20, length)
        torch.testing.assert_close(step(features, target), other(features, target))
        other.update(features, target)
    torch.testing.assert_close(rdr.prototypes, other.prototypes)


MANY = np.arange(60, 0, -1)  # more classes than samples


@pytest.mark.parametrize("ridge", [0.0, 1e-2])
@pytest.mark.parametrize("prior", [0, 1])
@pytest.mark.parametrize("counts", [COUNTS, MANY], ids=["few classes", "many classes"])
def test_class_by_class_is_what_one_masked_system_gives(counts, prior, ridge):
    """The processor's loop, and what a device or a compiler is given."""
    torch.compiler.reset()
    own, masked = (DensityRatioWeights(counts, 40, prior=prior, ridge=ridge) for _ in range(2))
    ratio, observe = (
        torch.compile(f, fullgraph=True, backend="eager") for f in (masked.ratio, masked.observe)
    )
    generator = torch.Generator().manual_seed(prior)
    for size in (30, 1, 30, 30, 7):
        features = torch.randn(size, 40, generator=generator)
        features[0] *= size > 10  # one sample of nothing
        target = torch.randint(len(counts), (size,), generator=generator)
        torch.testing.assert_close(
            own.ratio(features, target), ratio(features, target), rtol=1e-9, atol=1e-9
        )
        own.observe(features, target)
        observe(features, target)
        assert torch.equal(own.seen, masked.seen)
    torch.testing.assert_close(own.prototypes, masked.prototypes, rtol=1e-12, atol=1e-12)


def test_weights_within_a_transform_of_functions_are_those_outside():
    rdr, (features, target) = DensityRatioWeights(COUNTS, 3), batch(1, 9, 3)
    rdr.update(features + 1, target)
    slopes = torch.func.grad(lambda phi: (rdr(phi, target) * phi.sum(dim=1)).sum())(features)
    torch.testing.assert_close(slopes, rdr(features, target)[:, None].expand(9, 3))


@pytest.mark.parametrize("apart", [1.0, 1e-2, 1e-4, 1e-5])
def test_without_a_ridge_samples_that_almost_repeat_have_their_exact_ratios(apart):
    generator = torch.Generator().manual_seed(0)
    one, each, prototype = (
        torch.randn(n, 12, generator=generator, dtype=torch.float64) for n in (1, 6, 1)
    )
    features, target = one + apart * each, torch.zeros(6, dtype=torch.long)
    rdr = DensityRatioWeights(COUNTS, 12, preset="official")
    rdr.update(prototype, target[:1])
    with mp.workdps(60):
        phi, toward = mp.matrix(features.tolist()), mp.matrix(prototype[0].tolist())
        exact = [float(6 * one) for one in mp.lu_solve(phi * phi.T, phi * toward)]
    found = rdr.ratio(features, target).numpy()
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-10 * np.abs(exact).max())


@pytest.mark.parametrize("ridge", [1e-10, 1e-11, 1e-13])
def test_a_small_ridge_and_samples_that_repeat(ridge):
    rdr = DensityRatioWeights(COUNTS, 30, ridge=ridge)
    features, target = torch.rand(1, 30).double().repeat(20, 1), torch.zeros(20, dtype=torch.long)
    rdr.update(1.5 * features[:1], target[:1])
    # along the one direction there is: 1 + (1.5 - 1) |f|^2 n/(n |f|^2 + p)
    torch.testing.assert_close(
        rdr.ratio(features, target), torch.full((20,), 1.5).double(), rtol=0, atol=1e-2
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_a_step_asks_for_no_value(preset):
    with FakeTensorMode(allow_non_fake_inputs=True):
        rdr = DensityRatioWeights(COUNTS, 8, preset=preset).to("cuda")
        features = torch.rand(6, 8, device="cuda")
        target = torch.zeros(6, dtype=torch.long, device="cuda")
        weights = rdr(features, target)
        rdr.update(features, target)
    assert (weights.shape, weights.device.type) == ((6,), "cuda")


def test_it_is_a_module_with_buffers():
    model = nn.ModuleDict({"net": nn.Linear(3, 4), "rdr": DensityRatioWeights(COUNTS, 3)})
    features, target = batch(0, 9, 3, torch.float32)
    model["rdr"].update(features, target)
    state = model.state_dict()
    assert {"rdr.prototypes", "rdr.seen"} <= state.keys()
    assert not list(model["rdr"].parameters())
    other = nn.ModuleDict({"net": nn.Linear(3, 4), "rdr": DensityRatioWeights(COUNTS, 3)})
    other.load_state_dict(state)
    model["rdr"].update(features + 1, target)  # what was saved is a copy
    assert not torch.equal(model["rdr"].prototypes, other["rdr"].prototypes)
    assert torch.equal(state["rdr.prototypes"], other["rdr"].prototypes)
    assert other.to("meta")["rdr"].prototypes.is_meta


def train(make_loss, gamma, optimiser):
    torch.manual_seed(0)
    body, head = nn.Linear(3, 6), nn.Linear(6, CLASSES)
    parameters = [*body.parameters(), *head.parameters()]
    step = optimiser(parameters)
    rdr = DensityRatioWeights(COUNTS, num_features=6, preset="stable", gamma=gamma)
    criterion = make_loss(rdr)
    losses = []
    for epoch in range(30):
        x, target = batch(epoch, 40, 3, torch.float32)
        features = body(x).relu()
        weights = rdr(features, target)

        def closure(x=x, target=target, weights=weights):
            step.zero_grad()
            loss = (weights * criterion(head(body(x).relu()), target)).mean()
            loss.backward()
            return loss

        losses.append(float(step.step(closure).detach()))
        rdr.update(features, target)
    return losses


@pytest.mark.parametrize(
    "optimiser", [lambda p: torch.optim.SGD(p, lr=0.1), lambda p: SAM(p, lr=0.1)]
)
@pytest.mark.parametrize("gamma", [1.0, 0.5])
def test_it_trains_in_a_loop_of_ones_own(optimiser, gamma):
    losses = train(
        lambda rdr: LogitAdjustedLoss(COUNTS, tau=rdr.tau, reduction="none"), gamma, optimiser
    )
    assert losses[-1] < losses[0]


@given(gamma=st.floats(0, 1))
def test_exponents_of_weights_and_offsets_keep_the_loss_consistent(gamma):
    """weight x prior x exp(-offset) is the same for every class, where the ratio is 1."""
    rdr = DensityRatioWeights(COUNTS, 3, gamma=gamma)
    weights = rdr(torch.ones(CLASSES, 3, dtype=torch.float64), torch.arange(CLASSES))
    offset = LogitAdjustedLoss(COUNTS, tau=rdr.tau).offset
    product = weights * torch.from_numpy(COUNTS) * (-offset).exp()
    np.testing.assert_allclose(product / product[0], np.ones(CLASSES), rtol=1e-6)
    assert isinstance(LogitAdjustedLoss(COUNTS, tau=rdr.tau), MarginSoftmaxLoss)


@settings(max_examples=40)
@given(st.integers(0, 999), st.integers(2, 40))
def test_controls_keep_the_ratios_and_give_them_to_others(seed, size):
    features, target = batch(seed, size, 5)
    prototypes, seen = batch(seed + 1, 60, 5)
    raw = {}
    for control in ("", "one", "within", "between"):
        rdr = DensityRatioWeights(COUNTS, 5, count="batch", normalisation="batch", control=control)
        rdr.update(prototypes, seen)
        weights = rdr(features, target)
        share = torch.bincount(target, minlength=CLASSES)[target].double()
        raw[control] = weights * share  # the ratio, times one number for all
    assert torch.allclose(raw["one"], raw["one"][0].expand(size))
    for label in target.unique():
        members = target == label
        values = (raw[""][members] / raw[""].sum(), raw["within"][members] / raw["within"].sum())
        assert torch.allclose(*(value.sort().values for value in values))
        if members.sum() > 1 and raw[""][members].unique().numel() == members.sum():
            assert (values[0] != values[1]).all()
    assert torch.allclose(
        (raw[""] / raw[""].sum()).sort().values,
        (raw["between"] / raw["between"].sum()).sort().values,
    )


def test_a_control_is_a_setting_of_the_method():
    one = method_of("density-ratio@control=one")
    assert "control='one'" in (one.source or "")
