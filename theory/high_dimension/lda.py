"""Plug-in LDA in high dimension: how kappa = n/d enters, in closed form, and the collapse boundary.

n, d -> infinity with n/d -> kappa, at fixed eta and Delta; l = log eta, y = 1/kappa. The estimated
centre is biased against the minority by y sinh l, on top of the prior term l.
Source: the Raudys / Bickel-Levina line of high-dimensional LDA; the form used here, the exact
half-recall boundary and the regimes' cut points are derived in this project.
Checked by: identities, intervals, and Monte Carlo (`counterpoise.simulations`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.grids import cell_by_cell
from ..foundation.normal import normal_cdfs
from ..foundation.validation import as_real, broadcasting, one_of
from ..gaussian.gaussian import Rates

__all__ = [
    "COVARIANCES",
    "REGIMES",
    "ClassLoads",
    "centre_shift",
    "class_loads",
    "covariance_factors",
    "direction_lost",
    "half_recall_log_imbalance",
    "plug_in_probits",
    "plug_in_rates",
    "published_log_boundary",
    "regime",
    "sharp_constant",
]

REGIMES = ("normal", "mild", "extreme", "catastrophic")
REGIME_EDGES = (0.05, 0.5, 0.9)
"""Recall below which it is catastrophic, extreme, and, as a share of its recall at balance, mild."""

COVARIANCES = ("known", "estimated", "pseudo_inverse")
"""What the rule knows of the covariance: all, its pooled estimate (kappa > 1), or the estimate's
pseudo-inverse (identity covariance; a coin at kappa = 1)."""


class ClassLoads(NamedTuple):
    """Dimensions per training example of each class."""

    minority: NDArray[np.float64]
    majority: NDArray[np.float64]


@broadcasting
def class_loads(eta: ArrayLike, kappa: ArrayLike) -> ClassLoads:
    """``g_1 = d/n_1 = (1+eta)/kappa`` and ``g_0 = d/n_0 = (1+eta)/(eta kappa)``; inputs broadcast.

    Infinite where they exceed all floats.
    """
    eta = as_real("eta", eta, low=1)
    kappa = as_real("kappa", kappa, low=0, low_open=True)
    with np.errstate(over="ignore"):
        minority = (1.0 + eta) / kappa
    return ClassLoads(minority, minority / eta)


@broadcasting
def centre_shift(eta: ArrayLike, kappa: ArrayLike) -> NDArray[np.float64]:
    """Bias of the estimated centre against the minority, ``(g_1 - g_0)/2 = sinh(l)/kappa``.

    ``eta >= 1`` and ``kappa > 0`` broadcast; accurate down to ``eta = 1``, where it vanishes.
    """
    minority = class_loads(eta, kappa).minority
    eta = np.asarray(eta, dtype=np.float64)
    return 0.5 * minority * ((eta - 1.0) / eta)


class CovarianceFactors(NamedTuple):
    """What not knowing the covariance does to the probits of the known-covariance rule."""

    overall: NDArray[np.float64]
    """Multiplies them; 1 if the covariance is known, sqrt(1 - 1/kappa) if estimated."""
    prior: NDArray[np.float64]
    """Multiplies the prior term besides; 1 if known, 1 - 1/kappa if estimated."""


def covariance_factors(kappa: ArrayLike, covariance: str = "known") -> CovarianceFactors:
    """The factors for one of `COVARIANCES`; shape of ``kappa``.

    ``kappa > 0``; above 1 if the covariance is ``"estimated"``. With ``"pseudo_inverse"`` the factors below 1
    are ``sqrt(kappa (1-kappa))`` and ``(1-kappa)/kappa^2``, the largest float at most, and both are 0 at 1:
    that rule is then a coin, and its rates are 1/2.
    """
    kind = one_of("covariance", covariance, COVARIANCES)
    kappa = as_real("kappa", kappa, low=1 if kind == "estimated" else 0, low_open=True)
    if kind == "known":
        return CovarianceFactors(np.ones_like(kappa), np.ones_like(kappa))
    above = np.maximum(kappa - 1.0, 0.0) / kappa
    below = np.minimum(kappa, 1.0)
    with np.errstate(over="ignore", divide="ignore"):
        prior = np.minimum((1.0 - below) / below**2, np.finfo(np.float64).max)
    return CovarianceFactors(
        np.where(kappa >= 1.0, np.sqrt(above), np.sqrt(below * (1.0 - below))),
        np.where(kappa >= 1.0, above, prior),
    )


class Probits(NamedTuple):
    """Normal quantiles of the two class accuracies; arrays of the broadcast shape."""

    recall: NDArray[np.float64]
    specificity: NDArray[np.float64]


def load_root(eta: NDArray[np.float64], kappa: NDArray[np.float64]) -> NDArray[np.float64]:
    """``sqrt(g_1)`` where the load itself may exceed all floats."""
    return np.minimum(np.sqrt(1.0 + eta) / np.sqrt(kappa), 1e307)


@broadcasting
def plug_in_probits(
    eta: ArrayLike,
    kappa: ArrayLike,
    Delta: ArrayLike,
    tau: ArrayLike = 0.0,
    *,
    covariance: str = "known",
) -> Probits:
    """Quantiles of `plug_in_rates`; they keep their digits where the rates round to 0 or 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        return Probits(*quantiles_of(*plug_in_terms(eta, kappa, Delta, tau, covariance)))


