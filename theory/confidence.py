"""Intervals for means over seeds: Student's t.

Source: standard. Checked by: a table worked out by hand.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from .validation import as_real

__all__ = ["MeanInterval", "mean_interval"]


class MeanInterval(NamedTuple):
    """A mean and its interval; None where there are too few values to have one."""

    mean: float
    interval: tuple[float, float] | None


def mean_interval(values: ArrayLike, level: float = 0.95) -> MeanInterval:
    """Mean of independent numbers, shape (n,), with its two-sided t interval at ``level``."""
    level = float(as_real("level", level, low=0, high=1, low_open=True, high_open=True))
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.size == 0:
        return MeanInterval(float("nan"), None)
    mean = float(numbers.mean())
    if numbers.size == 1 or not np.isfinite(mean):
        return MeanInterval(mean, None)
    error = numbers.std(ddof=1) / np.sqrt(numbers.size)
    half = float(t.ppf(0.5 + 0.5 * level, numbers.size - 1) * error)
    return MeanInterval(mean, (mean - half, mean + half))
