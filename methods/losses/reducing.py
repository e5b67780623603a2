"""From a loss per example to one number: weights, ignored targets, and the two kinds of mean.

The trap: torch's weighted mean divides by the sum of the targets' weights, the papers' by the number
of examples. Both are here. Checked by: agreement with ``F.cross_entropy`` and with the definition.
"""

from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from ...theory.foundation.validation import InputTypeError, as_number

Reduction = Literal["mean", "sum", "none"]
Normalize = Literal["weights", "batch"]

REDUCTIONS = ("mean", "sum", "none")
NORMALIZATIONS = ("weights", "batch")
IGNORE_INDEX = -100


def as_ignore_index(value: Any) -> int:
    """``value`` if it is a whole number, negative or not."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputTypeError(
            f"ignore_index = {value!r}: must be one whole number, a target that counts for nothing"
        )
    return int(value)


def as_label_smoothing(value: Any) -> float:
    """``value`` if it is a share of the label that all classes may have."""
    return as_number("label_smoothing", value, low=0, high=1, high_open=True)


def reduce_losses(
    losses: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: Reduction,
    normalize: Normalize,
    ignore_index: int,
) -> Tensor:
    """Weighted losses, reduced; the losses of ignored targets must be zero.

    Arguments as for `margin_softmax_loss`. Shape: losses and target (...); weight (C,); returns a
    scalar, or (...) for ``"none"``.
    """
    kept = target != ignore_index
    total: Tensor = kept
    if weight is not None:
        labels = torch.where(kept, target, 0).reshape(-1)
        weights = weight.to(losses.dtype).gather(0, labels).reshape(target.shape)
        losses = weights * losses
        if normalize == "weights":
            total = weights * kept
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / total.sum()
