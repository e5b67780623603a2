"""Thresholds on the posterior: the optimum of linear-fractional metrics, and undersampling undone.

Claimed by Koyejo, Natarajan, Ravikumar, Dhillon, "Consistent Binary Classification with Generalized
Performance Metrics" (NeurIPS 2014), and Dal Pozzolo, Caelen, Johnson, Bontempi, "Calibrating Probability
with Undersampling" (SSCI 2015). Checked by: identities, polynomials (SMT), exact enumeration.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_quoted,
    steps,
)
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

LINEAR_FRACTIONAL = Statement(
    name="posterior_thresholds.linear_fractional",
    title="A linear-fractional metric of best value L is maximised by a threshold on the posterior",
    source="Koyejo et al. (NeurIPS 2014), Theorem 2; the F1 case is Lipton et al. (ECML 2014)",
    formula=state_quoted(
        "predict 1 iff posterior > (L b2 - a2)/(a1 - L b1)",
        r"h^*(x) = 1 \iff \eta(x) > \delta^* = \frac{L^* b_2 - a_2}{a_1 - L^* b_1},\qquad L(h) = "
        r"\frac{a_0 + a_1\,\mathrm{TP} + a_2\,\gamma}{b_0 + b_1\,\mathrm{TP} + b_2\,\gamma}",
    ),
    steps=steps(
        (
            "a ratio is at most L iff its numerator less L times its denominator is at most zero",
            state("n/d - L == (n - L*d)/d", n="real", d="positive", L="real"),
        ),
        (
            "that difference is a mean over x of the prediction times an affine function of the posterior",
            state(
                "(a0 + a1*m*x + a2*m) - L*(b0 + b1*m*x + b2*m)"
                " == a0 - L*b0 + m*((a1 - L*b1)*x + a2 - L*b2)",
                **dict.fromkeys(("a0", "a1", "a2", "b0", "b1", "b2", "L"), "real"),
                m="[0, 1]",
                x="[0, 1]",
            ),
        ),
        (
            "which is positive exactly beyond the threshold",
            state(
                "(a1 - L*b1)*x + a2 - L*b2 == (a1 - L*b1)*(x - (L*b2 - a2)/(a1 - L*b1))",
                given="a1 > L*b1",
                **dict.fromkeys(("a1", "a2", "b1", "b2", "L"), "real"),
                x="[0, 1]",
            ),
        ),
        (
            "F_beta: a1 = 1 + beta^2, b2 = 1 gives the threshold L/(1 + beta^2)",
            state(
                "(L*1 - 0)/((1 + beta**2) - L*0) == L/(1 + beta**2)", L="[0, 1]", beta="positive"
            ),
        ),
        (
            "Jaccard: TP/(p + g - TP) gives L/(1 + L)",
            state("(L*1 - 0)/(1 - L*(-1)) == L/(1 + L)", L="[0, 1]"),
        ),
        (
            "balanced accuracy, (TP/p + (1 - p - g + TP)/(1-p))/2, gives the prior p",
            state("(0 - (-1/(2*(1 - p))))/((1/p + 1/(1 - p))/2) == p", p="(0, 1)"),
        ),
        (
            "every classifier of every small population, four metrics",
            state_computed("posterior_thresholds:linear_fractional", points=4, denominator=5),
        ),
    ),
    argument="With a positive denominator, L(h) <= L for all h and equality at the best one say that the "
    "best one maximises the mean of h times the affine function, and that maximum is L b0 - a0. Pointwise, "
    "h = 1 where the function is positive.",
    mutants=mutants(
        (
            "F1's threshold is one half",
            state("L/2 == 1/2", L="(0, 1)"),
        ),
        (
            "F1's threshold is its best value",
            state("(L*1 - 0)/((1 + beta**2) - L*0) == L", L="(0, 1)", beta="positive"),
        ),
        (
            "balanced accuracy's threshold is one half",
            state("(0 - (-1/(2*(1 - p))))/((1/p + 1/(1 - p))/2) == 1/2", p="(0, 1)"),
        ),
    ),
    symbols={
        "x": "posterior",
        "m": "mass of a point predicted positive",
        "L": "best value of the metric",
        "p": "prior of the positive class",
        "beta": "weight of recall in F_beta",
        "n": "numerator",
        "d": "denominator",
    },
    ids=("D14",),
    functions=("metric_threshold", "optimal_metric", "f_beta_metric"),
)

_MAP = "b*s/(b*s - s + 1)"

UNDERSAMPLING = Statement(
    name="posterior_thresholds.undersampling",
    title="Keeping negatives with probability beta maps posteriors by p = beta p_s/(beta p_s - p_s + 1)",
    source="Dal Pozzolo et al. (SSCI 2015)",
    formula=state(
        "b*(p/(p + b*(1 - p)))/(b*(p/(p + b*(1 - p))) - p/(p + b*(1 - p)) + 1) == p",
        p="[0, 1]",
        b="(0, 1]",
    ),
    steps=steps(
        (
            "Bayes' rule after selection, inverted",
            state(
                "b*(p/(p + b*(1 - p)))/(b*(p/(p + b*(1 - p))) - p/(p + b*(1 - p)) + 1) == p",
                p="[0, 1]",
                b="(0, 1]",
            ),
        ),
        (
            "the odds are divided by beta",
            state(
                "(p/(p + b*(1 - p)))/(1 - p/(p + b*(1 - p))) == p/(1 - p)/b", p="(0, 1)", b="(0, 1]"
            ),
        ),
        (
            "the map increases, so rankings and thresholded rules survive",
            state_derivative(_MAP, "s", "b/(b*s - s + 1)**2", s="[0, 1]", b="(0, 1]"),
        ),
        ("with a positive slope", state("b/(b*s - s + 1)**2 > 0", s="[0, 1]", b="(0, 1]")),
        ("undersampling only raises posteriors", state(f"{_MAP} <= s", s="[0, 1]", b="(0, 1]")),
        (
            "the threshold 1/2 on undersampled data is beta/(1 + beta) on the population",
            state("b*(1/2)/(b*(1/2) - 1/2 + 1) == b/(1 + b)", b="(0, 1]"),
        ),
        (
            "balancing, beta = p/(1-p), moves the threshold 1/2 to the prior: the balanced rule",
            state("(p/(1 - p))/(1 + p/(1 - p)) == p", p="(0, 1/2]"),
        ),
    ),
    argument="Selection depends on the label alone, so positives keep their mass p and negatives beta (1-p) "
    "of theirs. The inverse is an increasing function: only the threshold moves.",
    mutants=mutants(
        ("the inverse map", state(f"{_MAP} == s/(s + b*(1 - s))", s="(0, 1)", b="(0, 1)")),
        ("posteriors are multiplied by beta", state(f"{_MAP} == b*s", s="(0, 1)", b="(0, 1)")),
        ("the threshold becomes beta", state("b*(1/2)/(b*(1/2) - 1/2 + 1) == b", b="(0, 1]")),
    ),
    symbols={
        "p": "posterior (or prior) of the positive class in the population",
        "s": "posterior after undersampling",
        "b": "probability beta of keeping a negative",
    },
    ids=("D15",),
    functions=("undersampled_posterior", "undo_undersampling"),
)

STATEMENTS = (LINEAR_FRACTIONAL, UNDERSAMPLING)
