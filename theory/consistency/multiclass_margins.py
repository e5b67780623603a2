"""Margins with three or more classes: which softmax losses with margins can be consistent.

Beyond Menon et al. (ICLR 2021), who have a sufficient family and, for two classes, a necessary
condition: conditions on every subset of classes, and a complete answer for margins on the true class
(LDAM, AM-softmax). Derived here. Checked by: gradients (symbolic), identities for one class, certified
witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state, state_derivative, state_failure, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, InputTypeError, as_real, shown
from .offset_family import broadcast_classes, sum_of_others

__all__ = ["face_gradient", "true_class_margin_posterior"]


def face_gradient(
    weight: ArrayLike, margins: ArrayLike, classes: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Gradient at u = 0 of the risk with equal balanced scores on some classes and none elsewhere.

    The loss is ``alpha_y log(1 + sum_{j != y} exp(D_yj + u_j - u_y))``. ``weight``: a_y = alpha_y pi_y,
    shape (K,), positive; ``margins``: D, shape (K, K), its diagonal ignored; ``classes``: at least two
    class indices (default: all). Shape (number of classes,). A consistent loss has zeros for every subset.
    """
    push = as_real("weight", weight, low=0, low_open=True)
    matrix = as_real("margins", margins)
    if push.ndim != 1 or matrix.shape != (push.size, push.size):
        raise InputError(
            f"margins has shape {matrix.shape}: must be (K, K) for weight {push.shape}"
        )
    try:
        face = np.arange(push.size) if classes is None else np.asarray(classes)
    except ValueError:
        raise InputTypeError(f"classes = {shown(classes)}: must be class indices") from None
    if face.dtype.kind not in "iu" or face.ndim != 1 or len(set(face.tolist())) < max(2, face.size):
        raise InputError(
            f"classes = {shown(classes)}: must be at least two different class indices"
        )
    if face.min() < 0 or face.max() >= push.size:
        raise InputError(f"classes = {shown(classes)}: must be class indices, 0 to {push.size - 1}")
    logits = np.where(np.eye(face.size, dtype=bool), 0.0, matrix[np.ix_(face, face)])
    logits = logits - logits.max(axis=1, keepdims=True)
    share = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.fill_diagonal(share, 0.0)
    return push[face] @ share - push[face] * share.sum(axis=1)


