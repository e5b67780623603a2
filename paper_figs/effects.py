"""One table of all systems that have an experiment of their own: ``paper_figs/results/systems.md``.

Each experiment leaves ``NAME_effects.csv`` beside its page: what was foretold, what was measured, with its
interval. ``python -m counterpoise.paper_figs.effects`` gathers them, with the recipes that their commands
train, and lists what the catalogue says of the newest claims. Checked by: a test that writes the table anew,
imports every module it names and looks every statement and recipe up.
"""

from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from ..methods.training import RECIPES
from ..theory.concentration import MeanInterval
from ..theory.foundation.files import write_atomically
from ..theory.foundation.forms import formed
from ..theory.foundation.validation import InputError
from .captioned import CaptionedFigure
from .experiments.running import command_minutes, command_parts, times_of
from .stored import FOLDER

__all__ = [
    "AGAIN",
    "Effect",
    "effects_of",
    "effects_text",
    "recipes_of",
    "systems_page",
    "verdict",
    "write_effects",
    "write_experiment",
]

PAGE, ENDING = "systems.md", "_effects.csv"
AGAIN = "_again.csv"  # the same effects, measured a second time
NEWEST = ("cvs", "focal_sharpness", "sharpness_bound", "confusion_norms", "fixed_offsets")
"""Modules of the catalogue on claims of 2025 and 2026 whose formulas were proved, limited or refuted."""


class Effect(NamedTuple):
    """A foretold effect of a system, as it was found.

    ``module`` is a path inside the package; ``statement`` names statements of the catalogue that predict the
    effect, by spaces, or ``none``; ``estimate`` and its 95 % interval ``low``, ``high`` are in ``unit``;
    ``held`` is ``holds``, ``fails`` or ``open``.
    """

    system: str
    module: str
    paper: str
    command: str
    statement: str
    setting: str
    effect: str
    estimate: float
    low: float
    high: float
    unit: str
    seeds: int
    foretold: str
    held: str


def verdict(found: MeanInterval, sign: int, bound: float = 0.0) -> str:
    """``"holds"`` or ``"fails"`` where the interval keeps clear of a bound and has a width, else ``"open"``.

    ``sign`` is 1 if the mean was foretold to lie above the bound, -1 if below.

    >>> verdict(MeanInterval(0.3, (0.1, 0.5)), -1), verdict(MeanInterval(0.3, (-0.1, 0.7)), 1)
    ('fails', 'open')
    >>> verdict(MeanInterval(-0.5, (-0.8, -0.2)), 1, bound=-1)
    'holds'
    """
    if found.interval is None or found.interval[0] <= bound <= found.interval[1]:
        return "open"
    if (
        found.interval[0] == found.interval[1]
    ):  # a tie of counts on a coarse grid, no measure of spread
        return "open"
    return "holds" if (found.mean - bound) * sign > 0 else "fails"


def effects_text(effects: Iterable[Effect]) -> str:
    """The effects as CSV, numbers with five digits."""
    table = pd.DataFrame(list(effects), columns=list(Effect._fields))
    return table.to_csv(index=False, float_format="%.5g", lineterminator="\n")


def write_effects(effects: Iterable[Effect], path: str | Path) -> None:
    """Write the effects that an experiment found, as `effects_text`; replaced whole.

    Raises
    ------
    InputError
        If the file is called neither ``NAME_effects.csv``, by which the table finds it, nor
        ``NAME_again.csv``, if it is a second measurement.
    """
    path = Path(path)
    if not path.name.endswith((ENDING, AGAIN)):
        raise InputError(f"path must end in {ENDING}, not {path.name}")
    write_atomically(path, effects_text(effects).encode())


def write_experiment(
    figure: CaptionedFigure, effects: Iterable[Effect], page: str, folder: Path
) -> None:
    """Write what an experiment leaves in a folder, by its figure's name: figure, effects and page."""
    figure.save(folder / f"{figure.name}.png")
    write_effects(effects, folder / f"{figure.name}{ENDING}")
    write_atomically(folder / f"{figure.name}.md", page.encode())


def effects_of(path: str | Path) -> list[Effect]:
    """The effects that an experiment found.

    Raises
    ------
    InputError
        If a column is missing or there is one more.
    """
    kinds: Any = Effect.__annotations__
    table = pd.read_csv(StringIO(Path(path).read_text()), keep_default_na=False, dtype=kinds)
    if tuple(table.columns) != Effect._fields:
        raise InputError(f"{path} must have the columns {', '.join(Effect._fields)}")
    return [Effect(*row) for row in table.itertuples(index=False)]


