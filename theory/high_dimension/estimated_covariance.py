"""Plug-in LDA with an estimated covariance: two factors from inverse Wishart moments, double descent.

Source: Raudys (1972) at balance; Cheng et al. (arXiv 2212.00700) for n < d; the imbalanced form and the
turning points are derived here. Checked by: limits of exact moments, SMT, seeded sampling.
"""

from typing import NamedTuple

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    steps,
)
from ..foundation.validation import InputError, as_whole
from .high_dimensional_lda import corrected_error

__all__ = ["InverseWishartMoments", "corrected_error", "inverse_wishart_moments"]


class InverseWishartMoments(NamedTuple):
    """``E W^-1`` and ``E W^-2`` of ``W ~ Wishart_d(N, I)``, as multiples of the identity."""

    first: float
    second: float


def inverse_wishart_moments(d: int, N: int) -> InverseWishartMoments:
    """``1/(N-d-1)`` and ``(N-1)/((N-d)(N-d-1)(N-d-3))`` for ``N > d + 3``.

    Raises
    ------
    InputError
        If ``N <= d + 3``: the second moment is infinite.
    """
    d = as_whole("d", d, 1)
    N = as_whole("N", N, 1)
    free = N - d
    if free <= 3:
        raise InputError(f"N = {N}: must exceed d + 3 = {d + 3}")
    return InverseWishartMoments(1.0 / (free - 1), (N - 1) / (free * (free - 1) * (free - 3)))


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "l": "log(eta)",
    "y": "1/kappa = d/n",
    "k": "kappa = n/d",
    "D": "separability Delta",
    "tau": "strength of logit adjustment",
}
_ALL = {"l": "[0, oo)", "y": "(0, 1)", "D": "positive", "tau": "real"}

INVERSE_WISHART = Statement(
    name="estimated_covariance.inverse_wishart_factors",
    title="Inverse Wishart moments give the factors 1/(1-y) and 1/(1-y)^3 of an estimated covariance",
    source="moments: Haff (1979); their limits standard",
    formula=state_limit(
        "N**2*(N - 1)/((N - y*N)*(N - y*N - 1)*(N - y*N - 3))",
        "1/(1 - y)**3",
        "N",
        N="positive",
        y="(0, 1)",
    ),
    steps=steps(
        (
            "N E W^-1 = N/(N - d - 1) tends to 1/(1-y)",
            state_limit("N/(N - y*N - 1)", "1/(1 - y)", "N", N="positive", y="(0, 1)"),
        ),
        (
            "N^2 E W^-2 = N^2 (N-1)/((N-d)(N-d-1)(N-d-3)) tends to 1/(1-y)^3",
            state_limit(
                "N**2*(N - 1)/((N - y*N)*(N - y*N - 1)*(N - y*N - 3))",
                "1/(1 - y)**3",
                "N",
                N="positive",
                y="(0, 1)",
            ),
        ),
        (
            "in one dimension both moments are those of the inverse chi-square",
            state("(N - 1)/((N - 1)*(N - 1 - 1)*(N - 1 - 3)) == 1/((N - 2)*(N - 4))", N="(4, oo)"),
        ),
        (
            "both moments against samples",
            state_computed("lda:inverse_wishart_moments", d=5, N=20, draws=20000, seed=2),
            "A-L10",
        ),
    ),
    argument="The exact moments hold for N > d + 3 degrees of freedom and the pooled covariance has "
    "N = n - 2; d/N tends to y.",
    mutants=mutants(
        (
            "E W^-1 = 1/N, as if inverting commuted with the mean",
            state("1/(N - d - 1) == 1/N", N="(10, oo)", d="[1, 5]"),
        ),
        (
            "second factor 1/(1-y)^2, the square of the first",
            state("1/(1 - y)**3 == 1/(1 - y)**2", y="(0, 1)"),
        ),
    ),
    cites=("Haff (1979): the means of W^-1 and W^-2 in every dimension",),
    symbols={"N": "degrees of freedom", "d": "dimension", "y": "d/N in the limit"},
    ids=("A15", "A-L10"),
    functions=("inverse_wishart_moments",),
)

