"""Targets that are distributions over the classes, and smoothed labels: the loss extended linearly.

A loss of class indices l(z, y) becomes ``sum_y q_y w_y l(z, y)``, margins and all; labels smoothed by e
are ``(1 - e) l(z, y) + e mean_j l(z, j)``, all of it weighted by the label's own class. torch weighs each
smoothed part by its own class instead, which moves the optimum (pytorch/pytorch#104776).
Checked by: one-hot targets, ``F.cross_entropy``, linearity, optima that stay, gradients.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.compiler import is_compiling

from ...theory.foundation.validation import InputError
from .batch import class_dim, floats, rows, transforming
from .reducing import Normalize, Reduction, reduce_losses

__all__: list[str] = []

MASKED = -1e30  # a logit whose exponential is 0, and whose loss may be multiplied by 0
SLACK = 1e-3  # by how much a sum of rounded probabilities may differ from 1


def by_class_loss(
    logits: Tensor,
    target: Tensor,
    every: Callable[[Tensor], Tensor],
    *,
    weight: Tensor | None,
    label_smoothing: float,
    reduction: Reduction,
    normalize: Normalize,
    ignore_index: int,
) -> Tensor:
    """The loss of soft targets or smoothed labels, reduced; options as for `margin_softmax_loss`.

    ``every``: from logits (N, C) to the losses (N, C) with each class as the target.
    """

    def smoothed(z: Tensor) -> Tensor:
        losses = every(z)
        if not label_smoothing:
            return losses
        return torch.lerp(losses, losses.mean(dim=1, keepdim=True), label_smoothing)

    if target.dtype == torch.int64:
        z, labels = rows(logits, target, ignore_index)
        own = smoothed(z).gather(1, labels.unsqueeze(1)).reshape(target.shape)
        own = torch.where(target != ignore_index, own, 0.0)
        return reduce_losses(own, target, weight, reduction, normalize, ignore_index)
    if not (target.is_floating_point() and target.shape == logits.shape):
        raise TypeError
    refuse_improper(logits, target)
    z, share = flat(floats(logits)), flat(target)
    if not label_smoothing:  # a masked class without a share is no rival, and no target
        z = torch.where((z == -torch.inf) & (share == 0), MASKED, z)
    losses = smoothed(z)
    share = share.to(losses.dtype)
    if weight is not None:
        share = share * weight.to(share.dtype)
    total = (share * losses).sum(dim=1)
    if reduction == "none":
        dim = class_dim(logits)
        return total.reshape(logits.shape[:dim] + logits.shape[dim + 1 :])
    if reduction == "sum":
        return total.sum()
    by_weights = weight is not None and normalize == "weights"
    return total.sum() / (share.sum() if by_weights else len(total))


def refuse_improper(logits: Tensor, target: Tensor) -> None:
    """Refuse soft targets that are no distributions; not where nobody can look at values."""
    if is_compiling() or transforming() or target.is_meta:
        return
    dim = class_dim(logits)
    sums = target.detach().sum(dim, dtype=floats(target).dtype)
    slack = max(SLACK, 4 * torch.finfo(target.dtype).eps)
    wrong = ~((sums - 1).abs() <= slack) | (target < 0).any(dim)
    if wrong.any():
        first = target.detach().movedim(dim, -1).reshape(-1, target.shape[dim])[wrong.flatten()][0]
        raise InputError(
            f"target has a row from {first.min():g} to {first.max():g} with sum {first.sum():g}: soft "
            "targets are probabilities, of sum 1; labels that do not exclude each other need a "
            "multi-label loss, two classes from one logit OneLogitLoss"
        )


def log_sum_of_others(z: Tensor) -> Tensor:
    """``log sum_{j != y} exp(z_j)`` for every y, to all digits; shape (N, C)."""
    top = z.detach().argmax(dim=1, keepdim=True)
    is_top = torch.zeros_like(z, dtype=torch.bool).scatter(1, top, True)
    beside_top = z.masked_fill(is_top, -torch.inf).logsumexp(dim=1, keepdim=True)
    total = z.logsumexp(dim=1, keepdim=True)
    share = (z - total).exp().masked_fill(is_top, 0.0)  # at most 1/2
    return torch.where(is_top, beside_top, total + torch.log1p(-share))


def sum_of_others(terms: Tensor) -> Tensor:
    """``sum_{j != y} terms_j`` for every y, without a difference; shape (N, C)."""
    before = terms.cumsum(dim=1).roll(1, dims=1)
    after = terms.flip(1).cumsum(dim=1).roll(1, dims=1).flip(1)
    ends = torch.zeros_like(terms[:, :1])
    return torch.cat([ends, before[:, 1:]], dim=1) + torch.cat([after[:, :-1], ends], dim=1)


def as_every_class(z: Tensor) -> tuple[Tensor, Tensor]:
    """Each example once for each class: logits (N C, C) and the classes (N C,)."""
    examples, classes = z.shape
    labels = torch.arange(classes, device=z.device).repeat(examples)
    return z.repeat_interleave(classes, dim=0), labels


def flat(tensor: Tensor) -> Tensor:
    """With the classes last, and all else one dimension."""
    last = tensor.movedim(class_dim(tensor), -1)
    return last.reshape(-1, last.shape[-1])
