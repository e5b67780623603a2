"""The LDAM loss: a smoothed hinge with class margins, its gradient, its constants in the official code.

Claimed by Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss"
(NeurIPS 2019), Sections 3.2 and 3.3; the quarter-power offsets by Ren et al. (NeurIPS 2020). Checked
by: identities, intervals with case splits for K = 2, 3, 4, an argument by counting for every K.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, state_failure, state_limit, statement
from ..foundation.arrays import ArrayLike
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
    margins = as_real("margins", margins)
    if margins.shape != values.shape[-1:]:
        raise InputError(f"margins has shape {margins.shape}: must be ({values.shape[-1]},)")
    classes = values.shape[-1]
    labels = as_real("target", target, low=0, high=classes - 1)
    if labels.shape != values.shape[:-1]:
        raise InputError(f"target has shape {labels.shape}: must be {values.shape[:-1]}")
    if np.any(labels % 1 != 0):
        raise InputError(f"target = {labels[labels % 1 != 0].flat[0]:g}: must be a class index")
    index = labels.astype(np.int64)[..., np.newaxis]
    true = np.take_along_axis(values, index, axis=-1)
    wrong = (np.arange(classes - 1) + 1 + index) % classes
    return np.take_along_axis(values, wrong, axis=-1) - true + margins[index]


# ------------------------------------------------------------------------------------ statements


SMOOTHED_HINGE = statement(
    name="ldam_loss.smoothed_hinge",
    title="LDAM over its scale lies between the margin hinge and the hinge plus log(K)/s, for every K",
    source="Cao et al. (NeurIPS 2019), eqs. (10) and (11); the sandwich is derived here",
    ids=("LD5", "LD5a"),
    functions=("ldam_hinge", "ldam_loss"),
    where={
        "a: real": "z_j - z_y + m_y for a wrong class",
        "b: real": "z_j - z_y + m_y for another wrong class",
        "p: positive": "exp(s (z_y - m_y))",
        "q: positive": "exp(s z_j) of a wrong class",
        "r: positive": "of another",
        "u1: real": "logit of class 1, the target",
        "u2: real": "logit of class 2",
        "T: nonnegative": "sum of the other K - 1 shifted terms",
        "u3: real": "logit of class 3",
        "s: positive": "scale",
        "m: nonnegative": "the target's margin",
        "K: [2, oo)": "number of classes",
        "u": "logits; class 1 is the target",
    },
    theorem=(
        "for every K >= 2, scale s > 0 and margin m_y >= 0, with h_y(z) = max(0, max_{j != y} (z_j - z_y + "
        "m_y)) and L_y(z) = -log( e^(s(z_y - m_y)) / (e^(s(z_y - m_y)) + sum_{j != y} e^(s z_j)) ): h_y(z) "
        "<= L_y(z)/s <= h_y(z) + log(K)/s, so L_y/s -> h_y as s -> infinity",
        r"\max\left( 0, \max_{j \ne y} (z_j - z_y + m_y) \right) \le \frac{L_y(z)}{s} \le \max\left( 0, "
        r"\max_{j \ne y} (z_j - z_y + m_y) \right) + \frac{\log K}{s} \qquad \forall z \in \mathbb{R}^K,\ "
        r"s > 0,\ m_y \ge 0,\ K \ge 2, \qquad L_y(z) = - \log \frac{e^{s(z_y - m_y)}}{e^{s(z_y - m_y)} + "
        r"\sum_{j \ne y} e^{s z_j}}",
    ),
    formula="Max(0, a, b) <= log(1 + exp(a) + exp(b)) <= Max(0, a, b) + log(3)",
    steps=(
        "printed_loss_is_log_sum (LD5c): the loss as printed, with p the target's term and q, r the "
        "others', is a log-sum",
        "-log(p/(p + q + r)) == log(1 + q/p + r/p)",
        "pairwise_differences (LD5c): over the pairwise differences, with one offset s m for every wrong "
        "class",
        "exp(s*u2)/exp(s*(u1 - m)) == exp(s*(u2 - u1 + m))",
        "other_terms_at_most_one: any K: shifted by the largest of 0 and the a_j, the other K - 1 terms "
        "are at most 1 each",
        state("0 <= log(1 + T) <= log(K)", given="T <= K - 1"),
        "scale_leaves_maximum: the scale comes out of the maximum",
        "Max(0, s*a, s*b) == s*Max(0, a, b)",
        "two_classes: K = 2 at once",
        "Max(0, a) <= log(1 + exp(a)) <= Max(0, a) + log(2)",
        "three_classes: K = 3 at once",
        FORMULA,
        "gap_vanishes: the gap vanishes as the scale grows, so the limit is the hinge",
        state_limit("log(K)/s", "0", "s", "high"),
        "upper_end_attained: the upper end is attained when all K terms are equal",
        "log(1 + exp(0) + exp(0)) == Max(0, 0, 0) + log(3)",
    ),
    argument="Write a_j = s (z_j - z_y + m_y). log(1 + sum exp a_j) minus the maximum M of 0 and the a_j "
    "is the logarithm of K terms exp(a_j - M), each at most 1 and one of them 1: between 0 and "
    "log K. Divide by s.",
    mutants=(
        "the gap is log(K - 1)",
        "log(1 + exp(a) + exp(b)) <= Max(0, a, b) + log(2)",
        "not divided by the scale",
        "log(1 + exp(s*a)) <= Max(0, a) + log(2)",
        "the loss lies below the hinge",
        "log(1 + exp(a) + exp(b)) <= Max(0, a, b)",
        "the margin added to the true logit",
        "-log(exp(s*(u1 + m))/(exp(s*(u1 + m)) + exp(s*u2) + exp(s*u3))) == log(1 + exp(s*(u2 - u1 + m)) + "
        "exp(s*(u3 - u1 + m)))",
    ),
    rests_on=("pairwise_margins.ldam",),
)

GRADIENT = statement(
    name="ldam_loss.gradient",
    title="LDAM's gradient is s (q - e_y) with q the margin-shifted softmax, and s (1 - q_y) in the margin",
    source="derived here, from Cao et al. (NeurIPS 2019), eq. (11); three classes",
    ids=("LD5b",),
    functions=("ldam_loss",),
    where={
        "u1: real": "logit of class 1, the target",
        "u2, u3: real": "logit of classes 2, 3",
        "s: positive": "scale",
        "m: nonnegative": "the target's margin",
        "p: positive": "the true class's term",
        "q: positive": "a wrong class's",
        "r: positive": "another's, or all others'",
        "u": "logits; class 1 is the target",
        "a": "z_j - z_y + m_y for a wrong class",
        "K": "number of classes",
    },
    theorem=(
        "for every K >= 2, scale s > 0 and margin m_y >= 0: L_y(z) = log( e^(s(z_y - m_y)) + sum_{j != y} "
        "e^(s z_j) ) - s(z_y - m_y) has grad_z L_y = s (q - e_y) and dL_y/dm_y = s (1 - q_y) >= 0, q_j = "
        "e^(s(z_j - m_y [j = y])) / sum_k e^(s(z_k - m_y [k = y])); the gradient sums to 0",
        r"\nabla_z L_y(z) = s\,(q - e_y), \qquad \frac{\partial L_y}{\partial m_y} = s\,(1 - q_y) \ge 0, "
        r"\qquad \sum_{j=1}^K \frac{\partial L_y}{\partial z_j} = 0, \qquad q_j = \frac{e^{s (z_j - m_y "
        r"\mathbb{1}[j = y])}}{\sum_{k=1}^K e^{s (z_k - m_y \mathbb{1}[k = y])}}, \quad L_y(z) = - \log "
        r"q_y \qquad \forall z \in \mathbb{R}^K,\ s > 0,\ m_y \ge 0",
    ),
    formula=state_derivative(
        "log(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)) - s*(u1 - m)",
        "m",
        "s*(1 - exp(s*(u1 - m))/(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)))",
    ),
    steps=(
        "slope_in_margin: in the margin",
        FORMULA,
        "margin_never_lowers_loss: which is never negative: a larger margin never lowers the loss",
        "s*(1 - p/(p + r)) >= 0",
        "slope_in_true_logit: in the true logit",
        state_derivative(
            "log(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)) - s*(u1 - m)",
            "u1",
            "s*(exp(s*(u1 - m))/(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)) - 1)",
        ),
        "slope_in_wrong_logit: in a wrong logit",
        state_derivative(
            "log(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)) - s*(u1 - m)",
            "u2",
            "s*exp(s*u2)/(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3))",
        ),
        "pushes_balance: the pushes balance: they sum to zero, whatever the margins",
        "s*(p/(p + q + r) - 1) + s*q/(p + q + r) + s*r/(p + q + r) == 0",
    ),
    argument="SymPy differentiates the loss, the log of the total less the true class's exponent; each "
    "line is an identity. The third class may stand for all other wrong ones: exp(s u_3) is then the sum "
    "of their terms, which carries every K.",
    mutants=(
        "the scale forgotten",
        state_derivative(
            "log(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)) - s*(u1 - m)",
            "u2",
            "exp(s*u2)/(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3))",
        ),
        "the plain softmax, without the margin",
        state_derivative(
            "log(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)) - s*(u1 - m)",
            "u2",
            "s*exp(s*u2)/(exp(s*u1) + exp(s*u2) + exp(s*u3))",
        ),
        "a larger margin lowers the loss",
        state_derivative(
            "log(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)) - s*(u1 - m)",
            "m",
            "-s*(1 - exp(s*(u1 - m))/(exp(s*(u1 - m)) + exp(s*u2) + exp(s*u3)))",
        ),
    ),
    rests_on=("ldam_loss.smoothed_hinge",),
)


CONSTANTS = statement(
    name="ldam_loss.constants",
    title="The code's margins are C n^(-1/4) with C = max_m n_min^(1/4), and ignore the scale of the counts",
    source="Cao et al. (NeurIPS 2019), Section 3.2, and the official code",
    ids=("LD5", "LD5d"),
    where={
        "M: positive": "max_m, the rarest class's margin",
        "w: real": "one coordinate of a unit weight vector, or a class weight",
        "x: real": "the same coordinate of a unit feature",
        "w1, w2, w3: positive": "class weight of classes 1, 2, 3",
        "C: positive": "constant factor of the margins",
        "c: positive": "a common factor of the counts",
        "n1: positive": "count of class 1, the rarest",
        "n2: positive": "count of class 2",
        "n": "class counts, class 1 the rarest",
    },
    theorem=(
        "for every K, counts n_j > 0 and M = max_m > 0: m_j = M n_j^(-1/4)/max_i n_i^(-1/4) = C n_j^(-1/4) "
        "with C = M n_min^(1/4); the rarest class has m_j = M, and m_j(c n) = m_j(n) for every c > 0",
        r"m_j(n) = M\, \frac{n_j^{-1/4}}{\max_i n_i^{-1/4}} = C\, n_j^{-1/4},\quad C = M\, n_{\min}^{1/4}, "
        r"\qquad \max_j m_j(n) = M, \qquad m_j(c\,n) = m_j(n)\ \forall c > 0 \qquad \forall K,\ n \in (0, "
        r"\infty)^K,\ M > 0",
    ),
    steps=(
        "rarest_has_largest_power: the largest n^(-1/4) is the rarest class's",
        state("n1**(-1/4) >= n2**(-1/4)", given="n1 <= n2"),
        "constant_in_code: so the code's margin is C n^(-1/4) with C = M n_min^(1/4)",
        "M*n2**(-1/4)/n1**(-1/4) == (M*n1**(1/4))*n2**(-1/4)",
        "common_factor_cancels (LD5d): counts times a constant: the same margins",
        "M*(c*n2)**(-1/4)/(c*n1)**(-1/4) == M*n2**(-1/4)/n1**(-1/4)",
        "unit_vectors_bound_logits: unit features and unit weights, one coordinate of the inner product: "
        "summed over the coordinates it gives logits in [-1, 1]",
        "-(w**2 + x**2)/2 <= w*x <= (w**2 + x**2)/2",
        "deferred_weights_average_one: deferred re-weighting divides by the mean, so that the weights "
        "average 1 (three classes)",
        "(3*w1 + 3*w2 + 3*w3)/(w1 + w2 + w3)/3 == 1",
    ),
    argument="Dividing by the largest n^(-1/4) fixes the rarest class's margin at M and cancels any common "
    "factor of the counts.",
    mutants=(
        "margins C n^(-1/4) with C fixed are invariant too",
        "C*(c*n1)**(-1/4) == C*n1**(-1/4)",
        "C = M n_max^(1/4)",
        "M*n2**(-1/4)/n1**(-1/4) == (M*n2**(1/4))*n2**(-1/4)",
    ),
)


QUARTER_POWER = statement(
    name="ldam_loss.quarter_power_offsets",
    title="Balanced softmax by optimal margins has exponent 1/4, not 1, and is not consistent",
    source="Ren et al. (NeurIPS 2020), Theorem 2 and its corollary; witness derived here",
    ids=("BS2",),
    corrects="The corollary of Ren et al. reads as if minimising its right side minimised the bound; it "
    "replaces two inequalities by equalities, and its exponent 1/4 contradicts the exponent 1 of "
    "the same paper's Theorem 1, the only consistent one.",
    where={
        "e1: positive": "exp(u/2) of class 1",
        "e2: positive": "exp(u/2) of class 2",
        "e3: positive": "exp(u/2) of class 3",
        "g1, g2, g3: positive": "margin of classes 1, 2, 3",
        "u1, u2, u3: real": "logit of classes 1, 2, 3",
        "n1, n2, n3: positive": "count of classes 1, 2, 3",
        "B: positive": "the common factor of the margins",
        "a: positive": "exp(u/2) of a class",
        "b: positive": "exp(u/2) of another class",
        "e: positive": "exp(u/2)",
        "g: positive": "margins",
        "c: positive": "slope of the tangent",
        "u": "logits",
        "n": "class counts",
    },
    theorem=(
        "with the optimal margins gamma_j = B n_j^(-1/4)/sum_i n_i^(-1/4): softmax(u - log gamma)_y = "
        "n_y^(1/4) e^(u_y)/sum_j n_j^(1/4) e^(u_j), logit adjustment with tau = 1/4, whose minimiser takes "
        "argmax_y eta_y/pi_y^(1/4); at pi = (9, 1)/10, eta = (8, 2)/10 that is class 1, while argmax_y "
        "eta_y/pi_y is class 2",
        r"\gamma_j = \frac{B\, n_j^{-1/4}}{\sum_i n_i^{-1/4}} \implies \operatorname{softmax}_y(u - \log "
        r"\gamma) = \frac{n_y^{1/4} e^{u_y}}{\sum_j n_j^{1/4} e^{u_j}} = \operatorname{softmax}_y\left( u "
        r"+ \tfrac14 \log \pi \right), \qquad \pi = \left( \tfrac{9}{10}, \tfrac{1}{10} \right),\ \eta = "
        r"\left( \tfrac{8}{10}, \tfrac{2}{10} \right) :\quad \operatorname{argmax}_y "
        r"\frac{\eta_y}{\pi_y^{1/4}} = 1 \ne 2 = \operatorname{argmax}_y \frac{\eta_y}{\pi_y}",
    ),
    formula="e1**2/g1 + e2**2/g2 + e3**2/g3 >= (e1 + e2 + e3)**2/(g1 + g2 + g3)",
    steps=(
        "offsets_from_margins: margins g = B n^(-1/4)/sum give softmax(u - log g) = n^(1/4) e^u / sum "
        "(three classes)",
        "exp(u1)/(B*n1**(-1/4))/(exp(u1)/(B*n1**(-1/4)) + exp(u2)/(B*n2**(-1/4)) + exp(u3)/(B*n3**(-1/4))) "
        "== n1**(1/4)*exp(u1)/(n1**(1/4)*exp(u1) + n2**(1/4)*exp(u2) + n3**(1/4)*exp(u3))",
        "square_of_sum_bounds: with e = exp(u/2): (sum e)^2 = lambda sum e^2, 1 <= lambda <= K, here K = 3",
        "e1**2 + e2**2 + e3**2 <= (e1 + e2 + e3)**2 <= 3*(e1**2 + e2**2 + e3**2)",
        "cross_terms: any K: lambda >= 1 as cross terms are positive, lambda <= K as each is at most a mean",
        "0 < 2*a*b <= a**2 + b**2",
        "sum_above_common_tangent: any K: sum e^2/g >= (sum e)^2 / sum g, term by term above a common "
        "tangent",
        "e**2/g >= 2*e*c - c**2*g",
        "three_classes: three classes at once",
        FORMULA,
        "first_is_no_identity: neither is an identity: lambda = 1 fails",
        state_failure("(e1 + e2)**2 == e1**2 + e2**2"),
        "second_is_no_identity: and so does equality in the second",
        state_failure("1/g1 + 1/g2 == 4/(g1 + g2)"),
        "witness_balanced_rule: witness pi = (9, 1)/10, posterior (8, 2)/10: the balanced rule takes class 2",
        "(2/10)/(1/10) > (8/10)/(9/10)",
        "witness_quarter_power: exponent 1/4 takes class 1",
        "(2/10)/(1/10)**(1/4) < (8/10)/(9/10)**(1/4)",
    ),
    argument="A factor common to all classes cancels in the softmax, whatever K. The offsets log n^(1/4) "
    "are those of logit adjustment with tau = 1/4, whose minimiser takes the class of largest "
    "eta/pi^(1/4); the witness separates it from eta/pi. The two inequalities are all that leads from the "
    "margin bound to the loss, so the corollary is an approximation.",
    mutants=(
        "the corollary is an identity: lambda = 1",
        "(e1 + e2)**2 == e1**2 + e2**2",
        "lambda is at most K - 1",
        "(e1 + e2 + e3)**2 <= 2*(e1**2 + e2**2 + e3**2)",
        "softmax(u + log g) has the factor n^(1/4)",
        "exp(u1)*n1**(-1/4)/(exp(u1)*n1**(-1/4) + exp(u2)*n2**(-1/4)) == "
        "n1**(1/4)*exp(u1)/(n1**(1/4)*exp(u1) + n2**(1/4)*exp(u2))",
    ),
    rests_on=("margins.ldam_k_class",),
)

STATEMENTS = (SMOOTHED_HINGE, GRADIENT, CONSTANTS, QUARTER_POWER)
