"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import COUNTS, POSITIVE, SHARE, K, Sum, arguments, columns, mp, powers


def optimal_logits_of_margins(counts, multipliers, margins):
    u = [1 / d for d in multipliers]
    total = mp.fsum(x * x for x in u)
    scale = [t / d for t, d in zip(margins, multipliers, strict=True)]
    K = len(u)
    return [((i == j) - u[i] * u[j] / total) * scale[j] for i in range(K) for j in range(K)]


ROWS = {
    "seli.margin_optimal_logits": (
        arguments(columns(COUNTS, POSITIVE, POSITIVE)),
        optimal_logits_of_margins,
    ),
    "seli_step.orthogonal_minorities_imbalance": (
        arguments(SHARE),
        lambda s: ((1 - s) ** -2 - (1 - s)) / s,
    ),
    "minority_collapse.collapse_ridge": (
        arguments(powers(-12, 12), powers(0, 12)),
        lambda m, n: mp.sqrt(m) / n,
    ),
    "minority_collapse.collapse_imbalance": (
        arguments(powers(-12, 12), powers(0, 12), K, K),
        lambda r, m, a, b: Sum.of(1 / (r * mp.sqrt(m)), -b, over=a),
    ),
    "neural_collapse.cross_polytope_cost": (
        arguments(K, st.integers(1, 1000)),
        lambda k, l: [k - 1, mp.floor(k / 2) * mp.mpf(2) ** (2 / (l + 1)) + k % 2],
    ),
}
