"""Density-ratio re-weighting: within each class, weigh samples by how they stand to a prototype.

Source: Luo et al., "Revive Re-weighting in Imbalanced Learning by Density Ratio Estimation"
(NeurIPS 2024), Algorithm 1, in a stable form: centred ridge, float64 Gram. Checked by: agreement
with `counterpoise.theory.density_ratio`, and the identities that lead back to inverse frequency.
"""

from collections.abc import Mapping

import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn.functional import one_hot

from ...theory.foundation.validation import InputError, as_class_counts, as_real

__all__ = ["DensityRatioWeights"]

FLOOR = 1e-9  # of the ratio, which moment matching alone does not keep positive


class DensityRatioWeights:
    """``w_j ~ (max(r_j, floor) * n / n_{y_j})^gamma``, normalised to mean 1 over the batch.

    ``r`` is `counterpoise.theory.density_ratio.class_density_ratio` of each class's samples in the
    batch against that class's prototype, a moving average of its batch means. A prototype equal to
    the batch mean, or one not seen yet, gives ``r = 1``: inverse frequency.

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
    """

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
        self.momentum = float(as_real("momentum", momentum, low=0, high=1, high_open=True))
        self.start = int(as_real("start", start, low=0))
        self.ridge = float(as_real("ridge", ridge, low=0, low_open=True))
        self.gamma = float(as_real("gamma", gamma, low=0))
        size = int(as_real("num_features", num_features, low=1))
        self.prototypes = torch.zeros(len(counts), size, dtype=torch.float64)
        self.seen = torch.zeros(len(counts), dtype=torch.bool)

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """Weights of the batch, mean 1; ones before ``start``."""
        if epoch < self.start:
            return torch.ones(target.shape, dtype=features.dtype, device=features.device)
        ratio = self.ratio(features, target).clamp(min=FLOOR)
        raw = (ratio * self.inverse_prior.to(ratio.device)[target]) ** self.gamma
        return (raw / raw.mean()).to(features.dtype)

    @torch.no_grad()
    def ratio(self, features: Tensor, target: Tensor) -> Tensor:
        """The density ratio of every sample within its class, unclamped; float64, shape (B,).

        One Gram matrix, masked to pairs of one class, serves all classes in a single solve.
        """
        features, present = self._float64(features), self._membership(target)
        size = present.sum(dim=0)[target]
        means = self._class_means(features, present)
        shift = (torch.where(self.seen[:, None], self.prototypes, means) - means)[target]
        gram = (features @ features.T) * (present @ present.T)
        trace = (present.T @ gram.diagonal())[target]
        penalty = self.ridge * trace / size
        penalty = torch.where(penalty > 0, penalty, 1.0)  # all features zero: nothing to match
        solution = torch.linalg.solve(
            gram + torch.diag(penalty), (features * shift).sum(dim=1, keepdim=True)
        )
        return 1.0 + size * solution.squeeze(1)

    @torch.no_grad()
    def observe(self, features: Tensor, target: Tensor) -> None:
        """Move the prototypes of the classes present towards their means; first sight sets them."""
        features, present = self._float64(features), self._membership(target)
        means = self._class_means(features, present)
        moved = self.momentum * self.prototypes + (1.0 - self.momentum) * means
        moved = torch.where(self.seen[:, None], moved, means)
        here = present.any(dim=0)
        self.prototypes = torch.where(here[:, None], moved, self.prototypes)
        self.seen = self.seen | here

    def observe_accuracy(self, class_accuracy: ArrayLike) -> None:
        """Nothing to learn."""

    def state_dict(self) -> dict[str, Tensor]:
        """The prototypes and which of them have been seen."""
        return {"prototypes": self.prototypes.clone(), "seen": self.seen.clone()}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore prototypes of the same shape."""
        if state["prototypes"].shape != self.prototypes.shape:
            raise InputError(
                f"prototypes have shape {tuple(state['prototypes'].shape)}: "
                f"this source holds {tuple(self.prototypes.shape)}"
            )
        self.prototypes, self.seen = state["prototypes"].clone(), state["seen"].clone()

    def _float64(self, features: Tensor) -> Tensor:
        if features.ndim != 2 or features.shape[1] != self.prototypes.shape[1]:
            raise InputError(
                f"features has shape {tuple(features.shape)}: "
                f"must be (B, {self.prototypes.shape[1]})"
            )
        self.prototypes = self.prototypes.to(features.device)
        self.seen = self.seen.to(features.device)
        return features.detach().double()

    def _membership(self, target: Tensor) -> Tensor:
        return one_hot(target, len(self.seen)).double()

    @staticmethod
    def _class_means(features: Tensor, present: Tensor) -> Tensor:
        return (present.T @ features) / present.sum(dim=0).clamp(min=1.0)[:, None]
