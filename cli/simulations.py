"""The commands of the simulations: sampled worlds beside closed forms and bounds.

Checked by: each run as a user runs it.
"""

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    RESULTS,
    DataDir,
    Factor,
    Jobs,
    Out,
    Restart,
    Scheduler,
    Seed,
    list_of,
    named,
    number_in,
    numbers,
    to_figure,
)
from .terminal import bar, keep, say

RIDGE = 0.1
Ridge = Annotated[
    float,
    typer.Option(
        help="Ridge of the logistic regression, beside the mean loss.",
        callback=number_in("it", low=1e-8, high=1e8),
    ),
]
ETA, KAPPA, DELTA, DRAWS = "1,2,5,10,30,100", "0.3,1,3,10,30", "2,3,4", 400
CUT = 100.0  # of a named data set that is planned
SIZES, FACTOR, SETS, FAILURE = "110,330,1100,3300,11000,33000", 10.0, 2000, 0.05


def _rules() -> list[str]:
    from ..simulations.certified_map import RULES

    return list(RULES)


def _losses() -> list[str]:
    from ..simulations.loss_map import LOSSES

    return list(LOSSES)


def simulate(
    eta: Annotated[str, list_of("Imbalances, majority over minority")] = ETA,
    kappa: Annotated[str, list_of("Samples per dimension, n/d")] = KAPPA,
    separability: Annotated[str, list_of("Distances Delta of the class means")] = DELTA,
    draws: Annotated[int, typer.Option(help="Training sets per cell.", min=2)] = DRAWS,
    out: Out = RESULTS,
    restart: Restart = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
) -> None:
    """Map regimes of plug-in LDA: closed form beside Monte Carlo."""
    from ..simulations.folder import SIMULATION

    keep(f"finished cells are kept in {out}; run the same command again to go on")
    say(
        simulate_into_folder(out, eta, kappa, separability, draws, restart, seed, scheduler or jobs)
    )
    say(f"wrote {out / SIMULATION}")


def map_regimes(
    rule: Annotated[
        str,
        typer.Option(help="plug-in, max-margin or ridge-logistic.", callback=named("rule", _rules)),
    ] = "plug-in",
    eta: Annotated[str, list_of("Imbalances, majority over minority")] = ETA,
    kappa: Annotated[str, list_of("Samples per dimension, n/d")] = KAPPA,
    separability: Annotated[str, list_of("Distances Delta of the class means")] = DELTA,
    tau: Annotated[
        float | None,
        typer.Option(
            help="Strength of logit adjustment, of plug-in.",
            callback=number_in("it", low=0, high=10),
        ),
    ] = None,
    ridge: Annotated[
        float | None,
        typer.Option(
            help=f"Ridge of ridge-logistic, beside the mean loss; {RIDGE} by default.",
            callback=number_in("it", low=1e-8, high=1e8),
        ),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="Loss of ridge-logistic, plain by default.", callback=named("loss", _losses)
        ),
    ] = None,
    out: Out = RESULTS,
    restart: Restart = False,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
) -> None:
    """Map the regimes of a rule with error bounds; what these cannot decide says so."""
    from ..simulations.folder import CERTIFIED, map_into
    from ..theory.foundation.validation import numbers_in

    keep(f"finished cells are kept in {out}; run the same command again to go on")
    grid = [numbers_in("it", text) for text in (eta, kappa, separability)]
    told = {"tau": tau, "ridge": ridge, "loss": loss}
    settings = {name: value for name, value in told.items() if value is not None}
    if rule == "ridge-logistic":
        settings.setdefault("ridge", RIDGE)
    with bar("enclosing") as advance:
        found = map_into(out, *grid, rule=rule, restart=restart, n_jobs=scheduler or jobs or -1,
                         progress=advance, **settings)  # fmt: skip
    undecided = int((found.enclosed & (found.regime < 0)).sum())
    open_cells = int((~found.enclosed).sum())
    say(
        f"{found.regime.size} cells: {found.regime.size - undecided - open_cells} decided, "
        f"{undecided} not decided by their bounds, {open_cells} without a bound"
    )
    say(f"wrote {out / CERTIFIED}")


def losses(
    eta: Annotated[str, list_of("Imbalances, majority over minority")] = ETA,
    kappa: Annotated[str, list_of("Samples per dimension, n/d")] = KAPPA,
    separability: Annotated[str, list_of("Distances Delta of the class means")] = DELTA,
    ridge: Ridge = RIDGE,
    evaluation_eta: Annotated[
        float | None,
        typer.Option(
            help="Imbalance where precision and the like are judged; that of training by default.",
            callback=number_in("it", low=1),
        ),
    ] = None,
    out: Out = RESULTS,
    restart: Restart = False,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
) -> None:
    """Map the metrics of four losses in the limit, and what a threshold repairs."""
    from ..simulations.folder import LOSS_MAP, losses_into
    from ..theory.foundation.validation import numbers_in

    keep(f"finished cells are kept in {out}; run the same command again to go on")
    grid = [numbers_in("it", text) for text in (eta, kappa, separability)]
    with bar("solving") as advance:
        losses_into(out, *grid, ridge=ridge, evaluation_eta=evaluation_eta, restart=restart,
                    n_jobs=scheduler or jobs or -1, progress=advance)  # fmt: skip
    say(f"wrote {out / LOSS_MAP}")


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
    scheduler: Scheduler = None,
) -> None:
    """Hold bounds and plug-in rules against a world whose truth is known."""
    from ..simulations.folder import COVERAGE, PLUG_IN

    keep(f"finished cells are kept in {out}; run the same command again to go on")
    say(cover_into_folder(out, n, imbalance_factor, sets, delta, restart, seed, scheduler or jobs))
    say(f"wrote {out / COVERAGE} and {out / PLUG_IN}")


