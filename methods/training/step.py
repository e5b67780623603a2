"""One step: what a batch costs, as a function of parameters, batch and constants; then the optimiser's.

`batch_loss` writes nothing down, so that members of one architecture can be stacked: under
``torch.func.vmap`` parameters and constants have one axis more. Checked by: stacked gradients equal
those one by one, an optimiser that asks twice, and parts of a batch that add up.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ..protocols import Output
from ..ranks import counted_once, joined
from ..self_supervised.joint import Views
from ..weights import UniformWeights
from .divergence import refuse_not_finite
from .member import Member

if TYPE_CHECKING:
    from lightning_fabric import Fabric

__all__ = [
    "Batch",
    "Mixed",
    "Passed",
    "batch_loss",
    "divides_by_weights",
    "take_step",
    "weighted_mean",
]


class Mixed(NamedTuple):
    """The classes (B,) of what each image was mixed with, and the share that the image itself has."""

    partner: Tensor
    share: float


class Batch(NamedTuple):
    """Some examples: images (B, C, H, W), of which a rank has its `share`, and the classes of all (B,).

    Or clouds (B, C, P), whose network answers for points: logits (B P, K); and these have the classes (B P,).
    Of `views` a step adds the contrast, `batch_loss` does not.
    """

    images: Tensor
    target: Tensor
    mixed: Mixed | None = None
    views: Views | None = None


class Passed(NamedTuple):
    """What a pass over a batch gives.

    The loss is the mean of ``losses`` (B,) under weights (B,), divided by the sum of ``divisors`` (B,);
    ``shares`` (B,) are the weights times that of the class.
    """

    loss: Tensor
    features: Tensor
    weights: Tensor
    shares: Tensor
    losses: Tensor
    divisors: Tensor
    logits: Tensor


Weigh = Callable[[Tensor, Tensor], Tensor]


def batch_loss(
    model: nn.Module,
    criterion: nn.Module,
    batch: Batch,
    constants: Mapping[str, Tensor],
    weigh: Weigh,
    parameters: Mapping[str, Tensor] | None = None,
    by_size: bool = False,
) -> Passed:
    """The weighted mean loss of a batch, and what it was made of.

    Changes nothing, but for what a network or a loss counts by itself: running means, classes seen.

    Parameters
    ----------
    constants
        Used by the loss in place of those it holds, by name (`Stage.constants`).
    weigh
        From features and classes to a weight per example.
    parameters
        Used by the network in place of those it holds.
    by_size
        Whether weights of examples count by their size, not by their ratios in the batch.
    """
    answer = (
        model(batch.images)
        if parameters is None
        else functional_call(model, dict(parameters), (batch.images,))
    )
    output = Output(*answer)
    size = len(batch.target)
    parts = (joined(output.part(name), size) for name in getattr(criterion, "needs", ()))
    logits, read = joined(output.logits, size), tuple(parts)

    def losses_of(target: Tensor) -> Tensor:
        inputs = (logits, target, *read)
        return (
            functional_call(criterion, dict(constants), inputs) if constants else criterion(*inputs)
        )

    losses = losses_of(batch.target)
    features = joined(output.features.detach(), size)
    weights = weigh(features, batch.target)
    shares, divisors = shared(criterion, constants, weights, batch.target)
    if by_size:
        _, divisors = shared(criterion, constants, torch.ones_like(weights), batch.target)
    if batch.mixed is not None:
        partner, share = batch.mixed
        was_training = criterion.training
        criterion.eval()  # the images are counted once, with the first of their labels
        others_losses = losses_of(partner)
        criterion.train(was_training)
        losses = share * losses + (1 - share) * others_losses
        others = shared(criterion, constants, weights, partner)[1]  # no source weighs mixed images
        divisors = share * divisors + (1 - share) * others
    mean = weighted_mean(losses, weights, divisors)
    return Passed(mean, features, weights, shares, losses, divisors, logits.detach())


def shared(
    criterion: nn.Module, constants: Mapping[str, Tensor], weights: Tensor, target: Tensor
) -> tuple[Tensor, Tensor]:
    """Weights (B,) times those of the classes, and what each example adds to the divisor of a mean."""
    class_weight = constants.get("weight", getattr(criterion, "weight", None))
    shares = weights if class_weight is None else weights * class_weight.to(weights)[target]
    return shares, shares if divides_by_weights(criterion) else weights


def divides_by_weights(criterion: nn.Module) -> bool:
    """Whether a mean of these losses is divided by the sum of the targets' class weights."""
    return getattr(criterion, "normalize", "weights") == "weights"


