"""Thresholds on the posterior of a binary problem: for balanced accuracy, for costs, for F-beta.

A rule predicts positive where the estimated posterior exceeds the threshold. To tune a threshold by
cross-validation instead, use scikit-learn's ``TunedThresholdClassifierCV``. Sources stand at each.
Checked by: brute force over all thresholds, and the closed forms of `counterpoise.theory`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...theory.decision_costs import posterior_cost_threshold
from ...theory.posterior_thresholds import f_beta_metric, optimal_metric
from ...theory.validation import InputError, as_number, as_real

__all__ = [
    "Threshold",
    "cost_threshold",
    "expected_f_beta_threshold",
    "f_beta_threshold",
    "plug_in_threshold",
]


class Threshold(NamedTuple):
    """A threshold on the posterior and the measure's value there."""

    threshold: float
    value: float


def plug_in_threshold(target: ArrayLike) -> float:
    """The share of positives among labels in {0, 1}: the plug-in rule's threshold for balanced accuracy.

    ``sign(eta_hat - p_hat)`` is consistent for the AM measure, (TPR + TNR)/2, with any estimate of the
    posterior that converges in mean; it equals post-hoc logit adjustment at tau = 1 for K = 2.

    Raises
    ------
    InputError
        If the labels are others or all alike.

    Source: Menon et al. (ICML 2013), Algorithm 1 and Theorem 3.
    """
    return float(_labels(target).mean())


def cost_threshold(false_positive: float = 1.0, false_negative: float = 1.0) -> float:
    """``c_FP / (c_FP + c_FN)``, the threshold of least expected cost; costs > 0.

    Source: Elkan (IJCAI 2001), eq. (2).
    """
    return float(
        posterior_cost_threshold(
            as_number("false_positive", false_positive), as_number("false_negative", false_negative)
        )
    )


def f_beta_threshold(target: ArrayLike, score: ArrayLike, beta: float = 1.0) -> Threshold:
    """The threshold of greatest F-beta on labelled data, and that F-beta; any score will do.

    Predicting positive where ``score > threshold`` attains the value; the threshold lies halfway
    between two scores, or below them all.

    Parameters
    ----------
    target
        Labels in {0, 1}, shape (n,); both must occur.
    score
        Shape (n,), larger for positives. Use data that the classifier was not trained on.
    beta
        How much more recall counts than precision, > 0.

    Raises
    ------
    InputError
        If the labels are others or all alike, or shapes do not fit.
    """
    from sklearn.metrics import precision_recall_curve  # slow to import

    labels, scores = _labels(target), as_real("score", score)
    square = as_number("beta", beta, low=0, low_open=True) ** 2
    if scores.shape != labels.shape:
        raise InputError(f"score has shape {scores.shape}: must match target, {labels.shape}")
    precision, recall, at_least = precision_recall_curve(labels, scores)
    precision, recall = precision[:-1], recall[:-1]  # the last point predicts no positives
    below = square * precision + recall
    value = (1 + square) * precision * recall / np.where(below > 0, below, 1.0)
    best = int(value.argmax())
    smaller = scores[scores < at_least[best]]
    lower = smaller.max() if smaller.size else at_least[best] - 1.0
    return Threshold(float((lower + at_least[best]) / 2), float(value[best]))


def expected_f_beta_threshold(probability: ArrayLike, beta: float = 1.0) -> Threshold:
    """The threshold of greatest F-beta if the probabilities are right, and that F-beta; needs no labels.

    It is the best F-beta over ``1 + beta^2``: half the best F1, never above 1/2. The value is that
    of the expected counts, a limit for many examples.

    Parameters
    ----------
    probability
        Calibrated posteriors of the positive class, shape (n,), not all zero.
    beta
        How much more recall counts than precision, > 0.

    Source: Lipton, Elkan, Narayanaswamy (arXiv 1402.1892); Koyejo et al. (NeurIPS 2014).
    """
    posterior = as_real("probability", probability, low=0, high=1)
    if posterior.ndim != 1 or not posterior.any():
        raise InputError(
            f"probability has shape {posterior.shape}: must be a vector (n,) that is not all zero"
        )
    mass = np.full(posterior.size, 1.0 / posterior.size)
    value, threshold = optimal_metric(f_beta_metric(posterior.mean(), beta), posterior, mass)
    return Threshold(threshold, value)


def _labels(target: ArrayLike) -> np.ndarray:
    labels = as_real("target", target, low=0, high=1)
    if labels.ndim != 1 or not set(np.unique(labels)) == {0.0, 1.0}:
        raise InputError(
            f"target has shape {labels.shape} and values {np.unique(labels)[:3].tolist()}: "
            "must be labels 0 and 1, both of them, shape (n,)"
        )
    return labels
