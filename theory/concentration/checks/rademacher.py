"""Rademacher complexity on small worlds, exhaustively and in exact numbers.

Every class of a few functions with values in {-1, 0, 1}, every sign vector, every small sample.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product
from math import isqrt
from typing import Any

import numpy as np
from flint import arb, fmpq

from ...proof.computation import Finding, check
from ..rademacher import exact_rademacher_complexity

Row = tuple[int, ...]

WITNESS: tuple[Row, ...] = ((-2, -2, 0), (-2, 0, -2), (0, -2, 2))
"""Three functions on three points for which |.| is no contraction under absolute values."""


def signs(n: int) -> Iterator[Row]:
    """Every sign vector."""
    return product((1, -1), repeat=n)


def dot(left: Iterable[int], right: Iterable[int]) -> int:
    """The inner product."""
    return sum(a * b for a, b in zip(left, right, strict=True))


def sum_of_suprema(rows: Sequence[Row]) -> int:
    """``sum_s max_f <s, f>``, one sign vector at a time."""
    return sum(max(dot(s, row) for row in rows) for s in signs(len(rows[0])))


def classes(functions: int, points: int) -> Iterator[tuple[Row, ...]]:
    """Every class of so many distinct functions with values in {-1, 0, 1}."""
    return combinations(product((-1, 0, 1), repeat=points), functions)


def as_arb(value: Fraction) -> arb:
    """The ball around a fraction."""
    return arb(fmpq(value.numerator, value.denominator))


def agree(finding: Finding, **recomputed: Any) -> str:
    """The reason why the evidence differs from a second computation's, or nothing."""
    differing = [key for key, value in recomputed.items() if finding.evidence.get(key) != value]
    return f"a second computation disagrees on {', '.join(differing)}" if differing else ""


def suprema_at_once(functions: int, points: int) -> np.ndarray:
    """``sum_s max_f <s, f>`` for all of `classes`, in their order."""
    table = np.array(list(product((-1, 0, 1), repeat=points)))
    members = np.array(list(combinations(range(len(table)), functions)))
    sums = table @ np.array(list(signs(points))).T
    return sums[members].max(axis=1).sum(axis=1)


def _half_cube_again(finding: Finding, *, functions: int, points: int) -> str:
    sums = suprema_at_once(functions, points)
    total = Fraction(int(sums.sum()), points << points)
    return agree(finding, count=len(sums), total=str(total)) or (
        "" if finding.holds else "it holds"
    )


@check(
    "enumerate",
    "exact_rademacher_complexity is the average over all sign vectors, for every class of {functions} "
    "functions with values in {{-1,0,1}} on {points} points",
    again=_half_cube_again,
)
def half_cube(*, functions: int, points: int) -> Finding:
    """The function that users call, against one sign vector at a time."""
    count, total = 0, Fraction(0)
    for rows in classes(functions, points):
        complexity = exact_rademacher_complexity(rows)
        if complexity != Fraction(sum_of_suprema(rows), points << points):
            return Finding(False, {}, counterexample=f"{rows}: {complexity}")
        count, total = count + 1, total + complexity
    return Finding(True, {"count": count, "total": str(total)}, f"{count} classes agree exactly")


def _massart_again(finding: Finding, *, functions: int, points: int, constant: int) -> str:
    table = np.array(list(product((-1, 0, 1), repeat=points)))
    members = np.array(list(combinations(range(len(table)), functions)))
    largest = (table**2).sum(axis=1)[members].max(axis=1)
    pairs = zip(suprema_at_once(functions, points).tolist(), largest.tolist(), strict=True)
    worst = max(Fraction(total**2, 4**points * square) for total, square in pairs)
    return agree(finding, count=len(members), worst=str(worst)) or _verdict(
        finding, as_arb(worst) < constant * arb(functions).log()
    )


def _verdict(finding: Finding, holds: Any) -> str:
    return "" if bool(holds) is finding.holds else "a second computation comes to another verdict"


@check(
    "enumerate",
    "Rad <= max ||f|| sqrt({constant} log m)/n for every class of m = {functions} functions with values "
    "in {{-1,0,1}} on n = {points} points",
    again=_massart_again,
)
def massart(*, functions: int, points: int, constant: int) -> Finding:
    """The largest (n Rad)^2 / max ||f||^2, a fraction, against the logarithm in ball arithmetic."""
    worst, count, witness = Fraction(0), 0, ()
    for rows in classes(functions, points):
        square = max(dot(row, row) for row in rows)
        ratio = Fraction(sum_of_suprema(rows) ** 2, 4**points * square)
        worst, witness = max((worst, witness), (ratio, rows))
        count += 1
    limit = constant * arb(functions).log()
    evidence = {"count": count, "worst": str(worst)}
    share = (as_arb(worst) / limit).sqrt().mid().str(4, radius=False)
    return Finding(
        bool(as_arb(worst) < limit),
        evidence,
        f"{count} classes, largest ratio to the bound {share}",
        f"{witness}: {share} times the bound",
    )


