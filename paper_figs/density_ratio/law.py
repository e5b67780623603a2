"""Density ratios where nothing is to be corrected: the theory's law beside sampled and real features.

A row each: Gaussian features, where the law is exact; features of a frozen network; features that a
network learnt on the data themselves. Drawn from `simulations.ratio_world.RatioRow`s. Checked by: tests
that draw it from small worlds.
"""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...simulations.ratio_world import RatioRow
from ...theory.foundation.validation import InputError
from ..captioned import CaptionedFigure
from ..style import SERIES, WIDTH, styled

__all__ = ["draw"]

_PANELS = (
    ("mean", (("mean", "predicted_mean"), ("clamped", "predicted_clamped"))),
    ("scatter", (("scatter", "predicted_scatter"),)),
)
_TICKS = (1, 2, 5, 10, 20, 50)
_NAMES = {"mean": "ratio", "clamped": "clamped at 0", "scatter": "ratio"}


@styled
def draw(worlds: Mapping[str, Sequence[RatioRow]]) -> CaptionedFigure:
    """A row a world: mean and scatter of the ratios over the samples of the class in a batch.

    Raises
    ------
    InputError
        If there is no world, or one has no rows.
    """
    if not worlds or not all(worlds.values()):
        raise InputError(f"worlds = {list(worlds)}: each needs rows, and there must be one")
    figure = Figure(figsize=(WIDTH, 0.6 + 1.8 * len(worlds)), layout="constrained")
    grid = figure.subplots(len(worlds), 2, squeeze=False, sharex=True, sharey="col")
    for line, (name, rows) in zip(grid, worlds.items(), strict=True):
        for axes, (label, pairs) in zip(line, _PANELS, strict=True):
            _panel(axes, rows, pairs)
            axes.set_title(f"{label}, {name}")
        line[1].set_yscale("symlog", linthresh=0.1)
    for axes in grid[-1]:
        axes.set_xlabel("samples in a batch")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return CaptionedFigure(
        "ratio_law",
        "Density ratios by moment matching where training and target distribution are one",
        _finding(worlds),
        "Points are a class each, lines what `theory.reweighting` says of it: mean b/(b + τ²) with τ² "
        "measured, scatter of isotropic noise in Z dimensions, clamped mean of a normal ratio. Ratios are "
        "those of eq. (7) without a ridge, in batches of 128 against moving prototypes (momentum 0.9); "
        "scatter and clamped mean are medians over batches; the mean is one, and a batch that is nearly "
        "singular moves it. Learnt features vary in few directions, so they scatter more than isotropic "
        "noise does. In all three the true ratio is 1.",
        figure,
    )


def _panel(axes: Axes, rows: Sequence[RatioRow], pairs: Sequence[tuple[str, str]]) -> None:
    ordered = sorted(rows, key=lambda row: row.batch_count)
    x = [row.batch_count for row in ordered]
    for look, (measured, predicted) in zip(SERIES, pairs, strict=False):
        name = _NAMES[measured]
        axes.plot(x, [getattr(row, predicted) for row in ordered], color=look.colour,
                  label=f"{name}, theory")  # fmt: skip
        axes.plot(x, [getattr(row, measured) for row in ordered], linestyle="none", markersize=4,
                  label=f"{name}, measured", **look.points())  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, list(map(str, _TICKS)))
    axes.minorticks_off()


def _finding(worlds: Mapping[str, Sequence[RatioRow]]) -> str:
    said = []
    for name, rows in worlds.items():
        worst = max(abs(row.mean - row.predicted_mean) for row in rows)
        said.append(f"{worst:.2f} ({name})")
    rarest = [min(rows, key=lambda row: row.examples) for rows in worlds.values()]
    low = ", ".join(f"{row.mean:.2f}" for row in rarest)
    return (
        f"The mean ratio follows b/(b + τ²) within {', '.join(said)}: the rarest class's is {low} where the "
        "truth is 1, so its weight is that much below inverse frequency."
    )
