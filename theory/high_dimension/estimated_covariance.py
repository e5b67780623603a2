"""Plug-in LDA with an estimated covariance: two factors from inverse Wishart moments, double descent.

Source: Raudys (1972) at balance; Cheng et al. (arXiv 2212.00700) for n < d; the imbalanced form and the
turning points are derived here. Checked by: limits of exact moments, SMT, seeded sampling.
"""

from typing import NamedTuple

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
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


INVERSE_WISHART = statement(
    name="estimated_covariance.inverse_wishart_factors",
    title="Inverse Wishart moments give the factors 1/(1-y) and 1/(1-y)^3 of an estimated covariance",
    source="moments: Haff (1979); their limits standard",
    ids=("A15", "A-L10"),
    functions=("inverse_wishart_moments",),
    where={
        "N: positive": "degrees of freedom",
        "y: (0, 1)": "d/N in the limit",
        "d: [1, 5]": "dimension",
    },
    theorem=(
        "W ~ Wishart_d(N, I), N > d + 3: N E W^-1 = N/(N-d-1) I and N^2 E W^-2 = N^2 "
        "(N-1)/((N-d)(N-d-1)(N-d-3)) I; as N -> oo with d/N = y in (0, 1) the factors tend to 1/(1-y) and "
        "1/(1-y)^3, N = n - 2 for the pooled covariance",
        r"W\sim\mathcal W_d(N,I):\quad N\,\mathbb E W^{-1}=\frac N{N-d-1}\,I\ \to\ \frac1{1-y}\,I,\quad "
        r"N^2\,\mathbb E W^{-2}=\frac{N^2(N-1)}{(N-d)(N-d-1)(N-d-3)}\,I\ \to\ "
        r"\frac1{(1-y)^3}\,I\qquad(N\to\infty,\ d/N=y\in(0,1))",
    ),
    formula=state_limit(
        "N**2*(N - 1)/((N - y*N)*(N - y*N - 1)*(N - y*N - 3))", "1/(1 - y)**3", "N"
    ),
    steps=(
        "limit_of_first_moment: N E W^-1 = N/(N - d - 1) tends to 1/(1-y)",
        state_limit("N/(N - y*N - 1)", "1/(1 - y)", "N"),
        "limit_of_second_moment: N^2 E W^-2 = N^2 (N-1)/((N-d)(N-d-1)(N-d-3)) tends to 1/(1-y)^3",
        FORMULA,
        "one_dimension: in one dimension both moments are those of the inverse chi-square",
        state("(N - 1)/((N - 1)*(N - 1 - 1)*(N - 1 - 3)) == 1/((N - 2)*(N - 4))", N="(4, oo)"),
        "sampled_moments_agree (A-L10): both moments against samples",
        state_computed("lda:inverse_wishart_moments", d=5, N=20, draws=20000, seed=2),
    ),
    argument="The exact moments hold for N > d + 3 degrees of freedom and the pooled covariance has N = n "
    "- 2; d/N tends to y.",
    mutants=(
        "E W^-1 = 1/N, as if inverting commuted with the mean",
        state("1/(N - d - 1) == 1/N", N="(10, oo)"),
        "second factor 1/(1-y)^2, the square of the first",
        "1/(1 - y)**3 == 1/(1 - y)**2",
    ),
    cites=("Haff (1979): the means of W^-1 and W^-2 in every dimension",),
)

