"""Generalisation bounds for the balanced risk, one class at a time: the union bound and its prefactor.

Claimed by Wang et al. (NeurIPS 2023), Proposition 1 (union over classes) and the step 1/K <= pi_y/(K
pi_min) of their Proposition 3; constants derived here. Checked by: symbolic budgets, enumeration, SMT.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import (
    InputError,
    adds_up_to_one,
    as_class_counts,
    as_number,
    as_real,
    as_whole,
    shown,
)
from ..vector_scaling.local_lipschitz import LossConstants

__all__ = [
    "Bound",
    "NormBall",
    "class_complexity",
    "norm_ball",
    "prior_prefactor",
    "union_bound",
]


class Bound(NamedTuple):
    """The three terms of a bound that holds with probability at least 1 - delta."""

    empirical: NDArray[np.float64]
    complexity: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @property
    def total(self) -> NDArray[np.float64]:
        """The bound itself."""
        return self.empirical + self.complexity + self.deviation


class NormBall(NamedTuple):
    """Linear maps ``W`` with Frobenius norm at most ``norm``, on features of the given size.

    ``class_radii``: root mean squared feature norm on each class's sample, shape (..., K);
    ``outputs``: rows of W. Made by `norm_ball`, which checks them.
    """

    norm: NDArray[np.float64]
    class_radii: NDArray[np.float64]
    outputs: int


def norm_ball(norm: ArrayLike, class_radii: ArrayLike, outputs: int | None = None) -> NormBall:
    """A `NormBall`; one radius stands for all classes, ``outputs`` is K unless given."""
    radii = as_real("class_radii", class_radii, low=0)
    if outputs is None:
        if radii.ndim == 0:
            raise InputError("outputs: give it when class_radii is one number for all classes")
        outputs = radii.shape[-1]
    return NormBall(as_real("norm", norm, low=0), radii, as_whole("outputs", outputs, 1))


def class_complexity(class_counts: ArrayLike, ball: NormBall) -> NDArray[np.float64]:
    """Bound ``Lam r_y sqrt(outputs/N_y)`` on each class's Rademacher complexity; shape (..., K)."""
    counts = as_class_counts(class_counts)
    radii = _per_class("class_radii", ball.class_radii, counts)
    return ball.norm[..., np.newaxis] * radii * np.sqrt(ball.outputs / counts)


def prior_prefactor(class_prior: ArrayLike) -> float:
    """``1/(K pi_min)``: how much larger than the plain risk the balanced one can be."""
    prior = as_real("class_prior", class_prior, low=0, high=1, low_open=True)
    if prior.ndim != 1 or not adds_up_to_one(class_prior, prior):
        raise InputError(
            f"class_prior: must be K probabilities that add up to 1, not {shown(prior)}"
        )
    return float(1.0 / (prior.size * prior.min()))


def union_bound(
    class_counts: ArrayLike,
    class_risks: ArrayLike,
    constants: LossConstants,
    complexity: NormBall | ArrayLike,
    *,
    delta: float = 0.05,
) -> Bound:
    """``(1/K) sum_y [R_y + 2 sqrt2 mu_y Rad_y + 3 M_y sqrt(log(2K/delta)/(2 N_y))]``.

    ``class_risks``: empirical class risks of a loss in [0, M_y], shape (..., K); ``constants``: its
    ``mu_y`` and ``M_y``; ``complexity``: a `NormBall`, or each class's Rademacher complexity of the
    multi-output functions, shape (..., K). Leading axes broadcast; the terms have shape (...).
    """
    risks, complexities, deviations = _union_parts(
        BoundInputs.of(class_counts, class_risks, constants, delta), complexity
    )
    return Bound(
        risks.mean(axis=-1),
        2 * np.sqrt(2.0) * complexities.mean(axis=-1),
        3 * deviations.mean(axis=-1),
    )


def union_terms(
    class_counts: ArrayLike,
    class_risks: ArrayLike,
    constants: LossConstants,
    complexity: NormBall | ArrayLike,
    *,
    delta: float = 0.05,
) -> Bound:
    """What each class adds to `union_bound`, term by term, (..., K): they add up to it over classes."""
    known = BoundInputs.of(class_counts, class_risks, constants, delta)
    risks, complexities, deviations = _union_parts(known, complexity)
    classes = known.counts.size
    return Bound(
        risks / classes, 2 * np.sqrt(2.0) * complexities / classes, 3 * deviations / classes
    )


