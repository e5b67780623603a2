"""Two sizes of class over a grid: how far free features are from SELI and from a simplex, and their angles.

Classes of R examples and of one; ridges are in units of the root of a minority class, where it collapses.
Checked by: distances known from elsewhere, and the imbalance at which minority classifiers are orthogonal.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from ...theory.foundation.validation import InputError, as_real, as_whole
from ...theory.geometry import step_geometry
from ..sweep import Progress, sweep
from .descent import descend
from .free_features import FreeFeatures
from .measures import FrameDistances, frame_distances, group_angles
from .ridge import ridge_path

__all__ = ["descent_sweep", "orthogonal_imbalance", "ridge_sweep"]

_LABELS = {
    **{
        name: (f"distance of normalised matrices, {name.replace('_', ' ')}", "1")
        for name in FrameDistances._fields
    },
    "minority_classifier_angle": ("mean angle of two minority classifiers", "degrees"),
    "majority_classifier_angle": ("mean angle of two majority classifiers", "degrees"),
    "minority_embedding_angle": ("mean angle of two minority embeddings", "degrees"),
    "classifier_norm_ratio": ("norm of majority over minority classifiers", "1"),
    "embedding_norm_ratio": ("norm of majority over minority embeddings", "1"),
    "imbalance": ("size of a majority class over that of a minority class", "1"),
}
_STOP, _RIDGE = "stop", "ridge"


def descent_sweep(
    imbalance: Sequence[float],
    *,
    majority_classes: int = 2,
    minority_classes: int = 2,
    dimension: int | None = None,
    stops: Sequence[float] = (35.0, 100.0),
    draws: int = 5,
    start: float = 0.2,
    seed: int = 0,
    n_jobs: int = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Gradient descent without a ridge, over imbalances and starts.

    Parameters
    ----------
    imbalance
        R >= 1 of each world.
    majority_classes, minority_classes
        How many, at least 2 each.
    draws
        Random starts.
    dimension, stops, start
        As in `descend`.
    seed, n_jobs, checkpoint, progress
        As in `sweep`.

    Returns
    -------
    xarray.Dataset
        Distances, angles and norm ratios over ``imbalance, draw, stop``; ``seli_minority_angle`` and
        ``seli_norm_ratio`` of classifiers over ``imbalance``, from the closed form.

    Examples
    --------
    >>> found = descent_sweep([10.0], draws=1, stops=(35.0,))
    >>> bool((found.classifiers_to_seli < 0.2 * found.classifiers_to_etf).all())
    True
    """
    draws = as_whole("draws", draws, 1)
    marks = as_real("stops", stops, low=0, low_open=True).ravel()
    groups = _groups(majority_classes, minority_classes)
    cell = partial(
        _descended, groups=groups, dimension=dimension, stops=tuple(marks.tolist()), start=start
    )
    grid = {"imbalance": _imbalances(imbalance), "draw": list(range(draws))}
    swept = sweep(cell, grid, seed=seed, n_jobs=n_jobs, checkpoint=checkpoint, progress=progress)
    return _labelled(swept, _STOP, marks, groups).assign_attrs(start=start)


