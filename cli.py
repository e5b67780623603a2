"""The command line: it parses, calls, prints. One line and exit code 2 for a user's slip.

Nothing heavy is imported before a command runs, so that help comes at once. What is wrong with an option
is said before any work.
"""

import errno
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.theme import Theme
from typer.core import TyperCommand

if TYPE_CHECKING:
    from .methods.training import Recipe, RunResults
    from .theory.claims import Statement
    from .theory.proof.certificate import Certificate

__all__ = ["app", "main"]


class _Statuses(RegexHighlighter):
    """Colours for the words that matter; nothing where colours are not wanted."""

    base_style = "status."
    highlights = [  # noqa: RUF012
        r"\b(?P<good>proved|confirmed|refuted)\b",
        r"\b(?P<fair>checked|cited|sampled|undecided)\b",
        r"\b(?P<bad>unknown|survived|rejected)\b",
    ]


_COLOURS = Theme({"status.good": "green", "status.fair": "yellow", "status.bad": "red"})
# As wide as the text: a terminal wraps long lines itself, and a pipe gets every name whole.
console = Console(highlighter=_Statuses(), theme=_COLOURS, soft_wrap=True, markup=False)
errors = Console(stderr=True, highlight=False, markup=False)
say = console.print
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)
_kept = "nothing was kept; run the command again to start anew"


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and exit code 2."""
    from .theory.foundation.interrupts import end_interrupted, watch_for_interrupts
    from .theory.foundation.torchrun import place

    watch_for_interrupts(_last_words)
    console.quiet = place().rank > 0  # of torchrun's processes only the first prints
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        end_interrupted(_last_words)
    except typer.Abort:
        _fail("aborted", 1)
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.stderr.close()
        sys.exit(1)
    except typer.exceptions.TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        _fail(message)
    except Exception as error:
        from .theory.foundation.validation import InputError, InputTypeError

        if isinstance(error, OSError) and error.errno in _UNWRITABLE:
            where = f": {error.filename}" if error.filename else ""
            _fail(f"cannot write: {error.strerror}{where}; {_kept}")
        if not isinstance(error, InputError | InputTypeError):
            raise
        _fail(_as_typed(str(error)))
    else:
        if code == 130:  # typer's answer to an interrupt
            end_interrupted(_last_words)
        sys.exit(code or 0)


def _fail(message: str, code: int = 2) -> None:
    from .theory.foundation.torchrun import place

    if place().rank_here:  # the first of torchrun's processes here says it, unless ended too soon
        time.sleep(2)
        sys.exit(code)
    errors.print(f"counterpoise: {' '.join(message.split())}", soft_wrap=True)
    sys.exit(code)


def _last_words() -> None:
    if console.quiet:
        return
    if errors.is_terminal:
        errors.show_cursor()
        sys.stderr.write("\r")
    sys.stderr.write(f"counterpoise: interrupted: {_kept}\n")
    sys.stderr.flush()


def _keep(text: str) -> None:
    """What an interrupt leaves, and how to go on."""
    global _kept
    _kept = text


_FIELDS = (
    "data", "label", "imbalance_factor", "profile", "subset", "label_noise", "validation", "seeds",
    "model", "head", "optimizer", "epochs", "batch_size", "lr", "rate", "warmup", "momentum",
    "weight_decay", "defer", "precision", "augmentation", "window", "window_until", "average",
    "flip_test", "curve_points",
)  # fmt: skip
"""Options of train that are fields of a recipe."""


_TYPED = {
    **{name: f"--{name.replace('_', '-')}" for name in _FIELDS},
    **{name: f"--{name}" for name in ("eta", "kappa", "n", "delta", "sets", "draws", "seed", "seeds")},
    **{name: f"--{name}" for name in ("method", "recipe", "jobs", "format", "against")},
    **{name: f"--{name}" for name in ("metric", "sampled", "costs", "separable")},
    **{name: f"--{name}" for name in ("log", "examples", "vectors")},
    "class_counts": "--class-counts", "target_prior": "--target-prior",
    "imbalance_factor": "--imbalance-factor", "Delta": "--separability", "methods": "--method",
    "accelerator": "--device", "optimizer_settings": "--optimizer-setting",
}  # fmt: skip


def _as_typed(message: str) -> str:
    """The message of a function, naming the option that was typed instead of the argument."""

    def typed(match: re.Match[str]) -> str:
        return match[1] + _TYPED.get(match[2], match[2])

    return re.sub(r"^(unknown |)(\w+)(?= = | '|\[| has | contains )", typed, message)


# --------------------------------------------------------------------------------------- options


def _checked(check: Callable[[Any], Any]) -> Callable[..., Any]:
    """A callback that refuses what ``check`` refuses, with the option's name."""

    def callback(context: typer.Context, value: Any) -> Any:
        from .theory.foundation.validation import InputError, InputTypeError

        if value is None or context.resilient_parsing:
            return value
        try:
            return check(value)
        except (InputError, InputTypeError) as error:
            raise typer.BadParameter(str(error)) from None

    return callback


