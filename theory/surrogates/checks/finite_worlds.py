"""Checks on small finite worlds, tables of joint counts, in fractions."""

import math
from fractions import Fraction
from itertools import product

from ...proof.computation import Finding, check
from ...proof.exact.worlds import agree, joint_tables


def _measure_again(finding: Finding, *, points: int, classes: int, largest: int) -> str:
    """The balanced measure itself: mean of the class-conditional distributions, in common integers.

    ``w`` is a point's share of them, times the total, over its mass.
    """
    count = 0
    for table in joint_tables(points, classes, largest):
        count += 1
        sizes = [sum(column) for column in zip(*table, strict=True)]
        common = math.prod(sizes)
        shares = [
            sum(n * (common // size) for n, size in zip(row, sizes, strict=True)) for row in table
        ]
        if sum(shares) != classes * common:
            return agree(finding, f"{table}: the masses sum to {sum(shares)}/{common}")
        for row, share in zip(table, shares, strict=True):
            if not share * min(sizes) <= sum(row) * common <= share * max(sizes):
                return agree(finding, f"{table}: the density is out of range at {row}")
    return agree(finding, "", tables=count)


@check(
    "enumerate",
    "For every table of joint counts up to {largest} of {points} points and {classes} classes, E w = K "
    "and 1/p_max <= w <= 1/p_min",
    again=_measure_again,
)
def change_of_measure(*, points: int, classes: int, largest: int) -> Finding:
    """All in fractions."""
    tables = 0
    for table in joint_tables(points, classes, largest):
        tables += 1
        total = sum(map(sum, table))
        sizes = [sum(column) for column in zip(*table, strict=True)]
        mean = Fraction(0)
        for row in table:
            mass = sum(row)
            ratios = [Fraction(n * total, mass * size) for n, size in zip(row, sizes, strict=True)]
            w = sum(ratios)
            mean += w * mass / total
            if not Fraction(total, max(sizes)) <= w <= Fraction(total, min(sizes)):
                return Finding(False, {"tables": tables}, counterexample=f"{table}: w = {w}")
        if mean != classes:
            return Finding(False, {"tables": tables}, counterexample=f"{table}: E w = {mean}")
    return Finding(True, {"tables": tables}, f"{tables} tables, E w = {classes} in each")


def _gap_again(finding: Finding, *, points: int, hypotheses: int, largest: int) -> str:
    """Against the pointwise best hypothesis, found among all maps from points to hypotheses."""
    count = 0
    for risks in product(product(range(largest + 1), repeat=points), repeat=hypotheses):
        count += 1
        maps = product(range(hypotheses), repeat=points)
        best = min(sum(risks[h][x] for x, h in enumerate(choice)) for choice in maps)
        if best > min(map(sum, risks)):
            return agree(finding, f"{risks}: the mean of least risks exceeds the least risk")
    return agree(finding, "", tables=count)


@check(
    "enumerate",
    "For every table of risks 0..{largest} of {hypotheses} hypotheses at {points} equally likely points the "
    "minimizability gap is non-negative, and zero for the hypotheses' pointwise combinations",
    again=_gap_again,
)
def minimizability_gap(*, points: int, hypotheses: int, largest: int) -> Finding:
    """In integers: the points' weights are equal, so risks are sums."""
    tables = positive = 0
    for risks in product(product(range(largest + 1), repeat=points), repeat=hypotheses):
        tables += 1
        columns = list(zip(*risks, strict=True))
        pointwise = sum(map(min, columns))
        gap = min(map(sum, risks)) - pointwise
        complete = min(map(sum, product(*columns))) - pointwise
        positive += gap > 0
        if gap < 0 or complete:
            return Finding(
                False, {"tables": tables}, counterexample=f"{risks}: gap {gap}, {complete}"
            )
    return Finding(True, {"tables": tables}, f"{tables} tables, {positive} with a positive gap")
