"""Closed form against Monte Carlo: recall as imbalance grows, and the standardised differences.

If the closed form is right the differences, in standard errors, are standard normal whatever the
cell. Source: `theory.lda` and a `regime_sweep`.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..theory.foundation.validation import InputError
from ..theory.high_dimension import plug_in_rates
from .captioned import CaptionedFigure
from .style import INK, SERIES, WIDTH, styled

__all__ = ["draw", "residuals"]

_NEEDED = ("recall_mc", "recall_se", "specificity_se", "z_recall", "z_specificity")
_SATURATED = 1e-12  # a standard error below this is rounding, not sampling


@styled
def draw(dataset: xr.Dataset) -> CaptionedFigure:
    """Recall against eta for up to four kappa at the middle Delta; below, all cells' residuals.

    Raises
    ------
    InputError
        If the data set lacks the variables of a `regime_sweep`.
    """
    _require(dataset)
    figure = Figure(figsize=(WIDTH, 5.4), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[3, 2])
    _recall_curves(above, dataset)
    z = residuals(dataset)
    _residual_histogram(below, z)
    return CaptionedFigure(
        "simulation_agreement",
        "Closed form and Monte Carlo of plug-in LDA: recall curves and residuals",
        _finding(z),
        _reading(dataset),
        figure,
    )


def _finding(z: NDArray[np.float64]) -> str:
    if not z.size:
        return "Every rate is saturated, and none is left to compare."
    return (
        f"The {z.size} rates that vary differ from the closed form by at most {np.abs(z).max():.2f} "
        f"standard errors; the standard deviation of these residuals is {z.std():.2f}, where sampling "
        "alone gives 1."
    )


def _reading(dataset: xr.Dataset) -> str:
    return (
        "Above: recall of plug-in LDA against the imbalance η, for some ratios κ of training examples "
        "to dimensions; lines are the closed form, points means over "
        f"{dataset.attrs['draws']:,} training sets ± 2 standard errors. Below: (mean − closed form) / "
        "standard error of recall and specificity over all cells, with the standard normal density; "
        "dotted, 4 standard errors. Rates that do not vary are left out."
    )


def residuals(dataset: xr.Dataset) -> NDArray[np.float64]:
    """Standardised differences of recall and specificity in every cell that is not saturated."""
    _require(dataset)
    pairs = (("z_recall", "recall_se"), ("z_specificity", "specificity_se"))
    return np.concatenate(
        [dataset[z].to_numpy()[dataset[se].to_numpy() > _SATURATED] for z, se in pairs]
    )


def _require(dataset: xr.Dataset) -> None:
    missing = [name for name in _NEEDED if name not in dataset]
    if missing:
        raise InputError(f"dataset lacks {', '.join(missing)}: give a regime_sweep")


def _recall_curves(axes: Axes, dataset: xr.Dataset) -> None:
    Delta = float(dataset.Delta[dataset.Delta.size // 2])
    world = dataset.sel(Delta=Delta)
    count = min(len(SERIES), world.kappa.size)
    chosen = np.unique(np.linspace(0, world.kappa.size - 1, count).round().astype(int))
    eta = np.geomspace(1.0, float(world.eta.max()) * 1.2, 200)
    for look, column in zip(SERIES, chosen, strict=False):
        kappa = float(world.kappa[column])
        cells = world.isel(kappa=column)
        closed_form = plug_in_rates(eta, kappa, Delta).recall
        axes.plot(eta, closed_form, color=look.colour, linestyle=look.dash)
        axes.errorbar(
            cells.eta,
            cells.recall_mc,
            2 * cells.recall_se,
            linestyle="none",
            markersize=4,
            label=f"κ = {kappa:.3g}",
            **look.points(),
        )
    axes.legend(reverse=True)  # in the order of the curves, from above
    axes.set_xscale("log")
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("imbalance η")
    axes.set_ylabel("minority recall")
    axes.set_title(f"Δ = {Delta:g}: lines closed form, points Monte Carlo ± 2 s.e.")


def _residual_histogram(axes: Axes, z: NDArray[np.float64]) -> None:
    edge = max(4.5, float(np.abs(z).max(initial=0.0)) + 0.5)
    grid = np.linspace(-edge, edge, 200)
    axes.hist(
        z,
        bins=np.arange(-edge, edge + 0.5, 0.5).tolist(),
        density=True,
        color=SERIES[0].colour,
        alpha=0.45,
    )
    axes.plot(grid, np.exp(-0.5 * grid**2) / np.sqrt(2 * np.pi), color=INK)
    for bound in (-4.0, 4.0):
        axes.axvline(bound, color=INK, linestyle=":", linewidth=1.0)
    worst = float(np.abs(z).max(initial=0.0))
    axes.set_title(f"{z.size} residuals, largest |z| = {worst:.2f}; line N(0, 1)")
    axes.set_xlabel("(Monte Carlo − closed form) / standard error")
    axes.set_ylabel("density")
