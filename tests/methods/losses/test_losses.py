"""The losses as mathematics: golden values, special cases, invariances, bounds, gradients."""

import numpy as np
import pytest
import torch
from counterpoise.methods import (
    BalancedSoftmaxLoss,
    CDTLoss,
    ClassBalancedLoss,
    EqualizationLoss,
    FocalLoss,
    GCALoss,
    GLALoss,
    IMMAXLoss,
    LabelAwareSmoothingLoss,
    LADELoss,
    LDAMHingeLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    PairwiseMarginLoss,
    SeesawLoss,
    VSLoss,
    focal_link,
    margin_softmax_loss,
)
from counterpoise.theory.imbalance import class_prior, imbalance_factor
from counterpoise.theory.margins import ldam_margins
from counterpoise.theory.reweighting import effective_number_weights
from counterpoise.theory.vector_scaling import logit_adjustment_offset, vs_gradient_bound, vs_scale
from hypothesis import given, settings
from hypothesis import strategies as st
from loss_checks import OfUnitFeatures, gradient, same, tensors
from strategies import class_counts, labelled_logits
from torch.nn.functional import cross_entropy, log_softmax, softmax

COUNTS = (100, 20, 5)
LOGITS = torch.tensor([[2.0, -1.0, 0.3]], dtype=torch.float64).repeat(3, 1)
TARGETS = torch.arange(3)

GOLDEN = {
    "CE": (MarginSoftmaxLoss(reduction="none"), (0.2090207665, 3.2090207665, 1.9090207665)),
    "focal 0.5": (
        FocalLoss(0.5, reduction="none"),
        (0.0907789520, 3.1435365781, 1.7618664242),
    ),
    "focal 1": (FocalLoss(1.0, reduction="none"), (0.0394258344, 3.0793886785, 1.6260552798)),
    "focal 2": (FocalLoss(reduction="none"), (0.0074365645, 2.9549932280, 1.3850324832)),
    "CB .99": (
        ClassBalancedLoss(COUNTS, 0.99, reduction="none"),
        (0.0360027902, 1.9243893915, 4.2534390978),
    ),
    "CB .9999": (
        ClassBalancedLoss(COUNTS, reduction="none"),
        (0.0242245906, 1.8521408641, 4.4039913873),
    ),
    "LDAM": (LDAMLoss(COUNTS, reduction="none"), (0.0, 100.6066017178, 66.0)),
    "LDAM s=1": (
        LDAMLoss(COUNTS, scale=1.0, reduction="none"),
        (0.2581063507, 3.5504707674, 2.3489286919),
    ),
    "LA": (
        LogitAdjustedLoss(COUNTS, reduction="none"),
        (0.0189116323, 4.6283495448, 4.7146439059),
    ),
    "balanced softmax": (
        BalancedSoftmaxLoss(COUNTS, reduction="none"),
        (0.0189116323, 4.6283495448, 4.7146439059),
    ),
    "LA .5": (
        LogitAdjustedLoss(COUNTS, 0.5, reduction="none"),
        (0.0612030255, 3.8659219817, 3.2590691623),
    ),
    "VS": (VSLoss(COUNTS, reduction="none"), (0.0220056665, 4.2484774417, 4.8956107806)),
    "VS .2 1.2": (
        VSLoss(COUNTS, 0.2, 1.2, reduction="none"),
        (0.0137905573, 4.6698957159, 5.4438852041),
    ),
    "CDT": (CDTLoss(COUNTS, reduction="none"), (0.2037031341, 2.8207369968, 2.0815759747)),
    "LDAM hinge": (LDAMHingeLoss(COUNTS, reduction="none"), (0.0, 3.3535533906, 2.2)),
    "GLA": (
        GLALoss(COUNTS, 0.5, reduction="none"),
        (0.0024437055, 1.9108569888, 1.9573107306),
    ),
    "GCA": (
        GCALoss(COUNTS, 0.5, reduction="none"),
        (0.2480863888, 9.9876507765, 30.7499699426),
    ),
    "SEQL": (
        EqualizationLoss(COUNTS, 0.1, 1.0, reduction="none"),
        (0.0485873516, 3.0485873516, 1.9090207665),
    ),
    "Seesaw": (
        SeesawLoss(3, class_counts=COUNTS, reduction="none"),
        (0.0299159163, 9.0021323111, 5.1077283630),
    ),
    "Seesaw q=0": (
        SeesawLoss(3, q=0.0, class_counts=COUNTS, reduction="none"),
        (0.0299159163, 3.1044052009, 1.9090207665),
    ),
    "LAS, code": (
        LabelAwareSmoothingLoss(COUNTS, 0.4, 0.1, form="official", reduction="none"),
        (0.8356874332, 2.9601286737, 1.8956874332),
    ),
    "LAS, paper": (
        LabelAwareSmoothingLoss(COUNTS, 0.4, 0.1, reduction="none"),
        (1.1490207665, 2.8356826273, 1.8890207665),
    ),
    "sigmoid": (
        ClassBalancedLoss((1, 1, 1), base="sigmoid", reduction="none"),
        (1.2945449430, 4.2945449430, 2.9945449430),
    ),
    "sigmoid focal": (
        ClassBalancedLoss((1, 1, 1), base="focal", gamma=1.0, reduction="none"),
        (0.5901572102, 3.3242411767, 2.1935510433),
    ),
}

