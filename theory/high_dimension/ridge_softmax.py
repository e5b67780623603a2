"""Ridge softmax regression of K Gaussian classes on a simplex when dimension and sample grow together.

K classes of equal prior, x ~ N(mu_k, I_d), |mu_j - mu_k| = Delta; n, d -> infinity, n/d -> kappa:

    minimise over W (K, d), b:  (1/n) sum_i -log softmax(W x_i + b)_{y_i} + (ridge/2) |W|^2.

By symmetry b = 0 in the limit, W takes the means' simplex to m times itself, W W' = r^2 P with P = I - 11'/K,
and an example's own loss moves its K scores by V times its slope. Scores that all other examples give are
h = m (Delta/sqrt 2) P e_y + r P G, G normal; the example's own are u = h + V (e_y - p), p = softmax(u). With
H = diag(p) - p p', and E over y and G,

    m = kappa V (Delta/sqrt 2) E[1 - p_y]/(K - 1),    r^2 = m^2 + kappa V^2 E|e_y - p|^2/(K - 1),
    1 = kappa V (ridge + E tr[H (I + V H)^-1]/(K - 1)),

which are the equations of `ridge_logistic` over again: at K = 2 those of half this ridge, balanced.
Source: Loureiro, Sicuro, Gerbelot, Pacco, Krzakala, Zdeborova (NeurIPS 2021), for any convex loss; cited, not
proved here. Checked by: the two classes of `ridge_logistic`, the limit of a great ridge, simulation
(`counterpoise.simulations`).
"""

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root

from ..foundation.validation import InputError, as_number, as_whole
from ..gaussian.simplex_gaussian import simplex_accuracies

__all__ = ["RidgeSoftmax", "ridge_softmax"]

Array = NDArray[np.float64]

_NODES = {2: 160, 3: 48, 4: 24}
"""Of the Gauss-Hermite rule in each of K - 1 directions."""
_ROUGH = 1e-5
"""By how much a coarser rule may leave the equations unsolved."""


class RidgeSoftmax(NamedTuple):
    """Limit of the classifier; its scores are N(norm alignment (Delta/sqrt 2) P e_y, norm^2 P)."""

    alignment: float
    """Cosine of W with the matrix of the centred means."""
    norm: float
    """r = |W|/sqrt(K - 1)."""
    curvature: float
    """V, how far an example's own loss moves its scores."""
    accuracy: float
    """The same in every class."""
    separation: float
    """Delta times alignment: at it `simplex_accuracies` has this accuracy."""


