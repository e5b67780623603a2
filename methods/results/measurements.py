"""What is measured on a trained network, and the curve of its training, as types.

Checked by: hand-made networks with known answers, and round trips through files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from ...theory.foundation.validation import InputError

__all__ = ["BestEpoch", "History", "Measurements"]


class BestEpoch(NamedTuple):
    """The recorded epoch of the largest balanced accuracy, the first if several have it.

    >>> BestEpoch(epoch=10, balanced_accuracy=0.7).epoch
    10
    """

    epoch: int
    balanced_accuracy: float


@dataclass(frozen=True)
class History:
    """The recorded points of a training curve, the last epoch among them.

    ``class_weights`` holds, for every point, the mean weight of each class per sample, which average
    1 over classes.

    Examples
    --------
    >>> history = History((10, 20), (1.2, 0.4), (0.5, 0.7), ((1.0, 1.0), (0.5, 1.5)))
    >>> history.epoch[-1], history.balanced_accuracy[-1]
    (20, 0.7)
    >>> history.best
    BestEpoch(epoch=20, balanced_accuracy=0.7)
    """

    epoch: tuple[int, ...]
    train_loss: tuple[float, ...]
    balanced_accuracy: tuple[float, ...]
    class_weights: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        sizes = {len(self.train_loss), len(self.balanced_accuracy), len(self.class_weights)}
        if not self.epoch or sizes != {len(self.epoch)}:
            raise InputError("a history needs as many points in every column, one at least")
        if any(later <= earlier for earlier, later in pairwise(self.epoch)):
            raise InputError("a history needs its epochs in order, each once")

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> "History":
        """From one list a field, as the training loop gathers them."""
        rows = tuple(tuple(map(float, row)) for row in columns["class_weights"])
        return cls(
            epoch=tuple(map(int, columns["epoch"])),
            train_loss=tuple(map(float, columns["train_loss"])),
            balanced_accuracy=tuple(map(float, columns["balanced_accuracy"])),
            class_weights=rows,
        )

    @property
    def best(self) -> BestEpoch:
        """The best recorded epoch, on the split that the curve is drawn on.

        Without a validation split that is the test set, and choosing by it is optimistic: what is
        reported as the result of a run is the last epoch.
        """
        highest = max(self.balanced_accuracy)
        return BestEpoch(self.epoch[self.balanced_accuracy.index(highest)], highest)


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """What is measured on a trained network; one entry a class, or None where undefined.

    ``many``, ``medium`` and ``few`` are accuracies over groups of classes by training examples;
    margins and target probabilities are over the training examples, logits over the test examples.
    Those that files before schema 2 lack are None by default.

    Attributes
    ----------
    confusion
        Counts on the test set, (K, K), true classes in rows; None for more than 100 classes.
    expected_calibration_error
        On the test set, of the plain softmax, in 15 bins (`counterpoise.methods.metrics`).
    train_accuracy
        Share of the training examples of each class predicted correctly: all 1 where it is separated.
    bound_terms
        Each class's summand of the data-dependent bound, ``alpha_y bh_y (1 - p_y) sqrt(pih_y)``, at
        its least target probability p_y and the loss's last class weights alpha; None outside the VS
        family. Source: Wang et al. (NeurIPS 2023), `counterpoise.theory.bounds`.

    Examples
    --------
    >>> worst = dict(mean_logits=(0.0, 0.0), mean_margin=(1.0, -1.0), min_margin=(0.5, -2.0))
    >>> measured = Measurements(
    ...     class_accuracy=(0.9, 0.5), balanced_accuracy=0.7, many=0.9, medium=None, few=0.5,
    ...     min_target_probability=(0.6, 0.1), gradient_bound_ratio=None, **worst
    ... )
    >>> measured.per_class()["class_accuracy"]
    (0.9, 0.5)
    """

    class_accuracy: tuple[float, ...]
    balanced_accuracy: float
    many: float | None
    medium: float | None
    few: float | None
    mean_logits: tuple[float, ...]
    mean_margin: tuple[float, ...]
    min_margin: tuple[float, ...]
    min_target_probability: tuple[float, ...]
    gradient_bound_ratio: float | None
    confusion: tuple[tuple[int, ...], ...] | None = None
    expected_calibration_error: float | None = None
    train_accuracy: tuple[float, ...] | None = None
    bound_terms: tuple[float, ...] | None = None

    def per_class(self) -> dict[str, tuple[float, ...]]:
        """The measurements that have one entry a class, those that are not None."""
        known = {name: getattr(self, name) for name in PER_CLASS}
        return {name: values for name, values in known.items() if values is not None}


PER_CLASS = (
    "class_accuracy",
    "train_accuracy",
    "mean_logits",
    "mean_margin",
    "min_margin",
    "min_target_probability",
    "bound_terms",
)
"""Names of the measurements that have one entry a class."""
