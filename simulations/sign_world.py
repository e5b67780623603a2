"""A world small enough that every term of a generalisation bound is known exactly.

Two classes and one feature, a sign: class 1 has +1 and class 2 has -1, flipped with a probability
that depends on the class. The hypotheses are all 2 x 1 matrices W with Frobenius norm at most
``norm``. Risks are sums of two terms, and a Rademacher complexity is the expected length of two
binomial sums.
Checked by: enumeration of all signs, and direct sampling of training sets.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from ..theory.foundation.validation import InputError, as_class_counts, as_number, as_whole
from ..theory.vector_scaling import LossConstants, clipped_loss, vs_loss_constants

__all__ = ["SignWorld", "draw_flips", "linear_complexity"]

_GRID = 1601
_TAIL = 12.0  # standard deviations of a binomial sum that are summed; the rest is below 1e-30


class SignWorld(NamedTuple):
    """Class counts, flip probabilities, norm of the hypotheses, level at which the loss is clipped."""

    class_counts: NDArray[np.float64]
    flip: NDArray[np.float64]
    norm: float
    level: float

    @classmethod
    def of(cls, n: int, imbalance_factor: float) -> "SignWorld":
        """The world used for coverage: flips 0.1 and 0.2, norm 2, loss clipped at probability 1/20."""
        n = as_whole("n", n, 2)
        rare = round(n / (1 + as_number("imbalance_factor", imbalance_factor, low=1)))
        if rare < 1:
            raise InputError(f"n = {n}: too few examples for imbalance {imbalance_factor:g}")
        return cls(as_class_counts([n - rare, rare]), np.array([0.1, 0.2]), 2.0, 0.05)

    @property
    def constants(self) -> LossConstants:
        """Lipschitz constant and upper bound of the clipped cross-entropy."""
        return vs_loss_constants(1.0, np.ones(2), self.level)

    def losses(self) -> NDArray[np.float64]:
        """Loss on an unflipped and a flipped point of either class, per hypothesis: (grid, 2).

        Hypotheses enter through ``d = w_1 - w_2`` alone, which fills ``|d| <= sqrt2 norm``.
        """
        d = np.linspace(-np.sqrt(2.0) * self.norm, np.sqrt(2.0) * self.norm, _GRID)
        return clipped_loss(np.logaddexp(0.0, np.column_stack([-d, d])), self.level)

    def grid_slack(self) -> float:
        """How far a risk can rise between two points of the hypothesis grid."""
        step = 2 * np.sqrt(2.0) * self.norm / (_GRID - 1)
        return float(step / 2)

    def class_risks(self) -> NDArray[np.float64]:
        """True risk of each class for every hypothesis, shape (grid, 2)."""
        return self._mixed(self.flip)

    def empirical_risks(self, flipped: NDArray[np.float64]) -> NDArray[np.float64]:
        """Risks on samples with ``flipped`` (sets, 2) flipped points, shape (sets, grid, 2)."""
        return self._mixed((flipped / self.class_counts)[:, None, :])

    def _mixed(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        straight, turned = self.losses().T
        return straight[:, None] * (1 - share) + turned[:, None] * share


def draw_flips(world: SignWorld, sets: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How many points of each class are flipped, in ``sets`` independent training sets, (sets, 2)."""
    size = (as_whole("sets", sets, 1), 2)
    return rng.binomial(world.class_counts.astype(np.int64), world.flip, size=size).astype(float)


def linear_complexity(examples: int, norm: float) -> float:
    """Exact ``Rad_S`` of the hypotheses on ``examples`` signs: ``(norm/n) E sqrt(S^2 + S'^2)``.

    S and S' are independent sums of n random signs: the empirical complexity does not depend on the
    features when they are signs.
    """
    examples, norm = as_whole("examples", examples, 1), as_number("norm", norm, low=0)
    half = int(min(examples, np.ceil(_TAIL * np.sqrt(examples))))
    sums = np.arange(-half, half + 1)
    sums = sums[(sums - examples) % 2 == 0].astype(np.float64)
    ones = (examples + sums) / 2
    log_mass = gammaln(examples + 1) - gammaln(ones + 1) - gammaln(examples - ones + 1)
    mass = np.exp(log_mass - examples * np.log(2.0))
    length = np.hypot(sums[:, None], sums[None, :])
    return float(norm / examples * (mass @ length @ mass))
