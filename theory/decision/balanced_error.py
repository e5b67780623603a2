"""Balanced error and its relatives: the measures that do not let the head class speak for all.

Source: Menon, Narasimhan, Agarwal, Chawla (ICML 2013) for the balanced error; the many / medium / few
groups are those of Liu et al. (CVPR 2019). Checked by: identities, exact enumeration of small worlds.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_computed, state_quoted, steps
from ..foundation.validation import InputError, as_class_counts, as_number, as_real

__all__ = ["balanced_error", "balanced_regret", "balanced_scores", "group_accuracies"]


def balanced_error(class_accuracy: ArrayLike) -> float:
    """``1 - mean_y accuracy_y`` for per-class accuracies of shape (K,) in [0, 1]."""
    accuracy = as_real("class_accuracy", class_accuracy, low=0, high=1)
    if accuracy.ndim != 1 or accuracy.size == 0:
        raise InputError(
            f"class_accuracy has shape {accuracy.shape}: give one accuracy per class, shape (K,)"
        )
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


def balanced_scores(posterior: ArrayLike, class_prior: ArrayLike) -> NDArray[np.float64]:
    """``r_y = eta_y / pi_y``, shape (..., K): the balanced Bayes rule predicts the largest.

    ``posterior``: (..., K) in [0, 1]; ``class_prior``: (K,), positive.
    """
    eta = as_real("posterior", posterior, low=0, high=1)
    prior = as_real("class_prior", class_prior, low=0, low_open=True, high=1)
    if eta.shape[-1:] != prior.shape or prior.ndim != 1:
        raise InputError(
            f"posterior has shape {eta.shape}: its last axis must match class_prior, {prior.shape}"
        )
    return eta / prior


def balanced_regret(
    posterior: ArrayLike, predicted: ArrayLike, class_prior: ArrayLike, mass: ArrayLike
) -> float:
    """``BER(h) - BER* = (1/K) E[max_y r_y(X) - r_h(X)]`` on a finite world.

    ``posterior``: (n, K); ``predicted``: (n,) class of each point; ``mass``: (n,) probabilities.
    """
    scores = balanced_scores(posterior, class_prior)
    labels = as_real("predicted", predicted, low=0, high=scores.shape[-1] - 1)
    if np.any(labels % 1):
        raise InputError(f"predicted: must be class indices, 0 to {scores.shape[-1] - 1}")
    chosen = labels.astype(np.intp)
    weight = as_real("mass", mass, low=0, high=1)
    if scores.ndim != 2 or not (chosen.shape == weight.shape == scores.shape[:1]):
        raise InputError(
            f"predicted has shape {chosen.shape} and mass {weight.shape}: must both be "
            f"{scores.shape[:1]}, one for each point"
        )
    lost = scores.max(axis=1) - np.take_along_axis(scores, chosen[:, None], axis=1)[:, 0]
    return float((weight * lost).sum() / scores.shape[1])


# ------------------------------------------------------------------------------------ statements

_UNIT = {"h": "[0, 1]", "p": "(0, 1)"}
_GAIN = "h/p - (1 - h)/(1 - p) == (h - p)/(p*(1 - p))"

# A world of two points a and b: a has mass m and posterior e, b has mass 1 - m and posterior f.
_PRIOR = "(m*e + (1 - m)*f)"
_NEGATIVE = "(m*(1 - e) + (1 - m)*(1 - f))"
_WORLD = {"m": "(0, 1)", "e": "(0, 1)", "f": "(0, 1)"}
_AM_REGRET = f"(m*e/{_PRIOR} + (1 - m)*(1 - f)/{_NEGATIVE})/2 - 1/2"

BALANCED_BAYES = Statement(
    name="balanced_error.balanced_bayes_rule",
    title="The balanced error's Bayes rule thresholds the posterior at the prior",
    source="Menon et al. (ICML 2013); the regret density is exact",
    formula=state(_GAIN, **_UNIT),
    steps=steps(
        ("gain of predicting positive at x, per unit of mass", state(_GAIN, **_UNIT)),
        (
            "it is positive beyond the prior",
            state("(p + t*(1 - p) - p)/(p*(1 - p)) > 0", p="(0, 1)", t="(0, 1]"),
        ),
        ("and negative below it", state("(p*t - p)/(p*(1 - p)) < 0", p="(0, 1)", t="[0, 1)")),
    ),
    argument="Balanced accuracy is half the integral of eta/pi over the points predicted positive plus "
    "(1-eta)/(1-pi) over the others; pointwise the larger term wins.",
    mutants=mutants(
        (
            "threshold one half",
            state("h/p - (1 - h)/(1 - p) == (h - 1/2)/(p*(1 - p))", **_UNIT),
        ),
        ("the normaliser 1/p", state("h/p - (1 - h)/(1 - p) == (h - p)/p", **_UNIT)),
        (
            "positive beyond one half",
            state("(1/2 + t/2 - p)/(p*(1 - p)) > 0", p="(0, 1)", t="(0, 1]"),
        ),
    ),
    symbols={"h": "posterior eta(x) of the positive class", "p": "its prior"},
    functions=("balanced_scores",),
)

AM_REGRET = Statement(
    name="balanced_error.am_regret",
    title="What a rule loses in balanced accuracy: |eta - p| over 2 p (1 - p), wherever it disagrees",
    source="Menon et al. (ICML 2013); exact here for worlds of two points, and enumerated",
    formula=state_quoted(
        "AM* - AM(h) = E[|eta(X) - p| 1(h(X) != sign(eta(X) - p))] / (2 p (1 - p))",
        r"\mathrm{AM}^* - \mathrm{AM}(h) = \frac{1}{2p(1-p)}\,"
        r"E\bigl[\,|\eta(X)-p|\;1\{h(X)\ne \mathrm{sign}(\eta(X)-p)\}\bigr]",
    ),
    steps=steps(
        ("density of the regret: half the gain of the better prediction", state(_GAIN, **_UNIT)),
        (
            "two points: what never predicting the positive class loses to predicting it at the first, e > f",
            state(f"{_AM_REGRET} == m*(e - {_PRIOR})/(2*{_PRIOR}*{_NEGATIVE})", **_WORLD),
        ),
        (
            "the same regret is the 0-1 regret under the balanced distribution: mass times |2 eta_b - 1|",
            state(
                "(h/p + (1 - h)/(1 - p))/2*(2*(h/p)/(h/p + (1 - h)/(1 - p)) - 1)"
                " == (h - p)/(2*p*(1 - p))",
                h="(0, 1)",
                p="(0, 1)",
            ),
        ),
        (
            "every rule of every small world",
            state_computed(
                "balanced_error:regret_identity", classes=2, points=3, grid=4, scale="1/2"
            ),
        ),
    ),
    argument="Balanced accuracy is linear in the rule, point by point, with the density of the first "
    "step; a tie eta = p costs nothing. Under-sampling to balance draws from the balanced distribution, "
    "so the third step is also its regret.",
    mutants=mutants(
        (
            "1/(p(1-p)), twice too much",
            state(f"{_AM_REGRET} == m*(e - {_PRIOR})/({_PRIOR}*{_NEGATIVE})", **_WORLD),
        ),
        (
            "1/(4p(1-p))",
            state(f"{_AM_REGRET} == m*(e - {_PRIOR})/(4*{_PRIOR}*{_NEGATIVE})", **_WORLD),
        ),
        (
            "distance from one half",
            state(f"{_AM_REGRET} == m*(e - 1/2)/(2*{_PRIOR}*{_NEGATIVE})", **_WORLD),
        ),
        ("no normaliser", state(f"{_AM_REGRET} == m*(e - {_PRIOR})/2", **_WORLD)),
    ),
    symbols={
        "m": "mass of the first point",
        "e": "its posterior",
        "f": "the second point's posterior",
    },
    rests_on=("balanced_error.balanced_bayes_rule",),
    ids=("AM1",),
    functions=("balanced_regret",),
)

BAYES_RULE = Statement(
    name="balanced_error.bayes_rule",
    title="Balanced error of any rule, exactly: predict the largest r_y = eta_y/pi_y",
    source="Menon et al. (ICLR 2021); the regret identity is derived here",
    formula=state_quoted(
        "BER(h) - BER* = (1/K) E[max_y r_y(X) - r_h(X)(X)],  r_y = eta_y/pi_y",
        r"\mathrm{BER}(h) - \mathrm{BER}^* = \tfrac1K E\bigl[\max_y r_y(X) - r_{h(X)}(X)\bigr],"
        r"\quad r_y = \eta_y/\pi_y",
    ),
    steps=steps(
        (
            "a rule's balanced accuracy is 1/K times the expected r of what it predicts (two points)",
            state(
                f"1 - ((1 - m)*f/{_PRIOR} + m*(1 - e)/{_NEGATIVE})/2"
                f" == (m*(e/{_PRIOR}) + (1 - m)*((1 - f)/{_NEGATIVE}))/2",
                **_WORLD,
            ),
        ),
        (
            "three classes: every rule of every small world",
            state_computed(
                "balanced_error:regret_identity", classes=3, points=2, grid=4, scale="1/3"
            ),
        ),
        (
            "equal priors: the ordinary 0-1 regret, pointwise",
            state("(e/(1/K) - h/(1/K))/K == e - h", e="[0, 1]", h="[0, 1]", K="integer 2.."),
        ),
    ),
    argument="P(h = y given y) = E[eta_y(X) 1(h(X) = y)]/pi_y, so balanced accuracy is the mean of r at the "
    "prediction; pointwise the largest r is best, and what another prediction loses is the difference.",
    mutants=mutants(
        (
            "factor 1 instead of 1/K",
            state_computed(
                "balanced_error:regret_identity", classes=3, points=2, grid=3, scale="1"
            ),
        ),
        (
            "predict the largest posterior: its r is never smaller",
            state("e/p >= (1 - e)/(1 - p)", given="e >= 1 - e", e="(0, 1)", p="(0, 1)"),
        ),
        (
            "posterior times prior",
            state("e*p >= (1 - e)*(1 - p)", given="e/p >= (1 - e)/(1 - p)", e="(0, 1)", p="(0, 1)"),
        ),
    ),
    symbols={"e": "posterior", "r": "posterior over prior", "K": "number of classes"},
    rests_on=("balanced_error.balanced_bayes_rule",),
    ids=("LA1",),
    functions=("balanced_scores", "balanced_regret"),
)

STATEMENTS = (BALANCED_BAYES, AM_REGRET, BAYES_RULE)
