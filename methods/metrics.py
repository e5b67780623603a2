"""What counts when classes are uneven: accuracy by class and by group, their means, and calibration.

Predictions are labels, or a score per class (logits, probabilities), of NumPy, torch or lists. A class that
does not occur in ``target`` has no recall (nan), and no mean over classes counts it. Formulas of balanced
accuracy and of the groups are those of `counterpoise.theory.decision`. Sources: Liu et al. (CVPR 2019)
for many / medium / few; Kubat and Matwin (ICML 1997) for the geometric mean; Guo et al. (ICML 2017) for
the calibration error. Checked by: scikit-learn, imbalanced-learn, and sums written out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..theory.decision import balanced_error, group_accuracies
from ..theory.foundation.arrays import ArrayLike
from ..theory.foundation.validation import (
    InputError,
    InputTypeError,
    as_class_counts,
    as_probabilities,
    as_real,
    as_whole,
    readable,
)
from .axes import class_axis

__all__ = [
    "GroupAccuracy",
    "ImbalanceReport",
    "balanced_accuracy",
    "class_recall",
    "expected_calibration_error",
    "geometric_mean",
    "imbalance_report",
    "macro_f1",
    "many_medium_few",
]

SUMS_TO_ONE = 1e-3  # or the rounding of the type
SHOWN = 20  # classes in a report


class GroupAccuracy(NamedTuple):
    """Mean recall of the classes with many, a medium number of, and few training examples.

    nan where there is no such class, or none of them occurs in the target.

    Examples
    --------
    >>> GroupAccuracy(many=0.9, medium=0.7, few=0.4).few
    0.4
    """

    many: float
    medium: float
    few: float


class _Answers(NamedTuple):
    """Classes as numbers: of the examples, of the predictions for them, both (n,), and their labels."""

    true: NDArray[np.intp]
    predicted: NDArray[np.intp]
    labels: list[Any]

    def sizes(self, of: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.bincount(of, minlength=len(self.labels)).astype(np.float64)

    def recall(self) -> NDArray[np.float64]:
        """Shape (K,); nan for a class without examples."""
        size = self.sizes(self.true)
        right = self.sizes(self.true[self.true == self.predicted])
        return np.divide(right, size, out=np.full(len(size), np.nan), where=size > 0)


def class_recall(
    target: ArrayLike,
    prediction: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    dim: int | None = None,
) -> NDArray[np.float64]:
    """The share of each class that is predicted right, shape (K,); nan for a class without examples.

    Parameters
    ----------
    target
        The true classes, any shape: indices 0..K-1, or labels of any kind.
    prediction
        Labels of the same shape, or scores with one axis more, that of the classes: (N, K),
        (N, K, d1, ...). Predicted is the class of the largest.
    labels
        The K labels in order, such as an estimator's ``classes_``, or names of the classes 0..K-1.
        None: 0..K-1 for whole numbers from 0 (K as many as scores have, or the largest plus one),
        else those that occur, sorted.
    dim
        The axis of the classes in scores; None is 1.

    Raises
    ------
    InputError, InputTypeError
        If shapes do not fit, there is no example, a label is unknown, or a score is nan.

    Examples
    --------
    >>> class_recall([0, 0, 1, 1], [0, 1, 1, 1])
    array([0.5, 1. ])
    >>> class_recall(["ham", "spam"], [[0.9, 0.1], [0.6, 0.4]], labels=["ham", "spam"])
    array([1., 0.])
    """
    return _answers(target, prediction, labels, dim).recall()


def balanced_accuracy(
    target: ArrayLike,
    prediction: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    dim: int | None = None,
) -> float:
    """The mean of the classes' recalls; parameters and errors as in `class_recall`.

    Examples
    --------
    >>> balanced_accuracy([0, 0, 0, 1], [0, 0, 0, 0])
    0.5
    """
    return _mean_recall(_answers(target, prediction, labels, dim).recall())


def geometric_mean(
    target: ArrayLike,
    prediction: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    dim: int | None = None,
) -> float:
    """G-mean, the geometric mean of the classes' recalls: zero if a class is never predicted right.

    Parameters and errors as in `class_recall`. Source: Kubat and Matwin (ICML 1997) for two classes.

    Examples
    --------
    >>> geometric_mean([0, 0, 1, 1], [0, 1, 1, 1]) ** 2
    0.5000000000000001
    """
    return _geometric(_answers(target, prediction, labels, dim).recall())


def macro_f1(
    target: ArrayLike,
    prediction: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    dim: int | None = None,
) -> float:
    """The mean F1 over the classes that occur, in the target or among the predictions.

    Parameters and errors as in `class_recall`.

    Examples
    --------
    >>> round(macro_f1([0, 0, 1, 1], [0, 1, 1, 1]), 4)
    0.7333
    """
    return _macro_f1(_answers(target, prediction, labels, dim))


def many_medium_few(
    target: ArrayLike,
    prediction: ArrayLike,
    class_counts: ArrayLike,
    *,
    few: float = 20,
    many: float = 100,
    labels: Sequence[Any] | None = None,
    dim: int | None = None,
) -> GroupAccuracy:
    """Mean recall of the classes with > ``many``, ``few``..``many`` and < ``few`` training examples.

    Parameters
    ----------
    class_counts
        Training examples per class, shape (K,), positive; not those of ``target``.
    few, many
        Where the groups end: 20 and 100, as in the literature.
    target, prediction, labels, dim
        As in `class_recall`.

    Returns
    -------
    nan for a group without a class that occurs in ``target``.

    Source: Liu et al. (CVPR 2019).

    Examples
    --------
    >>> many_medium_few([0, 0, 1, 2], [0, 0, 1, 0], class_counts=(500, 50, 5))
    GroupAccuracy(many=1.0, medium=1.0, few=0.0)
    >>> many_medium_few([0, 1], [0, 1], class_counts=(500, 200))
    GroupAccuracy(many=1.0, medium=nan, few=nan)
    """
    counts = as_class_counts(class_counts)
    found = _answers(target, prediction, _known(labels, counts.size), dim)
    return _groups(found, counts, few, many)


def expected_calibration_error(
    target: ArrayLike,
    probabilities: ArrayLike,
    *,
    bins: int = 15,
    labels: Sequence[Any] | None = None,
    pos_label: Any = None,
    dim: int | None = None,
) -> float:
    """ECE: how far confidence and accuracy lie apart, on average over bins of equal confidence.

    ``sum_b |B_b|/n |accuracy(B_b) - mean confidence(B_b)|``; bins are (0, 1/m], ..., (1 - 1/m, 1].

    Parameters
    ----------
    target
        The true classes, as in `class_recall`.
    probabilities
        In [0, 1], with the classes in axis 1, where they sum to 1; or of the shape of ``target``, for
        two classes: of the positive one.
    bins
        Their number, m.
    pos_label
        The positive label, where probabilities are its own; 1 unless given.
    labels, dim
        As in `class_recall`.

    Raises
    ------
    InputError, InputTypeError
        If shapes do not fit, or probabilities are none (logits need a softmax).

    Source: Guo et al. (ICML 2017), eq. (3).

    Examples
    --------
    >>> round(expected_calibration_error([0, 0, 0, 1], [[0.75, 0.25]] * 4), 12)
    0.0
    >>> round(expected_calibration_error(["no", "yes"], [0.1, 0.7], pos_label="yes"), 12)
    0.2
    """
    size = as_whole("bins", bins, 1)
    p = as_probabilities("probabilities", probabilities)
    if p.shape == np.shape(readable(target)):
        true = _positive(target, 1 if pos_label is None else pos_label)
        return _calibration_error(np.stack([1 - p.ravel(), p.ravel()], axis=1), true, size)
    if pos_label is not None:
        raise InputError(
            f"pos_label = {pos_label!r}: probabilities of shape {p.shape} are of every class; give labels"
        )
    answers, rows = _answers_and_rows(target, p, labels, dim)
    kind = np.asarray(readable(probabilities)).dtype
    rounding = 4 * rows.shape[1] * np.finfo(kind).eps if kind.kind == "f" else 0.0
    total = rows.sum(axis=1)
    worst = int(np.abs(total - 1).argmax())
    if abs(total[worst] - 1) > max(SUMS_TO_ONE, float(rounding)):
        raise InputError(
            f"probabilities of an example sum to {total[worst]:g}: must be 1; logits need a softmax"
        )
    return _calibration_error(rows, answers.true, size)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ImbalanceReport:
    """What `imbalance_report` found; it prints as a table.

    ``class_counts``, ``support`` (examples in the target) and ``class_recall`` have shape (K,), in the
    order of ``labels``. ``calibration_error`` is nan if predictions were labels.

    Examples
    --------
    >>> imbalance_report([0, 0, 1], [0, 0, 1], class_counts=(500, 5)).balanced_accuracy
    1.0
    """

    accuracy: float
    balanced_accuracy: float
    geometric_mean: float
    macro_f1: float
    many: float
    medium: float
    few: float
    calibration_error: float
    labels: tuple[Any, ...]
    class_counts: NDArray[np.float64]
    support: NDArray[np.float64]
    class_recall: NDArray[np.float64]

    def __repr__(self) -> str:
        numbers = [field.name for field in fields(self) if field.type in ("float", float)]
        lines = [f"{name:<20}{_shown(getattr(self, name)):>8}" for name in numbers]
        rows = zip(self.labels, self.class_counts, self.support, self.class_recall, strict=True)
        lines += ["", f"{'class':<20}{'train':>10}{'test':>8}{'recall':>8}"]
        for label, count, support, recall in list(rows)[:SHOWN]:
            name = str(label) if len(str(label)) < 20 else f"{str(label)[:18]}…"
            lines.append(f"{name:<20}{count:>10g}{support:>8g}{_shown(recall):>8}")
        left = len(self.labels) - SHOWN
        return "\n".join([*lines, *([f"... and {left} more classes"] if left > 0 else [])])


def imbalance_report(
    target: ArrayLike,
    prediction: ArrayLike,
    class_counts: ArrayLike,
    *,
    few: float = 20,
    many: float = 100,
    bins: int = 15,
    labels: Sequence[Any] | None = None,
    dim: int | None = None,
) -> ImbalanceReport:
    """Every metric of this module at once, as one object that prints as a table.

    Parameters are those of `many_medium_few` and `expected_calibration_error`. Scores that lie in
    [0, 1] and sum to 1 are taken as probabilities, others as logits, through a softmax.

    Raises
    ------
    InputError, InputTypeError
        As the metrics do.

    Examples
    --------
    >>> p = [[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]
    >>> imbalance_report([0, 0, 1, 1], p, class_counts=(500, 5))
    accuracy               0.750
    balanced_accuracy      0.750
    geometric_mean         0.707
    macro_f1               0.733
    many                   1.000
    medium                     –
    few                    0.500
    calibration_error      0.300
    <BLANKLINE>
    class                    train    test  recall
    0                          500       2   1.000
    1                            5       2   0.500
    """
    counts, size = as_class_counts(class_counts), as_whole("bins", bins, 1)
    known = _known(labels, counts.size)
    found, rows = _answers_and_rows(target, prediction, known, dim)
    groups, recall = _groups(found, counts, few, many), found.recall()
    error = float("nan")
    if rows is not None:
        error = _calibration_error(_as_probabilities(rows), found.true, size)
    return ImbalanceReport(
        accuracy=float((found.true == found.predicted).mean()),
        balanced_accuracy=_mean_recall(recall),
        geometric_mean=_geometric(recall),
        macro_f1=_macro_f1(found),
        many=groups.many,
        medium=groups.medium,
        few=groups.few,
        calibration_error=error,
        labels=tuple(found.labels),
        class_counts=counts,
        support=found.sizes(found.true),
        class_recall=recall,
    )


def _answers(
    target: ArrayLike, prediction: ArrayLike, labels: Sequence[Any] | None, dim: int | None
) -> _Answers:
    return _answers_and_rows(target, prediction, labels, dim)[0]


def _answers_and_rows(
    target: ArrayLike, prediction: ArrayLike, labels: Sequence[Any] | None, dim: int | None
) -> tuple[_Answers, Any]:
    """Both as class numbers, and the scores as (n, K), None if predictions are labels."""
    true, given = _array("target", target), _array("prediction", prediction)
    if not true.size:
        raise InputError("target has no example: give one at least")
    names = None if labels is None else list(labels)
    if names is not None and len(set(names)) < len(names):
        raise InputError(
            f"labels has {len(names)} entries, some of them equal: give each class once"
        )
    if given.shape == true.shape:
        names = _occurring(true, given) if names is None else names
        return _Answers(
            _index("target", true, names), _index("prediction", given, names), names
        ), None
    if given.ndim != true.ndim + 1:
        raise InputError(
            f"prediction has shape {given.shape}: must be that of target, {true.shape}, or have one "
            "axis more, of the classes"
        )
    axis = class_axis("prediction", given.shape, None if names is None else len(names), dim)
    if given.shape[:axis] + given.shape[axis + 1 :] != true.shape or given.shape[axis] < 2:
        raise InputError(
            f"prediction has shape {given.shape} with the classes in axis {axis}: for target of shape "
            f"{true.shape} the others must be its own, and the classes two or more (dim names the axis)"
        )
    scores = as_real("prediction", given, finite=False)
    if np.isnan(scores).any():
        raise InputError("prediction = nan: scores must be numbers")
    rows = np.moveaxis(scores, axis, -1).reshape(-1, scores.shape[axis])
    names = list(range(rows.shape[1])) if names is None else names
    return _Answers(_index("target", true, names), rows.argmax(axis=1), names), rows


def _array(name: str, values: Any) -> NDArray[Any]:
    try:
        array = np.asarray(readable(values))
    except ValueError:
        raise InputError(f"{name} has rows of unequal length: give an array") from None
    if array.dtype.kind not in "iufbUO":
        raise InputTypeError(f"{name} has type {array.dtype}: must be labels, or scores of classes")
    return array.astype(np.int64) if array.dtype.kind == "b" else array


def _occurring(true: NDArray[Any], given: NDArray[Any]) -> list[Any]:
    """0, 1, ..., up to the largest whole number; or the labels that occur, sorted."""
    found = set(true.ravel().tolist()) | set(given.ravel().tolist())
    if all(isinstance(label, int | float) for label in found):
        if not all(np.isfinite(label) for label in found):
            raise InputError("target or prediction holds a label that is no finite number")
        if min(found) >= 0 and all(label % 1 == 0 for label in found):
            return list(range(int(max(found)) + 1))
    try:
        return sorted(found)
    except TypeError:
        raise InputTypeError(
            "target and prediction hold labels of several kinds, text and numbers: give one kind"
        ) from None


def _index(name: str, values: NDArray[Any], labels: list[Any]) -> NDArray[np.intp]:
    """The place of every value among the labels; whole numbers may be the places themselves."""
    flat, places = values.ravel(), {label: place for place, label in enumerate(labels)}
    found, inverse = (
        np.unique(flat, return_inverse=True) if flat.dtype.kind != "O" else (None, None)
    )
    known = flat.tolist() if found is None else found.tolist()
    unknown = [label for label in known if label not in places]
    named = not any(isinstance(label, int | float) for label in labels)
    as_places = named and all(isinstance(own, int) and 0 <= own < len(labels) for own in known)
    if unknown and not as_places:
        raise InputError(
            f"{name} contains {unknown[0]!r}: must be one of the {len(labels)} classes"
            f"{f', 0 to {len(labels) - 1}' if labels == list(range(len(labels))) else ''}"
        )
    index = np.array(known if unknown else [places[label] for label in known], dtype=np.intp)
    return index if inverse is None else index[inverse.ravel()]


def _known(labels: Sequence[Any] | None, classes: int) -> Sequence[Any]:
    """The labels of as many classes as there are counts."""
    if labels is None:
        return range(classes)
    if len(labels) != classes:
        raise InputError(f"labels has {len(labels)} entries: class_counts has {classes}")
    return labels


def _positive(target: ArrayLike, pos_label: Any) -> NDArray[np.intp]:
    true = _array("target", target).ravel()
    found = sorted(set(true.tolist()), key=str)
    if len(found) > 2 or (len(found) == 2 and pos_label not in found):
        raise InputError(
            f"target has labels {found[:3]}, and pos_label = {pos_label!r} is not one of two: give the "
            "positive label, or the probabilities of every class"
        )
    return (true == pos_label).astype(np.intp)


def _mean_recall(recall: NDArray[np.float64]) -> float:
    return 1.0 - balanced_error(recall[~np.isnan(recall)])


def _geometric(recall: NDArray[np.float64]) -> float:
    occurring = recall[~np.isnan(recall)]
    with np.errstate(divide="ignore"):
        return float(np.exp(np.log(occurring).mean()))


def _macro_f1(found: _Answers) -> float:
    size = found.sizes(found.true) + found.sizes(found.predicted)
    right = found.sizes(found.true[found.true == found.predicted])
    return float((2 * right[size > 0] / size[size > 0]).mean())


def _groups(found: _Answers, counts: NDArray[np.float64], few: float, many: float) -> GroupAccuracy:
    recall = found.recall()
    occurring = ~np.isnan(recall)
    return GroupAccuracy(**group_accuracies(recall[occurring], counts[occurring], few, many))


def _calibration_error(rows: NDArray[np.float64], true: NDArray[np.intp], bins: int) -> float:
    confidence, right = rows.max(axis=1), rows.argmax(axis=1) == true
    place = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    gap = np.bincount(place, weights=right - confidence, minlength=bins)
    return float(np.abs(gap).sum() / len(true))


def _as_probabilities(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    if rows.min() >= 0 and (np.abs(rows.sum(axis=1) - 1) <= SUMS_TO_ONE).all():
        return np.minimum(rows, 1.0)
    power = np.exp(rows - rows.max(axis=1, keepdims=True))
    return power / power.sum(axis=1, keepdims=True)


def _shown(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"
