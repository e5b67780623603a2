"""Least squares: uLSIF, its relative form RuLSIF, and LSIF, whose coefficients are at least 0.

Sources: Kanamori, Hido, Sugiyama, "A Least-squares Approach to Direct Importance Estimation" (JMLR
2009); Yamada et al., "Relative Density-Ratio Estimation" (NeurIPS 2011). The leave-one-out score is exact
(`density_ratio.leave_one_out`), for RuLSIF too. Checked by: fits without each pair,
`counterpoise.theory.ulsif_leave_one_out`, optimality conditions, planted ratios.
"""

from typing import Any, Self

import numpy as np
from scipy.optimize import nnls

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_number, one_of
from .estimator import RatioEstimator, Sample, centres_of, check_positive, folds, objective
from .kernels import gaussian_basis, gaussian_of, squared_distances, widths_of

__all__ = ["LSIF", "ULSIF", "RuLSIF"]

RIDGES = tuple(10.0 ** np.arange(-4.0, 1.5, 0.5))
PENALTIES = (1e-3, 1e-2, 1e-1)  # of LSIF, on the sum of the coefficients
JITTER = 1e-10  # of the mean of the diagonal, so that a singular matrix has a root


def moments(above: Any, below: Any, alpha: float = 0.0) -> tuple[Any, Any]:
    """H and h of ``theta'H theta/2 - h'theta`` from basis values, arrays or tensors; (T, T), (T,)."""
    matrix = (1.0 - alpha) / len(below) * (below.T @ below)
    if alpha:
        matrix = matrix + alpha / len(above) * (above.T @ above)
    return matrix, above.mean(0)


def coefficients(above: Any, below: Any, ridge: float, alpha: float = 0.0) -> Any:
    """``(H + ridge I)^-1 h`` from basis values (N, T) and (M, T), arrays or tensors; (T,)."""
    matrix, vector = moments(above, below, alpha)
    places = range(len(vector))
    matrix[places, places] += ridge
    return _algebra(matrix).solve(matrix, vector)


def leave_one_out(above: Any, below: Any, ridges: Any, alpha: float = 0.0) -> Any:
    """The objective on pairs left out in turn, exactly, for every ridge; (R,), arrays or tensors.

    ``above`` (N, T), ``below`` (M, T): basis values, paired by row, as many pairs as both have. One
    eigendecomposition serves all ridges. Without its pair, (H + ridge I)^-1 loses two rows: with S their
    products under the inverse of the whole and D = diag((1 - alpha)/(M - 1), alpha/(N - 1)), the fit's
    values at the pair are ``(I - S D)^-1`` times those of the whole matrix.
    """
    one, other = len(above), len(below)
    pairs = min(one, other)
    drop, drop_above = (1.0 - alpha) / (other - 1), alpha / (one - 1)
    matrix = drop * (below.T @ below)
    if alpha:
        matrix = matrix + drop_above * (above.T @ above)
    values, vectors = _algebra(matrix).eigh(matrix)
    inverse = 1.0 / (values.clip(0.0, None)[:, None] + ridges)
    phi, psi = below[:pairs] @ vectors, above[:pairs] @ vectors
    left = ((above.sum(0) @ vectors) - psi) / (one - 1)
    own, both = (phi * phi) @ inverse, (phi * psi) @ inverse
    at_below, at_above = (phi * left) @ inverse, (psi * left) @ inverse
    free = 1.0 - drop * own
    if not alpha:
        ratio_below = at_below / free
        ratio_above = at_above + drop * both * ratio_below
        return (ratio_below * ratio_below / 2.0 - ratio_above).mean(0)
    free_above = 1.0 - drop_above * ((psi * psi) @ inverse)
    volume = free * free_above - drop * drop_above * both * both
    ratio_below = (free_above * at_below + drop_above * both * at_above) / volume
    ratio_above = (free * at_above + drop * both * at_below) / volume
    squares = (1.0 - alpha) * ratio_below * ratio_below + alpha * ratio_above * ratio_above
    return (squares / 2.0 - ratio_above).mean(0)


def _algebra(matrix: Any) -> Any:
    if isinstance(matrix, np.ndarray):
        return np.linalg
    import torch

    return torch.linalg


