"""The F1 score of two Gaussian classes, and the one threshold where it is greatest.

Claimed by Lipton, Elkan, Narayanaswamy (arXiv 1402.1892): the optimal cut on the posterior is half the
optimum. Checked by: the slope of F1 in the threshold, whose sign is that of a decreasing function.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
from ..foundation.grids import cell_by_cell
from ..foundation.normal import normal_cdf
from ..foundation.validation import as_real, broadcasting
from .gaussian_curves import mills_ratio

__all__ = ["best_f1", "f1_optimal_threshold", "f1_score"]

_LOG_ROOT_TWO_PI = 0.5 * np.log(2.0 * np.pi)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


@broadcasting
@cell_by_cell
def f1_score(
    threshold: ArrayLike, Delta: ArrayLike, eta: ArrayLike, beta: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """F_beta of "predict the minority above ``threshold``": ``(1+b^2) TPR / (b^2 + TPR + eta FPR)``.

    Any real ``threshold`` on the standardised score; ``Delta, eta, beta > 0``; all broadcast.
    """
    threshold = as_real("threshold", threshold)
    half = 0.5 * as_real("Delta", Delta, low=0, low_open=True)
    eta = as_real("eta", eta, low=0, low_open=True)
    square = as_real("beta", beta, low=0, low_open=True) ** 2
    recall = normal_cdf(half - threshold)
    return (1.0 + square) * recall / (square + recall + eta * normal_cdf(-half - threshold))


@broadcasting
def f1_optimal_threshold(
    eta: ArrayLike, Delta: ArrayLike, beta: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """The one threshold on the standardised score where F_beta is greatest.

    The root of ``exp(-Delta t) TPR(t) - FPR(t) = beta^2/eta``. ``eta >= 1``,
    ``0 < Delta <= 75``, ``1e-3 <= beta <= 1e3``; all broadcast.
    """
    eta = as_real("eta", eta, low=1)
    Delta = as_real("Delta", Delta, low=0, high=75, low_open=True)  # beyond it, densities are 0
    square = as_real("beta", beta, low=1e-3, high=1e3) ** 2
    return np.vectorize(_f1_root, otypes=[float])(square / eta, Delta)


@broadcasting
def best_f1(eta: ArrayLike, Delta: ArrayLike, beta: ArrayLike = 1.0) -> NDArray[np.float64]:
    """F_beta at `f1_optimal_threshold`: ``1 + beta^2`` times the posterior there."""
    threshold = f1_optimal_threshold(eta, Delta, beta)
    return f1_score(threshold, Delta, eta, beta)


def _f1_root(level: float, Delta: float) -> float:
    target = np.log(level)
    low = -np.log1p(2.0 * level) / Delta - 1.0
    high = min(max(-target, 0.0) / Delta, 0.5 * Delta + 40.0) + 1.0
    root = brentq(lambda t: _log_f1_slope(t, Delta) - target, low, high, xtol=1e-15)
    return float(root)  # type: ignore[arg-type]


def _log_f1_slope(t: float, Delta: float) -> float:
    """Log of ``exp(-Delta t) TPR - FPR``, a difference that must not cancel."""
    a, b = t - 0.5 * Delta, t + 0.5 * Delta
    narrow = Delta < 0.5
    x = t + 0.5 * Delta * _NODES
    if t > -1.0:
        # phi(b) [M(a) - M(b)]; the slope of M is x M(x) - 1
        inside = 0.5 * Delta * np.sum(_WEIGHTS * (1.0 - x * mills_ratio(x)))
        gap = inside if narrow else mills_ratio(a) - mills_ratio(b)
        return float(np.log(gap) - 0.5 * b * b - _LOG_ROOT_TWO_PI)
    inside = 0.5 * Delta * np.sum(_WEIGHTS * np.exp(-0.5 * x * x - _LOG_ROOT_TWO_PI))
    below_a, below_b, recall = normal_cdf([a, b, -a])
    between = inside if narrow else below_b - below_a
    return float(np.log(np.expm1(-Delta * t) * recall + between))


# ------------------------------------------------------------------------------------ statements


F1_OPTIMUM = statement(
    name="gaussian_f1.one_optimal_threshold",
    title="F1 rises up to one threshold and falls beyond it; the posterior there is half the best F1",
    source="Lipton, Elkan, Narayanaswamy (arXiv 1402.1892) for the half; uniqueness derived here",
    ids=("A8", "A-L5"),
    functions=("f1_score", "f1_optimal_threshold", "best_f1"),
    where={
        "t: real": "threshold on the standardised score",
        "eta: positive": "majority over minority in the evaluation set",
        "D: positive": "Mahalanobis separability Delta",
        "a: (0, 1]": "TPR at the threshold",
        "b: [0, 1]": "FPR at the threshold",
        "f: positive": "the minority's density at the threshold",
        "w: positive": "exp(-Delta t)",
        "q: positive": "beta^2",
    },
    theorem=(
        "Delta > 0, eta = pi_-/pi_+ > 0, F1(t) = 2 TPR/(1 + TPR + eta FPR), TPR = Phi(Delta/2 - t), FPR = "
        "Phi(-Delta/2 - t): there is one t* such that F1 strictly increases on (-oo, t*] and strictly "
        "decreases on [t*, oo); there P(+ | t*) = 1/(1 + eta exp(-Delta t*)) = F1(t*)/2 <= 1/2, so t* <= "
        "log(eta)/Delta",
        r"F_1(t) = \frac{2\, \Phi\left(\frac{\Delta}{2} - t\right)}{1 + \Phi\left(\frac{\Delta}{2} - "
        r"t\right) + \eta\, \Phi\left(-\frac{\Delta}{2} - t\right)},\; \Delta, \eta > 0 : \quad \exists!\, "
        r"t^* : \; F_1 \text{ strictly increasing on } (-\infty, t^*], \text{ strictly decreasing on } "
        r"[t^*, \infty); \qquad \mathbb P(+ \mid t^*) = \frac{1}{1 + \eta e^{-\Delta t^*}} = \tfrac12 "
        r"F_1(t^*), \quad t^* \le \frac{\log \eta}{\Delta}",
    ),
    formula=state_derivative(
        "2*Phi(D/2 - t)/(1 + Phi(D/2 - t) + eta*Phi(-D/2 - t))",
        "t",
        "2*exp(-(t - D/2)**2/2)/sqrt(2*pi)*(eta*(exp(-D*t)*Phi(D/2 - t) - Phi(-D/2 - t)) - 1)/(1 + Phi(D/2 "
        "- t) + eta*Phi(-D/2 - t))**2",
    ),
    steps=(
        "f1_from_rates: F1 from the rates: 2TP/(2TP + FP + FN) at class shares 1/(1+eta), eta/(1+eta)",
        "2*(a/(1 + eta))/(2*a/(1 + eta) + eta*b/(1 + eta) + (1 - a)/(1 + eta)) == 2*a/(1 + a + eta*b)",
        "density_ratio: the majority's density is exp(-Delta t) times the minority's ...",
        "exp(-(t + D/2)**2/2) == exp(-D*t)*exp(-(t - D/2)**2/2)",
        "f1_slope_sign: ... so by the quotient rule, with TPR' = -f and FPR' = -f w, the slope of F1 has "
        "the sign of eta h - 1, h = w TPR - FPR",
        "(-2*f*(1 + a + eta*b) - 2*a*(-f - eta*f*w))/(1 + a + eta*b)**2 == 2*f*(eta*(w*a - b) - 1)/(1 + a "
        "+ eta*b)**2",
        "h_falls: h has the slope -Delta exp(-Delta t) TPR, which is negative",
        state_derivative(
            "exp(-D*t)*Phi(D/2 - t) - Phi(-D/2 - t)",
            "t",
            "-D*exp(-D*t)*Phi(D/2 - t)",
        ),
        "h_vanishes_right: h tends to 0 on the right",
        state_limit("exp(-D*t)*Phi(D/2 - t) - Phi(-D/2 - t)", "0", "t"),
        "h_unbounded_left: and exceeds every level on the left: h >= (exp(-Delta t) - 2)/2 for t <= 0",
        state("w*a - b >= (w - 2)/2", w="[1, oo)", a="[1/2, 1]"),
        "posterior_is_half_f1 (A-L5): at its root the posterior 1/(1 + eta exp(-Delta t)) is half of F1",
        state(
            "1/(1 + eta*w) == a/(1 + a + eta*b)",
            given="w*a*eta == 1 + eta*b",
            a="positive",
            b="positive",
        ),
        "posterior_for_f_beta: F_beta likewise: the posterior at its root is F_beta/(1 + beta^2)",
        state(
            "1/(1 + eta*w) == a/(q + a + eta*b)",
            given="w*a*eta == q + eta*b",
            a="positive",
            b="positive",
        ),
        "threshold_at_most_bayes: F1 is at most 1, so that cut never exceeds 1/2: the threshold is at most "
        "Bayes's",
        "2*a/(1 + a + eta*b) <= 1",
        "best_f1_upper_bound: the best F1, 2/(1 + eta exp(-Delta t)), is at most 2 TPR/(1 + TPR)",
        state("2/(1 + 1/(a - b)) <= 2*a/(1 + a)", given="a > b"),
        "certified_values: at Delta = 2, eta = 10: F1 at Bayes, the best F1, and the posterior at its "
        "threshold",
        state_computed(
            "gaussian:f1_values",
            Delta=2,
            eta=10,
            bayes="0.5508",
            best="0.5991",
            posterior="0.29953",
        ),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="h decreases strictly from infinity to 0, so eta h = 1 at exactly one threshold: F1 rises "
    "before it and falls after. There eta exp(-Delta t) TPR = 1 + eta FPR, which gives the "
    "posterior. As eta grows the root of h = 1/eta moves to infinity, TPR to 0, and with it the "
    "best F1, although the ROC curve stays. In the bound, b stands for exp(Delta t) FPR < TPR.",
    mutants=(
        "the optimal cut on the posterior is 1/2",
        state("1/(1 + (1 + eta*b)/a) == 1/2", a="(0, 1)", b="(0, 1)"),
        "it is the best F1 itself",
        state("1/(1 + (1 + eta*b)/a) == 2*a/(1 + a + eta*b)", a="(0, 1)", b="(0, 1)"),
        "the Bayes threshold maximises F1: no threshold does better",
        state(
            "2*Phi(D/2 - t)/(1 + Phi(D/2 - t) + 10*Phi(-D/2 - t)) <= 2*Phi(D/2 - log(10)/D)/(1 + Phi(D/2 - "
            "log(10)/D) + 10*Phi(-D/2 - log(10)/D))",
            t="[0, 2]",
            D="[2, 2]",
        ),
    ),
    rests_on=("gaussian.rates", "gaussian.score_law"),
)

STATEMENTS = (F1_OPTIMUM,)
