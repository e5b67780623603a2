"""Diversity of class counts: Gini coefficient, Gini impurity, normalised entropy, imbalance factor.

Definitions are standard (Gini 1912, Shannon 1948); the checks are derived here. Checked by: case splits
(SMT), induction over the classes of a geometric profile, intervals, exhaustive enumeration of counts.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_real, as_whole

__all__ = [
    "geometric_gini",
    "gini_coefficient",
    "gini_impurity",
    "normalised_entropy",
]


def gini_coefficient(class_counts: ArrayLike) -> float:
    """``sum_ij |n_i - n_j| / (2 K sum n)``: 0 for equal counts, below ``1 - 1/K``; shape (K,) to a number."""
    counts = np.sort(as_class_counts(class_counts))
    below = np.arange(1, counts.size)
    # Gaps between neighbours, each crossed by i (K - i) pairs: nothing cancels.
    return float(np.sum(below * below[::-1] * np.diff(counts)) / (counts.size * counts.sum()))


def gini_impurity(class_counts: ArrayLike) -> float:
    """``1 - sum pi^2``: the chance that two random examples differ in class; shape (K,) to a number."""
    counts = as_class_counts(class_counts)
    share = counts / counts.sum()
    return float(np.sum(share * _others(counts) / counts.sum()))


def normalised_entropy(class_counts: ArrayLike) -> float:
    """``-sum pi log pi / log K`` in (0, 1], 1 for equal counts; needs at least two classes."""
    counts = as_class_counts(class_counts)
    _needs_two(counts)
    share = counts / counts.sum()
    surprise = np.log1p(_others(counts) / counts)  # -log pi, accurate also for pi near 1
    return float(np.sum(share * surprise) / np.log(counts.size))


def geometric_gini(factor: ArrayLike, classes: int) -> NDArray[np.float64]:
    """Gini coefficient of a long tail, counts falling geometrically by ``factor`` from first to last.

    ``coth(K h/2) - coth(h/2)/K`` with ``h = log(factor)/(K - 1)``; shape of ``factor``, which is at
    least 1; ``classes = K`` at least 2.
    """
    factor = as_real("factor", factor, low=1)
    classes = as_whole("classes", classes, 2)
    half = 0.5 * np.log(factor) / (classes - 1)
    # coth x = 1/x + L(x): the poles cancel between the two terms.
    return _langevin(classes * half) - _langevin(half) / classes


def _langevin(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """``coth x - 1/x`` for ``x >= 0``, by its continued fraction where the difference would cancel."""
    square = x * x
    fraction = np.full_like(x, 41.0)
    for odd in range(39, 1, -2):
        fraction = odd + square / fraction
    small = x / fraction
    safe = np.maximum(x, 1.0)
    return np.where(x < 3.0, small, 1.0 / np.tanh(safe) - 1.0 / safe)


def _others(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of all other counts for each class, without cancellation."""
    before = np.concatenate([[0.0], np.cumsum(counts[:-1])])
    after = np.concatenate([np.cumsum(counts[:0:-1])[::-1], [0.0]])
    return before + after


def _needs_two(counts: NDArray[np.float64]) -> None:
    if counts.size < 2:
        raise InputError(f"class_counts has shape {counts.shape}: needs at least two classes")


# ------------------------------------------------------------------------------------ statements


