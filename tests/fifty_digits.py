"""Comparison of float64 results with mpmath at 50 digits, and numbers drawn over many magnitudes."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import MPContext

__all__ = ["agree", "counts_to_1e12", "exactly", "mp", "powers"]

mp = MPContext()
mp.dps = 50

counts_to_1e12 = st.lists(st.integers(1, 10**12), min_size=2, max_size=8)


def powers(low: float, high: float) -> st.SearchStrategy[float]:
    """Positive numbers, uniform in their exponent: ``10**low`` to ``10**high``."""
    return st.floats(low, high).map(lambda exponent: float(10.0**exponent))


def exactly(values: Iterable[float]) -> list[Any]:
    """Floats at their exact values."""
    return [mp.mpf(float(v)) for v in values]


def agree(values: Any, truth: Any, tolerance: float = 1e-12, absolute: float = 1e-300) -> None:
    """Relative agreement of every value with the truth, up to an absolute error."""
    found = np.ravel(values)
    wanted = truth if isinstance(truth, list) else [truth]
    assert len(found) == len(wanted)
    for value, exact in zip(found, wanted, strict=True):
        assert abs(mp.mpf(float(value)) - exact) <= absolute + tolerance * abs(exact), (
            value,
            exact,
        )
