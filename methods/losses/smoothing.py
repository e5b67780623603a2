"""Label-aware smoothing: labels are softened by class, most for the most frequent.

Source: Zhong et al. (CVPR 2021), "Improving Calibration for Long-Tailed Recognition" (MiSLAS).
Checked by: golden values and vector, special cases, gradient, bounds, convexity.
"""

from typing import Literal, Unpack

import torch
from torch import Tensor
from torch.nn.functional import log_softmax

from ...theory.consistency import label_aware_smoothing
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import one_of
from ..registry import Method
from .module import COUNTED, ClassLoss, LossOptions

__all__ = ["LabelAwareSmoothingLoss"]

METHODS = (
    Method(
        name="LabelAwareSmoothingLoss",
        weight="1",
        margin="0",
        link="−log against labels smoothed by ε_y",
        paper="Zhong et al. 2021",
        consistent="only if π (1 − K ε/(K − 1)) is one positive number: "
        "no ε of the paper's balances priors over 4 : 1",
        statements=("label_smoothing.balanced_consistency",),
        # head and tail are the paper's for CIFAR-10-LT of factor 100
        key="label-aware-smoothing",
        balanced=False,
        title="Label-aware smoothing",
        label="smoothing",
        colour="sky",
        loss="LabelAwareSmoothingLoss(class_counts, head=0.3, tail=0.0)",
    ),
)


class LabelAwareSmoothingLoss(ClassLoss):
    """``-(1 - e_y) log p_y - e_y/(C - 1) sum_{j != y} log p_j`` with class-wise smoothing e.

    As in torch's smoothed cross-entropy a logit of -inf makes the loss infinite where its class has
    a share of the label, so in every row with e_y > 0: masked classes and smoothing do not go together.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    head, tail
        Smoothing of the most frequent and of the rarest class, in [0, 1). The paper's: 0.3 and 0 for
        CIFAR-10-LT (factor 100), ImageNet-LT and iNaturalist; 0.4 and 0.1 for CIFAR-100-LT and Places.
    shape
        How smoothing grows with the count in between: ``"concave"`` (the paper's choice),
        ``"linear"`` or ``"convex"``.
    form
        ``"paper"`` spreads e over the other classes. ``"official"``, the authors' code, over all of
        them, the true one included: the same as the paper's at ``e (C - 1)/C``.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Zhong et al. (CVPR 2021), Section 3.2.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> LabelAwareSmoothingLoss([500, 50, 5], head=0.3, tail=0.0)(logits, target)
    tensor(1.2045)
    """

    arguments = COUNTED
    by_example = True

    smoothing: Tensor

    def __init__(
        self,
        class_counts: ArrayLike,
        head: float,
        tail: float,
        shape: Literal["concave", "linear", "convex"] = "concave",
        form: Literal["paper", "official"] = "paper",
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(**options)
        self._hold("smoothing", label_aware_smoothing(class_counts, head, tail, shape))
        self.form = one_of("form", form, ("paper", "official"))

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; shapes as in `margin_softmax_loss`."""
        return self._over_rows(logits, target, self._smoothed, self._every_smoothed)

    def _smoothed(self, z: Tensor, labels: Tensor) -> Tensor:
        log_p = log_softmax(z, dim=1)
        own, every = log_p.gather(1, labels.unsqueeze(1)).squeeze(1), log_p.sum(dim=1)
        return self._spread(own, every, self.smoothing.to(z.dtype)[labels], z.shape[1])

    def _every_smoothed(self, z: Tensor) -> Tensor:
        log_p = log_softmax(z, dim=1)
        every = log_p.sum(dim=1, keepdim=True)
        return self._spread(log_p, every, self.smoothing.to(z.dtype), z.shape[1])

    def _spread(self, own: Tensor, every: Tensor, smoothing: Tensor, classes: int) -> Tensor:
        others = (every - own) / max(classes - 1, 1)
        spread = others if self.form == "paper" else every / classes
        spread = torch.where(smoothing > 0, spread, 0.0)  # it may be infinite
        return -(1 - smoothing) * own - smoothing * spread
