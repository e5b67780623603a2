"""How often examples are drawn: by class, by its square root, progressively, class after class.

Source: Kang et al. (ICLR 2020). A draw is that of a class and then of a member of it, which is as fast for
any number of labels; torch's weighted sampler refuses more than 2^24 of them.
Checked by: class marginals, end points, targets of the counts, the shares of several processes.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_whole
from ...theory.reweighting import progressive_probability, sampling_probability
from ..registry import Method
from .labels import numbered_labels
from .ranks import SharedSampler

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
        untrained="class-balanced-sampling@exponent=0.25 draws by it, with q = 1/4 or any other",
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
        key="class-balanced-sampling",
        balanced=True,
        title="Class-balanced sampling",
        label="CB sampling",
        colour="blue",
        schedule="DeferredResampling(0)",
    ),
    Method(
        name="square_root_sampler",
        weight="π^−½ by sampling",
        margin="any",
        link="any",
        paper="Kang et al. 2020",
        consistent="with offsets τ log π only if τ = ½",
        statements=("vs_consistency.two_exponents",),
        key="square-root-sampling",
        balanced=False,
        title="Square-root sampling",
        label="√n sampling",
        colour="green",
        schedule="DeferredResampling(0, exponent=0.5)",
    ),
    Method(
        name="ProgressivelyBalancedSampler",
        weight="1 to 1/π by sampling",
        margin="any",
        link="any",
        paper="Kang et al. 2020",
        consistent="in the limit of many epochs, as class balance: the last one still draws 1/epochs of its "
        "examples as they come",
        statements=("vs_consistency.two_exponents",),
        key="progressive-sampling",
        balanced=False,
        title="Progressively balanced sampling",
        label="progressive",
        colour="pink",
        schedule="ProgressiveSampling(epochs)",
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
        untrained="+crt and +lws draw by it in their second stage; through all of a training "
        "class-balanced-sampling draws each class as often",
    ),
)


BLOCK = 2**16  # draws at a time, at most


class ClassSampler(SharedSampler):
    """Draws with replacement: a class by its probability, then one of its members, all alike."""

    def __init__(
        self,
        label: NDArray[np.integer],
        counts: NDArray[np.int64],
        probability: NDArray[np.float64],
        num_samples: int | None,
        generator: torch.Generator | None = None,
        seed: int | None = None,
        rank: int | None = None,
        num_replicas: int | None = None,
    ) -> None:
        size = len(label) if num_samples is None else as_whole("num_samples", num_samples, 1)
        super().__init__(
            len(label), size, generator=generator, seed=seed, rank=rank, num_replicas=num_replicas
        )
        self.label, self.counts = label, counts
        self.probability = probability
        self._members = torch.from_numpy(np.argsort(label, kind="stable"))  # class after class
        self._size = torch.from_numpy(counts)
        self._first = self._size.cumsum(0) - self._size

    @property
    def weights(self) -> Tensor:
        """The probability of every example, shape (N,)."""
        return torch.from_numpy((self.probability / self.counts)[self.label])

    def _sequence(self, generator: torch.Generator) -> Iterator[int]:
        chances, block = torch.from_numpy(self.probability), min(self.total, BLOCK)
        while True:
            drawn = torch.multinomial(chances, block, replacement=True, generator=generator)
            share = torch.rand(block, dtype=torch.float64, generator=generator)
            place = (share * self._size[drawn]).long()
            yield from self._members[self._first[drawn] + place].tolist()


def power_sampler(
    target: ArrayLike | Tensor | Any,
    exponent: float,
    *,
    num_samples: int | None = None,
    generator: torch.Generator | None = None,
    seed: int | None = None,
    rank: int | None = None,
    num_replicas: int | None = None,
) -> ClassSampler:
    """Draws with replacement, class y with probability ``n_y^q / sum_j n_j^q``.

    Parameters
    ----------
    target
        The label of every example of the data set, whole numbers of shape (N,), or a data set that
        holds them (as in `counterpoise.theory.imbalance.class_counts`).
    exponent
        q: 1 draws examples uniformly, 1/2 is square-root sampling, 0 class balance.
    num_samples
        Draws per epoch, of all processes together; N unless given.
    generator
        Source of randomness, for draws that can be repeated. Of several processes, each gives one in the
        same state.
    seed
        Instead of a generator: the order depends on it and on ``set_epoch`` alone, whatever the number of
        processes. With neither, one process draws anew every time, and several draw as with seed 0.
    rank, num_replicas
        Which share of how many: rank r of R takes draws r, r + R, ... of the one order, and all take
        equally many. Unless given, those of ``torch.distributed`` where it is initialised, else all. Give
        ``rank=0, num_replicas=1`` to a launcher that itself splits what a sampler yields; Lightning and
        Fabric see that these samplers are split already.

    Raises
    ------
    InputError, InputTypeError
        If the labels are no vector of whole numbers, or rank and number of replicas do not fit.

    Source: Kang et al. (ICLR 2020), eq. (1).

    >>> sampler = power_sampler([0] * 90 + [1] * 10, 0.5, seed=0)
    >>> len(sampler), sampler.probability.tolist()
    (100, [0.75, 0.25])
    >>> share = power_sampler([0] * 90 + [1] * 10, 0.5, seed=0, rank=1, num_replicas=2)
    >>> list(share) == list(sampler)[1::2]
    True
    """
    label, counts = numbered_labels(target)
    return ClassSampler(
        label,
        counts,
        sampling_probability(counts, exponent),
        num_samples,
        generator=generator,
        seed=seed,
        rank=rank,
        num_replicas=num_replicas,
    )


def class_balanced_sampler(
    target: ArrayLike | Tensor | Any,
    *,
    num_samples: int | None = None,
    generator: torch.Generator | None = None,
    seed: int | None = None,
    rank: int | None = None,
    num_replicas: int | None = None,
) -> ClassSampler:
    """`power_sampler` with exponent 0: every class of ``target`` is drawn equally often.

    >>> class_balanced_sampler([0, 0, 0, 1]).probability.tolist()
    [0.5, 0.5]
    """
    return power_sampler(
        target,
        0.0,
        num_samples=num_samples,
        generator=generator,
        seed=seed,
        rank=rank,
        num_replicas=num_replicas,
    )


def square_root_sampler(
    target: ArrayLike | Tensor | Any,
    *,
    num_samples: int | None = None,
    generator: torch.Generator | None = None,
    seed: int | None = None,
    rank: int | None = None,
    num_replicas: int | None = None,
) -> ClassSampler:
    """`power_sampler` with exponent 1/2.

    >>> square_root_sampler([0] * 9 + [1]).probability.tolist()
    [0.75, 0.25]
    """
    return power_sampler(
        target,
        0.5,
        num_samples=num_samples,
        generator=generator,
        seed=seed,
        rank=rank,
        num_replicas=num_replicas,
    )


def share_sampler(labels: Tensor, share: float, generator: torch.Generator) -> ClassSampler:
    """All draws of an epoch, of which a share is class-balanced: ``p_y = (1 - t) pi_y + t / K``."""
    label, counts = numbered_labels(labels)
    probability = progressive_probability(counts, share)
    return ClassSampler(
        label, counts, probability, None, generator=generator, rank=0, num_replicas=1
    )


class ProgressivelyBalancedSampler(ClassSampler):
    """From the data as it comes to class balance: ``p_y = (1 - t) pi_y + t / K``, t = epoch / epochs.

    Call `set_epoch` before each epoch, as with torch's ``DistributedSampler``; it starts at 0.

    Parameters
    ----------
    target
        As in `power_sampler`.
    epochs
        Epochs of the whole training.
    num_samples, generator, seed, rank, num_replicas
        As in `power_sampler`.

    Source: Kang et al. (ICLR 2020), eq. (2).

    >>> sampler = ProgressivelyBalancedSampler([0, 0, 0, 1], epochs=10)
    >>> sampler.probability.tolist()
    [0.75, 0.25]
    >>> sampler.set_epoch(10)
    >>> sampler.probability.tolist()
    [0.5, 0.5]
    """

    def __init__(
        self,
        target: ArrayLike | Tensor | Any,
        epochs: int,
        *,
        num_samples: int | None = None,
        generator: torch.Generator | None = None,
        seed: int | None = None,
        rank: int | None = None,
        num_replicas: int | None = None,
    ) -> None:
        label, counts = numbered_labels(target)
        self.epochs = as_whole("epochs", epochs, 1)
        super().__init__(
            label,
            counts,
            progressive_probability(counts, 0.0),
            num_samples,
            generator=generator,
            seed=seed,
            rank=rank,
            num_replicas=num_replicas,
        )

    def set_epoch(self, epoch: int) -> None:
        """Draw as of this epoch, from 0 (as the data comes) to ``epochs`` (class balance)."""
        progress = as_whole("epoch", epoch, 0) / self.epochs
        if progress > 1:
            raise InputError(f"epoch = {epoch}: must be at most epochs = {self.epochs}")
        super().set_epoch(epoch)
        self.probability = progressive_probability(self.counts, progress)


class ClassAwareSampler(SharedSampler):
    """Goes round the classes in random order and takes ``per_class`` examples of each in its turn.

    Within a class examples come in random order, all of them before any comes again. An epoch has
    K times the largest class's count examples, as in the authors' code.

    Parameters
    ----------
    target
        As in `power_sampler`.
    per_class
        Examples of a class at a time (4, as for classifier re-training).
    generator, seed, rank, num_replicas
        As in `power_sampler`.

    Source: Shen et al. (ECCV 2016); with 4 per class in the code of Kang et al. (ICLR 2020).

    >>> sampler = ClassAwareSampler([0, 0, 0, 1], per_class=1, seed=0)
    >>> len(sampler), sorted(sampler)
    (6, [0, 1, 2, 3, 3, 3])
    """

    def __init__(
        self,
        target: ArrayLike | Tensor | Any,
        per_class: int = 4,
        *,
        generator: torch.Generator | None = None,
        seed: int | None = None,
        rank: int | None = None,
        num_replicas: int | None = None,
    ) -> None:
        label, counts = numbered_labels(target)
        self.per_class = as_whole("per_class", per_class, 1)
        super().__init__(
            len(label),
            int(counts.max()) * len(counts),
            generator=generator,
            seed=seed,
            rank=rank,
            num_replicas=num_replicas,
        )
        order = torch.from_numpy(np.argsort(label, kind="stable"))
        self.members = order.split(counts.tolist())

    def _sequence(self, generator: torch.Generator) -> Iterator[int]:
        members = [_cycle(own, generator) for own in self.members]
        for label in _cycle(torch.arange(len(members)), generator):
            yield from islice(members[label], self.per_class)


def _cycle(values: Tensor, generator: torch.Generator) -> Iterator[int]:
    """The values in random order, all of them before any comes again."""
    while True:
        yield from values[torch.randperm(len(values), generator=generator)].tolist()