ESTIMATED = Statement(
    name="estimated_covariance.plug_in_law",
    title="Estimating the covariance multiplies the probits by sqrt(1-y), the prior term by 1-y besides",
    source="Raudys (1972) at balance; the imbalanced form derived here",
    formula=state(
        "((D**2/2 - y*sinh(l))/(1 - y) - (1 - tau)*l)*(1 - y)**(3/2)"
        " == sqrt(1 - y)*(D**2/2 - (1 - y)*(1 - tau)*l - y*sinh(l))",
        **_ALL,
    ),
    steps=steps(
        (
            "centre times 1/(1-y), less the prior term, over the spread times (1-y)^(-3/2)",
            state(
                "((D**2/2 - y*sinh(l))/(1 - y) - (1 - tau)*l)*(1 - y)**(3/2)"
                " == sqrt(1 - y)*(D**2/2 - (1 - y)*(1 - tau)*l - y*sinh(l))",
                **_ALL,
            ),
        ),
        (
            "at balance this is Raudys' error, Phi(-(Delta^2/2) sqrt(1-y)/sqrt(Delta^2 + 4y))",
            state(
                "sqrt(1 - y)*(D**2/2 - (1 - y)*0 - y*sinh(0))/sqrt(D**2 + 4*y*cosh(0)**2)"
                " == D**2/2*sqrt(1 - y)/sqrt(D**2 + 4*y)",
                y="(0, 1)",
                D="positive",
            ),
        ),
        (
            "the sampled rule agrees with the limit",
            state_computed(
                "lda:estimated_rates",
                minority=75,
                majority=375,
                d=90,
                Delta=3.0,
                draws=20,
                seed=3,
            ),
        ),
    ),
    argument="Means and pooled covariance are independent. Given the means, w'x and |w|^2 concentrate at "
    "the inverse Wishart moments (their law is known exactly; the concentration is sampled here, not "
    "proved), which multiply centre and squared spread by the two factors.",
    mutants=mutants(
        (
            "sqrt(1-y) on the prior term too, without the further 1-y",
            state(
                "((D**2/2 - y*sinh(l))/(1 - y) - l)*(1 - y)**(3/2)"
                " == sqrt(1 - y)*(D**2/2 - l - y*sinh(l))",
                l="[0, oo)",
                y="(0, 1)",
                D="positive",
            ),
        ),
        (
            "factor 1-y in place of sqrt(1-y)",
            state("((D**2/2)/(1 - y))*(1 - y)**(3/2) == (1 - y)*D**2/2", y="(0, 1)", D="positive"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=(
        "high_dimensional_lda.known_covariance",
        "estimated_covariance.inverse_wishart_factors",
    ),
    ids=("A15",),
)

DOUBLE_DESCENT = Statement(
    name="estimated_covariance.double_descent",
    title="Pseudo-inverse LDA of balanced classes is useless at n = d, below it best between d/2 and 2d/3",
    source="phenomenon: Cheng et al. (arXiv 2212.00700); factors and turning points derived here, "
    "identity covariance",
    formula=state_derivative(
        "k**2*(1 - k)/(k*D**2 + 4)",
        "k",
        "k*(8 - 12*k + D**2*k*(1 - 2*k))/(k*D**2 + 4)**2",
        k="(0, 1)",
        D="positive",
    ),
    steps=steps(
        (
            "the n sample eigenvalues are y times those of a d-sample Wishart in n dimensions, ratio 1/y: "
            "the mean of the pseudo-inverse is 1/(y(y-1)) ...",
            state("(1/y)*(1/y)*(1/(1 - 1/y)) == 1/(y*(y - 1))", y="(1, oo)"),
        ),
        (
            "... and that of its square 1/(y-1)^3",
            state("(1/y)*(1/y**2)*(1/(1 - 1/y)**3) == 1/(y - 1)**3", y="(1, oo)"),
        ),
        (
            "their ratio is the squared factor of the probits, k(1-k) at k = 1/y",
            state("(1/(y*(y - 1)))**2*(y - 1)**3 == (1/y)*(1 - 1/y)", y="(1, oo)"),
        ),
        (
            "at balance Delta_eff^2/Delta^4 = k(1-k)/(Delta^2 + 4/k)",
            state("k*(1 - k)/(D**2 + 4/k) == k**2*(1 - k)/(k*D**2 + 4)", k="(0, 1)", D="positive"),
        ),
        (
            "its slope in k below 1",
            state_derivative(
                "k**2*(1 - k)/(k*D**2 + 4)",
                "k",
                "k*(8 - 12*k + D**2*k*(1 - 2*k))/(k*D**2 + 4)**2",
                k="(0, 1)",
                D="positive",
            ),
        ),
        (
            "is positive up to 1/2",
            state("8 - 12*k + D**2*k*(1 - 2*k) > 0", k="(0, 1/2]", D="positive"),
        ),
        (
            "and negative from 2/3 to 1: more data hurts",
            state("8 - 12*k + D**2*k*(1 - 2*k) < 0", k="(2/3, 1)", D="positive"),
        ),
        (
            "at n = d nothing is left, from either side",
            state_limit("k**2*(1 - k)/(k*D**2 + 4)", "0", "k", k="(0, 1)", D="positive"),
        ),
        (
            "above it more data always helps",
            state(
                "(1 - 1/k)/(D**2 + 4/k) < (1 - 1/(k + h))/(D**2 + 4/(k + h))",
                k="(1, oo)",
                h="positive",
                D="positive",
            ),
        ),
        (
            "the sampled rule agrees at n = d/2",
            state_computed(
                "lda:pseudo_inverse_rates",
                minority=75,
                majority=75,
                d=300,
                Delta=4.0,
                draws=12,
                seed=4,
            ),
        ),
    ),
    argument="For n > d the factor is that of the estimated covariance, 1 - 1/k. For n < d the nonzero "
    "eigenvalues are those of the Gram matrix, whose inverse moments are the same formulas with d and n "
    "exchanged. Delta_eff = 0 leaves both classes at chance.",
    mutants=mutants(
        (
            "below n = d more data always helps",
            state(
                "k**2*(1 - k)/(k*D**2 + 4) < (k + h)**2*(1 - k - h)/((k + h)*D**2 + 4)",
                given="k + h < 1",
                k="(0, 1)",
                h="(0, 1)",
                D="positive",
            ),
        ),
        (
            "the best n below d is always d/2",
            state("8 - 12*k + D**2*k*(1 - 2*k) <= 0", k="(1/2, 1)", D="positive"),
        ),
    ),
    symbols={**_SYMBOLS, "h": "an increase of kappa"},
    rests_on=(
        "estimated_covariance.inverse_wishart_factors",
        "estimated_covariance.plug_in_law",
    ),
    ids=("D18",),
    functions=("corrected_error",),
)

STATEMENTS = (INVERSE_WISHART, ESTIMATED, DOUBLE_DESCENT)
