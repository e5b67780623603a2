"""Vector scaling (VS): the constants of the loss, its members, and its gradient's bound.

Claimed by Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021) for the loss; the gradient bound is
used by Wang et al. (NeurIPS 2023) with a constant that is looser than the tight one given here.
Checked by: symbolic identities between losses, for any K; SMT and induction for the bound.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_quoted, steps
from ..consistency.offset_family import sum_of_others
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
    tau = as_number("tau", tau)
    others = sum_of_others(counts)
    # log(n/N) = -log1p(others/n): accurate also for a class that holds nearly everything
    with np.errstate(over="ignore", divide="ignore"):
        odds = np.log1p(others / counts)
        return -tau * np.where(np.isfinite(odds), odds, np.log(others) - np.log(counts))


def vs_scale(class_counts: ArrayLike, gamma: float = 0.3) -> NDArray[np.float64]:
    """Scales ``beta_y = (n_y / n_max)^gamma`` of CDT and VS; shape (K,), in (0, 1] for gamma >= 0."""
    counts = as_class_counts(class_counts)
    return (counts / counts.max()) ** as_number("gamma", gamma)


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
        "weighted CE": lambda: np.exp(-log_prior),
        "CB": lambda: 1.0 / effective_number(class_counts, base),
        "TLA+ADRW": lambda: np.exp(-as_number("nu", nu) * log_prior),
    }.get(loss, ones.copy)()
    scale = vs_scale(class_counts, gamma) if loss in ("CDT", "VS") else ones
    adjusted = loss in ("LA", "VS", "TLA+ADRW")
    offset = as_number("tau", tau) * log_prior if adjusted else 0.0 * ones
    return VSParameters(weight, scale, offset)


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


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_B = _vary("positive", "b1 b2 b3")
_POWERS = _vary("positive", "A S")

GRADIENT_BOUND = Statement(
    name="vector_scaling.gradient_bound",
    title="The VS loss's gradient norm is at most alpha (1 - q_y) sqrt(beta_y^2 + max beta_j^2), "
    "attained (K = 2, 3, 4 at once; any K by induction)",
    source="derived here; Wang et al. (NeurIPS 2023) use the sum of the scales where the max suffices",
    ids=("VS3a",),
    functions=("vs_gradient_bound",),
    corrects="the published constant adds up the other classes' scales where their maximum suffices",
    formula=state(
        "sqrt(b1**2*(q2 + q3)**2 + b2**2*q2**2 + b3**2*q3**2)"
        " <= (q2 + q3)*sqrt(b1**2 + Max(b2**2, b3**2))",
        **_B,
        **_vary("[0, 1]", "q2 q3"),
    ),
    steps=steps(
        *(
            (
                f"K = {len(wrong) + 1}: with b at least every wrong class's scale, "
                "sum beta_j^2 q_j^2 <= b^2 s^2",
                state(
                    " + ".join(f"b{j}**2*q{j}**2" for j in wrong)
                    + f" <= ({' + '.join(f'q{j}' for j in wrong)})**2*b**2",
                    given=[f"b{j} <= b" for j in wrong],
                    b="positive",
                    **{f"b{j}": "positive" for j in wrong},
                    **{f"q{j}": "nonnegative" for j in wrong},
                ),
                "VS3a",
            )
            for wrong in ((2,), (2, 3), (2, 3, 4))
        ),
        (
            "for any K: the cross terms that the square of the sum adds are non-negative",
            state(
                "b**2*(q2 + r)**2 - b2**2*q2**2 - b**2*r**2 == (b**2 - b2**2)*q2**2 + 2*b**2*q2*r",
                **_vary("positive", "b b2"),
                **_vary("nonnegative", "q2 r"),
            ),
            "VS3a",
        ),
        (
            "attained when all wrong mass s sits on the class of the largest scale b",
            state(
                "b1**2*s**2 + b**2*s**2 == s**2*(b1**2 + b**2)",
                **_vary("positive", "b1 b"),
                s="[0, 1]",
            ),
            "VS3a",
        ),
        (
            "the published constant is never smaller",
            state("b1**2 + (b2 + b3)**2 >= b1**2 + Max(b2, b3)**2", **_B),
            "VS3a",
        ),
    ),
    argument="By the gradient formula the squared norm is alpha^2 (beta_y^2 s^2 + sum beta_j^2 q_j^2) "
    "with sum q_j = s. The first three steps bound it for K = 2, 3, 4; the fourth, applied once per "
    "wrong class with r the mass of the remaining classes, extends it to every K by induction.",
    mutants=mutants(
        (
            "the target's scale alone",
            state(
                "b1**2*q2**2 + b2**2*q2**2 <= q2**2*b1**2",
                q2="[0, 1]",
                **_vary("positive", "b1 b2"),
            ),
        ),
        (
            "q_y instead of 1 - q_y",
            state(
                "b1**2*q2**2 + b2**2*q2**2 <= (1 - q2)**2*(b1**2 + b2**2)",
                q2="[0, 1]",
                **_vary("positive", "b1 b2"),
            ),
        ),
        (
            "the smallest wrong scale instead of the largest",
            state(
                "b1**2*(q2 + q3)**2 + b2**2*q2**2 + b3**2*q3**2"
                " <= (q2 + q3)**2*(b1**2 + Min(b2, b3)**2)",
                **_B,
                **_vary("[0, 1]", "q2 q3"),
            ),
        ),
        (
            "the weight alpha dropped",
            state(
                "a*sqrt(b1**2*q2**2 + b2**2*q2**2) <= q2*sqrt(b1**2 + b2**2)",
                q2="[0, 1]",
                **_vary("positive", "a b1 b2"),
            ),
        ),
    ),
    symbols={
        "b1": "scale of the target's class",
        "b2": "scale of a wrong class (b3, b4 likewise)",
        "q2": "adjusted probability of a wrong class (q3, q4 likewise)",
        "s": "total probability of the wrong classes",
    },
    rests_on=("vs_loss.gradient",),
)

_PRIOR = {"u": "real", "p": "positive", "tau": "real"}

SPECIAL_CASES = Statement(
    name="vector_scaling.special_cases",
    title="CE, weighted CE, class-balanced, logit-adjusted, CDT, VS and TLA+ADRW are VS losses (any K)",
    source="Kini et al. (NeurIPS 2021), Section 2; Menon et al. (ICLR 2021), eq. (10); Cui et al. "
    "(CVPR 2019); Ren et al. (NeurIPS 2020); Wang et al. (NeurIPS 2023) for TLA+ADRW",
    ids=("VS2",),
    functions=("vs_parameters", "vs_scale", "logit_adjustment_offset"),
    formula=state_quoted(
        "L(u, y) = -alpha_y log softmax_y(beta u + Delta) with (alpha, beta, Delta) = (1, 1, 0): CE; "
        "(1/pi, 1, 0): weighted CE; (1/E_n, 1, 0): class-balanced; (1, 1, tau log pi): logit adjustment; "
        "(1, (n/n_max)^gamma, 0): CDT; (1, (n/n_max)^gamma, tau log pi): VS; "
        "(pi^-nu, 1, tau log pi): TLA+ADRW",
        r"L(u, y) = -\alpha_y \log \frac{e^{\beta_y u_y + \Delta_y}}{\sum_j e^{\beta_j u_j + \Delta_j}},"
        r"\quad (\alpha, \beta, \Delta) \in \{(1, 1, 0), (\pi^{-1}, 1, 0), (E_n^{-1}, 1, 0),"
        r" (1, 1, \tau \log \pi), (1, (n/n_{\max})^{\gamma}, 0), (1, (n/n_{\max})^{\gamma}, \tau \log \pi),"
        r" (\pi^{-\nu}, 1, \tau \log \pi)\}",
    ),
    steps=steps(
        (
            "cross-entropy: weight 1, scale 1, offset 0 (A = exp(u_y))",
            state(
                "1*log(1 + S/A) == log(A + S) - log(A)",
                "log(exp(1*u + 0)) == u",
                u="real",
                **_POWERS,
            ),
        ),
        (
            "weighted cross-entropy: weight 1/pi = N/n",
            state(
                "(N/n)*log(1 + S/A) == log(1 + S/A)/(n/N)", **_POWERS, **_vary("positive", "n N")
            ),
        ),
        (
            "class-balanced: weight (1 - b)/(1 - b^n), one over the effective number",
            state(
                "((1 - b)/(1 - b**n))*log(1 + S/A) == log(1 + S/A)/((1 - b**n)/(1 - b))",
                **_POWERS,
                b="(0, 1)",
                n="[1, oo)",
            ),
        ),
        (
            "logit adjustment, which multiplies a class's power by pi^tau: offset tau log(pi)",
            state("p**tau*exp(u) == exp(1*u + tau*log(p))", **_PRIOR),
        ),
        (
            "balanced softmax, n exp(u) for exp(u): offset log(pi), up to the common factor N",
            state("n*exp(u) == N*exp(1*u + log(n/N))", u="real", **_vary("positive", "n N")),
        ),
        (
            "CDT, which divides logits by (n_max/n)^gamma: scale (n/n_max)^gamma, offset 0",
            state(
                "u/(m/n)**gamma == (n/m)**gamma*u + 0",
                **_vary("positive", "m n"),
                **_vary("real", "u gamma"),
            ),
        ),
        (
            "VS as published in code: CDT's scale and logit adjustment's offset",
            state(
                "u/(m/n)**gamma + tau*log(p) == (n/m)**gamma*u + tau*log(p)",
                **_PRIOR,
                **_vary("positive", "m n"),
                gamma="real",
            ),
        ),
        (
            "TLA+ADRW, second stage: logit adjustment's scale and offset, weight pi^-nu",
            state(
                "log(1 + S/A)/p**nu == p**(-nu)*log(1 + S/A)",
                p="positive",
                nu="positive",
                **_POWERS,
            ),
        ),
    ),
    argument="Each line matches the power of one class, or the weight, as the loss's own paper writes "
    "it, with that of the VS loss; powers that agree for every class up to a common factor give the "
    "same loss for every K.",
    mutants=mutants(
        (
            "prior upside down in logit adjustment",
            state("p**tau*exp(u) == exp(1*u - tau*log(p))", **_PRIOR),
        ),
        (
            "CDT multiplies by (n_max/n)^gamma",
            state(
                "(n/m)**gamma*u == u*(m/n)**gamma",
                **_vary("positive", "m n"),
                **_vary("real", "u gamma"),
            ),
        ),
        (
            "class-balanced weights are the effective number, not one over it",
            state("(1 - b)/(1 - b**n) == (1 - b**n)/(1 - b)", b="(0, 1)", n="[1, oo)"),
        ),
        (
            "balanced softmax divides by n",
            state("exp(u)/n == N*exp(1*u + log(n/N))", u="real", **_vary("positive", "n N")),
        ),
    ),
    symbols={
        "u": "logit of a class",
        "p": "its prior",
        "n": "its training examples",
        "m": "the largest n",
        "A": "power exp(beta_y u_y + Delta_y) of the target's class",
        "S": "sum of the powers of the other classes",
    },
    rests_on=("vs_loss.forms",),
)

STATEMENTS = (GRADIENT_BOUND, SPECIAL_CASES)
