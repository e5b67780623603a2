"""Leaves of the class-wise bounds, by exhaustive enumeration of small samples in exact numbers.

A world has two classes, each with a few atoms of given probability; a function is a table of values,
one for each class and atom; a sample draws counts[y] atoms of class y.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import comb, factorial

import numpy as np
import sympy
from flint import arb, fmpq

from ...proof.computation import Finding, check

Table = tuple[tuple[int, ...], ...]
"""Values of a function: one row per class, one entry per atom."""
Sample = tuple[tuple[int, ...], ...]
"""Atoms drawn: one row per class."""


def _ball(x: Fraction | int) -> arb:
    exact = Fraction(x)
    return arb(fmpq(exact.numerator, exact.denominator))


def _tables(atoms: int) -> list[Table]:
    rows = list(itertools.product((0, 1), repeat=atoms))
    return list(itertools.product(rows, repeat=2))


def _families(atoms: int) -> Iterator[Sequence[Table]]:
    """Every pair of functions with values 0 and 1, and the family of all functions."""
    tables = _tables(atoms)
    yield tables
    yield from itertools.combinations(tables, 2)


def _samples(counts: Sequence[int], atoms: int) -> list[Sample]:
    drawn = [itertools.product(range(atoms), repeat=count) for count in counts]
    return list(itertools.product(*drawn))


def _probability(sample: Sample, law: Sequence[Fraction]) -> Fraction:
    product = Fraction(1)
    for atom in itertools.chain(*sample):
        product *= law[atom]
    return product


def _weights(counts: Sequence[int]) -> list[Fraction]:
    """1/(K N_y) for every point of the sample."""
    return [Fraction(1, len(counts) * n) for n in counts for _ in range(n)]


def _values(table: Table, sample: Sample) -> list[int]:
    return [table[y][atom] for y, row in enumerate(sample) for atom in row]


def _mean(table: Table, law: Sequence[Fraction]) -> Fraction:
    """The balanced expectation."""
    gains = [p * v for row in table for p, v in zip(law, row, strict=True)]
    return sum(gains, Fraction(0)) / len(table)


def _supremum(family: Sequence[Table], sample: Sample, law: Sequence[Fraction]) -> Fraction:
    """sup_g of the balanced expectation minus the balanced sample mean."""
    weights = _weights([len(row) for row in sample])
    return max(
        _mean(g, law)
        - sum((w * v for w, v in zip(weights, _values(g, sample), strict=True)), Fraction(0))
        for g in family
    )


def _complexity(family: Sequence[Table], sample: Sample) -> Fraction:
    """Rad_bal: mean over signs of sup_g sum_i sign_i g(z_i)/(K N_y)."""
    counts = [len(row) for row in sample]
    whole = np.lcm.reduce(counts) * len(counts)
    weights = np.array([int(whole * w) for w in _weights(counts)])
    rows = np.array([_values(g, sample) for g in family]) * weights
    signs = np.array(list(itertools.product((-1, 1), repeat=rows.shape[1])))
    return Fraction(int((signs @ rows.T).max(axis=1).sum()), int(whole) * len(signs))


def _law(atoms: int) -> list[Fraction]:
    """Unequal probabilities 1 : 2 : ... of the atoms."""
    return [Fraction(2 * (i + 1), atoms * (atoms + 1)) for i in range(atoms)]


# --------------------------------------------------------------------- bounded differences, VS9b


def _neighbours(sample: Sample, atoms: int) -> Iterator[tuple[int, Sample]]:
    for y, row in enumerate(sample):
        for i, atom in itertools.product(range(len(row)), range(atoms)):
            changed = (*row[:i], atom, *row[i + 1 :])
            yield y, (*sample[:y], changed, *sample[y + 1 :])


def _by_class(family: Sequence[Table], sample: Sample, law: Sequence[Fraction]) -> list[Fraction]:
    """Supremum and complexity again, from class means and one sign at a time."""
    shifts: list[Fraction] = []
    for g in family:
        gaps = [
            sum((p * v for p, v in zip(law, row, strict=True)), Fraction(0))
            - Fraction(sum(row[atom] for atom in drawn), len(drawn))
            for row, drawn in zip(g, sample, strict=True)
        ]
        shifts.append(sum(gaps, Fraction(0)) / len(gaps))
    total = Fraction(0)
    places = [(y, atom) for y, drawn in enumerate(sample) for atom in drawn]
    for signs in itertools.product((-1, 1), repeat=len(places)):
        total += max(
            sum(
                (
                    Fraction(s * g[y][a], len(sample[y]))
                    for s, (y, a) in zip(signs, places, strict=True)
                ),
                Fraction(0),
            )
            for g in family
        )
    return [max(shifts), total / (2 ** len(places) * len(sample))]


def _again_differences(finding: Finding, *, counts: list[int], shrink: str) -> str:
    """Every pair of samples that differ in one place, by class means; the family of all functions."""
    law, family = _law(2), _tables(2)
    limits = [Fraction(shrink) / (len(counts) * n) for n in counts]
    both = {sample: _by_class(family, sample, law) for sample in _samples(counts, 2)}
    largest = [[Fraction(0)] * len(counts) for _ in range(2)]
    for one, other in itertools.combinations(both, 2):
        moved = [y for y, n in enumerate(counts) for i in range(n) if one[y][i] != other[y][i]]
        if len(moved) == 1:
            for row, a, b in zip(largest, both[one], both[other], strict=True):
                row[moved[0]] = max(row[moved[0]], abs(a - b))
    claimed = [[Fraction(v) for v in row] for row in finding.evidence["largest"]]
    pairs = zip(itertools.chain(*largest), itertools.chain(*claimed), strict=True)
    if any(computed > told for computed, told in pairs):
        return "a larger change was found than the evidence holds"
    kept = all(v <= limits[y] for row in claimed for y, v in enumerate(row))
    return "" if kept == finding.holds else "the largest changes decide otherwise"


@check(
    "enumerate",
    """Replacing one example of class y changes sup_g (E - mean) g and the balanced Rademacher complexity
    by at most {shrink}/(K N_y), N = {counts}, for every pair of functions and the family of all functions
    with values 0 and 1 on two atoms""",
    again=_again_differences,
)
def differences(*, counts: list[int], shrink: str) -> Finding:
    """``shrink`` scales the limit, for mutants."""
    law = _law(2)
    samples = _samples(counts, 2)
    largest = [[Fraction(0)] * len(counts) for _ in range(2)]
    families = 0
    for family in _families(2):
        families += 1
        both = {s: (_supremum(family, s, law), _complexity(family, s)) for s in samples}
        for sample in samples:
            for y, other in _neighbours(sample, 2):
                for i in range(2):
                    change = abs(both[sample][i] - both[other][i])
                    largest[i][y] = max(largest[i][y], change)
    limits = [Fraction(shrink) / (len(counts) * n) for n in counts]
    holds = all(v <= limits[y] for row in largest for y, v in enumerate(row))
    text = [[str(v) for v in row] for row in largest]
    detail = f"{families} families, {len(samples)} samples; largest changes {text}"
    return Finding(holds, {"largest": text}, detail, f"largest changes {text}, limits {limits}")


# ------------------------------------------------------------------------- symmetrisation, VS9a


def _again_symmetrisation(finding: Finding, *, counts: list[int], atoms: int, factor: int) -> str:
    """Through a second, ghost sample: left side <= E sup (ghost - sample) <= 2 E Rad, both exact."""
    law = _law(atoms)
    family = [tuple(map(tuple, table)) for table in finding.evidence["family"]]
    samples = _samples(counts, atoms)
    weights = _weights(counts)
    left = right = ghost = Fraction(0)
    for sample in samples:
        p = _probability(sample, law)
        left += p * _supremum(family, sample, law)
        right += p * _complexity(family, sample)
        for other in samples:
            gaps = (
                sum(
                    w * (a - b)
                    for w, a, b in zip(weights, _values(g, other), _values(g, sample), strict=True)
                )
                for g in family
            )
            ghost += p * _probability(other, law) * max(gaps)
    if not left <= ghost <= 2 * right:
        return "the ghost sample's supremum does not lie between the two sides"
    return "" if (left <= factor * right) == finding.holds else "the worst family decides otherwise"


@check(
    "enumerate",
    """E sup_g (E - mean) g <= {factor} E Rad_bal for classes of sizes {counts} on {atoms} atoms of unequal
    probability: every pair of functions, and the family of all functions, with values 0 and 1""",
    again=_again_symmetrisation,
    latex=r"\mathbb{E} \sup_g \sum_i c_i (\mathbb{E} g - g(z_i))"
    r" \le 2\, \mathbb{E} \sup_g \sum_i \sigma_i c_i g(z_i)",
)
def symmetrisation(*, counts: list[int], atoms: int, factor: int) -> Finding:
    """The worst family is the evidence."""
    law = _law(atoms)
    samples = [(_probability(s, law), s) for s in _samples(counts, atoms)]
    worst, worst_family, families = Fraction(-1), _tables(atoms), 0
    for family in _families(atoms):
        families += 1
        left = sum(p * _supremum(family, s, law) for p, s in samples)
        right = sum(p * _complexity(family, s) for p, s in samples)
        ratio = Fraction(left, 1) / right
        if ratio > worst:
            worst, worst_family = ratio, list(family)
        if worst > factor:
            break
    detail = f"{families} families; largest ratio {worst} = {float(worst):.4f}"
    return Finding(worst <= factor, {"family": worst_family}, detail, detail)


# -------------------------------------------------------------- contraction and norms, VS9d VS9e

_POINTS = 2
_VECTORS = np.array(list(itertools.product((-1, 0, 1), repeat=2 * _POINTS))).reshape(-1, _POINTS, 2)


def _contraction_sides(pair: np.ndarray, lipschitz: Sequence[int]) -> tuple[int, int]:
    """4 sqrt2 E sup sum sigma_i Phi_i(f_i) and 16 E sup sum sigma_ik L_i f_ik, two functions.

    Phi_1 = L_1 |v_1 - v_2|/sqrt2 and Phi_2 = L_2 |v_1 + v_2|/sqrt2.
    """
    scale = np.array(lipschitz)
    bent = np.abs(np.stack([pair[:, 0] @ [1, -1], pair[:, 1] @ [1, 1]], axis=1)) * scale
    left = np.array(list(itertools.product((-1, 1), repeat=_POINTS))) @ bent.T
    flat = (pair * scale[:, np.newaxis]).reshape(len(pair), -1)
    right = np.array(list(itertools.product((-1, 1), repeat=2 * _POINTS))) @ flat.T
    return int(left.max(axis=1).sum()), int(right.max(axis=1).sum())


def _kept(left: int, right: int, square: int) -> bool:
    """left/(4 sqrt2) <= sqrt(square) right/16, decided in whole numbers."""
    return left <= 0 or 8 * left**2 <= square * right**2


def _again_contraction(finding: Finding, *, lipschitz: list[int], square: int) -> str:
    """The worst pair again, sign by sign in rationals."""
    pair = finding.evidence["pair"]
    left = right = Fraction(0)
    for s in itertools.product((-1, 1), repeat=2):
        left += Fraction(
            max(
                s[0] * lipschitz[0] * abs(f[0][0] - f[0][1])
                + s[1] * lipschitz[1] * abs(f[1][0] + f[1][1])
                for f in pair
            ),
            4,
        )
    for s in itertools.product((-1, 1), repeat=4):
        right += Fraction(
            max(
                sum(s[2 * i + k] * lipschitz[i] * f[i][k] for i in (0, 1) for k in (0, 1))
                for f in pair
            ),
            16,
        )
    kept = left <= 0 or left**2 / 2 <= square * right**2
    return "" if kept == finding.holds else "the worst pair decides otherwise"


@check(
    "enumerate",
    """E sup_f sum sigma_i Phi_i(f_i) <= sqrt({square}) E sup_f sum sigma_ik L_i f_ik, L = {lipschitz}, for
    Phi_1 = L_1 |v_1 - v_2|/sqrt2, Phi_2 = L_2 |v_1 + v_2|/sqrt2 and every pair of functions on two points
    with values in (-1, 0, 1)^2""",
    again=_again_contraction,
    latex=r"\mathbb{E} \sup_f \sum_i \sigma_i \Phi_i(f_i)"
    r" \le \sqrt 2\, \mathbb{E} \sup_f \sum_{i,k} \sigma_{ik} L_i f_{ik}",
)
def contraction(*, lipschitz: list[int], square: int) -> Finding:
    """``square``: of the constant, 2 by Maurer's theorem."""
    worst: tuple[float, np.ndarray] = (-1.0, _VECTORS[:2])
    holds, count = True, 0
    for i, j in itertools.combinations(range(len(_VECTORS)), 2):
        pair = _VECTORS[[i, j]]
        left, right = _contraction_sides(pair, lipschitz)
        count += 1
        ratio = 2**1.5 * left / right if right else 0.0
        if ratio > worst[0] and holds:
            worst = ratio, pair
        if not _kept(left, right, square) and holds:
            holds, worst = False, (ratio, pair)
    detail = f"{count} pairs; ratio {worst[0]:.4f} at {worst[1].tolist()}"
    return Finding(holds, {"pair": worst[1].tolist()}, detail, detail)


