"""Minority and majority precision of two Gaussian classes, against imbalance.

Claimed by Essomba and Fokoue (arXiv 2601.04149) to increase; whether it does depends on the prior of
the evaluation set, as derived here. Checked by: bounds of the Mills ratio for every real number.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfcx, expit, log_ndtr

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

_SYMBOLS = {
    "eta": "majority over minority, in training and evaluation",
    "D": "Mahalanobis separability Delta",
    "t": "threshold on the standardised score",
    "x": "any real number",
}
_MILLS_UPPER = state_derivative(
    "Phi(-x) - exp(-x**2/2)/sqrt(2*pi)/x", "x", "exp(-x**2/2)/sqrt(2*pi)/x**2", x="positive"
)

MILLS = Statement(
    name="gaussian_curves.mills_ratio",
    title="The Mills ratio M = (1 - Phi)/phi is decreasing and log-convex on the whole line",
    source="lower bound: Birnbaum (1942), for positive x; every real x and the use of it derived here",
    formula=state(
        "Phi(-x)**2 + x*Phi(-x)*exp(-x**2/2)/sqrt(2*pi) - exp(-x**2)/(2*pi) > 0", x="real"
    ),
    steps=steps(
        (
            "Phi(-x) - phi(x)(sqrt(x^2+4) - x)/2 has the slope",
            state_derivative(
                "Phi(-x) - exp(-x**2/2)/sqrt(2*pi)*(sqrt(x**2 + 4) - x)/2",
                "x",
                "exp(-x**2/2)/sqrt(2*pi)*(x*(x**2 + 3)/sqrt(x**2 + 4) - (x**2 + 1))/2",
                x="real",
            ),
        ),
        (
            "which is negative, with s = sqrt(x^2 + 4)",
            state("x*(x**2 + 3) < (x**2 + 1)*s", given="s**2 == x**2 + 4", x="real", s="positive"),
        ),
        (
            "and it vanishes at infinity: M > (sqrt(x^2+4) - x)/2",
            state_limit(
                "Phi(-x) - exp(-x**2/2)/sqrt(2*pi)*(sqrt(x**2 + 4) - x)/2", "0", "x", x="real"
            ),
        ),
        (
            "therefore M^2 + x M - 1 > 0, which is M^2 (log M)''",
            state(
                "M**2 + x*M - 1 > 0",
                given=("M > (s - x)/2", "s**2 == x**2 + 4"),
                x="real",
                s="positive",
                M="positive",
            ),
            "A-L3",
        ),
        (
            "since M' = x M - 1, with Phi(-x) = M phi",
            state_derivative(
                "Phi(-x)*exp(x**2/2)*sqrt(2*pi)",
                "x",
                "x*(Phi(-x)*exp(x**2/2)*sqrt(2*pi)) - 1",
                x="real",
            ),
        ),
        ("Phi(-x) - phi(x)/x has a positive slope for x > 0", _MILLS_UPPER),
        (
            "and vanishes at infinity: x M < 1, so M decreases",
            state_limit("Phi(-x) - exp(-x**2/2)/sqrt(2*pi)/x", "0", "x", x="positive"),
        ),
        (
            "log-convexity decided again, on a box, by intervals",
            state(
                "Phi(-x)**2 + x*Phi(-x)*exp(-x**2/2)/sqrt(2*pi) - exp(-x**2)/(2*pi) > 0",
                x="[-1, 1]",
            ),
        ),
    ),
    argument="A function with negative slope and limit 0 at infinity is positive, and one with positive "
    "slope is negative. (log M)' = x - 1/M, so (log M)'' = 1 + x/M - 1/M^2, and M' = x M - 1 is "
    "negative: for x <= 0 because x M <= 0, for x > 0 by the upper bound.",
    mutants=mutants(
        (
            "log-concave instead, as the density is",
            state(
                "Phi(-x)**2 + x*Phi(-x)*exp(-x**2/2)/sqrt(2*pi) - exp(-x**2)/(2*pi) < 0", x="real"
            ),
        ),
        (
            "the classical lower bound x/(1+x^2) replaced by 1/x",
            state("Phi(-x) > exp(-x**2/2)/sqrt(2*pi)/x", x="positive"),
        ),
    ),
    symbols={"x": "any real number", "M": "Mills ratio at x", "s": "sqrt(x^2 + 4)"},
    ids=("A-L3",),
    functions=("mills_ratio",),
)

_MATCHED = "1/(1 + eta*Phi(-D/2 - log(eta)/D)/Phi(D/2 - log(eta)/D))"

PRECISION = Statement(
    name="gaussian_curves.matched_precision_decreases",
    title="At the training prior, minority precision falls with imbalance from Phi(Delta/2) to 1/2",
    source="derived here",
    formula=state(f"1/2 < {_MATCHED} <= Phi(D/2)", eta="[1, oo)", D="positive"),
    steps=steps(
        (
            "at the Bayes threshold the priors cancel from eta FPR/TPR = M(x + c)/M(x - c)",
            state(
                "eta*exp(-(D/2 + log(eta)/D)**2/2) == exp(-(D/2 - log(eta)/D)**2/2)",
                eta="[1, oo)",
                D="positive",
            ),
            "A-L2",
        ),
        (
            "M decreasing makes the ratio r less than 1: precision stays above one half",
            state("1/(1 + r) > 1/2", r="(0, 1)"),
        ),
        (
            "log r has the slope (log M)'(x + c) - (log M)'(x - c), positive for a log-convex M",
            state_derivative(
                "log(Phi(-x - c)/Phi(c - x)) + 2*c*x",
                "x",
                "(x + c - exp(-(x + c)**2/2)/sqrt(2*pi)/Phi(-x - c))"
                " - (x - c - exp(-(x - c)**2/2)/sqrt(2*pi)/Phi(c - x))",
                x="real",
                c="positive",
            ),
        ),
        (
            "and precision decreases as r increases",
            state("1/(1 + r + h) < 1/(1 + r)", r="positive", h="positive"),
        ),
        (
            "at balance it is Phi(Delta/2)",
            state("1/(1 + Phi(-D/2)/Phi(D/2)) == Phi(D/2)", D="positive"),
        ),
        (
            "the ratio tends to 1: it exceeds (x+c)(x-c)/((x+c)^2 + 1)",
            state_limit("(x + c)*(x - c)/((x + c)**2 + 1)", "1", "x", x="positive", c="positive"),
        ),
        (
            "as M > (sqrt(x^2+4) - x)/2 > x/(x^2 + 1), with x = k - 1/k and k > 1",
            state("1/k > (k - 1/k)/((k - 1/k)**2 + 1)", k="(1, oo)"),
        ),
        (
            "majority precision, whose odds against are r at -x, at most phi(x + c)/phi(x - c)/(1/2) "
            "for x > c, tends to 1",
            state_limit("1/(1 + 2*exp(-2*c*x))", "1", "x", x="positive", c="positive"),
        ),
        (
            "its value at Delta = 2, eta = 1, 10, 100, 1000",
            state_computed(
                "gaussian:precision_values",
                Delta=2,
                imbalances=[1, 10, 100, 1000],
                values=["0.8413", "0.7366", "0.6680", "0.6263"],
                matched=True,
            ),
        ),
    ),
    argument="With x = log(eta)/Delta and c = Delta/2, eta phi(x + c) = phi(x - c), so precision is "
    "1/(1 + M(x+c)/M(x-c)). The Mills ratio statement gives r < 1, r increasing in x (the derivative of "
    "log r is (log M)'(x+c) - (log M)'(x-c) > 0) and, with x M < 1, the limit 1. The same r at -x is the "
    "odds against the majority, which therefore fall with imbalance, to 0: majority precision rises to 1.",
    mutants=mutants(
        (
            "precision increases with imbalance",
            state(f"{_MATCHED} >= Phi(D/2)", eta="[1, oo)", D="positive"),
        ),
        (
            "precision at the Bayes threshold tends to 1",
            state(f"{_MATCHED} >= 3/4", eta="[10, oo)", D="[2, 2]"),
        ),
        (
            "precision falls below one half",
            state("1/(1 + r) < 1/2", r="(0, 1)"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "r": "eta FPR/TPR",
        "h": "its increase",
        "c": "Delta/2",
        "k": "(sqrt(x^2 + 4) + x)/2",
    },
    rests_on=("gaussian_curves.mills_ratio", "gaussian.rates"),
    ids=("A7", "A-L4"),
    functions=("precision", "negative_predictive_value"),
    corrects="That minority precision increases with imbalance (the 'asymmetric increase' of Essomba and "
    "Fokoue, arXiv 2601.04149) depends on the evaluation prior: at the training prior it strictly decreases.",
)

PRECISION_FIXED = Statement(
    name="gaussian_curves.fixed_prior_precision_increases",
    title="On an evaluation set of fixed prior, precision rises to 1 as the training set gets imbalanced",
    source="derived here",
    formula=state(
        "1/(1 + v*exp(-D*t)*r) >= 1/(1 + v*exp(-D*t))",
        v="positive",
        D="positive",
        t="real",
        r="(0, 1)",
    ),
    steps=steps(
        (
            "FPR/TPR = exp(-Delta t) M(t + Delta/2)/M(t - Delta/2): the densities' ratio",
            state("exp(-(t + D/2)**2/2) == exp(-D*t)*exp(-(t - D/2)**2/2)", t="real", D="positive"),
        ),
        (
            "log(FPR/TPR) has the slope 1/M(t - Delta/2) - 1/M(t + Delta/2)",
            state_derivative(
                "log(Phi(-t - D/2)/Phi(D/2 - t))",
                "t",
                "exp(-(t - D/2)**2/2)/sqrt(2*pi)/Phi(D/2 - t)"
                " - exp(-(t + D/2)**2/2)/sqrt(2*pi)/Phi(-t - D/2)",
                t="real",
                D="positive",
            ),
        ),
        (
            "negative, because M decreases",
            state("1/a - 1/b < 0", given="a > b", a="positive", b="positive"),
        ),
        (
            "precision is at least 1/(1 + v exp(-Delta t)), because M(t + D/2) < M(t - D/2)",
            state(
                "1/(1 + v*exp(-D*t)*r) >= 1/(1 + v*exp(-D*t))",
                v="positive",
                D="positive",
                t="real",
                r="(0, 1)",
            ),
        ),
        (
            "which tends to 1",
            state_limit("1/(1 + v*exp(-D*t))", "1", "t", t="real", v="positive", D="positive"),
        ),
        (
            "its value at Delta = 2, balanced evaluation, eta = 1, 10, 100, 1000",
            state_computed(
                "gaussian:precision_values",
                Delta=2,
                imbalances=[1, 10, 100, 1000],
                values=["0.8413", "0.9655", "0.9951", "0.9994"],
                matched=False,
            ),
        ),
    ),
    argument="The trained threshold t = log(eta)/Delta rises with imbalance; at a fixed evaluation ratio v, "
    "precision 1/(1 + v FPR/TPR) depends on t alone and rises with it.",
    mutants=mutants(
        (
            "precision does not depend on the evaluation prior",
            state(
                "1/(1 + eta*Phi(-D/2 - t)/Phi(D/2 - t)) == 1/(1 + Phi(-D/2 - t)/Phi(D/2 - t))",
                eta="[1, oo)",
                t="real",
                D="positive",
            ),
        ),
        (
            "FPR/TPR is exp(-Delta t), as if the density ratio were the ratio of tails",
            state("Phi(-D/2 - t) == exp(-D*t)*Phi(D/2 - t)", t="real", D="positive"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "v": "majority over minority in the evaluation set",
        "r": "M(t + Delta/2)/M(t - Delta/2)",
        "a": "M(t - Delta/2)",
        "b": "M(t + Delta/2)",
    },
    rests_on=("gaussian_curves.mills_ratio", "gaussian.rates"),
    ids=("A7",),
    functions=("precision",),
)

STATEMENTS = (MILLS, PRECISION, PRECISION_FIXED)
