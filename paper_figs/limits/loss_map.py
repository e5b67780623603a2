"""Four losses of ridge logistic regression side by side: what a threshold repairs, what the direction lost.

Source: a `loss_map` of the simulations. Checked by: the sums that the panels show.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...theory.foundation.validation import InputError
from ..captioned import CaptionedFigure
from ..style import INK, WIDTH, styled

__all__ = ["draw"]

_PARTS = {
    "balanced_error_threshold_part": "a threshold repairs",
    "balanced_error_direction_part": "lost with the direction",
}
_NAMES = {
    "plain": "plain",
    "weighted": "weighted",
    "adjusted": "LA",
    "vs": "VS",
}
_SAID = 42  # cells of a panel up to which each says its number
_READING = (
    "Ridge logistic regression of two normal classes in the limit of proportional dimension and sample. "
    "Each cell is one imbalance η and one ratio κ of training examples to dimensions. Left: what of the "
    "balanced error the best threshold on the learnt score would take off; right: what no threshold does, "
    "since the learnt direction is not the best one. LA: logit-adjusted. The Bayes rule's own error is in "
    "neither. Both sides have one scale, darker for more; numbers are hundredths."
)


@styled
def draw(dataset: xr.Dataset) -> CaptionedFigure:
    """A row of two panels per loss, at the middle Delta of a `loss_map`.

    Raises
    ------
    InputError
        If the data set lacks the parts of the balanced error by loss.
    """
    if "loss" not in dataset.dims or any(name not in dataset for name in _PARTS):
        raise InputError("dataset lacks balanced errors by loss: give a loss_map")
    Delta = float(dataset.Delta[dataset.Delta.size // 2])
    world = dataset.sel(Delta=Delta).transpose("loss", "eta", "kappa")
    losses = str(dataset.attrs["losses"]).split()
    height = (0.6 + 0.26 * world.eta.size) * len(losses) + 0.6
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    panels = figure.subplots(len(losses), 2, sharex=True, sharey=True, squeeze=False)
    for row, loss in enumerate(losses):
        for axes, (part, said) in zip(panels[row], _PARTS.items(), strict=True):
            _panel(axes, world[part].isel(loss=row))
            axes.set_title(f"{_NAMES.get(loss, loss)}: {said}", fontsize=9)
        panels[row][0].set_ylabel("η")
    for axes in panels[-1]:
        axes.set_xlabel("κ")
    return CaptionedFigure(
        "loss_map",
        f"What a threshold repairs under four losses, Δ = {Delta:g}, ridge {dataset.attrs['ridge']:g}",
        _finding(world, losses),
        _READING,
        figure,
    )


def _finding(world: xr.Dataset, losses: list[str]) -> str:
    repaired, lost = (world[part].max(("eta", "kappa")).to_numpy() for part in _PARTS)
    worst = ", ".join(
        f"{_NAMES.get(loss, loss)} {a:.3f} and {b:.3f}"
        for loss, a, b in zip(losses, repaired, lost, strict=True)
    )
    spread = world["balanced_error_direction_part"]
    apart = float((spread.max("loss") - spread.min("loss")).max())
    return (
        "Largest parts of the balanced error that a threshold repairs and that the direction loses: "
        f"{worst}. In no cell do the losses differ by more than {apart:.3f} in what they lose with the "
        "direction."
    )


def _panel(axes: Axes, part: xr.DataArray) -> None:
    values = part.to_numpy()
    axes.imshow(values, origin="lower", aspect="auto", cmap="Greys", vmin=0.0, vmax=0.7)
    if values.size <= _SAID:
        for row, column in np.ndindex(*values.shape):
            value = values[row, column]
            said = "–" if np.isnan(value) else f"{100 * value:.0f}"
            colour = "white" if value > 0.35 else INK
            axes.annotate(said, (column, row), ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(part.kappa.size), [f"{kappa:g}" for kappa in part.kappa.to_numpy()])
    axes.set_yticks(range(part.eta.size), [f"{eta:g}" for eta in part.eta.to_numpy()])
