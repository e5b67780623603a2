"""Label-aware smoothing: how much a class's labels are softened, and which smoothing balances.

Claimed by Zhong, Cui, Liu, Jia, "Improving Calibration for Long-Tailed Recognition" (CVPR 2021),
Section 3.2; its population optimum is derived here. Checked by: a golden vector, end points, monotony,
the order of the shapes; identities, SMT, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_class_counts, as_number, as_real, broadcasting, one_of

__all__ = ["balanced_smoothing", "label_aware_smoothing", "smoothing_threshold"]

FORMS = ("paper", "official")


def label_aware_smoothing(
    class_counts: ArrayLike, head: float, tail: float, shape: str = "concave"
) -> NDArray[np.float64]:
    """Smoothing per class: ``tail`` for the rarest, ``head`` for the most frequent; shape (K,).

    ``shape``, with x = (n - n_min)/(n_max - n_min): ``"concave"`` grows as sin(pi x/2), ``"linear"`` as
    x, ``"convex"`` as 1 - cos(pi x/2). ``head`` and ``tail`` lie in [0, 1). Equal counts, where the
    authors' code divides by zero, give ``head``.
    """
    counts = as_class_counts(class_counts)
    head = as_number("head", head, low=0, high=1, high_open=True)
    tail = as_number("tail", tail, low=0, high=1, high_open=True)
    one_of("shape", shape, ("concave", "linear", "convex"))
    spread = counts.max() - counts.min()
    x = np.ones_like(counts) if spread == 0 else (counts - counts.min()) / spread
    rest = np.zeros_like(counts) if spread == 0 else (counts.max() - counts) / spread
    if shape == "concave":  # 1 - sin(pi x/2) = 2 sin(pi (1 - x)/4)^2, without cancellation
        x, rest = np.sin(np.pi * x / 2), 2 * np.sin(np.pi * rest / 4) ** 2
    elif shape == "convex":
        x, rest = 2 * np.sin(np.pi * x / 4) ** 2, np.sin(np.pi * rest / 2)
    return tail * rest + head * x


def balanced_smoothing(class_counts: ArrayLike, form: str = "paper") -> NDArray[np.float64]:
    """The least smoothing that is consistent for the balanced error, none for the rarest class; shape (K,).

    ``"official"`` (spread over all classes): ``1 - n_min/n_y``; ``"paper"`` (over the others):
    ``(K - 1)/K`` of that. Derived here.
    """
    counts = as_class_counts(class_counts)
    smoothing = (counts - counts.min()) / counts
    if one_of("form", form, FORMS) == "paper":
        smoothing = smoothing * ((counts.size - 1) / counts.size)
    return smoothing


@broadcasting
def smoothing_threshold(own: ArrayLike, other: ArrayLike) -> NDArray[np.float64]:
    """The posterior of a class above which smoothed cross-entropy predicts it, two classes.

    ``(1/2 - e_2)/(1 - e_1 - e_2)`` with ``own`` e_1 and ``other`` e_2 in [0, 1/2), the share of a label
    that the other class gets: e as it is for the paper's form, e/2 for the official one. They broadcast.
    """
    own = 0.5 - as_real("own", own, low=0, high=0.5, high_open=True)
    other = 0.5 - as_real("other", other, low=0, high=0.5, high_open=True)
    return other / (own + other)


# ------------------------------------------------------------------------------------ statements


BALANCED = statement(
    name="label_smoothing.balanced_consistency",
    title="Label-aware smoothing e is consistent iff pi_y (1 - K e_y/(K - 1)) is one positive number",
    source="loss: Zhong et al. (CVPR 2021); derived here",
    functions=("balanced_smoothing", "smoothing_threshold"),
    where={
        "h1, h2: [0, 1]": "posterior eta of classes 1, 2",
        "e: [0, 1)": "smoothing of a class",
        "h: [0, 1]": "posterior of class 1, two classes",
        "e1, e2: [0, 1)": "smoothing of classes 1, 2",
        "s: [0, 1)": "sum of eta e over the classes",
        "p: (0, 1)": "prior",
        "m: (0, 1)": "a number up to the smallest prior",
        "K: integer 2..": "number of classes",
    },
    theorem=(
        "K >= 2, 0 <= e_y < 1, pi_y > 0, cross-entropy of softmax(u) against the label 1 - e_y on y and "
        "e_y/(K - 1) on the others: for every posterior with all eta_y > 0 it is least where softmax_y(u) "
        "= eta_y (1 - e_y) + sum_(j != y) eta_j e_j/(K - 1), whose argmax is argmax_y eta_y (1 - K e_y/(K "
        "- 1)); this is within argmax_y eta_y/pi_y for all such eta iff some m > 0 has pi_y (1 - K e_y/(K "
        "- 1)) = m for every y",
        r"K \ge 2,\; 0 \le \epsilon_y < 1,\; \pi_y, \eta_y > 0,\; u^* \in \operatorname{argmin}_u \sum_y "
        r"\eta_y \left[ -(1 - \epsilon_y) \log \operatorname{softmax}_y(u) - \frac{\epsilon_y}{K - 1} "
        r"\sum_{j \ne y} \log \operatorname{softmax}_j(u) \right] : \quad \operatorname{softmax}_y(u^*) = "
        r"(1 - \epsilon_y)\, \eta_y + \sum_{j \ne y} \frac{\epsilon_j \eta_j}{K - 1}, \quad "
        r"\operatorname{argmax}_y u^*_y = \operatorname{argmax}_y \left( 1 - \frac{K \epsilon_y}{K - 1} "
        r"\right) \eta_y, \qquad \left( \operatorname{argmax}_y u^*_y(\eta) \subseteq "
        r"\operatorname{argmax}_y \frac{\eta_y}{\pi_y} \quad \forall \eta > 0 \right) \iff \exists m > 0 : "
        r"\; \pi_y \left( 1 - \frac{K \epsilon_y}{K - 1} \right) = m \quad \forall y",
    ),
    formula="h1*(1 - e1) + (s - h1*e1)/(K - 1) - (h2*(1 - e2) + (s - h2*e2)/(K - 1)) == h1*(1 - K*e1/(K - "
    "1)) - h2*(1 - K*e2/(K - 1))",
    steps=(
        "tilts_spread_over_others: e spread over the others (s: the sum of eta e): smoothed posteriors "
        "differ as tilted ones",
        FORMULA,
        "tilts_spread_over_all: spread over all classes, as in the authors' code, by those with tilt 1 - e",
        "h1*(1 - e1) + s/K - (h2*(1 - e2) + s/K) == h1*(1 - e1) - h2*(1 - e2)",
        "over_smoothed_never_predicted: a class smoothed by (K - 1)/K or more is not predicted even where "
        "it is certain",
        state("1 - K*e/(K - 1) <= 0", given="K*e >= K - 1"),
        "balancing_smoothing: e = (K - 1)/K (1 - m/pi) balances, for any m up to the smallest prior: the "
        "tilts are m",
        "p*(1 - K*((K - 1)/K*(1 - m/p))/(K - 1)) == m",
        "two_class_threshold: two classes: the smoothed posterior less 1/2 has the sign of the posterior "
        "less a threshold ...",
        state(
            "h*(1 - e1) + (1 - h)*e2 - 1/2 == (1 - e1 - e2)*(h - (1/2 - e2)/(1 - e1 - e2))",
            e1="[0, 1/2)",
            e2="[0, 1/2)",
        ),
        "threshold_above_half: ... above 1/2 for a class that is smoothed more than the other",
        state("(1/2 - e2)/(1 - e1 - e2) > 1/2", given="e1 > e2", e1="[0, 1/2)", e2="[0, 1/2)"),
        "paper_thresholds: the paper's e = (.3, 0): 5/7, whatever the counts; (.4, .1): 4/5",
        ("(1/2 - 0)/(1 - 3/10 - 0) == 5/7", "(1/2 - 1/10)/(1 - 4/10 - 1/10) == 4/5"),
        "paper_counterexample: prior 9/10, posterior 8/10: predicts class 1 (8/10 > 5/7), the balanced "
        "rule class 2",
        ("(8/10)*(7/10) + (2/10)*0 > 1/2", "(8/10)/(9/10) < (2/10)/(1/10)"),
        "paper_tilts_within_four: the paper's e, (.3, 0) or (.4, .1) at the ends: tilts within a factor 4 "
        "for any K, so priors further apart are not balanced",
        ("1 - K/(K - 1)*(1/10) <= 4*(1 - K/(K - 1)*(4/10))", "1 <= 4*(1 - K/(K - 1)*(3/10))"),
    ),
    argument="Cross-entropy against smoothed labels is least at the smoothed posterior, by the Gibbs step "
    "of `offset_family.minimiser`. Its largest entry is that of c_y eta_y, c the tilts; positive "
    "tilts act as class weights and `offset_family.consistent_iff` applies with alpha = c. Shapes "
    "and ends that do not meet it are inconsistent: with two classes e takes only the values head "
    "and tail.",
    mutants=(
        "the tilt is 1 - e when e is spread over the others",
        "h1*(1 - e1) + (s - h1*e1)/(K - 1) - (h2*(1 - e2) + (s - h2*e2)/(K - 1)) == h1*(1 - e1) - h2*(1 - "
        "e2)",
        "smoothing the head more balances: the threshold is the prior",
        state(
            "(1/2 - e2)/(1 - e1 - e2) == p",
            given="e1 > e2",
            e1="[0, 1/2)",
            e2="[0, 1/2)",
            p="(1/2, 1)",
        ),
        "smoothing does not move the threshold",
        state("(1/2 - e2)/(1 - e1 - e2) == 1/2", e1="[0, 1/2)", e2="[0, 1/2)"),
    ),
    rests_on=("offset_family.minimiser", "offset_family.consistent_iff"),
)

STATEMENTS = (BALANCED,)
