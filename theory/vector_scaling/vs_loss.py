"""The vector-scaling (VS) loss: its two forms, its flat direction, its gradient.

Claimed by Kini, Paraskevas, Oymak, Thrampoulidis (NeurIPS 2021). ``alpha_y`` is the weight, ``beta`` the
scales, ``Delta`` the offsets. Checked by: symbolic identities and derivatives, for any K.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_derivative, steps
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
    own = index.astype(np.int64)[..., np.newaxis]
    difference = scores - np.take_along_axis(scores, own, axis=-1)
    np.put_along_axis(difference, own, -np.inf, axis=-1)
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
    own = weight if weight.ndim == 0 else weight[np.asarray(target, dtype=np.int64)]
    return own * np.logaddexp(0.0, odds)


# ------------------------------------------------------------------------------------ statements


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_U = _vary("real", "u1 u2 u3")
_B = _vary("positive", "b1 b2 b3")
_D = _vary("real", "d1 d2 d3")
_MASS = "(exp(b1*u1 + d1) + exp(b2*u2 + d2) + exp(b3*u3 + d3))"
_VS = f"-log(exp(b1*u1 + d1)/{_MASS})"
_POWERS = _vary("positive", "A S")
_PAIR = _vary("real", "u1 u2")
_NAMES = {
    "u1": "logit of the target's class (u2, u3: of the others)",
    "b1": "scale beta of the target's class (b2, b3: of the others)",
    "d1": "offset Delta of the target's class (d2, d3: of the others)",
    "A": "power exp(beta_y u_y + Delta_y) of the target's class",
    "S": "sum of the powers of the other classes",
}
_TWO_FORMS = state(
    f"{_VS} == log(1 + exp(d2 - d1 + b2*u2 - b1*u1) + exp(d3 - d1 + b3*u3 - b1*u1))",
    **_U,
    **_B,
    **_D,
)

FORMS = Statement(
    name="vs_loss.forms",
    title="The VS loss in softmax and in pairwise form, its sign, its flat direction and its scaling",
    source="Kini et al. (NeurIPS 2021), Section 2; the flat direction is derived here",
    ids=("VS1",),
    functions=("vs_loss", "vs_log_odds"),
    formula=_TWO_FORMS,
    steps=steps(
        (
            "any K: with S the sum of the wrong classes' powers, the softmax form is log(1 + S/A) > 0",
            state("-log(A/(A + S)) == log(1 + S/A) > 0", **_POWERS),
            "VS1a",
        ),
        (
            "any K: one wrong class's share of S/A",
            state(
                "exp(b2*u2 + d2)/exp(b1*u1 + d1) == exp(d2 - d1 + b2*u2 - b1*u1)",
                **_PAIR,
                **_vary("positive", "b1 b2"),
                **_vary("real", "d1 d2"),
            ),
            "VS1a",
        ),
        (
            "a common factor of all powers cancels",
            state("-log(C*A/(C*A + C*S)) == -log(A/(A + S))", C="positive", **_POWERS),
            "VS1e VS1f",
        ),
        (
            "the flat direction is 1/beta: adding c/beta_j to every logit gives the common factor exp(c)",
            state(
                "exp(b*(u + c/b) + d) == exp(c)*exp(b*u + d)",
                b="positive",
                **_vary("real", "u c d"),
            ),
            "VS1e",
        ),
        (
            "a constant added to all offsets gives the same factor",
            state(
                "exp(b*u + (d + c)) == exp(c)*exp(b*u + d)", b="positive", **_vary("real", "u c d")
            ),
            "VS1f",
        ),
        (
            "the loss is homogeneous of degree 1 in the weight",
            state(
                "(c*a)*log(1 + S/A) == c*(a*log(1 + S/A))", **_POWERS, **_vary("positive", "a c")
            ),
            "VS1f",
        ),
    ),
    argument="Divide numerator and denominator of the softmax by the target's power. A term in each "
    "exponent that does not depend on the class is a common factor of all powers.",
    mutants=mutants(
        (
            "the flat direction is the all-ones vector",
            state(
                "log(1 + exp(b2*(u2 + c) - b1*(u1 + c))) == log(1 + exp(b2*u2 - b1*u1))",
                **_PAIR,
                **_vary("positive", "b1 b2"),
                c="real",
            ),
        ),
        (
            "the same at beta = (1, 1/2), u = 0, c = 1: log 2 becomes .4741",
            state("log(1 + exp(-1/2)) == log(2)"),
        ),
        (
            "the sign of Delta_j - Delta_y flipped in the pairwise form",
            state(
                "exp(u2 + d2)/exp(u1 + d1) == exp(d1 - d2 + u2 - u1)",
                **_PAIR,
                **_vary("real", "d1 d2"),
            ),
        ),
    ),
    symbols=_NAMES | {"a": "weight alpha of the target's class", "c": "the added constant"},
)

_OWN = "exp(b1*u1 + d1)/(exp(b1*u1 + d1) + S)"
_THREE = "(exp(b1*u1 + d1) + exp(b2*u2 + d2) + T)"
_FIRST = {"u1": "real", "b1": "positive", "d1": "real"}
_SECOND = {"u2": "real", "b2": "positive", "d2": "real", "T": "nonnegative"}

GRADIENT = Statement(
    name="vs_loss.gradient",
    title="The VS loss's gradient is alpha beta_k (q_k - 1[k = y]), orthogonal to 1/beta, for any K",
    source="Kini et al. (NeurIPS 2021); derived here",
    formula=state_derivative(_VS, "u2", f"b2*exp(b2*u2 + d2)/{_MASS}", **_U, **_B, **_D),
    steps=steps(
        (
            "in the target's own logit, S the sum of the other classes' powers",
            state_derivative(f"-log({_OWN})", "u1", f"b1*({_OWN} - 1)", S="positive", **_FIRST),
            "VS1b",
        ),
        (
            "in another class's logit, T the sum of the powers of the remaining classes",
            state_derivative(
                f"-log(exp(b1*u1 + d1)/{_THREE})",
                "u2",
                f"b2*exp(b2*u2 + d2)/{_THREE}",
                **_FIRST,
                **_SECOND,
            ),
            "VS1b",
        ),
        (
            "divided by the scales the entries add up to zero, r the mass of the remaining classes",
            state(
                "(b1*(q1 - 1))/b1 + (b2*q2)/b2 + r == 0",
                given="q1 + q2 + r == 1",
                **_vary("positive", "b1 b2"),
                **_vary("nonnegative", "q1 q2 r"),
            ),
            "VS1c",
        ),
    ),
    argument="Differentiate b_1 u_1 + d_1 - log sum exp(b_j u_j + d_j); the weight alpha is a factor, "
    "and q = softmax(b u + d) adds up to one.",
    mutants=mutants(
        (
            "the target's scale in every component",
            state_derivative(
                f"-log(exp(b1*u1 + d1)/{_THREE})",
                "u2",
                f"b1*exp(b2*u2 + d2)/{_THREE}",
                **_FIRST,
                **_SECOND,
            ),
        ),
        (
            "the wrong sign off the target",
            state_derivative(
                f"-log(exp(b1*u1 + d1)/{_THREE})",
                "u2",
                f"-b2*exp(b2*u2 + d2)/{_THREE}",
                **_FIRST,
                **_SECOND,
            ),
        ),
        (
            "the entries themselves add up to zero",
            state(
                "b1*(q1 - 1) + b2*q2 == 0",
                given="q1 + q2 == 1",
                **_vary("positive", "b1 b2"),
                **_vary("nonnegative", "q1 q2"),
            ),
        ),
    ),
    symbols=_NAMES | {"q1": "adjusted probability of class 1 (q2 likewise)"},
)

STATEMENTS = (FORMS, GRADIENT)
