"""Bounded hypothesis sets: where the best bounded scores of GLA, GCA and cross-entropy predict wrongly.

That GLA needs complete sets and GCA does not is claimed by Cortes, Mohri, Zhong (NeurIPS 2025); the exact
instances are derived here. Checked by: an optimum verified in rationals, intervals, polynomials (SMT).
"""

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_quoted,
    steps,
)

__all__ = []

_PAPER = "Cortes, Mohri, Zhong (NeurIPS 2025)"
_TIED = "(2*exp(1) + exp(-1))"

GLA_BOUNDED_SOFTMAX = Statement(
    name="bounded_hypotheses.gla_bounded_softmax",
    title="On scores with softmax at least 1/10 GLA is not H-consistent: an exact instance, three classes",
    source=f"derived here; that GLA needs complete hypothesis sets is claimed in {_PAPER}",
    formula=state_quoted(
        "GLA's best bounded scores predict class 1 although class 2 has the largest p(y|x)/p_y",
        r"\arg\max_y s^*_y \ne \arg\max_y p(y\mid x)/p_y,\quad s^* = \arg\min_{\mathrm{softmax}(h) \ge 1/10}"
        r"\ \mathbb{E}\bigl[-\log \mathrm{softmax}_Y(h + \log p)\mid x\bigr]",
    ),
    steps=steps(
        (
            "for any K, log-sum-exp is convex (Jensen, from this tangent): KKT points are optima",
            state("exp(x) >= 1 + x", x="real"),
        ),
        (
            "the optimum (0.46, 0.44, 0.10), verified in rationals from its multiplier",
            state_computed(
                "h_consistency:gla_bounded_set",
                prior=["2/5", "1/10", "1/2"],
                least="1/10",
                model=["23/50", "11/25", "1/10"],
                multipliers=["0", "0", "19/100"],
            ),
            "B-L8",
        ),
        (
            "posterior over prior is larger for class 2, by more than 0.545",
            state("(22/139 + 836/10000)/(1/10) - (92/139 + 874/10000)/(4/10) > 545/1000"),
            "B-L8",
        ),
        (
            "a mass of 0.41 at this point is possible with these marginals",
            state(
                "41/100*(92/139 + 874/10000) < 4/10",
                "41/100*(22/139 + 836/10000) < 1/10",
                "41/100*(25/139 - 171/1000) < 5/10",
            ),
        ),
        (
            "why: at equal posterior over prior a, an active bound gives the frequent class more",
            state(
                "a/(1/D + M/p) > a/(1/D + M/r)",
                given="p > r",
                a="positive",
                D="positive",
                M="positive",
                p="(0, 1)",
                r="(0, 1)",
            ),
        ),
        (
            "two classes have no such instance: clipping a score difference to [-b, b] keeps its sign",
            state("Min(Max(u, -b), b)*u > 0", u="nonzero", b="positive"),
        ),
    ),
    argument="In the scores the risk is convex and the set {logsumexp(h) - h_y <= log 10} is convex, so the "
    "verified KKT point is the optimum. There the surrogate's excess over the set is zero and the balanced "
    "regret 0.546, while the scores with classes 1 and 2 exchanged lie in the set and predict class 2: no "
    "bound by a function vanishing at zero holds. Two classes: a convex risk in the difference, whose "
    "unconstrained minimiser is consistent.",
    mutants=mutants(
        (
            "the same model is optimal on the larger set, softmax at least 1/20",
            state_computed(
                "h_consistency:gla_bounded_set",
                prior=["2/5", "1/10", "1/2"],
                least="1/20",
                model=["23/50", "11/25", "1/10"],
                multipliers=["0", "0", "19/100"],
            ),
        ),
        (
            "without an active bound the order is lost too",
            state_computed(
                "h_consistency:gla_bounded_set",
                prior=["2/5", "1/10", "1/2"],
                least="1/10",
                model=["23/50", "11/25", "1/10"],
                multipliers=["0", "0", "0"],
            ),
        ),
        (
            "at equal a the rare class gets more",
            state(
                "a/(1/D + M/p) < a/(1/D + M/r)",
                given="p > r",
                a="positive",
                D="positive",
                M="positive",
                p="(0, 1)",
                r="(0, 1)",
            ),
        ),
    ),
    symbols={
        "a": "posterior over prior",
        "D": "sum of p_j s_j",
        "M": "sum of the multipliers",
        "p": "prior of the frequent class",
        "r": "prior of the rare class",
        "u": "score difference",
        "b": "bound of the score difference",
    },
    ids=("B7", "B-L8"),
    corrects="On hypothesis sets with a bounded softmax, logit adjustment (q = 0) and three classes, no "
    "H-consistency bound for the balanced error exists, although Bayes consistency holds.",
)

