"""What runs measured beside what was published: each cell, its difference, and what sets the two apart.

Checked by: differences and intervals worked out by SciPy, a run of a made-up table, and runs that are of
no table.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ...theory.concentration import MeanInterval, mean_interval
from ...theory.foundation.forms import formed
from ...theory.foundation.validation import InputError
from ..published.table import SOURCES, Cell, PublishedTable, Setting
from ..published.tables import PUBLISHED
from ..results.run_results import RunResults
from ..training.recipes import recipe_of
from .differing import differences, filled

__all__ = ["Measured", "beside", "published_listed", "published_shown"]


class Measured(NamedTuple):
    """A published cell beside a run; ``method`` is empty, and the numbers None, where it trained none.

    Numbers are in %; ``difference`` is measured minus published, with the interval of the measured mean.
    """

    cell: Cell
    run: str
    method: str
    differs: tuple[str, ...]
    seeds: int = 0
    mean: float | None = None
    std: float | None = None
    difference: MeanInterval | None = None


def beside(table: PublishedTable, runs: Mapping[str, RunResults]) -> list[Measured]:
    """Every cell of the columns that the runs are of, run by run.

    Parameters
    ----------
    runs
        Results by the name that they are shown under.

    Raises
    ------
    InputError
        If a run is of no column of the table.
    """
    found = []
    for run, results in runs.items():
        setting, differs = _column(table, run, results)
        cells = [cell for cell in table.cells() if cell.setting == setting]
        names = [_plain(cell.key) for cell in cells]
        found += [
            _measured(cell, run, results, differs, names.count(_plain(cell.key)) == 1)
            for cell in cells
        ]
    return sorted(found, key=lambda row: table.settings.index(row.cell.setting))


def _column(
    table: PublishedTable, run: str, results: RunResults
) -> tuple[Setting, tuple[str, ...]]:
    """The column that a run is of, and what sets it apart; of several the nearest."""
    own = filled(results.recipe)
    fitting = [
        (setting, _apart(setting, results))
        for setting in table.settings
        if f"{own['data']}-".startswith(f"{setting.data}-")
        and own["profile"] == setting.profile
        and own["imbalance_factor"] == setting.imbalance_factor
    ]
    if not fitting:
        known = ", ".join(setting.label for setting in table.settings)
        factor = "" if own["imbalance_factor"] is None else f", factor {own['imbalance_factor']:g}"
        raise InputError(
            f"{run} has {own['data']}, {own['profile']}{factor}: table {table.name} has {known}"
        )
    return min(fitting, key=lambda pair: len(pair[1]))


def _apart(setting: Setting, results: RunResults) -> tuple[str, ...]:
    """What sets a run apart from the protocol, as far as that is known."""
    protocol = {"data": setting.data, **setting.protocol}
    if setting.recipe and not setting.protocol:
        protocol = recipe_of(setting.recipe).to_dict()
    return tuple(differences(results.recipe, protocol))


def _plain(key: str) -> str:
    """A method without its settings."""
    return key.partition("@")[0]


def _measured(
    cell: Cell, run: str, results: RunResults, differs: tuple[str, ...], alone: bool
) -> Measured:
    """The cell beside its method; without its settings, if no other row is of that method."""
    trained = {member.method for member in results.members}
    names = (cell.key, _plain(cell.key)) if alone else (cell.key,)
    method = next((name for name in names if name in trained), "")
    if not method:
        return Measured(cell, run, "", differs)
    values = np.array([100 * m.balanced_accuracy for m in results.members if m.method == method])
    if method != cell.key:
        differs = (*differs, f"{method} in place of {cell.key}")
    return Measured(
        cell,
        run,
        method,
        differs,
        len(values),
        float(values.mean()),
        float(values.std(ddof=1)) if len(values) > 1 else None,
        mean_interval(values - cell.accuracy),
    )


def published_listed() -> str:
    """The published tables by name."""
    rows = [(table.name, table.paper, table.title) for table in PUBLISHED.values()]
    return formed(rows, ("table", "paper", "what"))


def published_shown(
    table: PublishedTable, runs: Mapping[str, RunResults], form: str = "text"
) -> str:
    """The table in a form of `FORMS`, beside runs if there are any; CSV has a row for each cell."""
    rows = beside(table, runs)
    if form == "csv":
        return _tidy(rows or [Measured(cell, "", "", ()) for cell in table.cells()], table)
    title = f"{table.title}: balanced accuracy in %"
    notes = [*_sources(table), *(_of_runs(table, rows) if runs else _to_measure(table))]
    if not runs:
        return formed(*_alone(table), form, title=title, notes=notes)
    header = ("setting", "method", "trained as", "published", "measured", "seeds",
              "measured - published (95 % interval)", "run")  # fmt: skip
    return formed([_row(row) for row in rows], header, form, title=title, notes=notes)


def _alone(table: PublishedTable) -> tuple[list[list[str]], list[str]]:
    """The published numbers as they stand on paper, rows and header."""
    cells = {(cell.method, cell.setting.label): cell for cell in table.cells()}
    rows = []
    for row in table.rows:
        keys = list(dict.fromkeys([row.key] if isinstance(row.key, str) else row.key))
        trained = " or ".join(filter(None, keys)) if len(keys) < 3 else "by column"
        found = [cells.get((row.name, setting.label)) for setting in table.settings]
        shown = ["-" if cell is None else cell.shown for cell in found]
        rows.append([row.name, trained or "-", *shown])
    return rows, ["method", "trained as", *(setting.label for setting in table.settings)]


def _row(row: Measured) -> list[str]:
    spread = "" if row.std is None else f" ± {row.std:.2f}"
    measured = "-" if row.mean is None else f"{row.mean:.2f}{spread}"
    gap = "-"
    if row.difference is not None:
        gap = f"{row.difference.mean:+.2f}"
        if row.difference.interval is not None:
            gap += " [{:+.2f}, {:+.2f}]".format(*row.difference.interval)
    return [row.cell.setting.label, row.cell.method, row.method or "-", row.cell.shown, measured,
            str(row.seeds) if row.seeds else "-", gap, row.run]  # fmt: skip


def _tidy(rows: Sequence[Measured], table: PublishedTable) -> str:
    header = ("table", "paper", "source", "data", "profile", "imbalance_factor", "method", "key",
              "printed", "metric", "published", "published_std", "run", "trained_as", "seeds",
              "measured", "measured_std", "difference", "low", "high", "differs")  # fmt: skip
    lines = []
    for row in rows:
        cell, gap = row.cell, row.difference
        low, high = (gap and gap.interval) or (None, None)
        numbers = (row.mean, row.std, gap and gap.mean, low, high)
        lines.append([
            table.name, table.paper, SOURCES[cell.tag], cell.setting.data, cell.setting.profile,
            _number(cell.setting.imbalance_factor), cell.method, cell.key, cell.printed, table.metric,
            _number(cell.accuracy), _number(cell.std), row.run, row.method, str(row.seeds or ""),
            *map(_number, numbers), "; ".join(row.differs),
        ])  # fmt: skip
    return formed(lines, header, "csv")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.8g}"


def _sources(table: PublishedTable) -> list[str]:
    tags = dict.fromkeys(cell.tag for cell in table.cells())
    printed = "printed as errors, here 100 minus them; " if table.metric == "error" else ""
    read = " and ".join(SOURCES[tag] for tag in tags)
    return [
        f"published: {table.paper}; {printed}test sets are balanced; read in {read}",
        f"protocol: {table.protocol}",
        *table.notes,
    ]


def _of_runs(table: PublishedTable, rows: Sequence[Measured]) -> list[str]:
    notes = [
        "measured: at the last epoch, mean ± standard deviation over seeds; the interval is Student's t of "
        "that mean, and the published number counts as exact",
    ]
    for run in dict.fromkeys(row.run for row in rows):
        own = [row for row in rows if row.run == run]
        setting = own[0].cell.setting
        differs = dict.fromkeys(words for row in own for words in row.differs)
        known = "the recipe" if setting.recipe and not setting.protocol else "what is known of it"
        notes.append(f"{run} differs from the protocol: {'; '.join(differs) or f'not in {known}'}")
    measured = {row.cell.setting.label for row in rows}
    left = [setting.label for setting in table.settings if setting.label not in measured]
    return [*notes, *([f"no run of: {', '.join(left)}"] if left else [])]


def _to_measure(table: PublishedTable) -> list[str]:
    recipes = [setting.recipe for setting in table.settings if setting.recipe]
    if not recipes:
        return ["no recipe has this protocol"]
    return [
        f"recipes of the columns: {', '.join(recipes)}",
        f"to measure one: counterpoise train --recipe {recipes[0]} --out FOLDER; then: counterpoise table "
        f"{table.name} FOLDER",
    ]
