"""The data-dependent bound of the vector-scaling (VS) loss, with every constant and assumption written out.

Claimed by Wang et al. (NeurIPS 2023), Proposition 3, up to constants; the regularity it needs and the
remarks on what it can say about weights and offsets are derived here. Checked by: SMT, enumeration.
"""

import numpy as np
from numpy.typing import ArrayLike

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_failure,
    state_quoted,
    steps,
)
from ..foundation.validation import InputError, as_real
from ..vector_scaling.local_lipschitz import LossConstants
from .class_bounds import Bound, BoundInputs, NormBall, prior_prefactor

__all__ = ["data_dependent_bound"]


def data_dependent_bound(
    class_counts: ArrayLike,
    class_risks: ArrayLike,
    constants: LossConstants,
    complexity: NormBall | ArrayLike,
    *,
    regularity: ArrayLike | None = None,
    class_prior: ArrayLike | None = None,
    delta: float = 0.05,
) -> Bound:
    """``(1/(K pi_min)) [R + 2 sqrt2 kappa Rad sum_y mu_y sqrt(pih_y) + 3 M sqrt(log(2/delta)/(2N))]``.

    ``R``: mean of ``class_risks`` (shape (..., K)) weighted by the sample's prior pih; ``M``: the
    largest of the upper bounds. ``complexity``: a `NormBall`, whose regularity is known, or the
    functions' Rademacher complexity ``Rad`` on the whole sample, with their ``regularity`` kappa:
    ``Rad_y <= kappa Rad/sqrt(pih_y)``. ``class_prior``: the population's, for an i.i.d. sample; unless
    given, the labels are taken as fixed and the sample's own prior is used.
    """
    known = BoundInputs.of(class_counts, class_risks, constants, delta)
    total = known.counts.sum()
    share = known.counts / total
    factor = prior_prefactor(share if class_prior is None else class_prior)
    if isinstance(complexity, NormBall):
        if regularity is not None:
            raise InputError("regularity: a norm ball has its own, leave it out")
        radii = known.per_class("class_radii", complexity.class_radii)
        largest = radii.max(axis=-1) if radii.ndim else radii
        own = np.sqrt(2.0 * complexity.outputs / total) * complexity.norm * largest
    elif regularity is None:
        raise InputError("regularity: give kappa with a Rademacher complexity; 1 is an assumption")
    else:
        own = as_real("complexity", complexity, low=0) * as_real("regularity", regularity, low=0)
    deviation = np.sqrt((np.log(2.0) - np.log(known.delta)) / (2 * total))
    return Bound(
        factor * (known.risks * share).sum(axis=-1),
        factor * 2 * np.sqrt(2.0) * own * (known.lipschitz * np.sqrt(share)).sum(axis=-1),
        factor * 3 * known.upper.max(axis=-1) * deviation,
    )


# ------------------------------------------------------------------------------------ statements


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


