"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import (
    ORDERS,
    POSITIVE,
    PRIORS,
    REGRET,
    SHARE,
    UNIT,
    K,
    arguments,
    balanced,
    beside,
    columns,
    mp,
    powers,
    zipped,
)


def entropy_loss(log_u, q):
    return -log_u if q == 0 else -mp.expm1(q * log_u) / q


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


ROWS = {
    "balanced_measure.balanced_mass": (
        PRIORS.flatmap(lambda p: beside(p, UNIT)),
        lambda h, p: mp.fsum(a / b for a, b in zip(h, p, strict=True)),
    ),
    "balanced_measure.balanced_posterior": (PRIORS.flatmap(lambda p: beside(p, SHARE)), balanced),
    "comp_sum.comp_sum_loss": (
        arguments(SHARE, st.one_of(ORDERS, st.floats(-19, 1e4))),
        lambda u, q: entropy_loss(mp.log(u), q),
    ),
    "comp_sum.conditional_minimiser": (
        arguments(columns(powers(-12, 0)), st.one_of(ORDERS, st.floats(-1e3, -1))).filter(
            lambda a: a[1] < 1
        ),
        minimiser,
    ),
    "comp_sum.conditional_minimum": (
        arguments(columns(powers(-12, 0)), st.one_of(ORDERS, st.floats(-1e3, -1))),
        minimum,
    ),
    "regret_transform.transform": (arguments(UNIT, ORDERS, K), transform),
    "regret_transform.quadratic_transform": (arguments(UNIT, ORDERS, K), quadratic),
    "gla.gla_offset": (
        arguments(PRIORS, st.one_of(ORDERS, st.floats(-1e3, -1)).filter(lambda q: q < 1)),
        lambda p, q: [mp.log(x) / (1 - q) for x in p],
    ),
    "gla_bounds.sharp_pinsker_constant": (arguments(SHARE), pinsker),
    "gla_bounds.gla_binary_bound": (
        arguments(REGRET, SHARE),
        lambda r, p: mp.sqrt(r / pinsker(p)) / (p * (1 - p)),
    ),
    "gla_bounds.gla_pointwise_bound": (
        arguments(REGRET, PRIORS),
        lambda r, p: mp.sqrt(2 * r) / min(p),
    ),
    "gla_bounds.gla_average_bound": (
        arguments(REGRET, PRIORS),
        lambda r, p: mp.sqrt(2 * mp.fsum(1 / x for x in p) * r) + 2 * r / min(p),
    ),
    "gca.gca_average_bound": (
        arguments(REGRET, K, st.floats(0, 1)),
        lambda r, k, q: mp.sqrt(2 * mp.mpf(k) ** (q + 1) * r / (1 + q)),
    ),
    "gca.gca_target_weights": (
        PRIORS.flatmap(lambda p: beside(p, POSITIVE)).map(lambda a: a[::-1]),
        zipped(lambda p, r: 1 / (p * r)),
    ),
    "gca.gca_p_min_bound": (
        arguments(REGRET, PRIORS, st.floats(0, 1)),
        lambda r, p, q: mp.sqrt(2 * mp.mpf(len(p)) ** q * r / ((1 + q) * min(p))),
    ),
}
