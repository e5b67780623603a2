"""Geodesic voxelisation decomposition: a cloud cut into pieces that grow from below along themselves.

Source: the official code of SOUL, with the distance it means (its code squares one term wrongly). From the
lowest voxel that is left a piece grows over faces, breadth first; it stops where the way has become long, or
long for how far it led. Checked by: every voxel in one piece, pieces that hang together, ways no shorter than
the straight line, and a line, a corner and two blobs worked out by hand.
"""

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...theory.foundation.validation import InputError, as_number, as_real, as_whole

__all__ = ["Decomposition", "decompose"]


class Decomposition(NamedTuple):
    """What became of a cloud.

    ``cells`` (v, 3) are its voxels, in sizes of a voxel; ``cell_of`` (n,) the voxel of every point. Of each
    voxel, ``piece`` is the number of its piece, -1 in the rest, and ``root`` and ``geodesic`` are the voxel
    that its piece (before small ones joined the rest) grew from, and the steps from there, (v,).
    """

    cells: NDArray[np.int64]
    cell_of: NDArray[np.int64]
    piece: NDArray[np.int64]
    root: NDArray[np.int64]
    geodesic: NDArray[np.int64]

    @property
    def piece_of(self) -> NDArray[np.int64]:
        """The piece of every point, (n,); -1 is the rest."""
        return self.piece[self.cell_of]


def decompose(
    points: ArrayLike,
    size: float = 0.6,
    reach: int = 10,
    detour: float = 1.5,
    min_voxels: int = 10,
    min_points: int = 100,
) -> Decomposition:
    """Cut a cloud into pieces of voxels; those of too few voxels or points are the rest.

    Parameters
    ----------
    points
        (n, 3), heights last.
    size
        Of a voxel, in the unit of the points (metres).
    reach
        Steps from its root at which a voxel is the last of its way.
    detour
        Steps over the straight distance at which it is, too.
    min_voxels, min_points
        What a piece has at least.

    Examples
    --------
    >>> pole = np.column_stack([np.zeros((300, 2)), np.linspace(0, 14.9, 300)])
    >>> cut = decompose(pole, size=1.0, min_voxels=5, min_points=50)
    >>> cut.piece.tolist(), int(cut.geodesic.max())
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1], 10)
    """
    found = as_real("points", points)
    if found.ndim != 2 or found.shape[1] != 3 or not len(found):
        raise InputError(f"points has shape {found.shape}: must be (n, 3), n at least 1")
    size = as_number("size", size, low=0, low_open=True)
    as_whole("reach", reach, 0)
    as_number("detour", detour, low=1)
    cells, cell_of = np.unique(
        np.floor((found - found.min(axis=0)) / size).astype(np.int64), axis=0, return_inverse=True
    )
    cell_of = cell_of.reshape(-1)
    root, geodesic = _grown(cells, reach, detour)
    _, piece = np.unique(root, return_inverse=True)
    voxels, held = np.bincount(piece), np.bincount(piece[cell_of])
    large = (voxels >= as_whole("min_voxels", min_voxels, 0)) & (
        held >= as_whole("min_points", min_points, 0)
    )
    number = np.where(large, np.cumsum(large) - 1, -1)
    return Decomposition(cells, cell_of, number[piece], root, geodesic)


def _grown(
    cells: NDArray[np.int64], reach: int, detour: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For every voxel the one that its piece grew from, and the steps from there."""
    near = _neighbours(cells)
    root, geodesic = np.full(len(cells), -1), np.zeros(len(cells), np.int64)
    for lowest in np.argsort(cells[:, 2], kind="stable"):
        if root[lowest] >= 0:
            continue
        root[lowest], queue = lowest, deque([lowest])
        straight = np.linalg.norm(cells - cells[lowest], axis=1)
        while queue:
            at = queue.popleft()
            steps = geodesic[at]
            if steps >= reach or steps >= detour * straight[at] > 0:
                continue
            for other in near[at]:
                if other >= 0 and root[other] < 0:
                    root[other], geodesic[other] = lowest, steps + 1
                    queue.append(other)
    return root, geodesic


def _neighbours(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """The voxels that share a face with each, (v, 6); -1 where there is none. ``cells`` are sorted."""
    box = cells.max(axis=0) + 3
    strides = np.array([box[1] * box[2], box[2], 1])
    keys: NDArray[np.int64] = (cells + 1) @ strides
    wanted = keys[:, None] + np.concatenate([strides, -strides])
    place = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)
