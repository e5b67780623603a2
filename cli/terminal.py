"""What is said, and where: results on stdout, progress and slips on stderr.

Checked by: commands run through pipes, and interrupted.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.theme import Theme

__all__ = [
    "bar",
    "console",
    "errors",
    "fail",
    "hand_over",
    "keep",
    "kept",
    "last_words",
    "say",
    "tell",
]


class _Statuses(RegexHighlighter):
    """Colours for the words that matter; nothing where colours are not wanted."""

    base_style = "status."
    highlights = [  # noqa: RUF012
        r"\b(?P<good>proved|kernel(?= \(|  )|confirmed|refuted)\b",
        r"\b(?P<fair>assembled|checked|cited|agrees|sampled|undecided)\b",
        r"\b(?P<bad>unknown|survived|rejected)\b",
    ]


_COLOURS = Theme({"status.good": "green", "status.fair": "yellow", "status.bad": "red"})
# As wide as the text: a terminal wraps long lines itself, and a pipe gets every name whole.
console = Console(highlighter=_Statuses(), theme=_COLOURS, soft_wrap=True, markup=False)
errors = Console(stderr=True, highlight=False, markup=False)
say = console.print
_kept = "nothing was kept; run the command again to start anew"


def keep(text: str) -> None:
    """What an interrupt leaves, and how to go on."""
    global _kept
    _kept = text


def kept() -> str:
    """What `keep` was told last."""
    return _kept


def fail(message: str, code: int = 2) -> None:
    """End the command with one line on stderr; of torchrun's processes the first says it."""
    from ..theory.foundation.torchrun import place

    if place().rank_here:  # the first of torchrun's processes here says it, unless ended too soon
        time.sleep(2)
        sys.exit(code)
    errors.print(f"counterpoise: {' '.join(message.split())}", soft_wrap=True)
    sys.exit(code)


def last_words() -> None:
    """What is said at an interrupt."""
    if console.quiet:
        return
    if errors.is_terminal:
        errors.show_cursor()
        sys.stderr.write("\r")
    sys.stderr.write(f"counterpoise: interrupted: {_kept}\n")
    sys.stderr.flush()


def hand_over(text: str, out: Path | None) -> None:
    """To the terminal, or to a file."""
    from ..theory.foundation.files import output_folder, write_atomically

    if out is None:
        say(text, highlight=False)
    else:
        output_folder(out.parent)
        write_atomically(out, f"{text}\n".encode())
        say(f"wrote {out}")


def tell(lines: list[str]) -> None:
    """Say lines beside the results, on stderr."""
    for line in lines:
        errors.print(line, soft_wrap=True)


@contextmanager
def bar(text: str, total: int | None = None) -> Iterator[Any]:
    """A progress bar that only moves forward: advance(), or advance(done, total, what is being done)."""
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=errors, transient=True, disable=console.quiet or not errors.is_terminal,
    )  # fmt: skip
    task = progress.add_task(text, total=total)

    def advance(done: int | None = None, whole: int | None = None, now: str = "") -> None:
        if done is None:
            progress.advance(task)
        else:
            progress.update(task, completed=done, total=whole, description=now or text)

    with progress:
        yield advance
        progress.update(task, description=text)
        progress.live.transient = False  # what is finished stays, at its end; what failed gives way
