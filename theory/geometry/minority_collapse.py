"""Free features with a ridge: when classes collapse onto one classifier, and when all logits vanish.

Claimed by Fang, He, Long, Su (PNAS 2021) and Hong, Ling (arXiv 2309.09725) for mean losses; exact thresholds
for sums of losses are derived here. Checked by: symbolic identities, signs, and optima enclosed between
exact primal and dual values on both sides of the threshold.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state, state_computed, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_class_counts, as_real, as_whole, broadcasting

__all__ = [
    "collapse_imbalance",
    "collapse_ridge",
    "zero_logits_ridge",
]


@broadcasting
def collapse_ridge(class_size: ArrayLike, examples: ArrayLike = 1.0) -> NDArray[np.float64]:
    """The least ridge at which two or more classes of size m have one classifier: ``sqrt(m)/examples``.

    For a sum of losses leave ``examples`` at 1; for their mean give the number of all examples.
    """
    size = as_real("class_size", class_size, low=0, low_open=True)
    return np.sqrt(size) / as_real("examples", examples, low=0, low_open=True)


@broadcasting
def collapse_imbalance(
    ridge: ArrayLike, class_size: ArrayLike, majority_classes: int, minority_classes: int
) -> NDArray[np.float64]:
    """The imbalance from which minority classes of size m collapse under a mean loss.

    ``(1/(ridge sqrt(m)) - K2)/K1``; below 1 they are collapsed when balanced already.
    """
    ridge = as_real("ridge", ridge, low=0, low_open=True)
    size = as_real("class_size", class_size, low=0, low_open=True)
    first = as_whole("majority_classes", majority_classes, 1)
    return (
        1.0 / (ridge * np.sqrt(size)) - as_whole("minority_classes", minority_classes, 2)
    ) / first


def zero_logits_ridge(class_counts: ArrayLike) -> float:
    """The least ridge (sum of losses) at which all logits are zero: the SEL matrix's spectral norm."""
    counts = as_class_counts(class_counts)
    weighted = (np.eye(counts.size) - 1.0 / counts.size) * np.sqrt(counts)
    return float(np.linalg.norm(weighted, 2))


# ------------------------------------------------------------------------------------ statements


ZERO_LOGITS = statement(
    name="minority_collapse.zero_logits",
    title="All logits are zero iff the ridge is at least the largest singular value of the SEL matrix",
    source="derived here",
    ids=("C8",),
    functions=("zero_logits_ridge",),
    where={
        "m: real": "examples of a minority class",
        "K: [2, oo)": "classes; K1 majority, K2 minority ones",
        "x: real": "a logit of the example",
        "a: real": "logit of class 1",
        "b: real": "logit of class 2",
        "c: real": "mean of the logits; with three classes the third logit",
        "R": "size of a majority class over that of a minority class",
        "t": "ridge lambda; the nuclear norm of the logits has this weight",
        "s": "singular value of the SEL matrix",
        "p": "a softmax probability of the solution",
    },
    theorem=(
        "for every K >= 2, sizes n_c >= 1 and lambda > 0: Z = 0 minimises sum_i -log softmax_{y_i}(z_i) + "
        "lambda ||Z||_* (free features with ridge lambda (||W||_F^2 + ||H||_F^2)/2) iff lambda >= "
        "sigma_max(PY) = sqrt(largest eigenvalue of PNP)",
        r"0 \in \operatorname{argmin}_{Z \in \mathbb{R}^{K \times n}} \left( - \sum_{i=1}^n \log "
        r"\operatorname{softmax}_{y_i}(z_i) + \lambda \lVert Z \rVert_* \right) \iff \lambda \ge "
        r"\sigma_{\max}(PY) = \sqrt{\lambda_{\max}(PNP)} \qquad \forall K \ge 2,\ n_c \ge 1",
    ),
    steps=(
        "slope_at_zero: the loss has slope -(1 - 1/K) in the label's logit at zero",
        "exp(0)/(exp(0) + K - 1) - 1 == -(1 - 1/K)",
        "loss_above_tangent: and lies above its tangent there, in the direction of the margin",
        "log(1 + (K - 1)*exp(-m)) >= log(K) - (1 - 1/K)*m",
        "tangent_in_every_direction: in every direction: each exponential lies above its tangent at the "
        "logits' mean c, and the K tangents add up to K e^c",
        "exp(x) >= (1 + x - c)*exp(c)",
        "three_classes: three classes at once",
        "log(exp(a) + exp(b) + exp(c)) >= log(3) + (a + b + c)/3",
        "two_sizes_threshold: sizes 90, 90, 9, 9: sqrt(90) is enough",
        state_computed("minority_collapse:zero_logits", counts=[90, 90, 9, 9], square="90"),
        "two_classes_threshold: sizes 12, 4: sqrt(8), the mean size",
        state_computed("minority_collapse:zero_logits", counts=[12, 4], square="8"),
    ),
    argument="The gradient at zero is -PY, so the loss is at least its value at zero minus <PY, Z>, which "
    "is at most sigma_max times the nuclear norm: zero is optimal if lam >= sigma_max. Otherwise "
    "moving along the top singular vectors decreases the objective to first order.",
    mutants=(
        "the ridge sqrt(n_min) is enough",
        state_computed("minority_collapse:zero_logits", counts=[90, 90, 9, 9], square="9"),
        "slightly less than sqrt(90) is enough",
        state_computed("minority_collapse:zero_logits", counts=[90, 90, 9, 9], square="89"),
        "the slope at zero is -1",
        "exp(0)/(exp(0) + K - 1) - 1 == -1",
    ),
    rests_on=("seli.sel_matrix", "seli.factorised_cost"),
)

