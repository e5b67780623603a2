"""What the neighbours of a point say: how linear, and how upright, its surroundings are.

The three features of SOUL beside the coordinates, as CloudCompare defines them by the eigenvalues
l1 >= l2 >= l3 of the covariance of a point's nearest neighbours. Checked by: lines, planes and balls.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...theory.foundation.validation import InputError, as_real, as_whole

__all__ = ["SHAPES", "local_shape"]

SHAPES = ("PCA1", "linearity", "verticality")
"""l1/(l1 + l2 + l3); (l1 - l2)/l1; 1 - |n_z|, n the direction of l3."""


def local_shape(points: ArrayLike, neighbours: int = 16) -> NDArray[np.float64]:
    """PCA1, linearity and verticality of every point, each in [0, 1].

    Shape: points (n, 3) -> (n, 3). A point counts among its own neighbours; where all of them are one
    point, the features are 0.

    Examples
    --------
    >>> pole = np.column_stack([np.zeros((9, 2)), np.arange(9.0)])
    >>> local_shape(pole, neighbours=4)[0].round(9).tolist()
    [1.0, 1.0, 1.0]
    """
    from scipy.spatial import cKDTree

    found = as_real("points", points)
    if found.ndim != 2 or found.shape[1] != 3 or not len(found):
        raise InputError(f"points has shape {found.shape}: must be (n, 3), n at least 1")
    count = min(as_whole("neighbours", neighbours, 2), len(found))
    _, near = cKDTree(found).query(found, count)
    around = found[near.reshape(len(found), count)]
    around = around - around.mean(axis=1, keepdims=True)
    size, direction = np.linalg.eigh(np.einsum("nki,nkj->nij", around, around))
    least, middle, most = np.maximum(size, 0.0).T
    varies = most > 0
    most = np.where(varies, most, 1.0)
    shape = [most / (most + middle + least), 1 - middle / most, 1 - np.abs(direction[:, 2, 0])]
    return np.column_stack(shape).clip(0.0, 1.0) * varies[:, None]
