"""The data-dependent bound of the vector-scaling (VS) loss, with every constant and assumption written out.

Claimed by Wang et al. (NeurIPS 2023), Proposition 3, up to constants; the regularity it needs and the
remarks on what it can say about weights and offsets are derived here. Checked by: SMT, enumeration.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_failure,
    statement,
)
from ..foundation.arrays import ArrayLike
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
    given, the labels are taken as fixed and the sample's prior is used.
    """
    known = BoundInputs.of(class_counts, class_risks, constants, delta)
    total = known.counts.sum()
    share = known.counts / total
    factor = prior_prefactor(share if class_prior is None else class_prior)
    if isinstance(complexity, NormBall):
        if regularity is not None:
            raise InputError("regularity: that of a norm ball is known, leave it out")
        radii = known.per_class("class_radii", complexity.class_radii)
        largest = radii.max(axis=-1) if radii.ndim else radii
        kappa_rad = np.sqrt(2.0 * complexity.outputs / total) * complexity.norm * largest
    elif regularity is None:
        raise InputError("regularity: give kappa with a Rademacher complexity; 1 is an assumption")
    else:
        kappa_rad = as_real("complexity", complexity, low=0) * as_real(
            "regularity", regularity, low=0
        )
    deviation = np.sqrt((np.log(2.0) - np.log(known.delta)) / (2 * total))
    return Bound(
        factor * (known.risks * share).sum(axis=-1),
        factor * 2 * np.sqrt(2.0) * kappa_rad * class_summands(known.lipschitz, share).sum(axis=-1),
        factor * 3 * known.upper.max(axis=-1) * deviation,
    )


