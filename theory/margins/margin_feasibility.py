"""Which class margins can be reached by biases: LDAM's n^(-1/4) trade-off stops at two classes.

Derived here, against the remark of Cao et al. (NeurIPS 2019) that the two-class argument extends.
Checked by: telescoping and case splits (SMT), enumeration, a convex program with an exact dual, exact
witnesses; the closed form for equal pairwise margins holds for every K.
"""

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, state_failure, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_number, as_real

__all__ = [
    "Reachability",
    "best_reachable_margins",
    "equal_pairwise_margins",
    "reachable",
]


class Reachability(NamedTuple):
    """Whether margins can be reached; the biases that do it, or a cycle of classes that forbids it."""

    holds: bool
    biases: NDArray[np.float64] | None
    cycle: tuple[int, ...] | None


def reachable(pairwise_margins: ArrayLike, margins: ArrayLike) -> Reachability:
    """Whether biases b exist with ``margins[j] <= pairwise_margins[j, l] + b[j] - b[l]`` for all j != l.

    ``pairwise_margins``: shape (K, K), K >= 2, the least ``f_j - f_l`` on class j's examples (its
    diagonal is ignored); ``margins``: shape (K,). Decided exactly, in rational arithmetic.

    Raises
    ------
    InputError
        If the shapes do not fit.
    """
    pairwise = _square(pairwise_margins)
    wanted = as_real("margins", margins)
    if wanted.shape != pairwise.shape[:1]:
        raise InputError(f"margins has shape {wanted.shape}: must be ({pairwise.shape[0]},)")
    classes = range(wanted.size)
    slack = {
        (j, k): Fraction(pairwise[j, k]) - Fraction(wanted[j])
        for j in classes
        for k in classes
        if j != k
    }
    biases, before, last = [Fraction(0)] * wanted.size, [-1] * wanted.size, -1
    for _ in classes:  # Bellman-Ford: after K rounds a change means a negative cycle
        last = -1
        for (j, k), limit in slack.items():
            if biases[j] + limit < biases[k]:
                biases[k], before[k], last = biases[j] + limit, j, k
        if last < 0:
            return Reachability(True, np.array([float(b) for b in biases]), None)
    for _ in classes:
        last = before[last]
    cycle = [last]
    while before[cycle[-1]] != last:
        cycle.append(before[cycle[-1]])
    return Reachability(False, None, tuple(reversed(cycle)))