def _again_moment(finding: Finding, *, outputs: int) -> str:
    """The polynomial identity behind the enumeration: mixed terms vanish in the mean over signs."""
    a, b = sympy.symbols("a b")
    mean = sum((s * a + t * b) ** 2 for s in (-1, 1) for t in (-1, 1)) / 4
    agree = sympy.expand(mean - a**2 - b**2) == 0
    return "" if agree == finding.holds else "the mean over signs of (s a + t b)^2 is not a^2 + b^2"


@check(
    "enumerate",
    """The mean over all signs of |sum L_i sigma_i x_i'|_F^2 is K sum L_i^2 |x_i|^2 for K = {outputs}, two
    points, L in (1, 2, 3)^2 and x in (-1, 0, 1)^2""",
    again=_again_moment,
    latex=r"\mathbb{E} \Big\| \sum_i L_i \sigma_i x_i^\top \Big\|_F^2 = K \sum_i L_i^2 \|x_i\|^2",
)
def second_moment(*, outputs: int) -> Finding:
    """Whole numbers throughout."""
    signs = np.array(list(itertools.product((-1, 1), repeat=2 * outputs))).reshape(-1, 2, outputs)
    vectors = np.array(list(itertools.product((-1, 0, 1), repeat=2)))
    count = 0
    for x, z in itertools.product(vectors, repeat=2):
        for constants in itertools.product((1, 2, 3), repeat=2):
            points = np.array([x, z]) * np.array(constants)[:, np.newaxis]
            total = (np.einsum("sik,id->skd", signs, points) ** 2).sum()
            if total != len(signs) * outputs * (points**2).sum():
                return Finding(False, {}, counterexample=f"x = {x}, {z}, L = {constants}")
            count += 1
    return Finding(True, {"count": count}, f"{count} cases, {len(signs)} sign matrices each")


