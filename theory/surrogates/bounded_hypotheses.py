"""Bounded hypothesis sets: where the best bounded scores of GLA, GCA and cross-entropy predict wrongly.

That GLA needs complete sets and GCA does not is claimed by Cortes, Mohri, Zhong (NeurIPS 2025); the exact
instances are derived here. Checked by: an optimum verified in rationals, intervals, polynomials (SMT).
"""

from ..claims.stating import FORMULA, state, state_computed, state_derivative, statement

__all__ = []


GLA_BOUNDED_SOFTMAX = statement(
    name="bounded_hypotheses.gla_bounded_softmax",
    title="On scores with softmax at least 1/10 GLA is not H-consistent: an exact instance, three classes",
    source="derived here; that GLA needs complete hypothesis sets is claimed in Cortes, Mohri, Zhong "
    "(NeurIPS 2025)",
    ids=("B7", "B-L8"),
    corrects="On hypothesis sets with a bounded softmax, logit adjustment (q = 0) and three classes, no "
    "H-consistency bound for the balanced error exists, although Bayes consistency holds.",
    where={
        "x: real": "displacement from the tangent's point",
        "a: positive": "posterior over prior",
        "D: positive": "sum of p_j s_j",
        "M: positive": "sum of the multipliers",
        "p: (0, 1)": "prior of the frequent class",
        "r: (0, 1)": "prior of the rare class",
        "u: nonzero": "score difference",
        "b: positive": "bound of the score difference",
    },
    theorem=(
        "K = 3, p = (2/5, 1/10, 1/2), posterior (92/139 + 0.0874, 22/139 + 0.0836, 25/139 - 0.171), H = {h "
        ": softmax_y(h) >= 1/10 for all y}: the minimiser of sum_y p(y|x) (-log softmax_y(h + log p)) over "
        "H has softmax(h) = (0.46, 0.44, 0.10), class 1 first, but p(2|x)/p_2 - p(1|x)/p_1 > 0.545; so "
        "over H no bound of the balanced regret by a function of the surrogate regret that vanishes at 0 "
        "holds; for K = 2 and every b > 0 the minimiser over |h_1 - h_2| <= b has h_1 > h_2 iff p(1|x)/p_1 "
        "> p(2|x)/p_2",
        r"p = \left( \tfrac25, \tfrac1{10}, \tfrac12 \right),\quad p(\cdot \mid x) = \left( "
        r"\tfrac{92}{139} + \tfrac{874}{10^4},\ \tfrac{22}{139} + \tfrac{836}{10^4},\ \tfrac{25}{139} - "
        r"\tfrac{171}{10^3} \right) :\quad \operatorname{softmax}(h^*) = (0.46,\ 0.44,\ 0.10), \quad h^* "
        r"\in \operatorname{argmin}_{h \in \mathcal{H}}\ \mathbb{E} \left[ -\log "
        r"\operatorname{softmax}_Y(h + \log p) \mid x \right], \qquad h^*_1 > h^*_2 \ \text{ but }\ "
        r"\frac{p(2 \mid x)}{p_2} - \frac{p(1 \mid x)}{p_1} > 0.545, \qquad \mathcal{H} = \left\{ h : "
        r"\operatorname{softmax}_y(h(x)) \ge \tfrac1{10}\ \forall x, y \right\}, \qquad \nexists\, "
        r"\Gamma,\ \Gamma(0) = 0 :\ \mathcal{R}_{\mathrm{BAL}}(h) - \mathcal{R}^*_{\mathrm{BAL}}"
        r"(\mathcal{H}) \le \Gamma\left( \mathcal{R}_{\mathrm{GLA}}(h) - \mathcal{R}^*_{\mathrm{GLA}}"
        r"(\mathcal{H}) \right)\ \forall h \in \mathcal{H}, P; \qquad K = 2,\ b > 0,\ \mathcal{H} = \{|h_1 "
        r"- h_2| \le b\} :\quad h^*_1 > h^*_2 \iff \frac{p(1 \mid x)}{p_1} > \frac{p(2 \mid x)}{p_2}",
    ),
    steps=(
        "convexity_by_tangent: for any K, log-sum-exp is convex (Jensen, from this tangent): KKT points "
        "are optima",
        "exp(x) >= 1 + x",
        "optimum_in_rationals (B-L8): the optimum (0.46, 0.44, 0.10), verified in rationals from its "
        "multiplier",
        state_computed(
            "h_consistency:gla_bounded_set",
            prior=["2/5", "1/10", "1/2"],
            least="1/10",
            model=["23/50", "11/25", "1/10"],
            multipliers=["0", "0", "19/100"],
        ),
        "balanced_order_reversed (B-L8): posterior over prior is larger for class 2, by more than 0.545",
        "(22/139 + 836/10000)/(1/10) - (92/139 + 874/10000)/(4/10) > 545/1000",
        "mass_is_possible: a mass of 0.41 at this point is possible with these marginals",
        (
            "41/100*(92/139 + 874/10000) < 4/10",
            "41/100*(22/139 + 836/10000) < 1/10",
            "41/100*(25/139 - 171/1000) < 5/10",
        ),
        "why_frequent_class_gains: why: at equal posterior over prior a, an active bound gives the "
        "frequent class more",
        state("a/(1/D + M/p) > a/(1/D + M/r)", given="p > r"),
        "two_classes_keep_sign: two classes have no such instance: clipping a score difference to [-b, b] "
        "keeps its sign",
        "Min(Max(u, -b), b)*u > 0",
    ),
    argument="In the scores the risk is convex and the set {logsumexp(h) - h_y <= log 10} is convex, so "
    "the verified KKT point is the optimum. There the surrogate's excess over the set is zero and "
    "the balanced regret 0.546, while the scores with classes 1 and 2 exchanged lie in the set "
    "and predict class 2: no bound by a function vanishing at zero holds. Two classes: a convex "
    "risk in the difference, whose unconstrained minimiser is consistent.",
    mutants=(
        "the same model is optimal on the larger set, softmax at least 1/20",
        state_computed(
            "h_consistency:gla_bounded_set",
            prior=["2/5", "1/10", "1/2"],
            least="1/20",
            model=["23/50", "11/25", "1/10"],
            multipliers=["0", "0", "19/100"],
        ),
        "without an active bound the order is lost too",
        state_computed(
            "h_consistency:gla_bounded_set",
            prior=["2/5", "1/10", "1/2"],
            least="1/10",
            model=["23/50", "11/25", "1/10"],
            multipliers=["0", "0", "0"],
        ),
        "at equal a the rare class gets more",
        state("a/(1/D + M/p) < a/(1/D + M/r)", given="p > r"),
    ),
)