def _worst_contraction(points: int, point_maps: Sequence[Row]) -> int:
    """Largest sum_s max <s, phi(f)> - sum_s max <s, f> over classes of three, by broadcasting."""
    table = np.array(list(product((0, 1, 2), repeat=points)))
    cube = np.array(list(signs(points)))

    def total(values: np.ndarray) -> np.ndarray:
        result: Any = 0
        for s in cube:
            sums = values @ s
            pairs = np.maximum(sums[:, None], sums)
            result = result + np.maximum(pairs[:, :, None], sums)
        return result

    before, worst = total(table - 1), -(10**9)
    for maps in product(np.array(point_maps), repeat=points):
        values = np.stack([phi[table[:, i]] for i, phi in enumerate(maps)], axis=1)
        worst = max(worst, int((total(values) - before).max()))
    return worst


def _contraction_again(finding: Finding, *, points: int) -> str:
    # phi and -phi act alike under random signs: five maps stand for the nine.
    worst = _worst_contraction(points, [(0, 0, 0), (0, 0, 1), (1, 0, 0), (1, 0, 1), (1, 0, -1)])
    return agree(finding, worst=worst) or _verdict(finding, worst <= 0)


@check(
    "enumerate",
    "Rad(phi o F) <= Rad(F) for every class of three functions with values in {{-1,0,1}} on {points} "
    "points and every choice of integer 1-Lipschitz maps phi_i",
    again=_contraction_again,
)
def contraction(*, points: int) -> Finding:
    """All maps with phi(0) = 0 at each point; constants do not matter."""
    table = np.array(list(product((0, 1, 2), repeat=points)))
    members = np.array(list(combinations(range(len(table)), 3)))
    cube = np.array(list(signs(points))).T
    before = ((table - 1) @ cube)[members].max(axis=1).sum(axis=1)
    worst, count = -(10**9), 0
    for maps in product(product((-1, 0, 1), (0,), (-1, 0, 1)), repeat=points):
        values = np.stack([np.array(phi)[table[:, i]] for i, phi in enumerate(maps)], axis=1)
        excess = (values @ cube)[members].max(axis=1).sum(axis=1) - before
        worst, count = max(worst, int(excess.max())), count + len(members)
    return Finding(
        worst <= 0,
        {"worst": worst, "count": count},
        f"{count} pairs of a class and maps; the complexity never grows",
        f"a sum over the cube grows by {worst}",
    )


def _absolute_again(finding: Finding, *, constant: str) -> str:
    table = np.array(WITNESS)
    cube = np.array(list(signs(3))).T
    sums = [int(np.abs(values @ cube).max(axis=0).sum()) for values in (np.abs(table), table)]
    return agree(finding, sums=sums) or _verdict(finding, sums[0] == Fraction(constant) * sums[1])


@check(
    "enumerate",
    "With |.| around the sum, E sup |sum s_i |f_i|| = {constant} E sup |sum s_i f_i| for the class "
    f"{WITNESS}",
    again=_absolute_again,
)
def absolute_values(*, constant: str) -> Finding:
    """The witness that a contraction under absolute values needs a constant above 1."""
    after, before = (
        sum(max(abs(dot(s, row)) for row in rows) for s in signs(3))
        for rows in ([tuple(map(abs, row)) for row in WITNESS], WITNESS)
    )
    text = f"the ratio is {Fraction(after, before)}"
    return Finding(after == Fraction(constant) * before, {"sums": [after, before]}, text, text)


LENGTHS: tuple[Row, ...] = ((0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2))
"""Differences of two vectors with coordinates in {-1, 0, 1}, up to signs and order."""


def _reduced_root(q: int) -> tuple[int, int]:
    """``(k, f)`` with sqrt(q) = k sqrt(f), f squarefree."""
    k = max(k for k in range(1, isqrt(q) + 2) if q % k**2 == 0) if q else 0
    return k, q // k**2 if q else 1


