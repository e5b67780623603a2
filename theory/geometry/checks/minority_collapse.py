"""Ridge-regularised cross-entropy over free features on two groups of classes, enclosed by duality.

The convex program min_Z sum_i CE(z_i, y_i) + lam |Z|_*. By symmetry its solution has four unknowns: in
each group the gap between an example's label and its group's others, and the gap between the groups.
Newton's method proposes them; an upper bound is the cost of a factorisation, a lower bound the entropy
of softmax columns whose residual has spectral norm at most lam. Both end in ball arithmetic.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ...proof.computation import Finding, check
from ...proof.exact.duality import (
    Matrix,
    Nonnegative,
    add,
    as_fractions,
    as_texts,
    identity,
    inverse,
    nonnegative_by_elimination,
    nonnegative_by_signs,
    product,
    root,
    scale,
    trace,
    transpose,
)

_DIGITS = 50
_BITS = 150
_SHRINK = Fraction(1, 2**110)
"""The proposed softmax columns move this far towards the labels, which shrinks their residual."""


class World(NamedTuple):
    """``large`` examples in each of ``first`` classes, ``small`` in each of ``second``; ridge lam."""

    first: int
    second: int
    large: int
    small: int
    ridge: Fraction

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.first + self.second

    @property
    def sizes(self) -> list[Fraction]:
        """Examples of each class."""
        return [Fraction(self.large)] * self.first + [Fraction(self.small)] * self.second


Gaps = tuple[Any, Any, Any, Any]
"""(label - others of the group, mean of the group - mean of the other group), for both groups."""


def _columns(world: World, gaps: Gaps, number: Callable[[int], Any]) -> list[list[Any]]:
    """A column of logits of each group: (label, others of its group, the other group), centred."""
    columns = []
    for count, other, (inside, between) in (
        (world.first, world.second, gaps[:2]),
        (world.second, world.first, gaps[2:]),
    ):
        column = [inside, number(0), inside / count - between]
        shift = (inside + other * column[2]) / number(world.classes)
        columns.append([entry - shift for entry in column])
    return columns


def _matrix(world: World, columns: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The classes x classes matrix with these columns."""
    group = [0] * world.first + [1] * world.second
    return [
        [
            columns[group[y]][0 if c == y else 1 if group[c] == group[y] else 2]
            for y in range(world.classes)
        ]
        for c in range(world.classes)
    ]


def solve(world: World, collapsed: bool) -> tuple[Fraction, ...]:
    """A proposed solution, the gaps as dyadic fractions; the gap inside the second group is 0 if collapsed.

    The gap inside the first group and that between the groups are taken to be positive.
    """
    import numpy as np
    from mpmath import mp
    from scipy.optimize import minimize

    free = [0, 1, 3] if collapsed else [0, 1, 2, 3]

    def spread(values: Any, zero: Any) -> Gaps:
        full = [zero] * 4
        for place, value in zip(free, values, strict=True):
            full[place] = value
        return tuple(full)  # type: ignore[return-value]

    def cost(values: Any) -> float:
        inside1, between1, inside2, between2 = gaps = spread(values, 0.0)
        lam, total = float(world.ridge), 0.0
        for (count, other, size), column in zip(
            _groups(world), _columns(world, gaps, float), strict=True
        ):
            logs = np.array(column) + np.log([1, max(count - 1, 1e-300), other])
            total += count * size * (np.logaddexp.reduce(logs) - column[0])
        square = world.first * world.large * between1**2 + world.second * world.small * between2**2
        norm = (world.first - 1) * np.sqrt(world.large) * abs(inside1)
        norm += (world.second - 1) * np.sqrt(world.small) * abs(inside2)
        between = np.sqrt(world.first * world.second / world.classes * square)
        return total + lam * (norm + between)

    def conditions(*values: Any) -> list[Any]:
        gaps = spread(values, mp.mpf(0))
        _, between1, _, between2 = gaps
        lam = mp.mpf(world.ridge.numerator) / world.ridge.denominator
        factor = mp.sqrt(mp.mpf(world.first * world.second) / world.classes)
        square = world.first * world.large * between1**2 + world.second * world.small * between2**2
        residuals = []
        for (count, other, size), column, between in zip(
            _groups(world), _columns(world, gaps, mp.mpf), (between1, between2), strict=True
        ):
            weights = [mp.exp(entry - column[0]) for entry in column]
            total = weights[0] + (count - 1) * weights[1] + other * weights[2]
            residuals.append(1 - (weights[0] - weights[1]) / total - lam / mp.sqrt(size))
            residuals.append(other * weights[2] / total - lam * factor * between / mp.sqrt(square))
        return [residuals[place] for place in free]

    margin = float(np.log1p(1 / float(world.ridge)))
    guess = np.array([1.0, 1 / world.first, 1.0, 1 / world.second])[free] * margin
    near = minimize(cost, guess, method="BFGS", options={"gtol": 1e-9}).x
    with mp.workdps(_DIGITS):
        exact = mp.findroot(conditions, [mp.mpf(float(v)) for v in near], tol=1e-80, maxsteps=60)
        rounded = [Fraction(int(mp.nint(v * 2**_BITS)), 2**_BITS) for v in exact]
    return tuple(spread(rounded, Fraction(0)))


