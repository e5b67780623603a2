"""Ridge logistic regression trained on samples of two Gaussian classes: the world behind its limit.

Every training set is drawn in d dimensions and its convex problem solved by Newton's method; the test
rates of what was learnt are exact, since a test score is Gaussian given w and b.
Checked by: the stationarity of every solution, L-BFGS, and the limit `theory.high_dimension` states.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, log_expit, ndtr

from ..theory.foundation.arrays import ArrayLike
from ..theory.foundation.validation import as_whole
from ..theory.high_dimension import RidgeLogisticWorld, ridge_logistic_world
from .gaussian import SimulatedRates, as_generator, mean_rates, whole_counts

__all__ = ["TrainedLogistic", "sample_ridge_logistic", "simulate_ridge_logistic"]

Array = NDArray[np.float64]


class TrainedLogistic(NamedTuple):
    """What was learnt from each training set; arrays of shape (draws,).

    Examples
    --------
    >>> trained = sample_ridge_logistic(10, 10, 20, 3.0, 1.0, draws=4, seed=0)
    >>> trained.recall.shape, bool((trained.norm > 0).all())
    ((4,), True)
    """

    alignment: Array
    """Cosine of w with the best direction."""
    norm: Array
    intercept: Array
    recall: Array
    specificity: Array


def simulate_ridge_logistic(
    eta: float,
    kappa: float,
    Delta: float,
    ridge: float,
    *,
    tau: float = 0.0,
    class_weights: ArrayLike = (1.0, 1.0),
    scales: ArrayLike = (1.0, 1.0),
    dimension: int = 400,
    draws: int = 20,
    seed: int | np.random.SeedSequence,
) -> SimulatedRates:
    """Monte Carlo mean of the trained classifier's recall and specificity over training sets.

    Compare with ``ridge_logistic(result.eta, result.kappa, Delta, ridge, ...)``: at the whole numbers
    that were sampled. That is the limit d -> infinity, from which the mean differs by O(1/d), while the
    standard error is O(1/sqrt(d draws)): more draws at one dimension show the bias.

    Parameters
    ----------
    eta, kappa, Delta, ridge, tau, class_weights, scales
        As in `theory.high_dimension.ridge_logistic`.
    dimension, draws
        ``d >= 2`` and the number of training sets, at least 2. A set costs about
        ``10 n min(n, d)^2`` operations.
    seed
        An integer or a ``SeedSequence``; the same seed gives the same numbers.

    Raises
    ------
    InputError
        If an argument leaves its domain, or fewer than one minority example would be left.

    Examples
    --------
    >>> rates = simulate_ridge_logistic(4, 2, 3, 0.1, dimension=30, draws=10, seed=0)
    >>> rates.n0, rates.n1, 0 < rates.recall < rates.specificity < 1
    (48, 12, True)
    """
    n1, n0, dimension = whole_counts(eta, kappa, dimension, 2)
    trained = sample_ridge_logistic(
        n1,
        n0,
        dimension,
        Delta,
        ridge,
        tau=tau,
        class_weights=class_weights,
        scales=scales,
        draws=draws,
        seed=seed,
    )
    return mean_rates(trained.recall, trained.specificity, n1, n0, dimension)


def sample_ridge_logistic(
    n1: int,
    n0: int,
    dimension: int,
    Delta: float,
    ridge: float,
    *,
    tau: float = 0.0,
    class_weights: ArrayLike = (1.0, 1.0),
    scales: ArrayLike = (1.0, 1.0),
    draws: int = 20,
    seed: int | np.random.SeedSequence,
) -> TrainedLogistic:
    """Classifiers trained on ``draws`` samples of ``n1 <= n0`` examples; the means are on the first axis.

    Examples
    --------
    >>> trained = sample_ridge_logistic(12, 48, 30, 3.0, 0.1, draws=5, seed=0)
    >>> trained.norm.shape, bool(trained.alignment.min() > 0.5)
    ((5,), True)
    """
    n1, dimension = as_whole("n1", n1, 1), as_whole("dimension", dimension, 2)
    n0, draws = as_whole("n0", n0, n1), as_whole("draws", draws, 2)
    world = ridge_logistic_world(
        n0 / n1,
        (n0 + n1) / dimension,
        Delta,
        ridge,
        tau=tau,
        class_weights=class_weights,
        scales=scales,
    )
    generator = as_generator(seed)
    learnt = [_trained(world, n1, n0, dimension, generator) for _ in range(draws)]
    first, norm, intercept = np.array(learnt).T
    centre = world.half * first
    recall, specificity = ndtr((centre + intercept) / norm), ndtr((centre - intercept) / norm)
    return TrainedLogistic(first / norm, norm, intercept, recall, specificity)


def _trained(
    world: RidgeLogisticWorld,
    n1: int,
    n0: int,
    dimension: int,
    generator: np.random.Generator,
) -> tuple[float, float, float]:
    """The learnt w's part along the means, its length, and the intercept."""
    x = generator.standard_normal((n1 + n0, dimension))
    x[:n1, 0] += world.half
    x[n1:, 0] -= world.half
    along = np.eye(1, dimension)[0]
    if n1 + n0 < dimension:  # w is a combination of the examples: their span will do
        basis, coordinates = np.linalg.qr(x.T)
        x, along = coordinates.T, basis[0]
    w = minimise(world, x, n1)
    return float(w[:-1] @ along), float(np.linalg.norm(w[:-1])), float(w[-1])


def minimise(world: RidgeLogisticWorld, x: Array, n1: int) -> Array:
    """(w, b) of the least training objective; the first ``n1`` rows of ``x`` are the minority's."""
    n, d = x.shape
    minority = np.arange(n) < n1
    sign = np.where(minority, 1.0, -1.0)
    weight, scale, offset = (
        np.where(minority, *pair) for pair in (world.weight, world.scale, world.offset)
    )
    rows = np.column_stack([x, np.ones(n)]) * (sign * scale)[:, None]
    penalty = np.append(np.full(d, world.ridge), 0.0)

    def objective(w: Array) -> float:
        return float(-np.mean(weight * log_expit(rows @ w + offset)) + 0.5 * w @ (penalty * w))

    w = np.zeros(d + 1)
    value = objective(w)
    for _ in range(200):
        away = expit(-(rows @ w + offset))
        slope = penalty * w - rows.T @ (weight * away) / n
        bent = rows * np.sqrt(weight * away * (1.0 - away) / n)[:, None]
        hessian = bent.T @ bent + np.diag(penalty)
        step = cho_solve(cho_factor(hessian, overwrite_a=True), slope)
        decrease = float(slope @ step)
        if decrease <= 1e-16 * max(1.0, value):
            return w - step
        length = 1.0
        while (new := objective(w - length * step)) > value - 0.1 * length * decrease:
            length *= 0.5
            if length < 1e-8:  # rounding, not the objective, decides here
                return w - step
        w, value = w - length * step, new
    raise ArithmeticError("the training problem was not solved")