GCA_BOUNDED_SOFTMAX = Statement(
    name="bounded_hypotheses.gca_bounded_softmax",
    title="On a box of softmax values GCA's best model (q = 0) keeps the order of the balanced posterior",
    source=f"derived here; H-consistency on bounded sets is claimed in {_PAPER}",
    formula=state(
        "Min(Max(x, m), M) >= Min(Max(y, m), M)",
        given="x >= y",
        **dict.fromkeys(("x", "y"), "nonnegative"),
        **dict.fromkeys(("m", "M"), "[0, 1]"),
    ),
    steps=steps(
        (
            "one class's loss plus multiplier times s, restricted to [m, M], is least at clip(x/l, m, M)",
            state_derivative(
                "-x*log(s) + l*s", "s", "(s - x/l)*l/s", s="(0, 1]", x="[0, 1]", l="positive"
            ),
        ),
        (
            "clipping keeps the order",
            state(
                "Min(Max(x, m), M) >= Min(Max(y, m), M)",
                given="x >= y",
                **dict.fromkeys(("x", "y"), "nonnegative"),
                **dict.fromkeys(("m", "M"), "[0, 1]"),
            ),
        ),
        (
            "two classes cannot both be at the upper bound above 1/2",
            state("M + M > 1", M="(1/2, 1]"),
        ),
        (
            "strictly between the bounds different posteriors have different values",
            state("x/l > y/l", given="x > y", x="[0, 1]", y="[0, 1]", l="positive"),
        ),
        (
            "a best class at the lower bound leaves all there: s is uniform, K m = 1",
            state("s <= m", given=["s <= T", "T <= m"], s="[0, 1]", T="[0, 1]", m="[0, 1]"),
        ),
    ),
    argument="In s the risk -sum q log s is convex and the box with sum s = 1 is convex: with the multiplier "
    "l of the sum, each class is clipped. No posterior is misordered; if M > 1/2, the top is untied "
    "unless the posterior ties or K m = 1, and GCA with equal margins is H-consistent there.",
    mutants=mutants(
        (
            "clipping keeps the order strictly",
            state(
                "Min(Max(x, m), M) > Min(Max(y, m), M)",
                given="x > y",
                **dict.fromkeys(("x", "y", "m", "M"), "[0, 1]"),
            ),
        ),
        (
            "two classes cannot both be at an upper bound above 1/3",
            state("M + M > 1", M="(1/3, 1]"),
        ),
    ),
    symbols={
        "x": "balanced posterior of a class, divided by l in the clip",
        "y": "of another class",
        "l": "multiplier of sum s = 1",
        "m": "lower bound of the softmax",
        "M": "upper bound of the softmax",
        "s": "the model's probability of a class",
        "T": "that of the best class",
    },
    rests_on=("balanced_measure.change_of_measure",),
    ids=("B10",),
)

BOUNDED_SCORES = Statement(
    name="bounded_hypotheses.bounded_scores",
    title="On a box of scores, |h_y| <= 1, three classes, cross-entropy's best model can tie two classes",
    source="derived here; balanced posterior (0.52, 0.48, 0)",
    formula=state(f"exp(1)/{_TIED} < 48/100"),
    steps=steps(
        (
            "h = (1, 1, -1): raising class 1 would still lower the risk",
            state(f"-52/100 + exp(1)/{_TIED} < 0"),
        ),
        ("raising class 2 as well", state(f"-48/100 + exp(1)/{_TIED} < 0")),
        ("and lowering class 3", state(f"exp(-1)/{_TIED} > 0")),
        (
            "so the risk rises along every move into the box, by convexity (tangent, any K)",
            state("exp(x) >= 1 + x", x="real"),
        ),
        (
            "the tie costs zero-one regret 0.04 when broken the wrong way",
            state("52/100 - 48/100 == 4/100"),
        ),
        (
            "on a box of softmax values with upper bound above 1/2 this cannot happen: s_1 = s_2 = s",
            state("s*52/100/(48/100) > s", s="positive"),
        ),
    ),
    argument="The gradient -q + softmax(h) at h = (1, 1, -1) points out of the box in every coordinate, and "
    "the risk is strictly convex up to a common shift, which the box excludes: h is the only optimum. "
    "Classes 1 and 2 tie, although the posterior does not; with the names exchanged every "
    "fixed tie rule errs once.",
    mutants=mutants(
        ("class 2 would want a smaller score", state(f"-48/100 + exp(1)/{_TIED} > 0")),
        (
            "a box |h_y| <= 2 ties the same classes",
            state("-48/100 + exp(2)/(2*exp(2) + exp(-2)) < 0"),
        ),
    ),
    symbols={"s": "common softmax value of classes 1 and 2"},
    rests_on=("bounded_hypotheses.gca_bounded_softmax",),
    ids=("B10",),
    corrects="'Bounded' must mean bounded softmax values: for bounded scores and three classes even plain "
    "cross-entropy has no bound by a function vanishing at zero.",
)

STATEMENTS = (GLA_BOUNDED_SOFTMAX, GCA_BOUNDED_SOFTMAX, BOUNDED_SCORES)
