"""What a finite sample asks for besides logit adjustment: the bias of the estimated centre.

Plug-in LDA puts its centre sinh(l)/kappa too far on the minority's side; no prior offset knows of it.
Derived here; three phases as in Lyu, Zhou, Zhong (arXiv 2502.11323), Theorem 3.2, for max-margin.
Checked by: SMT for the ordering of remedies, limits for the phases, exact sums for SMOTE.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
from ..foundation.grids import cell_by_cell
from ..foundation.normal import normal_cdf
from ..foundation.validation import InputError, as_number, as_real, broadcasting
from ..gaussian.gaussian_decisions import youden_index
from .high_dimensional_lda import effective_parameters
from .lda import centre_shift, class_loads, covariance_factors, load_root

__all__ = [
    "PHASES",
    "SMOTE_CONTRACTION",
    "BalancedErrorParts",
    "balanced_error_parts",
    "centre_correction",
    "effective_error_parts",
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
@cell_by_cell
def undersampled_rate(eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Both class accuracies after undersampling the majority to the minority's size, known covariance.

    ``Phi((Delta^2/2)/sqrt(Delta^2 + 2 g_1))``; inputs broadcast.
    """
    class_loads(eta, kappa)  # refuses what is not valid
    eta, kappa = np.asarray(eta, dtype=np.float64), np.asarray(kappa, dtype=np.float64)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    spread = np.hypot(Delta, np.sqrt(2.0) * load_root(eta, kappa))
    return normal_cdf(0.5 * Delta * (Delta / spread))


@broadcasting
@cell_by_cell
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
    effective = effective_parameters(eta, kappa, Delta, tau, covariance=covariance)
    eta, kappa, Delta = (np.asarray(value, dtype=np.float64) for value in (eta, kappa, Delta))
    overall = covariance_factors(kappa, covariance).overall
    loads = load_root(eta, kappa) * np.sqrt(1.0 + 1.0 / eta)
    spread = np.hypot(Delta, loads)
    # (Delta - Delta_eff)/2, from 1 - f^2 V^-2 Delta^2 without a subtraction
    below = np.minimum(kappa, 1.0)
    missing = np.where(kappa >= 1.0, 1.0 / kappa, 1.0 - below * (1.0 - below))
    missing = 0.0 if covariance == "known" else missing * (Delta / spread) ** 2
    gap = 0.5 * Delta * ((loads / spread) ** 2 + missing) / (1.0 + overall * (Delta / spread))
    return _parts(effective.Delta, effective.threshold, gap, Delta)


@broadcasting
def effective_error_parts(
    effective_Delta: ArrayLike, threshold: ArrayLike, Delta: ArrayLike
) -> BalancedErrorParts:
    """The same parts of any rule with Gaussian scores, from its own separability and threshold.

    ``0 <= effective_Delta <= Delta``, ``threshold`` real; they broadcast. The direction's part comes from
    their difference, so that it is accurate to the rounding of ``Delta``, not to its own.
    """
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    kept = as_real("effective_Delta", effective_Delta, low=0)
    beyond = kept > Delta
    if beyond.any():
        value = np.broadcast_to(kept, beyond.shape)[beyond].flat[0]
        raise InputError(f"effective_Delta = {value:g}: must be at most Delta")
    kept, threshold, Delta = np.broadcast_arrays(kept, as_real("threshold", threshold), Delta)
    return _parts(kept, threshold, 0.5 * (Delta - kept), Delta)


def _parts(
    effective_Delta: NDArray[np.float64],
    threshold: NDArray[np.float64],
    gap: NDArray[np.float64],
    Delta: NDArray[np.float64],
) -> BalancedErrorParts:
    """``gap = (Delta - effective_Delta)/2``."""
    half = 0.5 * effective_Delta
    near, gap = np.minimum(half, 100.0), np.clip(gap, np.finfo(np.float64).tiny, 100.0)
    direction = youden_index(
        near + 0.5 * gap, gap
    )  # Phi(-half) - Phi(-half - gap); no tail beyond 100
    bayes = np.broadcast_to(normal_cdf(-0.5 * Delta), half.shape)
    return BalancedErrorParts(_cost_of_a_shift(half, np.abs(threshold)), direction, bayes)


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
    difference = 0.5 * (normal_cdf(shift - half) + normal_cdf(-shift - half)) - normal_cdf(-half)
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


