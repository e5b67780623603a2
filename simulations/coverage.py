"""How often a generalisation bound fails, and how loose it is, in a world where the truth is known.

For every training set the whole hypothesis class is searched for the worst gap between true risk and
bound, so a violation is one for some hypothesis, as the theorems say. The same sets tell how far the
constants could be cut before the bound fails more often than it may.
Source: the bounds of `theory.class_bounds`, `theory.data_dependent_bound`, `theory.stratified_bound`
and `theory.density_ratio_bound`. Checked by: the risks and complexities of `simulations.sign_world`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..theory.bounds import (
    Bound,
    data_dependent_bound,
    norm_ball,
    rdr_bound,
    stratified_bound,
    union_bound,
)
from ..theory.concentration import clopper_pearson
from ..theory.foundation.validation import as_number, as_real, as_whole
from .sign_world import SignWorld, draw_flips, linear_complexity
from .sweep import Progress, Workers, sweep

__all__ = ["BOUNDS", "CUTS", "SETS", "coverage_sweep"]

SETS = 2000
"""Training sets for each number of examples."""

CUTS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.0)
"""Factors on everything a bound adds to the empirical balanced risk; 1 is the theorem."""

Evaluate = Callable[[SignWorld, NDArray[np.float64], float], Bound]


def _union(world: SignWorld, risks: NDArray[np.float64], delta: float) -> Bound:
    per_class = [linear_complexity(int(count), world.norm) for count in world.class_counts]
    return union_bound(world.class_counts, risks, world.constants, per_class, delta=delta)


def _data_dependent(world: SignWorld, risks: NDArray[np.float64], delta: float) -> Bound:
    counts = world.class_counts
    whole = linear_complexity(int(counts.sum()), world.norm)
    per_class = np.array([linear_complexity(int(count), world.norm) for count in counts])
    kappa = float((per_class * np.sqrt(counts / counts.sum())).max() / whole)
    return data_dependent_bound(
        counts, risks, world.constants, whole, regularity=kappa, delta=delta
    )


def _stratified(world: SignWorld, risks: NDArray[np.float64], delta: float) -> Bound:
    ball = norm_ball(world.norm, np.ones(2))
    return stratified_bound(world.class_counts, risks, world.constants, ball, delta=delta)


def _density_ratio(world: SignWorld, risks: NDArray[np.float64], delta: float) -> Bound:
    ball = norm_ball(world.norm, np.ones(2))
    inverse_frequency = world.class_counts.mean() / world.class_counts
    return rdr_bound(
        world.class_counts, risks, inverse_frequency, world.constants, ball, delta=delta
    )


BOUNDS: Mapping[str, Evaluate] = {
    "union": _union,
    "data_dependent": _data_dependent,
    "stratified": _stratified,
    "density_ratio": _density_ratio,
}
"""The bounds; the density-ratio bound with inverse-frequency weights, its best choice."""


def coverage_sweep(
    n: Sequence[float],
    *,
    imbalance_factor: float = 10.0,
    sets: int = SETS,
    delta: float = 0.05,
    seed: int = 0,
    n_jobs: Workers = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Violations and looseness of every bound at every number of training examples.

    Parameters
    ----------
    n
        Training examples, both classes together, whole numbers; each at least ``1 + imbalance_factor``.
    imbalance_factor
        Frequent over rare class.
    sets
        Training sets drawn for each n.
    delta
        Allowed failure probability.
    seed, n_jobs, checkpoint, progress
        As in `sweep`.

    Returns
    -------
    xarray.Dataset
        Dimensions ``bound, n, cut``: ``violations`` (training sets on which some hypothesis exceeds
        the bound with its added terms times ``cut``) with ``low, high`` (95 % Clopper-Pearson, of the
        rate); and, without ``cut``: ``value`` and ``truth`` (bound and true balanced risk of the
        hypothesis with the least empirical risk, means over the sets), ``complexity``, ``deviation``.
    """
    function = partial(
        _cell,
        imbalance_factor=as_number("imbalance_factor", imbalance_factor, low=1),
        sets=as_whole("sets", sets, 1),
        delta=as_number("delta", delta, low=0, high=1, low_open=True, high_open=True),
    )
    for size in as_real("n", n).ravel():
        as_whole("n", size, 2)
    flat = sweep(
        function, {"n": n}, seed=seed, n_jobs=n_jobs, checkpoint=checkpoint, progress=progress
    )
    return _labelled(flat, sets).assign_attrs(
        sets=sets, delta=delta, imbalance_factor=imbalance_factor, seed=seed
    )


def _cell(
    *, n: float, seed: np.random.SeedSequence, imbalance_factor: float, sets: int, delta: float
) -> dict[str, float]:
    """Every bound on the same training sets."""
    world = SignWorld.of(int(n), imbalance_factor)
    risks = world.empirical_risks(draw_flips(world, sets, np.random.default_rng(seed)))
    values: dict[str, float] = {}
    for name, bound in BOUNDS.items():
        for key, value in _measure(world, risks, bound(world, risks, delta)).items():
            values[f"{name}/{key}"] = value
    return values


def _measure(world: SignWorld, risks: NDArray[np.float64], evaluated: Bound) -> dict[str, float]:
    """Worst gaps over all hypotheses, and what the hypothesis of least empirical risk was told."""
    truth, empirical = world.class_risks().mean(axis=1), risks.mean(axis=-1)
    added = evaluated.total - empirical
    gap = truth + world.grid_slack() - empirical
    best = evaluated.empirical.argmin(axis=1)
    rows = np.arange(len(best))
    measured = {
        "value": float(evaluated.total[rows, best].mean()),
        "truth": float(truth[best].mean()),
        "complexity": float(np.mean(evaluated.complexity)),
        "deviation": float(np.mean(evaluated.deviation)),
    }
    for cut in CUTS:
        measured[f"violations_{cut:g}"] = float((gap > cut * added).any(axis=1).sum())
    return measured


def _labelled(flat: xr.Dataset, sets: int) -> xr.Dataset:
    """The sweep's flat names as dimensions ``bound`` and ``cut``."""
    names = list(BOUNDS)

    def stacked(key: str) -> NDArray[np.float64]:
        return np.stack([flat[f"{name}/{key}"].to_numpy() for name in names])

    violations = np.stack([stacked(f"violations_{cut:g}") for cut in CUTS], axis=-1)
    ends = [clopper_pearson(int(count), sets) for count in violations.ravel()]
    low, high = (np.array(end).reshape(violations.shape) for end in zip(*ends, strict=True))
    full, short = ("bound", "n", "cut"), ("bound", "n")
    values: dict[str, Any] = {
        "violations": (full, violations, {"long_name": "training sets that violate the bound"}),
        "low": (full, low, {"long_name": "violation rate, lower end"}),
        "high": (full, high, {"long_name": "violation rate, upper end"}),
    }
    for key in ("value", "truth", "complexity", "deviation"):
        values[key] = (short, stacked(key), {"long_name": key, "units": "nats"})
    return xr.Dataset(values, coords={"bound": names, "n": flat["n"].to_numpy(), "cut": list(CUTS)})
