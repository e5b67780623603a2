"""The command line: it parses, calls, prints. One line and exit code 2 for a user's slip.

Nothing heavy is imported before a command runs, so that help comes at once.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer.core import TyperCommand

if TYPE_CHECKING:
    import xarray as xr

    from .methods.training import RunResults
    from .theory.catalogue import Score
    from .theory.claims import Statement
    from .theory.proof.certificate import Certificate

__all__ = ["app", "main"]

app = typer.Typer(
    help="The theory of class-imbalanced learning, executable.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
console = Console(soft_wrap=False)
errors = Console(stderr=True, highlight=False)

_COLOURS = {"proved": "green", "checked": "cyan", "cited": "yellow", "confirmed": "green"}

Names = Annotated[list[str] | None, typer.Argument(help="Statements or modules; all by default.")]
JsonOut = Annotated[Path | None, typer.Option("--json", help="Write certificates to this file.")]
Jobs = Annotated[int, typer.Option(help="Processes; 0 means one per core.", min=0)]
Out = Annotated[Path, typer.Option(help="Folder for the results.")]
Seed = Annotated[int, typer.Option(help="Seed of everything random.", min=0)]
Accelerator = Annotated[str, typer.Option("--device", help="cpu, cuda or auto.")]
RESULTS = Path("counterpoise-results")
ETA, KAPPA, DELTA, DRAWS = "1,2,5,10,30,100", "0.3,1,3,10,30", "2,3,4", 400
SIZES, FACTOR, SETS, FAILURE = "110,330,1100,3300,11000,33000", 10.0, 2000, 0.05


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        _fail("interrupted", 130)
    except typer.exceptions.TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        _fail(message)
    except Exception as error:
        from .theory.foundation.validation import InputError, InputTypeError

        if not isinstance(error, InputError | InputTypeError):
            raise
        _fail(str(error))
    else:
        sys.exit(code or 0)


def _fail(message: str, code: int = 2) -> None:
    errors.print(f"counterpoise: {' '.join(message.split())}", markup=False, soft_wrap=True)
    sys.exit(code)


@app.command()
def verify(
    names: Names = None,
    json_file: JsonOut = None,
    jobs: Jobs = 0,
    fast: Annotated[
        bool, typer.Option("--fast", help="Re-check the stored proofs instead of searching anew.")
    ] = False,
) -> None:
    """Prove or check the statements of the catalogue; exit 1 if one does not hold."""
    certificates = (_recheck_stored if fast else _verify)(_select(names), jobs)
    if json_file is not None:
        from .theory.proof.certificate import save_certificates

        save_certificates(certificates, json_file)
    _print_verified(certificates)
    if fast:
        console.print("stored proofs, re-checked by the second engines")
    raise typer.Exit(0 if all(c.status in _COLOURS for c in certificates) else 1)


@app.command()
def attack(
    names: Names = None,
    json_file: JsonOut = None,
    jobs: Jobs = 0,
    generated: Annotated[
        bool, typer.Option("--generated", help="Change the formulas themselves, and score.")
    ] = False,
) -> None:
    """Refute the false neighbours of the statements; exit 1 if one survives."""
    attacks = (_attack_generated if generated else _attack)(_select(names), jobs)
    if json_file is not None:
        from .theory.proof.certificate import save_certificates

        save_certificates(attacks, json_file)
    if generated:
        from .theory.catalogue.mutation import score

        scores = score(attacks)
        _print_scored(attacks, scores)
        raise typer.Exit(0 if all(row.is_enough for row in scores) else 1)
    _print_attacked(attacks)
    raise typer.Exit(0 if all(c.status == "refuted" for c in attacks) else 1)


@app.command()
def recheck(
    file: Annotated[Path, typer.Argument(help="Certificates, written by verify or attack --json.")],
) -> None:
    """Check certificates again with the second engines; exit 1 if one does not pass."""
    from .theory.catalogue import recheck_catalogued
    from .theory.proof.certificate import Tampered, load_certificates

    try:
        certificates = load_certificates(file)
    except Tampered as error:
        errors.print(f"counterpoise: rejected: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    failed = 0
    with _Bar("rechecking", len(certificates)) as advance:
        verdicts = []
        for certificate in certificates:
            verdicts.append(recheck_catalogued(certificate))
            advance()
    for certificate, verdict in zip(certificates, verdicts, strict=True):
        colour = _COLOURS.get(verdict.status, "red")
        failed += verdict.status not in ("confirmed", "sampled")
        console.print(
            f"[{colour}]{verdict.status:10}[/] {escape(certificate.name)} {escape(verdict.reason)}"
        )
    console.print(f"{len(certificates) - failed} of {len(certificates)} certificates confirmed")
    raise typer.Exit(1 if failed else 0)


@app.command()
def pin(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what differs; exit 1 if anything does.")
    ] = False,
) -> None:
    """Pin what the statements say; prints both versions of every one that changed."""
    from .theory.catalogue import statements
    from .theory.claims.pins import changes, write_pins

    changed = changes(statements().values())
    for name, versions in changed.items():
        console.print(f"[bold]{escape(name)}[/]")
        for sign, version in zip("-+", versions, strict=True):
            for key, text in (version or {"": "(nothing)"}).items():
                console.print(f"  {sign} {key}: {escape(text)}", soft_wrap=True, highlight=False)
    if not dry_run:
        write_pins(statements().values())
    console.print(f"{len(changed)} of {len(statements())} statements differ from their pins")
    raise typer.Exit(1 if dry_run and changed else 0)


@app.command()
def contents(
    out: Annotated[
        Path, typer.Option(help="Folder for the pages and proofs: theory, in a checkout.")
    ],
    chapters: Annotated[
        list[str] | None, typer.Argument(help="Chapters to prove anew; all, if none is named.")
    ] = None,
    scored: Annotated[
        Path | None, typer.Option(help="Generated mutants, from: attack --generated --json FILE.")
    ] = None,
    jobs: Jobs = 0,
) -> None:
    """Verify the catalogue; write its pages (contents, chapters, numbers) and its proofs."""
    from .theory.catalogue import measured_scores, of_chapters, write_contents
    from .theory.foundation.files import output_folder
    from .theory.proof.certificate import load_certificates

    output_folder(out)
    chosen = of_chapters(chapters or ())
    scores = measured_scores(load_certificates(scored)) if scored else None
    for path in write_contents(out, _verify(chosen, jobs), scores):
        console.print(f"wrote {path}", soft_wrap=True)


@app.command()
def simulate(
    eta: Annotated[str, typer.Option(help="Imbalances, majority over minority.")] = ETA,
    kappa: Annotated[str, typer.Option(help="Samples per dimension, n/d.")] = KAPPA,
    separability: Annotated[str, typer.Option("--delta", help="Separabilities Delta.")] = DELTA,
    draws: Annotated[int, typer.Option(help="Training sets per cell.", min=2)] = DRAWS,
    out: Out = RESULTS,
    seed: Seed = 0,
    jobs: Jobs = 1,
) -> None:
    """Map the regimes of plug-in LDA over a grid: closed form beside Monte Carlo."""
    _print_simulated(_simulate(eta, kappa, separability, draws, out, seed, jobs))
    console.print(f"wrote {out / 'simulation.nc'}")


@app.command()
def coverage(
    n: Annotated[str, typer.Option("--n", help="Training examples.")] = SIZES,
    imbalance_factor: Annotated[float, typer.Option(help="Largest over smallest class.")] = FACTOR,
    sets: Annotated[int, typer.Option(help="Training sets for each n.", min=1)] = SETS,
    delta: Annotated[float, typer.Option(help="Allowed failure probability.")] = FAILURE,
    out: Out = RESULTS,
    seed: Seed = 0,
    jobs: Jobs = 1,
) -> None:
    """Hold bounds against the truth: violations and looseness, and the regret of plug-in rules."""
    _print_coverage(_cover(n, imbalance_factor, sets, delta, out, seed, jobs))
    console.print(f"wrote {out / 'coverage.nc'} and {out / 'plug_in.nc'}")


class _Train(TyperCommand):
    """The command whose help lists the methods, read from the registry when help is asked for."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        from .methods.registry import METHODS

        with formatter.section("Methods"):
            formatter.write_dl([(key, METHODS[key].title) for key in sorted(METHODS)])


