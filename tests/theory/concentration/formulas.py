"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from counterpoise.theory.concentration import massart_bound
from hypothesis import strategies as st
from numeric_draws import LOGIT, POSITIVE, SHARE, Sum, arguments, columns, mp, powers


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


ROWS = {
    "rademacher.massart_bound": (
        arguments(columns(LOGIT, LOGIT, least=1)),
        lambda a, b: (
            max(mp.sqrt(mp.fsum(x * x for x in row)) for row in (a, b))
            * mp.sqrt(2 * mp.log(2))
            / len(a)
        ),
    ),
    "rademacher.norm_ball_bound": (
        arguments(columns(powers(-12, 12), least=1), POSITIVE, st.integers(1, 1000)),
        lambda r, l, k: l * mp.sqrt(k * mp.fsum(x * x for x in r)) / len(r),
    ),
    "confidence.mean_interval": (
        arguments(columns(LOGIT, least=2, most=3), SHARE),
        mean_value_interval,
    ),
}
# The functions that do not take a row's arguments in its order.
CALLS = {"rademacher.massart_bound": lambda *rows: massart_bound(rows)}
