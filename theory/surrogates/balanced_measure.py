"""The class-balanced measure: how the balanced error looks from the training distribution.

Claimed in the analysis of Cortes, Mohri, Zhong, "Improved Balanced Classification with Theoretically
Grounded Loss Functions" (NeurIPS 2025); derived here. Checked by: identities, exact enumeration.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_computed, state_quoted, steps
from ..foundation.validation import InputError, adds_up_to_one, as_real, broadcast_together

__all__ = [
    "as_class_prior",
    "balanced_mass",
    "balanced_posterior",
    "conditional_balanced_regret",
]

_Array = NDArray[np.float64]


def as_class_prior(class_prior: ArrayLike, least: int = 2) -> _Array:
    """Class probabilities ``p_y > 0`` as a float vector of shape (K,), K >= least, that sums to one.

    Raises
    ------
    InputError
        If it is no such vector; the sum may be off by 1e-9, or by the rounding of a narrower type.
    """
    prior = as_real("class_prior", class_prior, low=0, low_open=True)
    if prior.ndim != 1 or prior.size < least:
        raise InputError(f"class_prior has shape {prior.shape}: give one number per class, (K,)")
    if not adds_up_to_one(class_prior, prior):
        raise InputError(f"class_prior sums to {prior.sum():g}: must sum to 1")
    return prior


def balanced_mass(posterior: ArrayLike, class_prior: ArrayLike) -> _Array:
    """``w(x) = sum_y p(y|x)/p_y``: K times the balanced marginal's density; (..., K) gives (...)."""
    return _ratios(posterior, class_prior).sum(-1)


def balanced_posterior(posterior: ArrayLike, class_prior: ArrayLike) -> _Array:
    """``q(y|x) = (p(y|x)/p_y)/w(x)``: the posterior if all classes were equally frequent; (..., K)."""
    ratios = _ratios(posterior, class_prior)
    total = ratios.sum(-1, keepdims=True)
    if np.any(total == 0):
        raise InputError("posterior is zero for every class of a point: it must not be")
    return ratios / total


def conditional_balanced_regret(
    posterior: ArrayLike, class_prior: ArrayLike, prediction: ArrayLike
) -> _Array:
    """``max_y p(y|x)/p_y - p(pred|x)/p_pred``; predictions (...) in 0..K-1. It averages to at most K."""
    ratios = _ratios(posterior, class_prior)
    chosen = as_real("prediction", prediction, low=0, high=ratios.shape[-1] - 1)
    if np.any(chosen % 1):
        raise InputError(f"prediction: must be class indices, 0 to {ratios.shape[-1] - 1}")
    best, index = broadcast_together(posterior=ratios.max(-1), prediction=chosen.astype(np.int64))
    ratios = np.broadcast_to(ratios, (*index.shape, ratios.shape[-1]))
    return best - np.take_along_axis(ratios, index[..., None], -1)[..., 0]


def _ratios(posterior: ArrayLike, class_prior: ArrayLike) -> _Array:
    prior = as_class_prior(class_prior)
    own = as_real("posterior", posterior, low=0)
    if own.ndim == 0 or own.shape[-1] != prior.size:
        raise InputError(f"posterior has shape {own.shape}: must end in K = {prior.size}")
    return own / prior


# ------------------------------------------------------------------------------------ statements

_JOINT = {f"j{x}{y}": "positive" for x in (1, 2) for y in (1, 2)}
_FOUR = dict.fromkeys(("c11", "c12", "c21", "c22"), "real")

