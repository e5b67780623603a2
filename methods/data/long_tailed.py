"""Draw a long-tailed training set from a balanced one: a random subset of every class.

Source: the construction of long-tailed CIFAR by Cui et al. (CVPR 2019) and Cao et al. (NeurIPS
2019). Checked by: counts, disjoint classes, the same subset for the same generator state, and the
field's own subset by its hash.
"""

import hashlib

import numpy as np
import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_real

__all__ = ["canonical_indices", "indices_hash", "long_tailed_indices"]


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
    chosen = []
    for label, count in enumerate(_whole_counts(labels, class_counts)):
        members = _members(labels, label, count)
        chosen.append(members[torch.randperm(len(members), generator=generator)[:count]])
    return torch.cat(chosen)


def canonical_indices(labels: Tensor, class_counts: ArrayLike, seed: int = 0) -> Tensor:
    """The subset that published tables were trained on: NumPy's shuffle, class by class, from one seed.

    Shape and errors as in `long_tailed_indices`. Results on other subsets are not comparable: the choice
    of a few dozen images of the rarest classes moves accuracy by a point and more.

    Source: the selection of Cao et al. (NeurIPS 2019), ``np.random.seed(0)``; the state of NumPy's
    legacy generator is part of the definition.

    >>> labels = torch.tensor([0, 0, 0, 1, 1, 1])
    >>> canonical_indices(labels, [2, 1]).tolist()
    [2, 1, 5]
    """
    random = np.random.RandomState(seed)
    chosen = []
    for label, count in enumerate(_whole_counts(labels, class_counts)):
        members = _members(labels, label, count).numpy()
        random.shuffle(members)
        chosen.append(torch.from_numpy(members[:count]))
    return torch.cat(chosen)


def indices_hash(indices: Tensor) -> str:
    """SHA-256 of a subset, whatever the order of its indices: says whether two runs trained on the same.

    >>> indices_hash(torch.tensor([3, 1])) == indices_hash(torch.tensor([1, 3]))
    True
    """
    ordered = np.sort(indices.numpy().astype("<i8"))
    return hashlib.sha256(ordered.tobytes()).hexdigest()


def _whole_counts(labels: Tensor, class_counts: ArrayLike) -> list[int]:
    wanted = as_real("class_counts", class_counts, low=0)
    if wanted.ndim != 1 or wanted.size == 0 or labels.ndim != 1:
        raise InputError(
            f"labels has shape {tuple(labels.shape)} and class_counts {wanted.shape}: "
            "must be (N,) and (K,)"
        )
    if (wanted % 1 != 0).any():
        raise InputError(f"class_counts = {wanted[wanted % 1 != 0][0]:g}: must be whole numbers")
    return wanted.astype(int).tolist()


def _members(labels: Tensor, label: int, count: int) -> Tensor:
    members = torch.nonzero(labels == label).flatten()
    if len(members) < count:
        raise InputError(
            f"class_counts[{label}] = {count}: class {label} has only {len(members)} examples"
        )
    return members
