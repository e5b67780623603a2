"""The networks that a recipe can name, one line each.

Checked by: an unknown name, and images of a shape that a network is not made for.
"""

from collections.abc import Callable

import torch
from torch import nn

from ...theory.foundation.validation import InputError, one_of
from .heads import HEADS
from .small import SmallNet

__all__ = ["MODELS", "build_model"]

Shape = tuple[int, ...]
Build = Callable[[Shape, int, str, torch.Generator | None], nn.Module]


def _small(
    shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
) -> nn.Module:
    if shape != SmallNet.image_shape:
        raise InputError(f"images have shape {shape}: model 'small' is for {SmallNet.image_shape}")
    return SmallNet(num_classes, head, generator)


# Each takes the shape of an image, the number of classes, the name of a head, and a generator.
MODELS: dict[str, Build] = {
    "small": _small,
}


def build_model(
    name: str,
    shape: Shape,
    num_classes: int,
    head: str = "linear",
    generator: torch.Generator | None = None,
) -> nn.Module:
    """A `Network` of `MODELS` with a head of `HEADS`, for images of a shape (channels, height, width).

    Examples
    --------
    >>> model = build_model("small", (1, 8, 8), num_classes=10)
    >>> model.num_features
    64
    """
    one_of("head", head, HEADS)
    return MODELS[one_of("model", name, MODELS)](shape, num_classes, head, generator)
