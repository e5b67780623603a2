"""Class weights over the epochs, for the methods that weigh classes at all.

Deferred weights jump, static ones lie flat, density-ratio weights follow the features: the figure
shows which of the three a run really used. Drawn from a training run's results.
"""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..theory.foundation.validation import InputError
from .captioned import CaptionedFigure
from .results import Results, members_of, method_names
from .style import WIDTH, method_label, styled

if TYPE_CHECKING:
    from ..methods.results.run_results import MemberResult

__all__ = ["draw", "weighted_methods"]

_SHADES = colormaps["plasma"]


@styled
def draw(results: Results) -> CaptionedFigure:
    """One panel per weighing method (its first seed), one line per class, rare classes bright.

    Raises
    ------
    InputError
        If every method's weights are one throughout.
    """
    names = weighted_methods(results)
    if not names:
        raise InputError("results hold no method whose class weights differ from one")
    counts = np.asarray(results.class_counts, dtype=np.float64)
    rows = len(names)
    figure = Figure(figsize=(WIDTH, 0.5 + 1.75 * rows), layout="constrained")
    for axes, name in zip(
        figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0], names, strict=True
    ):
        _panel(axes, members_of(results, name)[0], counts)
    figure.supxlabel("epoch", fontsize=10)
    figure.supylabel("class weight", fontsize=10)
    return CaptionedFigure(
        "class_weights",
        "Class weights over the epochs, for the methods that weigh classes",
        _finding(results, names),
        "The mean weight per example that each class carried in the loss of the first seed, up to each "
        "recorded epoch; the rarest class brightest, n its training examples.",
        figure,
    )


def _panel(axes: Axes, member: "MemberResult", counts: NDArray[np.float64]) -> None:
    rarity = np.argsort(np.argsort(-counts)) / max(counts.size - 1, 1)
    epochs, weights = _steps(member)
    for label in np.argsort(rarity):
        axes.step(epochs, weights[:, label], where="pre", color=_SHADES(0.3 + 0.5 * rarity[label]))
    for label in {int(counts.argmin()), int(counts.argmax())}:
        axes.annotate(
            f"n = {counts[label]:g}",
            (epochs[-1], weights[-1, label]),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    if weights.min() > 0 and weights.max() > 10 * weights.min():
        axes.set_yscale("log")
    axes.set_title(method_label(member.method), parse_math=False)


def _finding(results: Results, names: list[str]) -> str:
    rarest, commonest = int(np.argmin(results.class_counts)), int(np.argmax(results.class_counts))
    ratios = []
    for name in names:
        last = _weights(members_of(results, name)[0])[-1]
        ratio = last[rarest] / last[commonest] if last[commonest] > 0 else np.inf
        ratios.append(f"{ratio:.3g} under {method_label(name)}")
    return (
        "At the end the weight of the rarest class over that of the most frequent one is "
        f"{', '.join(ratios)}."
    )


def _steps(member: "MemberResult") -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of epochs and the weights up to each, the first ones from the end before."""
    epochs, weights = np.asarray(member.history.epoch, dtype=np.float64), _weights(member)
    begins = max(2 * epochs[0] - epochs[1], 0.0) if epochs.size > 1 else epochs[0] - 1
    return np.insert(epochs, 0, begins), np.vstack([weights[:1], weights])


def weighted_methods(results: Results) -> list[str]:
    """The methods whose class weights are not one throughout."""
    return [
        name
        for name in method_names(results)
        if not np.allclose(_weights(members_of(results, name)[0]), 1.0)
    ]


def _weights(member: "MemberResult") -> NDArray[np.float64]:
    return np.asarray(member.history.class_weights, dtype=np.float64)