def quantiles_of(middle: Any, shift: Any, scale: Any, variance: Any, more: Any) -> tuple[Any, Any]:
    """Recall's and specificity's, of the `PlugInTerms`; of arrays or numbers."""
    factor = scale / np.sqrt(variance + more)
    return (middle - shift) * factor, (middle + shift) * factor


class PlugInTerms(NamedTuple):
    """Arguments of `quantiles_of`; they broadcast."""

    middle: NDArray[np.float64]
    shift: NDArray[np.float64]
    scale: NDArray[np.float64]
    variance: NDArray[np.float64]
    more: NDArray[np.float64]


def plug_in_terms(
    eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike, tau: ArrayLike, covariance: str
) -> PlugInTerms:
    """What the quantiles of `plug_in_rates` consist of; finite for all that is valid."""
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    tau = as_real("tau", tau)
    with np.errstate(over="ignore", invalid="ignore"):
        g1, g0 = class_loads(eta, kappa)
        overall, prior = covariance_factors(kappa, covariance)
        eta, kappa = np.asarray(eta, dtype=np.float64), np.asarray(kappa, dtype=np.float64)
        kept = prior * (1.0 - tau)
        against_minority = centre_shift(eta, kappa) + kept * np.log(eta)
        square, loads = Delta**2, g1 + g0
        near = PlugInTerms(0.5 * square, against_minority, overall, square, loads)
        if np.isfinite(np.max(square, initial=0.0) + np.max(loads, initial=0.0)):
            return near
        far = _far(eta, kappa, Delta, overall, kept)
        finite = np.isfinite(square + loads)
    return PlugInTerms(*(np.where(finite, *pair) for pair in zip(near, far, strict=True)))


def _far(
    eta: NDArray[np.float64],
    kappa: NDArray[np.float64],
    Delta: NDArray[np.float64],
    overall: NDArray[np.float64],
    kept: NDArray[np.float64],
) -> PlugInTerms:
    """The same where a square or a load overflows: every term is divided by V before it is squared.

    ``kept``: what multiplies log eta.
    """
    root = load_root(eta, kappa)
    spread = np.hypot(Delta, root * np.sqrt(1.0 + 1.0 / eta))
    against_minority = 0.5 * root * (root / spread) * ((eta - 1.0) / eta)
    return PlugInTerms(
        0.5 * Delta * (Delta / spread),
        against_minority + kept * (np.log(eta) / spread),
        overall,
        np.asarray(1.0),
        np.asarray(0.0),
    )


