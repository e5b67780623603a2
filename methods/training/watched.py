"""Runs that are watched: `BoundWatch` in a member's loop, a file beside each member, and ``bound.csv``.

The watch sees what the training passes of recorded epochs answer; it adds no pass and changes no number.
Checked by: runs that were interrupted, several processes, heads together against one by one.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from ...theory.foundation.validation import InputError, one_of
from ..results.records import read_json, write_csv, write_json
from ..results.tidy import load_table
from ..watching import BoundWatch
from ..watching.class_rows import COLUMNS
from ..watching.last_layer import head_norm
from .member import Member

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WATCHES", "check_watch", "load_bound"]

WATCHES = ("bound",)
BOUND = "bound.csv"
PACKED_BOUND = BOUND + ".gz"  # of stored evidence, with some of the columns


def check_watch(watch: str | None) -> str | None:
    """A name of `WATCHES`, or None."""
    return None if watch is None else one_of("watch", watch, WATCHES)


def begin(member: Member, class_counts: Tensor, watch: str | None) -> None:
    """Watch a member that is to be trained, if asked to; before its checkpoint is loaded."""
    if watch is not None:
        if member.mixup:
            raise InputError(
                f"watch = {watch!r}: {member.method} trains on mixed images, of no one class"
            )
        head: Any = getattr(member.model, "head", None)
        head = head if head_norm(head) is not None else None
        member.watch = BoundWatch(class_counts.cpu().numpy(), member.criterion, head=head)


def attend(member: Member, recorded: bool, constants: Mapping[str, Tensor]) -> BoundWatch | None:
    """The watch of a member in an epoch that is recorded, under a stage's constants; else None."""
    if member.watch is None or not recorded:
        return None
    member.watch.constants = constants
    return member.watch


def write_watched(file: Path, member: Member) -> None:
    """Write what was watched of a member beside its file."""
    if member.watch is not None and member.watch.rows:
        rows = [[row[name] for name in COLUMNS] for row in member.watch.rows]
        content = {"method": member.method, "seed": member.seed, "columns": COLUMNS, "rows": rows}
        write_json(_beside(file), content)


def write_bound(folder: Path, members: Iterable[Path]) -> None:
    """Gather what was watched of members, by their files, in ``bound.csv``; nothing if nothing was."""
    files = [file for file in map(_beside, members) if file.exists()]
    if not files:
        return
    rows: list[list[Any]] = []
    for content in map(read_json, files):
        rows += ([content["method"], content["seed"], *row] for row in content["rows"])
    write_csv(folder / BOUND, ("method", "seed", *COLUMNS), rows)


def load_bound(folder: str | Path) -> "pd.DataFrame":
    """What was watched in a run: a row a method, seed, recorded epoch and class, `BoundWatch`'s columns.

    Raises
    ------
    InputError
        If the run was not watched, or the table cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.methods.training import Recipe, run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(Recipe(methods=("la",), seeds=1, epochs=1), folder, watch="bound")
    ...     table = load_bound(folder)
    >>> len(table), bool((table.p_min <= table.p_mean).all())
    (10, True)
    """
    whole, packed = Path(folder) / BOUND, Path(folder) / PACKED_BOUND
    return load_table(packed if packed.exists() and not whole.exists() else whole)


def _beside(member: Path) -> Path:
    return member.with_suffix(".bound")
