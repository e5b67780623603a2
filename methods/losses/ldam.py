"""Label-distribution-aware margins: on the target only, larger for rarer classes; softmax and hinge.

Source: Cao et al. (NeurIPS 2019). Checked by: golden values, the authors' form, the sandwich between
the two, bounds, convexity, and unnormalised logits that stay finite.
"""

from typing import Unpack

import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import as_number
from ...theory.margins import ldam_margins
from ..registry import Method
from .module import COUNTED, ClassLoss, LossOptions, MarginSoftmaxLoss

__all__ = ["LDAMHingeLoss", "LDAMLoss"]

METHODS = (
    Method(
        name="LDAMLoss",
        weight="1",
        margin="β = s, m_y = s C n_y^(−1/4) on the target",
        link="−log",
        paper="Cao et al. 2019",
        consistent="no",
        statements=(
            "multiclass_margins.true_class_margins",
            "consistency.ldam_not_consistent",
        ),
        key="ldam-drw",
        balanced=False,
        title="LDAM with deferred re-weighting",
        label="LDAM-DRW",
        colour="red",
        loss="LDAMLoss(class_counts)",
        head="cosine",
        schedule="DeferredReweighting(class_counts, start)",
    ),
    Method(
        name="LDAMHingeLoss",
        weight="1",
        margin="m_y = C n_y^(−1/4) on the target",
        link="hinge",
        paper="Cao et al. 2019",
        consistent="no (two classes: the threshold is ½ whatever the margins)",
        statements=("binary_margins.weighted_hinge",),
        key="ldam-hinge",
        balanced=False,
        title="LDAM's hinge",
        label="LDAM-HG",
        colour="orange",
        loss="LDAMHingeLoss(class_counts)",
    ),
)


class LDAMLoss(MarginSoftmaxLoss):
    """LDAM: ``-log softmax_y(s (z - m_y e_y))`` with ``m_j = max_margin (n_min / n_j)^(1/4)``.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    max_margin
        Margin of the rarest class (0.5).
    scale
        s (30), meant for cosine logits in [-1, 1]: put
        `counterpoise.methods.models.NormedLinear` before the loss. On the unnormalised logits of a
        plain linear layer loss and gradient stay finite, but s makes the loss thirty times as steep:
        training diverges within a few steps, and the network's nan is then blamed on the loss.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Cao et al. (NeurIPS 2019), eq. (13), where s = 1; defaults of the authors' code.

    Examples
    --------
    >>> import torch
    >>> cosines, target = torch.tensor([[0.9, 0.1, 0.3], [0.2, 0.1, 0.5]]), torch.tensor([0, 2])
    >>> LDAMLoss([500, 50, 5])(cosines, target)
    tensor(3.0255)
    """

    arguments = COUNTED

    def __init__(
        self,
        class_counts: ArrayLike,
        max_margin: float = 0.5,
        scale: float = 30.0,
        **options: Unpack[LossOptions],
    ) -> None:
        s = as_number("scale", scale, low=0, low_open=True)
        margins = s * ldam_margins(class_counts, max_margin)
        super().__init__(scale=s, target_margin=margins, **options)


class LDAMHingeLoss(ClassLoss):
    """LDAM's hinge: ``max(max_{j != y} z_j - z_y + m_y, 0)``, with the margins of `LDAMLoss`.

    It bounds LDAM from both sides, ``hinge <= LDAM/s <= hinge + log(C)/s``, so is its limit for large
    scales. As `counterpoise.theory.ldam_loss.ldam_hinge`.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    max_margin
        Margin of the rarest class (0.5).
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Cao et al. (NeurIPS 2019), Section 3.2, LDAM-HG.

    Examples
    --------
    >>> import torch
    >>> cosines, target = torch.tensor([[0.9, 0.1, 0.3], [0.2, 0.1, 0.5]]), torch.tensor([0, 2])
    >>> LDAMHingeLoss([500, 50, 5])(cosines, target)
    tensor(0.1000)
    """

    arguments = COUNTED
    by_example = True

    target_margin: Tensor

    def __init__(
        self, class_counts: ArrayLike, max_margin: float = 0.5, **options: Unpack[LossOptions]
    ) -> None:
        super().__init__(**options)
        self._hold("target_margin", ldam_margins(class_counts, max_margin))

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; shapes as in `margin_softmax_loss`."""
        return self._over_rows(logits, target, self._hinge, self._every_hinge)

    def _hinge(self, z: Tensor, labels: Tensor) -> Tensor:
        index = labels.unsqueeze(1)
        rival = z.scatter(1, index, -torch.inf).amax(dim=1)
        margin = self.target_margin.to(z.dtype)[labels]
        return torch.relu(rival - z.gather(1, index).squeeze(1) + margin)

    def _every_hinge(self, z: Tensor) -> Tensor:
        top = z.detach().argmax(dim=1, keepdim=True)
        is_top = torch.zeros_like(z, dtype=torch.bool).scatter(1, top, True)
        second = z.masked_fill(is_top, -torch.inf).amax(dim=1, keepdim=True)
        rival = torch.where(is_top, second, z.gather(1, top))
        return torch.relu(rival - z + self.target_margin.to(z.dtype))