def _file(path: Path) -> Path:
    from .theory.foundation.files import check_output_file

    return check_output_file(path)


def _folder(path: Path) -> Path:
    from .theory.foundation.files import check_output_folder

    return check_output_folder(path)


def _in(name: str, **bounds: Any) -> Callable[..., Any]:
    def check(value: float) -> float:
        from .theory.foundation.validation import as_number

        return as_number(name, value, **bounds)

    return _checked(check)


def _named(what: str, options: Callable[[], Any]) -> Callable[..., Any]:
    def check(value: str | list[str]) -> str | list[str]:
        from .theory.foundation.validation import one_of

        known = options()
        for name in [value] if isinstance(value, str) else value:
            one_of(what, name, known)
        return value

    return _checked(check)


def _numbers(text: str) -> str:
    from .theory.foundation.validation import numbers_in

    numbers_in("it", text)
    return text


def _method_keys() -> list[str]:
    from .methods.registry import METHODS

    return sorted(METHODS)


def _recipe_names() -> list[str]:
    from .methods.training.recipes import RECIPES

    return list(RECIPES)


def _table_names() -> list[str]:
    from .methods.published.tables import PUBLISHED

    return list(PUBLISHED)


def _methods(keys: list[str]) -> list[str]:
    from .methods.registry import method_of

    for key in keys:
        method_of(key)
    return keys


def _optimizer_names() -> list[str]:
    from .methods.optim import OPTIMIZERS

    return list(OPTIMIZERS)


def _settings(words: list[str]) -> list[str]:
    from .methods.optim import settings_in

    settings_in(words)
    return words


def _data_dir(path: Path) -> Path:
    """The folder, for every reader of data sets of this process and its workers."""
    import os

    from .methods.data.places import VARIABLE
    from .theory.foundation.validation import InputError

    if not path.is_dir():
        raise InputError(f"there is no folder {path}")
    os.environ[VARIABLE] = str(path)
    return path


def _chapters() -> list[str]:
    from .theory.catalogue.catalogue import ORDER

    return list(ORDER)


def _statement_names() -> list[str]:
    from .theory.catalogue import MODULES, statements

    return [*MODULES, *statements()]


def _completed(words: Callable[[], list[str]]) -> Callable[..., Any]:
    return lambda incomplete: [word for word in words() if word.startswith(incomplete)]


WHICH = "Names, files, chapters, numbers (LD2) or patterns ('margins.*'); all by default."
Names = Annotated[
    list[str] | None, typer.Argument(help=WHICH, autocompletion=_completed(_statement_names))
]
JsonOut = Annotated[
    Path | None,
    typer.Option("--json", help="Write certificates to this file.", callback=_checked(_file)),
]
Jobs = Annotated[int, typer.Option(help="Processes; 0 means one per core.", min=0)]
Out = Annotated[Path, typer.Option(help="Folder for the results.", callback=_checked(_folder))]
Seed = Annotated[int, typer.Option(help="Seed of everything random.", min=0)]
Device = Annotated[
    str,
    typer.Option(
        help="cpu, cuda or auto.", callback=_named("device", lambda: ("auto", "cpu", "cuda"))
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Folder of data sets; COUNTERPOISE_DATA, or data, by default.",
        callback=_checked(_data_dir),
        is_eager=True,
    ),
]
Restart = Annotated[
    bool, typer.Option("--restart", help="Begin anew what other settings left unfinished.")
]
Factor = Annotated[
    float, typer.Option(help="Largest over smallest class.", callback=_in("it", low=1))
]
Results = Annotated[Path, typer.Option(help="Folder that simulate, coverage or train wrote to.")]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        help="text, csv, latex or markdown.",
        callback=_named("format", lambda: ("text", "csv", "latex", "markdown")),
    ),
]
OutFile = Annotated[
    Path | None,
    typer.Option(help="Write to this file instead.", callback=_checked(_file)),
]
RESULTS = Path("counterpoise-results")
ETA, KAPPA, DELTA, DRAWS = "1,2,5,10,30,100", "0.3,1,3,10,30", "2,3,4", 400
SIZES, FACTOR, SETS, FAILURE = "110,330,1100,3300,11000,33000", 10.0, 2000, 0.05


def _floats(text: str | None) -> list[float]:
    from .theory.foundation.validation import numbers_in

    return [] if text is None else numbers_in("it", text)


def _list_of(help: str) -> Any:
    return typer.Option(help=f"{help}, commas between.", callback=_checked(_numbers))


# ------------------------------------------------------------------------------------ the command

