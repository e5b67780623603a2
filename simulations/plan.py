"""Before training: which classes imbalance will cost, what of it a threshold repairs, and what would help.

Every class stands against the larger class that hurts it most, as two normal classes of one covariance
told apart by their estimated means (`theory.high_dimension.lda`): eta = n_0/n_1, kappa = (n_0 + n_1)/d and
their distance Delta. More classes at once lose more; unequal covariances, and having to estimate them, are
not in it. The remedies are those of that rule; what a loss would help is answered for another learner, ridge
logistic regression, whose ridge the user must say (`loss_table`). Checked by: the closed forms that it joins,
the sampled world behind them, and counts tried one by one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..theory.foundation.arrays import ArrayLike
from ..theory.foundation.columns import columns
from ..theory.foundation.validation import InputError, as_class_counts, as_number, as_real, as_whole
from ..theory.high_dimension import (
    REGIMES,
    balanced_error_parts,
    corrected_error,
    direction_lost,
    plug_in_rates,
    regime,
    ridge_logistic,
    undersampled_rate,
)
from .loss_map import LOSSES, loss_settings
from .separation import Separation

__all__ = [
    "ClassPlan", "NextRegime", "Remedy", "indices_as_names", "loss_remedies", "loss_table", "plan",
    "plan_table",
]  # fmt: skip


_SMALL = 1e-3  # a gain in balanced error not worth a line
_NEXT_TO_NONE = 1e-300  # a distance at which formulas are at their limit for none


class Remedy(NamedTuple):
    """What a change of the rule or of the sample gives on the pair."""

    name: str
    recall: float
    """Of the rarer class."""
    balanced_error: float


class NextRegime(NamedTuple):
    """The milder regime that more examples of the class would reach, the others as they are."""

    regime: str
    class_count: int


class ClassPlan(NamedTuple):
    """A class, and the larger class against which its recall is least."""

    label: int
    rival: int
    class_count: int
    rival_count: int
    Delta: float
    """0 where the whole interval is; all else is then the limit of small distances."""
    eta: float
    kappa: float
    regimes: tuple[str, ...]
    """Those that the interval of Delta allows, mildest first; one if Delta is given."""
    direction_lost: bool
    threshold_part: float
    """Of the balanced error: what the right threshold repairs."""
    direction_part: float
    """What no threshold repairs."""
    bayes_part: float
    """What remains when all is known."""
    remedies: tuple[Remedy, ...]
    """The plain rule; logit adjustment, which over-sampling by copies equals here; under-sampling; and
    logit adjustment with the bias of the estimated centre taken off, the best threshold there is."""
    next_regime: NextRegime | None

    @property
    def best(self) -> Remedy:
        """The remedy of least balanced error."""
        return min(self.remedies, key=lambda remedy: remedy.balanced_error)


def plan(
    class_counts: ArrayLike, num_features: int, separation: float | ArrayLike | Separation
) -> tuple[ClassPlan, ...]:
    """A plan for every class but the largest, in the order of the classes.

    Parameters
    ----------
    class_counts
        (K,), training examples.
    num_features
        d, the dimension in which the classes are told apart.
    separation
        Delta of all pairs, a (K, K) array of them, or what `estimate_separation` found.

    Raises
    ------
    InputError
        If there is one class, a count is not a whole number above 0, or a given distance is not positive.

    Examples
    --------
    >>> (rare,) = plan([5000, 50], num_features=100, separation=3.0)
    >>> rare.regimes, rare.next_regime
    (('extreme',), NextRegime(regime='mild', class_count=94))
    >>> [(remedy.name, round(remedy.balanced_error, 3)) for remedy in rare.remedies[:3]]
    [('as it is', 0.315), ('logit adjustment', 0.097), ('under-sampling', 0.106)]
    """
    counts = as_class_counts(class_counts)
    size = as_whole("num_features", num_features, 1)
    if len(counts) < 2:
        raise InputError(f"class_counts = {counts.tolist()}: must be those of two classes or more")
    if (counts != np.floor(counts)).any():
        raise InputError(f"class_counts = {counts.tolist()}: must be whole numbers of examples")
    Delta, low, high = _distances(separation, len(counts))
    largest = int(counts.argmax())
    return tuple(
        _class_plan(label, counts, size, Delta, low, high)
        for label in range(len(counts))
        if label != largest
    )


def _distances(
    separation: float | ArrayLike | Separation, classes: int
) -> tuple[NDArray[np.float64], ...]:
    """Estimates and both ends, (K, K)."""
    found = separation[:3] if isinstance(separation, Separation) else (separation,) * 3
    arrays = []
    for given in found:
        array = as_real("separation", given, low=0)
        if array.shape not in ((), (classes, classes)):
            raise InputError(
                f"separation has shape {array.shape}: must be one number or ({classes}, {classes})"
            )
        arrays.append(np.broadcast_to(array, (classes, classes)))
    apart = arrays[2][~np.eye(classes, dtype=bool)]
    # an estimate may find classes at distance 0, and its other pairs are planned all the same
    if not (isinstance(separation, Separation) or apart.all()):
        raise InputError("separation = 0: must be above 0 for any two classes")
    return tuple(arrays)


def _class_plan(
    label: int, counts: NDArray[np.float64], size: int, Delta: NDArray[np.float64],
    low: NDArray[np.float64], high: NDArray[np.float64],
) -> ClassPlan:  # fmt: skip
    own = int(counts[label])
    rivals = [r for r in np.flatnonzero(counts >= own) if r != label]
    # an estimate of 0 says only that the distance is small
    near = [
        max(float(Delta[label, rival]) or 0.5 * float(high[label, rival]), _NEXT_TO_NONE)
        for rival in rivals
    ]
    recalls = [
        float(plug_in_rates(counts[rival] / own, (own + counts[rival]) / size, distance).recall)
        for rival, distance in zip(rivals, near, strict=True)
    ]
    place = int(np.argmin(recalls))
    rival, distance = int(rivals[place]), near[place]
    apart = distance > _NEXT_TO_NONE
    other = int(counts[rival])
    eta, kappa = other / own, (own + other) / size
    ends = [low[label, rival], high[label, rival]]
    found = [int(regime(eta, kappa, end or _NEXT_TO_NONE)) for end in ends]
    parts = balanced_error_parts(eta, kappa, distance)
    return ClassPlan(
        label=label, rival=rival, class_count=own, rival_count=other,
        Delta=distance if apart else 0.0, eta=eta, kappa=kappa,
        regimes=REGIMES[min(found) : max(found) + 1],
        direction_lost=bool(direction_lost(eta, kappa, distance)),
        threshold_part=float(parts.threshold),
        direction_part=float(parts.direction),
        bayes_part=float(parts.bayes),
        remedies=_remedies(eta, kappa, distance),
        next_regime=_next_regime(own, other, size, distance) if apart else None,
    )  # fmt: skip


def _remedies(eta: float, kappa: float, Delta: float) -> tuple[Remedy, ...]:
    plain, adjusted = (plug_in_rates(eta, kappa, Delta, tau) for tau in (0.0, 1.0))
    even = float(undersampled_rate(eta, kappa, Delta))
    least = float(corrected_error(eta, kappa, Delta))
    return (
        Remedy("as it is", float(plain.recall), float(plain.balanced_error)),
        Remedy("logit adjustment", float(adjusted.recall), float(adjusted.balanced_error)),
        Remedy("under-sampling", even, 1.0 - even),
        Remedy("centre corrected", 1.0 - least, least),
    )


def loss_remedies(p: ClassPlan, ridge: float) -> tuple[Remedy, ...]:
    """What ridge logistic regression under each of `LOSSES` gives on a class and its rival.

    It is another learner than the plug-in rule of the plan: a loss is to be held against ``plain``, not
    against `ClassPlan.remedies`. In the limit n/d -> kappa (`ridge_logistic`), which is for two classes; nan
    where floats do not solve it, and at no distance.

    Parameters
    ----------
    ridge
        Beside the mean loss, above 0; what the losses give depends much on it.

    Examples
    --------
    >>> (rare,) = plan([5000, 50], num_features=100, separation=3.0)
    >>> [(loss.name, round(loss.recall, 2)) for loss in loss_remedies(rare, 0.01)]
    [('plain', 0.06), ('weighted', 0.75), ('adjusted', 0.97), ('vs', 0.61)]
    """
    ridge = as_number("ridge", ridge, low=0, low_open=True)
    return tuple(_under_loss(p, loss, ridge) for loss in LOSSES)


def _under_loss(p: ClassPlan, loss: str, ridge: float) -> Remedy:
    if p.Delta == 0:
        return Remedy(loss, np.nan, np.nan)
    try:
        limit = ridge_logistic(p.eta, p.kappa, p.Delta, ridge, **loss_settings(loss, p.eta))
    except InputError:  # its far corners, which a plan may well be in
        return Remedy(loss, np.nan, np.nan)
    return Remedy(loss, limit.recall, 1.0 - 0.5 * (limit.recall + limit.specificity))


def _next_regime(own: int, other: int, size: int, Delta: float) -> NextRegime | None:
    """The least number of examples of the class at which its regime is milder."""

    def index(count: int) -> int:
        return int(regime(other / count, (count + other) / size, Delta))

    now = index(own)
    if index(other) >= now:
        return None
    short, enough = own, other
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if index(middle) < now else (middle, enough)
    return NextRegime(REGIMES[index(enough)], enough)


def plan_table(plans: Sequence[ClassPlan], class_names: Sequence[str] | None = None) -> str:
    """The plans as text: a line a class, then what would help each.

    ``recall`` and ``error`` (balanced) are those of the plain rule, ``adjusted`` after logit adjustment,
    ``Bayes`` where all is known.

    Examples
    --------
    >>> told = plan_table(plan([900, 30], 20, 2.5), ["healthy", "ill"])
    >>> for line in told.splitlines()[:2]:
    ...     print(line)
    class  against  examples  eta  Delta  regime   recall  error  adjusted  Bayes
    ill    healthy  30/900    30   2.50   extreme  0.41    0.297  0.119     0.106
    """
    names = class_names or indices_as_names(plans)
    header = (
        "class", "against", "examples", "eta", "Delta", "regime", "recall", "error", "adjusted", "Bayes",
    )  # fmt: skip
    rows = [
        (
            names[p.label], names[p.rival], f"{p.class_count}/{p.rival_count}", f"{p.eta:.3g}",
            f"{p.Delta:.2f}", " to ".join(dict.fromkeys((p.regimes[0], p.regimes[-1]))),
            f"{p.remedies[0].recall:.2f}", f"{p.remedies[0].balanced_error:.3f}",
            f"{p.remedies[1].balanced_error:.3f}", f"{p.bayes_part:.3f}",
        )
        for p in plans
    ]  # fmt: skip
    return "\n".join([columns(rows, header), "", *(_sentence(p, names) for p in plans)])


def loss_table(
    plans: Sequence[ClassPlan], ridge: float, class_names: Sequence[str] | None = None
) -> str:
    """`loss_remedies` as text: recall and balanced error of each loss, a line a class.

    Examples
    --------
    >>> told = loss_table(plan([900, 30], 20, 2.5), 0.01, ["healthy", "ill"])
    >>> told.splitlines()[0]
    'Ridge logistic regression, ridge 0.01, another learner than the rule above: recall, balanced error'
    """
    names = class_names or indices_as_names(plans)
    rows = [
        (
            names[p.label], names[p.rival],
            *(f"{loss.recall:.2f}, {loss.balanced_error:.3f}" for loss in loss_remedies(p, ridge)),
        )
        for p in plans
    ]  # fmt: skip
    first = (
        f"Ridge logistic regression, ridge {ridge:g}, another learner than the rule above: "
        "recall, balanced error"
    )
    return "\n".join([first, columns(rows, ("class", "against", *LOSSES))])


def indices_as_names(plans: Sequence[ClassPlan]) -> list[str]:
    """Names for classes that have none."""
    return [str(label) for label in range(1 + max(max(p.label, p.rival) for p in plans))]


def _sentence(p: ClassPlan, names: Sequence[str]) -> str:
    if p.Delta == 0:
        return f"{names[p.label]}: nothing in these features tells it from {names[p.rival]}."
    best, plain = p.best, p.remedies[0]
    parts = [f"{best.name}: balanced error {plain.balanced_error:.3f} to {best.balanced_error:.3f}"]
    if plain.balanced_error - best.balanced_error < _SMALL:
        parts = ["no threshold gains a thousandth"]
    lost = f"{p.direction_part:.3f} is lost with the direction, whatever the threshold"
    parts.append(f"{lost} (cos^2 < 1/2)" if p.direction_lost else lost)
    if p.next_regime is not None:
        more = p.next_regime.class_count - p.class_count
        parts.append(f"{p.next_regime.regime} with {more} more examples of it")
    return f"{names[p.label]}: {'; '.join(parts)}."
