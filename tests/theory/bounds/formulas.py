"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import (
    COUNTS,
    FAILURE,
    LOGIT,
    POSITIVE,
    PRIORS,
    SHARE,
    UNIT,
    arguments,
    beside,
    columns,
    mp,
    others,
    powers,
)


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


ROWS = {
    "bound_comparison.bound_shapes": (arguments(columns(COUNTS), FAILURE), shapes),
    "density_ratio_bound.weight_prefactor": (
        PRIORS.flatmap(lambda p: beside(p, POSITIVE)),
        lambda w, p: max(1 / (len(p) * a * b) for a, b in zip(w, p, strict=True)),
    ),
    "density_ratio_weights.rdr_curve": (
        arguments(columns(COUNTS, UNIT)),
        lambda n, p: [mp.sqrt(a / mp.fsum(n)) * (1 - b) for a, b in zip(n, p, strict=True)],
    ),
    "density_ratio_weights.equalising_weights": (
        arguments(columns(powers(-12, 12), least=1)),
        lambda c: [mp.exp(mp.fsum(map(mp.log, c)) / len(c)) / x for x in c],
    ),
    "stratified_bound.peeling_cost": (
        arguments(columns(st.integers(1, 10**9), least=1)),
        lambda k: mp.fsum(2 * mp.log(x) + mp.log(mp.pi**2 / 6) for x in k),
    ),
    "error_surrogate.mistake_cost": (arguments(columns(LOGIT)), cost_of_a_mistake),
    "error_surrogate.error_surrogate": (
        arguments(columns(powers(-12, 4), st.floats(-300, 300), SHARE)),
        surrogate,
    ),
    "error_surrogate.error_surrogate_constants": (arguments(columns(LOGIT)), surrogate_constants),
}