NOT_ENOUGH = statement(
    name="centre_bias.logit_adjustment_is_not_enough",
    title="Logit adjustment leaves the bias of the centre; correcting it equalises the class errors",
    source="derived here",
    ids=("A20",),
    functions=("centre_correction",),
    corrects="Logit adjustment is called the balanced Bayes rule; of a trained plug-in rule it leaves "
    "minority recall below specificity at every finite kappa.",
    where={
        "l: positive": "log(eta)",
        "g: positive": "load d/n_1 of the minority",
        "h: positive": "load d/n_0 of the majority",
        "y: positive": "1/kappa = d/n",
        "D: positive": "separability Delta",
        "V: positive": "sqrt(Delta^2 + g + h)",
    },
    theorem=(
        "limit law, logit adjustment (tau = 1), eta > 1, kappa < oo, V^2 = Delta^2 + (4/kappa) "
        "cosh^2(log(eta)/2): recall = Phi(f [Delta^2/2 - sinh(log eta)/kappa]/V) < Phi(f [Delta^2/2 + "
        "sinh(log eta)/kappa]/V) = specificity; adding sinh(log eta)/kappa to the score (known covariance, "
        "f = 1), or sinh(log eta)/(kappa - 1) (estimated, kappa > 1, f = sqrt(1 - 1/kappa)), makes both "
        "Phi(Delta_eff/2), Delta_eff = f Delta^2/V, and Phi(-Delta_eff/2) is the least balanced error of "
        "any intercept on that direction",
        r"\text{limit law},\ \tau=1,\ \eta>1,\ "
        r"V^2=\Delta^2+\frac4\kappa\cosh^2\left(\tfrac12\log\eta\right),\ \Delta_{\mathrm{eff}}"
        r"=\frac{f\Delta^2}V:\quad \mathrm{TPR}=\Phi\left(f\,\frac{\frac{\Delta^2}"
        r"2-\frac1\kappa\sinh\log\eta}V\right)<\Phi\left(f\,\frac{\frac{\Delta^2}"
        r"2+\frac1\kappa\sinh\log\eta}V\right)=\mathrm{TNR};\qquad \text{score}+\begin{cases}"
        r"\frac1\kappa\sinh\log\eta&\Sigma\text{ known},\ f=1\\ \frac1{\kappa-1}\sinh\log\eta&\Sigma\text{ "
        r"estimated},\ \kappa>1,\ f=\sqrt{1-\frac1\kappa}\end{cases}:\quad \mathrm{TPR}=\mathrm{TNR}"
        r"=\Phi\left(\tfrac{\Delta_{\mathrm{eff}}}2\right),\ \ \mathrm{BER}=\min_t\mathrm{BER}(t)"
        r"=\Phi\left(-\tfrac{\Delta_{\mathrm{eff}}}2\right)",
    ),
    formula="(D**2/2 - y*sinh(l))/V < (D**2/2 + y*sinh(l))/V",
    steps=(
        "recall_below_specificity: tau = 1: recall's probit is below specificity's whenever eta > 1",
        FORMULA,
        "correction_known_covariance: adding (g - h)/2 to the score makes both (Delta^2/2)/V, known "
        "covariance",
        (
            "((D**2 - (g - h))/2 + (g - h)/2)/V == D**2/2/V",
            "((D**2 + (g - h))/2 - (g - h)/2)/V == D**2/2/V",
        ),
        "correction_estimated_covariance: with the covariance estimated, (g - h)/(2 (1-y))",
        state("(D**2/2 - (g - h)/2)/(1 - y) + (g - h)/(2*(1 - y)) == D**2/2/(1 - y)", y="(0, 1)"),
        "least_balanced_error: which is the least balanced error of any intercept: the midpoint's, at "
        "Delta_eff",
        "(Phi(-D/2 + 0) + Phi(-D/2 - 0))/2 == Phi(-D/2)",
        "oversampling_is_logit_adjustment: after duplicating the minority up to the majority the prior "
        "term is gone and the class means are unchanged, hence so is the bias: oversampling is tau = 1",
        "(D**2 - (g - h))/2 - log(1) == (D**2 - (g - h))/2",
    ),
    argument="The estimated centre is off by (g - h)/2 = y sinh(l) of the score's units; an intercept that "
    "adds it back makes the rule the midpoint rule of the effective parameters.",
    mutants=(
        "logit adjustment equalises the class errors at finite kappa",
        state("D**2/2 - y*sinh(l) == D**2/2 + y*sinh(l)", l="[0, oo)"),
        "the correction with the sign turned",
        "(D**2 - (g - h))/2 - (g - h)/2 == D**2/2",
        "the known-covariance correction serves the estimated covariance",
        state("(D**2/2 - (g - h)/2)/(1 - y) + (g - h)/2 == D**2/2/(1 - y)", y="(0, 1)"),
    ),
    rests_on=(
        "high_dimensional_lda.effective_parameters",
        "gaussian.balanced_error_is_least_at_the_midpoint",
        "gaussian_decisions.logit_adjustment",
    ),
)

