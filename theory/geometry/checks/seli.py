"""Computations of the SELI geometry: optimal logits by verified duals, and identities of matrices.

The nuclear norm is bounded from above by the cost of a factorisation, in fractions, and from below by
a matrix of spectral norm at most one, so that an optimum is enclosed without trusting a solver.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product as tuples
from typing import Any

from ...proof.computation import Finding, check
from ...proof.exact.duality import (
    Matrix,
    Nonnegative,
    add,
    as_fractions,
    as_texts,
    identity,
    inverse,
    nonnegative_by_elimination,
    nonnegative_by_signs,
    outer,
    product,
    root,
    scale,
    trace,
    transpose,
)

_SLACK = Fraction(1, 2**100)
"""By how much a rounded dual may exceed spectral norm one; it is divided by this excess."""

_GAP = Fraction(1, 10**20)


# ------------------------------------------------------------- margin-constrained nuclear norm


def _problem(
    counts: Sequence[int], multipliers: Sequence[Any], margins: Sequence[Any]
) -> tuple[list[Fraction], list[Fraction], list[Fraction], Matrix, list[Fraction]]:
    """Sizes, multipliers, margins, the projector off 1/multipliers, and the effective sizes."""
    sizes, factors, wanted = (
        [Fraction(entry) for entry in row] for row in (counts, multipliers, margins)
    )
    kernel = [1 / d for d in factors]
    square = sum((u * u for u in kernel), Fraction(0))
    projector = add(identity(len(sizes)), outer(kernel, kernel), -1 / square)
    effective = [n * (t / d) ** 2 for n, d, t in zip(sizes, factors, wanted, strict=True)]
    return sizes, factors, wanted, projector, effective


def _enclosed(
    evidence: Mapping[str, Any],
    problem: tuple[list[Fraction], list[Fraction], list[Fraction], Matrix, list[Fraction]],
    nonnegative: Nonnegative,
) -> tuple[Fraction, Fraction, Fraction] | str:
    """Bounds below and above on the optimum and the least multiplier; or the reason why not."""
    sizes, factors, wanted, projector, effective = problem
    classes = range(len(sizes))
    ones = [Fraction(1)] * len(sizes)
    logits = scale(projector, ones, [t / d for t, d in zip(wanted, factors, strict=True)])
    margins = [
        factors[y] * logits[y][y] - factors[c] * logits[c][y]
        for y in classes
        for c in classes
        if c != y
    ]
    if margins != [wanted[y] for y in classes for c in classes if c != y]:
        return "a margin constraint is not met with equality"
    gram = product(scale(logits, ones, sizes), transpose(logits))
    kernel = add(identity(len(sizes)), projector, -1)
    factor, polar = as_fractions(evidence["gram"]), as_fractions(evidence["polar"])
    inverted = inverse(factor)
    if inverted is None or not nonnegative(factor):
        return "the Gram matrix of the factorisation is not positive definite"
    above = (trace(product(inverted, add(gram, kernel))) + trace(factor)) / 2 - 1
    # The dual matrix is polar diag(t/d) Y over samples; its Gram matrix must be at most one.
    spectral = product(scale(polar, ones, effective), transpose(polar))
    if not nonnegative(add(identity(len(sizes)), spectral, -1 / (1 + _SLACK))):
        return "the dual's spectral norm exceeds one"
    if any(
        sum((p / d for p, d in zip(column, factors, strict=True)), Fraction(0)) != 0
        for column in transpose(polar)
    ):
        return "a column of the dual is not made of margin constraints"
    duals = [
        [-polar[c][y] * wanted[y] / factors[y] / factors[c] * sizes[y] for c in classes if c != y]
        for y in classes
    ]
    below = sum((t * sum(row) for t, row in zip(wanted, duals, strict=True)), Fraction(0))
    # sqrt(1 + s) <= 1 + s turns the bound on the square into one on the norm.
    return below / (1 + _SLACK), above, min(min(row) for row in duals)


def _optimal_again(
    finding: Finding, *, counts: Sequence[int], multipliers: Sequence[Any], margins: Sequence[Any]
) -> str:
    problem = _problem(counts, multipliers, margins)
    if not finding.holds:
        return "a pair that leaves a gap refutes nothing"
    bounds = _enclosed(finding.evidence, problem, nonnegative_by_signs)
    if isinstance(bounds, str):
        return bounds
    below, above, least = bounds
    holds = 0 <= above - below < _GAP and least > 0
    return "" if holds else f"the gap is {float(above - below):.1e}"


@check(
    "convex",
    "Class sizes {counts}, multipliers d = {multipliers}, margins t = {margins}: the logits "
    "(I - uu'/u'u) diag(t/d) Y with u = 1/d have the least nuclear norm under d_y z_y - d_c z_c >= t_y, "
    "to 1e-20, and every constraint has a positive dual",
    again=_optimal_again,
    latex=r"\min\{\|Z\|_* : d_y z_y - d_c z_c \ge t_y\} = "
    r"\|P_u\,\mathrm{diag}(t/d)\,Y\|_*,\quad u = 1/d",
)
def optimal_logits(
    *, counts: Sequence[int], multipliers: Sequence[Any], margins: Sequence[Any]
) -> Finding:
    """SELI for these sizes, and its logit-adjusted forms."""
    problem = _problem(counts, multipliers, margins)
    _, factors, _, projector, effective = problem
    ones = [Fraction(1)] * len(factors)
    gram = product(scale(projector, ones, effective), projector)
    shifted = add(gram, add(identity(len(ones)), projector, -1))
    polar = product(product(projector, root(shifted, "-1/2")), projector)
    evidence = {"gram": as_texts(root(shifted, "1/2")), "polar": as_texts(polar)}
    bounds = _enclosed(evidence, problem, nonnegative_by_elimination)
    if isinstance(bounds, str):
        raise ArithmeticError(bounds)
    below, above, least = bounds
    told = f"optimum {float(above):.12g}, gap {float(above - below):.1e}, least dual {float(least):.3g}"
    if not (0 <= above - below < _GAP and least > 0):
        raise ArithmeticError(f"the optimum is not decided: {told}")
    return Finding(True, evidence, told)


# ------------------------------------------------------------------------- identities of matrices


def _laplacian_again(finding: Finding, *, classes: int) -> str:
    """The same identities in fractions, at more points than the degree in one variable."""
    for shift in range(3):
        sizes = [Fraction((3 * i * i + 5 * i + 7 * shift) % 11 + 1, i + 1) for i in range(classes)]
        weights = [Fraction(i + 2 + shift, 2 * i + 1) for i in range(classes)]
        square = sum((u * u for u in weights), Fraction(0))
        projector = add(identity(classes), outer(weights, weights), -1 / square)
        ones = [Fraction(1)] * classes
        gram = product(scale(projector, ones, sizes), projector)
        v = [u / n for u, n in zip(weights, sizes, strict=True)]
        total = sum((u * u / n for u, n in zip(weights, sizes, strict=True)), Fraction(0))
        pseudo = add(
            [[Fraction(int(i == j)) / sizes[i] for j in range(classes)] for i in range(classes)],
            outer(v, v),
            -1 / total,
        )
        if (product(gram, pseudo) == projector) != finding.holds:
            return f"the identity disagrees at sizes {[str(n) for n in sizes]}"
    return ""


@check(
    "enumerate",
    "For {classes} classes with symbolic sizes n and kernel u, L = N^-1 - N^-1 uu' N^-1/(u'N^-1 u) "
    "is the pseudoinverse of P_u N P_u: their product is P_u, and L u = 0",
    again=_laplacian_again,
    latex=r"(P_u N P_u)^{\dagger} = N^{-1} - \frac{N^{-1}uu'N^{-1}}{u'N^{-1}u}",
)
def pseudoinverse(*, classes: int) -> Finding:
    """Every entry, as a rational function."""
    import sympy

    n = sympy.symbols(f"n1:{classes + 1}", positive=True)
    weights = sympy.symbols(f"u1:{classes + 1}", positive=True)
    u = sympy.Matrix(weights)
    inverse_sizes = sympy.diag(*(1 / size for size in n))
    v = inverse_sizes * u
    total = sum(w**2 / size for w, size in zip(weights, n, strict=True))
    square = sum(w**2 for w in weights)
    pseudo = inverse_sizes - v * v.T / total
    projector = sympy.eye(classes) - u * u.T / square
    # L u = 0 gives P_u L = L, so that P_u N P_u L = P_u (N L) needs one product only.
    zero = (pseudo * u).applyfunc(sympy.cancel)
    rest = (projector * (sympy.diag(*n) * pseudo).applyfunc(sympy.cancel) - projector).applyfunc(
        sympy.cancel
    )
    holds = zero.is_zero_matrix and rest.is_zero_matrix
    return Finding(bool(holds), {"entries": classes**2 + classes}, f"{classes**2} entries vanish")


def _factorisation_again(finding: Finding, *, largest: int) -> str:
    """By singular values: the nuclear norm from the eigenvalues of Z'Z, in floating point."""
    import numpy as np

    values = range(-largest, largest + 1)
    grid = np.array(list(tuples(values, repeat=4)), dtype=float).reshape(-1, 2, 2)
    norms = np.sum(grid**2, axis=(1, 2))
    worst = -np.inf
    for matrix, norm in zip(grid, norms, strict=True):
        nuclear = np.linalg.svd(matrix.T @ grid, compute_uv=False).sum(axis=1)
        worst = max(worst, float((nuclear - (norm + norms) / 2).max()))
    return "" if (worst < 1e-9) == finding.holds else f"exceeded by {worst:g}"


