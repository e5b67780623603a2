"""The limit system of ridge logistic regression in balls: certified integrals and Krawczyk's test."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from flint import acb, arb
from scipy.special import expit

from ...numbers.precision import arb_precision
from ..ridge_logistic import RidgeLogisticWorld
from .max_margin import density, normal

_BITS = 96
_REACH = 11.0
_ROUGH = 2.0**-60
"""Tolerance of the Jacobian's integrals, whose arguments are balls."""
_RADII = (1e-9, 1e-7, 1e-11)
"""Relative radii of the boxes that are tried."""

Unknowns = Sequence[arb]
"""m, b, r, V."""


class OneClass(NamedTuple):
    """One class of a world, in balls; ``sign`` is that of its intercept."""

    share: arb
    weight: arb
    scale: arb
    offset: arb
    sign: int

    @property
    def slope(self) -> arb:
        """The steepest slope of the loss."""
        return self.weight * self.scale


def enclosed(
    world: RidgeLogisticWorld, near: Sequence[float], eta: float, tau: float
) -> list[tuple[float, float]]:
    """(mid, radius) of alignment, norm, intercept, curvature, recall and specificity.

    ``near`` is (m, b, r, V) in floats; eta and tau are those of the world, whose shares and offsets
    were rounded.
    """
    with arb_precision(_BITS):
        shift = arb(float(tau)) * arb(float(eta)).log()
        share = 1 / (1 + arb(float(eta)))
        classes = (
            OneClass(share, arb(world.weight[0]), arb(world.scale[0]), -shift, 1),
            OneClass(1 - share, arb(world.weight[1]), arb(world.scale[1]), shift, -1),
        )
        m, b, r, V = _box(world, classes, near)
        centre = m * arb(world.half)
        rates = (normal((centre + b) / r), normal((centre - b) / r))
        return [as_floats(ball) for ball in (m / r, r, b, V, *rates)]


def as_floats(ball: arb) -> tuple[float, float]:
    """Middle and radius in floats, the radius rounded up."""
    mid = float(ball.mid())
    radius = float((ball - arb(mid)).abs_upper())
    return mid, math.nextafter(radius, math.inf)


# ------------------------------------------------------------------------------------ Krawczyk


def _box(
    world: RidgeLogisticWorld, classes: Sequence[OneClass], near: Sequence[float]
) -> list[arb]:
    """A box in which the system has exactly one solution."""
    return krawczyk(
        lambda x: _values(world, classes, x),
        lambda x: _jacobian(world, classes, x),
        near,
        (near[0], near[2], near[2], near[3]),
    )


def krawczyk(
    values: Callable[[list[arb]], list[arb]],
    jacobian: Callable[[list[arb]], list[list[arb]]],
    near: Sequence[float],
    sizes: Sequence[float],
) -> list[arb]:
    """A box by ``near`` in which four equations have exactly one solution; ``sizes`` are its scales.

    K(X) = x - C F(x) + (1 - C F'(X)) (X - x) inside X shows that, for any matrix C: here the rounded
    inverse of the Jacobian at x.

    Raises
    ------
    ArithmeticError
        If no box that is tried is mapped inside itself.
    """
    at = [arb(value) for value in near]
    slope = np.array([[float(entry.mid()) for entry in row] for row in jacobian(at)])
    if not np.isfinite(slope).all():
        raise ArithmeticError("the limit's Jacobian is not enclosed")
    scale = np.array(sizes)
    inverse = scale[:, None] * np.linalg.inv(slope * scale)
    preconditioner = [[arb(entry) for entry in row] for row in inverse.tolist()]
    step = _times(preconditioner, values(at))
    for relative in _RADII:
        radii = [arb(relative * size) for size in scale.tolist()]
        offsets = [arb(0, float(radius)) for radius in radii]
        box = [value + offset for value, offset in zip(at, offsets, strict=True)]
        slopes = jacobian(box)
        columns = [_times(preconditioner, [row[j] for row in slopes]) for j in range(4)]
        moved = [
            -step[i] + sum((arb(int(i == j)) - columns[j][i]) * offsets[j] for j in range(4))
            for i in range(4)
        ]
        if all(abs(move) < radius for move, radius in zip(moved, radii, strict=True)):
            return [value + move for value, move in zip(at, moved, strict=True)]
    raise ArithmeticError(
        "the limit is not enclosed: no box around the float solution is mapped inside"
    )


def _times(matrix: Sequence[Sequence[arb]], vector: Sequence[arb]) -> list[arb]:
    return [sum((a * v for a, v in zip(row, vector, strict=True)), arb(0)) for row in matrix]


def _values(
    world: RidgeLogisticWorld, classes: Sequence[OneClass], unknowns: Unknowns
) -> list[arb]:
    m, _, r, V = unknowns
    kappa, half = arb(world.kappa), arb(world.half)
    pulls, squared, curved = [], arb(0), arb(0)
    for side in classes:
        integrals = Integrals(side, unknowns, half, 2.0**-_BITS)
        pulls.append(side.share * integrals.pull(1))
        squared += side.share * integrals.pull(2)
        curved += side.share * integrals.curved(0, 0)
    return [
        m - kappa * V * half * (pulls[0] + pulls[1]),
        r * r - m * m - kappa * V * V * squared,
        1 - kappa * V * (arb(world.ridge) + curved),
        pulls[0] - pulls[1],
    ]


