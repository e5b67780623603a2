"""Small worlds in whole numbers: what exhaustive checks of several chapters walk through and compare."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product
from typing import Any

from ..computation import Finding

__all__ = ["Table", "agree", "argmaxes", "compositions", "joint_tables"]


def agree(finding: Finding, wrong: str, **counts: int) -> str:
    """The second computation's answer: the same verdict, and the same number of cases."""
    if not finding.holds:
        return "" if wrong else "no failure found"
    differing = [key for key, count in counts.items() if finding.evidence[key] != count]
    return wrong or "".join(f"another number of {key}" for key in differing)


Table = tuple[tuple[int, ...], ...]


def joint_tables(points: int, classes: int, largest: int, least: int = 0) -> Iterator[Table]:
    """Joint counts of points (rows) and classes; every point and every class occurs."""
    rows = [row for row in product(range(least, largest + 1), repeat=classes) if any(row)]
    for table in product(rows, repeat=points):
        if all(map(sum, zip(*table, strict=True))):
            yield table


def compositions(total: int, parts: int, least: int = 1) -> Iterator[tuple[int, ...]]:
    """Tuples of ``parts`` integers of at least ``least`` with the given sum, in lexicographic order."""
    spare = total - least * parts
    for bars in combinations(range(spare + parts - 1), parts - 1):
        ends = (-1, *bars, spare + parts - 1)
        yield tuple(b - a - 1 + least for a, b in pairwise(ends))


def argmaxes(values: Sequence[Any]) -> set[int]:
    """The places of the largest value, ties included."""
    largest = max(values)
    return {i for i, value in enumerate(values) if value == largest}
