"""Exact enumerations about draws from cells, the model behind the effective number of samples."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import comb, factorial

from ...proof.computation import Finding, check


def _surjections(draws: int, cells: int) -> int:
    """Sequences of draws that hit each of so many cells, by inclusion and exclusion."""
    return sum((-1) ** k * comb(cells, k) * (cells - k) ** draws for k in range(cells + 1))


def _distinct_cells_again(
    finding: Finding, *, cells: int, draws: int, mean: str, variance: str
) -> str:
    """The distribution of the number of distinct cells from surjections rather than from sequences."""
    chances = {
        k: Fraction(comb(cells, k) * _surjections(draws, k), cells**draws)
        for k in range(1, min(cells, draws) + 1)
    }
    average = sum(k * chance for k, chance in chances.items())
    spread = sum(k * k * chance for k, chance in chances.items()) - average**2
    holds = (average, spread) == (Fraction(mean), Fraction(variance))
    return "" if holds == finding.holds else f"mean {average}, variance {spread}"


@check(
    "enumerate",
    "Over all sequences of {draws} draws from {cells} cells the number of distinct cells has mean "
    "{mean} and variance {variance}, the values of the closed forms",
    again=_distinct_cells_again,
    latex=r"\mathbb E D=N(1-(1-\tfrac1N)^n),\quad\operatorname{Var}D=N(1-\tfrac1N)^n"
    r"+N(N-1)(1-\tfrac2N)^n-N^2(1-\tfrac1N)^{2n}",
)
def distinct_cells(*, cells: int, draws: int, mean: str, variance: str) -> Finding:
    """Count distinct cells in every sequence, and compare with the closed forms."""
    counted = [len(set(sequence)) for sequence in product(range(cells), repeat=draws)]
    average = Fraction(sum(counted), len(counted))
    spread = Fraction(sum(k * k for k in counted), len(counted)) - average**2
    once, twice = (Fraction(cells - k, cells) ** draws for k in (1, 2))
    closed = (
        cells * (1 - once),
        cells * once + cells * (cells - 1) * twice - cells**2 * once**2,
    )
    detail = f"{len(counted)} sequences, mean {average}, variance {spread}"
    holds = (average, spread) == closed == (Fraction(mean), Fraction(variance))
    return Finding(holds, {"count": len(counted)}, detail, detail)


def _distributions(cells: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every distribution over the cells with denominator ``parts``, up to order."""
    for weights in product(range(parts + 1), repeat=cells):
        if sum(weights) == parts and list(weights) == sorted(weights):
            yield weights


def _uneven_cells_again(finding: Finding, *, cells: int, parts: int, draws: int, most: str) -> str:
    """Expected distinct cells as a sum over the sets of cells that a sequence can hit."""
    for weights in _distributions(cells, parts):
        for n in range(1, draws + 1):
            uneven, level = (_by_composition(w, n) for w in (weights, (1,) * cells))
            scaled = Fraction(uneven, parts**n), Fraction(level, cells**n)
            if (scaled[0] > scaled[1]) if most == "uniform" else (scaled[0] < scaled[1]):
                return "" if not finding.holds else f"{weights} at n = {n} is a counterexample"
    return "" if finding.holds else "no counterexample exists"


def _by_composition(weights: tuple[int, ...], draws: int) -> int:
    """Sum over all counts (k_1, ..., k_N) of the draws of multinomial times non-zero counts."""
    polynomial = {(0, 0): Fraction(1)}  # (draws used, cells hit) to weight over factorials
    for weight in weights:
        following: dict[tuple[int, int], Fraction] = {}
        for (used, hit), mass in polynomial.items():
            for k in range(draws - used + 1):
                key = (used + k, hit + (k > 0))
                following[key] = following.get(key, Fraction(0)) + mass * Fraction(
                    weight**k, factorial(k)
                )
        polynomial = following
    total = sum(hit * mass for (used, hit), mass in polynomial.items() if used == draws)
    return int(total * factorial(draws))


@check(
    "enumerate",
    "For every distribution over {cells} cells with denominator {parts} and up to {draws} draws, the "
    "{most} cells have the larger expected number of distinct cells",
    again=_uneven_cells_again,
    latex=r"\sum_i\big(1-(1-p_i)^n\big)\le N\big(1-(1-\tfrac1N)^n\big)",
)
def uneven_cells(*, cells: int, parts: int, draws: int, most: str) -> Finding:
    """Compare the two sums in fractions for every distribution and number of draws."""
    count = 0
    for weights in _distributions(cells, parts):
        for n in range(1, draws + 1):
            count += 1
            expected = sum(1 - Fraction(parts - k, parts) ** n for k in weights)
            level = cells * (1 - Fraction(cells - 1, cells) ** n)
            if (expected > level) if most == "uniform" else (expected < level):
                words = f"chances {weights}/{parts}, n = {n}: {expected} against {level} for uniform cells"
                return Finding(False, {}, words, words)
    return Finding(True, {"count": count}, f"{count} comparisons")
