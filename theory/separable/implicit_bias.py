"""Separable data: which corrections for imbalance survive training to the end, and which do not.

Claimed by Soudry et al. (JMLR 2018), Byrd and Lipton (ICML 2019), Kini, Paraskevas, Oymak, Thrampoulidis
(NeurIPS 2021); finite rates and closed forms derived here. Checked by: symbolic identities, signs, and
max-margin programs solved in exact fractions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    state_quoted,
    steps,
)
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
    own = as_real("weights", weights, low=0, low_open=True)
    if own.ndim != 1 or own.size == 0:
        raise InputError(f"weights has shape {own.shape}: give one number per example, shape (n,)")
    radius, margin = broadcast_together(
        radius=radius, margin=as_real("margin", margin, low=0, low_open=True)
    )
    logarithm = (
        np.log(2.0) + np.log(np.sum(own / own.max())) + np.log(own.max()) - np.log(own.min())
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

_SYMBOLS = {
    "w, x": "weights and features; y = +-1 the label",
    "a": "weight of an example, A the sum of all",
    "o, D": "offset and multiplier of a class in the vector-scaling loss",
    "R": "norm of the solution",
    "s": "the largest margin of a unit vector, g that of the solution's",
    "d": "multiplier of the negative class over that of the positive one",
}
_P = "positive"
_POINTS = [[3, 1], [1, 2], [2, 4], [-1, -3], [-4, 1], [-2, -3]]
_LABELS = [1, 1, 1, -1, -1, -1]

REDUCTION = Statement(
    name="implicit_bias.vector_scaling_reduces",
    title="Offsets and weights only reweight exponentials; multipliers rescale the data",
    source="Kini et al. (NeurIPS 2021); the identity is derived here",
    formula=state("log(1 + exp(o - D*y)) == log(1 + exp(o)*exp(-(D*y)))", o="real", D=_P, y="real"),
    steps=steps(
        (
            "the loss on the scaled point D y x, with weight e^o inside",
            state("log(1 + exp(o - D*y)) == log(1 + exp(o)*exp(-(D*y)))", o="real", D=_P, y="real"),
        ),
        (
            "between two multiples of the exponential loss, for margins m >= 0 and c = e^o",
            state("log(1 + c)*exp(-m) <= log(1 + c*exp(-m)) <= c*exp(-m)", c=_P, m="nonnegative"),
        ),
    ),
    argument="So an offset acts on separable data like a weight between log(1 + e^o) and e^o, and the loss "
    "of the class with multiplier D is that of the data D x.",
    mutants=mutants(
        (
            "the multiplier, too, is only a weight",
            state("log(1 + exp(-D*y)) == D*log(1 + exp(-y))", D=_P, y="real"),
        ),
        (
            "the offset multiplies the loss",
            state("log(1 + c*exp(-m)) == c*log(1 + exp(-m))", c=_P, m="nonnegative"),
        ),
    ),
    symbols={**_SYMBOLS, "c": "e^o", "m": "a margin"},
    ids=("SE1",),
)

RATE = Statement(
    name="implicit_bias.weights_fade",
    title="On separable data the weighted logistic solution of norm R, once it separates, is within "
    "log(2A/a_min)/R of the largest margin, for all weights",
    source="limit: Rosset, Zhu, Hastie (2004), Soudry et al. (2018); the rate is derived here",
    formula=state_quoted(
        "s - g <= log(2A/a_min)/R and |w_R/R - w*|^2 <= 2 (s - g)/s",
        r"\gamma_\star - \gamma(w_R/R) \le \frac{\log(2\sum_i a_i/a_{\min})}{R},\qquad "
        r"\left\|\frac{w_R}{R} - w_\star\right\|^2 \le \frac{2(\gamma_\star - \gamma)}{\gamma_\star}",
    ),
    steps=steps(
        (
            "the logistic loss lies between half the exponential and the exponential",
            state("exp(-m)/2 <= log(1 + exp(-m)) <= exp(-m)", m="nonnegative"),
            "SE2a",
        ),
        (
            "R w* costs at most A e^(-R s): each term with a margin u more than s",
            state("a*exp(-R*(s + u)) <= a*exp(-R*s)", a=_P, R=_P, s=_P, u="nonnegative"),
            "SE2b",
        ),
        (
            "it separates once R s > log(A/(a_min log 2)), as an error costs a_min log 2",
            state("A*exp(-(log(A/(a*log(2))) + h)) < a*log(2)", a=_P, A=_P, h=_P),
            "SE2b",
        ),
        (
            "the point of least margin g alone costs more than that once R (s - g) > log(2A/a_min)",
            state("a*exp(log(2*A/a) + h)/2 > A", a=_P, A=_P, h=_P),
            "SE2b",
        ),
        (
            "a max-margin vector in fractions: its multipliers add up to its squared norm, 1/s^2",
            state_computed("implicit_bias:max_margin", points=_POINTS, labels=_LABELS),
            "SE2c",
        ),
        (
            "hence w*'w >= g/s for a unit w of margin g: one term of the sum",
            state("a*v >= a*g", given="v >= g", a="nonnegative", v="real", g="real"),
            "SE2c",
        ),
        (
            "and the distance of unit vectors follows",
            state("2 - 2*(g/s) == 2*(s - g)/s", g="real", s=_P),
            "SE2c",
        ),
        (
            "the bound vanishes like 1/R for any weights",
            state_limit("log(2*A/a)/R", "0", "R", "high", A=_P, a=_P, R=_P),
        ),
    ),
    argument="w_R is no worse than R w*, so its loss is at most A e^(-R s), and at least a_min e^(-R g)/2 "
    "from its least margin; were R (s - g) above log(2A/a_min) these would contradict. Scaled to unit "
    "length the multipliers add up to 1/s. With the exponential loss the factor 2 drops.",
    mutants=mutants(
        (
            "the deviation is of order 1/R^2 (two points, weight ratio a: exactly log(a)/(2R))",
            state("log(a)/(2*R) <= log(2*(1 + a))/R**2", a="[2, oo)", R="[1, oo)"),
        ),
        (
            "without the factor two the logistic loss is below the exponential's lower bound",
            state("exp(-m) <= log(1 + exp(-m))", m="nonnegative"),
        ),
        (
            "weights keep a part in the limit",
            state_limit("log(2*A/a)/R", "log(2*A/a)", "R", "high", A=_P, a=_P, R=_P),
        ),
    ),
    symbols={**_SYMBOLS, "u": "what a margin exceeds s by", "h": "by how much the bound is missed"},
    rests_on=("implicit_bias.vector_scaling_reduces",),
    ids=("SE2",),
    functions=("weight_influence_bound",),
)

INERT = Statement(
    name="implicit_bias.offsets_are_inert",
    title="Class weights, logit-adjustment offsets and label margins do not change the limit direction; "
    "multipliers do",
    source="Byrd and Lipton (ICML 2019), Kini et al. (NeurIPS 2021); finite bounds derived here",
    formula=state_limit(
        "log(2*A*exp(o)/(a*log(1 + exp(-o))))/R",
        "0",
        "R",
        "high",
        A=_P,
        a=_P,
        o="nonnegative",
        R=_P,
    ),
    steps=steps(
        (
            "with offsets up to o in size the bound still vanishes",
            state_limit(
                "log(2*A*exp(o)/(a*log(1 + exp(-o))))/R",
                "0",
                "R",
                "high",
                A=_P,
                a=_P,
                o="nonnegative",
                R=_P,
            ),
        ),
        (
            "two points, weights 1 and a, exponential loss: the bias is stationary at log(a)/2",
            state("c*exp(log(a/c)/2 - w) - a*exp(-log(a/c)/2 - w) == 0", a=_P, c=_P, w="real"),
        ),
        (
            "so the boundary moves by log(a)/(2w) -> 0",
            state_limit("log(a)/(2*w)", "0", "w", "high", a=_P, w=_P),
        ),
        (
            "slowly: a ratio of 100 at w = log(10^6) moves it by 1/6 of the half-gap",
            state("log(100)/(2*log(10**6)) == 1/6"),
        ),
        (
            "and at no finite norm (early stopping, l2 penalty) is it gone",
            state("log(a)/(2*w) > 0", a="(1, oo)", w=_P),
        ),
        (
            "multipliers stay: two points, same loss with multipliers p, q",
            state_limit(
                "(w*(q - p) + log(p/q))/((p + q)*w)",
                "(q - p)/(p + q)",
                "w",
                "high",
                p=_P,
                q=_P,
                w=_P,
            ),
        ),
    ),
    argument="Offsets act as weights between log(1 + e^o) and e^o times the class weight, and these fade. "
    "LDAM's margins without normalised logits are offsets. Under gradient descent the norm grows like "
    "log t (Soudry et al.), so weights fade like 1/log t.",
    mutants=mutants(
        (
            "weights shift the boundary for good",
            state_limit("log(a)/(2*w)", "log(a)/2", "w", "high", a=_P, w=_P),
        ),
        (
            "multipliers fade as well",
            state_limit("(w*(q - p) + log(p/q))/((p + q)*w)", "0", "w", "high", p=_P, q=_P, w=_P),
        ),
        (
            "weights are without effect at finite norm",
            state("log(a)/(2*w) == 0", a="(1, oo)", w=_P),
        ),
    ),
    symbols={**_SYMBOLS, "p, q": "multipliers of the positive and the negative class"},
    rests_on=("implicit_bias.weights_fade", "implicit_bias.vector_scaling_reduces"),
    ids=("D1", "D9"),
    functions=("two_point_bias", "weight_influence_bound"),
)

START = Statement(
    name="implicit_bias.first_step",
    title="At zero logits a class pushes with weight times multiplier times sig(offset)",
    source="Kini et al. (NeurIPS 2021); Menon et al. (ICLR 2021), Lemma 2 for the balance condition",
    formula=state_derivative(
        "a*log(1 + exp(o - D*f))",
        "f",
        "-a*D*exp(o - D*f)/(1 + exp(o - D*f))",
        a=_P,
        o="real",
        D=_P,
        f="real",
    ),
    steps=steps(
        (
            "the slope of the loss in the score",
            state_derivative(
                "a*log(1 + exp(o - D*f))",
                "f",
                "-a*D*exp(o - D*f)/(1 + exp(o - D*f))",
                a=_P,
                o="real",
                D=_P,
                f="real",
            ),
        ),
        (
            "at f = 0 it is -a D sig(o)",
            state("-a*D*exp(o)/(1 + exp(o)) == -a*D*(1/(1 + exp(-o)))", a=_P, o="real", D=_P),
        ),
        (
            "a smaller multiplier, which the end of training wants for a minority, weakens its start",
            state("p/(1 + exp(-o)) < q/(1 + exp(-o))", given="p < q", p=_P, q=_P, o="real"),
        ),
        (
            "a larger offset makes up for it",
            state("1/(1 + exp(-(o + h))) > 1/(1 + exp(-o))", o="real", h=_P),
        ),
        (
            "equal pushes, prior r: with b = (1-r)c/r the threshold c/(b+c) at f = 0 is r",
            state("c/((1 - r)*c/r + c) == r", r="(0, 1)", c=_P),
        ),
    ),
    argument="The sum of slopes at zero is balanced iff r a_+ D_+ sig(o_+) = (1-r) a_- D_- sig(o_-); with "
    "b and c the two products, f = 0 is then optimal exactly where P(y=1|x) = r, the balanced rule.",
    mutants=mutants(
        (
            "the push does not depend on the multiplier",
            state("-a*D*exp(o)/(1 + exp(o)) == -a*(1/(1 + exp(-o)))", a=_P, o="real", D=_P),
        ),
        (
            "the balanced threshold is one half",
            state("c/((1 - r)*c/r + c) == 1/2", r="(0, 1)", c=_P),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "f": "the score w'x",
        "b, c": "a D sig(o) of the positive, negative class",
    },
    ids=("SE5",),
)

INTERPOLATION = Statement(
    name="implicit_bias.interpolation",
    title="Orthogonal features: the multiclass SVM interpolates the simplex-encoded labels",
    source="Wang, Muthukumar, Thrampoulidis (NeurIPS 2021) for nearly orthogonal high-dimensional features",
    formula=state_quoted(
        "with d much larger than n log n all points are support vectors, and the multiclass SVM is the "
        "least-norm interpolation of simplex-encoded labels",
        r"d \gg n\log n:\quad W_{\mathrm{SVM}} = \hat Z X^{\dagger}",
    ),
    steps=steps(
        (
            "one column, any K: each square lies above its tangent at the simplex code s",
            state("z**2 >= 2*z*s - s**2", z="real", s="real"),
        ),
        (
            "whose product with z is the sum of the margins over K: with K - 1 margins of at least 1",
            state("2*(M/K) - (1 - 1/K) >= 1 - 1/K", given="M >= K - 1", M="real", K="integer 2.."),
        ),
        (
            "so margins of at least 1 against all others cost at least 1 - 1/K (K = 3, directly)",
            state(
                "x**2 + y**2 + z**2 >= 2/3",
                given=["x - y >= 1", "x - z >= 1"],
                x="real",
                y="real",
                z="real",
            ),
        ),
        (
            "the simplex code costs that",
            state("(1 - 1/K)**2 + (K - 1)/K**2 == 1 - 1/K", K="integer 2.."),
        ),
        (
            "in fractions, three classes: classes tie halfway",
            state_computed("implicit_bias:class_boundary", multipliers=["1", "1", "1"], tie="1"),
        ),
    ),
    argument="With orthonormal features the columns of logits decouple and each is the simplex code; that "
    "random features in high dimension are close enough is cited.",
    mutants=mutants(
        (
            "one-hot labels are interpolated: the cost would be 1",
            state(
                "x**2 + y**2 + z**2 >= 1",
                given=["x - y >= 1", "x - z >= 1"],
                x="real",
                y="real",
                z="real",
            ),
        ),
        (
            "the simplex code has norm one",
            state("(1 - 1/K)**2 + (K - 1)/K**2 == 1", K="integer 2.."),
        ),
    ),
    symbols=_SYMBOLS,
    cites=(
        "Wang, Muthukumar, Thrampoulidis (2021): all points are support vectors for d >> n log n",
    ),
    ids=("C12",),
)

MINORITY_SAMPLES = Statement(
    name="implicit_bias.minority_samples_limit",
    title="Majority examples do not help to tell two minority distributions apart",
    source="Chatterji, Haque, Hashimoto (TMLR 2023): undersampling is minimax rate-optimal",
    formula=state_quoted(
        "the minimax balanced excess risk over Lipschitz class densities is of order n_min^(-1/3), "
        "reached by undersampling",
        r"\inf_{\hat f}\sup_P\, \mathbb{E}\,\mathrm{excess} \asymp n_{\min}^{-1/3}",
    ),
    steps=steps(
        (
            "two worlds that differ in the minority only: the distance does not grow with the majority",
            state_computed(
                "implicit_bias:minority_information", minority=5, majority=12, shift="1/10"
            ),
        ),
        (
            "it does with the minority: three tosses, the difference of two heads or more",
            state(
                "(1/2 + e)**3 + 3*(1/2 + e)**2*(1/2 - e) - (1/2 - e)**3 - 3*(1/2 - e)**2*(1/2 + e)"
                " == 3*e - 4*e**3",
                e="(0, 1/2)",
            ),
        ),
        ("exceeds that of one toss", state("3*e - 4*e**3 > 2*e", e="(0, 1/2)")),
    ),
    argument="Any rule errs at least (1 - TV)/2 in one of the worlds, whatever n_maj. Rates over classes of "
    "densities and the upper bound for undersampling are cited.",
    mutants=mutants(
        (
            "three minority tosses tell no more than one",
            state("3*e - 4*e**3 <= 2*e", e="(0, 1/2)"),
        ),
        (
            "three tosses tell three times as much",
            state("3*e - 4*e**3 >= 3*2*e", e="(0, 1/2)"),
        ),
    ),
    symbols={"e": "how far the minority's coin is from fair"},
    cites=("Chatterji, Haque, Hashimoto (2023): lower and upper bounds of order n_min^(-1/3)",),
    ids=("D10",),
)

TRAIN_FRACTION = Statement(
    name="implicit_bias.best_train_fraction",
    title="The best share of a class in training is 1/2 only if the classes are equally noisy: the "
    "midpoint of two estimated means",
    source="Neyman (1934) for the allocation; Loffredo et al. (2024), Pezzicoli et al. (2025) for "
    "teacher-student models",
    formula=state("s1**2/n1 + s0**2/n0 >= (s1 + s0)**2/(n1 + n0)", s1=_P, s0=_P, n1=_P, n0=_P),
    steps=steps(
        (
            "variance of the midpoint, times four, with n1 and n0 examples",
            state("s1**2/n1 + s0**2/n0 >= (s1 + s0)**2/(n1 + n0)", s1=_P, s0=_P, n1=_P, n0=_P),
        ),
        (
            "equality at n1/n = s1/(s1 + s0)",
            state(
                "s1**2/(n*s1/(s1 + s0)) + s0**2/(n*s0/(s1 + s0)) == (s1 + s0)**2/n",
                s1=_P,
                s0=_P,
                n=_P,
            ),
        ),
        (
            "equal shares are worse unless s1 = s0",
            state("2*(s1**2 + s0**2) == (s1 + s0)**2 + (s1 - s0)**2", s1=_P, s0=_P),
        ),
    ),
    argument="A threshold at the midpoint of two sample means has this variance; anomaly-detection "
    "teacher-student models with the same conclusion are cited.",
    mutants=mutants(
        (
            "equal shares are always best",
            state("s1**2/n1 + s0**2/n0 >= 2*(s1**2 + s0**2)/(n1 + n0)", s1=_P, s0=_P, n1=_P, n0=_P),
        ),
        (
            "shares in proportion to the variance",
            state(
                "s1**2/(n*s1**2/(s1**2 + s0**2)) + s0**2/(n*s0**2/(s1**2 + s0**2)) == (s1 + s0)**2/n",
                s1=_P,
                s0=_P,
                n=_P,
            ),
        ),
    ),
    symbols={"s1, s0": "standard deviations of the classes", "n1, n0": "their training examples"},
    cites=(
        "Loffredo et al. (2024), Pezzicoli et al. (2025): the optimal train imbalance in exactly solvable "
        "models is not 1/2",
    ),
    ids=("D11",),
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
