"""Labels as samplers read them: numbered from 0, with the number of examples of each class."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ...theory.foundation.validation import InputError, InputTypeError


def numbered_labels(target: ArrayLike | Tensor) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The class of every example, numbered 0..K-1 as present, and the class counts."""
    labels = target.cpu().numpy() if isinstance(target, Tensor) else np.asarray(target)
    if labels.dtype.kind not in "iub":
        raise InputTypeError(
            f"target has type {labels.dtype}: must be whole numbers, one per example"
        )
    if labels.ndim != 1 or labels.size == 0:
        raise InputError(f"target has shape {labels.shape}: must be (N,), N >= 1")
    _, label, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return label, counts
