"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import (
    COUNTS,
    ETA,
    LOGIT,
    POSITIVE,
    SHARE,
    UNIT,
    Sum,
    arguments,
    columns,
    mp,
    normalised,
    others,
    powers,
    squares,
)

HALF = st.one_of(st.just(0.0), st.floats(1e-12, 0.4999), powers(-15, -1).map(lambda gap: 0.5 - gap))


def pushes(w, v, d, e):
    negative = v / (1 + mp.exp(-e))
    return negative / (w / (1 + mp.exp(-d)) + negative)


def smoothing(counts, head, tail, _):
    low, spread = min(counts), max(counts) - min(counts)
    x = [mp.sin(mp.pi / 2 * ((n - low) / spread if spread else 1)) for n in counts]
    return [tail * (1 - y) + head * y for y in x]


def focal_slope(v, g):
    return (1 - v) ** g - g * (1 - v) ** (g - 1) * v * mp.log(v)


def focal_posterior(scores, g):
    h = [v / focal_slope(v, g) for v in scores]
    return [x / mp.fsum(h) for x in h]


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


def score(p, w, v, d, e, g):
    with mp.workdps(80):
        terms = mp.log(p / (1 - p)), mp.log(w), -mp.log(v)
        half, c = mp.fsum(terms) / 2, mp.exp(g * (d + e) / 2)
        bend = mp.asinh(c * mp.sinh(half))
        steep = 1 + c * mp.cosh(half) / mp.sqrt(1 + (c * mp.sinh(half)) ** 2)
        size = abs(d) + abs(e) + mp.fsum(map(abs, terms)) * steep / g
        return Sum((d - e) / 2 + (half + bend) / g, size)


ROWS = {
    "binary_link.optimal_score": (
        arguments(SHARE, POSITIVE, POSITIVE, LOGIT, LOGIT, st.just(1.0)),
        score,
    ),
    "binary_margins.implied_threshold": (
        arguments(POSITIVE, POSITIVE, LOGIT, LOGIT, POSITIVE, POSITIVE),
        lambda w, v, d, e, b, c: pushes(w * b, v * c, d, e),
    ),
    "consistency.pairwise_threshold": (
        arguments(POSITIVE, POSITIVE, LOGIT, LOGIT, powers(-3, 0)),
        lambda w, v, d, e, g: pushes(w, v, g * d, g * e),
    ),
    "binary_margins.weighted_hinge_risk": (
        arguments(UNIT, POSITIVE, POSITIVE, POSITIVE, POSITIVE),
        lambda h, w, v, d, e: (d + e) * min(h * w, (1 - h) * v),
    ),
    "label_smoothing.label_aware_smoothing": (
        arguments(columns(COUNTS), UNIT.filter(lambda x: x < 1), SHARE, st.just("concave")),
        smoothing,
    ),
    "focal.focal_slope": (arguments(SHARE, st.just(0.0) | powers(-3, 6)), focal_slope),
    "focal.focal_posterior": (
        arguments(SHARE.map(lambda v: normalised([v, 1 - v])), powers(-3, 3)),
        focal_posterior,
    ),
    "decreasing_link.influence_link": (
        arguments(SHARE, powers(-6, 6), powers(-6, 0)),
        lambda p, s, e: -mp.log(p) / (2 * s * (1 - p) + e),
    ),
    "decreasing_link.influence_margin": (
        arguments(powers(-12, 12), powers(-12, 6)),
        lambda s, e: mp.log(1 + 2 * s / e),
    ),
    "label_smoothing.balanced_smoothing": (
        arguments(columns(COUNTS)),
        lambda n: [(1 - min(n) / x) * (len(n) - 1) / len(n) for x in n],
    ),
    "label_smoothing.smoothing_threshold": (
        arguments(HALF, HALF),
        lambda a, b: (mp.mpf(0.5) - b) / (1 - a - b),
    ),
    "spared_negatives.seesaw_log_odds": (
        arguments(
            st.one_of(ETA, powers(-15, -1).map(lambda e: 1 + e)), st.just(0.0) | powers(-6, 3)
        ),
        lambda r, p: mp.log1p((r**p - 1) / 2) if p * mp.log(r) < 1 else mp.log((1 + r**p) / 2),
    ),
    "spared_negatives.consistent_seesaw_exponent": (
        arguments(st.one_of(powers(0.001, 12), powers(-15, -1).map(lambda e: 1 + e))),
        lambda r: mp.log1p(2 * (r - 1)) / mp.log1p(r - 1),
    ),
    "spared_negatives.consistent_equalisation_gamma": (
        arguments(POSITIVE, SHARE).map(lambda a: [a[0], a[0] * a[1]]),
        lambda f, r: (f - r) / f,
    ),
    "multiclass_margins.true_class_margin_posterior": (
        arguments(columns(powers(-12, 0), LOGIT, POSITIVE)),
        true_class_posterior,
    ),
    "multiclass_margins.face_gradient": (squares(st.floats(-30, 30)), face),
    "weighted_recall.recall_weights": (
        arguments(columns(st.floats(-30, 30), powers(-12, 4), least=1)),
        lambda t, p: [
            y * mp.e**x / mp.fsum(b * mp.e**a for a, b in zip(t, p, strict=True))
            for x, y in zip(t, p, strict=True)
        ],
    ),
}
