"""The frames of SELI: Gram matrices, when they are a simplex, and how adjusted losses turn them.

Claimed by Thrampoulidis et al. (NeurIPS 2022) and Behnia, Kini, Vakilian, Thrampoulidis (AISTATS 2023,
arXiv 2303.07608) for two sizes of class; here for arbitrary sizes. Checked by: identities, and adjusted
optima by primal-dual pairs in exact fractions.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state, state_computed, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real
from .seli import seli_grams

__all__ = [
    "classifier_cosines",
    "gram_cosines",
]


def classifier_cosines(
    class_counts: ArrayLike, multipliers: ArrayLike = 1.0, margins: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Cosines between the classifiers of SELI, shape (K, K); see `counterpoise.theory.seli.seli_grams`."""
    return gram_cosines(seli_grams(class_counts, multipliers, margins).classifiers)


def gram_cosines(gram: ArrayLike) -> NDArray[np.float64]:
    """Cosines of the angles between the vectors of a Gram matrix with a positive diagonal."""
    gram = as_real("gram", gram)
    if gram.ndim != 2 or gram.shape[0] != gram.shape[1]:
        raise InputError(f"gram has shape {gram.shape}: must be a square matrix")
    lengths = np.sqrt(as_real("the diagonal of gram", np.diag(gram), low=0, low_open=True))
    return gram / np.outer(lengths, lengths)


# ------------------------------------------------------------------------------------ statements


CLASS_GRAMS = statement(
    name="seli_frames.class_grams",
    title="Classifiers have Gram matrix (PNP)^(1/2), class embeddings its pseudoinverse, and W'H = P",
    source="derived here from the solution's singular value decomposition",
    ids=("C4",),
    functions=("seli_grams", "gram_cosines"),
    where={
        "s: positive": "a singular value of PY",
        "n1, n2: positive": "size of classes 1, 2",
        "K": "classes",
        "n_c": "examples of class c; N = diag(n_c), n their sum",
        "P": "I - 11'/K; P_u = I - uu'/u'u",
        "Y": "one-hot labels, K x n",
        "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
        "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
        "G_W, G_H": "Gram matrices of classifiers and class embeddings",
        "T": "the root of the pseudoinverse of PNP",
    },
    theorem=(
        "at every solution of the margin-constrained free-feature problem (any K >= 2, sizes n_c >= 1, d "
        ">= K - 1), with H_bar the class means of the embeddings: G_W = W'W = (PNP)^(1/2), G_H = "
        "H_bar'H_bar = G_W^+, W'H_bar = P; so W1 = H_bar 1 = 0",
        r"G_W = W'W = (PNP)^{1/2}, \qquad G_H = \bar H' \bar H = G_W^{\dagger}, \qquad W'\bar H = P \qquad "
        r"\text{at every solution } (W, H) \text{ of } \min \left\{ \tfrac12 \left( \lVert W \rVert_F^2 + "
        r"\lVert H \rVert_F^2 \right) :\ (w_{y_i} - w_c)'h_i \ge 1\ \forall c \ne y_i \right\},\ \bar h_c "
        r"= \frac{1}{n_c} \sum_{i : y_i = c} h_i \qquad \forall K \ge 2,\ n_c \ge 1",
    ),
    steps=(
        "roots_multiply_to_one: along an eigenvector of PNP with root s: classifiers s, embeddings 1/s, "
        "logits 1",
        "sqrt(s)*(1/sqrt(s)) == 1",
        "square_of_embedding_gram: the embeddings' Gram over examples is Y'TY; its square is the logits' "
        "as s^2 T^2 = 1",
        "(1/s)*s**2*(1/s) == 1",
        "two_classes_diagonal: two classes: G_W is sqrt((n1+n2)/2) P, whose square is PNP, on the diagonal",
        "((n1 + n2)/2)*(1/2) == n1 - n1 + (n1 + n2)/4",
        "two_classes_off_diagonal: and off it",
        "((n1 + n2)/2)*(-1/2) == (n1 + n2)/4 - (n1 + n2)/2",
        "trace_is_optimal_value: the trace of G_W is the optimal value (K = 4, sizes 7, 3, 2, 1)",
        state_computed(
            "seli:optimal_logits",
            counts=[7, 3, 2, 1],
            multipliers=[1, 1, 1, 1],
            margins=[1, 1, 1, 1],
        ),
    ),
    argument="(PY)(PY)' = PNP and W'W = V S V' give G_W. H'H = ((PY)'(PY))^(1/2) = Y' (PNP)^(+1/2) Y, so "
    "the embedding of a class, the mean of equal columns, has Gram (PNP)^(+1/2). Both kill the "
    "vector of ones: classifiers and class embeddings sum to zero, unweighted. The optimal value "
    "is the nuclear norm.",
    mutants=(
        "self-duality: embeddings have the classifiers' Gram matrix",
        "s == 1/s",
        "G_W = PNP, the root forgotten (two classes)",
        "((n1 + n2)/4)**2*2 == (n1 + n2)/4",
        "embeddings are centred by examples, not by classes: sum of n_c h_c = 0 (two classes)",
        "n1*1 + n2*(-1) == 0",
    ),
    rests_on=("seli.optimal_geometry", "seli.sel_matrix"),
)

