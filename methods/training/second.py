"""Members that are made of a trained one: its logits adjusted, or another head on its frozen body.

What trains is the base, once a seed, and all that is derived from it looks at its outputs on the training
images as they are, in evaluation mode. Ours; the rules are in `counterpoise.methods.posthoc.rules`.
Checked by: adjusting by hand, a base that is the same bit for bit, and killed runs.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import InputError
from ..data import Dataset
from ..protocols import FirstStage, Output
from ..registry import base_of, method_of
from ..weights import Unscheduled
from .measure import BATCH
from .member import Member
from .recipe import Recipe

__all__ = ["Restaged", "bases", "check_head", "families", "first_stage", "restaged"]


class Restaged(nn.Module):
    """A trained network, perhaps with its logits times a number, and then with others in their place.

    Shape: images -> logits (N, K), and the network's features (N, Z).
    """

    def __init__(
        self, network: nn.Module, scale: float = 1.0, second: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.network, self.scale, self.second = network, scale, second

    def forward(self, images: Tensor) -> Output:
        """Other logits, the same features."""
        output = Output(*self.network(images))
        logits = output.logits if self.scale == 1.0 else self.scale * output.logits
        if self.second is not None:
            logits = self.second(logits, output.features)
        return output._replace(logits=logits)


def bases(methods: Sequence[str]) -> list[str]:
    """What is trained for methods, each once, in the order in which it is first needed."""
    return list(dict.fromkeys(map(base_of, methods)))


def families(methods: Sequence[str]) -> list[tuple[str, ...]]:
    """The methods by what is trained for them."""
    return [tuple(m for m in methods if base_of(m) == base) for base in bases(methods)]


def check_head(method: str, network: nn.Module) -> None:
    """Refuse a rule that reads a head which the network does not have.

    Raises
    ------
    InputError
        If there is no ``network.head.weight`` of shape (K, Z).
    """
    row = method_of(method)
    if not row.second or not getattr(row.build_rule(), "needs_head", False):
        return
    weight = getattr(getattr(network, "head", None), "weight", None)
    if not (isinstance(weight, Tensor) and weight.ndim == 2):
        raise InputError(
            f"method = {method!r}: +{row.rule} reads network.head.weight, (K, Z), and the network has none"
        )


def first_stage(member: Member, data: Dataset, recipe: Recipe) -> FirstStage:
    """What a trained member answers on the training images.

    Its logits are those whose softmax the loss took: a cosine head's times the loss's scale.
    """
    scale = _scale(member, recipe)
    model = Restaged(member.model, scale)
    logits, features = _outputs(model, data.train_images, data.prepared)
    held_out = data.validation
    return FirstStage(
        network=member.model,
        logits=logits,
        features=features,
        target=data.train_labels.flatten(),
        class_counts=tuple(data.class_counts.tolist()),
        validation=held_out
        and (_outputs(model, held_out.images, data.prepared)[0], held_out.labels.flatten()),
        lr=recipe.lr,
        batch_size=recipe.batch_size,
        momentum=recipe.momentum,
        weight_decay=recipe.weight_decay,
        seed=member.seed,
        scale=scale,
        images=lambda index: data.prepared(data.train_images[index]),
    )


def restaged(method: str, member: Member, recipe: Recipe, first: FirstStage) -> Member:
    """A trained member as a derived method predicts: its other logits are measured as they are.

    The curve is that of the training; no loss adjusts the new logits.
    """
    rule: Any = method_of(method).build_rule()
    if hasattr(rule, "body"):
        first = _of_body(first, rule.body(first))
    return replace(
        member,
        method=method,
        model=Restaged(first.network, first.scale, rule(first)),
        average=None,  # which the network has become
        criterion=nn.CrossEntropyLoss(reduction="none"),
        schedule=Unscheduled(),
    )


def _of_body(first: FirstStage, network: nn.Module) -> FirstStage:
    """The stage with another network; of the validation split nothing is known then."""
    if network is first.network:
        return first
    assert first.images is not None  # as it asked for them
    every = torch.arange(len(first.target), device=first.target.device)
    logits, features = _outputs(Restaged(network, first.scale), every, first.images)
    return first._replace(network=network, logits=logits, features=features, validation=None)


def _scale(member: Member, recipe: Recipe) -> float:
    """The one number by which the loss, as it ended, multiplied all logits."""
    constants = member.schedule.stage(recipe.epochs - 1).constants(member.criterion)
    scale = constants.get("scale", getattr(member.criterion, "scale", None))
    return float(scale) if isinstance(scale, Tensor) and scale.ndim == 0 else 1.0


@torch.no_grad()
def _outputs(
    model: nn.Module, images: Tensor, prepare: Callable[[Tensor], Tensor]
) -> tuple[Tensor, Tensor]:
    """Logits and features of all images, by a network in evaluation mode, which it leaves as it was."""
    training = model.training
    model.eval()
    found = [Output(*model(prepare(batch))) for batch in images.split(BATCH)]
    model.train(training)
    return torch.cat([o.logits for o in found]), torch.cat([o.features for o in found])