GINI = statement(
    name="diversity.gini",
    title="The Gini coefficient from pairs is the one from ranks, and lies in [0, 1 - 1/K)",
    source="Gini (1912); forms derived here, K = 3 and the enumerated counts",
    ids=("DI",),
    functions=("gini_coefficient",),
    where={
        "n1: positive": "examples of class 1 (smallest, where ordered)",
        "n2: positive": "examples of class 2 (middle, where ordered)",
        "n3: positive": "examples of class 3 (largest, where ordered)",
        "K: integer 2..": "number of classes",
        "S: positive": "their sum",
        "c: positive": "a common factor",
        "x: positive": "a count",
        "y: positive": "another",
        "n": "class counts",
    },
    theorem=(
        "for all K >= 2 and n_1 <= ... <= n_K, all positive: G(n) = sum_ij |n_i - n_j| / (2 K sum_i n_i) = "
        "2 sum_i i n_i / (K sum_i n_i) - (K + 1)/K, and 0 <= G(n) < 1 - 1/K",
        r"\forall K \ge 2,\; 0 < n_1 \le \dots \le n_K : \quad G(n) = \frac{\sum_{i,j=1}^{K} |n_i - "
        r"n_j|}{2 K \sum_{i=1}^{K} n_i} = \frac{2 \sum_{i=1}^{K} i\, n_i}{K \sum_{i=1}^{K} n_i} - "
        r"\frac{K+1}{K}, \qquad 0 \le G(n) < 1 - \frac1K",
    ),
    formula=state(
        "(Abs(n1 - n2) + Abs(n1 - n3) + Abs(n2 - n3))/(3*(n1 + n2 + n3)) == 2*(n1 + 2*n2 + 3*n3)/(3*(n1 + "
        "n2 + n3)) - 4/3",
        given=["n1 <= n2", "n2 <= n3"],
    ),
    steps=(
        "pairs_equal_ranks_three_classes: pairs and ranks, three classes in increasing order",
        FORMULA,
        "pairs_as_gaps_three_classes: as gaps between neighbours, each crossed by i (K - i) pairs",
        state(
            "(Abs(n1 - n2) + Abs(n1 - n3) + Abs(n2 - n3)) == 2*(n2 - n1) + 2*(n3 - n2)",
            given=["n1 <= n2", "n2 <= n3"],
        ),
        "range_three_classes: at least 0 and below 1 - 1/3",
        "0 <= (Abs(n1 - n2) + Abs(n1 - n3) + Abs(n2 - n3))/(3*(n1 + n2 + n3)) < 2/3",
        "pair_below_its_sum: any K: a pair differs by less than its sum, and each class is in K - 1 pairs",
        "Abs(x - y) < x + y",
        "range_any_number_of_classes: which gives sum of pairs <= (K - 1) sum n, so at most 1 - 1/K",
        "((K - 1)*S)/(K*S) == 1 - 1/K",
        "scale_invariant: counts and their multiples: no change",
        "Abs(c*x - c*y)/(c*x + c*y) == Abs(x - y)/(x + y)",
        "counts_enumerated: every vector of up to four counts from 0 to 5: both forms, the range, its ends",
        state_computed("diversity:gini", classes=4, largest=5),
        "example_one_to_four: counts (1, 2, 3, 4) have 1/4",
        "2*(1*1 + 2*2 + 3*3 + 4*4)/(4*10) - 5/4 == 1/4",
    ),
    argument="In increasing order |n_i - n_j| = n_j - n_i for i < j; class i is the larger in i - 1 pairs "
    "and the smaller in K - i, so its count enters 2i - K - 1 times.",
    mutants=(
        "ranks from the top",
        state(
            "(Abs(n1 - n2) + Abs(n1 - n3) + Abs(n2 - n3))/(3*(n1 + n2 + n3)) == 2*(3*n1 + 2*n2 + "
            "n3)/(3*(n1 + n2 + n3)) - 4/3",
            given=["n1 <= n2", "n2 <= n3"],
        ),
        "without the term (K + 1)/K",
        state(
            "(Abs(n1 - n2) + Abs(n1 - n3) + Abs(n2 - n3))/(3*(n1 + n2 + n3)) == 2*(n1 + 2*n2 + "
            "3*n3)/(3*(n1 + n2 + n3)) - 1",
            given=["n1 <= n2", "n2 <= n3"],
        ),
        "at most 1/2",
        "(Abs(n1 - n2) + Abs(n1 - n3) + Abs(n2 - n3))/(3*(n1 + n2 + n3)) <= 1/2",
    ),
)


