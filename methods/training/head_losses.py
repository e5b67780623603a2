"""Losses per example of many heads at once: in one call over stacked constants, over joined batches, or each.

Heads stand by seed and method: of S seeds and M methods, logits are (S, M, B, K), features (S, B, d) and
classes (S, B). Which may be joined, losses say themselves: `ClassLoss.by_example`. Ours.
Checked by: for every method that trains a head, the losses of separate calls in double precision.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.func import functional_call

from ..losses import MarginSoftmaxLoss, margin_softmax_loss

__all__ = ["HeadLoss", "Held", "constant", "head_losses", "is_by_example", "is_of_family"]

NEUTRAL = {"weight": 1.0, "scale": 1.0, "temperature": 1.0, "offset": 0.0, "target_margin": 0.0}
"""The constants of the margin-softmax family, and what changes nothing."""

HeadLoss = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From logits (S, m, B, K), features (S, B, d) and classes (S, B) to losses (S, m, B)."""


class Held(NamedTuple):
    """A member's criterion, and the constants that a stage puts in place of those it holds."""

    criterion: Any
    constants: Mapping[str, Tensor]

    def __call__(self, logits: Tensor, features: Tensor, target: Tensor) -> Tensor:
        """The loss per example of a batch, (B,)."""
        parts = [features] if "features" in getattr(self.criterion, "needs", ()) else []
        inputs = (logits, target, *parts)
        if not self.constants:
            return self.criterion(*inputs)
        return functional_call(self.criterion, dict(self.constants), inputs)


def head_losses(held: Sequence[Sequence[Held]], like: Tensor) -> list[tuple[int, HeadLoss]]:
    """Calls for all methods in their order, each with the number of methods that it is for.

    ``held`` is by seed and method; criteria of one method are of one kind. Constants are taken as
    ``like``, one number per class, is: for so many classes, in its dtype and on its device.
    """
    calls: list[tuple[int, HeadLoss]] = []
    columns = list(zip(*held, strict=True))
    for of_family, run in groupby(columns, key=lambda column: is_of_family(column[0].criterion)):
        if of_family:
            several = list(run)
            calls.append((len(several), _stacked(several, like)))
        else:
            calls += [(1, _joined(c) if _can_join(c) else _one_by_one(c)) for c in run]
    return calls


def is_of_family(criterion: Any) -> bool:
    """Whether a loss is `margin_softmax_loss` without a link, of which its constants say all."""
    return type(criterion).forward is MarginSoftmaxLoss.forward and criterion.link is None


def is_by_example(criterion: Any) -> bool:
    """Whether the class whose ``forward`` a loss has says that it sees each example for itself.

    That class, as one with a ``forward`` of its own may do otherwise than what it is derived from.
    """
    owner = next(kind for kind in type(criterion).__mro__ if "forward" in vars(kind))
    return vars(owner).get("by_example", False)


def constant(held: Held, name: str, like: Tensor) -> Tensor:
    """A constant of the family in an epoch, or what changes nothing, as ``like``: (K,), or of pairs."""
    value = held.constants.get(name, getattr(held.criterion, name, None))
    value = torch.tensor(NEUTRAL[name]) if value is None else value
    return value.to(like) if value.ndim == 2 else value.to(like).expand_as(like)


def _stacked(columns: Sequence[Sequence[Held]], like: Tensor) -> HeadLoss:
    """Losses of the family."""
    rows = list(zip(*columns, strict=True))
    stacks = {
        name: _stack([[constant(held, name, like) for held in row] for row in rows])
        for name in NEUTRAL
    }

    def one(z: Tensor, target: Tensor, constants: dict[str, Tensor]) -> Tensor:
        return margin_softmax_loss(z, target, **constants, reduction="none")  # type: ignore[arg-type]

    over_both = torch.vmap(torch.vmap(one, in_dims=(0, None, 0)))
    return lambda logits, features, target: over_both(logits, target, stacks)


def _stack(rows: Sequence[Sequence[Tensor]]) -> Tensor:
    """Constants of one number per class, or if a loss has one per pair of classes, all as pairs."""
    largest = max((value for row in rows for value in row), key=Tensor.dim)
    return torch.stack([torch.stack([value.expand_as(largest) for value in row]) for row in rows])


def _can_join(column: Sequence[Held]) -> bool:
    """Whether one call can stand for those of all seeds: by example, under equal constants."""
    states = [{**held.criterion.state_dict(), **held.constants} for held in column]
    first = states[0]
    return is_by_example(column[0].criterion) and all(
        state.keys() == first.keys()
        and all(torch.equal(state[name], first[name]) for name in first)
        for state in states
    )


def _joined(column: Sequence[Held]) -> HeadLoss:
    """The first seed's loss, of the batches of all seeds as one."""

    def losses(logits: Tensor, features: Tensor, target: Tensor) -> Tensor:
        found = column[0](logits.flatten(0, 2), features.flatten(0, 1), target.flatten())
        return found.view(len(target), 1, -1)

    return losses


def _one_by_one(column: Sequence[Held]) -> HeadLoss:
    """A loss that sees a batch as a whole, counts or draws: each seed's has a call of its own."""

    def losses(logits: Tensor, features: Tensor, target: Tensor) -> Tensor:
        batches = zip(column, logits.flatten(0, 1).unbind(), features, target, strict=True)
        return torch.stack([held(z, x, y) for held, z, x, y in batches])[:, None]

    return losses
