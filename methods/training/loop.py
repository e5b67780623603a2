"""The training loop, one for all methods: what differs between them is built before it starts.

Source of the protocol: Cao et al. (NeurIPS 2019), with deferred weights. Checked by: a resumed run is
bitwise equal, weights that learn from accuracy learn from the validation split, curves are drawn on it.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.optim import Optimizer

from ..data import Dataset
from ..optim import RATES
from ..ranks import share
from ..sampling import mixed_pairs, power_sampler
from ..sampling.samplers import share_sampler
from .ahead import drawn_ahead, look_ahead
from .divergence import Diverged, divergence_in
from .measure import class_accuracy
from .member import Member
from .recipe import Recipe
from .step import Batch, Mixed, take_step
from .watched import attend

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["train"]


def train(
    member: Member,
    data: Dataset,
    recipe: Recipe,
    fabric: "Fabric",
    after_epoch: Callable[[Member], None],
) -> None:
    """Train from ``member.epoch`` to the end; ``data`` lies on the device already.

    Raises
    ------
    Diverged
        At a step whose loss is not finite; on a device that is asked for once an epoch, at its end.
    """
    asked_at_once = fabric.device.type == "cpu"
    for epoch in range(member.epoch, recipe.epochs):
        stage = member.schedule.stage(epoch)
        constants = stage.constants(member.criterion)
        recorded = is_recorded(epoch, recipe.epochs, recipe.curve_points)
        watch = attend(member, recorded, constants)
        losses, class_weight = [], torch.zeros(len(data.class_counts), device=fabric.device)
        order = draw(
            data.train_labels, stage.sampling_exponent, member.batch_order, stage.balanced_share
        )
        batches = order.to(fabric.device).split(recipe.batch_size)
        for number, index in enumerate(batches):
            set_learning_rate(member.optimizer, recipe, epoch + number / len(batches))
            # all of a batch is drawn on every rank, so that its crops are those of one process
            window = recipe.window_at(epoch)
            index = drawn_ahead(member, index, data)
            images = data.prepared(data.train_images[index], member.augmentation, window)
            target, mixed = data.train_labels[index], None
            if member.mixup:
                found = mixed_pairs(images, target, member.mixup, member.augmentation)
                images, mixed = found[0], Mixed(*found[1:])
            part, views = share(len(index)), None
            if member.joint is not None:
                views = member.joint.views(data.train_images[index], data, part)
            batch = Batch(images[part], target.flatten(), mixed, views)
            look_ahead(member, batch, constants, data)
            passed = take_step(member, epoch, batch, constants, fabric)
            member.follow()
            losses.append(passed.loss)
            if watch is not None:
                watch.keep(passed.logits, batch.target, passed.weights, passed.features)
            if asked_at_once:
                _refuse_diverged(passed.loss[None], number)
            class_weight.index_add_(0, batch.target, passed.shares)
        _refuse_diverged(torch.stack(losses))
        if data.validation is not None:
            accuracy = class_accuracy(member.predictor, *data.validation, prepare=data.prepared)
            member.source.observe_accuracy(accuracy.cpu())
        if recorded:
            record(member, data, epoch, torch.stack(losses), class_weight)
        if watch is not None:
            watch.end_epoch(epoch + 1)
        member.epoch = epoch + 1
        after_epoch(member)
    member.settle()


def _refuse_diverged(losses: Tensor, first: int = 0) -> None:
    if why := divergence_in(losses, first):
        raise Diverged(why)


def draw(
    labels: Tensor, exponent: float, generator: torch.Generator, balanced_share: float = 0.0
) -> Tensor:
    """The examples of an epoch in order: each once, or as often as a stage says."""
    if balanced_share:
        whole = share_sampler(labels.cpu(), balanced_share, generator)
    elif exponent == 1.0:
        return torch.randperm(len(labels), generator=generator)
    else:
        whole = power_sampler(labels.cpu(), exponent, generator=generator, rank=0, num_replicas=1)
    return torch.tensor(list(whole))


def set_learning_rate(optimizer: Optimizer, recipe: Recipe, time: float) -> None:
    """The rate at a time, counted in epochs, for all parameters; and the stage, for those that have two."""
    lr = RATES[recipe.rate](recipe.lr, time, recipe.epochs, recipe.warmup)
    for group in optimizer.param_groups:
        group["lr"] = lr
        if "deferred" in group:
            group["deferred"] = time >= recipe.defer_epoch


def is_recorded(epoch: int, epochs: int, points: int = 20) -> bool:
    """Whether an epoch is a point of the training curve: evenly spaced, the last one included."""
    every = math.ceil(epochs / points)
    return (epochs - 1 - epoch) % every == 0


def record(member: Member, data: Dataset, epoch: int, losses: Tensor, class_weight: Tensor) -> None:
    """Add a point to the curve, its accuracy measured now."""
    accuracy = class_accuracy(member.predictor, *data.watched, prepare=data.prepared)
    record_point(member, data, epoch, losses, class_weight, accuracy)


def record_point(
    member: Member,
    data: Dataset,
    epoch: int,
    losses: Tensor,
    class_weight: Tensor,
    accuracy: Tensor,
) -> None:
    """Add a point to the curve; class weights are per sample and average 1 over classes."""
    per_sample = class_weight / data.class_counts.to(class_weight)
    member.history["epoch"].append(epoch + 1)
    member.history["train_loss"].append(losses.mean().item())
    member.history["balanced_accuracy"].append(accuracy.mean().item())
    member.history["class_weights"].append((per_sample / per_sample.mean()).tolist())
