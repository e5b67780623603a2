"""What the parts of a run ask of each other: network, loss, optimiser, plan of epochs, source of weights.

The loop asks a schedule for the stage of an epoch and, for every batch, the network, the source and the
loss; after the step, and after the epoch, the source observes. Ours; each part may be the user's.
Checked by: the same tests for all of a kind, stages that change nothing, training that resumes to the bit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from ..theory.foundation.arrays import ArrayLike
from ..theory.foundation.validation import InputError

__all__ = [
    "Ahead",
    "Closure",
    "Criterion",
    "FirstStage",
    "Network",
    "Output",
    "Rule",
    "Schedule",
    "Stage",
    "WeightSource",
]


class Output(NamedTuple):
    """What a network answers; one that returns only logits and features has no further parts.

    Parameters
    ----------
    logits
        Prediction scores, (B, K); of a network of several heads, those it predicts by.
    features
        What the last layer saw, (B, Z).
    parts
        All else that a loss may read, by name: ``{"experts": (B, E, K)}``, ``{"embedding": (B, D)}``.

    Examples
    --------
    >>> import torch
    >>> answer = Output(torch.zeros(5, 3), torch.ones(5, 64), {"embedding": torch.ones(5, 8)})
    >>> answer.part("embedding").shape
    torch.Size([5, 8])
    """

    logits: Tensor
    features: Tensor
    parts: Mapping[str, Tensor] = MappingProxyType({})

    def part(self, name: str) -> Tensor:
        """The features, or another part, by name."""
        if name == "features":
            return self.features
        if name not in self.parts:
            known = ", ".join(["features", *self.parts])
            raise InputError(f"the loss needs {name!r} of the network: it returns {known}")
        return self.parts[name]


class Network(Protocol):
    """A network: images to logits and features, and perhaps parts, as the entries of `Output`.

    One that sets something by training images before the first step has a method ``begin(images)``; it is
    called with some of them, as the network sees them.
    """

    num_features: int

    def __call__(self, images: Tensor) -> tuple[Tensor, ...] | Output:
        """(logits, features), (logits, features, parts), or an `Output`."""
        ...


class Criterion(Protocol):
    """A loss per example, built with ``reduction="none"``: ``criterion(logits, target)``.

    One that reads more says so in ``needs``, a tuple of names for `Output.part`, and gets these after
    the target: with ``needs = ("features",)`` it is called ``criterion(logits, target, features)``. A
    loss without that attribute, such as ``nn.CrossEntropyLoss``, needs nothing more.

    Its class weights, if it has any, are its ``weight``; its ``normalize`` says whether a mean is
    divided by their sum (``"weights"``, as in torch) or by the number of examples (``"batch"``). One
    that holds its constants in a dtype of its choice, by device, has ``exact_dtype(device)``.
    """

    def __call__(self, logits: Tensor, target: Tensor, *parts: Tensor) -> Tensor:
        """Shape: logits (B, K), target (B,) -> (B,)."""
        ...


class Closure(Protocol):
    """What a training step hands ``optimizer.step``: the gradients of a batch's loss, or of a part of it.

    A call puts the gradients at the parameters, as they are then, in place of those they hold. An
    optimiser may call it as often as it likes: examples weigh in all calls as in the first, and what a
    network or a loss counts, such as running means, is counted at the first alone.
    """

    target: Tensor
    """The classes of the batch, (B,)."""

    def __call__(self, factors: Tensor | None = None) -> Tensor:
        """The loss; with factors (K,), an example of class y adds ``factors[y]`` times what it adds to it.

        Parts add up: factors that sum to one give gradients that sum to those of the loss.
        """
        ...


class WeightSource(Protocol):
    """Per-sample weights for a training run; to the loop only their ratios in a batch matter.

    One whose weights count by their size has ``by_size = True``: the mean of a batch is over its examples.

    One that learns from a step before it is taken has a method ``look_ahead(step)``, of an `Ahead`; it
    needs a validation split, and trains in one process. If it draws batches as well, it has a method
    ``draw(labels, size)``, from the classes of all training examples to indices: it is called before
    every ``look_ahead``, and what it answers is the batch.
    """

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """Weights of the current batch, detached from the graph.

        Shape: features (B, Z), target (B,) -> (B,).
        """
        ...

    def observe(self, features: Tensor, target: Tensor) -> None:
        """Learn from a batch, after the step that used it; features as they were before the step.

        Shape: features (B, Z), target (B,).
        """
        ...

    def observe_accuracy(self, class_accuracy: ArrayLike) -> None:
        """Learn from the accuracy per class on held-out data, shape (K,), after an epoch.

        The loop calls it after every epoch if the data have a validation split, else never.
        """
        ...

    def state_dict(self) -> dict[str, Any]:
        """A copy of all that `look_ahead`, `observe` and `observe_accuracy` have changed."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        ...


