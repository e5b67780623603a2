"""Multipliers on separable data: a cost-sensitive SVM, a shift, or nothing at all.

Claimed by Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021), Theorem 1; the shift under a free bias and
the two-logit case are derived here. Checked by: identities, sign proofs, and programs solved in fractions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_limit,
    state_quoted,
    steps,
)
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

_SYMBOLS = {
    "w, x": "weights and features; y = +-1 the label",
    "a": "weight of an example, A the sum of all",
    "o, D": "offset and multiplier of a class in the vector-scaling loss",
    "R": "norm of the solution",
    "s": "the largest margin of a unit vector, g that of the solution's",
    "d": "multiplier of the negative class over that of the positive one",
}
_P = "positive"
_POINTS = [[3, 1], [1, 2], [2, 4], [-1, -3], [-4, 1], [-2, -3]]
_LABELS = [1, 1, 1, -1, -1, -1]
_PAIR = [[2, 1], [-1, -2]]

COST_SENSITIVE = Statement(
    name="cost_sensitive.limit",
    title="Multipliers lead to the SVM with margins d and 1, d = D_-/D_+; exactly for two points",
    source="Kini et al. (NeurIPS 2021), Theorem 1; the two-point solution is derived here",
    formula=state_quoted(
        "the limit direction is that of argmin |w| with w'x >= d on y = +1 and w'x <= -1 on y = -1",
        r"\frac{w_R}{\|w_R\|} \to \frac{w_d}{\|w_d\|},\quad w_d = \arg\min\{\|w\| : w'x \ge d\;(y=1),\;"
        r" w'x \le -1\;(y=-1)\},\quad d = \frac{\Delta_-}{\Delta_+}",
    ),
    steps=steps(
        (
            "margin 1 on the rescaled data is margin 1/D, times D_- it is d",
            state("q*(1/p) == q/p", "q*(1/q) == 1", p=_P, q=_P),
        ),
        (
            "points (2, 1) and (-1, -2): both constraints are tight at (2d-1, 2-d)/3",
            state("2*(2*d - 1)/3 + (2 - d)/3 == d", "(2*d - 1)/3 + 2*(2 - d)/3 == 1", d="real"),
        ),
        (
            "it is made of the points with weights (5d-4)/9 and (5-4d)/9",
            state(
                "2*(5*d - 4)/9 + (5 - 4*d)/9 == (2*d - 1)/3",
                "(5*d - 4)/9 + 2*(5 - 4*d)/9 == (2 - d)/3",
                d="real",
            ),
        ),
        (
            "nonnegative for 4/5 <= d <= 5/4, where it is the least",
            state(
                "x**2 + y**2 >= ((2*d - 1)**2 + (2 - d)**2)/9",
                given=["2*x + y >= d", "x + 2*y >= 1"],
                x="real",
                y="real",
                d="[4/5, 5/4]",
            ),
        ),
        (
            "beyond 5/4 only the positive point counts: (2, 1) d/5",
            state("x**2 + y**2 >= d**2/5", given="2*x + y >= d", x="real", y="real", d=_P),
        ),
        (
            "which is feasible there",
            state("2*(2*d/5) + d/5 >= d", "2*d/5 + 2*(d/5) >= 1", d="[5/4, oo)"),
        ),
        (
            "below 4/5 only the negative one: (1, 2)/5",
            state("x**2 + y**2 >= 1/5", given="x + 2*y >= 1", x="real", y="real"),
        ),
        (
            "which is feasible there",
            state("2*(1/5) + 2/5 >= d", "1/5 + 2*(2/5) >= 1", d="(0, 4/5]"),
        ),
        (
            "d = 6/5 in fractions: direction (7, 4)",
            state_computed(
                "implicit_bias:cost_sensitive",
                points=_PAIR,
                labels=[1, -1],
                ratio="6/5",
                direction=[7, 4],
            ),
        ),
        (
            "with one class active nothing rotates: d = 2",
            state_computed(
                "implicit_bias:cost_sensitive",
                points=_PAIR,
                labels=[1, -1],
                ratio="2",
                direction=[2, 1],
            ),
        ),
        (
            "and d = 3",
            state_computed(
                "implicit_bias:cost_sensitive",
                points=_PAIR,
                labels=[1, -1],
                ratio="3",
                direction=[2, 1],
            ),
        ),
    ),
    argument="The loss with multipliers is the loss without them on the points D x, whose norm-bounded "
    "solutions tend to the max-margin vector of these points at the rate of implicit_bias.weights_fade; "
    "dividing the constraints by the multipliers gives the program.",
    mutants=mutants(
        (
            "the ratio upside down: d = D_+/D_-",
            state_computed(
                "implicit_bias:cost_sensitive",
                points=_PAIR,
                labels=[1, -1],
                ratio="5/6",
                direction=[7, 4],
            ),
        ),
        (
            "margins D instead of 1/D",
            state("q*(1/p) == p/q", p=_P, q=_P),
        ),
        (
            "both points stay active for every d",
            state(
                "x**2 + y**2 >= ((2*d - 1)**2 + (2 - d)**2)/9",
                given=["2*x + y >= d", "x + 2*y >= 1"],
                x="real",
                y="real",
                d="[4/5, 3]",
            ),
        ),
    ),
    symbols={**_SYMBOLS, "p, q": "multipliers of the positive and the negative class"},
    rests_on=("implicit_bias.weights_fade", "implicit_bias.vector_scaling_reduces"),
    ids=("SE3",),
    functions=("cost_sensitive_vector",),
)

FREE_BIAS = Statement(
    name="cost_sensitive.free_bias_only_shifts",
    title="With a free bias, multipliers leave the SVM's direction and only move its intercept",
    source="known for cost-sensitive SVMs; the bijection is derived here",
    formula=state("((1 + d)/2)*u + (d - 1)/2 - d == ((1 + d)/2)*(u - 1)", d=_P, u="real"),
    steps=steps(
        (
            "positive side: slack against d is (1+d)/2 times slack against 1",
            state("((1 + d)/2)*u + (d - 1)/2 - d == ((1 + d)/2)*(u - 1)", d=_P, u="real"),
        ),
        (
            "negative side likewise",
            state("-1 - (((1 + d)/2)*u + (d - 1)/2) == ((1 + d)/2)*(-1 - u)", d=_P, u="real"),
        ),
        (
            "distances to the classes, d and 1 over ((1+d)/2) |w|, have the plain total 2/|w|",
            state("d/(((1 + d)/2)*w) + 1/(((1 + d)/2)*w) == 2/w", d=_P, w=_P),
        ),
        (
            "and ratio d, that of LDAM's margins for d = (n_-/n_+)^(1/4)",
            state("m**(-1/4)/n**(-1/4) == (n/m)**(1/4)", m=_P, n=_P),
        ),
        (
            "two points, exponential loss: b(p + q) = w(q - p) + log(p/q) is stationary",
            state(
                "p*exp(-p*(w + (w*(q - p) + log(p/q))/(p + q)))"
                " == q*exp(-q*(w - (w*(q - p) + log(p/q))/(p + q)))",
                p=_P,
                q=_P,
                w="real",
            ),
        ),
        (
            "so b/w -> (q - p)/(p + q) = (d - 1)/(d + 1), as the shift says",
            state_limit(
                "(w*(q - p) + log(p/q))/((p + q)*w)",
                "(q - p)/(p + q)",
                "w",
                "high",
                p=_P,
                q=_P,
                w=_P,
            ),
        ),
    ),
    argument="(w, b) is feasible for d = 1 iff ((1+d)/2 w, (1+d)/2 b + (d-1)/2) is feasible for d, and the "
    "norms are in a constant ratio: the solutions correspond. In this limit multipliers do no more than "
    "a threshold moved after training.",
    mutants=mutants(
        (
            "the shift is log d",
            state("((1 + d)/2)*u + log(d) - d == ((1 + d)/2)*(u - 1)", d=_P, u="real"),
        ),
        (
            "the margin's total grows with d",
            state("d/w + 1/w == 2/w", d=_P, w=_P),
        ),
        (
            "LDAM's split needs d = n_-/n_+",
            state("m**(-1/4)/n**(-1/4) == n/m", m=_P, n=_P),
        ),
    ),
    symbols={**_SYMBOLS, "u": "w'x + b of the plain SVM", "m, n": "examples of the two classes"},
    rests_on=("cost_sensitive.limit",),
    ids=("SE4",),
    functions=("shifted_by_ratio",),
    corrects="Multipliers are credited with rotating the boundary; with a free bias, linear and separable, "
    "they only shift it.",
)

TWO_LOGITS = Statement(
    name="cost_sensitive.two_logits_have_no_multiplier",
    title="A two-logit softmax head with multipliers ends at the plain SVM boundary; with three classes "
    "boundaries do move",
    source="derived here",
    formula=state(
        "w1**2 + w2**2 >= (b1*w1 - b2*w2)**2/(b1**2 + b2**2)", w1="real", w2="real", b1=_P, b2=_P
    ),
    steps=steps(
        (
            "one coordinate: the cheapest logits with b1 w1 - b2 w2 = v",
            state(
                "w1**2 + w2**2 >= (b1*w1 - b2*w2)**2/(b1**2 + b2**2)",
                w1="real",
                w2="real",
                b1=_P,
                b2=_P,
            ),
        ),
        (
            "attained at b1 v/(b1^2+b2^2), -b2 v/(b1^2+b2^2)",
            state(
                "(b1*v/(b1**2 + b2**2))**2 + (b2*v/(b1**2 + b2**2))**2 == v**2/(b1**2 + b2**2)",
                v="real",
                b1=_P,
                b2=_P,
            ),
        ),
        (
            "their difference is a positive multiple of v: the same predictions",
            state(
                "b1*v/(b1**2 + b2**2) + b2*v/(b1**2 + b2**2) == ((b1 + b2)/(b1**2 + b2**2))*v",
                v="real",
                b1=_P,
                b2=_P,
            ),
        ),
        (
            "multipliers (1/4, 1) on six points, in fractions",
            state_computed(
                "implicit_bias:two_logits", points=_POINTS, labels=_LABELS, multipliers=["1/4", "1"]
            ),
        ),
        (
            "and (1/10, 1)",
            state_computed(
                "implicit_bias:two_logits",
                points=_POINTS,
                labels=_LABELS,
                multipliers=["1/10", "1"],
            ),
        ),
        (
            "logits of sum zero: both classes have the slope (b1 + b2)/2",
            state("b1*(f/2) - b2*(-f/2) == ((b1 + b2)/2)*f", f="real", b1=_P, b2=_P),
        ),
        (
            "three classes with one multiplier 1/2: the tie moves from 1 to 8/7",
            state_computed(
                "implicit_bias:class_boundary", multipliers=["1/2", "1", "1"], tie="8/7"
            ),
        ),
        (
            "from the plain head's 1",
            state_computed("implicit_bias:class_boundary", multipliers=["1", "1", "1"], tie="1"),
        ),
    ),
    argument="Both classes' constraints are +-v'x >= 1 in v = b1 w1 - b2 w2, so v is the SVM vector and the "
    "logits are the cheapest with that v. Binary results on multipliers concern one scalar score; a "
    "two-logit head does not show them.",
    mutants=mutants(
        (
            "two classes: the tie moves with the multiplier",
            state_computed("implicit_bias:class_boundary", multipliers=["1/2", "1"], tie="2"),
        ),
        (
            "three classes: the tie stays at 1",
            state_computed("implicit_bias:class_boundary", multipliers=["1/2", "1", "1"], tie="1"),
        ),
        (
            "the two logits are opposite whatever the multipliers",
            state("b1*v/(b1**2 + b2**2) == b2*v/(b1**2 + b2**2)", v="real", b1=_P, b2=_P),
        ),
    ),
    symbols={**_SYMBOLS, "b1, b2": "multipliers of the logits", "v": "b1 w1 - b2 w2"},
    rests_on=("cost_sensitive.limit",),
    ids=("SE6",),
    functions=("softmax_pair",),
    corrects="Binary analyses of multiplicative logit adjustment do not carry over to a two-class softmax.",
)

STATEMENTS = (
    COST_SENSITIVE,
    FREE_BIAS,
    TWO_LOGITS,
)
