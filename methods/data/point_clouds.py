"""Leaf and wood: drawn trees as clouds of points, a label a point.

Ours, for the setting of SOUL (Bai et al., NeurIPS 2023) without its recordings; trees in
`counterpoise.methods.point_clouds`. Checked by: counts, trees that training and test do not share, and
clouds of a seed.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...theory.foundation.validation import as_number, as_seed, as_whole
from ..point_clouds import Tree, clouds_of, draw_tree
from .dataset import Dataset, Split
from .noise import noisy_labels

__all__ = ["Forest", "draw_forest", "load_trees"]

TRAINED, TESTED = 24, 12  # trees
POINTS = 3072  # of a tree
CLOUD, CENTRES = 256, 64  # points of a cloud; of them the first, in the order of farthest points
NAMES = ("leaf", "wood")


class Forest(NamedTuple):
    """Trees, and clouds of their points: rows (clouds, size, 6), and of each the tree and its points."""

    trees: Sequence[Tree]
    rows: NDArray[np.float64]
    tree_of: NDArray[np.int64]
    point_of: NDArray[np.int64]

    @property
    def split(self) -> Split:
        """The clouds as a network sees them, (clouds, 6, size) float32, and 1 for wood, (clouds, size)."""
        wood = [
            self.trees[own].wood[at] for own, at in zip(self.tree_of, self.point_of, strict=True)
        ]
        images = torch.from_numpy(self.rows).float().transpose(1, 2).contiguous()
        return Split(images, torch.from_numpy(np.array(wood)).long())


@lru_cache(maxsize=3)
def draw_forest(trees: int, imbalance_factor: float, seed: tuple[int, ...]) -> Forest:
    """So many trees, each with draws of its own.

    >>> draw_forest(1, 20, (0, 0)).split.images.shape[1:]
    torch.Size([6, 256])
    """
    drawn, rows, index = [], [], []
    for child in np.random.SeedSequence(seed).spawn(trees):
        generator = np.random.default_rng(child)
        drawn.append(draw_tree(generator, POINTS, imbalance_factor))
        found, places = clouds_of(drawn[-1], CLOUD, CENTRES, generator)
        rows.append(found)
        index.append(places)
    tree_of = np.repeat(np.arange(trees), [len(own) for own in rows])
    return Forest(drawn, np.concatenate(rows), tree_of, np.concatenate(index))


def load_trees(
    imbalance_factor: float = 20.0, seed: int = 0, validation: int = 0, label_noise: float = 0.0
) -> Dataset:
    """24 trees to train on and 12 to test on, each of 3072 points, as clouds of 256.

    Class counts are of points; both splits have the factor, and balanced measures are means over classes.

    Parameters
    ----------
    imbalance_factor
        Leaf points for each of wood in a tree; of clouds together, nearly.
    seed
        Of all draws. Trees stand at every azimuth: there is no augmentation.
    validation
        Trees for validation, besides the others.
    label_noise
        Share of training labels that are the other class.

    Examples
    --------
    >>> trees = load_trees(seed=1)
    >>> trees.image_shape, trees.class_names
    ((6, 256), ('leaf', 'wood'))
    """
    factor = as_number("imbalance_factor", imbalance_factor, low=1)
    seed, held = as_seed(seed), as_whole("validation", validation, 0)
    train, test = (
        draw_forest(many, factor, (seed, part)).split for part, many in enumerate((TRAINED, TESTED))
    )
    generator = torch.Generator().manual_seed(seed)
    noisy = noisy_labels(train.labels.flatten(), len(NAMES), label_noise, generator)
    labels: Tensor = noisy.view_as(train.labels)
    return Dataset(
        name="trees",
        title="drawn trees, leaf and wood",
        class_names=NAMES,
        class_counts=torch.bincount(labels.flatten(), minlength=len(NAMES)),
        train_images=train.images,
        train_labels=labels,
        test_images=test.images,
        test_labels=test.labels,
        validation=draw_forest(held, factor, (seed, 2)).split if held else None,
    )