def _jacobian(
    world: RidgeLogisticWorld, classes: Sequence[OneClass], unknowns: Unknowns
) -> list[list[arb]]:
    """Derivatives in (m, b, r, V): G moves by -1/r (half dm + sign db + G dr + t dV)."""
    m, _, r, V = unknowns
    kappa, half = arb(world.kappa), arb(world.half)
    d_pulls, d_squared, d_curved = [], [arb(0)] * 4, [arb(0)] * 4
    squared, curved, total = arb(0), arb(0), arb(0)
    for side in classes:
        integrals = Integrals(side, unknowns, half, _ROUGH)
        one, g, gg, t, gt, tt = (
            side.share * integrals.curved(*powers)
            for powers in ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (0, 2))
        )
        d_pulls.append([-half * one, -side.sign * one, -g, -t])
        for j, entry in enumerate((half * t, side.sign * t, gt, tt)):
            d_squared[j] -= 2 * entry
        for j, entry in enumerate((half * g, side.sign * g, gg - one, gt)):
            d_curved[j] += entry / r
        total += side.share * integrals.pull(1)
        squared += side.share * integrals.pull(2)
        curved += one
    d_total = [first + second for first, second in zip(*d_pulls, strict=True)]
    rows = [
        [-kappa * V * half * entry for entry in d_total],
        [-kappa * V * V * entry for entry in d_squared],
        [-kappa * V * entry for entry in d_curved],
        [first - second for first, second in zip(*d_pulls, strict=True)],
    ]
    rows[0][0] += 1
    rows[0][3] -= kappa * half * total
    rows[1][0] -= 2 * m
    rows[1][2] += 2 * r
    rows[1][3] -= 2 * kappa * V * squared
    rows[2][3] -= kappa * (arb(world.ridge) + curved)
    return rows


# ----------------------------------------------------------------------------------- integrals


class Integrals:
    """Expectations of a class over G, as integrals over z = scale u + offset, u the proximal point.

    ``G = ((z - offset)/scale - V t - centre)/r`` increases in z, with the pull t = slope/(1 + exp(z)).
    """

    def __init__(self, side: OneClass, unknowns: Unknowns, half: arb, tolerance: float) -> None:
        m, b, self.r, self.V = unknowns
        self.side, self.tolerance = side, tolerance
        self.centre = m * half + side.sign * b
        h = [float((self.centre + level * self.r).mid()) for level in (-_REACH, _REACH)]
        self.low, self.high = (self._proximal(value) for value in h)
        below, above = -self._g(acb(self.low)).real, self._g(acb(self.high)).real
        if not (below > 1 and above > 1):
            raise ArithmeticError("the range of integration does not hold the Gaussian's bulk")
        self.beyond = [
            normal(-below) + normal(-above),
            density(below) + density(above),
            below * density(below) + above * density(above) + normal(-below) + normal(-above),
        ]

    def _proximal(self, h: float) -> float:
        """About the z at which the score is h: by bisection, as any z serves."""
        scale, offset, V = (float(x.mid()) for x in (self.side.scale, self.side.offset, self.V))
        pull = V * float(self.side.slope.mid())
        low, high = scale * h + offset, scale * (h + pull) + offset
        for _ in range(80):
            z = 0.5 * (low + high)
            low, high = (z, high) if (z - offset) / scale - pull * expit(-z) < h else (low, z)
        return 0.5 * (low + high)

    def _pull(self, z: acb) -> acb:
        return self.side.slope / (1 + z.exp())

    def _bend(self, z: acb) -> acb:
        """Minus the pull's derivative: f''/scale."""
        return self.side.slope / (2 + 2 * z.cosh())

    def _g(self, z: acb) -> acb:
        side = self.side
        return ((z - side.offset) / side.scale - self.V * self._pull(z) - self.centre) / self.r

    def _integral(self, integrand: Callable[[acb], acb]) -> arb:
        value: Any = acb.integral(
            lambda z, _: integrand(z),
            self.low,
            self.high,
            rel_tol=self.tolerance,
            abs_tol=self.tolerance,
        )
        return value.real / (2 * arb.pi()).sqrt()

    def pull(self, power: int) -> arb:
        """``E[t^power]``; what is cut off is between 0 and slope^power times its probability."""

        def integrand(z: acb) -> acb:
            g = self._g(z)
            steepness = (1 / self.side.scale + self.V * self._bend(z)) / self.r
            return (-g * g / 2).exp() * steepness * self._pull(z) ** power

        tail = self.side.slope**power * self.beyond[0]
        return self._integral(integrand) + arb(0).union(tail)

    def curved(self, of_g: int, of_t: int) -> arb:
        """``E[G^of_g t^of_t f''/(1 + V f'')]``; the last factor is at most 1/V, and t at most its slope."""

        def integrand(z: acb) -> acb:
            g = self._g(z)
            return (-g * g / 2).exp() * self._bend(z) / self.r * g**of_g * self._pull(z) ** of_t

        tail = self.side.slope**of_t / self.V * self.beyond[of_g]
        return self._integral(integrand) + (-tail).union(tail)
