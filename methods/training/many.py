"""Heads over stored features, many members at once: of one seed all see the same batch, in one product.

Members of one seed share data, batch order and features, so a batch is gathered once and multiplied by
the weights of all their heads together; several seeds, whose batches differ but have one shape, make one
batched product, ``(S, B, d) @ (S, d, M K)``, as at this size a call costs more than its arithmetic.
Optimisers that step element by element step all heads at once. Ours.
Checked by: every member equals its solo run, in double precision to 1e-10.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import InputError
from ..data import Dataset
from ..models.heads import ONE_LAYER
from ..optim import build_optimizer
from ..registry import method_of
from .divergence import divergence_in
from .group import Group, drawn, head_logits
from .head_losses import is_of_family
from .loop import is_recorded, record_point, set_learning_rate
from .measure import recall_by_class
from .member import Member
from .recipe import Recipe

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = ["SEEDS", "are_heads", "train_together"]

SEEDS = 5  # of a run that train together; of it depends how numbers are rounded
ELEMENTWISE = ("sgd", "adamw")  # optimisers that step all heads as they would one
EVALUATED = 2048  # examples at once


def are_heads(recipe: Recipe) -> bool:
    """Whether a recipe's members are heads over rows, which `train_together` can train."""
    optimizers = {recipe.optimizer or method_of(method).optimizer for method in recipe.methods}
    heads = {head for m in recipe.methods for head in (recipe.head, method_of(m).head) if head}
    plain = recipe.model == "linear" and not recipe.average and heads <= set(ONE_LAYER)
    if any(
        row.looks_ahead or row.trains_on_validation or row.mixup
        for row in map(method_of, recipe.methods)
    ):
        return False  # steps of its own, or other training images
    return plain and len(optimizers) == 1 and optimizers <= set(ELEMENTWISE)


def train_together(
    members: Sequence[Member],
    data: Mapping[int, Dataset],
    recipe: Recipe,
    fabric: "Fabric",
    after_epoch: Callable[[int], None] = lambda epoch: None,
) -> dict[tuple[int, str], str]:
    """Train members of some seeds from their first epoch to the last; they hold the result.

    Returns why members diverged, by seed and method. Each head's numbers are its own, so that one that
    diverged stays as it is, without a number, and changes no other; its ``epoch`` is where it did.

    Parameters
    ----------
    members
        Of the same methods for every seed, before their first step, with model ``"linear"``.
    data
        By seed. Seeds whose class counts differ, as under label noise, train one after the other: they
        have batches of other shapes, or losses with other constants.
    after_epoch
        Called with the number of epochs that are done, for each kind of head, and again for seeds that
        train one after the other.
    """
    by_seed: dict[int, list[Member]] = {}
    for member in members:
        by_seed.setdefault(member.seed, []).append(member)
    methods = {tuple(member.method for member in several) for several in by_seed.values()}
    if len(methods) > 1 or any(member.epoch for member in members):
        raise InputError("members must be of the same methods for every seed, and not yet begun")
    if mixed := [member.method for member in members if member.mixup]:
        raise InputError(
            f"method = {mixed[0]!r}: mixes rows, which heads that train together do not"
        )
    alike = len({tuple(data[seed].class_counts.tolist()) for seed in by_seed}) == 1
    diverged = {}
    for seeds in [list(by_seed)] if alike else [[seed] for seed in by_seed]:
        split = [data[seed] for seed in seeds]
        for kind in dict.fromkeys(type(_head(member)) for member in members):
            rows = [[m for m in by_seed[seed] if type(_head(m)) is kind] for seed in seeds]
            together = _Together(rows, split, recipe, fabric.device)
            for epoch in range(recipe.epochs):
                together.train_epoch(epoch)
                after_epoch(epoch + 1)
            diverged |= together.hand_back()
    return diverged


def _head(member: Member) -> Any:
    return member.model.head  # type: ignore[union-attr]


