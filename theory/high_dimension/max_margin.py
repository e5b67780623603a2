"""The max-margin classifier of two Gaussian classes, in the same triplet (eta, kappa, Delta).

Source: Lyu, Zhou, Zhong (arXiv 2502.11323); its two-variable system follows from Gordon's comparison
(CGMT), which is cited. m = Delta/2, p = 1/(1+eta), kappa = n/d; the margin is written K.
Checked by: derivatives and convexity for the system, certified roots, sampled classifiers.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    steps,
)
from ..foundation.validation import InputError, as_number
from .rectified_gaussian import inverse_rectified_mean, log_rectified_square
from .separability import separability_threshold

__all__ = [
    "MaxMargin",
    "balancing_margin_ratio",
    "half_recall_imbalance",
    "max_margin",
    "with_margin_ratio",
]


class MaxMargin(NamedTuple):
    """Limit of the max-margin classifier of unit norm; its scores are N(+-rho m + b, 1) by class."""

    alignment: float
    """rho, cosine of the direction with the best one."""
    intercept: float
    """b, positive towards the minority."""
    margin: float
    """K, least distance of a majority example to the boundary."""
    margin_ratio: float
    """The minority's least distance over the majority's."""
    recall: float
    specificity: float


def max_margin(eta: float, kappa: float, Delta: float) -> MaxMargin:
    """Solve the limit system for the ordinary max-margin classifier (margin ratio 1).

    ``1 <= eta <= 1e12``, ``kappa`` in [1e-6, `separability_threshold`), ``1e-6 <= Delta <= 40``.

    Raises
    ------
    InputError
        If the classes are not separable: kappa at or beyond the threshold.
    """
    eta, kappa, m = _triplet(eta, kappa, Delta)
    p = 1.0 / (1.0 + eta)

    def pushes(rho: float) -> tuple[float, float]:
        push = rho / (2.0 * m * kappa)
        return inverse_rectified_mean(push / p), inverse_rectified_mean(push / (1.0 - p))

    def excess(log_rho: float) -> float:
        rho = np.exp(log_rho)
        own, other = pushes(rho)
        energy = np.logaddexp(
            np.log(p) + log_rectified_square(own), np.log1p(-p) + log_rectified_square(other)
        )
        return float(np.log(kappa) + energy - np.log(-np.expm1(2.0 * log_rho)))

    rho = float(np.exp(brentq(excess, -60.0, -1e-14, xtol=1e-14)))  # type: ignore[arg-type]
    own, other = pushes(rho)
    margin, intercept = 0.5 * (own + other) + rho * m, 0.5 * (other - own)
    if margin <= 0.0:
        raise InputError(
            f"kappa = {kappa:g}: must be below {separability_threshold(eta, Delta):.6g}, "
            "else the classes are not separable"
        )
    return MaxMargin(rho, intercept, margin, 1.0, *_accuracies(rho * m, intercept))


def _triplet(eta: float, kappa: float, Delta: float) -> tuple[float, float, float]:
    return (
        as_number("eta", eta, low=1, high=1e12),
        as_number("kappa", kappa, low=1e-6),
        0.5 * as_number("Delta", Delta, low=1e-6, high=40),
    )


def _accuracies(centre: float, intercept: float) -> tuple[float, float]:
    return float(ndtr(centre + intercept)), float(ndtr(centre - intercept))


def with_margin_ratio(solution: MaxMargin, margin_ratio: float, Delta: float) -> MaxMargin:
    """The same classifier trained for ``margin_ratio`` times the majority's margin on the minority.

    Only the intercept moves: ``b + (r-1)/(r+1) K``; ``solution`` is that of ratio 1, ``Delta`` its own.

    Raises
    ------
    InputError
        If ``solution`` has another margin ratio than 1.
    """
    if solution.margin_ratio != 1.0:
        raise InputError(
            f"solution has margin ratio {solution.margin_ratio:g}: give that of ratio 1"
        )
    ratio = as_number("margin_ratio", margin_ratio, low=0, low_open=True)
    intercept = solution.intercept + (ratio - 1.0) / (ratio + 1.0) * solution.margin
    centre = 0.5 * as_number("Delta", Delta, low=0, low_open=True) * solution.alignment
    margin = 2.0 * solution.margin / (1.0 + ratio)
    return MaxMargin(solution.alignment, intercept, margin, ratio, *_accuracies(centre, intercept))


def balancing_margin_ratio(solution: MaxMargin) -> float:
    """The margin ratio that equalises the class errors: ``(K - b)/(K + b)``; negative if none does."""
    K, b = solution.margin, solution.intercept
    return (K - b) / (K + b)


def half_recall_imbalance(kappa: float, Delta: float) -> float:
    """The imbalance at which the max-margin classifier's minority recall is one half.

    ``kappa`` below the balanced classes' separability threshold, so that all imbalances separate.
    """

    def centre(log_eta: float) -> float:
        own = max_margin(float(np.exp(log_eta)), kappa, Delta)
        return 0.5 * Delta * own.alignment + own.intercept

    high = 1.0
    while centre(high) > 0.0:
        high += 1.0
    return float(np.exp(brentq(centre, 0.0, high, xtol=1e-12)))  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "t": "any real number; t_1, t_0: K less the mean score of the minority, of the majority",
    "m": "Delta/2",
    "p": "minority prior, 1/(1+eta)",
    "k": "kappa = n/d",
    "r": "rho, cosine with the best direction",
    "b": "intercept, positive towards the minority",
    "K": "margin",
    "tau": "margin ratio, minority over majority",
}
_G1 = "t*Phi(t) + exp(-t**2/2)/sqrt(2*pi)"

SYSTEM = Statement(
    name="max_margin.limit_system",
    title="The limit of the max-margin classifier solves two equations with exactly one root",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323); uniqueness and numbers derived here",
    formula=state(
        "p*(r/(2*p*m*k)) == (1 - p)*(r/(2*(1 - p)*m*k))",
        p="(0, 1)",
        r="(0, 1)",
        m="positive",
        k="positive",
    ),
    steps=steps(
        (
            "K is the greatest margin with k [p g_2(tau K - r m - b) + (1-p) g_2(K - r m + b)] <= 1 - r^2; "
            "with g_2' = 2 g_1, a term's slope in b is -2 g_1",
            state_derivative(
                "((a - b)**2 + 1)*Phi(a - b) + (a - b)*exp(-(a - b)**2/2)/sqrt(2*pi)",
                "b",
                "-2*((a - b)*Phi(a - b) + exp(-(a - b)**2/2)/sqrt(2*pi))",
                a="real",
                b="real",
            ),
        ),
        (
            "so at the optimum p g_1(t_1) = (1-p) g_1(t_0) = r/(2 m k) =: push, from the slope in r",
            state(
                "k*2*m*(u + u) - 2*r == 2*(2*m*k*u - r)",
                u="positive",
                m="positive",
                k="positive",
                r="(0, 1)",
            ),
        ),
        (
            "the energy k [p g_2 + (1-p) g_2] increases with r, 1 - r^2 decreases: one root",
            state(
                "(e + h) - (1 - (r + s)**2) > e - (1 - r**2)",
                e="positive",
                h="positive",
                r="(0, 1)",
                s="positive",
            ),
        ),
        (
            "at r = 0 the energy is 0 < 1, at r = 1 it is positive",
            state("0 - (1 - 0**2) < 0 < e - (1 - 1**2)", e="positive"),
        ),
        (
            "margin and intercept from t_1 = tau K - r m - b and t_0 = K - r m + b",
            state(
                "(a + c)/2 + r*m - (a + c + 2*r*m)/2 == 0",
                a="real",
                c="real",
                r="(0, 1)",
                m="positive",
            ),
        ),
        (
            "certified roots (Delta, eta, kappa, then rho, b, K)",
            state_computed(
                "max_margin:solutions",
                rows=[
                    ["3.5", "17/3", "2.5", "0.7235", "-0.5960", "0.9447"],
                    ["3", "4", "0.5", "0.5596", "-0.862", "1.830"],
                    ["2", "7/3", "1", "0.5164", "-0.393", "0.847"],
                ],
            ),
        ),
        (
            "sampled classifiers agree",
            state_computed(
                "max_margin:sampled_classifiers",
                d=240,
                minority=24,
                majority=96,
                Delta=3.0,
                draws=30,
                seed=5,
            ),
        ),
    ),
    argument="The optimisation on the first line is what Gordon's comparison leaves of the max-margin "
    "problem as n, d -> infinity. Its stationarity conditions give the push of each class, hence t_1 and "
    "t_0 as increasing functions of r, and the constraint one increasing equation in r.",
    mutants=mutants(
        (
            "each class's mean push is equal, whatever its prior",
            state("p*a == (1 - p)*a", p="(0, 1)", a="positive"),
        ),
        (
            "known-covariance LDA's cosine in place of rho",
            state_computed(
                "max_margin:solutions", rows=[["3", "4", "0.5", "0.6882", "-0.862", "1.830"]]
            ),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "a": "a number; in the margin's step t_1",
        "c": "t_0",
        "u": "push of a class",
        "e": "energy",
        "h": "its increase",
        "s": "increase of rho",
    },
    cites=(
        "Gordon's comparison in its convex form (CGMT: Thrampoulidis, Oymak, Hassibi 2015) and its use for "
        "max-margin classifiers of imbalanced Gaussian mixtures (Lyu, Zhou, Zhong, arXiv 2502.11323)",
    ),
    rests_on=("rectified_gaussian.moments",),
    ids=("A22",),
    functions=("max_margin",),
)

MARGIN_RATIO = Statement(
    name="max_margin.margin_ratio",
    title="A margin ratio moves only the intercept; the ratio that balances the errors can be negative",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323); the failure's witness derived here",
    formula=state(
        "tau*(2*K/(1 + tau)) - (b + (tau - 1)/(tau + 1)*K) == K - b",
        tau="positive",
        K="positive",
        b="real",
    ),
    steps=steps(
        (
            "with b(tau) = b + (tau-1)/(tau+1) K and K(tau) = 2K/(1+tau), t_1 stays ...",
            state(
                "tau*(2*K/(1 + tau)) - (b + (tau - 1)/(tau + 1)*K) == K - b",
                tau="positive",
                K="positive",
                b="real",
            ),
        ),
        (
            "... and t_0 too: the same system, hence the same direction",
            state(
                "2*K/(1 + tau) + (b + (tau - 1)/(tau + 1)*K) == K + b",
                tau="positive",
                K="positive",
                b="real",
            ),
        ),
        (
            "the intercept vanishes, and both errors are Phi(-rho m), at tau = (K-b)/(K+b)",
            state(
                "b + ((K - b)/(K + b) - 1)/((K - b)/(K + b) + 1)*K == 0",
                K="positive",
                b="real",
                given="K + b > 0",
            ),
        ),
        (
            "if K + b <= 0 no positive ratio does: the intercept stays below K + b",
            state("b + (tau - 1)/(tau + 1)*K < K + b", tau="positive", K="positive", b="real"),
        ),
        (
            "which happens: Delta = 3, prior 0.02, kappa = 0.5",
            state_computed("max_margin:no_balancing_ratio", Delta="3", eta="49", kappa="0.5"),
        ),
    ),
    argument="The system depends on tau through t_1 and t_0 alone.",
    mutants=mutants(
        (
            "the balancing ratio is the imbalance, (1-p)/p",
            state("(K - b)/(K + b) == (1 - p)/p", K="[2, 3]", b="[-1, 0]", p="(0, 1)"),
        ),
        (
            "K stays as the ratio changes",
            state(
                "tau*K - (b + (tau - 1)/(tau + 1)*K) == K - b",
                tau="positive",
                K="positive",
                b="real",
            ),
        ),
        (
            "no ratio balances the errors at eta = 4 either",
            state_computed("max_margin:no_balancing_ratio", Delta="3", eta="4", kappa="0.5"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("max_margin.limit_system",),
    ids=("A22",),
    functions=("with_margin_ratio", "balancing_margin_ratio"),
    corrects="Enlarging the minority's margin is said to balance the errors at a suitable ratio; for a "
    "rare enough minority none does.",
)

TRAINING_LOGITS = Statement(
    name="max_margin.training_logits",
    title="Training scores are rectified at the margin; both classes are pushed by the same total",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323)",
    formula=state_derivative(_G1, "t", "Phi(t)", t="real"),
    steps=steps(
        (
            "a score G + c is pushed up to K by (K - c - G)_+, of mean g_1(K - c)",
            state("K - (g + c) == (K - c) - g", K="positive", c="real", g="real"),
        ),
        (
            "so the class's total push is p g_1(t_1) = (1-p) g_1(t_0) = rho/(2 m kappa)",
            state(
                "p*(r/(2*p*m*k)) == (1 - p)*(r/(2*(1 - p)*m*k))",
                p="(0, 1)",
                r="(0, 1)",
                m="positive",
                k="positive",
            ),
        ),
        (
            "at the margin sit those with G + c <= K: the share Phi(K - c), slope of the mean push in K",
            state_derivative(_G1, "t", "Phi(t)", t="real"),
        ),
        (
            "more of the minority than of the majority, as its mean push is larger",
            state("u/p > u/(1 - p)", u="positive", p="(0, 1/2)"),
        ),
        (
            "sampled shares of support vectors agree",
            state_computed(
                "max_margin:sampled_support",
                d=240,
                minority=24,
                majority=96,
                Delta=3.0,
                draws=30,
                seed=6,
            ),
        ),
    ),
    argument="Given the direction's limit, training scores of a class are max(K, G + c) with c = rho m + b "
    "or rho m - b, the means of fresh scores.",
    mutants=mutants(
        (
            "every class has the same share of support vectors",
            state("u/p == u/(1 - p)", u="positive", p="(0, 1/2)"),
        ),
        (
            "the share is Phi(c - K)",
            state_derivative(_G1, "t", "Phi(-t)", t="real"),
        ),
    ),
    symbols={**_SYMBOLS, "c": "mean score of a class", "g": "value of G", "u": "total push"},
    rests_on=("max_margin.limit_system", "rectified_gaussian.moments"),
    cites=(
        "the law of the training scores, through the CGMT (Lyu, Zhou, Zhong, arXiv 2502.11323)",
    ),
    ids=("D2",),
)

CALIBRATION = Statement(
    name="max_margin.calibration",
    title="A score of law N(+-c + b, 1) is calibrated by the logit 2c(s - b), shifted by the log prior odds",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323) for c = rho m; elementary",
    formula=state(
        "-(s - b - c)**2/2 + (s - b + c)**2/2 == 2*c*(s - b)", s="real", b="real", c="positive"
    ),
    steps=steps(
        (
            "the log-likelihood ratio of the score",
            state(
                "-(s - b - c)**2/2 + (s - b + c)**2/2 == 2*c*(s - b)",
                s="real",
                b="real",
                c="positive",
            ),
        ),
        (
            "with the prior p it is the posterior's logit less log(p/(1-p))",
            state(
                "p*exp(w)/(p*exp(w) + 1 - p) == 1/(1 + exp(-(w + log(p/(1 - p)))))",
                w="real",
                p="(0, 1)",
            ),
        ),
        (
            "so the balanced threshold is s = b, and the posterior there is p",
            state("p*exp(0)/(p*exp(0) + 1 - p) == p", p="(0, 1)"),
        ),
        (
            "the error of the balanced threshold is Phi(-c), at least that of the true direction",
            state("Phi(-r*m) > Phi(-m)", r="(0, 1)", m="positive"),
        ),
    ),
    argument="Two unit Gaussians at distance 2c: the score law with Delta = 2c.",
    mutants=mutants(
        (
            "slope c in place of 2c",
            state(
                "-(s - b - c)**2/2 + (s - b + c)**2/2 == c*(s - b)",
                s="real",
                b="real",
                c="positive",
            ),
        ),
        (
            "the prior is restored by subtracting its log odds",
            state(
                "p*exp(w)/(p*exp(w) + 1 - p) == 1/(1 + exp(-(w - log(p/(1 - p)))))",
                w="real",
                p="(0, 1)",
            ),
        ),
    ),
    symbols={**_SYMBOLS, "s": "score", "c": "rho m", "w": "2c(s - b)"},
    rests_on=("gaussian.score_law", "max_margin.limit_system"),
    ids=("D19",),
)

STATEMENTS = (SYSTEM, MARGIN_RATIO, TRAINING_LOGITS, CALIBRATION)
