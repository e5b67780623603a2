"""The ramp loss and the margin map: what ties margin errors to Rademacher complexity.

The lemmas under the class-margin bound of Cao et al. (NeurIPS 2019), Theorem 2, with their constants.
Checked by: piecewise SMT, intervals, limits.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_limit, steps
from ..foundation.validation import as_real, broadcasting

__all__ = ["ramp"]


@broadcasting
def ramp(margin: ArrayLike, width: ArrayLike = 1.0) -> NDArray[np.float64]:
    """The ramp loss ``min(1, max(0, 1 - margin/width))``, ``width > 0``; the inputs broadcast."""
    width = as_real("width", width, low=0, low_open=True)
    return np.clip((width - as_real("margin", margin)) / width, 0.0, 1.0)


# ------------------------------------------------------------------------------------ statements

_RAMP = "Min(1, Max(0, 1 - m/g))"
_SYMBOLS = {"m": "margin of an example", "g": "margin level gamma"}

RAMP = Statement(
    name="margin_loss.ramp",
    title="The ramp lies between the 0-1 loss and the margin error, and is 1/gamma-Lipschitz",
    source="Cao et al. (NeurIPS 2019), proof of Theorem 2",
    ids=("LD1a", "LD1b"),
    formula=state(f"0 <= {_RAMP} <= 1", m="real", g="positive"),
    steps=steps(
        ("it is a loss in [0, 1]", state(f"0 <= {_RAMP} <= 1", m="real", g="positive"), "LD1a"),
        (
            "it is 1 on every error, m <= 0",
            state(f"{_RAMP} >= 1", m="nonpositive", g="positive"),
            "LD1a",
        ),
        (
            "it is 0 where the margin reaches gamma",
            state(f"{_RAMP} <= 0", given="m >= g", m="real", g="positive"),
            "LD1a",
        ),
        (
            "with margins in units of gamma it is 1-Lipschitz, so 1/gamma-Lipschitz in m",
            state(
                "Abs(Min(1, Max(0, 1 - a)) - Min(1, Max(0, 1 - b))) <= Abs(a - b)",
                a="real",
                b="real",
            ),
            "LD1b",
        ),
        (
            "a smaller level has the smaller margin error: m below it is below the larger one",
            state("m < h", given=["m < g", "g <= h"], m="real", g="positive", h="positive"),
        ),
    ),
    argument="1[m <= 0] <= ramp <= 1[m < gamma]: the ramp is 1 where the left one is 1, 0 where the "
    "right one is 0, and in [0, 1] between.",
    mutants=mutants(
        (
            "the slope is gamma",
            state(
                "Abs(Min(1, Max(0, 1 - a/g)) - Min(1, Max(0, 1 - b/g))) <= g*Abs(a - b)",
                a="real",
                b="real",
                g="positive",
            ),
        ),
        (
            "the margin error counts margins above gamma",
            state(f"{_RAMP} <= 0", given="m <= g", m="real", g="positive"),
        ),
        (
            "the hinge without its cap is a loss in [0, 1]",
            state("Max(0, 1 - m/g) <= 1", m="real", g="positive"),
        ),
    ),
    symbols={**_SYMBOLS, "a": "a margin over gamma", "b": "another", "h": "a larger level"},
    functions=("ramp",),
)

_U = dict.fromkeys(("u1", "u2", "u3", "v1", "v2", "v3"), "real")

MARGIN_MAP = Statement(
    name="margin_loss.margin_map",
    title="The margin u_y - max_{j != y} u_j is sqrt(2)-Lipschitz in the Euclidean norm, tightly, any K",
    source="derived here; used in Cao et al. (NeurIPS 2019), Theorem 2",
    ids=("LD1c",),
    formula=state(
        "((u1 - Max(u2, u3)) - (v1 - Max(v2, v3)))**2"
        " <= 2*((u1 - v1)**2 + (u2 - v2)**2 + (u3 - v3)**2)",
        **_U,
    ),
    steps=steps(
        (
            "any K: against v's best wrong class l, u's maximum is at least u_l, so the difference of "
            "margins is at most that of two coordinates",
            state(
                "(u1 - U) - (v1 - vl) <= Abs(u1 - v1) + Abs(ul - vl)",
                given="U >= ul",
                u1="real",
                U="real",
                v1="real",
                vl="real",
                ul="real",
            ),
        ),
        (
            "and two coordinates are at most sqrt(2) times their norm",
            state("(Abs(x) + Abs(y))**2 <= 2*(x**2 + y**2)", x="real", y="real"),
        ),
        (
            "three classes at once",
            state(
                "((u1 - Max(u2, u3)) - (v1 - Max(v2, v3)))**2"
                " <= 2*((u1 - v1)**2 + (u2 - v2)**2 + (u3 - v3)**2)",
                **_U,
            ),
        ),
        (
            "tight: moving the true logit up and the best wrong one down by the same step",
            state(
                "((u + e) - (w - e) - (u - w))**2 == 2*(e**2 + e**2)", u="real", w="real", e="real"
            ),
        ),
    ),
    argument="Exchange u and v for the other sign. The number of classes does not enter.",
    mutants=mutants(
        (
            "1-Lipschitz",
            state(
                "((u1 - Max(u2, u3)) - (v1 - Max(v2, v3)))**2"
                " <= (u1 - v1)**2 + (u2 - v2)**2 + (u3 - v3)**2",
                **_U,
            ),
        ),
        (
            "sqrt(2) for the sum over the wrong classes in place of the maximum",
            state(
                "((u1 - u2 - u3) - (v1 - v2 - v3))**2"
                " <= 2*((u1 - v1)**2 + (u2 - v2)**2 + (u3 - v3)**2)",
                **_U,
            ),
        ),
    ),
    symbols={
        "u": "logits; class 1 is the target",
        "v": "other logits",
        "U": "the largest wrong logit of u",
        "x": "change of the true logit",
        "y": "change of a wrong logit",
        "e": "a step",
        "w": "the best wrong logit",
    },
)

PEELING = Statement(
    name="margin_loss.peeling",
    title="A grid of levels B 2^(-k) covers every margin in (0, B] at the price of log log and a factor 2",
    source="derived here; the grid of Kakade, Sridharan, Tewari (NIPS 2008)",
    ids=("LD1d", "LD1e"),
    formula=state(
        "(k + 1)*(k + 2) <= (x + 3)**2", given="k < x + 1", k="nonnegative", x="nonnegative"
    ),
    steps=steps(
        (
            "with x = log2(B/g) and k = x + e the next integer, e in [0, 1), the level is g 2^(-e)",
            state(
                "B*2**(-(log(B/g)/log(2) + e)) == g*2**(-e)", B="positive", g="positive", e="[0, 1)"
            ),
            "LD1d",
        ),
        (
            "so g/2 < level <= g",
            state("g/2 < g*2**(-e) <= g", g="positive", e="[0, 1)"),
            "LD1d",
        ),
        (
            "and 2/level < 4/g",
            state("2/(g*s) < 4/g", g="positive", s="(1/2, 1]"),
            "LD1d",
        ),
        (
            "the weights telescope",
            state("1/((k + 1)*(k + 2)) == 1/(k + 1) - 1/(k + 2)", k="integer 0.."),
            "LD1e",
        ),
        (
            "their partial sums 1 - 1/(m + 1) tend to 1",
            state_limit("1 - 1/(m + 1)", "1", "m", "high", m="positive"),
            "LD1e",
        ),
        (
            "the weight at level k costs at most (x + 3)^2",
            state(
                "(k + 1)*(k + 2) <= (x + 3)**2", given="k < x + 1", k="nonnegative", x="nonnegative"
            ),
            "LD1e",
        ),
        (
            "which is log2(8B/g)^2",
            state("log(8*B/g)/log(2) == log(B/g)/log(2) + 3", B="positive", g="positive"),
            "LD1e",
        ),
        (
            "so the logarithm of the weight is at most 2 log log2(8B/g)",
            state("log(w) <= 2*log(q)", given="w <= q**2", w="[1, oo)", q="[1, oo)"),
        ),
    ),
    argument="Give level k the share 1/((k+1)(k+2)) of the confidence. For a margin g use the largest "
    "level not above it.",
    mutants=mutants(
        (
            "the level is within 2/g, not 4/g",
            state("2/(g*2**(-e)) <= 2/g", g="positive", e="[0, 1)"),
        ),
        (
            "log2(2B/g), as printed, pays for the weights",
            state(
                "(k + 1)*(k + 2) <= (x + 1)**2", given="k < x + 1", k="nonnegative", x="nonnegative"
            ),
        ),
        (
            "weights 1/((k+1)(k+3)) telescope as well",
            state("1/((k + 1)*(k + 3)) == 1/(k + 1) - 1/(k + 3)", k="integer 0.."),
        ),
    ),
    symbols={
        "B": "largest margin",
        "g": "margin level",
        "k": "index of the grid",
        "x": "log2(B/g)",
        "e": "k - x",
        "s": "2^(-e)",
        "w": "(k+1)(k+2)",
        "q": "log2(8B/g)",
    },
)

STATEMENTS = (RAMP, MARGIN_MAP, PEELING)
