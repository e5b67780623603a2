"""Optimisers by name, each built from a recipe's rate, momentum, decay and further settings.

The loop calls ``optimizer.step(closure)``: a call of the closure leaves the gradients of the batch's loss
at the parameters as they are then, so an optimiser may ask several times within a step, as sharpness-
aware ones do. Checked by: the same steps as torch's, a second gradient asked for, unknown settings.
"""

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, signature
from typing import Any

from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from ...theory.foundation.validation import one_of
from .muon import Muon
from .rates import RATES

__all__ = ["OPTIMIZERS", "RATES", "build_optimizer", "settings_of"]

Parameters = Iterable[nn.Parameter]


def sgd(
    parameters: Parameters,
    lr: float,
    momentum: float,
    weight_decay: float,
    *,
    nesterov: bool = False,
) -> Optimizer:
    """Stochastic gradient descent with momentum."""
    return SGD(parameters, lr, momentum, weight_decay=weight_decay, nesterov=nesterov)


def adamw(
    parameters: Parameters,
    lr: float,
    momentum: float,
    weight_decay: float,
    *,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> Optimizer:
    """Adam with decoupled weight decay; the momentum is its first beta."""
    return AdamW(parameters, lr, (momentum, beta2), eps, weight_decay)


def muon(
    parameters: Parameters,
    lr: float,
    momentum: float,
    weight_decay: float,
    *,
    plain: float = 2.5,
) -> Optimizer:
    """Orthogonal steps for kernels of convolutions, see `Muon`."""
    return Muon(parameters, lr, momentum, weight_decay, plain)


# Each takes parameters, lr, momentum and weight_decay; further settings are its keywords.
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": sgd,
    "adamw": adamw,
    "muon": muon,
}


def settings_of(name: str) -> list[str]:
    """What an optimiser can be told beyond rate, momentum and decay.

    Examples
    --------
    >>> settings_of("sgd")
    ['nesterov']
    """
    known = signature(OPTIMIZERS[one_of("optimizer", name, OPTIMIZERS)]).parameters.values()
    return [parameter.name for parameter in known if parameter.kind is Parameter.KEYWORD_ONLY]


def build_optimizer(
    name: str,
    parameters: Parameters,
    *,
    lr: float,
    momentum: float,
    weight_decay: float,
    settings: Mapping[str, Any],
) -> Optimizer:
    """An optimiser of `OPTIMIZERS`; an unknown name or setting is answered with near ones.

    Examples
    --------
    >>> chosen = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "settings": {"nesterov": True}}
    >>> build_optimizer("sgd", nn.Linear(2, 2).parameters(), **chosen).defaults["nesterov"]
    True
    """
    for setting in settings:
        one_of(f"setting of {name}", setting, settings_of(name))
    return OPTIMIZERS[one_of("optimizer", name, OPTIMIZERS)](
        parameters, lr, momentum, weight_decay, **settings
    )
