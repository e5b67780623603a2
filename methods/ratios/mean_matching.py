"""Kernel mean matching: weights of the denominator's rows that give it the numerator's mean in feature space.

Source: Huang et al., "Correcting Sample Selection Bias by Unlabeled Data" (NeurIPS 2006); the ridge, and
with it the ratio at any point, are this project's. Checked by: optimality conditions, agreement of
`predict` with the weights of the program, planted ratios.
"""

from typing import Any, Self

import numpy as np

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_number
from .estimator import RatioEstimator, Sample, check_positive, folds
from .kernels import gaussian_basis, gaussian_of, squared_distances, widths_of

__all__ = ["KernelMeanMatching"]

RIDGES = (1e-3, 1e-2, 1e-1)


class KernelMeanMatching(RatioEstimator):
    """``min r'K r/2 - kappa'r + ridge M |r|^2/2`` with ``0 <= r <= bound`` and a mean of r near 1.

    ``K`` is the Gaussian kernel of the M rows of the denominator, ``kappa_i = (M/N) sum_j k(x_i, z_j)``
    over the N of the numerator. The conditions of optimality give r at any point,
    ``clip((kappa(x) - k(x)'r - nu)/(ridge M), 0, bound)`` with nu the price of the mean, and at the rows
    themselves the solution.

    Parameters
    ----------
    width
        Of the kernel; of several, the best in cross-validation, without the constraints; by default
        multiples of the median distance.
    ridge
        Above 0; likewise.
    bound
        The largest ratio.
    slack
        By how much the mean may differ from 1; ``(sqrt(M) - 1)/sqrt(M)`` by default, as in the paper.
    cv
        Folds.
    random_state
        Their seed, a whole number.

    Attributes
    ----------
    weights_
        The ratios of the denominator's rows, (M,).
    width_, ridge_, price_
        What was chosen, and nu.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> numerator, denominator = rng.normal(1, 1, (100, 1)), rng.normal(0, 1, (100, 1))
    >>> ratio = KernelMeanMatching(width=1.0, ridge=0.01).fit(numerator, denominator)
    >>> low, high = ratio.predict([[-1.0], [1.5]])
    >>> bool(low < 0.6 and high > 1.5)
    True
    """

    def __init__(
        self,
        width: Any = None,
        ridge: Any = None,
        bound: float = 1000.0,
        slack: float | None = None,
        cv: int = 3,
        random_state: int = 0,
    ) -> None:
        self.width = width
        self.ridge = ridge
        self.bound = bound
        self.slack = slack
        self.cv = cv
        self.random_state = random_state

    def fit(self, numerator: ArrayLike, denominator: ArrayLike) -> Self:
        """Choose width and ridge, and solve; numerator (N, d), denominator (M, d), at least 2 rows each.

        Raises
        ------
        InputError
            If a sample is no finite matrix, the samples differ in their features, or a setting is none.
        """
        check_positive("width", self.width)
        check_positive("ridge", self.ridge)
        bound = as_number("bound", self.bound, low=1)
        above, below = self._read_both(numerator, denominator)
        size, seed = len(below), self.random_state
        slack = 1 - size**-0.5 if self.slack is None else as_number("slack", self.slack, low=0)
        widths = widths_of(self.width, np.vstack([above, below]), seed)
        ridges = np.atleast_1d(RIDGES if self.ridge is None else self.ridge).astype(np.float64)
        far, near = squared_distances(below, above), squared_distances(below, below)
        split = list(folds(above, below, self.cv, seed))

        def losses(width: float) -> Sample:
            """Of every ridge, without the constraints."""
            cross, kernel = gaussian_of(far, width), gaussian_of(near, width)
            held = np.zeros(len(ridges))
            for (one, other), (out, away) in split:
                size = len(other)
                values, vectors = np.linalg.eigh(kernel[np.ix_(other, other)] / size)
                goal = vectors.T @ cross[np.ix_(other, one)].mean(axis=1)
                free = vectors @ (goal[:, None] / (values[:, None] + ridges))
                up = gaussian_basis(above[out], above[one], width).mean(axis=1)[:, None]
                up = up - cross[np.ix_(other, out)].T @ free / size
                down = cross[np.ix_(away, one)].mean(axis=1)[:, None]
                down = down - kernel[np.ix_(away, other)] @ free / size
                up, down = (np.clip(r / ridges, 0, bound) for r in (up, down))
                held += (down**2).mean(axis=0) / 2 - up.mean(axis=0)
            return held

        if len(widths) * len(ridges) == 1:
            self.width_, self.ridge_ = float(widths[0]), float(ridges[0])
        else:
            table = np.stack([losses(float(width)) for width in widths])
            row, column = np.unravel_index(table.argmin(), table.shape)
            self.width_, self.ridge_ = float(widths[row]), float(ridges[column])
        kernel, goal = gaussian_of(near, self.width_), gaussian_of(far, self.width_).mean(axis=1)
        self.weights_, self.price_ = matched(kernel / size, goal, self.ridge_, bound, slack)
        self.above_, self.below_ = above, below
        return self

    def _ratio(self, x: Sample) -> Sample:
        goal = gaussian_basis(x, self.above_, self.width_).mean(axis=1)
        given = gaussian_basis(x, self.below_, self.width_) @ self.weights_ / len(self.below_)
        return np.clip((goal - given - self.price_) / self.ridge_, 0, self.bound)


def matched(
    kernel: Sample, goal: Sample, ridge: float, bound: float, slack: float
) -> tuple[Sample, float]:
    """``min r'(K + ridge I) r/2 - goal'r``, 0 <= r <= bound, mean r within slack of 1; r, and its price."""
    import cvxpy as cp

    size = len(goal)
    ratio = cp.Variable(size)
    total = cp.sum(ratio) / size
    cost = cp.quad_form(ratio, cp.psd_wrap(kernel)) / 2 + ridge * cp.sum_squares(ratio) / 2
    mean: list[Any] = [total <= 1 + slack, total >= 1 - slack]
    box: list[Any] = [ratio >= 0, ratio <= bound]
    problem = cp.Problem(cp.Minimize(cost - goal @ ratio), [*box, *mean])
    problem.solve(solver=cp.CLARABEL)
    if ratio.value is None:
        raise InputError(
            f"ridge = {ridge:g}: the program was not solved ({problem.status}); give a larger ridge"
        )
    most, least = (float(np.squeeze(part.dual_value)) for part in mean)
    return np.clip(ratio.value, 0, bound), (most - least) / size
