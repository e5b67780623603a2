"""Wrong priors and wrong exponents: what they can cost in balanced error.

For rules that predict argmax eta_y / b_y, with numbers b that should be the priors: logit-adjusted
losses and post-hoc adjustment (Menon et al., ICLR 2021) with estimated priors or another exponent. The
bounds are derived here. Checked by: inequalities for one point or one class, which hold for every K, and
exact enumeration.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state, state_computed, statement
from ..consistency.offset_family import broadcast_classes
from ..foundation.arrays import ArrayLike
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


WRONG_PRIOR = statement(
    name="wrong_priors.wrong_prior",
    title="Predicting argmax eta/b loses at most (1 - BER*)(1 - 1/rho) in balanced error, any K",
    source="derived here",
    ids=("LA8",),
    functions=("prior_mismatch", "regret_bound_wrong_prior"),
    where={
        "l: positive": "smallest mismatch",
        "L: positive": "largest mismatch",
        "r: nonnegative": "balanced score of Bayes' prediction",
        "s: nonnegative": "balanced score of the rule's prediction",
        "c: positive": "mismatch pi/b of the rule's prediction",
        "d: positive": "mismatch pi/b of Bayes' prediction",
        "p: (0, 1)": "prior of the first class",
        "R: (1, oo)": "rho",
    },
    theorem=(
        "for all K, priors pi_y > 0, numbers b_y > 0 and every rule h_b(x) in argmax_y eta_y(x)/b_y (ties "
        "broken in any way): BER(h_b) - BER* <= (1 - BER*)(1 - 1/rho), rho = "
        "max_y(pi_y/b_y)/min_y(pi_y/b_y); for K = 2 and each rho > 1 some world and way to break ties has "
        "a regret of the bound divided by 2 - 1/rho",
        r"h_b(x)\in\operatorname{argmax}_y\frac{\eta_y(x)}{b_y},\ b_y>0:\quad \mathrm{BER}(h_b)"
        r"-\mathrm{BER}^*\le(1-\mathrm{BER}^*)\left(1-\frac1\rho\right),\qquad \rho=\frac{\max_y\pi_y/b_y}"
        r"{\min_y\pi_y/b_y}\qquad\forall\,K,\ \pi_y>0;\qquad K=2:\ \forall\,\rho>1\ \text{ some world and "
        r"ties have }\ \mathrm{BER}(h_b)-\mathrm{BER}^*=\frac{(1-\mathrm{BER}^*)(1-1/\rho)}{2-1/\rho}",
    ),
    steps=(
        "share_kept_at_a_point: at a point the rule prefers its own prediction, s c >= r d, so it keeps "
        "the share l/L of r",
        state("r - s <= (1 - l/L)*r", given=["s*c >= r*d", "l <= d", "c <= L"]),
        "three_classes_enumerated: three classes: every world of two points, every b on a grid, the worst "
        "way to break ties",
        state_computed(
            "wrong_priors:wrong_prior_regret",
            classes=3,
            points=2,
            grid=3,
            levels=3,
            bound="accuracy",
        ),
        "two_classes_enumerated: two classes, three points",
        state_computed(
            "wrong_priors:wrong_prior_regret",
            classes=2,
            points=3,
            grid=3,
            levels=4,
            bound="accuracy",
        ),
        "tight_world_mean_scores: two classes: tight to a factor 2 - 1/rho: points A, B with r(A) = a (1, "
        "rho), r(B) = (1/p, 0), a = 1/(p + (1-p) rho), P(A) = p/rho + 1 - p: mean scores are 1",
        (
            "(p/R + 1 - p)/(p + (1 - p)*R) + (p*(1 - 1/R))/p == 1",
            "(p/R + 1 - p)*R/(p + (1 - p)*R) == 1",
        ),
        "tight_world_regret: the rule errs at A; its regret is the bound divided by 2 - 1/rho",
        "(p/R + 1 - p)*(R - 1)/(p + (1 - p)*R)/2 == (1/(2 - 1/R))*(1 - 1/R)*((p/R + 1 - p)*R/(p + (1 - "
        "p)*R) + p*(1 - 1/R)/p)/2",
    ),
    argument="The regret is (1/K) E[r* - r_h] and 1 - BER* is (1/K) E[r*]; the pointwise inequality, with "
    "l/L = 1/rho, averages to the bound whatever the number of classes. A logit-adjusted loss "
    "with estimated priors b, or post-hoc adjustment by them, is such a rule.",
    mutants=(
        "1 - rho for 1 - 1/rho",
        state("r - s <= (1 - L/l)*r", given=["s*c >= r*d", "l <= d", "c <= L"]),
        "BER* for 1 - BER*",
        state_computed(
            "wrong_priors:wrong_prior_regret", classes=2, points=3, grid=3, levels=4, bound="error"
        ),
        "the square root of 1/rho",
        state("r - s <= (1 - sqrt(l/L))*r", given=["s*c >= r*d", "l <= d", "c <= L"]),
    ),
    rests_on=("balanced_error.bayes_rule",),
)

SHARP = statement(
    name="wrong_priors.wrong_prior_sharp",
    title="The regret of argmax eta/b is at most 1 - mean(c)/max(c), c = pi/b: sharp for two classes",
    source="derived here",
    ids=("LA8",),
    functions=("sharp_regret_bound_wrong_prior",),
    where={
        "R: [0, 1]": "recall of a class under Bayes' rule; in the two-class step rho",
        "p: positive": "prior of the class of largest mismatch",
        "q: positive": "prior of another class",
        "k: (0, 1]": "its mismatch over the largest",
        "S: [0, 1]": "sum of the k",
        "G: [1/2, 1]": "1 - BER*",
        "K: integer 3..": "number of classes",
        "L: positive": "largest mismatch",
        "r: nonnegative": "balanced score of Bayes' prediction",
        "s: nonnegative": "balanced score of the rule's prediction",
        "c: positive": "mismatch pi/b of the rule's prediction",
        "d: positive": "mismatch pi/b of Bayes' prediction",
        "l: positive": "smallest mismatch",
    },
    theorem=(
        "for all K, pi_y > 0, b_y > 0, c_y = pi_y/b_y and every h_b(x) in argmax_y eta_y(x)/b_y: BER(h_b) "
        "- BER* <= (1/K) sum_y (1 - c_y/max_j c_j) = 1 - mean(c)/max(c). Equality is attained in some "
        "world (ties broken the worst way) for K = 2, where the bound is (1 - 1/rho)/2, and for K >= 3 if "
        "the c_y without the largest add up to at most max(c)",
        r"h_b(x)\in\operatorname{argmax}_y\frac{\eta_y(x)}{b_y},\ c_y=\frac{\pi_y}{b_y}:\quad \mathrm{BER}"
        r"(h_b)-\mathrm{BER}^*\le1-\frac{\frac1K\sum_{y=1}^Kc_y}{\max_yc_y}\quad\forall\,K;\qquad "
        r"\text{attained for some }\eta\text{ and some }h_b\text{ if }\ \sum_{y}c_y\le2\max_yc_y,\ "
        r"\text{so always for }K=2",
    ),
    steps=(
        "loss_at_a_point: at a point whose Bayes prediction has mismatch d the rule loses at most (1 - "
        "d/L) r",
        state("r - s <= (1 - d/L)*r", given=["s*c >= r*d", "c <= L"]),
        "recall_weighs_the_loss: over the points where Bayes predicts y, r has expectation at most 1 (y's "
        "recall R)",
        state("(1 - d/L)*R <= 1 - d/L", given="d <= L"),
        "smallest_mismatch_is_weaker: each class's share is no worse than with the smallest mismatch l "
        "instead of its own",
        state("1 - d/L <= 1 - l/L", given="l <= d"),
        "world_of_one_class: attained: for each class y but that of largest c, with k = c_y/c_max, a point "
        "of mass p_y + p k and scores 1/(p_y + p k), k/(p_y + p k) of y and of the other",
        (
            "q*(1/(q + p*k)) + p*(k/(q + p*k)) == 1",
            "(q + p*k)*(1/(q + p*k)) == 1",
            "(q + p*k)*(1/(q + p*k) - k/(q + p*k)) == 1 - k",
        ),
        "last_point_completes_the_world: if the k sum to S <= 1, a last point of mass p (1 - S) and score "
        "1/p completes the world",
        state("1 - p + p*S + p*(1 - S) == 1", "S + p*(1 - S)*(1/p) == 1", p="(0, 1)"),
        "two_classes_bound: two classes: the bound is (1 - 1/rho)/2, at most that with 1 - BER* >= 1/2",
        state("1 - ((1 + 1/R)/2)/1 == (1 - 1/R)/2", "(1 - 1/R)/2 <= G*(1 - 1/R)", R="[1, oo)"),
        "many_classes_other_bound_attained: K >= 3 classes and k = 1/rho = 1/(K-1) for all others: Bayes "
        "has recall 1 on these, 0 on the last, and the regret is also (1 - BER*)(1 - 1/rho): that bound is "
        "attained too",
        ("(1/K)*(K - 1)*(1 - 1/(K - 1)) == (1 - 1/K)*(1 - 1/(K - 1))", "(K - 1)*(1/(K - 1)) == 1"),
        "three_classes_enumerated: three classes: every world of two points, every b on a grid, the worst "
        "way to break ties",
        state_computed(
            "wrong_priors:wrong_prior_regret", classes=3, points=2, grid=3, levels=3, bound="mean"
        ),
    ),
    argument="Split the regret (1/K) E[r* - r_h] by Bayes' prediction y: the part of y is at most (1 - "
    "c_y/c_max) E[r_y; Bayes predicts y] <= 1 - c_y/c_max. The average over classes is the bound. "
    "In the world of the fourth and fifth steps the rule ties at every point and its worse choice "
    "loses exactly 1 - k for each class. Plain prediction, b = 1, so loses at most 1 - 1/(K max "
    "pi).",
    mutants=(
        "with the smallest mismatch: 1 - min(c)/mean(c)",
        state("1 - ((1 + 1/R)/2)/1 == 1 - (1/R)/((1 + 1/R)/2)", R="(1, oo)"),
        "half the bound",
        state_computed(
            "wrong_priors:wrong_prior_regret", classes=2, points=3, grid=3, levels=4, bound="half"
        ),
        "the rule's own mismatch counts: 1 - c/L",
        state("r - s <= (1 - c/L)*r", given=["s*c >= r*d", "c <= L"]),
    ),
    rests_on=("balanced_error.bayes_rule", "wrong_priors.wrong_prior"),
)


WRONG_EXPONENT = statement(
    name="wrong_priors.wrong_exponent",
    title="Adjusting with pi^s loses at most (1 - BER*)(1 - IF^(-|1-s|)) in balanced error",
    source="derived here",
    ids=("VS11c", "LA8"),
    functions=("regret_bound_wrong_exponent",),
    where={
        "a: nonnegative": "|1 - s|",
        "x: positive": "ratio of two priors",
        "F: [1, oo)": "imbalance factor IF",
        "h: positive": "posterior",
        "p: positive": "prior",
        "nu: real": "exponent of the weights",
        "tau: real": "of the offsets",
        "s: [0, 1)": "exponent",
    },
    theorem=(
        "for all K, pi_y > 0, real s and every h_s(x) in argmax_y eta_y(x)/pi_y^s: BER(h_s) - BER* <= (1 - "
        "BER*)(1 - IF^(-|1-s|)), IF = max_y pi_y/min_y pi_y; a loss with weights pi^(-nu) and offsets tau "
        "log pi has s = nu + tau",
        r"h_s(x)\in\operatorname{argmax}_y\frac{\eta_y(x)}{\pi_y^s}:\quad \mathrm{BER}(h_s)-\mathrm{BER}"
        r"^*\le(1-\mathrm{BER}^*)\left(1-\mathrm{IF}^{-|1-s|}\right),\quad \mathrm{IF}=\frac{\max_y\pi_y}"
        r"{\min_y\pi_y}\qquad\forall\,K,\ s\in\mathbb R;\qquad \alpha_y=\pi_y^{-\nu},\ "
        r"\Delta_y=\tau\log\pi_y\ \Rightarrow\ s=\nu+\tau",
    ),
    steps=(
        "mismatch_up_to_exponent_one: the mismatch is pi/pi^s = pi^(1-s), and a ratio x = pi_i/pi_j lies "
        "in [1/IF, IF]: s <= 1",
        state("a*log(x) <= a*log(F)", given="x <= F"),
        "mismatch_beyond_exponent_one: s > 1",
        state("-a*log(x) <= a*log(F)", given="x*F >= 1"),
        "values_at_imbalance_hundred: IF = 100: s = 1.15, 1.1, 1.05 and plain cross-entropy (s = 0)",
        (
            "4987/10000 < 1 - 100**(-3/20) < 4989/10000",
            "3690/10000 < 1 - 100**(-1/10) < 3691/10000",
            "2056/10000 < 1 - 100**(-1/20) < 2057/10000",
            "1 - 100**(-1) == 99/100",
        ),
        "exponents_add: the exponents of TLA + ADRW add: exp(nu log(pi) + tau log(pi)) divides eta",
        "h*exp(-nu*log(p))*exp(-tau*log(p)) == h*exp(-(nu + tau)*log(p))",
    ),
    argument="rho of the wrong-prior bound is the largest x^(1-s), so log rho = |1-s| log IF.",
    mutants=(
        "the exponent s for |1-s|: nothing lost at s = 0",
        state("1 - F**(-s) >= 1 - F**(-(1 - s))", F="(1, oo)"),
        "1 - s without the absolute value",
        state("-a*log(x) <= -a*log(F)", given="x*F >= 1", a="positive"),
        "too strong an adjustment costs nothing: .3 for s = 1.15 at IF = 100",
        "1 - 100**(-3/20) < 3/10",
    ),
    rests_on=("wrong_priors.wrong_prior", "vs_consistency.two_exponents"),
)

STATEMENTS = (WRONG_PRIOR, SHARP, WRONG_EXPONENT)