class ULSIF(RatioEstimator):
    """Unconstrained least squares: ``r(x) = phi(x)'theta``, ``theta = (H + ridge I)^-1 h``, kept above 0.

    ``H`` is the mean of ``phi phi'`` over the denominator, ``h`` the mean of ``phi`` over the numerator.

    Parameters
    ----------
    width
        Of the Gaussian basis functions; of several the best by leave-one-out; by default multiples of
        the median distance.
    ridge
        Above 0; likewise, by default powers of 10.
    num_centres
        Rows of the numerator at which basis functions stand, at most.
    basis
        ``"gaussian"``, or ``"linear"``: the features themselves, with which this is moment matching.
    random_state
        The seed of the centres, a whole number.

    Attributes
    ----------
    width_, ridge_, loss_
        What was chosen, and its leave-one-out objective.
    coef_, centres_
        theta, (T,), and where the basis functions stand, (T, d).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> numerator, denominator = rng.normal(1, 1, (300, 1)), rng.normal(0, 1, (300, 1))
    >>> low, high = ULSIF().fit(numerator, denominator).predict([[-1.0], [1.5]])
    >>> bool(low < 0.6 and high > 1.5)  # truly 0.22 and 2.7
    True
    """

    alpha: float = 0.0

    def __init__(
        self,
        width: Any = None,
        ridge: Any = None,
        num_centres: int = 100,
        basis: str = "gaussian",
        random_state: int = 0,
    ) -> None:
        self.width = width
        self.ridge = ridge
        self.num_centres = num_centres
        self.basis = basis
        self.random_state = random_state

    def fit(self, numerator: ArrayLike, denominator: ArrayLike) -> Self:
        """Choose width and ridge, and solve; numerator (N, d), denominator (M, d), at least 2 rows each.

        Raises
        ------
        InputError
            If a sample is no finite matrix, the samples differ in their features, or a setting is none.
        """
        alpha = as_number("alpha", self.alpha, low=0, high=1, high_open=True)
        check_positive("width", self.width)
        check_positive("ridge", self.ridge)
        one_of("basis", self.basis, ("gaussian", "linear"))
        above, below = self._read_both(numerator, denominator)
        seed = self.random_state
        self.centres_ = centres_of(above, self.num_centres, seed)
        ridges = np.atleast_1d(RIDGES if self.ridge is None else self.ridge).astype(np.float64)
        if self.basis == "linear":
            widths = np.ones(1)
        else:
            widths = widths_of(self.width, np.vstack([above, below]), seed)
        far_above, far_below = (
            squared_distances(sample, self.centres_) for sample in (above, below)
        )
        self.loss_ = np.inf
        for width in widths:
            phi, psi = (
                (above, below)
                if self.basis == "linear"
                else (gaussian_of(far_above, width), gaussian_of(far_below, width))
            )
            losses = leave_one_out(phi, psi, ridges, alpha)
            best = int(losses.argmin())
            if losses[best] < self.loss_:
                self.loss_, self.width_, self.ridge_ = (
                    float(losses[best]),
                    float(width),
                    float(ridges[best]),
                )
                self.coef_ = coefficients(phi, psi, self.ridge_, alpha)
        if not np.isfinite(self.loss_):
            raise InputError(
                "numerator: its values are too large to square; divide both samples by their scale"
            )
        return self

    def _ratio(self, x: Sample) -> Sample:
        if self.basis == "linear":
            return x @ self.coef_
        return gaussian_basis(x, self.centres_, self.width_) @ self.coef_


