"""Scores corrected for the class prior or for costs, after training; for NumPy and torch alike.

Sources: Menon et al. (ICLR 2021), eq. (9); Hong et al. (CVPR 2021) for a target prior (PC softmax);
Zhou and Liu (TKDE 2006) for threshold moving. Checked by: agreement with `counterpoise.theory`.
"""

from typing import TypeVar, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ...theory.logit_adjustment import adjusted_logits
from ...theory.threshold_moving import moving_scores
from ...theory.validation import InputError, InputTypeError, as_real

__all__ = ["adjust_logits", "adjust_probabilities", "threshold_moving_scores"]

Scores = TypeVar("Scores", NDArray[np.float64], Tensor)


def adjust_logits(
    logits: Scores,
    class_prior: ArrayLike,
    tau: float = 1.0,
    *,
    target_prior: ArrayLike | None = None,
) -> Scores:
    """Post-hoc logit adjustment: ``z_y - tau log pi_y + log q_y``; predict the largest.

    Parameters
    ----------
    logits
        Of a model trained without adjustment, shape (..., K); a NumPy array or a tensor.
    class_prior
        pi, the training prior, shape (K,), positive; only ratios matter, so class counts do as well.
    tau
        Strength; 1 (default) is consistent for the balanced error, larger ones favour rare classes.
        The paper also tunes it on held-out data.
    target_prior
        q, the prior where the model is used, shape (K,), positive; None stands for equal shares.

    Raises
    ------
    InputError
        If shapes do not fit or a prior is not positive.

    Source: Menon et al. (ICLR 2021), eq. (9); with a target prior Hong et al. (CVPR 2021), PC softmax.
    The authors' code adds 1e-12 to ``pi^tau``; a class without examples is refused here instead.
    """
    return _plus(logits, _offset(class_prior, tau, target_prior))


def adjust_probabilities(
    probabilities: Scores,
    class_prior: ArrayLike,
    tau: float = 1.0,
    *,
    target_prior: ArrayLike | None = None,
) -> Scores:
    """``p_y pi_y^-tau q_y``, divided by its sum: `adjust_logits` for probabilities, which may be zero.

    At tau = 1 these are the posteriors under the prior q, if p are the posteriors under pi (Saerens
    et al., Neural Computation 2002, eq. 2.4). Parameters as in `adjust_logits`; ``probabilities`` in
    [0, 1], shape (..., K).
    """
    offset = _offset(class_prior, tau, target_prior)
    if isinstance(probabilities, Tensor):
        _check_classes(probabilities, offset)
        return torch.softmax(_plus(probabilities.log(), offset), dim=-1)
    own = as_real("probabilities", probabilities, low=0, high=1)
    _check_classes(own, offset)
    with np.errstate(divide="ignore"):
        scores = np.log(own) + offset
    power = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return power / power.sum(axis=-1, keepdims=True)


def threshold_moving_scores(probabilities: Scores, cost: ArrayLike) -> Scores:
    """Threshold moving: ``p_k sum_j C[k, j]``, not normalised; predict the largest.

    With more than two classes this is cost-sensitive prediction only if a class costs the same
    whatever it is taken for (`counterpoise.theory.threshold_moving`). Rows that sum to ``pi_k^-tau``
    (`counterpoise.theory.decision_costs.power_costs`) make it post-hoc logit adjustment.

    Parameters
    ----------
    probabilities
        Shape (..., K), in [0, 1]; a NumPy array or a tensor.
    cost
        Shape (K, K), non-negative with zero diagonal; true class first, prediction second.

    Source: Zhou and Liu (TKDE 2006), threshold-moving.
    """
    if not isinstance(probabilities, Tensor):
        return moving_scores(probabilities, cost)
    factors = moving_scores(np.ones(len(np.atleast_1d(np.asarray(cost)))), cost)
    _check_classes(probabilities, factors)
    return probabilities * torch.from_numpy(factors).to(probabilities)


def _offset(
    class_prior: ArrayLike, tau: float, target_prior: ArrayLike | None
) -> NDArray[np.float64]:
    prior = as_real("class_prior", class_prior)
    if prior.ndim != 1:
        raise InputError(f"class_prior has shape {prior.shape}: give one number per class, (K,)")
    offset = adjusted_logits(np.zeros(prior.size), prior, tau)
    if target_prior is None:
        return offset
    target = as_real("target_prior", target_prior, low=0, low_open=True)
    if target.shape != prior.shape:
        raise InputError(
            f"target_prior has shape {target.shape}: must match class_prior, {prior.shape}"
        )
    return offset - adjusted_logits(np.zeros(prior.size), target)


def _plus(scores: Scores, offset: NDArray[np.float64]) -> Scores:
    if isinstance(scores, Tensor):
        _check_classes(scores, offset)
        if not scores.is_floating_point():
            raise InputTypeError(f"logits has type {scores.dtype}: must be a floating-point tensor")
        return scores + torch.from_numpy(offset).to(scores)
    values = as_real("logits", scores)
    _check_classes(values, offset)
    return cast("Scores", values + offset)


def _check_classes(scores: NDArray[np.float64] | Tensor, offset: NDArray[np.float64]) -> None:
    if scores.ndim == 0 or scores.shape[-1] != offset.size:
        raise InputError(
            f"scores have shape {tuple(scores.shape)}: the last axis must hold the "
            f"{offset.size} classes"
        )
