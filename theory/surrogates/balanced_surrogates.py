"""How GLA, GCA, VS and their relatives fit together, and the profiles they are compared on.

Claimed by Cortes, Mohri, Zhong (NeurIPS 2025) and Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021);
the identities are checked symbolically, the reported rankings are cited.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.statement import Statement, mutants, state, state_derivative, steps
from ..foundation.validation import InputError, as_number, as_whole

__all__ = ["step_profile"]


def step_profile(max_count: float, num_classes: int, imbalance_factor: float) -> NDArray[np.int64]:
    """The step profile: the first half of the classes has ``max_count``, the rest 1/IF of it, cut.

    For an odd number the middle class is frequent. The long-tailed profile is
    `class_counts.exponential_profile`.
    """
    n_max = as_number("max_count", max_count, low=1)
    factor = as_number("imbalance_factor", imbalance_factor, low=1)
    classes = as_whole("num_classes", num_classes, 2)
    if n_max / factor < 1:
        raise InputError(f"imbalance_factor = {factor:g}: the rare classes would be empty")
    counts = np.full(classes, n_max)
    counts[(classes + 1) // 2 :] /= factor
    return counts.astype(np.int64)


# ------------------------------------------------------------------------------------ statements

_SCORES = {"h1": "real", "h2": "real", "h3": "real"}
_ODDS = dict.fromkeys(("E1", "E2", "E3"), "positive")
_PRIORS = {"p1": "(0, 1)", "p2": "(0, 1)", "p3": "(0, 1)"}
_BINARY = {
    "w": "positive", "v": "positive", "d": "positive", "e": "positive", "i": "real", "k": "real",
}  # fmt: skip

SPECIAL_CASES = Statement(
    name="balanced_surrogates.special_cases",
    title="Logit adjustment, weighted and generalised cross-entropy, MAE, IMMAX as cases of GLA and GCA",
    source="Cortes, Mohri, Zhong (NeurIPS 2025); Cortes, Mao, Mohri, Zhong (ICML 2025)",
    formula=state(
        "p1*E1/(p1*E1 + p2*E2 + p3*E3) == 1/(1 + p2*E2/(p1*E1) + p3*E3/(p1*E1))",
        **_PRIORS,
        **_ODDS,
    ),
    steps=steps(
        (
            "GLA at q = 0 is the logit-adjusted loss (three classes)",
            state(
                "p1*E1/(p1*E1 + p2*E2 + p3*E3) == 1/(1 + p2*E2/(p1*E1) + p3*E3/(p1*E1))",
                **_PRIORS,
                **_ODDS,
            ),
        ),
        (
            "GCA at q = 0, margins one: 1/p_y times cross-entropy (two classes)",
            state("exp(h1)/(exp(h1) + exp(h2)) == 1/(1 + exp(h2 - h1))", h1="real", h2="real"),
        ),
        (
            "GCA at q = 1 is the class-weighted mean absolute error",
            state("(1 - u**1)/1/p == (1 - u)/p", u="(0, 1]", p="(0, 1)"),
        ),
        (
            "equal priors: GLA's offsets cancel for every nu (three classes)",
            state(
                "(1/3)**nu*E1/((1/3)**nu*E1 + (1/3)**nu*E2 + (1/3)**nu*E3) == E1/(E1 + E2 + E3)",
                nu="real",
                **_ODDS,
            ),
        ),
        (
            "two classes, q = 0: GLA is the logistic loss of h1 - h2 + log(p/(1-p))",
            state(
                "p*E1/(p*E1 + (1 - p)*E2) == 1/(1 + (1 - p)/p*E2/E1)",
                p="(0, 1)",
                E1="positive",
                E2="positive",
            ),
        ),
        (
            "GCA without weights is IMMAX's loss: pairwise gaps over the label's margin (three classes)",
            state(
                "exp(h1/r)/(exp(h1/r) + exp(h2/r) + exp(h3/r))"
                " == 1/(1 + exp((h2 - h1)/r) + exp((h3 - h1)/r))",
                r="positive",
                **_SCORES,
            ),
        ),
        (
            "the VS loss scales logits, GCA the label's row: at equal scores only a row leaves them tied",
            state("exp(d*h) > exp(e*h)", given="d > e", d="positive", e="positive", h="positive"),
        ),
    ),
    argument="Identities between the label's probabilities; the losses are functions of them. GLA at q = 1 "
    "is not defined: its offset log(p)/(1-q) is infinite. With VS's two different scales, equal positive "
    "scores have different probabilities, which no temperature of a label's row does.",
    mutants=mutants(
        (
            "the logit-adjusted loss with offsets -log p",
            state(
                "exp(h1)/p1/(exp(h1)/p1 + exp(h2)/p2) == 1/(1 + p2/p1*exp(h2 - h1))",
                h1="real",
                h2="real",
                p1="(0, 1)",
                p2="(0, 1)",
            ),
        ),
        (
            "IMMAX's loss multiplied by the margin instead of divided",
            state(
                "log(1 + exp((h2 - h1)/r)) == log(1 + exp((h2 - h1)*r))",
                h1="real",
                h2="real",
                r="positive",
            ),
        ),
    ),
    symbols={
        "h1": "score of the label's class; E1 = exp(h1)",
        "p1": "its prior",
        "r": "its margin",
        "u": "the model's probability of the label",
        "nu": "multiple of log p",
        "d": "VS's scale of one logit",
        "e": "VS's scale of another",
        "h": "common score",
    },
    rests_on=("comp_sum.loss_family",),
    ids=("B15",),
)

_VS_RISK = "x*w*log(1 + exp(i)*exp(-d*f)) + (1 - x)*v*log(1 + exp(k)*exp(e*f))"
_VS_SLOPE = "-x*w*d/(1 + exp(d*f - i)) + (1 - x)*v*e/(1 + exp(-e*f - k))"

VS_CONDITION = Statement(
    name="balanced_surrogates.vs_condition",
    title="Two classes: VS without offsets is consistent iff omega_y Delta_y is proportional to 1/p_y",
    source="Kini et al. (NeurIPS 2021), Fisher consistency of the VS loss; proof derived here",
    formula=state(
        "c/(a + c) - p == ((1 - p)*c - p*a)/(a + c)", a="positive", c="positive", p="(0, 1)"
    ),
    steps=steps(
        (
            "the risk's slope in the score f, weights w, v, scales d, e, offsets i, k",
            state_derivative(_VS_RISK, "f", _VS_SLOPE, f="real", x="(0, 1)", **_BINARY),
        ),
        (
            "it increases: the risk is convex",
            state(
                "x*w*d**2*exp(d*f - i)/(1 + exp(d*f - i))**2"
                " + (1 - x)*v*e**2*exp(-e*f - k)/(1 + exp(-e*f - k))**2 > 0",
                f="real",
                x="(0, 1)",
                **_BINARY,
            ),
        ),
        (
            "that is its derivative",
            state_derivative(
                _VS_SLOPE,
                "f",
                "x*w*d**2*exp(d*f - i)/(1 + exp(d*f - i))**2"
                " + (1 - x)*v*e**2*exp(-e*f - k)/(1 + exp(-e*f - k))**2",
                f="real",
                x="(0, 1)",
                **_BINARY,
            ),
        ),
        (
            "with pushes a = w d sig(i), c = v e sig(k) the slope at 0 is (t - x)(a + c), t = c/(a + c)",
            state(
                "-x*a + (1 - x)*c == (c/(a + c) - x)*(a + c)",
                x="(0, 1)",
                a="positive",
                c="positive",
            ),
        ),
        (
            "t is the prior iff p a = (1-p) c",
            state(
                "c/(a + c) - p == ((1 - p)*c - p*a)/(a + c)", a="positive", c="positive", p="(0, 1)"
            ),
        ),
        (
            "without offsets the pushes are w d/2 and v e/2: p w d = (1-p) v e",
            state(
                "(1 - p)*(v*e/2) - p*(w*d/2) == ((1 - p)*v*e - p*w*d)/2",
                p="(0, 1)",
                **dict.fromkeys("wvde", "positive"),
            ),
        ),
        (
            "scale and offset are a temperature and a shifted score",
            state(
                "log(1 + exp(i)*exp(-d*f)) == log(1 + exp(-(f - i/d)/(1/d)))",
                i="real",
                d="positive",
                f="real",
            ),
        ),
    ),
    argument="The convex risk's minimiser is positive iff the slope at zero is negative, iff the posterior x "
    "exceeds t. The balanced rule compares x with p; they agree for all x iff t = p. This is the two-class "
    "case of `gca.unequal_margins` with temperatures 1/Delta.",
    mutants=mutants(
        (
            "omega Delta proportional to p",
            state("(p*c)/(p*c + (1 - p)*c) == 1 - p", p="(0, 1)", c="positive"),
        ),
        (
            "weights alone decide: t = v/(w + v)",
            state("v*e/(w*d + v*e) == v/(w + v)", **dict.fromkeys("wvde", "positive")),
        ),
    ),
    symbols={
        "x": "posterior of the positive class",
        "p": "its prior",
        "w": "weight omega_+",
        "v": "weight omega_-",
        "d": "scale Delta_+",
        "e": "scale Delta_-",
        "i": "offset iota_+",
        "k": "offset iota_-",
        "f": "score",
        "a": "push of the positive class",
        "c": "push of the negative class",
        "t": "posterior threshold",
    },
    rests_on=("gca.unequal_margins",),
    ids=("D4",),
)

EXPERIMENTS = Statement(
    name="balanced_surrogates.experiments",
    title="The profiles the losses are compared on, and the rankings that were reported",
    source="Cortes, Mohri, Zhong (NeurIPS 2025) and Cortes, Mao, Mohri, Zhong (ICML 2025), abstracts",
    formula=state(
        "R**(-(k - 1)/(K - 1))/R**(-k/(K - 1)) == R**(1/(K - 1))",
        R="[1, oo)",
        k="integer 1..",
        K="integer 2..",
    ),
    steps=steps(
        (
            "the long-tailed profile starts at n_max ...",
            state("R**(-0/(K - 1)) == 1", R="[1, oo)", K="integer 2.."),
        ),
        (
            "... ends at n_max/R ...",
            state("R**(-(K - 1)/(K - 1)) == 1/R", R="[1, oo)", K="integer 2.."),
        ),
        (
            "... and shrinks by a constant factor from class to class",
            state(
                "R**(-(k - 1)/(K - 1))/R**(-k/(K - 1)) == R**(1/(K - 1))",
                R="[1, oo)",
                k="integer 1..",
                K="integer 2..",
            ),
        ),
        (
            "half the classes of the step profile hold R/(R+1) of the examples",
            state("m*n*R/(m*n*R + m*n) == R/(R + 1)", R="[1, oo)", m="positive", n="positive"),
        ),
    ),
    argument="The steps decide the profiles' shape. The rankings are the authors': nothing here reproduces "
    "them, and no numeric table of theirs is quoted.",
    cites=(
        "Reported: GLA is slightly better on common benchmarks, GCA at high imbalance; both are better than "
        "class-weighted and logit-adjusted losses (abstract of the NeurIPS 2025 paper).",
        "Reported: IMMAX is evaluated on long-tailed and step versions of CIFAR-10, CIFAR-100 and Tiny "
        "ImageNet (abstract of the ICML 2025 paper).",
    ),
    mutants=mutants(
        (
            "exponent k/K: the rarest class would not have n_max/R",
            state("R**(-(K - 1)/K) == 1/R", R="[2, 1000]", K="integer 2..10"),
        ),
        (
            "the step profile's frequent half holds R of the examples",
            state("m*n*R/(m*n*R + m*n) == R", R="[1, oo)", m="positive", n="positive"),
        ),
    ),
    symbols={
        "R": "imbalance factor",
        "K": "number of classes",
        "k": "class index",
        "n": "rare class size",
        "m": "classes in each half",
    },
    ids=("B16",),
    functions=("step_profile",),
)

STATEMENTS = (SPECIAL_CASES, VS_CONDITION, EXPERIMENTS)
