"""The geometry of free features, measured on the last layer of a network that was trained.

Classifiers and class means are centred first: features behind a ReLU share a large part, which moves no
logit against another as classifiers sum to zero in all frames (Thrampoulidis et al., NeurIPS 2022).
Checked by: free features with a feature for each example, whose distances are known.
"""

from typing import NamedTuple

import numpy as np

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_real
from ...theory.geometry import within_class_variability
from .free_features import class_means
from .measures import FrameDistances, GroupAngles, frame_distances, group_angles

__all__ = ["TrainedGeometry", "trained_geometry"]


class TrainedGeometry(NamedTuple):
    """Distances to the frames, angles of classes, and how much features vary inside a class (NC1).

    Examples
    --------
    >>> found = trained_geometry(np.eye(3), np.repeat(np.eye(3), [4, 4, 1], 0), [0] * 4 + [1] * 4 + [2])
    >>> round(found.distances.classifiers_to_etf, 6), round(found.variability, 6)
    (0.0, 0.0)
    """

    distances: FrameDistances
    classifier_angles: list[GroupAngles]
    embedding_angles: list[GroupAngles]
    variability: float


def trained_geometry(
    classifiers: ArrayLike, features: ArrayLike, target: ArrayLike
) -> TrainedGeometry:
    """The geometry of classifiers (K, D) and training features (N, D) of classes ``target`` (N,).

    Classes are a majority from the geometric mean of the largest and the smallest size on, and a
    minority below it.

    Raises
    ------
    InputError
        If shapes do not fit, or a class has no example.

    Examples
    --------
    >>> from counterpoise.simulations.geometry import descend
    >>> (free,) = descend([9, 9, 3, 3], stops=35, dimension=8, each_example=True, seed=0)
    >>> found = trained_geometry(free.classifiers, free.features, free.target)
    >>> found.distances.classifiers_to_seli < found.distances.classifiers_to_etf
    True
    """
    w, h = as_real("classifiers", classifiers), as_real("features", features)
    y = np.asarray(target)
    if not np.issubdtype(y.dtype, np.integer) or h.ndim != 2 or y.shape != h.shape[:1]:
        raise InputError(f"target has shape {y.shape}: features {h.shape} need (N,) class indices")
    if w.ndim != 2 or np.any(y < 0) or np.any(y >= len(w)):
        raise InputError(f"classifiers has shape {w.shape}: must be (K, D), a row for each class")
    counts = np.bincount(y, minlength=len(w))
    if counts.min() < 1:
        raise InputError(f"target has no example of class {int(counts.argmin())}: each needs one")
    means = class_means(h, y, len(w))
    w, means = w - w.mean(axis=0), means - means.mean(axis=0)
    middle = np.sqrt(float(counts.max()) * float(counts.min()))
    groups = np.where(counts >= middle, "majority", "minority")
    return TrainedGeometry(
        frame_distances(w, means, counts),
        group_angles(w, groups),
        group_angles(means, groups),
        within_class_variability(h, y),
    )
