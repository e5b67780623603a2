"""The limit of ridge logistic regression with error bounds: a box around the float solution.

Krawczyk's test in ball arithmetic shows that the limit system has exactly one solution in the box; the
integrals are Arb's, with the Gaussian's tails bounded. That the box's solution is the limit rests on what
the system rests on, Gordon's comparison and its unique optimum, which is cited.
Checked by: wrong boxes, which must fail, and a second quadrature, over the Gaussian itself. Numbers that the
field has printed are checked of the neighbouring system only, the estimate without a ridge
(`enclose_logistic_mle`).
"""

from fractions import Fraction
from typing import NamedTuple

from ..foundation.arrays import ArrayLike
from .ridge_logistic import ridge_logistic, ridge_logistic_world

__all__ = ["Ball", "RidgeLogisticEnclosure", "enclose_ridge_logistic"]


class Ball(NamedTuple):
    """All numbers at most ``radius`` from ``mid``."""

    mid: float
    radius: float

    def holds(self, value: float) -> bool:
        """Whether a float lies in the ball, decided exactly."""
        return abs(Fraction(value) - Fraction(self.mid)) <= Fraction(self.radius)


class RidgeLogisticEnclosure(NamedTuple):
    """What holds the numbers of `ridge_logistic` that bear the same names."""

    alignment: Ball
    norm: Ball
    intercept: Ball
    curvature: Ball
    recall: Ball
    specificity: Ball


def enclose_ridge_logistic(
    eta: float,
    kappa: float,
    Delta: float,
    ridge: float,
    *,
    tau: float = 0.0,
    class_weights: ArrayLike = (1.0, 1.0),
    scales: ArrayLike = (1.0, 1.0),
) -> RidgeLogisticEnclosure:
    """Balls that hold the limit for arguments as those of `ridge_logistic`, at their exact float values.

    Tests hold it to have balls at ridges 1e-6 and 1e3, under four losses and in far corners of eta, kappa and
    Delta. Below 1e-7 and far above 1e3 the float solution may be too coarse to start from.

    Raises
    ------
    InputError
        As `ridge_logistic`.
    ArithmeticError
        If no box around the float solution passes the test. There are then no balls, and nothing is shown,
        neither for the float solution nor against it.

    Examples
    --------
    >>> ball = enclose_ridge_logistic(10, 2, 3, 0.1).recall
    >>> f"{ball.mid:.12f}", ball.radius < 1e-12
    ('0.165844827233', True)
    """
    from .checks.ridge_logistic import enclosed  # Arb loads when it is asked for

    settings = {"tau": tau, "class_weights": class_weights, "scales": scales}
    near = ridge_logistic(eta, kappa, Delta, ridge, **settings)
    world = ridge_logistic_world(eta, kappa, Delta, ridge, **settings)
    start = (near.alignment * near.norm, near.intercept, near.norm, near.curvature)
    return RidgeLogisticEnclosure(*(Ball(*ball) for ball in enclosed(world, start, eta, tau)))
