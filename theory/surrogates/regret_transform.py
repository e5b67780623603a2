"""The regret transform of comp-sum losses: what zero-one regret costs in surrogate regret.

Claimed by Mao, Mohri, Zhong, "Cross-Entropy Loss Functions: Theoretical Analysis and Applications"
(ICML 2023). Checked by: the reallocation argument in single steps (intervals, SMT, identities), exact
enumeration on a grid.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import exprel

from ..claims.stating import state, state_computed, state_derivative, statement
from ..foundation.arrays import ArrayLike
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


TRANSFORM = statement(
    name="regret_transform.transform",
    title="Any number of classes: zero-one regret t costs surrogate regret at least T_q(t), -1 <= q <= 1",
    source="Mao, Mohri, Zhong (ICML 2023), Theorem 3.1; the proof by reallocation is derived here",
    ids=("B4", "B-L5"),
    functions=("transform", "transform_inverse"),
    where={
        "A: positive": "a^m of the best class",
        "C: positive": "c^m of the predicted class",
        "X: positive": "(A + C)/2",
        "s: positive": "common mass u = v; at order one that of the predicted class",
        "m: positive": "1/(1-q)",
        "P: (0, 1]": "a + c",
        "t: [0, 1]": "conditional zero-one regret, max b - b_pred",
        "z: [0, 1)": "parameter of the lines, from s = (1 + z)/2, (1 - z)/2",
        "q: real": "order of the loss",
        "u: positive": "the model's probability of the best class",
        "v: positive": "the model's probability of the predicted class",
        "b: (-1, 1)": "t/P, at order zero",
        "K: integer 2..": "number of classes",
        "a": "posterior of the best class; A = a^m",
        "c": "posterior of the predicted class; C = c^m",
    },
    theorem=(
        "for every K >= 2, -1 <= q <= 1, posterior b, positive model s and predicted class pred in argmax "
        "s, with t = max_y b_y - b_pred: sum_y b_y Psi_q(s_y) - min_{s'} sum_y b_y Psi_q(s'_y) >= T_q(t), "
        "T_q(t) = (c/q) [ (((1+t)^m + (1-t)^m)/2)^(1/m) - 1 ], m = 1/(1-q), c = K^-q (0 < q < 1), 2^-q (q "
        "< 0); T_0(t) = ((1+t) log(1+t) + (1-t) log(1-t))/2; T_1(t) = t/K",
        r"\sum_{y=1}^K b_y \Psi_q(s_y) - \min_{s' \in \Delta_K} \sum_{y=1}^K b_y \Psi_q(s'_y) \ge "
        r"\mathcal{T}_q\left( \max_y b_y - b_{\hat y} \right) \quad \forall K \ge 2,\ b \in \Delta_K,\ s "
        r"\in \Delta_K \cap (0,1)^K,\ \hat y \in \operatorname{argmax}_y s_y, \qquad \mathcal{T}_q(t) = "
        r"\begin{cases} \frac{c_q}{q} \left[ \left( \frac{(1+t)^{m} + (1-t)^{m}}{2} \right)^{1/m} - 1 "
        r"\right] & q \in [-1, 1) \setminus \{0\} \\ \frac{(1+t) \log(1+t) + (1-t) \log(1-t)}{2} & q = 0 "
        r"\\ t/K & q = 1 \end{cases} \quad m = \frac{1}{1-q},\ c_q = \begin{cases} K^{-q} & q > 0 \\ "
        r"2^{-q} & q < 0 \end{cases}",
    ),
    steps=(
        "best_split: best split of a mass between the best and the predicted class: least value, A = a^m, "
        "C = c^m",
        state(
            "A**(1 - q)*(A/(A + C))**q + C**(1 - q)*(C/(A + C))**q == (A + C)**(1 - q)",
            q="(-oo, 1)",
        ),
        "slope_of_gain: what is gained by moving has this slope in the best class's mass u",
        state_derivative(
            "(A + C)**(1 - q)*(u + v)**q/q - A**(1 - q)*u**q/q",
            "u",
            "(A + C)**(1 - q)*(u + v)**(q - 1) - A**(1 - q)*u**(q - 1)",
            q="nonzero",
        ),
        "slope_not_positive: the slope is not positive while u <= v, so the least gain is at u = v",
        state("(A + C)/(u + v) <= A/u", given=["A >= C", "u <= v"]),
        "fixed_sum_slope_not_positive: q < 0: nor is it at a fixed sum u + v, where the gain is least at "
        "two equal halves",
        state("C/v <= A/u", given=["A >= C", "u <= v"]),
        "value_at_equal_masses: at u = v = s the least value is s^q times twice a power mean, 2X = A + C",
        "(2*s)**q*(2*X)**(1 - q) == 2*s**q*X**(1 - q)",
        "factor_two_absorbed: whose factor 2 belongs to 2a and 2c: it is s^q (((2a)^m + (2c)^m)/2)^(1/m)",
        "(2**m*X)**(1/m) == 2*X**(1/m)",
        "lines_in_mass: with a, c = (P + t)/2, (P - t)/2 it is a maximum (q < 0: minimum) of lines of this "
        "slope in P",
        state(
            "((P + t)*(1 + z)**q + (P - t)*(1 - z)**q)/2 - P == P*(((1 + z)**q + (1 - z)**q)/2 - 1) + "
            "t*((1 + z)**q - (1 - z)**q)/2",
            z="(-1, 1)",
        ),
        "slope_positive_order: which is not positive for 0 < q < 1: the gain is least at P = 1",
        state("((1 + z)**q + (1 - z)**q)/2 <= 1", q="(0, 1)"),
        "slope_negative_order: and not negative for q < 0, where it is divided by q",
        state("((1 + z)**q + (1 - z)**q)/2 >= 1", q="[-1, 0)"),
        "gain_at_order_zero: q = 0: the gain at u = v in terms of b = t/P",
        state(
            "P*(1 + b)/2*log((P*(1 + b)/2)/(P/2)) + P*(1 - b)/2*log((P*(1 - b)/2)/(P/2)) == P*((1 + "
            "b)*log(1 + b) + (1 - b)*log(1 - b))/2",
            P="positive",
        ),
        "slope_at_order_zero: q = 0: its slope in P is log(1 - b^2)/2, not positive",
        state_derivative(
            "((P + t)*log((P + t)/P) + (P - t)*log((P - t)/P))/2",
            "P",
            "(log((P + t)/P) + log((P - t)/P))/2",
            P="[1, oo)",
            t="(0, 1)",
        ),
        "order_one: q = 1: the predicted class has s >= 1/K and loses t s",
        state("s*t >= t/K", given="s >= 1/K", s="(0, 1]"),
        "order_minus_one: T_(-1)(t) = 1 - sqrt(1 - t^2)",
        "2*(1 - (((1 + t)**(1/2) + (1 - t)**(1/2))/2)**2) == 1 - sqrt(1 - t**2)",
        "grid_enumerated (B-L5): every posterior and every positive prediction on a grid, three classes, "
        "four orders",
        state_computed("h_consistency:regret_dominates_transform", classes=3, parts=7),
    ),
    argument="Keep all probabilities but those of the best class y* and of the predicted class: the regret "
    "is at least what reallocating their mass gains. That is least where the two are equal: for q "
    ">= 0 at s = s_pred >= 1/K, the largest probability; for q < 0 at s = (u + v)/2 <= 1/2. With "
    "P = a + c <= 1 fixed last at one, s^q (M - 1)/q is at least T_q(t), since (M - 1)/q >= 0 and "
    "s^q >= K^-q (q >= 0), 2^-q (q < 0).",
    mutants=(
        "T_0(t) = t^2/2 exactly",
        state("((1 + t)*log(1 + t) + (1 - t)*log(1 - t))/2 == t**2/2", t="(0, 1)"),
        "the factor K^-q dropped: posterior (1, 0), prediction (1/2, 1/2), q = 1/2, t = 1",
        "2*(1 - (1/2)**(1/2)) >= 2*(sqrt(2) - 1)",
        "the mean of powers is at most one for q < 0 as well",
        state("((1 + z)**q + (1 - z)**q)/2 <= 1", q="[-1, 0)"),
    ),
    rests_on=("comp_sum.conditional_minimiser",),
)

QUADRATIC = statement(
    name="regret_transform.quadratic",
    title="T_q(t) >= (1+q) t^2/(2 K^q) for 0 <= q <= 1, and t^2/(2^(1+q) (1-q)) for -1 <= q < 0",
    source="derived here; sharper than the t^2/(2 K^q) in use by the factor 1 + q",
    ids=("B-L4",),
    functions=("quadratic_transform",),
    corrects="The bound t^2/(2 K^q) is not the best of its form for q > 0: the factor 1 + q is free, and "
    "every regret bound that inverts it shrinks by sqrt(1 + q).",
    where={
        "t: [0, 1)": "zero-one regret",
        "K: integer 2..": "number of classes",
        "w: (-1, 1)": "t/(1-q)",
        "q: (0, 1)": "order of the loss",
        "p: [-3, 0]": "a negative exponent",
    },
    theorem=(
        "for every K >= 2 and t in [0, 1]: T_q(t) >= (1+q) t^2/(2 K^q) for 0 <= q <= 1, and T_q(t) >= "
        "t^2/(2^(1+q) (1-q)) for -1 <= q < 0",
        r"\mathcal{T}_q(t) \ge \begin{cases} \frac{(1+q)\,t^2}{2K^q} & 0 \le q \le 1 \\ "
        r"\frac{t^2}{2^{1+q}(1-q)} & -1 \le q < 0 \end{cases} \qquad \forall t \in [0, 1],\ K \ge 2",
    ),
    steps=(
        "even_lower_function (B-L4): 0 < q < 1: with s = (1 + t)/2, (1 - t)/2 the power mean is at least "
        "an even function ...",
        "((1 + t)*((1 + t)/2)**q + (1 - t)*((1 - t)/2)**q)*2**q/2 == ((1 + t)**(1 + q) + (1 - t)**(1 + q))/2",
        "its_slope (B-L4): ... whose slope vanishes at t = 0 ...",
        state_derivative(
            "((1 + t)**(1 + q) + (1 - t)**(1 + q))/2",
            "t",
            "(1 + q)*((1 + t)**q - (1 - t)**q)/2",
        ),
        "its_curvature (B-L4): ... and whose curvature ...",
        state_derivative(
            "(1 + q)*((1 + t)**q - (1 - t)**q)/2",
            "t",
            "q*(1 + q)*((1 + t)**(q - 1) + (1 - t)**(q - 1))/2",
        ),
        "curvature_bound (B-L4): ... is at least q (1 + q), so it exceeds 1 + q (1+q) t^2/2",
        "((1 + t)**(q - 1) + (1 - t)**(q - 1))/2 >= 1",
        "order_zero (B-L4): q = 0, with slack t^4/12: equality holds at t = 0 only",
        "((1 + t)*log(1 + t) + (1 - t)*log(1 - t))/2 >= t**2/2 + t**4/12",
        "order_one (B-L4): q = 1",
        state("t/K >= 2*t**2/(2*K)", t="[0, 1]"),
        "negative_order_slope: q < 0: with s ~ 1 + w, 1 - w, w = t/(1-q), the power mean is at most F(w), "
        "of slope ...",
        state_derivative(
            "(1 + w)**q*(1 + (1 - q)*w)", "w", "(1 + w)**(q - 1)*(1 + (1 - q**2)*w)", q="[-1, 0)"
        ),
        "negative_order_curvature: ... and curvature q (1-q) times this, in w and in -w ...",
        state_derivative(
            "(1 + w)**(q - 1)*(1 + (1 - q**2)*w)",
            "w",
            "q*(1 - q)*((1 + q)*(1 + w)**(q - 1) - q*(1 + w)**(q - 2))",
            q="[-1, 0)",
        ),
        "tangent_of_power: ... whose powers lie above their tangents at w = 0 ...",
        "(1 + w)**p >= 1 + p*w",
        "brackets_add_up: ... so that the brackets of w and of -w add up to at least 2",
        state(
            "(1 + q)*(1 + (q - 1)*w) - q*(1 + (q - 2)*w) + (1 + q)*(1 - (q - 1)*w) - q*(1 - (q - 2)*w) == 2",
            q="[-1, 0]",
        ),
        "order_minus_one: q = -1, decided directly",
        state("1 - sqrt(1 - t**2) >= t**2/2", t="[0, 1]"),
    ),
    argument="T_q(t) is the regret transform of `regret_transform.transform` for K classes. By the "
    "conditional minimiser the power mean of 1 + t and 1 - t is the largest (q < 0: smallest) "
    "mean of (1 + t) (2 s)^q and (1 - t) (2 - 2 s)^q, so any s bounds it. The bounding function "
    "is even with value one at zero; its curvature bounds it by a parabola.",
    mutants=(
        "twice the constant at q = 0",
        state("((1 + t)*log(1 + t) + (1 - t)*log(1 - t))/2 >= t**2", t="(0, 1)"),
        "q = 0 in the form t^2/2 + t^4/6",
        state("((1 + t)*log(1 + t) + (1 - t)*log(1 - t))/2 >= t**2/2 + t**4/6", t="(0, 1)"),
        "the local constant 1/(1-q) for all t at q = 1/2",
        state("2*(sqrt(1 + t**2) - 1) >= t**2", t="(0, 1]"),
    ),
    rests_on=("comp_sum.conditional_minimiser", "regret_transform.transform"),
)

STATEMENTS = (TRANSFORM, QUADRATIC)
