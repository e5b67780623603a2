"""Ridge logistic regression of two Gaussian classes when dimension and sample grow together.

Classes x ~ N(+-mu, I_d), |mu| = Delta/2, the minority (class 1, y = +1) with the share p = 1/(1+eta);
n, d -> infinity, n/d -> kappa. Plain, weighted, logit-adjusted or with class scales (the binary VS loss):

    minimise over w, b:  (1/n) sum_i f_i(y_i (w.x_i + b)) + (ridge/2) |w|^2,
    f(v) = weight * log(1 + exp(-(scale * v + offset))),  offset = y tau log(pi_1/pi_0) = -y tau log eta.

The intercept is not penalised; a test score is w.x + b, without offset or scale.

The limit. In a training example's own direction the loss pulls its score v from the value h that all other
examples would give it to the proximal point u, h = u + V f'(u), and h is Gaussian: with m = w.mu/|mu|,
r = |w|, G ~ N(0, 1), h = m Delta/2 + y b + r G. V, the trace of the inverse Hessian over n, and m, r, b
solve

    m = kappa V (Delta/2) E[-f'(u)],          r^2 = m^2 + kappa V^2 E[f'(u)^2],
    1 = kappa V (ridge + E[f''/(1 + V f'')(u)]),    0 = E[y f'(u)],

E over the class and G. The first two are w = kappa V times the mean of -f'(u) y x with h independent of x;
the third is the self-consistent equation of the resolvent of the Hessian; the last is b's stationarity.
Source: Mignacco, Krzakala, Lu, Urbani, Zdeborova (ICML 2020), Theorem 1, by Gordon's comparison, which is
cited and not proved here; weights, offsets and scales of classes only change f. (Their ridge is kappa times
this one: they penalise a sum of losses, over x scaled by 1/sqrt(d).) Checked by: simulation
(`counterpoise.simulations`), the limits of a large and of a vanishing ridge; by no printed number, as those
of the field are of the estimate without a ridge (`logistic_model`). No statement is catalogued.

The proximal point has no closed form, but h is explicit in u. With z = scale u + offset as the variable of
integration every expectation is an integral of explicit functions, and no inner equation is solved.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real
from ..gaussian.gaussian import threshold_rates
from .high_dimensional_lda import EffectiveParameters

__all__ = ["RidgeLogistic", "RidgeLogisticWorld", "ridge_logistic", "ridge_logistic_world"]

Array = NDArray[np.float64]

_REACH = 9.0
"""Where the Gaussian is cut off: 2e-19 is left out."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_GRID = np.concatenate([[-1e8], np.arange(-45.0, 45.25, 0.25), [1e8]])
_GRID_PULL = expit(-_GRID)
_LEVELS = np.linspace(-_REACH, _REACH, 19)
_CURVED = np.arange(-40.0, 40.1, 2.0)  # panels in z, narrow beside the poles' distance pi


class RidgeLogistic(NamedTuple):
    """Limit of the classifier; its test scores are N(+-norm alignment Delta/2 + intercept, norm^2)."""

    alignment: float
    """Cosine of w with the best direction."""
    norm: float
    """r = |w|."""
    intercept: float
    """b, positive towards the minority."""
    curvature: float
    """V, the trace of the inverse Hessian over n: how far an example's own loss moves its score."""
    recall: float
    specificity: float
    effective: EffectiveParameters
    """Separability and threshold at which every population formula of `theory.gaussian` applies."""


class RidgeLogisticWorld(NamedTuple):
    """What the limit system depends on; pairs are (minority, majority)."""

    share: tuple[float, float]
    """Of the training examples."""
    kappa: float
    half: float
    """Delta/2."""
    ridge: float
    weight: tuple[float, float]
    scale: tuple[float, float]
    offset: tuple[float, float]
    """Added to the scaled margin y (w.x + b)."""


def ridge_logistic_world(
    eta: float,
    kappa: float,
    Delta: float,
    ridge: float,
    *,
    tau: float = 0.0,
    class_weights: ArrayLike = (1.0, 1.0),
    scales: ArrayLike = (1.0, 1.0),
) -> RidgeLogisticWorld:
    """The arguments of `ridge_logistic`, checked, by class and with the offsets that ``tau`` means."""
    eta = as_number("eta", eta, low=1, high=1e6)
    kappa = as_number("kappa", kappa, low=1e-2, high=1e4)
    half = 0.5 * as_number("Delta", Delta, low=1e-2, high=40)
    ridge = as_number("ridge", ridge, low=1e-8, high=1e8)
    tau = as_number("tau", tau, low=-10, high=10)
    shift = float(tau * np.log(eta))
    return RidgeLogisticWorld(
        (1.0 / (1.0 + eta), eta / (1.0 + eta)),
        kappa,
        half,
        ridge,
        _of_both("class_weights", class_weights),
        _of_both("scales", scales),
        (-shift, shift),
    )


