"""A small network that begins with whitened patches: few epochs, few images, few operations.

Source: the speed records of CIFAR-10 by Page (2019) and Jordan (airbench, 2024): a first convolution that is
not trained but takes 2x2 patches to their principal components of unit variance, and their negatives; three
pairs of 3x3 convolutions that begin as copies of their input, each pair with a pooling; small logits. With
narrower layers and rectified units, for one core of a processor. Checked by: components that are uncorrelated
and of unit variance, convolutions that begin as the identity, the same body under every head.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...theory.foundation.validation import InputError, as_whole, shown
from .fast import Body

__all__ = ["WhitenedNet", "Whitening"]

PATCH = 2  # pixels, each way
SMALLEST = 5e-4  # added to the variances: components of almost none are noise
PAIRS = 3  # of convolutions
SHRINK = 1 / 9  # of the features, so that logits begin small


class Whitening(nn.Module):
    """Principal components of 2x2 patches at unit variance, and their negatives; learnt, not trained.

    Shape: images (B, c, H, W) -> (B, 8 c, H - 1, W - 1).

    >>> layer = Whitening(3)
    >>> layer.fit(torch.rand(10, 3, 8, 8))
    >>> layer(torch.rand(2, 3, 8, 8)).shape
    torch.Size([2, 24, 7, 7])
    """

    weight: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        size = channels * PATCH**2
        self.register_buffer("weight", _both(torch.eye(size), channels))

    def fit(self, images: Tensor) -> None:
        """Learn the components from images as the network sees them."""
        channels = images.shape[1]
        patches = functional.unfold(images, PATCH).transpose(1, 2).reshape(-1, channels * PATCH**2)
        moments = patches.double().T @ patches.double() / len(patches)
        variances, vectors = torch.linalg.eigh(moments.cpu())
        components = (vectors / (variances + SMALLEST).sqrt()).T
        self.weight.copy_(_both(components, channels))

    def forward(self, images: Tensor) -> Tensor:
        """The components at every place."""
        return functional.conv2d(images, self.weight)


def _both(components: Tensor, channels: int) -> Tensor:
    filters = components.reshape(-1, channels, PATCH, PATCH)
    return torch.cat([filters, -filters]).to(torch.get_default_dtype())


class _Shrink(nn.Module):
    def forward(self, features: Tensor) -> Tensor:
        return features * SHRINK


def _pair(narrow: int, wide: int) -> list[nn.Module]:
    return [
        nn.Conv2d(narrow, wide, 3, padding=1, bias=False),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(wide, momentum=0.3),
        nn.ReLU(inplace=True),
        nn.Conv2d(wide, wide, 3, padding=1, bias=False),
        nn.BatchNorm2d(wide, momentum=0.3),
        nn.ReLU(inplace=True),
    ]


class WhitenedNet(Body):
    """Whitened patches, three pairs of convolutions, the largest of each map, and a head.

    Shape: images (B, channels, H, W) of at least 9 pixels each way -> logits (B, num_classes) and features
    (B, last of widths).

    Raises
    ------
    InputError
        If ``widths`` are not three whole numbers from 1 to 4096.

    >>> WhitenedNet((16, 32, 64), num_classes=10).num_features
    64
    """

    def __init__(
        self,
        widths: Sequence[int],
        num_classes: int,
        head: str = "linear",
        generator: torch.Generator | None = None,
        channels: int = 3,
    ) -> None:
        if isinstance(widths, Mapping | str) or len(widths) != PAIRS:
            raise InputError(f"widths = {shown(widths)}: must be {PAIRS} whole numbers")
        widths = [as_whole("widths", wide, 1, 4096) for wide in widths]
        with torch.random.fork_rng(devices=[]):
            whitening = Whitening(channels)
            layers, narrow = [whitening, nn.ReLU(inplace=True)], len(whitening.weight)
            for wide in widths:
                layers += _pair(narrow, wide)
                narrow = wide
            body = nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), _Shrink())
            super().__init__(body, narrow, num_classes, head, generator)
            for layer in self.body.modules():
                if isinstance(layer, nn.Conv2d):
                    nn.init.dirac_(layer.weight[: layer.in_channels].detach())
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def begin(self, images: Tensor) -> None:
        """Learn the first layer from training images, as the network sees them."""
        whitening = self.body[0]  # type: ignore[index]
        whitening.fit(images)  # type: ignore[operator,union-attr]
