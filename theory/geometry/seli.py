"""SELI: the geometry of classifiers and embeddings that imbalanced cross-entropy training tends to.

Claimed by Thrampoulidis, Kini, Vakilian, Behnia, "Imbalance Trouble: Revisiting Neural-Collapse Geometry"
(NeurIPS 2022, arXiv 2208.05512) for two sizes of class, and Behnia et al. (AISTATS 2023) for adjusted
losses; here for arbitrary class sizes. Checked by: symbolic identities for every number of classes, a
resolvent formula with one sign, and primal-dual pairs in exact fractions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state_computed, state_derivative, state_limit, statement
from ..consistency.offset_family import sum_of_others
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_real

__all__ = [
    "Grams",
    "margin_optimal_logits",
    "sel_matrix",
    "seli_grams",
    "seli_value",
]

_LARGEST_MATRIX = 10**8


class Grams(NamedTuple):
    """Inner products of the classifiers, and of the class embeddings, both of shape (K, K)."""

    classifiers: NDArray[np.float64]
    embeddings: NDArray[np.float64]


def sel_matrix(class_counts: ArrayLike) -> NDArray[np.float64]:
    """The simplex-encoded labels, shape (K, n): 1 - 1/K in the row of the label, -1/K elsewhere.

    Columns are ordered by class. ``class_counts`` must be whole numbers.

    Raises
    ------
    InputError
        If a count is not whole, or the matrix would have more than 10^8 entries.
    """
    counts = as_class_counts(class_counts)
    if np.any(counts % 1):
        raise InputError("class_counts: the columns are examples, so counts must be whole numbers")
    if counts.size * counts.sum() > _LARGEST_MATRIX:
        raise InputError(f"class_counts: {counts.size} x {counts.sum():g} entries are too many")
    return np.repeat(np.eye(counts.size), counts.astype(int), axis=1) - 1.0 / counts.size


def margin_optimal_logits(
    class_counts: ArrayLike, multipliers: ArrayLike = 1.0, margins: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """The logits of one example of each class at the solution, shape (K, K): column y is class y.

    They have the least nuclear norm under ``d_y z_y - d_c z_c >= t_y``, with the multipliers ``d > 0``
    and margins ``t > 0``: ``(I - uu'/u'u) diag(t/d)`` with ``u = 1/d``. Class sizes do not enter.
    """
    _, kernel, scale = _effective(class_counts, multipliers, margins)
    squares = kernel @ kernel
    projector = -np.outer(kernel, kernel) / squares
    np.fill_diagonal(projector, sum_of_others(kernel**2) / squares)
    return projector * scale


def seli_grams(
    class_counts: ArrayLike, multipliers: ArrayLike = 1.0, margins: ArrayLike = 1.0
) -> Grams:
    """Gram matrices of classifiers and class embeddings at the SELI geometry.

    ``class_counts``: any positive sizes, shape (K,), K >= 2. With multipliers and margins 1 this is
    ``(P N P)^(1/2)`` and its pseudoinverse, ``P = I - 11'/K``. Label-dependent temperatures are margins,
    class-dependent temperatures are multipliers; both broadcast to (K,), see `margin_optimal_logits`.

    The root is integrated over its resolvent, whose terms have one sign, so that norms and embedding
    inner products keep twelve digits however unequal the sizes are.
    """
    sizes, kernel, scale = _effective(class_counts, multipliers, margins)
    inverse_root = _inverse_root(sizes, kernel)
    weighted = sizes[:, None] * inverse_root
    classifiers = weighted - np.outer(kernel, kernel @ weighted) / (kernel @ kernel)
    np.fill_diagonal(classifiers, _diagonal(sizes, kernel, inverse_root))
    # The two triangles agree but for rounding; the row of the smaller kernel entry cancels less.
    classifiers = np.where(kernel[:, None] > kernel, classifiers.T, classifiers)
    even = kernel[:, None] == kernel
    classifiers[even] = (0.5 * (classifiers + classifiers.T))[even]
    return Grams(classifiers, inverse_root * np.outer(scale, scale))


def seli_value(
    class_counts: ArrayLike, multipliers: ArrayLike = 1.0, margins: ArrayLike = 1.0
) -> float:
    """The least ``(|W|^2 + |H|^2)/2`` under the margin constraints: the trace of the classifiers' Gram."""
    return float(np.trace(seli_grams(class_counts, multipliers, margins).classifiers))


