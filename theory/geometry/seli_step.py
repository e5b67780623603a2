"""SELI in closed form for two sizes of class: norms, angles, and where minority classifiers meet.

Claimed by Thrampoulidis, Kini, Vakilian, Behnia (NeurIPS 2022) for as many minority as majority classes;
here for any numbers of them. Checked by: five identities for the product of two matrices of this shape,
symbolic in everything, and sign proofs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, as_whole

__all__ = [
    "StepGeometry",
    "orthogonal_minorities_imbalance",
    "step_geometry",
    "step_singular_values",
]


class StepGeometry(NamedTuple):
    """Norms and cosines of SELI for two sizes of class; each has the shape of ``imbalance``.

    ``*_majority`` and ``*_minority`` are squared norms, classifiers in units of sqrt(n_min), embeddings of
    1/sqrt(n_min). Cosines inside a group of one class are nan.
    """

    classifier_majority: NDArray[np.float64]
    classifier_minority: NDArray[np.float64]
    embedding_majority: NDArray[np.float64]
    embedding_minority: NDArray[np.float64]
    classifier_cosine_majority: NDArray[np.float64]
    classifier_cosine_minority: NDArray[np.float64]
    classifier_cosine_across: NDArray[np.float64]
    embedding_cosine_majority: NDArray[np.float64]
    embedding_cosine_minority: NDArray[np.float64]
    embedding_cosine_across: NDArray[np.float64]
    alignment_majority: NDArray[np.float64]
    alignment_minority: NDArray[np.float64]


def step_singular_values(
    imbalance: ArrayLike, majority_classes: int, minority_classes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Singular values of the SEL matrix over sqrt(n_min): majority, minority, between the groups.

    They occur ``majority_classes - 1``, ``minority_classes - 1`` and 1 times. ``imbalance``: size of a
    majority class over that of a minority class, at least 1.
    """
    ratio, first, second = _checked(imbalance, majority_classes, minority_classes)
    between = np.sqrt((second * ratio + first) / (first + second))
    return np.sqrt(ratio), np.ones_like(ratio), between


def step_geometry(
    imbalance: ArrayLike, majority_classes: int, minority_classes: int
) -> StepGeometry:
    """Norms and angles of SELI for ``majority_classes`` classes that are ``imbalance`` times as large.

    ``imbalance`` at least 1, any shape; both numbers of classes at least 1.
    """
    ratio, k1, k2 = _checked(imbalance, majority_classes, minority_classes)
    r, _, q = step_singular_values(imbalance, majority_classes, minority_classes)
    k = k1 + k2
    w1 = r * (1 - 1 / k1) + q * k2 / (k1 * k)
    w2 = (1 - 1 / k2) + q * k1 / (k2 * k)
    h1 = (1 - 1 / k1) / r + k2 / (k1 * k * q)
    h2 = (1 - 1 / k2) + k1 / (k2 * k * q)
    share = k2 / k
    # Numerators of inner products inside a group, with the common differences multiplied out.
    inside_w1 = -(1 - share) * (ratio * (1 + share + share**2) - share**2) / (r + share * q) / k1
    inside_w2 = share * ((1 - share) ** 2 * (ratio - 1) - (2 - share)) / (1 + (1 - share) * q) / k2
    inside_h1 = -(1 - share) * (share * ratio + 1) / ((q + share * r) * r * q) / k1
    inside_h2 = -(q - 1 + share) / q / k2
    return StepGeometry(
        w1, w2, h1, h2,
        _cosine(inside_w1, w1, majority_classes),
        _cosine(inside_w2, w2, minority_classes),
        -q / (k * np.sqrt(w1 * w2)),
        _cosine(inside_h1, h1, majority_classes),
        _cosine(inside_h2, h2, minority_classes),
        -1 / (q * k * np.sqrt(h1 * h2)),
        (1 - 1 / k) / np.sqrt(w1 * h1),
        (1 - 1 / k) / np.sqrt(w2 * h2),
    )  # fmt: skip


def orthogonal_minorities_imbalance(minority_fraction: ArrayLike) -> NDArray[np.float64]:
    """The imbalance at which minority classifiers are orthogonal: ``((1-rho)^-2 - (1-rho)) / rho``.

    ``minority_fraction`` rho in (0, 1), the share of minority classes; at 1/2 it is 7.
    """
    share = as_real(
        "minority_fraction", minority_fraction, low=0, high=1, low_open=True, high_open=True
    )
    return (3 - 3 * share + share**2) / (1 - share) ** 2