@broadcasting
@cell_by_cell(outer=False)
def plug_in_rates(
    eta: ArrayLike,
    kappa: ArrayLike,
    Delta: ArrayLike,
    tau: ArrayLike = 0.0,
    *,
    covariance: str = "known",
) -> Rates:
    """Limits of the plug-in rule's recall and specificity.

    With loads g_1, g_0: ``recall = Phi(f [(Delta^2 - (g_1 - g_0))/2 - c (1-tau) l] / V)``,
    ``specificity = Phi(f [(Delta^2 + (g_1 - g_0))/2 + c (1-tau) l] / V)``, ``V^2 = Delta^2 + g_1 + g_0``
    and the `covariance_factors` f, c, both 1 if the covariance is known.
    ``eta >= 1``, ``kappa > 0``, ``Delta > 0``, ``tau`` real (logit adjustment); all broadcast.
    """
    return Rates(*normal_cdfs(quantiles_of, *plug_in_terms(eta, kappa, Delta, tau, covariance)))


@broadcasting
def half_recall_log_imbalance(
    kappa: ArrayLike, Delta: ArrayLike, tau: ArrayLike = 0.0, *, covariance: str = "known"
) -> NDArray[np.float64]:
    """Log imbalance at which plug-in recall is one half: ``c (1-tau) l + sinh(l)/kappa = Delta^2/2``.

    ``kappa > 0``, ``Delta`` in (0, 1e150], ``tau`` in [0, 1]; they broadcast; c is the prior's factor of
    `covariance_factors`. The root is unique: the left side increases in l.
    """
    prior = covariance_factors(kappa, covariance).prior
    kappa = as_real("kappa", kappa, low=0, low_open=True)
    Delta = as_real("Delta", Delta, low=0, low_open=True, high=1e150)
    kept = prior * (1.0 - as_real("tau", tau, low=0, high=1))
    return np.vectorize(_half_recall_root, otypes=[float])(kappa, Delta, kept)


def _half_recall_root(kappa: float, Delta: float, kept: float) -> float:
    half = 0.5 * Delta**2
    # kept l <= half and sinh(l) <= kappa half bound the root from above; its share of the bound
    # is solved for, so that small roots keep their relative accuracy.
    upper = min(half / kept if kept > half / 750 else 750.0, np.arcsinh(kappa * half))

    def excess(share: float) -> float:
        l = share * upper
        return float((kept * l + np.sinh(l) / kappa) / half - 1.0)

    share = _root(excess, 0.0, 1.0) if excess(1.0) > 0.0 else 1.0
    return share * upper


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-15))  # type: ignore[arg-type]


