"""The networks that a recipe can name, one line each, and a user's own by import path.

Checked by: an unknown name, images of a shape that a network is not made for, and a network of a user's
module.
"""

import importlib
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from ...theory.foundation.validation import InputError, one_of
from .fast import Body, FastResNet, grey_body, mlp_body
from .heads import HEADS
from .point_net import PointBody
from .resnet import CifarResNet, blocks_of_depth
from .small import SmallNet
from .whitened import WhitenedNet

__all__ = ["MODELS", "build_model", "model_for"]

Shape = tuple[int, ...]
Build = Callable[[Shape, int, str, torch.Generator | None], nn.Module]


def _small(
    shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
) -> nn.Module:
    _check("small", shape, shape == SmallNet.image_shape, "(1, 8, 8)")
    return SmallNet(num_classes, head, generator)


def _cifar(depth: int) -> Build:
    def build(
        shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
    ) -> nn.Module:
        fits = len(shape) == 3 and min(shape[1:]) >= 8
        _check(f"resnet{depth}", shape, fits, "(C, H, W), H and W at least 8")
        return CifarResNet(blocks_of_depth(depth), num_classes, head, generator, shape[0])

    return build


def _fast(
    shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
) -> nn.Module:
    fits = len(shape) == 3 and min(shape[1:]) >= 8
    _check("fast-resnet", shape, fits, "(C, H, W), H and W at least 8")
    return FastResNet(32, num_classes, head, generator, shape[0])


def _whitened(
    shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
) -> nn.Module:
    fits = len(shape) == 3 and min(shape[1:]) >= 9
    _check("whitened", shape, fits, "(C, H, W), H and W at least 9")
    return WhitenedNet((64, 128, 256), num_classes, head, generator, shape[0])


def _grey(
    shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
) -> nn.Module:
    _check("grey", shape, shape == (1, 28, 28), "(1, 28, 28)")
    with torch.random.fork_rng(devices=[]):
        return Body(*grey_body(), num_classes, head, generator)


def _mlp(shape: Shape, num_classes: int, head: str, generator: torch.Generator | None) -> nn.Module:
    _check("mlp", shape, len(shape) == 1, "(d,), rows of a table or stored features")
    with torch.random.fork_rng(devices=[]):
        return Body(*mlp_body(shape[0]), num_classes, head, generator)


def _linear(
    shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
) -> nn.Module:
    _check("linear", shape, len(shape) == 1, "(d,), rows of a table or stored features")
    with torch.random.fork_rng(devices=[]):
        return Body(nn.Identity(), shape[0], num_classes, head, generator)


def _points(
    shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
) -> nn.Module:
    fits = len(shape) == 2 and shape[0] >= 3
    _check("point-net", shape, fits, "(C, P), clouds of P points, coordinates first")
    with torch.random.fork_rng(devices=[]):
        body = PointBody(shape[0])
        return Body(body, body.num_features, num_classes, head, generator)


def _torchvision(name: str, builder: str) -> Build:
    def build(
        shape: Shape, num_classes: int, head: str, generator: torch.Generator | None
    ) -> nn.Module:
        from torchvision import models

        _check(name, shape, len(shape) == 3 and shape[0] == 3, "(3, H, W)")
        with torch.random.fork_rng(devices=[]):
            body = getattr(models, builder)()
            num_features = body.fc.in_features
            body.fc = nn.Identity()
            return Body(body, num_features, num_classes, head, generator)

    return build


# Each takes the shape of an image, the number of classes, the name of a head, and a generator.
MODELS: dict[str, Build] = {
    "small": _small,
    "grey": _grey,
    "mlp": _mlp,
    "linear": _linear,
    "point-net": _points,
    "fast-resnet": _fast,
    "whitened": _whitened,
    "resnet8": _cifar(8),
    "resnet20": _cifar(20),
    "resnet32": _cifar(32),
    "resnet56": _cifar(56),
    "resnet50": _torchvision("resnet50", "resnet50"),
    "resnext50": _torchvision("resnext50", "resnext50_32x4d"),
}


def model_for(shape: Shape) -> str:
    """The network that is taken for images or rows of a shape, unless one is named.

    Examples
    --------
    >>> model_for((1, 28, 28)), model_for((9,))
    ('grey', 'mlp')
    """
    if len(shape) == 1:
        return "mlp"
    if len(shape) == 2:
        return "point-net"
    known: dict[Shape, str] = {(1, 8, 8): "small", (1, 28, 28): "grey"}
    return known.get(shape, "resnet20" if max(shape[1:]) <= 64 else "resnet50")


def build_model(
    name: str,
    shape: Shape,
    num_classes: int,
    head: str = "linear",
    generator: torch.Generator | None = None,
) -> nn.Module:
    """A `Network` for images of a shape (channels, height, width), clouds (channels, points), or rows (d,).

    Parameters
    ----------
    name
        One of `MODELS`; or ``module:function`` of the user's, called as ``function(shape, num_classes, head,
        generator)``.
    head
        A name of `HEADS`.

    Raises
    ------
    InputError
        If there is no such network, it is not made for the shape, or the user's has no ``num_features``.

    Examples
    --------
    >>> model = build_model("small", (1, 8, 8), num_classes=10)
    >>> model.num_features
    64
    """
    one_of("head", head, HEADS)
    if ":" not in name:
        return MODELS[one_of("model", name, MODELS)](shape, num_classes, head, generator)
    module, _, function = name.partition(":")
    try:
        build: Any = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise InputError(f"model = {name!r}: {error}") from None
    network = build(shape, num_classes, head, generator)
    if not hasattr(network, "num_features"):
        raise InputError(f"model = {name!r}: the network needs num_features, what its head sees")
    return network


def _check(name: str, shape: Shape, fits: bool, wanted: str) -> None:
    if not fits:
        raise InputError(f"images have shape {shape}: model {name!r} is for {wanted}")