@check(
    "enumerate",
    "For all 2 x 2 matrices W, H of integers up to {largest} in size, (|W|^2 + |H|^2)/2 is at least "
    "the nuclear norm of W'H, and attains it",
    again=_factorisation_again,
    latex=r"\tfrac12(\|W\|^2 + \|H\|^2) \ge \|W'H\|_*",
)
def factorisation(*, largest: int) -> Finding:
    """A 2 x 2 nuclear norm squared is |Z|^2 + 2 |det Z|, so that everything is an integer."""
    values = range(-largest, largest + 1)
    cases = equal = 0
    for a, b, c, d in tuples(values, repeat=4):
        one, det = a * a + b * b + c * c + d * d, a * d - b * c
        for e, f, g, h in tuples(values, repeat=4):
            cases += 1
            square = (a * e + c * g) ** 2 + (a * f + c * h) ** 2
            square += (b * e + d * g) ** 2 + (b * f + d * h) ** 2
            cost = one + e * e + f * f + g * g + h * h
            slack = cost * cost - 4 * (square + 2 * abs(det * (e * h - f * g)))
            equal += slack == 0
            if slack < 0:
                told = f"W = {[[a, b], [c, d]]}, H = {[[e, f], [g, h]]}"
                return Finding(False, {"cases": cases, "equal": equal}, counterexample=told)
    return Finding(equal > 0, {"cases": cases, "equal": equal}, f"{cases} pairs, {equal} attain it")