app = typer.Typer(
    help="The theory of class-imbalanced learning, executable.",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        **({} if sys.stdout.isatty() else {"terminal_width": 100}),
    },
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from . import __version__

        say(f"counterpoise {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _command(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Say the version.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        say(context.get_help())


# ------------------------------------------------------------------------------ reading the theory


@app.command("list")
def list_statements(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="What to look for: words of the text, names, numbers, patterns."),
    ] = None,
) -> None:
    """List the statements, or those that have all of the words."""
    from .theory.catalogue import listed, search

    say(listed(search(words or ())))


@app.command()
def show(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Statements: name, number (LD2) or pattern.",
            autocompletion=_completed(_statement_names),
        ),
    ],
    latex: Annotated[bool, typer.Option("--latex", help="Only the formula, as LaTeX.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show a statement: formula, source, proof, false neighbours, numbers."""
    from .theory.catalogue import described, in_words, select

    chosen = select(names)
    if latex:
        say("\n".join(statement.latex() for statement in chosen), highlight=False)
    elif as_json:
        import json

        text = json.dumps([described(statement) for statement in chosen], indent=1)
        say(text, highlight=False)
    else:
        say(f"\n{'-' * 80}\n".join(in_words(described(statement)) for statement in chosen))


@app.command()
def verify(
    names: Names = None,
    json_file: JsonOut = None,
    jobs: Jobs = 0,
    fast: Annotated[
        bool, typer.Option("--fast", help="Re-check the stored proofs instead of searching anew.")
    ] = False,
) -> None:
    """Prove or check statements; exit 1 if one does not hold."""
    from .theory.catalogue import verified

    verb = ("recheck_stored", "rechecking") if fast else ("verify_all", "proving")
    certificates = _each(*verb, _select(names), jobs)
    _save(certificates, json_file)
    say(verified(certificates))
    if fast:
        say("stored proofs, re-checked by the second engines")
    raise typer.Exit(0 if all(c.holds for c in certificates) else 1)


@app.command()
def attack(
    names: Names = None,
    json_file: JsonOut = None,
    jobs: Jobs = 0,
    generated: Annotated[
        bool, typer.Option("--generated", help="Change the formulas themselves, and score.")
    ] = False,
) -> None:
    """Refute false neighbours of statements; exit 1 if one survives."""
    from .theory.catalogue import attacked, score, scored

    verb = "attack_generated_all" if generated else "attack_all"
    attacks = _each(verb, "attacking", _select(names), jobs)
    _save(attacks, json_file)
    if generated:
        say(scored(attacks))
        raise typer.Exit(0 if all(row.is_enough for row in score(attacks)) else 1)
    say(attacked(attacks))
    raise typer.Exit(0 if all(c.status == "refuted" for c in attacks) else 1)


@app.command()
def recheck(
    file: Annotated[Path, typer.Argument(help="Certificates, written by verify or attack --json.")],
) -> None:
    """Check certificates again with second engines; exit 1 on a failure."""
    from .theory.catalogue import recheck_catalogued
    from .theory.proof.certificate import Tampered, load_certificates

    try:
        certificates = load_certificates(file)
    except Tampered as error:
        _fail(f"rejected: {error}", 1)
        return
    verdicts = []
    with _bar("rechecking", len(certificates)) as advance:
        for certificate in certificates:
            verdicts.append(recheck_catalogued(certificate))
            advance()
    confirmed = 0
    for certificate, verdict in zip(certificates, verdicts, strict=True):
        confirmed += verdict.status in ("confirmed", "sampled")
        say(f"{verdict.status:10} {certificate.name} {verdict.reason}")
    say(f"{confirmed} of {len(certificates)} certificates confirmed")
    raise typer.Exit(0 if confirmed == len(certificates) else 1)


@app.command()
def pin(
    write: Annotated[
        bool, typer.Option("--write", help="Pin them as they are now, in the package's own file.")
    ] = False,
) -> None:
    """Print statements that differ from their pins; exit 1 if any does."""
    from .theory.catalogue import statements
    from .theory.claims.pins import changes, differing, write_pins

    changed = changes(statements().values())
    say(differing(changed), highlight=False)
    if write:
        write_pins(statements().values())
    verb = "differed" if write else "differ"
    say(f"{len(changed)} of {len(statements())} statements {verb} from their pins")
    raise typer.Exit(1 if changed and not write else 0)


@app.command()
def contents(
    out: Annotated[
        Path, typer.Option(help="Folder for pages and proofs.", callback=_checked(_folder))
    ],
    chapters: Annotated[
        list[str] | None,
        typer.Argument(
            help="Chapters to prove anew; all, if none is named.",
            autocompletion=_completed(_chapters),
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Overwrite pages that stand there.")
    ] = False,
    scored_file: Annotated[
        Path | None,
        typer.Option("--scored", help="Scores, from: attack --generated --json FILE."),
    ] = None,
    attacked_file: Annotated[
        Path | None, typer.Option("--attacked", help="Counterexamples, from: attack --json FILE.")
    ] = None,
    jobs: Jobs = 0,
) -> None:
    """Prove the catalogue; write its pages and its proofs to a folder."""
    from .theory.catalogue import (
        measured_scores,
        of_chapters,
        refuse_to_overwrite,
        store_attacks,
        write_contents,
    )
    from .theory.foundation.files import output_folder
    from .theory.proof.certificate import load_certificates

    chosen = of_chapters(chapters or ())
    scores = measured_scores(load_certificates(scored_file)) if scored_file else None
    attacks = load_certificates(attacked_file) if attacked_file else None
    if not write:
        refuse_to_overwrite(out)
    output_folder(out)
    written = write_contents(out, _each("verify_all", "proving", chosen, jobs), scores)
    if attacks is not None:
        written.append(store_attacks(attacks, out / "catalogue"))
    for path in written:
        say(f"wrote {path}", highlight=False)


# ------------------------------------------------------------------------------- measuring


@app.command()
def simulate(
    eta: Annotated[str, _list_of("Imbalances, majority over minority")] = ETA,
    kappa: Annotated[str, _list_of("Samples per dimension, n/d")] = KAPPA,
    separability: Annotated[str, _list_of("Distances Delta of the class means")] = DELTA,
    draws: Annotated[int, typer.Option(help="Training sets per cell.", min=2)] = DRAWS,
    out: Out = RESULTS,
    restart: Restart = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
) -> None:
    """Map regimes of plug-in LDA: closed form beside Monte Carlo."""
    from .simulations.folder import SIMULATION

    _keep(f"finished cells are kept in {out}; run the same command again to go on")
    say(_simulate(eta, kappa, separability, draws, out, restart, seed, jobs))
    say(f"wrote {out / SIMULATION}")


@app.command()
def coverage(
    n: Annotated[str, _list_of("Training examples")] = SIZES,
    imbalance_factor: Factor = FACTOR,
    sets: Annotated[int, typer.Option(help="Training sets for each n.", min=1)] = SETS,
    delta: Annotated[
        float,
        typer.Option(
            help="Allowed failure probability.",
            callback=_in("it", low=0, high=1, low_open=True, high_open=True),
        ),
    ] = FAILURE,
    out: Out = RESULTS,
    restart: Restart = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
) -> None:
    """Hold bounds and plug-in rules against a world whose truth is known."""
    from .simulations.folder import COVERAGE, PLUG_IN

    _keep(f"finished cells are kept in {out}; run the same command again to go on")
    say(_cover(n, imbalance_factor, sets, delta, out, restart, seed, jobs))
    say(f"wrote {out / COVERAGE} and {out / PLUG_IN}")


class _Train(TyperCommand):
    """The command whose help lists methods and data sets, read when help is asked for."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        from .methods.data import DATASETS
        from .methods.registry import METHODS, RULES

        with formatter.section("Methods"):
            formatter.write_dl([(key, METHODS[key].title) for key in sorted(METHODS)])
        with formatter.section("After any of them, as in ce+la"):
            formatter.write_dl([(f"+{rule}", RULES[rule].title) for rule in sorted(RULES)])
        with formatter.section("Data sets"):
            formatter.write_text(", ".join(sorted(DATASETS)))


@app.command(cls=_Train)
def train(
    recipe: Annotated[
        str | None,
        typer.Option(
            help="A named protocol to begin with; see counterpoise recipes.",
            callback=_named("recipe", _recipe_names),
            autocompletion=_completed(_recipe_names),
        ),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            help="See below; repeat for several; la@tau=0.5 sets what it takes, ce+crt goes on after ce.",
            callback=_checked(_methods),
            autocompletion=_completed(_method_keys),
        ),
    ] = None,
    tau: Annotated[str | None, _list_of("Strengths of la to train besides, a sweep")] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="See below; or your own: a folder of images, a CSV, Parquet or npz file."
        ),
    ] = None,
    label: Annotated[str | None, typer.Option(help="Column of labels of a table.")] = None,
    imbalance_factor: Annotated[
        float | None,
        typer.Option(
            help="Largest over smallest class; 100 by default.", callback=_in("it", low=1)
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="exponential, step or as-is; the data set's by default.")
    ] = None,
    subset: Annotated[str | None, typer.Option(help="canonical (the field's) or seeded.")] = None,
    label_noise: Annotated[
        float | None,
        typer.Option(
            help="Share of training labels made wrong.",
            callback=_in("it", low=0, high=1, high_open=True),
        ),
    ] = None,
    validation: Annotated[
        int | None, typer.Option(help="Training examples per class that are set apart.", min=0)
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Paired repetitions; 5 by default.", min=1)
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A network by name, or yours as module:function.")
    ] = None,
    head: Annotated[str | None, typer.Option(help="linear or cosine, for all methods.")] = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            help="sgd, adamw, muon, sam, asam, imbsam, sam-a or cc-sam, for all methods.",
            callback=_named("optimizer", _optimizer_names),
            autocompletion=_completed(_optimizer_names),
        ),
    ] = None,
    optimizer_setting: Annotated[
        list[str] | None,
        typer.Option(
            help="What it is told besides, such as rho=0.1; repeat for several.",
            callback=_checked(_settings),
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Epochs; the recipe's by default.", min=1)
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples a step.", min=1)] = None,
    lr: Annotated[
        float | None,
        typer.Option(help="Learning rate.", callback=_in("it", low=0, low_open=True)),
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="How it changes: cosine, one-cycle or steps.")
    ] = None,
    warmup: Annotated[int | None, typer.Option(help="Epochs of warm-up.", min=0)] = None,
    momentum: Annotated[
        float | None,
        typer.Option(help="Momentum.", callback=_in("it", low=0, high=1, high_open=True)),
    ] = None,
    weight_decay: Annotated[
        float | None, typer.Option(help="Weight decay.", callback=_in("it", low=0))
    ] = None,
    defer: Annotated[
        float | None,
        typer.Option(
            help="Share of the epochs before deferred weights.", callback=_in("it", low=0, high=1)
        ),
    ] = None,
    precision: Annotated[str | None, typer.Option(help="float32, bf16 or float64.")] = None,
    augmentation: Annotated[
        str | None, typer.Option(help="none, crop or crop-flip; the data set's by default.")
    ] = None,
    window: Annotated[
        int | None, typer.Option(help="Pixels of training images in the first epochs.", min=8)
    ] = None,
    window_until: Annotated[
        float | None,
        typer.Option(help="Share of the epochs with it.", callback=_in("it", low=0, high=1)),
    ] = None,
    average: Annotated[
        float | None,
        typer.Option(
            help="Decay per step of averaged weights.",
            callback=_in("it", low=0, high=1, high_open=True),
        ),
    ] = None,
    flip_test: Annotated[
        bool | None,
        typer.Option("--flip-test/--no-flip-test", help="Test on mirror images as well?"),
    ] = None,
    curve_points: Annotated[
        int | None, typer.Option(help="Points of the training curve, at most.", min=1)
    ] = None,
    data_dir: DataDir = None,
    device: Device = "cpu",
    jobs: Annotated[int, typer.Option(help="Processes of one thread each.", min=1)] = 1,
    log: Annotated[
        str | None,
        typer.Option(
            help="Log training curves while they grow: csv or tensorboard.",
            callback=_named("log", lambda: ("csv", "tensorboard")),
        ),
    ] = None,
    keep_checkpoints: Annotated[
        bool, typer.Option("--keep-checkpoints", help="Keep the trained networks; see sharpness.")
    ] = False,
    out: Out = RESULTS / "training",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the run in the folder stopped.")
    ] = False,
) -> None:
    """Train methods on long-tailed data; hold them against cross-entropy."""
    from .methods.optim import settings_in
    from .methods.results.prediction_file import PREDICTION
    from .methods.results.summary import table
    from .methods.training import chosen_recipe

    given = {name: value for name, value in locals().items() if name in _FIELDS}
    given["optimizer_settings"] = settings_in(optimizer_setting or ()) or None
    chosen = chosen_recipe(
        out if resume or (out / PREDICTION).exists() else None,
        recipe,
        methods=method or None,
        tau=_floats(tau),
        **given,
    )
    results = _train(chosen, device, out, resume, jobs, log, keep_checkpoints)
    say(table(results), highlight=False)
    say(f"wrote {out / 'results.json'}")
    if results.failed:
        from .methods.results.failed import in_words

        said = in_words(results.failed, len(results.members) + len(results.failed))
        _fail(f"{said}; the results of the others are in {out / 'results.json'}")


def _recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the options of train by which a recipe is said, besides its others."""
    others = {k: v for k, v in signature(command).parameters.items() if v.kind is not v.VAR_KEYWORD}
    shared = {
        name: parameter
        for name, parameter in signature(train).parameters.items()
        if name in (*_FIELDS, "method", "tau", "data_dir") and name not in others
    }
    hints = {
        **get_type_hints(train, include_extras=True),
        **get_type_hints(command, include_extras=True),
    }
    command.__signature__ = Signature([*others.values(), *shared.values()])  # type: ignore[attr-defined]
    command.__annotations__ = {name: hints[name] for name in (*others, *shared)}
    return command


@app.command(cls=_Train)
@_recipe_options
def predict(
    recipe: Annotated[
        str | None,
        typer.Argument(
            help="A named protocol; see counterpoise recipes.",
            callback=_named("recipe", _recipe_names),
            autocompletion=_completed(_recipe_names),
        ),
    ] = None,
    out: Out = RESULTS / "training",
    **options: Any,
) -> None:
    """Write down what the theory predicts of a training, before it is trained in the same folder."""
    from .methods.predicting import predict_recipe, table
    from .methods.results.prediction_file import PREDICTION, write_predictions
    from .methods.training import chosen_recipe

    given = {name: value for name, value in options.items() if name in _FIELDS}
    chosen = chosen_recipe(
        None, recipe, methods=options["method"] or None, tau=_floats(options["tau"]), **given
    )
    predictions = predict_recipe(chosen)
    digest = write_predictions(out, predictions)
    say(table(predictions), highlight=False)
    say(f"wrote {out / PREDICTION}, SHA-256 {digest}")
    say(f"train it with: counterpoise train --out {out}", soft_wrap=True)


@app.command()
def ledger(
    results: Annotated[Path, typer.Argument(help="A folder that predict and train wrote.")],
    all_rows: Annotated[
        bool, typer.Option("--all", help="Every prediction, not only what does not hold.")
    ] = False,
    form: Form = "text",
    out: OutFile = None,
) -> None:
    """Hold what was predicted before a training against what it measured."""
    from .paper_figs.foretold import ledger_table

    _hand_over(ledger_table(results, all_rows, form), out)


@app.command()
def store(
    results: Annotated[Path, typer.Argument(help="A folder that train wrote.")],
    out: Annotated[Path, typer.Option(help="Where to.", callback=_checked(_folder))],
) -> None:
    """Keep a finished training small: prediction, recipe, results, times, versions."""
    from .paper_figs.stored import store as stored

    say(f"wrote {stored(results, out)}")


@app.command()
def sharpness(
    folder: Annotated[Path, typer.Argument(help="Of a run with --keep-checkpoints.")],
    examples: Annotated[
        int, typer.Option(help="Training examples of a group, at most.", min=1)
    ] = 1024,
    vectors: Annotated[int, typer.Option(help="Random vectors for the trace.", min=2)] = 32,
    seed: Seed = 0,
    data_dir: DataDir = None,
) -> None:
    """Measure Hessians of trained networks, by group of classes."""
    from .methods.training import sharpness as measured
    from .theory.foundation.columns import columns

    with _bar("measuring") as advance:
        rows = measured(folder, examples=examples, vectors=vectors, seed=seed, progress=advance)
    shown = [
        (row.method, str(row.seed), row.group, str(row.examples), f"{row.largest:.4g}",
         f"{row.smallest:.4g}", f"{row.trace:.4g} ± {row.trace_error:.2g}")
        for row in rows
    ]  # fmt: skip
    header = ("method", "seed", "group", "examples", "largest", "smallest", "trace")
    say(columns(shown, header), highlight=False)
    say(f"wrote {folder / 'sharpness.csv'}")


@app.command()
def recipes() -> None:
    """List the named protocols of train."""
    from .methods.training.recipes import listed

    say(listed(), highlight=False)


@app.command()
def table(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A published table; all are listed, if none is named.",
            callback=_named("table", _table_names),
            autocompletion=_completed(_table_names),
        ),
    ] = None,
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders that train wrote to.")
    ] = None,
    form: Form = "text",
    out: OutFile = None,
) -> None:
    """Show a published table; with folders, what they measured beside it."""
    from .methods.comparing.beside import published_listed, published_shown
    from .methods.published.tables import PUBLISHED

    if name is None:
        say(published_listed(), highlight=False)
    else:
        _hand_over(published_shown(PUBLISHED[name], _runs(folders or []), form), out)


