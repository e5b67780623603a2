"""ResNets for 32x32 images: the networks of the long-tailed CIFAR tables.

Source: He et al. (CVPR 2016), Section 4.2, with the parameter-free shortcuts ("option A"); initial weights as
in the script of Cao et al. (NeurIPS 2019). Checked by: parameter counts, shapes, a shortcut against its
definition, and features that do not depend on the head.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ...theory.foundation.validation import InputError, as_whole, one_of, shown
from ..protocols import Output
from .heads import HEADS, answered

__all__ = ["CifarResNet"]

MOST_BLOCKS = 1000  # a stage; beyond it the argument is no number of blocks


class CifarResNet(nn.Module):
    """A stem, three stages of ``blocks`` basic blocks of width 16, 32, 64, the mean over pixels, a head.

    Shape: images (B, channels, H, W) -> logits (B, num_classes) and features (B, 64), features >= 0. Depth
    is ``6 blocks + 2``; of depth 32 with ten classes the network has 464,154 parameters.

    Examples
    --------
    >>> logits, features = CifarResNet(1, num_classes=10)(torch.zeros(2, 3, 32, 32))
    >>> logits.shape, features.shape
    (torch.Size([2, 10]), torch.Size([2, 64]))
    """

    num_features = 64

    def __init__(
        self,
        blocks: int,
        num_classes: int,
        head: str = "linear",
        generator: torch.Generator | None = None,
        channels: int = 3,
    ) -> None:
        super().__init__()
        blocks, widths = as_whole("blocks", blocks, 1), (16, 16, 32, 64)
        if blocks > MOST_BLOCKS:
            raise InputError(f"blocks = {shown(blocks)}: must be at most {MOST_BLOCKS}")
        with torch.random.fork_rng(devices=[]):  # the layers' own draws are replaced below
            self.stem = nn.Sequential(_convolution(channels, 16, 1), nn.BatchNorm2d(16), nn.ReLU())
            stages = [
                _Block(narrow if first else wide, wide, 2 if first and narrow != wide else 1)
                for narrow, wide in pairwise(widths)
                for first in (True, *[False] * (blocks - 1))
            ]
            self.stages = nn.Sequential(*stages)
            for layer in self.modules():
                if isinstance(layer, nn.Conv2d):
                    nn.init.kaiming_normal_(layer.weight, generator=generator)
            build_head = HEADS[one_of("head", head, HEADS)]
            self.head = build_head(self.num_features, num_classes, generator)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor] | Output:
        """Logits and the features they were made of."""
        features = self.stages(self.stem(images)).mean(dim=(2, 3))
        return answered(self.head, features)


class _Block(nn.Module):
    """Two 3x3 convolutions around a shortcut, which where the shape changes drops pixels and adds zeros."""

    def __init__(self, narrow: int, wide: int, stride: int) -> None:
        super().__init__()
        self.path = nn.Sequential(
            _convolution(narrow, wide, stride),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
            _convolution(wide, wide, 1),
            nn.BatchNorm2d(wide),
        )
        self.stride, self.missing = stride, wide - narrow

    def forward(self, images: Tensor) -> Tensor:
        shortcut = images[:, :, :: self.stride, :: self.stride]
        if self.missing:
            before = self.missing // 2
            shortcut = pad(shortcut, (0, 0, 0, 0, before, self.missing - before))
        return torch.relu(self.path(images) + shortcut)


def _convolution(narrow: int, wide: int, stride: int) -> nn.Conv2d:
    return nn.Conv2d(narrow, wide, 3, stride, padding=1, bias=False)


def blocks_of_depth(depth: int) -> int:
    """Blocks a stage of the network of a depth; depths are 8, 14, 20, ..."""
    if depth < 8 or (depth - 2) % 6:
        raise InputError(f"depth = {depth}: must be 6 n + 2, such as 8, 20, 32 or 56")
    return (depth - 2) // 6
