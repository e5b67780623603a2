"""From labels to class counts.

Checked by: agreement with NumPy's bincount and column sums, and the errors for labels that are no classes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, InputTypeError, as_real, as_whole, readable

__all__ = ["class_counts"]

_Array = NDArray[np.float64]


def class_counts(
    labels: ArrayLike | Any,
    num_classes: int | None = None,
    *,
    multi_label: bool = False,
    ignore_index: int | None = None,
    floor: int | None = None,
) -> NDArray[np.int64]:
    """Examples per class, shape (K,), of labels or of a data set that holds them.

    Parameters
    ----------
    labels
        Whole numbers or truth values, one for each example: shape (N,), or (N, 1). A matrix (N, K) of
        zeros and ones, one 1 in each row, is read as one-hot. Label maps of other shapes, such as masks
        (N, H, W), are counted by pixel if they hold a class above 1, or have an ``ignore_index``. A data
        set is read as `labels_of` says.
    num_classes
        K; None is the largest label plus one, or the number of columns.
    multi_label
        True: ``labels`` is a matrix (N, K) of zeros and ones, any number of them in a row; counted are
        the ones of every column, the positive examples.
    ignore_index
        A label that stands for none, such as -100 or 255, and is not counted.
    floor
        The least that any class counts; with 1 a class without examples counts as one. None refuses it:
        every formula of the package divides by the counts.

    Raises
    ------
    InputError
        If a label is not a whole number in [0, K - 1], the shape can be read in two ways, or a class has
        no example and there is no floor.
    InputTypeError
        If they are neither numbers nor a data set of one of the kinds that `labels_of` reads.

    >>> class_counts([0, 0, 1, 2, 0])
    array([3, 1, 1])
    >>> class_counts([[1, 0], [1, 1], [1, 0]], multi_label=True)
    array([3, 1])
    >>> class_counts([0, 0, 2, -100], num_classes=4, ignore_index=-100, floor=1)
    array([2, 1, 1, 1])
    """
    values = as_real("labels", labels_of(labels))
    least = None if floor is None else as_whole("floor", floor, 1, 2**62)
    classes = None if num_classes is None else as_whole("num_classes", num_classes, 1)
    ignored = np.zeros(values.shape, dtype=bool)
    if ignore_index is not None:
        ignored = values == as_whole("ignore_index", ignore_index)
    if multi_label:
        counts = _positives(np.where(ignored, 0.0, values), classes)
    elif values.ndim == 2 and _is_one_hot(values):
        counts = _columns(values, classes)
    else:
        _refuse_tables(values, ignore_index)
        counts = _counted(values[~ignored], classes, least)
    if least is not None:
        return np.maximum(counts, least)
    if (counts == 0).any():
        raise _without_example(int(np.flatnonzero(counts == 0)[0]), counts.size)
    return counts


def labels_of(data: Any, name: str = "labels") -> Any:
    """The labels that a data set holds, or labels as they are; truth values as 0 and 1.

    A data set holds them as ``targets`` or ``labels`` (torchvision's), as its last tensor
    (``TensorDataset``), or is a ``Subset`` or ``ConcatDataset`` of such, also one of the other.

    Raises
    ------
    InputTypeError
        If it is neither numbers nor a data set of one of these kinds.
    """
    themselves = hasattr(data, "__array__") or isinstance(data, Sequence | int | float)
    labels = readable(data if themselves else _held_labels(data, name))
    try:
        array = np.asarray(labels)
    except ValueError:
        return labels  # ragged: `as_real` says what it must be
    return array.astype(np.int64) if array.dtype.kind == "b" else labels


def _held_labels(data: Any, name: str) -> Any:
    for attribute in ("targets", "labels"):
        held = getattr(data, attribute, None)
        if held is not None and not callable(held):
            return held
    if isinstance(getattr(data, "tensors", None), tuple) and data.tensors:
        return data.tensors[-1]
    if hasattr(data, "dataset") and hasattr(data, "indices"):
        return np.asarray(labels_of(data.dataset, name))[np.asarray(data.indices, dtype=np.int64)]
    if isinstance(getattr(data, "datasets", None), Sequence) and data.datasets:
        return np.concatenate([np.asarray(labels_of(part, name)) for part in data.datasets])
    raise InputTypeError(
        f"{name} is a {type(data).__name__}: give whole numbers, one for each example, or a data set "
        "that holds them as .targets, .labels or its last of .tensors"
    )


def _without_example(label: int, classes: int) -> InputError:
    return InputError(
        f"labels: class {label} of {classes} has no example; floor=1 counts it as one"
    )


def _counted(values: _Array, classes: int | None, floor: int | None) -> NDArray[np.int64]:
    if values.size == 0 or (values % 1 != 0).any():
        raise InputError("labels must be whole numbers, at least one")
    if values.min() < 0:
        raise InputError(
            f"labels = {values.min():g}: must be classes, 0 or more; "
            f"ignore_index={values.min():g} leaves them out"
        )
    classes = int(values.max()) + 1 if classes is None else classes
    if values.max() >= classes:
        raise InputError(f"labels contains {values.max():g}: must be below num_classes = {classes}")
    if floor is None and classes > values.size:  # identifiers: too many to make a place for each
        present = np.append(np.unique(values), np.inf)
        raise _without_example(int((present != np.arange(present.size)).argmax()), classes)
    return np.bincount(values.astype(np.int64), minlength=classes)


def _positives(values: _Array, classes: int | None) -> NDArray[np.int64]:
    if values.ndim != 2 or values.size == 0 or not _is_binary(values):
        raise InputError(
            f"labels of shape {values.shape}: multi_label=True needs zeros and ones, shape (N, K)"
        )
    return _columns(values, classes)


def _columns(values: _Array, classes: int | None) -> NDArray[np.int64]:
    if classes not in (None, values.shape[1]):
        raise InputError(
            f"labels has {values.shape[1]} columns, one for each class: num_classes = {classes}"
        )
    return values.sum(axis=0).astype(np.int64)


def _refuse_tables(values: _Array, ignore_index: int | None) -> None:
    """A table that is no map of labels: several labels for an example, or shares of classes."""
    if values.ndim < 2 or values.shape[1:] == (1,):
        return
    if (values % 1 != 0).any():
        raise InputError(
            f"labels of shape {values.shape} are shares of classes: give .argmax(axis=1) to count the "
            "likeliest; their sum over the rows is the expected count"
        )
    if ignore_index is None and values.size and _is_binary(values):
        raise InputError(
            f"labels of shape {values.shape} are zeros and ones, but not one 1 in each row: "
            "multi_label=True counts the ones of each column, .ravel() every entry as a label"
        )


def _is_one_hot(values: _Array) -> bool:
    more_than_one = values.shape[0] > 0 and values.shape[1] > 1
    return more_than_one and _is_binary(values) and bool((values.sum(axis=1) == 1).all())


def _is_binary(values: _Array) -> bool:
    return bool(((values == 0) | (values == 1)).all())
