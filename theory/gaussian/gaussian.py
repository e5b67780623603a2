"""Two Gaussian classes in the triplet (eta, kappa, Delta): the population rule (kappa = infinity).

The score along the discriminant is N(+Delta/2, 1) for the minority (class 1) and N(-Delta/2, 1) for
the majority (class 0); eta = pi_0 / pi_1 >= 1 and l = log eta. Source: classical discriminant
analysis; the taxonomy of Essomba and Fokoue (arXiv 2601.04149). Checked by: identities, intervals,
golden values.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.grids import cell_by_cell
from ..foundation.normal import normal_cdf, normal_cdfs
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
@cell_by_cell
def threshold_rates(threshold: ArrayLike, Delta: ArrayLike) -> Rates:
    """Rates of "predict the minority above ``threshold``" (on the standardised score, any real)."""
    threshold = as_real("threshold", threshold)
    half = 0.5 * as_real("Delta", Delta, low=0, low_open=True)
    return Rates(normal_cdf(half - threshold), normal_cdf(half + threshold))


@broadcasting
@cell_by_cell(outer=False)
def bayes_rates(eta: ArrayLike, Delta: ArrayLike, tau: ArrayLike = 0.0) -> Rates:
    """Rates of the population rule with logit adjustment of strength ``tau`` (0: Bayes, 1: balanced).

    ``recall = Phi(Delta/2 - (1-tau) l/Delta)``, ``specificity = Phi(Delta/2 + (1-tau) l/Delta)``.
    ``eta >= 1``, ``Delta > 0``, ``tau`` real; they broadcast.
    """
    kept = 1.0 - as_real("tau", tau)
    log_eta = np.log(as_real("eta", eta, low=1))
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return Rates(*normal_cdfs(_bayes_quantiles, kept, log_eta, Delta))


def _bayes_quantiles(kept: Any, log_eta: Any, Delta: Any, *unused: Any) -> tuple[Any, Any]:
    shift = kept * (log_eta / Delta)
    return 0.5 * Delta - shift, 0.5 * Delta + shift


@broadcasting
@cell_by_cell
def bayes_balanced_error(
    eta: ArrayLike, Delta: ArrayLike, tau: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Mean of the two class errors of `bayes_rates`, to full relative accuracy however small."""
    tau = as_real("tau", tau)
    shift = (1.0 - tau) * boundary_shift(eta, Delta)
    half = 0.5 * np.asarray(Delta, dtype=np.float64)
    return 0.5 * (normal_cdf(shift - half) + normal_cdf(-shift - half))