ASSEMBLED = Statement(
    name="data_dependent_bound.certificate",
    title="Under regularity kappa the balanced risk of the clipped VS loss is at most 1/(K pi_min) times "
    "(risk + 2 sqrt2 kappa Rad sum alpha bh (1 - p) sqrt(pih) + 3 M sqrt(log(2/delta)/(2N)))",
    source="Wang et al. (NeurIPS 2023), Proposition 3, up to constants; constants and the regularity "
    "assumption derived here",
    ids=("VS8",),
    functions=("data_dependent_bound",),
    corrects="the factor sqrt(pi_y) without the regularity of the function class that earns it",
    formula=state_quoted(
        "with probability at least 1 - delta, for all f: R_bal(f) <= (1/(K pi_min)) [ R^(f) + 2 sqrt2 "
        "kappa Rad_S(F) sum_y alpha_y bh_y (1 - p_y) sqrt(pih_y) + 3 M sqrt(log(2/delta)/(2N)) ]",
        r"R_{\mathrm{bal}}^{L_p}(f) \le \frac{1}{K \pi_{\min}} \Big[ \hat R^{L_p}(f) + 2\sqrt2\,\kappa\,"
        r"\mathfrak{R}_S(F) \sum_y \alpha_y \hat\beta_y (1 - p_y) \sqrt{\hat\pi_y}"
        r" + 3M \sqrt{\frac{\log(2/\delta)}{2N}} \Big]",
    ),
    steps=steps(
        (
            "one class, any K: r/K <= pi r/(K pi_min)",
            state(
                "r/K <= p*r/(K*m)",
                given="m <= p",
                K="integer 1..",
                r="nonnegative",
                **_vary("positive", "m p"),
            ),
            "VS8",
        ),
        (
            "the class's share of the complexity: pih mu times kappa Rad/sqrt(pih) is sqrt(pih) mu kappa Rad",
            state("p*m*(k*R/sqrt(p)) == sqrt(p)*m*k*R", p="(0, 1)", **_vary("positive", "m k R")),
            "VS8",
        ),
        (
            "so under regularity pih mu Rad_y is at most that",
            state(
                "p*m*Q <= s*m*k*R",
                given=["Q*s <= k*R", "s**2 == p"],
                p="(0, 1)",
                s="(0, 1)",
                **_vary("nonnegative", "Q m k R"),
            ),
            "VS8",
        ),
        (
            "McDiarmid with N differences M/N, two failures of delta/2, 3 = 1 + 2",
            state(
                "exp(-2*(M*sqrt(log(2/d)/(2*N)))**2/(N*(M/N)**2)) == d/2",
                d="(0, 1)",
                **_vary("positive", "M N"),
            ),
            "VS8",
        ),
        (
            "every class's summand grows with its weight and falls with its probability",
            state_derivative(
                "a*n*(1 - q)*s", "q", "-a*n*s", q="[0, 1]", **_vary("positive", "a n s")
            ),
            "VS8",
        ),
        (
            "and is linear in the weight",
            state(
                "(c*a)*n*(1 - q)*s == c*(a*n*(1 - q)*s)", q="[0, 1]", **_vary("positive", "a c n s")
            ),
            "VS8 VS8a",
        ),
        (
            "the published scale constant sqrt(beta^2 + (sum beta_j)^2) makes it larger, never smaller",
            state(
                "sqrt(b1**2 + Max(b2, b3)**2) <= sqrt(b1**2 + (b2 + b3)**2)",
                **_vary("positive", "b1 b2 b3"),
            ),
            "VS8",
        ),
        (
            "two balanced classes where the square root is earned: Rad(G) = 1/4 <= (3/8)/sqrt 2",
            state_computed("class_bounds:prior_exponent", exponent="1/2"),
            "VS8",
        ),
    ),
    argument="The prefactor brings the balanced risk to the plain one; the i.i.d. bound brings that to the "
    "sample; the partition of the complexity by class, contraction with each class's constant on the "
    "clipped loss, and regularity give the sum.",
    mutants=mutants(
        (
            "pi instead of its square root: Rad(G) = 1/4 > 3/16",
            state_computed("class_bounds:prior_exponent", exponent="1"),
        ),
        (
            "the coefficient 1/sqrt(pih)",
            state("p*m*(k*R/sqrt(p)) == m*k*R/sqrt(p)", p="(0, 1)", **_vary("positive", "m k R")),
        ),
        (
            "no prefactor 1/(K pi_min)",
            state("(r1 + r2)/2 <= p*r1 + (1 - p)*r2", p="(0, 1)", **_vary("nonnegative", "r1 r2")),
        ),
        (
            "softmax instead of 1 - softmax: the summand grows with the probability",
            state("a*n*(1 - q)*s <= a*n*q*s", q="[0, 1]", **_vary("positive", "a n s")),
        ),
        (
            "the complexity term subtracted: the expected supremum is positive",
            state_computed("class_bounds:symmetrisation", counts=[1, 1], atoms=2, factor=-1),
        ),
    ),
    symbols={
        "p": "prior of a class",
        "m": "smallest prior, or mu_y",
        "Q": "complexity of the functions on the class's sample",
        "k": "kappa",
        "R": "complexity on the whole sample",
        "n": "bh_y, the scales' constant",
        "s": "square root of the prior",
    },
    cites=("McDiarmid's bounded-differences inequality (1989)",),
    rests_on=(
        "class_bounds.prior_prefactor",
        "contraction.data_dependent",
        "contraction.data_dependent_needs_regularity",
        "contraction.norm_balls",
        "concentration.uniform_bound",
        "local_lipschitz.clipped",
        "minimal_probability.readings",
    ),
)

