"""Tail bounds and deviations of means as functions of their parameters, and exact binomial tails.

Source: Hoeffding (1963), Bernstein (1946), McDiarmid (1989), Chernoff (1952), as `concentration` states
them. Checked by: mpmath at 50 digits, and exact tails.
"""

from fractions import Fraction
from math import comb, exp, lgamma, log, log1p, pi, sqrt
from numbers import Rational

import numpy as np
from numpy.typing import NDArray

from ..foundation.arrays import ArrayLike
from ..foundation.validation import (
    InputError,
    InputTypeError,
    as_class_counts,
    as_real,
    as_whole,
    broadcasting,
    shown,
)

__all__ = [
    "bernstein_deviation",
    "bernstein_tail",
    "binary_kl",
    "binomial_tail",
    "chernoff_deviation",
    "chernoff_tail",
    "exact_binomial_tail",
    "hoeffding_deviation",
    "hoeffding_tail",
    "mcdiarmid_deviation",
    "mcdiarmid_tail",
    "stratified_hoeffding_deviation",
    "stratified_hoeffding_tail",
    "uniform_deviation",
]


@broadcasting
def hoeffding_tail(deviation: ArrayLike, n: ArrayLike, width: ArrayLike = 1.0) -> NDArray:
    """``exp(-2 n t^2 / w^2)``: P(mean of n independent values exceeds its expectation by t), at most.

    Arguments broadcast; ``deviation`` t >= 0, ``n`` >= 1, ``width`` w > 0: length of the values' range.
    """
    t, n, w = _nonnegative("deviation", deviation), _size(n), _positive("width", width)
    return np.exp(-2 * n * np.square(t / w))


@broadcasting
def hoeffding_deviation(n: ArrayLike, failure: ArrayLike, width: ArrayLike = 1.0) -> NDArray:
    """``w sqrt(log(1/d) / (2n))``, the deviation at which `hoeffding_tail` is ``failure`` = d."""
    n, w = _size(n), _positive("width", width)
    return w * np.sqrt(-np.log(_failure(failure)) / (2 * n))


@broadcasting
def bernstein_tail(
    deviation: ArrayLike, n: ArrayLike, variance: ArrayLike, excess: ArrayLike
) -> NDArray:
    """``exp(-n t^2 / (2 (v + b t/3)))``: as `hoeffding_tail`, for values of ``variance`` v >= 0 that
    exceed their expectation by at most ``excess`` = b > 0.
    """
    t, n = _nonnegative("deviation", deviation), _size(n)
    v, b = _nonnegative("variance", variance), _positive("excess", excess)
    scale = v + b * t / 3
    # At t = v = 0 the bound says nothing.
    return np.exp(-n * t * (t / np.where(scale > 0, 2 * scale, 1.0)))


@broadcasting
def bernstein_deviation(
    n: ArrayLike, failure: ArrayLike, variance: ArrayLike, excess: ArrayLike
) -> NDArray:
    """The deviation at which `bernstein_tail` is ``failure``: with ``l = log(1/d)``,
    ``t = (l b/3 + sqrt((l b/3)^2 + 2 n l v)) / n``.
    """
    n, v, b = _size(n), _nonnegative("variance", variance), _positive("excess", excess)
    level = -np.log(_failure(failure))
    linear = level * b / 3
    return (linear + np.hypot(linear, np.sqrt(2 * n * level * v))) / n


def mcdiarmid_tail(deviation: ArrayLike, differences: ArrayLike) -> NDArray:
    """``exp(-2 t^2 / sum c_i^2)``: P(f exceeds its expectation by t), at most, when changing argument i
    alone changes f by at most ``differences[i]`` = c_i. ``differences``: shape (n,), not all zero.
    """
    t = _nonnegative("deviation", deviation)
    return np.exp(-2 * np.square(t / _length(differences)))


def mcdiarmid_deviation(differences: ArrayLike, failure: ArrayLike) -> NDArray:
    """``sqrt(log(1/d) sum c_i^2 / 2)``, the deviation at which `mcdiarmid_tail` is ``failure`` = d."""
    return _length(differences) * np.sqrt(-np.log(_failure(failure)) / 2)


