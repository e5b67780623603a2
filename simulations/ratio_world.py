"""What density ratios by moment matching are where there is nothing to correct: sampled, and on features.

Batches are drawn from one population, prototypes follow them, and the ratios of Luo et al. (NeurIPS 2024),
eq. (7), are held against `theory.reweighting`: mean ``b~/(b~ + tau^2)``, a scatter with a pole at as many
samples as features, and what clamping at 0 makes of both. Checked by: Gaussian features, where the theory
is exact, and features of one class that are all equal.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ..methods.ratios import MomentMatching
from ..theory.foundation.arrays import ArrayLike
from ..theory.foundation.validation import InputError, as_real, as_seed, as_whole
from ..theory.reweighting import clamped_mean_ratio, expected_mean_ratio, expected_ratio_scatter

__all__ = ["RatioRow", "gaussian_features", "ratio_rows", "shuffled_batches"]


class RatioRow(NamedTuple):
    """A class's ratios over many batches, and what the theory says of them.

    ``batch_count`` is the mean number of its samples in a batch that has any, ``spread`` tau^2, its total
    variance over its squared mean, ``rank`` the participation ratio of its variances. ``mean`` is of all
    its ratios, ``scatter`` (root mean square about the batch's mean) and ``clamped`` (mean of the ratios
    clamped at 0) are medians over batches, as they have heavy tails; ``negative`` is a share.
    """

    label: int
    examples: int
    batch_count: float
    spread: float
    rank: float
    mean: float
    predicted_mean: float
    scatter: float
    predicted_scatter: float
    negative: float
    clamped: float
    predicted_clamped: float


def gaussian_features(
    class_counts: ArrayLike, dimension: int, spread: float, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Features (N, Z) of classes with means of length 1 and isotropic noise of variance tau^2 in all.

    Means are orthogonal as far as Z allows.

    >>> gaussian_features([3, 2], dimension=4, spread=0.5)[0].shape
    (5, 4)
    """
    counts = as_real("class_counts", class_counts, low=1).astype(np.int64)
    size, rng = as_whole("dimension", dimension, 1), np.random.default_rng(as_seed(seed))
    target = np.repeat(np.arange(len(counts)), counts)
    means = np.eye(size)[np.arange(len(counts)) % size]
    noise = rng.standard_normal((len(target), size)) * np.sqrt(spread / size)
    return means[target] + noise, target


def ratio_rows(
    features: ArrayLike,
    target: ArrayLike,
    *,
    batch_size: int = 128,
    batches: int = 400,
    momentum: float = 0.9,
    ridge: float = 0.0,
    seed: int = 0,
) -> list[RatioRow]:
    """A row a class: ratios in random batches of the features, against the classes' own prototypes.

    Parameters
    ----------
    features, target
        (N, Z) and (N,), classes 0 to K - 1.
    batch_size, batches
        Of an epoch's shuffle; the first fifth only teaches the prototypes.
    momentum, ridge
        As of `MomentMatching`; no ridge is the paper's.
    seed
        Of the shuffles.

    Raises
    ------
    InputError
        If the shapes do not fit, or a class is empty.

    >>> features, target = gaussian_features([64, 16], dimension=8, spread=1.0)
    >>> frequent, rare = ratio_rows(features, target, batch_size=20, batches=50, ridge=1e-3)
    >>> rare.batch_count < frequent.batch_count, rare.mean < frequent.mean < 1.1
    (True, True)
    """
    z = as_real("features", features)
    y = np.asarray(target)
    if z.ndim != 2 or y.shape != z.shape[:1] or not np.issubdtype(y.dtype, np.integer):
        raise InputError(f"target has shape {y.shape}: features {z.shape} need (N,) class indices")
    counts = np.bincount(y)
    if counts.min() < 1:
        raise InputError(f"target has no example of class {int(counts.argmin())}: each needs one")
    batch_size = as_whole("batch_size", batch_size, 1, len(z))
    batches = as_whole("batches", batches, 5)
    matched = MomentMatching(len(counts), z.shape[1], momentum, ridge, prior=0)
    seen = [[] for _ in counts]
    for number, chosen in enumerate(shuffled_batches(len(z), batch_size, batches, seed)):
        own, of = torch.from_numpy(z[chosen]), torch.from_numpy(y[chosen])
        if number >= batches // 5:
            ratio = matched.ratio(own, of).numpy()
            for label in np.unique(y[chosen]):
                seen[label].append(ratio[y[chosen] == label])
        matched.observe(own, of)
    return [_row(label, z[y == label], found) for label, found in enumerate(seen) if len(found) > 1]


def shuffled_batches(
    examples: int, batch_size: int, batches: int, seed: int
) -> Iterator[NDArray[np.int64]]:
    """Indices of batches as a training draws them; the last examples of a shuffle that fill none are left.

    >>> [len(batch) for batch in shuffled_batches(5, 2, batches=3, seed=0)]
    [2, 2, 2]
    """
    rng, left = np.random.default_rng(as_seed(seed)), np.empty(0, dtype=np.int64)
    for _ in range(batches):
        if len(left) < batch_size:
            left = rng.permutation(examples)
        yield left[:batch_size]
        left = left[batch_size:]


def _row(label: int, own: NDArray[np.float64], found: list[NDArray[np.float64]]) -> RatioRow:
    mean = own.mean(axis=0)
    centred = own - mean
    variances = np.linalg.eigvalsh(centred.T @ centred / len(own)).clip(min=0)
    spread = float(variances.sum() / (mean @ mean))
    rank = float(variances.sum() ** 2 / max((variances**2).sum(), 1e-300))
    size, sizes = own.shape[1], np.array([len(ratio) for ratio in found])
    pooled = np.concatenate(found)
    weigh = sizes / sizes.sum()
    means = expected_mean_ratio(sizes, spread, size)
    scatters = expected_ratio_scatter(sizes, size)
    finite = np.isfinite(scatters)
    clamped = clamped_mean_ratio(means[finite], scatters[finite]) if finite.any() else np.inf
    return RatioRow(
        label,
        len(own),
        float(sizes.mean()),
        spread,
        rank,
        float(pooled.mean()),
        float(weigh @ means),
        float(np.median([np.sqrt(((r - r.mean()) ** 2).mean()) for r in found])),
        float(np.median(scatters)),
        float((pooled < 0).mean()),
        float(np.median([r.clip(min=0).mean() for r in found])),
        float(np.median(clamped)),
    )
