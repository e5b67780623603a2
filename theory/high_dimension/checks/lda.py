"""Plug-in LDA: the rule sampled in finite dimension, and certified boundaries of collapse."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray
from scipy.special import ndtr

from ...proof.computation import Finding, check
from ..lda import plug_in_rates

Array = NDArray[Any]


class World(NamedTuple):
    """Class sizes, dimension, separability (identity covariance)."""

    minority: int
    majority: int
    d: int
    Delta: float


Sampler = Callable[[World, np.random.Generator], tuple[Array, Array]]
"""Errors of the two class means, and the direction that the rule takes."""


# ---------------------------------------------------------------------------------- sampled rules


def _means(world: World, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    first = rng.standard_normal(world.d) / np.sqrt(world.minority)
    other = rng.standard_normal(world.d) / np.sqrt(world.majority)
    difference = first - other
    difference[0] += world.Delta
    return first, other, difference


def _rates(world: World, first: Array, other: Array, w: Array) -> tuple[float, float]:
    """Conditional recall and specificity of the direction w, cut at the log ratio of the sizes."""
    centre = np.zeros(world.d)
    centre[0] = 0.5 * world.Delta
    length, offset = np.linalg.norm(w), np.log(world.majority / world.minority)
    mid = 0.5 * (first + other)
    return (
        float(ndtr((w @ (centre - mid) - offset) / length)),
        float(ndtr((w @ (centre + mid) + offset) / length)),
    )


def _scatter(world: World, rng: np.random.Generator) -> Array:
    free = world.minority + world.majority - 2
    return rng.standard_normal((free, world.d)) / np.sqrt(free)


def _known(difference: Array, world: World, rng: np.random.Generator) -> Array:
    del world, rng
    return difference


def _estimated(difference: Array, world: World, rng: np.random.Generator) -> Array:
    Z = _scatter(world, rng)
    return np.linalg.solve(Z.T @ Z, difference)


def _pseudo_inverse(difference: Array, world: World, rng: np.random.Generator) -> Array:
    Z = _scatter(world, rng)
    gram = Z @ Z.T  # S^+ = Z^T gram^-2 Z for fewer rows than columns
    return Z.T @ np.linalg.solve(gram, np.linalg.solve(gram, Z @ difference))


_DIRECTIONS = {"known": _known, "estimated": _estimated, "pseudo_inverse": _pseudo_inverse}


def _sampled(covariance: str, world: World, draws: int, seed: int) -> tuple[bool, str]:
    """Whether the mean rates are within 5 standard errors and 3/d of the limit law."""
    rng = np.random.default_rng(seed)
    rates = np.empty((draws, 2))
    for i in range(draws):
        first, other, difference = _means(world, rng)
        rates[i] = _rates(world, first, other, _DIRECTIONS[covariance](difference, world, rng))
    eta = world.majority / world.minority
    kappa = (world.majority + world.minority) / world.d
    limit = np.array(plug_in_rates(eta, kappa, world.Delta, covariance=covariance))
    mean, error = rates.mean(axis=0), rates.std(axis=0, ddof=1) / np.sqrt(draws)
    holds = bool(np.all(np.abs(mean - limit) <= 5.0 * error + 3.0 / world.d))
    shown = ", ".join(
        f"{m:.4f} +- {e:.4f} against {t:.4f}" for m, e, t in zip(mean, error, limit, strict=True)
    )
    return holds, f"recall and specificity {shown}"


def _trained(covariance: str, minority: Array, majority: Array) -> tuple[Array, Array]:
    """Direction and centre of plug-in LDA from the examples of the two classes."""
    means = minority.mean(axis=0), majority.mean(axis=0)
    difference, centre = means[0] - means[1], 0.5 * (means[0] + means[1])
    if covariance == "known":
        return difference, centre
    rest = np.vstack([minority - means[0], majority - means[1]])
    pooled = rest.T @ rest / (len(rest) - 2)
    # The pseudo-inverse drops what rounding leaves of zero eigenvalues.
    invert = np.linalg.inv if covariance == "estimated" else lambda S: np.linalg.pinv(S, 1e-9)
    return invert(pooled) @ difference, centre


def _counted(covariance: str, world: World, draws: int, seed: int) -> tuple[bool, str]:
    """`_sampled` without its formulas: whole samples, estimated moments, counted test examples."""
    rng, tests = np.random.default_rng(seed), 500
    offset = np.log(world.majority / world.minority)
    shift = np.zeros(world.d)
    shift[-1] = 0.5 * world.Delta

    def examples(size: int, sign: int) -> Array:
        return rng.standard_normal((size, world.d)) + sign * shift

    rates = np.empty((draws, 2))
    for i in range(draws):
        w, centre = _trained(covariance, examples(world.minority, 1), examples(world.majority, -1))
        rates[i] = [
            np.mean(sign * ((examples(tests, sign) - centre) @ w - offset) > 0) for sign in (1, -1)
        ]
    eta, kappa = world.majority / world.minority, (world.majority + world.minority) / world.d
    limit = np.array(plug_in_rates(eta, kappa, world.Delta, covariance=covariance))
    mean, error = rates.mean(axis=0), rates.std(axis=0, ddof=1) / np.sqrt(draws)
    return bool(np.all(np.abs(mean - limit) <= 5.0 * error + 3.0 / world.d)), f"counted {mean}"


def _rates_check(covariance: str, words: str) -> Any:
    def again(
        finding: Finding,
        *,
        minority: int,
        majority: int,
        d: int,
        Delta: float,
        draws: int,
        seed: int,
    ) -> str:
        """Training and test examples drawn one by one, and test errors counted."""
        world = World(minority, majority, d, Delta)
        holds, detail = _counted(covariance, world, max(8, draws // 5), seed + 10**6)
        return "" if holds == finding.holds else detail

    def first(
        *, minority: int, majority: int, d: int, Delta: float, draws: int, seed: int
    ) -> Finding:
        holds, detail = _sampled(covariance, World(minority, majority, d, Delta), draws, seed)
        return Finding(holds, {"draws": draws}, detail, "" if holds else detail)

    first.__name__ = f"{covariance}_rates"
    text = (
        "LDA with "
        + words
        + ", {minority} + {majority} examples in {d} dimensions, Delta = {Delta}: the "
        "mean class accuracies of {draws} samples (seed {seed}) are within 5 standard errors + 3/d of "
        "the limit law"
    )
    return check("montecarlo", text, again=again)(first)


known_rates = _rates_check("known", "known covariance")
estimated_rates = _rates_check("estimated", "estimated covariance")
pseudo_inverse_rates = _rates_check(
    "pseudo_inverse", "the pseudo-inverse of the estimated covariance"
)


# ---------------------------------------------------------------------------------- inverse Wishart


def _traces(inverse: Array, d: int) -> Array:
    """Mean diagonal entries of W^-1 and of W^-2, per draw."""
    first = np.trace(inverse, axis1=1, axis2=2) / d
    return np.stack([first, np.einsum("kij,kij->k", inverse, inverse) / d])


def _moments_agree(values: Array, d: int, N: int) -> tuple[bool, str]:
    free = N - d
    exact = np.array([1 / (free - 1), (N - 1) / (free * (free - 1) * (free - 3))])
    mean, error = values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
    shown = ", ".join(f"{m:.6f} against {t:.6f}" for m, t in zip(mean, exact, strict=True))
    return bool(np.all(np.abs(mean - exact) <= 5.0 * error)), shown


def _inverse_wishart_again(finding: Finding, *, d: int, N: int, draws: int, seed: int) -> str:
    """By Bartlett's triangular factor instead of N normal vectors."""
    rng = np.random.default_rng(seed + 10**6)
    factor = np.tril(rng.standard_normal((draws, d, d)), -1)
    index = np.arange(d)
    factor[:, index, index] = np.sqrt(rng.chisquare(N - index, size=(draws, d)))
    inverse = np.linalg.inv(factor)
    holds, detail = _moments_agree(_traces(np.swapaxes(inverse, 1, 2) @ inverse, d), d, N)
    return "" if holds == finding.holds else detail


