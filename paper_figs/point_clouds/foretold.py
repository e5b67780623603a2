"""What was written down of SOUL's loss before its runs, and how a measurement decides it.

That it finds more wood than cross-entropy and focal loss is the paper's claim; that it does so by moving a
threshold, as class weights and an adjustment after training do, is what the catalogue's statements of
optima say. Committed before the runs on its page. Checked by: each verdict.
"""

from typing import NamedTuple

import numpy as np

from ...theory.concentration import MeanInterval

__all__ = ["FORETOLD", "METHOD", "Foretold", "verdict"]

METHOD = "soul"
ALIKE = 2.0  # points, within which two methods are called alike
_CONTROL = "binary_link.link binary_margins.consistent_choices"


class Foretold(NamedTuple):
    """Where the mean of ``measure``, `METHOD` minus ``rival``, paired by seed, lies: (low, high) points."""

    measure: str
    rival: str
    low: float
    high: float
    statement: str
    why: str

    @property
    def range(self) -> str:
        """In words."""
        if np.isinf(self.high):
            return f"> {self.low:g}"
        return f"< {self.high:g}" if np.isinf(self.low) else f"{self.low:g} to {self.high:g}"


def _above(measure: str, rival: str, statement: str, why: str) -> Foretold:
    return Foretold(measure, rival, 0.0, np.inf, statement, why)


def _alike(measure: str, rival: str, why: str) -> Foretold:
    return Foretold(measure, rival, -ALIKE, ALIKE, _CONTROL, why)


_PAPER = "SOUL: the loss is what finds the wood"
_SAME_RULE = "both optima are the balanced rule: subsets add noise, no information"

FORETOLD = (
    _above("specificity", "ce", _CONTROL, _PAPER),
    _above("balanced_accuracy", "ce", _CONTROL, _PAPER),
    _above("g_mean", "ce", _CONTROL, _PAPER),
    _above("balanced_accuracy", "focal", "focal.balanced_consistency", _PAPER),
    _above("g_mean", "focal", "focal.balanced_consistency", _PAPER),
    Foretold("sensitivity", "ce", -np.inf, 0.0, "weighted_recall.trade", "what wood gains, leaves pay for"),
    _alike("auroc", "ce", "the optima order points alike: a threshold moved, no better score"),
    _alike("balanced_accuracy", "inverse-frequency", _SAME_RULE),
    _alike("balanced_accuracy", "ce+la", _SAME_RULE),
)  # fmt: skip


def verdict(found: MeanInterval, one: Foretold) -> str:
    """``"holds"`` if the interval lies in what was foretold, ``"fails"`` if outside, else ``"open"``.

    >>> gap = FORETOLD[0]
    >>> [verdict(MeanInterval(m, (m - 1, m + 1)), gap) for m in (2.0, -2.0, 0.5)]
    ['holds', 'fails', 'open']
    """
    if found.interval is None:
        return "open"
    low, high = found.interval
    if one.low < low and high < one.high:
        return "holds"
    return "fails" if high < one.low or low > one.high else "open"
