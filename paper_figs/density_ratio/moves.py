"""What stored runs say of density ratios and of bounds: do weights move against B', do bounds order methods?

Read from ``bound.csv`` and the members of a run that was watched. Intervals are over seeds. Checked by:
tables with known answers.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import spearmanr

from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.validation import InputError, one_of
from ..results import Results

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BOUNDS",
    "CURVES",
    "acting",
    "acting_epochs",
    "bound_orders",
    "class_moves",
    "correlation",
    "weight_moves",
]

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

    A mean over the classes of a group, in each seed over those that have one; None where no class of the
    group has one in any seed. See `class_moves`.
    """
    table, groups = _correlations(bound, method, curve), _groups(bound, method)
    return {name: _over_seeds(table[list(own)].mean(axis=1)) for name, own in groups.items()}


def class_moves(
    bound: "pd.DataFrame", method: str, curve: str
) -> Mapping[int, MeanInterval | None]:
    """Correlation over epochs of each class's weight and its curve B': mean over seeds, by class.

    Weights are divided by their mean over classes in each epoch; epochs before they act, in which all are
    equal, are left out. A class whose weight or curve does not move has no correlation.

    Raises
    ------
    InputError
        If the method or the curve is none of the table's.
    """
    table = _correlations(bound, method, curve)
    return {int(label): _over_seeds(table[label]) for label in table}


def acting_epochs(bound: "pd.DataFrame", method: str) -> int:
    """Recorded epochs in which a method's weights act, of the first seed."""
    own: Any = bound[bound.method == one_of("method", method, list(dict.fromkeys(bound.method)))]
    return len(_acting(own[own.seed == own.seed.min()]))


def _correlations(bound: "pd.DataFrame", method: str, curve: str) -> "pd.DataFrame":
    """A row a seed, a column a class; nan where there is none."""
    import pandas as pd

    one_of("method", method, list(dict.fromkeys(bound.method)))
    one_of("curve", curve, CURVES)
    own: Any = bound[bound.method == method]
    found = {}
    for label, seed in own.groupby("seed"):
        weight = _acting(seed)
        value = seed.pivot(index="epoch", columns="class", values=curve).loc[weight.index]
        found[label] = {
            y: correlation(weight[y].to_numpy(), value[y].to_numpy()) for y in weight.columns
        }
    return pd.DataFrame.from_dict(found, orient="index", dtype=float)


def _acting(seed: Any) -> Any:
    """Weights over their mean, an epoch a row and a class a column, from where they are not all equal."""
    weight = seed.pivot(index="epoch", columns="class", values="weight")
    weight = weight.div(weight.mean(axis=1), axis=0)
    return weight[acting(weight.to_numpy())]


def acting(weights: np.ndarray) -> np.ndarray:
    """Epochs from the first in which weights, shape (epochs, classes), are not all equal, as a mask."""
    return np.maximum.accumulate(np.ptp(weights, axis=1) > _STILL)


def _groups(bound: Any, method: str) -> dict[str, Any]:
    counts = bound[bound.method == method].groupby("class")["count"].first()
    counts = counts.sort_values(ascending=False)
    size = max(1, round(_SHARE * len(counts)))
    return {"many": counts.index[:size], "few": counts.index[-size:]}


def _over_seeds(correlations: Iterable[float]) -> MeanInterval | None:
    """Of those that are known; no interval reaches beyond what a correlation can be."""
    known = [one for one in correlations if np.isfinite(one)]
    if not known:
        return None
    found = mean_interval(known)
    if found.interval is None:
        return found
    low, high = found.interval
    return MeanInterval(found.mean, (max(low, -1.0), min(high, 1.0)))


def bound_orders(
    bound: "pd.DataFrame", results: Results, which: str, methods: Iterable[str] = ()
) -> tuple[MeanInterval | None, int]:
    """Rank correlation over methods of a bound's last value and the balanced error: mean over seeds.

    1 where the bound orders methods as their error does. Of some methods, or of all that were watched;
    returns their number too.

    Raises
    ------
    InputError
        If the bound is unknown, or fewer than three of the methods were watched.
    """
    one_of("bound", which, BOUNDS)
    wanted = list(methods) or list(dict.fromkeys(bound.method))
    own: Any = bound[bound.method.isin(wanted)]
    last = own[own.epoch == own.groupby(["method", "seed"]).epoch.transform("max")]
    value: Any = last.groupby(["seed", "method"])[which].first()
    errors = {(m.seed, m.method): 1 - m.balanced_accuracy for m in results.members}
    names = [
        name
        for name in dict.fromkeys(own.method)
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
    return _over_seeds(found), len(names)


def correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Of two curves over the same epochs; None where one does not move, or fewer than three are known."""
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 3 or np.ptp(one[known]) < _STILL or np.ptp(other[known]) < _STILL:
        return None
    return float(np.corrcoef(one[known], other[known])[0, 1])
