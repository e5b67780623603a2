"""Soft targets are the linear extension of class indices; smoothed labels leave the optimum where it is."""

import copy

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    ClassBalancedLoss,
    EqualizationLoss,
    GCALoss,
    InfluenceBalancedLoss,
    LADELoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    SeesawLoss,
    focal_link,
    inverse_frequency_weights,
    margin_softmax_loss,
)
from counterpoise.theory.foundation.validation import InputError
from families import sampled
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from loss_checks import BUILD, COUNTS
from torch.nn.functional import cross_entropy, one_hot

WEIGHT = (0.5, 1.0, 3.0)


class InfluenceOfLogits(InfluenceBalancedLoss):
    """Features as large as the logits are many, so that it is called like the others."""

    def forward(self, logits, target):
        return super().forward(logits, target, torch.ones_like(logits))


SOFT = {
    **{name: build for name, build in BUILD.items() if name not in ("influence", "equalization")},
    "influence": InfluenceOfLogits,
    "sigmoid": lambda **options: ClassBalancedLoss(COUNTS, base="sigmoid", **options),
    "sigmoid-focal": lambda **options: ClassBalancedLoss(COUNTS, base="focal", **options),
    "equalization": lambda **options: EqualizationLoss(COUNTS, 0.2, 1.0, **options),
    "seesaw": lambda **options: SeesawLoss(3, class_counts=COUNTS, **options),
    "ldam-many": lambda **options: LDAMLoss(COUNTS, 0.9, 5.0, **options),
    "gca": lambda **options: GCALoss(COUNTS, 0.5, (1.0, 0.5, 2.0), **options),
}
QUICK = settings(max_examples=25, deadline=None)


def problem(shape=(5, 3), seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(shape, generator=generator, dtype=torch.float64)
    dim = min(1, len(shape) - 1)
    q = torch.rand(shape, generator=generator, dtype=torch.float64)
    return logits, q / q.sum(dim, keepdim=True)


every_loss = pytest.mark.parametrize("build", SOFT.values(), ids=SOFT)
every_linear_loss = pytest.mark.parametrize(
    "build",
    [build for name, build in SOFT.items() if name != "lade"],
    ids=[name for name in SOFT if name != "lade"],
)
every_reduction = pytest.mark.parametrize("reduction", ["none", "sum", "mean"])


def gradient_of(loss, logits, target):
    logits = logits.clone().requires_grad_()
    value = loss(logits, target)
    (slope,) = torch.autograd.grad(value.sum(), logits)
    return value.detach(), slope


def agree(one, other, tolerance=1e-12):
    torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)


@every_loss
@pytest.mark.parametrize(
    ("reduction", "normalize"),
    [("none", "weights"), ("sum", "weights"), ("mean", "weights"), ("mean", "batch")],
)
@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 3, 4)])
def test_one_hot_targets_are_class_indices(build, reduction, normalize, shape):
    loss = build(weight=WEIGHT, reduction=reduction, normalize=normalize)
    logits, q = problem(shape)
    dim = min(1, len(shape) - 1)
    target = q.argmax(dim)
    hot = one_hot(target, 3).double().movedim(-1, dim)
    value, slope = gradient_of(loss, logits, hot)
    plain, plain_slope = gradient_of(loss, logits, target)
    assert value.shape == plain.shape
    agree(value, plain)
    agree(slope, plain_slope)


@every_linear_loss
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_a_soft_target_costs_what_its_classes_cost(build, weight):
    """By the definition: sum_y q_y w_y l(z, y), one class at a time through class indices."""
    loss = build(weight=weight, reduction="none")
    logits, q = problem()
    per_class = [loss(logits, torch.full((5,), y)) for y in range(3)]
    expected = sum(q[:, y] * per_class[y] for y in range(3))
    agree(loss(logits, q), expected)
    loss.reduction = "sum"
    agree(loss(logits, q), expected.sum())
    loss.reduction, loss.normalize = "mean", "batch"
    agree(loss(logits, q), expected.mean())
    loss.normalize = "weights"
    total = 5.0 if loss.weight is None else (q * loss.weight).sum()
    agree(loss(logits, q), expected.sum() / total)


