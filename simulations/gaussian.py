"""Plug-in LDA with known covariance, sampled at a finite dimension: the world behind `theory.lda`.

The rule sees its training set only through two Gaussian class means, so a whole training set is two
normals and a 2x2 Wishart factor, whatever d; given that draw the test rates are exact.
Checked by: the d-dimensional sampler it replaces (in law), and the closed form it tests.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ..theory.foundation.validation import InputError, InputTypeError, as_number, as_whole, shown
from ..theory.gaussian import Rates

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
    rates = sample_plug_in(n1, n0, dimension, Delta, tau=tau, draws=draws, seed=seed)
    return mean_rates(rates.recall, rates.specificity, n1, n0, dimension)


def whole_counts(eta: float, kappa: float, dimension: int, least: int) -> tuple[int, int, int]:
    """Minority and majority examples of a sampled world, and its dimension, which is ``least`` or more."""
    eta = as_number("eta", eta, low=1)
    kappa = as_number("kappa", kappa, low=0, low_open=True)
    dimension = as_whole("dimension", dimension, least)
    n1 = round(kappa * dimension / (1.0 + eta))
    if n1 < 1:
        raise InputError(
            f"eta = {eta:g} with kappa = {kappa:g}: leaves no minority example in dimension "
            f"{dimension}; raise dimension to at least {int((1 + eta) / kappa) + 1}"
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
    draws: int = DRAWS,
    seed: int | np.random.SeedSequence,
) -> Rates:
    """Exact test rates of ``draws`` independently trained plug-in rules; arrays of shape (draws,).

    Sigma = I, the true means are ``+-Delta/2`` on the first axis. The rule is ``w'(x - c) > (1-tau)
    log(n0/n1)`` with ``w`` the difference and ``c`` the midpoint of the sample means. Off the first
    axis only the Gram matrix of the two means' noises matters, a 2x2 Wishart with d - 1 degrees of
    freedom, drawn by its Bartlett factor.

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
    rng = as_generator(seed)

    first1, first0, shared = rng.standard_normal((3, draws))
    noise11 = rng.chisquare(dimension - 1, draws)
    noise00 = shared**2 + rng.chisquare(dimension - 2, draws)
    noise10 = np.sqrt(noise11) * shared

    mean1 = 0.5 * Delta + first1 / np.sqrt(n1)
    mean0 = -0.5 * Delta + first0 / np.sqrt(n0)
    length = np.sqrt(
        (mean1 - mean0) ** 2 + noise11 / n1 + noise00 / n0 - 2.0 * noise10 / np.sqrt(n1 * n0)
    )
    centre = 0.5 * (mean1**2 - mean0**2 + noise11 / n1 - noise00 / n0)  # w'c
    true_mean = 0.5 * Delta * (mean1 - mean0)  # w'mu_1 = -w'mu_0
    cut = centre + (1.0 - tau) * np.log(n0 / n1)
    return Rates(ndtr((true_mean - cut) / length), ndtr((true_mean + cut) / length))


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