class Ahead(NamedTuple):
    """A step before it is taken, as functions of the network's parameters: for weights that look ahead.

    A source of weights with a method ``look_ahead(step)`` is called with this before every step, and then
    answers ``weights`` for its batch. Nothing that is called here counts or changes anything.

    Parameters
    ----------
    parameters
        Of the network, by name, as they are; those that are trained.
    losses
        Of the examples of the batch, (B,), as they are minimised.
    shares
        What an example of weight one adds to the divisor of their mean, (B,): its class weight or 1.
    lr
        The rate of the step.
    held_losses, held_labels
        Cross-entropy of held-out examples by parameters and indices, (n,), and the classes of all, (N,).

    Examples
    --------
    >>> step = Ahead({}, lambda _: torch.ones(2), torch.ones(2), 0.1, lambda _, i: i.float(), torch.arange(3))
    >>> step.held_losses(step.parameters, torch.tensor([2])).tolist()
    [2.0]
    """

    parameters: Mapping[str, Tensor]
    losses: Callable[[Mapping[str, Tensor]], Tensor]
    shares: Tensor
    lr: float
    held_losses: Callable[[Mapping[str, Tensor], Tensor], Tensor]
    held_labels: Tensor


CONSTANTS = ("weight", "scale", "offset", "target_margin", "influence")


@dataclass(frozen=True, eq=False)
class Stage:
    """How one epoch weighs, adjusts and draws its examples; None leaves the loss's constant as it is.

    A value: a training step is given its constants for the loss, and writes them nowhere.

    Parameters
    ----------
    weight, scale, offset, target_margin
        Class weights alpha, scales beta, offsets Delta and margins m of `margin_softmax_loss`; float64,
        (K,).
    influence
        Whether the factors of `InfluenceBalancedLoss` act, 0 or 1, ().
    sampling_exponent
        q in ``p_y ~ n_y^q``, the probability to draw a class: 1 is the data as it comes, 0 is class
        balance (`counterpoise.methods.sampling.power_sampler`).
    balanced_share
        t, the share of draws that are class-balanced: ``p_y = (1 - t) pi_y + t / K``. Not 0 only where
        the exponent is 1.

    Examples
    --------
    >>> import torch
    >>> deferred = Stage(weight=torch.tensor([0.2, 1.8], dtype=torch.float64), sampling_exponent=0.0)
    >>> deferred.weight.tolist(), deferred.scale
    ([0.2, 1.8], None)
    """

    weight: Tensor | None = None
    scale: Tensor | None = None
    offset: Tensor | None = None
    target_margin: Tensor | None = None
    influence: Tensor | None = None
    sampling_exponent: float = 1.0
    balanced_share: float = 0.0

    def drawn(self, shares: Any) -> Any:
        """The shares in which the stage draws classes of these shares; those themselves, if as they come.

        >>> Stage(sampling_exponent=0.0).drawn(torch.tensor([0.9, 0.1])).tolist()
        [0.5, 0.5]
        """
        if self.sampling_exponent == 1.0 and self.balanced_share == 0.0:
            return shares
        power = shares**self.sampling_exponent
        balanced = self.balanced_share
        return (1 - balanced) * power / power.sum() + balanced / len(shares)

    def constants(self, criterion: nn.Module) -> dict[str, Tensor]:
        """What the stage puts in place of a loss's constants, by name: copies, on the loss's device.

        A loss of this package is given float64; another one, such as ``nn.CrossEntropyLoss``, the
        dtype of the buffer that is replaced, or else torch's default dtype.

        Raises
        ------
        InputError
            If the loss has no constant of that name.
        """
        own: Any = getattr(criterion, "device", None)
        device = own or next((buffer.device for buffer in criterion.buffers()), None)
        constants = {}
        for name in CONSTANTS:
            value = getattr(self, name)
            if value is None:
                continue
            if not hasattr(criterion, name):
                raise InputError(
                    f"criterion {type(criterion).__name__} has no buffer {name!r}: "
                    "give a margin-softmax loss"
                )
            # A copy: what is done to the loss later must not change the plan.
            constants[name] = value.to(device, _dtype(criterion, name, device), copy=True)
        return constants

    def configure(self, criterion: nn.Module) -> None:
        """Write the constants into the buffers of a loss: for loops that call it by itself.

        Raises
        ------
        InputError
            If the loss has no buffer of that name.
        """
        for name, constant in self.constants(criterion).items():
            setattr(criterion, name, constant)


