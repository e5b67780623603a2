"""Fisher consistency for the balanced error: which losses have the right population minimiser.

Claimed by Menon et al., "Long-tail learning via logit adjustment" (ICLR 2021), Theorem 1 and Lemma 2
(whose printed sigmoid has the wrong sign). A loss is consistent when the sign, or argmax, of its
population minimiser is the balanced Bayes rule: predict the class of largest eta_y / pi_y.
Checked by: derivatives and limits (symbolic), strict convexity (intervals), exact witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from ..claims.statement import Statement, mutants, state, state_derivative, state_limit, steps
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

_BINARY = {"w": "positive", "v": "positive", "d": "real", "e": "real", "g": "positive"}
_POSTERIOR = {**_BINARY, "h": "(0, 1)"}
_PUSHES = {"a": "positive", "c": "positive"}
_RISK = "h*(w/g)*log(1 + exp(g*d)*exp(-g*f)) + (1 - h)*(v/g)*log(1 + exp(g*e)*exp(g*f))"
_SLOPE = "-h*w/(1 + exp(g*f - g*d)) + (1 - h)*v/(1 + exp(-g*f - g*e))"
_THRESHOLD = "(v/(1 + exp(-g*e)))/(w/(1 + exp(-g*d)) + v/(1 + exp(-g*e)))"

BINARY_PAIRWISE = Statement(
    name="consistency.binary_pairwise",
    title="The binary pairwise loss is consistent iff w_+ sig(g d_+) / w_- sig(g d_-) = (1-pi)/pi",
    source="Menon et al. (ICLR 2021), Lemma 2, with the standard sigmoid",
    formula=state("c/(a + c) - p == ((1 - p)*c - p*a)/(a + c)", p="(0, 1)", **_PUSHES),
    steps=steps(
        (
            "the slope of the conditional risk in the score f",
            state_derivative(_RISK, "f", _SLOPE, f="real", **_POSTERIOR),
            "LA5a",
        ),
        (
            "it strictly increases: the risk is strictly convex",
            state(
                "h*w*g*exp(g*f - g*d)/(1 + exp(g*f - g*d))**2"
                " + (1 - h)*v*g*exp(-g*f - g*e)/(1 + exp(-g*f - g*e))**2 > 0",
                f="real",
                **_POSTERIOR,
            ),
        ),
        (
            "that is its derivative",
            state_derivative(
                _SLOPE,
                "f",
                "h*w*g*exp(g*f - g*d)/(1 + exp(g*f - g*d))**2"
                " + (1 - h)*v*g*exp(-g*f - g*e)/(1 + exp(-g*f - g*e))**2",
                f="real",
                **_POSTERIOR,
            ),
        ),
        (
            "the slope is negative far left, so a minimiser exists ...",
            state_limit(_SLOPE, "-h*w", "f", "low", f="real", **_POSTERIOR),
        ),
        (
            "... and positive far right",
            state_limit(_SLOPE, "(1 - h)*v", "f", "high", f="real", **_POSTERIOR),
        ),
        (
            "at f = 0 the slope is (t - eta) times a positive number: f* > 0 iff eta > t",
            state(
                "-h*w/(1 + exp(-g*d)) + (1 - h)*v/(1 + exp(-g*e))"
                f" == ({_THRESHOLD} - h)*(w/(1 + exp(-g*d)) + v/(1 + exp(-g*e)))",
                **_POSTERIOR,
            ),
            "LA5c",
        ),
        (
            "that number is positive",
            state("w/(1 + exp(-g*d)) + v/(1 + exp(-g*e)) > 0", **_BINARY),
        ),
        (
            "with pushes a = w_+ sig(g d_+), c = w_- sig(g d_-): t - pi vanishes iff pi a = (1-pi) c",
            state("c/(a + c) - p == ((1 - p)*c - p*a)/(a + c)", p="(0, 1)", **_PUSHES),
        ),
    ),
    argument="The conditional risk is strictly convex with one minimiser f*, whose sign is opposite to "
    "the slope at 0; so f* > 0 iff eta > t. The balanced Bayes rule predicts the positive class iff "
    "eta > pi. The two agree for every posterior iff t = pi, that is iff a/c = (1-pi)/pi.",
    mutants=mutants(
        (
            "the printed sigmoid, 1/(1 + exp(z)): logit adjustment would not satisfy the condition",
            state(
                "(1/(1 + exp(log((1 - p)/p))))/(1/(1 + exp(-log((1 - p)/p)))) == (1 - p)/p",
                p="(0, 1)",
            ),
        ),
        (
            "the threshold with the classes exchanged",
            state(
                "-h*w/(1 + exp(-g*d)) + (1 - h)*v/(1 + exp(-g*e)) == ((w/(1 + exp(-g*d)))"
                "/(w/(1 + exp(-g*d)) + v/(1 + exp(-g*e))) - h)"
                "*(w/(1 + exp(-g*d)) + v/(1 + exp(-g*e)))",
                **_POSTERIOR,
            ),
        ),
        (
            "margins do not matter: t = w_-/(w_+ + w_-)",
            state(f"{_THRESHOLD} == v/(w + v)", **_BINARY),
        ),
    ),
    symbols={
        "f": "score; the prediction is its sign",
        "h": "posterior eta = P(Y = +1 | x)",
        "w": "weight of the positive class, w_+",
        "v": "weight of the negative class, w_-",
        "d": "margin of the positive class, d_+",
        "e": "margin of the negative class, d_-",
        "g": "sharpness gamma of the loss",
        "p": "prior pi = P(Y = +1)",
        "a": "push of the positive class, w_+ sig(g d_+)",
        "c": "push of the negative class, w_- sig(g d_-)",
    },
    ids=("LA5",),
    functions=("pairwise_threshold",),
    corrects="Lemma 2 of Menon et al. needs the standard sigmoid: with sigma(z) = (1 + exp(z))^(-1), as the "
    "arXiv text reads, logit adjustment itself would fail the condition.",
)

_CE_TANGENT = "x*log(x/y) - x + y >= 0"

LOGIT_ADJUSTMENT = Statement(
    name="consistency.logit_adjustment",
    title="Logit adjustment is consistent: population logits log(eta_y / pi_y) (three classes)",
    source="Menon et al. (ICLR 2021), Theorem 1",
    formula=state(
        "exp(log(h1/p1) + log(p1))"
        "/(exp(log(h1/p1) + log(p1)) + exp(log(h2/p2) + log(p2)) + exp(log(h3/p3) + log(p3)))"
        " == h1/(h1 + h2 + h3)",
        **{f"{letter}{k}": "positive" for letter in "hp" for k in (1, 2, 3)},
    ),
    steps=steps(
        (
            "Gibbs: cross-entropy is least when the model's probability y is the posterior x, class by class",
            state(_CE_TANGENT, x="positive", y="positive"),
        ),
        (
            "at u* = log(eta/pi) the adjusted softmax is the posterior (three classes)",
            state(
                "exp(log(h1/p1) + log(p1))"
                "/(exp(log(h1/p1) + log(p1)) + exp(log(h2/p2) + log(p2)) + exp(log(h3/p3) + log(p3)))"
                " == h1/(h1 + h2 + h3)",
                **{f"{letter}{k}": "positive" for letter in "hp" for k in (1, 2, 3)},
            ),
        ),
        (
            "two classes: with margins +-log((1-pi)/pi) the threshold is pi",
            state(
                "(1/(1 + exp(log((1 - p)/p))))"
                "/(1/(1 + exp(-log((1 - p)/p))) + 1/(1 + exp(log((1 - p)/p)))) == p",
                p="(0, 1)",
            ),
        ),
    ),
    argument="Summing the Gibbs inequality over classes, the risk of any probabilities exceeds that of "
    "the posterior by a non-negative divergence; u* attains the posterior, and is the only logits to do "
    "so up to a common constant. Its argmax is that of eta/pi, the balanced Bayes rule.",
    mutants=mutants(
        (
            "offsets -log(pi) in training",
            state(
                "exp(log(h1/p1) - log(p1))/(exp(log(h1/p1) - log(p1)) + exp(log(h2/p2) - log(p2)))"
                " == h1/(h1 + h2)",
                **{f"{letter}{k}": "positive" for letter in "hp" for k in (1, 2)},
            ),
        ),
        (
            "weights 1/pi besides the offsets: the minimiser would still be log(eta/pi)",
            state(
                "exp(log(h1/p1) + log(p1))/(exp(log(h1/p1) + log(p1)) + exp(log(h2/p2) + log(p2)))"
                " == (h1/p1)/(h1/p1 + h2/p2)",
                **{f"{letter}{k}": "positive" for letter in "hp" for k in (1, 2)},
            ),
        ),
        (
            "plain cross-entropy, threshold 1/2, is consistent",
            state("1/(1 + 1) == p", p="(0, 1)"),
        ),
    ),
    symbols={"h1": "posterior of class 1", "p1": "prior of class 1", "p": "prior, two classes"},
    rests_on=("consistency.binary_pairwise", "balanced_error.bayes_rule"),
    ids=("LA3",),
)

_LDAM = "(1/(1 + exp(-e)))/(1/(1 + exp(-d)) + 1/(1 + exp(-e)))"
_MARGINS = {"d": "nonnegative", "e": "nonnegative"}

LDAM_THRESHOLD = Statement(
    name="consistency.ldam_not_consistent",
    title="Unweighted LDAM thresholds the posterior in (1/3, 2/3): never consistent for pi <= 1/3",
    source="derived here",
    formula=state(f"1/3 < {_LDAM} < 2/3", **_MARGINS),
    steps=steps(
        ("the threshold exceeds 1/3", state(f"1/3 < {_LDAM}", **_MARGINS)),
        ("and stays below 2/3", state(f"{_LDAM} < 2/3", **_MARGINS)),
        (
            "the range is exact: 1/3 is approached as d_+ grows at d_- = 0",
            state_limit("(1/2)/(1/(1 + exp(-d)) + 1/2)", "1/3", "d", "high", d="nonnegative"),
        ),
        (
            "so with a prior of at most 1/3 it is never the prior",
            state(f"{_LDAM} > p", p="(0, 1/3]", **_MARGINS),
        ),
        (
            "nor with a prior of at least 2/3",
            state(f"{_LDAM} < p", p="[2/3, 1)", **_MARGINS),
        ),
        (
            "counterexample: pi = 1/5, margins pi^(-1/4) and (1-pi)^(-1/4) give t > 0.47",
            state(
                "(1/(1 + exp(-(4/5)**(-1/4))))"
                "/(1/(1 + exp(-(1/5)**(-1/4))) + 1/(1 + exp(-(4/5)**(-1/4)))) > 47/100"
            ),
        ),
    ),
    argument="LDAM is the pairwise loss with unit weights and margins d_+, d_- >= 0, so its threshold is "
    "sig(d_-)/(sig(d_+) + sig(d_-)) with both sigmoids in [1/2, 1). Consistency needs t = pi.",
    mutants=mutants(
        ("LDAM is consistent: t = pi", state(f"{_LDAM} == p", p="(0, 1)", **_MARGINS)),
        ("the threshold lies in (2/5, 3/5)", state(f"2/5 < {_LDAM} < 3/5", **_MARGINS)),
        (
            "margins n^(-1/4) make it consistent",
            state(
                "(1/(1 + exp(-(1 - p)**(-1/4))))"
                "/(1/(1 + exp(-p**(-1/4))) + 1/(1 + exp(-(1 - p)**(-1/4)))) == p",
                p="(0, 1)",
            ),
        ),
    ),
    symbols={
        "d": "margin of the positive class",
        "e": "margin of the negative class",
        "p": "prior",
    },
    rests_on=("consistency.binary_pairwise",),
    ids=("LD7",),
    functions=("pairwise_threshold",),
    corrects="LDAM is used as a loss for balanced accuracy: without class weights no choice of its "
    "margins has the right population minimiser once one class is twice as frequent as the other.",
)

STATEMENTS = (BINARY_PAIRWISE, LOGIT_ADJUSTMENT, LDAM_THRESHOLD)
