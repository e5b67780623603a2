"""Weight x margin x link: one functional behind the losses of long-tailed classification.

Almost every loss of the field is ``alpha_y psi(log softmax_y(scale * z + offset - margin_y e_y))``.
Sources stand at each loss; the constants come from `counterpoise.theory`. Checked by: golden
values, identities between losses, gradient formulas, property tests against the theory's bounds.
"""

from collections.abc import Callable
from typing import Any, Literal

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ..theory.effective_number import effective_number_weights
from ..theory.margins import ldam_margins
from ..theory.validation import InputError, InputTypeError, as_real, one_of
from ..theory.vector_scaling import logit_adjustment_offset, vs_scale

__all__ = [
    "BalancedSoftmaxLoss",
    "CDTLoss",
    "ClassBalancedLoss",
    "FocalLoss",
    "LDAMLoss",
    "LogitAdjustedLoss",
    "MarginSoftmaxLoss",
    "VSLoss",
    "focal_link",
    "margin_softmax_loss",
]

Link = Callable[[Tensor], Tensor]
Reduction = Literal["mean", "sum", "none"]

REDUCTIONS = ("mean", "sum", "none")
IGNORE_INDEX = -100


def margin_softmax_loss(
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    scale: Tensor | float | None = None,
    offset: Tensor | None = None,
    target_margin: Tensor | None = None,
    link: Link | None = None,
    reduction: Reduction = "mean",
    ignore_index: int = IGNORE_INDEX,
) -> Tensor:
    """``alpha_y * psi(log softmax_y(scale * z + offset - target_margin_y e_y))``.

    Parameters
    ----------
    logits
        Prediction scores z. Half-precision logits are computed with, and answered, in float32.
    target
        Class indices, int64; entries equal to ``ignore_index`` count for nothing.
    weight
        alpha, how much each class counts.
    scale
        Multiplies the logits: one number, or one per class (the beta of VS and CDT).
    offset
        Added to the scaled logits: one per class (the Delta of logit adjustment), or the pairwise
        form, a matrix whose row y is the offset used for examples of class y.
    target_margin
        Subtracted from the scaled logit of the target class only (LDAM).
    link
        psi, from the target's log probability to the loss per example; None is ``-log p``.
    reduction
        ``"mean"`` is torch's *weighted* mean: it divides by the sum of the targets' weights, not by
        the batch size. The trap: rescaling all weights then changes nothing, a batch of one class
        is not weighted at all, and the value is a ratio estimator of the papers'
        ``(1/B) sum w_y l``.

    Shape:
        - logits: (N, C), (N, C, d1, ...) or (C,); target: (N,), (N, d1, ...) or ().
        - weight, target_margin: (C,); scale: scalar or (C,); offset: (C,) or (C, C).
        - returns: scalar, or target's shape for ``reduction="none"``.

    Source: the common form of Kini et al. (NeurIPS 2021), Menon et al. (ICLR 2021) and
    Cao et al. (NeurIPS 2019).
    """
    if reduction not in REDUCTIONS:
        one_of("reduction", reduction, REDUCTIONS)
    _check_batch(logits, target)
    z = logits if logits.dtype in (torch.float32, torch.float64) else logits.float()
    z = _adjust(z, target, scale, offset, target_margin)
    if weight is not None:
        weight = _fitting("weight", weight, z)
    try:
        if link is None:
            return cross_entropy(
                z, target, weight=weight, ignore_index=ignore_index, reduction=reduction
            )
        log_probability = -cross_entropy(z, target, ignore_index=ignore_index, reduction="none")
    except (IndexError, RuntimeError):
        _explain_target(target, z.shape[_class_dim(z)], ignore_index)
        raise
    return _reduce(link(log_probability), target, weight, reduction, ignore_index)


def focal_link(gamma: float) -> Link:
    """The focal link ``psi(log p) = -(1 - p)^gamma log p``, for ``gamma >= 0``; 0 is cross-entropy.

    ``1 - p`` is ``-expm1(log p)``, kept above the smallest normal number so that the gradient stays
    finite at ``p = 1`` for every gamma. Source: Lin et al. (ICCV 2017), eq. (4), softmax form.
    """
    gamma = float(as_real("gamma", gamma, low=0))

    def link(log_probability: Tensor) -> Tensor:
        miss = -torch.expm1(log_probability)
        return -log_probability * miss.clamp(min=torch.finfo(miss.dtype).tiny) ** gamma

    return link