def _dtype(criterion: nn.Module, name: str, device: torch.device | None) -> torch.dtype:
    """The dtype in which a loss holds a constant."""
    choose: Callable[[torch.device | None], torch.dtype] | None
    if choose := getattr(criterion, "exact_dtype", None):
        return choose(device)
    held: Any = getattr(criterion, name)
    return held.dtype if isinstance(held, Tensor) else torch.get_default_dtype()


class Schedule(Protocol):
    """A plan over epochs; a function of the epoch alone, so there is nothing to save."""

    def stage(self, epoch: int) -> Stage:
        """The plan for an epoch, counted from 0."""
        ...


class FirstStage(NamedTuple):
    """A trained network as a second stage finds it; tensors on one device, features of a frozen body.

    Parameters
    ----------
    network
        The network, in evaluation mode where it computed what follows.
    logits, features, target
        Of the training examples, without augmentation: (N, K), (N, Z), (N,).
    class_counts
        Of the training set, shape (K,).
    validation
        Logits and classes of the validation split, if there is one.
    lr, batch_size, momentum, weight_decay
        Those of the first stage.
    seed
        Of what a second stage draws.
    scale
        What the logits are of the network's own, times.
    images
        Of indices, the training images as the network sees them, where a rule may ask for them.

    Examples
    --------
    >>> network = nn.Linear(2, 2)
    >>> first = FirstStage(network, network(torch.eye(2)), torch.eye(2), torch.arange(2), (1, 1))
    >>> first.features.shape, first.lr
    (torch.Size([2, 2]), 0.1)
    """

    network: Any
    logits: Tensor
    features: Tensor
    target: Tensor
    class_counts: ArrayLike
    validation: tuple[Tensor, Tensor] | None = None
    lr: float = 0.1
    batch_size: int = 128
    momentum: float = 0.9
    weight_decay: float = 5e-4
    seed: int = 0
    scale: float = 1.0
    images: Callable[[Tensor], Tensor] | None = None


class Rule(Protocol):
    """What is done once a network is trained: other logits, from its logits and its features.

    One that reads the network's last layer says ``needs_head = True``; it gets a network whose ``head``
    has a ``weight`` (K, Z). One that predicts with another body has a method ``body(first)``: the network,
    or a changed copy, whose outputs it is then called with.
    """

    def __call__(self, first: FirstStage) -> nn.Module:
        """A module that is called with logits (B, K) and features (B, Z), and answers logits (B, K)."""
        ...
