"""K Gaussian classes with means at the corners of a simplex: class accuracies as one integral.

Source: classical (orthogonal signalling); the imbalanced form is derived here. Class k is found where
x_k + a_k is greatest, with a_k = sqrt(2) log(prior_k)/Delta times 1 - tau, and x_k of mean Delta/sqrt(2).
Checked by: identities, the binary closed form, certified integrals.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import erfcx, log_ndtr

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    steps,
)
from ..foundation.validation import InputError, as_class_counts, as_number

__all__ = ["simplex_accuracies"]


def simplex_accuracies(
    class_counts: ArrayLike, Delta: float, tau: float = 0.0
) -> NDArray[np.float64]:
    """Accuracy of each class, shape (K,), by the Bayes rule with logit adjustment ``tau``.

    ``Delta > 0`` is the Mahalanobis distance of every two means; the prior is that of
    ``class_counts``, of at least two classes. ``tau = 1`` makes all accuracies equal.

    Raises
    ------
    InputError
        If there is one class only, or an argument leaves its domain.
    """
    counts = as_class_counts(class_counts)
    Delta = as_number("Delta", Delta, low=0, low_open=True)
    tau = as_number("tau", tau)
    if counts.size < 2:
        raise InputError(f"class_counts has shape {counts.shape}: give at least two classes")
    own, factor = Delta / np.sqrt(2.0), np.sqrt(2.0) * (1.0 - tau) / Delta
    _, first, which = np.unique(counts, return_index=True, return_inverse=True)
    chances = [
        _chance_of_being_first(own + factor * _log_ratio(float(counts[k]), np.delete(counts, k)))
        for k in first
    ]
    return np.array(chances)[which]


def _log_ratio(count: float, others: NDArray[np.float64]) -> NDArray[np.float64]:
    """``log(count/others)``, from the difference where it is small: a small Delta magnifies it."""
    change = (count - others) / others
    near = np.abs(change) < 0.5
    return np.where(near, np.log1p(np.where(near, change, 0.0)), np.log(count / others))


def _chance_of_being_first(ahead: NDArray[np.float64]) -> float:
    """``integral of phi(u) prod_j Phi(u + ahead_j)``, around the peak of its log-concave integrand."""

    def hazard(u: float) -> NDArray[np.float64]:
        # phi/Phi at v is 1 over the Mills ratio at -v
        v = np.maximum(u + ahead, -1e8)
        return 1.0 / (np.sqrt(0.5 * np.pi) * erfcx(-np.minimum(v, 37.0) / np.sqrt(2.0)))

    def slope(u: float) -> float:
        return float(np.sum(hazard(u)) - u)

    def curvature(u: float) -> float:
        each = hazard(u)
        return float(1.0 + np.sum(np.maximum(each * (each + np.maximum(u + ahead, -1e8)), 0.0)))

    high = float(np.sqrt(2.0 * np.log(ahead.size + 1.0)) + 10.0 + np.sum(np.maximum(-ahead, 0.0)))
    peak = float(brentq(slope, -1.0, high, xtol=1e-6))  # type: ignore[arg-type]
    # The integrand falls off fastest on the left; eight steps to the width it has there.
    step = 0.125 / np.sqrt(curvature(peak - 4.0 / np.sqrt(curvature(peak))))
    u = peak + np.arange(-10.0, 10.0, step)
    logs = -0.5 * u * u + np.sum(log_ndtr(u[:, None] + ahead), axis=1)
    return float(step * np.sum(np.exp(logs)) / np.sqrt(2.0 * np.pi))


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "D": "distance of every two class means, Delta",
    "c": "common length of the means' coordinate, Delta/sqrt(2)",
    "x": "coordinate of an example in a class's direction",
    "z": "coordinate in another class's direction",
    "p": "prior of the class",
    "q": "prior of the other class",
    "L": "log(p/q)",
    "u": "noise in the class's own direction",
}

SIMPLEX = Statement(
    name="simplex_gaussian.class_accuracies",
    title="Class k's accuracy is an integral over its own noise, prior offsets sqrt(2) log(p_k/p_j)/Delta",
    source="classical without priors; the imbalanced form derived here",
    formula=state("(D/sqrt(2) + sqrt(2)*L/D)/sqrt(2) == D/2 + L/D", D="positive", L="real"),
    steps=steps(
        (
            "means c e_k are at distance c sqrt(2) = Delta",
            state("sqrt((D/sqrt(2))**2 + (D/sqrt(2))**2) == D", D="positive"),
        ),
        (
            "the log-likelihood ratio of two classes is c (x - z)",
            state(
                "-((x - c)**2 + z**2)/2 + (x**2 + (z - c)**2)/2 == c*(x - z)",
                x="real",
                z="real",
                c="positive",
            ),
        ),
        (
            "with priors, class k leads where x + sqrt(2) log(p)/Delta is greater",
            state(
                "(D/sqrt(2))*(x + sqrt(2)*log(p)/D - z - sqrt(2)*log(q)/D)"
                " == (D/sqrt(2))*(x - z) + log(p) - log(q)",
                x="real",
                z="real",
                D="positive",
                p="(0, 1)",
                q="(0, 1)",
            ),
        ),
        (
            "two classes: z - u is N(0, 2), which gives the binary recall Phi(Delta/2 + L/Delta)",
            state("(D/sqrt(2) + sqrt(2)*L/D)/sqrt(2) == D/2 + L/D", D="positive", L="real"),
        ),
        (
            "logit adjustment drops the priors: every class has the same accuracy",
            state(
                "u + D/sqrt(2) + sqrt(2)*(1 - 1)*L/D == u + D/sqrt(2)",
                u="real",
                D="positive",
                L="real",
            ),
        ),
        (
            "which without separation is chance: phi Phi^2 is the slope of Phi^3/3 (three classes)",
            state_derivative("Phi(u)**3/3", "u", "exp(-u**2/2)/sqrt(2*pi)*Phi(u)**2", u="real"),
        ),
        (
            "a greater prior of its own raises a class's accuracy at every u",
            state("Phi(u + h) > Phi(u)", u="real", h="positive"),
        ),
        (
            "certified integrals agree with the binary closed form",
            state_computed(
                "gaussian:simplex_integrals", separations=["1", "2", "4"], eta=10, digits=15
            ),
        ),
    ),
    argument="The means have one length, so the Bayes score of class k is c x_k + log p_k; given x_k = c + u "
    "the other coordinates are independent N(0, 1).",
    mutants=mutants(
        (
            "offset log(p_k/p_j)/Delta, as on the binary score",
            state("(D/sqrt(2) + L/D)/sqrt(2) == D/2 + L/D", D="positive", L="real"),
        ),
        (
            "means Delta e_k, at distance Delta",
            state("sqrt(D**2 + D**2) == D", D="positive"),
        ),
    ),
    symbols={**_SYMBOLS, "h": "a gain of the offset"},
    rests_on=("gaussian.bayes_rule", "gaussian.rates"),
    ids=("D13",),
    functions=("simplex_accuracies",),
)

STATEMENTS = (SIMPLEX,)
