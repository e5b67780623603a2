"""Areas under the ROC and the precision-recall curve of two Gaussian classes, and the latter's floor.

Source: classical for the ROC curve; Boyd, Santos Costa, Davis, Page (ICML 2012) for the floor of
precision-recall areas. Checked by: certified integrals, every ranking of a few examples.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    steps,
)
from ..foundation.validation import as_real, broadcasting
from .gaussian_curves import log_false_over_true

__all__ = ["average_precision", "lowest_average_precision", "roc_area"]


def roc_area(Delta: ArrayLike) -> NDArray[np.float64]:
    """Area under the ROC curve, ``Phi(Delta/sqrt 2)``, whatever the imbalance; ``Delta > 0``."""
    return ndtr(as_real("Delta", Delta, low=0, low_open=True) / np.sqrt(2.0))


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

_SYMBOLS = {
    "D": "Mahalanobis separability Delta",
    "eta": "majority over minority in the evaluation set",
    "u": "score of a minority example, from the minority's mean",
}

ROC_AREA = Statement(
    name="gaussian_areas.roc_area",
    title="The area under the ROC curve is Phi(Delta/sqrt 2), free of the imbalance",
    source="classical",
    formula=state_derivative("Phi(D/sqrt(2))", "D", "exp(-D**2/4)/(2*sqrt(pi))", D="positive"),
    steps=steps(
        (
            "the integral of phi(u) Phi(u + Delta) has in Delta the slope of phi(u) phi(u + Delta): "
            "complete the square",
            state("u**2/2 + (u + D)**2/2 == D**2/4 + (u + D/2)**2", u="real", D="real"),
        ),
        (
            "exp(-(u + Delta/2)^2)/(2 pi) is the slope of Phi(sqrt(2)(u + Delta/2))/(2 sqrt(pi)): "
            "it integrates to 1/(2 sqrt(pi))",
            state_derivative(
                "Phi(sqrt(2)*(u + D/2))/(2*sqrt(pi))",
                "u",
                "exp(-(u + D/2)**2)/(2*pi)",
                u="real",
                D="real",
            ),
        ),
        (
            "which leaves the slope of Phi(Delta/sqrt 2)",
            state_derivative("Phi(D/sqrt(2))", "D", "exp(-D**2/4)/(2*sqrt(pi))", D="real"),
        ),
        ("at Delta = 0 both areas are 1/2", state("Phi(0/sqrt(2)) == 1/2")),
        (
            "certified integrals agree with the closed form",
            state_computed("gaussian:roc_integrals", separations=["0.5", "1", "2", "4"], digits=15),
        ),
    ),
    argument="The area is the chance that a minority score exceeds a majority score, the integral of "
    "phi(u) Phi(u + Delta) over u; it and Phi(Delta/sqrt 2) have the same slope in Delta and the same "
    "value at 0 (there phi Phi is the slope of Phi^2/2). No prior occurs in it.",
    mutants=mutants(
        (
            "Phi(Delta/2): the accuracy of the midpoint",
            state("Phi(D/2) == Phi(D/sqrt(2))", D="positive"),
        ),
        ("Phi(Delta)", state("Phi(D) == Phi(D/sqrt(2))", D="positive")),
        (
            "the area falls with imbalance, as the chance-corrected precision does",
            state("Phi(D/sqrt(2))/eta == Phi(D/sqrt(2))", D="positive", eta="[1, oo)"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("gaussian.rates",),
    ids=("A10",),
    functions=("roc_area",),
)

AVERAGE_PRECISION = Statement(
    name="gaussian_areas.average_precision",
    title="The area under the precision-recall curve falls with imbalance, between 1/(1+eta) and 1",
    source="derived here",
    formula=state(
        "1/(1 + (eta + h)*Phi(-u - D)/Phi(-u)) < 1/(1 + eta*Phi(-u - D)/Phi(-u))",
        eta="positive",
        h="positive",
        u="real",
        D="positive",
    ),
    steps=steps(
        (
            "precision at recall level u strictly falls with imbalance, r = FPR/TPR",
            state(
                "1/(1 + (eta + h)*r) < 1/(1 + eta*r)", eta="positive", h="positive", r="positive"
            ),
        ),
        (
            "it is between 1/(1+eta) and 1, as FPR < TPR",
            state("1/(1 + eta) < 1/(1 + eta*r) < 1", eta="positive", r="(0, 1)"),
        ),
        ("FPR < TPR", state("Phi(-u - D) < Phi(-u)", u="real", D="positive")),
        (
            "without separation it is the minority's share at every level",
            state_limit(
                "1/(1 + eta*Phi(-u - D)/Phi(-u))",
                "1/(1 + eta)",
                "D",
                "low",
                eta="positive",
                u="real",
                D="positive",
            ),
        ),
        (
            "with perfect separation it is 1",
            state_limit(
                "1/(1 + eta*Phi(-u - D)/Phi(-u))",
                "1",
                "D",
                "high",
                eta="positive",
                u="real",
                D="positive",
            ),
        ),
        (
            "the area at Delta = 2 by certified integrals",
            state_computed(
                "gaussian:average_precision_values",
                Delta=2,
                imbalances=[1, 2, 5, 10, 100],
                values=["0.9218", "0.8661", "0.7558", "0.6481", "0.2676"],
            ),
        ),
    ),
    argument="The area is the mean of the precision 1/(1 + eta FPR/TPR) at the scores of minority "
    "examples, the integral of phi(u)/(1 + eta Phi(-u - Delta)/Phi(-u)). What holds at every u holds of "
    "the mean, and the integrand, at most phi(u), has the limits of dominated convergence.",
    mutants=mutants(
        (
            "a useless score has area 1/2, as under the ROC curve",
            state("1/(1 + eta) == 1/2", eta="[1, oo)"),
        ),
        (
            "the area is free of the imbalance",
            state(
                "1/(1 + (eta + h)*r) == 1/(1 + eta*r)", eta="positive", h="positive", r="positive"
            ),
        ),
    ),
    symbols={**_SYMBOLS, "h": "growth of the imbalance", "r": "FPR/TPR at a threshold"},
    rests_on=("gaussian.rates",),
    ids=("A10",),
    functions=("average_precision",),
)

AVERAGE_PRECISION_FLOOR = Statement(
    name="gaussian_areas.average_precision_floor",
    title="No ranking's average precision is below 1 + ((1-p)/p) log(1-p), which is not zero",
    source="Boyd, Santos Costa, Davis, Page (ICML 2012); exhaustive check and bounds derived here",
    formula=state("p/2 < 1 + (1 - p)/p*log(1 - p) < p", p="(0, 1)"),
    steps=steps(
        (
            "with few examples, every ranking: worst is all negatives first",
            state_computed("gaussian:worst_rankings", most=6),
        ),
        (
            "its i-th positive of m has precision i/(N + i) = x/(v + x) at x = i/m, v = N/m",
            state("i/(N + i) == (i/m)/(N/m + i/m)", i="positive", N="positive", m="positive"),
        ),
        (
            "the floor is the integral of x/(v + x) over (0, 1)",
            state_derivative("x - v*log(v + x)", "x", "x/(v + x)", x="[0, 1]", v="positive"),
        ),
        (
            "which is, at v = (1-p)/p",
            state("1 - v*log(v + 1) + v*log(v) == 1 + v*log(1 - 1/(1 + v))", v="positive"),
        ),
        (
            "x/(v + x) increases, so the sum of m terms is above the integral",
            state("x/(v + x) < (x + h)/(v + x + h)", x="[0, 1]", v="positive", h="positive"),
        ),
        (
            "the floor lies between half the prior and the prior",
            state("p/2 < 1 + (1 - p)/p*log(1 - p) < p", p="(0, 1)"),
        ),
    ),
    argument="Swapping a positive that stands directly before a negative lowers its precision and no "
    "other, so the worst ranking puts all negatives first (checked on every ranking of up to six "
    "positives and six negatives). Its average precision is a right Riemann sum of an increasing "
    "function, hence above the integral, to which it tends.",
    mutants=mutants(
        (
            "a ranking can have average precision 0",
            state("1 + (1 - p)/p*log(1 - p) <= 0", p="(0, 1)"),
        ),
        (
            "the floor is the prior, as for random ranking",
            state("1 + (1 - p)/p*log(1 - p) >= p", p="(0, 1)"),
        ),
        (
            "the floor with p and 1-p swapped",
            state("1 + p/(1 - p)*log(p) == 1 + (1 - p)/p*log(1 - p)", p="(0, 1)"),
        ),
    ),
    symbols={
        "p": "minority prior, m/(m + N)",
        "m": "positives",
        "N": "negatives",
        "v": "N/m",
        "i": "rank among the positives",
        "x": "i/m",
        "h": "an increase of x",
    },
    ids=("D12", "A10"),
    functions=("lowest_average_precision",),
)

STATEMENTS = (ROC_AREA, AVERAGE_PRECISION, AVERAGE_PRECISION_FLOOR)
