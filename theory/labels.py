"""From labels to class counts.

Checked by: agreement with NumPy's bincount, and the errors for labels that are no classes.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .validation import InputError, as_real, as_whole

__all__ = ["class_counts"]


def class_counts(labels: ArrayLike, num_classes: int | None = None) -> NDArray[np.int64]:
    """Examples per class, shape (K,), of a vector of labels, such as a data set's ``targets``.

    ``num_classes``: K; None is the largest label plus one.

    Raises
    ------
    InputError
        If a label is not a whole number in [0, K - 1], or a class has no example: every formula of
        the package divides by the counts.
    """
    values = as_real("labels", labels, low=0).ravel()
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