_HEAD = """# Systems and their effects

Written by `python -m counterpoise.paper_figs.effects` from the `*_effects.csv` beside it, which the command
of each experiment writes. Every effect was foretold, from its paper or from a statement of the catalogue,
before its runs (where one was foretold when others were known, its page says so): `holds` and `fails` say
that the 95 % interval over paired seeds lies wholly within or wholly outside what was foretold, `open` that
it does neither, or that all seeds differ by the same. The experiments are small (two cores, minutes): they
show whether an effect is seen there, not what the method reaches at the size of its paper; what a page says
of its setting belongs to its rows. A *recipe* is one of `counterpoise recipes`, or a part of an experiment
with settings of its own, in the folder to which it leads.
"""
_AGAIN = """`again` is what the same commands found with the same seeds, run whole from nothing, later and on
another processor: {same} of {all} verdicts are the same, {meet} of {all} intervals meet. Where a verdict
is not, rounding, or what changed in the code since, moved it: intervals over few seeds do not hold that.
"""
_COMMANDS = """Minutes are those on the clock of a machine of two cores and, in brackets, of its processors,
for the command from nothing; other work ran beside most of them. None where a command was not run whole.
"""


_NEWEST = """## The newest claims, attacked

What was proved of papers of 2025 and 2026, where nothing had to be measured: a formula of theirs that holds,
is limited or is refuted by an exact witness (`counterpoise show NAME`). Focal-SAM's own bound could not be
read: `sharpness_bound` is of every bound of its form.
"""


def systems_page(folder: str | Path = FOLDER) -> str:
    """The table, from all experiments of a folder in alphabetical order of systems."""
    pages = sorted(Path(folder).glob("*" + ENDING))
    found = [
        (effect, page.name.removesuffix(ENDING)) for page in pages for effect in effects_of(page)
    ]
    found.sort(key=lambda pair: pair[0].system.casefold())
    again = _second(Path(folder))
    tally = [
        [word, str(sum(e.held == word for e, _ in found))] for word in ("holds", "fails", "open")
    ]
    rows = [_row(effect, page, again) for effect, page in found]
    header = (
        "system",
        "module",
        "paper",
        "recipe",
        "statement",
        "effect",
        "foretold",
        "found",
        "seeds",
        "verdict",
        "again",
    )
    commands = sorted({(page, effect.command) for effect, page in found})
    times = times_of(folder)
    return "\n".join(
        [
            _HEAD,
            formed(tally, ("verdict", "effects"), "markdown"),
            "",
            _compared([effect for effect, _ in found], again),
            formed(rows, header, "markdown"),
            "",
            _COMMANDS,
            formed([(f"[{page}]({page}.md)", f"`{c}`", command_minutes(c, times)) for page, c in commands],
                   ("experiment", "command", "minutes"), "markdown"),
            "",
            _NEWEST,
            formed(_newest(), ("statement", "says", "source"), "markdown"),
            "",
        ]
    )  # fmt: skip


def _newest() -> list[tuple[str, ...]]:
    """The statements of `NEWEST`, as the catalogue has them."""
    from ..theory import statements  # which loads SymPy: only where a page is made

    return [
        (f"`{name}`", own.title, own.source)
        for module in NEWEST
        for name, own in statements().items()
        if name.startswith(f"{module}.")
    ]


def recipes_of(command: str) -> list[str]:
    """The recipes that a command on an experiment trains, or its parts, linked to where their settings stand.

    >>> recipes_of("counterpoise experiment decoupled --out OUT --part digits-mislas")
    ['`digits-mislas`']
    >>> recipes_of("counterpoise experiment tuning --out OUT --part 10")
    ['[tuning, 10](../tuning)']
    """
    name, parts = command_parts(command)
    return [f"`{part}`" if part in RECIPES else f"[{name}, {part}](../{name})" for part in parts]


_Second = dict[tuple[str, str, str], Effect]


def _second(folder: Path) -> _Second:
    """What was measured a second time, by system, setting and effect."""
    effects = (e for path in sorted(folder.glob("*" + AGAIN)) for e in effects_of(path))
    return {_key(effect): effect for effect in effects}


def _key(effect: Effect) -> tuple[str, str, str]:
    return effect.system, effect.setting, effect.effect


def _compared(effects: list[Effect], again: _Second) -> str:
    pairs = [(first, again[_key(first)]) for first in effects if _key(first) in again]
    same = sum(first.held == second.held for first, second in pairs)
    if not pairs:
        return ""
    meet = sum(first.low <= second.high and second.low <= first.high for first, second in pairs)
    return _AGAIN.format(same=same, all=len(pairs), meet=meet)


def _interval(effect: Effect) -> str:
    return f"{effect.estimate:.3g} [{effect.low:.3g}, {effect.high:.3g}]"


def _row(effect: Effect, page: str, again: _Second) -> tuple[str, ...]:
    found = f"{_interval(effect)} {effect.unit}"
    second = again.get(_key(effect))
    names = effect.statement.split()
    statement = "none" if names == ["none"] else ", ".join(f"`{name}`" for name in names)
    return (
        effect.system,
        f"`{effect.module}`",
        effect.paper,
        ", ".join(recipes_of(effect.command)) or "-",
        statement,
        f"[{effect.effect}]({page}.md); {effect.setting}",
        effect.foretold,
        found.strip(),
        str(effect.seeds),
        effect.held,
        "-" if second is None else f"{_interval(second)}, {second.held}",
    )


if __name__ == "__main__":
    write_atomically(FOLDER / PAGE, systems_page().encode())
