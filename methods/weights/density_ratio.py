"""Density-ratio re-weighting: within each class, weigh samples by how they stand to a prototype.

Source: Luo et al., "Revive Re-weighting in Imbalanced Learning by Density Ratio Estimation"
(NeurIPS 2024), Algorithm 1, and the authors' later script, which differs; the ratio is that of
`counterpoise.methods.ratios.MomentMatching`. Checked by: loops written from the equations for every
preset, and the identities that lead back to inverse frequency.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    as_class_counts,
    as_number,
    as_whole,
    one_of,
)
from ..arguments import named_arguments
from ..ratios.moments import MomentMatching
from ..ratios.queued import QUEUED, QueuedRatio
from ..registry import Method
from .controls import CONTROLS, controlled
from .presets import with_presets

__all__ = ["DensityRatioWeights"]

METHODS = (
    Method(
        name="DensityRatioWeights",
        weight="(r(x)/π)^γ",
        margin="any",
        link="any",
        paper="Luo et al. 2024",
        consistent="where r = 1 with offsets τ log π only if γ + τ = 1",
        statements=(
            "density_ratio.with_logit_adjustment",
            "density_ratio.shrinkage",
        ),
        key="density-ratio",
        title="Density-ratio weights",
        label="density ratio",
        colour="olive",
        loss="LogitAdjustedLoss(class_counts, tau=0.0)",  # a setting: gamma and tau add to 1
        source="DensityRatioWeights(class_counts, num_features, start=start)",
    ),
)

FLOOR = 1e-9  # of the ratio, which moment matching alone does not keep positive

PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "": {},
        "paper": {"ridge": 0.0, "prior": 0, "count": "batch", "floor": None, "first": "zero"},
        "official": {"ridge": 0.0, "prior": 0},
        "figure7": {"granularity": "class", "gamma": 0.5, "normalisation": "class"},
        "stable": {"normalisation": "expected"},
    }
)
"""What each preset changes of the defaults."""


class DensityRatioWeights(MomentMatching):
    """``w_j = (max(r_j, floor) * n / n_{y_j})^gamma`` over a normaliser; a source of weights and a module.

    ``r`` is the ratio by `MomentMatching` of each class's samples in the batch against that class's
    prototype. A prototype equal to the batch mean, or one not seen yet, gives ``r = 1``: inverse
    frequency. Any loss takes the weights; SAM takes the same in both passes, those of the first.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    num_features
        Z, the length of a feature vector.
    momentum
        Of the prototypes (0.9), in [0, 1).
    start
        First epoch, counted from 0, that weighs; prototypes are learnt from the beginning. The authors'
        script starts at 0.8 of the epochs, the paper does not say.
    ridge
        Relative to the mean squared feature norm (1e-2); towards infinity r is ``prior``; 0 is the
        pseudo-inverse, the paper's.
    gamma
        Temperature (1.0); 0 gives uniform weights. For consistency the loss has offsets ``tau log pi``
        with ``tau = 1 - gamma``: ``LogitAdjustedLoss(class_counts, tau=rdr.tau)``.
    preset
        ``"paper"``: eq. (8) as printed: no ridge, counts of the batch, prototypes that begin at 0, and
        ratios below 0 stay, so that weights may be large and of either sign and a training may diverge.
        ``"official"``: the authors' later script: no ridge, counts of the data set.
        ``"figure7"``: what the weights drawn in the paper follow, a weight per class, gamma = 0.5, of
        mean 1 over classes. ``"stable"``: ridge and expected mean 1. What is given besides, counts.
    prior
        What the ridge shrinks r to, 1 or 0.
    granularity
        A ratio for each ``"sample"``, or its mean over the ``"class"`` in the batch.
    count
        Inverse frequency in the ``"dataset"``, or in the ``"batch"``.
    floor
        Of the ratio (1e-9); None leaves it as it is, for gamma = 1.
    normalisation
        Mean 1 over the ``"batch"``; over the ``"class"`` means, in which a class that is absent has r = 1;
        or ``"expected"`` where r = 1, so that a weight does not depend on who else is in the batch.
    first
        Prototypes begin at the first ``"mean"``, or at ``"zero"``.
    estimator
        ``"moment"``, the paper's, or one that needs samples, ``"ulsif"``, ``"rulsif"``, ``"kliep"``,
        ``"kmm"`` or ``"logistic"``, against a queue of the class's features (`QueuedRatio`).
    queue
        Features of a class that such an estimator is given (64).
    control
        What the ratios are held against, `controlled`: ``"one"``, ``"within"`` or ``"between"``; with
        ``granularity="class"`` the class's mean is a fourth.

    Shape:
        - features: (B, Z); target: (B,); weights: (B,).

    >>> rdr = DensityRatioWeights([80, 20], num_features=4, preset="stable")
    >>> features, target = torch.ones(2, 4), torch.tensor([0, 1])
    >>> [round(weight, 3) for weight in rdr(features, target).tolist()]  # times the losses
    [0.625, 2.5]
    >>> rdr.update(features, target)  # after the optimiser's step

    In a training of this package:

    >>> source = DensityRatioWeights([80, 20], num_features=4, start=1)
    >>> source.weights(0, features, target).tolist()  # before it starts
    [1.0, 1.0]
    >>> [round(weight, 3) for weight in source.weights(1, features, target).tolist()]
    [0.4, 1.6]
    """

    inverse_prior: Tensor

    @named_arguments
    @with_presets(PRESETS)
    def __init__(
        self,
        class_counts: ArrayLike,
        num_features: int,
        momentum: float = 0.9,
        start: int = 0,
        ridge: float = 1e-2,
        gamma: float = 1.0,
        preset: str = "",
        prior: int = 1,
        granularity: str = "sample",
        count: str = "dataset",
        floor: float | None = FLOOR,
        normalisation: str = "batch",
        first: str = "mean",
        estimator: str = "moment",
        queue: int = 64,
        control: str = "",
    ) -> None:
        counts = torch.from_numpy(as_class_counts(class_counts))
        super().__init__(len(counts), num_features, momentum, ridge, prior, first)
        self.start = as_whole("start", start, 0)
        self.gamma = as_number("gamma", gamma, low=0)
        self.preset = preset
        self.granularity = one_of("granularity", granularity, ("sample", "class"))
        self.count = one_of("count", count, ("dataset", "batch"))
        self.floor = None if floor is None else as_number("floor", floor, low=0)
        self.normalisation = one_of("normalisation", normalisation, ("batch", "class", "expected"))
        self.control = one_of("control", control, CONTROLS)
        self.queue: QueuedRatio | None = None
        if one_of("estimator", estimator, ("moment", *QUEUED)) != "moment":
            self.queue = QueuedRatio(estimator, len(counts), self.prototypes.shape[1], queue)
        if self.floor is None and self.gamma != 1:
            raise InputError(
                f"floor = None with gamma = {self.gamma:g}: a ratio below 0 has no such power; "
                "give a floor, such as 1e-9"
            )
        self.register_buffer("inverse_prior", counts.sum() / counts, persistent=False)

    @property
    def tau(self) -> float:
        """1 - gamma, the strength of logit adjustment that keeps a loss with these weights consistent."""
        return 1.0 - self.gamma

    def forward(self, features: Tensor, target: Tensor, epoch: int | None = None) -> Tensor:
        """Weights of the batch, detached, in the features' dtype; shape (B,).

        Raises
        ------
        InputError
            If weights start later than at the first epoch, and ``epoch`` is not given.
        """
        if epoch is None and self.start:
            raise InputError(
                f"start = {self.start}: give the epoch too, counted from 0: rdr(features, target, epoch)"
            )
        return self.weights(epoch or 0, features, target)

    def update(self, features: Tensor, target: Tensor) -> None:
        """`observe`: after the step, learn from the features that it was taken with."""
        self.observe(features, target)

    def ratio(self, features: Tensor, target: Tensor) -> Tensor:
        """The density ratio of every sample within its class, by the estimator; (B,), float64."""
        if self.queue is None:
            return super().ratio(features, target)
        return self.queue.ratio(*self._checked(features, target))

    def observe(self, features: Tensor, target: Tensor) -> None:
        """Learn from a batch: the prototypes, and the queue if there is one."""
        super().observe(features, target)
        if self.queue is not None:
            self.queue.observe(features, target)

    @torch.no_grad()
    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """Weights of the batch; ones before ``start``."""
        if epoch < self.start:
            return torch.ones(target.shape, dtype=features.dtype, device=features.device)
        ratio, target = self.ratio(features, target), target.long()
        ratio = controlled(ratio, target, self.control)
        if self.granularity == "class":
            ratio = (self._summed(ratio, target) / self._size(target))[target]
        if self.floor is not None:
            ratio = ratio.clamp(min=self.floor)
        inverse = self.inverse_prior
        if self.count == "batch":
            inverse = len(target) / self._size(target).clamp(min=1.0)
        raw = ratio * inverse[target]
        if self.gamma != 1:
            raw, inverse = raw**self.gamma, inverse**self.gamma
        level = self._level(raw, inverse, target)
        if not self.floor:  # where all are 0
            level = torch.where(level == 0, 1.0, level)
        return raw.div_(level).to(features.dtype)

    def observe_accuracy(self, class_accuracy: ArrayLike) -> None:
        """Nothing to learn."""

    def _summed(self, values: Tensor, target: Tensor) -> Tensor:
        """Over the samples of each class; (K,)."""
        return values.new_zeros(len(self.seen)).index_add_(0, target, values)

    def _size(self, target: Tensor) -> Tensor:
        """Samples of each class; (K,)."""
        return self._summed(torch.ones_like(target, dtype=torch.float64), target)

    def _level(self, raw: Tensor, unmoved: Tensor, target: Tensor) -> Tensor:
        """What weights are divided by; ``unmoved`` are those of the classes where r = 1."""
        if self.normalisation == "batch":
            return raw.mean()
        size = self._size(target)
        if self.normalisation == "expected":
            share = size / len(target) if self.count == "batch" else 1.0 / self.inverse_prior
            return (share * unmoved).sum()
        mean = self._summed(raw, target) / size
        if self.count == "batch":  # a class that is absent has none
            return torch.where(size > 0, mean, 0.0).sum() / (size > 0).sum()
        return torch.where(size > 0, mean, unmoved).mean()
