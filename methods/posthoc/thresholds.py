"""Thresholds on the posterior of a binary problem: for balanced accuracy, for costs, for F-beta.

A rule predicts positive where the estimated posterior exceeds the threshold. To tune a threshold by
cross-validation instead, use scikit-learn's ``TunedThresholdClassifierCV``. Sources stand at each.
Checked by: brute force over all thresholds, and the closed forms of `counterpoise.theory`.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...theory.decision import f_beta_metric, optimal_metric, posterior_cost_threshold
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_number, as_probabilities, as_real
from ..registry import Method
from .examples import binary_labels, example_weights

__all__ = [
    "Threshold",
    "cost_threshold",
    "expected_f_beta_threshold",
    "f_beta_threshold",
    "plug_in_threshold",
]

METHODS = (
    Method(
        name="cost_threshold",
        weight="as trained",
        margin="threshold c_FP/(c_FP + c_FN)",
        link="as trained",
        paper="Elkan 2001",
        consistent="only if c_FN/c_FP = (1 − p)/p",
        statements=("gaussian_decisions.one_offset",),
        untrained="it is for two classes: one threshold on one score",
    ),
    Method(
        name="f_beta_threshold",
        weight="as trained",
        margin="threshold of the best F_β on labelled data",
        link="as trained",
        paper="Koyejo et al. 2014",
        consistent="no: made for F_β",
        statements=("posterior_thresholds.linear_fractional",),
        untrained="it is for two classes: one threshold on one score",
    ),
    Method(
        name="expected_f_beta_threshold",
        weight="as trained",
        margin="threshold F*/(1 + β²)",
        link="as trained",
        paper="Lipton et al. 2014; Koyejo et al. 2014",
        consistent="no: made for F_β",
        statements=(
            "posterior_thresholds.linear_fractional",
            "gaussian_f1.one_optimal_threshold",
        ),
        untrained="it is for two classes: one threshold on one score",
    ),
)


BETAS = {"low": 1e-100, "high": 1e100}  # whose squares are numbers


class Threshold(NamedTuple):
    """A threshold on the posterior and the measure's value there.

    Examples
    --------
    >>> Threshold(threshold=0.3, value=0.6).threshold
    0.3
    """

    threshold: float
    value: float


def plug_in_threshold(target: ArrayLike, *, pos_label: Any = None) -> float:
    """The share of positives among two labels: the plug-in rule's threshold for balanced accuracy.

    ``sign(eta_hat - p_hat)`` is consistent for the AM measure, (TPR + TNR)/2, with any estimate of the
    posterior that converges in mean; it equals post-hoc logit adjustment at tau = 1 for K = 2.

    Parameters
    ----------
    target
        Two labels that both occur, shape (n,): 0 and 1, -1 and 1, truth values, or any with
        ``pos_label``.
    pos_label
        The label of the positive class, if that is not 1.

    Raises
    ------
    InputError
        If the labels are others or all alike.

    Source: Menon et al. (ICML 2013), Algorithm 1 and Theorem 3.

    Examples
    --------
    >>> plug_in_threshold([0, 0, 0, 1])
    0.25
    >>> plug_in_threshold(["ill", "well", "well", "well"], pos_label="ill")
    0.25
    """
    return float(binary_labels(target, pos_label).mean())


def cost_threshold(false_positive: float = 1.0, false_negative: float = 1.0) -> float:
    """``c_FP / (c_FP + c_FN)``, the threshold of least expected cost; costs > 0.

    Raises
    ------
    InputError
        If a cost is not a positive number.

    Source: Elkan (IJCAI 2001), eq. (2).

    Examples
    --------
    >>> cost_threshold(false_positive=1, false_negative=4)
    0.2
    """
    return float(
        posterior_cost_threshold(
            as_number("false_positive", false_positive), as_number("false_negative", false_negative)
        )
    )


def f_beta_threshold(
    target: ArrayLike,
    score: ArrayLike,
    beta: float = 1.0,
    *,
    sample_weight: ArrayLike | None = None,
    pos_label: Any = None,
) -> Threshold:
    """The threshold of greatest F-beta on labelled data, and that F-beta; any score will do.

    Predicting positive where ``score > threshold`` attains the value; the threshold lies halfway
    between two scores, on the lower one if the precision of the scores holds nothing between them, or
    below them all.

    Parameters
    ----------
    target
        Two labels that both occur, shape (n,): 0 and 1, -1 and 1, truth values, or any with
        ``pos_label``.
    score
        Shape (n,), larger for positives. Use data that the classifier was not trained on.
    beta
        How much more recall counts than precision, in [1e-100, 1e100].
    sample_weight
        How often each example counts, shape (n,), >= 0; once each unless given.
    pos_label
        The label of the positive class, if that is not 1.

    Raises
    ------
    InputError
        If the labels are others or all alike, or shapes do not fit.

    Examples
    --------
    >>> f_beta_threshold([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.9])
    Threshold(threshold=0.15000000000000002, value=0.8)
    """
    from sklearn.metrics import precision_recall_curve  # slow to import

    labels = binary_labels(target, pos_label).astype(np.float64)
    scores = as_real("score", score)
    square = as_number("beta", beta, **BETAS) ** 2
    if scores.shape != labels.shape:
        raise InputError(f"score has shape {scores.shape}: must match target, {labels.shape}")
    weight = example_weights(sample_weight, labels.shape)
    labels, scores, weight = (values[weight > 0] for values in (labels, scores, weight))
    if len(np.unique(labels)) < 2:
        raise InputError(f"sample_weight leaves label {1 - labels[0]:g} of target nothing")
    ordered, rank = np.unique(
        scores, return_inverse=True
    )  # differences of ranks are never too large
    precision, recall, at_least = precision_recall_curve(labels, rank, sample_weight=weight)
    precision, recall = precision[:-1], recall[:-1]  # the last point predicts no positives
    below = square * precision + recall
    value = (1 + square) * precision * recall / np.where(below > 0, below, 1.0)
    best = int(value.argmax())
    kind = np.asarray(score).dtype
    threshold = _just_below(
        ordered, int(at_least[best]), kind if kind.kind == "f" else scores.dtype
    )
    return Threshold(threshold, float(value[best]))


def _just_below(ordered: NDArray[np.float64], rank: int, kind: np.dtype) -> float:
    """What the score of this rank exceeds and the smaller ones do not, in the precision of its kind."""
    score = ordered[rank]
    if rank == 0:
        with np.errstate(over="ignore"):  # the lowest number of all exceeds minus infinity
            return float(
                min(kind.type(score - 0.5), np.nextafter(kind.type(score), -kind.type(np.inf)))
            )
    lower = ordered[rank - 1]
    middle = kind.type(lower / 2 + score / 2)  # the sum itself may be too large
    return float(middle if lower < middle < score else lower)


def expected_f_beta_threshold(
    probability: ArrayLike, beta: float = 1.0, *, sample_weight: ArrayLike | None = None
) -> Threshold:
    """The threshold of greatest F-beta if the probabilities are right, and that F-beta; needs no labels.

    It is the best F-beta over ``1 + beta^2``: half the best F1, never above 1/2. The value is that
    of the expected counts, a limit for many examples.

    Parameters
    ----------
    probability
        Calibrated posteriors of the positive class, shape (n,), not all zero.
    beta
        How much more recall counts than precision, in [1e-100, 1e100].
    sample_weight
        How often each example counts, shape (n,), >= 0; once each unless given.

    Raises
    ------
    InputError
        If shapes do not fit, or no probability that counts is positive.

    Source: Lipton, Elkan, Narayanaswamy (arXiv 1402.1892); Koyejo et al. (NeurIPS 2014).

    Examples
    --------
    >>> expected_f_beta_threshold([0.9, 0.9, 0.1])
    Threshold(threshold=0.46153846153846156, value=0.9230769230769231)
    """
    beta = as_number("beta", beta, **BETAS)
    posterior = as_probabilities("probability", probability)
    if posterior.ndim != 1 or not posterior.any():
        raise InputError(
            f"probability has shape {posterior.shape}: must be a vector (n,) that is not all zero"
        )
    weight = example_weights(sample_weight, posterior.shape)
    mass = weight / weight.sum()
    share = float(mass @ posterior)
    if share <= 0:
        raise InputError("sample_weight is zero wherever probability is not: some must count")
    value, threshold = optimal_metric(f_beta_metric(min(share, 1.0), beta), posterior, mass)
    return Threshold(threshold, value)
