"""Second-stage heads on given features: learned weight scaling and nearest class means.

Kang et al. (ICLR 2020) offer both against imbalance; when they are the balanced rule is derived here.
Checked by: identities, a limit, intervals, exact witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from ..claims.statement import Statement, mutants, state, state_limit, steps
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
    return (ndtr(-half / first) + ndtr(-half / second)) / 2


# ------------------------------------------------------------------------------------ statements

_SCALES = {"f1": "positive", "f2": "positive", "c": "real"}

SCALED_HEAD = Statement(
    name="second_heads.scaled_head",
    title="Scaling two logits of mean c moves their tie to log-odds 2 c (f_2 - f_1)/(f_1 + f_2), 0 at c = 0",
    source="LWS: Kang et al. (ICLR 2020); derived here",
    formula=state(
        "f1*(c + z/2) - f2*(c - z/2) == (f1 + f2)/2*(z - 2*c*(f2 - f1)/(f1 + f2))",
        z="real",
        **_SCALES,
    ),
    steps=steps(
        (
            "logits c +- z/2, z the log-odds: the scaled gap is increasing in z and vanishes at one place",
            state(
                "f1*(c + z/2) - f2*(c - z/2) == (f1 + f2)/2*(z - 2*c*(f2 - f1)/(f1 + f2))",
                z="real",
                **_SCALES,
            ),
        ),
        (
            "sum zero: that is z = 0, posterior one half, whatever the factors",
            state(
                "(f1 + f2)/2*(z - 2*0*(f2 - f1)/(f1 + f2)) > 0",
                z="positive",
                f1="positive",
                f2="positive",
            ),
        ),
        (
            "no factors reach log-odds beyond 2 |c|",
            state("2*c*(f2 - f1)/(f1 + f2) < 2*c", f1="positive", f2="positive", c="positive"),
        ),
        (
            "a head that starts at zero keeps c = 0: cross-entropy's gradients in the logits add up to zero",
            state(
                "(q1 - h1) + (q2 - h2) == 0",
                given=["q1 + q2 == 1", "h1 + h2 == 1"],
                q1="(0, 1)",
                q2="(0, 1)",
                h1="[0, 1]",
                h2="[0, 1]",
            ),
        ),
        (
            "priors 9/10, 1/10, posterior 8/10, c = 0: scaled logits predict class 1, the balanced rule 2",
            state(
                "f1*log(4)/2 > -f2*log(4)/2",
                "(8/10)/(9/10) < (2/10)/(1/10)",
                f1="positive",
                f2="positive",
            ),
        ),
    ),
    argument="The balanced rule ties at log-odds log(pi_1/pi_2). A head trained with cross-entropy has z = "
    "log(eta_1/eta_2), and its logits' mean c is not determined by the loss: with c = 0 no positive factors, "
    "learnt by whatever sampling, move the decision from one half; otherwise the reach is 2 |c|.",
    mutants=mutants(
        (
            "factors act as an offset whatever the mean: the tie moves for c = 0",
            state(
                "f1*(z/2) + f2*(z/2) == 0",
                given="z*(f1 + f2) == f2 - f1",
                z="real",
                f1="positive",
                f2="positive",
            ),
        ),
        (
            "any log-odds can be reached",
            state("2*c*(f2 - f1)/(f1 + f2) >= c", f1="positive", f2="positive", c="positive"),
        ),
        (
            "the tie is at c (f_2 - f_1)/(f_1 + f_2)",
            state(
                "f1*(c + z/2) - f2*(c - z/2) == (f1 + f2)/2*(z - c*(f2 - f1)/(f1 + f2))",
                z="real",
                **_SCALES,
            ),
        ),
    ),
    symbols={
        "f1": "factor of class 1",
        "c": "mean of the two logits",
        "z": "their difference, the log-odds",
        "q1": "probability of class 1 under the head",
        "h1": "its posterior",
    },
    rests_on=("logit_adjustment.normalisation_is_not_adjustment", "balanced_error.bayes_rule"),
    functions=("scaled_log_odds",),
)

_POINT = {"x": "real", "m": "real", "n": "real", "v": "positive"}

NEAREST_MEAN = Statement(
    name="second_heads.nearest_mean",
    title="Spherical Gaussians of one variance: the nearest mean is the balanced rule; two of unequal: not",
    source="NCM: Kang et al. (ICLR 2020); classical discriminant analysis",
    formula=state(
        "-(x - m)**2/(2*v) + (x - n)**2/(2*v) == ((x - n)**2 - (x - m)**2)/(2*v)", **_POINT
    ),
    steps=steps(
        (
            "one variance: log densities differ as squared distances do, coordinate by coordinate",
            state(
                "-(x - m)**2/(2*v) + (x - n)**2/(2*v) == ((x - n)**2 - (x - m)**2)/(2*v)", **_POINT
            ),
        ),
        (
            "the balanced score eta/pi is the class's density over that of all: no prior is left",
            state("(p*f/g)/p == f/g", p="(0, 1)", f="positive", g="positive"),
        ),
        (
            "variances v < v + k: x beyond the narrow class's mean, away from the other at distance D, the "
            "wide class (dimension d) is denser far out ...",
            state_limit(
                "-x**2/(2*v) + (x + D)**2/(2*(v + k)) + d*log((v + k)/v)/2",
                "-oo",
                "x",
                "high",
                x="positive",
                v="positive",
                k="positive",
                D="positive",
                d="positive",
            ),
        ),
        (
            "... where the narrow one's mean is nearer",
            state("x**2 < (x + D)**2", x="positive", D="positive"),
        ),
        (
            "at N(0, 1) and N(2, 4), x = 11/10: nearest is 2, denser is the class at 0",
            state(
                "(11/10 - 2)**2 < (11/10)**2",
                "exp(-(11/10)**2/2)/1 > exp(-(11/10 - 2)**2/8)/2",
            ),
        ),
        (
            "three classes can be an exception: on a line, variances 4, 1, 4 at -2 r, 0, 2 r, densities equal"
            " half way, at r: the narrow class is denser just where it is nearer, up to r ...",
            state(
                "-x**2/2 + (x - 2*r)**2/8 + 3*r**2/8 == (r - x)*(3*x + 7*r)/8",
                x="real",
                r="positive",
            ),
        ),
        (
            "... for the log of the deviations' ratio log 2 = 3 r^2/8",
            state("3*(sqrt(8*log(2)/3))**2/8 == log(4)/2"),
        ),
        (
            "equal covariances that are not spherical, variances 1 and 1/100, means (0, 0) and (2, 1/2), at "
            "(3/2, 0): nearest is the second, denser is the first",
            state(
                "(3/2 - 2)**2 + (1/2)**2 < (3/2)**2",
                "(3/2)**2/1 < (3/2 - 2)**2/1 + (1/2)**2/(1/100)",
            ),
        ),
    ),
    argument="Sums over coordinates of the first step hold in any dimension and for any pair of classes, "
    "and by `balanced_error.bayes_rule` the balanced rule predicts the largest density. Two classes of "
    "different variances: there are points whose nearest mean is not that of the denser class, and "
    "around them a neighbourhood. Distances are Euclidean, means those of the population.",
    mutants=mutants(
        (
            "the nearest mean is the rule for the error itself: the prior counts",
            state("(p*f/g)/p == p*f/g", p="(0, 1)", f="positive", g="positive"),
        ),
        (
            "different variances do no harm",
            state(
                "exp(-x**2/2) >= exp(-(x - 2)**2/8)/2",
                given="x <= 1",
                x="real",
            ),
        ),
    ),
    symbols={
        "x": "a coordinate of the point; in the limit the distance beyond the narrow class's mean",
        "m": "that of one class's mean",
        "n": "of another's",
        "v": "variance in every direction",
        "k": "by how much the other class's is larger",
        "D": "distance of the means",
        "d": "dimension",
        "r": "half the distance of neighbouring means",
        "f": "density of a class",
        "g": "density of all points",
        "p": "prior",
    },
    rests_on=("balanced_error.bayes_rule", "gaussian.score_law"),
    functions=("nearest_mean_balanced_error",),
)

STATEMENTS = (SCALED_HEAD, NEAREST_MEAN)
