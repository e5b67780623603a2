"""Class-balanced loss: any loss, weighted by the inverse effective number of the class's examples.

Source: Cui et al. (CVPR 2019). Checked by: golden values, limits, torch's weighted mean, the authors'
mean, SymPy twins.
"""

from typing import Literal, Unpack

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import as_number, one_of
from ...theory.reweighting import effective_number_weights
from ..registry import Method
from .module import WEIGHED, LossOptions, MarginSoftmaxLoss, weighted_also
from .soft import sum_of_others

__all__ = ["ClassBalancedLoss"]

METHODS = (
    Method(
        name="ClassBalancedLoss",
        weight="1/E_n, E_n = (1 − β^n)/(1 − β)",
        margin="0",
        link="−log, sigmoid or focal",
        paper="Cui et al. 2019",
        consistent="no for β < 1; in the limit β → 1",
        statements=(
            "effective_number.not_balanced",
            "effective_number.limits",
        ),
        # the softmax form is the key class-balanced; base=sigmoid is a setting
        key="class-balanced-loss",
        balanced=False,
        title="Class-balanced focal loss",
        label="CB focal",
        colour="sky",
        loss="ClassBalancedLoss(class_counts, base='focal')",
    ),
)

Base = Literal["softmax", "sigmoid", "focal"]


class ClassBalancedLoss(MarginSoftmaxLoss):
    """Class-balanced loss: ``w_y l(z, y)`` with ``w_j ~ (1 - beta)/(1 - beta^n_j)`` that sum to C.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    beta
        Overlap of the data (0.9999), in [0, 1); 0 weighs all alike, towards 1 by inverse frequency.
    base
        The loss: ``"softmax"``, cross-entropy; ``"sigmoid"``, a binary cross-entropy for every class,
        summed over them; ``"focal"``, the same with each term multiplied by ``(1 - p_t)^gamma``. For
        the last two the authors start the last layer's biases at ``-log(C - 1)``, without decay.
    gamma
        Focus on hard terms (2.0), for ``base="focal"`` only.
    **options
        ``weight`` (multiplies w), ``reduction``, ``normalize``, ``ignore_index``,
        ``label_smoothing`` of `margin_softmax_loss`. The default divides by the sum of weights, as
        published PyTorch tables do; the authors' code divides by the batch size: ``normalize="batch"``.

    Source: Cui et al. (CVPR 2019), eqs. (5) and (8).

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> ClassBalancedLoss([500, 50, 5], beta=0.99)(logits, target)
    tensor(1.4977)
    """

    arguments = WEIGHED
    by_example = True

    def __init__(
        self,
        class_counts: ArrayLike,
        beta: float = 0.9999,
        base: Base = "softmax",
        gamma: float = 2.0,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(**weighted_also(effective_number_weights(class_counts, beta), options))
        self.base: str = one_of("base", base, ("softmax", "sigmoid", "focal"))
        focus = as_number("gamma", gamma, low=0)
        self.gamma = focus if base == "focal" else 0.0

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; shapes as in `margin_softmax_loss`."""
        if self.base == "softmax":
            return MarginSoftmaxLoss.forward(self, logits, target)
        return self._over_rows(logits, target, self._sigmoid, self._every_sigmoid)

    def _sigmoid(self, z: Tensor, labels: Tensor) -> Tensor:
        """``-sum_j (1 - p_j)^gamma log p_j``, p_j the probability of being right about class j."""
        own = labels.unsqueeze(1)
        return self._terms((-z).scatter(1, own, z.gather(1, own))).sum(dim=1)

    def _every_sigmoid(self, z: Tensor) -> Tensor:
        return self._terms(z) + sum_of_others(self._terms(-z))

    def _terms(self, agree: Tensor) -> Tensor:
        loss = -logsigmoid(agree)
        return loss * torch.exp(self.gamma * logsigmoid(-agree)) if self.gamma else loss
