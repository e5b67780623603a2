"""Second-stage heads on given features: learned weight scaling and nearest class means.

Kang et al. (ICLR 2020) offer both against imbalance; when they are the balanced rule is derived here.
Checked by: identities, a limit, intervals, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.normal import normal_cdf
from ..foundation.validation import as_real, broadcasting

__all__ = ["nearest_mean_balanced_error", "scaled_log_odds"]

_Array = NDArray[np.float64]


@broadcasting
def scaled_log_odds(factor: ArrayLike, other: ArrayLike, mean_logit: ArrayLike = 0.0) -> _Array:
    """Log-odds between two logits at which scaled ones tie: ``2 c (f_2 - f_1)/(f_1 + f_2)``.

    ``factor`` f_1 and ``other`` f_2 are positive, ``mean_logit`` c is the two logits' mean; they broadcast.
    """
    first = as_real("factor", factor, low=0, low_open=True)
    second = as_real("other", other, low=0, low_open=True)
    return 2 * as_real("mean_logit", mean_logit) * ((second - first) / (first + second))


@broadcasting
def nearest_mean_balanced_error(
    distance: ArrayLike, deviation: ArrayLike, other: ArrayLike
) -> _Array:
    """Balanced error of the nearest class mean for two spherical Gaussians, of any dimension.

    ``(Phi(-D/(2 s_1)) + Phi(-D/(2 s_2)))/2`` at ``distance`` D >= 0 of the means, with standard deviations
    ``deviation`` s_1 and ``other`` s_2 > 0 along any line; they broadcast.
    """
    half = as_real("distance", distance, low=0) / 2
    first = as_real("deviation", deviation, low=0, low_open=True)
    second = as_real("other", other, low=0, low_open=True)
    return (normal_cdf(-half / first) + normal_cdf(-half / second)) / 2


# ------------------------------------------------------------------------------------ statements


SCALED_HEAD = statement(
    name="second_heads.scaled_head",
    title="Scaling two logits of mean c moves their tie to log-odds 2 c (f_2 - f_1)/(f_1 + f_2), 0 at c = 0",
    source="LWS: Kang et al. (ICLR 2020); derived here",
    functions=("scaled_log_odds",),
    where={
        "z: real": "their difference, the log-odds",
        "f1, f2: positive": "factor of classes 1, 2",
        "c: real": "mean of the two logits",
        "q1, q2: (0, 1)": "probability of classes 1, 2 under the head",
        "h1: [0, 1]": "its posterior",
        "h2: [0, 1]": "posterior of class 2",
    },
    theorem=(
        "logits u_1 = c + z/2, u_2 = c - z/2 and factors f_1, f_2 > 0: f_1 u_1 > f_2 u_2 iff z > z_0 = 2c "
        "(f_2 - f_1)/(f_1 + f_2); z_0 = 0 for all factors if c = 0, and |z_0| < 2|c| otherwise",
        r"u_{1,2}=c\pm\tfrac z2:\quad f_1u_1>f_2u_2\iff z>z_0,\quad z_0=2c\,\frac{f_2-f_1}{f_1+f_2},\qquad "
        r"z_0=0\ \text{ if }c=0,\quad |z_0|<2|c|\ \text{ if }c\ne0\qquad\forall\,z\in\mathbb R,\ f_1,f_2>0",
    ),
    formula="f1*(c + z/2) - f2*(c - z/2) == (f1 + f2)/2*(z - 2*c*(f2 - f1)/(f1 + f2))",
    steps=(
        "scaled_gap: logits c +- z/2, z the log-odds: the scaled gap is increasing in z and vanishes at "
        "one place",
        FORMULA,
        "tie_at_zero_mean: sum zero: that is z = 0, posterior one half, whatever the factors",
        state("(f1 + f2)/2*(z - 2*0*(f2 - f1)/(f1 + f2)) > 0", z="positive"),
        "reach_is_bounded: no factors reach log-odds beyond 2 |c|",
        state("2*c*(f2 - f1)/(f1 + f2) < 2*c", c="positive"),
        "zero_start_keeps_zero_mean: a head that starts at zero keeps c = 0: cross-entropy's gradients in "
        "the logits add up to zero",
        state("(q1 - h1) + (q2 - h2) == 0", given=["q1 + q2 == 1", "h1 + h2 == 1"]),
        "witness_against_balance: priors 9/10, 1/10, posterior 8/10, c = 0: scaled logits predict class 1, "
        "the balanced rule 2",
        ("f1*log(4)/2 > -f2*log(4)/2", "(8/10)/(9/10) < (2/10)/(1/10)"),
    ),
    argument="The balanced rule ties at log-odds log(pi_1/pi_2). A head trained with cross-entropy has z = "
    "log(eta_1/eta_2), and its logits' mean c is not determined by the loss: with c = 0 no "
    "positive factors, learnt by whatever sampling, move the decision from one half; otherwise "
    "the reach is 2 |c|.",
    mutants=(
        "factors act as an offset whatever the mean: the tie moves for c = 0",
        state("f1*(z/2) + f2*(z/2) == 0", given="z*(f1 + f2) == f2 - f1"),
        "any log-odds can be reached",
        state("2*c*(f2 - f1)/(f1 + f2) >= c", c="positive"),
        "the tie is at c (f_2 - f_1)/(f_1 + f_2)",
        "f1*(c + z/2) - f2*(c - z/2) == (f1 + f2)/2*(z - c*(f2 - f1)/(f1 + f2))",
    ),
    rests_on=("logit_adjustment.normalisation_is_not_adjustment", "balanced_error.bayes_rule"),
)


NEAREST_MEAN = statement(
    name="second_heads.nearest_mean",
    title="Spherical Gaussians of one variance: the nearest mean is the balanced rule; two of unequal: not",
    source="NCM: Kang et al. (ICLR 2020); classical discriminant analysis",
    functions=("nearest_mean_balanced_error",),
    where={
        "x: real": "a coordinate of the point; in the limit the distance beyond the narrow class's mean",
        "m: real": "that of one class's mean",
        "n: real": "of another's",
        "v: positive": "variance in every direction",
        "p: (0, 1)": "prior",
        "f: positive": "density of a class",
        "g: positive": "density of all points",
        "k: positive": "by how much the other class's is larger",
        "D: positive": "distance of the means",
        "d: positive": "dimension",
        "r: positive": "half the distance of neighbouring means",
    },
    theorem=(
        "classes N(mu_y, v I) in R^d with one v > 0, any K, d and priors: at every x argmin_y |x - mu_y| = "
        "argmax_y eta_y(x)/pi_y; but for two classes N(mu_1, v_1 I), N(mu_2, v_2 I) with mu_1 != mu_2 and "
        "v_1 != v_2 the nearest mean differs from argmax_y eta_y/pi_y on a non-empty open set",
        r"X\,|\,y\sim\mathcal N(\mu_y,vI_d)\ \forall\,y\ \Longrightarrow\ \operatorname{argmin}"
        r"_y\|x-\mu_y\|=\operatorname{argmax}_y\frac{\eta_y(x)}{\pi_y}\ \ \forall\,x\in\mathbb R^d,\ K,\ "
        r"\pi;\qquad K=2,\ X\,|\,y\sim\mathcal N(\mu_y,v_yI_d),\ \mu_1\ne\mu_2,\ v_1\ne v_2\ "
        r"\Longrightarrow\ \operatorname{argmin}_y\|x-\mu_y\|\ne\operatorname{argmax}_y\frac{\eta_y(x)}"
        r"{\pi_y}\ \text{ on a non-empty open set}",
    ),
    formula="-(x - m)**2/(2*v) + (x - n)**2/(2*v) == ((x - n)**2 - (x - m)**2)/(2*v)",
    steps=(
        "log_densities_by_distance: one variance: log densities differ as squared distances do, coordinate "
        "by coordinate",
        FORMULA,
        "balanced_score_is_the_density: the balanced score eta/pi is the class's density over that of all: "
        "no prior is left",
        "(p*f/g)/p == f/g",
        "wide_class_denser_far_out: variances v < v + k: x beyond the narrow class's mean, away from the "
        "other at distance D, the wide class (dimension d) is denser far out ...",
        state_limit(
            "-x**2/(2*v) + (x + D)**2/(2*(v + k)) + d*log((v + k)/v)/2",
            "-oo",
            "x",
            "high",
            x="positive",
        ),
        "narrow_mean_nearer_there: ... where the narrow one's mean is nearer",
        state("x**2 < (x + D)**2", x="positive"),
        "witness_on_a_line: at N(0, 1) and N(2, 4), x = 11/10: nearest is 2, denser is the class at 0",
        ("(11/10 - 2)**2 < (11/10)**2", "exp(-(11/10)**2/2)/1 > exp(-(11/10 - 2)**2/8)/2"),
        "three_classes_can_agree: three classes can be an exception: on a line, variances 4, 1, 4 at -2 r, "
        "0, 2 r, densities equal half way, at r: the narrow class is denser just where it is nearer, up to "
        "r ...",
        "-x**2/2 + (x - 2*r)**2/8 + 3*r**2/8 == (r - x)*(3*x + 7*r)/8",
        "equality_of_densities_half_way: ... for the log of the deviations' ratio log 2 = 3 r^2/8",
        "3*(sqrt(8*log(2)/3))**2/8 == log(4)/2",
        "unequal_directions_witness: equal covariances that are not spherical, variances 1 and 1/100, "
        "means (0, 0) and (2, 1/2), at (3/2, 0): nearest is the second, denser is the first",
        ("(3/2 - 2)**2 + (1/2)**2 < (3/2)**2", "(3/2)**2/1 < (3/2 - 2)**2/1 + (1/2)**2/(1/100)"),
    ),
    argument="Sums over coordinates of the first step hold in any dimension and for any pair of classes, "
    "and by `balanced_error.bayes_rule` the balanced rule predicts the largest density. Two "
    "classes of different variances: there are points whose nearest mean is not that of the "
    "denser class, and around them a neighbourhood. Distances are Euclidean, means those of the "
    "population.",
    mutants=(
        "the nearest mean is the rule for the error itself: the prior counts",
        "(p*f/g)/p == p*f/g",
        "different variances do no harm",
        state("exp(-x**2/2) >= exp(-(x - 2)**2/8)/2", given="x <= 1"),
    ),
    rests_on=("balanced_error.bayes_rule", "gaussian.score_law"),
)

STATEMENTS = (SCALED_HEAD, NEAREST_MEAN)
