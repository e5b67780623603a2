"""How far features are from a frame, and why depth prefers a lower rank than the simplex has.

Claimed by Papyan, Han, Donoho (PNAS 2020), Garrod and Keating (arXiv 2410.23169), Sukenik, Mondelli, Lampert
(2024); the comparison with the cross-polytope is derived here. Checked by: identities and sign proofs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..claims.statement import Statement, mutants, state, steps
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

_POSITIVE = "positive"

_UNIT = "sqrt(a1**2 + a2**2 + a3**2)"
_OTHER = "sqrt(b1**2 + b2**2 + b3**2)"
_VECTORS = {
    "a1": _POSITIVE,
    "a2": "real",
    "a3": "real",
    "b1": _POSITIVE,
    "b2": "real",
    "b3": "real",
}

METRICS = Statement(
    name="neural_collapse.metrics",
    title="The distance between normalised Gram matrices is 2 - 2 cos (three entries), free of scale",
    source="metrics of Papyan, Han, Donoho (PNAS 2020) and Thrampoulidis et al. (NeurIPS 2022)",
    formula=state(
        f"(a1/{_UNIT} - b1/{_OTHER})**2 + (a2/{_UNIT} - b2/{_OTHER})**2 + (a3/{_UNIT} - b3/{_OTHER})**2"
        f" == 2 - 2*(a1*b1 + a2*b2 + a3*b3)/({_UNIT}*{_OTHER})",
        **_VECTORS,
    ),
    steps=steps(
        (
            "the squared distance",
            state(
                f"(a1/{_UNIT} - b1/{_OTHER})**2 + (a2/{_UNIT} - b2/{_OTHER})**2"
                f" + (a3/{_UNIT} - b3/{_OTHER})**2"
                f" == 2 - 2*(a1*b1 + a2*b2 + a3*b3)/({_UNIT}*{_OTHER})",
                **_VECTORS,
            ),
        ),
        (
            "scaling drops out",
            state(
                "(s*a)/sqrt((s*a)**2 + (s*b)**2) == a/sqrt(a**2 + b**2)",
                s=_POSITIVE,
                a=_POSITIVE,
                b="real",
            ),
        ),
        (
            "within-class variability: scaling the features drops out",
            state("(s**2*w)/(s**2*b) == w/b", s=_POSITIVE, w="nonnegative", b=_POSITIVE),
        ),
    ),
    argument="Expand the square; positive semidefinite matrices have a nonnegative inner product, so the "
    "distance is at most sqrt(2).",
    mutants=mutants(
        (
            "without dividing by the norms",
            state(
                "(a1 - b1)**2 + (a2 - b2)**2 == 2 - 2*(a1*b1 + a2*b2)",
                a1=_POSITIVE,
                a2="real",
                b1=_POSITIVE,
                b2="real",
            ),
        ),
        (
            "variability as tr(S_B S_W^+): it would grow as features collapse",
            state("b/(s*w) <= b/w", s="(0, 1)", w=_POSITIVE, b=_POSITIVE),
        ),
    ),
    symbols={"a, b": "entries of two Gram matrices", "s": "a scale", "w": "within-class variance"},
    ids=("C13",),
    functions=("gram_distance", "within_class_variability"),
)

DEEP = Statement(
    name="neural_collapse.deep_linear_rank",
    title="Three linear layers over free features: evenly factored simplex logits cost more than "
    "cross-polytope logits with margins at least as large, for every K >= 4",
    source="Garrod and Keating (arXiv 2410.23169), after Sukenik, Mondelli, Lampert (2024); the "
    "cross-polytope comparison is derived here",
    formula=state("k*2**(2/M) < 2*k - 1", k="[2, oo)", M="[4, oo)"),
    steps=steps(
        (
            "four factors: a singular value s costs at least 2 s^(1/2), attained evenly",
            state(
                "(x**4 + y**4 + z**4 + w**4)/2 >= 2*x*y*z*w", x="real", y="real", z="real", w="real"
            ),
        ),
        (
            "cross-polytope codes +-e_j: margins 1 - 0 and 1 - (-1)",
            state("1 - 0 >= 1", "1 - (-1) >= 1"),
        ),
        (
            "a pair of opposite codes has singular values 2 and 0",
            state("(1 - x)*(1 - x) - (-1)*(-1) == x*(x - 2)", x="real"),
        ),
        (
            "2k classes, M >= 4 factors: the cross-polytope is cheaper",
            state("k*2**(2/M) < 2*k - 1", k="[2, oo)", M="[4, oo)"),
        ),
        (
            "2k + 1 classes: one more singular value of one on either side",
            state("k*2**(2/M) + 1 < 2*k", k="[2, oo)", M="[4, oo)"),
        ),
        ("four classes, two layers: it is not", state("2*2**(2/3) > 3")),
        ("six classes, two layers: it is", state("3*2**(2/3) < 5")),
        (
            "unequal sizes R = x^4: between the groups, the fourth root is above the mean of roots",
            state(
                "(b*x**4 + a)/(a + b) >= ((b*x + a)/(a + b))**4",
                a=_POSITIVE,
                b=_POSITIVE,
                x="[1, oo)",
            ),
        ),
        (
            "so pairs inside 2 k1 majority and 2 k2 minority classes are cheaper at every R",
            state(
                "(2*k1 - 1 - sqrt(2)*k1)*x + (2*k2 - 1 - sqrt(2)*k2) + (k2*x + k1)/(k1 + k2) > 0",
                k1="[1, oo)",
                k2="[1, oo)",
                x="[1, oo)",
            ),
        ),
    ),
    argument="Simplex logits have K - 1 singular values 1 (sqrt(R), 1 and the mean, by group, for two "
    "sizes); pairing classes replaces two by one of twice the size, and costs are sums of s^(2/M). The loss "
    "falls as well, as no margin is smaller.",
    mutants=mutants(
        (
            "two layers are enough at four classes",
            state("k*2**(2/M) < 2*k - 1", k="[2, oo)", M="[3, oo)"),
        ),
        ("one layer is enough", state("k*2**(2/2) < 2*k - 1", k="[2, oo)")),
        (
            "three layers lower the rank of three classes as well (k = 1)",
            state("k*2**(2/M) + 1 < 2*k", k="[1, oo)", M="[4, oo)"),
        ),
    ),
    symbols={
        "k": "pairs of classes",
        "M": "factors of the logits, layers + 1",
        "x": "fourth root of R; elsewhere an eigenvalue or a factor's size",
    },
    rests_on=("seli_step.closed_forms",),
    ids=("D16",),
    functions=("cross_polytope_cost",),
)

STATEMENTS = (
    METRICS,
    DEEP,
)
