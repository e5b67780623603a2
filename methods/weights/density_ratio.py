"""Density-ratio re-weighting: within each class, weigh samples by how they stand to a prototype.

Source: Luo et al., "Revive Re-weighting in Imbalanced Learning by Density Ratio Estimation"
(NeurIPS 2024), Algorithm 1; the ratio is that of `counterpoise.methods.ratios.MomentMatching`.
Checked by: the identities that lead back to inverse frequency.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import as_class_counts, as_number, as_whole
from ..arguments import named_arguments
from ..ratios.moments import MomentMatching
from ..registry import Method

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
        source="DensityRatioWeights(class_counts, num_features, start=start)",
    ),
)

FLOOR = 1e-9  # of the ratio, which moment matching alone does not keep positive


class DensityRatioWeights:
    """``w_j ~ (max(r_j, floor) * n / n_{y_j})^gamma``, normalised to mean 1 over the batch.

    ``r`` is the ratio by `MomentMatching` of each class's samples in the batch against that class's
    prototype. A prototype equal to the batch mean, or one not seen yet, gives ``r = 1``: inverse
    frequency.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    num_features
        Z, the length of a feature vector.
    momentum
        Of the prototypes (0.9), in [0, 1).
    start
        First epoch, counted from 0, that weighs; prototypes are learnt from the beginning.
    ridge
        Relative to the mean squared feature norm (1e-2); towards infinity r = 1.
    gamma
        Temperature (1.0); 0 gives uniform weights.

    Shape:
        - features: (B, Z); target: (B,); weights: (B,).

    >>> source = DensityRatioWeights([80, 20], num_features=4, start=1)
    >>> features, target = torch.ones(2, 4), torch.tensor([0, 1])
    >>> source.weights(0, features, target).tolist()  # before it starts
    [1.0, 1.0]
    >>> [round(weight, 3) for weight in source.weights(1, features, target).tolist()]
    [0.4, 1.6]
    """

    @named_arguments
    def __init__(
        self,
        class_counts: ArrayLike,
        num_features: int,
        momentum: float = 0.9,
        start: int = 0,
        ridge: float = 1e-2,
        gamma: float = 1.0,
    ) -> None:
        counts = torch.from_numpy(as_class_counts(class_counts))
        self.inverse_prior = counts.sum() / counts
        self.start = as_whole("start", start, 0)
        self.gamma = as_number("gamma", gamma, low=0)
        self.estimator = MomentMatching(len(counts), num_features, momentum, ridge)

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """Weights of the batch, mean 1; ones before ``start``."""
        if epoch < self.start:
            return torch.ones(target.shape, dtype=features.dtype, device=features.device)
        ratio = self.estimator.ratio(features, target).clamp(min=FLOOR)
        raw = (ratio * self.inverse_prior.to(ratio.device)[target]) ** self.gamma
        return (raw / raw.mean()).to(features.dtype)

    def observe(self, features: Tensor, target: Tensor) -> None:
        """Move the prototypes of the classes present towards their means; first sight sets them."""
        self.estimator.observe(features, target)

    def observe_accuracy(self, class_accuracy: ArrayLike) -> None:
        """Nothing to learn."""

    def state_dict(self) -> dict[str, Tensor]:
        """The prototypes and which of them have been seen."""
        return self.estimator.state_dict()

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore prototypes of the same shape."""
        self.estimator.load_state_dict(state)
