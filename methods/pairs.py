"""Trained members paired by seed: their difference is less noisy than either, as they share the data.

Members of one run share the initial body and the batch order too. The interval is Student's t. Checked
by: SciPy's paired test, and a table worked out by hand.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from ..theory.concentration import MeanInterval, mean_interval

__all__ = ["paired", "paired_difference"]


class _Trained(Protocol):
    """A method under a seed."""

    @property
    def method(self) -> str: ...
    @property
    def seed(self) -> int: ...


_M = TypeVar("_M", bound=_Trained)


def paired(members: Iterable[_M], method: str, against: str) -> list[tuple[_M, _M]]:
    """(member of the method, member of the other under the same seed), for the seeds that have both."""
    members = list(members)
    others = {member.seed: member for member in members if member.method == against}
    return [
        (member, others[member.seed])
        for member in members
        if member.method == method and member.seed in others
    ]


def paired_difference(
    pairs: Sequence[tuple[_M, _M]], measure: str = "balanced_accuracy", level: float = 0.95
) -> MeanInterval | None:
    """Mean of the first minus the second of each pair in a measure, with its t interval.

    None without pairs, or where the measure is None (no class in a group).
    """
    values = [(getattr(own, measure), getattr(other, measure)) for own, other in pairs]
    if not values or any(None in pair for pair in values):
        return None
    return mean_interval([own - other for own, other in values], level)
