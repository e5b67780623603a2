"""The vector-scaling (VS) loss: its two forms, its flat direction, its gradient.

Claimed by Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021). ``alpha_y`` is the weight, ``beta`` the
scales, ``Delta`` the offsets. Checked by: symbolic identities and derivatives, for any K.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real, broadcast_together

__all__ = ["vs_log_odds", "vs_loss"]


def vs_log_odds(
    logits: ArrayLike, target: ArrayLike, scale: ArrayLike = 1.0, offset: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Log odds against the target, ``log((1 - q_y)/q_y)``, ``q = softmax(scale * logits + offset)``.

    From them ``q_y = 1/(1 + e^A)``, ``1 - q_y = 1/(1 + e^-A)`` and the loss ``log(1 + e^A)`` without
    cancellation. ``logits``: shape (..., K), K >= 2; ``target``: class indices of shape (...);
    ``scale`` (positive) and ``offset``: one number per class or one for all.
    """
    logits = as_real("logits", logits)
    if logits.ndim == 0 or logits.shape[-1] < 2:
        raise InputError(f"logits has shape {logits.shape}: the last axis must hold K >= 2 classes")
    classes = logits.shape[-1]
    index = as_real("target", target, low=0, high=classes - 1)
    if np.any(index % 1) or index.shape != logits.shape[:-1]:
        raise InputError(
            f"target has shape {index.shape}: give one whole class index per row of logits, "
            f"shape {logits.shape[:-1]}"
        )
    scale = as_real("scale", scale, low=0, low_open=True)
    offset = as_real("offset", offset)
    together = broadcast_together(logits=logits, scale=scale, offset=offset)
    if together[0].shape != logits.shape:
        raise InputError(
            f"scale has shape {scale.shape} and offset {offset.shape}: give one number per class, "
            f"shape ({classes},), or one for all"
        )
    scores = scale * logits + offset
    column = index.astype(np.int64)[..., np.newaxis]
    difference = scores - np.take_along_axis(scores, column, axis=-1)
    np.put_along_axis(difference, column, -np.inf, axis=-1)
    top = difference.max(axis=-1, keepdims=True)
    return np.log(np.exp(difference - top).sum(axis=-1)) + top[..., 0]


