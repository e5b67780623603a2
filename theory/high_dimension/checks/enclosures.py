"""Class accuracies in balls: the plug-in rule by its formula, max-margin by certified roots."""

from fractions import Fraction

from flint import arb

from ...numbers.precision import arb_precision
from .max_margin import BITS, normal, solved
from .ridge_logistic import as_floats

__all__ = ["max_margin_balls", "plug_in_balls"]

Balls = list[tuple[float, float]]


def plug_in_balls(eta: float, kappa: float, Delta: float, tau: float) -> Balls:
    """(mid, radius) of recall and specificity, covariance known, at the exact values of the floats."""
    with arb_precision(BITS):
        e, k, D = arb(eta), arb(kappa), arb(Delta)
        minority, majority = (1 + e) / k, (1 + e) / (e * k)
        against = (minority - majority) / 2 + (1 - arb(tau)) * e.log()
        spread, half = (D * D + minority + majority).sqrt(), D * D / 2
        return [
            as_floats(normal((half - against) / spread)),
            as_floats(normal((half + against) / spread)),
        ]


def max_margin_balls(eta: float, kappa: float, Delta: float) -> Balls:
    """(mid, radius) of recall and specificity, at the exact values of the floats."""
    with arb_precision(BITS):
        root = solved(*(str(Fraction(value)) for value in (Delta, eta, kappa)))
        if not root.margin > 0:
            raise ArithmeticError("the margin is not shown to be positive")
        centre = root.rho * arb(Delta) / 2
        return [
            as_floats(normal(centre + root.intercept)),
            as_floats(normal(centre - root.intercept)),
        ]
