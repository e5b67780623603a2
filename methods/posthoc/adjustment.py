"""Scores corrected for the class prior or for costs, after training; for NumPy and torch alike.

Classes lie where the losses have them: in axis 1, or in axis 0 of one example; ``dim`` says otherwise.
Sources: Menon et al. (ICLR 2021), eq. (9); Hong et al. (CVPR 2021) for a target prior (PC softmax);
Zhou and Liu (TKDE 2006) for threshold moving. Tensors go through ``torch.compile``, ``vmap`` and
``grad``, where values are not checked. Checked by: agreement with `counterpoise.theory`.
"""

from typing import NoReturn, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.compiler import is_compiling

from ...theory.adjustment import adjusted_logits
from ...theory.decision import moving_scores
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    as_number,
    as_probabilities,
    as_real,
)
from ..axes import along_axis, class_axis
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
        rule="la",
        balanced=True,
        title="Post-hoc logit adjustment",
        label="LA",
        second="LogitAdjustmentRule()",
    ),
)

Scores = TypeVar("Scores", NDArray[np.float64], Tensor)


def adjust_logits(
    logits: Scores,
    class_prior: ArrayLike | Tensor,
    tau: float | Tensor = 1.0,
    *,
    target_prior: ArrayLike | Tensor | None = None,
    dim: int | None = None,
) -> Scores:
    """Post-hoc logit adjustment: ``z_y - tau log pi_y + log q_y``; predict the largest.

    Parameters
    ----------
    logits
        Of a model trained without adjustment, shape (N, K), (N, K, d1, ...) or (K,); a NumPy array
        or a tensor.
    class_prior
        pi, the training prior, shape (K,), positive; only ratios matter, so class counts do as well.
    tau
        Strength; 1 (default) is consistent for the balanced error, larger ones favour rare classes.
        The paper also tunes it on held-out data. Priors and tau may be tensors if the logits are one.
    target_prior
        q, the prior where the model is used, shape (K,), positive; None stands for equal shares.
    dim
        The axis of the classes; None is that of the losses, 1, or 0 for one example. Scores with the
        classes last, such as (N, length, K), need ``dim=-1``.

    Raises
    ------
    InputError
        If shapes do not fit, a prior is not positive, or ``tau log pi`` is too large for a number.

    Source: Menon et al. (ICLR 2021), eq. (9); with a target prior Hong et al. (CVPR 2021), PC softmax.
    The authors' code adds 1e-12 to ``pi^tau``; a class without examples is refused here instead.

    Examples
    --------
    >>> import numpy as np
    >>> logits = np.array([[2.0, 1.5, 0.0]])
    >>> adjust_logits(logits, class_prior=(900, 90, 10)).argmax(axis=1)
    array([2])
    >>> adjust_logits(logits, (900, 90, 10), target_prior=(900, 90, 10)).argmax(axis=1)
    array([0])
    """
    if isinstance(logits, Tensor):
        check_floating("logits", logits)
        offset = _tensor_offset(logits, class_prior, tau, target_prior)
        axis = class_axis("logits", logits.shape, len(offset), dim)
        return logits + offset.view(along_axis(len(offset), axis, logits.ndim)).to(logits.dtype)
    values, offset = as_real("logits", logits), prior_offset(class_prior, tau, target_prior)
    axis = class_axis("logits", values.shape, offset.size, dim)
    return cast("Scores", values + offset.reshape(along_axis(offset.size, axis, values.ndim)))


def adjust_probabilities(
    probabilities: Scores,
    class_prior: ArrayLike | Tensor,
    tau: float | Tensor = 1.0,
    *,
    target_prior: ArrayLike | Tensor | None = None,
    dim: int | None = None,
) -> Scores:
    """``p_y pi_y^-tau q_y``, divided by its sum: `adjust_logits` for probabilities, which may be zero.

    At tau = 1 these are the posteriors under the prior q, if p are the posteriors under pi (Saerens
    et al., Neural Computation 2002, eq. 2.4).

    Parameters
    ----------
    probabilities
        In [0, 1], shape (N, K), (N, K, d1, ...) or (K,); no example may have zero for every class.
    class_prior, tau, target_prior, dim
        As in `adjust_logits`.

    Raises
    ------
    InputError
        As `adjust_logits` does, and if all probabilities of an example are zero.

    Examples
    --------
    >>> import numpy as np
    >>> p = np.array([[0.9, 0.1]])  # the posterior where classes have shares .9 and .1
    >>> adjust_probabilities(p, class_prior=(0.9, 0.1))
    array([[0.5, 0.5]])
    >>> adjust_probabilities(adjust_probabilities(p, (9, 1)), (1, 1), target_prior=(9, 1))  # undone
    array([[0.9, 0.1]])
    """
    if isinstance(probabilities, Tensor):
        shares = clipped_probabilities(probabilities).to(working_dtype(probabilities))
        offset = _tensor_offset(shares, class_prior, tau, target_prior)
        axis = class_axis("probabilities", shares.shape, len(offset), dim)
        if values_known(shares) and not (shares > 0).any(dim=axis).all():
            _refuse_nothing()
        scores = shares.log() + offset.view(along_axis(len(offset), axis, shares.ndim))
        return torch.softmax(scores, dim=axis).to(probabilities.dtype)
    own = as_probabilities("probabilities", probabilities)
    offset = prior_offset(class_prior, tau, target_prior)
    axis = class_axis("probabilities", own.shape, offset.size, dim)
    if not own.any(axis=axis).all():
        _refuse_nothing()
    with np.errstate(divide="ignore"):
        scores = np.log(own) + offset.reshape(along_axis(offset.size, axis, own.ndim))
    power = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return power / power.sum(axis=axis, keepdims=True)


