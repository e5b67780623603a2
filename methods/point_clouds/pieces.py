"""From a tree to clouds of one size that a network can see: its pieces, cut by chance into equal parts.

After SOUL's preparation, which takes samples of 3000 points. Checked by: every row a point of the tree, boxes
of size one, and orders in which each point is the farthest from those before it.
"""

import numpy as np
from numpy.typing import NDArray

from .features import local_shape
from .trees import Tree
from .voxels import decompose

__all__ = ["clouds_of", "farthest_first"]


def clouds_of(
    tree: Tree, size: int, centres: int, generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Rows of points as a network sees them, (clouds, size, 6), and which points they are, (clouds, size).

    Columns are the coordinates, of a box of which the longest side is 1, its middle at 0; and
    `local_shape` in the whole tree. A piece gives as many clouds as it has ``size`` points; what is left
    over is left out, and one that has fewer is one cloud, in which points are repeated. The first
    ``centres`` rows of a cloud are its farthest ones (`farthest_first`).

    Examples
    --------
    >>> from counterpoise.methods.point_clouds import draw_tree
    >>> generator = np.random.default_rng(0)
    >>> rows, index = clouds_of(draw_tree(generator, 1000), 64, 16, generator)
    >>> rows.shape[1:], index.shape[1:]
    ((64, 6), (64,))
    """
    shape, piece_of = local_shape(tree.points), decompose(tree.points).piece_of
    parts = []
    for piece in np.unique(piece_of):
        own = generator.permutation(np.flatnonzero(piece_of == piece))
        whole = max(len(own) // size, 1)
        parts.append(np.resize(own, (whole, size)))
    index = np.concatenate(parts)
    index = np.take_along_axis(index, farthest_first(tree.points[index], centres), axis=1)
    points = tree.points[index]
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    longest = np.maximum((high - low).max(axis=2, keepdims=True), 1e-9)
    return np.concatenate([(points - (low + high) / 2) / longest, shape[index]], axis=2), index


def farthest_first(points: NDArray[np.float64], centres: int) -> NDArray[np.int64]:
    """An order of the points of each cloud, (b, n, 3) -> (b, n): farthest-point sampling, then the others.

    The first point stays the first; each of the next ``centres - 1`` is the farthest from all before it.
    A network that takes the first points of a cloud as centres need not look for them in every step.

    Examples
    --------
    >>> line = np.array([[[0.0, 0, 0], [1, 0, 0], [4, 0, 0], [2, 0, 0]]])
    >>> farthest_first(line, 3).tolist()
    [[0, 2, 3, 1]]
    """
    clouds, size, _ = points.shape
    rows, gap = np.arange(clouds), np.full((clouds, size), np.inf)
    chosen = np.zeros((clouds, min(centres, size)), np.int64)
    for step in range(chosen.shape[1]):
        at = chosen[:, step] if step == 0 else gap.argmax(axis=1)
        chosen[:, step] = at
        gap = np.minimum(gap, ((points - points[rows, at][:, None]) ** 2).sum(axis=2))
        gap[rows, at] = -1.0  # which no other point is nearer than
    left = np.ones((clouds, size), bool)
    left[rows[:, None], chosen] = False
    rest = np.nonzero(left)[1].reshape(clouds, -1)
    return np.concatenate([chosen, rest], axis=1)
