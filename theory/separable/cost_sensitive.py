"""Multipliers on separable data: a cost-sensitive SVM, a shift, or nothing at all.

Claimed by Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021), Theorem 1; the shift under a free bias and
the two-logit case are derived here. Checked by: identities, sign proofs, and programs solved in fractions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from ..claims.stating import FORMULA, state, state_computed, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real, broadcasting

__all__ = [
    "Intercept",
    "cost_sensitive_vector",
    "shifted_by_ratio",
    "softmax_pair",
]


class Intercept(NamedTuple):
    """A hyperplane ``weights'x + bias``."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]


def cost_sensitive_vector(
    points: ArrayLike, labels: ArrayLike, ratio: float = 1.0
) -> NDArray[np.float64]:
    """The least w, shape (D,), with ``w'x >= ratio`` on positive and ``w'x <= -1`` on negative points.

    ``points``: (n, D); ``labels``: n of +1 and -1; ``ratio`` is the multiplier of the negative class over
    that of the positive one, and 1 gives the max-margin vector through the origin.

    Raises
    ------
    InputError
        If no hyperplane through the origin separates the points (by a millionth of the farthest one), or
        shapes do not fit.
    """
    points, labels = as_real("points", points), as_real("labels", labels)
    ratio = as_number("ratio", ratio, low=0, low_open=True)
    if points.ndim != 2 or labels.shape != points.shape[:1] or not np.isin(labels, (-1, 1)).all():
        raise InputError("points and labels: must be (n, D) and n labels of +1 or -1")
    reach = max(float(np.linalg.norm(points, axis=1).max(initial=0.0)), np.finfo(float).tiny)
    largest = max(ratio, 1.0)
    rows = labels[:, None] * points / reach
    bounds = np.where(labels > 0, ratio, 1.0) / largest
    # Least distance programming: the residual of a nonnegative least-squares problem is the solution.
    target = np.zeros(points.shape[1] + 1)
    target[-1] = 1.0
    stacked = np.vstack([rows.T, bounds])
    multipliers, _ = nnls(stacked, target)
    residual = stacked @ multipliers - target
    if -residual[-1] <= 1e-13:
        raise InputError("points: no hyperplane through the origin separates the labels")
    return residual[:-1] / -residual[-1] * (largest / reach)


@broadcasting
def shifted_by_ratio(weights: ArrayLike, bias: ArrayLike, ratio: ArrayLike) -> Intercept:
    """The cost-sensitive SVM with free bias, from the plain one: same direction, another intercept.

    ``((1+d)/2) w, ((1+d)/2) b + (d-1)/2`` for the ratio d > 0 of `cost_sensitive_vector`.
    """
    weights, bias = as_real("weights", weights), as_real("bias", bias)
    ratio = as_real("ratio", ratio, low=0, low_open=True)
    half = 0.5 * (1.0 + ratio)
    return Intercept(half * weights, half * bias + 0.5 * (ratio - 1.0))


