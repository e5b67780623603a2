"""Rademacher complexity class by class: on each class, balanced over classes, and the regularity constant.

Source: `contraction` states what the numbers are for. Checked by: enumeration, and the statements' bounds.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real
from .rademacher import expected_maximum, rademacher_complexity

__all__ = [
    "ContractionBounds",
    "balanced_complexity",
    "class_complexities",
    "contraction_bounds",
    "norm_ball_regularity",
    "regularity",
]


class ContractionBounds(NamedTuple):
    """Upper bounds on the complexity of a loss that is mu_y-Lipschitz on class y (constant c below).

    ``partition``: c sum_y pih_y mu_y Rad_(S_y); ``largest``: c max_y mu_y Rad_S; ``always``: c sum_y mu_y
    Rad_S; ``data_dependent``: c kappa sum_y mu_y sqrt(pih_y) Rad_S, kappa the `regularity`.
    """

    partition: float
    largest: float
    always: float
    data_dependent: float


def class_complexities(values: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """``Rad_(S_y)``: the complexity on the points of each class alone, shape (K,).

    ``values``: shape (m, n) or (m, n, outputs), as in `rademacher_complexity`; ``target``: shape (n,),
    labels 0..K-1, every one of them present.
    """
    array, labels = _labelled(values, target)
    return np.array([rademacher_complexity(array[:, members]) for members in _members(labels)])


def balanced_complexity(values: ArrayLike, target: ArrayLike) -> float:
    """``Rad_bal = E_s max_f (1/K) sum_y (1/N_y) sum_(i in S_y) s_i f(x_i)``; arguments as before."""
    array, labels = _labelled(values, target)
    counts = np.bincount(labels)
    weights = 1.0 / (counts.size * counts[labels])
    weighted = array * weights.reshape((1, -1) + (1,) * (array.ndim - 2))
    return expected_maximum(weighted.reshape(len(array), -1))


def regularity(values: ArrayLike, target: ArrayLike) -> float:
    """The least kappa with ``Rad_(S_y) <= kappa Rad_S / sqrt(pih_y)`` for every class y.

    At least ``1/sum_y sqrt(pih_y)``, at most ``1/sqrt(min pih)``; NaN for a class of functions that do not
    differ. Arguments as in `class_complexities`.
    """
    by_class = class_complexities(values, target)
    whole = rademacher_complexity(values)
    shares = _shares(np.asarray(target, dtype=np.int64))
    return float((by_class * np.sqrt(shares)).max() / whole) if whole > 0 else float("nan")


def norm_ball_regularity(norms: ArrayLike, target: ArrayLike) -> float:
    """``sqrt(2) max_y r_y / r``: at least the `regularity` of ``{x -> W x : ||W||_F <= Lam}``.

    ``norms``: the n norms of the features, not all zero; r_y^2 is their mean square in class y, r^2 in
    all; ``target``: shape (n,).
    """
    norms = as_real("norms", norms, low=0)
    labels = _labels(target, norms.shape[0] if norms.ndim == 1 else -1)
    if not norms.any():
        raise InputError("norms are all zero: the class of functions is trivial")
    squares = np.square(norms / norms.max())
    by_class = np.array([squares[members].mean() for members in _members(labels)])
    return float(np.sqrt(2 * by_class.max() / squares.mean()))


def contraction_bounds(
    values: ArrayLike, target: ArrayLike, lipschitz: ArrayLike
) -> ContractionBounds:
    """The four bounds for a loss that is ``lipschitz[y]``-Lipschitz on class y.

    The constant c is 1 for single values, shape (m, n), and sqrt(2) for outputs, shape (m, n, outputs).
    ``lipschitz``: shape (K,), not negative.
    """
    array, labels = _labelled(values, target)
    shares, mu = _shares(labels), as_real("lipschitz", lipschitz, low=0)
    if mu.shape != shares.shape:
        raise InputError(
            f"lipschitz has shape {mu.shape}: give one number per class, {shares.shape}"
        )
    c = 1.0 if array.ndim == 2 else np.sqrt(2.0)
    by_class, whole = class_complexities(array, labels), rademacher_complexity(array)
    # kappa Rad_S, which is 0 where kappa has no value
    regular = (by_class * np.sqrt(shares)).max()
    return ContractionBounds(
        partition=float(c * (shares * mu * by_class).sum()),
        largest=float(c * mu.max() * whole),
        always=float(c * mu.sum() * whole),
        data_dependent=float(c * (mu * np.sqrt(shares)).sum() * regular),
    )


def _labelled(
    values: ArrayLike, target: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    array = as_real("values", values)
    if array.ndim not in (2, 3) or array.size == 0:
        raise InputError(f"values has shape {array.shape}: must be (m, n) or (m, n, outputs)")
    return array, _labels(target, array.shape[1])


def _labels(target: ArrayLike, points: int) -> NDArray[np.int64]:
    labels = as_real("target", target, low=0)
    if labels.shape != (points,) or (labels % 1).any():
        raise InputError(f"target has shape {labels.shape}: give one class index for each point")
    whole = labels.astype(np.int64)
    present = np.append(np.unique(whole), -1)
    absent = int((present != np.arange(present.size)).argmax())
    if absent <= whole.max():
        raise InputError(f"target has no point of class {absent}: every class needs one")
    return whole


def _members(labels: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
    return [labels == y for y in range(labels.max() + 1)]


def _shares(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.bincount(labels) / labels.size
