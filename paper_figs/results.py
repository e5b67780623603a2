"""What figures read off a training run's results: its methods, and each seed paired with plain CE.

The results are `methods.results.run_results.RunResults`, what training returns and writes. The type is
named and not loaded here: a figure needs no torch. Every mean, spread and difference is computed from
the members, so that no page repeats a stored number. Checked by: tests.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..methods.pairs import paired, paired_difference
from ..theory.concentration import MeanInterval

if TYPE_CHECKING:
    from ..methods.results.run_results import MemberResult, RunResults

__all__ = [
    "MethodRow",
    "Results",
    "difference_to_ce",
    "members_of",
    "method_names",
    "method_rows",
    "paired_with_ce",
    "slope",
]

Results: TypeAlias = "RunResults"


class MethodRow(NamedTuple):
    """One method over its seeds; None where undefined (no such classes, one seed, no baseline)."""

    method: str
    seeds: int
    balanced_accuracy: float
    std: float | None
    many: float | None
    medium: float | None
    few: float | None
    difference: MeanInterval | None


def method_rows(results: Results) -> list[MethodRow]:
    """The table of a run, a row a method, plain cross-entropy first."""
    return [_row(results, name) for name in method_names(results)]


def method_names(results: Results) -> list[str]:
    """The methods in the order they were trained, plain cross-entropy first."""
    names = dict.fromkeys(member.method for member in results.members)
    return sorted(names, key=lambda name: name != "ce")


def members_of(results: Results, method: str) -> "list[MemberResult]":
    """The members (one per seed) of one method, by its key in the registry."""
    return [member for member in results.members if member.method == method]


def paired_with_ce(results: Results, method: str) -> "list[tuple[MemberResult, MemberResult]]":
    """Pairs (member of the method, CE member of the same seed), for the seeds that have both."""
    return paired(results.members, method, "ce")


def difference_to_ce(results: Results, method: str) -> MeanInterval | None:
    """Mean of the paired differences in balanced accuracy; None for CE itself, or without pairs."""
    return None if method == "ce" else paired_difference(paired_with_ce(results, method))


def _row(results: Results, method: str) -> MethodRow:
    members = members_of(results, method)
    accuracies = np.array([member.balanced_accuracy for member in members])
    return MethodRow(
        method,
        len(members),
        float(accuracies.mean()),
        float(accuracies.std(ddof=1)) if accuracies.size > 1 else None,
        _mean([member.many for member in members]),
        _mean([member.medium for member in members]),
        _mean([member.few for member in members]),
        difference_to_ce(results, method),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if len(known) == len(values) else None


def slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Least-squares slope; NaN where x does not vary."""
    if np.ptp(x) == 0:
        return float("nan")
    centred = x - x.mean()
    return float(centred @ y / (centred @ centred))
