"""The three bounds on the balanced risk side by side: which is smaller, term by term.

The union and the data-dependent bound are Wang et al.'s (NeurIPS 2023); that the stratified bound is below
both in every term is derived here. Checked by: SMT and intervals, one class at a time, for any K.
"""

from typing import NamedTuple

import numpy as np

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_class_counts, as_number
from ..vector_scaling.local_lipschitz import LossConstants
from .class_bounds import Bound, NormBall, union_bound
from .data_dependent_bound import data_dependent_bound
from .stratified_bound import stratified_bound

__all__ = ["BoundComparison", "bound_shapes", "compare_bounds"]


class BoundComparison(NamedTuple):
    """The same risk bounded three ways."""

    union: Bound
    data_dependent: Bound
    stratified: Bound


def compare_bounds(
    class_counts: ArrayLike,
    class_risks: ArrayLike,
    constants: LossConstants,
    ball: NormBall,
    *,
    delta: float = 0.05,
) -> BoundComparison:
    """All three bounds for a `NormBall`, labels given; arguments as in `stratified_bound`."""
    return BoundComparison(
        union_bound(class_counts, class_risks, constants, ball, delta=delta),
        data_dependent_bound(class_counts, class_risks, constants, ball, delta=delta),
        stratified_bound(class_counts, class_risks, constants, ball, delta=delta),
    )


def bound_shapes(class_counts: ArrayLike, delta: float = 0.05) -> BoundComparison:
    """What the bounds make of the class counts alone: M = mu = r = Lam = 1, empirical risks 0.

    The deviation terms are exact; the complexity terms leave out the constants that all three share
    (2 sqrt2, the outputs, kappa): the mean of ``N_y^-1/2``; ``sum_y pih_y^1/2/(K pih_min N^1/2)``; and
    ``(1/K) (sum_y 1/N_y)^1/2``.
    """
    counts = as_class_counts(class_counts)
    delta = as_number("delta", delta, low=0, high=1, low_open=True, high_open=True)
    classes, total = counts.size, counts.sum()
    factor = total / (classes * counts.min())
    budget, union_budget = np.log(np.array([2.0, 2.0 * classes])) - np.log(delta)
    zero = np.zeros(())
    mean_rate = np.array(float(np.mean(1 / np.sqrt(counts))))
    harmonic = np.array(float(np.sqrt(np.sum(1 / counts))) / classes)
    return BoundComparison(
        Bound(zero, mean_rate, 3 * np.sqrt(union_budget / 2) * mean_rate),
        Bound(
            zero,
            factor * np.sum(np.sqrt(counts)) / total,
            factor * 3 * np.sqrt(budget / (2 * total)),
        ),
        Bound(zero, harmonic, 3 * np.sqrt(budget / 2) * harmonic),
    )


# ------------------------------------------------------------------------------------ statements