class MarginSoftmaxLoss(nn.Module):
    """`margin_softmax_loss` with its constants held as buffers; plain cross-entropy by default.

    The constants are float64 whatever dtype the module is cast to, and are rounded to the logits'
    dtype at use: ``.half()`` on a model that contains the loss does not degrade a margin. Only the
    device follows ``.to``. Parameters are those of `margin_softmax_loss`.

    Shape:
        - logits: (N, C), (N, C, d1, ...) or (C,); target: (N,), (N, d1, ...) or ().
    """

    weight: Tensor | None
    scale: Tensor | None
    offset: Tensor | None
    target_margin: Tensor | None

    def __init__(
        self,
        *,
        weight: ArrayLike | None = None,
        scale: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        target_margin: ArrayLike | None = None,
        link: Link | None = None,
        reduction: Reduction = "mean",
        ignore_index: int = IGNORE_INDEX,
    ) -> None:
        super().__init__()
        self.register_buffer("weight", _constant("weight", weight, low=0))
        self.register_buffer("scale", _constant("scale", scale))
        self.register_buffer("offset", _constant("offset", offset))
        self.register_buffer("target_margin", _constant("target_margin", target_margin))
        self.link = link
        self.reduction: Reduction = one_of("reduction", reduction, REDUCTIONS)  # type: ignore[assignment]
        self.ignore_index = ignore_index

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; shapes as in `margin_softmax_loss`."""
        return margin_softmax_loss(
            logits,
            target,
            weight=self.weight,
            scale=self.scale,
            offset=self.offset,
            target_margin=self.target_margin,
            link=self.link,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
        )

    def extra_repr(self) -> str:
        """What the module holds, for ``print``."""
        held = [f"{name}={tuple(b.shape)}" for name, b in self.named_buffers(recurse=False)]
        return ", ".join([*held, f"reduction={self.reduction!r}"])

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        constants = {name: b for name, b in self._buffers.items() if b is not None}
        for name, constant in constants.items():
            device = fn(torch.empty(0, device=constant.device)).device
            exact = torch.float32 if device.type == "mps" else torch.float64
            constants[name] = constant.to(device=device, dtype=exact)
            self._buffers[name] = None  # so that the base class has nothing to cast
        super()._apply(fn, recurse)
        self._buffers.update(constants)
        return self


class LogitAdjustedLoss(MarginSoftmaxLoss):
    """Logit adjustment: ``-log softmax_y(z + tau log pi)``; predict with the plain logits.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    tau
        Strength; 0 is cross-entropy, 1 (default) is consistent for the balanced error.

    Source: Menon et al. (ICLR 2021), eq. (10).
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        tau: float = 1.0,
        *,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        offset = logit_adjustment_offset(class_counts, tau)
        super().__init__(weight=weight, offset=offset, reduction=reduction)


class BalancedSoftmaxLoss(LogitAdjustedLoss):
    """Balanced softmax: ``-log(n_y e^{z_y} / sum_j n_j e^{z_j})``; logit adjustment at tau = 1.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).

    Source: Ren et al. (NeurIPS 2020), eq. (4).
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        *,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(class_counts, 1.0, weight=weight, reduction=reduction)


class LDAMLoss(MarginSoftmaxLoss):
    """LDAM: ``-log softmax_y(s (z - m_y e_y))`` with ``m_j = max_margin (n_min / n_j)^(1/4)``.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    max_margin
        Margin of the rarest class (0.5).
    scale
        s (30); meant for cosine logits in [-1, 1], see `counterpoise.methods.models.NormedLinear`.

    Source: Cao et al. (NeurIPS 2019), eq. (13); defaults of the authors' code.
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        max_margin: float = 0.5,
        scale: float = 30.0,
        *,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        s = float(as_real("scale", scale, low=0, low_open=True))
        margins = s * ldam_margins(class_counts, max_margin)
        super().__init__(weight=weight, scale=s, target_margin=margins, reduction=reduction)


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

    Source: Kini et al. (NeurIPS 2021), eq. (3); defaults of the authors' code.
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        gamma: float = 0.3,
        tau: float = 1.0,
        *,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(
            weight=weight,
            scale=vs_scale(class_counts, gamma),
            offset=logit_adjustment_offset(class_counts, tau),
            reduction=reduction,
        )