def stratified_hoeffding_tail(
    deviation: ArrayLike, class_counts: ArrayLike, widths: ArrayLike = 1.0
) -> NDArray:
    """``exp(-2 t^2 K^2 / sum_y w_y^2/n_y)``: P(the balanced mean, over K classes of n_y values, exceeds
    its expectation by t), at most. ``widths``: ranges of the values by class, shape (K,) or one number.
    """
    t = _nonnegative("deviation", deviation)
    return np.exp(-2 * np.square(t / _balanced_length(class_counts, widths)))


def stratified_hoeffding_deviation(
    class_counts: ArrayLike, failure: ArrayLike, widths: ArrayLike = 1.0
) -> NDArray:
    """The deviation at which `stratified_hoeffding_tail` is ``failure``."""
    length = _balanced_length(class_counts, widths)
    return length * np.sqrt(-np.log(_failure(failure)) / 2)


@broadcasting
def chernoff_tail(relative_deviation: ArrayLike, n: ArrayLike, p: ArrayLike) -> NDArray:
    """``2 exp(-n p e^2 / 3)``: P(a frequency differs from its probability p by e p or more), at most.

    ``relative_deviation`` e in [0, 1]; ``p`` in (0, 1].
    """
    e = as_real("relative_deviation", relative_deviation, low=0, high=1)
    return 2 * np.exp(-_size(n) * as_real("p", p, low=0, high=1, low_open=True) * e**2 / 3)


@broadcasting
def chernoff_deviation(n: ArrayLike, p: ArrayLike, failure: ArrayLike) -> NDArray:
    """``sqrt(3 log(2/d) / (n p))``, the relative deviation at which `chernoff_tail` is ``failure`` = d.

    NaN where that exceeds 1: the bound does not reach so small a failure probability.
    """
    p = as_real("p", p, low=0, high=1, low_open=True)
    e = np.sqrt(3 * (np.log(2) - np.log(_failure(failure))) / (_size(n) * p))
    return np.where(e <= 1, e, np.nan)


@broadcasting
def uniform_deviation(
    n: ArrayLike, failure: ArrayLike, complexity: ArrayLike = 0.0, bound: ArrayLike = 1.0
) -> NDArray:
    """``2 Rad + 3 M sqrt(log(2/d) / (2n))``: with probability at least 1 - d no function with values in
    [0, M] of a class has expectation above its mean on the sample by more.

    ``complexity``: empirical, Rad_S of the class; ``bound``: M > 0.
    """
    M, rad = _positive("bound", bound), _nonnegative("complexity", complexity)
    level = np.log(2) - np.log(_failure(failure))
    return 2 * rad + 3 * M * np.sqrt(level / (2 * _size(n)))


@broadcasting
def binomial_tail(successes: ArrayLike, n: ArrayLike, p: ArrayLike) -> NDArray:
    """``P(X >= k)`` for ``successes`` = k of n independent trials with success probability p.

    As accurate as the rounding of p allows, which many trials magnify.
    """
    k = np.ceil(as_real("successes", successes))
    n, p = _size(n), as_real("p", p, low=0, high=1)
    if np.any(n % 1):
        raise InputError(f"n = {n[n % 1 != 0].flat[0]:g}: must be whole")
    return np.vectorize(upper_tail, otypes=[float])(k, n, p)


def upper_tail(k: float, n: float, p: float) -> float:
    """``P(X >= k)``, its terms added up, or one minus the others where those are fewer."""
    if k <= 0 or k > n or p in (0.0, 1.0):
        return float(k <= 0 or (k <= n and p == 1.0))
    if k <= n * p:
        return 1.0 - lower_tail(k - 1.0, n, p)
    return binomial_probability(k, n, p) * _falling_sum(k, n, p / (1.0 - p))


def lower_tail(k: float, n: float, p: float) -> float:
    """``P(X <= k)`` for 0 <= k < n and 0 < p < 1, in the same way."""
    if k > n * p:
        return 1.0 - upper_tail(k + 1.0, n, p)
    return binomial_probability(k, n, p) * _falling_sum(n - k, n, (1.0 - p) / p)


def binomial_probability(k: float, n: float, p: float) -> float:
    """``P(X = k)`` for 0 <= k <= n and 0 < p < 1 by Loader's form, without large terms that cancel."""
    if k in (0.0, n):
        return exp(n * log1p(-p) if k == 0.0 else n * log(p))
    stirling = _stirling(n) - _stirling(k) - _stirling(n - k)
    distance = float(n * binary_kl(k / n, p))
    return exp(stirling - distance) * sqrt(n / k / (n - k) / (2.0 * pi))


