"""Seesaw loss: rare negatives are pushed down less, unless they are mistaken for the target.

Source: Wang et al. (CVPR 2021), as in the authors' detector. Checked by: golden values, special cases,
counts that accumulate, over ranks too, no gradient through the factors.
"""

import math
from collections.abc import Mapping
from typing import ClassVar, Unpack

import torch
from torch import Tensor
from torch.compiler import is_compiling
from torch.nn.functional import log_softmax

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_class_counts, as_number, as_whole
from ..ranks import summed_over_ranks
from ..registry import Method
from .batch import (
    along_classes,
    class_dim,
    class_indices,
    floats,
    of_target,
    rows,
    transforming,
)
from .module import LossOptions, MarginSoftmaxLoss
from .soft import as_every_class, refuse_improper

__all__ = ["SeesawLoss"]

METHODS = (
    Method(
        name="SeesawLoss",
        weight="1",
        margin="log S[y, j] from running counts and scores",
        link="−log",
        paper="Wang et al. 2021",
        consistent="no for p ≤ 1, as by default: two classes with any q, all K with q = 0",
        statements=("spared_negatives.seesaw",),
        key="seesaw",
        balanced=False,
        title="Seesaw loss",
        label="seesaw",
        colour="blue",
        loss="SeesawLoss(num_classes)",
    ),
)


class SeesawLoss(MarginSoftmaxLoss):
    """``-log(e^{z_y} / (e^{z_y} + sum_{j != y} M_yj C_yj e^{z_j}))``.

    ``M_yj = min(1, (N_j/N_y)^p)`` spares rarer negatives; ``C_yj = max(1, (s_j/s_y)^q)``, s the
    softmax without its gradient and s_y at least ``epsilon``, takes that back for mistaken ones.

    Parameters
    ----------
    num_classes
        C.
    p, q
        Strength of the two factors (0.8 and 2.0). p = q = 0 is cross-entropy; q = 0 is a convex
        pairwise margin, the negative half of logit adjustment, and not consistent.
    epsilon
        1e-2.
    class_counts
        N, shape (C,). None, as in the authors' code: the examples seen so far, this batch included,
        at least 1; counted in training mode only and kept in ``state_dict``. Under
        ``torch.distributed`` those of all ranks, each of which must call the loss equally often. The
        transforms of ``torch.func`` need fixed counts, or ``eval()``: they do not let a call change a
        buffer.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Wang et al. (CVPR 2021).

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> loss = SeesawLoss(3)
    >>> loss(logits, target)
    tensor(1.7513)
    >>> loss.seen
    tensor([1., 0., 1.], dtype=torch.float64)
    """

    arguments: ClassVar[Mapping[str, str]] = {"seen": "num_classes"}
    seen: Tensor

    def __init__(
        self,
        num_classes: int,
        p: float = 0.8,
        q: float = 2.0,
        *,
        epsilon: float = 1e-2,
        class_counts: ArrayLike | None = None,
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(**options)
        classes = as_whole("num_classes", num_classes, 1)
        self.p = as_number("p", p, low=0)
        self.q = as_number("q", q, low=0)
        self.epsilon = as_number("epsilon", epsilon, low=0, low_open=True, high=1)
        self.counts_batches = class_counts is None
        counts = [0.0] * classes if class_counts is None else as_class_counts(class_counts)
        if len(counts) != classes:
            raise InputError(f"class_counts has {len(counts)} entries: num_classes is {classes}")
        self._hold("seen", counts)

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch, which counts itself first; shapes as in `margin_softmax_loss`."""
        if self._extends(target):
            if self.counts_batches and self.training:
                self._attempt(self._count, logits, target)
            return self._by_class(logits, target, self._every)
        return super().forward(self._attempt(self._counted, logits, target), target)

    def _every(self, z: Tensor) -> Tensor:
        repeated, labels = as_every_class(z)
        return self._unweighted(self._with_factors(repeated, labels), labels).reshape(z.shape)

    def _counted(self, logits: Tensor, target: Tensor) -> Tensor:
        if self.counts_batches and self.training:
            self._count(logits, target)
        return self._with_factors(floats(logits), target)

    def _with_factors(self, z: Tensor, target: Tensor) -> Tensor:
        """``z_j + log(M_yj C_yj)``; at j = y that is z_y."""
        dim, index = class_dim(z), class_indices(target, z)
        log_count = self.seen.clamp(min=1.0).log().to(z.dtype)
        log_ratio = along_classes(log_count, z) - of_target(log_count, index, z)
        log_score = log_softmax(z.detach(), dim)
        excess = log_score - log_score.gather(dim, index).clamp(min=math.log(self.epsilon))
        return z + self.p * log_ratio.clamp(max=0.0) + self.q * excess.clamp(min=0.0)

    @torch.no_grad()
    def _count(self, logits: Tensor, target: Tensor) -> Tensor:
        """Count a batch, by the shares of its classes if the targets are soft; what is counted by now."""
        if target.dtype == torch.int64:
            _, labels = rows(logits, target, self.ignore_index)
            kept = (target != self.ignore_index).reshape(-1)
            count = torch.zeros_like(self.seen).index_add(0, labels, kept.to(self.seen.dtype))
        else:
            refuse_improper(logits, target)
            others = [d for d in range(target.ndim) if d != class_dim(logits)]
            count = target.to(self.seen.dtype).sum(others) if others else target.to(self.seen.dtype)
        try:
            self.seen += summed_over_ranks(count)
        except RuntimeError:
            if not is_compiling() and transforming():
                raise InputError(
                    "class_counts = None: a batch cannot be counted under torch.func; give "
                    "class_counts, or call .eval() first"
                ) from None
            raise
        return self.seen