ORDERING = statement(
    name="centre_bias.ordering_of_remedies",
    title="Minority recall: logit adjustment < undersampling < logit adjustment with corrected centre",
    source="derived here (known covariance)",
    ids=("A20", "A-L9"),
    functions=("undersampled_rate",),
    where={
        "h: nonnegative": "d/n_0",
        "e: positive": "d/n_1 - d/n_0",
        "D: positive": "Delta^2",
    },
    theorem=(
        "known covariance, limits, g = d/n_1 > h = d/n_0 > 0, Delta > 0: logit-adjusted recall "
        "Phi((Delta^2 - (g - h))/(2 sqrt(Delta^2 + g + h))) < undersampled to balance Phi(Delta^2/(2 "
        "sqrt(Delta^2 + 2 g))) < logit-adjusted with corrected centre Phi(Delta^2/(2 sqrt(Delta^2 + g + "
        "h)))",
        r"g=\frac d{n_1}>h=\frac d{n_0}>0,\ \Delta>0\ \text{(limits, covariance known)}:\quad "
        r"\underbrace{\Phi\left(\frac{\Delta^2-(g-h)}{2\sqrt{\Delta^2+g+h}}\right)}_{\text{logit "
        r"adjustment}}<\underbrace{\Phi\left(\frac{\Delta^2}{2\sqrt{\Delta^2+2g}}\right)}"
        r"_{\text{undersampling}}<\underbrace{\Phi\left(\frac{\Delta^2}{2\sqrt{\Delta^2+g+h}}\right)}"
        r"_{\text{logit adjustment, centre corrected}}",
    ),
    formula=state("(D - e)**2*(D + 2*h + 2*e) < D**2*(D + 2*h + e)", given="e < D"),
    steps=(
        "undersampling_below_corrected: undersampling loses to the corrected rule: 2g > g + h",
        "1/sqrt(D + 2*(h + e)) < 1/sqrt(D + 2*h + e)",
        "undersampling_above_adjustment (A-L9): and beats logit adjustment, squared, where its probit is "
        "positive (e < D)",
        FORMULA,
        "difference_as_polynomial (A-L9): the difference, as a polynomial",
        "(D - e)**2*(D + 2*h + 2*e) - D**2*(D + 2*h + e) == -e*(D**2 + 3*D*e + 4*D*h - 2*e**2 - 2*e*h)",
        "adjustment_probit_not_positive: otherwise its probit is not even positive",
        state("D - e <= 0", given="e >= D"),
    ),
    argument="With D = Delta^2, h = d/n_0 and e = d/n_1 - d/n_0 > 0, the probits are (D-e)/(2 "
    "sqrt(D+2h+e)), D/(2 sqrt(D+2h+2e)) and D/(2 sqrt(D+2h+e)).",
    mutants=(
        "undersampling beats the corrected full-data rule",
        "1/sqrt(D + 2*(h + e)) > 1/sqrt(D + 2*h + e)",
        "undersampling loses to plain logit adjustment",
        state("(D - e)**2*(D + 2*h + 2*e) > D**2*(D + 2*h + e)", given="e < D"),
    ),
    rests_on=("centre_bias.logit_adjustment_is_not_enough",),
)