@broadcasting
@cell_by_cell
def bayes_error(eta: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Least error rate at the training prior: ``[Phi(s - Delta/2) + eta Phi(-s - Delta/2)]/(1+eta)``.

    ``s = log(eta)/Delta``; ``eta >= 1`` and ``Delta > 0`` broadcast.
    """
    shift = boundary_shift(eta, Delta)
    eta, half = np.asarray(eta, dtype=np.float64), 0.5 * np.asarray(Delta, dtype=np.float64)
    return (normal_cdf(shift - half) + eta * normal_cdf(-shift - half)) / (1.0 + eta)


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


SCORE_LAW = statement(
    name="gaussian.score_law",
    title="The log-likelihood ratio of the two classes is Delta t: one number decides",
    source="classical discriminant analysis",
    ids=("A1", "A-L1"),
    where={
        "t: real": "threshold on the standardised score",
        "D: positive": "Mahalanobis separability Delta",
        "eta": "majority over minority prior",
        "l": "log(eta)",
    },
    theorem=(
        "T | minority ~ N(Delta/2, 1), T | majority ~ N(-Delta/2, 1), Delta > 0, phi the standard normal "
        "density: log(phi(t - Delta/2)/phi(t + Delta/2)) = Delta t for all real t",
        r"T \mid + \sim N(\tfrac{\Delta}{2}, 1),\; T \mid - \sim N(-\tfrac{\Delta}{2}, 1),\; \Delta > 0 : "
        r"\quad \log \frac{f_+(t)}{f_-(t)} = \log \frac{\phi(t - \Delta/2)}{\phi(t + \Delta/2)} = \Delta\, "
        r"t \quad \forall t \in \mathbb R",
    ),
    formula="-(t - D/2)**2/2 - (-(t + D/2)**2/2) == D*t",
    steps=(
        "log_density_difference: difference of the two log densities N(+D/2, 1) and N(-D/2, 1)",
        FORMULA,
    ),
    argument="The normalising constants cancel.",
    mutants=(
        "the ratio is Delta^2 t",
        "-(t - D/2)**2/2 - (-(t + D/2)**2/2) == D**2*t",
        "means 0 and Delta with the same score",
        "-(t - D)**2/2 - (-(t**2)/2) == D*t",
    ),
)

BAYES_RULE = statement(
    name="gaussian.bayes_rule",
    title="The Bayes boundary moves log(eta)/Delta towards the minority mean",
    source="classical discriminant analysis; Essomba and Fokoue (arXiv 2601.04149)",
    ids=("A2", "A-L2"),
    functions=("boundary_shift",),
    where={
        "eta: [1, oo)": "majority over minority prior",
        "D: positive": "Mahalanobis separability Delta",
        "h: positive": "distance beyond the boundary",
        "tau: real": "strength of logit adjustment",
        "t": "threshold on the standardised score",
        "l": "log(eta)",
    },
    theorem=(
        "T | minority ~ N(Delta/2, 1), T | majority ~ N(-Delta/2, 1), Delta > 0, eta = pi_-/pi_+ >= 1: "
        "log(P(+ | t)/P(- | t)) = Delta t - log(eta), so P(+ | t) > 1/2 iff t > log(eta)/Delta (midpoint "
        "0, minority mean Delta/2); adding tau log(eta) to the log odds moves the boundary to (1 - tau) "
        "log(eta)/Delta",
        r"T \mid + \sim N(\tfrac{\Delta}{2}, 1),\; T \mid - \sim N(-\tfrac{\Delta}{2}, 1),\; \Delta > 0,\; "
        r"\eta = \frac{\pi_-}{\pi_+} \ge 1 : \quad \log \frac{\mathbb P(+ \mid t)}{\mathbb P(- \mid t)} = "
        r"\Delta t - \log \eta, \qquad \mathbb P(+ \mid t) > \tfrac12 \iff t > t^* = \frac{\log "
        r"\eta}{\Delta}; \qquad \Delta t - \log \eta + \tau \log \eta > 0 \iff t > \frac{(1 - \tau) \log "
        r"\eta}{\Delta} \quad \forall \tau \in \mathbb R",
    ),
    formula="D*(log(eta)/D) - log(eta) == 0",
    steps=(
        "log_odds_vanish_at_boundary: the log posterior odds Delta t - log(eta) vanish at t = log(eta)/Delta",
        FORMULA,
        "minority_beyond_boundary: beyond the boundary, by any h > 0, the minority is predicted",
        "D*(log(eta)/D + h) - log(eta) > 0",
        "weighted_densities_meet: at the boundary the two weighted densities are equal",
        "eta*exp(-(log(eta)/D + D/2)**2/2) == exp(-(log(eta)/D - D/2)**2/2)",
        "boundary_at_minority_mean: it is at the minority mean when log(eta) = Delta^2/2",
        "(D**2/2)/D == D/2",
        "adjusted_boundary: logit adjustment of strength tau leaves the shift (1 - tau) log(eta)/Delta",
        "D*((1 - tau)*log(eta)/D) - log(eta) + tau*log(eta) == 0",
    ),
    argument="The score law gives log odds Delta t - log(eta), increasing in t with one zero.",
    mutants=(
        "shift log(eta)/Delta^2",
        "D*(log(eta)/D**2) - log(eta) == 0",
        "shift Delta log(eta)",
        "D*(D*log(eta)) - log(eta) == 0",
        "towards the majority mean",
        "D*(-log(eta)/D) - log(eta) == 0",
        "eta as minority over majority",
        "D*(-log(eta)/D) - log(eta) >= 0",
        "logit adjustment with the sign flipped",
        "D*((1 - tau)*log(eta)/D) - log(eta) - tau*log(eta) == 0",
    ),
    rests_on=("gaussian.score_law",),
)

RATES = statement(
    name="gaussian.rates",
    title="Beyond a threshold t lie Phi(Delta/2 - t) of the minority and Phi(-Delta/2 - t) of the majority",
    source="classical discriminant analysis",
    ids=("A3",),
    functions=("threshold_rates", "bayes_rates"),
    where={
        "t: real": "threshold on the standardised score",
        "eta: [1, oo)": "majority over minority prior",
        "D: positive": "Mahalanobis separability Delta",
        "l": "log(eta)",
    },
    theorem=(
        "T | minority ~ N(Delta/2, 1), T | majority ~ N(-Delta/2, 1), Delta > 0: P(T > t | +) = "
        "Phi(Delta/2 - t) and P(T > t | -) = Phi(-Delta/2 - t) for all real t; so at the Bayes threshold t "
        "= log(eta)/Delta recall is Phi(Delta/2 - log(eta)/Delta) and specificity Phi(Delta/2 + "
        "log(eta)/Delta)",
        r"T \mid + \sim N(\tfrac{\Delta}{2}, 1),\; T \mid - \sim N(-\tfrac{\Delta}{2}, 1),\; \Delta > 0 : "
        r"\quad \mathbb P(T > t \mid +) = \Phi\left(\tfrac{\Delta}{2} - t\right), \quad \mathbb P(T > t "
        r"\mid -) = \Phi\left(-\tfrac{\Delta}{2} - t\right) \quad \forall t \in \mathbb R; \qquad t = "
        r"\frac{\log \eta}{\Delta} : \; \mathrm{TPR} = \Phi\left(\tfrac{\Delta}{2} - \tfrac{\log "
        r"\eta}{\Delta}\right), \; \mathrm{TNR} = \Phi\left(\tfrac{\Delta}{2} + \tfrac{\log "
        r"\eta}{\Delta}\right)",
    ),
    formula=state_derivative("Phi(D/2 - t)", "t", "-exp(-(t - D/2)**2/2)/sqrt(2*pi)"),
    steps=(
        "minority_rate_slope: the minority's rate loses exactly its density N(Delta/2, 1) as t grows",
        FORMULA,
        "minority_rate_vanishes: and vanishes at infinity",
        state_limit("Phi(D/2 - t)", "0", "t", "high"),
        "majority_rate_slope: likewise the majority's with N(-Delta/2, 1)",
        state_derivative("Phi(-D/2 - t)", "t", "-exp(-(t + D/2)**2/2)/sqrt(2*pi)"),
        "majority_rate_vanishes: which vanishes too",
        state_limit("Phi(-D/2 - t)", "0", "t", "high"),
        "specificity: what is left of the majority is the specificity",
        "1 - Phi(-D/2 - t) == Phi(D/2 + t)",
    ),
    argument="A function with the density's negative as slope and limit 0 is the density's upper tail. The "
    "Bayes threshold t = log(eta)/Delta gives the rates of the Bayes rule.",
    mutants=(
        "recall Phi(Delta/2 + log(eta)/Delta): recall would rise with imbalance",
        "Phi(D/2 + log(eta)/D) <= Phi(D/2)",
        "specificity is recall's complement",
        "Phi(D/2 - t) + Phi(D/2 + t) == 1",
    ),
    rests_on=("gaussian.score_law", "gaussian.bayes_rule"),
)

HALF_RECALL = statement(
    name="gaussian.half_recall",
    title="The Bayes rule finds less than half of the minority iff eta > exp(Delta^2/2)",
    source="derived here; the setting is that of Essomba and Fokoue (arXiv 2601.04149)",
    ids=("A5", "A6"),
    functions=("half_recall_imbalance", "recall_level_log_imbalance", "recall_slope"),
    where={
        "l: [0, oo)": "log(eta)",
        "q: real": "normal quantile of a recall level",
        "h: nonzero": "l - Delta^2/2, not zero",
        "D: positive": "Mahalanobis separability Delta",
        "eta": "majority over minority prior",
        "t": "threshold on the standardised score",
    },
    theorem=(
        "Delta > 0, eta >= 1: the Bayes rule's recall Phi(Delta/2 - log(eta)/Delta) < 1/2 iff eta > "
        "exp(Delta^2/2)",
        r"\forall \Delta > 0,\; \eta \ge 1 : \quad \mathrm{TPR}(\eta) = \Phi\left(\frac{\Delta}{2} - "
        r"\frac{\log \eta}{\Delta}\right) < \frac12 \iff \eta > e^{\Delta^2/2}",
    ),
    formula="Phi(D/2 - log(exp(D**2/2))/D) == 1/2",
    steps=(
        "half_at_critical_imbalance: recall Phi(D/2 - log(eta)/D) is one half at eta = exp(D^2/2)",
        FORMULA,
        "recall_slope: its slope in l = log(eta) is -phi(D/2 - l/D)/D ...",
        state_derivative("Phi(D/2 - l/D)", "l", "-exp(-(D/2 - l/D)**2/2)/(sqrt(2*pi)*D)"),
        "slope_negative: ... which is negative",
        "-exp(-(D/2 - l/D)**2/2)/(sqrt(2*pi)*D) < 0",
        "any_recall_level (A5): and at the level R = Phi(q), l = Delta^2/2 - q Delta",
        "Phi(D/2 - (D**2/2 - D*q)/D) == Phi(q)",
        "steepest_only_at_half (A6): the slope is steeper at half recall, where it is -1/(Delta sqrt(2 "
        "pi)), than anywhere else",
        "exp(-(h/D)**2/2) < 1",
        "never_steeper: and never steeper than at half recall",
        "exp(-(D/2 - l/D)**2/2)/(sqrt(2*pi)*D) <= 1/(sqrt(2*pi)*D)",
    ),
    argument="Recall strictly decreases in the imbalance and passes one half at exp(Delta^2/2).",
    mutants=(
        "at eta = exp(Delta)",
        "Phi(D/2 - D/D) == 1/2",
        "at eta = exp(Delta^2)",
        "Phi(D/2 - D**2/D) == 1/2",
        "recall rises with the imbalance",
        state("Phi(D/2 + l/D) < Phi(D/2 - l/D)", l="positive"),
    ),
    rests_on=("gaussian.bayes_rule", "gaussian.rates"),
)

BAYES_ERROR = statement(
    name="gaussian.balanced_error_is_least_at_the_midpoint",
    title="No threshold has less balanced error than the midpoint's Phi(-Delta/2)",
    source="classical; derived here",
    ids=("A9",),
    functions=("bayes_balanced_error",),
    where={
        "t: real": "threshold on the standardised score",
        "D: positive": "Mahalanobis separability Delta",
        "eta": "majority over minority prior",
        "l": "log(eta)",
    },
    theorem=(
        "for all Delta > 0 and real t: BER(t) = (Phi(-Delta/2 + t) + Phi(-Delta/2 - t))/2 >= Phi(-Delta/2) "
        "= BER(0), with equality iff t = 0",
        r"\forall \Delta > 0,\; t \in \mathbb R : \quad \mathrm{BER}(t) = \tfrac12 \left[ "
        r"\Phi\left(-\tfrac{\Delta}{2} + t\right) + \Phi\left(-\tfrac{\Delta}{2} - t\right) \right] \ge "
        r"\Phi\left(-\tfrac{\Delta}{2}\right) = \mathrm{BER}(0), \qquad \text{equality} \iff t = 0",
    ),
    formula="(Phi(-D/2 + t) + Phi(-D/2 - t))/2 >= Phi(-D/2)",
    steps=(
        "slope_in_threshold: the slope of the balanced error in the threshold",
        state_derivative(
            "(Phi(-D/2 + t) + Phi(-D/2 - t))/2",
            "t",
            "(exp(-(t - D/2)**2/2) - exp(-(t + D/2)**2/2))/(2*sqrt(2*pi))",
        ),
        "rises_right_of_midpoint: it is positive right of the midpoint",
        state("exp(-(t - D/2)**2/2) > exp(-(t + D/2)**2/2)", t="positive"),
        "falls_left_of_midpoint: and negative left of it",
        state("exp(-(t - D/2)**2/2) < exp(-(t + D/2)**2/2)", t="negative"),
        "value_at_midpoint: the value there",
        "(Phi(-D/2 + 0) + Phi(-D/2 - 0))/2 == Phi(-D/2)",
        "guessing_far_away: far from the midpoint it is that of guessing",
        state_limit("(Phi(-D/2 + t) + Phi(-D/2 - t))/2", "1/2", "t", "high", t="positive"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The slope has the sign of t, so t = 0 is the one minimum, and at the Bayes threshold t = "
    "log(eta)/Delta the balanced error increases with the imbalance, to 1/2.",
    mutants=(
        "the Bayes threshold is as good: balanced error does not depend on t",
        "(Phi(-D/2 + t) + Phi(-D/2 - t))/2 == Phi(-D/2)",
        "the minimum is Phi(-Delta)",
        "(Phi(-D/2 + t) + Phi(-D/2 - t))/2 <= Phi(-D)",
    ),
    rests_on=("gaussian.rates",),
)

STATEMENTS = (SCORE_LAW, BAYES_RULE, RATES, HALF_RECALL, BAYES_ERROR)
