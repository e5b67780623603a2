"""Arguments that a loss or a source of weights does not have, and values it is not defined for."""

import inspect
from functools import partial

import numpy as np
import pytest
import torch
from counterpoise import methods
from counterpoise.methods import (
    BalancedContrastiveLoss,
    BalancedSoftmaxLoss,
    BalPoELoss,
    CDTLoss,
    ClassBalancedLoss,
    CVSLoss,
    DeferredInfluence,
    DeferredResampling,
    DeferredReweighting,
    DensityRatioWeights,
    DifficultyWeights,
    EqualizationLoss,
    FocalLoss,
    GCALoss,
    GLALoss,
    IMMAXLoss,
    InfluenceBalancedLoss,
    KCLLoss,
    LabelAwareSmoothingLoss,
    LADELoss,
    LDAMHingeLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    MetaSampler,
    MetaWeights,
    MultiLabelClassBalancedLoss,
    MultiLabelFocalLoss,
    MultiLabelLogitAdjustedLoss,
    MultiLabelLoss,
    OneLogitLoss,
    PaCoLoss,
    PairwiseMarginLoss,
    ProCoLoss,
    ProgressiveSampling,
    RebalancedLoss,
    RIDELoss,
    SADELoss,
    SeesawLoss,
    TruncatedLogitAdjustment,
    VSLoss,
    losses,
    meta_gradient,
    power_weights,
    straight_through,
    weights,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from loss_checks import BUILD, COUNTS
from torch import nn

LOSSES = [getattr(losses, name) for name in losses.__all__ if name.endswith("Loss")]
SOURCES = [
    getattr(weights, name)
    for name in weights.__all__
    if name not in ("UniformWeights", "Unscheduled")
]


@pytest.mark.parametrize("made", [*LOSSES, *SOURCES], ids=lambda made: made.__name__)
@pytest.mark.parametrize("wrong", ["zzz", "s_", "cls_num_lists"])
def test_an_unknown_keyword_names_what_was_called(made, wrong):
    with pytest.raises(
        InputTypeError, match=rf"^{made.__name__} takes no argument '{wrong}'; "
    ) as error:
        made(**{wrong: 1})
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("made", [*LOSSES, *SOURCES], ids=lambda made: made.__name__)
def test_a_misspelt_keyword_is_answered_with_the_one_meant(made):
    for name in inspect.signature(made).parameters:
        if name != "options" and len(name) > 2:
            with pytest.raises(InputTypeError, match=rf"did you mean (\w+ or )*{name}\b"):
                made(**{name[:-1] + "_" + name[-1]: 1})


OF_CLASSES = [made for made in LOSSES if not made.__name__.startswith(("MultiLabel", "OneLogit"))]


@pytest.mark.parametrize("made", OF_CLASSES, ids=lambda made: made.__name__)
@pytest.mark.parametrize("given", ["weigth", "reductions", "ignore_idx", "normalise"])
def test_the_options_of_all_losses_are_near_matches_too(made, given):
    with pytest.raises(
        InputTypeError, match=r"did you mean (weight|reduction|ignore_index|normalize)"
    ):
        made(**{given: 1})


@pytest.mark.parametrize("made", [*LOSSES, *SOURCES], ids=lambda made: made.__name__)
def test_too_many_positions_and_arguments_left_out_name_what_was_called(made):
    places = [p for p in inspect.signature(made).parameters.values() if p.kind in (0, 1)]
    with pytest.raises(InputTypeError, match=rf"^{made.__name__} takes .* by (position|name)"):
        made(*range(len(places) + 1))
    required = [p.name for p in places if p.default is p.empty]
    if required:
        with pytest.raises(InputTypeError, match=rf"^{made.__name__} needs {required[0]}"):
            made()
        with pytest.raises(
            InputTypeError, match=rf"^{made.__name__} was given '{required[0]}' twice"
        ):
            made(*range(len(places)), **{required[0]: 1})


@pytest.mark.parametrize(
    ("made", "theirs", "ours"),
    [
        (LDAMLoss, "s", "scale"),
        (LDAMLoss, "max_m", "max_margin"),
        (LDAMHingeLoss, "max_m", "max_margin"),
        *((made, "cls_num_list", "class_counts") for made in (LDAMLoss, VSLoss, CDTLoss, GLALoss)),
        *((made, "samples_per_cls", "class_counts") for made in (ClassBalancedLoss, LADELoss)),
        *((made, "img_num_per_cls", "class_counts") for made in (LogitAdjustedLoss, IMMAXLoss)),
        (BalancedSoftmaxLoss, "freq", "class_counts"),
        (ClassBalancedLoss, "loss_type", "base"),
        (FocalLoss, "alpha", "weight"),
        (LogitAdjustedLoss, "tro", "tau"),
        (LabelAwareSmoothingLoss, "smooth_head", "head"),
        (SeesawLoss, "no_of_classes", "num_classes"),
        (SeesawLoss, "eps", "epsilon"),
        (EqualizationLoss, "lambda_", "threshold"),
        (LADELoss, "estim_loss_weight", "alpha"),
        (MarginSoftmaxLoss, "class_weight", "weight"),
        (DeferredReweighting, "drw_epoch", "start"),
        (power_weights, "spc", "class_counts"),
    ],
)
def test_the_names_of_the_authors_scripts_are_hints(made, theirs, ours):
    with pytest.raises(InputTypeError, match=rf"no argument '{theirs}'; did you mean {ours}\?"):
        made(**{theirs: 1})


def test_a_subclass_is_called_by_its_own_name():
    class Mine(LDAMLoss):
        def __init__(self, class_counts, **kwargs):
            super().__init__(class_counts, **kwargs)

    assert Mine(COUNTS, scale=10.0).scale == 10
    with pytest.raises(InputTypeError, match=r"^Mine takes no argument 's'; did you mean scale"):
        Mine(COUNTS, s=10.0)


# ---------------------------------------------------------------------------- domains

NAN, INF = float("nan"), float("inf")
REAL = (NAN, INF, -INF)
POSITIVE = (*REAL, 0.0, -1.0)
NON_NEGATIVE = (*REAL, -0.1)
SHARE = (*NON_NEGATIVE, 1.1)
BELOW_ONE = (*SHARE, 1.0)
NO_COUNTS = ((), (0, 1, 2), (-1, 2, 3), (NAN, 1, 2), (INF, 1, 2), ((1, 2), (3, 4)), 5)

DOMAINS = [
    *(
        (made, "class_counts", NO_COUNTS)
        for made in (
            *(BalancedSoftmaxLoss, CDTLoss, CVSLoss, ClassBalancedLoss, EqualizationLoss),
            *(IMMAXLoss, LADELoss, LDAMHingeLoss, LDAMLoss, LogitAdjustedLoss),
            *(RebalancedLoss, VSLoss),
            *(BalPoELoss, SADELoss, RIDELoss, BalancedContrastiveLoss, PaCoLoss, ProCoLoss),
            KCLLoss,
            *(partial(GLALoss, q=0.5), partial(GCALoss, q=0.5), partial(SeesawLoss, 3)),
            partial(LabelAwareSmoothingLoss, head=0.3, tail=0.1),
            *(partial(DeferredReweighting, start=1), partial(TruncatedLogitAdjustment, start=1)),
            partial(DeferredInfluence, start=1),
            partial(DensityRatioWeights, num_features=2),
            *(getattr(methods, f"{kind}_weights") for kind in ("power", "inverse_frequency")),
            methods.effective_number_weights,
        )
    ),
    (partial(MarginSoftmaxLoss), "scale", (*POSITIVE, (1.0, 0.0), (1.0, NAN), 1e39, ())),
    (
        partial(MarginSoftmaxLoss),
        "temperature",
        ((1.0, 0.0), (1.0, -1.0), (1.0, INF), (1.0, NAN), ()),
    ),
    (partial(MarginSoftmaxLoss), "offset", ((1.0, -INF), (NAN, 0.0), (1e39, 0.0), ())),
    (partial(MarginSoftmaxLoss), "target_margin", ((1.0, INF), (NAN, 0.0), ())),
    (partial(MarginSoftmaxLoss), "weight", ((1.0, -1.0), (1.0, INF), (0.0, 0.0), ())),
    (partial(MarginSoftmaxLoss), "link", ("log", 1.0)),
    (partial(LDAMLoss, COUNTS), "scale", POSITIVE),
    (partial(LDAMLoss, COUNTS), "max_margin", NON_NEGATIVE),
    (partial(LDAMHingeLoss, COUNTS), "max_margin", NON_NEGATIVE),
    (partial(LogitAdjustedLoss, COUNTS), "tau", REAL),
    *((partial(BalPoELoss, COUNTS), name, REAL) for name in ("tau", "spread")),
    *((partial(made, COUNTS), "experts", (0, 1.5, NAN)) for made in (BalPoELoss, RIDELoss)),
    (partial(SADELoss, COUNTS), "tau", REAL),
    (partial(RIDELoss, COUNTS), "diversity", REAL),
    *((partial(RIDELoss, COUNTS), name, POSITIVE) for name in ("temperature", "scale")),
    (partial(RIDELoss, COUNTS), "max_margin", NON_NEGATIVE),
    (partial(BalancedContrastiveLoss, COUNTS), "contrast", NON_NEGATIVE),
    (partial(BalancedContrastiveLoss, COUNTS), "temperature", POSITIVE),
    (partial(BalancedContrastiveLoss, COUNTS), "balanced", ("no", None, 2)),
    *((partial(PaCoLoss, COUNTS), name, NON_NEGATIVE) for name in ("alpha", "gamma")),
    *((partial(made, COUNTS), "temperature", POSITIVE) for made in (KCLLoss, PaCoLoss, ProCoLoss)),
    *((partial(made, COUNTS), "contrast", NON_NEGATIVE) for made in (KCLLoss, ProCoLoss)),
    (partial(KCLLoss, COUNTS), "k", (-1, 1.5, NAN)),
    (partial(KCLLoss, COUNTS), "queue", (-1, 1.5, NAN)),
    (partial(KCLLoss, COUNTS), "width", (0, 1.5, NAN)),
    (partial(ProCoLoss, COUNTS), "momentum", BELOW_ONE),
    (partial(ProCoLoss, COUNTS), "width", (1, 1.5, NAN)),
    (partial(PaCoLoss, COUNTS), "queue", (-1, 1.5, NAN)),
    (partial(PaCoLoss, COUNTS), "width", (0, 1.5, NAN)),
    (partial(VSLoss, COUNTS), "tau", REAL),
    (partial(VSLoss, COUNTS), "gamma", NON_NEGATIVE),
    (partial(CDTLoss, COUNTS), "gamma", NON_NEGATIVE),
    (partial(CVSLoss, COUNTS), "factors", (*POSITIVE, (1.0, 0.0, 1.0), (1.0, 1.0))),
    (partial(CVSLoss, COUNTS), "tau", REAL),
    (partial(CVSLoss, COUNTS), "nu", REAL),
    (partial(FocalLoss), "gamma", NON_NEGATIVE),
    (partial(ClassBalancedLoss, COUNTS), "beta", BELOW_ONE),
    (partial(ClassBalancedLoss, COUNTS, base="focal"), "gamma", NON_NEGATIVE),
    (partial(ClassBalancedLoss, COUNTS), "gamma", NON_NEGATIVE),
    (partial(GLALoss, COUNTS), "q", (*REAL, 1.0, 2.0)),
    (partial(GCALoss, COUNTS), "q", REAL),
    (partial(GCALoss, COUNTS, 0.5), "rho", (*POSITIVE, (1.0, 0.0, 1.0))),
    (partial(IMMAXLoss, COUNTS), "mean_margin", POSITIVE),
    (partial(IMMAXLoss, COUNTS), "radii", (*POSITIVE, (1.0, 0.0, 1.0))),
    (partial(InfluenceBalancedLoss), "alpha", POSITIVE),
    (partial(InfluenceBalancedLoss), "epsilon", POSITIVE),
    (partial(InfluenceBalancedLoss), "detach_factor", ("no", None, 2)),
    (partial(LabelAwareSmoothingLoss, COUNTS, tail=0.0), "head", BELOW_ONE),
    (partial(LabelAwareSmoothingLoss, COUNTS, 0.3), "tail", BELOW_ONE),
    (partial(LADELoss, COUNTS), "remine_lambda", NON_NEGATIVE),
    (partial(LADELoss, COUNTS), "alpha", NON_NEGATIVE),
    (partial(EqualizationLoss, COUNTS), "threshold", SHARE),
    (partial(EqualizationLoss, COUNTS), "gamma", SHARE),
    (partial(EqualizationLoss, COUNTS), "generator", (0, np.random.default_rng(0))),
    (partial(KCLLoss, COUNTS), "generator", (0, np.random.default_rng(0))),
    (partial(RebalancedLoss, COUNTS), "generator", (0, np.random.default_rng(0))),
    (partial(SeesawLoss), "num_classes", (0, -1, 2.5, NAN, INF, (1, 2))),
    (partial(SeesawLoss, 3), "p", NON_NEGATIVE),
    (partial(SeesawLoss, 3), "q", NON_NEGATIVE),
    (partial(SeesawLoss, 3), "epsilon", (*POSITIVE, 1.1)),
    (partial(PairwiseMarginLoss, None), "delta", (INF * np.ones((2, 2)), np.ones(2), 1.0)),
    (partial(MultiLabelLoss), "gamma", NON_NEGATIVE),
    *(
        (partial(MultiLabelLoss), name, (*NON_NEGATIVE, (1.0, -1.0), ((1.0,),), ()))
        for name in ("positive_weight", "negative_weight")
    ),
    (partial(MultiLabelLoss), "offset", ((NAN, 1.0), (INF, 1.0), 1.0, ())),
    *(
        case
        for made in (MultiLabelLogitAdjustedLoss, MultiLabelClassBalancedLoss)
        for case in (
            (partial(made, num_examples=10), "positive_counts", (*NO_COUNTS, (5, 10))),
            (partial(made, (1, 2)), "num_examples", (*POSITIVE, 2)),
        )
    ),
    (partial(MultiLabelLogitAdjustedLoss, (1, 2), 9), "tau", REAL),
    (partial(MultiLabelClassBalancedLoss, (1, 2), 9), "beta", BELOW_ONE),
    (partial(MultiLabelClassBalancedLoss, (1, 2), 9), "gamma", NON_NEGATIVE),
    (partial(MultiLabelFocalLoss), "gamma", NON_NEGATIVE),
    (partial(MultiLabelFocalLoss), "alpha", (*SHARE, (0.5, 1.5))),
    (partial(OneLogitLoss), "criterion", (None, COUNTS, nn.BCEWithLogitsLoss())),
    (partial(OneLogitLoss, FocalLoss()), "pos_label", (2, -1, True, 0.5, NAN)),
    (partial(DeferredReweighting, COUNTS), "start", (-1, 1.5, NAN)),
    (partial(DeferredInfluence, COUNTS), "start", (-1, 1.5, NAN)),
    (partial(DeferredInfluence, COUNTS, 1), "class_weights", ([-1.0, 1.0, 1.0], [NAN, 1.0, 1.0])),
    (
        partial(DeferredReweighting, COUNTS, 1),
        "class_weights",
        ((1, 2), (1, -1, 1), (NAN, 1, 1), (0, 0, 0)),
    ),
    (partial(DeferredResampling), "start", (-1, 1.5, NAN)),
    (partial(DeferredResampling, 1), "exponent", REAL),
    (ProgressiveSampling, "epochs", (0, 1.5, NAN)),
    (partial(TruncatedLogitAdjustment, COUNTS), "start", (-1, 1.5, NAN)),
    *((partial(TruncatedLogitAdjustment, COUNTS, 1), name, REAL) for name in ("tau", "nu")),
    (partial(TruncatedLogitAdjustment, COUNTS, 1), "gamma", NON_NEGATIVE),
    (partial(DifficultyWeights), "num_classes", (0, 1.5, NAN)),
    (partial(DifficultyWeights, 3), "tau", (*NON_NEGATIVE, "fast")),
    (MetaWeights, "seed", (-1, 1.5, NAN)),
    (MetaWeights, "hidden", (0, 1.5, NAN)),
    (MetaWeights, "meta_batch", (0, 1.5, NAN)),
    (MetaWeights, "lr", NON_NEGATIVE),
    (MetaWeights, "weight_decay", NON_NEGATIVE),
    (MetaSampler, "class_counts", ([], [0, 0], [-1, 2])),
    (partial(MetaSampler, COUNTS), "meta_batch", (0, 1.5, NAN)),
    (partial(MetaSampler, COUNTS), "seed", (-1, 1.5, NAN)),
    (partial(MetaSampler, COUNTS), "lr", NON_NEGATIVE),
    (partial(MetaSampler, COUNTS), "power", NON_NEGATIVE),
    (partial(methods.power_weights, COUNTS), "nu", REAL),
    (partial(methods.effective_number_weights, COUNTS), "beta", BELOW_ONE),
]
OPTIONS = ("weight", "reduction", "normalize", "ignore_index", "label_smoothing", "class_accuracy")
CASES = [(made, name, value) for made, name, values in DOMAINS for value in values]


@pytest.mark.parametrize(("made", "name", "value"), CASES)
def test_a_value_outside_the_domain_is_refused_at_construction(made, name, value):
    with pytest.raises((InputError, InputTypeError)):
        made(**{name: value})


@pytest.mark.parametrize("build", BUILD.values(), ids=BUILD)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("weight", value)
            for value in ((1.0, -1.0, 1.0), (NAN, 1, 1), (INF, 1, 1), (0.0, 0, 0), "a")
        ),
        *(("label_smoothing", value) for value in (*BELOW_ONE, "a", (0.1, 0.2))),
        *(("reduction", value) for value in ("avg", None, 1)),
        *(("normalize", value) for value in ("classes", None, 1)),
    ],
)
def test_an_option_outside_its_domain_is_refused_by_every_loss(build, name, value):
    with pytest.raises((InputError, InputTypeError), match=name):
        build(**{name: value})


