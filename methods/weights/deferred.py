"""A schedule's class weights as a weight source, for loops that weigh sample by sample.

Source: Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss"
(NeurIPS 2019), Algorithm 1. Checked by: weights change at the start epoch and nowhere else.
"""

from numpy.typing import ArrayLike
from torch import Tensor

from .schedules import DeferredReweighting
from .static import UniformWeights

__all__ = ["DeferredWeights"]


class DeferredWeights(UniformWeights):
    """Ones before epoch ``start``, class weights from there on; ``start=0`` is plain re-weighting.

    Parameters
    ----------
    class_counts, start, class_weights
        As in `DeferredReweighting`.
    """

    def __init__(
        self, class_counts: ArrayLike, start: int = 0, class_weights: ArrayLike | None = None
    ) -> None:
        self.schedule = DeferredReweighting(class_counts, start, class_weights)

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """The class weight of every target; shape (B,), in the features' dtype."""
        if epoch < self.schedule.start:
            return super().weights(epoch, features, target)
        return self.schedule.class_weights.to(features)[target]
