"""Class weights in a mean over a batch that is divided by the batch's weights: what they amount to.

Widely used (``F.cross_entropy(weight=w)`` divides so) and taken for importance weighting. Derived here.
Checked by: identities and inequalities for two classes and batches of two, quadrature against enumeration.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real, as_whole
from ..imbalance import class_prior

__all__ = ["batch_mean_weights"]

STEP = 0.05


def batch_mean_weights(
    weight: ArrayLike, class_counts: ArrayLike, batch_size: int
) -> NDArray[np.float64]:
    """Class weights of the expected batch loss ``sum_i w_i l_i / sum_i w_i``, of mean 1.

    The expectation over batches of independent examples is a plain mean with weights ``a_y = B E[w_y/(w_y +
    S)]``, S the sum of the weights of B - 1 examples; by ``1/x = int exp(-x t) dt`` that is an integral over
    one variable. They lie between no weights (B = 1) and w (B large).

    Parameters
    ----------
    weight
        (K,), positive: the loss's class weights.
    class_counts
        (K,), positive: the shares in which classes are drawn.
    batch_size
        B, at least 1.

    Raises
    ------
    InputError
        If the shapes differ, or a number is out of its range.

    Examples
    --------
    >>> batch_mean_weights([1.0, 9.0], [90, 10], 1).tolist()
    [1.0, 1.0]
    >>> batch_mean_weights([1.0, 9.0], [90, 10], 128).round(2).tolist()
    [0.22, 1.78]
    """
    w = as_real("weight", weight, low=0, low_open=True)
    prior, size = class_prior(class_counts), as_whole("batch_size", batch_size, 1)
    if w.ndim != 1 or w.shape != prior.shape:
        raise InputError(
            f"weight has shape {w.shape}, class_counts {prior.shape}: must both be (K,)"
        )
    w = w / w.max()
    # by the trapezoidal rule in log t, which converges fast: the integrand falls off at both ends
    t = np.exp(np.arange(-45.0, np.log(800.0 / w.min()), STEP))
    decay = np.exp(-w[:, None] * t)
    mean = np.maximum(prior @ decay, np.finfo(np.float64).tiny)
    log_mean = np.where(
        mean > 0.5, np.log1p(np.maximum(prior @ np.expm1(-w[:, None] * t), -0.5)), np.log(mean)
    )
    found = w * (decay * t * np.exp((size - 1) * log_mean)).sum(axis=1)
    return found / found.mean()


# ------------------------------------------------------------------------------------ statements


EFFECTIVE_WEIGHTS = statement(
    name="batch_means.effective_weights",
    title="Divided by the batch's weights, class weights act as weights between none and themselves",
    source="derived here",
    corrects=(
        "A class-weighted mean over a batch, divided by the weights of the batch, is taken for importance "
        "weighting: its expectation is, with other weights, nearer to equal."
    ),
    functions=("batch_mean_weights",),
    where={
        "w: positive": "weight of the first class",
        "v: positive": "weight of the second class",
        "p: (0, 1)": "share of the first class",
        "a: positive": "sum of the other weights of a batch",
    },
    theorem=(
        "a batch of B independent examples, P(y) = pi_y, weights w_y > 0, losses l_i of mean L_y in class y: "
        "E[sum_i w_(y_i) l_i/sum_i w_(y_i)] = sum_y pi_y a_y L_y with a_y = B E[w_y/(w_y + S)], S the sum of "
        "the weights of B - 1 examples; for any two classes with w_y > w_z and B >= 2: 1 < a_y/a_z < w_y/w_z",
        r"\mathbb{E}\,\frac{\sum_i w_{y_i}\ell_i}{\sum_i w_{y_i}} = \sum_y \pi_y a_y L_y,\quad a_y = B\,"
        r"\mathbb{E}\frac{w_y}{w_y+S_{B-1}},\qquad 1 < \frac{a_y}{a_z} < \frac{w_y}{w_z}",
    ),
    formula=state("w*(p/(2*w) + (1 - p)/(w + v)) > v*(p/(w + v) + (1 - p)/(2*v))", given="w > v"),
    steps=(
        "more_than_equal: two classes, B = 2: the larger weight still counts for more",
        FORMULA,
        "less_than_asked: and for less than it asks, as 1/(w + S) decreases in w",
        state("p/(2*w) + (1 - p)/(w + v) < p/(w + v) + (1 - p)/(2*v)", given="w > v"),
        "any_batch_more: any other weights a: one example's share of the sum increases in its weight",
        state("w/(w + a) > v/(v + a)", given="w > v"),
        "any_batch_less: and the factor of its weight decreases",
        state("1/(w + a) < 1/(v + a)", given="w > v"),
        "single_example: B = 1: every example has weight 1",
        "w/w == 1",
    ),
    argument=(
        "By symmetry the expectation is B times that of one example's term; given its class, the others are "
        "independent of its loss. The two inequalities hold for every value of S, so for its mean."
    ),
    mutants=(
        "the weights act as themselves",
        "w*(p/(2*w) + (1 - p)/(w + v))*v == v*(p/(w + v) + (1 - p)/(2*v))*w",
        "they do not act at all",
        "w*(p/(2*w) + (1 - p)/(w + v)) == v*(p/(w + v) + (1 - p)/(2*v))",
        "the sum S of the others has no part: a_y = w_y/(w_y + w_y) for all",
        "w/(w + a) == v/(v + a)",
    ),
)

STATEMENTS = (EFFECTIVE_WEIGHTS,)