# ----------------------------------------------------------------- deviations, VS5 VS9c


def _binomial(n: int, p: Fraction) -> list[Fraction]:
    return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


def _tail(counts: Sequence[int], rates: Sequence[Fraction], t: Fraction) -> Fraction:
    """P(mean over two classes of (rate - frequency) >= t), exactly."""
    laws = [_binomial(n, p) for n, p in zip(counts, rates, strict=True)]
    total = Fraction(0)
    for ks in itertools.product(*(range(n + 1) for n in counts)):
        gap = sum(p - Fraction(k, n) for p, k, n in zip(rates, ks, counts, strict=True))
        if gap / len(counts) >= t:
            product = Fraction(1)
            for law, k in zip(laws, ks, strict=True):
                product *= law[k]
            total += product
    return total


def _exponent(counts: Sequence[int], t: Fraction, pooled: bool) -> Fraction:
    """Of Hoeffding's bound: 2 t^2 K^2 / sum 1/N_y, or the mistaken 2 t^2 N."""
    if pooled:
        return 2 * t**2 * sum(counts)
    return 2 * t**2 * len(counts) ** 2 / sum(Fraction(1, n) for n in counts)


def _again_tail(
    finding: Finding, *, counts: list[int], rates: list[str], t: str, pooled: bool
) -> str:
    """By convolving the two laws on their common grid, and a rational bound on the exponential."""
    step = Fraction(1, int(np.lcm.reduce(counts)) * len(counts))
    law = {Fraction(0): Fraction(1)}
    for n, rate in zip(counts, rates, strict=True):
        p = Fraction(rate)
        moved: dict[Fraction, Fraction] = {}
        for place, mass in law.items():
            for k, chance in enumerate(_binomial(n, p)):
                key = place + (p - k * step * (step.denominator // n)) / len(counts)
                moved[key] = moved.get(key, Fraction(0)) + mass * chance
        law = moved
    tail = sum((mass for place, mass in law.items() if place >= Fraction(t)), Fraction(0))
    exponent = sympy.Rational(str(_exponent(counts, Fraction(t), pooled)))
    kept = sympy.Rational(str(tail)) <= sympy.exp(-exponent)
    return "" if bool(kept) == finding.holds else "the convolution decides otherwise"


@check(
    "enumerate",
    """P(balanced deviation >= {t}) is at most Hoeffding's bound for classes of sizes {counts} with success
    rates {rates} (pooled sample size instead of the harmonic one: {pooled})""",
    again=_again_tail,
    latex=r"P\Big(\tfrac1K \sum_y (p_y - \hat p_y) \ge t\Big)"
    r" \le \exp\Big(-\frac{2 t^2 K^2}{\sum_y 1/N_y}\Big)",
)
def balanced_tail(*, counts: list[int], rates: list[str], t: str, pooled: bool) -> Finding:
    """Exact double binomial sum against a ball for the exponential."""
    tail = _tail(counts, [Fraction(r) for r in rates], Fraction(t))
    bound = (-_ball(_exponent(counts, Fraction(t), pooled))).exp()
    holds = bool(_ball(tail) <= bound)
    text = f"probability {float(tail):.6f}, bound {float(bound.mid()):.6f}"
    return Finding(holds, {"tail": str(tail)}, text, text)


_STEPS = (
    ((0, 0, 1), (0, 0, 1)),
    ((0, 1, 1), (0, 1, 1)),
    ((0, 1, 1), (0, 0, 1)),
    ((1, 1, 0), (1, 0, 0)),
)
"""Four functions on three atoms, for the tail of the supremum."""


def _outcomes(count: int, law: Sequence[Fraction]) -> list[tuple[tuple[int, ...], Fraction]]:
    """Multinomial outcomes: how often each atom was drawn, and its probability."""
    outcomes = []
    for first in range(count + 1):
        for second in range(count + 1 - first):
            drawn = (first, second, count - first - second)
            ways = factorial(count)
            mass = Fraction(1)
            for k, p in zip(drawn, law, strict=True):
                ways //= factorial(k)
                mass *= p**k
            outcomes.append((drawn, ways * mass))
    return outcomes


def _supremum_law(counts: Sequence[int]) -> dict[Fraction, Fraction]:
    """The exact distribution of the supremum of the balanced deviation over the four functions."""
    law = _law(3)
    result: dict[Fraction, Fraction] = {}
    for outcome in itertools.product(*(_outcomes(n, law) for n in counts)):
        mass = Fraction(1)
        means = [Fraction(0)] * len(_STEPS)
        for y, (drawn, chance) in enumerate(outcome):
            mass *= chance
            for i, g in enumerate(_STEPS):
                means[i] += Fraction(
                    sum(k * v for k, v in zip(drawn, g[y], strict=True)), counts[y]
                )
        value = max(
            _mean(g, law) - mean / len(counts) for g, mean in zip(_STEPS, means, strict=True)
        )
        result[value] = result.get(value, Fraction(0)) + mass
    return result


def _again_supremum(finding: Finding, *, counts: list[int]) -> str:
    """The worst threshold again, its exponential by SymPy."""
    law = _supremum_law(counts)
    mean = sum((v * m for v, m in law.items()), Fraction(0))
    t = Fraction(finding.evidence["threshold"])
    tail = sum((m for v, m in law.items() if v - mean >= t), Fraction(0))
    exponent = sympy.Rational(str(_exponent(counts, t, pooled=False)))
    kept = sympy.Rational(str(tail)) <= sympy.exp(-exponent)
    if sum(law.values()) != 1:
        return "the probabilities do not add up to one"
    return "" if bool(kept) == finding.holds else "the worst threshold decides otherwise"


@check(
    "enumerate",
    """The supremum over four functions of the balanced deviation exceeds its mean by t with probability at
    most exp(-2 t^2 K^2 / sum 1/N_y), at every value it takes, for N = {counts}""",
    again=_again_supremum,
)
def supremum_tail(*, counts: list[int]) -> Finding:
    """McDiarmid's inequality with unequal ranges 1/(K N_y), on an exact distribution."""
    law = _supremum_law(counts)
    mean = sum((v * m for v, m in law.items()), Fraction(0))
    tail, worst, holds = Fraction(0), (arb(-1), Fraction(0)), True
    for value in sorted(law, reverse=True):
        tail += law[value]
        t = value - mean
        if t <= 0:
            break
        ratio = _ball(tail) * _ball(_exponent(counts, t, pooled=False)).exp()
        if ratio.mid() > worst[0].mid():
            worst = ratio, t
        holds = holds and bool(ratio <= 1)
    text = f"largest ratio {float(worst[0].mid()):.4f} at t = {worst[1]}, {len(law)} values"
    return Finding(holds, {"threshold": str(worst[1])}, text, text)


# ---------------------------------------------------------------------------- peeling, exponents


def _again_weights(finding: Finding, *, power: int) -> str:
    """A rigorous partial sum with an integral bound on its remainder."""
    terms = 400
    partial = sum((fmpq(1, k**power) for k in range(1, terms + 1)), fmpq(0))
    low, high = (
        arb(partial) + arb(fmpq(1, (power - 1) * n ** (power - 1))) for n in (terms + 1, terms)
    )
    norm = arb.pi() ** 2 / 6
    if finding.holds:
        return "" if low <= norm <= high else "pi^2/6 is outside the partial sum's bracket"
    return "" if not low <= norm <= high else "the bracket cannot tell the sum from pi^2/6"


@check(
    "enumerate",
    "The weights 6/(pi^2 k^{power}), k = 1, 2, ..., add up to one (a closed sum)",
    again=_again_weights,
    latex=r"\sum_{k \ge 1} \frac{6}{\pi^2 k^2} = 1",
)
def peeling_weights(*, power: int) -> Finding:
    """SymPy's closed form of the series; ``power`` makes a mutant."""
    k = sympy.Symbol("k", integer=True, positive=True)
    total = sympy.summation(6 / (sympy.pi**2 * k**power), (k, 1, sympy.oo))
    return Finding(total == 1, {"total": str(total)}, f"the sum is {total}", f"the sum is {total}")


def _ones_complexity(count: int) -> Fraction:
    """Rad of {x -> w x, |w| <= 1} on ``count`` points at 1: the mean of |sum of signs| over count."""
    total = sum(comb(count, k) * abs(count - 2 * k) for k in range(count + 1))
    return Fraction(total, 2**count * count)


def _again_exponent(finding: Finding, *, exponent: str) -> str:
    """Sign vector by sign vector."""
    signs: Iterable[tuple[int, ...]] = itertools.product((-1, 1), repeat=4)
    left = right = Fraction(0)
    for s in signs:
        left += Fraction(abs(s[0] + s[1]), 4 * 16)
        right += Fraction(abs(sum(s)), 4 * 16)
    power = sympy.Rational(exponent)
    kept = sympy.Rational(str(left)) <= sympy.Rational(str(right)) * sympy.Rational(1, 2) ** power
    return "" if bool(kept) == finding.holds else "the sign vectors decide otherwise"


@check(
    "enumerate",
    """Two balanced classes of two points at 1, F the multiples w x with |w| <= 1, losses 1-Lipschitz for
    class 1 and constant for class 2: Rad(G) <= Rad(F) (1/2)^{exponent}""",
    again=_again_exponent,
)
def prior_exponent(*, exponent: str) -> Finding:
    """Rad(G) is half of the complexity on class 1; compare squares."""
    left, right = _ones_complexity(2) / 2, _ones_complexity(4)
    power = 2 * Fraction(exponent)
    if power.denominator != 1:
        raise ValueError("exponent must be a multiple of 1/2")
    holds = left**2 <= right**2 * Fraction(1, 2) ** int(power)
    text = f"Rad(G) = {left}, Rad(F) = {right}"
    return Finding(holds, {"sides": [str(left), str(right)]}, text, text)
