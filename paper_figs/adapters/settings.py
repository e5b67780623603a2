"""Where adapters are tried: inputs of a frozen EfficientNet-Lite0, and the part of it that they adapt.

What stands before the adapted part never changes, so its outputs are computed once; adapters see what they
would see in the whole network. Images are those of CIFAR-10, the weights of ImageNet.
Checked by: parts that together are the network, and long tails of their counts.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from ...methods.data import Dataset, Part, Source, long_tailed_indices, open_source
from ...methods.models.backbones import Backbone, load_backbone
from ...theory.foundation.files import output_folder
from ...theory.imbalance import exponential_profile

__all__ = ["SETTINGS", "Setting", "drawn", "last_layer", "trunk"]

BATCH = 8  # images at once, whose activations stay in a core's cache
TESTED = 200  # images of each class, but in the setting for a GPU
SMALL = 64  # pixels each way


class Setting(NamedTuple):
    """One place: what is seen, how many images of the largest class, and the network that is adapted."""

    words: str
    source: Callable[[Path, int], Source]
    network: Callable[[], nn.Module]
    largest: int
    imbalance_factor: float
    seeds: int
    epochs: int
    clusters: int
    min_size: int


class _LastLayer(nn.Module):
    """The last pointwise convolution, its normalisation, and the mean over places."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.conv, self.norm, self.activation = (
            network._conv_head,
            network._bn1,
            network._swish,
        )

    def forward(self, maps: Tensor) -> Tensor:
        found = self.activation(self.norm(self.conv(maps)))
        return adaptive_avg_pool2d(found, 1).flatten(1)


class _Seen(nn.Module):
    """Images in [0, 1] as a backbone wants them: resized, and normalised by its numbers."""

    mean: Tensor
    std: Tensor

    def __init__(self, backbone: Backbone, size: int | None = None) -> None:
        super().__init__()
        self.size = (size or backbone.size,) * 2
        for name in ("mean", "std"):
            numbers = torch.tensor(getattr(backbone, name))
            self.register_buffer(name, numbers.view(1, -1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        pixels = interpolate(images, self.size, mode="bicubic", antialias=True).clamp(0, 1)
        return (pixels - self.mean) / self.std


def _lite0() -> Backbone:
    return load_backbone("efficientnet-lite0")


def last_layer() -> nn.Module:
    """Maps before the last convolution, (B, 320, h, w), to features, (B, 1280)."""
    return _LastLayer(_lite0().body.network)


def trunk(size: int | None = None) -> nn.Module:
    """Images in [0, 1], resized to so many pixels or to the network's own, to what `last_layer` sees."""
    found = _lite0()
    network: Any = found.body.network
    stem = (network._conv_stem, network._bn0, network._swish)
    return nn.Sequential(_Seen(found, size), *stem, *network._blocks).eval()


def _whole() -> nn.Module:
    found = _lite0()
    return nn.Sequential(_Seen(found), found.body)


def _identity() -> nn.Module:
    layer = nn.Linear(1280, 1280, bias=False)
    nn.init.eye_(layer.weight)
    return nn.Sequential(layer)


def _stored(out: Path, largest: int) -> Source:
    source = open_source("cifar10-features")
    return replace(source, test=_part(source.test, _first(source.test, TESTED)))


def _images(out: Path, largest: int) -> Source:
    """All images, float32 in [0, 1]."""
    source = open_source("cifar10-jpeg")
    train, test = (
        Part(part.labels, lambda chosen, part=part: part.read(chosen).float() / 255)
        for part in (source.train, source.test)
    )
    return Source(source.title, source.class_names, train, test)


def _maps(out: Path, largest: int) -> Source:
    """What `last_layer` sees of small images: computed once, and kept in ``out``."""
    source, parts = _images(out, largest), []
    for name, part, each in (("train", source.train, largest), ("test", source.test, TESTED)):
        chosen = _first(part, each)
        file = output_folder(out) / f"maps-{name}-{each}-{SMALL}.npy"
        if not file.exists():
            before = trunk(SMALL)
            with torch.inference_mode():
                found = [before(part.read(batch)) for batch in chosen.split(BATCH)]
            np.save(file, torch.cat(found).numpy())
        parts.append(Part(part.labels[chosen], torch.from_numpy(np.load(file)).__getitem__))
    return Source(source.title, source.class_names, *parts)


def _first(part: Part, each: int) -> Tensor:
    """Indices of so many examples of each class, by chance but always the same."""
    counts = torch.full_like(part.labels.bincount(), each)
    return long_tailed_indices(part.labels, counts.numpy(), torch.Generator().manual_seed(0))


def _part(part: Part, chosen: Tensor) -> Part:
    return Part(part.labels[chosen], lambda index: part.read(chosen[index]))


SETTINGS = {
    "features": Setting(
        "a linear map after the frozen network, 500 to 5 images of a class",
        _stored, _identity, 500, 100, 6, 10, 32, 15,
    ),
    "last-layer": Setting(
        "the network's last convolution, images of 64 x 64, 200 to 4 of a class",
        _maps, last_layer, 200, 50, 6, 15, 32, 5,
    ),
    "whole": Setting(
        "all pointwise convolutions of the network, 5000 to 50 images of a class",
        _images, _whole, 5000, 100, 3, 10, 32, 15,
    ),
}  # fmt: skip
"""By name; ``whole`` is for a GPU."""


def drawn(source: Source, setting: Setting, seed: int) -> Dataset:
    """A long tail of a source: which class is rare, and which images are taken, is the seed's."""
    generator = torch.Generator().manual_seed(seed)
    classes = len(source.class_names)
    profile = exponential_profile(setting.largest, classes, setting.imbalance_factor)
    counts = profile[torch.randperm(classes, generator=generator).numpy()]
    chosen = long_tailed_indices(source.train.labels, counts, generator)
    return Dataset(
        name=source.title,
        class_names=source.class_names,
        class_counts=torch.from_numpy(counts),
        train_images=source.train.read(chosen),
        train_labels=source.train.labels[chosen],
        test_images=source.test.read(torch.arange(len(source.test.labels))),
        test_labels=source.test.labels,
    )