@app.command()
def compare(
    folders: Annotated[list[Path], typer.Argument(help="Folders that train wrote to.")],
    method: Annotated[
        list[str] | None, typer.Option(help="Only this one; repeat for several.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="What the others are held against; all pairs by default.")
    ] = None,
    form: Form = "text",
    out: OutFile = None,
) -> None:
    """Hold trained methods against each other: paired differences, intervals."""
    from .methods.comparing.comparison import compared

    _hand_over(compared(_runs(folders), method or (), against, form), out)


@app.command()
def features(
    data: Annotated[str, typer.Option(help="A data set of images.")],
    out: Annotated[Path, typer.Option(help="The file, .npz.", callback=_checked(_file))],
    backbone: Annotated[
        str, typer.Option(help="efficientnet-lite0, resnet18 or resnet50; weights on disk.")
    ] = "efficientnet-lite0",
    threads: Annotated[int, typer.Option(help="Threads.", min=1)] = 2,
    data_dir: DataDir = None,
) -> None:
    """Store the features of a frozen pretrained network, to train heads on."""
    from .methods.training.features import store_features

    _keep("finished parts are kept; run the same command again to go on")
    with _bar("extracting") as advance:
        path = store_features(data, backbone, out, threads=threads, progress=advance)
    say(f"wrote {path}")


@app.command()
def methods(
    name: Annotated[
        str | None,
        typer.Argument(help="One of them, in detail.", autocompletion=_completed(_method_keys)),
    ] = None,
) -> None:
    """List the methods, or say all of one: loss, consistency, recipe."""
    from .methods.listing import described, listed

    say(listed() if name is None else described(name), highlight=False)


@app.command()
def advise(
    class_counts: Annotated[
        str | None,
        typer.Option(help="Examples per class, commas between.", callback=_checked(_numbers)),
    ] = None,
    data: Annotated[str | None, typer.Option(help="A data set, in place of its counts.")] = None,
    metric: Annotated[
        str | None,
        typer.Option(
            help="balanced_accuracy (default), accuracy; of two classes also f1, g_mean, roc_auc."
        ),
    ] = None,
    costs: Annotated[
        str | None,
        typer.Option(
            help="What each missed class costs: 1,5; or of each mistake, row by row: '0,1;5,0'."
        ),
    ] = None,
    sampled: Annotated[
        str,
        typer.Option(
            help="as-is, square-root, class-balanced, an exponent, or counts after resampling."
        ),
    ] = "as-is",
    target_prior: Annotated[
        str | None,
        typer.Option(help="Class shares where the model is used.", callback=_checked(_numbers)),
    ] = None,
    separable: Annotated[
        bool | None,
        typer.Option("--separable/--not-separable", help="Does training go on to zero error?"),
    ] = None,
) -> None:
    """Say which loss, offset and threshold fit your data, and which statements say so."""
    from .methods.advice import advise_typed

    answer = advise_typed(
        class_counts=class_counts,
        data=data,
        metric=metric,
        costs=costs,
        sampled=sampled,
        target_prior=target_prior,
        separable=separable,
    )
    say(str(answer), highlight=False)


# ------------------------------------------------------------------------------- showing results


@app.command()
def figures(
    results: Results = RESULTS,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the figures.", callback=_checked(_folder))
    ] = None,
    suffix: Annotated[
        str,
        typer.Option(
            "--format",
            help="svg, png or pdf.",
            callback=_named("format", lambda: ("svg", "png", "pdf")),
        ),
    ] = "svg",
) -> None:
    """Draw the figures from the results."""
    from .paper_figs import draw_all, load_evidence
    from .paper_figs.evidence import found_in
    from .theory.foundation.files import output_folder

    evidence = load_evidence(results)
    _tell(found_in(results))
    folder = output_folder(results / "figures" if out is None else out)
    for name, figure in draw_all(evidence).items():
        figure.save(folder / f"{name}.{suffix}")
        say(f"wrote {folder / f'{name}.{suffix}'}")