quick = settings(max_examples=15)  # for each of many parameters


# A loss per example, built from class counts.
FAMILY = {
    "ce": lambda n: MarginSoftmaxLoss(reduction="none"),
    "la": lambda n: LogitAdjustedLoss(n, reduction="none"),
    "ldam": lambda n: LDAMLoss(n, scale=2.0, reduction="none"),
    "vs": lambda n: VSLoss(n, reduction="none"),
    "cdt": lambda n: CDTLoss(n, reduction="none"),
    "focal": lambda n: FocalLoss(reduction="none"),
    "class-balanced": lambda n: ClassBalancedLoss(n, reduction="none"),
    "hinge": lambda n: LDAMHingeLoss(n, reduction="none"),
    "gla": lambda n: GLALoss(n, 0.5, reduction="none"),
    "gca": lambda n: GCALoss(n, 0.5, (n / n.max()) ** 0.1, reduction="none"),
    "immax": lambda n: IMMAXLoss(n, reduction="none"),
    "smoothing": lambda n: LabelAwareSmoothingLoss(n, 0.4, 0.1, reduction="none"),
    "equalization": lambda n: EqualizationLoss(n, 0.2, 1.0, reduction="none"),
    "seesaw": lambda n: SeesawLoss(len(n), class_counts=n, reduction="none"),
    "seesaw-mitigation": lambda n: SeesawLoss(len(n), q=0.0, class_counts=n, reduction="none"),
    "pairwise": lambda n: PairwiseMarginLoss(1 / n, np.log(n / n[:, None]), reduction="none"),
    "influence": lambda n: OfUnitFeatures(weight=1 / n, reduction="none"),
}
SCALED = ("vs", "cdt")  # invariant along the inverse scale, not along ones
SHIFTED = [name for name in FAMILY if name not in SCALED]
CONVEX = [
    *("ce", "la", "ldam", "vs", "cdt", "class-balanced", "hinge", "immax", "smoothing"),
    *("equalization", "seesaw-mitigation", "pairwise"),
]


@pytest.mark.parametrize(("loss", "expected"), GOLDEN.values(), ids=GOLDEN.keys())
def test_golden_values(loss, expected):
    same(loss(LOGITS, TARGETS), torch.tensor(expected, dtype=torch.float64))


