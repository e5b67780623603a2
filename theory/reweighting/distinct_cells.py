"""What the effective number counts: distinct cells hit by random draws, their variance, uneven cells.

Derived here, for the model of Cui, Jia, Lin, Song, Belongie (CVPR 2019), Section 3. Checked by: exhaustive
enumeration of draws, a variance recursion, a tangent inequality that holds for every number of cells.
"""

from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, statement
from ..foundation.arrays import ArrayLike
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


VARIANCE = statement(
    name="distinct_cells.variance",
    title="Mean and variance of the number of distinct cells hit by n uniform draws from N cells",
    source="derived here",
    ids=("EN2",),
    functions=("distinct_cells_variance",),
    where={
        "V: nonnegative": "its variance",
        "N: integer 2..": "number of cells",
        "u: nonnegative": "mean number of missed cells",
        "p: [0, 1]": "chance that a given cell is missed",
        "q: [0, 1]": "chance that two given cells are",
        "a: [0, 1]": "(1-1/N)^n",
        "c: [0, 1]": "(1-2/N)^n",
    },
    theorem=(
        "D = |{C_1, ..., C_n}| for n >= 1 independent uniform draws from N >= 2 cells: E D = N (1 - (1 - "
        "1/N)^n) and Var D = N (1 - 1/N)^n + N(N-1) (1 - 2/N)^n - N^2 (1 - 1/N)^(2n)",
        r"D=\left|\{C_1,\dots,C_n\}\right|,\ C_i\ \text{iid uniform on }N\ \text{cells}:\quad \mathbb E "
        r"D=N\left(1-\left(1-\tfrac1N\right)^n\right),\quad \operatorname{Var}D=N\left(1-\tfrac1N\right)"
        r"^n+N(N-1)\left(1-\tfrac2N\right)^n-N^2\left(1-\tfrac1N\right)^{2n}\qquad\forall\,N\ge2,\ n\ge1",
    ),
    formula=state(
        "V*(1 - 1/N)**2 + (u/N - (V + u**2)/N**2) == V*(1 - 2/N) + (u/N)*(1 - u/N)", N="positive"
    ),
    steps=(
        "second_moments: from second moments: with p, q the chances that one, two given cells are missed, "
        "the number missed has mean N p and square N p + N(N-1) q",
        "N*(N - 1)*q + N*p - (N*p)**2 == N*p + N*(N - 1)*q - N**2*p**2",
        "one_more_draw: one more draw: a missed number of mean u and variance V falls by one with chance "
        "1/N for each missed cell",
        FORMULA,
        "closed_form_satisfies_it: the closed form satisfies it (a = (1-1/N)^n, c = (1-2/N)^n)",
        "(N*a + N*(N - 1)*c - N**2*a**2)*(1 - 2/N) + a*(1 - a) == N*a*(1 - 1/N) + N*(N - 1)*c*(1 - 2/N) - "
        "N**2*(a*(1 - 1/N))**2",
        "starts_at_zero: and starts at zero: one draw hits one cell",
        "N*(1 - 1/N) + N*(N - 1)*(1 - 2/N) - N**2*(1 - 1/N)**2 == 0",
        "two_cells_enumerated: every sequence of 3 draws from 2 cells",
        state_computed(
            "effective_number:distinct_cells", cells=2, draws=3, mean="7/4", variance="3/16"
        ),
        "three_cells_enumerated: every sequence of 4 draws from 3 cells",
        state_computed(
            "effective_number:distinct_cells", cells=3, draws=4, mean="65/27", variance="230/729"
        ),
        "four_cells_enumerated: every sequence of 5 draws from 4 cells",
        state_computed(
            "effective_number:distinct_cells",
            cells=4,
            draws=5,
            mean="781/256",
            variance="27735/65536",
        ),
    ),
    argument="The recursion and its start determine the variance for every n; the enumerations count every "
    "sequence. Each draw's part is positive, so the variance is.",
    mutants=(
        "draws independent across cells: N p (1 - p)",
        state_computed(
            "effective_number:distinct_cells", cells=3, draws=4, mean="65/27", variance="1040/2187"
        ),
        "the mean with exponent n - 1",
        state_computed(
            "effective_number:distinct_cells", cells=3, draws=2, mean="1", variance="2/9"
        ),
        "the covariance term with N^2 pairs",
        "N*(1 - 1/N) + N**2*(1 - 2/N) - N**2*(1 - 1/N)**2 == 0",
    ),
    rests_on=("effective_number.expected_distinct",),
)


