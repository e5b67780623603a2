"""The limit of the logistic model's estimate in balls: the trapezoidal rule with its error, Krawczyk's test.

The rule converges geometrically for functions analytic in a strip. With |Im u| <= a <= pi/2: |t| <= 1,
|1 - t| <= 1, |Im t| <= 1/2, and Re H moves at least as fast as u. With gamma |Im Z| <= pi/2 a label's
probability is at most 1 in modulus. The bounds below are of (1 + |Z|)^2 (1 + |D|)^2 in place of a moment:
Z and D/s are independent and normal when the label is left out.
"""

from collections.abc import Sequence
from typing import Any

from flint import arb, arb_mat

from ...numbers.precision import arb_precision
from ..logistic_model import LogisticMLE, integrands, system
from .max_margin import density
from .ridge_logistic import as_floats, krawczyk

_BITS = 128
_DECAY = 55
"""The rule's error is exp(-_DECAY) times a bound."""
_NEAR, _FAR = 12, 13
"""Kept are normal deviates up to the first; none kept is beyond the second."""


def enclosed(
    kappa: float, gamma: float, theta: float, near: LogisticMLE
) -> list[tuple[float, float]]:
    """(mid, radius) of m, s, b, V and s^2/V."""
    with arb_precision(_BITS):
        world = arb(kappa), arb(gamma), arb(theta)
        start = (near.signal, near.intercept, near.noise, near.curvature)
        size = max(abs(near.signal), abs(near.intercept), near.noise)
        seen: list[Any] = [None, None]

        def found(x: list[arb]) -> tuple[list[arb], list[list[arb]]]:
            """Both, at the point and in the box once each."""
            if seen[0] is not x:
                seen[:] = x, _system(world, x)
            return seen[1]

        m, b, s, V = krawczyk(
            lambda x: found(x)[0],
            lambda x: found(x)[1],
            start,
            (size, size, near.noise, near.curvature),
        )
        return [as_floats(ball) for ball in (m, s, b, V, s * s / V)]


def _system(
    world: tuple[arb, arb, arb], unknowns: Sequence[arb]
) -> tuple[list[arb], list[list[arb]]]:
    """Values and Jacobian."""
    kappa, gamma, theta = world
    m, b, s, V = unknowns
    r = (m * m + s * s).sqrt()
    grid = _Grid(gamma, m, s, V, r)
    masses, rows = [arb(0)] * 4, [[arb(0)] * 4 for _ in range(4)]
    for y in (1, -1):
        first, last = grid.reach(y, b)
        for node in range(first, last + 1):
            t = 1 / (1 + (node * grid.step).exp())
            H = y * (node * grid.step - V * t) - b
            sums = grid.labelled(y, theta, H)
            mass, row = integrands(y, t, H, sums, unknowns, r)
            masses = [total + term for total, term in zip(masses, mass, strict=True)]
            rows = [
                [total + term for total, term in zip(totals, terms, strict=True)]
                for totals, terms in zip(rows, row, strict=True)
            ]
    error = grid.error()
    steeper = error * (1 + 1 / s + 1 / s**2 + 1 / s**3)
    masses = [total + _around(error) for total in masses]
    rows = [[total + _around(steeper) for total in totals] for totals in rows]
    values, jacobian = system(masses, rows, kappa, s, V)
    return values, jacobian


def _around(error: arb) -> arb:
    """The ball about 0 that holds what is at most ``error``."""
    return (-error).union(error)


class _Grid:
    """Nodes u_j = j step, and xi_k = k fine for Z = m H/r^2 + (s/r) xi given H."""

    def __init__(self, gamma: arb, m: arb, s: arb, V: arb, r: arb) -> None:
        self.gamma, self.m, self.s, self.V, self.r = gamma, m, s, V, r
        half_pi = float(arb.pi().mid()) / 2
        self.strip = min(half_pi, 3 * float(s.mid())) * (1 - 2.0**-30)
        widest = half_pi / float(gamma.mid()) if gamma != 0 else 1e9
        self.strip_z = min(widest, 3 * float((s / r).mid())) * (1 - 2.0**-30)
        self.step = arb(6.28 * self.strip / _DECAY)
        fine = 6.28 * self.strip_z / _DECAY * float((r / s).mid())
        self.fine = arb(fine)
        size = int(_NEAR / fine) + 1
        nodes = [k * self.fine for k in range(-size, size + 1)]
        self.powers = arb_mat([[density(x) * self.fine * x**k for k in range(4)] for x in nodes])
        self.rises = [(gamma * s / r * x).exp() for x in nodes]
        self.kept = 0

    def reach(self, y: int, b: arb) -> tuple[int, int]:
        """First and last node of u: beyond them |H| > _NEAR r, within them |H| < _FAR r."""
        r, V, step = (float(x.mid()) for x in (self.r, self.V, self.step))
        middle, halfway = y * float(b.mid()), 0.5 * (_NEAR + _FAR) * r
        ends = []
        for h in (middle - halfway, middle + halfway):
            low, high = h, h + V
            for _ in range(60):
                u = 0.5 * (low + high)
                low, high = (u, high) if u - V * _pull(u) < h else (low, u)
            ends.append(round(0.5 * (low + high) / step))
        for node in ends:
            u = node * self.step
            H = abs(u - self.V / (1 + u.exp()) - y * b)
            if not _NEAR * self.r < H < _FAR * self.r:
                raise ArithmeticError("the range of integration is not as wide as it must be")
        self.kept = max(self.kept, ends[1] - ends[0] + 1)
        return ends[0], ends[1]

    def labelled(self, y: int, theta: arb, H: arb) -> list[arb]:
        """Sums over xi of its powers 0 to 3 with the label's probability and both densities."""
        start = (theta + self.gamma * self.m * H / self.r**2).exp()
        odds = [start * rise for rise in self.rises]
        label = [x / (1 + x) for x in odds] if y == 1 else [1 / (1 + x) for x in odds]
        weight = density(H / self.r) / self.r * self.step
        return [weight * total for total in (arb_mat([label]) * self.powers).entries()]

    def error(self) -> arb:
        """Of any moment's double sum over both classes, against its integral."""
        m, s, V, r = (abs(x).upper() for x in (self.m, self.s, self.V, self.r))
        least, factor = abs(self.s).lower(), 2 * (1 + V)
        a, a_z = arb(self.strip), arb(self.strip_z)
        rule = 2 / ((2 * arb.pi() * a / self.step).exp() - 1)
        shift = a + V / 2  # of H in the strip
        outer = rule * (shift**2 / (2 * least**2)).exp() * 8 * ((1 + shift) ** 2 + s**2)
        length = self.kept * self.step
        rule = 2 / ((2 * arb.pi() * a_z / (self.fine * (self.s / self.r).upper())).exp() - 1)
        highest = 4 * ((1 + m * a_z) ** 2 + s**2) * ((1 + a_z) ** 2 + 1) / least
        inner = rule * (a_z**2 * r**2 / (2 * least**2)).exp() * length * highest
        far = (1 + s) ** 2 / least
        beyond_z = far * length * (self.fine + 1) * (1 + _NEAR + _FAR) ** 4 * density(arb(_NEAR))
        beyond_u = far * 32 * (self.step + r) * (1 + _NEAR) ** 4 * density(arb(_NEAR))
        return (factor * (outer + inner + beyond_z + beyond_u)).upper()


def _pull(u: float) -> float:
    return float((1 / (1 + arb(u).exp())).mid())
