"""The methods a recipe can name: which loss, which head, which weights.

Each entry is one row of the field's tables under one loop and one optimiser; the constants are the
papers', unless said. Checked by: each trains, and reduces to cross-entropy where it must.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from torch import nn

from ..losses import (
    BalancedSoftmaxLoss,
    CDTLoss,
    FocalLoss,
    InfluenceBalancedLoss,
    LabelAwareSmoothingLoss,
    LDAMHingeLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    VSLoss,
)
from ..protocols import Schedule, WeightSource
from ..weights import (
    DeferredResampling,
    DeferredReweighting,
    DensityRatioWeights,
    DifficultyWeights,
    TruncatedLogitAdjustment,
    UniformWeights,
    Unscheduled,
    inverse_frequency_weights,
)

__all__ = ["METHODS", "Method"]

Criterion = Callable[[ArrayLike], nn.Module]
Plan = Callable[[ArrayLike, int], Schedule]
Source = Callable[[ArrayLike, int, int], WeightSource]


@dataclass(frozen=True)
class Method:
    """How one method is built.

    ``criterion`` takes the class counts and returns a loss per example, a `Criterion`. ``schedule``
    takes the class counts and the epoch at which its second stage begins; ``source`` of weights per
    example takes the number of features between the two. ``needs_validation``: whether they learn from
    accuracies on a validation split.
    """

    title: str
    criterion: Criterion
    head: str = "linear"
    schedule: Plan = lambda class_counts, start: Unscheduled()
    source: Source = lambda class_counts, num_features, start: UniformWeights()
    optimizer: str = "sgd"
    needs_validation: bool = False


def _cross_entropy(class_counts: ArrayLike) -> MarginSoftmaxLoss:
    return MarginSoftmaxLoss(reduction="none")


METHODS: dict[str, Method] = {
    "ce": Method("Cross-entropy", _cross_entropy),
    "la": Method("Logit adjustment", lambda n: LogitAdjustedLoss(n, reduction="none")),
    "ldam-drw": Method(
        "LDAM with deferred re-weighting",
        lambda n: LDAMLoss(n, reduction="none"),
        head="cosine",
        schedule=DeferredReweighting,
    ),
    # gamma is that of the scripts of Wang et al. (NeurIPS 2023) for 100 classes. The loss does not
    # identify the largest plain logit: at its default, 0.3, rare classes are over-predicted here.
    "vs": Method("Vector scaling", lambda n: VSLoss(n, gamma=0.05, reduction="none")),
    # begins with the scales and the offsets of its schedule, which drops the scales later
    "tla-adrw": Method(
        "Truncated logit adjustment with power weights",
        lambda n: VSLoss(n, reduction="none"),
        schedule=TruncatedLogitAdjustment,
    ),
    "drs": Method(
        "Deferred re-sampling",
        _cross_entropy,
        schedule=lambda n, start: DeferredResampling(start),
    ),
    "class-balanced": Method(
        "Class-balanced weights",
        _cross_entropy,
        schedule=lambda n, start: DeferredReweighting(n, 0),
    ),
    "density-ratio": Method(
        "Density-ratio weights",
        _cross_entropy,
        source=lambda n, num_features, start: DensityRatioWeights(n, num_features, start=start),
    ),
    "balanced-softmax": Method(
        "Balanced softmax", lambda n: BalancedSoftmaxLoss(n, reduction="none")
    ),
    "cdt": Method("Class-dependent temperatures", lambda n: CDTLoss(n, reduction="none")),
    "focal": Method("Focal loss", lambda n: FocalLoss(reduction="none")),
    "cdb": Method(
        "Class-wise difficulty-balanced weights",
        _cross_entropy,
        source=lambda n, num_features, start: DifficultyWeights(np.size(n)),
        needs_validation=True,
    ),
    "ldam-hinge": Method("LDAM's hinge", lambda n: LDAMHingeLoss(n, reduction="none")),
    # head and tail are the paper's for CIFAR-10-LT of factor 100
    "label-aware-smoothing": Method(
        "Label-aware smoothing", lambda n: LabelAwareSmoothingLoss(n, 0.3, 0.0, reduction="none")
    ),
    # from the first epoch; the authors train with plain cross-entropy until half way
    "influence-balanced": Method(
        "Influence-balanced loss",
        lambda n: InfluenceBalancedLoss(weight=inverse_frequency_weights(n), reduction="none"),
    ),
}
