"""A sweep: one function over a named grid, as a labelled data set.

Every cell draws from a child of the seed that no other cell has, so the numbers depend neither on
the number of workers nor on where a killed sweep resumed. Processes come from joblib, or are those of a
Dask cluster. Checked by: equality across worker counts, across a kill, and on a cluster.
"""

import hashlib
import itertools
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from inspect import ismethod
from pathlib import Path
from pickle import PicklingError
from typing import Any

import joblib
import numpy as np
import xarray as xr
from joblib import delayed

from ..methods.results.provenance import versions
from ..theory.foundation.files import write_atomically
from ..theory.foundation.processes import in_processes
from ..theory.foundation.validation import InputError, InputTypeError, as_real, as_whole, shown
from .cluster import on_cluster

__all__ = ["OtherSweep", "Progress", "Workers", "as_axis", "in_turn", "sweep"]

Workers = int | str
"""A number of processes, -1 for one per core, or the address of a Dask scheduler (``"tcp://host:8786"``)."""

Progress = Callable[[int, int], object]
"""Called with (cells done, cells in all) in the calling process."""


class OtherSweep(InputError):
    """A checkpoint belongs to another function, grid or seed."""


_FORMAT = "counterpoise sweep 2"
_SECONDS_BETWEEN_WRITES = 1.0

Cell = dict[str, float | int | bool]