ETF_RECOVERY = statement(
    name="seli_frames.simplex_only_if_balanced",
    title="SELI is a simplex frame iff all classes have one size, or there are two classes",
    source="derived here; for equal sizes the simplex is neural collapse (Papyan, Han, Donoho, 2020)",
    ids=("C6",),
    functions=("classifier_cosines",),
    where={
        "K: integer 2..": "classes",
        "m: positive": "common size of all classes",
        "n: positive": "number of all examples",
        "n1, n2, n3: positive": "size of classes 1, 2, 3",
        "n_c": "examples of class c; N = diag(n_c), n their sum",
        "P": "I - 11'/K; P_u = I - uu'/u'u",
        "Y": "one-hot labels, K x n",
        "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
        "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
        "G_W, G_H": "Gram matrices of classifiers and class embeddings",
    },
    theorem=(
        "for every K >= 2 and sizes n_c > 0: PNP = a P for some a > 0 (so G_W = sqrt(a) P, a simplex "
        "frame) iff n_1 = ... = n_K or K = 2",
        r"\left( \exists a > 0 :\ PNP = a P \right) \iff n_1 = \dots = n_K \ \text{ or }\ K = 2, \qquad "
        r"PNP = a P \iff G_W = (PNP)^{1/2} = \sqrt a\, P \qquad \forall K \ge 2,\ n_c > 0",
    ),
    steps=(
        "equal_sizes_off_diagonal: equal sizes m: off-diagonal entries of PNP are those of mP",
        "K*m/K**2 - 2*m/K == -m/K",
        "equal_sizes_diagonal: and diagonal ones",
        "m - 2*m/K + K*m/K**2 == m*(1 - 1/K)",
        "three_classes_forced_equal: if off-diagonal entries agree, three classes have equal sizes",
        state("n1 == n2", given="n/K**2 - (n1 + n3)/K == n/K**2 - (n2 + n3)/K", K="integer 3.."),
        "two_classes_any_sizes: two classes: the diagonal is minus the off-diagonal, whatever the sizes",
        "n1 - n1 + (n1 + n2)/4 == -((n1 + n2)/4 - (n1 + n2)/2)",
    ),
    argument="For K >= 3 apply the third step to every pair and a third class. G_W = sqrt(m) P and G_H = "
    "P/sqrt(m) follow for equal sizes m.",
    mutants=(
        "two classes need equal sizes as well",
        state("n1 == n2", given="n1 - n1 + (n1 + n2)/4 == -((n1 + n2)/4 - (n1 + n2)/2)"),
        "three classes are a simplex for all sizes",
        "n/9 - (n1 + n3)/3 == n/9 - (n2 + n3)/3",
    ),
    rests_on=("seli.sel_matrix", "seli_frames.class_grams"),
)

