"""Trees as points: drawn from a seed, described by the shape around each point, cut into pieces."""

from .features import SHAPES, local_shape
from .pieces import clouds_of, farthest_first
from .trees import Tree, draw_tree
from .voxels import Decomposition, decompose

__all__ = [
    "SHAPES",
    "Decomposition",
    "Tree",
    "clouds_of",
    "decompose",
    "draw_tree",
    "farthest_first",
    "local_shape",
]