@app.command(cls=_Train)
def train(
    method: Annotated[list[str] | None, typer.Option(help="See below; repeat for several.")] = None,
    data: Annotated[str, typer.Option(help="Data set.")] = "digits",
    imbalance_factor: Annotated[float, typer.Option(help="Largest over smallest class.")] = 100.0,
    seeds: Annotated[int, typer.Option(help="Paired repetitions.")] = 5,
    epochs: Annotated[int | None, typer.Option(help="Epochs; the recipe's by default.")] = None,
    device: Accelerator = "cpu",
    out: Out = RESULTS / "training",
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run stopped.")] = False,
) -> None:
    """Train methods on a long-tailed data set and hold them against cross-entropy."""
    options = {"methods": method or None, "data": data, "imbalance_factor": imbalance_factor}
    options |= {"seeds": seeds, "epochs": epochs}
    _print_trained(_train(options, device, out, resume))
    console.print(f"wrote {out / 'results.json'}")


@app.command()
def figures(
    results: Annotated[
        Path, typer.Option(help="Folder that simulate and train wrote to.")
    ] = RESULTS,
    out: Annotated[Path | None, typer.Option(help="Folder for the figures.")] = None,
    suffix: Annotated[str, typer.Option("--format", help="svg, png or pdf.")] = "svg",
) -> None:
    """Draw the figures from the results."""
    from .paper_figs import draw_all, load_evidence
    from .theory.foundation.files import output_folder
    from .theory.foundation.validation import one_of

    one_of("format", suffix, ("svg", "png", "pdf"))
    evidence = load_evidence(results)
    folder = output_folder(results / "figures" if out is None else out)
    for name, figure in draw_all(evidence).items():
        figure.save(folder / f"{name}.{suffix}")
        console.print(f"wrote {folder / f'{name}.{suffix}'}")


