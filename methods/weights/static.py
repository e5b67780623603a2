"""Class weights that are functions of the class counts, or of the accuracies reached so far.

Sources: Cui et al. (CVPR 2019) for the effective number, Wang et al. (NeurIPS 2023) for powers of the
prior (ADRW), Sinha et al. (ACCV 2020) for difficulty. Checked by: golden vectors, limits, ordering.
"""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_class_counts, as_number, shown
from ...theory.reweighting import difficulty_exponent, difficulty_power, effective_number
from ...theory.vector_scaling import logit_adjustment_offset, vs_parameters
from ..arguments import named_arguments
from ..registry import Method

__all__ = [
    "UniformWeights",
    "difficulty_weights",
    "effective_number_weights",
    "inverse_frequency_weights",
    "power_weights",
]

METHODS = (
    Method(
        name="inverse_frequency_weights",
        weight="1/π",
        margin="any",
        link="any",
        paper="standard",
        consistent="yes with cross-entropy; not together with logit adjustment",
        statements=(
            "vs_consistency.two_exponents",
            "binary_margins.consistent_choices",
        ),
        key="inverse-frequency",
        balanced=True,
        title="Inverse-frequency weights",
        label="1/π weights",
        colour="orange",
        schedule="DeferredReweighting(class_counts, 0, inverse_frequency_weights(class_counts))",
    ),
    Method(
        name="effective_number_weights",
        weight="1/E_n",
        margin="any",
        link="any",
        paper="Cui et al. 2019",
        consistent="no for β < 1",
        statements=(
            "effective_number.not_balanced",
            "effective_number.weight_ratio",
        ),
        key="class-balanced",
        balanced=False,
        title="Class-balanced weights",
        label="class-balanced",
        colour="sky",
        schedule="DeferredReweighting(class_counts, 0)",
    ),
    Method(
        name="power_weights",
        weight="π^−ν",
        margin="any",
        link="any",
        paper="Wang et al. 2023 (ADRW)",
        consistent="with offsets τ log π only if ν + τ = 1",
        statements=("vs_consistency.two_exponents",),
        key="adrw",
        balanced=False,
        title="Power weights, deferred (ADRW)",
        label="ADRW",
        colour="grey",
        schedule="DeferredReweighting(class_counts, start, power_weights(class_counts))",
    ),
    Method(
        name="difficulty_weights",
        weight="(1 − accuracy)^τ",
        margin="any",
        link="any",
        paper="Sinha et al. 2020 (CDB)",
        consistent="no: on two Gaussian classes the weights rest short of it",
        statements=("difficulty.balanced_rule_is_no_fixed_point",),
        key="cdb",
        balanced=False,
        title="Class-wise difficulty-balanced weights",
        label="CDB",
        colour="pink",
        source="DifficultyWeights(num_classes)",
        needs_validation=True,
    ),
)


@named_arguments
def inverse_frequency_weights(class_counts: ArrayLike, *, normalize: bool = True) -> Tensor:
    """Class weights proportional to ``1 / n_y``; float64, shape (K,).

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    normalize
        True: they sum to K. False: ``1 / pi_y``, whose weighted risk is K times the balanced risk.

    >>> [round(weight, 3) for weight in inverse_frequency_weights([80, 20]).tolist()]
    [0.4, 1.6]
    """
    return _inverse_power(class_counts, 1.0, normalize)


@named_arguments
def effective_number_weights(
    class_counts: ArrayLike, beta: float = 0.9999, *, normalize: bool = True
) -> Tensor:
    """Class weights proportional to ``1 / E_n = (1 - beta) / (1 - beta^n)``; float64, shape (K,).

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    beta
        Overlap of the data, in [0, 1); 0 weighs all classes alike, towards 1 by inverse frequency.
    normalize
        True: they sum to K. False: ``1 / E_n``.

    Source: Cui et al. (CVPR 2019), eqs. (5) and (8).

    >>> [round(weight, 3) for weight in effective_number_weights([5000, 50], beta=0.999).tolist()]
    [0.094, 1.906]
    """
    return _weights(1.0 / effective_number(class_counts, beta), normalize)


