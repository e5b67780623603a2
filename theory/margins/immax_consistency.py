"""IMMAX's consistency: class margins leave the 0-1 decision alone, class weights do not.

After Cortes, Mao, Mohri, Zhong (ICML 2025); proofs derived here. Checked by: case splits (SMT), intervals,
identities, an exact witness.
"""

from ..claims.stating import FORMULA, state, state_derivative, statement

__all__ = []


RAMP_CONSISTENCY = statement(
    name="immax_consistency.ramp",
    title="Ramps with any two class margins bound the 0-1 regret at every point, and scores at the larger "
    "margin are optimal",
    source="after Cortes et al. (ICML 2025); proof derived here",
    ids=("B12",),
    where={
        "h: nonpositive": "score",
        "p: [1/2, 1]": "posterior of the positive class",
        "a: positive": "margin of the positive class",
        "b: positive": "margin of the negative class",
    },
    theorem=(
        "for all margins a, b > 0, posteriors p in [0, 1] and scores h, with C(h) = p Phi_a(h) + (1-p) "
        "Phi_b(-h), Phi_g(m) = min(1, max(0, 1 - m/g)): min C = min(p, 1-p), reached for p != 1/2 at every "
        "h of the sign of 2p - 1 with |h| >= max(a, b); and |2p - 1| 1[(2p-1) h <= 0] <= C(h) - min C: at "
        "every point the 0-1 regret is at most the ramp's",
        r"\left| 2p - 1 \right| \mathbb{1}\left[ (2p - 1)\, h \le 0 \right] \le C_p(h) - \min_{h'} "
        r"C_p(h'), \qquad \min_{h'} C_p(h') = \min(p, 1 - p) = C_p\left( \operatorname{sgn}(2p - 1)\, t "
        r"\right)\ \forall t \ge \max(a, b),\ p \ne \tfrac12 \qquad \forall h \in \mathbb{R},\ p \in [0, "
        r"1],\ a, b > 0, \qquad C_p(h) = p\, \Phi_a(h) + (1 - p)\, \Phi_b(-h),\ \Phi_g(m) = \min\left( 1, "
        r"\max\left( 0, 1 - \tfrac mg \right) \right)",
    ),
    formula="p - (1 - p) <= p*Min(1, Max(0, 1 - h/a)) + (1 - p)*Min(1, Max(0, 1 + h/b)) - (1 - p)",
    steps=(
        "wrong_sign_costs_larger_posterior: a score of the wrong sign costs at least the larger posterior "
        "(p >= 1/2, h <= 0)",
        "p*Min(1, Max(0, 1 - h/a)) + (1 - p)*Min(1, Max(0, 1 + h/b)) >= p",
        "no_score_below_smaller_posterior: no score costs less than the smaller posterior",
        state("p*Min(1, Max(0, 1 - h/a)) + (1 - p)*Min(1, Max(0, 1 + h/b)) >= 1 - p", h="real"),
        "attained_beyond_margin: which a score at or beyond the positives' margin attains",
        state(
            "p*Min(1, Max(0, 1 - h/a)) + (1 - p)*Min(1, Max(0, 1 + h/b)) == 1 - p",
            given="h >= a",
            h="positive",
        ),
        "regret_bounded: so the 0-1 regret, p - (1 - p) at a wrong sign, is at most the ramp regret",
        FORMULA,
    ),
    argument="At a point with posterior p >= 1/2 of the positive class, margin a for positives and b for "
    "negatives; p < 1/2 is the mirror image with a and b exchanged. A right sign has no 0-1 "
    "regret. The transform is the identity, whatever the margins.",
    mutants=(
        "scores that stop short of the margin attain it too",
        state(
            "p*Min(1, Max(0, 1 - h/a)) + (1 - p)*Min(1, Max(0, 1 + h/b)) <= 1 - p",
            given="h < a",
            h="positive",
        ),
        "the hinge without its cap attains it as well",
        state("p*Max(0, 1 - h/a) + (1 - p)*Max(0, 1 + h/b) <= 1 - p", given="h >= a", h="positive"),
        "no score costs less than the larger posterior",
        state("p*Min(1, Max(0, 1 - h/a)) + (1 - p)*Min(1, Max(0, 1 + h/b)) >= p", h="real"),
    ),
    rests_on=("margin_loss.ramp",),
)