_LEFT = "(a1*r1 + a2*r2)/2"


def _scaled(side: str) -> str:
    return side.replace("a1", "(c*a1)").replace("a2", "(c*a2)")


WEIGHTS = Statement(
    name="data_dependent_bound.weights",
    title="Both sides scale with the weights, so only their ratios matter; alpha_y sqrt(pi_y) is constant "
    "iff alpha is proportional to pi^(-1/2), which spreads the union bound's alpha_y/sqrt(pi_y)",
    source="derived here; the reading of alpha as a re-balancing is Wang et al.'s (NeurIPS 2023)",
    ids=("VS8a", "VS8c"),
    functions=("data_dependent_bound",),
    corrects="bounds for different weights compared as if they bounded the same risk",
    formula=state(f"{_scaled(_LEFT)} == c*({_LEFT})", **_vary("positive", "a1 a2 r1 r2 c")),
    steps=steps(
        (
            "the left side, the weighted balanced risk, is homogeneous of degree 1",
            state(f"{_scaled(_LEFT)} == c*({_LEFT})", **_vary("positive", "a1 a2 r1 r2 c")),
            "VS8a",
        ),
        (
            "the right side: risk and complexity",
            state(
                "p*(c*a1)*r1 + (1 - p)*(c*a2)*r2 + R*((c*a1)*m1*sqrt(p) + (c*a2)*m2*sqrt(1 - p))"
                " == c*(p*a1*r1 + (1 - p)*a2*r2 + R*(a1*m1*sqrt(p) + a2*m2*sqrt(1 - p)))",
                p="(0, 1)",
                **_vary("positive", "a1 a2 r1 r2 m1 m2 R c"),
            ),
            "VS8a",
        ),
        (
            "the right side: the largest upper bound",
            state(
                "c*a1*M1 <= c*Max(a1*M1, a2*M2)",
                "c*a2*M2 <= c*Max(a1*M1, a2*M2)",
                **_vary("positive", "a1 a2 M1 M2 c"),
            ),
            "VS8a",
        ),
        (
            "but two weights bound two different quantities: the weighted risk is not the balanced one",
            state_failure("(a1*r1 + a2*r2)/2 == (r1 + r2)/2", **_vary("positive", "a1 a2 r1 r2")),
            "VS8a",
        ),
        (
            "alpha = pi^(-1/2) makes alpha sqrt(pi) constant",
            state("p**(-1/2)*sqrt(p) == 1", p="(0, 1)"),
            "VS8c",
        ),
        (
            "and no other power does: log of the ratio of alpha sqrt(pi), l = log pi",
            state(
                "nu == 1/2",
                given=["(1/2 - nu)*l1 == (1/2 - nu)*l2", "l1 > l2"],
                **_vary("real", "nu l1 l2"),
            ),
            "VS8c",
        ),
        (
            "the union form's alpha/sqrt(pi): tail over head is IF^(nu + 1/2), more than IF^(1/2)",
            state("F**(nu + 1/2) > F**(1/2)", F="(1, oo)", nu="positive"),
            "VS8c",
        ),
    ),
    argument="Every term is linear in alpha. Which exponent balances the summands depends on the bound: 1/2 "
    "in this one, none above 0 in the union form, where the natural coefficient grows towards the tail.",
    mutants=mutants(
        (
            "the bound does not change when all weights are scaled",
            state(f"{_scaled(_LEFT)} == {_LEFT}", **_vary("positive", "a1 a2 r1 r2 c")),
        ),
        (
            "inverse frequency, nu = 1, aligns the summands",
            state("p**(-1)*sqrt(p) == 1", p="(0, 1)"),
        ),
        (
            "weights pi^(-nu) even out the union form",
            state("F**(nu + 1/2) <= F**(1/2)", F="(1, oo)", nu="positive"),
        ),
    ),
    symbols={
        "a1": "weight of class 1",
        "r1": "its risk",
        "p": "its prior",
        "F": "imbalance factor",
        "nu": "exponent of the weights pi^(-nu)",
        "l1": "log of a prior",
    },
    rests_on=("data_dependent_bound.certificate",),
)

