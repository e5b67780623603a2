"""Estimating the class prior of a new population: by the confusion matrix, or by likelihood.

BBSE is of Lipton, Wang, Smola (ICML 2018); the EM of Saerens, Latinne, Decaestecker (Neural
Computation 2002). Both need what imbalance destroys: a classifier that separates the classes. Checked
by: identities and convexity for two classes, a direct solve and brute force for more.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_derivative, steps
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
    posterior: ArrayLike, class_prior: ArrayLike, *, tolerance: float = 1e-10
) -> NDArray[np.float64]:
    """The new population's class prior that maximises the likelihood, by EM, shape (K,).

    ``posterior``: (n, K), calibrated for ``class_prior`` (K,). Stops when no share moves by more than
    ``tolerance``; the likelihood is concave, so there is nothing else to find.
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
    likelihood = eta / prior
    share = prior / prior.sum()
    for _ in range(100_000):
        weighted = likelihood * share
        updated = (weighted / weighted.sum(axis=1, keepdims=True)).mean(axis=0)
        if np.abs(updated - share).max() <= tolerance:
            return updated
        share = updated
    return share


# ------------------------------------------------------------------------------------ statements

_RATES = {"t": "[0, 1]", "f": "[0, 1]", "p": "(0, 1)"}
_MIXED = {"w": "(0, 1)", "a": "positive", "b": "positive"}

BBSE = Statement(
    name="label_shift.bbse",
    title="Two classes: the confusion matrix maps weights to predictions, with determinant p(1-p) J",
    source="Lipton, Wang, Smola (ICML 2018); the determinant is derived here",
    formula=state("t*p*((1 - f)*(1 - p)) - f*(1 - p)*((1 - t)*p) == p*(1 - p)*(t - f)", **_RATES),
    steps=steps(
        (
            "under label shift the predictions are linear in the weights",
            state(
                "t*(w*p) + f*(v*(1 - p)) == (t*p)*w + (f*(1 - p))*v",
                w="nonnegative",
                v="nonnegative",
                **_RATES,
            ),
        ),
        (
            "the determinant of the joint confusion matrix",
            state("t*p*((1 - f)*(1 - p)) - f*(1 - p)*((1 - t)*p) == p*(1 - p)*(t - f)", **_RATES),
        ),
        (
            "so the minority's weight is found by dividing by J = t - f",
            state(
                "(t*w*p + f*v*(1 - p))*((1 - f)*(1 - p))"
                " - ((1 - t)*w*p + (1 - f)*v*(1 - p))*(f*(1 - p)) == w*(p*(1 - p)*(t - f))",
                w="nonnegative",
                v="nonnegative",
                **_RATES,
            ),
        ),
    ),
    argument="Cramer's rule. Where recall collapses to the false positive rate, J tends to 0 and the "
    "estimate degrades; the threshold that maximises J is the balanced one.",
    mutants=mutants(
        (
            "the determinant with a sum of rates",
            state("t*p*((1 - f)*(1 - p)) - f*(1 - p)*((1 - t)*p) == p*(1 - p)*(t + f)", **_RATES),
        ),
        (
            "the determinant is the accuracy minus one half",
            state(
                "t*p*((1 - f)*(1 - p)) - f*(1 - p)*((1 - t)*p) == t*p + (1 - f)*(1 - p) - 1/2",
                **_RATES,
            ),
        ),
    ),
    symbols={
        "t": "true positive rate",
        "f": "false positive rate",
        "p": "prior",
        "w, v": "weights",
    },
    rests_on=("gaussian.balanced_error_is_least_at_the_midpoint",),
    ids=("D5",),
    functions=("bbse_weights",),
)

MLLS = Statement(
    name="label_shift.mlls",
    title="Two classes: the likelihood of the new prior is concave; inside, EM stops only at its maximum",
    source="Saerens, Latinne, Decaestecker (2002); derived here",
    formula=state_derivative("(a - b)/(w*a + (1 - w)*b)", "w", "-((a - b)/(w*a + (1 - w)*b))**2", **_MIXED),
    steps=steps(
        (
            "slope of one example's log-likelihood, its densities a and b",
            state_derivative("log(w*a + (1 - w)*b)", "w", "(a - b)/(w*a + (1 - w)*b)", **_MIXED),
        ),
        (
            "the slope falls: concave, strictly where a differs from b",
            state_derivative(
                "(a - b)/(w*a + (1 - w)*b)", "w", "-((a - b)/(w*a + (1 - w)*b))**2", **_MIXED
            ),
        ),
        (
            "what an EM step adds to the prior is the slope times w (1 - w): it stops where the slope is 0",
            state(
                "w*a/(w*a + (1 - w)*b) - w == w*(1 - w)*((a - b)/(w*a + (1 - w)*b))", **_MIXED
            ),
        ),
        (
            "identifiable: two priors give the same mixture only where the densities agree",
            state(
                "(w*a + (1 - w)*b) - (v*a + (1 - v)*b) == (w - v)*(a - b)", v="(0, 1)", **_MIXED
            ),
        ),
    ),
    argument="A sum of concave functions is concave; the EM update is the average of the third step's "
    "left side plus w.",
    mutants=mutants(
        (
            "the slope without the mixture",
            state_derivative("log(w*a + (1 - w)*b)", "w", "a - b", **_MIXED),
        ),
        (
            "EM moves by the whole slope",
            state("w*a/(w*a + (1 - w)*b) - w == (a - b)/(w*a + (1 - w)*b)", **_MIXED),
        ),
    ),
    symbols={"w": "share of the positive class", "a, b": "an example's densities"},
    ids=("D6",),
    functions=("mlls_prior",),
)  # fmt: skip

STATEMENTS = (BBSE, MLLS)
