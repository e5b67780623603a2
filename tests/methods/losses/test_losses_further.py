"""The further losses as mathematics: what they are special cases of, bounds, gradients, optima."""

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    BalancedSoftmaxLoss,
    EqualizationLoss,
    FocalLoss,
    GCALoss,
    GLALoss,
    IMMAXLoss,
    InfluenceBalancedLoss,
    LabelAwareSmoothingLoss,
    LADELoss,
    LDAMHingeLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    PairwiseMarginLoss,
    SeesawLoss,
    comp_sum_link,
)
from counterpoise.theory.consistency import label_aware_smoothing
from counterpoise.theory.imbalance import class_prior
from counterpoise.theory.margins import immax_margins, ldam_hinge, ldam_margins
from counterpoise.theory.surrogates import gca_loss, gla_loss
from hypothesis import given, settings
from hypothesis import strategies as st
from loss_checks import OfUnitFeatures, gradient, same, tensors
from strategies import class_counts, labelled_logits
from torch.nn.functional import cross_entropy, softmax

COUNTS = (100, 20, 5)
LOGITS = torch.tensor([[2.0, -1.0, 0.3]], dtype=torch.float64).repeat(3, 1)
TARGETS = torch.arange(3)

quick = settings(max_examples=30)  # for each of many parameters

NOT_CONVEX = {
    "focal": FocalLoss(1.0),
    "gla": GLALoss((1, 1, 1), 0.5),
    "gca": GCALoss((1, 1, 1), 0.5),
    "influence": OfUnitFeatures(1.0),
}


@pytest.mark.parametrize("loss", NOT_CONVEX.values(), ids=NOT_CONVEX.keys())
def test_not_convex_in_the_logits(loss):
    generator = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(200, 1, 3, generator=generator, dtype=torch.float64)
    target = torch.zeros(1, dtype=torch.int64)
    curvature = torch.func.vmap(torch.func.hessian(lambda z: loss(z, target)))(logits)
    assert torch.linalg.eigvalsh(curvature.reshape(-1, 3, 3)).min() < -1e-3


@given(problem=labelled_logits(size=1.0), scale=st.floats(0.1, 100))
def test_ldam_over_its_scale_lies_between_the_hinge_and_log_classes_above(problem, scale):
    counts, logits, targets = tensors(problem)
    hinge = LDAMHingeLoss(counts, reduction="none")(logits, targets)
    soft = LDAMLoss(counts, scale=scale, reduction="none")(logits, targets) / scale
    assert (hinge <= soft + 1e-9).all()
    assert (soft <= hinge + np.log(counts.size) / scale + 1e-9).all()


@given(problem=labelled_logits())
def test_gla_at_zero_is_logit_adjustment(problem):
    counts, logits, targets = tensors(problem)
    same(GLALoss(counts, 0.0)(logits, targets), LogitAdjustedLoss(counts)(logits, targets))


@given(problem=labelled_logits())
def test_gca_at_zero_is_cross_entropy_over_the_prior(problem):
    counts, logits, targets = tensors(problem)
    inverse = torch.from_numpy(1 / class_prior(counts))[targets]
    expected = (inverse * cross_entropy(logits, targets, reduction="none")).mean()
    same(GCALoss(counts, 0.0)(logits, targets), expected)


@given(problem=labelled_logits(), mean=st.floats(0.2, 5))
def test_immax_is_gca_at_zero_without_its_weights(problem, mean):
    counts, logits, targets = tensors(problem)
    rho = immax_margins(counts, total=mean * counts.size)
    gca = GCALoss(counts, 0.0, rho, weight=class_prior(counts), reduction="none")
    same(IMMAXLoss(counts, mean, reduction="none")(logits, targets), gca(logits, targets))


