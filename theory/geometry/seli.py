"""SELI: the geometry of classifiers and embeddings that imbalanced cross-entropy training tends to.

Claimed by Thrampoulidis, Kini, Vakilian, Behnia, "Imbalance Trouble: Revisiting Neural-Collapse Geometry"
(NeurIPS 2022, arXiv 2208.05512) for two sizes of class, and Behnia et al. (AISTATS 2023) for adjusted
losses; here for arbitrary class sizes. Checked by: symbolic identities for every number of classes, a
resolvent formula with one sign, and primal-dual pairs in exact fractions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    state_quoted,
    steps,
)
from ..consistency.offset_family import sum_of_others
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
    own = np.diag(root)
    rest = (1.0 - np.eye(kernel.size)) @ (share * kernel)
    return sizes * own * rest + share * ((kernel * sizes) @ (np.diag(own) - root))


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "K": "classes",
    "n_c": "examples of class c; N = diag(n_c), n their sum",
    "P": "I - 11'/K; P_u = I - uu'/u'u",
    "Y": "one-hot labels, K x n",
    "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
    "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
    "G_W, G_H": "Gram matrices of classifiers and class embeddings",
}

SEL_MATRIX = Statement(
    name="seli.sel_matrix",
    title="Simplex-encoded labels have margin 1, columns of sum 0 and Gram matrix P N P",
    source="Thrampoulidis et al. (NeurIPS 2022), Definition of the SEL matrix",
    formula=state_quoted(
        "PY has all margins 1, columns of sum zero, and (PY)(PY)' = PNP",
        r"\hat Z = PY,\qquad 1'\hat Z = 0,\qquad \hat Z\hat Z' = PNP",
    ),
    steps=steps(
        ("each column sums to zero", state("(1 - 1/K) + (K - 1)*(-1/K) == 0", K="integer 2..")),
        ("every margin is one", state("(1 - 1/K) - (-1/K) == 1", K="integer 2..")),
        (
            "on the diagonal of the Gram matrix, m = n_i examples of the class and n - m of others",
            state(
                "m*(1 - 1/K)**2 + (n - m)/K**2 == m - 2*m/K + n/K**2",
                K="integer 2..",
                m="positive",
                n="positive",
            ),
        ),
        (
            "off the diagonal, a = n_i, b = n_j",
            state(
                "-a*(1 - 1/K)/K - b*(1 - 1/K)/K + (n - a - b)/K**2 == n/K**2 - (a + b)/K",
                K="integer 2..",
                a="positive",
                b="positive",
                n="positive",
            ),
        ),
    ),
    argument="Row i of PY is 1 - 1/K on the n_i columns of class i and -1/K elsewhere; the two last steps "
    "add up the products over all n columns. x'PNPx is a sum of n_c (Px)_c^2, zero only for Px = 0, so the "
    "rank is K - 1.",
    mutants=mutants(
        (
            "-1/(K-1) off the label, as in a one-versus-rest code",
            state("(1 - 1/K) + (K - 1)*(-1/(K - 1)) == 0", K="integer 2.."),
        ),
        (
            "off-diagonal entries vanish as in the one-hot Gram matrix",
            state(
                "n/K**2 - (a + b)/K == 0", K="integer 2..", a="positive", b="positive", n="positive"
            ),
        ),
    ),
    symbols=_SYMBOLS,
    ids=("C1",),
    functions=("sel_matrix",),
)

FACTORISED_COST = Statement(
    name="seli.factorised_cost",
    title="The least (|W|^2 + |H|^2)/2 over factorisations W'H = Z is the nuclear norm of Z",
    source="known (Srebro, Rennie, Jaakkola, 2004); the bound for W, H is derived here",
    formula=state_quoted(
        "min (|W|^2 + |H|^2)/2 over W'H = Z is the nuclear norm of Z",
        r"\min_{W'H = Z}\tfrac12\left(\|W\|^2 + \|H\|^2\right) = \|Z\|_*",
    ),
    steps=steps(
        (
            "one entry of |W - HB'|^2 >= 0, for any B of spectral norm one",
            state("(w**2 + x**2)/2 >= w*x", w="real", x="real"),
        ),
        (
            "a factorisation with singular values sqrt(s) on both sides costs s for each",
            state("(sqrt(s)**2 + sqrt(s)**2)/2 == s", s="nonnegative"),
        ),
        (
            "all pairs of small integer matrices obey it, and some attain it",
            state_computed("seli:factorisation", largest=1),
        ),
        (
            "equal columns: m copies of z cost as sqrt(m) z, here two classes, one row",
            state(
                "sqrt(a*x**2 + b*y**2) == sqrt((sqrt(a)*x)**2 + (sqrt(b)*y)**2)",
                a="positive",
                b="positive",
                x="real",
                y="real",
            ),
        ),
        (
            "averaging the columns of a class does not add to the norm",
            state("2*((x + y)/2)**2 <= x**2 + y**2", x="real", y="real"),
        ),
    ),
    argument="|HB'| <= |H|, so the first step summed over entries gives (|W|^2 + |H|^2)/2 >= <W, HB'> = "
    "<Z, B>, and the best B gives the nuclear norm; the second step attains it once there are as many "
    "dimensions as the rank. Averaging is a contraction from the right, so columns of a class coincide "
    "and the problem is one in K x K logits with norm |Z N^(1/2)|_*.",
    mutants=mutants(
        (
            "the cost is twice the nuclear norm",
            state("(w**2 + x**2)/2 >= 2*w*x", w="real", x="real"),
        ),
        (
            "every factorisation costs the same",
            state("(w**2 + x**2)/2 == w*x", w="real", x="real"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "B": "a matrix of spectral norm at most one",
        "s": "a singular value of Z",
    },
    ids=("C2",),
)

INVERSE_ROOT = Statement(
    name="seli.inverse_root_sign",
    title="(P_u N P_u)^(+1/2) has only negative entries off the diagonal, for all sizes and kernels u > 0",
    source="derived here",
    formula=state_quoted(
        "the root L^(1/2) of the pseudoinverse is an integral of products of one sign",
        r"(L^{1/2})_{ij} = -\frac1\pi\int_0^\infty \frac{\lambda^{-1/2}\,u_i u_j\,d\lambda}"
        r"{(1+\lambda n_i)(1+\lambda n_j)\sum_k u_k^2/(1+\lambda n_k)} < 0,\quad i \ne j",
    ),
    steps=steps(
        *(
            (
                f"the pseudoinverse, {classes} classes of any sizes",
                state_computed("seli:pseudoinverse", classes=classes),
            )
            for classes in (2, 3, 4)
        ),
        (
            "for any K: column j of NL is e_j - u (u_j/n_j)/s, which P_u maps to column j of P_u",
            state(
                "n*(u/n)*(v/m)/s == u*(v/m)/s",
                n="positive",
                m="positive",
                s="positive",
                u="positive",
                v="positive",
            ),
        ),
        (
            "and L u = 0, with s the sum of u_k^2/n_k",
            state("u/n - (u/n)*s/s == 0", u="positive", n="positive", s="positive"),
        ),
        (
            "resolvent: what the rank-one term leaves of class k in its denominator",
            state(
                "u**2/n - (u/n)**2*(n/(1 + t*n)) == t*u**2/(1 + t*n)",
                u="positive",
                n="positive",
                t="positive",
            ),
        ),
        (
            "its rank-one correction inverts, with g what is left and q what is taken of s = g + q",
            state("1/g - 1/(g + q) - q/((g + q)*g) == 0", g="positive", q="positive"),
        ),
        (
            "an off-diagonal entry of -t (L + t)^(-1) is negative",
            state(
                "-t*(u/(1 + t*n))*(v/(1 + t*m))/(t*S) < 0",
                t="positive",
                u="positive",
                v="positive",
                n="positive",
                m="positive",
                S="positive",
            ),
        ),
        (
            "the root as an integral of x/(x + t): an antiderivative",
            state_derivative(
                "2*sqrt(x)*atan(sqrt(t/x))", "t", "x/(sqrt(t)*(x + t))", t="positive", x="positive"
            ),
        ),
        (
            "that grows from 0",
            state_limit("2*sqrt(x)*atan(sqrt(t/x))", "0", "t", "low", t="positive", x="positive"),
        ),
        (
            "to pi sqrt(x)",
            state_limit(
                "2*sqrt(x)*atan(sqrt(t/x))", "pi*sqrt(x)", "t", "high", t="positive", x="positive"
            ),
        ),
    ),
    argument="L(L+t)^(-1) = I - t(L+t)^(-1), and (L+t)^(-1) is a diagonal matrix plus a rank-one matrix "
    "with entries u_i u_j/((1+t n_i)(1+t n_j)) over t sum_k u_k^2/(1+t n_k). So every off-diagonal entry "
    "under the integral is negative, for every K, all sizes and all u > 0.",
    mutants=mutants(
        (
            "the resolvent's denominator keeps all of s",
            state(
                "u**2/n - (u/n)**2*(n/(1 + t*n)) == u**2/n",
                u="positive",
                n="positive",
                t="positive",
            ),
        ),
        (
            "the root without the factor 1/pi",
            state_limit(
                "2*sqrt(x)*atan(sqrt(t/x))", "sqrt(x)", "t", "high", t="positive", x="positive"
            ),
        ),
        (
            "the inverse sizes alone are the pseudoinverse: 1/n has no kernel",
            state("u/n == 0", u="positive", n="positive"),
        ),
    ),
    symbols={**_SYMBOLS, "u, v": "entries of the kernel", "t": "lambda, the resolvent's parameter"},
    functions=("seli_grams",),
)

GEOMETRY = Statement(
    name="seli.optimal_geometry",
    title="For any class sizes the margin-constrained free-feature problem has logits PY and no others",
    source="Thrampoulidis et al. (NeurIPS 2022) for two sizes; arbitrary sizes derived here",
    formula=state_quoted(
        "the UFM-SVM has the unique optimal logits PY; with PY = V S U', W'W = V S V' and H'H = U S U'",
        r"\arg\min\{\tfrac12(\|W\|^2+\|H\|^2) : (w_{y_i}-w_c)'h_i \ge 1\} \ni W'H = PY = V\Lambda U',"
        r"\quad W'W = V\Lambda V',\; H'H = U\Lambda U'",
    ),
    steps=steps(
        ("PY is feasible, every margin tight", state("(1 - 1/K) + 1/K == 1", K="integer 2..")),
        *(
            (
                f"sizes {counts}: its polar factor is a dual solution with positive multipliers and no gap",
                state_computed(
                    "seli:optimal_logits",
                    counts=list(counts),
                    multipliers=[1] * len(counts),
                    margins=[1] * len(counts),
                ),
            )
            for counts in ((3, 3, 3), (10, 10, 1, 1), (7, 3, 2, 1), (20, 5, 1), (100, 30, 8, 3, 1))
        ),
        (
            "tight margins leave only a shift v_i of the columns, which adds K v v' to the Gram matrix",
            state(
                "((1 - 1/K) + v)**2 + (K - 1)*(v - 1/K)**2 == (1 - 1/K) + K*v**2",
                K="integer 2..",
                v="real",
            ),
        ),
        (
            "and for two examples of different classes",
            state(
                "((1 - 1/K) + v)*(w - 1/K) + (v - 1/K)*((1 - 1/K) + w) + (K - 2)*(v - 1/K)*(w - 1/K)"
                " == -1/K + K*v*w",
                K="integer 2..",
                v="real",
                w="real",
            ),
        ),
        (
            "a larger Gram matrix has a larger sum of roots",
            state("sqrt(a + b) > sqrt(a)", a="nonnegative", b="positive"),
        ),
    ),
    argument="Dual feasibility asks that the polar factor L^(1/2) Y be negative off the label, which is "
    "seli.inverse_root_sign for every K and all sizes; its columns sum to zero, and its inner product with "
    "PY is the nuclear norm. Positive multipliers force all margins of any solution to be tight, so it is "
    "PY + 1v', whose Gram matrix is larger by K vv' with at least one eigenvalue strictly larger: v = 0.",
    mutants=mutants(
        (
            "-1/(K-1) off the label: margins exceed one, the norm is not least",
            state("1 + 1/(K - 1) == 1", K="integer 2.."),
        ),
        (
            "the optimal value is the trace of PNP, without the root (two classes)",
            state("sqrt((n1 + n2)/2) == (n1 + n2)/2", n1="positive", n2="positive"),
        ),
        (
            "a common shift of a column costs nothing",
            state(
                "((1 - 1/K) + v)**2 + (K - 1)*(v - 1/K)**2 == 1 - 1/K", K="integer 2..", v="real"
            ),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("seli.sel_matrix", "seli.factorised_cost", "seli.inverse_root_sign"),
    ids=("C3",),
    functions=("margin_optimal_logits", "seli_grams", "seli_value"),
    corrects="Known for two sizes of class; it holds for arbitrary sizes, with a dual in closed form.",
)

STATEMENTS = (
    SEL_MATRIX,
    FACTORISED_COST,
    INVERSE_ROOT,
    GEOMETRY,
)