def plan(
    class_counts: Annotated[
        str | None, typer.Option(help="Examples per class, commas between.", callback=numbers)
    ] = None,
    num_features: Annotated[
        int | None, typer.Option(help="Dimension in which the classes are told apart.", min=1)
    ] = None,
    separability: Annotated[
        float | None,
        typer.Option(
            help="Distance Delta of class means, in standard deviations.",
            callback=number_in("it", low=0, low_open=True),
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="Rows to estimate all that from: a CSV or .npz file, all of it but an X_test, "
            "or the name of a data set, what of it is trained on."
        ),
    ] = None,
    label: Annotated[str | None, typer.Option(help="Column of labels of a table.")] = None,
    imbalance_factor: Annotated[
        float | None,
        typer.Option(
            help=f"Largest over smallest class, of a named data set; {CUT:g} by default.",
            callback=number_in("it", low=1),
        ),
    ] = None,
    data_dir: DataDir = None,
    ridge: Annotated[
        float | None,
        typer.Option(
            help="Say as well what losses give ridge logistic regression with this ridge.",
            callback=number_in("it", low=1e-8, high=1e8),
        ),
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="Draw it: a file, .svg, .png or .pdf.", callback=to_figure)
    ] = None,
) -> None:
    """Say before training which classes imbalance will cost, and what would help."""
    from ..simulations.plan import loss_table, plan, plan_table
    from ..theory.foundation.validation import InputError, numbers_in

    typed = class_counts, num_features, separability
    names, left_out = None, ""
    if data is not None and typed == (None, None, None):
        from ..simulations.separation import estimate_separation

        names, rows, target = _rows(data, label, imbalance_factor)
        found = estimate_separation(rows, target)
        plans = plan(found.class_counts, found.num_features, found)
        if found.left_out:
            left_out = f"{len(found.left_out)} of {len(found.left_out) + found.num_features}"
    elif data is None and None not in typed:
        counts = numbers_in("class_counts", str(class_counts))
        plans = plan(counts, num_features, separability)  # type: ignore[arg-type]
    else:
        raise InputError("give --data, or --class-counts, --num-features and --separability")
    say(plan_table(plans, names), highlight=False)
    if left_out:
        say(
            f"{left_out} columns left out: within classes they are constant or combinations of others"
        )
    if ridge is not None:
        say(f"\n{loss_table(plans, ridge, names)}", highlight=False)
    if figure is not None:
        from ..paper_figs.plans.bars import draw

        draw(plans, names).save(figure)
        say(f"wrote {figure}")


def _rows(data: str, label: str | None, imbalance_factor: float | None) -> tuple:
    """Class names, rows and labels: of a file all, as a plan tests nothing; else what is trained on."""
    from ..methods.data import is_path, load, read_rows
    from ..theory.foundation.validation import InputError

    own = is_path(data)
    if own and imbalance_factor is not None:
        raise InputError(
            f"imbalance_factor = {imbalance_factor:g}: a file of yours is planned as it is; "
            "leave --imbalance-factor out"
        )
    if own and Path(data).is_file():
        rows, target, names = read_rows(data, label)
    else:
        found = load(data, CUT if imbalance_factor is None else imbalance_factor, label=label)
        rows, target, names = found.train_images, found.train_labels.numpy(), found.class_names
    if rows.ndim != 2:
        raise InputError(
            f"data = {data!r}: it has images; store features of them first (counterpoise features)"
        )
    return names, rows, target


def simulate_into_folder(
    out: Path,
    eta: str = ETA,
    kappa: str = KAPPA,
    separability: str = DELTA,
    draws: int = DRAWS,
    restart: bool = False,
    seed: int = 0,
    workers: int | str = 1,
) -> str:
    """Run the simulation of `simulate`, and say how well it agrees."""
    from ..simulations.folder import agreement, simulate_into
    from ..theory.foundation.validation import numbers_in

    grid = [numbers_in("it", text) for text in (eta, kappa, separability)]
    with bar("simulating") as advance:
        return agreement(
            simulate_into(out, *grid, draws=draws, seed=seed, restart=restart,
                          n_jobs=workers or -1, progress=advance)
        )  # fmt: skip


def cover_into_folder(
    out: Path,
    n: str = SIZES,
    factor: float = FACTOR,
    sets: int = SETS,
    delta: float = FAILURE,
    restart: bool = False,
    seed: int = 0,
    workers: int | str = 1,
) -> str:
    """Run the sweeps of `coverage`, and show each bound beside the truth."""
    from ..paper_figs.bound_coverage import coverage_table
    from ..simulations.folder import cover_into
    from ..theory.foundation.validation import numbers_in

    sizes = numbers_in("n", n)
    with bar("drawing training sets") as advance:
        measured, _ = cover_into(out, sizes, imbalance_factor=factor, sets=sets, delta=delta, seed=seed,
                                 restart=restart, n_jobs=workers or -1, progress=advance)  # fmt: skip
    return coverage_table(measured)