@given(problem=labelled_logits(), q=st.floats(-0.5, 0.9))
def test_gla_and_gca_are_the_theorys(problem, q):
    counts, logits, targets = problem
    _, z, y = tensors(problem)
    prior = class_prior(counts)
    rho = prior**0.1
    gla = torch.from_numpy(gla_loss(logits, targets, prior, q))
    gca = torch.from_numpy(gca_loss(logits, targets, prior, q, rho))
    same(GLALoss(counts, q, reduction="none")(z, y), gla)
    same(GCALoss(counts, q, rho, reduction="none")(z, y), gca)


@given(problem=labelled_logits(size=1.0))
def test_the_hinge_is_the_theorys(problem):
    counts, logits, targets = tensors(problem)
    expected = ldam_hinge(problem[1], problem[2], ldam_margins(counts))
    same(LDAMHingeLoss(counts, reduction="none")(logits, targets), torch.from_numpy(expected))


@given(problem=labelled_logits(), q=st.floats(0.01, 0.99))
def test_gla_is_at_most_one_over_q(problem, q):
    counts, logits, targets = tensors(problem)
    assert (GLALoss(counts, q, reduction="none")(logits, targets) <= 1 / q).all()


@given(log_p=st.floats(-50, 0), q=st.floats(1e-6, 2))
def test_the_comp_sum_link_lies_below_the_logarithm_by_at_most_its_square(log_p, q):
    gap = -log_p - comp_sum_link(q)(torch.tensor(log_p, dtype=torch.float64)).item()
    assert -1e-12 <= gap <= q * log_p**2 / 2 + 1e-12
    assert comp_sum_link(0.0)(torch.tensor(log_p)) == -torch.tensor(log_p)


@given(problem=labelled_logits(), threshold=st.floats(0, 1))
def test_equalization_is_at_most_cross_entropy_and_spares_rare_negatives(problem, threshold):
    counts, logits, targets = tensors(problem)
    loss = EqualizationLoss(counts, threshold, 1.0, reduction="none")
    plain = cross_entropy(logits, targets, reduction="none")
    assert (loss(logits, targets) <= plain + 1e-12).all()
    rare = torch.from_numpy(class_prior(counts) < threshold)
    negatives = rare & (torch.arange(counts.size) != targets[:, None])
    assert (gradient(loss, logits, targets)[negatives] == 0).all()


def test_equalization_spares_the_given_share_of_examples():
    logits = torch.zeros(20_000, 2, requires_grad=True)
    generator = torch.Generator().manual_seed(0)
    loss = EqualizationLoss((99, 1), 0.5, 0.9, generator, reduction="sum")
    loss(logits, torch.zeros(20_000, dtype=torch.int64)).backward()
    assert abs((logits.grad[:, 1] == 0).double().mean() - 0.9) < 0.01


@given(problem=labelled_logits())
def test_seesaw_passes_no_gradient_through_its_factors(problem):
    counts, logits, targets = tensors(problem)
    n = torch.from_numpy(counts).double()
    score, own = softmax(logits, dim=1), targets[:, None]
    ratio = (n / n[own]).clamp(max=1) ** 0.8
    ratio = ratio * (score / score.gather(1, own).clamp(min=0.01)).clamp(min=1) ** 2
    ratio.scatter_(1, own, 1.0)
    one_hot = torch.nn.functional.one_hot(targets, counts.size)
    expected = softmax(logits + ratio.log(), dim=1) - one_hot
    loss = SeesawLoss(counts.size, class_counts=counts, reduction="sum")
    same(gradient(loss, logits, targets), expected)


@given(problem=labelled_logits())
def test_seesaw_without_compensation_is_a_pairwise_margin(problem):
    counts, logits, targets = tensors(problem)
    delta = np.minimum(0, 0.8 * np.log(counts / counts[:, None]))
    seesaw = SeesawLoss(counts.size, q=0.0, class_counts=counts)
    same(seesaw(logits, targets), PairwiseMarginLoss(None, delta)(logits, targets))