@pytest.mark.parametrize("form", ["paper", "official"])
def test_lade_counts_a_soft_example_as_its_shares_of_its_classes(form):
    """Repeated in whole numbers, with the shares as frequencies, the estimate is that of the copies."""
    loss = LADELoss(COUNTS, form=form)
    logits, _ = problem((2, 3))
    q = torch.tensor([[0.5, 0.25, 0.25], [0.0, 0.75, 0.25]], dtype=torch.float64)
    copies = logits.repeat_interleave(4, dim=0)
    labels = torch.tensor([0, 0, 1, 2, 1, 1, 1, 2])
    agree(loss(logits, q), loss(copies, labels))


def test_seesaw_counts_the_shares():
    loss, (logits, q) = SeesawLoss(3), problem()
    loss(logits, q)
    agree(loss.seen, q.sum(0))
    loss(logits[0], q[0])
    agree(loss.seen, q.sum(0) + q[0])
    loss.eval()(logits, q)
    agree(loss.seen, q.sum(0) + q[0])


@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 3, 4)])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_plain_cross_entropy_of_probabilities_is_torchs(weight, shape, label_smoothing):
    """torch weighs smoothed labels otherwise, so with both there is nothing to compare."""
    if weight and label_smoothing:
        return
    logits, q = problem(shape)
    options = {"label_smoothing": label_smoothing, "normalize": "batch"}
    ours = MarginSoftmaxLoss(weight=weight, **options)
    tensor = None if weight is None else torch.tensor(weight, dtype=torch.float64)

    def theirs(z, q):
        return cross_entropy(z, q, tensor, label_smoothing=label_smoothing)

    one, other = gradient_of(ours, logits, q), gradient_of(theirs, logits, q)
    if weight is None or len(shape) < 3:
        agree(one[0], other[0])
        agree(one[1], other[1])
    agree(ours(logits, q), margin_softmax_loss(logits, q, weight=tensor, **options))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_rounded_probabilities_are_probabilities(dtype):
    logits, q = problem((64, 3))
    value = MarginSoftmaxLoss()(logits.to(dtype), q.to(dtype))
    torch.testing.assert_close(value.double(), cross_entropy(logits, q), rtol=2e-2, atol=2e-2)
    assert value.dtype == torch.float32


@every_loss
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_gradients_of_soft_targets_pass_gradcheck(build, label_smoothing, request):
    if "seesaw" in request.node.callspec.id:
        return  # by design not the gradient of its value
    loss = build(label_smoothing=label_smoothing)
    logits, q = problem((4, 3))
    z, soft = logits.requires_grad_(), q.requires_grad_()
    assert torch.autograd.gradcheck(lambda z: loss(z, q.detach()), z)
    free = soft.detach().clone()
    (slope,) = torch.autograd.grad(loss(z, soft), soft)
    step = 1e-6 * torch.tensor([1.0, -1.0, 0.0], dtype=torch.float64)
    up, down = free.clone(), free.clone()
    up[0] += step
    down[0] -= step
    with torch.no_grad():
        rise = (loss(z, up) - loss(z, down)) / 2e-6
    torch.testing.assert_close(slope[0, 0] - slope[0, 1], rise, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", sampled(SOFT, 3, always=("ce", "gla", "seesaw")))
def test_mixup_compiles_to_one_graph_and_maps_over_members(name):
    torch._dynamo.reset()
    loss = SOFT[name](label_smoothing=0.1).eval()
    logits, q = problem()
    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    agree(compiled(logits, q), loss(logits, q))
    members = torch.stack([logits, -logits])
    together = torch.func.vmap(loss, in_dims=(0, None))(members, q)
    agree(together, torch.stack([loss(z, q) for z in members]))
    per_example = torch.func.vmap(torch.func.grad(loss))(logits, q)
    alone = torch.stack([torch.func.grad(loss)(z, p) for z, p in zip(logits, q, strict=True)])
    agree(per_example, alone)


@every_loss
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_huge_logits_and_soft_targets_are_finite(build, size):
    logits = (size * torch.eye(3)).requires_grad_()
    value = build(label_smoothing=0.1)(logits, torch.full((3, 3), 1 / 3))
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("name", [name for name in SOFT if name != "smoothing"])
def test_a_masked_class_without_a_share_leaves_all_finite(name):
    logits, target = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    logits[0, 2] = logits[3, 1] = -torch.inf
    logits.requires_grad_()
    loss = SOFT[name]()
    value = loss(logits, one_hot(target, 3).float())
    value.backward()
    torch.testing.assert_close(value, loss(logits, target))
    assert logits.grad.isfinite().all()


@every_loss
def test_one_class_and_empty_batches_are_no_mistake(build):
    loss = build(reduction="sum")
    assert loss(torch.zeros(0, 3), torch.zeros(0, 3)) == 0


@every_loss
def test_multi_hot_targets_are_refused(build):
    with pytest.raises(InputError, match="multi-label"):
        build()(torch.zeros(2, 3), torch.tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))


