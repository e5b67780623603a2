"""Which margin exponent is optimal: it depends on the bound, and on how its class terms are added.

Derived here; the case of Cao et al. (NeurIPS 2019), Section 3.1, is margin power 1 and count power 1/2.
Checked by: Bernoulli's inequality (intervals), one tangent a class for every K, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, state_failure, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_number, as_real

__all__ = ["tradeoff_margins"]


def tradeoff_margins(
    class_counts: ArrayLike,
    total: float = 1.0,
    *,
    margin_power: float = 1.0,
    count_power: float = 0.5,
    class_weights: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Minimiser of ``sum_j w_j g_j^(-p) n_j^(-q)`` over margins of the given sum, shape (K,).

    ``g_j ~ (w_j n_j^(-q))^(1/(p+1))`` with ``p = margin_power > 0``, any real ``q = count_power`` and
    ``w = class_weights > 0``, one number or shape (K,). The defaults give `optimal_margins`.
    """
    counts = as_class_counts(class_counts)
    total = as_number("total", total, low=0, low_open=True)
    p = as_number("margin_power", margin_power, low=0, low_open=True)
    q = as_number("count_power", count_power)
    weights = as_real("class_weights", class_weights, low=0, low_open=True)
    if weights.ndim and weights.shape != counts.shape:
        raise InputError(
            f"class_weights has shape {weights.shape}: must be one number or match class_counts, "
            f"{counts.shape}"
        )
    weights = np.broadcast_to(weights, counts.shape)
    # Ratios to the class of the largest margin keep every factor near the size of the answer.
    lead = int(np.argmax(np.log(weights) - q * np.log(counts)))
    log_shape = (np.log(weights / weights[lead]) - q * np.log(counts / counts[lead])) / (p + 1.0)
    shape = np.exp(log_shape)
    return total * shape / shape.sum()


# ------------------------------------------------------------------------------------ statements


