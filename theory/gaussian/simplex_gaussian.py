"""K Gaussian classes with means at the corners of a simplex: class accuracies as one integral.

Source: classical (orthogonal signalling); the imbalanced form is derived here. Class k is predicted where
x_k + a_k is greatest, with a_k = sqrt(2) log(prior_k)/Delta times 1 - tau, and x_k of mean Delta/sqrt(2).
Checked by: identities, the binary closed form, certified integrals.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import erfcx, log_ndtr

from ..claims.stating import FORMULA, state_computed, state_derivative, statement
from ..foundation.arrays import ArrayLike
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
    mean, factor = Delta / np.sqrt(2.0), np.sqrt(2.0) * (1.0 - tau) / Delta
    _, first, which = np.unique(counts, return_index=True, return_inverse=True)
    chances = [
        _chance_of_being_first(mean + factor * _log_ratio(float(counts[k]), np.delete(counts, k)))
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


SIMPLEX = statement(
    name="simplex_gaussian.class_accuracies",
    title="Class k's accuracy is an integral over its own noise, prior offsets sqrt(2) log(p_k/p_j)/Delta",
    source="classical without priors; the imbalanced form derived here",
    ids=("D13",),
    functions=("simplex_accuracies",),
    where={
        "x: real": "coordinate of an example in a class's direction",
        "z: real": "coordinate in another class's direction",
        "c: positive": "common length of the means' coordinate, Delta/sqrt(2)",
        "u: real": "noise in the class's own direction",
        "D: positive": "distance of every two class means, Delta",
        "L: real": "log(p/q)",
        "p: (0, 1)": "prior of the class",
        "q: (0, 1)": "prior of the other class",
        "h: positive": "a gain of the offset",
    },
    theorem=(
        "X | y = k ~ N(Delta e_k/sqrt 2, I_K), priors p_k > 0, k = 1..K, Delta > 0: the Bayes rule "
        "argmax_k (Delta/sqrt 2) x_k + log p_k is right on class k with probability A_k = integral of "
        "phi(u) prod_(j != k) Phi(u + Delta/sqrt 2 + sqrt 2 log(p_k/p_j)/Delta) du, which for K = 2 is "
        "Phi(Delta/2 + log(p_k/p_j)/Delta)",
        r"X \mid y = k \sim N\left(\tfrac{\Delta}{\sqrt2} e_k, I_K\right),\; p_k > 0,\; \Delta > 0 : \quad "
        r"\mathbb P\left( \operatorname{argmax}_j \left[ \tfrac{\Delta}{\sqrt2} X_j + \log p_j \right] = k "
        r"\mid y = k \right) = \int_{-\infty}^{\infty} \phi(u) \prod_{j \ne k} \Phi\left( u + "
        r"\frac{\Delta}{\sqrt2} + \frac{\sqrt2}{\Delta} \log \frac{p_k}{p_j} \right) du, \qquad K = 2 : \; "
        r"\Phi\left( \frac{\Delta}{2} + \frac1\Delta \log \frac{p_k}{p_j} \right)",
    ),
    formula="(D/sqrt(2) + sqrt(2)*L/D)/sqrt(2) == D/2 + L/D",
    steps=(
        "distance_of_means: means c e_k are at distance c sqrt(2) = Delta",
        "sqrt((D/sqrt(2))**2 + (D/sqrt(2))**2) == D",
        "log_likelihood_ratio: the log-likelihood ratio of two classes is c (x - z)",
        "-((x - c)**2 + z**2)/2 + (x**2 + (z - c)**2)/2 == c*(x - z)",
        "prior_offset: with priors, class k leads where x + sqrt(2) log(p)/Delta is greater",
        "(D/sqrt(2))*(x + sqrt(2)*log(p)/D - z - sqrt(2)*log(q)/D) == (D/sqrt(2))*(x - z) + log(p) - log(q)",
        "binary_recall: two classes: z - u is N(0, 2), which gives the binary recall Phi(Delta/2 + L/Delta)",
        FORMULA,
        "adjustment_drops_priors: logit adjustment drops the priors: every class has the same accuracy",
        "u + D/sqrt(2) + sqrt(2)*(1 - 1)*L/D == u + D/sqrt(2)",
        "chance_without_separation: which without separation is chance: phi Phi^2 is the slope of Phi^3/3 "
        "(three classes)",
        state_derivative("Phi(u)**3/3", "u", "exp(-u**2/2)/sqrt(2*pi)*Phi(u)**2"),
        "greater_prior_raises_accuracy: a greater prior of its own raises a class's accuracy at every u",
        "Phi(u + h) > Phi(u)",
        "certified_integrals: certified integrals agree with the binary closed form",
        state_computed(
            "gaussian:simplex_integrals", separations=["1", "2", "4"], eta=10, digits=15
        ),
    ),
    argument="The means have one length, so the Bayes score of class k is c x_k + log p_k; given x_k = c + "
    "u the other coordinates are independent N(0, 1).",
    mutants=(
        "offset log(p_k/p_j)/Delta, as on the binary score",
        "(D/sqrt(2) + L/D)/sqrt(2) == D/2 + L/D",
        "means Delta e_k, at distance Delta",
        "sqrt(D**2 + D**2) == D",
    ),
    rests_on=("gaussian.bayes_rule", "gaussian.rates"),
)

STATEMENTS = (SIMPLEX,)
