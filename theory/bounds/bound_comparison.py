"""The three bounds on the balanced risk side by side: which is smaller, term by term.

The union and the data-dependent bound are Wang et al.'s (NeurIPS 2023); that the stratified bound is below
both in every term is derived here. Checked by: SMT and intervals, one class at a time, for any K.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..claims.statement import Statement, mutants, state, steps
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


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


TERMWISE = Statement(
    name="bound_comparison.union_below_data_dependent",
    title="With the same constants the union bound is below the pi_min bound in risk and complexity, class "
    "by class, with equality iff balanced; in deviation iff sum pi^(-1/2) is small",
    source="derived here",
    ids=("VS8b",),
    functions=("compare_bounds", "bound_shapes"),
    corrects="the data-dependent bound read as sharper because it bounds the balanced risk directly",
    formula=state(
        "u/sqrt(p) <= u*sqrt(p)/m", given="m <= p", **_vary("(0, 1)", "p m"), u="nonnegative"
    ),
    steps=steps(
        (
            "empirical risk of a class: r/K <= pih r/(K pih_min)",
            state(
                "r/K <= p*r/(K*m)",
                given="m <= p",
                K="integer 1..",
                r="nonnegative",
                **_vary("(0, 1)", "m p"),
            ),
            "VS8b",
        ),
        (
            "complexity of a class, Rad_y = Rad/sqrt(pih): mu/sqrt(pih) <= mu sqrt(pih)/pih_min",
            state(
                "u/sqrt(p) <= u*sqrt(p)/m",
                given="m <= p",
                u="nonnegative",
                **_vary("(0, 1)", "m p"),
            ),
            "VS8b",
        ),
        (
            "and only if pih_min <= pih (s its root)",
            state("1/s > s/m", given="s**2 < m", **_vary("(0, 1)", "m s")),
            "VS8b",
        ),
        (
            "strictly for a class above the smallest prior: equality iff balanced where mu > 0",
            state("u/s < u*s/m", given="m < s**2", u="positive", **_vary("(0, 1)", "m s")),
            "VS8b",
        ),
        (
            "deviation: with S = sum pih^(-1/2) the union's is smaller iff S <= sqrt(A/B)/pih_min, "
            "A = log(2/delta), B = log(2K/delta)",
            state(
                "3*M/K*S*sqrt(B/(2*N)) - 3*M/(K*m)*sqrt(A/(2*N))"
                " == 3*M/K*sqrt(B/(2*N))*(S - sqrt(A/B)/m)",
                **_vary("positive", "M K S A B N m"),
            ),
            "VS8b",
        ),
        (
            "not always: balanced classes make it larger, sqrt(K B) > sqrt(A), where B = A + log K",
            state("sqrt(K*(A + log(K))) > sqrt(A)", K="integer 2..", A="positive"),
            "VS8b",
        ),
        (
            "the prefactor of the long-tailed CIFAR-10 profile with factor 100: 12406/(10*50) = 24.8",
            state("248/10 < 12406/(10*50) < 249/10"),
            "VS8b",
        ),
    ),
    argument="What the data-dependent bound gains comes from the local constants, which the union bound can "
    "use as well; its prefactor is a loss.",
    mutants=mutants(
        (
            "the data-dependent complexity is the smaller one",
            state(
                "u*sqrt(p)/m <= u/sqrt(p)",
                given="m <= p",
                u="nonnegative",
                **_vary("(0, 1)", "m p"),
            ),
        ),
        (
            "the union's deviation is always smaller",
            state("sqrt(K*(A + log(K))) <= sqrt(A)", K="integer 2..", A="positive"),
        ),
        (
            "the risk terms are equal",
            state(
                "r/K == p*r/(K*m)",
                given="m <= p",
                K="integer 1..",
                r="positive",
                **_vary("(0, 1)", "m p"),
            ),
        ),
    ),
    symbols={
        "p": "prior of a class in the sample",
        "m": "the smallest",
        "u": "Lipschitz constant mu_y",
        "r": "empirical risk",
        "A": "log(2/delta)",
        "B": "log(2K/delta)",
    },
    rests_on=("class_bounds.union", "data_dependent_bound.certificate"),
)

DOMINANCE = Statement(
    name="bound_comparison.stratified_below_both",
    title="The stratified bound is below the union bound and below the pi_min bound in every term (norm "
    "ball; sample's prior), for any K",
    source="derived here",
    ids=("VS9f",),
    functions=("compare_bounds", "bound_shapes"),
    formula=state(
        "sqrt(a1**2 + a2**2 + a3**2) <= a1 + a2 + a3", **_vary("nonnegative", "a1 a2 a3")
    ),
    steps=steps(
        (
            "any K, one class after the other: sqrt(S^2 + a^2) <= S + a",
            state("sqrt(S**2 + a**2) <= S + a", **_vary("nonnegative", "S a")),
            "VS9f",
        ),
        (
            "three classes at once, decided independently",
            state(
                "sqrt(a1**2 + a2**2 + a3**2) <= a1 + a2 + a3", **_vary("nonnegative", "a1 a2 a3")
            ),
            "VS9f",
        ),
        (
            "deviation: A = log(2/delta) instead of log(2K/delta) = A + log K, one class's part",
            state(
                "sqrt(A/2*(M**2/N)) == M/sqrt(2*N)*sqrt(A)",
                "sqrt(A) <= sqrt(A + log(K))",
                K="integer 1..",
                **_vary("positive", "A M N"),
            ),
            "VS9f",
        ),
        (
            "complexity: the union's is the sum, the stratified one's the root of the sum of squares, "
            "with the same factor 2 sqrt2 Lam/sqrt K",
            state(
                "2*sqrt(2)*u*(B*r*sqrt(K/N))/K == 2*sqrt(2)*(B/sqrt(K))*(u*r/sqrt(N))",
                **_vary("positive", "u B r K N"),
            ),
            "VS9f",
        ),
        (
            "any function class: the supremum of a sum is at most the sum of suprema (two functions)",
            state(
                "Max(a1 + b1, a2 + b2) <= Max(a1, a2) + Max(b1, b2)", **_vary("real", "a1 a2 b1 b2")
            ),
            "VS9f",
        ),
        (
            "against the pi_min bound, deviation: sum 1/pih <= K/pih_min <= 1/pih_min^2, one class's part",
            state(
                "1/p <= 1/m",
                "K/m <= 1/m**2",
                given=["m <= p", "K*m <= 1"],
                K="integer 1..",
                **_vary("(0, 1)", "m p"),
            ),
        ),
        (
            "and each M_y is at most the largest: with T the sum of M_y^2/pih_y",
            state(
                "3/K*sqrt(A/2*(T/N)) <= 3*M/(K*m)*sqrt(A/(2*N))",
                given="T <= M**2/m**2",
                **_vary("positive", "K A T N M m"),
            ),
        ),
        (
            "against the pi_min bound, complexity: r_y/sqrt(pih) <= sqrt2 max r sqrt(pih)/pih_min",
            state(
                "r/s <= sqrt(2)*R*s/m",
                given=["m <= s**2", "r <= R"],
                **_vary("positive", "r R m s"),
            ),
        ),
    ),
    argument="The root of a sum of squares is at most the sum. For the pi_min bound the risk and complexity "
    "terms are those of the term-by-term comparison, with the norm ball's kappa = sqrt2 max r_y/r.",
    mutants=mutants(
        (
            "the union bound is below the stratified one",
            state("a1 + a2 <= sqrt(a1**2 + a2**2)", **_vary("nonnegative", "a1 a2")),
        ),
        (
            "the harmonic sum is at most the pooled one",
            state("1/N1 + 1/N2 <= 4/(N1 + N2)", **_vary("positive", "N1 N2")),
        ),
        (
            "the pi_min bound's deviation is the smaller one",
            state("1/m**2 <= K/m", given="K*m <= 1", K="integer 1..", m="(0, 1)"),
        ),
    ),
    symbols={
        "a1": "term of class 1",
        "S": "sum of the terms so far",
        "p": "prior of a class in the sample",
        "m": "the smallest",
        "A": "log(2/delta)",
        "s": "root of a prior",
    },
    rests_on=(
        "stratified_bound.certificate",
        "stratified_bound.norm_ball",
        "bound_comparison.union_below_data_dependent",
        "contraction.partition",
    ),
)

STATEMENTS = (TERMWISE, DOMINANCE)