def _groups(world: World) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return (world.first, world.second, world.large), (world.second, world.first, world.small)


def _softmax(world: World, columns: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Columns (label, others of its group, the other group) of probabilities, summing to one exactly."""
    from mpmath import mp

    probabilities = []
    with mp.workdps(_DIGITS):
        for (count, other, _), column in zip(_groups(world), columns, strict=True):
            logits = [mp.mpf(e.numerator) / e.denominator for e in column]
            weights = [mp.exp(entry - logits[0]) for entry in logits]
            total = weights[0] + (count - 1) * weights[1] + other * weights[2]
            inside, outside = (
                Fraction(int(mp.nint(w / total * 2**_BITS)), 2**_BITS) * (1 - _SHRINK)
                for w in weights[1:]
            )
            probabilities.append([1 - (count - 1) * inside - other * outside, inside, outside])
    return probabilities


# ---------------------------------------------------------------------------------- verification


def _group_contrasts(world: World) -> Matrix:
    """The projector onto contrasts between the classes of the second group."""
    size = world.classes
    rows = identity(size)
    for i in range(size):
        for j in range(size):
            if min(i, j) >= world.first:
                rows[i][j] -= Fraction(1, world.second)
            elif i == j:
                rows[i][j] = Fraction(0)
    return rows


class Enclosure(NamedTuple):
    """Bounds on the optimal value, as balls."""

    below: Any
    above: Any


def _upper(
    world: World,
    proposal: Mapping[str, Any],
    collapsed: bool,
    nonnegative: Nonnegative,
    log_sum: Any,
) -> Any:
    """The objective of a factorisation of the proposed logits, at least the optimum."""
    columns = _columns(world, as_fractions([proposal["gaps"]])[0], Fraction)  # type: ignore[arg-type]
    logits = _matrix(world, columns)
    ones = [Fraction(1)] * world.classes
    gram = product(scale(logits, ones, world.sizes), transpose(logits))
    kernel = [[Fraction(1, world.classes)] * world.classes for _ in ones]
    rank = 1
    if collapsed:
        kernel = add(kernel, _group_contrasts(world))
        rank += world.second - 1
    factor = as_fractions(proposal["gram"])
    inverted = inverse(factor)
    if inverted is None or not nonnegative(factor):
        raise ArithmeticError("the Gram matrix of the factorisation is not positive definite")
    norm = (trace(product(inverted, add(gram, kernel))) + trace(factor)) / 2 - rank
    loss = sum(
        count * size * log_sum([e - column[0] for e in column], [1, count - 1, other])
        for (count, other, size), column in zip(_groups(world), columns, strict=True)
    )
    return loss + log_sum.number(world.ridge * norm)


def _lower(
    world: World,
    proposal: Mapping[str, Any],
    only_collapsed: bool,
    nonnegative: Nonnegative,
    xlogx: Any,
) -> Any:
    """The entropy of feasible dual columns, at most the optimum (of collapsed logits, if only these)."""
    columns = as_fractions(proposal["probabilities"])
    for (count, other, _), column in zip(_groups(world), columns, strict=True):
        if min(column) <= 0 or column[0] + (count - 1) * column[1] + other * column[2] != 1:
            raise ArithmeticError("a dual column is not a distribution")
    residual = add(identity(world.classes), _matrix(world, columns), -1)
    if only_collapsed:
        residual = add(residual, product(_group_contrasts(world), residual), -1)
    ones = [Fraction(1)] * world.classes
    square = product(scale(residual, ones, world.sizes), transpose(residual))
    bound = [[world.ridge**2 * e for e in row] for row in identity(world.classes)]
    if not nonnegative(add(bound, square, -1)):
        raise ArithmeticError("the residual's spectral norm exceeds the ridge")
    return -sum(
        count * size * (xlogx(c[0]) + (count - 1) * xlogx(c[1]) + other * xlogx(c[2]))
        for (count, other, size), c in zip(_groups(world), columns, strict=True)
    )


class _Balls:
    """Logarithms in Arb's ball arithmetic."""

    def number(self, value: Fraction) -> Any:
        """A fraction as a ball."""
        from flint import arb, fmpq

        return arb(fmpq(value.numerator, value.denominator))

    def __call__(self, exponents: Sequence[Fraction], times: Sequence[int]) -> Any:
        return sum(n * self.number(e).exp() for e, n in zip(exponents, times, strict=True)).log()  # type: ignore[union-attr]

    def log(self, value: Fraction) -> Any:
        """The logarithm of a fraction."""
        return self.number(value).log()

    def xlogx(self, value: Fraction) -> Any:
        """``x log x``."""
        return self.number(value) * self.log(value)


class _Intervals:
    """The same in mpmath's interval arithmetic."""

    def number(self, value: Fraction) -> Any:
        """A fraction as an interval."""
        from mpmath import iv

        top: Any = iv.mpf(value.numerator)
        return top / value.denominator

    def __call__(self, exponents: Sequence[Fraction], times: Sequence[int]) -> Any:
        from mpmath import iv

        terms: list[Any] = [iv.exp(self.number(e)) for e in exponents]
        return iv.log(sum(n * term for n, term in zip(times, terms, strict=True)))

    def log(self, value: Fraction) -> Any:
        """The logarithm of a fraction."""
        from mpmath import iv

        return iv.log(self.number(value))

    def xlogx(self, value: Fraction) -> Any:
        """``x log x``."""
        return self.number(value) * self.log(value)


def _propose(world: World, collapsed: bool) -> dict[str, Any]:
    gaps = solve(world, collapsed)
    columns = _columns(world, gaps, Fraction)  # type: ignore[arg-type]
    logits = _matrix(world, columns)
    ones = [Fraction(1)] * world.classes
    gram = product(scale(logits, ones, world.sizes), transpose(logits))
    gram = add(gram, [[Fraction(1, world.classes)] * world.classes for _ in ones])
    if collapsed:
        gram = add(gram, _group_contrasts(world))
    return {
        "gaps": [str(g) for g in gaps],
        "gram": as_texts(root(gram, "1/2")),
        "probabilities": as_texts(_softmax(world, columns)),
    }


def _enclose(
    world: World, proposal: Mapping[str, Any], collapsed: bool, only_collapsed: bool, again: bool
) -> Enclosure:
    from flint import ctx
    from mpmath import iv

    log_sum = _Intervals() if again else _Balls()
    nonnegative = nonnegative_by_signs if again else nonnegative_by_elimination
    keep, ctx.dps = ctx.dps, _DIGITS
    keep_iv, iv.dps = iv.dps, _DIGITS
    try:
        return Enclosure(
            _lower(world, proposal, only_collapsed, nonnegative, log_sum.xlogx),
            _upper(world, proposal, collapsed, nonnegative, log_sum),
        )
    finally:
        ctx.dps, iv.dps = keep, keep_iv


def _middle(ball: Any) -> float:
    middle: Any = ball.mid() if callable(ball.mid) else ball.mid
    return float(middle)


def _threshold_facts(
    at: World, below: World, proposals: Mapping[str, Any], again: bool
) -> tuple[bool, str]:
    merged = _enclose(at, proposals["at"], True, False, again)
    forced = _enclose(below, proposals["forced"], True, True, again)
    free = _enclose(below, proposals["free"], False, False, again)
    gap, gain = merged.above - merged.below, forced.below - free.above
    holds = bool(gap < 1e-20) and bool(gain > 0)
    return holds, f"gap at the threshold {_middle(gap):.1e}, gain below {_middle(gain):.3e}"


def _worlds(
    first: int, second: int, large: int, small: int, share: str
) -> tuple[World, World] | None:
    import math

    side = math.isqrt(small)
    if side * side != small:
        return None
    at = World(first, second, large, small, Fraction(side))
    return at, at._replace(ridge=side * Fraction(share))


def _threshold_again(finding: Finding, **parameters: Any) -> str:
    worlds = _worlds(**parameters)
    if worlds is None or not finding.holds:
        return "bounds that leave a gap refute nothing"
    try:
        holds, told = _threshold_facts(*worlds, finding.evidence, True)
    except ArithmeticError as error:
        return str(error)
    return "" if holds else told


@check(
    "convex",
    "{first} classes of {large} examples and {second} of {small}: at ridge sqrt({small}) logits that are "
    "constant on the small classes are optimal, to 1e-20; at {share} of it they are not, by a strict "
    "gap between verified bounds",
    again=_threshold_again,
    latex=r"\lambda = \sqrt{m}:\ \text{collapse};\quad \lambda < \sqrt{m}:\ \text{none}",
)
def threshold(*, first: int, second: int, large: int, small: int, share: str) -> Finding:
    """Both sides of the collapse threshold; ``small`` must be a square."""
    worlds = _worlds(first, second, large, small, share)
    if worlds is None:
        raise ArithmeticError(f"{small} is not a square")
    at, below = worlds
    proposals = {
        "at": _propose(at, True),
        "forced": _propose(below, True),
        "free": _propose(below, False),
    }
    holds, told = _threshold_facts(at, below, proposals, False)
    if not holds:
        raise ArithmeticError(f"the threshold is not decided: {told}")
    return Finding(True, proposals, told)


# --------------------------------------------------------------------------- vanishing ridge


def _limits(world: World, number: Callable[[Fraction], Any]) -> list[list[Any]]:
    """|G_H| off the diagonal: (inside the group, across), for both groups."""
    total = number(Fraction(world.classes))
    across = (
        number(Fraction(world.second * world.large + world.first * world.small)) / total
    ) ** 0.5
    return [
        [
            1 / (count * number(Fraction(size)) ** 0.5) - other / (count * total * across),
            1 / (total * across),
        ]
        for count, other, size in _groups(world)
    ]


def _deviations(world: World, proposal: Mapping[str, Any], again: bool) -> list[tuple[Any, Any]]:
    """Enclosures (two ends) of p / (lam |G_H|) for the solution's off-label probabilities p.

    The dual is an entropy, so that a gap g leaves sum_y n_y KL(p_y, p*_y) <= g, and a divergence is
    at least the squared distance of the roots.
    """
    arithmetic = _Intervals() if again else _Balls()
    bounds = _enclose(world, proposal, False, False, again)
    gap = abs(bounds.above - bounds.below)
    ends = []
    for (count, _, size), column, limits in zip(
        _groups(world),
        as_fractions(proposal["probabilities"]),
        _limits(world, arithmetic.number),
        strict=True,
    ):
        reach = (gap / (count * size)) ** 0.5
        for value, limit in zip(column[1:], limits, strict=True):
            centre, scaled = arithmetic.number(value) ** 0.5, arithmetic.number(world.ridge) * limit
            if not reach < centre:
                raise ArithmeticError("the duality gap is too wide for a probability")
            ends.append(((centre - reach) ** 2 / scaled, (centre + reach) ** 2 / scaled))
    return ends


def _nearest(ends: tuple[Any, Any], zero: Any) -> Any:
    """A lower bound of |r - 1| for a ratio r between the ends."""
    below, above = ends
    return below - 1 if below > 1 else 1 - above if above < 1 else zero


def _rate_facts(
    worlds: Sequence[World],
    proposals: Sequence[Mapping[str, Any]],
    low: str,
    high: str,
    again: bool,
) -> tuple[bool, str]:
    arithmetic = _Intervals() if again else _Balls()
    told, holds = [], True
    for world, proposal in zip(worlds, proposals, strict=True):
        ratios, log_ridge = _deviations(world, proposal, again), -arithmetic.log(world.ridge)
        least, most = arithmetic.number(Fraction(low)), arithmetic.number(Fraction(high))
        farthest = [abs(end - 1) * log_ridge for ends in ratios for end in ends]
        nearest = [_nearest(ends, arithmetic.number(Fraction(0))) * log_ridge for ends in ratios]
        inside = all(v <= most for v in farthest) and any(v >= least for v in nearest)
        outside = any(v > most for v in nearest) or all(v < least for v in farthest)
        if not inside and not outside:
            raise ArithmeticError(f"not decided at {float(world.ridge):g}")
        holds = holds and inside
        told.append(f"{max(map(_middle, farthest)):.3f} at {float(world.ridge):g}")
    return holds, "largest deviation times log(1/lam): " + ", ".join(told)


def _rate_worlds(
    first: int, second: int, large: int, small: int, exponents: Sequence[int]
) -> list[World]:
    return [World(first, second, large, small, Fraction(1, 10**k)) for k in exponents]


def _rate_again(
    finding: Finding,
    *,
    first: int,
    second: int,
    large: int,
    small: int,
    exponents: Sequence[int],
    low: str,
    high: str,
) -> str:
    worlds = _rate_worlds(first, second, large, small, exponents)
    try:
        holds, told = _rate_facts(worlds, finding.evidence["found"], low, high, True)
    except ArithmeticError as error:
        return str(error)
    return "" if holds == finding.holds else told


@check(
    "convex",
    "{first} classes of {large} examples and {second} of {small}, ridge lam = 10^-k, k in {exponents}: the "
    "largest |p/(lam |G_H|) - 1| over off-label probabilities p, times log(1/lam), is within "
    "[{low}, {high}]",
    again=_rate_again,
    latex=r"p(c \mid y) = \lambda\,|[G_H]_{cy}|\,(1 + \Theta(1/\ln(1/\lambda)))",
)
def rate(
    *,
    first: int,
    second: int,
    large: int,
    small: int,
    exponents: Sequence[int],
    low: str,
    high: str,
) -> Finding:
    """How fast a vanishing ridge brings the geometry about."""
    worlds = _rate_worlds(first, second, large, small, exponents)
    proposals = [_propose(world, False) for world in worlds]
    holds, told = _rate_facts(worlds, proposals, low, high, False)
    return Finding(holds, {"found": proposals}, told, "" if holds else told)


# ------------------------------------------------------------------------------ zero logits


def _zero_residual(counts: Sequence[int], square: str) -> Matrix:
    size = len(counts)
    projector = [[e - Fraction(1, size) for e in row] for row in identity(size)]
    gram = product(scale(projector, [Fraction(1)] * size, [Fraction(n) for n in counts]), projector)
    return add([[Fraction(square) * e for e in row] for row in identity(size)], gram, -1)


def _zero_again(finding: Finding, *, counts: Sequence[int], square: str) -> str:
    holds = nonnegative_by_signs(_zero_residual(counts, square))
    return "" if holds == finding.holds else "the characteristic polynomial says otherwise"


@check(
    "enumerate",
    "Class sizes {counts}, lam^2 = {square}: lam^2 I - PNP is positive semidefinite, so that the gradient at "
    "zero logits is at most lam in spectral norm",
    again=_zero_again,
    latex=r"\lambda^2 I - PNP \succeq 0",
)
def zero_logits(*, counts: Sequence[int], square: str) -> Finding:
    """Whether the ridge keeps all logits at zero."""
    holds = nonnegative_by_elimination(_zero_residual(counts, square))
    told = "a pivot is negative"
    return Finding(holds, {}, "all pivots nonnegative" if holds else told, "" if holds else told)