GCA_BOUNDED_SOFTMAX = statement(
    name="bounded_hypotheses.gca_bounded_softmax",
    title="On a box of softmax values GCA's best model (q = 0) keeps the order of the balanced posterior",
    source="derived here; H-consistency on bounded sets is claimed in Cortes, Mohri, Zhong (NeurIPS 2025)",
    ids=("B10",),
    where={
        "s: (0, 1]": "the model's probability of a class",
        "x: [0, 1]": "balanced posterior of a class, divided by l in the clip",
        "y: nonnegative": "of another class",
        "l: positive": "multiplier of sum s = 1",
        "T: [0, 1]": "that of the best class",
        "m: [0, 1]": "lower bound of the softmax",
        "M: [0, 1]": "upper bound of the softmax",
    },
    theorem=(
        "for every K and posterior q_y > 0 and bounds 0 <= m <= 1/K <= M <= 1: the minimiser s* of -sum_y "
        "q_y log s_y over {m <= s_y <= M, sum s = 1} is s*_y = clip(q_y/l, m, M) for some l > 0, so q_i >= "
        "q_j implies s*_i >= s*_j; if M > 1/2 and K m < 1, argmax s* = argmax q",
        r"s^* = \operatorname{argmin} \left\{ - \sum_{y=1}^K q_y \log s_y :\ m \le s_y \le M,\ "
        r"\sum_{y=1}^K s_y = 1 \right\} = \left( \min\left( \max\left( \frac{q_y}{l}, m \right), M \right) "
        r"\right)_{y=1}^K, \qquad q_i \ge q_j \implies s^*_i \ge s^*_j \quad \forall i, j, \qquad M > "
        r"\tfrac12,\ Km < 1 \implies \operatorname{argmax}_y s^*_y = \operatorname{argmax}_y q_y \qquad "
        r"\left( q_y > 0,\ 0 \le m \le \tfrac1K \le M \le 1,\ l > 0 \right)",
    ),
    formula=state("Min(Max(x, m), M) >= Min(Max(y, m), M)", given="x >= y", x="nonnegative"),
    steps=(
        "clipped_minimiser: one class's loss plus multiplier times s, restricted to [m, M], is least at "
        "clip(x/l, m, M)",
        state_derivative("-x*log(s) + l*s", "s", "(s - x/l)*l/s"),
        "clipping_keeps_order: clipping keeps the order",
        FORMULA,
        "one_class_at_upper_bound: two classes cannot both be at the upper bound above 1/2",
        state("M + M > 1", M="(1/2, 1]"),
        "strict_between_bounds: strictly between the bounds different posteriors have different values",
        state("x/l > y/l", given="x > y", y="[0, 1]"),
        "lower_bound_means_uniform: a best class at the lower bound leaves all there: s is uniform, K m = 1",
        state("s <= m", given=["s <= T", "T <= m"], s="[0, 1]"),
    ),
    argument="In s the risk -sum q log s is strictly convex for positive q and the box with sum s = 1 is "
    "convex: with the multiplier l of the sum, each class is clipped. (Where some q_y = 0 the minimiser "
    "need not be unique.) No posterior is misordered; if M > 1/2, the top is untied unless the posterior "
    "ties or K m = 1, and GCA with equal margins is H-consistent there.",
    mutants=(
        "clipping keeps the order strictly",
        state("Min(Max(x, m), M) > Min(Max(y, m), M)", given="x > y", y="[0, 1]"),
        "two classes cannot both be at an upper bound above 1/3",
        state("M + M > 1", M="(1/3, 1]"),
    ),
    rests_on=("balanced_measure.change_of_measure",),
)

