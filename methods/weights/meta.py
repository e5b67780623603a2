"""Meta-Weight-Net: an example's weight as a function of its loss, learnt by a look ahead on balanced data.

Before each step of the network a plain step is tried, and the function moves so that the loss on held-out
balanced examples after it falls. Source: Shu et al., "Meta-Weight-Net: Learning an Explicit Mapping For
Sample Weighting" (NeurIPS 2019), Algorithm 1. Checked by: gradients one by one, differences, and the same
computed through two nested gradients.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, jvp, vjp
from torch.optim import Adam

from ...theory.foundation.validation import InputError, as_number, as_seed, as_whole
from ..arguments import named_arguments
from ..losses.rebalanced import in_random_order
from ..protocols import Ahead
from ..registry import Method
from .static import UniformWeights

__all__ = ["MetaWeights", "meta_gradient"]

METHODS = (
    Method(
        name="MetaWeights",
        weight="V(ℓ), learnt",
        margin="any",
        link="any",
        paper="Shu et al. 2019 (Meta-Weight-Net)",
        consistent="no where V is constant, as it is cross-entropy then; else unknown: training finds V",
        statements=("offset_family.consistent_iff",),
        key="meta-weight-net",
        title="Weights learnt by a look ahead on balanced data",
        label="MW-Net",
        colour="red",
        source="MetaWeights(seed=seed)",
        needs_validation=True,
    ),
)

Parameters = Mapping[str, Tensor]
Weighting = TypeVar("Weighting", Tensor, dict[str, Tensor])


@named_arguments
def meta_gradient(
    weigh: Callable[[Weighting, Tensor], Tensor],
    weighting: Weighting,
    losses: Callable[[Parameters], Tensor],
    meta_loss: Callable[[Parameters], Tensor],
    parameters: Parameters,
    lr: float,
) -> tuple[Weighting, Tensor]:
    """How the meta loss after a weighted step changes with what the weights are made of.

    The step is ``ahead = theta - lr * sum_i w_i grad l_i(theta)``, without momentum or decay, and the
    weights see losses as numbers: no gradient goes through what they are given. So the meta loss changes
    with w_i by ``-lr * <grad meta(ahead), grad l_i(theta)>``; for all examples at once that is one
    derivative of the losses in a direction, and no gradient is differentiated.

    Parameters
    ----------
    weigh
        From the weighting and the losses (B,) to what multiplies them in the step: (B,). Shu et al. divide
        by B in their code for label noise, by the sum in that for imbalance: it is up to this function.
    weighting
        What is learnt: a tensor, or tensors by name.
    losses, meta_loss
        Of the training batch, (B,), and of held-out examples, (): functions of the parameters alone.
    parameters
        Of the network, by name.
    lr
        Of the step that is tried.

    Returns
    -------
    The gradient by the weighting, and the losses (B,) at the parameters.

    Examples
    --------
    >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0])
    >>> def losses(theta): return (theta["w"] * x - y) ** 2 / 2
    >>> def meta_loss(theta): return (theta["w"] - 1) ** 2 / 2
    >>> gradient, _ = meta_gradient(
    ...     lambda v, _: v / 2, torch.ones(2), losses, meta_loss, {"w": torch.tensor(0.0)}, lr=0.5
    ... )
    >>> gradient.tolist()  # more of the first example: the meta loss falls
    [-0.1875, 0.0]
    """
    lr = as_number("lr", lr, low=0)
    held, back, *_ = vjp(losses, parameters)
    weights, back_to_weighting, *_ = vjp(lambda own: weigh(own, held), weighting)
    (step,) = back(weights.to(held))
    ahead = {name: value - lr * step[name] for name, value in parameters.items()}
    direction = grad(meta_loss)(ahead)
    _, slopes, *_ = jvp(losses, (parameters,), (direction,))
    (found,) = back_to_weighting(-lr * slopes.to(weights))
    return found, held


class MetaWeights(UniformWeights):
    """``w_i = V(l_i)``: a network from the loss of an example to a weight in (0, 1), learnt while training.

    One hidden layer of rectified units and a sigmoid. In the step that is tried the weights are divided
    by their sum, as in the authors' code for imbalance, and as a training of this package divides them in
    the step that is taken: only ratios matter. What they multiply is the loss as it is minimised; what is
    lowered on held-out examples, as many of each class, is the cross-entropy of the logits.

    Parameters
    ----------
    seed
        Of the initial V and of the held-out examples that are drawn.
    hidden
        Units of V (100).
    lr, weight_decay
        Of Adam, by which V learns (1e-3 and 1e-4, the authors' for label noise; for imbalance they have
        stochastic gradient descent at 1e-5).
    meta_batch
        Held-out examples that a step is tried on, about (100): each class's equal share, or all it has.

    >>> source = MetaWeights(seed=0)
    >>> weights = source.curve(torch.tensor([0.0, 1.0, 5.0]))
    >>> weights.shape, bool(((0 < weights) & (weights < 1)).all())
    (torch.Size([3]), True)
    """

    @named_arguments
    def __init__(
        self,
        seed: int = 0,
        hidden: int = 100,
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        meta_batch: int = 100,
    ) -> None:
        hidden = as_whole("hidden", hidden, 1, 2**16)
        self.meta_batch = as_whole("meta_batch", meta_batch, 1)
        self.generator = torch.Generator().manual_seed(as_seed(seed) % 2**63)
        with torch.random.fork_rng(devices=[]):  # the layers' own draws are replaced below
            # in double precision, whatever the network has: it is small
            self.network = nn.Sequential(
                nn.Linear(1, hidden), nn.ReLU(), nn.Linear(hidden, 1), nn.Sigmoid()
            ).double()
        for layer in self.network:
            if isinstance(layer, nn.Linear):
                bound = layer.in_features**-0.5  # as torch draws them
                for own in layer.parameters():
                    nn.init.uniform_(own, -bound, bound, generator=self.generator)
        self.optimizer = Adam(
            self.network.parameters(),
            as_number("lr", lr, low=0),
            weight_decay=as_number("weight_decay", weight_decay, low=0),
        )
        self.current: Tensor | None = None

    def curve(self, losses: Tensor) -> Tensor:
        """V of some losses, detached, float64; shape as theirs."""
        return self._of(self._parameters(), losses.to(self._parameters()["0.weight"]))

    def look_ahead(self, step: Ahead) -> None:
        """Learn from a step before it is taken, and weigh its examples."""
        self._follow(step.shares.device)
        index, share = balanced_draw(step.held_labels, self.meta_batch, self.generator)

        def meta_loss(parameters: Parameters) -> Tensor:
            found = step.held_losses(parameters, index)
            return (share.to(found) * found).sum()

        def weigh(own: dict[str, Tensor], losses: Tensor) -> Tensor:
            raw = self._of(own, losses.to(own["0.weight"]))
            return raw / (raw * step.shares).sum()

        gradient, losses = meta_gradient(
            weigh, self._parameters(), step.losses, meta_loss, step.parameters, step.lr
        )
        for name, own in self.network.named_parameters():
            own.grad = gradient[name]
        self.optimizer.step()
        self.current = self.curve(losses)

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """Those of the step that was looked at last, in the features' dtype; shape (B,).

        Raises
        ------
        InputError
            If `look_ahead` was not called with this batch.
        """
        if self.current is None or self.current.shape != target.shape:
            raise InputError(
                f"target has shape {tuple(target.shape)}: weights are known of the step that look_ahead saw"
            )
        return self.current.to(features)

    def state_dict(self) -> dict[str, Any]:
        """V, what Adam remembers, and how far the draws have come."""
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
        }
        return deepcopy(state)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore V of the same number of hidden units, and all that goes with it."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(deepcopy(state["optimizer"]))
        self.generator.set_state(state["generator"])

    def _parameters(self) -> dict[str, Tensor]:
        return {name: own.detach() for name, own in self.network.named_parameters()}

    def _of(self, own: dict[str, Tensor], losses: Tensor) -> Tensor:
        return functional_call(self.network, own, (losses[..., None],))[..., 0]

    def _follow(self, device: torch.device) -> None:
        """Put V where the losses are, and with it what Adam remembers."""
        if self._parameters()["0.weight"].device != device:
            state = self.optimizer.state_dict()
            self.network.to(device)
            self.optimizer.load_state_dict(state)


def balanced_draw(labels: Tensor, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """About ``size`` examples, as many of each class, and shares whose sum over a class is one class's."""
    order, place = in_random_order(labels, generator)
    available = labels.bincount()
    classes = int((available > 0).sum())
    each = -(-size // classes)
    index = order[place < each]
    taken = available.clamp(max=each)[labels[index]]
    return index, 1.0 / (taken * classes).double()
