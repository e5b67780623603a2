"""Where a model collapses: the imbalance at which its minority recall falls below one half.

One half is what the boundaries of `theory.high_dimension.regimes` speak of: the published one claims recall
lost beyond it, the exact one is where the limit law of plug-in LDA has recall one half. Recall is made to
fall (isotonic regression of its means), and the place is interpolated in log eta. Checked by: curves with a
known place, coverage of the interval, the closed form.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_number, as_real, as_whole
from ...theory.high_dimension import half_recall_log_imbalance, published_log_boundary
from ..gaussian import as_generator

__all__ = ["BOUNDARIES", "Collapse", "collapse", "collapse_boundaries"]

BOUNDARIES = ("published", "half published", "exact")


class Collapse(NamedTuple):
    """The imbalance of collapse and its interval; 0 before the first eta measured, inf after the last."""

    eta: float
    low: float
    high: float
    first: float
    """The least eta measured."""
    last: float
    """The greatest."""


def collapse(
    eta: ArrayLike,
    recall: ArrayLike,
    *,
    level: float = 0.5,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int | np.random.SeedSequence = 0,
) -> Collapse:
    """Where the mean of recall over replicates falls below ``level``, with a bootstrap interval.

    Parameters
    ----------
    eta
        (E,), rising, at least 1.
    recall
        (E, R), one column a replicate; from the first eta on at which it is nan nothing was measured.
    level
        In (0, 1).
    draws, confidence, seed
        Samples of the replicates, with replacement, whose places' quantiles are the interval.

    Raises
    ------
    InputError
        If shapes or values do not fit.

    Examples
    --------
    >>> eta = np.array([1.0, 10.0, 100.0])
    >>> place = collapse(eta, np.array([[0.8, 0.9], [0.6, 0.6], [0.3, 0.3]]))
    >>> round(place.eta, 1), round(float(np.exp(np.log(10) * (1 + 1 / 3))), 1)
    (21.5, 21.5)
    >>> collapse(eta, np.array([[0.8, 0.9], [0.6, 0.6], [0.6, 0.7]])).eta
    inf
    """
    eta = as_real("eta", eta, low=1)
    values = as_real("recall", recall, low=0, high=1, finite=False)
    level = as_number("level", level, low=0, high=1, low_open=True, high_open=True)
    confidence = as_number("confidence", confidence, low=0, high=1, low_open=True, high_open=True)
    if eta.ndim != 1 or values.ndim != 2 or len(values) != len(eta) or values.shape[1] < 2:
        raise InputError(
            f"eta has shape {eta.shape} and recall {values.shape}: must be (E,) and (E, R), R >= 2"
        )
    if (np.diff(eta) <= 0).any():
        raise InputError(f"eta = {eta.tolist()}: must rise")
    measured = np.logical_and.accumulate(np.isfinite(values).all(axis=1))
    if measured.sum() < 2:
        raise InputError("recall is nan: needs two imbalances or more at which it was measured")
    log_eta, values = np.log(eta[measured]), values[measured]
    rng = as_generator(seed)
    places = [
        _crossing(log_eta, values[:, rng.integers(values.shape[1], size=values.shape[1])], level)
        for _ in range(as_whole("draws", draws, 1))
    ]
    tail = 0.5 * (1.0 - confidence)
    low, high = np.quantile(places, [tail, 1.0 - tail], method="nearest")  # which takes infinities
    ends = np.exp(log_eta[[0, -1]])
    return Collapse(
        *(float(np.exp(place)) for place in (_crossing(log_eta, values, level), low, high)),
        first=float(ends[0]),
        last=float(ends[1]),
    )


def _crossing(log_eta: NDArray[np.float64], recall: NDArray[np.float64], level: float) -> float:
    """The log imbalance at which the falling mean passes the level; -inf before the grid, inf after it."""
    falling = isotonic_regression(recall.mean(axis=1), increasing=False).x
    if falling[0] < level:
        return -np.inf
    below = np.flatnonzero(falling < level)
    if not below.size:
        return np.inf
    after = int(below[0])
    share = (falling[after - 1] - level) / (falling[after - 1] - falling[after])
    return float(log_eta[after - 1] + share * (log_eta[after] - log_eta[after - 1]))


def collapse_boundaries(kappa: float, Delta: float) -> dict[str, float]:
    """Imbalances at the `BOUNDARIES`: the published one, half of it in log eta, and that of plug-in LDA.

    The exact one is that of a covariance estimated from the data, as models have to: pooled above kappa = 1,
    by its pseudo-inverse below.

    Examples
    --------
    >>> {name: round(eta, 1) for name, eta in collapse_boundaries(2.0, 3.0).items()}
    {'published': 69.6, 'half published': 8.3, 'exact': 13.0}
    """
    published = float(published_log_boundary(kappa, Delta))
    covariance = "estimated" if kappa > 1 else "pseudo_inverse"
    exact = float(half_recall_log_imbalance(kappa, Delta, covariance=covariance))
    logs = (published, 0.5 * published, exact)
    return {name: float(np.exp(log)) for name, log in zip(BOUNDARIES, logs, strict=True)}
