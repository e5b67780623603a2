"""A certified map: each cell coloured by the regime that its error bound decides, or hatched where none does.

Source: a `certified_map` of the simulations. Checked by: cells on an edge, cells without a bound.
"""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from ...theory.foundation.validation import InputError
from ...theory.high_dimension import REGIMES
from ..captioned import CaptionedFigure
from ..style import INK, REGIME_COLOURS, WIDTH, styled

__all__ = ["draw"]

_NEEDED = ("recall", "recall_radius", "regime", "enclosed")
_SAID = 42  # cells of a panel up to which each says its recall and radius
_READING = (
    "Each cell is one imbalance η and one ratio κ of training examples to dimensions, Δ the distance of the "
    "class means. Written in it: minority recall in the limit, and below the error bound of the number "
    "before it was rounded. Colours: the regime that all recalls within the bound have. Striped: bounded, "
    "but undecided, as the bound lies across the edge of two regimes or the rule has no solution at η = 1. "
    "Crossed: no bound was found, as where the rule has no solution."
)
_OPEN = {"undecided": "//////", "no bound": "xxxxxx"}


@styled
def draw(dataset: xr.Dataset) -> CaptionedFigure:
    """One panel per Delta (at most three: first, middle, last) from a `certified_map`.

    Raises
    ------
    InputError
        If the data set lacks the variables of a `certified_map`.
    """
    missing = [name for name in _NEEDED if name not in dataset]
    if missing:
        raise InputError(f"dataset lacks {', '.join(missing)}: give a certified_map")
    separations = dataset.Delta.to_numpy()
    if separations.size > 3:
        separations = separations[[0, separations.size // 2, -1]]
    rows = dataset.eta.size
    figure = Figure(
        figsize=(WIDTH, (0.9 + 0.34 * rows) * separations.size + 1.0), layout="constrained"
    )
    panels = figure.subplots(separations.size, 1, sharex=True, squeeze=False)[:, 0]
    for axes, Delta in zip(panels, separations, strict=True):
        _panel(axes, dataset.sel(Delta=Delta).transpose("eta", "kappa"), float(Delta))
    panels[-1].set_xlabel("κ, training examples per dimension")
    figure.legend(handles=_legend(), loc="outside lower left", ncols=3, columnspacing=1.2)
    return CaptionedFigure(
        "certified_map",
        f"Certified regimes of {_rule(dataset)}",
        _finding(dataset),
        _READING,
        figure,
    )


def _rule(dataset: xr.Dataset) -> str:
    rule = str(dataset.attrs.get("rule", ""))
    if rule == "plug-in":
        tau = dataset.attrs["tau"]
        return f"plug-in LDA, logit-adjusted by τ = {tau:g}" if tau else "plug-in LDA"
    if rule != "ridge-logistic":
        return {"max-margin": "the max-margin classifier"}.get(rule, "a rule")
    return f"ridge logistic regression ({dataset.attrs['loss']}, ridge {dataset.attrs['ridge']:g})"


def _finding(dataset: xr.Dataset) -> str:
    bounded = int(dataset.enclosed.sum())
    decided = int((dataset.regime >= 0).sum())
    said = f"{decided} of {dataset.regime.size} cells are decided"
    if not bounded:
        return f"{said}: none has a bound."
    worst = _upward(float(dataset.recall_radius.max()))
    return (
        f"{said}, {bounded - decided} have a bound that decides no regime and "
        f"{dataset.regime.size - bounded} have none; no recall is further than {worst} from what is given."
    )


def _upward(radius: float) -> str:
    """One digit, rounded up: a bound must stay one."""
    short = f"{radius:.0e}"
    if float(short) >= radius:
        return short
    digit, _, power = short.partition("e")
    return f"1e{int(power) + 1:+03d}" if digit == "9" else f"{int(digit) + 1}e{power}"


def _panel(axes: Axes, world: xr.Dataset, Delta: float) -> None:
    small = world.regime.size > _SAID
    for row, column in np.ndindex(*world.regime.shape):
        cell = world.isel(eta=row, kappa=column)
        index = int(cell.regime)
        if index >= 0:
            look: dict[str, Any] = {"facecolor": REGIME_COLOURS[REGIMES[index]], "alpha": 0.45}
        else:
            kind = "undecided" if bool(cell.enclosed) else "no bound"
            look = {"facecolor": "none", "hatch": _OPEN[kind], "edgecolor": "0.6"}
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1.0, 1.0, linewidth=0.0, **look))
        if bool(cell.enclosed) and not small:
            said = f"{float(cell.recall):.3f}\n±{_upward(float(cell.recall_radius))}"
            axes.annotate(said, (column, row), ha="center", va="center", fontsize=6.5)
    axes.set_xlim(-0.5, world.kappa.size - 0.5)
    axes.set_ylim(-0.5, world.eta.size - 0.5)
    axes.set_xticks(range(world.kappa.size), [f"{kappa:g}" for kappa in world.kappa.to_numpy()])
    axes.set_yticks(range(world.eta.size), [f"{eta:g}" for eta in world.eta.to_numpy()])
    axes.set_ylabel("imbalance η")
    axes.set_title(f"Δ = {Delta:g}")


def _legend() -> list[Patch]:
    regimes = [
        Patch(facecolor=REGIME_COLOURS[name], alpha=0.45, label=name, edgecolor=INK)
        for name in REGIMES
    ]
    others = [
        Patch(facecolor="none", hatch=hatch, edgecolor="0.6", label=name)
        for name, hatch in _OPEN.items()
    ]
    return regimes + others
