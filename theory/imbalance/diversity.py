"""Diversity of class counts: Gini coefficient, Gini impurity, normalised entropy, imbalance factor.

Definitions are standard (Gini 1912, Shannon 1948); the checks are derived here. Checked by: case splits
(SMT), induction over the classes of a geometric profile, intervals, exhaustive enumeration of counts.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_computed, state_limit, steps
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

_ABS = "(Abs(n1 - n2) + Abs(n1 - n3) + Abs(n2 - n3))"
_THREE = {"n1": "positive", "n2": "positive", "n3": "positive"}
_SORTED = ["n1 <= n2", "n2 <= n3"]

GINI = Statement(
    name="diversity.gini",
    title="The Gini coefficient from pairs is the one from ranks, and lies in [0, 1 - 1/K)",
    source="Gini (1912); forms derived here, K = 3 and the enumerated counts",
    ids=("DI",),
    formula=state(
        f"{_ABS}/(3*(n1 + n2 + n3)) == 2*(n1 + 2*n2 + 3*n3)/(3*(n1 + n2 + n3)) - 4/3",
        given=_SORTED,
        **_THREE,
    ),
    steps=steps(
        (
            "pairs and ranks, three classes in increasing order",
            state(
                f"{_ABS}/(3*(n1 + n2 + n3)) == 2*(n1 + 2*n2 + 3*n3)/(3*(n1 + n2 + n3)) - 4/3",
                given=_SORTED,
                **_THREE,
            ),
        ),
        (
            "as gaps between neighbours, each crossed by i (K - i) pairs",
            state(
                f"{_ABS} == 2*(n2 - n1) + 2*(n3 - n2)",
                given=_SORTED,
                **_THREE,
            ),
        ),
        ("at least 0 and below 1 - 1/3", state(f"0 <= {_ABS}/(3*(n1 + n2 + n3)) < 2/3", **_THREE)),
        (
            "any K: a pair differs by less than its sum, and each class is in K - 1 pairs",
            state("Abs(x - y) < x + y", x="positive", y="positive"),
        ),
        (
            "which gives sum of pairs <= (K - 1) sum n, so at most 1 - 1/K",
            state("((K - 1)*S)/(K*S) == 1 - 1/K", K="integer 2..", S="positive"),
        ),
        (
            "counts and their multiples: no change",
            state(
                "Abs(c*x - c*y)/(c*x + c*y) == Abs(x - y)/(x + y)",
                c="positive",
                x="positive",
                y="positive",
            ),
        ),
        (
            "every vector of up to four counts from 0 to 5: both forms, the range, its ends",
            state_computed("diversity:gini", classes=4, largest=5),
        ),
        (
            "counts (1, 2, 3, 4) have 1/4",
            state("2*(1*1 + 2*2 + 3*3 + 4*4)/(4*10) - 5/4 == 1/4"),
        ),
    ),
    argument="In increasing order |n_i - n_j| = n_j - n_i for i < j; class i is the larger in i - 1 pairs "
    "and the smaller in K - i, so its count enters 2i - K - 1 times.",
    mutants=mutants(
        (
            "ranks from the top",
            state(
                f"{_ABS}/(3*(n1 + n2 + n3)) == 2*(3*n1 + 2*n2 + n3)/(3*(n1 + n2 + n3)) - 4/3",
                given=_SORTED,
                **_THREE,
            ),
        ),
        (
            "without the term (K + 1)/K",
            state(
                f"{_ABS}/(3*(n1 + n2 + n3)) == 2*(n1 + 2*n2 + 3*n3)/(3*(n1 + n2 + n3)) - 1",
                given=_SORTED,
                **_THREE,
            ),
        ),
        ("at most 1/2", state(f"{_ABS}/(3*(n1 + n2 + n3)) <= 1/2", **_THREE)),
    ),
    symbols={
        "n": "class counts",
        "S": "their sum",
        "K": "number of classes",
        "x": "a count",
        "y": "another",
        "c": "a common factor",
    },
    functions=("gini_coefficient",),
)

_SUM = "(1 - r**K)/(1 - r)"
_RANKED = "(K/(1 - r) - r*(1 - r**K)/(1 - r)**2)"
_LONG = {"r": "(0, 1)", "K": "integer 1.."}

GEOMETRIC = Statement(
    name="diversity.geometric_profile",
    title="A geometric long tail has Gini coefficient (1+r^K)/(1-r^K) - (1+r)/(K(1-r)), for every K",
    source="derived here",
    ids=("DI",),
    formula=state(
        f"2*{_RANKED}/(K*{_SUM}) - (K + 1)/K == (1 + r**K)/(1 - r**K) - (1 + r)/(K*(1 - r))",
        **_LONG,
    ),
    steps=steps(
        ("the sum of r^(K-i), one class", state("(1 - r**1)/(1 - r) == 1", r="(0, 1)")),
        (
            "one more class multiplies by r and adds 1",
            state(f"r*{_SUM} + 1 == (1 - r**(K + 1))/(1 - r)", **_LONG),
        ),
        (
            "the sum of i r^(K-i), one class",
            state("1/(1 - r) - r*(1 - r**1)/(1 - r)**2 == 1", r="(0, 1)"),
        ),
        (
            "one more class multiplies by r and adds K + 1",
            state(
                f"r*{_RANKED} + K + 1 == (K + 1)/(1 - r) - r*(1 - r**(K + 1))/(1 - r)**2", **_LONG
            ),
        ),
        (
            "so the rank form is the closed form",
            state(
                f"2*{_RANKED}/(K*{_SUM}) - (K + 1)/K"
                " == (1 + r**K)/(1 - r**K) - (1 + r)/(K*(1 - r))",
                **_LONG,
            ),
        ),
        (
            "with r = exp(-2h) it is coth(K h) - coth(h)/K: one of the quotients",
            state("(1 + exp(-2*h))/(1 - exp(-2*h)) == cosh(h)/sinh(h)", h="positive"),
        ),
        (
            "K = 10 with imbalance factor 100, r = 100^(-1/9): 0.612706",
            state(
                "612705/1000000 < (1 + 100**(-10/9))/(1 - 100**(-10/9))"
                " - (1 + 100**(-1/9))/(10*(1 - 100**(-1/9))) < 612707/1000000"
            ),
        ),
        (
            "a steep tail leaves one class: the limit r -> 0 is 1 - 1/K",
            state_limit(
                "(1 + r**K)/(1 - r**K) - (1 + r)/(K*(1 - r))",
                "1 - 1/K",
                "r",
                "low",
                r="(0, 1)",
                K="[2, oo)",
            ),
        ),
    ),
    argument="In increasing order the counts are proportional to r^(K-i). Induction over K gives both "
    "sums, and the rank form of diversity.gini the rest.",
    mutants=mutants(
        (
            "the second term not divided by K",
            state(
                f"2*{_RANKED}/(K*{_SUM}) - (K + 1)/K == (1 + r**K)/(1 - r**K) - (1 + r)/(1 - r)",
                **_LONG,
            ),
        ),
        (
            "r^(K-1) in place of r^K",
            state(
                f"2*{_RANKED}/(K*{_SUM}) - (K + 1)/K"
                " == (1 + r**(K - 1))/(1 - r**(K - 1)) - (1 + r)/(K*(1 - r))",
                r="(0, 1)",
                K="integer 2..",
            ),
        ),
    ),
    symbols={"r": "ratio of neighbouring counts", "K": "number of classes", "h": "-log(r)/2"},
    functions=("geometric_gini",),
    rests_on=("diversity.gini",),
)

_PRIOR = {"p1": "(0, 1)", "p2": "(0, 1)", "p3": "(0, 1)"}

IMPURITY = Statement(
    name="diversity.impurity_and_entropy",
    title="Gini impurity is the Bayes risk of the Brier score; it and entropy are largest at equal counts",
    source="derived here; any K by one term a class",
    ids=("DI",),
    formula=state(
        "p1*((1 - q1)**2 + q2**2) + p2*(q1**2 + (1 - q2)**2)"
        " == (1 - p1**2 - p2**2) + (q1 - p1)**2 + (q2 - p2)**2",
        given="p1 + p2 == 1",
        p1="(0, 1)",
        p2="(0, 1)",
        q1="real",
        q2="real",
    ),
    steps=steps(
        (
            "one class's part of the Brier risk of a forecast q: p (1 - q)^2 + (1 - p) q^2, that is "
            "p - p^2 + (q - p)^2",
            state("p*(1 - q)**2 + (1 - p)*q**2 == p - p**2 + (q - p)**2", p="[0, 1]", q="real"),
        ),
        (
            "two classes at once: the risk is the impurity plus the squared distance",
            state(
                "p1*((1 - q1)**2 + q2**2) + p2*(q1**2 + (1 - q2)**2)"
                " == (1 - p1**2 - p2**2) + (q1 - p1)**2 + (q2 - p2)**2",
                given="p1 + p2 == 1",
                p1="(0, 1)",
                p2="(0, 1)",
                q1="real",
                q2="real",
            ),
        ),
        (
            "impurity is at most 1 - 1/K: p^2 lies above its tangent at 1/K",
            state("p**2 >= 2*p/K - 1/K**2", p="[0, 1]", K="integer 1.."),
        ),
        (
            "summed over K classes of sum 1",
            state("2*1/K - K/K**2 == 1/K", K="integer 1.."),
        ),
        (
            "entropy is at most log K: -p log p <= p log K + 1/K - p, whose sum over K classes is log K",
            state("-p*log(p) <= p*log(K) + 1/K - p", p="(0, 1]", K="[1, oo)"),
        ),
        (
            "and positive unless one class has everything",
            state("-p*log(p) > 0", p="(0, 1)"),
        ),
        (
            "three classes, impurity",
            state("0 < 1 - p1**2 - p2**2 - p3**2 <= 2/3", given="p1 + p2 + p3 == 1", **_PRIOR),
        ),
        (
            "both see only shares, so counts times a constant change nothing",
            state("c*x/(c*x + c*y) == x/(x + y)", c="positive", x="positive", y="positive"),
        ),
    ),
    argument="The Brier risk is least at q = p, where only the impurity is left. The tangents at 1/K have "
    "one slope, so their sums depend on the total share alone.",
    mutants=mutants(
        (
            "impurity is the sum of squares",
            state("p*(1 - q)**2 + (1 - p)*q**2 == p**2 + (q - p)**2", p="[0, 1]", q="real"),
        ),
        (
            "entropy is at most 1 without the division by log K",
            state(
                "-p1*log(p1) - p2*log(p2) - (1 - p1 - p2)*log(1 - p1 - p2) <= 1",
                p1="(0, 1/2)",
                p2="(0, 1/2)",
            ),
        ),
        (
            "impurity is at most 1/2",
            state("1 - p1**2 - p2**2 - (1 - p1 - p2)**2 <= 1/2", p1="(0, 1/2)", p2="(0, 1/2)"),
        ),
    ),
    symbols={
        "p": "share of a class",
        "q": "forecast of that share",
        "K": "number of classes",
        "c": "a common factor",
        "x": "a count",
        "y": "the sum of the others",
    },
    functions=("gini_impurity", "normalised_entropy"),
)

FACTOR = Statement(
    name="diversity.imbalance_factor",
    title="The imbalance factor sees only the extremes: equal factors hide different diversity",
    source="derived here; counts (1, 1, 10) and (1, 10, 10)",
    ids=("DI",),
    formula=state("2*(1 + 2*1 + 3*10)/(3*12) - 4/3 > 2*(1 + 2*10 + 3*10)/(3*21) - 4/3"),
    steps=steps(
        (
            "both have factor 10, and Gini coefficients 1/2 and 2/7",
            state(
                "2*(1*1 + 2*1 + 3*10)/(3*12) - 4/3 == 1/2",
                "2*(1*1 + 2*10 + 3*10)/(3*21) - 4/3 == 2/7",
            ),
        ),
        (
            "and impurities 7/24 and 80/147",
            state(
                "1 - (1/12)**2 - (1/12)**2 - (10/12)**2 == 7/24",
                "1 - (1/21)**2 - (10/21)**2 - (10/21)**2 == 240/441",
            ),
        ),
        (
            "two classes: the factor f fixes the Gini coefficient (f - 1)/(2 (f + 1))",
            state("Abs(f*x - x)/(2*(f*x + x)) == (f - 1)/(2*(f + 1))", f="[1, oo)", x="positive"),
        ),
        (
            "for three, a middle count anywhere between leaves the factor, and moves the coefficient",
            state(
                "2*(x + 2*y + 3*z)/(3*(x + y + z)) - 4/3 == 2*(z - x)/(3*(x + y + z))",
                x="positive",
                y="positive",
                z="positive",
            ),
        ),
    ),
    argument="Any count between the extremes keeps n_max/n_min; the Gini coefficient 2 (n_max - n_min) / "
    "(3 sum n) falls as the middle count grows.",
    mutants=mutants(
        (
            "three classes: the factor fixes the Gini coefficient as for two",
            state(
                "2*(f*x - x)/(3*(x + y + f*x)) == (f - 1)/(2*(f + 1))",
                f="[1, oo)",
                x="positive",
                y="positive",
            ),
        ),
        (
            "a larger factor means a larger Gini coefficient",
            state(
                "2*(z - x)/(3*(x + y + z)) >= 2*(w - x)/(3*(x + v + w))",
                given=["z >= w", "y >= x", "y <= z", "v >= x", "v <= w"],
                x="positive",
                y="positive",
                z="positive",
                v="positive",
                w="positive",
            ),
        ),
    ),
    symbols={
        "f": "imbalance factor",
        "x": "smallest count",
        "y": "middle count",
        "z": "largest count",
        "v": "another middle count",
        "w": "another largest count",
    },
    functions=("gini_coefficient", "gini_impurity"),
    rests_on=("diversity.gini", "diversity.impurity_and_entropy"),
)

STATEMENTS = (GINI, GEOMETRIC, IMPURITY, FACTOR)
