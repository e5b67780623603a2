"""Areas under the ROC and the precision-recall curve of two Gaussian classes, and the latter's floor.

Source: classical for the ROC curve; Boyd, Santos Costa, Davis, Page (ICML 2012) for the floor of
precision-recall areas. Checked by: certified integrals, every ranking of a few examples.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
from ..foundation.normal import normal_cdf
from ..foundation.validation import as_real, broadcasting
from .gaussian_curves import log_false_over_true

__all__ = ["average_precision", "lowest_average_precision", "roc_area"]


def roc_area(Delta: ArrayLike) -> NDArray[np.float64]:
    """Area under the ROC curve, ``Phi(Delta/sqrt 2)``, whatever the imbalance; ``Delta > 0``."""
    return normal_cdf(as_real("Delta", Delta, low=0, low_open=True) / np.sqrt(2.0))


@broadcasting
def average_precision(eta: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Area under the precision-recall curve at imbalance ``eta``: precision averaged over the minority.

    ``eta > 0``, ``0 < Delta <= 100``; they broadcast. ``1/(1+eta)`` for a useless score.
    """
    eta = as_real("eta", eta, low=0, low_open=True)
    Delta = as_real("Delta", Delta, low=0, high=100, low_open=True)
    return np.vectorize(_average_precision, otypes=[float])(eta, Delta)


def _average_precision(eta: float, Delta: float) -> float:
    # The trapezoid rule converges geometrically: the integrand is analytic in a strip whose width
    # is that of the logistic step, about pi/Delta.
    step = min(0.05, 0.45 / Delta)
    u = np.arange(-9.5, Delta + 9.5, step)
    odds = eta * np.exp(log_false_over_true(u + 0.5 * Delta, Delta))
    density = np.exp(-0.5 * u * u)
    return float(step * np.sum(density / (1.0 + odds)) / np.sqrt(2.0 * np.pi))


def lowest_average_precision(prior: ArrayLike) -> NDArray[np.float64]:
    """Floor of any ranking's average precision at minority prior ``prior`` in (0, 1).

    ``1 + (1-p)/p log(1-p) = sum over k >= 1 of p^k / (k (k+1))``, the series where p is small.
    """
    p = as_real("prior", prior, low=0, high=1, low_open=True, high_open=True)
    k = np.arange(1, 18)
    series = np.sum(np.minimum(p, 0.1)[..., None] ** k / (k * (k + 1.0)), axis=-1)
    return np.where(p < 0.1, series, 1.0 + (1.0 - p) / p * np.log1p(-p))


# ------------------------------------------------------------------------------------ statements


