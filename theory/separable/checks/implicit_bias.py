"""Separating hyperplanes in exact fractions, and what majority examples tell about a minority.

Clarabel proposes active constraints; the solution, its multipliers and the optimality conditions are
fractions. Likelihoods of coin tosses are enumerated.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

from ...proof.computation import Finding, check
from ...proof.exact.duality import Matrix, Pair, as_fractions, best_halfspace, is_best_halfspace


def _told(values: Sequence[Fraction]) -> list[str]:
    return [str(v) for v in values]


def _read(evidence: Any) -> Pair:
    return Pair(
        [Fraction(v) for v in evidence["solution"]], [Fraction(v) for v in evidence["multipliers"]]
    )


def _solved(rows: Matrix, bounds: Sequence[Fraction]) -> tuple[Pair, dict[str, Any]]:
    pair = best_halfspace(rows, bounds)
    if pair is None:  # which decides nothing either way
        raise ArithmeticError("no active set was confirmed")
    return pair, {"solution": _told(pair.solution), "multipliers": _told(pair.multipliers)}


def _inner(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


# ------------------------------------------------------------------------------------ one vector


def _signed(points: Sequence[Sequence[Any]], labels: Sequence[int]) -> Matrix:
    return [[y * x for x in row] for row, y in zip(as_fractions(points), labels, strict=True)]


def _margin_holds(rows: Matrix, pair: Pair) -> bool:
    return is_best_halfspace(rows, [Fraction(1)] * len(rows), pair) and sum(
        pair.multipliers
    ) == _inner(pair.solution, pair.solution)


def _margin_again(
    finding: Finding, *, points: Sequence[Sequence[Any]], labels: Sequence[int]
) -> str:
    rows = _signed(points, labels)
    pair = _read(finding.evidence)
    if not is_best_halfspace(rows, [Fraction(1)] * len(rows), pair):
        return "the optimality conditions do not hold"
    return "" if _margin_holds(rows, pair) == finding.holds else "the multipliers say otherwise"


@check(
    "convex",
    "The points {points} with labels {labels} have the max-margin vector w = sum a_i y_i x_i with a_i >= 0 "
    "on points of margin one only, and sum a_i = |w|^2",
    again=_margin_again,
    latex=r"w_\star = \sum_i a_i y_i x_i,\quad a \ge 0,\quad \textstyle\sum_i a_i = \|w_\star\|^2",
)
def max_margin(*, points: Sequence[Sequence[Any]], labels: Sequence[int]) -> Finding:
    """The optimality conditions of the separating hyperplane through the origin."""
    rows = _signed(points, labels)
    pair, evidence = _solved(rows, [Fraction(1)] * len(rows))
    told = f"w = ({', '.join(evidence['solution'])})"
    return Finding(_margin_holds(rows, pair), evidence, told, told)


def _tilted(
    points: Sequence[Sequence[Any]], labels: Sequence[int], ratio: str
) -> tuple[Matrix, list[Fraction]]:
    return _signed(points, labels), [Fraction(ratio) if y > 0 else Fraction(1) for y in labels]


def _parallel(left: Sequence[Fraction], right: Sequence[Any]) -> bool:
    other = [Fraction(v) for v in right]
    crossed = all(a * other[j] == left[j] * other[i] for i, a in enumerate(left) for j in range(i))
    return crossed and _inner(left, other) > 0


def _tilted_again(
    finding: Finding,
    *,
    points: Sequence[Sequence[Any]],
    labels: Sequence[int],
    ratio: str,
    direction: Sequence[Any],
) -> str:
    pair = _read(finding.evidence)
    if not is_best_halfspace(*_tilted(points, labels, ratio), pair):
        return "the optimality conditions do not hold"
    return "" if _parallel(pair.solution, direction) == finding.holds else "the direction differs"


@check(
    "convex",
    "The least w with w'x >= {ratio} on the positive and w'x <= -1 on the negative of the points {points}, "
    "labels {labels}, has direction {direction}",
    again=_tilted_again,
)
def cost_sensitive(
    *,
    points: Sequence[Sequence[Any]],
    labels: Sequence[int],
    ratio: str,
    direction: Sequence[Any],
) -> Finding:
    """The limit direction under label-dependent multipliers."""
    pair, evidence = _solved(*_tilted(points, labels, ratio))
    told = f"w = ({', '.join(evidence['solution'])})"
    return Finding(_parallel(pair.solution, direction), evidence, told, told)


# ------------------------------------------------------------------------------------ softmax heads


def _pair_rows(
    points: Sequence[Sequence[Any]], labels: Sequence[int], multipliers: Sequence[Any]
) -> Matrix:
    first, second = (Fraction(m) for m in multipliers)
    return [
        [first * x for x in row] + [-second * x for x in row] for row in _signed(points, labels)
    ]


def _pair_holds(pair: Pair, plain: Pair, multipliers: Sequence[Any]) -> bool:
    first, second = (Fraction(m) for m in multipliers)
    square = first**2 + second**2
    expected = [first * v / square for v in plain.solution]
    expected += [-second * v / square for v in plain.solution]
    return pair.solution == expected


def _pair_again(
    finding: Finding,
    *,
    points: Sequence[Sequence[Any]],
    labels: Sequence[int],
    multipliers: Sequence[Any],
) -> str:
    pair, plain = _read(finding.evidence["pair"]), _read(finding.evidence["plain"])
    ones = [Fraction(1)] * len(points)
    if not is_best_halfspace(_pair_rows(points, labels, multipliers), ones, pair):
        return "the two-logit solution fails its optimality conditions"
    if not is_best_halfspace(_signed(points, labels), ones, plain):
        return "the plain solution fails its optimality conditions"
    holds = _pair_holds(pair, plain, multipliers)
    return "" if holds == finding.holds else "the solutions are not as told"


@check(
    "convex",
    "Two logits with multipliers {multipliers} on the points {points}, labels {labels}: the solution is "
    "b_1 v/(b_1^2 + b_2^2), -b_2 v/(b_1^2 + b_2^2), v the plain max-margin vector, so that the boundary is "
    "v's",
    again=_pair_again,
    latex=r"w_1 = \frac{\beta_1 v}{\beta_1^2+\beta_2^2},\quad w_2 = -\frac{\beta_2 v}{\beta_1^2+\beta_2^2}",
)
def two_logits(
    *, points: Sequence[Sequence[Any]], labels: Sequence[int], multipliers: Sequence[Any]
) -> Finding:
    """Both programs solved exactly and compared."""
    ones = [Fraction(1)] * len(points)
    pair, pair_evidence = _solved(_pair_rows(points, labels, multipliers), ones)
    plain, plain_evidence = _solved(_signed(points, labels), ones)
    evidence = {"pair": pair_evidence, "plain": plain_evidence}
    told = f"v = ({', '.join(plain_evidence['solution'])})"
    return Finding(_pair_holds(pair, plain, multipliers), evidence, told, told)


def _head_rows(multipliers: Sequence[Any], label: int) -> Matrix:
    """Constraints on the column of logits of the example e_label: b_label z_label - b_c z_c >= 1."""
    factors = [Fraction(m) for m in multipliers]
    rows = []
    for other in range(len(factors)):
        if other != label:
            row = [Fraction(0)] * len(factors)
            row[label], row[other] = factors[label], -factors[other]
            rows.append(row)
    return rows


def _tie(first: Sequence[Fraction], second: Sequence[Fraction]) -> Fraction:
    """The s at which classes 1 and 2 have equal logits on e_1 + s e_2."""
    return (first[0] - first[1]) / (second[1] - second[0])


def _tie_again(finding: Finding, *, multipliers: Sequence[Any], tie: str) -> str:
    columns = [_read(evidence) for evidence in finding.evidence["columns"]]
    ones = [Fraction(1)] * (len(multipliers) - 1)
    for label, pair in enumerate(columns):
        if not is_best_halfspace(_head_rows(multipliers, label), ones, pair):
            return "a column fails its optimality conditions"
    holds = _tie(columns[0].solution, columns[1].solution) == Fraction(tie)
    return "" if holds == finding.holds else "the tie is elsewhere"


@check(
    "convex",
    "A linear head on one example e_c for each class, multipliers {multipliers}: at the least norm with "
    "b_y w_y'x - b_c w_c'x >= 1 classes 1 and 2 tie on e_1 + {tie} e_2",
    again=_tie_again,
)
def class_boundary(*, multipliers: Sequence[Any], tie: str) -> Finding:
    """Where the boundary between two classes lies; 1 is halfway."""
    ones = [Fraction(1)] * (len(multipliers) - 1)
    solved = [_solved(_head_rows(multipliers, label), ones) for label in (0, 1)]
    evidence = {"columns": [column for _, column in solved]}
    first, second = (pair for pair, _ in solved)
    place = _tie(first.solution, second.solution)
    return Finding(place == Fraction(tie), evidence, f"tie at {place}", f"tie at {place}")


# ------------------------------------------------------------------------- minority information


def _tosses(size: int, chance: Fraction) -> list[Fraction]:
    """Probabilities of 0..size heads."""
    return [comb(size, k) * chance**k * (1 - chance) ** (size - k) for k in range(size + 1)]


def _distance(minority: int, majority: int, shift: Fraction) -> Fraction:
    """Total variation between two worlds that differ in the minority's coin only."""
    high, low = (_tosses(minority, Fraction(1, 2) + s * shift) for s in (1, -1))
    common = _tosses(majority, Fraction(1, 3))
    gaps = [abs(a * q - b * q) for a, b in zip(high, low, strict=True) for q in common]
    return sum(gaps, Fraction(0)) / 2