def _of_both(name: str, value: ArrayLike) -> tuple[float, float]:
    """Numbers by class (0 the majority, 1 the minority) as (minority, majority)."""
    numbers = as_real(name, value, low=1e-6, high=1e6)
    if numbers.shape != (2,):
        raise InputError(f"{name} has shape {numbers.shape}: give one number per class, shape (2,)")
    return float(numbers[1]), float(numbers[0])


def ridge_logistic(
    eta: float,
    kappa: float,
    Delta: float,
    ridge: float,
    *,
    tau: float = 0.0,
    class_weights: ArrayLike = (1.0, 1.0),
    scales: ArrayLike = (1.0, 1.0),
) -> RidgeLogistic:
    """Solve the limit system in floats, to about twelve digits: some milliseconds.

    Under a ridge so great that the norm is tiny, rates are off by about 1e-16 over the norm.

    Parameters
    ----------
    eta, kappa, Delta
        Majority over minority in [1, 1e6], examples per dimension in [1e-2, 1e4], distance of the means
        in [1e-2, 40].
    ridge
        In [1e-8, 1e8]; it multiplies ``|w|^2/2`` beside the mean of the losses.
    tau
        Strength of logit adjustment in [-10, 10]: ``tau log(pi_1/pi_0)`` is added to the training score.
    class_weights, scales
        One positive number for class 0 (the majority) and one for class 1, in [1e-6, 1e6]:
        ``(1/pi_0, 1/pi_1)`` is weighting by inverse frequency. Weights are not normalised.

    Raises
    ------
    InputError
        If an argument leaves its domain, or arguments at its far corners leave a system that floats
        do not solve.

    Examples
    --------
    >>> plain, adjusted = ridge_logistic(10, 2, 3, 0.01), ridge_logistic(10, 2, 3, 0.01, tau=1)
    >>> print(f"{plain.recall:.3f}, {adjusted.recall:.3f}")
    0.388, 0.762
    """
    world = ridge_logistic_world(
        eta, kappa, Delta, ridge, tau=tau, class_weights=class_weights, scales=scales
    )
    unknowns = _solve(world)
    if unknowns is None:
        raise InputError(f"ridge = {ridge:g}: no solution was found in floats; raise it")
    m, norm, curvature = np.exp(unknowns[[0, 2, 3]]).tolist()
    intercept = float(unknowns[1])
    alignment = m / norm
    effective = EffectiveParameters(
        np.asarray(2.0 * world.half * alignment), np.asarray(-intercept / norm)
    )
    rates = threshold_rates(effective.threshold, effective.Delta)
    return RidgeLogistic(
        alignment,
        norm,
        intercept,
        curvature,
        float(rates.recall),
        float(rates.specificity),
        effective,
    )


# ------------------------------------------------------------------------------------- the system


class _Line(NamedTuple):
    """G of one class as a function of z = scale u + offset, u the proximal point.

    z is counted from the z of G = 0, ``middle``: for a large ridge r is far below b's rounding.
    """

    middle: float
    scale: float
    pull: float
    """V times the steepest slope of the loss."""
    r: float

    def sigmoids(self, dz: Array) -> tuple[Array, Array]:
        """Of z and of -z."""
        return expit(self.middle + dz), expit(-self.middle - dz)

    def g(self, dz: Array, over: Array, under: Array) -> Array:
        """G, from the difference of two sigmoids without a subtraction."""
        ahead, behind = -over * expit(-self.middle), under * expit(self.middle)
        risen = np.expm1(-np.abs(dz)) * np.where(dz > 0.0, ahead, behind)
        return (dz / self.scale + self.pull * risen) / self.r

    def steepness(self, over: Array, under: Array) -> Array:
        """The slope of G in z."""
        return (1.0 / self.scale + self.pull * over * under) / self.r


