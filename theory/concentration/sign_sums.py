"""Sums over all 2^n sign vectors: of the maximum of linear forms, and of the length of a signed sum.

Half of the signs are tabled once and met with each choice of the rest ("meet in the middle"), and a
sign vector is taken together with its opposite. Checked by: enumeration one sign vector at a time.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..foundation.threads import on_every_core

__all__ = ["signed_sums", "sum_of_lengths", "sum_of_maxima"]

TABLED = 13
"""Signs in the inner table: 2^13 numbers a function stay in the processor's cache."""

TABLED_COMPILED = 10
"""The same where nothing is kept between them but the largest and the smallest."""

MANY = 24
"""Signs for which it is worth a second, once, to compile the loop."""

PART = 512
"""Choices of the other signs that one thread takes at a time."""


def signed_sums(rows: NDArray[Any]) -> NDArray[Any]:
    """``<s, row>`` for every sign vector s in {-1, 1}^n: shape (m, n) gives (m, 2^n)."""
    table = np.zeros((rows.shape[0], 1), rows.dtype)
    for column in rows.T:
        table = np.concatenate([table + column[:, None], table - column[:, None]], axis=1)
    return table


def sum_of_maxima(rows: NDArray[Any]) -> Any:
    """``sum_s max(0, max_j <s, rows_j>)`` over s in {-1, 1}^n, for rows of shape (m, n), n >= 1.

    Exact for integers: int64 where 2^n times the largest sum of absolute values fits, else Python's in
    an array of objects. Time m 2^n / (6e9 a second) on each core from 24 signs on, memory
    m 2^(n - 11) numbers; for m = 1, time and memory n 2^(n/2). The same on any number of cores.
    """
    if rows.shape[0] == 1:
        return _sum_of_positive_parts(rows[0])
    compiled = rows.shape[1] >= MANY and rows.dtype != object
    add = _compiled() if compiled else _add_spreads
    tabled = min(TABLED_COMPILED if compiled else TABLED, rows.shape[1] - 1)
    inner = signed_sums(rows[:, :tabled])
    # The last sign is held at +1: s and -s together contribute the maximum minus the minimum.
    outer = signed_sums(rows[:, tabled:-1]) + rows[:, -1:]

    def spread(start: int) -> Any:
        total = np.zeros(inner.shape[1], inner.dtype)
        add(inner, outer[:, start : start + PART], total)
        return total.sum()

    parts = on_every_core(spread, range(0, outer.shape[1], PART))
    return math.fsum(parts) if rows.dtype == np.float64 else sum(map(int, parts))


def _add_spreads(inner: NDArray[Any], outer: NDArray[Any], total: NDArray[Any]) -> None:
    """Of the sums of an entry of each, the largest less the smallest over functions, 0 among them."""
    for shift in outer.T:
        sums = inner + shift[:, None]
        total += np.maximum(sums.max(axis=0), 0) - np.minimum(sums.min(axis=0), 0)


def _add_spreads_in_one_pass(inner: NDArray[Any], outer: NDArray[Any], total: NDArray[Any]) -> None:
    size = inner.shape[1]
    high, low = np.empty(size, inner.dtype), np.empty(size, inner.dtype)
    for choice in range(outer.shape[1]):
        high[:] = 0
        low[:] = 0
        for j in range(inner.shape[0]):
            table, shift = inner[j], outer[j, choice]
            for i in range(size):
                value = table[i] + shift
                high[i] = max(high[i], value)
                low[i] = min(low[i], value)
        for i in range(size):
            total[i] += high[i] - low[i]


@cache
def _compiled() -> Callable[..., None]:
    from numba import njit  # here, as few need it

    return njit(nogil=True)(_add_spreads_in_one_pass)


def _sum_of_positive_parts(row: NDArray[Any]) -> Any:
    """``sum_s max(0, <s, row>)``, half of ``sum_s |<s, row>|``, in time n 2^(n/2).

    Split <s, row> = a + b into two halves. The values of b are symmetric, so for given a the sum of
    |a + b| is that of a + b with the sign of those b below -a changed.
    """
    half = row.size // 2
    first, second = (np.sort(signed_sums(part[None, :])[0]) for part in (row[:half], row[half:]))
    below = np.searchsorted(second, -first)
    partial = np.concatenate([np.zeros(1, row.dtype), np.cumsum(second)])
    total = (first * (second.size - 2 * below) - 2 * partial[below]).sum()
    return float(total) / 2 if row.dtype == np.float64 else int(total) // 2


def sum_of_lengths(vectors: NDArray[np.float64], outputs: int) -> float:
    """``sum_s ||sum_i x_i s_i'||_F`` over s_i in {-1, 1}^K, for vectors (n, d) and K = ``outputs``.

    There are 2^((n - 1) K) terms up to the sign of each output, and each stands for 2^K.
    """
    tabled = min(TABLED, len(vectors) - 1)
    inner = signed_sums(vectors[:tabled].T)
    outer = signed_sums(vectors[tabled:-1].T) + vectors[-1][:, None]
    squares = np.concatenate([np.square(inner + shift[:, None]).sum(axis=0) for shift in outer.T])
    lengths = squares
    for _ in range(outputs - 1):
        lengths = (lengths[:, None] + squares).ravel()
    return float(np.sqrt(lengths).sum()) * 2.0**outputs
