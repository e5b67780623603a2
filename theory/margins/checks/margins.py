"""Margins, decided: where biases can reach, what the best of them attain, and how often a bound fails."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations, product
from math import comb
from typing import Any

from ...proof.computation import Finding, check

# ------------------------------------------------------------------- cycles of classes

Slack = dict[tuple[int, int], int]


def _slack_matrices(classes: int, slacks: Sequence[int]) -> Iterator[Slack]:
    pairs = [(j, k) for j in range(classes) for k in range(classes) if j != k]
    for values in product(slacks, repeat=len(pairs)):
        yield dict(zip(pairs, values, strict=True))


def _cycles(classes: int) -> list[tuple[tuple[int, int], ...]]:
    """Every cycle of two or more classes, once, as its steps."""
    return [
        tuple(zip(order, (*order[1:], order[0]), strict=True))
        for length in range(2, classes + 1)
        for order in permutations(range(classes), length)
        if order[0] == min(order)
    ]


def _relaxed(slack: Slack, classes: int) -> bool:
    """Bellman-Ford: whether b_k - b_j <= slack_jk has a solution."""
    biases = [0] * classes
    for _ in range(classes):
        changed = False
        for (j, k), limit in slack.items():
            if biases[j] + limit < biases[k]:
                biases[k], changed = biases[j] + limit, True
        if not changed:
            return True
    return False


def _no_negative_cycle_again(finding: Finding, *, classes: int, slacks: list[int]) -> str:
    """Feasibility by Bellman-Ford rather than by search, and the same number of feasible systems."""
    cycles = _cycles(classes)
    feasible = 0
    for slack in _slack_matrices(classes, slacks):
        holds = _relaxed(slack, classes)
        feasible += holds
        if holds != all(sum(slack[step] for step in cycle) >= 0 for cycle in cycles):
            return "" if not finding.holds else f"{slack} is feasible against its cycles"
    if not finding.holds:
        return "no counterexample exists"
    counted = finding.evidence["feasible"]
    return "" if feasible == counted else f"{feasible} systems are feasible, not {counted}"


@check(
    "enumerate",
    "For every matrix of slacks w over {slacks} of {classes} classes: whole biases with "
    "b_l - b_j <= w_jl exist iff no cycle of classes has a negative sum",
    again=_no_negative_cycle_again,
    latex=r"\exists b:\ b_l-b_j\le w_{jl}\iff\text{every cycle: }\sum_k w_{j_kj_{k+1}}\ge0",
)
def no_negative_cycle(*, classes: int, slacks: list[int]) -> Finding:
    """Search all biases for every system.

    A system of whole slacks that has a solution has a whole one, with b_1 = 0 and every other within
    (classes - 1) steps of the largest slack.
    """
    import numpy as np

    reach = (classes - 1) * max(abs(limit) for limit in slacks)
    grid = np.array(list(product(range(-reach, reach + 1), repeat=classes - 1)), dtype=np.int64)
    biases = np.column_stack([np.zeros(len(grid), dtype=np.int64), grid])
    # Where each pair's difference stays within each slack, as one bit a bias vector.
    within = {
        (j, k, limit): int.from_bytes(
            np.packbits(biases[:, k] - biases[:, j] <= limit).tobytes(), "big"
        )
        for j in range(classes)
        for k in range(classes)
        if j != k
        for limit in slacks
    }
    cycles, count, feasible = _cycles(classes), 0, 0
    for slack in _slack_matrices(classes, slacks):
        left = -1
        for (j, k), limit in slack.items():
            left &= within[j, k, limit]
        count += 1
        feasible += left != 0
        if (left != 0) != all(sum(slack[step] for step in cycle) >= 0 for cycle in cycles):
            return Finding(False, {"slack": str(slack)}, counterexample=str(slack))
    evidence = {"count": count, "feasible": feasible}
    return Finding(True, evidence, f"{count} systems, {feasible} of them feasible")


# ------------------------------------------------------------------- the best shift

Matrix = Sequence[Sequence[str]]


def _reachable_margins(pairwise: Matrix, biases: Sequence[Fraction]) -> list[Fraction]:
    classes = range(len(biases))
    return [
        min(Fraction(pairwise[j][k]) + biases[j] - biases[k] for k in classes if k != j)
        for j in classes
    ]


def _value_bounds(
    pairwise: Matrix, counts: Sequence[int], biases: Sequence[Fraction], flows: Sequence[Fraction]
) -> tuple[Any, Any]:
    """Arb enclosures of a dual and a primal value: the optimum lies between them.

    Weak duality: 1/(g sqrt n) >= 2 sqrt(m n^(-1/2)) - m g for a class's total flow m >= 0, and the flows
    round cycles turn sum m_j g_j into sums of pairwise margins, whatever the biases.
    """
    from flint import arb, fmpq

    def ball(value: Fraction) -> Any:
        return arb(fmpq(value.numerator, value.denominator))

    margins = _reachable_margins(pairwise, biases)
    shares = [1 / arb(n).sqrt() for n in counts]
    through = [Fraction(0)] * len(counts)
    cost = Fraction(0)
    for flow, cycle in zip(flows, _cycles(len(counts)), strict=True):
        for j, k in cycle:
            through[j] += flow
            cost += flow * Fraction(pairwise[j][k])
    primal = sum((a / ball(g) for a, g in zip(shares, margins, strict=True)), arb(0))
    dual = sum((2 * (a * ball(m)).sqrt() for a, m in zip(shares, through, strict=True)), arb(0))
    return dual - ball(cost), primal


def _best_shift_again(
    finding: Finding, *, pairwise: list[list[str]], counts: list[int], low: str, high: str
) -> str:
    """Another program for the primal value; the multipliers checked anew in rational squares."""
    import numpy as np
    from scipy.optimize import minimize

    matrix = np.array([[float(Fraction(entry)) for entry in row] for row in pairwise])
    np.fill_diagonal(matrix, np.inf)
    shares = np.array([n**-0.5 for n in counts])
    start = np.array([float(Fraction(b)) for b in finding.evidence["biases"]])

    def value(free: Any) -> float:
        biases = np.r_[0.0, free]
        margins = (matrix + biases[:, np.newaxis] - biases).min(axis=1)
        return float(np.sum(shares / margins)) if margins.min() > 0 else np.inf

    best = minimize(
        value, start[1:] - start[0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12}
    ).fun
    flows = [Fraction(text) for text in finding.evidence["flows"]]
    if min(flows) < 0:
        return "a multiplier is negative"
    through = [Fraction(0)] * len(counts)
    cost = Fraction(0)
    for flow, cycle in zip(flows, _cycles(len(counts)), strict=True):
        for j, k in cycle:
            through[j] += flow
            cost += flow * Fraction(pairwise[j][k])
    bound = sum(2 * (float(m) * n**-0.5) ** 0.5 for m, n in zip(through, counts, strict=True))
    bound -= float(cost)
    if not bound - 1e-9 <= best <= bound + 1e-6:
        return f"the program's value {best!r} is not the dual's {bound!r}"
    holds = float(Fraction(low)) <= bound and best <= float(Fraction(high))
    return "" if holds == finding.holds else f"the optimum is {best!r}"


@check(
    "convex",
    "With pairwise margins {pairwise} and class counts {counts}, the least sum of 1/(g sqrt n) that "
    "biases can reach lies between {low} and {high}",
    again=_best_shift_again,
    latex=r"\min_{b}\ \sum_j\frac{1}{\sqrt{n_j}\,\min_{l\ne j}(G_{jl}+b_j-b_l)}",
)
def best_shift(*, pairwise: list[list[str]], counts: list[int], low: str, high: str) -> Finding:
    """Solve for the biases, read the multipliers off the tight cycles, and enclose both values."""
    import numpy as np
    from flint import arb, fmpq
    from scipy.optimize import nnls

    from ..margin_feasibility import best_reachable_margins, reachable

    matrix = np.array([[float(Fraction(entry)) for entry in row] for row in pairwise])
    margins = best_reachable_margins(matrix, counts)
    shaved = margins * (1 - 1e-12)  # so that rounding leaves them reachable
    reached = reachable(matrix, shaved).biases
    if reached is None:
        return Finding(False, {}, counterexample="the program's margins cannot be reached")
    biases = [Fraction(float(b)).limit_denominator(10**12) for b in reached]
    cycles = _cycles(len(counts))
    slack = [sum(matrix[j, k] - margins[j] for j, k in cycle) for cycle in cycles]
    tight = [gap < 1e-5 * margins.min() for gap in slack]
    steps = np.array(
        [[float(any(j == k for k, _ in c)) for c in cycles] for j in range(len(counts))]
    )
    # The slope of a class's term is the flow through it.
    slopes = np.array([n**-0.5 for n in counts]) / margins**2
    weights, _ = nnls(steps * tight, slopes)
    flows = [Fraction(float(w)).limit_denominator(10**12) for w in weights * tight]
    dual, primal = _value_bounds(pairwise, counts, biases, flows)
    evidence = {"biases": [str(b) for b in biases], "flows": [str(f) for f in flows]}
    where = f"optimum in [{float(dual):.8f}, {float(primal):.8f}]"
    below, above = (arb(fmpq(*Fraction(end).as_integer_ratio())) for end in (low, high))
    if dual >= below and primal <= above:
        return Finding(True, evidence, where)
    if dual > above or primal < below:
        return Finding(False, evidence, where, where)
    raise ArithmeticError(f"{where}: too wide to be decided against [{low}, {high}]")


# ------------------------------------------------------------------- how often a bound fails


def _mean_distance(draws: int) -> Fraction:
    """E|S_n|/n for a sum of n fair signs: the complexity of {w x: |w| <= 1} at features of size one."""
    return Fraction(comb(draws - 1, (draws - 1) // 2), 2 ** (draws - 1))


def _whole(ball: Any) -> int:
    return int(ball.unique_fmpz())


def _gap(counts: Sequence[int], delta: Fraction, count_used: str) -> tuple[Fraction, Fraction]:
    """Rational bounds below and above of what the bound adds to the two margin errors' mean."""
    from flint import arb

    from ...numbers.precision import arb_precision

    with arb_precision(128):
        total = arb(0)
        for count in counts:
            n = count if count_used == "own" else sum(counts)
            distance = _mean_distance(n)
            total += 2 * arb(distance.numerator) / arb(distance.denominator)
            total += 3 * ((4 * arb(delta.denominator) / delta.numerator).log() / (2 * n)).sqrt()
        scaled = total / 2 * 2**60
        return (
            Fraction(_whole(scaled.lower().floor()), 2**60),
            Fraction(_whole(scaled.upper().ceil()), 2**60),
        )