@app.command()
def report(
    names: Names = None,
    results: Results = RESULTS,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The page; report.html among the results by default.", callback=_checked(_file)
        ),
    ] = None,
    jobs: Jobs = 0,
) -> None:
    """Re-check proofs, attack, and write one page of all that was measured."""
    from .paper_figs import load_evidence, write_report
    from .paper_figs.evidence import found_in
    from .theory.foundation.files import check_output_file, output_folder

    measured = load_evidence(results)
    statements = _select(names)
    _tell(found_in(results))
    page = check_output_file(results / "report.html" if out is None else out)
    evidence = measured.with_proofs(
        _each("recheck_stored", "rechecking", statements, jobs),
        _each("attack_all", "attacking", statements, jobs),
    )
    output_folder(page.parent)
    write_report(page, evidence)
    say(f"wrote {page}")


@app.command()
def demo(out: Out = Path("counterpoise-demo"), device: Device = "cpu", jobs: Jobs = 0) -> None:
    """Run the whole chain: re-check, attack, simulate, train, report."""
    from .theory.foundation.files import output_folder

    if device != "cpu":
        from .methods.training.devices import check_accelerator

        check_accelerator(device)
    output_folder(out)
    statements = _select(None)
    again = f"what is finished is kept in {out}; run the same command again to go on"
    _stage(1, f"re-checking the stored proofs of {len(statements)} statements", again)
    certificates = _each("recheck_stored", "rechecking", statements, jobs)
    _save(certificates, out / "certificates.json")
    _stage(2, "attacking their false neighbours", again)
    attacks = _each("attack_all", "attacking", statements, jobs)
    _save(attacks, out / "attacks.json")
    _stage(3, "simulating plug-in LDA over a grid", again)
    say(_simulate(ETA, KAPPA, DELTA, DRAWS, out, False, 0, 1))
    _stage(4, "holding bounds and plug-in rules against the truth", again)
    _cover(SIZES, FACTOR, SETS, FAILURE, out, False, 0, 1)
    _stage(5, "training on long-tailed digits", again)
    from .methods.training import resumed

    _train(resumed(out / "training"), device, out / "training", resume=True)
    _stage(6, "writing the report", again)
    from .paper_figs import findings, load_evidence, write_report

    measured = load_evidence(out, commands=("counterpoise demo",))
    evidence, page = measured.with_proofs(certificates, attacks), out / "report.html"
    write_report(page, evidence)
    say(f"\nThe report is at {page.resolve()}", style="bold")
    for line in findings(evidence):
        say(f"- {line}", highlight=False)
    fine = all(c.holds for c in certificates)
    raise typer.Exit(0 if fine and all(c.status == "refuted" for c in attacks) else 1)


