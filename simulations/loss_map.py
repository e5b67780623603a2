"""What ridge logistic regression is worth under each loss, and what of its harm a threshold repairs.

The limit's test scores are Gaussian (`theory.high_dimension.ridge_logistic`), so that every metric is a
population formula at the rule's own separability and threshold. Where a metric has a best threshold, what is
missing to the Bayes rule falls into two parts: what that threshold on the learnt score repairs, and what is
lost with the direction. Checked by: scores drawn and counted, training on samples.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ..theory.foundation.validation import InputError, as_number, one_of
from ..theory.gaussian import (
    average_precision,
    best_f1,
    calibration_error,
    f1_optimal_threshold,
    f1_score,
    geometric_mean,
    log_false_over_true,
    roc_area,
)
from ..theory.high_dimension import (
    REGIMES,
    Ball,
    RidgeLogistic,
    effective_error_parts,
    enclosed_regime,
    ridge_logistic,
    ridge_logistic_world,
)
from .sweep import Progress, Workers, as_axis, sweep

__all__ = ["LOSSES", "limit_metrics", "loss_map", "loss_settings"]

_VS_EXPONENT = 0.3

LOSSES: Mapping[str, Callable[[float], dict[str, Any]]] = {
    "plain": lambda eta: {},
    "weighted": lambda eta: {"class_weights": ((1 + eta) / (2 * eta), (1 + eta) / 2)},
    "adjusted": lambda eta: {"tau": 1.0},
    "vs": lambda eta: {"tau": 1.0, "scales": (1.0, float(eta) ** -_VS_EXPONENT)},
}
"""Settings of `ridge_logistic` by imbalance: none, inverse-frequency weights of mean 1, logit adjustment with
tau = 1, and the VS loss with tau = 1 and gamma = 0.3."""

_LABELS = {
    "recall": ("minority recall", "1"),
    "specificity": ("majority accuracy", "1"),
    "precision": ("minority precision", "1"),
    "f1": ("F1 of the minority", "1"),
    "f1_threshold_part": ("F1 that the best threshold would add", "1"),
    "f1_direction_part": ("F1 lost with the direction", "1"),
    "f1_threshold": ("score above which F1 is greatest; 0 is the rule's own", "1"),
    "geometric_mean": ("geometric mean of both class accuracies", "1"),
    "geometric_mean_threshold_part": ("what the best threshold would add to it", "1"),
    "geometric_mean_direction_part": ("what it loses with the direction", "1"),
    "balanced_error": ("balanced error", "1"),
    "balanced_error_threshold_part": ("what the best threshold would take off it", "1"),
    "balanced_error_direction_part": ("what it owes to the direction", "1"),
    "balanced_error_bayes_part": ("what the Bayes rule errs by", "1"),
    "roc_auc": ("area under the ROC curve", "1"),
    "roc_auc_direction_part": ("area lost with the direction", "1"),
    "average_precision": ("area under the precision-recall curve", "1"),
    "average_precision_direction_part": ("area lost with the direction", "1"),
    "calibration_error": ("mean distance of the stated probability from the posterior", "1"),
    "alignment": ("cosine of the learnt direction with the best one", "1"),
    "direction_lost": ("squared cosine below one half", "1"),
    "regime": (f"regime index into {', '.join(REGIMES)}; -1: not decided", "1"),
}


def loss_settings(loss: str, eta: float) -> dict[str, Any]:
    """What `ridge_logistic` takes for a loss of `LOSSES` at an imbalance.

    Examples
    --------
    >>> loss_settings("weighted", 3.0)
    {'class_weights': (0.6666666666666666, 2.0)}
    """
    return LOSSES[one_of("loss", loss, LOSSES)](eta)


def loss_map(
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    ridge: float,
    evaluation_eta: float | None = None,
    n_jobs: Workers = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Every metric of every loss of `LOSSES` in the limit, at every (eta, kappa, Delta).

    Parameters
    ----------
    eta, kappa, Delta, ridge
        As in `ridge_logistic`; the first three are lists.
    evaluation_eta
        Majority over minority, at least 1, where precision, F1, average precision and calibration are
        judged; that of training by default. The rest does not depend on it.
    n_jobs, checkpoint, progress
        As in `sweep`.

    Returns
    -------
    xarray.Dataset
        Dimensions ``loss, eta, kappa, Delta``; ``loss`` counts `LOSSES`, whose names are in
        ``attrs["losses"]``. Every variable carries ``long_name`` and ``units``. ``regime`` is that of the
        same loss: its recall against its recall at ``eta = 1``. Where floats find no solution all is nan
        and -1.

    Raises
    ------
    InputError
        If a value leaves its domain.

    Examples
    --------
    >>> world = loss_map([1, 30], [2], [3], ridge=0.1)
    >>> plain, adjusted = world.sel(loss=0, eta=30), world.sel(loss=2, eta=30)
    >>> bool(plain.balanced_error_threshold_part > 20 * adjusted.balanced_error_threshold_part)
    True
    """
    evaluation_eta = check_loss_map(eta, kappa, Delta, ridge=ridge, evaluation_eta=evaluation_eta)
    dataset = sweep(
        partial(_cell, ridge=float(ridge), evaluation_eta=evaluation_eta),
        {"loss": range(len(LOSSES)), "eta": eta, "kappa": kappa, "Delta": Delta},
        n_jobs=n_jobs,
        checkpoint=checkpoint,
        progress=progress,
    )
    for name, (long_name, units) in _LABELS.items():
        dataset[name].attrs = {"long_name": long_name, "units": units}
    dataset.attrs |= {
        "losses": " ".join(LOSSES),
        "regimes": " ".join(REGIMES),
        "ridge": float(ridge),
    }
    if evaluation_eta is not None:
        dataset.attrs["evaluation_eta"] = evaluation_eta
    return dataset


