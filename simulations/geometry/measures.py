"""How far classifiers and embeddings are from SELI and from a simplex, and the angles between groups.

The metrics of Thrampoulidis et al. (NeurIPS 2022): Gram matrices over their norms, and so the logits of all
examples. Checked by: the frames themselves, of distance zero, and rotations, which change nothing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_class_counts, as_real
from ...theory.geometry import gram_cosines, gram_distance, margin_optimal_logits, seli_grams

__all__ = ["FrameDistances", "GroupAngles", "frame_distances", "group_angles"]

Array = NDArray[np.float64]


class FrameDistances(NamedTuple):
    """Frobenius distances of matrices over their norms, each to SELI and to a simplex frame.

    For cross-entropy the logits of the two frames are one matrix: only Gram matrices tell them apart.

    Examples
    --------
    >>> FrameDistances(0.01, 0.4, 0.02, 0.4, 0.01, 0.01).classifiers_to_etf
    0.4
    """

    classifiers_to_seli: float
    classifiers_to_etf: float
    embeddings_to_seli: float
    embeddings_to_etf: float
    logits_to_seli: float
    logits_to_etf: float


def frame_distances(
    classifiers: ArrayLike,
    embeddings: ArrayLike,
    class_counts: ArrayLike,
    multipliers: ArrayLike = 1.0,
    margins: ArrayLike = 1.0,
) -> FrameDistances:
    """Distances of K classifiers and class embeddings (K, D) to the frames of `seli_grams`.

    Raises
    ------
    InputError
        If the shapes do not fit, or all vectors are zero.

    Examples
    --------
    >>> simplex = np.eye(3) - 1 / 3
    >>> found = frame_distances(simplex, simplex, [10, 10, 1])
    >>> [round(distance, 3) for distance in found]
    [0.221, 0.0, 0.221, 0.0, 0.0, 0.0]
    """
    counts = as_class_counts(class_counts)
    w, h = as_real("classifiers", classifiers), as_real("embeddings", embeddings)
    if w.ndim != 2 or w.shape != h.shape or len(w) != counts.size:
        raise InputError(
            f"classifiers {w.shape} and embeddings {h.shape}: must be ({counts.size}, D), both"
        )
    seli = seli_grams(counts, multipliers, margins)
    simplex, roots = np.eye(counts.size) - 1 / counts.size, np.sqrt(counts)
    logits = margin_optimal_logits(counts, multipliers, margins)
    pairs = (
        (w @ w.T, seli.classifiers),
        (w @ w.T, simplex),
        (h @ h.T, seli.embeddings),
        (h @ h.T, simplex),
        (w @ h.T * roots, logits * roots),
        (w @ h.T * roots, simplex * roots),
    )
    return FrameDistances(*(gram_distance(*pair) for pair in pairs))


class GroupAngles(NamedTuple):
    """Angles in degrees between the vectors of two groups of classes, or inside one.

    Examples
    --------
    >>> GroupAngles("few", "few", 60.0, 70.0, 80.0).mean
    70.0
    """

    first: str
    second: str
    least: float
    mean: float
    largest: float


def group_angles(vectors: ArrayLike, groups: ArrayLike) -> list[GroupAngles]:
    """Angles between vectors (K, D), none of them zero, by the groups (K,) of their classes.

    Examples
    --------
    >>> for row in group_angles(np.eye(3), ["many", "few", "few"]):
    ...     print(row.first, row.second, row.mean)
    few few 90.0
    few many 90.0
    """
    vectors = as_real("vectors", vectors)
    names = np.asarray(groups, dtype=str)
    if vectors.ndim != 2 or names.shape != vectors.shape[:1]:
        raise InputError(
            f"groups has shape {names.shape}: vectors {vectors.shape} need (K,) of them"
        )
    angles = np.degrees(np.arccos(gram_cosines(vectors @ vectors.T).clip(-1.0, 1.0)))
    upper = np.triu(np.ones(angles.shape, dtype=bool), 1)
    rows = []
    known = np.unique(names)
    for place, first in enumerate(known):
        for second in known[place:]:
            pairs = np.outer(names == first, names == second)
            own = angles[upper & (pairs | pairs.T)]
            if own.size:
                rows.append(
                    GroupAngles(
                        str(first), str(second), *map(float, (own.min(), own.mean(), own.max()))
                    )
                )
    return rows