def _binomial(draws: int, chance: Fraction) -> list[int]:
    """Numerators of the probabilities of 0, ..., n, over denominator**n."""
    yes, no = chance.numerator, chance.denominator - chance.numerator
    return [comb(draws, k) * yes**k * no ** (draws - k) for k in range(draws + 1)]


def _exceeds(counts: Sequence[int], errors: Sequence[Fraction], gap: Fraction) -> Fraction:
    """P(|mean of (error_j - k_j/n_j)| > gap), exactly."""
    first, second = (_binomial(n, e) for n, e in zip(counts, errors, strict=True))
    below = [0]
    for mass in second:
        below.append(below[-1] + mass)
    (n, m), (e, f) = counts, errors
    outside = 0
    for k, mass in enumerate(first):
        rest = e - Fraction(k, n) + f  # minus k_2/m
        few = -((-(rest - 2 * gap) * m).__floor__())  # least whole k_2 with rest - k_2/m <= 2 gap
        many = ((rest + 2 * gap) * m).__floor__()  # greatest with rest - k_2/m >= -2 gap
        kept = below[min(many, m) + 1] - below[max(few, 0)] if max(few, 0) <= min(many, m) else 0
        outside += mass * (below[-1] - kept)
    return Fraction(outside, errors[0].denominator ** n * errors[1].denominator ** m)


