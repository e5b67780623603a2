"""Gaussian basis functions, for arrays and tensors alike, and the widths to choose from.

Checked by: agreement of arrays with tensors, and with scikit-learn's kernel.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FACTORS = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.5, 2.5)
"""Widths that are tried, as multiples of the median distance."""


def gaussian_basis(x: Any, centres: Any, width: float) -> Any:
    """``exp(-|x - c|^2 / (2 width^2))``; x (N, d), centres (T, d) -> (N, T), arrays or tensors."""
    return gaussian_of(squared_distances(x, centres), width)


def squared_distances(x: Any, centres: Any) -> Any:
    """Between all rows of two arrays, or tensors; (N, d), (T, d) -> (N, T)."""
    far = (x * x).sum(-1)[:, None] + (centres * centres).sum(-1) - 2.0 * (x @ centres.T)
    return far.clip(0.0, None)


def gaussian_of(squared: Any, width: float) -> Any:
    """The Gaussian basis from squared distances, which serve all widths."""
    scaled = squared / (-2.0 * width**2)
    return np.exp(scaled) if isinstance(scaled, np.ndarray) else scaled.exp()


def widths_of(
    width: Any, sample: NDArray[np.float64], seed: int, factors: tuple[float, ...] = FACTORS
) -> NDArray[np.float64]:
    """Those to choose from: what is given, or multiples of the median distance within a sample."""
    if width is not None:
        return np.atleast_1d(width).astype(np.float64)
    return np.array(factors) * median_distance(sample, seed)


def median_distance(sample: NDArray[np.float64], seed: int, rows: int = 400) -> float:
    """The median distance of two rows; of some, if there are many; 1 if most are equal."""
    if len(sample) > rows:
        sample = np.random.default_rng(seed).choice(sample, rows, replace=False)
    pairs = np.triu_indices(len(sample), 1)
    distance = float(np.sqrt(np.median(squared_distances(sample, sample)[pairs])))
    return distance if distance > 0 else 1.0