@check(
    "montecarlo",
    "For W ~ Wishart_{d}({N}, I), the means of W^-1 and W^-2 over {draws} samples (seed {seed}) are within "
    "5 standard errors of 1/(N-d-1) and (N-1)/((N-d)(N-d-1)(N-d-3))",
    again=_inverse_wishart_again,
)
def inverse_wishart_moments(*, d: int, N: int, draws: int, seed: int) -> Finding:
    """Samples of N normal vectors each."""
    rng = np.random.default_rng(seed)
    Z = rng.standard_normal((draws, N, d))
    inverse = np.linalg.inv(np.swapaxes(Z, 1, 2) @ Z)
    holds, detail = _moments_agree(_traces(inverse, d), d, N)
    return Finding(holds, {"draws": draws}, detail, "" if holds else detail)


# ---------------------------------------------------------------------------------- boundaries


def _exact(text: str) -> arb:
    number = Fraction(text)
    return arb(fmpq(number.numerator, number.denominator))


def _excess(log_eta: arb, kappa: arb, Delta: int, *, estimated: bool) -> arb:
    """Positive beyond the half-recall boundary."""
    prior = 1 - 1 / kappa if estimated else arb(1)
    return prior * log_eta + log_eta.sinh() / kappa - arb(Delta) ** 2 / 2


