"""The LDAM loss: a smoothed hinge with class margins, its gradient, its constants in the official code.

Claimed by Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss"
(NeurIPS 2019), Sections 3.2 and 3.3; the quarter-power offsets by Ren et al. (NeurIPS 2020). Checked
by: identities, intervals with case splits for K = 2, 3, 4, an argument by counting for every K.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_derivative,
    state_failure,
    state_limit,
    steps,
)
from ..foundation.validation import InputError, as_number, as_real

__all__ = ["ldam_hinge", "ldam_loss"]


def ldam_hinge(logits: ArrayLike, target: ArrayLike, margins: ArrayLike) -> NDArray[np.float64]:
    """Hinge with class margins, ``max(max_{j != y} z_j - z_y + m_y, 0)``; shape of ``target``.

    ``logits``: shape (..., K), K >= 2; ``target``: class indices, shape (...); ``margins``: shape (K,).
    """
    return np.maximum(_shifted_differences(logits, target, margins).max(axis=-1), 0.0)


def ldam_loss(
    logits: ArrayLike, target: ArrayLike, margins: ArrayLike, scale: float = 1.0
) -> NDArray[np.float64]:
    """LDAM, ``log(1 + sum_{j != y} exp(s (z_j - z_y + m_y)))``; shape of ``target``.

    Arguments as for `ldam_hinge`; ``scale = s > 0`` (1 in the paper, 30 in its code).
    """
    scale = as_number("scale", scale, low=0, low_open=True)
    exponents = scale * _shifted_differences(logits, target, margins)
    top = np.maximum(exponents.max(axis=-1), 0.0)
    # Against the larger of 1 and the terms; log1p keeps the tail of a well classified example.
    others = np.exp(exponents - top[..., np.newaxis])
    others.sort(axis=-1)
    inside = np.where(top > 0, others[..., :-1].sum(axis=-1) + np.exp(-top), others.sum(axis=-1))
    return top + np.log1p(inside)


def _shifted_differences(
    logits: ArrayLike, target: ArrayLike, margins: ArrayLike
) -> NDArray[np.float64]:
    """``z_j - z_y + m_y`` for the wrong classes j, shape (..., K - 1)."""
    values = as_real("logits", logits)
    if values.ndim == 0 or values.shape[-1] < 2:
        raise InputError(f"logits has shape {values.shape}: must be (..., K) with K >= 2")
    own = as_real("margins", margins)
    if own.shape != values.shape[-1:]:
        raise InputError(f"margins has shape {own.shape}: must be ({values.shape[-1]},)")
    classes = values.shape[-1]
    labels = as_real("target", target, low=0, high=classes - 1)
    if labels.shape != values.shape[:-1]:
        raise InputError(f"target has shape {labels.shape}: must be {values.shape[:-1]}")
    if np.any(labels % 1 != 0):
        raise InputError(f"target = {labels[labels % 1 != 0].flat[0]:g}: must be a class index")
    index = labels.astype(np.int64)[..., np.newaxis]
    true = np.take_along_axis(values, index, axis=-1)
    wrong = (np.arange(classes - 1) + 1 + index) % classes
    return np.take_along_axis(values, wrong, axis=-1) - true + own[index]


# ------------------------------------------------------------------------------------ statements

_LOGITS = {"u1": "real", "u2": "real", "u3": "real"}
_LOSS = "log(1 + exp(s*(u2 - u1 + m)) + exp(s*(u3 - u1 + m)))"
_TOTAL = "(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3))"
_SM = {"s": "positive", "m": "nonnegative"}
_LDAM = {**_LOGITS, **_SM}
_SOFT = f"log{_TOTAL} - s*(u1 - m)"
_SYMBOLS = {
    "u": "logits; class 1 is the target",
    "m": "the target's margin",
    "s": "scale",
    "a": "z_j - z_y + m_y for a wrong class",
    "K": "number of classes",
}

SMOOTHED_HINGE = Statement(
    name="ldam_loss.smoothed_hinge",
    title="LDAM over its scale lies between the margin hinge and the hinge plus log(K)/s, for every K",
    source="Cao et al. (NeurIPS 2019), eqs. (10) and (11); the sandwich is derived here",
    ids=("LD5", "LD5a"),
    formula=state(
        "Max(0, a, b) <= log(1 + exp(a) + exp(b)) <= Max(0, a, b) + log(3)", a="real", b="real"
    ),
    steps=steps(
        (
            "the loss as printed, with p the target's term and q, r the others', is a log-sum",
            state(
                "-log(p/(p + q + r)) == log(1 + q/p + r/p)",
                p="positive",
                q="positive",
                r="positive",
            ),
            "LD5c",
        ),
        (
            "over the pairwise differences, with one offset s m for every wrong class",
            state("exp(s*u2)/exp(s*(u1 - m)) == exp(s*(u2 - u1 + m))", u1="real", u2="real", **_SM),
            "LD5c",
        ),
        (
            "any K: shifted by the largest of 0 and the a_j, the other K - 1 terms are at most 1 each",
            state("0 <= log(1 + T) <= log(K)", given="T <= K - 1", T="nonnegative", K="[2, oo)"),
        ),
        (
            "the scale comes out of the maximum",
            state("Max(0, s*a, s*b) == s*Max(0, a, b)", a="real", b="real", s="positive"),
        ),
        (
            "K = 2 at once",
            state("Max(0, a) <= log(1 + exp(a)) <= Max(0, a) + log(2)", a="real"),
        ),
        (
            "K = 3 at once",
            state(
                "Max(0, a, b) <= log(1 + exp(a) + exp(b)) <= Max(0, a, b) + log(3)",
                a="real",
                b="real",
            ),
        ),
        (
            "the gap vanishes as the scale grows, so the limit is the hinge",
            state_limit("log(K)/s", "0", "s", "high", s="positive", K="[2, oo)"),
        ),
        (
            "the upper end is attained when all K terms are equal",
            state("log(1 + exp(0) + exp(0)) == Max(0, 0, 0) + log(3)"),
        ),
    ),
    argument="Write a_j = s (z_j - z_y + m_y). log(1 + sum exp a_j) minus the maximum M of 0 and the a_j "
    "is the logarithm of K terms exp(a_j - M), each at most 1 and one of them 1: between 0 and log K. "
    "Divide by s.",
    mutants=mutants(
        (
            "the gap is log(K - 1)",
            state("log(1 + exp(a) + exp(b)) <= Max(0, a, b) + log(2)", a="real", b="real"),
        ),
        (
            "not divided by the scale",
            state(
                "log(1 + exp(s*a)) <= Max(0, a) + log(2)",
                a="real",
                s="positive",
            ),
        ),
        (
            "the loss lies below the hinge",
            state("log(1 + exp(a) + exp(b)) <= Max(0, a, b)", a="real", b="real"),
        ),
        (
            "the margin added to the true logit",
            state(f"-log(exp(s*(u1 + m))/{_TOTAL.replace('-', '+')}) == {_LOSS}", **_LDAM),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "p": "exp(s (z_y - m_y))",
        "q": "exp(s z_j) of a wrong class",
        "r": "of another",
        "T": "sum of the other K - 1 shifted terms",
    },
    functions=("ldam_hinge", "ldam_loss"),
    rests_on=("pairwise_margins.ldam",),
)

GRADIENT = Statement(
    name="ldam_loss.gradient",
    title="LDAM's gradient is s (q - e_y) with q the margin-shifted softmax, and s (1 - q_y) in the margin",
    source="derived here, from Cao et al. (NeurIPS 2019), eq. (11); three classes",
    ids=("LD5b",),
    formula=state_derivative(_SOFT, "m", f"s*(1 - exp(s*(u1 - m))/{_TOTAL})", **_LDAM),
    steps=steps(
        (
            "in the margin",
            state_derivative(_SOFT, "m", f"s*(1 - exp(s*(u1 - m))/{_TOTAL})", **_LDAM),
        ),
        (
            "which is never negative: a larger margin never lowers the loss",
            state("s*(1 - p/(p + r)) >= 0", s="positive", p="positive", r="positive"),
        ),
        (
            "in the true logit",
            state_derivative(_SOFT, "u1", f"s*(exp(s*(u1 - m))/{_TOTAL} - 1)", **_LDAM),
        ),
        (
            "in a wrong logit",
            state_derivative(_SOFT, "u2", f"s*exp(s*u2)/{_TOTAL}", **_LDAM),
        ),
        (
            "the pushes balance: they sum to zero, whatever the margins",
            state(
                "s*(p/(p + q + r) - 1) + s*q/(p + q + r) + s*r/(p + q + r) == 0",
                s="positive",
                p="positive",
                q="positive",
                r="positive",
            ),
        ),
    ),
    argument="SymPy differentiates the loss, the log of the total less the true class's exponent; each line "
    "is an identity.",
    mutants=mutants(
        (
            "the scale forgotten",
            state_derivative(_SOFT, "u2", f"exp(s*u2)/{_TOTAL}", **_LDAM),
        ),
        (
            "the plain softmax, without the margin",
            state_derivative(
                _SOFT, "u2", "s*exp(s*u2)/(exp(s*u1) + exp(s*u2) + exp(s*u3))", **_LDAM
            ),
        ),
        (
            "a larger margin lowers the loss",
            state_derivative(_SOFT, "m", f"-s*(1 - exp(s*(u1 - m))/{_TOTAL})", **_LDAM),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "p": "the true class's term",
        "q": "a wrong class's",
        "r": "another's, or all others'",
    },
    functions=("ldam_loss",),
    rests_on=("ldam_loss.smoothed_hinge",),
)

_PAIR = {"n1": "positive", "n2": "positive"}

CONSTANTS = Statement(
    name="ldam_loss.constants",
    title="The code's margins are C n^(-1/4) with C = max_m n_min^(1/4), and ignore the scale of the counts",
    source="Cao et al. (NeurIPS 2019), Section 3.2, and the official code",
    ids=("LD5", "LD5d"),
    formula=state(
        "M*n2**(-1/4)/Max(n1**(-1/4), n2**(-1/4)) == M*n1**(1/4)*n2**(-1/4)",
        given="n1 <= n2",
        M="positive",
        **_PAIR,
    ),
    steps=steps(
        (
            "the largest n^(-1/4) is the rarest class's",
            state("n1**(-1/4) >= n2**(-1/4)", given="n1 <= n2", **_PAIR),
        ),
        (
            "so the code's margin is C n^(-1/4) with C = M n_min^(1/4)",
            state("M*n2**(-1/4)/n1**(-1/4) == (M*n1**(1/4))*n2**(-1/4)", M="positive", **_PAIR),
        ),
        (
            "counts times a constant: the same margins",
            state(
                "M*(c*n2)**(-1/4)/(c*n1)**(-1/4) == M*n2**(-1/4)/n1**(-1/4)",
                M="positive",
                c="positive",
                **_PAIR,
            ),
            "LD5d",
        ),
        (
            "unit features and unit weights, one coordinate of the inner product: summed over the "
            "coordinates it gives logits in [-1, 1]",
            state("-(w**2 + x**2)/2 <= w*x <= (w**2 + x**2)/2", w="real", x="real"),
        ),
        (
            "deferred re-weighting divides by the mean, so that the weights average 1 (three classes)",
            state(
                "(3*w1 + 3*w2 + 3*w3)/(w1 + w2 + w3)/3 == 1",
                w1="positive",
                w2="positive",
                w3="positive",
            ),
        ),
    ),
    argument="Dividing by the largest n^(-1/4) fixes the rarest class's margin at M and cancels any "
    "common factor of the counts.",
    mutants=mutants(
        (
            "margins C n^(-1/4) with C fixed are invariant too",
            state("C*(c*n1)**(-1/4) == C*n1**(-1/4)", C="positive", c="positive", n1="positive"),
        ),
        (
            "C = M n_max^(1/4)",
            state("M*n2**(-1/4)/n1**(-1/4) == (M*n2**(1/4))*n2**(-1/4)", M="positive", **_PAIR),
        ),
    ),
    symbols={
        "n": "class counts, class 1 the rarest",
        "M": "max_m, the rarest class's margin",
        "c": "a common factor of the counts",
        "w": "one coordinate of a unit weight vector, or a class weight",
        "x": "the same coordinate of a unit feature",
    },
)

_THREE = dict.fromkeys(("e1", "e2", "e3", "g1", "g2", "g3"), "positive")
_SHIFT = {**_LOGITS, **dict.fromkeys(("n1", "n2", "n3", "B"), "positive")}

QUARTER_POWER = Statement(
    name="ldam_loss.quarter_power_offsets",
    title="Balanced softmax by optimal margins has exponent 1/4, not 1, and is not consistent",
    source="Ren et al. (NeurIPS 2020), Theorem 2 and its corollary; witness derived here",
    ids=("BS2",),
    formula=state("e1**2/g1 + e2**2/g2 + e3**2/g3 >= (e1 + e2 + e3)**2/(g1 + g2 + g3)", **_THREE),
    steps=steps(
        (
            "margins g = B n^(-1/4)/sum give softmax(u - log g) = n^(1/4) e^u / sum (three classes)",
            state(
                "exp(u1)/(B*n1**(-1/4))/(exp(u1)/(B*n1**(-1/4)) + exp(u2)/(B*n2**(-1/4))"
                " + exp(u3)/(B*n3**(-1/4)))"
                " == n1**(1/4)*exp(u1)/(n1**(1/4)*exp(u1) + n2**(1/4)*exp(u2) + n3**(1/4)*exp(u3))",
                **_SHIFT,
            ),
        ),
        (
            "with e = exp(u/2): (sum e)^2 = lambda sum e^2, 1 <= lambda <= K, here K = 3",
            state(
                "e1**2 + e2**2 + e3**2 <= (e1 + e2 + e3)**2 <= 3*(e1**2 + e2**2 + e3**2)",
                e1="positive",
                e2="positive",
                e3="positive",
            ),
        ),
        (
            "any K: lambda >= 1 as cross terms are positive, lambda <= K as each is at most a mean",
            state("0 < 2*a*b <= a**2 + b**2", a="positive", b="positive"),
        ),
        (
            "any K: sum e^2/g >= (sum e)^2 / sum g, term by term above a common tangent",
            state("e**2/g >= 2*e*c - c**2*g", e="positive", g="positive", c="positive"),
        ),
        (
            "three classes at once",
            state("e1**2/g1 + e2**2/g2 + e3**2/g3 >= (e1 + e2 + e3)**2/(g1 + g2 + g3)", **_THREE),
        ),
        (
            "neither is an identity: lambda = 1 fails",
            state_failure("(e1 + e2)**2 == e1**2 + e2**2", e1="positive", e2="positive"),
        ),
        (
            "and so does equality in the second",
            state_failure(
                "1/g1 + 1/g2 == 4/(g1 + g2)",
                g1="positive",
                g2="positive",
            ),
        ),
        (
            "witness pi = (9, 1)/10, posterior (8, 2)/10: the balanced rule takes class 2",
            state("(2/10)/(1/10) > (8/10)/(9/10)"),
        ),
        (
            "exponent 1/4 takes class 1",
            state("(2/10)/(1/10)**(1/4) < (8/10)/(9/10)**(1/4)"),
        ),
    ),
    argument="The offsets log n^(1/4) are those of logit adjustment with tau = 1/4, whose minimiser "
    "takes the class of largest eta/pi^(1/4); the witness separates it from eta/pi. The two inequalities "
    "are all that leads from the margin bound to the loss, so the corollary is an approximation.",
    mutants=mutants(
        (
            "the corollary is an identity: lambda = 1",
            state("(e1 + e2)**2 == e1**2 + e2**2", e1="positive", e2="positive"),
        ),
        (
            "lambda is at most K - 1",
            state(
                "(e1 + e2 + e3)**2 <= 2*(e1**2 + e2**2 + e3**2)",
                e1="positive",
                e2="positive",
                e3="positive",
            ),
        ),
        (
            "softmax(u + log g) has the factor n^(1/4)",
            state(
                "exp(u1)*n1**(-1/4)/(exp(u1)*n1**(-1/4) + exp(u2)*n2**(-1/4))"
                " == n1**(1/4)*exp(u1)/(n1**(1/4)*exp(u1) + n2**(1/4)*exp(u2))",
                u1="real",
                u2="real",
                n1="positive",
                n2="positive",
            ),
        ),
    ),
    symbols={
        "u": "logits",
        "n": "class counts",
        "g": "margins",
        "B": "the common factor of the margins",
        "e": "exp(u/2)",
        "c": "slope of the tangent",
    },
    rests_on=("margins.ldam_k_class",),
    corrects="The corollary of Ren et al. reads as if minimising its right side minimised the bound; it "
    "replaces two inequalities by equalities, and its exponent 1/4 contradicts the exponent 1 of the "
    "same paper's Theorem 1, the only consistent one.",
)

STATEMENTS = (SMOOTHED_HINGE, GRADIENT, CONSTANTS, QUARTER_POWER)
