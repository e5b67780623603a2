"""What is asked: a problem reduces to two priors, the one that the loss sees and the one to decide for.

Resampling changes how often a class is seen; metric, costs and deployment change how much a class counts.
With class densities f_y the loss learns ``argmax seen_y f_y(x)``, while the aim is ``argmax aimed_y f_y(x)``.
Checked by: brute force over finite populations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_class_counts, as_real, one_of
from ...theory.reweighting import sampling_probability

__all__ = ["METRICS", "SAMPLINGS", "Question", "ask"]

METRICS = {
    "balanced_accuracy": "balanced accuracy: every class counts the same",
    "accuracy": "accuracy: every example counts the same",
    "f1": "F1 of class 1",
    "g_mean": "geometric mean of the two recalls",
    "roc_auc": "area under the ROC curve",
}
SAMPLINGS = {"as-is": 1.0, "square-root": 0.5, "class-balanced": 0.0}
"""Ways to draw training batches, with the exponent q of `power_sampler`."""
TWO_CLASSES = ("f1", "g_mean", "roc_auc")
UNIFORM = 1e-9  # shares that differ by less, relatively, count as equal
LARGEST_COUNT = 2**53  # beyond it floats are not exact
LARGEST_RATIO = 1e15  # of costs or shares


@dataclass(frozen=True, eq=False)
class Question:
    """A problem as `advise` understood it; arrays of shape (K,) unless said otherwise."""

    class_counts: NDArray[np.float64]
    metric: str  # a key of METRICS, or "costs"
    cost: NDArray[np.float64] | None  # (K, K), or one number per class
    sampled_counts: NDArray[np.float64]  # those that the batches are drawn from, as they were given
    seen: NDArray[np.float64]  # class prior of the training batches
    exponent: float | None  # q, where classes have shares ~ n^q of the batches
    population: NDArray[np.float64]  # class prior where the model is used
    aimed: NDArray[np.float64] | None  # None where no prior stands for the aim
    separable: bool | None

    @property
    def prior(self) -> NDArray[np.float64]:
        """The class prior of the data set."""
        return self.class_counts / self.class_counts.sum()

    @property
    def classes(self) -> int:
        """K."""
        return self.class_counts.size

    @property
    def imbalance_factor(self) -> float:
        """Largest over smallest class."""
        return float(self.class_counts.max() / self.class_counts.min())

    @property
    def is_balancing(self) -> bool:
        """Whether every class is to count the same."""
        return self.metric == "balanced_accuracy"

    @property
    def is_resampled(self) -> bool:
        """Whether batches show classes in other proportions than the data set."""
        return not same_shares(self.seen, self.prior)

    @property
    def is_shifted(self) -> bool:
        """Whether the model is used where classes have other shares than in the data set."""
        return not same_shares(self.population, self.prior)


def ask(
    class_counts: ArrayLike,
    metric: str | None,
    costs: ArrayLike | None,
    sampled: str | float | Sequence[float],
    target_prior: ArrayLike | None,
    separable: bool | None,
) -> Question:
    """The question that the arguments of `advise` pose, checked."""
    counts = as_class_counts(class_counts)
    if counts.size < 2:
        raise InputError(f"class_counts has {counts.size} class: give two or more")
    if (counts % 1 != 0).any():
        odd = counts[counts % 1 != 0][0]
        raise InputError(f"class_counts contains {odd:g}: must be whole numbers of examples")
    if counts.max() > LARGEST_COUNT:
        raise InputError(f"class_counts contains {counts.max():g}: must be at most 2^53 examples")
    if separable is not None and not isinstance(separable, bool | np.bool_):
        raise InputError(f"separable = {separable!r}: must be True, False, or None for not known")
    cost = None if costs is None else _costs(costs, counts.size)
    if cost is not None and metric is not None:
        raise InputError(f"metric = {metric!r} and costs are given: costs are a metric, give one")
    aim = (
        "costs"
        if cost is not None
        else one_of("metric", "balanced_accuracy" if metric is None else metric, METRICS)
    )
    if aim in TWO_CLASSES and counts.size != 2:
        raise InputError(
            f"metric = {aim!r} with {counts.size} classes: no statement of the catalogue covers it; "
            "use balanced_accuracy, accuracy or costs, or give two classes"
        )
    sampled_counts, exponent = _sampled(sampled, counts)
    seen = sampled_counts / sampled_counts.sum()
    population = counts if target_prior is None else _vector("target_prior", target_prior, counts)
    population = population / population.sum()
    return Question(
        class_counts=counts,
        metric=aim,
        cost=cost,
        sampled_counts=sampled_counts,
        seen=seen,
        exponent=exponent,
        population=population,
        aimed=_aimed(aim, cost, population),
        separable=None if separable is None else bool(separable),
    )


def same_shares(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether two vectors are proportional."""
    ratio = first / second
    return bool(ratio.max() <= ratio.min() * (1 + UNIFORM))