@pytest.mark.parametrize(
    "collapsed",
    [
        lambda n: LogitAdjustedLoss(n, tau=0.0, reduction="none"),
        lambda n: VSLoss(n, gamma=0.0, tau=0.0, reduction="none"),
        lambda n: CDTLoss(n, gamma=0.0, reduction="none"),
        lambda n: LDAMLoss(n, max_margin=0.0, scale=1.0, reduction="none"),
        lambda n: FocalLoss(gamma=0.0, reduction="none"),
        lambda n: ClassBalancedLoss(n, beta=0.0, reduction="none"),
        lambda n: LogitAdjustedLoss(np.full_like(n, 7), reduction="none"),
        lambda n: VSLoss(np.full_like(n, 7), reduction="none"),
        lambda n: ClassBalancedLoss(np.full_like(n, 7), reduction="none"),
        lambda n: GLALoss(np.full_like(n, 7), 0.0, reduction="none"),
        lambda n: IMMAXLoss(np.full_like(n, 7), reduction="none"),
        lambda n: LabelAwareSmoothingLoss(n, 0.0, 0.0, reduction="none"),
        lambda n: EqualizationLoss(n, gamma=0.0, reduction="none"),
        lambda n: EqualizationLoss(n, threshold=0.0, reduction="none"),
        lambda n: SeesawLoss(len(n), 0.0, 0.0, class_counts=n, reduction="none"),
        lambda n: SeesawLoss(len(n), 0.8, 0.0, class_counts=np.full_like(n, 7), reduction="none"),
        lambda n: PairwiseMarginLoss(None, 5 * np.eye(len(n)), reduction="none"),
        lambda n: LADELoss(np.full_like(n, 7), alpha=0.0, reduction="none"),
    ],
    ids=[
        *(
            "la",
            "vs",
            "cdt",
            "ldam",
            "focal",
            "cb",
            "la-equal",
            "vs-equal",
            "cb-equal",
            "gla-equal",
        ),
        *("immax-equal", "las", "seql-gamma", "seql-threshold", "seesaw", "seesaw-equal"),
        *("pairwise", "lade-equal"),
    ],
)
@quick
@given(problem=labelled_logits())
def test_collapses_to_cross_entropy(collapsed, problem):
    counts, logits, targets = tensors(problem)
    same(collapsed(counts)(logits, targets), cross_entropy(logits, targets, reduction="none"))


@given(problem=labelled_logits(), tau=st.floats(-2, 2))
def test_vs_without_scaling_is_logit_adjustment(problem, tau):
    counts, logits, targets = tensors(problem)
    vs, la = VSLoss(counts, 0.0, tau), LogitAdjustedLoss(counts, tau)
    same(vs(logits, targets), la(logits, targets))


@given(problem=labelled_logits(), gamma=st.floats(0, 1))
def test_vs_without_offset_is_cdt(problem, gamma):
    counts, logits, targets = tensors(problem)
    same(VSLoss(counts, gamma, 0.0)(logits, targets), CDTLoss(counts, gamma)(logits, targets))


@given(problem=labelled_logits())
def test_balanced_softmax_adds_log_counts(problem):
    counts, logits, targets = tensors(problem)
    expected = cross_entropy(logits + torch.from_numpy(np.log(counts)), targets)
    same(BalancedSoftmaxLoss(counts)(logits, targets), expected)


@given(problem=labelled_logits(size=1.0), scale=st.floats(0.1, 50))
def test_ldam_with_zero_margin_is_scaled_cross_entropy(problem, scale):
    counts, logits, targets = tensors(problem)
    ldam = LDAMLoss(counts, max_margin=0.0, scale=scale)
    same(ldam(logits, targets), cross_entropy(scale * logits, targets))


@given(problem=labelled_logits(size=1.0), scale=st.floats(0.1, 50))
def test_ldam_is_the_repository_form(problem, scale):
    counts, logits, targets = tensors(problem)
    margins = torch.from_numpy(ldam_margins(counts, 0.5))
    one_hot = torch.nn.functional.one_hot(targets, counts.size)
    expected = cross_entropy(scale * (logits - margins * one_hot), targets)
    same(LDAMLoss(counts, scale=scale)(logits, targets), expected)


@given(problem=labelled_logits())
def test_pairwise_offset_with_equal_rows_is_a_vector_offset(problem):
    counts, logits, targets = tensors(problem)
    offset = torch.from_numpy(logit_adjustment_offset(counts))
    pairwise = margin_softmax_loss(
        logits, targets, offset=offset.expand(len(offset), -1), reduction="none"
    )
    same(pairwise, margin_softmax_loss(logits, targets, offset=offset, reduction="none"))


