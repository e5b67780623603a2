"""Costs of wrong decisions as numbers: the binary threshold they ask for, and the costs of balance.

Source: Elkan, "The foundations of cost-sensitive learning" (IJCAI 2001), eq. (2); Menon et al. (ICLR
2021), Section 3, for costs that are powers of the prior. Checked by: agreement with expected costs.
"""

import numpy as np
from numpy.typing import NDArray

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real, broadcasting

__all__ = ["posterior_cost_threshold", "power_costs"]


@broadcasting
def posterior_cost_threshold(
    false_positive: ArrayLike, false_negative: ArrayLike
) -> NDArray[np.float64]:
    """The posterior above which predicting positive is cheaper: ``c_FP / (c_FP + c_FN)``; they broadcast."""
    wrong_yes = as_real("false_positive", false_positive, low=0, low_open=True)
    wrong_no = as_real("false_negative", false_negative, low=0, low_open=True)
    power = -np.frexp(np.maximum(wrong_yes, wrong_no))[1] - 1  # of two: their sum is finite
    wrong_yes, wrong_no = np.ldexp(wrong_yes, power), np.ldexp(wrong_no, power)
    return wrong_yes / (wrong_yes + wrong_no)


def power_costs(class_prior: ArrayLike, tau: float = 1.0) -> NDArray[np.float64]:
    """Costs ``C[k, j] = pi_k^-tau / (K - 1)``, zero for ``j = k``; shape (K, K), rows are true classes.

    Rows sum to ``pi_k^-tau``. At ``tau = 1`` expected cost is, up to a factor, the balanced error.
    ``class_prior``: shape (K,), K >= 2, positive.
    """
    prior = as_real("class_prior", class_prior, low=0, low_open=True)
    if prior.ndim != 1 or prior.size < 2:
        raise InputError(
            f"class_prior has shape {prior.shape}: give one number per class, shape (K,), K >= 2"
        )
    strength = as_number("tau", tau)
    with np.errstate(over="ignore"):
        cost = prior**-strength / (prior.size - 1)
    if not np.isfinite(cost).all():
        raise InputError(f"tau = {strength:g}: pi^-tau is beyond the largest float")
    return cost[:, None] * (1.0 - np.eye(prior.size))
