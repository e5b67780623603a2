"""Synthetic worlds that hold the theory against sampling, and sweeps over grids of them."""

from .certified_map import certified_map
from .gaussian import SimulatedRates, sample_plug_in, simulate_plug_in
from .loss_map import LOSSES, limit_metrics, loss_map, loss_settings
from .models import GaussianSource, TableSource, models_over_imbalance
from .plan import loss_remedies, loss_table, plan, plan_table
from .regimes import regime_sweep, standardised_difference
from .ridge_logistic import (
    TrainedLogistic,
    sample_ridge_logistic,
    simulate_ridge_logistic,
)
from .ridge_softmax import TrainedSoftmax, sample_ridge_softmax
from .separation import estimate_separation
from .storage import load_dataset, save_dataset
from .sweep import sweep

__all__ = [
    "LOSSES",
    "GaussianSource",
    "SimulatedRates",
    "TableSource",
    "TrainedLogistic",
    "TrainedSoftmax",
    "certified_map",
    "estimate_separation",
    "limit_metrics",
    "load_dataset",
    "loss_map",
    "loss_remedies",
    "loss_settings",
    "loss_table",
    "models_over_imbalance",
    "plan",
    "plan_table",
    "regime_sweep",
    "sample_plug_in",
    "sample_ridge_logistic",
    "sample_ridge_softmax",
    "save_dataset",
    "simulate_plug_in",
    "simulate_ridge_logistic",
    "standardised_difference",
    "sweep",
]