def softmax_pair(
    vector: ArrayLike, multipliers: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two classifiers that a two-logit head with multipliers b learns in the limit.

    ``b_1 v/(b_1^2 + b_2^2)`` and ``-b_2 v/(b_1^2 + b_2^2)`` for the max-margin vector v.
    """
    vector = as_real("vector", vector)
    factors = as_real("multipliers", multipliers, low=0, low_open=True)
    if factors.shape != (2,):
        raise InputError(f"multipliers has shape {factors.shape}: must be two numbers")
    first, second = factors / np.hypot(*factors) ** 2
    return first * vector, -second * vector


# ------------------------------------------------------------------------------------ statements


COST_SENSITIVE = statement(
    name="cost_sensitive.limit",
    title="Multipliers lead to the SVM with margins d and 1, d = D_-/D_+; exactly for two points",
    source="Kini et al. (NeurIPS 2021), Theorem 1; the two-point solution is derived here",
    ids=("SE3",),
    functions=("cost_sensitive_vector",),
    where={
        "p: positive": "multiplier of the positive class",
        "q: positive": "multiplier of the negative class",
        "x: real": "first coordinate of w",
        "y: real": "second coordinate of w",
        "d: real": "multiplier of the negative class over that of the positive one",
        "w": "weights and features; y = +-1 the label",
        "a": "weight of an example, A the sum of all",
        "o, D": "offset and multiplier of a class in the vector-scaling loss",
        "R": "norm of the solution",
        "s": "the largest margin of a unit vector, g that of the solution's",
    },
    theorem=(
        "data separable through the origin, Delta_+, Delta_- > 0, w_R a minimiser of sum_i log(1 + "
        "exp(-Delta_{y_i} y_i w'x_i)) over ||w|| <= R: w_R/||w_R|| -> w_d/||w_d|| as R -> infinity, w_d "
        "the least-norm w with w'x >= d for y = 1 and w'x <= -1 for y = -1, d = Delta_-/Delta_+; for the "
        "points (2, 1), y = 1, and (-1, -2), y = -1: w_d = (1, 2)/5 for d <= 4/5, (2d-1, 2-d)/3 for 4/5 <= "
        "d <= 5/4, (2, 1) d/5 for d >= 5/4",
        r"\lim_{R \to \infty} \frac{w_R}{\lVert w_R \rVert} = \frac{w_d}{\lVert w_d \rVert}, \qquad w_R "
        r"\in \operatorname{argmin}_{\lVert w \rVert \le R} \sum_i \log\left( 1 + e^{-\Delta_{y_i} y_i "
        r"w'x_i} \right),\quad w_d = \operatorname{argmin} \left\{ \lVert w \rVert :\ w'x_i \ge d\ (y_i = "
        r"1),\ w'x_i \le -1\ (y_i = -1) \right\},\ d = \frac{\Delta_-}{\Delta_+}; \qquad x_1 = (2, 1),\ "
        r"y_1 = 1,\ x_2 = (-1, -2),\ y_2 = -1 :\quad w_d = \begin{cases} \frac15 (1, 2) & d \le \frac45 \\ "
        r"\frac13 (2d - 1, 2 - d) & \frac45 \le d \le \frac54 \\ \frac d5 (2, 1) & d \ge \frac54 "
        r"\end{cases}",
    ),
    steps=(
        "margins_after_rescaling: margin 1 on the rescaled data is margin 1/D, times D_- it is d",
        ("q*(1/p) == q/p", "q*(1/q) == 1"),
        "both_constraints_tight: points (2, 1) and (-1, -2): both constraints are tight at (2d-1, 2-d)/3",
        ("2*(2*d - 1)/3 + (2 - d)/3 == d", "(2*d - 1)/3 + 2*(2 - d)/3 == 1"),
        "combination_of_points: it is made of the points with weights (5d-4)/9 and (5-4d)/9",
        ("2*(5*d - 4)/9 + (5 - 4*d)/9 == (2*d - 1)/3", "(5*d - 4)/9 + 2*(5 - 4*d)/9 == (2 - d)/3"),
        "least_when_both_active: nonnegative for 4/5 <= d <= 5/4, where it is the least",
        state(
            "x**2 + y**2 >= ((2*d - 1)**2 + (2 - d)**2)/9",
            given=["2*x + y >= d", "x + 2*y >= 1"],
            d="[4/5, 5/4]",
        ),
        "least_with_positive_point: beyond 5/4 only the positive point counts: (2, 1) d/5",
        state("x**2 + y**2 >= d**2/5", given="2*x + y >= d", d="positive"),
        "feasible_with_positive_point: which is feasible there",
        state("2*(2*d/5) + d/5 >= d", "2*d/5 + 2*(d/5) >= 1", d="[5/4, oo)"),
        "least_with_negative_point: below 4/5 only the negative one: (1, 2)/5",
        state("x**2 + y**2 >= 1/5", given="x + 2*y >= 1"),
        "feasible_with_negative_point: which is feasible there",
        state("2*(1/5) + 2/5 >= d", "1/5 + 2*(2/5) >= 1", d="(0, 4/5]"),
        "ratio_six_fifths_in_fractions: d = 6/5 in fractions: direction (7, 4)",
        state_computed(
            "implicit_bias:cost_sensitive",
            points=[[2, 1], [-1, -2]],
            labels=[1, -1],
            ratio="6/5",
            direction=[7, 4],
        ),
        "no_rotation_at_two: with one class active nothing rotates: d = 2",
        state_computed(
            "implicit_bias:cost_sensitive",
            points=[[2, 1], [-1, -2]],
            labels=[1, -1],
            ratio="2",
            direction=[2, 1],
        ),
        "no_rotation_at_three: and d = 3",
        state_computed(
            "implicit_bias:cost_sensitive",
            points=[[2, 1], [-1, -2]],
            labels=[1, -1],
            ratio="3",
            direction=[2, 1],
        ),
    ),
    argument="The loss with multipliers is the loss without them on the points D x, whose norm-bounded "
    "solutions tend to the max-margin vector of these points at the rate of "
    "implicit_bias.weights_fade; dividing the constraints by the multipliers gives the program.",
    mutants=(
        "the ratio upside down: d = D_+/D_-",
        state_computed(
            "implicit_bias:cost_sensitive",
            points=[[2, 1], [-1, -2]],
            labels=[1, -1],
            ratio="5/6",
            direction=[7, 4],
        ),
        "margins D instead of 1/D",
        "q*(1/p) == p/q",
        "both points stay active for every d",
        state(
            "x**2 + y**2 >= ((2*d - 1)**2 + (2 - d)**2)/9",
            given=["2*x + y >= d", "x + 2*y >= 1"],
            d="[4/5, 3]",
        ),
    ),
    rests_on=("implicit_bias.weights_fade", "implicit_bias.vector_scaling_reduces"),
)

FREE_BIAS = statement(
    name="cost_sensitive.free_bias_only_shifts",
    title="With a free bias, multipliers leave the SVM's direction and only move its intercept",
    source="known for cost-sensitive SVMs; the bijection is derived here",
    ids=("SE4",),
    functions=("shifted_by_ratio",),
    corrects="Multipliers are credited with rotating the boundary; with a free bias, linear and separable, "
    "they only shift it.",
    where={
        "d: positive": "multiplier of the negative class over that of the positive one",
        "u: real": "w'x + b of the plain SVM",
        "m: positive": "examples of the positive class",
        "n: positive": "examples of the negative class",
        "p: positive": "multiplier of the positive class",
        "q: positive": "multiplier of the negative class",
        "w: positive": "norm of w; in the last two steps the weight on two points",
        "x": "weights and features; y = +-1 the label",
        "a": "weight of an example, A the sum of all",
        "o, D": "offset and multiplier of a class in the vector-scaling loss",
        "R": "norm of the solution",
        "s": "the largest margin of a unit vector, g that of the solution's",
    },
    theorem=(
        "for every d > 0 and separable data of two classes: (w, b) solves min ||w|| subject to w'x + b >= "
        "1 for y = 1, <= -1 for y = -1, iff ((1+d)/2 w, (1+d)/2 b + (d-1)/2) solves min ||w|| subject to "
        "w'x + b >= d for y = 1, <= -1 for y = -1; the distances to the two classes then have the ratio d "
        "and the same total 2/||w||",
        r"(w, b) \in \operatorname{argmin} \left\{ \lVert w \rVert :\ w'x_i + b \ge 1\ (y_i = 1),\ w'x_i + "
        r"b \le -1\ (y_i = -1) \right\} \iff \left( \tfrac{1+d}{2}\, w,\ \tfrac{1+d}{2}\, b + "
        r"\tfrac{d-1}{2} \right) \in \operatorname{argmin} \left\{ \lVert w \rVert :\ w'x_i + b \ge d\ "
        r"(y_i = 1),\ w'x_i + b \le -1\ (y_i = -1) \right\} \quad \forall d > 0, \qquad "
        r"\frac{d}{\frac{1+d}{2} \lVert w \rVert} + \frac{1}{\frac{1+d}{2} \lVert w \rVert} = "
        r"\frac{2}{\lVert w \rVert}",
    ),
    formula="((1 + d)/2)*u + (d - 1)/2 - d == ((1 + d)/2)*(u - 1)",
    steps=(
        "positive_slack_scales: positive side: slack against d is (1+d)/2 times slack against 1",
        FORMULA,
        "negative_slack_scales: negative side likewise",
        "-1 - (((1 + d)/2)*u + (d - 1)/2) == ((1 + d)/2)*(-1 - u)",
        "distances_keep_total: distances to the classes, d and 1 over ((1+d)/2) |w|, have the plain total "
        "2/|w|",
        "d/(((1 + d)/2)*w) + 1/(((1 + d)/2)*w) == 2/w",
        "ratio_of_ldam_margins: and ratio d, that of LDAM's margins for d = (n_-/n_+)^(1/4)",
        "m**(-1/4)/n**(-1/4) == (n/m)**(1/4)",
        "two_point_stationary_bias: two points, exponential loss: b(p + q) = w(q - p) + log(p/q) is "
        "stationary",
        state(
            "p*exp(-p*(w + (w*(q - p) + log(p/q))/(p + q))) == q*exp(-q*(w - (w*(q - p) + log(p/q))/(p + "
            "q)))",
            w="real",
        ),
        "bias_over_weight_limit: so b/w -> (q - p)/(p + q) = (d - 1)/(d + 1), as the shift says",
        state_limit("(w*(q - p) + log(p/q))/((p + q)*w)", "(q - p)/(p + q)", "w", "high"),
    ),
    argument="(w, b) is feasible for d = 1 iff ((1+d)/2 w, (1+d)/2 b + (d-1)/2) is feasible for d, and the "
    "norms are in a constant ratio: the solutions correspond. In this limit multipliers do no "
    "more than a threshold moved after training.",
    mutants=(
        "the shift is log d",
        "((1 + d)/2)*u + log(d) - d == ((1 + d)/2)*(u - 1)",
        "the margin's total grows with d",
        "d/w + 1/w == 2/w",
        "LDAM's split needs d = n_-/n_+",
        "m**(-1/4)/n**(-1/4) == n/m",
    ),
    rests_on=("cost_sensitive.limit",),
)

TWO_LOGITS = statement(
    name="cost_sensitive.two_logits_have_no_multiplier",
    title="A two-logit softmax head with multipliers ends at the plain SVM boundary; with three classes "
    "boundaries do move",
    source="derived here",
    ids=("SE6",),
    functions=("softmax_pair",),
    corrects="Binary analyses of multiplicative logit adjustment do not carry over to a two-class softmax.",
    where={
        "w1: real": "one coordinate of the first weight vector",
        "w2: real": "one coordinate of the second weight vector",
        "v: real": "b1 w1 - b2 w2",
        "f: real": "difference of two logits of sum zero",
        "b1: positive": "multiplier of the first logit",
        "b2: positive": "multiplier of the second logit",
        "w, x": "weights and features; y = +-1 the label",
        "a": "weight of an example, A the sum of all",
        "o, D": "offset and multiplier of a class in the vector-scaling loss",
        "R": "norm of the solution",
        "s": "the largest margin of a unit vector, g that of the solution's",
        "d": "multiplier of the negative class over that of the positive one",
    },
    theorem=(
        "for all b_1, b_2 > 0 and separable data: the least ||w_1||^2 + ||w_2||^2 with y_i (b_1 w_1 - b_2 "
        "w_2)'x_i >= 1 for all i is at w_1 = b_1 v/(b_1^2 + b_2^2), w_2 = -b_2 v/(b_1^2 + b_2^2), v the "
        "SVM vector, so (w_1 - w_2)'x has the sign of v'x; but for K = 3, one example e_c for each class "
        "and multipliers b = (1/2, 1, 1), at the least sum_c ||w_c||^2 with b_y w_y'x - b_c w_c'x >= 1 for "
        "c != y classes 1 and 2 tie on e_1 + (8/7) e_2 instead of e_1 + e_2",
        r"\operatorname{argmin} \left\{ \lVert w_1 \rVert^2 + \lVert w_2 \rVert^2 :\ y_i (b_1 w_1 - b_2 "
        r"w_2)'x_i \ge 1\ \forall i \right\} = \left( \frac{b_1 v}{b_1^2 + b_2^2},\ \frac{-b_2 v}{b_1^2 + "
        r"b_2^2} \right), \qquad v = \operatorname{argmin} \left\{ \lVert v \rVert :\ y_i v'x_i \ge 1\ "
        r"\forall i \right\}, \qquad w_1 - w_2 = \frac{b_1 + b_2}{b_1^2 + b_2^2}\, v \quad \forall b_1, "
        r"b_2 > 0; \qquad K = 3,\ x_c = e_c,\ b = \left( \tfrac12, 1, 1 \right),\ w = "
        r"\operatorname{argmin} \left\{ \sum_{c} \lVert w_c \rVert^2 :\ b_y w_y'e_y - b_c w_c'e_y \ge 1\ "
        r"\forall c \ne y \right\} :\ (w_1 - w_2)'\left( e_1 + \tfrac87 e_2 \right) = 0",
    ),
    formula="w1**2 + w2**2 >= (b1*w1 - b2*w2)**2/(b1**2 + b2**2)",
    steps=(
        "cheapest_logits: one coordinate: the cheapest logits with b1 w1 - b2 w2 = v",
        FORMULA,
        "attained: attained at b1 v/(b1^2+b2^2), -b2 v/(b1^2+b2^2)",
        "(b1*v/(b1**2 + b2**2))**2 + (b2*v/(b1**2 + b2**2))**2 == v**2/(b1**2 + b2**2)",
        "difference_is_multiple: their difference is a positive multiple of v: the same predictions",
        "b1*v/(b1**2 + b2**2) + b2*v/(b1**2 + b2**2) == ((b1 + b2)/(b1**2 + b2**2))*v",
        "two_logits_quarter: multipliers (1/4, 1) on six points, in fractions",
        state_computed(
            "implicit_bias:two_logits",
            points=[[3, 1], [1, 2], [2, 4], [-1, -3], [-4, 1], [-2, -3]],
            labels=[1, 1, 1, -1, -1, -1],
            multipliers=["1/4", "1"],
        ),
        "two_logits_tenth: and (1/10, 1)",
        state_computed(
            "implicit_bias:two_logits",
            points=[[3, 1], [1, 2], [2, 4], [-1, -3], [-4, 1], [-2, -3]],
            labels=[1, 1, 1, -1, -1, -1],
            multipliers=["1/10", "1"],
        ),
        "zero_sum_logits: logits of sum zero: both classes have the slope (b1 + b2)/2",
        "b1*(f/2) - b2*(-f/2) == ((b1 + b2)/2)*f",
        "three_classes_tie_moves: three classes with one multiplier 1/2: the tie moves from 1 to 8/7",
        state_computed("implicit_bias:class_boundary", multipliers=["1/2", "1", "1"], tie="8/7"),
        "plain_head_tie: from the plain head's 1",
        state_computed("implicit_bias:class_boundary", multipliers=["1", "1", "1"], tie="1"),
    ),
    argument="Both classes' constraints are +-v'x >= 1 in v = b1 w1 - b2 w2, so v is the SVM vector and "
    "the logits are the cheapest with that v. Binary results on multipliers concern one scalar "
    "score; a two-logit head does not show them.",
    mutants=(
        "two classes: the tie moves with the multiplier",
        state_computed("implicit_bias:class_boundary", multipliers=["1/2", "1"], tie="2"),
        "three classes: the tie stays at 1",
        state_computed("implicit_bias:class_boundary", multipliers=["1/2", "1", "1"], tie="1"),
        "the two logits are opposite whatever the multipliers",
        "b1*v/(b1**2 + b2**2) == b2*v/(b1**2 + b2**2)",
    ),
    rests_on=("cost_sensitive.limit",),
)

STATEMENTS = (
    COST_SENSITIVE,
    FREE_BIAS,
    TWO_LOGITS,
)
