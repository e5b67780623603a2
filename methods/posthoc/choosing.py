"""The strength of logit adjustment, or a threshold, chosen on held-out data: exactly, and with intervals.

Balanced accuracy and costs change at finitely many values only, so all are known and none is missed. What
is best on the data it was chosen on looks better than it is: by how much is said. Sources: Menon et al.
(ICLR 2021), Section 5, for tuning tau; Elkan (IJCAI 2001) for the threshold that needs no choice if the
scores are posteriors; `counterpoise.methods.posthoc.steps` for intervals. Checked by: brute force over
all thresholds and a fine grid of tau, and coverage on sampled worlds.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...theory.decision import posterior_cost_threshold
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    as_number,
    as_probabilities,
    as_real,
    as_seed,
    as_whole,
)
from ..axes import class_axis
from ..registry import Method
from .adjustment import prior_offset
from .examples import binary_labels, example_weights, truth_as_numbers
from .steps import Steps, choose, steps, value_at

__all__ = [
    "ChosenTau",
    "ChosenThreshold",
    "TauCurve",
    "choose_tau",
    "choose_threshold",
    "tau_curve",
]

METHODS = (
    Method(
        name="choose_tau",
        weight="as trained",
        margin="−τ log π, τ of the best balanced accuracy on labelled data",
        link="as trained",
        paper="Menon et al. 2021 (τ tuned)",
        consistent="τ = 1 is, for the right posteriors; another τ mends wrong ones",
        statements=("logit_adjustment.post_hoc",),
        rule="tuned-la",
        balanced=True,
        title="Post-hoc logit adjustment, its strength chosen on a validation split",
        label="tuned LA",
        second="TunedAdjustmentRule()",
        needs_validation=True,
    ),
    Method(
        name="choose_threshold",
        weight="as trained",
        margin="threshold of least cost on labelled data",
        link="as trained",
        paper="Elkan 2001",
        consistent="without costs: made for it, on the data given",
        statements=("balanced_error.balanced_bayes_rule",),
        untrained="it is for two classes: one threshold on one score",
    ),
)

ROWS_AT_ONCE = 2**22  # pairs of an example and a class
TAU_RESOLUTION = 1e-9
RATIO = 1e100  # of costs
THRESHOLD_RESOLUTION = 4 * float(np.finfo(np.float64).eps)


class TauCurve(NamedTuple):
    """Balanced accuracy for every tau >= 0: ``values[i]`` between ``taus[i]`` and ``taus[i + 1]``.

    ``taus``: shape (m + 1,), from 0 to infinity; ``values``: shape (m,).

    Examples
    --------
    >>> curve = tau_curve([[3.0, 0.0], [1.0, 0.0]], [0, 1], class_prior=(9, 1))
    >>> curve.taus.round(3), curve.values
    (array([0.   , 0.455, 1.365,   inf]), array([0.5, 1. , 0.5]))
    """

    taus: NDArray[np.float64]
    values: NDArray[np.float64]


class ChosenTau(NamedTuple):
    """The tau of the best balanced accuracy on held-out data, and what it is worth.

    ``value`` is that accuracy, which looks better than it is: ``value - optimism`` is what examples
    say of a tau chosen without their tenth of the data, and ``interval`` of the level asked for is
    around that. ``gain``: the same, over tau = 1, in pairs, with its interval. ``tau_interval``: the tau
    that is best for the population lies there, at least as often as the level says.

    Examples
    --------
    >>> ChosenTau(1.2, 0.81, 0.01, (0.7, 0.9), (0.4, 2.0), 0.02, (-0.01, 0.04)).tau
    1.2
    """

    tau: float
    value: float
    optimism: float
    interval: tuple[float, float]
    tau_interval: tuple[float, float]
    gain: float
    gain_interval: tuple[float, float]


class ChosenThreshold(NamedTuple):
    """The best threshold on held-out data, what it is worth, and Elkan's beside it.

    ``value`` is the balanced accuracy there, or the mean cost; it looks better than it is by
    ``optimism``, which examples say of a threshold chosen without their tenth of the data, and
    ``interval`` of the level asked for is around what is left. ``threshold_interval``: the threshold
    that is best for the population lies there, at least as often as the level says. ``elkan``: the one
    that is best if the scores are posteriors, and ``elkan_value`` what it attains on the data; as it
    is not chosen on them, that has no optimism.

    Examples
    --------
    >>> ChosenThreshold(0.3, 0.8, 0.01, (0.7, 0.9), (0.1, 0.5), 0.25, 0.79).elkan
    0.25
    """

    threshold: float
    value: float
    optimism: float
    interval: tuple[float, float]
    threshold_interval: tuple[float, float]
    elkan: float
    elkan_value: float


def tau_curve(
    logits: ArrayLike,
    target: ArrayLike,
    class_prior: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    dim: int | None = None,
) -> TauCurve:
    """Balanced accuracy of ``argmax_y z_y - tau log pi_y`` for every tau >= 0, with all its break points.

    Parameters and errors as in `choose_tau`.

    Examples
    --------
    >>> curve = tau_curve([[3.0, 0.0], [1.0, 0.0]], [0, 1], class_prior=(9, 1))
    >>> len(curve.values), float(curve.values.max())
    (3, 1.0)
    """
    found, weight, _ = _tau_steps(logits, target, class_prior, sample_weight, dim)
    return TauCurve(found.edges, found.sums(weight))


def choose_tau(
    logits: ArrayLike,
    target: ArrayLike,
    class_prior: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
    dim: int | None = None,
) -> ChosenTau:
    """The tau >= 0 of post-hoc logit adjustment with the best balanced accuracy, and its intervals.

    Every tau is considered: the accuracy changes only where an example changes sides. Among taus that
    are equally good the one nearest to 1 is taken, which is right if the posteriors are.

    Parameters
    ----------
    logits
        Of data that the model was not trained on, shape (N, K), (N, K, d1, ...); log probabilities do
        as well. An array, a list or a tensor of any device.
    target
        Class indices 0..K-1, shape (N,), (N, d1, ...). Balanced accuracy is over the classes that occur.
    class_prior
        pi, the training prior, shape (K,), positive; counts do as well.
    sample_weight
        How often each example counts, shape of ``target``, >= 0; once each unless given.
    level
        Of the intervals, in (0, 1).
    draws, seed
        Draws of the bootstrap behind ``tau_interval``, and the seed of these and of the tenths; the
        same seed, the same answer.
    dim
        The axis of the classes; None is 1.

    Raises
    ------
    InputError
        If shapes do not fit, a target is no class, or an option is out of range.

    Source: Menon et al. (ICLR 2021), Section 5; intervals as in `counterpoise.methods.posthoc.steps`.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat([0, 1], [180, 20])
    >>> x = rng.normal(2.0 * y, 1.0)
    >>> logits = np.stack([np.zeros(200), 4.0 * x - 4.0 + 2 * np.log(1 / 9)], axis=1)  # twice too steep
    >>> found = choose_tau(logits, y, class_prior=(180, 20))
    >>> found.tau_interval[0] < 2 < found.tau_interval[1]
    True
    >>> found.interval[0] < found.value - found.optimism < found.interval[1]
    True
    >>> found.gain > 0  # over tau = 1
    True
    """
    level, draws, seed = _options(level, draws, seed)
    found, weight, label = _tau_steps(logits, target, class_prior, sample_weight, dim)
    choice = choose(
        found,
        weight,
        label,
        prefer=1.0,
        resolution=TAU_RESOLUTION,
        level=level,
        draws=draws,
        seed=seed,
    )
    return ChosenTau(
        tau=choice.point,
        value=choice.value,
        optimism=choice.value - choice.elsewhere,
        interval=_clipped(choice.interval),
        tau_interval=choice.points,
        gain=choice.gain,
        gain_interval=choice.gain_interval,
    )


def choose_threshold(
    target: ArrayLike,
    probability: ArrayLike,
    *,
    costs: tuple[float, float] | None = None,
    pos_label: object = None,
    sample_weight: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> ChosenThreshold:
    """The threshold in [0, 1] of the best balanced accuracy, or of least cost, with intervals.

    Positive is predicted where ``probability > threshold``. Every threshold is considered; among those
    equally good the one nearest to Elkan's is taken.

    Parameters
    ----------
    target
        Two labels, shape (n,): 0 and 1, -1 and 1, truth values, or any two with ``pos_label``.
    probability
        Of the positive class, in [0, 1], shape (n,), from a model not trained on these data.
    costs
        Of a false positive and of a false negative, > 0: the mean cost is made least. None: balanced
        accuracy, for which Elkan's threshold is the share of positives.
    pos_label
        The label of the positive class, if that is not 1.
    sample_weight, level, draws, seed
        As in `choose_tau`.

    Raises
    ------
    InputError
        If the labels are not two, shapes do not fit, or an option is out of range.

    Source: Elkan (IJCAI 2001), eq. (2); intervals as in `counterpoise.methods.posthoc.steps`.

    Examples
    --------
    >>> found = choose_threshold(["no", "yes", "no", "yes"], [0.1, 0.2, 0.3, 0.9], pos_label="yes")
    >>> found.threshold, found.value, found.elkan
    (0.5, 0.75, 0.5)
    >>> choose_threshold([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.9], costs=(1, 4)).elkan
    0.2
    """
    level, draws, seed = _options(level, draws, seed)
    positive = binary_labels(target, pos_label).astype(np.intp)
    p = as_probabilities("probability", probability)
    if p.shape != positive.shape:
        raise InputError(f"probability has shape {p.shape}: must match target, {positive.shape}")
    count = example_weights(sample_weight, p.shape)
    mass = _masses(count, positive, 2)
    if not mass.all():
        raise InputError("sample_weight leaves one label of target nothing: both must count")
    share = mass / mass.sum()
    # what a right answer saves: half of its class's recall, or its class's share of the mean cost
    if costs is None:
        unit, saved = 1.0, np.array([0.5, 0.5])
        elkan = float(posterior_cost_threshold(share[1], share[0]))
    else:
        cost = _costs(costs)
        unit, elkan = max(cost), float(posterior_cost_threshold(*cost))
        saved = np.array(cost) / unit * share
    weight = (count / mass[positive]) * saved[positive]
    found = steps(np.where(positive == 1, -np.inf, p), np.where(positive == 1, p, np.inf), 0.0, 1.0)
    choice = choose(
        found,
        weight,
        positive,
        prefer=elkan,
        resolution=THRESHOLD_RESOLUTION,
        level=level,
        draws=draws,
        seed=seed,
    )
    at_elkan = value_at(found, weight, elkan)
    value, interval, optimism = choice.value, choice.interval, choice.value - choice.elsewhere
    if costs is None:
        interval = _clipped(interval)
    else:
        most = float(saved.sum())  # the cost of being always wrong, in units of the larger cost
        value, at_elkan = unit * max(0.0, most - value), unit * max(0.0, most - at_elkan)
        interval = (unit * max(0.0, most - interval[1]), unit * min(most, most - interval[0]))
        optimism *= unit
    return ChosenThreshold(
        threshold=choice.point,
        value=value,
        optimism=optimism,
        interval=interval,
        threshold_interval=choice.points,
        elkan=elkan,
        elkan_value=at_elkan,
    )


def _tau_steps(
    logits: ArrayLike,
    target: ArrayLike,
    class_prior: ArrayLike,
    sample_weight: ArrayLike | None,
    dim: int | None,
) -> tuple[Steps, NDArray[np.float64], NDArray[np.intp]]:
    """Where each example is right, what it counts in balanced accuracy, and its class."""
    offset = prior_offset(class_prior, 1.0, None)
    scores, label = as_real("logits", logits), as_real("target", truth_as_numbers(target))
    axis = class_axis("logits", scores.shape, offset.size, dim)
    expected = scores.shape[:axis] + scores.shape[axis + 1 :]
    if label.shape != expected or not label.size:
        raise InputError(
            f"target has shape {label.shape}: for logits of shape {scores.shape} it must be {expected}"
        )
    rows = np.moveaxis(scores, axis, -1).reshape(-1, offset.size)
    as_real("target", label, low=0, high=offset.size - 1)
    if (label % 1 != 0).any():
        raise InputError(f"target = {label[label % 1 != 0][0]:g}: must be class indices")
    index = label.astype(np.intp).ravel()
    count = example_weights(sample_weight, label.shape).ravel()
    mass = _masses(count, index, offset.size)
    weight = count / np.where(mass > 0, mass, 1.0)[index] / (mass > 0).sum()
    lower, upper = _right_between(rows, index, offset)
    return steps(lower, upper, 0.0, np.inf), weight, index


def _right_between(
    logits: NDArray[np.float64], target: NDArray[np.intp], offset: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The interval of tau in which ``z_y + tau offset_y`` exceeds all others, for each example.

    Where two offsets are equal and so are the logits, the first class wins, as in argmax.
    """
    lower, upper = np.empty(len(target)), np.empty(len(target))
    rows = max(1, ROWS_AT_ONCE // logits.shape[1])
    for start in range(0, len(target), rows):
        own = slice(start, start + rows)
        y = target[own, None]
        ahead = np.take_along_axis(logits[own], y, axis=1) - logits[own]
        behind = offset[None] - offset[y]  # lost to the other class per unit of tau
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = ahead / behind
        first = np.arange(logits.shape[1]) < y
        lost = (behind == 0) & ((ahead < 0) | ((ahead == 0) & first))
        upper[own] = np.where(behind > 0, turn, np.inf).min(axis=1)
        lower[own] = np.where(lost, np.inf, np.where(behind < 0, turn, -np.inf)).max(axis=1)
    return lower, upper


def _masses(
    count: NDArray[np.float64], label: NDArray[np.intp], classes: int
) -> NDArray[np.float64]:
    return np.bincount(label, weights=count, minlength=classes).astype(np.float64)


def _costs(costs: tuple[float, float]) -> tuple[float, float]:
    pair = as_real("costs", costs, low=0, low_open=True)
    if pair.shape != (2,):
        raise InputError(
            f"costs has shape {pair.shape}: give two numbers, of a false positive and a false negative"
        )
    if pair.max() > RATIO * pair.min():
        raise InputError(
            f"costs = {pair.tolist()}: must not differ by more than a factor {RATIO:g}"
        )
    return float(pair[0]), float(pair[1])


def _options(level: float, draws: int, seed: int) -> tuple[float, int, int]:
    bounds = {"low": 0, "high": 1, "low_open": True, "high_open": True}
    return as_number("level", level, **bounds), as_whole("draws", draws, 2), as_seed(seed)


def _clipped(interval: tuple[float, float]) -> tuple[float, float]:
    return max(0.0, interval[0]), min(1.0, interval[1])