def _sign(surd: Mapping[int, Fraction]) -> int:
    """The sign of ``sum_f c_f sqrt(f)``: zero iff every c_f is, as the f are squarefree."""
    if not any(surd.values()):
        return 0
    value = sum((as_arb(c) * arb(f).sqrt() for f, c in surd.items()), arb(0))
    if value > 0:
        return 1
    if value < 0:
        return -1
    raise ArithmeticError("more digits are needed")


def _compare_roots(squares: Sequence[int], right: Fraction, constant: int) -> int:
    """The sign of ``2^-n sum_s |sum s_i sqrt(q_i)| - sqrt(constant) right``, decided exactly."""
    total: Counter[int] = Counter()
    for s in signs(len(squares)):
        signed_sum: Counter[int] = Counter()
        for a, (k, f) in zip(s, map(_reduced_root, squares), strict=True):
            signed_sum[f] += a * k
        sign = _sign({f: Fraction(c) for f, c in signed_sum.items()})
        for f, c in signed_sum.items():
            total[f] += sign * c
    gap = {f: Fraction(c, 2 ** len(squares)) for f, c in total.items()}
    k, f = _reduced_root(constant)
    gap[f] = gap.get(f, Fraction(0)) - k * right
    return _sign(gap)


def _vector_again(finding: Finding, *, points: int, constant: int) -> str:
    """Integer square roots at 40 digits bracket both sides."""
    unit, verdict, count = 10**40, True, 0
    for chosen in combinations_with_replacement(LENGTHS, points):
        roots = [isqrt(dot(d, d) * unit**2) for d in chosen]
        left = sum(abs(dot(s, roots)) for s in signs(points)) << points
        flat = [entry for d in chosen for entry in d]
        right = sum(abs(dot(s, flat)) for s in signs(2 * points))
        verdict &= left - (points << (2 * points + 1)) <= isqrt(constant * (right * unit) ** 2) + 1
        count += 1
    return agree(finding, count=count) or _verdict(finding, verdict)


@check(
    "enumerate",
    "Rad(phi o F) <= sqrt({constant}) Rad(F) for every class of two functions into R^2 with coordinates "
    "in {{-1,0,1}} on {points} points, each point with its worst 1-Lipschitz map",
    again=_vector_again,
)
def vector_contraction(*, points: int, constant: int) -> Finding:
    """Two functions: n Rad = E|sum s_i d_i|/2 grows in |d_i|, and a Lipschitz map can keep ||d_i||."""
    count, ties, broken = 0, 0, ""
    for chosen in combinations_with_replacement(LENGTHS, points):
        flat = [entry for d in chosen for entry in d]
        right = Fraction(sum(abs(dot(s, flat)) for s in signs(len(flat))), 2 ** len(flat))
        sign = _compare_roots([dot(d, d) for d in chosen], right, constant)
        count, ties = count + 1, ties + (sign == 0 and right > 0)
        if sign > 0:
            broken = f"differences {chosen}"
    text = f"{count} classes up to symmetry, {ties} of them with equality"
    return Finding(not broken, {"count": count}, text, broken)


def _expectations(weights: Sequence[int], sample: int) -> tuple[list[Row], Any, Any]:
    """Functions; for each sample of points its weight and what the functions do on it."""
    functions: list[Row] = list(product((0, 1), repeat=len(weights)))
    samples = list(product(range(len(weights)), repeat=sample))
    return functions, samples, [int(np.prod([weights[i] for i in drawn])) for drawn in samples]


def _symmetrisation_again(
    finding: Finding, *, weights: list[int], sample: int, constant: str
) -> str:
    functions, samples, masses = _expectations(weights, sample)
    table = np.array(functions)
    values = table[:, np.array(samples)]  # (function, draw, point)
    gaps = sample * (table @ np.array(weights))[:, None] - sum(weights) * values.sum(axis=2)
    noise = values @ np.array(list(signs(sample))).T  # (function, draw, sign)
    verdict, count = True, 0
    for members in range(1, 2 ** len(functions)):
        chosen = [i for i in range(len(functions)) if members >> i & 1]
        left = int(gaps[chosen].max(axis=0) @ masses) << sample
        right = int(noise[chosen].max(axis=0).sum(axis=1) @ masses) * sum(weights)
        verdict &= left <= Fraction(constant) * right
        count += 1
    return agree(finding, count=count) or _verdict(finding, verdict)


