"""What stored runs say of density ratios and of bounds: do weights move against B', do bounds order methods?

Read from ``bound.csv`` and the members of a run that was watched. Intervals are over seeds. Checked by:
tables with known answers.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import spearmanr

from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.validation import InputError, one_of
from ..results import Results

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BOUNDS", "CURVES", "bound_orders", "weight_moves"]

CURVES = {"curve_min": "minimum", "curve_q05": "5 % quantile", "curve_mean": "mean"}
"""The versions of B' that a watch records, and what they take of a class's probabilities."""
BOUNDS = ("union", "data_dependent", "stratified", "weighted")
"""The bounds that it records."""
_SHARE = 0.3  # of the classes are many, and as many few
_STILL = 1e-9


def weight_moves(
    bound: "pd.DataFrame", method: str, curve: str
) -> Mapping[str, MeanInterval | None]:
    """Correlation over epochs of a class's weight and its curve B', many and few classes: mean over seeds.

    Weights are divided by their mean over classes in each epoch; epochs before they act, in which all are
    equal, are left out. A class whose weight or curve does not move has no correlation; None where no
    class of the group has one in any seed.

    Raises
    ------
    InputError
        If the method or the curve is none of the table's.
    """
    one_of("method", method, list(dict.fromkeys(bound.method)))
    one_of("curve", curve, CURVES)
    own: Any = bound[bound.method == method]
    counts = own.groupby("class")["count"].first().sort_values(ascending=False)
    size = max(1, round(_SHARE * len(counts)))
    groups = {"many": counts.index[:size], "few": counts.index[-size:]}
    found: dict[str, list[float]] = {name: [] for name in groups}
    for _, seed in own.groupby("seed"):
        weight = seed.pivot(index="epoch", columns="class", values="weight")
        weight = weight.div(weight.mean(axis=1), axis=0)
        weight = weight[(weight.max(axis=1) - weight.min(axis=1) > _STILL).cummax()]
        value = seed.pivot(index="epoch", columns="class", values=curve).loc[weight.index]
        for name, classes in groups.items():
            each = [_correlation(weight[y].to_numpy(), value[y].to_numpy()) for y in classes]
            known = [r for r in each if r is not None]
            if known:
                found[name].append(float(np.mean(known)))
    return {name: mean_interval(values) if values else None for name, values in found.items()}


def bound_orders(
    bound: "pd.DataFrame", results: Results, which: str
) -> tuple[MeanInterval | None, int]:
    """Rank correlation over methods of a bound's last value and the balanced error: mean over seeds.

    1 where the bound orders methods as their error does. Returns the number of methods too.

    Raises
    ------
    InputError
        If the bound is unknown, or fewer than three methods were watched.
    """
    one_of("bound", which, BOUNDS)
    last = bound[bound.epoch == bound.groupby(["method", "seed"]).epoch.transform("max")]
    value: Any = last.groupby(["seed", "method"])[which].first()
    errors = {(m.seed, m.method): 1 - m.balanced_accuracy for m in results.members}
    names = [
        name
        for name in dict.fromkeys(bound.method)
        if np.isfinite(value.xs(name, level="method")).all()
    ]
    if len(names) < 3:
        raise InputError(f"{len(names)} methods have this bound: an order needs three")
    found = []
    for seed in sorted({key[0] for key in value.index}):
        there = [name for name in names if (seed, name) in errors and (seed, name) in value.index]
        if len(there) >= 3:
            held = [value[seed, name] for name in there], [errors[seed, name] for name in there]
            found.append(float(spearmanr(*held).statistic))
    known = [rank for rank in found if np.isfinite(rank)]
    return (mean_interval(known) if known else None), len(names)


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 3 or np.ptp(one[known]) < _STILL or np.ptp(other[known]) < _STILL:
        return None
    return float(np.corrcoef(one[known], other[known])[0, 1])