def true_class_margin_posterior(
    probabilities: ArrayLike, margins: ArrayLike, weight: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """The posterior whose population logits have softmax z, for margins m_y on the true class.

    ``eta_y ~ z_y (z_y e^(-m_y) + 1 - z_y) / alpha_y`` for the loss
    ``alpha_y log(1 + sum_{j != y} exp(u_j - u_y + m_y))``. ``probabilities``: z, (..., K), positive,
    scaled to sum 1 here; ``margins`` real (for LDAM the scale s times its margins) and ``weight`` > 0
    broadcast with it.
    """
    z, margin, alpha = broadcast_classes(
        probabilities=as_real("probabilities", probabilities, low=0, low_open=True),
        margins=as_real("margins", margins),
        weight=as_real("weight", weight, low=0, low_open=True),
    )
    others = sum_of_others(z)
    # Margins far below zero make all masses large: what they share is taken out exactly.
    shared = np.maximum(-margin.min(axis=-1, keepdims=True), 0.0)
    with np.errstate(divide="ignore"):
        sides = np.log(z) + (-margin - shared), np.log(others) - shared
        log_mass = np.log(z) + np.logaddexp(*sides) - np.log(alpha)
    mass = np.exp(log_mass - log_mass.max(axis=-1, keepdims=True))
    return mass / mass.sum(axis=-1, keepdims=True)


# ------------------------------------------------------------------------------------ statements


FACES = statement(
    name="multiclass_margins.faces",
    title="A consistent margin loss is stationary at u = 0 for every subset of classes; pairs do not do",
    source="derived here; for two classes Menon et al. (ICLR 2021), Lemma 2",
    ids=("LA7",),
    functions=("face_gradient",),
    corrects="The two-class condition, asked of every pair of classes, is taken for the multi-class one: "
    "it is necessary, and not sufficient.",
    where={
        "d12: real": "margin D_12 of true class 1 against class 2",
        "d13: real": "margin D_13 of true class 1 against class 3",
        "d21: real": "margin D_21 of true class 2 against class 1",
        "d23: real": "margin D_23 of true class 2 against class 3",
        "d31: real": "margin D_31 of true class 3 against class 1",
        "d32: real": "margin D_32 of true class 3 against class 2",
        "a1: positive": "alpha_1 pi_1, or alpha_1 eta_1",
        "a2: positive": "alpha_2 pi_2, or alpha_2 eta_2",
        "a3: positive": "alpha_3 pi_3, or alpha_3 eta_3",
        "u1, u2, u3: real": "logit of classes 1, 2, 3",
        "x: positive": "exponential term of a first wrong class",
        "c: positive": "constant of proportionality",
        "k: positive": "delta of class k",
        "y: positive": "exponential term of a second wrong class; with the share, delta of the true class",
        "S: positive": "sum of delta over the subset",
        "e: positive": "delta of a class",
        "d: real": "symmetric margin of a pair, D_12 = D_21",
        "t: real": "second logit of the witness",
    },
    theorem=(
        "loss alpha_y log(1 + sum_(j != y) exp(D_yj + u_j - u_y)), alpha_y, pi_y > 0, a_y = alpha_y pi_y: "
        "if for every subset T of at least two classes and every posterior with eta_y > 0 exactly for y in "
        "T the minimiser over (u_y), y in T (u_j = -oo elsewhere), has its argmax within argmax_(y in T) "
        "eta_y/pi_y, then for every such T and k in T: sum_(y in T, y != k) a_y p_k(y, T) = a_k sum_(j in "
        "T, j != k) p_j(k, T), p_k(y, T) = exp(D_yk)/(1 + sum_(j in T, j != y) exp(D_yj)); the conditions "
        "with |T| = 2 do not suffice: K = 3, a = (1, 1, 1), D_13 = D_31 = 2, other D = 0 meets them and is "
        "inconsistent",
        r"\ell_y(u) = \alpha_y \log\left( 1 + \sum_{j \ne y} e^{D_{yj} + u_j - u_y} \right),\; \alpha_y, "
        r"\pi_y > 0 : \quad \left( \operatorname{argmax}_{y \in T} u^*_y(\eta) \subseteq "
        r"\operatorname{argmax}_{y \in T} \frac{\eta_y}{\pi_y} \quad \forall T,\; |T| \ge 2,\; \eta > 0 "
        r"\text{ on } T,\; 0 \text{ elsewhere} \right) \quad \Longrightarrow \quad \sum_{y \in T,\, y \ne "
        r"k} a_y\, p^{(y)}_k = a_k \sum_{j \in T,\, j \ne k} p^{(k)}_j \quad \forall T,\; |T| \ge 2,\; k "
        r"\in T, \qquad u^*(\eta) = \operatorname{argmin}_{u_T} \sum_{y \in T} \eta_y \ell_y(u_T), \; a_y "
        r"= \alpha_y \pi_y, \; p^{(y)}_k = \frac{e^{D_{yk}}}{1 + \sum_{j \in T,\, j \ne y} e^{D_{yj}}}; "
        r"\qquad \text{not implied by } |T| = 2 : \; a = (1, 1, 1),\; D_{13} = D_{31} = 2,\; \text{other } "
        r"D = 0 \text{ meets all pairs, inconsistent}",
    ),
    steps=(
        "risk_slope_three_classes: three classes: the slope of the risk in the first logit",
        state_derivative(
            "a1*log(1 + exp(d12 + u2 - u1) + exp(d13 + u3 - u1)) + a2*log(1 + exp(d21 + u1 - u2) + exp(d23 "
            "+ u3 - u2)) + a3*log(1 + exp(d31 + u1 - u3) + exp(d32 + u2 - u3))",
            "u1",
            "-a1*(exp(d12 + u2 - u1) + exp(d13 + u3 - u1))/(1 + exp(d12 + u2 - u1) + exp(d13 + u3 - u1)) + "
            "a2*exp(d21 + u1 - u2)/(1 + exp(d21 + u1 - u2) + exp(d23 + u3 - u2)) + a3*exp(d31 + u1 - "
            "u3)/(1 + exp(d31 + u1 - u3) + exp(d32 + u2 - u3))",
        ),
        "slopes_sum_to_zero: a class's slopes sum to zero with what it takes from the others: p_k shares "
        "of one loss",
        "x/(1 + x + y) + y/(1 + x + y) - (x + y)/(1 + x + y) == 0",
        "offset_family_meets_all_faces: the offset family meets all faces: with D_yj = log(e_j/e_y), a = c "
        "e and S the sum of e over T, the share p_k(y) is e_k/S, so both sides are c e_k (S - e_k)/S",
        "c*(S - e)*(e/S) == c*e*((S - e)/S)",
        "offset_family_share: (its share: exp(log(e_k/e_y)) over 1 + (S - e_y)/e_y)",
        "(k/y)/(1 + (S - y)/y) == k/S",
        "symmetric_margins_meet_pairs: symmetric margins with a = 1 meet every pair's condition, a_1 "
        "sig(D_12) = a_2 sig(D_21)",
        "exp(d)/(1 + exp(d)) == 1/(1 + exp(-d))",
        "triple_condition_fails: but not that of all three, for D_13 = D_31 = 2 and zeros: 2/(2 + e^2) is "
        "not 2/3",
        "1/(2 + exp(2)) + 1/(2 + exp(2)) < 2/3",
        "witness_risk_slope: there, on the line u = (0, t, 0), eta = (.34, .32, .34), the risk has this "
        "slope ...",
        state_derivative(
            "(17/25)*log(1 + exp(2) + exp(t)) + (8/25)*log(1 + 2*exp(-t))",
            "t",
            "(17/25)*exp(t)/(1 + exp(2) + exp(t)) - (16/25)/(2 + exp(t))",
        ),
        "witness_root_bracketed: ... which is negative at t = .8458 and positive at .8459",
        (
            "(17/25)*exp(4229/5000)/(1 + exp(2) + exp(4229/5000)) - (16/25)/(2 + exp(4229/5000)) < 0",
            "(17/25)*exp(8459/10000)/(1 + exp(2) + exp(8459/10000)) - (16/25)/(2 + exp(8459/10000)) > 0",
        ),
        "other_slopes_vanish: the slopes in the other two logits are minus one half of it, so they vanish "
        "with it",
        "-(17/50)*(exp(t) + exp(2))/(1 + exp(t) + exp(2)) + (8/25)*exp(-t)/(1 + 2*exp(-t)) + "
        "(17/50)*exp(2)/(1 + exp(2) + exp(t)) == -(1/2)*((17/25)*exp(t)/(1 + exp(2) + exp(t)) - (16/25)/(2 "
        "+ exp(t)))",
        "witness_predicts_smallest_score: so the loss predicts class 2, of the smallest balanced score",
        ("17/50 > 8/25", "4229/5000 > 0"),
    ),
    argument="With a posterior on T and equal balanced scores there, moving any one score up a little must "
    "make its class the prediction; the minimiser on T is unique up to a shift and continuous, so "
    "it is u = 0, and the gradient vanishes. The risk is convex, as a sum of logarithms of sums "
    "of exponentials, so the point of the last steps, where all three slopes vanish, is its "
    "minimiser.",
    mutants=(
        "conditions on pairs imply that on all three",
        "1/(2 + exp(d)) + 1/(2 + exp(d)) == 2/3",
        "the witness's minimiser is u = 0",
        "(17/25)*exp(0)/(1 + exp(2) + exp(0)) - (16/25)/(2 + exp(0)) == 0",
        "the offset family needs a = c/e",
        "(c/e)*(S - e)*(e/S) == c*e*((S - e)/S)",
    ),
    rests_on=("consistency.binary_pairwise", "offset_family.minimiser"),
)


TRUE_CLASS = statement(
    name="multiclass_margins.true_class_margins",
    title="K >= 3, margins on the true class: consistent iff they are equal and weights are c/prior",
    source="derived here; losses: Cao et al. (NeurIPS 2019, LDAM), Wang et al. (2018, AM-softmax)",
    ids=("LA7", "LD7"),
    functions=("true_class_margin_posterior",),
    corrects="LDAM is often made 'balanced' by inverse class weights: with three or more classes no "
    "weights make unequal margins consistent.",
    where={
        "Q: positive": "sum over classes of c M/D",
        "D: positive": "z + M (1 - z)",
        "z: (0, 1)": "softmax of the logits at a class",
        "x: positive": "z of a class",
        "y: positive": "z of another",
        "k: [0, 1)": "1 - 1/M of a class",
        "l: (-oo, 1)": "1 - 1/M of another",
        "K: integer 3..": "number of classes",
        "t: (0, 1/2)": "by how much x exceeds y, relatively",
        "M: positive": "e^m, exponential of the class's margin",
        "c: positive": "alpha_y eta_y",
        "a: positive": "ratio alpha_1 pi_1/(alpha_2 pi_2), inverted",
    },
    theorem=(
        "K >= 3, pi_y > 0, alpha_y > 0, real m_y, loss alpha_y log(1 + sum_(j != y) exp(u_j - u_y + m_y)), "
        "u*(eta) its population minimiser (unique up to a common constant): argmax_y u*_y(eta) is "
        "contained in argmax_y eta_y/pi_y for every posterior eta with all eta_y > 0 iff m_1 = ... = m_K "
        "and alpha_1 pi_1 = ... = alpha_K pi_K",
        r"K \ge 3,\; \alpha_y, \pi_y > 0,\; m \in \mathbb R^K,\; u^*(\eta) \in \operatorname{argmin}_u "
        r"\sum_{y=1}^K \eta_y\, \alpha_y \log\left( 1 + \sum_{j \ne y} e^{u_j - u_y + m_y} \right) : \quad "
        r"\left( \operatorname{argmax}_y u^*_y(\eta) \subseteq \operatorname{argmax}_y "
        r"\frac{\eta_y}{\pi_y} \quad \forall \eta > 0 \right) \iff m_1 = \dots = m_K \;\text{ and }\; "
        r"\alpha_1 \pi_1 = \dots = \alpha_K \pi_K",
    ),
    steps=(
        "risk_slope_in_a_logit: with z = softmax(u), M = e^m, D = z + M (1 - z), c = alpha eta, Q = sum c "
        "M/D: the risk's slope in a logit is z Q - c M/D",
        "z*(Q - c*M/D) - c*M*(1 - z)/D == z*Q - c*M/D",
        "posterior_of_z: all vanish iff c = Q z D/M = Q z (1 - k z) with k = 1 - 1/M: the posterior of z, "
        "class by class",
        "z*(z + M*(1 - z))/M == z*(1 - (1 - 1/M)*z)",
        "stationarity_consistent: (and it is consistent: then c M/D = Q z sums to Q)",
        "(Q*z*D/M)*M/D == Q*z",
        "every_z_is_an_answer: it is positive: every z is the answer to some posterior",
        "z*(1 - (1 - 1/M)*z) > 0",
        "equal_margins_keep_order: equal margins: scores x (1 - k x) are ordered as the z are, so the loss "
        "predicts as Bayes",
        state("x*(1 - (1 - 1/M)*x) > y*(1 - (1 - 1/M)*y)", given=["x > y", "x + y <= 1"]),
        "ties_force_equal_margins: necessary: at a tie x of the two largest z their balanced scores have "
        "the ratio (1 - k x)/(1 - l x) times a constant; at two ties it is the same only if k = l",
        state(
            "(1 - k*x)*(1 - l*y) - (1 - k*y)*(1 - l*x) == (l - k)*(x - y)",
            k="(-oo, 1)",
            x="(0, 1)",
            y="(0, 1)",
        ),
        "ties_on_an_interval: ties of the two largest are possible at every x from 1/K up to 1/2 if K >= "
        "3: the others share 1 - 2 x, at most x each",
        state("(1 - 2*x)/(K - 2) <= x", given="x*K >= 1", x="(0, 1/2)"),
        "ldam_counterexample: LDAM with inverse weights, e^m = (2, 1, 1), z = (.35, .34, .31): predicts 1, "
        "Bayes 2",
        (
            "(7/20)*(1 - (1 - 1/2)*(7/20)) < (17/50)*(1 - (1 - 1/1)*(17/50))",
            "7/20 > 17/50",
            "17/50 > 31/100",
        ),
        "unequal_margins_fail: so unequal margins are inconsistent under these weights: x = (1 + t) y > y "
        "is not enough",
        state_failure("(1 + t)*y*(1 - (1 - 1/M)*(1 + t)*y) > y", y="(0, 1/3)", M="(1, oo)"),
    ),
    argument="The risk is convex, so a zero gradient is a minimum. If the ratio of balanced scores at a "
    "tie of the two largest z differs from 1, moving z a little predicts the class of smaller "
    "score. So a consistent loss has ratio 1 at all ties, a whole interval of them: k = l, and "
    "then the constant alpha_1 pi_1/(alpha_2 pi_2) is 1 as well. With K = 2 the only tie is x = "
    "1/2, and one equation remains, the binary condition.",
    mutants=(
        "margins do no harm if the weights are inverse to the prior",
        state("x*(1 - k*x) > y*(1 - l*y)", given=["x > y", "x + y <= 1"], l="[0, 1)"),
        "the posterior of z is z itself",
        "z*(z + M*(1 - z))/M == z",
        "equal margins need no weights",
        state("a*x*(1 - k*x) > y*(1 - k*y)", given=["x > y", "x + y <= 1"]),
    ),
    rests_on=("consistency.binary_pairwise",),
)

STATEMENTS = (FACES, TRUE_CLASS)
