"""A bound on the balanced risk that treats the sample as stratified: one failure budget, no log K.

Derived here from McDiarmid's inequality for independent, non-identical points; it is never worse than
the union bound over classes or the pi_min bound of Wang et al. (NeurIPS 2023), see `bound_comparison`.
Checked by: symbolic budgets and moments, exhaustive enumeration of small samples.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_computed, state_quoted, steps
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
    own = known.per_class("complexity", as_real("complexity", complexity, low=0))
    return np.sqrt(2.0) * (known.lipschitz * own).mean(axis=-1) if own.ndim else own


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


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_SYMBOLS = {
    "N": "examples of a class",
    "K": "number of classes",
    "M": "upper bound of a class's loss",
    "V": "sum over classes of M_y^2/N_y",
    "d": "failure probability delta",
    "t": "deviation",
}

STRATIFIED = Statement(
    name="stratified_bound.certificate",
    title="The balanced risk is at most the mean empirical class risk, twice the balanced complexity and "
    "(3/K) sqrt(log(2/delta)/2 sum M_y^2/N_y), with probability 1 - delta",
    source="derived here",
    ids=("VS9",),
    functions=("stratified_bound",),
    corrects="a union over classes (log K) or a prefactor 1/(K pi_min) where independence suffices",
    formula=state_quoted(
        "with probability at least 1 - delta, for all f: (1/K) sum_y E_y g_y(f) <= (1/K) sum_y E^_y "
        "g_y(f) + 2 Rad_bal(G) + (3/K) sqrt(log(2/delta)/2 sum_y M_y^2/N_y)",
        r"\frac1K \sum_y \mathbb{E}_y\, g_y(f) \le \frac1K \sum_y \hat{\mathbb{E}}_y\, g_y(f)"
        r" + 2\,\mathfrak{R}_{\mathrm{bal}}(G)"
        r" + \frac3K \sqrt{\frac{\log(2/\delta)}{2} \sum_y \frac{M_y^2}{N_y}}"
        r" \quad \forall f,\; \text{w.p.} \ge 1-\delta",
    ),
    steps=steps(
        (
            "symmetrisation for independent, non-identical points: every small family",
            state_computed("class_bounds:symmetrisation", counts=[2, 1], atoms=2, factor=2),
            "VS9a",
        ),
        (
            "one example of class y moves the supremum and Rad_bal by at most M_y/(K N_y): every small "
            "family",
            state_computed("class_bounds:differences", counts=[2, 1], shrink="1"),
            "VS9b",
        ),
        (
            "one class's squared differences add up to M_y^2/(K^2 N_y)",
            state("N*(M/(K*N))**2 == M**2/N/K**2", K="integer 1..", **_vary("positive", "M N")),
            "VS9b",
        ),
        (
            "McDiarmid's inequality at that deviation has probability delta/2",
            state(
                "exp(-2*(sqrt(log(2/d)/2*V)/K)**2/(V/K**2)) == d/2",
                d="(0, 1)",
                K="[1, oo)",
                V="positive",
            ),
            "VS9c",
        ),
        (
            "two failures of delta/2, and the complexity's deviation counts twice: 3 = 1 + 2",
            state("d/2 + d/2 == d", "t + 2*t == 3*t", d="(0, 1)", t="nonnegative"),
            "VS9c",
        ),
        (
            "the tail of the supremum over four functions, exactly, for classes of 8 and 2 examples",
            state_computed("class_bounds:supremum_tail", counts=[8, 2]),
            "VS9c",
        ),
        (
            "one class: the bound for an i.i.d. sample",
            state(
                "(3/1)*sqrt(log(2/d)/2*(M**2/N)) == 3*M*sqrt(log(2/d)/(2*N))",
                d="(0, 1)",
                **_vary("positive", "M N"),
            ),
        ),
        (
            "equal class sizes N/K: the i.i.d. deviation of the whole sample, for any K",
            state(
                "(3/K)*sqrt(log(2/d)/2*(K*(M**2/(N/K)))) == 3*M*sqrt(log(2/d)/(2*N))",
                d="(0, 1)",
                **_vary("positive", "K M N"),
            ),
        ),
    ),
    argument="Given the labels the points are independent, class by class. McDiarmid's inequality bounds "
    "the supremum by its mean and Rad_bal's mean by Rad_bal, with delta/2 each; symmetrisation bounds "
    "the supremum's mean by twice Rad_bal's.",
    mutants=mutants(
        (
            "the pooled sample size instead of the harmonic one: N = (40, 2), deviation 1/4",
            state_computed(
                "class_bounds:balanced_tail",
                counts=[40, 2],
                rates=["1/10", "1/2"],
                t="1/4",
                pooled=True,
            ),
        ),
        (
            "the factor 1/K outside the root dropped",
            state(
                "exp(-2*(sqrt(log(2/d)/2*V))**2/(V/K**2)) == d/2",
                d="(0, 1)",
                K="[1, oo)",
                V="positive",
            ),
        ),
        (
            "the balanced complexity without the factor 2",
            state_computed("class_bounds:symmetrisation", counts=[1, 1], atoms=3, factor=1),
        ),
        (
            "differences of half the size",
            state_computed("class_bounds:differences", counts=[2, 1], shrink="1/2"),
        ),
    ),
    symbols=_SYMBOLS,
    cites=("McDiarmid's bounded-differences inequality (1989)",),
    rests_on=(
        "concentration.mcdiarmid",
        "concentration.stratified_hoeffding",
        "rademacher.symmetrisation",
    ),
)

NORM_BALL = Statement(
    name="stratified_bound.norm_ball",
    title="Linear maps of norm Lam and mu_y-Lipschitz losses: 2 Rad_bal is at most "
    "2 sqrt2 (Lam/sqrt K) sqrt(sum mu_y^2 r_y^2/N_y)",
    source="derived here; contraction by Maurer (ALT 2016)",
    ids=("VS9",),
    functions=("stratified_bound",),
    formula=state_quoted(
        "2 Rad_bal(G) <= 2 sqrt2 (Lam/sqrt K) sqrt(sum_y mu_y^2 r_y^2/N_y)",
        r"2\,\mathfrak{R}_{\mathrm{bal}}(G) \le 2\sqrt2\, \frac{\Lambda}{\sqrt K}"
        r" \sqrt{\sum_y \frac{\mu_y^2 r_y^2}{N_y}}",
    ),
    steps=steps(
        (
            "contraction with unequal constants: every pair of functions on two points",
            state_computed("class_bounds:contraction", lipschitz=[1, 3], square=2),
            "VS9d",
        ),
        (
            "unequal constants are scalings: Phi_i(v/L_i) is 1-Lipschitz where Phi_i is L_i-Lipschitz",
            state(
                "D <= g",
                given=["D <= L*e", "e == g/L"],
                L="positive",
                **_vary("nonnegative", "D e g"),
            ),
            "VS9d",
        ),
        (
            "over the ball, the largest inner product with A is Lam |A| (two entries)",
            state(
                "(w1*a1 + w2*a2)**2 <= (w1**2 + w2**2)*(a1**2 + a2**2)",
                "(c*a1)*a1 + (c*a2)*a2 == c*(a1**2 + a2**2)",
                **_vary("real", "w1 w2 a1 a2 c"),
            ),
            "VS9e",
        ),
        (
            "mixed terms vanish in the mean over signs",
            state("((a + b)**2 + (a - b)**2)/2 == a**2 + b**2", **_vary("real", "a b")),
            "VS9e",
        ),
        (
            "second moment of the matrix, over all signs",
            state_computed("class_bounds:second_moment", outputs=2),
            "VS9e",
        ),
        (
            "Jensen's inequality by a tangent: x <= (x^2/m + m)/2, whose mean is m when E x^2 = m^2",
            state(
                "x <= (x**2/m + m)/2",
                "(m**2/m + m)/2 == m",
                x="nonnegative",
                m="positive",
            ),
            "VS9e",
        ),
        (
            "one class's share of the second moment, with L_i = mu_y/N_y and mean square r_y^2",
            state("N*(m/N)**2*r**2 == m**2*r**2/N", **_vary("positive", "N m r")),
            "VS9e",
        ),
        (
            "K outputs: the constants together",
            state(
                "2*sqrt(2)*(B/K)*sqrt(K*S) == 2*sqrt(2)*(B/sqrt(K))*sqrt(S)",
                **_vary("positive", "B K S"),
            ),
        ),
    ),
    argument="Contraction brings Rad_bal(G) to sqrt2 times the mean of the supremum of sum sigma_ik "
    "(mu_y/(K N_y)) f_k(x_i), which for the ball is Lam times the norm of a random matrix; its second "
    "moment is exact.",
    mutants=mutants(
        (
            "contraction without the factor sqrt 2",
            state_computed("class_bounds:contraction", lipschitz=[1, 3], square=1),
        ),
        (
            "the number of outputs forgotten",
            state("sqrt(K*S) <= sqrt(S)", K="integer 1..", S="positive"),
        ),
        (
            "mixed terms kept: the mean over signs of (a + b)^2",
            state("((a + b)**2 + (a - b)**2)/2 == (a + b)**2", **_vary("real", "a b")),
        ),
    ),
    symbols={
        "L": "Lipschitz constant of a point's loss, mu_y/(K N_y)",
        "m": "mu_y, or the square root of the second moment",
        "r": "root mean squared feature norm of a class",
        "B": "norm bound Lam",
        "S": "sum of mu_y^2 r_y^2/N_y",
    },
    cites=("Maurer (ALT 2016): vector contraction with the constant sqrt 2",),
    rests_on=("rademacher.vector_contraction", "rademacher.norm_ball"),
)

PEELING = Statement(
    name="stratified_bound.peeling",
    title="Levels p_y = 1 - 2^(-k_y) chosen from the data cost sum 2 log k_y + log(pi^2/6) in the budget",
    source="derived here",
    ids=("VS9",),
    functions=("peeling_level", "peeling_cost", "vs_certificate"),
    corrects="one bound for all f with a Lipschitz constant that depends on f and nothing paid for it",
    formula=state(
        "log(2/(d*(6/(pi**2*k**2)))) == log(2/d) + 2*log(k) + log(pi**2/6)",
        d="(0, 1)",
        k="[1, oo)",
    ),
    steps=steps(
        (
            "the shares of delta add up to one, over k = 1, 2, ...",
            state_computed("class_bounds:peeling_weights", power=2),
            "VS9",
        ),
        (
            "what one class's share adds to log(2/delta)",
            state(
                "log(2/(d*(6/(pi**2*k**2)))) == log(2/d) + 2*log(k) + log(pi**2/6)",
                d="(0, 1)",
                k="[1, oo)",
            ),
            "VS9",
        ),
        (
            "two classes: the logarithm of a product of shares is the sum",
            state(
                "log(2/(d*(6/(pi**2*k1**2))*(6/(pi**2*k2**2))))"
                " == log(2/d) + (2*log(k1) + log(pi**2/6)) + (2*log(k2) + log(pi**2/6))",
                d="(0, 1)",
                k1="[1, oo)",
                k2="[1, oo)",
            ),
        ),
        (
            "log(pi^2/6) is below 1/2, so a class at the first level costs less than half a nat",
            state("0 < log(pi**2/6) < 1/2"),
        ),
        (
            "the grid at most doubles the constant: between 1 - h and 1 - h/2, h <= 2 (1 - p)",
            state("h <= 2*(1 - p)", given="p <= 1 - h/2", h="(0, 1/2]", p="[0, 1)"),
        ),
        (
            "below the level the sample's loss is not clipped",
            state("min(L, c) == L", given="L <= c", **_vary("nonnegative", "L c")),
        ),
    ),
    argument="Apply the bound at every grid of levels with its share of delta; the shares of all grids "
    "multiply out to one. The grid just below the minimal probabilities then holds for the trained f.",
    mutants=mutants(
        (
            "shares 6/(pi^2 k^3)",
            state_computed("class_bounds:peeling_weights", power=3),
        ),
        (
            "the data-dependent level is free",
            state(
                "log(2/(d*(6/(pi**2*k**2)))) == log(2/d)",
                d="(0, 1)",
                k="[1, oo)",
            ),
        ),
        (
            "the grid does not change the constant",
            state("h <= 1 - p", given="p <= 1 - h/2", h="(0, 1/2]", p="[0, 1)"),
        ),
    ),
    symbols={
        "k": "number of the level",
        "d": "failure probability delta",
        "h": "2^-k",
        "p": "q_y's minimum",
    },
    rests_on=("stratified_bound.certificate", "local_lipschitz.clipped"),
)

STATEMENTS = (STRATIFIED, NORM_BALL, PEELING)
