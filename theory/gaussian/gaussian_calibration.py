"""How far the probability that a Gaussian score states is from the posterior.

Source: the calibrated logit of a score of law N(+-c + b, 1) is known (`max_margin.calibration`); the error is
the expected calibration error without bins. Checked by: sampled scores, quadrature to many digits.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, broadcasting

__all__ = ["calibration_error"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_BENDS = np.arange(-40.0, 40.5, 2.0)


@broadcasting
def calibration_error(
    scale: ArrayLike, shift: ArrayLike, Delta: ArrayLike, eta: ArrayLike
) -> NDArray[np.float64]:
    """``E|s(scale t + shift) - P(minority | t)|``, s the logistic function, t ~ N(+-Delta/2, 1).

    ``scale > 0`` and real ``shift`` are those of the stated logit in the standardised score t, ``eta > 0``
    is majority over minority where it is judged, ``0 < Delta <= 100``; all broadcast.
    """
    scale = as_real("scale", scale, low=0, low_open=True)
    shift = as_real("shift", shift)
    Delta = as_real("Delta", Delta, low=0, high=100, low_open=True)
    eta = as_real("eta", eta, low=0, low_open=True)
    return np.vectorize(_calibration_error, otypes=[float])(scale, shift, Delta, eta)


def _calibration_error(scale: float, shift: float, Delta: float, eta: float) -> float:
    prior = np.log(eta)
    low, high = -0.5 * Delta - 9.5, 0.5 * Delta + 9.5
    # panels are short beside both logistic steps, and meet where the two logits do
    marks = [np.arange(low, high, 0.5), (_BENDS - shift) / scale, (_BENDS + prior) / Delta, [high]]
    if scale != Delta:
        marks.append([-(prior + shift) / (scale - Delta)])
    edges = np.unique(np.clip(np.concatenate(marks), low, high))
    half = 0.5 * np.diff(edges)[:, None]
    t = (0.5 * (edges[1:] + edges[:-1])[:, None] + half * _NODES).ravel()
    minority, majority = (np.exp(-0.5 * (t + side * Delta) ** 2) for side in (-0.5, 0.5))
    density = (minority + eta * majority) / (1.0 + eta) / np.sqrt(2.0 * np.pi)
    gap = np.abs(expit(scale * t + shift) - expit(Delta * t - prior))
    return float(np.sum((half * _WEIGHTS).ravel() * density * gap))
