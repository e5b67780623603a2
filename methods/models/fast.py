"""Small networks: nine layers for 32x32 images, two convolutions for 28x28, two layers for rows.

The first is shaped like the residual networks of the CIFAR speed records (Page, DAWNBench 2018), narrower,
with means for the largest at the end; the others are ours. Checked by: shapes, non-negative features, and a
shared initial body.
"""

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import one_of
from ..protocols import Output
from .heads import HEADS, answered, initialise

__all__ = ["Body", "FastResNet", "grey_body", "mlp_body"]


class Body(nn.Module):
    """A body that makes features (B, num_features), and a head.

    The body draws its initial weights from ``generator`` before the head does, so that networks with
    different heads start from the same body.

    Examples
    --------
    >>> logits, features = Body(*mlp_body(9), num_classes=3)(torch.zeros(2, 9))
    >>> logits.shape, features.shape
    (torch.Size([2, 3]), torch.Size([2, 128]))
    """

    def __init__(
        self,
        body: nn.Module,
        num_features: int,
        num_classes: int,
        head: str = "linear",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.body, self.num_features = body, num_features
        for layer in body.modules():
            initialise(layer, generator)
        self.head = HEADS[one_of("head", head, HEADS)](num_features, num_classes, generator)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor] | Output:
        """Logits and the features they were made of."""
        features = self.body(images)
        return answered(self.head, features)


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.path = nn.Sequential(_layer(width, width), _layer(width, width))

    def forward(self, images: Tensor) -> Tensor:
        return images + self.path(images)


def _layer(narrow: int, wide: int, pool: bool = False) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(narrow, wide, 3, padding=1, bias=False),
        nn.BatchNorm2d(wide),
        nn.ReLU(inplace=True),
    ]
    return nn.Sequential(*layers, *([nn.MaxPool2d(2)] if pool else []))


class FastResNet(Body):
    """Eight convolutions with two residual pairs, the mean of each map, and a head.

    The mean and not the largest of each map, which would make larger logits: chosen on held out images of
    CIFAR-10-LT.

    Shape: images (B, channels, 32, 32) -> logits (B, num_classes) and features (B, 8 width).

    Examples
    --------
    >>> FastResNet(8, num_classes=10).num_features
    64
    """

    def __init__(
        self,
        width: int,
        num_classes: int,
        head: str = "linear",
        generator: torch.Generator | None = None,
        channels: int = 3,
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            body = nn.Sequential(
                _layer(channels, width),
                _layer(width, 2 * width, pool=True),
                _Residual(2 * width),
                _layer(2 * width, 4 * width, pool=True),
                _layer(4 * width, 8 * width, pool=True),
                _Residual(8 * width),
                nn.AdaptiveAvgPool2d(1),
                nn.Flatten(),
            )
            super().__init__(body, 8 * width, num_classes, head, generator)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def grey_body() -> tuple[nn.Module, int]:
    """Two 3x3 convolutions with pooling and a hidden layer, for 28x28 images; and its number of features.

    The largest of four is taken before the rectifier, which commutes with it and then has a quarter to do;
    channels last, the whole step is twice as fast on a processor.

    Examples
    --------
    >>> grey_body()[1]
    64
    """
    body = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 64),
        nn.ReLU(),
    )
    return body.to(memory_format=torch.channels_last), 64  # type: ignore[call-overload]


def mlp_body(inputs: int, width: int = 128) -> tuple[nn.Module, int]:
    """Two hidden layers, for rows of numbers; and its number of features.

    Examples
    --------
    >>> mlp_body(9, width=32)[1]
    32
    """
    return nn.Sequential(
        nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()
    ), width
