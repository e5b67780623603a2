"""How GLA, GCA, VS and their relatives fit together, and the profiles they are compared on.

Claimed by Cortes, Mohri, Zhong (NeurIPS 2025) and Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021);
the identities are checked symbolically, the reported rankings are cited.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, statement
from ..foundation.validation import InputError, as_number, as_whole

__all__ = ["step_profile"]


def step_profile(max_count: int, num_classes: int, imbalance_factor: float) -> NDArray[np.int64]:
    """The step profile: the first half of the classes has ``max_count``, the rest 1/IF of it, cut.

    For an odd number the middle class is frequent. The long-tailed profile is
    `class_counts.exponential_profile`.
    """
    n_max = float(as_whole("max_count", max_count, 1))
    factor = as_number("imbalance_factor", imbalance_factor, low=1)
    classes = as_whole("num_classes", num_classes, 2)
    if n_max / factor < 1:
        raise InputError(f"imbalance_factor = {factor:g}: the rare classes would be empty")
    counts = np.full(classes, n_max)
    counts[(classes + 1) // 2 :] /= factor
    return counts.astype(np.int64)


# ------------------------------------------------------------------------------------ statements


SPECIAL_CASES = statement(
    name="balanced_surrogates.special_cases",
    title="Logit adjustment, weighted and generalised cross-entropy, MAE, IMMAX as cases of GLA and GCA",
    source="Cortes, Mohri, Zhong (NeurIPS 2025); Cortes, Mao, Mohri, Zhong (ICML 2025)",
    ids=("B15",),
    where={
        "h1: real": "score of the label's class; E1 = exp(h1)",
        "h2: real": "score of class 2",
        "p1: (0, 1)": "its prior",
        "p2, p3: (0, 1)": "prior of classes 2, 3",
        "u: (0, 1]": "the model's probability of the label",
        "p: (0, 1)": "prior of the label's class",
        "nu: real": "multiple of log p",
        "E1: positive": "exp(h1), exponential of the label's score",
        "E2, E3: positive": "exponential of classes 2, 3's score",
        "r: positive": "its margin",
        "h3: real": "score of class 3",
        "d: positive": "VS's scale of one logit",
        "e: positive": "VS's scale of another",
        "h: positive": "common score",
    },
    theorem=(
        "with GLA_q(h, y) = Psi_q(softmax_y(h + log p/(1-q))), q < 1, and GCA_q(h, y) = "
        "Psi_q(softmax_y(h/rho_y))/p_y: GLA_0 = -log softmax_y(h + log p); GCA_0 at rho = 1 is -log "
        "softmax_y(h)/p_y; GCA_1 = (1 - softmax_y(h/rho_y))/p_y; GLA_q = Psi_q(softmax_y(h)) at equal "
        "priors; p_y GCA_0 = log(1 + sum_{j != y} exp((h_j - h_y)/rho_y)), IMMAX's loss",
        r"\mathrm{GLA}_q = \Psi_q\left( \operatorname{softmax}_y\left( h + \tfrac{\log p}{1-q} \right) "
        r"\right),\quad \mathrm{GCA}_q = \frac{1}{p_y} \Psi_q\left( \operatorname{softmax}_y\left( "
        r"\tfrac{h}{\rho_y} \right) \right) :\qquad \mathrm{GLA}_0 = \log \left( 1 + \sum_{j \ne y} "
        r"\frac{p_j}{p_y} e^{h_j - h_y} \right), \quad \mathrm{GCA}_0 = \frac{-\log "
        r"\operatorname{softmax}_y(h)}{p_y}\ (\rho = 1), \quad \mathrm{GCA}_1 = \frac{1 - "
        r"\operatorname{softmax}_y(h/\rho_y)}{p_y}, \quad \mathrm{GLA}_q = \Psi_q\left( "
        r"\operatorname{softmax}_y(h) \right)\ \left( p_y = \tfrac1K \right), \quad p_y\, \mathrm{GCA}_0 = "
        r"\log \left( 1 + \sum_{j \ne y} e^{(h_j - h_y)/\rho_y} \right)",
    ),
    formula="p1*E1/(p1*E1 + p2*E2 + p3*E3) == 1/(1 + p2*E2/(p1*E1) + p3*E3/(p1*E1))",
    steps=(
        "logit_adjusted_loss: GLA at q = 0 is the logit-adjusted loss (three classes)",
        FORMULA,
        "weighted_cross_entropy: GCA at q = 0, margins one: 1/p_y times cross-entropy (two classes)",
        "exp(h1)/(exp(h1) + exp(h2)) == 1/(1 + exp(h2 - h1))",
        "weighted_absolute_error: GCA at q = 1 is the class-weighted mean absolute error",
        "(1 - u**1)/1/p == (1 - u)/p",
        "equal_priors_cancel: equal priors: GLA's offsets cancel for every nu (three classes)",
        "(1/3)**nu*E1/((1/3)**nu*E1 + (1/3)**nu*E2 + (1/3)**nu*E3) == E1/(E1 + E2 + E3)",
        "two_classes_logistic: two classes, q = 0: GLA is the logistic loss of h1 - h2 + log(p/(1-p))",
        "p*E1/(p*E1 + (1 - p)*E2) == 1/(1 + (1 - p)/p*E2/E1)",
        "immax_loss: GCA without weights is IMMAX's loss: pairwise gaps over the label's margin (three "
        "classes)",
        "exp(h1/r)/(exp(h1/r) + exp(h2/r) + exp(h3/r)) == 1/(1 + exp((h2 - h1)/r) + exp((h3 - h1)/r))",
        "scales_are_no_row_temperature: the VS loss scales logits, GCA the label's row: at equal scores "
        "only a row leaves them tied",
        state("exp(d*h) > exp(e*h)", given="d > e"),
    ),
    argument="Identities between the label's probabilities; the losses are functions of them. GLA at q = 1 "
    "is not defined: its offset log(p)/(1-q) is infinite. With VS's two different scales, equal "
    "positive scores have different probabilities, which no temperature of a label's row does.",
    mutants=(
        "the logit-adjusted loss with offsets -log p",
        "exp(h1)/p1/(exp(h1)/p1 + exp(h2)/p2) == 1/(1 + p2/p1*exp(h2 - h1))",
        "IMMAX's loss multiplied by the margin instead of divided",
        "log(1 + exp((h2 - h1)/r)) == log(1 + exp((h2 - h1)*r))",
    ),
    rests_on=("comp_sum.loss_family",),
)


VS_CONDITION = statement(
    name="balanced_surrogates.vs_condition",
    title="Two classes: VS without offsets is consistent iff omega_y Delta_y is proportional to 1/p_y",
    source="Kini et al. (NeurIPS 2021), Fisher consistency of the VS loss; proof derived here",
    ids=("D4",),
    where={
        "f: real": "score",
        "x: (0, 1)": "posterior of the positive class",
        "a: positive": "push of the positive class",
        "c: positive": "push of the negative class",
        "p: (0, 1)": "its prior",
        "w: positive": "weight omega_+",
        "v: positive": "weight omega_-",
        "d: positive": "scale Delta_+",
        "e: positive": "scale Delta_-",
        "i: real": "offset iota_+",
        "k: real": "offset iota_-",
        "t": "posterior threshold",
    },
    theorem=(
        "binary VS loss omega_y log(1 + exp(iota_y - y Delta_y f)), weights omega_+-, scales Delta_+- > 0, "
        "real offsets iota_+-, prior p in (0, 1) of y = +1: the minimiser f* of its risk at posterior x "
        "has f* > 0 iff x > p, for every x in (0, 1), iff p omega_+ Delta_+ sigmoid(iota_+) = (1-p) "
        "omega_- Delta_- sigmoid(iota_-); without offsets iff p omega_+ Delta_+ = (1-p) omega_- Delta_-, "
        "that is omega_y Delta_y proportional to 1/p_y",
        r"f^*(x) = \operatorname{argmin}_f\ x\, \omega_+ \log\left( 1 + e^{\iota_+ - \Delta_+ f} \right) + "
        r"(1 - x)\, \omega_- \log\left( 1 + e^{\iota_- + \Delta_- f} \right) :\quad \left( f^*(x) > 0 \iff "
        r"x > p \quad \forall x \in (0, 1) \right) \iff \frac{p\, \omega_+ \Delta_+}{1 + e^{-\iota_+}} = "
        r"\frac{(1 - p)\, \omega_- \Delta_-}{1 + e^{-\iota_-}}; \qquad \iota = 0 :\ \iff p\, \omega_+ "
        r"\Delta_+ = (1 - p)\, \omega_- \Delta_- \qquad \forall \omega_\pm, \Delta_\pm > 0,\ \iota_\pm \in "
        r"\mathbb{R},\ p \in (0, 1)",
    ),
    formula="c/(a + c) - p == ((1 - p)*c - p*a)/(a + c)",
    steps=(
        "slope_in_score: the risk's slope in the score f, weights w, v, scales d, e, offsets i, k",
        state_derivative(
            "x*w*log(1 + exp(i)*exp(-d*f)) + (1 - x)*v*log(1 + exp(k)*exp(e*f))",
            "f",
            "-x*w*d/(1 + exp(d*f - i)) + (1 - x)*v*e/(1 + exp(-e*f - k))",
        ),
        "curvature_positive: it increases: the risk is convex",
        "x*w*d**2*exp(d*f - i)/(1 + exp(d*f - i))**2 + (1 - x)*v*e**2*exp(-e*f - k)/(1 + exp(-e*f - k))**2 "
        "> 0",
        "its_derivative: that is its derivative",
        state_derivative(
            "-x*w*d/(1 + exp(d*f - i)) + (1 - x)*v*e/(1 + exp(-e*f - k))",
            "f",
            "x*w*d**2*exp(d*f - i)/(1 + exp(d*f - i))**2 + (1 - x)*v*e**2*exp(-e*f - k)/(1 + exp(-e*f - "
            "k))**2",
        ),
        "threshold_of_slope_at_zero: with pushes a = w d sig(i), c = v e sig(k) the slope at 0 is (t - "
        "x)(a + c), t = c/(a + c)",
        "-x*a + (1 - x)*c == (c/(a + c) - x)*(a + c)",
        "threshold_is_prior: t is the prior iff p a = (1-p) c",
        FORMULA,
        "no_offsets_condition: without offsets the pushes are w d/2 and v e/2: p w d = (1-p) v e",
        "(1 - p)*(v*e/2) - p*(w*d/2) == ((1 - p)*v*e - p*w*d)/2",
        "temperature_and_shift: scale and offset are a temperature and a shifted score",
        "log(1 + exp(i)*exp(-d*f)) == log(1 + exp(-(f - i/d)/(1/d)))",
    ),
    argument="The convex risk's minimiser is positive iff the slope at zero is negative, iff the posterior "
    "x exceeds t. The balanced rule compares x with p; they agree for all x iff t = p. This is "
    "the two-class case of `gca.unequal_margins` with temperatures 1/Delta.",
    mutants=(
        "omega Delta proportional to p",
        "(p*c)/(p*c + (1 - p)*c) == 1 - p",
        "weights alone decide: t = v/(w + v)",
        "v*e/(w*d + v*e) == v/(w + v)",
    ),
    rests_on=("gca.unequal_margins",),
)

EXPERIMENTS = statement(
    name="balanced_surrogates.experiments",
    title="The profiles the losses are compared on (the reported rankings are cited)",
    source="Cortes, Mohri, Zhong (NeurIPS 2025) and Cortes, Mao, Mohri, Zhong (ICML 2025), abstracts",
    ids=("B16",),
    functions=("step_profile",),
    where={
        "R: [1, oo)": "imbalance factor",
        "k: integer 1..": "class index",
        "K: integer 2..": "number of classes",
        "m: positive": "classes in each half",
        "n: positive": "rare class size",
    },
    theorem=(
        "long-tailed profile n_k = n_max R^(-(k-1)/(K-1)), k = 1, ..., K, K >= 2, R >= 1: n_1 = n_max, n_K "
        "= n_max/R, n_k/n_(k+1) = R^(1/(K-1)); step profile of K/2 classes of R n and K/2 of n examples: "
        "the frequent half holds the share R/(R+1)",
        r"n_k = n_{\max} R^{-\frac{k-1}{K-1}} :\quad n_1 = n_{\max},\quad n_K = \frac{n_{\max}}{R},\quad "
        r"\frac{n_k}{n_{k+1}} = R^{\frac{1}{K-1}} \quad \forall K \ge 2,\ R \ge 1,\ 1 \le k < K, \qquad "
        r"\frac{\frac K2 R n}{\frac K2 R n + \frac K2 n} = \frac{R}{R + 1}",
    ),
    formula="R**(-(k - 1)/(K - 1))/R**(-k/(K - 1)) == R**(1/(K - 1))",
    steps=(
        "starts_at_largest_count: the long-tailed profile starts at n_max ...",
        "R**(-0/(K - 1)) == 1",
        "ends_at_smallest_count: ... ends at n_max/R ...",
        "R**(-(K - 1)/(K - 1)) == 1/R",
        "constant_ratio: ... and shrinks by a constant factor from class to class",
        FORMULA,
        "share_of_frequent_half: half the classes of the step profile hold R/(R+1) of the examples",
        "m*n*R/(m*n*R + m*n) == R/(R + 1)",
    ),
    argument="The steps decide the profiles' shape. The rankings are the authors': nothing here reproduces "
    "them, and no numeric table of theirs is quoted.",
    mutants=(
        "exponent k/K: the rarest class would not have n_max/R",
        state("R**(-(K - 1)/K) == 1/R", R="[2, 1000]", K="integer 2..10"),
        "the step profile's frequent half holds R of the examples",
        "m*n*R/(m*n*R + m*n) == R",
    ),
    cites=(
        "Reported: GLA is slightly better on common benchmarks, GCA at high imbalance; both are better "
        "than class-weighted and logit-adjusted losses (abstract of the NeurIPS 2025 paper).",
        "Reported: IMMAX is evaluated on long-tailed and step versions of CIFAR-10, CIFAR-100 and Tiny "
        "ImageNet (abstract of the ICML 2025 paper).",
    ),
)

STATEMENTS = (SPECIAL_CASES, VS_CONDITION, EXPERIMENTS)
