"""SOUL's rebalanced loss: in every batch a random subset of the frequent class, as large as the rare one.

``sum_(wood) BCE_i / (2 |wood|) + sum_(S) BCE_i / (2 |wood|)``, S as many of the leaves, drawn. Source: Bai et
al. (NeurIPS 2023), as in their code, for two classes, leaf and wood; for more classes, and a subset of every
class that is not the rarest, ours. Checked by: all subsets of small batches enumerated, gradients that vanish
outside a subset, and finite worlds.
"""

from typing import Unpack

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputTypeError
from ...theory.imbalance import class_prior
from ..registry import Method
from .batch import working_dtype
from .module import COUNTED, ClassLoss, LossOptions
from .soft import as_every_class

__all__ = ["RebalancedLoss"]

METHODS = (
    Method(
        name="RebalancedLoss",
        weight="1/(K kept), kept of each class at most as many as of the rarest",
        margin="0",
        link="−log σ, mean over classes",
        paper="Bai et al. 2023 (SOUL)",
        consistent="yes, of batches that hold every class: the log odds of the balanced posterior",
        statements=(
            "binary_link.link",
            "binary_margins.consistent_choices",
        ),
        key="soul",
        balanced=True,
        title="Rebalanced loss on subsets (SOUL)",
        label="SOUL",
        colour="pink",
        loss="RebalancedLoss(class_counts, generator=generator)",
    ),
)


class RebalancedLoss(ClassLoss):
    """``sum_c 1/(K |S_c|) sum_{i in S_c} BCE_i``: S_c a random subset of the batch's examples of class c.

    The subset has as many examples as the batch has of its rarest class (all, where there are no more), so
    that K classes that are present weigh 1/K each. BCE is a binary cross-entropy for every class, averaged
    over them. In expectation over the subsets it is the balanced BCE of the whole batch; that is what is
    computed in ``eval()`` mode. A batch of a single class has nothing to balance: its loss is 0.
    An optimiser that asks for a second gradient gets that of the expectation.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,): they say which of the classes in a batch is the rarest.
    generator
        Source of the draws; None is torch's own.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`; here the default is ``normalize="batch"``: with ``reduction="none"``
        losses carry the factor that makes their mean the sum above.

    Source: SOUL's code, where a batch without wood is skipped. Targets are class indices.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0], [0.0, 1.0], [2.0, 0.0]]), torch.tensor([0, 1, 0])
    >>> RebalancedLoss([500, 5])(logits, target)
    tensor(0.4566)
    >>> RebalancedLoss([500, 5], reduction="none")(logits, torch.tensor([0, 0, 0]))
    tensor([0., 0., 0.])
    """

    arguments = COUNTED
    prior: Tensor

    def __init__(
        self,
        class_counts: ArrayLike,
        generator: torch.Generator | None = None,
        **options: Unpack[LossOptions],
    ) -> None:
        options.setdefault("normalize", "batch")
        super().__init__(**options)
        self._hold("prior", class_prior(class_counts))
        if not (generator is None or isinstance(generator, torch.Generator)):
            found = type(generator).__name__
            raise InputTypeError(f"generator has type {found}: must be a torch.Generator, or None")
        self.generator = generator

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch, with new draws; shapes as in `margin_softmax_loss`."""
        if getattr(target, "dtype", None) is not torch.int64 and isinstance(logits, Tensor):
            raise InputTypeError("target must be class indices, int64: subsets are drawn by class")
        factor = self._attempt(self._factors, logits, target)

        def losses(z: Tensor, labels: Tensor) -> Tensor:
            own = one_hot(labels, z.shape[1]).to(z)
            return binary_cross_entropy_with_logits(z, own, reduction="none").mean(dim=1)

        def every(z: Tensor) -> Tensor:
            return losses(*as_every_class(z)).view(z.shape) * factor[:, None]

        return self._over_rows(logits, target, lambda z, y: losses(z, y) * factor, every)

    def _factors(self, logits: Tensor, target: Tensor) -> Tensor:
        """By what the loss of every example is multiplied before the mean, 0 outside the subsets; (N',)."""
        labels = target.reshape(-1)
        kept = labels != self.ignore_index
        labels = torch.where(kept, labels, 0)
        size = torch.zeros_like(self.prior).index_add(0, labels, kept.to(self.prior))
        present, whole = size > 0, size.sum()
        if present.sum() < 2:
            return torch.zeros(len(labels), dtype=working_dtype(logits), device=logits.device)
        if self.training:
            rarest = torch.where(present, self.prior, torch.inf).argmin()
            order, place = in_random_order(torch.where(kept, labels + 1, 0), self.generator)
            kept = kept & torch.empty_like(kept).scatter(0, order, place < size[rarest])
            size = size.clamp(max=size[rarest])
        share = whole / (present.sum() * size)
        return torch.where(kept, share[labels], 0.0).to(working_dtype(logits))


def in_random_order(labels: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
    """Examples class after class, in each by chance: their indices, and their places within the class."""
    device = labels.device if generator is None else generator.device
    draws = torch.rand(len(labels), generator=generator, dtype=torch.float64, device=device)
    order = (labels + draws.to(labels.device)).argsort()
    size = labels.bincount()
    start = size.cumsum(0) - size
    return order, torch.arange(len(labels), device=labels.device) - start[labels[order]]
