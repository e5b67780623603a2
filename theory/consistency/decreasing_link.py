"""Losses alpha_y psi(p_y) with a decreasing link psi: they predict as weighted cross-entropy does.

The influence-balanced loss (Park et al., ICCV 2021) is one at every point, with its factor detached as
well; that and the exchange argument are derived here. Checked by: derivatives, a limit, SMT.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
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


ANY_NUMBER = statement(
    name="decreasing_link.any_number_of_classes",
    title="A loss alpha_y psi(p_y) with psi' < 0 predicts the largest alpha eta, for any number of classes",
    source="derived here; the exchange argument is that of classification calibration",
    where={
        "x: real": "psi(p) of the first class",
        "y: real": "psi(p) of the second",
        "d: negative": "slope of psi at a common p",
        "a: positive": "alpha eta of a class",
        "b: nonnegative": "that of another class",
        "c: positive": "constant of the class weights",
        "p: (0, 1)": "prior pi",
        "h: [0, 1]": "posterior eta",
    },
    theorem=(
        "K >= 2, alpha_y, pi_y > 0, psi: [0, 1] -> (-oo, oo] continuous, finite and differentiable on (0, "
        "1) with psi' < 0: with 0 * oo = 0, for every posterior eta every minimiser p* of sum_y eta_y "
        "alpha_y psi(p_y) on the simplex has argmax_y p*_y within argmax_y alpha_y eta_y; so argmax_y p*_y "
        "lies within argmax_y eta_y/pi_y for every eta iff alpha_1 pi_1 = ... = alpha_K pi_K",
        r"\psi : [0, 1] \to (-\infty, \infty] \text{ continuous},\; \psi' < 0 \text{ on } (0, 1),\; 0 "
        r"\cdot \infty = 0,\; K \ge 2,\; \alpha_y > 0,\; p^*(\eta) \in \operatorname{argmin}_{p \in "
        r"\Delta_K} \sum_{y=1}^K \eta_y\, \alpha_y\, \psi(p_y) : \quad \operatorname{argmax}_y p^*_y "
        r"\subseteq \operatorname{argmax}_y \alpha_y \eta_y \quad \forall \eta \in \Delta_K, \qquad \left( "
        r"\operatorname{argmax}_y p^*_y(\eta) \subseteq \operatorname{argmax}_y \frac{\eta_y}{\pi_y} \quad "
        r"\forall \eta \in \Delta_K \right) \iff \alpha_1 \pi_1 = \dots = \alpha_K \pi_K",
    ),
    formula=state("a*x + b*y > a*y + b*x", given=["a > b", "x > y"]),
    steps=(
        "exchange_lowers_risk: a = alpha eta of a class, b of another, a > b: if p is smaller for the "
        "first, exchanging the two probabilities exchanges their losses x > y and lowers the risk",
        FORMULA,
        "equal_probabilities_move: if both are equal, moving probability to the first lowers it, at a rate "
        "of (a - b) psi'",
        state("a*d + b*(-d) < 0", given="a > b"),
        "inverse_prior_weights: weights c/pi: alpha eta is c times the balanced score",
        "(c/p)*h == c*(h/p)",
    ),
    argument="So at a minimiser the class of the largest alpha eta has the largest p, whatever the number "
    "of classes (below the top, two classes may share p = 0 where psi is finite at 0): the loss predicts "
    "the largest alpha eta, as weighted cross-entropy does, and is consistent for the balanced error iff "
    "alpha pi is the same for all classes. psi may differ from point to point.",
    mutants=(
        "also for a link that increases: x < y",
        state("a*x + b*y > a*y + b*x", given="a > b"),
        "weights pi",
        "p*h == c*(h/p)",
    ),
    rests_on=("offset_family.consistent_iff", "balanced_error.bayes_rule"),
)


INFLUENCE = statement(
    name="decreasing_link.influence_balanced",
    title="The influence-balanced loss, factor detached or not, is consistent iff class weights are c/prior",
    source="loss: Park et al. (ICCV 2021); derived here",
    functions=("influence_link", "influence_margin"),
    where={
        "p: (0, 1)": "probability of the true class",
        "r: positive": "sum over wrong classes of exp(u_j - u_y); in the first step of their probabilities",
        "S: positive": "2 |h|_1, twice the features' size",
        "e: positive": "epsilon",
    },
    theorem=(
        "K >= 2, p = softmax(u), features h != 0 given at a point, eps > 0, alpha_y, pi_y > 0, loss "
        "-alpha_y log p_y/(|p - e_y|_1 |h|_1 + eps) = -alpha_y log p_y/(2 |h|_1 (1 - p_y) + eps): every "
        "population minimiser, and every stationary point with the factor 1/(...) detached, has argmax_y "
        "p_y within argmax_y eta_y/pi_y for every posterior with all eta_y > 0 iff alpha_1 pi_1 = ... = "
        "alpha_K pi_K",
        r"p = \operatorname{softmax}(u),\; \ell_y = \frac{-\alpha_y \log p_y}{\lVert p - e_y \rVert_1 "
        r"\lVert h \rVert_1 + \epsilon} = \frac{-\alpha_y \log p_y}{2 \lVert h \rVert_1 (1 - p_y) + "
        r"\epsilon},\; \epsilon > 0 : \quad \left( \operatorname{argmax}_y p^*_y(\eta) \subseteq "
        r"\operatorname{argmax}_y \frac{\eta_y}{\pi_y} \quad \forall \eta > 0 \right) \iff \alpha_1 \pi_1 "
        r"= \dots = \alpha_K \pi_K, \qquad p^* \text{ a minimiser of } \sum_y \eta_y \ell_y, \text{ or its "
        r"stationary point with the denominator detached}",
    ),
    formula=state_derivative(
        "-log(p)/(S*(1 - p) + e)",
        "p",
        "-(e + S*(1 - p + p*log(p)))/(p*(S*(1 - p) + e)**2)",
    ),
    steps=(
        "l1_distance_of_truth: |p - e_y|_1 = 2 (1 - p_y): what the true class lacks, the others have",
        state("(1 - p) + r == 2*(1 - p)", given="r == 1 - p", r="(0, 1)"),
        "link_slope: the slope of the link in the true class's probability (S = 2 |h|_1)",
        FORMULA,
        "link_slope_negative: it is negative, whatever the features' size",
        "-(e + S*(1 - p + p*log(p)))/(p*(S*(1 - p) + e)**2) < 0",
        "infinite_at_zero: the loss is infinite at p = 0: minimisers exist",
        state_limit("-log(p)/(S*(1 - p) + e)", "oo", "p", "low"),
        "detached_link_slope: detached factor: the gradient is that of another link, whose slope is the "
        "factor times -1/p",
        state_derivative("log((S*(1 - p) + e)/p)/(S + e)", "p", "-1/(p*(S*(1 - p) + e))"),
        "detached_slope_negative: negative as well",
        "-1/(p*(S*(1 - p) + e)) < 0",
        "detached_is_margin_loss: it is cross-entropy with a margin log(1 + S/e) on the true class, over S "
        "+ e: with r the sum of exp(u_j - u_y) over the wrong classes, p = 1/(1 + r)",
        "log((S*(1 - 1/(1 + r)) + e)/(1/(1 + r))) == log(1 + exp(log(1 + S/e))*r) + log(e)",
        "unweighted_counterexample: without class weights, prior 9/10 and posterior 8/10: class 1; the "
        "balanced rule: class 2",
        ("1*(8/10) > 1*(2/10)", "(8/10)/(9/10) < (2/10)/(1/10)"),
    ),
    argument="At a point the features, so S, are given, and the loss is alpha psi(p_y) with psi' < 0. The "
    "factor changes how certain the minimiser is, not what it predicts. Detached, its stationary "
    "points are those of a convex loss with one margin for all classes, large where e is small "
    "against the features.",
    mutants=(
        "the slope of the detached factor's loss, for the loss itself",
        state_derivative("-log(p)/(S*(1 - p) + e)", "p", "-1/(p*(S*(1 - p) + e))"),
        "the loss increases close to certainty",
        "-(e + S*(1 - p + p*log(p)))/(p*(S*(1 - p) + e)**2) > 0",
        "the margin is log(S/e)",
        "log((S*(1 - 1/(1 + r)) + e)/(1/(1 + r))) == log(1 + exp(log(S/e))*r) + log(e)",
    ),
    rests_on=("decreasing_link.any_number_of_classes",),
)

STATEMENTS = (ANY_NUMBER, INFLUENCE)