@app.command()
def doctor() -> None:
    """Say versions, devices, data and solvers; exit 1 on a problem."""
    from .methods.doctor import findings

    problems = 0
    for finding in findings():
        problems += bool(finding.mend)
        say(str(finding))
    say("no problem found" if not problems else f"problems found: {problems}")
    raise typer.Exit(1 if problems else 0)


# ----------------------------------------------------------------------------------- the verbs


def _select(names: list[str] | None) -> "list[Statement]":
    from .theory.catalogue import select

    return select(names or ())


def _each(verb: str, text: str, statements: "list[Statement]", jobs: int) -> "list[Certificate]":
    """What a verb of the catalogue says of every statement."""
    from .theory import catalogue

    with _bar(text, len(statements)) as advance:
        return getattr(catalogue, verb)(statements, jobs=jobs, progress=advance)


def _save(certificates: "list[Certificate]", file: Path | None) -> None:
    if file is not None:
        from .theory.foundation.files import output_folder
        from .theory.proof.certificate import save_certificates

        output_folder(file.parent)
        save_certificates(certificates, file)


def _simulate(
    eta: str,
    kappa: str,
    separability: str,
    draws: int,
    out: Path,
    restart: bool,
    seed: int,
    jobs: int,
) -> str:
    from .simulations.folder import agreement, simulate_into
    from .theory.foundation.validation import numbers_in

    grid = [numbers_in("it", text) for text in (eta, kappa, separability)]
    with _bar("simulating") as advance:
        return agreement(
            simulate_into(out, *grid, draws=draws, seed=seed, restart=restart,
                          n_jobs=jobs or -1, progress=advance)
        )  # fmt: skip