@app.command()
def report(
    names: Names = None,
    results: Annotated[
        Path, typer.Option(help="Folder that simulate and train wrote to.")
    ] = RESULTS,
    out: Annotated[
        Path | None, typer.Option(help="The page; results/report.html by default.")
    ] = None,
    jobs: Jobs = 0,
) -> None:
    """Re-check the proofs, attack, and write one offline page with all that the results show."""
    from .paper_figs import load_evidence, write_report

    measured = load_evidence(results)
    statements = _select(names)
    evidence = measured.with_proofs(_recheck_stored(statements, jobs), _attack(statements, jobs))
    page = results / "report.html" if out is None else out
    write_report(page, evidence)
    console.print(f"wrote {page}")


@app.command()
def demo(out: Out = Path("counterpoise-demo"), device: Accelerator = "cpu", jobs: Jobs = 0) -> None:
    """The whole chain on the embedded data: re-check the proofs, attack, simulate, train, report."""
    from .theory.foundation.files import output_folder
    from .theory.proof.certificate import save_certificates

    output_folder(out)
    statements = _select(None)
    certificates = _recheck_stored(statements, jobs)
    save_certificates(certificates, out / "certificates.json")
    attacks = _attack(statements, jobs)
    save_certificates(attacks, out / "attacks.json")
    _simulate(ETA, KAPPA, DELTA, DRAWS, out, 0, 1)
    _cover(SIZES, FACTOR, SETS, FAILURE, out, 0, 1)
    _train({}, device, out / "training", resume=True)

    from .paper_figs import findings, load_evidence, write_report

    measured = load_evidence(out, commands=("counterpoise demo",))
    evidence, page = measured.with_proofs(certificates, attacks), out / "report.html"
    write_report(page, evidence)
    console.print(f"\nThe report is at [bold]{escape(str(page.resolve()))}[/]")
    for line in findings(evidence):
        console.print(f"- {escape(line)}", soft_wrap=True, highlight=False)
    fine = all(c.status in _COLOURS for c in certificates)
    raise typer.Exit(0 if fine and all(c.status == "refuted" for c in attacks) else 1)


