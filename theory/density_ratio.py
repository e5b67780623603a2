"""Density-ratio re-weighting by first-order moment matching, with a ridge that shrinks to 1.

Claimed by Luo, Hong, Yao, Han, Zhang, Wang, "Revive Re-weighting in Imbalanced Learning by Density
Ratio Estimation" (NeurIPS 2024), eqs. (7) and (12); the centred ridge is derived in this project.
Checked by: exact rational identities, and property tests against a direct least-squares solve.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .validation import InputError, as_real

__all__ = ["class_density_ratio"]


def class_density_ratio(
    features: ArrayLike, prototype: ArrayLike, ridge: float = 1e-2
) -> NDArray[np.float64]:
    """``r = 1 + b (G + b lam I)^(-1) Phi' (F - mean)`` for the b samples of one class.

    ``Phi``' = ``features`` has shape (b, Z), ``F`` = ``prototype`` shape (Z,), ``G = Phi' Phi`` and
    ``lam = ridge * trace(G) / b^2``, a ridge relative to the mean squared feature norm. ``ridge -> 0`` is the paper's
    eq. (7); ``ridge -> inf`` gives r = 1, inverse frequency. Returns shape (b,).
    """
    features = as_real("features", features)
    prototype = as_real("prototype", prototype)
    ridge = as_real("ridge", ridge, low=0, low_open=True)
    if features.ndim != 2 or prototype.shape != features.shape[1:]:
        raise InputError(
            f"prototype has shape {prototype.shape}: features of shape (b, Z) = {features.shape} "
            "need a prototype of shape (Z,)"
        )
    b = features.shape[0]
    gram = features @ features.T
    penalty = ridge * np.trace(gram) / b
    if penalty == 0.0:  # all features are zero: nothing to match
        return np.ones(b)
    shift = features @ (prototype - features.mean(axis=0))
    return 1.0 + b * np.linalg.solve(gram + penalty * np.eye(b), shift)
