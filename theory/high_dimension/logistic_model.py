"""Maximum likelihood when labels follow a logistic model and dimension grows with the sample.

The other world of the field: x ~ N(0, I_d), P(y = 1 | x) = s(theta + beta.x), s the logistic function,
|beta| = gamma. The intercept theta sets the imbalance, and the fitted model is the true one. n, d ->
infinity, n/d -> kappa; w, b minimise the sum of log(1 + exp(-y (w.x + b))).

The limit. As in `ridge_logistic` an example's score is pulled from h to u, h = u - V t, t = 1/(1 + exp(u)),
and y h = m Z + s G + b: Z = beta.x/gamma, of density s(y(theta + gamma Z)) phi(Z) with its label y; G normal,
independent of both; m the part of w along beta and s the length of the rest. With no ridge m, b, s, V solve

    0 = E[y t Z],   0 = E[y t],   s^2 = kappa V^2 E[t^2],   1 = kappa V E[t(1 - t)/(1 + V t(1 - t))].

Source: Sur, Candes (PNAS 2019) without intercept, Zhao, Sur, Candes (Bernoulli 2022), who write kappa for
our 1/kappa, alpha for m/gamma, sigma^2 for kappa s^2, lambda for V; cited, not proved here.
Checked by: their printed numbers, enclosures, training.

H = y u - y V t - b takes the place of G: density and integrand are then explicit in (u, Z).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ..foundation.validation import InputError, as_number

__all__ = ["LogisticMLE", "logistic_mle"]

Array = NDArray[np.float64]

_LONGEST = 40.0
"""|w| beyond which nothing is solved: it grows without bound where the classes begin to separate."""
_REACH = 9.0
_XI = np.linspace(-_REACH, _REACH, 91)
_GAUSSIAN = np.exp(-0.5 * _XI**2) * (_XI[1] - _XI[0]) / np.sqrt(2.0 * np.pi)
_POWERS = _GAUSSIAN * _XI ** np.arange(4)[:, None]


class LogisticMLE(NamedTuple):
    """Limit of the estimate."""

    signal: float
    """m, the part of w along beta: gamma if it were unbiased."""
    noise: float
    """s, the length of the rest."""
    intercept: float
    """b: theta if it were unbiased."""
    curvature: float
    """V, the trace of the inverse Hessian over n."""
    likelihood_ratio: float
    """s^2/V: twice a likelihood ratio is this times a chi-square, where Wilks says 1."""


def logistic_mle(kappa: float, gamma: float, theta: float = 0.0) -> LogisticMLE:
    """Solve the limit system in floats, to about ten digits.

    Parameters
    ----------
    kappa
        Examples per dimension, in (2, 1e4]. Below a threshold, which is least, 2, at ``gamma = theta = 0``
        (Candes, Sur 2020), the classes separate and no estimate exists.
    gamma, theta
        Standard deviation of ``beta.x`` in [0, 20], and the true intercept in [-10, 10].

    Raises
    ------
    InputError
        If an argument leaves its domain, or no solution is found.

    Examples
    --------
    >>> limit = logistic_mle(5, 5**0.5)  # Sur and Candes (2019): 1.499, 2.1214, 3.027
    >>> print(f"{limit.signal / 5**0.5:.3f}, {limit.noise:.4f}, {limit.curvature:.3f}")
    1.499, 2.1214, 3.027
    """
    kappa, gamma, theta = logistic_world(kappa, gamma, theta)
    unknowns = _solve(kappa, gamma, theta)
    if unknowns is None:
        raise InputError(
            f"kappa = {kappa:g}: no estimate was found; the classes may separate: raise it"
        )
    m, b, s, V = unknowns.tolist()
    return LogisticMLE(m, s, b, V, s * s / V)


def logistic_world(kappa: float, gamma: float, theta: float) -> tuple[float, float, float]:
    """The arguments of `logistic_mle`, checked."""
    return (
        as_number("kappa", kappa, low=2, high=1e4, low_open=True),
        as_number("gamma", gamma, low=0, high=20),
        as_number("theta", theta, low=-10, high=10),
    )


def _solve(kappa: float, gamma: float, theta: float) -> Array | None:
    """From the truth, where kappa is large, by Newton's method along log kappa."""
    slope = expit(theta + gamma * _XI)
    information = float(_GAUSSIAN @ (slope * (1.0 - slope)))
    here, goal = float(np.log(max(kappa, 200.0 / information))), float(np.log(kappa))
    V = np.exp(-here) / information
    found = _newton(np.array([gamma, theta, np.sqrt(V), V]), np.exp(here), gamma, theta)
    step = 1.0
    while found is not None and here > goal:
        reach = min(step, here - goal)
        following = _newton(found, np.exp(here - reach), gamma, theta)
        if following is not None:
            found, here, step = following, here - reach, 2.0 * reach
        elif (step := 0.5 * reach) < 2e-2:
            return None
    return found