class CDTLoss(MarginSoftmaxLoss):
    """Class-dependent temperatures: ``-log softmax_y(beta z)``, ``beta_j = (n_j / n_max)^gamma``.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    gamma
        Exponent (0.3); 0 is cross-entropy.

    Source: Ye et al. (2020), "Identifying and Compensating for Feature Deviation", eq. (5).
    """

    def __init__(
        self,
        class_counts: ArrayLike,
        gamma: float = 0.3,
        *,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(weight=weight, scale=vs_scale(class_counts, gamma), reduction=reduction)


class FocalLoss(MarginSoftmaxLoss):
    """Focal loss, softmax form: ``-(1 - p_y)^gamma log p_y``.

    Parameters
    ----------
    gamma
        Focus on hard examples (2.0); 0 is cross-entropy.

    Source: Lin et al. (ICCV 2017), eq. (4).
    """

    def __init__(
        self,
        gamma: float = 2.0,
        *,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(weight=weight, link=focal_link(gamma), reduction=reduction)


class ClassBalancedLoss(MarginSoftmaxLoss):
    """Class-balanced softmax: ``-w_y log softmax_y(z)``, ``w_j ~ (1 - beta) / (1 - beta^n_j)``.

    The weights sum to C. ``"mean"`` is the weighted mean of `margin_softmax_loss`; the authors'
    code divides by the batch size, which is ``reduction="none"`` followed by ``.mean()``.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (C,).
    beta
        Overlap of the data (0.9999), in [0, 1); 0 is cross-entropy, towards 1 inverse frequency.

    Source: Cui et al. (CVPR 2019), eqs. (5) and (8).
    """

    def __init__(
        self, class_counts: ArrayLike, beta: float = 0.9999, *, reduction: Reduction = "mean"
    ) -> None:
        weight = effective_number_weights(class_counts, beta)
        super().__init__(weight=weight, reduction=reduction)


def _class_dim(logits: Tensor) -> int:
    return 0 if logits.ndim == 1 else 1


def _check_batch(logits: Tensor, target: Tensor) -> None:
    if not (isinstance(logits, Tensor) and logits.is_floating_point()):
        found = getattr(logits, "dtype", type(logits).__name__)
        raise InputTypeError(f"logits has type {found}: must be a floating-point tensor")
    if logits.ndim == 0:
        raise InputError("logits has shape (): must be (N, C), (N, C, d1, ...) or (C,)")
    if not (isinstance(target, Tensor) and target.dtype == torch.int64):
        found = getattr(target, "dtype", type(target).__name__)
        raise InputTypeError(f"target has type {found}: must be class indices of dtype torch.int64")
    dim = _class_dim(logits)
    expected = logits.shape[:dim] + logits.shape[dim + 1 :]
    if target.shape != expected:
        raise InputError(
            f"target has shape {tuple(target.shape)}: for logits of shape {tuple(logits.shape)} "
            f"it must be {tuple(expected)}"
        )


def _adjust(
    z: Tensor,
    target: Tensor,
    scale: Tensor | float | None,
    offset: Tensor | None,
    target_margin: Tensor | None,
) -> Tensor:
    dim = _class_dim(z)
    if isinstance(scale, Tensor) and scale.ndim > 0:
        scale = _broadcastable(_fitting("scale", scale, z), z)
    if scale is not None:
        z = z * scale
    if offset is None and target_margin is None:
        return z
    if offset is not None and offset.ndim == 2:
        pairwise = _fitting("offset", offset, z, ndim=2)
        z = z + _pick(pairwise, _row(target, z.shape[dim])).movedim(-1, dim)
    elif offset is not None:
        z = z + _broadcastable(_fitting("offset", offset, z), z)
    if target_margin is not None:
        row = _row(target, z.shape[dim])
        margin = -_pick(_fitting("target_margin", target_margin, z), row)
        z = z.scatter_add(dim, row.unsqueeze(dim), margin.unsqueeze(dim))
    return z


def _fitting(name: str, constant: Tensor, z: Tensor, ndim: int = 1) -> Tensor:
    num_classes = z.shape[_class_dim(z)]
    if constant.shape != (num_classes,) * ndim:
        raise InputError(
            f"logits has shape {tuple(z.shape)}, {num_classes} classes in dimension "
            f"{_class_dim(z)}: {name} of shape {tuple(constant.shape)} does not fit them"
        )
    return constant.to(z.dtype)


def _row(target: Tensor, num_classes: int) -> Tensor:
    # Clamped, so that ignored targets can index; cross-entropy sees, and refuses, the true ones.
    return target.clamp(0, num_classes - 1)


def _pick(constant: Tensor, row: Tensor) -> Tensor:
    # Under vmap an index may not be a scalar, hence the detour through a vector of one.
    return constant[row] if row.ndim else constant[row.unsqueeze(0)].squeeze(0)


def _broadcastable(constant: Tensor, z: Tensor) -> Tensor:
    return constant if z.ndim <= 2 else constant.view(-1, *[1] * (z.ndim - 2))


def _reduce(
    loss: Tensor, target: Tensor, weight: Tensor | None, reduction: str, ignore_index: int
) -> Tensor:
    weights = target != ignore_index
    loss = torch.where(weights, loss, 0.0)
    if weight is not None:
        weights = _pick(weight, _row(target, weight.shape[0])) * weights
        loss = weights * loss
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / weights.sum()


def _explain_target(target: Tensor, num_classes: int, ignore_index: int) -> None:
    wrong = ((target < 0) | (target >= num_classes)) & (target != ignore_index)
    if wrong.any():
        raise InputError(
            f"target contains {int(target[wrong].flatten()[0])}: must be a class index in "
            f"[0, {num_classes - 1}] or ignore_index = {ignore_index}"
        ) from None


def _constant(name: str, value: ArrayLike | None, low: float = -float("inf")) -> Tensor | None:
    if value is None:
        return None
    return torch.from_numpy(as_real(name, value, low=low)).clone()
