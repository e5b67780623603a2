"""Moment matching class by class, as compiled loops: the small systems that a CPU solves fastest so.

The formulas are those of `MomentMatching`, where they are one masked system, which suits a device: eqs. (7)
and (12) of Luo et al. (NeurIPS 2024), the former with a ridge. Checked by: agreement with that system, and
with loops written from the equations.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_RIDGE = 1e-10
"""Below it a Gram matrix may have pivots of rounding alone, which are for a solver that exchanges rows."""


def ratios_by_class(
    features: NDArray[np.float64],
    target: NDArray[np.int64],
    prototypes: NDArray[np.float64],
    seen: NDArray[np.bool_],
    ridge: float,
    prior: int,
) -> NDArray[np.float64]:
    """``prior + n (G + p I)^-1 Phi (prototype - prior * mean)`` of each class's n samples; shape (B,).

    ``Phi`` (n, Z) are the class's rows of ``features``, ``G = Phi Phi'``, ``p`` is ``ridge`` times the mean
    squared length of its rows, and 1 if that is 0; a class whose prototype was not seen has 1. ``ridge`` is
    at least `LEAST_RIDGE`. The first call of a process compiles, for about a second.
    """
    ratio = np.ones(len(target))
    _compiled(_fill_ratios)(features, target, prototypes, seen, ridge, float(prior), ratio)
    return ratio


def move_prototypes(
    features: NDArray[np.float64],
    target: NDArray[np.int64],
    prototypes: NDArray[np.float64],
    seen: NDArray[np.bool_],
    momentum: float,
) -> None:
    """Each present class's prototype towards the mean of its rows, in place; the first time onto it."""
    _compiled(_move)(features, target, prototypes, seen, momentum)


@cache
def _compiled(loop: Callable[..., None]) -> Callable[..., None]:
    from numba import njit  # here, as few need it

    # sums may be taken in any order
    return njit(nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})(loop)


def _fill_ratios(
    features: Any, target: Any, prototypes: Any, seen: Any, ridge: Any, prior: Any, ratio: Any
) -> None:
    samples, length, classes = target.size, prototypes.shape[1], prototypes.shape[0]
    count = np.zeros(classes, np.int64)
    for j in range(samples):
        count[target[j]] += 1
    largest, end = 0, 0
    for label in range(classes):
        largest, end = max(largest, count[label]), end + count[label]
        count[label] = end
    order = np.empty(
        samples, np.int64
    )  # samples by class; then count holds where each class begins
    for j in range(samples - 1, -1, -1):
        count[target[j]] -= 1
        order[count[target[j]]] = j
    phi, gram = np.empty((largest, length)), np.empty((largest, largest))
    shift, right, column = np.empty(length), np.empty(largest), np.empty(largest)
    for label in range(classes):
        first = count[label]
        size = (samples if label == classes - 1 else count[label + 1]) - first
        if size == 0 or not seen[label]:
            continue
        for z in range(length):
            shift[z] = 0.0
        for i in range(size):
            for z in range(length):
                phi[i, z] = features[order[first + i], z]
                shift[z] += phi[i, z]
        for z in range(length):
            shift[z] = prototypes[label, z] - prior * shift[z] / size

        trace = 0.0
        for i in range(size):
            for j in range(i + 1):
                total = 0.0
                for z in range(length):
                    total += phi[i, z] * phi[j, z]
                gram[i, j] = total
            trace += gram[i, i]
            total = 0.0
            for z in range(length):
                total += phi[i, z] * shift[z]
            right[i] = total
        penalty = ridge * trace / size
        if not penalty > 0:  # all features zero: nothing to match
            penalty = 1.0

        for k in range(size):  # Cholesky's factor, in place of the lower triangle
            root = np.sqrt(gram[k, k] + penalty)
            gram[k, k] = root
            right[k] /= root
            for i in range(k + 1, size):
                column[i] = gram[i, k] / root
                gram[i, k] = column[i]
                right[i] -= column[i] * right[k]
            for i in range(k + 1, size):
                for j in range(k + 1, i + 1):
                    gram[i, j] -= column[i] * column[j]
        for k in range(size - 1, -1, -1):
            right[k] /= gram[k, k]
            for j in range(k):
                right[j] -= right[k] * gram[k, j]
        for i in range(size):
            ratio[order[first + i]] = prior + size * right[i]


def _move(features: Any, target: Any, prototypes: Any, seen: Any, momentum: Any) -> None:
    samples, length, classes = target.size, prototypes.shape[1], prototypes.shape[0]
    count = np.zeros(classes, np.int64)
    for j in range(samples):
        count[target[j]] += 1
    for label in range(classes):
        if count[label]:
            kept = momentum if seen[label] else 0.0
            for z in range(length):
                prototypes[label, z] *= kept
    for j in range(samples):
        label = target[j]
        share = (1.0 - momentum if seen[label] else 1.0) / count[label]
        for z in range(length):
            prototypes[label, z] += share * features[j, z]
    for label in range(classes):
        seen[label] |= count[label] > 0
