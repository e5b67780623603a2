"""Losses alpha_y psi(p_y) with a decreasing link psi: they predict as weighted cross-entropy does.

The influence-balanced loss (Park et al., ICCV 2021) is one at every point, with its factor detached as
well; that and the exchange argument are derived here. Checked by: derivatives, a limit, SMT.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_derivative, state_limit, steps
from ..foundation.validation import as_real, broadcasting

__all__ = ["influence_link", "influence_margin"]

_Array = NDArray[np.float64]


@broadcasting
def influence_link(probability: ArrayLike, size: ArrayLike, epsilon: ArrayLike = 1e-3) -> _Array:
    """The influence-balanced loss of an example, ``-log p/(2 (1 - p) |h|_1 + epsilon)``.

    ``probability`` p of the true class in (0, 1], ``size`` |h|_1 >= 0, ``epsilon`` > 0; they broadcast.
    Park et al. (ICCV 2021), without the class weight.
    """
    p = as_real("probability", probability, low=0, low_open=True, high=1)
    size = as_real("size", size, low=0)
    return -np.log(p) / (2 * size * (1 - p) + as_real("epsilon", epsilon, low=0, low_open=True))


@broadcasting
def influence_margin(size: ArrayLike, epsilon: ArrayLike = 1e-3) -> _Array:
    """The margin ``log(1 + 2 |h|_1/epsilon)`` that a detached influence factor puts on the true class.

    ``size`` |h|_1 >= 0, ``epsilon`` > 0; they broadcast. Derived here.
    """
    size, epsilon = as_real("size", size, low=0), as_real("epsilon", epsilon, low=0, low_open=True)
    return np.log1p(2 * size / epsilon)


# ------------------------------------------------------------------------------------ statements

_PUSH = {"a": "positive", "b": "nonnegative"}

ANY_NUMBER = Statement(
    name="decreasing_link.any_number_of_classes",
    title="A loss alpha_y psi(p_y) with psi' < 0 predicts the largest alpha eta, for any number of classes",
    source="derived here; the exchange argument is that of classification calibration",
    formula=state("a*x + b*y > a*y + b*x", given=["a > b", "x > y"], x="real", y="real", **_PUSH),
    steps=steps(
        (
            "a = alpha eta of a class, b of another, a > b: if p is smaller for the first, exchanging the "
            "two probabilities exchanges their losses x > y and lowers the risk",
            state("a*x + b*y > a*y + b*x", given=["a > b", "x > y"], x="real", y="real", **_PUSH),
        ),
        (
            "if both are equal, moving probability to the first lowers it, at a rate of (a - b) psi'",
            state("a*d + b*(-d) < 0", given="a > b", d="negative", **_PUSH),
        ),
        (
            "weights c/pi: alpha eta is c times the balanced score",
            state("(c/p)*h == c*(h/p)", c="positive", p="(0, 1)", h="[0, 1]"),
        ),
    ),
    argument="So at a minimiser a larger alpha eta has a strictly larger p, whatever the number of "
    "classes: the loss predicts the largest alpha eta, as weighted cross-entropy does, and is consistent "
    "for the balanced error iff alpha pi is the same for all classes. psi may differ from point to point.",
    mutants=mutants(
        (
            "also for a link that increases: x < y",
            state("a*x + b*y > a*y + b*x", given="a > b", x="real", y="real", **_PUSH),
        ),
        (
            "weights pi",
            state("p*h == c*(h/p)", c="positive", p="(0, 1)", h="[0, 1]"),
        ),
    ),
    symbols={
        "a": "alpha eta of a class",
        "b": "that of another class",
        "x": "psi(p) of the first class",
        "y": "psi(p) of the second",
        "d": "slope of psi at a common p",
        "h": "posterior eta",
        "p": "prior pi",
    },
    rests_on=("offset_family.consistent_iff", "balanced_error.bayes_rule"),
)

_LINK = "-log(p)/(S*(1 - p) + e)"
_INFLUENCE = {"p": "(0, 1)", "S": "positive", "e": "positive"}

INFLUENCE = Statement(
    name="decreasing_link.influence_balanced",
    title="The influence-balanced loss, factor detached or not, is consistent iff class weights are c/prior",
    source="loss: Park et al. (ICCV 2021); derived here",
    formula=state_derivative(
        _LINK, "p", "-(e + S*(1 - p + p*log(p)))/(p*(S*(1 - p) + e)**2)", **_INFLUENCE
    ),
    steps=steps(
        (
            "|p - e_y|_1 = 2 (1 - p_y): what the true class lacks, the others have",
            state("(1 - p) + r == 2*(1 - p)", given="r == 1 - p", p="(0, 1)", r="(0, 1)"),
        ),
        (
            "the slope of the link in the true class's probability (S = 2 |h|_1)",
            state_derivative(
                _LINK, "p", "-(e + S*(1 - p + p*log(p)))/(p*(S*(1 - p) + e)**2)", **_INFLUENCE
            ),
        ),
        (
            "it is negative, whatever the features' size",
            state("-(e + S*(1 - p + p*log(p)))/(p*(S*(1 - p) + e)**2) < 0", **_INFLUENCE),
        ),
        (
            "the loss is infinite at p = 0: minimisers exist",
            state_limit(_LINK, "oo", "p", "low", **_INFLUENCE),
        ),
        (
            "detached factor: the gradient is that of another link, whose slope is the factor times -1/p",
            state_derivative(
                "log((S*(1 - p) + e)/p)/(S + e)", "p", "-1/(p*(S*(1 - p) + e))", **_INFLUENCE
            ),
        ),
        ("negative as well", state("-1/(p*(S*(1 - p) + e)) < 0", **_INFLUENCE)),
        (
            "it is cross-entropy with a margin log(1 + S/e) on the true class, over S + e: with r the sum "
            "of exp(u_j - u_y) over the wrong classes, p = 1/(1 + r)",
            state(
                "log((S*(1 - 1/(1 + r)) + e)/(1/(1 + r))) == log(1 + exp(log(1 + S/e))*r) + log(e)",
                r="positive",
                S="positive",
                e="positive",
            ),
        ),
        (
            "without class weights, prior 9/10 and posterior 8/10: class 1; the balanced rule: class 2",
            state("1*(8/10) > 1*(2/10)", "(8/10)/(9/10) < (2/10)/(1/10)"),
        ),
    ),
    argument="At a point the features, so S, are given, and the loss is alpha psi(p_y) with psi' < 0. The "
    "factor changes how certain the minimiser is, not what it predicts. Detached, its stationary points are "
    "those of a convex loss with one margin for all classes, large where e is small against the features.",
    mutants=mutants(
        (
            "the slope of the detached factor's loss, for the loss itself",
            state_derivative(_LINK, "p", "-1/(p*(S*(1 - p) + e))", **_INFLUENCE),
        ),
        (
            "the loss increases close to certainty",
            state("-(e + S*(1 - p + p*log(p)))/(p*(S*(1 - p) + e)**2) > 0", **_INFLUENCE),
        ),
        (
            "the margin is log(S/e)",
            state(
                "log((S*(1 - 1/(1 + r)) + e)/(1/(1 + r))) == log(1 + exp(log(S/e))*r) + log(e)",
                r="positive",
                S="positive",
                e="positive",
            ),
        ),
    ),
    symbols={
        "p": "probability of the true class",
        "S": "2 |h|_1, twice the features' size",
        "e": "epsilon",
        "r": "sum over wrong classes of exp(u_j - u_y); in the first step of their probabilities",
    },
    rests_on=("decreasing_link.any_number_of_classes",),
    functions=("influence_link", "influence_margin"),
)

STATEMENTS = (ANY_NUMBER, INFLUENCE)
