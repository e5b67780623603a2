"""Decisions between two Gaussian classes: the least error, and every knob as one offset.

Source: Elkan (IJCAI 2001) for costs, Dal Pozzolo et al. (2015) for undersampling, Menon et al.
(arXiv 2007.07314) for logit adjustment. Checked by: identities and rational inequalities.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr, ndtr

from ..claims.statement import Statement, mutants, state, state_derivative, state_failure, steps
from ..foundation.validation import as_real, broadcasting
from .gaussian import bayes_error

__all__ = [
    "bayes_error",
    "cost_threshold",
    "geometric_mean",
    "undersampled_posterior",
    "unsampled_posterior",
    "youden_index",
]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


@broadcasting
def cost_threshold(
    eta: ArrayLike,
    Delta: ArrayLike,
    *,
    false_positive: ArrayLike = 1.0,
    false_negative: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Threshold on the standardised score of least expected cost: ``[l + log(c_FP/c_FN)]/Delta``.

    ``eta >= 1``, ``Delta > 0``, costs > 0; all broadcast. Class weights act as costs.
    """
    eta = as_real("eta", eta, low=1)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    false_positive = as_real("false_positive", false_positive, low=0, low_open=True)
    false_negative = as_real("false_negative", false_negative, low=0, low_open=True)
    return np.log(eta * (false_positive / false_negative)) / Delta


