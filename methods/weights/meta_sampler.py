"""Balanced meta-softmax's sampler: how often each class is drawn, learnt by a look ahead on balanced data.

Examples are drawn by a rate of their class. Before each step a plain step under the loss is tried, and the
rates move so that the cross-entropy of held-out balanced examples after it falls. Source: Ren et al.,
"Balanced Meta-Softmax for Long-Tailed Visual Recognition" (NeurIPS 2020), and the authors' code. Checked by:
the chain rule by hand, differences with the noise held fixed, and shares of the classes that are drawn.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid
from torch.optim import Adam

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    as_class_counts,
    as_number,
    as_seed,
    as_whole,
)
from ..arguments import named_arguments
from ..protocols import Ahead
from ..registry import Method
from .meta import balanced_draw, meta_gradient
from .static import UniformWeights

__all__ = ["MetaSampler", "straight_through"]

METHODS = (
    Method(
        name="MetaSampler",
        weight="ρ_y, learnt, by sampling",
        margin="Δ = log n",
        link="−log",
        paper="Ren et al. 2020 (BALMS)",
        consistent="while the rates are equal, as by default at the start; else balanced softmax corrects "
        "for other shares of the classes than those drawn; unknown where the rates settle",
        statements=("consistency.logit_adjustment", "balanced_softmax.double_correction"),
        key="meta-softmax",
        title="Balanced softmax, classes drawn by rates learnt by a look ahead",
        label="BALMS",
        colour="green",
        loss="BalancedSoftmaxLoss(class_counts)",
        source="MetaSampler(class_counts, seed=seed)",
        needs_validation=True,
    ),
)


@named_arguments
def straight_through(scores: Tensor) -> Tensor:
    """The one-hot vector of the largest score, whose derivative is that of the softmax of the scores.

    With independent Gumbel noise in the scores, the largest is a draw by the softmax without it.

    Parameters
    ----------
    scores
        Logarithms of rates, with noise; shape (..., N).

    Returns
    -------
    Zeros and a one, (..., N).

    Source: Jang et al., "Categorical Reparameterization with Gumbel-Softmax" (ICLR 2017), section 2.2.

    >>> straight_through(torch.tensor([[0.5, 2.0, 1.0], [3.0, 0.0, 0.0]])).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    soft = scores.softmax(-1)
    hard = torch.zeros_like(soft).scatter(-1, scores.argmax(-1, keepdim=True), 1.0)
    return hard + (soft - soft.detach())


class MetaSampler(UniformWeights):
    """Draws batches by learnt rates: example i with probability ``rho_{y_i} / sum_j rho_{y_j}``.

    A rate is ``rho_c = sigmoid(a_c)``. The meta loss after the step that is tried changes with the one-hot
    vectors of what was drawn, and they with ``a`` as the softmax of the scores they are the largest of
    (`straight_through`); as in the authors' code, only entries of what was drawn pass a gradient. The step
    is taken on the batch that was looked at, all its examples weighing one; the rates that it moved draw the
    next. The authors hold out training images on CIFAR and validation images elsewhere: here, the latter.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    seed
        Of what is drawn, to train on and to look ahead.
    lr
        Of Adam, by which the rates learn (1e-2 in the authors' code, 1e-3 in their recipes); 0 leaves the
        rates as they are.
    power
        Of the rates at the start, ``rho_c ~ pi_c^-power``, the least and the largest of which sum to one: 0,
        the default, draws the data as they come, 1 each class as often. The authors' are 0 to 0.3.
    meta_batch
        Held-out examples that a step is tried on, about (100): each class's equal share, or all it has.

    >>> sampler = MetaSampler([80, 20], seed=0, power=1.0)
    >>> [round(rate, 3) for rate in sampler.rates.tolist()]
    [0.2, 0.8]
    >>> labels = torch.tensor([0] * 80 + [1] * 20)
    >>> labels[sampler.draw(labels, 1000)].bincount().tolist()
    [484, 516]
    """

    @named_arguments
    def __init__(
        self,
        class_counts: ArrayLike,
        seed: int = 0,
        lr: float = 1e-2,
        power: float = 0.0,
        meta_batch: int = 100,
    ) -> None:
        counts = torch.from_numpy(as_class_counts(class_counts)).double()
        exponent = as_number("power", power, low=0)
        start = -exponent * (counts / counts.max()).log()  # log rates, the least of them 0
        rest = start.max() + torch.log1p(-(start - start.max()).exp())
        self.raw = nn.Parameter(start - torch.logaddexp(torch.zeros(()), rest))
        self.meta_batch = as_whole("meta_batch", meta_batch, 1)
        self.generator = torch.Generator().manual_seed(as_seed(seed) % 2**63)
        self.optimizer = Adam([self.raw], as_number("lr", lr, low=0))
        self._scores: tuple[Tensor, Tensor, Tensor] | None = None

    @property
    def rates(self) -> Tensor:
        """rho, detached; float64, shape (K,)."""
        return self.raw.detach().sigmoid()

    def draw(self, labels: Tensor, size: int) -> Tensor:
        """Examples to train on, with replacement; shape (size,), of labels (N,)."""
        own = labels.cpu()
        uniform = torch.rand(size, len(own), dtype=torch.float64, generator=self.generator)
        noise = -(-uniform.clamp(min=2.0**-54).log()).log()  # of Gumbel's law
        index = (logsigmoid(self.raw.detach())[own] + noise).argmax(-1)
        self._scores = own, noise, index
        return index.to(labels.device)

    def look_ahead(self, step: Ahead) -> None:
        """Move the rates by a step on what was drawn last, before it is taken.

        Raises
        ------
        InputError
            If `draw` did not draw the step's batch.
        """
        shape = tuple(step.shares.shape)
        if self._scores is None or (len(self._scores[2]),) != shape:
            raise InputError(
                f"step has losses of shape {shape}: must be of the examples that draw gave last"
            )
        labels, noise, index = self._scores
        device = step.shares.device
        held, share = balanced_draw(step.held_labels, self.meta_batch, self.generator)
        total = step.shares.sum().cpu()

        def meta_loss(parameters: Mapping[str, Tensor]) -> Tensor:
            found = step.held_losses(parameters, held)
            return (share.to(found) * found).sum()

        def weigh(raw: Tensor, losses: Tensor) -> Tensor:
            drawn = straight_through(logsigmoid(raw)[labels] + noise)
            return (drawn.gather(1, index[:, None])[:, 0] / total).to(device)

        gradient, _ = meta_gradient(
            weigh, self.raw.detach(), step.losses, meta_loss, step.parameters, step.lr
        )
        self.raw.grad = gradient
        self.optimizer.step()

    def state_dict(self) -> dict[str, Any]:
        """The rates, what Adam remembers, and how far the draws have come."""
        state = {
            "raw": self.raw.detach(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
        }
        return deepcopy(state)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore rates of as many classes, and all that goes with them."""
        with torch.no_grad():
            self.raw.copy_(state["raw"])
        self.optimizer.load_state_dict(deepcopy(state["optimizer"]))
        self.generator.set_state(state["generator"])
