"""What one offset per class, added to scores after training, can put right, and what it cannot.

Wang et al., "Beyond Logit Adjustment: A Residual Decomposition Framework for Long-Tailed Reranking" (arXiv
2604.01506, 2026): a fixed offset suffices if the correction that is needed is constant within each class, and
fails if contexts make incompatible demands of the same pair of classes. The condition that is both is that of
difference constraints; and what VS-trained scores demand is derived here.
Checked by: linear arithmetic (SMT), identities, exact witnesses.
"""

from ..claims.stating import FORMULA, state, state_derivative, statement

__all__ = []


NO_CYCLE = statement(
    name="fixed_offsets.no_cycle",
    title="A fixed offset restores all wanted orders iff no cycle of classes demands a gap of zero or more",
    source="question: Wang et al. (arXiv 2604.01506, 2026); derived here",
    corrects="Incompatible demands of one pair of classes, which are known to defeat a fixed offset, are not "
    "all that does: with three classes a cycle does, while the demands of every pair are compatible.",
    where={
        "L12, L21: real": "gap that contexts demand of classes 1 over 2, and 2 over 1",
        "L23, L32: real": "gap demanded of 2 over 3, and 3 over 2",
        "L31, L13: real": "gap demanded of 3 over 1, and 1 over 3",
        "a1, a2, a3: real": "offset of classes 1, 2, 3",
        "s1, s2: real": "score of classes 1, 2 in a context",
        "d: positive": "a common slack",
    },
    theorem=(
        "for every K and every finite set of contexts x, each with scores s(x) and pairs j != l to be "
        "ordered s_j(x) + a_j > s_l(x) + a_l, let L_jl = max of s_l(x) - s_j(x) over the contexts that "
        "want j above l, -infinity if there is none: an offset a that serves all contexts exists iff "
        "L_{j1 j2} + L_{j2 j3} + ... + L_{jm j1} < 0 for every cycle of distinct classes j1, ..., jm, m "
        ">= 2. The condition for m = 2, that no pair's demands are incompatible, suffices for K = 2 and "
        "for no K >= 3",
        r"\left( \exists a \in \mathbb R^K :\ s_j(x) + a_j > s_l(x) + a_l \quad \forall x,\ \forall (j, "
        r"l) \in W(x) \right) \iff \sum_{i=1}^m L_{j_i j_{i+1}} < 0 \quad \forall\, m \ge 2,\ "
        r"\text{distinct } j_1, \dots, j_m,\ j_{m+1} = j_1, \qquad L_{jl} = \max_{x : (j, l) \in W(x)} "
        r"\left( s_l(x) - s_j(x) \right) \qquad \forall K",
    ),
    formula=state("L12 + L23 + L31 < 0", given=["a1 - a2 > L12", "a2 - a3 > L23", "a3 - a1 > L31"]),
    steps=(
        "demand_of_a_pair: a context that wants 1 above 2 demands a gap of the offsets",
        state("a1 - a2 > s2 - s1", given="s1 + a1 > s2 + a2"),
        "necessary_for_a_pair: necessary for one pair",
        state("L12 + L21 < 0", given=["a1 - a2 > L12", "a2 - a1 > L21"]),
        "necessary_round_a_cycle: and round a cycle of three, so for any length",
        FORMULA,
        "sufficient_for_two_classes: two classes: the gap half way between the demands",
        state("L12 < (L12 - L21)/2 < -L21", given="L12 + L21 < 0"),
        "common_slack: a slack d that leaves no cycle above zero exists, as cycles are finitely many; the "
        "demands L + d are then those of margins without a negative cycle",
        state("(L12 + d) + (L23 + d) + (L31 + d) <= 0", given="3*d <= -(L12 + L23 + L31)"),
        "pairs_are_not_enough: three contexts, each wants its class on top, scores (0, 1, -5), (-5, 0, "
        "1), (1, -5, 0): every pair's demands 1 and -5 are compatible, the cycle's are not",
        ("1 + (-5) < 0", "1 + 1 + 1 >= 0"),
    ),
    argument="a_j - a_l >= L_jl + d is the system of `margin_feasibility.no_negative_cycle` with slack "
    "w_jl = -(L_jl + d), a missing demand replaced by one so low that every cycle through it stays below "
    "zero: it has a solution iff no cycle of w is negative. Scores that differ from the "
    "wanted ones by a constant of each class satisfy the condition with that constant.",
    mutants=(
        "compatible pairs suffice",
        state("L12 + L23 + L31 < 0", given=["L12 + L21 < 0", "L23 + L32 < 0", "L31 + L13 < 0"]),
        "two of three demands bound the third",
        state("L12 + L23 + L31 < 0", given=["a1 - a2 > L12", "a2 - a3 > L23"]),
        "demands of opposite sign are compatible",
        state("L12 + L21 < 0", given="L12*L21 < 0"),
    ),
    rests_on=("margin_feasibility.no_negative_cycle",),
)