def _falling_sum(k: float, n: float, odds: float) -> float:
    """``sum_j P(X = j)/P(X = k)`` over j >= k, for odds p/(1-p) with k >= n p."""
    spread = n * odds / (1.0 + odds) ** 2
    i = np.arange(min(n - k, 10.0 * sqrt(spread) + 100.0))
    return 1.0 + float(np.sum(np.cumprod((n - k - i) / (k + 1.0 + i) * odds)))


def _stirling(n: float) -> float:
    """``log(n!/(sqrt(2 pi n) (n/e)^n))``."""
    if n < 16:
        return lgamma(n + 1.0) - (n + 0.5) * log(n) + n - 0.5 * log(2.0 * pi)
    series = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
    return sum(term * n ** -(2 * i + 1) for i, term in enumerate(series))


def exact_binomial_tail(successes: int, n: int, p: Fraction) -> Fraction:
    """`binomial_tail` as a fraction, for a rational p."""
    n, k = as_whole("n", n, 1), as_whole("successes", successes, 0)
    if not isinstance(p, Rational | float) or isinstance(p, bool):
        raise InputTypeError(f"p = {shown(p)}: must be a fraction")
    if not 0 <= p <= 1:
        raise InputError(f"p = {shown(p)}: must lie in [0, 1]")
    a, b = Fraction(p).numerator, Fraction(p).denominator - Fraction(p).numerator
    return Fraction(sum(comb(n, j) * a**j * b ** (n - j) for j in range(k, n + 1)), (a + b) ** n)


@broadcasting
def binary_kl(p: ArrayLike, q: ArrayLike) -> NDArray:
    """``KL(p || q) = p log(p/q) + (1-p) log((1-p)/(1-q))``, p in [0, 1], q in (0, 1), in nats.

    Summed as ``q h((p-q)/q) + (1-q) h(-(p-q)/(1-q))`` with ``h(u) = (1+u) log(1+u) - u >= 0``, which
    keeps its digits where p is close to q.
    """
    p = as_real("p", p, low=0, high=1)
    q = as_real("q", q, low=0, high=1, low_open=True, high_open=True)
    return q * _excess_entropy((p - q) / q) + (1 - q) * _excess_entropy((q - p) / (1 - q))


_SERIES = np.array([0.0, 0.0] + [(-1.0) ** k / (k * (k - 1)) for k in range(2, 30)])[::-1]


def _excess_entropy(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(1+u) log(1+u) - u`` for u >= -1; by its series where the terms would cancel."""
    near = np.abs(u) < 0.25
    inside = np.where(near | (u <= -1), 0.0, u)
    far = np.where(u <= -1, 1.0, (1 + inside) * np.log1p(inside) - inside)
    return np.where(near, np.polyval(_SERIES, np.where(near, u, 0.0)), far)


def _nonnegative(name: str, value: ArrayLike) -> NDArray[np.float64]:
    return as_real(name, value, low=0)


def _positive(name: str, value: ArrayLike) -> NDArray[np.float64]:
    return as_real(name, value, low=0, low_open=True)


def _size(n: ArrayLike) -> NDArray[np.float64]:
    return as_real("n", n, low=1)


def _failure(failure: ArrayLike) -> NDArray[np.float64]:
    return as_real("failure", failure, low=0, high=1, low_open=True)


def _length(differences: ArrayLike) -> float:
    """``sqrt(sum c_i^2)``."""
    c = as_real("differences", differences, low=0)
    if c.ndim != 1 or not c.any():
        raise InputError(f"differences has shape {c.shape}: give one number for each argument, shape "
                         "(n,), not all zero")  # fmt: skip
    return float(np.linalg.norm(c))


def _balanced_length(class_counts: ArrayLike, widths: ArrayLike) -> float:
    """``sqrt(sum_y w_y^2/n_y) / K``."""
    counts, w = as_class_counts(class_counts), _positive("widths", widths)
    if w.ndim and w.shape != counts.shape:
        raise InputError(f"widths has shape {w.shape}: must match class_counts, {counts.shape}")
    return float(np.linalg.norm(w / np.sqrt(counts)) / counts.size)
