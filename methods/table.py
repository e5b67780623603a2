"""The table of methods in README.md: what each weighs, where it puts margins, and what is proved of it.

``python -m counterpoise.methods.table`` writes the file. Parameters come from the signatures and statements
from the theory's modules, so that neither can go stale. Checked by: the file equals what is written here.
"""

import inspect
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from .table_rows import SECTIONS, Row

__all__ = ["README", "render"]

README = Path(__file__).with_name("README.md")

# Of every method of a kind, or of how it is run: not what tells methods apart.
_COMMON = {
    "estimator",
    "features",
    "generator",
    "ignore_index",
    "logits",
    "normalize",
    "num_samples",
    "random_state",
    "reduction",
    "seed",
    "self",
    "target",
}

_HEAD = """# Methods

Almost every loss is `α_y ψ(log softmax_y(β z + Δ − m_y e_y))`: a weight, a margin and a link. π is the class
prior, n the class counts, K the number of classes. The last column says whether the method's population
optimum minimises the balanced error, and which statement of the theory proves it; `counterpoise verify NAME`
checks that statement again.

This file is written by `python -m counterpoise.methods.table`.
"""
_COLUMNS = (
    "method",
    "weight",
    "margin",
    "link",
    "parameters and defaults",
    "paper",
    "consistent for balanced error",
)


def render() -> str:
    """The whole file, from the registry, the signatures and the theory's statements.

    Raises
    ------
    AttributeError
        If a row names a method that does not exist.
    LookupError
        If a row names a statement that does not exist.
    """
    parts = [_HEAD]
    for title, rows in SECTIONS.items():
        lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS)), *map(_row, rows)]
        parts.append(f"\n## {title}\n\n" + "\n".join(lines) + "\n")
    return "".join(parts)


def _row(row: Row) -> str:
    module, name = row.build.split(":")
    found = getattr(import_module(f".{module}", __package__), name)
    proofs = ", ".join(_linked(statement) for statement in row.statements)
    status = f"{row.consistent} ({proofs})" if proofs else row.consistent
    cells = (f"`{name}`", row.weight, row.margin, row.link, _parameters(found), row.paper, status)
    return _line(cells)


def _parameters(found: Any) -> str:
    """Names and defaults, without what all methods of the kind share."""
    shown = [
        parameter.name
        if parameter.default is inspect.Parameter.empty
        else f"{parameter.name}={parameter.default!r}"
        for parameter in inspect.signature(found).parameters.values()
        if parameter.name not in _COMMON and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    return f"`{', '.join(shown)}`" if shown else "–"


def _linked(statement: str) -> str:
    """The statement's name as a link to its module; it must exist."""
    module = statement.split(".")[0]
    from ..theory.catalogue import (
        chapter_of,  # the catalogue loads SymPy: only where a table is made
    )

    chapter = chapter_of(statement)
    known = import_module(f"..theory.{chapter}.{module}", __package__).STATEMENTS
    if statement not in {entry.name for entry in known}:
        raise LookupError(f"{statement} is no statement of theory/{chapter}/{module}.py")
    return f"[`{statement}`](../theory/{chapter}/{module}.py)"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


if __name__ == "__main__":
    README.write_text(render(), encoding="utf-8")
