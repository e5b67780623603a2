"""Where weights come from: class counts, difficulty, schedules over epochs, density ratios."""

from ..protocols import Schedule, Stage, WeightSource
from .density_ratio import DensityRatioWeights
from .difficulty import DifficultyWeights
from .schedules import (
    DeferredResampling,
    DeferredReweighting,
    TruncatedLogitAdjustment,
    Unscheduled,
)
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
]
