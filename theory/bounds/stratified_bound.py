"""A bound on the balanced risk that treats the sample as stratified: one failure budget, no log K.

Derived here from McDiarmid's inequality for independent, non-identical points; it is never worse than
the union bound over classes or the pi_min bound of Wang et al. (NeurIPS 2023), see `bound_comparison`.
Checked by: symbolic budgets and moments, exhaustive enumeration of small samples.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real
from ..vector_scaling.local_lipschitz import LossConstants, clipped_loss, vs_loss_constants
from ..vector_scaling.minimal_probability import minimal_probability
from ..vector_scaling.vs_loss import vs_loss
from .class_bounds import Bound, BoundInputs, NormBall

__all__ = [
    "PeelingLevel",
    "peeling_cost",
    "peeling_level",
    "stratified_bound",
    "vs_certificate",
]


class PeelingLevel(NamedTuple):
    """A level ``p = 1 - 2^-k`` of the grid and its number ``k >= 1``."""

    number: NDArray[np.int64]
    level: NDArray[np.float64]


def stratified_bound(
    class_counts: ArrayLike,
    class_risks: ArrayLike,
    constants: LossConstants,
    complexity: NormBall | ArrayLike,
    *,
    level_index: ArrayLike | None = None,
    delta: float = 0.05,
) -> Bound:
    """The recommended bound on ``(1/K) sum_y E_y g_y``, for losses ``g_y`` in [0, M_y]; labels given.

    Mean of the empirical ``class_risks``, shape (..., K), plus ``2 Rad_bal(G)``, plus
    ``(3/K) sqrt((log(2/delta) + cost)/2 * sum_y M_y^2/N_y)``. ``constants``: ``mu_y`` and ``M_y``.

    ``complexity``: a `NormBall`; or each class's Rademacher complexity of the multi-output functions,
    last axis K; or one number, ``Rad_bal`` of the loss class itself. ``level_index``: numbers of the
    levels at which the loss was clipped, when they were chosen after seeing the data
    (`peeling_level`); ``cost`` is then their `peeling_cost`, else 0.
    """
    known = BoundInputs.of(class_counts, class_risks, constants, delta)
    classes = known.counts.size
    cost = 0.0
    if level_index is not None:
        index = known.per_class("level_index", as_real("level_index", level_index))
        cost = peeling_cost(np.broadcast_to(index, (*index.shape[:-1], classes)))
    budget = np.log(2.0) - np.log(known.delta) + cost
    spread = np.hypot.reduce(known.upper / np.sqrt(known.counts), axis=-1)
    return Bound(
        known.risks.mean(axis=-1),
        2 * _balanced_complexity(known, complexity),
        3 / classes * np.sqrt(budget / 2) * spread,
    )


def _balanced_complexity(
    known: BoundInputs, complexity: NormBall | ArrayLike
) -> NDArray[np.float64]:
    """Bound on ``Rad_bal(G)``."""
    classes = known.counts.size
    if isinstance(complexity, NormBall):
        radii = known.per_class("class_radii", complexity.class_radii)
        parts = known.lipschitz * radii / np.sqrt(known.counts)
        whole = np.sqrt(2.0 * complexity.outputs) * np.hypot.reduce(parts, axis=-1)
        return complexity.norm * whole / classes
    by_class = known.per_class("complexity", as_real("complexity", complexity, low=0))
    return np.sqrt(2.0) * (known.lipschitz * by_class).mean(axis=-1) if by_class.ndim else by_class


def peeling_level(probability: ArrayLike) -> PeelingLevel:
    """The largest level ``1 - 2^-k``, k >= 1, that is at most ``probability`` (1/2 if there is none).

    ``probability`` in [0, 1), any shape, such as the minimal probabilities of a trained network.
    """
    share = 1.0 - as_real("probability", probability, low=0, high=1, high_open=True)
    mantissa, exponent = np.frexp(share)  # share = mantissa 2^exponent, mantissa in [1/2, 1)
    index = np.maximum(1, np.where(mantissa == 0.5, 1 - exponent, -exponent)).astype(np.int64)
    return PeelingLevel(index, 1.0 - np.exp2(-index.astype(np.float64)))


def peeling_cost(level_index: ArrayLike) -> NDArray[np.float64]:
    """What choosing the levels from the data adds to ``log(2/delta)``; classes on the last axis.

    ``sum_y [2 log k_y + log(pi^2/6)]``: the levels get shares ``prod_y 6/(pi^2 k_y^2)`` of delta.
    """
    index = as_real("level_index", level_index, low=1)
    if index.size == 0 or np.any(index % 1):
        raise InputError("level_index: must be whole numbers, at least 1")
    return (2 * np.log(index) + np.log(np.pi**2 / 6)).sum(axis=-1)


def vs_certificate(
    logits: ArrayLike,
    target: ArrayLike,
    complexity: NormBall | ArrayLike,
    *,
    weight: ArrayLike = 1.0,
    scale: ArrayLike = 1.0,
    offset: ArrayLike = 0.0,
    delta: float = 0.05,
) -> Bound:
    """`stratified_bound` of a VS loss from a trained network's logits on its training sample.

    Takes the minimal probabilities, clips at the level of the grid below them, and pays for that
    choice. It bounds the balanced risk of the clipped loss. ``logits``: shape (n, K); ``target``:
    shape (n,); ``weight``, ``scale``, ``offset`` as in `vs_loss`. The norm of a `NormBall` must
    have been fixed before training.
    """
    logits = as_real("logits", logits)
    losses = vs_loss(logits, target, weight, scale, offset)
    classes = logits.shape[-1]
    smallest = minimal_probability(logits, target, scale, offset)
    chosen = peeling_level(np.minimum(smallest, np.nextafter(1.0, 0.0)))
    index = np.asarray(target, dtype=np.int64)
    weight = np.broadcast_to(as_real("weight", weight, low=0, low_open=True), (classes,))
    scale = np.broadcast_to(as_real("scale", scale, low=0, low_open=True), (classes,))
    clipped = clipped_loss(losses, chosen.level[index], weight[index])
    counts = np.bincount(index, minlength=classes)
    risks = np.bincount(index, weights=clipped, minlength=classes) / counts
    constants = vs_loss_constants(weight, scale, chosen.level)
    return stratified_bound(
        counts, risks, constants, complexity, level_index=chosen.number, delta=delta
    )


# ------------------------------------------------------------------------------------ statements


STRATIFIED = statement(
    name="stratified_bound.certificate",
    title="The balanced risk is at most the mean empirical class risk, twice the balanced complexity and "
    "(3/K) sqrt(log(2/delta)/2 sum M_y^2/N_y), with probability 1 - delta",
    source="derived here",
    ids=("VS9",),
    functions=("stratified_bound",),
    corrects="a union over classes (log K) or a prefactor 1/(K pi_min) where independence suffices",
    where={
        "d: (0, 1)": "failure probability delta",
        "K: [1, oo)": "number of classes",
        "M: positive": "upper bound of a class's loss",
        "N: positive": "examples of a class",
        "V: positive": "sum over classes of M_y^2/N_y",
        "t: nonnegative": "deviation",
    },
    theorem=(
        "given the labels (independent points, N_y >= 1 of class y) and 0 <= g_y <= M_y: with probability "
        ">= 1 - delta, for all f: (1/K) sum_y E_y g_y(f) <= (1/K) sum_y E^_y g_y(f) + 2 Rad_bal(G) + (3/K) "
        "sqrt(log(2/delta)/2 sum_y M_y^2/N_y), Rad_bal(G) = E_sigma sup_f (1/K) sum_y (1/N_y) sum_{i in "
        "S_y} sigma_i g_y(f; x_i)",
        r"\frac1K \sum_{y=1}^K \mathbb{E}_y\, g_y(f) \le \frac1K \sum_{y=1}^K \hat{\mathbb{E}}_y\, g_y(f) "
        r"+ 2\,\mathfrak{R}_{\mathrm{bal}}(G) + \frac3K \sqrt{\frac{\log(2/\delta)}{2} \sum_{y=1}^K "
        r"\frac{M_y^2}{N_y}} \quad \forall f,\ \text{with probability} \ge 1-\delta \text{ given the "
        r"labels}, \qquad 0 \le g_y \le M_y,\quad \mathfrak{R}_{\mathrm{bal}}(G) = \mathbb{E}_\sigma "
        r"\sup_f \frac1K \sum_{y=1}^K \frac{1}{N_y} \sum_{i \in S_y} \sigma_i\, g_y(f; x_i)",
    ),
    steps=(
        "symmetrisation (VS9a): symmetrisation for independent, non-identical points: every small family",
        state_computed("class_bounds:symmetrisation", counts=[2, 1], atoms=2, factor=2),
        "bounded_differences (VS9b): one example of class y moves the supremum and Rad_bal by at most "
        "M_y/(K N_y): every small family",
        state_computed("class_bounds:differences", counts=[2, 1], shrink="1"),
        "squared_differences_of_class (VS9b): one class's squared differences add up to M_y^2/(K^2 N_y)",
        state("N*(M/(K*N))**2 == M**2/N/K**2", K="integer 1.."),
        "mcdiarmid_at_deviation (VS9c): McDiarmid's inequality at that deviation has probability delta/2",
        "exp(-2*(sqrt(log(2/d)/2*V)/K)**2/(V/K**2)) == d/2",
        "failures_and_three (VS9c): two failures of delta/2, and the complexity's deviation counts twice: "
        "3 = 1 + 2",
        ("d/2 + d/2 == d", "t + 2*t == 3*t"),
        "supremum_tail_enumerated (VS9c): the tail of the supremum over four functions, exactly, for "
        "classes of 8 and 2 examples",
        state_computed("class_bounds:supremum_tail", counts=[8, 2]),
        "one_class_is_iid: one class: the bound for an i.i.d. sample",
        "(3/1)*sqrt(log(2/d)/2*(M**2/N)) == 3*M*sqrt(log(2/d)/(2*N))",
        "equal_counts_are_iid: equal class sizes N/K: the i.i.d. deviation of the whole sample, for any K",
        state("(3/K)*sqrt(log(2/d)/2*(K*(M**2/(N/K)))) == 3*M*sqrt(log(2/d)/(2*N))", K="positive"),
    ),
    argument="Given the labels the points are independent, class by class. McDiarmid's inequality bounds "
    "the supremum by its mean and Rad_bal's mean by Rad_bal, with delta/2 each; symmetrisation "
    "bounds the supremum's mean by twice Rad_bal's.",
    mutants=(
        "the pooled sample size instead of the harmonic one: N = (40, 2), deviation 1/4",
        state_computed(
            "class_bounds:balanced_tail",
            counts=[40, 2],
            rates=["1/10", "1/2"],
            t="1/4",
            pooled=True,
        ),
        "the factor 1/K outside the root dropped",
        "exp(-2*(sqrt(log(2/d)/2*V))**2/(V/K**2)) == d/2",
        "the balanced complexity without the factor 2",
        state_computed("class_bounds:symmetrisation", counts=[1, 1], atoms=3, factor=1),
        "differences of half the size",
        state_computed("class_bounds:differences", counts=[2, 1], shrink="1/2"),
    ),
    cites=("McDiarmid's bounded-differences inequality (1989)",),
    rests_on=(
        "concentration.mcdiarmid",
        "concentration.stratified_hoeffding",
        "rademacher.symmetrisation",
    ),
)

NORM_BALL = statement(
    name="stratified_bound.norm_ball",
    title="Linear maps of norm Lam and mu_y-Lipschitz losses: 2 Rad_bal is at most 2 sqrt2 (Lam/sqrt K) "
    "sqrt(sum mu_y^2 r_y^2/N_y)",
    source="derived here; contraction by Maurer (ALT 2016)",
    ids=("VS9",),
    functions=("stratified_bound",),
    where={
        "L: positive": "Lipschitz constant of a point's loss, mu_y/(K N_y)",
        "D: nonnegative": "difference of a loss's values",
        "e: nonnegative": "distance of the scaled outputs v/L",
        "g: nonnegative": "distance of the outputs v",
        "w1: real": "first entry of W",
        "w2: real": "second entry of W",
        "a1: real": "first entry of the matrix A",
        "a2: real": "second entry of the matrix A",
        "c: real": "positive multiple: W = c A",
        "a: real": "one signed summand",
        "b: real": "another signed summand",
        "x: nonnegative": "norm of the random matrix",
        "N: positive": "examples of a class",
        "m: positive": "mu_y, or the square root of the second moment",
        "r: positive": "root mean squared feature norm of a class",
        "B: positive": "norm bound Lam",
        "K: positive": "number of classes and of outputs",
        "S: positive": "sum of mu_y^2 r_y^2/N_y",
    },
    theorem=(
        "for f(x) = W x, ||W||_F <= Lam, K outputs, and losses that are mu_y-Lipschitz in f: 2 Rad_bal(G) "
        "<= 2 sqrt2 (Lam/sqrt K) sqrt(sum_y mu_y^2 r_y^2/N_y), r_y^2 = (1/N_y) sum_{i in S_y} ||x_i||^2",
        r"2\,\mathfrak{R}_{\mathrm{bal}}(G) \le 2\sqrt2\, \frac{\Lambda}{\sqrt K} \sqrt{\sum_{y=1}^K "
        r"\frac{\mu_y^2 r_y^2}{N_y}}, \qquad F = \left\{ x \mapsto Wx : W \in \mathbb{R}^{K \times d},\ "
        r"\lVert W \rVert_F \le \Lambda \right\},\ g_y = \ell_y \circ f,\ \ell_y\ "
        r"\mu_y\text{-Lipschitz},\quad r_y^2 = \frac{1}{N_y} \sum_{i \in S_y} \lVert x_i \rVert^2",
    ),
    steps=(
        "vector_contraction (VS9d): contraction with unequal constants: every pair of functions on two "
        "points",
        state_computed("class_bounds:contraction", lipschitz=[1, 3], square=2),
        "unequal_constants_scale (VS9d): unequal constants are scalings: Phi_i(v/L_i) is 1-Lipschitz where "
        "Phi_i is L_i-Lipschitz",
        state("D <= g", given=["D <= L*e", "e == g/L"]),
        "supremum_over_ball (VS9e): over the ball, the largest inner product with A is Lam |A| (two entries)",
        (
            "(w1*a1 + w2*a2)**2 <= (w1**2 + w2**2)*(a1**2 + a2**2)",
            "(c*a1)*a1 + (c*a2)*a2 == c*(a1**2 + a2**2)",
        ),
        "mixed_terms_vanish (VS9e): mixed terms vanish in the mean over signs",
        "((a + b)**2 + (a - b)**2)/2 == a**2 + b**2",
        "second_moment_enumerated (VS9e): second moment of the matrix, over all signs",
        state_computed("class_bounds:second_moment", outputs=2),
        "jensen_by_tangent (VS9e): Jensen's inequality by a tangent: x <= (x^2/m + m)/2, whose mean is m "
        "when E x^2 = m^2",
        ("x <= (x**2/m + m)/2", "(m**2/m + m)/2 == m"),
        "class_share_of_moment (VS9e): one class's share of the second moment, with L_i = mu_y/N_y and "
        "mean square r_y^2",
        "N*(m/N)**2*r**2 == m**2*r**2/N",
        "constants_for_outputs: K outputs: the constants together",
        "2*sqrt(2)*(B/K)*sqrt(K*S) == 2*sqrt(2)*(B/sqrt(K))*sqrt(S)",
    ),
    argument="Contraction brings Rad_bal(G) to sqrt2 times the mean of the supremum of sum sigma_ik "
    "(mu_y/(K N_y)) f_k(x_i), which for the ball is Lam times the norm of a random matrix; its "
    "second moment is exact.",
    mutants=(
        "contraction without the factor sqrt 2",
        state_computed("class_bounds:contraction", lipschitz=[1, 3], square=1),
        "the number of outputs forgotten",
        state("sqrt(K*S) <= sqrt(S)", K="integer 1.."),
        "mixed terms kept: the mean over signs of (a + b)^2",
        "((a + b)**2 + (a - b)**2)/2 == (a + b)**2",
    ),
    cites=("Maurer (ALT 2016): vector contraction with the constant sqrt 2",),
    rests_on=("rademacher.vector_contraction", "rademacher.norm_ball"),
)

PEELING = statement(
    name="stratified_bound.peeling",
    title="Levels p_y = 1 - 2^(-k_y) chosen from the data cost sum 2 log k_y + log(pi^2/6) in the budget",
    source="derived here",
    ids=("VS9",),
    functions=("peeling_level", "peeling_cost", "vs_certificate"),
    corrects="one bound for all f with a Lipschitz constant that depends on f and nothing paid for it",
    where={
        "d: (0, 1)": "failure probability delta",
        "k: [1, oo)": "number of the level",
        "k1, k2: [1, oo)": "level number of classes 1, 2",
        "h: (0, 1/2]": "2^-k",
        "p: [0, 1)": "q_y's minimum",
        "L: nonnegative": "loss at a sample point",
        "c: nonnegative": "clip level of the loss",
    },
    theorem=(
        "the shares prod_y 6/(pi^2 k_y^2) add up to 1 over all (k_1, ..., k_K), k_y = 1, 2, ...; so with "
        "probability >= 1 - delta, for all f and all levels p_y = 1 - 2^(-k_y) at once, the stratified "
        "bound of the loss clipped at alpha_y log(1/p_y) holds with log(2/delta) + sum_y [2 log k_y + "
        "log(pi^2/6)] in place of log(2/delta)",
        r"\sum_{k \in \mathbb{N}^K} \prod_{y=1}^K \frac{6}{\pi^2 k_y^2} = 1, \qquad \frac1K \sum_{y=1}^K "
        r"\mathbb{E}_y\, g_y^{k}(f) \le \frac1K \sum_{y=1}^K \hat{\mathbb{E}}_y\, g_y^{k}(f) + "
        r"2\,\mathfrak{R}_{\mathrm{bal}}(G^k) + \frac3K \sqrt{ \frac12 \left( \log\frac{2}{\delta} + "
        r"\sum_{y=1}^K \left[ 2 \log k_y + \log\frac{\pi^2}{6} \right] \right) \sum_{y=1}^K "
        r"\frac{M_y(k_y)^2}{N_y} } \quad \forall f,\ \forall k \in \mathbb{N}^K,\ \text{with probability} "
        r"\ge 1 - \delta \text{ given the labels}, \qquad \mathbb{N} = \{1, 2, \dots\},\quad 0 \le g_y^k "
        r"\le M_y(k_y) = \alpha_y \log\frac{1}{1 - 2^{-k_y}}",
    ),
    formula="log(2/(d*(6/(pi**2*k**2)))) == log(2/d) + 2*log(k) + log(pi**2/6)",
    steps=(
        "shares_sum_to_one (VS9): the shares of delta add up to one, over k = 1, 2, ...",
        state_computed("class_bounds:peeling_weights", power=2),
        "cost_of_one_class (VS9): what one class's share adds to log(2/delta)",
        FORMULA,
        "two_class_costs_add: two classes: the logarithm of a product of shares is the sum",
        "log(2/(d*(6/(pi**2*k1**2))*(6/(pi**2*k2**2)))) == log(2/d) + (2*log(k1) + log(pi**2/6)) + "
        "(2*log(k2) + log(pi**2/6))",
        "constant_below_half_nat: log(pi^2/6) is below 1/2, so a class at the first level costs less than "
        "half a nat",
        "0 < log(pi**2/6) < 1/2",
        "grid_at_most_doubles: the grid at most doubles the constant: between 1 - h and 1 - h/2, h <= 2 (1 "
        "- p)",
        state("h <= 2*(1 - p)", given="p <= 1 - h/2"),
        "unclipped_below_level: below the level the sample's loss is not clipped",
        state("min(L, c) == L", given="L <= c"),
    ),
    argument="Apply the bound at every grid of levels with its share of delta; the shares of all grids "
    "multiply out to one. The grid just below the minimal probabilities then holds for the "
    "trained f.",
    mutants=(
        "shares 6/(pi^2 k^3)",
        state_computed("class_bounds:peeling_weights", power=3),
        "the data-dependent level is free",
        "log(2/(d*(6/(pi**2*k**2)))) == log(2/d)",
        "the grid does not change the constant",
        state("h <= 1 - p", given="p <= 1 - h/2"),
    ),
    rests_on=("stratified_bound.certificate", "local_lipschitz.clipped"),
)

STATEMENTS = (STRATIFIED, NORM_BALL, PEELING)
