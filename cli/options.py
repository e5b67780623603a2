"""Options that several commands take, and what refuses a value before any work.

Checked by: every option of every command, given what it cannot be.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer


def checked(check: Callable[[Any], Any]) -> Callable[..., Any]:
    """A callback that refuses what ``check`` refuses, with the option's name."""

    def callback(context: typer.Context, value: Any) -> Any:
        from ..theory.foundation.validation import InputError, InputTypeError

        if value is None or context.resilient_parsing:
            return value
        try:
            return check(value)
        except (InputError, InputTypeError) as error:
            raise typer.BadParameter(str(error)) from None

    return callback


def _file(path: Path) -> Path:
    from ..theory.foundation.files import check_output_file

    return check_output_file(path)


def _figure(path: Path) -> Path:
    from ..theory.foundation.validation import one_of

    path = _file(path)
    one_of("suffix", path.suffix, (".svg", ".png", ".pdf"))
    return path


def _folder(path: Path) -> Path:
    from ..theory.foundation.files import check_output_folder

    return check_output_folder(path)


def number_in(name: str, **bounds: Any) -> Callable[..., Any]:
    """A callback that refuses what is no number within the bounds of `as_number`."""

    def check(value: float) -> float:
        from ..theory.foundation.validation import as_number

        return as_number(name, value, **bounds)

    return checked(check)


def named(what: str, options: Callable[[], Any]) -> Callable[..., Any]:
    """A callback that refuses a name, or any of a list, that is none of the options."""

    def check(value: str | list[str]) -> str | list[str]:
        from ..theory.foundation.validation import one_of

        known = options()
        for name in [value] if isinstance(value, str) else value:
            one_of(what, name, known)
        return value

    return checked(check)


def _numbers(text: str) -> str:
    from ..theory.foundation.validation import numbers_in

    numbers_in("it", text)
    return text


to_file, to_figure, to_folder = checked(_file), checked(_figure), checked(_folder)
numbers = checked(_numbers)


def _data_dir(path: Path) -> Path:
    """The folder, for every reader of data sets of this process and its workers."""
    import os

    from ..methods.data.places import VARIABLE
    from ..theory.foundation.validation import InputError

    if not path.is_dir():
        raise InputError(f"there is no folder {path}")
    os.environ[VARIABLE] = str(path)
    return path


def method_keys() -> list[str]:
    """The methods of the registry, by key."""
    from ..methods.registry import METHODS

    return sorted(METHODS)


def statement_names() -> list[str]:
    """Modules and statements of the catalogue."""
    from ..theory.catalogue import MODULES, statements

    return [*MODULES, *statements()]


def completed(words: Callable[[], list[str]]) -> Callable[..., Any]:
    """What a shell offers for the beginning of a word."""
    return lambda incomplete: [word for word in words() if word.startswith(incomplete)]


WHICH = "Names, files, chapters, numbers (LD2) or patterns ('margins.*'); all by default."
Names = Annotated[
    list[str] | None, typer.Argument(help=WHICH, autocompletion=completed(statement_names))
]
JsonOut = Annotated[
    Path | None,
    typer.Option("--json", help="Write certificates to this file.", callback=to_file),
]
Jobs = Annotated[int, typer.Option(help="Processes; 0 means one per core.", min=0)]
Scheduler = Annotated[
    str | None,
    typer.Option(help="Dask scheduler whose workers compute, such as tcp://host:8786."),
]
Out = Annotated[Path, typer.Option(help="Folder for the results.", callback=to_folder)]
Seed = Annotated[int, typer.Option(help="Seed of everything random.", min=0)]
Device = Annotated[
    str,
    typer.Option(
        help="cpu, cuda or auto.", callback=named("device", lambda: ("auto", "cpu", "cuda"))
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Folder of data sets; COUNTERPOISE_DATA, or data, by default.",
        callback=checked(_data_dir),
        is_eager=True,
    ),
]
Restart = Annotated[
    bool, typer.Option("--restart", help="Begin anew what other settings left unfinished.")
]
Factor = Annotated[
    float, typer.Option(help="Largest over smallest class.", callback=number_in("it", low=1))
]
Results = Annotated[Path, typer.Option(help="Folder that simulate, coverage or train wrote to.")]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        help="text, csv, latex or markdown.",
        callback=named("format", lambda: ("text", "csv", "latex", "markdown")),
    ),
]
OutFile = Annotated[
    Path | None,
    typer.Option(help="Write to this file instead.", callback=to_file),
]
RESULTS = Path("counterpoise-results")


def floats(text: str | None) -> list[float]:
    """The numbers of a list that was typed; none if it was not."""
    from ..theory.foundation.validation import numbers_in

    return [] if text is None else numbers_in("it", text)


def list_of(help: str) -> Any:
    """An option for numbers with commas between."""
    return typer.Option(help=f"{help}, commas between.", callback=numbers)
