"""The command line: it parses, calls, prints. One line and exit code 2 for a user's slip.

Nothing heavy is imported before a command runs, so that help comes at once.
"""

import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from .theory.proof.certificate import Certificate
    from .theory.statement import Statement

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
PLUG_IN_EXAMPLES = (500, 1000, 2000, 4000, 8000, 16000, 32000)


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
        from .theory.validation import InputError, InputTypeError

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
    if generated:
        _attack_generated(_select(names), json_file, jobs)
    attacks = _attack(_select(names), jobs)
    if json_file is not None:
        from .theory.proof.certificate import save_certificates

        save_certificates(attacks, json_file)
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
def contents(
    out: Annotated[Path, typer.Option(help="Folder for README.md and proofs.json.gz.")],
    scored: Annotated[
        Path | None, typer.Option(help="Generated mutants, from: attack --generated --json FILE.")
    ] = None,
    jobs: Jobs = 0,
) -> None:
    """Verify the catalogue; write its table (statements, numbers, corrections) and its proofs."""
    from .theory.files import output_folder, write_atomically
    from .theory.proof.certificate import load_certificates, save_certificates
    from .theory.table_of_contents import render

    output_folder(out)
    attacks = load_certificates(scored) if scored else []
    certificates = _verify(_select(None), jobs)
    save_certificates([own.without_seconds() for own in certificates], out / "proofs.json.gz")
    write_atomically(out / "README.md", render(certificates, attacks).encode())
    console.print(f"wrote {out / 'README.md'} and {out / 'proofs.json.gz'}")


@app.command()
def simulate(
    eta: Annotated[
        str, typer.Option(help="Imbalances, majority over minority.")
    ] = "1,2,5,10,30,100",
    kappa: Annotated[str, typer.Option(help="Samples per dimension, n/d.")] = "0.3,1,3,10,30",
    separability: Annotated[str, typer.Option("--delta", help="Separabilities Delta.")] = "2,3,4",
    draws: Annotated[int, typer.Option(help="Training sets per cell.", min=2)] = 400,
    out: Out = RESULTS,
    seed: Seed = 0,
    jobs: Jobs = 1,
) -> None:
    """Map the regimes of plug-in LDA over a grid: closed form beside Monte Carlo."""
    dataset = _simulate(eta, kappa, separability, draws, out, seed, jobs)
    _print_simulated(dataset)
    console.print(f"wrote {out / 'simulation.nc'}")


@app.command()
def coverage(
    n: Annotated[
        str, typer.Option("--n", help="Training examples.")
    ] = "110,330,1100,3300,11000,33000",
    imbalance_factor: Annotated[float, typer.Option(help="Largest over smallest class.")] = 10.0,
    sets: Annotated[int, typer.Option(help="Training sets for each n.", min=1)] = 2000,
    delta: Annotated[float, typer.Option(help="Allowed failure probability.")] = 0.05,
    out: Out = RESULTS,
    seed: Seed = 0,
    jobs: Jobs = 1,
) -> None:
    """Hold bounds against the truth: violations and looseness, and the regret of plug-in rules."""
    dataset, _ = _coverage(n, imbalance_factor, sets, delta, out, seed, jobs)
    _print_coverage(dataset)
    console.print(f"wrote {out / 'coverage.nc'} and {out / 'plug_in.nc'}")


@app.command()
def train(
    method: Annotated[list[str] | None, typer.Option(help="Repeat for several.")] = None,
    data: Annotated[str, typer.Option(help="Data set.")] = "digits",
    imbalance_factor: Annotated[float, typer.Option(help="Largest over smallest class.")] = 100.0,
    seeds: Annotated[int, typer.Option(help="Paired repetitions.")] = 5,
    epochs: Annotated[int | None, typer.Option(help="Epochs; the recipe's by default.")] = None,
    device: Accelerator = "cpu",
    out: Out = RESULTS / "training",
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run stopped.")] = False,
) -> None:
    """Train methods on a long-tailed data set and hold them against cross-entropy."""
    results = _train(method, data, imbalance_factor, seeds, epochs, device, out, resume)
    _print_trained(results)
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
    from .paper_figs import draw_all, save
    from .theory.files import output_folder
    from .theory.validation import one_of

    one_of("format", suffix, ("svg", "png", "pdf"))
    dataset, trained, covered = _load(results)
    folder = output_folder(results / "figures" if out is None else out)
    for name, figure in draw_all(trained, dataset, *covered).items():
        save(figure, folder / f"{name}.{suffix}")
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
    dataset, trained, covered = _load(results)
    statements = _select(names)
    page = results / "report.html" if out is None else out
    certificates, attacks = _recheck_stored(statements, jobs), _attack(statements, jobs)
    verbs = ("simulate", "coverage", "train", "report")
    commands = tuple(f"counterpoise {verb}" for verb in verbs)
    _write_report(page, certificates, attacks, dataset, trained, covered, commands)
    console.print(f"wrote {page}")


