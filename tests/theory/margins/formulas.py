"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import COUNTS, POSITIVE, arguments, by_keyword, columns, mp, powers


def margins_of_powers(counts, total, p, q, weights):
    shape = [(w * n**-q) ** (1 / (p + 1)) for w, n in zip(weights, counts, strict=True)]
    return [total * s / mp.fsum(shape) for s in shape]


ROWS = {
    "margin_exponents.tradeoff_margins": (
        arguments(columns(COUNTS, POSITIVE), POSITIVE, powers(-3, 3), st.floats(-300, 300)).map(
            lambda a: [a[0], a[2], a[3], a[4], a[1]]
        ),
        margins_of_powers,
    ),
}
# The functions that do not take a row's arguments in its order.
CALLS = {
    "margin_exponents.tradeoff_margins": by_keyword(
        "margin_exponents.tradeoff_margins", "margin_power", "count_power", "class_weights"
    )
}
