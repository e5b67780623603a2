"""The commands of a training: predict it, and train.

Checked by: each run as a user runs it.
"""

from collections.abc import Callable
from inspect import Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand

from .options import (
    RESULTS,
    DataDir,
    Device,
    Out,
    checked,
    completed,
    floats,
    list_of,
    method_keys,
    named,
    number_in,
)
from .terminal import bar, fail, keep, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..methods.training import Progress, Recipe, RunResults


FIELDS = (
    "data", "label", "imbalance_factor", "profile", "subset", "label_noise", "validation", "seeds",
    "model", "head", "optimizer", "epochs", "batch_size", "lr", "rate", "warmup", "momentum",
    "weight_decay", "defer", "precision", "augmentation", "window", "window_until", "average",
    "flip_test", "curve_points",
)  # fmt: skip
"""Options of train that are fields of a recipe."""


def _recipe_names() -> list[str]:
    from ..methods.training.recipes import RECIPES

    return list(RECIPES)


def _methods(keys: list[str]) -> list[str]:
    from ..methods.registry import method_of

    for key in keys:
        method_of(key)
    return keys


def _optimizer_names() -> list[str]:
    from ..methods.optim import OPTIMIZERS

    return list(OPTIMIZERS)


def _settings(words: list[str]) -> list[str]:
    from ..methods.optim import settings_in

    settings_in(words)
    return words


class WithLists(TyperCommand):
    """The command whose help lists methods and data sets, read when help is asked for."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the lists below the options."""
        from ..methods.data import DATASETS
        from ..methods.registry import METHODS, RULES

        with formatter.section("Methods"):
            formatter.write_dl([(key, METHODS[key].title) for key in sorted(METHODS)])
        with formatter.section("After any of them, as in ce+la"):
            formatter.write_dl([(f"+{rule}", RULES[rule].title) for rule in sorted(RULES)])
        with formatter.section("Data sets"):
            formatter.write_text(", ".join(sorted(DATASETS)))


def train(
    recipe: Annotated[
        str | None,
        typer.Option(
            help="A named protocol to begin with; see counterpoise recipes.",
            callback=named("recipe", _recipe_names),
            autocompletion=completed(_recipe_names),
        ),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            help="See below; repeat for several; la@tau=0.5 sets what it takes, ce+crt goes on after ce.",
            callback=checked(_methods),
            autocompletion=completed(method_keys),
        ),
    ] = None,
    tau: Annotated[str | None, list_of("Strengths of la to train besides, a sweep")] = None,
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
            help="Largest over smallest class; 100 by default.", callback=number_in("it", low=1)
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
            callback=number_in("it", low=0, high=1, high_open=True),
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
            callback=named("optimizer", _optimizer_names),
            autocompletion=completed(_optimizer_names),
        ),
    ] = None,
    optimizer_setting: Annotated[
        list[str] | None,
        typer.Option(
            help="What it is told besides, such as rho=0.1; repeat for several.",
            callback=checked(_settings),
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Epochs; the recipe's by default.", min=1)
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples a step.", min=1)] = None,
    lr: Annotated[
        float | None,
        typer.Option(help="Learning rate.", callback=number_in("it", low=0, low_open=True)),
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="How it changes: cosine, one-cycle or steps.")
    ] = None,
    warmup: Annotated[int | None, typer.Option(help="Epochs of warm-up.", min=0)] = None,
    momentum: Annotated[
        float | None,
        typer.Option(help="Momentum.", callback=number_in("it", low=0, high=1, high_open=True)),
    ] = None,
    weight_decay: Annotated[
        float | None, typer.Option(help="Weight decay.", callback=number_in("it", low=0))
    ] = None,
    defer: Annotated[
        float | None,
        typer.Option(
            help="Share of the epochs before deferred weights.",
            callback=number_in("it", low=0, high=1),
        ),
    ] = None,
    precision: Annotated[str | None, typer.Option(help="float32, bf16 or float64.")] = None,
    augmentation: Annotated[
        str | None, typer.Option(help="none, shift, crop or crop-flip; the data set's by default.")
    ] = None,
    window: Annotated[
        int | None, typer.Option(help="Pixels of training images in the first epochs.", min=8)
    ] = None,
    window_until: Annotated[
        float | None,
        typer.Option(help="Share of the epochs with it.", callback=number_in("it", low=0, high=1)),
    ] = None,
    average: Annotated[
        float | None,
        typer.Option(
            help="Decay per step of averaged weights.",
            callback=number_in("it", low=0, high=1, high_open=True),
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
            callback=named("log", lambda: ("csv", "tensorboard")),
        ),
    ] = None,
    watch: Annotated[
        str | None,
        typer.Option(
            help="bound: write the bound's terms by class and epoch, bound.csv.",
            callback=named("watch", lambda: ("bound",)),
        ),
    ] = None,
    keep_checkpoints: Annotated[
        bool, typer.Option("--keep-checkpoints", help="Keep the trained networks; see sharpness.")
    ] = False,
    out: Out = RESULTS / "training",
    first_seeds: Annotated[
        int | None, typer.Option(help="Train so many of the seeds for now; resume goes on.", min=1)
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the run in the folder stopped.")
    ] = False,
) -> None:
    """Train methods on long-tailed data; hold them against cross-entropy."""
    from ..methods.optim import settings_in
    from ..methods.results.examples import examples_of
    from ..methods.results.prediction_file import PREDICTION
    from ..methods.results.summary import table
    from ..methods.training import chosen_recipe

    given = {name: value for name, value in locals().items() if name in FIELDS}
    given["optimizer_settings"] = settings_in(optimizer_setting or ()) or None
    chosen = chosen_recipe(
        out if resume or (out / PREDICTION).exists() else None,
        recipe,
        methods=method or None,
        tau=floats(tau),
        **given,
    )
    results = train_into(
        chosen, device, out, resume, jobs, log, watch, keep_checkpoints, first_seeds
    )
    say(table(results), highlight=False)
    if subset := examples_of(out).get("subset"):
        say(f"trained on {sum(results.class_counts)} examples, subset {subset} of seed 0")
    say(f"wrote {out / 'results.json'}")
    if first_seeds is not None and first_seeds < chosen.seeds:
        say(
            f"the first {first_seeds} of {chosen.seeds} seeds; go on with: counterpoise train --out {out} "
            "--resume",
            soft_wrap=True,
        )
    if results.failed:
        from ..methods.results.failed import in_words

        said = in_words(results.failed, len(results.members) + len(results.failed))
        fail(f"{said}; the results of the others are in {out / 'results.json'}")