def best_reachable_margins(
    pairwise_margins: ArrayLike, class_counts: ArrayLike
) -> NDArray[np.float64]:
    """Margins that biases can reach with the least ``sum_j 1/(g_j sqrt(n_j))``, shape (K,).

    A convex program, solved to a relative accuracy of about 1e-6 in its value; the margins returned are
    those of its biases, hence reachable up to rounding. Arguments as for `reachable`.

    Raises
    ------
    InputError
        If the shapes do not fit, or no biases give every class a positive margin.
    """
    from scipy.optimize import LinearConstraint, linprog, minimize

    pairwise = _square(pairwise_margins)
    counts = as_class_counts(class_counts)
    if counts.shape != pairwise.shape[:1]:
        raise InputError(f"class_counts has shape {counts.shape}: must be ({pairwise.shape[0]},)")
    classes = counts.size
    j, k = np.nonzero(~np.eye(classes, dtype=bool))
    rows = np.zeros((j.size, 2 * classes))  # g_j - b_j + b_k <= G_jk
    at = np.arange(j.size)
    rows[at, j], rows[at, classes + j], rows[at, classes + k] = 1.0, -1.0, 1.0
    unit = np.abs(pairwise[j, k]).max() or 1.0
    limit = pairwise[j, k] / unit
    # The largest margin that all classes can have at once starts the search inside.
    common = np.column_stack([rows[:, :classes].sum(axis=1), rows[:, classes:]])
    start: Any = linprog(
        np.r_[-1.0, np.zeros(classes)],
        A_ub=common,
        b_ub=limit,
        bounds=[(None, None)] * (classes + 1),
    )
    if start.x[0] <= 0:
        raise InputError("pairwise_margins: no biases give every class a positive margin")
    share = np.sqrt(counts.min() / counts)
    first = np.r_[np.full(classes, start.x[0]), start.x[1:]]
    scale = np.sum(share / first[:classes])
    upper = LinearConstraint(rows, np.full(limit.shape, -np.inf), limit)  # type: ignore[arg-type]
    solution: Any = minimize(
        lambda x: np.sum(share / x[:classes]) / scale,
        first,
        jac=lambda x: np.r_[-share / x[:classes] ** 2 / scale, np.zeros(classes)],
        method="SLSQP",
        bounds=[(start.x[0] * 1e-3, None)] * classes + [(None, None)] * classes,
        constraints=[upper],
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    bias = solution.x[classes:]
    shifted = pairwise + unit * (bias[:, np.newaxis] - bias)
    np.fill_diagonal(shifted, np.inf)
    return shifted.min(axis=1)


def equal_pairwise_margins(class_counts: ArrayLike, margin: float = 1.0) -> NDArray[np.float64]:
    """Best reachable margins when every pairwise margin is ``margin > 0``: closed form, shape (K,).

    With ``c = n_min^(-1/2)`` and A the sum of the other ``n_j^(-1/2)``: no shift if ``c <= A``; else the
    rarest class gets ``2 sqrt(c)/(sqrt(c) + sqrt(A))`` and all others ``2 sqrt(A)/(sqrt(c) + sqrt(A))``
    times ``margin``. At least two classes.
    """
    counts = as_class_counts(class_counts)
    if counts.size < 2:
        raise InputError(f"class_counts has shape {counts.shape}: needs at least two classes")
    margin = as_number("margin", margin, low=0, low_open=True)
    rarest = int(counts.argmin())
    others = np.sum(np.sqrt(counts[rarest] / np.delete(counts, rarest)))  # A / c
    root = min(np.sqrt(others), 1.0)
    reached = np.full(counts.size, margin * 2 * root / (1 + root))
    reached[rarest] = margin * 2 / (1 + root)
    return reached


def _square(pairwise_margins: ArrayLike) -> NDArray[np.float64]:
    pairwise = as_real("pairwise_margins", pairwise_margins)
    if pairwise.ndim != 2 or pairwise.shape[0] != pairwise.shape[1] or pairwise.shape[0] < 2:
        raise InputError(f"pairwise_margins has shape {pairwise.shape}: must be (K, K), K >= 2")
    return pairwise


# ------------------------------------------------------------------------------------ statements


NO_NEGATIVE_CYCLE = statement(
    name="margin_feasibility.no_negative_cycle",
    title="Any number of classes: margins are reachable by biases iff no cycle of classes has negative slack",
    source="derived here; a system of difference constraints",
    ids=("LD4",),
    functions=("reachable", "best_reachable_margins"),
    corrects="That class margins can be traded freely within their sum holds for two classes only.",
    where={
        "w12: real": "slack of class 1 against class 2",
        "w13: real": "slack of class 1 against class 3",
        "w21: real": "slack of class 2 against class 1",
        "w23: real": "slack of class 2 against class 3",
        "w31: real": "slack of class 3 against class 1",
        "w32: real": "slack of class 3 against class 2",
        "g1, g2, g3: real": "wanted margin of classes 1, 2, 3",
        "G12: real": "least margin of class 1 against class 2",
        "G13: real": "least margin of class 1 against class 3",
        "G21: real": "least margin of class 2 against class 1",
        "G23: real": "least margin of class 2 against class 3",
        "G31: real": "least margin of class 3 against class 1",
        "b1, b2, b3: real": "bias of classes 1, 2, 3",
        "G32: real": "least margin of class 3 against class 2",
        "G": "G_jl, least f_j - f_l on class j's examples",
        "g": "wanted margins",
        "b": "biases",
        "w": "w_jl = G_jl - g_j, the slack of a pair",
    },
    theorem=(
        "for every K, least pairwise margins G_jl and wanted margins g_j, with w_jl = G_jl - g_j: biases b "
        "with g_j <= G_jl + b_j - b_l for all j != l exist iff w_{j1 j2} + w_{j2 j3} + ... + w_{jm j1} >= "
        "0 for every cycle of distinct classes j1, ..., jm, m >= 2",
        r"\left( \exists b \in \mathbb{R}^K :\ \gamma_j \le G_{jl} + b_j - b_l \quad \forall j \ne l "
        r"\right) \iff \sum_{i=1}^{m} w_{j_i j_{i+1}} \ge 0 \quad \forall\, m \ge 2,\ \text{distinct } "
        r"j_1, \dots, j_m,\ j_{m+1} = j_1, \qquad w_{jl} = G_{jl} - \gamma_j \qquad \forall K",
    ),
    formula=state(
        "Min(0, w13, w23, w12 + w23, w21 + w13) - Min(0, w21, w31, w23 + w31, w32 + w21) <= w13",
        given=[
            "w12 + w21 >= 0",
            "w13 + w31 >= 0",
            "w23 + w32 >= 0",
            "w12 + w23 + w31 >= 0",
            "w13 + w32 + w21 >= 0",
        ],
    ),
    steps=(
        "bias_keeps_pair_sum: a bias vector moves pairwise margins by b_j - b_l and leaves every pair's sum",
        "(G12 + b1 - b2) + (G21 + b2 - b1) == G12 + G21",
        "necessary_round_a_cycle: necessary: round a cycle the biases cancel (three classes; so for any "
        "length)",
        state(
            "g1 + g2 + g3 <= G12 + G23 + G31",
            given=["g1 <= G12 + b1 - b2", "g2 <= G23 + b2 - b3", "g3 <= G31 + b3 - b1"],
        ),
        "sufficient_by_least_paths: sufficient: with slack w_jl = G_jl - g_j, let b_l be the least weight "
        "of a path to l; then b_3 - b_1 <= w_13, and the same for every pair by renaming (three classes)",
        FORMULA,
        "fails_without_cycle_condition: without the cycle condition these biases fail",
        state_failure(
            "Min(0, w13, w23, w12 + w23, w21 + w13) - Min(0, w21, w31, w23 + w31, w32 + w21) <= w13",
        ),
        "three_classes_enumerated: three classes, every slack matrix over -1, 0, 1: biases by search",
        state_computed("margins:no_negative_cycle", classes=3, slacks=[-1, 0, 1]),
        "four_classes_enumerated: four classes, every slack matrix over -1, 1",
        state_computed("margins:no_negative_cycle", classes=4, slacks=[-1, 1]),
        "pairs_are_not_enough: pairs are not enough: G_12 = G_23 = G_31 = 1/5, G_21 = G_32 = G_13 = 2 and "
        "g = 11/10 each keep every pair but not the 3-cycle",
        ("11/10 + 11/10 <= 1/5 + 2", "3*(11/10) > 1/5 + 1/5 + 1/5"),
    ),
    argument="g_j <= G_jl + b_j - b_l is the system b_l - b_j <= w_jl. Adding it round a cycle gives "
    "necessity for every K. If no cycle is negative, least path weights exist, since taking a "
    "cycle out of a path never makes it heavier, and extending a path to j by the step (j, l) "
    "gives b_l <= b_j + w_jl: for any number of classes.",
    mutants=(
        "the pair conditions suffice",
        state(
            "g1 + g2 + g3 <= G12 + G23 + G31",
            given=["g1 + g2 <= G12 + G21", "g2 + g3 <= G23 + G32", "g1 + g3 <= G13 + G31"],
        ),
        "the budget is the only constraint: a pair may take what the third leaves",
        state(
            "g1 + g2 <= G12 + G21", given=["2*(g1 + g2 + g3) <= G12 + G13 + G21 + G23 + G31 + G32"]
        ),
        "biases move a pair's sum",
        "(G12 + b1 - b2) + (G21 + b2 - b1) == G12 + G21 + 2*(b1 - b2)",
    ),
)


EQUAL_PAIRWISE = statement(
    name="margin_feasibility.equal_pairwise",
    title="Equal pairwise margins: only the rarest class can gain, iff n_min^(-1/2) exceeds the others' sum",
    source="derived here",
    ids=("LD4",),
    functions=("equal_pairwise_margins",),
    corrects="With equal pairwise margins and three or more classes the best reachable margins take two "
    "values, not one for every n^(-1/4).",
    where={
        "c: positive": "n_min^(-1/2)",
        "g: real": "a margin",
        "h: real": "the largest margin",
        "d: positive": "n^(-1/2) of the class that is raised",
        "S: positive": "sum over all classes",
        "p: positive": "sqrt(c)",
        "q: positive": "sqrt(A)",
        "n1, n2: positive": "examples of classes 1, 2",
        "x: positive": "n^(-1/2) of a second class",
        "y: positive": "n^(-1/2) of a third class",
        "t: [0, 1)": "the shift",
        "A: positive": "sum of n^(-1/2) over the other classes",
    },
    theorem=(
        "for every K >= 2, all pairwise margins 1, c = n_min^(-1/2) and A the sum of n_j^(-1/2) over the "
        "other classes: over biases b with all gamma_j = min_{l != j} (1 + b_j - b_l) > 0, the least sum_j "
        "1/(gamma_j sqrt(n_j)) is (sqrt(c) + sqrt(A))^2/2 if c > A, at 1 + t = 2 sqrt(c)/(sqrt(c) + "
        "sqrt(A)) for a rarest class and 1 - t for all others, and c + A, at gamma = 1, if c <= A",
        r"\min_{b \in \mathbb{R}^K,\ \gamma(b) > 0} \sum_{j=1}^K \frac{1}{\gamma_j(b) \sqrt{n_j}} = "
        r"\begin{cases} \frac12 \left( \sqrt c + \sqrt A \right)^2 & c > A,\ \text{at } "
        r"\gamma_{\text{rarest}} = \frac{2 \sqrt c}{\sqrt c + \sqrt A},\ \gamma_j = \frac{2 \sqrt A}{\sqrt "
        r"c + \sqrt A} \text{ for all others} \\ c + A & c \le A,\ \text{at } \gamma = (1, \dots, 1) "
        r"\end{cases} \qquad \gamma_j(b) = \min_{l \ne j} (1 + b_j - b_l),\quad c = n_{\min}^{-1/2},\ A = "
        r"\sum_{j \ne \text{rarest}} n_j^{-1/2}",
    ),
    formula=state("c/(1 + t) + A/(1 - t) >= (sqrt(c) + sqrt(A))**2/2", t="(-1, 1)"),
    steps=(
        "at_most_one_exceeds: two classes can have at most 2 together, so at most one exceeds 1; if it has "
        "1 + t, every other has at most 1 - t",
        state("g <= 1 - t", given=["g + h <= 2", "h == 1 + t"]),
        "reached_by_one_bias: reached by one bias t, on that class: it has 1 + t, the others 1 - t against "
        "it and 1, which is no less, among themselves",
        "1 - t <= 1",
        "rarest_is_cheapest_to_raise: raising a class of share d costs at least as much as raising the "
        "rarest, of share c",
        state(
            "d/(1 + t) + (S - d)/(1 - t) >= c/(1 + t) + (S - c)/(1 - t)", given=["d <= c", "c < S"]
        ),
        "lower_bound_for_rarest: for the rarest, with A the sum of the other shares, no shift does better "
        "than",
        FORMULA,
        "attained: attained at 1 + t = 2 sqrt(c)/(sqrt(c) + sqrt(A))",
        "c*(sqrt(c) + sqrt(A))/(2*sqrt(c)) + A*(sqrt(c) + sqrt(A))/(2*sqrt(A)) == (sqrt(c) + sqrt(A))**2/2",
        "shift_when_rare_enough: which is a shift towards the rarest, t > 0, when c > A",
        state("2*p/(p + q) > 1", given="p > q"),
        "no_shift_otherwise: when c <= A no shift at all is best",
        state("c/(1 + t) + A/(1 - t) >= c + A", given="A >= c"),
        "two_classes_quarter_power: two classes: the shares are n^(-1/2), and the ratio of the margins is "
        "that of n^(-1/4)",
        "sqrt(n1**(-1/2))/sqrt(n2**(-1/2)) == n1**(-1/4)/n2**(-1/4)",
    ),
    argument="Scale the pairwise margins to 1 and write a_j = n_j^(-1/2) for the shares of the objective. "
    "Reachable margins have one class at 1 + t and the others at most 1 - t, or all at most 1. "
    "The objective falls in every margin, so it is at least d/(1+t) + (S-d)/(1-t), S the sum of "
    "shares.",
    mutants=(
        "a shift always helps",
        "(sqrt(c) + sqrt(A))**2/2 < c + A",
        "the rarest class gains whenever it is rarer than each other one",
        state("c/(1 + t) + (x + y)/(1 - t) <= c + x + y", given=["x < c", "y < c"], t="(0, 1/10)"),
        "raising a commoner class is as good",
        state(
            "d/(1 + t) + (S - d)/(1 - t) <= c/(1 + t) + (S - c)/(1 - t)", given=["d <= c", "c < S"]
        ),
    ),
    rests_on=("margin_feasibility.no_negative_cycle",),
)


NO_QUARTER_POWER = statement(
    name="margin_feasibility.no_quarter_power",
    title="Three classes: the n^(-1/4) margins cannot be reached, and scaled down they lose to no shift",
    source="derived here; witness n = (1000, 100, 10), all pairwise margins 1",
    ids=("LD4",),
    functions=("equal_pairwise_margins", "best_reachable_margins"),
    corrects="'The same holds for multiple classes': the bound of Cao et al. does extend, its optimal "
    "n^(-1/4) trade-off does not, because biases cannot reach those margins for K >= 3.",
    where={},
    theorem=(
        "K = 3, n = (1000, 100, 10), all pairwise margins 1, J(gamma) = sum_j 1/(gamma_j sqrt(n_j)): "
        "gamma_j = 3 n_j^(-1/4)/sum_i n_i^(-1/4) cannot be reached by biases, as gamma_2 + gamma_3 > 2; "
        "its J is 0.3720, the least reachable J 0.4279, no shift has J = 0.4479, and gamma_j = 2 "
        "n_j^(-1/4)/(n_2^(-1/4) + n_3^(-1/4)) has J = 0.4641",
        r"n = (1000, 100, 10),\ G_{jl} = 1 :\qquad \gamma_j = \frac{3\, n_j^{-1/4}}{\sum_i n_i^{-1/4}} "
        r"\implies \gamma_2 + \gamma_3 > 2 = G_{23} + G_{32} \text{ (out of reach)},\quad J(\gamma) < "
        r"0.3720; \qquad J(\gamma) = \sum_{j=1}^3 \frac{1}{\gamma_j \sqrt{n_j}} :\quad 0.4279 < "
        r"\min_{\text{reachable}} J < 0.4280 < J(1, 1, 1) < 0.4479 < 0.4640 < J\left( \frac{2\, "
        r"n^{-1/4}}{n_2^{-1/4} + n_3^{-1/4}} \right)",
    ),
    formula=state_failure(
        "(1000**(-1/4) + 100**(-1/4) + 10**(-1/4))*(100**(-1/4) + 10**(-1/4))/2 <= 10**(-1/2) + "
        "(1000**(-1/2) + 100**(-1/2))",
    ),
    steps=(
        "sum_of_rare_pair_too_large: n^(-1/4) margins of sum 3 give the two rarest classes more than 2 "
        "together",
        "3*(100**(-1/4) + 10**(-1/4))/(1000**(-1/4) + 100**(-1/4) + 10**(-1/4)) > 2",
        "relaxed_optimum_out_of_reach: so the relaxed optimum 0.37199 is out of reach",
        (
            "37198/100000 < (1000**(-1/4) + 100**(-1/4) + 10**(-1/4))**2/3 < 37200/100000",
            "(1000**(-1/4) + 100**(-1/4) + 10**(-1/4))**2/3 < (sqrt(10**(-1/2)) + sqrt((1000**(-1/2) + "
            "100**(-1/2))))**2/2",
        ),
        "scaled_profile_value: the n^(-1/4) profile scaled to those 2 gives 0.46406",
        "46405/100000 < (1000**(-1/4) + 100**(-1/4) + 10**(-1/4))*(100**(-1/4) + 10**(-1/4))/2 < "
        "46407/100000",
        "no_shift_value: no shift gives 0.44785",
        "44784/100000 < 10**(-1/2) + (1000**(-1/2) + 100**(-1/2)) < 44786/100000",
        "profile_loses_to_no_shift: so the profile is worse than doing nothing",
        FORMULA,
        "best_reachable_value: the best reachable value is 0.42794",
        "42793/100000 < (sqrt(10**(-1/2)) + sqrt((1000**(-1/2) + 100**(-1/2))))**2/2 < 42795/100000",
        "best_reachable_margins: at margins (0.7843, 0.7843, 1.2157)",
        (
            "12156/10000 < 2*sqrt(10**(-1/2))/(sqrt(10**(-1/2)) + sqrt((1000**(-1/2) + 100**(-1/2)))) < "
            "12158/10000",
            "7842/10000 < 2*sqrt((1000**(-1/2) + 100**(-1/2)))/(sqrt(10**(-1/2)) + sqrt((1000**(-1/2) + "
            "100**(-1/2)))) < 7844/10000",
        ),
        "two_rare_classes_no_shift: n = (1000, 10, 10): the best is no shift, as c <= A",
        "10**(-1/2) < 1000**(-1/2) + 10**(-1/2)",
        "two_classes_margins: two classes, n = (1000, 10): margins (0.4805, 1.5195), ratio 100^(1/4)",
        (
            "48050/100000 < 2*1000**(-1/4)/(1000**(-1/4) + 10**(-1/4)) < 48051/100000",
            "10**(-1/4)/1000**(-1/4) == 100**(1/4)",
        ),
        "optimum_by_dual: the optimum again, by a convex program with an exact dual",
        state_computed(
            "margins:best_shift",
            pairwise=[["0", "1", "1"], ["1", "0", "1"], ["1", "1", "0"]],
            counts=[1000, 100, 10],
            low="427937/1000000",
            high="427944/1000000",
        ),
        "cyclic_pairwise_margins: unequal pairwise margins: the cyclic witness, where a 3-cycle binds",
        state_computed(
            "margins:best_shift",
            pairwise=[["0", "1/5", "2"], ["2", "0", "1/5"], ["1/5", "2", "0"]],
            counts=[1000, 100, 10],
            low="18599/10000",
            high="18601/10000",
        ),
    ),
    argument="Reachable margins keep every pair's sum at most 2; the n^(-1/4) profile of sum 3 does not. "
    "The values are those of sum_j 1/(g_j sqrt n_j).",
    mutants=(
        "the scaled n^(-1/4) profile beats no shift",
        "(1000**(-1/4) + 100**(-1/4) + 10**(-1/4))*(100**(-1/4) + 10**(-1/4))/2 <= 10**(-1/2) + "
        "(1000**(-1/2) + 100**(-1/2))",
        "the relaxed optimum is reached",
        "(sqrt(10**(-1/2)) + sqrt((1000**(-1/2) + 100**(-1/2))))**2/2 <= (1000**(-1/4) + 100**(-1/4) + "
        "10**(-1/4))**2/3",
        "a shift helps at n = (1000, 10, 10)",
        "10**(-1/2) > 1000**(-1/2) + 10**(-1/2)",
        "with the cyclic pairwise margins, as good as with equal ones",
        state_computed(
            "margins:best_shift",
            pairwise=[["0", "1/5", "2"], ["2", "0", "1/5"], ["1/5", "2", "0"]],
            counts=[1000, 100, 10],
            low="0",
            high="428/1000",
        ),
    ),
    rests_on=(
        "margins.ldam_two_class",
        "margin_feasibility.no_negative_cycle",
        "margin_feasibility.equal_pairwise",
    ),
)

STATEMENTS = (NO_NEGATIVE_CYCLE, EQUAL_PAIRWISE, NO_QUARTER_POWER)