def ridge_sweep(
    imbalance: Sequence[float],
    ridges: Sequence[float],
    *,
    majority_classes: int = 2,
    minority_classes: int = 2,
    seed: int = 0,
    n_jobs: int = 1,
    checkpoint: Path | str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """The ridge path of each imbalance, over ``imbalance, ridge``; variables as of `descent_sweep`.

    ``ridges``: below 1, where minority classes are apart, from large to small.

    Examples
    --------
    >>> found = ridge_sweep([10.0], [1e-1, 1e-2])
    >>> found.logits_to_seli.round(4).values.tolist()
    [[0.1432, 0.0993]]
    """
    path = as_real("ridges", ridges, low=0, low_open=True, high=1, high_open=True).ravel()
    groups = _groups(majority_classes, minority_classes)
    cell = partial(_on_path, groups=groups, ridges=tuple(path.tolist()))
    grid = {"imbalance": _imbalances(imbalance)}
    swept = sweep(cell, grid, seed=seed, n_jobs=n_jobs, checkpoint=checkpoint, progress=progress)
    return _labelled(swept, _RIDGE, path, groups)


def orthogonal_imbalance(angles: xr.DataArray) -> xr.DataArray:
    """The imbalance at which angles fall through 90 degrees, linear in its logarithm between two.

    ``angles``: over ``imbalance``, increasing, and whatever else, which is kept.

    Raises
    ------
    InputError
        If some angles do not cross 90 degrees exactly once.

    Examples
    --------
    >>> angles = xr.DataArray([100.0, 95.0, 85.0], {"imbalance": [1.0, 4.0, 16.0]})
    >>> round(float(orthogonal_imbalance(angles)), 6)
    8.0
    """
    logs = np.log(angles.imbalance.to_numpy())

    def crossing(own: np.ndarray) -> float:
        above = own > 90.0
        (places,) = np.nonzero(above[:-1] & ~above[1:])
        if places.size != 1 or np.any(~above[:-1] & above[1:]):
            raise InputError(f"angles = {own.tolist()}: must cross 90 degrees once, downwards")
        near = slice(places[0], places[0] + 2)
        return float(np.exp(np.interp(-90.0, -own[near], logs[near])))

    return xr.apply_ufunc(crossing, angles, input_core_dims=[["imbalance"]], vectorize=True)


def _imbalances(imbalance: Sequence[float]) -> list[float]:
    return as_real("imbalance", imbalance, low=1).ravel().tolist()


def _groups(majority_classes: int, minority_classes: int) -> tuple[str, ...]:
    majority = as_whole("majority_classes", majority_classes, 2)
    minority = as_whole("minority_classes", minority_classes, 2)
    return ("majority",) * majority + ("minority",) * minority


def _counts(imbalance: float, groups: tuple[str, ...]) -> np.ndarray:
    return np.where(np.array(groups) == "majority", imbalance, 1.0)


def _descended(
    imbalance: float,
    draw: float,
    *,
    groups: tuple[str, ...],
    dimension: int | None,
    stops: tuple[float, ...],
    start: float,
    seed: np.random.SeedSequence,
) -> dict[str, float]:
    counts = _counts(imbalance, groups)
    found = descend(counts, stops=stops, dimension=dimension, start=start, seed=seed)
    return _named(found, stops, counts, groups)


def _on_path(
    imbalance: float,
    *,
    groups: tuple[str, ...],
    ridges: tuple[float, ...],
    seed: np.random.SeedSequence,
) -> dict[str, float]:
    counts = _counts(imbalance, groups)
    return _named(ridge_path(counts, ridges, seed=seed), ridges, counts, groups)


def _named(
    found: Sequence[FreeFeatures],
    marks: Sequence[float],
    counts: np.ndarray,
    groups: tuple[str, ...],
) -> dict[str, float]:
    """One number a measure and mark, as `sweep` wants them; `_labelled` makes marks an axis."""
    return {
        _key(name, mark): value
        for mark, one in zip(marks, found, strict=True)
        for name, value in _measures(one, counts, groups).items()
    }


def _key(name: str, mark: float) -> str:
    return f"{name} {float(mark)!r}"


def _measures(found: FreeFeatures, counts: np.ndarray, groups: tuple[str, ...]) -> dict[str, float]:
    w, h = found.classifiers, found.embeddings
    classifiers, embeddings = (
        {row.first: row.mean for row in group_angles(v, groups) if row.first == row.second}
        for v in (w, h)
    )
    majority = np.array(groups) == "majority"
    ratios = [
        float(
            np.linalg.norm(v[majority], axis=1).mean() / np.linalg.norm(v[~majority], axis=1).mean()
        )
        for v in (w, h)
    ]
    return {
        **frame_distances(w, h, counts)._asdict(),
        "minority_classifier_angle": classifiers["minority"],
        "majority_classifier_angle": classifiers["majority"],
        "minority_embedding_angle": embeddings["minority"],
        "classifier_norm_ratio": ratios[0],
        "embedding_norm_ratio": ratios[1],
    }


def _labelled(
    swept: xr.Dataset, axis: str, marks: np.ndarray, groups: tuple[str, ...]
) -> xr.Dataset:
    dataset = xr.Dataset(attrs=swept.attrs)
    for name in _LABELS:
        if _key(name, marks[0]) in swept:
            parts = [swept[_key(name, mark)] for mark in marks]
            dataset[name] = xr.concat(parts, dim=xr.Variable(axis, marks)).transpose(..., axis)
    majority = groups.count("majority")
    closed = step_geometry(dataset.imbalance.to_numpy(), majority, len(groups) - majority)
    cosine = closed.classifier_cosine_minority
    dataset["seli_minority_angle"] = ("imbalance", np.degrees(np.arccos(cosine)))
    dataset["seli_norm_ratio"] = (
        "imbalance",
        np.sqrt(closed.classifier_majority / closed.classifier_minority),
    )
    for name, (long_name, units) in _LABELS.items():
        dataset[name].attrs = {"long_name": long_name, "units": units}
    return dataset.assign_attrs(majority_classes=majority, minority_classes=len(groups) - majority)