ESTIMATED = statement(
    name="estimated_covariance.plug_in_law",
    title="Estimating the covariance multiplies the probits by sqrt(1-y), the prior term by 1-y besides",
    source="Raudys (1972) at balance; the imbalanced form derived here",
    ids=("A15",),
    where={
        "l: [0, oo)": "log(eta)",
        "y: (0, 1)": "1/kappa = d/n",
        "D: positive": "separability Delta",
        "tau: real": "strength of logit adjustment",
        "k": "kappa = n/d",
    },
    theorem=(
        "classes N(mu_1, Sigma), N(mu_0, Sigma), Delta > 0 fixed, pooled covariance estimated, n_0/n_1 -> "
        "eta >= 1, d/n -> y = 1/kappa in (0, 1): where the score's centre and squared spread take the "
        "limits of their inverse Wishart means (the concentration is sampled, not proved), recall tends to "
        "Phi(sqrt(1-y) [Delta^2/2 - (1-y)(1-tau) log eta - y sinh(log eta)]/V), specificity to Phi of the "
        "same with both minus signs turned, V^2 = Delta^2 + 4 y cosh^2(log(eta)/2); at eta = 1 the error "
        "is Raudys' Phi(-(Delta^2/2) sqrt(1-y)/sqrt(Delta^2 + 4y))",
        r"X\,|\,y=k\sim\mathcal N(\mu_k,\Sigma),\ \Sigma\text{ estimated (pooled)},\ "
        r"\frac{n_0}{n_1}\to\eta\ge1,\ \frac dn\to y\in(0,1),\ \text{score's centre and squared "
        r"spread}\overset{P}{\to}\text{limits of their inverse Wishart means}\quad\Longrightarrow\quad "
        r"\mathrm{TPR}\to\Phi\left(\sqrt{1-y}\;\frac{\frac{\Delta^2}2-(1-y)(1-\tau)\log\eta-y\sinh\log\eta}"
        r"{V}\right),\quad \mathrm{TNR}\to\Phi\left(\sqrt{1-y}\;\frac{\frac{\Delta^2}2+(1-y)(1-\tau)"
        r"\log\eta+y\sinh\log\eta}{V}\right),\quad V^2=\Delta^2+4y\cosh^2\left(\tfrac12\log\eta\right)"
        r";\qquad \eta=1:\ \text{error}\to\Phi\left(-\frac{\Delta^2}2\,\frac{\sqrt{1-y}}"
        r"{\sqrt{\Delta^2+4y}}\right)",
    ),
    formula="((D**2/2 - y*sinh(l))/(1 - y) - (1 - tau)*l)*(1 - y)**(3/2) == sqrt(1 - y)*(D**2/2 - (1 - "
    "y)*(1 - tau)*l - y*sinh(l))",
    steps=(
        "factors_in_the_probit: centre times 1/(1-y), less the prior term, over the spread times "
        "(1-y)^(-3/2)",
        FORMULA,
        "raudys_error_at_balance: at balance this is Raudys' error, Phi(-(Delta^2/2) "
        "sqrt(1-y)/sqrt(Delta^2 + 4y))",
        "sqrt(1 - y)*(D**2/2 - (1 - y)*0 - y*sinh(0))/sqrt(D**2 + 4*y*cosh(0)**2) == D**2/2*sqrt(1 - "
        "y)/sqrt(D**2 + 4*y)",
        "sampled_rule_agrees: the sampled rule agrees with the limit",
        state_computed(
            "lda:estimated_rates", minority=75, majority=375, d=90, Delta=3.0, draws=20, seed=3
        ),
    ),
    argument="Means and pooled covariance are independent. Given the means, w'x and |w|^2 concentrate at "
    "the inverse Wishart moments (their law is known exactly; the concentration is sampled here, "
    "not proved), which multiply centre and squared spread by the two factors.",
    mutants=(
        "sqrt(1-y) on the prior term too, without the further 1-y",
        "((D**2/2 - y*sinh(l))/(1 - y) - l)*(1 - y)**(3/2) == sqrt(1 - y)*(D**2/2 - l - y*sinh(l))",
        "factor 1-y in place of sqrt(1-y)",
        "((D**2/2)/(1 - y))*(1 - y)**(3/2) == (1 - y)*D**2/2",
    ),
    rests_on=(
        "high_dimensional_lda.known_covariance",
        "estimated_covariance.inverse_wishart_factors",
    ),
)

