"""How often examples are drawn: by class, by its square root, progressively, class after class.

Source: Kang et al. (ICLR 2020); the samplers are torch's, with the right weights.
Checked by: class marginals, end points, targets of the counts.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.utils.data import Sampler, WeightedRandomSampler

from ...theory.foundation.validation import InputError, as_whole
from ...theory.reweighting import progressive_probability, sampling_probability
from ..registry import Method
from .labels import numbered_labels

__all__ = [
    "ClassAwareSampler",
    "ProgressivelyBalancedSampler",
    "class_balanced_sampler",
    "power_sampler",
    "square_root_sampler",
]

METHODS = (
    Method(
        name="power_sampler",
        weight="n^(q − 1) by sampling",
        margin="any",
        link="any",
        paper="Kang et al. 2020",
        consistent="with offsets τ log π only if τ = q: q = 0 for cross-entropy",
        statements=(
            "vs_consistency.two_exponents",
            "balanced_softmax.double_correction",
        ),
    ),
    Method(
        name="class_balanced_sampler",
        weight="1/π by sampling",
        margin="any",
        link="any",
        paper="Kang et al. 2020",
        consistent="yes with cross-entropy; not with balanced softmax",
        statements=(
            "vs_consistency.two_exponents",
            "balanced_softmax.double_correction",
        ),
    ),
    Method(
        name="square_root_sampler",
        weight="π^−½ by sampling",
        margin="any",
        link="any",
        paper="Kang et al. 2020",
        consistent="with offsets τ log π only if τ = ½",
        statements=("vs_consistency.two_exponents",),
    ),
    Method(
        name="ProgressivelyBalancedSampler",
        weight="1 to 1/π by sampling",
        margin="any",
        link="any",
        paper="Kang et al. 2020",
        consistent="at its end, as class balance",
        statements=("vs_consistency.two_exponents",),
    ),
    Method(
        name="ClassAwareSampler",
        weight="1/π by sampling",
        margin="any",
        link="any",
        paper="Shen et al. 2016",
        consistent="yes with cross-entropy; not with balanced softmax",
        statements=(
            "vs_consistency.two_exponents",
            "balanced_softmax.double_correction",
        ),
    ),
)


def power_sampler(
    target: ArrayLike | Tensor,
    exponent: float,
    *,
    num_samples: int | None = None,
    generator: torch.Generator | None = None,
) -> WeightedRandomSampler:
    """Draws with replacement, class y with probability ``n_y^q / sum_j n_j^q``.

    Parameters
    ----------
    target
        The label of every example of the data set, whole numbers of shape (N,).
    exponent
        q: 1 draws examples uniformly, 1/2 is square-root sampling, 0 class balance.
    num_samples
        Draws per epoch; N unless given.
    generator
        Source of randomness, for draws that can be repeated.

    Raises
    ------
    InputError, InputTypeError
        If the labels are no vector of whole numbers.

    Source: Kang et al. (ICLR 2020), eq. (1).
    """
    label, counts = numbered_labels(target)
    weights = (sampling_probability(counts, exponent) / counts)[label]
    size = len(label) if num_samples is None else as_whole("num_samples", num_samples, 1)
    return WeightedRandomSampler(weights.tolist(), size, generator=generator)


def class_balanced_sampler(
    target: ArrayLike | Tensor,
    *,
    num_samples: int | None = None,
    generator: torch.Generator | None = None,
) -> WeightedRandomSampler:
    """`power_sampler` with exponent 0: every class of ``target`` is drawn equally often."""
    return power_sampler(target, 0.0, num_samples=num_samples, generator=generator)


def square_root_sampler(
    target: ArrayLike | Tensor,
    *,
    num_samples: int | None = None,
    generator: torch.Generator | None = None,
) -> WeightedRandomSampler:
    """`power_sampler` with exponent 1/2."""
    return power_sampler(target, 0.5, num_samples=num_samples, generator=generator)


class ProgressivelyBalancedSampler(WeightedRandomSampler):
    """From the data as it comes to class balance: ``p_y = (1 - t) pi_y + t / K``, t = epoch / epochs.

    Call `set_epoch` before each epoch, as with torch's ``DistributedSampler``; it starts at 0.

    Parameters
    ----------
    target
        The label of every example of the data set, whole numbers of shape (N,).
    epochs
        Epochs of the whole training.
    num_samples, generator
        As in `power_sampler`.

    Source: Kang et al. (ICLR 2020), eq. (2).
    """

    def __init__(
        self,
        target: ArrayLike | Tensor,
        epochs: int,
        *,
        num_samples: int | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        self.label, self.counts = numbered_labels(target)
        self.epochs = as_whole("epochs", epochs, 1)
        size = len(self.label) if num_samples is None else as_whole("num_samples", num_samples, 1)
        super().__init__([1.0] * len(self.label), size, generator=generator)
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Draw as of this epoch, from 0 (as the data comes) to ``epochs`` (class balance)."""
        progress = as_whole("epoch", epoch, 0) / self.epochs
        if progress > 1:
            raise InputError(f"epoch = {epoch}: must be at most epochs = {self.epochs}")
        probability = progressive_probability(self.counts, progress) / self.counts
        self.weights = torch.from_numpy(probability[self.label])


class ClassAwareSampler(Sampler[int]):
    """Goes round the classes in random order and takes ``per_class`` examples of each in its turn.

    Within a class examples come in random order, all of them before any comes again. An epoch has
    K times the largest class's count examples, as in the authors' code.

    Parameters
    ----------
    target
        The label of every example of the data set, whole numbers of shape (N,).
    per_class
        Examples of a class at a time (4, as for classifier re-training).
    generator
        Source of randomness, for draws that can be repeated.

    Source: Shen et al. (ECCV 2016); with 4 per class in the code of Kang et al. (ICLR 2020).
    """

    def __init__(
        self,
        target: ArrayLike | Tensor,
        per_class: int = 4,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        label, counts = numbered_labels(target)
        self.members = [torch.from_numpy(np.flatnonzero(label == y)) for y in range(len(counts))]
        self.per_class = as_whole("per_class", per_class, 1)
        self.num_samples = int(counts.max()) * len(counts)
        self.generator = generator

    def __len__(self) -> int:
        return self.num_samples

    def __iter__(self) -> Iterator[int]:
        return islice(self._endless(), self.num_samples)

    def _endless(self) -> Iterator[int]:
        members = [self._cycle(own) for own in self.members]
        for label in self._cycle(torch.arange(len(members))):
            yield from islice(members[label], self.per_class)

    def _cycle(self, values: Tensor) -> Iterator[int]:
        while True:
            yield from values[torch.randperm(len(values), generator=self.generator)].tolist()
