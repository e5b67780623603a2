"""How much balanced regret a surrogate regret of GLA at q = 0 (logit adjustment) allows, in constants.

The scaling 1/p_min is claimed by Cortes, Mohri, Zhong (NeurIPS 2025); constants and proofs are derived
here, the sharp Pinsker constant is Ordentlich and Weinberger's. Checked by: identities, intervals,
polynomials (SMT), exact enumeration.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state, state_computed, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, broadcasting
from .balanced_measure import as_class_prior

__all__ = [
    "gla_average_bound",
    "gla_binary_bound",
    "gla_pointwise_bound",
    "sharp_pinsker_constant",
]

_Array = NDArray[np.float64]


def sharp_pinsker_constant(prior: ArrayLike) -> _Array:
    """``phi(p) = log((1-p)/p)/(1-2p) >= 2``, the largest c with kl(a|p) >= c (a-p)^2; p in (0, 1)."""
    p = as_real("prior", prior, low=0, high=1, low_open=True, high_open=True)
    d = 1 - 2 * p
    with np.errstate(divide="ignore", invalid="ignore"):
        central = np.where(d == 0, 2.0, 2 * np.arctanh(d) / d)
        return np.where(np.abs(d) < 0.5, central, (np.log1p(-p) - np.log(p)) / d)


@broadcasting
def gla_binary_bound(surrogate_regret: ArrayLike, prior: ArrayLike) -> _Array:
    """Two classes, q = 0: the largest balanced regret at x for a surrogate regret there; sharp.

    ``sqrt(R/phi(p))/(p (1-p))`` for a prior p of one class; attained at the posterior 1 - p.
    """
    regret = as_real("surrogate_regret", surrogate_regret, low=0)
    p = as_real("prior", prior, low=0, high=1, low_open=True, high_open=True)
    return np.sqrt(regret / sharp_pinsker_constant(p)) / (p * (1 - p))


def gla_pointwise_bound(surrogate_regret: ArrayLike, class_prior: ArrayLike) -> _Array:
    """Any K, q = 0: balanced regret at most ``sqrt(2 R)/p_min``, pointwise and on average."""
    regret = as_real("surrogate_regret", surrogate_regret, low=0)
    return np.sqrt(2 * regret) / as_class_prior(class_prior).min()


def gla_average_bound(surrogate_regret: ArrayLike, class_prior: ArrayLike) -> _Array:
    """Any K, q = 0: average balanced regret at most ``sqrt(2 S R) + 2 R/p_min``, ``S = sum 1/p_y``."""
    regret = as_real("surrogate_regret", surrogate_regret, low=0)
    prior = as_class_prior(class_prior)
    return np.sqrt(2 * np.sum(1 / prior) * regret) + 2 * regret / prior.min()


# ------------------------------------------------------------------------------------ statements


POINTWISE = statement(
    name="gla_bounds.pointwise",
    title="Any K, q = 0: balanced regret at most (1/p_* + 1/p_pred) sqrt(R/2), so sqrt(2 R)/p_min",
    source="the scaling 1/p_min: Cortes, Mohri, Zhong (NeurIPS 2025); constant and proof derived here",
    ids=("B6",),
    functions=("gla_pointwise_bound",),
    where={
        "s1: positive": "the adjusted model's probability of the best class",
        "s2: positive": "the adjusted model's probability of the predicted class",
        "h1: positive": "posterior of the best class",
        "h2: positive": "posterior of the predicted class",
        "u: positive": "posterior over model, one class",
        "d: nonnegative": "|x - y|, one class",
        "g: positive": "x + 2y, one class",
        "l: nonnegative": "slope of the tangent",
        "N: nonnegative": "L1 distance between posterior and adjusted model",
        "p1: positive": "prior of the best class",
        "p2: positive": "prior of the predicted class",
        "m: (0, 1)": "smallest prior",
    },
    theorem=(
        "for every K and x, with s = softmax(h(x) + log p), R = KL(p(.|x) || s) the GLA regret at q = 0, "
        "pred = argmax h, y* = argmax_y p(y|x)/p_y: p(y*|x)/p_y* - p(pred|x)/p_pred <= (1/p_y* + 1/p_pred) "
        "sqrt(R/2) <= sqrt(2 R)/p_min",
        r"\frac{p(y^* \mid x)}{p_{y^*}} - \frac{p(\hat y \mid x)}{p_{\hat y}} \le \left( \frac1{p_{y^*}} + "
        r"\frac1{p_{\hat y}} \right) \sqrt{\frac R2} \le \frac{\sqrt{2R}}{p_{\min}}, \qquad R = "
        r"\mathrm{KL}\left( p(\cdot \mid x) \,\|\, \operatorname{softmax}(h(x) + \log p) \right),\ \hat y "
        r"\in \operatorname{argmax}_y h_y(x),\ y^* \in \operatorname{argmax}_y \frac{p(y \mid x)}{p_y} "
        r"\qquad \forall K, h, x",
    ),
    steps=(
        "regret_as_two_errors: a wrong prediction has s_pred/p_pred >= s_best/p_best: the regret is at "
        "most two errors of s",
        state("h1/p1 - h2/p2 <= (h1 - s1)/p1 + (s2 - h2)/p2", given="s2/p2 >= s1/p1"),
        "pinsker_one_class: Pinsker, one class's term with x = u y: relative entropy against a quadratic",
        "u*log(u) - u + 1 >= 3*(u - 1)**2/(2*(u + 2))",
        "cauchy_schwarz_tangent: Cauchy-Schwarz as a tangent, d = |x - y| and g = x + 2y of one class",
        "d**2/g >= 2*l*d - l**2*g",
        "pinsker_summed: the sum over classes: KL >= (3/2) (2 l N - 3 l^2) = N^2/2 with l = N/3, N the L1 "
        "distance",
        "3/2*(2*(N/3)*N - (N/3)**2*3) == N**2/2",
        "halves_and_least_prior: positive and negative parts of s - p are N/2 each, and both priors are at "
        "least p_min",
        state("N/2/p1 + N/2/p2 <= N/m", given=["p1 >= m", "p2 >= m"], p1="(0, 1)", p2="(0, 1)"),
    ),
    argument="At q = 0 the surrogate regret is KL(p(.|x) | s), s = softmax(h + log p). Pinsker's "
    "inequality N <= sqrt(2 KL) follows class by class. The two errors of s are of opposite "
    "signs, so each is at most N/2. Taking means, Jensen's inequality keeps the bound for risks.",
    mutants=(
        "Pinsker with twice the constant",
        "u*log(u) - u + 1 >= 3*(u - 1)**2/(u + 2)",
        "a constant free of the priors: two classes at posterior 1 - p, model s = p, p = 1/100",
        "(98/100)/((1/100)*(99/100)) <= 4*sqrt(98/100*log(99))",
        "the constant scales like 1/sqrt(p_min) pointwise: sqrt(2/p_min), same point, p = 1/10000",
        "(9998/10000)/((1/10000)*(9999/10000)) <= sqrt(2*10000)*sqrt(9998/10000*log(9999))",
    ),
)

SHARP_PINSKER = statement(
    name="gla_bounds.sharp_pinsker",
    title="kl(a|p) >= phi(p)(a-p)^2 with phi(p) = log((1-p)/p)/(1-2p), with equality at a = p and a = 1-p",
    source="Ordentlich and Weinberger (IEEE Trans. Inf. Theory 2005); the proof is derived here",
    ids=("B6", "B-L7"),
    functions=("sharp_pinsker_constant", "gla_binary_bound"),
    where={
        "a: (0, 1)": "posterior of the class",
        "p: (0, 1/2)": "its prior, below 1/2",
        "s: (0, 1)": "the adjusted model's probability",
    },
    theorem=(
        "for all 0 < a < 1 and 0 < p < 1/2: kl(a|p) = a log(a/p) + (1-a) log((1-a)/(1-p)) >= phi(p) "
        "(a-p)^2 with phi(p) = log((1-p)/p)/(1-2p), equal iff a = p or a = 1-p; phi(p) >= 2",
        r"\mathrm{kl}(a \,\|\, p) = a \log\frac{a}{p} + (1-a) \log\frac{1-a}{1-p} \ge \varphi(p)\,(a - "
        r"p)^2, \qquad \varphi(p) = \frac{\log\frac{1-p}{p}}{1 - 2p} \ge 2, \qquad \text{equality} \iff a "
        r"\in \{p, 1 - p\}, \qquad \forall a \in (0, 1),\ p \in \left( 0, \tfrac12 \right)",
    ),
    steps=(
        "slack_is_symmetric (B-L7): the slack g is symmetric about a = 1/2",
        "a*(log(a) - log(p)) + (1 - a)*(log(1 - a) - log(1 - p)) - (log(1 - p) - log(p))/(1 - 2*p)*(a - "
        "p)**2 == (1 - a)*(log(1 - a) - log(p)) + a*(log(a) - log(1 - p)) - (log(1 - p) - log(p))/(1 - "
        "2*p)*(1 - a - p)**2",
        "zero_at_mirrored_prior (B-L7): it vanishes at a = 1 - p",
        "(1 - p)*(log(1 - p) - log(p)) + p*(log(p) - log(1 - p)) - (log(1 - p) - log(p))/(1 - 2*p)*(1 - p "
        "- p)**2 == 0",
        "slope_of_slack (B-L7): its slope",
        state_derivative(
            "a*(log(a) - log(p)) + (1 - a)*(log(1 - a) - log(1 - p)) - (log(1 - p) - log(p))/(1 - 2*p)*(a "
            "- p)**2",
            "a",
            "log(a) - log(1 - a) - log(p) + log(1 - p) - 2*(log(1 - p) - log(p))/(1 - 2*p)*(a - p)",
        ),
        "slope_zero_at_half (B-L7): vanishes at a = 1/2",
        "log(1/2) - log(1 - 1/2) - log(p) + log(1 - p) - 2*(log(1 - p) - log(p))/(1 - 2*p)*(1/2 - p) == 0",
        "slope_zero_at_mirrored_prior (B-L7): and at a = 1 - p",
        "log(1 - p) - log(p) - log(p) + log(1 - p) - 2*(log(1 - p) - log(p))/(1 - 2*p)*(1 - p - p) == 0",
        "second_derivative (B-L7): the slope's derivative",
        state_derivative(
            "log(a) - log(1 - a) - log(p) + log(1 - p) - 2*(log(1 - p) - log(p))/(1 - 2*p)*(a - p)",
            "a",
            "1/(a*(1 - a)) - 2*(log(1 - p) - log(p))/(1 - 2*p)",
        ),
        "third_derivative (B-L7): has this derivative",
        state_derivative(
            "1/(a*(1 - a)) - 2*(log(1 - p) - log(p))/(1 - 2*p)",
            "a",
            "(2*a - 1)/(a**2*(1 - a)**2)",
        ),
        "slope_convex_right_of_half (B-L7): which is not negative right of 1/2: there the slope of g is "
        "convex",
        state("(2*a - 1)/(a**2*(1 - a)**2) >= 0", a="[1/2, 1)"),
        "at_least_pinsker: the constant is at least Pinsker's 2",
        "log((1 - p)/p) >= 2*(1 - 2*p)",
        "worse_prediction_costs_more: a wrong prediction has the model's s beyond the prior, where the "
        "divergence only grows",
        state_derivative("a*log(a/s) + (1 - a)*log((1 - a)/(1 - s))", "s", "(s - a)/(s*(1 - s))"),
        "regret_of_two_classes: the balanced regret is |a - p|/(p (1-p))",
        "a/p - (1 - a)/(1 - p) == (a - p)/(p*(1 - p))",
        "right_up_to_logarithm: the sharp constant times p sqrt(log(1/p)) tends to one: 1/p_min is right "
        "up to a logarithm",
        state_limit("sqrt((1 - 2*p)/log((1 - p)/p))*sqrt(log(1/p))/(1 - p)", "1", "p", "low"),
    ),
    argument="On [1/2, 1) the slope of g is convex and vanishes at 1/2 and at 1 - p, so it is not positive "
    "between them and not negative beyond: g is least at 1 - p, where it is zero. By symmetry g "
    ">= 0 left of 1/2 as well, with zeros p and 1 - p only. So for two classes the balanced "
    "regret at x is at most sqrt(R/phi(p))/(p (1-p)), attained at posterior 1 - p and model s = p.",
    mutants=(
        "one percent more than phi",
        "a*(log(a) - log(p)) + (1 - a)*(log(1 - a) - log(1 - p)) >= 101/100*(log(1 - p) - log(p))/(1 - "
        "2*p)*(a - p)**2",
        "the constant 1/(2p), as if Poisson",
        "a*(log(a) - log(p)) + (1 - a)*(log(1 - a) - log(1 - p)) >= (a - p)**2/(2*p)",
        "phi is at most Pinsker's 2",
        "log((1 - p)/p) <= 2*(1 - 2*p)",
    ),
)

AVERAGE = statement(
    name="gla_bounds.average",
    title="Any K, q = 0: average balanced regret <= sqrt(2 S R) + 2 R/p_min with S = sum 1/p_y",
    source="derived here",
    ids=("B8", "B-L6"),
    functions=("gla_average_bound",),
    corrects="That GLA's bound must scale like 1/p_min is a pointwise fact: averaged over x, small "
    "surrogate regret gives sqrt(2 R sum 1/p_y), so the scaling 1/sqrt(p_min) is not a privilege "
    "of GCA.",
    where={
        "x: positive": "posterior of a class",
        "y: positive": "the adjusted model's probability of it",
        "d: nonnegative": "distance of the two",
        "r: nonnegative": "sqrt(2 a k)",
        "b1: nonnegative": "root of posterior over squared prior, best class",
        "b2: nonnegative": "root of posterior over squared prior, predicted class",
        "c1: nonnegative": "root of its divergence term",
        "c2: nonnegative": "root of the predicted class's divergence term",
        "c: nonnegative": "sum over classes of posterior over squared prior",
        "k: nonnegative": "divergence term of the class",
        "l: positive": "slope of the tangent",
        "j1: positive": "joint mass of a point and the class",
        "j2: positive": "joint mass of the second point and the class",
        "k1, k2: positive": "joint mass of points 1, 2 and all other classes",
    },
    theorem=(
        "for every K and h, with R = E KL(p(.|X) || softmax(h(X) + log p)) the GLA regret at q = 0, pred = "
        "argmax h(X): E[ max_y p(y|X)/p_y - p(pred|X)/p_pred ] <= sqrt(2 S R) + 2 R/p_min, S = sum_y 1/p_y",
        r"\mathbb{E} \left[ \max_y \frac{p(y \mid X)}{p_y} - \frac{p(\hat y \mid X)}{p_{\hat y}} \right] "
        r"\le \sqrt{2 S R} + \frac{2R}{p_{\min}}, \qquad S = \sum_{y=1}^K \frac1{p_y},\quad R = "
        r"\mathbb{E}\, \mathrm{KL}\left( p(\cdot \mid X) \,\|\, \operatorname{softmax}(h(X) + \log p) "
        r"\right),\ \hat y \in \operatorname{argmax}_y h_y(X) \qquad \forall K, h",
    ),
    steps=(
        "divergence_against_square (B-L6): one class's divergence term k against the squared distance of x "
        "and y",
        "x*log(x/y) - x + y >= (x - y)**2/(2*Max(x, y))",
        "model_below_posterior: so a model below the posterior a by d, d^2 <= 2 k a, has d <= r := sqrt(2 "
        "a k)",
        state("d <= r", given="d**2 <= r**2"),
        "model_above_posterior: and one above it, d^2 <= 2 k (a + d), has d <= r + 2k: beyond, the square "
        "is too large",
        state("d**2 > r**2 + 2*k*d", given="d > r + 2*k"),
        "cauchy_schwarz_two_classes: Cauchy-Schwarz joins the best and the predicted class, a = b^2 and k "
        "= c^2",
        "(b1*c1 + b2*c2)**2 <= (b1**2 + b2**2)*(c1**2 + c2**2)",
        "mean_over_inputs_tangent: and, as a tangent with l = sqrt(S/R), the mean over x",
        "sqrt(c*k) <= (c/l + l*k)/2",
        "mean_of_ratio: posterior over squared prior has mean 1/p_y: two points of joint masses j",
        "((j1 + k1)*(j1/(j1 + k1)) + (j2 + k2)*(j2/(j2 + k2)))/(j1 + j2)**2 == 1/(j1 + j2)",
        "grid_enumerated: every world of two points and two classes on a grid of counts and models",
        state_computed("h_consistency:gla_average_bound", classes=2, largest=4, parts=9),
    ),
    argument="The regret at x is at most (p_* - s_*)/p_* + (s_pred - p_pred)/p_pred. The divergence k is "
    "at least the two classes' terms, so the sum is at most sqrt(2 k (p(*|x)/p_*^2 + "
    "p(pred|x)/p_pred^2)) + 2 k/p_min, and the bracket at most sum_y p(y|x)/p_y^2, of mean S. The "
    "classes' own frequencies limit how often a rare class can matter: for small R the scaling is "
    "1/sqrt(p_min), not 1/p_min.",
    mutants=(
        "without the linear term: distances above the posterior obey the same square root",
        state("d**2 > r**2 + 2*k*d", given="d > r", k="positive"),
        "the divergence against twice the square",
        "x*log(x/y) - x + y >= (x - y)**2/Max(x, y)",
        "the square divided by the smaller of the two",
        "x*log(x/y) - x + y >= (x - y)**2/(2*Min(x, y))",
    ),
    rests_on=("gla_bounds.pointwise",),
)

STATEMENTS = (POINTWISE, SHARP_PINSKER, AVERAGE)
