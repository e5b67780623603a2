"""Ratios from models of the samples: a classifier that tells them apart, and a Gaussian for each.

Sources: Qin, "Inferences for case-control and semiparametric two-sample density ratio models"
(Biometrika 1998); Sugiyama, Suzuki, Kanamori, "Density Ratio Estimation in Machine Learning" (2012).
Checked by: closed forms, and planted ratios.
"""

from typing import Any, Self

import numpy as np
from scipy.linalg import solve_triangular
from sklearn.base import clone
from sklearn.covariance import ledoit_wolf, shrunk_covariance
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, InputTypeError, as_number
from .estimator import RatioEstimator, Sample

__all__ = ["ClassifierRatio", "GaussianRatio"]

EDGE = 1e-12  # how near to 0 and 1 a posterior is believed


class ClassifierRatio(RatioEstimator):
    """``r(x) = (M/N) p(x) / (1 - p(x))``, p the posterior that x is one of the N rows of the numerator.

    Parameters
    ----------
    estimator
        A classifier with ``predict_proba``, a search over its settings for one; logistic regression on
        standardised features by default. It must not balance the samples.

    Attributes
    ----------
    estimator_, odds_
        The fitted classifier, and M/N.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> numerator, denominator = rng.normal(1, 1, (300, 1)), rng.normal(0, 1, (600, 1))
    >>> low, high = ClassifierRatio().fit(numerator, denominator).predict([[-1.0], [1.5]])
    >>> bool(0.1 < low < 0.4 and 2 < high < 3.5)  # truly 0.22 and 2.7
    True
    """

    def __init__(self, estimator: Any = None) -> None:
        self.estimator = estimator

    def fit(self, numerator: ArrayLike, denominator: ArrayLike) -> Self:
        """Fit the classifier; numerator (N, d), denominator (M, d), at least 2 rows each.

        Raises
        ------
        InputError
            If a sample is no finite matrix, or the samples differ in their features.
        InputTypeError
            If the classifier estimates no probabilities.
        """
        model = self.estimator
        if model is None:
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        if not hasattr(model, "predict_proba"):
            raise InputTypeError(
                f"estimator = {type(model).__name__}: must be a classifier with predict_proba"
            )
        above, below = self._read_both(numerator, denominator)
        self.odds_ = len(below) / len(above)
        origin = np.repeat([1, 0], [len(above), len(below)])
        self.estimator_ = clone(model).fit(np.vstack([above, below]), origin)
        return self

    def _ratio(self, x: Sample) -> Sample:
        posterior = np.clip(self.estimator_.predict_proba(x)[:, 1], EDGE, 1 - EDGE)
        return self.odds_ * posterior / (1 - posterior)


class GaussianRatio(RatioEstimator):
    """The ratio of two Gaussian densities with the samples' means and covariances.

    Parameters
    ----------
    shrinkage
        Of the covariances towards a multiple of the identity, in [0, 1]; Ledoit and Wolf's by default.

    Attributes
    ----------
    means_, roots_
        Of numerator and denominator: means, (d,), and Cholesky factors of the covariances, (d, d).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> numerator, denominator = rng.normal(1, 1, (300, 1)), rng.normal(0, 1, (300, 1))
    >>> low, high = GaussianRatio().fit(numerator, denominator).predict([[-1.0], [1.5]])
    >>> bool(0.1 < low < 0.4 and 2 < high < 3.5)  # truly 0.22 and 2.7
    True
    """

    def __init__(self, shrinkage: float | None = None) -> None:
        self.shrinkage = shrinkage

    def fit(self, numerator: ArrayLike, denominator: ArrayLike) -> Self:
        """Means and covariances; numerator (N, d), denominator (M, d), at least 2 rows each.

        Raises
        ------
        InputError
            If a sample is no finite matrix, the samples differ in their features, or a covariance is
            singular.
        """
        if self.shrinkage is not None:
            as_number("shrinkage", self.shrinkage, low=0, high=1)
        samples = self._read_both(numerator, denominator)
        self.means_ = [sample.mean(axis=0) for sample in samples]
        self.roots_ = [
            self._root(name, sample)
            for name, sample in zip(("numerator", "denominator"), samples, strict=True)
        ]
        return self

    def _root(self, name: str, sample: Sample) -> Sample:
        if self.shrinkage is None:
            covariance = ledoit_wolf(sample)[0]
        else:
            plain = np.atleast_2d(np.cov(sample, rowvar=False, bias=True))
            covariance = shrunk_covariance(plain, self.shrinkage)
        try:
            return np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            raise InputError(
                f"{name}: its covariance is singular; give a larger shrinkage, or fewer features"
            ) from None

    def _ratio(self, x: Sample) -> Sample:
        one, other = (
            -np.log(np.diag(root)).sum()
            - (solve_triangular(root, (x - mean).T, lower=True) ** 2).sum(axis=0) / 2
            for mean, root in zip(self.means_, self.roots_, strict=True)
        )
        return np.exp(np.minimum(one - other, 700.0))