def test_pairwise_offset_uses_the_row_of_the_target():
    offset = torch.randn(3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    loss = margin_softmax_loss(LOGITS, TARGETS, offset=offset, reduction="none")
    same(loss, cross_entropy(LOGITS + offset, TARGETS, reduction="none"))


@given(problem=labelled_logits())
def test_class_balanced_mean_is_torchs_weighted_mean(problem):
    counts, logits, targets = tensors(problem)
    weight = torch.from_numpy(effective_number_weights(counts, 0.9999))
    expected = cross_entropy(logits, targets, weight=weight)
    same(ClassBalancedLoss(counts)(logits, targets), expected)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@quick
@given(problem=labelled_logits())
def test_a_link_reduces_and_weighs_like_cross_entropy(reduction, problem):
    counts, logits, targets = tensors(problem)
    weight = 1.0 / torch.from_numpy(counts).double()
    kwargs = {"weight": weight, "reduction": reduction, "ignore_index": 0}
    if reduction == "mean" and (targets == 0).all():
        return
    linked = margin_softmax_loss(logits, targets, link=torch.neg, **kwargs)
    same(linked, cross_entropy(logits, targets, **kwargs))


@pytest.mark.parametrize("name", SHIFTED)
@quick
@given(problem=labelled_logits(), shift=st.floats(-50, 50))
def test_a_common_shift_of_the_logits_changes_nothing(name, problem, shift):
    counts, logits, targets = tensors(problem)
    loss = FAMILY[name](counts)
    same(loss(logits + shift, targets), loss(logits, targets), 1e-8)


@pytest.mark.parametrize("name", ["vs", "cdt"])
@quick
@given(problem=labelled_logits(), shift=st.floats(-5, 5))
def test_a_shift_along_the_inverse_scale_changes_nothing_in_vs(name, problem, shift):
    counts, logits, targets = tensors(problem)
    loss = FAMILY[name](counts)
    along = torch.from_numpy(shift / vs_scale(counts))
    same(loss(logits + along, targets), loss(logits, targets), 1e-8)


COUNTED = ["la", "ldam", "vs", "cdt", "hinge", "gla", "gca", "immax", "smoothing", "equalization"]


@pytest.mark.parametrize("name", [*COUNTED, "seesaw"])
@quick
@given(problem=labelled_logits(), factor=st.integers(2, 1000))
def test_the_scale_of_the_counts_changes_nothing(name, problem, factor):
    counts, logits, targets = tensors(problem)
    larger = FAMILY[name](counts * factor)
    same(larger(logits, targets), FAMILY[name](counts)(logits, targets))


@pytest.mark.parametrize("name", FAMILY)
@quick
@given(problem=labelled_logits(), data=st.data())
def test_relabelling_the_classes_changes_nothing(name, problem, data):
    counts, logits, targets = tensors(problem)
    order = np.array(data.draw(st.permutations(range(counts.size))))
    place = torch.from_numpy(np.argsort(order))
    moved = FAMILY[name](counts[order])(logits[:, order], place[targets])
    same(moved, FAMILY[name](counts)(logits, targets))


@given(problem=labelled_logits(), tau=st.floats(0, 2))
def test_logit_adjustment_stays_within_its_distance_of_cross_entropy(problem, tau):
    counts, logits, targets = tensors(problem)
    adjusted = LogitAdjustedLoss(counts, tau, reduction="none")(logits, targets)
    distance = (adjusted - cross_entropy(logits, targets, reduction="none")).abs().max()
    assert distance <= tau * np.log(imbalance_factor(counts)) + 1e-9


@given(problem=labelled_logits(size=1.0), scale=st.floats(0.1, 50))
def test_the_margin_costs_between_nothing_and_scale_times_margin(problem, scale):
    counts, logits, targets = tensors(problem)
    cost = LDAMLoss(counts, scale=scale, reduction="none")(logits, targets)
    cost = cost - cross_entropy(scale * logits, targets, reduction="none")
    most = scale * torch.from_numpy(ldam_margins(counts, 0.5))[targets]
    assert (cost >= -1e-9).all()
    assert (cost <= most + 1e-9).all()


@given(problem=labelled_logits(), gamma=st.floats(0, 5))
def test_focal_is_at_most_cross_entropy(problem, gamma):
    _, logits, targets = tensors(problem)
    focal = FocalLoss(gamma, reduction="none")(logits, targets)
    assert (focal <= cross_entropy(logits, targets, reduction="none") + 1e-12).all()


@given(problem=labelled_logits(), gamma=st.floats(0, 1), tau=st.floats(-2, 2))
def test_the_gradient_of_vs_is_scale_times_probability_minus_target(problem, gamma, tau):
    counts, logits, targets = tensors(problem)
    scale = torch.from_numpy(vs_scale(counts, gamma))
    offset = torch.from_numpy(logit_adjustment_offset(counts, tau))
    one_hot = torch.nn.functional.one_hot(targets, counts.size)
    expected = scale * (softmax(scale * logits + offset, dim=1) - one_hot)
    same(gradient(VSLoss(counts, gamma, tau, reduction="sum"), logits, targets), expected)


@given(problem=labelled_logits(), gamma=st.floats(0, 4))
def test_the_gradient_of_focal_is_the_papers(problem, gamma):
    _, logits, targets = tensors(problem)
    log_p = log_softmax(logits, dim=1)
    own = log_p.gather(1, targets[:, None])
    miss = -torch.expm1(own)
    slope = gamma * own.exp() * own * miss.clamp(min=1e-300) ** (gamma - 1) - miss**gamma
    expected = slope * (torch.nn.functional.one_hot(targets, log_p.shape[1]) - log_p.exp())
    expected = torch.where(miss > 0, expected, 0.0)
    same(gradient(FocalLoss(gamma, reduction="sum"), logits, targets), expected, 1e-8)


@pytest.mark.parametrize("name", SHIFTED)
@quick
@given(problem=labelled_logits())
def test_gradient_rows_sum_to_zero(name, problem):
    counts, logits, targets = tensors(problem)
    rows = gradient(FAMILY[name](counts), logits, targets)
    same(rows.sum(dim=1), torch.zeros(len(rows), dtype=torch.float64))


@pytest.mark.parametrize("name", ["ce", "la", "vs", "cdt"])
@quick
@given(problem=labelled_logits())
def test_gradient_norms_keep_to_the_bound_of_the_theory(name, problem):
    counts, logits, targets = tensors(problem)
    loss = FAMILY[name](counts)
    norms = gradient(loss, logits, targets).norm(dim=1)
    scale = np.ones(counts.size) if loss.scale is None else loss.scale.numpy()
    probability = torch.exp(-loss(logits, targets))
    for norm, target, p in zip(norms, targets, probability, strict=True):
        assert norm <= vs_gradient_bound(scale, int(target), p.clamp(max=1.0).item()) + 1e-9


@pytest.mark.parametrize("name", CONVEX)
@quick
@given(problem=labelled_logits(), data=st.data())
def test_convex_in_the_logits(name, problem, data):
    counts, logits, targets = tensors(problem)
    seed = data.draw(st.integers(0, 2**31))
    other = logits + torch.randn(
        logits.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )
    loss = FAMILY[name](counts)
    chord = (loss(logits, targets) + loss(other, targets)) / 2
    assert (loss((logits + other) / 2, targets) <= chord + 1e-9).all()


@given(counts=class_counts())
def test_logit_adjustment_is_lowest_where_the_plain_softmax_is_the_balanced_posterior(counts):
    prior = torch.from_numpy(class_prior(counts))
    posterior = torch.linspace(1, 2, len(prior), dtype=torch.float64)
    posterior = posterior / posterior.sum()
    every = torch.arange(len(prior))
    loss = LogitAdjustedLoss(counts, reduction="none")

    def risk(logits):
        return (posterior * loss(logits.expand(len(prior), -1), every)).sum()

    logits = torch.log(posterior / prior).requires_grad_()
    (slope,) = torch.autograd.grad(risk(logits), logits)
    same(slope, torch.zeros_like(slope))


@pytest.mark.parametrize("gamma", [0.0, 0.01, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_focal_link_has_a_finite_gradient_at_certainty(gamma, dtype):
    log_p = torch.tensor([0.0, -1e-30, -1e-8, -1.0, -1e4], dtype=dtype, requires_grad=True)
    (slope,) = torch.autograd.grad(focal_link(gamma)(log_p).sum(), log_p)
    assert slope.isfinite().all()
