"""What a training loop may ask: weights for a batch (a source), or a plan for an epoch (a schedule).

The loop asks a source before the loss, and lets it observe after the optimiser's step and after the
epoch; it asks a schedule once an epoch. Checked by: the same tests for all of a kind, and training
that resumes to the bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from ...theory.foundation.validation import InputError
from ..losses.module import ClassLoss, exact_dtype

__all__ = ["Schedule", "Stage", "WeightSource"]


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

    def observe_accuracy(self, class_accuracy: ArrayLike) -> None:
        """Learn from the accuracy per class on held-out data, shape (K,), after an epoch."""
        ...

    def state_dict(self) -> dict[str, Tensor]:
        """A copy of all that `observe` and `observe_accuracy` have changed."""
        ...

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore what `state_dict` returned."""
        ...


@dataclass(frozen=True, eq=False)
class Stage:
    """How one epoch weighs, adjusts and draws its examples; None leaves the loss's own constant.

    Parameters
    ----------
    weight, scale, offset
        Class weights alpha, scales beta and offsets Delta of `margin_softmax_loss`; float64, (K,).
    sampling_exponent
        q in ``p_y ~ n_y^q``, the probability to draw a class: 1 is the data as it comes, 0 is class
        balance (`counterpoise.methods.sampling.power_sampler`).
    """

    weight: Tensor | None = None
    scale: Tensor | None = None
    offset: Tensor | None = None
    sampling_exponent: float = 1.0

    def configure(self, criterion: nn.Module) -> None:
        """Write copies of the constants into the buffers of a loss, on its buffers' device.

        A loss of this package keeps them in float64; another one, such as ``nn.CrossEntropyLoss``,
        gets them in the dtype of the buffer that they replace, or else in torch's default dtype.

        Raises
        ------
        InputError
            If the loss has no buffer of that name.
        """
        device = next((buffer.device for buffer in criterion.buffers()), None)
        for name in ("weight", "scale", "offset"):
            constant = getattr(self, name)
            if constant is None:
                continue
            if not hasattr(criterion, name):
                raise InputError(
                    f"criterion {type(criterion).__name__} has no buffer {name!r}: "
                    "give a margin-softmax loss"
                )
            dtype = _dtype(criterion, name, device)
            # A copy: what is loaded into the loss later must not change the plan.
            setattr(criterion, name, constant.to(device, dtype, copy=True))


def _dtype(criterion: nn.Module, name: str, device: torch.device | None) -> torch.dtype:
    """The dtype in which a loss holds a constant."""
    if isinstance(criterion, ClassLoss):
        return exact_dtype(device)
    held = getattr(criterion, name)
    return held.dtype if isinstance(held, Tensor) else torch.get_default_dtype()


class Schedule(Protocol):
    """A plan over epochs; a function of the epoch alone, so there is nothing to save."""

    def stage(self, epoch: int) -> Stage:
        """The plan for an epoch, counted from 0."""
        ...