@broadcasting
def geometric_mean(threshold: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """``sqrt(recall * specificity)`` at a threshold on the standardised score; inputs broadcast.

    By logarithms: one rate may underflow where the mean of the two does not.
    """
    threshold = as_real("threshold", threshold)
    half = 0.5 * as_real("Delta", Delta, low=0, low_open=True)
    return np.exp(0.5 * (log_ndtr(half - threshold) + log_ndtr(half + threshold)))


@broadcasting
def youden_index(threshold: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """``recall + specificity - 1`` at a threshold on the standardised score; inputs broadcast.

    The normal mass of an interval of length ``Delta`` around the threshold, summed where it is short
    so that small values keep their digits.
    """
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    threshold, Delta = np.broadcast_arrays(np.abs(as_real("threshold", threshold)), Delta)
    short = np.minimum(Delta, 1.0)
    nodes = threshold[..., None] + 0.5 * short[..., None] * _NODES
    summed = 0.5 * short * np.sum(_WEIGHTS * np.exp(-0.5 * nodes**2), axis=-1)
    tails = ndtr(0.5 * Delta - threshold) - ndtr(-0.5 * Delta - threshold)
    return np.where(Delta * np.maximum(threshold, 1.0) < 1.0, summed / np.sqrt(2 * np.pi), tails)


@broadcasting
def undersampled_posterior(posterior: ArrayLike, kept: ArrayLike) -> NDArray[np.float64]:
    """Minority posterior once only the share ``kept`` of the majority is left: ``p/(p + kept (1-p))``.

    ``posterior`` in [0, 1], ``kept`` in (0, 1]; they broadcast.
    """
    p = as_real("posterior", posterior, low=0, high=1)
    kept = as_real("kept", kept, low=0, high=1, low_open=True)
    return p / (p + kept * (1.0 - p))


@broadcasting
def unsampled_posterior(posterior: ArrayLike, kept: ArrayLike) -> NDArray[np.float64]:
    """The inverse of `undersampled_posterior`: ``kept p/(kept p + 1 - p)``."""
    p = as_real("posterior", posterior, low=0, high=1)
    kept = as_real("kept", kept, low=0, high=1, low_open=True)
    return kept * p / (kept * p + (1.0 - p))


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "s": "log-likelihood ratio",
    "eta": "majority over minority prior",
    "l": "log(eta)",
    "p": "minority posterior",
    "cp": "cost of a false positive",
    "cn": "cost of a false negative",
    "D": "Mahalanobis separability Delta",
    "t": "threshold on the standardised score",
}

ONE_OFFSET = Statement(
    name="gaussian_decisions.one_offset",
    title="Costs, weights, deployed prior, logit offset and threshold all act through one number",
    source="Elkan (IJCAI 2001) for costs; the collection is standard",
    formula=state("log(cp*exp(l)/cn) == l + log(cp/cn)", cp="positive", cn="positive", l="real"),
    steps=steps(
        (
            "the posterior is the logistic function of s - l",
            state("1/(1 + exp(-(s - log(eta)))) == exp(s)/(exp(s) + eta)", s="real", eta="[1, oo)"),
        ),
        (
            "with the posterior h above c_FP/(c_FP + c_FN), predicting the minority saves h (c_FP + c_FN)",
            state(
                "(cp/(cp + cn) + h)*cn - (1 - cp/(cp + cn) - h)*cp == h*(cp + cn)",
                h="real",
                cp="positive",
                cn="positive",
            ),
        ),
        (
            "costs add log(c_FP/c_FN) to the threshold l on s",
            state("log(cp*exp(l)/cn) == l + log(cp/cn)", cp="positive", cn="positive", l="real"),
        ),
        (
            "a deployed ratio e in place of eta adds log(e/eta)",
            state("log(e) == log(eta) + log(e/eta)", e="positive", eta="[1, oo)"),
        ),
        (
            "c_FN/c_FP = eta gives the balanced threshold 0",
            state("l + log(1/exp(l)) == 0", l="real"),
        ),
    ),
    argument="Each knob multiplies the odds by a constant, that is adds a constant to s - l.",
    mutants=mutants(
        (
            "the posterior cut is c_FN/(c_FP + c_FN)",
            state(
                "(cn/(cp + cn) + h)*cn - (1 - cn/(cp + cn) - h)*cp == h*(cp + cn)",
                h="real",
                cp="positive",
                cn="positive",
            ),
        ),
        (
            "costs enter with the opposite sign",
            state("log(cp*exp(l)/cn) == l - log(cp/cn)", cp="positive", cn="positive", l="real"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "e": "majority over minority where the rule is used",
        "h": "any real number",
    },
    rests_on=("gaussian.score_law",),
    ids=("A11",),
    functions=("cost_threshold",),
)

UNDERSAMPLING = Statement(
    name="gaussian_decisions.undersampled_posterior",
    title="Keeping a share b of the majority multiplies the majority's odds by b, and can be undone exactly",
    source="Dal Pozzolo, Caelen, Johnson, Bontempi (2015)",
    formula=state(
        "b*(p/(p + b*(1 - p)))/(b*(p/(p + b*(1 - p))) - p/(p + b*(1 - p)) + 1) == p",
        p="(0, 1)",
        b="(0, 1]",
    ),
    steps=steps(
        (
            "the sampled posterior has the odds p/(b (1 - p))",
            state(
                "(p/(p + b*(1 - p)))/(1 - p/(p + b*(1 - p))) == p/(b*(1 - p))",
                p="(0, 1)",
                b="(0, 1]",
            ),
        ),
        (
            "the map back, b q/(b q - q + 1), undoes it",
            state(
                "b*(p/(p + b*(1 - p)))/(b*(p/(p + b*(1 - p))) - p/(p + b*(1 - p)) + 1) == p",
                p="(0, 1)",
                b="(0, 1]",
            ),
        ),
        ("sampling raises the posterior", state("p/(p + b*(1 - p)) >= p", p="(0, 1)", b="(0, 1]")),
    ),
    argument="Bayes' rule with the majority prior multiplied by b.",
    mutants=mutants(
        (
            "the posterior is left as it is",
            state("p/(p + b*(1 - p)) == p", p="(0, 1)", b="(0, 1]"),
        ),
        (
            "the map back without the normaliser",
            state("b*(p/(p + b*(1 - p))) == p", p="(0, 1)", b="(0, 1]"),
        ),
    ),
    symbols={"p": "minority posterior", "b": "share of the majority that is kept"},
    rests_on=("gaussian_decisions.one_offset",),
    ids=("A11",),
    functions=("undersampled_posterior", "unsampled_posterior"),
)

LOGIT_ADJUSTMENT = Statement(
    name="gaussian_decisions.logit_adjustment",
    title="At the population level logit adjustment with tau = 1 is the balanced Bayes rule",
    source="Menon et al. (arXiv 2007.07314); rates derived here",
    formula=state("Phi(D/2 - (1 - 1)*l/D) == Phi(D/2)", l="[0, oo)", D="positive"),
    steps=steps(
        (
            "the adjusted logit s - l + tau l vanishes at the threshold (1 - tau) l/Delta",
            state("D*((1 - tau)*l/D) - l + tau*l == 0", l="[0, oo)", D="positive", tau="real"),
        ),
        (
            "tau = 1: recall and specificity are both Phi(Delta/2)",
            state(
                "Phi(D/2 - (1 - 1)*l/D) == Phi(D/2)",
                "Phi(D/2 + (1 - 1)*l/D) == Phi(D/2)",
                l="[0, oo)",
                D="positive",
            ),
        ),
        (
            "tau > 1 favours the minority",
            state("-(1 - tau)*l/D > 0", tau="(1, oo)", l="positive", D="positive"),
        ),
        (
            "tau < 1 favours the majority",
            state("-(1 - tau)*l/D < 0", tau="(-oo, 1)", l="positive", D="positive"),
        ),
    ),
    argument="The minority's log posterior odds are s - l; adjusting by tau times the log prior odds -l "
    "subtracts -tau l. The balanced rule cuts s at 0, which tau = 1 does.",
    mutants=mutants(
        (
            "the adjustment with the sign flipped: threshold 2 l/Delta",
            state("D*((1 - tau)*l/D) - l - tau*l == 0", l="[0, oo)", D="positive", tau="real"),
        ),
        (
            "any tau gives equal class accuracies",
            state(
                "Phi(D/2 - (1 - tau)*l/D) == Phi(D/2 + (1 - tau)*l/D)",
                l="[0, oo)",
                D="positive",
                tau="real",
            ),
        ),
    ),
    symbols={**_SYMBOLS, "tau": "strength of logit adjustment"},
    rests_on=("gaussian.bayes_rule", "gaussian.rates"),
    ids=("A12",),
)

THRESHOLD_METRICS = Statement(
    name="gaussian_decisions.midpoint_metrics",
    title="The midpoint alone maximises the geometric mean and Youden's index",
    source="derived here",
    formula=state_derivative(
        "log(Phi(D/2 - t)*Phi(D/2 + t))",
        "t",
        "exp(-(D/2 + t)**2/2)/sqrt(2*pi)/Phi(D/2 + t)"
        " - exp(-(D/2 - t)**2/2)/sqrt(2*pi)/Phi(D/2 - t)",
        t="real",
        D="positive",
    ),
    steps=steps(
        (
            "the slope of the log of recall times specificity",
            state_derivative(
                "log(Phi(D/2 - t)*Phi(D/2 + t))",
                "t",
                "exp(-(D/2 + t)**2/2)/sqrt(2*pi)/Phi(D/2 + t)"
                " - exp(-(D/2 - t)**2/2)/sqrt(2*pi)/Phi(D/2 - t)",
                t="real",
                D="positive",
            ),
        ),
        (
            "is a difference of hazards H = phi/Phi, and (log H)' = -(x + H)",
            state_derivative(
                "-x**2/2 - log(Phi(x))", "x", "-x - exp(-x**2/2)/sqrt(2*pi)/Phi(x)", x="real"
            ),
        ),
        (
            "negative, since 1/H is the Mills ratio M at -x and -x M < 1",
            state("-H*(x + H) < 0", given="-x < H", x="real", H="positive"),
        ),
        (
            "Youden's index is 1 - 2 BER",
            state(
                "Phi(D/2 - t) - Phi(-D/2 - t) == 1 - (Phi(-D/2 + t) + Phi(-D/2 - t))",
                t="real",
                D="positive",
            ),
        ),
        (
            "F1 is not of this kind: at eta = 10, Delta = 2 it is better at the Bayes threshold",
            state_failure(
                "2*Phi(D/2)/(1 + Phi(D/2) + 10*Phi(-D/2))"
                " >= 2*Phi(D/2 - log(10)/D)/(1 + Phi(D/2 - log(10)/D) + 10*Phi(-D/2 - log(10)/D))",
                D="[2, 2]",
            ),
        ),
    ),
    argument="H decreases, so for t > 0 the hazard at Delta/2 + t is below that at Delta/2 - t and the "
    "slope is negative; by symmetry it is positive for t < 0. The statement on the balanced error "
    "gives Youden's index.",
    mutants=mutants(
        (
            "the geometric mean is the same at every threshold",
            state("Phi(D/2 - t)*Phi(D/2 + t) == Phi(D/2)**2", t="real", D="positive"),
        ),
        (
            "it is greatest at the Bayes threshold",
            state(
                "Phi(D/2 - log(eta)/D)*Phi(D/2 + log(eta)/D) >= Phi(D/2)**2",
                eta="[1, oo)",
                D="positive",
            ),
        ),
    ),
    symbols={**_SYMBOLS, "x": "any real number", "H": "phi(x)/Phi(x)"},
    rests_on=("gaussian_curves.mills_ratio", "gaussian.balanced_error_is_least_at_the_midpoint"),
    ids=("A9",),
    functions=("geometric_mean", "youden_index"),
)

BAYES_ERROR_RATE = Statement(
    name="gaussian_decisions.bayes_error",
    title="The Bayes error is concave in the minority prior, at most that prior, greatest at balance",
    source="classical; the derivative is the envelope theorem",
    formula=state_derivative(
        "p*Phi(-D/2 + log((1 - p)/p)/D) + (1 - p)*Phi(-D/2 - log((1 - p)/p)/D)",
        "p",
        "Phi(-D/2 + log((1 - p)/p)/D) - Phi(-D/2 - log((1 - p)/p)/D)",
        p="(0, 1)",
        D="positive",
    ),
    steps=steps(
        (
            "the slope in the minority prior p is the minority's error minus the majority's",
            state_derivative(
                "p*Phi(-D/2 + log((1 - p)/p)/D) + (1 - p)*Phi(-D/2 - log((1 - p)/p)/D)",
                "p",
                "Phi(-D/2 + log((1 - p)/p)/D) - Phi(-D/2 - log((1 - p)/p)/D)",
                p="(0, 1)",
                D="positive",
            ),
        ),
        (
            "that difference, in L = log((1 - p)/p), has the slope",
            state_derivative(
                "Phi(-D/2 + L/D) - Phi(-D/2 - L/D)",
                "L",
                "(exp(-(L/D - D/2)**2/2) + exp(-(L/D + D/2)**2/2))/(sqrt(2*pi)*D)",
                L="real",
                D="positive",
            ),
        ),
        (
            "which is positive",
            state(
                "(exp(-(L/D - D/2)**2/2) + exp(-(L/D + D/2)**2/2))/(sqrt(2*pi)*D) > 0",
                L="real",
                D="positive",
            ),
        ),
        (
            "L falls as p grows",
            state_derivative("log((1 - p)/p)", "p", "-1/(p*(1 - p))", p="(0, 1)"),
        ),
        (
            "at balance (L = 0) the slope vanishes and the error is Phi(-Delta/2)",
            state(
                "Phi(-D/2 + log((1 - 1/2)/(1/2))/D) - Phi(-D/2 - log((1 - 1/2)/(1/2))/D) == 0",
                "Phi(-D/2 + log((1 - 1/2)/(1/2))/D)/2 + Phi(-D/2 - log((1 - 1/2)/(1/2))/D)/2"
                " == Phi(-D/2)",
                D="positive",
            ),
        ),
        (
            "log ratio of the weighted densities at h beyond the Bayes threshold: it has h's sign",
            state(
                "-(log(eta)/D + h - D/2)**2/2 + (log(eta)/D + h + D/2)**2/2 - log(eta) == D*h",
                eta="[1, oo)",
                h="real",
                D="positive",
            ),
        ),
    ),
    argument="The error's slope in the threshold is the minority's weighted density less the "
    "majority's, so by the last step the error is least at the Bayes threshold and rises beyond it, "
    "towards 1/(1+eta), the error of never predicting the minority. Concavity with slope 0 at p = 1/2 "
    "makes balance the hardest prior.",
    mutants=mutants(
        (
            "the error grows with imbalance",
            state(
                "(Phi(-D/2 + log(eta)/D) + eta*Phi(-D/2 - log(eta)/D))/(1 + eta) >= Phi(-D/2)",
                eta="[1, oo)",
                D="positive",
            ),
        ),
        (
            "the classes' errors weighted the wrong way round",
            state(
                "(eta*Phi(-D/2 + log(eta)/D) + Phi(-D/2 - log(eta)/D))/(1 + eta) <= 1/(1 + eta)",
                eta="[1, oo)",
                D="positive",
            ),
        ),
        (
            "slope: the majority's error minus the minority's",
            state_derivative(
                "p*Phi(-D/2 + log((1 - p)/p)/D) + (1 - p)*Phi(-D/2 - log((1 - p)/p)/D)",
                "p",
                "Phi(-D/2 - log((1 - p)/p)/D) - Phi(-D/2 + log((1 - p)/p)/D)",
                p="(0, 1)",
                D="positive",
            ),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "p": "minority prior, 1/(1+eta)",
        "L": "log((1-p)/p), equal to log(eta)",
        "h": "distance beyond the Bayes threshold",
    },
    rests_on=("gaussian.bayes_rule", "gaussian.rates"),
    ids=("A4",),
    functions=("bayes_error",),
)

STATEMENTS = (BAYES_ERROR_RATE, ONE_OFFSET, UNDERSAMPLING, LOGIT_ADJUSTMENT, THRESHOLD_METRICS)
