"""The experiments on the systems of the field, each by one command.

Checked by: a small experiment, by the command, and the parts of all.
"""

import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from io import StringIO
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import pandas as pd
from joblib.externals.loky import get_reusable_executor

from ...theory.foundation.files import output_folder, write_atomically
from ...theory.foundation.forms import formed
from ...theory.foundation.validation import as_whole, one_of
from ..stored import FOLDER

if TYPE_CHECKING:
    from .parts import Experiment

__all__ = [
    "EXPERIMENTS",
    "TIMES",
    "experiment_of",
    "experiments_table",
    "run_experiment",
    "times_of",
]

EXPERIMENTS = {
    "adapters": "debLoRA, LIFT and plain adapters on frozen features: is the tail gained, the head kept?",
    "decoupled": "second stages, difficulty weights, mixup and norms: do cRT, CDB and MiSLAS gain?",
    "experts": "BalPoE, SADE, RIDE, PaCo, BCL, KCL, ProCo: do experts, contrasts gain, under any test prior?",
    "meta_weights": "Meta-Weight-Net under imbalance and under label noise: which way do weights rise?",
    "point_clouds": "SOUL on drawn trees: is wood found among leaves?",
    "self_supervised": "SimCLR, SDCLR, BCL, GH on long-tailed images: what does a linear probe find?",
    "tuning": "batches, augmentation, optimisers: does tuning alone reach the special losses?",
}
"""Names, and what is asked."""
TIMES = "experiment_times.csv"
_COLUMNS = ("experiment", "part", "finished", "seconds", "processor_seconds", "jobs")


def experiment_of(name: str) -> "Experiment":
    """The experiment of a name.

    Raises
    ------
    InputError
        If there is none.
    """
    one_of("experiment", name, EXPERIMENTS)
    return import_module(f"..{name}.page", __package__).EXPERIMENT


def run_experiment(
    name: str,
    out: str | Path,
    parts: Iterable[str] = (),
    results: str | Path | None = None,
    jobs: int = 1,
    progress: Any = None,
) -> list[Path]:
    """Measure parts of an experiment, all but large ones by default; write its page once these are there.

    Parameters
    ----------
    out
        Folder in which it trains. What is finished there is not done again.
    results
        Folder of the numbers; ``results`` in ``out`` by default.
    jobs
        Processes, for what trains by recipe.
    progress
        As `counterpoise.methods.training.run` takes it.

    Returns
    -------
    The files that it wrote of all parts: page, figure, effects; empty while a part is missing.
    """
    from .parts import Place

    experiment = experiment_of(name)
    known = (*experiment.parts, *experiment.large)
    chosen = [one_of("part", part, known) for part in parts] or list(experiment.parts)
    out = Path(out)
    folder = out / "results" if results is None else Path(results)
    place = Place(out, folder, as_whole("jobs", jobs, 1), progress)
    output_folder(out)
    output_folder(folder)
    for part in chosen:
        fresh = _begin(folder, name, part)
        begun, spent = monotonic(), _processor_seconds()
        experiment.measure(part, place)
        took = (monotonic() - begun, _processor_seconds() - spent)
        _end(folder, name, part, took if fresh else None, place.jobs)
    done = times_of(folder)
    finished = done.loc[(done["experiment"] == name) & done["finished"], "part"].tolist()
    if any(part not in finished for part in experiment.parts):
        return []
    experiment.write(folder)
    return sorted(folder.glob(f"{name}.*")) + sorted(folder.glob(f"{name}_*"))


def times_of(folder: str | Path = FOLDER) -> pd.DataFrame:
    """What parts took, a row each: seconds on the clock and of processors, and processes.

    Nothing where a part was interrupted and gone on with.
    """
    path = Path(folder) / TIMES
    text = path.read_text() if path.exists() else ",".join(_COLUMNS) + "\n"
    kinds: Any = {"experiment": str, "part": str, "finished": bool}
    return pd.read_csv(StringIO(text), dtype=kinds)


def _begin(folder: Path, name: str, part: str) -> bool:
    """Note that a part has begun; False if it had before."""
    rows = _rows(folder)
    if (name, part) in rows:
        return False
    _write(folder, {**rows, (name, part): (False, None, None, None)})
    return True


def _end(folder: Path, name: str, part: str, took: tuple[float, float] | None, jobs: int) -> None:
    """Note that a part is finished, and what it took if it was measured in one go."""
    rows = _rows(folder)
    told = (*took, jobs) if took else rows[name, part][1:]
    _write(folder, {**rows, (name, part): (True, *told)})


def _rows(folder: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = times_of(folder).itertuples(index=False, name=None)
    return {(name, part): tuple(told) for name, part, *told in rows}


def _write(folder: Path, rows: Mapping[tuple[str, str], tuple[Any, ...]]) -> None:
    table = pd.DataFrame([(*key, *rows[key]) for key in sorted(rows)], columns=list(_COLUMNS))
    text = table.to_csv(index=False, float_format="%.4g", lineterminator="\n")
    write_atomically(folder / TIMES, text.encode())


def _processor_seconds() -> float:
    """Of this process and of those that it started, which end here."""
    get_reusable_executor().shutdown(wait=True)
    return sum(os.times()[:4])


def experiments_table() -> str:
    """Names, parts, in brackets those that ask for a GPU, and what is asked."""
    rows = []
    for name, asks in EXPERIMENTS.items():
        experiment = experiment_of(name)
        parts = [*experiment.parts, *(f"({part})" for part in experiment.large)]
        rows.append((name, " ".join(parts), asks))
    return formed(rows, ("experiment", "parts", "asks"))


def command_parts(command: str) -> tuple[str, list[str]]:
    """The experiment of a command on one, and its parts; ``("", [])`` of what is no such command."""
    words = [word for word in command.split() if word not in ("--out", "OUT", "--part")]
    if words[:2] != ["counterpoise", "experiment"]:
        return "", []
    name, *parts = words[2:]
    return name, parts or list(experiment_of(name).parts)


def command_minutes(command: str, times: pd.DataFrame) -> str:
    """Minutes on the clock of a command on an experiment and, in brackets, of processors.

    Nothing unless each of its parts was measured in one go, and for what is no such command.
    """
    name, parts = command_parts(command)
    mine = times[times["experiment"] == name].set_index("part")
    mine = mine.reindex(parts)[["seconds", "processor_seconds"]]
    if not parts or mine.isna().to_numpy().any():
        return ""
    clock, spent = mine.sum() / 60
    return f"{clock:.1f} ({spent:.1f})"
