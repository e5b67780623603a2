"""Class accuracies with error bounds, and the regimes that they leave no doubt about.

The plug-in rule's are its formula in ball arithmetic; the max-margin classifier's follow from signs of its
increasing equation at both ends of a short interval. That the limit systems are the limits is what their
chapters prove or cite. Checked by: fifty digits, the float solvers, points on a regime's edge.
"""

from typing import NamedTuple

import numpy as np

from ..foundation.validation import as_number
from .lda import REGIME_EDGES
from .max_margin import max_margin
from .ridge_logistic_enclosure import Ball

__all__ = ["EnclosedRates", "enclose_max_margin", "enclose_plug_in", "enclosed_regime"]


class EnclosedRates(NamedTuple):
    """What holds a rule's two class accuracies."""

    recall: Ball
    specificity: Ball


def enclose_plug_in(eta: float, kappa: float, Delta: float, tau: float = 0.0) -> EnclosedRates:
    """Balls that hold `plug_in_rates` (covariance known), for its arguments at their exact float values.

    Raises
    ------
    InputError
        If an argument leaves its domain.

    Examples
    --------
    >>> ball = enclose_plug_in(10, 2, 3).recall
    >>> f"{ball.mid:.12f}", ball.radius < 1e-16
    ('0.471478819562', True)
    """
    from .checks.enclosures import plug_in_balls  # Arb loads when it is asked for

    eta, tau = as_number("eta", eta, low=1), as_number("tau", tau)
    kappa = as_number("kappa", kappa, low=0, low_open=True)
    Delta = as_number("Delta", Delta, low=0, low_open=True)
    return EnclosedRates(*(Ball(*ball) for ball in plug_in_balls(eta, kappa, Delta, tau)))


def enclose_max_margin(eta: float, kappa: float, Delta: float) -> EnclosedRates:
    """Balls that hold the accuracies of `max_margin`, for its arguments at their exact float values.

    Raises
    ------
    InputError
        As `max_margin`: an argument leaves its domain, or the classes are not separable.
    ArithmeticError
        If no interval around the float solution passes the test: nothing is then shown.

    Examples
    --------
    >>> ball = enclose_max_margin(10, 0.5, 2).recall
    >>> f"{ball.mid:.5f}", ball.radius < 1e-6
    ('0.06040', True)
    """
    from .checks.enclosures import max_margin_balls

    max_margin(eta, kappa, Delta)  # refuses what has no solution
    balls = max_margin_balls(float(eta), float(kappa), float(Delta))
    return EnclosedRates(*(Ball(*ball) for ball in balls))


def enclosed_regime(recall: Ball, balanced: Ball) -> int:
    """Index into `REGIMES` that every recall in a ball has, or -1 if the ball leaves it open.

    ``balanced`` holds the same rule's recall at eta = 1.

    Examples
    --------
    >>> enclosed_regime(Ball(0.3, 0.1), Ball(0.9, 0.0)), enclosed_regime(Ball(0.45, 0.1), Ball(0.9, 0.0))
    (2, -1)
    """
    catastrophic, extreme, share = REGIME_EDGES
    low, high = _ends(recall)
    mild = [
        np.nextafter(share * end, side) for end, side in zip(_ends(balanced), (-1, 2), strict=True)
    ]
    edges = ((catastrophic, catastrophic), (extreme, extreme), mild)
    for index, (least, most) in zip((3, 2, 1), edges, strict=True):
        if high < least:
            return index
        if low < most:
            return -1
    return 0


def _ends(ball: Ball) -> tuple[float, float]:
    """The ball's ends, moved outward by their own rounding."""
    return (
        float(np.nextafter(ball.mid - ball.radius, -np.inf)),
        float(np.nextafter(ball.mid + ball.radius, np.inf)),
    )
