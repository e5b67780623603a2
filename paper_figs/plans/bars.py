"""A plan as a picture: what of each class's balanced error a threshold repairs, and what stays.

Checked by: the numbers of the plan that the bars are drawn from.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from ...simulations.plan import ClassPlan, indices_as_names
from ...theory.foundation.validation import InputError
from ..captioned import CaptionedFigure
from ..style import ABOVE, BELOW, INK, WIDTH, styled

__all__ = ["draw"]

_READING = (
    "Each class stands against the larger class that hurts it most, as two normal classes of one covariance "
    "told apart by their estimated means. Bars are the balanced error of the plain rule: what the right "
    "threshold repairs, what is lost with the direction whatever the threshold, and what the Bayes rule "
    "errs by. The regime is named beside; recall below one half is extreme or worse."
)
_PARTS = (
    ("bayes_part", "Bayes rule", "0.75", ""),
    ("direction_part", "direction: no threshold repairs it", BELOW, "xx"),
    ("threshold_part", "threshold: logit adjustment and the like", ABOVE, "//"),
)


@styled
def draw(plans: Sequence[ClassPlan], class_names: Sequence[str] | None = None) -> CaptionedFigure:
    """Bars of the plans of `counterpoise.simulations.plan`, in their order.

    Raises
    ------
    InputError
        If there is none.
    """
    if not plans:
        raise InputError("plans is empty: there is nothing to draw")
    names = class_names or indices_as_names(plans)
    figure = Figure(figsize=(WIDTH, 1.4 + 0.32 * len(plans)), layout="constrained")
    axes = figure.subplots()
    places, left = np.arange(len(plans)), np.zeros(len(plans))
    for field, label, colour, hatch in _PARTS:
        width = np.array([getattr(p, field) for p in plans])
        axes.barh(
            places, width, left=left, label=label, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5
        )  # fmt: skip
        left += width
    for place, end, p in zip(places, left, plans, strict=True):
        regimes = " to ".join(dict.fromkeys((p.regimes[0], p.regimes[-1])))
        said = f"{regimes}, against {names[p.rival]}"
        axes.annotate(
            said, (end, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9
        )
    axes.set_yticks(places, [f"{names[p.label]} ({p.class_count})" for p in plans])
    axes.invert_yaxis()
    axes.set_xlim(0.0, 2.2 * left.max())
    axes.set_xlabel("balanced error of the pair")
    figure.legend(loc="outside lower left", ncols=1)
    return CaptionedFigure(
        "plan",
        "Before training: what imbalance costs each class, and what repairs it",
        _finding(plans, names),
        _READING,
        figure,
    )


def _finding(plans: Sequence[ClassPlan], names: Sequence[str]) -> str:
    worst = max(plans, key=lambda p: p.threshold_part + p.direction_part)
    lost = sum(p.remedies[0].recall < 0.5 for p in plans)
    return (
        f"{lost} of {len(plans)} classes have a recall below one half with the plain rule. Imbalance costs "
        f"{names[worst.label]} most: a balanced error of {worst.remedies[0].balanced_error:.3f}, of which "
        f"a threshold repairs {worst.threshold_part:.3f} and nothing repairs the {worst.direction_part:.3f} "
        "lost with the direction."
    )
