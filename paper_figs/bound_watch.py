"""What a watched run says of one training: the curves B' against weights, and the class terms of the union.

Luo et al. (NeurIPS 2024), Figure 1, say that the density-ratio weights of many and few classes move
inversely to B'; the terms are those of Proposition 1 of Wang et al. (NeurIPS 2023). Drawn from
``bound.csv``. Checked by: tests that draw it from small tables with known answers.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..theory.foundation.validation import InputError, one_of
from .captioned import CaptionedFigure
from .density_ratio.moves import acting, correlation
from .style import SERIES, WIDTH, method_label, styled

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw", "has_bounds"]

_SHADES = colormaps["plasma"]
_CURVES = {"curve_min": "B′, minimum", "curve_q05": "5 % quantile", "curve_mean": "mean"}
_SHARE = 0.3  # of the classes are many, and as many few: three of ten


@styled
def draw(table: "pd.DataFrame", method: str | None = None) -> CaptionedFigure:
    """Curves and weights over the epochs, many and few classes side by side; below, the class terms stacked.

    Parameters
    ----------
    table
        A `load_bound` or a `BoundWatch.table`; of several seeds the first is drawn.
    method
        The one to draw; by default the first whose weights move most.

    Raises
    ------
    InputError
        If the table is empty or has no such method, or there are no bounds in it.
    """
    watched, name = _one_training(table, method)
    watched = watched.sort_values(["epoch", "class"])
    counts = watched[watched.epoch == watched.epoch.iloc[0]]["count"].to_numpy()
    epochs = watched.epoch.unique()

    def column(name: str) -> NDArray[np.float64]:
        return watched[name].to_numpy(dtype=np.float64).reshape(len(epochs), len(counts))

    if not has_bounds(watched):
        raise InputError("table has no bounds: give the watch a head, and features with each batch")
    terms = column("union_risk") + column("union_complexity") + column("union_deviation")
    order = np.argsort(-counts, kind="stable")
    size = max(1, round(_SHARE * len(counts)))
    groups = {"many": order[:size], "few": order[-size:]}
    weight = column("weight")
    weight = weight / weight.mean(axis=1, keepdims=True)
    figure = Figure(figsize=(WIDTH, 5.0), layout="constrained")
    grid = figure.add_gridspec(2, 2)
    panels = [figure.add_subplot(grid[0, place]) for place in range(2)]
    moves, acts = {}, acting(weight)
    for axes, (group, classes) in zip(panels, groups.items(), strict=True):
        curves = {key: np.nanmean(column(key)[:, classes], axis=1) for key in _CURVES}
        followed = weight[:, classes].mean(axis=1)
        moves[group] = correlation(curves["curve_min"][acts], followed[acts])
        _panel(axes, epochs, curves, followed, group)
    figure.legend(*_handles(panels[0]), loc="outside upper center", ncols=4, columnspacing=1.0)
    _stacked(figure.add_subplot(grid[1, :]), epochs, terms[:, order], counts[order], watched)
    return CaptionedFigure(
        "bound_watch",
        f"Bounds watched while {name} trained: B′ and weights, and the class terms of the union bound",
        _finding(moves, terms, counts),
        "B′ = √π (1 − p) of the target's probability p in the passes of an epoch (its minimum, 5 % "
        f"quantile and mean over a class), mean over the {size} most and least frequent classes; weights "
        "average 1 over classes. Below, each class's term of the union bound on the balanced risk of the "
        "clipped loss, frequent classes at the bottom, and the stratified bound. The norm is the last "
        "layer's and the features are learnt, so no class of functions is fixed, and the network moves "
        "within an epoch: an instrument that shows which classes a bound is made of, not a certificate of "
        "this network's risk.",
        figure,
    )


def has_bounds(table: "pd.DataFrame") -> bool:
    """Whether there is a bound in the table: not without a linear head and features, nor in old stores."""
    return "union_complexity" in table and bool(table.union_complexity.notna().any())


def _one_training(table: "pd.DataFrame", method: str | None) -> "tuple[pd.DataFrame, str]":
    """The rows of one member, in order, and what to call it."""
    if not len(table):
        raise InputError("table is empty: nothing was watched")
    if "method" not in table.columns:
        return table, "a network"
    names = list(dict.fromkeys(table.method))
    if method is None:
        method = max(names, key=lambda name: _movement(_first_seed(table, name)))
    method = one_of("method", method, names)
    return _first_seed(table, method), method_label(method)


def _first_seed(table: "pd.DataFrame", method: str) -> "pd.DataFrame":
    own: Any = table[table.method == method]
    return own[own.seed == own.seed.iloc[0]]


def _movement(member: "pd.DataFrame") -> float:
    weight: Any = member.groupby("class").weight
    return float((weight.max() - weight.min()).max())


def _panel(
    axes: Axes,
    epochs: NDArray[np.int64],
    curves: dict[str, NDArray[np.float64]],
    weight: NDArray[np.float64],
    group: str,
) -> None:
    for look, (key, values) in zip(SERIES, curves.items(), strict=False):
        axes.plot(epochs, values, label=_CURVES[key], markersize=3, **look.line())
    axes.set_ylim(bottom=0)
    axes.set_title(f"{group} classes")
    axes.set_xlabel("epoch")
    other = axes.twinx()
    other.spines["right"].set_visible(True)
    look = SERIES[3]
    other.plot(epochs, weight, label="weight (right)", markersize=3, **look.line())
    other.set_ylim(0, 1.15 * max(float(weight.max()), 1e-12))


def _handles(axes: Axes) -> tuple[list[Any], list[str]]:
    handles, labels = axes.get_legend_handles_labels()
    for other in axes.figure.axes:
        if other is not axes and other.bbox.bounds == axes.bbox.bounds:
            more = other.get_legend_handles_labels()
            return handles + more[0], labels + more[1]
    return handles, labels


def _stacked(
    axes: Axes,
    epochs: NDArray[np.int64],
    terms: NDArray[np.float64],
    counts: NDArray[np.int64],
    watched: "pd.DataFrame",
) -> None:
    shades = _SHADES(0.3 + 0.5 * np.linspace(0, 1, len(counts)))
    axes.stackplot(epochs, np.nan_to_num(terms).T, colors=shades, linewidth=0)
    stratified = watched.groupby("epoch").stratified.first()
    axes.plot(epochs, stratified.to_numpy(), color="white", linewidth=3)
    axes.plot(epochs, stratified.to_numpy(), color=SERIES[2].colour, linewidth=1.5)
    _mark(axes, f"n = {counts[0]}", epochs[-1], terms[-1, 0] / 2)
    _mark(axes, f"n = {counts[-1]}", epochs[-1], terms[-1].sum() - terms[-1, -1] / 2)
    _mark(axes, "stratified", epochs[-1], stratified.iloc[-1])
    axes.set_title("class terms of the union bound, stacked")
    axes.set_xlabel("epoch")
    axes.set_ylabel("bound, nats")
    axes.set_xlim(epochs[0], epochs[-1] + 1e-9)


def _mark(axes: Axes, words: str, x: float, y: float) -> None:
    axes.annotate(words, (x, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9)


def _finding(
    moves: dict[str, float | None], terms: NDArray[np.float64], counts: NDArray[np.int64]
) -> str:
    last = terms[np.isfinite(terms).all(axis=1)][-1]
    rarest = int(np.argmin(counts))
    said = "; ".join(
        f"{group} classes " + ("none, as one does not move" if value is None else f"{value:+.2f}")
        for group, value in moves.items()
    )
    return (
        "Correlation of B′ (minimum) and weight over the epochs in which weights act, negative where they "
        "move inversely: "
        f"{said}. At the end the rarest class, n = {counts[rarest]}, makes "
        f"{100 * last[rarest] / last.sum():.0f} % of the union bound of {last.sum():.3g} nats."
    )
