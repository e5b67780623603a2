"""What is measured on a trained network: accuracy by class, margins, and the gradient's bound.

The bound is that of `counterpoise.theory.vector_scaling.vs_gradient_bound`, held against every
training example. Checked by: hand-made networks with known answers.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...theory.balanced_error import balanced_error, group_accuracies
from ...theory.vector_scaling import vs_gradient_bound
from ..data import Dataset
from ..losses import MarginSoftmaxLoss, margin_softmax_loss
from .results import Measurements

__all__ = ["class_accuracy", "gradient_bound_ratio", "measure"]

NEGLIGIBLE = 1e-8  # gradients smaller than this are rounding, and say nothing about a bound


@torch.no_grad()
def class_accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Share of each class predicted correctly, float64, shape (K,)."""
    logits, _ = model(images)
    return _class_mean(logits.argmax(dim=1) == labels, labels, logits.shape[1])


def measure(model: nn.Module, criterion: MarginSoftmaxLoss, data: Dataset) -> Measurements:
    """The final measurements of one member (None where undefined).

    Margins are those of the plain prediction scores, ``z_y - max_{j != y} z_j``, over the training
    examples of each class; ``min_target_probability`` is of the adjusted softmax in the loss.
    """
    accuracy = class_accuracy(model, data.test_images, data.test_labels).cpu().numpy()
    with torch.no_grad():
        test_logits = model(data.test_images)[0].double()
        logits = model(data.train_images)[0].double()
    labels, classes = data.train_labels, logits.shape[1]
    margin = _margins(logits, labels)
    probability = _target_probability(criterion, logits, labels)
    mean_logits = test_logits.mean(dim=0)
    groups = group_accuracies(accuracy, data.class_counts.cpu().numpy())
    return Measurements(
        class_accuracy=tuple(accuracy.tolist()),
        balanced_accuracy=float(1.0 - balanced_error(accuracy)),
        **{name: None if np.isnan(value) else float(value) for name, value in groups.items()},
        mean_logits=tuple((mean_logits - mean_logits.mean()).tolist()),
        mean_margin=tuple(_class_mean(margin, labels, classes).tolist()),
        min_margin=tuple(_class_min(margin, labels, classes).tolist()),
        min_target_probability=tuple(_class_min(probability, labels, classes).tolist()),
        gradient_bound_ratio=gradient_bound_ratio(criterion, logits, labels),
    )


def gradient_bound_ratio(
    criterion: MarginSoftmaxLoss, logits: Tensor, target: Tensor
) -> float | None:
    """Largest gradient norm over its bound; at most 1 in theory, None outside the VS family.

    Shape: logits (N, C) float64, target (N,).
    """
    pairwise = criterion.offset is not None and criterion.offset.ndim == 2
    if criterion.link is not None or criterion.target_margin is not None or pairwise:
        return None
    z = logits.detach().requires_grad_()
    loss = margin_softmax_loss(
        z, target, scale=criterion.scale, offset=criterion.offset, reduction="sum"
    )
    (gradient,) = torch.autograd.grad(loss, z)
    norm = gradient.norm(dim=1).cpu().numpy()
    bound = _bounds(criterion, z.detach(), target)
    telling = bound > NEGLIGIBLE
    return float((norm[telling] / bound[telling]).max()) if telling.any() else None


def _bounds(criterion: MarginSoftmaxLoss, logits: Tensor, target: Tensor) -> NDArray[np.float64]:
    scale = np.ones(logits.shape[1])
    if criterion.scale is not None:
        scale = scale * criterion.scale.cpu().numpy()
    probability = _target_probability(criterion, logits, target).cpu().numpy()
    bound, labels = np.empty(len(target)), target.cpu().numpy()
    for label in np.unique(labels):
        members = labels == label
        bound[members] = vs_gradient_bound(scale, int(label), probability[members])
    return bound


def _target_probability(criterion: MarginSoftmaxLoss, logits: Tensor, target: Tensor) -> Tensor:
    loss = margin_softmax_loss(
        logits,
        target,
        scale=criterion.scale,
        offset=criterion.offset,
        target_margin=criterion.target_margin,
        reduction="none",
    )
    return torch.exp(-loss)


def _margins(logits: Tensor, labels: Tensor) -> Tensor:
    own = logits.gather(1, labels[:, None])
    rivals = logits.scatter(1, labels[:, None], -torch.inf)
    return own.squeeze(1) - rivals.amax(dim=1)


def _class_mean(values: Tensor, labels: Tensor, classes: int) -> Tensor:
    total = torch.zeros(classes, dtype=torch.float64, device=values.device)
    size = total.index_add(0, labels, torch.ones_like(labels, dtype=torch.float64))
    return total.index_add(0, labels, values.double()) / size


def _class_min(values: Tensor, labels: Tensor, classes: int) -> Tensor:
    start = torch.full((classes,), torch.inf, dtype=torch.float64, device=values.device)
    return start.scatter_reduce(0, labels, values.double(), "amin")