GEOMETRIC = statement(
    name="diversity.geometric_profile",
    title="A geometric long tail has Gini coefficient (1+r^K)/(1-r^K) - (1+r)/(K(1-r)), for every K",
    source="derived here",
    ids=("DI",),
    functions=("geometric_gini",),
    where={
        "r: (0, 1)": "ratio of neighbouring counts",
        "K: integer 1..": "number of classes",
        "h: positive": "-log(r)/2",
    },
    theorem=(
        "for all K >= 1, r in (0, 1), n_1 > 0, counts n_i = n_1 r^(1 - i), i = 1..K: G(n) = (1 + r^K)/(1 - "
        "r^K) - (1 + r)/(K (1 - r))",
        r"\forall K \ge 1,\; r \in (0, 1),\; n_1 > 0,\; n_i = n_1 r^{1-i} \; (i = 1, \dots, K) : \quad "
        r"G(n) = \frac{\sum_{i,j} |n_i - n_j|}{2 K \sum_i n_i} = \frac{1 + r^K}{1 - r^K} - \frac{1 + r}{K "
        r"(1 - r)}",
    ),
    formula="2*(K/(1 - r) - r*(1 - r**K)/(1 - r)**2)/(K*(1 - r**K)/(1 - r)) - (K + 1)/K == (1 + r**K)/(1 "
    "- r**K) - (1 + r)/(K*(1 - r))",
    steps=(
        "power_sum_one_class: the sum of r^(K-i), one class",
        "(1 - r**1)/(1 - r) == 1",
        "power_sum_one_more: one more class multiplies by r and adds 1",
        "r*(1 - r**K)/(1 - r) + 1 == (1 - r**(K + 1))/(1 - r)",
        "weighted_sum_one_class: the sum of i r^(K-i), one class",
        "1/(1 - r) - r*(1 - r**1)/(1 - r)**2 == 1",
        "weighted_sum_one_more: one more class multiplies by r and adds K + 1",
        "r*(K/(1 - r) - r*(1 - r**K)/(1 - r)**2) + K + 1 == (K + 1)/(1 - r) - r*(1 - r**(K + 1))/(1 - r)**2",
        "rank_form_is_closed_form: so the rank form is the closed form",
        FORMULA,
        "as_coth: with r = exp(-2h) it is coth(K h) - coth(h)/K: one of the quotients",
        "(1 + exp(-2*h))/(1 - exp(-2*h)) == cosh(h)/sinh(h)",
        "example_ten_classes: K = 10 with imbalance factor 100, r = 100^(-1/9): 0.612706",
        "612705/1000000 < (1 + 100**(-10/9))/(1 - 100**(-10/9)) - (1 + 100**(-1/9))/(10*(1 - 100**(-1/9))) "
        "< 612707/1000000",
        "steep_tail_limit: a steep tail leaves one class: the limit r -> 0 is 1 - 1/K",
        state_limit(
            "(1 + r**K)/(1 - r**K) - (1 + r)/(K*(1 - r))", "1 - 1/K", "r", "low", K="[2, oo)"
        ),
    ),
    argument="In increasing order the counts are proportional to r^(K-i). Induction over K gives both "
    "sums, and the rank form of diversity.gini the rest.",
    mutants=(
        "the second term not divided by K",
        "2*(K/(1 - r) - r*(1 - r**K)/(1 - r)**2)/(K*(1 - r**K)/(1 - r)) - (K + 1)/K == (1 + r**K)/(1 - "
        "r**K) - (1 + r)/(1 - r)",
        "r^(K-1) in place of r^K",
        state(
            "2*(K/(1 - r) - r*(1 - r**K)/(1 - r)**2)/(K*(1 - r**K)/(1 - r)) - (K + 1)/K == (1 + r**(K - "
            "1))/(1 - r**(K - 1)) - (1 + r)/(K*(1 - r))",
            K="integer 2..",
        ),
    ),
    rests_on=("diversity.gini",),
)


