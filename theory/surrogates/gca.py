"""Class-weighted comp-sum losses with class-dependent temperatures (GCA), and the balanced error.

Claimed by Cortes, Mohri, Zhong, "Improved Balanced Classification with Theoretically Grounded Loss
Functions" (NeurIPS 2025); constants, the targets of unequal margins and the proofs are derived here.
Checked by: identities, intervals, polynomials (SMT), exact enumeration, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_failure,
    statement,
)
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real, as_whole
from .balanced_measure import as_class_prior
from .comp_sum import comp_sum_loss_of_gaps, label_gaps
from .regret_transform import quadratic_transform

__all__ = [
    "gca_average_bound",
    "gca_loss",
    "gca_p_min_bound",
    "gca_repaired_weights",
    "gca_target_weights",
]

_Array = NDArray[np.float64]


def gca_loss(
    logits: ArrayLike,
    label: ArrayLike,
    class_prior: ArrayLike,
    q: float = 0.0,
    temperatures: ArrayLike = 1.0,
    weights: ArrayLike | None = None,
) -> _Array:
    """``weight_y Psi_q(softmax_y(h/rho_y))``: logits (..., K), labels (...), gives (...).

    ``temperatures`` rho > 0, one number or (K,): the confidence margins. ``weights`` (K,) are 1/p_y by
    default; `gca_repaired_weights` keep the balanced target at unequal rho. A loss beyond the largest
    float is infinite (q < 0).
    """
    rho, prior = _temperatures(temperatures, class_prior)
    weight = 1 / prior if weights is None else as_real("weights", weights, low=0)
    gaps, labels = label_gaps(logits, label)
    if gaps.shape[-1] != prior.size or weight.shape != prior.shape:
        raise InputError("logits (..., K), class_prior (K,) and weights (K,) must agree in K")
    return weight[labels] * comp_sum_loss_of_gaps(gaps / rho[labels][..., None], q)


def gca_target_weights(class_prior: ArrayLike, temperatures: ArrayLike = 1.0) -> _Array:
    """The class weights that GCA with weights 1/p_y really targets: ``1/(p_y rho_y)``, (K,) (q = 0)."""
    rho, prior = _temperatures(temperatures, class_prior)
    return 1 / (prior * rho)


def gca_repaired_weights(class_prior: ArrayLike, temperatures: ArrayLike) -> _Array:
    """Weights ``rho_y/p_y`` that make GCA consistent for the balanced error at any rho, (K,) (q = 0)."""
    rho, prior = _temperatures(temperatures, class_prior)
    return rho / prior


def gca_average_bound(surrogate_regret: ArrayLike, num_classes: int, q: float = 0.0) -> _Array:
    """Balanced regret at most ``sqrt(2 K^(q+1) R/(1+q))`` whatever the priors, for 0 <= q <= 1."""
    regret = as_real("surrogate_regret", surrogate_regret, low=0)
    q, classes = as_number("q", q, low=0, high=1), as_whole("num_classes", num_classes, 2)
    return np.sqrt(regret * classes / quadratic_transform(1.0, q, classes))


def gca_p_min_bound(surrogate_regret: ArrayLike, class_prior: ArrayLike, q: float = 0.0) -> _Array:
    """The same with 1/p_min in place of K: ``sqrt(2 K^q R/((1+q) p_min))``, never the smaller."""
    regret = as_real("surrogate_regret", surrogate_regret, low=0)
    prior, q = as_class_prior(class_prior), as_number("q", q, low=0, high=1)
    return np.sqrt(regret / prior.min() / quadratic_transform(1.0, q, prior.size))


def _temperatures(temperatures: ArrayLike, class_prior: ArrayLike) -> tuple[_Array, _Array]:
    prior = as_class_prior(class_prior)
    rho = as_real("temperatures", temperatures, low=0, low_open=True)
    if rho.ndim > 1 or rho.size not in (1, prior.size):
        raise InputError(f"temperatures has shape {rho.shape}: give one number, or one per class")
    return np.broadcast_to(rho, prior.shape), prior


# ------------------------------------------------------------------------------------ statements


AVERAGE = statement(
    name="gca.average_bound",
    title="GCA, equal margins, 0 <= q <= 1: balanced regret <= sqrt(2 K^(q+1) R/(1+q)), any K and priors",
    source="derived here; Cortes, Mohri, Zhong (NeurIPS 2025) has the scaling 1/sqrt(p_min)",
    ids=("B9",),
    functions=("gca_average_bound", "gca_p_min_bound"),
    corrects="The scaling 1/sqrt(p_min) of GCA's bound is not needed: the density of the balanced measure "
    "has mean K, so the constant is free of the priors.",
    where={
        "w: positive": "sum of posterior over prior",
        "t: [0, 1]": "zero-one regret of the balanced posterior",
        "r: nonnegative": "its surrogate regret",
        "z: nonnegative": "w r, GCA's conditional regret",
        "c: positive": "2 K^q/(1+q)",
        "m: (0, 1)": "smallest prior",
        "l: positive": "slope of the tangent",
        "K: positive": "number of classes",
        "Z: positive": "its mean, R_GCA",
        "p1, p2, p3: (0, 1]": "prior of classes 1, 2, 3",
    },
    theorem=(
        "for every K, all priors p_y > 0, 0 <= q <= 1 and one margin rho > 0, with a_y(x) = p(y|x)/p_y, s "
        "= softmax(h/rho), pred = argmax h and R = E[sum_y a_y Psi_q(s_y) - min_{s'} sum_y a_y "
        "Psi_q(s'_y)] the GCA regret: E[max_y a_y - a_pred] <= sqrt(2 K^(q+1) R/(1+q)) <= sqrt(2 K^q "
        "R/((1+q) p_min))",
        r"\mathbb{E} \left[ \max_y a_y(X) - a_{\hat y}(X) \right] \le \sqrt{\frac{2K^{q+1}}{1+q}\,"
        r"R_{\mathrm{GCA}}} \le \sqrt{\frac{2K^{q}}{(1+q)\,p_{\min}}\,R_{\mathrm{GCA}}} \quad \forall K "
        r"\ge 2,\ p_y > 0,\ 0 \le q \le 1, \qquad a_y(x) = \frac{p(y \mid x)}{p_y},\ \hat y \in "
        r"\operatorname{argmax}_y h_y, \quad R_{\mathrm{GCA}} = \mathbb{E} \left[ \sum_{y=1}^K a_y "
        r"\Psi_q(s_y) - \min_{s' \in \Delta_K} \sum_{y=1}^K a_y \Psi_q(s'_y) \right],\ s = "
        r"\operatorname{softmax}(h/\rho)",
    ),
    steps=(
        "one_point_through_mass: at x: w times the zero-one regret t of the balanced posterior, against w "
        "times its surrogate r",
        state("(w*t)**2 <= c*w*(w*r)", given="t**2 <= c*r"),
        "mass_bounded_by_least_prior: published scaling: w <= 1/p_min at every x",
        state("c*w*z <= c*z/m", given="w*m <= 1"),
        "cauchy_schwarz_tangent: on average: Cauchy-Schwarz as a tangent, with l = sqrt(E z/E w) and E w = K",
        "sqrt(w*z) <= (l*w + z/l)/2",
        "tangent_at_the_means: which at the means is sqrt(K Z)",
        "(sqrt(Z/K)*K + Z/sqrt(Z/K))/2 == sqrt(K*Z)",
        "never_worse_than_published: it is never worse, as K p_min <= 1 (three classes)",
        state("3*m <= p1 + p2 + p3", given=["m <= p1", "m <= p2", "m <= p3"], m="(0, 1]"),
        "order_one_is_linear: q = 1 is linear: t <= K r gives w t <= K w r",
        state("w*t <= K*(w*r)", given="t <= K*r", K="integer 2.."),
        "grid_enumerated: every world of two points and two classes on a grid of counts and models, q = 0",
        state_computed("h_consistency:gca_average_bound", classes=2, largest=4, parts=9),
    ),
    argument="GCA's conditional risk is w times the comp-sum risk of the balanced posterior, with z = w r; "
    "`regret_transform.quadratic` gives t^2 <= c r with c = 2 K^q/(1+q). Taking means with E w = "
    "K gives sqrt(c K R), free of the priors; bounding w by 1/p_min instead gives the published "
    "scaling.",
    mutants=(
        "E w = 1: the constant 2 at q = 0; equal priors, posteriors 3/4 and 1/4 and uniform scores",
        "1 <= sqrt(2*2*(3/4*log(3/2) + 1/4*log(1/2)))",
        "the constant sqrt(2 p_min)",
        "1 <= sqrt(2*(1/2)*2*(3/4*log(3/2) + 1/4*log(1/2)))",
        "a linear bound for cross-entropy: t <= 4 r",
        state("t <= 4*((1 + t)*log(1 + t) + (1 - t)*log(1 - t))/2", t="(0, 1)"),
    ),
    rests_on=("balanced_measure.change_of_measure", "regret_transform.quadratic"),
)


UNEQUAL_MARGINS = statement(
    name="gca.unequal_margins",
    title="GCA with weights 1/p_y and margins rho_y is consistent for weights 1/(p_y rho_y) (q = 0, any K)",
    source="derived here",
    ids=("B11", "B-L9"),
    functions=("gca_loss", "gca_target_weights", "gca_repaired_weights"),
    corrects="Class weights 1/p_y with class-dependent temperatures do not target the balanced error: at "
    "any finite unequal margins the target's weights are 1/(p_y rho_y). Weights rho_y/p_y repair "
    "it.",
    where={
        "a1, a2, a3: positive": "posterior over prior of classes 1, 2, 3",
        "r1, r2, r3: positive": "margin rho of classes 1, 2, 3",
        "h1, h2: real": "score of classes 1, 2; in the last mutant its posterior",
        "h3: real": "score of class 3",
        "h: real": "score",
        "d: positive": "difference of two scores",
        "a: positive": "posterior over prior",
        "r: positive": "margin rho, the label's temperature",
        "p1, p2: (0, 1)": "prior of classes 1, 2",
    },
    theorem=(
        "for every K, margins rho_y > 0 and posterior p(y|x) > 0: the minimiser h* of sum_y (p(y|x)/p_y) "
        "(-log softmax_y(h/rho_y)) has h*_i >= h*_j iff p(i|x)/(p_i rho_i) >= p(j|x)/(p_j rho_j); with "
        "weights rho_y/p_y instead of 1/p_y the order is that of p(y|x)/p_y",
        r"h^* = \operatorname{argmin}_h \sum_{y=1}^K \frac{p(y \mid x)}{p_y} \left( - \log "
        r"\operatorname{softmax}_y(h/\rho_y) \right) :\quad h^*_i \ge h^*_j \iff \frac{p(i\mid "
        r"x)}{p_i\,\rho_i} \ge \frac{p(j\mid x)}{p_j\,\rho_j} \quad \forall i, j,\ K,\ \rho_y > 0,\ p(y "
        r"\mid x) > 0; \qquad \text{weights } \frac{\rho_y}{p_y} :\ h^*_i \ge h^*_j \iff \frac{p(i\mid "
        r"x)}{p_i} \ge \frac{p(j\mid x)}{p_j}",
    ),
    steps=(
        "slope_in_one_score (B-L9): the risk's slope in one score (three classes, a = posterior over prior)",
        state_derivative(
            "a1*(-h1/r1 + log(exp(h1/r1) + exp(h2/r1) + exp(h3/r1))) + a2*(-h2/r2 + log(exp(h1/r2) + "
            "exp(h2/r2) + exp(h3/r2))) + a3*(-h3/r3 + log(exp(h1/r3) + exp(h2/r3) + exp(h3/r3)))",
            "h1",
            "-a1/r1 + a1/r1*exp(h1/r1)/(exp(h1/r1) + exp(h2/r1) + exp(h3/r1)) + "
            "a2/r2*exp(h1/r2)/(exp(h1/r2) + exp(h2/r2) + exp(h3/r2)) + a3/r3*exp(h1/r3)/(exp(h1/r3) + "
            "exp(h2/r3) + exp(h3/r3))",
        ),
        "larger_score_larger_softmax (B-L9): a larger score has a larger softmax at every temperature, so "
        "a larger weighted sum of them",
        "exp((h + d)/r) > exp(h/r)",
        "grid_of_exact_optima (B-L9): exactly solvable optima: every score and margin on a grid gives the "
        "order of a/rho",
        state_computed("h_consistency:margin_order", classes=3, largest=4),
        "repaired_weights_cancel: with weights rho_y/p_y the order is that of a: rho cancels",
        "(a*r)/r == a",
        "witness_against_inverse_prior: a witness against weights 1/p_y: a = (1, 11/10), rho = (1, 2)",
        ("1/1 > (11/10)/2", "1 < 11/10"),
        "two_classes_sign_at_zero: two classes: at equal scores the slope has the sign of a_2/rho_2 - "
        "a_1/rho_1",
        "-a1/r1*(1 - 1/2) + a2/r2*(1 - 1/2) == (a2/r2 - a1/r1)/2",
    ),
    argument="If a > 0, at the optimum a_j/rho_j = sum_y (a_y/rho_y) softmax_j(h/rho_y) for all j. If h_i "
    "> h_j, every summand is larger for i, so a_i/rho_i > a_j/rho_j; if h_i = h_j they are equal. "
    "So the orders agree, for any K; the target is the balanced error iff rho is constant.",
    mutants=(
        "balanced-consistent for any margins with weights 1/p_y",
        state("a1/r1 >= a2/r2", given="a1 >= a2"),
        "the order is that of a rho",
        state("a1*r1 >= a2*r2", given="a1/r1 >= a2/r2"),
        "class weights p_y instead of 1/p_y: the order of the balanced rule",
        state("h1*p1 >= h2*p2", given="h1/p1 >= h2/p2", h1="(0, 1)", h2="(0, 1)"),
    ),
)


REPAIRED = statement(
    name="gca.repaired_two_classes",
    title="Two classes: weights rho/p are consistent at any margins for -1 <= q <= 0, not for 0 < q < 1",
    source="derived here",
    ids=("B11",),
    functions=("gca_repaired_weights",),
    corrects="The repair by weights rho_y/p_y is exact for q = 0 at any K, and for q <= 0 at two classes; "
    "for 0 < q < 1 it fails at sufficiently unequal margins, at two classes already.",
    where={
        "v: real": "score difference over the margin",
        "a1, a2: positive": "posterior over prior of classes 1, 2",
        "r1, r2: positive": "margin of classes 1, 2",
        "x: positive": "loss at v = 1",
        "y: positive": "loss at v = 0",
        "q: real": "order of the loss",
    },
    theorem=(
        "two classes, a_y = p(y|x)/p_y, C(v) = a_1 rho_1 Psi_q(sigmoid(v/rho_1)) + a_2 rho_2 "
        "Psi_q(sigmoid(-v/rho_2)), v = h_1 - h_2: for -1 <= q <= 0, all rho > 0 and a_2 > a_1, inf_{v >= "
        "0} C > inf C (class 2 is predicted; the mirror image for a_1 > a_2); for every 0 < q < 1 and a_2 "
        "> a_1 > 0 some rho_1, rho_2 have inf_{v > 0} C < inf_{v <= 0} C (class 1 is)",
        r"C(v) = a_1 \rho_1 \Psi_q\left( \frac{1}{1 + e^{-v/\rho_1}} \right) + a_2 \rho_2 \Psi_q\left( "
        r"\frac{1}{1 + e^{v/\rho_2}} \right),\quad a_y = \frac{p(y \mid x)}{p_y},\ v = h_1 - h_2; \qquad "
        r"-1 \le q \le 0 :\ \inf_{v \ge 0} C(v) > \inf_{v} C(v)\ \forall a_2 > a_1 \ge 0,\ \rho > 0; "
        r"\qquad 0 < q < 1 :\ \forall a_2 > a_1 > 0\ \exists \rho_1, \rho_2 > 0 :\ \inf_{v > 0} C(v) < "
        r"\inf_{v \le 0} C(v)",
    ),
    formula=state_failure(
        "20*(1 - (1 + exp(-v))**(-1/2)) + 2*101/1000*(1 - (1 + exp(100*v))**(-1/2)) >= 20*(1 - (1/2)**(1/2))",
    ),
    steps=(
        "slope_in_score_difference: the slope of one class's loss in its score difference v",
        state_derivative(
            "(1 - (1 + exp(-v))**(-q))/q",
            "v",
            "-(1 + exp(-v))**(-q)*exp(-v)/(1 + exp(-v))",
            q="nonzero",
        ),
        "its_curvature: its curvature",
        state_derivative(
            "-(1 + exp(-v))**(-q)*exp(-v)/(1 + exp(-v))",
            "v",
            "(1 + exp(-v))**(-q - 2)*exp(-v)*(1 - q*exp(-v))",
        ),
        "convex_up_to_order_zero: is positive for q <= 0: the risk is convex",
        state("(1 + exp(-v))**(-q - 2)*exp(-v)*(1 - q*exp(-v)) > 0", q="[-1, 0]"),
        "sign_at_zero: with weights rho a its slope at v = 0 has the sign of a_2 - a_1, at any margins",
        "-(a1*r1)/r1*(1/2)**(q + 1) + (a2*r2)/r2*(1/2)**(q + 1) == (1/2)**(q + 1)*(a2 - a1)",
        "giving_up_the_other_class: every 0 < q < 1, a_1 = 1: where rho_2 a_2/q is small, the score rho_1 "
        "for class 1, of loss x, costs less than class 1's share alone at any score for class 2, of loss y "
        "or more",
        state("r1*x + r2*a2/q < r1*y", given="r2*a2/q < r1*(y - x)", q="(0, 1)"),
        "possible_for_positive_order: which is possible: x = (1 - (1 + 1/e)^-q)/q is below y = (1 - 2^-q)/q",
        state("(1 - (1 + exp(-1))**(-q))/q < (1 - 2**(-q))/q", q="(0, 1)"),
        "witness_scores_for_class_two: q = 1/2, a = (1, 1.01), rho = (10, 1/10): scores for class 2 cost "
        "at least this",
        state("20*(1 - (1 + exp(-v))**(-1/2)) >= 20*(1 - (1/2)**(1/2))", v="(-oo, 0]"),
        "witness_score_for_class_one: but a score 100 for class 1 has: the optimum is class 1, though a_2 "
        "> a_1",
        "20*(1 - (1 + exp(-10))**(-1/2)) + 2*101/1000*(1 - (1 + exp(1000))**(-1/2)) < 20*(1 - (1/2)**(1/2))",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="For q <= 0 the risk in the score difference is strictly convex, so its minimiser, possibly "
    "infinite, has the sign opposite to the slope at zero. For 0 < q < 1 the loss is bounded by "
    "1/q: with weights rho it pays to give up the class of small rho, whatever its posterior: "
    "scores for class 2 leave class 1 at least its loss at zero.",
    mutants=(
        "convex for q = 1/2 as well",
        state("(1 + exp(-v))**(-q - 2)*exp(-v)*(1 - q*exp(-v)) > 0", q="[1/2, 1]"),
        "the unrepaired weights give the sign of a_2 - a_1",
        "a2/r2 - a1/r1 == a2 - a1",
    ),
    rests_on=("gca.unequal_margins",),
)

STATEMENTS = (AVERAGE, UNEQUAL_MARGINS, REPAIRED)
