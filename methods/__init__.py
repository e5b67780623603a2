"""What changes a training run: losses, weights, data, models, and the loop that joins them.

Losses are loaded with the package. The rest is named here too, and loaded when first named: some of it
needs scikit-learn or imbalanced-learn, which take a second each.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..theory.imbalance import class_counts
from .losses import (
    BalancedSoftmaxLoss,
    CDTLoss,
    ClassBalancedLoss,
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
    MarginSoftmaxLoss,
    PairwiseMarginLoss,
    SeesawLoss,
    VSLoss,
    comp_sum_link,
    focal_link,
    margin_softmax_loss,
)

if TYPE_CHECKING:
    from .local_clustering import (
        LocalClusteringClassifier,
    )
    from .models import (
        NormedLinear,
        SmallNet,
    )
    from .posthoc import (
        LearnedWeightScaling,
        LogitAdjustedClassifier,
        NearestClassMean,
        PlugInClassifier,
        PriorCorrectedClassifier,
        Threshold,
        ThresholdMovingClassifier,
        adjust_logits,
        adjust_probabilities,
        bbse_prior,
        cost_threshold,
        expected_f_beta_threshold,
        extract_features,
        f_beta_threshold,
        mlls_prior,
        plug_in_threshold,
        retrain_classifier,
        tau_normalized,
        threshold_moving_scores,
        train_head,
    )
    from .sampling import (
        ClassAwareSampler,
        ProgressivelyBalancedSampler,
        class_balanced_sampler,
        power_sampler,
        resample,
        smote,
        square_root_sampler,
    )
    from .weights import (
        DeferredResampling,
        DeferredReweighting,
        DensityRatioWeights,
        DifficultyWeights,
        Schedule,
        Stage,
        TruncatedLogitAdjustment,
        UniformWeights,
        Unscheduled,
        WeightSource,
        difficulty_weights,
        effective_number_weights,
        inverse_frequency_weights,
        power_weights,
    )

__all__ = [
    "BalancedSoftmaxLoss",
    "CDTLoss",
    "ClassAwareSampler",
    "ClassBalancedLoss",
    "DeferredResampling",
    "DeferredReweighting",
    "DensityRatioWeights",
    "DifficultyWeights",
    "EqualizationLoss",
    "FocalLoss",
    "GCALoss",
    "GLALoss",
    "IMMAXLoss",
    "InfluenceBalancedLoss",
    "LADELoss",
    "LDAMHingeLoss",
    "LDAMLoss",
    "LabelAwareSmoothingLoss",
    "LearnedWeightScaling",
    "LocalClusteringClassifier",
    "LogitAdjustedClassifier",
    "LogitAdjustedLoss",
    "MarginSoftmaxLoss",
    "NearestClassMean",
    "NormedLinear",
    "PairwiseMarginLoss",
    "PlugInClassifier",
    "PriorCorrectedClassifier",
    "ProgressivelyBalancedSampler",
    "Schedule",
    "SeesawLoss",
    "SmallNet",
    "Stage",
    "Threshold",
    "ThresholdMovingClassifier",
    "TruncatedLogitAdjustment",
    "UniformWeights",
    "Unscheduled",
    "VSLoss",
    "WeightSource",
    "adjust_logits",
    "adjust_probabilities",
    "bbse_prior",
    "class_balanced_sampler",
    "class_counts",
    "comp_sum_link",
    "cost_threshold",
    "difficulty_weights",
    "effective_number_weights",
    "expected_f_beta_threshold",
    "extract_features",
    "f_beta_threshold",
    "focal_link",
    "inverse_frequency_weights",
    "margin_softmax_loss",
    "mlls_prior",
    "plug_in_threshold",
    "power_sampler",
    "power_weights",
    "resample",
    "retrain_classifier",
    "smote",
    "square_root_sampler",
    "tau_normalized",
    "threshold_moving_scores",
    "train_head",
]

_LOADED_WHEN_NAMED = {
    "local_clustering": ("LocalClusteringClassifier",),
    "models": (
        "NormedLinear",
        "SmallNet",
    ),
    "posthoc": (
        "LearnedWeightScaling",
        "LogitAdjustedClassifier",
        "NearestClassMean",
        "PlugInClassifier",
        "PriorCorrectedClassifier",
        "Threshold",
        "ThresholdMovingClassifier",
        "adjust_logits",
        "adjust_probabilities",
        "bbse_prior",
        "cost_threshold",
        "expected_f_beta_threshold",
        "extract_features",
        "f_beta_threshold",
        "mlls_prior",
        "plug_in_threshold",
        "retrain_classifier",
        "tau_normalized",
        "threshold_moving_scores",
        "train_head",
    ),
    "sampling": (
        "ClassAwareSampler",
        "ProgressivelyBalancedSampler",
        "class_balanced_sampler",
        "power_sampler",
        "resample",
        "smote",
        "square_root_sampler",
    ),
    "weights": (
        "DeferredResampling",
        "DeferredReweighting",
        "DensityRatioWeights",
        "DifficultyWeights",
        "Schedule",
        "Stage",
        "TruncatedLogitAdjustment",
        "UniformWeights",
        "Unscheduled",
        "WeightSource",
        "difficulty_weights",
        "effective_number_weights",
        "inverse_frequency_weights",
        "power_weights",
    ),
}
_MODULE_OF = {name: module for module, names in _LOADED_WHEN_NAMED.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _MODULE_OF:
        return getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