def ridge_softmax(num_classes: int, kappa: float, Delta: float, ridge: float) -> RidgeSoftmax:
    """Solve the limit system by quadrature, to five digits or more: a second or two for four classes.

    Parameters
    ----------
    num_classes
        K, from 2 to 4.
    kappa, Delta
        Examples per dimension in [0.1, 100], distance of the means in [0.1, 10].
    ridge
        In [1e-3, 1e3]; it multiplies ``|W|^2/2`` beside the mean of the losses.

    Raises
    ------
    InputError
        If an argument leaves its domain, or the scores spread so far that the quadrature is too coarse.

    Examples
    --------
    >>> two, three = (ridge_softmax(k, 2, 3, 0.1) for k in (2, 3))
    >>> print(f"{two.accuracy:.3f}, {three.accuracy:.3f}")
    0.894, 0.811
    """
    K = as_whole("num_classes", num_classes, 2, 4)
    kappa = as_number("kappa", kappa, low=0.1, high=100)
    Delta = as_number("Delta", Delta, low=0.1, high=10)
    ridge = as_number("ridge", ridge, low=1e-3, high=1e3)
    fine = _Rule(K, kappa, Delta, _NODES[K])
    here = max(1.0, ridge)
    V = 1.0 / (kappa * (here + 1.0 / K))
    m = kappa * V * Delta / np.sqrt(2.0) / K
    unknowns = np.log([m, np.sqrt(m * m + kappa * V * V / K), V])
    while True:  # towards a small ridge in steps, from where the solution is all but known
        found = root(fine.residuals, unknowns, args=(here,), tol=1e-11)
        unknowns = found.x
        if here <= ridge:
            break
        here = max(ridge, here / 4.0)
    coarse = _Rule(K, kappa, Delta, _NODES[K] * 3 // 4)
    unsolved = [float(np.abs(rule.residuals(unknowns, ridge)).max()) for rule in (fine, coarse)]
    if not (unsolved[0] < 1e-8 and unsolved[1] < _ROUGH):
        raise InputError(
            f"ridge = {ridge:g}: scores spread too far for the quadrature; raise it, or lower kappa or Delta"
        )
    m, r, V = np.exp(unknowns).tolist()
    separation = Delta * m / r
    accuracy = float(simplex_accuracies(np.ones(K), separation)[0])
    return RidgeSoftmax(m / r, r, V, accuracy, separation)


class _Rule:
    """The system's expectations by a product rule for P G; class 0 stands for all."""

    def __init__(self, K: int, kappa: float, Delta: float, nodes: int) -> None:
        self.kappa, self.shift = kappa, Delta / np.sqrt(2.0)
        points, weights = np.polynomial.hermite_e.hermegauss(nodes)
        weights = weights / np.sqrt(2.0 * np.pi)
        grid = np.array(list(product(points, repeat=K - 1)))
        mass = np.prod(list(product(weights, repeat=K - 1)), axis=1)
        kept = mass > 1e-15 * mass.max()
        self.weights = mass[kept]
        # columns of an orthonormal basis that all sum to 0
        basis = np.linalg.qr(np.column_stack([np.ones(K), np.eye(K)[:, : K - 1]]))[0][:, 1:]
        self.noise = grid[kept] @ basis.T
        self.mean = np.eye(K)[0] - 1.0 / K
        self.last: Array | None = None  # proximal points, from which the next are near

    def residuals(self, unknowns: Array, ridge: float) -> Array:
        """Of the three equations, each relative to its size, at (log m, log r, log V)."""
        with np.errstate(over="ignore"):
            m, r, V = np.exp(np.clip(unknowns, -60.0, 60.0)).tolist()
        others = self.mean.size - 1
        h = m * self.shift * self.mean + r * self.noise
        p = self._proximal(h, V)
        own = 1.0 - p[:, 0]
        a = p / (1.0 + V * p)
        total = a.sum(axis=1)
        bend = total - np.square(a).sum(axis=1) / total  # tr H (I + V H)^-1
        pull = float(self.weights @ own) / others
        square = float(self.weights @ (own**2 + np.square(p[:, 1:]).sum(axis=1))) / others
        curved = float(self.weights @ bend) / others
        return np.array(
            [
                np.log(self.kappa * V * self.shift * pull / m),
                0.5 * np.log((m * m + self.kappa * V * V * square) / r**2),
                np.log(self.kappa * V * (ridge + curved)),
            ]
        )

    def _proximal(self, h: Array, V: float) -> Array:
        """Softmax of the u that minimises |u - h|^2/(2 V) plus the loss, by damped Newton steps."""
        target = np.eye(h.shape[1])[0]

        def objective(u: Array) -> Array:
            top = u.max(axis=1)
            loss = top + np.log(np.exp(u - top[:, None]).sum(axis=1)) - u[:, 0]
            return np.square(u - h).sum(axis=1) / (2.0 * V) + loss

        u = h if self.last is None else self.last
        value = objective(u)
        for _ in range(100):
            p = _softmax(u)
            slope = u - h + V * (p - target)
            if float(np.abs(slope).max()) < 1e-12 * (1.0 + float(np.abs(h).max())):
                break
            a = 1.0 / (1.0 + V * p)
            push = (a * p * slope).sum(axis=1) / (a * p).sum(axis=1)
            step = a * (slope + V * p * push[:, None])  # (I + V H)^-1 slope
            length = np.ones(len(u))
            new, after = u - step, objective(u - step)
            while (worse := after > value + 1e-12 * (1.0 + value)).any() and length.min() > 1e-12:
                length = np.where(worse, 0.5 * length, length)
                new = u - length[:, None] * step
                after = objective(new)
            u, value = new, after
        self.last = u
        return _softmax(u)


def _softmax(u: Array) -> Array:
    e = np.exp(u - u.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