def _cosine(
    inner: NDArray[np.float64], square: NDArray[np.float64], classes: int
) -> NDArray[np.float64]:
    return inner / square if classes > 1 else np.full_like(inner, np.nan)


def _checked(
    imbalance: ArrayLike, majority_classes: int, minority_classes: int
) -> tuple[NDArray[np.float64], float, float]:
    ratio = as_real("imbalance", imbalance, low=1)
    first = as_whole("majority_classes", majority_classes, 1)
    return ratio, float(first), float(as_whole("minority_classes", minority_classes, 1))


# ------------------------------------------------------------------------------------ statements


CLOSED_FORMS = statement(
    name="seli_step.closed_forms",
    title="Two sizes of class: SELI's Gram matrices in closed form, for any numbers of classes",
    source="Thrampoulidis et al. (NeurIPS 2022) for K1 = K2; any K1, K2 derived here",
    ids=("C5",),
    functions=("step_geometry", "step_singular_values"),
    corrects="The published closed forms assume as many minority as majority classes.",
    where={
        "R: [1, oo)": "size of a majority class over a minority one",
        "K1: [1, oo)": "number of majority classes",
        "K2: [1, oo)": "number of minority classes",
        "r: [1, oo)": "sqrt(R), R = size of a majority class over that of a minority class",
        "s: real": "first matrix's coefficient on minority contrasts",
        "q: real": "sqrt((K2 R + K1)/K), the singular value between the groups",
        "x: real": "second matrix's coefficient on majority contrasts",
        "y: real": "second matrix's coefficient on minority contrasts",
        "z: real": "second matrix's coefficient between the groups",
        "rho": "K2/K",
    },
    theorem=(
        "K1 >= 1 classes of size R n_min, K2 >= 1 of size n_min, R >= 1, K = K1 + K2, rho = K2/K, q = "
        "sqrt(rho R + 1 - rho): G_W = sqrt(n_min) (sqrt(R) E_1 + E_2 + q E_3), G_H = (E_1/sqrt(R) + E_2 + "
        "E_3/q)/sqrt(n_min), with E_1 and E_2 the projectors onto the contrasts inside the majority and "
        "the minority, E_3 = ee'/e'e, e = (1/K1 on the majority, -1/K2 on the minority); the singular "
        "values of the logits are sqrt(R n_min) (K1 - 1 times), sqrt(n_min) (K2 - 1 times), q sqrt(n_min) "
        "(once)",
        r"\frac{G_W}{\sqrt{n_{\min}}} = \sqrt R\,E_1 + E_2 + q\,E_3, \qquad \sqrt{n_{\min}}\,G_H = "
        r"\frac{E_1}{\sqrt R} + E_2 + \frac{E_3}{q}, \qquad q = \sqrt{\rho R + 1 - \rho},\ \rho = "
        r"\frac{K_2}{K}, \qquad E_1 = \left( I_{K_1} - \tfrac{1}{K_1} \mathbf{1}\mathbf{1}' \right) \oplus "
        r"0,\ E_2 = 0 \oplus \left( I_{K_2} - \tfrac{1}{K_2} \mathbf{1}\mathbf{1}' \right),\ E_3 = "
        r"\frac{ee'}{e'e},\ e = \left( \tfrac{1}{K_1} \mathbf{1}_{K_1}, -\tfrac{1}{K_2} \mathbf{1}_{K_2} "
        r"\right) \qquad \forall K_1, K_2 \ge 1,\ R \ge 1, \qquad \sigma(PY) = \sqrt{n_{\min}}\,\left( "
        r"\sqrt R\ (K_1 - 1 \text{ times}),\ 1\ (K_2 - 1 \text{ times}),\ q \right)",
    ),
    steps=(
        "product_majority_diagonal: product of two matrices of this shape: majority diagonal",
        state(
            "(r*(1 - 1/K1) + q*K2/(K1*(K1 + K2)))*(x*(1 - 1/K1) + z*K2/(K1*(K1 + K2))) + (K1 - 1)*(-r/K1 + "
            "q*K2/(K1*(K1 + K2)))*(-x/K1 + z*K2/(K1*(K1 + K2))) + K2*(-q/(K1 + K2))*(-z/(K1 + K2)) == "
            "(r*x*(1 - 1/K1) + q*z*K2/(K1*(K1 + K2)))",
            r="real",
        ),
        "product_two_majority: product of two matrices of this shape: two majority classes",
        state(
            "(r*(1 - 1/K1) + q*K2/(K1*(K1 + K2)))*(-x/K1 + z*K2/(K1*(K1 + K2))) + (-r/K1 + q*K2/(K1*(K1 + "
            "K2)))*(x*(1 - 1/K1) + z*K2/(K1*(K1 + K2))) + (K1 - 2)*(-r/K1 + q*K2/(K1*(K1 + K2)))*(-x/K1 + "
            "z*K2/(K1*(K1 + K2))) + K2*(-q/(K1 + K2))*(-z/(K1 + K2)) == (-r*x/K1 + q*z*K2/(K1*(K1 + K2)))",
            r="real",
        ),
        "product_minority_diagonal: product of two matrices of this shape: minority diagonal",
        "(s*(1 - 1/K2) + q*K1/(K2*(K1 + K2)))*(y*(1 - 1/K2) + z*K1/(K2*(K1 + K2))) + (K2 - 1)*(-s/K2 + "
        "q*K1/(K2*(K1 + K2)))*(-y/K2 + z*K1/(K2*(K1 + K2))) + K1*(-q/(K1 + K2))*(-z/(K1 + K2)) == (s*y*(1 "
        "- 1/K2) + q*z*K1/(K2*(K1 + K2)))",
        "product_two_minority: product of two matrices of this shape: two minority classes",
        "(s*(1 - 1/K2) + q*K1/(K2*(K1 + K2)))*(-y/K2 + z*K1/(K2*(K1 + K2))) + (-s/K2 + q*K1/(K2*(K1 + "
        "K2)))*(y*(1 - 1/K2) + z*K1/(K2*(K1 + K2))) + (K2 - 2)*(-s/K2 + q*K1/(K2*(K1 + K2)))*(-y/K2 + "
        "z*K1/(K2*(K1 + K2))) + K1*(-q/(K1 + K2))*(-z/(K1 + K2)) == (-s*y/K2 + q*z*K1/(K2*(K1 + K2)))",
        "product_across: product of two matrices of this shape: one of each",
        state(
            "(r*(1 - 1/K1) + q*K2/(K1*(K1 + K2)))*(-z/(K1 + K2)) + (K1 - 1)*(-r/K1 + q*K2/(K1*(K1 + "
            "K2)))*(-z/(K1 + K2)) + (-q/(K1 + K2))*(y*(1 - 1/K2) + z*K1/(K2*(K1 + K2))) + (K2 - 1)*(-q/(K1 "
            "+ K2))*(-y/K2 + z*K1/(K2*(K1 + K2))) == (-q*z/(K1 + K2))",
            r="real",
        ),
        "pnp_majority_diagonal: PNP, majority diagonal",
        "(r**2*(1 - 1/K1) + ((K2*r**2 + K1)/(K1 + K2))*K2/(K1*(K1 + K2))) == r**2 - 2*r**2/(K1 + K2) + "
        "(K1*r**2 + K2)/(K1 + K2)**2",
        "pnp_two_majority: PNP, two majority classes",
        "(-r**2/K1 + ((K2*r**2 + K1)/(K1 + K2))*K2/(K1*(K1 + K2))) == -2*r**2/(K1 + K2) + (K1*r**2 + "
        "K2)/(K1 + K2)**2",
        "pnp_minority_diagonal: PNP, minority diagonal",
        "(1*(1 - 1/K2) + ((K2*r**2 + K1)/(K1 + K2))*K1/(K2*(K1 + K2))) == 1 - 2/(K1 + K2) + (K1*r**2 + "
        "K2)/(K1 + K2)**2",
        "pnp_two_minority: PNP, two minority classes",
        "(-1/K2 + ((K2*r**2 + K1)/(K1 + K2))*K1/(K2*(K1 + K2))) == -2/(K1 + K2) + (K1*r**2 + K2)/(K1 + "
        "K2)**2",
        "pnp_across: PNP, one of each",
        "(-((K2*r**2 + K1)/(K1 + K2))/(K1 + K2)) == -(r**2 + 1)/(K1 + K2) + (K1*r**2 + K2)/(K1 + K2)**2",
        "between_group_value: q^2 is rho R + 1 - rho, the mean of R and 1 with the minority's share on R",
        "(K2*R + K1)/(K1 + K2) == (K2/(K1 + K2))*R + 1 - K2/(K1 + K2)",
        "witness_four_classes: sizes 49, 49, 1, 1 (roots 7, 1 and 5): these logits are optimal",
        state_computed(
            "seli:optimal_logits",
            counts=[49, 49, 1, 1],
            multipliers=[1, 1, 1, 1],
            margins=[1, 1, 1, 1],
        ),
    ),
    argument="E_1, E_2 are the contrasts inside the groups and E_3 the one between them. The product rule "
    "multiplies the three coefficients; so the square of (r, 1, q) is (R, 1, q^2), which is PNP, "
    "the product of (r, 1, q) and (1/r, 1, 1/q) is (1, 1, 1), which is P, and all coefficients "
    "are positive. The ranks K1 - 1, K2 - 1 and 1 are the multiplicities of the singular values.",
    mutants=(
        "third singular value sqrt((R+1)/2) for any share of minority classes",
        "(K2*R + K1)/(K1 + K2) == (R + 1)/2",
        "the shares swapped: sqrt(rho + (1 - rho) R)",
        "(K2*R + K1)/(K1 + K2) == (K1*R + K2)/(K1 + K2)",
        "the root forgotten: G_W has coefficients R, 1, q^2",
        "r**2*r**2 == r**2",
    ),
    rests_on=("seli_frames.class_grams",),
)

