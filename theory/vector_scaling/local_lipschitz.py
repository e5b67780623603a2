"""Local Lipschitz constants of the vector-scaling (VS) loss, and the clipped loss that makes them global.

The constant alpha_y (1 - q_y) sqrt(beta_y^2 + ...) is used by Wang et al. (NeurIPS 2023); convexity and the
clipped loss are derived here. Checked by: SMT, intervals, enumeration.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, state_derivative, statement
from ..foundation.arrays import ArrayLike
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


CONVEX = statement(
    name="local_lipschitz.convex",
    title="The VS loss is convex in the logits: v'Hv is alpha times a variance, for any K",
    source="derived here",
    ids=("VS1d",),
    where={
        "q1, q2, q3: nonnegative": "adjusted probability of classes 1, 2, 3",
        "u1, u2: real": "logit of classes 1, 2",
        "d1, d2: real": "offset Delta of classes 1, 2",
        "b1: positive": "scale beta of class 1",
        "S: positive": "sum of the other classes' powers",
        "b2: positive": "scale beta of class 2",
        "T: nonnegative": "sum of the powers of the classes but two",
        "q: [0, 1]": "adjusted probability of one class",
        "a1: real": "beta_1 v_1, for a direction v",
        "a2: real": "beta_2 v_2, for a direction v",
        "a3: real": "beta_3 v_3, for a direction v",
        "a: real": "beta_j v_j of one class",
        "V: real": "second moment of a under q",
        "m: real": "mean of a under q",
    },
    theorem=(
        "for all K, ell(u, y) = -alpha_y log q_y, q = softmax(beta u + Delta), D_beta = diag(beta): the "
        "Hessian is alpha_y D_beta (diag(q) - q q') D_beta, and v'Hv = alpha_y [sum_j q_j (beta_j v_j)^2 - "
        "(sum_j q_j beta_j v_j)^2] >= 0 for every v, with equality for v = 1/beta",
        r"\nabla_u^2\ell(u,y)=\alpha_y\,D_\beta\left(\operatorname{diag}(q)-qq^{\top}\right)D_\beta,\qquad "
        r"v^{\top}\nabla_u^2\ell\,v=\alpha_y\left[\sum_{j=1}^Kq_j\beta_j^2v_j^2-\left(\sum_{j=1}"
        r"^Kq_j\beta_jv_j\right)^2\right]=\alpha_y\operatorname{Var}_{j\sim "
        r"q}(\beta_jv_j)\ge0\quad\forall\,K,\ u,v\in\mathbb R^K",
    ),
    steps=(
        "diagonal_of_the_hessian (VS1d): a diagonal entry of the Hessian is beta_k^2 q_k (1 - q_k), S the "
        "other classes' powers",
        state_derivative(
            "b1*(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + S) - 1)",
            "u1",
            "b1**2*exp(b1*u1 + d1)/(exp(b1*u1 + d1) + S)*(1 - exp(b1*u1 + d1)/(exp(b1*u1 + d1) + S))",
        ),
        "off_diagonal_of_the_hessian (VS1d): an entry off the diagonal is -beta_j beta_k q_j q_k, T the "
        "powers of the classes but j, k",
        state_derivative(
            "b1*(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T) - 1)",
            "u2",
            "-b1*b2*exp(b1*u1 + d1)*exp(b2*u2 + d2)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T)**2",
        ),
        "variance_as_a_sum_of_squares (VS1d): with a_j = beta_j v_j, v'Hv is the variance of a under q: "
        "for three classes it is a sum of squares",
        state(
            "q1*a1**2 + q2*a2**2 + (1 - q1 - q2)*a3**2 - (q1*a1 + q2*a2 + (1 - q1 - q2)*a3)**2 == "
            "q1*q2*(a1 - a2)**2 + (1 - q1 - q2)*(q1*(a1 - a3)**2 + q2*(a2 - a3)**2)",
            q1="[0, 1]",
            q2="[0, 1]",
        ),
        "share_of_one_class (VS1d): any K: one class's share of sum q_j (a_j - m)^2, which is non-negative",
        ("q*(a - m)**2 == q*a**2 - 2*m*(q*a) + m**2*q", "q*(a - m)**2 >= 0"),
        "shares_add_up (VS1d): any K: the shares add up to the variance when sum q_j = 1 and sum q_j a_j = m",
        "V - 2*m*m + m**2*1 == V - m**2",
        "flat_direction (VS1e): the direction 1/beta, a = (1, 1, 1), has no curvature",
        state("q1 + q2 + q3 - (q1 + q2 + q3)**2 == 0", given="q1 + q2 + q3 == 1"),
    ),
    argument="The Hessian is alpha D_beta (diag q - q q') D_beta, so v'Hv is alpha times the variance of "
    "beta_j v_j under q.",
    mutants=(
        "the cross term left out: the Hessian is D_beta diag(q) D_beta",
        state(
            "q1*a1**2 + q2*a2**2 == q1*a1**2 + q2*a2**2 - (q1*a1 + q2*a2)**2", given="q1 + q2 == 1"
        ),
        "the loss is strongly convex: two classes",
        state("q*a1**2 + (1 - q)*a2**2 - (q*a1 + (1 - q)*a2)**2 >= q*(1 - q)", q="(0, 1)"),
    ),
    rests_on=("vs_loss.gradient",),
)

LEVEL_SETS = statement(
    name="local_lipschitz.level_set",
    title="Where q_y >= p, a convex set, the VS loss is alpha (1 - p) sqrt(beta_y^2 + max "
    "beta_j^2)-Lipschitz",
    source="derived here; Wang et al. (NeurIPS 2023) for the constant with the sum of the scales",
    ids=("VS3",),
    functions=("local_lipschitz_constant", "scale_norm"),
    corrects="a gradient bound at the sample's points taken for a Lipschitz constant between points",
    where={
        "z: real": "margin u_1 - u_2",
        "a: positive": "weight alpha of the target's class",
        "n: positive": "sqrt(beta_y^2 + max beta_j^2)",
        "q: (0, 1)": "adjusted probability of the target's class",
        "x: positive": "exp(-z)",
        "t: nonnegative": "by how much it grows",
        "p: (0, 1)": "level",
        "M: real": "loss at a point between the ends",
        "L: real": "loss at one end",
        "H: real": "loss at the other end",
        "c: real": "level that bounds the loss at both ends",
        "K: integer 2..": "number of classes",
    },
    theorem=(
        "for all K >= 2, p in (0, 1), ell(u, y) = -alpha_y log q_y, q = softmax(beta u + Delta): the set "
        "{u : q_y(u) >= p} is convex, and |ell(u, y) - ell(u', y)| <= alpha_y (1 - p) sqrt(beta_y^2 + max "
        "over j != y of beta_j^2) |u - u'|_2 for all u, u' in it",
        r"\mathcal U_p=\{u\in\mathbb R^K:q_y(u)\ge p\}\ \text{is convex},\qquad |\ell(u,y)-\ell(u',y)"
        r"|\le\alpha_y(1-p)\sqrt{\beta_y^2+\max_{j\ne y}\beta_j^2}\;\|u-u'\|_2\quad\forall\,u,"
        r"u'\in\mathcal U_p,\ p\in(0,1),\ K\ge2",
    ),
    formula=state(
        "log(1 + exp(-z)) - log(1 + exp(-z - t)) <= (1 - p)*t", given="1/(1 + exp(-z)) >= p"
    ),
    steps=(
        "convex_sublevel (VS3b): a convex loss at most c at both ends is at most c between them",
        state("M <= c", given=["M <= (1 - t)*L + t*H", "L <= c", "H <= c"], t="[0, 1]"),
        "level_set_is_a_sublevel_set (VS3b): the level set is that sublevel set: a probability below p is "
        "a loss above alpha log(1/p)",
        state("log(1/q) > log(1/p)", given="q < p"),
        "gradient_on_the_level_set (VS3c): there the gradient's norm alpha (1 - q) n is at most alpha (1 - "
        "p) n",
        state("a*(1 - q)*n <= a*(1 - p)*n", given="p <= q", q="[0, 1]", p="[0, 1]"),
        "two_classes_directly (VS3c): two classes, unit scales, directly: when the margin grows by t, e^-z "
        "= x, the loss falls by at most (1 - q) t",
        "log(1 + x) - log(1 + x*exp(-t)) <= x/(1 + x)*t",
        "unit_scales_constant (VS3a): for unit scales the tight constant is sqrt(2) for every K",
        "sqrt(1**2 + Max(1, 1)**2) == sqrt(2)",
        "published_constant_factor (VS3a): and the published one sqrt(1 + (K - 1)^2), larger by a factor "
        "of at least (K - 1)/sqrt(2)",
        ("(K - 1)/sqrt(2) <= sqrt(1 + (K - 1)**2)/sqrt(2)", "sqrt(1 + (K - 1)**2)/sqrt(2) >= 1"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The set is a sublevel set of a convex function, so it holds the segment between any two of "
    "its points; the gradient on the segment is bounded, and the loss's difference is its "
    "integral.",
    mutants=(
        "softmax instead of 1 - softmax",
        state("log(1 + exp(-z)) - log(1 + exp(-z - t)) <= p*t", given="1/(1 + exp(-z)) >= p"),
        "the bound at the better end holds on the whole segment",
        "log(1 + exp(-z)) - log(1 + exp(-z - t)) <= exp(-z - t)/(1 + exp(-z - t))*t",
        "the constant sqrt(1 + (K - 1)^2) is attained for K = 3",
        "sqrt(1 + (3 - 1)**2) == sqrt(2)",
    ),
    rests_on=("local_lipschitz.convex", "vector_scaling.gradient_bound"),
)

CLIPPED = statement(
    name="local_lipschitz.clipped",
    title="The VS loss clipped at alpha log(1/p) lies in [0, alpha log(1/p)] and has the constant alpha (1 "
    "- p) sqrt(beta_y^2 + max beta_j^2) everywhere",
    source="derived here",
    ids=("VS3d",),
    functions=("clipped_loss", "vs_loss_constants", "local_lipschitz_constant"),
    where={
        "s: [0, 1]": "share of the segment outside the level set",
        "L: nonnegative": "loss at one point (H: at the other)",
        "H: nonnegative": "loss at the other point",
        "D: real": "non-negative bound on the losses' difference",
        "a: positive": "weight alpha",
        "p: (0, 1)": "clip probability, the level of q_y",
        "c: nonnegative": "clip level alpha log(1/p)",
        "m: nonnegative": "Lipschitz constant",
        "d: nonnegative": "distance",
        "n: positive": "sqrt(beta_y^2 + max beta_j^2)",
    },
    theorem=(
        "for all K >= 2, p in (0, 1) and ell(u, y) = -alpha_y log q_y, q = softmax(beta u + Delta), the "
        "clipped loss ell_p = min(ell, alpha_y log(1/p)) lies in [0, alpha_y log(1/p)], and |ell_p(u, y) - "
        "ell_p(u', y)| <= alpha_y (1 - p) sqrt(beta_y^2 + max over j != y of beta_j^2) |u - u'|_2 for all "
        "u, u' in R^K",
        r"\ell_p=\min\left\{\ell,\ \alpha_y\log\tfrac1p\right\}\in\left[0,\ "
        r"\alpha_y\log\tfrac1p\right],\qquad |\ell_p(u,y)-\ell_p(u',y)|\le\alpha_y(1-p)"
        r"\sqrt{\beta_y^2+\max_{j\ne y}\beta_j^2}\;\|u-u'\|_2\quad\forall\,u,u'\in\mathbb R^K,\ "
        r"p\in(0,1),\ K\ge2",
    ),
    formula=state("min(L, a*log(1/p)) - min(H, a*log(1/p)) <= D", given=["L - H <= D", "D >= 0"]),
    steps=(
        "clipped_range (VS3d): the clipped loss lies in [0, alpha log(1/p)]",
        "0 <= min(L, c) <= c",
        "both_ends_inside (VS3d): both ends in the level set, losses L and H: clipping does nothing",
        state("min(L, c) - min(H, c) == L - H", given=["L <= c", "H <= c"]),
        "one_end_outside (VS3d): one end outside: the segment enters the set at share s of its length, "
        "where the loss is c",
        state("min(L, c) - min(H, c) <= m*d", given=["L >= c", "H <= c", "c - H <= m*(1 - s)*d"]),
        "both_ends_outside (VS3d): both ends outside: the clipped loss is c at both",
        state("min(L, c) - min(H, c) == 0", given=["L >= c", "H >= c"]),
        "grid_of_logits (VS3d): every pair of points of a grid of logits, three classes, several constants",
        state_computed("local_lipschitz:clipped_is_lipschitz", size=3, factor="1", form="clipped"),
        "limits_of_the_constant (VS3): as p tends to 0 it is the global constant, as p tends to 1 it "
        "vanishes",
        ("a*(1 - 0)*n == a*n", "a*(1 - 1)*n == 0"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Inside the convex level set the constant holds by the level-set statement; outside, the "
    "clipped loss is constant, and a segment meets a convex set in one interval.",
    mutants=(
        "half the constant",
        state_computed(
            "local_lipschitz:clipped_is_lipschitz", size=3, factor="1/2", form="clipped"
        ),
        "softmax instead of 1 - softmax",
        state_computed("local_lipschitz:clipped_is_lipschitz", size=3, factor="1", form="softmax"),
        "the unclipped loss has the constant everywhere",
        state_computed(
            "local_lipschitz:clipped_is_lipschitz", size=3, factor="1", form="unclipped"
        ),
        "the smallest of the other scales",
        state_computed("local_lipschitz:clipped_is_lipschitz", size=3, factor="1", form="min"),
    ),
    rests_on=("local_lipschitz.level_set",),
)

STATEMENTS = (CONVEX, LEVEL_SETS, CLIPPED)