@app.command()
def demo(out: Out = Path("counterpoise-demo"), device: Accelerator = "cpu", jobs: Jobs = 0) -> None:
    """The whole chain on the embedded data: re-check the proofs, attack, simulate, train, report."""
    from .theory.files import output_folder
    from .theory.proof.certificate import save_certificates

    output_folder(out)
    statements = _select(None)
    certificates = _recheck_stored(statements, jobs)
    save_certificates(certificates, out / "certificates.json")
    attacks = _attack(statements, jobs)
    save_certificates(attacks, out / "attacks.json")
    dataset = _simulate("1,2,5,10,30,100", "0.3,1,3,10,30", "2,3,4", 400, out, 0, 1)
    covered = _coverage("110,330,1100,3300,11000,33000", 10.0, 2000, 0.05, out, 0, 1)
    trained = _train(None, "digits", 100.0, 5, None, device, out / "training", resume=True)
    page, own = out / "report.html", ("counterpoise demo",)
    found = _write_report(page, certificates, attacks, dataset, trained, covered, own)
    console.print(f"\nThe report is at [bold]{escape(str(page.resolve()))}[/]")
    for line in found:
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


def _attack_generated(statements: "list[Statement]", json_file: Path | None, jobs: int) -> None:
    """Attack the formulas themselves; every mutant that is not refuted is listed with the reason."""
    from .theory.catalogue import attack_generated_all
    from .theory.mutation import score
    from .theory.proof.certificate import save_certificates

    with _Bar("attacking", len(statements)) as advance:
        attacks = attack_generated_all(statements, jobs=jobs, progress=advance)
    if json_file is not None:
        save_certificates(attacks, json_file)
    for own in attacks:
        if own.status != "refuted":
            found = "true as well" if own.status in ("proved", "checked") else "survived"
            console.print(f"{found:12} {escape(own.name)}: {escape(own.detail)}: "
                          f"{escape('; '.join(own.claim))}", soft_wrap=True, highlight=False)  # fmt: skip
    table = Table("module", "generated", "refuted", "true as well", "survived", "score", box=None)
    for row in score(attacks):
        table.add_row(row.module, str(row.generated), str(row.refuted), str(row.true),
                      str(row.survived), f"{row.share:.1%}")  # fmt: skip
    console.print(table)
    raise typer.Exit(1 if any(row.share < 0.95 for row in score(attacks)) else 0)


def _simulate(eta: str, kappa: str, delta: str, draws: int, out: Path, seed: int, jobs: int) -> Any:
    from .simulations import regime_sweep, save_dataset
    from .theory.files import output_folder
    from .theory.lda import plug_in_rates

    grid = [_numbers(*pair) for pair in (("eta", eta), ("kappa", kappa), ("delta", delta))]
    for point in product(*grid):
        plug_in_rates(*point)  # a value out of range is refused before a folder is made
    output_folder(out)
    with _Bar("simulating", None) as advance:
        dataset = regime_sweep(*grid, draws=draws, seed=seed, n_jobs=jobs or -1, progress=advance)
    save_dataset(dataset, out / "simulation.nc")
    return dataset


def _coverage(
    n: str, imbalance_factor: float, sets: int, delta: float, out: Path, seed: int, jobs: int
) -> tuple[Any, Any]:
    from .simulations import save_dataset
    from .simulations.coverage import coverage_sweep
    from .simulations.plug_in_world import plug_in_sweep
    from .simulations.sign_world import SignWorld
    from .theory.files import output_folder
    from .theory.validation import as_number

    sizes = _numbers("n", n)
    as_number("delta", delta, low=0, high=1, low_open=True, high_open=True)
    for size in sizes:
        SignWorld.of(int(size), as_number("imbalance_factor", imbalance_factor, low=1))
    output_folder(out)  # what is out of range was refused before a folder is made
    with _Bar("drawing training sets", None) as advance:
        dataset = coverage_sweep(sizes, imbalance_factor=imbalance_factor, sets=sets, delta=delta,
                                 seed=seed, n_jobs=jobs or -1, progress=advance)  # fmt: skip
        regret = plug_in_sweep(PLUG_IN_EXAMPLES, seed=seed, n_jobs=jobs or -1, progress=advance)
    save_dataset(dataset, out / "coverage.nc")
    save_dataset(regret, out / "plug_in.nc")
    return dataset, regret


def _numbers(name: str, text: str) -> list[float]:
    from .theory.validation import InputError

    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        message = f"--{name} = {text!r}: must be numbers with commas between, such as 1,10,100"
        raise InputError(message) from None