UNEVEN = statement(
    name="distinct_cells.uneven",
    title="Uneven cells are hit less: uniform cells give the most distinct ones, for any N and n >= 1",
    source="derived here",
    ids=("EN5",),
    functions=("expected_distinct_cells",),
    where={
        "x: [0, 1]": "1 - p for a cell of chance p",
        "s: (0, 1)": "1 - 1/N",
        "y: [1, oo)": "x/s",
        "n: [1, oo)": "number of draws",
        "N: integer 2..": "number of cells",
    },
    theorem=(
        "for every distribution p_1, ..., p_N on N >= 2 cells and n >= 1 independent draws from it, the "
        "expected number of distinct cells is sum_i (1 - (1 - p_i)^n) <= N (1 - (1 - 1/N)^n) = E_n at beta "
        "= 1 - 1/N",
        r"\forall\,p_i\ge0,\ \sum_{i=1}^N p_i=1,\ N\ge2,\ n\ge1:\quad \mathbb E\left|\{C_1,\dots,C_n\}"
        r"\right|=\sum_{i=1}^N\left(1-(1-p_i)^n\right)\le N\left(1-\left(1-\tfrac1N\right)^n\right)=E_n,"
        r"\quad\beta=1-\tfrac1N",
    ),
    formula="x**n >= s**n + n*s**(n - 1)*(x - s)",
    steps=(
        "bernoulli_above: Bernoulli's inequality, for the ratio y of a cell's chance 1 - p of being missed "
        "to 1 - 1/N",
        "y**n >= 1 + n*(y - 1)",
        "bernoulli_below: and below 1",
        state("y**n >= 1 + n*(y - 1)", y="[0, 1]"),
        "tangent: times s^n, s = 1 - 1/N, it is a tangent: x^n >= s^n + n s^(n-1) (x - s) for x = s y",
        state("s**n*(1 + n*(y - 1)) == s**n + n*s**(n - 1)*(s*y - s)", y="nonnegative"),
        "linear_terms_cancel: the linear terms add up to nothing: the x have sum N - 1 = N s",
        "(N - 1) - N*(1 - 1/N) == 0",
        "unhit_cell_is_missed: a cell that is never hit is missed for sure",
        "1 - 0 >= 1 - s**n",
        "three_cells_enumerated: three cells, every distribution in sixths, up to eight draws",
        state_computed("effective_number:uneven_cells", cells=3, parts=6, draws=8, most="uniform"),
        "four_cells_enumerated: four cells, every distribution in eighths, up to five draws",
        state_computed("effective_number:uneven_cells", cells=4, parts=8, draws=5, most="uniform"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Summed over the cells, sum_i (1 - p_i)^n >= N (1 - 1/N)^n: the expected number of distinct "
    "cells is at most that of uniform ones, the effective number. So the uniform model is the "
    "most optimistic one about new information.",
    mutants=(
        "uneven cells are hit more",
        "x**n <= s**n + n*s**(n - 1)*(x - s)",
        "the least number is the uniform one",
        state_computed("effective_number:uneven_cells", cells=3, parts=6, draws=8, most="uneven"),
        "it holds for n < 1 as well",
        state("x**n >= s**n + n*s**(n - 1)*(x - s)", n="(0, 1)"),
    ),
    rests_on=("effective_number.expected_distinct",),
)

STATEMENTS = (VARIANCE, UNEVEN)
