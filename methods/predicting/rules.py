"""The population optimum of a method as a recipe trains it, where a statement gives it.

Read off the loss, the plan and the sampling that training would use, not off a table of names, so a
setting such as ``la@tau=0.5`` has its rule. Batches are taken as independent draws. Checked by: minimising
each loss over the logits of finite populations.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...theory.consistency import recall_weights
from ...theory.foundation.arrays import ArrayLike
from ...theory.imbalance import class_prior
from ...theory.reweighting import batch_mean_weights
from ..calls import settings_of
from ..losses import (
    BalPoELoss,
    FocalLoss,
    GCALoss,
    GLALoss,
    MarginSoftmaxLoss,
    RebalancedLoss,
    SADELoss,
)
from ..posthoc import AlignmentRule, LogitAdjustmentRule, RetrainingRule
from ..protocols import Stage
from ..registry import Method, base_of, method_of
from ..results.prediction_file import Rule
from ..training import Recipe
from ..training.step import divides_by_weights

__all__ = ["rule_of", "training_shape"]

_FAMILY = ("offset_family.minimiser", "weighted_recall.best_rule")
_SAMPLED = ("vs_consistency.two_exponents",)
_NOISY = "wrong labels: the optimum is that of the noisy classes"
_ROUNDING = 1e-5  # constants of losses are held in single precision


def rule_of(method: str, class_counts: ArrayLike, recipe: Recipe | None = None) -> Rule:
    """What a method's optimum over all rules is, on data with these class counts.

    Parameters
    ----------
    method
        A name as in `Recipe.methods`.
    class_counts
        (K,), of the training set.
    recipe
        Whose last epoch counts, and whose head; the default recipe if none.

    Examples
    --------
    >>> rule_of("la", [90, 10]).recall_weights
    (0.5, 0.5)
    >>> rule_of("vs", [90, 10]).why
    'unequal multipliers leave a line of optima, whose ends predict different classes'
    """
    recipe, counts = recipe or Recipe(), np.asarray(class_counts)
    row = method_of(method)
    trained = _trained(base_of(method), counts, recipe)
    if not row.second:
        return trained
    if recipe.label_noise:
        return _unknown(method, _NOISY)
    return _after(method, row.build_rule(), trained, counts)


def training_shape(
    method: str, class_counts: ArrayLike, recipe: Recipe
) -> tuple[tuple[float, ...], ...] | None:
    """What training sees of a method's weights and offsets: methods of one shape train alike.

    A common constant of all offsets is not seen. None where more than that could differ.
    """
    counts, row = np.asarray(class_counts), method_of(method)
    if row.second or row.schedule != "Unscheduled()" or _excluded(row, recipe):
        return None
    criterion = row.build_loss(counts)
    if _outside(criterion, {}):
        return None
    weight = _per_class(criterion, {}, "weight", 1.0, counts)
    offset = _per_class(criterion, {}, "offset", 0.0, counts)
    return tuple(weight.round(5)), tuple((offset - offset.mean()).round(5))


def _trained(method: str, counts: Any, recipe: Recipe) -> Rule:
    """The rule of what a loss trains."""
    row = method_of(method)
    if why := _excluded(row, recipe):
        return _unknown(method, why)
    criterion = row.build_loss(counts)
    stage = _last_stage(row, counts, recipe)
    constants = stage.constants(criterion)
    as_it_comes = not constants and stage.drawn(counts) is counts
    if as_it_comes and (known := _order_only(row, criterion)):
        equal, statement = known
        weights = np.ones(len(counts)) if equal else class_prior(counts)
        return Rule(
            method=method,
            log_tilt=None,
            recall_weights=tuple((weights / weights.sum()).tolist()),
            statements=(statement, "weighted_recall.best_rule"),
            why="its optimal logits are no shift of the posterior's",
        )
    if as_it_comes and isinstance(criterion, BalPoELoss | SADELoss):
        tilt = -criterion.mean_offset.numpy()
        return _tilted(method, tilt, counts, (*_FAMILY, "experts.mean_tau"))
    if why := _outside(criterion, constants):
        return _unknown(method, why)
    weight = _per_class(criterion, constants, "weight", 1.0, counts)
    offset = _per_class(criterion, constants, "offset", 0.0, counts)
    prior = class_prior(counts)
    drawn = stage.drawn(prior)
    statements = _FAMILY if drawn is prior else (*_FAMILY, *_SAMPLED)
    if divides_by_weights(criterion) and np.ptp(np.log(weight)) > _ROUNDING:
        weight = batch_mean_weights(weight, drawn, recipe.batch_size)
        statements = (*statements, "batch_means.effective_weights")
    return _tilted(method, np.log(weight) - offset + np.log(drawn / prior), counts, statements)


def _after(method: str, rule: Any, trained: Rule, counts: Any) -> Rule:
    """The rule of what is done after training."""
    log_prior = np.log(class_prior(counts))
    match rule:
        case LogitAdjustmentRule(tau=tau) if trained.log_tilt is not None:
            tilt = np.asarray(trained.log_tilt) - tau * log_prior
            return _tilted(method, tilt, counts, (*trained.statements, "logit_adjustment.post_hoc"))
        case LogitAdjustmentRule():
            return _unknown(method, trained.why)
        case RetrainingRule(balanced=balanced):
            return _tilted(method, -balanced * log_prior, counts, (*_FAMILY, *_SAMPLED))
        case AlignmentRule(rho=rho) if trained.log_tilt is not None:  # its offsets reach every tilt
            return _tilted(method, -rho * log_prior, counts, (*_FAMILY, *_SAMPLED))
        case AlignmentRule():
            return _unknown(method, trained.why)
    return _unknown(
        method, "no statement gives the optimum of this second stage for every posterior"
    )


def _unknown(method: str, why: str) -> Rule:
    return Rule(method=method, log_tilt=None, recall_weights=None, statements=(), why=why)


def _last_stage(row: Method, counts: Any, recipe: Recipe) -> Stage:
    plan = row.build_schedule(counts, recipe.defer_epoch, recipe.epochs)
    return plan.stage(recipe.epochs - 1)


def _order_only(row: Method, criterion: nn.Module) -> tuple[bool, str] | None:
    """Losses whose optimum keeps the order of the balanced scores, or (False) that of the posterior."""
    kind: Any = criterion
    told = settings_of(row.loss)
    if getattr(kind, "label_smoothing", 0.0):
        return None
    if type(kind) is FocalLoss and kind.weight is None and told["gamma"] > 0:
        return False, "focal.classification_calibrated"
    if type(kind) is RebalancedLoss and kind.weight is None:
        return True, "binary_link.link"
    if type(kind) is GLALoss:
        return True, "gla.offset"
    if type(kind) is GCALoss and kind.temperature is None and 0 <= told["q"] < 1:
        return True, "gca.average_bound"
    return None


def _tilted(method: str, tilt: Any, counts: Any, statements: tuple[str, ...]) -> Rule:
    weights = recall_weights(tilt, counts)
    if np.ptp(np.log(weights)) < _ROUNDING:
        weights = np.full(len(counts), 1.0 / len(counts))
    centred = tuple(float(round(x, 6)) + 0.0 for x in tilt - tilt.mean())
    return Rule(
        method=method,
        log_tilt=centred,
        recall_weights=tuple(weights.tolist()),
        statements=statements,
        why="",
    )


def _excluded(row: Method, recipe: Recipe) -> str:
    """Why a recipe's training has no known optimum with this method; empty if it may have one."""
    if recipe.label_noise:
        return _NOISY
    if row.trains_on_validation:
        return "validation images are training images as well: other class counts than the run's"
    if (recipe.head or row.head).startswith("cosine"):
        return "bounded cosine scores: population logits are out of reach"
    if row.mixup:
        return "images that are mixed in pairs: other posteriors than those of images"
    if row.source != "UniformWeights()":
        return "weights of single examples that training itself finds"
    return ""


