"""Optimality decided exactly: a solver in floating point proposes, rational arithmetic disposes.

Every number that a verdict rests on is a fraction. A lower bound comes from a feasible dual point, an
upper bound from a feasible primal one; positive semidefiniteness is read off an elimination in
fractions, and the second time off the signs of a characteristic polynomial.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

__all__ = [
    "Matrix",
    "Nonnegative",
    "Pair",
    "add",
    "as_fractions",
    "as_texts",
    "best_halfspace",
    "identity",
    "inverse",
    "is_best_halfspace",
    "nonnegative_by_elimination",
    "nonnegative_by_signs",
    "outer",
    "product",
    "root",
    "scale",
    "trace",
    "transpose",
]

Matrix = list[list[Fraction]]

Nonnegative = Callable[[Matrix], bool]
"""A test for positive semidefiniteness."""

_BITS = 180
"""Binary digits kept of a proposed square root, 54 decimal ones."""


def as_fractions(rows: Sequence[Sequence[Any]]) -> Matrix:
    """Rows of integers or of texts such as "3/7" as fractions."""
    return [[Fraction(entry) for entry in row] for row in rows]


def as_texts(rows: Matrix) -> list[list[str]]:
    """The matrix as JSON data."""
    return [[str(entry) for entry in row] for row in rows]


def identity(size: int) -> Matrix:
    """The identity matrix."""
    return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]


def outer(left: Sequence[Fraction], right: Sequence[Fraction]) -> Matrix:
    """All products of two vectors' entries."""
    return [[a * b for b in right] for a in left]


def transpose(rows: Matrix) -> Matrix:
    """Rows as columns."""
    return [list(column) for column in zip(*rows, strict=True)]


def product(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product."""
    columns = transpose(right)
    return [
        [sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in columns]
        for row in left
    ]


def add(left: Matrix, right: Matrix, factor: Any = 1) -> Matrix:
    """``left + factor * right``."""
    return [
        [a + factor * b for a, b in zip(one, two, strict=True)]
        for one, two in zip(left, right, strict=True)
    ]


def scale(rows: Matrix, left: Sequence[Fraction], right: Sequence[Fraction]) -> Matrix:
    """Rows multiplied by ``left``, columns by ``right``."""
    return [
        [a * entry * b for entry, b in zip(row, right, strict=True)]
        for a, row in zip(left, rows, strict=True)
    ]


def trace(rows: Matrix) -> Fraction:
    """The sum of the diagonal."""
    return sum((rows[i][i] for i in range(len(rows))), Fraction(0))


def root(rows: Matrix, power: str) -> Matrix:
    """A symmetric matrix of dyadic fractions near the square root of a positive definite one.

    ``power``: "1/2" or "-1/2". It is a proposal: whatever is concluded from it must be verified.
    """
    from mpmath import mp

    size = len(rows)
    with mp.workprec(_BITS + 40):
        exact = mp.matrix([[mp.mpf(e.numerator) / e.denominator for e in row] for row in rows])
        values, vectors = mp.eigsy(exact)
        powers = [mp.sqrt(v) if power == "1/2" else 1 / mp.sqrt(v) for v in values]
        found = [[Fraction(0)] * size for _ in range(size)]
        for i in range(size):
            for j in range(i + 1):
                entry = mp.fsum(powers[k] * vectors[i, k] * vectors[j, k] for k in range(size))
                found[i][j] = found[j][i] = Fraction(int(mp.nint(entry * 2**_BITS)), 2**_BITS)
    return found


def inverse(matrix: Matrix) -> Matrix | None:
    """The inverse in fractions, None if there is none."""
    from flint import fmpq, fmpq_mat

    size = len(matrix)
    flat = [fmpq(e.numerator, e.denominator) for row in matrix for e in row]
    try:
        found = fmpq_mat(size, size, flat).inv()
    except ZeroDivisionError:
        return None
    entries = [Fraction(int(e.p), int(e.q)) for e in found.entries()]
    return [entries[i * size : (i + 1) * size] for i in range(size)]


def nonnegative_by_elimination(rows: Matrix) -> bool:
    """Whether a symmetric matrix is positive semidefinite, by its pivots in fractions."""
    left = [list(row) for row in rows]
    size = len(left)
    for k in range(size):
        pivot = left[k][k]
        if pivot < 0 or (pivot == 0 and any(left[k][j] != 0 for j in range(k + 1, size))):
            return False
        if pivot == 0:
            continue
        for i in range(k + 1, size):
            factor = left[i][k] / pivot
            for j in range(k + 1, size):
                left[i][j] -= factor * left[k][j]
    return True


def nonnegative_by_signs(rows: Matrix) -> bool:
    """The same, by Descartes: the coefficients of det(x + A) must all be nonnegative."""
    from flint import fmpq, fmpq_mat

    size = len(rows)
    entries = [fmpq(-e.numerator, e.denominator) for row in rows for e in row]
    return all(c >= 0 for c in fmpq_mat(size, size, entries).charpoly().coeffs())


class Pair(NamedTuple):
    """The halfspace program's solution and its multipliers, in fractions."""

    solution: list[Fraction]
    multipliers: list[Fraction]


def best_halfspace(rows: Matrix, bounds: Sequence[Fraction]) -> Pair | None:
    """The w of least norm with ``rows @ w >= bounds``, exactly; None if no active set is confirmed.

    Clarabel proposes which constraints are active; the solution with these is computed in fractions.
    """
    active = _proposed(rows, bounds)
    active_rows = [rows[i] for i in active]
    inverted = inverse(product(active_rows, transpose(active_rows)))
    if inverted is None:
        return None
    multipliers = [Fraction(0)] * len(rows)
    for i, (weight,) in zip(active, product(inverted, [[bounds[i]] for i in active]), strict=True):
        multipliers[i] = weight
    solution = [
        sum((m * row[k] for m, row in zip(multipliers, rows, strict=True)), Fraction(0))
        for k in range(len(rows[0]))
    ]
    pair = Pair(solution, multipliers)
    return pair if is_best_halfspace(rows, bounds, pair) else None


def is_best_halfspace(rows: Matrix, bounds: Sequence[Fraction], pair: Pair) -> bool:
    """Whether the pair meets the optimality conditions: feasible both, w made of rows, no slack paid."""
    made = [
        sum((m * row[k] for m, row in zip(pair.multipliers, rows, strict=True)), Fraction(0))
        for k in range(len(pair.solution))
    ]
    slacks = [
        sum((a * b for a, b in zip(row, pair.solution, strict=True)), Fraction(0)) - bound
        for row, bound in zip(rows, bounds, strict=True)
    ]
    return (
        made == list(pair.solution)
        and all(m >= 0 for m in pair.multipliers)
        and all(s >= 0 for s in slacks)
        and all(m * s == 0 for m, s in zip(pair.multipliers, slacks, strict=True))
    )


def _proposed(rows: Matrix, bounds: Sequence[Fraction]) -> list[int]:
    import clarabel
    import numpy as np
    from scipy import sparse

    matrix = np.array([[float(e) for e in row] for row in rows])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    size = matrix.shape[1]
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix(np.eye(size)),
        np.zeros(size),
        sparse.csc_matrix(-matrix),
        -np.array([float(b) for b in bounds]),
        [clarabel.NonnegativeConeT(len(rows))],
        settings,
    )
    dual = np.array(solver.solve().z)
    return [int(i) for i in np.flatnonzero(dual > 1e-6 * dual.max())]
