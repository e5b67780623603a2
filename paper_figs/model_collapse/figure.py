"""Recall over imbalance, a line a model, with the boundaries that are said to end it.

Checked by: a drawing of small data, its labels and its finding.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...simulations.models import BOUNDARIES, MODELS, means_and_intervals
from ...theory.foundation.validation import InputError
from ..captioned import CaptionedFigure
from ..style import INK, METHOD_COLOURS, WIDTH, Look, styled
from .places import Place
from .worlds import WORLDS

__all__ = ["draw"]

_READING = (
    "Minority recall of scikit-learn's models with default settings on balanced test sets, means over "
    "replicates with 95 % intervals, against imbalance η with the total n kept. Upright lines: the published "
    "boundary log η = Δ√κ, half of it, and where the limit law of LDA with estimated covariance has recall "
    "½; in tables Δ is an estimate. A boundary that is off the panel is named above its right end."
)
_LINES = dict(zip(BOUNDARIES, (":", (0, (5, 2)), "-"), strict=True))
_COLOURS = ("blue", "sky", "green", "orange", "red", "pink", "olive", "grey", "blue", "orange")
LOOKS = {
    name: Look(METHOD_COLOURS[colour], shape, "-" if place < 8 else (0, (1, 1.2)), place < 8)
    for place, (name, colour, shape) in enumerate(
        zip(MODELS, _COLOURS, ("o", "s", "^", "D", "v", "P", "X", "*", "o", "D"), strict=True)
    )
}


@styled
def draw(
    measured: Mapping[str, xr.Dataset],
    told: Mapping[str, Any],
    found: Mapping[str, Sequence[Place]],
) -> CaptionedFigure:
    """A panel a world, from what was measured and foretold of each, and the collapses found in it.

    Raises
    ------
    InputError
        If no world was measured.
    """
    if not measured:
        raise InputError("measured is empty: there is nothing to draw")
    figure = Figure(figsize=(WIDTH, 2.3 * len(measured) + 1.6), layout="constrained")
    panels = figure.subplots(len(measured), 1, squeeze=False)[:, 0]
    for axes, (name, world) in zip(panels, measured.items(), strict=True):
        _panel(axes, means_and_intervals(world), told[name]["boundaries"][0])
        axes.set_title(WORLDS[name].title)
    panels[-1].set_xlabel("imbalance η")
    handles = [Line2D([], [], label=MODELS[m].label, **look.line()) for m, look in LOOKS.items()]
    handles += [
        Line2D([], [], color=INK, linestyle=dash, label=label)
        for dash, label in zip(
            _LINES.values(), ("Δ√κ, published", "half of it", "exact, LDA"), strict=True
        )
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=2, columnspacing=1.2)
    return CaptionedFigure(
        "model_collapse",
        "Where models lose the minority as imbalance grows",
        _finding(told, found),
        _READING,
        figure,
    )


def _panel(axes: Axes, world: xr.Dataset, boundaries: Mapping[str, float]) -> None:
    eta = (world.n0 / world.n1).to_numpy()
    for name in world.model.to_numpy():
        recall, low, high = (
            world[f"recall{end}"].sel(model=name).to_numpy() for end in ("", "_low", "_high")
        )
        if np.isfinite(recall).any():
            look = LOOKS[str(name)]
            axes.plot(eta, recall, markersize=3.5, linewidth=1.1, **look.line())
            axes.vlines(eta, low, high, color=look.colour, linewidth=0.7)
    axes.set_xscale("log")
    last = 1.15 * eta.max()
    axes.set_xlim(0.93, last)
    axes.axhline(0.5, color=INK, linewidth=0.5)
    beyond = [name for name in BOUNDARIES if boundaries[name] > last]
    for name in BOUNDARIES:
        if name not in beyond:
            axes.axvline(boundaries[name], color=INK, linestyle=_LINES[name], linewidth=1.2)
    if beyond:
        text = ", ".join(f"{name}: {_number(boundaries[name])} →" for name in beyond)
        axes.annotate(
            text, (1.0, 1.02), xycoords="axes fraction", ha="right", va="bottom", fontsize=7
        )
    ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100) if tick <= last]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(-0.02, 1.02)
    axes.set_ylabel("minority recall")


def _number(eta: float) -> str:
    return f"{eta:.0f}" if eta < 1e4 else f"{eta:.0e}".replace("e+0", "e")


def _finding(told: Mapping[str, Any], found: Mapping[str, Sequence[Place]]) -> str:
    known = [place.nearest for of_world in found.values() for place in of_world if place.nearest]
    counts = ", ".join(f"the {name} one of {known.count(name)}" for name in BOUNDARIES)
    factors = ", ".join(f"×{_off(told, found, name):.2g}" for name in BOUNDARIES)
    return (
        f"Of the three boundaries the nearest to a collapse is, over {len(known)} that were found: {counts}; "
        f"collapses are off them by {factors} in η (medians)."
    )


def _off(told: Mapping[str, Any], found: Mapping[str, Sequence[Place]], name: str) -> float:
    """Median factor between a boundary and the collapses that were found."""
    logs = [
        abs(np.log(place.collapse.eta / told[world]["boundaries"][0][name]))
        for world, of_world in found.items()
        for place in of_world
        if place.collapse and 0 < place.collapse.eta < np.inf
    ]
    return float(np.exp(np.median(logs)))
