"""The command line: it parses, calls, prints. One line and exit code 2 for a user's slip.

Nothing heavy is imported before a command runs, so that help comes at once. What is wrong with an option
is said before any work. The commands stand by the floor that they call, here rather than in it: a floor's
own door loads what its names need.
"""

import errno
import re
import sys
from typing import Annotated

import typer

from . import methods, paper_figs, simulations, theory, training
from .terminal import console, fail, kept, last_words, say

__all__ = ["app", "main"]

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and exit code 2."""
    from ..theory.foundation.interrupts import end_interrupted, watch_for_interrupts
    from ..theory.foundation.torchrun import place

    watch_for_interrupts(last_words)
    console.quiet = place().rank > 0  # of torchrun's processes only the first prints
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        end_interrupted(last_words)
    except typer.Abort:
        fail("aborted", 1)
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.stderr.close()
        sys.exit(1)
    except typer.exceptions.TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        fail(message)
    except Exception as error:
        from ..theory.foundation.validation import InputError, InputTypeError

        if isinstance(error, OSError) and error.errno in _UNWRITABLE:
            where = f": {error.filename}" if error.filename else ""
            fail(f"cannot write: {error.strerror}{where}; {kept()}")
        if not isinstance(error, InputError | InputTypeError):
            raise
        fail(as_typed(str(error)))
    else:
        if code == 130:  # typer's answer to an interrupt
            end_interrupted(last_words)
        sys.exit(code or 0)


_TYPED = {
    **{name: f"--{name.replace('_', '-')}" for name in training.FIELDS},
    **{name: f"--{name}" for name in ("eta", "kappa", "n", "delta", "sets", "draws", "seed", "seeds")},
    **{name: f"--{name}" for name in ("method", "recipe", "jobs", "format", "against")},
    **{name: f"--{name}" for name in ("metric", "sampled", "costs", "separable")},
    **{name: f"--{name}" for name in ("log", "examples", "vectors", "ridge", "rule", "loss")},
    "evaluation_eta": "--evaluation-eta",
    "class_counts": "--class-counts", "target_prior": "--target-prior",
    "imbalance_factor": "--imbalance-factor", "Delta": "--separability", "methods": "--method",
    "accelerator": "--device", "optimizer_settings": "--optimizer-setting",
}  # fmt: skip


def as_typed(message: str) -> str:
    """The message of a function, naming the option that was typed instead of the argument."""

    def typed(match: re.Match[str]) -> str:
        return match[1] + _TYPED.get(match[2], match[2])

    return re.sub(r"^(unknown |)(\w+)(?= = | '|\[| has | contains )", typed, message)


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
        from .. import __version__

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


app.command("list")(theory.list_statements)
for command in (
    theory.show,
    theory.prove,
    theory.verify,
    theory.attack,
    theory.recheck,
    theory.export,
    theory.pin,
    theory.contents,
    simulations.simulate,
    simulations.coverage,
    simulations.losses,
    simulations.plan,
):
    app.command()(command)
app.command("map")(simulations.map_regimes)
for command in (training.train, training.predict):
    app.command(cls=training.WithLists)(command)
for command in (
    paper_figs.ledger,
    paper_figs.store,
    paper_figs.experiment,
    methods.sharpness,
    methods.recipes,
    methods.table,
    methods.compare,
    methods.features,
    methods.methods,
    methods.advise,
    paper_figs.figures,
    paper_figs.report,
    paper_figs.demo,
    methods.doctor,
):
    app.command()(command)
