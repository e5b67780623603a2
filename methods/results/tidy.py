"""Results as tidy tables: a row a member, and a row a member and class, beside results.json.

They are written from the results and say nothing else, but for the times. Checked by: the tables of real
runs against their results, number by number.
"""

import csv
import gzip
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ...theory.foundation.validation import InputError
from .measurements import PER_CLASS
from .records import write_csv
from .run_results import MemberResult, RunResults
from .timing import TIMINGS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunTables", "load_tables", "write_tables"]

MEMBERS, CLASSES = "members.csv", "classes.csv"
SCALARS = (
    "balanced_accuracy",
    "many",
    "medium",
    "few",
    "expected_calibration_error",
    "gradient_bound_ratio",
)
CURVE = ("epochs", "train_loss", "best_epoch", "best_balanced_accuracy")
TEXTS = ("method", "class_name")
_WHOLE = re.compile("-?[0-9]+")
COLUMNS = {"class_accuracy": "recall"}
"""Columns of measurements by class that have another name than the field."""


class RunTables(NamedTuple):
    """A run as data frames.

    Attributes
    ----------
    members
        A row a method and seed: balanced accuracy, groups, calibration, the last training loss, and
        the best recorded epoch beside the last (on the split that the curve is drawn on: without a
        validation split the test set, where choosing an epoch is optimistic).
    classes
        A row a method, seed and class: its count (training examples of the first seed, without those held
        out, by which classes are grouped in all members), recall, margins and the rest.
    timings
        A row a member whose training was timed; not reproducible, unlike the others.

    >>> RunTables._fields
    ('members', 'classes', 'timings')
    """

    members: "pd.DataFrame"
    classes: "pd.DataFrame"
    timings: "pd.DataFrame"


def write_tables(folder: Path, results: RunResults) -> None:
    """Write members.csv and classes.csv into a run's folder, atomically; an empty cell is undefined."""
    header = ("method", "seed", *SCALARS, *CURVE)
    write_csv(folder / MEMBERS, header, map(_member, results.members))
    columns = [COLUMNS.get(name, name) for name in PER_CLASS]
    header = ("method", "seed", "class", "class_name", "count", *columns, "class_weight")
    rows = chain.from_iterable(_classes(member, results) for member in results.members)
    write_csv(folder / CLASSES, header, rows)


def load_tables(folder: str | Path) -> RunTables:
    """The tables of a finished run, number for number those of its results.

    Raises
    ------
    InputError
        If the folder has none, or one cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("ce", "la"), seeds=1, epochs=1), folder)
    ...     tables = load_tables(folder)
    >>> len(tables.members), len(tables.classes), tables.timings.method.tolist()
    (2, 20, ['ce', 'la'])
    """
    return RunTables(*(load_table(Path(folder) / name) for name in (MEMBERS, CLASSES, TIMINGS)))


def load_table(path: Path) -> "pd.DataFrame":
    import pandas as pd

    if not path.exists():
        raise InputError(f"{path.parent} has no {path.name}: run a recipe there, or resume its run")
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines, strict=True)
        columns = zip(*rows, strict=True) if rows else [()] * len(header)
        pairs = zip(header, columns, strict=True)
        return pd.DataFrame({name: _read(name, cells) for name, cells in pairs})
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, EOFError, csv.Error):
        raise InputError(f"{path} is damaged: resume its run to write it anew") from None


def _read(name: str, cells: Sequence[str]) -> Sequence[Any]:
    """The cells of a column, to the bit as they were written."""
    if name in TEXTS:
        return cells
    return [
        nan if not cell else int(cell) if _WHOLE.fullmatch(cell) else float(cell) for cell in cells
    ]


def _member(member: MemberResult) -> list[Any]:
    curve = member.history
    scalars = [getattr(member, name) for name in SCALARS]
    return [
        member.method,
        member.seed,
        *scalars,
        curve.epoch[-1],
        curve.train_loss[-1],
        *curve.best,
    ]


def _classes(member: MemberResult, results: RunResults) -> Iterable[list[Any]]:
    for index, (name, count) in enumerate(
        zip(results.class_names, results.class_counts, strict=True)
    ):
        by_class = (getattr(member, field) for field in PER_CLASS)
        measured = [None if values is None else values[index] for values in by_class]
        weight = member.history.class_weights[-1][index]
        yield [member.method, member.seed, index, name, count, *measured, weight]
