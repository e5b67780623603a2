"""Where the examples come from: two normal classes, or the rows of a balanced table of two classes.

A source gives pools, each of many examples of both classes and of a balanced test set; `thinned` takes from a
pool a training set of a given imbalance and a given *total*. So kappa = n/d, Delta, the features and the test
set stay, and with eta the counts vary: the minority's falls as n/(1 + eta), the majority's rises to less than
twice n/2. A pool's sets are nested: the larger eta, the fewer of the same minority.
Checked by: counts, the law of the classes, tables written for the purpose.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.validation import InputError, as_number, as_whole, one_of

__all__ = ["GaussianSource", "Pool", "Source", "TableSource", "thinned", "training_counts"]

Array = NDArray[np.float64]

ROW_SCALES = ("none", "log")
"""What is done to rows before anything else: nothing; or log(1 + count), then unit length."""


class Pool(NamedTuple):
    """Examples to take from, in random order; each (N, d)."""

    minority: Array
    majority: Array
    test_minority: Array
    test_majority: Array


class Source(Protocol):
    """What gives pools, and how many training examples are to be taken from each."""

    @property
    def total(self) -> int:
        """Training examples, n."""
        ...

    @property
    def dimension(self) -> int:
        """Features, d."""
        ...

    def pool(self, seed: np.random.SeedSequence) -> Pool:
        """Draw a pool."""
        ...


@dataclass(frozen=True)
class GaussianSource:
    """Two normal classes with unit covariance, their means ``Delta`` apart, equally in every feature.

    Parameters
    ----------
    dimension, total
        d and n, whole numbers of at least 2.
    Delta
        Distance of the means, > 0.
    test_count
        Test examples of each class.

    Examples
    --------
    >>> source = GaussianSource(dimension=4, total=100, Delta=3.0)
    >>> pool = source.pool(np.random.SeedSequence(0))
    >>> pool.minority.shape, pool.majority.shape, pool.test_minority.shape
    ((50, 4), (100, 4), (1000, 4))
    """

    dimension: int
    total: int
    Delta: float
    test_count: int = 1000

    def __post_init__(self) -> None:
        as_whole("dimension", self.dimension, 1)
        as_whole("total", self.total, 2)
        as_whole("test_count", self.test_count, 1)
        as_number("Delta", self.Delta, low=0, low_open=True)

    def pool(self, seed: np.random.SeedSequence) -> Pool:
        """Half of the total of the minority, the total of the majority, and test examples."""
        rng = np.random.default_rng(seed)
        shift = 0.5 * self.Delta / np.sqrt(self.dimension)
        counts = ((self.total + 1) // 2, self.total, self.test_count, self.test_count)
        drawn = (
            rng.standard_normal((count, self.dimension)) + sign * shift
            for count, sign in zip(counts, (1, -1, 1, -1), strict=True)
        )
        return Pool(*drawn)


@dataclass(frozen=True)
class TableSource:
    """Rows of a file of two classes, of which the second in order of their names is made the minority.

    A pool sets ``test_count`` rows of each class apart. The rest, before the minority is thinned, gives
    ``dimension`` principal components, without a look at labels, in which all rows are told: so that the
    features do not change with eta.

    Parameters
    ----------
    path
        An ``.npz`` or ``.mat`` file, see `counterpoise.methods.data`.
    total
        n, training examples.
    dimension
        Principal components, d.
    test_count
        Test rows of each class.
    row_scale
        One of ``ROW_SCALES``: ``"log"`` for word counts.

    Raises
    ------
    InputError
        If a number is out of range, or, when a pool is drawn, the file is not of two classes with enough
        rows.

    Examples
    --------
    >>> import tempfile
    >>> rng = np.random.default_rng(0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/mine.npz", X=rng.normal(size=(40, 6)), y=[0, 1] * 20)
    ...     source = TableSource(f"{folder}/mine.npz", total=15, dimension=3, test_count=5)
    ...     pool = source.pool(np.random.SeedSequence(0))
    >>> pool.minority.shape, pool.test_minority.shape
    ((15, 3), (5, 3))
    """

    path: str | Path
    total: int
    dimension: int
    test_count: int
    row_scale: str = "none"

    def __post_init__(self) -> None:
        for name in ("total", "dimension", "test_count"):
            as_whole(name, getattr(self, name), 1)
        one_of("row_scale", self.row_scale, ROW_SCALES)

    def pool(self, seed: np.random.SeedSequence) -> Pool:
        """Another split of the rows."""
        from sklearn.decomposition import PCA  # slow to import

        features, minority = _rows(Path(self.path), self.row_scale)
        split, components = seed.spawn(2)
        rng = np.random.default_rng(split)
        first, second = (
            rng.permutation(np.flatnonzero(minority == label)) for label in (True, False)
        )
        rest = min(len(first), len(second)) - self.test_count
        if self.dimension > min(2 * rest, features.shape[1]):
            raise InputError(
                f"dimension = {self.dimension}: {self.path} has {features.shape[1]} columns, and "
                f"{max(rest, 0)} rows of a class beside {self.test_count} of the test set"
            )
        tests = (first[: self.test_count], second[: self.test_count])
        pools = (first[self.test_count :], second[self.test_count :])
        state = int(components.generate_state(1)[0])
        told = PCA(self.dimension, svd_solver="randomized", random_state=state)
        told.fit(features[np.concatenate(pools)])
        return Pool(*(told.transform(features[rows]) for rows in (*pools, *tests)))


@lru_cache(maxsize=2)
def _rows(path: Path, row_scale: str) -> tuple[Array, NDArray[np.bool_]]:
    """All rows of a table, and whether they are of the class that is made the minority."""
    from ...methods.data.tables import read_rows  # which loads torch

    features, labels, names = read_rows(path)
    if len(names) != 2 or features.ndim != 2:
        raise InputError(
            f"{path} has {len(names)} classes and examples of shape {features.shape[1:]}: must be rows of "
            "numbers of two classes"
        )
    features = features.astype(np.float64)
    if row_scale == "log":
        if features.min() < 0:
            raise InputError(f"{path} holds {features.min():g}: counts must not be negative")
        features = np.log1p(features)
        features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-300)
    return features, labels == 1


def training_counts(eta: float, total: int) -> tuple[int, int]:
    """Minority and majority examples of a training set: ``total/(1 + eta)``, rounded, and the rest.

    The minority is never the larger class.

    Raises
    ------
    InputError
        If ``eta < 1`` or no minority example is left.

    Examples
    --------
    >>> training_counts(9, 100)
    (10, 90)
    """
    eta, total = as_number("eta", eta, low=1), as_whole("total", total, 2)
    n1 = min(int(total / (1.0 + eta) + 0.5), total // 2)
    if n1 < 1:
        raise InputError(
            f"eta = {eta:g}: leaves no minority example of {total}; at most {2 * total - 1}"
        )
    return n1, total - n1


def thinned(pool: Pool, eta: float, total: int) -> tuple[Array, NDArray[np.bool_]]:
    """A training set of ``total`` rows of a pool and imbalance ``eta``; rows, and whether of the minority.

    Raises
    ------
    InputError
        If the pool has too few rows.
    """
    n1, n0 = training_counts(eta, total)
    if n1 > len(pool.minority) or n0 > len(pool.majority):
        raise InputError(
            f"eta = {eta:g}: takes {n1} and {n0} examples, and the pool has {len(pool.minority)} of the "
            f"minority and {len(pool.majority)} of the majority; lower total"
        )
    return np.concatenate([pool.minority[:n1], pool.majority[:n0]]), np.arange(total) < n1
