"""Heads over stored features, many members at once: all of one seed see the same batch, in one product.

Members of one seed share data, batch order and features, so a batch is gathered once and multiplied by
the weights of all their heads together, ``(B, d) @ (d, M K)``; losses of the margin-softmax family are one
call over stacked constants; optimisers that step element by element step all heads at once. Ours.
Checked by: every member equals its solo run, in double precision to 1e-10.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.func import functional_call

from ...theory.foundation.validation import InputError
from ..data import Dataset
from ..losses import MarginSoftmaxLoss, margin_softmax_loss
from ..optim import build_optimizer
from ..registry import method_of
from ..weights import UniformWeights
from .divergence import divergence_in
from .loop import draw, is_recorded, record_point, set_learning_rate
from .measure import recall_by_class
from .member import Member
from .recipe import Recipe
from .step import divides_by_weights, weighted_mean
from .watched import attend

__all__ = ["are_heads", "train_together"]

ELEMENTWISE = ("sgd", "adamw")  # optimisers that step all heads as they would one
EVALUATED = 2048  # examples at once
NEUTRAL = {"weight": 1.0, "scale": 1.0, "temperature": 1.0, "offset": 0.0, "target_margin": 0.0}
"""The constants of the margin-softmax family, and what changes nothing."""


def are_heads(recipe: Recipe) -> bool:
    """Whether a recipe's members are heads over rows, which `train_together` can train."""
    optimizers = {recipe.optimizer or method_of(method).optimizer for method in recipe.methods}
    plain = recipe.model == "linear" and not recipe.average
    return plain and len(optimizers) == 1 and optimizers <= set(ELEMENTWISE)


def train_together(
    members: Sequence[Member],
    data: Dataset,
    recipe: Recipe,
    fabric: Fabric,
    after_epoch: Callable[[int], None] = lambda epoch: None,
) -> dict[str, str]:
    """Train the members of one seed from their first epoch to the last; they hold the result.

    Returns why members diverged, by method. Each head's numbers are its own, so that one that diverged
    stays as it is, without a number, and changes no other; its ``epoch`` is where it did.

    Parameters
    ----------
    members
        Of one seed, before their first step, with model ``"linear"``.
    after_epoch
        Called with the number of epochs that are done, for each kind of head.
    """
    if len({member.seed for member in members}) != 1 or any(member.epoch for member in members):
        raise InputError("members must be of one seed and before their first epoch")
    kinds: dict[type, list[Member]] = {}
    for member in members:
        kinds.setdefault(type(_head(member)), []).append(member)
    diverged = {}
    for several in kinds.values():
        together = _Together(several, data, recipe, fabric)
        for epoch in range(recipe.epochs):
            together.train_epoch(epoch)
            after_epoch(epoch + 1)
        together.hand_back()
        diverged |= {several[place].method: why for place, (_, why) in together.diverged.items()}
    return diverged


def _head(member: Member) -> Any:
    return member.model.head  # type: ignore[union-attr]


