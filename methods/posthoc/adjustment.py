"""Scores corrected for the class prior or for costs, after training; for NumPy and torch alike.

Sources: Menon et al. (ICLR 2021), eq. (9); Hong et al. (CVPR 2021) for a target prior (PC softmax);
Zhou and Liu (TKDE 2006) for threshold moving. Tensors go through ``torch.compile``, ``vmap`` and
``grad``, where values are not checked. Checked by: agreement with `counterpoise.theory`.
"""

from typing import TypeVar, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.compiler import is_compiling

from ...theory.adjustment import adjusted_logits
from ...theory.decision import moving_scores
from ...theory.foundation.validation import InputError, as_number, as_probabilities, as_real
from ..registry import Method
from .tensors import (
    check_floating,
    check_number,
    check_range,
    clipped_probabilities,
    values_known,
    working_dtype,
)

__all__ = ["adjust_logits", "adjust_probabilities", "threshold_moving_scores"]

METHODS = (
    Method(
        name="adjust_logits",
        weight="as trained",
        margin="−τ log π, at prediction",
        link="as trained",
        paper="Menon et al. 2021; Hong et al. 2021 (PC softmax)",
        consistent="only if τ = 1, the default",
        statements=(
            "logit_adjustment.post_hoc",
            "plug_in.k_classes",
        ),
    ),
)

Scores = TypeVar("Scores", NDArray[np.float64], Tensor)


def adjust_logits(
    logits: Scores,
    class_prior: ArrayLike | Tensor,
    tau: float | Tensor = 1.0,
    *,
    target_prior: ArrayLike | Tensor | None = None,
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
        The paper also tunes it on held-out data. Priors and tau may be tensors if the logits are one.
    target_prior
        q, the prior where the model is used, shape (K,), positive; None stands for equal shares.

    Raises
    ------
    InputError
        If shapes do not fit or a prior is not positive.

    Source: Menon et al. (ICLR 2021), eq. (9); with a target prior Hong et al. (CVPR 2021), PC softmax.
    The authors' code adds 1e-12 to ``pi^tau``; a class without examples is refused here instead.
    """
    if isinstance(logits, Tensor):
        check_floating("logits", logits)
        return logits + _tensor_offset(logits, class_prior, tau, target_prior).to(logits.dtype)
    values, offset = as_real("logits", logits), _offset(class_prior, tau, target_prior)
    _check_classes(values.shape, offset.size)
    return cast("Scores", values + offset)


def adjust_probabilities(
    probabilities: Scores,
    class_prior: ArrayLike | Tensor,
    tau: float | Tensor = 1.0,
    *,
    target_prior: ArrayLike | Tensor | None = None,
) -> Scores:
    """``p_y pi_y^-tau q_y``, divided by its sum: `adjust_logits` for probabilities, which may be zero.

    At tau = 1 these are the posteriors under the prior q, if p are the posteriors under pi (Saerens
    et al., Neural Computation 2002, eq. 2.4). Parameters as in `adjust_logits`; ``probabilities`` in
    [0, 1], shape (..., K).
    """
    if isinstance(probabilities, Tensor):
        shares = clipped_probabilities(probabilities).to(working_dtype(probabilities))
        offset = _tensor_offset(shares, class_prior, tau, target_prior)
        return torch.softmax(shares.log() + offset, dim=-1).to(probabilities.dtype)
    own, offset = (
        as_probabilities("probabilities", probabilities),
        _offset(class_prior, tau, target_prior),
    )
    _check_classes(own.shape, offset.size)
    with np.errstate(divide="ignore"):
        scores = np.log(own) + offset
    power = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return power / power.sum(axis=-1, keepdims=True)


def threshold_moving_scores(probabilities: Scores, cost: ArrayLike | Tensor) -> Scores:
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
        return moving_scores(as_probabilities("probabilities", probabilities), cost)
    shares, factors = clipped_probabilities(probabilities), _row_sums(probabilities, cost)
    _check_classes(shares.shape, len(factors))
    return shares * factors


def _offset(
    class_prior: ArrayLike, tau: ArrayLike, target_prior: ArrayLike | None
) -> NDArray[np.float64]:
    prior = as_real("class_prior", class_prior)
    _check_vector("class_prior", prior.shape)
    offset = adjusted_logits(np.zeros(prior.size), prior, as_number("tau", tau))
    if target_prior is None:
        return offset
    target = as_real("target_prior", target_prior, low=0, low_open=True)
    _check_target(target.shape, prior.shape)
    return offset - adjusted_logits(np.zeros(prior.size), target)


def _tensor_offset(
    scores: Tensor,
    class_prior: ArrayLike | Tensor,
    tau: float | Tensor,
    target_prior: ArrayLike | Tensor | None,
) -> Tensor:
    """`_offset` on the device of the scores, in their precision or single precision."""
    check_number("tau", tau)
    offset = _minus_log_share("class_prior", class_prior, scores)
    _check_classes(scores.shape, len(offset))
    if isinstance(tau, Tensor):
        tau = tau.to(offset)
    if target_prior is None:
        return tau * offset
    target = _minus_log_share("target_prior", target_prior, scores)
    _check_target(target.shape, offset.shape)
    return tau * offset - target


def _minus_log_share(name: str, prior: ArrayLike | Tensor, scores: Tensor) -> Tensor:
    """``-log pi``: the theory's, unless the prior is a tensor or has no values to hand to NumPy."""
    if isinstance(prior, Tensor) or is_compiling():
        shares = torch.as_tensor(prior)
        shares = shares.to(torch.promote_types(shares.dtype, working_dtype(scores)))
        check_range(name, shares, low=0, low_open=True)
        _check_vector(name, shares.shape)
        found = -(shares / shares.sum()).log()
    else:
        values = as_real(name, prior, low=0, low_open=True)
        _check_vector(name, values.shape)
        found = torch.from_numpy(adjusted_logits(np.zeros(values.size), values))
    return found.to(scores.device, working_dtype(scores))


def _row_sums(scores: Tensor, cost: ArrayLike | Tensor) -> Tensor:
    """``sum_j C[k, j]`` like the scores: the theory's, unless there are no values to hand to NumPy."""
    if not isinstance(cost, Tensor) and not is_compiling():
        classes = len(np.atleast_1d(np.asarray(cost)))
        return torch.from_numpy(moving_scores(np.ones(classes), cost)).to(scores)
    matrix = torch.as_tensor(cost)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"cost has shape {tuple(matrix.shape)}: must be (K, K)")
    check_range("cost", matrix, low=0)
    if values_known(matrix) and matrix.diagonal().any():
        raise InputError("cost has a non-zero diagonal: a right prediction must cost nothing")
    return matrix.to(torch.promote_types(matrix.dtype, torch.float32)).sum(dim=1).to(scores)


def _check_vector(name: str, shape: tuple[int, ...]) -> None:
    if len(shape) != 1:
        raise InputError(f"{name} has shape {tuple(shape)}: give one number per class, (K,)")


def _check_target(shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if shape != expected:
        raise InputError(
            f"target_prior has shape {tuple(shape)}: must match class_prior, {tuple(expected)}"
        )


def _check_classes(shape: tuple[int, ...], classes: int) -> None:
    if not shape or shape[-1] != classes:
        raise InputError(
            f"scores have shape {tuple(shape)}: the last axis must hold the {classes} classes"
        )
