"""Local Lipschitz constants of the vector-scaling (VS) loss, and the clipped loss that makes them global.

The constant alpha_y (1 - q_y) sqrt(beta_y^2 + ...) is used by Wang et al. (NeurIPS 2023); convexity and the
clipped loss are derived here. Checked by: SMT, intervals, enumeration.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    steps,
)
from ..foundation.validation import InputError, as_real, broadcast_together, broadcasting, one_of

__all__ = [
    "LossConstants",
    "clipped_loss",
    "local_lipschitz_constant",
    "scale_norm",
    "vs_loss_constants",
]


class LossConstants(NamedTuple):
    """What a bound needs of a loss, per class: Lipschitz constants ``mu_y`` and upper bounds ``M_y``."""

    lipschitz: NDArray[np.float64]
    upper: NDArray[np.float64]


def scale_norm(scale: ArrayLike, form: str = "tight") -> NDArray[np.float64]:
    """The scales' part of the Lipschitz constant, shape (K,); ``scale``: shape (K,), positive.

    ``form="tight"``: ``sqrt(beta_y^2 + max_{j != y} beta_j^2)``, which is attained; ``form="sum"``:
    ``sqrt(beta_y^2 + (sum_{j != y} beta_j)^2)``, the published constant.
    """
    form = one_of("form", form, ("tight", "sum"))
    scale = as_real("scale", scale, low=0, low_open=True)
    if scale.ndim != 1 or scale.size < 2:
        raise InputError(f"scale has shape {scale.shape}: give one per class, shape (K,), K >= 2")
    others = np.broadcast_to(scale, (scale.size, scale.size))[~np.eye(scale.size, dtype=bool)]
    others = others.reshape(scale.size, -1)
    return np.hypot(scale, others.max(axis=1) if form == "tight" else others.sum(axis=1))


def local_lipschitz_constant(
    weight: ArrayLike, scale: ArrayLike, probability: ArrayLike, *, form: str = "tight"
) -> NDArray[np.float64]:
    """``mu_y = alpha_y (1 - p_y) scale_norm_y``: the VS loss where ``q_y >= p_y``; shape (..., K).

    The loss clipped at level p (`clipped_loss`) has this constant everywhere. ``weight`` (positive)
    and ``probability`` (in [0, 1]) are numbers or have K entries on the last axis; ``form`` as in
    `scale_norm`.
    """
    weight, level, norm = broadcast_together(
        weight=as_real("weight", weight, low=0, low_open=True),
        probability=as_real("probability", probability, low=0, high=1),
        scale=scale_norm(scale, form),
    )
    return weight * (1.0 - level) * norm


def vs_loss_constants(
    weight: ArrayLike, scale: ArrayLike, probability: ArrayLike, *, form: str = "tight"
) -> LossConstants:
    """`LossConstants` of the VS loss clipped at levels ``0 < p_y < 1``: ``mu_y``, ``alpha_y log(1/p_y)``."""
    level = as_real("probability", probability, low=0, high=1, low_open=True, high_open=True)
    lipschitz = local_lipschitz_constant(weight, scale, level, form=form)
    upper = np.asarray(weight, dtype=np.float64) * -np.log(level)
    return LossConstants(lipschitz, np.broadcast_to(upper, lipschitz.shape).copy())


@broadcasting
def clipped_loss(
    loss: ArrayLike, probability: ArrayLike, weight: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """``min(loss, alpha log(1/p))``, in [0, alpha log(1/p)]; ``loss >= 0``, ``0 < p < 1``; broadcasts."""
    loss = as_real("loss", loss, low=0)
    level = as_real("probability", probability, low=0, high=1, low_open=True, high_open=True)
    return np.minimum(loss, as_real("weight", weight, low=0, low_open=True) * -np.log(level))


# ------------------------------------------------------------------------------------ statements


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_U = _vary("real", "u1 u2 u3")
_B = _vary("positive", "b1 b2 b3")
_D = _vary("real", "d1 d2 d3")
_Q = _vary("nonnegative", "q1 q2 q3")
_A = _vary("real", "a1 a2 a3")
_VARIANCE = "q1*a1**2 + q2*a2**2 + q3*a3**2 - (q1*a1 + q2*a2 + q3*a3)**2"
_ENTRY = "exp(b1*u1 + d1)/(exp(b1*u1 + d1) + S)"

CONVEX = Statement(
    name="local_lipschitz.convex",
    title="The VS loss is convex in the logits: v'Hv is alpha times a variance, for any K",
    source="derived here",
    ids=("VS1d",),
    formula=state(f"{_VARIANCE} >= 0", given="q1 + q2 + q3 == 1", **_Q, **_A),
    steps=steps(
        (
            "a diagonal entry of the Hessian is beta_k^2 q_k (1 - q_k), S the other classes' powers",
            state_derivative(
                f"b1*({_ENTRY} - 1)",
                "u1",
                f"b1**2*{_ENTRY}*(1 - {_ENTRY})",
                u1="real",
                b1="positive",
                d1="real",
                S="positive",
            ),
            "VS1d",
        ),
        (
            "an entry off the diagonal is -beta_j beta_k q_j q_k, T the powers of the classes but j, k",
            state_derivative(
                "b1*(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T) - 1)",
                "u2",
                "-b1*b2*exp(b1*u1 + d1)*exp(b2*u2 + d2)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T)**2",
                **_vary("real", "u1 u2 d1 d2"),
                **_vary("positive", "b1 b2"),
                T="nonnegative",
            ),
            "VS1d",
        ),
        (
            "with a_j = beta_j v_j, v'Hv is the variance of a under q: for three classes it is a "
            "sum of squares",
            state(
                "q1*a1**2 + q2*a2**2 + (1 - q1 - q2)*a3**2 - (q1*a1 + q2*a2 + (1 - q1 - q2)*a3)**2"
                " == q1*q2*(a1 - a2)**2 + (1 - q1 - q2)*(q1*(a1 - a3)**2 + q2*(a2 - a3)**2)",
                **_vary("[0, 1]", "q1 q2"),
                **_A,
            ),
            "VS1d",
        ),
        (
            "any K: one class's share of sum q_j (a_j - m)^2, which is non-negative",
            state(
                "q*(a - m)**2 == q*a**2 - 2*m*(q*a) + m**2*q",
                "q*(a - m)**2 >= 0",
                q="[0, 1]",
                **_vary("real", "a m"),
            ),
            "VS1d",
        ),
        (
            "any K: the shares add up to the variance when sum q_j = 1 and sum q_j a_j = m",
            state("V - 2*m*m + m**2*1 == V - m**2", **_vary("real", "V m")),
            "VS1d",
        ),
        (
            "the direction 1/beta, a = (1, 1, 1), has no curvature",
            state("q1 + q2 + q3 - (q1 + q2 + q3)**2 == 0", given="q1 + q2 + q3 == 1", **_Q),
            "VS1e",
        ),
    ),
    argument="The Hessian is alpha D_beta (diag q - q q') D_beta, so v'Hv is alpha times the variance "
    "of beta_j v_j under q.",
    mutants=mutants(
        (
            "the cross term left out: the Hessian is D_beta diag(q) D_beta",
            state(
                "q1*a1**2 + q2*a2**2 == q1*a1**2 + q2*a2**2 - (q1*a1 + q2*a2)**2",
                given="q1 + q2 == 1",
                **_vary("nonnegative", "q1 q2"),
                **_vary("real", "a1 a2"),
            ),
        ),
        (
            "the loss is strongly convex: two classes",
            state(
                "q*a1**2 + (1 - q)*a2**2 - (q*a1 + (1 - q)*a2)**2 >= q*(1 - q)",
                q="(0, 1)",
                **_vary("real", "a1 a2"),
            ),
        ),
    ),
    symbols={"q1": "adjusted probability of class 1", "a1": "beta_1 v_1, for a direction v"},
    rests_on=("vs_loss.gradient",),
)

LEVEL_SETS = Statement(
    name="local_lipschitz.level_set",
    title="Where q_y >= p, a convex set, the VS loss is alpha (1 - p) sqrt(beta_y^2 + max beta_j^2)"
    "-Lipschitz",
    source="derived here; Wang et al. (NeurIPS 2023) for the constant with the sum of the scales",
    ids=("VS3",),
    functions=("local_lipschitz_constant", "scale_norm"),
    corrects="a gradient bound at the sample's points taken for a Lipschitz constant between points",
    formula=state(
        "log(1 + exp(-z)) - log(1 + exp(-z - t)) <= (1 - p)*t",
        given="1/(1 + exp(-z)) >= p",
        z="real",
        t="nonnegative",
        p="(0, 1)",
    ),
    steps=steps(
        (
            "a convex loss at most c at both ends is at most c between them",
            state(
                "M <= c",
                given=["M <= (1 - t)*L + t*H", "L <= c", "H <= c"],
                t="[0, 1]",
                **_vary("real", "M L H c"),
            ),
            "VS3b",
        ),
        (
            "the level set is that sublevel set: a probability below p is a loss above alpha log(1/p)",
            state("log(1/q) > log(1/p)", given="q < p", q="(0, 1)", p="(0, 1)"),
            "VS3b",
        ),
        (
            "there the gradient's norm alpha (1 - q) n is at most alpha (1 - p) n",
            state(
                "a*(1 - q)*n <= a*(1 - p)*n",
                given="p <= q",
                **_vary("positive", "a n"),
                **_vary("[0, 1]", "q p"),
            ),
            "VS3c",
        ),
        (
            "two classes, unit scales, directly: when the margin grows by t, e^-z = x, the loss falls "
            "by at most (1 - q) t",
            state(
                "log(1 + x) - log(1 + x*exp(-t)) <= x/(1 + x)*t",
                x="positive",
                t="nonnegative",
            ),
            "VS3c",
        ),
        (
            "for unit scales the tight constant is sqrt(2) for every K",
            state("sqrt(1**2 + Max(1, 1)**2) == sqrt(2)"),
            "VS3a",
        ),
        (
            "and the published one sqrt(1 + (K - 1)^2), larger by a factor of at least (K - 1)/sqrt(2)",
            state(
                "(K - 1)/sqrt(2) <= sqrt(1 + (K - 1)**2)/sqrt(2)",
                "sqrt(1 + (K - 1)**2)/sqrt(2) >= 1",
                K="integer 2..",
            ),
            "VS3a",
        ),
    ),
    argument="The set is a sublevel set of a convex function, so it holds the segment between any two "
    "of its points; the gradient on the segment is bounded, and the loss's difference is its integral.",
    mutants=mutants(
        (
            "softmax instead of 1 - softmax",
            state(
                "log(1 + exp(-z)) - log(1 + exp(-z - t)) <= p*t",
                given="1/(1 + exp(-z)) >= p",
                z="real",
                t="nonnegative",
                p="(0, 1)",
            ),
        ),
        (
            "the bound at the better end holds on the whole segment",
            state(
                "log(1 + exp(-z)) - log(1 + exp(-z - t)) <= exp(-z - t)/(1 + exp(-z - t))*t",
                z="real",
                t="nonnegative",
            ),
        ),
        (
            "the constant sqrt(1 + (K - 1)^2) is attained for K = 3",
            state("sqrt(1 + (3 - 1)**2) == sqrt(2)"),
        ),
    ),
    symbols={
        "z": "margin u_1 - u_2",
        "t": "by how much it grows",
        "p": "level",
        "q": "adjusted probability of the target's class",
        "n": "sqrt(beta_y^2 + max beta_j^2)",
    },
    rests_on=("local_lipschitz.convex", "vector_scaling.gradient_bound"),
)

CLIPPED = Statement(
    name="local_lipschitz.clipped",
    title="The VS loss clipped at alpha log(1/p) lies in [0, alpha log(1/p)] and has the constant "
    "alpha (1 - p) sqrt(beta_y^2 + max beta_j^2) everywhere",
    source="derived here",
    ids=("VS3d",),
    functions=("clipped_loss", "vs_loss_constants", "local_lipschitz_constant"),
    formula=state(
        "min(L, a*log(1/p)) - min(H, a*log(1/p)) <= D",
        given=["L - H <= D", "D >= 0"],
        L="nonnegative",
        H="nonnegative",
        D="real",
        a="positive",
        p="(0, 1)",
    ),
    steps=steps(
        (
            "the clipped loss lies in [0, alpha log(1/p)]",
            state("0 <= min(L, c) <= c", **_vary("nonnegative", "L c")),
            "VS3d",
        ),
        (
            "both ends in the level set, losses L and H: clipping does nothing",
            state(
                "min(L, c) - min(H, c) == L - H",
                given=["L <= c", "H <= c"],
                **_vary("nonnegative", "L H c"),
            ),
            "VS3d",
        ),
        (
            "one end outside: the segment enters the set at share s of its length, where the loss is c",
            state(
                "min(L, c) - min(H, c) <= m*d",
                given=["L >= c", "H <= c", "c - H <= m*(1 - s)*d"],
                s="[0, 1]",
                **_vary("nonnegative", "L H c m d"),
            ),
            "VS3d",
        ),
        (
            "both ends outside: the clipped loss is c at both",
            state(
                "min(L, c) - min(H, c) == 0",
                given=["L >= c", "H >= c"],
                **_vary("nonnegative", "L H c"),
            ),
            "VS3d",
        ),
        (
            "every pair of points of a grid of logits, three classes, several constants",
            state_computed(
                "local_lipschitz:clipped_is_lipschitz", size=3, factor="1", form="clipped"
            ),
            "VS3d",
        ),
        (
            "as p tends to 0 it is the global constant, as p tends to 1 it vanishes",
            state("a*(1 - 0)*n == a*n", "a*(1 - 1)*n == 0", **_vary("positive", "a n")),
            "VS3",
        ),
    ),
    argument="Inside the convex level set the constant holds by the level-set statement; outside, the "
    "clipped loss is constant, and a segment meets a convex set in one interval.",
    mutants=mutants(
        (
            "half the constant",
            state_computed(
                "local_lipschitz:clipped_is_lipschitz", size=3, factor="1/2", form="clipped"
            ),
        ),
        (
            "softmax instead of 1 - softmax",
            state_computed(
                "local_lipschitz:clipped_is_lipschitz", size=3, factor="1", form="softmax"
            ),
        ),
        (
            "the unclipped loss has the constant everywhere",
            state_computed(
                "local_lipschitz:clipped_is_lipschitz", size=3, factor="1", form="unclipped"
            ),
        ),
        (
            "the smallest of the other scales",
            state_computed("local_lipschitz:clipped_is_lipschitz", size=3, factor="1", form="min"),
        ),
    ),
    symbols={
        "L": "loss at one point (H: at the other)",
        "a": "weight alpha",
        "c": "clip level alpha log(1/p)",
        "m": "Lipschitz constant",
        "d": "distance",
        "s": "share of the segment outside the level set",
    },
    rests_on=("local_lipschitz.level_set",),
)

STATEMENTS = (CONVEX, LEVEL_SETS, CLIPPED)
