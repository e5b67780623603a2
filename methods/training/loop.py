"""The training loop, one for all methods: what differs between them is built before it starts.

Source of the protocol: Cao et al. (NeurIPS 2019), with deferred weights; the rate follows a cosine.
Checked by: paired members share data, initial body and batch order; a resumed run is bitwise equal.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

from ..data import Dataset
from ..losses import MarginSoftmaxLoss
from ..models import SmallNet
from ..registry import METHODS
from ..sampling import power_sampler
from ..weights import Schedule, WeightSource
from .measure import class_accuracy
from .recipe import Recipe

__all__ = ["Member", "build_member", "train"]

RECORDS = 20  # points of a training curve, at most


@dataclass
class Member:
    """One method under one seed, and how far its training has come."""

    method: str
    seed: int
    model: nn.Module
    criterion: MarginSoftmaxLoss
    schedule: Schedule
    source: WeightSource
    optimizer: Optimizer
    batch_order: torch.Generator
    epoch: int = 0
    history: dict[str, list[Any]] = field(
        default_factory=lambda: {
            "epoch": [],
            "train_loss": [],
            "balanced_accuracy": [],
            "class_weights": [],
        }
    )

    def state_dict(self) -> dict[str, Any]:
        """All that training changes."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "source": self.source.state_dict(),
            "batch_order": self.batch_order.get_state(),
            "epoch": self.epoch,
            "history": self.history,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from where `state_dict` was taken."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.source.load_state_dict(state["source"])
        self.batch_order.set_state(state["batch_order"])
        self.epoch = state["epoch"]
        self.history = state["history"]


def build_member(method: str, seed: int, data: Dataset, recipe: Recipe, fabric: Fabric) -> Member:
    """A member before its first step; members of one seed share the body and the batch order."""
    chosen, counts = METHODS[method], data.class_counts.numpy()
    initial = torch.Generator().manual_seed(seed)
    model = SmallNet(len(counts), chosen.head, initial)
    optimizer = SGD(
        model.parameters(),
        lr=recipe.lr,
        momentum=recipe.momentum,
        weight_decay=recipe.weight_decay,
    )
    model, optimizer = fabric.setup(model, optimizer)
    return Member(
        method=method,
        seed=seed,
        model=model,
        criterion=chosen.build_loss(counts).to(fabric.device),
        schedule=chosen.build_schedule(counts, recipe.defer_epoch),
        source=chosen.build_source(counts, SmallNet.num_features, recipe.defer_epoch),
        optimizer=optimizer,
        batch_order=torch.Generator().manual_seed(seed),
    )


def train(
    member: Member,
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    after_epoch: Callable[[Member], None],
) -> None:
    """Train from ``member.epoch`` to the end; ``data`` lies on the device already."""
    for epoch in range(member.epoch, recipe.epochs):
        set_learning_rate(member.optimizer, recipe, epoch)
        stage = member.schedule.stage(epoch)
        stage.configure(member.criterion)
        losses, class_weight = [], torch.zeros(len(data.class_counts), device=fabric.device)
        order = draw(data.train_labels, stage.sampling_exponent, member.batch_order)
        for batch in order.to(fabric.device).split(recipe.batch_size):
            images, target = data.train_images[batch], data.train_labels[batch]
            logits, features = member.model(images)
            weights = member.source.weights(epoch, features.detach(), target)
            shares = times_class_weights(weights, member.criterion, target)
            loss = (weights * member.criterion(logits, target)).sum() / shares.sum()
            member.optimizer.zero_grad()
            fabric.backward(loss)
            member.optimizer.step()
            member.source.observe(features.detach(), target)
            losses.append(loss.detach())
            class_weight.index_add_(0, target, shares)
        if is_recorded(epoch, recipe.epochs):
            record(member, data, epoch, torch.stack(losses), class_weight)
        member.epoch = epoch + 1
        after_epoch(member)


def draw(labels: Tensor, exponent: float, generator: torch.Generator) -> Tensor:
    """The examples of an epoch in order: each once, or as often as a sampling exponent says."""
    if exponent == 1.0:
        return torch.randperm(len(labels), generator=generator)
    return torch.tensor(list(power_sampler(labels.cpu(), exponent, generator=generator)))


def times_class_weights(weights: Tensor, criterion: MarginSoftmaxLoss, target: Tensor) -> Tensor:
    """Weights times the loss's own of every example's class: what a weighted mean is divided by."""
    if criterion.weight is None:
        return weights
    return weights * criterion.weight.to(weights)[target]


def set_learning_rate(optimizer: Optimizer, recipe: Recipe, epoch: int) -> None:
    """Linear warm-up, times a cosine from the first epoch to the end."""
    warm = min(1.0, (epoch + 1) / recipe.warmup) if recipe.warmup else 1.0
    for group in optimizer.param_groups:
        group["lr"] = recipe.lr * warm * (1.0 + math.cos(math.pi * epoch / recipe.epochs)) / 2.0


def is_recorded(epoch: int, epochs: int) -> bool:
    """Whether an epoch is a point of the training curve: evenly spaced, the last one included."""
    every = math.ceil(epochs / RECORDS)
    return (epochs - 1 - epoch) % every == 0


def record(member: Member, data: Dataset, epoch: int, losses: Tensor, class_weight: Tensor) -> None:
    """Add a point to the curve; class weights are per sample and average 1 over classes."""
    accuracy = class_accuracy(member.model, data.test_images, data.test_labels)
    per_sample = class_weight / data.class_counts.to(class_weight)
    member.history["epoch"].append(epoch + 1)
    member.history["train_loss"].append(losses.mean().item())
    member.history["balanced_accuracy"].append(accuracy.mean().item())
    member.history["class_weights"].append((per_sample / per_sample.mean()).tolist())
