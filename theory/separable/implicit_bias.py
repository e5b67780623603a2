"""Separable data: which corrections for imbalance survive training to the end, and which do not.

Claimed by Soudry et al. (JMLR 2018), Byrd and Lipton (ICML 2019), Kini, Paraskevas, Oymak, Thrampoulidis
(NeurIPS 2021); finite rates and closed forms derived here. Checked by: symbolic identities, signs, and
max-margin programs solved in exact fractions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real, broadcast_together, broadcasting

__all__ = [
    "Influence",
    "two_point_bias",
    "weight_influence_bound",
]


class Influence(NamedTuple):
    """How far weights can keep a norm-bounded solution from the max-margin one."""

    margin_deficit: NDArray[np.float64]
    distance: NDArray[np.float64]


def weight_influence_bound(radius: ArrayLike, weights: ArrayLike, margin: ArrayLike) -> Influence:
    """Bounds on the weighted logistic solution of norm ``radius``, against the max-margin direction.

    ``margin_deficit``: ``log(2 sum(a)/min(a))/radius``; ``distance`` between the unit vectors:
    ``sqrt(2 deficit/margin)``. ``weights`` a > 0, shape (n,), one for each example; ``margin`` is that of
    the max-margin unit vector. They bound solutions that separate; radius and margin broadcast.
    """
    radius = as_real("radius", radius, low=0, low_open=True)
    weights = as_real("weights", weights, low=0, low_open=True)
    if weights.ndim != 1 or weights.size == 0:
        raise InputError(
            f"weights has shape {weights.shape}: give one number per example, shape (n,)"
        )
    radius, margin = broadcast_together(
        radius=radius, margin=as_real("margin", margin, low=0, low_open=True)
    )
    logarithm = (
        np.log(2.0)
        + np.log(np.sum(weights / weights.max()))
        + np.log(weights.max())
        - np.log(weights.min())
    )
    deficit = logarithm / radius
    return Influence(deficit, np.sqrt(2.0 * deficit / margin))


@broadcasting
def two_point_bias(
    slope: ArrayLike,
    weight_ratio: ArrayLike = 1.0,
    positive_multiplier: ArrayLike = 1.0,
    negative_multiplier: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """The bias that minimises ``a e^(-p(w + b)) + e^(-q(w - b))`` at slope w, points at +1 and -1.

    ``b = (w (q - p) + log(a p/q))/(p + q)`` for the weight ratio a > 0 and multipliers p, q > 0.
    """
    slope = as_real("slope", slope)
    ratio = as_real("weight_ratio", weight_ratio, low=0, low_open=True)
    first = as_real("positive_multiplier", positive_multiplier, low=0, low_open=True)
    second = as_real("negative_multiplier", negative_multiplier, low=0, low_open=True)
    shift = np.log(ratio) + np.log(first) - np.log(second)
    return (slope * (second - first) + shift) / (first + second)


# ------------------------------------------------------------------------------------ statements


REDUCTION = statement(
    name="implicit_bias.vector_scaling_reduces",
    title="Offsets and weights only reweight exponentials; multipliers rescale the data",
    source="Kini et al. (NeurIPS 2021); the identity is derived here",
    ids=("SE1",),
    where={
        "o: real": "offset of the class",
        "D: positive": "multiplier of the class",
        "y: real": "label times score of the example",
        "c: positive": "e^o",
        "m: nonnegative": "a margin",
        "w, x": "weights and features; y = +-1 the label",
        "a": "weight of an example, A the sum of all",
        "R": "norm of the solution",
        "s": "the largest margin of a unit vector, g that of the solution's",
        "d": "multiplier of the negative class over that of the positive one",
    },
    theorem=(
        "for every offset iota, multiplier Delta > 0, w and (x, y): log(1 + exp(iota - Delta y w'x)) = "
        "log(1 + e^iota exp(-y w'(Delta x))), the loss at the point Delta x with weight e^iota on the "
        "exponential; and log(1 + e^iota) e^(-m) <= log(1 + e^(iota - m)) <= e^iota e^(-m) for every "
        "margin m >= 0",
        r"\log\left( 1 + e^{\iota - \Delta\, y\, w'x} \right) = \log\left( 1 + e^{\iota}\, e^{-y\, "
        r"w'(\Delta x)} \right) \quad \forall \iota \in \mathbb{R},\ \Delta > 0,\ w, x, y, \qquad \log(1 + "
        r"e^\iota)\, e^{-m} \le \log\left( 1 + e^{\iota - m} \right) \le e^\iota e^{-m} \quad \forall m "
        r"\ge 0",
    ),
    formula="log(1 + exp(o - D*y)) == log(1 + exp(o)*exp(-(D*y)))",
    steps=(
        "loss_of_scaled_point: the loss on the scaled point D y x, with weight e^o inside",
        FORMULA,
        "between_exponentials: between two multiples of the exponential loss, for margins m >= 0 and c = e^o",
        "log(1 + c)*exp(-m) <= log(1 + c*exp(-m)) <= c*exp(-m)",
    ),
    argument="So an offset acts on separable data like a weight between log(1 + e^o) and e^o, and the loss "
    "of the class with multiplier D is that of the data D x.",
    mutants=(
        "the multiplier, too, is only a weight",
        "log(1 + exp(-D*y)) == D*log(1 + exp(-y))",
        "the offset multiplies the loss",
        "log(1 + c*exp(-m)) == c*log(1 + exp(-m))",
    ),
)

RATE = statement(
    name="implicit_bias.weights_fade",
    title="On separable data the weighted logistic solution of norm R, once it separates, is within "
    "log(2A/a_min)/R of the largest margin, for all weights",
    source="limit: Rosset, Zhu, Hastie (2004), Soudry et al. (2018); the rate is derived here",
    ids=("SE2",),
    functions=("weight_influence_bound",),
    where={
        "m: nonnegative": "margin of an example",
        "a: positive": "weight of an example, A the sum of all",
        "A: positive": "sum of all weights",
        "R: positive": "norm of the solution",
        "h: positive": "by how much the bound is missed",
        "v: real": "margin of an example under w",
        "g: real": "least margin of the solution's unit vector",
        "s: positive": "the largest margin of a unit vector, g that of the solution's",
        "u: nonnegative": "what a margin exceeds s by",
        "w, x": "weights and features; y = +-1 the label",
        "o, D": "offset and multiplier of a class in the vector-scaling loss",
        "d": "multiplier of the negative class over that of the positive one",
    },
    theorem=(
        "separable data, weights a_i > 0, A = sum_i a_i, w_R a minimiser of sum_i a_i log(1 + exp(-y_i "
        "w'x_i)) over ||w|| <= R, gamma(v) = min_i y_i v'x_i, gamma* = max_{||v|| = 1} gamma(v) > 0, "
        "attained at w*: for every R > log(A/(a_min log 2))/gamma*: gamma* - gamma(w_R/R) <= "
        "log(2A/a_min)/R and ||w_R/R - w*||^2 <= 2 (gamma* - gamma(w_R/R))/gamma*",
        r"\gamma_\star - \gamma\left( \frac{w_R}{R} \right) \le \frac{\log(2A/a_{\min})}{R}, \qquad "
        r"\left\lVert \frac{w_R}{R} - w_\star \right\rVert^2 \le \frac{2 \left( \gamma_\star - "
        r"\gamma(w_R/R) \right)}{\gamma_\star} \qquad \forall R > \frac{1}{\gamma_\star} \log "
        r"\frac{A}{a_{\min} \log 2}, \qquad w_R \in \operatorname{argmin}_{\lVert w \rVert \le R} \sum_i "
        r"a_i \log\left( 1 + e^{-y_i w'x_i} \right),\ A = \sum_i a_i,\ \gamma(v) = \min_i y_i v'x_i,\ "
        r"\gamma_\star = \max_{\lVert v \rVert = 1} \gamma(v) = \gamma(w_\star) > 0",
    ),
    steps=(
        "loss_between_exponentials (SE2a): the logistic loss lies between half the exponential and the "
        "exponential",
        "exp(-m)/2 <= log(1 + exp(-m)) <= exp(-m)",
        "cost_of_max_margin (SE2b): R w* costs at most A e^(-R s): each term with a margin u more than s",
        "a*exp(-R*(s + u)) <= a*exp(-R*s)",
        "separates_once_large (SE2b): it separates once R s > log(A/(a_min log 2)), as an error costs "
        "a_min log 2",
        "A*exp(-(log(A/(a*log(2))) + h)) < a*log(2)",
        "least_margin_costs_more (SE2b): the point of least margin g alone costs more than that once R (s "
        "- g) > log(2A/a_min)",
        "a*exp(log(2*A/a) + h)/2 > A",
        "max_margin_in_fractions (SE2c): a max-margin vector in fractions: its multipliers add up to its "
        "squared norm, 1/s^2",
        state_computed(
            "implicit_bias:max_margin",
            points=[[3, 1], [1, 2], [2, 4], [-1, -3], [-4, 1], [-2, -3]],
            labels=[1, 1, 1, -1, -1, -1],
        ),
        "inner_product_with_maximiser (SE2c): hence w*'w >= g/s for a unit w of margin g: one term of the "
        "sum",
        state("a*v >= a*g", given="v >= g", a="nonnegative"),
        "distance_of_unit_vectors (SE2c): and the distance of unit vectors follows",
        "2 - 2*(g/s) == 2*(s - g)/s",
        "bound_vanishes: the bound vanishes like 1/R for any weights",
        state_limit("log(2*A/a)/R", "0", "R", "high"),
    ),
    argument="w_R is no worse than R w*, so its loss is at most A e^(-R s), and at least a_min e^(-R g)/2 "
    "from its least margin; were R (s - g) above log(2A/a_min) these would contradict. Scaled to "
    "unit length the multipliers add up to 1/s. With the exponential loss the factor 2 drops.",
    mutants=(
        "the deviation is of order 1/R^2 (two points, weight ratio a: exactly log(a)/(2R))",
        state("log(a)/(2*R) <= log(2*(1 + a))/R**2", a="[2, oo)", R="[1, oo)"),
        "without the factor two the logistic loss is below the exponential's lower bound",
        "exp(-m) <= log(1 + exp(-m))",
        "weights keep a part in the limit",
        state_limit("log(2*A/a)/R", "log(2*A/a)", "R", "high"),
    ),
    rests_on=("implicit_bias.vector_scaling_reduces",),
)

INERT = statement(
    name="implicit_bias.offsets_are_inert",
    title="Class weights, logit-adjustment offsets and label margins do not change the limit direction; "
    "multipliers do",
    source="Byrd and Lipton (ICML 2019), Kini et al. (NeurIPS 2021); finite bounds derived here",
    ids=("D1", "D9"),
    functions=("two_point_bias", "weight_influence_bound"),
    where={
        "A: positive": "sum of all weights",
        "a: positive": "weight of an example, A the sum of all",
        "o: nonnegative": "largest size of an offset",
        "R: positive": "norm of the solution",
        "c: positive": "weight of the other point",
        "p: positive": "multiplier of the positive class",
        "q: positive": "multiplier of the negative class",
        "w: positive": "weight vector's size, on points +1 and -1",
        "x": "weights and features; y = +-1 the label",
        "D": "offset and multiplier of a class in the vector-scaling loss",
        "s": "the largest margin of a unit vector, g that of the solution's",
        "d": "multiplier of the negative class over that of the positive one",
    },
    theorem=(
        "separable data, any a_i > 0, A = sum_i a_i, and offsets |iota_i| <= o (label margins are "
        "offsets), gamma(v) = min_i y_i v'x_i, gamma* = max_{||v|| = 1} gamma(v) = gamma(w*) > 0, w_R a "
        "minimiser of sum_i a_i log(1 + exp(iota_i - y_i w'x_i)) over ||w|| <= R: gamma* - gamma(w_R/R) <= "
        "log(2 A e^o/(a_min log(1 + e^-o)))/R for all large R, so w_R/R -> w*, the max-margin direction "
        "without them; but with multipliers: points +1 and -1, bias b minimising exp(-Delta_+ (w + b)) + "
        "exp(-Delta_- (w - b)): b/w -> (Delta_- - Delta_+)/(Delta_+ + Delta_-) as w -> infinity",
        r"\gamma_\star - \gamma\left( \frac{w_R}{R} \right) \le \frac1R \log \frac{2A\, e^{o}}{a_{\min} "
        r"\log(1 + e^{-o})} \text{ for all large } R, \text{ so } \lim_{R \to \infty} \frac{w_R}{R} = "
        r"w_\star \quad \forall a_i > 0,\ |\iota_i| \le o, \qquad w_R \in \operatorname{argmin}_{\lVert w "
        r"\rVert \le R} \sum_i a_i \log\left( 1 + e^{\iota_i - y_i w'x_i} \right),\ A = \sum_i a_i,\ "
        r"\gamma(v) = \min_i y_i v'x_i,\ \gamma_\star = \max_{\lVert v \rVert = 1} \gamma(v) = "
        r"\gamma(w_\star) > 0; \qquad b(w) = \operatorname{argmin}_b \left( e^{-\Delta_+ (w + b)} + "
        r"e^{-\Delta_- (w - b)} \right) :\ \lim_{w \to \infty} \frac{b(w)}{w} = \frac{\Delta_- - "
        r"\Delta_+}{\Delta_+ + \Delta_-}",
    ),
    formula=state_limit("log(2*A*exp(o)/(a*log(1 + exp(-o))))/R", "0", "R", "high"),
    steps=(
        "bound_with_offsets_vanishes: with offsets up to o in size the bound still vanishes",
        FORMULA,
        "two_point_stationary_bias: two points, weights 1 and a, exponential loss: the bias is stationary "
        "at log(a)/2",
        state("c*exp(log(a/c)/2 - w) - a*exp(-log(a/c)/2 - w) == 0", w="real"),
        "boundary_shift_vanishes: so the boundary moves by log(a)/(2w) -> 0",
        state_limit("log(a)/(2*w)", "0", "w", "high"),
        "slow_decay_example: slowly: a ratio of 100 at w = log(10^6) moves it by 1/6 of the half-gap",
        "log(100)/(2*log(10**6)) == 1/6",
        "not_gone_at_finite_norm: and at no finite norm (early stopping, l2 penalty) is it gone",
        state("log(a)/(2*w) > 0", a="(1, oo)"),
        "multipliers_stay: multipliers stay: two points, same loss with multipliers p, q",
        state_limit("(w*(q - p) + log(p/q))/((p + q)*w)", "(q - p)/(p + q)", "w", "high"),
    ),
    argument="Offsets act as weights between log(1 + e^o) and e^o times the class weight, and these fade. "
    "LDAM's margins without normalised logits are offsets. Under gradient descent the norm grows "
    "like log t (Soudry et al.), so weights fade like 1/log t.",
    mutants=(
        "weights shift the boundary for good",
        state_limit("log(a)/(2*w)", "log(a)/2", "w", "high"),
        "multipliers fade as well",
        state_limit("(w*(q - p) + log(p/q))/((p + q)*w)", "0", "w", "high"),
        "weights are without effect at finite norm",
        state("log(a)/(2*w) == 0", a="(1, oo)"),
    ),
    rests_on=("implicit_bias.weights_fade", "implicit_bias.vector_scaling_reduces"),
)

START = statement(
    name="implicit_bias.first_step",
    title="At zero logits a class pushes with weight times multiplier times sig(offset)",
    source="Kini et al. (NeurIPS 2021); Menon et al. (ICLR 2021), Lemma 2 for the balance condition",
    ids=("SE5",),
    where={
        "a: positive": "weight of an example, A the sum of all",
        "p: positive": "the smaller of two multipliers",
        "q: positive": "the larger of two multipliers",
        "o: real": "offset of the class",
        "D: positive": "multiplier of the class",
        "f: real": "the score w'x",
        "h: positive": "by how much the offset grows",
        "r: (0, 1)": "prior of the positive class",
        "c: positive": "a D sig(o) of the negative class",
        "w, x": "weights and features; y = +-1 the label",
        "R": "norm of the solution",
        "s": "the largest margin of a unit vector, g that of the solution's",
        "d": "multiplier of the negative class over that of the positive one",
        "b": "a D sig(o) of the positive, negative class",
    },
    theorem=(
        "for every weight a > 0, multiplier Delta > 0 and offset iota: -d/df a log(1 + exp(iota - Delta "
        "f)) at f = 0 is a Delta sigmoid(iota); f = 0 is stationary for the risk exactly at P(y=1|x) = r "
        "iff r a_+ Delta_+ sigmoid(iota_+) = (1-r) a_- Delta_- sigmoid(iota_-)",
        r"- \left. \frac{\partial}{\partial f}\, a \log\left( 1 + e^{\iota - \Delta f} \right) \right|_{f "
        r"= 0} = \frac{a\, \Delta}{1 + e^{-\iota}} \qquad \forall a, \Delta > 0,\ \iota \in \mathbb{R}, "
        r"\qquad \frac{c}{b + c} = r \iff r\, b = (1 - r)\, c, \qquad b = \frac{a_+ \Delta_+}{1 + "
        r"e^{-\iota_+}},\ c = \frac{a_- \Delta_-}{1 + e^{-\iota_-}}",
    ),
    formula=state_derivative(
        "a*log(1 + exp(o - D*f))", "f", "-a*D*exp(o - D*f)/(1 + exp(o - D*f))"
    ),
    steps=(
        "slope_in_score: the slope of the loss in the score",
        FORMULA,
        "push_at_zero: at f = 0 it is -a D sig(o)",
        "-a*D*exp(o)/(1 + exp(o)) == -a*D*(1/(1 + exp(-o)))",
        "smaller_multiplier_weaker: a smaller multiplier, which the end of training wants for a minority, "
        "weakens its start",
        state("p/(1 + exp(-o)) < q/(1 + exp(-o))", given="p < q"),
        "larger_offset_stronger: a larger offset makes up for it",
        "1/(1 + exp(-(o + h))) > 1/(1 + exp(-o))",
        "balanced_threshold: equal pushes, prior r: with b = (1-r)c/r the threshold c/(b+c) at f = 0 is r",
        "c/((1 - r)*c/r + c) == r",
    ),
    argument="The sum of slopes at zero is balanced iff r a_+ D_+ sig(o_+) = (1-r) a_- D_- sig(o_-); with "
    "b and c the two products, f = 0 is then optimal exactly where P(y=1|x) = r, the balanced "
    "rule.",
    mutants=(
        "the push does not depend on the multiplier",
        "-a*D*exp(o)/(1 + exp(o)) == -a*(1/(1 + exp(-o)))",
        "the balanced threshold is one half",
        "c/((1 - r)*c/r + c) == 1/2",
    ),
)

INTERPOLATION = statement(
    name="implicit_bias.interpolation",
    title="Orthogonal features: the multiclass SVM interpolates the simplex-encoded labels",
    source="Wang, Muthukumar, Thrampoulidis (NeurIPS 2021) for nearly orthogonal high-dimensional features",
    ids=("C12",),
    where={
        "M: real": "sum of a column's margins over wrong classes",
        "K: integer 2..": "number of classes",
        "x: real": "label's logit of one example",
        "y: real": "a wrong logit of the example",
        "z: real": "a logit; in step 3 the second wrong one",
        "s: real": "the largest margin of a unit vector, g that of the solution's",
        "w": "weights and features; y = +-1 the label",
        "a": "weight of an example, A the sum of all",
        "o, D": "offset and multiplier of a class in the vector-scaling loss",
        "R": "norm of the solution",
        "d": "multiplier of the negative class over that of the positive one",
    },
    theorem=(
        "for every K >= 2 and orthonormal features (X'X = I_n): the only minimiser of ||W||_F^2/2 over W "
        "in R^(K x d) with (w_{y_i} - w_c)'x_i >= 1 for all i, c != y_i is W = Z^ X', Z^ = PY, so W x_i = "
        "e_{y_i} - 1/K: every constraint is tight",
        r"X'X = I_n \implies \operatorname{argmin} \left\{ \tfrac12 \lVert W \rVert_F^2 :\ (w_{y_i} - "
        r"w_c)'x_i \ge 1\ \forall i,\ c \ne y_i \right\} = \left\{ \hat Z X' \right\}, \qquad \hat Z = "
        r"PY,\quad W x_i = e_{y_i} - \tfrac1K \mathbf{1}\ \forall i \qquad \forall K \ge 2,\ W \in "
        r"\mathbb{R}^{K \times d}",
    ),
    steps=(
        "square_above_tangent: one column, any K: each square lies above its tangent at the simplex code s",
        "z**2 >= 2*z*s - s**2",
        "product_with_code_is_margin_sum: whose product with z is the sum of the margins over K: with K - "
        "1 margins of at least 1",
        state("2*(M/K) - (1 - 1/K) >= 1 - 1/K", given="M >= K - 1"),
        "least_cost_of_margins: so margins of at least 1 against all others cost at least 1 - 1/K (K = 3, "
        "directly)",
        state("x**2 + y**2 + z**2 >= 2/3", given=["x - y >= 1", "x - z >= 1"]),
        "code_attains_it: the simplex code costs that",
        "(1 - 1/K)**2 + (K - 1)/K**2 == 1 - 1/K",
        "three_classes_tie_halfway: in fractions, three classes: classes tie halfway",
        state_computed("implicit_bias:class_boundary", multipliers=["1", "1", "1"], tie="1"),
    ),
    argument="With orthonormal features the columns of logits decouple and each is the simplex code; that "
    "random features in high dimension are close enough is cited.",
    mutants=(
        "one-hot labels are interpolated: the cost would be 1",
        state("x**2 + y**2 + z**2 >= 1", given=["x - y >= 1", "x - z >= 1"]),
        "the simplex code has norm one",
        "(1 - 1/K)**2 + (K - 1)/K**2 == 1",
    ),
    cites=(
        "Wang, Muthukumar, Thrampoulidis (2021): all points are support vectors for d >> n log n",
    ),
)

MINORITY_SAMPLES = statement(
    name="implicit_bias.minority_samples_limit",
    title="Majority examples do not help to tell two minority distributions apart",
    source="Chatterji, Haque, Hashimoto (TMLR 2023): undersampling is minimax rate-optimal",
    ids=("D10",),
    where={
        "e: (0, 1/2)": "how far the minority's coin is from fair",
    },
    theorem=(
        "for all minority distributions P_0, P_1, every majority Q and all n_min, n_maj: TV(P_0^n_min x "
        "Q^n_maj, P_1^n_min x Q^n_maj) = TV(P_0^n_min, P_1^n_min), so every rule, whatever n_maj, errs "
        "with probability at least (1 - TV(P_0^n_min, P_1^n_min))/2 in one of the two worlds",
        r"\max_{j \in \{0, 1\}} \Pr_{P_j^{n_{\min}} \otimes Q^{n_{\mathrm{maj}}}} \left( \hat\jmath \ne j "
        r"\right) \ge \frac{1 - \mathrm{TV}\left( P_0^{n_{\min}} \otimes Q^{n_{\mathrm{maj}}},\ "
        r"P_1^{n_{\min}} \otimes Q^{n_{\mathrm{maj}}} \right)}{2} = \frac{1 - \mathrm{TV}\left( "
        r"P_0^{n_{\min}}, P_1^{n_{\min}} \right)}{2} \qquad \forall \hat\jmath,\ P_0, P_1, Q,\ n_{\min}, "
        r"n_{\mathrm{maj}}",
    ),
    steps=(
        "distance_ignores_majority: two worlds that differ in the minority only: the distance does not "
        "grow with the majority",
        state_computed("implicit_bias:minority_information", minority=5, majority=12, shift="1/10"),
        "three_tosses_distance: it does with the minority: three tosses, the difference of two heads or more",
        "(1/2 + e)**3 + 3*(1/2 + e)**2*(1/2 - e) - (1/2 - e)**3 - 3*(1/2 - e)**2*(1/2 + e) == 3*e - 4*e**3",
        "more_than_one_toss: exceeds that of one toss",
        "3*e - 4*e**3 > 2*e",
    ),
    argument="With densities p_0, p_1 of the minority samples and q of the majority, the integral of |p_0 "
    "q - p_1 q| is that of |p_0 - p_1|: the majority does not count. Any rule errs at least (1 - "
    "TV)/2 in one of the worlds, whatever n_maj. Rates over classes of densities and the upper "
    "bound for undersampling are cited.",
    mutants=(
        "three minority tosses tell no more than one",
        "3*e - 4*e**3 <= 2*e",
        "three tosses tell three times as much",
        "3*e - 4*e**3 >= 3*2*e",
    ),
    cites=("Chatterji, Haque, Hashimoto (2023): lower and upper bounds of order n_min^(-1/3)",),
)

TRAIN_FRACTION = statement(
    name="implicit_bias.best_train_fraction",
    title="The share of a class in training that attains the least variance of the midpoint of two "
    "estimated means is 1/2 only if the classes are equally noisy",
    source="Neyman (1934) for the allocation; Loffredo et al. (2024), Pezzicoli et al. (2025) for "
    "teacher-student models",
    ids=("D11",),
    where={
        "s1, s0: positive": "standard deviation of classes 1, 0",
        "n1, n0: positive": "training examples of classes 1, 0",
        "n: positive": "number of all training examples",
    },
    theorem=(
        "means estimated from n_1 and n_0 independent examples of standard deviations s_1, s_0 > 0, n_1 + "
        "n_0 = n: the midpoint's variance (s_1^2/n_1 + s_0^2/n_0)/4 >= (s_1 + s_0)^2/(4n), with equality "
        "iff n_1/n = s_1/(s_1 + s_0) (for counts: if that n_1 is whole); so n_1/n = 1/2 attains it iff s_1 "
        "= s_0",
        r"\operatorname{Var}\left( \frac{\hat\mu_1 + \hat\mu_0}{2} \right) = \frac14 \left( "
        r"\frac{s_1^2}{n_1} + \frac{s_0^2}{n_0} \right) \ge \frac{(s_1 + s_0)^2}{4n} \quad \forall n_1, "
        r"n_0 > 0,\ n_1 + n_0 = n, \qquad \text{with equality} \iff \frac{n_1}{n} = \frac{s_1}{s_1 + s_0}, "
        r"\text{ so at } \frac{n_1}{n} = \frac12 \iff s_1 = s_0",
    ),
    formula="s1**2/n1 + s0**2/n0 >= (s1 + s0)**2/(n1 + n0)",
    steps=(
        "least_variance: variance of the midpoint, times four, with n1 and n0 examples",
        FORMULA,
        "attained: equality at n1/n = s1/(s1 + s0)",
        "s1**2/(n*s1/(s1 + s0)) + s0**2/(n*s0/(s1 + s0)) == (s1 + s0)**2/n",
        "equal_shares_worse: equal shares are worse unless s1 = s0",
        "2*(s1**2 + s0**2) == (s1 + s0)**2 + (s1 - s0)**2",
    ),
    argument="A threshold at the midpoint of two sample means has this variance; anomaly-detection "
    "teacher-student models with the same conclusion are cited.",
    mutants=(
        "equal shares are always best",
        "s1**2/n1 + s0**2/n0 >= 2*(s1**2 + s0**2)/(n1 + n0)",
        "shares in proportion to the variance",
        "s1**2/(n*s1**2/(s1**2 + s0**2)) + s0**2/(n*s0**2/(s1**2 + s0**2)) == (s1 + s0)**2/n",
    ),
    cites=(
        "Loffredo et al. (2024), Pezzicoli et al. (2025): the optimal train imbalance in exactly solvable "
        "models is not 1/2",
    ),
)

STATEMENTS = (
    REDUCTION,
    RATE,
    INERT,
    START,
    INTERPOLATION,
    MINORITY_SAMPLES,
    TRAIN_FRACTION,
)