def _newton(start: Array, kappa: float, gamma: float, theta: float) -> Array | None:
    unknowns = start
    for _ in range(15):
        if not 0.0 < np.hypot(unknowns[0], unknowns[2]) < _LONGEST:
            return None
        values, jacobian = map(np.array, _residuals(unknowns, kappa, gamma, theta))
        if not (np.isfinite(values).all() and np.isfinite(jacobian).all()):
            return None
        try:
            step = np.linalg.solve(jacobian, values)
        except np.linalg.LinAlgError:
            return None
        scale = np.append(max(1.0, *np.abs(unknowns[:2])) * np.ones(2), unknowns[2:])
        moved = float(np.max(np.abs(step) / scale))
        unknowns = unknowns - step * min(1.0, 0.5 / moved if moved else 1.0)
        if moved < 1e-9:
            return unknowns
    return None


def _residuals(unknowns: Array, kappa: float, gamma: float, theta: float) -> tuple[list, list]:
    """The equations and their Jacobian in (m, b, s, V), by the trapezoidal rule in (u, Z given H)."""
    m, b, s, V = unknowns.tolist()
    r = float(np.hypot(m, s))
    values, slopes = np.zeros(4), np.zeros((4, 4))
    for y in (1.0, -1.0):
        low, high = y * b - _REACH * r, y * b + _REACH * r + V
        u = np.linspace(low, high, int((high - low) / min(0.2, 0.4 * r)) + 2)
        t = expit(-u)
        H = y * (u - V * t) - b
        weight = np.exp(-0.5 * (H / r) ** 2) / np.sqrt(2.0 * np.pi) / r * (u[1] - u[0])
        label = expit(y * (theta + gamma * (m / r**2 * H[:, None] + s / r * _XI)))
        sums = (label @ _POWERS.T * weight[:, None]).T
        mass, rows = integrands(y, t, H, sums, unknowns.tolist(), r)
        values += [np.sum(term) for term in mass]
        slopes += [[np.sum(term) for term in row] for row in rows]
    return system(values, slopes, kappa, s, V)


# ------------------------------------------------- the same formulas for floats and for balls


def integrands(y: float, t: Any, H: Any, sums: Any, unknowns: Any, r: Any) -> tuple[list, list]:
    """Of ``E[y t Z], E[y t], E[t^2], E[t(1-t)/(1+V t(1-t))]`` at one u, and their slopes in (m, b, s, V).

    ``sums`` are those of powers 0 to 3 of Z's standardised rest given H, weighted by label and density.
    """
    m, _, s, V = unknowns
    bend = t * (1 - t)
    stretched = 1 + V * bend  # dH/du, up to y
    z, d = (H * m / (r * r), s / r), (H * (s / r) ** 2, -m * s / r)  # Z and D = H - m Z

    def moment(of_z: int, of_d: int) -> Any:
        polynomial = [1]
        for constant, slope in [z] * of_z + [d] * of_d:
            raised = [0, *(slope * c for c in polynomial)]
            polynomial = [constant * c + up for c, up in zip([*polynomial, 0], raised, strict=True)]
        return sum(c * power for c, power in zip(polynomial, sums, strict=False))

    masses, rows = [], []
    for factor, of_z, moves in (
        (y * t, 1, 1),
        (y * t, 0, 1),
        (t * t, 0, 1),
        (bend / stretched, 0, 0),
    ):
        here, weight = moment(of_z, 0), factor * stretched
        pulled = weight * moment(of_z, 1) / s**2
        masses.append(weight * here)
        rows.append(
            [
                weight * moment(of_z + 1, 1) / s**2,
                pulled,
                weight * (moment(of_z, 2) / s**3 - here / s),
                y * t * pulled + moves * factor * bend * here,
            ]
        )
    return masses, rows


def system(masses: Any, rows: Any, kappa: Any, s: Any, V: Any) -> tuple[list, list]:
    """The four equations and their Jacobian, from the expectations and their slopes."""
    scale = (1, 1, -kappa * V * V, -kappa * V)
    values = [a * mass for a, mass in zip(scale, masses, strict=True)]
    jacobian = [[a * slope for slope in row] for a, row in zip(scale, rows, strict=True)]
    values[2], values[3] = values[2] + s * s, values[3] + 1
    jacobian[2][2] = jacobian[2][2] + 2 * s
    jacobian[2][3] = jacobian[2][3] - 2 * kappa * V * masses[2]
    jacobian[3][3] = jacobian[3][3] - kappa * masses[3]
    return values, jacobian
