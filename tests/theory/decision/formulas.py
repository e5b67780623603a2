"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import (
    POSITIVE,
    PRIORS,
    REGRET,
    SHARE,
    UNIT,
    Sum,
    arguments,
    beside,
    columns,
    mp,
    powers,
    squares,
    zipped,
)


def lost_scores(posterior, predicted, prior, mass):
    each = [
        [h / p for h, p in zip(row, prior, strict=True)] for row in posterior
    ]  # fmt: skip
    lost = [
        m * (max(row) - row[int(y)]) for row, y, m in zip(each, predicted, mass, strict=True)
    ]  # fmt: skip
    return Sum(mp.fsum(lost) / len(prior), max(m * max(r) for r, m in zip(each, mass, strict=True)))


def norms(confusion):
    K = len(confusion)
    wrong = mp.matrix(confusion)
    sums = [mp.fsum(wrong[i, j] for i in range(K)) for j in range(K)]
    return [mp.fsum(sums) / K, max(mp.svd_r(wrong, compute_uv=False)), max(sums)]


ROWS = {
    "confusion_norms.error_norms": (
        squares(UNIT).map(lambda drawn: ([[x / len(drawn[1]) for x in row] for row in drawn[1]],)),
        norms,
    ),
    "confusion_norms.frequency_weights": (
        arguments(UNIT, POSITIVE),
        lambda p, r: 1 / mp.sqrt(p + r),
    ),
    "balanced_error.balanced_error": (
        arguments(columns(UNIT, least=1)),
        lambda a: mp.fsum(1 - x for x in a) / len(a),
    ),
    "balanced_error.balanced_scores": (
        arguments(columns(UNIT, powers(-12, 0))),
        zipped(lambda h, p: h / p),
    ),
    "balanced_error.balanced_regret": (
        PRIORS.flatmap(lambda p: arguments(beside(p, UNIT), st.integers(0, len(p) - 1))).map(
            lambda a: [[a[0][0]], [a[1]], a[0][1], [1.0]]
        ),
        lost_scores,
    ),
    "decision_costs.posterior_cost_threshold": (
        arguments(powers(-12, 12), powers(-12, 12)),
        lambda a, b: a / (a + b),
    ),
    "decision_costs.power_costs": (
        arguments(PRIORS, st.floats(-3, 3)),
        lambda p, t: [
            (j != k) * p[k] ** -t / (len(p) - 1) for k in range(len(p)) for j in range(len(p))
        ],
    ),
    "plug_in.plug_in_regret_bound": (
        arguments(UNIT, UNIT, SHARE),
        lambda a, b, p: (a + b) / (2 * p * (1 - p)),
    ),
    "plug_in.prior_estimate_cost": (
        arguments(SHARE, powers(0, 12)),
        lambda p, n: 1 / (2 * mp.sqrt(n * p * (1 - p))),
    ),
    "plug_in.transfer_bound": (
        arguments(REGRET, SHARE, st.just("margin_squared"), UNIT),
        lambda r, p, _, e: (mp.sqrt(r / 4) + e) / (2 * p * (1 - p)),
    ),
    "threshold_moving.expected_costs": (
        squares(POSITIVE),
        lambda p, c: [
            mp.fsum(x * row[j] for x, row in zip(p, c, strict=True)) for j in range(len(p))
        ],
    ),
    "threshold_moving.moving_scores": (
        squares(POSITIVE),
        lambda p, c: [x * mp.fsum(row) for x, row in zip(p, c, strict=True)],
    ),
    "posterior_thresholds.f_beta_metric": (
        arguments(powers(-15, 0), powers(-6, 6)),
        lambda p, b: [0, 1 + b**2, 0, b**2 * p, 0, 1],
    ),
}
