"""Class-weighted comp-sum losses with class-dependent temperatures (GCA), and the balanced error.

Claimed by Cortes, Mohri, Zhong, "Improved Balanced Classification with Theoretically Grounded Loss
Functions" (NeurIPS 2025); constants, the targets of unequal margins and the proofs are derived here.
Checked by: identities, intervals, polynomials (SMT), exact enumeration, exact witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_failure,
    state_quoted,
    steps,
)
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

_PAPER = "Cortes, Mohri, Zhong (NeurIPS 2025)"
_THREE = tuple(f"{name}{k}" for name in "ar" for k in (1, 2, 3))
_SCORES = {"h1": "real", "h2": "real", "h3": "real"}


def _log_partition(rho: str) -> str:
    return f"log(exp(h1/{rho}) + exp(h2/{rho}) + exp(h3/{rho}))"


def _share(rho: str) -> str:
    return f"exp(h1/{rho})/(exp(h1/{rho}) + exp(h2/{rho}) + exp(h3/{rho}))"


AVERAGE = Statement(
    name="gca.average_bound",
    title="GCA, equal margins, 0 <= q <= 1: balanced regret <= sqrt(2 K^(q+1) R/(1+q)), any K and priors",
    source=f"derived here; {_PAPER} has the scaling 1/sqrt(p_min)",
    formula=state_quoted(
        "balanced regret <= sqrt(2 K^(q+1) R/(1+q)) <= sqrt(2 K^q R/((1+q) p_min))",
        r"\mathcal{R}_{\mathrm{BAL}}\text{ regret} \le \sqrt{\frac{2K^{q+1}}{1+q}\,R_{\mathrm{GCA}}} \le "
        r"\sqrt{\frac{2K^{q}}{(1+q)\,p_{\min}}\,R_{\mathrm{GCA}}}",
    ),
    steps=steps(
        (
            "at x: w times the zero-one regret t of the balanced posterior, against w times its surrogate r",
            state(
                "(w*t)**2 <= c*w*(w*r)",
                given="t**2 <= c*r",
                w="positive",
                t="[0, 1]",
                r="nonnegative",
                c="positive",
            ),
        ),
        (
            "published scaling: w <= 1/p_min at every x",
            state(
                "c*w*z <= c*z/m",
                given="w*m <= 1",
                w="positive",
                z="nonnegative",
                c="positive",
                m="(0, 1)",
            ),
        ),
        (
            "on average: Cauchy-Schwarz as a tangent, with l = sqrt(E z/E w) and E w = K",
            state("sqrt(w*z) <= (l*w + z/l)/2", w="positive", z="nonnegative", l="positive"),
        ),
        (
            "which at the means is sqrt(K Z)",
            state("(sqrt(Z/K)*K + Z/sqrt(Z/K))/2 == sqrt(K*Z)", K="positive", Z="positive"),
        ),
        (
            "it is never worse, as K p_min <= 1 (three classes)",
            state(
                "3*m <= p1 + p2 + p3",
                given=["m <= p1", "m <= p2", "m <= p3"],
                **dict.fromkeys(("m", "p1", "p2", "p3"), "(0, 1]"),
            ),
        ),
        (
            "q = 1 is linear: t <= K r gives w t <= K w r",
            state(
                "w*t <= K*(w*r)",
                given="t <= K*r",
                w="positive",
                t="[0, 1]",
                r="nonnegative",
                K="integer 2..",
            ),
        ),
        (
            "every world of two points and two classes on a grid of counts and models, q = 0",
            state_computed("h_consistency:gca_average_bound", classes=2, largest=4, parts=9),
        ),
    ),
    argument="GCA's conditional risk is w times the comp-sum risk of the balanced posterior, with z = w r; "
    "`regret_transform.quadratic` gives t^2 <= c r with c = 2 K^q/(1+q). Taking means with E w = K gives "
    "sqrt(c K R), free of the priors; bounding w by 1/p_min instead gives the published scaling.",
    mutants=mutants(
        (
            "E w = 1: the constant 2 at q = 0; equal priors, posteriors 3/4 and 1/4 and uniform scores",
            state("1 <= sqrt(2*2*(3/4*log(3/2) + 1/4*log(1/2)))"),
        ),
        (
            "the constant sqrt(2 p_min)",
            state("1 <= sqrt(2*(1/2)*2*(3/4*log(3/2) + 1/4*log(1/2)))"),
        ),
        (
            "a linear bound for cross-entropy: t <= 4 r",
            state("t <= 4*((1 + t)*log(1 + t) + (1 - t)*log(1 - t))/2", t="(0, 1)"),
        ),
    ),
    symbols={
        "w": "sum of posterior over prior",
        "t": "zero-one regret of the balanced posterior",
        "r": "its surrogate regret",
        "z": "w r, GCA's conditional regret",
        "Z": "its mean, R_GCA",
        "c": "2 K^q/(1+q)",
        "m": "smallest prior",
        "l": "slope of the tangent",
    },
    rests_on=("balanced_measure.change_of_measure", "regret_transform.quadratic"),
    ids=("B9",),
    functions=("gca_average_bound", "gca_p_min_bound"),
    corrects="The scaling 1/sqrt(p_min) of GCA's bound is not needed: the density of the balanced measure "
    "has mean K, so the constant is free of the priors.",
)


UNEQUAL_MARGINS = Statement(
    name="gca.unequal_margins",
    title="GCA with weights 1/p_y and margins rho_y is consistent for weights 1/(p_y rho_y) (q = 0, any K)",
    source="derived here",
    formula=state_quoted(
        "the optimal scores order classes by p(y|x)/(p_y rho_y)",
        r"h^*_i \ge h^*_j \iff \frac{p(i\mid x)}{p_i\rho_i} \ge \frac{p(j\mid x)}{p_j\rho_j}",
    ),
    steps=steps(
        (
            "the risk's slope in one score (three classes, a = posterior over prior)",
            state_derivative(
                "a1*(-h1/r1 + "
                + _log_partition("r1")
                + ") + a2*(-h2/r2 + "
                + _log_partition("r2")
                + ") + a3*(-h3/r3 + "
                + _log_partition("r3")
                + ")",
                "h1",
                "-a1/r1 + a1/r1*"
                + _share("r1")
                + " + a2/r2*"
                + _share("r2")
                + " + a3/r3*"
                + _share("r3"),
                **dict.fromkeys(_THREE, "positive"),
                **_SCORES,
            ),
            "B-L9",
        ),
        (
            "a larger score has a larger softmax at every temperature, so a larger weighted sum of them",
            state("exp((h + d)/r) > exp(h/r)", h="real", d="positive", r="positive"),
            "B-L9",
        ),
        (
            "exactly solvable optima: every score and margin on a grid gives the order of a/rho",
            state_computed("h_consistency:margin_order", classes=3, largest=4),
            "B-L9",
        ),
        (
            "with weights rho_y/p_y the order is that of a: rho cancels",
            state("(a*r)/r == a", a="positive", r="positive"),
        ),
        (
            "a witness against weights 1/p_y: a = (1, 11/10), rho = (1, 2)",
            state("1/1 > (11/10)/2", "1 < 11/10"),
        ),
        (
            "two classes: at equal scores the slope has the sign of a_2/rho_2 - a_1/rho_1",
            state(
                "-a1/r1*(1 - 1/2) + a2/r2*(1 - 1/2) == (a2/r2 - a1/r1)/2",
                **dict.fromkeys(("a1", "a2", "r1", "r2"), "positive"),
            ),
        ),
    ),
    argument="If a > 0, at the optimum a_j/rho_j = sum_y (a_y/rho_y) softmax_j(h/rho_y) for all j. If "
    "h_i > h_j, every summand is larger for i, so a_i/rho_i > a_j/rho_j; if h_i = h_j they are equal. So the "
    "orders agree, for any K; the target is the balanced error iff rho is constant.",
    mutants=mutants(
        (
            "balanced-consistent for any margins with weights 1/p_y",
            state(
                "a1/r1 >= a2/r2",
                given="a1 >= a2",
                **dict.fromkeys(("a1", "a2", "r1", "r2"), "positive"),
            ),
        ),
        (
            "the order is that of a rho",
            state(
                "a1*r1 >= a2*r2",
                given="a1/r1 >= a2/r2",
                **dict.fromkeys(("a1", "a2", "r1", "r2"), "positive"),
            ),
        ),
        (
            "class weights p_y instead of 1/p_y: the order of the balanced rule",
            state(
                "h1*p1 >= h2*p2",
                given="h1/p1 >= h2/p2",
                **dict.fromkeys(("h1", "h2", "p1", "p2"), "(0, 1)"),
            ),
        ),
    ),
    symbols={
        "a": "posterior over prior",
        "r": "margin rho, the label's temperature",
        "h": "score",
        "d": "difference of two scores",
        "p1": "prior of class 1",
    },
    ids=("B11", "B-L9"),
    functions=("gca_loss", "gca_target_weights", "gca_repaired_weights"),
    corrects="Class weights 1/p_y with class-dependent temperatures do not target the balanced error: at any "
    "finite unequal margins the target's weights are 1/(p_y rho_y). Weights rho_y/p_y repair it.",
)

_LINK = "(1 + exp(-v))"

REPAIRED = Statement(
    name="gca.repaired_two_classes",
    title="Two classes: weights rho/p are consistent at any margins for -1 <= q <= 0, not for 0 < q < 1",
    source="derived here",
    formula=state_failure(
        f"20*(1 - {_LINK}**(-1/2)) + 2*101/1000*(1 - (1 + exp(100*v))**(-1/2)) >= 20*(1 - (1/2)**(1/2))",
        v="real",
    ),
    steps=steps(
        (
            "the slope of one class's loss in its score difference v",
            state_derivative(
                f"(1 - {_LINK}**(-q))/q",
                "v",
                f"-{_LINK}**(-q)*exp(-v)/{_LINK}",
                v="real",
                q="nonzero",
            ),
        ),
        (
            "its curvature",
            state_derivative(
                f"-{_LINK}**(-q)*exp(-v)/{_LINK}",
                "v",
                f"{_LINK}**(-q - 2)*exp(-v)*(1 - q*exp(-v))",
                v="real",
                q="real",
            ),
        ),
        (
            "is positive for q <= 0: the risk is convex",
            state(f"{_LINK}**(-q - 2)*exp(-v)*(1 - q*exp(-v)) > 0", v="real", q="[-1, 0]"),
        ),
        (
            "with weights rho a its slope at v = 0 has the sign of a_2 - a_1, at any margins",
            state(
                "-(a1*r1)/r1*(1/2)**(q + 1) + (a2*r2)/r2*(1/2)**(q + 1) == (1/2)**(q + 1)*(a2 - a1)",
                **dict.fromkeys(("a1", "a2", "r1", "r2"), "positive"),
                q="real",
            ),
        ),
        (
            "every 0 < q < 1, a_1 = 1: where rho_2 a_2/q is small, the score rho_1 for class 1, of loss x, "
            "costs less than class 1's share alone at any score for class 2, of loss y or more",
            state(
                "r1*x + r2*a2/q < r1*y",
                given="r2*a2/q < r1*(y - x)",
                **dict.fromkeys(("a2", "r1", "r2", "x", "y"), "positive"),
                q="(0, 1)",
            ),
        ),
        (
            "which is possible: x = (1 - (1 + 1/e)^-q)/q is below y = (1 - 2^-q)/q",
            state("(1 - (1 + exp(-1))**(-q))/q < (1 - 2**(-q))/q", q="(0, 1)"),
        ),
        (
            "q = 1/2, a = (1, 1.01), rho = (10, 1/10): scores for class 2 cost at least this",
            state(f"20*(1 - {_LINK}**(-1/2)) >= 20*(1 - (1/2)**(1/2))", v="(-oo, 0]"),
        ),
        (
            "but a score 100 for class 1 has: the optimum is class 1, though a_2 > a_1",
            state(
                "20*(1 - (1 + exp(-10))**(-1/2)) + 2*101/1000*(1 - (1 + exp(1000))**(-1/2))"
                " < 20*(1 - (1/2)**(1/2))"
            ),
        ),
    ),
    argument="For q <= 0 the risk in the score difference is strictly convex, so its minimiser, possibly "
    "infinite, has the sign opposite to the slope at zero. For 0 < q < 1 the loss is bounded by 1/q: with "
    "weights rho it pays to give up the class of small rho, whatever its posterior: scores for class 2 "
    "leave class 1 at least its loss at zero.",
    mutants=mutants(
        (
            "convex for q = 1/2 as well",
            state(f"{_LINK}**(-q - 2)*exp(-v)*(1 - q*exp(-v)) > 0", v="real", q="[1/2, 1]"),
        ),
        (
            "the unrepaired weights give the sign of a_2 - a_1",
            state(
                "a2/r2 - a1/r1 == a2 - a1", **dict.fromkeys(("a1", "a2", "r1", "r2"), "positive")
            ),
        ),
    ),
    symbols={
        "v": "score difference over the margin",
        "q": "order of the loss",
        "a1": "posterior over prior of class 1",
        "r1": "margin of class 1",
        "x": "loss at v = 1",
        "y": "loss at v = 0",
    },
    rests_on=("gca.unequal_margins",),
    ids=("B11",),
    functions=("gca_repaired_weights",),
    corrects="The repair by weights rho_y/p_y is exact for q = 0 at any K, and for q <= 0 at two classes; "
    "for 0 < q < 1 it fails at sufficiently unequal margins, at two classes already.",
)

STATEMENTS = (AVERAGE, UNEQUAL_MARGINS, REPAIRED)