@given(problem=labelled_logits(), data=st.data())
def test_consistent_pairs_of_weight_and_margin_share_one_optimum(problem, data):
    """``alpha_y = d_y/pi_y``, ``delta = log(d_j/d_y)``: stationary where softmax ~ posterior/prior."""
    counts = problem[0]
    prior = class_prior(counts)
    K = counts.size
    d = np.array(data.draw(st.lists(st.floats(0.1, 10), min_size=K, max_size=K)))
    posterior = torch.linspace(1, 2, K, dtype=torch.float64)
    loss = PairwiseMarginLoss(d / prior, np.log(d / d[:, None]), reduction="none")
    logits = torch.log(posterior / torch.from_numpy(prior)).expand(K, -1).clone().requires_grad_()
    risk = posterior * loss(logits, torch.arange(K)) * torch.from_numpy(prior).min()
    (slope,) = torch.autograd.grad(risk.sum(), logits)
    same(slope.sum(dim=0), torch.zeros(K, dtype=torch.float64))


@given(problem=labelled_logits(), head=st.floats(0, 0.9), tail=st.floats(0, 0.9))
def test_smoothing_has_the_gradient_of_soft_labels_and_at_least_their_entropy(problem, head, tail):
    counts, logits, targets = tensors(problem)
    e = torch.from_numpy(label_aware_smoothing(counts, head, tail))[targets][:, None]
    one_hot = torch.nn.functional.one_hot(targets, counts.size)
    labels = (1 - e) * one_hot + e / (counts.size - 1) * (1 - one_hot)
    loss = LabelAwareSmoothingLoss(counts, head, tail, reduction="none")
    same(gradient(loss, logits, targets), softmax(logits, dim=1) - labels)
    entropy = -torch.xlogy(labels, labels).sum(dim=1)
    assert (loss(logits, targets) >= entropy - 1e-9).all()


@given(problem=labelled_logits(), head=st.floats(0, 0.9), tail=st.floats(0, 0.9))
def test_the_two_forms_of_smoothing_agree_at_matched_strength(problem, head, tail):
    counts, logits, targets = tensors(problem)
    share = (counts.size - 1) / counts.size
    official = LabelAwareSmoothingLoss(counts, head, tail, form="official")
    paper = LabelAwareSmoothingLoss(counts, head * share, tail * share)
    same(official(logits, targets), paper(logits, targets))


@given(problem=labelled_logits(), e=st.floats(0, 0.9))
def test_constant_official_smoothing_is_torchs(problem, e):
    counts, logits, targets = tensors(problem)
    loss = LabelAwareSmoothingLoss(counts, e, e, form="official")
    same(loss(logits, targets), cross_entropy(logits, targets, label_smoothing=e))


@given(counts=class_counts(), head=st.floats(0.5, 0.9), tail=st.floats(0, 0.5))
def test_smoothing_grows_with_the_count_between_its_ends_in_the_order_of_its_shapes(
    counts, head, tail
):
    shapes = ("convex", "linear", "concave")
    convex, linear, concave = (label_aware_smoothing(counts, head, tail, s) for s in shapes)
    assert (convex <= linear + 1e-12).all()
    assert (linear <= concave + 1e-12).all()
    for smoothing in (convex, linear, concave):
        assert (np.diff(smoothing[np.argsort(counts)]) >= -1e-12).all()
        assert smoothing[counts.argmax()] == pytest.approx(head, abs=1e-12)
        if counts.min() < counts.max():
            assert smoothing[counts.argmin()] == pytest.approx(tail, abs=1e-12)


def test_the_golden_vector_of_smoothing():
    counts = (5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50)
    expected = [0.3, 0.241412, 0.157844, 0.096049, 0.056308, 0.032021, 0.017317, 0.008472]
    smoothing = label_aware_smoothing(counts, 0.3, 0.0)
    np.testing.assert_allclose(smoothing, [*expected, 0.003142, 0], atol=1e-6)


