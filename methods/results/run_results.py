"""The results of training as types: training writes them, figures read them, nothing else knows JSON.

A file carries the version of its layout and the digest of the recipe that it comes from, so that a
member of another recipe is never mixed in. Checked by: round trips, and files that are refused.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from ...theory.foundation.validation import InputError, shown
from .failed import FailedMember
from .measurements import History, Measurements
from .prediction_file import FORETOLD, check_foretold
from .records import decode, encode, read_json, write_json

__all__ = [
    "PACKED",
    "RESULTS",
    "History",
    "Measurements",
    "MemberResult",
    "MethodSummary",
    "RunResults",
    "load_results",
    "read_failed",
    "read_member",
    "recipe_digest",
    "results_file",
    "write_failed",
    "write_member",
    "write_results",
]

RESULTS = "results.json"
"""The file of a run's folder that holds its results."""
RECIPE = "recipe.json"
"""The file that holds its recipe, written before training."""
PACKED = RESULTS + ".gz"
"""The same, packed, as stored evidence is."""

SCHEMA = 2
_READ = (1, 2)  # files of schema 1 lack some measurements, which are then None
_HEAD = ("schema", "recipe_sha256")
_RECIPE_NEEDS = {"data": str, "imbalance_factor": (int, float), "seeds": int}
_ROUNDING = 1e-6
_SHARE, _AMOUNT = (-_ROUNDING, 1 + _ROUNDING), (0.0, float("inf"))
_RANGES = {
    **dict.fromkeys(("class_accuracy", "balanced_accuracy", "many", "medium", "few"), _SHARE),
    **dict.fromkeys(("train_accuracy", "expected_calibration_error"), _SHARE),
    "min_target_probability": _SHARE,
    "difference_to_ce": (-1 - _ROUNDING, 1 + _ROUNDING),
    **dict.fromkeys(("class_weights", "gradient_bound_ratio", "std", "seed", "epoch"), _AMOUNT),
    **dict.fromkeys(("confusion", "bound_terms"), _AMOUNT),
    "class_counts": (1.0, float("inf")),
}
"""What numbers of a file must lie in, by field; those of other fields may be any."""

_R = TypeVar("_R")


@dataclass(frozen=True, kw_only=True)
class MemberResult(Measurements):
    """One method under one seed: its measurements at the end, and how it got there.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce",), seeds=1, epochs=1), folder)
    >>> (member,) = results.members
    >>> member.method, member.seed, len(member.class_accuracy)
    ('ce', 0, 10)
    """

    method: str
    seed: int
    history: History

    def __post_init__(self) -> None:
        _check_classes(self, len(self.class_accuracy))


@dataclass(frozen=True, kw_only=True)
class MethodSummary:
    """One method over its seeds; None where undefined (no such classes, no baseline, one seed).

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce",), seeds=1, epochs=1), folder)
    >>> (row,) = results.summary
    >>> row.method, row.std  # one seed has no spread
    ('ce', None)
    """

    method: str
    balanced_accuracy: float
    std: float | None
    many: float | None
    medium: float | None
    few: float | None
    difference_to_ce: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class RunResults:
    """All that a run of a recipe measured.

    ``recipe`` is what recipe.json says, kept as it was written so that a record outlives changes of
    `Recipe`; ``Recipe.from_dict`` makes it one that runs again. ``prediction_sha256`` is the hash of the
    prediction that lay in the folder before training, if one did.

    Raises
    ------
    InputError
        If parts do not belong together: a member twice or with other classes, a summary of a method
        that has no member.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce",), seeds=1, epochs=1), folder)
    >>> results.recipe["data"], results.class_counts[0], len(results.members)
    ('digits', 120, 1)
    """

    recipe: Mapping[str, Any]
    class_counts: tuple[int, ...]
    class_names: tuple[str, ...]
    members: tuple[MemberResult, ...]
    summary: tuple[MethodSummary, ...]
    prediction_sha256: str | None = None
    failed: tuple[FailedMember, ...] = ()

    def __post_init__(self) -> None:
        for name, kind in _RECIPE_NEEDS.items():
            given = self.recipe.get(name)
            if not isinstance(given, kind) or isinstance(given, bool):
                said = "text" if kind is str else "a number"
                raise InputError(f"recipe has {name} = {shown(given)}: must be {said}")
        if not self.members and not self.failed:
            raise InputError("results hold no members: train at least one")
        if len(self.class_names) != len(self.class_counts):
            raise InputError("class_names and class_counts differ in length")
        named = [(member.method, member.seed) for member in self.members]
        for name in (both := named + [(failed.method, failed.seed) for failed in self.failed]):
            if both.count(name) > 1:
                raise InputError(f"members hold {name[0]}, seed {name[1]}, twice")
        for member in self.members:
            _check_classes(member, len(self.class_counts))
        rows = [row.method for row in self.summary]
        for row in self.summary:
            if rows.count(row.method) > 1:
                raise InputError(f"the summary has {row.method!r} twice")
            if row.interval is not None and row.interval[0] > row.interval[1]:
                raise InputError(f"the summary's interval of {row.method!r} ends before it begins")
            if row.method not in {method for method, _ in named}:
                raise InputError(f"the summary has {row.method!r}, which no member has")


