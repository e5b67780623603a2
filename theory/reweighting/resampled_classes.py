"""Classes filled with points in between, or cut into sub-classes: what SMOTE and COG do to the balance.

Chawla et al. (JAIR 2002) for SMOTE, Wu, Xiong, Chen (DMKD 2010) for COG and COG-OS; what they predict in
the population is derived here. Checked by: intervals, a limit, identities, exact witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_limit, steps
from ..foundation.validation import InputError, as_class_counts, as_real

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
        raise InputError(f"clusters = {clusters!r}: must be {counts.size} whole numbers")
    split = parts > 1
    usual = counts[split].sum() / parts[split].sum() if split.any() else counts.max()
    times = np.where(split | (not oversample), 1.0, np.maximum(1.0, np.rint(usual / counts)))
    return times * counts / (times * counts).min()


# ------------------------------------------------------------------------------------ statements

SMOTE = Statement(
    name="resampled_classes.smote_midpoint",
    title="SMOTE among all points of a Gaussian class thins it beyond one deviation: the midpoint is lost",
    source="rule: Chawla et al. (JAIR 2002); derived here",
    formula=state("exp(-y**2/(2*s**2))/s < exp(-y**2/2)", y="[1, oo)", s="(0, 1)"),
    steps=steps(
        (
            "at place u between two independent points the deviation s is below 1, at least sqrt(1/2)",
            state("1/2 <= u**2 + (1 - u)**2 < 1", u="(0, 1)"),
        ),
        (
            "a deviation s < 1 has less density than 1 from one deviation on ...",
            state("exp(-y**2/(2*s**2))/s < exp(-y**2/2)", y="[1, oo)", s="(0, 1)"),
        ),
        (
            "... and more up to sqrt(1/2), for every s that occurs",
            state(
                "exp(-y**2/(2*s**2))/s > exp(-y**2/2)",
                given="2*y**2 <= 1",
                y="[0, 1)",
                s="[7/10, 1)",
            ),
        ),
        (
            "a share r of new points then leaves the midpoint of unit Gaussians to the other class",
            state("(1 - r)*f + r*q < f", given="q < f", r="(0, 1]", f="positive", q="positive"),
        ),
        (
            "a class on 0 and 2: half of the pairs differ, and on (0, 2), where it has no mass, a share r of "
            "new points has density r/4, more than the 1/8 of a class spread over [-3, 5]",
            state("r*((1/2)*(1/2)) > 1/8", r="(1/2, 1]"),
        ),
        (
            "k of n neighbours, k fixed: fewer than k of n points fall in a ball of probability m = 1 - e^-a "
            "with a probability of at most k n^k (1 - m)^(n - k), which vanishes",
            state_limit(
                "n**k*exp(-a*(n - k))", "0", "n", "high", n="positive", k="positive", a="positive"
            ),
        ),
    ),
    argument="On a line, at distance D >= 2, the balanced midpoint is D/2 >= 1 deviations from either mean; "
    "integrated over u, the density falls there, so after SMOTE the boundary of the densities lies nearer to "
    "the class. At D <= sqrt(2) it lies further away. Neighbours from the whole class are independent "
    "points: this is SMOTE with all other points as neighbours, as for a class of at most k + 1. For k "
    "fixed, neighbours come arbitrarily close as n grows, and new points have the class's law in the limit.",
    mutants=mutants(
        (
            "new points have the class's density",
            state("exp(-y**2/(2*s**2))/s == exp(-y**2/2)", y="[1, oo)", s="(0, 1)"),
        ),
        (
            "they thin the class everywhere",
            state("exp(-y**2/(2*s**2))/s < exp(-y**2/2)", y="[0, oo)", s="(0, 1)"),
        ),
    ),
    symbols={
        "y": "deviations from the class's mean",
        "s": "standard deviation of new points at a given place",
        "u": "place between two points",
        "r": "share of new points in the class",
        "f": "density of the class",
        "q": "density of new points",
        "a": "-log(1 - m), m the probability of a ball",
        "n": "points of the class",
        "k": "neighbours",
    },
    rests_on=("centre_bias.smote_contracts", "balanced_error.bayes_rule"),
    functions=("smote_density_ratio",),
)

SUB_CLASSES = Statement(
    name="resampled_classes.sub_classes",
    title="COG decides as Bayes for the plain error; COG-OS with k clusters stays a factor k from balance",
    source="rule: Wu, Xiong, Chen (DMKD 2010); derived here",
    formula=state("(n/(k*m))*m/n == 1/k", n="positive", m="positive", k="positive"),
    steps=steps(
        (
            "k-means splits a class by x: all of its posterior is in one cell, so the largest is the sum",
            state("Max(h*i, h*(1 - i)) == h*i + h*(1 - i)", h="[0, 1]", i="integer 0..1"),
        ),
        (
            "COG: prior 9/10, posterior 8/10: predicts class 1, the balanced rule class 2",
            state("1*(8/10) > 1*(2/10)", "(8/10)/(9/10) < (2/10)/(1/10)"),
        ),
        (
            "COG-OS: n points in k clusters, a class of m repeated n/(k m) times: its tilt alpha pi over the "
            "split class's",
            state("(n/(k*m))*m/n == 1/k", n="positive", m="positive", k="positive"),
        ),
        (
            "k = 4, counts 100 and 10, posterior 8/10: predicts class 1, the balanced rule class 2",
            state("8/10 > (100/(4*10))*(2/10)", "(8/10)/100 < (2/10)/10"),
        ),
        (
            "a classifier that spreads a class over its cells: (.3, .3) against .4 is the first class's, the "
            "largest is the second's",
            state("3/10 + 3/10 > 4/10", "Max(3/10, 3/10) < 4/10"),
        ),
        (
            "the sum is at least the largest: a class that wins by one of its cells wins by their sum",
            state("Max(a, b) <= a + b", a="[0, 1]", b="[0, 1]"),
        ),
        (
            "and the largest is at least the mean (two cells)",
            state("(a + b)/2 <= Max(a, b)", a="[0, 1]", b="[0, 1]"),
        ),
    ),
    argument="At the population's sub-class posterior the predicted sub-class is in the class of largest "
    "alpha eta, with alpha how often the class's points are repeated; `offset_family.consistent_iff` gives "
    "balance iff alpha pi is constant. Without repeats that needs equal priors; with them it holds for "
    "k = 1, plain over-sampling, up to the rounding of repeats. A linear classifier of "
    "sub-classes is not at this optimum.",
    mutants=mutants(
        (
            "repeats to the clusters' size balance the classes",
            state("(n/(k*m))*m/n == 1", n="positive", m="positive", k="positive"),
        ),
        (
            "the largest sub-class decides as the sum, whatever the spread",
            state("Max(a, b) > c", given="a + b > c", a="[0, 1]", b="[0, 1]", c="[0, 1]"),
        ),
    ),
    symbols={
        "h": "posterior of a class",
        "i": "1 if x is in its first cell, else 0",
        "n": "examples of the split class",
        "m": "examples of the other",
        "k": "clusters",
        "a": "posterior of a sub-class",
        "b": "of another of the same class",
        "c": "posterior of the other class",
    },
    rests_on=("offset_family.consistent_iff", "balanced_error.bayes_rule"),
    functions=("sub_class_tilts",),
)

STATEMENTS = (SMOTE, SUB_CLASSES)
