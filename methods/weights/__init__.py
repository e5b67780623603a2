"""Where weights come from: class counts, difficulty, schedules over epochs, density ratios."""

from .deferred import DeferredWeights
from .density_ratio import DensityRatioWeights
from .difficulty import DifficultyWeights
from .protocol import Schedule, Stage, WeightSource
from .schedules import DeferredResampling, DeferredReweighting, TruncatedLogitAdjustment
from .static import (
    UniformWeights,
    difficulty_weights,
    effective_number_weights,
    inverse_frequency_weights,
    power_weights,
)

__all__ = [
    "DeferredResampling",
    "DeferredReweighting",
    "DeferredWeights",
    "DensityRatioWeights",
    "DifficultyWeights",
    "Schedule",
    "Stage",
    "TruncatedLogitAdjustment",
    "UniformWeights",
    "WeightSource",
    "difficulty_weights",
    "effective_number_weights",
    "inverse_frequency_weights",
    "power_weights",
]
