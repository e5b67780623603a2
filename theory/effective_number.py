"""The effective number of samples, E_n = (1 - beta^n)/(1 - beta), and the weights it gives.

Claimed by Cui, Jia, Lin, Song, Belongie, "Class-Balanced Loss Based on Effective Number of Samples"
(CVPR 2019), Proposition 1. Checked by: induction, limits, intervals, exhaustive enumeration.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .statement import Statement, mutants, state, state_limit, steps
from .validation import as_class_counts, as_number

__all__ = ["STATEMENTS", "effective_number", "effective_number_weights"]


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

_SYMBOLS = {
    "b": "beta, the overlap parameter, in [0, 1)",
    "n": "number of examples of a class",
    "N": "number of cells the data space is covered with",
    "r": "-log(beta)",
}

CLOSED_FORM = Statement(
    name="effective_number.closed_form",
    title="The effective number has a closed form, by induction on the number of examples",
    source="Cui et al. (CVPR 2019), Proposition 1",
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
    ),
    argument="E_1 = 1 and E_(n+1) = 1 + beta E_n define the effective number; the closed form "
    "satisfies both, so it is the effective number for every n.",
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
)

EXPECTED_DISTINCT = Statement(
    name="effective_number.expected_distinct",
    title="E_n is the expected number of distinct cells hit by n uniform draws from N cells",
    source="derived here; the model is that of Cui et al. (CVPR 2019), Section 3",
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
    ),
    symbols=_SYMBOLS,
    rests_on=("effective_number.closed_form",),
)

LIMITS = Statement(
    name="effective_number.limits",
    title="From no re-weighting to inverse frequency: E_n -> 1 as beta -> 0, E_n -> n as beta -> 1",
    source="Cui et al. (CVPR 2019), Section 3.2",
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

STATEMENTS = (CLOSED_FORM, EXPECTED_DISTINCT, LIMITS, BOUNDS, WEIGHT_RATIO)
