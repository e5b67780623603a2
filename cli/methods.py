"""The commands of the methods: which there are, which fits, and what trained ones measured.

Checked by: each run as a user runs it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import DataDir, Form, OutFile, Seed, completed, method_keys, named, numbers, to_file
from .terminal import bar, hand_over, keep, say

if TYPE_CHECKING:
    from ..methods.training import RunResults


def _table_names() -> list[str]:
    from ..methods.published.tables import PUBLISHED

    return list(PUBLISHED)


def methods(
    name: Annotated[
        str | None,
        typer.Argument(help="One of them, in detail.", autocompletion=completed(method_keys)),
    ] = None,
) -> None:
    """List the methods, or say all of one: loss, consistency, recipe."""
    from ..methods.listing import described, listed

    say(listed() if name is None else described(name), highlight=False)


def advise(
    class_counts: Annotated[
        str | None,
        typer.Option(help="Examples per class, commas between.", callback=numbers),
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
        typer.Option(help="Class shares where the model is used.", callback=numbers),
    ] = None,
    separable: Annotated[
        bool | None,
        typer.Option("--separable/--not-separable", help="Does training go on to zero error?"),
    ] = None,
) -> None:
    """Say which loss, offset and threshold fit your data, and which statements say so."""
    from ..methods.advice import advise_typed

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


def doctor() -> None:
    """Say versions, devices, data and solvers; exit 1 on a problem."""
    from ..methods.doctor import findings

    problems = 0
    for finding in findings():
        problems += bool(finding.mend)
        say(str(finding))
    say("no problem found" if not problems else f"problems found: {problems}")
    raise typer.Exit(1 if problems else 0)


def recipes() -> None:
    """List the named protocols of train."""
    from ..methods.training.recipes import listed

    say(listed(), highlight=False)


def features(
    data: Annotated[str, typer.Option(help="A data set of images.")],
    out: Annotated[Path, typer.Option(help="The file, .npz.", callback=to_file)],
    backbone: Annotated[
        str, typer.Option(help="efficientnet-lite0, resnet18 or resnet50; weights on disk.")
    ] = "efficientnet-lite0",
    threads: Annotated[int, typer.Option(help="Threads.", min=1)] = 2,
    data_dir: DataDir = None,
) -> None:
    """Store the features of a frozen pretrained network, to train heads on."""
    from ..methods.training.features import store_features

    keep("finished parts are kept; run the same command again to go on")
    with bar("extracting") as advance:
        path = store_features(data, backbone, out, threads=threads, progress=advance)
    say(f"wrote {path}")


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
    from ..methods.training import sharpness as measured
    from ..theory.foundation.columns import columns

    with bar("measuring") as advance:
        rows = measured(folder, examples=examples, vectors=vectors, seed=seed, progress=advance)
    shown = [
        (row.method, str(row.seed), row.group, str(row.examples), f"{row.largest:.4g}",
         f"{row.smallest:.4g}", f"{row.trace:.4g} ± {row.trace_error:.2g}")
        for row in rows
    ]  # fmt: skip
    header = ("method", "seed", "group", "examples", "largest", "smallest", "trace")
    say(columns(shown, header), highlight=False)
    say(f"wrote {folder / 'sharpness.csv'}")


def table(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A published table; all are listed, if none is named.",
            callback=named("table", _table_names),
            autocompletion=completed(_table_names),
        ),
    ] = None,
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders that train wrote to.")
    ] = None,
    form: Form = "text",
    out: OutFile = None,
) -> None:
    """Show a published table; with folders, what they measured beside it."""
    from ..methods.comparing.beside import published_listed, published_shown
    from ..methods.published.tables import PUBLISHED

    if name is None:
        say(published_listed(), highlight=False)
    else:
        hand_over(published_shown(PUBLISHED[name], _runs(folders or []), form), out)


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
    from ..methods.comparing.comparison import compared

    hand_over(compared(_runs(folders), method or (), against, form), out)


def _runs(folders: list[Path]) -> "dict[str, RunResults]":
    """The results of folders by the names that were typed."""
    from ..methods.training import load_results
    from ..theory.foundation.validation import InputError

    names = [str(folder) for folder in folders]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"folder {name} is named twice")
    return {name: load_results(name) for name in names}
