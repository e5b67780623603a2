"""A published table as data: every number with its paper, its setting, and where it was read.

Checked by: numbers typed a second time in the tests, and recipes of the settings they stand for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from ...theory.foundation.validation import InputError

__all__ = ["SOURCES", "Cell", "PublishedTable", "Row", "Setting"]

SOURCES = {
    "S": "the paper itself",
    "C": "the official code",
    "R": "results in the official repository",
    "B": "a run again in the common code base BagofTricks-LT",
    "2": "another paper or repository that quotes it",
}
"""Where a number was read. None is from memory."""


class Setting(NamedTuple):
    """A column: the data, and the recipe that trains it.

    ``protocol`` holds the fields of a recipe that are known to be the table's, where its recipe, or the
    lack of one, does not say them.
    """

    label: str
    data: str
    profile: str
    imbalance_factor: float | None
    recipe: str = ""
    protocol: Mapping[str, Any] = {}
    tag: str = ""


class Row(NamedTuple):
    """A method as the paper calls it, as a recipe does, and its numbers as they are printed.

    The key is one for all columns or one a column, empty where no recipe trains it. Numbers have blanks
    between, ``81.2±.3`` gives a deviation, ``-`` is a cell that the table leaves open.
    """

    name: str
    key: str | tuple[str, ...]
    printed: str


class Cell(NamedTuple):
    """One published number.

    ``printed`` is as it stands in the table, ``accuracy`` is the balanced accuracy in %: test sets are
    balanced, so it is the accuracy, or 100 minus the error.

    >>> from counterpoise.methods.training import PUBLISHED
    >>> first = next(PUBLISHED["ldam"].cells())
    >>> first.method, first.setting.label, first.printed, first.accuracy, first.shown
    ('ERM', 'C10-LT-100', '29.64', 70.36, '70.36')
    """

    table: str
    setting: Setting
    method: str
    key: str
    printed: str
    accuracy: float
    std: float | None
    tag: str

    @property
    def shown(self) -> str:
        """The balanced accuracy with as many decimals as were printed."""
        decimals = len(self.printed.partition(".")[2])
        spread = "" if self.std is None else f" ± {self.std:.{decimals}f}"
        return f"{self.accuracy:.{decimals}f}{spread}"


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """One table of a paper.

    Attributes
    ----------
    paper
        Who published it.
    tag
        Where it was read, one of `SOURCES`; a setting may have its own.
    metric
        What is printed, in %.
    protocol
        How it was trained, in words.
    notes
        What to know when numbers are held against it.

    Raises
    ------
    InputError
        If a row has not as many numbers, or keys, as there are settings.
    """

    name: str
    title: str
    paper: str
    tag: str
    metric: Literal["error", "accuracy"]
    protocol: str
    notes: tuple[str, ...] = ()
    settings: tuple[Setting, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            keys = len(self.settings) if isinstance(row.key, str) else len(row.key)
            if {len(row.printed.split()), keys} != {len(self.settings)}:
                raise InputError(f"{self.name}: {row.name} needs {len(self.settings)} cells")

    def cells(self) -> Iterator[Cell]:
        """Every number, row by row."""
        for row in self.rows:
            for place, (setting, text) in enumerate(
                zip(self.settings, row.printed.split(), strict=True)
            ):
                if text == "-":
                    continue
                printed, _, std = text.partition("±")
                number = float(printed)
                yield Cell(
                    table=self.name,
                    setting=setting,
                    method=row.name,
                    key=row.key if isinstance(row.key, str) else row.key[place],
                    printed=printed,
                    accuracy=round(100 - number, 2) if self.metric == "error" else number,
                    std=float(std) if std else None,
                    tag=setting.tag or self.tag,
                )
