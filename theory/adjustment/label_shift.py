"""Estimating the class prior of a new population: by the confusion matrix, or by likelihood.

BBSE is of Lipton, Wang, Smola (ICML 2018); the EM of Saerens, Latinne, Decaestecker (Neural
Computation 2002). Both need what imbalance destroys: a classifier that separates the classes. Checked
by: identities and convexity for two classes, a direct solve and brute force for more.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state_derivative, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_probabilities, as_real

__all__ = ["bbse_weights", "mlls_prior"]


def bbse_weights(confusion: ArrayLike, predicted: ArrayLike) -> NDArray[np.float64]:
    """``w_y = q_y/p_y`` that solves ``predicted = confusion @ w``, shape (K,).

    ``confusion``: (K, K), joint probabilities P(prediction k, class y) on labelled data, summing to 1;
    ``predicted``: (K,), shares of the predictions on the new data.

    Raises
    ------
    InputError
        If the shapes do not fit, or the confusion matrix is singular (the classifier does not separate
        the classes, so the new prior cannot be found this way).
    """
    matrix = as_real("confusion", confusion, low=0)
    shares = as_real("predicted", predicted, low=0)
    if matrix.ndim != 2 or matrix.shape != (shares.size, shares.size) or shares.ndim != 1:
        raise InputError(
            f"confusion has shape {matrix.shape}: must be (K, K) for predicted of shape (K,), here "
            f"{shares.shape}"
        )
    if np.linalg.matrix_rank(matrix) < len(matrix):
        raise InputError("confusion is singular: the classifier does not separate the classes")
    return np.asarray(np.linalg.solve(matrix, shares), dtype=np.float64)


def mlls_prior(
    posterior: ArrayLike,
    class_prior: ArrayLike,
    *,
    sample_weight: ArrayLike = 1.0,
    tolerance: float = 1e-10,
) -> NDArray[np.float64]:
    """The new population's class prior that maximises the likelihood, by EM, shape (K,).

    ``posterior``: (n, K), calibrated for ``class_prior`` (K,); ``sample_weight``: how often each example
    counts, (n,). Stops when no share moves by more than ``tolerance``; the likelihood is concave, so there
    is nothing else to find.

    Examples
    --------
    >>> mlls_prior([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8]], class_prior=[0.5, 0.5]).round(3)
    array([0.847, 0.153])
    """
    eta = as_probabilities("posterior", posterior)
    prior = as_real("class_prior", class_prior, low=0, low_open=True, high=1)
    tolerance = as_number("tolerance", tolerance, low=0, low_open=True)
    if eta.ndim != 2 or not len(eta) or eta.shape[1:] != prior.shape:
        raise InputError(
            f"posterior has shape {eta.shape}: must be (n, K) with n >= 1, class_prior {prior.shape}"
        )
    if not eta.any(axis=1).all():
        raise InputError("posterior is zero for every class of an example: it must not be")
    counted = as_real("sample_weight", sample_weight, low=0)
    if counted.shape not in ((), eta.shape[:1]) or not counted.any():
        raise InputError(
            f"sample_weight has shape {counted.shape}: must be {eta.shape[:1]}, and not all zero"
        )
    counted = np.broadcast_to(counted, eta.shape[:1])
    likelihood = eta / prior
    share = prior / prior.sum()
    for _ in range(100_000):
        weighted = likelihood * share
        updated = counted @ (weighted / weighted.sum(axis=1, keepdims=True)) / counted.sum()
        if np.abs(updated - share).max() <= tolerance:
            return updated
        share = updated
    return share


# ------------------------------------------------------------------------------------ statements


BBSE = statement(
    name="label_shift.bbse",
    title="Two classes: the confusion matrix maps weights to predictions, with determinant p(1-p) J",
    source="Lipton, Wang, Smola (ICML 2018); the determinant is derived here",
    ids=("D5",),
    functions=("bbse_weights",),
    where={
        "w: nonnegative": "new prior over old, positive class",
        "v: nonnegative": "new prior over old, negative class",
        "t: [0, 1]": "true positive rate",
        "f: [0, 1]": "false positive rate",
        "p: (0, 1)": "prior",
    },
    theorem=(
        "two classes, label shift (p(x|y) unchanged), w_y = q_y/p_y, p = p_1 in (0, 1), t and f the rule's "
        "true and false positive rates, C_ij = P(h = i, Y = j) before the shift: the predictions after it "
        "are Q(h = i) = sum_j C_ij w_j, det C = p(1-p)(t - f) = p(1-p) J, so that w = C^-1 Q(h = .) iff J "
        "!= 0",
        r"C=\begin{pmatrix}t\,p&f(1-p)\\(1-t)\,p&(1-f)(1-p)\end{pmatrix},\quad \begin{pmatrix}Q(h=1)"
        r"\\Q(h=0)\end{pmatrix}=C\begin{pmatrix}w_1\\w_0\end{pmatrix},\ w_y=\frac{q_y}{p_y},\qquad \det "
        r"C=p(1-p)\,J,\quad J=t-f;\qquad C\ \text{invertible}\iff J\ne0",
    ),
    formula="t*p*((1 - f)*(1 - p)) - f*(1 - p)*((1 - t)*p) == p*(1 - p)*(t - f)",
    steps=(
        "predictions_linear_in_weights: under label shift the predictions are linear in the weights",
        "t*(w*p) + f*(v*(1 - p)) == (t*p)*w + (f*(1 - p))*v",
        "determinant: the determinant of the joint confusion matrix",
        FORMULA,
        "cramers_rule: so the minority's weight is found by dividing by J = t - f",
        "(t*w*p + f*v*(1 - p))*((1 - f)*(1 - p)) - ((1 - t)*w*p + (1 - f)*v*(1 - p))*(f*(1 - p)) == "
        "w*(p*(1 - p)*(t - f))",
    ),
    argument="Cramer's rule. Where recall collapses to the false positive rate, J tends to 0 and the "
    "estimate degrades; the threshold that maximises J is the balanced one.",
    mutants=(
        "the determinant with a sum of rates",
        "t*p*((1 - f)*(1 - p)) - f*(1 - p)*((1 - t)*p) == p*(1 - p)*(t + f)",
        "the determinant is the accuracy minus one half",
        "t*p*((1 - f)*(1 - p)) - f*(1 - p)*((1 - t)*p) == t*p + (1 - f)*(1 - p) - 1/2",
    ),
    rests_on=("gaussian.balanced_error_is_least_at_the_midpoint",),
)

MLLS = statement(
    name="label_shift.mlls",
    title="Two classes: the likelihood of the new prior is concave; inside, EM stops only at its maximum",
    source="Saerens, Latinne, Decaestecker (2002); derived here",
    ids=("D6",),
    functions=("mlls_prior",),
    where={
        "v: (0, 1)": "another share of the positive class",
        "w: (0, 1)": "share of the positive class",
        "a: positive": "an example's density under the positive class",
        "b: positive": "an example's density under the negative class",
    },
    theorem=(
        "L(w) = sum_i log(w a_i + (1-w) b_i) with class densities a_i, b_i > 0, w in (0, 1): L'' = -sum_i "
        "((a_i - b_i)/(w a_i + (1-w) b_i))^2 <= 0, and < 0 unless a_i = b_i for all i; the EM step T(w) = "
        "(1/n) sum_i w a_i/(w a_i + (1-w) b_i) has T(w) - w = w(1-w) L'(w)/n, so w in (0, 1) is a fixed "
        "point iff L'(w) = 0 iff w maximises L",
        r"L(w)=\sum_{i=1}^n\log\left(wa_i+(1-w)b_i\right):\quad L''(w)=-\sum_{i=1}^n\left(\frac{a_i-b_i}"
        r"{wa_i+(1-w)b_i}\right)^2\le0,\qquad T(w)=\frac1n\sum_{i=1}^n\frac{wa_i}{wa_i+(1-w)b_i}"
        r"=w+\frac{w(1-w)}n\,L'(w);\qquad T(w)=w\iff L'(w)=0\iff w\in\operatorname{argmax}L\quad(0<w<1)",
    ),
    formula=state_derivative("(a - b)/(w*a + (1 - w)*b)", "w", "-((a - b)/(w*a + (1 - w)*b))**2"),
    steps=(
        "slope_of_one_example: slope of one example's log-likelihood, its densities a and b",
        state_derivative("log(w*a + (1 - w)*b)", "w", "(a - b)/(w*a + (1 - w)*b)"),
        "slope_falls: the slope falls: concave, strictly where a differs from b",
        FORMULA,
        "em_step_is_the_slope: what an EM step adds to the prior is the slope times w (1 - w): it stops "
        "where the slope is 0",
        "w*a/(w*a + (1 - w)*b) - w == w*(1 - w)*((a - b)/(w*a + (1 - w)*b))",
        "mixture_is_identifiable: identifiable: two priors give the same mixture only where the densities "
        "agree",
        "(w*a + (1 - w)*b) - (v*a + (1 - v)*b) == (w - v)*(a - b)",
    ),
    argument="A sum of concave functions is concave; the EM update is the average of the third step's left "
    "side plus w.",
    mutants=(
        "the slope without the mixture",
        state_derivative("log(w*a + (1 - w)*b)", "w", "a - b"),
        "EM moves by the whole slope",
        "w*a/(w*a + (1 - w)*b) - w == (a - b)/(w*a + (1 - w)*b)",
    ),
)

STATEMENTS = (BBSE, MLLS)
