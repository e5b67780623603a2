"""All that a report rests on, in one object: proofs, attacks, simulations, a training run.

Everything that draws, concludes or writes takes it. Checked by: tests that load it from a folder.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import xarray as xr

from ..simulations.folder import COVERAGE, PLUG_IN, SIMULATION, load_if_there
from ..theory.foundation.validation import InputError

if TYPE_CHECKING:  # so that figures load neither torch nor SymPy
    from ..methods.training.results import RunResults
    from ..theory.proof.certificate import Certificate

__all__ = ["TRAINING", "Evidence", "load_evidence"]

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
    training
        The results of a training run.
    commands
        What to type to get this evidence again.
    """

    certificates: "tuple[Certificate, ...]" = ()
    attacks: "tuple[Certificate, ...]" = ()
    simulation: xr.Dataset | None = None
    coverage: xr.Dataset | None = None
    plug_in: xr.Dataset | None = None
    training: "RunResults | None" = None
    commands: tuple[str, ...] = COMMANDS

    def with_proofs(
        self, certificates: "Iterable[Certificate]", attacks: "Iterable[Certificate]"
    ) -> "Evidence":
        """The same measurements beside these verdicts."""
        return replace(self, certificates=tuple(certificates), attacks=tuple(attacks))

    @property
    def is_measured(self) -> bool:
        """Whether anything was simulated or trained."""
        measured = (self.simulation, self.coverage, self.plug_in, self.training)
        return any(part is not None for part in measured)


def load_evidence(folder: str | Path, commands: tuple[str, ...] = COMMANDS) -> Evidence:
    """What `simulate`, `coverage` and `train` left in a folder of results, got by these commands.

    Proofs and attacks are not among it: they are checked anew, see `Evidence.with_proofs`.

    Raises
    ------
    InputError
        If the folder holds no results, or a file in it is damaged.
    """
    folder = Path(folder)
    evidence = Evidence(
        simulation=load_if_there(folder / SIMULATION),
        coverage=load_if_there(folder / COVERAGE),
        plug_in=load_if_there(folder / PLUG_IN),
        training=_load_training(folder / TRAINING),
        commands=commands,
    )
    if not evidence.is_measured:
        raise InputError(f"{folder} holds no results: run counterpoise simulate or train first")
    return evidence


def _load_training(folder: Path) -> "RunResults | None":
    if not folder.exists():
        return None
    from ..methods.training.results import RESULTS, load_results

    return load_results(folder) if (folder / RESULTS).exists() else None
