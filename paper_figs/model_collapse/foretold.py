"""What theory says before any model is fitted: LDA's recall and collapse, and two more models' where it can.

Of LDA the limit law with estimated covariance gives recall at every imbalance. Of logistic regression the
limit of ridge regression gives the collapse on normal classes (C = 1 is the ridge 1/n), of the linear SVM
that of the max-margin classifier where normal classes separate, if C = 1 does not bind. Of the other models
theory says nothing. Checked by: the closed forms it calls.
"""

from typing import Any

import numpy as np
from scipy.optimize import brentq

from ...methods.results.provenance import versions
from ...methods.results.records import write_json
from ...simulations.models import collapse_boundaries, training_counts
from ...simulations.separation import estimate_separation
from ...theory.foundation.validation import InputError
from ...theory.high_dimension import plug_in_rates, ridge_logistic, separability_threshold
from ...theory.high_dimension.max_margin import half_recall_imbalance
from ..stored import FOLDER
from .worlds import SEED, WORLDS, World

__all__ = ["PREDICTION", "foretell", "foretold_of"]

PREDICTION = FOLDER / "model_collapse.json"
RULES = {
    "lda recall": "Gaussian worlds, every eta: the limit law lies in the 95 % interval of the mean, widened "
    "by 1/d, the order of the limit's error",
    "collapse": "LDA, and where foretold logistic regression and linear SVM: the bootstrap interval of the "
    "collapse holds the place foretold; in tables it meets those of the ends of Delta's interval",
    "published boundary": "as published, of every model: recall is below one half where log eta exceeds "
    "Delta sqrt(kappa), so no collapse lies beyond it; as a place, the interval of the collapse holds it",
    "other models": "theory says nothing of where QDA, RBF SVM, random forest, gradient boosting, kNN, naive "
    "Bayes and MLP collapse",
    "seen before": "two replicates under seed 0 at eta = 1, 3, 9 of the first three worlds, to time them; "
    "nothing here was fitted to them",
}
"""What is foretold, and what decides it."""
_LARGEST = 1e4  # imbalance up to which a collapse is looked for


def foretell(data_dir: str | None = None) -> None:
    """Write the prediction; refuses to write over one."""
    if PREDICTION.exists():
        raise InputError(f"{PREDICTION} is there: a prediction is written once")
    told = {name: foretold_of(world, data_dir) for name, world in WORLDS.items()}
    write_json(PREDICTION, {"seed": SEED, "versions": versions(), "rules": RULES, "worlds": told})


def foretold_of(world: World, data_dir: str | None = None) -> dict[str, Any]:
    """Of one world: its Delta, with an interval where it is measured, the boundaries, and the models'."""
    source = world.source(data_dir)
    kappa = source.total / source.dimension
    told: dict[str, Any] = {"kappa": kappa, "n": source.total, "d": source.dimension}
    told |= _separations(world, data_dir)
    counts = [training_counts(eta, source.total) for eta in world.eta]
    ends = [end for end in (told["Delta"], *told.get("interval", ())) if end > 0]
    told["boundaries"] = [collapse_boundaries(kappa, end) for end in ends]
    told["lda_recall"] = [
        [
            round(float(plug_in_rates(n0 / n1, kappa, end, covariance="estimated").recall), 6)
            for n1, n0 in counts
        ]
        for end in ends
    ]
    if world.gaussian is not None:
        told["collapse"] = _collapses(kappa, told["Delta"], source.total)
    return told


def _separations(world: World, data_dir: str | None) -> dict[str, Any]:
    """Delta of the world; of a table on the rows to train on of its first split, and on those to test on."""
    if world.gaussian is not None:
        return {"Delta": world.gaussian.Delta}
    # as `sweep` and the replicates of `models_over_imbalance` have it
    seed = np.random.SeedSequence(SEED, spawn_key=(0,)).spawn(2)[0]
    pool = world.source(data_dir).pool(seed)
    told = {}
    for key, interval, parts in (
        ("Delta", "interval", (pool.majority, pool.minority)),
        ("held_out_Delta", "held_out_interval", (pool.test_majority, pool.test_minority)),
    ):
        labels = np.repeat([0, 1], [len(part) for part in parts])
        found = estimate_separation(np.concatenate(parts), labels)
        told[key] = round(float(found.Delta[0, 1]), 6)
        told[interval] = [round(float(end[0, 1]), 6) for end in (found.low, found.high)]
    return told


def _collapses(kappa: float, Delta: float, total: int) -> dict[str, float]:
    """Of models with a limit theory on normal classes."""

    def excess(log_eta: float) -> float:
        return ridge_logistic(float(np.exp(log_eta)), kappa, Delta, 1.0 / total).recall - 0.5

    found = {"lda": collapse_boundaries(kappa, Delta)["exact"]}
    found["logistic"] = float(np.exp(brentq(excess, 0.0, np.log(_LARGEST), xtol=1e-6)))  # type: ignore[arg-type]
    if kappa < separability_threshold(1.0, Delta):
        found["linear-svm"] = half_recall_imbalance(kappa, Delta)
    return {name: round(value, 6) for name, value in found.items()}
