"""Sums that count an example on an interval of a parameter: constant between break points, known exactly.

Accuracy as a function of a threshold or of the strength of an adjustment is such a sum, so its largest value
is found, not searched for. What it is worth on other data is seen by choosing without the examples that
judge the choice. (The bootstrap misses a third of the optimism of such a maximum, which moves at the rate
n^(-1/3): Abrevaya and Huang, Econometrica 2005. The sums themselves it treats rightly: Rubin, Ann. Stat.
1981.) Checked by: brute force, and coverage on sampled worlds.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

ROUNDING = 1e-12  # sums closer than this are equal
AT_ONCE = 2**21  # sums held in memory for a round of draws
LOCALISED = 0.2  # of the error that an interval may make, spent on the first of its two rounds
LOOKED_AT = 512  # cells in the second round
FOLDS = 10

_Array = NDArray[np.float64]


class Steps(NamedTuple):
    """Intervals cut at all their ends: cell c lies between ``edges[c]`` and ``edges[c + 1]``.

    An example counts in the cells ``first <= c < after``.
    """

    edges: _Array
    first: NDArray[np.intp]
    after: NDArray[np.intp]

    def sums(self, weight: _Array) -> _Array:
        """The sum in every cell, (..., cells), of weights of shape (..., n)."""
        cells = len(self.edges) - 1
        rows = weight.reshape(-1, weight.shape[-1])
        jumps = np.empty((len(rows), cells))
        for own, row in zip(jumps, rows, strict=True):
            up = np.bincount(self.first, weights=row, minlength=cells + 1)
            own[:] = (up - np.bincount(self.after, weights=row, minlength=cells + 1))[:-1]
        return jumps.cumsum(axis=1).reshape(*weight.shape[:-1], cells)


class Choice(NamedTuple):
    """The best cell, a point in it, and what is known of both; see `choose`."""

    point: float
    value: float
    elsewhere: float
    interval: tuple[float, float]
    points: tuple[float, float]
    gain: float
    gain_interval: tuple[float, float]


def steps(lower: _Array, upper: _Array, low: float, high: float) -> Steps:
    """Open intervals (lower, upper), of shape (n,), within (low, high); empty if lower >= upper."""
    ends = np.concatenate([lower, upper])
    inner = np.unique(ends[(ends > low) & (ends < high)])
    edges = np.concatenate([[low], inner, [high]])
    first = np.searchsorted(edges, np.clip(lower, low, high))
    after = np.searchsorted(edges, np.clip(upper, low, high))
    return Steps(edges, first, np.maximum(first, after))


def choose(
    found: Steps,
    weight: _Array,
    stratum: NDArray[np.intp],
    *,
    prefer: float,
    resolution: float,
    level: float,
    draws: int,
    seed: int,
) -> Choice:
    """The cell of the largest sum, and how far that can be trusted.

    ``weight``: what an example counts, (n,); ``stratum``: its class, (n,). Among equal cells the one
    nearest to ``prefer`` is taken, with ``prefer`` itself as its point if it lies inside; cells
    narrower than ``resolution``, relative to their ends, only if there are no others.

    ``elsewhere`` is the sum if every example is judged by a point chosen without its part of the
    data, ``gain`` the same over ``prefer``, and their intervals are normal within classes. ``points``
    holds the best point of the population at least as often as ``level`` says.
    """
    sums = found.sums(weight)
    cell = _nearest_best(found.edges, sums, prefer, resolution)
    at = _cell_of(found.edges, prefer)
    rng = np.random.default_rng(seed)
    chosen = _chosen_without(found, weight, stratum, prefer, resolution, rng)
    right = (found.first <= chosen) & (chosen < found.after)
    plain = (found.first <= at) & (at < found.after)
    z = float(ndtri((1 + level) / 2))
    elsewhere, error = _total(right.astype(float), weight, stratum, low=0.0)
    gain, gain_error = _total(right.astype(float) - plain, weight, stratum, low=-1.0)
    return Choice(
        point=_point(found.edges, cell, prefer),
        value=float(sums[cell]),
        elsewhere=elsewhere,
        interval=(elsewhere - z * error, elsewhere + z * error),
        points=_points(found, weight, stratum, sums, cell, 1 - level, draws, rng),
        gain=gain,
        gain_interval=(gain - z * gain_error, gain + z * gain_error),
    )


def _chosen_without(
    found: Steps,
    weight: _Array,
    stratum: NDArray[np.intp],
    prefer: float,
    resolution: float,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """For every example the best cell by the other folds, which hold a tenth of each class each."""
    order = rng.permutation(len(stratum))
    order = order[np.argsort(stratum[order], kind="stable")]
    fold = np.empty(len(order), dtype=np.intp)
    fold[order] = np.arange(len(order)) % FOLDS
    total = np.bincount(stratum, weights=weight)
    chosen = np.empty(len(stratum), dtype=np.intp)
    for own in range(FOLDS):
        kept = np.where(fold == own, 0.0, weight)
        left = np.bincount(stratum, weights=kept)
        kept *= np.divide(total, left, out=np.zeros_like(total), where=left > 0)[stratum]
        chosen[fold == own] = _nearest_best(found.edges, found.sums(kept), prefer, resolution)
    return chosen


def _total(
    values: _Array, weight: _Array, stratum: NDArray[np.intp], low: float
) -> tuple[float, float]:
    """``sum_i weight_i values_i`` and its standard error, examples being drawn within classes.

    With one example of each extreme value added to every class (Agresti and Caffo, Am. Stat. 2000),
    so that a class that is always right is not taken to be so for certain.
    """
    variance = 0.0
    for own in np.unique(stratum[weight > 0]):
        w, v = weight[stratum == own], values[stratum == own]
        size = w.sum() ** 2 / (w @ w)  # examples of equal weight that would say as much
        mean = (size * (w @ v) / w.sum() + low + 1) / (size + 2)
        square = (size * (w @ v**2) / w.sum() + low**2 + 1) / (size + 2)
        variance += w.sum() ** 2 * (square - mean**2) / size
    return float(weight @ values), float(np.sqrt(variance))


def _points(
    found: Steps,
    weight: _Array,
    stratum: NDArray[np.intp],
    sums: _Array,
    cell: int,
    miss: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """From the first to the last cell whose deficit to the best the errors of the sums explain.

    If c is the population's best, the deficit of c is at most the largest difference of errors between
    any cell and c. The bootstrap knows its distribution: first bounded over all cells at once, then
    for each of the cells left, against those left.
    """
    deficit = sums[cell] - sums
    spread = [
        np.ptp(drawn - sums, axis=1) for drawn in _drawn_sums(found, weight, stratum, draws, rng)
    ]
    left = np.flatnonzero(deficit <= np.quantile(np.concatenate(spread), 1 - LOCALISED * miss))
    spaced = np.linspace(0, len(left) - 1, min(len(left), LOOKED_AT)).astype(int)
    some = np.union1d(left[spaced], [cell])
    over = []
    for drawn in _drawn_sums(found, weight, stratum, draws, rng):
        errors = drawn - sums
        over.append(errors[:, left].max(axis=1, keepdims=True) - errors[:, some])
    limit = np.quantile(np.concatenate(over), 1 - (1 - LOCALISED) * miss, axis=0)
    kept = np.flatnonzero((deficit[some] <= limit) | (some == cell))
    # out to the last cell looked at that is not kept
    first = some[kept[0] - 1] + 1 if kept[0] > 0 else some[0]
    last = some[kept[-1] + 1] - 1 if kept[-1] + 1 < len(some) else some[-1]
    return float(found.edges[first]), float(found.edges[last + 1])


def value_at(found: Steps, weight: _Array, point: float) -> float:
    """The sum in the cell that holds the point."""
    return float(found.sums(weight)[_cell_of(found.edges, point)])


def _drawn_sums(
    found: Steps,
    weight: _Array,
    stratum: NDArray[np.intp],
    draws: int,
    rng: np.random.Generator,
) -> Iterator[_Array]:
    """Sums under the Bayesian bootstrap within strata, (rows, cells) at a time."""
    members = [np.flatnonzero(stratum == own) for own in np.unique(stratum[weight > 0])]
    rows = max(1, AT_ONCE // max(len(weight), len(found.edges)))
    for start in range(0, draws, rows):
        drawn = rng.standard_exponential((min(rows, draws - start), len(weight))) * weight
        for own in members:
            drawn[:, own] *= weight[own].sum() / drawn[:, own].sum(axis=1, keepdims=True)
        yield found.sums(drawn)


def _nearest_best(edges: _Array, sums: _Array, prefer: float, resolution: float) -> int:
    size = np.where(np.isfinite(edges[1:]), np.maximum(-edges[:-1], edges[1:]), 0.0)
    wide = np.diff(edges) > resolution * size
    usable = wide if wide.any() else np.ones_like(wide)
    best = np.flatnonzero(usable & (sums >= sums[usable].max() - ROUNDING))
    distance = np.maximum(0, np.maximum(edges[best] - prefer, prefer - edges[best + 1]))
    return int(best[distance.argmin()])


def _cell_of(edges: _Array, point: float) -> int:
    return int(np.clip(np.searchsorted(edges, point, side="right") - 1, 0, len(edges) - 2))


def _point(edges: _Array, cell: int, prefer: float) -> float:
    below, above = float(edges[cell]), float(edges[cell + 1])
    if below < prefer < above:
        return prefer
    return below / 2 + above / 2 if np.isfinite(above) else below + max(1.0, abs(below))
