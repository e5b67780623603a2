"""Models of scikit-learn held against imbalance: on normal classes and on balanced tables made imbalanced."""

from .collapse import BOUNDARIES, Collapse, collapse, collapse_boundaries
from .estimators import MODELS
from .over_imbalance import MEASURES, means_and_intervals, models_over_imbalance, with_rates
from .sources import GaussianSource, Pool, TableSource, thinned, training_counts

__all__ = [
    "BOUNDARIES",
    "MEASURES",
    "MODELS",
    "Collapse",
    "GaussianSource",
    "Pool",
    "TableSource",
    "collapse",
    "collapse_boundaries",
    "means_and_intervals",
    "models_over_imbalance",
    "thinned",
    "training_counts",
    "with_rates",
]
