"""Formulas on grids of many cells: block by block, on every core.

A formula's intermediate values then stay in a core's cache, and each block is what the formula says of those
cells alone, so that the result is the same on any number of cores. Checked by: grids of all shapes.
"""

from collections.abc import Callable, Iterator
from functools import partial, wraps
from itertools import product
from math import prod
from typing import Any, ParamSpec, TypeVar, cast, overload

import numpy as np

from .threads import on_every_core

__all__ = ["blocks", "cell_by_cell"]

LARGE = 2**17  # cells that are worth a thread for each core
BLOCK = 2**17  # cells at once: few enough for a cache, enough to make up for the calls

_P = ParamSpec("_P")
_R = TypeVar("_R")
_Index = tuple[slice, ...]


@overload
def cell_by_cell(function: Callable[_P, _R], *, outer: bool = True) -> Callable[_P, _R]: ...
@overload
def cell_by_cell(*, outer: bool) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]: ...
def cell_by_cell(function: Any = None, *, outer: bool = True) -> Any:
    """Mark a function whose arguments broadcast and whose value at a cell depends on that cell alone.

    Its result is an array, or a named tuple of arrays, of the shape to which the arguments broadcast.
    ``outer=False``: where every argument is far smaller than the grid, the function deals with that itself.
    """
    if function is None:
        return partial(cell_by_cell, outer=outer)

    @wraps(function)
    def on_blocks(*args: Any, **kwargs: Any) -> Any:
        shape = _large_shape([*args, *kwargs.values()])
        if shape is None or not (outer or _is_filled(args, kwargs, prod(shape))):
            return function(*args, **kwargs)

        def block(index: _Index) -> Any:
            parts = [_part(value, index, len(shape)) for value in args]
            named = {name: _part(value, index, len(shape)) for name, value in kwargs.items()}
            return function(*parts, **named)

        return _assembled(block, shape)

    return on_blocks


def _is_filled(args: tuple[Any, ...], kwargs: dict[str, Any], cells: int) -> bool:
    """Whether an argument has nearly as many values as the grid has cells."""
    return any(10 * np.size(value) > cells for value in (*args, *kwargs.values()))


def _large_shape(given: list[Any]) -> tuple[int, ...] | None:
    """The shape of a grid that is worth blocks: one of arrays, and numbers or words besides."""
    arrays = [value for value in given if isinstance(value, np.ndarray)]
    if prod(array.size for array in arrays) < LARGE:
        return None
    if any(not isinstance(value, np.ndarray | float | int | str | None) for value in given):
        return None
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:  # the function says so better
        return None
    return shape if prod(shape) >= LARGE else None


def _assembled(block: Callable[[_Index], _R], shape: tuple[int, ...]) -> _R:
    cell = cast(Any, block((slice(0, 1),) * len(shape)))
    fields = cell if isinstance(cell, tuple) else (cell,)
    whole = [np.empty(shape, field.dtype) for field in fields]

    def fill(index: _Index) -> None:
        values = cast(Any, block(index))
        for result, value in zip(
            whole, values if isinstance(cell, tuple) else (values,), strict=True
        ):
            result[index] = value

    on_every_core(fill, list(blocks(shape)))
    return cast(_R, type(cell)(*whole) if isinstance(cell, tuple) else whole[0])


def blocks(shape: tuple[int, ...]) -> Iterator[tuple[slice, ...]]:
    """Slices along the leading axes, of `BLOCK` cells at most."""
    last = next(axis for axis in range(len(shape)) if prod(shape[axis + 1 :]) <= BLOCK)
    steps = [1] * last + [BLOCK // prod(shape[last + 1 :])]
    starts = [range(0, length, step) for length, step in zip(shape, steps, strict=False)]
    for corner in product(*starts):
        yield tuple(slice(start, start + step) for start, step in zip(corner, steps, strict=True))


def _part(value: Any, index: _Index, axes: int) -> Any:
    """What of an argument meets a block: all of it along the axes where it is broadcast."""
    if not isinstance(value, np.ndarray):
        return value
    own = index[axes - value.ndim :]
    return value[tuple(s if n > 1 else slice(None) for n, s in zip(value.shape, own, strict=False))]
