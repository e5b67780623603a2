"""The effective number of samples, E_n = (1 - beta^n)/(1 - beta), and the weights it gives.

Claimed by Cui, Jia, Lin, Song, Belongie, "Class-Balanced Loss Based on Effective Number of Samples"
(CVPR 2019), Proposition 1. Checked by: induction, limits, intervals, exact witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_derivative, state_limit, steps
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

_EFFECTIVE = "(1 - b**n)/(1 - b)"
_SYMBOLS = {
    "b": "beta, the overlap parameter, in [0, 1)",
    "n": "number of examples of a class",
    "N": "number of cells the data space is covered with",
    "r": "-log(beta)",
    "D": "cells covered so far",
}

CLOSED_FORM = Statement(
    name="effective_number.closed_form",
    title="The effective number has a closed form, by induction on the number of examples",
    source="Cui et al. (CVPR 2019), Proposition 1",
    ids=("EN1", "D7"),
    formula=state(
        "1 + b*(1 - b**n)/(1 - b) == (1 - b**(n + 1))/(1 - b)", b="[0, 1)", n="integer 1.."
    ),
    steps=steps(
        ("base: E_1 = 1", state("(1 - b**1)/(1 - b) == 1", b="[0, 1)")),
        (
            "step: E_(n+1) = 1 + beta E_n",
            state(
                "1 + b*(1 - b**n)/(1 - b) == (1 - b**(n + 1))/(1 - b)",
                b="[0, 1)",
                n="integer 1..",
            ),
        ),
        (
            "where that recursion comes from: a sample falls inside the covered D of N with probability "
            "D/N and adds nothing, else it adds one; beta = 1 - 1/N",
            state("(D/N)*D + (1 - D/N)*(D + 1) == 1 + (1 - 1/N)*D", D="nonnegative", N="positive"),
        ),
        (
            "it is the geometric sum: the next term is beta^n",
            state(
                "(1 - b**n)/(1 - b) + b**n == (1 - b**(n + 1))/(1 - b)", b="[0, 1)", n="integer 1.."
            ),
        ),
    ),
    argument="E_1 = 1 and E_(n+1) = 1 + beta E_n define the effective number; the closed form "
    "satisfies both, so it is the effective number for every n, and the sum of beta^k over k < n.",
    mutants=mutants(
        ("exponent n - 1 instead of n", state("(1 - b**(1 - 1))/(1 - b) == 1", b="[0, 1)")),
        ("exponent n + 1 instead of n", state("(1 - b**(1 + 1))/(1 - b) == 1", b="(0, 1)")),
        (
            "the quotient upside down",
            state(
                "1 + b*(1 - b)/(1 - b**n) == (1 - b)/(1 - b**(n + 1))", b="(0, 1)", n="integer 1.."
            ),
        ),
    ),
    symbols=_SYMBOLS,
    functions=("effective_number",),
)

EXPECTED_DISTINCT = Statement(
    name="effective_number.expected_distinct",
    title="E_n is the expected number of distinct cells hit by n uniform draws from N cells",
    source="derived here; the model is that of Cui et al. (CVPR 2019), Section 3",
    ids=("EN2",),
    formula=state(
        "N*(1 - (1 - 1/N)**n) == (1 - ((N - 1)/N)**n)/(1 - (N - 1)/N)",
        N="integer 2..",
        n="integer 1..",
    ),
    steps=steps(
        ("one draw hits one cell", state("N*(1 - (1 - 1/N)**1) == 1", N="integer 2..")),
        (
            "a draw hits a new cell with probability 1 - D/N, so D becomes D + 1 - D/N",
            state(
                "N*(1 - (1 - 1/N)**n) + 1 - N*(1 - (1 - 1/N)**n)/N == N*(1 - (1 - 1/N)**(n + 1))",
                N="integer 2..",
                n="integer 1..",
            ),
        ),
        (
            "with beta = (N-1)/N this is the effective number",
            state(
                "N*(1 - (1 - 1/N)**n) == (1 - ((N - 1)/N)**n)/(1 - (N - 1)/N)",
                N="integer 2..",
                n="integer 1..",
            ),
        ),
    ),
    argument="Each cell is missed by n independent draws with probability (1 - 1/N)^n. By linearity "
    "of expectation and the recursion above, the expected count is E_n with beta = (N-1)/N.",
    mutants=mutants(
        (
            "beta = N/(N+1)",
            state(
                "N*(1 - (1 - 1/N)**n) == (1 - (N/(N + 1))**n)/(1 - N/(N + 1))",
                N="integer 2..",
                n="integer 1..",
            ),
        ),
        (
            "a new cell with probability D/N",
            state(
                "N*(1 - (1 - 1/N)**n) + (1 - (1 - 1/N)**n) == N*(1 - (1 - 1/N)**(n + 1))",
                N="integer 2..",
                n="integer 1..",
            ),
        ),
        *(
            (f"{mistake}, at N = 3, n = 2", state(f"{value} == 5/3"))
            for mistake, value in (
                ("exponent n - 1", "(1 - (2/3)**1)/(1 - 2/3)"),
                ("exponent n + 1", "(1 - (2/3)**3)/(1 - 2/3)"),
                ("beta = N/(N + 1)", "(1 - (3/4)**2)/(1 - 3/4)"),
                ("the quotient upside down", "(1 - 2/3)/(1 - (2/3)**2)"),
            )
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("effective_number.closed_form",),
)

LIMITS = Statement(
    name="effective_number.limits",
    title="From no re-weighting to inverse frequency: E_n -> 1 as beta -> 0, E_n -> n as beta -> 1",
    source="Cui et al. (CVPR 2019), Section 3.2",
    ids=("EN3", "EN4", "D7"),
    formula=state_limit("(1 - b**n)/(1 - b)", "n", "b", "high", b="(0, 1)", n="positive"),
    steps=steps(
        ("beta -> 0", state_limit("(1 - b**n)/(1 - b)", "1", "b", "low", b="(0, 1)", n="positive")),
        (
            "beta -> 1",
            state_limit("(1 - b**n)/(1 - b)", "n", "b", "high", b="(0, 1)", n="positive"),
        ),
        (
            "n -> infinity, with beta = exp(-r): it saturates at 1/(1 - beta)",
            state_limit(
                "(1 - exp(-r*n))/(1 - exp(-r))",
                "1/(1 - exp(-r))",
                "n",
                "high",
                r="positive",
                n="positive",
            ),
        ),
    ),
    argument="Weights 1/E_n are therefore equal at beta = 0 and inverse frequencies as beta -> 1; at "
    "fixed beta < 1 they become equal again when all classes are large.",
    mutants=mutants(
        (
            "the limit beta -> 1 is 1",
            state_limit("(1 - b**n)/(1 - b)", "1", "b", "high", b="(0, 1)", n="positive"),
        ),
        (
            "the limit n -> infinity is 1/beta",
            state_limit(
                "(1 - exp(-r*n))/(1 - exp(-r))", "exp(r)", "n", "high", r="positive", n="positive"
            ),
        ),
    ),
    symbols=_SYMBOLS,
)

BOUNDS = Statement(
    name="effective_number.bounds",
    title="The effective number lies between one and both the count and the number of cells",
    source="Cui et al. (CVPR 2019), Section 3.2; bounds derived here",
    ids=("EN3",),
    formula=state("1 <= (1 - b**n)/(1 - b) <= Min(n, 1/(1 - b))", b="[0, 1)", n="integer 1.."),
    steps=steps(
        ("at least one", state("1 <= (1 - b**n)/(1 - b)", b="[0, 1)", n="integer 1..")),
        ("at most the count", state("(1 - b**n)/(1 - b) <= n", b="[0, 1)", n="integer 1..")),
        (
            "at most the number of cells",
            state("(1 - b**n)/(1 - b) <= 1/(1 - b)", b="[0, 1)", n="integer 1.."),
        ),
    ),
    argument="The three bounds hold for every real n >= 1, so for the integers.",
    mutants=mutants(
        ("at least two", state("2 <= (1 - b**n)/(1 - b)", b="[0, 1)", n="integer 1..")),
        ("at most beta n", state("(1 - b**n)/(1 - b) <= b*n", b="[0, 1)", n="integer 1..")),
        ("at most 1/beta", state("(1 - b**n)/(1 - b) <= 1/b", b="(0, 1)", n="integer 1..")),
    ),
    symbols=_SYMBOLS,
)

WEIGHT_RATIO = Statement(
    name="effective_number.weight_ratio",
    title="Class-balanced weights are never more extreme than inverse frequency",
    source="derived here, from Cui et al. (CVPR 2019)",
    ids=("EN4",),
    formula=state("n*(1 - b**(n + k)) <= (n + k)*(1 - b**n)", b="(0, 1)", n="[1, oo)", k="[0, oo)"),
    steps=steps(
        (
            "E_(n+k)/E_n <= (n+k)/n",
            state("n*(1 - b**(n + k)) <= (n + k)*(1 - b**n)", b="(0, 1)", n="[1, oo)", k="[0, oo)"),
        ),
        (
            "E_(n+k)/E_n >= 1",
            state("1 - b**(n + k) >= 1 - b**n", b="(0, 1)", n="[1, oo)", k="[0, oo)"),
        ),
    ),
    argument="For counts n and n + k the ratio of the weights 1/E lies between 1 and (n+k)/n.",
    mutants=mutants(
        (
            "more extreme than inverse frequency",
            state("n*(1 - b**(n + k)) >= (n + k)*(1 - b**n)", b="(0, 1)", n="[1, oo)", k="[0, oo)"),
        ),
        (
            "at most the square root of the count ratio",
            state(
                "sqrt(n)*(1 - b**(n + k)) <= sqrt(n + k)*(1 - b**n)",
                b="(0, 1)",
                n="[1, oo)",
                k="[0, oo)",
            ),
        ),
    ),
    symbols={**_SYMBOLS, "k": "how many more examples the larger class has"},
    rests_on=("effective_number.closed_form",),
)

_REAL = {"b": "(0, 1)", "n": "[1, oo)"}

SHAPE = Statement(
    name="effective_number.shape",
    title="The effective number increases in beta and in the count, and is concave in the count",
    source="derived here, from Cui et al. (CVPR 2019)",
    ids=("EN3",),
    formula=state("(1 - b**(n + 1))/(1 - b) - (1 - b**n)/(1 - b) == b**n", **_REAL),
    steps=steps(
        (
            "one more example adds beta^n",
            state("(1 - b**(n + 1))/(1 - b) - (1 - b**n)/(1 - b) == b**n", **_REAL),
        ),
        ("which is positive", state("b**n > 0", **_REAL)),
        ("and less for every further one", state("b**(n + k) < b**n", k="positive", **_REAL)),
        (
            "its slope in beta, for every real n",
            state_derivative(
                _EFFECTIVE, "b", "(1 - n*b**(n - 1) + (n - 1)*b**n)/(1 - b)**2", **_REAL
            ),
        ),
        ("is never negative", state("1 - n*b**(n - 1) + (n - 1)*b**n >= 0", **_REAL)),
        (
            "what is missing to the limit 1/(1 - beta)",
            state("1/(1 - b) - (1 - b**n)/(1 - b) == b**n/(1 - b)", **_REAL),
        ),
    ),
    argument="Increments beta^n are positive and fall: increasing and concave in n. For whole n the slope "
    "in beta is also that of a sum of powers, term by term.",
    mutants=mutants(
        (
            "one more example adds beta^(n+1)",
            state(f"(1 - b**(n + 1))/(1 - b) - {_EFFECTIVE} == b**(n + 1)", **_REAL),
        ),
        ("increments grow", state("b**(n + k) > b**n", k="positive", **_REAL)),
        ("it decreases in beta", state("1 - n*b**(n - 1) + (n - 1)*b**n < 0", **_REAL)),
    ),
    symbols={**_SYMBOLS, "k": "further examples"},
    functions=("effective_number",),
    rests_on=("effective_number.closed_form",),
)

EXPANSION = Statement(
    name="effective_number.expansion",
    title="Near beta = 1 the effective number is n - n(n-1)(1-beta)/2 up to the square of 1-beta",
    source="derived here",
    ids=("EN3",),
    formula=state_limit(
        f"(n - {_EFFECTIVE})/(1 - b)", "n*(n - 1)/2", "b", "high", b="(0, 1)", n="positive"
    ),
    steps=steps(
        (
            "the first-order coefficient, for every real n",
            state_limit(
                f"(n - {_EFFECTIVE})/(1 - b)", "n*(n - 1)/2", "b", "high", b="(0, 1)", n="positive"
            ),
        ),
        (
            "from below, n = 1..12",
            state(f"n - n*(n - 1)*(1 - b)/2 <= {_EFFECTIVE}", b="[0, 1)", n="integer 1..12"),
        ),
        (
            "and from above with the next term, n = 1..12",
            state(
                f"{_EFFECTIVE} <= n - n*(n - 1)*(1 - b)/2 + n*(n - 1)*(n - 2)*(1 - b)**2/6",
                b="[0, 1)",
                n="integer 1..12",
            ),
        ),
        (
            "from below for every real n >= 2, with u = 1 - beta: what (1 - beta) E_n exceeds the bound by "
            "is zero at u = 0, and its slope",
            state_derivative(
                "1 - (1 - u)**n - n*u + n*(n - 1)*u**2/2",
                "u",
                "n*((1 - u)**(n - 1) - 1 + (n - 1)*u)",
                u="[0, 1)",
                n="[2, oo)",
            ),
        ),
        (
            "is never negative, by Bernoulli's inequality (m = n - 1)",
            state("(1 - u)**m >= 1 - m*u", u="[0, 1)", m="[1, oo)"),
        ),
    ),
    argument="Inverse-frequency weights are thus approached at the rate 1 - beta, more slowly the larger "
    "the class: the correction term is relative (n - 1)(1 - beta)/2.",
    mutants=mutants(
        (
            "the coefficient n^2/2",
            state_limit(
                f"(n - {_EFFECTIVE})/(1 - b)", "n**2/2", "b", "high", b="(0, 1)", n="positive"
            ),
        ),
        (
            "from above without the next term",
            state(f"{_EFFECTIVE} <= n - n*(n - 1)*(1 - b)/2", b="[0, 1)", n="integer 1..12"),
        ),
    ),
    symbols={**_SYMBOLS, "u": "1 - beta"},
    rests_on=("effective_number.closed_form",),
)

NOT_BALANCED = Statement(
    name="effective_number.not_balanced",
    title="Class-balanced weights with beta < 1 are not consistent for balanced error, and fade as n grows",
    source="derived here, on the weights of Cui et al. (CVPR 2019)",
    ids=("EN4",),
    formula=state("n*(1 - b**(n + k)) < (n + k)*(1 - b**n)", k="positive", **_REAL),
    steps=steps(
        (
            "unequal counts: the weights' ratio is strictly less extreme than the counts'",
            state("n*(1 - b**(n + k)) < (n + k)*(1 - b**n)", k="positive", **_REAL),
        ),
        (
            "weights w give the population logits log(w eta); a constant ratio w pi is what balanced "
            "error asks for, and it fails",
            state(
                "(1/E1)*n1 != (1/E2)*n2",
                given="n1*E2 < n2*E1",
                E1="positive",
                E2="positive",
                n1="positive",
                n2="positive",
            ),
        ),
        (
            "witness beta = 9/10, n = (100, 10), posterior (8, 2)/10: balanced error asks for class 2",
            state("(2/10)/10 > (8/10)/100"),
        ),
        (
            "the class-balanced loss takes class 1",
            state("(2/10)/((1 - (9/10)**10)/(1 - 9/10)) < (8/10)/((1 - (9/10)**100)/(1 - 9/10))"),
        ),
        (
            "at fixed beta = exp(-r) every weight tends to 1 - beta as the class grows",
            state_limit(
                "1/((1 - exp(-r*n))/(1 - exp(-r)))",
                "1 - exp(-r)",
                "n",
                "high",
                r="positive",
                n="positive",
            ),
        ),
        (
            "so at a fixed count ratio c the correction vanishes",
            state_limit(
                "(1 - exp(-r*c*n))/(1 - exp(-r*n))",
                "1",
                "n",
                "high",
                r="positive",
                c="positive",
                n="positive",
            ),
        ),
    ),
    argument="The loss is a VS loss with weights 1/E_n alone; its minimiser predicts the largest eta/E_n, "
    "the balanced rule the largest eta/n. They agree for every posterior only if E is proportional to n.",
    mutants=mutants(
        (
            "class-balanced weights are inverse frequencies",
            state("n*(1 - b**(n + k)) == (n + k)*(1 - b**n)", k="positive", **_REAL),
        ),
        (
            "the correction tends to the count ratio at fixed beta",
            state_limit(
                "(1 - exp(-r*c*n))/(1 - exp(-r*n))",
                "c",
                "n",
                "high",
                r="positive",
                c="positive",
                n="positive",
            ),
        ),
        (
            "the witness is classified alike",
            state("(2/10)/((1 - (9/10)**10)/(1 - 9/10)) > (8/10)/((1 - (9/10)**100)/(1 - 9/10))"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "k": "how many more examples the larger class has",
        "E1": "effective number of class 1",
        "n1": "its count",
        "E2": "effective number of class 2",
        "n2": "its count",
        "c": "count ratio",
    },
    functions=("effective_number_weights",),
    rests_on=("effective_number.weight_ratio",),
    corrects="Class-balanced weights are used as a balancing method; for every fixed beta < 1 they are "
    "inconsistent for balanced error and stop correcting as the data grow.",
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
