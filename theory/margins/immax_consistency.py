"""IMMAX's consistency: class margins leave the 0-1 decision alone, class weights do not.

After Cortes, Mao, Mohri, Zhong (ICML 2025); proofs derived here. Checked by: case splits (SMT), intervals,
identities, an exact witness.
"""

from ..claims.statement import Statement, mutants, state, state_derivative, steps

__all__ = []

_RISK = "p*Min(1, Max(0, 1 - h/a)) + (1 - p)*Min(1, Max(0, 1 + h/b))"
_POSTERIOR = {"p": "[1/2, 1]", "a": "positive", "b": "positive"}

RAMP_CONSISTENCY = Statement(
    name="immax_consistency.ramp",
    title="Ramps with any two class margins bound the 0-1 regret, if scores reach the larger margin",
    source="after Cortes et al. (ICML 2025); proof derived here",
    ids=("B12",),
    formula=state(f"p - (1 - p) <= {_RISK} - (1 - p)", h="nonpositive", **_POSTERIOR),
    steps=steps(
        (
            "a score of the wrong sign costs at least the larger posterior (p >= 1/2, h <= 0)",
            state(f"{_RISK} >= p", h="nonpositive", **_POSTERIOR),
        ),
        (
            "no score costs less than the smaller posterior",
            state(f"{_RISK} >= 1 - p", h="real", **_POSTERIOR),
        ),
        (
            "which a score at or beyond the positives' margin attains",
            state(f"{_RISK} == 1 - p", given="h >= a", h="positive", **_POSTERIOR),
        ),
        (
            "so the 0-1 regret, p - (1 - p) at a wrong sign, is at most the ramp regret",
            state(f"p - (1 - p) <= {_RISK} - (1 - p)", h="nonpositive", **_POSTERIOR),
        ),
    ),
    argument="At a point with posterior p >= 1/2 of the positive class, margin a for positives and b for "
    "negatives; p < 1/2 is the mirror image with a and b exchanged. A right sign has no 0-1 regret. The "
    "transform is the identity, whatever the margins.",
    mutants=mutants(
        (
            "scores that stop short of the margin attain it too",
            state(f"{_RISK} <= 1 - p", given="h < a", h="positive", **_POSTERIOR),
        ),
        (
            "the hinge without its cap attains it as well",
            state(
                "p*Max(0, 1 - h/a) + (1 - p)*Max(0, 1 + h/b) <= 1 - p",
                given="h >= a",
                h="positive",
                **_POSTERIOR,
            ),
        ),
        (
            "no score costs less than the larger posterior",
            state(f"{_RISK} >= p", h="real", **_POSTERIOR),
        ),
    ),
    symbols={
        "p": "posterior of the positive class",
        "h": "score",
        "a": "margin of the positive class",
        "b": "margin of the negative class",
    },
    rests_on=("margin_loss.ramp",),
)

_COSTS = {"x": "positive", "y": "positive"}

COST_SENSITIVE = Statement(
    name="immax_consistency.class_weights",
    title="Unequal class weights are not consistent for the plain 0-1 loss: they move the threshold",
    source="Cortes et al. (ICML 2025), abstract; derived here",
    ids=("B12",),
    formula=state("y/(x + y) < 1/2", given="x > y", **_COSTS),
    steps=steps(
        (
            "with weight x on positives and y on negatives, predicting positive is best iff x p > y "
            "(1 - p), that is p > y/(x + y)",
            state("x*p - y*(1 - p) == (x + y)*(p - y/(x + y))", p="(0, 1)", **_COSTS),
        ),
        (
            "for x > y that threshold is below 1/2",
            state("y/(x + y) < 1/2", given="x > y", **_COSTS),
        ),
        (
            "between them lies a posterior on which the two rules differ",
            state("y/(x + y) < (y/(x + y) + 1/2)/2 < 1/2", given="x > y", **_COSTS),
        ),
        (
            "witness x = 3, y = 1, p = 2/5: the weighted rule says positive, the Bayes rule negative",
            state("3*(2/5) > 1*(1 - 2/5)", "2/5 < 1/2"),
        ),
    ),
    argument="The two rules disagree exactly for posteriors between y/(x + y) and 1/2, an interval with "
    "interior unless x = y. Margins, unlike weights, leave the sign of the best score alone: "
    "immax_consistency.ramp.",
    mutants=mutants(
        ("the threshold is x/(x + y)", state("x/(x + y) < 1/2", given="x > y", **_COSTS)),
        (
            "weights leave the decision alone",
            state("p > 1/2", given="x*p > y*(1 - p)", p="(0, 1)", **_COSTS),
        ),
    ),
    symbols={
        "x": "weight of positives",
        "y": "weight of negatives",
        "p": "posterior of the positives",
    },
    rests_on=("immax_consistency.ramp",),
)

NEURAL_FORM = Statement(
    name="immax_consistency.neural_form",
    title="The neural form log(1 + exp(-u/rho))/log 2 bounds the ramp, and rho times it tends to the hinge",
    source="after Cortes et al. (ICML 2025); bounds derived here, two classes",
    ids=("B12",),
    formula=state("Min(1, Max(0, 1 - u/g)) <= log(1 + exp(-u/g))/log(2)", u="real", g="positive"),
    steps=steps(
        (
            "it is above the ramp, with the margin in units of rho",
            state("Min(1, Max(0, 1 - v)) <= log(1 + exp(-v))/log(2)", v="real"),
        ),
        (
            "so above the 0-1 loss: at least 1 on errors",
            state("log(1 + exp(-v))/log(2) >= 1", v="nonpositive"),
        ),
        (
            "its slope in the score is bounded by 1/rho before the factor 1/log 2",
            state("0 <= exp(-v)/(1 + exp(-v))/g <= 1/g", v="real", g="positive"),
        ),
        (
            "that slope",
            state_derivative(
                "log(1 + exp(-u/g))", "u", "-exp(-u/g)/(1 + exp(-u/g))/g", u="real", g="positive"
            ),
        ),
        (
            "rho log(1 + exp(-u/rho)) lies within rho log 2 above the hinge at 0",
            state("Max(0, -v) <= log(1 + exp(-v)) <= Max(0, -v) + log(2)", v="real"),
        ),
    ),
    argument="Put v = u/rho. For several classes log(1 + sum exp((h_j - h_y)/rho_y)) is the same with the "
    "other classes' terms added, which only raises it.",
    mutants=mutants(
        (
            "without the factor 1/log 2",
            state("Min(1, Max(0, 1 - v)) <= log(1 + exp(-v))", v="real"),
        ),
        (
            "above the hinge 1 - v everywhere",
            state("Max(0, 1 - v) <= log(1 + exp(-v))/log(2)", v="real"),
        ),
    ),
    symbols={"u": "margin of an example", "g": "rho of its class", "v": "u/rho"},
    rests_on=("margin_loss.ramp",),
)

STATEMENTS = (RAMP_CONSISTENCY, COST_SENSITIVE, NEURAL_FORM)
