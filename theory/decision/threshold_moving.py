"""Threshold moving: when weighing posteriors by row sums of a cost matrix is cost-sensitive prediction.

The rule is Zhou and Liu's (TKDE 2006); the condition, necessary and sufficient, is derived here.
Checked by: identities for one class, inequalities for pairs and triples, all small cost matrices.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import state, state_computed, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_probabilities, as_real

__all__ = ["cost_sensitive_prediction", "expected_costs", "moving_scores"]


def expected_costs(posterior: ArrayLike, cost: ArrayLike) -> NDArray[np.float64]:
    """``sum_k p_k C[k, j]`` for each prediction j, shape (..., K).

    ``posterior``: (..., K), in [0, 1]; ``cost``: (K, K), non-negative with zero diagonal, true class
    first, prediction second.
    """
    p, matrix = _posterior_and_cost(posterior, cost)
    return p @ matrix


def moving_scores(posterior: ArrayLike, cost: ArrayLike) -> NDArray[np.float64]:
    """Threshold moving's scores ``p_k sum_j C[k, j]``, shape (..., K): the rule predicts the largest."""
    p, matrix = _posterior_and_cost(posterior, cost)
    return p * matrix.sum(axis=1)


def cost_sensitive_prediction(posterior: ArrayLike, cost: ArrayLike) -> NDArray[np.intp]:
    """Bayes' prediction: the first class of least expected cost, shape (...)."""
    return expected_costs(posterior, cost).argmin(axis=-1)


