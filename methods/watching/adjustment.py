"""What a loss adjusts logits by, whose softmax is the probability that bounds and measurements speak of.

Checked by: the losses themselves, and the tests of all that is measured with it.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..losses import MarginSoftmaxLoss, margin_softmax_loss

AS_HELD: Mapping[str, Tensor] = {}


class Adjustment(TypedDict, total=False):
    """What a margin-softmax loss adjusts logits by."""

    scale: Tensor | None
    temperature: Tensor | None
    offset: Tensor | None
    target_margin: Tensor | None


def in_use(criterion: Any, constants: Mapping[str, Tensor] = AS_HELD) -> Adjustment:
    """The adjustment of a loss, if it has one, with a stage's constants in place of its."""
    if not isinstance(criterion, MarginSoftmaxLoss):
        return {}
    return {
        "scale": constants.get("scale", criterion.scale),
        "temperature": criterion.temperature,
        "offset": constants.get("offset", criterion.offset),
        "target_margin": constants.get("target_margin", criterion.target_margin),
    }


def has_gradient_bound(criterion: Any, constants: Mapping[str, Tensor] = AS_HELD) -> bool:
    """Whether a loss is of the vector-scaling family, whose gradient `vs_gradient_bound` bounds."""
    if not isinstance(criterion, MarginSoftmaxLoss) or criterion.link is not None:
        return False
    held = in_use(criterion, constants)
    if type(criterion).forward is not MarginSoftmaxLoss.forward:
        return False
    offset = held.get("offset")
    if held.get("temperature") is not None or held.get("target_margin") is not None:
        return False
    return offset is None or offset.ndim == 1


def scales(held: Adjustment, classes: int) -> NDArray[np.float64]:
    """The scale of each class, (K,)."""
    scale = held.get("scale")
    if scale is None:
        return np.ones(classes)
    return np.ones(classes) * torch.as_tensor(scale).double().cpu().numpy()


def target_losses(held: Adjustment, logits: Tensor, target: Tensor) -> Tensor:
    """``-log`` of the target's probability under the adjusted softmax, (B,)."""
    return margin_softmax_loss(logits, target, **held, reduction="none")
