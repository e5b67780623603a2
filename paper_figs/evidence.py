"""All that a report rests on, in one object: proofs, attacks, simulations, a training run.

Everything that draws, concludes or writes takes it. Checked by: tests that load it from a folder.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import xarray as xr

from ..simulations.folder import (
    CERTIFIED,
    COVERAGE,
    LOSS_MAP,
    PLUG_IN,
    SIMULATION,
    load_if_there,
)
from ..theory.foundation.validation import InputError

if TYPE_CHECKING:  # so that figures load neither torch nor SymPy
    import pandas as pd

    from ..methods.results.run_results import RunResults
    from ..theory.proof.certificate import Certificate

__all__ = ["TRAINING", "Evidence", "found_in", "load_evidence"]

TRAINING = "training"
"""The folder of a training run, inside the folder of results."""

COMMANDS = tuple(f"counterpoise {verb}" for verb in ("simulate", "coverage", "train", "report"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """What was proved, attacked and measured; None or nothing stands for what was not done.

    Parameters
    ----------
    certificates, attacks
        Verdicts on statements of the catalogue and on their mutants.
    simulation, coverage, plug_in
        A `regime_sweep`, a `coverage_sweep` and a `plug_in_sweep`.
    certified, losses
        A `certified_map` and a `loss_map`.
    training
        The results of a training run.
    bound
        The table of bounds, if it was watched.
    commands
        What to type to get this evidence again.
    """

    certificates: "tuple[Certificate, ...]" = ()
    attacks: "tuple[Certificate, ...]" = ()
    simulation: xr.Dataset | None = None
    coverage: xr.Dataset | None = None
    plug_in: xr.Dataset | None = None
    certified: xr.Dataset | None = None
    losses: xr.Dataset | None = None
    training: "RunResults | None" = None
    bound: "pd.DataFrame | None" = None
    commands: tuple[str, ...] = COMMANDS

    def with_proofs(
        self, certificates: "Iterable[Certificate]", attacks: "Iterable[Certificate]"
    ) -> "Evidence":
        """The same measurements beside these verdicts."""
        return replace(self, certificates=tuple(certificates), attacks=tuple(attacks))

    @property
    def is_measured(self) -> bool:
        """Whether anything was simulated or trained."""
        simulated = (self.simulation, self.coverage, self.plug_in, self.certified, self.losses)
        measured = (*simulated, self.training)
        return any(part is not None for part in measured)


def load_evidence(folder: str | Path, commands: tuple[str, ...] = COMMANDS) -> Evidence:
    """What `simulate`, `coverage`, `map`, `losses` and `train` left in a folder, got by these commands.

    The folder of a training run may stand in it as ``training``, or be the folder itself. Proofs and
    attacks are not among it: they are checked anew, see `Evidence.with_proofs`.

    Raises
    ------
    InputError
        If the folder holds no results, or a file in it is damaged.
    """
    folder = Path(folder)
    run = _run_in(folder)
    training = _load_training(run) if run else None
    evidence = Evidence(
        simulation=load_if_there(folder / SIMULATION),
        coverage=load_if_there(folder / COVERAGE),
        plug_in=load_if_there(folder / PLUG_IN),
        certified=load_if_there(folder / CERTIFIED),
        losses=load_if_there(folder / LOSS_MAP),
        training=training if training and training.members else None,
        bound=_load_bound(run),
        commands=commands,
    )
    if not evidence.is_measured and training:
        raise InputError(f"{run}: all {len(training.failed)} members diverged: nothing to show")
    if not evidence.is_measured:
        there = "is no folder" if folder.exists() and not folder.is_dir() else "holds no results"
        unfinished = f" ({_unfinished(folder)})" if _unfinished(folder) else ""
        raise InputError(f"{folder} {there}{unfinished}: run counterpoise simulate or train first")
    return evidence


def found_in(folder: str | Path) -> list[str]:
    """What of a report's parts stands in a folder of results and what does not, a line each."""
    folder = Path(folder)
    verbs = {SIMULATION: "simulate", COVERAGE: "coverage", PLUG_IN: "coverage"}
    verbs |= {CERTIFIED: "map", LOSS_MAP: "losses"}
    lines = []
    for name, verb in verbs.items():
        missing = f"not found: {name} (counterpoise {verb} --out {folder})"
        lines.append(f"found: {folder / name}" if (folder / name).exists() else missing)
    run = _run_in(folder)
    if run is not None:
        lines.append(f"found: training in {run}")
        lines += [f"left out: {failed}" for failed in _load_training(run).failed]
    else:
        command = f"counterpoise train --out {folder / TRAINING}"
        lines.append(f"not found: training ({_unfinished(folder) or command})")
    if run == folder / TRAINING and _is_run(folder):
        lines.append(f"not used: the training run in {folder} itself, beside that in {run}")
    return lines


def _run_in(folder: Path) -> Path | None:
    """The folder of a finished training run: that of the results, or one inside it."""
    return next((place for place in (folder / TRAINING, folder) if _is_run(place)), None)


def _is_run(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("results.json", "results.json.gz"))


def _unfinished(folder: Path) -> str:
    """How to finish a training run that was begun; empty if none was."""
    begun = (place for place in (folder / TRAINING, folder) if (place / "recipe.json").exists())
    place = next(begun, None)
    return f"unfinished; go on with: counterpoise train --out {place} --resume" if place else ""


def _load_bound(run: Path | None) -> "pd.DataFrame | None":
    if run is None or not any(run.glob("bound.csv*")):  # packed or not
        return None
    from ..methods.training.watched import load_bound

    return load_bound(run)


def _load_training(folder: Path) -> "RunResults":
    from ..methods.results.run_results import load_results

    return load_results(folder)
