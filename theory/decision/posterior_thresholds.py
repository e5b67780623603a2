"""Thresholds on the posterior: the optimum of linear-fractional metrics, and undersampling undone.

Claimed by Koyejo, Natarajan, Ravikumar, Dhillon, "Consistent Binary Classification with Generalized
Performance Metrics" (NeurIPS 2014), and Dal Pozzolo, Caelen, Johnson, Bontempi, "Calibrating Probability
with Undersampling" (SSCI 2015). Checked by: identities, polynomials (SMT), exact enumeration.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, state_derivative, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, adds_up_to_one, as_number, as_real, broadcasting

__all__ = [
    "LinearFractional",
    "f_beta_metric",
    "metric_threshold",
    "optimal_metric",
    "undersampled_posterior",
    "undo_undersampling",
]

_Array = NDArray[np.float64]


class LinearFractional(NamedTuple):
    """A metric ``(a0 + a1 TP + a2 g)/(b0 + b1 TP + b2 g)``, TP = P(pred = y = 1), g = P(pred = 1)."""

    a0: float
    a1: float
    a2: float
    b0: float
    b1: float
    b2: float


def f_beta_metric(prior: float, beta: float = 1.0) -> LinearFractional:
    """``F_beta = (1 + beta^2) TP/(beta^2 prior + g)`` as a linear-fractional metric."""
    p = as_number("prior", prior, low=0, high=1, low_open=True)
    square = as_number("beta", beta, low=0, low_open=True) ** 2
    return LinearFractional(0.0, 1 + square, 0.0, square * p, 0.0, 1.0)


def metric_threshold(metric: LinearFractional, best: float) -> float:
    """The posterior above which predicting positive is optimal: ``(L b2 - a2)/(a1 - L b1)`` at L = best.

    Raises
    ------
    InputError
        If ``a1 <= L b1``: the metric does not reward true positives.
    """
    best = as_number("best", best)
    reward = metric.a1 - best * metric.b1
    if reward <= 0:
        raise InputError(f"best = {best:g}: the metric must reward true positives, a1 > best b1")
    return (best * metric.b2 - metric.a2) / reward


def optimal_metric(
    metric: LinearFractional, posterior: ArrayLike, mass: ArrayLike
) -> tuple[float, float]:
    """The metric's largest value over all classifiers of a finite population, and its threshold.

    ``posterior`` and ``mass`` of shape (n,), masses summing to one. Dinkelbach's iteration: each step
    is optimal for the last value, and values increase until they repeat.
    """
    eta = as_real("posterior", posterior, low=0, high=1)
    weight = as_real("mass", mass, low=0)
    if eta.ndim != 1 or eta.shape != weight.shape or not adds_up_to_one(mass, weight):
        raise InputError("posterior and mass must be (n,) vectors, the masses summing to one")
    best = _value(metric, eta, weight, np.ones(eta.shape, dtype=bool))
    while True:
        chosen = (metric.a1 - best * metric.b1) * eta + metric.a2 - best * metric.b2 > 0
        value = _value(metric, eta, weight, chosen)
        if not value > best:
            return best, metric_threshold(metric, best)
        best = value


@broadcasting
def undersampled_posterior(posterior: ArrayLike, keep: ArrayLike) -> _Array:
    """``p_s = p/(p + beta (1-p))``: the posterior after each negative is kept with probability beta."""
    p = as_real("posterior", posterior, low=0, high=1)
    beta = as_real("keep", keep, low=0, high=1, low_open=True)
    return p / (p + beta * (1 - p))


@broadcasting
def undo_undersampling(posterior: ArrayLike, keep: ArrayLike) -> _Array:
    """``p = beta p_s/(beta p_s - p_s + 1)``, the inverse of `undersampled_posterior`."""
    p = as_real("posterior", posterior, low=0, high=1)
    beta = as_real("keep", keep, low=0, high=1, low_open=True)
    return beta * p / (beta * p + (1 - p))


def _value(
    metric: LinearFractional, eta: _Array, weight: _Array, chosen: NDArray[np.bool_]
) -> float:
    hits, size = float(np.sum((weight * eta)[chosen])), float(np.sum(weight[chosen]))
    below = metric.b0 + metric.b1 * hits + metric.b2 * size
    if below <= 0:
        raise InputError("the metric's denominator must be positive for every classifier")
    return (metric.a0 + metric.a1 * hits + metric.a2 * size) / below


# ------------------------------------------------------------------------------------ statements

LINEAR_FRACTIONAL = statement(
    name="posterior_thresholds.linear_fractional",
    title="A linear-fractional metric of best value L is maximised by a threshold on the posterior",
    source="Koyejo et al. (NeurIPS 2014), Theorem 2; the F1 case is Lipton et al. (ECML 2014)",
    ids=("D14",),
    functions=("metric_threshold", "optimal_metric", "f_beta_metric"),
    where={
        "n: real": "numerator",
        "d: positive": "denominator",
        "a0: real": "constant of the numerator",
        "a1: real": "weight of TP in the numerator",
        "a2: real": "weight of predicted positives in the numerator",
        "b0: real": "constant of the denominator",
        "b1: real": "weight of TP in the denominator",
        "b2: real": "weight of predicted positives in the denominator",
        "L: real": "best value of the metric",
        "m: [0, 1]": "mass of a point predicted positive",
        "x: [0, 1]": "posterior",
        "beta: positive": "weight of recall in F_beta",
        "p: (0, 1)": "prior of the positive class",
    },
    theorem=(
        "L(h) = (a0 + a1 TP + a2 g)/(b0 + b1 TP + b2 g), TP = P(h = 1, Y = 1), g = P(h = 1), denominator "
        "positive for every h, L* = max_h L(h), a1 > b1 L*: h*(x) = 1{eta(x) > d*} with d* = (b2 L* - "
        "a2)/(a1 - b1 L*) has L(h*) = L*; so d* = L*/(1 + beta^2) for F_beta, L*/(1 + L*) for Jaccard, p "
        "for balanced accuracy",
        r"L(h) = \frac{a_0 + a_1 \mathrm{TP} + a_2 \gamma}{b_0 + b_1 \mathrm{TP} + b_2 \gamma},\; "
        r"\mathrm{TP} = \mathbb P(h = 1, Y = 1),\; \gamma = \mathbb P(h = 1),\; \text{denominator} > 0 "
        r"\;\forall h,\; L^* = \max_h L(h),\; a_1 > b_1 L^* : \quad L(h^*) = L^* \text{ for } h^*(x) = "
        r"1\{\eta(x) > \delta^*\}, \; \delta^* = \frac{b_2 L^* - a_2}{a_1 - b_1 L^*} = \begin{cases} "
        r"L^*/(1 + \beta^2) & F_\beta \\ L^*/(1 + L^*) & \text{Jaccard} \\ p & \text{balanced accuracy} "
        r"\end{cases}",
    ),
    steps=(
        "ratio_below_iff_difference_negative: a ratio is at most L iff its numerator less L times its "
        "denominator is at most zero",
        "n/d - L == (n - L*d)/d",
        "difference_is_affine_mean: that difference is a mean over x of the prediction times an affine "
        "function of the posterior",
        "(a0 + a1*m*x + a2*m) - L*(b0 + b1*m*x + b2*m) == a0 - L*b0 + m*((a1 - L*b1)*x + a2 - L*b2)",
        "affine_root_is_threshold: which is positive exactly beyond the threshold",
        state(
            "(a1 - L*b1)*x + a2 - L*b2 == (a1 - L*b1)*(x - (L*b2 - a2)/(a1 - L*b1))",
            given="a1 > L*b1",
        ),
        "f_beta_threshold: F_beta: a1 = 1 + beta^2, b2 = 1 gives the threshold L/(1 + beta^2)",
        state("(L*1 - 0)/((1 + beta**2) - L*0) == L/(1 + beta**2)", L="[0, 1]"),
        "jaccard_threshold: Jaccard: TP/(p + g - TP) gives L/(1 + L)",
        state("(L*1 - 0)/(1 - L*(-1)) == L/(1 + L)", L="[0, 1]"),
        "balanced_accuracy_threshold: balanced accuracy, (TP/p + (1 - p - g + TP)/(1-p))/2, gives the "
        "prior p",
        "(0 - (-1/(2*(1 - p))))/((1/p + 1/(1 - p))/2) == p",
        "small_populations_enumerated: every classifier of every small population, four metrics",
        state_computed("posterior_thresholds:linear_fractional", points=4, denominator=5),
    ),
    argument="With a positive denominator, L(h) <= L for all h and equality at the best one say that the "
    "best one maximises the mean of h times the affine function, and that maximum is L b0 - a0. "
    "Pointwise, h = 1 where the function is positive.",
    mutants=(
        "F1's threshold is one half",
        state("L/2 == 1/2", L="(0, 1)"),
        "F1's threshold is its best value",
        state("(L*1 - 0)/((1 + beta**2) - L*0) == L", L="(0, 1)"),
        "balanced accuracy's threshold is one half",
        "(0 - (-1/(2*(1 - p))))/((1/p + 1/(1 - p))/2) == 1/2",
    ),
)


UNDERSAMPLING = statement(
    name="posterior_thresholds.undersampling",
    title="Keeping negatives with probability beta maps posteriors by p = beta p_s/(beta p_s - p_s + 1)",
    source="Dal Pozzolo et al. (SSCI 2015)",
    ids=("D15",),
    functions=("undersampled_posterior", "undo_undersampling"),
    where={
        "p: [0, 1]": "posterior (or prior) of the positive class in the population",
        "s: [0, 1]": "posterior after undersampling",
        "b: (0, 1]": "probability beta of keeping a negative",
    },
    theorem=(
        "selection S keeps every positive and each negative with probability beta in (0, 1], by the label "
        "alone; p = P(Y = 1 | x), p_s = P(Y = 1 | x, S = 1): p_s = p/(p + beta (1 - p)) and p = beta "
        "p_s/(beta p_s - p_s + 1)",
        r"\mathbb P(S = 1 \mid x, Y = 1) = 1,\; \mathbb P(S = 1 \mid x, Y = 0) = \beta \in (0, 1],\; p = "
        r"\mathbb P(Y = 1 \mid x),\; p_s = \mathbb P(Y = 1 \mid x, S = 1) : \quad p_s = \frac{p}{p + \beta "
        r"(1 - p)}, \qquad p = \frac{\beta p_s}{\beta p_s - p_s + 1}",
    ),
    formula="b*(p/(p + b*(1 - p)))/(b*(p/(p + b*(1 - p))) - p/(p + b*(1 - p)) + 1) == p",
    steps=(
        "inverse_of_selection: Bayes' rule after selection, inverted",
        FORMULA,
        "odds_divided: the odds are divided by beta",
        state("(p/(p + b*(1 - p)))/(1 - p/(p + b*(1 - p))) == p/(1 - p)/b", p="(0, 1)"),
        "slope_of_the_map: the map increases, so rankings and thresholded rules survive",
        state_derivative("b*s/(b*s - s + 1)", "s", "b/(b*s - s + 1)**2"),
        "slope_positive: with a positive slope",
        "b/(b*s - s + 1)**2 > 0",
        "posterior_only_rises: undersampling only raises posteriors",
        "b*s/(b*s - s + 1) <= s",
        "threshold_one_half: the threshold 1/2 on undersampled data is beta/(1 + beta) on the population",
        "b*(1/2)/(b*(1/2) - 1/2 + 1) == b/(1 + b)",
        "balancing_gives_the_prior: balancing, beta = p/(1-p), moves the threshold 1/2 to the prior: the "
        "balanced rule",
        state("(p/(1 - p))/(1 + p/(1 - p)) == p", p="(0, 1/2]"),
    ),
    argument="Selection depends on the label alone, so positives keep their mass p and negatives beta "
    "(1-p) of theirs. The inverse is an increasing function: only the threshold moves.",
    mutants=(
        "the inverse map",
        state("b*s/(b*s - s + 1) == s/(s + b*(1 - s))", s="(0, 1)", b="(0, 1)"),
        "posteriors are multiplied by beta",
        state("b*s/(b*s - s + 1) == b*s", s="(0, 1)", b="(0, 1)"),
        "the threshold becomes beta",
        "b*(1/2)/(b*(1/2) - 1/2 + 1) == b",
    ),
)

STATEMENTS = (LINEAR_FRACTIONAL, UNDERSAMPLING)
