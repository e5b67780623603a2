"""Softmax equalization loss: rare classes are mostly spared as negatives.

Source: Tan et al. (CVPR 2020), softmax form (SEQL). Checked by: golden values, masks, special cases,
bounds, zero gradients, convexity for a fixed mask.
"""

from typing import Unpack

import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputTypeError, as_number
from ...theory.imbalance import class_prior
from ..registry import Method
from .batch import along_classes, class_dim, class_indices
from .module import COUNTED, LossOptions, MarginSoftmaxLoss
from .soft import as_every_class

__all__ = ["EqualizationLoss"]

METHODS = (
    Method(
        name="EqualizationLoss",
        weight="1",
        margin="tail classes dropped as negatives",
        link="−log",
        paper="Tan et al. 2020",
        consistent="only if 1 − γ is the ratio of every rare prior to every frequent one: not by default; "
        "no VS loss",
        statements=(
            "spared_negatives.equalisation",
            "pairwise_margins.equalisation",
        ),
        key="equalization",
        balanced=False,
        title="Softmax equalization loss",
        label="equalization",
        colour="red",
        loss="EqualizationLoss(class_counts, generator=generator)",
    ),
)


class EqualizationLoss(MarginSoftmaxLoss):
    """``-log(e^{z_y} / sum_k w_k e^{z_k})``, ``w_k = 0`` for a rare class k != y with probability gamma.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    threshold
        A class is rare if its share of the training examples is below this (5e-3, for 100 classes).
    gamma
        Probability that a rare class is left out, drawn for every example and class (0.9); 0 is
        cross-entropy, 1 leaves nothing to chance.
    generator
        Source of the draws, on the logits' device; None is torch's own. Only without one can the loss
        be compiled to one graph.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Tan et al. (CVPR 2020), softmax form. Left-out classes are masked, where ports multiply
    exponentials and overflow.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> EqualizationLoss([500, 50, 5], threshold=0.05, gamma=1.0)(logits, target)
    tensor(0.8392)
    """

    arguments = COUNTED

    rare: Tensor

    def __init__(
        self,
        class_counts: ArrayLike,
        threshold: float = 5e-3,
        gamma: float = 0.9,
        generator: torch.Generator | None = None,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(**options)
        share = as_number("threshold", threshold, low=0, high=1)
        self._hold("rare", (class_prior(class_counts) < share).astype(float))
        self.gamma = as_number("gamma", gamma, low=0, high=1)
        if not (generator is None or isinstance(generator, torch.Generator)):
            found = type(generator).__name__
            raise InputTypeError(f"generator has type {found}: must be a torch.Generator, or None")
        self.generator = generator

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch, with new draws; shapes as in `margin_softmax_loss`."""
        if self._extends(target):
            return self._by_class(logits, target, self._every)
        return super().forward(self._attempt(self._masked, logits, target), target)

    def _every(self, z: Tensor) -> Tensor:
        repeated, labels = as_every_class(z)
        left_out = self._left_out(z).repeat_interleave(z.shape[1], dim=0)
        own = class_indices(labels, repeated)
        masked = repeated.masked_fill(left_out.scatter(1, own, False), -torch.inf)
        return self._unweighted(masked, labels).reshape(z.shape)

    def _masked(self, logits: Tensor, target: Tensor) -> Tensor:
        own = class_indices(target, logits)
        left_out = self._left_out(logits).scatter(class_dim(logits), own, False)
        return logits.masked_fill(left_out, -torch.inf)

    def _left_out(self, logits: Tensor) -> Tensor:
        """The rare classes that are drawn to be left out, those of the targets among them."""
        left_out = (along_classes(self.rare, logits) > 0).expand_as(logits)
        if self.gamma < 1:
            draws = torch.rand(logits.shape, generator=self.generator, device=logits.device)
            left_out = left_out & (draws < self.gamma)
        return left_out