def _minority_again(finding: Finding, *, minority: int, majority: int, shift: str) -> str:
    """By all sequences of minority tosses, whose best test follows the sign of the likelihood ratio; and
    with majority tosses by Scheffe's identity, 1 - TV is the mass that the two worlds share.
    """
    from itertools import product

    s = Fraction(shift)
    total = Fraction(0)
    for heads in product((0, 1), repeat=minority):
        k = sum(heads)
        high = (Fraction(1, 2) + s) ** k * (Fraction(1, 2) - s) ** (minority - k)
        low = (Fraction(1, 2) - s) ** k * (Fraction(1, 2) + s) ** (minority - k)
        total += max(high - low, Fraction(0))
    if Fraction(finding.evidence["distance"]) != total:
        return "the distance differs"
    worlds = [
        [comb(minority, k) * (h + s) ** k * (h - s) ** (minority - k) for k in range(minority + 1)]
        for h, s in ((Fraction(1, 2), s), (Fraction(1, 2), -s))
    ]
    holds = all(
        1 - total
        == sum(
            comb(size, j) * Fraction(2 ** (size - j), 3**size) * min(a, b)
            for j in range(size + 1)
            for a, b in zip(*worlds, strict=True)
        )
        for size in range(majority + 1)
    )
    return "" if holds == finding.holds else "the shared mass says otherwise"


@check(
    "enumerate",
    "Two worlds that differ only in a minority coin, 1/2 + {shift} against 1/2 - {shift}: from {minority} "
    "minority tosses and any number up to {majority} of majority tosses, the total variation is the same",
    again=_minority_again,
    latex=r"\mathrm{TV}(P^{n_1}\otimes Q^{n_0}, P'^{n_1}\otimes Q^{n_0}) = \mathrm{TV}(P^{n_1}, P'^{n_1})",
)
def minority_information(*, minority: int, majority: int, shift: str) -> Finding:
    """No test on any number of majority examples errs less than (1 - TV)/2."""
    distances = [_distance(minority, size, Fraction(shift)) for size in range(majority + 1)]
    told = f"TV = {distances[0]}, error at least {(1 - distances[0]) / 2}"
    return Finding(len(set(distances)) == 1, {"distance": str(distances[0])}, told, told)
