"""Minority and majority precision of two Gaussian classes, against imbalance.

Claimed by Essomba and Fokoue (arXiv 2601.04149) to increase; whether it does depends on the prior of
the evaluation set, as derived here. Checked by: bounds of the Mills ratio for every real number.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, expit, log_ndtr

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
from ..foundation.validation import as_real, broadcasting
from .gaussian import boundary_shift

__all__ = [
    "log_false_over_true",
    "mills_ratio",
    "negative_predictive_value",
    "precision",
]


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


def mills_ratio(x: ArrayLike) -> NDArray[np.float64]:
    """``(1 - Phi(x)) / phi(x)`` for real ``x``; overflows to ``inf`` below about -37.6."""
    x = as_real("x", x)
    with np.errstate(over="ignore"):
        return np.sqrt(0.5 * np.pi) * erfcx(x / np.sqrt(2.0))


@broadcasting
@cell_by_cell
def precision(
    eta: ArrayLike,
    Delta: ArrayLike,
    tau: ArrayLike = 0.0,
    *,
    evaluation_eta: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Minority precision of the rule of `bayes_rates`, evaluated at ``evaluation_eta`` to one.

    ``evaluation_eta > 0`` is majority over minority in the evaluation set; by default that of
    training, ``eta >= 1``. ``Delta > 0``, ``tau`` real; all broadcast.
    """
    threshold = (1.0 - as_real("tau", tau)) * boundary_shift(eta, Delta)
    seen = _evaluation("evaluation_eta", eta, evaluation_eta)
    return expit(-np.log(seen) - log_false_over_true(threshold, Delta))


