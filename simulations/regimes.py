"""The regimes of imbalance over (eta, kappa, Delta): closed form and sampled world side by side.

Source: the taxonomy of Essomba and Fokoue (arXiv 2601.04149), with this project's closed forms and
cut points (`theory.lda`). Checked by: standardised differences between the two, cell by cell.
"""

from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ..theory.foundation.arrays import ArrayLike
from ..theory.foundation.validation import as_real, as_whole, broadcasting
from ..theory.gaussian import bayes_rates
from ..theory.high_dimension import REGIMES, direction_lost, plug_in_rates, regime
from .gaussian import DIMENSION, DRAWS, simulate_plug_in, whole_counts
from .sweep import Progress, Workers, as_axis, sweep

__all__ = ["check_regime_sweep", "regime_sweep", "standardised_difference"]

_ROUNDING = 1e-14  # absolute error granted to a mean of rates, each rounded to double precision

_LABELS = {
    "eta": ("imbalance, majority over minority", "1"),
    "kappa": ("training examples per dimension", "1"),
    "Delta": ("separation of the class means", "standard deviations"),
    "n1": ("minority training examples", "examples"),
    "n0": ("majority training examples", "examples"),
    "bayes_recall": ("minority recall of the Bayes rule", "1"),
    "recall": ("minority recall of the plug-in rule, closed form", "1"),
    "specificity": ("majority accuracy of the plug-in rule, closed form", "1"),
    "balanced_error": ("balanced error of the plug-in rule, closed form", "1"),
    "regime": (f"regime index into {', '.join(REGIMES)}", "1"),
    "direction_lost": ("squared cosine of the estimated direction below one half", "1"),
    "recall_mc": ("minority recall, Monte Carlo mean", "1"),
    "recall_se": ("standard error of recall_mc", "1"),
    "specificity_mc": ("majority accuracy, Monte Carlo mean", "1"),
    "specificity_se": ("standard error of specificity_mc", "1"),
    "z_recall": ("standardised difference of recall_mc and recall", "standard errors"),
    "z_specificity": (
        "standardised difference of specificity_mc and specificity",
        "standard errors",
    ),
}


def regime_sweep(
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    draws: int = DRAWS,
    dimension: int = DIMENSION,
    seed: int = 0,
    n_jobs: Workers = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Closed form, regime and Monte Carlo at every (eta, kappa, Delta).

    The closed forms are taken at the realised ``n0/n1`` and ``(n0+n1)/d`` of each cell, so every
    variable of a cell speaks of the same world; the coordinates are the values asked for.

    Parameters
    ----------
    eta, kappa, Delta
        Grid values: ``eta >= 1``, ``kappa > 0``, ``Delta > 0``.
    draws, dimension
        As in `simulate_plug_in`.
    seed, n_jobs, checkpoint, progress
        As in `sweep`.

    Returns
    -------
    xarray.Dataset
        Dimensions ``eta, kappa, Delta``. Every variable carries ``long_name`` and ``units``; attrs
        hold seed, draws, dimension and the regimes' names.

    Examples
    --------
    >>> regimes = regime_sweep([1, 100], [0.3, 30], [2.0], draws=50, seed=0)
    >>> dict(regimes.sizes)
    {'eta': 2, 'kappa': 2, 'Delta': 1}
    >>> bool(regimes.recall.sel(eta=100).max() < regimes.recall.sel(eta=1).min())
    True
    """
    draws, dimension = check_regime_sweep(eta, kappa, Delta, draws=draws, dimension=dimension)
    sampled = sweep(
        partial(_sampled_cell, draws=draws, dimension=dimension),
        {"eta": eta, "kappa": kappa, "Delta": Delta},
        seed=seed,
        n_jobs=n_jobs,
        checkpoint=checkpoint,
        progress=progress,
    )
    dataset = _with_closed_form(sampled, dimension)
    for name, (long_name, units) in _LABELS.items():
        dataset[name].attrs = {"long_name": long_name, "units": units}
    dataset.attrs |= {"draws": draws, "dimension": dimension, "regimes": " ".join(REGIMES)}
    return dataset


def check_regime_sweep(
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    draws: int = DRAWS,
    dimension: int = DIMENSION,
) -> tuple[int, int]:
    """Draws and dimension of a `regime_sweep`, or the `InputError` that any of its cells would end in."""
    draws, dimension = as_whole("draws", draws, 2), as_whole("dimension", dimension, 3)
    axes = [
        as_real(name, as_axis(name, values), low=low, low_open=low == 0).tolist()
        for name, values, low in (("eta", eta, 1), ("kappa", kappa, 0), ("Delta", Delta, 0))
    ]
    for imbalance, per_dimension in product(axes[0], axes[1]):
        whole_counts(imbalance, per_dimension, dimension, 3)
    return draws, dimension


@broadcasting
def standardised_difference(
    measured: ArrayLike, predicted: ArrayLike, standard_error: ArrayLike
) -> NDArray[np.float64]:
    """``(measured - predicted) / standard_error``, granting rounding error; inputs broadcast.

    A rate within 1e-14 of 0 or 1 has a standard error below the rounding error of the rate; the
    grant keeps such a cell from looking like a disagreement.

    Examples
    --------
    >>> round(float(standardised_difference(0.52, 0.5, 0.01)), 6)
    2.0
    """
    difference = as_real("measured", measured) - as_real("predicted", predicted)
    return difference / np.hypot(as_real("standard_error", standard_error, low=0), _ROUNDING)


def _sampled_cell(
    eta: float,
    kappa: float,
    Delta: float,
    *,
    draws: int,
    dimension: int,
    seed: np.random.SeedSequence,
) -> dict[str, float]:
    result = simulate_plug_in(eta, kappa, Delta, dimension=dimension, draws=draws, seed=seed)
    return {
        "n1": float(result.n1),
        "n0": float(result.n0),
        "recall_mc": result.recall,
        "recall_se": result.recall_se,
        "specificity_mc": result.specificity,
        "specificity_se": result.specificity_se,
    }


def _with_closed_form(sampled: xr.Dataset, dimension: int) -> xr.Dataset:
    eta = (sampled.n0 / sampled.n1).to_numpy()
    kappa = ((sampled.n0 + sampled.n1) / dimension).to_numpy()
    Delta = np.broadcast_to(sampled.Delta.to_numpy(), eta.shape)
    rates = plug_in_rates(eta, kappa, Delta)
    values = {
        "bayes_recall": bayes_rates(eta, Delta).recall,
        "recall": rates.recall,
        "specificity": rates.specificity,
        "balanced_error": rates.balanced_error,
        "regime": regime(eta, kappa, Delta).astype(np.int32),
        "direction_lost": direction_lost(eta, kappa, Delta),
        "z_recall": standardised_difference(sampled.recall_mc, rates.recall, sampled.recall_se),
        "z_specificity": standardised_difference(
            sampled.specificity_mc, rates.specificity, sampled.specificity_se
        ),
    }
    return sampled.assign({name: (sampled.n1.dims, value) for name, value in values.items()})