COLLAPSE = statement(
    name="minority_collapse.threshold",
    title="Two or more classes of one size m share a classifier iff the ridge is at least sqrt(m) (sum of "
    "losses), whatever the other classes",
    source="derived here; the phenomenon is Fang et al. (PNAS 2021), thresholds Hong and Ling (2023)",
    ids=("C9",),
    functions=("collapse_ridge", "collapse_imbalance"),
    corrects="Reported thresholds in R are those of a mean loss; for a sum the threshold is sqrt(m), "
    "independent of R. At a vanishing ridge nothing collapses at finite R.",
    where={
        "p: (0, 1)": "a softmax probability of the solution",
        "m: positive": "examples of a minority class",
        "g: real": "a common gradient on the group",
        "k: integer 2..": "classes in the group",
        "h: nonnegative": "how far the ridge exceeds sqrt(m)",
        "t: positive": "ridge lambda; the nuclear norm of the logits has this weight",
        "R: (1, oo)": "size of a majority class over that of a minority class",
        "x: (0, 1)": "ridge over sqrt(m), below one",
        "K1: positive": "number of majority classes",
        "K2: positive": "number of minority classes",
        "K": "classes; K1 majority, K2 minority ones",
        "s": "singular value of the SEL matrix",
    },
    theorem=(
        "for every K, sizes n_c >= 1 and a group of k >= 2 classes of one size m: the minimiser (W, H) of "
        "sum_i -log softmax_{y_i}(W'h_i) + lambda (||W||_F^2 + ||H||_F^2)/2, with d >= K, has w_c = w_c' "
        "for all c, c' of the group iff lambda >= sqrt(m), whatever the other classes",
        r"(W, H) \in \operatorname{argmin} \left( - \sum_{i=1}^n \log \operatorname{softmax}_{y_i}(W'h_i) "
        r"+ \frac\lambda2 \left( \lVert W \rVert_F^2 + \lVert H \rVert_F^2 \right) \right) :\qquad w_c = "
        r"w_{c'}\ \forall c, c' \in G \iff \lambda \ge \sqrt m \qquad \forall G :\ |G| \ge 2,\ n_c = m\ "
        r"\forall c \in G,\ \lambda > 0,\ d \ge K",
    ),
    steps=(
        "contrast_on_own_example: gradient contrast of two group classes with equal logits: -1 on an own "
        "example",
        "(p - 1) - p == -1",
        "contrast_on_other_examples: and 0 on anybody else's",
        "p - p == 0",
        "gram_on_diagonal: its Gram matrix is m times the contrasts' projector, on the diagonal",
        "m*((1 - 1/k)**2 + (k - 1)/k**2) == m*(1 - 1/k)",
        "gram_off_diagonal: and off it, so its spectral norm is sqrt(m)",
        "m*(-2*(1 - 1/k)/k + (k - 2)/k**2) == -m/k",
        "remainder_orthogonal_to_contrasts: what is left of the gradient is constant on the group, "
        "orthogonal to contrasts",
        "g*(1 - 1/k) + (k - 1)*g*(-1/k) == 0",
        "subgradient_met_above: a subgradient needs sqrt(m)/lam <= 1: met from sqrt(m) on",
        "sqrt(m)/(sqrt(m) + h) <= 1",
        "not_met_below: and not below",
        "sqrt(m)/(sqrt(m)*x) > 1",
        "two_minority_classes: sizes 90, 90, 9, 9: collapsed at 3, not at 2.99",
        state_computed(
            "minority_collapse:threshold", first=2, second=2, large=90, small=9, share="299/300"
        ),
        "three_and_two_classes: sizes 18, 18, 18, 9, 9: the same threshold",
        state_computed(
            "minority_collapse:threshold", first=3, second=2, large=18, small=9, share="299/300"
        ),
        "three_minority_classes: three minority classes of 4",
        state_computed(
            "minority_collapse:threshold", first=2, second=3, large=40, small=4, share="9/10"
        ),
        "mean_loss_imbalance: mean loss: equality at R = (1/(lam sqrt(m)) - K2)/K1",
        "sqrt(m)/(m*(K1*((1/(t*sqrt(m)) - K2)/K1) + K2)) == t",
        "embedding_ridge: general embedding ridge w: threshold sqrt(m/w); averaged by class, w = 1/m, it "
        "is m",
        "sqrt(m/(1/m)) == m",
        "effective_sizes_one: and then all effective sizes m w are one: as lam -> 0 the frame is a simplex "
        "at every R",
        "m*(1/m) == 1",
    ),
    argument="By symmetry and strict convexity up to a shift, group rows and columns are permuted by the "
    "solution's symmetries. If its rows agree on the group, minus the gradient has contrasts of "
    "norm sqrt(m), which lam times a subgradient can match iff sqrt(m) <= lam. Conversely, solve "
    "the problem with equal rows; its gradient's remainder lives on rows and columns orthogonal "
    "to the contrasts, so the spectral norm of the whole is the larger of lam and sqrt(m), and "
    "the solution stays optimal.",
    mutants=(
        "the majority size decides: no collapse between sqrt(m) and sqrt(R m)",
        "sqrt(m)/(sqrt(R*m)*x) > 1",
        "the threshold is m for a sum over examples",
        "sqrt(m)/(m*x) > 1",
        "the mean-loss threshold does not move with R",
        state(
            "sqrt(m)/(m*(K1*R + K2)) == sqrt(m)/(m*(K1 + K2))",
            R="[1, oo)",
            K1="integer 1..",
            K2="integer 2..",
        ),
    ),
    rests_on=("seli.factorised_cost",),
)


STATEMENTS = (
    ZERO_LOGITS,
    COLLAPSE,
)