@broadcasting
@cell_by_cell
def negative_predictive_value(
    eta: ArrayLike,
    Delta: ArrayLike,
    tau: ArrayLike = 0.0,
    *,
    evaluation_eta: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Majority precision of the same rule; arguments as those of `precision`."""
    threshold = (1.0 - as_real("tau", tau)) * boundary_shift(eta, Delta)
    seen = _evaluation("evaluation_eta", eta, evaluation_eta)
    return expit(np.log(seen) - log_false_over_true(-threshold, Delta))


def _evaluation(name: str, eta: ArrayLike, given: ArrayLike | None) -> NDArray[np.float64]:
    return as_real(name, eta if given is None else given, low=0, low_open=True)


@broadcasting
def log_false_over_true(threshold: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """``log(FPR/TPR)`` above a real ``threshold`` on the standardised score; ``Delta > 0``.

    By Mills ratios above the minority's mean, where both rates may underflow; minus the integral of
    their inverses where ``Delta`` is so small that the rates hardly differ.
    """
    threshold, Delta = np.broadcast_arrays(
        as_real("threshold", threshold), as_real("Delta", Delta, low=0, low_open=True)
    )
    low, high = threshold - 0.5 * Delta, threshold + 0.5 * Delta
    short = np.minimum(Delta, 1.0)
    nodes = threshold[..., None] + 0.5 * short[..., None] * _NODES
    narrow = -0.5 * short * np.sum(_WEIGHTS / mills_ratio(nodes), axis=-1)
    above = low > 0.0
    mills = mills_ratio(np.where(above, high, 1.0)) / mills_ratio(np.where(above, low, 1.0))
    by_mills = np.log(mills) - Delta * threshold
    wide = np.where(above, by_mills, log_ndtr(-high) - log_ndtr(-low))
    return np.where(Delta * np.maximum(np.abs(threshold), 1.0) < 1.0, narrow, wide)


# ------------------------------------------------------------------------------------ statements


MILLS = statement(
    name="gaussian_curves.mills_ratio",
    title="The Mills ratio M = (1 - Phi)/phi is decreasing and log-convex on the whole line",
    source="lower bound: Birnbaum (1942), for positive x; every real x and the use of it derived here",
    ids=("A-L3",),
    functions=("mills_ratio",),
    where={
        "x: real": "any real number",
        "s: positive": "sqrt(x^2 + 4)",
        "M: positive": "Mills ratio at x",
    },
    theorem=(
        "M(x) = (1 - Phi(x))/phi(x): for every real x, M'(x) = x M(x) - 1 < 0, M(x) > (sqrt(x^2 + 4) - "
        "x)/2 and (log M)''(x) = (M(x)^2 + x M(x) - 1)/M(x)^2 > 0",
        r"M(x) = \frac{1 - \Phi(x)}{\phi(x)} : \quad \forall x \in \mathbb R : \quad M'(x) = x M(x) - 1 < "
        r"0, \qquad M(x) > \frac{\sqrt{x^2 + 4} - x}{2}, \qquad (\log M)''(x) = \frac{M(x)^2 + x M(x) - "
        r"1}{M(x)^2} > 0",
    ),
    steps=(
        "lower_gap_slope: Phi(-x) - phi(x)(sqrt(x^2+4) - x)/2 has the slope",
        state_derivative(
            "Phi(-x) - exp(-x**2/2)/sqrt(2*pi)*(sqrt(x**2 + 4) - x)/2",
            "x",
            "exp(-x**2/2)/sqrt(2*pi)*(x*(x**2 + 3)/sqrt(x**2 + 4) - (x**2 + 1))/2",
        ),
        "lower_gap_falls: which is negative, with s = sqrt(x^2 + 4)",
        state("x*(x**2 + 3) < (x**2 + 1)*s", given="s**2 == x**2 + 4"),
        "lower_gap_vanishes: and it vanishes at infinity: M > (sqrt(x^2+4) - x)/2",
        state_limit("Phi(-x) - exp(-x**2/2)/sqrt(2*pi)*(sqrt(x**2 + 4) - x)/2", "0", "x"),
        "log_convex_from_lower_bound (A-L3): therefore M^2 + x M - 1 > 0, which is M^2 (log M)''",
        state("M**2 + x*M - 1 > 0", given=("M > (s - x)/2", "s**2 == x**2 + 4")),
        "mills_derivative: since M' = x M - 1, with Phi(-x) = M phi",
        state_derivative(
            "Phi(-x)*exp(x**2/2)*sqrt(2*pi)",
            "x",
            "x*(Phi(-x)*exp(x**2/2)*sqrt(2*pi)) - 1",
        ),
        "upper_gap_slope: Phi(-x) - phi(x)/x has a positive slope for x > 0",
        state_derivative(
            "Phi(-x) - exp(-x**2/2)/sqrt(2*pi)/x", "x", "exp(-x**2/2)/sqrt(2*pi)/x**2", x="positive"
        ),
        "upper_bound: and vanishes at infinity: x M < 1, so M decreases",
        state_limit("Phi(-x) - exp(-x**2/2)/sqrt(2*pi)/x", "0", "x", x="positive"),
        "log_convex_on_a_box: log-convexity decided again, on a box, by intervals",
        state(
            "Phi(-x)**2 + x*Phi(-x)*exp(-x**2/2)/sqrt(2*pi) - exp(-x**2)/(2*pi) > 0", x="[-1, 1]"
        ),
    ),
    argument="A function with negative slope and limit 0 at infinity is positive, and one with positive "
    "slope is negative. (log M)' = x - 1/M, so (log M)'' = 1 + x/M - 1/M^2, and M' = x M - 1 is "
    "negative: for x <= 0 because x M <= 0, for x > 0 by the upper bound.",
    mutants=(
        "log-concave instead, as the density is",
        "Phi(-x)**2 + x*Phi(-x)*exp(-x**2/2)/sqrt(2*pi) - exp(-x**2)/(2*pi) < 0",
        "the classical lower bound x/(1+x^2) replaced by 1/x",
        state("Phi(-x) > exp(-x**2/2)/sqrt(2*pi)/x", x="positive"),
    ),
)


PRECISION = statement(
    name="gaussian_curves.matched_precision_decreases",
    title="At the training prior, minority precision falls with imbalance from Phi(Delta/2) to 1/2",
    source="derived here",
    ids=("A7", "A-L4"),
    functions=("precision", "negative_predictive_value"),
    corrects="That minority precision increases with imbalance (the 'asymmetric increase' of Essomba and "
    "Fokoue, arXiv 2601.04149) depends on the evaluation prior: at the training prior it strictly "
    "decreases.",
    where={
        "eta: [1, oo)": "majority over minority, in training and evaluation",
        "D: positive": "Mahalanobis separability Delta",
        "r: (0, 1)": "eta FPR/TPR",
        "x: positive": "any real number",
        "c: positive": "Delta/2",
        "h: positive": "its increase",
        "k: (1, oo)": "(sqrt(x^2 + 4) + x)/2",
        "t": "threshold on the standardised score",
    },
    theorem=(
        "Delta > 0, prior ratio eta in training and evaluation, threshold log(eta)/Delta, Prec(eta) = "
        "TPR/(TPR + eta FPR), TPR = Phi(Delta/2 - log(eta)/Delta), FPR = Phi(-Delta/2 - log(eta)/Delta): "
        "Prec is strictly decreasing on [1, oo), Prec(1) = Phi(Delta/2), Prec(eta) -> 1/2 as eta -> oo",
        r"\mathrm{Prec}(\eta) = \frac{\Phi\left(\frac{\Delta}{2} - \frac{\log \eta}{\Delta}\right)}"
        r"{\Phi\left(\frac{\Delta}{2} - \frac{\log \eta}{\Delta}\right) + \eta\, "
        r"\Phi\left(-\frac{\Delta}{2} - \frac{\log \eta}{\Delta}\right)},\; \Delta > 0 : \quad "
        r"\mathrm{Prec} \text{ strictly decreasing on } [1, \infty), \quad \mathrm{Prec}(1) = "
        r"\Phi\left(\tfrac{\Delta}{2}\right), \quad \lim_{\eta \to \infty} \mathrm{Prec}(\eta) = \tfrac12",
    ),
    steps=(
        "priors_cancel (A-L2): at the Bayes threshold the priors cancel from eta FPR/TPR = M(x + c)/M(x - c)",
        "eta*exp(-(D/2 + log(eta)/D)**2/2) == exp(-(D/2 - log(eta)/D)**2/2)",
        "precision_above_one_half: M decreasing makes the ratio r less than 1: precision stays above one "
        "half",
        "1/(1 + r) > 1/2",
        "log_ratio_slope: log r has the slope (log M)'(x + c) - (log M)'(x - c), positive for a log-convex M",
        state_derivative(
            "log(Phi(-x - c)/Phi(c - x)) + 2*c*x",
            "x",
            "(x + c - exp(-(x + c)**2/2)/sqrt(2*pi)/Phi(-x - c)) - (x - c - exp(-(x - "
            "c)**2/2)/sqrt(2*pi)/Phi(c - x))",
            x="real",
        ),
        "precision_falls_in_ratio: and precision decreases as r increases",
        state("1/(1 + r + h) < 1/(1 + r)", r="positive"),
        "value_at_balance: at balance it is Phi(Delta/2)",
        "1/(1 + Phi(-D/2)/Phi(D/2)) == Phi(D/2)",
        "ratio_tends_to_one: the ratio tends to 1: it exceeds (x+c)(x-c)/((x+c)^2 + 1)",
        state_limit("(x + c)*(x - c)/((x + c)**2 + 1)", "1", "x"),
        "lower_bound_of_mills: as M > (sqrt(x^2+4) - x)/2 > x/(x^2 + 1), with x = k - 1/k and k > 1",
        "1/k > (k - 1/k)/((k - 1/k)**2 + 1)",
        "majority_precision_tends_to_one: majority precision, whose odds against are r at -x, at most "
        "phi(x + c)/phi(x - c)/(1/2) for x > c, tends to 1",
        state_limit("1/(1 + 2*exp(-2*c*x))", "1", "x"),
        "certified_values: its value at Delta = 2, eta = 1, 10, 100, 1000",
        state_computed(
            "gaussian:precision_values",
            Delta=2,
            imbalances=[1, 10, 100, 1000],
            values=["0.8413", "0.7366", "0.6680", "0.6263"],
            matched=True,
        ),
    ),
    argument="With x = log(eta)/Delta and c = Delta/2, eta phi(x + c) = phi(x - c), so precision is 1/(1 + "
    "M(x+c)/M(x-c)). The Mills ratio statement gives r < 1, r increasing in x (the derivative of "
    "log r is (log M)'(x+c) - (log M)'(x-c) > 0) and, with x M < 1, the limit 1. The same r at -x "
    "is the odds against the majority, which therefore fall with imbalance, to 0: majority "
    "precision rises to 1.",
    mutants=(
        "precision increases with imbalance",
        "1/(1 + eta*Phi(-D/2 - log(eta)/D)/Phi(D/2 - log(eta)/D)) >= Phi(D/2)",
        "precision at the Bayes threshold tends to 1",
        state(
            "1/(1 + eta*Phi(-D/2 - log(eta)/D)/Phi(D/2 - log(eta)/D)) >= 3/4",
            eta="[10, oo)",
            D="[2, 2]",
        ),
        "precision falls below one half",
        "1/(1 + r) < 1/2",
    ),
    rests_on=("gaussian_curves.mills_ratio", "gaussian.rates"),
)

PRECISION_FIXED = statement(
    name="gaussian_curves.fixed_prior_precision_increases",
    title="On an evaluation set of fixed prior, precision rises to 1 as the training set gets imbalanced",
    source="derived here",
    ids=("A7",),
    functions=("precision",),
    where={
        "v: positive": "majority over minority in the evaluation set",
        "a: positive": "M(t - Delta/2)",
        "b: positive": "M(t + Delta/2)",
        "eta: [1, oo)": "majority over minority, in training and evaluation",
        "t: real": "threshold on the standardised score",
        "D: positive": "Mahalanobis separability Delta",
        "r: (0, 1)": "M(t + Delta/2)/M(t - Delta/2)",
        "x": "any real number",
    },
    theorem=(
        "Delta > 0, trained threshold t = log(eta)/Delta, evaluation ratio v = pi_-/pi_+ > 0 fixed: "
        "Prec_v(eta) = 1/(1 + v Phi(-Delta/2 - t)/Phi(Delta/2 - t)) is strictly increasing on [1, oo), "
        "Prec_v(eta) >= 1/(1 + v/eta), and Prec_v(eta) -> 1 as eta -> oo",
        r"t = \frac{\log \eta}{\Delta},\; \Delta > 0,\; v > 0 : \quad \mathrm{Prec}_v(\eta) = "
        r"\frac{\Phi\left(\frac{\Delta}{2} - t\right)}{\Phi\left(\frac{\Delta}{2} - t\right) + v\, "
        r"\Phi\left(-\frac{\Delta}{2} - t\right)} \text{ strictly increasing on } [1, \infty), \quad "
        r"\mathrm{Prec}_v(\eta) \ge \frac{1}{1 + v/\eta}, \quad \lim_{\eta \to \infty} "
        r"\mathrm{Prec}_v(\eta) = 1",
    ),
    formula="1/(1 + v*exp(-D*t)*r) >= 1/(1 + v*exp(-D*t))",
    steps=(
        "density_ratio: FPR/TPR = exp(-Delta t) M(t + Delta/2)/M(t - Delta/2): the densities' ratio",
        "exp(-(t + D/2)**2/2) == exp(-D*t)*exp(-(t - D/2)**2/2)",
        "log_rate_ratio_slope: log(FPR/TPR) has the slope 1/M(t - Delta/2) - 1/M(t + Delta/2)",
        state_derivative(
            "log(Phi(-t - D/2)/Phi(D/2 - t))",
            "t",
            "exp(-(t - D/2)**2/2)/sqrt(2*pi)/Phi(D/2 - t) - exp(-(t + D/2)**2/2)/sqrt(2*pi)/Phi(-t - D/2)",
        ),
        "slope_negative: negative, because M decreases",
        state("1/a - 1/b < 0", given="a > b"),
        "precision_lower_bound: precision is at least 1/(1 + v exp(-Delta t)), because M(t + D/2) < M(t - "
        "D/2)",
        FORMULA,
        "lower_bound_tends_to_one: which tends to 1",
        state_limit("1/(1 + v*exp(-D*t))", "1", "t"),
        "certified_values: its value at Delta = 2, balanced evaluation, eta = 1, 10, 100, 1000",
        state_computed(
            "gaussian:precision_values",
            Delta=2,
            imbalances=[1, 10, 100, 1000],
            values=["0.8413", "0.9655", "0.9951", "0.9994"],
            matched=False,
        ),
    ),
    argument="The trained threshold t = log(eta)/Delta rises with imbalance; at a fixed evaluation ratio "
    "v, precision 1/(1 + v FPR/TPR) depends on t alone and rises with it.",
    mutants=(
        "precision does not depend on the evaluation prior",
        "1/(1 + eta*Phi(-D/2 - t)/Phi(D/2 - t)) == 1/(1 + Phi(-D/2 - t)/Phi(D/2 - t))",
        "FPR/TPR is exp(-Delta t), as if the density ratio were the ratio of tails",
        "Phi(-D/2 - t) == exp(-D*t)*Phi(D/2 - t)",
    ),
    rests_on=("gaussian_curves.mills_ratio", "gaussian.rates"),
)

STATEMENTS = (MILLS, PRECISION, PRECISION_FIXED)
