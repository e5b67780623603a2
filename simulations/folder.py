"""The simulations of a folder of results: run, written there, and read back.

What is out of range is refused before a folder is made. Checked by: the commands, as a user runs them.
"""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import xarray as xr

from ..theory.foundation.files import output_folder
from ..theory.foundation.validation import as_number, as_real, as_whole
from ..theory.high_dimension import plug_in_rates
from .coverage import coverage_sweep
from .plug_in_world import plug_in_sweep
from .regimes import regime_sweep
from .sign_world import SignWorld
from .storage import load_dataset, save_dataset
from .sweep import Progress

__all__ = ["COVERAGE", "PLUG_IN", "SIMULATION", "cover_into", "load_if_there", "simulate_into"]

SIMULATION, COVERAGE, PLUG_IN = "simulation.nc", "coverage.nc", "plug_in.nc"
"""Files of a `regime_sweep`, a `coverage_sweep` and a `plug_in_sweep` in a folder of results."""

PLUG_IN_EXAMPLES = (500, 1000, 2000, 4000, 8000, 16000, 32000)


def simulate_into(
    folder: str | Path,
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    draws: int,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> xr.Dataset:
    """A `regime_sweep`, written to the folder, which is made if missing.

    Raises
    ------
    InputError
        If a value is out of range, or the folder cannot be written to.
    """
    given = {"eta": eta, "kappa": kappa, "Delta": Delta}
    for point in product(*(as_real(name, axis).ravel() for name, axis in given.items())):
        plug_in_rates(*point)
    output_folder(folder)
    dataset = regime_sweep(
        eta, kappa, Delta, draws=draws, seed=seed, n_jobs=n_jobs, progress=progress
    )
    save_dataset(dataset, Path(folder) / SIMULATION)
    return dataset


def cover_into(
    folder: str | Path,
    n: Sequence[float],
    *,
    imbalance_factor: float,
    sets: int,
    delta: float,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> tuple[xr.Dataset, xr.Dataset]:
    """A `coverage_sweep` and a `plug_in_sweep`, written to the folder, which is made if missing.

    Raises
    ------
    InputError
        If a value is out of range, or the folder cannot be written to.
    """
    as_number("delta", delta, low=0, high=1, low_open=True, high_open=True)
    for size in as_real("n", n).ravel():
        SignWorld.of(as_whole("n", size, 2), as_number("imbalance_factor", imbalance_factor, low=1))
    output_folder(folder)
    coverage = coverage_sweep(
        n,
        imbalance_factor=imbalance_factor,
        sets=sets,
        delta=delta,
        seed=seed,
        n_jobs=n_jobs,
        progress=progress,
    )
    plug_in = plug_in_sweep(PLUG_IN_EXAMPLES, seed=seed, n_jobs=n_jobs, progress=progress)
    save_dataset(coverage, Path(folder) / COVERAGE)
    save_dataset(plug_in, Path(folder) / PLUG_IN)
    return coverage, plug_in


def load_if_there(path: str | Path) -> xr.Dataset | None:
    """The data set of a file, or None if there is no such file."""
    return load_dataset(path) if Path(path).exists() else None