def _coverage_again(
    finding: Finding, *, counts: list[int], error_rates: list[str], delta: str, count_used: str
) -> str:
    """The same probability from SciPy's binomials, over all pairs of counts."""
    import numpy as np
    from scipy.stats import binom

    used = np.array(counts if count_used == "own" else [sum(counts)] * 2, dtype=float)
    distance = np.array([float(_mean_distance(int(n))) for n in used])
    deviation = 3 * np.sqrt(np.log(4 / float(Fraction(delta))) / (2 * used))
    gap = float(np.mean(2 * distance + deviation))
    rates = [float(Fraction(e)) for e in error_rates]
    first, second = (binom.pmf(np.arange(n + 1), n, e) for n, e in zip(counts, rates, strict=True))
    drift = [e - np.arange(n + 1) / n for n, e in zip(counts, rates, strict=True)]
    fails = np.abs(np.add.outer(drift[0], drift[1])) / 2 > gap
    chance = float(first @ (fails @ second))
    if (chance <= float(Fraction(delta))) != finding.holds:
        return f"the bound fails with probability {chance!r}"
    told = finding.evidence["probability"]
    return "" if abs(chance - told) <= 1e-9 else f"the probability is {chance!r}, not {told!r}"


@check(
    "enumerate",
    "Two classes with {counts} examples, features +1 and -1, scores w x with |w| <= 1, class error "
    "rates {error_rates} of the rule w > 0: the bound at margin 1 and confidence {delta}, with each "
    "class's {count_used} count, fails for some w with probability at most {delta}",
    again=_coverage_again,
    latex=r"P\Big(\exists w:\ L_{\mathrm{bal}}>\frac12\sum_j\hat L_{1,j}+2\hat{\mathfrak R}_j"
    r"+3\sqrt{\tfrac{\log(4/\delta)}{2n_j}}\Big)\le\delta",
)
def class_margin_coverage(
    *, counts: list[int], error_rates: list[str], delta: str, count_used: str
) -> Finding:
    """Add up the exact probabilities of the samples on which it fails.

    For |w| < 1 every margin is below 1, so the margin error is 1 and the bound cannot fail; w = 1 and
    w = -1 have opposite errors on every example, so it fails iff the mean drift exceeds the gap.
    """
    errors = [Fraction(e) for e in error_rates]
    low, high = _gap(counts, Fraction(delta), count_used)
    most = _exceeds(counts, errors, low)
    if most <= Fraction(delta):
        detail = f"probability at most {float(most):.3g}, the bound adds {float(low):.4f}"
        return Finding(True, {"probability": float(most)}, detail)
    least = _exceeds(counts, errors, high)
    if least <= Fraction(delta):
        raise ArithmeticError("the gap is not known well enough to decide")
    detail = f"probability at least {float(least):.3g}"
    return Finding(False, {"probability": float(least)}, detail, detail)


