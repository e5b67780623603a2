"""Class-wise difficulty: how wrong a class goes now, and how strongly that should weigh.

Source: Sinha, Ohashi, Nakamura, "Class-wise difficulty-balanced loss for solving class-imbalance"
(ACCV 2020), eqs. (3) to (6). Checked by: limits, monotonicity, values worked out by hand.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from .validation import InputError, as_number, as_real, one_of

__all__ = ["difficulty_exponent", "difficulty_power"]

EPSILON = 0.01
FORMS = ("paper", "cifar")


def difficulty_exponent(class_accuracy: ArrayLike, form: str = "paper") -> float:
    """The dynamic exponent tau of difficulty weights, from accuracies of shape (K,) in [0, 1].

    ``form="paper"``: ``tau = 2 sigmoid(b)``, ``b = max A / (min A + 0.01) - 1``, which the authors also
    use in their ImageNet code. The 0.01 makes b slightly negative at equal accuracies; it is cut at
    zero, so that tau lies in [1, 2) as the paper says. ``form="cifar"``: the authors' CIFAR code,
    ``tau = sigmoid(max A / (min A + 0.01))``, in [1/2, 1).
    """
    accuracy = _accuracies(class_accuracy)
    ratio = accuracy.max() / (accuracy.min() + EPSILON)
    if one_of("form", form, FORMS) == "cifar":
        return float(expit(ratio))
    return float(2.0 * expit(max(ratio - 1.0, 0.0)))


def difficulty_power(class_accuracy: ArrayLike, tau: float) -> NDArray[np.float64]:
    """``(1 - A_y)^tau``, shape (K,), for ``tau >= 0``; ones where every class is at 1, so none is hard."""
    difficulty, tau = 1.0 - _accuracies(class_accuracy), as_number("tau", tau, low=0)
    return difficulty**tau if difficulty.any() else np.ones_like(difficulty)


def _accuracies(class_accuracy: ArrayLike) -> NDArray[np.float64]:
    accuracy = as_real("class_accuracy", class_accuracy, low=0, high=1)
    if accuracy.ndim != 1 or accuracy.size == 0:
        raise InputError(
            f"class_accuracy has shape {accuracy.shape}: give one accuracy per class, shape (K,)"
        )
    return accuracy
