"""LADE: logits that estimate ``log p(x|c)/p(x)``, free of the training prior.

Source: Hong et al. (CVPR 2021), "Disentangling Label Distribution for Long-tailed Visual Recognition".
Checked by: special cases, the optimum on a finite space, an independent evaluation, both forms.
"""

import math
from typing import Literal, Unpack

import torch
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import as_number, one_of
from ...theory.vector_scaling import logit_adjustment_offset
from ..registry import Method
from .batch import class_dim, floats, rows, working_dtype
from .module import COUNTED, LossOptions, MarginSoftmaxLoss
from .soft import flat

__all__ = ["LADELoss"]

METHODS = (
    Method(
        name="LADELoss",
        weight="1",
        margin="Δ = log π",
        link="−log, and a density-ratio regulariser",
        paper="Hong et al. 2021",
        consistent="yes without the regulariser",
        statements=("consistency.logit_adjustment",),
        key="lade",
        title="Label distribution disentangling (LADE)",
        label="LADE",
        colour="green",
        loss="LADELoss(class_counts)",
    ),
)


class LADELoss(MarginSoftmaxLoss):
    """Balanced softmax plus ``alpha`` times ``-sum_c pi_c (A_c - S_c - remine_lambda S_c^2)``.

    ``A_c`` is the mean logit c over the batch's examples of class c (0 if there are none), and ``S_c``
    the log of the mean of ``exp(z_c)`` over the batch re-weighted to equal classes: the two terms of a
    Donsker-Varadhan bound. The last term fixes the additive constant of each logit. To predict under
    a target prior add its logarithm to the logits. A class masked by -inf throughout a batch is left
    out of the estimate.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    remine_lambda
        Strength of the last term (0.1); the authors' README has 0.01 for CIFAR-100-LT.
    alpha
        Strength of the estimate (0.1); 0 is `BalancedSoftmaxLoss`.
    form
        ``"paper"`` weighs each example by the inverse prior of its own class. ``"official"``, the
        authors' code, weighs column c by the inverse prior of c, a constant that moves S_c only. They
        add 1e-9 to the priors; here nothing is added.
    **options
        ``weight`` (of the balanced softmax), ``reduction``, ``normalize``, ``ignore_index``,
        ``label_smoothing`` of `margin_softmax_loss`. The estimate belongs to the batch as a
        whole: ``"none"`` and ``"sum"`` add it to every example.

    Source: Hong et al. (CVPR 2021).

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> LADELoss([500, 50, 5])(logits, target)
    tensor(2.6575)
    """

    arguments = COUNTED

    def __init__(
        self,
        class_counts: ArrayLike,
        remine_lambda: float = 0.1,
        alpha: float = 0.1,
        form: Literal["paper", "official"] = "paper",
        **options: Unpack[LossOptions],
    ) -> None:
        super().__init__(offset=logit_adjustment_offset(class_counts), **options)
        self.remine_lambda = as_number("remine_lambda", remine_lambda, low=0)
        self.alpha = as_number("alpha", alpha, low=0)
        self.form = one_of("form", form, ("paper", "official"))

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; shapes as in `margin_softmax_loss`."""
        loss = super().forward(logits, target)
        estimate = self.alpha * self._estimate(logits, target)
        if self.reduction == "mean":
            return loss + estimate
        soft = target.shape == logits.shape and target.is_floating_point()
        kept = (
            torch.ones_like(target).amax(class_dim(logits)) if soft else target != self.ignore_index
        )
        return loss + estimate * (kept if self.reduction == "none" else kept.sum())

    def _estimate(self, logits: Tensor, target: Tensor) -> Tensor:
        assert self.offset is not None
        log_prior = self.offset.to(working_dtype(logits))
        # log of the uniform prior over the training prior
        log_ratio = -math.log(len(log_prior)) - log_prior
        if target.is_floating_point():
            z, share = flat(floats(logits)), flat(target).to(log_prior.dtype)
            kept = torch.ones_like(share[:, 0], dtype=torch.bool)
            own_ratio = (share * log_ratio.exp()).sum(dim=1).log()
        else:
            z, labels = rows(logits, target, self.ignore_index)
            kept = (target != self.ignore_index).reshape(-1)
            z = torch.where(kept.unsqueeze(1), z, 0.0)
            share = torch.zeros_like(z).scatter(
                1, labels.unsqueeze(1), kept.unsqueeze(1).to(z.dtype)
            )
            own_ratio = log_ratio[labels]
        size = share.sum(dim=0)
        mean = (torch.where(share > 0, z, 0.0) * share).sum(dim=0) / torch.where(
            size > 0, size, 1.0
        )
        shift = own_ratio.unsqueeze(1) if self.form == "paper" else log_ratio
        seen = kept | ~kept.any()  # of a wholly ignored batch the result is finite, and not used
        scores = torch.where(seen.unsqueeze(1), z + shift, -torch.inf)
        absent = (scores == -torch.inf).all(dim=0)  # every class, in an empty batch
        scores = torch.where(absent, 0.0, scores)
        log_mean = torch.logsumexp(scores, dim=0) - torch.log(seen.sum().to(z.dtype))
        bound = mean - log_mean - self.remine_lambda * log_mean**2
        return -(log_prior.exp() * torch.where(absent, 0.0, bound)).sum()