IMPURITY = statement(
    name="diversity.impurity_and_entropy",
    title="Gini impurity is the Bayes risk of the Brier score; it and entropy are largest at equal counts",
    source="derived here; any K by one term a class",
    ids=("DI",),
    functions=("gini_impurity", "normalised_entropy"),
    where={
        "p1, p2: (0, 1)": "share of classes 1, 2",
        "q1, q2: real": "forecast of the share of classes 1, 2",
        "p: [0, 1]": "share of a class",
        "q: real": "forecast of that share",
        "K: integer 1..": "number of classes",
        "p3: (0, 1)": "share of class 3",
        "c: positive": "a common factor",
        "x: positive": "a count",
        "y: positive": "the sum of the others",
    },
    theorem=(
        "for all K, all p in the simplex of K classes, Y ~ p, all q in R^K: E sum_y (1{Y = y} - q_y)^2 = 1 "
        "- sum_y p_y^2 + sum_y (q_y - p_y)^2, so min over q is the impurity 1 - sum_y p_y^2, at q = p; and "
        "1 - sum_y p_y^2 <= 1 - 1/K, -sum_y p_y log p_y <= log K, 0 log 0 = 0, both equalities at p_y = 1/K",
        r"\forall K,\; p \in \Delta_K,\; Y \sim p : \quad \min_{q \in \mathbb R^K} \mathbb E \sum_{y} "
        r"\left( 1\{Y = y\} - q_y \right)^2 = \min_{q} \left[ 1 - \sum_y p_y^2 + \sum_y (q_y - p_y)^2 "
        r"\right] = 1 - \sum_{y} p_y^2 \le 1 - \frac1K, \qquad -\sum_{y} p_y \log p_y \le \log K \;\; (0 "
        r"\log 0 = 0), \qquad \text{both with equality at } p_y = \frac1K",
    ),
    formula=state(
        "p1*((1 - q1)**2 + q2**2) + p2*(q1**2 + (1 - q2)**2) == (1 - p1**2 - p2**2) + (q1 - p1)**2 + (q2 - "
        "p2)**2",
        given="p1 + p2 == 1",
    ),
    steps=(
        "brier_one_class: one class's part of the Brier risk of a forecast q: p (1 - q)^2 + (1 - p) q^2, "
        "that is p - p^2 + (q - p)^2",
        "p*(1 - q)**2 + (1 - p)*q**2 == p - p**2 + (q - p)**2",
        "brier_two_classes: two classes at once: the risk is the impurity plus the squared distance",
        FORMULA,
        "impurity_tangent: impurity is at most 1 - 1/K: p^2 lies above its tangent at 1/K",
        "p**2 >= 2*p/K - 1/K**2",
        "impurity_tangents_summed: summed over K classes of sum 1",
        "2*1/K - K/K**2 == 1/K",
        "entropy_tangent: entropy is at most log K: -p log p <= p log K + 1/K - p, whose sum over K "
        "classes is log K",
        state("-p*log(p) <= p*log(K) + 1/K - p", p="(0, 1]", K="[1, oo)"),
        "entropy_term_positive: and positive unless one class has everything",
        state("-p*log(p) > 0", p="(0, 1)"),
        "impurity_three_classes: three classes, impurity",
        state("0 < 1 - p1**2 - p2**2 - p3**2 <= 2/3", given="p1 + p2 + p3 == 1"),
        "scale_invariant: both see only shares, so counts times a constant change nothing",
        "c*x/(c*x + c*y) == x/(x + y)",
    ),
    argument="The Brier risk is least at q = p, where only the impurity is left. The tangents at 1/K have "
    "one slope, so their sums depend on the total share alone.",
    mutants=(
        "impurity is the sum of squares",
        "p*(1 - q)**2 + (1 - p)*q**2 == p**2 + (q - p)**2",
        "entropy is at most 1 without the division by log K",
        state(
            "-p1*log(p1) - p2*log(p2) - (1 - p1 - p2)*log(1 - p1 - p2) <= 1",
            p1="(0, 1/2)",
            p2="(0, 1/2)",
        ),
        "impurity is at most 1/2",
        state("1 - p1**2 - p2**2 - (1 - p1 - p2)**2 <= 1/2", p1="(0, 1/2)", p2="(0, 1/2)"),
    ),
)

