"""The numbers of an answer: the prior to learn, the offset that gets there, its exponent, the threshold.

Checked by: brute force over finite populations, see `advise`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...theory.adjustment import adjusted_logits
from ...theory.decision import posterior_cost_threshold
from .advice import Numbers, Use
from .question import Question, same_shares

__all__ = ["Solution", "solve"]

FLAT = 1e-9  # an offset that varies by less is none


class Solution(NamedTuple):
    """``wanted``: the class prior whose posterior the network is to learn; the rest as in `Advice`."""

    wanted: NDArray[np.float64]
    offset: NDArray[np.float64]
    tau: float | None
    threshold: float | None
    loss: Use

    @property
    def is_plain(self) -> bool:
        """Whether the loss is cross-entropy: nothing is left to correct."""
        return bool(np.ptp(self.offset) <= FLAT)

    @property
    def is_uniform(self) -> bool:
        """Whether every class is to count the same."""
        return same_shares(self.wanted, np.ones(self.wanted.size))


def solve(question: Question) -> Solution:
    """The loss adds ``log seen - log wanted``: it then learns the posterior under the wanted prior."""
    wanted = _wanted(question)
    offset = -adjusted_logits(np.zeros(question.classes), question.seen / wanted)
    return Solution(
        wanted,
        offset,
        _exponent(question, offset),
        _threshold(question),
        _loss(question, wanted, offset),
    )


def _wanted(question: Question) -> NDArray[np.float64]:
    """The aim's prior; the population's if no prior stands for the aim.

    A ranking is the same under every prior: for the area under a curve it is the one that is seen.
    """
    if question.metric == "roc_auc":
        return question.seen
    return question.population if question.aimed is None else question.aimed


def _exponent(question: Question, offset: NDArray[np.float64]) -> float | None:
    """tau, if the offset is ``tau log pi`` up to a constant."""
    if np.ptp(offset) <= FLAT:
        return 0.0
    log_prior = np.log(question.prior)
    if question.is_balancing and question.exponent is not None:
        return question.exponent
    if np.ptp(log_prior) <= FLAT:
        return None
    top, bottom = log_prior.argmax(), log_prior.argmin()
    tau = float((offset[top] - offset[bottom]) / np.ptp(log_prior))
    return tau if np.ptp(offset - tau * log_prior) <= FLAT else None


def _threshold(question: Question) -> float | None:
    """Two classes: where to cut the posterior of class 1 that plain training learns."""
    if question.classes != 2 or question.aimed is None or question.metric in ("g_mean", "roc_auc"):
        return None
    no, yes = question.aimed / question.seen
    return float(posterior_cost_threshold(no, yes))


def _loss(question: Question, wanted: NDArray[np.float64], offset: NDArray[np.float64]) -> Use:
    if np.ptp(offset) <= FLAT:
        return Use("MarginSoftmaxLoss")
    if not same_shares(wanted, np.ones(question.classes)):
        return Use("MarginSoftmaxLoss", keywords=(("offset", Numbers(offset, "advice.offset")),))
    if question.exponent is None:
        counts = Numbers(question.sampled_counts, "advice.question.sampled_counts")
        return Use("LogitAdjustedLoss", (counts,))
    tau = () if question.exponent == 1 else (("tau", question.exponent),)
    return Use("LogitAdjustedLoss", (Numbers(question.class_counts, "class_counts"),), tau)
