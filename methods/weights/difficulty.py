"""Difficulty-balanced weights (CDB): a class counts more the more often it is still wrong.

Source: Sinha, Ohashi, Nakamura (ACCV 2020), Algorithm 1. Checked by: ones before the first observation,
`difficulty_weights` after it, and a saved state that continues to the bit.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_whole, one_of
from ..arguments import named_arguments
from .static import UniformWeights, difficulty_weights

__all__ = ["DifficultyWeights"]


class DifficultyWeights(UniformWeights):
    """Ones in the first epoch; then `difficulty_weights` of the accuracy last observed.

    Parameters
    ----------
    num_classes
        K.
    tau
        As in `difficulty_weights`.
    mean
        ``"batch"``, the authors': losses times weights are averaged over the examples of a batch.
        ``"weights"`` divides by the sum of the weights in the batch, so that a batch of one class moves the
        network as much whatever the class weighs.

    >>> source = DifficultyWeights(2, tau=1)
    >>> source.observe_accuracy([0.75, 0.25])
    >>> source.weights(1, torch.zeros(2, 4), torch.tensor([0, 1])).tolist()
    [0.5, 1.5]
    """

    @named_arguments
    def __init__(self, num_classes: int, tau: float | str = "dynamic", mean: str = "batch") -> None:
        size = as_whole("num_classes", num_classes, 1)
        difficulty_weights([0.0] * size, tau)  # refuses a bad tau here, not after an epoch
        self.tau = tau
        self.by_size = one_of("mean", mean, ("batch", "weights")) == "batch"
        self.class_weights = torch.ones(size, dtype=torch.float64)

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """The class weight of every target; shape (B,), in the features' dtype."""
        return self.class_weights.to(features)[target]

    def observe_accuracy(self, class_accuracy: ArrayLike) -> None:
        """Weigh by these accuracies, shape (K,), until the next ones."""
        weights = difficulty_weights(class_accuracy, self.tau)
        if weights.shape != self.class_weights.shape:
            raise InputError(
                f"class_accuracy has shape {tuple(weights.shape)}: "
                f"must be ({len(self.class_weights)},)"
            )
        self.class_weights = weights

    def state_dict(self) -> dict[str, Tensor]:
        """The class weights in use."""
        return {"class_weights": self.class_weights.clone()}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore class weights of the same number of classes."""
        if state["class_weights"].shape != self.class_weights.shape:
            raise InputError(
                f"class_weights have shape {tuple(state['class_weights'].shape)}: "
                f"this source holds {tuple(self.class_weights.shape)}"
            )
        self.class_weights = state["class_weights"].clone()
