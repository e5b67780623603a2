"""Pre-training without labels: a short loop from the parts of the shared one, resumable to the bit.

The shared loop steps on classes and measures accuracy by them; here there are none. Rates, optimisers,
devices, and checkpoints are the shared ones. Defaults are the recipe of Jiang et al. (ICML 2021) for CIFAR.
Not run here: a CUDA device. Checked by: an interrupted run that ends as one that was not, seeds, and a loss
that falls.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import InputError, as_number, as_seed, as_whole
from ..data import Dataset
from ..optim import RATES, build_optimizer
from ..results.checkpoint import read_checkpoint, write_checkpoint
from ..training.devices import settled
from ..training.divergence import Diverged, divergence_in
from .views import contrast_view, unit_range

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["Contrastive", "Pretraining", "pretrain"]


class Contrastive(Protocol):
    """A method of this room, a `torch.nn.Module`: what it does as an epoch begins, to views, its losses."""

    def begin_epoch(self, epoch: int) -> None:
        """Called before the first batch of each epoch, counted from 0."""

    def augment(self, views: Tensor, index: Tensor, generator: torch.Generator) -> Tensor:
        """Views in [0, 1] of the images ``index``, changed further."""
        ...

    def __call__(self, first: Tensor, second: Tensor, index: Tensor) -> Tensor:
        """The losses (B,) of two views, as a network sees them, of the images ``index``."""
        ...


@dataclass(frozen=True)
class Pretraining:
    """How long and by which steps: stochastic gradient descent, its rate warmed up and then a cosine.

    ``least_area`` and ``jitter`` are those of `contrast_view`.

    Examples
    --------
    >>> Pretraining(epochs=2).batch_size
    512
    """

    epochs: int = 2000
    batch_size: int = 512
    lr: float = 0.5
    momentum: float = 0.9
    weight_decay: float = 1e-4
    warmup: int = 10
    least_area: float = 0.1
    jitter: float = 0.4

    def __post_init__(self) -> None:
        as_whole("epochs", self.epochs, 1)
        as_whole("batch_size", self.batch_size, 2)
        as_whole("warmup", self.warmup, 0)
        for name in ("lr", "momentum", "weight_decay"):
            as_number(name, getattr(self, name), low=0)


def pretrain(
    method: Contrastive,
    data: Dataset,
    settings: Pretraining,
    fabric: "Fabric",
    seed: int = 0,
    checkpoint: Path | None = None,
    after_epoch: Callable[[int, float], None] = lambda epoch, loss: None,
) -> list[float]:
    """Train a method's network on the training images; returns the mean loss of each epoch.

    Parameters
    ----------
    method
        Of this room; its network is ``method.encoder.network``.
    data
        Images in [0, 1] or uint8; labels are not looked at.
    fabric
        The device, of one process: `counterpoise.methods.training.devices.alone`.
    seed
        Of the batches and the views; each has a stream, and what a method changes of views another.
    checkpoint
        A file written after each epoch, from which an interrupted pre-training goes on.
    after_epoch
        Called with the number of epochs done and the mean loss of the last.

    Raises
    ------
    InputError
        If there is a single image, several processes, or the checkpoint is of other settings, another method
        or other images.
    Diverged
        If the losses of an epoch are not finite.

    Examples
    --------
    >>> from counterpoise.methods.data import load
    >>> from counterpoise.methods.models import SmallNet
    >>> from counterpoise.methods.self_supervised import Encoder, SimCLR
    >>> from counterpoise.methods.training.devices import alone
    >>> settings = Pretraining(epochs=2, batch_size=128, lr=0.1, warmup=0)
    >>> losses = pretrain(SimCLR(Encoder(SmallNet(10))), load("digits"), settings, alone("cpu", None))
    >>> losses[1] < losses[0]
    True
    """
    if len(data.train_images) < 2 or fabric.world_size > 1:
        raise InputError(
            f"{len(data.train_images)} images, {fabric.world_size} processes: pre-training takes at least 2 "
            "images, all of a batch in one process"
        )
    whole: Any = method
    optimizer = build_optimizer(
        "sgd",
        whole.parameters(),
        lr=settings.lr,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        settings={},
    )
    model, optimizer = fabric.setup(whole, optimizer)
    streams = {
        name: torch.Generator().manual_seed(as_seed(seed)) for name in ("order", "views", "further")
    }
    told = asdict(settings) | {
        "seed": seed,
        "method": _described(whole),
        "images": hashlib.sha256(data.train_images.cpu().numpy().tobytes()).hexdigest(),
    }
    state: dict[str, Any] = {"settings": told, "losses": []}
    if checkpoint is not None and checkpoint.exists():
        state = _resume(checkpoint, state["settings"], whole, optimizer, streams)
    data, losses = data.to(fabric.device), state["losses"]
    with settled(fabric, "float32"):
        model.train()
        for epoch in range(len(losses), settings.epochs):
            for group in optimizer.param_groups:
                group["lr"] = RATES["cosine"](settings.lr, epoch, settings.epochs, settings.warmup)
            method.begin_epoch(epoch)
            losses.append(_epoch(model, method, data, settings, fabric, optimizer, streams))
            if checkpoint is not None:
                write_checkpoint(checkpoint, state | _state(whole, optimizer, streams))
            after_epoch(epoch + 1, losses[-1])
    return losses


def _epoch(
    model: Any,
    method: Contrastive,
    data: Dataset,
    settings: Pretraining,
    fabric: "Fabric",
    optimizer: torch.optim.Optimizer,
    streams: dict[str, torch.Generator],
) -> float:
    """A pass over all images in batches of one size, or two that differ by one; returns the mean loss."""
    total = len(data.train_images)
    order = torch.randperm(total, generator=streams["order"]).to(fabric.device)
    found = []
    for index in order.tensor_split(min(max(1, round(total / settings.batch_size)), total // 2)):
        images = unit_range(data.train_images[index])

        def view(images: Tensor = images, index: Tensor = index) -> Tensor:
            plain = contrast_view(images, streams["views"], settings.least_area, settings.jitter)
            return data.prepared(method.augment(plain, index, streams["further"]))

        losses = model(view(), view(), index)
        optimizer.zero_grad()
        fabric.backward(losses.mean())
        optimizer.step()
        found.append(losses.detach().sum())
    if why := divergence_in(torch.stack(found)):
        raise Diverged(why)
    return float(torch.stack(found).sum()) / total


def _described(method: nn.Module) -> str:
    """The parts of a method with their settings, as they were made."""
    return "; ".join(
        f"{type(part).__name__} "
        + ", ".join(
            f"{name}={own}"
            for name, own in sorted(vars(part).items())
            if name[0] != "_" and isinstance(own, int | float | str | tuple)
        )
        for part in method.modules()
    )


def _state(
    method: nn.Module, optimizer: torch.optim.Optimizer, streams: dict[str, torch.Generator]
) -> dict[str, Any]:
    return {
        "method": method.state_dict(),
        "optimizer": optimizer.state_dict(),
        "streams": {name: own.get_state() for name, own in streams.items()},
    }


def _resume(
    checkpoint: Path,
    settings: dict[str, Any],
    method: nn.Module,
    optimizer: torch.optim.Optimizer,
    streams: dict[str, torch.Generator],
) -> dict[str, Any]:
    state = read_checkpoint(checkpoint)
    if state["settings"] != settings:
        other = [name for name, own in settings.items() if state["settings"].get(name) != own]
        raise InputError(f"{checkpoint} is of another pre-training ({', '.join(other)}): remove it")
    method.load_state_dict(state["method"])
    optimizer.load_state_dict(state["optimizer"])
    for name, own in streams.items():
        own.set_state(state["streams"][name])
    return {"settings": settings, "losses": state["losses"]}
