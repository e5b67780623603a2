"""Exact enumerations about balanced error: every classifier of every small world on a rational grid."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import comb

from ...proof.computation import Finding, check

World = tuple[Sequence[Fraction], Sequence[Sequence[Fraction]]]
"""Masses of the points, and each point's posterior over the classes."""


def _worlds(classes: int, points: int, grid: int) -> Iterator[World]:
    """Equal masses; posteriors with denominator ``grid``; every class has positive prior."""
    posteriors = [
        [Fraction(part, grid) for part in parts]
        for parts in product(range(grid + 1), repeat=classes)
        if sum(parts) == grid
    ]
    masses = [Fraction(1, points)] * points
    for chosen in product(posteriors, repeat=points):
        if all(sum(posterior[y] for posterior in chosen) > 0 for y in range(classes)):
            yield masses, chosen


def _balanced_error(world: World, rule: Sequence[int], classes: int) -> Fraction:
    """From the definition: the mean over the classes of P(rule differs from y given y)."""
    masses, posteriors = world
    errors = []
    for y in range(classes):
        joint = [m * posterior[y] for m, posterior in zip(masses, posteriors, strict=True)]
        missed = sum(j for j, predicted in zip(joint, rule, strict=True) if predicted != y)
        errors.append(missed / sum(joint))
    return Fraction(sum(errors), classes)


def _ratios(world: World, classes: int) -> list[list[Fraction]]:
    masses, posteriors = world
    prior = [
        sum(m * posterior[y] for m, posterior in zip(masses, posteriors, strict=True))
        for y in range(classes)
    ]
    return [[posterior[y] / prior[y] for y in range(classes)] for posterior in posteriors]


def _regret_again(finding: Finding, *, classes: int, points: int, grid: int, scale: str) -> str:
    """The least error by searching all rules, rather than by the formula for the Bayes rule."""
    for world in _worlds(classes, points, grid):
        errors = {
            rule: _balanced_error(world, rule, classes)
            for rule in product(range(classes), repeat=points)
        }
        ratios, masses = _ratios(world, classes), world[0]
        for rule, error in errors.items():
            loss = sum(
                m * (max(ratio) - ratio[predicted])
                for m, ratio, predicted in zip(masses, ratios, rule, strict=True)
            )
            if error - min(errors.values()) != Fraction(scale) * loss:
                return "" if not finding.holds else f"{rule} in {world} has another regret"
    return "" if finding.holds else "no rule has another regret"


@check(
    "enumerate",
    "BER(h) - BER* = {scale} E[max_y r_y(X) - r_h(X)], r = eta/pi, for every rule h on every world of "
    "{points} equally likely points and {classes} classes with posteriors in multiples of 1/{grid}",
    again=_regret_again,
    latex=r"\mathrm{BER}(h) - \mathrm{BER}^* = \tfrac1K\, E\bigl[\max_y r_y(X) - r_{h(X)}(X)\bigr]",
)
def regret_identity(*, classes: int, points: int, grid: int, scale: str) -> Finding:
    """The regret of every rule, from the definition and from the identity, in exact rationals."""
    count = 0
    for world in _worlds(classes, points, grid):
        ratios, masses = _ratios(world, classes), world[0]
        best = 1 - sum(m * max(ratio) for m, ratio in zip(masses, ratios, strict=True)) / classes
        for rule in product(range(classes), repeat=points):
            count += 1
            gained = [max(ratio) - ratio[y] for ratio, y in zip(ratios, rule, strict=True)]
            stated = Fraction(scale) * sum(m * g for m, g in zip(masses, gained, strict=True))
            regret = _balanced_error(world, rule, classes) - best
            if regret != stated:
                shown = f"posteriors {[[str(e) for e in posterior] for posterior in world[1]]}, rule {rule}"
                return Finding(False, {"count": count}, f"{count} rules",
                               f"{shown}: regret {regret}, formula {stated}")  # fmt: skip
    return Finding(True, {"count": count}, f"{count} rules, all exact")


def _prior_again(finding: Finding, *, examples: int, grid: int) -> str:
    """The same expectation by de Moivre's closed form for the mean absolute deviation."""
    for part in range(1, grid):
        p, n = Fraction(part, grid), examples
        k = int(n * p) + 1
        deviation = 2 * k * comb(n, k) * p**k * (1 - p) ** (n - k + 1) / n
        if deviation**2 > p * (1 - p) / n:
            return f"p = {p} exceeds the bound" if finding.holds else ""
    return "" if finding.holds else "no prior exceeds the bound"


@check(
    "enumerate",
    "E|N_1/N - p| <= sqrt(p(1-p)/N) for N = {examples} and every p that is a multiple of 1/{grid}",
    again=_prior_again,
    latex=r"E\,|\hat p - p| \le \sqrt{p(1-p)/N}",
)
def prior_estimate(*, examples: int, grid: int) -> Finding:
    """The expected error of the empirical prior, from the exact binomial law, squared."""
    largest = Fraction(0)
    for part in range(1, grid):
        p = Fraction(part, grid)
        law = [comb(examples, k) * p**k * (1 - p) ** (examples - k) for k in range(examples + 1)]
        error = sum(w * abs(Fraction(k, examples) - p) for k, w in enumerate(law))
        largest = max(largest, error**2 / (p * (1 - p) / examples))
    holds = largest <= 1
    return Finding(holds, {"largest": str(largest)}, f"largest squared ratio {float(largest):.4f}")
