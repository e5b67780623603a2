"""Tail bounds against exact tails: binomial grids in rationals, functions of a few bits one by one.

Probabilities are whole numbers over a common denominator; only the bound's exponential is a ball.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, exp
from typing import Any

import numpy as np
from scipy.stats import binom

from ...proof.computation import Finding, check
from .rademacher import as_arb

GRID = 20
"""Success probabilities are k/20."""


@cache
def upper_tails(n: int, p: Fraction) -> tuple[Fraction, ...]:
    """``P(X >= j)`` for j = 0..n, X binomial."""
    total, tails = Fraction(0), []
    for j in range(n, -1, -1):
        total += comb(n, j) * p**j * (1 - p) ** (n - j)
        tails.append(total)
    return tuple(reversed(tails))


class Worst:
    """The largest ratio of a probability to its bound, and whether any exceeds it, rigorously."""

    def __init__(self) -> None:
        self.count, self.holds, self.ratio, self.where = 0, True, 0.0, ""

    def add(self, probability: Fraction, exponent: Fraction, factor: int, where: str) -> None:
        """Compare ``probability`` with ``factor exp(-exponent)``."""
        ratio = as_arb(probability) * as_arb(exponent).exp() / factor
        self.count += 1
        # Equality happens only where the exponent is zero and both sides are whole.
        held = probability <= factor if exponent == 0 else bool(ratio < 1)
        if float(ratio.mid()) > self.ratio:
            self.ratio, self.where = float(ratio.mid()), where
        self.holds = self.holds and held

    def finding(self) -> Finding:
        """As a finding."""
        text = f"{self.count} tails, largest ratio to the bound {self.ratio:.4g} ({self.where})"
        return Finding(self.holds, {"count": self.count, "ratio": f"{self.ratio:.9g}"}, text, text)


def _grid(most: int) -> Iterator[tuple[int, Fraction, int]]:
    for n in range(1, most + 1):
        for k in range(1, GRID):
            for j in range(n + 1):
                yield n, Fraction(k, GRID), j


def _again(finding: Finding, ratios: np.ndarray) -> str:
    """SciPy's tails in floats: the same count, the same largest ratio, the same verdict."""
    largest = float(ratios.max())
    if len(ratios) != finding.evidence["count"]:
        return "the number of tails differs"
    if abs(largest - float(finding.evidence["ratio"])) > 1e-7 * largest:
        return f"the largest ratio is {largest}"
    return "" if (largest <= 1 + 1e-9) is finding.holds else "a second computation differs"


def _float_grid(
    most: int, exponent: Callable[..., Any], factor: int, two_sided: bool
) -> np.ndarray:
    ratios = []
    p = np.arange(1, GRID)[:, None] / GRID
    for n in range(1, most + 1):
        j = np.arange(n + 1)
        gap = j - n * p
        keep = gap > 1e-9
        tail = binom.sf(j - 1, n, p)
        if two_sided:
            keep &= gap <= n * p + 1e-9
            tail = tail + binom.cdf(np.floor(n * p - gap + 1e-9), n, p)
        ratios.append((tail * np.exp(np.where(keep, exponent(n, p, gap), 0)) / factor)[keep])
    return np.concatenate(ratios)


def _hoeffding_again(finding: Finding, *, most: int, factor: int) -> str:
    return _again(finding, _float_grid(most, lambda n, p, gap: factor * gap**2 / n, 1, False))


@check(
    "enumerate",
    "P(X - Np >= N t) <= exp(-{factor} N t^2) for binomial X, every N <= {most}, p = k/20 and every t > 0 "
    "that X can attain",
    again=_hoeffding_again,
)
def hoeffding(*, most: int, factor: int) -> Finding:
    """Exact tails."""
    worst = Worst()
    for n, p, j in _grid(most):
        if j > n * p:
            exponent = factor * (j - n * p) ** 2 / n
            worst.add(upper_tails(n, p)[j], exponent, 1, f"N = {n}, p = {p}, X >= {j}")
    return worst.finding()


def _bernstein_again(finding: Finding, *, most: int, share: str) -> str:
    part = float(Fraction(share))

    def exponent(n: int, p: Any, gap: Any) -> Any:
        return (gap / n) ** 2 * n / (2 * (p * (1 - p) + part * (1 - p) * gap / n))

    return _again(finding, _float_grid(most, exponent, 1, False))


@check(
    "enumerate",
    "P(X - Np >= N t) <= exp(-N t^2/(2(p(1-p) + {share} (1-p) t))) for binomial X, every N <= {most}, "
    "p = k/20 and every t > 0 that X can attain",
    again=_bernstein_again,
)
def bernstein(*, most: int, share: str) -> Finding:
    """One draw exceeds its mean by at most b = 1 - p."""
    worst = Worst()
    for n, p, j in _grid(most):
        if j > n * p:
            t = j / Fraction(n) - p
            exponent = n * t**2 / (2 * (p * (1 - p) + Fraction(share) * (1 - p) * t))
            worst.add(upper_tails(n, p)[j], exponent, 1, f"N = {n}, p = {p}, X >= {j}")
    return worst.finding()