AFTER_SCALING = statement(
    name="fixed_offsets.after_scaling",
    title="An offset makes scores log(eta)/beta predict the balanced rule iff the multipliers are equal "
    "or there are two classes",
    source="multipliers: Kini et al. (NeurIPS 2021); question: Wang et al. (arXiv 2604.01506, 2026); "
    "derived here",
    where={
        "h1, h2: (0, 1)": "posterior of classes 1, 2",
        "h: (0, 1)": "posterior of the first of two classes",
        "p1, p2: (0, 1)": "prior of classes 1, 2",
        "b, c: positive": "multiplier of classes 1, 2",
        "q, r: positive": "levels eta/pi at which classes 1 and 2 tie",
    },
    theorem=(
        "scores u_y = log(eta_y)/beta_y with beta_y, pi_y > 0: an offset a with argmax_y (u_y + a_y) "
        "contained in argmax_y eta_y/pi_y for every posterior eta with all eta_y > 0 exists iff K = 2 or all "
        "beta_y are equal; with beta_y = beta it is - log(pi_y)/beta, up to a common constant",
        r"u_y = \frac{\log \eta_y}{\beta_y} : \quad \left( \exists a \in \mathbb R^K :\ "
        r"\operatorname{argmax}_y \left( u_y + a_y \right) \subseteq \operatorname{argmax}_y "
        r"\frac{\eta_y}{\pi_y} \quad \forall \eta > 0,\ \sum_y \eta_y = 1 \right) \iff K = 2\ \text{ or }\ "
        r"\beta_1 = \dots = "
        r"\beta_K; \qquad \beta_y = \beta\ \ \forall y \implies u_y - \frac{\log \pi_y}{\beta} = "
        r"\frac1\beta \log \frac{\eta_y}{\pi_y}",
    ),
    formula="(log(h1)/b - log(p1)/b) - (log(h2)/b - log(p2)/b) == log((h1/p1)/(h2/p2))/b",
    steps=(
        "equal_multipliers: equal multipliers: the offset - log(pi)/beta",
        FORMULA,
        "two_classes_have_a_threshold: two classes: the gap of the scores moves with the posterior ...",
        state_derivative("log(h)/b - log(1 - h)/c", "h", "1/(b*h) + 1/(c*(1 - h))"),
        "and_it_increases: ... upwards, so one offset puts its zero anywhere",
        "1/(b*h) + 1/(c*(1 - h)) > 0",
        "gap_at_a_balanced_tie: three classes: where 1 and 2 tie, eta = q pi, the gap of their scores "
        "moves with q ...",
        "log(q*p1)/b - log(q*p2)/c == log(p1)/b - log(p2)/c + (1/b - 1/c)*log(q)",
        "between_two_levels: ... between two levels by ...",
        "(1/b - 1/c)*log(q) - (1/b - 1/c)*log(r) == (1/b - 1/c)*log(q/r)",
        "no_offset_fits_both: ... which is not zero: an offset that ties them at one level does not at "
        "the other",
        state("(1/b - 1/c)*log(q/r) < 0", given=["b < c", "q < r"]),
        "third_class_below: at levels q of 1 or more a third class that has the rest is not above",
        state("(1 - q*(p1 + p2))/(1 - p1 - p2) <= q", given=["p1 + p2 < 1", "q >= 1"]),
        "witness: pi = (1/2, 1/4, 1/4), beta = (1, 1/2, 1/2): eta = (.66, .32, .02) wants 1, so exp(a_1 - "
        "a_2) > .1024/.66; (.49, .26, .25) wants 2, so exp(a_1 - a_2) < .0676/.49",
        (
            "(66/100)/(1/2) > (32/100)/(1/4)",
            "(49/100)/(1/2) < (25/100)/(1/4) < (26/100)/(1/4)",
            "(32/100)**2/(66/100) > (26/100)**2/(49/100)",
        ),
    ),
    argument="On both sides of a tie of the two largest eta/pi the prediction must be the larger, so by "
    "continuity u + a ties there, for every q in (1, 1/(pi_1 + pi_2)), the other classes sharing the rest "
    "as their priors. These u are the population scores of a VS loss without offsets and weights, up to a "
    "move along 1/beta, which is one offset more if it is the same everywhere. So adjusting logits after "
    "such a training cannot make "
    "it consistent beyond two classes, while a temperature common to all classes does no harm, once the "
    "offset is divided by it as well.",
    mutants=(
        "the offset - log(pi) serves every temperature",
        "(log(h1)/b - log(p1)) - (log(h2)/b - log(p2)) == log((h1/p1)/(h2/p2))/b",
        "the offset - log(pi)/beta serves unequal multipliers",
        state("log(h1)/b - log(p1)/b > log(h2)/c - log(p2)/c", given="h1/p1 > h2/p2"),
        "the level of the posteriors cancels",
        "log(q*p1)/b - log(q*p2)/c == log(p1)/b - log(p2)/c",
        "a third class is below at every level",
        state("(1 - q*(p1 + p2))/(1 - p1 - p2) <= q", given="p1 + p2 < 1"),
    ),
    rests_on=("vs_consistency.multipliers", "fixed_offsets.no_cycle"),
)

STATEMENTS = (NO_CYCLE, AFTER_SCALING)
