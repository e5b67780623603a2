"""From members to a table: means over seeds, and the paired difference of each method to CE.

Checked by: a table worked out by hand.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from ...theory.decision import group_accuracies
from ...theory.foundation.columns import columns
from ..pairs import paired, paired_difference
from .run_results import MemberResult, MethodSummary, RunResults

__all__ = ["grouped", "summarise", "table"]

BASELINE = "ce"


def grouped(members: Sequence[MemberResult], class_counts: Sequence[int]) -> list[MemberResult]:
    """Members with many, medium and few by one count of each class, so that they are of the same classes.

    A member may have trained on others: on its validation images too, or under other label noise.
    """
    found = []
    for member in members:
        groups = group_accuracies(member.class_accuracy, class_counts)
        shown = {name: None if np.isnan(value) else value for name, value in groups.items()}
        found.append(replace(member, **shown))
    return found


def summarise(members: Sequence[MemberResult], methods: Sequence[str]) -> tuple[MethodSummary, ...]:
    """One row a method; None where undefined (no such classes, no baseline, a single seed).

    Members may stand in any order; pairs are those of one seed. A method without a member has no row.
    """
    members = sorted(members, key=lambda member: member.seed)
    rows = []
    for method in methods:
        by_seed = _accuracies(members, method)
        if not by_seed:
            continue
        accuracies = np.array(list(by_seed.values()))
        difference = paired_difference(paired(members, method, BASELINE))
        rows.append(
            MethodSummary(
                method=method,
                balanced_accuracy=float(accuracies.mean()),
                std=float(accuracies.std(ddof=1)) if accuracies.size > 1 else None,
                many=_group(members, method, "many"),
                medium=_group(members, method, "medium"),
                few=_group(members, method, "few"),
                difference_to_ce=None if difference is None else difference.mean,
                interval=None if difference is None else difference.interval,
            )
        )
    return tuple(rows)


def _accuracies(members: Sequence[MemberResult], method: str) -> dict[int, float]:
    return {m.seed: m.balanced_accuracy for m in members if m.method == method}


def _group(
    members: Sequence[MemberResult], method: str, group: Literal["many", "medium", "few"]
) -> float | None:
    values = [getattr(m, group) for m in members if m.method == method]
    return None if None in values else float(np.mean(values))


def table(results: RunResults) -> str:
    """A row for each method: means over the seeds, and the paired difference to cross-entropy.

    Where seeds of a method diverged, it says how many are left.
    """
    left = Counter(member.method for member in results.members)
    lost = Counter(member.method for member in results.failed)
    header = ("method", "balanced accuracy", "many", "medium", "few", "minus ce (95% interval)")
    rows = []
    for row in results.summary:
        groups = ["-" if g is None else f"{g:.3f}" for g in (row.many, row.medium, row.few)]
        shown = "-" if row.difference_to_ce is None else f"{row.difference_to_ce:+.3f}"
        if row.interval is not None and row.method != BASELINE:
            shown += f" [{row.interval[0]:+.3f}, {row.interval[1]:+.3f}]"
        spread = "" if row.std is None else f" ± {row.std:.3f}"
        name = row.method
        if lost[name]:
            name += f" ({left[name]} of {left[name] + lost[name]} seeds)"
        rows.append((name, f"{row.balanced_accuracy:.3f}{spread}", *groups, shown))
    return columns(rows, header)
