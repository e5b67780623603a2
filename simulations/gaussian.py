"""Plug-in LDA with known or estimated covariance, sampled at a finite dimension: the world of `theory.lda`.

The rule sees its training set only through two Gaussian class means, so a whole training set is two
normals and a 2x2 Wishart factor, whatever d; given that draw the test rates are exact. An estimated
covariance adds a 3x3 Wishart factor and two chi-squares, and its pseudo-inverse, where examples are fewer
than dimensions, two more such factors for the part of the means in the examples' span.
Checked by: the d-dimensional sampler it replaces (in law), and the closed form it tests.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ..theory.foundation.validation import (
    InputError,
    InputTypeError,
    as_number,
    as_whole,
    one_of,
    shown,
)
from ..theory.gaussian import Rates
from ..theory.high_dimension import COVARIANCES

__all__ = [
    "DIMENSION",
    "DRAWS",
    "SimulatedRates",
    "as_generator",
    "mean_rates",
    "sample_plug_in",
    "simulate_plug_in",
    "whole_counts",
]

DIMENSION = 10_000_000
DRAWS = 400


class SimulatedRates(NamedTuple):
    """Mean rates over training draws, their standard errors, and the world that was sampled.

    Examples
    --------
    >>> rates = simulate_plug_in(10, 1.0, 2.0, draws=50, seed=0)
    >>> rates.n0 // rates.n1, 0 < rates.recall < rates.specificity < 1
    (10, True)
    """

    recall: float
    specificity: float
    recall_se: float
    specificity_se: float
    n1: int
    """Minority training examples, a whole number."""
    n0: int
    """Majority training examples, a whole number."""
    dimension: int

    @property
    def eta(self) -> float:
        """The imbalance that was sampled, ``n0 / n1``."""
        return self.n0 / self.n1

    @property
    def kappa(self) -> float:
        """The sample-dimension ratio that was sampled, ``(n0 + n1) / d``."""
        return (self.n0 + self.n1) / self.dimension


def simulate_plug_in(
    eta: float,
    kappa: float,
    Delta: float,
    *,
    tau: float = 0.0,
    covariance: str = "known",
    dimension: int = DIMENSION,
    draws: int = DRAWS,
    seed: int | np.random.SeedSequence,
) -> SimulatedRates:
    """Monte Carlo mean of the plug-in rule's recall and specificity over training sets.

    Compare with ``theory.lda.plug_in_rates(result.eta, result.kappa, Delta, tau)``: at the whole
    numbers that were sampled, so that rounding explains nothing. That closed form is the limit
    d -> infinity; the mean at finite d differs from it by O(1/d), while the standard error is
    O(1/sqrt(d draws)). Their ratio, O(sqrt(draws/d)), is what makes the comparison fair. With 400
    draws the bias was measured (2e5 draws; eta 1..100, kappa 0.1..100, Delta 1..4) at up to 2.7
    standard errors for d = 2e4, 0.4 for d = 1e6, hence about 0.1 at the default d = 1e7, which
    costs no more than a small one.

    Parameters
    ----------
    eta, kappa, Delta
        ``eta >= 1`` majority over minority, ``kappa > 0`` examples per dimension, ``Delta > 0``.
    tau
        Strength of logit adjustment; 0 is the plain rule.
    covariance
        ``"known"``, ``"estimated"`` from the same examples, at least ``d + 2`` of them, or
        ``"pseudo_inverse"``, that of the estimate, from 5 examples on.
    dimension, draws
        ``d >= 3`` and the number of training sets, at least 2.
    seed
        An integer or a ``SeedSequence``; the same seed gives the same numbers.

    Raises
    ------
    InputError
        If an argument leaves its domain, or fewer than one minority example would be left.

    Examples
    --------
    >>> rates = simulate_plug_in(1, 10.0, 2.0, draws=100, seed=0)
    >>> abs(rates.recall - rates.specificity) < 5 * rates.recall_se
    True
    """
    n1, n0, dimension = whole_counts(eta, kappa, dimension, 3)
    rates = sample_plug_in(
        n1, n0, dimension, Delta, tau=tau, covariance=covariance, draws=draws, seed=seed
    )
    return mean_rates(rates.recall, rates.specificity, n1, n0, dimension)


def whole_counts(eta: float, kappa: float, dimension: int, least: int) -> tuple[int, int, int]:
    """Minority and majority examples of a sampled world, and its dimension, which is ``least`` or more."""
    eta = as_number("eta", eta, low=1)
    kappa = as_number("kappa", kappa, low=0, low_open=True)
    dimension = as_whole("dimension", dimension, least)
    n1 = round(kappa * dimension / (1.0 + eta))
    if n1 < 1:
        raise InputError(
            f"eta = {eta:.3g} with kappa = {kappa:.3g}: leaves no minority example in dimension "
            f"{dimension:.3g}; lower eta or raise kappa, in this dimension to {(1 + eta) / dimension:.3g}"
        )
    return n1, round(eta * n1), dimension


def mean_rates(
    recall: NDArray[np.float64], specificity: NDArray[np.float64], n1: int, n0: int, dimension: int
) -> SimulatedRates:
    """Means over draws, with their standard errors."""
    root = np.sqrt(recall.size)
    return SimulatedRates(
        recall=float(recall.mean()),
        specificity=float(specificity.mean()),
        recall_se=float(recall.std(ddof=1) / root),
        specificity_se=float(specificity.std(ddof=1) / root),
        n1=n1,
        n0=n0,
        dimension=dimension,
    )


def sample_plug_in(
    n1: int,
    n0: int,
    dimension: int,
    Delta: float,
    *,
    tau: float = 0.0,
    covariance: str = "known",
    draws: int = DRAWS,
    seed: int | np.random.SeedSequence,
) -> Rates:
    """Exact test rates of ``draws`` independently trained plug-in rules; arrays of shape (draws,).

    Sigma = I, the true means are ``+-Delta/2`` on the first axis. The rule is ``w'(x - c) > (1-tau)
    log(n0/n1)`` with ``w`` the difference and ``c`` the midpoint of the sample means. Off the first
    axis only the Gram matrix of the two means' noises matters, a 2x2 Wishart with d - 1 degrees of
    freedom, drawn by its Bartlett factor. With ``covariance="estimated"`` the direction is ``S^-1 w``, S
    pooled with n0 + n1 - 2 degrees of freedom, see `_solved`; with ``"pseudo_inverse"`` it is ``S^+ w``, the
    same where ``n0 + n1 - 2 >= d``, see `_solved_in_span`.

    Examples
    --------
    >>> rates = sample_plug_in(100, 1000, 50, 2.0, draws=20, seed=0)
    >>> rates.recall.shape, bool(rates.recall.mean() < rates.specificity.mean())
    ((20,), True)
    """
    n1, n0 = as_whole("n1", n1, 1), as_whole("n0", n0, 1)
    dimension, draws = as_whole("dimension", dimension, 3), as_whole("draws", draws, 2)
    Delta = as_number("Delta", Delta, low=0, low_open=True)
    tau = as_number("tau", tau)
    kind, free = one_of("covariance", covariance, COVARIANCES), n1 + n0 - 2
    least = {"known": 0, "estimated": dimension, "pseudo_inverse": 3}[kind]
    if free < least:
        raise InputError(
            f"n1 + n0 = {n1 + n0}: to estimate a covariance in dimension {dimension} takes at least "
            f"{least + 2} examples"
        )
    rng = as_generator(seed)

    first1, first0, shared = rng.standard_normal((3, draws))
    noise11 = rng.chisquare(dimension - 1, draws)
    rest = rng.chisquare(dimension - 2, draws)
    # Both means along the first axis, the rest of the minority's noise, and what then is left.
    mean1 = np.stack([0.5 * Delta + first1 / np.sqrt(n1), np.sqrt(noise11 / n1), np.zeros(draws)])
    mean0 = np.stack([first0, shared, np.sqrt(rest)]) / np.sqrt(n0)
    mean0[0] -= 0.5 * Delta
    w, outside = mean1 - mean0, np.zeros(draws)
    if kind != "known":
        solved = _solved if free >= dimension else _solved_in_span
        w, outside = solved(w, free, dimension, rng)
    length = np.sqrt((w**2).sum(axis=0) + outside)
    centre = 0.5 * (w * (mean1 + mean0)).sum(axis=0)
    true_mean = 0.5 * Delta * w[0]  # w'mu_1 = -w'mu_0
    cut = centre + (1.0 - tau) * np.log(n0 / n1)
    return Rates(ndtr((true_mean - cut) / length), ndtr((true_mean + cut) / length))


def _solved(
    u: NDArray[np.float64], free: int, dimension: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``S^-1 u`` on the three axes of u, shape (3, draws), and its squared length off them.

    S = W/free with W Wishart in d dimensions: the inverse of the corner of W^-1 is a 3x3 Wishart with
    free - d + 3 degrees of freedom, T; off the corner W^-1 u is W_22^-1/2 g |T^-1 u| with g normal in d - 3
    dimensions and independent of W_22, so that its square is a ratio of two chi-squares.
    """
    wishart = _wishart(free - dimension + 3, u.shape[1], rng)
    inside = free * _over(wishart, u)
    off = rng.chisquare(dimension - 3, u.shape[1]) if dimension > 3 else 0.0
    return inside, (inside**2).sum(axis=0) * off / rng.chisquare(free - dimension + 4, u.shape[1])


