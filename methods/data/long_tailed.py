"""Draw a long-tailed training set from a balanced one: a random subset of every class.

Source: the construction of long-tailed CIFAR by Cui et al. (CVPR 2019) and Cao et al. (NeurIPS
2019). Checked by: counts, disjoint classes, and the same subset for the same generator state.
"""

import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
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
        If a class has fewer examples than are asked for, or a count is not a whole number.

    >>> labels = torch.tensor([0, 0, 0, 1, 1, 1])
    >>> chosen = long_tailed_indices(labels, [3, 1], torch.Generator().manual_seed(0))
    >>> labels[chosen].tolist()
    [0, 0, 0, 1]
    """
    chosen, wanted = [], as_real("class_counts", class_counts, low=0)
    if wanted.ndim != 1 or wanted.size == 0 or labels.ndim != 1:
        raise InputError(
            f"labels has shape {tuple(labels.shape)} and class_counts {wanted.shape}: "
            "must be (N,) and (K,)"
        )
    if (wanted % 1 != 0).any():
        raise InputError(f"class_counts = {wanted[wanted % 1 != 0][0]:g}: must be whole numbers")
    for label, count in enumerate(wanted.astype(int)):
        members = torch.nonzero(labels == label).flatten()
        if len(members) < count:
            raise InputError(
                f"class_counts[{label}] = {count}: class {label} has only {len(members)} examples"
            )
        chosen.append(members[torch.randperm(len(members), generator=generator)[:count]])
    return torch.cat(chosen)
