"""Label-dependent margins: how a margin budget is best split between classes.

Claimed by Cao, Wei, Gaidon, Arechiga, Ma, "Learning Imbalanced Datasets with Label-Distribution-Aware
Margin Loss" (NeurIPS 2019), Section 3 and Theorem 3. Checked by: stationarity (symbolic), the tangent
inequality that gives the optimum for every K (intervals), exact witnesses for the false exponents.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_derivative,
    state_limit,
    steps,
)
from ..foundation.validation import InputError, as_class_counts, as_number, as_real

__all__ = [
    "ldam_margins",
    "margin_tradeoff",
    "optimal_margins",
]


def ldam_margins(class_counts: ArrayLike, max_margin: float = 0.5) -> NDArray[np.float64]:
    """LDAM's margins ``m_j = max_margin * (n_min / n_j)^(1/4)``, shape (K,).

    The rarest class has ``max_margin >= 0``.
    """
    counts = as_class_counts(class_counts)
    margin = as_number("max_margin", max_margin, low=0)
    return margin * (counts.min() / counts) ** 0.25


def optimal_margins(class_counts: ArrayLike, total: float = 1.0) -> NDArray[np.float64]:
    """Minimiser of `margin_tradeoff` over margins of the given sum: ``g_j ~ n_j^(-1/4)``, shape (K,)."""
    total = as_number("total", total, low=0, low_open=True)
    shape = ldam_margins(class_counts, 1.0)
    return total * shape / shape.sum()


def margin_tradeoff(margins: ArrayLike, class_counts: ArrayLike) -> float:
    """The class-dependent part of the margin bound, ``sum_j 1/(g_j sqrt(n_j))``, for ``g_j > 0``."""
    counts = as_class_counts(class_counts)
    margins = as_real("margins", margins, low=0, low_open=True)
    if margins.shape != counts.shape:
        raise InputError(
            f"margins has shape {margins.shape}: must match class_counts, {counts.shape}"
        )
    return float(np.sum(1.0 / (margins * np.sqrt(counts))))


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "n1": "examples of class 1",
    "n2": "examples of class 2",
    "B": "the margin budget, g_1 + g_2",
    "t": "class 1's share of the budget, g_1 = t B",
}
_COUNTS = {"n1": "positive", "n2": "positive"}
_SPLIT = {"t": "(0, 1)", "B": "positive", **_COUNTS}
_THREE = dict.fromkeys(("a1", "a2", "a3", "g1", "g2", "g3"), "positive")
_BEST_SHARE = "B*n2**(1/4)/(n1**(1/4) + n2**(1/4))"

LDAM_TWO_CLASS = Statement(
    name="margins.ldam_two_class",
    title="Two classes: the margin trade-off is best at margins proportional to n^(-1/4)",
    source="Cao et al. (NeurIPS 2019), Section 3.1 and Theorem 3",
    ids=("LD2",),
    formula=state(
        "1/(t*B*sqrt(n1)) + 1/((1 - t)*B*sqrt(n2)) >= (n1**(-1/4) + n2**(-1/4))**2/B", **_SPLIT
    ),
    steps=steps(
        (
            "no split of the budget does better",
            state(
                "1/(t*B*sqrt(n1)) + 1/((1 - t)*B*sqrt(n2)) >= (n1**(-1/4) + n2**(-1/4))**2/B",
                **_SPLIT,
            ),
        ),
        (
            "the bound is attained at g_1 = B n_2^(1/4) / (n_1^(1/4) + n_2^(1/4))",
            state(
                "(n1**(1/4) + n2**(1/4))/(B*n2**(1/4)*sqrt(n1))"
                " + (n1**(1/4) + n2**(1/4))/(B*n1**(1/4)*sqrt(n2))"
                " == (n1**(-1/4) + n2**(-1/4))**2/B",
                B="positive",
                **_COUNTS,
            ),
        ),
        (
            "the slope in the split",
            state_derivative(
                "1/(t*B*sqrt(n1)) + 1/((1 - t)*B*sqrt(n2))",
                "t",
                "-1/(t**2*B*sqrt(n1)) + 1/((1 - t)**2*B*sqrt(n2))",
                **_SPLIT,
            ),
        ),
        (
            "vanishes there",
            state(
                "-(n1**(1/4) + n2**(1/4))**2/(sqrt(n2)*B*sqrt(n1))"
                " + (n1**(1/4) + n2**(1/4))**2/(sqrt(n1)*B*sqrt(n2)) == 0",
                B="positive",
                **_COUNTS,
            ),
        ),
        (
            "its own slope, the second derivative",
            state_derivative(
                "-1/(t**2*B*sqrt(n1)) + 1/((1 - t)**2*B*sqrt(n2))",
                "t",
                "2/(t**3*B*sqrt(n1)) + 2/((1 - t)**3*B*sqrt(n2))",
                **_SPLIT,
            ),
        ),
        (
            "is positive, so the objective is strictly convex in the split",
            state("2/(t**3*B*sqrt(n1)) + 2/((1 - t)**3*B*sqrt(n2)) > 0", **_SPLIT),
        ),
        (
            "equal counts share the budget equally",
            state(f"{_BEST_SHARE.replace('n2', 'n1')} == B/2", B="positive", n1="positive"),
        ),
        (
            "a class that grows without end is left no margin (r = n^(1/4))",
            state_limit(
                "B*r2/(r1 + r2)", "0", "r1", "high", B="positive", r1="positive", r2="positive"
            ),
        ),
        (
            "only the ratio of the counts matters",
            state(
                "B*(c*n2)**(1/4)/((c*n1)**(1/4) + (c*n2)**(1/4))"
                " == B*n2**(1/4)/(n1**(1/4) + n2**(1/4))",
                B="positive",
                c="positive",
                **_COUNTS,
            ),
        ),
        (
            "in the form g_j = C n_j^(-1/4): C = B / (n_1^(-1/4) + n_2^(-1/4))",
            state(
                f"B/(n1**(-1/4) + n2**(-1/4))*n1**(-1/4) == {_BEST_SHARE}", B="positive", **_COUNTS
            ),
        ),
        (
            "a bias b moves class 1's margin h to h + b and class 2's to B - h - b: the sum stays, "
            "and one bias brings class 1 to any target g",
            state(
                "(h + b) + (B - h - b) == B",
                "h + (g - h) == g",
                "(B - h) - (g - h) == B - g",
                h="real",
                b="real",
                g="real",
                B="positive",
            ),
        ),
    ),
    argument="The lower bound is attained at g_j proportional to n_j^(-1/4), and a strictly convex "
    "function has one minimiser. A binary separator can be shifted there by one bias (the last step), "
    "which is what Theorem 3 of the source uses.",
    mutants=mutants(
        *(
            (
                f"exponent {exponent} instead of -1/4",
                state(
                    f"1/(t*sqrt(n1)) + 1/((1 - t)*sqrt(n2)) >= (n1**({exponent}) + n2**({exponent}))"
                    f"*(1/(n1**({exponent})*sqrt(n1)) + 1/(n2**({exponent})*sqrt(n2)))",
                    t="(0, 1)",
                    **_COUNTS,
                ),
            )
            for exponent in ("-1/3", "-1/2", "0", "1/4")
        ),
        (
            "the larger class gets the larger margin",
            state(f"{_BEST_SHARE} >= B/2", B="positive", n1="[2, oo)", n2="[1, oo)"),
        ),
        (
            "the product of the margins is the budget",
            state(
                "1/(g1*sqrt(n1)) + 1/(g2*sqrt(n2)) >= (n1**(-1/4) + n2**(-1/4))**2/(2*sqrt(g1*g2))",
                g1="positive",
                g2="positive",
                **_COUNTS,
            ),
        ),
        (
            "the shifted margin of class 1 is the optimum of class 2",
            state(
                "1/(B*n1**(1/4)/(n1**(1/4) + n2**(1/4))*sqrt(n1)) + 1/("
                f"{_BEST_SHARE}*sqrt(n2)) == (n1**(-1/4) + n2**(-1/4))**2/B",
                B="positive",
                **_COUNTS,
            ),
        ),
    ),
    symbols={**_SYMBOLS, "h": "class 1's margin before the shift", "b": "the bias"},
    functions=("optimal_margins", "margin_tradeoff"),
    corrects="The proof of Theorem 3 in the paper names the shifted margin of class 1 gamma_2*; it is "
    "gamma_1*. With the printed index the bound is not attained.",
)

LDAM_K_CLASS = Statement(
    name="margins.ldam_k_class",
    title="Any number of classes: margins proportional to n^(-1/4) minimise the sum of 1/(g sqrt n)",
    source="Cao et al. (NeurIPS 2019), Section 3.1, for K = 2; the tangent argument is derived here",
    ids=("LD3",),
    formula=state("a1**2/g1 + a2**2/g2 + a3**2/g3 >= (a1 + a2 + a3)**2/(g1 + g2 + g3)", **_THREE),
    steps=steps(
        (
            "tangent: one class's term, with a = n^(-1/4), lies above its tangent at g = a/c",
            state("a**2/g >= 2*a*c - c**2*g", a="positive", g="positive", c="positive"),
        ),
        (
            "summed over any number of classes with sum a = S, sum g = B and c = S/B",
            state("2*(S/B)*S - (S/B)**2*B == S**2/B", S="positive", B="positive"),
        ),
        (
            "equality at g = a/c, that is g_j = B n_j^(-1/4) / sum_i n_i^(-1/4)",
            state("a**2/(a/c) == 2*a*c - c**2*(a/c)", a="positive", c="positive"),
        ),
        (
            "three classes at once, decided independently",
            state("a1**2/g1 + a2**2/g2 + a3**2/g3 >= (a1 + a2 + a3)**2/(g1 + g2 + g3)", **_THREE),
        ),
    ),
    argument="The tangent inequality holds for each class with the same c; adding K of them bounds the "
    "objective below by 2 c S - c^2 B, which is S^2/B at c = S/B, whatever K. Equality holds in every "
    "term exactly when g_j = a_j/c. The sum of the margins is the only constraint here; see "
    "margin_feasibility.no_quarter_power for what biases can reach when K >= 3.",
    mutants=mutants(
        (
            "exponent -1/3, three classes",
            state(
                "(x1 + x2 + x3)*(1/(x1*sqrt(n1)) + 1/(x2*sqrt(n2)) + 1/(x3*sqrt(n3)))"
                " >= (n1**(-1/3) + n2**(-1/3) + n3**(-1/3))"
                "*(n1**(-1/6) + n2**(-1/6) + n3**(-1/6))",
                x1="positive",
                x2="positive",
                x3="positive",
                n1="positive",
                n2="positive",
                n3="positive",
            ),
        ),
        (
            "the sum of squares instead of the square of the sum, times K",
            state(
                "a1**2/g1 + a2**2/g2 + a3**2/g3 >= 3*(a1**2 + a2**2 + a3**2)/(g1 + g2 + g3)",
                **_THREE,
            ),
        ),
    ),
    symbols={
        "a": "n^(-1/4) of a class",
        "g": "margin of a class",
        "c": "slope of the tangent, S/B",
        "S": "sum of a over the classes",
        "B": "margin budget",
    },
    functions=("optimal_margins",),
    rests_on=("margins.ldam_two_class",),
)

STATEMENTS = (LDAM_TWO_CLASS, LDAM_K_CLASS)
