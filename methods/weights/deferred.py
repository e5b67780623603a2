"""Deferred re-weighting (DRW): learn features from the data as it comes, balance the classes late.

Source: Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss"
(NeurIPS 2019), Algorithm 1. Checked by: weights change at the start epoch and nowhere else.
"""

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ...theory.validation import InputError, as_class_counts, as_real
from .static import UniformWeights, class_balanced_weights

__all__ = ["DeferredWeights"]


class DeferredWeights(UniformWeights):
    """Ones before epoch ``start``, class weights from there on; ``start=0`` is plain re-weighting.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    start
        First epoch, counted from 0, that uses the class weights.
    class_weights
        Shape (K,); the default is the effective number's at ``beta = 0.9999``.
    """

    def __init__(
        self, class_counts: ArrayLike, start: int = 0, class_weights: ArrayLike | None = None
    ) -> None:
        counts = as_class_counts(class_counts)
        self.start = int(as_real("start", start, low=0))
        if class_weights is None:
            self.class_weights = class_balanced_weights(counts)
            return
        self.class_weights = torch.from_numpy(as_real("class_weights", class_weights, low=0))
        if self.class_weights.shape != counts.shape:
            raise InputError(
                f"class_weights has shape {tuple(self.class_weights.shape)}: "
                f"must match class_counts, {counts.shape}"
            )

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """The class weight of every target; shape (B,), in the features' dtype."""
        if epoch < self.start:
            return super().weights(epoch, features, target)
        return self.class_weights.to(features)[target]
