"""Plug-in LDA's limit law: where its terms come from, and how it reduces to the population's.

Source: Raudys (1967), Bickel and Levina (2004), Wang and Jiang (EJS 2018); the imbalanced form and the
slopes are derived here. Checked by: identities and limits, seeded sampling of the rule itself.
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
from ..foundation.validation import as_real, broadcasting
from .lda import centre_shift, class_loads, covariance_factors, plug_in_probits

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
    probits = plug_in_probits(eta, kappa, Delta, tau, covariance=covariance)
    g1, g0 = class_loads(eta, kappa)
    overall, prior = covariance_factors(kappa, covariance)
    Delta = np.asarray(Delta, dtype=np.float64)
    scale = overall / np.sqrt(Delta**2 + g1 + g0)
    log_eta = np.log(np.asarray(eta, dtype=np.float64))
    kept = prior * (1.0 - np.asarray(tau, dtype=np.float64))
    against = centre_shift(eta, kappa) + kept * log_eta
    shape = probits.recall.shape
    return EffectiveParameters(
        np.broadcast_to(scale * Delta**2, shape), np.broadcast_to(scale * against, shape)
    )


@broadcasting
def direction_cosine_squared(
    eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike, *, covariance: str = "known"
) -> NDArray[np.float64]:
    """Squared Mahalanobis cosine of the estimated with the best direction, ``(Delta_eff/Delta)^2``."""
    g1, g0 = class_loads(eta, kappa)
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    return covariance_factors(kappa, covariance).overall ** 2 / (1.0 + (g1 + g0) / Delta / Delta)


@broadcasting
def corrected_error(
    eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike, *, covariance: str = "known"
) -> NDArray[np.float64]:
    """Least balanced error of any intercept on the estimated direction, ``Phi(-Delta_eff/2)``."""
    return ndtr(-0.5 * effective_parameters(eta, kappa, Delta, covariance=covariance).Delta)


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

_SYMBOLS = {
    "l": "log(eta)",
    "y": "1/kappa = d/n",
    "k": "kappa = n/d",
    "D": "separability Delta",
    "tau": "strength of logit adjustment",
    "g": "load d/n_1 of the minority",
    "G": "load d/n_0 of the majority",
    "d": "dimension",
}
_ALL = {"l": "[0, oo)", "y": "positive", "D": "positive", "tau": "real"}
_V2 = "(D**2 + 4*y*cosh(l/2)**2)"

KNOWN = Statement(
    name="high_dimensional_lda.known_covariance",
    title="Known covariance: recall tends to Phi([Delta^2/2 - (1-tau) l - y sinh l]/V) in probability",
    source="the Raudys / Bickel-Levina line; this form and proof derived here",
    formula=state(
        "(D**2 - 2*y*sinh(l))/2 - (1 - tau)*l == D**2/2 - (1 - tau)*l - y*sinh(l)", **_ALL
    ),
    steps=steps(
        (
            "per coordinate, the score of the minority mean: (a + u - v)(a - u - v)/2, with u, v the "
            "errors of the class means, is half of (a - v)^2 - u^2",
            state(
                "(a + u - v)*(a - u - v)/2 == ((a - v)**2 - u**2)/2", a="real", u="real", v="real"
            ),
        ),
        (
            "and that of the majority mean is half of v^2 - (a + u)^2",
            state(
                "(a + u - v)*(-a - u - v)/2 == (v**2 - (a + u)**2)/2", a="real", u="real", v="real"
            ),
        ),
        (
            "a - v with v ~ N(0, s) has the second moment a^2 + s and the fourth a^4 + 6 a^2 s + 3 s^2: "
            "its square has the variance 2 s^2 + 4 a^2 s",
            state(
                "(a**4 + 6*a**2*s + 3*s**2) - (a**2 + s)**2 == 2*s**2 + 4*a**2*s",
                a="real",
                s="positive",
            ),
        ),
        (
            "summed over d coordinates, s = G/d and a's squares adding to Delta^2: the mean is "
            "Delta^2 + G, and the variance vanishes as d grows",
            state_limit(
                "d*2*(G/d)**2 + 4*D**2*G/d", "0", "d", d="positive", G="positive", D="positive"
            ),
        ),
        (
            "likewise the squared length of the direction, of mean Delta^2 + g + G",
            state_limit(
                "d*2*((g + G)/d)**2 + 4*D**2*(g + G)/d",
                "0",
                "d",
                d="positive",
                g="positive",
                G="positive",
                D="positive",
            ),
        ),
        (
            "the numerator in the loads, (Delta^2 - g + G)/2 - (1-tau) l",
            state(
                "((D**2 + y*(1 + exp(-l))) - y*(1 + exp(l)))/2 - (1 - tau)*l"
                " == D**2/2 - (1 - tau)*l - y*sinh(l)",
                **_ALL,
            ),
        ),
        (
            "the majority's, with both signs turned",
            state(
                "-((y*(1 + exp(-l))) - (D**2 + y*(1 + exp(l))))/2 + (1 - tau)*l"
                " == D**2/2 + (1 - tau)*l + y*sinh(l)",
                **_ALL,
            ),
        ),
        (
            "the sampled rule agrees with the limit",
            state_computed(
                "lda:known_rates",
                minority=400,
                majority=2000,
                d=1200,
                Delta=2.0,
                draws=60,
                seed=1,
            ),
        ),
    ),
    argument="Given the training set the score of a test point is Gaussian with the squared length of "
    "w as variance. Centre and squared length are sums over coordinates of squares of independent "
    "Gaussians whose means are exact and whose variances vanish, so by Chebyshev they tend to their "
    "means in probability, and the rates, continuous in them, to the limit.",
    mutants=mutants(
        (
            "the bias of the centre helps the minority",
            state(
                "((D**2 + y*(1 + exp(-l))) - y*(1 + exp(l)))/2 == D**2/2 + y*sinh(l)",
                l="[0, oo)",
                y="positive",
                D="positive",
            ),
        ),
        (
            "balanced noise, 4y in place of 4y cosh^2(l/2)",
            state("y*(1 + exp(l)) + y*(1 + exp(-l)) == 4*y", l="[0, oo)", y="positive"),
        ),
        (
            "kappa = d/n",
            state("y*(1 + exp(l)) - y*(1 + exp(-l)) == 2*sinh(l)/y", l="[0, oo)", y="positive"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "a": "a coordinate of the mean difference",
        "u": "error of the minority mean there",
        "v": "error of the majority mean there",
        "s": "variance of that error",
    },
    rests_on=("lda.class_loads", "gaussian.bayes_rule"),
    ids=("A14",),
)

EFFECTIVE = Statement(
    name="high_dimensional_lda.effective_parameters",
    title="Every population formula holds of the plug-in limit at Delta_eff = f Delta^2/V and t_eff",
    source="derived here",
    formula=state(
        "(f*D**2/V)/2 - f*(c*(1 - tau)*l + b)/V == f*(D**2/2 - c*(1 - tau)*l - b)/V",
        f="positive",
        c="positive",
        b="nonnegative",
        V="positive",
        D="positive",
        l="[0, oo)",
        tau="real",
    ),
    steps=steps(
        (
            "Delta_eff/2 - t_eff is the probit of recall",
            state(
                "(f*D**2/V)/2 - f*(c*(1 - tau)*l + b)/V == f*(D**2/2 - c*(1 - tau)*l - b)/V",
                f="positive",
                c="positive",
                b="nonnegative",
                V="positive",
                D="positive",
                l="[0, oo)",
                tau="real",
            ),
        ),
        (
            "and Delta_eff/2 + t_eff that of specificity",
            state(
                "(f*D**2/V)/2 + f*(c*(1 - tau)*l + b)/V == f*(D**2/2 + c*(1 - tau)*l + b)/V",
                f="positive",
                c="positive",
                b="nonnegative",
                V="positive",
                D="positive",
                l="[0, oo)",
                tau="real",
            ),
        ),
        (
            "the squared cosine of the direction, (Delta_eff/Delta)^2, with known covariance",
            state(
                f"(D**2/sqrt{_V2}/D)**2 == 1/(1 + 4*y*cosh(l/2)**2/D**2)",
                l="[0, oo)",
                y="positive",
                D="positive",
            ),
        ),
        (
            "separability is only ever lost",
            state("D**2/sqrt(D**2 + h) < D", D="positive", h="positive"),
        ),
    ),
    argument="Given the training set both class scores are Gaussian with one variance, so standardised "
    "they are N(+-Delta_eff/2, 1), cut at t_eff: the population setting with other numbers. Areas, "
    "precision, F1 and balanced error therefore follow from the population formulas.",
    mutants=mutants(
        (
            "Delta_eff = sqrt(Delta^2 + d/n_1 + d/n_0), the fraction turned over",
            state("sqrt(D**2 + h) == D**2/sqrt(D**2 + h)", D="positive", h="positive"),
        ),
        (
            "Delta_eff^2 = Delta^2 - d/n",
            state("D**4/(D**2 + 4*y) == D**2 - y", D="positive", y="positive"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "f": "overall factor: 1, or sqrt(1-y)",
        "c": "prior's factor: 1, or 1-y",
        "b": "bias of the centre, y sinh l",
        "V": "sqrt(Delta^2 + 4y cosh^2(l/2))",
        "h": "4y cosh^2(l/2)",
    },
    rests_on=(
        "high_dimensional_lda.known_covariance",
        "estimated_covariance.plug_in_law",
    ),
    ids=("A16",),
    functions=("effective_parameters", "direction_cosine_squared", "corrected_error"),
)

SLOPES = Statement(
    name="high_dimensional_lda.recall_slope",
    title="The probit of recall falls in l at the rate (1 + y cosh l)/V + z y sinh(l)/V^2",
    source="derived here",
    formula=state_derivative(
        "(D**2/2 - l - y*sinh(l))/sqrt(D**2 + 2*y*(1 + cosh(l)))",
        "l",
        "-(1 + y*cosh(l))/sqrt(D**2 + 2*y*(1 + cosh(l)))"
        " - (D**2/2 - l - y*sinh(l))*y*sinh(l)"
        "/(sqrt(D**2 + 2*y*(1 + cosh(l)))*(D**2 + 2*y*(1 + cosh(l))))",
        l="[0, oo)",
        y="positive",
        D="positive",
    ),
    steps=steps(
        (
            "V^2 with the hyperbolic half angle",
            state("4*cosh(l/2)**2 == 2*(1 + cosh(l))", l="real"),
        ),
        (
            "the slope, known covariance",
            state_derivative(
                "(D**2/2 - l - y*sinh(l))/sqrt(D**2 + 2*y*(1 + cosh(l)))",
                "l",
                "-(1 + y*cosh(l))/sqrt(D**2 + 2*y*(1 + cosh(l)))"
                " - (D**2/2 - l - y*sinh(l))*y*sinh(l)"
                "/(sqrt(D**2 + 2*y*(1 + cosh(l)))*(D**2 + 2*y*(1 + cosh(l))))",
                l="[0, oo)",
                y="positive",
                D="positive",
            ),
        ),
        (
            "at balance it is -(1+y)/sqrt(Delta^2 + 4y)",
            state(
                "-(1 + y*cosh(0))/sqrt(D**2 + 2*y*(1 + cosh(0))) == -(1 + y)/sqrt(D**2 + 4*y)",
                y="positive",
                D="positive",
            ),
        ),
        (
            "with the covariance estimated, -sqrt(1-y)/sqrt(Delta^2 + 4y)",
            state(
                "-sqrt(1 - y)*((1 - y) + y)/sqrt(D**2 + 4*y) == -sqrt(1 - y)/sqrt(D**2 + 4*y)",
                y="(0, 1)",
                D="positive",
            ),
        ),
        (
            "estimation makes recall steeper at balance, known covariance: (1+y)^2 Delta^2 exceeds "
            "Delta^2 + 4y wherever Delta^2 >= 2",
            state("(1 + y)/sqrt(D**2 + 4*y) > 1/D", y="positive", D="[sqrt(2), oo)"),
        ),
    ),
    argument="Differentiate the limit law; sinh vanishes at balance. The recall itself has the slope "
    "phi(z) z'.",
    mutants=mutants(
        (
            "the slope of the population rule at every kappa",
            state("(1 + y)/sqrt(D**2 + 4*y) == 1/D", y="positive", D="positive"),
        ),
        (
            "estimation makes the probit steeper for every Delta",
            state("(1 + y)/sqrt(D**2 + 4*y) > 1/D", y="positive", D="positive"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("high_dimensional_lda.known_covariance",),
    ids=("A19",),
    functions=("recall_slope_at_balance",),
)

STATEMENTS = (KNOWN, EFFECTIVE, SLOPES)
