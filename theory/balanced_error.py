"""Balanced error and its relatives: the measures that do not let the head class speak for all.

Source: Menon, Narasimhan, Agarwal, Chawla (ICML 2013) for the balanced error; the many / medium / few
groups are those of Liu et al. (CVPR 2019). Checked by: property tests.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .statement import Statement, mutants, state, steps
from .validation import InputError, as_class_counts, as_number, as_real

__all__ = ["STATEMENTS", "balanced_error", "group_accuracies"]


def balanced_error(class_accuracy: ArrayLike) -> float:
    """``1 - mean_y accuracy_y`` for per-class accuracies of shape (K,) in [0, 1]."""
    accuracy = as_real("class_accuracy", class_accuracy, low=0, high=1)
    if accuracy.size == 0:
        raise InputError("class_accuracy is empty: give one accuracy per class")
    return float((1.0 - accuracy).mean())


def group_accuracies(
    class_accuracy: ArrayLike, class_counts: ArrayLike, few: float = 20, many: float = 100
) -> dict[str, float]:
    """Mean accuracy of the classes with > ``many``, ``few``..``many`` and < ``few`` training examples.

    Both inputs have shape (K,). An empty group is NaN, not zero.
    """
    accuracy = as_real("class_accuracy", class_accuracy, low=0, high=1)
    counts = as_class_counts(class_counts)
    few = as_number("few", few, low=0)
    many = as_number("many", many, low=few)
    if accuracy.shape != counts.shape:
        raise InputError(
            f"class_accuracy has shape {accuracy.shape}: must match class_counts, {counts.shape}"
        )
    groups: dict[str, NDArray[np.bool_]] = {
        "many": counts > many,
        "medium": (counts >= few) & (counts <= many),
        "few": counts < few,
    }
    return {
        name: float(accuracy[members].mean()) if members.any() else float("nan")
        for name, members in groups.items()
    }


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {"h": "posterior eta(x) of the positive class", "p": "its prior"}

BALANCED_BAYES = Statement(
    name="balanced_error.balanced_bayes_rule",
    title="The balanced error's Bayes rule thresholds the posterior at the prior",
    source="Menon et al. (ICML 2013); the regret density is exact",
    formula=state("h/p - (1 - h)/(1 - p) == (h - p)/(p*(1 - p))", h="[0, 1]", p="(0, 1)"),
    steps=steps(
        (
            "gain of predicting positive at x, per unit of mass",
            state("h/p - (1 - h)/(1 - p) == (h - p)/(p*(1 - p))", h="[0, 1]", p="(0, 1)"),
        ),
        (
            "it is positive beyond the prior",
            state("(p + t*(1 - p) - p)/(p*(1 - p)) > 0", p="(0, 1)", t="(0, 1]"),
        ),
        (
            "plug-in estimates lose at most their distance: |h - p| <= |H - h| + |P - p| when they disagree",
            state(
                "p - h <= (H - h) + (p - P)",
                given="H >= P",
                h="[0, 1]",
                p="(0, 1)",
                H="real",
                P="real",
            ),
        ),
    ),
    argument="Balanced accuracy is half the integral of eta/pi over the points predicted positive plus "
    "(1-eta)/(1-pi) over the others; pointwise the larger term wins. The last step bounds the loss of a "
    "plug-in rule H >= P that disagrees with h < p.",
    mutants=mutants(
        (
            "threshold one half",
            state("h/p - (1 - h)/(1 - p) == (h - 1/2)/(p*(1 - p))", h="[0, 1]", p="(0, 1)"),
        ),
        (
            "the normaliser 1/p",
            state("h/p - (1 - h)/(1 - p) == (h - p)/p", h="[0, 1]", p="(0, 1)"),
        ),
        (
            "the estimated threshold costs nothing",
            state("p - h <= H - h", given="H >= P", h="[0, 1]", p="(0, 1)", H="real", P="real"),
        ),
    ),
    symbols=_SYMBOLS,
)

STATEMENTS = (BALANCED_BAYES,)