@check(
    "enumerate",
    "E sup (P f - P_N f) <= {constant} E Rad for every class of binary functions of an atom drawn with "
    "weights {weights}, N = {sample}",
    again=_symmetrisation_again,
)
def symmetrisation(*, weights: list[int], sample: int, constant: str) -> Finding:
    """Both expectations, times N (sum of weights)^(N + 1) 2^N, are whole numbers."""
    functions, samples, masses = _expectations(weights, sample)
    worst, broken, count = Fraction(0), "", 0
    for size in range(1, len(functions) + 1):
        for chosen in combinations(functions, size):
            left = right = 0
            for drawn, mass in zip(samples, masses, strict=True):
                rows = [tuple(f[i] for i in drawn) for f in chosen]
                gap = max(sample * dot(f, weights) - sum(weights) * sum(row)
                          for f, row in zip(chosen, rows, strict=True))  # fmt: skip
                left += mass * gap << sample
                right += mass * sum_of_suprema(rows) * sum(weights)
            count += 1
            if right:
                worst = max(worst, Fraction(left, right))
            if left > Fraction(constant) * right:
                broken = (
                    f"the class {chosen}: ratio {Fraction(left, right) if right else 'infinite'}"
                )
    return Finding(not broken, {"count": count}, f"{count} classes, largest ratio {worst}", broken)


def _binary_again(finding: Finding, *, most: int) -> str:
    """Both expectations from the table of all functions at once."""
    ratios = []
    for m in range(2, most + 1):
        table = np.arange(2**m)[:, None] >> np.arange(m) & 1
        deviation = (table.sum(axis=1, keepdims=True) - m * table).max(axis=0).sum()  # over m^2
        complexity = np.maximum(table.max(axis=0) - table.min(axis=0), 0).sum()  # over 2 m
        ratios.append(Fraction(2 * int(deviation), m * int(complexity)))
    holds = all(ratio == 2 - Fraction(2, m) for m, ratio in enumerate(ratios, start=2))
    return agree(finding, ratios=list(map(str, ratios))) or _verdict(finding, holds)


@check(
    "enumerate",
    "All binary functions of one uniform atom among m: E sup (P f - P_1 f) = 2 (1 - 1/m) E Rad, for m "
    "from 2 to {most}",
    again=_binary_again,
)
def all_binary_functions(*, most: int) -> Finding:
    """Both sides by enumeration of the functions, the atom drawn and the sign."""
    ratios = []
    for m in range(2, most + 1):
        functions = list(product((0, 1), repeat=m))
        left = sum(max(Fraction(sum(f), m) - f[x] for f in functions) for x in range(m))
        right = Fraction(sum(max(s * f[x] for f in functions) for x in range(m) for s in (1, -1)))
        ratios.append(left / (right / 2))
    holds = ratios == [2 * (1 - Fraction(1, m)) for m in range(2, most + 1)]
    return Finding(holds, {"ratios": list(map(str, ratios))}, f"ratios {list(map(str, ratios))}")


def _walsh_again(finding: Finding, *, dimensions: int) -> str:
    """The Walsh functions are the rows of a Hadamard matrix, the flips a sum of permutations."""
    hadamard = np.array([[1]])
    for _ in range(dimensions):
        hadamard = np.kron(hadamard, [[1, 1], [1, -1]])
    size = 2**dimensions
    flips = np.zeros((size, size), int)
    for i in range(dimensions):
        flips[np.arange(size), np.arange(size) ^ (1 << i)] += 1
    levels = np.array([index.bit_count() for index in range(size)])
    eigen = np.array_equal(
        hadamard @ (dimensions * np.eye(size, dtype=int) - flips), 2 * levels[:, None] * hadamard
    )
    orthogonal = np.array_equal(hadamard @ hadamard.T, size * np.eye(size, dtype=int))
    even = np.array_equal(hadamard[:, ::-1], (-1) ** levels[:, None] * hadamard)
    return agree(finding, count=size) or _verdict(finding, eigen and orthogonal and even)


@check(
    "enumerate",
    "On {{-1,1}}^{dimensions} the Walsh functions are orthogonal, flipping signs one at a time maps w_A "
    "to (n - 2|A|) w_A, and w_A(-s) = (-1)^|A| w_A(s)",
    again=_walsh_again,
)
def walsh(*, dimensions: int) -> Finding:
    """Every pair of Walsh functions and every sign vector."""
    cube = list(signs(dimensions))
    subsets = [
        subset for size in range(dimensions + 1) for subset in combinations(range(dimensions), size)
    ]

    def w(subset: Row, s: Row) -> int:
        return (-1) ** sum(s[i] < 0 for i in subset)

    holds = True
    for subset in subsets:
        for s in cube:
            flipped = [
                tuple(-a if i == j else a for j, a in enumerate(s)) for i in range(dimensions)
            ]
            holds &= sum(w(subset, t) for t in flipped) == (dimensions - 2 * len(subset)) * w(
                subset, s
            )
            holds &= w(subset, tuple(-a for a in s)) == (-1) ** len(subset) * w(subset, s)
        for other in subsets:
            product_sum = sum(w(subset, s) * w(other, s) for s in cube)
            holds &= product_sum == (len(cube) if subset == other else 0)
    return Finding(holds, {"count": len(subsets)}, f"{len(subsets)} functions")


