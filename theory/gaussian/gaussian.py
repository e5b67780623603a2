"""Two Gaussian classes in the triplet (eta, kappa, Delta): the population rule (kappa = infinity).

The score along the discriminant is N(+Delta/2, 1) for the minority (class 1) and N(-Delta/2, 1) for
the majority (class 0); eta = pi_0 / pi_1 >= 1 and l = log eta. Source: classical discriminant
analysis; the taxonomy of Essomba and Fokoue (arXiv 2601.04149). Checked by: identities, intervals,
golden values.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from ..claims.statement import Statement, mutants, state, state_derivative, state_limit, steps
from ..foundation.validation import as_real, broadcasting

__all__ = [
    "Rates",
    "bayes_balanced_error",
    "bayes_error",
    "bayes_rates",
    "boundary_shift",
    "half_recall_imbalance",
    "recall_level_log_imbalance",
    "recall_slope",
    "threshold_rates",
]


class Rates(NamedTuple):
    """Class-conditional accuracies of one rule; arrays of the broadcast shape, values in [0, 1]."""

    recall: NDArray[np.float64]
    """Minority accuracy (true positive rate)."""
    specificity: NDArray[np.float64]
    """Majority accuracy (true negative rate)."""

    @property
    def balanced_error(self) -> NDArray[np.float64]:
        """``1 - (recall + specificity) / 2``."""
        return 1.0 - 0.5 * (self.recall + self.specificity)


@broadcasting
def boundary_shift(eta: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Shift of the Bayes boundary from the midpoint towards the minority mean: ``log(eta)/Delta``.

    In Mahalanobis units. ``eta >= 1`` is majority over minority, ``Delta > 0``; they broadcast.
    """
    eta = as_real("eta", eta, low=1)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return np.log(eta) / Delta


@broadcasting
def threshold_rates(threshold: ArrayLike, Delta: ArrayLike) -> Rates:
    """Rates of "predict the minority above ``threshold``" (on the standardised score, any real)."""
    threshold = as_real("threshold", threshold)
    half = 0.5 * as_real("Delta", Delta, low=0, low_open=True)
    return Rates(ndtr(half - threshold), ndtr(half + threshold))


@broadcasting
def bayes_rates(eta: ArrayLike, Delta: ArrayLike, tau: ArrayLike = 0.0) -> Rates:
    """Rates of the population rule with logit adjustment of strength ``tau`` (0: Bayes, 1: balanced).

    ``recall = Phi(Delta/2 - (1-tau) l/Delta)``, ``specificity = Phi(Delta/2 + (1-tau) l/Delta)``.
    ``eta >= 1``, ``Delta > 0``, ``tau`` real; they broadcast.
    """
    tau = as_real("tau", tau)
    return threshold_rates((1.0 - tau) * boundary_shift(eta, Delta), Delta)


