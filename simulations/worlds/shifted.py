"""A prior that moved: how well the new one is found from unlabelled examples of a world that is known.

Classes keep their distributions, the new population has other shares, and the classifier is the world's own
posterior; so BBSE (Lipton et al., ICML 2018) and MLLS (Saerens et al., 2002) are right in the limit, and
their errors are of sampling alone. Checked by: errors that fall like n^(-1/2), and coverage.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...methods.posthoc.label_shift import bbse_prior, mlls_prior
from ...theory.foundation.validation import InputError, as_number, as_real, as_seed, as_whole
from .finite import FiniteWorld

__all__ = ["ShiftRow", "label_shift_rows"]

WORLD = FiniteWorld(((760, 12, 4), (120, 60, 6), (60, 18, 8), (60, 10, 22)))
_Array = NDArray[np.float64]
_Estimate = Callable[[NDArray[np.int64], NDArray[np.int64]], _Array]


class ShiftRow(NamedTuple):
    """A method on n new examples, and n labelled ones where it needs them, over many draws.

    ``error`` is the root mean square distance to the new prior, ``standard_error`` of it; ``covered`` the
    share of bootstrap intervals that hold the true share of their class (nan without them).
    """

    method: str
    examples: int
    error: float
    standard_error: float
    covered: float


def label_shift_rows(
    target_prior: ArrayLike,
    examples: Sequence[int],
    *,
    world: FiniteWorld = WORLD,
    draws: int = 100,
    resamples: int = 0,
    level: float = 0.9,
    seed: int = 0,
) -> list[ShiftRow]:
    """A row for each method and n.

    Parameters
    ----------
    target_prior
        (K,), the new population's shares; made to sum to one.
    examples
        Sizes n, at least 50.
    world
        The old population.
    draws
        Data sets for each n.
    resamples
        Bootstrap draws for the interval of each data set; 0 for none.
    level
        Of the intervals: percentiles of the bootstrap.
    seed
        Of all draws.

    >>> rows = label_shift_rows([1, 1, 1], [200, 3200], draws=20)
    >>> [row.method for row in rows], rows[3].error < rows[1].error
    (['bbse', 'mlls', 'bbse', 'mlls'], True)
    """
    prior = as_real("target_prior", target_prior, low=0)
    if prior.shape != world.class_counts.shape or not prior.any():
        raise InputError(
            f"target_prior has shape {prior.shape}: must be {world.class_counts.shape}"
        )
    draws, prior = as_whole("draws", draws, 2), prior / prior.sum()
    resamples = as_whole("resamples", resamples, 0)
    level = as_number("level", level, low=0, high=1, low_open=True, high_open=True)
    rng, rows = np.random.default_rng(as_seed(seed)), []
    old = world.counts / world.counts.sum()
    new = world.counts / world.class_counts @ prior
    for size in examples:
        n = as_whole("examples", size, 50)
        labelled = rng.multinomial(n, old.ravel(), size=draws).reshape(draws, *old.shape)
        unlabelled = rng.multinomial(n, new, size=draws)
        for method, estimate in _estimates(world).items():
            pairs = list(zip(labelled, unlabelled, strict=True))
            found = np.array([estimate(*pair) for pair in pairs])
            squares = ((found - prior) ** 2).sum(axis=1)
            error = float(np.sqrt(squares.mean()))
            spread = float(squares.std(ddof=1) / np.sqrt(draws) / (2 * error))
            covered = float("nan")
            if resamples:
                held = [_covers(estimate, pair, prior, resamples, level, rng) for pair in pairs]
                covered = float(np.mean(held))
            rows.append(ShiftRow(method, n, error, spread, covered))
    return rows


def _estimates(world: FiniteWorld) -> dict[str, _Estimate]:
    """From labelled counts (X, K) and unlabelled ones (X,) to the new prior (K,)."""
    points, classes = world.counts.shape
    place, label = np.divmod(np.arange(points * classes), classes)
    # BBSE counts predictions: those of the balanced rule, so that rare classes are predicted at all.
    rule = world.balanced_bayes
    if len(set(rule.tolist())) < classes:
        raise InputError("world: a class is nowhere the most likely one, so its share is not seen")
    prior = world.class_counts / world.counts.sum()

    def bbse(labelled: NDArray[np.int64], unlabelled: NDArray[np.int64]) -> _Array:
        seen = np.repeat(rule, unlabelled)
        return bbse_prior(label, rule[place], seen, classes, sample_weight=labelled.ravel())

    def mlls(labelled: NDArray[np.int64], unlabelled: NDArray[np.int64]) -> _Array:
        return mlls_prior(world.posterior, prior, sample_weight=unlabelled, tolerance=1e-5)

    return {"bbse": bbse, "mlls": mlls}


def _covers(
    estimate: _Estimate,
    pair: tuple[NDArray[np.int64], NDArray[np.int64]],
    prior: _Array,
    resamples: int,
    level: float,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Whether percentile intervals hold the share of each class, (K,)."""
    labelled, unlabelled = pair
    n = int(unlabelled.sum())
    again = [
        estimate(
            rng.multinomial(n, labelled.ravel() / n).reshape(labelled.shape),
            rng.multinomial(n, unlabelled / n),
        )
        for _ in range(resamples)
    ]
    low, high = np.quantile(again, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return (low <= prior) & (prior <= high)
