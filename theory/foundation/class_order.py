"""Numbers that come with the names of their classes, put into class order.

``Series.value_counts()`` sorts by frequency: read by position, it gives every class another's count. So
what names its entries (a Series, a row of a DataFrame, a DataArray, a mapping) is read by name.
Checked by: every public function of class counts, weights or priors, given the same numbers both ways.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .messages import InputError, InputTypeError, shown

__all__ = ["in_class_order"]


def in_class_order(name: str, value: Any, labels: Sequence[Any] | None = None) -> Any:
    """``value`` in the order of the classes if its entries are named, and as it is otherwise.

    Parameters
    ----------
    name
        Of the argument, for messages.
    value
        A pandas Series, DataFrame or xarray DataArray, whose axes name classes, or a mapping from class
        to number. All else passes. Rows of a table count as classes only where they are as many as the
        columns; of any other, only the last axis is one of classes.
    labels
        The classes in their order; None stands for 0, 1, ..., K - 1. With labels given, axes that count
        from 0 are in order too, unless the labels are whole numbers themselves.

    Raises
    ------
    InputError
        If the names are not those of the classes, each once.
    InputTypeError
        If a mapping is empty.

    >>> import pandas as pd
    >>> in_class_order("class_counts", pd.Series([0] * 20 + [1] * 70 + [2] * 10).value_counts())
    array([20, 70, 10])
    >>> in_class_order("class_counts", {"dog": 3, "cat": 9}, labels=["cat", "dog"])
    array([9, 3])
    """
    if isinstance(value, Mapping):
        if not value:
            raise InputTypeError(
                f"{name} = {shown(value)}: must be a number or an array of numbers"
            )
        place = _places(name, "keys", list(value), labels)
        return np.asarray(list(value.values()))[place]
    axes = _axes(value)
    if axes is None:
        return value
    array = np.asarray(value)
    for axis, names in enumerate(axes):
        of_classes = axis == array.ndim - 1 or (array.ndim == 2 and len(set(array.shape)) == 1)
        if of_classes and not _is_count_from_zero(names, labels):
            array = array.take(_places(name, "index", list(names), labels), axis)
    return array


def _axes(value: Any) -> list[Any] | None:
    """The names along every axis of a labelled array of pandas or xarray, else None."""
    if hasattr(value, "iloc") and hasattr(value, "axes"):
        return [axis.get_level_values(0) if axis.nlevels == 1 else axis for axis in value.axes]
    if hasattr(value, "get_index") and hasattr(value, "dims"):
        return [value.get_index(dimension) for dimension in value.dims]
    return None


def _is_count_from_zero(names: Any, labels: Sequence[Any] | None) -> bool:
    """Whether the names are the default 0, 1, ... of what was never named, and labels are text."""
    if labels is None or all(isinstance(label, int | np.integer) for label in labels):
        return False
    return list(names) == list(range(len(labels)))


def _places(
    name: str, kind: str, names: list[Any], labels: Sequence[Any] | None
) -> NDArray[np.intp]:
    """Where the entry of each class stands among the names."""
    try:
        wanted = list(range(len(names))) if labels is None else list(labels)
        where = {key: place for place, key in enumerate(names)}
        if len(where) == len(names) == len(wanted):
            return np.array([where[label] for label in wanted], dtype=np.intp)
    except (KeyError, TypeError):
        pass
    if labels is None:
        classes = f"the classes 0 to {len(names) - 1}, each once"
    else:
        classes = f"the classes {shown(list(labels))}"
    raise InputError(
        f"{name} has the {kind} {shown(names)}: must be {classes}; "
        "or give a list of the numbers in the order of your classes"
    )
