"""Labels as samplers read them: numbered from 0, with the number of examples of each class."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, InputTypeError
from ...theory.imbalance.labels import labels_of


def label_array(target: ArrayLike | Any) -> NDArray[Any]:
    """The labels of what `class_counts` reads, whatever they are."""
    try:
        return np.asarray(labels_of(target, "target"))
    except ValueError:
        raise InputTypeError("target is ragged: must be whole numbers, one per example") from None


def whole_labels(target: ArrayLike | Any) -> NDArray[Any]:
    """The label of every example, whole numbers of shape (N,)."""
    labels = label_array(target)
    fractions = labels.dtype.kind == "f" and not np.array_equal(labels, np.trunc(labels))
    if labels.dtype.kind not in "iuf" or fractions or not np.isfinite(labels).all():
        raise InputTypeError(
            f"target has type {labels.dtype}: must be whole numbers, one per example"
        )
    if labels.shape[1:] == (1,):
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.size == 0:
        raise InputError(f"target has shape {labels.shape}: must be (N,), N >= 1")
    return labels


def numbered_labels(target: ArrayLike | Any) -> tuple[NDArray[np.integer], NDArray[np.int64]]:
    """The class of every example, numbered 0..K-1 as present, and the class counts."""
    labels = whole_labels(target)
    if labels.min() < 0 or labels.max() >= labels.size:  # identifiers
        _, labels = np.unique(labels, return_inverse=True)
    counts = np.bincount(labels.astype(np.intp, copy=False))
    number = np.cumsum(counts > 0) - 1
    small = np.min_scalar_type(number[-1])  # sorted in linear time up to 2^16 classes
    return number.astype(small)[labels.astype(np.intp, copy=False)], counts[counts > 0]
