"""Generalised logit-adjusted losses, Psi_q(softmax_y(h + nu log p)), and the balanced error.

Claimed by Cortes, Mohri, Zhong, "Improved Balanced Classification with Theoretically Grounded Loss
Functions" (NeurIPS 2025); the offset and its proof are derived here; bounds are in `gla_bounds`.
Checked by: identities, intervals, an exact witness.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    steps,
)
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

_PAPER = "Cortes, Mohri, Zhong (NeurIPS 2025)"
_RATIOS = dict.fromkeys(("h1", "h2", "p1", "p2"), "positive")

OFFSET = Statement(
    name="gla.offset",
    title="GLA with offset nu log p is Bayes-consistent for the balanced error iff nu = 1/(1-q), q < 1",
    source="derived here; consistency for some offset is claimed in " + _PAPER,
    formula=state("(h1**m/p1**m)/(h2**m/p2**m) == ((h1/p1)/(h2/p2))**m", m="positive", **_RATIOS),
    steps=steps(
        (
            "at nu = m = 1/(1-q) the optimal scores order classes by a power of posterior over prior",
            state("(h1**m/p1**m)/(h2**m/p2**m) == ((h1/p1)/(h2/p2))**m", m="positive", **_RATIOS),
        ),
        (
            "which keeps the order: a ratio above one stays above one",
            state("(1 + r)**m > 1", r="positive", m="positive"),
        ),
        (
            "any other nu: at posterior log-odds halfway between the two thresholds the orders differ ...",
            state(
                "((1 + nu/m)*L/2 - L)*(m*((1 + nu/m)*L/2) - nu*L) == -(m - nu)**2*L**2/(4*m)",
                m="positive",
                nu="real",
                L="real",
            ),
        ),
        (
            "... strictly, when the two priors differ",
            state("-d**2*L**2/(4*m) < 0", m="positive", d="nonzero", L="nonzero"),
        ),
        (
            "a witness, nu = 1, q = 1/2, priors 0.58 and 0.42: posterior 0.55, 0.45 is class 2's ...",
            state("(55/100)/(58/100) < (45/100)/(42/100)"),
        ),
        (
            "... but the loss's optimum is class 1",
            state("(55/100)**2/(58/100) > (45/100)**2/(42/100)"),
        ),
        (
            "q >= 1: every risk is at least that of a vertex, so the argmax of the posterior is optimal for "
            "every nu",
            state("s**q <= s", s="(0, 1]", q="[1, oo)"),
        ),
    ),
    argument="By `comp_sum.conditional_minimiser` the optimum has softmax(h + nu log p) ~ p(y|x)^m, so "
    "h_y = m log p(y|x) - nu log p_y + const. With L = log(p_1/p_2), the balanced rule compares log-odds "
    "with L, the loss with nu L/m. For q >= 1, sum b (1 - s^q)/q >= (1 - max b)/q, and vertices come closer "
    "as scores grow, whatever the offset.",
    mutants=mutants(
        (
            "nu = 1 for q > 0, logit adjustment's own offset",
            state(
                "h1**m/p1 >= h2**m/p2",
                given="h1/p1 >= h2/p2",
                m="(1, 4]",
                **dict.fromkeys(("h1", "h2", "p1", "p2"), "(0, 1)"),
            ),
        ),
        (
            "nu = 1 - q",
            state(
                "(h1**m/p1**(1/m))/(h2**m/p2**(1/m)) == ((h1/p1)/(h2/p2))**m",
                m="(1, 4]",
                **_RATIOS,
            ),
        ),
        (
            "the sign of the offset flipped",
            state("(h1**m*p1**m)/(h2**m*p2**m) == ((h1/p1)/(h2/p2))**m", m="positive", **_RATIOS),
        ),
    ),
    symbols={
        "h1": "posterior of class 1",
        "p1": "prior of class 1",
        "m": "1/(1-q)",
        "nu": "multiple of log p in the offset",
        "L": "log(p_1/p_2)",
        "d": "m - nu",
        "r": "a ratio less one",
        "s": "probability of the model",
    },
    rests_on=("comp_sum.conditional_minimiser",),
    ids=("B5",),
    functions=("gla_offset", "gla_loss"),
    corrects="Logit adjustment's offset log p_y, put unchanged into the generalised cross-entropy "
    "(0 < q < 1), is not consistent for the balanced error: the offset must be log(p_y)/(1-q).",
)

STATEMENTS = (OFFSET,)
