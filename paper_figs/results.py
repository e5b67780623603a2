"""What figures read off a training run's results: its methods, and each seed paired with plain CE.

The results are what `methods.training.run` returns and writes to results.json. Checked by: tests.
"""

from collections.abc import Mapping
from typing import Any

from ..theory.foundation.validation import InputError

__all__ = [
    "Results",
    "check_results",
    "members_of",
    "method_names",
    "paired_with_ce",
    "summary_of",
]

Results = Mapping[str, Any]
"""Keys: recipe, class_counts, class_names, members, summary."""

Member = Mapping[str, Any]


def check_results(results: Results) -> None:
    """Raise InputError, naming the part, if ``results`` cannot be drawn from."""
    if not isinstance(results, Mapping):
        raise InputError(f"results is a {type(results).__name__}: must be a mapping")
    for key in ("recipe", "class_counts", "class_names", "members", "summary"):
        if key not in results:
            raise InputError(f"results lack {key!r}: give the dictionary that training writes")
    if not results["members"]:
        raise InputError("results hold no members: train at least one")


def method_names(results: Results) -> list[str]:
    """The methods in the order they were trained, plain cross-entropy first."""
    names = dict.fromkeys(member["method"] for member in results["members"])
    return sorted(names, key=lambda name: name != "ce")


def members_of(results: Results, method: str) -> list[Member]:
    """The members (one per seed) of one method, by its key in the registry."""
    return [member for member in results["members"] if member["method"] == method]


def paired_with_ce(results: Results, method: str) -> list[tuple[Member, Member]]:
    """Pairs (member of the method, CE member of the same seed), for the seeds that have both."""
    plain = {member["seed"]: member for member in members_of(results, "ce")}
    return [
        (member, plain[member["seed"]])
        for member in members_of(results, method)
        if member["seed"] in plain
    ]


def summary_of(results: Results, method: str) -> Mapping[str, Any] | None:
    """The summary row of one method, or None."""
    return next((row for row in results["summary"] if row["method"] == method), None)
