"""How to draw arguments of the theory's numeric functions over whole domains, and formulas at 50 digits.

What several chapters' formulas share. Inputs count at their exact float64 values. Agreement is relative,
1e-12, unless the value is a sum whose terms cancel: the formula then says so with `Sum`, and what is allowed
besides is a few roundings of the largest term.
"""

from typing import Any, NamedTuple

import numpy as np
from fifty_digits import mp, powers
from hypothesis import strategies as st
from numeric_tables import function

__all__ = [
    "COUNTS",
    "DELTA",
    "EPS",
    "ETA",
    "FAILURE",
    "KAPPA",
    "LOGIT",
    "ORDERS",
    "POSITIVE",
    "PRIORS",
    "REGRET",
    "SHARE",
    "TOLERANCE",
    "UNDERFLOW",
    "UNIT",
    "K",
    "Sum",
    "agree",
    "arguments",
    "balanced",
    "beside",
    "by_keyword",
    "columns",
    "exact",
    "miss",
    "mp",
    "normalised",
    "others",
    "phi",
    "powers",
    "squares",
    "zipped",
]

EPS = float(np.finfo(float).eps)
TOLERANCE = 1e-12
UNDERFLOW = 1e-300


# ---------------------------------------------------------------------------- arguments


class Columns(tuple):
    """Several arguments with one entry per class."""


def columns(*each, least=2, most=5):
    """As many vectors of one common length, with entries from each strategy."""
    rows = st.lists(st.tuples(*each), min_size=least, max_size=most)
    return rows.map(lambda entries: Columns([*side] for side in zip(*entries, strict=True)))


def arguments(*parts):
    def flat(drawn):
        return [a for part in drawn for a in (part if isinstance(part, Columns) else (part,))]

    return st.tuples(*parts).map(flat)


def normalised(parts):
    values = np.array(parts) / np.sum(parts)
    return values.tolist()


def squares(entry):
    """A vector of shares, and a matrix with a zero diagonal."""

    def hollow(rows):
        return (np.array(rows) * (1 - np.eye(len(rows)))).tolist()

    def of(K):
        row = st.lists(entry, min_size=K, max_size=K)
        shares = st.lists(POSITIVE, min_size=K, max_size=K).map(normalised)
        return st.tuples(shares, st.lists(row, min_size=K, max_size=K).map(hollow)).map(list)

    return st.integers(2, 4).flatmap(of)


def beside(prior, *each):
    """A prior with vectors of its length before it."""
    return arguments(columns(*each, least=len(prior), most=len(prior)), st.just(prior))


COUNTS = st.one_of(st.integers(1, 10**12), st.integers(1, 50), powers(-3, 3))
ETA, KAPPA = powers(0, 12), powers(-6, 9)
DELTA = st.one_of(powers(-6, 1.6), st.floats(1e-6, 40))
POSITIVE = powers(-6, 6)
SHARE = st.one_of(
    st.floats(0.01, 0.99), powers(-15, -1), powers(-15, -1).map(lambda gap: 1.0 - gap)
)
UNIT = st.one_of(st.sampled_from([0.0, 1.0]), SHARE)
FAILURE = st.one_of(powers(-300, -1), SHARE)
LOGIT = st.one_of(st.floats(-1e4, 1e4), st.floats(-30, 30)).filter(
    lambda x: x == 0 or abs(x) > 1e-100
)
REGRET = powers(-300, 3)
PRIORS = st.lists(powers(-12, 0), min_size=2, max_size=5).map(normalised)
ORDERS = st.one_of(
    st.sampled_from([-1.0, 0.0, 1.0]),
    st.floats(-1, 1).filter(lambda q: abs(q) > 1e-20),
    powers(-12, -1).map(lambda gap: 1.0 - gap),
    powers(-12, -1),
)
K = st.integers(2, 1000)

# ---------------------------------------------------------------------------- formulas


class Sum(NamedTuple):
    """A value whose terms cancel, with their size."""

    value: Any
    size: Any

    @classmethod
    def of(cls, *terms, over=1):
        return cls(mp.fsum(terms) / over, mp.fsum(map(abs, terms)) / abs(over))


def exact(value):
    if isinstance(value, list):
        return [exact(entry) for entry in value]
    return mp.mpf(value) if isinstance(value, float | int) else value


def phi(z):
    return mp.ncdf(z)


def others(values, y):
    return values[:y] + values[y + 1 :]


def balanced(posterior, prior):
    ratios = [h / p for h, p in zip(posterior, prior, strict=True)]
    return [r / mp.fsum(ratios) for r in ratios]


def zipped(function):
    """A formula of numbers, applied class by class."""
    return lambda *vectors: [function(*entries) for entries in zip(*vectors, strict=True)]


def by_keyword(name, *keywords):
    """The function with its last arguments given by name."""

    def call(*given):
        first = len(given) - len(keywords)
        return function(name)(*given[:first], **dict(zip(keywords, given[first:], strict=True)))

    return call


# ---------------------------------------------------------------------------- agreement


def numbers(values):
    """All numbers of a result, in a row."""
    if isinstance(values, tuple | list):
        return [number for value in values for number in numbers(value)]
    return np.ravel(values).tolist()


def miss(value, truth):
    """Error over what is allowed."""
    size = 0
    if isinstance(truth, Sum):
        truth, size = truth
    if mp.isinf(truth):
        return 0 if value == float(truth) else mp.inf
    if not np.isfinite(value):
        return mp.inf if abs(truth) < 1e308 else 0
    allowed = UNDERFLOW + TOLERANCE * abs(truth) + 16 * EPS * size
    return abs(mp.mpf(value) - truth) / allowed


def agree(values, truth):
    values, truth = numbers(values), truth if isinstance(truth, list) else [truth]
    assert len(values) == len(truth)
    for value, reference in zip(values, truth, strict=True):
        assert miss(value, reference) <= 1, (value, reference)
