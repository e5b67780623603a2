"""Comp-sum losses Psi_q(u) = (1 - u^q)/q of the softmax u: the family, its minimiser and least risk.

Claimed by Mao, Mohri, Zhong, "Cross-Entropy Loss Functions: Theoretical Analysis and Applications"
(ICML 2023). Checked by: one Bernoulli inequality (intervals), identities, derivatives, limits.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import exprel, log_softmax, logsumexp

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real, broadcast_together, broadcasting

__all__ = [
    "comp_sum_loss",
    "comp_sum_loss_of_gaps",
    "comp_sum_loss_of_logits",
    "conditional_minimiser",
    "conditional_minimum",
    "label_gaps",
]

_Array = NDArray[np.float64]


@broadcasting
def comp_sum_loss(probability: ArrayLike, q: ArrayLike) -> _Array:
    """``Psi_q(u) = (1 - u^q)/q``, and ``-log u`` at q = 0, for probabilities u in (0, 1], real q.

    q = -1 is the sum-exponential loss, 0 cross-entropy, 0 < q < 1 generalised cross-entropy, 1 the
    mean absolute error. Arguments broadcast; a value beyond the largest float is infinite.
    """
    u = as_real("probability", probability, low=0, high=1, low_open=True)
    return _loss_of_log(np.log(u), as_real("q", q))


def comp_sum_loss_of_logits(logits: ArrayLike, label: ArrayLike, q: ArrayLike = 0.0) -> _Array:
    """``Psi_q`` of the label's softmax: logits (..., K), labels (...) in 0..K-1, gives shape (...).

    Accurate relative to the loss, however small it is and however large the logits.
    """
    return comp_sum_loss_of_gaps(label_gaps(logits, label)[0], q)


def label_gaps(logits: ArrayLike, label: ArrayLike) -> tuple[_Array, NDArray[np.int64]]:
    """``h_j - h_y``, shape (..., K), with minus infinity at j = y; and the labels y, shape (...)."""
    h = as_real("logits", logits)
    y = as_real("label", label, low=0)
    if h.ndim == 0 or h.shape[-1] == 0:
        raise InputError(f"logits has shape {h.shape}: give one score per class, shape (..., K)")
    if (y % 1 != 0).any() or (y >= h.shape[-1]).any():
        raise InputError(f"label must be whole numbers from 0 to {h.shape[-1] - 1}")
    _, labels = broadcast_together(logits=h[..., 0], label=y.astype(np.int64))
    h = np.broadcast_to(h, (*labels.shape, h.shape[-1]))
    gaps = h - np.take_along_axis(h, labels[..., None], -1)
    np.put_along_axis(gaps, labels[..., None], -np.inf, -1)
    return gaps, labels


def comp_sum_loss_of_gaps(gaps: ArrayLike, q: ArrayLike = 0.0) -> _Array:
    """``Psi_q(1/(1 + sum_j exp(gap_j)))`` over the last axis of gaps; -inf leaves a class out."""
    values = as_real("gaps", gaps, high=np.inf, high_open=True, finite=False)
    if np.isnan(values).any():
        raise InputError("gaps = nan: must be below inf")
    if values.ndim == 0 or values.shape[-1] == 0:
        raise InputError(f"gaps has shape {values.shape}: give one gap per class, shape (..., K)")
    return _loss_of_log(-_log1p_sum_exp(values), as_real("q", q))


def conditional_minimiser(weights: ArrayLike, q: float) -> _Array:
    """The probabilities ``s_y ~ b_y^(1/(1-q))`` of least risk ``sum_y b_y Psi_q(s_y)``, for q < 1.

    ``weights`` b >= 0 of shape (..., K), not all zero: a posterior, or a posterior over a prior.
    """
    b, q = _weights(weights), as_number("q", q, high=1, high_open=True)
    top = b.max(-1, keepdims=True)
    # near the top from the difference, which is exact, as 1/(1-q) may be large
    near = 2 * b > top
    ratio = np.log1p(np.where(near, b - top, 0.0) / top)
    log_ratio = np.where(near, ratio, _log(np.where(near, 1.0, b)) - np.log(top))
    return np.exp(log_softmax(log_ratio / (1 - q), axis=-1))


def conditional_minimum(weights: ArrayLike, q: float) -> _Array:
    """The least risk ``(B - (sum_y b_y^(1/(1-q)))^(1-q))/q`` with ``B = sum_y b_y``, for q <= 1.

    For a posterior: its entropy at q = 0, ``(sum sqrt b)^2 - 1`` at q = -1, ``1 - max b`` at q = 1.
    A value beyond the largest float is infinite (q < 0).
    """
    b, q = _weights(weights), as_number("q", q, high=1)
    largest = np.arange(b.shape[-1]) == b.argmax(-1)[..., None]
    ratio = b / b.max(-1, keepdims=True)
    # small next to a vertex, where 1 - max b would cancel
    rest = np.where(largest, 0.0, ratio).sum(-1)
    if q == 1:
        return b.max(-1) * rest
    log_b = np.where(b > 0, _log(ratio), -np.inf) - np.log1p(rest)[..., None]
    share, finite = np.exp(log_b), np.where(b > 0, log_b, 0.0)
    if q == 0:
        return -b.sum(-1) * np.sum(share * finite, -1)
    with np.errstate(over="ignore"):  # b^(1/(1-q)) = b b^(q/(1-q)), so the sum is 1 + small
        small = np.sum(share * np.expm1(q / (1 - q) * finite), -1)
    near = np.abs(small) < 0.5
    logarithm = np.where(
        near,
        (1 - q) * np.log1p(np.where(near, small, 0.0)),
        (1 - q) * logsumexp(log_b / (1 - q), axis=-1),
    )
    scale = -b.sum(-1) / q
    with np.errstate(over="ignore"):  # in two steps, where only the scale keeps the value finite
        root = np.exp(0.5 * logarithm)
        return np.where(logarithm > 100, scale * root * root, scale * np.expm1(logarithm))[()]


def _loss_of_log(log_u: _Array, q: _Array) -> _Array:
    log_u, q = broadcast_together(loss=log_u, q=q)
    with np.errstate(over="ignore"):
        return -log_u * exprel(q * log_u)


def _log1p_sum_exp(gaps: _Array) -> _Array:
    """``log(1 + sum exp(gaps))`` over the last axis, accurate relative to itself."""
    top = np.maximum(gaps.max(-1, keepdims=True), 0.0)
    largest = np.arange(gaps.shape[-1]) == gaps.argmax(-1)[..., None]
    # relative to a positive largest gap, that gap's term is the one of log1p, and exp(-top) the former one
    parts = np.exp(np.where(largest & (top > 0), -top, gaps - top))
    return top[..., 0] + np.log1p(parts.sum(-1))


def _weights(weights: ArrayLike) -> _Array:
    b = as_real("weights", weights, low=0)
    if b.ndim == 0 or b.shape[-1] == 0 or not (b.sum(-1) > 0).all():
        raise InputError("weights must have shape (..., K) and a positive sum over the last axis")
    return b


def _log(array: _Array) -> _Array:
    with np.errstate(divide="ignore"):
        return np.log(array)


# ------------------------------------------------------------------------------------ statements


LOSS_FAMILY = statement(
    name="comp_sum.loss_family",
    title="Psi_q(u) = (1 - u^q)/q decreases in u, is convex for q <= 1, and is cross-entropy at q -> 0",
    source="Mao, Mohri, Zhong (ICML 2023), comp-sum losses with parameter tau = 1 + q",
    ids=("B2",),
    functions=("comp_sum_loss", "comp_sum_loss_of_logits"),
    where={
        "u: (0, 1]": "the model's probability of the label",
        "tau: (1, 2)": "1 + q",
        "g2, g3: real": "logit of classes 2, 3 minus the label's",
        "v: nonnegative": "1/u - 1",
        "q: nonzero": "order of the loss",
        "y: nonnegative": "-q log u",
    },
    theorem=(
        "Psi_q(u) = (1 - u^q)/q for q != 0, Psi_0(u) = -log u, 0 < u < 1: lim_{q -> 0} Psi_q(u) = -log u; "
        "d/du Psi_q(u) = -u^(q-1) < 0; d^2/du^2 Psi_q(u) = (1 - q) u^(q-2) >= 0 for q <= 1",
        r"\Psi_q(u) = \frac{1 - u^q}{q}\ (q \ne 0), \qquad \lim_{q \to 0} \Psi_q(u) = -\log u, \qquad "
        r"\Psi_q'(u) = -u^{q-1} < 0, \qquad \Psi_q''(u) = (1 - q)\, u^{q-2} \ge 0\ \forall q \le 1 \qquad "
        r"(0 < u < 1)",
    ),
    formula=state_limit("(1 - u**(tau - 1))/(tau - 1)", "-log(u)", "tau", "low"),
    steps=(
        "limit_from_above (B-L2): q = tau - 1 -> 0 from above is cross-entropy",
        FORMULA,
        "limit_from_below (B-L2): and from below",
        state_limit("(1 - u**(tau - 1))/(tau - 1)", "-log(u)", "tau", "high", tau="(0, 1)"),
        "sum_exponential_at_minus_one: q = -1 is the sum-exponential loss (three classes)",
        "(1 - (1/(1 + exp(g2) + exp(g3)))**(-1))/(-1) == exp(g2) + exp(g3)",
        "comp_sum_parameters: the comp-sum form Phi_tau(v) = ((1+v)^(1-tau) - 1)/(1-tau) with tau = 1 + q, "
        "v = 1/u - 1",
        "((1 + v)**(1 - (1 + q)) - 1)/(1 - (1 + q)) == (1 - (1/(1 + v))**q)/q",
        "slope: the slope is -u^(q-1), so the loss decreases",
        state_derivative("(1 - u**q)/q", "u", "-u**(q - 1)", u="(0, 1)"),
        "curvature: the curvature is (1-q) u^(q-2), so it is convex for q <= 1",
        state_derivative("-u**(q - 1)", "u", "(1 - q)*u**(q - 2)", u="(0, 1)"),
        "below_cross_entropy: generalised cross-entropy lies below cross-entropy: q times both, at y = -q "
        "log u",
        "1 - exp(-y) <= y",
    ),
    argument="u is the softmax of the label, 1/(1 + sum of exp(h_j - h_y)). Limits, special cases and the "
    "two derivatives are identities.",
    mutants=(
        "the limit q -> 0 is 1 - u",
        state_limit("(1 - u**(tau - 1))/(tau - 1)", "1 - u", "tau", "low"),
        "comp-sum form with tau = q",
        state("((1 + v)**(1 - q) - 1)/(1 - q) == (1 - (1/(1 + v))**q)/q", v="[0, 5]", q="(0, 1)"),
        "generalised cross-entropy bounds cross-entropy",
        state("(1 - u**q)/q >= -log(u)", q="(0, 1]"),
    ),
)

CONDITIONAL_MINIMISER = statement(
    name="comp_sum.conditional_minimiser",
    title="For q < 1 and any number of classes, s_y ~ b_y^(1/(1-q)) alone minimises sum b_y Psi_q(s_y)",
    source="Mao, Mohri, Zhong (ICML 2023); the tangent argument is derived here",
    ids=("B3",),
    functions=("conditional_minimiser", "conditional_minimum"),
    where={
        "r: positive": "s/s*, exp(x)",
        "x: real": "log of s/s*",
        "B: positive": "b^(1/(1-q)) of a class",
        "Z: positive": "sum over classes of B = b^(1/(1-q))",
        "q: (0, 1)": "order of the loss",
        "B1: positive": "b^(1/(1-q)) of class 1",
        "B2, B3: positive": "b^(1/(1-q)) of classes 2, 3",
        "b1: [0, 1]": "weight of class 1, the largest",
        "b2, b3: [0, 1]": "weight of classes 2, 3",
        "s1, s2, s3: [0, 1]": "model's probability of classes 1, 2, 3",
        "b: (0, 1)": "non-negative weights, such as a posterior",
        "c: (0, 1)": "weight of a second class",
        "s": "probabilities of the model",
    },
    theorem=(
        "for every K, q < 1 and b_y >= 0, not all 0 (0 * infinity = 0): over the simplex sum_y b_y "
        "Psi_q(s_y) is least at s_y = b_y^(1/(1-q))/Z, Z = sum_j b_j^(1/(1-q)), and only there; the least "
        "value is (sum_y b_y - Z^(1-q))/q for q != 0, sum_y b_y log(Z/b_y) for q = 0",
        r"\operatorname{argmin}_{s \in \Delta_K} \sum_{y=1}^K b_y\, \Psi_q(s_y) = \left\{ s^* \right\}, "
        r"\quad s^*_y = \frac{b_y^{1/(1-q)}}{Z},\ Z = \sum_{j=1}^K b_j^{1/(1-q)}, \qquad \min_{s \in "
        r"\Delta_K} \sum_{y=1}^K b_y\, \Psi_q(s_y) = \begin{cases} \frac1q \left( \sum_y b_y - Z^{1-q} "
        r"\right) & q \ne 0 \\ \sum_y b_y \log \frac{Z}{b_y} & q = 0 \end{cases} \qquad \forall q < 1,\ b "
        r"\in [0, \infty)^K \setminus \{0\}\quad (0 \cdot \infty = 0)",
    ),
    formula="(1 - r**q)/q + r - 1 >= 0",
    steps=(
        "bernoulli_gap_positive_order (B-L3): Bernoulli, 0 < q < 1: one class's loss plus multiplier times "
        "s, at s = r s*, is least at r = 1",
        "(1 - exp(q*x))/q + exp(x) - 1 >= 0",
        "bernoulli_gap_negative_order (B-L3): the same for q < 0",
        state("(1 - exp(q*x))/q + exp(x) - 1 >= 0", q="negative"),
        "bernoulli_gap_order_zero (B-L3): the same for q = 0",
        "-log(r) + r - 1 >= 0",
        "slope_right_of_optimum: and nowhere else: the gap's slope in x, exp(x) - exp(q x), is positive "
        "right of 0 (q < 1)",
        state("exp(x) > exp(q*x)", x="positive", q="(-oo, 1)"),
        "slope_left_of_optimum: and negative left of it",
        state("exp(x) < exp(q*x)", x="negative", q="(-oo, 1)"),
        "multiplier_is_shared: the multiplier b s*^(q-1) is the same for every class: Z^(1-q), with B = "
        "b^(1/(1-q)), Z = sum B",
        state("B**(1 - q)*(B/Z)**(q - 1) == Z**(1 - q)", q="real"),
        "least_value: the least value, from sum b s*^q = Z^(1-q) (three classes)",
        state(
            "B1**(1 - q)*(B1/(B1 + B2 + B3))**q + B2**(1 - q)*(B2/(B1 + B2 + B3))**q + B3**(1 - q)*(B3/(B1 "
            "+ B2 + B3))**q == (B1 + B2 + B3)**(1 - q)",
            q="(-oo, 1)",
        ),
        "order_one_least_at_vertex: at q = 1 the risk 1 - sum b s is least at a vertex, one class of "
        "largest b",
        state(
            "1 - (b1*s1 + b2*s2 + b3*s3) >= 1 - b1",
            given=["b1 >= b2", "b1 >= b3", "s1 + s2 + s3 == 1"],
        ),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="With r = s/s* and the multiplier Z^(1-q), class y's term exceeds its value at s* by b s*^q "
    "times the Bernoulli gap; summed over classes, the multiplier's part vanishes because both s "
    "and s* sum to one. The gap is zero only at r = 1. The least risk is (sum b - Z^(1-q))/q.",
    mutants=(
        "s ~ b for every q: the multiplier would be b^q",
        state("B*B**(q - 1) == 1", B="(0, 1)"),
        "exponent 1 - q: Z^(1-q) would not be the value at q = 1/2",
        "b*(b**(1/2)/(b**(1/2) + c**(1/2)))**(1/2) + c*(c**(1/2)/(b**(1/2) + c**(1/2)))**(1/2) >= (b**2 + "
        "c**2)**(1/2)",
        "Bernoulli also beyond q = 1",
        state("(1 - r**q)/q + r - 1 >= 0", q="[2, 3]"),
    ),
)

STATEMENTS = (LOSS_FAMILY, CONDITIONAL_MINIMISER)
