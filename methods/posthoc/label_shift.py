"""The class prior of a new, unlabelled population, by the confusion matrix (BBSE).

By likelihood (MLLS, the EM of Saerens et al.) it is `counterpoise.theory.label_shift.mlls_prior`; hand
either to `adjust_probabilities` as target prior. Source: Lipton, Wang, Smola (ICML 2018).
Checked by: exact recovery without noise, and convergence on sampled worlds.
"""

import numpy as np
from numpy.typing import NDArray

from ...theory.adjustment import bbse_weights, mlls_prior
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_real, as_whole
from .examples import example_weights, truth_as_numbers

__all__ = ["bbse_prior", "mlls_prior"]


def bbse_prior(
    target: ArrayLike,
    predicted: ArrayLike,
    new_predicted: ArrayLike,
    num_classes: int,
    *,
    sample_weight: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """The new population's class prior from hard predictions, shape (K,).

    Negative solutions, which noise can produce, are set to zero before the shares are made to sum to
    one, as in the authors' experiments.

    Parameters
    ----------
    target, predicted
        Classes 0..K-1 of labelled examples that the classifier was not trained on, and its
        predictions for them, both of shape (n,).
    new_predicted
        Predictions for examples of the new population, shape (m,).
    num_classes
        K.
    sample_weight
        How often each labelled example counts, shape (n,), >= 0; once each unless given.

    Raises
    ------
    InputError
        If shapes or classes do not fit, or the confusion matrix is singular.

    Examples
    --------
    >>> target, predicted = [0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 0, 1, 1, 1]
    >>> bbse_prior(target, predicted, new_predicted=[0, 0, 0, 1, 1, 1, 1, 1], num_classes=2)
    array([0.25, 0.75])
    """
    classes = as_whole("num_classes", num_classes, 2)
    true = _class_indices("target", target, classes)
    answered = _class_indices("predicted", predicted, classes)
    if true.shape != answered.shape:
        raise InputError(f"predicted has shape {answered.shape}: must match target, {true.shape}")
    weight = example_weights(sample_weight, true.shape)
    confusion = np.zeros((classes, classes))
    np.add.at(confusion, (answered, true), weight / weight.sum())
    new = np.bincount(_class_indices("new_predicted", new_predicted, classes), minlength=classes)
    weights = np.maximum(bbse_weights(confusion, new / new.sum()), 0.0)
    prior = weights * confusion.sum(axis=0)
    return prior / prior.sum()


def _class_indices(name: str, values: ArrayLike, classes: int) -> NDArray[np.intp]:
    index = as_real(name, truth_as_numbers(values), low=0, high=classes - 1)
    if index.ndim != 1 or index.size == 0 or np.any(index % 1 != 0):
        raise InputError(f"{name} has shape {index.shape}: must be class indices of shape (n,)")
    return index.astype(np.intp)