def _chernoff_again(finding: Finding, *, most: int, divisor: int) -> str:
    return _again(finding, _float_grid(most, lambda n, p, gap: gap**2 / (n * p * divisor), 2, True))


@check(
    "enumerate",
    "P(|X - Np| >= e N p) <= 2 exp(-N p e^2/{divisor}) for binomial X, every N <= {most}, p = k/20 and every "
    "e in (0, 1] with X = (1 + e) N p attainable",
    again=_chernoff_again,
)
def chernoff(*, most: int, divisor: int) -> Finding:
    """Both tails, exactly."""
    worst = Worst()
    for n, p, j in _grid(most):
        gap = j - n * p
        if not 0 < gap <= n * p:
            continue
        tails = upper_tails(n, p)
        below = int((n * p - gap) // 1)
        probability = tails[j] + 1 - tails[below + 1]
        worst.add(probability, gap**2 / (n * p * divisor), 2, f"N = {n}, p = {p}, X >= {j}")
    return worst.finding()


def _stratified_tails(
    first: int, second: int, p: Fraction, q: Fraction
) -> Iterator[tuple[Any, Any]]:
    """Attainable deviations of (X/N_1 + Y/N_2)/2 above the mean, with their tails."""
    mass: dict[Fraction, Fraction] = {}
    for i, j in product(range(first + 1), range(second + 1)):
        deviation = (Fraction(i, first) - p + Fraction(j, second) - q) / 2
        weight = (comb(first, i) * p**i * (1 - p) ** (first - i)
                  * comb(second, j) * q**j * (1 - q) ** (second - j))  # fmt: skip
        mass[deviation] = mass.get(deviation, Fraction(0)) + weight
    total = Fraction(0)
    for deviation in sorted(mass, reverse=True):
        total += mass[deviation]
        if deviation > 0:
            yield deviation, total


_SHARES = (Fraction(1, 10), Fraction(1, 2), Fraction(4, 5))


def _stratified_again(finding: Finding, *, most: int) -> str:
    ratios = []
    for first, second in product(range(1, most + 1), repeat=2):
        for p, q in product(map(float, _SHARES), repeat=2):
            x, y = np.arange(first + 1), np.arange(second + 1)
            gaps = ((x / first - p)[:, None] + (y / second - q)).ravel() / 2
            mass = np.outer(binom.pmf(x, first, p), binom.pmf(y, second, q)).ravel()
            # Rounding must not tear apart deviations that are equal as fractions.
            values, places = np.unique(np.round(gaps, 9), return_inverse=True)
            tails = np.cumsum(np.bincount(places, mass)[::-1])[::-1]
            keep = values > 1e-8
            exponent = 8 * values**2 / (1 / first + 1 / second)
            ratios.append((tails * np.exp(exponent))[keep])
    return _again(finding, np.concatenate(ratios))


@check(
    "enumerate",
    "P(balanced mean of two classes - its expectation >= t) <= exp(-8 t^2/(1/N_1 + 1/N_2)) for binary "
    "points, every N_1, N_2 <= {most}, class means 1/10, 1/2, 4/5 and every attainable t > 0",
    again=_stratified_again,
)
def stratified(*, most: int) -> Finding:
    """Exact tails of two binomials."""
    worst = Worst()
    for first, second in product(range(1, most + 1), repeat=2):
        for p, q in product(_SHARES, repeat=2):
            for t, tail in _stratified_tails(first, second, p, q):
                exponent = 8 * t**2 / (Fraction(1, first) + Fraction(1, second))
                worst.add(tail, exponent, 1, f"N = {first}, {second}; p = {p}, {q}; t = {t}")
    return worst.finding()


def _pooled_again(finding: Finding, *, first: int, second: int, t: str) -> str:
    x, y = np.arange(first + 1), np.arange(second + 1)
    gaps = ((x / first - 0.1)[:, None] + (y / second - 0.5)) / 2
    mass = np.outer(binom.pmf(x, first, 0.1), binom.pmf(y, second, 0.5))
    tail = mass[gaps >= float(Fraction(t)) - 1e-12].sum()
    return _again(finding, np.array([tail * exp(2 * float(Fraction(t)) ** 2 * (first + second))]))


@check(
    "enumerate",
    "P(balanced mean - its expectation >= {t}) <= exp(-2 t^2 (N_1 + N_2)) for {first} and {second} "
    "binary points of class means 1/10 and 1/2",
    again=_pooled_again,
)
def pooled(*, first: int, second: int, t: str) -> Finding:
    """The mistake of counting all points as if they were one sample."""
    worst, level = Worst(), Fraction(t)
    tails = _stratified_tails(first, second, Fraction(1, 10), Fraction(1, 2))
    tail = max(
        (probability for deviation, probability in tails if deviation >= level), default=Fraction(0)
    )
    worst.add(tail, 2 * level**2 * (first + second), 1, f"probability {float(tail):.4g}")
    return worst.finding()


def _bit_weights(p: Fraction) -> list[int]:
    """Weights of the eight settings of three bits, each 1 with probability p."""
    a, b = p.numerator, p.denominator - p.numerator
    return [a ** sum(bits) * b ** (3 - sum(bits)) for bits in product((0, 1), repeat=3)]


def _mcdiarmid_again(finding: Finding, *, probability: str, factor: int) -> str:
    weights = np.array(_bit_weights(Fraction(probability)))
    values = np.array(list(product((0, 1, 2), repeat=8)))
    gaps = values * weights.sum() - (values @ weights)[:, None]
    cube = values.reshape(-1, 2, 2, 2)
    squares = sum(
        np.abs(np.diff(cube, axis=axis)).reshape(len(values), -1).max(axis=1) ** 2
        for axis in (1, 2, 3)
    )
    ratios = []
    for j in range(8):
        gap = gaps[:, j]
        tail = ((gaps >= gap[:, None]) @ weights) / weights.sum()
        keep = gap > 0
        exponent = factor * (gap / weights.sum()) ** 2 / np.maximum(squares, 1)
        # A value that two settings share is one threshold.
        first = np.array([(gaps[:, i] != gap) for i in range(j)]).all(axis=0) if j else True
        ratios.append((tail * np.exp(exponent))[keep & first])
    return _again(finding, np.concatenate(ratios))


@check(
    "enumerate",
    "P(f - E f >= t) <= exp(-{factor} t^2/sum c_i^2) for every function f of three independent bits, each "
    "1 with probability {probability}, with values in {{0,1,2}}, and every attainable t > 0",
    again=_mcdiarmid_again,
)
def mcdiarmid(*, probability: str, factor: int) -> Finding:
    """All 6561 functions; equal comparisons are made once."""
    weights = _bit_weights(Fraction(probability))
    mass, worst, count, tally = sum(weights), Worst(), 0, set()
    settings = list(product((0, 1), repeat=3))
    flips = [[(i, i ^ (4 >> bit)) for i in range(8) if not settings[i][bit]] for bit in range(3)]
    for values in product((0, 1, 2), repeat=8):
        squares = sum(max(abs(values[i] - values[j]) for i, j in pairs) ** 2 for pairs in flips)
        mean = sum(map(int.__mul__, values, weights))
        for level in set(values):
            gap = level * mass - mean
            if gap > 0:
                tail = sum(w for v, w in zip(values, weights, strict=True) if v >= level)
                tally.add((tail, gap, squares))
                count += 1
    for tail, gap, squares in tally:
        exponent = factor * Fraction(gap, mass) ** 2 / squares
        worst.add(Fraction(tail, mass), exponent, 1, f"t = {Fraction(gap, mass)}")
    worst.count = count
    return worst.finding()


def _coverage_again(finding: Finding, *, most: int, failure: str) -> str:
    largest = 0.0
    for n in range(1, most + 1):
        k = np.arange(n + 1)
        lengths = np.array([np.abs(2 * np.arange(m + 1) - m) @ binom.pmf(np.arange(m + 1), m, 0.5)
                            for m in range(n + 1)])  # fmt: skip
        width = (lengths + lengths[::-1]) / n + 3 * np.sqrt(
            np.log(2 / float(Fraction(failure))) / (2 * n)
        )
        for q in np.arange(1, 10) / 10:
            excess = np.maximum(0, np.maximum(q - k / n, k / n - q))
            largest = max(largest, float(binom.pmf(k, n, q)[excess > width].sum()))
    if abs(largest - float(finding.evidence["largest"])) > 1e-9:
        return f"the largest failure probability is {largest}"
    return "" if (largest <= float(Fraction(failure))) is finding.holds else "the verdict differs"


@check(
    "enumerate",
    "All functions of a coin into {{0,1}}, N <= {most} tosses, P(heads) = k/10: the bound P f <= P_N f + "
    "2 Rad + 3 sqrt(log(2/d)/(2N)) fails for some f with probability at most d = {failure}",
    again=_coverage_again,
)
def coverage(*, most: int, failure: str) -> Finding:
    """The sample enters by its number of heads; ties count as failures."""
    largest, level = Fraction(0), Fraction(failure)
    lengths = [
        Fraction(sum(comb(m, i) * abs(2 * i - m) for i in range(m + 1)), 2**m)
        for m in range(most + 1)
    ]
    for n in range(1, most + 1):
        noise = 3 * ((2 / as_arb(level)).log() / (2 * n)).sqrt()
        for q in (Fraction(k, 10) for k in range(1, 10)):
            failing = Fraction(0)
            for k in range(n + 1):
                excess = abs(q - Fraction(k, n)) - (lengths[k] + lengths[n - k]) / n
                if not as_arb(excess) < noise:
                    failing += comb(n, k) * q**k * (1 - q) ** (n - k)
            largest = max(largest, failing)
    text = f"largest failure probability {float(largest):.3g}"
    return Finding(largest <= level, {"largest": f"{float(largest):.12g}"}, text, text)