def _line(scale: float, offset: float, pull: float, centre: float, r: float) -> tuple[_Line, Array]:
    """A class's line, and the edges of panels: one unit of G at most, two of z where the sigmoid bends."""
    h = centre + r * _LEVELS
    z = np.interp(h, (_GRID - offset) / scale - pull * _GRID_PULL, _GRID)
    for _ in range(4):  # Newton's method
        under = expit(-z)
        excess = (z - offset) / scale - pull * under - h
        z = z - excess / (1.0 / scale + pull * under * (1.0 - under))
    line = _Line(float(z[_LEVELS.size // 2]), scale, pull, r)
    edges = z - line.middle
    for _ in range(2):
        sigmoids = line.sigmoids(edges)
        edges = edges - (line.g(edges, *sigmoids) - _LEVELS) / line.steepness(*sigmoids)
    bends = _CURVED - line.middle
    inside = bends[(bends > edges[0]) & (bends < edges[-1])]
    return line, np.sort(np.concatenate([edges, inside]))


class _Moments(NamedTuple):
    """Expectations of a class; t = -f'(u) is the pull."""

    pull: float
    squared_pull: float
    curved: Array
    """``E[f''/(1 + V f'')(u) ...]``, ... = 1, g, g^2, t, g t, t^2, where G = g."""


def _moments(world: RidgeLogisticWorld, which: int, unknowns: Array) -> _Moments:
    """Gauss-Legendre on the panels of the class's line."""
    m, r, V = np.exp(unknowns[[0, 2, 3]]).tolist()
    slope = world.weight[which] * world.scale[which]
    centre = m * world.half + float(unknowns[1] if which == 0 else -unknowns[1])
    line, edges = _line(world.scale[which], world.offset[which], V * slope, centre, r)
    half_width = 0.5 * np.diff(edges)[:, None]
    dz = (0.5 * (edges[1:] + edges[:-1])[:, None] + half_width * _NODES).ravel()
    over, under = line.sigmoids(dz)
    g = line.g(dz, over, under)
    density = np.exp(-0.5 * g * g) * (half_width * _WEIGHTS).ravel() / np.sqrt(2.0 * np.pi)
    t = slope * under
    mass = density * line.steepness(over, under)
    bent = density * t * over / r  # f''/scale dz is f'' du
    powers = np.stack([np.ones_like(g), g, g * g, t, g * t, t * t])
    return _Moments(float(mass @ t), float(mass @ (t * t)), powers @ bent)


def limit_residuals(world: RidgeLogisticWorld, unknowns: Array) -> tuple[Array, Array]:
    """The four equations, each relative to its size, and their Jacobian in (log m, b, log r, log V).

    They vanish at ``m = alignment norm``, ``b = intercept``, ``r = norm``, ``V = curvature``.
    """
    m, r, V = np.exp(unknowns[[0, 2, 3]])
    kappa, half = world.kappa, world.half
    pull, squared, curved = np.zeros(2), np.zeros(2), np.zeros(2)
    d_pull, d_squared, d_curved = np.zeros((2, 4)), np.zeros((2, 4)), np.zeros((2, 4))
    for which, sign in enumerate((1.0, -1.0)):
        share = world.share[which]
        moments = _moments(world, which, unknowns)
        one, g, gg, t, gt, tt = share * moments.curved
        pull[which] = share * moments.pull
        squared[which] = share * moments.squared_pull
        curved[which] = one
        # G moves by -1/r times (half dm, sign db, G dr, t dV); integration by parts does the rest.
        steps = np.array([half * m, sign, r, V])
        d_pull[which] = -steps * [one, one, g, t]
        d_squared[which] = -2.0 * steps * [t, t, gt, tt]
        d_curved[which] = steps / r * [g, g, gg - one, gt]
    total, gap = pull.sum(), pull[0] - pull[1]
    values = np.array(
        [
            1.0 - kappa * V * half * total / m,
            1.0 - (m * m + kappa * V * V * squared.sum()) / r**2,
            1.0 - kappa * V * (world.ridge + curved.sum()),
            gap / total,
        ]
    )
    jacobian = np.stack(
        [
            -kappa * V * half / m * d_pull.sum(axis=0),
            -kappa * (V / r) ** 2 * d_squared.sum(axis=0),
            -kappa * V * d_curved.sum(axis=0),
            (d_pull[0] - d_pull[1]) / total - gap / total**2 * d_pull.sum(axis=0),
        ]
    )
    jacobian[0, 0] += kappa * V * half * total / m
    jacobian[0, 3] -= kappa * V * half * total / m
    jacobian[1, 0] -= 2.0 * (m / r) ** 2
    jacobian[1, 2] += 2.0 * (m * m + kappa * V * V * squared.sum()) / r**2
    jacobian[1, 3] -= 2.0 * kappa * (V / r) ** 2 * squared.sum()
    jacobian[2, 3] -= kappa * V * (world.ridge + curved.sum())
    return values, jacobian


# ------------------------------------------------------------------------------------- its solution


def _solve(world: RidgeLogisticWorld) -> Array | None:
    """The solution at a large ridge, followed in log ridge by Newton's method with tangent steps."""
    goal = float(np.log(world.ridge))

    def newton(log_ridge: float, unknowns: Array, near: float) -> tuple[Array, Array] | None:
        return _newton(world._replace(ridge=float(np.exp(log_ridge))), unknowns, near)

    here, found = goal, None
    while found is None:
        start = _large_ridge(world._replace(ridge=float(np.exp(here))))
        found = newton(here, start, 0.1)
        here += np.log(10.0)
        if here > goal + 40.0:
            return None
    here, step = here - np.log(10.0), 2.0
    while here > goal:
        unknowns, slope = found
        reach = min(step, here - goal)
        following = newton(here - reach, unknowns - reach * slope, 0.1)
        if following is None:
            step = 0.5 * reach
            if step < 1e-3:
                return None
        else:
            found, here, step = following, here - reach, 1.5 * reach
    found = newton(goal, found[0], 1e-7)
    return None if found is None else found[0]


def _newton(world: RidgeLogisticWorld, unknowns: Array, near: float) -> tuple[Array, Array] | None:
    """The root by ``unknowns``, after a last step below ``near``, and its slope in log ridge."""
    moved = np.inf
    for _ in range(12):
        with np.errstate(all="ignore"):
            values, jacobian = limit_residuals(world, unknowns)
        size = float(np.abs(values).max())
        if not np.isfinite(size) or not np.isfinite(jacobian).all() or size > 1e3:
            return None
        try:
            step = np.linalg.solve(jacobian, values)
        except np.linalg.LinAlgError:
            return None
        step_size = np.abs(step) / [1.0, max(1.0, np.exp(unknowns[2])), 1.0, 1.0]
        moved, before = float(step_size.max()), moved
        if moved < near:  # the error left is its square
            right = np.array([0.0, 0.0, -np.exp(unknowns[3]) * world.kappa * world.ridge, 0.0])
            return unknowns - step, np.asarray(-np.linalg.solve(jacobian, right), dtype=np.float64)
        if moved > min(2.0, 0.9 * before):
            return None
        unknowns = unknowns - step
    return None


def _large_ridge(world: RidgeLogisticWorld) -> Array:
    """The solution as the ridge grows: w vanishes, and the intercept alone balances the pulls."""
    (share, other), (weight, against) = world.share, world.weight
    (scale, scale0), (offset, offset0) = world.scale, world.offset

    def gap(b: float) -> tuple[float, float]:
        """Log of the ratio of the pulls, which falls in b, and its slope."""
        up, down = scale * b + offset, offset0 - scale0 * b
        value = np.log(share * weight * scale / (other * against * scale0))
        value += np.logaddexp(0.0, down) - np.logaddexp(0.0, up)
        return float(value), float(-scale0 * expit(down) - scale * expit(up))

    b = _falling_root(gap)
    pull = share * weight * scale * float(expit(-(scale * b + offset)))
    V = 1.0 / (world.kappa * world.ridge)
    m = 2.0 * world.kappa * V * world.half * pull
    r = np.sqrt(m * m + world.kappa * (V * pull) ** 2 * (1.0 / share + 1.0 / other))
    return np.array([np.log(m), b, np.log(r), np.log(V)])


def _falling_root(function: Callable[[float], tuple[float, float]]) -> float:
    """The root of a falling function that takes both signs, by Newton's method inside a bracket."""
    low, high = -1.0, 1.0
    while function(low)[0] < 0.0:
        low *= 2.0
    while function(high)[0] > 0.0:
        high *= 2.0
    x = 0.5 * (low + high)
    for _ in range(100):
        value, slope = function(x)
        low, high = (x, high) if value > 0.0 else (low, x)
        step = x - value / slope if slope else np.nan
        new = step if low < step < high else 0.5 * (low + high)
        if abs(new - x) <= 1e-15 * max(1.0, abs(x)):
            return float(new)
        x = new
    return float(x)
