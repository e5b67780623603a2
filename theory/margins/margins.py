"""Label-dependent margins: how a margin budget is best split between classes.

Claimed by Cao, Wei, Gaidon, Arechiga, Ma, "Learning Imbalanced Datasets with Label-Distribution-Aware
Margin Loss" (NeurIPS 2019), Section 3 and Theorem 3. Checked by: stationarity (symbolic), the tangent
inequality that gives the optimum for every K (intervals), exact witnesses for the false exponents.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
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


LDAM_TWO_CLASS = statement(
    name="margins.ldam_two_class",
    title="Two classes: the margin trade-off is best at margins proportional to n^(-1/4)",
    source="Cao et al. (NeurIPS 2019), Section 3.1 and Theorem 3",
    ids=("LD2",),
    functions=("optimal_margins", "margin_tradeoff"),
    corrects="The proof of Theorem 3 in the paper names the shifted margin of class 1 gamma_2*; it is "
    "gamma_1*. With the printed index the bound is not attained.",
    where={
        "t: (0, 1)": "class 1's share of the budget, g_1 = t B",
        "h: real": "class 1's margin before the shift",
        "b: real": "the bias",
        "g: real": "target margin of class 1",
        "B: positive": "the margin budget, g_1 + g_2",
        "r1, r2: positive": "fourth root of classes 1, 2's count",
        "c: positive": "common factor of the counts",
        "g1, g2: positive": "margin of classes 1, 2",
        "n1, n2: positive": "examples of classes 1, 2",
    },
    theorem=(
        "for all n_1, n_2, B > 0: over gamma_1, gamma_2 > 0 with gamma_1 + gamma_2 = B, 1/(gamma_1 "
        "sqrt(n_1)) + 1/(gamma_2 sqrt(n_2)) >= (n_1^(-1/4) + n_2^(-1/4))^2/B, with equality iff gamma_j = "
        "B n_j^(-1/4)/(n_1^(-1/4) + n_2^(-1/4))",
        r"\min_{\gamma_1 + \gamma_2 = B,\ \gamma > 0} \left( \frac{1}{\gamma_1 \sqrt{n_1}} + "
        r"\frac{1}{\gamma_2 \sqrt{n_2}} \right) = \frac{\left( n_1^{-1/4} + n_2^{-1/4} \right)^2}{B}, "
        r"\qquad \text{attained} \iff \gamma_j = \frac{B\, n_j^{-1/4}}{n_1^{-1/4} + n_2^{-1/4}},\ j = 1, 2 "
        r"\qquad \forall n_1, n_2, B > 0",
    ),
    formula="1/(t*B*sqrt(n1)) + 1/((1 - t)*B*sqrt(n2)) >= (n1**(-1/4) + n2**(-1/4))**2/B",
    steps=(
        "lower_bound: no split of the budget does better",
        FORMULA,
        "attained: the bound is attained at g_1 = B n_2^(1/4) / (n_1^(1/4) + n_2^(1/4))",
        "(n1**(1/4) + n2**(1/4))/(B*n2**(1/4)*sqrt(n1)) + (n1**(1/4) + n2**(1/4))/(B*n1**(1/4)*sqrt(n2)) "
        "== (n1**(-1/4) + n2**(-1/4))**2/B",
        "slope_in_split: the slope in the split",
        state_derivative(
            "1/(t*B*sqrt(n1)) + 1/((1 - t)*B*sqrt(n2))",
            "t",
            "-1/(t**2*B*sqrt(n1)) + 1/((1 - t)**2*B*sqrt(n2))",
        ),
        "slope_vanishes: vanishes there",
        "-(n1**(1/4) + n2**(1/4))**2/(sqrt(n2)*B*sqrt(n1)) + (n1**(1/4) + "
        "n2**(1/4))**2/(sqrt(n1)*B*sqrt(n2)) == 0",
        "second_derivative: its own slope, the second derivative",
        state_derivative(
            "-1/(t**2*B*sqrt(n1)) + 1/((1 - t)**2*B*sqrt(n2))",
            "t",
            "2/(t**3*B*sqrt(n1)) + 2/((1 - t)**3*B*sqrt(n2))",
        ),
        "strictly_convex: is positive, so the objective is strictly convex in the split",
        "2/(t**3*B*sqrt(n1)) + 2/((1 - t)**3*B*sqrt(n2)) > 0",
        "equal_counts: equal counts share the budget equally",
        "B*n1**(1/4)/(n1**(1/4) + n1**(1/4)) == B/2",
        "growing_class_loses_margin: a class that grows without end is left no margin (r = n^(1/4))",
        state_limit("B*r2/(r1 + r2)", "0", "r1", "high"),
        "only_ratio_matters: only the ratio of the counts matters",
        "B*(c*n2)**(1/4)/((c*n1)**(1/4) + (c*n2)**(1/4)) == B*n2**(1/4)/(n1**(1/4) + n2**(1/4))",
        "quarter_power_form: in the form g_j = C n_j^(-1/4): C = B / (n_1^(-1/4) + n_2^(-1/4))",
        "B/(n1**(-1/4) + n2**(-1/4))*n1**(-1/4) == B*n2**(1/4)/(n1**(1/4) + n2**(1/4))",
        "one_bias_reaches_any_target: a bias b moves class 1's margin h to h + b and class 2's to B - h - "
        "b: the sum stays, and one bias brings class 1 to any target g",
        ("(h + b) + (B - h - b) == B", "h + (g - h) == g", "(B - h) - (g - h) == B - g"),
    ),
    argument="The lower bound is attained at g_j proportional to n_j^(-1/4), and a strictly convex "
    "function has one minimiser. A binary separator can be shifted there by one bias (the last "
    "step), which is what Theorem 3 of the source uses.",
    mutants=(
        "exponent -1/3 instead of -1/4",
        "1/(t*sqrt(n1)) + 1/((1 - t)*sqrt(n2)) >= (n1**(-1/3) + n2**(-1/3))*(1/(n1**(-1/3)*sqrt(n1)) + "
        "1/(n2**(-1/3)*sqrt(n2)))",
        "exponent -1/2 instead of -1/4",
        "1/(t*sqrt(n1)) + 1/((1 - t)*sqrt(n2)) >= (n1**(-1/2) + n2**(-1/2))*(1/(n1**(-1/2)*sqrt(n1)) + "
        "1/(n2**(-1/2)*sqrt(n2)))",
        "exponent 0 instead of -1/4",
        "1/(t*sqrt(n1)) + 1/((1 - t)*sqrt(n2)) >= (n1**(0) + n2**(0))*(1/(n1**(0)*sqrt(n1)) + "
        "1/(n2**(0)*sqrt(n2)))",
        "exponent 1/4 instead of -1/4",
        "1/(t*sqrt(n1)) + 1/((1 - t)*sqrt(n2)) >= (n1**(1/4) + n2**(1/4))*(1/(n1**(1/4)*sqrt(n1)) + "
        "1/(n2**(1/4)*sqrt(n2)))",
        "the larger class gets the larger margin",
        state("B*n2**(1/4)/(n1**(1/4) + n2**(1/4)) >= B/2", n1="[2, oo)", n2="[1, oo)"),
        "the product of the margins is the budget",
        "1/(g1*sqrt(n1)) + 1/(g2*sqrt(n2)) >= (n1**(-1/4) + n2**(-1/4))**2/(2*sqrt(g1*g2))",
        "the shifted margin of class 1 is the optimum of class 2",
        "1/(B*n1**(1/4)/(n1**(1/4) + n2**(1/4))*sqrt(n1)) + 1/(B*n2**(1/4)/(n1**(1/4) + "
        "n2**(1/4))*sqrt(n2)) == (n1**(-1/4) + n2**(-1/4))**2/B",
    ),
)

LDAM_K_CLASS = statement(
    name="margins.ldam_k_class",
    title="Any number of classes: margins proportional to n^(-1/4) minimise the sum of 1/(g sqrt n)",
    source="Cao et al. (NeurIPS 2019), Section 3.1, for K = 2; the tangent argument is derived here",
    ids=("LD3",),
    functions=("optimal_margins",),
    where={
        "a1: positive": "n^(-1/4) of class 1",
        "a2, a3: positive": "n^(-1/4) of classes 2, 3",
        "g1, g2, g3: positive": "margin of classes 1, 2, 3",
        "a: positive": "n^(-1/4) of a class",
        "g: positive": "margin of a class",
        "c: positive": "slope of the tangent, S/B",
        "S: positive": "sum of a over the classes",
        "B: positive": "margin budget",
        "x1, x2, x3: positive": "margin of classes 1, 2, 3",
        "n1, n2, n3: positive": "examples of classes 1, 2, 3",
    },
    theorem=(
        "for every K and all n_j, B > 0: over gamma_j > 0 with sum_j gamma_j = B, sum_j 1/(gamma_j "
        "sqrt(n_j)) >= (sum_j n_j^(-1/4))^2/B, with equality iff gamma_j = B n_j^(-1/4)/sum_i n_i^(-1/4) "
        "for all j",
        r"\min_{\sum_j \gamma_j = B,\ \gamma > 0} \sum_{j=1}^K \frac{1}{\gamma_j \sqrt{n_j}} = \frac1B "
        r"\left( \sum_{j=1}^K n_j^{-1/4} \right)^2, \qquad \text{attained} \iff \gamma_j = \frac{B\, "
        r"n_j^{-1/4}}{\sum_{i=1}^K n_i^{-1/4}}\ \forall j \qquad \forall K,\ n_j, B > 0",
    ),
    formula="a1**2/g1 + a2**2/g2 + a3**2/g3 >= (a1 + a2 + a3)**2/(g1 + g2 + g3)",
    steps=(
        "tangent: tangent: one class's term, with a = n^(-1/4), lies above its tangent at g = a/c",
        "a**2/g >= 2*a*c - c**2*g",
        "summed_over_classes: summed over any number of classes with sum a = S, sum g = B and c = S/B",
        "2*(S/B)*S - (S/B)**2*B == S**2/B",
        "attained: equality at g = a/c, that is g_j = B n_j^(-1/4) / sum_i n_i^(-1/4)",
        "a**2/(a/c) == 2*a*c - c**2*(a/c)",
        "three_classes: three classes at once, decided independently",
        FORMULA,
    ),
    argument="The tangent inequality holds for each class with the same c; adding K of them bounds the "
    "objective below by 2 c S - c^2 B, which is S^2/B at c = S/B, whatever K. Equality holds in "
    "every term exactly when g_j = a_j/c. The sum of the margins is the only constraint here; see "
    "margin_feasibility.no_quarter_power for what biases can reach when K >= 3.",
    mutants=(
        "exponent -1/3, three classes",
        "(x1 + x2 + x3)*(1/(x1*sqrt(n1)) + 1/(x2*sqrt(n2)) + 1/(x3*sqrt(n3))) >= (n1**(-1/3) + n2**(-1/3) "
        "+ n3**(-1/3))*(n1**(-1/6) + n2**(-1/6) + n3**(-1/6))",
        "the sum of squares instead of the square of the sum, times K",
        "a1**2/g1 + a2**2/g2 + a3**2/g3 >= 3*(a1**2 + a2**2 + a3**2)/(g1 + g2 + g3)",
    ),
    rests_on=("margins.ldam_two_class",),
)

STATEMENTS = (LDAM_TWO_CLASS, LDAM_K_CLASS)
