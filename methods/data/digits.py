"""Handwritten digits, made long-tailed: the data set that needs no download.

Source: the 1797 8x8 digits of Alpaydin and Kaynak (UCI, 1998) as bundled with scikit-learn; the
long tail is that of `exponential_profile`. Checked by: counts, ranges, and train and test disjoint.
"""

from dataclasses import dataclass
from functools import cache

import torch
from sklearn.datasets import load_digits
from torch import Tensor

from ...theory.imbalance import exponential_profile
from .long_tailed import long_tailed_indices

__all__ = ["Dataset", "load_digits_lt"]

NUM_CLASSES = 10
TEST_PER_CLASS = 54
TRAIN_PER_HEAD_CLASS = 120  # with the test set, all 174 examples of the scarcest digit


@dataclass(frozen=True, eq=False)
class Dataset:
    """A long-tailed training set and a balanced test set.

    Shape: images (N, 1, H, W) float32 in [0, 1]; labels (N,) int64; class_counts (K,) int64.
    """

    name: str
    class_names: tuple[str, ...]
    class_counts: Tensor
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def load_digits_lt(imbalance_factor: float = 100.0, seed: int = 0) -> Dataset:
    """Digits with 120 zeros down to ``120 / imbalance_factor`` nines, and 54 of each to test.

    The seed draws both the test set and the long-tailed training set from what remains.
    """
    counts = exponential_profile(TRAIN_PER_HEAD_CLASS, NUM_CLASSES, imbalance_factor)
    images, labels = _digits()
    generator = torch.Generator().manual_seed(seed)
    test = long_tailed_indices(labels, [TEST_PER_CLASS] * NUM_CLASSES, generator)
    pool = torch.ones(len(labels), dtype=torch.bool)
    pool[test] = False
    rest = torch.nonzero(pool).flatten()
    train = rest[long_tailed_indices(labels[rest], counts, generator)]
    return Dataset(
        name="digits",
        class_names=tuple(str(digit) for digit in range(NUM_CLASSES)),
        class_counts=torch.from_numpy(counts),
        train_images=images[train],
        train_labels=labels[train],
        test_images=images[test],
        test_labels=labels[test],
    )


@cache
def _digits() -> tuple[Tensor, Tensor]:
    pixels, labels = load_digits(return_X_y=True)
    images = torch.from_numpy(pixels).float().reshape(-1, 1, 8, 8) / 16.0
    return images, torch.from_numpy(labels).long()