def _khintchine_again(
    finding: Finding, *, points: int, largest: int, lower: str, upper: str
) -> str:
    table = np.array(list(combinations_with_replacement(range(largest + 1), points)))
    means = np.abs(table @ np.array(list(signs(points))).T).sum(axis=1)
    squares = (table**2).sum(axis=1) * 4**points
    low, high = Fraction(lower), Fraction(upper)
    held = (low.numerator * squares <= low.denominator * means**2) & (
        high.denominator * means**2 <= high.numerator * squares
    )
    return _verdict(finding, held.all())


@check(
    "enumerate",
    "sqrt({lower} sum x^2) <= E|sum s_i x_i| <= sqrt({upper} sum x^2) for all whole x in [0, {largest}]^"
    "{points}",
    again=_khintchine_again,
)
def khintchine(*, points: int, largest: int, lower: str, upper: str) -> Finding:
    """Squares of whole numbers on both sides."""
    count, equal, broken = 0, 0, ""
    for x in product(range(largest + 1), repeat=points):
        mean = sum(abs(dot(s, x)) for s in signs(points)) ** 2
        square = dot(x, x) * 4**points
        count += 1
        equal += mean == Fraction(lower) * square > 0
        if not Fraction(lower) * square <= mean <= Fraction(upper) * square:
            broken = f"x = {x}"
    text = f"{count} vectors, the lower bound attained {equal} times"
    return Finding(not broken, {"count": count}, text, broken)


def _ball_again(finding: Finding, *, points: int, outputs: int, largest: int, constant: str) -> str:
    """Float sums of square roots; the margins are far above rounding unless all lengths are equal."""
    cube = np.array(list(signs(points)))
    verdict = True
    for x in combinations_with_replacement(range(largest + 1), points):
        squares = (cube @ np.array(x)) ** 2
        lengths = squares
        for _ in range(outputs - 1):
            lengths = (lengths[:, None] + squares).ravel()
        bound = float(Fraction(constant) * outputs * dot(x, x))
        mean = np.sqrt(lengths).mean()
        verdict &= bool(
            mean**2 <= bound * (1 + 1e-12) and mean**2 >= outputs * dot(x, x) / 2 - 1e-9
        )
    return _verdict(finding, verdict)


@check(
    "enumerate",
    "sqrt(K sum x^2 / 2) <= E||sum x_i s_i||_F <= sqrt({constant} K sum x^2), K = {outputs} outputs, for "
    "all whole x in [0, {largest}]^{points}",
    again=_ball_again,
)
def norm_ball(*, points: int, outputs: int, largest: int, constant: str) -> Finding:
    """Ball arithmetic; where all lengths are equal, their square decides."""
    count, broken = 0, ""
    for x in combinations_with_replacement(range(largest + 1), points):
        tally: dict[int, int] = {0: 1}
        for _ in range(outputs):
            grown: dict[int, int] = {}
            for s in signs(points):
                for square, times in tally.items():
                    next_square = square + dot(s, x) ** 2
                    grown[next_square] = grown.get(next_square, 0) + times
            tally = grown
        second = outputs * dot(x, x)
        count += 1
        if len(tally) == 1:
            (square,) = tally
            held = Fraction(second, 2) <= square <= Fraction(constant) * second
        else:
            total = sum((arb(q).sqrt() * times for q, times in tally.items()), arb(0))
            mean = total / 2 ** (points * outputs)
            held = mean**2 <= as_arb(Fraction(constant) * second) and (
                2 * mean**2 >= second or _ties(tally, second, points * outputs)
            )
        if not held:
            broken = f"x = {x}"
    return Finding(not broken, {"count": count}, f"{count} vectors up to order", broken)


def _ties(tally: dict[int, int], second: int, exponent: int) -> bool:
    """Whether whole lengths attain the lower bound exactly."""
    if any(isqrt(q) ** 2 != q for q in tally):
        return False
    mean = Fraction(sum(isqrt(q) * times for q, times in tally.items()), 2**exponent)
    return 2 * mean**2 >= second


__all__ = ["agree", "as_arb", "classes", "dot", "signs", "sum_of_suprema"]