def _outside(criterion: nn.Module, constants: Mapping[str, Tensor]) -> str:
    """Why a loss is outside the family whose optimum is a tilted posterior."""
    if not isinstance(criterion, MarginSoftmaxLoss):
        return "no statement gives the optimum of this loss for every posterior"
    if type(criterion).forward is not MarginSoftmaxLoss.forward or criterion.link is not None:
        return "no statement gives the optimum of this loss for every posterior"
    scale = _held(criterion, constants, "scale")
    if scale is not None and float(np.ptp(scale.numpy())) > _ROUNDING:
        return "unequal multipliers leave a line of optima, whose ends predict different classes"
    if scale is not None and float((scale - 1).abs().max()) > _ROUNDING:
        return "a scale of all logits: their size is not that of the posterior's"
    for name, neutral in (("temperature", 1.0), ("target_margin", 0.0)):
        value = _held(criterion, constants, name)
        if value is not None and float((value - neutral).abs().max()) > _ROUNDING:
            return "margins on the true class only: their optimum is no tilted posterior"
    offset = _held(criterion, constants, "offset")
    if offset is not None and offset.ndim > 1:
        return "margins between pairs of classes: their optimum is no tilted posterior"
    return ""


def _held(criterion: nn.Module, constants: Mapping[str, Tensor], name: str) -> Tensor | None:
    value: Any = constants.get(name, getattr(criterion, name, None))
    return None if value is None else torch.as_tensor(value, dtype=torch.float64)


def _per_class(
    criterion: nn.Module, constants: Mapping[str, Tensor], name: str, neutral: float, counts: Any
) -> Any:
    value = _held(criterion, constants, name)
    return np.full(len(counts), neutral) if value is None else np.broadcast_to(value, len(counts))
