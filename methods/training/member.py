"""A member of a run: one method under one seed, built by name, and how far its training has come.

Checked by: members of one seed share data, initial body and batch order; a resumed one is bitwise equal.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from ..data import Dataset
from ..models.named import build_model, model_for
from ..optim import build_optimizer
from ..protocols import Schedule, WeightSource
from ..registry import method_of
from ..self_supervised.joint import Joint
from ..watching import BoundWatch
from .devices import normalised_together
from .predictor import Mirrored, average_of, put_back, taken
from .recipe import Recipe

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["Member", "build_member", "build_network"]

BEGIN_WITH = 1000  # images by which a network may set a first layer that is not trained


@dataclass
class Member:
    """One method under one seed; ``model`` is a `Network` and ``criterion`` a `Criterion`."""

    method: str
    seed: int
    model: nn.Module
    criterion: nn.Module
    schedule: Schedule
    source: WeightSource
    optimizer: Optimizer
    batch_order: torch.Generator
    augmentation: torch.Generator
    draws: torch.Generator
    average: AveragedModel | None = None
    flip_test: bool = False
    mixup: float = 0.0
    joint: Joint | None = None
    watch: BoundWatch | None = None
    epoch: int = 0
    history: dict[str, list[Any]] = field(
        default_factory=lambda: {
            "epoch": [],
            "train_loss": [],
            "balanced_accuracy": [],
            "class_weights": [],
        }
    )

    @property
    def predictor(self) -> nn.Module:
        """The network that accuracy is measured of: the average if there is one, mirrored if asked for."""
        network = self.model if self.average is None else self.average.module
        return Mirrored(network) if self.flip_test else network

    def follow(self) -> None:
        """Let the average take in the weights as they are after a step."""
        if self.average is not None:
            self.average.update_parameters(self.model)

    def settle(self) -> None:
        """Put the average in the network's place, when training is over."""
        if self.average is not None:
            self.model.load_state_dict(self.average.module.state_dict())

    def state_dict(self) -> dict[str, Any]:
        """All that training changes."""
        return {
            "model": self.model.state_dict(),
            "criterion": self.criterion.state_dict(),  # some count the examples they see
            "optimizer": self.optimizer.state_dict(),
            "average": self.average and taken(self.average),
            "source": self.source.state_dict(),
            "batch_order": self.batch_order.get_state(),
            "augmentation": self.augmentation.get_state(),
            "draws": self.draws.get_state(),
            "views": self.joint and self.joint.generator.get_state(),
            "epoch": self.epoch,
            "history": self.history,
            "watch": self.watch and self.watch.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from where `state_dict` was taken."""
        self.model.load_state_dict(state["model"])
        self.criterion.load_state_dict(state["criterion"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.average is not None:
            put_back(self.average, state["average"])
        self.source.load_state_dict(state["source"])
        self.batch_order.set_state(state["batch_order"])
        self.augmentation.set_state(state["augmentation"])
        if "draws" in state:  # older checkpoints are of losses that draw nothing
            self.draws.set_state(state["draws"])
        if self.joint is not None:
            self.joint.generator.set_state(state["views"])
        self.epoch = state["epoch"]
        self.history = state["history"]
        if self.watch is not None and state.get("watch"):
            self.watch.load_state_dict(state["watch"])


def build_network(
    method: str, seed: int, data: Dataset, recipe: Recipe, fabric: "Fabric"
) -> nn.Module:
    """The network of a member with its initial weights, not yet on a device."""
    head, initial = recipe.head or method_of(method).head, torch.Generator().manual_seed(seed)
    name = recipe.model or model_for(data.image_shape)
    network = build_model(name, data.image_shape, len(data.class_counts), head, initial)
    begin: Any = getattr(network, "begin", None)
    if begin is not None:
        begin(_first_images(data, seed))
    return normalised_together(network, fabric)


def build_member(method: str, seed: int, data: Dataset, recipe: Recipe, fabric: "Fabric") -> Member:
    """A member before its first step; members of one seed share the body and the batch order."""
    chosen, counts = method_of(method), data.class_counts.numpy()
    network = build_network(method, seed, data, recipe, fabric)
    optimizer = build_optimizer(
        recipe.optimizer or chosen.optimizer,
        network.parameters(),
        lr=recipe.lr,
        momentum=recipe.momentum,
        weight_decay=recipe.weight_decay,
        settings=recipe.optimizer_settings,
        class_counts=counts,
        classifier=getattr(network, "head", None),
    )
    num_features: Any = network.num_features
    model, optimizer = fabric.setup(network, optimizer)
    draws = torch.Generator(fabric.device).manual_seed(seed)  # of a loss, where its logits are
    return Member(
        method=method,
        seed=seed,
        model=model,
        criterion=chosen.build_loss(counts, draws).to(fabric.device),
        schedule=chosen.build_schedule(counts, recipe.defer_epoch, recipe.epochs),
        source=chosen.build_source(counts, num_features, recipe.defer_epoch, seed),
        optimizer=optimizer,
        batch_order=torch.Generator().manual_seed(seed),
        augmentation=torch.Generator().manual_seed(seed),
        draws=draws,
        average=average_of(model, recipe.average) if recipe.average else None,
        flip_test=recipe.flip_test,
        mixup=chosen.mixup,
        joint=Joint.of_seed(chosen.joint, chosen.least_area, seed) if chosen.joint else None,
    )


def _first_images(data: Dataset, seed: int) -> Tensor:
    """Some training images as a network sees them, by which one may begin."""
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(data.train_images), generator=generator)[:BEGIN_WITH]
    return data.prepared(data.train_images[chosen.to(data.train_images.device)])
