"""What figures read off a training run's results: its methods, and each seed paired with plain CE.

The results are `methods.training.results.RunResults`, what training returns and writes. The type is
named and not loaded here: a figure needs no torch. Checked by: tests.
"""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ..methods.training.results import MemberResult, MethodSummary, RunResults

__all__ = [
    "Results",
    "members_of",
    "method_names",
    "paired_with_ce",
    "summary_of",
]

Results: TypeAlias = "RunResults"


def method_names(results: Results) -> list[str]:
    """The methods in the order they were trained, plain cross-entropy first."""
    names = dict.fromkeys(member.method for member in results.members)
    return sorted(names, key=lambda name: name != "ce")


def members_of(results: Results, method: str) -> "list[MemberResult]":
    """The members (one per seed) of one method, by its key in the registry."""
    return [member for member in results.members if member.method == method]


def paired_with_ce(results: Results, method: str) -> "list[tuple[MemberResult, MemberResult]]":
    """Pairs (member of the method, CE member of the same seed), for the seeds that have both."""
    plain = {member.seed: member for member in members_of(results, "ce")}
    return [
        (member, plain[member.seed])
        for member in members_of(results, method)
        if member.seed in plain
    ]


def summary_of(results: Results, method: str) -> "MethodSummary | None":
    """The summary row of one method, or None."""
    return next((row for row in results.summary if row.method == method), None)
