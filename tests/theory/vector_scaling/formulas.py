"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import COUNTS, POSITIVE, SHARE, arguments, columns, mp, others, powers


def scaled_norms(scale, combine):
    return [mp.sqrt(b**2 + combine(others(scale, y)) ** 2) for y, b in enumerate(scale)]


def constants(weight, scale, p):
    norms = scaled_norms(scale, max)
    slopes = [a * (1 - x) * n for a, x, n in zip(weight, p, norms, strict=True)]
    return slopes + [-a * mp.log(x) for a, x in zip(weight, p, strict=True)]


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


ROWS = {
    "vector_scaling.logit_adjustment_offset": (
        arguments(columns(COUNTS), st.floats(-3, 3)),
        lambda n, t: [t * mp.log(x / mp.fsum(n)) for x in n],
    ),
    "local_lipschitz.scale_norm": (
        arguments(columns(POSITIVE), st.just("sum")),
        lambda b, _: scaled_norms(b, mp.fsum),
    ),
    "local_lipschitz.vs_loss_constants": (arguments(columns(POSITIVE, POSITIVE, SHARE)), constants),
    "local_lipschitz.clipped_loss": (
        arguments(st.just(0.0) | powers(-12, 4), SHARE, POSITIVE),
        lambda x, p, a: min(x, -a * mp.log(p)),
    ),
    "minimal_probability.literal_probability": (
        arguments(columns(st.floats(-30, 30), st.floats(0.05, 3), st.floats(-30, 30))),
        lambda u, b, d: least_probabilities([u] * len(u), b, d),
    ),
    "minimal_probability.bounded_logit_probability": (
        arguments(columns(st.floats(-30, 30), st.floats(0.05, 3), st.floats(-30, 30))).map(
            lambda a: [a[0], max(a[0]), a[1], a[2]]
        ),
        enclosed,
    ),
}