def _union_parts(
    known: "BoundInputs", complexity: NormBall | ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """By class: risk, ``mu_y Rad_y``, and ``M_y sqrt(log(2K/delta)/(2 N_y))``."""
    if isinstance(complexity, NormBall):
        by_class = class_complexity(known.counts, complexity)
    else:
        by_class = known.per_class("complexity", as_real("complexity", complexity, low=0))
    share = np.sqrt((np.log(2 * known.counts.size) - np.log(known.delta)) / (2 * known.counts))
    return known.risks, known.lipschitz * by_class, known.upper * share


class BoundInputs(NamedTuple):
    """What every bound needs, checked: arrays with classes on the last axis."""

    counts: NDArray[np.float64]
    risks: NDArray[np.float64]
    lipschitz: NDArray[np.float64]
    upper: NDArray[np.float64]
    delta: float

    @classmethod
    def of(
        cls, class_counts: ArrayLike, class_risks: ArrayLike, constants: LossConstants, delta: Any
    ) -> "BoundInputs":
        """Check and broadcast; numbers stand for all classes."""
        counts = as_class_counts(class_counts)
        delta = as_number("delta", delta, low=0, high=1, low_open=True, high_open=True)
        risks, lipschitz, upper = (
            np.broadcast_to(array, np.broadcast_shapes(array.shape, counts.shape))
            for array in (
                _per_class("class_risks", as_real("class_risks", class_risks, low=0), counts),
                _per_class("lipschitz", as_real("lipschitz", constants.lipschitz, low=0), counts),
                _per_class("upper", as_real("upper", constants.upper, low=0), counts),
            )
        )
        if np.any(risks > upper * (1 + 1e-9)):
            raise InputError("class_risks exceed the loss's upper bound: clip the loss first")
        return cls(counts, risks, lipschitz, upper, delta)

    def per_class(self, name: str, array: NDArray[np.float64]) -> NDArray[np.float64]:
        """``array`` if it has one entry per class on its last axis, or is one number."""
        return _per_class(name, array, self.counts)


def _per_class(
    name: str, array: NDArray[np.float64], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    if array.ndim and array.shape[-1] != counts.size:
        raise InputError(
            f"{name} has shape {array.shape}: the last axis must match class_counts, {counts.shape}"
        )
    return array


# ------------------------------------------------------------------------------------ statements


UNION = statement(
    name="class_bounds.union",
    title="The balanced risk is at most the mean over classes of empirical risk, twice the complexity and "
    "3 M sqrt(log(2K/delta)/(2 N_y)), with probability 1 - delta",
    source="Wang et al. (NeurIPS 2023), Proposition 1; constants derived here",
    ids=("VS5",),
    functions=("union_bound", "class_complexity"),
    where={
        "d: (0, 1)": "failure probability delta",
        "K: integer 1..": "number of classes",
        "M: positive": "upper bound of the loss",
        "N: positive": "examples of a class",
        "t: nonnegative": "deviation",
        "r1, r2, r3: real": "risk of classes 1, 2, 3",
        "e1, e2, e3: real": "upper bound of classes 1, 2, 3's risk",
    },
    theorem=(
        "given the labels (N_y >= 1 i.i.d. points of class y), losses 0 <= L <= M that are mu_y-Lipschitz "
        "on class y: with probability >= 1 - delta, for all f in F: R_bal(f) <= (1/K) sum_y [ R^_y(f) + 2 "
        "sqrt2 mu_y Rad_{S_y}(F) + 3 M sqrt(log(2K/delta)/(2 N_y)) ]",
        r"R_{\mathrm{bal}}(f) \le \frac1K \sum_{y=1}^K \left[ \hat R_y(f) + 2\sqrt2\, \mu_y\, "
        r"\mathfrak{R}_{S_y}(F) + 3M \sqrt{\frac{\log(2K/\delta)}{2 N_y}} \right] \quad \forall f \in F,\ "
        r"\text{with probability} \ge 1-\delta \text{ given the labels}, \qquad 0 \le L \le M,\ L(y, "
        r"\cdot)\ \mu_y\text{-Lipschitz}",
    ),
    steps=(
        "class_failure (VS5a): one class fails with probability delta/K: half for the supremum, half for "
        "the complexity",
        "d/(2*K) + d/(2*K) == d/K",
        "union_over_classes (VS5b): the failures of all classes add up to delta",
        "K*(d/K) == d",
        "mcdiarmid_at_deviation (VS5a): McDiarmid with N differences M/N: the deviation M "
        "sqrt(log(2K/delta)/(2N)) has probability delta/(2K)",
        state("exp(-2*(M*sqrt(log(2*K/d)/(2*N)))**2/(N*(M/N)**2)) == d/(2*K)", K="[1, oo)"),
        "deviation_counts_three (VS5b): the supremum costs it once, the complexity, which enters twice, "
        "twice: 3 = 1 + 2",
        "t + 2*t == 3*t",
        "bounded_differences (VS5a): one example moves the supremum and the complexity by at most its "
        "weight times M: every small family",
        state_computed("class_bounds:differences", counts=[2, 1], shrink="1"),
        "symmetrisation (VS5a): the expected supremum is at most twice the expected complexity: every "
        "small family",
        state_computed("class_bounds:symmetrisation", counts=[2, 1], atoms=2, factor=2),
        "vector_contraction (VS5): contraction with the constant sqrt 2: every pair of functions on two "
        "points",
        state_computed("class_bounds:contraction", lipschitz=[1, 3], square=2),
        "mean_over_classes (VS5): averaged over classes, upper bounds of class risks bound the balanced risk",
        state("(r1 + r2 + r3)/3 <= (e1 + e2 + e3)/3", given=["r1 <= e1", "r2 <= e2", "r3 <= e3"]),
    ),
    argument="Given the labels, each class's sample is i.i.d. Apply the one-class bound with delta/K to "
    "every class: symmetrisation bounds the expected supremum, McDiarmid's inequality both "
    "deviations; the union bound adds the failures. Contraction replaces the losses' complexity "
    "by the functions'.",
    mutants=(
        "log(2/delta): every class fails with probability delta",
        state("exp(-2*(M*sqrt(log(2/d)/(2*N)))**2/(N*(M/N)**2)) == d/(2*K)", K="[1, oo)"),
        "the same in the budget: K classes at delta each",
        "K*d <= d",
        "the complexity without the factor 2",
        state_computed("class_bounds:symmetrisation", counts=[1, 1], atoms=3, factor=1),
        "the whole sample size under the root: N = (40, 2), p = (1/10, 1/2), deviation 1/4",
        state_computed(
            "class_bounds:balanced_tail",
            counts=[40, 2],
            rates=["1/10", "1/2"],
            t="1/4",
            pooled=True,
        ),
        "contraction without the factor sqrt 2",
        state_computed("class_bounds:contraction", lipschitz=[1, 3], square=1),
    ),
    cites=(
        "McDiarmid's bounded-differences inequality (1989)",
        "Maurer (ALT 2016): vector contraction with the constant sqrt 2",
    ),
    rests_on=(
        "concentration.uniform_bound",
        "concentration.mcdiarmid",
        "rademacher.symmetrisation",
        "rademacher.vector_contraction",
        "local_lipschitz.clipped",
    ),
)

PREFACTOR = statement(
    name="class_bounds.prior_prefactor",
    title="The balanced risk is at most the risk over K pi_min; equality iff only rarest classes err",
    source="Wang et al. (NeurIPS 2023), proof of Proposition 3",
    ids=("VS6",),
    functions=("prior_prefactor",),
    corrects="the population prior replaced by the sample's without saying that labels are fixed",
    where={
        "K: integer 1..": "number of classes",
        "m: positive": "smallest prior",
        "p1, p2, p3: positive": "prior of classes 1, 2, 3",
        "g: positive": "by how much a prior exceeds it",
        "r: nonnegative": "risk of a class",
        "p: (0, 1)": "prior of a class; in the mutants, of class 1 of two",
        "h: (0, 1)": "smallest prior of the sample",
        "r1, r2, r3: nonnegative": "risk of classes 1, 2, 3",
    },
    theorem=(
        "for every K, prior pi_y > 0 and class risks R_y >= 0: (1/K) sum_y R_y <= (1/(K pi_min)) sum_y "
        "pi_y R_y, with equality iff R_y = 0 for every class with pi_y > pi_min",
        r"\frac1K \sum_{y=1}^K R_y \le \frac{1}{K \pi_{\min}} \sum_{y=1}^K \pi_y R_y \quad \forall K \ge "
        r"1,\ \pi_y > 0,\ R_y \ge 0, \qquad \text{with equality} \iff R_y = 0\ \forall y : \pi_y > "
        r"\pi_{\min}",
    ),
    formula=state(
        "(r1 + r2 + r3)/3 <= (p1*r1 + p2*r2 + p3*r3)/(3*m)", given=["m <= p1", "m <= p2", "m <= p3"]
    ),
    steps=(
        "one_class (VS6): any K, one class: r/K <= pi r/(K pi_min)",
        state("r/K <= p*r/(K*m)", given="m <= p", p="positive"),
        "strict_for_frequent_class (VS6): strictly, for a class more frequent than the rarest that errs",
        state("r/K < (m + g)*r/(K*m)", r="positive"),
        "equal_for_rarest_class (VS6): with equality for a rarest class",
        "r/K == m*r/(K*m)",
        "three_classes (VS6): three classes at once, decided independently",
        FORMULA,
        "balanced_factor_one (VS6): balanced priors: the factor is 1",
        "1/(K*(1/K)) == 1",
        "factor_at_least_one (VS6): the factor is at least 1, as K pi_min <= 1",
        state("1/(K*m) >= 1", given="K*m <= 1"),
    ),
    argument="Sum the one-class inequality. It holds for any prior and the risk that weights classes by "
    "it: the population's in an i.i.d. sample, the sample's own when the labels are given.",
    mutants=(
        "1/(K pi_max)",
        state("(r1 + r2)/2 <= (p*r1 + (1 - p)*r2)/(2*p)", p="[1/2, 1)"),
        "the population's risk over the sample's smallest prior",
        state("(r1 + r2)/2 <= (p*r1 + (1 - p)*r2)/(2*h)", given="h <= 1 - h"),
        "no prefactor",
        "(r1 + r2)/2 <= p*r1 + (1 - p)*r2",
    ),
)

STATEMENTS = (UNION, PREFACTOR)