COST_SENSITIVE = statement(
    name="immax_consistency.class_weights",
    title="Unequal class weights are not consistent for the plain 0-1 loss: they move the threshold",
    source="Cortes et al. (ICML 2025), abstract; derived here",
    ids=("B12",),
    where={
        "p: (0, 1)": "posterior of the positives",
        "x: positive": "weight of positives",
        "y: positive": "weight of negatives",
    },
    theorem=(
        "weights w_+, w_- > 0: predicting positive has the smaller weighted risk iff p > w_-/(w_+ + w_-), "
        "p the posterior of the positives; this agrees with the Bayes rule p > 1/2 for all p in (0, 1) iff "
        "w_+ = w_-",
        r"w_+ p > w_- (1 - p) \iff p > \frac{w_-}{w_+ + w_-}, \qquad \left( w_+ p > w_- (1 - p) \iff p > "
        r"\tfrac12 \quad \forall p \in (0, 1) \right) \iff w_+ = w_- \qquad \forall w_+, w_- > 0",
    ),
    formula=state("y/(x + y) < 1/2", given="x > y"),
    steps=(
        "weighted_threshold: with weight x on positives and y on negatives, predicting positive is best "
        "iff x p > y (1 - p), that is p > y/(x + y)",
        "x*p - y*(1 - p) == (x + y)*(p - y/(x + y))",
        "threshold_below_half: for x > y that threshold is below 1/2",
        FORMULA,
        "rules_differ_between: between them lies a posterior on which the two rules differ",
        state("y/(x + y) < (y/(x + y) + 1/2)/2 < 1/2", given="x > y"),
        "witness: witness x = 3, y = 1, p = 2/5: the weighted rule says positive, the Bayes rule negative",
        ("3*(2/5) > 1*(1 - 2/5)", "2/5 < 1/2"),
    ),
    argument="The two rules disagree exactly for posteriors between y/(x + y) and 1/2, an interval with "
    "interior unless x = y. Margins, unlike weights, leave the sign of the best score alone: "
    "immax_consistency.ramp.",
    mutants=(
        "the threshold is x/(x + y)",
        state("x/(x + y) < 1/2", given="x > y"),
        "weights leave the decision alone",
        state("p > 1/2", given="x*p > y*(1 - p)"),
    ),
    rests_on=("immax_consistency.ramp",),
)

NEURAL_FORM = statement(
    name="immax_consistency.neural_form",
    title="The neural form log(1 + exp(-u/rho)), over log 2, bounds the ramp, and times rho tends to the "
    "hinge max(0, -u) as rho vanishes",
    source="after Cortes et al. (ICML 2025); bounds derived here, two classes",
    ids=("B12",),
    where={
        "u: real": "margin of an example",
        "v: real": "u/rho",
        "g: positive": "rho of its class",
    },
    theorem=(
        "for all real u and rho > 0: min(1, max(0, 1 - u/rho)) <= log(1 + exp(-u/rho))/log 2, and max(0, "
        "-u) <= rho log(1 + exp(-u/rho)) <= max(0, -u) + rho log 2, so rho log(1 + exp(-u/rho)) -> max(0, "
        "-u) as rho -> 0",
        r"\min\left( 1, \max\left( 0, 1 - \frac u\rho \right) \right) \le \frac{\log\left( 1 + e^{-u/\rho} "
        r"\right)}{\log 2}, \qquad \max(0, -u) \le \rho \log\left( 1 + e^{-u/\rho} \right) \le \max(0, -u) "
        r"+ \rho \log 2 \qquad \forall u \in \mathbb{R},\ \rho > 0",
    ),
    formula="Min(1, Max(0, 1 - u/g)) <= log(1 + exp(-u/g))/log(2)",
    steps=(
        "above_the_ramp: it is above the ramp, with the margin in units of rho",
        "Min(1, Max(0, 1 - v)) <= log(1 + exp(-v))/log(2)",
        "at_least_one_on_errors: so above the 0-1 loss: at least 1 on errors",
        state("log(1 + exp(-v))/log(2) >= 1", v="nonpositive"),
        "slope_bounded: its slope in the score is bounded by 1/rho before the factor 1/log 2",
        "0 <= exp(-v)/(1 + exp(-v))/g <= 1/g",
        "its_slope: that slope",
        state_derivative("log(1 + exp(-u/g))", "u", "-exp(-u/g)/(1 + exp(-u/g))/g"),
        "within_log_two_of_hinge: rho log(1 + exp(-u/rho)) lies within rho log 2 above the hinge at 0",
        "Max(0, -v) <= log(1 + exp(-v)) <= Max(0, -v) + log(2)",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Put v = u/rho. For several classes log(1 + sum exp((h_j - h_y)/rho_y)) is the same with the "
    "other classes' terms added, which only raises it.",
    mutants=(
        "without the factor 1/log 2",
        "Min(1, Max(0, 1 - v)) <= log(1 + exp(-v))",
        "above the hinge 1 - v everywhere",
        "Max(0, 1 - v) <= log(1 + exp(-v))/log(2)",
    ),
    rests_on=("margin_loss.ramp",),
)

STATEMENTS = (RAMP_CONSISTENCY, COST_SENSITIVE, NEURAL_FORM)
