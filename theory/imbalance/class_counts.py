"""Class counts and what the field reads off them: the prior, the imbalance factor, the profile.

Source: the long-tailed CIFAR construction of Cui et al. (CVPR 2019) and Cao et al. (NeurIPS 2019).
Checked by: golden counts and property tests.
"""

import numpy as np
from numpy.typing import NDArray

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_number, as_whole, scaled_counts

__all__ = ["class_prior", "exponential_profile", "imbalance_factor", "step_profile"]


def class_prior(class_counts: ArrayLike) -> NDArray[np.float64]:
    """``pi_y = n_y / N``; shape (K,) in, shape (K,) out."""
    counts = scaled_counts(class_counts)
    return counts / counts.sum()


def imbalance_factor(class_counts: ArrayLike) -> float:
    """``n_max / n_min >= 1``."""
    counts = as_class_counts(class_counts)
    return float(counts.max() / counts.min())


def exponential_profile(
    max_count: int, num_classes: int, imbalance_factor: float
) -> NDArray[np.int64]:
    """The field's long-tailed profile: ``n_i = int(n_max * IF^(-i / (K-1)))``, head class first.

    The count is truncated, not rounded, as in the construction that published tables use.

    Raises
    ------
    InputError
        If ``imbalance_factor < 1``, ``num_classes < 2`` or a class would be left empty.
    """
    n_max = as_whole("max_count", max_count, 1)
    factor = as_number("imbalance_factor", imbalance_factor, low=1)
    num_classes = as_whole("num_classes", num_classes, 2)
    steps = np.arange(num_classes) / (num_classes - 1)
    counts = (n_max / factor**steps).astype(np.int64)  # one rounding at each end: n_max, n_max / IF
    if counts[-1] < 1:
        raise InputError(
            f"imbalance_factor = {factor:g}: the rarest of {num_classes} classes would be empty; "
            f"with max_count = {n_max:g} it can be at most {n_max:g}"
        )
    return counts


def step_profile(max_count: int, num_classes: int, imbalance_factor: float) -> NDArray[np.int64]:
    """Two sizes of class: the first ``K // 2`` keep ``n_max``, the others ``int(n_max / IF)``.

    Raises
    ------
    InputError
        As for `exponential_profile`.

    Source: step imbalance of Buda et al. (Neural Networks 2018), as cut by Cao et al. (NeurIPS 2019).
    """
    ends = exponential_profile(max_count, 2, imbalance_factor)
    classes = as_whole("num_classes", num_classes, 2)
    return np.repeat(ends, [classes // 2, classes - classes // 2])
