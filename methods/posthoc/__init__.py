"""After training: other thresholds, other priors, other heads.

The scikit-learn estimators load scikit-learn, which takes a second, so they are imported when named.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .adjustment import adjust_logits, adjust_probabilities, threshold_moving_scores
from .heads import (
    LearnedWeightScaling,
    NearestClassMean,
    extract_features,
    retrain_classifier,
    tau_normalized,
    train_head,
)
from .label_shift import bbse_prior, mlls_prior
from .thresholds import (
    Threshold,
    cost_threshold,
    expected_f_beta_threshold,
    f_beta_threshold,
    plug_in_threshold,
)

if TYPE_CHECKING:
    from .estimators import (
        LogitAdjustedClassifier,
        PlugInClassifier,
        PriorCorrectedClassifier,
        ThresholdMovingClassifier,
    )

__all__ = [
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
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(".estimators", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