def _solved_in_span(
    u: NDArray[np.float64], free: int, dimension: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same of ``S^+ u``, for an S that has fewer degrees of freedom than dimensions.

    ``S = Z'Z/free`` with Z = L Q normal, the rows of Q orthonormal: ``S^+ = free Q' (L'L)^-1 Q``. L'L has the
    law of ``Z Z'``, a Wishart in ``free`` dimensions with d degrees of freedom, and Q is uniform and
    independent of it, so that the three axes' Gram matrix within the span is a matrix beta variable.
    """
    draws = u.shape[1]
    within, beyond = _wishart(free, draws, rng), _wishart(dimension - free, draws, rng)
    whole = np.linalg.cholesky(within + beyond)
    half = np.linalg.solve(whole, within)
    beta = np.linalg.solve(whole, half.transpose(0, 2, 1))
    seen = np.linalg.cholesky(0.5 * (beta + beta.transpose(0, 2, 1)))
    projected = np.einsum("nji,jn->in", seen, u)
    # in the span the roles of examples and dimensions are exchanged
    inside, outside = _solved(projected, dimension, free, rng)
    share = free / dimension
    back = share * np.einsum("nij,jn->in", seen, inside)
    length = share**2 * ((inside**2).sum(axis=0) + outside)
    return back, length - (back**2).sum(axis=0)


def _over(matrices: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each matrix's inverse times its column of u, (3, draws)."""
    return np.asarray(np.linalg.solve(matrices, u.T[:, :, None])[:, :, 0].T, np.float64)


def _wishart(free: int, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Wishart matrices in three dimensions by Bartlett's factor, singular below three degrees of freedom."""
    factor = np.zeros((draws, 3, 3))
    for k in range(min(3, free)):
        factor[:, k, k] = np.sqrt(rng.chisquare(free - k, draws))
    factor[:, [1, 2, 2], [0, 0, 1]] = rng.standard_normal((draws, 3))
    if free < 2:
        factor[:, 2, 1] = 0.0
    return factor @ factor.transpose(0, 2, 1)


def as_generator(seed: int | np.random.SeedSequence) -> np.random.Generator:
    """The random numbers of a seed, which is not optional."""
    try:
        if seed is None:
            raise TypeError
        return np.random.default_rng(seed)
    except TypeError:
        raise InputTypeError(
            f"seed = {shown(seed)}: must be an integer or a SeedSequence"
        ) from None
    except ValueError:
        raise InputError(f"seed = {shown(seed)}: must not be negative") from None