TERMWISE = statement(
    name="bound_comparison.union_below_data_dependent",
    title="With the same constants the union bound is below the pi_min bound in risk and complexity, class "
    "by class, with equality iff balanced; in deviation iff sum pi^(-1/2) is small",
    source="derived here",
    ids=("VS8b",),
    functions=("compare_bounds", "bound_shapes"),
    corrects="the data-dependent bound read as sharper because it bounds the balanced risk directly",
    where={
        "u: nonnegative": "Lipschitz constant mu_y",
        "M: positive": "upper bound of the loss",
        "K: integer 1..": "number of classes",
        "r: nonnegative": "empirical risk",
        "S: positive": "sum over classes of pih^(-1/2)",
        "A: positive": "log(2/delta)",
        "B: positive": "log(2K/delta)",
        "N: positive": "sample size",
        "m: (0, 1)": "the smallest",
        "p: (0, 1)": "prior of a class in the sample",
        "s: (0, 1)": "square root of a class's prior",
    },
    theorem=(
        "for every K, with Rad_{S_y} = Rad_S/sqrt(pih_y), M_y = M and the sample's prior: (1/K) sum_y R^_y "
        "<= (1/(K pih_min)) sum_y pih_y R^_y and (1/K) sum_y mu_y/sqrt(pih_y) <= (1/(K pih_min)) sum_y "
        "mu_y sqrt(pih_y), equal iff R^_y = 0 (mu_y = 0) for all y with pih_y > pih_min, so for positive "
        "R^_y (mu_y) iff balanced; the union's deviation is at most the other iff sum_y pih_y^(-1/2) <= "
        "sqrt(log(2/delta)/log(2K/delta))/pih_min",
        r"\frac1K \sum_{y=1}^K \hat R_y \le \frac{1}{K \hat\pi_{\min}} \sum_{y=1}^K \hat\pi_y \hat R_y, "
        r"\quad \frac1K \sum_{y=1}^K \frac{\mu_y}{\sqrt{\hat\pi_y}} \le \frac{1}{K \hat\pi_{\min}} "
        r"\sum_{y=1}^K \mu_y \sqrt{\hat\pi_y} \quad \left( \text{for } \hat R_y, \mu_y > 0 \text{ equal} "
        r"\iff \hat\pi_y = \frac1K\ \forall y \right), \qquad \frac{3M}{K} \sum_{y=1}^K "
        r"\sqrt{\frac{\log(2K/\delta)}{2 N \hat\pi_y}} \le \frac{3M}{K \hat\pi_{\min}} "
        r"\sqrt{\frac{\log(2/\delta)}{2N}} \iff \sum_{y=1}^K \hat\pi_y^{-1/2} \le \frac{1}{\hat\pi_{\min}} "
        r"\sqrt{\frac{\log(2/\delta)}{\log(2K/\delta)}}",
    ),
    formula=state("u/sqrt(p) <= u*sqrt(p)/m", given="m <= p"),
    steps=(
        "risk_term (VS8b): empirical risk of a class: r/K <= pih r/(K pih_min)",
        state("r/K <= p*r/(K*m)", given="m <= p"),
        "complexity_term (VS8b): complexity of a class, Rad_y = Rad/sqrt(pih): mu/sqrt(pih) <= mu "
        "sqrt(pih)/pih_min",
        FORMULA,
        "only_above_smallest_prior (VS8b): and only if pih_min <= pih (s its root)",
        state("1/s > s/m", given="s**2 < m"),
        "strict_above_smallest_prior (VS8b): strictly for a class above the smallest prior: equality iff "
        "balanced where mu > 0",
        state("u/s < u*s/m", given="m < s**2", u="positive"),
        "deviation_difference (VS8b): deviation: with S = sum pih^(-1/2) the union's is smaller iff S <= "
        "sqrt(A/B)/pih_min, A = log(2/delta), B = log(2K/delta)",
        state(
            "3*M/K*S*sqrt(B/(2*N)) - 3*M/(K*m)*sqrt(A/(2*N)) == 3*M/K*sqrt(B/(2*N))*(S - sqrt(A/B)/m)",
            K="positive",
            m="positive",
        ),
        "balanced_deviation_larger (VS8b): not always: balanced classes make it larger, sqrt(K B) > "
        "sqrt(A), where B = A + log K",
        state("sqrt(K*(A + log(K))) > sqrt(A)", K="integer 2.."),
        "cifar_prefactor (VS8b): the prefactor of the long-tailed CIFAR-10 profile with factor 100: "
        "12406/(10*50) = 24.8",
        "248/10 < 12406/(10*50) < 249/10",
    ),
    argument="What the data-dependent bound gains comes from the local constants, which the union bound "
    "can use as well; its prefactor is a loss.",
    mutants=(
        "the data-dependent complexity is the smaller one",
        state("u*sqrt(p)/m <= u/sqrt(p)", given="m <= p"),
        "the union's deviation is always smaller",
        state("sqrt(K*(A + log(K))) <= sqrt(A)", K="integer 2.."),
        "the risk terms are equal",
        state("r/K == p*r/(K*m)", given="m <= p", r="positive"),
    ),
    rests_on=("class_bounds.union", "data_dependent_bound.certificate"),
)

