"""One line of the ledger, and how an interval becomes a verdict."""

from typing import Literal, NamedTuple

from ..theory.concentration import MeanInterval

__all__ = ["LedgerRow", "Verdict", "not_negative", "sign_verdict"]

Verdict = Literal["holds", "fails", "undecided", "inapplicable", "measured"]
"""'inapplicable': what the prediction assumes did not come about. 'measured': no statement predicts the
number, and it decides nothing."""


class LedgerRow(NamedTuple):
    """One measurement, held against what predicts it.

    ``statements`` predict ``predicted``, provided that ``assuming``; where there are none, the number
    is a measurement, ``predicted`` is empty, and ``assuming`` says why no statement applies.
    """

    statements: tuple[str, ...]
    prediction: str
    predicted: str
    measured_in: str
    measured: float
    interval: tuple[float, float] | None
    verdict: Verdict
    assuming: str = ""
    note: str = ""

    @property
    def is_predicted(self) -> bool:
        """Whether a statement of the theory predicts the number."""
        return bool(self.statements)


def sign_verdict(measured: MeanInterval, sign: int) -> Verdict:
    """'holds' if the whole interval has the sign, 'fails' if it has the other one."""
    if measured.interval is None:
        return "undecided"
    low, high = sorted(sign * bound for bound in measured.interval)
    return "holds" if low > 0 else "fails" if high < 0 else "undecided"


def not_negative(measured: MeanInterval) -> Verdict:
    """'holds' if no part of the interval is below 0, 'fails' if all of it is."""
    if measured.interval is None:
        return "undecided"
    low, high = measured.interval
    return "holds" if low >= 0 else "fails" if high < 0 else "undecided"
