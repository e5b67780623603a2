"""De-biased prototypes: features of rare classes moved towards centres that all classes have made.

All features are clustered without their labels; a class's de-biased centre is the mean of the cluster centres
of its examples, and a rare class's features are contracted towards it. Source: Tian, Chen, Sun, "Learning
De-Biased Representations for Remote-Sensing Imagery" (debLoRA, NeurIPS 2024), Sections 3.2 and 3.3; what
adapters learn of it is in `methods.models.lora`. Checked by: the ends of each range, variances, one cluster,
and the best of all assignments.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    as_class_counts,
    as_number,
    as_real,
    as_seed,
    as_whole,
)
from .labels import whole_labels

__all__ = [
    "Clusters",
    "calibrated_features",
    "calibration_strength",
    "constrained_kmeans",
    "debiased_centres",
]

MOST_ROUNDS = 100


class Clusters(NamedTuple):
    """Which cluster each example is in, (N,), and the means of the clusters, (k, D).

    >>> Clusters(np.array([0, 0, 1]), np.array([[0.5], [4.0]])).centres.shape
    (2, 1)
    """

    assignment: NDArray[np.intp]
    centres: NDArray[np.float64]


def constrained_kmeans(
    features: ArrayLike, n_clusters: int = 32, min_size: int = 15, seed: int = 0
) -> Clusters:
    """k-means whose clusters have at least ``min_size`` examples each: none is empty, or nearly.

    Begins with scikit-learn's k-means. Each round then takes the assignment of the least sum of squares
    among those that are allowed, and the means of its clusters, until nothing changes.

    Parameters
    ----------
    features
        Shape (N, D); standardise them first, as the authors do.
    n_clusters, min_size
        32 and 15 are the released code's, which dissolves smaller clusters.

    Raises
    ------
    InputError
        If there are fewer than ``n_clusters * min_size`` examples.

    Examples
    --------
    >>> found = constrained_kmeans([[0.0], [0.1], [0.2], [9.0]], n_clusters=2, min_size=2)
    >>> np.bincount(found.assignment).tolist()
    [2, 2]
    """
    from sklearn.cluster import KMeans  # slow to import

    points = _matrix(features)
    n_clusters = as_whole("n_clusters", n_clusters, 1)
    min_size, seed = as_whole("min_size", min_size, 1), as_seed(seed)
    if n_clusters * min_size > len(points):
        raise InputError(
            f"features has {len(points)} rows: {n_clusters} clusters of {min_size} need "
            f"{n_clusters * min_size}"
        )
    once: Any = 1
    begun = KMeans(n_clusters, n_init=once, random_state=seed % 2**32).fit(points)
    assignment, centres = np.asarray(begun.labels_, np.intp), np.asarray(begun.cluster_centers_)
    if np.bincount(assignment, minlength=n_clusters).min() >= min_size:
        return Clusters(assignment, centres)
    for _ in range(MOST_ROUNDS):
        before, assignment = assignment, _assigned(_squares(points, centres), min_size)
        shares = np.eye(n_clusters)[assignment]
        centres = shares.T @ points / shares.sum(axis=0)[:, None]
        if np.array_equal(before, assignment):
            break
    return Clusters(assignment, centres)


def _squares(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distances, (N, k), up to a constant of the point."""
    return (centres**2).sum(axis=1) - 2 * points @ centres.T


def _assigned(squares: NDArray[np.float64], min_size: int) -> NDArray[np.intp]:
    """The clusters of least total, each of at least ``min_size``.

    What an example costs beyond its nearest cluster is paid for ``min_size`` places of each cluster alone:
    a linear assignment; all others go where they are nearest.
    """
    from scipy.optimize import linear_sum_assignment  # slow to import

    nearest = squares.argmin(axis=1)
    places = np.repeat(np.arange(squares.shape[1]), min_size)
    beyond = squares - squares.min(axis=1, keepdims=True)
    place, example = linear_sum_assignment(beyond.T[places])
    nearest[example] = places[place]
    return nearest