GENERAL = statement(
    name="margin_exponents.general",
    title="The sum of w g^(-p) n^(-q) is least at margins proportional to (w n^(-q))^(1/(p+1)), any K",
    source="derived here; Cao et al. (NeurIPS 2019), Section 3.1, is p = 1, q = 1/2, w = 1",
    ids=("LD3",),
    functions=("tradeoff_margins",),
    corrects="The remark on fast rates in Cao et al. is printed with n_i on the left; the optimum is for "
    "the margin, gamma_i proportional to n_i^(-1/3).",
    where={
        "a: positive": "(w n^(-q))^(1/(p+1))",
        "t: real": "exponent -p log x",
        "x: positive": "margin over its optimum",
        "B: positive": "margin budget, the sum of the margins",
        "w: positive": "its weight",
        "g: positive": "margin of a class",
        "c: positive": "S/B, the sum of the a over the budget",
        "p: positive": "power of the margin",
        "n: positive": "examples of the class",
        "q: real": "power of the count",
        "x1, x2: positive": "margin of classes 1, 2",
        "b1, b2: positive": "square root of classes 1, 2's w n^(-q)",
        "w1, w2: positive": "classes 1, 2's weight, its square root or fourth root",
        "a1, a2: positive": "a of classes 1, 2",
        "g1, g2: positive": "margin of classes 1, 2",
    },
    theorem=(
        "for every K, p > 0, real q and w_j, n_j, B > 0, with a_j = (w_j n_j^(-q))^(1/(p+1)): over gamma_j "
        "> 0 with sum_j gamma_j = B, sum_j w_j gamma_j^(-p) n_j^(-q) >= (sum_j a_j)^(p+1)/B^p, with "
        "equality iff gamma_j = B a_j/sum_i a_i for all j",
        r"\min_{\sum_j \gamma_j = B,\ \gamma > 0} \sum_{j=1}^K w_j\, \gamma_j^{-p}\, n_j^{-q} = "
        r"\frac{1}{B^p} \left( \sum_{j=1}^K a_j \right)^{p+1}, \qquad a_j = \left( w_j n_j^{-q} "
        r"\right)^{\frac{1}{p+1}}, \qquad \text{attained} \iff \gamma_j = \frac{B\, a_j}{\sum_{i=1}^K "
        r"a_i}\ \forall j \qquad \forall K,\ p > 0,\ q \in \mathbb{R},\ w_j, n_j, B > 0",
    ),
    formula="a**(p + 1)/g**p >= (1 + p)*a*c**p - p*c**(p + 1)*g",
    steps=(
        "exponential_tangent: exp(t) >= 1 + t: for the ratio x of a margin to its optimum, with t = -p log "
        "x, x^(-p) >= 1 - p log x",
        "exp(t) >= 1 + t",
        "logarithm_tangent: and log x <= x - 1: together Bernoulli's x^(-p) >= 1 - p (x - 1)",
        "log(x) <= x - 1",
        "term_in_margin_ratio: a class's term, with a = (w n^(-q))^(1/(p+1)) and g = x a/c, is a c^p x^(-p)",
        "a**(p + 1)/(x*a/c)**p == a*c**p*x**(-p)",
        "tangent_by_bernoulli: and a c^p times Bernoulli's right side is its tangent at g = a/c",
        "a*c**p*(1 - p*(x - 1)) == (1 + p)*a*c**p - p*c**(p + 1)*(x*a/c)",
        "summed_over_classes: summed over any number of classes with sum g = B, sum a = S = c B: c^(p+1) B "
        "= S^(p+1)/B^p",
        "(1 + p)*c**p*(c*B) - p*c**(p + 1)*B == c**(p + 1)*B",
        "slopes_agree: Lagrange: at the optimum every class's slope is the same, -p c^(p+1)",
        "-p*a**(p + 1)*(a/c)**(-p - 1) == -p*c**(p + 1)",
        "slope_of_term: that slope",
        state_derivative("w*g**(-p)*n**(-q)", "g", "-p*w*n**(-q)*g**(-p - 1)"),
        "exponents_of_counts: with w = 1 the exponent of the counts is -q/(p+1): -1/4 at (1, 1/2), -1/3 at "
        "(2, 1)",
        state(
            "(n**(-q))**(1/(p + 1)) == n**(-q/(p + 1))",
            "(n**(-1/2))**(1/2) == n**(-1/4)",
            "(n**(-1))**(1/3) == n**(-1/3)",
            q="positive",
        ),
        "two_classes_power_two: K = 2, p = 2 at once, decided independently",
        "a1**3/g1**2 + a2**3/g2**2 >= (a1 + a2)**3/(g1 + g2)**2",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The tangents of all classes have one slope, so their sum depends on the margins through the "
    "budget alone: it is S^(p+1)/B^p, attained exactly at g_j = B a_j / S. Bernoulli is strict "
    "off x = 1, so the minimiser is unique.",
    mutants=(
        "exponent q/p: a = (w n^(-q))^(1/p), witness p = 2",
        "(x1 + x2)**2*(b1**2/x1**2 + b2**2/x2**2) >= (b1 + b2)**2*(1 + 1)",
        "the root on the counts only, not on the weights, p = 1",
        "(x1 + x2)*(w1*a1**2/x1 + w2*a2**2/x2) >= (w1*a1 + w2*a2)*(a1 + a2)",
        "weights to the power 1/4",
        "(x1 + x2)*(w1**4*a1**2/x1 + w2**4*a2**2/x2) >= (w1*a1 + w2*a2)*(w1**3*a1 + w2**3*a2)",
        "Bernoulli the wrong way",
        "x**(-p) <= 1 - p*(x - 1)",
    ),
)


TEST_IMBALANCE = statement(
    name="margin_exponents.test_imbalance",
    title="For a test prior w the margin bound is best at w^(1/2) n^(-1/4), not at (w/n)^(1/4)",
    source="Cao et al. (NeurIPS 2019), remark on imbalanced test distributions; derived here",
    ids=("LD3",),
    functions=("tradeoff_margins",),
    corrects="Cao et al. propose Delta_j proportional to (n'_j/n_j)^(1/4) for test counts n'; their own "
    "bound, weighted by n', is minimised by n'_j^(1/2) n_j^(-1/4).",
    where={
        "n: positive": "training count of a class",
        "w: positive": "a class's share of the test set",
        "n1, n2: positive": "training count of classes 1, 2",
        "x1, x2: positive": "margin of classes 1, 2",
        "u1, u2: positive": "fourth root of classes 1, 2's test share",
        "w1, w2: positive": "square root of classes 1, 2's test share",
        "a1: positive": "n^(-1/4) of class 1",
        "a2: positive": "n^(-1/4) of class 2",
        "g1, g2: positive": "margin of classes 1, 2",
        "v1, v2: positive": "square root of classes 1, 2's test share",
        "v": "square root of a class's share w of the test set",
        "a": "n^(-1/4) of its training count",
        "g": "its margin",
        "u": "w^(1/4)",
    },
    theorem=(
        "for every K, test shares w_j > 0 and n_j, B > 0: over gamma_j > 0 with sum_j gamma_j = B, sum_j "
        "w_j/(gamma_j sqrt(n_j)) >= (sum_j w_j^(1/2) n_j^(-1/4))^2/B, with equality iff gamma_j is "
        "proportional to w_j^(1/2) n_j^(-1/4); the rule (w_j/n_j)^(1/4) is not optimal in general: n = "
        "(1000, 10), test counts (10, 1000), B = 1: 0.3479 against the optimum 0.3332",
        r"\min_{\sum_j \gamma_j = B,\ \gamma > 0} \sum_{j=1}^K \frac{w_j}{\gamma_j \sqrt{n_j}} = \frac1B "
        r"\left( \sum_{j=1}^K w_j^{1/2} n_j^{-1/4} \right)^2, \qquad \text{attained} \iff \gamma_j \propto "
        r"w_j^{1/2} n_j^{-1/4}; \qquad n = (1000, 10),\ w = \left( \tfrac{10}{1010}, \tfrac{1000}{1010} "
        r"\right),\ B = 1 :\quad \left. \sum_j \frac{w_j}{\gamma_j \sqrt{n_j}} \right|_{\gamma_j \propto "
        r"(w_j/n_j)^{1/4}} > 0.3478 > 0.3333 > \min_{\gamma_1 + \gamma_2 = 1} \sum_j \frac{w_j}{\gamma_j "
        r"\sqrt{n_j}}",
    ),
    formula="v1**2*a1**2/g1 + v2**2*a2**2/g2 >= (v1*a1 + v2*a2)**2/(g1 + g2)",
    steps=(
        "weighted_optimum: the weighted sum of two classes, with w = v^2 and n^(-1/2) = a^2, and its optimum",
        FORMULA,
        "optimal_exponents: the optimal margin is proportional to w^(1/2) n^(-1/4)",
        "(w*n**(-1/2))**(1/2) == sqrt(w)*n**(-1/4)",
        "witness_printed_rule: witness n = (1000, 10), test counts (10, 1000), budget 1: the printed rule "
        "gives 0.34785",
        "34784/100000 < ((10/1000)**(1/4) + (1000/10)**(1/4))*((10/1010)/((10/1000)**(1/4)*sqrt(1000)) + "
        "(1000/1010)/((1000/10)**(1/4)*sqrt(10))) < 34786/100000",
        "witness_optimum: the optimum gives 0.33321",
        "33320/100000 < (sqrt(10/1010)*1000**(-1/4) + sqrt(1000/1010)*10**(-1/4))**2 < 33322/100000",
        "printed_rule_not_optimal: so the printed rule is not optimal",
        state_failure(
            "((10/1000)**(1/4) + (1000/10)**(1/4))*((10/1010)/((10/1000)**(1/4)*sqrt(1000)) + (1000/1010)"
            "/((1000/10)**(1/4)*sqrt(10))) <= (sqrt(10/1010)*1000**(-1/4) + sqrt(1000/1010)*10**(-1/4))**2",
        ),
        "rules_agree_when_balanced: both rules agree when the test distribution is balanced",
        "sqrt(w)*n1**(-1/4)/(sqrt(w)*n2**(-1/4)) == (w/n1)**(1/4)/(w/n2)**(1/4)",
    ),
    argument="With the test error sum_j w_j L_j, the class terms of the bound are w_j/(g_j sqrt n_j); "
    "margin_exponents.general with p = 1, q = 1/2 gives the optimum for any K.",
    mutants=(
        "the printed rule, (w/n)^(1/4), is optimal",
        "(x1 + x2)*(u1**4*a1**2/x1 + u2**4*a2**2/x2) >= (u1*a1 + u2*a2)*(u1**3*a1 + u2**3*a2)",
        "w n^(-1/4) is optimal",
        "(x1 + x2)*(w1*a1**2/x1 + w2*a2**2/x2) >= (w1*a1 + w2*a2)*(a1 + a2)",
    ),
    rests_on=("margin_exponents.general",),
)


HOW_TERMS_ADD = statement(
    name="margin_exponents.how_terms_add",
    title="Class terms added give exponent -1/4, added in quadrature -1/3, pooled over examples +1/3",
    source="derived here",
    ids=("LD6",),
    functions=("tradeoff_margins",),
    corrects="n^(-1/4) is quoted as the law of class margins; it is the optimum of one upper bound. The "
    "tighter bound for balanced risk, whose class terms add in quadrature, has its optimum at "
    "n^(-1/3).",
    where={
        "a1: positive": "(r^2/n)^(1/3) of class 1",
        "a2: positive": "(r^2/n)^(1/3) of class 2",
        "g1, g2: positive": "margin of classes 1, 2",
        "n: positive": "examples of the class",
        "r: positive": "radius of its features",
        "B: positive": "margin budget, the sum of the margins",
        "x: nonnegative": "a margin, or one class's term",
        "y: nonnegative": "another class's term",
        "x1, x2: positive": "margin of classes 1, 2",
        "b1: positive": "n^(-1/4) of class 1",
        "b2: positive": "n^(-1/4) of class 2",
        "c1: positive": "n^(-1/6) of class 1",
        "c2: positive": "n^(-1/6) of class 2",
        "g": "margin of a class",
        "a": "(r^2/n)^(1/3)",
        "b": "n^(-1/4)",
        "c": "n^(-1/6)",
    },
    theorem=(
        "for every K and radii r_j > 0, counts n_j > 0, over gamma_j > 0 with a fixed sum: sum_j "
        "r_j/(gamma_j sqrt(n_j)) is least at gamma_j proportional to r_j^(1/2) n_j^(-1/4), sqrt(sum_j "
        "r_j^2/(gamma_j^2 n_j)) at r_j^(2/3) n_j^(-1/3), sum_j n_j r_j^2/gamma_j^2 at r_j^(2/3) n_j^(1/3), "
        "and only there",
        r"\operatorname{argmin}_{\sum_j \gamma_j = B} \sum_{j=1}^K \frac{r_j}{\gamma_j \sqrt{n_j}} \propto "
        r"\left( r_j^{1/2} n_j^{-1/4} \right)_j, \qquad \operatorname{argmin}_{\sum_j \gamma_j = B} \left( "
        r"\sum_{j=1}^K \frac{r_j^2}{\gamma_j^2 n_j} \right)^{1/2} \propto \left( r_j^{2/3} n_j^{-1/3} "
        r"\right)_j, \qquad \operatorname{argmin}_{\sum_j \gamma_j = B} \sum_{j=1}^K \frac{n_j "
        r"r_j^2}{\gamma_j^2} \propto \left( r_j^{2/3} n_j^{1/3} \right)_j \qquad \forall K,\ r_j, n_j, B > "
        r"0 \quad (\gamma > 0)",
    ),
    formula="a1**3/g1**2 + a2**3/g2**2 >= (a1 + a2)**3/(g1 + g2)**2",
    steps=(
        "added_exponent: added: one term r/(g sqrt n) a class, exponent (r n^(-1/2))^(1/2)",
        "(r*n**(-1/2))**(1/2) == sqrt(r)*n**(-1/4)",
        "quadrature_exponent: in quadrature: the square root of the sum of r^2/(g^2 n), exponent "
        "(r^2/n)^(1/3)",
        "(r**2*n**(-1))**(1/3) == r**(2/3)*n**(-1/3)",
        "pooled_exponent: pooled over all examples, r^2 n/g^2: exponent (r^2 n)^(1/3), larger for the "
        "larger class",
        "(r**2*n**1)**(1/3) == r**(2/3)*n**(1/3)",
        "quadrature_optimum: the optimum in quadrature, two classes, with a = (r^2/n)^(1/3)",
        FORMULA,
        "quadrature_attained: attained at margins proportional to a",
        "a1**3/(B*a1/(a1 + a2))**2 + a2**3/(B*a2/(a1 + a2))**2 == (a1 + a2)**3/B**2",
        "witness_terms_added: n = (4096, 1), r = 1, budget 1, terms added: exponent -1/4 gives 81/64, -1/3 "
        "gives 85/64",
        ("(1/8 + 1)*(8/64 + 1) == 81/64", "(1/16 + 1)*(16/64 + 1) == 85/64", "81/64 < 85/64"),
        "witness_in_quadrature: in quadrature: -1/4 gives sqrt(5265)/64, -1/3 the smaller sqrt(4913)/64",
        (
            "(1/8 + 1)**2*(8**2/4096 + 1) == 5265/64**2",
            "(1/16 + 1)**2*(16**2/4096 + 1) == 4913/64**2",
            "4913/64**2 < 5265/64**2",
        ),
        "quadrature_below_sum: the sum in quadrature is never the larger of the two bounds",
        "sqrt(x**2 + y**2) <= x + y",
    ),
    argument="Each bound is a case of margin_exponents.general: p = 1, q = 1/2, w = r; p = 2, q = 1, w = "
    "r^2; and p = 2, q = -1, w = r^2. So the optimal exponent is a property of how the class "
    "terms are added; the witness has a different winner for each.",
    mutants=(
        "-1/4 is optimal in quadrature too",
        "(x1 + x2)**2*(b1**4/x1**2 + b2**4/x2**2) >= (b1 + b2)**2*(b1**2 + b2**2)",
        "-1/3 is optimal when terms are added",
        "(x1 + x2)*(c1**3/x1 + c2**3/x2) >= (c1**2 + c2**2)*(c1 + c2)",
        "the sum in quadrature is the larger one",
        "sqrt(x**2 + y**2) >= x + y",
    ),
    rests_on=("margin_exponents.general",),
)

STATEMENTS = (GENERAL, TEST_IMBALANCE, HOW_TERMS_ADD)
