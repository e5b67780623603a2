"""Plug-in rules in worlds whose posterior is known: what they lose in balanced accuracy as data grow.

Two worlds of one feature. Gaussian: two normal classes, posterior by maximum likelihood of the (right)
logistic model. Hard: two cells whose posteriors lie ``c sqrt(p(1-p)/n)`` on either side of the prior,
closer the more data there are. Source: Menon et al. (ICML 2013) for the rule, `theory.plug_in` for the
bound. Checked by: regret below the bound in every draw, and slopes in the number of examples.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr

from ..theory.decision import plug_in_regret_bound
from ..theory.foundation.arrays import ArrayLike
from ..theory.foundation.validation import InputError, as_number, as_real, as_whole
from .sweep import Progress, Workers, in_turn, sweep

__all__ = ["LogSlope", "log_slope", "plug_in_sweep"]

HARDNESS = 0.75  # c; about where the expected regret of the hard world is largest
_GRID = np.linspace(-9.0, 9.0, 1801)  # of the feature, for the mean error of the posterior
_CHUNK = 2_000_000  # feature values held at once
_STEPS = 25  # of Newton's method, at most

_LABELS = {
    "regret": "regret in balanced accuracy of the plug-in rule",
    "bound": "bound of theory.plug_in at the realised errors",
    "at_half": "regret of the same posterior cut at 1/2",
    "largest_ratio": "largest ratio of regret to bound over the draws",
}


class LogSlope(NamedTuple):
    """Slope of a straight line through logarithms, and its standard error."""

    slope: float
    standard_error: float


def plug_in_sweep(
    examples: Sequence[float],
    *,
    prior: float = 0.1,
    Delta: float = 2.0,
    draws: int = 400,
    seed: int = 0,
    n_jobs: Workers = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Regret, bound and the regret of the threshold 1/2 in both worlds, for every number of examples.

    Parameters
    ----------
    examples
        Sizes n of the training sets, whole numbers of at least 100.
    prior
        p = P(y = 1), in (0, 1).
    Delta
        Distance of the class means in the Gaussian world, > 0.
    draws
        Training sets per cell; 25 times as many in the hard world, where they cost little.
    seed, n_jobs, checkpoint, progress
        As in `sweep`.

    Returns
    -------
    xarray.Dataset
        Dimensions ``world`` ("gaussian", "hard") and ``examples``: ``regret``, ``bound``, ``at_half``
        (means over the draws), their standard errors ``..._se``, and ``largest_ratio``.
    """
    for size in as_real("examples", examples).ravel():
        as_whole("examples", size, 100)
    as_number("prior", prior, low=0, high=1, low_open=True, high_open=True)
    as_number("Delta", Delta, low=0, low_open=True)
    draws = as_whole("draws", draws, 2)
    cells = {
        "gaussian": partial(_gaussian_cell, prior=prior, Delta=Delta, draws=draws),
        "hard": partial(_hard_cell, prior=prior, draws=25 * draws),
    }
    parts = [
        sweep(
            cell,
            {"examples": examples},
            seed=seed,
            n_jobs=n_jobs,
            checkpoint=None if checkpoint is None else f"{checkpoint}.{world}",
            progress=shown,
        )
        for (world, cell), shown in zip(
            cells.items(), in_turn(progress, len(examples), len(examples)), strict=True
        )
    ]
    dataset = xr.concat(parts, xr.Variable("world", list(cells)))
    for name, long_name in _LABELS.items():
        dataset[name].attrs = {"long_name": long_name, "units": "1"}
    dataset.attrs = {"seed": seed, "prior": prior, "Delta": Delta, "draws": draws}
    return dataset


def log_slope(x: ArrayLike, mean: ArrayLike, standard_error: ArrayLike) -> LogSlope:
    """Weighted least squares of ``log mean`` on ``log x``, weights from the standard errors.

    All three of shape (n,), n >= 2, positive; the standard error of a logarithm is taken as relative.
    """
    log_x = np.log(as_real("x", x, low=0, low_open=True))
    value = as_real("mean", mean, low=0, low_open=True)
    error = as_real("standard_error", standard_error, low=0, low_open=True) / value
    if log_x.ndim != 1 or log_x.size < 2 or not log_x.shape == value.shape == error.shape:
        raise InputError(
            f"x has shape {log_x.shape}: x, mean and standard_error must be (n,), n >= 2"
        )
    weight = error**-2.0
    centred = log_x - np.average(log_x, weights=weight)
    spread = float((weight * centred**2).sum())
    return LogSlope(float((weight * centred * np.log(value)).sum() / spread), spread**-0.5)


