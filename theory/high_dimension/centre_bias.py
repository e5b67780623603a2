"""What a finite sample asks for besides logit adjustment: the bias of the estimated centre.

Plug-in LDA puts its centre sinh(l)/kappa too far on the minority's side; no prior offset knows of it.
Derived here; three phases as in Lyu, Zhou, Zhong (arXiv 2502.11323), Theorem 3.2, for max-margin.
Checked by: SMT for the ordering of remedies, limits for the phases, exact sums for SMOTE.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    steps,
)
from ..foundation.validation import InputError, as_number, as_real, broadcasting
from ..gaussian.gaussian_decisions import youden_index
from .high_dimensional_lda import effective_parameters
from .lda import centre_shift, class_loads, covariance_factors

__all__ = [
    "PHASES",
    "SMOTE_CONTRACTION",
    "BalancedErrorParts",
    "balanced_error_parts",
    "centre_correction",
    "phase",
    "undersampled_rate",
]

SMOTE_CONTRACTION = 2.0 / 3.0
"""E[(1-U)^2 + U^2]: what interpolation with an independent neighbour leaves of the covariance."""

PHASES = ("high_signal", "moderate_signal", "low_signal")


class BalancedErrorParts(NamedTuple):
    """Balanced error as a sum; arrays of the broadcast shape."""

    threshold: NDArray[np.float64]
    """Repaired by moving the intercept."""
    direction: NDArray[np.float64]
    """Not repaired by any intercept."""
    bayes: NDArray[np.float64]
    """That of the population's balanced rule."""


@broadcasting
def centre_correction(
    eta: ArrayLike, kappa: ArrayLike, *, covariance: str = "known"
) -> NDArray[np.float64]:
    """What to add to the minority's score besides logit adjustment: ``(g_1 - g_0)/2 = sinh(l)/kappa``.

    Divided by ``1 - 1/kappa`` if the covariance is estimated. ``eta >= 1``, ``kappa > 0`` broadcast;
    ``kappa`` other than 1 for the pseudo-inverse, whose rule has no prior term there.
    """
    prior = covariance_factors(kappa, covariance).prior
    if not prior.all():
        raise InputError(
            "kappa = 1: the pseudo-inverse rule has no prior term that could be corrected"
        )
    return centre_shift(eta, kappa) / prior