@broadcasting
def published_log_boundary(kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """The published collapse boundary ``log eta = Delta sqrt(kappa)`` (Essomba and Fokoue)."""
    kappa = as_real("kappa", kappa, low=0, low_open=True)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return Delta * np.sqrt(kappa)


def sharp_constant() -> float:
    """``c* = sup_x asinh(x^2/2)/x = 0.743187``: the least c for which ``log eta >= c Delta sqrt(kappa)``
    forces plug-in recall to one half or below, whatever Delta and kappa.

    At the maximum the derivative vanishes: ``x^2 / sqrt(1 + x^4/4) = asinh(x^2/2)`` with ``x > 1``.
    """
    x = _root(lambda x: x**2 / np.sqrt(1 + x**4 / 4) - np.arcsinh(x**2 / 2), 1.0, 10.0)
    return float(np.arcsinh(x**2 / 2) / x)


@broadcasting
@cell_by_cell
def regime(eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.int64]:
    """Index into `REGIMES` of the plug-in rule's recall R, relative to its recall R0 at eta = 1.

    normal: R >= 0.9 R0; mild: 0.5 <= R < 0.9 R0; extreme: 0.05 <= R < 0.5; catastrophic: R < 0.05.
    The published cut points were not available; these are this project's definition.
    """
    recall = plug_in_rates(eta, kappa, Delta).recall
    balanced = plug_in_rates(1.0, kappa, Delta).recall
    catastrophic, extreme, mild = REGIME_EDGES
    return np.select(
        [recall < catastrophic, recall < extreme, recall < mild * balanced], [3, 2, 1], default=0
    )


@broadcasting
def direction_lost(eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.bool_]:
    """Where no threshold can recover: the squared cosine of the estimated direction is below 1/2.

    ``cos^2 = Delta^2 / (Delta^2 + g_1 + g_0)``, so this is ``g_1 + g_0 > Delta^2``.
    """
    g1, g0 = class_loads(eta, kappa)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return g1 + g0 > Delta**2


# ------------------------------------------------------------------------------------ statements


LOADS = statement(
    name="lda.class_loads",
    title="The class loads are d/n_1 -+ d/n_0 = 2y sinh(l), 4y cosh^2(l/2)",
    source="derived here",
    ids=("A13", "A-L6"),
    functions=("class_loads",),
    where={
        "d: positive": "dimension",
        "n: positive": "training examples",
        "l: real": "log(eta)",
        "y": "1/kappa = d/n",
        "x": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "h": "how far log(eta) exceeds the boundary",
        "k": "kappa = n/d",
        "D": "separability Delta",
    },
    theorem=(
        "n_1 = n/(1+eta), n_0 = eta n/(1+eta), y = d/n: d/n_1 - d/n_0 = 2 y sinh(log eta) and d/n_1 + "
        "d/n_0 = 4 y cosh^2(log(eta)/2), for all eta > 0",
        r"n_1=\frac{n}{1+\eta},\ n_0=\frac{\eta n}{1+\eta},\ y=\frac dn:\quad \frac d{n_1}-\frac "
        r"d{n_0}=2y\sinh(\log\eta),\quad \frac d{n_1}+\frac d{n_0}=4y\cosh^2\left(\tfrac12\log\eta\right)"
        r"\quad\forall\,\eta>0",
    ),
    formula="d*(1 + exp(l))/n - d*(1 + exp(l))/(n*exp(l)) == 2*(d/n)*sinh(l)",
    steps=(
        "difference_of_loads: the difference, with n_1 = n/(1+eta), n_0 = eta n/(1+eta)",
        FORMULA,
        "sum_of_loads: the sum",
        "d*(1 + exp(l))/n + d*(1 + exp(l))/(n*exp(l)) == 4*(d/n)*cosh(l/2)**2",
    ),
    argument="Write both loads over the common total n.",
    mutants=(
        "balanced noise 4y in place of 4y cosh^2(l/2)",
        "d*(1 + exp(l))/n + d*(1 + exp(l))/(n*exp(l)) == 4*(d/n)",
        "the bias with the opposite sign",
        "d*(1 + exp(l))/n - d*(1 + exp(l))/(n*exp(l)) == -2*(d/n)*sinh(l)",
    ),
)

HALF_RECALL = statement(
    name="lda.half_recall_boundary",
    title="The limit law of plug-in recall is below one half iff l + sinh(l)/kappa > Delta^2/2",
    source="derived here (known covariance, n and d large)",
    ids=("A17",),
    functions=("half_recall_log_imbalance", "plug_in_rates"),
    where={
        "l: [0, oo)": "log(eta)",
        "y: positive": "1/kappa = d/n",
        "k: positive": "kappa = n/d",
        "D: positive": "separability Delta",
        "x": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "h": "how far log(eta) exceeds the boundary",
        "d": "dimension",
        "n": "training examples",
    },
    theorem=(
        "R(eta, kappa, Delta) = Phi([Delta^2/2 - log eta - sinh(log eta)/kappa]/V), V^2 = Delta^2 + "
        "(4/kappa) cosh^2(log(eta)/2): for all Delta, kappa > 0 and eta >= 1, R < 1/2 iff log eta + "
        "sinh(log eta)/kappa > Delta^2/2, whose left side strictly increases in eta and tends to log eta "
        "as kappa -> oo; with logit adjustment (tau = 1) R < 1/2 iff eta > kappa Delta^2/2 + sqrt(1 + "
        "kappa^2 Delta^4/4)",
        r"R=\Phi\left(\frac{\frac{\Delta^2}2-\log\eta-\frac1\kappa\sinh\log\eta}"
        r"{\sqrt{\Delta^2+\frac4\kappa\cosh^2(\frac12\log\eta)}}\right):\quad R<\tfrac12\iff "
        r"\log\eta+\frac{\sinh\log\eta}{\kappa}>\frac{\Delta^2}{2},\qquad R_{\tau=1}"
        r"=\Phi\left(\frac{\frac{\Delta^2}2-\frac1\kappa\sinh\log\eta}"
        r"{\sqrt{\Delta^2+\frac4\kappa\cosh^2(\frac12\log\eta)}}\right)<\tfrac12\iff "
        r"\eta>\frac{\kappa\Delta^2}2+\sqrt{1+\frac{\kappa^2\Delta^4}4}\qquad\forall\,\Delta,\kappa>0,\ "
        r"\eta\ge1",
    ),
    formula="(D**2 - 2*y*sinh(l))/2 - l == D**2/2 - (l + y*sinh(l))",
    steps=(
        "numerator_in_the_loads: the numerator of recall's probit, written with the loads",
        FORMULA,
        "slope_in_log_imbalance: the left side of the boundary strictly increases in l",
        state_derivative("l + y*sinh(l)", "l", "1 + y*cosh(l)"),
        "slope_is_positive: as its slope is positive",
        "1 + y*cosh(l) > 0",
        "no_estimation_noise: without estimation noise the population boundary returns",
        state_limit("l + y*sinh(l)", "l", "y", "low"),
        "boundary_with_full_adjustment: full logit adjustment (tau = 1) moves it to eta = kD^2/2 + sqrt(1 "
        "+ k^2 D^4/4)",
        "sinh(log(k*D**2/2 + sqrt(1 + k**2*D**4/4)))/k == D**2/2",
    ),
    argument="The statement is about the limit law Phi(numerator / V), V > 0, itself; that sampled rules "
    "follow it is a statement of its own. It is below one half iff the numerator is negative; the "
    "increasing left side makes the boundary one value of l for each Delta and kappa.",
    mutants=(
        "kappa in place of 1/kappa: more samples would hurt",
        "(D**2 - 2*y*sinh(l))/2 - l == D**2/2 - (l + sinh(l)/y)",
        "the boundary is l = Delta^2/2 at every kappa",
        "l + y*sinh(l) == l",
    ),
    rests_on=("lda.class_loads", "gaussian.bayes_rule"),
)

PUBLISHED_SUFFICIENT = statement(
    name="lda.published_boundary_is_sufficient",
    title="Under the limit law, log(eta) > Delta sqrt(kappa) forces plug-in recall below one half",
    source="boundary of Essomba and Fokoue (arXiv 2601.04149); proof derived here",
    ids=("A18",),
    functions=("published_log_boundary",),
    where={
        "x: positive": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "y: positive": "1/kappa = d/n",
        "h: nonnegative": "how far log(eta) exceeds the boundary",
        "s: real": "sinh(l)",
        "q: real": "x^2/2",
        "l": "log(eta)",
        "d": "dimension",
        "n": "training examples",
        "k": "kappa = n/d",
        "D": "separability Delta",
    },
    theorem=(
        "for all Delta, kappa > 0 and eta >= 1: log eta >= Delta sqrt(kappa) implies log eta + sinh(log "
        "eta)/kappa > Delta^2/2, that is R(eta, kappa, Delta) < 1/2 for the limit law R = Phi([Delta^2/2 - "
        "log eta - sinh(log eta)/kappa]/V) of recall, V > 0",
        r"\forall\,\Delta,\kappa>0,\ \eta\ge1:\quad \log\eta\ge\Delta\sqrt\kappa\ \Longrightarrow\ "
        r"\log\eta+\frac{\sinh\log\eta}\kappa>\frac{\Delta^2}2 \iff R=\Phi\left(\frac{\frac{\Delta^2}"
        r"2-\log\eta-\frac1\kappa\sinh\log\eta}{V}\right)<\tfrac12",
    ),
    formula="(x + h) + y*sinh(x + h) > y*x**2/2",
    steps=(
        "sinh_above_half_square (A-L7): sinh(x) > x^2/2",
        "sinh(x) > x**2/2",
        "sinh_above_0816_square (A-L7): indeed sinh(x) >= 0.816 x^2, by x + x^3/6 >= 2 x^2/sqrt(6)",
        ("sinh(x) >= 816*x**2/1000", "x + x**3/6 >= 2*x**2/sqrt(6)"),
        "sinh_increases: sinh increases, so sinh(x + h) >= sinh(x) beyond the boundary",
        "sinh(x + h) >= sinh(x)",
        "boundary_is_passed: hence l + y sinh(l) > y x^2/2 at l = x + h, with s = sinh(l) and q = x^2/2",
        state("(x + h) + y*s > y*q", given="s > q"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="With x = Delta sqrt(kappa) and y = 1/kappa, Delta^2/2 = y x^2/2; the half-recall boundary "
    "says recall < 1/2 iff l + y sinh(l) > Delta^2/2.",
    mutants=(
        "one half of Delta sqrt(kappa) suffices",
        "x/2 + y*sinh(x/2) > y*x**2/2",
        "sinh(x) > x^2",
        "sinh(x) > x**2",
        "with kappa = d/n in the bias",
        "x + sinh(x)/y > y*x**2/2",
    ),
    rests_on=("lda.half_recall_boundary",),
)

PUBLISHED_NOT_NECESSARY = statement(
    name="lda.published_boundary_is_not_necessary",
    title="Under the limit law, recall falls below one half well before Delta sqrt(kappa)",
    source="derived here; witness Delta = 2, kappa = 5, log(eta) = 8/5",
    ids=("A18",),
    functions=("sharp_constant",),
    corrects="Delta sqrt(kappa) is published as the boundary of collapse. It is sufficient, not necessary, "
    "and late: by a factor of at least 1.345 everywhere.",
    where={
        "x: positive": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "y: positive": "1/kappa = d/n",
        "s: (0, 1)": "log(eta) as a fraction of the published boundary",
        "l": "log(eta)",
        "h": "how far log(eta) exceeds the boundary",
        "d": "dimension",
        "n": "training examples",
        "k": "kappa = n/d",
        "D": "separability Delta",
    },
    theorem=(
        "R the limit law of recall (known covariance): log eta >= c Delta sqrt(kappa) with c = 0.743187 "
        "implies R < 1/2 for all Delta, kappa > 0; for each c' in (0, 0.743186] some Delta, kappa have R > "
        "1/2 at log eta = c' Delta sqrt(kappa); and at Delta = 2, kappa = 5, log eta = 8/5 < Delta "
        "sqrt(kappa) recall is R < 1/2",
        r"\log\eta\ge 0.743187\,\Delta\sqrt\kappa\ \Longrightarrow\ R(\eta,\kappa,\Delta)"
        r"<\tfrac12\quad\forall\,\Delta,\kappa>0;\qquad \forall\,c'\in(0,0.743186]\ "
        r"\exists\,\Delta,\kappa>0:\ R\left(e^{c'\Delta\sqrt\kappa},\kappa,\Delta\right)>\tfrac12;\qquad "
        r"R\left(e^{8/5},5,2\right)<\tfrac12,\ \tfrac85<2\sqrt5",
    ),
    formula=("8/5 + sinh(8/5)/5 > 2**2/2", "8/5 < 2*sqrt(5)"),
    steps=(
        "witness_recall_below_half: at the witness recall is below one half",
        "8/5 + sinh(8/5)/5 > 2**2/2",
        "witness_below_published: although log(eta) is below the published boundary",
        "8/5 < 2*sqrt(5)",
        "constant_0743187_suffices (A-L8): it is late everywhere, by at least a factor c = 0.743187: c "
        "Delta sqrt(kappa) suffices",
        "sinh(743187*x/1000000) >= x**2/2",
        "constant_0743186_does_not: and no constant below 0.743186 does: at x = 2.57675, c x + y sinh(c x) "
        "< y x^2/2 for small kappa",
        "sinh(743186*(257675/100000)/1000000) < (257675/100000)**2/2",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="One witness shows the boundary is not necessary. For every kappa, c = 0.743187 already gives "
    "y sinh(c x) >= y x^2/2, and l > 0 adds to it; below 0.743186 the second term is short, and "
    "the first is negligible as kappa -> 0.",
    mutants=(
        "the boundary is necessary: below it recall is at least one half",
        "x*s + y*sinh(x*s) <= y*x**2/2",
        "half recall is at log(eta) = Delta sqrt(kappa) exactly",
        "x + y*sinh(x) == y*x**2/2",
        "c = 0.74 suffices",
        "sinh(74*x/100) >= x**2/2",
    ),
    rests_on=("lda.half_recall_boundary", "lda.published_boundary_is_sufficient"),
)

STATEMENTS = (LOADS, HALF_RECALL, PUBLISHED_SUFFICIENT, PUBLISHED_NOT_NECESSARY)
