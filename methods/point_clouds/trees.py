"""Trees that are drawn, not measured: trunk, branches, twigs and leaves, seen from a drone.

Ours, for the setting of SOUL: points are sparse, and the more so the deeper they lie below the top, as fewer
pulses come so far; of wood, which bears the leaves, few are left. Checked by: exact counts, densities that
fall, wood that lies on the skeleton.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.validation import InputError, as_number, as_whole

__all__ = ["Skeleton", "Tree", "draw_skeleton", "draw_tree"]

Array = NDArray[np.float64]
EXTINCTION = 1.5  # log of the density at the top over that at the ground
NOISE = 0.02  # metres: of a measured position
CLUMP = 0.2  # metres: spread of the leaves around the twig that bears them
CANDIDATES = 6  # points that a pulse could hit, for each that is kept
TRUNK, TWIGS = 6, 3  # pieces of the trunk; twigs of a branch


class Tree(NamedTuple):
    """Points (n, 3) in metres, the ground at height 0, and whether each is wood, (n,)."""

    points: Array
    wood: NDArray[np.bool_]


class Skeleton(NamedTuple):
    """Cones of wood: ends (s, 3) each, radii (s, 2) there, in metres; and which bear leaves, (s,)."""

    start: Array
    end: Array
    radius: Array
    leafy: NDArray[np.bool_]


def draw_tree(
    generator: np.random.Generator, size: int = 4096, imbalance_factor: float = 20.0
) -> Tree:
    """A tree of ``size`` points, ``imbalance_factor`` times as many of leaves as of wood.

    Raises
    ------
    InputError
        If one of the two would have no point.

    Examples
    --------
    >>> tree = draw_tree(np.random.default_rng(0), size=210)
    >>> tree.points.shape, int(tree.wood.sum())
    ((210, 3), 10)
    """
    factor = as_number("imbalance_factor", imbalance_factor, low=0, low_open=True)
    size = as_whole("size", size, 2)
    wood = round(size / (1.0 + factor))
    if not 0 < wood < size:
        raise InputError(
            f"size = {size}: {factor:g} leaf points for each of wood leave one kind out"
        )
    skeleton = draw_skeleton(generator)
    found = [
        _seen(generator, draw(generator, skeleton, CANDIDATES * many), many)
        for draw, many in ((_on_wood, wood), (_among_leaves, size - wood))
    ]
    points = np.concatenate(found) + NOISE * generator.standard_normal((size, 3))
    return Tree(points, np.arange(size) < wood)


def draw_skeleton(generator: np.random.Generator) -> Skeleton:
    """A trunk that leans, branches that are shorter the higher they grow, and twigs on these."""
    height = generator.uniform(10.0, 16.0)
    lean = np.cumsum(generator.normal(0, 0.12, (TRUNK + 1, 2)), axis=0)
    level = np.linspace(0, height, TRUNK + 1)
    nodes = np.column_stack([lean - lean[0], level])
    width = np.linspace(generator.uniform(0.2, 0.3), 0.04, TRUNK + 1)

    many = int(generator.integers(24, 37))
    up = np.sort(generator.uniform(0.4, 0.97, many)) * height
    root = np.column_stack([np.interp(up, level, nodes[:, axis]) for axis in range(3)])
    turn = 2.4 * np.arange(many) + generator.normal(0, 0.4, many)  # about the golden angle
    reach = (0.4 * (height - up) + 0.6) * generator.uniform(0.7, 1.2, many)
    branch = _towards(turn, generator.uniform(0.1, 0.9, many)) * reach[:, None]

    at = generator.uniform(0.5, 1.0, (many, TWIGS, 1))
    twig_root = (root[:, None] + at * branch[:, None]).reshape(-1, 3)
    count = many * TWIGS
    twig = _towards(generator.uniform(0, 2 * np.pi, count), generator.uniform(-0.3, 1.1, count))
    twig = twig * (0.35 * np.repeat(reach, TWIGS) * generator.uniform(0.6, 1.2, count))[:, None]
    return Skeleton(
        np.concatenate([nodes[:-1], root, twig_root]),
        np.concatenate([nodes[1:], root + branch, twig_root + twig]),
        np.concatenate(
            [
                np.column_stack([width[:-1], width[1:]]),
                np.tile([0.04, 0.012], (many, 1)),
                np.tile([0.01, 0.004], (count, 1)),
            ]
        ),
        np.arange(TRUNK + many + count) >= TRUNK,
    )


def _towards(turn: Array, rise: Array) -> Array:
    """Unit vectors of azimuths and elevations, in radians."""
    return np.column_stack([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)])


def _on_wood(generator: np.random.Generator, skeleton: Skeleton, size: int) -> Array:
    """Points on the bark, evenly by its area."""
    axis = skeleton.end - skeleton.start
    area = np.linalg.norm(axis, axis=1) * skeleton.radius.sum(axis=1)
    chosen = generator.choice(len(area), size, p=area / area.sum())
    along = generator.random((size, 1))
    radius = (skeleton.radius[chosen] * np.hstack([1 - along, along])).sum(axis=1)
    across = np.cross(axis[chosen], generator.standard_normal((size, 3)))
    across *= (radius / np.linalg.norm(across, axis=1))[:, None]
    return skeleton.start[chosen] + along * axis[chosen] + across


def _among_leaves(generator: np.random.Generator, skeleton: Skeleton, size: int) -> Array:
    """Points around branches and twigs, towards their tips."""
    axis = (skeleton.end - skeleton.start)[skeleton.leafy]
    length = np.linalg.norm(axis, axis=1)
    chosen = generator.choice(len(axis), size, p=length / length.sum())
    along = np.sqrt(generator.uniform(0.4, 1.2, (size, 1)))
    around = CLUMP * generator.standard_normal((size, 3))
    points = skeleton.start[skeleton.leafy][chosen] + along * axis[chosen] + around
    return np.maximum(points, [-np.inf, -np.inf, 0.0])  # none below the ground


def _seen(generator: np.random.Generator, points: Array, size: int) -> Array:
    """So many of the points, the rarer the deeper they lie below the highest."""
    height = points[:, 2]
    chance = np.exp(EXTINCTION * (height / height.max() - 1.0))
    return points[generator.choice(len(points), size, replace=False, p=chance / chance.sum())]
