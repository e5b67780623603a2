"""Weights that depend on the class counts alone: none, inverse frequency, effective number.

Sources: Cui et al. (CVPR 2019) for the effective number; inverse frequency is its limit and turns
the training risk into the balanced risk. Checked by: golden vectors and the limit beta -> 1.
"""

from collections.abc import Mapping

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ...theory.class_counts import class_prior
from ...theory.effective_number import effective_number_weights

__all__ = ["UniformWeights", "class_balanced_weights", "inverse_frequency_weights"]


def inverse_frequency_weights(class_counts: ArrayLike) -> Tensor:
    """Class weights proportional to ``1 / n_y`` that sum to K; float64, shape (K,)."""
    inverse = 1.0 / torch.from_numpy(class_prior(class_counts))
    return inverse * (len(inverse) / inverse.sum())


def class_balanced_weights(class_counts: ArrayLike, beta: float = 0.9999) -> Tensor:
    """Class weights proportional to ``1 / E_n`` that sum to K (Cui et al. 2019); float64, (K,)."""
    return torch.from_numpy(effective_number_weights(class_counts, beta))


class UniformWeights:
    """Every sample weighs one: empirical risk minimisation. Has no memory."""

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """Ones of shape (B,) in the features' dtype."""
        return torch.ones(target.shape, dtype=features.dtype, device=features.device)

    def observe(self, features: Tensor, target: Tensor) -> None:
        """Nothing to learn."""

    def state_dict(self) -> dict[str, Tensor]:
        """Nothing to remember."""
        return {}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Nothing to restore."""