def threshold_moving_scores(
    probabilities: Scores, cost: ArrayLike | Tensor, *, dim: int | None = None
) -> Scores:
    """Threshold moving: ``p_k sum_j C[k, j]``, not normalised; predict the largest.

    With more than two classes this is cost-sensitive prediction only if a class costs the same
    whatever it is taken for (`counterpoise.theory.threshold_moving`). Rows that sum to ``pi_k^-tau``
    (`counterpoise.theory.decision_costs.power_costs`) make it post-hoc logit adjustment.

    Parameters
    ----------
    probabilities
        Shape (N, K), (N, K, d1, ...) or (K,), in [0, 1]; a NumPy array or a tensor.
    cost
        Shape (K, K), non-negative with zero diagonal; true class first, prediction second.
    dim
        The axis of the classes; None is 1, or 0 for one example.

    Raises
    ------
    InputError
        If shapes do not fit, a probability or cost is out of range, or a right prediction costs.

    Source: Zhou and Liu (TKDE 2006), threshold-moving.

    Examples
    --------
    >>> import numpy as np
    >>> p = np.array([[0.75, 0.25]])
    >>> threshold_moving_scores(p, cost=[[0, 1], [4, 0]]).argmax(axis=1)  # missing class 1 costs 4
    array([1])
    """
    if isinstance(probabilities, Tensor):
        shares, factors = clipped_probabilities(probabilities), _row_sums(probabilities, cost)
        if values_known(factors) and not factors.isfinite().all():
            _refuse_costs(factors.dtype)
        axis = class_axis("probabilities", shares.shape, len(factors), dim)
        return shares * factors.view(along_axis(len(factors), axis, shares.ndim))
    own = as_probabilities("probabilities", probabilities)
    matrix = as_real("cost", cost, low=0)
    axis = class_axis("probabilities", own.shape, len(np.atleast_1d(matrix)), dim)
    with np.errstate(over="ignore", invalid="ignore"):
        scores = moving_scores(np.moveaxis(own, axis, -1), matrix)
    if not np.isfinite(scores).all():
        _refuse_costs(scores.dtype)
    return np.moveaxis(scores, -1, axis)


def _refuse_costs(kind: object) -> NoReturn:
    raise InputError(
        f"cost: the sum of a row is beyond the largest {kind}; divide all costs by one number"
    )


def _refuse_nothing() -> NoReturn:
    raise InputError("probabilities are zero for every class of an example: some must be positive")


def prior_offset(
    class_prior: ArrayLike, tau: ArrayLike, target_prior: ArrayLike | None
) -> NDArray[np.float64]:
    """``-tau log pi + log q``, shape (K,): what `adjust_logits` adds to the logits."""
    prior = as_real("class_prior", class_prior)
    _check_vector("class_prior", prior.shape)
    strength = as_number("tau", tau)
    with np.errstate(over="ignore", invalid="ignore"):
        offset = adjusted_logits(np.zeros(prior.size), prior, strength)
    if not np.isfinite(offset).all():
        _refuse_strength(strength)
    if target_prior is None:
        return offset
    target = as_real("target_prior", target_prior, low=0, low_open=True)
    _check_target(target.shape, prior.shape)
    return offset - adjusted_logits(np.zeros(prior.size), target)


def _refuse_strength(tau: float | Tensor) -> NoReturn:
    raise InputError(f"tau = {float(tau):g}: too large, tau log pi is no finite number")


def _tensor_offset(
    scores: Tensor,
    class_prior: ArrayLike | Tensor,
    tau: float | Tensor,
    target_prior: ArrayLike | Tensor | None,
) -> Tensor:
    """`prior_offset` on the device of the scores, in their precision or single precision."""
    check_number("tau", tau)
    offset = _minus_log_share("class_prior", class_prior, scores)
    if isinstance(tau, Tensor):
        tau = tau.to(offset)
    scaled = tau * offset
    if values_known(scaled) and not scaled.isfinite().all():
        _refuse_strength(tau)
    if target_prior is None:
        return scaled
    target = _minus_log_share("target_prior", target_prior, scores)
    _check_target(target.shape, offset.shape)
    return scaled - target


def _minus_log_share(name: str, prior: ArrayLike | Tensor, scores: Tensor) -> Tensor:
    """``-log pi``: the theory's, unless the prior is a tensor or has no values to hand to NumPy."""
    if isinstance(prior, Tensor) or is_compiling():
        shares = torch.as_tensor(prior)
        shares = shares.to(torch.promote_types(shares.dtype, working_dtype(scores)))
        check_range(name, shares, low=0, low_open=True)
        _check_vector(name, shares.shape)
        found = -(shares / shares.sum()).log()
        if values_known(found) and not found.isfinite().all():
            raise InputError(f"{name}: its sum or a share is beyond {found.dtype}; rescale it")
    else:
        values = as_real(name, prior, low=0, low_open=True)
        _check_vector(name, values.shape)
        found = torch.from_numpy(adjusted_logits(np.zeros(values.size), values))
    return found.to(scores.device, working_dtype(scores))


def _row_sums(scores: Tensor, cost: ArrayLike | Tensor) -> Tensor:
    """``sum_j C[k, j]`` like the scores: the theory's, unless there are no values to hand to NumPy."""
    if not isinstance(cost, Tensor) and not is_compiling():
        costs = as_real("cost", cost, low=0)
        with np.errstate(over="ignore"):
            sums = moving_scores(np.ones(len(np.atleast_1d(costs))), costs)
        return torch.from_numpy(sums).to(scores)
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