def _check_classes(member: MemberResult, classes: int) -> None:
    rows: list[tuple[str, Sequence[Any]]] = [*member.per_class().items()]
    rows += [("class_weights", weights) for weights in member.history.class_weights]
    if member.confusion is not None:
        rows += [("confusion", member.confusion), *(("confusion", row) for row in member.confusion)]
    for name, values in rows:
        if len(values) != classes:
            raise InputError(
                f"{name} of {member.method}, seed {member.seed}, has {len(values)} entries "
                f"for {classes} classes"
            )


def recipe_digest(recipe: Mapping[str, Any]) -> str:
    """SHA-256 of a recipe, whatever the order of its fields."""
    text = json.dumps(encode(recipe), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_results(folder: str | Path, results: RunResults) -> None:
    """Write a run's results into its folder, atomically; the same results are the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce",), seeds=1, epochs=1), folder)
    ...     write_results(folder, results)
    """
    _write(Path(folder) / RESULTS, results, results.recipe)


def results_file(folder: str | Path) -> Path | None:
    """Where the results of a folder stand: as training wrote them, or packed; None if there are none."""
    places = (Path(folder) / RESULTS, Path(folder) / PACKED)
    return next((place for place in places if place.exists()), None)


def load_results(folder: str | Path) -> RunResults:
    """The finished results of a run's folder; `InputError` if it has none, or they are damaged.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce",), seeds=1, epochs=1), folder)
    ...     load_results(folder) == results
    True
    """
    path = results_file(folder)
    if path is None:
        raise InputError(f"{folder} has no {RESULTS}: run a recipe there first")
    results, digest = _read(path, RunResults)
    if digest not in (None, recipe_digest(results.recipe)):
        raise InputError(f"{path} is damaged: its recipe is not the one it was written with")
    check_foretold(path, results.prediction_sha256)
    begun = Path(folder) / RECIPE
    if begun.exists() and read_json(begun).get(FORETOLD) != results.prediction_sha256:
        raise InputError(f"{path} names another prediction than {begun}")
    return results


def write_member(path: Path, member: MemberResult, recipe: Mapping[str, Any]) -> None:
    """Write one finished member, atomically, with the digest of its recipe."""
    _write(path, member, recipe)


def read_member(path: Path, recipe: Mapping[str, Any]) -> MemberResult:
    """What `write_member` wrote for this recipe; one `InputError` names the file if it did not."""
    return _of_recipe(path, MemberResult, recipe)


def write_failed(path: Path, failed: FailedMember, recipe: Mapping[str, Any]) -> None:
    """Write what became of a member that diverged, as `write_member` does of one that finished."""
    _write(path, failed, recipe)


def read_failed(path: Path, recipe: Mapping[str, Any]) -> FailedMember:
    """What `write_failed` wrote for this recipe; errors as of `read_member`."""
    return _of_recipe(path, FailedMember, recipe)


def _write(path: Path, record: Any, recipe: Mapping[str, Any]) -> None:
    head = dict(zip(_HEAD, (SCHEMA, recipe_digest(recipe)), strict=True))
    write_json(path, head | encode(record))


def _of_recipe(path: Path, kind: type[_R], recipe: Mapping[str, Any]) -> _R:
    record, digest = _read(path, kind)
    if digest not in (None, recipe_digest(recipe)):
        raise InputError(f"{path} was trained under another recipe: delete it")
    return record


def _read(path: Path, kind: type[_R]) -> tuple[_R, str | None]:
    """The record of a file, and the digest of its recipe; files without a head had the same fields."""
    content = read_json(path)
    head = [content.pop(name, None) for name in _HEAD] if isinstance(content, dict) else [None] * 2
    if head[0] is not None and (type(head[0]) is not int or head[0] not in _READ):
        known = " and ".join(map(str, _READ))
        raise InputError(f"{path} has schema {head[0]!r}, and {known} are those known here")
    try:
        record = decode(kind, content)
        _check_ranges(record)
        return record, head[1]
    except InputError as error:
        raise InputError(f"{path} is damaged: {error}; delete it") from None


def _check_ranges(record: Any, place: str = "", field: str = "") -> None:
    """Refuse a number that its field cannot have, wherever it stands in a record."""
    if is_dataclass(record):
        for own in fields(record):
            inside = f"{place}.{own.name}" if place else own.name
            _check_ranges(getattr(record, own.name), inside, own.name)
    elif isinstance(record, tuple):
        if set(map(type, record)) <= {
            float,
            int,
        }:  # at once; one that is out of range is found below
            low, high = _RANGES.get(field, (-float("inf"), float("inf")))
            if all(low <= value <= high for value in record):
                return
        for index, value in enumerate(record):
            _check_ranges(value, f"{place}[{index}]", field)
    elif isinstance(record, int | float) and field in _RANGES:
        low, high = _RANGES[field]
        if not low <= record <= high:
            limits = (
                f"at least {low:g}" if high == float("inf") else f"in [{round(low)}, {round(high)}]"
            )
            raise InputError(f"{place} = {shown(record)}: must be {limits}")
