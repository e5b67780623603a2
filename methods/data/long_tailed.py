"""Draw a long-tailed training set from a balanced one: a random subset of every class.

Source: the construction of long-tailed CIFAR by Cui et al. (CVPR 2019) and Cao et al. (NeurIPS
2019). Checked by: counts, disjoint classes, and the same subset for the same generator state.
"""

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ...theory.foundation.validation import InputError, as_real

__all__ = ["long_tailed_indices"]


def long_tailed_indices(
    labels: Tensor, class_counts: ArrayLike, generator: torch.Generator
) -> Tensor:
    """Indices of a random subset with ``class_counts[y]`` examples of each class y.

    Shape: labels (N,), class_counts (K,) -> (sum of class_counts,), class after class.

    Raises
    ------
    InputError
        If a class has fewer examples than are asked for.
    """
    chosen = []
    for label, count in enumerate(as_real("class_counts", class_counts, low=0).astype(int)):
        members = torch.nonzero(labels == label).flatten()
        if len(members) < count:
            raise InputError(
                f"class_counts[{label}] = {count}: class {label} has only {len(members)} examples"
            )
        chosen.append(members[torch.randperm(len(members), generator=generator)[:count]])
    return torch.cat(chosen)
