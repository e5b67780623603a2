"""Optimisers by name, each built from a recipe's rate, momentum, decay and further settings.

The loop calls ``optimizer.step(closure)`` with a `Closure`, of which an optimiser may ask several gradients
within a step, as sharpness-aware ones do. Checked by: the same steps as torch's, further gradients asked
for, unknown settings.
"""

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, signature
from typing import Any

from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_number, one_of, shown
from .class_conditional import CCSAM
from .muon import Muon
from .rates import RATES
from .sharpness import ASAM, SAM, SAMA, ImbSAM

__all__ = [
    "ASAM",
    "CCSAM",
    "OPTIMIZERS",
    "RATES",
    "SAM",
    "SAMA",
    "ImbSAM",
    "build_optimizer",
    "check_settings",
    "needs_of",
    "settings_in",
    "settings_of",
]

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
    if nesterov and not momentum:
        raise InputError(f"nesterov = {nesterov}: needs a momentum above 0")
    return SGD(parameters, lr, momentum, weight_decay=weight_decay, nesterov=bool(nesterov))


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
    beta2 = as_number("beta2", beta2, low=0, high=1, high_open=True)
    eps = as_number("eps", eps, low=0)
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
    plain = as_number("plain", plain, low=0, low_open=True)
    return Muon(parameters, lr, momentum, weight_decay, plain)


# Each takes parameters, lr, momentum and weight_decay; further settings are its keywords, but for what
# a run knows by itself.
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": sgd,
    "adamw": adamw,
    "muon": muon,
    "sam": SAM,
    "asam": ASAM,
    "imbsam": ImbSAM,
    "sam-a": SAMA,
    "cc-sam": CCSAM,
}
_KNOWN = ("class_counts", "classifier")


def settings_of(name: str) -> list[str]:
    """What an optimiser can be told beyond rate, momentum and decay.

    Examples
    --------
    >>> settings_of("sgd"), settings_of("imbsam")
    (['nesterov'], ['rho', 'deferred_rho', 'eta'])
    """
    return [word for word in _keywords(name) if word not in _KNOWN]


def _keywords(name: str) -> list[str]:
    known = signature(OPTIMIZERS[one_of("optimizer", name, OPTIMIZERS)]).parameters.values()
    return [parameter.name for parameter in known if parameter.kind is Parameter.KEYWORD_ONLY]


def needs_of(name: str) -> list[str]:
    """What a run tells an optimiser by itself: training counts, by which it weighs classes; the last layer.

    Examples
    --------
    >>> needs_of("sgd"), needs_of("imbsam"), needs_of("cc-sam")
    ([], ['class_counts'], ['class_counts', 'classifier'])
    """
    return [word for word in _keywords(name) if word in _KNOWN]


def settings_in(words: Iterable[str]) -> dict[str, float]:
    """Settings as they are typed, ``name=number``; a switch is on at 1.

    Raises
    ------
    InputError
        If one is no name, ``=`` and a number.

    Examples
    --------
    >>> settings_in(["rho=0.1", "deferred_rho=0.5"])
    {'rho': 0.1, 'deferred_rho': 0.5}
    """
    found = {}
    for word in words:
        name, _, number = word.partition("=")
        try:
            found[name] = as_number(name, float(number))
        except ValueError:
            message = f"it is {shown(word)}: must be a name, = and a number, such as rho=0.1"
            raise InputError(message) from None
    return found


def check_settings(name: str, settings: Mapping[str, Any], momentum: float) -> None:
    """Refuse, before anything is built, settings that an optimiser would refuse.

    Raises
    ------
    InputError
        If the optimiser is unknown, or has no such setting, or not for these values.

    Examples
    --------
    >>> check_settings("sam", {"rho": 0.1}, momentum=0.9)
    """
    settings_of(name)  # which knows the name
    if settings:  # torch takes a second for the first optimiser that it builds
        layer = nn.Linear(1, 1, device="meta")  # which draws no numbers
        build_optimizer(
            name,
            layer.parameters(),
            lr=1.0,
            momentum=momentum,
            weight_decay=0.0,
            settings=settings,
            class_counts=(1,),
            classifier=layer,
        )


def build_optimizer(
    name: str,
    parameters: Parameters,
    *,
    lr: float,
    momentum: float,
    weight_decay: float,
    settings: Mapping[str, Any],
    class_counts: ArrayLike | None = None,
    classifier: nn.Module | None = None,
) -> Optimizer:
    """An optimiser of `OPTIMIZERS`; an unknown name or setting is answered with near ones.

    Parameters
    ----------
    class_counts, classifier
        Training examples per class, shape (K,), and the network's last layer, for those that need them.

    Raises
    ------
    InputError
        If the name or a setting is unknown, a setting out of its range, or what it needs not there.

    Examples
    --------
    >>> chosen = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "settings": {"nesterov": True}}
    >>> build_optimizer("sgd", nn.Linear(2, 2).parameters(), **chosen).defaults["nesterov"]
    True
    """
    keywords = _keywords(name)
    for setting in settings:
        one_of(f"setting of {name}", setting, settings_of(name))
    given = {"class_counts": class_counts, "classifier": classifier}
    needed = {word: value for word, value in given.items() if word in keywords}
    for word, value in needed.items():
        if value is None:
            raise InputError(f"optimizer {name!r} needs {word.replace('_', ' ')}: there is none")
    return OPTIMIZERS[name](parameters, lr, momentum, weight_decay, **needed, **settings)