def _posterior_and_cost(
    posterior: ArrayLike, cost: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    p = as_probabilities("posterior", posterior)
    matrix = as_real("cost", cost, low=0)
    if p.ndim == 0 or matrix.shape != (p.shape[-1], p.shape[-1]):
        raise InputError(f"cost has shape {matrix.shape}: must be (K, K) for posterior {p.shape}")
    if np.any(np.diagonal(matrix) != 0):
        raise InputError("cost has a non-zero diagonal: a right prediction must cost nothing")
    return p, matrix


# ------------------------------------------------------------------------------------ statements


MOVING = statement(
    name="threshold_moving.cost_sensitive_iff",
    title="Threshold moving is cost-sensitive Bayes iff K = 2 or each class's costs are one number",
    source="rule: Zhou and Liu (TKDE 2006); the condition is derived here",
    ids=("LA11",),
    functions=("expected_costs", "moving_scores", "cost_sensitive_prediction"),
    corrects="Moving thresholds by row sums is presented as cost-sensitive learning for any cost matrix; "
    "with three or more classes it is so only for costs that do not depend on the prediction.",
    where={
        "p1, p2: positive": "posterior of classes 1, 2",
        "S: real": "expected cost of always erring",
        "s: nonnegative": "share s_ab",
        "u: positive": "the larger of two shares",
        "v: nonnegative": "the smaller",
        "R: positive": "row sum",
        "p3: positive": "posterior of class 3",
        "c12: positive": "cost of predicting 2 when 1 is true",
        "c13: positive": "cost of predicting 3 when 1 is true",
        "c21: positive": "cost of predicting 1 when 2 is true",
        "c23: positive": "cost of predicting 3 when 2 is true",
        "c31: positive": "cost of predicting 1 when 3 is true",
        "c32: positive": "cost of predicting 2 when 3 is true",
        "a: positive": "cost between classes 1 and 2",
        "b: positive": "cost between classes 1 and 3",
        "c: nonnegative": "cost of any error on a class; in a mutant the cost between classes 2 and 3",
        "p: nonnegative": "posterior of a class (second step); prior in the last step",
        "h: nonnegative": "posterior",
        "n: positive": "K - 1",
    },
    theorem=(
        "K >= 2, C >= 0 with C_kk = 0 and R_k = sum_j C_kj > 0 for every k: argmax_k p_k R_k is contained "
        "in argmin_j sum_k p_k C_kj for all p in the simplex iff K = 2 or for every k there is c_k with "
        "C_kj = c_k for all j != k",
        r"C \ge 0,\; C_{kk} = 0,\; \textstyle\sum_{j} C_{kj} > 0 \;\forall k : \quad \left( "
        r"\operatorname{argmax}_{k}\, p_k \sum_{j} C_{kj} \subseteq \operatorname{argmin}_{j} \sum_{k} p_k "
        r"C_{kj} \;\; \forall p \in \Delta_K \right) \iff K = 2 \;\text{ or }\; \exists c \in \mathbb R^K "
        r": \; C_{kj} = c_k \;\; \forall k,\; \forall j \ne k",
    ),
    steps=(
        "two_classes_agree: two classes: expected costs differ as the moving scores do",
        state(
            "(p1*c12 + p2*0) - (p1*0 + p2*c21) == p1*(0 + c12) - p2*(c21 + 0)",
            p1="nonnegative",
            p2="nonnegative",
            c12="nonnegative",
            c21="nonnegative",
        ),
        "one_cost_per_class_agrees: one cost per class: predicting m costs S - c_m p_m, S = sum_k c_k p_k, "
        "its score is (K-1) c_m p_m",
        "S - c*p == S - (n*c*p)/n",
        "shares_must_be_symmetric: necessary: let s_ab = C_ab/R_a be the shares of the row sums. If s_ba = "
        "u exceeds s_ab = s, scores 1 of a and y of b predict a, which costs more: y u > s",
        state("(1 + s/u)/2 < 1", "((1 + s/u)/2)*u > s", given="u > s"),
        "shares_must_agree_across_rows: so shares are symmetric; if s_ac = u exceeds s_bc = v, scores 1, "
        "y, y predict a, which costs y (s_ab + u), more than b at s_ab + y v",
        state(
            "((1 + s/(s + u - v))/2)*(s + u) > s + ((1 + s/(s + u - v))/2)*v",
            "(1 + s/(s + u - v))/2 < 1",
            given="u > v",
            u="nonnegative",
        ),
        "equal_shares_give_one_cost: so all shares are equal, to 1/(K-1) as a row's sum to 1: C_ab = "
        "R_a/(K-1)",
        "R == n*(R/n)",
        "cost_matrices_enumerated: three classes, all cost matrices on a grid: a posterior is "
        "misclassified iff a row is uneven",
        state_computed("threshold_moving:cost_matrices", highest=2, resolution=24),
        "counterexample_matrix: C = [[0, 10, 0], [1, 0, 1], [1, 1, 0]], p = (.4, .3, .3): Bayes predicts "
        "3, moving 1",
        (
            "(2/5)*0 + (3/10)*1 + 0 < (3/10)*1 + (3/10)*1 < (2/5)*10 + (3/10)*1",
            "(2/5)*(10 + 0) > (3/10)*(1 + 1)",
        ),
        "balanced_error_is_such_a_cost: balanced error is such a cost, c_k = 1/pi_k: the score is "
        "eta_k/pi_k up to K - 1",
        state("(1/p)*n*h/n == h/p", p="positive"),
    ),
    argument="Sufficiency is the first two steps. In the third and fourth the other classes have posterior "
    "zero; the moving rule predicts a, yet b is strictly cheaper. Equality in all pairs and "
    "triples leaves one cost per class, if K >= 3.",
    mutants=(
        "moving is cost-sensitive for every cost matrix: three classes",
        state("p2*c21 + p3*c31 <= p1*c12 + p3*c32", given="p1*(c12 + c13) >= p2*(c21 + c23)"),
        "symmetric costs are enough",
        state(
            "p2*a + p3*b <= p1*a + p3*c",
            given=["p1*(a + b) >= p2*(a + c)", "p1*(a + b) >= p3*(b + c)"],
            c="positive",
        ),
        "column sums do as well, two classes",
        state("p1*c12 >= p2*c21", given="p1*c21 >= p2*c12"),
    ),
)

STATEMENTS = (MOVING,)
