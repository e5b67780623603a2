"""Two Gaussian classes in the triplet (eta, kappa, Delta): the population rule (kappa = infinity).

The score along the discriminant is N(+Delta/2, 1) for the minority (class 1) and N(-Delta/2, 1) for
the majority (class 0); eta = pi_0 / pi_1 >= 1 and l = log eta. Source: classical discriminant
analysis; the taxonomy of Essomba and Fokoue (arXiv 2601.04149). Checked by: identities, intervals,
golden values.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from .validation import as_real

__all__ = ["Rates", "bayes_rates", "boundary_shift", "half_recall_imbalance"]


class Rates(NamedTuple):
    """Class-conditional accuracies of one rule; arrays of the broadcast shape, values in [0, 1]."""

    recall: NDArray[np.float64]
    """Minority accuracy (true positive rate)."""
    specificity: NDArray[np.float64]
    """Majority accuracy (true negative rate)."""

    @property
    def balanced_error(self) -> NDArray[np.float64]:
        """``1 - (recall + specificity) / 2``."""
        return 1.0 - 0.5 * (self.recall + self.specificity)


def boundary_shift(eta: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Shift of the Bayes boundary from the midpoint towards the minority mean: ``log(eta)/Delta``.

    In Mahalanobis units. ``eta >= 1`` is majority over minority, ``Delta > 0``; they broadcast.
    """
    eta = as_real("eta", eta, low=1)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return np.log(eta) / Delta


def bayes_rates(eta: ArrayLike, Delta: ArrayLike, tau: ArrayLike = 0.0) -> Rates:
    """Rates of the population rule with logit adjustment of strength ``tau`` (0: Bayes, 1: balanced).

    ``recall = Phi(Delta/2 - (1-tau) l/Delta)``, ``specificity = Phi(Delta/2 + (1-tau) l/Delta)``.
    ``eta >= 1``, ``Delta > 0``, ``tau`` real; they broadcast.
    """
    tau = as_real("tau", tau)
    shift = (1.0 - tau) * boundary_shift(eta, Delta)
    half = 0.5 * np.asarray(Delta, dtype=np.float64)
    return Rates(ndtr(half - shift), ndtr(half + shift))


def half_recall_imbalance(Delta: ArrayLike) -> NDArray[np.float64]:
    """Imbalance at which the Bayes rule's minority recall falls to one half: ``exp(Delta^2/2)``.

    ``Delta > 0``; overflows to ``inf`` beyond ``Delta`` about 37.7.
    """
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    with np.errstate(over="ignore"):
        return np.exp(0.5 * Delta**2)