# ----------------------------------------------------------------------------------- the verbs


def _select(names: list[str] | None) -> "list[Statement]":
    from .theory.catalogue import select

    return select(names or ())


def _verify(statements: "list[Statement]", jobs: int) -> "list[Certificate]":
    from .theory.catalogue import verify_all

    with _Bar("proving", len(statements)) as advance:
        return verify_all(statements, jobs=jobs, progress=advance)


def _recheck_stored(statements: "list[Statement]", jobs: int) -> "list[Certificate]":
    from .theory.catalogue import recheck_stored

    with _Bar("rechecking", len(statements)) as advance:
        return recheck_stored(statements, jobs=jobs, progress=advance)


def _attack(statements: "list[Statement]", jobs: int) -> "list[Certificate]":
    from .theory.catalogue import attack_all

    with _Bar("attacking", len(statements)) as advance:
        return attack_all(statements, jobs=jobs, progress=advance)


def _attack_generated(statements: "list[Statement]", jobs: int) -> "list[Certificate]":
    from .theory.catalogue import attack_generated_all

    with _Bar("attacking", len(statements)) as advance:
        return attack_generated_all(statements, jobs=jobs, progress=advance)


def _simulate(
    eta: str, kappa: str, delta: str, draws: int, out: Path, seed: int, jobs: int
) -> "xr.Dataset":
    from .simulations.folder import simulate_into
    from .theory.foundation.validation import numbers_in

    grid = [numbers_in(*pair) for pair in (("eta", eta), ("kappa", kappa), ("delta", delta))]
    with _Bar("simulating", None) as advance:
        return simulate_into(
            out, *grid, draws=draws, seed=seed, n_jobs=jobs or -1, progress=advance
        )


def _cover(
    n: str, imbalance_factor: float, sets: int, delta: float, out: Path, seed: int, jobs: int
) -> "xr.Dataset":
    from .simulations.folder import cover_into
    from .theory.foundation.validation import numbers_in

    sizes = numbers_in("n", n)
    with _Bar("drawing training sets", None) as advance:
        coverage, _ = cover_into(out, sizes, imbalance_factor=imbalance_factor, sets=sets,
                                 delta=delta, seed=seed, n_jobs=jobs or -1, progress=advance)  # fmt: skip
    return coverage


def _train(options: dict[str, Any], device: str, out: Path, resume: bool) -> "RunResults":
    from .methods.training import Progress, Recipe, run

    recipe = Recipe.given(**options)
    with _Bar("training", None) as advance:

        def show(now: Progress) -> None:
            advance(now.epochs_done, now.all_epochs, f"training {now.method}, seed {now.seed}")

        return run(recipe, out, resume=resume, accelerator=device, progress=show)


# ---------------------------------------------------------------------------------- what is shown


class _Bar:
    """A progress bar: ``with _Bar(text, total) as advance``; advance() or advance(done, total)."""

    def __init__(self, text: str, total: int | None) -> None:
        self.text, self.total = text, total
        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=errors, transient=True,
        )  # fmt: skip

    def __enter__(self) -> Any:
        self.bar.start()
        self.task = self.bar.add_task(self.text, total=self.total)
        return self.advance

    def advance(self, done: int | None = None, total: int | None = None, text: str = "") -> None:
        if done is None:
            self.bar.advance(self.task)
        else:
            self.bar.update(self.task, completed=done, total=total, description=text or self.text)

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def _print_verified(certificates: "list[Certificate]") -> None:
    table = Table("statement", "status", "shown", "engines", "seconds", box=None, pad_edge=False)
    for certificate in certificates:
        colour = _COLOURS.get(certificate.status, "red")
        table.add_row(
            certificate.name,
            f"[{colour}]{certificate.status}[/]",
            certificate.shown.get("mark", "").split(" ")[0],
            ", ".join(certificate.engines),
            f"{certificate.seconds:.2f}",
        )
    console.print(table)
    for certificate in certificates:
        if certificate.status not in _COLOURS and certificate.detail:
            console.print(f"[red]{escape(certificate.name)}[/] {escape(certificate.detail)}")
        for part in certificate.parts:
            if part.status not in _COLOURS:
                console.print(f"[red]{escape(certificate.name)}[/] {escape(str(part))}")
    counts = Counter(certificate.verdict for certificate in certificates)
    console.print(", ".join(f"{count} {status}" for status, count in counts.items()))


