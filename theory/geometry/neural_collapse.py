"""How far features are from a frame, and why depth prefers a lower rank than the simplex has.

Claimed by Papyan, Han, Donoho (PNAS 2020), Garrod and Keating (arXiv 2410.23169), Sukenik, Mondelli, Lampert
(2024); the comparison with the cross-polytope is derived here. Checked by: identities and sign proofs.
"""

from typing import NamedTuple

import numpy as np

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real, as_whole

__all__ = [
    "DeepCosts",
    "cross_polytope_cost",
    "gram_distance",
    "within_class_variability",
]


class DeepCosts(NamedTuple):
    """Least ridge cost, up to a common factor, of logits with all margins at least one."""

    simplex: float
    cross_polytope: float


def cross_polytope_cost(classes: int, layers: int) -> DeepCosts:
    """Ridge cost of simplex and of cross-polytope logits through ``layers`` linear layers and features.

    Equal class sizes. With M = layers + 1 factors a singular value s costs ``s^(2/M)``; pairs of opposite
    classes have one singular value 2 instead of two of 1.
    """
    classes, power = as_whole("classes", classes, 2), 2.0 / (as_whole("layers", layers, 1) + 1)
    return DeepCosts(float(classes - 1), (classes // 2) * 2.0**power + classes % 2)


def gram_distance(gram: ArrayLike, reference: ArrayLike) -> float:
    """Frobenius distance of two matrices after each is divided by its norm; both must be nonzero."""
    scaled = []
    for name, given in (("gram", gram), ("reference", reference)):
        matrix = as_real(name, given)
        norm = np.linalg.norm(matrix)
        if norm == 0:
            raise InputError(f"{name} is zero: it has no direction")
        scaled.append(matrix / norm)
    if scaled[0].shape != scaled[1].shape:
        raise InputError(f"gram has shape {scaled[0].shape}, reference {scaled[1].shape}")
    return float(np.linalg.norm(scaled[0] - scaled[1]))


def within_class_variability(features: ArrayLike, labels: ArrayLike) -> float:
    """NC1, ``tr(S_W S_B^+)/K``: within-class covariance in units of that of the class means.

    ``features``: shape (n, D); ``labels``: n whole numbers. Class means count equally; S_W averages over
    examples. Zero at neural collapse.
    """
    features = as_real("features", features)
    names, index = np.unique(as_real("labels", labels), return_inverse=True)
    if features.ndim != 2 or index.shape != features.shape[:1] or names.size < 2:
        raise InputError("features and labels: must be (n, D) and (n,), with two classes or more")
    counts = np.bincount(index)
    means = np.zeros((names.size, features.shape[1]))
    np.add.at(means, index, features)
    means /= counts[:, None]
    inside = features - means[index]
    centred = means - means.mean(axis=0)
    within = inside.T @ inside / index.size
    between = centred.T @ centred / names.size
    return float(np.trace(within @ np.linalg.pinv(between, hermitian=True)) / names.size)


# ------------------------------------------------------------------------------------ statements


METRICS = statement(
    name="neural_collapse.metrics",
    title="The squared distance between normalised Gram matrices is 2 - 2 cos, free of scale",
    source="metrics of Papyan, Han, Donoho (PNAS 2020) and Thrampoulidis et al. (NeurIPS 2022)",
    ids=("C13",),
    functions=("gram_distance", "within_class_variability"),
    where={
        "a1: positive": "first entry of the first Gram matrix",
        "a2: real": "second entry of the first Gram matrix",
        "a3: real": "third entry of the first Gram matrix",
        "b1: positive": "first entry of the second Gram matrix",
        "b2: real": "second entry of the second Gram matrix",
        "b3: real": "third entry of the second Gram matrix",
        "s: positive": "a scale",
        "a: positive": "an entry of the first Gram matrix",
        "w: nonnegative": "within-class variance",
        "b: positive": "an entry of the second; in variability the between-class variance",
    },
    theorem=(
        "for all nonzero real matrices A, B of one shape and s > 0: ||A/||A||_F - B/||B||_F||_F^2 = 2 - 2 "
        "<A, B>/(||A||_F ||B||_F), unchanged when A is replaced by s A; at most 2 if A, B are positive "
        "semidefinite",
        r"\left\lVert \frac{A}{\lVert A \rVert_F} - \frac{B}{\lVert B \rVert_F} \right\rVert_F^2 = 2 - "
        r"\frac{2 \langle A, B \rangle}{\lVert A \rVert_F \lVert B \rVert_F}, \qquad \frac{sA}{\lVert sA "
        r"\rVert_F} = \frac{A}{\lVert A \rVert_F}\ \forall s > 0 \qquad \forall A, B \ne 0, \qquad A, B "
        r"\succeq 0 \implies \left\lVert \frac{A}{\lVert A \rVert_F} - \frac{B}{\lVert B \rVert_F} "
        r"\right\rVert_F \le \sqrt2",
    ),
    formula="(a1/sqrt(a1**2 + a2**2 + a3**2) - b1/sqrt(b1**2 + b2**2 + b3**2))**2 + (a2/sqrt(a1**2 + "
    "a2**2 + a3**2) - b2/sqrt(b1**2 + b2**2 + b3**2))**2 + (a3/sqrt(a1**2 + a2**2 + a3**2) - "
    "b3/sqrt(b1**2 + b2**2 + b3**2))**2 == 2 - 2*(a1*b1 + a2*b2 + a3*b3)/(sqrt(a1**2 + a2**2 + "
    "a3**2)*sqrt(b1**2 + b2**2 + b3**2))",
    steps=(
        "squared_distance: the squared distance",
        FORMULA,
        "scale_drops_out: scaling drops out",
        state("(s*a)/sqrt((s*a)**2 + (s*b)**2) == a/sqrt(a**2 + b**2)", b="real"),
        "variability_scale_drops_out: within-class variability: scaling the features drops out",
        "(s**2*w)/(s**2*b) == w/b",
    ),
    argument="Expand the square; positive semidefinite matrices have a nonnegative inner product, so the "
    "distance is at most sqrt(2).",
    mutants=(
        "without dividing by the norms",
        "(a1 - b1)**2 + (a2 - b2)**2 == 2 - 2*(a1*b1 + a2*b2)",
        "variability as tr(S_B S_W^+): it would grow as features collapse",
        state("b/(s*w) <= b/w", s="(0, 1)", w="positive"),
    ),
)

DEEP = statement(
    name="neural_collapse.deep_linear_rank",
    title="Three linear layers over free features: evenly factored simplex logits cost more than "
    "cross-polytope logits with margins at least as large, for every K >= 4",
    source="Garrod and Keating (arXiv 2410.23169), after Sukenik, Mondelli, Lampert (2024); the "
    "cross-polytope comparison is derived here",
    ids=("D16",),
    functions=("cross_polytope_cost",),
    where={
        "k: [2, oo)": "pairs of classes",
        "M: [4, oo)": "factors of the logits, layers + 1",
        "a: positive": "number of majority classes",
        "b: positive": "number of minority classes",
        "k1: [1, oo)": "pairs of majority classes",
        "k2: [1, oo)": "pairs of minority classes",
        "x: real": "fourth root of R; elsewhere an eigenvalue or a factor's size",
        "y: real": "size of a second factor",
        "z: real": "size of a third factor",
        "w: real": "size of a fourth factor",
    },
    theorem=(
        "logits Z through M wide enough factors (M - 1 linear layers) cost (M/2) sum_i sigma_i(Z)^(2/M); "
        "for every M >= 4 and K >= 4 equal classes the cross-polytope code C (pairs +e_j, -e_j, for odd K "
        "one more e_j) has margins >= 1 and sum_i sigma_i(C)^(2/M) = floor(K/2) 2^(2/M) + (K mod 2) < K - "
        "1 = sum_i sigma_i(P)^(2/M), the simplex's of margins 1; for M = 4, 2 k1 majority and 2 k2 "
        "minority classes, at every size ratio R >= 1 too",
        r"\sum_i \sigma_i(C)^{2/M} = \left\lfloor \frac K2 \right\rfloor 2^{2/M} + (K \bmod 2) < K - 1 = "
        r"\sum_i \sigma_i(P)^{2/M} \quad \forall K \ge 4,\ M \ge 4, \qquad P = I - \tfrac1K "
        r"\mathbf{1}\mathbf{1}',\ C = \operatorname{diag}(B, \dots, B)\ (K \text{ even}),\ "
        r"\operatorname{diag}(B, \dots, B, 1)\ (K \text{ odd}),\ B = \begin{pmatrix} 1 & -1 \\ -1 & 1 "
        r"\end{pmatrix}, \qquad C_{yy} - C_{cy} \ge 1 = P_{yy} - P_{cy}\ \forall c \ne y, \qquad \min_{W_1 "
        r"\cdots W_M = Z} \frac12 \sum_{l=1}^M \lVert W_l \rVert_F^2 = \frac M2 \sum_i \sigma_i(Z)^{2/M} "
        r"\text{ (inner widths} \ge \operatorname{rank} Z\text{)}; \qquad \sqrt2 \left( k_1 R^{1/4} + k_2 "
        r"\right) < (2k_1 - 1) R^{1/4} + 2k_2 - 1 + \left( \frac{k_2 R + k_1}{k_1 + k_2} \right)^{1/4} "
        r"\quad \forall k_1, k_2 \ge 1,\ R \ge 1",
    ),
    formula="k*2**(2/M) < 2*k - 1",
    steps=(
        "even_factors_are_cheapest: four factors: a singular value s costs at least 2 s^(1/2), attained "
        "evenly",
        "(x**4 + y**4 + z**4 + w**4)/2 >= 2*x*y*z*w",
        "cross_polytope_margins: cross-polytope codes +-e_j: margins 1 - 0 and 1 - (-1)",
        ("1 - 0 >= 1", "1 - (-1) >= 1"),
        "pair_singular_values: a pair of opposite codes has singular values 2 and 0",
        "(1 - x)*(1 - x) - (-1)*(-1) == x*(x - 2)",
        "even_classes_cheaper: 2k classes, M >= 4 factors: the cross-polytope is cheaper",
        FORMULA,
        "odd_classes_cheaper: 2k + 1 classes: one more singular value of one on either side",
        "k*2**(2/M) + 1 < 2*k",
        "two_layers_four_classes: four classes, two layers: it is not",
        "2*2**(2/3) > 3",
        "two_layers_six_classes: six classes, two layers: it is",
        "3*2**(2/3) < 5",
        "fourth_root_above_mean: unequal sizes R = x^4: between the groups, the fourth root is above the "
        "mean of roots",
        state("(b*x**4 + a)/(a + b) >= ((b*x + a)/(a + b))**4", x="[1, oo)"),
        "two_sizes_cheaper: so pairs inside 2 k1 majority and 2 k2 minority classes are cheaper at every R",
        state(
            "(2*k1 - 1 - sqrt(2)*k1)*x + (2*k2 - 1 - sqrt(2)*k2) + (k2*x + k1)/(k1 + k2) > 0",
            x="[1, oo)",
        ),
    ),
    argument="By Horn's inequality and the inequality of the means, M factors cost at least (M/2) sum "
    "s^(2/M), attained by balanced factors (the scalar step is M = 4). Simplex logits have K - 1 "
    "singular values 1 (sqrt(R), 1 and the mean, by group, for two sizes); pairing classes "
    "replaces two by one of twice the size, and costs are sums of s^(2/M). The loss falls as "
    "well, as no margin is smaller.",
    mutants=(
        "two layers are enough at four classes",
        state("k*2**(2/M) < 2*k - 1", M="[3, oo)"),
        "one layer is enough",
        "k*2**(2/2) < 2*k - 1",
        "three layers lower the rank of three classes as well (k = 1)",
        state("k*2**(2/M) + 1 < 2*k", k="[1, oo)"),
    ),
    rests_on=("seli_step.closed_forms",),
    cites=("Horn (1950): sum_i sigma_i(A B)^p <= sum_i sigma_i(A)^p sigma_i(B)^p for p > 0",),
)

STATEMENTS = (
    METRICS,
    DEEP,
)
