"""Losses that move the boundary by constants of the class: logit adjustment, VS, CDT and CVS.

Sources: Menon et al. (ICLR 2021), Ren et al. (NeurIPS 2020), Kini et al. (NeurIPS 2021), Ye et al.
(2020), Wang et al. (TPAMI 48(1), 2026; official script, and NeurIPS 2023 for the weights).
Checked by: golden values, special cases, invariances, gradients, symbolic twins.
"""

from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_number, as_real
from ...theory.vector_scaling import logit_adjustment_offset, vs_parameters, vs_scale
from ..registry import Method
from .module import COUNTED, WEIGHED, LossOptions, MarginSoftmaxLoss, weighted_also

__all__ = ["BalancedSoftmaxLoss", "CDTLoss", "CVSLoss", "LogitAdjustedLoss", "VSLoss"]

METHODS = (
    Method(
        name="LogitAdjustedLoss",
        weight="1",
        margin="Δ = τ log π",
        link="−log",
        paper="Menon et al. 2021",
        consistent="only if τ = 1, the default",
        statements=(
            "consistency.logit_adjustment",
            "offset_family.consistent_iff",
        ),
        key="la",
        balanced=True,
        title="Logit adjustment",
        label="LA",
        colour="blue",
        loss="LogitAdjustedLoss(class_counts)",
    ),
    Method(
        name="BalancedSoftmaxLoss",
        weight="1",
        margin="Δ = log n",
        link="−log",
        paper="Ren et al. 2020",
        consistent="yes",
        statements=("consistency.logit_adjustment",),
        key="balanced-softmax",
        balanced=True,
        title="Balanced softmax",
        label="balanced softmax",
        colour="blue",
        loss="BalancedSoftmaxLoss(class_counts)",
    ),
    Method(
        name="VSLoss",
        weight="1",
        margin="β = (n/n_max)^γ, Δ = τ log π",
        link="−log",
        paper="Kini et al. 2021",
        consistent="no for γ > 0; γ = 0 only if τ = 1",
        statements=(
            "vs_consistency.multipliers",
            "offset_family.consistent_iff",
        ),
        # gamma is that of the scripts of Wang et al. (NeurIPS 2023) for 100 classes. The loss does not
        # identify the largest plain logit: at its default, 0.3, rare classes are over-predicted here.
        key="vs",
        balanced=False,
        title="Vector scaling",
        label="VS",
        colour="green",
        loss="VSLoss(class_counts, gamma=0.05)",
    ),
    Method(
        name="CDTLoss",
        weight="1",
        margin="β = (n/n_max)^γ",
        link="−log",
        paper="Ye et al. 2020",
        consistent="no",
        statements=("vs_consistency.multipliers",),
        key="cdt",
        balanced=False,
        title="Class-dependent temperatures",
        label="CDT",
        colour="sky",
        loss="CDTLoss(class_counts)",
    ),
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


class LogitAdjustedLoss(MarginSoftmaxLoss):
    """Logit adjustment: ``-log softmax_y(z + tau log pi)``; predict with the plain logits.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    tau
        Strength; 0 is cross-entropy, 1 (default) is consistent for the balanced error.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Menon et al. (ICLR 2021), eq. (10). Their code adds 1e-12 to ``pi^tau``; here nothing is
    added, as counts are positive.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> LogitAdjustedLoss([500, 50, 5])(logits, target)
    tensor(2.4353)
    """

    arguments = COUNTED

    def __init__(
        self, class_counts: ArrayLike, tau: float = 1.0, **options: Unpack[LossOptions]
    ) -> None:
        super().__init__(offset=logit_adjustment_offset(class_counts, tau), **options)


class BalancedSoftmaxLoss(LogitAdjustedLoss):
    """Balanced softmax: ``-log(n_y e^{z_y} / sum_j n_j e^{z_j})``; logit adjustment at tau = 1.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Ren et al. (NeurIPS 2020), eq. (4).

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> BalancedSoftmaxLoss([500, 50, 5])(logits, target)
    tensor(2.4353)
    """

    def __init__(self, class_counts: ArrayLike, **options: Unpack[LossOptions]) -> None:
        super().__init__(class_counts, 1.0, **options)


class VSLoss(MarginSoftmaxLoss):
    """Vector scaling: ``-log softmax_y(beta z + tau log pi)``, ``beta_j = (n_j / n_max)^gamma``.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    gamma
        Exponent of the multiplicative part (0.3); 0 is logit adjustment.
    tau
        Strength of the additive part (1.0); 0 is `CDTLoss`.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Kini et al. (NeurIPS 2021), eq. (3); defaults of the authors' code, which stores 1/beta and
    divides by it. The loss does not change along ``z + c/beta``: for gamma > 0 it does not by itself
    determine which plain logit is the largest.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> VSLoss([500, 50, 5], gamma=0.05)(logits, target)
    tensor(2.4239)
    """

    arguments = COUNTED

    def __init__(
        self,
        class_counts: ArrayLike,
        gamma: float = 0.3,
        tau: float = 1.0,
        **options: Unpack[LossOptions],
    ) -> None:
        offset = logit_adjustment_offset(class_counts, tau)
        super().__init__(scale=_scale(class_counts, gamma), offset=offset, **options)


class CDTLoss(MarginSoftmaxLoss):
    """Class-dependent temperatures: ``-log softmax_y(beta z)``, ``beta_j = (n_j / n_max)^gamma``.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    gamma
        Exponent (0.3); 0 is cross-entropy.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Ye et al. (2020), "Identifying and Compensating for Feature Deviation", eq. (5).

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> CDTLoss([500, 50, 5])(logits, target)
    tensor(0.7822)
    """

    arguments = COUNTED

    def __init__(
        self, class_counts: ArrayLike, gamma: float = 0.3, **options: Unpack[LossOptions]
    ) -> None:
        super().__init__(scale=_scale(class_counts, gamma), **options)


def _scale(class_counts: ArrayLike, gamma: float) -> NDArray[np.float64]:
    """The scales of VS and CDT; below 0 the rarest class would have the largest, and no bound."""
    return vs_scale(class_counts, as_number("gamma", gamma, low=0))


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
