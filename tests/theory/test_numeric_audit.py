"""Numeric functions over their whole domain, tails included, against formulas at 50 digits.

A row of the table names a function, how to draw its arguments and an independent formula. Inputs count at
their exact float64 values. Agreement is relative, 1e-12, unless the value is a sum whose terms cancel: the
formula then says so with `Sum`, and what is allowed besides is a few roundings of the largest term.
"""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import counterpoise.theory
import mpmath
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

mp = mpmath.MPContext()
mp.dps = 50
EPS = float(np.finfo(float).eps)
TOLERANCE = 1e-12
UNDERFLOW = 1e-300


def function(name: str) -> Callable[..., Any]:
    module, attribute = name.split(".")
    return getattr(getattr(counterpoise.theory, module), attribute)


# ---------------------------------------------------------------------------- arguments


class Columns(tuple):
    """Several arguments with one entry per class."""


def powers(low, high):
    """Positive numbers, uniform in their exponent."""
    return st.floats(low, high).map(lambda exponent: float(10.0**exponent))


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
HALF = st.one_of(st.just(0.0), st.floats(1e-12, 0.4999), powers(-15, -1).map(lambda gap: 0.5 - gap))
HALF_ = mp.mpf(1) / 2
PRIORS = st.lists(powers(-12, 0), min_size=2, max_size=5).map(normalised)
KINDS = st.sampled_from(["known", "estimated", "pseudo_inverse"])
ORDERS = st.one_of(
    st.sampled_from([-1.0, 0.0, 1.0]),
    st.floats(-1, 1).filter(lambda q: abs(q) > 1e-20),
    powers(-12, -1).map(lambda gap: 1.0 - gap),
    powers(-12, -1),
)


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


def entropy_loss(log_u, q):
    return -log_u if q == 0 else -mp.expm1(q * log_u) / q


def others(values, y):
    return values[:y] + values[y + 1 :]


def outer(a, b):
    return [x * y for x in a for y in b]


def factors(k, kind):
    if kind == "known":
        return mp.mpf(1), mp.mpf(1)
    if k > 1:
        return mp.sqrt((k - 1) / k), (k - 1) / k
    return mp.sqrt(k * (1 - k)), (1 - k) / k**2


def pushes(w, v, d, e):
    negative = v / (1 + mp.exp(-e))
    return negative / (w / (1 + mp.exp(-d)) + negative)


def sampling(counts, q):
    weights = [n**q for n in counts]
    return [w / mp.fsum(weights) for w in weights]


def exponent(accuracy, form="paper"):
    ratio = max(accuracy) / (min(accuracy) + mp.mpf(0.01))
    if form == "cifar":
        return 1 / (1 + mp.exp(-ratio))
    return 2 / (1 + mp.exp(-max(ratio - 1, 0)))


def smoothing(counts, head, tail, _):
    low, spread = min(counts), max(counts) - min(counts)
    x = [mp.sin(mp.pi / 2 * ((n - low) / spread if spread else 1)) for n in counts]
    return [tail * (1 - y) + head * y for y in x]


def balanced(posterior, prior):
    ratios = [h / p for h, p in zip(posterior, prior, strict=True)]
    return [r / mp.fsum(ratios) for r in ratios]


def cost_of_a_mistake(offset):
    return [
        mp.log1p(mp.exp(min(others(offset, y)) - d)) for y, d in enumerate(offset)
    ]  # fmt: skip


def surrogate(loss, offset, p):
    cost, level = cost_of_a_mistake(offset), [-mp.log(x) for x in p]
    rows = zip(loss, cost, level, strict=True)
    return [min(value, top) / min(t, top) for value, t, top in rows]


def surrogate_constants(offset):
    cost = cost_of_a_mistake(offset)
    slopes = [mp.sqrt(2) * -mp.expm1(-t) / t for t in cost]
    return slopes + [mp.mpf(1)] * len(cost)


def surrogate_constants_at(offset, p):
    cost, level = cost_of_a_mistake(offset), [-mp.log(x) for x in p]
    unit = [min(pair) for pair in zip(cost, level, strict=True)]
    slopes = [mp.sqrt(2) * (1 - x) / t for x, t in zip(p, unit, strict=True)]
    return slopes + [top / t for top, t in zip(level, unit, strict=True)]


def focal_slope(v, g):
    return (1 - v) ** g - g * (1 - v) ** (g - 1) * v * mp.log(v)


def focal_posterior(scores, g):
    h = [v / focal_slope(v, g) for v in scores]
    return [x / mp.fsum(h) for x in h]


def minimiser(weights, q):
    with mp.workdps(120):
        top = max(weights)
        power = [(b / top) ** (1 / (1 - q)) for b in weights]
        return [x / mp.fsum(power) for x in power]


def minimum(weights, q):
    with mp.workdps(200):
        total, top = mp.fsum(weights), max(weights)
        if q == 0:
            return -mp.fsum(b * mp.log(b / total) for b in weights)
        if q == 1:
            return total - top
        power = mp.fsum((b / top) ** (1 / (1 - q)) for b in weights)
        return (total - top * power ** (1 - q)) / q


def transform(t, q, K):
    with mp.workdps(200):
        scale = mp.mpf(K) ** -q if q >= 0 else mp.mpf(2) ** -q
        if q == 1:
            return scale * t
        if q == 0:
            low = (1 - t) * mp.log1p(-t) if t < 1 else 0
            return scale * ((1 + t) * mp.log1p(t) + low) / 2
        m = 1 / (1 - q)
        power = mp.log((1 + ((1 - t) / (1 + t)) ** m) / 2) / m + mp.log1p(t)
        return scale * mp.expm1(power) / q


