"""What is measured on a trained network: accuracy by class, margins, calibration, and bounds.

The gradient's bound is that of `counterpoise.theory.vector_scaling.vs_gradient_bound`, held against
every training example. Checked by: hand-made networks with known answers, and batches against the whole.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...theory.bounds.data_dependent_bound import class_summands
from ...theory.decision import balanced_error, group_accuracies
from ...theory.vector_scaling import local_lipschitz_constant, vs_gradient_bound
from ..data import Dataset
from ..losses import margin_softmax_loss
from ..metrics import expected_calibration_error
from ..protocols import Output
from ..results.measurements import Measurements
from ..watching.adjustment import (
    AS_HELD,
    Adjustment,
    has_gradient_bound,
    in_use,
    scales,
    target_losses,
)
from .divergence import refuse_not_finite

__all__ = [
    "class_accuracy",
    "gradient_bound_ratio",
    "measure",
    "predict",
]

BATCH = 1024  # images at once: enough to fill a processor, few enough for its memory
MOST_CONFUSED = 100  # classes of which K^2 counts are kept
NEGLIGIBLE = 1e-8  # gradients smaller than this are rounding, and say nothing about a bound


Prepare = Callable[[Tensor], Tensor]


def as_they_are(images: Tensor) -> Tensor:
    """Images that a network can see at once."""
    return images


@torch.no_grad()
def predict(
    model: nn.Module, images: Tensor, batch_size: int = BATCH, prepare: Prepare = as_they_are
) -> Tensor:
    """The logits of all images, (N, K), by a network in evaluation mode, which it leaves as it was.

    Of clouds (N, C, P) those of all points, (N P, K).

    ``prepare`` makes of stored images what the network sees (`Dataset.prepared`).
    """
    training = model.training
    model.eval()
    logits = [Output(*model(prepare(batch))).logits for batch in images.split(batch_size)]
    model.train(training)
    return torch.cat(logits)


def class_accuracy(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    batch_size: int = BATCH,
    prepare: Prepare = as_they_are,
) -> Tensor:
    """Share of each class predicted correctly, float64, shape (K,); ``prepare`` as in `predict`."""
    return _class_recall(predict(model, images, batch_size, prepare), labels.flatten())


def measure(
    model: nn.Module,
    criterion: nn.Module,
    data: Dataset,
    constants: Mapping[str, Tensor] = AS_HELD,
    batch_size: int = BATCH,
) -> Measurements:
    """The final measurements of one member, None where undefined.

    Margins are those of the plain prediction scores, ``z_y - max_{j != y} z_j``, over the training
    examples of each class; ``min_target_probability`` is of the adjusted softmax in the loss, if it has
    one, else of the plain softmax. ``constants`` are those of the last stage, in place of the loss's.

    Raises
    ------
    Diverged
        If logits are not finite.
    """
    test_logits = predict(model, data.test_images, batch_size, data.prepared)
    tested = data.test_labels.flatten()
    accuracy = _class_recall(test_logits, tested).cpu().numpy()
    logits = predict(model, data.train_images, batch_size, data.prepared).double()
    refuse_not_finite("logits", torch.cat([test_logits, logits]))
    labels, classes = data.train_labels.flatten(), logits.shape[1]
    margin = _margins(logits, labels)
    probability = _target_probability(in_use(criterion, constants), logits, labels)
    test_scores = test_logits.double()
    mean_logits, least = test_scores.mean(dim=0), _class_min(probability, labels, classes)
    counts = data.class_counts.cpu().numpy()
    groups = group_accuracies(accuracy, counts)
    return Measurements(
        class_accuracy=tuple(accuracy.tolist()),
        balanced_accuracy=float(1.0 - balanced_error(accuracy)),
        **{name: None if np.isnan(value) else float(value) for name, value in groups.items()},
        mean_logits=tuple((mean_logits - mean_logits.mean()).tolist()),
        mean_margin=tuple(_class_mean(margin, labels, classes).tolist()),
        min_margin=tuple(_class_min(margin, labels, classes).tolist()),
        min_target_probability=tuple(least.tolist()),
        gradient_bound_ratio=gradient_bound_ratio(criterion, logits, labels, constants),
        confusion=_confusion(test_logits.argmax(dim=1), tested, classes),
        expected_calibration_error=expected_calibration_error(
            tested.cpu(), test_scores.softmax(dim=1).cpu()
        ),
        train_accuracy=tuple(_class_recall(logits, labels).tolist()),
        bound_terms=_bound_terms(criterion, constants, counts, least.cpu().numpy()),
    )


def gradient_bound_ratio(
    criterion: nn.Module, logits: Tensor, target: Tensor, constants: Mapping[str, Tensor] = AS_HELD
) -> float | None:
    """Largest gradient norm over its bound; at most 1 in theory, None outside the VS family.

    Shape: logits (N, C) float64, target (N,).
    """
    held = in_use(criterion, constants)
    if not has_gradient_bound(criterion, constants):
        return None
    z = logits.detach().requires_grad_()
    loss = margin_softmax_loss(z, target, **held, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, z)
    norm = gradient.norm(dim=1).cpu().numpy()
    bound = _bounds(held, z.detach(), target)
    telling = bound > NEGLIGIBLE
    return float((norm[telling] / bound[telling]).max()) if telling.any() else None


def _bounds(held: Adjustment, logits: Tensor, target: Tensor) -> NDArray[np.float64]:
    scale = scales(held, logits.shape[1])
    probability = _target_probability(held, logits, target).cpu().numpy()
    bound, labels = np.empty(len(target)), target.cpu().numpy()
    for label in np.unique(labels):
        members = labels == label
        bound[members] = vs_gradient_bound(scale, int(label), probability[members])
    return bound


def _bound_terms(
    criterion: nn.Module,
    constants: Mapping[str, Tensor],
    counts: NDArray[np.int64],
    least: NDArray[np.float64],
) -> tuple[float, ...] | None:
    held = in_use(criterion, constants)
    if not has_gradient_bound(criterion, constants):
        return None
    given: Any = constants.get("weight", criterion.weight)
    weight = np.ones(1) if given is None else given.detach().double().cpu().numpy()
    if not (weight > 0).all():
        return None  # the bound is of classes that count
    lipschitz = local_lipschitz_constant(weight, scales(held, len(counts)), np.minimum(least, 1.0))
    return tuple(class_summands(lipschitz, counts / counts.sum()).tolist())


def _confusion(
    predicted: Tensor, labels: Tensor, classes: int
) -> tuple[tuple[int, ...], ...] | None:
    if classes > MOST_CONFUSED:
        return None
    counted = torch.bincount(labels * classes + predicted, minlength=classes**2)
    return tuple(map(tuple, counted.view(classes, classes).tolist()))


def _target_probability(held: Adjustment, logits: Tensor, target: Tensor) -> Tensor:
    return torch.exp(-target_losses(held, logits, target))


def _class_recall(logits: Tensor, labels: Tensor) -> Tensor:
    return recall_by_class(logits.argmax(dim=1), labels, logits.shape[1])


def recall_by_class(predicted: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Share of each class predicted correctly, float64, shape (K,)."""
    return _class_mean(predicted == labels, labels, classes)


def _margins(logits: Tensor, labels: Tensor) -> Tensor:
    target = logits.gather(1, labels[:, None])
    rivals = logits.scatter(1, labels[:, None], -torch.inf)
    return target.squeeze(1) - rivals.amax(dim=1)


def _class_mean(values: Tensor, labels: Tensor, classes: int) -> Tensor:
    total = torch.zeros(classes, dtype=torch.float64, device=values.device)
    size = total.index_add(0, labels, torch.ones_like(labels, dtype=torch.float64))
    return total.index_add(0, labels, values.double()) / size


def _class_min(values: Tensor, labels: Tensor, classes: int) -> Tensor:
    start = torch.full((classes,), torch.inf, dtype=torch.float64, device=values.device)
    return start.scatter_reduce(0, labels, values.double(), "amin")
