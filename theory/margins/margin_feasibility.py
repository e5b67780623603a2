"""Which class margins can be reached by biases: LDAM's n^(-1/4) trade-off stops at two classes.

Derived here, against the remark of Cao et al. (NeurIPS 2019) that the two-class argument extends.
Checked by: telescoping and case splits (SMT), enumeration, a convex program with an exact dual, exact
witnesses; the closed form for equal pairwise margins holds for every K.
"""

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_computed, state_failure, steps
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
        for (j, k), own in slack.items():
            if biases[j] + own < biases[k]:
                biases[k], before[k], last = biases[j] + own, j, k
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
    found: Any = minimize(
        lambda x: np.sum(share / x[:classes]) / scale,
        first,
        jac=lambda x: np.r_[-share / x[:classes] ** 2 / scale, np.zeros(classes)],
        method="SLSQP",
        bounds=[(start.x[0] * 1e-3, None)] * classes + [(None, None)] * classes,
        constraints=[upper],
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    bias = found.x[classes:]
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
    found = np.full(counts.size, margin * 2 * root / (1 + root))
    found[rarest] = margin * 2 / (1 + root)
    return found


def _square(pairwise_margins: ArrayLike) -> NDArray[np.float64]:
    pairwise = as_real("pairwise_margins", pairwise_margins)
    if pairwise.ndim != 2 or pairwise.shape[0] != pairwise.shape[1] or pairwise.shape[0] < 2:
        raise InputError(f"pairwise_margins has shape {pairwise.shape}: must be (K, K), K >= 2")
    return pairwise


# ------------------------------------------------------------------------------------ statements

_SLACKS = dict.fromkeys(("w12", "w13", "w21", "w23", "w31", "w32"), "real")
_CYCLES = [
    "w12 + w21 >= 0",
    "w13 + w31 >= 0",
    "w23 + w32 >= 0",
    "w12 + w23 + w31 >= 0",
    "w13 + w32 + w21 >= 0",
]
_TO_3 = "Min(0, w13, w23, w12 + w23, w21 + w13)"
_TO_1 = "Min(0, w21, w31, w23 + w31, w32 + w21)"
_PAIRWISE = {key.replace("w", "G"): "real" for key in _SLACKS}
_MARGINS = {"g1": "real", "g2": "real", "g3": "real"}

NO_NEGATIVE_CYCLE = Statement(
    name="margin_feasibility.no_negative_cycle",
    title="Three classes: margins are reachable by biases iff no cycle of classes has negative slack",
    source="derived here; a system of difference constraints",
    ids=("LD4",),
    formula=state(f"{_TO_3} - {_TO_1} <= w13", given=_CYCLES, **_SLACKS),
    steps=steps(
        (
            "a bias vector moves pairwise margins by b_j - b_l and leaves every pair's sum",
            state(
                "(G12 + b1 - b2) + (G21 + b2 - b1) == G12 + G21",
                G12="real",
                G21="real",
                b1="real",
                b2="real",
            ),
        ),
        (
            "necessary: round a cycle the biases cancel (three classes; so for any length)",
            state(
                "g1 + g2 + g3 <= G12 + G23 + G31",
                given=["g1 <= G12 + b1 - b2", "g2 <= G23 + b2 - b3", "g3 <= G31 + b3 - b1"],
                **_MARGINS,
                G12="real",
                G23="real",
                G31="real",
                b1="real",
                b2="real",
                b3="real",
            ),
        ),
        (
            "sufficient: with slack w_jl = G_jl - g_j, let b_l be the least weight of a path to l; then "
            "b_3 - b_1 <= w_13, and the same for every pair by renaming (three classes)",
            state(f"{_TO_3} - {_TO_1} <= w13", given=_CYCLES, **_SLACKS),
        ),
        (
            "without the cycle condition these biases fail",
            state_failure(f"{_TO_3} - {_TO_1} <= w13", **_SLACKS),
        ),
        (
            "three classes, every slack matrix over -1, 0, 1: biases by search",
            state_computed("margins:no_negative_cycle", classes=3, slacks=[-1, 0, 1]),
        ),
        (
            "four classes, every slack matrix over -1, 1",
            state_computed("margins:no_negative_cycle", classes=4, slacks=[-1, 1]),
        ),
        (
            "pairs are not enough: G_12 = G_23 = G_31 = 1/5, G_21 = G_32 = G_13 = 2 and g = 11/10 each "
            "keep every pair but not the 3-cycle",
            state("11/10 + 11/10 <= 1/5 + 2", "3*(11/10) > 1/5 + 1/5 + 1/5"),
        ),
    ),
    argument="g_j <= G_jl + b_j - b_l is the system b_l - b_j <= w_jl. Adding it round a cycle gives "
    "necessity for every K. If no cycle is negative, least path weights exist, since taking a cycle out "
    "of a path never makes it heavier, and extending a path to j by the step (j, l) gives b_l <= b_j + "
    "w_jl: for any number of classes.",
    mutants=mutants(
        (
            "the pair conditions suffice",
            state(
                "g1 + g2 + g3 <= G12 + G23 + G31",
                given=["g1 + g2 <= G12 + G21", "g2 + g3 <= G23 + G32", "g1 + g3 <= G13 + G31"],
                **_MARGINS,
                **_PAIRWISE,
            ),
        ),
        (
            "the budget is the only constraint: a pair may take what the third leaves",
            state(
                "g1 + g2 <= G12 + G21",
                given=["2*(g1 + g2 + g3) <= G12 + G13 + G21 + G23 + G31 + G32"],
                **_MARGINS,
                **_PAIRWISE,
            ),
        ),
        (
            "biases move a pair's sum",
            state(
                "(G12 + b1 - b2) + (G21 + b2 - b1) == G12 + G21 + 2*(b1 - b2)",
                G12="real",
                G21="real",
                b1="real",
                b2="real",
            ),
        ),
    ),
    symbols={
        "G": "G_jl, least f_j - f_l on class j's examples",
        "g": "wanted margins",
        "b": "biases",
        "w": "w_jl = G_jl - g_j, the slack of a pair",
    },
    functions=("reachable", "best_reachable_margins"),
    corrects="That class margins can be traded freely within their sum holds for two classes only.",
)

_VALUE = "c/(1 + t) + A/(1 - t)"

EQUAL_PAIRWISE = Statement(
    name="margin_feasibility.equal_pairwise",
    title="Equal pairwise margins: only the rarest class can gain, iff n_min^(-1/2) exceeds the others' sum",
    source="derived here",
    ids=("LD4",),
    formula=state(f"{_VALUE} >= (sqrt(c) + sqrt(A))**2/2", t="(-1, 1)", c="positive", A="positive"),
    steps=steps(
        (
            "two classes can have at most 2 together, so at most one exceeds 1; if it has 1 + t, every "
            "other has at most 1 - t",
            state("g <= 1 - t", given=["g + h <= 2", "h == 1 + t"], g="real", h="real", t="[0, 1)"),
        ),
        (
            "reached by one bias t, on that class: it has 1 + t, the others 1 - t against it and 1, which "
            "is no less, among themselves",
            state("1 - t <= 1", t="[0, 1)"),
        ),
        (
            "raising a class of share d costs at least as much as raising the rarest, of share c",
            state(
                "d/(1 + t) + (S - d)/(1 - t) >= c/(1 + t) + (S - c)/(1 - t)",
                given=["d <= c", "c < S"],
                c="positive",
                d="positive",
                S="positive",
                t="[0, 1)",
            ),
        ),
        (
            "for the rarest, with A the sum of the other shares, no shift does better than",
            state(f"{_VALUE} >= (sqrt(c) + sqrt(A))**2/2", t="(-1, 1)", c="positive", A="positive"),
        ),
        (
            "attained at 1 + t = 2 sqrt(c)/(sqrt(c) + sqrt(A))",
            state(
                "c*(sqrt(c) + sqrt(A))/(2*sqrt(c)) + A*(sqrt(c) + sqrt(A))/(2*sqrt(A))"
                " == (sqrt(c) + sqrt(A))**2/2",
                c="positive",
                A="positive",
            ),
        ),
        (
            "which is a shift towards the rarest, t > 0, when c > A",
            state("2*p/(p + q) > 1", given="p > q", p="positive", q="positive"),
        ),
        (
            "when c <= A no shift at all is best",
            state(f"{_VALUE} >= c + A", given="A >= c", c="positive", A="positive", t="[0, 1)"),
        ),
        (
            "two classes: the shares are n^(-1/2), and the ratio of the margins is that of n^(-1/4)",
            state(
                "sqrt(n1**(-1/2))/sqrt(n2**(-1/2)) == n1**(-1/4)/n2**(-1/4)",
                n1="positive",
                n2="positive",
            ),
        ),
    ),
    argument="Scale the pairwise margins to 1 and write a_j = n_j^(-1/2) for the shares of the "
    "objective. Reachable margins have one class at 1 + t and the others at most 1 - t, or all at most 1. "
    "The objective falls in every margin, so it is at least d/(1+t) + (S-d)/(1-t), S the sum of shares.",
    mutants=mutants(
        (
            "a shift always helps",
            state(
                "(sqrt(c) + sqrt(A))**2/2 < c + A",
                c="positive",
                A="positive",
            ),
        ),
        (
            "the rarest class gains whenever it is rarer than each other one",
            state(
                "c/(1 + t) + (x + y)/(1 - t) <= c + x + y",
                given=["x < c", "y < c"],
                c="positive",
                x="positive",
                y="positive",
                t="(0, 1/10)",
            ),
        ),
        (
            "raising a commoner class is as good",
            state(
                "d/(1 + t) + (S - d)/(1 - t) <= c/(1 + t) + (S - c)/(1 - t)",
                given=["d <= c", "c < S"],
                c="positive",
                d="positive",
                S="positive",
                t="[0, 1)",
            ),
        ),
    ),
    symbols={
        "t": "the shift",
        "c": "n_min^(-1/2)",
        "A": "sum of n^(-1/2) over the other classes",
        "S": "sum over all classes",
        "d": "n^(-1/2) of the class that is raised",
        "g": "a margin",
        "h": "the largest margin",
        "p": "sqrt(c)",
        "q": "sqrt(A)",
    },
    functions=("equal_pairwise_margins",),
    rests_on=("margin_feasibility.no_negative_cycle",),
    corrects="With equal pairwise margins and three or more classes the best reachable margins take two "
    "values, not one for every n^(-1/4).",
)

_OTHERS = "(1000**(-1/2) + 100**(-1/2))"
_BEST = f"(sqrt(10**(-1/2)) + sqrt({_OTHERS}))**2/2"
_UNSHIFTED = f"10**(-1/2) + {_OTHERS}"
_SUM = "(1000**(-1/4) + 100**(-1/4) + 10**(-1/4))"
_PROFILE = f"{_SUM}*(100**(-1/4) + 10**(-1/4))/2"

NO_QUARTER_POWER = Statement(
    name="margin_feasibility.no_quarter_power",
    title="Three classes: the n^(-1/4) margins cannot be reached, and scaled down they lose to no shift",
    source="derived here; witness n = (1000, 100, 10), all pairwise margins 1",
    ids=("LD4",),
    formula=state_failure(f"{_PROFILE} <= {_UNSHIFTED}"),
    steps=steps(
        (
            "n^(-1/4) margins of sum 3 give the two rarest classes more than 2 together",
            state(f"3*(100**(-1/4) + 10**(-1/4))/{_SUM} > 2"),
        ),
        (
            "so the relaxed optimum 0.37199 is out of reach",
            state(f"37198/100000 < {_SUM}**2/3 < 37200/100000", f"{_SUM}**2/3 < {_BEST}"),
        ),
        (
            "the n^(-1/4) profile scaled to those 2 gives 0.46406",
            state(f"46405/100000 < {_PROFILE} < 46407/100000"),
        ),
        ("no shift gives 0.44785", state(f"44784/100000 < {_UNSHIFTED} < 44786/100000")),
        (
            "so the profile is worse than doing nothing",
            state_failure(f"{_PROFILE} <= {_UNSHIFTED}"),
        ),
        ("the best reachable value is 0.42794", state(f"42793/100000 < {_BEST} < 42795/100000")),
        (
            "at margins (0.7843, 0.7843, 1.2157)",
            state(
                f"12156/10000 < 2*sqrt(10**(-1/2))/(sqrt(10**(-1/2)) + sqrt({_OTHERS})) < 12158/10000",
                f"7842/10000 < 2*sqrt({_OTHERS})/(sqrt(10**(-1/2)) + sqrt({_OTHERS})) < 7844/10000",
            ),
        ),
        (
            "n = (1000, 10, 10): the best is no shift, as c <= A",
            state("10**(-1/2) < 1000**(-1/2) + 10**(-1/2)"),
        ),
        (
            "two classes, n = (1000, 10): margins (0.4805, 1.5195), ratio 100^(1/4)",
            state(
                "48050/100000 < 2*1000**(-1/4)/(1000**(-1/4) + 10**(-1/4)) < 48051/100000",
                "10**(-1/4)/1000**(-1/4) == 100**(1/4)",
            ),
        ),
        (
            "the optimum again, by a convex program with an exact dual",
            state_computed(
                "margins:best_shift",
                pairwise=[["0", "1", "1"], ["1", "0", "1"], ["1", "1", "0"]],
                counts=[1000, 100, 10],
                low="427937/1000000",
                high="427944/1000000",
            ),
        ),
        (
            "unequal pairwise margins: the cyclic witness, where a 3-cycle binds",
            state_computed(
                "margins:best_shift",
                pairwise=[["0", "1/5", "2"], ["2", "0", "1/5"], ["1/5", "2", "0"]],
                counts=[1000, 100, 10],
                low="18599/10000",
                high="18601/10000",
            ),
        ),
    ),
    argument="Reachable margins keep every pair's sum at most 2; the n^(-1/4) profile of sum 3 does not. "
    "The values are those of sum_j 1/(g_j sqrt n_j).",
    mutants=mutants(
        ("the scaled n^(-1/4) profile beats no shift", state(f"{_PROFILE} <= {_UNSHIFTED}")),
        ("the relaxed optimum is reached", state(f"{_BEST} <= {_SUM}**2/3")),
        (
            "a shift helps at n = (1000, 10, 10)",
            state("10**(-1/2) > 1000**(-1/2) + 10**(-1/2)"),
        ),
        (
            "with the cyclic pairwise margins, as good as with equal ones",
            state_computed(
                "margins:best_shift",
                pairwise=[["0", "1/5", "2"], ["2", "0", "1/5"], ["1/5", "2", "0"]],
                counts=[1000, 100, 10],
                low="0",
                high="428/1000",
            ),
        ),
    ),
    rests_on=(
        "margins.ldam_two_class",
        "margin_feasibility.no_negative_cycle",
        "margin_feasibility.equal_pairwise",
    ),
    functions=("equal_pairwise_margins", "best_reachable_margins"),
    corrects="'The same holds for multiple classes': the bound of Cao et al. does extend, its optimal "
    "n^(-1/4) trade-off does not, because biases cannot reach those margins for K >= 3.",
)

STATEMENTS = (NO_NEGATIVE_CYCLE, EQUAL_PAIRWISE, NO_QUARTER_POWER)
