"""Free features and classifiers, and the loss that they are trained with: the unconstrained features model.

Mixon, Parshall, Pi (2020); Fang, He, Long, Su (PNAS 2021). Columns of logits are examples or, by default,
classes: a class of n examples with one feature h is one column of weight n, and ``sqrt(n) h`` is what is
optimised. That is exact. With a ridge, features of a class coincide at the optimum
(`seli.factorised_cost`) and ``|sqrt(n) h|^2`` is their cost. Under gradient descent features of a class
that are equal stay equal, and a step of all n is a step of ``sqrt(n) h``; means of n random starts are
distributed as its start is. Checked by: descent and ridge solutions with a feature for each example.
"""

from typing import Any, NamedTuple, TypedDict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...methods.losses import margin_softmax_loss
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    as_class_counts,
    as_number,
    as_real,
    as_whole,
)

__all__ = ["FreeFeatures"]

Array = NDArray[np.float64]
LARGEST = 10**6  # entries of features


class FreeFeatures(NamedTuple):
    """Trained classifiers and features.

    Examples
    --------
    >>> from counterpoise.simulations.geometry import descend
    >>> (found,) = descend([3, 3, 1], stops=5, each_example=True, seed=0)
    >>> found.features.shape, found.embeddings.shape, found.logits.shape
    ((7, 6), (3, 6), (3, 3))
    """

    classifiers: Array
    """Shape (K, D)."""
    features: Array
    """Shape (C, D): a row a class, or an example."""
    target: NDArray[np.int64]
    """The class of each feature, shape (C,)."""

    @property
    def embeddings(self) -> Array:
        """Class means of the features, shape (K, D)."""
        return class_means(self.features, self.target, len(self.classifiers))

    @property
    def logits(self) -> Array:
        """Logits of the class means, shape (K, K): column y is class y."""
        return self.classifiers @ self.embeddings.T


def class_means(features: Array, target: NDArray[np.int64], classes: int) -> Array:
    """The mean of each class's features, shape (K, D)."""
    total = np.zeros((classes, features.shape[1]))
    np.add.at(total, target, features)
    return total / np.bincount(target, minlength=classes)[:, None]


class Constants(TypedDict, total=False):
    """Those of `margin_softmax_loss` that are not neutral."""

    scale: Tensor
    temperature: Tensor
    offset: Tensor


class World(NamedTuple):
    """Columns of logits, how many examples each stands for, and the constants of the loss."""

    target: Tensor
    multiplicity: Tensor
    dimension: int
    classes: int
    multipliers: Array
    margins: Array
    offset: Array
    constants: Constants

    @classmethod
    def of(
        cls,
        class_counts: ArrayLike,
        multipliers: ArrayLike,
        margins: ArrayLike,
        offset: ArrayLike,
        dimension: int | None,
        each_example: bool,
    ) -> "World":
        """The world of these arguments, refused if one of them leaves its domain."""
        counts = as_class_counts(class_counts)
        classes = as_whole("the number of class_counts", counts.size, 2)
        if each_example and np.any(counts % 1):
            raise InputError("class_counts: a feature for each example needs whole numbers")
        columns = int(counts.sum()) if each_example else classes
        wide = 2 * classes if dimension is None else dimension
        dimension = as_whole("dimension", wide, classes - 1)
        if columns * dimension > LARGEST:
            raise InputError(f"class_counts: {columns} features of {dimension} are too many")
        positive = {"low": 0, "low_open": True}
        multiplier = _vector("multipliers", multipliers, classes, **positive)
        margin = _vector("margins", margins, classes, **positive)
        shift = _vector("offset", offset, classes)
        constants: Constants = {}
        if np.any(multiplier != 1.0):
            constants["scale"] = torch.from_numpy(multiplier)
        if np.any(margin != 1.0):
            constants["temperature"] = torch.from_numpy(margin)
        if np.any(shift != 0.0):
            constants["offset"] = torch.from_numpy(shift)
        target = np.arange(classes)
        if each_example:
            target, counts = np.repeat(target, counts.astype(int)), np.ones(columns)
        return cls(
            torch.from_numpy(target),
            torch.from_numpy(counts),
            dimension,
            classes,
            multiplier,
            margin,
            shift,
            constants,
        )

    def start(self, scale: float, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Normal classifiers, and normal features times the root of how many examples share each."""
        scale = as_number("start", scale, low=0, low_open=True)
        shapes = (self.classes, self.dimension), (len(self.target), self.dimension)
        classifiers, scaled = (torch.from_numpy(scale * rng.standard_normal(s)) for s in shapes)
        return classifiers, scaled

    def features(self, scaled: Tensor) -> Tensor:
        """Features of what is optimised."""
        return scaled / self.multiplicity.sqrt()[:, None]

    def loss(self, logits: Tensor, target_margin: float = 0.0) -> Tensor:
        """The sum over examples of the loss of `descend`, with the target's scaled logit lowered."""
        lowered = logits.new_full((self.classes,), target_margin) if target_margin else None
        losses = margin_softmax_loss(
            logits, self.target, **self.constants, target_margin=lowered, reduction="none"
        )
        return self.multiplicity @ losses

    def margin(self, logits: Array) -> float:
        """The least ``(d_y z_y - d_c z_c)/t_y`` of the rows of logits (C, K) and other classes c."""
        target = self.target.numpy()
        rows = np.arange(len(target))
        scaled = logits * self.multipliers
        gaps = (scaled[rows, target][:, None] - scaled) / self.margins[target][:, None]
        gaps[rows, target] = np.inf
        return float(gaps.min())

    def found(self, classifiers: Tensor, scaled: Tensor) -> FreeFeatures:
        """What was optimised, as arrays."""
        return FreeFeatures(
            classifiers.detach().numpy().copy(),
            self.features(scaled).detach().numpy(),
            self.target.numpy(),
        )


def _vector(name: str, value: ArrayLike, classes: int, **bounds: Any) -> Array:
    """One number a class."""
    array = as_real(name, value, **bounds)
    if array.shape not in ((), (classes,)):
        raise InputError(f"{name} has shape {array.shape}: must be one number or ({classes},)")
    return np.broadcast_to(array, (classes,)).copy()
