"""The limit of the logistic model's estimate with error bounds: a box around the float solution.

The trapezoidal rule's error for analytic functions is bounded, and Krawczyk's test in ball arithmetic shows
that the limit system has exactly one solution in the box. That it is the limit is cited.
Checked by: printed numbers of the field, the float solver, a wrong box, which must fail.
"""

from typing import NamedTuple

from .logistic_model import logistic_mle, logistic_world
from .ridge_logistic_enclosure import Ball

__all__ = ["LogisticMLEEnclosure", "enclose_logistic_mle"]


class LogisticMLEEnclosure(NamedTuple):
    """What holds the numbers of `logistic_mle` that bear the same names."""

    signal: Ball
    noise: Ball
    intercept: Ball
    curvature: Ball
    likelihood_ratio: Ball


def enclose_logistic_mle(kappa: float, gamma: float, theta: float = 0.0) -> LogisticMLEEnclosure:
    """Balls that hold the limit for arguments as those of `logistic_mle`, at their exact float values.

    Raises
    ------
    InputError
        As `logistic_mle`.
    ArithmeticError
        If no box around the float solution passes Krawczyk's test: nothing is then shown.

    Examples
    --------
    >>> ball = enclose_logistic_mle(10, 0.0).likelihood_ratio
    >>> f"{ball.mid:.10f}", ball.radius < 1e-12
    ('1.1130660546', True)
    """
    from .checks.logistic_model import enclosed  # Arb loads when it is asked for

    kappa, gamma, theta = logistic_world(kappa, gamma, theta)
    near = logistic_mle(kappa, gamma, theta)
    return LogisticMLEEnclosure(*(Ball(*ball) for ball in enclosed(kappa, gamma, theta, near)))
