"""How often examples are drawn: by class, by its square root, progressively; and resampled features.

Source: Kang et al. (ICLR 2020) for the samplers, which are torch's with the right weights; SMOTE and
under-sampling are imbalanced-learn's. Checked by: class marginals, end points, targets of the counts.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.utils.data import Sampler, WeightedRandomSampler

from ..theory.foundation.validation import InputError, InputTypeError, as_whole
from ..theory.reweighting import progressive_probability, sampling_probability

__all__ = [
    "ClassAwareSampler",
    "ProgressivelyBalancedSampler",
    "class_balanced_sampler",
    "power_sampler",
    "resample",
    "smote",
    "square_root_sampler",
]


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
    label, counts = _classes(target)
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
        self.label, self.counts = _classes(target)
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
        label, counts = _classes(target)
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


class Resampler(Protocol):
    """Any over- or under-sampler with imbalanced-learn's interface."""

    def fit_resample(self, X: Any, y: Any) -> Any:
        """The resampled X and y."""
        ...


def resample(resampler: Resampler, features: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Features and labels resampled by imbalanced-learn, on the device and in the dtype they came.

    Made for the penultimate layer: an average of two neighbouring feature vectors is a plausible one,
    an average of two images is not. No gradient passes.

    Parameters
    ----------
    resampler
        For example ``smote(target)``, ``RandomUnderSampler(random_state=0)``, ``TomekLinks()``.
    features, target
        Shapes (N, Z) and (N,).

    Returns
    -------
    Shapes (M, Z) and (M,); over-samplers keep the rows they were given in place.
    """
    if features.ndim != 2 or target.shape != features.shape[:1]:
        raise InputError(
            f"features has shape {tuple(features.shape)} and target {tuple(target.shape)}: "
            "must be (N, Z) and (N,)"
        )
    rows, labels = resampler.fit_resample(
        features.detach().cpu().double().numpy(), target.cpu().numpy()
    )
    return torch.from_numpy(rows).to(features), torch.from_numpy(labels).to(target)


def smote(target: ArrayLike | Tensor, k_neighbors: int = 5, seed: int | None = None) -> Resampler:
    """imbalanced-learn's ``SMOTE`` with as many neighbours as the rarest class has, at most those asked for.

    SMOTE draws between a point and one of its k nearest neighbours of the same class, so it refuses a
    class of k points or fewer. With a class of a single point this is ``RandomOverSampler``.

    Parameters
    ----------
    target
        The labels it will be used on, whole numbers of shape (N,).
    k_neighbors
        At most (5).
    seed
        imbalanced-learn's ``random_state``.

    Source: Chawla et al. (JAIR 2002).
    """
    from imblearn.over_sampling import SMOTE, RandomOverSampler  # slow to import

    most = as_whole("k_neighbors", k_neighbors, 1)
    rarest = int(_classes(target)[1].min())
    if rarest == 1:
        return RandomOverSampler(random_state=seed)
    return SMOTE(k_neighbors=min(most, rarest - 1), random_state=seed)


def _classes(target: ArrayLike | Tensor) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
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
