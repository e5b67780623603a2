"""A map of regimes whose every cell carries an error bound, or says that it has none.

Source: the regimes of `theory.high_dimension`; balls around plug-in LDA, the max-margin classifier and ridge
logistic regression. A cell whose ball lies across an edge of its regime is undecided, and no cell is drawn
from a float solver alone. Checked by: the float solvers, and cells on an edge.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import signature
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ..theory.foundation.validation import InputError, as_number, as_real, one_of
from ..theory.high_dimension import (
    REGIMES,
    Ball,
    EnclosedRates,
    enclose_max_margin,
    enclose_plug_in,
    enclose_ridge_logistic,
    enclosed_regime,
    ridge_logistic_world,
)
from .loss_map import loss_settings
from .sweep import Progress, Workers, as_axis, sweep

__all__ = ["RULES", "certified_map"]


def _enclose_loss(
    eta: float, kappa: float, Delta: float, ridge: float, loss: str = "plain"
) -> EnclosedRates:
    limit = enclose_ridge_logistic(eta, kappa, Delta, ridge, **loss_settings(loss, eta))
    return EnclosedRates(limit.recall, limit.specificity)


RULES: Mapping[str, Callable[..., Any]] = {
    "plug-in": enclose_plug_in,
    "max-margin": enclose_max_margin,
    "ridge-logistic": _enclose_loss,
}
"""What each rule's class accuracies are enclosed by; its settings are those of `certified_map`."""

_LABELS = {
    "recall": ("minority recall in the limit, middle of its ball", "1"),
    "recall_radius": ("error bound of recall", "1"),
    "specificity": ("majority accuracy in the limit, middle of its ball", "1"),
    "specificity_radius": ("error bound of specificity", "1"),
    "regime": (f"regime index into {', '.join(REGIMES)}; -1: not decided", "1"),
    "enclosed": ("an error bound was found", "1"),
}


def certified_map(
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    rule: str = "plug-in",
    n_jobs: Workers = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> xr.Dataset:
    """Enclosed accuracies and the regime that they decide, at every (eta, kappa, Delta).

    Parameters
    ----------
    eta, kappa, Delta
        Grid values: ``eta >= 1``, ``kappa > 0``, ``Delta > 0``, taken at their exact float values.
    rule
        A key of `RULES`.
    n_jobs, checkpoint, progress
        As in `sweep`.
    settings
        What the rule's enclosure takes besides: ``tau`` (plug-in); ``ridge`` and ``loss``, a name of
        `loss_map.LOSSES` (ridge-logistic).

    Returns
    -------
    xarray.Dataset
        Dimensions ``eta, kappa, Delta``. ``recall`` and ``specificity`` are within their radii of the
        limits, of ridge-logistic at the float values of its weights and scales; ``regime`` is -1 where the
        ball, or that of the same rule at ``eta = 1``, leaves it open, or where there is none at ``eta = 1``.
        Where ``enclosed`` is false (not separable, beyond the rule's domain, or no box passes the test) all
        is nan and -1. The attributes hold the rule with all its settings.

    Raises
    ------
    InputError
        If the rule is unknown, lacks a setting, or a grid value leaves its domain.

    Examples
    --------
    >>> world = certified_map([1, 30], [2], [3])
    >>> world.regime.values.ravel().tolist(), bool(world.recall_radius.max() < 1e-15)
    ([0, 2], True)
    """
    settings = check_certified_map(eta, kappa, Delta, rule=rule, **settings)
    dataset = sweep(
        partial(_cell, rule=rule, settings=tuple(sorted(settings.items()))),
        {"eta": eta, "kappa": kappa, "Delta": Delta},
        n_jobs=n_jobs,
        checkpoint=checkpoint,
        progress=progress,
    )
    for name, (long_name, units) in _LABELS.items():
        dataset[name].attrs = {"long_name": long_name, "units": units}
    dataset.attrs |= {"rule": rule, "regimes": " ".join(REGIMES), **settings}
    return dataset


def check_certified_map(
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    rule: str = "plug-in",
    **settings: Any,
) -> dict[str, Any]:
    """All settings of the rule; refuse what `certified_map` would, before any work."""
    taken = signature(RULES[one_of("rule", rule, RULES)])
    known = [*taken.parameters][3:]
    for name in settings:
        if name not in known:
            raise InputError(
                f"rule = {rule!r} has no {name}: its settings are {', '.join(known) or 'none'}"
            )
    try:
        bound = taken.bind(1.0, 1.0, 1.0, **settings)
    except TypeError as error:
        raise InputError(f"rule = {rule!r}: {error}") from None
    bound.apply_defaults()
    settings = {name: bound.arguments[name] for name in known}
    settings = {
        name: value if isinstance(value, str) else as_number(name, value)
        for name, value in settings.items()
    }
    axes = [
        as_real(name, as_axis(name, values), low=low, low_open=low == 0).tolist()
        for name, values, low in (("eta", eta, 1), ("kappa", kappa, 0), ("Delta", Delta, 0))
    ]
    if rule == "ridge-logistic":
        loss_settings(settings["loss"], 1.0)
        for at_eta, at_kappa, at_Delta in product(*axes):
            ridge_logistic_world(at_eta, at_kappa, at_Delta, settings["ridge"])
    return settings


def _cell(
    eta: float,
    kappa: float,
    Delta: float,
    *,
    rule: str,
    settings: tuple[tuple[str, Any], ...],
    seed: np.random.SeedSequence,
) -> dict[str, float | int | bool]:
    del seed  # nothing is drawn
    rates, balanced = (
        _enclosed(rule, settings, eta, kappa, Delta),
        _enclosed(rule, settings, 1.0, kappa, Delta),
    )
    if rates is None:
        return _told(Ball(np.nan, np.nan), Ball(np.nan, np.nan), -1)
    regime = -1 if balanced is None else enclosed_regime(rates.recall, balanced.recall)
    return _told(rates.recall, rates.specificity, regime)


def _enclosed(
    rule: str, settings: tuple[tuple[str, Any], ...], eta: float, kappa: float, Delta: float
) -> EnclosedRates | None:
    # not separable, or beyond what floats solve: arguments were checked before
    refused = ArithmeticError if rule == "plug-in" else (ArithmeticError, InputError)
    try:
        return RULES[rule](eta, kappa, Delta, **dict(settings))
    except refused:
        return None


def _told(recall: Ball, specificity: Ball, regime: int) -> dict[str, float | int | bool]:
    return {
        "recall": recall.mid,
        "recall_radius": recall.radius,
        "specificity": specificity.mid,
        "specificity_radius": specificity.radius,
        "regime": regime,
        "enclosed": not np.isnan(recall.radius),
    }