FACTOR = statement(
    name="diversity.imbalance_factor",
    title="The imbalance factor sees only the extremes: equal factors hide different diversity",
    source="derived here; counts (1, 1, 10) and (1, 10, 10)",
    ids=("DI",),
    functions=("gini_coefficient", "gini_impurity"),
    where={
        "f: [1, oo)": "imbalance factor",
        "x: positive": "smallest count",
        "y: positive": "middle count",
        "z: positive": "largest count",
        "v: positive": "another middle count",
        "w: positive": "another largest count",
    },
    theorem=(
        "rho = n_max/n_min. K = 2: G(n) = (rho - 1)/(2 (rho + 1)). K = 3, 0 < n_1 <= n_2 <= n_3: G(n) = 2 "
        "(n_3 - n_1)/(3 (n_1 + n_2 + n_3)), which depends on n_2 while rho = n_3/n_1 does not: rho = 10 "
        "for (1, 1, 10) and (1, 10, 10), with G = 1/2 > 2/7 and impurity 1 - sum pi_y^2 = 7/24 < 80/147",
        r"\rho = \frac{n_{\max}}{n_{\min}} : \quad K = 2 : \; G(n) = \frac{\rho - 1}{2 (\rho + 1)}; \qquad "
        r"K = 3,\; 0 < n_1 \le n_2 \le n_3 : \; G(n) = \frac{2 (n_3 - n_1)}{3 (n_1 + n_2 + n_3)} \text{ "
        r"depends on } n_2,\; \rho = \frac{n_3}{n_1} \text{ does not}; \qquad \rho(1,1,10) = \rho(1,10,10) "
        r"= 10, \; G(1,1,10) = \frac12 > \frac27 = G(1,10,10), \qquad I = 1 - \sum_y \pi_y^2 : \; "
        r"I(1,1,10) = \frac{7}{24} < \frac{80}{147} = I(1,10,10)",
    ),
    formula="2*(1 + 2*1 + 3*10)/(3*12) - 4/3 > 2*(1 + 2*10 + 3*10)/(3*21) - 4/3",
    steps=(
        "equal_factors_different_gini: both have factor 10, and Gini coefficients 1/2 and 2/7",
        ("2*(1*1 + 2*1 + 3*10)/(3*12) - 4/3 == 1/2", "2*(1*1 + 2*10 + 3*10)/(3*21) - 4/3 == 2/7"),
        "equal_factors_different_impurity: and impurities 7/24 and 80/147",
        (
            "1 - (1/12)**2 - (1/12)**2 - (10/12)**2 == 7/24",
            "1 - (1/21)**2 - (10/21)**2 - (10/21)**2 == 240/441",
        ),
        "factor_fixes_gini_two_classes: two classes: the factor f fixes the Gini coefficient (f - 1)/(2 (f "
        "+ 1))",
        "Abs(f*x - x)/(2*(f*x + x)) == (f - 1)/(2*(f + 1))",
        "middle_count_moves_gini: for three, a middle count anywhere between leaves the factor, and moves "
        "the coefficient",
        "2*(x + 2*y + 3*z)/(3*(x + y + z)) - 4/3 == 2*(z - x)/(3*(x + y + z))",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Any count between the extremes keeps n_max/n_min; the Gini coefficient 2 (n_max - n_min) / "
    "(3 sum n) falls as the middle count grows.",
    mutants=(
        "three classes: the factor fixes the Gini coefficient as for two",
        "2*(f*x - x)/(3*(x + y + f*x)) == (f - 1)/(2*(f + 1))",
        "a larger factor means a larger Gini coefficient",
        state(
            "2*(z - x)/(3*(x + y + z)) >= 2*(w - x)/(3*(x + v + w))",
            given=["z >= w", "y >= x", "y <= z", "v >= x", "v <= w"],
        ),
    ),
    rests_on=("diversity.gini", "diversity.impurity_and_entropy"),
)

STATEMENTS = (GINI, GEOMETRIC, IMPURITY, FACTOR)
