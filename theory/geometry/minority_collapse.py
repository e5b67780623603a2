"""Free features with a ridge: when classes collapse onto one classifier, and when all logits vanish.

Claimed by Fang, He, Long, Su (PNAS 2021) and Hong, Ling (arXiv 2309.09725) for mean losses; exact thresholds
for sums of losses are derived here. Checked by: symbolic identities, signs, and optima enclosed between
exact primal and dual values on both sides of the threshold.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_computed, state_quoted, steps
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

_SYMBOLS = {
    "K": "classes; K1 majority, K2 minority ones",
    "m": "examples of a minority class",
    "R": "size of a majority class over that of a minority class",
    "t": "ridge lambda; the nuclear norm of the logits has this weight",
    "s": "singular value of the SEL matrix",
    "p": "a softmax probability of the solution",
}
_POSITIVE = "positive"

ZERO_LOGITS = Statement(
    name="minority_collapse.zero_logits",
    title="All logits are zero iff the ridge is at least the largest singular value of the SEL matrix",
    source="derived here",
    formula=state_quoted(
        "Z = 0 is optimal iff lam >= sigma_max(PY)",
        r"Z = 0 \text{ optimal} \iff \lambda \ge \sigma_{\max}(PY)",
    ),
    steps=steps(
        (
            "the loss has slope -(1 - 1/K) in the label's logit at zero",
            state("exp(0)/(exp(0) + K - 1) - 1 == -(1 - 1/K)", K="[2, oo)"),
        ),
        (
            "and lies above its tangent there, in the direction of the margin",
            state("log(1 + (K - 1)*exp(-m)) >= log(K) - (1 - 1/K)*m", m="real", K="[2, oo)"),
        ),
        (
            "in every direction: each exponential lies above its tangent at the logits' mean c, and the K "
            "tangents add up to K e^c",
            state("exp(x) >= (1 + x - c)*exp(c)", x="real", c="real"),
        ),
        (
            "three classes at once",
            state(
                "log(exp(a) + exp(b) + exp(c)) >= log(3) + (a + b + c)/3",
                a="real",
                b="real",
                c="real",
            ),
        ),
        (
            "sizes 90, 90, 9, 9: sqrt(90) is enough",
            state_computed("minority_collapse:zero_logits", counts=[90, 90, 9, 9], square="90"),
        ),
        (
            "sizes 12, 4: sqrt(8), the mean size",
            state_computed("minority_collapse:zero_logits", counts=[12, 4], square="8"),
        ),
    ),
    argument="The gradient at zero is -PY, so the loss is at least its value at zero minus <PY, Z>, which "
    "is at most sigma_max times the nuclear norm: zero is optimal if lam >= sigma_max. Otherwise moving "
    "along the top singular vectors decreases the objective to first order.",
    mutants=mutants(
        (
            "the ridge sqrt(n_min) is enough",
            state_computed("minority_collapse:zero_logits", counts=[90, 90, 9, 9], square="9"),
        ),
        (
            "slightly less than sqrt(90) is enough",
            state_computed("minority_collapse:zero_logits", counts=[90, 90, 9, 9], square="89"),
        ),
        (
            "the slope at zero is -1",
            state("exp(0)/(exp(0) + K - 1) - 1 == -1", K="[2, oo)"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("seli.sel_matrix", "seli.factorised_cost"),
    ids=("C8",),
    functions=("zero_logits_ridge",),
)

COLLAPSE = Statement(
    name="minority_collapse.threshold",
    title="Two or more classes of one size m share a classifier iff the ridge is at least sqrt(m) "
    "(sum of losses), whatever the other classes",
    source="derived here; the phenomenon is Fang et al. (PNAS 2021), thresholds Hong and Ling (2023)",
    formula=state_quoted(
        "classes of common size m collapse iff lam >= sqrt(m)",
        r"w_c = w_{c'} \text{ on the group} \iff \lambda \ge \sqrt m",
    ),
    steps=steps(
        (
            "gradient contrast of two group classes with equal logits: -1 on an own example",
            state("(p - 1) - p == -1", p="(0, 1)"),
        ),
        ("and 0 on anybody else's", state("p - p == 0", p="(0, 1)")),
        (
            "its Gram matrix is m times the contrasts' projector, on the diagonal",
            state("m*((1 - 1/k)**2 + (k - 1)/k**2) == m*(1 - 1/k)", m=_POSITIVE, k="integer 2.."),
        ),
        (
            "and off it, so its spectral norm is sqrt(m)",
            state("m*(-2*(1 - 1/k)/k + (k - 2)/k**2) == -m/k", m=_POSITIVE, k="integer 2.."),
        ),
        (
            "what is left of the gradient is constant on the group, orthogonal to contrasts",
            state("g*(1 - 1/k) + (k - 1)*g*(-1/k) == 0", g="real", k="integer 2.."),
        ),
        (
            "a subgradient needs sqrt(m)/lam <= 1: met from sqrt(m) on",
            state("sqrt(m)/(sqrt(m) + h) <= 1", m=_POSITIVE, h="nonnegative"),
        ),
        (
            "and not below",
            state("sqrt(m)/(sqrt(m)*x) > 1", m=_POSITIVE, x="(0, 1)"),
        ),
        (
            "sizes 90, 90, 9, 9: collapsed at 3, not at 2.99",
            state_computed(
                "minority_collapse:threshold", first=2, second=2, large=90, small=9, share="299/300"
            ),
        ),
        (
            "sizes 18, 18, 18, 9, 9: the same threshold",
            state_computed(
                "minority_collapse:threshold", first=3, second=2, large=18, small=9, share="299/300"
            ),
        ),
        (
            "three minority classes of 4",
            state_computed(
                "minority_collapse:threshold", first=2, second=3, large=40, small=4, share="9/10"
            ),
        ),
        (
            "mean loss: equality at R = (1/(lam sqrt(m)) - K2)/K1",
            state(
                "sqrt(m)/(m*(K1*((1/(t*sqrt(m)) - K2)/K1) + K2)) == t",
                m=_POSITIVE,
                t=_POSITIVE,
                K1=_POSITIVE,
                K2=_POSITIVE,
            ),
        ),
        (
            "general embedding ridge w: threshold sqrt(m/w); averaged by class, w = 1/m, it is m",
            state("sqrt(m/(1/m)) == m", m=_POSITIVE),
        ),
        (
            "and then all effective sizes m w are one: as lam -> 0 the frame is a simplex at every R",
            state("m*(1/m) == 1", m=_POSITIVE),
        ),
    ),
    argument="By symmetry and strict convexity up to a shift, group rows and columns are permuted by the "
    "solution's symmetries. If its rows agree on the group, minus the gradient has contrasts of norm "
    "sqrt(m), which lam times a subgradient can match iff sqrt(m) <= lam. Conversely, solve the problem "
    "with equal rows; its gradient's remainder lives on rows and columns orthogonal to the contrasts, so "
    "the spectral norm of the whole is the larger of lam and sqrt(m), and the solution stays optimal.",
    mutants=mutants(
        (
            "the majority size decides: no collapse between sqrt(m) and sqrt(R m)",
            state("sqrt(m)/(sqrt(R*m)*x) > 1", m=_POSITIVE, R="(1, oo)", x="(0, 1)"),
        ),
        (
            "the threshold is m for a sum over examples",
            state("sqrt(m)/(m*x) > 1", m=_POSITIVE, x="(0, 1)"),
        ),
        (
            "the mean-loss threshold does not move with R",
            state(
                "sqrt(m)/(m*(K1*R + K2)) == sqrt(m)/(m*(K1 + K2))",
                m=_POSITIVE,
                R="[1, oo)",
                K1="integer 1..",
                K2="integer 2..",
            ),
        ),
    ),
    symbols={**_SYMBOLS, "k": "classes in the group", "g": "a common gradient on the group"},
    rests_on=("seli.factorised_cost",),
    ids=("C9",),
    functions=("collapse_ridge", "collapse_imbalance"),
    corrects="Reported thresholds in R are those of a mean loss; for a sum the threshold is sqrt(m), "
    "independent of R. At a vanishing ridge nothing collapses at finite R.",
)


STATEMENTS = (
    ZERO_LOGITS,
    COLLAPSE,
)
