"""Where the classes lie: in axis 1, or in axis 0 of the scores of one example, as torch's losses have it.

One convention for every loss, post-hoc rule and metric, so that (B, C, H, W) means one thing everywhere.
Checked by: agreement with moving the axis to the end, and maps as wide as there are classes.
"""

from operator import index
from typing import Any

from ..theory.foundation.validation import InputError, InputTypeError

__all__ = ["along_axis", "class_axis"]


def class_axis(
    name: str,
    shape: tuple[int, ...],
    size: int | None,
    dim: int | None = None,
    held: str = "classes",
) -> int:
    """The axis of an array that holds the classes, counted from 0.

    Parameters
    ----------
    name, shape
        The array, as errors call it, and its shape.
    size
        How many classes that axis must hold; None leaves it open.
    dim
        The axis that the user names; None is axis 1, or 0 if there is no other.
    held
        What the axis holds, if it is not classes.

    Raises
    ------
    InputError, InputTypeError
        If there is no such axis or it has another size. If another axis fits, the error says so.
    """
    shape = tuple(shape)
    axis = min(1, len(shape) - 1) if dim is None else _axis(dim, len(shape))
    if not shape or not -len(shape) <= axis < len(shape):
        raise InputError(f"{name} has shape {shape}: it has no axis {0 if dim is None else dim}")
    axis %= len(shape)
    if size is not None and shape[axis] != size:
        fits = [at for at in range(len(shape)) if shape[at] == size]
        mend = f"its axis {axis} must hold the {size} {held}"
        if fits:
            mend += f"; give dim={-1 if fits[-1] == len(shape) - 1 else fits[0]} if they lie there"
        raise InputError(f"{name} has shape {shape}: {mend}")
    return axis


def along_axis(size: int, axis: int, ndim: int) -> tuple[int, ...]:
    """The shape in which a vector of one number per class broadcasts along that axis."""
    return tuple(size if at == axis else 1 for at in range(ndim))


def _axis(dim: Any, ndim: int) -> int:
    try:
        if isinstance(dim, bool):
            raise TypeError
        return index(dim)
    except TypeError:
        raise InputTypeError(
            f"dim = {dim!r}: must be the axis of the classes, from {-ndim} to {ndim - 1}"
        ) from None