OFFSETS = Statement(
    name="data_dependent_bound.offsets",
    title="Raising one class's offset lowers its own 1 - q and raises the others'; the sum has a minimum "
    "inside, so it is not monotone in the offset",
    source="derived here",
    ids=("VS8d",),
    corrects="offsets said to lower the bound whatever the other classes' samples look like",
    formula=state_failure(
        "1/(1 + exp(D + z)) + exp(D + v)/(1 + exp(D + v)) >= 1/(1 + exp(z)) + exp(v)/(1 + exp(v))",
        D="nonnegative",
        **_vary("real", "z v"),
    ),
    steps=steps(
        (
            "two classes with equal logits: the offset moves (1/2, 1/2) to (.269, .731)",
            state(
                "268/1000 < 1/(1 + exp(1)) < 269/1000",
                "731/1000 < exp(1)/(1 + exp(1)) < 732/1000",
            ),
            "VS8d",
        ),
        (
            "there the plain sum stays 1: opposite movements, equal sizes",
            state("1/(1 + exp(D)) + exp(D)/(1 + exp(D)) == 1", D="real"),
            "VS8d",
        ),
        (
            "a class's own 1 - q falls with its offset",
            state_derivative(
                "1/(1 + exp(D + z))",
                "D",
                "-exp(D + z)/(1 + exp(D + z))**2",
                **_vary("real", "D z"),
            ),
            "VS8d",
        ),
        (
            "the other class's rises",
            state_derivative(
                "exp(D + v)/(1 + exp(D + v))",
                "D",
                "exp(D + v)/(1 + exp(D + v))**2",
                **_vary("real", "D v"),
            ),
            "VS8d",
        ),
        (
            "both classes right by a margin 2: the sum at offset 0 is below its values at -2 and 2",
            state(
                "1/(1 + exp(2)) + exp(-2)/(1 + exp(-2)) < 1/(1 + exp(4)) + exp(0)/(1 + exp(0))",
                "1/(1 + exp(2)) + exp(-2)/(1 + exp(-2)) < 1/(1 + exp(0)) + exp(-4)/(1 + exp(-4))",
            ),
            "VS8d",
        ),
        (
            "with weights s the sum at equal logits moves towards the lighter side: both signs occur",
            state_failure(
                "s/(1 + exp(D)) + exp(D)/(1 + exp(D)) >= s/2 + 1/2", D="positive", s="positive"
            ),
            "VS8d",
        ),
        (
            "and the other way round",
            state_failure(
                "s/(1 + exp(D)) + exp(D)/(1 + exp(D)) <= s/2 + 1/2", D="positive", s="positive"
            ),
            "VS8d",
        ),
    ),
    argument="With z the margin of class 1's worst example and -v that of class 2's, the summands are "
    "1/(1 + e^(D + z)) and e^(D + v)/(1 + e^(D + v)).",
    mutants=mutants(
        (
            "raising an offset lowers every 1 - q",
            state(
                "exp(D + v)/(1 + exp(D + v)) <= exp(v)/(1 + exp(v))",
                D="positive",
                v="real",
            ),
        ),
        (
            "raising an offset lowers the sum",
            state(
                "1/(1 + exp(D + z)) + exp(D + v)/(1 + exp(D + v))"
                " <= 1/(1 + exp(z)) + exp(v)/(1 + exp(v))",
                D="positive",
                **_vary("real", "z v"),
            ),
        ),
    ),
    symbols={
        "D": "offset of class 1",
        "z": "logit margin of class 1's worst example",
        "v": "minus that of class 2's",
        "s": "coefficient of class 1 relative to class 2's",
    },
    rests_on=("data_dependent_bound.certificate",),
)

STATEMENTS = (ASSEMBLED, WEIGHTS, OFFSETS)
