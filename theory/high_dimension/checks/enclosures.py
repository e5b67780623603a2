"""Class accuracies in balls: the plug-in rule by its formula, max-margin by certified roots."""

from fractions import Fraction

from flint import arb, ctx

from .max_margin import _BITS, _Phi, _solve
from .ridge_logistic import _floats

__all__ = ["max_margin_balls", "plug_in_balls"]

Balls = list[tuple[float, float]]


def plug_in_balls(eta: float, kappa: float, Delta: float, tau: float) -> Balls:
    """(mid, radius) of recall and specificity, covariance known, at the exact values of the floats."""
    before, ctx.prec = ctx.prec, _BITS
    try:
        e, k, D = arb(eta), arb(kappa), arb(Delta)
        minority, majority = (1 + e) / k, (1 + e) / (e * k)
        against = (minority - majority) / 2 + (1 - arb(tau)) * e.log()
        spread, half = (D * D + minority + majority).sqrt(), D * D / 2
        return [_floats(_Phi((half - against) / spread)), _floats(_Phi((half + against) / spread))]
    finally:
        ctx.prec = before


def max_margin_balls(eta: float, kappa: float, Delta: float) -> Balls:
    """(mid, radius) of recall and specificity, at the exact values of the floats."""
    before = ctx.prec
    try:
        root = _solve(*(str(Fraction(value)) for value in (Delta, eta, kappa)))
        if not root.margin > 0:
            raise ArithmeticError("the margin is not shown to be positive")
        centre = root.rho * arb(Delta) / 2
        return [_floats(_Phi(centre + root.intercept)), _floats(_Phi(centre - root.intercept))]
    finally:
        ctx.prec = before
