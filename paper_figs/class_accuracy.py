"""Accuracy of each class against its number of training examples, one panel per method.

Every panel repeats plain CE in grey, so that a method's gain on rare classes and its price on
frequent ones are read in one place. Drawn from a training run's results.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .captioned import CaptionedFigure
from .results import Results, members_of, method_names
from .style import WIDTH, Look, method_label, method_look, styled

__all__ = ["draw"]


@styled
def draw(results: Results) -> CaptionedFigure:
    """Mean over seeds, with the range of the seeds as a band; class count on a log axis."""
    names = [name for name in method_names(results) if name != "ce"] or ["ce"]
    counts = np.asarray(results.class_counts, dtype=np.float64)
    order = np.argsort(counts)
    rows = -(-len(names) // 2)
    columns = min(2, len(names))
    figure = Figure(figsize=(WIDTH, 0.5 + 1.75 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    plain = _seed_accuracies(results, "ce")
    for axes, name in zip(panels, names, strict=False):
        if plain.size:
            _curve(axes, counts[order], plain[:, order], method_look("ce"))
        _curve(axes, counts[order], _seed_accuracies(results, name)[:, order], method_look(name))
        note = ", CE in grey" if axes is panels[0] and plain.size else ""
        axes.set_title(method_label(name) + note, parse_math=False)
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    for axes in panels[: len(names)][-columns:]:
        axes.tick_params(labelbottom=True)
    panels[0].set_xscale("log")
    panels[0].set_ylim(top=103)
    figure.supxlabel("training examples of the class", fontsize=10)
    figure.supylabel("class accuracy, %", fontsize=10)
    return CaptionedFigure(
        "class_accuracy",
        "Accuracy of each class against its number of training examples, per method",
        _finding(results),
        "Accuracy of each class against its training examples: mean of the seeds, band from the worst "
        "to the best seed; every panel repeats CE in grey with round markers.",
        figure,
    )


def _finding(results: Results) -> str:
    rarest = int(np.argmin(results.class_counts))
    reached = {n: _seed_accuracies(results, n)[:, rarest].mean() for n in method_names(results)}
    plain = [accuracy for name, accuracy in reached.items() if name == "ce"]
    others = {n: accuracy for n, accuracy in reached.items() if n != "ce"}
    said = [f"CE reaches {accuracy:.1f} %" for accuracy in plain]
    if others:
        best = max(others, key=lambda name: others[name])
        said.append(f"{method_label(best)}, the best there, {others[best]:.1f} %")
    return f"On the rarest class, n = {results.class_counts[rarest]:g}, {', '.join(said)}."


def _seed_accuracies(results: Results, method: str) -> NDArray[np.float64]:
    rows = [member.class_accuracy for member in members_of(results, method)]
    return 100 * np.asarray(rows, dtype=np.float64)


def _curve(
    axes: Axes, counts: NDArray[np.float64], accuracy: NDArray[np.float64], look: Look
) -> None:
    low, high = accuracy.min(axis=0), accuracy.max(axis=0)
    axes.fill_between(counts, low, high, color=look.colour, alpha=0.2, linewidth=0)
    axes.plot(counts, accuracy.mean(axis=0), markersize=4, **look.line())
