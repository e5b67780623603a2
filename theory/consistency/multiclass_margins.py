"""Margins with three or more classes: which softmax losses with margins can be consistent.

Beyond Menon et al. (ICLR 2021), who have a sufficient family and, for two classes, a necessary
condition: conditions on every subset of classes, and a complete answer for margins on the true class
(LDAM, AM-softmax). Derived here. Checked by: gradients (symbolic), identities for one class, certified
witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_derivative,
    state_failure,
    state_quoted,
    steps,
)
from ..foundation.validation import InputError, InputTypeError, as_real
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
        raise InputTypeError(f"classes = {classes!r}: must be class indices") from None
    if face.dtype.kind not in "iu" or face.ndim != 1 or len(set(face.tolist())) < max(2, face.size):
        raise InputError(f"classes = {classes!r}: must be at least two different class indices")
    if face.min() < 0 or face.max() >= push.size:
        raise InputError(f"classes = {classes!r}: must be class indices, 0 to {push.size - 1}")
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

_MARGINS = {f"d{i}{j}": "real" for i in (1, 2, 3) for j in (1, 2, 3) if i != j}
_FACE = {**_MARGINS, **{f"a{i}": "positive" for i in (1, 2, 3)}}
_LOGITS = {f"u{i}": "real" for i in (1, 2, 3)}
_RISK = (
    "a1*log(1 + exp(d12 + u2 - u1) + exp(d13 + u3 - u1))"
    " + a2*log(1 + exp(d21 + u1 - u2) + exp(d23 + u3 - u2))"
    " + a3*log(1 + exp(d31 + u1 - u3) + exp(d32 + u2 - u3))"
)
_SLOPE = (
    "-a1*(exp(d12 + u2 - u1) + exp(d13 + u3 - u1))/(1 + exp(d12 + u2 - u1) + exp(d13 + u3 - u1))"
    " + a2*exp(d21 + u1 - u2)/(1 + exp(d21 + u1 - u2) + exp(d23 + u3 - u2))"
    " + a3*exp(d31 + u1 - u3)/(1 + exp(d31 + u1 - u3) + exp(d32 + u2 - u3))"
)
# D_13 = D_31 = 2, other margins 0, equal weights, posterior (.34, .32, .34), logits (0, t, 0)
_LINE = "(17/25)*log(1 + exp(2) + exp(t)) + (8/25)*log(1 + 2*exp(-t))"
_LINE_SLOPE = "(17/25)*exp(t)/(1 + exp(2) + exp(t)) - (16/25)/(2 + exp(t))"

FACES = Statement(
    name="multiclass_margins.faces",
    title="A consistent margin loss is stationary at u = 0 for every subset of classes; pairs do not do",
    source="derived here; for two classes Menon et al. (ICLR 2021), Lemma 2",
    formula=state_quoted(
        "consistent => for every subset T of classes and k in T, with a_y = alpha_y pi_y: "
        "sum_{y in T, y != k} a_y p_k(y,T) = a_k sum_{j in T, j != k} p_j(k,T)",
        r"\text{consistent}\Rightarrow \sum_{y\in T,\,y\ne k} a_y\,p^{(y)}_k"
        r"= a_k\!\!\sum_{j\in T,\,j\ne k} p^{(k)}_j\quad(k\in T),\quad a_y=\alpha_y\pi_y,\;"
        r"p^{(y)}_k=\frac{e^{D_{yk}}}{1+\sum_{j\in T,\,j\ne y}e^{D_{yj}}}",
    ),
    steps=steps(
        (
            "three classes: the slope of the risk in the first logit",
            state_derivative(_RISK, "u1", _SLOPE, **_FACE, **_LOGITS),
        ),
        (
            "a class's slopes sum to zero with what it takes from the others: p_k shares of one loss",
            state(
                "x/(1 + x + y) + y/(1 + x + y) - (x + y)/(1 + x + y) == 0",
                x="positive",
                y="positive",
            ),
        ),
        (
            "the offset family meets all faces: with D_yj = log(e_j/e_y), a = c e and S the sum of e over "
            "T, the share p_k(y) is e_k/S, so both sides are c e_k (S - e_k)/S",
            state("c*(S - e)*(e/S) == c*e*((S - e)/S)", c="positive", S="positive", e="positive"),
        ),
        (
            "(its share: exp(log(e_k/e_y)) over 1 + (S - e_y)/e_y)",
            state("(k/y)/(1 + (S - y)/y) == k/S", k="positive", y="positive", S="positive"),
        ),
        (
            "symmetric margins with a = 1 meet every pair's condition, a_1 sig(D_12) = a_2 sig(D_21)",
            state("exp(d)/(1 + exp(d)) == 1/(1 + exp(-d))", d="real"),
        ),
        (
            "but not that of all three, for D_13 = D_31 = 2 and zeros: 2/(2 + e^2) is not 2/3",
            state("1/(2 + exp(2)) + 1/(2 + exp(2)) < 2/3"),
        ),
        (
            "there, on the line u = (0, t, 0), eta = (.34, .32, .34), the risk has this slope ...",
            state_derivative(_LINE, "t", _LINE_SLOPE, t="real"),
        ),
        (
            "... which is negative at t = .8458 and positive at .8459",
            state(
                "(17/25)*exp(4229/5000)/(1 + exp(2) + exp(4229/5000)) - (16/25)/(2 + exp(4229/5000)) < 0",
                "(17/25)*exp(8459/10000)/(1 + exp(2) + exp(8459/10000))"
                " - (16/25)/(2 + exp(8459/10000)) > 0",
            ),
        ),
        (
            "the slopes in the other two logits are minus one half of it, so they vanish with it",
            state(
                "-(17/50)*(exp(t) + exp(2))/(1 + exp(t) + exp(2)) + (8/25)*exp(-t)/(1 + 2*exp(-t))"
                " + (17/50)*exp(2)/(1 + exp(2) + exp(t))"
                f" == -(1/2)*({_LINE_SLOPE})",
                t="real",
            ),
        ),
        (
            "so the loss predicts class 2, of the smallest balanced score",
            state("17/50 > 8/25", "4229/5000 > 0"),
        ),
    ),
    argument="With a posterior on T and equal balanced scores there, moving any one score up a little must "
    "make its class the prediction; the minimiser on T is unique up to a shift and continuous, so it is "
    "u = 0, and the gradient vanishes. The risk is convex, as a sum of logarithms of sums of "
    "exponentials, so the point of the last steps, where all three slopes vanish, is its minimiser.",
    mutants=mutants(
        (
            "conditions on pairs imply that on all three",
            state("1/(2 + exp(d)) + 1/(2 + exp(d)) == 2/3", d="real"),
        ),
        (
            "the witness's minimiser is u = 0",
            state("(17/25)*exp(0)/(1 + exp(2) + exp(0)) - (16/25)/(2 + exp(0)) == 0"),
        ),
        (
            "the offset family needs a = c/e",
            state(
                "(c/e)*(S - e)*(e/S) == c*e*((S - e)/S)", c="positive", S="positive", e="positive"
            ),
        ),
    ),
    symbols={
        "u1": "logit of class 1",
        "d12": "margin D_12 of true class 1 against class 2",
        "a1": "alpha_1 pi_1, or alpha_1 eta_1",
        "e": "delta of a class",
        "S": "sum of delta over the subset",
        "c": "constant of proportionality",
        "t": "second logit of the witness",
    },
    rests_on=("consistency.binary_pairwise", "offset_family.minimiser"),
    ids=("LA7",),
    functions=("face_gradient",),
    corrects="The two-class condition, asked of every pair of classes, is taken for the multi-class one: "
    "it is necessary, and not sufficient.",
)

_SHARE = {"z": "(0, 1)", "M": "positive", "c": "positive"}

TRUE_CLASS = Statement(
    name="multiclass_margins.true_class_margins",
    title="K >= 3, margins on the true class: consistent iff they are equal and weights are c/prior",
    source="derived here; losses: Cao et al. (NeurIPS 2019, LDAM), Wang et al. (2018, AM-softmax)",
    formula=state_quoted(
        "K >= 3: alpha_y log(1 + sum_{j != y} exp(u_j - u_y + m_y)) is consistent iff m_1 = ... = m_K and "
        "alpha_y pi_y is constant",
        r"K\ge3:\ \alpha_y\log\Bigl(1+\sum_{j\ne y}e^{u_j-u_y+m_y}\Bigr)\text{ consistent}\iff"
        r"m_1=\dots=m_K,\ \alpha_y\pi_y=\text{const}",
    ),
    steps=steps(
        (
            "with z = softmax(u), M = e^m, D = z + M (1 - z), c = alpha eta, Q = sum c M/D: the risk's "
            "slope in a logit is z Q - c M/D",
            state(
                "z*(Q - c*M/D) - c*M*(1 - z)/D == z*Q - c*M/D", Q="positive", D="positive", **_SHARE
            ),
        ),
        (
            "all vanish iff c = Q z D/M = Q z (1 - k z) with k = 1 - 1/M: the posterior of z, class by "
            "class",
            state("z*(z + M*(1 - z))/M == z*(1 - (1 - 1/M)*z)", z="(0, 1)", M="positive"),
        ),
        (
            "(and it is consistent: then c M/D = Q z sums to Q)",
            state("(Q*z*D/M)*M/D == Q*z", Q="positive", D="positive", z="(0, 1)", M="positive"),
        ),
        (
            "it is positive: every z is the answer to some posterior",
            state("z*(1 - (1 - 1/M)*z) > 0", z="(0, 1)", M="positive"),
        ),
        (
            "equal margins: scores x (1 - k x) are ordered as the z are, so the loss predicts as Bayes",
            state(
                "x*(1 - (1 - 1/M)*x) > y*(1 - (1 - 1/M)*y)",
                given=["x > y", "x + y <= 1"],
                x="positive",
                y="positive",
                M="positive",
            ),
        ),
        (
            "necessary: at a tie x of the two largest z their balanced scores have the ratio "
            "(1 - k x)/(1 - l x) times a constant; at two ties it is the same only if k = l",
            state(
                "(1 - k*x)*(1 - l*y) - (1 - k*y)*(1 - l*x) == (l - k)*(x - y)",
                k="(-oo, 1)",
                l="(-oo, 1)",
                x="(0, 1)",
                y="(0, 1)",
            ),
        ),
        (
            "ties of the two largest are possible at every x from 1/K up to 1/2 if K >= 3: the others "
            "share 1 - 2 x, at most x each",
            state("(1 - 2*x)/(K - 2) <= x", given="x*K >= 1", x="(0, 1/2)", K="integer 3.."),
        ),
        (
            "LDAM with inverse weights, e^m = (2, 1, 1), z = (.35, .34, .31): predicts 1, Bayes 2",
            state(
                "(7/20)*(1 - (1 - 1/2)*(7/20)) < (17/50)*(1 - (1 - 1/1)*(17/50))",
                "7/20 > 17/50",
                "17/50 > 31/100",
            ),
        ),
        (
            "so unequal margins are inconsistent under these weights: x = (1 + t) y > y is not enough",
            state_failure(
                "(1 + t)*y*(1 - (1 - 1/M)*(1 + t)*y) > y", y="(0, 1/3)", t="(0, 1/2)", M="(1, oo)"
            ),
        ),
    ),
    argument="The risk is convex, so a zero gradient is a minimum. If the ratio of balanced scores at a "
    "tie of the two largest z differs from 1, moving z a little predicts the class of smaller score. So "
    "a consistent loss has ratio 1 at all ties, a whole interval of them: k = l, and then the constant "
    "alpha_1 pi_1/(alpha_2 pi_2) is 1 as well. With K = 2 the only tie is x = 1/2, and one equation "
    "remains, the binary condition.",
    mutants=mutants(
        (
            "margins do no harm if the weights are inverse to the prior",
            state(
                "x*(1 - k*x) > y*(1 - l*y)",
                given=["x > y", "x + y <= 1"],
                x="positive",
                y="positive",
                k="[0, 1)",
                l="[0, 1)",
            ),
        ),
        (
            "the posterior of z is z itself",
            state("z*(z + M*(1 - z))/M == z", z="(0, 1)", M="positive"),
        ),
        (
            "equal margins need no weights",
            state(
                "a*x*(1 - k*x) > y*(1 - k*y)",
                given=["x > y", "x + y <= 1"],
                x="positive",
                y="positive",
                k="[0, 1)",
                a="positive",
            ),
        ),
    ),
    symbols={
        "z": "softmax of the logits at a class",
        "M": "e^m, exponential of the class's margin",
        "c": "alpha_y eta_y",
        "D": "z + M (1 - z)",
        "Q": "sum over classes of c M/D",
        "k": "1 - 1/M of a class",
        "l": "1 - 1/M of another",
        "x": "z of a class",
        "y": "z of another",
        "t": "by how much x exceeds y, relatively",
        "K": "number of classes",
        "a": "ratio alpha_1 pi_1/(alpha_2 pi_2), inverted",
    },
    rests_on=("consistency.binary_pairwise",),
    ids=("LA7", "LD7"),
    functions=("true_class_margin_posterior",),
    corrects="LDAM is often made 'balanced' by inverse class weights: with three or more classes no "
    "weights make unequal margins consistent.",
)

STATEMENTS = (FACES, TRUE_CLASS)
