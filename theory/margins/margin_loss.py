"""The ramp loss and the margin map: what ties margin errors to Rademacher complexity.

The lemmas under the class-margin bound of Cao et al. (NeurIPS 2019), Theorem 2, with their constants.
Checked by: piecewise SMT, intervals, limits.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, broadcasting

__all__ = ["ramp"]


@broadcasting
def ramp(margin: ArrayLike, width: ArrayLike = 1.0) -> NDArray[np.float64]:
    """The ramp loss ``min(1, max(0, 1 - margin/width))``, ``width > 0``; the inputs broadcast."""
    width = as_real("width", width, low=0, low_open=True)
    return np.clip((width - as_real("margin", margin)) / width, 0.0, 1.0)


# ------------------------------------------------------------------------------------ statements


RAMP = statement(
    name="margin_loss.ramp",
    title="The ramp lies between the 0-1 loss and the margin error, and is 1/gamma-Lipschitz",
    source="Cao et al. (NeurIPS 2019), proof of Theorem 2",
    ids=("LD1a", "LD1b"),
    functions=("ramp",),
    where={
        "m: real": "margin of an example",
        "a: real": "a margin over gamma",
        "b: real": "another",
        "g: positive": "margin level gamma",
        "h: positive": "a larger level",
    },
    theorem=(
        "Phi_gamma(m) = min(1, max(0, 1 - m/gamma)): 1[m <= 0] <= Phi_gamma(m) <= 1[m < gamma] and "
        "|Phi_gamma(m) - Phi_gamma(m')| <= |m - m'|/gamma for all real m, m' and gamma > 0",
        r"\mathbb{1}[m \le 0] \le \Phi_\gamma(m) \le \mathbb{1}[m < \gamma], \qquad \left| \Phi_\gamma(m) "
        r"- \Phi_\gamma(m') \right| \le \frac{|m - m'|}{\gamma} \qquad \forall m, m' \in \mathbb{R},\ "
        r"\gamma > 0, \qquad \Phi_\gamma(m) = \min\left( 1, \max\left( 0, 1 - \frac m\gamma \right) \right)",
    ),
    formula="0 <= Min(1, Max(0, 1 - m/g)) <= 1",
    steps=(
        "between_zero_and_one (LD1a): it is a loss in [0, 1]",
        FORMULA,
        "one_on_errors (LD1a): it is 1 on every error, m <= 0",
        state("Min(1, Max(0, 1 - m/g)) >= 1", m="nonpositive"),
        "zero_beyond_level (LD1a): it is 0 where the margin reaches gamma",
        state("Min(1, Max(0, 1 - m/g)) <= 0", given="m >= g"),
        "lipschitz (LD1b): with margins in units of gamma it is 1-Lipschitz, so 1/gamma-Lipschitz in m",
        "Abs(Min(1, Max(0, 1 - a)) - Min(1, Max(0, 1 - b))) <= Abs(a - b)",
        "smaller_level_smaller_error: a smaller level has the smaller margin error: m below it is below "
        "the larger one",
        state("m < h", given=["m < g", "g <= h"]),
    ),
    argument="1[m <= 0] <= ramp <= 1[m < gamma]: the ramp is 1 where the left one is 1, 0 where the right "
    "one is 0, and in [0, 1] between.",
    mutants=(
        "the slope is gamma",
        "Abs(Min(1, Max(0, 1 - a/g)) - Min(1, Max(0, 1 - b/g))) <= g*Abs(a - b)",
        "the margin error counts margins above gamma",
        state("Min(1, Max(0, 1 - m/g)) <= 0", given="m <= g"),
        "the hinge without its cap is a loss in [0, 1]",
        "Max(0, 1 - m/g) <= 1",
    ),
)


MARGIN_MAP = statement(
    name="margin_loss.margin_map",
    title="The margin u_y - max_{j != y} u_j is sqrt(2)-Lipschitz in the Euclidean norm, tightly, any K",
    source="derived here; used in Cao et al. (NeurIPS 2019), Theorem 2",
    ids=("LD1c",),
    where={
        "u1: real": "logit u of class 1, the target",
        "u2, u3: real": "logit u of classes 2, 3",
        "U: real": "the largest wrong logit of u",
        "v1: real": "logit v of class 1, the target",
        "v2, v3: real": "logit v of classes 2, 3",
        "vl: real": "v's best wrong logit, class l",
        "ul: real": "u's logit of class l",
        "x: real": "change of the true logit",
        "y: real": "change of a wrong logit",
        "u: real": "logits; class 1 is the target",
        "w: real": "the best wrong logit",
        "e: real": "a step",
        "v": "other logits",
    },
    theorem=(
        "for every K >= 2, class y and u, v in R^K: |(u_y - max_{j != y} u_j) - (v_y - max_{j != y} v_j)| "
        "<= sqrt(2) ||u - v||_2, and sqrt(2) is the least such constant",
        r"\left| \left( u_y - \max_{j \ne y} u_j \right) - \left( v_y - \max_{j \ne y} v_j \right) \right| "
        r"\le \sqrt2\, \lVert u - v \rVert_2 \quad \forall u, v \in \mathbb{R}^K,\ K \ge 2, \qquad \sqrt2 "
        r"= \sup_{u \ne v} \frac{\left| \left( u_y - \max_{j \ne y} u_j \right) - \left( v_y - \max_{j \ne "
        r"y} v_j \right) \right|}{\lVert u - v \rVert_2}",
    ),
    formula="((u1 - Max(u2, u3)) - (v1 - Max(v2, v3)))**2 <= 2*((u1 - v1)**2 + (u2 - v2)**2 + (u3 - v3)**2)",
    steps=(
        "two_coordinates_suffice: any K: against v's best wrong class l, u's maximum is at least u_l, so "
        "the difference of margins is at most that of two coordinates",
        state("(u1 - U) - (v1 - vl) <= Abs(u1 - v1) + Abs(ul - vl)", given="U >= ul"),
        "two_coordinates_norm: and two coordinates are at most sqrt(2) times their norm",
        "(Abs(x) + Abs(y))**2 <= 2*(x**2 + y**2)",
        "three_classes: three classes at once",
        FORMULA,
        "tight: tight: moving the true logit up and the best wrong one down by the same step",
        "((u + e) - (w - e) - (u - w))**2 == 2*(e**2 + e**2)",
    ),
    argument="Exchange u and v for the other sign. The number of classes does not enter.",
    mutants=(
        "1-Lipschitz",
        "((u1 - Max(u2, u3)) - (v1 - Max(v2, v3)))**2 <= (u1 - v1)**2 + (u2 - v2)**2 + (u3 - v3)**2",
        "sqrt(2) for the sum over the wrong classes in place of the maximum",
        "((u1 - u2 - u3) - (v1 - v2 - v3))**2 <= 2*((u1 - v1)**2 + (u2 - v2)**2 + (u3 - v3)**2)",
    ),
)

PEELING = statement(
    name="margin_loss.peeling",
    title="A grid of levels B 2^(-k) covers every margin in (0, B] at the price of log log and a factor 2",
    source="derived here; the grid of Kakade, Sridharan, Tewari (NIPS 2008)",
    ids=("LD1d", "LD1e"),
    where={
        "k: nonnegative": "index of the grid",
        "x: nonnegative": "log2(B/g)",
        "B: positive": "largest margin",
        "g: positive": "margin level",
        "e: [0, 1)": "k - x",
        "s: (1/2, 1]": "2^(-e)",
        "m: positive": "number of terms in the partial sum",
        "w: [1, oo)": "(k+1)(k+2)",
        "q: [1, oo)": "log2(8B/g)",
    },
    theorem=(
        "for every B > 0 and 0 < gamma <= B some k in {0, 1, ...} has gamma/2 < B 2^(-k) <= gamma, so 2/(B "
        "2^(-k)) < 4/gamma, and log((k+1)(k+2)) <= 2 log log2(8B/gamma); sum_{k >= 0} 1/((k+1)(k+2)) = 1",
        r"\forall \gamma \in (0, B]\ \exists k \in \{0, 1, 2, \dots\} :\quad \frac\gamma2 < B\, 2^{-k} \le "
        r"\gamma, \qquad \log\left( (k+1)(k+2) \right) \le 2 \log \log_2 \frac{8B}{\gamma}; \qquad "
        r"\sum_{k=0}^{\infty} \frac{1}{(k+1)(k+2)} = 1",
    ),
    formula=state("(k + 1)*(k + 2) <= (x + 3)**2", given="k < x + 1"),
    steps=(
        "level_from_next_integer (LD1d): with x = log2(B/g) and k = x + e the next integer, e in [0, 1), "
        "the level is g 2^(-e)",
        "B*2**(-(log(B/g)/log(2) + e)) == g*2**(-e)",
        "level_within_factor_two (LD1d): so g/2 < level <= g",
        "g/2 < g*2**(-e) <= g",
        "price_within_factor_two (LD1d): and 2/level < 4/g",
        "2/(g*s) < 4/g",
        "weights_telescope (LD1e): the weights telescope",
        state("1/((k + 1)*(k + 2)) == 1/(k + 1) - 1/(k + 2)", k="integer 0.."),
        "partial_sums_tend_to_one (LD1e): their partial sums 1 - 1/(m + 1) tend to 1",
        state_limit("1 - 1/(m + 1)", "1", "m", "high"),
        "weight_bounded_by_square (LD1e): the weight at level k costs at most (x + 3)^2",
        FORMULA,
        "three_octaves (LD1e): which is log2(8B/g)^2",
        "log(8*B/g)/log(2) == log(B/g)/log(2) + 3",
        "logarithm_of_weight: so the logarithm of the weight is at most 2 log log2(8B/g)",
        state("log(w) <= 2*log(q)", given="w <= q**2"),
    ),
    argument="Give level k the share 1/((k+1)(k+2)) of the confidence. For a margin g use the largest "
    "level not above it.",
    mutants=(
        "the level is within 2/g, not 4/g",
        "2/(g*2**(-e)) <= 2/g",
        "log2(2B/g), as printed, pays for the weights",
        state("(k + 1)*(k + 2) <= (x + 1)**2", given="k < x + 1"),
        "weights 1/((k+1)(k+3)) telescope as well",
        state("1/((k + 1)*(k + 3)) == 1/(k + 1) - 1/(k + 3)", k="integer 0.."),
    ),
)

STATEMENTS = (RAMP, MARGIN_MAP, PEELING)