DOUBLE_DESCENT = statement(
    name="estimated_covariance.double_descent",
    title="Pseudo-inverse LDA of balanced classes is useless at n = d, below it best between d/2 and 2d/3",
    source="phenomenon: Cheng et al. (arXiv 2212.00700); factors and turning points derived here, identity "
    "covariance",
    ids=("D18",),
    functions=("corrected_error",),
    where={
        "k: (0, 1)": "kappa = n/d",
        "y: (1, oo)": "1/kappa = d/n",
        "h: positive": "an increase of kappa",
        "D: positive": "separability Delta",
        "l": "log(eta)",
        "tau": "strength of logit adjustment",
    },
    theorem=(
        "balanced classes, identity covariance, limit law with accuracy Phi(Delta_eff/2): "
        "Delta_eff^2/Delta^4 = kappa (1-kappa)/(Delta^2 + 4/kappa) for kappa = n/d < 1 and (1 - "
        "1/kappa)/(Delta^2 + 4/kappa) for kappa > 1; it tends to 0 as kappa -> 1 from either side, "
        "increases on (0, 1/2], decreases on [2/3, 1), so that its maximum over (0, 1) lies in (1/2, 2/3) "
        "for every Delta > 0, and strictly increases on (1, oo)",
        r"\text{limit law of pseudo-inverse LDA},\ \Sigma=I,\ \eta=1,\ \frac nd\to\kappa,\ \Delta>0:\quad "
        r"\frac{\Delta_{\mathrm{eff}}^2}{\Delta^4}=\begin{cases}\dfrac{\kappa(1-\kappa)}{\Delta^2+4/\kappa}"
        r"&\kappa<1\\ \dfrac{1-1/\kappa}{\Delta^2+4/\kappa}&\kappa>1\end{cases},\qquad \lim_{\kappa\to1}"
        r"\Delta_{\mathrm{eff}}=0,\quad \operatorname{argmax}_{0<\kappa<1}\Delta_{\mathrm{eff}}"
        r"\subset\left(\tfrac12,\tfrac23\right)\ \forall\,\Delta>0,\quad "
        r"\frac{\partial\Delta_{\mathrm{eff}}}{\partial\kappa}\begin{cases}>0&\kappa\le\frac12\\ "
        r"<0&\frac23\le\kappa<1\\ >0&\kappa>1\end{cases}",
    ),
    formula=state_derivative(
        "k**2*(1 - k)/(k*D**2 + 4)",
        "k",
        "k*(8 - 12*k + D**2*k*(1 - 2*k))/(k*D**2 + 4)**2",
    ),
    steps=(
        "mean_of_pseudo_inverse: the n sample eigenvalues are y times those of a d-sample Wishart in n "
        "dimensions, ratio 1/y: the mean of the pseudo-inverse is 1/(y(y-1)) ...",
        "(1/y)*(1/y)*(1/(1 - 1/y)) == 1/(y*(y - 1))",
        "mean_of_its_square: ... and that of its square 1/(y-1)^3",
        "(1/y)*(1/y**2)*(1/(1 - 1/y)**3) == 1/(y - 1)**3",
        "factor_of_the_probits: their ratio is the squared factor of the probits, k(1-k) at k = 1/y",
        "(1/(y*(y - 1)))**2*(y - 1)**3 == (1/y)*(1 - 1/y)",
        "effective_separability: at balance Delta_eff^2/Delta^4 = k(1-k)/(Delta^2 + 4/k)",
        "k*(1 - k)/(D**2 + 4/k) == k**2*(1 - k)/(k*D**2 + 4)",
        "slope_below_interpolation: its slope in k below 1",
        FORMULA,
        "rises_up_to_half: is positive up to 1/2",
        state("8 - 12*k + D**2*k*(1 - 2*k) > 0", k="(0, 1/2]"),
        "falls_from_two_thirds: and negative from 2/3 to 1: more data hurts",
        state("8 - 12*k + D**2*k*(1 - 2*k) < 0", k="(2/3, 1)"),
        "vanishes_at_interpolation: at n = d nothing is left, from either side",
        state_limit("k**2*(1 - k)/(k*D**2 + 4)", "0", "k"),
        "rises_above_interpolation: above it more data always helps",
        state("(1 - 1/k)/(D**2 + 4/k) < (1 - 1/(k + h))/(D**2 + 4/(k + h))", k="(1, oo)"),
        "sampled_rule_agrees: the sampled rule agrees at n = d/2",
        state_computed(
            "lda:pseudo_inverse_rates", minority=75, majority=75, d=300, Delta=4.0, draws=12, seed=4
        ),
    ),
    argument="For n > d the factor is that of the estimated covariance, 1 - 1/k. For n < d the nonzero "
    "eigenvalues are those of the Gram matrix, whose inverse moments are the same formulas with d "
    "and n exchanged. Delta_eff = 0 leaves both classes at chance.",
    mutants=(
        "below n = d more data always helps",
        state(
            "k**2*(1 - k)/(k*D**2 + 4) < (k + h)**2*(1 - k - h)/((k + h)*D**2 + 4)",
            given="k + h < 1",
            h="(0, 1)",
        ),
        "the best n below d is always d/2",
        state("8 - 12*k + D**2*k*(1 - 2*k) <= 0", k="(1/2, 1)"),
    ),
    rests_on=("estimated_covariance.inverse_wishart_factors", "estimated_covariance.plug_in_law"),
)

STATEMENTS = (INVERSE_WISHART, ESTIMATED, DOUBLE_DESCENT)
