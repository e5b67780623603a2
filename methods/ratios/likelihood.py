"""KLIEP: the ratio under which the numerator is likeliest, with mean exactly 1 over the denominator.

Source: Sugiyama et al., "Direct importance estimation for covariate shift adaptation" (AISM 2008).
Checked by: optimality conditions, the mean, planted ratios.
"""

from typing import Any, Self

import numpy as np
from scipy.optimize import minimize

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError
from .estimator import RatioEstimator, Sample, centres_of, check_positive, folds
from .kernels import gaussian_basis, gaussian_of, squared_distances, widths_of

__all__ = ["KLIEP"]

FACTORS = (0.5, 0.7, 1.0, 1.5, 2.5)
"""Widths that are tried, as multiples of the median distance: where no row of the denominator is near, a
narrow basis function grows without cost, and held-out rows of the numerator do not tell."""

LEAST = 1e-300  # instead of a density of 0, which has no logarithm


class KLIEP(RatioEstimator):
    """``max mean log r`` over the numerator with ``mean r = 1`` over the denominator, ``theta >= 0``.

    ``r(x) = phi(x)'theta`` with Gaussian basis functions. The constraint is met by scale: its multiplier
    is 1, so theta minimises ``mean r(denominator) - mean log r(numerator)`` over theta >= 0.

    Parameters
    ----------
    width
        Of the basis functions; of several the one of the largest likelihood in cross-validation; by
        default multiples of the median distance.
    num_centres
        Rows of the numerator at which basis functions stand, at most.
    cv
        Folds of the numerator.
    random_state
        The seed of centres and folds, a whole number.

    Attributes
    ----------
    width_, coef_, centres_
        What was chosen; theta, (T,), and where the basis functions stand, (T, d).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> numerator, denominator = rng.normal(1, 1, (200, 1)), rng.normal(0, 1, (200, 1))
    >>> ratio = KLIEP(width=1.0).fit(numerator, denominator)
    >>> round(float(ratio.predict(denominator).mean()), 6)
    1.0
    """

    def __init__(
        self, width: Any = None, num_centres: int = 100, cv: int = 3, random_state: int = 0
    ) -> None:
        self.width = width
        self.num_centres = num_centres
        self.cv = cv
        self.random_state = random_state

    def fit(self, numerator: ArrayLike, denominator: ArrayLike) -> Self:
        """Choose the width, and maximise; numerator (N, d), denominator (M, d), at least 2 rows each.

        Raises
        ------
        InputError
            If a sample is no finite matrix, the samples differ in their features, a setting is none, or
            the basis functions are 0 at all of the denominator: the samples are too far apart.
        """
        check_positive("width", self.width)
        above, below = self._read_both(numerator, denominator)
        seed = self.random_state
        self.centres_ = centres_of(above, self.num_centres, seed)
        widths = widths_of(self.width, np.vstack([above, below]), seed, FACTORS)
        far = squared_distances(above, self.centres_), squared_distances(below, self.centres_)
        split = list(folds(above, below, self.cv, seed))

        def loss(width: float) -> float:
            phi, psi = (gaussian_of(distance, width) for distance in far)
            mean = psi.mean(axis=0)
            if not mean.any():
                return np.inf
            held = [
                -np.log(np.maximum(phi[out] @ likeliest(phi[one], mean), LEAST)).mean()
                for (one, _), (out, _) in split
            ]
            return float(np.mean(held))

        self.width_ = float(widths[0] if len(widths) == 1 else min(widths, key=loss))
        phi, psi = (gaussian_of(distance, self.width_) for distance in far)
        if not psi.any():
            raise InputError(
                f"width = {self.width_:g}: no row of the denominator is within reach of the numerator; "
                "give a larger width"
            )
        self.coef_ = likeliest(phi, psi.mean(axis=0))
        return self

    def _ratio(self, x: Sample) -> Sample:
        return gaussian_basis(x, self.centres_, self.width_) @ self.coef_


def likeliest(phi: Sample, mean: Sample) -> Sample:
    """theta >= 0 with ``mean'theta = 1`` of the largest ``mean log(phi theta)``; phi (N, T), mean (T,)."""
    reach = np.maximum(mean, mean.max() * 1e-12)  # a centre that no row of the denominator is near
    scaled = phi / reach  # in shares reach theta, which are of one size

    def fall(share: Sample) -> tuple[float, Sample]:
        density = np.maximum(scaled @ share, LEAST)
        slope = 1.0 - scaled.T @ (1.0 / density) / len(density)
        return float(share.sum() - np.log(density).mean()), slope

    start = np.full(len(mean), 1.0 / len(mean))
    found = minimize(
        fall,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(mean),
        options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7},
    )
    theta = found.x / reach
    return theta / (mean @ theta)
