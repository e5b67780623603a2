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
"""A smaller one, other than none, may leave pivots of rounding, for a solver that exchanges rows."""

LEAST_PIVOT = 1e-12
"""Of its diagonal entry, without a ridge: with less left, samples may depend on one another."""

PASSES = 5
"""Without a ridge: each takes the error of the one before it times that of a factor, at most 1e-3."""


def ratios_by_class(
    features: NDArray[np.float64],
    target: NDArray[np.int64],
    prototypes: NDArray[np.float64],
    seen: NDArray[np.bool_],
    ridge: float,
    prior: int,
) -> NDArray[np.float64] | None:
    """``prior + n (G + p I)^-1 Phi (prototype - prior * mean)`` of each class's n samples; shape (B,).

    ``Phi`` (n, Z) are the class's rows of ``features``, ``G = Phi Phi'``, ``p`` is ``ridge`` times the mean
    squared length of its rows, and 1 if that is 0; a class whose prototype was not seen has 1. Without a
    ridge the answer is None where the inverse may have to be the pseudo-inverse. The first call of a
    process compiles, for about a second.
    """
    if 0 < ridge < LEAST_RIDGE:
        return None
    ratio = np.ones(len(target))
    filled = _ratios()(features, target, prototypes, seen, ridge, float(prior), ratio)
    return ratio if filled else None


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
def _compiled(loop: Callable[..., Any]) -> Callable[..., Any]:
    from numba import njit  # here, as few need it

    # sums may be taken in any order
    return njit(nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})(loop)


@cache
def _ratios() -> Callable[..., bool]:
    return _compiled(_filling(_compiled(_factor), _compiled(_substitute)))


def _filling(factor: Any, substitute: Any) -> Callable[..., bool]:
    def fill(
        features: Any, target: Any, prototypes: Any, seen: Any, ridge: Any, prior: Any, ratio: Any
    ) -> bool:
        samples, length, classes = target.size, prototypes.shape[1], prototypes.shape[0]
        first = np.zeros(classes + 1, np.int64)  # of each class, among the samples by class
        for j in range(samples):
            first[target[j]] += 1
        largest, end = 0, 0
        for label in range(classes):
            largest, end = max(largest, first[label]), end + first[label]
            first[label] = end
        first[classes] = samples
        order = np.empty(samples, np.int64)
        for j in range(samples - 1, -1, -1):
            first[target[j]] -= 1
            order[first[target[j]]] = j
        phi, gram = np.empty((largest, length)), np.empty((largest, largest))
        matched, found, more = np.empty(length), np.empty(largest), np.empty(largest)
        for label in range(classes):
            start, size = first[label], first[label + 1] - first[label]
            if size == 0 or not seen[label]:
                continue
            for z in range(length):
                matched[z] = 0.0
            for i in range(size):
                for z in range(length):
                    phi[i, z] = features[order[start + i], z]
                    matched[z] += phi[i, z]
            for z in range(length):
                matched[z] = prototypes[label, z] - prior * matched[z] / size

            trace = 0.0
            for i in range(size):
                for j in range(i + 1):
                    total = 0.0
                    for z in range(length):
                        total += phi[i, z] * phi[j, z]
                    gram[i, j] = total
                trace += gram[i, i]
            penalty = ridge * trace / size
            if not penalty > 0 and (ridge > 0 or trace == 0):  # all features zero
                penalty = 1.0
            if not factor(gram, penalty, size, 0.0 if ridge > 0 else LEAST_PIVOT):
                return False

            for i in range(size):
                found[i] = 0.0
            for _ in range(1 if ridge > 0 else PASSES):  # each of what is left unmatched
                for i in range(size):
                    total = 0.0
                    for z in range(length):
                        total += phi[i, z] * matched[z]
                    more[i] = total
                substitute(gram, more, size)
                for i in range(size):
                    found[i] += more[i]
                    for z in range(length):
                        matched[z] -= more[i] * phi[i, z]
            for i in range(size):
                ratio[order[start + i]] = prior + size * found[i]
        return True

    return fill


def _factor(matrix: Any, penalty: Any, size: Any, least: Any) -> bool:
    """Cholesky's, in place of the lower triangle, of the matrix and a penalty on its diagonal."""
    column, least_pivot = np.empty(size), np.empty(size)
    for k in range(size):
        matrix[k, k] += penalty
        least_pivot[k] = least * matrix[k, k]
    for k in range(size):
        if not matrix[k, k] > least_pivot[k]:
            return False
        root = np.sqrt(matrix[k, k])
        matrix[k, k] = root
        for i in range(k + 1, size):
            column[i] = matrix[i, k] / root
            matrix[i, k] = column[i]
        for i in range(k + 1, size):
            for j in range(k + 1, i + 1):
                matrix[i, j] -= column[i] * column[j]
    return True


def _substitute(factor: Any, right: Any, size: Any) -> None:
    """Solve in place, forwards and backwards."""
    for k in range(size):
        total = right[k]
        for j in range(k):
            total -= factor[k, j] * right[j]
        right[k] = total / factor[k, k]
    for k in range(size - 1, -1, -1):
        right[k] /= factor[k, k]
        for j in range(k):
            right[j] -= right[k] * factor[k, j]


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
