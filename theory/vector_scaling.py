"""The vector-scaling (VS) loss: its constants, its special cases, and its local Lipschitz constant.

Claimed by Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021) for the loss; the gradient bound is
used by Wang et al. (NeurIPS 2023) with a constant that is looser than the tight one given here.
Checked by: symbolic identities, SMT for K = 2, 3, 4, and a sum-of-products identity.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .class_counts import class_prior
from .validation import InputError, as_class_counts, as_real

__all__ = ["logit_adjustment_offset", "vs_gradient_bound", "vs_scale"]


def logit_adjustment_offset(class_counts: ArrayLike, tau: float = 1.0) -> NDArray[np.float64]:
    """Additive offsets ``Delta_y = tau log pi_y`` of logit adjustment (Menon et al., ICLR 2021); shape (K,)."""
    tau = as_real("tau", tau)
    return tau * np.log(class_prior(class_counts))


def vs_scale(class_counts: ArrayLike, gamma: float = 0.3) -> NDArray[np.float64]:
    """Multiplicative scales ``beta_y = (n_y / n_max)^gamma`` of CDT and VS; shape (K,), in (0, 1] for gamma >= 0."""
    counts = as_class_counts(class_counts)
    gamma = as_real("gamma", gamma)
    return (counts / counts.max()) ** gamma


def vs_gradient_bound(
    scale: ArrayLike, target: int, target_probability: ArrayLike, weight: float = 1.0
) -> NDArray[np.float64]:
    """Tight bound on the l2 norm of the VS loss's gradient in the logits.

    ``alpha_y (1 - q_y) sqrt(beta_y^2 + max_{j != y} beta_j^2)``, where ``q_y`` is the adjusted
    probability of the target; attained when all wrong mass sits on the class of largest scale.
    ``scale``: shape (K,), positive; ``target_probability``: any shape, in [0, 1].
    """
    scale = as_real("scale", scale, low=0, low_open=True)
    if not 0 <= target < scale.size:
        raise InputError(f"target = {target}: must be a class index in [0, {scale.size - 1}]")
    probability = as_real("target_probability", target_probability, low=0, high=1)
    weight = as_real("weight", weight, low=0, low_open=True)
    others = np.delete(scale, target)
    return weight * (1.0 - probability) * np.hypot(scale[target], others.max(initial=0.0))