def test_every_number_of_every_loss_has_a_row_among_the_domains():
    swept = {(getattr(made, "func", made), name) for made, name, _ in DOMAINS}
    for made in (*LOSSES, *SOURCES):
        for name, parameter in inspect.signature(made).parameters.items():
            chosen = isinstance(parameter.default, str | bool) or name in ("options", "generator")
            shared = (
                name in ("weight", "reduction", "normalize", "ignore_index", "class_accuracy")
                or name == "label_smoothing"
            )
            # tested beside its estimator, or with functions to differentiate
            held = made in (DensityRatioWeights, meta_gradient, straight_through)
            assert chosen or shared or held or (made, name) in swept, (made, name)


def test_what_is_built_at_the_edge_of_the_domains_is_finite():
    logits, target = torch.randn(6, 3), torch.tensor([0, 1, 2, 0, 1, 2])
    for loss in (
        VSLoss(COUNTS, gamma=0.0),
        ClassBalancedLoss(COUNTS, beta=0.0),
        ClassBalancedLoss(COUNTS, beta=1 - 1e-12),
        LDAMLoss(COUNTS, max_margin=0.0, scale=1e-30),
        MarginSoftmaxLoss(temperature=(1e-30, 1.0, 1e30)),
        GLALoss(COUNTS, 1 - 1e-9),
        SeesawLoss(3, p=0.0, q=0.0, epsilon=1.0),
    ):
        assert isinstance(loss, nn.Module)
        assert loss(logits, target).isfinite()