def quadratic(t, q, K):
    return (1 + q) * t**2 / (2 * mp.mpf(K) ** q) if q >= 0 else t**2 / (2 ** (1 + q) * (1 - q))


def pinsker(p):
    return mp.mpf(2) if p == 0.5 else mp.log((1 - p) / p) / (1 - 2 * p)


def parts(eta, kappa, Delta, tau, kind):
    """Threshold, direction and Bayes parts of the balanced error."""
    with mp.workdps(120):
        f, c = factors(kappa, kind)
        g1, g0 = (1 + eta) / kappa, (1 + eta) / (eta * kappa)
        spread = mp.sqrt(Delta**2 + g1 + g0)
        half = f * Delta**2 / (2 * spread)
        shift = f * ((g1 - g0) / 2 + c * (1 - tau) * mp.log(eta)) / spread
        error, best = (phi(shift - half) + phi(-shift - half)) / 2, phi(-half)
        return [error - best, best - phi(-Delta / 2), phi(-Delta / 2)]


def log_rectified_mean(t):
    with mp.workdps(100):
        log_mean = mp.log(t * phi(t) + mp.npdf(t))
    return Sum(log_mean, 0.1)  # it vanishes at t = 0.9


def estimable(given):
    """Arguments eta, kappa, ..., kind with a kappa that the kind of covariance allows."""
    eta, kappa, *rest, kind = given
    allowed = {"estimated": 1.0 + kappa, "pseudo_inverse": kappa if kappa != 1 else 2.0}
    return [eta, allowed.get(kind, kappa), *rest, kind]


def slope_at_balance(kappa, Delta, kind):
    f, c = factors(kappa, kind)
    spread = mp.sqrt(Delta**2 + 4 / kappa)
    return -mp.npdf(f * Delta**2 / 2 / spread) * f * (c + 1 / kappa) / spread


def recall_level(recall, Delta):
    with mp.workdps(80):
        probit = mp.sqrt(2) * mp.erfinv(2 * recall - 1)
    return Sum.of(Delta**2 / 2, -Delta * probit)


def log_false_over_true(t, Delta):
    # far below the means both rates are one up to exp(-t^2/2)
    with mp.workdps(100 + int(min(t * t, 1600)) * (t < 0)):
        return mp.log(phi(-t - Delta / 2) / phi(Delta / 2 - t))


def scaled_norms(scale, combine):
    return [mp.sqrt(b**2 + combine(others(scale, y)) ** 2) for y, b in enumerate(scale)]


def constants(weight, scale, p):
    norms = scaled_norms(scale, max)
    slopes = [a * (1 - x) * n for a, x, n in zip(weight, p, norms, strict=True)]
    return slopes + [-a * mp.log(x) for a, x in zip(weight, p, strict=True)]


def face(weight, margins):
    K = len(weight)
    sums = [1 + mp.fsum(mp.exp(margins[y][j]) for j in range(K) if j != y) for y in range(K)]

    def push(y, j):
        return weight[y] * mp.exp(margins[y][j]) / sums[y]

    return [
        Sum.of(
            *(push(y, k) for y in range(K) if y != k), *(-push(k, j) for j in range(K) if j != k)
        )
        for k in range(K)
    ]


def true_class_posterior(z, margins, weight):
    total = mp.fsum(z)
    share = [x / total for x in z]
    mass = [
        p * (p * mp.exp(-m) + mp.fsum(others(share, y))) / a
        for y, (p, m, a) in enumerate(zip(share, margins, weight, strict=True))
    ]
    return [x / mp.fsum(mass) for x in mass]


def optimal_logits_of_margins(counts, multipliers, margins):
    u = [1 / d for d in multipliers]
    total = mp.fsum(x * x for x in u)
    scale = [t / d for t, d in zip(margins, multipliers, strict=True)]
    K = len(u)
    return [((i == j) - u[i] * u[j] / total) * scale[j] for i in range(K) for j in range(K)]


def margins_of_powers(counts, total, p, q, weights):
    shape = [(w * n**-q) ** (1 / (p + 1)) for w, n in zip(weights, counts, strict=True)]
    return [total * s / mp.fsum(shape) for s in shape]


def least_probabilities(logits, scale, offset):
    """Softmax of the target where row y is the one example of class y."""

    def probability(y):
        score = [b * u + d for u, b, d in zip(logits[y], scale, offset, strict=True)]
        return 1 / mp.fsum(mp.exp(s - score[y]) for s in score)

    return [probability(y) for y in range(len(scale))]


def enclosed(minimal_logits, bound, scale, offset):
    K = range(len(scale))
    rows = [[minimal_logits[y] if j == y else bound for j in K] for y in K]
    return least_probabilities(rows, scale, offset)


