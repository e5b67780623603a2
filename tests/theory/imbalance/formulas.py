"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import K, arguments, mp, powers


def geometric_gini(factor, K):
    with mp.workdps(120):
        if factor == 1:
            return mp.mpf(0)
        h = mp.log(factor) / (K - 1)
        return mp.coth(K * h / 2) - mp.coth(h / 2) / K


ROWS = {
    "diversity.geometric_gini": (
        arguments(st.one_of(powers(0, 12), powers(-15, -1).map(lambda e: 1 + e)), K),
        geometric_gini,
    ),
}