DOMINANCE = statement(
    name="bound_comparison.stratified_below_both",
    title="The stratified bound is below the union bound and below the pi_min bound in every term (norm "
    "ball; sample's prior), for any K",
    source="derived here",
    ids=("VS9f",),
    functions=("compare_bounds", "bound_shapes"),
    where={
        "a1, a2, a3: nonnegative": "term of classes 1, 2, 3",
        "S: nonnegative": "sum of the terms so far",
        "a: nonnegative": "term of the class that is added",
        "u: positive": "Lipschitz constant mu_y",
        "B: positive": "norm bound Lam",
        "r: positive": "root mean squared feature norm of a class",
        "K: integer 1..": "number of classes and of outputs",
        "A: positive": "log(2/delta)",
        "b1: real": "class 2's part for function 1",
        "b2: real": "class 2's part for function 2",
        "T: positive": "sum over classes of M_y^2/pih_y",
        "M: positive": "upper bound of a class's loss; in step 7 the largest",
        "N: positive": "examples of a class; in step 7 of the sample",
        "R: positive": "largest root mean squared feature norm",
        "m: (0, 1)": "the smallest",
        "p: (0, 1)": "prior of a class in the sample",
        "s: positive": "root of a prior",
        "N1, N2: positive": "examples of classes 1, 2",
    },
    theorem=(
        "for every K, norm ball and sample's prior: sqrt(sum_y mu_y^2 r_y^2/N_y) <= sum_y mu_y "
        "r_y/sqrt(N_y) <= sqrt2 max_j r_j/(pih_min sqrt N) sum_y mu_y sqrt(pih_y) (complexity, common "
        "factor 2 sqrt2 Lam/sqrt K); sqrt(A/2 sum_y M_y^2/N_y) <= sum_y M_y sqrt((A + log K)/(2 N_y)) and "
        "<= (max_y M_y/pih_min) sqrt(A/(2N)), A = log(2/delta) (deviation, common factor 3/K); (1/K) sum_y "
        "R^_y, the risk of both, is <= (1/(K pih_min)) sum_y pih_y R^_y",
        r"\sqrt{\sum_{y=1}^K \frac{\mu_y^2 r_y^2}{N_y}} \le \sum_{y=1}^K \frac{\mu_y r_y}{\sqrt{N_y}} \le "
        r"\frac{\sqrt2 \max_j r_j}{\hat\pi_{\min} \sqrt N} \sum_{y=1}^K \mu_y \sqrt{\hat\pi_y}, \qquad "
        r"\sqrt{\frac{\log(2/\delta)}{2} \sum_{y=1}^K \frac{M_y^2}{N_y}} \le \min\left\{ \sum_{y=1}^K M_y "
        r"\sqrt{\frac{\log(2K/\delta)}{2 N_y}},\ \frac{\max_y M_y}{\hat\pi_{\min}} "
        r"\sqrt{\frac{\log(2/\delta)}{2N}} \right\}, \qquad \frac1K \sum_{y=1}^K \hat R_y \le \frac{1}{K "
        r"\hat\pi_{\min}} \sum_{y=1}^K \hat\pi_y \hat R_y",
    ),
    formula="sqrt(a1**2 + a2**2 + a3**2) <= a1 + a2 + a3",
    steps=(
        "root_of_squares_below_sum (VS9f): any K, one class after the other: sqrt(S^2 + a^2) <= S + a",
        "sqrt(S**2 + a**2) <= S + a",
        "three_classes (VS9f): three classes at once, decided independently",
        FORMULA,
        "deviation_without_log_k (VS9f): deviation: A = log(2/delta) instead of log(2K/delta) = A + log K, "
        "one class's part",
        ("sqrt(A/2*(M**2/N)) == M/sqrt(2*N)*sqrt(A)", "sqrt(A) <= sqrt(A + log(K))"),
        "complexity_common_factor (VS9f): complexity: the union's is the sum, the stratified one's the "
        "root of the sum of squares, with the same factor 2 sqrt2 Lam/sqrt K",
        state("2*sqrt(2)*u*(B*r*sqrt(K/N))/K == 2*sqrt(2)*(B/sqrt(K))*(u*r/sqrt(N))", K="positive"),
        "supremum_of_sum (VS9f): any function class: the supremum of a sum is at most the sum of suprema "
        "(two functions)",
        state("Max(a1 + b1, a2 + b2) <= Max(a1, a2) + Max(b1, b2)", a1="real", a2="real"),
        "harmonic_sum_below_prefactor: against the pi_min bound, deviation: sum 1/pih <= K/pih_min <= "
        "1/pih_min^2, one class's part",
        state("1/p <= 1/m", "K/m <= 1/m**2", given=["m <= p", "K*m <= 1"]),
        "deviation_below_prior_bound: and each M_y is at most the largest: with T the sum of M_y^2/pih_y",
        state(
            "3/K*sqrt(A/2*(T/N)) <= 3*M/(K*m)*sqrt(A/(2*N))",
            given="T <= M**2/m**2",
            K="positive",
            m="positive",
        ),
        "complexity_below_prior_bound: against the pi_min bound, complexity: r_y/sqrt(pih) <= sqrt2 max r "
        "sqrt(pih)/pih_min",
        state("r/s <= sqrt(2)*R*s/m", given=["m <= s**2", "r <= R"], m="positive"),
    ),
    argument="The root of a sum of squares is at most the sum. For the pi_min bound the risk and "
    "complexity terms are those of the term-by-term comparison, with the norm ball's kappa = "
    "sqrt2 max r_y/r.",
    mutants=(
        "the union bound is below the stratified one",
        "a1 + a2 <= sqrt(a1**2 + a2**2)",
        "the harmonic sum is at most the pooled one",
        "1/N1 + 1/N2 <= 4/(N1 + N2)",
        "the pi_min bound's deviation is the smaller one",
        state("1/m**2 <= K/m", given="K*m <= 1"),
    ),
    rests_on=(
        "stratified_bound.certificate",
        "stratified_bound.norm_ball",
        "bound_comparison.union_below_data_dependent",
        "contraction.partition",
    ),
)

STATEMENTS = (TERMWISE, DOMINANCE)