def test_influence_has_the_golden_factors():
    features = torch.tensor([[-1.0, 0.75]], dtype=torch.float64).expand(3, -1)
    loss = InfluenceBalancedLoss(reduction="none")(LOGITS, TARGETS, features)
    factor = loss / cross_entropy(LOGITS, TARGETS, reduction="none")
    expected = torch.tensor([1512.4573949583, 297.6532891845, 335.3216926201])
    same(factor, expected.double(), 1e-7)  # the table was made in float64, the tensor is not


@given(problem=labelled_logits(size=5.0), alpha=st.floats(1, 1e4))
def test_influence_divides_by_the_norm_of_the_last_layers_gradient(problem, alpha):
    """Detached, every example moves the layer by about ``alpha w_y``; alpha scales linearly."""
    counts, logits, targets = tensors(problem)
    weight = torch.from_numpy(1 / class_prior(counts))
    features = torch.ones(len(targets), 4, dtype=torch.float64)
    options = {"weight": weight.numpy(), "detach_factor": True, "reduction": "none"}
    loss = InfluenceBalancedLoss(alpha, epsilon=1e-12, **options)
    for z, y, h in zip(logits, targets, features, strict=True):
        layer = torch.outer(z, h / 4).requires_grad_()
        (slope,) = torch.autograd.grad(loss(layer @ h, y, h), layer)
        assert slope.abs().sum().item() == pytest.approx(alpha * weight[y].item(), rel=1e-5)


@given(problem=labelled_logits())
def test_lade_without_its_estimate_is_balanced_softmax(problem):
    counts, logits, targets = tensors(problem)
    same(LADELoss(counts, alpha=0.0)(logits, targets), BalancedSoftmaxLoss(counts)(logits, targets))


@given(problem=labelled_logits())
def test_the_forms_of_lade_agree_on_equal_counts(problem):
    counts, logits, targets = tensors(problem)
    equal = np.full_like(counts, 7)
    paper, official = (
        LADELoss(equal, form=form)(logits, targets) for form in ("paper", "official")
    )
    same(paper, official)


@pytest.mark.parametrize("form", ["paper", "official"])
@quick
@given(problem=labelled_logits(), column=st.floats(-5, 5))
def test_the_square_in_lade_fixes_the_constant_of_each_logit(form, problem, column):
    """Without it, the estimate of classes in the batch does not change along a column."""
    counts, logits, _ = tensors(problem)
    every = torch.arange(counts.size)
    logits = logits[:1].expand(counts.size, -1).clone()
    moved = logits.clone()
    moved[:, 0] += column

    def estimate(strength, z):
        loss = LADELoss(counts, strength, 1.0, form)
        return loss(z, every) - BalancedSoftmaxLoss(counts)(z, every)

    same(estimate(0.0, moved), estimate(0.0, logits), 1e-8)
    if abs(column) > 0.1:
        assert abs(estimate(1.0, moved) - estimate(1.0, logits)) > 0


def test_lade_estimates_the_likelihood_ratio():
    """On a finite space, a batch that is the population, and lambda = 0: log p(x|c)/p(x) + constant."""
    counts = np.array([60, 30, 10])
    likelihood = np.array([[6, 3, 1], [3, 3, 4], [1, 2, 7]]) / 10  # of x given c
    copies = (counts[:, None] * likelihood * 10).round().astype(int)
    pairs = [(x, c) for c in range(3) for x in range(3) for _ in range(copies[c, x])]
    points, targets = (torch.tensor(column) for column in zip(*pairs, strict=True))
    table = torch.zeros(3, 3, dtype=torch.float64, requires_grad=True)
    loss = LADELoss(counts, 0.1, 1e6)  # the estimate decides
    optimiser = torch.optim.LBFGS([table], max_iter=500, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        value = loss(table[points], targets) / 1e6
        value.backward()
        return value

    optimiser.step(closure)
    uniform = likelihood.mean(axis=0)  # of x when classes are equal
    expected = torch.from_numpy(np.log(likelihood / uniform).T)
    same(table.detach(), expected, 1e-3)