@every_loss
def test_an_ignored_example_is_ignored_when_labels_are_smoothed(build):
    loss = build(label_smoothing=0.1, weight=WEIGHT).eval()
    logits, q = problem()
    target = q.argmax(1)
    target[1:3] = -100
    kept = target != -100
    agree(loss(logits, target), loss(logits[kept], target[kept]))


def test_an_ignored_class_still_has_its_share_of_a_smoothed_label():
    """ignore_index may be a class: as a target it counts for nothing, as a rival for all it is."""
    for name in ("equalization", "seesaw", "gca", "pairwise", "ldam"):
        loss = SOFT[name](label_smoothing=0.3, ignore_index=0)
        other = SOFT[name](label_smoothing=0.3)
        logits, target = problem()[0], torch.tensor([1, 2, 1, 2, 1])
        agree(loss(logits, target), other(logits, target))


# ---------------------------------------------------------------------------- label smoothing


@every_linear_loss
@pytest.mark.parametrize("label_smoothing", [0.1, 0.5])
def test_a_smoothed_label_is_a_soft_one_with_the_weight_of_its_class(build, label_smoothing):
    plain, smooth = (
        build(reduction="none"),
        build(reduction="none", label_smoothing=label_smoothing),
    )
    own = plain.weight
    plain.weight = None
    logits, q = problem()
    target = q.argmax(1)
    soft = (1 - label_smoothing) * one_hot(target, 3).double() + label_smoothing / 3
    expected = plain(logits, soft)
    agree(smooth(logits, target), expected if own is None else own[target] * expected)


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 3, 4)])
@every_reduction
def test_without_weights_smoothed_cross_entropy_is_torchs(shape, reduction):
    logits, q = problem(shape)
    target = q.argmax(min(1, len(shape) - 1))
    if len(shape) > 1:
        target.view(-1)[1] = -100
    ours = MarginSoftmaxLoss(label_smoothing=0.2, reduction=reduction)

    def theirs(z, y):
        return cross_entropy(z, y, label_smoothing=0.2, reduction=reduction)

    for one, other in zip(
        gradient_of(ours, logits, target), gradient_of(theirs, logits, target), strict=True
    ):
        agree(one, other)


def minimiser(loss, posterior):
    """The logits (K,) that minimise the expected loss of class indices under the posterior."""
    logits = torch.zeros(1, len(posterior), dtype=torch.float64, requires_grad=True)
    solver = torch.optim.LBFGS(
        [logits], max_iter=500, line_search_fn="strong_wolfe", tolerance_grad=1e-12
    )

    def risk():
        solver.zero_grad()
        rows = loss(logits.expand(len(posterior), -1), torch.arange(len(posterior)))
        value = (posterior * rows).sum()
        value.backward()
        return value

    solver.step(risk)
    return logits.detach()[0]


