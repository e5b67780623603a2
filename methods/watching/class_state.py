"""What a pass over examples leaves of them, class by class: a small state that is merged over batches.

Sums, least values and a histogram of the target's log odds, so that the state of a whole is that of its
parts joined, in any order. The histogram's bins are 1/32 wide: a quantile read off it is within 1/64 in log
odds, so within 1/256 in probability (beyond log odds of 16 within 1.2e-7). Ours.
Checked by: parts against the whole and quantiles against NumPy's over random batches (hypothesis).
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .adjustment import Adjustment, target_losses

LARGEST = 16.0  # log odds, either way, to which the histogram goes
BINS = 1024
QUANTILE_ERROR = 0.5 * (2 * LARGEST / BINS)  # in log odds
HALF = float(np.log(2.0))  # the loss at which a target has probability 1/2
LEAST = ("log_probability", "logit", "margin")
"""The fields of which the least counts; all others add up."""


class ClassState(NamedTuple):
    """By class, (K,), in double precision: least values, sums, and counts in bins (K, `BINS`).

    ``log_probability, logit, margin``: the least of the target's; ``seen``: examples; then sums of the
    target's probability, of its loss ``-log q``, of ``min(loss, log 2)``, of margins, of right answers, of
    the examples' weights, of squared lengths of features.
    """

    log_probability: Tensor
    logit: Tensor
    margin: Tensor
    seen: Tensor
    probabilities: Tensor
    losses: Tensor
    halved: Tensor
    margins: Tensor
    correct: Tensor
    weights: Tensor
    squares: Tensor
    odds: Tensor


@torch.no_grad()
def class_state(
    logits: Tensor,
    target: Tensor,
    held: Adjustment,
    weights: Tensor | None = None,
    squares: Tensor | None = None,
) -> ClassState:
    """The state of examples: logits (B, K), and (B,) of each: class, weight, squared feature length.

    The probability is that of the softmax which ``held`` adjusts; logits and margins are plain.
    """
    scores = logits.double()
    losses = target_losses(held, scores, target)
    own = scores.gather(1, target[:, None]).squeeze(1)
    margin = own - scores.scatter(1, target[:, None], -torch.inf).amax(dim=1)
    nothing = torch.zeros(logits.shape[1], dtype=torch.float64, device=logits.device)

    def total(values: Tensor | None) -> Tensor:
        return nothing if values is None else nothing.index_add(0, target, values.double())

    def least(values: Tensor) -> Tensor:
        return (nothing + torch.inf).scatter_reduce(0, target, values, "amin")

    ones = torch.ones_like(losses)
    return ClassState(
        log_probability=least(-losses),
        logit=least(own),
        margin=least(margin),
        seen=total(ones),
        probabilities=total(torch.exp(-losses)),
        losses=total(losses),
        halved=total(losses.clamp(max=HALF)),
        margins=total(margin),
        correct=total(scores.argmax(dim=1) == target),
        weights=total(ones if weights is None else weights),
        squares=total(squares),
        odds=_binned(losses, target, logits.shape[1]),
    )


def merged(one: ClassState, other: ClassState) -> ClassState:
    """The state of the examples of both."""
    return ClassState(
        *(
            torch.minimum(a, b) if name in LEAST else a + b
            for name, a, b in zip(ClassState._fields, one, other, strict=True)
        )
    )


def probability_quantile(state: ClassState, share: float) -> NDArray[np.float64]:
    """The least probability that at least a share of a class's examples do not exceed, (K,).

    Within `QUANTILE_ERROR` in log odds of the order statistic; NaN for a class without examples.
    """
    counts = state.odds.cpu().numpy().cumsum(axis=1)
    rank = np.maximum(np.ceil(share * counts[:, -1] * (1 - 1e-12)), 1)
    place = (counts < rank[:, None]).sum(axis=1)
    middle = -LARGEST + (place + 0.5) * (2 * QUANTILE_ERROR)
    found = np.maximum(1 / (1 + np.exp(-middle)), np.exp(state.log_probability.cpu().numpy()))
    return np.where(counts[:, -1] > 0, found, np.nan)


def _binned(losses: Tensor, target: Tensor, classes: int) -> Tensor:
    """How many examples of each class have log odds ``log q/(1 - q)`` in each bin."""
    odds = -losses - torch.log(-torch.expm1(-losses))
    place = ((odds.nan_to_num(0.0) + LARGEST) / (2 * QUANTILE_ERROR)).floor()
    index = target * BINS + place.clamp(0, BINS - 1).long()
    counts = torch.zeros(classes * BINS, dtype=torch.int64, device=losses.device)
    return counts.index_add_(0, index, torch.ones_like(index)).view(classes, BINS)