def sweep(
    function: Callable[..., Mapping[str, Any]],
    grid: Mapping[str, Sequence[float]],
    *,
    seed: int = 0,
    n_jobs: Workers = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Evaluate ``function(**point, seed=child)`` at every point of ``grid``.

    Parameters
    ----------
    function
        Returns a mapping of names to scalars, the same names at every point. ``seed`` is a
        ``numpy.random.SeedSequence`` that belongs to the cell alone.
    grid
        Axis name to values, in the order the data set's dimensions will have.
    seed
        A whole number; cell i uses ``SeedSequence(seed, spawn_key=(i,))``, i in C order.
    n_jobs
        Worker processes; -1 for one per core. Or the address of a Dask scheduler, such as
        ``"tcp://host:8786"``, whose workers have this package. The result does not depend on it.
    checkpoint
        A file that keeps finished cells. If it exists the sweep resumes from it; it stays when the
        sweep is done, and then answers at once. The function is known again by its name and what a
        `functools.partial` has bound, to the bit: delete the file when the function's code changes.
    progress
        Called as ``progress(done, total)`` at the start and after every cell.

    Returns
    -------
    xarray.Dataset
        One variable per returned name, dimensions as in ``grid``, ``attrs["seed"]``.

    Raises
    ------
    InputError
        If an axis is empty, repeats a value or is named seed, ``n_jobs`` is none of the above, a cell
        returns other names than the first one, the checkpoint is damaged or belongs to another function,
        grid, seed or version of the package, there is a checkpoint and the function has no name of its
        own in a module, or no cluster answers.

    Examples
    --------
    >>> def mean_of_draws(*, n, seed):
    ...     return {"mean": np.random.default_rng(seed).normal(size=int(n)).mean()}
    >>> means = sweep(mean_of_draws, {"n": [10, 1000]}, seed=0)
    >>> means["mean"].dims, bool(abs(means["mean"].sel(n=1000)) < 0.1)
    (('n',), True)
    """
    axes = {name: as_axis(name, values) for name, values in grid.items()}
    if not axes:
        raise InputError("grid = {}: needs at least one named axis")
    if "seed" in axes:
        raise InputError(
            "grid has an axis 'seed': every cell is given a seed of its own; name it otherwise"
        )
    n_jobs = _as_workers(n_jobs)
    points = [
        dict(zip(axes, values, strict=True))
        for values in itertools.product(*(axis.tolist() for axis in axes.values()))
    ]
    seed = as_whole("seed", seed, 0)
    store = _Checkpoint(checkpoint, {} if checkpoint is None else _identity(function, axes, seed))
    cells = store.load()
    report = progress or (lambda done, total: None)
    report(len(cells), len(points))

    missing = [index for index in range(len(points)) if index not in cells]
    tasks = (delayed(_evaluate)(function, i, points[i], seed) for i in missing)
    try:
        for index, cell in _results(tasks, len(missing), n_jobs):
            cells[index] = cell
            store.save(cells)
            report(len(cells), len(points))
    finally:
        if missing:
            store.save(cells, now=True)
    return _dataset(axes, [cells[index] for index in range(len(points))], seed)


def _as_workers(n_jobs: Workers) -> Workers:
    if isinstance(n_jobs, str):
        return n_jobs
    number = as_whole("n_jobs", n_jobs)
    if number < 1 and number != -1:
        raise InputError(
            f"n_jobs = {number}: must be a positive number of processes, or -1 for all cores"
        )
    return number


def _results(tasks: Iterable[Any], number: int, n_jobs: Workers) -> Iterator[tuple[int, Cell]]:
    if number == 0:
        return iter(())
    if isinstance(n_jobs, str):
        return on_cluster(tasks, n_jobs)
    return in_processes(tasks, min(n_jobs, number) if n_jobs > 0 else n_jobs, ordered=False)


def in_turn(progress: Progress | None, *cells: int) -> list[Progress | None]:
    """The progress of several sweeps, of so many cells each, as that of one: what to hand to each."""
    if progress is None:
        return [None] * len(cells)

    def after(before: int) -> Progress:
        return lambda done, total: progress(before + done, sum(cells))

    return [after(sum(cells[:number])) for number in range(len(cells))]


def as_axis(name: str, values: Sequence[float]) -> np.ndarray:
    """The values of an axis of a grid, if they are some numbers of which none is repeated."""
    axis = as_real(name, values)
    if axis.ndim != 1 or axis.size == 0:
        raise InputError(f"{name} has shape {axis.shape}: an axis is a non-empty list of numbers")
    if np.unique(axis).size != axis.size:
        raise InputError(f"{name} = {axis.tolist()}: an axis must not repeat a value")
    return axis


def _evaluate(
    function: Callable[..., Mapping[str, Any]], index: int, point: Mapping[str, float], seed: int
) -> tuple[int, Cell]:
    result = function(**point, seed=np.random.SeedSequence(seed, spawn_key=(index,)))
    try:
        return index, {name: np.asarray(value).item() for name, value in result.items()}
    except (AttributeError, ValueError):
        raise InputTypeError(
            f"function returned {result!r:.80}: must be a mapping of names to scalars"
        ) from None


def _dataset(axes: Mapping[str, np.ndarray], cells: Sequence[Cell], seed: int) -> xr.Dataset:
    names = list(cells[0])
    for index, cell in enumerate(cells):
        if list(cell) != names:
            raise InputError(f"cell {index} returned {list(cell)}: the first returned {names}")
    shape = tuple(axis.size for axis in axes.values())
    variables = {
        name: (tuple(axes), np.array([cell[name] for cell in cells]).reshape(shape))
        for name in names
    }
    return xr.Dataset(variables, coords=dict(axes), attrs={"seed": seed})


def _identity(function: Callable[..., Any], axes: Mapping[str, np.ndarray], seed: int) -> dict:
    arguments: tuple = ()
    settings: dict[str, Any] = {}
    while isinstance(function, partial):
        arguments = function.args + arguments
        settings = {**function.keywords, **settings}
        function = function.func
    return {
        "format": _FORMAT,
        "version": versions().get("counterpoise", ""),
        "function": _full_name(function),
        "arguments": [_digest(f"argument {place}", value) for place, value in enumerate(arguments)],
        "settings": {name: _digest(name, value) for name, value in sorted(settings.items())},
        "grid": {name: axis.tolist() for name, axis in axes.items()},
        "seed": seed,
    }


def _full_name(function: Callable[..., Any]) -> str:
    """Module and name of a function, if no other function can bear them."""
    name = getattr(function, "__qualname__", None)
    # "<lambda>" and "<locals>" stand in many names; a method's is the same for every object.
    if name is None or "<" in name or ismethod(function):
        raise InputError(
            f"function = {shown(function)}: cells in a checkpoint need a function that a module names: one "
            "made by def, outside of functions and classes, its settings bound by functools.partial"
        )
    return f"{function.__module__}.{name}"


def _digest(name: str, value: Any) -> str:
    """The same for equal values in any process, another for values that differ in a bit or a type."""
    try:
        return str(joblib.hash(value))
    except (PicklingError, TypeError, AttributeError):
        raise InputError(
            f"{name} = {shown(value)}: what is bound to a function whose cells a checkpoint keeps must be "
            "a value that can be pickled"
        ) from None


class _Checkpoint:
    """Finished cells in one file, a digest line and JSON, replaced as a whole every few seconds."""

    def __init__(self, path: Path | str | None, identity: dict):
        self.path = None if path is None else Path(path)
        self.identity = identity
        self.written = -math.inf

    def load(self) -> dict[int, Cell]:
        if self.path is None or not self.path.exists():
            return {}
        try:
            digest, _, body = self.path.read_bytes().partition(b"\n")
        except OSError as error:
            raise self._error(f"cannot be read ({error.strerror})") from None
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise self._error("is damaged or is no checkpoint; delete it to start again")
        stored = json.loads(body)
        for key, value in self.identity.items():
            if stored["identity"][key] != value:
                raise OtherSweep(
                    f"checkpoint = {str(self.path)!r}: belongs to another {key}; choose another file"
                )
        return {int(index): cell for index, cell in stored["cells"].items()}

    def save(self, cells: Mapping[int, Cell], *, now: bool = False) -> None:
        if self.path is None or not (now or self._due()):
            return
        in_order = dict(
            sorted(cells.items())
        )  # workers end in any order, the file shows none of it
        body = json.dumps({"identity": self.identity, "cells": in_order}).encode()
        write_atomically(self.path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        self.written = time.monotonic()

    def _due(self) -> bool:
        return time.monotonic() - self.written > _SECONDS_BETWEEN_WRITES

    def _error(self, what: str) -> InputError:
        return InputError(f"checkpoint = {shown(str(self.path))}: {what}")