def _recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the options of train by which a recipe is said, besides its others."""
    others = {k: v for k, v in signature(command).parameters.items() if v.kind is not v.VAR_KEYWORD}
    shared = {
        name: parameter
        for name, parameter in signature(train).parameters.items()
        if name in (*FIELDS, "method", "tau", "data_dir", "optimizer_setting")
        and name not in others
    }
    hints = {
        **get_type_hints(train, include_extras=True),
        **get_type_hints(command, include_extras=True),
    }
    command.__signature__ = Signature([*others.values(), *shared.values()])  # type: ignore[attr-defined]
    command.__annotations__ = {name: hints[name] for name in (*others, *shared)}
    return command


@_recipe_options
def predict(
    recipe: Annotated[
        str | None,
        typer.Argument(
            help="A named protocol; see counterpoise recipes.",
            callback=named("recipe", _recipe_names),
            autocompletion=completed(_recipe_names),
        ),
    ] = None,
    out: Out = RESULTS / "training",
    **options: Any,
) -> None:
    """Write down what the theory predicts of a training, before it."""
    from ..methods.optim import settings_in
    from ..methods.predicting import predict_recipe, table
    from ..methods.results.prediction_file import PREDICTION, write_predictions
    from ..methods.training import chosen_recipe

    given = {name: value for name, value in options.items() if name in FIELDS}
    given["optimizer_settings"] = settings_in(options["optimizer_setting"] or ()) or None
    chosen = chosen_recipe(
        None, recipe, methods=options["method"] or None, tau=floats(options["tau"]), **given
    )
    predictions = predict_recipe(chosen)
    digest = write_predictions(out, predictions)
    say(table(predictions), highlight=False)
    say(f"wrote {out / PREDICTION}, SHA-256 {digest}")
    say(f"train it with: counterpoise train --out {out}", soft_wrap=True)


def train_into(
    recipe: "Recipe",
    device: str,
    out: Path,
    resume: bool,
    jobs: int = 1,
    log: str | None = None,
    watch: str | None = None,
    keep_networks: bool = False,
    first_seeds: int | None = None,
) -> "RunResults":
    """Train a recipe into a folder, with a bar."""
    from ..methods.training import run

    keep(
        f"finished members and checkpoints are kept; go on with: counterpoise train --out {out} --resume"
    )
    with bar("training") as advance:
        return run(recipe, out, resume=resume, accelerator=device, jobs=jobs, log=log, watch=watch,
                   keep_networks=keep_networks, first_seeds=first_seeds,
                   progress=shown_by(advance))  # fmt: skip


def shown_by(advance: "Callable[..., None]") -> "Callable[[Progress], None]":
    """What shows where a run stands, on a bar."""

    def show(now: "Progress") -> None:
        advance(now.epochs_done, now.all_epochs, f"training {now.method}, seed {now.seed}")

    return show
