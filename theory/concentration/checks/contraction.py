"""Contraction by class on small samples: every class of functions, every split into two classes of points.

All sums over sign vectors are whole numbers; N_y cancels, so most comparisons need no fractions at all.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from math import isqrt

import numpy as np

from ...proof.computation import Finding, check
from .rademacher import Row, agree, as_arb, classes, dot, signs


def _splits(points: int) -> Iterator[tuple[Row, Row]]:
    """Every split of the points into two classes, as 0/1 masks."""
    for mask in product((0, 1), repeat=points):
        if 0 < sum(mask) < points:
            yield mask, tuple(1 - entry for entry in mask)


def _length_sum(row: Row) -> int:
    """``sum_s |<s, row>|``: twice 2^n n Rad for two functions that differ by ``row``."""
    return sum(abs(dot(s, row)) for s in signs(len(row)))


def _masked(row: Row, mask: Row) -> Row:
    return tuple(a * b for a, b in zip(row, mask, strict=True))


def _suprema(functions: int, points: int) -> dict[Row, np.ndarray]:
    """For every part of the sample ``sum_s max_f <s, f on the part>``, all classes at once."""
    table = np.array(list(product((-1, 0, 1), repeat=points)))
    members = np.array(list(combinations(range(len(table)), functions)))
    cube = np.array(list(signs(points))).T
    return {
        mask: ((table * mask) @ cube)[members].max(axis=1).sum(axis=1)
        for mask in product((0, 1), repeat=points)
        if any(mask)
    }


def _verdict(finding: Finding, holds: bool) -> str:
    return "" if holds is finding.holds else "a second computation comes to another verdict"


def _partition_again(finding: Finding, *, functions: int, points: int) -> str:
    """One class, one split and one sign vector at a time."""
    cube, count, ties = list(signs(points)), 0, 0
    splits = list(_splits(points))
    for rows in classes(functions, points):
        whole = sum(max(dot(s, row) for row in rows) for s in cube)
        part = {
            mask: sum(max(dot(s, row) for row in masked) for s in cube)
            for mask, _ in splits
            for masked in [[_masked(row, mask) for row in rows]]
        }
        for mask, rest in splits:
            if not max(part[mask], part[rest]) <= whole <= part[mask] + part[rest]:
                return _verdict(finding, False)
            count, ties = count + 1, ties + (whole == part[mask] + part[rest])
    return agree(finding, count=count, ties=ties) or _verdict(finding, True)


@check(
    "enumerate",
    "pih_y Rad_(S_y) <= Rad_S <= pih_1 Rad_(S_1) + pih_2 Rad_(S_2) for every class of {functions} functions "
    "with values in {{-1,0,1}} and every split of {points} points into two classes",
    again=_partition_again,
)
def partition(*, functions: int, points: int) -> Finding:
    """pih_y Rad_(S_y) is a sum over signs divided by N 2^N, whatever N_y."""
    sums = _suprema(functions, points)
    whole, count, ties, holds = sums[(1,) * points], 0, 0, True
    for mask, rest in _splits(points):
        both = sums[mask] + sums[rest]
        holds &= bool((sums[mask] <= whole).all() and (whole <= both).all())
        count, ties = count + len(whole), ties + int((whole == both).sum())
    text = f"{count} pairs of a class and a split, the upper bound attained {ties} times"
    return Finding(holds, {"count": count, "ties": ties}, text, text)


def _monotone_again(finding: Finding, *, points: int) -> str:
    """The class {e_1, -e_1}, its point alone in its class: Rad_(S_1) = 1, Rad_S = 1/N."""
    return "" if (points == 1) is finding.holds else "the class on one point breaks it"


@check(
    "enumerate",
    "Rad_(S_y) <= Rad_S for every class of two functions with values in {{-1,0,1}} and every split of "
    "{points} points into two classes",
    again=_monotone_again,
)
def unweighted(*, points: int) -> Finding:
    """The mistake of leaving out pih_y."""
    sums = _suprema(2, points)
    whole = sums[(1,) * points]
    for mask, _ in _splits(points):
        broken = np.flatnonzero(points * sums[mask] > sum(mask) * whole)
        if broken.size:
            rows = list(classes(2, points))[broken[0]]
            return Finding(False, {}, counterexample=f"{rows}, class {mask}")
    return Finding(True, {})


def _always_again(finding: Finding, *, points: int, most: int) -> str:
    rows = np.array(list(product(range(3), repeat=points)))
    cube = np.array(list(signs(points))).T
    lengths = np.abs(rows @ cube).sum(axis=1)
    worst, count = Fraction(0), 0
    for labels in product((0, 1), repeat=points):
        if 0 < sum(labels) < points:
            for constants in product(range(most + 1), repeat=2):
                weights = np.array(constants)[list(labels)]
                after = np.abs((rows * weights) @ cube).sum(axis=1)
                if (after > lengths * max(constants)).any():
                    return _verdict(finding, False)
                if sum(constants):
                    worst = max([worst, *(Fraction(int(a), int(b) * sum(constants))
                                          for a, b in zip(after, lengths, strict=True) if b)])  # fmt: skip
                count += len(rows)
    return agree(finding, count=count, worst=str(worst)) or _verdict(finding, True)


@check(
    "enumerate",
    "Rad_S(G) <= max(mu_1, mu_2) Rad_S(F) <= (mu_1 + mu_2) Rad_S(F) for every class of two functions with "
    "values in {{-1,0,1}} on {points} points in two classes, mu_y in 0..{most}, each point with its worst "
    "mu_y-Lipschitz map",
    again=_always_again,
)
def always(*, points: int, most: int) -> Finding:
    """Two functions: n Rad = E|sum s_i d_i|/2 grows in |d_i|, and the worst map gives mu_y |d_i|."""
    worst, count, broken = Fraction(0), 0, ""
    for row in product(range(3), repeat=points):
        before = _length_sum(row)
        for mask, rest in _splits(points):
            for constants in product(range(most + 1), repeat=2):
                weights = [
                    a * constants[0] + b * constants[1] for a, b in zip(mask, rest, strict=True)
                ]
                after = _length_sum(tuple(a * b for a, b in zip(row, weights, strict=True)))
                count += 1
                if after > max(constants) * before:
                    broken = f"difference {row}, classes {mask}, constants {constants}"
                if before and sum(constants):
                    worst = max(worst, Fraction(after, before * sum(constants)))
    text = f"{count} cases, largest ratio to the sum's bound {worst}"
    return Finding(not broken, {"count": count, "worst": str(worst)}, text, broken)


def _range_again(finding: Finding, *, points: int) -> str:
    """The same from signed sums of the differences of two functions, in floats."""
    low, high = np.inf, 0.0
    for row in product(range(3), repeat=points):
        if not any(row):
            continue
        for mask, rest in _splits(points):
            shares = np.array([sum(mask), sum(rest)]) / points
            parts = np.array([_length_sum(_masked(row, side)) for side in (mask, rest)])
            kappa = (parts / np.sqrt(shares)).max() / _length_sum(row)
            low = min(low, kappa * np.sqrt(shares).sum())
            high = max(high, kappa * np.sqrt(shares.min()))
    evidence = finding.evidence
    near = (
        abs(low - float(evidence["low"])) < 1e-9
        and abs(high**2 - Fraction(evidence["high"])) < 1e-9
    )
    if not near:
        return f"the range is {low} to {high}"
    return _verdict(finding, bool(low >= 1 - 1e-9 and high <= 1 + 1e-9))


@check(
    "enumerate",
    "The least kappa with Rad_(S_y) <= kappa Rad_S/sqrt(pih_y) lies between 1/sum_y sqrt(pih_y) and "
    "1/sqrt(min pih) for every class of two functions with values in {{-1,0,1}} on {points} points in "
    "two classes",
    again=_range_again,
)
def regularity_range(*, points: int) -> Finding:
    """kappa^2 is a fraction; the lower limit needs one square root."""
    low, high, holds = None, Fraction(0), True
    for rows in classes(2, points):
        row = tuple(a - b for a, b in zip(*rows, strict=True))
        whole = _length_sum(row)
        for mask, rest in _splits(points):
            square = max(
                Fraction(points * _length_sum(_masked(row, side)) ** 2, sum(side) * whole**2)
                for side in (mask, rest)
            )
            high = max(high, square * Fraction(min(sum(mask), sum(rest)), points))
            times = sum(mask) * sum(rest)
            # (sum sqrt(pih))^2 = 1 + 2 sqrt(N_1 N_2)/N, a fraction where N_1 N_2 is a square
            root = isqrt(times)
            cross = (
                as_arb(Fraction(root)) if root**2 == times else as_arb(Fraction(times)).sqrt()
            ) * 2
            reach = as_arb(square) * (1 + cross / points)
            holds &= bool(reach >= 1)
            low = reach if low is None or reach < low else low
    assert low is not None
    smallest = float(low.sqrt().mid())
    text = f"kappa sum sqrt(pih) >= {smallest:.4g}, kappa^2 min pih <= {high}"
    return Finding(holds and high <= 1, {"low": f"{smallest:.12g}", "high": str(high)}, text, text)


def _broken_again(finding: Finding, *, head: int, broken: int) -> str:
    """By the differences of the two functions, each counted with its number of pairs."""
    breaking = 0
    for row in product(range(-2, 3), repeat=head + 1):
        if not any(row):
            continue
        pairs = int(np.prod([3 - abs(entry) for entry in row]))
        after = abs(row[-1]) * 2 ** (head + 1)
        breaking += pairs * (after**2 * (head + 1) > _length_sum(row) ** 2)
    return "" if (breaking == 2 * broken) is finding.holds else f"{breaking // 2} classes break it"


@check(
    "enumerate",
    "Of all classes of two functions with values in {{-1,0,1}} on {head} head points and one tail point, "
    "with mu = 0 on the head and 1 on the tail, {broken} break Rad_S(G) <= Rad_S(F) sum_y mu_y sqrt(pih_y)",
    again=_broken_again,
)
def broken_classes(*, head: int, broken: int) -> Finding:
    """Both sides squared are whole numbers."""
    count = breaking = 0
    for rows in classes(2, head + 1):
        row = tuple(a - b for a, b in zip(*rows, strict=True))
        tail = _masked(row, (0,) * head + (1,))
        count += 1
        breaking += _length_sum(tail) ** 2 * (head + 1) > _length_sum(row) ** 2
    text = f"{breaking} of {count}"
    return Finding(breaking == broken, {"count": count}, text, text)


def _witness_again(finding: Finding, *, head: int) -> str:
    """Rad of {f, -f} is E|<s, f>|/n: all sign vectors at once, with and without the loss."""
    cube = np.array(list(signs(head + 1)))
    tail = np.eye(head + 1, dtype=int)[head]
    complexities = [
        Fraction(int(np.abs(cube @ (tail * weights)).sum()), len(cube) * (head + 1))
        for weights in (tail, np.ones(head + 1, dtype=int))
    ]
    holds = all(value == Fraction(1, head + 1) for value in complexities)
    return agree(finding, complexities=list(map(str, complexities))) or _verdict(finding, holds)


@check(
    "enumerate",
    "The class (0, ..., 0, 1), (0, ..., 0, -1) on {head} head points and one tail point, mu = 0 on the head "
    "and 1 on the tail: Rad_S(G) = Rad_S(F) = 1/({head} + 1)",
    again=_witness_again,
)
def witness(*, head: int) -> Finding:
    """Both complexities by enumeration."""
    n = head + 1
    rows = [(0,) * head + (1,), (0,) * head + (-1,)]
    weights = (0,) * head + (1,)
    complexities = [
        Fraction(sum(max(dot(s, row) for row in values) for s in signs(n)), n << n)
        for values in ([_masked(row, weights) for row in rows], rows)
    ]
    text = f"complexities {complexities[0]} and {complexities[1]}"
    return Finding(
        complexities == [Fraction(1, n)] * 2,
        {"complexities": list(map(str, complexities))},
        text,
        text,
    )


def _ball_again(finding: Finding, *, points: int, largest: int, constant: str) -> str:
    cube = np.array(list(signs(points))).T
    worst = 0.0
    for x in product(range(1, largest + 1), repeat=points):
        for mask, _ in _splits(points):
            masked = np.array(x) * mask
            size = sum(mask)
            ratio = (
                np.abs(masked @ cube).mean()
                / np.abs(np.array(x) @ cube).mean()
                * np.sqrt(points / size)
            )
            top = max(np.mean(np.square(x)[np.array(m) == 1]) for m in (mask, 1 - np.array(mask)))
            worst = max(worst, ratio**2 * np.mean(np.square(x)) / top)
    if abs(worst - Fraction(finding.evidence["worst"])) > 1e-9:
        return f"the largest kappa^2 r^2/max r_y^2 is {worst}"
    return (
        ""
        if bool(worst <= float(Fraction(constant)) + 1e-9) is finding.holds
        else "another verdict"
    )


@check(
    "enumerate",
    "kappa^2 <= {constant} max_y r_y^2/r^2 for linear functions of one whole feature in 1..{largest} on "
    "{points} points in two classes",
    again=_ball_again,
)
def norm_balls(*, points: int, largest: int, constant: str) -> Finding:
    """kappa^2 is a fraction."""
    worst, where = Fraction(0), ""
    for x in product(range(1, largest + 1), repeat=points):
        whole, mean_square = _length_sum(x), Fraction(dot(x, x), points)
        for mask, rest in _splits(points):
            top = max(Fraction(dot(_masked(x, m), x), sum(m)) for m in (mask, rest))
            square = Fraction(points * _length_sum(_masked(x, mask)) ** 2, sum(mask) * whole**2)
            worst, where = max(
                (worst, where), (square * mean_square / top, f"x = {x}, class {mask}")
            )
    text = f"largest kappa^2 r^2/max r_y^2 is {worst}, at {where}"
    return Finding(worst <= Fraction(constant), {"worst": str(worst)}, text, text)