def _gaussian_cell(
    examples: float, *, prior: float, Delta: float, draws: int, seed: np.random.SeedSequence
) -> dict[str, float]:
    rng, size = np.random.default_rng(seed), int(examples)
    chunk = max(1, _CHUNK // size)
    parts = []
    for start in range(0, draws, chunk):
        positive = rng.random((min(chunk, draws - start), size)) < prior
        feature = rng.standard_normal(positive.shape) + (positive - 0.5) * Delta
        parts.append((*_logistic_fit(feature, positive), positive.mean(axis=1)))
    intercept, slope, share = (np.concatenate(part) for part in zip(*parts, strict=True))
    truth = expit(Delta * _GRID + logit(prior))
    fitted = expit(intercept[:, None] + slope[:, None] * _GRID)
    density = _density(_GRID - Delta / 2) * prior + _density(_GRID + Delta / 2) * (1 - prior)
    error = (np.abs(fitted - truth) * density).sum(axis=1) * (_GRID[1] - _GRID[0])
    return _summary(
        _gaussian_regret(intercept - logit(share), slope, Delta),
        plug_in_regret_bound(error, np.abs(share - prior), prior),
        _gaussian_regret(intercept, slope, Delta),
    )


def _gaussian_regret(
    intercept: NDArray[np.float64], slope: NDArray[np.float64], Delta: float
) -> NDArray[np.float64]:
    """Regret of "positive where intercept + slope x > 0": the best rule is "where x > 0"."""
    cut = -intercept / slope
    gained = ndtr(Delta / 2 - cut) - ndtr(-Delta / 2 - cut)
    return ndtr(Delta / 2) - 0.5 * (1.0 + np.sign(slope) * gained)


def _logistic_fit(
    feature: NDArray[np.float64], positive: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Intercept and slope of greatest likelihood for every row, by Newton's method."""
    share = positive.mean(axis=1)
    if not np.all((share > 0) & (share < 1)):
        raise InputError("a training set holds one class only: examples or prior is too small")
    intercept, slope = logit(share), np.zeros(len(share))
    for _ in range(_STEPS):
        p = expit(intercept[:, None] + slope[:, None] * feature)
        miss, curve = positive - p, p * (1 - p)
        g0, g1 = miss.sum(axis=1), (miss * feature).sum(axis=1)
        h0, h1 = curve.sum(axis=1), (curve * feature).sum(axis=1)
        h2 = (curve * feature**2).sum(axis=1)
        determinant = h0 * h2 - h1**2
        step = (h2 * g0 - h1 * g1) / determinant, (h0 * g1 - h1 * g0) / determinant
        intercept, slope = intercept + step[0], slope + step[1]
        if max(np.abs(step[0]).max(), np.abs(step[1]).max()) < 1e-9:
            return intercept, slope
    raise InputError("a training set is separable: examples is too small for this Delta and prior")


def _hard_cell(
    examples: float, *, prior: float, draws: int, seed: np.random.SeedSequence
) -> dict[str, float]:
    rng, size = np.random.default_rng(seed), int(examples)
    gap = HARDNESS * np.sqrt(prior * (1 - prior) / size)
    truth = prior + np.array([gap, -gap])
    first = rng.binomial(size, 0.5, draws)
    seen = np.stack([first, size - first], axis=1)
    hits = rng.binomial(seen, truth)
    share = hits.sum(axis=1) / size
    estimate = hits / seen
    return _summary(
        _hard_regret(estimate > share[:, None], gap, prior),
        plug_in_regret_bound(np.abs(estimate - truth).mean(axis=1), np.abs(share - prior), prior),
        _hard_regret(estimate > 0.5, gap, prior),
    )


def _hard_regret(predicted: NDArray[np.bool_], gap: float, prior: float) -> NDArray[np.float64]:
    """Half the mass times the gap for every wrong cell, over ``2 p (1 - p)``."""
    wrong = (predicted != np.array([True, False])).mean(axis=1)
    return wrong * gap / (2 * prior * (1 - prior))


def _summary(
    regret: NDArray[np.float64], bound: NDArray[np.float64], at_half: NDArray[np.float64]
) -> dict[str, float]:
    summary = {"largest_ratio": float((regret / bound).max())}
    for name, values in (("regret", regret), ("bound", bound), ("at_half", at_half)):
        summary[name] = float(values.mean())
        summary[f"{name}_se"] = float(values.std(ddof=1) / np.sqrt(values.size))
    return summary


def _density(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