class _Together:
    """Heads of one kind: their weights as one tensor (M, K, d), and biases (M, K) of linear ones."""

    def __init__(
        self, members: Sequence[Member], data: Dataset, recipe: Recipe, fabric: Fabric
    ) -> None:
        self.members, self.data, self.recipe, self.device = members, data, recipe, fabric.device
        self.diverged: dict[int, tuple[int, str]] = {}  # by place: the epoch, and why
        heads = [_head(member) for member in members]
        self.linear = isinstance(heads[0], nn.Linear)
        self.weight = nn.Parameter(torch.stack([head.weight.detach() for head in heads]))
        parameters = [self.weight]
        if self.linear:
            self.bias = nn.Parameter(torch.stack([head.bias.detach() for head in heads]))
            parameters.append(self.bias)
        self.optimizer = build_optimizer(
            recipe.optimizer or method_of(members[0].method).optimizer,
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
        count = -(-len(self.data.train_labels) // self.recipe.batch_size)
        losses = []
        for number, indices in enumerate(
            zip(*(group.order.split(self.recipe.batch_size) for group in groups), strict=True)
        ):
            set_learning_rate(self.optimizer, self.recipe, epoch + number / count)
            means = torch.cat(
                [
                    group.means(epoch, index, self._logits)
                    for group, index in zip(groups, indices, strict=True)
                ]
            )
            self.optimizer.zero_grad()
            means.sum().backward()
            self.optimizer.step()
            for group in groups:
                group.observe()
                if recorded:
                    group.watch()
            losses.append(means.detach())
        places = [place for group in groups for place in group.places]
        counted = torch.cat([group.counted for group in groups])
        self._finish_epoch(epoch, places, torch.stack(losses), counted)

    def _groups(self, epoch: int) -> list["_Group"]:
        """The members by how their plans draw examples in this epoch."""
        stages = [member.schedule.stage(epoch) for member in self.members]
        groups: dict[tuple[float, float, bytes], list[int]] = {}
        for place, stage in enumerate(stages):
            # whose plans agree now may have drawn otherwise before
            state = self.members[place].batch_order.get_state().numpy().tobytes()
            drawn = stage.sampling_exponent, stage.balanced_share, state
            groups.setdefault(drawn, []).append(place)
        made = []
        for (exponent, share, _), places in groups.items():
            labels = self.data.train_labels
            orders = [draw(labels, exponent, self.members[p].batch_order, share) for p in places]
            several = [self.members[p] for p in places]
            constants = [stages[p].constants(self.members[p].criterion) for p in places]
            made.append(_Group(places, several, constants, orders[0].to(self.device), self.data))
        return made

    def _logits(self, features: Tensor, places: Sequence[int]) -> Tensor:
        """Of the heads at some places, (M, B, K), in one product."""
        everyone = list(places) == list(range(len(self.members)))
        weight = self.weight if everyone else self.weight[torch.tensor(places)]
        members, classes, size = weight.shape
        if not self.linear:
            features, weight = (nn.functional.normalize(x, dim=-1) for x in (features, weight))
        product = features @ weight.reshape(members * classes, size).T
        logits = product.view(len(features), members, classes).transpose(0, 1)
        if not self.linear:
            return logits
        bias = self.bias if everyone else self.bias[torch.tensor(places)]
        return logits + bias[:, None]

    @torch.no_grad()
    def _finish_epoch(
        self, epoch: int, places: Sequence[int], losses: Tensor, counted: Tensor
    ) -> None:
        for row, place in enumerate(places):
            if place not in self.diverged and (why := divergence_in(losses[:, row])):
                self.diverged[place] = epoch, why
        watched, recorded = (
            self.data.watched,
            is_recorded(epoch, self.recipe.epochs, self.recipe.curve_points),
        )
        if not recorded and self.data.validation is None:
            return
        images = watched.images.split(EVALUATED)
        dtype = self.weight.dtype
        found = [
            self._logits(self.data.prepared(x).to(dtype), places).argmax(dim=2) for x in images
        ]
        predicted = torch.cat(found, dim=1)
        for row, place in enumerate(places):
            if place in self.diverged:
                continue
            member = self.members[place]
            accuracy = recall_by_class(predicted[row], watched.labels, len(self.data.class_counts))
            if self.data.validation is not None:
                member.source.observe_accuracy(accuracy.cpu())
            if recorded:
                record_point(member, self.data, epoch, losses[:, row], counted[row], accuracy)
                if member.watch is not None:
                    self._hand_back(place)
                    member.watch.end_epoch(epoch + 1)

    @torch.no_grad()
    def hand_back(self) -> None:
        """Give every member its head."""
        for place, member in enumerate(self.members):
            self._hand_back(place)
            member.epoch = self.diverged.get(place, (self.recipe.epochs, ""))[0]

    def _hand_back(self, place: int) -> None:
        head = _head(self.members[place])
        head.weight.copy_(self.weight[place])
        if self.linear:
            head.bias.copy_(self.bias[place])


class _Group:
    """Members that see the same examples in the same order for an epoch, ready to lose on batches."""

    def __init__(
        self,
        places: Sequence[int],
        members: Sequence[Member],
        constants: Sequence[Mapping[str, Tensor]],
        order: Tensor,
        data: Dataset,
    ) -> None:
        self.places, self.members, self.constants = places, members, constants
        self.order, self.data = order, data
        classes = len(data.class_counts)
        self.counted = torch.zeros(len(members), classes, device=order.device)
        self.family = [row for row, member in enumerate(members) if _is_of_family(member)]
        self.others = [row for row, member in enumerate(members) if not _is_of_family(member)]
        self.weighers = [r for r, m in enumerate(members) if type(m.source) is not UniformWeights]
        self.by_weights = torch.tensor([divides_by_weights(m.criterion) for m in members])[:, None]
        self.class_weight = torch.stack(
            [self._held(row, "weight").expand(classes) for row in range(len(members))]
        )
        self.stacked = {
            name: _stack([self._held(row, name) for row in self.family], classes)
            for name in NEUTRAL
            if self.family
        }

    def _held(self, row: int, name: str) -> Tensor:
        """A constant of a member's loss in this epoch, or what changes nothing."""
        criterion = self.members[row].criterion
        held: Any = self.constants[row].get(name, getattr(criterion, name, None))
        value = torch.tensor(NEUTRAL[name]) if held is None else held
        return value.to(self.order.device, torch.float64)

    def means(
        self, epoch: int, index: Tensor, logits_of: Callable[[Tensor, Sequence[int]], Tensor]
    ) -> Tensor:
        """The mean losses of the members on a batch, (M,), from which heads get their gradients."""
        features = self.data.prepared(self.data.train_images[index]).to(torch.get_default_dtype())
        target = self.data.train_labels[index]
        self.seen = features, target
        logits = logits_of(features, self.places)
        rows: list[Tensor] = [torch.empty(0)] * len(self.members)
        if self.family:
            chosen = logits if not self.others else logits[torch.tensor(self.family)]
            for row, losses in zip(self.family, self._family(chosen, target), strict=True):
                rows[row] = losses
        for row in self.others:
            criterion: Any = self.members[row].criterion
            parts = [features] if "features" in getattr(criterion, "needs", ()) else []
            inputs, own = (logits[row], target, *parts), dict(self.constants[row])
            rows[row] = functional_call(criterion, own, inputs) if own else criterion(*inputs)
        losses = torch.stack(rows)
        weights = torch.ones_like(losses)
        for row in self.weighers:
            weights[row] = self.members[row].source.weights(epoch, features, target)
        shares = weights * self.class_weight.to(weights)[:, target]
        self.counted.index_add_(1, target, shares.detach().to(self.counted))
        self.answered = logits.detach(), weights.detach()
        return weighted_mean(losses, weights, torch.where(self.by_weights, shares, weights))

    def _family(self, logits: Tensor, target: Tensor) -> Tensor:
        def one(z: Tensor, constants: dict[str, Tensor]) -> Tensor:
            return margin_softmax_loss(z, target, **constants, reduction="none")  # type: ignore[arg-type]

        return torch.vmap(one)(logits, self.stacked)

    def observe(self) -> None:
        """Let the sources of weights learn from the batch."""
        for row in self.weighers:
            self.members[row].source.observe(*self.seen)

    def watch(self) -> None:
        """Let those who watch see the batch."""
        (features, target), (logits, weights) = self.seen, self.answered
        for row, member in enumerate(self.members):
            if (watch := attend(member, True, self.constants[row])) is not None:
                watch.keep(logits[row], target, weights[row], features)


def _is_of_family(member: Member) -> bool:
    criterion: Any = member.criterion
    plain = type(criterion).forward is MarginSoftmaxLoss.forward
    return plain and criterion.link is None


def _stack(rows: Sequence[Tensor], classes: int) -> Tensor:
    """Constants of one number per class, or if a loss has one per pair of classes, all as pairs."""
    pairs = any(row.ndim == 2 for row in rows)
    return torch.stack(
        [row.expand(classes, classes) if pairs else row.expand(classes) for row in rows]
    )
