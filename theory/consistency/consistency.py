"""Fisher consistency for the balanced error: which losses have the right population minimiser.

Claimed by Menon et al., "Long-tail learning via logit adjustment" (ICLR 2021), Theorem 1 and Lemma 2
(whose printed sigmoid has the wrong sign). A loss is consistent when the sign, or argmax, of its
population minimiser is the balanced Bayes rule: predict the class of largest eta_y / pi_y.
Checked by: derivatives and limits (symbolic), strict convexity (intervals), exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, broadcasting

__all__ = ["pairwise_threshold"]


@broadcasting
def pairwise_threshold(
    weight_positive: ArrayLike,
    weight_negative: ArrayLike,
    margin_positive: ArrayLike,
    margin_negative: ArrayLike,
    gamma: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """The posterior above which the binary pairwise loss predicts the positive class.

    ``t = w_- sig(g d_-) / (w_+ sig(g d_+) + w_- sig(g d_-))`` for the loss
    ``(w_y/g) log(1 + exp(g d_y) exp(-g y f))``. Weights and ``gamma`` > 0, margins real; they
    broadcast. The loss is consistent for the balanced error iff t is the positive class's prior.
    """
    gamma = as_real("gamma", gamma, low=0, low_open=True)
    positive = np.log(as_real("weight_positive", weight_positive, low=0, low_open=True))
    negative = np.log(as_real("weight_negative", weight_negative, low=0, low_open=True))
    d = as_real("margin_positive", margin_positive)
    e = as_real("margin_negative", margin_negative)
    return threshold_of_margins(negative - positive, d, e, gamma)


def threshold_of_margins(
    log_weight_ratio: NDArray[np.float64],
    d: NDArray[np.float64],
    e: NDArray[np.float64],
    gamma: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.float64]:
    """``1/(1 + sig(g d)/(r sig(g e)))`` at the log of the ratio r, negative over positive."""
    # Where both margins are far below zero the sigmoids are exponentials: their difference is exact.
    common = gamma * (np.minimum(e, 0.0) - np.minimum(d, 0.0))
    rest = np.log1p(np.exp(-gamma * np.abs(d))) - np.log1p(np.exp(-gamma * np.abs(e)))
    return expit(common + (rest + log_weight_ratio))


# ------------------------------------------------------------------------------------ statements


BINARY_PAIRWISE = statement(
    name="consistency.binary_pairwise",
    title="The binary pairwise loss is consistent iff w_+ sig(g d_+) / w_- sig(g d_-) = (1-pi)/pi",
    source="Menon et al. (ICLR 2021), Lemma 2, with the standard sigmoid",
    ids=("LA5",),
    functions=("pairwise_threshold",),
    corrects="Lemma 2 of Menon et al. needs the standard sigmoid: with sigma(z) = (1 + exp(z))^(-1), as "
    "the arXiv text reads, logit adjustment itself would fail the condition.",
    where={
        "p: (0, 1)": "prior pi = P(Y = +1)",
        "a: positive": "push of the positive class, w_+ sig(g d_+)",
        "c: positive": "push of the negative class, w_- sig(g d_-)",
        "f: real": "score; the prediction is its sign",
        "w: positive": "weight of the positive class, w_+",
        "v: positive": "weight of the negative class, w_-",
        "d: real": "margin of the positive class, d_+",
        "e: real": "margin of the negative class, d_-",
        "g: positive": "sharpness gamma of the loss",
        "h: (0, 1)": "posterior eta = P(Y = +1 | x)",
    },
    theorem=(
        "sig(z) = 1/(1 + exp(-z)), loss l(y, f) = (w_y/g) log(1 + exp(g d_y - g y f)), y = +-1, w_y > 0, g "
        "> 0, real d_y, 0 < pi < 1: for every eta in (0, 1) the risk eta l(+1, f) + (1 - eta) l(-1, f) has "
        "one minimiser f*(eta); f*(eta) > 0 iff eta > t = w_- sig(g d_-)/(w_+ sig(g d_+) + w_- sig(g "
        "d_-)); and (f*(eta) > 0 iff eta > pi, for all eta in (0, 1)) iff w_+ sig(g d_+)/(w_- sig(g d_-)) "
        "= (1 - pi)/pi",
        r"\ell(y, f) = \frac{w_y}{\gamma} \log\left(1 + e^{\gamma \delta_y - \gamma y f}\right),\; y = "
        r"\pm1,\; w_y, \gamma > 0,\; \pi \in (0, 1),\; \sigma(z) = \frac{1}{1 + e^{-z}},\; f^*(\eta) = "
        r"\operatorname{argmin}_f \left[ \eta\, \ell(+1, f) + (1 - \eta)\, \ell(-1, f) \right] : \quad "
        r"f^*(\eta) > 0 \iff \eta > t = \frac{w_- \sigma(\gamma \delta_-)}{w_+ \sigma(\gamma \delta_+) + "
        r"w_- \sigma(\gamma \delta_-)}, \qquad \left( f^*(\eta) > 0 \iff \eta > \pi \quad \forall \eta \in "
        r"(0, 1) \right) \iff \frac{w_+ \sigma(\gamma \delta_+)}{w_- \sigma(\gamma \delta_-)} = \frac{1 - "
        r"\pi}{\pi}",
    ),
    formula="c/(a + c) - p == ((1 - p)*c - p*a)/(a + c)",
    steps=(
        "risk_slope (LA5a): the slope of the conditional risk in the score f",
        state_derivative(
            "h*(w/g)*log(1 + exp(g*d)*exp(-g*f)) + (1 - h)*(v/g)*log(1 + exp(g*e)*exp(g*f))",
            "f",
            "-h*w/(1 + exp(g*f - g*d)) + (1 - h)*v/(1 + exp(-g*f - g*e))",
        ),
        "second_derivative_positive: it strictly increases: the risk is strictly convex",
        "h*w*g*exp(g*f - g*d)/(1 + exp(g*f - g*d))**2 + (1 - h)*v*g*exp(-g*f - g*e)/(1 + exp(-g*f - "
        "g*e))**2 > 0",
        "second_derivative: that is its derivative",
        state_derivative(
            "-h*w/(1 + exp(g*f - g*d)) + (1 - h)*v/(1 + exp(-g*f - g*e))",
            "f",
            "h*w*g*exp(g*f - g*d)/(1 + exp(g*f - g*d))**2 + (1 - h)*v*g*exp(-g*f - g*e)/(1 + exp(-g*f - "
            "g*e))**2",
        ),
        "slope_far_left: the slope is negative far left, so a minimiser exists ...",
        state_limit(
            "-h*w/(1 + exp(g*f - g*d)) + (1 - h)*v/(1 + exp(-g*f - g*e))",
            "-h*w",
            "f",
            "low",
        ),
        "slope_far_right: ... and positive far right",
        state_limit(
            "-h*w/(1 + exp(g*f - g*d)) + (1 - h)*v/(1 + exp(-g*f - g*e))",
            "(1 - h)*v",
            "f",
            "high",
        ),
        "slope_at_zero (LA5c): at f = 0 the slope is (t - eta) times a positive number: f* > 0 iff eta > t",
        "-h*w/(1 + exp(-g*d)) + (1 - h)*v/(1 + exp(-g*e)) == ((v/(1 + exp(-g*e)))/(w/(1 + exp(-g*d)) + "
        "v/(1 + exp(-g*e))) - h)*(w/(1 + exp(-g*d)) + v/(1 + exp(-g*e)))",
        "pushes_positive: that number is positive",
        "w/(1 + exp(-g*d)) + v/(1 + exp(-g*e)) > 0",
        "threshold_minus_prior: with pushes a = w_+ sig(g d_+), c = w_- sig(g d_-): t - pi vanishes iff pi "
        "a = (1-pi) c",
        FORMULA,
    ),
    argument="The conditional risk is strictly convex with one minimiser f*, whose sign is opposite to the "
    "slope at 0; so f* > 0 iff eta > t. The balanced Bayes rule predicts the positive class iff "
    "eta > pi. The two agree for every posterior iff t = pi, that is iff a/c = (1-pi)/pi.",
    mutants=(
        "the printed sigmoid, 1/(1 + exp(z)): logit adjustment would not satisfy the condition",
        "(1/(1 + exp(log((1 - p)/p))))/(1/(1 + exp(-log((1 - p)/p)))) == (1 - p)/p",
        "the threshold with the classes exchanged",
        "-h*w/(1 + exp(-g*d)) + (1 - h)*v/(1 + exp(-g*e)) == ((w/(1 + exp(-g*d)))/(w/(1 + exp(-g*d)) + "
        "v/(1 + exp(-g*e))) - h)*(w/(1 + exp(-g*d)) + v/(1 + exp(-g*e)))",
        "margins do not matter: t = w_-/(w_+ + w_-)",
        "(v/(1 + exp(-g*e)))/(w/(1 + exp(-g*d)) + v/(1 + exp(-g*e))) == v/(w + v)",
    ),
)


LOGIT_ADJUSTMENT = statement(
    name="consistency.logit_adjustment",
    title="Logit adjustment is consistent: population logits log(eta_y / pi_y)",
    source="Menon et al. (ICLR 2021), Theorem 1",
    ids=("LA3",),
    where={
        "h1, h2, h3: positive": "posterior of classes 1, 2, 3",
        "p1, p2, p3: positive": "prior of classes 1, 2, 3",
        "x: positive": "posterior of a class",
        "y: positive": "the model's probability of that class",
        "p: (0, 1)": "prior, two classes",
    },
    theorem=(
        "for every K, priors pi_y > 0 and posterior eta with all eta_y > 0: the minimisers over u in R^K "
        "of sum_y eta_y log(1 + sum_(j != y) (pi_j/pi_y) exp(u_j - u_y)), that is of -sum_y eta_y log "
        "softmax_y(u + log pi), are u*_y = log(eta_y/pi_y) + c, c real; so argmax_y u*_y = argmax_y "
        "eta_y/pi_y",
        r"\forall K,\; \pi_y > 0,\; \eta_y > 0 : \quad \operatorname{argmin}_{u \in \mathbb R^K} "
        r"\sum_{y=1}^K \eta_y \log\left( 1 + \sum_{j \ne y} \frac{\pi_j}{\pi_y} e^{u_j - u_y} \right) = "
        r"\left\{ \left( \log \frac{\eta_y}{\pi_y} + c \right)_{y=1}^K : c \in \mathbb R \right\}, \qquad "
        r"\text{so } \operatorname{argmax}_y u^*_y = \operatorname{argmax}_y \frac{\eta_y}{\pi_y}",
    ),
    formula="exp(log(h1/p1) + log(p1))/(exp(log(h1/p1) + log(p1)) + exp(log(h2/p2) + log(p2)) + "
    "exp(log(h3/p3) + log(p3))) == h1/(h1 + h2 + h3)",
    steps=(
        "gibbs_class_by_class: Gibbs: cross-entropy is least when the model's probability y is the "
        "posterior x, class by class",
        "x*log(x/y) - x + y >= 0",
        "adjusted_softmax_is_posterior: at u* = log(eta/pi) the adjusted softmax is the posterior (three "
        "classes)",
        FORMULA,
        "two_class_threshold: two classes: with margins +-log((1-pi)/pi) the threshold is pi",
        "(1/(1 + exp(log((1 - p)/p))))/(1/(1 + exp(-log((1 - p)/p))) + 1/(1 + exp(log((1 - p)/p)))) == p",
    ),
    argument="Summing the Gibbs inequality over classes, the risk of any probabilities exceeds that of the "
    "posterior by a non-negative divergence; u* attains the posterior, and is the only logits to "
    "do so up to a common constant. Its argmax is that of eta/pi, the balanced Bayes rule.",
    mutants=(
        "offsets -log(pi) in training",
        "exp(log(h1/p1) - log(p1))/(exp(log(h1/p1) - log(p1)) + exp(log(h2/p2) - log(p2))) == h1/(h1 + h2)",
        "weights 1/pi besides the offsets: the minimiser would still be log(eta/pi)",
        "exp(log(h1/p1) + log(p1))/(exp(log(h1/p1) + log(p1)) + exp(log(h2/p2) + log(p2))) == "
        "(h1/p1)/(h1/p1 + h2/p2)",
        "plain cross-entropy, threshold 1/2, is consistent",
        "1/(1 + 1) == p",
    ),
    rests_on=("consistency.binary_pairwise", "balanced_error.bayes_rule"),
)


LDAM_THRESHOLD = statement(
    name="consistency.ldam_not_consistent",
    title="Unweighted LDAM thresholds the posterior in (1/3, 2/3): never consistent for pi <= 1/3",
    source="derived here",
    ids=("LD7",),
    functions=("pairwise_threshold",),
    corrects="LDAM is used as a loss for balanced accuracy: without class weights no choice of its margins "
    "has the right population minimiser once one class is twice as frequent as the other.",
    where={
        "p: (0, 1)": "prior",
        "d: nonnegative": "margin of the positive class",
        "e: nonnegative": "margin of the negative class",
    },
    theorem=(
        "two classes, l(y, f) = log(1 + exp(d_y - y f)), any margins d_+, d_- >= 0, sig(z) = 1/(1 + "
        "exp(-z)): for all eta in (0, 1) the minimiser f*(eta) of the risk is positive iff eta > t = "
        "sig(d_-)/(sig(d_+) + sig(d_-)), and 1/3 < t < 2/3; so t != pi, the loss is inconsistent for the "
        "balanced error, whenever pi <= 1/3 or pi >= 2/3",
        r"K = 2,\; y = \pm1,\; \sigma(z) = \frac{1}{1 + e^{-z}},\; f^*(\eta) = \operatorname{argmin}_f "
        r"\left[ \eta\, \ell(+1, f) + (1 - \eta)\, \ell(-1, f) \right],\; \ell(y, f) = \log\left(1 + "
        r"e^{\delta_y - y f}\right) : \quad \forall \delta_+, \delta_- \ge 0,\; \eta \in (0, 1) : \quad "
        r"f^*(\eta) > 0 \iff \eta > t = \frac{\sigma(\delta_-)}{\sigma(\delta_+) + \sigma(\delta_-)}, "
        r"\qquad \frac13 < t < \frac23, \qquad \text{so } t \ne \pi \text{ (inconsistent) if } \pi \le "
        r"\tfrac13 \text{ or } \pi \ge \tfrac23",
    ),
    formula="1/3 < (1/(1 + exp(-e)))/(1/(1 + exp(-d)) + 1/(1 + exp(-e))) < 2/3",
    steps=(
        "threshold_above_one_third: the threshold exceeds 1/3",
        "1/3 < (1/(1 + exp(-e)))/(1/(1 + exp(-d)) + 1/(1 + exp(-e)))",
        "threshold_below_two_thirds: and stays below 2/3",
        "(1/(1 + exp(-e)))/(1/(1 + exp(-d)) + 1/(1 + exp(-e))) < 2/3",
        "one_third_is_approached: the range is exact: 1/3 is approached as d_+ grows at d_- = 0",
        state_limit("(1/2)/(1/(1 + exp(-d)) + 1/2)", "1/3", "d", "high"),
        "never_a_small_prior: so with a prior of at most 1/3 it is never the prior",
        state("(1/(1 + exp(-e)))/(1/(1 + exp(-d)) + 1/(1 + exp(-e))) > p", p="(0, 1/3]"),
        "never_a_large_prior: nor with a prior of at least 2/3",
        state("(1/(1 + exp(-e)))/(1/(1 + exp(-d)) + 1/(1 + exp(-e))) < p", p="[2/3, 1)"),
        "quarter_power_counterexample: counterexample: pi = 1/5, margins pi^(-1/4) and (1-pi)^(-1/4) give "
        "t > 0.47",
        "(1/(1 + exp(-(4/5)**(-1/4))))/(1/(1 + exp(-(1/5)**(-1/4))) + 1/(1 + exp(-(4/5)**(-1/4)))) > 47/100",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="LDAM is the pairwise loss with unit weights and margins d_+, d_- >= 0, so its threshold is "
    "sig(d_-)/(sig(d_+) + sig(d_-)) with both sigmoids in [1/2, 1). Consistency needs t = pi.",
    mutants=(
        "LDAM is consistent: t = pi",
        "(1/(1 + exp(-e)))/(1/(1 + exp(-d)) + 1/(1 + exp(-e))) == p",
        "the threshold lies in (2/5, 3/5)",
        "2/5 < (1/(1 + exp(-e)))/(1/(1 + exp(-d)) + 1/(1 + exp(-e))) < 3/5",
        "margins n^(-1/4) make it consistent",
        "(1/(1 + exp(-(1 - p)**(-1/4))))/(1/(1 + exp(-p**(-1/4))) + 1/(1 + exp(-(1 - p)**(-1/4)))) == p",
    ),
    rests_on=("consistency.binary_pairwise",),
)

STATEMENTS = (BINARY_PAIRWISE, LOGIT_ADJUSTMENT, LDAM_THRESHOLD)
