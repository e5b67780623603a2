"""Accuracies of the paper's groups of classes: three tenths many, four medium, three few, by rank of size.

The groups of Luo et al., Tables 2 and 4, for CIFAR-10; those elsewhere in this project are of class sizes,
which leave a group empty where the imbalance is small. Checked by: groups by hand.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ...theory.concentration import mean_interval
from ...theory.foundation.forms import formed
from ..results import Results, method_names
from .shown import number

__all__ = ["by_groups", "group_means"]

METHODS = ("ce", "inverse-frequency", "adrw@nu=1", "density-ratio")
SHARES = (0.3, 0.7)  # where medium begins, and few
GROUPS = ("many", "medium", "few")


def by_groups(runs: Mapping[Path, Results]) -> str:
    """The table, of the runs of ten classes and more."""
    lines = []
    for place, results in runs.items():
        if len(results.class_counts) < 10:
            continue
        for method in METHODS:
            if method in method_names(results):
                found = group_means(results, method)
                shown = [number(mean_interval(values), 100, ".1f") for values in found.values()]
                lines.append((place.name, f"`{method}`", *shown))
    if not lines:
        return ""
    return "\n".join(
        [
            "## Many, medium and few by rank",
            "",
            "Test accuracy in % of the three largest, the four middle and the three smallest of ten classes, "
            "as in Tables 2 and 4 of Luo et al.; means with 95 % intervals over seeds.",
            "",
            formed(lines, ("run", "method", *GROUPS, "all"), "markdown"),
            "",
        ]
    )


def group_means(results: Results, method: str) -> dict[str, list[float]]:
    """Mean accuracy of each group of classes and of all, a value a seed."""
    counts = np.asarray(results.class_counts)
    order = np.argsort(-counts, kind="stable")
    first, second = (round(share * len(order)) for share in SHARES)
    groups = dict(zip(GROUPS, np.split(order, [first, second]), strict=True)) | {"all": order}
    recalls = [np.asarray(m.class_accuracy) for m in results.members if m.method == method]
    return {name: [float(recall[own].mean()) for recall in recalls] for name, own in groups.items()}