def _straddles(row: list[str], printed: str, *, estimated: bool) -> bool:
    """Whether the half-recall eta lies where numbers round to the printed one."""
    digits = len(printed.partition(".")[2])
    half = Fraction(1, 2 * 10**digits)
    low, high = (_exact(str(Fraction(printed) + sign * half)).log() for sign in (-1, 1))
    kappa, Delta = _exact(row[1]), int(row[0])
    below = _excess(low, kappa, Delta, estimated=estimated)
    above = _excess(high, kappa, Delta, estimated=estimated)
    return bool(below < 0) and bool(above > 0)


def _table_again(finding: Finding, *, rows: list[list[str]]) -> str:
    """The roots in float64, where they are not near a rounding edge."""
    from ..lda import half_recall_log_imbalance

    agree = True
    for Delta, kappa, known, estimated in rows:
        for printed, covariance in ((known, "known"), (estimated, "estimated")):
            if printed:
                root = half_recall_log_imbalance(float(kappa), float(Delta), covariance=covariance)
                digits = len(printed.partition(".")[2])
                agree &= abs(np.exp(root) - float(printed)) <= 0.5 * 10.0**-digits * (1 + 1e-9)
    return "" if agree == finding.holds else "the roots do not round to the printed numbers"


@check(
    "enumerate",
    "The imbalance at which plug-in recall is one half, by (Delta, kappa): known, estimated: {rows}",
    again=_table_again,
)
def half_recall_table(*, rows: list[list[str]]) -> Finding:
    """Certified signs at both ends of the interval that rounds to each printed number."""
    ctx.prec = 128
    wrong = [
        f"Delta = {row[0]}, kappa = {row[1]}: {printed}"
        for row in rows
        for printed, estimated in ((row[2], False), (row[3], True))
        if printed and not _straddles(row, printed, estimated=estimated)
    ]
    return Finding(not wrong, {"rows": len(rows)}, f"{len(rows)} rows", "; ".join(wrong))


def _ratio(x: arb) -> arb:
    return (x * x / 2).asinh() / x


def _sharp_again(finding: Finding, *, low: str, high: str) -> str:
    """The maximum located by its derivative, in multiprecision floating point."""
    import mpmath

    context = mpmath.MPContext()
    context.dps = 40
    x = context.findroot(
        lambda x: x**2 / context.sqrt(1 + x**4 / 4) - context.asinh(x**2 / 2), 2.5767
    )
    top = context.asinh(x**2 / 2) / x
    inside = context.mpf(low) < top < context.mpf(high)
    return "" if inside == finding.holds else f"the maximum is {top}"


