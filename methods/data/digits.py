"""Handwritten digits, made long-tailed: the data set that needs no download.

Source: the 1797 8x8 digits of Alpaydin and Kaynak (UCI, 1998) as bundled with scikit-learn; the
long tail is that of `exponential_profile`. Checked by: counts, ranges, and disjoint splits.
"""

from functools import cache

import torch
from torch import Tensor

from ...theory.foundation.validation import InputError, as_seed, as_whole
from ...theory.imbalance import exponential_profile
from .dataset import Dataset, Split
from .long_tailed import long_tailed_indices
from .noise import noisy_labels

__all__ = ["load_digits_lt"]

NUM_CLASSES = 10
HELD_OUT_PER_CLASS = 54
TRAIN_PER_HEAD_CLASS = 120  # with those held out, all 174 examples of the scarcest digit


def load_digits_lt(
    imbalance_factor: float = 100.0, seed: int = 0, validation: int = 0, label_noise: float = 0.0
) -> Dataset:
    """Digits with 120 zeros down to ``120 / imbalance_factor`` nines, and 54 of each held out.

    The seed draws both those held out and the long-tailed training set from what remains.

    Parameters
    ----------
    imbalance_factor
        Size of the largest training class over that of the smallest.
    seed
        Of the draws.
    validation
        How many of the 54 held out per class are for validation; the others are the test set. What
        neither holds is no substitute: of the digit zero only four are left. The training set is the
        same whatever the number, and so are the first images of each class to test on.
    label_noise
        Share of training labels that are replaced by another class; validation and test labels stay.

    >>> digits = load_digits_lt(imbalance_factor=100)
    >>> digits.train_images.shape, len(digits.test_labels)
    (torch.Size([294, 1, 8, 8]), 540)
    """
    validation = as_whole("validation", validation, 0)
    if validation >= HELD_OUT_PER_CLASS:
        raise InputError(
            f"validation = {validation}: must be below {HELD_OUT_PER_CLASS}, "
            "the digits of each class that are not for training"
        )
    counts = exponential_profile(TRAIN_PER_HEAD_CLASS, NUM_CLASSES, imbalance_factor)
    images, labels = _digits()
    generator = torch.Generator().manual_seed(as_seed(seed))
    held_out = long_tailed_indices(labels, [HELD_OUT_PER_CLASS] * NUM_CLASSES, generator)
    pool = torch.ones(len(labels), dtype=torch.bool)
    pool[held_out] = False
    rest = torch.nonzero(pool).flatten()
    train = rest[long_tailed_indices(labels[rest], counts, generator)]
    kept = noisy_labels(labels[train], NUM_CLASSES, label_noise, generator)
    by_class = held_out.reshape(NUM_CLASSES, HELD_OUT_PER_CLASS)
    tested = HELD_OUT_PER_CLASS - validation
    test, watched = by_class[:, :tested].flatten(), by_class[:, tested:].flatten()
    return Dataset(
        name="digits",
        class_names=tuple(str(digit) for digit in range(NUM_CLASSES)),
        class_counts=torch.bincount(kept, minlength=NUM_CLASSES),
        train_images=images[train],
        train_labels=kept,
        test_images=images[test],
        test_labels=labels[test],
        validation=Split(images[watched], labels[watched]) if validation else None,
    )


@cache
def _digits() -> tuple[Tensor, Tensor]:
    from sklearn.datasets import load_digits  # takes two seconds to load, and no other data need it

    pixels, labels = load_digits(return_X_y=True)
    images = torch.from_numpy(pixels).float().reshape(-1, 1, 8, 8) / 16.0
    return images, torch.from_numpy(labels).long()
