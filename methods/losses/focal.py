"""Focal loss: examples that are classified well count for less.

Source: Lin et al. (ICCV 2017), softmax form. Checked by: golden values, the papers' gradient, bounds,
the limit of cross-entropy, non-convexity.
"""

from typing import Unpack

from ..registry import Method
from .links import focal_link
from .module import LossOptions, MarginSoftmaxLoss

__all__ = ["FocalLoss"]

METHODS = (
    Method(
        name="FocalLoss",
        weight="1",
        margin="0",
        link="−(1 − p)^γ log p",
        paper="Lin et al. 2017",
        consistent="only if weight = 1/π",
        statements=("focal.balanced_consistency",),
        key="focal",
        balanced=False,
        title="Focal loss",
        label="focal",
        colour="orange",
        loss="FocalLoss()",
    ),
)


class FocalLoss(MarginSoftmaxLoss):
    """Focal loss, softmax form: ``-(1 - p_y)^gamma log p_y``.

    Parameters
    ----------
    gamma
        Focus on hard examples (2.0); 0 is cross-entropy. Not convex in the logits for gamma > 0, and
        its minimiser's softmax is not the posterior: `counterpoise.theory.focal.focal_posterior`.
    **options
        ``weight`` (the paper's alpha), ``reduction``, ``normalize``, ``ignore_index``,
        ``label_smoothing`` of `margin_softmax_loss`.

    Source: Lin et al. (ICCV 2017), eq. (4); their detector uses the sigmoid form, which is
    `ClassBalancedLoss` with ``base="focal"``.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> FocalLoss(gamma=2.0)(logits, target)
    tensor(0.5046)
    """

    def __init__(self, gamma: float = 2.0, **options: Unpack[LossOptions]) -> None:
        super().__init__(link=focal_link(gamma), **options)
