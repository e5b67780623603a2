"""Losses with one margin per pair of classes: when such a loss is a vector-scaling (VS) loss.

``log(1 + sum_j exp(D_yj + u_j - u_y))`` holds LDAM (Cao et al., NeurIPS 2019) and the equalisation
loss (Tan et al., CVPR 2020), which papers list as VS losses; neither is one. Checked by: SMT.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_failure, steps
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
    own = margins - np.diag(np.diag(margins))
    offset = own[0]
    error = np.abs(own - (offset[np.newaxis, :] - offset[:, np.newaxis])).max()
    return offset.copy() if error <= tolerance * np.abs(own).max() else None


# ------------------------------------------------------------------------------------ statements


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_MARGINS = _vary("real", "D12 D13 D21 D23 D31 D32")
_OFFSETS = _vary("real", "d1 d2 d3")
_POSITIVE = _vary("positive", "a b c d")

MEMBER = Statement(
    name="pairwise_margins.vs_condition",
    title="A pairwise loss is a VS loss with unit scales iff D_yj + D_jy = 0 and D_yj + D_jl = D_yl",
    source="derived here",
    ids=("VS2-neg",),
    functions=("offsets_of_pairwise_margins",),
    formula=state(
        "D12 + D23 == D13",
        given=["D12 == d2 - d1", "D23 == d3 - d2", "D13 == d3 - d1"],
        **_vary("real", "D12 D23 D13"),
        **_OFFSETS,
    ),
    steps=steps(
        (
            "equal losses have equal margins: the powers of two wrong classes, at two logit vectors",
            state(
                "a == c",
                "b == d",
                given=["a + b == c + d", "2*a + b == 2*c + d"],
                **_POSITIVE,
            ),
        ),
        (
            "necessary: margins D_yj = Delta_j - Delta_y cancel in opposite pairs",
            state(
                "D12 + D21 == 0",
                given=["D12 == d2 - d1", "D21 == d1 - d2"],
                **_vary("real", "D12 D21 d1 d2"),
            ),
        ),
        (
            "necessary: and add up along a path of classes",
            state(
                "D12 + D23 == D13",
                given=["D12 == d2 - d1", "D23 == d3 - d2", "D13 == d3 - d1"],
                **_vary("real", "D12 D23 D13"),
                **_OFFSETS,
            ),
        ),
        (
            "sufficient, for any pair of any K: with Delta_j = D_1j the margins are differences",
            state(
                "D23 == D13 - D12",
                given=["D12 + D21 == 0", "D21 + D13 == D23"],
                **_vary("real", "D12 D21 D13 D23"),
            ),
        ),
        (
            "two classes: one condition is left, D_12 = -D_21",
            state(
                "D12 == d2 - 0",
                "D21 == 0 - d2",
                given=["D12 + D21 == 0", "d2 == D12"],
                **_vary("real", "D12 D21 d2"),
            ),
        ),
    ),
    argument="Two losses that agree at all logits agree where all but two wrong classes have vanished "
    "and where one of the two powers is doubled, so their margins agree. Margins that are differences "
    "satisfy both conditions, and both conditions make them differences of Delta_j = D_1j.",
    mutants=mutants(
        (
            "opposite margins that cancel are enough, for three classes",
            state(
                "D12 + D23 == D13",
                given=["D12 + D21 == 0", "D13 + D31 == 0", "D23 + D32 == 0"],
                **_MARGINS,
            ),
        ),
        (
            "one logit vector identifies the margins",
            state("a == c", given="a + b == c + d", **_POSITIVE),
        ),
    ),
    symbols={
        "D12": "margin added to u_2 - u_1 for label 1",
        "d1": "offset Delta of class 1",
        "a": "power exp(D + u_j - u_y) of a wrong class",
    },
    rests_on=("vs_loss.forms",),
)

LDAM = Statement(
    name="pairwise_margins.ldam",
    title="LDAM with positive margins is no VS loss; its binary form is in the binary scalar family",
    source="Cao et al. (NeurIPS 2019), eq. (10); Kini et al. (NeurIPS 2021), eq. (1); derived here",
    ids=("VS2-neg",),
    corrects="LDAM listed as the VS loss with offsets -m: its margin moves the true class's logit only",
    formula=state("(s*m1) + (s*m2) > 0", s="positive", m1="positive", m2="positive"),
    steps=steps(
        (
            "LDAM in pairwise form: the margin is s m_y against every wrong class (one class's share)",
            state(
                "exp(s*u2)/exp(s*(u1 - m1)) == exp(s*m1 + s*u2 - s*u1)",
                **_vary("real", "u1 u2"),
                s="positive",
                m1="positive",
            ),
        ),
        (
            "opposite margins add up to more than zero",
            state("(s*m1) + (s*m2) > 0", s="positive", m1="positive", m2="positive"),
        ),
        (
            "the VS loss with offsets -m is another loss: at m = (1/2, 1/4), u = 0",
            state_failure("log(1 + exp(1/2)) == log(1 + exp(-1/4 - (-1/2)))"),
        ),
        (
            "the binary scalar loss log(1 + exp(iota_y - y f)) with iota_y = m_y, f = u_1 - u_2, is LDAM "
            "(label +1; label -1 swaps the classes)",
            state(
                "exp(u2)/exp(u1 - m1) == exp(m1)*exp(-(u1 - u2))",
                **_vary("real", "u1 u2"),
                m1="positive",
            ),
        ),
    ),
    argument="A VS loss needs D_12 + D_21 = 0; LDAM has D_yj = s m_y, whose sum is s (m_1 + m_2). The "
    "binary scalar family has one free margin per label, so it is a different model from the softmax "
    "family with K = 2, whose two margins are opposite.",
    mutants=mutants(
        (
            "offsets -m in the VS loss give LDAM",
            state(
                "log(1 + exp(m1 + u2 - u1)) == log(1 + exp((-m2) - (-m1) + u2 - u1))",
                **_vary("real", "u1 u2"),
                m1="positive",
                m2="positive",
            ),
        ),
        (
            "the margins cancel",
            state("(s*m1) + (s*m2) == 0", s="positive", m1="positive", m2="positive"),
        ),
    ),
    symbols={"m1": "LDAM's margin of class 1", "s": "LDAM's scale", "u1": "logit of class 1"},
    rests_on=("pairwise_margins.vs_condition",),
)

EQUALISATION = Statement(
    name="pairwise_margins.equalisation",
    title="A margin log F(pi_j) against class j, as in the equalisation loss, is a VS loss only if F = 1",
    source="Tan et al. (CVPR 2020) for the loss; derived here",
    ids=("VS2-neg",),
    corrects="the equalisation loss listed as a special case of the VS loss",
    formula=state("F == 1", given="log(F) + log(G) == log(G)", F="positive", G="positive"),
    steps=steps(
        (
            "three classes: D_12 + D_23 = D_13 forces log F(pi_2) = 0",
            state("e2 == 0", given="e2 + e3 == e3", e2="real", e3="real"),
        ),
        (
            "log F = 0 means F = 1",
            state("log(F) < 0", "log(1 + t) > 0", F="(0, 1)", t="positive"),
        ),
        (
            "two classes: D_12 + D_21 = 0 forces F(pi_1) F(pi_2) = 1",
            state("exp(e1)*exp(-e1) == 1", e1="real"),
        ),
        (
            "weighting wrong classes' powers by F is that margin",
            state("F*exp(u2 - u1) == exp(log(F) + u2 - u1)", F="positive", u1="real", u2="real"),
        ),
    ),
    argument="The path condition for the classes y, j, l with D_yj = e_j reads e_j + e_l = e_l.",
    mutants=mutants(
        (
            "the margins e_j are offsets: e_2 - e_1 = e_2",
            state("e2 - e1 == e2", e1="real", e2="real"),
        ),
        (
            "a threshold function F in (0, 1] satisfies the path condition",
            state("log(F) + log(G) == log(G)", F="(0, 1]", G="(0, 1]"),
        ),
    ),
    symbols={"F": "F(pi_j) of a wrong class j", "G": "F of another", "e2": "log F(pi_2)"},
    rests_on=("pairwise_margins.vs_condition",),
)

STATEMENTS = (MEMBER, LDAM, EQUALISATION)
