"""Rademacher complexity: exact for finite classes, and the tools that bound it, with their constants.

Massart's bound, contraction (Talagrand; Maurer for vectors), symmetrisation, the Khintchine-Kahane
inequality, norm balls. Checked by: one-coordinate lemmas that hold for every n, and exhaustive classes.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state, state_computed, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import (
    InputError,
    InputTypeError,
    as_number,
    as_real,
    as_seed,
    as_whole,
    readable,
)
from .confidence import MeanInterval, mean_interval
from .random_signs import (
    KHINTCHINE_KAHANE,
    SCALAR_CONTRACTION,
    SYMMETRISATION,
    VECTOR_CONTRACTION,
)
from .sign_sums import sum_of_lengths, sum_of_maxima

__all__ = [
    "exact_rademacher_complexity",
    "expected_maximum",
    "massart_bound",
    "norm_ball_bound",
    "norm_ball_complexity",
    "rademacher_complexity",
    "rademacher_estimate",
]

SIGNS = 32
"""Signs that `rademacher_complexity` enumerates: about two seconds on two cores for eight functions."""

SIGNS_OF_TWO = 44
"""The same for a class of two functions."""

SIGNS_OF_LENGTHS = 22
"""Free signs that `norm_ball_complexity` enumerates."""


def rademacher_complexity(values: ArrayLike) -> float:
    """Empirical Rademacher complexity ``E_s max_f (1/n) sum_i s_i f(x_i)`` of a finite class.

    The average over all sign vectors, to about 1e-13 relative. No factor 2, no absolute value.

    Parameters
    ----------
    values
        Shape (m, n): the values of m functions on n points; or (m, n, K) for functions into R^K, one
        sign for each output: ``E_s max_f (1/n) sum_ik s_ik f_k(x_i)``.

    Raises
    ------
    InputError
        If the values that vary over the class need more than 32 signs (44 for two functions); use
        `rademacher_estimate`.
    """
    rows, points = _rows(values)
    scale = np.ldexp(1.0, int(np.frexp(np.abs(rows).max())[1]) - 1)
    return expected_maximum(rows / scale) * float(scale) / points


def expected_maximum(rows: NDArray[np.float64]) -> float:
    """``E_s max_j <s, rows_j>`` for real rows of shape (m, n)."""
    rest = _reduced(rows)
    if rest.size == 0:
        return 0.0
    _check_signs(rest)
    return float(np.ldexp(sum_of_maxima(rest), -rest.shape[1]))


def exact_rademacher_complexity(values: Sequence[Any] | NDArray[Any]) -> Fraction:
    """`rademacher_complexity` as a fraction, for values that are integers or fractions.

    Raises
    ------
    InputTypeError
        If a value is neither.
    """
    try:
        array = np.array(readable(values), dtype=object)
    except ValueError:
        array = np.empty(0, dtype=object)
    points = _checked_shape(array)[1]
    if not all(isinstance(value, Rational | np.integer) for value in array.flat):
        raise InputTypeError("values: must be integers or fractions; floats have no exact meaning")
    denominator = lcm(*(int(value.denominator) for value in array.flat))
    whole = np.array([int(value * denominator) for value in array.flat], dtype=object)
    rest = _reduced(whole.reshape(len(array), -1))
    if rest.size == 0:
        return Fraction(0)
    _check_signs(rest)
    largest = int(np.abs(rest).sum(axis=1).max())
    if largest << (rest.shape[1] + 2) < 2**63:
        rest = rest.astype(np.int64)
    return Fraction(sum_of_maxima(rest), denominator * points << rest.shape[1])


def rademacher_estimate(
    values: ArrayLike, draws: int = 10_000, seed: int = 0, level: float = 0.95
) -> MeanInterval:
    """Monte Carlo estimate of `rademacher_complexity` with a t interval at ``level``, for many points.

    Each draw is a sign vector and its opposite, and the class is seen from its first function, so that
    what the functions have in common adds no variance.
    """
    rows, points = _rows(values)
    rest = rows[1:] - rows[0]
    draws = as_whole("draws", draws, 2)
    rng = np.random.default_rng(as_seed(seed))
    size = max(1, 2_000_000 // rest.shape[1])
    means = np.empty(draws)
    for start in range(0, draws, size):
        part = means[start : start + size]
        signs = 2.0 * rng.integers(0, 2, (rest.shape[1], part.size)) - 1.0
        sums = rest @ signs
        part[:] = np.maximum(sums.max(axis=0, initial=0), 0) - sums.min(axis=0, initial=0)
    return mean_interval(means / (2 * points), level)


def massart_bound(values: ArrayLike) -> float:
    """``max_f ||f(S)||_2 sqrt(2 log m) / n`` for m functions: shapes as in `rademacher_complexity`."""
    rows, points = _rows(values)
    return float(np.hypot.reduce(rows, axis=1).max() * np.sqrt(2 * np.log(len(rows))) / points)


def norm_ball_bound(norms: ArrayLike, bound: float, outputs: int = 1) -> float:
    """``Lam r sqrt(K) / sqrt(n)``: at least the complexity of ``{x -> W x : ||W||_F <= Lam}``.

    ``norms``: the n Euclidean norms of the features, with r^2 their mean square; ``bound``: Lam >= 0;
    ``outputs``: K, the rows of W.
    """
    norms = as_real("norms", norms, low=0)
    bound = as_number("bound", bound, low=0)
    outputs = as_whole("outputs", outputs, 1)
    if norms.ndim != 1 or norms.size == 0:
        raise InputError(f"norms has shape {norms.shape}: give one norm for each point, shape (n,)")
    return float(bound * np.sqrt(outputs) * np.hypot.reduce(norms) / norms.size)


def norm_ball_complexity(features: ArrayLike, bound: float, outputs: int = 1) -> float:
    """Complexity of ``{x -> W x : ||W||_F <= Lam}``: ``(Lam/n) E_s ||sum_i x_i s_i'||_F``, exactly.

    ``features``: shape (n, d), with (n - 1) K <= 22; ``bound``: Lam >= 0; ``outputs``: K.

    Raises
    ------
    InputError
        If there are too many signs to enumerate; `norm_ball_bound` bounds it within sqrt(2).
    """
    features = as_real("features", features)
    bound = as_number("bound", bound, low=0)
    outputs = as_whole("outputs", outputs, 1)
    if features.ndim != 2 or features.size == 0:
        raise InputError(f"features has shape {features.shape}: must be (n, d)")
    points = len(features)
    if (points - 1) * outputs > SIGNS_OF_LENGTHS:
        raise InputError(
            f"features has {points} rows: with {outputs} outputs that is {(points - 1) * outputs} "
            f"free signs, and at most {SIGNS_OF_LENGTHS} are enumerated; use norm_ball_bound"
        )
    total = sum_of_lengths(features, outputs)
    return bound * float(np.ldexp(total, -points * outputs)) / points


def _rows(values: ArrayLike) -> tuple[NDArray[np.float64], int]:
    """One row for each function, points and outputs in a line; and the number of points."""
    array = as_real("values", values)
    points = _checked_shape(array)[1]
    return array.reshape(len(array), -1), points


def _checked_shape(array: NDArray[Any]) -> tuple[int, ...]:
    if array.ndim not in (2, 3) or array.size == 0:
        raise InputError(
            f"values has shape {array.shape}: must be (m, n), m functions on n points, or (m, n, K)"
        )
    return array.shape


def _reduced(rows: NDArray[Any]) -> NDArray[Any]:
    """The class seen from its first function, without repetitions and points where nothing varies.

    Neither changes the expected maximum: what all functions share has mean zero.
    """
    distinct = list({tuple(row): row for row in (rows[1:] - rows[0])}.values())
    rest = np.array([row for row in distinct if np.any(row != 0)], dtype=rows.dtype)
    return rest[:, np.any(rest != 0, axis=0)] if rest.size else rest


def _check_signs(rest: NDArray[Any]) -> None:
    most = SIGNS_OF_TWO if len(rest) == 1 else SIGNS
    if rest.shape[1] > most:
        raise InputError(
            f"values vary over the class in {rest.shape[1]} places: at most {most} signs are enumerated, in "
            "about ten seconds, and each more would double that; use rademacher_estimate"
        )


# ------------------------------------------------------------------------------------ statements


ENUMERATION = statement(
    name="rademacher.enumeration",
    title="Rademacher complexity of a finite class is an average over sign vectors: half of them suffice, "
    "and what all functions share drops out",
    source="definition (Bartlett and Mendelson, JMLR 2002); evaluation derived here",
    ids=("GT1",),
    functions=("rademacher_complexity", "exact_rademacher_complexity", "rademacher_estimate"),
    where={
        "a: real": "what a first function has collected, <s, f>",
        "b: real": "what a second function has collected, <s, f>",
        "c: real": "what a function added to both has collected",
        "s": "signs, independent and fair",
        "d": "the same two functions' share from elsewhere",
        "m": "functions in the class",
        "n": "points",
    },
    theorem=(
        "F a finite non-empty class, points x_1..x_n: Rad_S(F) = 2^-n sum over s in {-1, 1}^n of max_f "
        "(1/n) sum_i s_i f(x_i) = 2^-n sum over s with s_1 = 1 of [max_f (1/n) sum_i s_i f(x_i) - min_f "
        "(1/n) sum_i s_i f(x_i)] >= 0, and Rad_S(F + g) = Rad_S(F) for every function g",
        r"\hat{\mathfrak R}_S(F) = 2^{-n} \sum_{s \in \{-1,1\}^n} \max_{f \in F} \frac1n \sum_{i=1}^n s_i "
        r"f(x_i) = 2^{-n} \sum_{s \,:\, s_1 = 1} \left[ \max_{f \in F} \frac1n \sum_{i} s_i f(x_i) - "
        r"\min_{f \in F} \frac1n \sum_{i} s_i f(x_i) \right] \ge 0, \qquad \hat{\mathfrak R}_S(F + g) = "
        r"\hat{\mathfrak R}_S(F) \;\; \forall g \qquad (F \text{ finite, non-empty})",
    ),
    steps=(
        "opposite_signs_pair_up: a sign vector and its opposite together give the maximum minus the minimum",
        "Max(a, b) + Max(-a, -b) == Max(a, b) - Min(a, b)",
        "common_function_cancels: a function added to all cancels between them",
        "Max(a + c, b + c) + Max(-a - c, -b - c) == Max(a, b) + Max(-a, -b)",
        "never_negative: so the complexity is never negative",
        "Max(a, b) + Max(-a, -b) >= 0",
        "half_cube_exact: the evaluation by these rules is exact",
        state_computed("rademacher:half_cube", functions=3, points=3),
    ),
    argument="Sign vectors come in opposite pairs; the first three steps, for any two functions, are those "
    "for the largest and the smallest of any number.",
    mutants=(
        "the supremum of the average, which is zero",
        "(Max(a, -a) + Max(-a, a))/2 == Max((a - a)/2, (a - a)/2)",
        "with an absolute value around the sum",
        "(Max(a, b) + Max(-a, -b))/2 == Max(Abs(a), Abs(b))",
    ),
)


MASSART = statement(
    name="rademacher.massart",
    title="Massart: m functions of length at most r on the sample have complexity at most r sqrt(2 log m)/n",
    source="Massart (Ann. Fac. Sci. Toulouse 2000), Lemma 5.2",
    ids=("GT2",),
    functions=("massart_bound",),
    where={
        "x: real": "a signed point's value; in Jensen's step any real number",
        "c: real": "point of the tangent, the mean of x",
        "a: positive": "exp(z <s, f>) of a first function",
        "b: positive": "exp(z <s, f>) of a second function",
        "l: positive": "log m",
        "q: positive": "r^2",
        "s": "signs, independent and fair",
        "d": "the same two functions' share from elsewhere",
        "m": "functions in the class",
        "n": "points",
        "z": "the exponent's free parameter",
    },
    theorem=(
        "F a class of m functions, m >= 1, points x_1..x_n, r = max_f (sum_i f(x_i)^2)^(1/2): Rad_S(F) <= "
        "r sqrt(2 log m)/n",
        r"|F| = m,\; r = \max_{f \in F} \left( \sum_{i=1}^n f(x_i)^2 \right)^{1/2} : \quad \hat{\mathfrak "
        r"R}_S(F) = \mathbb E_s \max_{f \in F} \frac1n \sum_{i=1}^n s_i f(x_i) \le \frac{r \sqrt{2 \log "
        r"m}}{n}",
    ),
    steps=(
        "signed_point_moment: moments of one signed point x",
        "cosh(x) <= exp(x**2/2)",
        "jensen_tangent: Jensen: the tangent of exp at c, the mean of x",
        "exp(x) >= exp(c)*(1 + x - c)",
        "maximum_below_sum: a maximum of positive terms is below their sum",
        "Max(a, b) <= a + b",
        "best_z: with l = log m and q = r^2, the bound l/z + z q/2 at its best z",
        "l/sqrt(2*l/q) + sqrt(2*l/q)*q/2 == sqrt(2*l*q)",
        "two_functions_enumerated: classes of two, exhaustively",
        state_computed("rademacher:massart", functions=2, points=4, constant=2),
        "three_functions_enumerated: classes of three, exhaustively",
        state_computed("rademacher:massart", functions=3, points=3, constant=2),
    ),
    argument="For z > 0, exp(z E max) <= E exp(z max) <= sum_f E exp(z <s, f>) <= m exp(z^2 r^2/2), a "
    "product over points by independence. Take logarithms, divide by z and choose z = sqrt(2 "
    "l)/r; this holds for every m and n.",
    mutants=(
        "without the 2, one point and the functions x and -x",
        "(Max(x, -x) + Max(-x, x))/2 <= Abs(x)*sqrt(log(2))",
        "without the 2, all classes of two on one point",
        state_computed("rademacher:massart", functions=2, points=1, constant=1),
        "moments exp(x^2/3)",
        "cosh(x) <= exp(x**2/3)",
    ),
)


NORM_BALL = statement(
    name="rademacher.norm_ball",
    title="Linear maps of norm at most Lam with K outputs: complexity (Lam/n) E||sum x_i s_i'||, between "
    "1/sqrt(2) and 1 times Lam r sqrt(K/n)",
    source="Kakade, Sridharan, Tewari (NeurIPS 2008); the lower bound is Khintchine-Kahane's",
    ids=("GT13",),
    functions=("norm_ball_bound", "norm_ball_complexity"),
    where={
        "w: real": "an entry of the weights",
        "L: positive": "Lam",
        "q: nonnegative": "squared length of the signed sum",
        "R: positive": "length of the signed sum; in the fourth step the root mean square length",
        "x: real": "an entry of the signed sum; in the mutants a feature",
        "c: positive": "free weight of Cauchy-Schwarz, Lam over the length",
        "y: real": "a second entry of the signed sum",
        "r: positive": "rms feature norm",
        "K: positive": "number of outputs",
        "n: positive": "points",
        "s": "signs, independent and fair",
        "a, b": "what two functions of the class have collected, <s, f>",
        "d": "the same two functions' share from elsewhere",
        "m": "functions in the class",
    },
    theorem=(
        "F = {x -> W x : W in R^(K x d), |W|_F <= Lam}, points x_1..x_n in R^d, r^2 = (1/n) sum_i |x_i|^2, "
        "s_i in {-1, 1}^K fair and independent: (1/sqrt 2) Lam r sqrt(K/n) <= Rad_S(F) = E sup_f (1/n) "
        "sum_i <s_i, f(x_i)> = (Lam/n) E |sum_i x_i s_i'|_F <= Lam r sqrt(K/n)",
        r"F = \{x \mapsto W x : W \in \mathbb R^{K \times d},\; \lVert W \rVert_F \le \Lambda\},\; r^2 = "
        r"\frac1n \sum_{i=1}^n \lVert x_i \rVert_2^2,\; s_{ik} \text{ independent fair signs} : \quad "
        r"\frac{1}{\sqrt2} \Lambda r \sqrt{\frac Kn} \le \hat{\mathfrak R}_S(F) = \mathbb E \sup_{f \in F} "
        r"\frac1n \sum_{i,k} s_{ik} f_k(x_i) = \frac{\Lambda}{n}\, \mathbb E \left\lVert \sum_{i} x_i "
        r"s_i^\top \right\rVert_F \le \Lambda r \sqrt{\frac Kn}",
    ),
    steps=(
        "cauchy_schwarz_entry: Cauchy-Schwarz, entry by entry: with c = Lam/|x| reversed, <w, x> <= Lam |x|",
        "w*x <= (w**2/c + c*x**2)/2",
        "cauchy_schwarz_summed: summed over entries, |w|^2 <= Lam^2 and |x|^2 = R^2 at c = Lam/R",
        "(L**2/(L/R) + (L/R)*R**2)/2 == L*R",
        "supremum_attained: attained by w = (Lam/R) x",
        state("(L/R)*(x**2 + y**2) == L*R", given="R**2 == x**2 + y**2"),
        "jensen_for_the_root: the mean length is at most the root mean square, K n r^2",
        "sqrt(q) <= (R + q/R)/2",
        "upper_bound: which gives the bound",
        "(L/n)*sqrt(K*n*r**2) == L*r*sqrt(K/n)",
        "one_output_enumerated: one output, exhaustively",
        state_computed("rademacher:norm_ball", points=4, outputs=1, largest=3, constant="1"),
        "two_outputs_enumerated: two outputs, exhaustively",
        state_computed("rademacher:norm_ball", points=3, outputs=2, largest=3, constant="1"),
    ),
    argument="The supremum over the ball is a length (Cauchy-Schwarz), whose mean the Khintchine-Kahane "
    "inequality holds between 1/sqrt(2) and 1 times its root mean square.",
    mutants=(
        "Lam r/n: four points with x = 1",
        "(L/4)*(2*4 + 8*2)/16 <= L/4",
        "no sqrt(K): one point and two outputs",
        "L*sqrt(2*x**2) <= L*Abs(x)",
        "Lam r/n, all small features",
        state_computed("rademacher:norm_ball", points=4, outputs=1, largest=1, constant="1/4"),
    ),
    rests_on=("rademacher.khintchine_kahane",),
)

STATEMENTS = (
    ENUMERATION,
    MASSART,
    SCALAR_CONTRACTION,
    KHINTCHINE_KAHANE,
    VECTOR_CONTRACTION,
    SYMMETRISATION,
    NORM_BALL,
)
