"""The effective number of samples, E_n = (1 - beta^n)/(1 - beta), and the weights it gives.

Claimed by Cui, Jia, Lin, Song, Belongie, "Class-Balanced Loss Based on Effective Number of Samples"
(CVPR 2019), Proposition 1. Checked by: induction, limits, intervals, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_class_counts, as_number

__all__ = ["effective_number", "effective_number_weights"]


def effective_number(class_counts: ArrayLike, beta: float) -> NDArray[np.float64]:
    """``E_n = (1 - beta^n) / (1 - beta)`` per class, shape (K,); one ``beta`` with ``0 <= beta < 1``.

    Stable for counts to 1e12 and beta within rounding of 1: ``1 - beta^n = -expm1(n log beta)``.
    """
    counts = as_class_counts(class_counts)
    beta = as_number("beta", beta, low=0, high=1, high_open=True)
    with np.errstate(divide="ignore"):
        return -np.expm1(counts * np.log(beta)) / (1.0 - beta)


def effective_number_weights(class_counts: ArrayLike, beta: float) -> NDArray[np.float64]:
    """Class weights proportional to ``1 / E_n``, normalised to sum to K; shape (K,)."""
    weights = 1.0 / effective_number(class_counts, beta)
    return weights * (weights.size / weights.sum())


# ------------------------------------------------------------------------------------ statements


CLOSED_FORM = statement(
    name="effective_number.closed_form",
    title="The effective number has a closed form, by induction on the number of examples",
    source="Cui et al. (CVPR 2019), Proposition 1",
    ids=("EN1", "D7"),
    functions=("effective_number",),
    where={
        "b: [0, 1)": "beta, the overlap parameter, in [0, 1)",
        "n: integer 1..": "number of examples of a class",
        "D: nonnegative": "cells covered so far",
        "N: positive": "number of cells the data space is covered with",
        "r": "-log(beta)",
    },
    theorem=(
        "E_1 = 1 and E_(n+1) = 1 + beta E_n imply E_n = (1 - beta^n)/(1 - beta) = sum over k = 0..n-1 of "
        "beta^k, for all integers n >= 1 and beta in [0, 1)",
        r"E_1=1,\ E_{n+1}=1+\beta E_n\quad\Longrightarrow\quad E_n=\frac{1-\beta^n}{1-\beta}=\sum_{k=0}"
        r"^{n-1}\beta^k\qquad\forall\,n\ge1,\ \beta\in[0,1)",
    ),
    formula="1 + b*(1 - b**n)/(1 - b) == (1 - b**(n + 1))/(1 - b)",
    steps=(
        "base_case: base: E_1 = 1",
        "(1 - b**1)/(1 - b) == 1",
        "induction_step: step: E_(n+1) = 1 + beta E_n",
        FORMULA,
        "origin_of_the_recursion: where that recursion comes from: a sample falls inside the covered D of "
        "N with probability D/N and adds nothing, else it adds one; beta = 1 - 1/N",
        "(D/N)*D + (1 - D/N)*(D + 1) == 1 + (1 - 1/N)*D",
        "geometric_sum: it is the geometric sum: the next term is beta^n",
        "(1 - b**n)/(1 - b) + b**n == (1 - b**(n + 1))/(1 - b)",
    ),
    argument="E_1 = 1 and E_(n+1) = 1 + beta E_n define the effective number; the closed form satisfies "
    "both, so it is the effective number for every n, and the sum of beta^k over k < n.",
    mutants=(
        "exponent n - 1 instead of n",
        "(1 - b**(1 - 1))/(1 - b) == 1",
        "exponent n + 1 instead of n",
        state("(1 - b**(1 + 1))/(1 - b) == 1", b="(0, 1)"),
        "the quotient upside down",
        state("1 + b*(1 - b)/(1 - b**n) == (1 - b)/(1 - b**(n + 1))", b="(0, 1)"),
    ),
)

EXPECTED_DISTINCT = statement(
    name="effective_number.expected_distinct",
    title="E_n is the expected number of distinct cells hit by n uniform draws from N cells",
    source="derived here; the model is that of Cui et al. (CVPR 2019), Section 3",
    ids=("EN2",),
    where={
        "N: integer 2..": "number of cells the data space is covered with",
        "n: integer 1..": "number of examples of a class",
        "b": "beta, the overlap parameter, in [0, 1)",
        "r": "-log(beta)",
        "D": "cells covered so far",
    },
    theorem=(
        "C_1, ..., C_n independent and uniform on N >= 2 cells, n >= 1: E |{C_1, ..., C_n}| = N (1 - (1 - "
        "1/N)^n) = (1 - beta^n)/(1 - beta) = E_n with beta = (N-1)/N",
        r"C_1,\dots,C_n\ \text{iid uniform on }\{1,\dots,N\}:\quad \mathbb E\left|\{C_1,\dots,C_n\}"
        r"\right|=N\left(1-\left(1-\tfrac1N\right)^n\right)=\frac{1-\beta^n}{1-\beta}=E_n,"
        r"\quad\beta=\frac{N-1}N\qquad\forall\,n\ge1,\ N\ge2",
    ),
    formula="N*(1 - (1 - 1/N)**n) == (1 - ((N - 1)/N)**n)/(1 - (N - 1)/N)",
    steps=(
        "one_draw: one draw hits one cell",
        "N*(1 - (1 - 1/N)**1) == 1",
        "one_more_draw: a draw hits a new cell with probability 1 - D/N, so D becomes D + 1 - D/N",
        "N*(1 - (1 - 1/N)**n) + 1 - N*(1 - (1 - 1/N)**n)/N == N*(1 - (1 - 1/N)**(n + 1))",
        "equals_effective_number: with beta = (N-1)/N this is the effective number",
        FORMULA,
    ),
    argument="Each cell is missed by n independent draws with probability (1 - 1/N)^n. By linearity of "
    "expectation and the recursion above, the expected count is E_n with beta = (N-1)/N.",
    mutants=(
        "beta = N/(N+1)",
        "N*(1 - (1 - 1/N)**n) == (1 - (N/(N + 1))**n)/(1 - N/(N + 1))",
        "a new cell with probability D/N",
        "N*(1 - (1 - 1/N)**n) + (1 - (1 - 1/N)**n) == N*(1 - (1 - 1/N)**(n + 1))",
        "exponent n - 1, at N = 3, n = 2",
        "(1 - (2/3)**1)/(1 - 2/3) == 5/3",
        "exponent n + 1, at N = 3, n = 2",
        "(1 - (2/3)**3)/(1 - 2/3) == 5/3",
        "beta = N/(N + 1), at N = 3, n = 2",
        "(1 - (3/4)**2)/(1 - 3/4) == 5/3",
        "the quotient upside down, at N = 3, n = 2",
        "(1 - 2/3)/(1 - (2/3)**2) == 5/3",
    ),
    rests_on=("effective_number.closed_form",),
)

LIMITS = statement(
    name="effective_number.limits",
    title="From no re-weighting to inverse frequency: E_n -> 1 as beta -> 0, E_n -> n as beta -> 1",
    source="Cui et al. (CVPR 2019), Section 3.2",
    ids=("EN3", "EN4", "D7"),
    where={
        "b: (0, 1)": "beta, the overlap parameter, in [0, 1)",
        "r: positive": "-log(beta)",
        "n: positive": "number of examples of a class",
        "N": "number of cells the data space is covered with",
        "D": "cells covered so far",
    },
    theorem=(
        "E_n(beta) = (1 - beta^n)/(1 - beta), n > 0: E_n -> 1 as beta -> 0, E_n -> n as beta -> 1, and E_n "
        "-> 1/(1 - beta) as n -> oo at fixed beta in (0, 1)",
        r"E_n(\beta)=\frac{1-\beta^n}{1-\beta}:\quad \lim_{\beta\to0}E_n(\beta)=1,\quad \lim_{\beta\to1}"
        r"E_n(\beta)=n\quad\forall\,n>0,\qquad \lim_{n\to\infty}E_n(\beta)=\frac1{1-\beta}\quad\forall\,"
        r"\beta\in(0,1)",
    ),
    formula=state_limit("(1 - b**n)/(1 - b)", "n", "b", "high"),
    steps=(
        "no_overlap_parameter: beta -> 0",
        state_limit("(1 - b**n)/(1 - b)", "1", "b", "low"),
        "overlap_parameter_to_one: beta -> 1",
        FORMULA,
        "count_to_infinity: n -> infinity, with beta = exp(-r): it saturates at 1/(1 - beta)",
        state_limit("(1 - exp(-r*n))/(1 - exp(-r))", "1/(1 - exp(-r))", "n", "high"),
    ),
    argument="Weights 1/E_n are therefore equal at beta = 0 and inverse frequencies as beta -> 1; at fixed "
    "beta < 1 they become equal again when all classes are large.",
    mutants=(
        "the limit beta -> 1 is 1",
        state_limit("(1 - b**n)/(1 - b)", "1", "b", "high"),
        "the limit n -> infinity is 1/beta",
        state_limit("(1 - exp(-r*n))/(1 - exp(-r))", "exp(r)", "n", "high"),
    ),
)

BOUNDS = statement(
    name="effective_number.bounds",
    title="The effective number lies between one and both the count and the number of cells",
    source="Cui et al. (CVPR 2019), Section 3.2; bounds derived here",
    ids=("EN3",),
    where={
        "b: [0, 1)": "beta, the overlap parameter, in [0, 1)",
        "n: integer 1..": "number of examples of a class",
        "N": "number of cells the data space is covered with",
        "r": "-log(beta)",
        "D": "cells covered so far",
    },
    formula="1 <= (1 - b**n)/(1 - b) <= Min(n, 1/(1 - b))",
    steps=(
        "at_least_one: at least one",
        "1 <= (1 - b**n)/(1 - b)",
        "at_most_the_count: at most the count",
        "(1 - b**n)/(1 - b) <= n",
        "at_most_the_cells: at most the number of cells",
        "(1 - b**n)/(1 - b) <= 1/(1 - b)",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The three bounds hold for every real n >= 1, so for the integers.",
    mutants=(
        "at least two",
        "2 <= (1 - b**n)/(1 - b)",
        "at most beta n",
        "(1 - b**n)/(1 - b) <= b*n",
        "at most 1/beta",
        state("(1 - b**n)/(1 - b) <= 1/b", b="(0, 1)"),
    ),
)

WEIGHT_RATIO = statement(
    name="effective_number.weight_ratio",
    title="Class-balanced weights are never more extreme than inverse frequency",
    source="derived here, from Cui et al. (CVPR 2019)",
    ids=("EN4",),
    where={
        "b: (0, 1)": "beta, the overlap parameter, in [0, 1)",
        "n: [1, oo)": "number of examples of a class",
        "k: [0, oo)": "how many more examples the larger class has",
        "N": "number of cells the data space is covered with",
        "r": "-log(beta)",
        "D": "cells covered so far",
    },
    theorem=(
        "for counts n_i <= n_j, n_i >= 1, and beta in (0, 1), the weights w_y = 1/E_(n_y) have 1 <= "
        "w_i/w_j = E_(n_j)/E_(n_i) <= n_j/n_i",
        r"w_y=\frac1{E_{n_y}}=\frac{1-\beta}{1-\beta^{n_y}}:\quad 1\le\frac{w_i}{w_j}=\frac{1-\beta^{n_j}}"
        r"{1-\beta^{n_i}}\le\frac{n_j}{n_i}\qquad\forall\,1\le n_i\le n_j,\ \beta\in(0,1)",
    ),
    formula="n*(1 - b**(n + k)) <= (n + k)*(1 - b**n)",
    steps=(
        "ratio_at_most_count_ratio: E_(n+k)/E_n <= (n+k)/n",
        FORMULA,
        "ratio_at_least_one: E_(n+k)/E_n >= 1",
        "1 - b**(n + k) >= 1 - b**n",
    ),
    argument="For counts n and n + k the ratio of the weights 1/E lies between 1 and (n+k)/n.",
    mutants=(
        "more extreme than inverse frequency",
        "n*(1 - b**(n + k)) >= (n + k)*(1 - b**n)",
        "at most the square root of the count ratio",
        "sqrt(n)*(1 - b**(n + k)) <= sqrt(n + k)*(1 - b**n)",
    ),
    rests_on=("effective_number.closed_form",),
)


SHAPE = statement(
    name="effective_number.shape",
    title="The effective number increases in beta and in the count, and is concave in the count",
    source="derived here, from Cui et al. (CVPR 2019)",
    ids=("EN3",),
    functions=("effective_number",),
    where={
        "k: positive": "further examples",
        "b: (0, 1)": "beta, the overlap parameter, in [0, 1)",
        "n: [1, oo)": "number of examples of a class",
        "N": "number of cells the data space is covered with",
        "r": "-log(beta)",
        "D": "cells covered so far",
    },
    theorem=(
        "E_n(beta) = (1 - beta^n)/(1 - beta), beta in (0, 1), n >= 1: E_(n+1) - E_n = beta^n > 0, which "
        "strictly falls in n (increasing and concave in n), and dE_n/dbeta = (1 - n beta^(n-1) + (n-1) "
        "beta^n)/(1 - beta)^2 >= 0",
        r"E_n(\beta)=\frac{1-\beta^n}{1-\beta},\ \beta\in(0,1),\ n\ge1:\quad E_{n+1}-E_n=\beta^n>0,\quad "
        r"(E_{n+k+1}-E_{n+k})<(E_{n+1}-E_n)\ \forall\,k>0,\qquad \frac{\partial E_n}{\partial\beta}"
        r"=\frac{1-n\beta^{n-1}+(n-1)\beta^n}{(1-\beta)^2}\ge0",
    ),
    formula="(1 - b**(n + 1))/(1 - b) - (1 - b**n)/(1 - b) == b**n",
    steps=(
        "one_more_example: one more example adds beta^n",
        FORMULA,
        "increment_is_positive: which is positive",
        "b**n > 0",
        "increments_fall: and less for every further one",
        "b**(n + k) < b**n",
        "slope_in_beta: its slope in beta, for every real n",
        state_derivative("(1 - b**n)/(1 - b)", "b", "(1 - n*b**(n - 1) + (n - 1)*b**n)/(1 - b)**2"),
        "slope_is_not_negative: is never negative",
        "1 - n*b**(n - 1) + (n - 1)*b**n >= 0",
        "gap_to_the_limit: what is missing to the limit 1/(1 - beta)",
        "1/(1 - b) - (1 - b**n)/(1 - b) == b**n/(1 - b)",
    ),
    argument="Increments beta^n are positive and fall: increasing and concave in n. For whole n the slope "
    "in beta is also that of a sum of powers, term by term.",
    mutants=(
        "one more example adds beta^(n+1)",
        "(1 - b**(n + 1))/(1 - b) - (1 - b**n)/(1 - b) == b**(n + 1)",
        "increments grow",
        "b**(n + k) > b**n",
        "it decreases in beta",
        "1 - n*b**(n - 1) + (n - 1)*b**n < 0",
    ),
    rests_on=("effective_number.closed_form",),
)

EXPANSION = statement(
    name="effective_number.expansion",
    title="Near beta = 1 the effective number is n - n(n-1)(1-beta)/2 to first order in 1-beta",
    source="derived here",
    ids=("EN3",),
    where={
        "b: (0, 1)": "beta, the overlap parameter, in [0, 1)",
        "u: [0, 1)": "1 - beta",
        "n: positive": "number of examples of a class",
        "m: [1, oo)": "n - 1, the exponent in Bernoulli's inequality",
        "N": "number of cells the data space is covered with",
        "r": "-log(beta)",
        "D": "cells covered so far",
    },
    theorem=(
        "E_n(beta) = (1 - beta^n)/(1 - beta): (n - E_n)/(1 - beta) -> n(n-1)/2 as beta -> 1 for every real "
        "n > 0; for beta in [0, 1) E_n >= n - n(n-1)(1-beta)/2 for n = 1 and every real n >= 2, and E_n <= "
        "n - n(n-1)(1-beta)/2 + n(n-1)(n-2)(1-beta)^2/6 for n = 1, ..., 12",
        r"\lim_{\beta\to1}\frac{n-E_n(\beta)}{1-\beta}=\frac{n(n-1)}2\ \forall\,n>0;\qquad "
        r"n-\frac{n(n-1)}2(1-\beta)\le E_n(\beta)\ \forall\,n\in\{1\}\cup[2,\infty),\quad E_n(\beta)\le "
        r"n-\frac{n(n-1)}2(1-\beta)+\frac{n(n-1)(n-2)}6(1-\beta)^2\ \forall\,n\in\{1,\dots,12\}"
        r"\qquad(\beta\in[0,1))",
    ),
    formula=state_limit("(n - (1 - b**n)/(1 - b))/(1 - b)", "n*(n - 1)/2", "b", "high"),
    steps=(
        "first_order_coefficient: the first-order coefficient, for every real n",
        FORMULA,
        "lower_bound_small_counts: from below, n = 1..12",
        state("n - n*(n - 1)*(1 - b)/2 <= (1 - b**n)/(1 - b)", b="[0, 1)", n="integer 1..12"),
        "upper_bound_small_counts: and from above with the next term, n = 1..12",
        state(
            "(1 - b**n)/(1 - b) <= n - n*(n - 1)*(1 - b)/2 + n*(n - 1)*(n - 2)*(1 - b)**2/6",
            b="[0, 1)",
            n="integer 1..12",
        ),
        "slope_of_the_excess: from below for every real n >= 2, with u = 1 - beta: what (1 - beta) E_n "
        "exceeds the bound by is zero at u = 0, and its slope",
        state_derivative(
            "1 - (1 - u)**n - n*u + n*(n - 1)*u**2/2",
            "u",
            "n*((1 - u)**(n - 1) - 1 + (n - 1)*u)",
            n="[2, oo)",
        ),
        "bernoulli: is never negative, by Bernoulli's inequality (m = n - 1)",
        "(1 - u)**m >= 1 - m*u",
    ),
    argument="Inverse-frequency weights are thus approached at the rate 1 - beta, more slowly the larger "
    "the class: the correction term is relative (n - 1)(1 - beta)/2.",
    mutants=(
        "the coefficient n^2/2",
        state_limit("(n - (1 - b**n)/(1 - b))/(1 - b)", "n**2/2", "b", "high"),
        "from above without the next term",
        state("(1 - b**n)/(1 - b) <= n - n*(n - 1)*(1 - b)/2", b="[0, 1)", n="integer 1..12"),
    ),
    rests_on=("effective_number.closed_form",),
)

NOT_BALANCED = statement(
    name="effective_number.not_balanced",
    title="Class-balanced weights with beta < 1 are consistent for equal counts only, and fade as n grows",
    source="derived here, on the weights of Cui et al. (CVPR 2019)",
    ids=("EN4",),
    functions=("effective_number_weights",),
    corrects="Class-balanced weights are used as a balancing method; for every fixed beta < 1 they are "
    "inconsistent for balanced error and stop correcting as the data grow.",
    where={
        "k: positive": "how many more examples the larger class has",
        "b: (0, 1)": "beta, the overlap parameter, in [0, 1)",
        "E1, E2: positive": "effective number of classes 1, 2",
        "n1, n2: positive": "its count",
        "r: positive": "-log(beta)",
        "c: positive": "count ratio",
        "n: [1, oo)": "number of examples of a class",
        "N": "number of cells the data space is covered with",
        "D": "cells covered so far",
    },
    theorem=(
        "0 < beta < 1, counts n_y >= 1: the minimiser of the class-balanced loss predicts argmax "
        "eta_y/E_(n_y), the balanced rule argmax eta_y/n_y (pi_y = n_y/N); 1 <= n_i < n_j gives "
        "E_(n_j)/E_(n_i) < n_j/n_i, so the two rules agree at every posterior iff all counts are equal; "
        "and at fixed beta, as n -> oo, 1/E_n -> 1 - beta and E_(cn)/E_n -> 1 for every c > 0",
        r"\frac{E_{n_j}}{E_{n_i}}<\frac{n_j}{n_i}\ \ (1\le n_i<n_j,\ 0<\beta<1);\qquad "
        r"\left(\operatorname{argmax}_y\frac{\eta_y}{E_{n_y}}=\operatorname{argmax}_y\frac{\eta_y}{n_y}\ \ "
        r"\forall\,\eta\right)\iff n_1=\dots=n_K\ \ (n_y\ge1);\qquad \lim_{n\to\infty}\frac1{E_n}=1-\beta,"
        r"\quad \lim_{n\to\infty}\frac{E_{cn}}{E_n}=1\ \ \forall\,c>0",
    ),
    formula="n*(1 - b**(n + k)) < (n + k)*(1 - b**n)",
    steps=(
        "ratio_strictly_less_extreme: unequal counts: the weights' ratio is strictly less extreme than the "
        "counts'",
        FORMULA,
        "ratio_condition_fails: weights w give the population logits log(w eta); a constant ratio w pi is "
        "what balanced error asks for, and it fails",
        state("(1/E1)*n1 != (1/E2)*n2", given="n1*E2 < n2*E1"),
        "balanced_rule_at_witness: witness beta = 9/10, n = (100, 10), posterior (8, 2)/10: balanced error "
        "asks for class 2",
        "(2/10)/10 > (8/10)/100",
        "class_balanced_rule_at_witness: the class-balanced loss takes class 1",
        "(2/10)/((1 - (9/10)**10)/(1 - 9/10)) < (8/10)/((1 - (9/10)**100)/(1 - 9/10))",
        "weights_fade_for_large_classes: at fixed beta = exp(-r) every weight tends to 1 - beta as the "
        "class grows",
        state_limit("1/((1 - exp(-r*n))/(1 - exp(-r)))", "1 - exp(-r)", "n", "high", n="positive"),
        "correction_vanishes: so at a fixed count ratio c the correction vanishes",
        state_limit("(1 - exp(-r*c*n))/(1 - exp(-r*n))", "1", "n", "high", n="positive"),
    ),
    argument="The loss is a VS loss with weights 1/E_n alone; its minimiser predicts the largest eta/E_n, "
    "the balanced rule the largest eta/n. They agree for every posterior only if E is "
    "proportional to n.",
    mutants=(
        "class-balanced weights are inverse frequencies",
        "n*(1 - b**(n + k)) == (n + k)*(1 - b**n)",
        "the correction tends to the count ratio at fixed beta",
        state_limit("(1 - exp(-r*c*n))/(1 - exp(-r*n))", "c", "n", "high", n="positive"),
        "the witness is classified alike",
        "(2/10)/((1 - (9/10)**10)/(1 - 9/10)) > (8/10)/((1 - (9/10)**100)/(1 - 9/10))",
    ),
    rests_on=("effective_number.weight_ratio",),
)

STATEMENTS = (
    CLOSED_FORM,
    EXPECTED_DISTINCT,
    LIMITS,
    BOUNDS,
    WEIGHT_RATIO,
    SHAPE,
    EXPANSION,
    NOT_BALANCED,
)
