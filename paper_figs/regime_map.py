"""The regime map: where plug-in LDA keeps the minority class, over kappa and eta, per Delta.

Areas and lines are the closed forms of `theory.lda`, points are measured. The published boundary
(Essomba and Fokoue) lies above the exact one: recall is lost before it says so.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ..theory.foundation.validation import InputError
from ..theory.high_dimension import (
    REGIMES,
    half_recall_log_imbalance,
    published_log_boundary,
    regime,
    sharp_constant,
)
from .captioned import CaptionedFigure
from .style import ABOVE, BELOW, INK, REGIME_COLOURS, WIDTH, styled

__all__ = ["draw"]

_COLUMNS, _ROWS = 100, 1500  # of the grid behind the areas
_GAP = 0.075  # between two labels, as a share of the height
_READING = (
    "Plug-in linear discriminant analysis with known covariance, where Δ is the distance of the class "
    "means in standard deviations. Areas are named by recall R, the share of the minority that is "
    "found, and R₀, its value at η = 1: normal, R ≥ ½ and R ≥ 0.9 R₀; mild, ½ ≤ R < 0.9 R₀; extreme, "
    "0.05 ≤ R < ½; catastrophic, R < 0.05. Areas and lines are closed forms, points are measured. "
    "Dashed: the smallest multiple of Δ√κ beyond which recall is below one half everywhere."
)
_LINES = {
    "exact": {"color": INK, "linestyle": "-"},
    "sharp": {"color": INK, "linestyle": "--", "linewidth": 1.2},
    "published": {"color": INK, "linestyle": ":"},
}
_POINTS = {
    True: {"color": ABOVE, "marker": "o", "edgecolors": INK, "linewidths": 0.5},
    False: {"color": BELOW, "marker": "X", "edgecolors": INK, "linewidths": 0.5},
}


@styled
def draw(dataset: xr.Dataset) -> CaptionedFigure:
    """One panel per Delta (at most three: first, middle, last) from a `regime_sweep` data set.

    Raises
    ------
    InputError
        If the data set lacks ``recall_mc`` over ``eta, kappa, Delta``.
    """
    if "recall_mc" not in dataset or set(dataset.recall_mc.dims) != {"eta", "kappa", "Delta"}:
        raise InputError("dataset lacks recall_mc over eta, kappa, Delta: give a regime_sweep")
    separations = dataset.Delta.to_numpy()
    if separations.size > 3:
        separations = separations[[0, separations.size // 2, -1]]
    figure = Figure(figsize=(WIDTH, 2.5 * separations.size + 1.1), layout="constrained")
    panels = figure.subplots(separations.size, 1, sharex=True, squeeze=False)[:, 0]
    for axes, Delta in zip(panels, separations, strict=True):
        _panel(axes, dataset.sel(Delta=Delta), float(Delta))
    panels[-1].set_xlabel("κ, training examples per dimension")
    figure.legend(handles=_legend(), loc="outside lower left", ncols=2, columnspacing=1.2)
    shown = ", ".join(f"{Delta:g}" for Delta in separations)
    return CaptionedFigure(
        "regime_map",
        f"Regime map: imbalance η against training examples per dimension κ, for Δ = {shown}",
        _finding(dataset),
        _READING,
        figure,
    )


def _finding(dataset: xr.Dataset) -> str:
    log_eta, kappa, Delta = xr.broadcast(np.log(dataset.eta), dataset.kappa, dataset.Delta)
    exact = half_recall_log_imbalance(kappa.to_numpy(), Delta.to_numpy())
    published = published_log_boundary(kappa.to_numpy(), Delta.to_numpy())
    lost = dataset.recall_mc.transpose(*log_eta.dims).to_numpy() < 0.5
    between = (log_eta.to_numpy() > exact) & (log_eta.to_numpy() < published)
    agree = int((lost == (log_eta.to_numpy() > exact)).sum())
    return (
        "Recall falls to one half at the solid line, before the published boundary (dotted): "
        f"{agree} of {lost.size} cells lie on the side of the solid line that their recall says, and of "
        f"the {int(between.sum())} between the two lines {int((between & lost).sum())} have a recall "
        "below one half."
    )


def _panel(axes: Axes, world: xr.Dataset, Delta: float) -> None:
    log_kappa = _padded(np.log(world.kappa.to_numpy()), _COLUMNS)
    log_eta = _padded(np.log(world.eta.to_numpy()), _ROWS)
    kappa = np.exp(log_kappa)
    _regime_areas(axes, log_kappa, log_eta, Delta)

    published = published_log_boundary(kappa, Delta)
    axes.plot(kappa, half_recall_log_imbalance(kappa, Delta), **_LINES["exact"])
    axes.plot(kappa, sharp_constant() * published, **_LINES["sharp"])
    axes.plot(kappa, published, **_LINES["published"])

    recall = world.recall_mc.transpose("eta", "kappa").to_numpy()
    at_kappa, at_eta = np.meshgrid(world.kappa, np.log(world.eta))
    size = np.clip(250 / max(recall.shape), 6, 26)
    for above, style in _POINTS.items():
        chosen = (recall >= 0.5) == above
        axes.scatter(at_kappa[chosen], at_eta[chosen], s=size, zorder=3, **style)

    axes.set_xscale("log")
    axes.set_xlim(kappa[0], kappa[-1])
    axes.set_ylim(log_eta[0], log_eta[-1])
    _label_imbalance(axes, log_eta[-1])
    axes.set_title(f"Δ = {Delta:g}")


def _regime_areas(
    axes: Axes, log_kappa: NDArray[np.float64], log_eta: NDArray[np.float64], Delta: float
) -> None:
    inside = np.maximum(log_eta, 0.0)  # the margin below eta = 1 continues it
    index = regime(np.exp(inside)[:, None], np.exp(log_kappa)[None, :], Delta)
    step = log_eta[1] - log_eta[0]
    # Regimes only worsen as eta grows: each is the band between two heights.
    heights = [log_eta[0] + step * (index < k).sum(axis=0) for k in range(len(REGIMES) + 1)]
    kappa = np.exp(log_kappa)
    beside = -np.inf
    for name, low, high in zip(REGIMES, heights, heights[1:], strict=False):
        axes.fill_between(kappa, low, high, color=REGIME_COLOURS[name], alpha=0.35, linewidth=0)
        axes.plot(kappa, np.where(high < log_eta[-1], high, np.nan), color=INK, linewidth=0.4)
        if high[-1] - low[-1] > 3 * step:
            beside = max(0.5 * (low[-1] + high[-1]), beside + _GAP * np.ptp(log_eta))
            _name_beside(axes, name, beside)
        elif (high > low).any():
            _name_inside(axes, name, kappa, low, high)


def _name_beside(axes: Axes, name: str, height: float) -> None:
    axes.annotate(
        name,
        (1.0, height),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
    )


def _name_inside(
    axes: Axes,
    name: str,
    kappa: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    """The name where the band is widest, kept off the edges of the panel."""
    inner = slice(len(kappa) // 6, -len(kappa) // 6)
    column = int(np.argmax((high - low)[inner])) + len(kappa) // 6
    axes.annotate(
        name,
        (kappa[column], 0.5 * (low[column] + high[column])),
        ha="center",
        va="center",
        fontsize=9,
        zorder=4,
    )


def _label_imbalance(axes: Axes, top: float) -> None:
    decades = 10.0 ** np.arange(int(top / np.log(10)) + 1)
    ticks = decades if decades.size > 2 else np.outer(decades, [1, 2, 5]).ravel()
    axes.set_yticks(np.log(ticks), [f"{tick:g}" for tick in ticks])
    axes.set_ylim(top=top)
    axes.set_ylabel("imbalance η")


def _padded(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    margin = 0.06 * np.ptp(values) or 0.5
    return np.linspace(values.min() - margin, values.max() + margin, size)


def _legend() -> list[Line2D]:
    labels = {
        "exact": "recall = ½, exact",
        "sharp": f"{sharp_constant():.3f} Δ√κ, sharp",
        "published": "Δ√κ, published",
    }
    lines = [Line2D([], [], label=labels[name], **style) for name, style in _LINES.items()]
    points = [
        Line2D([], [], linestyle="", marker="o", color=ABOVE, label="measured recall ≥ ½"),
        Line2D([], [], linestyle="", marker="X", color=BELOW, label="measured recall < ½"),
    ]
    return lines + points