def slope_of_the_risk(loss, posterior, logits):
    """The gradient (K,) of the expected loss of class indices; 0 at its only minimiser."""
    logits = logits.clone().requires_grad_()
    rows = loss(logits.expand(len(posterior), -1), torch.arange(len(posterior)))
    (slope,) = torch.autograd.grad((posterior * rows).sum(), logits)
    return slope


@settings(max_examples=30, deadline=None)
@given(
    eta=hnp.arrays(np.float64, 3, elements=st.floats(0.02, 1.0)),
    weight=hnp.arrays(np.float64, 3, elements=st.floats(0.1, 10.0)),
    smoothing=st.floats(0.01, 0.6),
)
def test_the_optimum_stays_where_class_weights_put_it(eta, weight, smoothing):
    """p ~ (1 - e) eta w + e/K sum: the order of eta w, whatever e. torch's moves."""
    eta = torch.from_numpy(eta / eta.sum())
    loss = MarginSoftmaxLoss(weight=weight, label_smoothing=smoothing, reduction="none")
    share = eta * torch.from_numpy(weight)
    p = (1 - smoothing) * share / share.sum() + smoothing / 3
    assert slope_of_the_risk(loss, eta, p.log()).abs().max() < 1e-12 * share.sum()


def test_torchs_weighted_smoothing_moves_the_optimum_and_ours_does_not():
    """pytorch/pytorch#104776: balanced by weight, a 60 : 40 point for the frequent class flips."""
    prior = torch.tensor([0.9, 0.1], dtype=torch.float64)
    weight, eta = inverse_frequency_weights(prior), torch.tensor([0.92, 0.08], dtype=torch.float64)
    assert (eta / prior).argmax() == 0

    def theirs(z, y):
        return cross_entropy(z, y, weight, label_smoothing=0.1, reduction="none")

    ours = MarginSoftmaxLoss(weight=weight, label_smoothing=0.1, reduction="none")
    assert minimiser(theirs, eta).argmax() == 1
    assert minimiser(ours, eta).argmax() == 0


def test_smoothed_logit_adjustment_stays_consistent():
    prior = torch.tensor(COUNTS, dtype=torch.float64) / sum(COUNTS)
    for seed in range(5):
        draws = torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        eta = torch.softmax(draws, 0)
        loss = LogitAdjustedLoss(COUNTS, label_smoothing=0.05, reduction="none")
        logits = (0.95 * eta + 0.05 / 3).log() - prior.log()
        assert slope_of_the_risk(loss, eta, logits).abs().max() < 1e-12


@pytest.mark.parametrize("wrong", [-0.1, 1.0, float("nan"), "a", (0.1, 0.2)])
def test_a_share_of_smoothing_out_of_range_is_refused(wrong):
    for make in (*BUILD.values(), lambda **o: margin_softmax_loss(*problem(), **o)):
        with pytest.raises((InputError, TypeError), match="label_smoothing"):
            make(label_smoothing=wrong)


def test_the_functional_extends_what_the_modules_do():
    logits, q = problem()
    constants = {
        "target_margin": torch.tensor([0.1, 0.5, 2.0]),
        "scale": 3.0,
        "link": focal_link(2.0),
    }
    module = MarginSoftmaxLoss(**constants)
    for target in (q, q.argmax(1)):
        for smoothing in (0.0, 0.3):
            other = copy.deepcopy(module)
            other.label_smoothing = smoothing
            value = margin_softmax_loss(logits, target, **constants, label_smoothing=smoothing)
            agree(value, other(logits, target))
    with pytest.raises(InputError, match=r"weight of shape \(2,\) does not fit"):
        margin_softmax_loss(logits, q, weight=torch.ones(2))