def _effective(
    class_counts: ArrayLike, multipliers: ArrayLike, margins: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Effective sizes ``n (t/d)^2``, the kernel ``1/d`` and the scale ``t/d``, each of shape (K,)."""
    counts = as_class_counts(class_counts)
    if counts.size < 2:
        raise InputError("class_counts: a geometry needs at least two classes")
    vectors = []
    for name, given in (("multipliers", multipliers), ("margins", margins)):
        values = as_real(name, given, low=0, low_open=True)
        if values.shape not in ((), counts.shape):
            raise InputError(
                f"{name} has shape {values.shape}: must be one number or {counts.shape}"
            )
        vectors.append(np.broadcast_to(values, counts.shape))
    scale = vectors[1] / vectors[0]
    return counts * scale**2, 1.0 / vectors[0], scale


def _inverse_root(sizes: NDArray[np.float64], kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """The root of the pseudoinverse of ``P_u N P_u``, by the trapezoidal rule in log(lam).

    The integrand is analytic for |Im log(lam)| < pi, so that a step of 0.45 leaves exp(-2 pi^2/0.45),
    and falls off like exp(-|x|/2), so that 84 beyond both ends leaves exp(-42).
    """
    step = 0.45
    low, high = -np.log(sizes.max()) - 84.0, -np.log(sizes.min()) + 84.0
    nodes = np.arange(low, high + step, step)
    terms = kernel / (1.0 + np.exp(np.add.outer(nodes, np.log(sizes))))
    weights = step * np.exp(0.5 * nodes) / (np.pi * (terms @ kernel))
    root = -(terms.T @ (weights[:, None] * terms))
    np.fill_diagonal(root, 0.0)
    np.fill_diagonal(root, -(root @ kernel) / kernel)
    return root


def _diagonal(
    sizes: NDArray[np.float64], kernel: NDArray[np.float64], root: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The diagonal of ``P_u N root`` as a sum of positive terms."""
    share = kernel / (kernel @ kernel)
    diagonal = np.diag(root)
    rest = (1.0 - np.eye(kernel.size)) @ (share * kernel)
    return sizes * diagonal * rest + share * ((kernel * sizes) @ (np.diag(diagonal) - root))


# ------------------------------------------------------------------------------------ statements


SEL_MATRIX = statement(
    name="seli.sel_matrix",
    title="Simplex-encoded labels have margin 1, columns of sum 0 and Gram matrix P N P",
    source="Thrampoulidis et al. (NeurIPS 2022), Definition of the SEL matrix",
    ids=("C1",),
    functions=("sel_matrix",),
    where={
        "K: integer 2..": "classes",
        "m: positive": "size of class i, on the diagonal",
        "a: positive": "size of class i",
        "b: positive": "size of class j",
        "n: positive": "number of all examples",
        "n_c": "examples of class c; N = diag(n_c), n their sum",
        "P": "I - 11'/K; P_u = I - uu'/u'u",
        "Y": "one-hot labels, K x n",
        "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
        "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
        "G_W, G_H": "Gram matrices of classifiers and class embeddings",
    },
    theorem=(
        "for every K >= 2 and sizes n_c >= 1, Z^ = PY, P = I - 11'/K, N = diag(n_c): Z^_{y_i i} - Z^_{c i} "
        "= 1 for every example i and class c != y_i, 1'Z^ = 0, Z^ Z^' = P N P, of rank K - 1",
        r"\hat Z = PY,\ P = I - \tfrac1K \mathbf{1}\mathbf{1}' :\qquad \hat Z_{y_i i} - \hat Z_{c i} = 1\ "
        r"\forall i,\ c \ne y_i, \qquad \mathbf{1}' \hat Z = 0, \qquad \hat Z \hat Z' = P N P,\ N = "
        r"\operatorname{diag}(n_1, \dots, n_K), \qquad \operatorname{rank} \hat Z = K - 1 \qquad \forall K "
        r"\ge 2,\ n_c \ge 1",
    ),
    steps=(
        "columns_sum_to_zero: each column sums to zero",
        "(1 - 1/K) + (K - 1)*(-1/K) == 0",
        "margins_are_one: every margin is one",
        "(1 - 1/K) - (-1/K) == 1",
        "gram_on_diagonal: on the diagonal of the Gram matrix, m = n_i examples of the class and n - m of "
        "others",
        "m*(1 - 1/K)**2 + (n - m)/K**2 == m - 2*m/K + n/K**2",
        "gram_off_diagonal: off the diagonal, a = n_i, b = n_j",
        "-a*(1 - 1/K)/K - b*(1 - 1/K)/K + (n - a - b)/K**2 == n/K**2 - (a + b)/K",
    ),
    argument="Row i of PY is 1 - 1/K on the n_i columns of class i and -1/K elsewhere; the two last steps "
    "add up the products over all n columns. x'PNPx is a sum of n_c (Px)_c^2, zero only for Px = "
    "0, so the rank is K - 1.",
    mutants=(
        "-1/(K-1) off the label, as in a one-versus-rest code",
        "(1 - 1/K) + (K - 1)*(-1/(K - 1)) == 0",
        "off-diagonal entries vanish as in the one-hot Gram matrix",
        "n/K**2 - (a + b)/K == 0",
    ),
)

FACTORISED_COST = statement(
    name="seli.factorised_cost",
    title="The least (|W|^2 + |H|^2)/2 over factorisations W'H = Z is the nuclear norm of Z",
    source="known (Srebro, Rennie, Jaakkola, 2004); the bound for W, H is derived here",
    ids=("C2",),
    where={
        "w: real": "an entry of W",
        "s: nonnegative": "a singular value of Z",
        "a: positive": "examples of class 1",
        "b: positive": "examples of class 2",
        "x: real": "an entry of HB'; later of a column of logits",
        "y: real": "an entry of another column of logits",
        "K": "classes",
        "n_c": "examples of class c; N = diag(n_c), n their sum",
        "P": "I - 11'/K; P_u = I - uu'/u'u",
        "Y": "one-hot labels, K x n",
        "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
        "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
        "G_W, G_H": "Gram matrices of classifiers and class embeddings",
        "B": "a matrix of spectral norm at most one",
    },
    theorem=(
        "for every real matrix Z (K x n) and d >= rank Z: min {(||W||_F^2 + ||H||_F^2)/2 : W in R^(d x K), "
        "H in R^(d x n), W'H = Z} = ||Z||_*, the sum of the singular values",
        r"\min \left\{ \tfrac12 \left( \lVert W \rVert_F^2 + \lVert H \rVert_F^2 \right) :\ W \in "
        r"\mathbb{R}^{d \times K},\ H \in \mathbb{R}^{d \times n},\ W'H = Z \right\} = \lVert Z \rVert_* = "
        r"\sum_i \sigma_i(Z) \qquad \forall Z \in \mathbb{R}^{K \times n},\ d \ge \operatorname{rank} Z",
    ),
    steps=(
        "entrywise_lower_bound: one entry of |W - HB'|^2 >= 0, for any B of spectral norm one",
        "(w**2 + x**2)/2 >= w*x",
        "attained_by_even_split: a factorisation with singular values sqrt(s) on both sides costs s for each",
        "(sqrt(s)**2 + sqrt(s)**2)/2 == s",
        "small_matrices_enumerated: all pairs of small integer matrices obey it, and some attain it",
        state_computed("seli:factorisation", largest=1),
        "equal_columns_weighted: equal columns: m copies of z cost as sqrt(m) z, here two classes, one row",
        "sqrt(a*x**2 + b*y**2) == sqrt((sqrt(a)*x)**2 + (sqrt(b)*y)**2)",
        "averaging_columns: averaging the columns of a class does not add to the norm",
        "2*((x + y)/2)**2 <= x**2 + y**2",
    ),
    argument="|HB'| <= |H|, so the first step summed over entries gives (|W|^2 + |H|^2)/2 >= <W, HB'> = "
    "<Z, B>, and the best B gives the nuclear norm; the second step attains it once there are as "
    "many dimensions as the rank. Averaging is a contraction from the right, so columns of a "
    "class coincide and the problem is one in K x K logits with norm |Z N^(1/2)|_*.",
    mutants=(
        "the cost is twice the nuclear norm",
        "(w**2 + x**2)/2 >= 2*w*x",
        "every factorisation costs the same",
        "(w**2 + x**2)/2 == w*x",
    ),
)

INVERSE_ROOT = statement(
    name="seli.inverse_root_sign",
    title="(P_u N P_u)^(+1/2) has only negative entries off the diagonal, for all sizes and kernels u > 0",
    source="derived here",
    functions=("seli_grams",),
    where={
        "u: positive": "kernel entry of class i",
        "n: positive": "size of class i",
        "t: positive": "lambda, the resolvent's parameter",
        "m: positive": "size of class j",
        "s: positive": "sum over classes of u_k^2/n_k",
        "v: positive": "kernel entry of class j",
        "g: positive": "what is left of s in the denominator",
        "q: positive": "what is taken of s",
        "S: positive": "sum over classes of u_k^2/(1 + t n_k)",
        "x: positive": "an eigenvalue of L",
        "K": "classes",
        "n_c": "examples of class c; N = diag(n_c), n their sum",
        "P": "I - 11'/K; P_u = I - uu'/u'u",
        "Y": "one-hot labels, K x n",
        "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
        "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
        "G_W, G_H": "Gram matrices of classifiers and class embeddings",
    },
    theorem=(
        "for every K >= 2, sizes n_k > 0 and u in (0, infinity)^K, L = (P_u N P_u)^+, P_u = I - uu'/u'u, N "
        "= diag(n_k): (L^(1/2))_ij = -(1/pi) int_0^infinity lambda^(-1/2) u_i u_j / [ (1 + lambda n_i)(1 + "
        "lambda n_j) sum_k u_k^2/(1 + lambda n_k) ] d lambda < 0 for all i != j",
        r"L = (P_u N P_u)^{\dagger},\ P_u = I - \frac{uu'}{u'u} :\qquad (L^{1/2})_{ij} = -\frac1\pi "
        r"\int_0^\infty \frac{\lambda^{-1/2}\, u_i u_j}{(1+\lambda n_i)(1+\lambda n_j) \sum_{k=1}^K "
        r"\frac{u_k^2}{1+\lambda n_k}}\, d\lambda < 0 \quad \forall i \ne j \qquad \forall K \ge 2,\ n, u "
        r"\in (0, \infty)^K",
    ),
    steps=(
        "pseudoinverse_two_classes: the pseudoinverse, 2 classes of any sizes",
        state_computed("seli:pseudoinverse", classes=2),
        "pseudoinverse_three_classes: the pseudoinverse, 3 classes of any sizes",
        state_computed("seli:pseudoinverse", classes=3),
        "pseudoinverse_four_classes: the pseudoinverse, 4 classes of any sizes",
        state_computed("seli:pseudoinverse", classes=4),
        "column_of_product: for any K: column j of NL is e_j - u (u_j/n_j)/s, which P_u maps to column j "
        "of P_u",
        "n*(u/n)*(v/m)/s == u*(v/m)/s",
        "kernel_vector: and L u = 0, with s the sum of u_k^2/n_k",
        "u/n - (u/n)*s/s == 0",
        "resolvent_denominator: resolvent: what the rank-one term leaves of class k in its denominator",
        "u**2/n - (u/n)**2*(n/(1 + t*n)) == t*u**2/(1 + t*n)",
        "rank_one_correction: its rank-one correction inverts, with g what is left and q what is taken of "
        "s = g + q",
        "1/g - 1/(g + q) - q/((g + q)*g) == 0",
        "off_diagonal_negative: an off-diagonal entry of -t (L + t)^(-1) is negative",
        "-t*(u/(1 + t*n))*(v/(1 + t*m))/(t*S) < 0",
        "antiderivative_of_root: the root as an integral of x/(x + t): an antiderivative",
        state_derivative("2*sqrt(x)*atan(sqrt(t/x))", "t", "x/(sqrt(t)*(x + t))"),
        "integral_starts_at_zero: that grows from 0",
        state_limit("2*sqrt(x)*atan(sqrt(t/x))", "0", "t", "low"),
        "integral_ends_at_root: to pi sqrt(x)",
        state_limit("2*sqrt(x)*atan(sqrt(t/x))", "pi*sqrt(x)", "t", "high"),
    ),
    argument="L(L+t)^(-1) = I - t(L+t)^(-1), and (L+t)^(-1) is a diagonal matrix plus a rank-one matrix "
    "with entries u_i u_j/((1+t n_i)(1+t n_j)) over t sum_k u_k^2/(1+t n_k). So every "
    "off-diagonal entry under the integral is negative, for every K, all sizes and all u > 0.",
    mutants=(
        "the resolvent's denominator keeps all of s",
        "u**2/n - (u/n)**2*(n/(1 + t*n)) == u**2/n",
        "the root without the factor 1/pi",
        state_limit("2*sqrt(x)*atan(sqrt(t/x))", "sqrt(x)", "t", "high"),
        "the inverse sizes alone are the pseudoinverse: 1/n has no kernel",
        "u/n == 0",
    ),
)

GEOMETRY = statement(
    name="seli.optimal_geometry",
    title="For any class sizes the margin-constrained free-feature problem has logits PY and no others",
    source="Thrampoulidis et al. (NeurIPS 2022) for two sizes; arbitrary sizes derived here",
    ids=("C3",),
    functions=("margin_optimal_logits", "seli_grams", "seli_value"),
    corrects="Known for two sizes of class; it holds for arbitrary sizes, with a dual in closed form.",
    where={
        "K: integer 2..": "classes",
        "v: real": "common shift of one column of logits",
        "w: real": "common shift of another column",
        "a: nonnegative": "an eigenvalue of the Gram matrix",
        "b: positive": "by how much an eigenvalue grows",
        "n1, n2: positive": "size of classes 1, 2",
        "n_c": "examples of class c; N = diag(n_c), n their sum",
        "P": "I - 11'/K; P_u = I - uu'/u'u",
        "Y": "one-hot labels, K x n",
        "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
        "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
        "G_W, G_H": "Gram matrices of classifiers and class embeddings",
    },
    theorem=(
        "for every K >= 2, sizes n_c >= 1 and d >= K - 1: the minimisers of (||W||_F^2 + ||H||_F^2)/2 over "
        "W in R^(d x K), H in R^(d x n) with (w_{y_i} - w_c)'h_i >= 1 for all i, c != y_i are exactly "
        "those with W'H = PY, W'W = V S V', H'H = U S U', PY = V S U' its singular value decomposition; "
        "the least value is ||PY||_* = tr (PNP)^(1/2)",
        r"\min \left\{ \tfrac12 \left( \lVert W \rVert_F^2 + \lVert H \rVert_F^2 \right) :\ (w_{y_i} - "
        r"w_c)'h_i \ge 1\ \forall i,\ c \ne y_i \right\} = \lVert PY \rVert_* = \operatorname{tr} "
        r"(PNP)^{1/2}, \qquad \text{attained} \iff W'H = PY,\ W'W = V \Lambda V',\ H'H = U \Lambda U', "
        r"\qquad PY = V \Lambda U' \text{ (SVD)} \qquad \forall K \ge 2,\ n_c \ge 1,\ W \in \mathbb{R}^{d "
        r"\times K},\ H \in \mathbb{R}^{d \times n},\ d \ge K - 1",
    ),
    steps=(
        "feasible_and_tight: PY is feasible, every margin tight",
        "(1 - 1/K) + 1/K == 1",
        "balanced_dual: sizes (3, 3, 3): its polar factor is a dual solution with positive multipliers and "
        "no gap",
        state_computed(
            "seli:optimal_logits", counts=[3, 3, 3], multipliers=[1, 1, 1], margins=[1, 1, 1]
        ),
        "two_sizes_dual: sizes (10, 10, 1, 1): its polar factor is a dual solution with positive "
        "multipliers and no gap",
        state_computed(
            "seli:optimal_logits",
            counts=[10, 10, 1, 1],
            multipliers=[1, 1, 1, 1],
            margins=[1, 1, 1, 1],
        ),
        "four_sizes_dual: sizes (7, 3, 2, 1): its polar factor is a dual solution with positive "
        "multipliers and no gap",
        state_computed(
            "seli:optimal_logits",
            counts=[7, 3, 2, 1],
            multipliers=[1, 1, 1, 1],
            margins=[1, 1, 1, 1],
        ),
        "three_sizes_dual: sizes (20, 5, 1): its polar factor is a dual solution with positive multipliers "
        "and no gap",
        state_computed(
            "seli:optimal_logits", counts=[20, 5, 1], multipliers=[1, 1, 1], margins=[1, 1, 1]
        ),
        "five_sizes_dual: sizes (100, 30, 8, 3, 1): its polar factor is a dual solution with positive "
        "multipliers and no gap",
        state_computed(
            "seli:optimal_logits",
            counts=[100, 30, 8, 3, 1],
            multipliers=[1, 1, 1, 1, 1],
            margins=[1, 1, 1, 1, 1],
        ),
        "shift_on_diagonal: tight margins leave only a shift v_i of the columns, which adds K v v' to the "
        "Gram matrix",
        "((1 - 1/K) + v)**2 + (K - 1)*(v - 1/K)**2 == (1 - 1/K) + K*v**2",
        "shift_off_diagonal: and for two examples of different classes",
        "((1 - 1/K) + v)*(w - 1/K) + (v - 1/K)*((1 - 1/K) + w) + (K - 2)*(v - 1/K)*(w - 1/K) == -1/K + K*v*w",
        "larger_gram_larger_cost: a larger Gram matrix has a larger sum of roots",
        "sqrt(a + b) > sqrt(a)",
    ),
    argument="Dual feasibility asks that the polar factor L^(1/2) Y be negative off the label, which is "
    "seli.inverse_root_sign for every K and all sizes; its columns sum to zero, and its inner "
    "product with PY is the nuclear norm. Positive multipliers force all margins of any solution "
    "to be tight, so it is PY + 1v', whose Gram matrix is larger by K vv' with at least one "
    "eigenvalue strictly larger: v = 0.",
    mutants=(
        "-1/(K-1) off the label: margins exceed one, the norm is not least",
        "1 + 1/(K - 1) == 1",
        "the optimal value is the trace of PNP, without the root (two classes)",
        "sqrt((n1 + n2)/2) == (n1 + n2)/2",
        "a common shift of a column costs nothing",
        "((1 - 1/K) + v)**2 + (K - 1)*(v - 1/K)**2 == 1 - 1/K",
    ),
    rests_on=("seli.sel_matrix", "seli.factorised_cost", "seli.inverse_root_sign"),
)

STATEMENTS = (
    SEL_MATRIX,
    FACTORISED_COST,
    INVERSE_ROOT,
    GEOMETRY,
)
