"""The class-balanced measure: how the balanced error looks from the training distribution.

Claimed in the analysis of Cortes, Mohri, Zhong, "Improved Balanced Classification with Theoretically
Grounded Loss Functions" (NeurIPS 2025); derived here. Checked by: identities, exact enumeration.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state, state_computed, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import (
    InputError,
    adds_up_to_one,
    as_real,
    as_whole,
    broadcast_together,
)

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
    least = as_whole("least", least, 1)
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
    posterior = as_real("posterior", posterior, low=0)
    if posterior.ndim == 0 or posterior.shape[-1] != prior.size:
        raise InputError(f"posterior has shape {posterior.shape}: must end in K = {prior.size}")
    return posterior / prior


# ------------------------------------------------------------------------------------ statements


CHANGE_OF_MEASURE = statement(
    name="balanced_measure.change_of_measure",
    title="w/K is the balanced marginal's density, of mean one, between 1/(K p_max) and 1/(K p_min)",
    source="derived here",
    ids=("B1", "B-L1"),
    functions=("balanced_mass", "balanced_posterior", "conditional_balanced_regret"),
    where={
        "j1, j2: positive": "joint mass of points 1, 2 and the class",
        "k1, k2: positive": "joint mass of points 1, 2 and all other classes",
        "h: [0, 1]": "posterior of a class",
        "p: (0, 1]": "its prior",
        "m: (0, 1]": "smallest (or largest) prior",
        "a: nonnegative": "largest p(y|x)/p_y",
        "c: nonnegative": "p(y|x)/p_y of the predicted class",
        "w: positive": "sum over classes of p(y|x)/p_y",
        "j11: positive": "joint mass of point 1 and class 1",
        "j12: positive": "joint mass of point 1 and class 2",
        "j21: positive": "joint mass of point 2 and class 1",
        "j22: positive": "joint mass of point 2 and class 2",
        "x: [0, 1]": "error of class 1",
        "y: [0, 1]": "error of class 2",
        "j": "joint mass of a point and the class",
        "k": "joint mass of the point and all other classes",
    },
    theorem=(
        "for every K and priors p_y > 0: with w(x) = sum_y p(y|x)/p_y, dP_bal/dP (x) = w(x)/K for P_bal(x) "
        "= (1/K) sum_y P(x|y), so E w = K, and 1/p_max <= w(x) <= 1/p_min",
        r"\frac{\mathrm{d} P_{\mathrm{bal}}}{\mathrm{d} P}(x) = \frac{w(x)}{K}, \quad w(x) = \sum_{y=1}^K "
        r"\frac{p(y \mid x)}{p_y}, \quad P_{\mathrm{bal}} = \frac1K \sum_{y=1}^K P(\cdot \mid y), \qquad "
        r"\mathbb{E}\,\frac{w(X)}{K} = 1, \qquad \frac{1}{K p_{\max}} \le \frac{w(x)}{K} \le \frac{1}{K "
        r"p_{\min}}",
    ),
    steps=(
        "class_part_has_mass_one (B-L1): one class's part of E w is one, whatever its prior: two points of "
        "joint masses j",
        "(j1 + k1)*((j1/(j1 + k1))/(j1 + j2)) + (j2 + k2)*((j2/(j2 + k2))/(j1 + j2)) == 1",
        "at_most_inverse_least_prior: a class's ratio is at most its posterior over p_min: summed, w <= "
        "1/p_min",
        state("h/p <= h/m", given="p >= m"),
        "at_least_inverse_largest_prior: and at least its posterior over p_max: summed, w >= 1/p_max",
        state("h/p >= h/m", given="p <= m"),
        "regret_times_mass: the balanced regret at x is w times the zero-one regret of the balanced "
        "posterior",
        "a - c == w*(a/w - c/w)",
        "tables_enumerated (B-L1): every table of joint counts up to 2: three points, three classes",
        state_computed("finite_worlds:change_of_measure", points=3, classes=3, largest=2),
    ),
    argument="The class-balanced marginal is the mean over classes of p(x|y) = p(x) p(y|x)/p_y, so w/K is "
    "its density; each class's conditional distribution has mass one, and there are K. The error "
    "of predicting c at x is w - a_c, least at the largest a.",
    mutants=(
        "E w = 1, with two points and two classes",
        "j11/(j11 + j21) + j12/(j12 + j22) + j21/(j11 + j21) + j22/(j12 + j22) == 1",
        "the balanced risk is at most one: it is the sum of K class errors",
        "x + y <= 1",
        "the regret without its mass w",
        "a - c == a/w - c/w",
    ),
)

MINIMIZABILITY_GAP = statement(
    name="balanced_measure.minimizability_gap",
    title="The minimizability gap is never negative, and zero when the hypotheses are pointwise complete",
    source="Mao, Mohri, Zhong (ICML 2023)",
    ids=("B14",),
    where={
        "t: [0, 1]": "probability of point 1",
        "c11: real": "conditional risk of hypothesis 1 at point 1",
        "c12: real": "conditional risk of hypothesis 1 at point 2",
        "c21: real": "conditional risk of hypothesis 2 at point 1",
        "c22: real": "conditional risk of hypothesis 2 at point 2",
        "R: real": "risk of a hypothesis",
        "S: real": "least risk over the hypotheses",
        "I: real": "mean of the pointwise least risks",
    },
    theorem=(
        "for every non-empty set H of hypotheses with conditional risks C(h, x) >= 0 and finite risks: "
        "M(H) = inf_h E C(h, X) - E inf_h C(h, X) >= 0; M(H) = 0 if for every e > 0 some h in H has C(h, "
        "x) <= inf_g C(g, x) + e for almost all x (pointwise completeness); and R(h) - R*(H) + M(H) = "
        "E[C(h, X) - inf_g C(g, X)]",
        r"\mathcal{M}(\mathcal{H}) = \inf_{h \in \mathcal{H}} \mathbb{E}\,\mathcal{C}(h,X) - \mathbb{E} "
        r"\inf_{h \in \mathcal{H}} \mathcal{C}(h,X) \ge 0, \qquad \left( \forall \varepsilon > 0\ \exists "
        r"h \in \mathcal{H} : \mathcal{C}(h, x) \le \inf_{g \in \mathcal{H}} \mathcal{C}(g, x) + "
        r"\varepsilon\ \text{for almost all } x \right) \implies \mathcal{M}(\mathcal{H}) = 0, \qquad "
        r"\mathcal{R}(h) - \mathcal{R}^*(\mathcal{H}) + \mathcal{M}(\mathcal{H}) = \mathbb{E} \left[ "
        r"\mathcal{C}(h, X) - \inf_{g \in \mathcal{H}} \mathcal{C}(g, X) \right] \qquad \left( \mathcal{C} "
        r"\ge 0,\ \mathcal{R}(h) = \mathbb{E}\,\mathcal{C}(h, X) < \infty\ \forall h \in \mathcal{H} \ne "
        r"\emptyset \right)",
    ),
    steps=(
        "one_choice_costs_more: two points, two hypotheses of risks c: one choice for both costs at least "
        "two choices",
        "Min(t*c11 + (1 - t)*c12, t*c21 + (1 - t)*c22) >= t*Min(c11, c21) + (1 - t)*Min(c12, c22)",
        "complete_choices_agree: with all four combinations the two agree",
        "Min(c11 + c12, c11 + c22, c21 + c12, c21 + c22) == Min(c11, c21) + Min(c12, c22)",
        "tables_enumerated: every table of small risks, and the hypotheses it generates, three points",
        state_computed("finite_worlds:minimizability_gap", points=3, hypotheses=2, largest=2),
        "regret_plus_gap: regret plus gap is the mean of the conditional regrets",
        "(R - S) + (S - I) == R - I",
    ),
    argument="An infimum of means is at least the mean of infima, for every set of hypotheses; if every "
    "combination of pointwise choices is a hypothesis, they are equal. By the last step a bound "
    "on conditional regrets by a concave Gamma becomes a bound on risks with gaps, by Jensen's "
    "inequality. For all measurable scores the inner infimum is `comp_sum.conditional_minimum`: "
    "the gap of GCA is R*(H) - E w C*_q(q(.|x)), that of GLA at q = 0 is R*(H) - E "
    "entropy(p(.|x)).",
    mutants=(
        "the gap is zero for every set of hypotheses",
        "Min(c11 + c12, c21 + c22) == Min(c11, c21) + Min(c12, c22)",
        "the gap is negative: choosing once is cheaper",
        "Min(c11 + c12, c21 + c22) <= Min(c11, c21) + Min(c12, c22)",
    ),
    rests_on=("comp_sum.conditional_minimiser",),
)

STATEMENTS = (CHANGE_OF_MEASURE, MINIMIZABILITY_GAP)
