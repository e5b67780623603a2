"""Moments of a rectified Gaussian, max(G + t, 0): what pushes cost in max-margin problems.

Source: standard. Checked by: derivatives, and the Mills ratio's bounds for the left tail.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from ..claims.stating import FORMULA, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_number, as_real

__all__ = [
    "inverse_rectified_mean",
    "log_rectified_mean",
    "log_rectified_square",
    "rectified_mean",
    "rectified_square",
]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def rectified_mean(t: ArrayLike) -> NDArray[np.float64]:
    """``E max(G + t, 0) = t Phi(t) + phi(t)`` for a standard normal G; any real ``t``."""
    return np.exp(log_rectified_mean(t))


def rectified_square(t: ArrayLike) -> NDArray[np.float64]:
    """``E max(G + t, 0)^2 = (t^2 + 1) Phi(t) + t phi(t)``; any real ``t``."""
    return np.exp(log_rectified_square(t))


def log_rectified_mean(t: ArrayLike) -> NDArray[np.float64]:
    """Logarithm of `rectified_mean`, finite however far to the left; any real ``t``."""
    return _log_rectified(as_real("t", t), 1)


def log_rectified_square(t: ArrayLike) -> NDArray[np.float64]:
    """Logarithm of `rectified_square`, finite however far to the left; any real ``t``."""
    return _log_rectified(as_real("t", t), 2)


def _log_rectified(t: NDArray[np.float64], power: int) -> NDArray[np.float64]:
    # phi(t) times the integral of s^power exp(t s - s^2/2) over s > 0, where the closed form cancels
    x = np.maximum(-t, 0.0)
    end = 80.0 / (x + np.sqrt(x * x + 80.0))
    s = 0.5 * end[..., None] * (1.0 + _NODES)
    weight = _WEIGHTS * s**power * np.exp(-x[..., None] * s - 0.5 * s * s)
    left = np.log(0.5 * end * np.sum(weight, axis=-1)) - 0.5 * x * x - 0.5 * np.log(2.0 * np.pi)
    u = np.maximum(t, 0.0)
    density = np.exp(-0.5 * u * u) / np.sqrt(2.0 * np.pi)
    closed = u * ndtr(u) + density if power == 1 else (u * u + 1.0) * ndtr(u) + u * density
    return np.where(t < 0.0, left, np.log(closed))


def inverse_rectified_mean(value: float) -> float:
    """The one t with ``E max(G + t, 0) = value > 0``."""
    value = as_number("value", value, low=0, low_open=True)
    low = -np.sqrt(max(-2.0 * np.log(value), 0.0)) - 1.0
    high = value * (1.0 + 1e-9) + 1.0
    root = brentq(lambda t: float(log_rectified_mean(t)) - np.log(value), low, high, xtol=1e-14)
    return float(root)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------ statements


RECTIFIED = statement(
    name="rectified_gaussian.moments",
    title="Rectified Gaussian moments: g_1' = Phi, g_2' = 2 g_1, both positive and increasing",
    source="standard",
    ids=("A-L12",),
    functions=("rectified_mean", "rectified_square", "inverse_rectified_mean"),
    where={
        "t: real": "any real number",
        "x: positive": "-t",
        "a: positive": "g_1",
        "P: (0, 1]": "Phi(t)",
    },
    theorem=(
        "G ~ N(0, 1), g_1(t) = E max(G + t, 0) = t Phi(t) + phi(t), g_2(t) = E max(G + t, 0)^2 = (t^2 + 1) "
        "Phi(t) + t phi(t): for all real t, g_1' = Phi and g_2' = 2 g_1; both are positive, strictly "
        "increasing and tend to 0 as t -> -oo",
        r"G\sim\mathcal N(0,1):\quad g_1(t)=\mathbb E(G+t)_+=t\,\Phi(t)+\phi(t),\quad g_2(t)=\mathbb E(G+t)"
        r"_+^2=(t^2+1)\Phi(t)+t\,\phi(t),\qquad g_1'=\Phi>0,\quad g_2'=2g_1>0,\quad "
        r"g_2>0\quad\forall\,t\in\mathbb R,\qquad g_1,g_2\to0\ (t\to-\infty)",
    ),
    formula=state_derivative(
        "(t**2 + 1)*Phi(t) + t*exp(-t**2/2)/sqrt(2*pi)",
        "t",
        "2*(t*Phi(t) + exp(-t**2/2)/sqrt(2*pi))",
    ),
    steps=(
        "slope_of_the_mean: the mean's slope is Phi",
        state_derivative("t*Phi(t) + exp(-t**2/2)/sqrt(2*pi)", "t", "Phi(t)"),
        "slope_of_the_square: the square's slope is twice the mean",
        FORMULA,
        "values_at_zero: their values at 0",
        (
            "0*Phi(0) + exp(-0**2/2)/sqrt(2*pi) == 1/sqrt(2*pi)",
            "(0**2 + 1)*Phi(0) + 0*exp(-0**2/2)/sqrt(2*pi) == 1/2",
        ),
        "mean_vanishes_on_the_left: on the left the mean vanishes: at -x it is below phi(x)/(x^2+1)",
        state_limit("exp(-x**2/2)/(x**2 + 1)", "0", "x"),
        "square_increases_with_mean: g_2 as a function of g_1 has the slope 2 g_1/Phi, which is positive",
        "2*a/P > 0",
    ),
    argument="E max(G + t, 0) is the integral of Phi up to t, and the square's slope is twice the mean. "
    "With the Mills ratio between x/(x^2+1) and 1/x both are positive and vanish on the left.",
    mutants=(
        "the square's slope is the mean",
        state_derivative(
            "(t**2 + 1)*Phi(t) + t*exp(-t**2/2)/sqrt(2*pi)",
            "t",
            "t*Phi(t) + exp(-t**2/2)/sqrt(2*pi)",
        ),
        "the mean of the square is the square of the mean",
        "(t**2 + 1)*Phi(t) + t*exp(-t**2/2)/sqrt(2*pi) == (t*Phi(t) + exp(-t**2/2)/sqrt(2*pi))**2",
    ),
    rests_on=("gaussian_curves.mills_ratio",),
)

STATEMENTS = (RECTIFIED,)
