"""What a source of weights promises: an answer for the current batch, and a memory of past ones.

The loop asks before the loss, and lets the source observe after the optimiser's step. Checked by:
the same tests for every source, and training that resumes to the bit.
"""

from collections.abc import Mapping
from typing import Protocol

from torch import Tensor

__all__ = ["WeightSource"]


class WeightSource(Protocol):
    """Per-sample weights for a training run; to the loop only their ratios in a batch matter."""

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """Weights of the current batch, detached from the graph.

        Shape: features (B, Z), target (B,) -> (B,).
        """
        ...

    def observe(self, features: Tensor, target: Tensor) -> None:
        """Learn from a batch, after the step that used it; features as they were before the step.

        Shape: features (B, Z), target (B,).
        """
        ...

    def state_dict(self) -> dict[str, Tensor]:
        """A copy of all that `observe` has changed."""
        ...

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore what `state_dict` returned."""
        ...