def class_summands(
    lipschitz: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """``mu_y sqrt(pih_y)``: what each class adds to the complexity term; checked arrays (..., K)."""
    return lipschitz * np.sqrt(share)


# ------------------------------------------------------------------------------------ statements


ASSEMBLED = statement(
    name="data_dependent_bound.certificate",
    title="Under regularity kappa the balanced risk of the clipped VS loss is at most 1/(K pi_min) times "
    "(risk + 2 sqrt2 kappa Rad sum alpha bh (1 - p) sqrt(pih) + 3 M sqrt(log(2/delta)/(2N)))",
    source="Wang et al. (NeurIPS 2023), Proposition 3, up to constants; constants and the regularity "
    "assumption derived here",
    ids=("VS8",),
    functions=("data_dependent_bound",),
    corrects="the factor sqrt(pi_y) without the regularity of the function class that earns it",
    where={
        "K: integer 1..": "number of classes",
        "r: nonnegative": "risk of a class",
        "p: (0, 1)": "prior of a class",
        "d: (0, 1)": "failure probability delta",
        "M: positive": "upper bound of the weighted loss",
        "N: positive": "sample size",
        "q: [0, 1]": "probability level p_y of the class",
        "a: positive": "weight alpha_y of the class",
        "c: positive": "positive factor of the weight",
        "n: positive": "bh_y, the scales' constant",
        "s: positive": "square root of the prior",
        "Q: nonnegative": "complexity of the functions on the class's sample",
        "m: positive": "smallest prior, or mu_y",
        "k: positive": "kappa",
        "R: positive": "complexity on the whole sample",
        "b1: positive": "scale beta of the class itself",
        "b2: positive": "scale of a second class",
        "b3: positive": "scale of a third class",
        "r1, r2: nonnegative": "risk of classes 1, 2",
    },
    theorem=(
        "p_y in (0, 1) and delta in (0, 1) fixed in advance, i.i.d. sample S of N, clipped VS loss L_p in "
        "[0, M] with constants mu_y = alpha_y bh_y (1 - p_y), bh_y = sqrt(beta_y^2 + max_{j != y} "
        "beta_j^2), M = max_y alpha_y log(1/p_y): with probability >= 1 - delta over S, for every kappa > "
        "0 with Rad_{S_y}(F) <= kappa Rad_S(F)/sqrt(pih_y) for every class of the sample and all f in F: "
        "R_bal(f) <= (1/(K pi_min)) [ R^(f) + 2 sqrt2 kappa Rad_S(F) sum_y alpha_y bh_y (1 - p_y) "
        "sqrt(pih_y) + 3 M sqrt(log(2/delta)/(2N)) ]",
        r"\text{with probability} \ge 1-\delta \text{ over } S:\quad \mathfrak{R}_{S_y}(F) \le "
        r"\frac{\kappa\, \mathfrak{R}_S(F)}{\sqrt{\hat\pi_y}}\ \forall y : \hat\pi_y > 0 \implies "
        r"R_{\mathrm{bal}}^{L_p}(f) \le \frac{1}{K \pi_{\min}} \left[ \hat R^{L_p}(f) + "
        r"2\sqrt2\,\kappa\,\mathfrak{R}_S(F) \sum_{y=1}^K \alpha_y \hat\beta_y (1 - p_y) \sqrt{\hat\pi_y} "
        r"+ 3M \sqrt{\frac{\log(2/\delta)}{2N}} \right] \quad \forall f \in F,\ \kappa > 0, \qquad "
        r"\hat\beta_y = \sqrt{\beta_y^2 + \max_{j \ne y} \beta_j^2},\ M = \max_y \alpha_y "
        r"\log\frac{1}{p_y},\quad p \in (0,1)^K \text{ fixed in advance}",
    ),
    steps=(
        "prior_prefactor (VS8): one class, any K: r/K <= pi r/(K pi_min)",
        state("r/K <= p*r/(K*m)", given="m <= p", p="positive"),
        "class_share_of_complexity (VS8): the class's share of the complexity: pih mu times kappa "
        "Rad/sqrt(pih) is sqrt(pih) mu kappa Rad",
        "p*m*(k*R/sqrt(p)) == sqrt(p)*m*k*R",
        "share_under_regularity (VS8): so under regularity pih mu Rad_y is at most that",
        state(
            "p*m*Q <= s*m*k*R",
            given=["Q*s <= k*R", "s**2 == p"],
            s="(0, 1)",
            m="nonnegative",
            k="nonnegative",
            R="nonnegative",
        ),
        "mcdiarmid_at_deviation (VS8): McDiarmid with N differences M/N, two failures of delta/2, 3 = 1 + 2",
        "exp(-2*(M*sqrt(log(2/d)/(2*N)))**2/(N*(M/N)**2)) == d/2",
        "slope_in_probability (VS8): every class's summand grows with its weight and falls with its "
        "probability",
        state_derivative("a*n*(1 - q)*s", "q", "-a*n*s"),
        "linear_in_weight (VS8 VS8a): and is linear in the weight",
        "(c*a)*n*(1 - q)*s == c*(a*n*(1 - q)*s)",
        "published_scale_is_larger (VS8): the published scale constant sqrt(beta^2 + (sum beta_j)^2) makes "
        "it larger, never smaller",
        "sqrt(b1**2 + Max(b2, b3)**2) <= sqrt(b1**2 + (b2 + b3)**2)",
        "square_root_is_earned (VS8): two balanced classes where the square root is earned: Rad(G) = 1/4 "
        "<= (3/8)/sqrt 2",
        state_computed("class_bounds:prior_exponent", exponent="1/2"),
    ),
    argument="The prefactor brings the balanced risk to the plain one; the i.i.d. bound brings that to the "
    "sample; the partition of the complexity by class, contraction with each class's constant on "
    "the clipped loss, and regularity give the sum.",
    mutants=(
        "pi instead of its square root: Rad(G) = 1/4 > 3/16",
        state_computed("class_bounds:prior_exponent", exponent="1"),
        "the coefficient 1/sqrt(pih)",
        "p*m*(k*R/sqrt(p)) == m*k*R/sqrt(p)",
        "no prefactor 1/(K pi_min)",
        "(r1 + r2)/2 <= p*r1 + (1 - p)*r2",
        "softmax instead of 1 - softmax: the summand grows with the probability",
        "a*n*(1 - q)*s <= a*n*q*s",
        "the complexity term subtracted: the expected supremum is positive",
        state_computed("class_bounds:symmetrisation", counts=[1, 1], atoms=2, factor=-1),
    ),
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


WEIGHTS = statement(
    name="data_dependent_bound.weights",
    title="Both sides scale with the weights, so only their ratios matter; alpha_y sqrt(pi_y) is constant "
    "iff alpha is proportional to pi^(-1/2), which spreads the union bound's alpha_y/sqrt(pi_y)",
    source="derived here; the reading of alpha as a re-balancing is Wang et al.'s (NeurIPS 2023)",
    ids=("VS8a", "VS8c"),
    functions=("data_dependent_bound",),
    corrects="bounds for different weights compared as if they bounded the same risk",
    where={
        "p: (0, 1)": "its prior",
        "a1, a2: positive": "weight of classes 1, 2",
        "r1: positive": "its risk",
        "r2: positive": "risk of class 2",
        "m1, m2: positive": "unweighted Lipschitz constant of classes 1, 2",
        "R: positive": "complexity factor 2 sqrt2 kappa Rad",
        "M1, M2: positive": "upper bound of classes 1, 2's unweighted loss",
        "c: positive": "common positive factor of the weights",
        "F: (1, oo)": "imbalance factor",
        "nu: positive": "exponent of the weights pi^(-nu)",
        "l1: real": "log of a prior",
        "l2: real": "log of another class's prior, smaller than l1",
    },
    theorem=(
        "for all c > 0 and alpha: R_bal(c alpha) = c R_bal(alpha) and B(c alpha) = c B(alpha) for the "
        "bound's right side B; alpha_y sqrt(pi_y) is the same for all y iff alpha_y = c pi_y^(-1/2) for "
        "some c > 0 (so nu = 1/2 among alpha = pi^(-nu), if two priors differ); at alpha = pi^(-nu), nu > "
        "0, the union bound's alpha_y/sqrt(pi_y) has tail-to-head ratio IF^(nu + 1/2) > IF^(1/2), IF = "
        "pi_max/pi_min > 1",
        r"R_{\mathrm{bal}}^{c\alpha} = c\, R_{\mathrm{bal}}^{\alpha},\quad B(c\alpha) = c\, B(\alpha)\ "
        r"\forall c > 0, \qquad \alpha_y \sqrt{\pi_y} = \alpha_j \sqrt{\pi_j}\ \forall y, j \iff \exists c "
        r"> 0 : \alpha_y = c\, \pi_y^{-1/2}\ \forall y, \qquad \left. \frac{\alpha_{\text{tail}} / "
        r"\sqrt{\pi_{\text{tail}}}}{\alpha_{\text{head}} / \sqrt{\pi_{\text{head}}}} \right|_{\alpha = "
        r"\pi^{-\nu}} = \left( \frac{\pi_{\text{head}}}{\pi_{\text{tail}}} \right)^{\nu + 1/2} > \left( "
        r"\frac{\pi_{\text{head}}}{\pi_{\text{tail}}} \right)^{1/2} \ \forall \nu > 0,\ \pi_{\text{head}} "
        r"> \pi_{\text{tail}}",
    ),
    formula="((c*a1)*r1 + (c*a2)*r2)/2 == c*((a1*r1 + a2*r2)/2)",
    steps=(
        "left_side_homogeneous (VS8a): the left side, the weighted balanced risk, is homogeneous of degree 1",
        FORMULA,
        "risk_and_complexity_homogeneous (VS8a): the right side: risk and complexity",
        "p*(c*a1)*r1 + (1 - p)*(c*a2)*r2 + R*((c*a1)*m1*sqrt(p) + (c*a2)*m2*sqrt(1 - p)) == c*(p*a1*r1 + "
        "(1 - p)*a2*r2 + R*(a1*m1*sqrt(p) + a2*m2*sqrt(1 - p)))",
        "largest_bound_homogeneous (VS8a): the right side: the largest upper bound",
        ("c*a1*M1 <= c*Max(a1*M1, a2*M2)", "c*a2*M2 <= c*Max(a1*M1, a2*M2)"),
        "different_weights_different_risk (VS8a): but two weights bound two different quantities: the "
        "weighted risk is not the balanced one",
        state_failure("(a1*r1 + a2*r2)/2 == (r1 + r2)/2"),
        "half_power_equalises (VS8c): alpha = pi^(-1/2) makes alpha sqrt(pi) constant",
        "p**(-1/2)*sqrt(p) == 1",
        "only_half_power (VS8c): and no other power does: log of the ratio of alpha sqrt(pi), l = log pi",
        state("nu == 1/2", given=["(1/2 - nu)*l1 == (1/2 - nu)*l2", "l1 > l2"], nu="real"),
        "union_form_spreads (VS8c): the union form's alpha/sqrt(pi): tail over head is IF^(nu + 1/2), more "
        "than IF^(1/2)",
        "F**(nu + 1/2) > F**(1/2)",
    ),
    argument="Every term is linear in alpha. Which exponent balances the summands depends on the bound: "
    "1/2 in this one, none above 0 in the union form, where the natural coefficient grows towards "
    "the tail.",
    mutants=(
        "the bound does not change when all weights are scaled",
        "((c*a1)*r1 + (c*a2)*r2)/2 == (a1*r1 + a2*r2)/2",
        "inverse frequency, nu = 1, aligns the summands",
        "p**(-1)*sqrt(p) == 1",
        "weights pi^(-nu) even out the union form",
        "F**(nu + 1/2) <= F**(1/2)",
    ),
    rests_on=("data_dependent_bound.certificate",),
)

OFFSETS = statement(
    name="data_dependent_bound.offsets",
    title="Raising one class's offset lowers its own 1 - q and raises the others'; the sum has a minimum "
    "inside, so it is not monotone in the offset",
    source="derived here",
    ids=("VS8d",),
    corrects="offsets said to lower the bound whatever the other classes' samples look like",
    where={
        "D: positive": "offset of class 1",
        "z: real": "logit margin of class 1's worst example",
        "v: real": "minus that of class 2's",
        "s: positive": "coefficient of class 1 relative to class 2's",
    },
    theorem=(
        "two classes, Delta the offset of class 1: 1 - q_1 = 1/(1 + e^(Delta + z)) falls and 1 - q_2 = "
        "e^(Delta + v)/(1 + e^(Delta + v)) rises strictly in Delta, for all z, v; at z = 2, v = -2 (both "
        "classes right by 2) their sum S has S(0) < S(-2) and S(0) < S(2): a minimum inside, S is not "
        "monotone",
        r"\frac{\partial (1 - q_1)}{\partial \Delta} < 0 < \frac{\partial (1 - q_2)}{\partial \Delta} "
        r"\quad \forall \Delta, z, v \in \mathbb{R}, \qquad 1 - q_1 = \frac{1}{1 + e^{\Delta + z}},\ 1 - "
        r"q_2 = \frac{e^{\Delta + v}}{1 + e^{\Delta + v}}, \qquad S(\Delta) = (1 - q_1) + (1 - q_2) :\ "
        r"S(0) < \min\left( S(-2), S(2) \right) \text{ at } z = 2,\ v = -2",
    ),
    formula=state_failure(
        "1/(1 + exp(D + z)) + exp(D + v)/(1 + exp(D + v)) >= 1/(1 + exp(z)) + exp(v)/(1 + exp(v))",
        D="nonnegative",
    ),
    steps=(
        "equal_logits_values (VS8d): two classes with equal logits: the offset moves (1/2, 1/2) to (.269, "
        ".731)",
        ("268/1000 < 1/(1 + exp(1)) < 269/1000", "731/1000 < exp(1)/(1 + exp(1)) < 732/1000"),
        "equal_logits_sum_stays (VS8d): there the plain sum stays 1: opposite movements, equal sizes",
        state("1/(1 + exp(D)) + exp(D)/(1 + exp(D)) == 1", D="real"),
        "slope_of_offset_class (VS8d): a class's own 1 - q falls with its offset",
        state_derivative("1/(1 + exp(D + z))", "D", "-exp(D + z)/(1 + exp(D + z))**2", D="real"),
        "slope_of_other_class (VS8d): the other class's rises",
        state_derivative(
            "exp(D + v)/(1 + exp(D + v))", "D", "exp(D + v)/(1 + exp(D + v))**2", D="real"
        ),
        "minimum_inside (VS8d): both classes right by a margin 2: the sum at offset 0 is below its values "
        "at -2 and 2",
        (
            "1/(1 + exp(2)) + exp(-2)/(1 + exp(-2)) < 1/(1 + exp(4)) + exp(0)/(1 + exp(0))",
            "1/(1 + exp(2)) + exp(-2)/(1 + exp(-2)) < 1/(1 + exp(0)) + exp(-4)/(1 + exp(-4))",
        ),
        "weighted_sum_falls (VS8d): with weights s the sum at equal logits moves towards the lighter side: "
        "both signs occur",
        state_failure("s/(1 + exp(D)) + exp(D)/(1 + exp(D)) >= s/2 + 1/2"),
        "weighted_sum_rises (VS8d): and the other way round",
        state_failure("s/(1 + exp(D)) + exp(D)/(1 + exp(D)) <= s/2 + 1/2"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="With z the margin of class 1's worst example and -v that of class 2's, the summands are 1/(1 "
    "+ e^(D + z)) and e^(D + v)/(1 + e^(D + v)).",
    mutants=(
        "raising an offset lowers every 1 - q",
        "exp(D + v)/(1 + exp(D + v)) <= exp(v)/(1 + exp(v))",
        "raising an offset lowers the sum",
        "1/(1 + exp(D + z)) + exp(D + v)/(1 + exp(D + v)) <= 1/(1 + exp(z)) + exp(v)/(1 + exp(v))",
    ),
    rests_on=("data_dependent_bound.certificate",),
)

STATEMENTS = (ASSEMBLED, WEIGHTS, OFFSETS)
