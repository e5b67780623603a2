"""The commands of the simulations: sampled worlds beside closed forms and bounds.

Checked by: each run as a user runs it.
"""

from pathlib import Path
from typing import Annotated

import typer

from .options import RESULTS, Factor, Jobs, Out, Restart, Seed, list_of, number_in
from .terminal import bar, keep, say

ETA, KAPPA, DELTA, DRAWS = "1,2,5,10,30,100", "0.3,1,3,10,30", "2,3,4", 400
SIZES, FACTOR, SETS, FAILURE = "110,330,1100,3300,11000,33000", 10.0, 2000, 0.05


def simulate(
    eta: Annotated[str, list_of("Imbalances, majority over minority")] = ETA,
    kappa: Annotated[str, list_of("Samples per dimension, n/d")] = KAPPA,
    separability: Annotated[str, list_of("Distances Delta of the class means")] = DELTA,
    draws: Annotated[int, typer.Option(help="Training sets per cell.", min=2)] = DRAWS,
    out: Out = RESULTS,
    restart: Restart = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
) -> None:
    """Map regimes of plug-in LDA: closed form beside Monte Carlo."""
    from ..simulations.folder import SIMULATION

    keep(f"finished cells are kept in {out}; run the same command again to go on")
    say(simulate_into_folder(out, eta, kappa, separability, draws, restart, seed, jobs))
    say(f"wrote {out / SIMULATION}")


def coverage(
    n: Annotated[str, list_of("Training examples")] = SIZES,
    imbalance_factor: Factor = FACTOR,
    sets: Annotated[int, typer.Option(help="Training sets for each n.", min=1)] = SETS,
    delta: Annotated[
        float,
        typer.Option(
            help="Allowed failure probability.",
            callback=number_in("it", low=0, high=1, low_open=True, high_open=True),
        ),
    ] = FAILURE,
    out: Out = RESULTS,
    restart: Restart = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
) -> None:
    """Hold bounds and plug-in rules against a world whose truth is known."""
    from ..simulations.folder import COVERAGE, PLUG_IN

    keep(f"finished cells are kept in {out}; run the same command again to go on")
    say(cover_into_folder(out, n, imbalance_factor, sets, delta, restart, seed, jobs))
    say(f"wrote {out / COVERAGE} and {out / PLUG_IN}")


def simulate_into_folder(
    out: Path,
    eta: str = ETA,
    kappa: str = KAPPA,
    separability: str = DELTA,
    draws: int = DRAWS,
    restart: bool = False,
    seed: int = 0,
    jobs: int = 1,
) -> str:
    """Run the simulation of `simulate`, and say how well it agrees."""
    from ..simulations.folder import agreement, simulate_into
    from ..theory.foundation.validation import numbers_in

    grid = [numbers_in("it", text) for text in (eta, kappa, separability)]
    with bar("simulating") as advance:
        return agreement(
            simulate_into(out, *grid, draws=draws, seed=seed, restart=restart,
                          n_jobs=jobs or -1, progress=advance)
        )  # fmt: skip


def cover_into_folder(
    out: Path,
    n: str = SIZES,
    factor: float = FACTOR,
    sets: int = SETS,
    delta: float = FAILURE,
    restart: bool = False,
    seed: int = 0,
    jobs: int = 1,
) -> str:
    """Run the sweeps of `coverage`, and show each bound beside the truth."""
    from ..paper_figs.bound_coverage import coverage_table
    from ..simulations.folder import cover_into
    from ..theory.foundation.validation import numbers_in

    sizes = numbers_in("n", n)
    with bar("drawing training sets") as advance:
        measured, _ = cover_into(out, sizes, imbalance_factor=factor, sets=sets, delta=delta, seed=seed,
                                 restart=restart, n_jobs=jobs or -1, progress=advance)  # fmt: skip
    return coverage_table(measured)
