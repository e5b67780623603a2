"""Balanced accuracy per method with every seed shown, and the paired difference to plain CE.

The right panel answers the question the left one only suggests: pairing by seed removes the spread
that all methods share. Drawn from a training run's results.
"""

import numpy as np
from matplotlib.figure import Figure

from .captioned import CaptionedFigure
from .results import Results, difference_to_ce, members_of, method_names
from .style import INK, WIDTH, method_label, method_look, styled

__all__ = ["draw"]


@styled
def draw(results: Results) -> CaptionedFigure:
    """One row per method: seeds as dots and their mean; the difference to CE with its interval."""
    names = method_names(results)
    rows = np.arange(len(names))
    figure = Figure(figsize=(WIDTH, 1.1 + 0.36 * len(names)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for row, name in zip(rows, names, strict=True):
        look = method_look(name)
        points = {"linestyle": "none", **look.points()}
        values = [100 * member.balanced_accuracy for member in members_of(results, name)]
        left.plot(values, np.full(len(values), row), markersize=4, alpha=0.7, **points)
        left.plot(np.mean(values), row, "|", color=INK, markersize=14, markeredgewidth=1.8)
        difference = difference_to_ce(results, name)
        if difference is None:
            continue
        right.plot(100 * difference.mean, row, markersize=6, **points)
        if difference.interval is not None:
            low, high = difference.interval
            right.plot([100 * low, 100 * high], [row, row], color=look.colour, linewidth=2.0)
    left.set_yticks(rows, [method_label(name) for name in names], parse_math=False)
    left.set_ylim(len(names) - 0.5, -0.5)
    left.set_xlabel("balanced accuracy, %")
    right.axvline(0.0, color=INK, linewidth=1.0, linestyle=":")
    right.set_xlabel("difference to CE, points")
    left.set_title("each seed; bar: mean", fontsize=9)
    right.set_title("paired, 95 % interval", fontsize=9)
    right.tick_params(left=False)
    return CaptionedFigure(
        "balanced_accuracy",
        "Balanced accuracy per method, and the paired difference to CE",
        _finding(results),
        "Left: the balanced accuracy (mean accuracy of the classes) of each seed, and the mean as a "
        "bar. Right: the mean over seeds of the difference to plain cross-entropy (CE) trained with the "
        "same seed, and its 95 % t interval.",
        figure,
    )


def _finding(results: Results) -> str:
    found = {name: difference_to_ce(results, name) for name in method_names(results)}
    gains = {name: gain for name, gain in found.items() if gain is not None}
    if not gains:
        means = [
            np.mean([member.balanced_accuracy for member in members_of(results, name)])
            for name in found
        ]
        return f"The largest mean balanced accuracy is {100 * max(means):.1f} %."
    best = max(gains, key=lambda name: gains[name].mean)
    largest = f"{100 * gains[best].mean:+.1f}".replace("-", "−")
    above = sum(gain.interval is not None and gain.interval[0] > 0 for gain in gains.values())
    return (
        f"The whole interval of the difference to CE lies above zero for {above} of {len(gains)} "
        f"methods; the largest difference is that of {method_label(best)}, {largest} points."
    )
