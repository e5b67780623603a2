"""Losses that spare rare classes as negatives: softmax equalisation and seesaw loss for the balanced error.

Claimed to balance by Tan et al. (CVPR 2020) and Wang et al. (CVPR 2021); which priors they balance is
derived here. Checked by: identities, limits, SMT, intervals, exact witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_limit, steps
from ..foundation.validation import InputError, as_real, broadcasting

__all__ = [
    "consistent_equalisation_gamma",
    "consistent_seesaw_exponent",
    "seesaw_log_odds",
]

_Array = NDArray[np.float64]


@broadcasting
def seesaw_log_odds(ratio: ArrayLike, p: ArrayLike = 0.8) -> _Array:
    """Posterior log-odds above which seesaw loss predicts the head class: ``log((1 + r^p)/2)``.

    ``ratio`` r >= 1 of the two classes' counts, ``p`` >= 0; they broadcast. The balanced rule has log(r).
    """
    power = as_real("p", p, low=0) * np.log(as_real("ratio", ratio, low=1))
    return power + np.log1p(np.expm1(-power) / 2)


def consistent_seesaw_exponent(ratio: ArrayLike) -> _Array:
    """The one exponent at which seesaw loss is consistent, ``log(2 r - 1)/log(r)``, for a ratio r > 1."""
    excess = as_real("ratio", ratio, low=1, low_open=True) - 1
    return np.log1p(2 * excess) / np.log1p(excess)


@broadcasting
def consistent_equalisation_gamma(frequent: ArrayLike, rare: ArrayLike) -> _Array:
    """The one probability of leaving the rare class out that is consistent: ``1 - n_rare/n_frequent``.

    Counts or priors of a frequent and of a rare class, ``0 < rare <= frequent``; they broadcast.
    """
    frequent = as_real("frequent", frequent, low=0, low_open=True)
    rare = as_real("rare", rare, low=0, low_open=True)
    if np.any(rare > frequent):
        raise InputError("rare exceeds frequent: the rare class must not be the larger one")
    return (frequent - rare) / frequent


# ------------------------------------------------------------------------------------ statements

_MASKED = {"g": "[0, 1]", "a": "positive"}

EQUALISATION = Statement(
    name="spared_negatives.equalisation",
    title="Equalisation loss, a frequent and a rare class: consistent iff 1 - gamma is their priors' ratio",
    source="loss: Tan et al. (CVPR 2020); derived here",
    formula=state("(1 - g)*p - r == 0", given="g == 1 - r/p", p="(0, 1)", r="(0, 1)", g="[0, 1)"),
    steps=steps(
        (
            "a frequent label against a rare class, which is left out with probability gamma",
            state("g*log(1 + 0*a) + (1 - g)*log(1 + a) == (1 - g)*log(1 + a)", **_MASKED),
        ),
        (
            "a posterior on two classes: any further logit only raises the loss",
            state("log(1 + a + b) > log(1 + a)", a="nonnegative", b="positive"),
        ),
        (
            "frequent and rare: weights (1 - gamma, 1) are consistent at gamma = 1 - r/p ...",
            state("(1 - g)*p - r == 0", given="g == 1 - r/p", p="(0, 1)", r="(0, 1)", g="[0, 1)"),
        ),
        (
            "... and at no other",
            state("g == 1 - r/p", given="(1 - g)*p == r", p="(0, 1)", r="(0, 1)", g="[0, 1]"),
        ),
        (
            "two rare classes spare each other alike, so their priors must be equal unless gamma = 1",
            state("p == r", given="(1 - g)*p == (1 - g)*r", p="(0, 1)", r="(0, 1)", g="[0, 1)"),
        ),
        (
            "two classes, the defaults: gamma = 9/10 corrects too little for any prior below 1/200",
            state("(1 - 9/10)*(1 - r) > r", r="(0, 1/200)"),
        ),
        (
            "prior 1/250, posterior 1/20 of the rare class: predicts the other, the balanced rule this one",
            state("(1 - 9/10)*(19/20) > 1/20", "(19/20)/(249/250) < (1/20)/(1/250)"),
        ),
    ),
    argument="For a posterior on two classes the expected loss over the masks is weighted cross-entropy of "
    "these two, with the other logits far below, so `offset_family.consistent_iff` asks for equal alpha pi. "
    "Two frequent classes have plain cross-entropy, two rare ones (1 - gamma) times it. A loss that is "
    "consistent for all posteriors is so for these.",
    mutants=mutants(
        (
            "frequent labels weigh gamma",
            state("g*log(1 + 0*a) + (1 - g)*log(1 + a) == g*log(1 + a)", **_MASKED),
        ),
        (
            "any gamma balances: the weights' ratio is the priors'",
            state("(1 - g)*p == r", p="(0, 1)", r="(0, 1)", g="[0, 1)"),
        ),
        (
            "the defaults balance every rare class that is below a tenth",
            state("(1 - 9/10)*(1 - r) <= r", r="(0, 1/10)"),
        ),
    ),
    symbols={
        "g": "gamma, probability of leaving a rare class out",
        "a": "exp(u_j - u_y) of a wrong class",
        "b": "that of another",
        "p": "prior of the frequent class; in the step on rare classes of one of them",
        "r": "prior of the rare class",
    },
    rests_on=("offset_family.consistent_iff",),
    functions=("consistent_equalisation_gamma",),
)

_RATIO = {"r": "(1, oo)", "p": "[0, 1]"}
_FIELD = "-h*M*exp(-f)/(1 + M*exp(-f)) + (1 - h)*exp(f)/(1 + exp(f))"
_FIELD_DOMAINS = {"f": "real", "h": "(0, 1)", "M": "(0, 1]"}

SEESAW = Statement(
    name="spared_negatives.seesaw",
    title="Seesaw loss, two classes: the head needs odds of (1 + r^p)/2, too few for p <= 1 and any q",
    source="loss: Wang et al. (CVPR 2021); derived here",
    formula=state("(1 + r**p)/2 < r", **_RATIO),
    steps=steps(
        (
            "mitigation alone is the pairwise loss with margins -p log r and 0: its threshold",
            state(
                "(1/(1 + exp(0)))/(1/(1 + exp(p*log(r))) + 1/(1 + exp(0))) == (1 + r**p)/(3 + r**p)",
                r="(1, oo)",
                p="nonnegative",
            ),
        ),
        (
            "as odds (R = r^p)",
            state("((1 + R)/(3 + R))/(1 - (1 + R)/(3 + R)) == (1 + R)/2", R="[1, oo)"),
        ),
        (
            "below the balanced rule's odds r: the tail is predicted too rarely",
            state("(1 + r**p)/2 < r", **_RATIO),
        ),
        (
            "consistent at p = log(2 r - 1)/log(r) ...",
            state("(1 + exp(log(2*r - 1)/log(r)*log(r)))/2 == r", r="(1, oo)"),
        ),
        (
            "... which lies between 1 and 2",
            state("log(r) < log(2*r - 1)", "2*r - 1 < r**2", r="(1, oo)"),
        ),
        (
            "compensation C: its score ratio falls as the target's score s rises by t ...",
            state(
                "(1 - t)/Max(t, e) <= (1 - s)/Max(s, e)",
                given="s < t",
                s="(0, 1)",
                t="(0, 1)",
                e="(0, 1]",
            ),
        ),
        (
            "... so the push C M exp(-f) of a label falls as its margin f grows by h, and so does its "
            "share x/(1 + x) of the gradient",
            state(
                "c*exp(-f - h)/(1 + c*exp(-f - h)) < k*exp(-f)/(1 + k*exp(-f))",
                given="c <= k",
                c="positive",
                k="positive",
                f="real",
                h="positive",
            ),
        ),
        (
            "and at f = 0, where both scores are 1/2, C = 1",
            state("Max(1, ((1/2)/Max(1/2, e))**q) == 1", e="(0, 1]", q="nonnegative"),
        ),
        (
            "with M in (0, 1], posterior h of the head: the gradient starts at -h ...",
            state_limit(_FIELD, "-h", "f", "low", **_FIELD_DOMAINS),
        ),
        ("... and ends at 1 - h", state_limit(_FIELD, "1 - h", "f", "high", **_FIELD_DOMAINS)),
        (
            "the defaults, p = .8 at r = 100, odds 50: predicts the head, the balanced rule the tail",
            state("(1 + 100**(4/5))/2 < 50", "50 < 100"),
        ),
    ),
    argument="The gradient in f = u_1 - u_2 is -eta_1 x/(1 + x) + eta_2 y/(1 + y), x and y the pushes: it "
    "rises in f, and C >= 1, which acts on the losing label only, does not change its ends. Its one zero, "
    "where training with detached factors comes to rest, is right of 0 iff it is negative at 0, where C = 1. "
    "By `multiclass_margins.faces` any two of K classes must meet this condition when q = 0.",
    mutants=mutants(
        ("consistent at p = 1", state("(1 + r**1)/2 == r", r="(1, oo)")),
        (
            "corrects enough for p up to 2",
            state("(1 + r**p)/2 >= r", r="(1, oo)", p="[1, 2]"),
        ),
        (
            "the odds are r^p, those of logit adjustment of strength p",
            state(
                "(1/(1 + exp(0)))/(1/(1 + exp(p*log(r))) + 1/(1 + exp(0))) == r**p/(1 + r**p)",
                r="(1, oo)",
                p="nonnegative",
            ),
        ),
    ),
    symbols={
        "r": "count of the head class over that of the tail class",
        "p": "exponent of the mitigation factor",
        "q": "exponent of the compensation factor",
        "f": "u_1 - u_2; in the step on pushes the label's own margin",
        "s": "softmax score of the target",
        "t": "a larger score",
        "e": "epsilon, the least score counted",
        "M": "mitigation factor, r^-p",
        "h": "posterior of the head class; in the step on pushes a growth of the margin",
        "c": "product of the two factors at the larger margin",
        "k": "at the smaller one",
    },
    rests_on=("consistency.binary_pairwise", "multiclass_margins.faces"),
    functions=("seesaw_log_odds", "consistent_seesaw_exponent"),
)

STATEMENTS = (EQUALISATION, SEESAW)