class _Together:
    """Heads of one kind by seed and method: weights as one tensor (S, M, K, d), biases (S, M, K) if any."""

    def __init__(
        self,
        members: Sequence[Sequence[Member]],
        data: Sequence[Dataset],
        recipe: Recipe,
        device: torch.device,
    ) -> None:
        self.members = _neighbours(members, recipe.epochs)
        self.data, self.recipe, self.device = data, recipe, device
        self.diverged: dict[tuple[int, int], tuple[int, str]] = {}  # by place: the epoch, and why
        heads = [[_head(member) for member in row] for row in self.members]
        parameters = [_stacked([[head.weight for head in row] for row in heads])]
        if isinstance(heads[0][0], nn.Linear):
            parameters.append(_stacked([[head.bias for head in row] for row in heads]))
        self.weight, self.bias = parameters[0], parameters[1] if len(parameters) > 1 else None
        self.optimizer = build_optimizer(
            recipe.optimizer or method_of(members[0][0].method).optimizer,
            parameters,
            lr=recipe.lr,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
            settings=recipe.optimizer_settings,
        )

    def train_epoch(self, epoch: int) -> None:
        """One epoch of all members; those whose plans draw examples alike share their batches."""
        groups = self._groups(epoch)
        recorded = is_recorded(epoch, self.recipe.epochs, self.recipe.curve_points)
        count = len(groups[0].batches)
        losses = []
        for number in range(count):
            set_learning_rate(self.optimizer, self.recipe, epoch + number / count)
            heads = self._heads([len(group.members[0]) for group in groups])
            means = torch.cat(
                [group.means(number, *own) for group, own in zip(groups, heads, strict=True)], 1
            )
            self.optimizer.zero_grad()
            means.sum().backward()
            self.optimizer.step()
            for group in groups:
                group.observe()
                if recorded:
                    group.watch()
            losses.append(means.detach())
        counted = torch.cat([group.counted for group in groups], dim=1)
        self._finish_epoch(epoch, torch.stack(losses), counted)

    def _groups(self, epoch: int) -> list[Group]:
        """Neighbours whose plans draw examples alike in this epoch, under every seed."""

        def alike(column: Sequence[Member]) -> list[tuple[float, float, bytes]]:
            return [drawn(member, epoch) for member in column]

        runs = [list(run) for _, run in groupby(zip(*self.members, strict=True), key=alike)]
        size = self.recipe.batch_size
        return [Group(epoch, list(zip(*run, strict=True)), self.data, size) for run in runs]

    def _heads(self, sizes: list[int]) -> list[tuple[Tensor, Tensor | None]]:
        """Weights and biases of so many methods each: views, whose gradients are joined without sums."""
        weights = self.weight.split(sizes, dim=1)
        biases = [None] * len(sizes) if self.bias is None else self.bias.split(sizes, dim=1)
        return list(zip(weights, biases, strict=True))

    @torch.no_grad()
    def _finish_epoch(self, epoch: int, losses: Tensor, counted: Tensor) -> None:
        """Find those that diverged in losses (steps, S, M), and measure the others."""
        for at in self._places():
            if at not in self.diverged and (why := divergence_in(losses[:, *at])):
                self.diverged[at] = epoch, why
        recorded = is_recorded(epoch, self.recipe.epochs, self.recipe.curve_points)
        if not recorded and self.data[0].validation is None:
            return
        predicted = [self._predicted(seed) for seed in range(len(self.data))]
        for at in self._places():
            if at in self.diverged:
                continue
            (seed, column), data = at, self.data[at[0]]
            member = self.members[seed][column]
            accuracy = recall_by_class(
                predicted[seed][column], data.watched.labels, len(data.class_counts)
            )
            if data.validation is not None:
                member.source.observe_accuracy(accuracy.cpu())
            if recorded:
                record_point(member, data, epoch, losses[:, *at], counted[at], accuracy)
                if member.watch is not None:
                    self._hand_back(at)
                    member.watch.end_epoch(epoch + 1)

    def _places(self) -> list[tuple[int, int]]:
        """Of all members: seed and column."""
        return [
            (seed, column) for seed, row in enumerate(self.members) for column in range(len(row))
        ]

    def _predicted(self, seed: int) -> Tensor:
        """The classes that the heads of a seed predict where its curves are drawn, (M, N)."""
        data, own = self.data[seed], slice(seed, seed + 1)
        bias = None if self.bias is None else self.bias[own]
        found = [
            head_logits(data.prepared(x).to(self.weight.dtype)[None], self.weight[own], bias)
            for x in data.watched.images.split(EVALUATED)
        ]
        return torch.cat([logits[0].argmax(dim=2) for logits in found], dim=1)

    def hand_back(self) -> dict[tuple[int, str], str]:
        """Give every member its head; why some diverged, by seed and method."""
        why = {}
        for at in self._places():
            self._hand_back(at)
            member = self.members[at[0]][at[1]]
            member.epoch = self.recipe.epochs
            if at in self.diverged:
                member.epoch, why[member.seed, member.method] = self.diverged[at]
        return why

    @torch.no_grad()
    def _hand_back(self, at: tuple[int, int]) -> None:
        head = _head(self.members[at[0]][at[1]])
        head.weight.copy_(self.weight[at])
        if self.bias is not None:
            head.bias.copy_(self.bias[at])


def _stacked(rows: Sequence[Sequence[Tensor]]) -> nn.Parameter:
    return nn.Parameter(torch.stack([torch.stack([own.detach() for own in row]) for row in rows]))


def _neighbours(members: Sequence[Sequence[Member]], epochs: int) -> list[list[Member]]:
    """The members of every seed in an order that is good for slices, which need no copies.

    By their plans for all epochs, so that those who have drawn alike stand together in every one;
    and then by family.
    """

    def place(column: int) -> tuple[list[tuple[float, float]], bool]:
        member = members[0][column]
        stages = map(member.schedule.stage, range(epochs))
        plan = [(stage.sampling_exponent, -stage.balanced_share) for stage in stages]
        return plan, not is_of_family(member.criterion)

    order = sorted(range(len(members[0])), key=place)
    return [[row[column] for column in order] for row in members]