NORMS = statement(
    name="seli_step.norms",
    title="For R > 1 majority classifiers are longer and majority embeddings shorter than minority ones",
    source="Thrampoulidis et al. (NeurIPS 2022) for K1 = K2; any K1, K2 >= 2 derived here",
    ids=("C5",),
    functions=("step_geometry",),
    where={
        "K1: [2, oo)": "number of majority classes",
        "K2: [2, oo)": "number of minority classes",
        "r: (1, oo)": "sqrt(R), R = size of a majority class over that of a minority class",
        "q: [1, oo)": "sqrt((K2 R + K1)/K), the singular value between the groups",
        "x: (1, oo)": "a ratio above one, q or sqrt(R)/q",
        "rho": "K2/K",
    },
    theorem=(
        "for all K1, K2 >= 2 and R > 1: ||w_maj|| > ||w_min|| and ||h_maj|| < ||h_min||, with "
        "||w_maj||^2/sqrt(n_min) = sqrt(R)(1 - 1/K1) + q K2/(K1 K), ||w_min||^2/sqrt(n_min) = 1 - 1/K2 + q "
        "K1/(K2 K), and the same with 1/sqrt(R), 1/q for sqrt(n_min) ||h||^2; and ||w_c|| ||h_c|| > "
        "w_c'h_c = 1 - 1/K in both groups",
        r"\lVert w_{\mathrm{maj}} \rVert > \lVert w_{\mathrm{min}} \rVert, \qquad \lVert h_{\mathrm{maj}} "
        r"\rVert < \lVert h_{\mathrm{min}} \rVert, \qquad \lVert w_c \rVert\, \lVert h_c \rVert > w_c'h_c "
        r"= 1 - \frac1K\ \forall c \qquad \forall K_1, K_2 \ge 2,\ R > 1, \qquad \frac{\lVert "
        r"w_{\mathrm{maj}} \rVert^2}{\sqrt{n_{\min}}} = \sqrt R \left( 1 - \frac{1}{K_1} \right) + \frac{q "
        r"K_2}{K_1 K},\quad \frac{\lVert w_{\mathrm{min}} \rVert^2}{\sqrt{n_{\min}}} = 1 - \frac{1}{K_2} + "
        r"\frac{q K_1}{K_2 K},\quad q = \sqrt{\frac{K_2 R + K_1}{K}}, \qquad \sqrt{n_{\min}}\,\lVert "
        r"h_{\mathrm{maj}} \rVert^2 = \frac{1}{\sqrt R} \left( 1 - \frac{1}{K_1} \right) + \frac{K_2}{q "
        r"K_1 K},\quad \sqrt{n_{\min}}\,\lVert h_{\mathrm{min}} \rVert^2 = 1 - \frac{1}{K_2} + "
        r"\frac{K_1}{q K_2 K}",
    ),
    formula=state(
        "(r*(1 - 1/K1) + q*K2/(K1*(K1 + K2))) > (1*(1 - 1/K2) + q*K1/(K2*(K1 + K2)))",
        given=["q <= r"],
    ),
    steps=(
        "between_group_value_bounded: 1 <= q <= sqrt(R)",
        state("1 <= sqrt((K2*r**2 + K1)/(K1 + K2)) <= r", r="[1, oo)", K1="[1, oo)", K2="[1, oo)"),
        "classifiers_longer: classifiers",
        FORMULA,
        "embeddings_shorter: embeddings",
        state(
            "((1/r)*(1 - 1/K1) + (1/q)*K2/(K1*(K1 + K2))) < (1*(1 - 1/K2) + (1/q)*K1/(K2*(K1 + K2)))",
            given=["q <= r"],
        ),
        "self_duality_lost: self-duality is lost: |w|^2 |h|^2 exceeds (w'h)^2 = (1-1/K)^2, majority",
        state(
            "(r*(1 - 1/K1) + q*K2/(K1*(K1 + K2)))*((1/r)*(1 - 1/K1) + (1/q)*K2/(K1*(K1 + K2))) >= (1 - "
            "1/(K1 + K2))**2",
            given=["q <= r"],
        ),
        "excess_of_majority: the excess is strict unless sqrt(R) = q, majority",
        state(
            "(r*(1 - 1/K1) + q*K2/(K1*(K1 + K2)))*((1/r)*(1 - 1/K1) + (1/q)*K2/(K1*(K1 + K2))) - (1 - "
            "1/(K1 + K2))**2 == (1 - 1/K1)*K2/(K1*(K1 + K2))*(r/q + q/r - 2)",
            given=(),
        ),
        "excess_of_minority: and unless q = 1, minority",
        "(1*(1 - 1/K2) + q*K1/(K2*(K1 + K2)))*(1*(1 - 1/K2) + (1/q)*K1/(K2*(K1 + K2))) - (1 - 1/(K1 + "
        "K2))**2 == (1 - 1/K2)*K1/(K2*(K1 + K2))*(q + 1/q - 2)",
        "sum_with_inverse_exceeds_two: x + 1/x exceeds 2",
        "x + 1/x > 2",
    ),
    argument="Squared norms are the diagonal entries of the closed forms. For R > 1, 1 < q < sqrt(R), so "
    "both excesses are strict: no classifier is parallel to its embedding.",
    mutants=(
        "self-duality: w and h are parallel for every R",
        "(1*(1 - 1/K2) + q*K1/(K2*(K1 + K2)))*(1*(1 - 1/K2) + (1/q)*K1/(K2*(K1 + K2))) == (1 - 1/(K1 + "
        "K2))**2",
        "minority classifiers are the longer ones",
        state(
            "(r*(1 - 1/K1) + q*K2/(K1*(K1 + K2))) < (1*(1 - 1/K2) + q*K1/(K2*(K1 + K2)))",
            given=["q <= r"],
        ),
        "embedding norms do not depend on the group",
        state(
            "((1/r)*(1 - 1/K1) + (1/q)*K2/(K1*(K1 + K2))) == (1*(1 - 1/K2) + (1/q)*K1/(K2*(K1 + K2)))",
            given=["q <= r"],
        ),
    ),
    rests_on=("seli_step.closed_forms",),
)