def debiased_centres(target: ArrayLike, clusters: Clusters) -> NDArray[np.float64]:
    """``sum_k (n_ck / n_c) mu_k``: of each class the mean of the centres its examples belong to, (K, D).

    With one cluster all are the mean of all features; with a cluster an example they are the class means.

    Raises
    ------
    InputError
        If a class below the largest has no example, or shapes do not fit.

    Examples
    --------
    >>> clusters = Clusters(np.array([0, 0, 1]), np.array([[0.5], [4.0]]))
    >>> debiased_centres([0, 1, 1], clusters).tolist()
    [[0.5], [2.25]]
    """
    labels = _classes(target, len(clusters.assignment))
    counted = np.zeros((int(labels.max()) + 1, len(clusters.centres)))
    np.add.at(counted, (labels, clusters.assignment), 1.0)
    sizes = counted.sum(axis=1)
    if not sizes.all():
        raise InputError(f"target has no example of class {sizes.argmin()}: it has no centre")
    return (counted / sizes[:, None]) @ clusters.centres


def calibration_strength(class_counts: ArrayLike, threshold: float = 10.0) -> NDArray[np.float64]:
    """``alpha_c = min(1, threshold n_c / n_max)``, (K,): what a class keeps of its own features.

    Classes within ``threshold`` of the largest keep all, 1; the rarer one is, the less. This is the alpha of
    the paper; the released code's is the other share, ``1 - alpha``, and fixed at one half.

    >>> calibration_strength([1000, 100, 20]).tolist()
    [1.0, 1.0, 0.2]
    """
    counts = as_class_counts(class_counts)
    threshold = as_number("threshold", threshold, low=0, low_open=True)
    return np.minimum(1.0, threshold * (counts / counts.max()))


def calibrated_features(
    features: ArrayLike, target: ArrayLike, centres: ArrayLike, alpha: ArrayLike
) -> NDArray[np.float64]:
    """``alpha z + (1 - alpha) centre_y``, (N, D): each feature contracted towards its class's centre.

    Parameters
    ----------
    features, target
        Shapes (N, D) and (N,).
    centres
        Shape (K, D), of `debiased_centres`.
    alpha
        In [0, 1], one number or one a class, in the paper's sense: 1 changes nothing, 0 leaves the centre.
        Give ``1 - alpha`` for the alpha of the released code.

    Raises
    ------
    InputError
        If shapes do not fit, alpha is outside [0, 1], or a class has no centre.

    Examples
    --------
    >>> calibrated_features([[0.0], [4.0]], [0, 1], [[1.0], [2.0]], alpha=[1.0, 0.5]).tolist()
    [[0.0], [3.0]]
    """
    points, middle = _matrix(features), _matrix(centres, "centres")
    labels = _classes(target, len(points))
    kept = as_real("alpha", alpha, low=0, high=1)
    if kept.ndim and kept.shape != (len(middle),):
        raise InputError(f"alpha has shape {kept.shape}: must be one number, or {len(middle)}")
    if points.shape[1:] != middle.shape[1:] or labels.max() >= len(middle):
        raise InputError(
            f"centres has shape {middle.shape}: must be of {int(labels.max()) + 1} classes or more, "
            f"in {points.shape[1]} dimensions"
        )
    share = np.broadcast_to(kept, len(middle))[labels][:, None]
    return share * points + (1 - share) * middle[labels]


def _matrix(values: ArrayLike, name: str = "features") -> NDArray[np.float64]:
    matrix = as_real(name, values)
    if matrix.ndim != 2 or not matrix.size:
        raise InputError(f"{name} has shape {matrix.shape}: must be (N, D), not empty")
    return matrix


def _classes(target: ArrayLike, examples: int) -> NDArray[np.intp]:
    labels = whole_labels(target).astype(np.intp)
    if len(labels) != examples or labels.min() < 0:
        raise InputError(
            f"target has {len(labels)} labels from {labels.min()}: must be {examples}, from 0"
        )
    return labels
