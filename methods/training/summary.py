"""From members to a table: means over seeds, and the paired difference of each method to CE.

Pairs share data, initial body and batch order, so their difference is less noisy than either. The
interval is Student's t. Checked by: a table worked out by hand.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...theory.concentration import mean_interval

__all__ = ["summarise"]

BASELINE = "ce"


def summarise(members: Sequence[dict[str, Any]], methods: Sequence[str]) -> list[dict[str, Any]]:
    """One row a method; None where undefined (no such classes, no baseline, a single seed)."""
    baseline = _accuracies(members, BASELINE)
    rows = []
    for method in methods:
        own = _accuracies(members, method)
        difference = own - baseline if baseline.size else None
        rows.append(
            {
                "method": method,
                "balanced_accuracy": float(own.mean()),
                "std": float(own.std(ddof=1)) if own.size > 1 else None,
                **{group: _group(members, method, group) for group in ("many", "medium", "few")},
                "difference_to_ce": None if difference is None else float(difference.mean()),
                "interval": _interval(difference),
            }
        )
    return rows


def _accuracies(members: Sequence[dict[str, Any]], method: str) -> np.ndarray:
    return np.array([m["balanced_accuracy"] for m in members if m["method"] == method])


def _group(members: Sequence[dict[str, Any]], method: str, group: str) -> float | None:
    values = [m[group] for m in members if m["method"] == method]
    return None if None in values else float(np.mean(values))


def _interval(difference: np.ndarray | None) -> list[float] | None:
    bounds = None if difference is None else mean_interval(difference).interval
    return None if bounds is None else list(bounds)
