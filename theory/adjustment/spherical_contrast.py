"""Contrasts with von Mises-Fisher classes: their moment on the sphere, and the loss that ProCo makes of it.

Du et al. (TPAMI 2024) contrast an embedding with infinitely many samples of each class, which takes
``E exp(<z, x>)`` for unit vectors x of density proportional to ``exp(kappa <mu, x>)``. In three dimensions
all of it is elementary. Checked by: quadrature over the sphere, and the loss, which takes any dimension.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, broadcasting

__all__ = ["log_spherical_moment"]


@broadcasting
def log_spherical_moment(
    concentration: ArrayLike, length: ArrayLike, cosine: ArrayLike
) -> NDArray[np.float64]:
    """``log E exp(<z, x>)`` for x on the sphere in three dimensions, von Mises-Fisher.

    ``log(sinh(rho)/rho) - log(sinh(kappa)/kappa)``, rho the length of ``kappa mu + z``.

    ``concentration``: kappa >= 0; ``length``: that of z, >= 0; ``cosine``: of z and mu, in [-1, 1]; they
    broadcast.
    """
    kappa = as_real("concentration", concentration, low=0)
    t = as_real("length", length, low=0)
    c = as_real("cosine", cosine, low=-1, high=1)
    # kappa^2 + 2 kappa t c + t^2, where the square of a difference keeps what the cosine cancels
    rho = np.hypot(kappa - t, np.sqrt(2.0 * kappa * t * (1.0 + c)))
    return _log_sinhc(rho) - _log_sinhc(kappa)


def _log_sinhc(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """``log(sinh(x)/x)`` for x >= 0: by the series of ``sinh(x)/x - 1`` up to 1, by exponentials beyond."""
    square = np.minimum(x, 1.0) ** 2
    above_one = np.ones_like(square)
    for order in range(9, 1, -1):
        above_one = 1.0 + above_one * square / (2 * order * (2 * order + 1))
    large = np.maximum(x, 1.0)
    beyond = large + np.log1p(-np.exp(-2.0 * large)) - np.log(2.0 * large)
    return np.where(x < 1.0, np.log1p(above_one * square / 6), beyond)


# ------------------------------------------------------------------------------------ statements


VON_MISES_FISHER = statement(
    name="spherical_contrast.von_mises_fisher",
    title="ProCo's contrast with infinitely many samples, on the sphere in three dimensions",
    source="Du et al. (TPAMI 2024), Proposition 2, for any dimension; three dimensions worked out here",
    functions=("log_spherical_moment",),
    where={
        "r: positive": "length rho of kappa mu + z",
        "u: real": "height along the direction of kappa mu + z",
        "k: positive": "concentration kappa of a class",
        "t: positive": "length of the embedding over the temperature",
        "c: real": "cosine of the embedding and the class's mean direction",
        "x, m: positive": "a sum of exponentials over classes, and its mean",
    },
    theorem=(
        "x of density kappa exp(kappa <mu, x>)/(4 pi sinh kappa) on the unit sphere of R^3, z in R^3 with "
        "rho = |kappa mu + z| > 0: E exp(<z, x>) = (sinh(rho)/rho)/(sinh(kappa)/kappa), increasing in "
        "<z, mu>; for priors pi_j > 0 and independent such x_j, E log sum_j pi_j exp(<z, x_j>) <= "
        "log sum_j pi_j E exp(<z, x_j>); as kappa goes to infinity log E exp(<z, x>) goes to "
        "<z, mu>, and ProCo's loss to logit adjustment of a cosine classifier; as kappa goes to 0, mu no "
        "longer counts",
        r"x\sim\tfrac{\kappa}{4\pi\sinh\kappa}e^{\kappa\langle\mu,x\rangle}\ \text{on}\ S^2,\ "
        r"\rho=\lVert\kappa\mu+z\rVert>0:\quad\mathbb E\,e^{\langle z,x\rangle}"
        r"=\frac{\sinh(\rho)/\rho}{\sinh(\kappa)/\kappa},\qquad "
        r"\mathbb E\log\sum_j\pi_je^{\langle z,x_j\rangle}"
        r"\le\log\sum_j\pi_j\,\mathbb E\,e^{\langle z,x_j\rangle},\qquad"
        r"\log\mathbb E\,e^{\langle z,x\rangle}\to\langle z,\mu\rangle\ (\kappa\to\infty)",
    ),
    formula="(exp(r) - exp(-r))/r == 2*sinh(r)/r",
    steps=(
        "height: the sphere's area between two heights is 2 pi times their distance, and exp(rho u) has this "
        "primitive ...",
        state_derivative("exp(r*u)/r", "u", "exp(r*u)", u="real"),
        "area: ... so that the sphere's integral is 4 pi sinh(rho)/rho: at rho it is the numerator, at kappa "
        "the denominator",
        FORMULA,
        "slope: the logarithm of sinh(rho)/rho has this slope ...",
        state_derivative("log(sinh(r)/r)", "r", "cosh(r)/sinh(r) - 1/r"),
        "aligned_is_larger: ... which is positive: the moment increases in rho ...",
        "r*cosh(r) > sinh(r)",
        "length_in_the_cosine: ... and the square of rho in the cosine",
        state_derivative("k**2 + 2*k*t*c + t**2", "c", "2*k*t", c="real"),
        "tangent: the logarithm lies under its tangent at the mean, which has its mean there: Jensen",
        "log(x) <= log(m) + x/m - 1",
        "concentrated: as kappa grows, rho - kappa goes to <z, mu> ...",
        state_limit("sqrt(k**2 + 2*k*t*c + t**2) - k", "c*t", "k", "high", k="positive"),
        "scattered: ... and as rho goes to 0, the moment of a class without a direction goes to 1",
        state_limit("sinh(r)/r", "1", "r", "low", r="positive"),
    ),
    argument="The density's factor is the integral at rho = kappa, turned to the direction of mu; times "
    "exp(<z, x>) it is the integral at rho, turned to that of kappa mu + z. For large arguments sinh is half "
    "an exponential, so the log of the moment is rho - kappa + log(kappa/rho) up to what vanishes, and "
    "kappa/rho goes to 1.",
    mutants=(
        "the integral has no factor 1/rho",
        "(exp(r) - exp(-r))/r == 2*sinh(r)",
        "the moment falls in rho",
        "r*cosh(r) < sinh(r)",
        "the tangent lies under the logarithm",
        "log(x) >= log(m) + x/m - 1",
        "rho - kappa goes to the embedding's length, whatever its direction",
        state_limit("sqrt(k**2 + 2*k*t*c + t**2) - k", "t", "k", "high", k="positive"),
    ),
    rests_on=("offset_family.minimiser",),
)

STATEMENTS = (VON_MISES_FISHER,)
