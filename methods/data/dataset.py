"""A data set as a run uses it: long-tailed to train on, balanced to validate and to test on.

What is learnt or chosen during training is learnt from the validation split; the test set is for the
end. Checked by: disjoint splits, and a training set that does not depend on the validation split.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Dataset", "Split"]


class Split(NamedTuple):
    """Images and their labels.

    >>> Split(torch.zeros(2, 1, 8, 8), torch.tensor([3, 5])).labels.tolist()
    [3, 5]
    """

    images: Tensor
    labels: Tensor


@dataclass(frozen=True, eq=False)
class Dataset:
    """A long-tailed training set, a balanced test set, and perhaps a balanced validation set.

    Shape: images (N, C, H, W) float32 in [0, 1]; labels (N,) int64; class_counts (K,) int64, of the
    training set.

    >>> from counterpoise.methods.data import load
    >>> load("digits").image_shape
    (1, 8, 8)
    """

    name: str
    class_names: tuple[str, ...]
    class_counts: Tensor
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    validation: Split | None = None

    @property
    def watched(self) -> Split:
        """What a training curve is drawn on: the validation set, or without one the test set."""
        return self.validation or Split(self.test_images, self.test_labels)

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of one image."""
        return tuple(self.train_images.shape[1:])

    def to(self, device: torch.device) -> "Dataset":
        """The data set with images and labels on a device; the class counts stay where they are."""
        return replace(
            self,
            train_images=self.train_images.to(device),
            train_labels=self.train_labels.to(device),
            test_images=self.test_images.to(device),
            test_labels=self.test_labels.to(device),
            validation=self.validation and Split(*(x.to(device) for x in self.validation)),
        )
