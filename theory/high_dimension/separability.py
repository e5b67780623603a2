"""Up to which kappa = n/d two Gaussian classes are linearly separable, imbalance included.

Source: Cover (1965) without signal; Lyu, Zhou, Zhong (arXiv 2502.11323) with it.
Checked by: certified points below, tangent planes of a convex function above.
"""

import numpy as np
from scipy.optimize import brentq

from ..claims.stating import FORMULA, state_computed, state_derivative, statement
from ..foundation.validation import as_number
from .rectified_gaussian import log_rectified_mean, rectified_mean, rectified_square

__all__ = ["separability_threshold"]


def separability_threshold(eta: float, Delta: float) -> float:
    """Least kappa at which large samples are no longer linearly separable.

    ``1 <= eta <= 1e12``, ``0 <= Delta <= 40``:
    ``max over rho, b of (1 - rho^2)/[p g(-rho m - b) + (1-p) g(-rho m + b)]``, g `rectified_square`.
    """
    eta = as_number("eta", eta, low=1, high=1e12)
    m = 0.5 * as_number("Delta", Delta, low=0, high=40)
    p = 1.0 / (1.0 + eta)

    def intercept(rho: float) -> float:
        def pull(b: float) -> float:
            minority = np.log(p) + log_rectified_mean(-rho * m - b)
            return float(minority - np.log1p(-p) - log_rectified_mean(-rho * m + b))

        return float(brentq(pull, -m - 30.0, m + 30.0, xtol=1e-14))  # type: ignore[arg-type]

    def parts(rho: float) -> tuple[float, float]:
        b = intercept(rho)
        energy = p * rectified_square(-rho * m - b) + (1.0 - p) * rectified_square(-rho * m + b)
        return float(energy), float(p * rectified_mean(-rho * m - b))

    def slope(rho: float) -> float:
        energy, push = parts(rho)
        return 2.0 * m * (1.0 - rho * rho) * push - rho * energy

    rho = 0.0 if m == 0.0 else float(brentq(slope, 0.0, 1.0, xtol=1e-15))  # type: ignore[arg-type]
    return (1.0 - rho * rho) / parts(rho)[0]


# ------------------------------------------------------------------------------------ statements


SEPARABILITY = statement(
    name="separability.threshold",
    title="Classes separate up to kappa = max (1 - rho^2)/E(-X)_+^2: Cover's 2 at balance, no signal",
    source="Lyu, Zhou, Zhong (arXiv 2502.11323); Cover (1965) for 2; numbers certified here",
    ids=("D3",),
    functions=("separability_threshold",),
    where={
        "t: real": "any real number",
        "r: [0, 1]": "rho, cosine with the best direction",
        "b: real": "intercept",
    },
    theorem=(
        "n independent points of N(mu_1, I_d) or N(mu_0, I_d), |mu_1 - mu_0| = Delta >= 0 fixed, n, d -> "
        "oo with n/d -> kappa > 0, minority share -> p = 1/(1+eta), m = Delta/2, g_2(t) = E max(G + t, "
        "0)^2: with probability -> 1 the two classes are linearly separable if kappa < kappa*, and are not "
        "if kappa > kappa*, kappa*(eta, Delta) = max over rho in [0, 1] and real b of (1 - rho^2)/[p "
        "g_2(-rho m - b) + (1-p) g_2(-rho m + b)]; kappa*(1, 0) = 2",
        r"X\,|\,y=k\sim\mathcal N(\mu_k,I_d),\ \|\mu_1-\mu_0\|=\Delta\ge0,\ n,d\to\infty,\ \frac "
        r"nd\to\kappa,\ \frac{n_0}{n_1}\to\eta:\quad \kappa^*(\eta,\Delta)=\max_{0\le\rho\le1,\ "
        r"b\in\mathbb R}\frac{1-\rho^2}{p\,g_2\left(-\rho\frac\Delta2-b\right)+(1-p)\,"
        r"g_2\left(-\rho\frac\Delta2+b\right)},\quad p=\frac1{1+\eta},\quad g_2(t)=\mathbb "
        r"E(G+t)_+^2:\qquad \mathbb P(\text{linearly separable})\to\begin{cases}"
        r"1&\kappa<\kappa^*\\0&\kappa>\kappa^*\end{cases},\qquad \kappa^*(1,0)=2",
    ),
    formula="(t**2 + 1)*Phi(t) + t*exp(-t**2/2)/sqrt(2*pi) + ((t**2 + 1)*Phi(-t) - "
    "t*exp(-t**2/2)/sqrt(2*pi)) == t**2 + 1",
    steps=(
        "balanced_without_signal: no signal, balanced: g_2(b) + g_2(-b) = 1 + b^2, as max(x,0)^2 + "
        "max(-x,0)^2 = x^2",
        FORMULA,
        "at_most_two: so (1 - rho^2)/((1 + b^2)/2) is at most 2, at rho = b = 0",
        "(1 - r**2)/((1 + b**2)/2) <= 2",
        "rectified_square_is_convex: g_2 is convex: its slope 2 g_1 increases",
        state_derivative("2*(t*Phi(t) + exp(-t**2/2)/sqrt(2*pi))", "t", "2*Phi(t)"),
        "certified_thresholds: certified thresholds (Delta, eta, value), by the tangent plane of a convex "
        "function",
        state_computed(
            "max_margin:thresholds",
            rows=[
                ["0", "1", "2.000"],
                ["0", "17/3", "3.098"],
                ["2", "1", "3.700"],
                ["3.5", "17/3", "18.01"],
            ],
        ),
    ),
    argument="kappa separates iff some rho, b has kappa E <= 1 - rho^2, that is iff the least value of the "
    "convex kappa E + rho^2 is at most 1 (by the limit system, with K = 0).",
    mutants=(
        "a threshold of 1, as for noise regression",
        "(1 - r**2)/((1 + b**2)/2) <= 1",
        "imbalance makes separation harder: below 2 at prior 0.15",
        state_computed("max_margin:thresholds", rows=[["0", "17/3", "1.500"]]),
    ),
    cites=("Gordon's comparison (CGMT) for the threshold as that maximum",),
    rests_on=("max_margin.limit_system",),
)

STATEMENTS = (SEPARABILITY,)
