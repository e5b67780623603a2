"""Labels and weights of examples, as the post-hoc rules read them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_real, readable


def truth_as_numbers(labels: ArrayLike) -> ArrayLike:
    """False and True as 0 and 1; other labels as they are."""
    given = np.asarray(labels)
    return given.astype(np.int64) if given.dtype == bool else labels


def binary_labels(target: ArrayLike, pos_label: Any = None) -> NDArray[np.bool_]:
    """Which examples are positive, of two labels that both occur, shape (n,).

    Without ``pos_label`` the labels are 0 and 1, -1 and 1, or truth values, and the larger is positive.
    """
    given = readable(target)
    labels = np.asarray(given, dtype=object) if _mixed(given) else np.asarray(given)
    if labels.ndim != 1:
        raise InputError(f"target has shape {labels.shape}: must be two labels, shape (n,)")
    known = sorted(set(labels.tolist()), key=lambda label: (str(type(label)), label))
    if len(known) != 2:
        raise InputError(
            f"target has {len(known)} different labels, {known[:3]}: must be labels 0 and 1, both of "
            "them, or two others with pos_label"
        )
    if pos_label is None:
        if known not in ([0, 1], [-1, 1]):
            raise InputError(
                f"target has labels {known[0]!r} and {known[1]!r}: give pos_label, the positive one"
            )
        pos_label = known[1]
    chosen = [label == pos_label for label in known]
    if sum(chosen) != 1:
        raise InputError(f"pos_label = {pos_label!r}: target has labels {known[0]!r}, {known[1]!r}")
    return labels == known[chosen.index(True)]


def _mixed(labels: Any) -> bool:
    """Whether NumPy would make text of numbers, in a list that holds both."""
    return isinstance(labels, list | tuple) and len({isinstance(own, str) for own in labels}) > 1


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
    return scaled(weight)


def scaled(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights over the power of two above the largest: their sum is finite, their ratios unchanged."""
    return np.ldexp(weight, -np.frexp(weight.max())[1])