BOUNDED_SCORES = statement(
    name="bounded_hypotheses.bounded_scores",
    title="On a box of scores, |h_y| <= 1, three classes, cross-entropy's best model can tie two classes",
    source="derived here; balanced posterior (0.52, 0.48, 0)",
    ids=("B10",),
    corrects="'Bounded' must mean bounded softmax values: for bounded scores and three classes even plain "
    "cross-entropy has no bound by a function vanishing at zero.",
    where={
        "x: real": "displacement from the tangent's point",
        "s: positive": "common softmax value of classes 1 and 2",
    },
    theorem=(
        "K = 3, posterior q = (0.52, 0.48, 0): the only minimiser of -sum_y q_y log softmax_y(h) over "
        "|h_y| <= 1 is h* = (1, 1, -1), which ties classes 1 and 2 although q_1 > q_2",
        r"q = (0.52,\ 0.48,\ 0) :\quad \operatorname{argmin}_{h \in [-1, 1]^3} \left( - \sum_{y=1}^3 q_y "
        r"\log \operatorname{softmax}_y(h) \right) = \left\{ (1, 1, -1) \right\}, \qquad h^*_1 = h^*_2 "
        r"\text{ though } q_1 > q_2",
    ),
    formula="exp(1)/(2*exp(1) + exp(-1)) < 48/100",
    steps=(
        "raising_class_one_lowers_risk: h = (1, 1, -1): raising class 1 would still lower the risk",
        "-52/100 + exp(1)/(2*exp(1) + exp(-1)) < 0",
        "raising_class_two_lowers_risk: raising class 2 as well",
        "-48/100 + exp(1)/(2*exp(1) + exp(-1)) < 0",
        "lowering_class_three_lowers_risk: and lowering class 3",
        "exp(-1)/(2*exp(1) + exp(-1)) > 0",
        "convexity_by_tangent: so the risk rises along every move into the box, by convexity (tangent, any "
        "K)",
        "exp(x) >= 1 + x",
        "tie_costs_regret: the tie costs zero-one regret 0.04 when broken the wrong way",
        "52/100 - 48/100 == 4/100",
        "not_on_softmax_box: on a box of softmax values with upper bound above 1/2 this cannot happen: s_1 "
        "= s_2 = s",
        "s*52/100/(48/100) > s",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The gradient -q + softmax(h) at h = (1, 1, -1) points out of the box in every coordinate, "
    "and the risk is strictly convex up to a common shift, which the box excludes: h is the only "
    "optimum. Classes 1 and 2 tie, although the posterior does not; with the names exchanged "
    "every fixed tie rule errs once.",
    mutants=(
        "class 2 would want a smaller score",
        "-48/100 + exp(1)/(2*exp(1) + exp(-1)) > 0",
        "a box |h_y| <= 2 ties the same classes",
        "-48/100 + exp(2)/(2*exp(2) + exp(-2)) < 0",
    ),
    rests_on=("bounded_hypotheses.gca_bounded_softmax",),
)

STATEMENTS = (GLA_BOUNDED_SOFTMAX, GCA_BOUNDED_SOFTMAX, BOUNDED_SCORES)
