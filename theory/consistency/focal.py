"""Focal loss: what its scores mean, and when they can be trusted.

Claimed by Charoenphakdee et al., "On Focal Loss for Class-Posterior Probability Estimation" (CVPR
2021); the loss is that of Lin et al. (ICCV 2017). Proofs derived here for every gamma > 0, by sign of
derivatives. Checked by: symbolic identities, interval arithmetic.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import softmax, xlogy

from ..claims.statement import Statement, mutants, state, state_derivative, state_limit, steps
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
    found = scores(log_m)
    if found[most] > 0.75:
        found[most] = 1.0 - gap(log_m)
    return found


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

_PHI = "((1 - v)**g - g*(1 - v)**(g - 1)*v*log(v))"
_V, _VG = {"v": "(0, 1)"}, {"v": "(0, 1)", "g": "positive"}
_SYMBOLS = {"v": "the score of the true class", "g": "gamma", "z": "logit, v = sigmoid(z)"}


def _phi(v: str, g: str) -> str:
    return f"((1 - {v})**{g} - {g}*(1 - {v})**({g} - 1)*({v})*log({v}))"


def _pull(v: str, g: str) -> str:
    """Slope of the expected loss of two classes with posterior 4/5, 1/5 (times -1), at score v."""
    return f"4/5*{_phi(v, g)}/({v}) - 1/5*{_phi(f'(1 - {v})', g)}/(1 - {v})"


GRADIENT = Statement(
    name="focal.gradient",
    title="The slope of the focal loss in the score and, for two classes, in the logit",
    source="Lin et al. (ICCV 2017), appendix; Charoenphakdee et al. (CVPR 2021)",
    formula=state_derivative("-(1 - v)**g*log(v)", "v", f"-{_PHI}/v", **_VG),
    steps=steps(
        ("in the score", state_derivative("-(1 - v)**g*log(v)", "v", f"-{_PHI}/v", **_VG)),
        (
            "times v (1-v), the slope of the sigmoid: in the logit",
            state(f"v*(1 - v)*(-{_PHI}/v) == (1 - v)**g*(g*v*log(v) + v - 1)", **_VG),
        ),
        ("gamma = 0: cross-entropy", state("(1 - v)**0*(0*v*log(v) + v - 1) == v - 1", **_V)),
    ),
    argument="Chain rule.",
    mutants=mutants(
        (
            "plus for minus inside phi",
            state_derivative(
                "-(1 - v)**g*log(v)", "v", "-((1 - v)**g + g*(1 - v)**(g - 1)*v*log(v))/v", **_VG
            ),
        ),
        (
            "exponent gamma for gamma - 1",
            state_derivative(
                "-(1 - v)**g*log(v)", "v", "-((1 - v)**g - g*(1 - v)**g*v*log(v))/v", **_VG
            ),
        ),
    ),
    symbols=_SYMBOLS,
    ids=("FO1",),
    functions=("focal_slope",),
)

CALIBRATED = Statement(
    name="focal.classification_calibrated",
    title="The minimiser is unique and keeps the order of the classes, for every gamma > 0",
    source="Charoenphakdee et al. (CVPR 2021), Theorem 3; this proof is derived here",
    formula=state("g*(g - 1)*log(v) < 2*g*(1 - v)/v + (1 - v)**2/v**2", **_VG),
    steps=steps(
        (
            "stationarity on the simplex: eta_i phi(v_i)/v_i is the same for all, so eta_i = m h(v_i)",
            state("m*(v/p)*(p/v) == m", v="(0, 1)", p="positive", m="positive"),
            "FO2",
        ),
        (
            "the slope of phi(v)/v has the sign of a bracket",
            state_derivative(
                "(1 - v)**g/v - g*(1 - v)**(g - 1)*log(v)",
                "v",
                "(1 - v)**(g - 2)*(g*(g - 1)*log(v) - 2*g*(1 - v)/v - (1 - v)**2/v**2)",
                **_VG,
            ),
        ),
        ("a lower bound of the logarithm", state("-log(v) <= (1 - v)/v", **_V)),
        (
            "gamma < 1: the bracket is negative (u = (1-v)/v bounds -log v)",
            state("g*(1 - g)*u < 2*g*u + u**2", g="(0, 1)", u="positive"),
        ),
        (
            "gamma >= 1: it is negative term by term",
            state("g*(g - 1)*(-w) - 2*g*u - u**2 < 0", g="[1, oo)", u="positive", w="positive"),
        ),
    ),
    argument="phi(v)/v is minus the slope of the loss; it strictly decreases, so the loss is strictly convex "
    "in the score, the expected loss has one minimiser on the simplex, and h = v/phi increases: a larger "
    "posterior has a larger score.",
    mutants=mutants(
        (
            "the slope without the logarithm's own term",
            state_derivative(
                "(1 - v)**g/v - g*(1 - v)**(g - 1)*log(v)",
                "v",
                "(1 - v)**(g - 2)*(-2*g*(1 - v)/v - (1 - v)**2/v**2)",
                **_VG,
            ),
        ),
        ("the reverse bound of the logarithm", state("-log(v) >= (1 - v)/v", **_V)),
    ),
    symbols=_SYMBOLS,
    rests_on=("focal.gradient",),
    ids=("FO3", "D8"),
    functions=("focal_minimiser",),
)

POSTERIOR = Statement(
    name="focal.posterior_recovery",
    title="From the minimiser's scores back to the posterior: normalise h(v) = v/phi(v) (three classes)",
    source="Charoenphakdee et al. (CVPR 2021), Theorem 11",
    formula=state(
        "m*a/(m*a + m*b + m*c) == a/(a + b + c)",
        m="positive",
        a="positive",
        b="positive",
        c="positive",
    ),
    steps=steps(
        (
            "h(v_i) is proportional to the posterior: normalising gives it",
            state(
                "m*a/(m*a + m*b + m*c) == a/(a + b + c)",
                m="positive",
                a="positive",
                b="positive",
                c="positive",
            ),
        ),
        (
            "gamma = 2, posterior 4/5: the score lies between 0.6266 and 0.6267",
            state(f"{_pull('(6266/10000)', '2')} > 0", f"{_pull('(6267/10000)', '2')} < 0"),
        ),
        (
            "and h at 0.6266 gives 4/5 back to three digits",
            state(
                f"Abs((6266/10000)/{_phi('(6266/10000)', '2')}"
                f"/((6266/10000)/{_phi('(6266/10000)', '2')} + (3734/10000)/{_phi('(3734/10000)', '2')})"
                " - 4/5) < 1/5000"
            ),
        ),
    ),
    argument="Stationarity says eta_i = m h(v_i), one m for all classes. The map takes scores: applied to "
    "the posterior 0.8 itself (gamma = 2) it gives 0.9765.",
    mutants=mutants(
        (
            "with a plus inside phi",
            state(
                "(6266/10000)/((3734/10000)**2 + 2*(3734/10000)*(6266/10000)*log(6266/10000))"
                "/((6266/10000)/((3734/10000)**2 + 2*(3734/10000)*(6266/10000)*log(6266/10000))"
                " + (3734/10000)/((6266/10000)**2 + 2*(6266/10000)*(3734/10000)*log(3734/10000)))"
                " > 79/100"
            ),
        ),
        (
            "the map applied to the posterior instead of the score",
            state(
                f"(4/5)/{_phi('(4/5)', '2')}/((4/5)/{_phi('(4/5)', '2')} + (1/5)/{_phi('(1/5)', '2')})"
                " < 81/100"
            ),
        ),
    ),
    symbols={"a, b, c": "posteriors", "m": "the common factor"},
    rests_on=("focal.classification_calibrated",),
    ids=("FO4",),
    functions=("focal_posterior",),
)

NOT_PROPER = Statement(
    name="focal.not_proper",
    title="The score is not the posterior: at posterior 0.8 the minimiser sits well below, gamma in [1/2, 5]",
    source="Charoenphakdee et al. (CVPR 2021), Theorem 5; numbers derived here",
    formula=state(f"{_pull('(4/5)', 'g')} < 0", g="[1/2, 5]"),
    steps=steps(
        ("at the score 0.8 the loss still falls towards smaller scores",
         state(f"{_pull('(4/5)', 'g')} < 0", g="[1/2, 5]")),
        *(
            (
                f"gamma = {g}: the minimiser lies between {low}/10000 and {low + 1}/10000",
                state(f"{_pull(f'({low}/10000)', g)} > 0", f"{_pull(f'({low + 1}/10000)', g)} < 0"),
            )
            for g, low in (("(1/2)", 7345), ("1", 6858), ("2", 6266), ("3", 5944), ("5", 5619))
        ),
    ),
    argument="The slope of the expected loss has one zero; its sign on either side brackets the minimiser.",
    mutants=mutants(
        ("proper: the slope vanishes at 0.8", state(f"{_pull('(4/5)', '2')} == 0")),
        ("over-shooting: the minimiser lies above 0.8", state(f"{_pull('(4/5)', '1')} > 0")),
    ),
    symbols=_SYMBOLS,
    rests_on=("focal.classification_calibrated",),
    ids=("FO5",),
    functions=("focal_minimiser",),
)  # fmt: skip

_PEAK = "(g*v - 1)*log(v) - 2*(1 - v)"

SHAPE = Statement(
    name="focal.slope_has_one_peak",
    title="phi rises from 1 to a single peak and falls to 0, for every gamma > 0",
    source="Charoenphakdee et al. (CVPR 2021); the proof is derived here",
    formula=state_derivative(
        "(1 - v)**(g - 1)*((1 - v) - g*v*log(v))", "v", f"g*(1 - v)**(g - 2)*({_PEAK})", **_VG
    ),
    steps=steps(
        (
            "its slope has the sign of s(v) = (gamma v - 1) log v - 2 (1 - v)",
            state_derivative(
                "(1 - v)**(g - 1)*((1 - v) - g*v*log(v))",
                "v",
                f"g*(1 - v)**(g - 2)*({_PEAK})",
                **_VG,
            ),
        ),
        (
            "its own slope",
            state_derivative(_PEAK, "v", "g*log(v) + g - 1/v + 2", v="(0, 1]", g="positive"),
        ),
        ("s is convex", state_derivative("g*log(v) + g - 1/v + 2", "v", "g/v + 1/v**2", **_VG)),
        (
            "s vanishes at 1, where it rises",
            state("(g - 1)*log(1) - 2*(1 - 1) == 0", "g*log(1) + g - 1/1 + 2 > 0", g="positive"),
        ),
        (
            "phi starts at 1, for every gamma: its second part is v log v times a power that tends to 1",
            state_limit("v*log(v)", "0", "v", "low", **_V),
        ),
        ("as at gamma = 2", state_limit(_phi("v", "2"), "1", "v", "low", **_V)),
        (
            "and ends at 0: with x = -log v <= (1-v)/v = u it lies between 0 and (1 + gamma) (1-v)^gamma",
            state(
                "0 < 1 + g*x/u <= 1 + g", given="x <= u", g="positive", x="positive", u="positive"
            ),
        ),
        ("as at gamma = 2", state_limit(_phi("v", "2"), "0", "v", "high", **_V)),
        (
            "gamma = 1: peak 1 + e^-2 at e^-2, and phi = 1 again at 1/e",
            state(
                "1 - exp(-2) - exp(-2)*log(exp(-2)) == 1 + exp(-2)",
                "1 - exp(-1) - exp(-1)*log(exp(-1)) == 1",
            ),
        ),
        (
            "gamma = 2: the peak lies near .104058, the return to 1 near .297637",
            state(
                "(2*104057/1000000 - 1)*log(104057/1000000) - 2*(1 - 104057/1000000) > 0",
                "(2*104058/1000000 - 1)*log(104058/1000000) - 2*(1 - 104058/1000000) < 0",
                f"{_phi('(297636/1000000)', '2')} > 1",
                f"{_phi('(297637/1000000)', '2')} < 1",
            ),
        ),
    ),
    argument="A convex s with s(1) = 0 and s'(1) > 0 that starts at +infinity changes sign once, from "
    "plus to minus; so phi rises, then falls. phi is (1-v)^gamma (1 + gamma x/u).",
    mutants=mutants(
        ("s without its gamma", state_derivative(_PEAK, "v", "log(v) + 1 - 1/v + 2", **_VG)),
        (
            "gamma = 1: the peak is at 1/e",
            state("1 - exp(-1) - exp(-1)*log(exp(-1)) == 1 + exp(-2)"),
        ),
    ),
    symbols=_SYMBOLS,
    ids=("FO6",),
    functions=("focal_slope",),
)

CONFIDENCE = Statement(
    name="focal.confidence",
    title="Large scores are under-confident, small ones over-confident; two classes: always under-confident",
    source="Charoenphakdee et al. (CVPR 2021), Theorem 8 and Corollary 9; the proof is derived here",
    formula=state("1 + g*log(2) <= 2**g", g="[0, oo)"),
    steps=steps(
        (
            "where phi(v_i) >= phi(v_max), class i takes from the sum: v_i phi(v_max)/phi(v_i) <= v_i",
            state("v*p/q <= v", given="q >= p", v="(0, 1)", p="positive", q="positive"),
        ),
        (
            "two classes: phi is back below 1 at one half, so the larger score is under-confident",
            state("1 + g*log(2) <= 2**g", g="[0, oo)"),
        ),
        (
            "phi at one half, times 2^gamma",
            state(
                "2**g*((1/2)**g - g*(1/2)**(g - 1)*(1/2)*log(1/2)) == 1 + g*log(2)", g="positive"
            ),
        ),
        (
            "a thousand classes, largest score 1/10, the rest equal, gamma = 2: posterior below 0.0841",
            state(
                f"(1/10)/{_phi('(1/10)', '2')}/((1/10)/{_phi('(1/10)', '2')}"
                f" + 999*(9/9990)/{_phi('(9/9990)', '2')}) < 841/10000"
            ),
        ),
    ),
    argument="eta_max/v_max = 1/sum_i v_i phi(v_max)/phi(v_i). If v_max is past the point where phi "
    "returns to 1, every other phi(v_i) is at least phi(v_max) and the sum is at most 1: under-confident. "
    "If v_max is before the peak, every phi(v_i) is at most phi(v_max): over-confident.",
    mutants=mutants(
        (
            "never over-confident",
            state(
                f"(1/10)/{_phi('(1/10)', '2')}/((1/10)/{_phi('(1/10)', '2')}"
                f" + 999*(9/9990)/{_phi('(9/9990)', '2')}) >= 1/10"
            ),
        ),
        ("phi is still above 1 at one half", state("1 + g*log(2) >= 2**g", g="[0, oo)")),
    ),
    symbols=_SYMBOLS | {"p, q": "phi at the largest score and at another"},
    rests_on=("focal.slope_has_one_peak", "focal.posterior_recovery"),
    ids=("FO7",),
)

AGAINST_CE = Statement(
    name="focal.against_cross_entropy",
    title="Focal loss is at least cross-entropy minus gamma times an entropy term, for gamma >= 1 only",
    source="Mukhoti et al. (NeurIPS 2020) for gamma >= 1; the reversal is derived here",
    formula=state("-(1 - v)**g*log(v) >= -log(v) + g*v*log(v)", v="(0, 1)", g="[1, oo)"),
    steps=steps(
        (
            "the difference is -log v times Bernoulli's",
            state(
                "-(1 - v)**g*log(v) - (-log(v) + g*v*log(v)) == -log(v)*((1 - v)**g - (1 - g*v))",
                **_VG,
            ),
        ),
        (
            "Bernoulli's difference has slope gamma (1 - (1-v)^(gamma-1)) in v",
            state_derivative("(1 - v)**g - 1 + g*v", "v", "g*(1 - (1 - v)**(g - 1))", **_VG),
        ),
        (
            "which is not negative for gamma >= 1",
            state("1 - (1 - v)**k >= 0", v="(0, 1)", k="[0, oo)"),
        ),
        (
            "and not positive for gamma < 1",
            state("1 - (1 - v)**(-k) <= 0", v="(0, 1)", k="[0, 1)"),
        ),
        (
            "gamma = 1: equality",
            state("-(1 - v)*log(v) == -log(v) + v*log(v)", **_V),
        ),
    ),
    argument="Bernoulli's difference starts at 0 and is monotone, upwards for gamma >= 1, downwards below.",
    mutants=mutants(
        (
            "also for gamma = 3/10",
            state("-(1 - v)**(3/10)*log(v) >= -log(v) + 3/10*v*log(v)", **_V),
        ),
        ("without the entropy term", state("-(1 - v)**2*log(v) >= -log(v)", **_V)),
    ),
    symbols=_SYMBOLS,
    ids=("FO8",),
)

_CURVE = "(1 - v) + 2*g*(1 - v) + g*log(v) - (g + g**2)*v*log(v)"

NOT_CONVEX = Statement(
    name="focal.not_convex",
    title="Focal loss is not convex in the logit, for any gamma > 0",
    source="derived here",
    formula=state_derivative(
        "(1 - v)**g*(g*v*log(v) + v - 1)", "v", f"(1 - v)**(g - 1)*({_CURVE})", **_VG
    ),
    steps=steps(
        (
            "second derivative in the logit, divided by the sigmoid's slope v (1-v)",
            state_derivative(
                "(1 - v)**g*(g*v*log(v) + v - 1)", "v", f"(1 - v)**(g - 1)*({_CURVE})", **_VG
            ),
        ),
        (
            "its bracket falls without bound as v -> 0, for every gamma",
            state_limit(_CURVE, "-oo", "v", "low", **_VG),
        ),
        (
            "gamma = 2: negative at v = 1/48, near z = -3.85",
            state("(1 - 1/48)*5 + 2*log(1/48) - 6/48*log(1/48) < 0"),
        ),
        (
            "and so for every smaller score",
            state("5*(1 - v) + 2*log(v) - 6*v*log(v) < 0", v="(0, 1/48]"),
        ),
    ),
    argument="A convex loss has no negative second derivative; this one's is negative for small v.",
    mutants=mutants(
        ("convex for gamma = 2", state("5*(1 - v) + 2*log(v) - 6*v*log(v) >= 0", **_V)),
        (
            "without the gamma^2 term",
            state_derivative(
                "(1 - v)**g*(g*v*log(v) + v - 1)",
                "v",
                "(1 - v)**(g - 1)*((1 - v) + 2*g*(1 - v) + g*log(v) - g*v*log(v))",
                **_VG,
            ),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("focal.gradient",),
    ids=("FO9",),
)

WEIGHTED = Statement(
    name="focal.balanced_consistency",
    title="Class weights 1/pi make it consistent for balanced error; adjusting its raw scores does not",
    source="derived here",
    formula=state("(1/p)*e == e/p", e="(0, 1)", p="(0, 1)"),
    steps=steps(
        (
            "weighted stationarity: h(v_y) = m (e_y / pi_y), the balanced scores",
            state("(v/q)*((1/p)*e*(q/v)) == e/p", e="(0, 1)", p="(0, 1)", q="positive", v="(0, 1)"),
            "FO10",
        ),
        (
            "gamma = 2, posterior (4/5, 1/5), prior (7/10, 3/10): the score stays below 0.6267",
            state(f"{_pull('(6267/10000)', '2')} < 0"),
            "FO11",
        ),
        (
            "score over prior picks class 2, the balanced Bayes rule class 1",
            state("v/(7/10) < (1 - v)/(3/10)", "(4/5)/(7/10) > (1/5)/(3/10)", v="(0, 6267/10000)"),
            "FO11",
        ),
    ),
    argument="h is increasing, so with weights 1/pi the order of the scores is that of eta/pi. Dividing "
    "the raw score by the prior treats it as a posterior, which it is not; `focal_posterior` comes first.",
    mutants=mutants(
        (
            "raw scores over the prior agree with the Bayes rule here",
            state("v/(7/10) > (1 - v)/(3/10)", v="[62/100, 63/100]"),
        ),
        (
            "weights pi",
            state("(v/q)*(p*e*(q/v)) == e/p", e="(0, 1)", p="(0, 1)", q="positive", v="(0, 1)"),
        ),
    ),
    symbols={"e": "posterior", "p": "prior", "q": "phi(v)", "v": "score"},
    rests_on=("focal.classification_calibrated", "balanced_error.bayes_rule"),
    functions=("focal_posterior",),
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
