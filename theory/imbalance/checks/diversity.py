"""Exact enumerations about diversity indices: every small vector of class counts."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from ...proof.computation import Finding, check


def _vectors(classes: int, largest: int) -> Iterator[tuple[int, ...]]:
    for length in range(1, classes + 1):
        for counts in product(range(largest + 1), repeat=length):
            if any(counts):
                yield counts


def _gini_again(finding: Finding, *, classes: int, largest: int) -> str:
    """As twice the area between the Lorenz curve and the diagonal; the same number of vectors."""
    total = 0
    for counts in _vectors(classes, largest):
        total += 1
        poorest, area = 0, Fraction(0)
        for count in sorted(counts):
            area += Fraction(2 * poorest + count, 2 * len(counts) * sum(counts))
            poorest += count
        pairs = sum(abs(a - b) for a in counts for b in counts)
        if 1 - 2 * area != Fraction(pairs, 2 * len(counts) * sum(counts)):
            return "" if not finding.holds else f"{counts}: the Lorenz curve gives {1 - 2 * area}"
    if not finding.holds:
        return "no counterexample exists"
    told = finding.evidence["count"]
    return "" if total == told else f"there are {total} vectors, not {told}"


@check(
    "enumerate",
    "For every vector of up to {classes} counts from 0 to {largest}, not all 0: the Gini coefficient from "
    "pairs is that from ranks, lies in [0, 1 - 1/K], is 0 for equal counts only, and 1 - 1/K only "
    "when one class has everything",
    again=_gini_again,
    latex=r"\frac{\sum_{ij}|n_i-n_j|}{2K\sum_in_i}=\frac{2\sum_iin_{(i)}}{K\sum_in_i}-\frac{K+1}{K}"
    r"\in[0,1-\tfrac1K]",
)
def gini(*, classes: int, largest: int) -> Finding:
    """Both forms in fractions for every vector."""
    count = 0
    for counts in _vectors(classes, largest):
        count += 1
        size, total = len(counts), sum(counts)
        pairs = Fraction(sum(abs(a - b) for a in counts for b in counts), 2 * size * total)
        ranked = sum(i * n for i, n in enumerate(sorted(counts), start=1))
        ranks = Fraction(2 * ranked, size * total) - Fraction(size + 1, size)
        top = 1 - Fraction(1, size)
        fine = pairs == ranks and 0 <= pairs <= top
        fine = fine and (pairs == 0) == (len(set(counts)) == 1)
        fine = fine and (pairs == top) == (max(counts) == total)
        if not fine:
            words = f"counts {counts}: {pairs} from pairs, {ranks} from ranks"
            return Finding(False, {}, words, words)
    return Finding(True, {"count": count}, f"{count} vectors")