CHANGE_OF_MEASURE = Statement(
    name="balanced_measure.change_of_measure",
    title="w/K is the balanced marginal's density, of mean one, between 1/(K p_max) and 1/(K p_min)",
    source="derived here",
    formula=state_quoted(
        "E w = K with w(x) = sum_y p(y|x)/p_y",
        r"\mathbb{E}\,w(X) = K,\qquad w(x) = \sum_y \frac{p(y\mid x)}{p_y},\qquad "
        r"\frac{1}{p_{\max}} \le w \le \frac{1}{p_{\min}}",
    ),
    steps=steps(
        (
            "one class's part of E w is one, whatever its prior: two points of joint masses j",
            state(
                "(j1 + k1)*((j1/(j1 + k1))/(j1 + j2)) + (j2 + k2)*((j2/(j2 + k2))/(j1 + j2)) == 1",
                **dict.fromkeys(("j1", "j2", "k1", "k2"), "positive"),
            ),
            "B-L1",
        ),
        (
            "a class's ratio is at most its posterior over p_min: summed, w <= 1/p_min",
            state("h/p <= h/m", given="p >= m", h="[0, 1]", p="(0, 1]", m="(0, 1]"),
        ),
        (
            "and at least its posterior over p_max: summed, w >= 1/p_max",
            state("h/p >= h/m", given="p <= m", h="[0, 1]", p="(0, 1]", m="(0, 1]"),
        ),
        (
            "the balanced regret at x is w times the zero-one regret of the balanced posterior",
            state("a - c == w*(a/w - c/w)", a="nonnegative", c="nonnegative", w="positive"),
        ),
        (
            "every table of joint counts up to 2: three points, three classes",
            state_computed("finite_worlds:change_of_measure", points=3, classes=3, largest=2),
            "B-L1",
        ),
    ),
    argument="The class-balanced marginal is the mean over classes of p(x|y) = p(x) p(y|x)/p_y, so w/K is "
    "its density; each class's conditional distribution has mass one, and there are K. The error of "
    "predicting c at x is w - a_c, least at the largest a.",
    mutants=mutants(
        (
            "E w = 1, with two points and two classes",
            state(
                "j11/(j11 + j21) + j12/(j12 + j22) + j21/(j11 + j21) + j22/(j12 + j22) == 1",
                **_JOINT,
            ),
        ),
        (
            "the balanced risk is at most one: it is the sum of K class errors",
            state("x + y <= 1", x="[0, 1]", y="[0, 1]"),
        ),
        (
            "the regret without its mass w",
            state("a - c == a/w - c/w", a="nonnegative", c="nonnegative", w="positive"),
        ),
    ),
    symbols={
        "j": "joint mass of a point and the class",
        "k": "joint mass of the point and all other classes",
        "h": "posterior of a class",
        "p": "its prior",
        "m": "smallest (or largest) prior",
        "a": "largest p(y|x)/p_y",
        "c": "p(y|x)/p_y of the predicted class",
    },
    ids=("B1", "B-L1"),
    functions=("balanced_mass", "balanced_posterior", "conditional_balanced_regret"),
)

MINIMIZABILITY_GAP = Statement(
    name="balanced_measure.minimizability_gap",
    title="The minimizability gap is never negative, and zero when the hypotheses are pointwise complete",
    source="Mao, Mohri, Zhong (ICML 2023)",
    formula=state_quoted(
        "M(H) = inf_h E C(h, x) - E inf_h C(h, x) >= 0",
        r"\mathcal{R}_{\mathrm{BAL}}(h) - \mathcal{R}^*_{\mathrm{BAL}}(\mathcal{H}) + "
        r"\mathcal{M}_{\mathrm{BAL}} \le \Gamma\bigl(\mathcal{R}_L(h) - \mathcal{R}^*_L(\mathcal{H}) + "
        r"\mathcal{M}_L\bigr),\qquad \mathcal{M}(\mathcal{H}) = \inf_h \mathbb{E}\,\mathcal{C}(h,X) - "
        r"\mathbb{E}\inf_h \mathcal{C}(h,X) \ge 0",
    ),
    steps=steps(
        (
            "two points, two hypotheses of risks c: one choice for both costs at least two choices",
            state(
                "Min(t*c11 + (1 - t)*c12, t*c21 + (1 - t)*c22)"
                " >= t*Min(c11, c21) + (1 - t)*Min(c12, c22)",
                t="[0, 1]",
                **_FOUR,
            ),
        ),
        (
            "with all four combinations the two agree",
            state(
                "Min(c11 + c12, c11 + c22, c21 + c12, c21 + c22) == Min(c11, c21) + Min(c12, c22)",
                **_FOUR,
            ),
        ),
        (
            "every table of small risks, and the hypotheses it generates, three points",
            state_computed("finite_worlds:minimizability_gap", points=3, hypotheses=2, largest=2),
        ),
        (
            "regret plus gap is the mean of the conditional regrets",
            state("(R - S) + (S - I) == R - I", R="real", S="real", I="real"),
        ),
    ),
    argument="An infimum of means is at least the mean of infima, for every set of hypotheses; if every "
    "combination of pointwise choices is a hypothesis, they are equal. By the last step a bound on "
    "conditional regrets by a concave Gamma becomes a bound on risks with gaps, by Jensen's inequality. For "
    "all measurable scores the inner infimum is `comp_sum.conditional_minimum`: the gap of GCA is "
    "R*(H) - E w C*_q(q(.|x)), that of GLA at q = 0 is R*(H) - E entropy(p(.|x)).",
    mutants=mutants(
        (
            "the gap is zero for every set of hypotheses",
            state("Min(c11 + c12, c21 + c22) == Min(c11, c21) + Min(c12, c22)", **_FOUR),
        ),
        (
            "the gap is negative: choosing once is cheaper",
            state("Min(c11 + c12, c21 + c22) <= Min(c11, c21) + Min(c12, c22)", **_FOUR),
        ),
    ),
    symbols={
        "c11": "conditional risk of hypothesis 1 at point 1",
        "t": "probability of point 1",
        "R": "risk of a hypothesis",
        "S": "least risk over the hypotheses",
        "I": "mean of the pointwise least risks",
    },
    rests_on=("comp_sum.conditional_minimiser",),
    ids=("B14",),
)

STATEMENTS = (CHANGE_OF_MEASURE, MINIMIZABILITY_GAP)
