"""Heads that see the same examples in one order for an epoch, by seed and method, ready to lose on batches.

Their batches are gathered once a seed. Sources of weights and watches are each member's own. Ours.
Checked by: every member equals its solo run, in double precision to 1e-10.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..data import Dataset
from ..weights import UniformWeights
from .head_losses import Held, constant, head_losses
from .loop import draw
from .member import Member
from .step import counts_by_size, divides_by_weights, weighted_mean
from .watched import attend

__all__ = ["Group", "drawn", "head_logits"]


def drawn(member: Member, epoch: int) -> tuple[float, float, bytes]:
    """What decides the examples of a member in an epoch, and their order, given its data."""
    stage = member.schedule.stage(epoch)
    # whose plans agree now may have drawn otherwise before
    state = member.batch_order.get_state().numpy().tobytes()
    return stage.sampling_exponent, stage.balanced_share, state


def head_logits(features: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Of features (S, B, d) by heads (S, M, K, d), (S, M, B, K), in one product; cosines without bias."""
    if bias is None:
        features, weight = (nn.functional.normalize(x, dim=-1) for x in (features, weight))
    classes_last = weight.flatten(1, 2).mT
    if bias is None:
        product = features @ classes_last
    else:
        product = torch.baddbmm(bias.flatten(1)[:, None], features, classes_last)
    return product.unflatten(2, weight.shape[1:3]).transpose(1, 2)


class Group:
    """Members by seed and method, in one epoch; ``data`` are of their seeds, with equal class counts."""

    def __init__(
        self,
        epoch: int,
        members: Sequence[Sequence[Member]],
        data: Sequence[Dataset],
        batch_size: int,
    ) -> None:
        self.epoch, self.members, self.data = epoch, members, data
        orders = [_order(epoch, row, own) for row, own in zip(members, data, strict=True)]
        labels = [own.train_labels[order] for own, order in zip(data, orders, strict=True)]
        parts = (torch.stack(found).split(batch_size, dim=1) for found in (orders, labels))
        self.batches = list(zip(*parts, strict=True))
        held = [
            [Held(m.criterion, m.schedule.stage(epoch).constants(m.criterion)) for m in row]
            for row in members
        ]
        self.constants = [[one.constants for one in row] for row in held]
        like = torch.ones(len(data[0].class_counts), device=labels[0].device)
        self.calls = head_losses(held, like)
        self.class_weight = torch.stack(
            [torch.stack([constant(one, "weight", like) for one in row]) for row in held]
        )
        self.counted = torch.zeros_like(self.class_weight)
        self.by_weights = torch.tensor(
            [[divides_by_weights(one.criterion)] for one in held[0]], device=like.device
        )
        self.weighers = [
            (seed, column, member.source)
            for seed, row in enumerate(members)
            for column, member in enumerate(row)
            if type(member.source) is not UniformWeights
        ]

    def means(self, number: int, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The mean losses on a batch, (S, M), of heads that get their gradients."""
        index, target = self.batches[number]
        images = [
            own.prepared(own.train_images.index_select(0, which))  # several times as fast as []
            for own, which in zip(self.data, index, strict=True)
        ]
        features = torch.stack(images).to(torch.get_default_dtype())
        logits = head_logits(features, weight, bias)
        parts = logits.split([size for size, _ in self.calls], dim=1)
        losses = torch.cat(
            [call(z, features, target) for (_, call), z in zip(self.calls, parts, strict=True)], 1
        )
        weights = torch.ones_like(losses)
        divisors = torch.ones_like(losses)
        for seed, column, source in self.weighers:
            weights[seed, column] = source.weights(self.epoch, features[seed], target[seed])
            if not counts_by_size(source):
                divisors[seed, column] = weights[seed, column]
        classes = target[:, None].expand_as(losses)
        class_weight = self.class_weight.gather(2, classes)
        shares = weights * class_weight
        divisors = torch.where(self.by_weights, divisors * class_weight, divisors)
        self.counted.scatter_add_(2, classes, shares)
        self.seen, self.answered = (features, target), (logits.detach(), weights)
        return weighted_mean(losses, weights, divisors)

    def observe(self) -> None:
        """Let the sources of weights learn from the batch."""
        features, target = self.seen
        for seed, _, source in self.weighers:
            source.observe(features[seed], target[seed])

    def watch(self) -> None:
        """Let those who watch see the batch."""
        (features, target), (logits, weights) = self.seen, self.answered
        for seed, row in enumerate(self.members):
            for column, member in enumerate(row):
                watch = attend(member, True, self.constants[seed][column])
                if watch is not None:
                    at = seed, column
                    watch.keep(logits[at], target[seed], weights[at], features[seed])


def _order(epoch: int, members: Sequence[Member], data: Dataset) -> Tensor:
    """The examples of an epoch in order, which the members of a seed draw alike."""
    first, *others = members
    stage = first.schedule.stage(epoch)
    labels, exponent, share = data.train_labels, stage.sampling_exponent, stage.balanced_share
    order = draw(labels, exponent, first.batch_order, share)
    for member in others:
        member.batch_order.set_state(first.batch_order.get_state())
    return order.to(labels.device)
