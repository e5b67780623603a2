"""Plug-in LDA with known covariance in high dimension: how kappa = n/d enters, in closed form.

n, d -> infinity with n/d -> kappa, at fixed eta and Delta; l = log eta, y = 1/kappa. The estimated
centre is biased against the minority by y sinh l, on top of the prior term l.
Source: the Raudys / Bickel-Levina line of high-dimensional LDA; the form used here, the exact
half-recall boundary and the regimes' cut points are derived in this project.
Checked by: identities, intervals, and Monte Carlo (`counterpoise.simulations`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from .gaussian import Rates
from .validation import as_real

__all__ = [
    "REGIMES",
    "ClassLoads",
    "class_loads",
    "direction_lost",
    "half_recall_log_imbalance",
    "plug_in_rates",
    "published_log_boundary",
    "regime",
    "sharp_constant",
]

REGIMES = ("normal", "mild", "extreme", "catastrophic")


class ClassLoads(NamedTuple):
    """Dimensions per training example of each class."""

    minority: NDArray[np.float64]
    majority: NDArray[np.float64]


def class_loads(eta: ArrayLike, kappa: ArrayLike) -> ClassLoads:
    """``g_1 = d/n_1 = (1+eta)/kappa`` and ``g_0 = d/n_0 = (1+eta)/(eta kappa)``; inputs broadcast."""
    eta = as_real("eta", eta, low=1)
    kappa = as_real("kappa", kappa, low=0, low_open=True)
    minority = (1.0 + eta) / kappa
    return ClassLoads(minority, minority / eta)


def plug_in_rates(
    eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike, tau: ArrayLike = 0.0
) -> Rates:
    """Limits of the plug-in rule's recall and specificity, known covariance.

    With loads g_1, g_0: ``recall = Phi([(Delta^2 - (g_1 - g_0))/2 - (1-tau) l] / V)``,
    ``specificity = Phi([(Delta^2 + (g_1 - g_0))/2 + (1-tau) l] / V)``, ``V^2 = Delta^2 + g_1 + g_0``.
    ``eta >= 1``, ``kappa > 0``, ``Delta > 0``, ``tau`` real (logit adjustment); all broadcast.
    """
    g1, g0 = class_loads(eta, kappa)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    tau = as_real("tau", tau)
    against_minority = 0.5 * (g1 - g0) + (1.0 - tau) * np.log(np.asarray(eta, dtype=np.float64))
    spread = np.sqrt(Delta**2 + g1 + g0)
    half = 0.5 * Delta**2
    return Rates(ndtr((half - against_minority) / spread), ndtr((half + against_minority) / spread))


def half_recall_log_imbalance(kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """The log imbalance at which plug-in recall is one half: the root of ``l + sinh(l)/kappa = Delta^2/2``.

    ``kappa > 0``, ``Delta > 0``; they broadcast. The root is unique: the left side increases in l.
    """
    kappa = as_real("kappa", kappa, low=0, low_open=True)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return np.vectorize(_half_recall_root, otypes=[float])(kappa, Delta)


def _half_recall_root(kappa: float, Delta: float) -> float:
    half = 0.5 * Delta**2
    # l <= half and sinh(l) <= kappa * half bracket the root from above.
    upper = min(half, np.arcsinh(kappa * half))
    return brentq(lambda l: l + np.sinh(l) / kappa - half, 0.0, upper, xtol=1e-14, rtol=1e-14)


def published_log_boundary(kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """The published collapse boundary ``log eta = Delta sqrt(kappa)`` (Essomba and Fokoue)."""
    kappa = as_real("kappa", kappa, low=0, low_open=True)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return Delta * np.sqrt(kappa)


def sharp_constant() -> float:
    """``c* = sup_x asinh(x^2/2)/x = 0.743187``: the least c for which ``log eta >= c Delta sqrt(kappa)``
    forces plug-in recall to one half or below, whatever Delta and kappa.

    At the maximum the derivative vanishes: ``x^2 / sqrt(1 + x^4/4) = asinh(x^2/2)`` with ``x > 1``.
    """
    x = brentq(
        lambda x: x**2 / np.sqrt(1 + x**4 / 4) - np.arcsinh(x**2 / 2), 1.0, 10.0, xtol=1e-15
    )
    return float(np.arcsinh(x**2 / 2) / x)


def regime(eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.int64]:
    """Index into `REGIMES` of the plug-in rule's recall R, relative to its recall R0 at eta = 1.

    normal: R >= 0.9 R0; mild: 0.5 <= R < 0.9 R0; extreme: 0.05 <= R < 0.5; catastrophic: R < 0.05.
    The published cut points were not available; these are this project's definition.
    """
    recall = plug_in_rates(eta, kappa, Delta).recall
    balanced = plug_in_rates(1.0, kappa, Delta).recall
    return np.select([recall < 0.05, recall < 0.5, recall < 0.9 * balanced], [3, 2, 1], default=0)


def direction_lost(eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.bool_]:
    """Where no threshold can recover: the squared cosine of the estimated direction is below 1/2.

    ``cos^2 = Delta^2 / (Delta^2 + g_1 + g_0)``, so this is ``g_1 + g_0 > Delta^2``.
    """
    g1, g0 = class_loads(eta, kappa)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return g1 + g0 > Delta**2
