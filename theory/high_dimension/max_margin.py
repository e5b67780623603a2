"""The max-margin classifier of two Gaussian classes, in the same triplet (eta, kappa, Delta).

Source: Lyu, Zhou, Zhong (arXiv 2502.11323); its two-variable system follows from Gordon's comparison
(CGMT), which is cited. m = Delta/2, p = 1/(1+eta), kappa = n/d; the margin is written K.
Checked by: derivatives and convexity for the system, certified roots, sampled classifiers.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from ..claims.stating import FORMULA, state, state_computed, state_derivative, statement
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
        minority, majority = pushes(rho)
        energy = np.logaddexp(
            np.log(p) + log_rectified_square(minority),
            np.log1p(-p) + log_rectified_square(majority),
        )
        return float(np.log(kappa) + energy - np.log(-np.expm1(2.0 * log_rho)))

    rho = float(np.exp(brentq(excess, -60.0, -1e-14, xtol=1e-14)))  # type: ignore[arg-type]
    minority, majority = pushes(rho)
    margin, intercept = 0.5 * (minority + majority) + rho * m, 0.5 * (majority - minority)
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

    Only the intercept moves: ``b + (r-1)/(r+1) K``; ``solution`` is that of ratio 1 at ``Delta``.

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
        solution = max_margin(float(np.exp(log_eta)), kappa, Delta)
        return 0.5 * Delta * solution.alignment + solution.intercept

    high = 1.0
    while centre(high) > 0.0:
        high += 1.0
    return float(np.exp(brentq(centre, 0.0, high, xtol=1e-12)))  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------ statements


SYSTEM = statement(
    name="max_margin.limit_system",
    title="The limit of the max-margin classifier solves three equations with exactly one root",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323); uniqueness and numbers derived here",
    ids=("A22",),
    functions=("max_margin",),
    where={
        "p: (0, 1)": "minority prior, 1/(1+eta)",
        "a: real": "a number; in the margin's step t_1",
        "b: real": "intercept, positive towards the minority",
        "u: positive": "push of a class",
        "e: positive": "energy",
        "h: positive": "its increase",
        "c: real": "t_0",
        "r: (0, 1)": "rho, cosine with the best direction",
        "m: positive": "Delta/2",
        "k: positive": "kappa = n/d",
        "s: positive": "increase of rho",
        "t": "any real number; t_1, t_0: K less the mean score of the minority, of the majority",
        "K": "margin",
        "tau": "margin ratio, minority over majority",
    },
    theorem=(
        "m = Delta/2 > 0, p = 1/(1+eta), g_k(t) = E max(G + t, 0)^k: for every kappa > 0 exactly one (rho, "
        "b, K), rho in (0, 1), solves p g_1(t_1) = (1-p) g_1(t_0) = rho/(2 m kappa) and kappa [p g_2(t_1) "
        "+ (1-p) g_2(t_0)] = 1 - rho^2 with t_1 = tau K - rho m - b, t_0 = K - rho m + b, tau > 0; where "
        "two classes N(mu_k, I_d), |mu_1 - mu_0| = Delta, separate (kappa < kappa*) it is the limit, n, d "
        "-> oo, n/d -> kappa, of the cosine, intercept and margin of the max-margin classifier of margin "
        "ratio tau and unit norm",
        r"t_1=\tau K-\rho m-b,\quad t_0=K-\rho m+b,\quad m=\tfrac\Delta2>0,\ p=\tfrac1{1+\eta},\ "
        r"\kappa,\tau>0:\qquad \exists!\,(\rho,b,K)\in(0,1)\times\mathbb R^2:\quad \begin{cases}p\,g_1(t_1)"
        r"=(1-p)\,g_1(t_0)=\dfrac{\rho}{2m\kappa}\\ \kappa\left[p\,g_2(t_1)+(1-p)\,g_2(t_0)"
        r"\right]=1-\rho^2\end{cases}\qquad (\hat\rho,\hat b,\hat K)\overset{P}{\to}(\rho,b,K)\ \text{ "
        r"(cosine, intercept, margin of the max-margin classifier of two classes }\mathcal "
        r"N(\mu_k,I_d)\text{, margin ratio }\tau\text{) for }\kappa<\kappa^*(\eta,\Delta)",
    ),
    formula="p*(r/(2*p*m*k)) == (1 - p)*(r/(2*(1 - p)*m*k))",
    steps=(
        "slope_in_the_intercept: K is the greatest margin with k [p g_2(tau K - r m - b) + (1-p) g_2(K - r "
        "m + b)] <= 1 - r^2; with g_2' = 2 g_1, a term's slope in b is -2 g_1",
        state_derivative(
            "((a - b)**2 + 1)*Phi(a - b) + (a - b)*exp(-(a - b)**2/2)/sqrt(2*pi)",
            "b",
            "-2*((a - b)*Phi(a - b) + exp(-(a - b)**2/2)/sqrt(2*pi))",
        ),
        "stationarity_in_alignment: so at the optimum p g_1(t_1) = (1-p) g_1(t_0) = r/(2 m k) =: push, "
        "from the slope in r",
        "k*2*m*(u + u) - 2*r == 2*(2*m*k*u - r)",
        "energy_crosses_once: the energy k [p g_2 + (1-p) g_2] increases with r, 1 - r^2 decreases: one root",
        "(e + h) - (1 - (r + s)**2) > e - (1 - r**2)",
        "signs_at_both_ends: at r = 0 the energy is 0 < 1, at r = 1 it is positive",
        "0 - (1 - 0**2) < 0 < e - (1 - 1**2)",
        "margin_and_intercept: margin and intercept from t_1 = tau K - r m - b and t_0 = K - r m + b",
        "(a + c)/2 + r*m - (a + c + 2*r*m)/2 == 0",
        "certified_roots: certified roots (Delta, eta, kappa, then rho, b, K)",
        state_computed(
            "max_margin:solutions",
            rows=[
                ["3.5", "17/3", "2.5", "0.7235", "-0.5960", "0.9447"],
                ["3", "4", "0.5", "0.5596", "-0.862", "1.830"],
                ["2", "7/3", "1", "0.5164", "-0.393", "0.847"],
            ],
        ),
        "sampled_classifiers_agree: sampled classifiers agree",
        state_computed(
            "max_margin:sampled_classifiers",
            d=240,
            minority=24,
            majority=96,
            Delta=3.0,
            draws=30,
            seed=5,
        ),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The optimisation on the first line is what Gordon's comparison leaves of the max-margin "
    "problem as n, d -> infinity. Its stationarity conditions give the push of each class, hence "
    "t_1 and t_0 as increasing functions of r, and the constraint one increasing equation in r.",
    mutants=(
        "each class's mean push is equal, whatever its prior",
        state("p*a == (1 - p)*a", a="positive"),
        "known-covariance LDA's cosine in place of rho",
        state_computed(
            "max_margin:solutions", rows=[["3", "4", "0.5", "0.6882", "-0.862", "1.830"]]
        ),
    ),
    cites=(
        "Gordon's comparison in its convex form (CGMT: Thrampoulidis, Oymak, Hassibi 2015) and its use for "
        "max-margin classifiers of imbalanced Gaussian mixtures (Lyu, Zhou, Zhong, arXiv 2502.11323)",
    ),
    rests_on=("rectified_gaussian.moments",),
)

MARGIN_RATIO = statement(
    name="max_margin.margin_ratio",
    title="A margin ratio moves only the intercept; the ratio that balances the errors can be negative",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323); the failure's witness derived here",
    ids=("A22",),
    functions=("with_margin_ratio", "balancing_margin_ratio"),
    corrects="Enlarging the minority's margin is said to balance the errors at a suitable ratio; for a "
    "rare enough minority none does.",
    where={
        "tau: positive": "margin ratio, minority over majority",
        "K: positive": "margin",
        "b: real": "intercept, positive towards the minority",
        "p: (0, 1)": "minority prior, 1/(1+eta)",
        "t": "any real number; t_1, t_0: K less the mean score of the minority, of the majority",
        "m": "Delta/2",
        "k": "kappa = n/d",
        "r": "rho, cosine with the best direction",
    },
    theorem=(
        "(rho, b, K), K > 0, the max-margin limit at margin ratio 1, eta >= 1: at ratio tau > 0 it is "
        "(rho, b + (tau-1)/(tau+1) K, 2K/(1+tau)), the direction unchanged; the limit errors are equal, "
        "Phi(-rho Delta/2), iff tau = (K-b)/(K+b); if K + b <= 0 no tau > 0 equalises them, as at Delta = "
        "3, eta = 49, kappa = 1/2",
        r"(\rho,b,K)_\tau=\left(\rho,\ b+\frac{\tau-1}{\tau+1}K,\ \frac{2K}{1+\tau}\right)\ "
        r"\forall\,\tau>0;\qquad \mathrm{FNR}_\tau=\mathrm{FPR}_\tau\iff b+\frac{\tau-1}{\tau+1}K=0\iff "
        r"K+b>0,\ \tau=\frac{K-b}{K+b};\qquad K+b<0\ \text{ at }\ \Delta=3,\ \eta=49,\ \kappa=\tfrac12",
    ),
    formula="tau*(2*K/(1 + tau)) - (b + (tau - 1)/(tau + 1)*K) == K - b",
    steps=(
        "minority_argument_stays: with b(tau) = b + (tau-1)/(tau+1) K and K(tau) = 2K/(1+tau), t_1 stays ...",
        FORMULA,
        "majority_argument_stays: ... and t_0 too: the same system, hence the same direction",
        "2*K/(1 + tau) + (b + (tau - 1)/(tau + 1)*K) == K + b",
        "balancing_ratio: the intercept vanishes, and both errors are Phi(-rho m), at tau = (K-b)/(K+b)",
        state("b + ((K - b)/(K + b) - 1)/((K - b)/(K + b) + 1)*K == 0", given="K + b > 0"),
        "no_positive_ratio: if K + b <= 0 no positive ratio does: the intercept stays below K + b",
        "b + (tau - 1)/(tau + 1)*K < K + b",
        "certified_witness: which happens: Delta = 3, prior 0.02, kappa = 0.5",
        state_computed("max_margin:no_balancing_ratio", Delta="3", eta="49", kappa="0.5"),
    ),
    argument="The system depends on tau through t_1 and t_0 alone.",
    mutants=(
        "the balancing ratio is the imbalance, (1-p)/p",
        state("(K - b)/(K + b) == (1 - p)/p", K="[2, 3]", b="[-1, 0]"),
        "K stays as the ratio changes",
        "tau*K - (b + (tau - 1)/(tau + 1)*K) == K - b",
        "no ratio balances the errors at eta = 4 either",
        state_computed("max_margin:no_balancing_ratio", Delta="3", eta="4", kappa="0.5"),
    ),
    rests_on=("max_margin.limit_system",),
)

TRAINING_LOGITS = statement(
    name="max_margin.training_logits",
    title="Training scores are rectified at the margin; both classes are pushed by the same total",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323)",
    ids=("D2",),
    where={
        "t: real": "any real number; t_1, t_0: K less the mean score of the minority, of the majority",
        "K: positive": "margin",
        "c: real": "mean score of a class",
        "g: real": "value of G",
        "u: positive": "total push",
        "p: (0, 1/2)": "minority prior, 1/(1+eta)",
        "r: (0, 1)": "rho, cosine with the best direction",
        "m: positive": "Delta/2",
        "k: positive": "kappa = n/d",
        "b": "intercept, positive towards the minority",
        "tau": "margin ratio, minority over majority",
    },
    theorem=(
        "limit law of the max-margin classifier (ratio 1), training scores signed by their class: max(K, G "
        "+ c), G ~ N(0, 1), c_1 = rho m + b for the minority and c_0 = rho m - b for the majority, m = "
        "Delta/2; the pushes E(K - c - G)_+ = g_1(K - c) have equal class totals p g_1(K - c_1) = (1-p) "
        "g_1(K - c_0) = rho/(2 m kappa), and the share of a class at the margin is Phi(K - c), larger for "
        "the minority if p < 1/2",
        r"(\rho,b,K)\text{ the max-margin limit at }\tau=1,\ m=\tfrac\Delta2:\qquad s\,|\,y\ \sim\ "
        r"\max(K,\,G+c_y),\quad G\sim\mathcal N(0,1),\quad c_1=\rho m+b,\ c_0=\rho m-b:\qquad p\,g_1(K-c_1)"
        r"=(1-p)\,g_1(K-c_0)=\frac\rho{2m\kappa},\qquad \mathbb P(s=K\,|\,y)=\Phi(K-c_y),\quad "
        r"\Phi(K-c_1)>\Phi(K-c_0)\ \text{ if }p<\tfrac12",
    ),
    formula=state_derivative("t*Phi(t) + exp(-t**2/2)/sqrt(2*pi)", "t", "Phi(t)"),
    steps=(
        "push_of_one_score: a score G + c is pushed up to K by (K - c - G)_+, of mean g_1(K - c)",
        "K - (g + c) == (K - c) - g",
        "equal_total_pushes: so the class's total push is p g_1(t_1) = (1-p) g_1(t_0) = rho/(2 m kappa)",
        state("p*(r/(2*p*m*k)) == (1 - p)*(r/(2*(1 - p)*m*k))", p="(0, 1)"),
        "share_at_the_margin: at the margin sit those with G + c <= K: the share Phi(K - c), slope of the "
        "mean push in K",
        FORMULA,
        "minority_has_the_larger_share: more of the minority than of the majority, as its mean push is "
        "larger",
        "u/p > u/(1 - p)",
        "sampled_support_agrees: sampled shares of support vectors agree",
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
    argument="Given the direction's limit, training scores of a class are max(K, G + c) with c = rho m + b "
    "or rho m - b, the means of fresh scores.",
    mutants=(
        "every class has the same share of support vectors",
        "u/p == u/(1 - p)",
        "the share is Phi(c - K)",
        state_derivative("t*Phi(t) + exp(-t**2/2)/sqrt(2*pi)", "t", "Phi(-t)"),
    ),
    cites=(
        "the law of the training scores, through the CGMT (Lyu, Zhou, Zhong, arXiv 2502.11323)",
    ),
    rests_on=("max_margin.limit_system", "rectified_gaussian.moments"),
)

CALIBRATION = statement(
    name="max_margin.calibration",
    title="A score of law N(+-c + b, 1) is calibrated by the logit 2c(s - b), shifted by the log prior odds",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323) for c = rho m; elementary",
    ids=("D19",),
    where={
        "s: real": "score",
        "b: real": "intercept, positive towards the minority",
        "c: positive": "rho m",
        "w: real": "2c(s - b)",
        "p: (0, 1)": "minority prior, 1/(1+eta)",
        "r: (0, 1)": "rho, cosine with the best direction",
        "m: positive": "Delta/2",
        "t": "any real number; t_1, t_0: K less the mean score of the minority, of the majority",
        "k": "kappa = n/d",
        "K": "margin",
        "tau": "margin ratio, minority over majority",
    },
    theorem=(
        "S | Y=1 ~ N(b + c, 1), S | Y=0 ~ N(b - c, 1), c > 0, P(Y=1) = p in (0, 1): P(Y=1 | S=s) = 1/(1 + "
        "exp(-[2c(s-b) + log(p/(1-p))])) for all s; the balanced rule is s > b, where the posterior is p, "
        "with error Phi(-c) in each class, which for c = rho Delta/2 and rho < 1 exceeds Phi(-Delta/2)",
        r"S\,|\,Y\sim\mathcal N(b\pm c,1),\ c>0,\ \mathbb P(Y=1)=p\in(0,1):\quad "
        r"\operatorname{logit}\,\mathbb P(Y=1\,|\,S=s)=2c\,(s-b)+\log\frac p{1-p}\quad\forall\,s\in\mathbb "
        r"R;\qquad \text{balanced rule } s>b\ \text{(posterior }p\text{ there)},\quad \mathrm{BER}"
        r"^*=\Phi(-c)>\Phi\left(-\tfrac\Delta2\right)\ \text{ for }c=\rho\tfrac\Delta2,\ 0<\rho<1",
    ),
    formula="-(s - b - c)**2/2 + (s - b + c)**2/2 == 2*c*(s - b)",
    steps=(
        "log_likelihood_ratio: the log-likelihood ratio of the score",
        FORMULA,
        "posterior_logit: with the prior p it is the posterior's logit less log(p/(1-p))",
        "p*exp(w)/(p*exp(w) + 1 - p) == 1/(1 + exp(-(w + log(p/(1 - p)))))",
        "balanced_threshold: so the balanced threshold is s = b, and the posterior there is p",
        "p*exp(0)/(p*exp(0) + 1 - p) == p",
        "error_of_balanced_threshold: the error of the balanced threshold is Phi(-c), at least that of the "
        "true direction",
        "Phi(-r*m) > Phi(-m)",
    ),
    argument="Two unit Gaussians at distance 2c: the score law with Delta = 2c.",
    mutants=(
        "slope c in place of 2c",
        "-(s - b - c)**2/2 + (s - b + c)**2/2 == c*(s - b)",
        "the prior is restored by subtracting its log odds",
        "p*exp(w)/(p*exp(w) + 1 - p) == 1/(1 + exp(-(w - log(p/(1 - p)))))",
    ),
    rests_on=("gaussian.score_law", "max_margin.limit_system"),
)

STATEMENTS = (SYSTEM, MARGIN_RATIO, TRAINING_LOGITS, CALIBRATION)
