"""Losses with generalised cross-entropy as their link: GLA, GCA, and the margins of IMMAX.

Source: Cortes, Mohri, Zhong (NeurIPS 2025) and Cortes, Mao, Mohri, Zhong (ICML 2025). No code is
published; offsets and weights are those `counterpoise.theory` proves consistent.
Checked by: golden values, agreement with the theory's own losses, special cases, bounds.
"""

from typing import Unpack

import numpy as np

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_class_counts, as_number, as_real
from ...theory.imbalance import class_prior
from ...theory.margins import immax_margins
from ...theory.surrogates import gla_offset
from ..registry import Method
from .links import Link, comp_sum_link
from .module import (
    COUNTED,
    LEAST_TEMPERATURE,
    WEIGHED,
    LossOptions,
    MarginSoftmaxLoss,
    weighted_also,
)

__all__ = ["GCALoss", "GLALoss", "IMMAXLoss"]

METHODS = (
    Method(
        name="GLALoss",
        weight="1",
        margin="Δ = log π/(1 − q)",
        link="(1 − p^q)/q",
        paper="Cortes, Mohri, Zhong 2025",
        consistent="yes: of the offsets ν log π only this one is, q < 1",
        statements=("gla.offset",),
        # the paper leaves q to a search; a half is between logit adjustment and an absolute error
        key="gla",
        balanced=True,
        title="Generalised logit adjustment",
        label="GLA",
        colour="orange",
        loss="GLALoss(class_counts, q=0.5)",
    ),
    Method(
        name="GCALoss",
        weight="1/π",
        margin="z/ρ_y",
        link="(1 − p^q)/q",
        paper="Cortes, Mohri, Zhong 2025",
        consistent="yes if all ρ are equal and 0 ≤ q ≤ 1; at q = 0 only then",
        statements=(
            "gca.average_bound",
            "gca.unequal_margins",
        ),
        key="gca",
        balanced=True,
        title="Generalised class-aware loss",
        label="GCA",
        colour="olive",
        loss="GCALoss(class_counts, q=0.5)",
    ),
    Method(
        name="IMMAXLoss",
        weight="1",
        margin="z/ρ_y, ρ ~ (n r²)^⅓",
        link="−log",
        paper="Cortes et al. 2025",
        consistent="no: made for the error itself",
        statements=(
            "gca.unequal_margins",
            "immax_consistency.neural_form",
        ),
        key="immax",
        balanced=False,
        title="Margins of IMMAX",
        label="IMMAX",
        colour="grey",
        loss="IMMAXLoss(class_counts)",
    ),
)


class GLALoss(MarginSoftmaxLoss):
    """Generalised logit adjustment: ``Psi_q(softmax_y(z + log(pi)/(1 - q)))``.

    ``Psi_q(u) = (1 - u^q)/q`` and ``-log u`` at q = 0: logit adjustment.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    q
        Below 1. In (0, 1) the loss is at most 1/q, robust to wrong labels, and not convex. The offset
        with the factor 1/(1 - q) is the only consistent one among the multiples of log pi.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Cortes, Mohri, Zhong (NeurIPS 2025); offset from `counterpoise.theory.gla`.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> GLALoss([500, 50, 5], q=0.5)(logits, target)
    tensor(0.9908)
    """

    arguments = COUNTED

    def __init__(self, class_counts: ArrayLike, q: float, **options: Unpack[LossOptions]) -> None:
        offset = gla_offset(class_prior(class_counts), q)
        super().__init__(offset=offset, link=_link(q), **options)


class GCALoss(MarginSoftmaxLoss):
    """Class-weighted comp-sum loss with margins: ``(1/pi_y) Psi_q(softmax_y(z/rho_y))``.

    ``Psi_q`` as in `GLALoss`; q = 0 and rho = 1 is inverse-frequency cross-entropy.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    q
        A real number; 1 is the mean absolute error, up to a factor.
    rho
        Confidence margins, positive: one number, or one per class. Unequal ones move the target to
        cost weights ``1/(pi_y rho_y)``; ``weight=rho`` takes that back for q = 0.
    **options
        ``weight`` (multiplies 1/pi), ``reduction``, ``normalize``, ``ignore_index``,
        ``label_smoothing`` of `margin_softmax_loss`; here the default is ``normalize="batch"``, the
        paper's mean.

    Source: Cortes, Mohri, Zhong (NeurIPS 2025); as `counterpoise.theory.gca.gca_loss`.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> GCALoss([500, 50, 5], q=0.5)(logits, target)
    tensor(60.1035)
    """

    arguments = WEIGHED

    def __init__(
        self,
        class_counts: ArrayLike,
        q: float,
        rho: ArrayLike = 1.0,
        **options: Unpack[LossOptions],
    ) -> None:
        prior = class_prior(class_counts)
        margins = as_real("rho", rho, low=LEAST_TEMPERATURE)
        if margins.shape not in ((), prior.shape):
            raise InputError(f"rho has shape {margins.shape}: give one number, or one per class")
        temperature = None if (margins == 1).all() else np.broadcast_to(margins, prior.shape)
        options.setdefault("normalize", "batch")
        super().__init__(
            temperature=temperature, link=_link(q), **weighted_also(1 / prior, options)
        )


class IMMAXLoss(MarginSoftmaxLoss):
    """IMMAX: ``log(1 + sum_{j != y} exp((z_j - z_y)/rho_y))`` with ``rho_y ~ (n_y r_y^2)^(1/3)``.

    Made for the plain error, not the balanced one: the more frequent class has the larger margin.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    mean_margin
        Mean of rho over the classes (1.0): the scale that the paper tunes by validation.
    radii
        Largest feature norm per class, positive; one number (1.0) if alike.
    **options
        ``weight``, ``reduction``, ``normalize``, ``ignore_index``, ``label_smoothing`` of
        `margin_softmax_loss`.

    Source: Cortes, Mao, Mohri, Zhong (ICML 2025), neural form; margins from
    `counterpoise.theory.immax.immax_margins`. For other margins: ``MarginSoftmaxLoss(temperature=rho)``.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> IMMAXLoss([500, 50, 5])(logits, target)
    tensor(1.6890)
    """

    arguments = COUNTED

    def __init__(
        self,
        class_counts: ArrayLike,
        mean_margin: float = 1.0,
        radii: ArrayLike = 1.0,
        **options: Unpack[LossOptions],
    ) -> None:
        mean = as_number("mean_margin", mean_margin, low=0, low_open=True)
        total = mean * as_class_counts(class_counts).size
        margins = immax_margins(class_counts, radii, total)
        if margins.min() < LEAST_TEMPERATURE:
            raise InputError(
                f"class_counts, radii and mean_margin give margins from {margins.min():g} to "
                f"{margins.max():g}: the least must be at least {LEAST_TEMPERATURE:g}"
            )
        super().__init__(temperature=margins, **options)


def _link(q: float) -> Link | None:
    """None where it is the logarithm, so that torch's own cross-entropy does the work."""
    return None if q == 0 else comp_sum_link(q)
