"""Multi-label losses and losses of one logit: against torch, torchvision, the authors, two logits, SymPy."""

import copy
import io
from functools import cache

import mpmath
import numpy as np
import pytest
import sympy
import torch
from counterpoise.methods import (
    CDTLoss,
    ClassBalancedLoss,
    DeferredReweighting,
    FocalLoss,
    GLALoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    MultiLabelClassBalancedLoss,
    MultiLabelFocalLoss,
    MultiLabelLogitAdjustedLoss,
    MultiLabelLoss,
    OneLogitLoss,
    VSLoss,
    effective_number_weights,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.vector_scaling import focal_link, margin_softmax
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

POSITIVES, TOTAL = (900, 50, 5), 1000
LOSSES = {
    "plain": MultiLabelLoss(),
    "constants": MultiLabelLoss(
        offset=(0.1, -1.0, 2.0),
        positive_weight=(1.0, 2.0, 3.0),
        negative_weight=0.5,
        gamma=1.5,
        weight=(1.0, 0.5, 2.0),
    ),
    "la": MultiLabelLogitAdjustedLoss(POSITIVES, TOTAL),
    "class-balanced": MultiLabelClassBalancedLoss(POSITIVES, TOTAL),
    "class-balanced focal": MultiLabelClassBalancedLoss(POSITIVES, TOTAL, 0.99, gamma=2.0),
    "focal": MultiLabelFocalLoss(alpha=0.25),
    "focal by label": MultiLabelFocalLoss(1.0, alpha=(0.1, 0.5, 0.9)),
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


def batch(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(shape, generator=generator, dtype=torch.float64)
    return logits, torch.randint(2, shape, generator=generator).double()


def agree(one, other, tolerance=1e-12):
    torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)


def with_reduction(loss, reduction):
    loss = copy.deepcopy(loss)
    loss.reduction = reduction
    return loss


# ---------------------------------------------------------------------------- other people's code


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_without_constants_it_is_bce_with_logits(reduction):
    logits, target = batch(6, 3)
    weight, positive = (
        torch.tensor([1.0, 0.5, 2.0]).double(),
        torch.tensor([3.0, 1.0, 7.0]).double(),
    )
    for t in (target, 0.3 + 0.4 * target):
        value = MultiLabelLoss(positive_weight=positive, weight=weight, reduction=reduction)(
            logits, t
        )
        agree(
            value,
            binary_cross_entropy_with_logits(
                logits, t, weight=weight, pos_weight=positive, reduction=reduction
            ),
        )


@pytest.mark.parametrize("alpha", [None, 0.25, 0.9])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_focal_is_torchvisions(alpha, gamma, reduction):
    ops = pytest.importorskip("torchvision.ops")
    logits, target = batch(6, 3)
    ours = MultiLabelFocalLoss(gamma, alpha, reduction=reduction)(logits, target)
    theirs = ops.sigmoid_focal_loss(
        logits, target, alpha=-1 if alpha is None else alpha, gamma=gamma, reduction=reduction
    )
    agree(ours, theirs)


def authors_class_balanced(labels, logits, counts, beta, gamma=None):
    """CB_loss of vandit15/Class-balanced-loss-pytorch, sigmoid; the paper's focal_loss if gamma."""
    effective = 1.0 - np.power(beta, counts)
    weights = (1.0 - beta) / effective
    weights = torch.tensor(weights / weights.sum() * len(counts))
    hot = one_hot(labels, len(counts)).double()
    row = (weights * hot).sum(1, keepdim=True).expand(-1, len(counts))
    if gamma is None:
        return binary_cross_entropy_with_logits(logits, hot, weight=row)
    bce = binary_cross_entropy_with_logits(logits, hot, reduction="none")
    modulator = torch.exp(-gamma * hot * logits - gamma * torch.log1p(torch.exp(-logits)))
    return (row * modulator * bce).sum() / hot.sum()


@pytest.mark.parametrize("beta", [0.9, 0.9999])
def test_class_balanced_is_the_authors_formula_for_with_and_without(beta):
    logits, target = batch(8)
    counts = np.array([TOTAL - 50, 50])
    two = torch.stack([-logits, logits], dim=1)
    ours = MultiLabelClassBalancedLoss([50], TOTAL, beta)(logits[:, None], target[:, None])
    agree(ours, authors_class_balanced(target.long(), two, counts, beta))
    focal = MultiLabelClassBalancedLoss([50], TOTAL, beta, gamma=2.0)(
        logits[:, None], target[:, None]
    )
    agree(2 * focal, authors_class_balanced(target.long(), two, counts, beta, 2.0))


def test_whole_labels_are_weighed_as_in_multi_label_text_classification():
    """Huang et al. (EMNLP 2021), the CB loss of their comparison: r_j times the focal term of each entry."""
    logits, target = batch(6, 3)
    r = effective_number_weights(POSITIVES, 0.9)
    p = torch.sigmoid(logits)
    terms = target * (1 - p) ** 2 * -p.log() + (1 - target) * p**2 * -(1 - p).log()
    agree(MultiLabelFocalLoss(2.0, weight=r)(logits, target), (r * terms).mean(), 1e-10)


# ---------------------------------------------------------------------------- two logits, one label


def two_logits(z):
    return torch.stack([torch.zeros_like(z), z], dim=1)


def test_each_label_is_a_problem_of_two_classes():
    logits, target = batch(6, 3)
    for tau in (0.0, 0.5, 1.0):
        losses = MultiLabelLogitAdjustedLoss(POSITIVES, TOTAL, tau, reduction="none")(
            logits, target
        )
        for j, count in enumerate(POSITIVES):
            two = LogitAdjustedLoss((TOTAL - count, count), tau, reduction="none")
            agree(losses[:, j], two(two_logits(logits[:, j]), target[:, j].long()))
    losses = MultiLabelClassBalancedLoss(POSITIVES, TOTAL, reduction="none")(logits, target)
    for j, count in enumerate(POSITIVES):
        two = ClassBalancedLoss((TOTAL - count, count), reduction="none")
        agree(losses[:, j], two(two_logits(logits[:, j]), target[:, j].long()))


@settings(max_examples=40, deadline=None)
@given(
    eta=st.floats(0.01, 0.99),
    count=st.integers(1, TOTAL - 1),
)
def test_the_optimum_of_a_label_balances_its_errors(eta, count):
    """d/dz of the risk is 0 where z = logit(eta) - logit(pi): positive exactly if eta > pi."""
    prior = torch.tensor(count / TOTAL, dtype=torch.float64)
    eta = torch.tensor(eta, dtype=torch.float64)
    z = (torch.logit(eta) - torch.logit(prior)).reshape(1, 1).requires_grad_()
    loss = MultiLabelLogitAdjustedLoss([count], TOTAL)
    risk = eta * loss(z, torch.ones_like(z)) + (1 - eta) * loss(z, torch.zeros_like(z))
    (slope,) = torch.autograd.grad(risk, z)
    assert abs(slope.item()) < 1e-12


# ---------------------------------------------------------------------------- symbolic twins


@cache
def twin(kind):
    """Value and slope in z of the loss of two classes at logits (0, z), of target 0 and of target 1."""
    z, n, total, parameter = sympy.symbols("z n N theta", positive=True)
    counts = (total - n, n)
    made = []
    for y in (0, 1):
        if kind == "la":
            offset = [parameter * sympy.log(count / total) for count in counts]
            value = margin_softmax([0, z], y, offset=offset)
        elif kind == "class-balanced":
            inverse = [(1 - parameter) / (1 - parameter**count) for count in counts]
            value = margin_softmax([0, z], y, weight=2 * inverse[y] / sum(inverse))
        else:
            value = margin_softmax([0, z], y, link=focal_link(parameter))
        made.append(sympy.lambdify((z, n, total, parameter), [value, value.diff(z)], "mpmath"))
    return made


TWINS = {
    "la": (lambda n, N, tau: MultiLabelLogitAdjustedLoss([n], N, tau), st.floats(-2, 3)),
    "class-balanced": (
        lambda n, N, beta: MultiLabelClassBalancedLoss([n], N, beta),
        st.floats(0.1, 0.9999),
    ),
    "focal": (lambda n, N, gamma: MultiLabelFocalLoss(gamma), st.floats(0, 5)),
}


@pytest.mark.parametrize("kind", TWINS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_loss_is_its_symbolic_twin_in_value_and_gradient(kind, data):
    build, parameters = TWINS[kind]
    total = data.draw(st.integers(2, 10**6))
    count = data.draw(st.integers(1, total - 1))
    at, parameter = data.draw(st.floats(-12, 12)), data.draw(parameters)
    loss = build(count, total, parameter)
    for y in (0, 1):
        z = torch.tensor([[at]], dtype=torch.float64, requires_grad=True)
        value = loss(z, torch.full_like(z, y))
        (slope,) = torch.autograd.grad(value, z)
        with mpmath.workdps(40):
            exact = twin(kind)[y](*(mpmath.mpf(v) for v in (at, count, total, parameter)))
            wanted = [float(v) for v in exact]
        np.testing.assert_allclose(value.item(), wanted[0], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(slope.item(), wanted[1], rtol=1e-8, atol=1e-8)


# ---------------------------------------------------------------------------- citizens of torch


@every_loss
@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 3, 4)])
def test_shapes_gradients_and_reductions(loss, shape):
    logits, target = batch(*shape)
    dim = min(1, len(shape) - 1)
    entries = with_reduction(loss, "none")(logits, target)
    flat = logits.movedim(dim, -1).reshape(-1, 3), target.movedim(dim, -1).reshape(-1, 3)
    agree(entries.movedim(dim, -1).reshape(-1, 3), with_reduction(loss, "none")(*flat))
    agree(with_reduction(loss, "sum")(logits, target), entries.sum())
    agree(with_reduction(loss, "mean")(logits, target), entries.mean())
    soft = 0.25 + 0.5 * target
    assert torch.autograd.gradcheck(lambda z: loss(z, soft), logits.requires_grad_())


@every_loss
def test_soft_targets_are_the_linear_extension(loss):
    logits, target = batch(5, 3)
    each = with_reduction(loss, "none")
    ends = each(logits, torch.ones_like(target)), each(logits, torch.zeros_like(target))
    agree(each(logits, torch.full_like(target, 0.3)), 0.3 * ends[0] + 0.7 * ends[1])


@every_loss
def test_it_compiles_maps_saves_and_keeps_its_constants(loss):
    torch._dynamo.reset()
    logits, target = batch(5, 3)
    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    agree(compiled(logits, target), loss(logits, target))
    per_example = torch.func.vmap(torch.func.grad(loss))(logits, target)
    assert per_example.isfinite().all()
    file = io.BytesIO()
    torch.save(loss.state_dict(), file)
    file.seek(0)
    other = copy.deepcopy(loss).half()
    other.load_state_dict(torch.load(file, weights_only=True))
    agree(other(logits, target), loss(logits, target))
    half = loss(logits.bfloat16(), target.bfloat16())
    assert half.dtype == torch.float32


@every_loss
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_huge_logits_are_finite(loss, size):
    logits = torch.full((2, 3), size).requires_grad_()
    value = loss(logits, torch.tensor([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]))
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()


@every_loss
@pytest.mark.parametrize(
    ("logits", "target", "error", "message"),
    [
        (
            torch.zeros(2, 3),
            torch.zeros(2, 3).long(),
            InputTypeError,
            "target has type torch.int64",
        ),
        (torch.zeros(2, 3), [[0, 1, 1]], InputTypeError, "target has type list"),
        (torch.zeros(2, 3).long(), torch.zeros(2, 3), InputTypeError, "logits has type"),
        (
            torch.zeros(2, 3),
            torch.zeros(3),
            InputError,
            r"target has shape \(3,\), logits \(2, 3\)",
        ),
        (torch.zeros(()), torch.zeros(()), InputError, r"both must be \(N, C\)"),
        (torch.zeros(2, 3), torch.full((2, 3), 2.0), InputError, "target contains 2"),
        (torch.zeros(2, 3), torch.full((2, 3), -1.0), InputError, "target contains -1"),
        (torch.zeros(2, 3), torch.full((2, 3), torch.nan), InputError, "target contains nan"),
    ],
)
def test_a_malformed_batch_is_refused(loss, logits, target, error, message):
    with pytest.raises(error, match=message):
        loss(logits, target)


@pytest.mark.parametrize("name", [name for name in LOSSES if name not in ("plain", "focal")])
def test_logits_of_another_number_of_labels_are_refused(name):
    with pytest.raises(InputError, match=r"4 labels in dimension 1: \w+ is for 3"):
        LOSSES[name](torch.zeros(2, 4), torch.zeros(2, 4))


@pytest.mark.parametrize("make", [MultiLabelLogitAdjustedLoss, MultiLabelClassBalancedLoss])
@pytest.mark.parametrize("count", [0, -1, TOTAL, TOTAL + 1])
def test_a_label_that_all_or_none_have_is_refused(make, count):
    with pytest.raises(
        InputError, match=r"positive_counts\[1\] = .* examples with it and examples without"
    ):
        make([5, count], TOTAL)


# ---------------------------------------------------------------------------- one logit

COUNTS = (900, 100)
ONE = {
    "ce": MarginSoftmaxLoss,
    "la": lambda **o: LogitAdjustedLoss(COUNTS, **o),
    "class-balanced": lambda **o: ClassBalancedLoss(COUNTS, **o),
    "focal": lambda **o: FocalLoss(2.0, **o),
    "ldam": lambda **o: LDAMLoss(COUNTS, scale=5.0, **o),
    "gla": lambda **o: GLALoss(COUNTS, 0.5, **o),
}
every_build = pytest.mark.parametrize("build", ONE.values(), ids=ONE)
OPTIONS = [
    {"reduction": "none"},
    {"reduction": "sum"},
    {"reduction": "mean"},
    {"reduction": "mean", "normalize": "batch", "weight": (1.0, 3.0)},
    {"label_smoothing": 0.1},
]


@every_build
@pytest.mark.parametrize("options", OPTIONS)
def test_one_logit_is_two_logits_of_which_one_is_zero(build, options):
    logits, target = batch(9)
    one, two = OneLogitLoss(build(**options)), build(**options)
    wanted = two(two_logits(logits), target.long())
    for label in (target, target.long(), target.bool(), target.int()):
        agree(one(logits, label), wanted)
    agree(one(logits[:, None], target).squeeze(), wanted.squeeze())
    agree(one(logits, target[:, None]), wanted)
    z, other = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    one(z, target).sum().backward()
    two(two_logits(other), target.long()).sum().backward()
    agree(z.grad, other.grad)


@pytest.mark.parametrize(
    "build", [*ONE.values(), lambda **o: VSLoss(COUNTS, **o), lambda **o: CDTLoss(COUNTS, **o)]
)
def test_one_logit_is_its_halves(build):
    logits, target = batch(9)
    halves = torch.stack([-logits / 2, logits / 2], dim=1)
    agree(OneLogitLoss(build())(logits, target), build()(halves, target.long()))


@every_build
def test_the_labels_change_places_with_pos_label(build):
    """The logit that speaks for label 0 is minus the one that speaks for label 1."""
    logits, target = batch(9)
    one, zero = OneLogitLoss(build()), OneLogitLoss(build(), pos_label=0)
    for label in (target, target.long(), 0.2 + 0.6 * target):
        agree(zero(-logits, label), one(logits, label))


def test_counts_and_labels_keep_their_order_whatever_the_positive_label():
    logits, target = batch(9)
    swapped = OneLogitLoss(LogitAdjustedLoss(COUNTS[::-1]), pos_label=0)
    agree(swapped(logits, 1 - target), OneLogitLoss(LogitAdjustedLoss(COUNTS))(logits, target))


def test_without_counts_it_is_bce_with_logits_for_soft_targets_too():
    logits, target = batch(4, 1, 3)
    for t in (target, 0.3 + 0.4 * target):
        for reduction in ("none", "mean", "sum"):
            value = OneLogitLoss(MarginSoftmaxLoss(reduction=reduction))(logits, t)
            agree(value, binary_cross_entropy_with_logits(logits, t, reduction=reduction))


def test_class_weights_are_those_of_two_logits():
    logits, target = batch(9)
    weight = torch.tensor([1.0, 3.0], dtype=torch.float64)
    value = OneLogitLoss(MarginSoftmaxLoss(weight=weight))(logits, target)
    agree(value, cross_entropy(two_logits(logits), target.long(), weight))


def test_the_binary_form_of_vector_scaling_is_one_of_temperatures():
    """Kini et al. (NeurIPS 2021), eq. (2): log(1 + exp(iota_y - Delta_y s_y f)), s_y = -1 or 1."""
    logits, target = batch(9)
    scale = (np.array(COUNTS) / max(COUNTS)) ** 0.3
    log_prior = np.log(np.array(COUNTS) / sum(COUNTS))
    loss = OneLogitLoss(
        MarginSoftmaxLoss(temperature=1 / scale, offset=log_prior, reduction="none")
    )
    label = target.long()
    sign, own = 2 * target - 1, torch.tensor(scale)[label]
    iota = -sign * (log_prior[1] - log_prior[0])
    agree(loss(logits, target), torch.log1p(torch.exp(iota - own * sign * logits)))


def test_a_schedule_sets_the_constants_of_its_loss_and_they_are_saved():
    loss = OneLogitLoss(LogitAdjustedLoss(COUNTS))
    DeferredReweighting(COUNTS, 0).stage(0).configure(loss.criterion)
    fresh = OneLogitLoss(LogitAdjustedLoss(COUNTS))
    fresh.load_state_dict(loss.state_dict())
    logits, target = batch(5)
    agree(fresh(logits, target), loss(logits, target))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f(torch.zeros(3), torch.zeros(4)), InputError, r"target has shape \(4,\)"),
        (lambda f: f(torch.zeros(3, 2), torch.zeros(3)), InputError, "one logit for each target"),
        (lambda f: f(torch.zeros(3), torch.full((3,), 2.0)), InputError, "target contains 2"),
        (lambda f: f(torch.zeros(3), torch.full((3,), 2)), InputError, "target contains 2"),
        (lambda f: f([0.0], torch.zeros(1)), InputTypeError, "logits has type list"),
        (lambda f: f(torch.zeros(3).long(), torch.zeros(3)), InputTypeError, "logits has type"),
        (lambda f: OneLogitLoss(f.criterion, pos_label=2), InputError, "pos_label = 2"),
        (lambda f: OneLogitLoss(f.criterion, pos_label=True), InputError, "pos_label = True"),
        (lambda f: OneLogitLoss(COUNTS), InputTypeError, "criterion has type tuple"),
        (lambda f: OneLogitLoss(f.criterion, positive=1), InputTypeError, "did you mean pos_label"),
        (
            lambda f: OneLogitLoss(LogitAdjustedLoss((1, 2, 3)))(torch.zeros(3), torch.zeros(3)),
            InputError,
            r"class_counts of shape \(3,\) does not fit",
        ),
    ],
)
def test_a_malformed_call_of_one_logit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(OneLogitLoss(LogitAdjustedLoss(COUNTS)))


@every_build
def test_one_logit_compiles_and_maps(build):
    torch._dynamo.reset()
    loss, (logits, target) = OneLogitLoss(build()), batch(5)
    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    agree(compiled(logits, target), loss(logits, target))
    alone = torch.stack([loss(z, t) for z, t in zip(logits, target, strict=True)])
    agree(torch.func.vmap(loss)(logits, target), alone)
