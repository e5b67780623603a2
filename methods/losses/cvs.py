"""The CVS loss: offsets and weights of powers of the prior, with factors that a calibration supplies.

Source: Wang et al. (TPAMI 48(1), 2026), official script; Wang et al. (NeurIPS 2023) for the weights.
Checked by: special cases, a symbolic twin in value and gradient.
"""

from typing import Unpack

import numpy as np

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_number, as_real
from ...theory.vector_scaling import logit_adjustment_offset, vs_parameters
from ..registry import Method
from .module import WEIGHED, LossOptions, MarginSoftmaxLoss, weighted_also

__all__ = ["CVSLoss"]

METHODS = (
    Method(
        name="CVSLoss",
        weight="π^−ν",
        margin="Δ = τ log(π/κ)",
        link="−log",
        paper="Wang et al. 2026",
        consistent="only if κ^τ is proportional to π^(ν + τ − 1); refitted until calibrated, only if ν = 1",
        statements=("cvs.second_stage", "cvs.recalibrated"),
        untrained="its factors are fitted anew to the scores of every epoch, which no recipe does",
    ),
)


class CVSLoss(MarginSoftmaxLoss):
    """The second stage of CVS: ``-pi_y^-nu log softmax_y(z + tau log(pi/kappa))``.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    factors
        ``kappa`` > 0, one number per class, shape (C,), or one (1.0) for all, which changes nothing. The
        authors fit them after every epoch, so that ``kappa softmax(z)`` is calibrated on training examples.
    tau, nu
        Exponents of the offsets and of the weights; the authors' for CIFAR-100-LT.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Raises
    ------
    InputError
        If there are as many factors neither as classes nor as one.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> CVSLoss([500, 50, 5])(logits, target)
    tensor(2.9723)
    >>> CVSLoss([500, 50, 5], factors=[0.9, 0.5, 0.2])(logits, target)
    tensor(2.2064)
    """

    arguments = WEIGHED

    def __init__(
        self,
        class_counts: ArrayLike,
        factors: ArrayLike = 1.0,
        tau: float = 0.9,
        nu: float = 0.15,
        **options: Unpack[LossOptions],
    ) -> None:
        offset = logit_adjustment_offset(class_counts, tau)
        kappa = as_real("factors", factors, low=0, low_open=True)
        if kappa.shape not in ((), offset.shape):
            raise InputError(
                f"factors has shape {kappa.shape}: must be {offset.shape}, or one number"
            )
        weight = vs_parameters("TLA+ADRW", class_counts, nu=as_number("nu", nu)).weight
        super().__init__(offset=offset - tau * np.log(kappa), **weighted_also(weight, options))
