"""Cells covered at random: how many distinct ones n draws hit, beside the effective number of samples.

Cui et al. (CVPR 2019), Section 3, take a class for N cells of which every example covers one. Checked by:
deviations of many (N, n) at once in units of their exact standard error, and a formula that is 2 % off.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from ...theory.foundation.validation import as_seed, as_whole
from ...theory.reweighting import distinct_cells_variance, effective_number

__all__ = ["CoveredCell", "Covering", "covering_agreement", "covering_rows"]

_MOST = 500  # cells, and draws
_LEAST_VARIANCE = 0.1


class CoveredCell(NamedTuple):
    """``draws`` from ``cells``: mean number of distinct ones, what is stated, and its standard error."""

    cells: int
    draws: int
    mean: float
    stated: float
    standard_error: float

    @property
    def deviation(self) -> float:
        """Mean minus statement, in standard errors."""
        return (self.mean - self.stated) / self.standard_error


class Covering(NamedTuple):
    """Agreement of many rows: the largest deviation, the share beyond two, and how likely such a sum of
    squares is if the statement holds.
    """

    largest: float
    beyond_two: float
    p_value: float


def covering_rows(pairs: int = 200, sets: int = 400, seed: int = 0) -> list[CoveredCell]:
    """``sets`` simulations of each of so many (N, n), both drawn uniform in the logarithm, up to 500.

    Pairs whose number of distinct cells is all but certain, a variance below 0.1, are drawn anew.

    >>> rows = covering_rows(pairs=20, sets=50)
    >>> len(rows), max(abs(row.deviation) for row in rows) < 4
    (20, True)
    """
    pairs, sets = as_whole("pairs", pairs, 1), as_whole("sets", sets, 2)
    rng, rows = np.random.default_rng(as_seed(seed)), []
    while len(rows) < pairs:
        cells, draws = np.exp(rng.uniform(np.log(2), np.log(_MOST), size=2)).astype(int).tolist()
        variance = float(distinct_cells_variance(cells, draws))
        if variance < _LEAST_VARIANCE:
            continue
        hit = rng.integers(0, cells, size=(sets, draws)) + cells * np.arange(sets)[:, None]
        distinct = float(np.count_nonzero(np.bincount(hit.ravel(), minlength=sets * cells))) / sets
        stated = float(effective_number([draws], 1 - 1 / cells)[0])
        rows.append(CoveredCell(cells, draws, distinct, stated, float(np.sqrt(variance / sets))))
    return rows


def covering_agreement(rows: Sequence[CoveredCell]) -> Covering:
    """How well the rows agree with what they state.

    >>> covering_agreement([CoveredCell(9, 9, 5.9, 5.88, 0.01), CoveredCell(9, 9, 5.9, 5.9, 0.01)]).beyond_two
    0.5
    """
    found = np.abs([row.deviation for row in rows])
    likely = float(chi2.sf((found**2).sum(), found.size))
    return Covering(float(found.max()), float((found > 2 - 1e-9).mean()), likely)
