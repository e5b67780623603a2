"""A margin for every pair of classes.

Source: Menon et al. (ICLR 2021), eq. (11). Checked by: the definition, special cases, and the pairs of
weights and margins that theory proves consistent.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_real
from ..registry import Method
from .module import MarginSoftmaxLoss
from .reducing import IGNORE_INDEX, Normalize, Reduction

__all__ = ["PairwiseMarginLoss"]

METHODS = (
    Method(
        name="PairwiseMarginLoss",
        weight="α",
        margin="Δ[y, j]",
        link="−log",
        paper="Menon et al. 2021",
        consistent="if α = δ/π, Δ[y, j] = log(δ_j/δ_y); "
        "two classes: only if the margins satisfy the condition",
        statements=(
            "offset_family.consistent_iff",
            "consistency.binary_pairwise",
        ),
        untrained="its margins are a matrix of the user's; from class counts they make la or "
        "inverse-frequency",
    ),
)


class PairwiseMarginLoss(MarginSoftmaxLoss):
    """``alpha_y log(1 + sum_{j != y} exp(delta_yj + z_j - z_y))``.

    Consistent for the balanced error if ``alpha_y = d_y/pi_y`` and ``delta_yj = log(d_j/d_y)`` for some
    d > 0: d = pi is logit adjustment, d = 1 inverse frequency.

    Parameters
    ----------
    weight
        alpha, shape (C,); None is ones.
    delta
        Margins, shape (C, C): row y for examples of class y. The diagonal is ignored.
    reduction, normalize, ignore_index, label_smoothing
        As in `margin_softmax_loss`.

    Source: Menon et al. (ICLR 2021), eq. (11) and Theorem 1.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> log_prior = np.log([0.9, 0.09, 0.01])
    >>> PairwiseMarginLoss(None, log_prior - log_prior[:, None])(logits, target)
    tensor(2.3832)
    """

    arguments: ClassVar[Mapping[str, str]] = {"offset": "delta"}

    def __init__(
        self,
        weight: ArrayLike | None,
        delta: ArrayLike,
        *,
        reduction: Reduction = "mean",
        normalize: Normalize = "weights",
        ignore_index: int = IGNORE_INDEX,
        label_smoothing: float = 0.0,
    ) -> None:
        margins = as_real("delta", delta)
        if margins.ndim != 2 or margins.shape[0] != margins.shape[1]:
            raise InputError(f"delta has shape {margins.shape}: must be (C, C)")
        super().__init__(
            offset=margins - np.diag(np.diag(margins)),
            weight=weight,
            reduction=reduction,
            normalize=normalize,
            ignore_index=ignore_index,
            label_smoothing=label_smoothing,
        )
