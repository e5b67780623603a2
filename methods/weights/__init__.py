"""Where per-sample weights come from: fixed class weights, deferred ones, density ratios."""

from .deferred import DeferredWeights
from .density_ratio import DensityRatioWeights
from .protocol import WeightSource
from .static import UniformWeights, class_balanced_weights, inverse_frequency_weights

__all__ = [
    "DeferredWeights",
    "DensityRatioWeights",
    "UniformWeights",
    "WeightSource",
    "class_balanced_weights",
    "inverse_frequency_weights",
]