PARTS = statement(
    name="centre_bias.balanced_error_parts",
    title="Balanced error is Bayes's, plus what the direction loses, plus what the intercept loses",
    source="Essomba and Fokoue (arXiv 2601.04149) for the two kinds of loss; this form derived here",
    ids=("A20",),
    functions=("balanced_error_parts",),
    where={
        "a: real": "Bayes's balanced error",
        "b: real": "balanced error",
        "m: real": "least error on the estimated direction",
        "w: positive": "Delta_eff",
        "t: positive": "threshold",
        "D: positive": "separability Delta",
        "g: positive": "d/n_1 + d/n_0",
    },
    theorem=(
        "known covariance, limit law, Delta > 0, scores N(+-Delta_eff/2, 1) cut at t, Delta_eff = "
        "Delta^2/sqrt(Delta^2 + d/n_1 + d/n_0): BER(t) = Phi(-Delta/2) + [Phi(-Delta_eff/2) - "
        "Phi(-Delta/2)] + [BER(t) - Phi(-Delta_eff/2)], where the first bracket (direction) is positive "
        "and the second (intercept) is >= 0, and 0 iff t = 0",
        r"\mathrm{BER}(t)=\underbrace{\Phi\left(-\tfrac\Delta2\right)}_{\text{Bayes}}"
        r"+\underbrace{\Phi\left(-\tfrac{\Delta_{\mathrm{eff}}}2\right)-\Phi\left(-\tfrac\Delta2\right)}"
        r"_{\text{direction},\ >0}+\underbrace{\mathrm{BER}(t)-\Phi\left(-\tfrac{\Delta_{\mathrm{eff}}}"
        r"2\right)}_{\text{intercept},\ \ge0,\ =0\iff t=0},\qquad \mathrm{BER}(t)"
        r"=\tfrac12\left[\Phi\left(-\tfrac{\Delta_{\mathrm{eff}}}2+t\right)"
        r"+\Phi\left(-\tfrac{\Delta_{\mathrm{eff}}}2-t\right)\right],\quad \Delta_{\mathrm{eff}}"
        r"=\frac{\Delta^2}{\sqrt{\Delta^2+\frac d{n_1}+\frac d{n_0}}},\ \Delta>0",
    ),
    formula="Phi(-D/2) <= Phi(-(D**2/sqrt(D**2 + g))/2)",
    steps=(
        "sum_telescopes: the sum telescopes",
        "(b - m) + (m - a) + a == b",
        "effective_separability_below: the effective separability is below Delta",
        "D**2/sqrt(D**2 + g) < D",
        "direction_part_positive: so the direction's part is positive",
        state("Phi(-w/2) > Phi(-D/2)", given="w < D"),
        "intercept_part_vanishes_at_midpoint: and the intercept's vanishes only at the midpoint: right of "
        "it the error rises",
        "exp(-(t - D/2)**2/2) > exp(-(t + D/2)**2/2)",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The middle term is the least error of any intercept on the estimated direction.",
    mutants=(
        "moving the intercept repairs everything",
        "Phi(-(D**2/sqrt(D**2 + g))/2) == Phi(-D/2)",
        "estimation can improve the direction",
        "D**2/sqrt(D**2 + g) >= D",
    ),
    rests_on=(
        "high_dimensional_lda.effective_parameters",
        "gaussian.balanced_error_is_least_at_the_midpoint",
    ),
)

SMOTE = statement(
    name="centre_bias.smote_contracts",
    title="Interpolating with an independent neighbour keeps the mean and leaves 2/3 of the covariance",
    source="derived here; rule: Chawla et al. (JAIR 2002), whose nearest neighbours contract less",
    ids=("D17", "A20"),
    where={
        "u: [0, 1]": "place between the two examples",
        "m: real": "class mean",
    },
    theorem=(
        "X, X' independent from a class with mean m and covariance Sigma, U uniform on [0, 1] and "
        "independent of them: (1-U) X + U X' has mean m and covariance E[(1-U)^2 + U^2] Sigma = (2/3) Sigma",
        r"X,X'\ \text{iid},\ U\sim\mathcal U[0,1]\ \text{independent},\ \tilde X=(1-U)X+UX':\quad \mathbb "
        r"E\tilde X=\mathbb EX,\qquad \operatorname{Cov}(\tilde X)=\mathbb E\left[(1-U)"
        r"^2+U^2\right]\operatorname{Cov}(X)=\tfrac23\operatorname{Cov}(X)",
    ),
    formula=state_derivative("(u**3 - (1 - u)**3)/3", "u", "(1 - u)**2 + u**2"),
    steps=(
        "antiderivative: E[(1-U)^2 + U^2] by its antiderivative",
        FORMULA,
        "integral_is_two_thirds: between 0 and 1",
        "(1**3 - (1 - 1)**3)/3 - (0**3 - (1 - 0)**3)/3 == 2/3",
        "mean_is_kept: the mean is kept whatever u",
        "(1 - u)*m + u*m == m",
        "second_moment_over_all_pairs: the second moment of a new example, coordinate by coordinate, over "
        "every pair of a class",
        state_computed("lda:smote_covariance", classes=[[0, 1], [1, 2, 5], [-3, 0, 1, 8, 8]]),
    ),
    argument="Given U the new example is (1-U) x + U x' with x, x' independent: mean m, covariance "
    "((1-U)^2 + U^2) times the class's. The mean given U is constant, so nothing is added.",
    mutants=(
        "factor 1/2",
        "(1**3 - (1 - 1)**3)/3 - (0**3 - (1 - 0)**3)/3 == 1/2",
        "the covariance is kept",
        "(1 - u)**2 + u**2 == 1",
    ),
)

PHASE_DIAGRAM = statement(
    name="centre_bias.three_phases",
    title="Limit law, load d^e, signal 4 d^b: learnt as is for e < b, with corrected centre for e < 2b",
    source="derived here for LDA; the same plane in Lyu, Zhou, Zhong (arXiv 2502.11323)",
    ids=("A21",),
    functions=("phase",),
    where={
        "d: (1, oo)": "dimension",
        "b: positive": "exponent of the signal",
        "e: positive": "exponent of the minority's load",
        "D: positive": "Delta; in the bracketing step Delta^2",
        "r: positive": "g/Delta^2",
        "g: positive": "minority's load",
        "h: positive": "majority's load",
    },
    theorem=(
        "limit law (known covariance, any fixed tau) with Delta^2 = 4 d^b, minority load d/n_1 = d^e, eta "
        "= d^a, a, b, e > 0, as d -> oo: uncorrected, recall -> 1 if e < b and -> 0 if e > b, while "
        "specificity -> 1; with the centre corrected recall and specificity both -> 1 if e < 2b, and both "
        "-> 1/2 if e > 2b",
        r"\Delta^2=4d^{\,b},\ \frac d{n_1}=d^{\,e},\ \eta=d^{\,a}\ (a,b,e>0),\ \text{limit law (covariance "
        r"known) at any fixed }\tau,\ d\to\infty:\quad \mathrm{TPR}\to\begin{cases}1&e<b\\0&e>b\end{cases}"
        r"\ (\mathrm{TNR}\to1)\quad\text{uncorrected},\qquad \mathrm{TPR},\mathrm{TNR}\to\begin{cases}"
        r"1&e<2b\\ \frac12&e>2b\end{cases}\quad\text{centre corrected}",
    ),
    formula="4*d**b/(2*sqrt(d**e)) == 2*d**(b - e/2)",
    steps=(
        "uncorrected_probit: uncorrected, in r = g/Delta^2: the probit is Delta (1 - r)/(2 sqrt(1 + r))",
        "(D**2 - r*D**2)/2/sqrt(D**2 + r*D**2) == D*(1 - r)/(2*sqrt(1 + r))",
        "high_signal: high signal, r -> 0: Delta/2, which grows",
        state_limit("(1 - r)/(2*sqrt(1 + r))", "1/2", "r", "low"),
        "low_signal: moderate and low, r -> oo: -sqrt(g)/2, that is recall -> 0",
        state_limit("(1 - r)/(2*sqrt(1 + r))/sqrt(r)", "-1/2", "r", "high"),
        "corrected_probit_in_brackets: corrected, for g >= Delta^2 + h: the probit is within 1/sqrt(2) and "
        "1 times Delta^2/(2 sqrt(g))",
        state("D/(2*sqrt(2*g)) <= D/(2*sqrt(D + g + h)) <= D/(2*sqrt(g))", given="g >= D + h"),
        "corrected_probit_power_of_d: which is 2 d^(b - e/2) at Delta^2 = 4 d^b, g = d^e: it grows for e < "
        "2b, vanishes for e > 2b",
        FORMULA,
        "prior_term_is_negligible: the prior term is negligible: log(d)/d^e -> 0",
        state_limit("log(d)/d**e", "0", "d"),
    ),
    argument="g is the minority's load d/n_1; the majority's, h = g/eta, is dropped because growing "
    "imbalance (eta = d^a) makes h/g tend to 0: at h of the order of g nothing would collapse. A probit "
    "that tends to infinity, minus infinity or 0 means accuracy 1, 0 or 1/2; with the centre corrected "
    "both classes share it.",
    mutants=(
        "the correction helps up to e = b only",
        state("2*d**(b - e/2) <= 2", given="e > b"),
        "without correction the minority is learnt for r > 1",
        state("D*(1 - r)/(2*sqrt(1 + r)) > 0", r="(1, oo)"),
    ),
    rests_on=(
        "high_dimensional_lda.known_covariance",
        "centre_bias.logit_adjustment_is_not_enough",
    ),
)

STATEMENTS = (NOT_ENOUGH, ORDERING, PARTS, SMOTE, PHASE_DIAGRAM)
