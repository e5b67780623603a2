"""The effective number of samples, E_n = (1 - beta^n)/(1 - beta), and the weights it gives.

Claimed by Cui, Jia, Lin, Song, Belongie, "Class-Balanced Loss Based on Effective Number of Samples"
(CVPR 2019), Proposition 1. Checked by: induction, limits, intervals, exhaustive enumeration.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .validation import as_class_counts, as_real

__all__ = ["effective_number", "effective_number_weights"]


def effective_number(class_counts: ArrayLike, beta: ArrayLike) -> NDArray[np.float64]:
    """``E_n = (1 - beta^n) / (1 - beta)`` per class, shape (K,); ``0 <= beta < 1``.

    Stable for counts to 1e12 and beta within rounding of 1: ``1 - beta^n = -expm1(n log beta)``.
    """
    counts = as_class_counts(class_counts)
    beta = as_real("beta", beta, low=0, high=1, high_open=True)
    with np.errstate(divide="ignore"):
        return -np.expm1(counts * np.log(beta)) / (1.0 - beta)


def effective_number_weights(class_counts: ArrayLike, beta: ArrayLike) -> NDArray[np.float64]:
    """Class weights proportional to ``1 / E_n``, normalised to sum to K; shape (K,)."""
    weights = 1.0 / effective_number(class_counts, beta)
    return weights * (weights.size / weights.sum())
