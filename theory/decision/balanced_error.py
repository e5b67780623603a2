"""Balanced error and its relatives: the measures that do not let the head class speak for all.

Source: Menon, Narasimhan, Agarwal, Chawla (ICML 2013) for the balanced error; the many / medium / few
groups are those of Liu et al. (CVPR 2019). Checked by: identities, exact enumeration of small worlds.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, statement
from ..foundation.arrays import ArrayLike
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
    groups = class_groups(counts, few, many)
    if accuracy.shape != counts.shape:
        raise InputError(
            f"class_accuracy has shape {accuracy.shape}: must match class_counts, {counts.shape}"
        )
    return {
        name: float(accuracy[members].mean()) if members.any() else float("nan")
        for name, members in groups.items()
    }


def class_groups(
    class_counts: ArrayLike, few: float = 20, many: float = 100
) -> dict[str, NDArray[np.bool_]]:
    """Which classes, (K,), have > ``many``, ``few``..``many`` and < ``few`` training examples."""
    counts = as_class_counts(class_counts)
    few = as_number("few", few, low=0)
    many = as_number("many", many, low=few)
    return {
        "many": counts > many,
        "medium": (counts >= few) & (counts <= many),
        "few": counts < few,
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


BALANCED_BAYES = statement(
    name="balanced_error.balanced_bayes_rule",
    title="The balanced error's Bayes rule thresholds the posterior at the prior",
    source="Menon et al. (ICML 2013); the regret density is exact",
    functions=("balanced_scores",),
    where={
        "h: [0, 1]": "posterior eta(x) of the positive class",
        "p: (0, 1)": "its prior",
        "t: (0, 1]": "fraction of the way from the prior to 1 (second step), from 0 to the prior (third)",
    },
    theorem=(
        "p = P(Y = 1) in (0, 1), eta(x) = P(Y = 1 | X = x): for every rule h: X -> {0, 1}, AM(h) = (P(h = "
        "1 | Y = 1) + P(h = 0 | Y = 0))/2 = (1/2) E[h(X) eta(X)/p + (1 - h(X)) (1 - eta(X))/(1 - p)], "
        "which is greatest at h*(x) = 1{eta(x) > p}, as eta/p - (1 - eta)/(1 - p) = (eta - p)/(p (1 - p))",
        r"\mathrm{AM}(h) = 1 - \mathrm{BER}(h) = \tfrac12 \mathbb E \left[ h(X) \frac{\eta(X)}{p} + (1 - "
        r"h(X)) \frac{1 - \eta(X)}{1 - p} \right] \le \mathrm{AM}(h^*) \quad \forall h : \mathcal X \to "
        r"\{0, 1\}, \qquad h^*(x) = 1\{\eta(x) > p\}, \quad p = \mathbb P(Y = 1) \in (0, 1)",
    ),
    formula="h/p - (1 - h)/(1 - p) == (h - p)/(p*(1 - p))",
    steps=(
        "gain_of_predicting_positive: gain of predicting positive at x, per unit of mass",
        FORMULA,
        "positive_beyond_prior: it is positive beyond the prior",
        "(p + t*(1 - p) - p)/(p*(1 - p)) > 0",
        "negative_below_prior: and negative below it",
        state("(p*t - p)/(p*(1 - p)) < 0", t="[0, 1)"),
    ),
    argument="Balanced accuracy is half the integral of eta/pi over the points predicted positive plus "
    "(1-eta)/(1-pi) over the others; pointwise the larger term wins.",
    mutants=(
        "threshold one half",
        "h/p - (1 - h)/(1 - p) == (h - 1/2)/(p*(1 - p))",
        "the normaliser 1/p",
        "h/p - (1 - h)/(1 - p) == (h - p)/p",
        "positive beyond one half",
        "(1/2 + t/2 - p)/(p*(1 - p)) > 0",
    ),
)

AM_REGRET = statement(
    name="balanced_error.am_regret",
    title="What a rule loses in balanced accuracy: |eta - p| over 2 p (1 - p), wherever it disagrees",
    source="Menon et al. (ICML 2013); exact here for worlds of two points, and enumerated",
    ids=("AM1",),
    functions=("balanced_regret",),
    where={
        "h: [0, 1]": "posterior eta(x) of the positive class",
        "p: (0, 1)": "prior of the positive class",
        "m: (0, 1)": "mass of the first point",
        "e: (0, 1)": "its posterior",
        "f: (0, 1)": "the second point's posterior",
    },
    theorem=(
        "for every rule h: X -> {-1, 1}, p = P(Y = 1) in (0, 1), AM(h) = (P(h = 1 | Y = 1) + P(h = -1 | Y "
        "= -1))/2, AM* = max_h AM(h): AM* - AM(h) = E[|eta(X) - p| 1{h(X) != sign(eta(X) - p)}]/(2 p (1 - "
        "p))",
        r"\mathrm{AM}^* - \mathrm{AM}(h) = \frac{1}{2 p (1 - p)}\, \mathbb E \left[ |\eta(X) - p|\; "
        r"1\{h(X) \ne \operatorname{sign}(\eta(X) - p)\} \right] \quad \forall h : \mathcal X \to \{-1, "
        r"1\}, \quad p = \mathbb P(Y = 1) \in (0, 1),\; \mathrm{AM}^* = \max_h \mathrm{AM}(h)",
    ),
    steps=(
        "regret_density: density of the regret: half the gain of the better prediction",
        "h/p - (1 - h)/(1 - p) == (h - p)/(p*(1 - p))",
        "two_point_regret: two points: what never predicting the positive class loses to predicting it at "
        "the first, e > f",
        "(m*e/(m*e + (1 - m)*f) + (1 - m)*(1 - f)/(m*(1 - e) + (1 - m)*(1 - f)))/2 - 1/2 == m*(e - (m*e + "
        "(1 - m)*f))/(2*(m*e + (1 - m)*f)*(m*(1 - e) + (1 - m)*(1 - f)))",
        "balanced_zero_one_regret: the same regret is the 0-1 regret under the balanced distribution: mass "
        "times |2 eta_b - 1|",
        state(
            "(h/p + (1 - h)/(1 - p))/2*(2*(h/p)/(h/p + (1 - h)/(1 - p)) - 1) == (h - p)/(2*p*(1 - p))",
            h="(0, 1)",
        ),
        "small_worlds_enumerated: every rule of every small world",
        state_computed("balanced_error:regret_identity", classes=2, points=3, grid=4, scale="1/2"),
    ),
    argument="Balanced accuracy is linear in the rule, point by point, with the density of the first step; "
    "a tie eta = p costs nothing. Under-sampling to balance draws from the balanced distribution, "
    "so the third step is also its regret.",
    mutants=(
        "1/(p(1-p)), twice too much",
        "(m*e/(m*e + (1 - m)*f) + (1 - m)*(1 - f)/(m*(1 - e) + (1 - m)*(1 - f)))/2 - 1/2 == m*(e - (m*e + "
        "(1 - m)*f))/((m*e + (1 - m)*f)*(m*(1 - e) + (1 - m)*(1 - f)))",
        "1/(4p(1-p))",
        "(m*e/(m*e + (1 - m)*f) + (1 - m)*(1 - f)/(m*(1 - e) + (1 - m)*(1 - f)))/2 - 1/2 == m*(e - (m*e + "
        "(1 - m)*f))/(4*(m*e + (1 - m)*f)*(m*(1 - e) + (1 - m)*(1 - f)))",
        "distance from one half",
        "(m*e/(m*e + (1 - m)*f) + (1 - m)*(1 - f)/(m*(1 - e) + (1 - m)*(1 - f)))/2 - 1/2 == m*(e - "
        "1/2)/(2*(m*e + (1 - m)*f)*(m*(1 - e) + (1 - m)*(1 - f)))",
        "no normaliser",
        "(m*e/(m*e + (1 - m)*f) + (1 - m)*(1 - f)/(m*(1 - e) + (1 - m)*(1 - f)))/2 - 1/2 == m*(e - (m*e + "
        "(1 - m)*f))/2",
    ),
    rests_on=("balanced_error.balanced_bayes_rule",),
)

BAYES_RULE = statement(
    name="balanced_error.bayes_rule",
    title="Balanced error of any rule, exactly: predict the largest r_y = eta_y/pi_y",
    source="Menon et al. (ICLR 2021); the regret identity is derived here",
    ids=("LA1",),
    functions=("balanced_scores", "balanced_regret"),
    where={
        "m: (0, 1)": "mass of the first point",
        "e: (0, 1)": "posterior (at the first of two points)",
        "f: (0, 1)": "posterior at the second point",
        "h: [0, 1]": "posterior of another prediction",
        "K: integer 2..": "number of classes",
        "p: (0, 1)": "prior of a class",
        "r": "posterior over prior",
    },
    theorem=(
        "K classes, pi_y > 0, r_y = eta_y/pi_y: for every rule h: X -> {1..K}, BER(h) = (1/K) sum_y P(h(X) "
        "!= y | Y = y) = 1 - (1/K) E r_h(X)(X), so BER(h) - BER* = (1/K) E[max_y r_y(X) - r_h(X)(X)] >= 0, "
        "and h is Bayes iff h(X) is in argmax_y eta_y(X)/pi_y almost surely",
        r"\mathrm{BER}(h) - \mathrm{BER}^* = \frac1K\, \mathbb E \left[ \max_{y} r_y(X) - r_{h(X)}(X) "
        r"\right] \quad \forall h : \mathcal X \to \{1, \dots, K\}, \quad r_y(x) = "
        r"\frac{\eta_y(x)}{\pi_y},\; \pi_y > 0; \qquad \mathrm{BER}(h) = \mathrm{BER}^* \iff h(X) \in "
        r"\operatorname{argmax}_y r_y(X) \text{ almost surely}",
    ),
    steps=(
        "balanced_accuracy_as_mean_ratio: a rule's balanced accuracy is 1/K times the expected r of what "
        "it predicts (two points)",
        "1 - ((1 - m)*f/(m*e + (1 - m)*f) + m*(1 - e)/(m*(1 - e) + (1 - m)*(1 - f)))/2 == (m*(e/(m*e + (1 "
        "- m)*f)) + (1 - m)*((1 - f)/(m*(1 - e) + (1 - m)*(1 - f))))/2",
        "three_class_worlds_enumerated: three classes: every rule of every small world",
        state_computed("balanced_error:regret_identity", classes=3, points=2, grid=4, scale="1/3"),
        "equal_priors_zero_one_regret: equal priors: the ordinary 0-1 regret, pointwise",
        state("(e/(1/K) - h/(1/K))/K == e - h", e="[0, 1]"),
    ),
    argument="P(h = y given y) = E[eta_y(X) 1(h(X) = y)]/pi_y, so balanced accuracy is the mean of r at "
    "the prediction; pointwise the largest r is best, and what another prediction loses is the "
    "difference.",
    mutants=(
        "factor 1 instead of 1/K",
        state_computed("balanced_error:regret_identity", classes=3, points=2, grid=3, scale="1"),
        "predict the largest posterior: its r is never smaller",
        state("e/p >= (1 - e)/(1 - p)", given="e >= 1 - e"),
        "posterior times prior",
        state("e*p >= (1 - e)*(1 - p)", given="e/p >= (1 - e)/(1 - p)"),
    ),
    rests_on=("balanced_error.balanced_bayes_rule",),
)

STATEMENTS = (BALANCED_BAYES, AM_REGRET, BAYES_RULE)
