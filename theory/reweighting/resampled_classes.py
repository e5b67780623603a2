"""Classes filled with points in between, or cut into sub-classes: what SMOTE and COG do to the balance.

Chawla et al. (JAIR 2002) for SMOTE, Wu, Xiong, Chen (DMKD 2010) for COG and COG-OS; what they predict in
the population is derived here. Checked by: intervals, a limit, identities, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_real, shown

__all__ = ["smote_density_ratio", "sub_class_tilts"]

_Array = NDArray[np.float64]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


def smote_density_ratio(deviate: ArrayLike) -> _Array:
    """Density of SMOTE's new points over their standard Gaussian class, at ``deviate`` from the mean.

    Any shape. New points lie at a uniform place between two independent points of the class: the
    integral of ``exp(-y^2 (1/v - 1)/2)/sqrt(v)`` over u in [0, 1], ``v = u^2 + (1 - u)^2``. Even in y.
    """
    square = np.square(np.minimum(np.abs(as_real("deviate", deviate)), 1e150))[..., None]
    end = np.minimum(0.5, 80.0 / np.maximum(square, 1.0))  # beyond it exp(-40) of what counts
    u = 0.5 * end * (1.0 + _NODES)
    v = 1.0 - 2.0 * u * (1.0 - u)
    return end[..., 0] * np.sum(
        _WEIGHTS * np.exp(-square * (u * (1.0 - u) / v)) / np.sqrt(v), axis=-1
    )


def sub_class_tilts(
    class_counts: ArrayLike, clusters: ArrayLike, oversample: bool = False
) -> _Array:
    """What COG multiplies every class's balanced score eta/pi by, the smallest set to 1; shape (K,).

    It is consistent for the balanced error iff all are 1. ``clusters``: whole numbers >= 1, (K,).
    ``oversample`` is COG-OS: a class of one cluster is repeated, a whole number of times, to the average
    size of the clusters of those that are split (without any, to the largest class's).
    """
    counts = as_class_counts(class_counts)
    parts = as_real("clusters", clusters, low=1)
    if parts.shape != counts.shape or np.any(parts % 1 != 0):
        raise InputError(f"clusters = {shown(clusters)}: must be {counts.size} whole numbers")
    split = parts > 1
    usual = counts[split].sum() / parts[split].sum() if split.any() else counts.max()
    times = np.where(split | (not oversample), 1.0, np.maximum(1.0, np.rint(usual / counts)))
    return times * counts / (times * counts).min()


# ------------------------------------------------------------------------------------ statements

SMOTE = statement(
    name="resampled_classes.smote_midpoint",
    title="SMOTE among all points of a Gaussian class thins it beyond one deviation: the midpoint is lost",
    source="rule: Chawla et al. (JAIR 2002); derived here",
    functions=("smote_density_ratio",),
    where={
        "y: [1, oo)": "deviations from the class's mean",
        "s: (0, 1)": "standard deviation of new points at a given place",
        "u: (0, 1)": "place between two points",
        "r: (0, 1]": "share of new points in the class",
        "f: positive": "density of the class",
        "q: positive": "density of new points",
        "n: positive": "points of the class",
        "k: positive": "neighbours",
        "a: positive": "-log(1 - m), m the probability of a ball",
    },
    theorem=(
        "X, X' independent N(0, 1), U in (0, 1) independent of them, q the density of (1-U) X + U X': q(y) "
        "< phi(y) for |y| >= 1 and q(y) > phi(y) for |y| <= sqrt(1/2). So, with a share r in (0, 1] of "
        "such points in the class, (1-r) phi(D/2) + r q(D/2) < phi(D/2) at the balanced midpoint of two "
        "unit Gaussians at distance D >= 2, which goes to the other class; > for D <= sqrt(2)",
        r"X,X'\sim\mathcal N(0,1)\ \text{iid},\ U\in(0,1)\ \text{independent},\ (1-U)X+UX'\sim q:\quad "
        r"q(y)<\phi(y)\ \forall\,|y|\ge1,\quad q(y)>\phi(y)\ \forall\,|y|\le\tfrac1{\sqrt2};\qquad "
        r"(1-r)\,\phi\left(\tfrac D2\right)+r\,q\left(\tfrac D2\right)\begin{cases}<\phi\left(\frac "
        r"D2\right)&D\ge2\\ >\phi\left(\frac D2\right)&D\le\sqrt2\end{cases}\qquad\forall\,r\in(0,1]",
    ),
    formula="exp(-y**2/(2*s**2))/s < exp(-y**2/2)",
    steps=(
        "deviation_between_two_points: at place u between two independent points the deviation s is below "
        "1, at least sqrt(1/2)",
        "1/2 <= u**2 + (1 - u)**2 < 1",
        "less_density_beyond_one_deviation: a deviation s < 1 has less density than 1 from one deviation "
        "on ...",
        FORMULA,
        "more_density_near_the_mean: ... and more up to sqrt(1/2), for every s that occurs",
        state(
            "exp(-y**2/(2*s**2))/s > exp(-y**2/2)", given="2*y**2 <= 1", y="[0, 1)", s="[7/10, 1)"
        ),
        "midpoint_goes_to_the_other_class: a share r of new points then leaves the midpoint of unit "
        "Gaussians to the other class",
        state("(1 - r)*f + r*q < f", given="q < f"),
        "two_point_class: a class on 0 and 2: half of the pairs differ, and on (0, 2), where it has no "
        "mass, a share r of new points has density r/4, more than the 1/8 of a class spread over [-3, 5]",
        state("r*((1/2)*(1/2)) > 1/8", r="(1/2, 1]"),
        "fixed_neighbours_come_close: k of n neighbours, k fixed: fewer than k of n points fall in a ball "
        "of probability m = 1 - e^-a with a probability of at most k n^k (1 - m)^(n - k), which vanishes",
        state_limit("n**k*exp(-a*(n - k))", "0", "n", "high"),
    ),
    argument="On a line, at distance D >= 2, the balanced midpoint is D/2 >= 1 deviations from either "
    "mean; integrated over u, the density falls there, so after SMOTE the boundary of the "
    "densities lies nearer to the class. At D <= sqrt(2) it lies further away. Neighbours from "
    "the whole class are independent points: this is SMOTE with all other points as neighbours, "
    "as for a class of at most k + 1. For k fixed, neighbours come arbitrarily close as n grows, "
    "and new points have the class's law in the limit.",
    mutants=(
        "new points have the class's density",
        "exp(-y**2/(2*s**2))/s == exp(-y**2/2)",
        "they thin the class everywhere",
        state("exp(-y**2/(2*s**2))/s < exp(-y**2/2)", y="[0, oo)"),
    ),
    rests_on=("centre_bias.smote_contracts", "balanced_error.bayes_rule"),
)

SUB_CLASSES = statement(
    name="resampled_classes.sub_classes",
    title="COG decides as Bayes for the plain error; COG-OS with k clusters stays a factor k from balance",
    source="rule: Wu, Xiong, Chen (DMKD 2010); derived here",
    functions=("sub_class_tilts",),
    where={
        "n: positive": "examples of the split class",
        "m: positive": "examples of the other",
        "k: positive": "clusters",
        "h: [0, 1]": "posterior of a class",
        "i: integer 0..1": "1 if x is in its first cell, else 0",
        "a: [0, 1]": "posterior of a sub-class",
        "b: [0, 1]": "of another of the same class",
        "c: [0, 1]": "posterior of the other class",
    },
    theorem=(
        "at the population's posterior: COG, sub-classes (y, i) cut by x, predicts the class argmax_y "
        "eta_y, Bayes for the plain error; COG-OS, a class of n points in k clusters against one of m "
        "points repeated n/(km) times, predicts the first iff eta_1/n > eta_2/(k m), while the balanced "
        "rule asks for eta_1/n > eta_2/m: balanced iff k = 1 (ties apart)",
        r"\eta_{y,i}(x)=\eta_y(x)\,\mathbf 1[c_y(x)=i]:\quad \operatorname{class}"
        r"\left(\operatorname{argmax}_{y,i}\eta_{y,i}\right)=\operatorname{argmax}_y\eta_y;\qquad "
        r"\text{COG-OS: }\hat y=1\iff\frac{\eta_1}{n}>\frac1k\cdot\frac{\eta_2}{m},\qquad \text{balanced: "
        r"}\hat y=1\iff\frac{\eta_1}{n}>\frac{\eta_2}{m}\quad(\text{one rule iff }k=1)",
    ),
    formula="(n/(k*m))*m/n == 1/k",
    steps=(
        "cluster_of_a_point_is_known: k-means splits a class by x: all of its posterior is in one cell, so "
        "the largest is the sum",
        "Max(h*i, h*(1 - i)) == h*i + h*(1 - i)",
        "cog_predicts_as_bayes: COG: prior 9/10, posterior 8/10: predicts class 1, the balanced rule class 2",
        ("1*(8/10) > 1*(2/10)", "(8/10)/(9/10) < (2/10)/(1/10)"),
        "tilt_of_the_split_class: COG-OS: n points in k clusters, a class of m repeated n/(k m) times: its "
        "tilt alpha pi over the split class's",
        FORMULA,
        "cog_os_witness: k = 4, counts 100 and 10, posterior 8/10: predicts class 1, the balanced rule "
        "class 2",
        ("8/10 > (100/(4*10))*(2/10)", "(8/10)/100 < (2/10)/10"),
        "spread_posteriors_differ: a classifier that spreads a class over its cells: (.3, .3) against .4 "
        "is the first class's, the largest is the second's",
        ("3/10 + 3/10 > 4/10", "Max(3/10, 3/10) < 4/10"),
        "largest_at_most_the_sum: the sum is at least the largest: a class that wins by one of its cells "
        "wins by their sum",
        "Max(a, b) <= a + b",
        "largest_at_least_the_mean: and the largest is at least the mean (two cells)",
        "(a + b)/2 <= Max(a, b)",
    ),
    argument="At the population's sub-class posterior the predicted sub-class is in the class of largest "
    "alpha eta, with alpha how often the class's points are repeated; "
    "`offset_family.consistent_iff` gives balance iff alpha pi is constant. Without repeats that "
    "needs equal priors; with them it holds for k = 1, plain over-sampling, up to the rounding of "
    "repeats. A linear classifier of sub-classes is not at this optimum.",
    mutants=(
        "repeats to the clusters' size balance the classes",
        "(n/(k*m))*m/n == 1",
        "the largest sub-class decides as the sum, whatever the spread",
        state("Max(a, b) > c", given="a + b > c"),
    ),
    rests_on=("offset_family.consistent_iff", "balanced_error.bayes_rule"),
)

STATEMENTS = (SMOTE, SUB_CLASSES)
