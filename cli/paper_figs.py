"""The commands that show what was measured: figures, report, ledger, and the whole chain.

Checked by: each run as a user runs it.
"""

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    RESULTS,
    Device,
    Form,
    Jobs,
    Names,
    Out,
    OutFile,
    Results,
    named,
    to_file,
    to_folder,
)
from .simulations import cover_into_folder, simulate_into_folder
from .terminal import bar, hand_over, keep, say, tell
from .theory import each, save, select_named
from .training import shown_by, train_into


def figures(
    results: Results = RESULTS,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the figures.", callback=to_folder)
    ] = None,
    suffix: Annotated[
        str,
        typer.Option(
            "--format",
            help="svg, png or pdf.",
            callback=named("format", lambda: ("svg", "png", "pdf")),
        ),
    ] = "svg",
) -> None:
    """Draw the figures from the results."""
    from ..paper_figs import draw_all, load_evidence
    from ..paper_figs.evidence import found_in
    from ..theory.foundation.files import output_folder

    evidence = load_evidence(results)
    tell(found_in(results))
    folder = output_folder(results / "figures" if out is None else out)
    for name, figure in draw_all(evidence).items():
        figure.save(folder / f"{name}.{suffix}")
        say(f"wrote {folder / f'{name}.{suffix}'}")


def report(
    names: Names = None,
    results: Results = RESULTS,
    out: Annotated[
        Path | None,
        typer.Option(help="The page; report.html among the results by default.", callback=to_file),
    ] = None,
    jobs: Jobs = 0,
) -> None:
    """Re-check proofs, attack, and write one page of all that was measured."""
    from ..paper_figs import load_evidence, write_report
    from ..paper_figs.evidence import found_in
    from ..theory.foundation.files import check_output_file, output_folder

    measured = load_evidence(results)
    statements = select_named(names)
    tell(found_in(results))
    page = check_output_file(results / "report.html" if out is None else out)
    evidence = measured.with_proofs(
        each("recheck_stored", "rechecking", statements, jobs),
        each("attack_all", "attacking", statements, jobs),
    )
    output_folder(page.parent)
    write_report(page, evidence)
    say(f"wrote {page}")


def ledger(
    results: Annotated[Path, typer.Argument(help="A folder that predict and train wrote.")],
    all_rows: Annotated[
        bool, typer.Option("--all", help="Every prediction, not only what does not hold.")
    ] = False,
    form: Form = "text",
    out: OutFile = None,
) -> None:
    """Hold what was predicted before a training against what it measured."""
    from ..paper_figs.foretold import ledger_table

    hand_over(ledger_table(results, all_rows, form), out)


def store(
    results: Annotated[Path, typer.Argument(help="A folder that train wrote.")],
    out: Annotated[Path, typer.Option(help="Where to.", callback=to_folder)],
) -> None:
    """Keep a finished training small: prediction, recipe, results, times, versions."""
    from ..paper_figs.stored import store as stored

    say(f"wrote {stored(results, out)}")


def _experiments() -> list[str]:
    from ..paper_figs.experiments.running import EXPERIMENTS

    return list(EXPERIMENTS)


def experiment(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Which one; without it, the list of them.",
            callback=named("experiment", _experiments),
        ),
    ] = None,
    out: Out = Path("counterpoise-experiment"),
    part: Annotated[
        list[str] | None, typer.Option(help="A part to measure alone; may be repeated.")
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            help="Folder for numbers and page; results in --out by default.", callback=to_folder
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Processes of one thread each.", min=1)] = 1,
) -> None:
    """Measure what a system of the field gains, and write the page of what was found."""
    from ..paper_figs.experiments.running import experiments_table, run_experiment

    if name is None:
        say(experiments_table(), highlight=False)
        return
    keep(f"what is finished is kept in {out}; run the same command again to go on")
    with bar(name) as advance:
        written = run_experiment(name, out, part or (), store, jobs, shown_by(advance))
    for path in written:
        say(f"wrote {path}")
    if not written:
        say(f"measured {', '.join(part or ())}; the page is written once all parts are")


def demo(out: Out = Path("counterpoise-demo"), device: Device = "cpu", jobs: Jobs = 0) -> None:
    """Run the whole chain: re-check, attack, simulate, train, report."""
    from ..theory.foundation.files import output_folder

    if device != "cpu":
        from ..methods.training.devices import check_accelerator

        check_accelerator(device)
    output_folder(out)
    statements = select_named(None)
    again = f"what is finished is kept in {out}; run the same command again to go on"
    _stage(1, f"re-checking the stored proofs of {len(statements)} statements", again)
    certificates = each("recheck_stored", "rechecking", statements, jobs)
    save(certificates, out / "certificates.json")
    _stage(2, "attacking their false neighbours", again)
    attacks = each("attack_all", "attacking", statements, jobs)
    save(attacks, out / "attacks.json")
    _stage(3, "simulating plug-in LDA over a grid", again)
    say(simulate_into_folder(out))
    _stage(4, "holding bounds and plug-in rules against the truth", again)
    cover_into_folder(out)
    _stage(5, "training on long-tailed digits", again)
    from ..methods.training import resumed

    train_into(resumed(out / "training"), device, out / "training", resume=True)
    _stage(6, "writing the report", again)
    from ..paper_figs import findings, load_evidence, write_report

    measured = load_evidence(out, commands=("counterpoise demo",))
    evidence, page = measured.with_proofs(certificates, attacks), out / "report.html"
    write_report(page, evidence)
    say(f"\nThe report is at {page.resolve()}", style="bold")
    for line in findings(evidence):
        say(f"- {line}", highlight=False)
    fine = all(c.holds for c in certificates)
    raise typer.Exit(0 if fine and all(c.status == "refuted" for c in attacks) else 1)


def _stage(number: int, text: str, kept: str) -> None:
    keep(kept)
    say(f"{number}/6 {text}", highlight=False)