ROC_AREA = statement(
    name="gaussian_areas.roc_area",
    title="The area under the ROC curve is Phi(Delta/sqrt 2), free of the imbalance",
    source="classical",
    ids=("A10",),
    functions=("roc_area",),
    where={
        "u: real": "score of a minority example, from the minority's mean",
        "D: positive": "Mahalanobis separability Delta",
        "eta: [1, oo)": "majority over minority in the evaluation set",
    },
    theorem=(
        "T_+ ~ N(Delta/2, 1), T_- ~ N(-Delta/2, 1) independent, Delta >= 0: AUC = P(T_+ > T_-) = integral "
        "of phi(u) Phi(u + Delta) du = Phi(Delta/sqrt 2), whatever the priors",
        r"T_+ \sim N(\tfrac{\Delta}{2}, 1),\; T_- \sim N(-\tfrac{\Delta}{2}, 1) \text{ independent},\; "
        r"\Delta \ge 0 : \quad \mathrm{AUC} = \mathbb P(T_+ > T_-) = \int_{-\infty}^{\infty} \phi(u)\, "
        r"\Phi(u + \Delta)\, du = \Phi\left(\frac{\Delta}{\sqrt2}\right), \quad \text{whatever } \eta",
    ),
    formula=state_derivative("Phi(D/sqrt(2))", "D", "exp(-D**2/4)/(2*sqrt(pi))"),
    steps=(
        "complete_the_square: the integral of phi(u) Phi(u + Delta) has in Delta the slope of phi(u) phi(u "
        "+ Delta): complete the square",
        state("u**2/2 + (u + D)**2/2 == D**2/4 + (u + D/2)**2", D="real"),
        "gaussian_integral: exp(-(u + Delta/2)^2)/(2 pi) is the slope of Phi(sqrt(2)(u + Delta/2))/(2 "
        "sqrt(pi)): it integrates to 1/(2 sqrt(pi))",
        state_derivative(
            "Phi(sqrt(2)*(u + D/2))/(2*sqrt(pi))", "u", "exp(-(u + D/2)**2)/(2*pi)", D="real"
        ),
        "closed_form_slope: which leaves the slope of Phi(Delta/sqrt 2)",
        state_derivative("Phi(D/sqrt(2))", "D", "exp(-D**2/4)/(2*sqrt(pi))", D="real"),
        "value_at_zero: at Delta = 0 both areas are 1/2",
        "Phi(0/sqrt(2)) == 1/2",
        "certified_integrals: certified integrals agree with the closed form",
        state_computed("gaussian:roc_integrals", separations=["0.5", "1", "2", "4"], digits=15),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The area is the chance that a minority score exceeds a majority score, the integral of "
    "phi(u) Phi(u + Delta) over u; it and Phi(Delta/sqrt 2) have the same slope in Delta and the "
    "same value at 0 (there phi Phi is the slope of Phi^2/2). No prior occurs in it.",
    mutants=(
        "Phi(Delta/2): the accuracy of the midpoint",
        "Phi(D/2) == Phi(D/sqrt(2))",
        "Phi(Delta)",
        "Phi(D) == Phi(D/sqrt(2))",
        "the area falls with imbalance, as the chance-corrected precision does",
        "Phi(D/sqrt(2))/eta == Phi(D/sqrt(2))",
    ),
    rests_on=("gaussian.rates",),
)

AVERAGE_PRECISION = statement(
    name="gaussian_areas.average_precision",
    title="The area under the precision-recall curve falls with imbalance, between 1/(1+eta) and 1",
    source="derived here",
    ids=("A10",),
    functions=("average_precision",),
    where={
        "eta: positive": "majority over minority in the evaluation set",
        "h: positive": "growth of the imbalance",
        "u: real": "score of a minority example, from the minority's mean",
        "D: positive": "Mahalanobis separability Delta",
        "r: positive": "FPR/TPR at a threshold",
    },
    theorem=(
        "Delta > 0, eta = pi_-/pi_+ > 0, AP(eta, Delta) = integral of phi(u)/(1 + eta Phi(-u - "
        "Delta)/Phi(-u)) du: AP is strictly decreasing in eta, 1/(1 + eta) < AP < 1, AP -> 1/(1 + eta) as "
        "Delta -> 0 and AP -> 1 as Delta -> oo",
        r"\mathrm{AP}(\eta, \Delta) = \int_{-\infty}^{\infty} \frac{\phi(u)}{1 + \eta\, \Phi(-u - "
        r"\Delta)/\Phi(-u)}\, du,\; \eta, \Delta > 0 : \quad \mathrm{AP} \text{ strictly decreasing in } "
        r"\eta, \quad \frac{1}{1 + \eta} < \mathrm{AP} < 1, \quad \lim_{\Delta \to 0} \mathrm{AP} = "
        r"\frac{1}{1 + \eta}, \quad \lim_{\Delta \to \infty} \mathrm{AP} = 1",
    ),
    formula="1/(1 + (eta + h)*Phi(-u - D)/Phi(-u)) < 1/(1 + eta*Phi(-u - D)/Phi(-u))",
    steps=(
        "precision_falls_with_imbalance: precision at recall level u strictly falls with imbalance, r = "
        "FPR/TPR",
        "1/(1 + (eta + h)*r) < 1/(1 + eta*r)",
        "precision_between_share_and_one: it is between 1/(1+eta) and 1, as FPR < TPR",
        state("1/(1 + eta) < 1/(1 + eta*r) < 1", r="(0, 1)"),
        "fpr_below_tpr: FPR < TPR",
        "Phi(-u - D) < Phi(-u)",
        "no_separation: without separation it is the minority's share at every level",
        state_limit("1/(1 + eta*Phi(-u - D)/Phi(-u))", "1/(1 + eta)", "D", "low"),
        "perfect_separation: with perfect separation it is 1",
        state_limit("1/(1 + eta*Phi(-u - D)/Phi(-u))", "1", "D", "high"),
        "certified_areas: the area at Delta = 2 by certified integrals",
        state_computed(
            "gaussian:average_precision_values",
            Delta=2,
            imbalances=[1, 2, 5, 10, 100],
            values=["0.9218", "0.8661", "0.7558", "0.6481", "0.2676"],
        ),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The area is the mean of the precision 1/(1 + eta FPR/TPR) at the scores of minority "
    "examples, the integral of phi(u)/(1 + eta Phi(-u - Delta)/Phi(-u)). What holds at every u "
    "holds of the mean, and the integrand, at most phi(u), has the limits of dominated "
    "convergence.",
    mutants=(
        "a useless score has area 1/2, as under the ROC curve",
        state("1/(1 + eta) == 1/2", eta="[1, oo)"),
        "the area is free of the imbalance",
        "1/(1 + (eta + h)*r) == 1/(1 + eta*r)",
    ),
    rests_on=("gaussian.rates",),
)

AVERAGE_PRECISION_FLOOR = statement(
    name="gaussian_areas.average_precision_floor",
    title="No ranking's average precision is below 1 + ((1-p)/p) log(1-p), which is not zero",
    source="Boyd, Santos Costa, Davis, Page (ICML 2012); exhaustive check and bounds derived here",
    ids=("D12", "A10"),
    functions=("lowest_average_precision",),
    where={
        "p: (0, 1)": "minority prior, m/(m + N)",
        "i: positive": "rank among the positives",
        "N: positive": "negatives",
        "m: positive": "positives",
        "x: [0, 1]": "i/m",
        "v: positive": "N/m",
        "h: positive": "an increase of x",
    },
    theorem=(
        "every ranking (no ties) of m >= 1 positives and N >= 1 negatives, p = m/(m + N): AP >= (1/m) "
        "sum_(i=1..m) i/(N + i), attained with all negatives first, > 1 + ((1 - p)/p) log(1 - p) > p/2 > "
        "0; the floor 1 + ((1 - p)/p) log(1 - p) is below p",
        r"\text{every ranking of } m \ge 1 \text{ positives and } N \ge 1 \text{ negatives},\; p = "
        r"\frac{m}{m + N} : \quad \mathrm{AP} \ge \frac1m \sum_{i=1}^m \frac{i}{N + i} > 1 + \frac{1 - "
        r"p}{p} \log(1 - p), \qquad \frac p2 < 1 + \frac{1 - p}{p} \log(1 - p) < p, \qquad \text{first "
        r"equality: all negatives first}",
    ),
    formula="p/2 < 1 + (1 - p)/p*log(1 - p) < p",
    steps=(
        "worst_ranking_enumerated: with few examples, every ranking: worst is all negatives first",
        state_computed("gaussian:worst_rankings", most=6),
        "precision_of_worst_ranking: its i-th positive of m has precision i/(N + i) = x/(v + x) at x = "
        "i/m, v = N/m",
        "i/(N + i) == (i/m)/(N/m + i/m)",
        "floor_is_an_integral: the floor is the integral of x/(v + x) over (0, 1)",
        state_derivative("x - v*log(v + x)", "x", "x/(v + x)"),
        "floor_closed_form: which is, at v = (1-p)/p",
        "1 - v*log(v + 1) + v*log(v) == 1 + v*log(1 - 1/(1 + v))",
        "terms_increase: x/(v + x) increases, so the sum of m terms is above the integral",
        "x/(v + x) < (x + h)/(v + x + h)",
        "floor_between_half_and_prior: the floor lies between half the prior and the prior",
        FORMULA,
    ),
    argument="Swapping a positive that stands directly before a negative lowers its precision and no "
    "other, so the worst ranking puts all negatives first (checked on every ranking of up to six "
    "positives and six negatives). Its average precision is a right Riemann sum of an increasing "
    "function, hence above the integral, to which it tends.",
    mutants=(
        "a ranking can have average precision 0",
        "1 + (1 - p)/p*log(1 - p) <= 0",
        "the floor is the prior, as for random ranking",
        "1 + (1 - p)/p*log(1 - p) >= p",
        "the floor with p and 1-p swapped",
        "1 + p/(1 - p)*log(p) == 1 + (1 - p)/p*log(1 - p)",
    ),
)

STATEMENTS = (ROC_AREA, AVERAGE_PRECISION, AVERAGE_PRECISION_FLOOR)