def vs_loss(
    logits: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike = 1.0,
    scale: ArrayLike = 1.0,
    offset: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """The VS loss ``-alpha_y log softmax_y(beta * u + Delta)`` of each row; arguments as `vs_log_odds`."""
    odds = vs_log_odds(logits, target, scale, offset)
    weight = as_real("weight", weight, low=0, low_open=True)
    if weight.shape not in ((), np.shape(logits)[-1:]):
        raise InputError(
            f"weight has shape {weight.shape}: give one number per class, or one for all"
        )
    row_weight = weight if weight.ndim == 0 else weight[np.asarray(target, dtype=np.int64)]
    return row_weight * np.logaddexp(0.0, odds)


# ------------------------------------------------------------------------------------ statements


FORMS = statement(
    name="vs_loss.forms",
    title="The VS loss in softmax and in pairwise form, its sign, its flat direction and its scaling",
    source="Kini et al. (NeurIPS 2021), Section 2; the flat direction is derived here",
    ids=("VS1",),
    functions=("vs_loss", "vs_log_odds"),
    where={
        "u1: real": "logit of the target's class (u2, u3: of the others)",
        "u2, u3: real": "logit of classes 2, 3",
        "b1: positive": "scale beta of the target's class (b2, b3: of the others)",
        "b2, b3: positive": "scale beta of classes 2, 3",
        "d1: real": "offset Delta of the target's class (d2, d3: of the others)",
        "d2, d3: real": "offset Delta of classes 2, 3",
        "C: positive": "common factor of all powers",
        "A: positive": "power exp(beta_y u_y + Delta_y) of the target's class",
        "S: positive": "sum of the powers of the other classes",
        "b: positive": "scale beta of a class",
        "u: real": "logit of a class",
        "a: positive": "weight alpha of the target's class",
        "c: real": "the added constant",
        "d: real": "offset Delta of a class",
    },
    theorem=(
        "for all K >= 2, u and Delta in R^K, beta_j > 0, alpha_y > 0: ell(u, y) = -alpha_y log(exp(beta_y "
        "u_y + Delta_y)/sum_j exp(beta_j u_j + Delta_j)) = alpha_y log(1 + sum over j != y of exp(Delta_j "
        "- Delta_y + beta_j u_j - beta_y u_y)) > 0; it stays the same under u_j -> u_j + c/beta_j for all "
        "j, and under Delta_j -> Delta_j + c for all j, and is homogeneous of degree 1 in alpha",
        r"\ell(u,y)=-\alpha_y\log\frac{e^{\beta_yu_y+\Delta_y}}{\sum_{j=1}^Ke^{\beta_ju_j+\Delta_j}}"
        r"=\alpha_y\log\left(1+\sum_{j\ne y}e^{\Delta_j-\Delta_y+\beta_ju_j-\beta_yu_y}\right)>0,\qquad "
        r"\ell_{\alpha,\beta,\Delta+c\mathbf 1}\left(u+c'\beta^{-1},y\right)=\ell_{\alpha,\beta,\Delta}(u,"
        r"y),\quad \ell_{\lambda\alpha,\beta,\Delta}=\lambda\,\ell_{\alpha,\beta,\Delta}\qquad\forall\,"
        r"K\ge2,\ c,c'\in\mathbb R,\ \alpha,\beta,\lambda>0",
    ),
    formula="-log(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3))) == log(1 + "
    "exp(d2 - d1 + b2*u2 - b1*u1) + exp(d3 - d1 + b3*u3 - b1*u1))",
    steps=(
        "softmax_to_pairwise_form (VS1a): any K: with S the sum of the wrong classes' powers, the softmax "
        "form is log(1 + S/A) > 0",
        "-log(A/(A + S)) == log(1 + S/A) > 0",
        "share_of_one_wrong_class (VS1a): any K: one wrong class's share of S/A",
        "exp(b2*u2 + d2)/exp(b1*u1 + d1) == exp(d2 - d1 + b2*u2 - b1*u1)",
        "common_factor_cancels (VS1e VS1f): a common factor of all powers cancels",
        "-log(C*A/(C*A + C*S)) == -log(A/(A + S))",
        "flat_direction (VS1e): the flat direction is 1/beta: adding c/beta_j to every logit gives the "
        "common factor exp(c)",
        "exp(b*(u + c/b) + d) == exp(c)*exp(b*u + d)",
        "offsets_up_to_a_constant (VS1f): a constant added to all offsets gives the same factor",
        "exp(b*u + (d + c)) == exp(c)*exp(b*u + d)",
        "linear_in_the_weight (VS1f): the loss is homogeneous of degree 1 in the weight",
        state("(c*a)*log(1 + S/A) == c*(a*log(1 + S/A))", c="positive"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Divide numerator and denominator of the softmax by the target's power. A term in each "
    "exponent that does not depend on the class is a common factor of all powers.",
    mutants=(
        "the flat direction is the all-ones vector",
        "log(1 + exp(b2*(u2 + c) - b1*(u1 + c))) == log(1 + exp(b2*u2 - b1*u1))",
        "the same at beta = (1, 1/2), u = 0, c = 1: log 2 becomes .4741",
        "log(1 + exp(-1/2)) == log(2)",
        "the sign of Delta_j - Delta_y flipped in the pairwise form",
        "exp(u2 + d2)/exp(u1 + d1) == exp(d1 - d2 + u2 - u1)",
    ),
)


GRADIENT = statement(
    name="vs_loss.gradient",
    title="The VS loss's gradient is alpha beta_k (q_k - 1[k = y]), orthogonal to 1/beta, for any K",
    source="Kini et al. (NeurIPS 2021); derived here",
    where={
        "S: positive": "sum of the powers of the other classes",
        "u1: real": "logit of the target's class (u2, u3: of the others)",
        "u3: real": "logit of class 3",
        "b1: positive": "scale beta of the target's class (b2, b3: of the others)",
        "u2: real": "logit of class 2",
        "b2, b3: positive": "scale beta of classes 2, 3",
        "d1: real": "offset Delta of the target's class (d2, d3: of the others)",
        "d2, d3: real": "offset Delta of classes 2, 3",
        "T: nonnegative": "sum of the remaining classes' powers",
        "q1: nonnegative": "adjusted probability of class 1 (q2 likewise)",
        "q2: nonnegative": "adjusted probability of class 2",
        "r: nonnegative": "adjusted probability of the remaining classes",
        "A": "power exp(beta_y u_y + Delta_y) of the target's class",
    },
    theorem=(
        "for all K: with q = softmax(beta u + Delta), the loss ell(u, y) = -alpha_y log q_y has d ell/d "
        "u_k = alpha_y beta_k (q_k - 1[k = y]), and sum_k (1/beta_k) d ell/d u_k = 0",
        r"q=\operatorname{softmax}(\beta\odot u+\Delta),\ \ell(u,y)=-\alpha_y\log q_y:\quad "
        r"\frac{\partial\ell}{\partial u_k}=\alpha_y\beta_k\left(q_k-\mathbf 1[k=y]\right),\qquad "
        r"\sum_{k=1}^K\frac1{\beta_k}\frac{\partial\ell}{\partial u_k}=0\qquad\forall\,K,\ \beta>0",
    ),
    formula=state_derivative(
        "-log(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3)))",
        "u2",
        "b2*exp(b2*u2 + d2)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3))",
    ),
    steps=(
        "slope_in_the_target (VS1b): in the target's own logit, S the sum of the other classes' powers",
        state_derivative(
            "-log(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + S))",
            "u1",
            "b1*(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + S) - 1)",
        ),
        "slope_in_another_class (VS1b): in another class's logit, T the sum of the powers of the remaining "
        "classes",
        state_derivative(
            "-log(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T))",
            "u2",
            "b2*exp(b2*u2 + d2)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T)",
        ),
        "orthogonal_to_inverse_scales (VS1c): divided by the scales the entries add up to zero, r the mass "
        "of the remaining classes",
        state("(b1*(q1 - 1))/b1 + (b2*q2)/b2 + r == 0", given="q1 + q2 + r == 1"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Differentiate b_1 u_1 + d_1 - log sum exp(b_j u_j + d_j); the weight alpha is a factor, and "
    "q = softmax(b u + d) adds up to one.",
    mutants=(
        "the target's scale in every component",
        state_derivative(
            "-log(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T))",
            "u2",
            "b1*exp(b2*u2 + d2)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T)",
        ),
        "the wrong sign off the target",
        state_derivative(
            "-log(exp(b1*u1 + d1)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T))",
            "u2",
            "-b2*exp(b2*u2 + d2)/(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T)",
        ),
        "the entries themselves add up to zero",
        state("b1*(q1 - 1) + b2*q2 == 0", given="q1 + q2 == 1"),
    ),
)

STATEMENTS = (FORMS, GRADIENT)