def _print_attacked(attacks: "list[Certificate]") -> None:
    for certificate in attacks:
        colour = "green" if certificate.status == "refuted" else "red"
        found = certificate.counterexample
        console.print(
            f"[{colour}]{certificate.status:8}[/] {escape(certificate.name)}: "
            f"{escape(certificate.detail)}\n         "
            f"{escape(found['text']) if found else 'no counterexample found'}",
            soft_wrap=True,
            highlight=False,
        )
    refuted = sum(c.status == "refuted" for c in attacks)
    console.print(f"{refuted} of {len(attacks)} mutants refuted")


def _print_scored(attacks: "list[Certificate]", scores: "list[Score]") -> None:
    """Every mutant that is not refuted with the reason, then the score of each module."""
    for certificate in attacks:
        if certificate.status != "refuted":
            true = certificate.status in ("proved", "checked")
            console.print(
                f"{'true as well' if true else 'survived':12} {escape(certificate.name)}: "
                f"{escape(certificate.detail)}: {escape('; '.join(certificate.claim))}",
                soft_wrap=True,
                highlight=False,
            )
    table = Table("module", "generated", "refuted", "true as well", "survived", "score", box=None)
    for row in scores:
        table.add_row(row.module, str(row.generated), str(row.refuted), str(row.true),
                      str(row.survived), f"{row.share:.1%}")  # fmt: skip
    console.print(table)


def _print_simulated(dataset: "xr.Dataset") -> None:
    worst = float(abs(dataset.z_recall).max()), float(abs(dataset.z_specificity).max())
    cells = dataset.recall.size
    console.print(f"{cells} cells, {dataset.attrs.get('draws', '')} training sets each")
    console.print(
        "closed form against Monte Carlo: largest difference "
        f"{worst[0]:.2f} standard errors in recall, {worst[1]:.2f} in specificity"
    )


def _print_coverage(dataset: "xr.Dataset") -> None:
    from .paper_figs.bound_coverage import coverage_rows

    table = Table("bound", "n", "violations", "95% interval of the rate", "bound", "truth",
                  box=None, pad_edge=False)  # fmt: skip
    for row in coverage_rows(dataset):
        low, high = row["interval"]
        table.add_row(row["bound"], str(row["n"]), f"{row['violations']} of {row['sets']}",
                      f"{low:.4f} to {high:.4f}", f"{row['value']:.3f}", f"{row['truth']:.3f}")  # fmt: skip
    console.print(table)


def _print_trained(results: "RunResults") -> None:
    table = Table("method", "balanced accuracy", "many", "medium", "few", "minus ce (95% interval)",
                  box=None, pad_edge=False)  # fmt: skip
    for row in results.summary:
        groups = [
            "-" if group is None else f"{group:.3f}" for group in (row.many, row.medium, row.few)
        ]
        shown = "-" if row.difference_to_ce is None else f"{row.difference_to_ce:+.3f}"
        if row.interval is not None and row.method != "ce":
            shown += f" [{row.interval[0]:+.3f}, {row.interval[1]:+.3f}]"
        spread = "" if row.std is None else f" ± {row.std:.3f}"
        table.add_row(row.method, f"{row.balanced_accuracy:.3f}{spread}", *groups, escape(shown))
    console.print(table)
