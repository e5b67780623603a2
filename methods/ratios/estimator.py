"""What estimators of density ratios share: samples that are checked, a score, and held-out folds.

Checked by: scikit-learn's estimator checks on every estimator.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.model_selection import KFold
from sklearn.utils.validation import check_is_fitted, validate_data

from ...theory.foundation.validation import (
    InputError,
    InputTypeError,
    as_real,
    as_seed,
    as_whole,
    readable,
)

Sample = NDArray[np.float64]


class RatioEstimator(BaseEstimator, ABC):
    """``r(x) = p_numerator(x) / p_denominator(x)`` from a sample of each.

    scikit-learn's estimator in all but the second argument of ``fit``, which is a sample where
    classifiers take labels: its estimator checks hold with the sample given twice.
    """

    def predict(self, x: Any) -> Sample:
        """The ratio at x, at least 0; x (N, d) -> (N,).

        Raises
        ------
        InputError
            If x holds nan or infinity, or has another number of features than the samples.
        """
        check_is_fitted(self)
        return np.maximum(self._ratio(self._read("x", x, reset=False)), 0.0)

    def score(self, numerator: Any, denominator: Any) -> float:
        """``mean r(numerator) - mean r(denominator)^2 / 2``: the larger, the nearer in mean square.

        Up to a constant it is minus half the mean squared error under the denominator.
        """
        return -objective(self.predict(numerator), self.predict(denominator))

    @abstractmethod
    def _ratio(self, x: Sample) -> Sample:
        """The ratio at x, of any sign."""

    def _read_both(self, numerator: Any, denominator: Any) -> tuple[Sample, Sample]:
        above = self._read("numerator", numerator, reset=True, least=2)
        return above, self._read("denominator", denominator, reset=False, least=2)

    def _read(self, name: str, sample: Any, reset: bool, least: int = 1) -> Sample:
        try:
            read: Any = validate_data(
                self, readable(sample), reset=reset, dtype=np.float64, ensure_min_samples=least
            )
        except TypeError as error:
            raise InputTypeError(_named(name, error)) from None
        except ValueError as error:
            raise InputError(_named(name, error)) from None
        return read


def _named(name: str, error: Exception) -> str:
    """scikit-learn's words on one line, with our name of the argument; advice about other tasks left out."""
    first, *more = str(error).split("\n")
    words = " ".join([first, *(line for line in more if line.startswith("Reshape"))])
    return words.replace("Input X", name) if "Input X" in words else f"{name}: {words}"


def objective(above: Any, below: Any) -> float:
    """``mean r(denominator)^2 / 2 - mean r(numerator)``, least for the true ratio."""
    return float((below * below).mean() / 2 - above.mean())


def folds(
    above: Sample, below: Sample, cv: int, seed: int
) -> Iterator[tuple[tuple[Any, Any], tuple[Any, Any]]]:
    """Rows of both samples to fit to, and those that are held out, in turn."""
    number = min(as_whole("cv", cv, 2), len(above), len(below))
    split = KFold(number, shuffle=True, random_state=as_seed(seed))
    for (one, held), (other, kept) in zip(split.split(above), split.split(below), strict=True):
        yield (one, other), (held, kept)


def check_positive(name: str, value: Any) -> None:
    """Refuse what is neither None nor a positive number nor several."""
    if value is not None:
        given = as_real(name, value, low=0, low_open=True)
        if given.ndim > 1 or not given.size:
            raise InputError(f"{name} has shape {given.shape}: give one number, or several")


def centres_of(sample: Sample, number: int, seed: int) -> Sample:
    """Rows of a sample, drawn without replacement; all, if there are no more."""
    if len(sample) <= as_whole("num_centres", number, 1):
        return sample
    return np.random.default_rng(as_seed(seed)).choice(sample, number, replace=False)
