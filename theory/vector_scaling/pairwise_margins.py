"""Losses with one margin per pair of classes: when such a loss is a vector-scaling (VS) loss.

``log(1 + sum_j exp(D_yj + u_j - u_y))`` holds LDAM (Cao et al., NeurIPS 2019) and the equalisation
loss (Tan et al., CVPR 2020), which papers list as VS losses; neither is one. Checked by: SMT.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_failure, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real

__all__ = ["offsets_of_pairwise_margins"]


def offsets_of_pairwise_margins(
    margins: ArrayLike, tolerance: float = 1e-12
) -> NDArray[np.float64] | None:
    """Offsets ``Delta`` of the VS loss that a pairwise loss is, or None if it is none.

    ``margins``: shape (K, K), ``D[y, j]`` added to ``u_j - u_y`` for label y; the diagonal is ignored.
    ``Delta[0] = 0``: a constant in all offsets changes nothing. ``tolerance`` is relative to the
    largest margin.
    """
    margins = as_real("margins", margins)
    tolerance = as_number("tolerance", tolerance, low=0)
    if margins.ndim != 2 or margins.shape[0] != margins.shape[1] or margins.shape[0] < 2:
        raise InputError(f"margins has shape {margins.shape}: must be (K, K) with K >= 2")
    pairwise = margins - np.diag(np.diag(margins))
    offset = pairwise[0]
    error = np.abs(pairwise - (offset[np.newaxis, :] - offset[:, np.newaxis])).max()
    return offset.copy() if error <= tolerance * np.abs(pairwise).max() else None


# ------------------------------------------------------------------------------------ statements


MEMBER = statement(
    name="pairwise_margins.vs_condition",
    title="A pairwise loss is a VS loss with unit scales iff D_yj + D_jy = 0 and D_yj + D_jl = D_yl",
    source="derived here",
    ids=("VS2-neg",),
    functions=("offsets_of_pairwise_margins",),
    where={
        "D12: real": "margin added to u_2 - u_1 for label 1",
        "D13: real": "margin added to u_3 - u_1 for label 1",
        "a: positive": "power exp(D + u_j - u_y) of a wrong class",
        "b: positive": "power of another wrong class",
        "c: positive": "power of the first wrong class in the other loss",
        "d: positive": "power of the second wrong class in the other loss",
        "D21: real": "margin added to u_1 - u_2 for label 2",
        "D23: real": "margin added to u_3 - u_2 for label 2",
        "d1, d2, d3: real": "offset Delta of classes 1, 2, 3",
        "D31: real": "margin added to u_1 - u_3 for label 3",
        "D32: real": "margin added to u_2 - u_3 for label 3",
    },
    theorem=(
        "for all K >= 2, margins D_yj and ell_D(u, y) = log(1 + sum over j != y of exp(D_yj + u_j - u_y)): "
        "some Delta in R^K has ell_D(u, y) = -log softmax_y(u + Delta) for all u, y iff D_yj + D_jy = 0 "
        "for all y != j and D_yj + D_jl = D_yl for all distinct y, j, l; then D_yj = Delta_j - Delta_y "
        "with Delta_j = D_1j",
        r"\exists\,\Delta\in\mathbb R^K:\ \log\left(1+\sum_{j\ne y}e^{D_{yj}+u_j-u_y}\right)"
        r"=-\log\frac{e^{u_y+\Delta_y}}{\sum_je^{u_j+\Delta_j}}\ \ \forall\,u\in\mathbb R^K,\ "
        r"y\quad\iff\quad \begin{cases}D_{yj}+D_{jy}=0&\forall\,y\ne j\\ "
        r"D_{yj}+D_{jl}=D_{yl}&\forall\,y,j,l\ \text{distinct}\end{cases}\qquad(D_{yj}=\Delta_j-\Delta_y,\ "
        r"\Delta_1=0,\ \Delta_j=D_{1j})",
    ),
    formula=state("D12 + D23 == D13", given=["D12 == d2 - d1", "D23 == d3 - d2", "D13 == d3 - d1"]),
    steps=(
        "equal_losses_have_equal_margins: equal losses have equal margins: the powers of two wrong "
        "classes, at two logit vectors",
        state("a == c", "b == d", given=["a + b == c + d", "2*a + b == 2*c + d"]),
        "opposite_margins_cancel: necessary: margins D_yj = Delta_j - Delta_y cancel in opposite pairs",
        state("D12 + D21 == 0", given=["D12 == d2 - d1", "D21 == d1 - d2"]),
        "margins_add_along_a_path: necessary: and add up along a path of classes",
        FORMULA,
        "offsets_from_the_conditions: sufficient, for any pair of any K: with Delta_j = D_1j the margins "
        "are differences",
        state("D23 == D13 - D12", given=["D12 + D21 == 0", "D21 + D13 == D23"]),
        "two_classes: two classes: one condition is left, D_12 = -D_21",
        state("D12 == d2 - 0", "D21 == 0 - d2", given=["D12 + D21 == 0", "d2 == D12"]),
    ),
    argument="Two losses that agree at all logits agree where all but two wrong classes have vanished and "
    "where one of the two powers is doubled, so their margins agree. Margins that are differences "
    "satisfy both conditions, and both conditions make them differences of Delta_j = D_1j.",
    mutants=(
        "opposite margins that cancel are enough, for three classes",
        state("D12 + D23 == D13", given=["D12 + D21 == 0", "D13 + D31 == 0", "D23 + D32 == 0"]),
        "one logit vector identifies the margins",
        state("a == c", given="a + b == c + d"),
    ),
    rests_on=("vs_loss.forms",),
)

LDAM = statement(
    name="pairwise_margins.ldam",
    title="LDAM with positive margins is no VS loss of its scale; its binary form is in the binary scalar "
    "family",
    source="Cao et al. (NeurIPS 2019), eq. (10); Kini et al. (NeurIPS 2021), eq. (1); derived here",
    ids=("VS2-neg",),
    corrects="LDAM listed as the VS loss with offsets -m: its margin moves the true class's logit only",
    where={
        "u1, u2: real": "logit of classes 1, 2",
        "s: positive": "LDAM's scale",
        "m1, m2: positive": "LDAM's margin of classes 1, 2",
    },
    theorem=(
        "for all K >= 2, s > 0 and m_j > 0, LDAM -log(e^(s(u_y - m_y))/(e^(s(u_y - m_y)) + sum over j != y "
        "of e^(s u_j))) has the pairwise margins D_yj = s m_y with D_yj + D_jy = s (m_y + m_j) > 0: no "
        "Delta makes it -log softmax_y(s u + Delta) for all u, y; for K = 2, s = 1 it is the binary scalar "
        "loss log(1 + exp(iota_y - y f)), f = u_1 - u_2, y = +-1, iota_+ = m_1, iota_- = m_2",
        r"\ell_{\text{LDAM}}(u,y)=\log\left(1+\sum_{j\ne y}e^{s\,m_y+s(u_j-u_y)}\right),\quad "
        r"D_{yj}+D_{jy}=s(m_y+m_j)>0\ \ \forall\,y\ne j\ \Longrightarrow\ \nexists\,\Delta\in\mathbb R^K:\ "
        r"\ell_{\text{LDAM}}(u,y)=-\log\operatorname{softmax}_y(su+\Delta)\ \forall\,u,y;\qquad K=2,\ "
        r"s=1:\ \ell_{\text{LDAM}}=\log\left(1+e^{\iota_y-yf}\right),\ f=u_1-u_2,\ \iota_\pm=m_{1,2}",
    ),
    formula="(s*m1) + (s*m2) > 0",
    steps=(
        "ldam_in_pairwise_form: LDAM in pairwise form: the margin is s m_y against every wrong class (one "
        "class's share)",
        "exp(s*u2)/exp(s*(u1 - m1)) == exp(s*m1 + s*u2 - s*u1)",
        "opposite_margins_do_not_cancel: opposite margins add up to more than zero",
        FORMULA,
        "vs_with_minus_m_differs: the VS loss with offsets -m is another loss: at m = (1/2, 1/4), u = 0",
        state_failure("log(1 + exp(1/2)) == log(1 + exp(-1/4 - (-1/2)))"),
        "binary_scalar_loss_is_ldam: the binary scalar loss log(1 + exp(iota_y - y f)) with iota_y = m_y, "
        "f = u_1 - u_2, is LDAM (label +1; label -1 swaps the classes)",
        "exp(u2)/exp(u1 - m1) == exp(m1)*exp(-(u1 - u2))",
    ),
    argument="A VS loss needs D_12 + D_21 = 0; LDAM has D_yj = s m_y, whose sum is s (m_1 + m_2). The "
    "binary scalar family has one free margin per label, so it is a different model from the "
    "softmax family with K = 2, whose two margins are opposite.",
    mutants=(
        "offsets -m in the VS loss give LDAM",
        "log(1 + exp(m1 + u2 - u1)) == log(1 + exp((-m2) - (-m1) + u2 - u1))",
        "the margins cancel",
        "(s*m1) + (s*m2) == 0",
    ),
    rests_on=("pairwise_margins.vs_condition",),
)

EQUALISATION = statement(
    name="pairwise_margins.equalisation",
    title="A margin log F(pi_j) against class j, as in the equalisation loss, is VS with unit scales only "
    "if F = 1 (K >= 3)",
    source="Tan et al. (CVPR 2020) for the loss; derived here",
    ids=("VS2-neg",),
    corrects="the equalisation loss listed as a special case of the VS loss",
    where={
        "F: positive": "F(pi_j) of a wrong class j",
        "G: positive": "F of another",
        "t: positive": "by how much F exceeds 1",
        "e1: real": "log F(pi_1)",
        "e2: real": "log F(pi_2)",
        "e3: real": "log F(pi_3)",
        "u1: real": "logit of the true class",
        "u2: real": "logit of a wrong class",
    },
    theorem=(
        "F_j = F(pi_j) > 0, ell(u, y) = log(1 + sum over j != y of F_j exp(u_j - u_y)): for K >= 3 some "
        "Delta has ell(u, y) = -log softmax_y(u + Delta) for all u, y iff F_j = 1 for every j (and ell is "
        "cross-entropy); for K = 2 iff F_1 F_2 = 1",
        r"\exists\,\Delta\in\mathbb R^K:\ \log\left(1+\sum_{j\ne y}F(\pi_j)\,e^{u_j-u_y}\right)"
        r"=-\log\operatorname{softmax}_y(u+\Delta)\ \forall\,u,y\quad\iff\quad \begin{cases}F(\pi_j)=1\ \ "
        r"\forall\,j&K\ge3\\ F(\pi_1)F(\pi_2)=1&K=2\end{cases}\qquad(F>0)",
    ),
    steps=(
        "path_condition_forces_zero: three classes: D_12 + D_23 = D_13 forces log F(pi_2) = 0",
        state("e2 == 0", given="e2 + e3 == e3"),
        "zero_log_means_one: log F = 0 means F = 1",
        state("log(F) < 0", "log(1 + t) > 0", F="(0, 1)"),
        "two_classes: two classes: D_12 + D_21 = 0 forces F(pi_1) F(pi_2) = 1",
        "exp(e1)*exp(-e1) == 1",
        "power_weight_is_a_margin: weighting wrong classes' powers by F is that margin",
        "F*exp(u2 - u1) == exp(log(F) + u2 - u1)",
    ),
    argument="The path condition for the classes y, j, l with D_yj = e_j reads e_j + e_l = e_l.",
    mutants=(
        "the margins e_j are offsets: e_2 - e_1 = e_2",
        "e2 - e1 == e2",
        "a threshold function F in (0, 1] satisfies the path condition",
        state("log(F) + log(G) == log(G)", F="(0, 1]", G="(0, 1]"),
    ),
    rests_on=("pairwise_margins.vs_condition",),
)

STATEMENTS = (MEMBER, LDAM, EQUALISATION)
