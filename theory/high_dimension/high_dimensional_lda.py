"""Plug-in LDA's limit law: where its terms come from, and how it reduces to the population's.

Source: Raudys (1967), Bickel and Levina (2004), Wang and Jiang (EJS 2018); the imbalanced form and the
slopes are derived here. Checked by: identities and limits, seeded sampling of the rule itself.
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
from ..foundation.validation import as_real, broadcasting
from .lda import class_loads, covariance_factors, plug_in_probits, plug_in_terms

__all__ = [
    "EffectiveParameters",
    "corrected_error",
    "direction_cosine_squared",
    "effective_parameters",
    "recall_slope_at_balance",
]


class EffectiveParameters(NamedTuple):
    """What to put for Delta and the threshold t in every population formula."""

    Delta: NDArray[np.float64]
    threshold: NDArray[np.float64]


@broadcasting
def effective_parameters(
    eta: ArrayLike,
    kappa: ArrayLike,
    Delta: ArrayLike,
    tau: ArrayLike = 0.0,
    *,
    covariance: str = "known",
) -> EffectiveParameters:
    """Separability and threshold at which the population rule has the plug-in rule's limit rates.

    ``Delta_eff = f Delta^2/V``, ``t_eff = f [c (1-tau) l + sinh(l)/kappa]/V``; arguments as those of
    `lda.plug_in_rates`.
    """
    middle, shift, scale, variance, more = plug_in_terms(eta, kappa, Delta, tau, covariance)
    with np.errstate(over="ignore", invalid="ignore"):
        factor = scale / np.sqrt(variance + more)
        distance, threshold = 2.0 * middle * factor, shift * factor
    shape = np.broadcast_shapes(distance.shape, threshold.shape)
    return EffectiveParameters(np.broadcast_to(distance, shape), np.broadcast_to(threshold, shape))


@broadcasting
def direction_cosine_squared(
    eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike, *, covariance: str = "known"
) -> NDArray[np.float64]:
    """Squared Mahalanobis cosine of the estimated with the best direction, ``(Delta_eff/Delta)^2``."""
    g1, g0 = class_loads(eta, kappa)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return covariance_factors(kappa, covariance).overall ** 2 / (1.0 + (g1 + g0) / Delta / Delta)


@broadcasting
@cell_by_cell
def corrected_error(
    eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike, *, covariance: str = "known"
) -> NDArray[np.float64]:
    """Least balanced error of any intercept on the estimated direction, ``Phi(-Delta_eff/2)``."""
    return normal_cdf(-0.5 * effective_parameters(eta, kappa, Delta, covariance=covariance).Delta)


@broadcasting
def recall_slope_at_balance(
    kappa: ArrayLike, Delta: ArrayLike, *, covariance: str = "known"
) -> NDArray[np.float64]:
    """Derivative of plug-in recall in ``log eta`` at ``eta = 1``; ``kappa, Delta > 0`` broadcast.

    ``-phi(z) f (c + 1/kappa)/sqrt(Delta^2 + 4/kappa)`` with ``z`` the recall's probit there.
    """
    probit = plug_in_probits(1.0, kappa, Delta, covariance=covariance).recall
    overall, prior = covariance_factors(kappa, covariance)
    y = 1.0 / np.asarray(kappa, dtype=np.float64)
    spread = np.sqrt(np.asarray(Delta, dtype=np.float64) ** 2 + 4.0 * y)
    density = np.exp(-0.5 * probit**2) / np.sqrt(2.0 * np.pi)
    return -density * overall * (prior + y) / spread


# ------------------------------------------------------------------------------------ statements


KNOWN = statement(
    name="high_dimensional_lda.known_covariance",
    title="Known covariance: recall tends to Phi([Delta^2/2 - (1-tau) l - y sinh l]/V) in probability",
    source="the Raudys / Bickel-Levina line; this form and proof derived here",
    ids=("A14",),
    where={
        "l: [0, oo)": "log(eta)",
        "y: positive": "1/kappa = d/n",
        "a: real": "a coordinate of the mean difference",
        "u: real": "error of the minority mean there",
        "v: real": "error of the majority mean there",
        "s: positive": "variance of that error",
        "d: positive": "dimension",
        "g: positive": "load d/n_1 of the minority",
        "G: positive": "load d/n_0 of the majority",
        "D: positive": "separability Delta",
        "tau: real": "strength of logit adjustment",
        "k": "kappa = n/d",
    },
    theorem=(
        "classes N(mu_1, Sigma), N(mu_0, Sigma), Sigma known, Mahalanobis distance Delta > 0 fixed; n, d "
        "-> oo with n/d -> kappa > 0, n_0/n_1 -> eta >= 1. The rule predicting the minority iff (x - (m_1 "
        "+ m_0)/2)' Sigma^-1 (m_1 - m_0) > (1 - tau) log eta, m the sample means, has conditional recall "
        "-> Phi([Delta^2/2 - (1-tau) log eta - sinh(log eta)/kappa]/V) and specificity -> Phi([Delta^2/2 + "
        "(1-tau) log eta + sinh(log eta)/kappa]/V) in probability, V^2 = Delta^2 + (4/kappa) "
        "cosh^2(log(eta)/2), for every real tau",
        r"X\,|\,y=k\sim\mathcal N(\mu_k,\Sigma),\ \Delta^2=(\mu_1-\mu_0)^{\top}\Sigma^{-1}(\mu_1-\mu_0)"
        r">0\text{ fixed},\ n,d\to\infty,\ \frac nd\to\kappa>0,\ \frac{n_0}{n_1}\to\eta\ge1,\ "
        r"\tau\in\mathbb R,\ \hat h(x)=1\iff\left(x-\tfrac{\hat\mu_1+\hat\mu_0}2\right)^{\top}\Sigma^{-1}"
        r"(\hat\mu_1-\hat\mu_0)>(1-\tau)\log\eta:\quad \mathrm{TPR}(\hat h)\overset{P}{\to}"
        r"\Phi\left(\frac{\frac{\Delta^2}2-(1-\tau)\log\eta-\frac1\kappa\sinh\log\eta}{V}\right),\quad "
        r"\mathrm{TNR}(\hat h)\overset{P}{\to}\Phi\left(\frac{\frac{\Delta^2}2+(1-\tau)"
        r"\log\eta+\frac1\kappa\sinh\log\eta}{V}\right),\quad "
        r"V^2=\Delta^2+\frac4\kappa\cosh^2\left(\tfrac12\log\eta\right)",
    ),
    formula="(D**2 - 2*y*sinh(l))/2 - (1 - tau)*l == D**2/2 - (1 - tau)*l - y*sinh(l)",
    steps=(
        "minority_score_per_coordinate: per coordinate, the score of the minority mean: (a + u - v)(a - u "
        "- v)/2, with u, v the errors of the class means, is half of (a - v)^2 - u^2",
        "(a + u - v)*(a - u - v)/2 == ((a - v)**2 - u**2)/2",
        "majority_score_per_coordinate: and that of the majority mean is half of v^2 - (a + u)^2",
        "(a + u - v)*(-a - u - v)/2 == (v**2 - (a + u)**2)/2",
        "variance_of_a_square: a - v with v ~ N(0, s) has the second moment a^2 + s and the fourth a^4 + 6 "
        "a^2 s + 3 s^2: its square has the variance 2 s^2 + 4 a^2 s",
        "(a**4 + 6*a**2*s + 3*s**2) - (a**2 + s)**2 == 2*s**2 + 4*a**2*s",
        "centre_concentrates: summed over d coordinates, s = G/d and a's squares adding to Delta^2: the "
        "mean is Delta^2 + G, and the variance vanishes as d grows",
        state_limit("d*2*(G/d)**2 + 4*D**2*G/d", "0", "d"),
        "direction_length_concentrates: likewise the squared length of the direction, of mean Delta^2 + g "
        "+ G",
        state_limit("d*2*((g + G)/d)**2 + 4*D**2*(g + G)/d", "0", "d"),
        "recall_numerator: the numerator in the loads, (Delta^2 - g + G)/2 - (1-tau) l",
        "((D**2 + y*(1 + exp(-l))) - y*(1 + exp(l)))/2 - (1 - tau)*l == D**2/2 - (1 - tau)*l - y*sinh(l)",
        "specificity_numerator: the majority's, with both signs turned",
        "-((y*(1 + exp(-l))) - (D**2 + y*(1 + exp(l))))/2 + (1 - tau)*l == D**2/2 + (1 - tau)*l + y*sinh(l)",
        "sampled_rule_agrees: the sampled rule agrees with the limit",
        state_computed(
            "lda:known_rates", minority=400, majority=2000, d=1200, Delta=2.0, draws=60, seed=1
        ),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Given the training set the score of a test point is Gaussian with the squared length of w as "
    "variance. Centre and squared length are sums over coordinates of squares of independent "
    "Gaussians whose means are exact and whose variances vanish, so by Chebyshev they tend to "
    "their means in probability, and the rates, continuous in them, to the limit.",
    mutants=(
        "the bias of the centre helps the minority",
        "((D**2 + y*(1 + exp(-l))) - y*(1 + exp(l)))/2 == D**2/2 + y*sinh(l)",
        "balanced noise, 4y in place of 4y cosh^2(l/2)",
        "y*(1 + exp(l)) + y*(1 + exp(-l)) == 4*y",
        "kappa = d/n",
        "y*(1 + exp(l)) - y*(1 + exp(-l)) == 2*sinh(l)/y",
    ),
    rests_on=("lda.class_loads", "gaussian.bayes_rule"),
)

EFFECTIVE = statement(
    name="high_dimensional_lda.effective_parameters",
    title="The plug-in limit is the population cut at t_eff with separability Delta_eff = f Delta^2/V",
    source="derived here",
    ids=("A16",),
    functions=("effective_parameters", "direction_cosine_squared", "corrected_error"),
    where={
        "f: positive": "overall factor: 1, or sqrt(1-y)",
        "c: positive": "prior's factor: 1, or 1-y",
        "b: nonnegative": "bias of the centre, y sinh l",
        "V: positive": "sqrt(Delta^2 + 4y cosh^2(l/2))",
        "D: positive": "separability Delta",
        "l: [0, oo)": "log(eta)",
        "tau: real": "strength of logit adjustment",
        "y: positive": "1/kappa = d/n",
        "h: positive": "4y cosh^2(l/2)",
        "k": "kappa = n/d",
        "g": "load d/n_1 of the minority",
        "G": "load d/n_0 of the majority",
        "d": "dimension",
    },
    theorem=(
        "with (f, c) = (1, 1) for a known covariance, (sqrt(1-1/kappa), 1-1/kappa) for an estimated one "
        "(kappa > 1), V^2 = Delta^2 + (4/kappa) cosh^2(log(eta)/2): the limits are recall = "
        "Phi(Delta_eff/2 - t_eff), specificity = Phi(Delta_eff/2 + t_eff), those of N(+-Delta_eff/2, 1) "
        "cut at t_eff, where Delta_eff = f Delta^2/V < Delta and t_eff = f [c (1-tau) log eta + sinh(log "
        "eta)/kappa]/V; for a known covariance Delta_eff/Delta is the limit cosine between the estimated "
        "and the best direction",
        r"\mathrm{TPR}=\Phi\left(\tfrac{\Delta_{\mathrm{eff}}}2-t_{\mathrm{eff}}\right),\quad \mathrm{TNR}"
        r"=\Phi\left(\tfrac{\Delta_{\mathrm{eff}}}2+t_{\mathrm{eff}}\right),\quad \Delta_{\mathrm{eff}}"
        r"=\frac{f\Delta^2}V<\Delta,\quad t_{\mathrm{eff}}=\frac fV\left(c(1-\tau)"
        r"\log\eta+\frac{\sinh\log\eta}\kappa\right),\quad (f,c)=\begin{cases}(1,1)&\text{covariance "
        r"known}\\ \left(\sqrt{1-\frac1\kappa},\,1-\frac1\kappa\right)&\text{estimated},\ "
        r"\kappa>1\end{cases},\quad V^2=\Delta^2+\frac4\kappa\cosh^2\left(\tfrac12\log\eta\right),\ "
        r"\Delta,\kappa>0;\qquad \Sigma\text{ known}:\ \cos\to\frac{\Delta_{\mathrm{eff}}}\Delta",
    ),
    formula="(f*D**2/V)/2 - f*(c*(1 - tau)*l + b)/V == f*(D**2/2 - c*(1 - tau)*l - b)/V",
    steps=(
        "recall_probit: Delta_eff/2 - t_eff is the probit of recall",
        FORMULA,
        "specificity_probit: and Delta_eff/2 + t_eff that of specificity",
        "(f*D**2/V)/2 + f*(c*(1 - tau)*l + b)/V == f*(D**2/2 + c*(1 - tau)*l + b)/V",
        "squared_cosine: the squared cosine of the direction, (Delta_eff/Delta)^2, with known covariance",
        "(D**2/sqrt(D**2 + 4*y*cosh(l/2)**2)/D)**2 == 1/(1 + 4*y*cosh(l/2)**2/D**2)",
        "separability_is_lost: separability is only ever lost",
        "D**2/sqrt(D**2 + h) < D",
    ),
    argument="Given the training set both class scores are Gaussian with one variance, so standardised "
    "they are N(+-Delta_eff/2, 1), cut at t_eff: the population setting with other numbers. "
    "Areas, precision, F1 and balanced error therefore follow from the population formulas.",
    mutants=(
        "Delta_eff = sqrt(Delta^2 + d/n_1 + d/n_0), the fraction turned over",
        "sqrt(D**2 + h) == D**2/sqrt(D**2 + h)",
        "Delta_eff^2 = Delta^2 - d/n",
        "D**4/(D**2 + 4*y) == D**2 - y",
    ),
    rests_on=("high_dimensional_lda.known_covariance", "estimated_covariance.plug_in_law"),
)

SLOPES = statement(
    name="high_dimensional_lda.recall_slope",
    title="The probit of recall falls in l at the rate (1 + y cosh l)/V + z y sinh(l)/V^2",
    source="derived here",
    ids=("A19",),
    functions=("recall_slope_at_balance",),
    where={
        "l: [0, oo)": "log(eta)",
        "y: positive": "1/kappa = d/n",
        "D: positive": "separability Delta",
        "k": "kappa = n/d",
        "tau": "strength of logit adjustment",
        "g": "load d/n_1 of the minority",
        "G": "load d/n_0 of the majority",
        "d": "dimension",
    },
    theorem=(
        "z = [Delta^2/2 - l - y sinh l]/V the probit of recall (known covariance), l = log eta >= 0, y = "
        "1/kappa, V^2 = Delta^2 + 4 y cosh^2(l/2): dz/dl = -(1 + y cosh l)/V - z y sinh(l)/V^2; at balance "
        "-(1+y)/sqrt(Delta^2 + 4y), steeper than the population's -1/Delta wherever Delta^2 >= 2",
        r"z=\frac{\frac{\Delta^2}2-\ell-\frac1\kappa\sinh\ell}{V},\ \ell=\log\eta\ge0,\ "
        r"V^2=\Delta^2+\frac4\kappa\cosh^2\frac\ell2:\quad \frac{\partial z}{\partial\ell}"
        r"=-\frac{1+\frac1\kappa\cosh\ell}{V}-\frac{z\sinh\ell}{\kappa V^2},\qquad \left.\frac{\partial z}"
        r"{\partial\ell}\right|_{\ell=0}=-\frac{1+\frac1\kappa}{\sqrt{\Delta^2+\frac4\kappa}}"
        r"<-\frac1\Delta\ \text{ if }\ \Delta^2\ge2",
    ),
    formula=state_derivative(
        "(D**2/2 - l - y*sinh(l))/sqrt(D**2 + 2*y*(1 + cosh(l)))",
        "l",
        "-(1 + y*cosh(l))/sqrt(D**2 + 2*y*(1 + cosh(l))) - (D**2/2 - l - y*sinh(l))*y*sinh(l)/(sqrt(D**2 + "
        "2*y*(1 + cosh(l)))*(D**2 + 2*y*(1 + cosh(l))))",
    ),
    steps=(
        "half_angle: V^2 with the hyperbolic half angle",
        state("4*cosh(l/2)**2 == 2*(1 + cosh(l))", l="real"),
        "slope_known_covariance: the slope, known covariance",
        FORMULA,
        "slope_at_balance: at balance it is -(1+y)/sqrt(Delta^2 + 4y)",
        "-(1 + y*cosh(0))/sqrt(D**2 + 2*y*(1 + cosh(0))) == -(1 + y)/sqrt(D**2 + 4*y)",
        "slope_at_balance_estimated: with the covariance estimated, -sqrt(1-y)/sqrt(Delta^2 + 4y)",
        state(
            "-sqrt(1 - y)*((1 - y) + y)/sqrt(D**2 + 4*y) == -sqrt(1 - y)/sqrt(D**2 + 4*y)",
            y="(0, 1)",
        ),
        "steeper_than_population: estimation makes recall steeper at balance, known covariance: (1+y)^2 "
        "Delta^2 exceeds Delta^2 + 4y wherever Delta^2 >= 2",
        state("(1 + y)/sqrt(D**2 + 4*y) > 1/D", D="[sqrt(2), oo)"),
    ),
    argument="Differentiate the limit law; sinh vanishes at balance. The recall itself has the slope "
    "phi(z) z'.",
    mutants=(
        "the slope of the population rule at every kappa",
        "(1 + y)/sqrt(D**2 + 4*y) == 1/D",
        "estimation makes the probit steeper for every Delta",
        "(1 + y)/sqrt(D**2 + 4*y) > 1/D",
    ),
    rests_on=("high_dimensional_lda.known_covariance",),
)

STATEMENTS = (KNOWN, EFFECTIVE, SLOPES)
