"""Losses that spare rare classes as negatives: softmax equalisation and seesaw loss for the balanced error.

Claimed to balance by Tan et al. (CVPR 2020) and Wang et al. (CVPR 2021); which priors they balance is
derived here. Checked by: identities, limits, SMT, intervals, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_limit, statement
from ..foundation.arrays import ArrayLike
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


EQUALISATION = statement(
    name="spared_negatives.equalisation",
    title="Equalisation loss, a frequent and a rare class: consistent iff 1 - gamma is their priors' ratio",
    source="loss: Tan et al. (CVPR 2020); derived here",
    functions=("consistent_equalisation_gamma",),
    where={
        "p: (0, 1)": "prior of the frequent class; in the step on rare classes of one of them",
        "r: (0, 1)": "prior of the rare class",
        "g: [0, 1)": "gamma, probability of leaving a rare class out",
        "a: positive": "exp(u_j - u_y) of a wrong class",
        "b: positive": "that of another",
    },
    theorem=(
        "frequent class f, rare class r, 0 <= gamma < 1, pi_f, pi_r > 0, posterior eta on {f, r} with both "
        "positive: the expected loss over the masks, (1 - gamma) eta_f log(1 + exp(u_r - u_f)) + eta_r "
        "log(1 + exp(u_f - u_r)), is least at u_f - u_r = log((1 - gamma) eta_f/eta_r); it predicts f iff "
        "eta_f/pi_f > eta_r/pi_r for all such eta iff 1 - gamma = pi_r/pi_f",
        r"\eta \text{ on } \{f, r\},\; 0 \le \gamma < 1 : \quad \operatorname{argmin} \left[ (1 - "
        r"\gamma)\, \eta_f \log\left(1 + e^{u_r - u_f}\right) + \eta_r \log\left(1 + e^{u_f - u_r}\right) "
        r"\right] : \; u_f - u_r = \log \frac{(1 - \gamma)\, \eta_f}{\eta_r}, \qquad \left( u_f > u_r \iff "
        r"\frac{\eta_f}{\pi_f} > \frac{\eta_r}{\pi_r} \quad \forall \eta \right) \iff 1 - \gamma = "
        r"\frac{\pi_r}{\pi_f}",
    ),
    formula=state("(1 - g)*p - r == 0", given="g == 1 - r/p"),
    steps=(
        "expected_loss_over_masks: a frequent label against a rare class, which is left out with "
        "probability gamma",
        state("g*log(1 + 0*a) + (1 - g)*log(1 + a) == (1 - g)*log(1 + a)", g="[0, 1]"),
        "other_logits_only_raise: a posterior on two classes: any further logit only raises the loss",
        state("log(1 + a + b) > log(1 + a)", a="nonnegative"),
        "balanced_at_one_minus_ratio: frequent and rare: weights (1 - gamma, 1) are consistent at gamma = "
        "1 - r/p ...",
        FORMULA,
        "balanced_at_no_other: ... and at no other",
        state("g == 1 - r/p", given="(1 - g)*p == r", g="[0, 1]"),
        "rare_pairs_need_equal_priors: two rare classes spare each other alike, so their priors must be "
        "equal unless gamma = 1",
        state("p == r", given="(1 - g)*p == (1 - g)*r"),
        "defaults_correct_too_little: two classes, the defaults: gamma = 9/10 corrects too little for any "
        "prior below 1/200",
        state("(1 - 9/10)*(1 - r) > r", r="(0, 1/200)"),
        "default_counterexample: prior 1/250, posterior 1/20 of the rare class: predicts the other, the "
        "balanced rule this one",
        ("(1 - 9/10)*(19/20) > 1/20", "(19/20)/(249/250) < (1/20)/(1/250)"),
    ),
    argument="For a posterior on two classes the expected loss over the masks is weighted cross-entropy of "
    "these two, with the other logits far below, so `offset_family.consistent_iff` asks for equal "
    "alpha pi. Two frequent classes have plain cross-entropy, two rare ones (1 - gamma) times it. "
    "A loss that is consistent for all posteriors is so for these.",
    mutants=(
        "frequent labels weigh gamma",
        state("g*log(1 + 0*a) + (1 - g)*log(1 + a) == g*log(1 + a)", g="[0, 1]"),
        "any gamma balances: the weights' ratio is the priors'",
        "(1 - g)*p == r",
        "the defaults balance every rare class that is below a tenth",
        state("(1 - 9/10)*(1 - r) <= r", r="(0, 1/10)"),
    ),
    rests_on=("offset_family.consistent_iff",),
)


SEESAW = statement(
    name="spared_negatives.seesaw",
    title="Seesaw loss, two classes: the head needs odds of (1 + r^p)/2, too few for p <= 1 and any q",
    source="loss: Wang et al. (CVPR 2021); derived here",
    functions=("seesaw_log_odds", "consistent_seesaw_exponent"),
    where={
        "r: (1, oo)": "count of the head class over that of the tail class",
        "p: [0, 1]": "exponent of the mitigation factor",
        "R: [1, oo)": "r^p, inverse of the mitigation factor",
        "s: (0, 1)": "softmax score of the target",
        "t: (0, 1)": "a larger score",
        "e: (0, 1]": "epsilon, the least score counted",
        "c: positive": "product of the two factors at the larger margin",
        "k: positive": "at the smaller one",
        "f: real": "u_1 - u_2; in the step on pushes the label's own margin",
        "h: (0, 1)": "posterior of the head class; in the step on pushes a growth of the margin",
        "q: nonnegative": "exponent of the compensation factor",
        "M: (0, 1]": "mitigation factor, r^-p",
    },
    theorem=(
        "two classes, r = n_1/n_2 = pi_1/pi_2 > 1, mitigation exponent p >= 0, compensation exponent q >= "
        "0, both factors detached, f = u_1 - u_2: for every eta in (0, 1) the gradient in f has one zero "
        "f*, and f* > 0 (head predicted) iff eta_1/eta_2 > (1 + r^p)/2, whatever q; the balanced rule asks "
        "for eta_1/eta_2 > r, and (1 + r^p)/2 < r for 0 <= p <= 1; the two agree iff p = log(2 r - "
        "1)/log(r), which is in (1, 2)",
        r"r = \frac{\pi_1}{\pi_2} > 1,\; p, q \ge 0 : \quad \text{Seesaw's gradient in } f = u_1 - u_2,\; "
        r"-\eta_1 \frac{x}{1 + x} + \eta_2 \frac{y}{1 + y},\; x = r^{-p} C(f)\, e^{-f},\; y = C(-f)\, "
        r"e^f,\; C(f) = \max\left(1, \frac{\sigma(-f)}{\max(\epsilon, \sigma(f))}\right)^q,\; \sigma(f) = "
        r"\frac{1}{1 + e^{-f}},\; 0 < \epsilon \le 1, \text{ has one zero } f^*, \quad f^* > 0 \iff "
        r"\frac{\eta_1}{\eta_2} > \frac{1 + r^p}{2} \quad \forall q, \qquad \frac{1 + r^p}{2} < r \;\; "
        r"\forall p \in [0, 1], \qquad \frac{1 + r^p}{2} = r \iff p = \frac{\log(2 r - 1)}{\log r} \in (1, "
        r"2)",
    ),
    formula="(1 + r**p)/2 < r",
    steps=(
        "mitigation_threshold: mitigation alone is the pairwise loss with margins -p log r and 0: its "
        "threshold",
        state(
            "(1/(1 + exp(0)))/(1/(1 + exp(p*log(r))) + 1/(1 + exp(0))) == (1 + r**p)/(3 + r**p)",
            p="nonnegative",
        ),
        "threshold_as_odds: as odds (R = r^p)",
        "((1 + R)/(3 + R))/(1 - (1 + R)/(3 + R)) == (1 + R)/2",
        "too_few_tail_predictions: below the balanced rule's odds r: the tail is predicted too rarely",
        FORMULA,
        "consistent_exponent: consistent at p = log(2 r - 1)/log(r) ...",
        "(1 + exp(log(2*r - 1)/log(r)*log(r)))/2 == r",
        "consistent_exponent_range: ... which lies between 1 and 2",
        ("log(r) < log(2*r - 1)", "2*r - 1 < r**2"),
        "compensation_ratio_falls: compensation C: its score ratio falls as the target's score s rises by "
        "t ...",
        state("(1 - t)/Max(t, e) <= (1 - s)/Max(s, e)", given="s < t"),
        "push_falls_in_margin: ... so the push C M exp(-f) of a label falls as its margin f grows by h, "
        "and so does its share x/(1 + x) of the gradient",
        state(
            "c*exp(-f - h)/(1 + c*exp(-f - h)) < k*exp(-f)/(1 + k*exp(-f))",
            given="c <= k",
            h="positive",
        ),
        "compensation_one_at_tie: and at f = 0, where both scores are 1/2, C = 1",
        "Max(1, ((1/2)/Max(1/2, e))**q) == 1",
        "gradient_starts_negative: with M in (0, 1], posterior h of the head: the gradient starts at -h ...",
        state_limit("-h*M*exp(-f)/(1 + M*exp(-f)) + (1 - h)*exp(f)/(1 + exp(f))", "-h", "f", "low"),
        "gradient_ends_positive: ... and ends at 1 - h",
        state_limit(
            "-h*M*exp(-f)/(1 + M*exp(-f)) + (1 - h)*exp(f)/(1 + exp(f))",
            "1 - h",
            "f",
            "high",
        ),
        "default_counterexample: the defaults, p = .8 at r = 100, odds 50: predicts the head, the balanced "
        "rule the tail",
        ("(1 + 100**(4/5))/2 < 50", "50 < 100"),
    ),
    argument="The gradient in f = u_1 - u_2 is -eta_1 x/(1 + x) + eta_2 y/(1 + y), x and y the pushes: it "
    "rises in f, and C >= 1, which acts on the losing label only, does not change its ends. Its "
    "one zero, where training with detached factors comes to rest, is right of 0 iff it is "
    "negative at 0, where C = 1. By `multiclass_margins.faces` any two of K classes must meet "
    "this condition when q = 0.",
    mutants=(
        "consistent at p = 1",
        "(1 + r**1)/2 == r",
        "corrects enough for p up to 2",
        state("(1 + r**p)/2 >= r", p="[1, 2]"),
        "the odds are r^p, those of logit adjustment of strength p",
        state(
            "(1/(1 + exp(0)))/(1/(1 + exp(p*log(r))) + 1/(1 + exp(0))) == r**p/(1 + r**p)",
            p="nonnegative",
        ),
    ),
    rests_on=("consistency.binary_pairwise", "multiclass_margins.faces"),
)

STATEMENTS = (EQUALISATION, SEESAW)
