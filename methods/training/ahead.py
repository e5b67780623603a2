"""What a source of weights that learns by a step of the network draws and is shown before the step is taken.

Losses as functions of the parameters alone: what a network or a loss counts stays as it was, and what a loss
draws is drawn again by the step itself. Of what weights do not multiply, momentum, decay and the contrast of
views, the step that is tried has nothing. Ours; the step that is tried is in `methods.weights.meta`.
Checked by: losses equal to the step's, networks with running means, and runs that were interrupted.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from ..data import Dataset
from ..protocols import Ahead, Output
from .member import Member
from .step import Batch, batch_loss, shared

__all__ = ["drawn_ahead", "look_ahead"]

Parameters = Mapping[str, Tensor]


def drawn_ahead(member: Member, index: Tensor, data: Dataset) -> Tensor:
    """The examples of a step: those of the epoch's order, or as many that a source draws itself."""
    draw = getattr(member.source, "draw", None)
    return index if draw is None else draw(data.train_labels, len(index))


def look_ahead(
    member: Member, batch: Batch, constants: Mapping[str, Tensor], data: Dataset
) -> None:
    """Show a source of weights the step on a batch, if it wants to see it."""
    learn = getattr(member.source, "look_ahead", None)
    if learn is None:
        return
    criterion, was_training = member.criterion, member.criterion.training
    drawn = member.draws.get_state()
    criterion.eval()  # a loss that counts classes reads its counts
    try:
        learn(_step(member, batch, constants, data, drawn))
    finally:
        criterion.train(was_training)
        member.draws.set_state(drawn)


def _step(
    member: Member, batch: Batch, constants: Mapping[str, Tensor], data: Dataset, drawn: Tensor
) -> Ahead:
    network: Any = getattr(member.model, "module", member.model)  # in the precision of its weights
    parameters = {n: own.detach() for n, own in network.named_parameters() if own.requires_grad}
    dtype = next(network.parameters()).dtype
    seen, criterion = batch._replace(images=batch.images.to(dtype)), member.criterion
    held = data.validation
    assert held is not None  # the recipe sees to it

    def whole(own: Parameters) -> Parameters:
        """With running means that nobody keeps: copies, made where they are needed."""
        return {**own, **{name: buffer.clone() for name, buffer in network.named_buffers()}}

    def losses(own: Parameters) -> Tensor:
        member.draws.set_state(drawn)
        return batch_loss(network, criterion, seen, constants, _alike, whole(own)).losses

    def held_losses(own: Parameters, index: Tensor) -> Tensor:
        images = data.prepared(held.images[index]).to(dtype)
        logits = Output(*functional_call(network, dict(whole(own)), (images,))).logits
        return cross_entropy(logits, held.labels[index], reduction="none")

    _, shares = shared(criterion, constants, _alike(batch.target, batch.target), batch.target)
    lr = member.optimizer.param_groups[0]["lr"]
    return Ahead(parameters, losses, shares, lr, held_losses, held.labels)


def _alike(features: Tensor, target: Tensor) -> Tensor:
    return torch.ones(target.shape, device=target.device)
