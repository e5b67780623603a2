"""Plug-in rules: their regret in balanced accuracy vanishes, at the rate of the bound or faster.

Above two normal classes, where the regret falls twice as fast as its bound, below the hard world, where
it falls as the bound does. Lines are fits, slopes are measured. Source: `simulations.plug_in_world`.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..simulations.plug_in_world import LogSlope, log_slope
from ..theory.foundation.validation import InputError
from .captioned import CaptionedFigure
from .style import INK, SERIES, WIDTH, styled

__all__ = ["draw"]

_NEEDED = ("regret", "bound", "at_half", "largest_ratio")
_TITLES = {
    "gaussian": "two normal classes, logistic regression",
    "hard": "hard world: two cells, 1/√n from the prior",
}
_WORLDS = {"gaussian": "between two normal classes", "hard": "in the hard world"}
_SERIES = {
    "regret": ("regret, threshold p̂", SERIES[0]),
    "bound": ("bound", SERIES[1]),
}


@styled
def draw(dataset: xr.Dataset) -> CaptionedFigure:
    """One panel per world of a `plug_in_sweep`: regret, bound and, above, the threshold 1/2.

    Raises
    ------
    InputError
        If the data set lacks regret and bound over worlds and at least two sizes.
    """
    if not set(_NEEDED) <= set(dataset) or dataset.sizes.get("examples", 0) < 2:
        raise InputError("dataset lacks regret and bound over examples: give a plug_in_sweep")
    worlds = dataset.world.to_numpy().tolist()
    figure = Figure(figsize=(WIDTH, 2.7 * len(worlds) + 0.3), layout="constrained")
    panels = figure.subplots(len(worlds), 1, sharex=True, squeeze=False)[:, 0]
    for axes, world in zip(panels, worlds, strict=True):
        _panel(axes, dataset.sel(world=world), world)
    panels[-1].set_xlabel("training examples n")
    return CaptionedFigure(
        "plug_in_regret",
        f"Regret of plug-in rules in balanced accuracy against training examples, p = {dataset.prior:g}",
        _finding(dataset, worlds),
        f"Above: two normal classes with prior p = {dataset.prior:g}, Δ = {dataset.Delta:g}, the "
        "posterior p̂ fitted by logistic regression, and what the threshold ½ loses instead. Below: a "
        "world of two cells whose posteriors lie within 1/√n of the prior. Points are means over "
        "training sets ± 2 standard errors, lines fits, slopes those of the fits in log n.",
        figure,
    )


def _finding(dataset: xr.Dataset, worlds: list[str]) -> str:
    rates = []
    for world in worlds:
        slopes = [_slope(dataset.sel(world=world), name).slope for name in ("regret", "bound")]
        regret, bound = (f"{slope:.2f}".replace("-", "−") for slope in slopes)
        where = _WORLDS.get(world, f"in the world {world}")
        rates.append(f"{where} the regret goes as n to the {regret}, its bound to the {bound}")
    return (
        f"What plug-in rules lose in balanced accuracy falls with the training examples: "
        f"{'; '.join(rates)}. In every draw it is at most {float(dataset.largest_ratio.max()):.2f} "
        "times the bound."
    )


def _slope(cells: xr.Dataset, name: str) -> LogSlope:
    return log_slope(
        cells.examples.to_numpy(), cells[name].to_numpy(), cells[f"{name}_se"].to_numpy()
    )


def _panel(axes: Axes, cells: xr.Dataset, world: str) -> None:
    examples = cells.examples.to_numpy()
    for name, (label, look) in _SERIES.items():
        mean, error = cells[name].to_numpy(), cells[f"{name}_se"].to_numpy()
        slope = _slope(cells, name)
        weight = (mean / error) ** 2
        level = np.average(np.log(mean) - slope.slope * np.log(examples), weights=weight)
        fitted = np.exp(level) * examples**slope.slope
        axes.plot(examples, fitted, color=look.colour, linestyle=look.dash)
        axes.errorbar(
            examples,
            mean,
            2 * error,
            linestyle="none",
            markersize=4,
            **look.points(),
            label=f"{label}: slope {slope.slope:.3f} ± {2 * slope.standard_error:.3f}",
        )
    if world == "gaussian":
        half = cells.at_half.to_numpy()
        axes.plot(examples, half, color=INK, linestyle=":", label="regret, threshold ½")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylabel("regret")
    axes.set_title(_TITLES.get(world, world))
    axes.legend(loc="lower left", fontsize=8)
