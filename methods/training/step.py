"""One step: what a batch costs, as a function of parameters, batch and constants; then the optimiser's.

`batch_loss` writes nothing down, so that members of one architecture can be stacked: under
``torch.func.vmap`` parameters and constants have one axis more. Checked by: stacked gradients equal
those one by one, and an optimiser that asks twice.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.func import functional_call

from ..protocols import Output
from ..ranks import counted_once, joined
from ..weights import UniformWeights
from .divergence import refuse_not_finite
from .member import Member

__all__ = ["Batch", "Passed", "batch_loss", "divides_by_weights", "take_step", "weighted_mean"]


class Batch(NamedTuple):
    """Some examples: images (B, C, H, W), of which a rank has its `share`, and the classes of all (B,)."""

    images: Tensor
    target: Tensor


class Passed(NamedTuple):
    """What a pass over a batch gives.

    The loss is a mean, of weight per example (B,); ``shares`` (B,) are those weights times that of the
    class.
    """

    loss: Tensor
    features: Tensor
    weights: Tensor
    shares: Tensor


Weigh = Callable[[Tensor, Tensor], Tensor]


def batch_loss(
    model: nn.Module,
    criterion: nn.Module,
    batch: Batch,
    constants: Mapping[str, Tensor],
    weigh: Weigh,
    parameters: Mapping[str, Tensor] | None = None,
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
    """
    answer = (
        model(batch.images)
        if parameters is None
        else functional_call(model, dict(parameters), (batch.images,))
    )
    output = Output(*answer)
    size = len(batch.target)
    parts = (joined(output.part(name), size) for name in getattr(criterion, "needs", ()))
    inputs = (joined(output.logits, size), batch.target, *parts)
    losses = (
        functional_call(criterion, dict(constants), inputs) if constants else criterion(*inputs)
    )
    features = joined(output.features.detach(), size)
    weights = weigh(features, batch.target)
    class_weight = constants.get("weight", getattr(criterion, "weight", None))
    shares = weights if class_weight is None else weights * class_weight.to(weights)[batch.target]
    mean = weighted_mean(losses, weights, shares if divides_by_weights(criterion) else weights)
    return Passed(mean, features, weights, shares)


def divides_by_weights(criterion: nn.Module) -> bool:
    """Whether a mean of these losses is divided by the sum of the targets' class weights."""
    return getattr(criterion, "normalize", "weights") == "weights"


def weighted_mean(losses: Tensor, weights: Tensor, divisors: Tensor) -> Tensor:
    """``sum w_i l_i / sum d_i`` over the examples of a batch, the last axis."""
    total = divisors.sum(dim=-1)
    total = torch.where(total > 0, total, 1.0)  # a batch may hold only classes that weigh nothing
    return (weights * losses).sum(dim=-1) / total


def take_step(
    member: Member, epoch: int, batch: Batch, constants: Mapping[str, Tensor], fabric: Fabric
) -> Passed:
    """Train on a batch, and let the source of weights observe it; returns the first pass.

    The optimiser may ask for gradients more than once; the examples' weights are those of the first.

    Raises
    ------
    Diverged
        If weights are to be learnt from features that are not finite.
    """
    passes: list[Passed] = []

    def weigh(features: Tensor, target: Tensor) -> Tensor:
        if passes:
            return passes[0].weights
        if type(member.source) is not UniformWeights:
            refuse_not_finite("features", features)  # of which a source could make nothing
        return member.source.weights(epoch, features, target)

    def closure() -> Any:  # torch's optimisers are typed for a float, and take a tensor
        passed = batch_loss(member.model, member.criterion, batch, constants, weigh)
        member.optimizer.zero_grad()
        several = (
            fabric.world_size > 1
        )  # each rank has a part of the gradient, and they are averaged
        fabric.backward(passed.loss * fabric.world_size if several else passed.loss)
        passes.append(passed._replace(loss=passed.loss.detach()))
        return passed.loss

    with counted_once():
        member.optimizer.step(closure)
        member.source.observe(passes[0].features, batch.target)
    return passes[0]
