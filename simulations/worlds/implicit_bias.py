"""Separable data, trained on and on: where the direction of a linear model goes with each correction.

Descent on the losses of the registry with steps divided by the loss, so that the norm grows by a constant a
step instead of like log t; the limits are those of `theory.separable`. Weights and offsets fade (Byrd and
Lipton, ICML 2019), multipliers of a scalar score stay (Kini et al., NeurIPS 2021), and those of a head with
a logit for each of two classes leave its boundary alone. Checked by: solvers of the limits, an exact head
of three classes, and distances that fall like one over the norm.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from ...methods.losses import OneLogitLoss
from ...theory.foundation.validation import InputError, as_real, as_seed, as_whole, one_of
from ...theory.separable import cost_sensitive_vector, softmax_pair
from .optimum import trained_loss

__all__ = ["BiasRow", "followed", "implicit_bias_rows", "separable_points"]

HEADS = ("one logit", "two logits")
_MARGINS = 0.5, 0.2
_LEAST = 1e-12  # of a loss: below, a softmax in float64 knows its gradient no more


class BiasRow(NamedTuple):
    """A method on a head after ``steps``, of weights of length ``norm``.

    ``stated`` is the distance of its direction to the limit that the theory gives, ``plain`` to the limit
    of cross-entropy; ``earlier`` and ``earlier_norm`` are distance and norm at a quarter of the steps.
    """

    method: str
    head: str
    steps: int
    norm: float
    stated: float
    plain: float
    earlier_norm: float
    earlier: float


def separable_points(
    class_counts: Sequence[int] = (40, 5), seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (N, 2) in the unit disc and classes 0, 1, on two sides of a line through the origin.

    Class 0 keeps a distance of 0.5 from it, class 1 of 0.2.

    >>> points, target = separable_points((3, 2))
    >>> points.shape, target.tolist()
    ((5, 2), [0, 0, 0, 1, 1])
    """
    counts = [as_whole("class_counts", count, 1) for count in class_counts]
    if len(counts) != 2:
        raise InputError(f"class_counts has {len(counts)} entries: must be 2")
    rng = np.random.default_rng(as_seed(seed))
    angle = rng.uniform(0, 2 * np.pi)
    line = np.array([np.cos(angle), np.sin(angle)])
    target = np.repeat([0, 1], counts)
    points = []
    for label in target:
        point = rng.uniform(-1, 1, 2)
        while np.hypot(*point) > 1 or (2 * label - 1) * (point @ line) < _MARGINS[label]:
            point = rng.uniform(-1, 1, 2)
        points.append(point)
    return np.array(points), target


def followed(
    criterion: nn.Module, points: ArrayLike, target: ArrayLike, logits: int, steps: int
) -> list[NDArray[np.float64]]:
    """Weights (logits, D) of a linear head after every step, from zero, until the loss is below 1e-12.

    ``criterion`` has ``reduction="none"``; a step is the gradient over the loss, over the largest squared
    length of a point.

    >>> path = followed(nn.CrossEntropyLoss(reduction="none"), np.eye(2), [0, 1], logits=2, steps=3)
    >>> len(path), path[-1].shape
    (3, (2, 2))
    """
    x = torch.from_numpy(as_real("points", points))
    y = torch.from_numpy(np.asarray(target, dtype=np.int64))
    weights = torch.zeros(logits, x.shape[1], dtype=torch.float64, requires_grad=True)
    rate = float(1 / (x**2).sum(dim=1).max())
    path = []
    for _ in range(as_whole("steps", steps, 1)):
        scores = x @ weights.T
        loss = criterion(scores.squeeze(1) if logits == 1 else scores, y).sum()
        if loss.item() < _LEAST:
            break
        (gradient,) = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            weights -= rate * gradient / loss
        path.append(weights.detach().numpy().copy())
    return path


def implicit_bias_rows(
    methods: Sequence[str] = ("ce", "inverse-frequency", "la", "immax", "cdt", "vs"),
    *,
    class_counts: Sequence[int] = (40, 5),
    head: str = "one logit",
    steps: int = 4000,
    seed: int = 0,
) -> list[BiasRow]:
    """A row a method, on the same separable points.

    ``head``: ``"one logit"``, a scalar score, or ``"two logits"``.

    >>> row, = implicit_bias_rows(["la"], steps=50)
    >>> row.norm > 4 * row.earlier_norm / 2, row.stated < 1
    (True, True)
    """
    one_of("head", head, HEADS)
    points, target = separable_points(class_counts, seed=seed)
    counts = np.bincount(target)
    plain = _limit(trained_loss("ce", counts)[0], points, target, head)
    rows = []
    for method in methods:
        criterion: Any = trained_loss(method, counts)[0]
        limit = _limit(criterion, points, target, head)
        one = head == HEADS[0]
        path = followed(
            OneLogitLoss(criterion) if one else criterion, points, target, 1 if one else 2, steps
        )
        last, earlier = path[-1].ravel(), path[len(path) // 4].ravel()
        rows.append(
            BiasRow(
                method,
                head,
                len(path),
                float(np.linalg.norm(last)),
                _distance(last, limit),
                _distance(last, plain),
                float(np.linalg.norm(earlier)),
                _distance(earlier, limit),
            )
        )
    return rows


def _limit(
    criterion: Any, points: NDArray[np.float64], target: NDArray[np.int64], head: str
) -> NDArray[np.float64]:
    """The direction that the theory gives, of the loss's multipliers alone."""
    signs = 2 * target - 1
    ones = np.ones(2)
    scale = ones if criterion.scale is None else criterion.scale.numpy() * ones
    own = ones if criterion.temperature is None else 1 / criterion.temperature.numpy()
    if head == HEADS[0]:
        # One logit z is a pair (-z/2, z/2): scales of both logits act alike on either class.
        return cost_sensitive_vector(points, signs, ratio=float(own[0] / own[1]))
    if np.ptp(own) > 0:
        raise InputError("head = 'two logits': no statement gives the limit of margins by class")
    second, first = scale
    one, two = softmax_pair(cost_sensitive_vector(points, signs), (first, second))
    return np.concatenate([two, one])


def _distance(weights: NDArray[np.float64], limit: NDArray[np.float64]) -> float:
    """Between the two unit vectors."""
    return float(np.linalg.norm(weights / np.linalg.norm(weights) - limit / np.linalg.norm(limit)))
