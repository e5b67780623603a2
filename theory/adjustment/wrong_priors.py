"""Wrong priors and wrong exponents: what they can cost in balanced error.

For rules that predict argmax eta_y / b_y, with numbers b that should be the priors: logit-adjusted
losses and post-hoc adjustment (Menon et al., ICLR 2021) with estimated priors or another exponent. The
bounds are derived here. Checked by: inequalities for one point or one class, which hold for every K, and
exact enumeration.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_quoted,
    steps,
)
from ..consistency.offset_family import broadcast_classes
from ..foundation.validation import as_real, broadcasting

__all__ = [
    "prior_mismatch",
    "regret_bound_wrong_exponent",
    "regret_bound_wrong_prior",
    "sharp_regret_bound_wrong_prior",
]


def prior_mismatch(class_prior: ArrayLike, used_prior: ArrayLike) -> NDArray[np.float64]:
    """``rho = max_y(pi_y/b_y) / min_y(pi_y/b_y) >= 1``, shape (...); 1 iff b is proportional to pi.

    ``class_prior`` and ``used_prior``: (..., K), positive; only ratios matter.
    """
    return np.exp(np.ptp(_log_mismatch(class_prior, used_prior), axis=-1))


def regret_bound_wrong_prior(
    class_prior: ArrayLike, used_prior: ArrayLike, bayes_error: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Most that argmax eta_y/b_y can lose in balanced error: ``(1 - BER*)(1 - 1/rho)``.

    ``bayes_error``: the balanced error of Bayes' rule, in [0, 1]; see `prior_mismatch` for the rest.
    """
    accuracy = 1.0 - as_real("bayes_error", bayes_error, low=0, high=1)
    return -accuracy * np.expm1(-np.ptp(_log_mismatch(class_prior, used_prior), axis=-1))


def sharp_regret_bound_wrong_prior(
    class_prior: ArrayLike, used_prior: ArrayLike
) -> NDArray[np.float64]:
    """The same without the Bayes error: ``1 - mean_y(c_y)/max_y(c_y)``, ``c_y = pi_y/b_y``.

    It is attained for two classes, and whenever the largest c is at least the sum of the others.
    """
    mismatch = _log_mismatch(class_prior, used_prior)
    return -np.expm1(mismatch - mismatch.max(axis=-1, keepdims=True)).mean(axis=-1)


