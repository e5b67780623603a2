"""Intervals for means over seeds (Student's t) and for probabilities (Clopper and Pearson).

Source: standard; Clopper and Pearson (Biometrika 1934). Checked by: a table worked out by hand, and the
binomial tails that define the second.
"""

from math import exp
from typing import NamedTuple

import numpy as np
from scipy.special import betainccinv, betaincinv

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real, as_whole
from .tail_bounds import binomial_probability, lower_tail, upper_tail

__all__ = ["MeanInterval", "clopper_pearson", "mean_interval"]


class MeanInterval(NamedTuple):
    """A mean and its interval; None where there are too few values to have one."""

    mean: float
    interval: tuple[float, float] | None


def mean_interval(values: ArrayLike, level: float = 0.95) -> MeanInterval:
    """Mean of independent numbers, shape (n,), with its two-sided t interval at ``level``."""
    level = as_number("level", level, low=0, high=1, low_open=True, high_open=True)
    numbers = as_real("values", values, finite=False)
    if numbers.ndim != 1:
        raise InputError(f"values has shape {numbers.shape}: must be (n,)")
    if numbers.size == 0:
        return MeanInterval(float("nan"), None)
    mean = float(numbers.mean())
    if numbers.size == 1 or not np.isfinite(mean):
        return MeanInterval(mean, None)
    spread = (numbers - numbers[0]).std(ddof=1)  # exactly none for equal numbers
    error = spread / np.sqrt(numbers.size)
    from scipy.stats import t  # SciPy's slowest import, for those who need it

    half = float(t.isf(0.5 * (1.0 - level), numbers.size - 1) * error)
    return MeanInterval(mean, (mean - half, mean + half))


def clopper_pearson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Interval that holds a success probability with probability at least ``level``, whatever it is.

    Its ends are where ``successes`` in ``trials`` independent draws, or more (fewer), have probability
    ``(1 - level)/2``.

    Raises
    ------
    InputError
        If there are more successes than trials.
    """
    trials = as_whole("trials", trials, 1)
    successes = as_whole("successes", successes, 0)
    level = as_number("level", level, low=0, high=1, low_open=True, high_open=True)
    if successes > trials:
        raise InputError(f"successes = {successes}: must be at most trials = {trials}")
    tail, failures = (1 - level) / 2, trials - successes
    low = float(betaincinv(successes, failures + 1, tail)) if successes else 0.0
    high = float(betainccinv(successes + 1, failures, tail)) if failures else 1.0
    for _ in range(2):  # Newton's steps in log p: the inverses are good to 1e-8 only
        if 0.0 < low < 1.0:
            slope = successes * binomial_probability(successes, trials, low)
            low *= exp((tail - upper_tail(successes, trials, low)) / slope)
        if 0.0 < high < 1.0:
            slope = failures * high / (1.0 - high) * binomial_probability(successes, trials, high)
            high *= exp((lower_tail(successes, trials, high) - tail) / slope)
    return low, min(high, 1.0)