@check(
    "enumerate",
    "The supremum over x > 0 of asinh(x^2/2)/x lies between {low} and {high}",
    again=_sharp_again,
    latex=r"c^* = \sup_{x > 0} \operatorname{asinh}(x^2/2)/x",
)
def sharp_constant(*, low: str, high: str) -> Finding:
    """Intervals: asinh(u) <= u for x <= 1, asinh(u) <= log(2u + 1) for x >= 16, the rest bisected.

    Near the maximum, where values cannot tell, the slope has the sign of x^2/sqrt(1 + x^4/4) -
    asinh(x^2/2), which decreases there: its one zero in [2.5, 2.7] is followed.
    """
    ctx.prec = 160
    bottom, top = _exact(low), _exact(high)
    left, right = _exact("5/2"), _exact("27/10")

    def slope(x: arb) -> arb:
        return x * x / (1 + x**4 / 4).sqrt() - (x * x / 2).asinh()

    for _ in range(100):
        middle = ((left + right) / 2).mid()
        left, right = (middle, right) if slope(middle) > 0 else (left, middle)
    peak = _ratio(left.union(right))
    one_zero = bool(_second_slope(_exact("5/2").union(_exact("27/10"))) < 0)
    boxes = [(_exact("1"), _exact("5/2")), (_exact("27/10"), _exact("16"))]
    elsewhere = all(_below(*box, bottom, 40) for box in boxes) and bool(
        arb(257).log() / 16 < bottom
    )
    ends = bool(slope(left) > 0) and bool(slope(right) < 0)  # the zero lies between them
    holds = one_zero and elsewhere and ends and bool(bottom < peak) and bool(peak < top)
    return Finding(holds, {}, f"c* = {peak.str(30)}", "" if holds else peak.str(30))


def _second_slope(x: arb) -> arb:
    """Derivative of x^2/sqrt(1 + x^4/4) - asinh(x^2/2)."""
    u = 1 + x**4 / 4
    return x / u.sqrt() * (1 - x**4 / (2 * u))


def _below(low: arb, high: arb, bound: arb, depth: int) -> bool:
    """Whether asinh(x^2/2)/x < bound on [low, high]: it is at most asinh(high^2/2)/low."""
    if (high * high / 2).asinh() / low < bound:
        return True
    if depth == 0:
        return False
    middle = (low + high) / 2
    return _below(low, middle, bound, depth - 1) and _below(middle, high, bound, depth - 1)


# ---------------------------------------------------------------------------------- SMOTE


def _variance(values: list[int]) -> Fraction:
    mean = Fraction(sum(values), len(values))
    return sum(((v - mean) ** 2 for v in values), Fraction(0)) / len(values)


def _smote_again(finding: Finding, *, classes: list[list[int]]) -> str:
    """The same second moment from power sums: 2/3 of the mean square plus 1/3 of the squared mean."""
    for values in classes:
        mean = Fraction(sum(values), len(values))
        square = Fraction(sum(v * v for v in values), len(values))
        moment = Fraction(2, 3) * square + Fraction(1, 3) * mean**2
        if (moment - mean**2 == Fraction(2, 3) * _variance(values)) != finding.holds:
            return f"class {values}: {moment - mean**2}"
    return ""


@check(
    "enumerate",
    "Over every ordered pair of a class and U uniform on (0, 1), (1-U) x + U x' has the class's mean and "
    "2/3 of its variance, for the classes {classes}",
    again=_smote_again,
)
def smote_covariance(*, classes: list[list[int]]) -> Finding:
    """Exact integrals over U of every pair: E[(1-U) x + U x'] and its square."""
    for values in classes:
        pairs = [(a, b) for a in values for b in values]
        mean = sum((Fraction(a + b, 2) for a, b in pairs), Fraction(0)) / len(pairs)
        square = sum((Fraction(a * a + a * b + b * b, 3) for a, b in pairs), Fraction(0)) / len(
            pairs
        )
        variance = square - mean**2
        if mean != Fraction(sum(values), len(values)) or variance != Fraction(2, 3) * _variance(
            values
        ):
            return Finding(False, {}, counterexample=f"class {values}: variance {variance}")
    return Finding(True, {"classes": len(classes)}, f"{len(classes)} classes")
