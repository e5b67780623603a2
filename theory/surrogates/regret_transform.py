"""The regret transform of comp-sum losses: what zero-one regret costs in surrogate regret.

Claimed by Mao, Mohri, Zhong, "Cross-Entropy Loss Functions: Theoretical Analysis and Applications"
(ICML 2023). Checked by: the reallocation argument in single steps (intervals, SMT, identities), exact
enumeration on a grid.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import exprel

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_quoted,
    steps,
)
from ..foundation.validation import as_number, as_real, as_whole

__all__ = ["quadratic_transform", "transform", "transform_inverse"]

_Array = NDArray[np.float64]


def transform(regret: ArrayLike, q: float, num_classes: int = 2) -> _Array:
    """``T_q(t)``: the least surrogate regret at zero-one regret t in [0, 1], for -1 <= q <= 1.

    ``T_q(t) = c ((((1+t)^m + (1-t)^m)/2)^(1/m) - 1)/q`` with m = 1/(1-q), c = K^-q for q >= 0 and
    2^-q for q < 0. ``T_0 = ((1+t) log(1+t) + (1-t) log(1-t))/2``, ``T_1 = t/K``.
    """
    t = as_real("regret", regret, low=0, high=1)
    q, scale = _order_and_scale(q, num_classes)
    return scale * _shape(t, q)


def transform_inverse(surrogate_regret: ArrayLike, q: float, num_classes: int = 2) -> _Array:
    """The largest zero-one regret t in [0, 1] with ``T_q(t) <= surrogate_regret``."""
    value = as_real("surrogate_regret", surrogate_regret, low=0)
    q, scale = _order_and_scale(q, num_classes)
    value = value / scale
    if q == 1:
        return np.minimum(value, 1.0)
    if q == -1:
        half = np.minimum(value, 0.5)
        return 2 * np.sqrt(half * (1 - half))
    low, high = np.full_like(value, -400.0), np.zeros_like(value)  # log t, bisected
    for _ in range(64):
        middle = (low + high) / 2
        above = _shape(np.exp(middle), q) > value
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    root = np.where(value >= _shape(np.array(1.0), q), 1.0, np.exp((low + high) / 2))
    return np.where(value > 0, root, 0.0)


def quadratic_transform(regret: ArrayLike, q: float, num_classes: int = 2) -> _Array:
    """A lower bound of `transform` with an inverse in closed form, for -1 <= q <= 1.

    ``(1+q) t^2 / (2 K^q)`` for q >= 0, ``t^2 / (2^(1+q) (1-q))`` for q < 0.
    """
    t = as_real("regret", regret, low=0, high=1)
    q, scale = _order_and_scale(q, num_classes)
    return scale * t**2 / 2 * (1 + q if q >= 0 else 1 / (1 - q))


def _order_and_scale(q: float, num_classes: int) -> tuple[float, float]:
    q = as_number("q", q, low=-1, high=1)
    classes = as_whole("num_classes", num_classes, 2)
    return q, float(classes) ** -q if q >= 0 else 2.0**-q


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


def _shape(t: _Array, q: float) -> _Array:
    """``((((1+t)^m + (1-t)^m)/2)^(1/m) - 1)/q``, m = 1/(1-q), without cancellation.

    With t = tanh x the logarithm of the power mean is ``log cosh(m x)/m - log cosh x``, the integral
    over k from 1 to m of ``(k x tanh(k x) - log cosh(k x))/k^2``; for m <= 2 the quadrature is exact
    to rounding, beyond it the difference itself is.
    """
    if q == 1:
        return t
    with np.errstate(divide="ignore"):
        x = np.minimum(np.arctanh(t), 40.0)  # tanh 40 is one to 34 digits
    m = 1 / (1 - q)
    if q > 0.5:
        return np.expm1(_log_cosh(m * x) / m - _log_cosh(x)) / q
    k = (1 + m) / 2 + (m - 1) / 2 * _NODES
    y = k * x[..., None]
    mean = np.sum(_WEIGHTS / 2 * _tanh_excess(y) / k**2, -1)
    return m * mean * exprel(q * m * mean)


def _log_cosh(y: _Array) -> _Array:
    small = np.log1p(2 * np.sinh(np.minimum(y, 1.0) / 2) ** 2)
    return np.where(y < 1, small, y - np.log(2) + np.log1p(np.exp(-2 * y)))


def _tanh_excess(y: _Array) -> _Array:
    """``y tanh y - log cosh y >= 0`` for y >= 0."""
    small = y * np.tanh(y) - _log_cosh(y)
    decay = np.exp(-2 * y)
    return np.where(y < 1, small, np.log(2) - np.log1p(decay) - 2 * y * decay / (1 + decay))


# ------------------------------------------------------------------------------------ statements

_SOURCE = "Mao, Mohri, Zhong (ICML 2023)"
_HALF_SQUARES = "((1 + t)*log(1 + t) + (1 - t)*log(1 - t))/2"
_EVEN = "((1 + t)**(1 + q) + (1 - t)**(1 + q))/2"
_PAIR = {"A": "positive", "C": "positive", "u": "positive", "v": "positive"}

TRANSFORM = Statement(
    name="regret_transform.transform",
    title="Any number of classes: zero-one regret t costs surrogate regret at least T_q(t), -1 <= q <= 1",
    source=f"{_SOURCE}, Theorem 3.1; the proof by reallocation is derived here",
    formula=state_quoted(
        "surrogate regret >= T_q(zero-one regret), with T_0(t) = ((1+t)log(1+t) + (1-t)log(1-t))/2",
        r"\mathcal{T}_q(t) = \frac{c}{q}\Bigl[\Bigl(\tfrac{(1+t)^{m}+(1-t)^{m}}{2}\Bigr)^{1/m} - 1\Bigr],"
        r"\quad m = \tfrac{1}{1-q},\quad c = K^{-q}\ (q \ge 0),\ 2^{-q}\ (q < 0)",
    ),
    steps=steps(
        (
            "best split of a mass between the best and the predicted class: least value, A = a^m, C = c^m",
            state(
                "A**(1 - q)*(A/(A + C))**q + C**(1 - q)*(C/(A + C))**q == (A + C)**(1 - q)",
                A="positive",
                C="positive",
                q="(-oo, 1)",
            ),
        ),
        (
            "what is gained by moving has this slope in the best class's mass u",
            state_derivative(
                "(A + C)**(1 - q)*(u + v)**q/q - A**(1 - q)*u**q/q",
                "u",
                "(A + C)**(1 - q)*(u + v)**(q - 1) - A**(1 - q)*u**(q - 1)",
                q="nonzero",
                **_PAIR,
            ),
        ),
        (
            "the slope is not positive while u <= v, so the least gain is at u = v",
            state("(A + C)/(u + v) <= A/u", given=["A >= C", "u <= v"], **_PAIR),
        ),
        (
            "q < 0: nor is it at a fixed sum u + v, where the gain is least at two equal halves",
            state("C/v <= A/u", given=["A >= C", "u <= v"], **_PAIR),
        ),
        (
            "at u = v = s the least value is s^q times twice a power mean, 2X = A + C",
            state(
                "(2*s)**q*(2*X)**(1 - q) == 2*s**q*X**(1 - q)", X="positive", s="positive", q="real"
            ),
        ),
        (
            "whose factor 2 belongs to 2a and 2c: it is s^q (((2a)^m + (2c)^m)/2)^(1/m)",
            state("(2**m*X)**(1/m) == 2*X**(1/m)", X="positive", m="positive"),
        ),
        (
            "with a, c = (P + t)/2, (P - t)/2 it is a maximum (q < 0: minimum) of lines of this slope in P",
            state(
                "((P + t)*(1 + z)**q + (P - t)*(1 - z)**q)/2 - P"
                " == P*(((1 + z)**q + (1 - z)**q)/2 - 1) + t*((1 + z)**q - (1 - z)**q)/2",
                P="(0, 1]",
                t="[0, 1]",
                z="(-1, 1)",
                q="real",
            ),
        ),
        (
            "which is not positive for 0 < q < 1: the gain is least at P = 1",
            state("((1 + z)**q + (1 - z)**q)/2 <= 1", z="[0, 1)", q="(0, 1)"),
        ),
        (
            "and not negative for q < 0, where it is divided by q",
            state("((1 + z)**q + (1 - z)**q)/2 >= 1", z="[0, 1)", q="[-1, 0)"),
        ),
        (
            "q = 0: the gain at u = v in terms of b = t/P",
            state(
                "P*(1 + b)/2*log((P*(1 + b)/2)/(P/2)) + P*(1 - b)/2*log((P*(1 - b)/2)/(P/2))"
                " == P*((1 + b)*log(1 + b) + (1 - b)*log(1 - b))/2",
                P="positive",
                b="(-1, 1)",
            ),
        ),
        (
            "q = 0: its slope in P is log(1 - b^2)/2, not positive",
            state_derivative(
                "((P + t)*log((P + t)/P) + (P - t)*log((P - t)/P))/2",
                "P",
                "(log((P + t)/P) + log((P - t)/P))/2",
                P="[1, oo)",
                t="(0, 1)",
            ),
        ),
        (
            "q = 1: the predicted class has s >= 1/K and loses t s",
            state("s*t >= t/K", given="s >= 1/K", s="(0, 1]", t="[0, 1]", K="integer 2.."),
        ),
        (
            "T_(-1)(t) = 1 - sqrt(1 - t^2)",
            state(
                "2*(1 - (((1 + t)**(1/2) + (1 - t)**(1/2))/2)**2) == 1 - sqrt(1 - t**2)", t="[0, 1]"
            ),
        ),
        (
            "every posterior and every positive prediction on a grid, three classes, four orders",
            state_computed("h_consistency:regret_dominates_transform", classes=3, parts=7),
            "B-L5",
        ),
    ),
    argument="Keep all probabilities but those of the best class y* and of the predicted class: the regret "
    "is at least what reallocating their mass gains. That is least where the two are equal: for q >= 0 at "
    "s = s_pred >= 1/K, the largest probability; for q < 0 at s = (u + v)/2 <= 1/2. With P = a + c <= 1 "
    "fixed last at one, s^q (M - 1)/q is at least T_q(t), since (M - 1)/q >= 0 and s^q >= K^-q (q >= 0), "
    "2^-q (q < 0).",
    mutants=mutants(
        (
            "T_0(t) = t^2/2 exactly",
            state(f"{_HALF_SQUARES} == t**2/2", t="(0, 1)"),
        ),
        (
            "the factor K^-q dropped: posterior (1, 0), prediction (1/2, 1/2), q = 1/2, t = 1",
            state("2*(1 - (1/2)**(1/2)) >= 2*(sqrt(2) - 1)"),
        ),
        (
            "the mean of powers is at most one for q < 0 as well",
            state("((1 + z)**q + (1 - z)**q)/2 <= 1", z="[0, 1)", q="[-1, 0)"),
        ),
    ),
    symbols={
        "t": "conditional zero-one regret, max b - b_pred",
        "a": "posterior of the best class; A = a^m",
        "X": "(A + C)/2",
        "c": "posterior of the predicted class; C = c^m",
        "u": "the model's probability of the best class",
        "v": "the model's probability of the predicted class",
        "P": "a + c",
        "z": "parameter of the lines, from s = (1 + z)/2, (1 - z)/2",
    },
    rests_on=("comp_sum.conditional_minimiser",),
    ids=("B4", "B-L5"),
    functions=("transform", "transform_inverse"),
)

QUADRATIC = Statement(
    name="regret_transform.quadratic",
    title="T_q(t) >= (1+q) t^2/(2 K^q) for 0 <= q <= 1, and t^2/(2^(1+q) (1-q)) for -1 <= q < 0",
    source="derived here; sharper than the t^2/(2 K^q) in use by the factor 1 + q",
    formula=state_quoted(
        "T_q(t) >= (1+q) t^2/(2 K^q) for 0 <= q <= 1",
        r"\mathcal{T}_q(t) \ge \frac{(1+q)\,t^2}{2K^q}\ (0 \le q \le 1),\qquad "
        r"\mathcal{T}_q(t) \ge \frac{t^2}{2^{1+q}(1-q)}\ (-1 \le q < 0)",
    ),
    steps=steps(
        (
            "0 < q < 1: with s = (1 + t)/2, (1 - t)/2 the power mean is at least an even function ...",
            state(
                f"((1 + t)*((1 + t)/2)**q + (1 - t)*((1 - t)/2)**q)*2**q/2 == {_EVEN}",
                t="[0, 1)",
                q="(0, 1)",
            ),
            "B-L4",
        ),
        (
            "... whose slope vanishes at t = 0 ...",
            state_derivative(
                _EVEN, "t", "(1 + q)*((1 + t)**q - (1 - t)**q)/2", t="[0, 1)", q="(0, 1)"
            ),
            "B-L4",
        ),
        (
            "... and whose curvature ...",
            state_derivative(
                "(1 + q)*((1 + t)**q - (1 - t)**q)/2",
                "t",
                "q*(1 + q)*((1 + t)**(q - 1) + (1 - t)**(q - 1))/2",
                t="[0, 1)",
                q="(0, 1)",
            ),
            "B-L4",
        ),
        (
            "... is at least q (1 + q), so it exceeds 1 + q (1+q) t^2/2",
            state("((1 + t)**(q - 1) + (1 - t)**(q - 1))/2 >= 1", t="[0, 1)", q="(0, 1)"),
            "B-L4",
        ),
        (
            "q = 0, with slack t^4/12: equality holds at t = 0 only",
            state(f"{_HALF_SQUARES} >= t**2/2 + t**4/12", t="[0, 1)"),
            "B-L4",
        ),
        ("q = 1", state("t/K >= 2*t**2/(2*K)", t="[0, 1]", K="integer 2.."), "B-L4"),
        (
            "q < 0: with s ~ 1 + w, 1 - w, w = t/(1-q), the power mean is at most F(w), of slope ...",
            state_derivative(
                "(1 + w)**q*(1 + (1 - q)*w)",
                "w",
                "(1 + w)**(q - 1)*(1 + (1 - q**2)*w)",
                w="(-1, 1)",
                q="[-1, 0)",
            ),
        ),
        (
            "... and curvature q (1-q) times this, in w and in -w ...",
            state_derivative(
                "(1 + w)**(q - 1)*(1 + (1 - q**2)*w)",
                "w",
                "q*(1 - q)*((1 + q)*(1 + w)**(q - 1) - q*(1 + w)**(q - 2))",
                w="(-1, 1)",
                q="[-1, 0)",
            ),
        ),
        (
            "... whose powers lie above their tangents at w = 0 ...",
            state("(1 + w)**p >= 1 + p*w", w="(-1, 1)", p="[-3, 0]"),
        ),
        (
            "... so that the brackets of w and of -w add up to at least 2",
            state(
                "(1 + q)*(1 + (q - 1)*w) - q*(1 + (q - 2)*w)"
                " + (1 + q)*(1 - (q - 1)*w) - q*(1 - (q - 2)*w) == 2",
                w="(-1, 1)",
                q="[-1, 0]",
            ),
        ),
        ("q = -1, decided directly", state("1 - sqrt(1 - t**2) >= t**2/2", t="[0, 1]")),
    ),
    argument="By the conditional minimiser the power mean of 1 + t and 1 - t is the largest (q < 0: "
    "smallest) mean of (1 + t) (2 s)^q and (1 - t) (2 - 2 s)^q, so any s bounds it. The bounding function is "
    "even with value one at zero; its curvature bounds it by a parabola.",
    mutants=mutants(
        ("twice the constant at q = 0", state(f"{_HALF_SQUARES} >= t**2", t="(0, 1)")),
        (
            "q = 0 in the form t^2/2 + t^4/6",
            state(f"{_HALF_SQUARES} >= t**2/2 + t**4/6", t="(0, 1)"),
        ),
        (
            "the local constant 1/(1-q) for all t at q = 1/2",
            state("2*(sqrt(1 + t**2) - 1) >= t**2", t="(0, 1]"),
        ),
    ),
    symbols={
        "t": "zero-one regret",
        "q": "order of the loss",
        "w": "t/(1-q)",
        "p": "a negative exponent",
    },
    rests_on=("comp_sum.conditional_minimiser", "regret_transform.transform"),
    ids=("B-L4",),
    functions=("quadratic_transform",),
    corrects="The bound t^2/(2 K^q) is not the best of its form for q > 0: the factor 1 + q is free, and "
    "every regret bound that inverts it shrinks by sqrt(1 + q).",
)

STATEMENTS = (TRANSFORM, QUADRATIC)