@broadcasting
def bayes_balanced_error(
    eta: ArrayLike, Delta: ArrayLike, tau: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Mean of the two class errors of `bayes_rates`, to full relative accuracy however small."""
    tau = as_real("tau", tau)
    shift = (1.0 - tau) * boundary_shift(eta, Delta)
    half = 0.5 * np.asarray(Delta, dtype=np.float64)
    return 0.5 * (ndtr(shift - half) + ndtr(-shift - half))


@broadcasting
def bayes_error(eta: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Least error rate at the training prior: ``[Phi(s - Delta/2) + eta Phi(-s - Delta/2)]/(1+eta)``.

    ``s = log(eta)/Delta``; ``eta >= 1`` and ``Delta > 0`` broadcast.
    """
    shift = boundary_shift(eta, Delta)
    eta, half = np.asarray(eta, dtype=np.float64), 0.5 * np.asarray(Delta, dtype=np.float64)
    return (ndtr(shift - half) + eta * ndtr(-shift - half)) / (1.0 + eta)


def half_recall_imbalance(Delta: ArrayLike) -> NDArray[np.float64]:
    """Imbalance at which the Bayes rule's minority recall falls to one half: ``exp(Delta^2/2)``.

    ``Delta > 0``; overflows to ``inf`` beyond ``Delta`` about 37.7.
    """
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    with np.errstate(over="ignore"):
        return np.exp(0.5 * Delta**2)


@broadcasting
def recall_level_log_imbalance(recall: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Log imbalance at which Bayes recall is ``recall``: ``Delta^2/2 - Delta Phi^-1(recall)``.

    ``recall`` in (0, 1), ``Delta > 0``; they broadcast. Negative where even balance has less recall.
    """
    recall = as_real("recall", recall, low=0, high=1, low_open=True, high_open=True)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return Delta * (0.5 * Delta - ndtri(recall))


@broadcasting
def recall_slope(eta: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Derivative of Bayes recall in ``log eta``: ``-phi(Delta/2 - log(eta)/Delta)/Delta``."""
    shift = boundary_shift(eta, Delta)
    Delta = np.asarray(Delta, dtype=np.float64)
    return -np.exp(-0.5 * (0.5 * Delta - shift) ** 2) / (np.sqrt(2.0 * np.pi) * Delta)


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "eta": "majority over minority prior",
    "D": "Mahalanobis separability Delta",
    "t": "threshold on the standardised score",
    "l": "log(eta)",
}

SCORE_LAW = Statement(
    name="gaussian.score_law",
    title="The log-likelihood ratio of the two classes is Delta t: one number decides",
    source="classical discriminant analysis",
    formula=state("-(t - D/2)**2/2 - (-(t + D/2)**2/2) == D*t", t="real", D="positive"),
    steps=steps(
        (
            "difference of the two log densities N(+D/2, 1) and N(-D/2, 1)",
            state("-(t - D/2)**2/2 - (-(t + D/2)**2/2) == D*t", t="real", D="positive"),
        ),
    ),
    argument="The normalising constants cancel.",
    mutants=mutants(
        (
            "the ratio is Delta^2 t",
            state("-(t - D/2)**2/2 - (-(t + D/2)**2/2) == D**2*t", t="real", D="positive"),
        ),
        (
            "means 0 and Delta with the same score",
            state("-(t - D)**2/2 - (-(t**2)/2) == D*t", t="real", D="positive"),
        ),
    ),
    symbols=_SYMBOLS,
    ids=("A1", "A-L1"),
)

BAYES_RULE = Statement(
    name="gaussian.bayes_rule",
    title="The Bayes boundary moves log(eta)/Delta towards the minority mean",
    source="classical discriminant analysis; Essomba and Fokoue (arXiv 2601.04149)",
    formula=state("D*(log(eta)/D) - log(eta) == 0", eta="[1, oo)", D="positive"),
    steps=steps(
        (
            "the log posterior odds Delta t - log(eta) vanish at t = log(eta)/Delta",
            state("D*(log(eta)/D) - log(eta) == 0", eta="[1, oo)", D="positive"),
        ),
        (
            "beyond the boundary, by any h > 0, the minority is predicted",
            state("D*(log(eta)/D + h) - log(eta) > 0", eta="[1, oo)", D="positive", h="positive"),
        ),
        (
            "at the boundary the two weighted densities are equal",
            state(
                "eta*exp(-(log(eta)/D + D/2)**2/2) == exp(-(log(eta)/D - D/2)**2/2)",
                eta="[1, oo)",
                D="positive",
            ),
        ),
        (
            "it is at the minority mean when log(eta) = Delta^2/2",
            state("(D**2/2)/D == D/2", D="positive"),
        ),
        (
            "logit adjustment of strength tau leaves the shift (1 - tau) log(eta)/Delta",
            state(
                "D*((1 - tau)*log(eta)/D) - log(eta) + tau*log(eta) == 0",
                eta="[1, oo)",
                D="positive",
                tau="real",
            ),
        ),
    ),
    argument="The score law gives log odds Delta t - log(eta), increasing in t with one zero.",
    mutants=mutants(
        (
            "shift log(eta)/Delta^2",
            state("D*(log(eta)/D**2) - log(eta) == 0", eta="[1, oo)", D="positive"),
        ),
        (
            "shift Delta log(eta)",
            state("D*(D*log(eta)) - log(eta) == 0", eta="[1, oo)", D="positive"),
        ),
        (
            "towards the majority mean",
            state("D*(-log(eta)/D) - log(eta) == 0", eta="[1, oo)", D="positive"),
        ),
        (
            "eta as minority over majority",
            state("D*(-log(eta)/D) - log(eta) >= 0", eta="[1, oo)", D="positive"),
        ),
        (
            "logit adjustment with the sign flipped",
            state(
                "D*((1 - tau)*log(eta)/D) - log(eta) - tau*log(eta) == 0",
                eta="[1, oo)",
                D="positive",
                tau="real",
            ),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "h": "distance beyond the boundary",
        "tau": "strength of logit adjustment",
    },
    rests_on=("gaussian.score_law",),
    ids=("A2", "A-L2"),
    functions=("boundary_shift",),
)

RATES = Statement(
    name="gaussian.rates",
    title="Beyond a threshold t lie Phi(Delta/2 - t) of the minority and Phi(-Delta/2 - t) of the majority",
    source="classical discriminant analysis",
    formula=state_derivative(
        "Phi(D/2 - t)", "t", "-exp(-(t - D/2)**2/2)/sqrt(2*pi)", t="real", D="positive"
    ),
    steps=steps(
        (
            "the minority's rate loses exactly its density N(Delta/2, 1) as t grows",
            state_derivative(
                "Phi(D/2 - t)", "t", "-exp(-(t - D/2)**2/2)/sqrt(2*pi)", t="real", D="positive"
            ),
        ),
        (
            "and vanishes at infinity",
            state_limit("Phi(D/2 - t)", "0", "t", "high", t="real", D="positive"),
        ),
        (
            "likewise the majority's with N(-Delta/2, 1)",
            state_derivative(
                "Phi(-D/2 - t)", "t", "-exp(-(t + D/2)**2/2)/sqrt(2*pi)", t="real", D="positive"
            ),
        ),
        (
            "which vanishes too",
            state_limit("Phi(-D/2 - t)", "0", "t", "high", t="real", D="positive"),
        ),
        (
            "what is left of the majority is the specificity",
            state("1 - Phi(-D/2 - t) == Phi(D/2 + t)", t="real", D="positive"),
        ),
    ),
    argument="A function with the density's negative as slope and limit 0 is the density's upper tail. "
    "The Bayes threshold t = log(eta)/Delta gives the rates of the Bayes rule.",
    mutants=mutants(
        (
            "recall Phi(Delta/2 + log(eta)/Delta): recall would rise with imbalance",
            state("Phi(D/2 + log(eta)/D) <= Phi(D/2)", eta="[1, oo)", D="positive"),
        ),
        (
            "specificity is recall's complement",
            state("Phi(D/2 - t) + Phi(D/2 + t) == 1", t="real", D="positive"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("gaussian.score_law", "gaussian.bayes_rule"),
    ids=("A3",),
    functions=("threshold_rates", "bayes_rates"),
)

HALF_RECALL = Statement(
    name="gaussian.half_recall",
    title="The Bayes rule finds less than half of the minority iff eta > exp(Delta^2/2)",
    source="derived here; the setting is that of Essomba and Fokoue (arXiv 2601.04149)",
    formula=state("Phi(D/2 - log(exp(D**2/2))/D) == 1/2", D="positive"),
    steps=steps(
        (
            "recall Phi(D/2 - log(eta)/D) is one half at eta = exp(D^2/2)",
            state("Phi(D/2 - log(exp(D**2/2))/D) == 1/2", D="positive"),
        ),
        (
            "its slope in l = log(eta) is -phi(D/2 - l/D)/D ...",
            state_derivative(
                "Phi(D/2 - l/D)",
                "l",
                "-exp(-(D/2 - l/D)**2/2)/(sqrt(2*pi)*D)",
                l="[0, oo)",
                D="positive",
            ),
        ),
        (
            "... which is negative",
            state("-exp(-(D/2 - l/D)**2/2)/(sqrt(2*pi)*D) < 0", l="[0, oo)", D="positive"),
        ),
        (
            "and at the level R = Phi(q), l = Delta^2/2 - q Delta",
            state("Phi(D/2 - (D**2/2 - D*q)/D) == Phi(q)", q="real", D="positive"),
            "A5",
        ),
        (
            "the slope is steeper at half recall, where it is -1/(Delta sqrt(2 pi)), than anywhere else",
            state("exp(-(h/D)**2/2) < 1", h="nonzero", D="positive"),
            "A6",
        ),
        (
            "and never steeper than at half recall",
            state(
                "exp(-(D/2 - l/D)**2/2)/(sqrt(2*pi)*D) <= 1/(sqrt(2*pi)*D)",
                l="[0, oo)",
                D="positive",
            ),
        ),
    ),
    argument="Recall strictly decreases in the imbalance and passes one half at exp(Delta^2/2).",
    mutants=mutants(
        ("at eta = exp(Delta)", state("Phi(D/2 - D/D) == 1/2", D="positive")),
        ("at eta = exp(Delta^2)", state("Phi(D/2 - D**2/D) == 1/2", D="positive")),
        (
            "recall rises with the imbalance",
            state("Phi(D/2 + l/D) < Phi(D/2 - l/D)", l="positive", D="positive"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "q": "normal quantile of a recall level",
        "h": "l - Delta^2/2, not zero",
    },
    rests_on=("gaussian.bayes_rule", "gaussian.rates"),
    ids=("A5", "A6"),
    functions=("half_recall_imbalance", "recall_level_log_imbalance", "recall_slope"),
)

BAYES_ERROR = Statement(
    name="gaussian.balanced_error_is_least_at_the_midpoint",
    title="No threshold has less balanced error than the midpoint's Phi(-Delta/2)",
    source="classical; derived here",
    formula=state("(Phi(-D/2 + t) + Phi(-D/2 - t))/2 >= Phi(-D/2)", t="real", D="positive"),
    steps=steps(
        (
            "the slope of the balanced error in the threshold",
            state_derivative(
                "(Phi(-D/2 + t) + Phi(-D/2 - t))/2",
                "t",
                "(exp(-(t - D/2)**2/2) - exp(-(t + D/2)**2/2))/(2*sqrt(2*pi))",
                t="real",
                D="positive",
            ),
        ),
        (
            "it is positive right of the midpoint",
            state("exp(-(t - D/2)**2/2) > exp(-(t + D/2)**2/2)", t="positive", D="positive"),
        ),
        (
            "and negative left of it",
            state("exp(-(t - D/2)**2/2) < exp(-(t + D/2)**2/2)", t="negative", D="positive"),
        ),
        (
            "the value there",
            state("(Phi(-D/2 + 0) + Phi(-D/2 - 0))/2 == Phi(-D/2)", D="positive"),
        ),
        (
            "far from the midpoint it is that of guessing",
            state_limit(
                "(Phi(-D/2 + t) + Phi(-D/2 - t))/2", "1/2", "t", "high", t="positive", D="positive"
            ),
        ),
    ),
    argument="The slope has the sign of t, so t = 0 is the one minimum, and at the Bayes threshold "
    "t = log(eta)/Delta the balanced error increases with the imbalance, to 1/2.",
    mutants=mutants(
        (
            "the Bayes threshold is as good: balanced error does not depend on t",
            state("(Phi(-D/2 + t) + Phi(-D/2 - t))/2 == Phi(-D/2)", t="real", D="positive"),
        ),
        (
            "the minimum is Phi(-Delta)",
            state("(Phi(-D/2 + t) + Phi(-D/2 - t))/2 <= Phi(-D)", t="real", D="positive"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("gaussian.rates",),
    ids=("A9",),
    functions=("bayes_balanced_error",),
)

STATEMENTS = (SCORE_LAW, BAYES_RULE, RATES, HALF_RECALL, BAYES_ERROR)