MINORITY_ANGLE = statement(
    name="seli_step.minority_angle",
    title="The cosine of two minority classifiers increases with R to 1, through 0 at ((1-rho)^-2 - "
    "(1-rho))/rho; minority embeddings stay apart",
    source="derived here; the collapse limit R -> oo is Fang, He, Long, Su (PNAS 2021)",
    ids=("C5",),
    functions=("step_geometry", "orthogonal_minorities_imbalance"),
    corrects="The published crossing R = 7 is that of rho = 1/2; in general it depends on rho alone.",
    where={
        "K1: [1, oo)": "number of majority classes",
        "K2: [2, oo)": "number of minority classes",
        "q: [1, oo)": "sqrt((K2 R + K1)/K), the singular value between the groups",
        "rho: (0, 1)": "K2/K",
        "R: [1, oo)": "size of a majority class over a minority one",
        "S: [1, oo)": "a smaller imbalance than R",
        "s: (0, 1)": "K1/K = 1 - rho",
        "m: [2, oo)": "K2",
        "K: [4, oo)": "number of classes",
        "r": "sqrt(R), R = size of a majority class over that of a minority class",
    },
    theorem=(
        "for K1 >= 1, K2 >= 2, R >= 1, rho = K2/K, q = sqrt(rho R + 1 - rho): the cosine of two minority "
        "classifiers, ((1-rho) q - 1)/(K2 - 1 + (1-rho) q), is strictly increasing in R, below 1, tends to "
        "1 as R -> infinity and is 0 exactly at R = ((1-rho)^-2 - (1-rho))/rho (7 at rho = 1/2); that of "
        "two minority embeddings, ((1-rho)/q - 1)/(K2 - 1 + (1-rho)/q), is negative and tends to -1/(K2 - "
        "1)",
        r"\cos(w_c, w_{c'}) = \frac{(1 - \rho)\, q - 1}{K_2 - 1 + (1 - \rho)\, q} < 1 \text{ strictly "
        r"increasing in } R \ge 1, \qquad \lim_{R \to \infty} \cos(w_c, w_{c'}) = 1, \qquad \cos(w_c, "
        r"w_{c'}) = 0 \iff R = \frac{(1 - \rho)^{-2} - (1 - \rho)}{\rho}; \qquad \cos(h_c, h_{c'}) = "
        r"\frac{(1 - \rho)/q - 1}{K_2 - 1 + (1 - \rho)/q} < 0,\quad \lim_{R \to \infty} \cos(h_c, h_{c'}) "
        r"= -\frac{1}{K_2 - 1} \qquad \forall c \ne c' \text{ minority},\ K_1 \ge 1,\ K_2 \ge 2,\ \rho = "
        r"\tfrac{K_2}{K},\ q = \sqrt{\rho R + 1 - \rho}",
    ),
    formula="((-1/K2 + q*K1/(K2*(K1 + K2)))/(1*(1 - 1/K2) + q*K1/(K2*(K1 + K2)))) == (q*K1/(K1 + K2) - "
    "1)/(K2 - 1 + q*K1/(K1 + K2))",
    steps=(
        "cosine_is_fraction_in_q: the cosine as a fraction linear in q",
        FORMULA,
        "slope_in_q: its slope in q",
        state_derivative(
            "(q*K1/(K1 + K2) - 1)/(K2 - 1 + q*K1/(K1 + K2))",
            "q",
            "(K1/(K1 + K2))*K2/(K2 - 1 + q*K1/(K1 + K2))**2",
        ),
        "slope_positive: is positive",
        "(K1/(K1 + K2))*K2/(K2 - 1 + q*K1/(K1 + K2))**2 > 0",
        "q_grows_with_imbalance: q increases with R",
        state("rho*R + 1 - rho > rho*S + 1 - rho", given="R > S"),
        "crossing_point: it vanishes where q = 1/(1 - rho), that is at R = ((1-rho)^-2 - (1-rho))/rho",
        "rho*(((1 - rho)**(-2) - (1 - rho))/rho) + 1 - rho == (1 - rho)**(-2)",
        "crossing_at_half_share: which is 7 for rho = 1/2, whatever K",
        "((1/2)**(-2) - 1/2)/(1/2) == 7",
        "crossing_at_least_three: and at least 3 for every share",
        "((1 - rho)**(-2) - (1 - rho))/rho > 3",
        "limit_is_one: it tends to 1 as R -> oo",
        state_limit("(q*s - 1)/(m - 1 + q*s)", "1", "q", "high"),
        "below_one: but is below 1 at every R: no collapse at finite imbalance",
        "(q*s - 1)/(m - 1 + q*s) < 1",
        "published_form: rho = 1/2: the published form",
        "(sqrt((R + 1)/2)/2 - 1)/(K/2 - 1 + sqrt((R + 1)/2)/2) == (-2 + sqrt((R + 1)/2))/(K - 2 + sqrt((R "
        "+ 1)/2))",
        "embedding_cosine_limit: minority embeddings: the cosine tends to -1/(K2-1)",
        state_limit("(-1/m + s/(m*q))/(1 - 1/m + s/(m*q))", "-1/(m - 1)", "q", "high"),
        "embedding_cosine_negative: and is negative throughout",
        "(-1/m + s/(m*q))/(1 - 1/m + s/(m*q)) < 0",
    ),
    argument="b_2/a_2 of the closed forms, with s = K1/K = 1 - rho and m = K2. A positive slope and the "
    "one root in q give one crossing in R; the limits are those of q -> oo.",
    mutants=(
        "orthogonal at R = 4 for rho = 1/2",
        "(-2 + sqrt((4 + 1)/2)) == 0",
        "the crossing depends on the number of classes: R = K - 1",
        state("rho*(K - 1) + 1 - rho == (1 - rho)**(-2)", K="integer 4.."),
        "minority embeddings collapse as well",
        "(-1/m + s/(m*q))/(1 - 1/m + s/(m*q)) >= 0",
        "minority classifiers are always at an obtuse angle",
        "(q*s - 1)/(m - 1 + q*s) <= 0",
    ),
    rests_on=("seli_step.closed_forms",),
)

STATEMENTS = (CLOSED_FORMS, NORMS, MINORITY_ANGLE)
