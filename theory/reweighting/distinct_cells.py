"""What the effective number counts: distinct cells hit by random draws, their variance, uneven cells.

Derived here, for the model of Cui, Jia, Lin, Song, Belongie (CVPR 2019), Section 3. Checked by: exhaustive
enumeration of draws, a variance recursion, a tangent inequality that holds for every number of cells.
"""

from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_computed, steps
from ..foundation.validation import InputError, adds_up_to_one, as_real, broadcasting

__all__ = ["distinct_cells_variance", "expected_distinct_cells"]


def expected_distinct_cells(probabilities: ArrayLike, draws: ArrayLike) -> NDArray[np.float64]:
    """Expected number of distinct cells, ``sum_i (1 - (1 - p_i)^n)``; shape of ``draws``.

    ``probabilities``: shape (N,), non-negative with sum 1 to within 1e-9; ``draws``: ``n >= 0``, real.
    Uniform cells give the effective number with ``beta = 1 - 1/N``.
    """
    chances = as_real("probabilities", probabilities, low=0, high=1)
    if chances.ndim != 1 or chances.size == 0 or not adds_up_to_one(probabilities, chances):
        raise InputError(
            f"probabilities has shape {chances.shape} and sum {chances.sum():g}: must be a vector of sum 1"
        )
    number = as_real("draws", draws, low=0)[..., np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        missed = np.where(number > 0, number * np.log1p(-chances), 0.0)
    return -np.expm1(missed).sum(axis=-1)


@broadcasting
def distinct_cells_variance(cells: ArrayLike, draws: ArrayLike) -> NDArray[np.float64]:
    """Variance of the number of distinct cells hit by n uniform draws from N cells; inputs broadcast.

    ``N (1-1/N)^n + N(N-1) (1-2/N)^n - N^2 (1-1/N)^(2n)`` for whole ``N, n >= 1``. The terms cancel almost
    wholly when n is small beside N, so they are added in 120-digit decimals.
    """
    number, count = as_real("cells", cells, low=1), as_real("draws", draws, low=1)
    for name, array in (("cells", number), ("draws", count)):
        if np.any(array % 1 != 0):
            raise InputError(f"{name} = {array[array % 1 != 0].flat[0]:g}: must be whole")
    each: Any = np.vectorize(_variance, otypes=[float])
    return each(number, count)


def _variance(cells: float, draws: float) -> float:
    if cells == 1 or draws == 1:
        return 0.0
    with localcontext() as context:
        context.prec = 120
        number, count = Decimal(int(cells)), int(draws)
        once = (1 - 1 / number) ** count
        both = (1 - 2 / number) ** count
        return float(number * once + number * (number - 1) * both - (number * once) ** 2)


# ------------------------------------------------------------------------------------ statements

_DRAWS = "effective_number:distinct_cells"

VARIANCE = Statement(
    name="distinct_cells.variance",
    title="Mean and variance of the number of distinct cells hit by n uniform draws from N cells",
    source="derived here",
    ids=("EN2",),
    formula=state(
        "V*(1 - 1/N)**2 + (u/N - (V + u**2)/N**2) == V*(1 - 2/N) + (u/N)*(1 - u/N)",
        V="nonnegative",
        N="positive",
        u="nonnegative",
    ),
    steps=steps(
        (
            "from second moments: with p, q the chances that one, two given cells are missed, the number "
            "missed has mean N p and square N p + N(N-1) q",
            state(
                "N*(N - 1)*q + N*p - (N*p)**2 == N*p + N*(N - 1)*q - N**2*p**2",
                N="integer 2..",
                p="[0, 1]",
                q="[0, 1]",
            ),
        ),
        (
            "one more draw: a missed number of mean u and variance V falls by one with chance 1/N for "
            "each missed cell",
            state(
                "V*(1 - 1/N)**2 + (u/N - (V + u**2)/N**2) == V*(1 - 2/N) + (u/N)*(1 - u/N)",
                V="nonnegative",
                N="positive",
                u="nonnegative",
            ),
        ),
        (
            "the closed form satisfies it (a = (1-1/N)^n, c = (1-2/N)^n)",
            state(
                "(N*a + N*(N - 1)*c - N**2*a**2)*(1 - 2/N) + a*(1 - a)"
                " == N*a*(1 - 1/N) + N*(N - 1)*c*(1 - 2/N) - N**2*(a*(1 - 1/N))**2",
                N="integer 2..",
                a="[0, 1]",
                c="[0, 1]",
            ),
        ),
        (
            "and starts at zero: one draw hits one cell",
            state("N*(1 - 1/N) + N*(N - 1)*(1 - 2/N) - N**2*(1 - 1/N)**2 == 0", N="integer 2.."),
        ),
        *(
            (
                f"every sequence of {n} draws from {cells} cells",
                state_computed(_DRAWS, cells=cells, draws=n, mean=mean, variance=variance),
            )
            for cells, n, mean, variance in (
                (2, 3, "7/4", "3/16"),
                (3, 4, "65/27", "230/729"),
                (4, 5, "781/256", "27735/65536"),
            )
        ),
    ),
    argument="The recursion and its start determine the variance for every n; the enumerations count every "
    "sequence. Each draw's part is positive, so the variance is.",
    mutants=mutants(
        (
            "draws independent across cells: N p (1 - p)",
            state_computed(_DRAWS, cells=3, draws=4, mean="65/27", variance="1040/2187"),
        ),
        (
            "the mean with exponent n - 1",
            state_computed(_DRAWS, cells=3, draws=2, mean="1", variance="2/9"),
        ),
        (
            "the covariance term with N^2 pairs",
            state(
                "N*(1 - 1/N) + N**2*(1 - 2/N) - N**2*(1 - 1/N)**2 == 0",
                N="integer 2..",
            ),
        ),
    ),
    symbols={
        "N": "number of cells",
        "u": "mean number of missed cells",
        "V": "its variance",
        "p": "chance that a given cell is missed",
        "q": "chance that two given cells are",
        "a": "(1-1/N)^n",
        "c": "(1-2/N)^n",
    },
    functions=("distinct_cells_variance",),
    rests_on=("effective_number.expected_distinct",),
)

_TANGENT = "x**n >= s**n + n*s**(n - 1)*(x - s)"
_CELL = {"x": "[0, 1]", "s": "(0, 1)", "n": "[1, oo)"}

UNEVEN = Statement(
    name="distinct_cells.uneven",
    title="Uneven cells are hit less: uniform cells give the most distinct ones, for any N and n >= 1",
    source="derived here",
    ids=("EN5",),
    formula=state(_TANGENT, **_CELL),
    steps=steps(
        (
            "Bernoulli's inequality, for the ratio y of a cell's chance 1 - p of being missed to 1 - 1/N",
            state("y**n >= 1 + n*(y - 1)", y="[1, oo)", n="[1, oo)"),
        ),
        ("and below 1", state("y**n >= 1 + n*(y - 1)", y="[0, 1]", n="[1, oo)")),
        (
            "times s^n, s = 1 - 1/N, it is a tangent: x^n >= s^n + n s^(n-1) (x - s) for x = s y",
            state(
                "s**n*(1 + n*(y - 1)) == s**n + n*s**(n - 1)*(s*y - s)",
                s="(0, 1)",
                n="[1, oo)",
                y="nonnegative",
            ),
        ),
        (
            "the linear terms add up to nothing: the x have sum N - 1 = N s",
            state("(N - 1) - N*(1 - 1/N) == 0", N="integer 2.."),
        ),
        (
            "a cell that is never hit is missed for sure",
            state("1 - 0 >= 1 - s**n", s="(0, 1)", n="[1, oo)"),
        ),
        (
            "three cells, every distribution in sixths, up to eight draws",
            state_computed(
                "effective_number:uneven_cells", cells=3, parts=6, draws=8, most="uniform"
            ),
        ),
        (
            "four cells, every distribution in eighths, up to five draws",
            state_computed(
                "effective_number:uneven_cells", cells=4, parts=8, draws=5, most="uniform"
            ),
        ),
    ),
    argument="Summed over the cells, sum_i (1 - p_i)^n >= N (1 - 1/N)^n: the expected number of distinct "
    "cells is at most that of uniform ones, the effective number. So the uniform model is the most "
    "optimistic one about new information.",
    mutants=mutants(
        (
            "uneven cells are hit more",
            state("x**n <= s**n + n*s**(n - 1)*(x - s)", **_CELL),
        ),
        (
            "the least number is the uniform one",
            state_computed(
                "effective_number:uneven_cells", cells=3, parts=6, draws=8, most="uneven"
            ),
        ),
        (
            "it holds for n < 1 as well",
            state(_TANGENT, x="[0, 1]", s="(0, 1)", n="(0, 1)"),
        ),
    ),
    symbols={
        "x": "1 - p for a cell of chance p",
        "y": "x/s",
        "s": "1 - 1/N",
        "n": "number of draws",
        "N": "number of cells",
    },
    functions=("expected_distinct_cells",),
    rests_on=("effective_number.expected_distinct",),
)

STATEMENTS = (VARIANCE, UNEVEN)
