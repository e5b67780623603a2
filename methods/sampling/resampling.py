"""Features and labels resampled by imbalanced-learn: SMOTE, under-sampling, and what has its interface.

Source: Chawla et al. (JAIR 2002) for SMOTE. Checked by: agreement with imbalanced-learn, segments
between neighbours, rows that stay in place.
"""

from typing import Any, Protocol, overload

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, InputTypeError, as_real, as_whole, shown
from ..registry import Method
from .labels import label_array, whole_labels

__all__ = ["resample", "smote"]

METHODS = (
    Method(
        name="resample",
        weight="any sampler of imbalanced-learn",
        margin="any",
        link="any",
        paper="Dal Pozzolo et al. 2015 (under-sampling)",
        consistent="random under-sampling to balance, two classes: yes",
        statements=("posterior_thresholds.undersampling",),
        untrained="it changes a table before training, by imbalanced-learn; a recipe trains on "
        "examples as they are",
    ),
    Method(
        name="smote",
        weight="new points between neighbours",
        margin="any",
        link="any",
        paper="Chawla et al. 2002",
        consistent="no if neighbours are all of a class; "
        "k fixed, new points have the class's law in the limit",
        statements=(
            "resampled_classes.smote_midpoint",
            "centre_bias.smote_contracts",
        ),
        untrained="it changes a table before training, by imbalanced-learn; a recipe trains on "
        "examples as they are",
    ),
)


class Resampler(Protocol):
    """Any over- or under-sampler with imbalanced-learn's interface."""

    def fit_resample(self, X: Any, y: Any) -> Any:
        """The resampled X and y."""
        ...


@overload
def resample(
    resampler: Resampler, features: Tensor, target: ArrayLike | Tensor | Any
) -> tuple[Tensor, Tensor]: ...


@overload
def resample(
    resampler: Resampler, features: ArrayLike, target: ArrayLike | Tensor | Any
) -> tuple[NDArray[Any], NDArray[Any]]: ...


def resample(resampler: Resampler, features: Any, target: Any) -> Any:
    """Features and labels resampled by imbalanced-learn, on the device and in the dtype they came.

    Made for the penultimate layer: an average of two neighbouring feature vectors is a plausible one,
    an average of two images is not. No gradient passes.

    Parameters
    ----------
    resampler
        For example ``smote(target)``, ``RandomUnderSampler(random_state=0)``, ``TomekLinks()``.
    features, target
        Shapes (N, Z) and (N,). Labels may be all that `counterpoise.theory.imbalance.class_counts` reads.

    Returns
    -------
    Shapes (M, Z) and (M,), tensors if the features are one, else arrays; over-samplers keep the rows they
    were given in place. Features of whole numbers come back as floating-point ones.

    Raises
    ------
    InputError, InputTypeError
        If shapes do not fit, or something is not numeric.

    >>> from imblearn.under_sampling import RandomUnderSampler
    >>> rows, labels = resample(RandomUnderSampler(random_state=0), [[1.0], [2.0], [3.0]], [0, 0, 1])
    >>> labels.tolist()
    [0, 1]
    """
    if not hasattr(resampler, "fit_resample"):
        raise InputTypeError(
            f"resampler = {shown(resampler)}: must have fit_resample, as imbalanced-learn's do"
        )
    rows = as_real("features", features, finite=False)
    labels = _labels(target)
    if rows.ndim != 2 or labels.shape != rows.shape[:1]:
        raise InputError(
            f"features has shape {rows.shape} and target {labels.shape}: must be (N, Z) and (N,)"
        )
    rows, labels = resampler.fit_resample(rows, labels)
    if isinstance(features, Tensor):
        kind = features.dtype if features.is_floating_point() else torch.get_default_dtype()
        answer = torch.from_numpy(labels).to(features.device)
        return (
            torch.from_numpy(rows).to(features.device, kind),
            answer.to(target) if isinstance(target, Tensor) else answer,
        )
    kind = np.asarray(features).dtype
    given = np.asarray(target).dtype if hasattr(target, "__array__") else labels.dtype
    return rows.astype(kind if kind.kind == "f" else np.float64), labels.astype(given)


def smote(
    target: ArrayLike | Tensor | Any,
    k_neighbors: int = 5,
    seed: int | np.random.RandomState | None = None,
) -> Resampler:
    """imbalanced-learn's ``SMOTE`` with as many neighbours as the rarest class has, at most those asked for.

    SMOTE draws between a point and one of its k nearest neighbours of the same class, and
    imbalanced-learn's refuses a class of k points or fewer. This one looks again when it is fitted, as
    on a fold of a cross-validation: such a class uses all its other points, and a single point is
    repeated. With a class of a single point in ``target`` this is ``RandomOverSampler``.

    Parameters
    ----------
    target
        The labels it will be used on, shape (N,), or a data set that holds them.
    k_neighbors
        At most (5).
    seed
        imbalanced-learn's ``random_state``.

    Raises
    ------
    InputError, InputTypeError
        If the labels are no vector, or the number of neighbours is not a positive whole number.

    Source: Chawla et al. (JAIR 2002).

    >>> labels = [0, 0, 0, 1, 1]
    >>> rows, target = resample(smote(labels, seed=0), [[0.0], [1], [2], [8], [9]], labels)
    >>> target.tolist(), bool(8 <= rows[-1, 0] <= 9)
    ([0, 0, 0, 1, 1, 1], True)
    """
    from imblearn.over_sampling import RandomOverSampler  # slow to import

    from .few_neighbours import FewNeighboursSMOTE

    most = as_whole("k_neighbors", k_neighbors, 1)
    if seed is not None and not isinstance(seed, np.random.RandomState):
        seed = as_whole("seed", seed, 0, 2**32 - 1)
    rarest = int(np.unique(_labels(target), return_counts=True)[1].min())
    if rarest == 1:
        return RandomOverSampler(random_state=seed)
    return FewNeighboursSMOTE(k_neighbors=min(most, rarest - 1), random_state=seed)


def _labels(target: Any) -> NDArray[Any]:
    """The label of every example: whole numbers, or the names of classes."""
    labels = label_array(target)
    if labels.ndim == 1 and labels.size and labels.dtype.kind in "OU":
        return labels
    return whole_labels(target)
