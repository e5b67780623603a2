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

from ..theory.foundation.validation import InputError, as_real, one_of
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
from .sweep import Progress, Workers, sweep

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
        limits; ``regime`` is -1 where the ball, or that of the same rule at ``eta = 1``, leaves it open.
        Where ``enclosed`` is false (not separable, or no box passes the test) all is nan and -1.

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
    check_certified_map(eta, kappa, Delta, rule=rule, **settings)
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
) -> None:
    """Refuse what `certified_map` would, before any work."""
    try:
        signature(RULES[one_of("rule", rule, RULES)]).bind(1.0, 1.0, 1.0, **settings)
    except TypeError as error:
        raise InputError(f"rule = {rule!r}: {error}") from None
    axes = [
        as_real(name, values, low=low, low_open=low == 0).ravel().tolist()
        for name, values, low in (("eta", eta, 1), ("kappa", kappa, 0), ("Delta", Delta, 0))
    ]
    if rule == "ridge-logistic":
        loss_settings(settings.get("loss", "plain"), 1.0)
        for at_eta, at_kappa, at_Delta in product(*axes):
            ridge_logistic_world(at_eta, at_kappa, at_Delta, settings["ridge"])


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
    enclose = partial(RULES[rule], **dict(settings))
    # not separable, or beyond what floats solve: arguments were checked before
    refused = ArithmeticError if rule == "plug-in" else (ArithmeticError, InputError)
    try:
        rates, balanced = enclose(eta, kappa, Delta), enclose(1.0, kappa, Delta)
    except refused:
        return _told(Ball(np.nan, np.nan), Ball(np.nan, np.nan), -1)
    regime = enclosed_regime(rates.recall, balanced.recall)
    return _told(rates.recall, rates.specificity, regime)


def _told(recall: Ball, specificity: Ball, regime: int) -> dict[str, float | int | bool]:
    return {
        "recall": recall.mid,
        "recall_radius": recall.radius,
        "specificity": specificity.mid,
        "specificity_radius": specificity.radius,
        "regime": regime,
        "enclosed": not np.isnan(recall.radius),
    }