ADJUSTED = statement(
    name="seli_frames.adjusted_geometry",
    title="Margins t and multipliers d turn SELI into P_u diag(t/d) Y, u = 1/d, for any class sizes",
    source="Behnia, Kini, Vakilian, Thrampoulidis (AISTATS 2023) for two sizes; arbitrary sizes derived here",
    ids=("C11",),
    functions=("classifier_cosines", "seli_grams"),
    corrects="Temperatures proportional to n^(1/4) are common; those that make the classifiers a simplex "
    "are proportional to sqrt(n).",
    where={
        "a: positive": "multiplier of the label's class",
        "b: positive": "multiplier of a wrong class",
        "t: positive": "margin of the class; in the last step the logits' size",
        "D: positive": "u'u, the sum of 1/d_c^2",
        "n: positive": "size of a class",
        "o: real": "additive offset of the logit",
        "K: integer 2..": "classes",
        "n_c": "examples of class c; N = diag(n_c), n their sum",
        "P": "I - 11'/K; P_u = I - uu'/u'u",
        "Y": "one-hot labels, K x n",
        "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
        "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
        "G_W, G_H": "Gram matrices of classifiers and class embeddings",
        "d_c": "multiplier of the logit of class c",
        "t_c": "margin asked of class c",
    },
    theorem=(
        "for every K >= 2, sizes n_c >= 1, margins t_c > 0 and multipliers d_c > 0: under d_y z_y - d_c "
        "z_c >= t_y for every example of class y and c != y, the least ||Z||_* is attained by Z = P_u "
        "diag(t/d) Y, u = (1/d_c), every constraint tight, with G_W = (P_u N_d P_u)^(1/2), N_d = diag(n_c "
        "t_c^2/d_c^2)",
        r"\operatorname{argmin} \left\{ \lVert Z \rVert_* :\ d_{y_i} Z_{y_i i} - d_c Z_{c i} \ge t_{y_i}\ "
        r"\forall i,\ c \ne y_i \right\} \ni P_u \operatorname{diag}(t_c/d_c)\, Y, \qquad u = (1/d_c)_c,\ "
        r"P_u = I - \frac{uu'}{u'u}, \qquad G_W = (P_u N_d P_u)^{1/2},\ N_d = \operatorname{diag}\left( "
        r"n_c t_c^2/d_c^2 \right) \qquad \forall K \ge 2,\ n_c \ge 1,\ t, d \in (0, \infty)^K",
    ),
    steps=(
        "constraints_tight: every constraint is tight, with D = u'u, a = d_y, b = d_c",
        "a*(t/a)*(1 - (1/a)**2/D) - b*(t/a)*(-(1/a)*(1/b)/D) == t",
        "label_temperatures: label-dependent temperatures: margins 1/3, 1/2, 1 for sizes 9, 4, 1",
        state_computed(
            "seli:optimal_logits",
            counts=[9, 4, 1],
            multipliers=[1, 1, 1],
            margins=["1/3", "1/2", "1"],
        ),
        "class_temperatures: class-dependent temperatures: multipliers 3, 2, 1 for the same sizes",
        state_computed(
            "seli:optimal_logits", counts=[9, 4, 1], multipliers=[3, 2, 1], margins=[1, 1, 1]
        ),
        "both_temperatures: both at once, four classes",
        state_computed(
            "seli:optimal_logits",
            counts=[16, 16, 2, 1],
            multipliers=["1", "1", "2", "1/2"],
            margins=["1", "2", "1", "3/4"],
        ),
        "inverse_root_margins_simplex: margins 1/sqrt(n) make all effective sizes one: the classifiers are "
        "a simplex",
        "n*(1/sqrt(n))**2 == 1",
        "root_multipliers_no_simplex: multipliers sqrt(n) as well, but then the frame is P_u, and no "
        "simplex unless u is constant",
        "1 - (1/2)**2/(1 + 1/4) != 1 - 1/(1 + 1/4)",
        "offset_scales_away: an additive offset o is a margin that scales away: (t + o)/t -> 1",
        state_limit("(t + o)/t", "1", "t", "high"),
    ),
    argument="The Gram matrix of Z is P_u N_d P_u with kernel u > 0; seli.inverse_root_sign holds for any "
    "such kernel, so the polar factor is again a dual with positive multipliers. An offset of "
    "bounded size does not change which constraints the growing logits t must meet.",
    mutants=(
        "margins n^(-1/4), as in LDAM, make the classifiers a simplex",
        "n*(n**(-1/4))**2 == 1",
        "margins grow with the class size",
        "n*sqrt(n)**2 == 1",
        "multipliers without the projector off u: P diag(1/d) is not feasible with equality",
        "a*(1/a)*(1 - 1/K) + b*(1/a)/K == 1",
    ),
    rests_on=("seli.inverse_root_sign", "seli.optimal_geometry"),
)

STATEMENTS = (
    CLASS_GRAMS,
    ETF_RECOVERY,
    ADJUSTED,
)
