"""A data set as a run uses it: long-tailed to train on, balanced to validate and to test on.

What is learnt or chosen during training is learnt from the validation split; the test set is for the
end. Checked by: disjoint splits, with a validation split and without.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from ...theory.foundation.validation import InputError
from ...theory.imbalance import exponential_profile
from .augment import augment
from .long_tailed import long_tailed_indices

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
    """A long-tailed training set, a balanced test set, and perhaps a validation set.

    Shape: images (N, C, H, W), float32 in [0, 1] or uint8; of a table rows (N, d), float32. labels (N,)
    int64; class_counts (K,) int64, of the training set. Clouds (N, C, P) have labels (N, P), and counts of
    points.

    Attributes
    ----------
    title
        What tables and figures call it.
    mean, std
        Of the channels in [0, 1]; what a network sees is normalised by them, if they are given.
    augmentation
        A name of `AUGMENTATIONS`, for training.
    subset
        SHA-256 of the chosen training examples (`indices_hash`), empty where all are used.

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
    title: str = ""
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    augmentation: str = "none"
    subset: str = ""

    @property
    def watched(self) -> Split:
        """What a training curve is drawn on: the validation set, or without one the test set."""
        return self.validation or Split(self.test_images, self.test_labels)

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of one image."""
        return tuple(self.train_images.shape[1:])

    def prepared(
        self,
        images: Tensor,
        generator: torch.Generator | None = None,
        window: int | None = None,
    ) -> Tensor:
        """A batch as a network sees it: augmented if a generator is given, floating-point, normalised.

        With a generator, images may be cut to a ``window`` of so many pixels, see `augment`.
        """
        if generator is not None:
            images = augment(images, self.augmentation, generator, window)
        if images.dtype == torch.uint8:
            images = images.to(torch.get_default_dtype()).div_(255)
        if self.mean:
            shape = (1, -1, *[1] * (images.ndim - 2))
            mean, std = (
                torch.tensor(x, device=images.device).view(shape) for x in (self.mean, self.std)
            )
            images = (images - mean) / std
        return images

    def test_under(
        self, imbalance_factor: float, *, backward: bool = False, seed: int = 0
    ) -> Split:
        """A test set with a long tail of its own: forward along the training counts, or against them.

        The field's protocol for a test prior that is not uniform (Hong et al., CVPR 2021): exponential
        counts, the largest that of the test set's smallest class.

        Raises
        ------
        InputError
            If its rarest class would be empty.
        """
        available = int(
            torch.bincount(self.test_labels.cpu(), minlength=len(self.class_counts)).min()
        )
        if available == 0:
            raise InputError(f"{self.name}: a class is missing from the test set")
        profile = exponential_profile(available, len(self.class_counts), imbalance_factor)
        order = torch.argsort(self.class_counts, descending=not backward, stable=True)
        counts = torch.empty_like(self.class_counts)
        counts[order] = torch.from_numpy(profile)
        generator = torch.Generator().manual_seed(seed)
        chosen = long_tailed_indices(self.test_labels.cpu(), counts.numpy(), generator)
        chosen = chosen.to(self.test_labels.device)
        return Split(self.test_images[chosen], self.test_labels[chosen])

    def with_validation(self) -> "Dataset":
        """The data set whose validation images are training images as well; nothing is left of the split.

        >>> from counterpoise.methods.data import load
        >>> load("digits", validation=5).with_validation().class_counts.tolist()
        [125, 76, 48, 30, 20, 14, 10, 8, 7, 6]
        """
        if self.validation is None:
            return self
        labels = torch.cat([self.train_labels, self.validation.labels])
        return replace(
            self,
            class_counts=torch.bincount(labels.flatten().cpu(), minlength=len(self.class_counts)),
            train_images=torch.cat([self.train_images, self.validation.images]),
            train_labels=labels,
            validation=None,
        )

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
