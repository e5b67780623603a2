"""The frames of SELI: Gram matrices, when they are a simplex, and how adjusted losses turn them.

Claimed by Thrampoulidis et al. (NeurIPS 2022) and Behnia, Kini, Vakilian, Thrampoulidis (AISTATS 2023,
arXiv 2303.07608) for two sizes of class; here for arbitrary sizes. Checked by: identities, and adjusted
optima by primal-dual pairs in exact fractions.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_limit,
    state_quoted,
    steps,
)
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

_SYMBOLS = {
    "K": "classes",
    "n_c": "examples of class c; N = diag(n_c), n their sum",
    "P": "I - 11'/K; P_u = I - uu'/u'u",
    "Y": "one-hot labels, K x n",
    "W, H, Z": "classifiers, embeddings and logits, Z = W'H",
    "L": "the pseudoinverse of PNP, a weighted graph Laplacian",
    "G_W, G_H": "Gram matrices of classifiers and class embeddings",
}

CLASS_GRAMS = Statement(
    name="seli_frames.class_grams",
    title="Classifiers have Gram matrix (PNP)^(1/2), class embeddings its pseudoinverse, and W'H = P",
    source="derived here from the solution's singular value decomposition",
    formula=state_quoted(
        "G_W = (PNP)^(1/2), G_H = G_W^+, W'H = P over class embeddings",
        r"G_W = (PNP)^{1/2},\qquad G_H = G_W^{\dagger},\qquad W'\bar H = P",
    ),
    steps=steps(
        (
            "along an eigenvector of PNP with root s: classifiers s, embeddings 1/s, logits 1",
            state("sqrt(s)*(1/sqrt(s)) == 1", s="positive"),
        ),
        (
            "the embeddings' Gram over examples is Y'TY; its square is the logits' as s^2 T^2 = 1",
            state("(1/s)*s**2*(1/s) == 1", s="positive"),
        ),
        (
            "two classes: G_W is sqrt((n1+n2)/2) P, whose square is PNP, on the diagonal",
            state("((n1 + n2)/2)*(1/2) == n1 - n1 + (n1 + n2)/4", n1="positive", n2="positive"),
        ),
        (
            "and off it",
            state(
                "((n1 + n2)/2)*(-1/2) == (n1 + n2)/4 - (n1 + n2)/2", n1="positive", n2="positive"
            ),
        ),
        (
            "the trace of G_W is the optimal value (K = 4, sizes 7, 3, 2, 1)",
            state_computed(
                "seli:optimal_logits", counts=[7, 3, 2, 1], multipliers=[1] * 4, margins=[1] * 4
            ),
        ),
    ),
    argument="(PY)(PY)' = PNP and W'W = V S V' give G_W. H'H = ((PY)'(PY))^(1/2) = Y' (PNP)^(+1/2) Y, so "
    "the embedding of a class, the mean of equal columns, has Gram (PNP)^(+1/2). Both kill the vector of "
    "ones: classifiers and class embeddings sum to zero, unweighted. The optimal value is the nuclear norm.",
    mutants=mutants(
        (
            "self-duality: embeddings have the classifiers' Gram matrix",
            state("s == 1/s", s="positive"),
        ),
        (
            "G_W = PNP, the root forgotten (two classes)",
            state("((n1 + n2)/4)**2*2 == (n1 + n2)/4", n1="positive", n2="positive"),
        ),
        (
            "embeddings are centred by examples, not by classes: sum of n_c h_c = 0 (two classes)",
            state("n1*1 + n2*(-1) == 0", n1="positive", n2="positive"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "T": "the root of the pseudoinverse of PNP",
        "s": "a singular value of PY",
    },
    rests_on=("seli.optimal_geometry", "seli.sel_matrix"),
    ids=("C4",),
    functions=("seli_grams", "gram_cosines"),
)

ETF_RECOVERY = Statement(
    name="seli_frames.simplex_only_if_balanced",
    title="SELI is a simplex frame iff all classes have one size, or there are two classes",
    source="derived here; for equal sizes the simplex is neural collapse (Papyan, Han, Donoho, 2020)",
    formula=state_quoted(
        "PNP is a multiple of P iff all sizes are equal or K = 2",
        r"PNP = aP \iff n_1 = \dots = n_K \;\text{ or }\; K = 2",
    ),
    steps=steps(
        (
            "equal sizes m: off-diagonal entries of PNP are those of mP",
            state("K*m/K**2 - 2*m/K == -m/K", K="integer 2..", m="positive"),
        ),
        (
            "and diagonal ones",
            state("m - 2*m/K + K*m/K**2 == m*(1 - 1/K)", K="integer 2..", m="positive"),
        ),
        (
            "if off-diagonal entries agree, three classes have equal sizes",
            state(
                "n1 == n2",
                given="n/K**2 - (n1 + n3)/K == n/K**2 - (n2 + n3)/K",
                K="integer 3..",
                n="positive",
                n1="positive",
                n2="positive",
                n3="positive",
            ),
        ),
        (
            "two classes: the diagonal is minus the off-diagonal, whatever the sizes",
            state(
                "n1 - n1 + (n1 + n2)/4 == -((n1 + n2)/4 - (n1 + n2)/2)",
                n1="positive",
                n2="positive",
            ),
        ),
    ),
    argument="For K >= 3 apply the third step to every pair and a third class. G_W = sqrt(m) P and "
    "G_H = P/sqrt(m) follow for equal sizes m.",
    mutants=mutants(
        (
            "two classes need equal sizes as well",
            state(
                "n1 == n2",
                given="n1 - n1 + (n1 + n2)/4 == -((n1 + n2)/4 - (n1 + n2)/2)",
                n1="positive",
                n2="positive",
            ),
        ),
        (
            "three classes are a simplex for all sizes",
            state(
                "n/9 - (n1 + n3)/3 == n/9 - (n2 + n3)/3",
                n="positive",
                n1="positive",
                n2="positive",
                n3="positive",
            ),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("seli.sel_matrix", "seli_frames.class_grams"),
    ids=("C6",),
    functions=("classifier_cosines",),
)

ADJUSTED = Statement(
    name="seli_frames.adjusted_geometry",
    title="Margins t and multipliers d turn SELI into P_u diag(t/d) Y, u = 1/d, for any class sizes",
    source="Behnia, Kini, Vakilian, Thrampoulidis (AISTATS 2023) for two sizes; arbitrary sizes derived here",
    formula=state_quoted(
        "under d_y z_y - d_c z_c >= t_y the solution is P_u diag(t/d) Y with u = 1/d, and "
        "G_W = (P_u N_d P_u)^(1/2), N_d = diag(n_c (t_c/d_c)^2)",
        r"d_y z_y - d_c z_c \ge t_y:\quad Z = P_u\,\mathrm{diag}(t/d)\,Y,\quad u = 1/d,\quad "
        r"G_W = (P_u N_d P_u)^{1/2},\; N_d = \mathrm{diag}\left(n_c t_c^2/d_c^2\right)",
    ),
    steps=steps(
        (
            "every constraint is tight, with D = u'u, a = d_y, b = d_c",
            state(
                "a*(t/a)*(1 - (1/a)**2/D) - b*(t/a)*(-(1/a)*(1/b)/D) == t",
                a="positive",
                b="positive",
                t="positive",
                D="positive",
            ),
        ),
        (
            "label-dependent temperatures: margins 1/3, 1/2, 1 for sizes 9, 4, 1",
            state_computed(
                "seli:optimal_logits",
                counts=[9, 4, 1],
                multipliers=[1, 1, 1],
                margins=["1/3", "1/2", "1"],
            ),
        ),
        (
            "class-dependent temperatures: multipliers 3, 2, 1 for the same sizes",
            state_computed(
                "seli:optimal_logits", counts=[9, 4, 1], multipliers=[3, 2, 1], margins=[1, 1, 1]
            ),
        ),
        (
            "both at once, four classes",
            state_computed(
                "seli:optimal_logits",
                counts=[16, 16, 2, 1],
                multipliers=["1", "1", "2", "1/2"],
                margins=["1", "2", "1", "3/4"],
            ),
        ),
        (
            "margins 1/sqrt(n) make all effective sizes one: the classifiers are a simplex",
            state("n*(1/sqrt(n))**2 == 1", n="positive"),
        ),
        (
            "multipliers sqrt(n) as well, but then the frame is P_u, and no simplex unless u is constant",
            state("1 - (1/2)**2/(1 + 1/4) != 1 - 1/(1 + 1/4)"),
        ),
        (
            "an additive offset o is a margin that scales away: (t + o)/t -> 1",
            state_limit("(t + o)/t", "1", "t", "high", t="positive", o="real"),
        ),
    ),
    argument="The Gram matrix of Z is P_u N_d P_u with kernel u > 0; seli.inverse_root_sign holds for any "
    "such kernel, so the polar factor is again a dual with positive multipliers. An offset of bounded "
    "size does not change which constraints the growing logits t must meet.",
    mutants=mutants(
        (
            "margins n^(-1/4), as in LDAM, make the classifiers a simplex",
            state("n*(n**(-1/4))**2 == 1", n="positive"),
        ),
        (
            "margins grow with the class size",
            state("n*sqrt(n)**2 == 1", n="positive"),
        ),
        (
            "multipliers without the projector off u: P diag(1/d) is not feasible with equality",
            state(
                "a*(1/a)*(1 - 1/K) + b*(1/a)/K == 1", a="positive", b="positive", K="integer 2.."
            ),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "d_c": "multiplier of the logit of class c",
        "t_c": "margin asked of class c",
    },
    rests_on=("seli.inverse_root_sign", "seli.optimal_geometry"),
    ids=("C11",),
    functions=("classifier_cosines", "seli_grams"),
    corrects="Temperatures proportional to n^(1/4) are common; those that make the classifiers a simplex "
    "are proportional to sqrt(n).",
)

STATEMENTS = (
    CLASS_GRAMS,
    ETF_RECOVERY,
    ADJUSTED,
)
