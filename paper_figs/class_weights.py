"""Class weights over the epochs, for the methods that weigh classes at all.

Deferred weights jump, static ones lie flat, density-ratio weights follow the features: the figure
shows which of the three a run really used. Drawn from a training run's results.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..theory.foundation.validation import InputError
from .results import Results, check_results, members_of, method_names
from .style import WIDTH, method_label, styled

__all__ = ["draw", "weighted_methods"]

_SHADES = colormaps["plasma"]


@styled
def draw(results: Results) -> Figure:
    """One panel per weighing method (its first seed), one line per class, rare classes bright.

    Raises
    ------
    InputError
        If every method's weights are one throughout.
    """
    names = weighted_methods(results)
    if not names:
        raise InputError("results hold no method whose class weights differ from one")
    counts = np.asarray(results["class_counts"], dtype=np.float64)
    rarity = np.argsort(np.argsort(-counts)) / max(counts.size - 1, 1)
    rows = len(names)
    figure = Figure(figsize=(WIDTH, 0.5 + 1.75 * rows), layout="constrained")
    for axes, name in zip(
        figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0], names, strict=True
    ):
        history = members_of(results, name)[0]["history"]
        weights = np.asarray(history["class_weights"], dtype=np.float64)
        for label in np.argsort(rarity):
            shade = _SHADES(0.3 + 0.5 * rarity[label])
            axes.plot(history["epoch"], weights[:, label], color=shade)
        for label in {int(counts.argmin()), int(counts.argmax())}:
            axes.annotate(
                f"n = {counts[label]:g}",
                (history["epoch"][-1], weights[-1, label]),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
        if weights.min() > 0 and weights.max() > 10 * weights.min():
            axes.set_yscale("log")
        axes.set_title(method_label(name), parse_math=False)
    figure.supxlabel("epoch", fontsize=10)
    figure.supylabel("class weight", fontsize=10)
    figure.set_label("Class weights over the epochs, for the methods that weigh classes")
    return figure


def weighted_methods(results: Results) -> list[str]:
    """The methods whose class weights are not one throughout."""
    check_results(results)
    return [
        name
        for name in method_names(results)
        if not np.allclose(_weights(members_of(results, name)[0]), 1.0)
    ]


def _weights(member: Mapping[str, Any]) -> NDArray[np.float64]:
    return np.asarray(member["history"]["class_weights"], dtype=np.float64)
