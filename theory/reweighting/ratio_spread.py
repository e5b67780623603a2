"""How much ratios by moment matching scatter where nothing is to be corrected, and what clamping does.

Derived here, for the ratio of Luo et al. (NeurIPS 2024), eq. (7), without a ridge: a class whose prototype
is its true mean, in isotropic Gaussian noise. The scatter has a pole where the samples of the class in the
batch are about as many as the features. Checked by: sampled features, solved without a shortcut.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, broadcasting

__all__ = ["clamped_mean_ratio", "expected_ratio_scatter"]


@broadcasting
def expected_ratio_scatter(batch_count: ArrayLike, dimension: ArrayLike) -> NDArray[np.float64]:
    """Root mean square of r - 1 within a class, as its noise becomes small; infinite around b = Z.

    ``sqrt((b - 1)/(Z - 1 - b))`` for b < Z - 1, ``sqrt((Z - 1)/(b - Z - 1))`` for b > Z + 1, 0 for b = 1.
    ``batch_count`` b and ``dimension`` Z at least 1; both broadcast.

    >>> expected_ratio_scatter([1, 16, 32, 64, 120], 64).round(2).tolist()
    [0.0, 0.56, 1.0, inf, 1.07]
    """
    b = as_real("batch_count", batch_count, low=1)
    size = as_real("dimension", dimension, low=1)
    few, many = b < size - 1, b > size + 1
    above = np.where(few, b - 1, size - 1)
    below = np.where(few, size - 1 - b, np.where(many, b - size - 1, 1.0))
    return np.where(b == 1, 0.0, np.where(few | many, np.sqrt(above / below), np.inf))


@broadcasting
def clamped_mean_ratio(mean: ArrayLike, scatter: ArrayLike) -> NDArray[np.float64]:
    """``E max(r, 0) = m Phi(m/s) + s phi(m/s)`` of a normal ratio of mean m and standard deviation s.

    ``mean`` real and ``scatter`` at least 0; both broadcast.

    >>> clamped_mean_ratio(1.0, [0.0, 1.0, 4.0]).round(3).tolist()
    [1.0, 1.083, 2.145]
    """
    m, s = as_real("mean", mean), as_real("scatter", scatter, low=0)
    u = m / np.where(s > 0, s, 1.0)
    value = m * ndtr(u) + s * np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    return np.where(s > 0, value, np.maximum(m, 0.0))


# ------------------------------------------------------------------------------------ statements


SCATTER = statement(
    name="ratio_spread.within_class",
    title="With nothing to correct, ratios scatter within a class, most at as many samples as features",
    source="derived here",
    ids=("RDR2.5",),
    functions=("expected_ratio_scatter",),
    where={
        "b: positive": "samples of the class in the batch",
        "Z: (1, oo)": "features",
        "a: positive": "b - Z - 1",
        "p: positive": "first parameter of a beta variable, less 1",
        "q: positive": "its second parameter",
    },
    theorem=(
        "b samples mu + s e of a class, e ~ N(0, I_Z), mu != 0 its prototype, r = b Phi^+ mu the ratio of "
        "eq. (7): as s -> 0 r converges in law to a vector of mean 1 with E (1/b) sum (r_i - 1)^2 = "
        "(b - 1)/(Z - 1 - b) if b < Z - 1 and (Z - 1)/(b - Z - 1) if b > Z + 1",
        r"z_i=\mu+s\,\varepsilon_i,\ \varepsilon_i\sim N(0,I_Z),\ F=\mu\neq0,\ r=b\,\Phi^{+}\mu:\quad "
        r"r\xrightarrow[s\to0]{d}r_0,\ \tfrac1b\mathbf 1^{\top}r_0=1,\quad \mathbb E\,\tfrac1b\sum_i"
        r"(r_{0i}-1)^2=\frac{b-1}{Z-1-b}\ (b<Z-1),\quad=\frac{Z-1}{b-Z-1}\ (b>Z+1)",
    ),
    formula=state("(b/2 - 1)/((b - Z + 1)/2 - 1) - 1 == (Z - 1)/(b - Z - 1)", given="b > Z + 1"),
    steps=(
        "fewer_samples: b < Z - 1: b - 1 contrasts in Z - 1 directions, mean of an inverse Wishart trace",
        state("(b - 1)/((Z - 1) - (b - 1) - 1) == (b - 1)/(Z - 1 - b)", given="Z > b + 1"),
        "more_samples: b > Z + 1: 1'P1/b is beta with parameters (b - Z + 1)/2 and (Z - 1)/2",
        FORMULA,
        "inverse_of_a_beta: the mean of 1/x is B(alpha - 1, beta)/B(alpha, beta) = (alpha + beta - 1)/(alpha "
        "- 1), with alpha = p + 1, by Gamma(x + 1) = x Gamma(x)",
        "(1/p)*(p + q) == (p + q)/p",
        "rises_below_the_pole: one more sample scatters more below",
        state("b/(Z - 2 - b) > (b - 1)/(Z - 1 - b)", given="Z > b + 2"),
        "falls_above_the_pole: and less above",
        state("(Z - 1)/(b - Z) < (Z - 1)/(b - Z - 1)", given="b > Z + 1"),
        "goes_away: with many samples it goes to 0",
        state_limit("(Z - 1)/a", "0", "a", "high"),
        "pole: and with a few more than features, to infinity",
        state_limit("(Z - 1)/a", "oo", "a", "low"),
        "sampled_below: sampled: 32 samples, 64 features",
        state_computed(
            "density_ratio:scatter", samples=32, dimension=64, draws=2000, tolerance=0.02
        ),
        "sampled_above: sampled: 120 samples, 64 features",
        state_computed(
            "density_ratio:scatter", samples=120, dimension=64, draws=1000, tolerance=0.02
        ),
    ),
    argument="As s -> 0 the weights r/b minimise |E_perp w| on 1'w = 1, with E_perp the noise in the Z - 1 "
    "directions across mu. For b < Z - 1 that is a regression of E_perp 1/b on b - 1 contrasts, whose "
    "coefficients have mean 0 and covariance (1/b) E W^-1, W ~ Wishart(Z - 1) in b - 1 dimensions, E W^-1 = "
    "I/((Z - 1) - (b - 1) - 1). For b > Z - 1 it is the projection of 1 on the null space of E_perp, so "
    "(1/b) sum r^2 = b/(1'P1).",
    mutants=(
        "no pole: (b - 1)/Z",
        state("(b - 1)/((Z - 1) - (b - 1) - 1) == (b - 1)/Z", given="Z > b + 1"),
        "the pole at b = Z for any b: (b - 1)/(Z - b)",
        state("(b - 1)/((Z - 1) - (b - 1) - 1) == (b - 1)/(Z - b)", given="Z > b + 1"),
        "Z/(b - Z) above it",
        state("(b/2 - 1)/((b - Z + 1)/2 - 1) - 1 == Z/(b - Z)", given="b > Z + 1"),
        "more samples scatter more above it",
        state("(Z - 1)/(b - Z) > (Z - 1)/(b - Z - 1)", given="b > Z + 1"),
    ),
    rests_on=("density_ratio.centred_form",),
)

CLAMP = statement(
    name="ratio_spread.clamped_mean",
    title="Clamping ratios at 0 raises the mean of a class whose ratios scatter",
    source="derived here",
    ids=("RDR2.5",),
    functions=("clamped_mean_ratio",),
    where={"m: positive": "mean ratio", "s: positive": "standard deviation of the ratio"},
    theorem=(
        "r ~ N(m, s^2), m, s > 0: E max(r, 0) = m Phi(m/s) + s phi(m/s) > m, increasing in s, to infinity",
        r"r\sim N(m,s^2),\ m,s>0:\quad \mathbb E\max(r,0)=m\,\Phi\left(\tfrac ms\right)+s\,\varphi\left("
        r"\tfrac ms\right)>m,\quad \frac{\partial\,\mathbb E\max(r,0)}{\partial s}=\varphi\left(\tfrac "
        r"ms\right)>0",
    ),
    formula=state_derivative(
        "m*Phi(m/s) + s*exp(-(m/s)**2/2)/sqrt(2*pi)", "s", "exp(-(m/s)**2/2)/sqrt(2*pi)"
    ),
    steps=(
        "slope: its slope in s is phi(m/s), as that of E max(m + s N, 0) is E N 1(N > -m/s)",
        FORMULA,
        "slope_positive: which is positive",
        "exp(-(m/s)**2/2)/sqrt(2*pi) > 0",
        "no_scatter: without scatter it is m",
        state_limit("m*Phi(m/s) + s*exp(-(m/s)**2/2)/sqrt(2*pi)", "m", "s", "low"),
        "at_least_half: it is at least s phi(m/s), which has no bound",
        "m*Phi(m/s) + s*exp(-(m/s)**2/2)/sqrt(2*pi) > s*exp(-(m/s)**2/2)/sqrt(2*pi)",
    ),
    argument="Two functions of s with one slope and one value at 0 are one; so is the mean. It exceeds m as "
    "its slope is positive.",
    mutants=(
        "clamping leaves the mean as it is",
        "m*Phi(m/s) + s*exp(-(m/s)**2/2)/sqrt(2*pi) == m",
        "the slope is phi(s/m)",
        state_derivative(
            "m*Phi(m/s) + s*exp(-(m/s)**2/2)/sqrt(2*pi)", "s", "exp(-(s/m)**2/2)/sqrt(2*pi)"
        ),
    ),
    rests_on=("ratio_spread.within_class",),
)

STATEMENTS = (SCATTER, CLAMP)