def _train(
    methods: list[str] | None,
    data: str,
    imbalance_factor: float,
    seeds: int,
    epochs: int | None,
    device: str,
    out: Path,
    resume: bool,
) -> dict[str, Any]:
    from .methods.training import Recipe, run

    options: dict[str, Any] = {"data": data, "imbalance_factor": imbalance_factor, "seeds": seeds}
    options |= {"methods": tuple(methods)} if methods else {}
    options |= {"epochs": epochs} if epochs is not None else {}
    recipe = Recipe(**options)
    with _Bar("training", None) as advance:
        return run(
            recipe,
            out,
            resume=resume,
            accelerator=device,
            progress=lambda p: advance(
                (p.done * p.epochs) + (p.epoch % p.epochs),
                p.members * p.epochs,
                f"training {p.method}, seed {p.seed}",
            ),
        )


def _load(results: Path) -> tuple[Any, Any, tuple[Any, Any]]:
    from .methods.training import load_results
    from .simulations import load_dataset
    from .theory.validation import InputError

    simulated, trained = results / "simulation.nc", results / "training"
    dataset = load_dataset(simulated) if simulated.exists() else None
    bounds = [results / f"{name}.nc" for name in ("coverage", "plug_in")]
    first, second = (load_dataset(path) if path.exists() else None for path in bounds)
    content = load_results(trained) if (trained / "results.json").exists() else None
    if dataset is None and content is None and first is None and second is None:
        raise InputError(f"{results} holds no results: run counterpoise simulate or train first")
    return dataset, content, (first, second)


def _write_report(
    page: Path,
    certificates: "list[Certificate]",
    attacks: "list[Certificate]",
    dataset: Any,
    trained: Any,
    covered: tuple[Any, Any],
    commands: tuple[str, ...],
) -> list[str]:
    from .paper_figs import draw_all, findings, write_report
    from .paper_figs.entries import attack_entry, claim_entry
    from .theory.catalogue import statements

    found = findings(certificates, attacks, dataset, trained, covered[0])
    known = statements()
    write_report(
        page,
        certificates=[claim_entry(known[c.name], c) for c in certificates],
        attacks=[attack_entry(known[c.name.split("/")[0]], c) for c in attacks],
        dataset=dataset,
        results=trained,
        findings=found,
        figures=draw_all(trained, dataset, *covered),
        coverage=covered[0],
        commands=commands,
    )
    return found


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
    table = Table("statement", "status", "engines", "seconds", box=None, pad_edge=False)
    for certificate in certificates:
        colour = _COLOURS.get(certificate.status, "red")
        table.add_row(
            certificate.name,
            f"[{colour}]{certificate.status}[/]",
            ", ".join(certificate.engines),
            f"{certificate.seconds:.2f}",
        )
    console.print(table)
    for certificate in certificates:
        for part in certificate.parts:
            if part.status not in _COLOURS:
                console.print(f"[red]{escape(certificate.name)}[/] {escape(str(part))}")
    counts = {s: sum(c.status == s for c in certificates) for s in dict.fromkeys(
        c.status for c in certificates)}  # fmt: skip
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


def _print_simulated(dataset: Any) -> None:
    worst = float(abs(dataset.z_recall).max()), float(abs(dataset.z_specificity).max())
    cells = dataset.recall.size
    console.print(f"{cells} cells, {dataset.attrs.get('draws', '')} training sets each")
    console.print(
        "closed form against Monte Carlo: largest difference "
        f"{worst[0]:.2f} standard errors in recall, {worst[1]:.2f} in specificity"
    )


def _print_coverage(dataset: Any) -> None:
    from .paper_figs.bound_coverage import coverage_rows

    table = Table("bound", "n", "violations", "95% interval of the rate", "bound", "truth",
                  box=None, pad_edge=False)  # fmt: skip
    for row in coverage_rows(dataset):
        low, high = row["interval"]
        table.add_row(row["bound"], str(row["n"]), f"{row['violations']} of {row['sets']}",
                      f"{low:.4f} to {high:.4f}", f"{row['value']:.3f}", f"{row['truth']:.3f}")  # fmt: skip
    console.print(table)


def _print_trained(results: dict[str, Any]) -> None:
    table = Table("method", "balanced accuracy", "many", "medium", "few", "minus ce (95% interval)",
                  box=None, pad_edge=False)  # fmt: skip
    for row in results["summary"]:
        groups = ["-" if row[g] is None else f"{row[g]:.3f}" for g in ("many", "medium", "few")]
        interval, difference = row["interval"], row["difference_to_ce"]
        shown = "-" if difference is None else f"{difference:+.3f}"
        if interval is not None and row["method"] != "ce":
            shown += f" [{interval[0]:+.3f}, {interval[1]:+.3f}]"
        spread = "" if row["std"] is None else f" ± {row['std']:.3f}"
        table.add_row(
            row["method"], f"{row['balanced_accuracy']:.3f}{spread}", *groups, escape(shown)
        )
    console.print(table)
