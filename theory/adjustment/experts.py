"""Experts under different priors: what their mean logit predicts, and what the mean of their probabilities.

The product of experts, and its condition that the strengths tau have mean 1, are those of Aimar et al.
(CVPR 2023, BalPoE); the experts of Zhang et al. (NeurIPS 2022, SADE) are held against it. That the condition
is necessary, and for which test prior other means are right, is derived here. Checked by: identities for one
class and one more expert, and exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real

__all__ = ["served_prior"]


def served_prior(
    class_prior: ArrayLike, offsets: ArrayLike, expert_weights: ArrayLike | None = None
) -> NDArray[np.float64]:
    """The test prior for which a weighted mean of experts' logits is Bayes' rule, shape (K,).

    Expert e is trained by ``-log softmax(z + Delta_e)_y``; the prior is ``pi exp(-sum_e w_e Delta_e)``, to
    scale, with weights of sum 1. With ``Delta_e = tau_e log pi`` it is ``pi^(1 - mean tau)``.

    ``class_prior``: (K,), positive, or counts; ``offsets``: (E, K), an expert a row;
    ``expert_weights``: (E,), of sum 1, by default 1/E each.

    Raises
    ------
    InputError
        If shapes do not agree, or the weights do not add up to 1.
    """
    prior = as_real("class_prior", class_prior, low=0, low_open=True)
    delta = as_real("offsets", offsets)
    if prior.ndim != 1 or delta.ndim != 2 or delta.shape[1] != len(prior) or not delta.size:
        raise InputError(
            f"class_prior has shape {prior.shape} and offsets {delta.shape}: must be (K,) and (E, K)"
        )
    share = (
        np.full(len(delta), 1 / len(delta))
        if expert_weights is None
        else as_real("expert_weights", expert_weights)
    )
    if share.shape != delta.shape[:1]:
        raise InputError(
            f"expert_weights has shape {share.shape}: must be {delta.shape[:1]}, one an expert"
        )
    if abs(share.sum() - 1) > 1e-9:
        raise InputError(f"expert_weights add up to {share.sum():g}: must add up to 1")
    log_served = np.log(prior) - share @ delta
    served = np.exp(log_served - log_served.max())
    return served / served.sum()


# ------------------------------------------------------------------------------------ statements


MEAN_TAU = statement(
    name="experts.mean_tau",
    title="A product of logit-adjusted experts is consistent iff their strengths have mean 1",
    source="sufficiency: Aimar et al. (CVPR 2023), BalPoE; necessity and other means derived here",
    functions=("served_prior",),
    where={
        "h: positive": "posterior eta of a class",
        "p: positive": "prior pi of a class",
        "s, t: real": "mean strength of the experts so far, and tau of one more",
        "w: real": "weight of that one",
        "h1, h2: positive": "posterior of classes 1, 2",
        "p1, p2: positive": "prior of classes 1, 2",
        "r: positive": "ratio of the priors of two classes, the larger over the smaller",
    },
    theorem=(
        "K >= 2, pi_y > 0, experts e with real tau_e and weights w_e of sum 1, z_e a minimiser over R^K of "
        "-sum_y eta_y log softmax_y(z + tau_e log pi), m = sum_e w_e tau_e: argmax_y sum_e w_e z_(e,y) = "
        "argmax_y eta_y/pi_y^m, which is Bayes' rule under the test prior proportional to pi^(1 - m); it is "
        "contained in argmax_y eta_y/pi_y for every posterior eta with all eta_y > 0 iff m = 1 or all pi_y "
        "are equal",
        r"K\ge2,\ \pi_y>0,\ \tau_e\in\mathbb R,\ \sum_ew_e=1,\ z_e\in\operatorname{argmin}_{z\in\mathbb R^K}"
        r"-\sum_y\eta_y\log\operatorname{softmax}_y(z+\tau_e\log\pi),\ m=\sum_ew_e\tau_e:\quad "
        r"\operatorname{argmax}_y\sum_ew_ez_{e,y}=\operatorname{argmax}_y\frac{\eta_y}{\pi_y^{m}},\qquad "
        r"\left(\operatorname{argmax}_y\sum_ew_ez_{e,y}\subseteq\operatorname{argmax}_y\frac{\eta_y}{\pi_y}"
        r"\ \ \forall\eta>0\right)\iff m=1\ \text{ or }\ \pi\text{ uniform}",
    ),
    formula="(1 - w)*(log(h) - s*log(p)) + w*(log(h) - t*log(p)) == log(h) - ((1 - w)*s + w*t)*log(p)",
    steps=(
        "one_more_expert: experts of mean strength s and total weight 1 - w, and one more: the strengths' "
        "mean is that of all",
        FORMULA,
        "mean_of_logits_is_a_tilt: the mean logit is that of one expert of the mean strength",
        "exp(log(h) - s*log(p)) == h/p**s",
        "served_prior_is_a_power: eta/pi^m is the balanced score times pi^(1 - m): Bayes' rule under that "
        "prior",
        "h/p**s == (h/p)*p**(1 - s)",
        "zero_one_two: the paper's strengths 0, 1, 2 with equal weights",
        "(log(h) + (log(h) - log(p)) + (log(h) - 2*log(p)))/3 == log(h/p)",
        "below_one_misleads: mean below 1, priors of ratio r > 1: between the two thresholds r^m and r on "
        "the ratio of posteriors lies one that Bayes gives to the rarer class and the experts to the other",
        state("r**s < r**((1 + s)/2)", "r**((1 + s)/2) < r", given=["r > 1", "s < 1"]),
        "above_one_misleads: and the other way about above 1",
        state("r < r**((1 + s)/2)", "r**((1 + s)/2) < r**s", given=["r > 1", "s > 1"]),
    ),
    argument="By the minimiser of the family with offsets tau_e log pi (weights 1), z_e = log eta - tau_e "
    "log pi + c_e: the weighted mean is log eta - m log pi + c, expert by expert. Take two classes of "
    "different priors with eta_1/eta_2 = (pi_1/pi_2)^((1 + m)/2), and all others so unlikely that they "
    "stand behind both: unless m = 1, the two rules order this pair differently.",
    mutants=(
        "the strengths must have sum 1, whatever their number",
        "(log(h) + (log(h) - log(p)/2) + (log(h) - log(p)/2))/3 == log(h/p)",
        "the mean of the powers pi^tau counts, not the power of the mean",
        "exp((log(h) + (log(h) - 2*log(p)))/2) == h/((1 + p**2)/2)",
        "an expert of strength 1 among others is enough",
        "(log(h) + (log(h) - log(p)) + (log(h) - 3*log(p)))/3 == log(h/p)",
        "a mean strength below 1 never changes the prediction",
        state("h1/p1**s > h2/p2**s", given=["h1/p1 > h2/p2", "s < 1"]),
    ),
    rests_on=("offset_family.minimiser", "offset_family.consistent_iff"),
)


MIXTURE = statement(
    name="experts.mixture_is_no_product",
    title="Averaging experts' probabilities instead of logits: mean strength 1 is not consistent",
    source="derived here; Aimar et al. (CVPR 2023) and Zhang et al. (NeurIPS 2022) average logits",
    where={
        "a, b: positive": "odds of class 1 in two experts",
        "r: positive": "ratio of the posteriors of two classes",
        "q: positive": "ratio of their priors",
        "d: real": "how far the strengths of a pair are from 1",
    },
    theorem=(
        "two classes, two experts of strengths 1 - d and 1 + d: the class of larger mean probability is the "
        "balanced one at every posterior; with strengths 0, 0, 3, or with three classes and strengths 0, 1, "
        "2, whose means are 1, there are priors for which it is not",
        r"K=2,\ \tau\in\{1-d,1+d\}:\quad\operatorname{argmax}_y\sum_e\operatorname{softmax}_y(z_e)"
        r"=\operatorname{argmax}_y\frac{\eta_y}{\pi_y}\ \ \forall\eta;\qquad K=2,\ \tau=(0,0,3)\ \text{ or }"
        r"\ K=3,\ \tau=(0,1,2):\ \text{ not for all }\pi",
    ),
    formula=state("a/(1 + a) + b/(1 + b) > 1", given="a*b > 1"),
    steps=(
        "pair_of_experts: two experts' probabilities of class 1 have mean above 1/2 iff the product of their "
        "odds is above 1 ...",
        FORMULA,
        "pair_turned: ... and below if it is below",
        state("a/(1 + a) + b/(1 + b) < 1", given="a*b < 1"),
        "pair_of_a_tie: ... and is 1/2 if it is 1",
        state("a/(1 + a) + b/(1 + b) == 1", given="a*b == 1"),
        "odds_of_a_pair: the odds of strengths 1 - d and 1 + d have the balanced odds' square as product",
        "(r/q**(1 - d))*(r/q**(1 + d)) == (r/q)**2",
        "witness_two_classes: strengths 0, 0, 3, priors (1/3, 2/3), posterior (17/50, 33/50): Bayes 1, by 17 "
        "to 33/2; odds 17/33 and 8 times that: the mean probability of class 1 is below 1/2",
        (
            "(17/50)/(1/3) > (33/50)/(2/3)",
            "2*(17/33)/(1 + 17/33) + (8*17/33)/(1 + 8*17/33) < 3/2",
        ),
        "witness_three_classes: strengths 0, 1, 2, counts 8, 2, 1 and balanced scores 3, 4, 3: Bayes 2, the "
        "mean of probabilities 1",
        "24/35 + 3/10 + (3/8)/(3/8 + 4/2 + 3) > 8/35 + 4/10 + (4/2)/(3/8 + 4/2 + 3)",
    ),
    argument="An expert's probabilities are proportional to eta/pi^tau. For two classes the mean probability "
    "of a pair is above 1/2 together with the product of the odds, (r/q)^2. The witnesses are exact: the "
    "mean of probabilities is no function of the mean strength.",
    mutants=(
        "the same for odds whose sum is above 2",
        state("a/(1 + a) + b/(1 + b) > 1", given="a + b > 2"),
        "strengths 0, 0, 3 have mean 1, and are consistent",
        state("2*r/(1 + r) + (r/q**3)/(1 + r/q**3) > 3/2", given="r > q"),
    ),
    rests_on=("experts.mean_tau",),
)


SADE = statement(
    name="experts.sade_strength",
    title="SADE's experts, equally weighted, under an exponential profile: consistent iff the strength is 1",
    source="losses: Zhang et al. (NeurIPS 2022); the condition is derived here",
    where={
        "h: positive": "posterior of a class",
        "p: positive": "prior of a class",
        "c: positive": "product of a class's prior and its prior in the reversed order",
        "tau: real": "strength of the inverse expert",
        "b: positive": "prior of a class in the reversed order",
    },
    theorem=(
        "experts z_1 = log eta, z_2 = log(eta/pi), z_3 = log(eta/pi) + tau log rev(pi) (up to constants), "
        "where pi_y rev(pi)_y = c for every class, as under an exponential profile: the mean logit is "
        "log(eta/pi^((2 + tau)/3)), so consistent iff tau = 1 (priors not all equal); at tau = 2 it is "
        "Bayes' rule under the test prior pi^(-1/3), which is backward (the authors' for CIFAR-100 and "
        "ImageNet-LT, of which the former alone has an exponential profile)",
        r"\pi_y\,\mathrm{rev}(\pi)_y=c:\quad\tfrac13\left(\log\eta+\log\frac\eta\pi+\log\frac\eta\pi+\tau\log"
        r"\mathrm{rev}(\pi)\right)=\log\frac{\eta}{\pi^{(2+\tau)/3}}+\text{const}",
    ),
    formula="(log(h) + (log(h) - log(p)) + (log(h) - log(p) + tau*log(c/p)))/3 == log(h) - ((2 + "
    "tau)/3)*log(p) + (tau/3)*log(c)",
    steps=(
        "inverse_expert: its population logits, offset log pi - tau log rev(pi)",
        "exp(log(h) - (log(p) - tau*log(b))) == h*b**tau/p",
        "mean_of_the_three: with rev(pi) = c/pi the mean logit, and a constant",
        FORMULA,
        "strength_one: at tau = 1 it is the balanced score's",
        "(log(h) + (log(h) - log(p)) + (log(h) - log(p) + log(c/p)))/3 == log(h/p) + log(c)/3",
        "strength_two_misleads: priors (8/9, 1/9), posterior (10/11, 1/11): balanced 1, the three experts at "
        "tau = 2 say 2",
        (
            "(10/11)/(8/9) > (1/11)/(1/9)",
            "log(10/11) - 2/3*log(8/9) + 2/3*log(1/9) < log(1/11) - 2/3*log(1/9) + 2/3*log(8/9)",
        ),
    ),
    argument="The offsets of the three experts are 0, log pi and log pi - tau log rev(pi); their minimisers "
    "are those of the family. Under an exponential profile the reversed prior is inverse to the prior, and "
    "the three are logit-adjusted experts of strengths 0, 1 and 1 + tau, whose mean is (2 + tau)/3.",
    mutants=(
        "strength 2 is balanced",
        "(log(h) + (log(h) - log(p)) + (log(h) - log(p) + 2*log(c/p)))/3 == log(h/p) + 2*log(c)/3",
        "the reversed prior is added in training, not taken off",
        "exp(log(h) - (log(p) + tau*log(b))) == h*b**tau/p",
    ),
    rests_on=("experts.mean_tau",),
)

STATEMENTS = (MEAN_TAU, MIXTURE, SADE)