def counts_by_size(source: Any) -> bool:
    """Whether a source's weights count by their size, as it says."""
    return getattr(source, "by_size", False)


def weighted_mean(losses: Tensor, weights: Tensor, divisors: Tensor) -> Tensor:
    """``sum w_i l_i / sum d_i`` over the examples of a batch, the last axis."""
    total = divisors.sum(dim=-1)
    total = torch.where(total > 0, total, 1.0)  # a batch may hold only classes that weigh nothing
    return (weights * losses).sum(dim=-1) / total


@dataclass
class _Asked:
    """The `Closure` of a step on a batch; ``first`` is the first pass."""

    member: Member
    epoch: int
    batch: Batch
    constants: Mapping[str, Tensor]
    fabric: "Fabric"
    first: Passed | None = None

    @property
    def target(self) -> Tensor:
        return self.batch.target

    def __call__(self, factors: Tensor | None = None) -> Any:  # torch types it for a float
        with ExitStack() as kept:
            if self.first is not None:
                kept.enter_context(self._uncounted())
            passed = batch_loss(
                self.member.model,
                self.member.criterion,
                self.batch,
                self.constants,
                self._weigh,
                by_size=counts_by_size(self.member.source),
            )
            loss = passed.loss
            if factors is not None:
                weights = passed.weights * factors.to(passed.weights)[self.target]
                loss = weighted_mean(passed.losses, weights, passed.divisors)
            if self.batch.views is not None:
                if self.first is None:
                    kept.enter_context(self._uncounted())
                found = self.batch.views.losses(self.member.model, len(self.target))
                passed = passed._replace(loss=passed.loss + found.mean())
                counted = 1.0 if factors is None else factors.to(found)[self.target]
                loss = loss + (counted * found).mean()
            self.member.optimizer.zero_grad()
            ranks = self.fabric.world_size  # each has a part of the gradient; they are averaged
            self.fabric.backward(loss * ranks if ranks > 1 else loss)
        if self.first is None:
            self.first = passed._replace(loss=passed.loss.detach(), losses=passed.losses.detach())
        return loss

    def _weigh(self, features: Tensor, target: Tensor) -> Tensor:
        if self.first is not None:
            return self.first.weights
        if type(self.member.source) is not UniformWeights:
            refuse_not_finite("features", features)  # of which a source could make nothing
        return self.member.source.weights(self.epoch, features, target)

    @contextmanager
    def _uncounted(self) -> Iterator[None]:
        """Within, a loss reads its counts, this batch included; what a network counts is undone after."""
        criterion, buffers = self.member.criterion, list(self.member.model.buffers())
        before, was_training = [buffer.clone() for buffer in buffers], criterion.training
        criterion.eval()
        try:
            yield
        finally:
            criterion.train(was_training)
            with torch.no_grad():
                for buffer, old in zip(buffers, before, strict=True):
                    buffer.copy_(old)


def take_step(
    member: Member, epoch: int, batch: Batch, constants: Mapping[str, Tensor], fabric: "Fabric"
) -> Passed:
    """Train on a batch, and let the source of weights observe it; returns the first pass.

    The optimiser is handed a `Closure`, which it may call more than once.

    Raises
    ------
    Diverged
        If weights are to be learnt from features that are not finite.
    """
    asked = _Asked(member, epoch, batch, constants, fabric)
    with counted_once():
        member.optimizer.step(asked)
        assert asked.first is not None  # an optimiser that asks for no gradient steps by none
        member.source.observe(asked.first.features, batch.target)
    return asked.first