@named_arguments
def power_weights(class_counts: ArrayLike, nu: float = 0.25, *, normalize: bool = True) -> Tensor:
    """ADRW's class weights, proportional to ``pi_y^-nu``; float64, shape (K,).

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,).
    nu
        0 weighs all classes alike, 1 by inverse frequency. With logit adjustment of strength tau the
        population optimum is that of the balanced error exactly if ``nu + tau = 1``; the authors'
        scripts have nu = 0.25, tau = 0.75 on CIFAR-100-LT, and nu = 0.15, tau = 1 on CIFAR-10-LT.
    normalize
        True: they sum to K. False: ``pi_y^-nu``.

    Source: Wang et al. (NeurIPS 2023), Algorithm 1.

    >>> [round(weight, 3) for weight in power_weights([80, 5], nu=0.25).tolist()]
    [0.667, 1.333]
    """
    return _inverse_power(class_counts, as_number("nu", nu), normalize)


@named_arguments
def difficulty_weights(
    class_accuracy: ArrayLike, tau: float | str = "dynamic", *, normalize: bool = True
) -> Tensor:
    """Difficulty-balanced class weights, proportional to ``(1 - accuracy_y)^tau``; float64, shape (K,).

    For tau > 0 a class without errors weighs nothing until it errs; if none errs all weigh alike.

    Parameters
    ----------
    class_accuracy
        Accuracy per class on held-out data, shape (K,), in [0, 1].
    tau
        ``"dynamic"``: the paper's exponent in [1, 2), larger the more unequal the accuracies
        (`counterpoise.theory.difficulty.difficulty_exponent`). ``"cifar"``: what the authors' CIFAR
        code computes instead, in [1/2, 1). Or a number >= 0; 0 weighs all classes alike.
    normalize
        True: they sum to K.

    Source: Sinha, Ohashi, Nakamura (ACCV 2020), eqs. (3) to (6).

    >>> difficulty_weights([0.75, 0.25], tau=1).tolist()
    [0.5, 1.5]
    """
    if isinstance(tau, str):
        if tau not in ("dynamic", "cifar"):
            raise InputError(f"tau = {shown(tau)}: must be 'dynamic', 'cifar' or a number >= 0")
        tau = difficulty_exponent(class_accuracy, "paper" if tau == "dynamic" else tau)
    return _weights(difficulty_power(class_accuracy, tau), normalize)


def _inverse_power(class_counts: ArrayLike, nu: float, normalize: bool) -> Tensor:
    """``pi_y^-nu``; where only ratios matter, relative to the largest, as that may be no float."""
    if normalize:
        surprise = -logit_adjustment_offset(class_counts)
        lead = surprise.max() if nu > 0 else surprise.min()
        with np.errstate(over="ignore"):
            return _weights(np.exp(nu * (surprise - lead)), normalize)
    as_class_counts(class_counts)
    try:
        return torch.from_numpy(vs_parameters("TLA+ADRW", class_counts, nu=nu).weight)
    except InputError as error:
        raise InputError(f"{error}; normalize=True keeps weights finite") from None


def _weights(raw: NDArray[np.float64], normalize: bool) -> Tensor:
    return torch.from_numpy(raw * (raw.size / raw.sum()) if normalize else raw)


class UniformWeights:
    """Every sample weighs one: empirical risk minimisation. Has no memory.

    >>> UniformWeights().weights(0, torch.zeros(2, 4), torch.tensor([1, 0])).tolist()
    [1.0, 1.0]
    """

    def weights(self, epoch: int, features: Tensor, target: Tensor) -> Tensor:
        """Ones of shape (B,) in the features' dtype."""
        return torch.ones(target.shape, dtype=features.dtype, device=features.device)

    def observe(self, features: Tensor, target: Tensor) -> None:
        """Nothing to learn."""

    def observe_accuracy(self, class_accuracy: ArrayLike) -> None:
        """Nothing to learn."""

    def state_dict(self) -> dict[str, Tensor]:
        """Nothing to remember."""
        return {}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Nothing to restore."""