# ------------------------------------------------------------------- complexity of class-wise ramps


def _ramp(margin: Fraction) -> Fraction:
    return min(Fraction(1), max(Fraction(0), 1 - margin))


def _ramp_complexity(
    labels: Sequence[int], features: Sequence[int], widths: Sequence[Fraction]
) -> Fraction:
    """Empirical Rademacher complexity of ramp(y w x / width) over |w| <= 1, exactly.

    For fixed signs the sum is piecewise linear in w: its maximum is at an end or at a kink.
    """
    slopes = [y * x / g for y, x, g in zip(labels, features, widths, strict=True)]
    kinks = {1 / slope for slope in slopes if abs(slope) >= 1}
    places = [Fraction(-1), Fraction(0), Fraction(1), *kinks]
    values = [[_ramp(slope * w) for slope in slopes] for w in places]
    total = Fraction(0)
    for signs in product((-1, 1), repeat=len(labels)):
        total += max(sum(s * v for s, v in zip(signs, row, strict=True)) for row in values)
    return total / (len(labels) * 2 ** len(labels))


def _samples(
    labels: Sequence[int], features: Sequence[int], margins: Sequence[str], used: str
) -> Iterator[tuple[tuple[int, ...], list[Fraction], Fraction]]:
    """Every sample, its ramps' widths, and the square of the bound on their complexity."""
    widths = {1: Fraction(margins[0]), -1: Fraction(margins[1])}
    claimed = widths if used == "own" else dict.fromkeys(widths, max(widths.values()))
    for sample in product(features, repeat=len(labels)):
        square = sum((x / claimed[y]) ** 2 for x, y in zip(sample, labels, strict=True))
        yield sample, [widths[y] for y in labels], Fraction(square, len(labels) ** 2)


def _ramp_complexity_again(
    finding: Finding, *, labels: list[int], features: list[int], margins: list[str], used: str
) -> str:
    """The supremum over a fine grid of weights, in floating point."""
    import numpy as np

    weights = np.linspace(-1, 1, 161)
    signs = np.array(list(product((-1, 1), repeat=len(labels))))
    worst = 0.0
    for sample, widths, square in _samples(labels, features, margins, used):
        slopes = np.array(labels) * sample / np.array([float(g) for g in widths])
        values = np.clip(1 - weights[:, np.newaxis] * slopes, 0, 1)
        complexity = (signs @ values.T).max(axis=1).mean() / len(labels)
        worst = max(worst, complexity / float(square) ** 0.5)
    if (worst <= 1) != finding.holds:
        return f"the largest ratio is {worst!r}"
    if not finding.holds or abs(worst - finding.evidence["ratio"]) < 1e-9:
        return ""
    return f"the largest ratio is {worst!r}"


@check(
    "enumerate",
    "For every sample with labels {labels} and features in {features}, the ramps of y w x over the "
    "class margins {margins}, |w| <= 1, have complexity at most sqrt(sum x_i^2/rho_i^2)/m with each "
    "class's {used} margin",
    again=_ramp_complexity_again,
    latex=r"\hat{\mathfrak R}\le\frac{\Lambda}{m}\sqrt{\sum_i\frac{\|x_i\|^2}{\rho_{y_i}^2}}",
)
def ramp_complexity(
    *, labels: list[int], features: list[int], margins: list[str], used: str
) -> Finding:
    """Compare squares of fractions for every sample; the order within a class does not matter."""
    ratio, count, known = 0.0, 0, {}
    for sample, widths, square in _samples(labels, features, margins, used):
        key = tuple(sorted(zip(labels, sample, strict=True)))
        if key not in known:
            known[key] = _ramp_complexity(labels, sample, widths)
        complexity = known[key]
        if complexity**2 > square:
            words = f"features {sample}: complexity {complexity}, bound sqrt({square})"
            return Finding(False, {"sample": list(sample)}, words, words)
        count += 1
        ratio = max(ratio, float(complexity) / float(square) ** 0.5)
    return Finding(
        True, {"count": count, "ratio": ratio}, f"{count} samples, largest ratio {ratio:.3f}"
    )