def check_loss_map(
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    ridge: float,
    evaluation_eta: float | None = None,
) -> float | None:
    """Refuse what `loss_map` would, before any work; the evaluation's class ratio."""
    grid = {"eta": eta, "kappa": kappa, "Delta": Delta}
    axes = [as_axis(name, axis).tolist() for name, axis in grid.items()]
    for at_eta, at_kappa, at_Delta in product(*axes):
        ridge_logistic_world(at_eta, at_kappa, at_Delta, ridge)
    if evaluation_eta is None:
        return None
    return as_number("evaluation_eta", evaluation_eta, low=1, high=1e6)


def limit_metrics(limit: RidgeLogistic, Delta: float, evaluation_eta: float) -> dict[str, float]:
    """The metrics of `loss_map` of one limit, judged at a class ratio; no regime among them.

    Examples
    --------
    >>> metrics = limit_metrics(ridge_logistic(10, 2, 3, 0.1), 3.0, 10.0)
    >>> round(metrics["roc_auc"], 3), round(metrics["calibration_error"], 3)
    (0.944, 0.048)
    """
    kept, threshold = float(limit.effective.Delta), float(limit.effective.threshold)
    parts = effective_error_parts(kept, threshold, Delta)
    f1, best = f1_score(threshold, kept, evaluation_eta), best_f1(evaluation_eta, kept)
    mean, middle = geometric_mean(threshold, kept), geometric_mean(0.0, kept)
    cut = f1_optimal_threshold(evaluation_eta, kept)
    area, average = roc_area(kept), average_precision(evaluation_eta, kept)
    values = {
        "recall": limit.recall,
        "specificity": limit.specificity,
        "precision": 1.0 / (1.0 + evaluation_eta * np.exp(log_false_over_true(threshold, kept))),
        "f1": f1,
        "f1_threshold_part": best - f1,
        "f1_direction_part": best_f1(evaluation_eta, Delta) - best,
        "f1_threshold": limit.norm * cut + limit.intercept,
        "geometric_mean": mean,
        "geometric_mean_threshold_part": middle - mean,
        "geometric_mean_direction_part": geometric_mean(0.0, Delta) - middle,
        "balanced_error": parts.threshold + parts.direction + parts.bayes,
        "balanced_error_threshold_part": parts.threshold,
        "balanced_error_direction_part": parts.direction,
        "balanced_error_bayes_part": parts.bayes,
        "roc_auc": area,
        "roc_auc_direction_part": roc_area(Delta) - area,
        "average_precision": average,
        "average_precision_direction_part": average_precision(evaluation_eta, Delta) - average,
        "calibration_error": calibration_error(limit.norm, limit.intercept, kept, evaluation_eta),
        "alignment": limit.alignment,
        "direction_lost": limit.alignment**2 < 0.5,
    }
    return {name: np.asarray(value).item() for name, value in values.items()}


def _cell(
    loss: float,
    eta: float,
    kappa: float,
    Delta: float,
    *,
    ridge: float,
    evaluation_eta: float | None,
    seed: np.random.SeedSequence,
) -> dict[str, float | int | bool]:
    del seed  # nothing is drawn
    name = list(LOSSES)[int(loss)]
    try:
        limit = ridge_logistic(eta, kappa, Delta, ridge, **loss_settings(name, eta))
        balanced = ridge_logistic(1.0, kappa, Delta, ridge, **loss_settings(name, 1.0))
    except InputError:  # beyond what floats solve: arguments were checked before
        nothing = dict.fromkeys(_LABELS, np.nan)
        return nothing | {"direction_lost": False, "regime": -1}
    found = limit_metrics(limit, Delta, evaluation_eta or eta)
    regime = enclosed_regime(_ball(limit), _ball(balanced))
    return found | {"regime": regime}


def _ball(limit: RidgeLogistic) -> Ball:
    """A recall of the float solver, with room for what it is off by: above all the intercept's rounding."""
    rounding = float(np.finfo(float).eps) * max(1.0, abs(limit.intercept)) / limit.norm
    return Ball(limit.recall, 1e-10 + 100 * rounding)
