"""The simulations of a folder of results: run, written there, and read back.

What is out of range is refused before a folder is made. Finished cells are kept in the folder, so that the
same settings go on where they stopped. Checked by: the commands, as a user runs them and interrupts them.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import xarray as xr

from ..theory.foundation.files import output_folder
from ..theory.foundation.validation import InputError, as_number, as_whole
from .certified_map import certified_map, check_certified_map
from .coverage import coverage_sweep
from .loss_map import check_loss_map, loss_map
from .plug_in_world import plug_in_sweep
from .regimes import check_regime_sweep, regime_sweep
from .sign_world import SignWorld
from .storage import load_dataset, save_dataset
from .sweep import OtherSweep, Progress, Workers, as_axis, in_turn

__all__ = [
    "CERTIFIED",
    "COVERAGE",
    "LOSS_MAP",
    "PLUG_IN",
    "SIMULATION",
    "agreement",
    "cover_into",
    "load_if_there",
    "losses_into",
    "map_into",
    "simulate_into",
]

SIMULATION, COVERAGE, PLUG_IN = "simulation.nc", "coverage.nc", "plug_in.nc"
"""Files of a `regime_sweep`, a `coverage_sweep` and a `plug_in_sweep` in a folder of results."""

CERTIFIED, LOSS_MAP = "certified.nc", "losses.nc"
"""Files of a `certified_map` and a `loss_map` there."""

PLUG_IN_EXAMPLES = (500, 1000, 2000, 4000, 8000, 16000, 32000)


def simulate_into(
    folder: str | Path,
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    draws: int,
    seed: int = 0,
    restart: bool = False,
    n_jobs: Workers = 1,
    progress: Progress | None = None,
) -> xr.Dataset:
    """A `regime_sweep`, written to the folder, which is made if missing.

    Parameters
    ----------
    restart
        Forget the cells that other settings left in the folder.

    Raises
    ------
    InputError
        If a value is out of range, the folder cannot be written to, or holds cells of other settings.
    """
    check_regime_sweep(eta, kappa, Delta, draws=draws)
    swept = partial(
        regime_sweep, eta, kappa, Delta, draws=draws, seed=seed, n_jobs=n_jobs, progress=progress
    )
    return _kept(folder, SIMULATION, restart, swept)


def cover_into(
    folder: str | Path,
    n: Sequence[float],
    *,
    imbalance_factor: float,
    sets: int,
    delta: float,
    seed: int = 0,
    restart: bool = False,
    n_jobs: Workers = 1,
    progress: Progress | None = None,
) -> tuple[xr.Dataset, xr.Dataset]:
    """A `coverage_sweep` and a `plug_in_sweep`, written to the folder, which is made if missing.

    Parameters
    ----------
    restart
        Forget the cells that other settings left in the folder.

    Raises
    ------
    InputError
        If a value is out of range, the folder cannot be written to, or holds cells of other settings.
    """
    as_number("delta", delta, low=0, high=1, low_open=True, high_open=True)
    factor = as_number("imbalance_factor", imbalance_factor, low=1)
    for size in as_axis("n", n):
        SignWorld.of(as_whole("n", size, 2), factor)
    first, second = in_turn(progress, len(n), 2 * len(PLUG_IN_EXAMPLES))
    coverage = partial(
        coverage_sweep,
        n,
        imbalance_factor=imbalance_factor,
        sets=sets,
        delta=delta,
        seed=seed,
        n_jobs=n_jobs,
        progress=first,
    )
    plug_in = partial(plug_in_sweep, PLUG_IN_EXAMPLES, seed=seed, n_jobs=n_jobs, progress=second)
    return _kept(folder, COVERAGE, restart, coverage), _kept(folder, PLUG_IN, restart, plug_in)


def map_into(
    folder: str | Path,
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    restart: bool = False,
    n_jobs: Workers = 1,
    progress: Progress | None = None,
    **rule: Any,
) -> xr.Dataset:
    """A `certified_map` of a rule and its settings, written to the folder, which is made if missing.

    Raises
    ------
    InputError
        If a value is out of range, the folder cannot be written to, or holds cells of other settings.
    """
    check_certified_map(eta, kappa, Delta, **rule)
    swept = partial(certified_map, eta, kappa, Delta, n_jobs=n_jobs, progress=progress, **rule)
    return _kept(folder, CERTIFIED, restart, swept)


def losses_into(
    folder: str | Path,
    eta: Sequence[float],
    kappa: Sequence[float],
    Delta: Sequence[float],
    *,
    restart: bool = False,
    n_jobs: Workers = 1,
    progress: Progress | None = None,
    **settings: Any,
) -> xr.Dataset:
    """A `loss_map` with its settings, written to the folder, which is made if missing.

    Raises
    ------
    InputError
        If a value is out of range, the folder cannot be written to, or holds cells of other settings.
    """
    check_loss_map(eta, kappa, Delta, **settings)
    swept = partial(loss_map, eta, kappa, Delta, n_jobs=n_jobs, progress=progress, **settings)
    return _kept(folder, LOSS_MAP, restart, swept)


def load_if_there(path: str | Path) -> xr.Dataset | None:
    """The data set of a file, or None if there is no such file."""
    return load_dataset(path) if Path(path).exists() else None


def agreement(simulation: xr.Dataset) -> str:
    """How far the sampled worlds of `simulate_into` are from the closed forms, in words."""
    recall, specificity = (
        float(abs(simulation[name]).max()) for name in ("z_recall", "z_specificity")
    )
    draws = simulation.attrs.get("draws", "")
    return (
        f"{simulation.recall.size} cells, {draws} training sets each\n"
        "closed form against Monte Carlo: largest difference "
        f"{recall:.2f} standard errors in recall, {specificity:.2f} in specificity"
    )


def _kept(
    folder: str | Path, result: str, restart: bool, swept: Callable[..., xr.Dataset]
) -> xr.Dataset:
    """What a sweep finds, written to the folder; its finished cells beside, if no others are there."""
    output_folder(folder)
    cells = Path(folder) / f"{Path(result).stem}.cells"
    for forgotten in Path(folder).glob(f"{cells.name}*") if restart else ():
        forgotten.unlink()
    try:
        dataset = swept(checkpoint=cells)
    except OtherSweep:
        raise InputError(
            f"{cells} holds cells of other settings: give --restart (restart=True) to begin anew, "
            "or choose another folder"
        ) from None
    save_dataset(dataset, Path(folder) / result)
    return dataset
