"""From labels to class counts.

Checked by: agreement with NumPy's bincount, and the errors for labels that are no classes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, InputTypeError, as_real, as_whole, readable

__all__ = ["class_counts"]


def class_counts(labels: ArrayLike | Any, num_classes: int | None = None) -> NDArray[np.int64]:
    """Examples per class, shape (K,), of a vector of labels or of a data set.

    ``labels``: whole numbers or truth values; or a data set that holds them as ``targets`` or
    ``labels`` (torchvision's), as its last tensor (``TensorDataset``), or is a ``Subset`` of such a
    one. ``num_classes``: K; None is the largest label plus one.

    Raises
    ------
    InputError
        If a label is not a whole number in [0, K - 1], or a class has no example: every formula of
        the package divides by the counts.
    InputTypeError
        If they are neither numbers nor a data set of one of these kinds.
    """
    values = as_real("labels", _labels_of(labels), low=0).ravel()
    if values.size == 0 or (values % 1 != 0).any():
        raise InputError("labels must be whole numbers, at least one")
    classes = (
        int(values.max()) + 1 if num_classes is None else as_whole("num_classes", num_classes, 1)
    )
    if values.max() >= classes:
        raise InputError(f"labels contains {values.max():g}: must be below num_classes = {classes}")
    counts = np.bincount(values.astype(np.int64), minlength=classes)
    if (counts == 0).any():
        empty = int(np.flatnonzero(counts == 0)[0])
        raise InputError(f"labels: class {empty} of {classes} has no example")
    return counts


def _labels_of(data: Any) -> Any:
    """The labels of a data set, or labels as they are; truth values as 0 and 1."""
    themselves = hasattr(data, "__array__") or isinstance(data, Sequence | int | float)
    labels = readable(data if themselves else _held_labels(data))
    try:
        array = np.asarray(labels)
    except ValueError:
        return labels  # ragged: `as_real` says what it must be
    return array.astype(np.int64) if array.dtype.kind == "b" else labels


def _held_labels(data: Any) -> Any:
    for name in ("targets", "labels"):
        held = getattr(data, name, None)
        if held is not None and not callable(held):
            return held
    if isinstance(getattr(data, "tensors", None), tuple) and data.tensors:
        return data.tensors[-1]
    if hasattr(data, "dataset") and hasattr(data, "indices"):
        return np.asarray(_labels_of(data.dataset))[np.asarray(data.indices)]
    raise InputTypeError(
        f"labels is a {type(data).__name__}: give whole numbers, one for each example, or a data set "
        "that holds them as .targets, .labels or its last of .tensors"
    )
