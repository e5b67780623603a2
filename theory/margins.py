"""Label-dependent margins: how a margin budget is best split between classes.

Claimed by Cao, Wei, Gaidon, Arechiga, Ma, "Learning Imbalanced Datasets with Label-Distribution-Aware
Margin Loss" (NeurIPS 2019), Section 3 and Theorem 2. Checked by: stationarity (symbolic), the
tangent inequality that gives the optimum for every K (SMT), exact witnesses for the false exponents.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .validation import as_class_counts, as_real

__all__ = ["ldam_margins", "margin_tradeoff", "optimal_margins"]


def ldam_margins(class_counts: ArrayLike, max_margin: float = 0.5) -> NDArray[np.float64]:
    """LDAM's margins ``m_j = max_margin * (n_min / n_j)^(1/4)``, shape (K,); the rarest class has ``max_margin``."""
    counts = as_class_counts(class_counts)
    margin = as_real("max_margin", max_margin, low=0)
    return margin * (counts.min() / counts) ** 0.25


def optimal_margins(class_counts: ArrayLike, total: float = 1.0) -> NDArray[np.float64]:
    """Minimiser of `margin_tradeoff` over margins of the given sum: ``g_j ~ n_j^(-1/4)``, shape (K,)."""
    total = float(as_real("total", total, low=0, low_open=True))
    shape = ldam_margins(class_counts, 1.0)
    return total * shape / shape.sum()


def margin_tradeoff(margins: ArrayLike, class_counts: ArrayLike) -> float:
    """The class-dependent part of the margin bound, ``sum_j 1 / (g_j sqrt(n_j))``, for margins ``g_j > 0``."""
    counts = as_class_counts(class_counts)
    margins = as_real("margins", margins, low=0, low_open=True)
    return float(np.sum(1.0 / (margins * np.sqrt(counts))))
