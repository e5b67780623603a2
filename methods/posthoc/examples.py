"""Labels and weights of examples, as the post-hoc rules read them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...theory.foundation.validation import InputError, as_real


def truth_as_numbers(labels: ArrayLike) -> ArrayLike:
    """False and True as 0 and 1; other labels as they are."""
    given = np.asarray(labels)
    return given.astype(np.int64) if given.dtype == bool else labels


def example_weights(sample_weight: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """How often each example counts: non-negative, not all zero, once each unless given."""
    if sample_weight is None:
        return np.ones(shape)
    weight = as_real("sample_weight", sample_weight, low=0)
    if weight.shape != shape or not weight.any():
        raise InputError(
            f"sample_weight has shape {weight.shape}: must be {shape}, one number per example, "
            "and not all zero"
        )
    return weight