def _cover(
    n: str, factor: float, sets: int, delta: float, out: Path, restart: bool, seed: int, jobs: int
) -> str:
    from .paper_figs.bound_coverage import coverage_table
    from .simulations.folder import cover_into
    from .theory.foundation.validation import numbers_in

    sizes = numbers_in("n", n)
    with _bar("drawing training sets") as advance:
        measured, _ = cover_into(out, sizes, imbalance_factor=factor, sets=sets, delta=delta, seed=seed,
                                 restart=restart, n_jobs=jobs or -1, progress=advance)  # fmt: skip
    return coverage_table(measured)


def _train(
    recipe: "Recipe",
    device: str,
    out: Path,
    resume: bool,
    jobs: int = 1,
    log: str | None = None,
    keep: bool = False,
) -> "RunResults":
    from .methods.training import Progress, run

    _keep(
        f"finished members and checkpoints are kept; go on with: counterpoise train --out {out} --resume"
    )
    with _bar("training") as advance:

        def show(now: Progress) -> None:
            advance(now.epochs_done, now.all_epochs, f"training {now.method}, seed {now.seed}")

        return run(recipe, out, resume=resume, accelerator=device, jobs=jobs, log=log,
                   keep_networks=keep, progress=show)  # fmt: skip


def _runs(folders: list[Path]) -> "dict[str, RunResults]":
    """The results of folders by the names that were typed."""
    from .methods.training import load_results
    from .theory.foundation.validation import InputError

    names = [str(folder) for folder in folders]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"folder {name} is named twice")
    return {name: load_results(name) for name in names}


# ---------------------------------------------------------------------------------- what is shown


def _hand_over(text: str, out: Path | None) -> None:
    """To the terminal, or to a file."""
    from .theory.foundation.files import output_folder, write_atomically

    if out is None:
        say(text, highlight=False)
    else:
        output_folder(out.parent)
        write_atomically(out, f"{text}\n".encode())
        say(f"wrote {out}")


def _stage(number: int, text: str, kept: str) -> None:
    _keep(kept)
    say(f"{number}/6 {text}", highlight=False)


def _tell(lines: list[str]) -> None:
    for line in lines:
        errors.print(line, soft_wrap=True)


@contextmanager
def _bar(text: str, total: int | None = None) -> Iterator[Any]:
    """A progress bar that only moves forward: advance(), or advance(done, total, what is being done)."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=errors, transient=True, disable=console.quiet or not errors.is_terminal,
    )  # fmt: skip
    task = bar.add_task(text, total=total)

    def advance(done: int | None = None, whole: int | None = None, now: str = "") -> None:
        if done is None:
            bar.advance(task)
        else:
            bar.update(task, completed=done, total=whole, description=now or text)

    with bar:
        yield advance
        bar.update(task, description=text)
        bar.live.transient = False  # what is finished stays, at its end; what failed gives way