@broadcasting
def regret_bound_wrong_exponent(
    imbalance_factor: ArrayLike, exponent: ArrayLike, bayes_error: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """The bound for b = pi^s: ``(1 - BER*)(1 - IF^(-|1 - s|))``; arguments broadcast.

    ``imbalance_factor`` >= 1 is max pi / min pi; ``exponent`` s is real, such as nu + tau.
    """
    factor = as_real("imbalance_factor", imbalance_factor, low=1)
    accuracy = 1.0 - as_real("bayes_error", bayes_error, low=0, high=1)
    return -accuracy * np.expm1(-np.abs(1.0 - as_real("exponent", exponent)) * np.log(factor))


def _log_mismatch(class_prior: ArrayLike, used_prior: ArrayLike) -> NDArray[np.float64]:
    prior, used = broadcast_classes(
        class_prior=as_real("class_prior", class_prior, low=0, low_open=True),
        used_prior=as_real("used_prior", used_prior, low=0, low_open=True),
    )
    return np.log(prior / used)


# ------------------------------------------------------------------------------------ statements

_POINT = {"r": "nonnegative", "s": "nonnegative", "c": "positive", "d": "positive"}
_SYMBOLS = {
    "r": "balanced score of Bayes' prediction",
    "s": "balanced score of the rule's prediction",
    "c": "mismatch pi/b of the rule's prediction",
    "d": "mismatch pi/b of Bayes' prediction",
    "l": "smallest mismatch",
    "L": "largest mismatch",
}
_RULE_PREFERS = "s*c >= r*d"

WRONG_PRIOR = Statement(
    name="wrong_priors.wrong_prior",
    title="Predicting argmax eta/b loses at most (1 - BER*)(1 - 1/rho) in balanced error, any K",
    source="derived here",
    formula=state_quoted(
        "BER(h) - BER* <= (1 - BER*)(1 - 1/rho),  rho = max(pi/b)/min(pi/b)",
        r"\mathrm{BER}(h_b)-\mathrm{BER}^*\le(1-\mathrm{BER}^*)\Bigl(1-\frac1\rho\Bigr),\quad"
        r"\rho=\frac{\max_y\pi_y/b_y}{\min_y\pi_y/b_y}",
    ),
    steps=steps(
        (
            "at a point the rule prefers its own prediction, s c >= r d, so it keeps the share l/L of r",
            state(
                "r - s <= (1 - l/L)*r",
                given=[_RULE_PREFERS, "l <= d", "c <= L"],
                l="positive",
                L="positive",
                **_POINT,
            ),
        ),
        (
            "three classes: every world of two points, every b on a grid, the worst way to break ties",
            state_computed(
                "wrong_priors:wrong_prior_regret",
                classes=3,
                points=2,
                grid=3,
                levels=3,
                bound="accuracy",
            ),
        ),
        (
            "two classes, three points",
            state_computed(
                "wrong_priors:wrong_prior_regret",
                classes=2,
                points=3,
                grid=3,
                levels=4,
                bound="accuracy",
            ),
        ),
        (
            "two classes: tight to a factor 2 - 1/rho: points A, B with r(A) = a (1, rho), r(B) = (1/p, 0), "
            "a = 1/(p + (1-p) rho), P(A) = p/rho + 1 - p: mean scores are 1",
            state(
                "(p/R + 1 - p)/(p + (1 - p)*R) + (p*(1 - 1/R))/p == 1",
                "(p/R + 1 - p)*R/(p + (1 - p)*R) == 1",
                p="(0, 1)",
                R="(1, oo)",
            ),
        ),
        (
            "the rule errs at A; its regret is the bound divided by 2 - 1/rho",
            state(
                "(p/R + 1 - p)*(R - 1)/(p + (1 - p)*R)/2"
                " == (1/(2 - 1/R))*(1 - 1/R)"
                "*((p/R + 1 - p)*R/(p + (1 - p)*R) + p*(1 - 1/R)/p)/2",
                p="(0, 1)",
                R="(1, oo)",
            ),
        ),
    ),
    argument="The regret is (1/K) E[r* - r_h] and 1 - BER* is (1/K) E[r*]; the pointwise inequality, with "
    "l/L = 1/rho, averages to the bound whatever the number of classes. A logit-adjusted loss with "
    "estimated priors b, or post-hoc adjustment by them, is such a rule.",
    mutants=mutants(
        (
            "1 - rho for 1 - 1/rho",
            state(
                "r - s <= (1 - L/l)*r",
                given=[_RULE_PREFERS, "l <= d", "c <= L"],
                l="positive",
                L="positive",
                **_POINT,
            ),
        ),
        (
            "BER* for 1 - BER*",
            state_computed(
                "wrong_priors:wrong_prior_regret",
                classes=2,
                points=3,
                grid=3,
                levels=4,
                bound="error",
            ),
        ),
        (
            "the square root of 1/rho",
            state(
                "r - s <= (1 - sqrt(l/L))*r",
                given=[_RULE_PREFERS, "l <= d", "c <= L"],
                l="positive",
                L="positive",
                **_POINT,
            ),
        ),
    ),
    symbols=_SYMBOLS | {"R": "rho", "p": "prior of the first class"},
    rests_on=("balanced_error.bayes_rule",),
    ids=("LA8",),
    functions=("prior_mismatch", "regret_bound_wrong_prior"),
)

SHARP = Statement(
    name="wrong_priors.wrong_prior_sharp",
    title="The regret of argmax eta/b is at most 1 - mean(c)/max(c), c = pi/b: sharp for two classes",
    source="derived here",
    formula=state_quoted(
        "BER(h) - BER* <= 1 - mean_y(c_y)/max_y(c_y),  c_y = pi_y/b_y",
        r"\mathrm{BER}(h_b)-\mathrm{BER}^*\le 1-\frac{\frac1K\sum_y c_y}{\max_y c_y},\quad"
        r"c_y=\pi_y/b_y",
    ),
    steps=steps(
        (
            "at a point whose Bayes prediction has mismatch d the rule loses at most (1 - d/L) r",
            state("r - s <= (1 - d/L)*r", given=[_RULE_PREFERS, "c <= L"], L="positive", **_POINT),
        ),
        (
            "over the points where Bayes predicts y, r has expectation at most 1 (y's recall R)",
            state("(1 - d/L)*R <= 1 - d/L", given="d <= L", R="[0, 1]", d="positive", L="positive"),
        ),
        (
            "each class's share is no worse than with the smallest mismatch l instead of its own",
            state("1 - d/L <= 1 - l/L", given="l <= d", d="positive", l="positive", L="positive"),
        ),
        (
            "attained: for each class y but that of largest c, with k = c_y/c_max, a point of mass "
            "p_y + p k and scores 1/(p_y + p k), k/(p_y + p k) of y and of the other",
            state(
                "q*(1/(q + p*k)) + p*(k/(q + p*k)) == 1",
                "(q + p*k)*(1/(q + p*k)) == 1",
                "(q + p*k)*(1/(q + p*k) - k/(q + p*k)) == 1 - k",
                p="positive",
                q="positive",
                k="(0, 1]",
            ),
        ),
        (
            "if the k sum to S <= 1, a last point of mass p (1 - S) and score 1/p completes the world",
            state(
                "1 - p + p*S + p*(1 - S) == 1", "S + p*(1 - S)*(1/p) == 1", p="(0, 1)", S="[0, 1]"
            ),
        ),
        (
            "two classes: the bound is (1 - 1/rho)/2, at most that with 1 - BER* >= 1/2",
            state(
                "1 - ((1 + 1/R)/2)/1 == (1 - 1/R)/2",
                "(1 - 1/R)/2 <= G*(1 - 1/R)",
                R="[1, oo)",
                G="[1/2, 1]",
            ),
        ),
        (
            "K >= 3 classes and k = 1/rho = 1/(K-1) for all others: Bayes has recall 1 on these, 0 on the "
            "last, and the regret is also (1 - BER*)(1 - 1/rho): that bound is attained too",
            state(
                "(1/K)*(K - 1)*(1 - 1/(K - 1)) == (1 - 1/K)*(1 - 1/(K - 1))",
                "(K - 1)*(1/(K - 1)) == 1",
                K="integer 3..",
            ),
        ),
        (
            "three classes: every world of two points, every b on a grid, the worst way to break ties",
            state_computed(
                "wrong_priors:wrong_prior_regret",
                classes=3,
                points=2,
                grid=3,
                levels=3,
                bound="mean",
            ),
        ),
    ),
    argument="Split the regret (1/K) E[r* - r_h] by Bayes' prediction y: the part of y is at most "
    "(1 - c_y/c_max) E[r_y; Bayes predicts y] <= 1 - c_y/c_max. The average over classes is the bound. In "
    "the world of the fourth and fifth steps the rule ties at every point and its worse choice loses "
    "exactly 1 - k for each class. Plain prediction, b = 1, so loses at most 1 - 1/(K max pi).",
    mutants=mutants(
        (
            "with the smallest mismatch: 1 - min(c)/mean(c)",
            state("1 - ((1 + 1/R)/2)/1 == 1 - (1/R)/((1 + 1/R)/2)", R="(1, oo)"),
        ),
        (
            "half the bound",
            state_computed(
                "wrong_priors:wrong_prior_regret",
                classes=2,
                points=3,
                grid=3,
                levels=4,
                bound="half",
            ),
        ),
        (
            "the rule's own mismatch counts: 1 - c/L",
            state("r - s <= (1 - c/L)*r", given=[_RULE_PREFERS, "c <= L"], L="positive", **_POINT),
        ),
    ),
    symbols=_SYMBOLS
    | {
        "R": "recall of a class under Bayes' rule; in the two-class step rho",
        "G": "1 - BER*",
        "p": "prior of the class of largest mismatch",
        "q": "prior of another class",
        "k": "its mismatch over the largest",
        "S": "sum of the k",
    },
    rests_on=("balanced_error.bayes_rule", "wrong_priors.wrong_prior"),
    ids=("LA8",),
    functions=("sharp_regret_bound_wrong_prior",),
)

_RATIO = {"x": "positive", "F": "[1, oo)"}

WRONG_EXPONENT = Statement(
    name="wrong_priors.wrong_exponent",
    title="Adjusting with pi^s loses at most (1 - BER*)(1 - IF^(-|1-s|)) in balanced error",
    source="derived here",
    formula=state_quoted(
        "BER(h_s) - BER* <= (1 - BER*)(1 - IF^(-|1-s|)),  h_s = argmax eta/pi^s",
        r"\mathrm{BER}(h_s)-\mathrm{BER}^*\le(1-\mathrm{BER}^*)\bigl(1-\mathrm{IF}^{-|1-s|}\bigr)",
    ),
    steps=steps(
        (
            "the mismatch is pi/pi^s = pi^(1-s), and a ratio x = pi_i/pi_j lies in [1/IF, IF]: s <= 1",
            state("a*log(x) <= a*log(F)", given="x <= F", a="nonnegative", **_RATIO),
        ),
        (
            "s > 1",
            state("-a*log(x) <= a*log(F)", given="x*F >= 1", a="nonnegative", **_RATIO),
        ),
        (
            "IF = 100: s = 1.15, 1.1, 1.05 and plain cross-entropy (s = 0)",
            state(
                "4987/10000 < 1 - 100**(-3/20) < 4989/10000",
                "3690/10000 < 1 - 100**(-1/10) < 3691/10000",
                "2056/10000 < 1 - 100**(-1/20) < 2057/10000",
                "1 - 100**(-1) == 99/100",
            ),
        ),
        (
            "the exponents of TLA + ADRW add: exp(nu log(pi) + tau log(pi)) divides eta",
            state(
                "h*exp(-nu*log(p))*exp(-tau*log(p)) == h*exp(-(nu + tau)*log(p))",
                h="positive",
                p="positive",
                nu="real",
                tau="real",
            ),
        ),
    ),
    argument="rho of the wrong-prior bound is the largest x^(1-s), so log rho = |1-s| log IF.",
    mutants=mutants(
        (
            "the exponent s for |1-s|: nothing lost at s = 0",
            state("1 - F**(-s) >= 1 - F**(-(1 - s))", F="(1, oo)", s="[0, 1)"),
        ),
        (
            "1 - s without the absolute value",
            state("-a*log(x) <= -a*log(F)", given="x*F >= 1", a="positive", **_RATIO),
        ),
        (
            "too strong an adjustment costs nothing: .3 for s = 1.15 at IF = 100",
            state("1 - 100**(-3/20) < 3/10"),
        ),
    ),
    symbols={
        "x": "ratio of two priors",
        "F": "imbalance factor IF",
        "a": "|1 - s|",
        "h": "posterior",
        "s": "exponent",
        "p": "prior",
        "nu": "exponent of the weights",
        "tau": "of the offsets",
    },
    rests_on=("wrong_priors.wrong_prior", "vs_consistency.two_exponents"),
    ids=("VS11c", "LA8"),
    functions=("regret_bound_wrong_exponent",),
)

STATEMENTS = (WRONG_PRIOR, SHARP, WRONG_EXPONENT)
