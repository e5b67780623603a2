"""Vector scaling (VS): the constants of the loss, its members, and its gradient's bound.

Claimed by Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021) for the loss; the gradient bound is
used by Wang et al. (NeurIPS 2023) with a constant that is looser than the tight one given here.
Checked by: symbolic identities between losses, for any K; SMT and induction for the bound.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..consistency.offset_family import sum_of_others
from ..foundation.arrays import ArrayLike
from ..foundation.validation import (
    InputError,
    as_class_counts,
    as_number,
    as_real,
    as_whole,
    one_of,
    scaled_counts,
)
from ..reweighting.effective_number import effective_number

__all__ = [
    "VSParameters",
    "logit_adjustment_offset",
    "vs_gradient_bound",
    "vs_parameters",
    "vs_scale",
]


class VSParameters(NamedTuple):
    """Weight ``alpha``, scale ``beta`` and offset ``Delta`` of a VS loss, each of shape (K,)."""

    weight: NDArray[np.float64]
    scale: NDArray[np.float64]
    offset: NDArray[np.float64]


def logit_adjustment_offset(class_counts: ArrayLike, tau: float = 1.0) -> NDArray[np.float64]:
    """Offsets ``Delta_y = tau log pi_y`` of logit adjustment (Menon et al., ICLR 2021); shape (K,)."""
    counts = scaled_counts(class_counts)
    tau = as_number("tau", tau, low=-1e300, high=1e300)  # so that no offset overflows
    others = sum_of_others(counts)
    # log(n/N) = -log1p(others/n): accurate also for a class that holds nearly everything
    with np.errstate(over="ignore", divide="ignore"):
        odds = np.log1p(others / counts)
        return -tau * np.where(np.isfinite(odds), odds, np.log(others) - np.log(counts))


def vs_scale(class_counts: ArrayLike, gamma: float = 0.3) -> NDArray[np.float64]:
    """Scales ``beta_y = (n_y / n_max)^gamma`` of CDT and VS; shape (K,), in (0, 1] for gamma >= 0."""
    counts, power = as_class_counts(class_counts), as_number("gamma", gamma)
    with np.errstate(over="ignore"):
        scale = (counts / counts.max()) ** power
    if not (np.isfinite(scale) & (scale > 0)).all():
        raise InputError(f"gamma = {power:g}: a scale (n / n_max)^gamma is no positive float")
    return scale


def vs_parameters(
    loss: str,
    class_counts: ArrayLike,
    *,
    tau: float = 1.0,
    gamma: float = 0.3,
    nu: float = 0.25,
    base: float = 0.9999,
) -> VSParameters:
    """Constants of a named member of the family, for the given training counts.

    ``loss``: ``"CE"``; ``"weighted CE"`` (weight 1/pi); ``"CB"`` (class-balanced, effective number of
    ``base``); ``"LA"`` (offset tau log pi; tau = 1 is balanced softmax); ``"CDT"`` (scale
    (n/n_max)^gamma); ``"VS"`` (both); ``"TLA+ADRW"`` (its second stage: weight pi^-nu, offset
    tau log pi). LDAM and the equalisation loss are no members. Weights are not normalised.
    """
    names = ("CE", "weighted CE", "CB", "LA", "CDT", "VS", "TLA+ADRW")
    loss = one_of("loss", loss, names)
    log_prior = logit_adjustment_offset(class_counts)
    ones = np.ones_like(log_prior)
    weight = {
        "weighted CE": lambda: _inverse_power(log_prior, 1.0),
        "CB": lambda: 1.0 / effective_number(class_counts, base),
        "TLA+ADRW": lambda: _inverse_power(log_prior, as_number("nu", nu)),
    }.get(loss, ones.copy)()
    scale = vs_scale(class_counts, gamma) if loss in ("CDT", "VS") else ones
    adjusted = loss in ("LA", "VS", "TLA+ADRW")
    tau = as_number("tau", tau, low=-1e300, high=1e300)
    offset = tau * log_prior if adjusted else 0.0 * ones
    return VSParameters(weight, scale, offset)


def _inverse_power(log_prior: NDArray[np.float64], nu: float) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        weight = np.exp(-nu * log_prior)
    if not np.isfinite(weight).all():
        raise InputError(
            f"class_counts: the largest weight, pi^-{nu:g}, is beyond the largest float"
        )
    return weight


def vs_gradient_bound(
    scale: ArrayLike, target: int, target_probability: ArrayLike, weight: float = 1.0
) -> NDArray[np.float64]:
    """Tight bound on the l2 norm of the VS loss's gradient in the logits.

    ``alpha_y (1 - q_y) sqrt(beta_y^2 + max_{j != y} beta_j^2)``, where ``q_y`` is the adjusted
    probability of the target; attained when all wrong mass sits on the class of largest scale.
    ``scale``: shape (K,), positive; ``target_probability``: any shape, in [0, 1].
    """
    scale = as_real("scale", scale, low=0, low_open=True)
    if scale.ndim != 1 or scale.size == 0:
        raise InputError(f"scale has shape {scale.shape}: give one number per class, shape (K,)")
    target = as_whole("target", target, 0)
    if target >= scale.size:
        raise InputError(f"target = {target}: must be a class index in [0, {scale.size - 1}]")
    probability = as_real("target_probability", target_probability, low=0, high=1)
    others = np.delete(scale, target)
    return (
        as_number("weight", weight, low=0, low_open=True)
        * (1.0 - probability)
        * np.hypot(scale[target], others.max(initial=0.0))
    )


# ------------------------------------------------------------------------------------ statements


GRADIENT_BOUND = statement(
    name="vector_scaling.gradient_bound",
    title="The VS loss's gradient norm is at most alpha (1 - q_y) sqrt(beta_y^2 + max beta_j^2), sharp for "
    "every K",
    source="derived here; Wang et al. (NeurIPS 2023) use the sum of the scales where the max suffices",
    ids=("VS3a",),
    functions=("vs_gradient_bound",),
    corrects="the published constant adds up the other classes' scales where their maximum suffices",
    where={
        "b: positive": "largest scale of a wrong class, or a bound on it",
        "s: [0, 1]": "total probability of the wrong classes",
        "a: positive": "weight alpha of the target's class",
        "b1: positive": "scale of the target's class",
        "b2: positive": "scale of a wrong class (b3, b4 likewise)",
        "b3: positive": "scale of another wrong class",
        "b4: positive": "scale of a third wrong class",
        "q2: [0, 1]": "adjusted probability of a wrong class (q3, q4 likewise)",
        "q3: [0, 1]": "adjusted probability of another wrong class",
        "q4: nonnegative": "adjusted probability of a third wrong class",
        "r: nonnegative": "mass of the remaining wrong classes",
    },
    theorem=(
        "for all K >= 2, ell(u, y) = -alpha_y log q_y, q = softmax(beta u + Delta): |grad ell|_2 = alpha_y "
        "sqrt(beta_y^2 (1 - q_y)^2 + sum over j != y of beta_j^2 q_j^2) <= alpha_y (1 - q_y) sqrt(beta_y^2 "
        "+ max over j != y of beta_j^2), with equality for K = 2 and in the limit, for K >= 3, where all "
        "wrong mass sits on the class of the largest scale; the constant with (sum over j != y of "
        "beta_j)^2 for the maximum is never smaller",
        r"\left\|\nabla_u\ell(u,y)\right\|_2=\alpha_y\sqrt{\beta_y^2(1-q_y)^2+\sum_{j\ne "
        r"y}\beta_j^2q_j^2}\ \le\ \alpha_y(1-q_y)\sqrt{\beta_y^2+\max_{j\ne y}\beta_j^2}\ \le\ "
        r"\alpha_y(1-q_y)\sqrt{\beta_y^2+\left(\sum_{j\ne y}\beta_j\right)^2}\qquad\forall\,K\ge2,\qquad "
        r"\sup_{u\in\mathbb R^K}\frac{\left\|\nabla_u\ell(u,y)\right\|_2}{\alpha_y(1-q_y)}"
        r"=\sqrt{\beta_y^2+\max_{j\ne y}\beta_j^2}\quad(\text{at every }u\text{ if }K=2)",
    ),
    formula="sqrt(b1**2*(q2 + q3)**2 + b2**2*q2**2 + b3**2*q3**2) <= "
    "(q2 + q3)*sqrt(b1**2 + Max(b2**2, b3**2))",
    steps=(
        "two_classes (VS3a): K = 2: with b at least every wrong class's scale, sum beta_j^2 q_j^2 <= b^2 s^2",
        state("b2**2*q2**2 <= (q2)**2*b**2", given=["b2 <= b"], q2="nonnegative"),
        "three_classes (VS3a): K = 3: with b at least every wrong class's scale, sum beta_j^2 q_j^2 <= b^2 "
        "s^2",
        state(
            "b2**2*q2**2 + b3**2*q3**2 <= (q2 + q3)**2*b**2",
            given=["b2 <= b", "b3 <= b"],
            q2="nonnegative",
            q3="nonnegative",
        ),
        "four_classes (VS3a): K = 4: with b at least every wrong class's scale, sum beta_j^2 q_j^2 <= b^2 "
        "s^2",
        state(
            "b2**2*q2**2 + b3**2*q3**2 + b4**2*q4**2 <= (q2 + q3 + q4)**2*b**2",
            given=["b2 <= b", "b3 <= b", "b4 <= b"],
            q2="nonnegative",
            q3="nonnegative",
        ),
        "one_more_wrong_class (VS3a): for any K: the cross terms that the square of the sum adds are "
        "non-negative",
        state(
            "b**2*(q2 + r)**2 - b2**2*q2**2 - b**2*r**2 == (b**2 - b2**2)*q2**2 + 2*b**2*q2*r",
            q2="nonnegative",
        ),
        "mass_on_the_largest_scale (VS3a): attained when all wrong mass s sits on the class of the largest "
        "scale b",
        "b1**2*s**2 + b**2*s**2 == s**2*(b1**2 + b**2)",
        "published_constant_is_larger (VS3a): the published constant is never smaller",
        "b1**2 + (b2 + b3)**2 >= b1**2 + Max(b2, b3)**2",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="By the gradient formula the squared norm is alpha^2 (beta_y^2 s^2 + sum beta_j^2 q_j^2) with "
    "sum q_j = s. The first three steps bound it for K = 2, 3, 4; the fourth, applied once per "
    "wrong class with r the mass of the remaining classes, extends it to every K by induction.",
    mutants=(
        "the target's scale alone",
        "b1**2*q2**2 + b2**2*q2**2 <= q2**2*b1**2",
        "q_y instead of 1 - q_y",
        "b1**2*q2**2 + b2**2*q2**2 <= (1 - q2)**2*(b1**2 + b2**2)",
        "the smallest wrong scale instead of the largest",
        "b1**2*(q2 + q3)**2 + b2**2*q2**2 + b3**2*q3**2 <= (q2 + q3)**2*(b1**2 + Min(b2, b3)**2)",
        "the weight alpha dropped",
        "a*sqrt(b1**2*q2**2 + b2**2*q2**2) <= q2*sqrt(b1**2 + b2**2)",
    ),
    rests_on=("vs_loss.gradient",),
)


SPECIAL_CASES = statement(
    name="vector_scaling.special_cases",
    title="CE, weighted CE, class-balanced, logit-adjusted, CDT, VS and TLA+ADRW are VS losses (any K)",
    source="Kini et al. (NeurIPS 2021), Section 2; Menon et al. (ICLR 2021), eq. (10); Cui et al. (CVPR "
    "2019); Ren et al. (NeurIPS 2020); Wang et al. (NeurIPS 2023) for TLA+ADRW",
    ids=("VS2",),
    functions=("vs_parameters", "vs_scale", "logit_adjustment_offset"),
    where={
        "u: real": "logit of a class",
        "p: positive": "its prior",
        "tau: real": "strength of the logit adjustment",
        "m: positive": "the largest n",
        "nu: positive": "exponent of ADRW's weights",
        "A: positive": "power exp(beta_y u_y + Delta_y) of the target's class",
        "S: positive": "sum of the powers of the other classes",
        "b: (0, 1)": "beta of the effective number",
        "n: positive": "its training examples",
        "N: positive": "training examples of all classes",
        "gamma: real": "exponent of CDT's scales",
    },
    theorem=(
        "for all K, L(u, y) = -alpha_y log softmax_y(beta u + Delta) is, at (alpha, beta, Delta) = (1, 1, "
        "0): CE; (1/pi, 1, 0): weighted CE; (1/E_n, 1, 0): class-balanced; (1, 1, tau log pi): logit "
        "adjustment, tau = 1: balanced softmax; (1, (n/n_max)^gamma, 0): CDT; (1, (n/n_max)^gamma, tau log "
        "pi): VS; (pi^-nu, 1, tau log pi): TLA + ADRW (second stage), with pi = n/N",
        r"\mathcal L(u,y)=-\alpha_y\log\frac{e^{\beta_yu_y+\Delta_y}}{\sum_je^{\beta_ju_j+\Delta_j}}"
        r":\qquad \begin{array}{lccc}&\alpha_y&\beta_y&\Delta_y\\ \text{cross-entropy}&1&1&0\\ "
        r"\text{weighted cross-entropy}&\pi_y^{-1}&1&0\\ \text{class-balanced}&E_{n_y}^{-1}&1&0\\ "
        r"\text{logit adjustment}&1&1&\tau\log\pi_y\\ \text{balanced softmax}&1&1&\log\pi_y\\ \text{CDT}"
        r"&1&(n_y/n_{\max})^{\gamma}&0\\ \text{VS}&1&(n_y/n_{\max})^{\gamma}&\tau\log\pi_y\\ "
        r"\text{TLA+ADRW}&\pi_y^{-\nu}&1&\tau\log\pi_y\end{array}",
    ),
    steps=(
        "cross_entropy: cross-entropy: weight 1, scale 1, offset 0 (A = exp(u_y))",
        ("1*log(1 + S/A) == log(A + S) - log(A)", "log(exp(1*u + 0)) == u"),
        "weighted_cross_entropy: weighted cross-entropy: weight 1/pi = N/n",
        "(N/n)*log(1 + S/A) == log(1 + S/A)/(n/N)",
        "class_balanced: class-balanced: weight (1 - b)/(1 - b^n), one over the effective number",
        state(
            "((1 - b)/(1 - b**n))*log(1 + S/A) == log(1 + S/A)/((1 - b**n)/(1 - b))", n="[1, oo)"
        ),
        "logit_adjusted: logit adjustment, which multiplies a class's power by pi^tau: offset tau log(pi)",
        "p**tau*exp(u) == exp(1*u + tau*log(p))",
        "balanced_softmax: balanced softmax, n exp(u) for exp(u): offset log(pi), up to the common factor N",
        "n*exp(u) == N*exp(1*u + log(n/N))",
        "cdt: CDT, which divides logits by (n_max/n)^gamma: scale (n/n_max)^gamma, offset 0",
        "u/(m/n)**gamma == (n/m)**gamma*u + 0",
        "vs_as_published: VS as published in code: CDT's scale and logit adjustment's offset",
        "u/(m/n)**gamma + tau*log(p) == (n/m)**gamma*u + tau*log(p)",
        "tla_adrw: TLA+ADRW, second stage: logit adjustment's scale and offset, weight pi^-nu",
        "log(1 + S/A)/p**nu == p**(-nu)*log(1 + S/A)",
    ),
    argument="Each line matches the power of one class, or the weight, as the loss's own paper writes it, "
    "with that of the VS loss; powers that agree for every class up to a common factor give the "
    "same loss for every K.",
    mutants=(
        "prior upside down in logit adjustment",
        "p**tau*exp(u) == exp(1*u - tau*log(p))",
        "CDT multiplies by (n_max/n)^gamma",
        "(n/m)**gamma*u == u*(m/n)**gamma",
        "class-balanced weights are the effective number, not one over it",
        state("(1 - b)/(1 - b**n) == (1 - b**n)/(1 - b)", n="[1, oo)"),
        "balanced softmax divides by n",
        "exp(u)/n == N*exp(1*u + log(n/N))",
    ),
    rests_on=("vs_loss.forms",),
)

STATEMENTS = (GRADIENT_BOUND, SPECIAL_CASES)
