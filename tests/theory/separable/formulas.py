"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from numeric_draws import LOGIT, POSITIVE, Sum, arguments

ROWS = {
    "cost_sensitive.shifted_by_ratio": (
        arguments(POSITIVE, LOGIT, POSITIVE),
        lambda w, b, d: [(1 + d) / 2 * w, Sum.of((1 + d) / 2 * b, d / 2, -0.5)],
    ),
}
