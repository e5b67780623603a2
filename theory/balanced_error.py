"""Balanced error and its relatives: the measures that do not let the head class speak for all.

Source: Menon, Narasimhan, Agarwal, Chawla (ICML 2013) for the balanced error; the many / medium / few
groups are those of Liu et al. (CVPR 2019). Checked by: property tests.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .validation import InputError, as_class_counts, as_real

__all__ = ["balanced_error", "group_accuracies"]


def balanced_error(class_accuracy: ArrayLike) -> float:
    """``1 - mean_y accuracy_y`` for per-class accuracies of shape (K,) in [0, 1]."""
    accuracy = as_real("class_accuracy", class_accuracy, low=0, high=1)
    return float(1.0 - accuracy.mean())


def group_accuracies(
    class_accuracy: ArrayLike, class_counts: ArrayLike, few: float = 20, many: float = 100
) -> dict[str, float]:
    """Mean accuracy of the classes with > ``many``, ``few``..``many`` and < ``few`` training examples.

    Both inputs have shape (K,). An empty group is NaN, not zero.
    """
    accuracy = as_real("class_accuracy", class_accuracy, low=0, high=1)
    counts = as_class_counts(class_counts)
    if accuracy.shape != counts.shape:
        raise InputError(
            f"class_accuracy has shape {accuracy.shape}: must match class_counts, {counts.shape}"
        )
    groups: dict[str, NDArray[np.bool_]] = {
        "many": counts > many,
        "medium": (counts >= few) & (counts <= many),
        "few": counts < few,
    }
    return {
        name: float(accuracy[members].mean()) if members.any() else float("nan")
        for name, members in groups.items()
    }