def cost_of_each_class(cost: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """What a class costs when missed, shape (K,); None if that depends on what it is taken for.

    With two classes it never does.
    """
    if cost.ndim == 1:
        return cost
    wrong = cost[~np.eye(len(cost), dtype=bool)].reshape(len(cost), -1)
    alike = np.allclose(wrong, wrong[:, :1], rtol=UNIFORM, atol=0)
    return wrong[:, 0] if alike else None


def _aimed(
    aim: str, cost: NDArray[np.float64] | None, population: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """The prior under which plain accuracy ranks rules as the aim does."""
    if aim in ("balanced_accuracy", "g_mean"):
        return np.full(population.size, 1 / population.size)
    if aim in ("accuracy", "roc_auc"):
        return population
    each = None if cost is None else cost_of_each_class(cost)
    return None if each is None else each * population / (each @ population)


def _costs(costs: ArrayLike, classes: int) -> NDArray[np.float64]:
    cost = as_real("costs", costs, low=0)
    if cost.shape == (classes,):
        return _within_ratio("costs", cost)
    if cost.shape != (classes, classes):
        raise InputError(
            f"costs has shape {cost.shape}: give what each missed class costs, ({classes},), or a "
            f"matrix ({classes}, {classes}), true class first"
        )
    if np.diagonal(cost).any():
        raise InputError("costs has a non-zero diagonal: a right prediction must cost nothing")
    _within_ratio("costs", cost[~np.eye(classes, dtype=bool)])
    return cost


def _sampled(
    sampled: str | float | Sequence[float], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float | None]:
    """Numbers in proportion to the classes of the batches, and the exponent of the sampling if it has one."""
    if isinstance(sampled, str):
        exponent = SAMPLINGS[one_of("sampled", sampled, SAMPLINGS)]
        return sampling_probability(counts, exponent), exponent
    if sampled is None:
        raise InputError(
            f"sampled = None: must be one of {', '.join(SAMPLINGS)}, a number or counts"
        )
    given = as_real("sampled", sampled)
    if given.ndim == 0:
        exponent = float(as_real("sampled", given, low=0, high=1))
        return sampling_probability(counts, exponent), exponent
    shares = _vector("sampled", given, counts)
    return shares, 1.0 if same_shares(shares, counts) else None


def _vector(name: str, value: ArrayLike, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    vector = as_real(name, value, low=0, low_open=True)
    if vector.shape != counts.shape:
        raise InputError(
            f"{name} has shape {vector.shape}: give one number per class, ({counts.size},)"
        )
    return _within_ratio(name, vector)


def _within_ratio(name: str, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    least, largest = float(numbers.min()), float(numbers.max())
    if least <= 0:
        raise InputError(
            f"{name} contains {least:g}: must be positive (off the diagonal of a matrix)"
        )
    if largest / least > LARGEST_RATIO or largest > 1e100 or least < 1e-100:
        raise InputError(
            f"{name} goes from {least:g} to {largest:g}: only ratios matter, of at most {LARGEST_RATIO:g}"
        )
    return numbers
