"""Points of a box to try: a first look at whether a claim can hold, before any engine spends time.

Half the points follow the scale of each interval (near its ends, over many orders of magnitude), half
are simple numbers, where sharp inequalities tend to touch. Nothing found here is evidence: a violation
counts only when exact arithmetic confirms it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy import special

from ...numbers.domain import Domain, Piece

__all__ = ["numeric", "sample_box"]

_SIMPLE = np.array(
    [0, 1, 2, 3, 4, 5, 10, 100, 1000, 1 / 2, 1 / 3, 1 / 4, 3 / 4, 0.1, 0.9, 0.01, 0.99]
)


def sample_box(
    box: Mapping[sympy.Symbol, Domain], size: int, rng: np.random.Generator
) -> dict[sympy.Symbol, NDArray[np.float64]]:
    """``size`` points of the box, a float vector per symbol."""
    return {symbol: _sample_domain(where, size, rng) for symbol, where in box.items()}


def _sample_domain(where: Domain, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    choice = rng.integers(len(where.pieces), size=size)
    values = np.empty(size)
    for index, piece in enumerate(where.pieces):
        mask = choice == index
        values[mask] = _sample_piece(piece, int(mask.sum()), rng)
    return values


def _sample_piece(piece: Piece, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    low, high = float(piece.low), float(piece.high)
    if low == high:
        return np.full(size, low)
    spread = 10.0 ** np.where(
        rng.random(size) < 0.85, rng.uniform(-4, 3, size), rng.uniform(-12, 12, size)
    )
    if np.isfinite(low) and np.isfinite(high):
        uniform = low + (high - low) * rng.random(size)
        near = (high - low) * 10.0 ** rng.uniform(-6, -0.3, size)
        edge = np.where(rng.random(size) < 0.5, low + near, high - near)
        values = np.where(rng.random(size) < 0.5, uniform, edge)
    elif np.isfinite(low):
        values = low + spread
    elif np.isfinite(high):
        values = high - spread
    else:
        values = np.where(rng.random(size) < 0.5, spread, -spread)
    simple = rng.choice(np.concatenate([_SIMPLE, -_SIMPLE, low + _SIMPLE, high - _SIMPLE]), size)
    inside = (simple > low) & (simple < high)
    inside |= (simple == low) & (not piece.low_open) | (simple == high) & (not piece.high_open)
    values = np.where(inside & (rng.random(size) < 0.4), simple, values)
    if piece.integer:
        values = np.clip(np.round(values), low, high)
    return np.asarray(values, dtype=np.float64)


_MODULES: list[Any] = [
    {"Phi": special.ndtr, "erf": special.erf, "erfc": special.erfc},
    "numpy",
]


@lru_cache(maxsize=2048)
def numeric(expr: sympy.Expr, symbols: tuple[sympy.Symbol, ...]) -> Any:
    """A NumPy function of float vectors; NaN where the expression is not a real number."""
    function = sympy.lambdify(symbols, expr, modules=_MODULES, cse=True)

    def evaluate(*values: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            try:
                result = np.asarray(function(*values))
                if np.iscomplexobj(result):
                    result = np.where(result.imag == 0, result.real, np.nan)
                result = result.astype(float)  # whole numbers may be too large for it
            except (OverflowError, ZeroDivisionError, TypeError):
                result = np.asarray(np.nan)
        shape = np.broadcast_shapes(result.shape, *(v.shape for v in values))
        return np.broadcast_to(result, shape)

    return evaluate
