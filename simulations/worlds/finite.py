"""A finite population: whole joint counts of points and classes, so that every rule's error is a fraction.

The class counts that a loss is built from are the table's column sums, so the prior is exactly theirs.
Checked by: rules and excess against `theory.decision`, every rule of small worlds, and the stated gap.
"""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...theory.decision import balanced_scores
from ...theory.foundation.validation import InputError, as_seed

__all__ = ["FiniteWorld", "draw_world"]

GAP = 1.05  # least ratio of the best to the second best score of a point, balanced and plain
_TRIES = 10_000


class FiniteWorld(NamedTuple):
    """``table[x][y]`` examples at point x of class y, all positive.

    >>> world = FiniteWorld(((90, 5), (10, 5)))
    >>> world.class_counts.tolist(), world.bayes.tolist(), world.balanced_bayes.tolist()
    ([100, 10], [0, 0], [0, 1])
    >>> world.excess([0, 0])
    Fraction(1, 5)
    """

    table: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, table: ArrayLike) -> "FiniteWorld":
        """From a table (X, K) of positive whole numbers, K >= 2.

        Raises
        ------
        InputError
            If it is none.
        """
        counts = np.asarray(table)
        whole = np.issubdtype(counts.dtype, np.integer)
        if counts.ndim != 2 or counts.shape[1] < 2 or not whole or counts.min(initial=1) < 1:
            raise InputError(
                f"table has shape {counts.shape}: must be positive whole counts, (points, classes)"
            )
        return cls(tuple(tuple(row) for row in counts.tolist()))

    @property
    def counts(self) -> NDArray[np.int64]:
        """The table as an array, (X, K)."""
        return np.array(self.table)

    @property
    def class_counts(self) -> NDArray[np.int64]:
        """(K,)."""
        return self.counts.sum(axis=0)

    @property
    def posterior(self) -> NDArray[np.float64]:
        """P(y | x), (X, K)."""
        return self.counts / self.counts.sum(axis=1, keepdims=True)

    @property
    def scores(self) -> NDArray[np.float64]:
        """Posterior over prior, (X, K)."""
        return balanced_scores(self.posterior, self.class_counts / self.counts.sum())

    @property
    def bayes(self) -> NDArray[np.intp]:
        """The class of largest posterior at every point, (X,)."""
        return self.counts.argmax(axis=1)

    @property
    def balanced_bayes(self) -> NDArray[np.intp]:
        """The class of largest posterior over prior, (X,): the rule of least balanced error."""
        return self.scores.argmax(axis=1)

    @property
    def gap(self) -> float:
        """Least ratio of a point's best to its second best score, of both rules."""
        ordered = np.sort(np.stack([self.posterior, self.scores]), axis=-1)
        return float((ordered[..., -1] / ordered[..., -2]).min())

    def excess(self, predicted: ArrayLike) -> Fraction:
        """Balanced error of a rule, (X,) classes, above the least: exact."""
        sizes = [int(n) for n in self.class_counts]
        lost = Fraction(0)
        for row, own in zip(self.table, np.asarray(predicted).tolist(), strict=True):
            recalls = [Fraction(n, size) for n, size in zip(row, sizes, strict=True)]
            lost += max(recalls) - recalls[own]
        return lost / len(sizes)


def draw_world(seed: int | np.random.SeedSequence = 0) -> FiniteWorld:
    """A random world of 3 to 6 points and 2 to 5 classes, whose two rules differ and keep `GAP`.

    The largest class has about 300 to 6000 examples, the imbalance factor is 2 to 300 (both uniform in
    the logarithm), classes come in any order, and a class is spread over the points uniformly at random.

    >>> draw_world(0) == draw_world(0), draw_world(0).gap >= GAP
    (True, True)
    """
    rng = np.random.default_rng(seed if isinstance(seed, np.random.SeedSequence) else as_seed(seed))
    for _ in range(_TRIES):
        points, classes = int(rng.integers(3, 7)), int(rng.integers(2, 6))
        head, factor = 10 ** rng.uniform(np.log10([300, 2]), np.log10([6000, 300]))
        sizes = head * factor ** -rng.permutation(np.linspace(0, 1, classes))
        spread = rng.dirichlet(np.ones(points), size=classes).T
        world = FiniteWorld.of(np.maximum(1, np.rint(spread * sizes)).astype(np.int64))
        if world.gap >= GAP and np.any(world.bayes != world.balanced_bayes):
            return world
    raise AssertionError("no world in ten thousand tries")