class RuLSIF(ULSIF):
    """`ULSIF` of ``p / (alpha p + (1 - alpha) q)``, a ratio that is at most ``1 / alpha``.

    Parameters
    ----------
    alpha
        In [0, 1); 0 is `ULSIF`.
    width, ridge, num_centres, basis, random_state
        As of `ULSIF`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> numerator, denominator = rng.normal(3, 1, (300, 1)), rng.normal(0, 1, (300, 1))
    >>> bool(RuLSIF(alpha=0.25).fit(numerator, denominator).predict([[3.0]])[0] <= 4)  # truly 3.9
    True
    """

    def __init__(
        self,
        alpha: float = 0.1,
        width: Any = None,
        ridge: Any = None,
        num_centres: int = 100,
        basis: str = "gaussian",
        random_state: int = 0,
    ) -> None:
        super().__init__(width, ridge, num_centres, basis, random_state)
        self.alpha = alpha

    def score(self, numerator: ArrayLike, denominator: ArrayLike) -> float:
        """The same for the relative ratio, whose squares count under both samples."""
        above, below = self.predict(numerator), self.predict(denominator)
        squares = self.alpha * (above**2).mean() + (1 - self.alpha) * (below**2).mean()
        return float(above.mean() - squares / 2)

    def _ratio(self, x: Sample) -> Sample:
        ratio = super()._ratio(x)
        return np.minimum(ratio, 1 / self.alpha) if self.alpha else ratio


class LSIF(RatioEstimator):
    """Least squares with ``theta >= 0`` and a penalty on its sum: a quadratic program, by ``scipy``'s nnls.

    Parameters
    ----------
    width
        Of the Gaussian basis functions; of several the best in cross-validation; by default multiples
        of the median distance.
    penalty
        Above 0, on the sum of theta; likewise.
    num_centres, random_state
        As of `ULSIF`.
    cv
        Folds.

    Attributes
    ----------
    width_, penalty_, coef_, centres_
        What was chosen; theta, (T,), most of it 0, and where the basis functions stand, (T, d).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> numerator, denominator = rng.normal(1, 1, (200, 1)), rng.normal(0, 1, (200, 1))
    >>> low, high = LSIF(width=1.0).fit(numerator, denominator).predict([[-1.0], [1.5]])
    >>> bool(low < 0.6 and high > 1.5)
    True
    """

    def __init__(
        self,
        width: Any = None,
        penalty: Any = None,
        num_centres: int = 100,
        cv: int = 3,
        random_state: int = 0,
    ) -> None:
        self.width = width
        self.penalty = penalty
        self.num_centres = num_centres
        self.cv = cv
        self.random_state = random_state

    def fit(self, numerator: ArrayLike, denominator: ArrayLike) -> Self:
        """Choose width and penalty, and solve; numerator (N, d), denominator (M, d), at least 2 rows each.

        Raises
        ------
        InputError
            If a sample is no finite matrix, the samples differ in their features, or a setting is none.
        """
        check_positive("width", self.width)
        check_positive("penalty", self.penalty)
        above, below = self._read_both(numerator, denominator)
        seed = self.random_state
        self.centres_ = centres_of(above, self.num_centres, seed)
        penalties = np.atleast_1d(PENALTIES if self.penalty is None else self.penalty)
        widths = widths_of(self.width, np.vstack([above, below]), seed)
        far = squared_distances(above, self.centres_), squared_distances(below, self.centres_)
        split = list(folds(above, below, self.cv, seed))

        def loss(width: float, penalty: float) -> float:
            phi, psi = (gaussian_of(distance, width) for distance in far)
            held = []
            for (one, other), (out, away) in split:
                theta = not_negative(phi[one], psi[other], penalty)
                held.append(objective(phi[out] @ theta, psi[away] @ theta))
            return float(np.mean(held))

        pairs = [(float(w), float(p)) for w in widths for p in penalties]
        self.width_, self.penalty_ = (
            pairs[0] if len(pairs) == 1 else min(pairs, key=lambda p: loss(*p))
        )
        phi, psi = (gaussian_of(distance, self.width_) for distance in far)
        self.coef_ = not_negative(phi, psi, self.penalty_)
        return self

    def _ratio(self, x: Sample) -> Sample:
        return gaussian_basis(x, self.centres_, self.width_) @ self.coef_


def not_negative(above: Sample, below: Sample, penalty: float) -> Sample:
    """The theta >= 0 that minimises ``theta'H theta/2 - h'theta + penalty sum(theta)``.

    With H = L L' this is the nearest ``L'theta`` to ``L^-1 (h - penalty)``.
    """
    matrix, vector = moments(above, below)
    places = np.arange(len(vector))
    matrix[places, places] += JITTER * max(float(matrix.trace()) / len(vector), JITTER)
    root = np.linalg.cholesky(matrix)
    return nnls(root.T, np.linalg.solve(root, vector - penalty))[0]
