"""Generalised logit-adjusted losses, Psi_q(softmax_y(h + nu log p)), and the balanced error.

Claimed by Cortes, Mohri, Zhong, "Improved Balanced Classification with Theoretically Grounded Loss
Functions" (NeurIPS 2025); the offset and its proof are derived here; bounds are in `gla_bounds`.
Checked by: identities, intervals, an exact witness.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number
from .balanced_measure import as_class_prior
from .comp_sum import comp_sum_loss_of_gaps, label_gaps

__all__ = [
    "gla_loss",
    "gla_offset",
]

_Array = NDArray[np.float64]


def gla_offset(class_prior: ArrayLike, q: float = 0.0) -> _Array:
    """The only consistent offsets among multiples of log p: ``log(p_y)/(1-q)``, (K,), for q < 1."""
    q = as_number("q", q, high=1, high_open=True)
    return np.log(as_class_prior(class_prior, 1)) / (1 - q)


def gla_loss(logits: ArrayLike, label: ArrayLike, class_prior: ArrayLike, q: float = 0.0) -> _Array:
    """``Psi_q(softmax_y(h + log(p)/(1-q)))``: logits (..., K), labels (...), gives (...).

    q = 0 is logit adjustment (balanced softmax). A loss beyond the largest float is infinite (q < 0).
    """
    offset = gla_offset(class_prior, q)
    gaps, labels = label_gaps(logits, label)
    if gaps.shape[-1] != offset.size:
        raise InputError(f"logits has {gaps.shape[-1]} classes, class_prior has {offset.size}")
    return comp_sum_loss_of_gaps(gaps + (offset - offset[labels][..., None]), q)


# ------------------------------------------------------------------------------------ statements


OFFSET = statement(
    name="gla.offset",
    title="GLA with offset nu log p is Bayes-consistent for the balanced error iff nu = 1/(1-q), q < 1",
    source="derived here; consistency for some offset is claimed in Cortes, Mohri, Zhong (NeurIPS 2025)",
    ids=("B5",),
    functions=("gla_offset", "gla_loss"),
    corrects="Logit adjustment's offset log p_y, put unchanged into the generalised cross-entropy (0 < q < "
    "1), is not consistent for the balanced error: the offset must be log(p_y)/(1-q).",
    where={
        "r: positive": "a ratio less one",
        "m: positive": "1/(1-q)",
        "h1, h2: positive": "posterior of classes 1, 2",
        "p1, p2: positive": "prior of classes 1, 2",
        "nu: real": "multiple of log p in the offset",
        "d: nonzero": "m - nu",
        "L: real": "log(p_1/p_2)",
        "s: (0, 1]": "probability of the model",
        "q: [1, oo)": "order of the loss",
    },
    theorem=(
        "for every K >= 2 and priors p_y > 0 that are not all equal, q < 1: the GLA loss Psi_q(softmax(h + "
        "nu log p)_y) has the optimal scores h_y = log p(y|x)/(1-q) - nu log p_y + const, and argmax h = "
        "argmax_y p(y|x)/p_y for every positive posterior iff nu = 1/(1-q); for q >= 1 no nu is consistent",
        r"h^*_y(x) = \frac{\log p(y \mid x)}{1 - q} - \nu \log p_y + \text{const}, \qquad \left( "
        r"\operatorname{argmax}_y h^*_y(x) = \operatorname{argmax}_y \frac{p(y \mid x)}{p_y} \quad "
        r"\forall\, p(\cdot \mid x) > 0 \right) \iff \nu = \frac{1}{1 - q} \qquad \forall q < 1,\ K \ge "
        r"2,\ p \text{ not uniform}; \qquad q \ge 1 :\ \inf_h \sum_{y=1}^K p(y \mid x)\, \Psi_q\left( "
        r"\operatorname{softmax}(h + \nu \log p)_y \right) = \frac{1 - \max_y p(y \mid x)}{q},\ "
        r"\text{approached with } \operatorname{argmax}_y h_y \subseteq \operatorname{argmax}_y p(y \mid "
        r"x),\ \forall \nu",
    ),
    formula="(h1**m/p1**m)/(h2**m/p2**m) == ((h1/p1)/(h2/p2))**m",
    steps=(
        "power_of_balanced_ratio: at nu = m = 1/(1-q) the optimal scores order classes by a power of "
        "posterior over prior",
        FORMULA,
        "order_is_kept: which keeps the order: a ratio above one stays above one",
        "(1 + r)**m > 1",
        "orders_differ_between_thresholds: any other nu: at posterior log-odds halfway between the two "
        "thresholds the orders differ ...",
        "((1 + nu/m)*L/2 - L)*(m*((1 + nu/m)*L/2) - nu*L) == -(m - nu)**2*L**2/(4*m)",
        "strictly_differ: ... strictly, when the two priors differ",
        state("-d**2*L**2/(4*m) < 0", L="nonzero"),
        "witness_balanced_rule: a witness, nu = 1, q = 1/2, priors 0.58 and 0.42: posterior 0.55, 0.45 is "
        "class 2's ...",
        "(55/100)/(58/100) < (45/100)/(42/100)",
        "witness_loss_optimum: ... but the loss's optimum is class 1",
        "(55/100)**2/(58/100) > (45/100)**2/(42/100)",
        "order_one_and_above: q >= 1: every risk is at least that of a vertex, so the argmax of the "
        "posterior is optimal for every nu",
        "s**q <= s",
    ),
    argument="By `comp_sum.conditional_minimiser` the optimum has softmax(h + nu log p) ~ p(y|x)^m, so h_y "
    "= m log p(y|x) - nu log p_y + const. With L = log(p_1/p_2), the balanced rule compares "
    "log-odds with L, the loss with nu L/m. For q >= 1, sum b (1 - s^q)/q >= (1 - max b)/q, and "
    "vertices come closer as scores grow, whatever the offset.",
    mutants=(
        "nu = 1 for q > 0, logit adjustment's own offset",
        state(
            "h1**m/p1 >= h2**m/p2",
            given="h1/p1 >= h2/p2",
            m="(1, 4]",
            h1="(0, 1)",
            h2="(0, 1)",
            p1="(0, 1)",
            p2="(0, 1)",
        ),
        "nu = 1 - q",
        state("(h1**m/p1**(1/m))/(h2**m/p2**(1/m)) == ((h1/p1)/(h2/p2))**m", m="(1, 4]"),
        "the sign of the offset flipped",
        "(h1**m*p1**m)/(h2**m*p2**m) == ((h1/p1)/(h2/p2))**m",
    ),
    rests_on=("comp_sum.conditional_minimiser",),
)

STATEMENTS = (OFFSET,)
