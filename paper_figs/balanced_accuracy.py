"""Balanced accuracy per method with every seed shown, and the paired difference to plain CE.

The right panel answers the question the left one only suggests: pairing by seed removes the spread
that all methods share. Drawn from a training run's results.
"""

import numpy as np
from matplotlib.figure import Figure

from .captioned import CaptionedFigure
from .results import Results, members_of, method_names, summary_of
from .style import INK, WIDTH, method_colour, method_label, styled

__all__ = ["draw"]


@styled
def draw(results: Results) -> CaptionedFigure:
    """One row per method: seeds as dots and their mean; the difference to CE with its interval."""
    names = method_names(results)
    rows = np.arange(len(names))
    figure = Figure(figsize=(WIDTH, 1.1 + 0.36 * len(names)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for row, name in zip(rows, names, strict=True):
        colour = method_colour(name)
        values = [100 * member.balanced_accuracy for member in members_of(results, name)]
        left.plot(values, np.full(len(values), row), "o", color=colour, markersize=4, alpha=0.6)
        left.plot(np.mean(values), row, "|", color=INK, markersize=14, markeredgewidth=1.8)
        summary = summary_of(results, name)
        if summary is None or name == "ce" or summary.difference_to_ce is None:
            continue
        right.plot(100 * summary.difference_to_ce, row, "o", color=colour, markersize=6)
        if summary.interval is not None:
            low, high = summary.interval
            right.plot([100 * low, 100 * high], [row, row], color=colour, linewidth=2.2)
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
        _caption(results),
        figure,
    )


def _caption(results: Results) -> str:
    text = "Balanced accuracy of every seed, and the difference to plain cross-entropy with the same seed"
    rows = [row for row in results.summary if row.method != "ce"]
    gains = {row.method: row.difference_to_ce for row in rows if row.difference_to_ce is not None}
    if not gains:
        return f"{text}."
    best = max(gains, key=lambda name: gains[name])
    largest = f"{100 * gains[best]:+.1f}".replace("-", "−")
    above = sum(row.interval is not None and row.interval[0] > 0 for row in rows)
    return (
        f"{text}: the whole interval lies above zero for {above} of {len(gains)} methods, and the "
        f"largest difference is that of {method_label(best)}, {largest} points."
    )