@broadcasting
def undersampled_rate(eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Both class accuracies after undersampling the majority to the minority's size, known covariance.

    ``Phi((Delta^2/2)/sqrt(Delta^2 + 2 g_1))``; inputs broadcast.
    """
    minority = class_loads(eta, kappa).minority
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return ndtr(0.5 * Delta**2 / np.sqrt(Delta**2 + 2.0 * minority))


@broadcasting
def balanced_error_parts(
    eta: ArrayLike,
    kappa: ArrayLike,
    Delta: ArrayLike,
    tau: ArrayLike = 0.0,
    *,
    covariance: str = "known",
) -> BalancedErrorParts:
    """Threshold-driven, direction-driven and Bayes parts of the plug-in rule's balanced error.

    They sum to it and none is negative; arguments as those of `lda.plug_in_rates`.
    """
    own = effective_parameters(eta, kappa, Delta, tau, covariance=covariance)
    g1, g0 = class_loads(eta, kappa)
    Delta, kappa = np.asarray(Delta, dtype=np.float64), np.asarray(kappa, dtype=np.float64)
    overall = covariance_factors(kappa, covariance).overall
    # (Delta - Delta_eff)/2, from 1 - f^2 V^-2 Delta^2 without a subtraction
    missing = np.where(kappa >= 1.0, 1.0 / kappa, 1.0 - kappa * (1.0 - kappa))
    unknown = g1 + g0 + (0.0 if covariance == "known" else missing) * Delta**2
    spread = np.sqrt(Delta**2 + g1 + g0)
    gap = 0.5 * Delta * unknown / (spread * (spread + overall * Delta))
    half = 0.5 * own.Delta
    direction = youden_index(half + 0.5 * gap, gap)  # Phi(-half) - Phi(-half - gap)
    bayes = np.broadcast_to(ndtr(-0.5 * Delta), half.shape)
    return BalancedErrorParts(_cost_of_a_shift(half, np.abs(own.threshold)), direction, bayes)


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def _cost_of_a_shift(half: NDArray[np.float64], shift: NDArray[np.float64]) -> NDArray[np.float64]:
    """``[Phi(t - m) + Phi(-t - m)]/2 - Phi(-m)`` for m = ``half`` and t = ``shift``, neither negative.

    That is the integral of ``phi(m) exp(-s^2/2) sinh(m s)`` over s in [0, t], which is taken where the
    difference would cancel: t below 1, or m below 1, where the integrand is gone before s = 11.
    """
    end = np.minimum(shift, np.where(half < 1.0, 11.0, 1.0))
    s = 0.5 * end[..., None] * (1.0 + _NODES)
    m = np.minimum(half, 40.0)[..., None]
    integrand = np.exp(-0.5 * (s - m) ** 2) * -np.expm1(-2.0 * m * s)
    integral = 0.25 * end * np.sum(_WEIGHTS * integrand, axis=-1) / np.sqrt(2.0 * np.pi)
    difference = 0.5 * (ndtr(shift - half) + ndtr(-shift - half)) - ndtr(-half)
    return np.where((half < 1.0) | (shift < 1.0), integral, difference)


def phase(imbalance: float, signal: float, sample: float) -> str:
    """Which of `PHASES` holds for pi_1 ~ d^-imbalance, Delta^2 ~ d^signal, n ~ d^(1 + sample).

    ``signal > 0``; with e = imbalance - sample, the exponent of the minority's load: high for
    ``e < signal``, moderate up to ``e < 2 signal``, low beyond.
    """
    signal = as_number("signal", signal, low=0, low_open=True)
    load = as_number("imbalance", imbalance, low=0) - as_number("sample", sample)
    return PHASES[int(load >= signal) + int(load >= 2.0 * signal)]


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "l": "log(eta)",
    "y": "1/kappa = d/n",
    "D": "separability Delta",
    "g": "load d/n_1 of the minority",
    "h": "load d/n_0 of the majority",
    "V": "sqrt(Delta^2 + g + h)",
}

NOT_ENOUGH = Statement(
    name="centre_bias.logit_adjustment_is_not_enough",
    title="Logit adjustment leaves the bias of the centre; correcting it equalises the class errors",
    source="derived here",
    formula=state(
        "(D**2/2 - y*sinh(l))/V < (D**2/2 + y*sinh(l))/V",
        l="positive",
        y="positive",
        D="positive",
        V="positive",
    ),
    steps=steps(
        (
            "tau = 1: recall's probit is below specificity's whenever eta > 1",
            state(
                "(D**2/2 - y*sinh(l))/V < (D**2/2 + y*sinh(l))/V",
                l="positive",
                y="positive",
                D="positive",
                V="positive",
            ),
        ),
        (
            "adding (g - h)/2 to the score makes both (Delta^2/2)/V, known covariance",
            state(
                "((D**2 - (g - h))/2 + (g - h)/2)/V == D**2/2/V",
                "((D**2 + (g - h))/2 - (g - h)/2)/V == D**2/2/V",
                g="positive",
                h="positive",
                D="positive",
                V="positive",
            ),
        ),
        (
            "with the covariance estimated, (g - h)/(2 (1-y))",
            state(
                "(D**2/2 - (g - h)/2)/(1 - y) + (g - h)/(2*(1 - y)) == D**2/2/(1 - y)",
                g="positive",
                h="positive",
                D="positive",
                y="(0, 1)",
            ),
        ),
        (
            "which is the least balanced error of any intercept: the midpoint's, at Delta_eff",
            state("(Phi(-D/2 + 0) + Phi(-D/2 - 0))/2 == Phi(-D/2)", D="positive"),
        ),
        (
            "after duplicating the minority up to the majority the prior term is gone and the class means "
            "are unchanged, hence so is the bias: oversampling is tau = 1",
            state(
                "(D**2 - (g - h))/2 - log(1) == (D**2 - (g - h))/2",
                D="positive",
                g="positive",
                h="positive",
            ),
        ),
    ),
    argument="The estimated centre is off by (g - h)/2 = y sinh(l) of the score's units; an intercept "
    "that adds it back makes the rule the midpoint rule of the effective parameters.",
    mutants=mutants(
        (
            "logit adjustment equalises the class errors at finite kappa",
            state(
                "D**2/2 - y*sinh(l) == D**2/2 + y*sinh(l)", l="[0, oo)", y="positive", D="positive"
            ),
        ),
        (
            "the correction with the sign turned",
            state(
                "(D**2 - (g - h))/2 - (g - h)/2 == D**2/2", g="positive", h="positive", D="positive"
            ),
        ),
        (
            "the known-covariance correction serves the estimated covariance",
            state(
                "(D**2/2 - (g - h)/2)/(1 - y) + (g - h)/2 == D**2/2/(1 - y)",
                g="positive",
                h="positive",
                D="positive",
                y="(0, 1)",
            ),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=(
        "high_dimensional_lda.effective_parameters",
        "gaussian.balanced_error_is_least_at_the_midpoint",
        "gaussian_decisions.logit_adjustment",
    ),
    ids=("A20",),
    functions=("centre_correction",),
    corrects="Logit adjustment is called the balanced Bayes rule; of a trained plug-in rule it leaves "
    "minority recall below specificity at every finite kappa.",
)

ORDERING = Statement(
    name="centre_bias.ordering_of_remedies",
    title="Minority recall: logit adjustment < undersampling < logit adjustment with corrected centre",
    source="derived here (known covariance)",
    formula=state(
        "(D - e)**2*(D + 2*h + 2*e) < D**2*(D + 2*h + e)",
        given="e < D",
        h="nonnegative",
        e="positive",
        D="positive",
    ),
    steps=steps(
        (
            "undersampling loses to the corrected rule: 2g > g + h",
            state(
                "1/sqrt(D + 2*(h + e)) < 1/sqrt(D + 2*h + e)",
                h="nonnegative",
                e="positive",
                D="positive",
            ),
        ),
        (
            "and beats logit adjustment, squared, where its probit is positive (e < D)",
            state(
                "(D - e)**2*(D + 2*h + 2*e) < D**2*(D + 2*h + e)",
                given="e < D",
                h="nonnegative",
                e="positive",
                D="positive",
            ),
            "A-L9",
        ),
        (
            "the difference, as a polynomial",
            state(
                "(D - e)**2*(D + 2*h + 2*e) - D**2*(D + 2*h + e)"
                " == -e*(D**2 + 3*D*e + 4*D*h - 2*e**2 - 2*e*h)",
                h="nonnegative",
                e="positive",
                D="positive",
            ),
            "A-L9",
        ),
        (
            "otherwise its probit is not even positive",
            state("D - e <= 0", given="e >= D", e="positive", D="positive"),
        ),
    ),
    argument="With D = Delta^2, h = d/n_0 and e = d/n_1 - d/n_0 > 0, the probits are "
    "(D-e)/(2 sqrt(D+2h+e)), D/(2 sqrt(D+2h+2e)) and D/(2 sqrt(D+2h+e)).",
    mutants=mutants(
        (
            "undersampling beats the corrected full-data rule",
            state(
                "1/sqrt(D + 2*(h + e)) > 1/sqrt(D + 2*h + e)",
                h="nonnegative",
                e="positive",
                D="positive",
            ),
        ),
        (
            "undersampling loses to plain logit adjustment",
            state(
                "(D - e)**2*(D + 2*h + 2*e) > D**2*(D + 2*h + e)",
                given="e < D",
                h="nonnegative",
                e="positive",
                D="positive",
            ),
        ),
    ),
    symbols={"D": "Delta^2", "h": "d/n_0", "e": "d/n_1 - d/n_0"},
    rests_on=("centre_bias.logit_adjustment_is_not_enough",),
    ids=("A20", "A-L9"),
    functions=("undersampled_rate",),
)

PARTS = Statement(
    name="centre_bias.balanced_error_parts",
    title="Balanced error is Bayes's, plus what the direction loses, plus what the intercept loses",
    source="Essomba and Fokoue (arXiv 2601.04149) for the two kinds of loss; this form derived here",
    formula=state("Phi(-D/2) <= Phi(-(D**2/sqrt(D**2 + g))/2)", D="positive", g="positive"),
    steps=steps(
        ("the sum telescopes", state("(b - m) + (m - a) + a == b", a="real", b="real", m="real")),
        (
            "the effective separability is below Delta",
            state("D**2/sqrt(D**2 + g) < D", D="positive", g="positive"),
        ),
        (
            "so the direction's part is positive",
            state("Phi(-w/2) > Phi(-D/2)", given="w < D", w="positive", D="positive"),
        ),
        (
            "and the intercept's vanishes only at the midpoint: right of it the error rises",
            state("exp(-(t - D/2)**2/2) > exp(-(t + D/2)**2/2)", t="positive", D="positive"),
        ),
    ),
    argument="The middle term is the least error of any intercept on the estimated direction.",
    mutants=mutants(
        (
            "moving the intercept repairs everything",
            state("Phi(-(D**2/sqrt(D**2 + g))/2) == Phi(-D/2)", D="positive", g="positive"),
        ),
        (
            "estimation can improve the direction",
            state("D**2/sqrt(D**2 + g) >= D", D="positive", g="positive"),
        ),
    ),
    symbols={
        "D": "separability Delta",
        "g": "d/n_1 + d/n_0",
        "w": "Delta_eff",
        "t": "threshold",
        "a": "Bayes's balanced error",
        "m": "least error on the estimated direction",
        "b": "balanced error",
    },
    rests_on=(
        "high_dimensional_lda.effective_parameters",
        "gaussian.balanced_error_is_least_at_the_midpoint",
    ),
    ids=("A20",),
    functions=("balanced_error_parts",),
)

SMOTE = Statement(
    name="centre_bias.smote_contracts",
    title="Interpolating with an independent neighbour keeps the mean and leaves 2/3 of the covariance",
    source="derived here; rule: Chawla et al. (JAIR 2002), whose nearest neighbours contract less",
    formula=state_derivative("(u**3 - (1 - u)**3)/3", "u", "(1 - u)**2 + u**2", u="[0, 1]"),
    steps=steps(
        (
            "E[(1-U)^2 + U^2] by its antiderivative",
            state_derivative("(u**3 - (1 - u)**3)/3", "u", "(1 - u)**2 + u**2", u="[0, 1]"),
        ),
        ("between 0 and 1", state("(1**3 - (1 - 1)**3)/3 - (0**3 - (1 - 0)**3)/3 == 2/3")),
        ("the mean is kept whatever u", state("(1 - u)*m + u*m == m", u="[0, 1]", m="real")),
        (
            "the second moment of a new example, coordinate by coordinate, over every pair of a class",
            state_computed("lda:smote_covariance", classes=[[0, 1], [1, 2, 5], [-3, 0, 1, 8, 8]]),
        ),
    ),
    argument="Given U the new example is (1-U) x + U x' with x, x' independent: mean m, covariance "
    "((1-U)^2 + U^2) times the class's. The mean given U is constant, so nothing is added.",
    mutants=mutants(
        ("factor 1/2", state("(1**3 - (1 - 1)**3)/3 - (0**3 - (1 - 0)**3)/3 == 1/2")),
        ("the covariance is kept", state("(1 - u)**2 + u**2 == 1", u="[0, 1]")),
    ),
    symbols={"u": "place between the two examples", "m": "class mean"},
    ids=("D17", "A20"),
)

PHASE_DIAGRAM = Statement(
    name="centre_bias.three_phases",
    title="Limit law, load d^e, signal 4 d^b: learnt as is for e < b, with corrected centre for e < 2b",
    source="derived here for LDA; the same plane in Lyu, Zhou, Zhong (arXiv 2502.11323)",
    formula=state(
        "4*d**b/(2*sqrt(d**e)) == 2*d**(b - e/2)", d="(1, oo)", b="positive", e="positive"
    ),
    steps=steps(
        (
            "uncorrected, in r = g/Delta^2: the probit is Delta (1 - r)/(2 sqrt(1 + r))",
            state(
                "(D**2 - r*D**2)/2/sqrt(D**2 + r*D**2) == D*(1 - r)/(2*sqrt(1 + r))",
                D="positive",
                r="positive",
            ),
        ),
        (
            "high signal, r -> 0: Delta/2, which grows",
            state_limit("(1 - r)/(2*sqrt(1 + r))", "1/2", "r", "low", r="positive"),
        ),
        (
            "moderate and low, r -> oo: -sqrt(g)/2, that is recall -> 0",
            state_limit("(1 - r)/(2*sqrt(1 + r))/sqrt(r)", "-1/2", "r", "high", r="positive"),
        ),
        (
            "corrected, for g >= Delta^2 + h: the probit is within 1/sqrt(2) and 1 times Delta^2/(2 sqrt(g))",
            state(
                "D/(2*sqrt(2*g)) <= D/(2*sqrt(D + g + h)) <= D/(2*sqrt(g))",
                given="g >= D + h",
                D="positive",
                g="positive",
                h="positive",
            ),
        ),
        (
            "which is 2 d^(b - e/2) at Delta^2 = 4 d^b, g = d^e: it grows for e < 2b, vanishes for e > 2b",
            state(
                "4*d**b/(2*sqrt(d**e)) == 2*d**(b - e/2)", d="(1, oo)", b="positive", e="positive"
            ),
        ),
        (
            "the prior term is negligible: log(d)/d^e -> 0",
            state_limit("log(d)/d**e", "0", "d", d="(1, oo)", e="positive"),
        ),
    ),
    argument="g is the minority's load d/n_1, the majority's is smaller. A probit that tends to infinity, "
    "minus infinity or 0 means accuracy 1, 0 or 1/2; with the centre corrected both classes share it.",
    mutants=mutants(
        (
            "the correction helps up to e = b only",
            state("2*d**(b - e/2) <= 2", given="e > b", d="(1, oo)", b="positive", e="positive"),
        ),
        (
            "without correction the minority is learnt for r > 1",
            state("D*(1 - r)/(2*sqrt(1 + r)) > 0", D="positive", r="(1, oo)"),
        ),
    ),
    symbols={
        "d": "dimension",
        "b": "exponent of the signal",
        "e": "exponent of the minority's load",
        "D": "Delta; in the bracketing step Delta^2",
        "g": "minority's load",
        "h": "majority's load",
        "r": "g/Delta^2",
    },
    rests_on=(
        "high_dimensional_lda.known_covariance",
        "centre_bias.logit_adjustment_is_not_enough",
    ),
    ids=("A21",),
    functions=("phase",),
)

STATEMENTS = (NOT_ENOUGH, ORDERING, PARTS, SMOTE, PHASE_DIAGRAM)
