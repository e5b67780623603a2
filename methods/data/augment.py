"""Crops and flips of a whole batch at once: one gather, seeded, on the device where the images lie.

Source: the augmentation of CIFAR scripts since He et al. (CVPR 2016): pad by 4, crop, flip. Checked by:
each image against torchvision's crop and flip at the same offsets.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from ...theory.foundation.validation import one_of

__all__ = ["AUGMENTATIONS", "augment", "crop_and_flip"]

AUGMENTATIONS = {
    "none": (0, False),
    "shift": (1, False),
    "crop": (4, False),
    "crop-flip": (4, True),
}
"""By name: pixels of padding to crop from, and whether images are mirrored at random."""


def augment(
    images: Tensor, name: str, generator: torch.Generator, window: int | None = None
) -> Tensor:
    """A batch of images, (B, C, H, W), each under its own random crop and flip; dtype is kept.

    With a ``window``, each is cut to that many pixels each way, at offsets as far apart as without one:
    for early epochs, which are then cheaper.

    >>> images = torch.zeros(5, 3, 32, 32)
    >>> augment(images, "crop-flip", torch.Generator().manual_seed(0), window=24).shape
    torch.Size([5, 3, 24, 24])
    """
    padding, flips = AUGMENTATIONS[one_of("augmentation", name, AUGMENTATIONS)]
    if not padding and window is None:
        return images
    size = len(images)
    top, left = torch.randint(0, 2 * padding + 1, (2, size), generator=generator)
    mirrored = (
        torch.rand(size, generator=generator, dtype=torch.float32) < 0.5
        if flips
        else torch.zeros(size, dtype=torch.bool)
    )
    device = images.device
    top, left, mirrored = top.to(device), left.to(device), mirrored.to(device)
    if window is not None:  # in the middle of the padded image, as far as offsets do not move it
        top, left = (
            offset + (side - window) // 2
            for offset, side in zip((top, left), images.shape[-2:], strict=True)
        )
    return crop_and_flip(images, padding, top, left, mirrored, window)


def crop_and_flip(
    images: Tensor,
    padding: int,
    top: Tensor,
    left: Tensor,
    mirrored: Tensor,
    window: int | None = None,
) -> Tensor:
    """Pad each image by zeros, cut its size or a window at ``(top, left)``, and mirror it where it says so.

    Shape: images (B, C, H, W); top, left (B,) in [0, 2 padding] or as far as the window stays inside,
    mirrored (B,) bool.
    """
    height, width = images.shape[-2:] if window is None else (window, window)
    padded = pad(images, [padding] * 4).permute(0, 2, 3, 1)  # channels last: pixels move whole
    across = torch.arange(width, device=images.device).expand(len(images), width)
    across = torch.where(mirrored[:, None], width - 1 - across, across) + left[:, None]
    down = torch.arange(height, device=images.device) + top[:, None]
    batch = torch.arange(len(images), device=images.device)[:, None, None]
    return padded[batch, down[:, :, None], across[:, None, :]].permute(0, 3, 1, 2)
