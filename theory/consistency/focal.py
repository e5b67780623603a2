"""Focal loss: what its scores mean, and when they can be trusted.

Claimed by Charoenphakdee et al., "On Focal Loss for Class-Posterior Probability Estimation" (CVPR
2021); the loss is that of Lin et al. (ICCV 2017). Proofs derived here for every gamma > 0, by sign of
derivatives. Checked by: symbolic identities, interval arithmetic.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import softmax, xlogy

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real

__all__ = ["focal_minimiser", "focal_posterior", "focal_slope"]


def focal_slope(probability: ArrayLike, gamma: float) -> NDArray[np.float64]:
    """``phi(v) = (1-v)^gamma - gamma (1-v)^(gamma-1) v log v``: minus v times the loss's slope at v.

    ``probability`` in (0, 1), any shape; ``gamma >= 0``. At gamma = 0 it is 1.
    """
    v = as_real("probability", probability, low=0, low_open=True, high=1, high_open=True)
    gamma = as_number("gamma", gamma, low=0)
    return np.exp((gamma - 1) * np.log1p(-v)) * ((1 - v) - gamma * v * np.log(v))


def focal_posterior(scores: ArrayLike, gamma: float) -> NDArray[np.float64]:
    """The posterior behind the scores of a focal-loss minimiser: ``h(v) / sum h(v)``, ``h = v/phi``.

    ``scores``: (..., K), on the simplex; ``gamma >= 0``. Charoenphakdee et al., Theorem 11.

    Raises
    ------
    InputError
        If the scores are not probabilities that sum to 1 within 1e-6.
    """
    v = as_real("scores", scores, low=0, high=1)
    gamma = as_number("gamma", gamma, low=0)
    if v.ndim == 0 or not np.allclose(v.sum(axis=-1), 1, atol=1e-6):
        raise InputError("scores must sum to 1 along the last axis")
    certain = v == 1.0
    inside = np.clip(v, 0.0, np.nextafter(1.0, 0.0))
    with np.errstate(divide="ignore"):
        log_h = np.log(inside) - _log_slope(inside, gamma)
    return np.where(certain.any(axis=-1, keepdims=True), v, softmax(log_h, axis=-1))


def focal_minimiser(posterior: ArrayLike, gamma: float) -> NDArray[np.float64]:
    """The scores that minimise the expected focal loss under a posterior of shape (K,), all positive.

    The inverse of `focal_posterior`, by bracketing: ``h(v_i) = m eta_i`` with ``sum v_i = 1``.
    """
    eta = as_real("posterior", posterior, low=0, low_open=True, high=1)
    gamma = as_number("gamma", gamma, low=0)
    if eta.ndim != 1 or not np.isclose(eta.sum(), 1, atol=1e-9):
        raise InputError(f"posterior has shape {eta.shape}: must be (K,), positive, and sum to 1")

    if eta.size == 1:
        return np.ones(1)
    most, log_eta = int(eta.argmax()), np.log(eta)

    def scores(log_m: float) -> NDArray[np.float64]:
        return _bisected(lambda v: np.log(v) - _log_slope(v, gamma), log_m + log_eta)

    def gap(log_m: float) -> float:
        """1 minus the largest score, which would lose its digits next to 1."""

        def falling(u: NDArray[np.float64]) -> NDArray[np.float64]:
            slope = (gamma - 1) * np.log(u) + np.log(u - gamma * (1 - u) * np.log1p(-u))
            return slope - np.log1p(-u)

        return float(_bisected(falling, -log_m - log_eta[most]))

    def excess(log_m: float) -> float:
        return float(np.log(np.delete(scores(log_m), most).sum()) - np.log(gap(log_m)))

    # The rarest class's score is at most 1/2, where h is at most 2^gamma.
    high = 1.0 - float(log_eta.min()) + gamma
    log_m = float(brentq(excess, -50.0, high, xtol=1e-14))  # type: ignore[arg-type]
    minimiser = scores(log_m)
    if minimiser[most] > 0.75:
        minimiser[most] = 1.0 - gap(log_m)
    return minimiser


def _bisected(
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]], target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where an increasing function on (0, 1) reaches each target."""
    low = np.full(np.shape(target), 1e-300)
    high = np.full(np.shape(target), np.nextafter(1.0, 0.0))
    for _ in range(200):
        middle = np.where(low < 1e-3, np.sqrt(low) * np.sqrt(high), (low + high) / 2)
        below = function(middle) < target
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def _log_slope(v: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """log phi(v); at v = 0 it is 0."""
    return (gamma - 1) * np.log1p(-v) + np.log((1 - v) - gamma * xlogy(v, v))


# ------------------------------------------------------------------------------------ statements

_V, _VG = {"v": "(0, 1)"}, {"v": "(0, 1)", "g": "positive"}


GRADIENT = statement(
    name="focal.gradient",
    title="The slope of the focal loss in the score and, for two classes, in the logit",
    source="Lin et al. (ICCV 2017), appendix; Charoenphakdee et al. (CVPR 2021)",
    ids=("FO1",),
    functions=("focal_slope",),
    where={
        "v: (0, 1)": "the score of the true class",
        "g: positive": "gamma",
        "z": "logit, v = sigmoid(z)",
    },
    theorem=(
        "for all gamma > 0 and v in (0, 1), phi(v) = (1 - v)^gamma - gamma (1 - v)^(gamma - 1) v log v: "
        "d/dv [-(1 - v)^gamma log v] = -phi(v)/v, and with v = 1/(1 + exp(-z)), d/dz [-(1 - v)^gamma log "
        "v] = -(1 - v) phi(v) = (1 - v)^gamma (gamma v log v + v - 1)",
        r"\forall \gamma > 0,\; v \in (0, 1) : \quad \frac{d}{dv} \left[ -(1 - v)^\gamma \log v \right] = "
        r"-\frac{\varphi(v)}{v}, \quad \varphi(v) = (1 - v)^\gamma - \gamma (1 - v)^{\gamma - 1} v \log v; "
        r"\qquad v = \frac{1}{1 + e^{-z}} : \; \frac{d}{dz} \left[ -(1 - v)^\gamma \log v \right] = -(1 - "
        r"v)\, \varphi(v) = (1 - v)^\gamma \left( \gamma v \log v + v - 1 \right)",
    ),
    formula=state_derivative(
        "-(1 - v)**g*log(v)", "v", "-((1 - v)**g - g*(1 - v)**(g - 1)*v*log(v))/v"
    ),
    steps=(
        "slope_in_score: in the score",
        FORMULA,
        "slope_in_logit: times v (1-v), the slope of the sigmoid: in the logit",
        "v*(1 - v)*(-((1 - v)**g - g*(1 - v)**(g - 1)*v*log(v))/v) == (1 - v)**g*(g*v*log(v) + v - 1)",
        "cross_entropy_case: gamma = 0: cross-entropy",
        "(1 - v)**0*(0*v*log(v) + v - 1) == v - 1",
    ),
    argument="Chain rule.",
    mutants=(
        "plus for minus inside phi",
        state_derivative(
            "-(1 - v)**g*log(v)",
            "v",
            "-((1 - v)**g + g*(1 - v)**(g - 1)*v*log(v))/v",
        ),
        "exponent gamma for gamma - 1",
        state_derivative("-(1 - v)**g*log(v)", "v", "-((1 - v)**g - g*(1 - v)**g*v*log(v))/v"),
    ),
)

CALIBRATED = statement(
    name="focal.classification_calibrated",
    title="The minimiser is unique and keeps the order of the classes, for every gamma > 0",
    source="Charoenphakdee et al. (CVPR 2021), Theorem 3; this proof is derived here",
    ids=("FO3", "D8"),
    functions=("focal_minimiser",),
    where={
        "v: (0, 1)": "the score of the true class",
        "g: positive": "gamma",
        "p: positive": "phi(v)",
        "m: positive": "common factor of stationarity",
        "u: positive": "(1 - v)/v",
        "w: positive": "-log v",
        "z": "logit, v = sigmoid(z)",
    },
    theorem=(
        "for every gamma > 0, K >= 2 and posterior with all eta_y > 0: sum_y -eta_y (1 - v_y)^gamma log "
        "v_y has exactly one minimiser v* on the simplex of K classes, and v*_i > v*_j iff eta_i > eta_j",
        r"\forall \gamma > 0,\; K \ge 2,\; \eta \in \Delta_K \text{ with } \eta_y > 0 : \quad "
        r"\operatorname{argmin}_{v \in \Delta_K} \sum_{y=1}^K -\eta_y (1 - v_y)^\gamma \log v_y = \{v^*\}, "
        r"\qquad v^*_i > v^*_j \iff \eta_i > \eta_j \quad \forall i, j",
    ),
    formula="g*(g - 1)*log(v) < 2*g*(1 - v)/v + (1 - v)**2/v**2",
    steps=(
        "stationarity_on_simplex (FO2): stationarity on the simplex: eta_i phi(v_i)/v_i is the same for "
        "all, so eta_i = m h(v_i)",
        "m*(v/p)*(p/v) == m",
        "slope_of_link_slope: the slope of phi(v)/v has the sign of a bracket",
        state_derivative(
            "(1 - v)**g/v - g*(1 - v)**(g - 1)*log(v)",
            "v",
            "(1 - v)**(g - 2)*(g*(g - 1)*log(v) - 2*g*(1 - v)/v - (1 - v)**2/v**2)",
        ),
        "logarithm_bound: a lower bound of the logarithm",
        "-log(v) <= (1 - v)/v",
        "bracket_small_gamma: gamma < 1: the bracket is negative (u = (1-v)/v bounds -log v)",
        state("g*(1 - g)*u < 2*g*u + u**2", g="(0, 1)"),
        "bracket_large_gamma: gamma >= 1: it is negative term by term",
        state("g*(g - 1)*(-w) - 2*g*u - u**2 < 0", g="[1, oo)"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="phi(v)/v is minus the slope of the loss; it strictly decreases, so the loss is strictly "
    "convex in the score, the expected loss has one minimiser on the simplex, and h = v/phi "
    "increases: a larger posterior has a larger score.",
    mutants=(
        "the slope without the logarithm's own term",
        state_derivative(
            "(1 - v)**g/v - g*(1 - v)**(g - 1)*log(v)",
            "v",
            "(1 - v)**(g - 2)*(-2*g*(1 - v)/v - (1 - v)**2/v**2)",
        ),
        "the reverse bound of the logarithm",
        "-log(v) >= (1 - v)/v",
    ),
    rests_on=("focal.gradient",),
)

POSTERIOR = statement(
    name="focal.posterior_recovery",
    title="From the minimiser's scores back to the posterior: normalise h(v) = v/phi(v)",
    source="Charoenphakdee et al. (CVPR 2021), Theorem 11",
    ids=("FO4",),
    functions=("focal_posterior",),
    where={
        "m: positive": "the common factor",
        "a: positive": "h of the first score, proportional to its posterior",
        "b: positive": "h of the second score, proportional to its posterior",
        "c: positive": "h of the third score, proportional to its posterior",
    },
    theorem=(
        "for every gamma > 0, K >= 2 and posterior with all eta_y > 0, v* the minimiser of sum_y -eta_y (1 "
        "- v_y)^gamma log v_y on the simplex: eta_y = h(v*_y)/sum_j h(v*_j), h(v) = v/phi(v), phi(v) = (1 "
        "- v)^gamma - gamma (1 - v)^(gamma - 1) v log v",
        r"\forall \gamma > 0,\; K \ge 2,\; \eta_y > 0,\; v^* = \operatorname{argmin}_{v \in \Delta_K} "
        r"\sum_{y} -\eta_y (1 - v_y)^\gamma \log v_y : \quad \eta_y = \frac{h(v^*_y)}{\sum_{j=1}^K "
        r"h(v^*_j)}, \qquad h(v) = \frac{v}{\varphi(v)}, \; \varphi(v) = (1 - v)^\gamma - \gamma (1 - "
        r"v)^{\gamma - 1} v \log v",
    ),
    formula="m*a/(m*a + m*b + m*c) == a/(a + b + c)",
    steps=(
        "normalising_recovers_posterior: h(v_i) is proportional to the posterior: normalising gives it",
        FORMULA,
        "minimiser_bracketed: gamma = 2, posterior 4/5: the score lies between 0.6266 and 0.6267",
        (
            "4/5*((1 - (6266/10000))**2 - 2*(1 - (6266/10000))**(2 - 1)*((6266/10000))*log((6266/10000)))"
            "/((6266/10000)) - 1/5*((1 - (1 - (6266/10000)))**2 - 2*(1 - (1 - (6266/10000)))**(2 - 1)*((1 "
            "- (6266/10000)))*log((1 - (6266/10000))))/(1 - (6266/10000)) > 0",
            "4/5*((1 - (6267/10000))**2 - 2*(1 - (6267/10000))**(2 - 1)*((6267/10000))*log((6267/10000)))"
            "/((6267/10000)) - 1/5*((1 - (1 - (6267/10000)))**2 - 2*(1 - (1 - (6267/10000)))**(2 - 1)*((1 "
            "- (6267/10000)))*log((1 - (6267/10000))))/(1 - (6267/10000)) < 0",
        ),
        "map_gives_posterior_back: and h at 0.6266 gives 4/5 back to three digits",
        "Abs((6266/10000)/((1 - (6266/10000))**2 - 2*(1 - (6266/10000))**(2 - 1)*((6266/10000))"
        "*log((6266/10000)))/((6266/10000)/((1 - (6266/10000))**2 - 2*(1 - (6266/10000))**(2 - "
        "1)*((6266/10000))*log((6266/10000))) + (3734/10000)/((1 - (3734/10000))**2 - 2*(1 - "
        "(3734/10000))**(2 - 1)*((3734/10000))*log((3734/10000)))) - 4/5) < 1/5000",
    ),
    argument="Stationarity says eta_i = m h(v_i), one m for all classes. The map takes scores: applied to "
    "the posterior 0.8 itself (gamma = 2) it gives 0.9765.",
    mutants=(
        "with a plus inside phi",
        "(6266/10000)/((3734/10000)**2 + 2*(3734/10000)*(6266/10000)*log(6266/10000))/((6266/10000)"
        "/((3734/10000)**2 + 2*(3734/10000)*(6266/10000)*log(6266/10000)) + (3734/10000)/((6266/10000)**2 "
        "+ 2*(6266/10000)*(3734/10000)*log(3734/10000))) > 79/100",
        "the map applied to the posterior instead of the score",
        "(4/5)/((1 - (4/5))**2 - 2*(1 - (4/5))**(2 - 1)*((4/5))*log((4/5)))/((4/5)/((1 - (4/5))**2 - 2*(1 "
        "- (4/5))**(2 - 1)*((4/5))*log((4/5))) + (1/5)/((1 - (1/5))**2 - 2*(1 - (1/5))**(2 - "
        "1)*((1/5))*log((1/5)))) < 81/100",
    ),
    rests_on=("focal.classification_calibrated",),
)

NOT_PROPER = statement(
    name="focal.not_proper",
    title="The score is not the posterior: at posterior 0.8 the minimiser sits well below, gamma in [1/2, 5]",
    source="Charoenphakdee et al. (CVPR 2021), Theorem 5; numbers derived here",
    ids=("FO5",),
    functions=("focal_minimiser",),
    where={
        "g: [1/2, 5]": "gamma",
        "v": "the score of the true class",
        "z": "logit, v = sigmoid(z)",
    },
    theorem=(
        "two classes, posterior (4/5, 1/5), v*(gamma) the minimiser of -(4/5)(1 - v)^gamma log v - (1/5) "
        "v^gamma log(1 - v) over (0, 1): v*(gamma) < 4/5 for every gamma in [1/2, 5]; v*(1/2), v*(1), "
        "v*(2), v*(3), v*(5) exceed .7345, .6858, .6266, .5944, .5619 by less than .0001",
        r"v^*(\gamma) = \operatorname{argmin}_{0 < v < 1} \left[ -\tfrac45 (1 - v)^\gamma \log v - "
        r"\tfrac15 v^\gamma \log(1 - v) \right] : \quad v^*(\gamma) < \tfrac45 \quad \forall \gamma \in "
        r"[\tfrac12, 5]; \qquad 0 < v^*(\gamma) - c_\gamma < 10^{-4}, \quad c_{1/2} = 0.7345,\; c_1 = "
        r"0.6858,\; c_2 = 0.6266,\; c_3 = 0.5944,\; c_5 = 0.5619",
    ),
    formula="4/5*((1 - (4/5))**g - g*(1 - (4/5))**(g - 1)*((4/5))*log((4/5)))/((4/5)) - 1/5*((1 - (1 - "
    "(4/5)))**g - g*(1 - (1 - (4/5)))**(g - 1)*((1 - (4/5)))*log((1 - (4/5))))/(1 - (4/5)) < 0",
    steps=(
        "score_still_too_high: at the score 0.8 the loss still falls towards smaller scores",
        FORMULA,
        "minimiser_gamma_half: gamma = (1/2): the minimiser lies between 7345/10000 and 7346/10000",
        (
            "4/5*((1 - (7345/10000))**(1/2) - (1/2)*(1 - (7345/10000))**((1/2) - 1)*((7345/10000))"
            "*log((7345/10000)))/((7345/10000)) - 1/5*((1 - (1 - (7345/10000)))**(1/2) - (1/2)*(1 - (1 - "
            "(7345/10000)))**((1/2) - 1)*((1 - (7345/10000)))*log((1 - (7345/10000))))/(1 - (7345/10000)) "
            "> 0",
            "4/5*((1 - (7346/10000))**(1/2) - (1/2)*(1 - (7346/10000))**((1/2) - 1)*((7346/10000))"
            "*log((7346/10000)))/((7346/10000)) - 1/5*((1 - (1 - (7346/10000)))**(1/2) - (1/2)*(1 - (1 - "
            "(7346/10000)))**((1/2) - 1)*((1 - (7346/10000)))*log((1 - (7346/10000))))/(1 - (7346/10000)) "
            "< 0",
        ),
        "minimiser_gamma_one: gamma = 1: the minimiser lies between 6858/10000 and 6859/10000",
        (
            "4/5*((1 - (6858/10000))**1 - 1*(1 - (6858/10000))**(1 - 1)*((6858/10000))*log((6858/10000)))"
            "/((6858/10000)) - 1/5*((1 - (1 - (6858/10000)))**1 - 1*(1 - (1 - (6858/10000)))**(1 - 1)*((1 "
            "- (6858/10000)))*log((1 - (6858/10000))))/(1 - (6858/10000)) > 0",
            "4/5*((1 - (6859/10000))**1 - 1*(1 - (6859/10000))**(1 - 1)*((6859/10000))*log((6859/10000)))"
            "/((6859/10000)) - 1/5*((1 - (1 - (6859/10000)))**1 - 1*(1 - (1 - (6859/10000)))**(1 - 1)*((1 "
            "- (6859/10000)))*log((1 - (6859/10000))))/(1 - (6859/10000)) < 0",
        ),
        "minimiser_gamma_two: gamma = 2: the minimiser lies between 6266/10000 and 6267/10000",
        (
            "4/5*((1 - (6266/10000))**2 - 2*(1 - (6266/10000))**(2 - 1)*((6266/10000))*log((6266/10000)))"
            "/((6266/10000)) - 1/5*((1 - (1 - (6266/10000)))**2 - 2*(1 - (1 - (6266/10000)))**(2 - 1)*((1 "
            "- (6266/10000)))*log((1 - (6266/10000))))/(1 - (6266/10000)) > 0",
            "4/5*((1 - (6267/10000))**2 - 2*(1 - (6267/10000))**(2 - 1)*((6267/10000))*log((6267/10000)))"
            "/((6267/10000)) - 1/5*((1 - (1 - (6267/10000)))**2 - 2*(1 - (1 - (6267/10000)))**(2 - 1)*((1 "
            "- (6267/10000)))*log((1 - (6267/10000))))/(1 - (6267/10000)) < 0",
        ),
        "minimiser_gamma_three: gamma = 3: the minimiser lies between 5944/10000 and 5945/10000",
        (
            "4/5*((1 - (5944/10000))**3 - 3*(1 - (5944/10000))**(3 - 1)*((5944/10000))*log((5944/10000)))"
            "/((5944/10000)) - 1/5*((1 - (1 - (5944/10000)))**3 - 3*(1 - (1 - (5944/10000)))**(3 - 1)*((1 "
            "- (5944/10000)))*log((1 - (5944/10000))))/(1 - (5944/10000)) > 0",
            "4/5*((1 - (5945/10000))**3 - 3*(1 - (5945/10000))**(3 - 1)*((5945/10000))*log((5945/10000)))"
            "/((5945/10000)) - 1/5*((1 - (1 - (5945/10000)))**3 - 3*(1 - (1 - (5945/10000)))**(3 - 1)*((1 "
            "- (5945/10000)))*log((1 - (5945/10000))))/(1 - (5945/10000)) < 0",
        ),
        "minimiser_gamma_five: gamma = 5: the minimiser lies between 5619/10000 and 5620/10000",
        (
            "4/5*((1 - (5619/10000))**5 - 5*(1 - (5619/10000))**(5 - 1)*((5619/10000))*log((5619/10000)))"
            "/((5619/10000)) - 1/5*((1 - (1 - (5619/10000)))**5 - 5*(1 - (1 - (5619/10000)))**(5 - 1)*((1 "
            "- (5619/10000)))*log((1 - (5619/10000))))/(1 - (5619/10000)) > 0",
            "4/5*((1 - (5620/10000))**5 - 5*(1 - (5620/10000))**(5 - 1)*((5620/10000))*log((5620/10000)))"
            "/((5620/10000)) - 1/5*((1 - (1 - (5620/10000)))**5 - 5*(1 - (1 - (5620/10000)))**(5 - 1)*((1 "
            "- (5620/10000)))*log((1 - (5620/10000))))/(1 - (5620/10000)) < 0",
        ),
    ),
    argument="The slope of the expected loss has one zero; its sign on either side brackets the minimiser.",
    mutants=(
        "proper: the slope vanishes at 0.8",
        "4/5*((1 - (4/5))**2 - 2*(1 - (4/5))**(2 - 1)*((4/5))*log((4/5)))/((4/5)) - 1/5*((1 - (1 - "
        "(4/5)))**2 - 2*(1 - (1 - (4/5)))**(2 - 1)*((1 - (4/5)))*log((1 - (4/5))))/(1 - (4/5)) == 0",
        "over-shooting: the minimiser lies above 0.8",
        "4/5*((1 - (4/5))**1 - 1*(1 - (4/5))**(1 - 1)*((4/5))*log((4/5)))/((4/5)) - 1/5*((1 - (1 - "
        "(4/5)))**1 - 1*(1 - (1 - (4/5)))**(1 - 1)*((1 - (4/5)))*log((1 - (4/5))))/(1 - (4/5)) > 0",
    ),
    rests_on=("focal.classification_calibrated",),
)


SHAPE = statement(
    name="focal.slope_has_one_peak",
    title="phi rises from 1 to a single peak and falls to 0, for every gamma > 0",
    source="Charoenphakdee et al. (CVPR 2021); the proof is derived here",
    ids=("FO6",),
    functions=("focal_slope",),
    where={
        "v: (0, 1)": "the score of the true class",
        "g: positive": "gamma",
        "x: positive": "-log v",
        "u: positive": "(1 - v)/v",
        "z": "logit, v = sigmoid(z)",
    },
    theorem=(
        "for every gamma > 0, phi(v) = (1 - v)^gamma - gamma (1 - v)^(gamma - 1) v log v on (0, 1): there "
        "is one v_0 in (0, 1) such that phi strictly increases on (0, v_0] and strictly decreases on [v_0, "
        "1); phi -> 1 as v -> 0 and phi -> 0 as v -> 1",
        r"\forall \gamma > 0,\; \varphi(v) = (1 - v)^\gamma - \gamma (1 - v)^{\gamma - 1} v \log v : \quad "
        r"\exists!\, v_0 \in (0, 1) : \; \varphi \text{ strictly increasing on } (0, v_0], \text{ strictly "
        r"decreasing on } [v_0, 1); \qquad \lim_{v \to 0} \varphi(v) = 1, \quad \lim_{v \to 1} \varphi(v) "
        r"= 0",
    ),
    formula=state_derivative(
        "(1 - v)**(g - 1)*((1 - v) - g*v*log(v))",
        "v",
        "g*(1 - v)**(g - 2)*((g*v - 1)*log(v) - 2*(1 - v))",
    ),
    steps=(
        "phi_slope_sign: its slope has the sign of s(v) = (gamma v - 1) log v - 2 (1 - v)",
        FORMULA,
        "slope_of_s: its own slope",
        state_derivative("(g*v - 1)*log(v) - 2*(1 - v)", "v", "g*log(v) + g - 1/v + 2", v="(0, 1]"),
        "s_convex: s is convex",
        state_derivative("g*log(v) + g - 1/v + 2", "v", "g/v + 1/v**2"),
        "s_at_one: s vanishes at 1, where it rises",
        ("(g - 1)*log(1) - 2*(1 - 1) == 0", "g*log(1) + g - 1/1 + 2 > 0"),
        "phi_starts_at_one: phi starts at 1, for every gamma: its second part is v log v times a power "
        "that tends to 1",
        state_limit("v*log(v)", "0", "v", "low"),
        "phi_starts_at_one_gamma_two: as at gamma = 2",
        state_limit("((1 - v)**2 - 2*(1 - v)**(2 - 1)*(v)*log(v))", "1", "v", "low"),
        "phi_ends_at_zero: and ends at 0: with x = -log v <= (1-v)/v = u it lies between 0 and (1 + gamma) "
        "(1-v)^gamma",
        state("0 < 1 + g*x/u <= 1 + g", given="x <= u"),
        "phi_ends_at_zero_gamma_two: as at gamma = 2",
        state_limit("((1 - v)**2 - 2*(1 - v)**(2 - 1)*(v)*log(v))", "0", "v", "high"),
        "peak_at_gamma_one: gamma = 1: peak 1 + e^-2 at e^-2, and phi = 1 again at 1/e",
        (
            "1 - exp(-2) - exp(-2)*log(exp(-2)) == 1 + exp(-2)",
            "1 - exp(-1) - exp(-1)*log(exp(-1)) == 1",
        ),
        "peak_at_gamma_two: gamma = 2: the peak lies near .104058, the return to 1 near .297637",
        (
            "(2*104057/1000000 - 1)*log(104057/1000000) - 2*(1 - 104057/1000000) > 0",
            "(2*104058/1000000 - 1)*log(104058/1000000) - 2*(1 - 104058/1000000) < 0",
            "((1 - (297636/1000000))**2 - 2*(1 - (297636/1000000))**(2 - 1)*((297636/1000000))"
            "*log((297636/1000000))) > 1",
            "((1 - (297637/1000000))**2 - 2*(1 - (297637/1000000))**(2 - 1)*((297637/1000000))"
            "*log((297637/1000000))) < 1",
        ),
    ),
    argument="A convex s with s(1) = 0 and s'(1) > 0 that starts at +infinity changes sign once, from plus "
    "to minus; so phi rises, then falls. phi is (1-v)^gamma (1 + gamma x/u).",
    mutants=(
        "s without its gamma",
        state_derivative("(g*v - 1)*log(v) - 2*(1 - v)", "v", "log(v) + 1 - 1/v + 2"),
        "gamma = 1: the peak is at 1/e",
        "1 - exp(-1) - exp(-1)*log(exp(-1)) == 1 + exp(-2)",
    ),
)

CONFIDENCE = statement(
    name="focal.confidence",
    title="Large scores are under-confident, small ones over-confident; two classes: always under-confident",
    source="Charoenphakdee et al. (CVPR 2021), Theorem 8 and Corollary 9; the proof is derived here",
    ids=("FO7",),
    where={
        "g: [0, oo)": "gamma",
        "v: (0, 1)": "the score of the true class",
        "p: positive": "phi at the largest score",
        "q: positive": "phi at another score",
        "z": "logit, v = sigmoid(z)",
    },
    theorem=(
        "gamma > 0, K >= 2, all eta_y > 0, v* the minimiser of sum_y -eta_y (1 - v_y)^gamma log v_y on the "
        "simplex, phi(v) = (1 - v)^gamma - gamma (1 - v)^(gamma - 1) v log v, v_max = max_y v*_y, eta_max "
        "= max_y eta_y, v_0 the peak of phi and v_1 in (v_0, 1) with phi(v_1) = 1: v_max >= v_1 implies "
        "v_max <= eta_max; v_max <= v_0 implies v_max >= eta_max; and K = 2 always has v_max >= 1/2 >= "
        "v_1, so v_max <= eta_max",
        r"v^* = \operatorname{argmin}_{v \in \Delta_K} \sum_y -\eta_y (1 - v_y)^\gamma \log v_y,\; "
        r"\varphi(v) = (1 - v)^\gamma - \gamma (1 - v)^{\gamma - 1} v \log v,\; \varphi(v_0) = \max "
        r"\varphi,\; v_1 > v_0,\; \varphi(v_1) = 1 : \quad v^*_{\max} \ge v_1 \implies v^*_{\max} \le "
        r"\eta_{\max}, \qquad v^*_{\max} \le v_0 \implies v^*_{\max} \ge \eta_{\max}, \qquad K = 2 : \; "
        r"v^*_{\max} \ge \tfrac12 \ge v_1, \text{ so } v^*_{\max} \le \eta_{\max} \quad (\forall \gamma > "
        r"0,\; \eta_y > 0)",
    ),
    formula="1 + g*log(2) <= 2**g",
    steps=(
        "share_of_a_class_falls: where phi(v_i) >= phi(v_max), class i takes from the sum: v_i "
        "phi(v_max)/phi(v_i) <= v_i",
        state("v*p/q <= v", given="q >= p"),
        "two_class_inequality: two classes: phi is back below 1 at one half, so the larger score is "
        "under-confident",
        FORMULA,
        "phi_at_one_half: phi at one half, times 2^gamma",
        state("2**g*((1/2)**g - g*(1/2)**(g - 1)*(1/2)*log(1/2)) == 1 + g*log(2)", g="positive"),
        "thousand_classes_example: a thousand classes, largest score 1/10, the rest equal, gamma = 2: "
        "posterior below 0.0841",
        "(1/10)/((1 - (1/10))**2 - 2*(1 - (1/10))**(2 - 1)*((1/10))*log((1/10)))/((1/10)/((1 - (1/10))**2 "
        "- 2*(1 - (1/10))**(2 - 1)*((1/10))*log((1/10))) + 999*(9/9990)/((1 - (9/9990))**2 - 2*(1 - "
        "(9/9990))**(2 - 1)*((9/9990))*log((9/9990)))) < 841/10000",
    ),
    argument="eta_max/v_max = 1/sum_i v_i phi(v_max)/phi(v_i). If v_max is past the point where phi "
    "returns to 1, every other phi(v_i) is at least phi(v_max) and the sum is at most 1: "
    "under-confident. If v_max is before the peak, every phi(v_i) is at most phi(v_max): "
    "over-confident.",
    mutants=(
        "never over-confident",
        "(1/10)/((1 - (1/10))**2 - 2*(1 - (1/10))**(2 - 1)*((1/10))*log((1/10)))/((1/10)/((1 - (1/10))**2 "
        "- 2*(1 - (1/10))**(2 - 1)*((1/10))*log((1/10))) + 999*(9/9990)/((1 - (9/9990))**2 - 2*(1 - "
        "(9/9990))**(2 - 1)*((9/9990))*log((9/9990)))) >= 1/10",
        "phi is still above 1 at one half",
        "1 + g*log(2) >= 2**g",
    ),
    rests_on=("focal.slope_has_one_peak", "focal.posterior_recovery"),
)

AGAINST_CE = statement(
    name="focal.against_cross_entropy",
    title="Focal loss is at least cross-entropy minus gamma times an entropy term, for gamma >= 1 only",
    source="Mukhoti et al. (NeurIPS 2020) for gamma >= 1; the reversal is derived here",
    ids=("FO8",),
    where={
        "v: (0, 1)": "the score of the true class",
        "g: positive": "gamma",
        "k: [0, oo)": "gamma - 1 (third step), 1 - gamma (fourth step)",
        "z": "logit, v = sigmoid(z)",
    },
    theorem=(
        "for gamma > 0: -(1 - v)^gamma log v >= -log v + gamma v log v for all v in (0, 1) iff gamma >= 1; "
        "for 0 < gamma <= 1 the reverse, -(1 - v)^gamma log v <= -log v + gamma v log v, holds for all v "
        "in (0, 1)",
        r"\gamma > 0 : \quad \left( -(1 - v)^\gamma \log v \ge -\log v - \gamma\, (-v \log v) \quad "
        r"\forall v \in (0, 1) \right) \iff \gamma \ge 1; \qquad 0 < \gamma \le 1 \implies -(1 - v)^\gamma "
        r"\log v \le -\log v - \gamma\, (-v \log v) \quad \forall v \in (0, 1)",
    ),
    formula=state("-(1 - v)**g*log(v) >= -log(v) + g*v*log(v)", g="[1, oo)"),
    steps=(
        "difference_is_bernoulli: the difference is -log v times Bernoulli's",
        "-(1 - v)**g*log(v) - (-log(v) + g*v*log(v)) == -log(v)*((1 - v)**g - (1 - g*v))",
        "bernoulli_slope: Bernoulli's difference has slope gamma (1 - (1-v)^(gamma-1)) in v",
        state_derivative("(1 - v)**g - 1 + g*v", "v", "g*(1 - (1 - v)**(g - 1))"),
        "slope_sign_large_gamma: which is not negative for gamma >= 1",
        "1 - (1 - v)**k >= 0",
        "slope_sign_small_gamma: and not positive for gamma < 1",
        state("1 - (1 - v)**(-k) <= 0", k="[0, 1)"),
        "equality_at_gamma_one: gamma = 1: equality",
        "-(1 - v)*log(v) == -log(v) + v*log(v)",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Bernoulli's difference starts at 0 and is monotone, upwards for gamma >= 1, downwards below.",
    mutants=(
        "also for gamma = 3/10",
        "-(1 - v)**(3/10)*log(v) >= -log(v) + 3/10*v*log(v)",
        "without the entropy term",
        "-(1 - v)**2*log(v) >= -log(v)",
    ),
)


NOT_CONVEX = statement(
    name="focal.not_convex",
    title="Focal loss is not convex in the logit, for any gamma > 0",
    source="derived here",
    ids=("FO9",),
    where={
        "v: (0, 1)": "the score of the true class",
        "g: positive": "gamma",
        "z": "logit, v = sigmoid(z)",
    },
    theorem=(
        "for every gamma > 0 the map z -> -(1 - v)^gamma log v, v = 1/(1 + exp(-z)), is not convex on R: "
        "its second derivative v (1 - v)^gamma [(1 - v)(1 + 2 gamma) + gamma log v - gamma (1 + gamma) v "
        "log v] is negative for all sufficiently negative z",
        r"\forall \gamma > 0 : \quad z \mapsto -(1 - v)^\gamma \log v, \; v = \frac{1}{1 + e^{-z}}, \text{ "
        r"is not convex on } \mathbb R : \quad \frac{d^2}{dz^2} \left[ -(1 - v)^\gamma \log v \right] = v "
        r"(1 - v)^\gamma \left[ (1 + 2 \gamma)(1 - v) + \gamma \log v - \gamma (1 + \gamma)\, v \log v "
        r"\right] < 0 \quad \forall z \le z_\gamma, \text{ for some } z_\gamma \in \mathbb R",
    ),
    formula=state_derivative(
        "(1 - v)**g*(g*v*log(v) + v - 1)",
        "v",
        "(1 - v)**(g - 1)*((1 - v) + 2*g*(1 - v) + g*log(v) - (g + g**2)*v*log(v))",
    ),
    steps=(
        "second_derivative_in_logit: second derivative in the logit, divided by the sigmoid's slope v (1-v)",
        FORMULA,
        "bracket_unbounded_below: its bracket falls without bound as v -> 0, for every gamma",
        state_limit("(1 - v) + 2*g*(1 - v) + g*log(v) - (g + g**2)*v*log(v)", "-oo", "v", "low"),
        "negative_at_one_48th: gamma = 2: negative at v = 1/48, near z = -3.85",
        "(1 - 1/48)*5 + 2*log(1/48) - 6/48*log(1/48) < 0",
        "negative_below_one_48th: and so for every smaller score",
        state("5*(1 - v) + 2*log(v) - 6*v*log(v) < 0", v="(0, 1/48]"),
    ),
    argument="A convex loss has no negative second derivative; this one's is negative for small v.",
    mutants=(
        "convex for gamma = 2",
        "5*(1 - v) + 2*log(v) - 6*v*log(v) >= 0",
        "without the gamma^2 term",
        state_derivative(
            "(1 - v)**g*(g*v*log(v) + v - 1)",
            "v",
            "(1 - v)**(g - 1)*((1 - v) + 2*g*(1 - v) + g*log(v) - g*v*log(v))",
        ),
    ),
    rests_on=("focal.gradient",),
)

WEIGHTED = statement(
    name="focal.balanced_consistency",
    title="Class weights 1/pi make it consistent for balanced error; adjusting its raw scores does not",
    source="derived here",
    functions=("focal_posterior",),
    where={
        "e: (0, 1)": "posterior",
        "p: (0, 1)": "prior",
        "q: positive": "phi(v)",
        "v: (0, 1)": "score",
    },
    theorem=(
        "for every gamma > 0, K >= 2, pi_y > 0, all eta_y > 0: the minimiser v* of sum_y -(eta_y/pi_y)(1 - "
        "v_y)^gamma log v_y on the simplex is unique and v*_i > v*_j iff eta_i/pi_i > eta_j/pi_j; but "
        "without weights argmax_y v*_y/pi_y need not be argmax_y eta_y/pi_y: gamma = 2, eta = (4/5, 1/5), "
        "pi = (7/10, 3/10) has v*_1/pi_1 < v*_2/pi_2 and eta_1/pi_1 > eta_2/pi_2",
        r"\forall \gamma > 0,\; \eta_y, \pi_y > 0,\; v^* = \operatorname{argmin}_{v \in \Delta_K} "
        r"\sum_{y=1}^K -\frac{\eta_y}{\pi_y} (1 - v_y)^\gamma \log v_y : \quad v^*_i > v^*_j \iff "
        r"\frac{\eta_i}{\pi_i} > \frac{\eta_j}{\pi_j}; \qquad \text{unweighted, } \gamma = 2,\; \eta = "
        r"\left(\tfrac45, \tfrac15\right),\; \pi = \left(\tfrac{7}{10}, \tfrac{3}{10}\right) : \; "
        r"\frac{v^*_1}{\pi_1} < \frac{v^*_2}{\pi_2} \;\text{ but }\; \frac{\eta_1}{\pi_1} > "
        r"\frac{\eta_2}{\pi_2}",
    ),
    formula="(1/p)*e == e/p",
    steps=(
        "weighted_stationarity (FO10): weighted stationarity: h(v_y) = m (e_y / pi_y), the balanced scores",
        "(v/q)*((1/p)*e*(q/v)) == e/p",
        "score_below_threshold (FO11): gamma = 2, posterior (4/5, 1/5), prior (7/10, 3/10): the score "
        "stays below 0.6267",
        "4/5*((1 - (6267/10000))**2 - 2*(1 - (6267/10000))**(2 - 1)*((6267/10000))*log((6267/10000)))"
        "/((6267/10000)) - 1/5*((1 - (1 - (6267/10000)))**2 - 2*(1 - (1 - (6267/10000)))**(2 - 1)*((1 - "
        "(6267/10000)))*log((1 - (6267/10000))))/(1 - (6267/10000)) < 0",
        "raw_scores_mislead (FO11): score over prior picks class 2, the balanced Bayes rule class 1",
        state("v/(7/10) < (1 - v)/(3/10)", "(4/5)/(7/10) > (1/5)/(3/10)", v="(0, 6267/10000)"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="h is increasing, so with weights 1/pi the order of the scores is that of eta/pi. Dividing "
    "the raw score by the prior treats it as a posterior, which it is not; `focal_posterior` "
    "comes first.",
    mutants=(
        "raw scores over the prior agree with the Bayes rule here",
        state("v/(7/10) > (1 - v)/(3/10)", v="[62/100, 63/100]"),
        "weights pi",
        "(v/q)*(p*e*(q/v)) == e/p",
    ),
    rests_on=("focal.classification_calibrated", "balanced_error.bayes_rule"),
)

STATEMENTS = (
    GRADIENT,
    CALIBRATED,
    POSTERIOR,
    NOT_PROPER,
    SHAPE,
    CONFIDENCE,
    AGAINST_CE,
    NOT_CONVEX,
    WEIGHTED,
)
