"""Decisions between two Gaussian classes: the least error, and every knob as one offset.

Source: Elkan (IJCAI 2001) for costs, Dal Pozzolo et al. (2015) for undersampling, Menon et al.
(arXiv 2007.07314) for logit adjustment. Checked by: identities and rational inequalities.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from ..claims.stating import FORMULA, state, state_derivative, state_failure, statement
from ..foundation.arrays import ArrayLike
from ..foundation.grids import cell_by_cell
from ..foundation.normal import normal_cdf
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
@cell_by_cell
def geometric_mean(threshold: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """``sqrt(recall * specificity)`` at a threshold on the standardised score; inputs broadcast.

    By logarithms: one rate may underflow where the mean of the two does not.
    """
    threshold = as_real("threshold", threshold)
    half = 0.5 * as_real("Delta", Delta, low=0, low_open=True)
    return np.exp(0.5 * (log_ndtr(half - threshold) + log_ndtr(half + threshold)))


@broadcasting
@cell_by_cell
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
    tails = normal_cdf(0.5 * Delta - threshold) - normal_cdf(-0.5 * Delta - threshold)
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


ONE_OFFSET = statement(
    name="gaussian_decisions.one_offset",
    title="Costs, weights, deployed prior, logit offset and threshold all act through one number",
    source="Elkan (IJCAI 2001) for costs; the collection is standard",
    ids=("A11",),
    functions=("cost_threshold",),
    where={
        "s: real": "log-likelihood ratio",
        "h: real": "any real number",
        "cp: positive": "cost of a false positive",
        "cn: positive": "cost of a false negative",
        "l: real": "log(eta)",
        "e: positive": "majority over minority where the rule is used",
        "eta: [1, oo)": "majority over minority prior",
        "p": "minority posterior",
        "D": "Mahalanobis separability Delta",
        "t": "threshold on the standardised score",
    },
    theorem=(
        "s = log(f_+(x)/f_-(x)), eta = pi_-/pi_+ in training, eta' = pi_-/pi_+ in deployment, the class "
        "densities f_+, f_- the same in both, costs c_FP, c_FN > 0, class weights w_+, w_- > 0, logit "
        "offset b: predicting + iff w_+ c_FN P'(+ | x) exp(b) > w_- c_FP P'(- | x), P' the deployed "
        "posterior, P'(+ | x)/P'(- | x) = exp(s)/eta', is predicting + iff s > log(eta) + log(eta'/eta) + "
        "log(c_FP/c_FN) + log(w_-/w_+) - b",
        r"s = \log \frac{f_+(x)}{f_-(x)},\; \eta = \frac{\pi_-}{\pi_+},\; \eta' = \frac{\pi'_-}{\pi'_+},\; "
        r"\frac{\mathbb P'(+ \mid x)}{\mathbb P'(- \mid x)} = \frac{e^s}{\eta'} \text{ deployed, same } "
        r"f_\pm;\; w_\pm, c_{\mathrm{FP}}, c_{\mathrm{FN}} > 0 : \quad e^{b}\, w_+ c_{\mathrm{FN}}\, "
        r"\mathbb P'(+ \mid x) > w_- c_{\mathrm{FP}}\, \mathbb P'(- \mid x) \iff s > \log \eta + \log "
        r"\frac{\eta'}{\eta} + \log \frac{c_{\mathrm{FP}}}{c_{\mathrm{FN}}} + \log \frac{w_-}{w_+} - b",
    ),
    formula="log(cp*exp(l)/cn) == l + log(cp/cn)",
    steps=(
        "posterior_is_logistic: the posterior is the logistic function of s - l",
        "1/(1 + exp(-(s - log(eta)))) == exp(s)/(exp(s) + eta)",
        "cut_on_the_posterior: with the posterior h above c_FP/(c_FP + c_FN), predicting the minority "
        "saves h (c_FP + c_FN)",
        "(cp/(cp + cn) + h)*cn - (1 - cp/(cp + cn) - h)*cp == h*(cp + cn)",
        "costs_shift_threshold: costs add log(c_FP/c_FN) to the threshold l on s",
        FORMULA,
        "deployed_prior_shifts_threshold: a deployed ratio e in place of eta adds log(e/eta)",
        "log(e) == log(eta) + log(e/eta)",
        "balancing_costs: c_FN/c_FP = eta gives the balanced threshold 0",
        "l + log(1/exp(l)) == 0",
    ),
    argument="Each knob multiplies the odds of the minority by a constant, that is adds a constant to s - "
    "l: costs and deployed prior by the steps, class weights as costs do (they scale the two risks alike), "
    "a logit offset b by definition.",
    mutants=(
        "the posterior cut is c_FN/(c_FP + c_FN)",
        "(cn/(cp + cn) + h)*cn - (1 - cn/(cp + cn) - h)*cp == h*(cp + cn)",
        "costs enter with the opposite sign",
        "log(cp*exp(l)/cn) == l - log(cp/cn)",
    ),
    rests_on=("gaussian.score_law",),
)

UNDERSAMPLING = statement(
    name="gaussian_decisions.undersampled_posterior",
    title="Keeping a share b of the majority multiplies the majority's odds by b, and can be undone exactly",
    source="Dal Pozzolo, Caelen, Johnson, Bontempi (2015)",
    ids=("A11",),
    functions=("undersampled_posterior", "unsampled_posterior"),
    where={
        "p: (0, 1)": "minority posterior",
        "b: (0, 1]": "share of the majority that is kept",
    },
    theorem=(
        "p = P(+ | x) in (0, 1), every minority example kept and each of the majority with probability b "
        "in (0, 1], by the label alone, p_b = P(+ | x, kept): p_b/(1 - p_b) = p/(b (1 - p)) and p = b "
        "p_b/(b p_b - p_b + 1)",
        r"p = \mathbb P(+ \mid x) \in (0, 1),\; \mathbb P(\text{kept} \mid x, +) = 1,\; \mathbb "
        r"P(\text{kept} \mid x, -) = b \in (0, 1],\; p_b = \mathbb P(+ \mid x, \text{kept}) : \quad "
        r"\frac{p_b}{1 - p_b} = \frac{p}{b\, (1 - p)}, \qquad p = \frac{b\, p_b}{b\, p_b - p_b + 1}",
    ),
    formula="b*(p/(p + b*(1 - p)))/(b*(p/(p + b*(1 - p))) - p/(p + b*(1 - p)) + 1) == p",
    steps=(
        "sampled_odds: the sampled posterior has the odds p/(b (1 - p))",
        "(p/(p + b*(1 - p)))/(1 - p/(p + b*(1 - p))) == p/(b*(1 - p))",
        "map_back: the map back, b q/(b q - q + 1), undoes it",
        FORMULA,
        "sampling_raises_posterior: sampling raises the posterior",
        "p/(p + b*(1 - p)) >= p",
    ),
    argument="Bayes' rule with the majority prior multiplied by b.",
    mutants=(
        "the posterior is left as it is",
        "p/(p + b*(1 - p)) == p",
        "the map back without the normaliser",
        "b*(p/(p + b*(1 - p))) == p",
    ),
    rests_on=("gaussian_decisions.one_offset",),
)

LOGIT_ADJUSTMENT = statement(
    name="gaussian_decisions.logit_adjustment",
    title="At the population level logit adjustment with tau = 1 is the balanced Bayes rule",
    source="Menon et al. (arXiv 2007.07314); rates derived here",
    ids=("A12",),
    where={
        "l: [0, oo)": "log(eta)",
        "D: positive": "Mahalanobis separability Delta",
        "tau: real": "strength of logit adjustment",
        "s": "log-likelihood ratio",
        "eta": "majority over minority prior",
        "p": "minority posterior",
        "cp": "cost of a false positive",
        "cn": "cost of a false negative",
        "t": "threshold on the standardised score",
    },
    theorem=(
        "T | minority ~ N(Delta/2, 1), T | majority ~ N(-Delta/2, 1), Delta > 0, eta = pi_-/pi_+ >= 1, "
        "real tau: the adjusted rule log(P(+ | t)/P(- | t)) - tau log(pi_+/pi_-) > 0 is t > (1 - tau) "
        "log(eta)/Delta; at tau = 1 it is t > 0, the rule of least balanced error, with recall = "
        "specificity = Phi(Delta/2)",
        r"T \mid + \sim N(\tfrac{\Delta}{2}, 1),\; T \mid - \sim N(-\tfrac{\Delta}{2}, 1),\; \Delta > 0,\; "
        r"\eta = \frac{\pi_-}{\pi_+} \ge 1 : \quad \log \frac{\mathbb P(+ \mid t)}{\mathbb P(- \mid t)} - "
        r"\tau \log \frac{\pi_+}{\pi_-} > 0 \iff t > \frac{(1 - \tau) \log \eta}{\Delta}; \qquad \tau = 1 "
        r": \; \text{rule } t > 0 \in \operatorname{argmin} \mathrm{BER}, \quad \mathrm{TPR} = "
        r"\mathrm{TNR} = \Phi\left(\tfrac{\Delta}{2}\right)",
    ),
    formula="Phi(D/2 - (1 - 1)*l/D) == Phi(D/2)",
    steps=(
        "adjusted_logit_vanishes: the adjusted logit s - l + tau l vanishes at the threshold (1 - tau) "
        "l/Delta",
        "D*((1 - tau)*l/D) - l + tau*l == 0",
        "tau_one_equal_rates: tau = 1: recall and specificity are both Phi(Delta/2)",
        ("Phi(D/2 - (1 - 1)*l/D) == Phi(D/2)", "Phi(D/2 + (1 - 1)*l/D) == Phi(D/2)"),
        "tau_above_one: tau > 1 favours the minority",
        state("-(1 - tau)*l/D > 0", tau="(1, oo)", l="positive"),
        "tau_below_one: tau < 1 favours the majority",
        state("-(1 - tau)*l/D < 0", tau="(-oo, 1)", l="positive"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The minority's log posterior odds are s - l; adjusting by tau times the log prior odds -l "
    "subtracts -tau l. The balanced rule cuts s at 0, which tau = 1 does.",
    mutants=(
        "the adjustment with the sign flipped: threshold 2 l/Delta",
        "D*((1 - tau)*l/D) - l - tau*l == 0",
        "any tau gives equal class accuracies",
        "Phi(D/2 - (1 - tau)*l/D) == Phi(D/2 + (1 - tau)*l/D)",
    ),
    rests_on=("gaussian.bayes_rule", "gaussian.rates"),
)

THRESHOLD_METRICS = statement(
    name="gaussian_decisions.midpoint_metrics",
    title="The midpoint alone maximises the geometric mean and Youden's index",
    source="derived here",
    ids=("A9",),
    functions=("geometric_mean", "youden_index"),
    where={
        "t: real": "threshold on the standardised score",
        "x: real": "any real number",
        "H: positive": "phi(x)/Phi(x)",
        "eta: [1, oo)": "majority over minority prior",
        "D: positive": "Mahalanobis separability Delta",
        "s": "log-likelihood ratio",
        "l": "log(eta)",
        "p": "minority posterior",
        "cp": "cost of a false positive",
        "cn": "cost of a false negative",
    },
    theorem=(
        "Delta > 0, TPR(t) = Phi(Delta/2 - t), TNR(t) = Phi(Delta/2 + t): for every t != 0, sqrt(TPR(t) "
        "TNR(t)) < Phi(Delta/2) = sqrt(TPR(0) TNR(0)) and TPR(t) + TNR(t) - 1 < 2 Phi(Delta/2) - 1 = "
        "TPR(0) + TNR(0) - 1",
        r"\mathrm{TPR}(t) = \Phi\left(\tfrac{\Delta}{2} - t\right),\; \mathrm{TNR}(t) = "
        r"\Phi\left(\tfrac{\Delta}{2} + t\right),\; \Delta > 0 : \quad \forall t \ne 0 : \; "
        r"\sqrt{\mathrm{TPR}(t)\, \mathrm{TNR}(t)} < \Phi\left(\tfrac{\Delta}{2}\right) \;\text{ and }\; "
        r"\mathrm{TPR}(t) + \mathrm{TNR}(t) - 1 < 2 \Phi\left(\tfrac{\Delta}{2}\right) - 1, \quad "
        r"\text{the values at } t = 0",
    ),
    formula=state_derivative(
        "log(Phi(D/2 - t)*Phi(D/2 + t))",
        "t",
        "exp(-(D/2 + t)**2/2)/sqrt(2*pi)/Phi(D/2 + t) - exp(-(D/2 - t)**2/2)/sqrt(2*pi)/Phi(D/2 - t)",
    ),
    steps=(
        "log_product_slope: the slope of the log of recall times specificity",
        FORMULA,
        "log_hazard_slope: is a difference of hazards H = phi/Phi, and (log H)' = -(x + H)",
        state_derivative("-x**2/2 - log(Phi(x))", "x", "-x - exp(-x**2/2)/sqrt(2*pi)/Phi(x)"),
        "hazard_decreases: negative, since 1/H is the Mills ratio M at -x and -x M < 1",
        state("-H*(x + H) < 0", given="-x < H"),
        "youden_from_balanced_error: Youden's index is 1 - 2 BER",
        "Phi(D/2 - t) - Phi(-D/2 - t) == 1 - (Phi(-D/2 + t) + Phi(-D/2 - t))",
        "f1_prefers_another_threshold: F1 is not of this kind: at eta = 10, Delta = 2 it is better at the "
        "Bayes threshold",
        state_failure(
            "2*Phi(D/2)/(1 + Phi(D/2) + 10*Phi(-D/2)) >= 2*Phi(D/2 - log(10)/D)/(1 + Phi(D/2 - log(10)/D) "
            "+ 10*Phi(-D/2 - log(10)/D))",
            D="[2, 2]",
        ),
    ),
    argument="H decreases, so for t > 0 the hazard at Delta/2 + t is below that at Delta/2 - t and the "
    "slope is negative; by symmetry it is positive for t < 0. The statement on the balanced error "
    "gives Youden's index.",
    mutants=(
        "the geometric mean is the same at every threshold",
        "Phi(D/2 - t)*Phi(D/2 + t) == Phi(D/2)**2",
        "it is greatest at the Bayes threshold",
        "Phi(D/2 - log(eta)/D)*Phi(D/2 + log(eta)/D) >= Phi(D/2)**2",
    ),
    rests_on=("gaussian_curves.mills_ratio", "gaussian.balanced_error_is_least_at_the_midpoint"),
)

BAYES_ERROR_RATE = statement(
    name="gaussian_decisions.bayes_error",
    title="The Bayes error is concave in the minority prior, at most that prior, greatest at balance",
    source="classical; the derivative is the envelope theorem",
    ids=("A4",),
    functions=("bayes_error",),
    where={
        "p: (0, 1)": "minority prior, 1/(1+eta)",
        "L: real": "log((1-p)/p), equal to log(eta)",
        "eta: [1, oo)": "majority over minority prior",
        "h: real": "distance beyond the Bayes threshold",
        "D: positive": "Mahalanobis separability Delta",
        "s": "log-likelihood ratio",
        "l": "log(eta)",
        "cp": "cost of a false positive",
        "cn": "cost of a false negative",
        "t": "threshold on the standardised score",
    },
    theorem=(
        "Delta > 0, p the minority prior, L = log((1 - p)/p), E(p) = p Phi(-Delta/2 + L/Delta) + (1 - p) "
        "Phi(-Delta/2 - L/Delta): E is strictly concave on (0, 1), E(p) <= E(1/2) = Phi(-Delta/2) for 0 < "
        "p < 1, and E(p) < p for 0 < p <= 1/2",
        r"\Delta > 0,\; L = \log \frac{1 - p}{p},\; E(p) = p\, \Phi\left(-\tfrac{\Delta}{2} + "
        r"\tfrac{L}{\Delta}\right) + (1 - p)\, \Phi\left(-\tfrac{\Delta}{2} - \tfrac{L}{\Delta}\right) : "
        r"\quad E \text{ strictly concave on } (0, 1), \quad E(p) \le E(\tfrac12) = "
        r"\Phi\left(-\tfrac{\Delta}{2}\right) \;\; \forall p \in (0, 1), \quad E(p) < p \;\; \forall p \in "
        r"(0, \tfrac12]",
    ),
    formula=state_derivative(
        "p*Phi(-D/2 + log((1 - p)/p)/D) + (1 - p)*Phi(-D/2 - log((1 - p)/p)/D)",
        "p",
        "Phi(-D/2 + log((1 - p)/p)/D) - Phi(-D/2 - log((1 - p)/p)/D)",
    ),
    steps=(
        "slope_in_prior: the slope in the minority prior p is the minority's error minus the majority's",
        FORMULA,
        "error_difference_slope: that difference, in L = log((1 - p)/p), has the slope",
        state_derivative(
            "Phi(-D/2 + L/D) - Phi(-D/2 - L/D)",
            "L",
            "(exp(-(L/D - D/2)**2/2) + exp(-(L/D + D/2)**2/2))/(sqrt(2*pi)*D)",
        ),
        "error_difference_rises: which is positive",
        "(exp(-(L/D - D/2)**2/2) + exp(-(L/D + D/2)**2/2))/(sqrt(2*pi)*D) > 0",
        "log_odds_fall_in_prior: L falls as p grows",
        state_derivative("log((1 - p)/p)", "p", "-1/(p*(1 - p))"),
        "balance_is_stationary: at balance (L = 0) the slope vanishes and the error is Phi(-Delta/2)",
        (
            "Phi(-D/2 + log((1 - 1/2)/(1/2))/D) - Phi(-D/2 - log((1 - 1/2)/(1/2))/D) == 0",
            "Phi(-D/2 + log((1 - 1/2)/(1/2))/D)/2 + Phi(-D/2 - log((1 - 1/2)/(1/2))/D)/2 == Phi(-D/2)",
        ),
        "density_ratio_beyond_threshold: log ratio of the weighted densities at h beyond the Bayes "
        "threshold: it has h's sign",
        "-(log(eta)/D + h - D/2)**2/2 + (log(eta)/D + h + D/2)**2/2 - log(eta) == D*h",
    ),
    argument="The error's slope in the threshold is the minority's weighted density less the majority's, "
    "so by the last step the error is least at the Bayes threshold and rises beyond it, towards "
    "1/(1+eta), the error of never predicting the minority. Concavity with slope 0 at p = 1/2 "
    "makes balance the hardest prior.",
    mutants=(
        "the error grows with imbalance",
        "(Phi(-D/2 + log(eta)/D) + eta*Phi(-D/2 - log(eta)/D))/(1 + eta) >= Phi(-D/2)",
        "the classes' errors weighted the wrong way round",
        "(eta*Phi(-D/2 + log(eta)/D) + Phi(-D/2 - log(eta)/D))/(1 + eta) <= 1/(1 + eta)",
        "slope: the majority's error minus the minority's",
        state_derivative(
            "p*Phi(-D/2 + log((1 - p)/p)/D) + (1 - p)*Phi(-D/2 - log((1 - p)/p)/D)",
            "p",
            "Phi(-D/2 - log((1 - p)/p)/D) - Phi(-D/2 + log((1 - p)/p)/D)",
        ),
    ),
    rests_on=("gaussian.bayes_rule", "gaussian.rates"),
)

STATEMENTS = (BAYES_ERROR_RATE, ONE_OFFSET, UNDERSAMPLING, LOGIT_ADJUSTMENT, THRESHOLD_METRICS)
