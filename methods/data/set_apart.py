"""A quarter of each class set apart to test on, for examples that come without a test set.

Checked by: shares, classes of two, more classes than a quarter of the examples, and one split for one seed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.validation import InputError

__all__ = ["set_apart"]

TEST_SHARE = 0.25


def set_apart(
    labels: Sequence[int] | NDArray[np.int64], class_names: Sequence[str], title: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices to train on and to test on, seed 0; every class has one of each at least.

    Raises
    ------
    InputError
        If a class has fewer than two examples, or there is only one class.

    >>> train, test = set_apart([0] * 8 + [1] * 2, ["hare", "fox"], "mine")
    >>> [int(y) for y in sorted((np.arange(10) >= 8)[test])]
    [0, 0, 1]
    """
    from sklearn.model_selection import train_test_split

    label = np.asarray(labels)
    counts = np.bincount(label, minlength=len(class_names))
    if len(counts) < 2:
        raise InputError(f"{title}: there is one class, {class_names[0]!r}: two or more are needed")
    rarest = int(counts.argmin())
    if counts[rarest] < 2:
        raise InputError(
            f"{title}: class {class_names[rarest]!r} has {counts[rarest]} example: two or more are needed, "
            "one to train and one to test on"
        )
    where = np.arange(len(label))
    if np.ceil(TEST_SHARE * len(label)) >= len(counts):
        parts = train_test_split(where, test_size=TEST_SHARE, random_state=0, stratify=label)
        train, test = map(np.asarray, parts)
    else:  # the stratified split needs a test example for each class
        train, test = np.random.default_rng(0).permutation(where), where[:0]
    # a stratified share of a small class may be rounded to none
    moved = [train[label[train] == y][-1] for y in np.setdiff1d(label, label[test])]
    return train[~np.isin(train, moved)], np.append(test, moved).astype(np.int64)