def mean_value_interval(values, level):
    n, mean = len(values), mp.fsum(values) / len(values)
    size = mp.fsum(map(abs, values))
    error = mp.sqrt(mp.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
    with mp.workdps(80):
        x = (1 + level) / 2
        # Student's quantile at one and at two degrees of freedom
        two = (2 * x - 1) * mp.sqrt(2 / (4 * x * (1 - x)))
        quantile = mp.tan(mp.pi * level / 2) if n == 2 else two
    half = quantile * error
    return [Sum(mean, size), Sum(mean - half, size + half), Sum(mean + half, size + half)]


def score(p, w, v, d, e, g):
    with mp.workdps(80):
        terms = mp.log(p / (1 - p)), mp.log(w), -mp.log(v)
        half, c = mp.fsum(terms) / 2, mp.exp(g * (d + e) / 2)
        bend = mp.asinh(c * mp.sinh(half))
        steep = 1 + c * mp.cosh(half) / mp.sqrt(1 + (c * mp.sinh(half)) ** 2)
        size = abs(d) + abs(e) + mp.fsum(map(abs, terms)) * steep / g
        return Sum((d - e) / 2 + (half + bend) / g, size)


def prior_bound(examples, smallest, classes, failure):
    e = mp.sqrt(3 * mp.log(2 * classes / failure) / (examples * smallest))
    return mp.inf if e >= 1 else Sum((1 + e) / (1 - e), 2 / (1 - e) ** 2)  # the pole at e = 1


def geometric_gini(factor, K):
    with mp.workdps(120):
        if factor == 1:
            return mp.mpf(0)
        h = mp.log(factor) / (K - 1)
        return mp.coth(K * h / 2) - mp.coth(h / 2) / K


def shapes(counts, delta):
    K, total = len(counts), mp.fsum(counts)
    rate = mp.fsum(1 / mp.sqrt(n) for n in counts) / K
    pooled = mp.fsum(map(mp.sqrt, counts)) / (K * min(counts))
    harmonic = mp.sqrt(mp.fsum(1 / n for n in counts)) / K
    level = 3 * mp.sqrt(mp.log(2 / delta) / 2)
    prefactor = total / (K * min(counts))
    return [
        0, rate, 3 * mp.sqrt(mp.log(2 * K / delta) / 2) * rate,
        0, pooled, prefactor * level / mp.sqrt(total),
        0, harmonic, level * harmonic,
    ]  # fmt: skip


def lost_scores(posterior, predicted, prior, mass):
    each = [
        [h / p for h, p in zip(row, prior, strict=True)] for row in posterior
    ]  # fmt: skip
    lost = [
        m * (max(row) - row[int(y)]) for row, y, m in zip(each, predicted, mass, strict=True)
    ]  # fmt: skip
    return Sum(mp.fsum(lost) / len(prior), max(m * max(r) for r, m in zip(each, mass, strict=True)))


def points_in_between(y):
    """Density ratio of SMOTE's new points, by u = v^2 near the end where large deviates have their mass."""

    def ratio(root):
        u = root**2
        square = u**2 + (1 - u) ** 2
        return 2 * root * mp.exp(-(y**2) * (1 / square - 1) / 2) / mp.sqrt(square)

    end = mp.sqrt(mp.mpf(1) / 2)
    stop = min(end, 12 / max(abs(y), mp.mpf(1)))
    cuts = [stop * i / 8 for i in range(9)]
    return 2 * mp.quad(ratio, cuts)


def tilts_of_sub_classes(counts, clusters):
    return [n / min(counts) for n in counts]


def simplex_of_two(counts, Delta, tau):
    shift = (1 - tau) * mp.log(counts[0] / counts[1]) / Delta
    return [phi(Delta / 2 + shift), phi(Delta / 2 - shift)]


# ---------------------------------------------------------------------------- the table


def zipped(function):
    """A formula of numbers, applied class by class."""
    return lambda *vectors: [function(*entries) for entries in zip(*vectors, strict=True)]


K = st.integers(2, 1000)
ROWS: dict[str, tuple[Any, Callable[..., Any]]] = {
    # balanced error and measure
    "balanced_error.balanced_error": (
        arguments(columns(UNIT, least=1)), lambda a: mp.fsum(1 - x for x in a) / len(a)),
    "balanced_error.balanced_scores": (
        arguments(columns(UNIT, powers(-12, 0))), zipped(lambda h, p: h / p)),
    "balanced_error.balanced_regret": (
        PRIORS.flatmap(lambda p: arguments(beside(p, UNIT), st.integers(0, len(p) - 1))).map(
            lambda a: [[a[0][0]], [a[1]], a[0][1], [1.0]]), lost_scores),
    "balanced_measure.balanced_mass": (
        PRIORS.flatmap(lambda p: beside(p, UNIT)),
        lambda h, p: mp.fsum(a / b for a, b in zip(h, p, strict=True))),
    "balanced_measure.balanced_posterior": (
        PRIORS.flatmap(lambda p: beside(p, SHARE)),
        balanced),
    "balanced_softmax.training_posterior": (
        arguments(columns(powers(-12, 0), COUNTS)),
        lambda f, n: balanced(f, [1 / x for x in n])),
    "balanced_softmax.training_logits": (
        arguments(columns(powers(-12, 0), COUNTS)),
        lambda f, n: [
            Sum.of(mp.log(a * b), -mp.log(mp.fsum(others([x * y for x, y in zip(f, n, strict=True)], k))),
                   mp.log(mp.fsum(f)), -mp.log(mp.fsum(f)))
            for k, (a, b) in enumerate(zip(f, n, strict=True))]),
    # binary losses
    "binary_link.optimal_score": (
        arguments(SHARE, POSITIVE, POSITIVE, LOGIT, LOGIT, st.just(1.0)), score),
    "binary_margins.implied_threshold": (
        arguments(POSITIVE, POSITIVE, LOGIT, LOGIT, POSITIVE, POSITIVE),
        lambda w, v, d, e, b, c: pushes(w * b, v * c, d, e)),
    "consistency.pairwise_threshold": (
        arguments(POSITIVE, POSITIVE, LOGIT, LOGIT, powers(-3, 0)),
        lambda w, v, d, e, g: pushes(w, v, g * d, g * e)),
    "binary_margins.weighted_hinge_risk": (
        arguments(UNIT, POSITIVE, POSITIVE, POSITIVE, POSITIVE),
        lambda h, w, v, d, e: (d + e) * min(h * w, (1 - h) * v)),
    "decision_costs.posterior_cost_threshold": (
        arguments(powers(-12, 12), powers(-12, 12)), lambda a, b: a / (a + b)),
    "decision_costs.power_costs": (
        arguments(PRIORS, st.floats(-3, 3)),
        lambda p, t: [(j != k) * p[k] ** -t / (len(p) - 1)
                      for k in range(len(p)) for j in range(len(p))]),
    "cost_sensitive.shifted_by_ratio": (
        arguments(POSITIVE, LOGIT, POSITIVE),
        lambda w, b, d: [(1 + d) / 2 * w, Sum.of((1 + d) / 2 * b, d / 2, -0.5)]),
    # class counts, sampling, difficulty
    "class_sampling.sampling_probability": (
        arguments(columns(COUNTS), st.floats(-40, 40)), sampling),
    "class_sampling.progressive_probability": (
        arguments(columns(COUNTS), UNIT),
        lambda n, t: [(1 - t) * x / mp.fsum(n) + t / len(n) for x in n]),
    "difficulty.difficulty_exponent": (
        arguments(columns(UNIT, least=1), st.sampled_from(["paper", "cifar"])), exponent),
    "difficulty.difficulty_power": (
        arguments(columns(UNIT, least=1).filter(lambda c: min(c[0]) < 1), st.floats(0, 30)),
        lambda a, t: [(1 - x) ** t for x in a]),
    "label_smoothing.label_aware_smoothing": (
        arguments(columns(COUNTS), UNIT.filter(lambda x: x < 1), SHARE, st.just("concave")),
        smoothing),
    "vector_scaling.logit_adjustment_offset": (
        arguments(columns(COUNTS), st.floats(-3, 3)),
        lambda n, t: [t * mp.log(x / mp.fsum(n)) for x in n]),
    "diversity.geometric_gini": (
        arguments(st.one_of(powers(0, 12), powers(-15, -1).map(lambda e: 1 + e)), K),
        geometric_gini),
    # bounds
    "bound_comparison.bound_shapes": (
        arguments(columns(COUNTS), FAILURE), shapes),
    "density_ratio_bound.weight_prefactor": (
        PRIORS.flatmap(lambda p: beside(p, POSITIVE)),
        lambda w, p: max(1 / (len(p) * a * b) for a, b in zip(w, p, strict=True))),
    "density_ratio_weights.rdr_curve": (
        arguments(columns(COUNTS, UNIT)),
        lambda n, p: [mp.sqrt(a / mp.fsum(n)) * (1 - b) for a, b in zip(n, p, strict=True)]),
    "density_ratio_weights.equalising_weights": (
        arguments(columns(powers(-12, 12), least=1)),
        lambda c: [mp.exp(mp.fsum(map(mp.log, c)) / len(c)) / x for x in c]),
    "density_ratio.expected_mean_ratio": (
        arguments(st.integers(1, 10**12), st.just(0.0) | powers(-12, 12), st.integers(1, 10**6)),
        lambda b, s, z: min(b, z) / (min(b, z) + s)),
    "stratified_bound.peeling_cost": (
        arguments(columns(st.integers(1, 10**9), least=1)),
        lambda k: mp.fsum(2 * mp.log(x) + mp.log(mp.pi**2 / 6) for x in k)),
    "local_lipschitz.scale_norm": (
        arguments(columns(POSITIVE), st.just("sum")), lambda b, _: scaled_norms(b, mp.fsum)),
    "local_lipschitz.vs_loss_constants": (
        arguments(columns(POSITIVE, POSITIVE, SHARE)), constants),
    "local_lipschitz.clipped_loss": (
        arguments(st.just(0.0) | powers(-12, 4), SHARE, POSITIVE),
        lambda x, p, a: min(x, -a * mp.log(p))),
    "error_surrogate.mistake_cost": (arguments(columns(LOGIT)), cost_of_a_mistake),
    "error_surrogate.error_surrogate": (
        arguments(columns(powers(-12, 4), st.floats(-300, 300), SHARE)), surrogate),
    "error_surrogate.error_surrogate_constants": (
        arguments(columns(LOGIT)), surrogate_constants),
    "estimated_covariance.inverse_wishart_moments": (
        arguments(st.integers(1, 10**6), st.integers(4, 10**9)).map(lambda a: [a[0], a[0] + a[1]]),
        lambda d, n: [1 / (n - d - 1), (n - 1) / ((n - d) * (n - d - 1) * (n - d - 3))]),
    "estimated_priors.prior_mismatch_bound": (
        arguments(powers(0, 12), powers(-12, 0), K, FAILURE), prior_bound),
    "plug_in.plug_in_regret_bound": (
        arguments(UNIT, UNIT, SHARE), lambda a, b, p: (a + b) / (2 * p * (1 - p))),
    "plug_in.prior_estimate_cost": (
        arguments(SHARE, powers(0, 12)), lambda p, n: 1 / (2 * mp.sqrt(n * p * (1 - p)))),
    "plug_in.transfer_bound": (
        arguments(REGRET, SHARE, st.just("margin_squared"), UNIT),
        lambda r, p, _, e: (mp.sqrt(r / 4) + e) / (2 * p * (1 - p))),
    "rademacher.massart_bound": (
        arguments(columns(LOGIT, LOGIT, least=1)),
        lambda a, b: max(mp.sqrt(mp.fsum(x * x for x in row)) for row in (a, b))
        * mp.sqrt(2 * mp.log(2)) / len(a)),
    "rademacher.norm_ball_bound": (
        arguments(columns(powers(-12, 12), least=1), POSITIVE, st.integers(1, 1000)),
        lambda r, l, k: l * mp.sqrt(k * mp.fsum(x * x for x in r)) / len(r)),
    # comp-sum losses, GLA and GCA
    "confidence.mean_interval": (
        arguments(columns(LOGIT, least=2, most=3), SHARE), mean_value_interval),
    "comp_sum.comp_sum_loss": (
        arguments(SHARE, st.one_of(ORDERS, st.floats(-19, 1e4))),
        lambda u, q: entropy_loss(mp.log(u), q)),
    "comp_sum.conditional_minimiser": (
        arguments(columns(powers(-12, 0)), st.one_of(ORDERS, st.floats(-1e3, -1))).filter(
            lambda a: a[1] < 1), minimiser),
    "comp_sum.conditional_minimum": (
        arguments(columns(powers(-12, 0)), st.one_of(ORDERS, st.floats(-1e3, -1))), minimum),
    "regret_transform.transform": (arguments(UNIT, ORDERS, K), transform),
    "regret_transform.quadratic_transform": (arguments(UNIT, ORDERS, K), quadratic),
    "gla.gla_offset": (
        arguments(PRIORS, st.one_of(ORDERS, st.floats(-1e3, -1)).filter(lambda q: q < 1)),
        lambda p, q: [mp.log(x) / (1 - q) for x in p]),
    "gla_bounds.sharp_pinsker_constant": (arguments(SHARE), pinsker),
    "gla_bounds.gla_binary_bound": (
        arguments(REGRET, SHARE), lambda r, p: mp.sqrt(r / pinsker(p)) / (p * (1 - p))),
    "gla_bounds.gla_pointwise_bound": (
        arguments(REGRET, PRIORS), lambda r, p: mp.sqrt(2 * r) / min(p)),
    "gla_bounds.gla_average_bound": (
        arguments(REGRET, PRIORS),
        lambda r, p: mp.sqrt(2 * mp.fsum(1 / x for x in p) * r) + 2 * r / min(p)),
    "gca.gca_average_bound": (
        arguments(REGRET, K, st.floats(0, 1)),
        lambda r, k, q: mp.sqrt(2 * mp.mpf(k) ** (q + 1) * r / (1 + q))),
    "gca.gca_target_weights": (
        PRIORS.flatmap(lambda p: beside(p, POSITIVE)).map(lambda a: a[::-1]),
        zipped(lambda p, r: 1 / (p * r))),
    "gca.gca_p_min_bound": (
        arguments(REGRET, PRIORS, st.floats(0, 1)),
        lambda r, p, q: mp.sqrt(2 * mp.mpf(len(p)) ** q * r / ((1 + q) * min(p)))),
    # focal
    "focal.focal_slope": (arguments(SHARE, st.just(0.0) | powers(-3, 6)), focal_slope),
    "focal.focal_posterior": (
        arguments(SHARE.map(lambda v: normalised([v, 1 - v])), powers(-3, 3)), focal_posterior),
    # factors of single methods
    "decreasing_link.influence_link": (
        arguments(SHARE, powers(-6, 6), powers(-6, 0)),
        lambda p, s, e: -mp.log(p) / (2 * s * (1 - p) + e)),
    "decreasing_link.influence_margin": (
        arguments(powers(-12, 12), powers(-12, 6)), lambda s, e: mp.log(1 + 2 * s / e)),
    "label_smoothing.balanced_smoothing": (
        arguments(columns(COUNTS)),
        lambda n: [(1 - min(n) / x) * (len(n) - 1) / len(n) for x in n]),
    "label_smoothing.smoothing_threshold": (
        arguments(HALF, HALF), lambda a, b: (HALF_ - b) / (1 - a - b)),
    "spared_negatives.seesaw_log_odds": (
        arguments(st.one_of(ETA, powers(-15, -1).map(lambda e: 1 + e)), st.just(0.0) | powers(-6, 3)),
        lambda r, p: mp.log1p((r**p - 1) / 2) if p * mp.log(r) < 1 else mp.log((1 + r**p) / 2)),
    "spared_negatives.consistent_seesaw_exponent": (
        arguments(st.one_of(powers(0.001, 12), powers(-15, -1).map(lambda e: 1 + e))),
        lambda r: mp.log1p(2 * (r - 1)) / mp.log1p(r - 1)),
    "spared_negatives.consistent_equalisation_gamma": (
        arguments(POSITIVE, SHARE).map(lambda a: [a[0], a[0] * a[1]]), lambda f, r: (f - r) / f),
    "second_heads.scaled_log_odds": (
        arguments(POSITIVE, POSITIVE, LOGIT), lambda f, g, c: 2 * c * (g - f) / (f + g)),
    "second_heads.nearest_mean_balanced_error": (
        arguments(powers(-6, 1), powers(-0.5, 3), powers(-0.5, 3)),
        lambda D, s, t: (phi(-D / 2 / s) + phi(-D / 2 / t)) / 2),
    "resampled_classes.smote_density_ratio": (
        arguments(st.one_of(st.floats(-10, 10), powers(-6, 8))), points_in_between),
    "resampled_classes.sub_class_tilts": (
        arguments(columns(COUNTS, st.integers(1, 9))), tilts_of_sub_classes),
    # two Gaussian classes
    "gaussian.recall_level_log_imbalance": (arguments(SHARE, DELTA), recall_level),
    "gaussian_curves.log_false_over_true": (
        arguments(st.one_of(st.floats(-40, 40), st.floats(-1e5, 1e5)), DELTA), log_false_over_true),
    "gaussian_decisions.geometric_mean": (
        arguments(st.floats(-52, 52), DELTA),
        lambda t, D: mp.sqrt(phi(D / 2 - t) * phi(D / 2 + t))),
    "gaussian_decisions.undersampled_posterior": (
        arguments(UNIT, powers(-15, 0)), lambda p, b: p / (p + b * (1 - p))),
    "simplex_gaussian.simplex_accuracies": (
        arguments(columns(COUNTS, most=2), DELTA, st.sampled_from([0.0, 0.5, 1.0])), simplex_of_two),
    # plug-in LDA
    "lda.centre_shift": (
        arguments(st.one_of(ETA, powers(-15, -1).map(lambda e: 1 + e)), KAPPA),
        lambda e, k: (e - 1 / e) / 2 / k),
    "centre_bias.undersampled_rate": (
        arguments(ETA, KAPPA, DELTA),
        lambda e, k, D: phi(D**2 / 2 / mp.sqrt(D**2 + 2 * (1 + e) / k))),
    "centre_bias.centre_correction": (
        arguments(ETA, KAPPA, KINDS).map(estimable),
        lambda e, k, kind: (e - 1 / e) / 2 / k / factors(k, kind)[1]),
    "centre_bias.balanced_error_parts": (
        arguments(ETA, KAPPA, DELTA, st.sampled_from([0.0, 0.5, 1.0]), KINDS).map(estimable), parts),
    "high_dimensional_lda.recall_slope_at_balance": (
        arguments(KAPPA, DELTA, KINDS).map(lambda a: estimable([1.0, *a])[1:]), slope_at_balance),
    "rectified_gaussian.log_rectified_mean": (
        arguments(st.one_of(st.floats(-40, 40), st.floats(-1e4, 1e4))), log_rectified_mean),
    "regimes.published_score": (
        arguments(ETA, KAPPA, DELTA), lambda e, k, D: mp.log(e) / (D * mp.sqrt(k))),
    # multi-class losses
    "multiclass_margins.true_class_margin_posterior": (
        arguments(columns(powers(-12, 0), LOGIT, POSITIVE)), true_class_posterior),
    "multiclass_margins.face_gradient": (squares(st.floats(-30, 30)), face),
    "minimal_probability.literal_probability": (
        arguments(columns(st.floats(-30, 30), st.floats(0.05, 3), st.floats(-30, 30))),
        lambda u, b, d: least_probabilities([u] * len(u), b, d)),
    "minimal_probability.bounded_logit_probability": (
        arguments(columns(st.floats(-30, 30), st.floats(0.05, 3), st.floats(-30, 30))).map(
            lambda a: [a[0], max(a[0]), a[1], a[2]]), enclosed),
    "margin_exponents.tradeoff_margins": (
        arguments(columns(COUNTS, POSITIVE), POSITIVE, powers(-3, 3), st.floats(-300, 300)).map(
            lambda a: [a[0], a[2], a[3], a[4], a[1]]), margins_of_powers),
    "threshold_moving.expected_costs": (
        squares(POSITIVE),
        lambda p, c: [mp.fsum(x * row[j] for x, row in zip(p, c, strict=True)) for j in range(len(p))]),
    "threshold_moving.moving_scores": (
        squares(POSITIVE), lambda p, c: [x * mp.fsum(row) for x, row in zip(p, c, strict=True)]),
    # last-layer geometry
    "seli.margin_optimal_logits": (
        arguments(columns(COUNTS, POSITIVE, POSITIVE)), optimal_logits_of_margins),
    "seli_step.orthogonal_minorities_imbalance": (
        arguments(SHARE), lambda s: ((1 - s) ** -2 - (1 - s)) / s),
    "minority_collapse.collapse_ridge": (
        arguments(powers(-12, 12), powers(0, 12)), lambda m, n: mp.sqrt(m) / n),
    "minority_collapse.collapse_imbalance": (
        arguments(powers(-12, 12), powers(0, 12), K, K),
        lambda r, m, a, b: Sum.of(1 / (r * mp.sqrt(m)), -b, over=a)),
    "neural_collapse.cross_polytope_cost": (
        arguments(K, st.integers(1, 1000)),
        lambda k, l: [k - 1, mp.floor(k / 2) * mp.mpf(2) ** (2 / (l + 1)) + k % 2]),
    # tails
    "posterior_thresholds.f_beta_metric": (
        arguments(powers(-15, 0), powers(-6, 6)), lambda p, b: [0, 1 + b**2, 0, b**2 * p, 0, 1]),
}  # fmt: skip


def by_keyword(name, *keywords):
    """The function with its last arguments given by name."""

    def call(*given):
        first = len(given) - len(keywords)
        return function(name)(*given[:first], **dict(zip(keywords, given[first:], strict=True)))

    return call


# The functions that do not take a row's arguments in its order.
CALLS: dict[str, Callable[..., Any]] = {
    name: by_keyword(name, *keywords)
    for name, keywords in {
        "margin_exponents.tradeoff_margins": ("margin_power", "count_power", "class_weights"),
        "centre_bias.centre_correction": ("covariance",),
        "centre_bias.balanced_error_parts": ("covariance",),
        "high_dimensional_lda.recall_slope_at_balance": ("covariance",),
    }.items()
}
CALLS["rademacher.massart_bound"] = lambda *rows: function("rademacher.massart_bound")(rows)


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


@pytest.mark.parametrize("name", ROWS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_fifty_digits(name, data):
    drawn, formula = ROWS[name]
    given_ = data.draw(drawn)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = CALLS.get(name, function(name))(*given_)
    agree(result, formula(*[exact(argument) for argument in given_]))


# ---------------------------------------------------------------------------- roots and integrals


@settings(max_examples=40, deadline=None)
@given(t=st.one_of(powers(-30, -1), SHARE), q=ORDERS, classes=K)
def test_the_inverse_transform_is_between_neighbours_that_miss(t, q, classes):
    value = float(transform(exact(t), exact(q), classes))
    inverse = mp.mpf(float(function("regret_transform.transform_inverse")(value, q, classes)))
    below, above = inverse * (1 - TOLERANCE), min(inverse * (1 + TOLERANCE), mp.mpf(1))
    assert transform(below, exact(q), classes) <= value * (1 + 4 * EPS)
    assert transform(above, exact(q), classes) >= value * (1 - 4 * EPS)


@settings(max_examples=40, deadline=None)
@given(eta=ETA, Delta=DELTA, beta=powers(-3, 3))
def test_the_f1_optimal_threshold_at_any_beta(eta, Delta, beta):
    t = mp.mpf(float(function("gaussian_f1.f1_optimal_threshold")(eta, Delta, beta)))
    D, level = mp.mpf(Delta), mp.mpf(beta) ** 2 / mp.mpf(eta)
    with mp.workdps(80 + int(min(t * t, 1600))):
        excess = mp.exp(-D * t) * phi(D / 2 - t) - phi(-D / 2 - t) - level
        slope = D * mp.exp(-D * t) * phi(D / 2 - t)
        assert abs(excess / slope) <= TOLERANCE * max(1, abs(t))


@settings(max_examples=40, deadline=None)
@given(
    eta=st.one_of(ETA, powers(-12, -1).map(lambda e: 1 + e)),
    Delta=DELTA,
    tau=st.just(0.0) | powers(-3, 6),
)
def test_where_difficulty_weights_rest(eta, Delta, tau):
    t = mp.mpf(float(function("difficulty.difficulty_threshold")(eta, Delta, tau)))
    D, k = mp.mpf(Delta), mp.mpf(tau)
    with mp.workdps(60 + int(min(t * t, 2000))):
        wrong, other = phi(-D / 2 - t), phi(-D / 2 + t)
        excess = D * t - mp.log(mp.mpf(eta)) - k * mp.log(wrong / other)
        slope = D + k * (mp.npdf(D / 2 + t) / wrong + mp.npdf(D / 2 - t) / other)
        assert abs(excess / slope) <= TOLERANCE * t + UNDERFLOW


@settings(max_examples=30, deadline=None)
@given(recall=st.floats(0.0024, 0.99), kappa=powers(-3, 9), Delta=st.floats(1e-3, 40))
def test_the_imbalance_of_a_recall_level(recall, kappa, Delta):
    probit, k, D = mp.sqrt(2) * mp.erfinv(2 * mp.mpf(recall) - 1), mp.mpf(kappa), mp.mpf(Delta)

    def excess(l):
        spread = mp.sqrt(D**2 + 4 * mp.cosh(l / 2) ** 2 / k)
        return D**2 / 2 - l - mp.sinh(l) / k - probit * spread

    if excess(0) <= 1e-9 * (D + 1):
        return
    l = mp.mpf(function("regimes.recall_level_log_imbalance")(recall, kappa, Delta))
    size = D**2 / 2 + l + mp.sinh(l) / k + abs(probit) * (D + 2 * mp.cosh(l / 2) / mp.sqrt(k))
    slope = abs(excess(l + mp.mpf("1e-12")) - excess(l)) * mp.mpf(10) ** 12
    assert abs(excess(l)) <= slope * TOLERANCE * l + 16 * EPS * size


@settings(max_examples=30, deadline=None)
@given(parts_=st.lists(powers(-15, 0), min_size=2, max_size=4), gamma=st.floats(0, 20))
def test_focal_scores_next_to_certainty(parts_, gamma):
    """Newton's method for the logarithms of all scores but the largest, which is one minus them."""
    posterior = normalised(parts_)
    found_scores = function("focal.focal_minimiser")(posterior, gamma)
    most, g = int(np.argmax(posterior)), mp.mpf(gamma)
    rare = [i for i in range(len(posterior)) if i != most]

    def log_h(v):
        return mp.log(v) - mp.log(focal_slope(v, g))

    def system(*logs):
        scores = [mp.exp(x) for x in logs]
        log_m = log_h(1 - mp.fsum(scores)) - mp.log(posterior[most])
        gaps = [log_h(v) - log_m - mp.log(posterior[i]) for i, v in zip(rare, scores, strict=True)]
        return gaps[0] if len(gaps) == 1 else gaps

    start = [mp.log(mp.mpf(float(found_scores[i]))) for i in rare]
    root = mp.findroot(system, start[0] if len(start) == 1 else start, tol=1e-35)
    truth = [mp.exp(x) for x in (root if len(start) > 1 else [root])]
    agree([found_scores[i] for i in rare], truth)
    agree(found_scores[most], 1 - mp.fsum(truth))


@settings(max_examples=20, deadline=None)
@given(eta=ETA, kappa=powers(-6, 0.2), Delta=DELTA)
def test_the_max_margin_solution(eta, kappa, Delta):
    solution = function("max_margin.max_margin")(eta, kappa, Delta)
    m, p, k = mp.mpf(Delta) / 2, 1 / (1 + mp.mpf(eta)), mp.mpf(kappa)

    def system(log_rho, one, other):
        rho = mp.exp(log_rho)
        push = rho / (2 * m * k)
        mean = [t * phi(t) + mp.npdf(t) for t in (one, other)]
        square = [(t * t + 1) * phi(t) + t * mp.npdf(t) for t in (one, other)]
        energy = k * (p * square[0] + (1 - p) * square[1])
        first, second = mp.log(p * mean[0] / push), mp.log((1 - p) * mean[1] / push)
        return [first, second, mp.log(energy) - mp.log(1 - rho**2)]

    rho, b, margin = (mp.mpf(value) for value in solution[:3])
    start = mp.log(rho), margin - rho * m - b, margin - rho * m + b
    log_rho, one, other = mp.findroot(system, start, tol=1e-25)
    rho, b = mp.exp(log_rho), (other - one) / 2
    agree(solution[:3], [rho, Sum(b, 1 + abs(b)), (one + other) / 2 + rho * m])
    for value, z in zip(solution[4:], (rho * m + b, rho * m - b), strict=True):
        assert miss(value, phi(z)) <= 1 + z * z  # a probability's condition in its quantile


@pytest.mark.parametrize(
    ("eta", "Delta"), [(1, 40), (1e12, 40), (1e12, 1e-6), (1e-6, 5), (1e5, 0.3)]
)
def test_average_precision_at_the_ends_of_its_domain(eta, Delta):
    with mp.workdps(25):
        D, e = mp.mpf(Delta), mp.mpf(eta)
        low, high = -13, 13 + (min(D, 40) if eta > 1 else 0)
        panels = int((high - low) / min(0.5, 4 / max(D, 1))) + 1
        edges = [low + (high - low) * mp.mpf(i) / panels for i in range(panels + 1)]
        truth = mp.quad(lambda u: mp.npdf(u) / (1 + e * phi(-u - D) / phi(-u)), edges, maxdegree=4)
    agree(function("gaussian_areas.average_precision")(eta, Delta), truth)


@pytest.mark.parametrize(
    ("counts", "Delta"),
    [([1e8, 1e4, 1.0], 0.5), ([1e12, 1e12 - 1, 1e12 + 1], 1e-4), ([1.0] + [1000.0] * 300, 2.0)],
)
def test_simplex_accuracies_of_many_classes(counts, Delta):
    accuracies = function("simplex_gaussian.simplex_accuracies")(counts, Delta)
    with mp.workdps(25):
        D, first = mp.mpf(Delta), mp.mpf(counts[0])
        ahead: dict[Any, int] = {}
        for count in counts[1:]:
            lead = D / mp.sqrt(2) + mp.sqrt(2) * mp.log(first / mp.mpf(count)) / D
            ahead[lead] = ahead.get(lead, 0) + 1

        def integrand(u):
            return mp.npdf(u) * mp.fprod(phi(u + a) ** many for a, many in ahead.items())

        truth = mp.quad(integrand, [-14 + mp.mpf(i) / 4 for i in range(4 * 30)], maxdegree=4)
    agree(accuracies[0], truth)


def beta_tail(x, a, b):
    """The regularised incomplete beta function, as a ball of 300 bits, and its slope."""
    from flint import arb, ctx

    ctx.prec = 300
    x, a, b = arb(x), arb(a), arb(b)
    log_slope = (a - 1) * x.log() + (b - 1) * (1 - x).log() + (a + b).lgamma()
    return x.beta_lower(a, b, regularized=True), (log_slope - a.lgamma() - b.lgamma()).exp()


@settings(max_examples=60, deadline=None)
@given(n=powers(0, 12).map(int), share=SHARE, z=st.floats(-12, 12))
def test_binomial_tails_of_many_trials_to_the_rounding_of_the_share(n, share, z):
    k = int(np.clip(round(n * share + z * np.sqrt(n * share * (1 - share))), 1, n))
    truth, slope = beta_tail(share, k, n - k + 1)
    tail = float(function("tail_bounds.binomial_tail")(k, n, share))
    if truth.rel_accuracy_bits() < 60 or truth < 1e-290:
        return
    magnified = float(slope / truth) * share / (1 - share)
    assert abs(float(tail / truth - 1)) <= TOLERANCE + EPS * magnified


@settings(max_examples=40, deadline=None)
@given(
    trials=powers(0, 12).map(int),
    successes=powers(0, 12).map(int),
    level=st.one_of(st.floats(0.01, 0.99), powers(-12, -2).map(lambda gap: 1 - gap)),
)
def test_clopper_pearson_ends_at_any_size(trials, successes, level):
    from flint import arb

    successes = min(successes, trials)
    low, high = function("confidence.clopper_pearson")(successes, trials, level)
    tail = (1 - arb(level)) / 2
    mass, slope = beta_tail(low, successes, trials - successes + 1)
    assert abs(float((mass - tail) / slope / low)) <= TOLERANCE
    if successes < trials:
        mass, slope = beta_tail(high, successes + 1, trials - successes)
        assert abs(float((1 - mass - tail) / slope / high)) <= TOLERANCE


@settings(max_examples=20, deadline=None)
@given(counts=st.lists(st.integers(1, 10**12), min_size=2, max_size=4))
def test_the_ridge_of_zero_logits_is_a_spectral_norm(counts):
    size = len(counts)
    roots = [mp.sqrt(n) for n in counts]
    gram = mp.matrix(size, size)
    for i in range(size):
        for j in range(size):
            gram[i, j] = ((i == j) - mp.mpf(1) / size) * roots[i] * roots[j]
    truth = mp.sqrt(max(mp.eigsy(gram, eigvals_only=True)))
    agree(function("minority_collapse.zero_logits_ridge")(counts), truth)
